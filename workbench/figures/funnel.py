"""How far people get: a bar a step, the loss since the step before in pale, each with its words beside it.

Knows the house style and the rows of a finding. `picture["before"]` names the column with the share of those at the step
before, `picture["time"]` that of the median time, in `time_unit`; `instead` that of where the others went.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, shown
from workbench.figures.rows import ROW, note_beside, places_of, room_for, rows_axis

if TYPE_CHECKING:
    from workbench.finding import Finding


def funnel(finding: Finding) -> go.Figure:
    """Bars from nought with whiskers, one row a step from top to bottom; groups one below the other."""
    rows, picture = shown(finding), finding.picture
    heights, ticks = places_of(rows)
    figure = go.Figure()
    lost: list[tuple[float, float, float]] = []
    across: list[float | None] = []
    down: list[float | None] = []
    before: Row | None = None
    for row, height in zip(rows, heights, strict=True):
        if row.value is None:
            before = None
            continue
        same = before is not None and before.labels[:-1] == row.labels[:-1]
        if same and before is not None and before.value is not None and before.value > row.value:
            lost.append((row.value, before.value - row.value, height))
        if row.low is not None and row.high is not None and same:
            across += [row.low, row.high, None]
            down += [height, height, None]
        before = row
    seen = [(row, height) for row, height in zip(rows, heights, strict=True) if row.value is not None]
    figure.add_bar(
        x=[gone for _, gone, _ in lost],
        base=[start for start, _, _ in lost],
        y=[height for _, _, height in lost],
        orientation="h",
        width=[0.56] * len(lost),
        marker={"color": style.LINE, "line": {"width": 0}},
        hoverinfo="skip",
    )
    figure.add_bar(
        x=[row.value for row, _ in seen],
        y=[height for _, height in seen],
        orientation="h",
        width=[0.56] * len(seen),
        marker={"color": style.BLUE, "opacity": 0.55, "line": {"width": 0}},
        hovertext=[_hover(row, str(picture.get("instead", ""))) for row, _ in seen],
        hoverinfo="text",
    )
    figure.add_scatter(
        x=across, y=down, mode="lines", line={"color": style.INK, "width": 2}, opacity=0.75, hoverinfo="skip"
    )
    told = [_told(row, picture) for row in rows]
    bottom = max(heights, default=0) + 0.6
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(ROW * (bottom + 0.6)) + 48,
            {"l": room_for(list(ticks.values()), 40), "r": room_for(told, 60) + 12, "b": 48},
            barmode="overlay",
            xaxis=style.axis(
                str(picture.get("unit", "")),
                range=[0, 100],
                showgrid=True,
                gridcolor=style.LINE,
                **style.ticks(0, 100, 5),
            ),
            yaxis=rows_axis(ticks, bottom),
            annotations=[
                note_beside(text, height, row.hidden or row.value is None)
                for text, row, height in zip(told, rows, heights, strict=True)
            ],
        )
    )
    return figure


def _told(row: Row, picture: object) -> str:
    """What stands beside a bar: the share with its interval, the share of the step before, and the time."""
    if row.hidden or row.value is None:
        return row.words
    names = picture if isinstance(picture, dict) else {}
    before = row.number(str(names.get("before", "")))
    if before is None and row.value == 100 and row.low == 100:
        return f"<b>{style.number(row.n)}</b> people"
    text = f"<b>{style.number(row.value)} %</b>"
    if row.low is not None and row.high is not None:
        text += f" ({style.number(row.low)} to {style.number(row.high)})"
    if before is not None:
        text += f" · {style.number(before)} % of the step before"
    time = row.number(str(names.get("time", "")))
    if time is not None:
        digits = 0 if time >= 10 else 1
        text += f" · half in {style.number(time, digits)} {style.words(names.get('time_unit', 'days'))}"
    return text


def _hover(row: Row, instead: str) -> str:
    told = f"{style.words(', '.join(row.labels))}<br>{style.words(row.words)}"
    went = row.cells.get(instead)
    return f"{told}<br>those not seen here went to {style.words(went)}" if isinstance(went, str) and went else told
