"""How long the page of a large review takes to open in Chromium, beside one of a hundredth of its changes.

    make bench

Each page is opened from disk, in turn, until Chromium has drawn it; medians are printed.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from roadstead.tool.review.reports import html

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.roadstead.tool.review.reports.samples import large

SIZES, RUNS = (50, 5000), 5


def main() -> None:
    console = Console(width=110)
    chromium = shutil.which("chromium")
    if chromium is None:
        console.print("no chromium on PATH: how long a page takes to open was not measured")
        return
    table = Table("changes", "kind", "page", "opens", "ratio")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        # Chromium's sandbox wants a user who is not root; the pages are our own.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for kind in ("changed", "created"):
            files = [page(Path(folder), number, kind) for number in SIZES]
            times = zip(*([opened(browser, file) for file in files] for _ in range(RUNS)), strict=True)
            seconds = [median(each) for each in times]
            for number, file, took in zip(SIZES, files, seconds, strict=True):
                size = f"{file.stat().st_size / 1e6:.2f} MB"
                table.add_row(str(number), kind, size, f"{took:.2f} s", f"{took / seconds[0]:.1f}")
        browser.close()
    console.print(table)
    console.print(f"Medians of {RUNS} runs.")


def page(folder: Path, number: int, kind: str) -> Path:
    """The page of so many resources that are changed or created."""
    file = folder / f"{kind}-{number}.html"
    file.write_text(html.report(large(number, is_new=kind == "created")), encoding="utf-8")
    return file


def opened(browser: Browser, file: Path) -> float:
    """Seconds until a page is drawn."""
    started = time.perf_counter()
    page = browser.new_page()
    page.goto(file.as_uri())
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    took = time.perf_counter() - started
    page.close()
    return took


if __name__ == "__main__":
    main()
