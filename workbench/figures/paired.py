"""How many beside how far: a bar at the left, an estimate with its interval at the right, one row a group.

Knows the house style and the rows of a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, shown
from workbench.figures.rows import ROW, note_beside, places_of, reach_of, room_for, rows_axis, told_of, upright_line

if TYPE_CHECKING:
    from workbench.finding import Finding

LEFT, RIGHT = (0.0, 0.26), (0.34, 1.0)  # where the bars and the intervals stand, across


def paired(finding: Finding) -> go.Figure:
    """Bars of one column (`bar`) beside dots and whiskers of the estimate, in the table's order from top to bottom."""
    rows, picture = shown(finding), finding.picture
    heights, ticks = places_of(rows)
    low, high = reach_of([row for row in rows if row.value is not None], picture)
    bars = [row.number(str(picture.get("bar", "bar"))) for row in rows]
    longest = max((one for one in bars if one is not None), default=1.0) or 1.0
    bottom = max(heights, default=0) + 0.6
    figure = go.Figure()
    figure.add_bar(
        x=bars,
        y=heights,
        orientation="h",
        width=[0.5] * len(rows),
        marker={"color": style.GREY, "opacity": 0.55, "line": {"width": 0}},
        hovertext=[_hover(row, bar, picture) for row, bar in zip(rows, bars, strict=True)],
        hoverinfo="text",
    )
    for row, height in zip(rows, heights, strict=True):
        if row.low is not None and row.high is not None:
            figure.add_scatter(
                x=[max(row.low, low), min(row.high, high)],
                y=[height, height],
                xaxis="x2",
                mode="lines",
                line={"color": _shade(row, picture), "width": 4},
                opacity=0.4,
                hoverinfo="skip",
            )
    told = [(row, height) for row, height in zip(rows, heights, strict=True) if row.value is not None]
    figure.add_scatter(
        x=[row.value for row, _ in told],
        y=[height for _, height in told],
        xaxis="x2",
        mode="markers",
        marker={
            "color": [_shade(row, picture) for row, _ in told],
            "size": 11,
            "line": {"color": "#ffffff", "width": 1},
        },
        hovertext=[f"{style.words(', '.join(row.labels))}<br>{style.words(row.words)}" for row, _ in told],
        hoverinfo="text",
    )
    beside = [_words(row) for row in rows]
    labels = [
        note_beside(text, height, row.value is None) for text, row, height in zip(beside, rows, heights, strict=True)
    ]
    labels += [
        {
            "text": style.number(bar, 0 if bar >= 10 else 1),
            "x": bar,
            "y": height,
            "xref": "x",
            "yref": "y",
            "xanchor": "left",
            "xshift": 4,
            "showarrow": False,
            "font": {"size": 12, "color": style.DIM},
        }
        for bar, height in zip(bars, heights, strict=True)
        if bar is not None
    ]
    shapes = [upright_line(picture.get("reference", 0), bottom) | {"xref": "x2"}] if low <= 0 <= high else []
    shapes += [
        {
            "type": "line",
            "xref": "x2",
            "x0": low,
            "x1": high,
            "y0": height,
            "y1": height,
            "layer": "below",
            "line": {"color": style.LINE, "width": 1},
        }
        for row, height in zip(rows, heights, strict=True)
        if row.value is not None
    ]
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(ROW * (bottom + 0.6)) + 56,
            {"l": room_for(list(ticks.values()), 40), "r": room_for(beside, 60) + 12, "b": 56},
            xaxis=style.axis(
                str(picture.get("bar_unit", "")), domain=list(LEFT), range=[0, longest * 1.25], showticklabels=False
            ),
            xaxis2=style.axis(
                str(picture.get("unit", "")),
                domain=list(RIGHT),
                range=[low, high],
                anchor="y",
                **style.ticks(low, high, 6, True),
            ),
            yaxis=rows_axis(ticks, bottom),
            shapes=shapes,
            annotations=labels,
        )
    )
    return figure


def _words(row: Row) -> str:
    """What stands beside a row: its estimate; where there is none, its base."""
    if row.hidden or row.value is not None:
        return told_of(row)
    return "" if row.n is None else f"n {style.number(row.n)}"


def _hover(row: Row, bar: float | None, picture: Any) -> str:
    return f"{style.words(', '.join(row.labels))}<br>{style.number(bar, 1)} {style.words(picture.get('bar_unit', ''))}"


def _shade(row: Row, picture: Any) -> str:
    """Blue above the reference and orange below it, where the interval is clear of it; else grey."""
    middle = float(picture.get("reference") or 0)
    if row.low is None or row.high is None or row.low <= middle <= row.high:
        return style.GREY
    return style.BLUE if row.low > middle else style.ORANGE
