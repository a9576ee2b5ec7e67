"""The report written from a panel: the command in a process of its own, so that it can be stopped and takes no memory here.

Knows how the command is called and what it prints.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from workbench import places
from workbench.faults import DataFault, Fault
from workbench.scratch import Scratch
from workbench.study import Study

FORMS = {  # what is chosen on the screen -> the words of the command
    "a page (HTML)": (),
    "a page and a PDF": ("--pdf",),
    "a draft, not to be handed on": ("--draft",),
    "slides (PowerPoint)": ("--to", "pptx"),
    "tables (Excel)": ("--to", "xlsx"),
}
BEAT = 0.3  # seconds between two looks at how far it is


def write_report(study: Study, form: str, told: Callable[[float], None]) -> list[Path]:
    """Write a report; the files come back. `told` hears how far it is, from 0 to 1. Raises DataFault in the command's words."""
    command = [sys.executable, "-P", "-m", "workbench.cli", "report", str(study.path), *FORMS[form], "--json"]
    kept = {name: value for name, value in os.environ.items() if name != "WORKBENCH_REPORT"}
    with Scratch() as folder:
        said, faults = Path(folder) / "said", Path(folder) / "faults"
        with open(said, "wb") as out, open(faults, "wb") as err:  # scratch
            home = {"WORKBENCH_HOME": str(places.home())}
            process = subprocess.Popen(command, stdout=out, stderr=err, env=kept | home, cwd=places.home())
        try:
            while process.poll() is None:
                time.sleep(BEAT)
                told(_far(_read(faults)))
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(20)
        words, wrong = _read(said), _read(faults)
    if process.returncode:
        lines = [line for line in wrong.splitlines() if line.strip() and "it/s]" not in line and "s/it]" not in line]
        found = "\n".join(lines[-12:]) or f"the command ended with {process.returncode}"
        raise DataFault(
            Fault(file="report", found=found, expected="a report", mend="mend what is named here, then write it again")
        )
    written = json.loads(words.strip().splitlines()[-1])
    found_at = (
        written["report"] if isinstance(written["report"], list) else [written["report"], *written.get("more", [])]
    )
    return [Path(one) for one in found_at]


def link(path: Path) -> str:
    """Where JupyterLab shows a file of the workspace; an empty text for a file elsewhere."""
    home = places.home().resolve()
    return f"/files/{path.resolve().relative_to(home).as_posix()}" if path.resolve().is_relative_to(home) else ""


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _far(words: str) -> float:
    """The last percentage of a progress bar that was printed; below nought before there is one."""
    found = re.findall(r"(\d{1,3})%\|", words[-2000:])
    return int(found[-1]) / 100 if found else -1.0
