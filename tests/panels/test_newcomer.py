"""A newcomer with an export that the workbench has never seen: from JupyterLab's first page to the finished report, in a real
browser, with the mouse, and no code typed. The clicks are counted and printed."""

import os
from pathlib import Path

import pytest
from lab_server import PATIENCE
from needs import needed

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
MOST = 12  # clicks
SHARED = Path(os.environ.get("WORKBENCH_SHARED", Path(__file__).parents[3] / "shared"))
EXPORT = SHARED / "data" / "sfo_customer_survey" / "2017.csv"


@pytest.fixture
def export():
    found = sorted((SHARED / "data" / "sfo_customer_survey").glob("*2017*.csv"))
    if not found:
        needed("../shared/data", "an export that nobody prepared")
    return found[0]


class Hand:
    """What a newcomer does with the mouse, counted."""

    def __init__(self, page):
        self.page, self.clicks, self.did = page, 0, []

    def click(self, what, of, **how):
        self.clicks += 1
        self.did.append(what)
        of.click(**how)


def test_from_an_unseen_export_to_a_report_in_twelve_clicks(export, chromium, lab, home, capsys):
    from playwright.sync_api import sync_playwright

    address, token = lab
    errors = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1200})
        page.set_default_timeout(1000 * PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(
            f"{address}/lab/tree/notebooks/0_start.ipynb?token={token}"
        )  # where `workbench lab` opens the browser
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        hand = Hand(page)
        hand.click("Run", page.get_by_role("menuitem", name="Run", exact=True))
        hand.click("Run All Cells", page.get_by_role("menuitem", name="Run All Cells", exact=True))
        panel = page.locator(".wb-panel").first
        hand.click("A new study", panel.get_by_role("button", name="A new study"))
        hand.click("its name", panel.get_by_label("Name of the new study"))
        page.keyboard.type("Airport 2017")
        with page.expect_file_chooser() as chooser:
            hand.click("Choose files", panel.locator("input[type=file]").first)
        chooser.value.set_files(export)
        panel.get_by_text("To be taken in").wait_for()
        hand.click("Make the study", panel.get_by_role("button", name="Make the study"))
        panel.get_by_text("records of 2,831 people").wait_for()
        hand.click("Measure", panel.get_by_role("tab", name="Measure"))
        hand.click("Make the steps", panel.get_by_role("button", name="Make the steps"))
        panel.get_by_text("steps").first.wait_for()
        hand.click("Start", panel.get_by_role("tab", name="Start"))
        hand.click("Write the report", panel.get_by_role("button", name="Write the report"))
        written = panel.get_by_role("link", name="report.html")
        written.wait_for()
        with page.expect_popup() as opened:
            hand.click("report.html", written)
        report = opened.value
        report.get_by_role("heading", level=1).wait_for()
        words = report.locator("body").inner_text()
        browser.close()
    with capsys.disabled():
        print(f"\na newcomer: {hand.clicks} clicks, no code: {' > '.join(hand.did)}")
    assert hand.clicks <= MOST
    assert (home / "reports" / "airport-2017" / "report.html").is_file()
    assert "The NPS is +40 points" in words  # weighted, and without those whose 11 is no answer
    assert errors == []
