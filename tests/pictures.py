"""The README's pictures, made from the sample study: its report's first page, the journey map in it, and a panel as it is served.

`make pictures` writes docs/report.png, docs/map.png and docs/panel.png, light, each under 200 kB. Another panel:
`make pictures PANEL="Measure Scores"` (the tabs to choose, one after the other). It needs a Chromium; nothing leaves the machine.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lab_server import PATIENCE, voila_of
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from water_town import DERIVED, ROOT

STUDY = "water-billing"
LARGEST = 200_000  # bytes of a picture
WIDE, TALL = 1360, 1100  # pixels of what is in sight
EDGE = 20  # pixels around the map
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "panels",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": f"import workbench as wb\n\nwb.panels.workbench({STUDY!r})",
        }
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def project(home: Path) -> None:
    """A project of its own with the sample study, loaded, and the report written."""
    shutil.copytree(ROOT / "data" / STUDY, home / "data" / STUDY, ignore=DERIVED)
    for folder in ("surveys", "notebooks"):
        shutil.copytree(ROOT / folder, home / folder, ignore=shutil.ignore_patterns(".*"))
    subprocess.run([sys.executable, "-m", "workbench.cli", "report", STUDY], cwd=home, check=True)
    (home / "panels.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")


def kept(name: str, shot: bytes) -> None:
    """Write a picture with as many colours as its size allows. Raises ValueError where even few are too many."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        few = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        if len(out.getvalue()) < LARGEST:
            (ROOT / "docs" / f"{name}.png").write_bytes(out.getvalue())
            wide, tall = picture.size
            print(f"docs/{name}.png: {wide} × {tall}, {colours} colours, {len(out.getvalue()) / 1000:.0f} kB")
            return
    raise ValueError(f"{name}: {len(out.getvalue())} bytes with 32 colours; take a smaller part of the page")


def of_report(page: Page, report: Path) -> None:
    """The first page of the report as it opens, and the journey map."""
    page.goto(report.as_uri())
    page.wait_for_load_state("networkidle")
    kept("report", page.screenshot())
    drawn = page.locator("section.journey-map").first
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    assert box is not None
    left, top = max(0, box["x"] - EDGE), box["y"] + page.evaluate("scrollY") - EDGE
    clip: Any = {"x": left, "y": top, "width": box["width"] + 2 * EDGE, "height": min(box["height"], 1300) + EDGE}
    kept("map", page.screenshot(clip=clip, full_page=True))


def of_panel(page: Page, address: str, tabs: list[str]) -> None:
    """The panels on one page as Voilà serves them, these tabs chosen."""
    page.goto(address)
    for tab in tabs:
        page.get_by_role("tab", name=tab, exact=True).click()
    page.locator(".wb-panel").last.wait_for()
    settled(page)
    kept("panel", page.screenshot())


def settled(page: Page) -> None:
    """Wait until the page has looked the same for three seconds: kernels answer in their own time."""
    before, same = "", 0
    while same < 3:
        page.wait_for_timeout(1000)
        now = page.evaluate("document.body.innerText + document.querySelectorAll('*').length")
        same = same + 1 if now == before else 0
        before = now


def main(tabs: list[str]) -> None:
    program = shutil.which("chromium")
    if program is None:
        sys.exit("no Chromium on this machine: pictures are taken with one")
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        home = Path(folder)
        os.environ |= {"WORKBENCH_HOME": folder, "WORKBENCH_SETTINGS": str(home / "settings")}
        project(home)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            page = browser.new_page(viewport={"width": WIDE, "height": TALL}, color_scheme="light")
            page.set_default_timeout(1000 * PATIENCE)
            of_report(page, home / "reports" / STUDY / "report.html")
            with voila_of(home, home / "panels.ipynb") as address:
                of_panel(page, address, tabs)
            browser.close()


if __name__ == "__main__":
    main(sys.argv[1:] or ["Start"])
