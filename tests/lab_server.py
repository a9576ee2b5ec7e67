"""JupyterLab and a served study as servers of this machine alone, for tests in a browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

PROJECT = Path(__file__).parents[1]
STUDY = "water-billing"
PATIENCE = 120  # seconds for each wait: machines can be busy


def copied(folder):
    """A project's folder with the sample study as it is delivered."""
    shutil.copytree(
        PROJECT / "data" / STUDY,
        folder / "data" / STUDY,
        ignore=shutil.ignore_patterns("frames", ".lock", "log", "history"),
    )
    shutil.copytree(PROJECT / "surveys", folder / "surveys")
    shutil.copytree(PROJECT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return folder


@contextmanager
def lab_of(home):
    """JupyterLab as `workbench lab` starts it: on this machine alone, with a token made afresh; its address and token."""
    port = free_port()
    command = ["-m", "workbench.cli", "lab", "water-billing", f"--port={port}", "--no-browser"]
    with _served(command, home) as (server, said):
        token = token_of(server, said, port)
        wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, said)
        yield f"http://127.0.0.1:{port}", token


@contextmanager
def served_of(home, *words):
    """The sample study as `workbench serve` serves it; its address and token."""
    command = ["-m", "workbench.cli", "serve", "water-billing", f"--port={free_port()}", "--no-browser", *words]
    with _served(command, home) as (server, said):
        end = time.monotonic() + PATIENCE
        while not (
            found := re.search(r"served at (http://127\.0\.0\.1:\d+/)\?token=([0-9a-f]{32,})", said.read_text())
        ):
            assert server.poll() is None and time.monotonic() < end, said.read_text()
            time.sleep(0.3)
        yield found[1], found[2]


@contextmanager
def voila_of(home, notebook):
    """A notebook as Voilà serves it, on this machine alone; its address."""
    port = free_port()
    command = ["-m", "voila", str(notebook), f"--port={port}", "--no-browser", "--Voila.ip=127.0.0.1"]
    with _served([*command, "--KernelManager.transport=ipc"], home) as (server, said):
        end = time.monotonic() + PATIENCE
        while "Voil" not in said.read_text() or not _listens(port):
            assert server.poll() is None and time.monotonic() < end, said.read_text()
            time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _served(command, home):
    """A server of Jupyter's with folders of its own, ended when it is no longer needed; it and the file of what it said."""
    own = {f"JUPYTER_{word}_DIR": str(home / "lab" / word.lower()) for word in ("CONFIG", "DATA")}
    environment = os.environ | own | {"IPYTHONDIR": str(home / "lab" / "ipython"), "WORKBENCH_HOME": str(home)}
    environment.pop("JUPYTER_TOKEN", None)
    (home / "lab").mkdir()
    said = home / "lab" / "server.txt"
    with open(said, "wb") as log:
        server = subprocess.Popen([sys.executable, *command], cwd=home, env=environment, stdout=log, stderr=log)
        try:
            yield server, said
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _listens(port):
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


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
