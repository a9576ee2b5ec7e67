"""Where the boxes and lines of a directed graph stand: columns from left to right, long lines led between the boxes.

Plain geometry in pixels (y grows downwards); knows nothing of what is drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workbench.figures.labels import Box

Point = tuple[float, float]
ALONE = 8  # boxes up to which each has a column of its own
COLUMNS = 7  # beyond that
GAP = 30.0  # pixels between two boxes of a column
LANE = 15.0  # pixels that a long line needs where it passes a column
ROUND = 42.0  # pixels above a box that its loop needs
PORT = 11.0  # pixels between two lines at a box's side
FINE = 14  # points of a bend


class Edge(NamedTuple):
    """A line from a box to another, or to itself."""

    start: str
    end: str


@dataclass(frozen=True)
class Line:
    """A drawn line: its points, where it ends and which way its head looks; whether it goes on, or back."""

    points: tuple[Point, ...]
    head: str
    forward: bool


@dataclass(frozen=True)
class Drawn:
    """A graph laid out: a box a name, a line an edge, and how much room it all takes."""

    boxes: Mapping[str, Box]
    lines: Mapping[Edge, Line]
    bounds: Box


def columns_of(names: Sequence[str]) -> dict[str, int]:
    """The column of each name, in their order: one each while they are few, else as many in each column."""
    several = len(names) if len(names) <= ALONE else COLUMNS
    return {name: at * several // len(names) for at, name in enumerate(names)}


def laid_out(order: Sequence[str], edges: Sequence[Edge], heights: Mapping[str, float], width: float) -> Drawn:
    """Boxes in columns, in their order from left to right and from top to bottom, and the lines between them.

    A line that passes a column gets a lane there: above the boxes where it goes on, below them where it goes back.
    """
    names = [name for name in order if any(name in edge for edge in edges)]
    if not names:
        return Drawn({}, {}, Box(0, 0, width, 0))
    column = columns_of(names)
    several = max(column.values()) + 1
    pitch = width / several
    wide = min(128.0, pitch - 42)
    loops = {edge.start for edge in edges if edge.start == edge.end}
    middle = {name: pitch * (column[name] + 0.5) for name in names}
    place = {name: at for at, name in enumerate(names)}
    heart = _stacked(names, column, heights, loops)
    lanes = _lanes(edges, names, column, heart, heights, loops)
    heart, lane = lanes
    boxes = {
        name: Box(middle[name] - wide / 2, heart[name] - heights[name] / 2, middle[name] + wide / 2,
                  heart[name] + heights[name] / 2)
        for name in names
    }  # fmt: skip
    ports = _ports(edges, column, boxes, heart, lane)
    lines = {}
    for edge in edges:
        forward = place[edge.end] > place[edge.start]
        lines[edge] = _line(edge, forward, column, boxes, ports, lane, pitch, wide, names)
    xy = [point for line in lines.values() for point in line.points]
    top = min([box.top for box in boxes.values()] + [y for _, y in xy])
    bottom = max([box.bottom for box in boxes.values()] + [y for _, y in xy])
    return Drawn(boxes, lines, Box(0, top, width, bottom))


def _stacked(
    names: Sequence[str], column: Mapping[str, int], heights: Mapping[str, float], loops: set[str]
) -> dict[str, float]:
    """The middle of each box where only boxes stand: each column around the same height."""
    heart: dict[str, float] = {}
    for at in sorted(set(column.values())):
        mine, y = [name for name in names if column[name] == at], 0.0
        for name in mine:
            y += ROUND if name in loops else 0.0
            heart[name] = y + heights[name] / 2
            y += heights[name] + GAP
        for name in mine:  # a box alone stands level with the others, whatever its loop
            heart[name] -= (y - GAP) / 2 if len(mine) > 1 else heart[name]
    return heart


def _lanes(
    edges: Sequence[Edge],
    names: Sequence[str],
    column: Mapping[str, int],
    heart: Mapping[str, float],
    heights: Mapping[str, float],
    loops: set[str],
) -> tuple[dict[str, float], dict[tuple[Edge, int], float]]:
    """The boxes moved apart for the lines that pass their column, and the height of each such lane."""
    wanted: dict[int, list[tuple[float, float, float, object]]] = defaultdict(list)
    for name in names:
        above = ROUND if name in loops else 0.0
        wanted[column[name]].append(
            (heart[name], heights[name] / 2 + above + GAP / 2, heights[name] / 2 + GAP / 2, name)
        )
    for edge in edges:
        a, b = column[edge.start], column[edge.end]
        span = abs(b - a)
        for at in range(min(a, b) + 1, max(a, b)):
            part = (at - a) / (b - a)
            level = heart[edge.start] + part * (heart[edge.end] - heart[edge.start])
            level += (12 + 9 * span) * (-1 if b > a else 1)
            wanted[at].append((level, LANE / 2, LANE / 2, (edge, at)))
    moved: dict[str, float] = {}
    lane: dict[tuple[Edge, int], float] = {}
    for items in wanted.values():
        items.sort(key=lambda one: (one[0], str(one[3])))
        for (_, _, _, what), y in zip(items, _apart(items), strict=True):
            if isinstance(what, str):
                moved[what] = y
            else:
                lane[what] = y  # type: ignore[index]
    return moved, lane


def _apart(items: Sequence[tuple[float, float, float, object]]) -> list[float]:
    """Heights moved as little as needed so that nothing overlaps, in their order (pooling those that would)."""
    offsets, total = [], 0.0
    for at, (_, above, _, _) in enumerate(items):
        total += (items[at - 1][2] + above) if at else 0.0
        offsets.append(total)
    pools: list[list[float]] = []  # mean, weight, how many
    for (wanted, above, below, _), offset in zip(items, offsets, strict=True):
        weight = (above + below) ** 3  # boxes stay where they are sooner than lanes
        pools.append([wanted - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, weight, many = pools.pop()
            before = pools[-1]
            before[0] = (before[0] * before[1] + mean * weight) / (before[1] + weight)
            before[1] += weight
            before[2] += many
    level = [mean for mean, _, many in pools for _ in range(int(many))]
    return [one + offset for one, offset in zip(level, offsets, strict=True)]


def _ports(
    edges: Sequence[Edge],
    column: Mapping[str, int],
    boxes: Mapping[str, Box],
    heart: Mapping[str, float],
    lane: Mapping[tuple[Edge, int], float],
) -> dict[tuple[Edge, str], float]:
    """The height at which each line leaves or meets the side of a box, in the order of where it comes from."""
    sides: dict[tuple[str, bool], list[tuple[float, Edge, str]]] = defaultdict(list)
    for edge in edges:
        a, b = column[edge.start], column[edge.end]
        if a == b:
            continue
        way = 1 if b > a else -1
        after = lane.get((edge, a + way), heart[edge.end])
        before = lane.get((edge, b - way), heart[edge.start])
        sides[edge.start, way > 0].append((after, edge, "start"))
        sides[edge.end, way < 0].append((before, edge, "end"))
    found = {}
    for (name, _), ends in sides.items():
        ends.sort()
        box = boxes[name]
        gap = min(PORT, (box.bottom - box.top - 10) / max(len(ends) - 1, 1))
        for at, (_, edge, which) in enumerate(ends):
            found[edge, which] = heart[name] + gap * (at - (len(ends) - 1) / 2)
    return found


def _line(
    edge: Edge,
    forward: bool,
    column: Mapping[str, int],
    boxes: Mapping[str, Box],
    ports: Mapping[tuple[Edge, str], float],
    lane: Mapping[tuple[Edge, int], float],
    pitch: float,
    wide: float,
    names: Sequence[str],
) -> Line:
    one, other = boxes[edge.start], boxes[edge.end]
    if edge.start == edge.end:  # over its right corner
        x, y, r = one.right - 24, one.top, 11.0
        bend = [(x - r, y), (x - 2.2 * r, y - 2.8 * r), (x + 2.2 * r, y - 2.8 * r), (x + r, y - 4)]
        return Line(tuple(_cubic(*bend)), "down", False)
    a, b = column[edge.start], column[edge.end]
    if a == b:
        mine = [name for name in names if column[name] == a]
        down = mine.index(edge.end) > mine.index(edge.start)
        if abs(mine.index(edge.end) - mine.index(edge.start)) == 1:
            x = (one.left + one.right) / 2 + (-13 if down else 13)
            ends = ((x, one.bottom), (x, other.top - 5)) if down else ((x, one.top), (x, other.bottom + 5))
            return Line(ends, "down" if down else "up", forward)
        side, out = (one.left, -17.0) if down else (one.right, 17.0)
        y0, y1 = (one.top + one.bottom) / 2, (other.top + other.bottom) / 2
        y0, y1 = y0 + (6 if down else -6), y1 + (-6 if down else 6)
        bend = [(side, y0), (side + 1.5 * out, y0), (side + 1.5 * out, y1), (side + (-5 if down else 5), y1)]
        return Line(tuple(_cubic(*bend)), "right" if down else "left", forward)
    way = 1 if b > a else -1
    points: list[Point] = [(one.right if way > 0 else one.left, ports[edge, "start"])]
    for at in range(a + way, b, way):
        x, y = pitch * (at + 0.5), lane[edge, at]
        points += [(x - way * wide / 2, y), (x + way * wide / 2, y)]
    end = (other.left - 5 if way > 0 else other.right + 5, ports[edge, "end"])
    points.append(end)
    drawn: list[Point] = []
    for at, (start, then) in enumerate(zip(points[:-1], points[1:], strict=True)):
        half = (start[0] + then[0]) / 2
        bend = _cubic(start, (half, start[1]), (half, then[1]), then)
        drawn += bend if at == 0 else bend[1:]
    return Line(tuple(drawn), "right" if way > 0 else "left", forward)


def _cubic(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """Points along a Bezier curve."""
    found = []
    for at in range(FINE + 1):
        t = at / FINE
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        found.append(
            (
                sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
            )
        )
    return found
