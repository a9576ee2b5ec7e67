"""Interviews in a real browser: words taken with the mouse and with the keyboard get a code, are marked, and nothing runs."""

import json

from lab_server import PATIENCE, voila_of
from playwright.sync_api import expect, sync_playwright

import workbench as wb

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
CELL = {"cell_type": "code", "execution_count": None, "id": "talk", "metadata": {}, "outputs": []}
HOSTILE = "<img src=x onerror=alert(1)>"


def test_words_are_selected_and_coded(home, chromium):
    study = wb.open_study("water-billing")
    source = "import workbench as wb\n\nwb.panels.interviews('water-billing')"
    book = {"cells": [CELL | {"source": source}], "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    (home / "talk.ipynb").write_text(json.dumps(book), encoding="utf-8")
    errors = []
    with voila_of(home, home / "talk.ipynb") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1300})
        page.set_default_timeout(1000 * PATIENCE)
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        page.goto(address)
        page.locator(".wb-talk li[data-n='4']").click()
        page.wait_for_timeout(200)  # no hand goes from the mouse to the keys in less
        for keys in ("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Enter"):
            page.keyboard.press(keys)
        page.keyboard.type(HOSTILE)
        page.keyboard.press("Enter")
        expect(page.locator("li[data-n='4'] mark")).to_have_text("I turned on", timeout=1000 * PATIENCE)
        page.locator("li[data-n='6'] .wb-words").evaluate(
            """(words) => {
              const [text] = words.childNodes, at = text.data.indexOf("econd month");
              getSelection().setBaseAndExtent(text, at, text, at + 8);
              words.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
            }"""
        )
        expect(page.locator(".wb-coding blockquote")).to_have_text("second month.")  # whole words
        page.get_by_label("Emotion heard").select_option("-2")
        page.get_by_label("Step of the map").select_option("moves-in")
        page.get_by_role("button", name="Give", exact=True).click()
        expect(page.locator("li[data-n='6'] mark")).to_have_text("second month.", timeout=1000 * PATIENCE)
        page.locator("li[data-n='6'] mark").click()
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.locator("li[data-n='6'] mark")).to_have_count(0, timeout=1000 * PATIENCE)
        page.get_by_role("button", name="Undo", exact=True).nth(0).click()
        expect(page.locator("li[data-n='6'] mark")).to_have_count(1, timeout=1000 * PATIENCE)
        browser.close()
    given = [(one.turn, one.words, one.code, one.step, one.emotion) for one in study.codes.quotes[-2:]]
    assert given == [(4, "I turned on", HOSTILE, "", None), (6, "second month.", "", "moves-in", -2)]
    assert errors == []
