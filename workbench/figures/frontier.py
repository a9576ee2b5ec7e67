"""What each amount of money can buy at most: the sets that nothing cheaper beats, by cost, as a staircase.

Takes a Finding and gives a plotly figure made of plain lists. Knows the house style and the rows of a finding. One row a
set: `picture["x"]` names the column of its cost, `label` that of what comes in, `out` that of what goes out; low and high
are drawn as a band. `picture["budget"]` is a line.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.charts import DRAWN, value_axis
from workbench.figures.data import Row, shown
from workbench.figures.labels import Box, Segment, Wanted, place
from workbench.figures.rows import reach_of
from workbench.figures.spoken import changes

if TYPE_CHECKING:
    from workbench.finding import Finding

NAMED = 8  # sets whose change is written beside them; the others are told on touch, and in the table
LETTERS = 48  # of what comes in, and of what goes out
FAR = 120  # pixels from its set beyond which words are left out
ABOVE = 22  # pixels for the budget's words


def frontier(finding: Finding) -> go.Figure:
    """The staircase of value by budget: what is bought up to the budget in blue, what more would buy in grey."""
    rows, picture = shown(finding), finding.picture
    column = str(picture.get("x", "cost"))
    sets = [
        (cost, row.value, row) for row in rows if row.value is not None and (cost := row.number(column)) is not None
    ]
    sets.sort(key=lambda one: one[0])
    budget = picture.get("budget")
    low, high = reach_of([row for _, _, row in sets], picture)
    right = (
        1.06 * max([cost for cost, _, _ in sets] + ([float(budget)] if budget is not None else []), default=1.0) or 1.0
    )
    left = -0.02 * right
    wide, tall = DRAWN[0] + 60, DRAWN[1] + 40
    paid = [one for one in sets if budget is None or one[0] <= budget * (1 + 1e-9)]
    more = sets[len(paid) :]
    turn = max([float(budget) if budget is not None and more else right, *(cost for cost, _, _ in paid)])
    figure = go.Figure()
    band = [one for one in sets if one[2].low is not None and one[2].high is not None]
    if band:
        upper = _stairs([(cost, row.high or 0.0) for cost, _, row in band], right)
        lower = _stairs([(cost, row.low or 0.0) for cost, _, row in band], right)
        around = [*upper, *reversed(lower)]
        figure.add_scatter(
            x=[x for x, _ in around],
            y=[y for _, y in around],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=style.BAND,
            hoverinfo="skip",
        )
    stairs = [_stairs([(cost, value) for cost, value, _ in paid], turn)]
    if more:
        at = paid[-1][1] if paid else more[0][1]
        stairs.append(_stairs([(turn if paid else more[0][0], at), *((cost, value) for cost, value, _ in more)], right))
    for line, shade in zip(stairs, (style.BLUE, style.GREY), strict=False):
        figure.add_scatter(
            x=[x for x, _ in line],
            y=[y for _, y in line],
            mode="lines",
            line={"color": shade, "width": 2},
            hoverinfo="skip",
        )
    for some, shade in ((paid, style.BLUE), (more, style.GREY)):
        last = len(some) - 1 if some is paid and budget is not None else -1  # the set that the budget buys
        figure.add_scatter(
            x=[cost for cost, _, _ in some],
            y=[value for _, value, _ in some],
            mode="markers",
            marker={
                "color": shade,
                "size": [13 if at == last else 8 for at in range(len(some))],
                "line": {"color": "#ffffff", "width": 1},
            },
            hovertext=[_hover(row, cost, picture) for cost, _, row in some],
            hoverinfo="text",
        )

    def x(cost: float) -> float:
        return wide * (cost - left) / (right - left)

    def y(value: float) -> float:
        return tall * (high - value) / ((high - low) or 1)

    steps = [point for line in stairs for point in line]
    lines: list[Segment] = [(x(a[0]), y(a[1]), x(b[0]), y(b[1])) for a, b in zip(steps, steps[1:], strict=False)]
    shapes: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    taken = [Box(x(cost) - 6, y(value) - 6, x(cost) + 6, y(value) + 6) for cost, value, _ in sets]
    if budget is not None:
        lines.append((x(float(budget)), 0, x(float(budget)), tall))
        dash = {"color": style.INK, "width": 1, "dash": "2px,3px"}
        shapes.append({"type": "line", "x0": budget, "x1": budget, "yref": "y domain", "y0": 0, "y1": 1, "line": dash})
        words = f"budget {style.number(float(budget))}"
        labels.append(_note(words, float(budget), 1.0) | {"yref": "paper", "yanchor": "top", "xanchor": "center"})
    labels += _changes(sets, len(paid) - 1, picture, taken, lines, x, y, Box(0, 0, wide, tall))
    hidden = [", ".join(row.labels) for row in rows if row.hidden]
    below = f"{picture.get('x_unit', 'cost')}{'   ·   hidden: ' + ', '.join(hidden) if hidden else ''}"
    figure.update_layout(
        **style.layout(
            finding.sentence,
            tall + ABOVE + 52,
            {"l": 62, "r": 30, "b": 52},
            xaxis=style.axis(below, range=[left, right], **style.ticks(0, right), showline=True, linecolor=style.PALE),
            yaxis=value_axis(finding, low, high) | {"domain": [0, tall / (tall + ABOVE)]},
            shapes=shapes,
            annotations=labels,
        )
    )
    return figure


def _stairs(points: list[tuple[float, float]], right: float) -> list[tuple[float, float]]:
    """Flat from each point to the next one's cost, then up or down; flat to the right at the end."""
    line: list[tuple[float, float]] = []
    for at, (cost, value) in enumerate(points):
        line += [(cost, value), (points[at + 1][0] if at + 1 < len(points) else max(right, cost), value)]
    return line


