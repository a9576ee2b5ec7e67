"""Every panel of the one page, in a real browser and in both looks: it shows, nothing fails, axe finds no fault in it (WCAG 2.2
AA), and it fits a page 1,000 pixels wide."""

import json
import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_server import PATIENCE, voila_of
from playwright.sync_api import sync_playwright

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
CELL = {"cell_type": "code", "execution_count": None, "id": "all", "metadata": {}, "outputs": []}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
LOOKS = ("light", "dark") if os.environ.get("WORKBENCH_NIGHTLY") else ("dark",)
KEPT = os.environ.get("WORKBENCH_PICTURES")  # a folder for a picture of each panel


def faults_of(page):
    """What axe finds in the panels, serious or worse: rule and elements."""
    found = Axe().run(page, context=".wb-panel", options=RULES).response["violations"]
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]][:4])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", LOOKS)
def test_every_panel_shows_and_can_be_used_by_everybody(home, study, chromium, scheme):
    from workbench.panels.measured import Measure
    from workbench.panels.whole import Steps

    notebook = home / "all.ipynb"
    source = 'import workbench as wb\n\nwb.panels.workbench("water-billing")'
    page_of = {"cells": [CELL | {"source": source}], "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(page_of), encoding="utf-8")
    errors, found, wide = [], {}, {}
    with voila_of(home, notebook) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1300}, color_scheme=scheme)
        page.set_default_timeout(1000 * PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/?theme={scheme}")

        def look(name, panel):
            page.get_by_role("tab", name=name, exact=True).click()
            page.get_by_role("heading", name=panel.question, exact=True).last.wait_for()
            page.wait_for_function(
                "() => ![...document.querySelectorAll('.wb-work progress')].some(one => one.getClientRects().length)"
                " && !document.querySelector('.wb-shown[aria-busy=true]:not([hidden])')"
            )
            page.wait_for_function(  # what is to be drawn is drawn
                "() => [...document.querySelectorAll('.wb-picture:not([hidden]) > [role=img]')].every(one => one.dataset.drawn)"
            )
            page.wait_for_timeout(700)
            found[name] = faults_of(page)
            wide[name] = page.evaluate("document.querySelector('.wb-panel').scrollWidth")
            if KEPT:
                page.screenshot(path=f"{KEPT}/{name}-{scheme}.png", full_page=True)

        for name, made in [*Steps.tabs.items(), ("Measure", Steps.tabs["Measure"]), *Measure.tabs.items()]:
            look(name, made(study))
        browser.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert {name: width for name, width in wide.items() if width > 1000} == {}
    assert [one for one in errors if "setData" not in one] == []  # Voilà's own, of an extension that it does not know
