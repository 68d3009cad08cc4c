@echo off
rem Double-click: the local page. Files or a folder dropped on this icon: a report of them, opened in the browser.
chcp 65001 >nul
where evidence-kit >nul 2>nul
if errorlevel 1 (
  echo 还没有安装。请在 evidence-kit 的文件夹里运行: uv tool install .
  pause
  exit /b 2
)
if "%~1"=="" (
  evidence-kit serve
  if errorlevel 1 pause
  exit /b
)
del "%TEMP%\evidence-kit.html" 2>nul
evidence-kit check %* --lang zh --format html --output "%TEMP%\evidence-kit.html"
if exist "%TEMP%\evidence-kit.html" (
  start "" "%TEMP%\evidence-kit.html"
) else (
  pause
)
