"""A panel in JupyterLab, in a real browser: an answer typed, saved with the keyboard, and found in the study's file."""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from urllib.error import URLError

import pytest

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PATIENCE = 120  # seconds for each wait: machines can be busy


@pytest.fixture
def lab(home, runtime):
    """JupyterLab on this machine alone, with a token of its own; its address."""
    settings = home / "lab" / "config" / "labconfig"
    settings.mkdir(parents=True)
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "page_config.json").write_text(json.dumps(quiet))
    token, port = secrets.token_hex(16), free_port()
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "lab" / "config"),
        "JUPYTER_DATA_DIR": str(home / "lab" / "data"),
        "JUPYTER_RUNTIME_DIR": runtime,
        "IPYTHONDIR": str(home / "lab" / "ipython"),
        "JUPYTER_TOKEN": token,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={home}", "--LabApp.extension_manager=readonly"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--KernelManager.transport=ipc"]
    with open(home / "lab" / "server.txt", "wb") as said:
        server = subprocess.Popen(command, cwd=home, env=environment, stdout=said, stderr=said)
        try:
            wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, home / "lab" / "server.txt")
            yield f"http://127.0.0.1:{port}", token
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture
def runtime():
    """A folder with a short path: a socket's name holds about a hundred letters."""
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        yield folder


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
