"""A panel in JupyterLab, in a real browser: an answer typed, saved with the keyboard, and found in the study's file."""

import urllib.request
from urllib.error import HTTPError

import pytest
from lab_server import PATIENCE

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


def test_an_answer_typed_in_the_browser_reaches_the_file(chromium, lab, home):
    from playwright.sync_api import sync_playwright

    address, token = lab
    file = home / "data" / "water-billing" / "scope.yaml"
    assert "applied_by" not in file.read_text()
    asked, errors = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1400})
        page.set_default_timeout(1000 * PATIENCE)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url.replace("ws://", "http://")))
        page.on("pageerror", lambda error: errors.append(str(error)))
        with pytest.raises(HTTPError, match="403"):  # nothing is given without the token
            urllib.request.urlopen(f"{address}/api/contents", timeout=5)
        page.goto(f"{address}/lab/tree/notebooks/1_scope.ipynb?token={token}")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # earlier, Lab would ask which kernel to take
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

        panel = page.locator(".wb-panel")
        answer = panel.get_by_label("4. Who will apply them?")
        answer.wait_for()
        answer.click()
        page.keyboard.type("Head of billing")
        save = panel.get_by_role("button", name="Save", exact=True)
        for _ in range(30):  # on with the keyboard alone
            page.keyboard.press("Tab")
            if save.evaluate("button => button === document.activeElement"):
                break
        page.keyboard.press("Enter")
        panel.get_by_text("Saved to scope.yaml").wait_for()
        browser.close()
    assert "applied_by:\n  - Head of billing\n" in file.read_text()
    assert asked and not [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert errors == []
