"""Value against cost on a plane parted into four that are named in words, uncertain both ways, each point with its name.

Takes a Finding and gives a plotly figure made of plain lists. Knows the house style and the rows of a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.charts import DRAWN, level, value_axis
from workbench.figures.data import Row, blank, shown
from workbench.figures.labels import Box, Segment, Wanted, place
from workbench.figures.rows import note_beside, reach_of, room_for

if TYPE_CHECKING:
    from workbench.finding import Finding

QUADRANTS = (  # what the four are called: lower left, lower right, upper left, upper right
    "cheap and worth little: when there is time",
    "dear and worth little: leave",
    "cheap and worth much: do first",
    "dear and worth much: plan",
)
_SPOTS = (  # where the four words stand: the lower ones inside, the upper ones above
    {"x": 0, "y": 0, "xanchor": "left", "yanchor": "bottom", "align": "left"},
    {"x": 1, "y": 0, "xanchor": "right", "yanchor": "bottom", "align": "right"},
    {"x": 0, "y": 1, "xanchor": "left", "yanchor": "top", "align": "left"},
    {"x": 1, "y": 1, "xanchor": "right", "yanchor": "top", "align": "right"},
)
_NAMED = 30  # letters of a line of these words
CROWD = 12  # points from which on they are numbered, and named at the right
KEY_LINE = 15.5  # pixels of a line there
_COST = {"x": "cost", "x_low": "cost_low", "x_high": "cost_high", "chosen": "chosen"}


def quadrant(finding: Finding) -> go.Figure:
    """Value against cost, uncertain both ways, each point with its name; those chosen stand out in blue.

    The plane is parted at `picture["x_reference"]` and `picture["reference"]` (else at the medians of the points), and its parts
    are named by the four words of `picture["quadrants"]`: lower left, lower right, upper left, upper right.
    """
    rows, picture = shown(finding), finding.picture
    column = {role: str(picture.get(role, default)) for role, default in _COST.items()}
    points = [
        (row, cost, row.value)
        for row in rows
        if row.value is not None and (cost := row.number(column["x"])) is not None
    ]
    spans = [(row.number(column["x_low"]), row.number(column["x_high"])) for row, _, _ in points]
    flat = [one for span in spans for one in span if one is not None] + [cost for _, cost, _ in points]
    left, right = 0.0 if min(flat, default=0) >= 0 else min(flat) * 1.05, (max(flat, default=1) or 1) * 1.08
    low, high = reach_of([row for row, _, _ in points], picture)
    corners = [style.wrapped(one, _NAMED) for one in picture.get("quadrants", QUADRANTS)]
    if not picture.get("range"):  # room for the lower two words
        low -= 0.04 * (high - low) * max(text.count("<br>") + 1 for text in corners[:2])
    mid_x = picture.get("x_reference", _middle([cost for _, cost, _ in points]))
    mid_y = picture.get("reference", _middle([value for _, _, value in points]))
    wide, tall = DRAWN[0] + 60, DRAWN[1] + 40

    def x(cost: float) -> float:
        return wide * (cost - left) / (right - left)

    def y(value: float) -> float:
        return tall * (high - value) / ((high - low) or 1)

    whiskers: list[Segment] = []
    for (row, cost, value), (cheap, dear) in zip(points, spans, strict=True):
        if cheap is not None and dear is not None:
            whiskers.append((x(cheap), y(value), x(dear), y(value)))
        if row.low is not None and row.high is not None:
            whiskers.append((x(cost), y(row.low), x(cost), y(row.high)))
    taken = [Box(x(cost) - 7, y(value) - 7, x(cost) + 7, y(value) + 7) for _, cost, value in points]
    for at, text in enumerate(corners[:2]):  # the two inside, which no label may cover
        across, up = style.widest([text]), 14 * (text.count("<br>") + 1)
        taken.append(Box(0 if at == 0 else wide - across, tall - up, across if at == 0 else wide, tall))
    places = [(row, cost, value, x(cost), y(value)) for row, cost, value in points]
    labels = _names_beside(places, picture, whiskers, taken, Box(0, 0, wide, tall))
    key = _names_at_the_right([row for row, _, _ in points], picture) if labels is None else None
    figure = go.Figure()
    for number, ((row, cost, value), (cheap, dear)) in enumerate(zip(points, spans, strict=True), start=1):
        shade = style.BLUE if _chosen(row, picture) else style.GREY
        ends: list[tuple[float | None, float | None]] = []
        if cheap is not None and dear is not None:
            ends += [(cheap, value), (dear, value), (None, None)]
        if row.low is not None and row.high is not None:
            ends += [(cost, row.low), (cost, row.high), (None, None)]
        figure.add_scatter(
            x=[one for one, _ in ends],
            y=[one for _, one in ends],
            mode="lines",
            line={"color": shade, "width": 2.5},
            opacity=0.38,
            hoverinfo="skip",
        )
        words = f"{style.words(', '.join(row.labels))}<br>{style.words(row.words)}"
        words += f"<br>{style.words(picture.get('x_unit', 'cost'))} {style.number(cost)}"
        figure.add_scatter(
            x=[cost],
            y=[value],
            mode="markers+text" if key else "markers",
            text=[str(number)] if key else None,
            textfont={"size": 9.5, "color": "#ffffff"},
            marker={"color": shade, "size": 17 if key else 12, "line": {"color": "#ffffff", "width": 1}},
            hovertext=[words],
            hoverinfo="text",
        )
    labels = [key] if key else labels or []
    tall = max(tall, KEY_LINE * (key["text"].count("<br>") + 1)) if key else tall
    hidden = [", ".join(row.labels) for row in rows if row.hidden]
    below = f"{picture.get('x_unit', 'cost')}{'   ·   hidden: ' + ', '.join(hidden) if hidden else ''}"
    corner = {"showarrow": False, "xref": "paper", "yref": "paper", "font": {"size": 11, "color": style.GREY}}
    labels += [corner | {"text": f"<i>{text}</i>"} | spot for text, spot in zip(corners, _SPOTS, strict=True) if text]
    dotted = {"color": style.PALE, "width": 1, "dash": "2px,3px"}
    shapes = [*level(mid_y)] if mid_y is not None else []
    for shape in shapes:
        shape["line"] = dotted
    if mid_x is not None:
        shapes.append(
            {
                "type": "line",
                "yref": "y domain",
                "y0": 0,
                "y1": 1,
                "x0": mid_x,
                "x1": mid_x,
                "layer": "below",
                "line": dotted,
            }
        )
    above = 8 + 14 * max((text.count("<br>") + 1 for text in corners[2:]), default=0)  # room for the upper two words
    figure.update_layout(
        **style.layout(
            finding.sentence,
            tall + above + 52,
            {"l": 62, "r": room_for([key["text"]], 30) + 16 if key else 30, "b": 52},
            xaxis=style.axis(
                below, range=[left, right], **style.ticks(left, right), showline=True, linecolor=style.PALE
            ),
            yaxis=value_axis(finding, low, high)
            | {"showgrid": False, "showline": True, "linecolor": style.PALE, "domain": [0, tall / (tall + above)]},
            shapes=shapes,
            annotations=labels,
        )
    )
    return figure


def _names_beside(
    places: Sequence[tuple[Row, float, float, float, float]], picture: Any, whiskers: Sequence[Segment],
    taken: Sequence[Box], bounds: Box,
) -> list[dict[str, Any]] | None:  # fmt: skip
    """Each point's name near it, on no line and no other name; None where there is no room for all."""
    if len(places) > CROWD:
        return None
    shapes_of = [[style.wrapped(", ".join(row.labels), width) for width in (40, 24, 16)] for row, *_ in places]
    wanted = [
        Wanted(
            x,
            y,
            y,
            [(style.widest([name]) * 1.06 + 6, 16 * (name.count("<br>") + 1), 6 * at) for at, name in enumerate(names)],
        )
        for (*_, x, y), names in zip(places, shapes_of, strict=True)
    ]
    labels: list[dict[str, Any]] = []
    for (row, cost, value, x, y), names, spot in zip(
        places, shapes_of, place(wanted, whiskers, taken, bounds, beside=10), strict=True
    ):
        if not spot.free:
            return None
        middle = ((spot.box.left + spot.box.right) / 2, (spot.box.top + spot.box.bottom) / 2)
        far = max(spot.box.left - x, x - spot.box.right, spot.box.top - y, y - spot.box.bottom)
        labels.append(
            {
                "text": f"<b>{names[spot.size]}</b>" if _chosen(row, picture) else names[spot.size],
                "x": cost,
                "y": value,
                "ax": middle[0] - x,
                "ay": middle[1] - y,
                "showarrow": True,
                "arrowhead": 0,
                "arrowwidth": 1,
                "standoff": 7,
                "arrowcolor": style.GREY if far > 16 else "rgba(0,0,0,0)",
                "font": {"size": 12, "color": style.INK if _chosen(row, picture) else style.DIM},
            }
        )
    return labels


def _names_at_the_right(rows: Sequence[Row], picture: Any) -> dict[str, Any]:
    """The names of numbered points, those chosen in bold."""
    lines = []
    for number, row in enumerate(rows, start=1):
        name = style.wrapped(f"{number}  {', '.join(row.labels)}", 34)
        lines.append(f"<b>{name}</b>" if _chosen(row, picture) else name)
    return note_beside("<br>".join(lines), 1, False) | {"yref": "y domain", "yanchor": "top", "font": {"size": 11.5}}


def _chosen(row: Row, picture: Any) -> bool:
    column = str(picture.get("chosen", "chosen"))
    if column not in row.cells:
        return True
    return not blank(row.cells[column]) and bool(row.cells[column])


def _middle(values: list[float]) -> float | None:
    """The median: half of the points lie on either side."""
    return median(values) if len(values) > 1 else None
