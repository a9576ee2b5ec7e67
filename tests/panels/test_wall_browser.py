"""Solutions and ideas in JupyterLab, in a real browser and with the keyboard alone: written, put on, ticked, merged."""

import json

from lab_server import PATIENCE
from test_lab_browser import FLAGS

import workbench as wb

HOSTILE = "<img src=x onerror=alert(1)>"
MAP = "stages:\n  - name: Billed\n    steps:\n      - {id: first-bill, name: First bill}\n"
SOLUTIONS = """\
solutions:
  - {id: call, name: Call first, area: communication, steps: [first-bill], gain: {judged: [2, 4, 6]}, cost: {once: [1, 2, 3]}}
"""
CELL = {"cell_type": "code", "id": "wall", "execution_count": None, "metadata": {}, "outputs": []}


def test_ideas_are_collected_and_merged_with_the_keyboard(chromium, lab, home):
    from playwright.sync_api import sync_playwright

    study = wb.new_study("first-bill")
    (study.path / "map.yaml").write_text(MAP)
    (study.path / "solutions.yaml").write_text(SOLUTIONS)
    study.add_idea("Ring before the bill", who=HOSTILE)
    code = ["import workbench as wb\n", "wb.panels.solutions('first-bill')"]
    book = {
        "cells": [CELL | {"source": code}],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}},
    }
    (home / "notebooks" / "wall.ipynb").write_text(json.dumps(book | {"nbformat": 4, "nbformat_minor": 5}))
    address, token = lab
    errors = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 2400})
        page.set_default_timeout(1000 * PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        page.goto(f"{address}/lab/tree/notebooks/wall.ipynb?token={token}")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

        panel = page.locator(".wb-panel")
        cells = panel.locator("tr[data-id=call] td")
        cells.nth(4).focus()
        page.keyboard.press("Enter")
        page.keyboard.type("p")  # the first area with a p; no shortcut of the notebook
        panel.get_by_text("call: saved to solutions.yaml.").wait_for()
        assert study.solutions.solutions[0].area == "people and service"
        cells.nth(10).focus()
        page.keyboard.type("3, 2, 1")
        page.keyboard.press("Enter")
        panel.get_by_role("alert").get_by_text("low, likely, high").wait_for()
        page.keyboard.press("Escape")
        panel.get_by_role("tab", name="Solutions", exact=True).focus()
        page.keyboard.press("ArrowRight")

        panel.get_by_label("An idea, in its own words").click()
        page.keyboard.type("Call them by name")
        page.keyboard.press("Tab")
        page.keyboard.type("Ann")
        _press(page, panel, "Put on the wall")
        panel.get_by_text("On the wall, saved to ideas.yaml.").wait_for()
        study.add_idea("Meanwhile", who="Cy")  # somebody else saves; nothing of either is lost

        for words in ("Ring before the bill", "Call them by name"):
            panel.get_by_role("row").filter(has_text=words).locator("td").first.focus()
            page.keyboard.press("Space")
            panel.get_by_role("row").filter(has_text=words).get_by_text("☑").wait_for()
        panel.get_by_label("Name of the group").focus()
        page.keyboard.type("Calls")
        _press(page, panel, "Group the ticked")
        panel.get_by_text('2 ideas in the group "Calls".').wait_for()
        panel.get_by_label("Into the solution").focus()
        page.keyboard.type("Call first")
        _press(page, panel, "Merge the ticked")
        panel.get_by_text("2 ideas merged").wait_for()
        browser.close()
    assert [(one.words, one.who, one.group, one.solution) for one in study.ideas.ideas] == [
        ("Ring before the bill", HOSTILE, "Calls", "call"),
        ("Call them by name", "Ann", "Calls", "call"),
        ("Meanwhile", "Cy", "", ""),
    ]
    assert errors == []


def _press(page, panel, name):
    """On with the Tab key to a button, and Enter."""
    button = panel.get_by_role("button", name=name, exact=True)
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            return page.keyboard.press("Enter")
    raise AssertionError(f"the Tab key does not come to {name}")
