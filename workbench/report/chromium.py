"""The Chromium of this machine: it prints a page of ours, and draws it.

It has a profile of its own that goes with it, no network, and a time after which it is ended. Knows nothing of what the page
holds.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from workbench import files
from workbench.faults import DataFault, Fault
from workbench.scratch import Scratch

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PATIENCE = 90  # seconds that a Chromium may take
DRAWING = 30_000  # milliseconds of the page's own clock in which its figures must be drawn
QUIET = (
    *("--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions"),
    *("--disable-sync", "--disable-background-networking", "--disable-component-update", "--disable-default-apps"),
    *("--no-pings", "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"),
    "--force-color-profile=srgb",
)
PRINTING = ("--no-pdf-header-footer", "--generate-pdf-document-outline", f"--virtual-time-budget={DRAWING}")
SHEET = "<style>@page{size:A4;margin:14mm}</style>"
LOOKING = "--window-size=760,1000"  # about the width of that sheet, in which figures are drawn before it is printed
WHEN = re.compile(rb"/(CreationDate|ModDate) \(D:(\d{14})")


def program() -> str:
    """Where a Chromium is. Raises DataFault where there is none."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    mend = "install one, or write html and print it from a browser"
    raise DataFault(Fault(found="no Chromium on this machine", expected=f"one of: {', '.join(PROGRAMS)}", mend=mend))


def print_page(page: Path) -> Path:
    """Print a page of ours as a PDF beside it (report.html as report.pdf), whole or not at all; its path comes back.

    The same page printed by the same Chromium gives the same bytes: what it says of the time is taken out. Another version of
    Chromium, or other fonts, may set it otherwise. Raises DataFault where no Chromium is on the machine, or it fails.
    """
    with Scratch() as scratch:
        sheets, html = Path(scratch) / page.name, page.read_text(encoding="utf-8")
        files.write(sheets, html.replace("<style>", f"{SHEET}<style>", 1))  # a sheet that the page itself names wins
        pdf = printed(program(), sheets, Path(scratch), LOOKING)
    target = page.with_suffix(".pdf")
    files.write(target, pdf)
    return target


def printed(program: str, page: Path, folder: Path, *more: str) -> bytes:
    """A page as a PDF with bookmarks, without the time at which it was printed; `folder` is for the Chromium's own files."""
    out = folder / "printed.pdf"
    run(program, [*PRINTING, *more, f"--print-to-pdf={out}", page.resolve().as_uri()], folder)
    return WHEN.sub(lambda found: b"/%s (D:20000101000000" % found[1], made(out))


def run(program: str, words: Sequence[str], folder: Path) -> str:
    """Run a Chromium and give what it said. Raises DataFault where it fails or takes too long."""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [program, *QUIET, *root, f"--user-data-dir={folder / 'profile'}", *words]
    mend = "write html and print it from a browser"
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, cwd=folder, check=False)
    except subprocess.TimeoutExpired:
        found = f"a Chromium that took more than {PATIENCE} seconds"
        raise DataFault(Fault(program, None, "", found, "a page in less", mend)) from None
    if done.returncode:
        raise DataFault(Fault(program, None, "", f"a Chromium that failed ({done.returncode})", "a page", mend))
    return done.stdout.decode("utf-8", "replace")


def made(path: Path) -> bytes:
    """What a Chromium wrote. Raises DataFault where that is nothing."""
    if not path.exists() or not path.stat().st_size:
        raise DataFault(Fault(path.name, None, "", "a Chromium that wrote nothing", "a file", "write html instead"))
    return path.read_bytes()
