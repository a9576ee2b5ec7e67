"""The journey map as one SVG drawing, for slides and print: stages, steps, lanes, the emotion curve, scores and evidence.

Takes the same plain view as the map's page; every word is escaped and stands as text, nothing in it can run or call out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from workbench.figures import style

HEADS, EDGE = 118, 24  # pixels of the lanes' names, and of the margin
NARROWEST, WIDEST, WHOLE = 118, 230, 1400  # pixels of a step, and of the map where its steps allow it
CURVE = 200  # pixels of the emotion lane
SIZE, LEADING = 11.5, 15.0
LETTER = 0.56  # of its size, the width of a letter
LONGEST = 420  # letters of a cell: the rest is in the map's page and file
CONTROLS = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def map_svg(view: Mapping[str, Any]) -> str:
    """The map as SVG text. Raises nothing for odd words: they are shown as typed, cut where a cell would be too tall."""
    return _Sheet(view).svg()


class _Sheet:
    """A map being drawn from the top down: what is drawn, and how far."""

    def __init__(self, view: Mapping[str, Any]):
        self.view = view
        self.steps = [str(step) for stage in view["stages"] for step in stage["steps"]]
        self.cells = [view["steps"].get(step, {}) for step in self.steps]
        self.column = max(NARROWEST, min(WIDEST, (WHOLE - HEADS) // max(len(self.steps), 1)))
        self.wide = 2 * EDGE + HEADS + self.column * max(len(self.steps), 1)
        self.drawn: list[str] = []
        self.y = float(EDGE)

    def svg(self) -> str:
        title = str(self.view.get("title") or "Journey map")
        self._lines(EDGE, title, 20, style.INK, (self.wide - 2 * EDGE), "650")
        if self.view.get("subtitle"):
            self._lines(EDGE, str(self.view["subtitle"]), 12, style.DIM, self.wide - 2 * EDGE)
        self.y += 10
        self._stages()
        self._steps()
        lanes = [str(lane) for lane in self.view.get("lanes", ())]
        early = [lane for lane in lanes if lane in ("doing", "thinking", "feeling")]
        for lane in early:
            self._words(lane)
        self._curve()
        figures = (("nps", "NPS", True), ("complaints", "Complaints per 1,000", False))
        for key, name, signed in figures:
            if any(_shown(cell.get(key)) or _hidden(cell.get(key)) for cell in self.cells):
                self._row(name, [_figure(cell.get(key), signed) for cell in self.cells])
        promised = [_promise(cell.get("promise")) for cell in self.cells]
        if any(promised):
            self._row("Promised", promised)
        left_out = [", ".join(f"{one} left out" for one in cell.get("reactive") or ()) for cell in self.cells]
        if any(left_out):
            self._row("Reactive points", left_out)
        for lane in lanes:
            if lane not in early:
                self._words(lane)
        if any(cell.get("evidence") for cell in self.cells):
            self._row("Evidence", [str(cell.get("evidence") or "") for cell in self.cells])
        tall = self.y + EDGE
        words = "; ".join(f"{cell.get('name', step)}" for step, cell in zip(self.steps, self.cells, strict=True))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.wide}" height="{tall:.0f}" '
            f'viewBox="0 0 {self.wide} {tall:.0f}" role="img" font-family="{escape(style.FONT)}">'
            f"<title>{_text(title)}</title><desc>{_text(f'Journey map: {words}.')}</desc>"
            f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(self.drawn)}</svg>\n'
        )

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _stages(self) -> None:
        at = 0
        for stage in self.view["stages"]:
            count = len(stage["steps"])
            if count:
                x, wide = self._x(at), self.column * count - 2
                self.drawn.append(
                    f'<rect x="{x:.0f}" y="{self.y:.0f}" width="{wide:.0f}" height="26" fill="{style.INK}"/>'
                )
                name = _cut(str(stage["name"]), int(wide / 7.2))
                self.drawn.append(_written(x + 9, self.y + 17.5, name, 12.5, "#ffffff", "600"))
                at += count
        self.y += 34

    def _steps(self) -> None:
        top = self.y
        self.drawn.append(_written(EDGE, top + 14, "Step", 12, style.DIM, "600"))
        tall = top
        for at, cell in enumerate(self.cells):
            spot = cell.get("hot_spot") or {}
            x, self.y = self._x(at), top
            shade = style.ORANGE if spot.get("kind") == "pain" else style.BLUE
            if spot:
                self.drawn.append(f'<circle cx="{x + self.column - 18:.0f}" cy="{top + 9:.0f}" r="9" fill="{shade}"/>')
                number = _written(
                    x + self.column - 18, top + 13, str(spot.get("number", "")), 11, "#ffffff", "600", "middle"
                )
                self.drawn.append(number)
            self._lines(
                x, str(cell.get("name", self.steps[at])), 13, style.INK, self.column - (34 if spot else 12), "650"
            )
            how = ", ".join(str(one) for one in cell.get("channels") or ())
            self._lines(x, how, 11, style.DIM, self.column - 12)
            if spot:
                kind = "moment that can delight" if spot.get("kind") == "gain" else "moment that hurts"
                self._lines(x, kind, 11, shade, self.column - 12)
            tall = max(tall, self.y)
        self.y = tall
        self._rule()

    def _words(self, lane: str) -> None:
        told = [str((cell.get("lanes") or {}).get(lane) or "") for cell in self.cells]
        if any(told):
            self._row(lane[:1].upper() + lane[1:], told)

    def _row(self, name: str, told: Sequence[str]) -> None:
        top = self.y
        self._lines(EDGE, name, 12, style.DIM, HEADS - 12, "600")
        tall = self.y
        for at, words in enumerate(told):
            self.y = top
            self._lines(self._x(at), _cut(words, LONGEST), SIZE, style.INK, self.column - 12)
            tall = max(tall, self.y)
        self.y = tall
        self._rule()

    def _curve(self) -> None:
        """The emotion lane: assumed dashed, measured solid with its interval, surprises in words."""
        guess = [cell.get("assumed") for cell in self.cells]
        felt = [cell.get("emotion") if _shown(cell.get("emotion")) else None for cell in self.cells]
        if not any(one is not None for one in [*guess, *felt]):
            return
        top = self.y + 8
        values = [one for one in guess if one is not None]
        values += [one[key] for one in felt if one for key in ("value", "low", "high") if one.get(key) is not None]
        low, high = max(-100.0, min([-30.0, *values]) - 8), min(100.0, max([30.0, *values]) + 8)

        def y(value: float) -> float:
            return top + 14 + (CURVE - 28) * (high - value) / (high - low)

        centre = [self._x(at) + self.column / 2 for at in range(len(self.cells))]
        self.drawn.append(_written(EDGE, top + 14, "Emotion", 12, style.DIM, "600"))
        self.drawn.append(_written(EDGE, top + 30, "−100 to +100", 10.5, style.DIM))
        self.drawn.append(_written(EDGE, top + 48, "- - assumed", 10.5, style.DIM))
        self.drawn.append(_written(EDGE, top + 64, "— measured", 10.5, style.BLUE))
        zero = f'<line x1="{self._x(0):.0f}" y1="{y(0):.1f}" x2="{self.wide - EDGE}" y2="{y(0):.1f}" stroke="{style.PALE}"/>'
        self.drawn.append(zero)
        self._path(
            [(x, y(one)) if one is not None else None for x, one in zip(centre, guess, strict=True)], style.GREY, "5 4"
        )
        measured = [(x, y(one["value"])) if one else None for x, one in zip(centre, felt, strict=True)]
        self._path(measured, style.BLUE, "")
        for x, one, assumed, cell in zip(centre, felt, guess, self.cells, strict=True):
            if assumed is not None:
                self.drawn.append(
                    f'<circle cx="{x:.1f}" cy="{y(assumed):.1f}" r="3.5" fill="#ffffff" stroke="{style.GREY}"/>'
                )
            if one:
                if one.get("low") is not None and one.get("high") is not None:
                    ends = f'x1="{x:.1f}" y1="{y(one["low"]):.1f}" x2="{x:.1f}" y2="{y(one["high"]):.1f}"'
                    self.drawn.append(f'<line {ends} stroke="{style.BLUE}" stroke-width="7" stroke-opacity=".25"/>')
                self.drawn.append(f'<circle cx="{x:.1f}" cy="{y(one["value"]):.1f}" r="4.5" fill="{style.BLUE}"/>')
                below = y(one["value"]) + (17 if assumed is None or y(assumed) < y(one["value"]) else -10)
                self.drawn.append(_written(x, below, _estimate(one, True), 10.5, style.BLUE, "", "middle"))
            else:
                words = "hidden" if _hidden(cell.get("emotion")) else "nobody asked"
                self.drawn.append(_written(x, top + CURVE - 4, words, 10.5, style.DIM, "", "middle"))
            surprise = (cell.get("surprise") or {}).get("text")
            if surprise:
                shade = style.ORANGE if (cell["surprise"].get("value") or 0) < 0 else style.BLUE
                place = top + 8 if (cell["surprise"].get("value") or 0) < 0 else top + CURVE - 4
                self.drawn.append(
                    _written(x, place, _cut(str(surprise), int(self.column / 6)), 11, shade, "600", "middle")
                )
        self.y = top + CURVE + 8
        self._rule()

    # -- small things -------------------------------------------------------------------------------------------------

    def _x(self, at: int) -> float:
        return EDGE + HEADS + self.column * at

    def _path(self, points: Sequence[tuple[float, float] | None], shade: str, dashes: str) -> None:
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        for one, after in zip(points, points[1:], strict=False):
            if one and after:
                line = f'x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{after[0]:.1f}" y2="{after[1]:.1f}"'
                self.drawn.append(f'<line {line} stroke="{shade}" stroke-width="2"{dash}/>')

    def _lines(self, x: float, words: str, size: float, shade: str, wide: float, weight: str = "") -> None:
        letters = max(6, int(wide / (size * LETTER)))
        for line in textwrap.wrap(" ".join(words.split()), letters):
            self.y += size * 1.3
            self.drawn.append(_written(x, self.y, line, size, shade, weight))

    def _rule(self) -> None:
        self.y += 9
        line = f'<line x1="{EDGE}" y1="{self.y:.1f}" x2="{self.wide - EDGE}" y2="{self.y:.1f}" stroke="{style.LINE}"/>'
        self.drawn.append(line)
        self.y += 4


def _written(x: float, y: float, words: str, size: float, shade: str, weight: str = "", anchor: str = "") -> str:
    more = (f' font-weight="{weight}"' if weight else "") + (f' text-anchor="{anchor}"' if anchor else "")
    if anchor == "middle" and shade != "#ffffff":  # over a line: the words stand on their own white
        more += ' stroke="#ffffff" stroke-width="3" paint-order="stroke"'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{shade}"{more}>{_text(words)}</text>'


def _text(words: str) -> str:
    return escape(CONTROLS.sub("", words))


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: max(most - 1, 1)].rstrip() + "…"


def _shown(figure: Mapping[str, Any] | None) -> bool:
    return bool(figure) and not _hidden(figure) and figure is not None and figure.get("value") is not None


def _hidden(figure: Mapping[str, Any] | None) -> bool:
    return bool(figure and figure.get("hidden"))


def _figure(figure: Mapping[str, Any] | None, signed: bool) -> str:
    if figure is None or not _shown(figure):
        return "hidden" if _hidden(figure) else ""
    return _estimate(figure, signed)


def _estimate(figure: Mapping[str, Any], signed: bool) -> str:
    digits = 0 if abs(figure["value"]) >= 10 or float(figure["value"]).is_integer() else 1
    return style.estimate(figure["value"], figure.get("low"), figure.get("high"), figure.get("n"), digits, signed)


def _promise(promise: Mapping[str, Any] | None) -> str:
    if not promise:
        return ""
    kept = f" ({promise['kept']})" if promise.get("kept") else ""
    return f"{promise.get('words') or ''}{kept}".strip()
