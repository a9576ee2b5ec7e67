"""Who does what when: actions from start to end, coloured by status.

Takes a Finding and gives a plotly figure made of plain lists. Knows the house style and the rows of a finding.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, blank, day, shown
from workbench.figures.rows import note_beside, places_of, room_for, rows_axis, upright_line

if TYPE_CHECKING:
    from workbench.finding import Finding

NARROW = 300  # pixels that the days have at the least
STATUS = {
    "done": style.BLUE,
    "doing": "#6ba3dd",
    "running": "#6ba3dd",
    "planned": style.PALE,
    "late": style.ORANGE,
    "dropped": "#e8eaed",
}


def gantt(finding: Finding) -> go.Figure:
    """Actions from start to end, coloured by status, each with its words beside it; `picture["today"]` draws a line.

    `picture["start"]` and `picture["end"]` name the columns of dates where they are called otherwise, `picture["mark"]` a
    column of days that are marked beside the bars, and `picture["mark_word"]` what they are. With two labels, the first
    heads its rows.
    """
    rows, picture = shown(finding), finding.picture
    figure = go.Figure()
    labels: list[dict[str, Any]] = []
    dates: list[str] = []
    heights, ticks = places_of(rows)
    marked = ""  # what the marks are, told under the days
    for height, row in zip(heights, rows, strict=True):
        name = style.wrapped(", ".join(row.labels), 34)
        start, end = (day(row.cells.get(picture.get(word, word))) for word in ("start", "end"))
        status = "" if blank(row.cells.get("status")) else str(row.cells.get("status"))
        shade = STATUS.get(status, style.GREY)
        told = [
            word for word in (status, *(_word(row, column) for column in picture.get("beside", ("owner",)))) if word
        ]
        first, last = start or end, end or start
        if first is None or last is None:
            note = "hidden" if row.hidden else " · ".join(["no date", *told])
            labels.append(note_beside(style.words(note), height, True) | {"x": 0, "xshift": 4})
            continue
        dates += [first, last]
        figure.add_scatter(
            x=[first, last],
            y=[height, height],
            mode="lines" if start and end and start != end else "markers",
            line={"color": shade, "width": 14},
            marker={"color": shade, "size": 13, "symbol": "diamond"},
            hovertext=[f"{name}<br>{style.words(row.words)}"] * 2,
            hoverinfo="text",
        )
        mark = day(row.cells.get(picture["mark"])) if picture.get("mark") else None
        if mark:
            marked = f"○ {picture.get('mark_word', picture['mark'])}"
            dates.append(mark)
            figure.add_scatter(
                x=[last, mark],
                y=[height, height],
                mode="lines+markers",
                line={"color": style.GREY, "width": 1, "dash": "dot"},
                marker={"color": "#ffffff", "size": [0, 9], "line": {"color": style.INK, "width": 1.5}},
                hovertext=["", f"{name}<br>{picture.get('mark_word', picture['mark'])} {mark}"],
                hoverinfo="text",
            )
        text = style.words(" · ".join(told))
        ink = style.ORANGE if status == "late" else style.INK
        labels.append(
            note_beside(text, height, False)
            | {
                "x": max(last, mark or last),
                "xref": "x",
                "xshift": 10,
                "font": {"size": 12, "color": ink},
                "bgcolor": "rgba(255,255,255,0.85)",
            }
        )
    shapes = []
    today = day(picture.get("today"))
    bottom = max(ticks, default=0.0) + 0.6 + 0.2 * (list(ticks.values())[-1].count("<br>") if ticks else 0)
    if today:
        dates.append(today)
        shapes.append(upright_line(0, bottom) | {"x0": today, "x1": today})
        shapes[0]["line"] = {"color": style.INK, "width": 1, "dash": "2px,3px"}
        labels.append(
            note_beside("today", -0.6, True)
            | {"x": today, "xref": "x", "xanchor": "center", "xshift": 0, "yanchor": "bottom"}
        )
    reach = _months(dates)
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(34 * (bottom + 0.6)) + 84,
            {"l": room_for(list(ticks.values()), 60), "r": _beyond(labels, reach), "b": 62 if marked else 44},
            xaxis=style.axis(style.words(marked), type="date", range=reach, showgrid=True, gridcolor=style.LINE)
            | {"tickformat": "%b\n%Y", "tickangle": 0},
            yaxis=rows_axis(ticks, bottom),
            shapes=shapes,
            annotations=labels,
        )
    )
    return figure


def _word(row: Row, column: str) -> str:
    return "" if blank(row.cells.get(column)) else str(row.cells[column])


def _beyond(labels: list[dict[str, Any]], reach: list[str] | None) -> int:
    """The room at the right that the words beside the bars need, those of early ones less."""
    need = [40.0]
    for label in labels:
        at = label["x"]
        share = 0.0 if reach is None or not isinstance(at, str) else _part(at, reach)
        need.append(room_for([label["text"]], 40) + 16 - (1 - share) * NARROW)
    return round(max(need))


def _part(at: str, reach: list[str]) -> float:
    """How far along the axis a day stands, from 0 to 1."""
    first, here, last = (date.fromisoformat(one).toordinal() for one in (reach[0], at, reach[1]))
    return (here - first) / (last - first)


def _months(dates: list[str]) -> list[str] | None:
    """From the first of the first month to the first after the last."""
    if not dates:
        return None
    first, last = min(dates), max(dates)
    year, month = int(last[:4]), int(last[5:7])
    after = f"{year + month // 12:04d}-{month % 12 + 1:02d}-01"
    return [f"{first[:7]}-01", after]
