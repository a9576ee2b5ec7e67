"""A panel in JupyterLab, in a real browser: an answer typed, saved with the keyboard, and found in the study's file."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.error import HTTPError, URLError

import pytest

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PATIENCE = 120  # seconds for each wait: machines can be busy


@pytest.fixture
def lab(home):
    """JupyterLab as `workbench lab` starts it: on this machine alone, with a token made afresh; its address and token."""
    port = free_port()
    own = {f"JUPYTER_{word}_DIR": str(home / "lab" / word.lower()) for word in ("CONFIG", "DATA")}
    environment = os.environ | own | {"IPYTHONDIR": str(home / "lab" / "ipython"), "WORKBENCH_HOME": str(home)}
    environment.pop("JUPYTER_TOKEN", None)
    command = [sys.executable, "-m", "workbench.cli", "lab", "water-billing", f"--port={port}", "--no-browser"]
    (home / "lab").mkdir()
    said = home / "lab" / "server.txt"
    with open(said, "wb") as log:
        server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
        try:
            token = token_of(server, said, port)
            wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, said)
            yield f"http://127.0.0.1:{port}", token
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def token_of(server, said, port):
    """The token that the server made and printed."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, said.read_text()
        found = re.search(rf"http://127\.0\.0\.1:{port}/\S*token=([0-9a-f]{{32,}})", said.read_text())
        if found:
            return found[1]
        time.sleep(0.3)
    pytest.fail(f"JupyterLab printed no token: {said.read_text()}")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(address, server, said):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, said.read_text()
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (URLError, TimeoutError):
            time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start: {said.read_text()}")


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
