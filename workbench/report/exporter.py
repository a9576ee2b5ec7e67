"""Our nbconvert exporter: an executed notebook as one page, everything through the gate.

Findings and figures come as data and are drawn by the page; HTML is cleaned; a widget is shown by the static twin beside
it; code only when asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets import Bool, Unicode

from workbench.privacy.shared import Shared
from workbench.report import gate
from workbench.report.first_page import NAME as FIRST
from workbench.report.notebooks import NAMES
from workbench.report.pieces import Body
from workbench.report.releasing import Outgoing
from workbench.report.texts import spoken_in

FINDING = "application/vnd.workbench.finding+json"
PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
APPENDIX = "appendix"  # a cell with this tag, and those behind it in its notebook, stand at the end
CLOSING = "closing"  # the cell that asks for the first page
QUIET = "parameters"  # cells with this tag say which study this is: never shown


class ReportExporter(Exporter):
    """A notebook as one self-contained HTML page."""

    file_extension = ".html"
    output_mimetype = "text/html"

    title = Unicode("Report", help="The page's heading.").tag(config=True)
    code = Bool(False, help="Show the code cells too.").tag(config=True)

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page as text, and nbconvert's resources."""
        made, passed = super().from_notebook_node(nb, resources, **kw)
        body = Body()
        fill(body, made, code=self.code)
        return gate.page(self.title, body.parts, body.figures, body.listed(), face=body.face()), passed


def fill(body: Body, notebook: NotebookNode, code: bool = False) -> None:
    """Add an executed notebook to a page's body, cell by cell. Its headings go one level down, below the page's own.

    Cells from one that is tagged "appendix" to their notebook's end are read behind all others.
    """
    front: list[NotebookNode] = []
    behind: list[NotebookNode] = []
    where, turned = None, False
    for cell in notebook.cells:
        mine = cell.metadata.get("workbench", {}).get("notebook")
        turned = APPENDIX in cell.metadata.get("tags", ()) or (turned and mine == where)
        where = mine
        (behind if turned else front).append(cell)
    for cell in [*front, *behind]:
        ours = cell.metadata.get("workbench", {}).get("notebook") in NAMES  # the method's, not the researcher's own
        if cell.cell_type == "markdown":
            body.html(markdown(_told(cell.source, body) if ours else cell.source), lower=1)
        elif cell.cell_type == "code" and QUIET not in cell.metadata.get("tags", ()):
            if code and cell.source.strip() and CLOSING not in cell.metadata.get("tags", ()):
                body.text(cell.source, "code")
            for output in cell.outputs:
                _output(body, output, ours)


def look_over(notebook: NotebookNode, shared: Shared | None) -> Outgoing:
    """Look at all findings of an executed notebook together (`releasing.Outgoing`): those that may not be shown are replaced in
    it."""
    there = [
        output["data"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if FINDING in output.get("data", {})
    ]
    bundles = [_json(data[FINDING]) for data in there]
    out = Outgoing(bundles, shared, min((one["minimum"] for one in bundles if "minimum" in one), default=0))
    for data, shown in zip(there, out.shown, strict=True):
        data[FINDING] = dict(shown)
    return out


def _told(source: str, body: Body) -> str:
    """The words of a notebook of the method, line by line, in the report's language."""
    lines = (re.match(r"(#* *)(.*)", line) for line in source.split("\n"))
    return "\n".join(f"{one[1]}{spoken_in(one[2], body.texts.language)}" if one else "" for one in lines)


def markdown(text: str) -> str:
    """Markdown as HTML, not yet clean."""
    return MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(text)


def _output(body: Body, output: Mapping[str, Any], ours: bool = False) -> None:
    """One output in the richest form that a still page can show; what is `ours` speaks the report's language."""
    if output["output_type"] == "stream":
        if output["name"] == "stdout" and output["text"].strip():
            body.text(output["text"])
        return
    if output["output_type"] == "error":  # only cells that are tagged to be allowed to fail get this far
        body.text(f"{output['ename']}: {output['evalue']}")
        return
    data = output["data"]
    if FINDING in data:
        shown = _json(data[FINDING])
        if shown.get("name") == FIRST and body.names:
            body.told.insert(0, shown)  # laid out before the notebooks
        else:
            body.finding(shown)
    elif PLOTLY in data:
        body.drawing(_json(data[PLOTLY]), alt=_title(_json(data[PLOTLY])))
    elif "image/svg+xml" in data:
        body.picture(
            "svg+xml", data["image/svg+xml"], alt=str(data.get("text/plain", "")) if WIDGET not in data else ""
        )
    elif "text/html" in data:
        body.html(body.texts.card(data["text/html"]) if ours else data["text/html"], lower=2)
    elif "image/png" in data:
        body.picture("png", data["image/png"])
    elif "text/markdown" in data:
        body.html(markdown(data["text/markdown"]), lower=2)
    elif "text/plain" in data and WIDGET not in data:
        body.text(data["text/plain"])


def _json(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else dict(value)


def _title(figure: Mapping[str, Any]) -> str:
    """The title of a figure that nobody described."""
    title = figure.get("layout", {}).get("title", "")
    return str(title.get("text", "") if isinstance(title, Mapping) else title)
