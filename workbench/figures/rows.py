"""Drawings with a row a group: intervals and bars, and what the other drawings of that shape share with them.

Knows the house style and the rows of a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, shown

if TYPE_CHECKING:
    from workbench.finding import Finding

ROW = 30  # pixels of a row


def intervals(finding: Finding) -> go.Figure:
    """Dot and whisker, one row a group, in the table's order from top to bottom."""
    return _rows(finding, bars=False)


def bars(finding: Finding) -> go.Figure:
    """Bars from nought with whiskers, one row a group, in the table's order from top to bottom."""
    return _rows(finding, bars=True)


def _rows(finding: Finding, bars: bool) -> go.Figure:
    rows, picture = shown(finding), finding.picture
    heights, ticks = places_of(rows)
    seconds = kinds_of([row.labels[1] for row in rows if len(row.labels) > 1 and not picture.get("plain")])
    low, high = reach_of(rows, picture, nought=bars or None)
    reference = picture.get("reference", 0 if bars or low < 0 < high else None)
    figure = go.Figure()
    for index, kind in enumerate(seconds or [""]):
        mine = [
            (row, height)
            for row, height in zip(rows, heights, strict=True)
            if row.value is not None and (not seconds or row.labels[1] == kind)
        ]
        shade = style.colour(index)
        across: list[float | None] = []
        down: list[float | None] = []
        for row, height in mine:
            if row.low is not None and row.high is not None:
                across += [max(row.low, low), min(row.high, high), None]
                down += [height, height, None]
        values = [row.value for row, _ in mine]
        hover = [f"{style.words(', '.join(row.labels))}<br>{style.words(row.words)}" for row, _ in mine]
        place_y = [height for _, height in mine]
        if bars:
            figure.add_bar(
                x=values,
                y=place_y,
                orientation="h",
                width=[0.5] * len(mine),
                marker={"color": shade, "opacity": 0.55, "line": {"width": 0}},
                hovertext=hover,
                hoverinfo="text",
            )
        whisker = {"color": style.INK if bars else shade, "width": 2 if bars else 4}
        figure.add_scatter(
            x=across, y=down, mode="lines", line=whisker, opacity=0.75 if bars else 0.4, hoverinfo="skip"
        )
        if not bars:
            figure.add_scatter(
                x=values,
                y=place_y,
                mode="markers",
                marker={"color": shade, "size": 11, "line": {"color": "#ffffff", "width": 1}},
                hovertext=hover,
                hoverinfo="text",
            )
    bottom = max(heights, default=0) + 0.6
    shapes = [
        {
            "type": "line",
            "x0": low,
            "x1": high,
            "y0": height,
            "y1": height,
            "layer": "below",
            "line": {"color": style.LINE, "width": 1},
        }
        for row, height in zip(rows, heights, strict=True)
        if not row.hidden and not bars
    ]
    if reference is not None:
        shapes.append(upright_line(reference, bottom))
    labels = [
        note_beside(told_of(row), height, row.hidden or row.value is None)
        for row, height in zip(rows, heights, strict=True)
    ]
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(ROW * (bottom + 0.6)) + 48,
            {"l": room_for(list(ticks.values()), 40), "r": room_for([told_of(row) for row in rows], 60) + 12, "b": 48},
            xaxis=style.axis(
                str(picture.get("unit", "")),
                range=[low, high],
                showgrid=bars,
                gridcolor=style.LINE,
                **style.ticks(low, high, 7),
            ),
            yaxis=rows_axis(ticks, bottom),
            shapes=shapes,
            annotations=labels,
        )
    )
    return figure


def rows_axis(ticks: dict[float, str], bottom: float) -> dict[str, Any]:
    """The vertical axis of a drawing with a row a group: their names at the left, the first on top."""
    font = {"size": 12.5, "color": style.INK}
    return style.axis(
        range=[bottom, -0.6], tickmode="array", tickvals=list(ticks), ticktext=list(ticks.values()), tickfont=font
    )


def places_of(rows: Sequence[Row]) -> tuple[list[float], dict[float, str]]:
    """Where each row stands and what is written at the left. With two labels, the first heads its rows in bold."""
    heights: list[float] = []
    ticks: dict[float, str] = {}
    at, head = 0.0, None
    for row in rows:
        name = style.wrapped(row.labels[-1], 30) if row.labels else "all"
        if len(row.labels) > 1:
            first = ", ".join(row.labels[:-1])
            if first != head:
                at += 0.35 if head is not None else 0.0
                ticks[at] = f"<b>{style.wrapped(first, 30)}</b>"
                at, head = at + 0.85, first
        lines = name.count("<br>")
        at += 0.2 * lines
        heights.append(at)
        ticks[at] = f"{name} <i>(hidden)</i>" if row.hidden else name
        at += 1 + 0.2 * lines
    return heights, ticks


def told_of(row: Row) -> str:
    if row.hidden or row.value is None:
        return row.words
    estimate, _, rest = row.words.partition(" ")
    return f"<b>{estimate}</b> {rest}"


def note_beside(text: str, height: float, quiet: bool) -> dict[str, Any]:
    return {
        "text": text,
        "x": 1,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 12,
        "y": height,
        "yref": "y",
        "yanchor": "middle",
        "align": "left",
        "showarrow": False,
        "font": {"size": 12, "color": style.GREY if quiet else style.INK},
    }


def upright_line(at: float, bottom: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "y0": -0.6,
        "y1": bottom,
        "layer": "below",
        "line": {"color": style.GREY, "width": 1},
    }


def room_for(texts: list[str], least: int) -> int:
    bare = [text.replace("<b>", "").replace("</b>", "").replace("<i>", "").replace("</i>", "") for text in texts]
    return max(least, round(style.widest(bare)) + 14)


def row_of(names: Sequence[str], least: int) -> int:
    """Pixels of a row where all are equally high: those of the name with the most lines."""
    return max([least, *(16 * (name.count("<br>") + 1) + 8 for name in names)])


def reach_of(rows: Sequence[Row], picture: Any, nought: bool | None = None) -> tuple[float, float]:
    """The axis: the picture's range, or from the lowest to the highest whisker with a little room."""
    if picture.get("range"):
        low, high = picture["range"]
        return float(low), float(high)
    values = [one for row in rows for one in (row.value, row.low, row.high) if one is not None]
    values += [float(picture["reference"])] if picture.get("reference") is not None else []
    values += [0.0] if nought else []
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
    return (low if nought and low >= 0 else low - room), (high if nought and high <= 0 else high + room)


def kinds_of(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(words))


# -- along time or steps ----------------------------------------------------------------------------------------------
