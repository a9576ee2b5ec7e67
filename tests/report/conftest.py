"""A real browser without a network, and the hand-made findings of the drawings' tests."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "figures"))

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def browser():
    """Chromium, driven by playwright. Without one the test is skipped, but fails where CI must have it."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


class Visit:
    """What happened while a page was open: requests, messages, errors."""

    def __init__(self, browser, path, figures, **context):
        self.context = browser.new_context(offline=True, viewport={"width": 1364, "height": 900}, **context)
        self.page = self.context.new_page()
        self.requests, self.said, self.errors = [], [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.address = f"file://{path}"
        self.page.goto(self.address)
        if figures:
            self.page.wait_for_function(
                "count => document.querySelectorAll('[data-drawn]').length === count", arg=figures, timeout=20000
            )

    def outside(self):
        return [url for url in self.requests if url != self.address and not url.startswith("data:")]


def visits(browser):
    """Open a page from disk, offline, and watch it."""
    opened = []

    def open_page(path, figures=0, **context):
        opened.append(Visit(browser, path, figures, **context))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()


visit = pytest.fixture(visits, name="visit")
# for tests that look at one page and change nothing
visit_once = pytest.fixture(visits, scope="module", name="visit_once")
