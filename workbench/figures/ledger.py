"""What was predicted beside what came: one row a prediction, its range in grey, below it what was measured in blue.

Takes a Finding and gives a plotly figure made of plain lists. Knows the house style and the rows of a finding. Columns:
"predicted low", "predicted", "predicted high"; value, low, high; "verdict". Rows of different units (column "unit") get an
axis each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, blank, shown
from workbench.figures.rows import note_beside, room_for, row_of
from workbench.figures.spoken import PREDICTED, came_of, ledger_entry, verdict_of

if TYPE_CHECKING:
    from workbench.finding import Finding

ROW = 40  # pixels of a row at the least
APART = 0.16  # how far the range stands above the middle of its row, and what came below it
AXIS = 56  # pixels of an axis with its unit
KEY = 24  # pixels of the words above
SHADES = {"worked": style.BLUE, "worse": style.ORANGE, "too early": style.GREY}


def ledger(finding: Finding) -> go.Figure:
    """Predicted range and measured change, one under the other, with the verdict as a word at the right."""
    rows, picture = shown(finding), finding.picture
    names = [style.wrapped(", ".join(row.labels), 40) + (" <i>(hidden)</i>" if row.hidden else "") for row in rows]
    tall = row_of(names, ROW)
    units = _by_unit(rows, str(picture.get("unit", "")))
    total = tall * len(rows) + AXIS * len(units) + KEY
    told = [_told(row) for row in rows]
    figure = go.Figure()
    axes: dict[str, Any] = {}
    labels: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    top = total - KEY
    for at, (unit, places) in enumerate(units.items()):
        some = [rows[place] for place in places]
        number = "" if at == 0 else str(at + 1)
        low, high = _reach(some)
        bottom = len(some) - 0.4
        span = [max(0.0, (top - tall * len(some)) / total), top / total]
        top -= tall * len(some) + AXIS
        axes[f"xaxis{number}"] = style.axis(
            unit, range=[low, high], anchor=f"y{number}", **style.ticks(low, high, 7, signed=low < 0)
        )
        axes[f"yaxis{number}"] = style.axis(
            range=[bottom, -0.6],
            domain=span,
            anchor=f"x{number}",
            tickmode="array",
            tickvals=list(range(len(some))),
            ticktext=[names[place] for place in places],
            tickfont={"size": 12.5, "color": style.INK},
        )
        _drawn(figure, some, f"x{number}", f"y{number}")
        if low < 0 < high:
            nought = {"color": style.GREY, "width": 1}
            shapes.append(
                {"type": "line", "xref": f"x{number}", "yref": f"y{number}", "x0": 0, "x1": 0, "y0": -0.6, "y1": bottom}
                | {"layer": "below", "line": nought}
            )
        labels += [
            note_beside(told[place], height, rows[place].hidden or rows[place].value is None) | {"yref": f"y{number}"}
            for height, place in enumerate(places)
        ]
    key = (
        f"<span style='color:{style.DIM}'>○ predicted, with the range given</span>   "
        f"<span style='color:{style.BLUE}'>● what came, with its interval</span>"
    )
    if rows:
        labels.append(note_beside(key, 1, False) | {"x": 0, "xshift": 0, "yref": "paper", "yanchor": "top"})
    figure.update_layout(
        **style.layout(
            finding.sentence,
            total + 12,
            {"l": room_for(names, 40), "r": room_for([_plainly(row) for row in rows], 60) + 12, "b": 4},
            shapes=shapes,
            annotations=labels,
            **axes,
        )
    )
    return figure


def _told(row: Row) -> str:
    """The verdict in its colour, and what came."""
    word = verdict_of(row)
    said = _plainly(row)
    if not word or row.hidden:
        return style.words(said)
    return f"<span style='color:{SHADES.get(word, style.INK)}'><b>{style.words(word)}</b></span>{said[len(word) :]}"


def _plainly(row: Row) -> str:
    """The verdict and what came, in letters alone."""
    if row.hidden:
        return row.words
    came = came_of(row) if row.value is not None or not verdict_of(row) else ""
    return " ".join(part for part in (verdict_of(row), came) if part)


def _by_unit(rows: Sequence[Row], usual: str) -> dict[str, list[int]]:
    """The places of the rows of each unit, in the table's order; a hidden row stands with the first."""
    units: dict[str, list[int]] = {}
    said = ["" if blank(row.cells.get("unit")) else str(row.cells["unit"]) for row in rows]
    first = next((one for one in said if one), usual)
    for place, unit in enumerate(said):
        units.setdefault(unit or first, []).append(place)
    return units


def _reach(rows: Sequence[Row]) -> tuple[float, float]:
    """From the lowest to the highest end of what was predicted and what came, nought with it."""
    given = [one for row in rows for one in (row.value, row.low, row.high, *(row.number(name) for name in PREDICTED))]
    numbers = [one for one in given if one is not None] + [0.0]
    room = 0.05 * (max(numbers) - min(numbers)) or 1.0
    return min(numbers) - room, max(numbers) + room


def _drawn(figure: go.Figure, rows: Sequence[Row], x: str, y: str) -> None:
    """The ranges above, what came below, in the row's place on these axes."""
    hollow = {"color": "#ffffff", "size": 9, "line": {"color": style.DIM, "width": 1.8}}
    full = {"color": style.BLUE, "size": 10, "line": {"color": "#ffffff", "width": 1}}
    predicted = [tuple(row.number(one) for one in PREDICTED) for row in rows]
    came = [(row.low, row.value, row.high) for row in rows]
    for spans, marker, shade, off in ((predicted, hollow, style.GREY, -APART), (came, full, style.BLUE, APART)):
        across: list[float | None] = []
        down: list[float | None] = []
        for height, (low, _, high) in enumerate(spans):
            if low is not None and high is not None:
                across += [low, high, None]
                down += [height + off, height + off, None]
        line = {"color": shade, "width": 6 if marker is hollow else 4}
        figure.add_scatter(x=across, y=down, mode="lines", line=line, opacity=0.4, hoverinfo="skip", xaxis=x, yaxis=y)
        seen = [(middle, height) for height, (_, middle, _) in enumerate(spans) if middle is not None]
        figure.add_scatter(
            x=[middle for middle, _ in seen],
            y=[height + off for _, height in seen],
            mode="markers",
            marker=marker,
            hovertext=[
                f"{style.words(', '.join(rows[height].labels))}<br>{style.words(ledger_entry(rows[height], {}))}"
                for _, height in seen
            ],
            hoverinfo="text",
            xaxis=x,
            yaxis=y,
        )
