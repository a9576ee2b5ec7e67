"""The map on a page of its own: HTML through the report's gate, and from it, by a Chromium on this machine, PNG and PDF.

The Chromium has a profile of its own that goes with it, no network, and a time after which it is ended. Knows the study only
by what `Study` below asks of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from workbench import figures, files
from workbench.faults import DataFault, Fault
from workbench.report import gate
from workbench.report.pieces import Body

if TYPE_CHECKING:
    from workbench.finding import Finding

KINDS = ("html", "png", "pdf")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PATIENCE = 90  # seconds that a Chromium may take
MARGIN = 60  # pixels beside the map on its page
LEAST, MOST = 1000, 8000  # pixels of a page's width
TALLEST = 16_000  # pixels of a picture's height
LARGE = 6_000_000  # pixels of a page from which its picture is not drawn twice as fine
SLACK = 1.06  # of its height on a screen, what a page takes in print
MAP_WIDTH = re.compile(r'<table[^>]*class="map[^"]*"[^>]*?width="(\d+)"|<table[^>]*?width="(\d+)"[^>]*class="map')
WHOLE = "<style>body,.journey-map{max-width:none}.map-box{overflow:visible}</style>"  # nothing scrolls on a sheet
QUIET = (
    *(
        "--headless=new",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-extensions",
        "--disable-sync",
    ),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--no-pings"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--force-color-profile=srgb"),
)


class Study(Protocol):
    """What a page of the map asks of a study."""

    @property
    def title(self) -> str: ...
    def map_finding(self) -> Finding: ...
    def leaks(self, text: str) -> list[str]: ...


def write(study: Study, kind: str, folder: Path, sheet: Finding | None = None, name: str = "map") -> Path:
    """Write the map's page as map.html, map.png or map.pdf, or another `sheet` by its `name`; its path comes back.

    Raises DataFault where the page would name a person, where the map is empty, or where no Chromium is on the machine.
    """
    program = "" if kind == "html" else chromium()
    finding = study.map_finding() if sheet is None else sheet
    if sheet is None and finding.table.empty:
        raise DataFault(Fault("map.yaml", None, "", "no steps", "a map with some", "draw it first"))
    body = Body()
    body.finding(figures.bundle(finding.let_out()), level=2)
    page = gate.page(study.title, body.parts, body.figures)
    leaks = study.leaks(gate.readable(page))
    if kind == "html":
        return gate.write(page, folder / f"{name}.html", leaks)
    with tempfile.TemporaryDirectory(prefix="wb-map-") as scratch:
        inside, page = Path(scratch), page.replace("</head>", f"{WHOLE}</head>", 1)
        gate.write(page, inside / "map.html", leaks)
        target = folder / f"{name}.{kind}"
        files.write(target, (_pdf if kind == "pdf" else _png)(program, page, inside))
    return target


def chromium() -> str:
    """Where a Chromium is. Raises DataFault where there is none."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    mend = "install one, or write html and print it from a browser"
    raise DataFault(Fault(found="no Chromium on this machine", expected=f"one of: {', '.join(PROGRAMS)}", mend=mend))


def wide(page: str) -> int:
    """The pixels that the page of a map needs from left to right."""
    found = [int(one or other) for one, other in MAP_WIDTH.findall(page)]
    return min(MOST, max(LEAST, *(one + 2 * MARGIN for one in found or [0])))


def _pdf(program: str, page: str, folder: Path) -> bytes:
    """One sheet as large as the map; its numbers as a table stand in the page (html), for which a sheet has no room."""
    width = wide(page)
    tall = round(_tall(program, page, folder, width) * SLACK)
    sheet = f"<style>@page{{size:{width}px {tall}px;margin:24px}}details{{display:none!important}}</style>"
    files.write(folder / "sheet.html", page.replace("</head>", f"{sheet}</head>", 1))
    out = folder / "map.pdf"
    _run(program, ["--no-pdf-header-footer", f"--print-to-pdf={out}", (folder / "sheet.html").as_uri()], folder)
    return _made(out)


def _png(program: str, page: str, folder: Path) -> bytes:
    """A picture of the whole page."""
    width = wide(page)
    tall = _tall(program, page, folder, width)
    out = folder / "map.png"
    scale = 2 if width * tall < LARGE else 1
    words = [f"--window-size={width},{tall}", f"--force-device-scale-factor={scale}", f"--screenshot={out}"]
    _run(program, [*words, (folder / "map.html").as_uri()], folder)
    return _made(out)


def _tall(program: str, page: str, folder: Path, width: int) -> int:
    """How tall the page is, as the Chromium says of a copy that may measure itself."""
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page, count=1)
    measure = (
        "<script>document.body.setAttribute('data-tall', Math.ceil(document.documentElement.scrollHeight))</script>"
    )
    files.write(folder / "tall.html", bare.replace("</body>", f"{measure}</body>", 1))
    words = [f"--window-size={width},800", "--dump-dom", (folder / "tall.html").as_uri()]
    found = re.search(r'<body[^>]*data-tall="(\d+)"', _run(program, words, folder))
    if found is None:
        raise DataFault(
            Fault(program, None, "", "a Chromium that does not say how tall a page is", "a number", "write html")
        )
    return min(TALLEST, int(found[1]))


def _run(program: str, words: Sequence[str], folder: Path) -> str:
    """Run a Chromium and give what it said. Raises DataFault where it fails or takes too long."""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [program, *QUIET, *root, f"--user-data-dir={folder / 'profile'}", *words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, cwd=folder, check=False)
    except subprocess.TimeoutExpired:
        found = f"a Chromium that took more than {PATIENCE} seconds"
        raise DataFault(
            Fault(program, None, "", found, "a page in less", "write html and print it from a browser")
        ) from None
    if done.returncode:
        found = f"a Chromium that failed ({done.returncode})"
        raise DataFault(Fault(program, None, "", found, "a page", "write html and print it from a browser"))
    return done.stdout.decode("utf-8", "replace")


def _made(path: Path) -> bytes:
    if not path.exists() or not path.stat().st_size:
        raise DataFault(Fault(path.name, None, "", "a Chromium that wrote nothing", "a file", "write html instead"))
    return path.read_bytes()