def _hover(row: Row, cost: float, picture: Any) -> str:
    told = [style.words(row.words), f"{style.words(picture.get('x_unit', 'cost'))} {style.number(cost)}"]
    return "<br>".join([*told, *(style.wrapped(one, 60) for one in changes(row, picture))])


def _changes(
    sets: list[tuple[float, float, Row]], now: int, picture: Any, taken: list[Box], lines: list[Segment],
    x: Any, y: Any, bounds: Box,
) -> list[dict[str, Any]]:  # fmt: skip
    """What comes in and goes out, beside those sets for which there is room: first the one that the budget buys and the
    next, then the others by how much they bring more than the one before.
    """
    more = [value - (sets[at - 1][1] if at else 0.0) for at, (_, value, _) in enumerate(sets)]
    order = sorted(range(len(sets)), key=lambda at: (at not in (now, now + 1), -more[at], at))
    wanted: list[Wanted] = []
    texts: list[tuple[float, float, list[str], bool]] = []
    for at in order:
        cost, value, row = sets[at]
        told = changes(row, picture, LETTERS)
        if not told or len(wanted) == NAMED:
            continue
        shapes = ["<br>".join(style.wrapped(one, width) for one in told) for width in (30, 20)]
        texts.append((cost, value, shapes, at <= now))
        sizes = [
            (style.widest([one]) * 0.96 + 6, 15 * (one.count("<br>") + 1), 8.0 * at) for at, one in enumerate(shapes)
        ]
        wanted.append(Wanted(x(cost), y(value), y(value), sizes))
    labels = []
    for (cost, value, shapes, paid), spot in zip(texts, place(wanted, lines, taken, bounds), strict=True):
        middle = ((spot.box.left + spot.box.right) / 2, (spot.box.top + spot.box.bottom) / 2)
        if not spot.free or math.hypot(middle[0] - x(cost), middle[1] - y(value)) > FAR:
            continue
        labels.append(
            _note(shapes[spot.size], cost, value)
            | {
                "showarrow": True,
                "ax": middle[0] - x(cost),
                "ay": middle[1] - y(value),
                "arrowhead": 0,
                "arrowwidth": 0.8,
                "arrowcolor": style.PALE,
                "standoff": 6,
                "font": {"size": 11, "color": style.INK if paid else style.DIM},
            }
        )
    return labels


def _note(text: str, x: float, y: float) -> dict[str, Any]:
    return {"text": text, "x": x, "y": y, "showarrow": False, "align": "left", "font": {"size": 12, "color": style.INK}}
