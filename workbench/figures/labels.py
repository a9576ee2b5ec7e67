"""Where a label may stand: near what it speaks of, on no line, no dot and no other label.

Plain geometry in pixels (y grows downwards); knows nothing of what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Segment = tuple[float, float, float, float]
CLEAR = 2.0  # pixels kept free around a label
STEP = 4  # pixels between two heights that are tried


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def crossed(self, segment: Segment) -> bool:
        """Does a line run through? (Liang and Barsky's clipping.)"""
        x0, y0, x1, y1 = segment
        if max(x0, x1) < self.left or min(x0, x1) > self.right or max(y0, y1) < self.top or min(y0, y1) > self.bottom:
            return False
        enter, leave = 0.0, 1.0
        for step, room in (
            (x0 - x1, x0 - self.left),
            (x1 - x0, self.right - x0),
            (y0 - y1, y0 - self.top),
            (y1 - y0, self.bottom - y0),
        ):
            if step == 0:
                if room < 0:
                    return False
                continue
            share = room / step
            enter, leave = (max(enter, share), leave) if step < 0 else (enter, min(leave, share))
            if enter > leave:
                return False
        return True

    def wider(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


@dataclass(frozen=True)
class Wanted:
    """A label looking for its place: the upright line it speaks of, and its sizes (width, height, what taking it costs)."""

    x: float
    top: float
    bottom: float
    sizes: Sequence[tuple[float, float, float]]


@dataclass(frozen=True)
class Placed:
    """Where a label stands and in which of its sizes; `free` tells whether it overlaps nothing."""

    box: Box
    size: int
    free: bool


def place(
    wanted: Sequence[Wanted],
    lines: Sequence[Segment],
    dots: Sequence[Box],
    bounds: Box,
    shy: Sequence[Segment] = (),
    beside: float = 8,
) -> list[Placed]:
    """A place for each label, in order. `shy` lines (bands, whiskers, gaps) are kept clear of where there is room."""
    placed: list[Placed] = []
    taken = list(dots)
    for one in wanted:
        best: tuple[float, Placed] | None = None
        for index, (width, height, dear) in enumerate(one.sizes):
            for left in (
                one.x + beside,
                one.x - beside - width,
                one.x - width / 2,
                one.x - width / 4,
                one.x - width * 0.75,
            ):
                if left < bounds.left or left + width > bounds.right:
                    continue
                for top in range(int(bounds.top), int(bounds.bottom - height) + 1, STEP):
                    box = Box(left, top, left + width, top + height)
                    cost = dear + _distance(one, box) + 24 * sum(_between(box, one, other) for other in wanted)
                    if best is not None and cost >= best[0]:
                        continue
                    room = box.wider(CLEAR)
                    hits = sum(room.meets(other) for other in taken) + sum(room.crossed(line) for line in lines)
                    cost += 1000.0 * hits + 14.0 * sum(room.crossed(line) for line in shy)
                    if best is None or cost < best[0]:
                        best = (cost, Placed(box, index, hits == 0))
        if best is None:  # wider than the drawing: the smallest size, at its left edge
            width, height, _ = one.sizes[-1]
            best = (
                0.0,
                Placed(Box(bounds.left, one.top, bounds.left + width, one.top + height), len(one.sizes) - 1, False),
            )
        placed.append(best[1])
        taken.append(best[1].box)
    return placed


def _between(box: Box, one: Wanted, other: Wanted) -> bool:
    """Does a label stand between its own line and another's, beside both, so that it could speak of either?"""
    if one is other or abs(one.x - other.x) > 2.2 * (box.right - box.left):
        return False
    beside = min(one.x, other.x) <= (box.left + box.right) / 2 <= max(one.x, other.x)
    return beside and box.bottom > other.top - 6 and box.top < other.bottom + 6


def _distance(one: Wanted, box: Box) -> float:
    """How far a label stands from its line: sideways counts double, and the middle of the line is liked."""
    sideways = max(box.left - one.x, one.x - box.right, 0)
    upright = max(box.top - one.bottom, one.top - box.bottom, 0)
    middle = abs((box.top + box.bottom) / 2 - (one.top + one.bottom) / 2)
    aside = abs((box.left + box.right) / 2 - one.x) if upright else 0  # above or below: right over its own line
    return 2 * sideways + upright + 0.35 * middle + 0.3 * aside


def spread(heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Heights moved apart as little as needed, so that labels at a line's end do not touch; order is kept."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    gap = min(gap, (high - low) / max(len(order) - 1, 1))
    moved = [0.0] * len(heights)
    floor = low
    for index in order:
        moved[index] = max(heights[index], floor)
        floor = moved[index] + gap
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved
