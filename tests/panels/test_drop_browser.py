"""Files dropped on the page itself: sent in pieces, so that none is too large for the server, and bound as they came."""

import json

from lab_server import voila_of

CODE = "import workbench as wb\nwb.panels.data(wb.new_study('mine'))"


def test_a_file_larger_than_one_piece_arrives_whole(home, chromium):
    from playwright.sync_api import sync_playwright

    cell = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": CODE}
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = home / "drop.ipynb"
    notebook.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    answers = home / "answers.csv"
    rows = (f"R{number},{number % 11},{'it took long ' * 4}\n" for number in range(45_000))
    answers.write_text("RespondentID,How likely are you to recommend us?,Why?\n" + "".join(rows))
    assert answers.stat().st_size > 2_500_000
    with voila_of(home, notebook) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector(".wb-drop input", timeout=90_000).set_input_files(str(answers))
        page.wait_for_selector(".wb-grid tbody tr:nth-child(3)", timeout=90_000)
        assert "a rating" in page.inner_text(".wb-grid")
        browser.close()
    assert (home / "data" / "mine" / "sources" / "answers.csv").read_bytes() == answers.read_bytes()
