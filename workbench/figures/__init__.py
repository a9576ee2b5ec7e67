"""Drawings of findings: `draw` chooses by the finding's picture. The only room with plotly.

Knows the shape of a Finding and nothing of journeys. Draws only what `finding.to_frame()` shows, so groups that are
hidden are never in a figure, not even as a point nobody sees.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from workbench.faults import DataFault, Fault, unknown
from workbench.figures.boards import boards_css
from workbench.figures.data import label as label_of
from workbench.figures.data import shown
from workbench.figures.map import map_css
from workbench.figures.spoken import spoken
from workbench.figures.versions import versions_css
from workbench.finding import note_html, table_html
from workbench.privacy.cells import cells

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from workbench.finding import Finding

__all__ = [
    *("KINDS", "LAID_OUT", "alternative", "boards_css", "bundle", "draw", "laid_out", "map_css", "plain"),
    *("style_of_pages", "to_json"),
    "label_of",
]

# kind of picture -> the module that draws it, in a function of that name
KINDS = {"intervals": "rows", "bars": "rows", "lines": "charts", "compare": "charts", "sankey": "flow", "graph": "flow"}
ALONE = (
    "before_after",
    "control",
    "survival",
    "league",
    "paired",
    "stacked",
    "dumbbell",
    "twosided",
    "ratios",
    "funnel",
)
PORTFOLIO = ("frontier", "rank_shares", "ledger")
KINDS |= {kind: kind for kind in (*ALONE, "deviations", "time_line", "quadrant", "gantt", *PORTFOLIO)}
# kind of picture that is laid out as HTML and is no plotly figure -> the module with its functions <kind>_html and <kind>_words
BOARDS = {"coordination": "coordination", "framework": "framework", "blueprint": "framework", "runs": "walk"}
BOARDS |= {"walk": "walk", "worksheet": "worksheet", "map_comparison": "map_comparison", "map_versions": "versions"}
LAID_OUT = {"map": "map"} | BOARDS  # the map has its table in itself; behind a board it is put
BOARD = 'class="board'  # how a board begins, by which a page knows that it holds one
GROUPS = 30  # groups told one by one in a text alternative
PERSONAL = {"customdata", "ids", "meta", "uid", "selectedpoints", "hovertemplatefallback"}
LINK = re.compile(r"</?\s*a\b[^>]*>?", re.I)


def draw(finding: Finding) -> go.Figure:
    """The picture of a finding, as its `picture["kind"]` says. Raises DataFault for a kind that is not there."""
    kind = finding.picture.get("kind", "")
    if kind in LAID_OUT:
        raise DataFault(
            Fault(
                file=finding.name,
                found=f'a picture of the kind "{kind}", which is a page and no plotly figure',
                expected=f"one of: {', '.join(KINDS)}",
                mend="show the finding itself, or put it in a page with write_page",
            )
        )
    if kind not in KINDS:
        raise DataFault(unknown("kind of picture", kind, (*KINDS, *LAID_OUT), file=finding.name))
    drawn: go.Figure = getattr(import_module(f"workbench.figures.{KINDS[kind]}"), kind)(finding)
    return drawn


def alternative(finding: Finding) -> str:
    """The picture in words: the sentence, then each group with its estimate, interval and base."""
    kind = finding.picture.get("kind")
    if kind in LAID_OUT:
        words: str = getattr(import_module(f"workbench.figures.{LAID_OUT[kind]}"), f"{kind}_words")(finding)
        return words
    told = []
    rows = shown(finding)
    for row in rows[:GROUPS]:
        label = ", ".join(row.labels)
        told.append(f"{label}: {spoken(finding, row)}" if label else spoken(finding, row))
    if len(rows) > GROUPS:
        told.append(f"and {len(rows) - GROUPS} more in the table")
    return " ".join(part for part in (finding.sentence, "; ".join(told) + "." if told else "") if part)


def to_json(figure: go.Figure) -> dict[str, Any]:
    """A figure as plain JSON: lists and words only, the same for the same figure, nothing attached to its points."""
    return plain(figure.to_plotly_json())


def plain(figure: Mapping[str, Any]) -> dict[str, Any]:
    """Any plotly JSON made plain: packed arrays as lists, no attached data or ids, no links, no pictures from outside."""
    kept = {key: _plain(figure[key]) for key in ("data", "layout") if key in figure}
    images = kept.get("layout", {}).get("images")
    if images:
        inside = [image for image in images if str(image.get("source", "")).startswith("data:image/")]
        kept["layout"]["images"] = inside
    return kept


def bundle(finding: Finding) -> dict[str, Any]:
    """All that a page needs to show a finding, as plain JSON: words, table (as HTML, and as rows of what may be shown),
    figure, text alternative."""
    kind = finding.picture.get("kind")
    figure = None
    seen = finding.to_dict()
    if kind and kind not in LAID_OUT:
        figure = to_json(draw(finding))
        figure["layout"]["height"] -= figure["layout"]["margin"]["t"] - 14  # the page shows the sentence itself
        figure["layout"]["margin"]["t"] = 14
        figure["layout"].pop("title")
    return {
        "name": finding.name,
        "title": finding.title,
        "sentence": finding.sentence,
        "base": finding.base,
        "method": finding.method,
        "trail": list(finding.trail),
        "cautions": list(finding.cautions),
        "minimum": finding.minimum,
        "by": list(finding.by),
        "columns": list(seen["table"][0]) if seen["table"] else [str(one) for one in finding.table.columns],
        "rows": [list(row.values()) for row in seen["table"]],
        "table_html": table_html(finding) if len(finding.table.columns) else "",
        "note_html": note_html(finding),
        "figure": figure,
        "alt": alternative(finding) if kind else finding.sentence,
        "html": laid_out(finding) if kind in LAID_OUT else None,
        "cells": [one.plain() for one in cells(finding)],
    }


def laid_out(finding: Finding) -> str:
    """A finding whose picture is a page (its kind is in LAID_OUT), as an HTML fragment with the table behind it."""
    kind = finding.picture["kind"]
    html: str = getattr(import_module(f"workbench.figures.{LAID_OUT[kind]}"), f"{kind}_html")(finding)
    if kind not in BOARDS:
        return html
    behind = f'<details><summary>Table</summary><div class="scroll">{table_html(finding)}</div></details>'
    return f'<section {BOARD} {kind}">{html}{behind}</section>'


def style_of_pages(html: str = BOARD) -> str:
    """The style of what is laid out as HTML; of the boards only where `html` has one."""
    return map_css() + (boards_css() + versions_css() if BOARD in html else "")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "bdata" in value and "dtype" in value:
            return _unpacked(value)
        return {str(key): _plain(one) for key, one in value.items() if key not in PERSONAL}
    if isinstance(value, str):
        return LINK.sub("", value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None  # NaN fails the comparison too
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)


def _unpacked(packed: Mapping[str, Any]) -> Any:
    """A packed array (base64) as nested lists, so that what it holds can be seen and searched."""
    import numpy

    array = numpy.frombuffer(base64.b64decode(packed["bdata"]), dtype=numpy.dtype(packed["dtype"]).newbyteorder("<"))
    if "shape" in packed:
        array = array.reshape([int(side) for side in str(packed["shape"]).split(",")])
    return _plain(array.tolist())
