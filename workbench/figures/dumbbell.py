"""From where to where: a hollow dot and a full one on a line, one row a group, each with its words beside it.

Knows the house style and the rows of a finding. `picture["start"]` names the column of the hollow dot; `start_word` and
`end_word` say what the two are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import shown
from workbench.figures.rows import ROW, note_beside, places_of, reach_of, room_for, rows_axis

if TYPE_CHECKING:
    from workbench.finding import Finding


def dumbbell(finding: Finding) -> go.Figure:
    """Before and after, in the table's order from top to bottom; the interval of the full dot behind it."""
    rows, picture = shown(finding), finding.picture
    column = str(picture.get("start", "start"))
    words = str(picture.get("start_word", "before")), str(picture.get("end_word", "after"))
    heights, ticks = places_of(rows)
    starts = [row.number(column) for row in rows]
    given = [one for one in starts if one is not None]
    low, high = reach_of(rows, picture)
    if given and not picture.get("range"):
        room = 0.04 * (high - low)
        low, high = min(low, min(given) - room), max(high, max(given) + room)
    digits = style.digits_for([*given, *(row.value for row in rows if row.value is not None)])
    figure = go.Figure()
    across: list[float | None] = []
    down: list[float | None] = []
    spans: list[float | None] = []
    at: list[float | None] = []
    for row, start, height in zip(rows, starts, heights, strict=True):
        if start is not None and row.value is not None:
            across += [start, row.value, None]
            down += [height, height, None]
        if row.low is not None and row.high is not None:
            spans += [max(row.low, low), min(row.high, high), None]
            at += [height, height, None]
    figure.add_scatter(
        x=spans, y=at, mode="lines", line={"color": style.BLUE, "width": 4}, opacity=0.25, hoverinfo="skip"
    )
    figure.add_scatter(x=across, y=down, mode="lines", line={"color": style.GREY, "width": 1.5}, hoverinfo="skip")
    hollow = {"color": "#ffffff", "size": 10, "line": {"color": style.GREY, "width": 1.8}}
    full = {"color": style.BLUE, "size": 10, "line": {"color": "#ffffff", "width": 1}}
    for values, marker in ((starts, hollow), ([row.value for row in rows], full)):
        seen = [
            (value, height, row) for value, height, row in zip(values, heights, rows, strict=True) if value is not None
        ]
        figure.add_scatter(
            x=[value for value, _, _ in seen],
            y=[height for _, height, _ in seen],
            mode="markers",
            marker=marker,
            hovertext=[f"{style.words(', '.join(row.labels))}<br>{style.words(row.words)}" for _, _, row in seen],
            hoverinfo="text",
        )
    told = [
        row.words
        if row.hidden or row.value is None or start is None
        else f"{style.number(start, digits)} to <b>{style.number(row.value, digits)}</b> n {style.number(row.n)}"
        for row, start in zip(rows, starts, strict=True)
    ]
    bottom = max(heights, default=0) + 0.6
    labels = [
        note_beside(text, height, row.hidden or row.value is None)
        for text, row, height in zip(told, rows, heights, strict=True)
    ]
    key = (
        f"<span style='color:{style.GREY}'>○ {style.words(words[0])}</span>   "
        f"<span style='color:{style.BLUE}'>● {style.words(words[1])}</span>"
    )
    labels.append(note_beside(key, 1, False) | {"x": 0, "xshift": 0, "yref": "paper", "yanchor": "bottom"})
    line = {"color": style.LINE, "width": 1}
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(ROW * (bottom + 0.6)) + 70,
            {"l": room_for(list(ticks.values()), 40), "r": room_for(told, 60) + 12, "b": 48},
            xaxis=style.axis(str(picture.get("unit", "")), range=[low, high], **style.ticks(low, high, 7)),
            yaxis=rows_axis(ticks, bottom),
            shapes=[
                {"type": "line", "x0": low, "x1": high, "y0": one, "y1": one, "layer": "below", "line": line}
                for row, one in zip(rows, heights, strict=True)
                if not row.hidden
            ],
            annotations=labels,
        )
    )
    return figure
