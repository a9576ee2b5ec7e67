"""The canvas in Voilà, in a real browser without any network but this machine: drawn, written in, found in the file."""

import json

from lab_server import PATIENCE, voila_of
from playwright.sync_api import sync_playwright

CELL = {"cell_type": "code", "execution_count": None, "id": "map", "metadata": {}, "outputs": []}
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def test_the_canvas_draws_in_voila(home, chromium):
    notebook = home / "map.ipynb"
    source = "import workbench as wb\n\nwb.panels.map('water-billing')"
    page_of = {"cells": [CELL | {"source": source}], "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(page_of), encoding="utf-8")
    errors, outside = [], []
    with voila_of(home, notebook) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 1300})
        page.set_default_timeout(1000 * PATIENCE)

        def of_this_machine(route):
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                outside.append(route.request)
                route.abort()

        page.route("**/*", of_this_machine)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        words = page.get_by_role("gridcell", name="First bill arrives, doing", exact=False)
        words.wait_for()
        words.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("Opens the envelope")
        page.keyboard.press("Enter")
        page.get_by_text("study.draw.set").first.wait_for()
        browser.close()
    assert "doing: Opens the envelope\n" in (home / "data" / "water-billing" / "map.yaml").read_text(encoding="utf-8")
    assert {one.resource_type for one in outside} <= {"stylesheet", "font"}  # Voilà's own page asks for an icon font
    assert errors == []
