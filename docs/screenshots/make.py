"""The pictures of this folder: ``python docs/screenshots/make.py`` (chromium, chromedriver, selenium, a CJK font).

The page is filled with samples as a clerk would fill it; the reports are the command line's. WebP below 200 kB.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

SAMPLES = {
    "pass": "goods-with-waybill/pass-opened-carton",
    "fail": "waybill-matches/fail-other-number",
    "review": "video-continuous/review-covered-lens",
}
LONGEST_PX = 2000
QUALITY = 80


def main() -> None:
    """Make all of them."""
    from tests.web_page import browser, drop, resize, served

    with served() as address, browser() as driver:
        sample = ROOT / "samples" / SAMPLES["fail"]
        for name, width in (("desk", 1280), ("phone", 390)):
            resize(driver, width, 900)
            driver.get(address)
            _until(driver, "document.querySelectorAll('input[name=claim]').length")
            _shoot(driver, HERE / f"page-start-{name}.webp", width)
            drop(driver, [sample / "1.jpg", sample / "submission.toml"])
            _until(driver, "!document.getElementById('go').disabled")
            driver.execute_script("document.getElementById('go').click()")
            _until(driver, "document.getElementById('page').dataset.state === 'result'")
            _until(driver, "Array.from(document.images).every(function (i) { return i.complete; })")
            driver.execute_script("window.scrollTo(0, 0)")
            _shoot(driver, HERE / f"page-result-{name}.webp", width)
        resize(driver, 1000, 900)
        for name, folder in SAMPLES.items():
            with tempfile.TemporaryDirectory() as kept:
                saved = Path(kept) / "report.html"
                _report(ROOT / "samples" / folder, saved)
                driver.get(saved.as_uri())
                _shoot(driver, HERE / f"report-{name}.webp", 1000)


def _report(folder: Path, saved: Path) -> None:
    from evidence_kit.cli import main as command

    command(["check", str(folder), "--format", "html", "--lang", "zh", "--cache", "off", "-q", "--output", str(saved)])


def _until(driver: Any, holds: str) -> None:
    for _ in range(600):
        if driver.execute_script(f"return {holds}"):
            return
        time.sleep(0.1)
    raise SystemExit(f"never: {holds}")


def _shoot(driver: Any, path: Path, width: int) -> None:
    """The page down to LONGEST_PX."""
    from PIL import Image

    height = min(LONGEST_PX, int(driver.execute_script("return document.documentElement.scrollHeight")))
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    options = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    shot = base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"])
    Image.open(io.BytesIO(shot)).convert("RGB").save(path, quality=QUALITY, method=6)
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
