"""The local page as a process of its own, and a Chromium to look at it: what several tests share."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


@contextlib.contextmanager
def served(*options: str) -> Iterator[str]:
    """The address of a running ``evidence-kit serve``; ended with the block."""
    command = [sys.executable, "-m", "evidence_kit", "serve", "--port", "0", "--no-browser", *options]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        found = re.match(r"(http://\S+/)", process.stderr.readline())
        assert found, "the page did not start"
        threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop the page
        yield found[1]
    finally:
        process.terminate()
        process.wait(15)
        process.stderr.close()


@contextlib.contextmanager
def browser(width: int = 1280, height: int = 900):
    """A headless Chromium with a profile of its own."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            resize(driver, width, height)
            yield driver
        finally:
            driver.quit()


def resize(driver, width: int, height: int) -> None:
    """A window of exactly this size, as a phone's where it is narrow."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def drop(driver, paths: list[Path], folder: str = "") -> None:
    """Drop files on the page, as a mouse would: a hidden file input gives the files for a DataTransfer."""
    driver.execute_script(
        "var i=document.createElement('input');i.type='file';i.multiple=true;i.id='test-drop';document.body.append(i);"
    )
    from selenium.webdriver.common.by import By

    source = driver.find_element(By.ID, "test-drop")
    source.send_keys("\n".join(str(path) for path in paths))
    driver.execute_script(
        """
        var input = arguments[0], data = new DataTransfer();
        Array.from(input.files).forEach(function (file) { data.items.add(file); });
        var event = new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data});
        document.getElementById('drop').dispatchEvent(event);
        input.remove();
        """,
        source,
    )
