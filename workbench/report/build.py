"""The study's report: runs the method's notebooks and the researcher's own, puts the findings to say first before them and an
account of method, limits and sources behind, looks for leaks, and writes one page.

Knows the study only by what `Study` below asks of it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from workbench import places
from workbench.report import about, first_page, gate
from workbench.report.pieces import Body
from workbench.report.releasing import publishable
from workbench.report.texts import spoken_in, texts
from workbench.theme import Theme

FORMAT = 1  # of the contents that a program reads


class Study(Protocol):
    """What a report asks of a study. It may also have `findings` (then its first page is asked for), `date_line` (a text,
    under the title), `language`, `theme` and `folder` (its path, for a study that does not lie under the project's `data/`)."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def journey(self) -> Any: ...
    def provenance(self) -> Iterable[Mapping[str, Any]]: ...
    def leaks(self, html: str) -> list[str]: ...


def build(
    study: Study,
    out: str | PathLike[str] | None = None,
    code: bool = False,
    built: str = "",
    notebooks: Path | None = None,
    progress: bool = True,
    draft: bool = False,
) -> Path:
    """Write the report of a study and tell where it lies.

    out     a folder or an .html file; left out: the study's own folder under `reports/`
    code    show the code cells too
    draft   it says that it is none to be handed on, and is not entered in the ledger of what was shared
    built   a line with the time of building; left out, the same study gives the same bytes
    Raises DataFault, and leaves an earlier report as it was, when a notebook fails or the page would name a person.
    """
    from workbench.report.exporter import fill, look_over
    from workbench.report.notebooks import run

    path = Path(out) if out is not None else places.reports(study.name)
    if path.suffix != ".html":
        path = path / "report.html"
    theme: Theme = getattr(study, "theme", None) or Theme()
    folder = Path(getattr(study, "folder", None) or places.data() / study.name)
    logo = theme.picture(folder)  # a wrong one is told before the notebooks run
    body = Body(texts=texts(str(getattr(study, "language", "en"))), names=True)
    executed = run(_address(study), notebooks, progress=progress, closing=hasattr(study, "findings"))
    going = look_over(executed, None if draft else getattr(study, "shared", None))
    fill(body, executed, code=code)
    about.fill(body, study)
    face = body.face(
        theme=theme,
        report=True,
        logo=f"data:image/{logo[0]};base64,{base64.b64encode(logo[1]).decode()}" if logo else "",
        told=contents(study, body),
    )
    html = gate.page(
        study.title, body.parts, body.figures, body.listed(), lead=_lead(study, body, draft), built=built, face=face
    )
    with going.recorded("report", path):
        return gate.write(html, path, study.leaks(gate.readable(html)), publishable(study))


def contents(study: Study, body: Body) -> dict[str, Any]:
    """What a program can read of a report: its sources and findings, with their rows as shown."""
    words = ("name", "title", "sentence", "base", "method", "columns", "rows")
    return {
        "format": FORMAT,
        "title": study.title,
        "study": study.name,
        "sources": [{"file": one["file"], "sha256": one["sha256"]} for one in study.provenance()],
        "findings": [
            {word: one.get(word, [] if word in ("columns", "rows") else "") for word in words} for one in body.told
        ],
    }


def _address(study: Study) -> str:
    """How the notebooks open the study: by its name, or by its folder where it lies elsewhere."""
    folder = getattr(study, "folder", None)
    if folder is None or Path(folder).resolve() == (places.data() / study.name).resolve():
        return study.name
    return str(folder)


def _lead(study: Study, body: Body, draft: bool = False) -> str:
    said = spoken_in(str(getattr(study, "date_line", "") or ""), body.texts.language)
    line = " · ".join(one for one in (body.texts("frame.draft") if draft else "", said) if one)
    date = f'<p class="dateline">{escape(line)}</p>' if line else ""
    return date + first_page.html(body.told, body.places, body.texts)
