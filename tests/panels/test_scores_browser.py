"""Linked pictures in a browser: a point that is clicked, and a row's button by keyboard, keep a group in all of them."""

import json

from lab_server import PATIENCE, voila_of
from playwright.sync_api import sync_playwright

SOURCE = 'import workbench as wb\nwb.panels.scores(wb.open_study("water-billing"))'


def test_a_point_and_a_row_keep_a_group_in_all_pictures(home, chromium):
    cell = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": SOURCE}
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = home / "scores.ipynb"
    notebook.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    with voila_of(home, notebook) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1300})
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(address)
        pictures = page.locator(".wb-linked .wb-shown")
        pictures.nth(2).locator("[data-drawn]").wait_for()
        at = pictures.nth(1).locator(".scatterlayer .point").last.bounding_box()
        page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        page.locator(".hoverlayer .hovertext").first.wait_for()
        page.mouse.click(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        page.get_by_role("button", name="segment is tenant ×").wait_for()
        page.get_by_text("segment is tenant > about the whole journey").first.wait_for()
        page.wait_for_function(
            "() => !document.querySelector('.wb-shown[aria-busy=true]:not([hidden])')"
        )  # all are counted anew
        pictures.nth(2).locator("summary").focus()
        page.keyboard.press("Enter")
        pictures.nth(2).locator(".wb-choose").first.focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="wave is 2025-03 ×").wait_for()
        page.get_by_role("button", name="Everybody again").press("Enter")
        page.get_by_role("button", name="Everybody again").wait_for(state="detached")
        browser.close()
