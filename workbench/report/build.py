"""The study's report: runs the method's notebooks, puts the key findings before them and an account of method, sources,
versions and faults behind, looks for leaks, and writes one page.

Knows the study only by what `Study` below asks of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from workbench import places
from workbench.faults import Fault
from workbench.report import gate
from workbench.report.pieces import Body, headlines

PACKAGES = (
    "workbench",
    "pandas",
    "duckdb",
    "narwhals",
    "statsmodels",
    "scipy",
    "numpy",
    "plotly",
    "nbclient",
    "nbconvert",
    "nh3",
)
FAULTS = 200  # faults told one by one


class Study(Protocol):
    """What a report asks of a study. It may also have `date_line` (a text, under the title) and `folder` (its path, for
    a study that does not lie under the project's `data/`)."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def journey(self) -> Any: ...
    def headlines(self) -> Iterable[Mapping[str, Any]]: ...
    def provenance(self) -> Iterable[Mapping[str, Any]]: ...
    def leaks(self, html: str) -> list[str]: ...


def build(
    study: Study,
    out: str | PathLike[str] | None = None,
    code: bool = False,
    built: str = "",
    notebooks: Path | None = None,
    progress: bool = True,
) -> Path:
    """Write the report of a study and tell where it lies.

    out     a folder or an .html file; left out: the study's own folder under `reports/`
    code    show the code cells too
    built   a line with the time of building; left out, the same study gives the same bytes
    Raises DataFault, and leaves an earlier report as it was, when a notebook fails or the page would name a person.
    """
    from workbench.report.exporter import fill
    from workbench.report.notebooks import run

    path = Path(out) if out is not None else places.reports(study.name)
    if path.suffix != ".html":
        path = path / "report.html"
    executed = run(_address(study), notebooks, progress=progress)
    body = Body()
    fill(body, executed, code=code)
    methods = _methods(body, executed)
    _about(body, study, methods)
    html = gate.page(study.title, body.parts, body.figures, body.listed(), lead=_lead(study), built=built)
    return gate.write(html, path, study.leaks(gate.readable(html)))


def _address(study: Study) -> str:
    """How the notebooks open the study: by its name, or by its folder where it lies elsewhere."""
    folder = getattr(study, "folder", None)
    if folder is None or Path(folder).resolve() == (places.data() / study.name).resolve():
        return study.name
    return str(folder)


def _lead(study: Study) -> str:
    from html import escape

    line = str(getattr(study, "date_line", "") or "")
    date = f'<p class="dateline">{escape(line)}</p>' if line else ""
    return date + headlines(list(study.headlines()))


def _methods(body: Body, notebook: Any) -> list[tuple[str, str, str]]:
    """Name, base and method of every finding in the notebooks, each once."""
    from workbench.report.exporter import FINDING

    told: dict[tuple[str, str, str], None] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            shown = output.get("data", {}).get(FINDING)
            if shown and (shown.get("base") or shown.get("method")):
                name = shown.get("title") or str(shown.get("name", "")).replace("_", " ")
                told[(str(name), str(shown.get("base", "")), str(shown.get("method", "")))] = None
    return list(told)


def _about(body: Body, study: Study, methods: list[tuple[str, str, str]]) -> None:
    """The account at the end: how, from what, with what, and what was set aside."""
    body.heading("About this report")
    if methods:
        body.heading("Bases and methods", 3)
        body.table(("Finding", "Base", "Method"), methods)
    body.heading("Sources", 3)
    sources = [
        [source["file"], source.get("format", ""), source.get("rows"), source.get("bytes"), source["sha256"]]
        for source in study.provenance()
    ]
    if sources:
        body.table(("File", "Format", "Records", "Bytes", "SHA-256 of its content"), sources, {4: "hash"})
    else:
        body.html("<p>This study has no source files.</p>")
    faults: list[Fault] = list(study.journey.faults)
    body.heading("What was set aside or assumed", 3)
    if faults:
        body.table(
            ("File", "Row", "Column", "Found", "Expected", "Mend", "Cells"),
            [
                [one.file, str(one.row or ""), one.column, one.found, one.expected, one.mend, one.count]
                for one in faults[:FAULTS]
            ],
        )
        if len(faults) > FAULTS:
            body.html(f"<p>And {len(faults) - FAULTS:,} more; the study's faults hold them all.</p>")
    else:
        body.html("<p>Nothing: every row of every source was used as it was received.</p>")
    body.heading("Made with", 3)
    body.table(("Package", "Version"), [(name, version(name)) for name in PACKAGES])
