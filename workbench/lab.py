"""How `workbench lab` starts JupyterLab: on this machine only, with a token, quiet, nothing asked of the network.

Knows where the project's folders are and nothing of studies.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache

from workbench import files, places
from workbench.faults import DataFault, Fault
from workbench.scratch import Scratch

# A kernel that is reached by a file, not by a port. Windows has no such thing: there it listens on 127.0.0.1, and asks
# for a key that only its own user can read.
TRANSPORT = "tcp" if sys.platform == "win32" else "ipc"


def command(port: int, browser: bool = True) -> list[str]:
    """How JupyterLab is started: this machine only, with a token made afresh, quiet, nothing asked of the network."""
    first = places.notebooks() / "0_start.ipynb"
    if not first.is_file() or not first.is_relative_to(places.home()):
        raise DataFault(
            Fault(
                file="notebooks/0_start.ipynb",
                found="no such notebook in this workspace",
                expected="the method's notebooks",
                mend="put them here: workbench update --take",
            )
        )
    return [
        sys.executable,
        "-P",
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={places.home()}",
        "--ServerApp.default_url=/lab/tree/notebooks/0_start.ipynb",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.terminals_enabled=False",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        f"--KernelManager.transport={TRANSPORT}",
    ] + (["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])


def environment() -> dict[str, str]:
    """What JupyterLab is told by its surroundings: no news, a kernel that does not look for modules beside a notebook."""
    settings = places.settings() / "lab"
    page = settings / "labconfig" / "page_config.json"
    content = json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}})
    if not page.is_file() or page.read_text(encoding="utf-8") != content:
        files.write(page, content)
    return {
        "JUPYTER_CONFIG_PATH": str(settings),
        "JUPYTER_RUNTIME_DIR": str(_runtime().path),
        "PYTHONSAFEPATH": "1",
        "WORKBENCH_HOME": str(places.home()),
    }


@cache
def _runtime() -> Scratch:
    """A short place for what JupyterLab needs while it runs; this process becomes JupyterLab."""
    return Scratch("wb", handed_on=True)
