"""A league: the shrunken score with its interval, the raw one as a ring, and the band in which chance alone puts it.

Knows the house style and the rows of a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, shown
from workbench.figures.rows import ROW, note_beside, room_for, told_of, upright_line

if TYPE_CHECKING:
    from workbench.finding import Finding

BAND = "#e3e6ea"


def league(finding: Finding) -> go.Figure:
    """Dot and whisker of each row over the limits of its funnel, the raw score beside, in the table's order."""
    rows, picture = shown(finding), finding.picture
    low, high = _ends(rows)
    figure = go.Figure()
    places = list(range(len(rows)))
    limits = [(row.number("funnel low"), row.number("funnel high")) for row in rows]
    figure.add_bar(
        x=[None if a is None or b is None else b - a for a, b in limits],
        base=[a for a, _ in limits],
        y=places,
        orientation="h",
        width=[0.62] * len(rows),
        marker={"color": BAND, "line": {"width": 0}},
        hoverinfo="skip",
    )
    across: list[float | None] = []
    down: list[float | None] = []
    for row, place in zip(rows, places, strict=True):
        if row.low is not None and row.high is not None:
            across += [row.low, row.high, None]
            down += [place, place, None]
    figure.add_scatter(
        x=across, y=down, mode="lines", line={"color": style.BLUE, "width": 4}, opacity=0.4, hoverinfo="skip"
    )
    raws = [row.number("raw") for row in rows]
    figure.add_scatter(
        x=raws,
        y=places,
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": 9,
            "color": [style.ORANGE if row.cells.get("outside") is True else style.GREY for row in rows],
            "line": {"width": 1.8},
        },
        hovertext=[f"{_name(row)}<br>raw {style.number(raw, 1)}" for row, raw in zip(rows, raws, strict=True)],
        hoverinfo="text",
    )
    figure.add_scatter(
        x=[row.value for row in rows],
        y=places,
        mode="markers",
        marker={"color": style.BLUE, "size": 10, "line": {"color": "#ffffff", "width": 1}},
        hovertext=[f"{_name(row)}<br>{style.words(row.words)}" for row in rows],
        hoverinfo="text",
    )
    bottom = len(rows) - 0.4
    reference = picture.get("reference")
    labels = [note_beside(told_of(row), place, row.value is None) for row, place in zip(rows, places, strict=True)]
    names = [style.wrapped(" · ".join(row.labels), 34) + (" <i>(hidden)</i>" if row.hidden else "") for row in rows]
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(ROW * (bottom + 1.2)) + 66,
            {"l": room_for(names, 40), "r": room_for([told_of(row) for row in rows], 60) + 12, "b": 48},
            xaxis=style.axis(str(picture.get("unit", "")), range=[low, high], **style.ticks(low, high, 7)),
            yaxis=style.axis(
                range=[bottom, -1.2],
                tickmode="array",
                tickvals=places,
                ticktext=names,
                tickfont={"size": 12.5, "color": style.INK},
            ),
            shapes=[] if reference is None else [upright_line(float(reference), bottom)],
            annotations=[*labels, _key()],
        )
    )
    return figure


def _ends(rows: Sequence[Row]) -> tuple[float, float]:
    """The axis: from the lowest to the highest mark, with a little room."""
    found = [one for row in rows for one in (row.value, row.low, row.high)]
    found += [row.number(name) for row in rows for name in ("raw", "funnel low", "funnel high")]
    known = [one for one in found if one is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = 0.05 * (high - low) or 1.0
    return low - room, high + room


def _name(row: Row) -> str:
    return style.words(", ".join(row.labels))


def _key() -> dict[str, Any]:
    """What the marks mean, in one line above them."""
    text = (
        f"<span style='color:{style.BLUE}'>●</span> small bases allowed for   "
        f"<span style='color:{style.GREY}'>○</span> raw   <span style='color:{style.ORANGE}'>○</span> raw, outside   "
        f"<span style='color:{style.PALE}'>■</span> what chance alone does to a group of this size"
    )
    return note_beside(text, 0, True) | {
        "x": 0,
        "xanchor": "left",
        "xshift": 0,
        "y": 1,
        "yref": "paper",
        "yanchor": "top",
    }
