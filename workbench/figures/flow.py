"""Drawings of what people do next: streams from move to move (sankey), and steps with the moves between them (graph).

Knows the house style and the rows of a finding whose groups end with a step and the next. Blue goes on, orange goes back
to an earlier step or stays. Few enough lines are drawn to be read; what is left out is said under the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from workbench.figures import style
from workbench.figures.data import Row, shown
from workbench.figures.labels import Box
from workbench.figures.layers import Drawn, Edge, columns_of, laid_out

if TYPE_CHECKING:
    from workbench.finding import Finding

EDGES = 25  # lines of a graph
LINKS = 30  # streams of a sankey
WIDE = 960.0  # pixels across
TEXT = 11  # pixels of a letter in a box
LINES = 4  # lines of text in a box
ONWARD, BACK = "rgba(31,90,166,0.34)", "rgba(200,85,27,0.42)"
NEITHER, BUNDLE = "rgba(138,146,158,0.30)", "other steps"
NODE = 17.0  # pixels between two nodes of a sankey
HEADS = {way: f"triangle-{way}" for way in ("left", "right", "up", "down")}


def sankey(finding: Finding) -> go.Figure:
    """Streams from move to move: a column a place of the path, a band a stream, as broad as its people."""
    rows = [row for row in shown(finding) if row.n]
    known = _order(finding, rows)
    kept = sorted(rows, key=lambda row: -(row.n or 0))[:LINKS]
    drawn = [row for row in rows if row in kept]
    spots: dict[tuple[int, str], float] = {}
    for row in drawn:
        for spot in _ends(row):
            spots.setdefault(spot, 0.0)
    into, out = dict.fromkeys(spots, 0.0), dict.fromkeys(spots, 0.0)
    for row in drawn:
        start, end = _ends(row)
        out[start] += row.n or 0
        into[end] += row.n or 0
    size = {spot: max(into[spot], out[spot]) for spot in spots}
    places = sorted({place for place, _ in spots})
    columns = {
        place: sorted((one for one in spots if one[0] == place), key=lambda one: known[one[1]]) for place in places
    }
    most = max((len(column) for column in columns.values()), default=1)
    tall = max(220.0, 46.0 * most + 60)
    scale = min(  # pixels a person, as plotly works them out: where nodes stand must be told to it, and labels must meet them
        ((tall - NODE * (len(column) - 1)) / sum(size[one] for one in column) for column in columns.values() if column),
        default=1.0,
    )
    across, down = {}, {}
    for at, place in enumerate(places):
        y = (tall - sum(size[one] * scale for one in columns[place]) - NODE * (len(columns[place]) - 1)) / 2
        for one in columns[place]:
            thick = size[one] * scale
            across[one] = min(max(at / max(len(places) - 1, 1), 0.001), 0.999)
            down[one] = min(max((y + thick / 2) / tall, 0.001), 0.999)
            y += thick + NODE
    nodes = [one for place in places for one in columns[place]]
    number = {one: at for at, one in enumerate(nodes)}
    last = places[-1] if places else 0
    columns.setdefault(last, [])
    figure = go.Figure()
    figure.add_sankey(
        arrangement="fixed",
        node={
            "label": ["" for _ in nodes],
            "x": [across[one] for one in nodes],
            "y": [down[one] for one in nodes],
            "color": [style.GREY if one[1] == BUNDLE else style.INK for one in nodes],
            "thickness": 7,
            "pad": NODE,
            "line": {"width": 0},
            "hovertemplate": [f"{style.words(name)}: %{{value:,.0f}} people<extra></extra>" for _, name in nodes],
        },
        link={
            "source": [number[_ends(row)[0]] for row in drawn],
            "target": [number[_ends(row)[1]] for row in drawn],
            "value": [row.n for row in drawn],
            "color": [_shade(row, known) for row in drawn],
            "hovertemplate": [f"{style.words(' > '.join(row.labels[-2:]))}<br>{style.words(row.words)}<extra></extra>"
                              for row in drawn],
        },
        domain={"x": [0, 1], "y": [0, 1]},
    )  # fmt: skip
    labels = [_node_label(one, across[one], down[one], size[one], len(places)) for one in nodes]
    room = max(
        [40.0, *(style.widest([label["text"].split(" <span")[0]]) + 60 for label in labels[-len(columns[last]) :])]
    )
    heads = [
        {"text": f"move {place}", "x": at / max(len(places) - 1, 1), "y": 0, "xref": "paper", "yref": "paper"}
        | {"xanchor": "left", "yanchor": "top", "yshift": -4, "showarrow": False}
        | {"font": {"size": 12, "color": style.DIM}}
        for at, place in enumerate(places)
    ]
    left = len(rows) - len(drawn)
    notes = ["blue goes on, orange goes back or stays", str(finding.picture.get("note", ""))]
    notes += [f"{left} streams of the fewest people not drawn"] if left else []
    figure.update_layout(
        **style.layout(
            finding.sentence, round(tall) + 72, {"l": 20, "r": round(room), "b": 72}, annotations=[*labels, *heads]
        )
    )
    _note(figure, notes, finding, 26)
    return figure


def graph(finding: Finding) -> go.Figure:
    """Steps in their order from left to right, and the moves of most people between them, as broad as those are many."""
    rows = [row for row in shown(finding) if row.n]
    known = _order(finding, rows)
    most = sorted(rows, key=lambda row: -(row.n or 0))[:EDGES]
    by_edge = {Edge(*row.labels[-2:]): row for row in most}
    order = sorted({name for edge in by_edge for name in edge}, key=lambda name: known[name])
    wide = min(128.0, WIDE / max(len(set(columns_of(order).values())) if order else 1, 1) - 42)
    told = {name: _boxed(name, wide) for name in order}
    heights = {name: 16.0 + 14 * (text.count("<br>") + 1) for name, text in told.items()}
    drawn = laid_out(order, list(by_edge), heights, WIDE)
    figure = go.Figure()
    largest = max((row.n or 0 for row in most), default=1)
    labels: list[dict[str, Any]] = []
    taken = list(drawn.boxes.values())
    for edge, row in by_edge.items():
        line = drawn.lines[edge]
        shade = style.BLUE if line.forward else style.ORANGE
        hover = f"{style.words(' > '.join(edge))}<br>{style.words(row.words)}"
        figure.add_scatter(
            x=[x for x, _ in line.points],
            y=[y for _, y in line.points],
            mode="lines",
            line={"color": shade, "width": 1.2 + 6 * (row.n or 0) / largest},
            opacity=0.5,
            hovertext=[hover] * len(line.points),
            hoverinfo="text",
        )
        figure.add_scatter(
            x=[line.points[-1][0]],
            y=[line.points[-1][1]],
            mode="markers",
            marker={"symbol": HEADS[line.head], "size": 8 + 3 * (row.n or 0) / largest, "color": shade},
            hoverinfo="skip",
        )
        spot = _free(line.points, taken, drawn, f"{style.number(row.value)} %", edge.start == edge.end)
        if spot is not None:
            taken.append(spot)
            middle = ((spot.left + spot.right) / 2, (spot.top + spot.bottom) / 2)
            labels.append(_written(f"{style.number(row.value)} %", *middle, shade, 11, "rgba(255,255,255,0.85)"))
    shapes = [
        {"type": "rect", "x0": box.left, "x1": box.right, "y0": box.top, "y1": box.bottom, "layer": "below"}
        | {"line": {"color": style.GREY, "width": 1}, "fillcolor": "#ffffff"}
        for box in drawn.boxes.values()
    ]
    for name, box in drawn.boxes.items():
        labels.append(_written(told[name], (box.left + box.right) / 2, (box.top + box.bottom) / 2, style.INK, TEXT))
    if not by_edge:
        figure.add_scatter(x=[], y=[], mode="lines")
    room = 18
    tall = drawn.bounds.bottom - drawn.bounds.top + 2 * room
    figure.update_layout(
        **style.layout(
            finding.sentence,
            round(tall) + 60,
            {"l": 4, "r": 4, "b": 60, "pad": 0},
            xaxis=style.axis(range=[0, WIDE], showticklabels=False),
            yaxis=style.axis(range=[drawn.bounds.bottom + room, drawn.bounds.top - room], showticklabels=False),
            shapes=shapes,
            annotations=labels,
        )
    )
    left = len(rows) - len(most)
    notes = ["blue goes on, orange goes back or stays; the broader, the more people; % of the moves from there"]
    notes += [f"the {len(most)} moves of most people are drawn, {left} more are in the table"] if left else []
    _note(figure, notes, finding)
    return figure


def _order(finding: Finding, rows: Sequence[Row]) -> dict[str, int]:
    """The place of each step: as the picture says, then the others as they come."""
    names = [str(one) for one in finding.picture.get("order", ())]
    names += [label for row in rows for label in row.labels[-2:]]
    return {name: at for at, name in enumerate(dict.fromkeys(names))}


def _shade(row: Row, known: dict[str, int]) -> str:
    """Onward, back, or neither, where a bundle of several steps is at one end."""
    start, end = row.labels[-2:]
    if BUNDLE in (start, end):
        return NEITHER
    return ONWARD if known[end] > known[start] else BACK


def _ends(row: Row) -> tuple[tuple[int, str], tuple[int, str]]:
    place = int(row.labels[0]) if len(row.labels) > 2 else 1
    return (place, row.labels[-2]), (place + 1, row.labels[-1])


def _node_label(spot: tuple[int, str], x: float, y: float, size: float, places: int) -> dict[str, Any]:
    width = max(10, int(WIDE / max(places - 1, 1) / style.LETTER) - 4)
    text = f"{_cut(spot[1], width, 2)} <span style='color:{style.DIM}'>{style.number(size)}</span>"
    return {
        "text": text,
        "x": x,
        "y": 1 - y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "xshift": 8,
        "yanchor": "middle",
        "align": "left",
        "showarrow": False,
        "font": {"size": 11, "color": style.INK},
    }


def _boxed(name: str, wide: float) -> str:
    return _cut(name, max(8, int(wide / 6.2)), LINES)


def _cut(name: str, width: int, lines: int) -> str:
    """A name in so many lines; a longer one ends with an ellipsis."""
    parts = style.wrapped(name, width).split("<br>")
    return "<br>".join(parts if len(parts) <= lines else [*parts[: lines - 1], f"{parts[lines - 1]}…"])


def _free(
    points: Sequence[tuple[float, float]], taken: Sequence[Box], drawn: Drawn, text: str, loop: bool
) -> Box | None:
    """Where a label may stand: on its line near the middle, over a loop; on no box and no other label."""
    wide, tall = 6.4 * len(text) + 4, 14.0
    if loop:
        top = min(y for _, y in points)
        x = (points[0][0] + points[-1][0]) / 2
        over = Box(x - wide / 2, top - tall - 2, x + wide / 2, top - 2)
        return None if any(over.meets(other) for other in taken) else over
    several = len(points)
    for part in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82):
        at = part * (several - 1)
        low = min(int(at), several - 2)
        x, y = (points[low][axis] + (at - low) * (points[low + 1][axis] - points[low][axis]) for axis in (0, 1))
        box = Box(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
        inside = box.left >= drawn.bounds.left and box.right <= drawn.bounds.right
        if inside and not any(box.meets(other) for other in taken):
            return box
    return None


def _written(text: str, x: float, y: float, shade: str, size: int, behind: str | None = None) -> dict[str, Any]:
    found = {"text": text, "x": x, "y": y, "xref": "x", "yref": "y", "xanchor": "center", "yanchor": "middle"}
    found |= {"showarrow": False, "font": {"size": size, "color": shade}, "borderpad": 0}
    return found | ({"bgcolor": behind} if behind else {})


def _note(figure: go.Figure, notes: Sequence[str], finding: Finding, below: int = 12) -> None:
    """Under the drawing: what colours and widths mean, and what is not drawn."""
    hidden = sum(row.hidden for row in shown(finding))
    told = [note for note in notes if note] + ([f"{hidden} hidden: too few people"] if hidden else [])
    figure.add_annotation(
        text=style.wrapped("; ".join(told), 140),
        x=0,
        y=0,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="top",
        yshift=-below,
        align="left",
        showarrow=False,
        font={"size": 12, "color": style.DIM},
    )
