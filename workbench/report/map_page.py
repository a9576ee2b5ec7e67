"""The map on a page of its own: HTML through the report's gate, and from it, by a Chromium on this machine, PNG and PDF.

Knows the study only by what `Study` below asks of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from workbench import figures, files
from workbench.faults import DataFault, Fault
from workbench.report import chromium, gate
from workbench.report.pieces import Body
from workbench.report.releasing import Outgoing, publishable
from workbench.scratch import Scratch

if TYPE_CHECKING:
    from workbench.finding import Finding

KINDS = ("html", "png", "pdf")
MARGIN = 60  # pixels beside the map on its page
LEAST, MOST = 1000, 8000  # pixels of a page's width
TALLEST = 16_000  # pixels of a picture's height
LARGE = 6_000_000  # pixels of a page from which its picture is not drawn twice as fine
SLACK = 1.06  # of its height on a screen, what a page takes in print
MAP_WIDTH = re.compile(r'<table[^>]*class="map[^"]*"[^>]*?width="(\d+)"|<table[^>]*?width="(\d+)"[^>]*class="map')
WHOLE = "<style>body,.journey-map{max-width:none}.map-box{overflow:visible}</style>"  # nothing scrolls on a sheet


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
    program = "" if kind == "html" else chromium.program()
    finding = study.map_finding() if sheet is None else sheet
    if sheet is None and finding.table.empty:
        raise DataFault(Fault("map.yaml", None, "", "no steps", "a map with some", "draw it first"))
    body = Body()
    going = Outgoing([figures.bundle(finding.let_out())], getattr(study, "shared", None), finding.minimum)
    body.finding(going.shown[0], level=2)
    page = gate.page(study.title, body.parts, body.figures)
    leaks = study.leaks(gate.readable(page))
    if kind == "html":
        with going.recorded("map", folder / f"{name}.html"):
            return gate.write(page, folder / f"{name}.html", leaks, publishable(study))
    with going.recorded("map", folder / f"{name}.{kind}"), Scratch() as scratch:
        inside, page = Path(scratch), page.replace("</head>", f"{WHOLE}</head>", 1)
        gate.write(page, inside / "map.html", leaks, publishable(study))
        target = folder / f"{name}.{kind}"
        files.write(target, (_pdf if kind == "pdf" else _png)(program, page, inside))
    return target


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
    return chromium.printed(program, folder / "sheet.html", folder)


def _png(program: str, page: str, folder: Path) -> bytes:
    """A picture of the whole page."""
    width = wide(page)
    tall = _tall(program, page, folder, width)
    out = folder / "map.png"
    scale = 2 if width * tall < LARGE else 1
    words = [f"--window-size={width},{tall}", f"--force-device-scale-factor={scale}", f"--screenshot={out}"]
    chromium.run(program, [*words, (folder / "map.html").as_uri()], folder)
    return chromium.made(out)


def _tall(program: str, page: str, folder: Path, width: int) -> int:
    """How tall the page is, as the Chromium says of a copy that may measure itself."""
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page, count=1)
    measure = (
        "<script>document.body.setAttribute('data-tall', Math.ceil(document.documentElement.scrollHeight))</script>"
    )
    files.write(folder / "tall.html", bare.replace("</body>", f"{measure}</body>", 1))
    words = [f"--window-size={width},800", "--dump-dom", (folder / "tall.html").as_uri()]
    found = re.search(r'<body[^>]*data-tall="(\d+)"', chromium.run(program, words, folder))
    if found is None:
        raise DataFault(
            Fault(program, None, "", "a Chromium that does not say how tall a page is", "a number", "write html")
        )
    return min(TALLEST, int(found[1]))
