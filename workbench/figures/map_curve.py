"""One curve over the map's steps: assumed beside measured with its band, what surprises, and where nobody was asked.

Takes cells of a map's view and knows nothing of studies. Labels keep clear of lines, dots and each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.figures import style
from workbench.figures.labels import Box, Placed, Segment, Wanted, place
from workbench.figures.map_marks import is_shown, points, straight, svg, write

TALL = {"emotion": 226, "trust": 150}  # pixels of a lane
FOOT = 14  # pixels kept free above and below the curve
ASSUMED = {"emotion": "assumed", "trust": "assumed_trust"}
SURPRISE = {"emotion": "surprise", "trust": "surprise_trust"}


def curve_labels(cells: Sequence[Mapping[str, Any]], column: int) -> tuple[list[Placed], list[Segment], list[Box]]:
    """Where the curve's labels stand, with the lines and dots they must keep clear of."""
    return Curve(cells, column).labels()


class Curve:
    """The lane of emotion or trust in pixels: assumed and measured points, the band, surprises and what has no answer."""

    def __init__(self, cells: Sequence[Mapping[str, Any]], column: int, lane: str = "emotion"):
        self.cells, self.column, self.wide = cells, column, column * len(cells)
        self.lane, self.tall = lane, TALL[lane]
        felt = [cell.get(lane) for cell in cells]
        self.felt = [one if is_shown(one) else None for one in felt]
        self.hidden = [bool(one and one.get("hidden")) for one in felt]
        self.guess = [cell.get(ASSUMED[lane]) for cell in cells]
        values = [guess for guess in self.guess if guess is not None]
        values += [one[key] for one in self.felt if one for key in ("value", "low", "high") if one.get(key) is not None]
        self.high = min(100.0, max(35.0, max(values, default=0) + 6))
        self.low = max(-100.0, min(-35.0, min(values, default=0) - 6))

    def x(self, at: int) -> float:
        return self.column * (at + 0.5)

    def y(self, value: float) -> float:
        return FOOT + (self.tall - 2 * FOOT) * (self.high - value) / (self.high - self.low)

    def path(self, values: Sequence[float | None]) -> list[Segment]:
        return [
            (self.x(at), self.y(one), self.x(at + 1), self.y(after))
            for at, (one, after) in enumerate(zip(values, values[1:], strict=False))
            if one is not None and after is not None
        ]

    def surprises(self) -> list[tuple[int, float, float, str, str]]:
        """Step, measured, assumed, words and colour of each surprise."""
        found = []
        for at, cell in enumerate(self.cells):
            surprise, felt, guess = cell.get(SURPRISE[self.lane]), self.felt[at], self.guess[at]
            if surprise and felt and guess is not None:
                gap = surprise.get("value", felt["value"] - guess)
                number = style.number(gap, signed=True)
                text = surprise.get("text") or f"{number} than assumed"
                text = text if self.lane == "emotion" else number
                found.append((at, felt["value"], guess, text, style.ORANGE if gap < 0 else style.BLUE))
        return found

    def silent(self) -> list[tuple[int, str]]:
        """Steps without a measured point, and what to say there."""
        words = "nobody asked" if self.lane == "emotion" else ""
        told = [(at, "hidden" if self.hidden[at] else words) for at, felt in enumerate(self.felt) if felt is None]
        return [(at, said) for at, said in told if said]

    def labels(self) -> tuple[list[Placed], list[Segment], list[Box]]:
        measured = [one["value"] if one else None for one in self.felt]
        lines = self.path(self.guess) + self.path(measured)
        lines += [(self.x(at), self.y(value), self.x(at), self.y(guess)) for at, value, guess, _, _ in self.surprises()]
        dots = [
            Box(self.x(at) - 6, self.y(value) - 6, self.x(at) + 6, self.y(value) + 6)
            for values in (self.guess, measured)
            for at, value in enumerate(values)
            if value is not None
        ]
        dots += [Box(0, self.y(value) - 8, 26, self.y(value) + 8) for value in self.marks()]
        shy = self.path([one.get("low") if one else None for one in self.felt])
        shy += self.path([one.get("high") if one else None for one in self.felt])
        wanted = []
        for at, value, guess, text, _ in self.surprises():
            ends = sorted((self.y(value), self.y(guess)))
            first, _, rest = text.partition(" ")
            sizes = [(7.7 * len(text), 16.0, 0.0), (max(8.2 * len(first), 6.4 * len(rest)), 30.0, 9.0)]
            sizes.append((8.2 * len(first), 16.0, 70.0))
            wanted.append(Wanted(self.x(at), ends[0], ends[1], sizes))
        for at, words in self.silent():
            assumed = self.guess[at]
            level = self.y(0 if assumed is None else assumed)
            wanted.append(Wanted(self.x(at), level - 8, level - 8, [(6.4 * len(words), 15.0, 0.0), (40.0, 27.0, 9.0)]))
        return place(wanted, lines, dots, Box(2, 1, self.wide - 2, self.tall - 1), shy), lines, dots

    def marks(self) -> list[int]:
        return [
            mark
            for mark in range(-80, 81, 40 if self.high - self.low > 100 else 20)
            if self.low + 4 <= mark <= self.high - 4
        ]

    def picture(self) -> str:
        """The lane as a drawing."""
        drawn = []
        for mark in self.marks():
            shade = style.PALE if mark == 0 else "#eef0f3"
            drawn.append(straight(28, self.y(mark), self.wide, self.y(mark), shade))
            drawn.append(write(4, self.y(mark) + 4, style.number(mark, signed=True), style.DIM, 10.5, "start"))
        for run in self.runs():
            drawn.append(self.band(run))
        guesses = [(self.x(at), self.y(guess)) for at, guess in enumerate(self.guess) if guess is not None]
        drawn += self.polyline(self.guess, f'stroke="{style.GREY}" stroke-width="1.6" stroke-dasharray="5 4"')
        drawn += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#fff" stroke="{style.GREY}" stroke-width="1.6"/>'
            for x, y in guesses
        ]
        surprises, silent = self.surprises(), self.silent()
        for at, value, guess, _, shade in surprises:
            drawn.append(straight(self.x(at), self.y(guess), self.x(at), self.y(value), shade, 1.6))
        measured = [one["value"] if one else None for one in self.felt]
        drawn += self.polyline(measured, f'stroke="{style.BLUE}" stroke-width="2.6"')
        drawn += [
            f'<circle cx="{self.x(at):.1f}" cy="{self.y(value):.1f}" r="5" fill="{style.BLUE}"/>'
            for at, value in enumerate(measured)
            if value is not None
        ]
        spots, _, _ = self.labels()
        for (_, _, _, text, shade), spot in zip(surprises, spots, strict=False):
            drawn += _label(spot, text, shade, bold=True)
        for (_, words), spot in zip(silent, spots[len(surprises) :], strict=True):
            drawn += _label(spot, words, style.GREY, bold=False)
        return svg(drawn, self.wide, self.tall)

    def runs(self) -> list[list[tuple[int, Mapping[str, Any]]]]:
        runs: list[list[tuple[int, Mapping[str, Any]]]] = [[]]
        for at, one in enumerate(self.felt):
            if one and one.get("low") is not None and one.get("high") is not None:
                runs[-1].append((at, one))
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]

    def band(self, run: list[tuple[int, Mapping[str, Any]]]) -> str:
        if len(run) == 1:
            at, one = run[0]
            top, bottom = self.y(one["high"]), self.y(one["low"])
            shape = f'x="{self.x(at) - 6:.1f}" y="{top:.1f}" width="12" height="{bottom - top:.1f}"'
            return f'<rect {shape} fill="{style.BLUE}" fill-opacity=".14"/>'
        outline = [(self.x(at), self.y(one["high"])) for at, one in run]
        outline += [(self.x(at), self.y(one["low"])) for at, one in reversed(run)]
        return f'<polygon points="{points(outline)}" fill="{style.BLUE}" fill-opacity=".14"/>'

    def polyline(self, values: Sequence[float | None], pen: str) -> list[str]:
        """The line through these values, broken where there is none."""
        runs: list[list[tuple[float, float]]] = [[]]
        for at, value in enumerate(values):
            if value is not None:
                runs[-1].append((self.x(at), self.y(value)))
            elif runs[-1]:
                runs.append([])
        return [f'<polyline points="{points(run)}" fill="none" {pen}/>' for run in runs if len(run) > 1]


def _label(spot: Placed, text: str, shade: str, bold: bool) -> list[str]:
    """A label in the size that found room: on one line, on two, or its first word alone."""
    first, _, rest = text.partition(" ")
    middle = (spot.box.left + spot.box.right) / 2
    size = 12 if bold else 11
    if spot.size == 0 or not rest:
        return [write(middle, spot.box.top + 12, text, shade, size, "middle", bold)]
    lines = [write(middle, spot.box.top + 12, first, shade, size + bold, "middle", bold)]
    if spot.size == 1:
        lines.append(write(middle, spot.box.top + 25, rest, shade, 10.5 if bold else 11, "middle", bold))
    return lines
