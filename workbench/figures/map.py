"""The journey map as one HTML table that reads from left to right, with its style and the same numbers as a table.

Takes a plain view (a dict) and knows nothing of studies. Drawings inside are pictures (SVG as data), so that nothing in
them can run; every word is escaped; what is marked hidden is said so and its numbers are nowhere.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, TypeGuard

from workbench.figures import style
from workbench.figures.labels import Box, Placed, Segment, Wanted, place

WIDTH = 1300  # pixels of the whole map, up to 14 steps; more steps make it wider
HEADS = 112  # pixels of the lanes' names
NARROWEST, WIDEST = 84, 297  # pixels of a step
TALL = 226  # pixels of the emotion lane
FOOT = 14  # pixels kept free above and below the curve

EARLY = ("doing", "thinking", "feeling", "quotes")  # lanes of words that stand before the measures
MEASURED = ("emotion", "nps", "complaints", "promise", "commitment", "evidence")
COMMITMENTS = ("request", "promise", "perform", "accept")
NAMES = {
    "emotion": ("Emotion", "−100 furious to +100 delighted"),
    "nps": ("NPS", "95 % interval, answers"),
    "complaints": ("Complaints", "per 1,000 customers"),
    "promise": ("Promised", ""),
    "commitment": ("Commitments", "request, promise, perform, accept"),
    "evidence": ("Evidence", ""),
    "quotes": ("In their words", ""),
}
ICONS = {
    "phone": "M3 2.5h3l1 3-1.6 1.2a7 7 0 0 0 3 3L9.6 8l3 1v3c-5.5.5-10.1-4-9.6-9.5z",
    "post": "M1.5 3.500h12v8h-12z M1.5 4l6 4.5 6-4.5",
    "web": "M7.5 1.500a6 6 0 1 0 .01 0z M1.5 7.500h12 M7.5 1.500c-4 4-4 8 0 12c4-4 4-8 0-12",
    "app": "M4 1.500h7v12h-7z M6.5 11.500h2",
    "chat": "M1.5 2.500h12v7.500h-7l-3 3v-3h-2z",
    "visit": "M1.5 7.500l6-5.5 6 5.5 M3.5 6.500v6.500h8v-6.5",
    "shop": "M2 6l1-3.500h9l1 3.500z M3 6v7h9v-7 M6 13v-4h3v4",
    "person": "M7.5 2a2.5 2.5 0 1 0 .01 0z M2.5 13c0-6.5 10-6.5 10 0",
    "other": "M7.5 4.500a3 3 0 1 0 .01 0z",
    "none": "M4 7.500h7",
}
ICON_WORDS = {
    "phone": ("phone", "call", "telephone"),
    "post": ("post", "letter", "mail", "e-mail", "email"),
    "web": ("web", "website", "online", "portal"),
    "app": ("app", "mobile", "sms", "text"),
    "chat": ("chat", "social", "message"),
    "visit": ("home", "visit", "engineer"),
    "shop": ("shop", "store", "branch", "counter"),
    "person": ("person", "agent", "human", "face"),
    "none": ("none", "no channel"),
}


def map_html(view: Mapping[str, Any]) -> str:
    """The journey map as an HTML fragment: title, findings, the map as a table, its legend, its numbers."""
    steps = [str(step) for stage in view["stages"] for step in stage["steps"]]
    cells = {step: view["steps"].get(step, {}) for step in steps}
    column = max(NARROWEST, min(WIDEST, (WIDTH - HEADS) // max(len(steps), 1)))
    dense = " dense" if column < 108 else ""
    rows = [_stages(view["stages"]), _steps(cells)]
    rows += [_lane(lane, cells, column) for lane in _lanes(view, cells)]
    columns = f'<col width="{HEADS}">' + f'<col width="{column}">' * len(steps)
    table = (
        f'<table class="map{dense}" width="{HEADS + column * len(steps)}">'
        f'<caption class="unseen">{_text(view.get("title", "Journey map"))}. One column a step, one row a lane.</caption>'
        f"<colgroup>{columns}</colgroup><thead>{rows[0]}{rows[1]}</thead><tbody>{''.join(rows[2:])}</tbody></table>"
    )
    return (
        f'<section class="journey-map"><h3 class="map-title">{_text(view.get("title", ""))}</h3>'
        f'<p class="map-subtitle">{_text(view.get("subtitle", ""))}</p>{_headlines(view.get("headlines", ()))}'
        f'<div class="map-box" tabindex="0" role="region" aria-label="Journey map, scrolls sideways">{table}</div>'
        f"{_legend(cells)}{_numbers(cells)}</section>"
    )


def map_words(view: Mapping[str, Any]) -> str:
    """The map in words: its title, then what is measured at each step."""
    told = []
    for stage in view["stages"]:
        for step in stage["steps"]:
            cell = view["steps"].get(step, {})
            parts = [_measured_words(cell)]
            if _shown(cell.get("nps")):
                parts.append(f"NPS {_estimate(cell['nps'], signed=True)}")
            if _shown(cell.get("complaints")):
                parts.append(f"complaints per 1,000 {_estimate(cell['complaints'])}")
            told.append(f"{cell.get('name', step)}: {', '.join(part for part in parts if part)}")
    return f"{view.get('title', 'Journey map')}. {'; '.join(told)}."


# -- rows -------------------------------------------------------------------------------------------------------------


def _lanes(view: Mapping[str, Any], cells: Mapping[str, Any]) -> list[str]:
    """The lanes in order: as the view lists them; measures that it does not list stand after what customers do and think."""
    listed = [str(lane) for lane in view.get("lanes", ())]
    there = {
        "emotion": lambda cell: cell.get("emotion") is not None or cell.get("assumed") is not None,
        "quotes": lambda cell: bool(cell.get("quotes")),
        "commitment": lambda cell: bool(cell.get("commitment") or cell.get("reactive")),
    }

    def known(lane: str) -> bool:
        has: Callable[[Any], bool] = there.get(lane, lambda cell: cell.get(lane) is not None)
        return lane not in listed and any(has(cell) for cell in cells.values())

    early = [lane for lane in listed if lane in EARLY] + (["quotes"] if known("quotes") else [])
    middle = [lane for lane in MEASURED if known(lane)]
    if set(listed) & set(MEASURED):  # the view has its own order
        return listed + [lane for lane in ("quotes", *MEASURED) if known(lane)]
    return early + middle + [lane for lane in listed if lane not in EARLY]


def _stages(stages: Sequence[Mapping[str, Any]]) -> str:
    heads = "".join(
        f'<th scope="colgroup" class="stage" colspan="{len(stage["steps"])}">{_text(stage["name"])}</th>'
        for stage in stages
        if stage["steps"]
    )
    return f'<tr><td class="corner"></td>{heads}</tr>'


def _steps(cells: Mapping[str, Any]) -> str:
    heads = []
    for step, cell in cells.items():
        spot = cell.get("hot_spot")
        mark = f" hot {'gain' if spot.get('kind') == 'gain' else 'pain'}" if spot else ""
        words = "moment that can delight" if spot and spot.get("kind") == "gain" else "moment that hurts"
        number = (
            f'<b class="spot"><span class="unseen">{words}, number </span>{_text(spot["number"])}</b>' if spot else ""
        )
        channels = "".join(
            f'<span class="channel">{_icon(channel)}{_text(channel)}</span>' for channel in cell.get("channels", ())
        )
        contact = f'<span class="contact">{_text(cell["contact"])}</span>' if cell.get("contact") else ""
        heads.append(
            f'<th scope="col" class="step{mark}">{number}<span class="step-name">{_text(cell.get("name", step))}</span>'
            f'<span class="channels">{channels}{contact}</span></th>'
        )
    return f'<tr><th scope="row" class="lane">Step<small>and how it is met</small></th>{"".join(heads)}</tr>'


def _lane(lane: str, cells: Mapping[str, Any], column: int) -> str:
    name, note = NAMES.get(lane, (lane[:1].upper() + lane[1:], ""))
    small = f"<small>{_text(note)}</small>" if note else ""
    head = f'<th scope="row" class="lane">{_text(name)}{small}</th>'
    if lane == "emotion":
        label = "Emotion by step, assumed by the team and measured. " + "; ".join(
            f"{cell.get('name', step)}: {_measured_words(cell)}" for step, cell in cells.items()
        )
        image = _image(_curve(list(cells.values()), column), label, "curve", column * len(cells), TALL)
        return f'<tr class="emotion">{head}<td class="wide" colspan="{len(cells)}">{image}</td></tr>'
    rates = [cell["complaints"] for cell in cells.values() if _shown(cell.get("complaints"))]
    most = max((rate.get("high") or rate["value"] for rate in rates), default=1) or 1
    make = {
        "nps": lambda cell: _nps(cell.get("nps"), column),
        "complaints": lambda cell: _complaints(cell.get("complaints"), column, most),
        "promise": lambda cell: _promise(cell.get("promise")),
        "commitment": _loop,
        "evidence": lambda cell: _tag("grade", cell.get("evidence")),
        "quotes": lambda cell: "".join(f"<p>{_text(quote)}</p>" for quote in cell.get("quotes", ())),
    }.get(lane, lambda cell: _text((cell.get("lanes") or {}).get(lane)))
    kind = lane if lane in NAMES or lane in EARLY else "words"
    body = "".join(f'<td class="in-{kind}">{make(cell)}</td>' for cell in cells.values())
    return f"<tr>{head}{body}</tr>"


def _nps(score: Mapping[str, Any] | None, column: int) -> str:
    if not _shown(score):
        return _nothing(score, "no answers")
    wide = column - 14

    def x(value: float) -> float:
        return 4 + (wide - 8) * (value + 100) / 200

    drawn = [_straight(4, 9, wide - 4, 9, style.PALE), _straight(x(0), 4, x(0), 14, style.GREY)]
    if score.get("low") is not None and score.get("high") is not None:
        drawn.append(_straight(x(score["low"]), 9, x(score["high"]), 9, style.BLUE, 5, ' stroke-opacity=".4"'))
    drawn.append(f'<circle cx="{x(score["value"]):.1f}" cy="9" r="4.5" fill="{style.BLUE}"/>')
    rail = _image(_svg(drawn, wide, 18), "on a line from −100 to +100", "rail", wide, 18)
    return f"{rail}{_numbered(score, signed=True)}"


def _complaints(rate: Mapping[str, Any] | None, column: int, most: float) -> str:
    if not _shown(rate):
        return _nothing(rate, "not counted")
    wide = column - 14
    scale = (wide - 2) / most
    drawn = [f'<rect x="0" y="4" width="{max(rate["value"] * scale, 1.5):.1f}" height="10" fill="#8b95a3"/>']
    if rate.get("low") is not None and rate.get("high") is not None:
        drawn.append(_straight(rate["low"] * scale, 9, rate["high"] * scale, 9, style.INK, 1.6))
    bar = _image(_svg(drawn, wide, 18), "bar with its interval", "rail", wide, 18)
    return f"{bar}{_numbered(rate)}"


def _numbered(figure: Mapping[str, Any], signed: bool = False) -> str:
    digits = _digits(figure)
    value = style.number(figure["value"], digits, signed)
    interval = ""
    if figure.get("low") is not None and figure.get("high") is not None:
        interval = f'<span class="part">({style.number(figure["low"], digits)} to {style.number(figure["high"], digits)})</span>'
    base = f'<span class="part">n {style.number(figure["n"])}</span>' if figure.get("n") is not None else ""
    return f'<span class="figures"><b>{value}</b> {interval} {base}</span>'


def _promise(promise: Mapping[str, Any] | None) -> str:
    if not promise:
        return ""
    return f"{_text(promise.get('words'))} {_tag('kept', promise.get('kept'))}"


def _loop(cell: Mapping[str, Any]) -> str:
    done, left_out = set(cell.get("commitment") or ()), set(cell.get("reactive") or ())
    if not done and not left_out:
        return '<span class="nothing">none</span>'
    dots, told = [], []
    for one in COMMITMENTS:
        state = "made" if one in done else "reactive" if one in left_out else "open"
        dots.append(f'<span class="dot {state}"></span>')
        if state != "open":
            told.append(one if state == "made" else f"{one} left out: reactive point")
    return f'<span class="loop">{"".join(dots)}</span><span class="unseen">{"; ".join(told)}</span>'


def _tag(kind: str, word: object) -> str:
    if not word:
        return ""
    known = {"assumed", "anecdotal", "measured", "corroborated", "kept", "late", "broken"}
    return f'<span class="tag {word if word in known else kind}">{_text(word)}</span>'


def _nothing(figure: Mapping[str, Any] | None, words: str) -> str:
    return f'<span class="nothing">{"hidden" if figure and figure.get("hidden") else words}</span>'


# -- the curve --------------------------------------------------------------------------------------------------------


def curve_labels(cells: Sequence[Mapping[str, Any]], column: int) -> tuple[list[Placed], list[Segment], list[Box]]:
    """Where the curve's labels stand, with the lines and dots they must keep clear of."""
    return _Curve(cells, column).labels()


class _Curve:
    """The emotion lane in pixels: assumed and measured points, the band, surprises and what has no answer."""

    def __init__(self, cells: Sequence[Mapping[str, Any]], column: int):
        self.cells, self.column, self.wide = cells, column, column * len(cells)
        felt = [cell.get("emotion") for cell in cells]
        self.felt = [one if _shown(one) else None for one in felt]
        self.hidden = [bool(one and one.get("hidden")) for one in felt]
        self.guess = [cell.get("assumed") for cell in cells]
        values = [guess for guess in self.guess if guess is not None]
        values += [one[key] for one in self.felt if one for key in ("value", "low", "high") if one.get(key) is not None]
        self.high = min(100.0, max(35.0, max(values, default=0) + 6))
        self.low = max(-100.0, min(-35.0, min(values, default=0) - 6))

    def x(self, at: int) -> float:
        return self.column * (at + 0.5)

    def y(self, value: float) -> float:
        return FOOT + (TALL - 2 * FOOT) * (self.high - value) / (self.high - self.low)

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
            surprise, felt, guess = cell.get("surprise"), self.felt[at], self.guess[at]
            if surprise and felt and guess is not None:
                gap = surprise.get("value", felt["value"] - guess)
                text = surprise.get("text") or f"{style.number(gap, signed=True)} than assumed"
                found.append((at, felt["value"], guess, text, style.ORANGE if gap < 0 else style.BLUE))
        return found

    def silent(self) -> list[tuple[int, str]]:
        """Steps without a measured point, and what to say there."""
        return [
            (at, "hidden" if self.hidden[at] else "nobody asked") for at, felt in enumerate(self.felt) if felt is None
        ]

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
        return place(wanted, lines, dots, Box(2, 1, self.wide - 2, TALL - 1), shy), lines, dots

    def marks(self) -> list[int]:
        return [
            mark
            for mark in range(-80, 81, 40 if self.high - self.low > 100 else 20)
            if self.low + 4 <= mark <= self.high - 4
        ]

    def svg(self) -> str:
        drawn = []
        for mark in self.marks():
            shade = style.PALE if mark == 0 else "#eef0f3"
            drawn.append(_straight(28, self.y(mark), self.wide, self.y(mark), shade))
            drawn.append(_write(4, self.y(mark) + 4, style.number(mark, signed=True), style.DIM, 10.5, "start"))
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
            drawn.append(_straight(self.x(at), self.y(guess), self.x(at), self.y(value), shade, 1.6))
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
        return _svg(drawn, self.wide, TALL)

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
        return f'<polygon points="{_points(outline)}" fill="{style.BLUE}" fill-opacity=".14"/>'

    def polyline(self, values: Sequence[float | None], pen: str) -> list[str]:
        """The line through these values, broken where there is none."""
        runs: list[list[tuple[float, float]]] = [[]]
        for at, value in enumerate(values):
            if value is not None:
                runs[-1].append((self.x(at), self.y(value)))
            elif runs[-1]:
                runs.append([])
        return [f'<polyline points="{_points(run)}" fill="none" {pen}/>' for run in runs if len(run) > 1]


def _curve(cells: Sequence[Mapping[str, Any]], column: int) -> str:
    return _Curve(cells, column).svg()


def _label(spot: Placed, text: str, shade: str, bold: bool) -> list[str]:
    """A label in the size that found room: on one line, on two, or its first word alone."""
    first, _, rest = text.partition(" ")
    middle = (spot.box.left + spot.box.right) / 2
    size = 12 if bold else 11
    if spot.size == 0 or not rest:
        return [_write(middle, spot.box.top + 12, text, shade, size, "middle", bold)]
    lines = [_write(middle, spot.box.top + 12, first, shade, size + bold, "middle", bold)]
    if spot.size == 1:
        lines.append(_write(middle, spot.box.top + 25, rest, shade, 10.5 if bold else 11, "middle", bold))
    return lines


# -- around the map ---------------------------------------------------------------------------------------------------


def _headlines(headlines: Sequence[Mapping[str, Any]]) -> str:
    told = "".join(
        f'<li class="headline {one["tone"] if one.get("tone") in ("pain", "gain") else "plain"}">{_text(one["text"])}'
        f"<small>{_text(one.get('note'))}</small></li>"
        for one in headlines[:3]
    )
    return f'<ul class="headlines">{told}</ul>' if told else ""


def _legend(cells: Mapping[str, Any]) -> str:
    dashed = _svg([_straight(0, 6, 26, 6, style.GREY, 1.6, ' stroke-dasharray="5 4"')], 26, 12)
    solid = _svg(
        [
            f'<rect width="26" height="12" fill="{style.BLUE}" fill-opacity=".14"/>',
            _straight(0, 6, 26, 6, style.BLUE, 2.6),
        ],
        26,
        12,
    )
    parts = []
    if any(cell.get("assumed") is not None for cell in cells.values()):
        parts.append(f"<span>{_image(dashed, '', 'key', 26, 12)} what the team assumed</span>")
    if any(_shown(cell.get("emotion")) for cell in cells.values()):
        parts.append(f"<span>{_image(solid, '', 'key', 26, 12)} measured, with its interval</span>")
    kinds = {(cell.get("hot_spot") or {}).get("kind") for cell in cells.values()}
    if "pain" in kinds:
        parts.append('<span><b class="spot pain">1</b> hot spot that hurts</span>')
    if "gain" in kinds:
        parts.append('<span><b class="spot gain">1</b> hot spot that can delight</span>')
    if any(cell.get("reactive") for cell in cells.values()):
        parts.append('<span><span class="dot reactive"></span> commitment left out: reactive point</span>')
    if any(_withheld(cell) for cell in cells.values()):
        parts.append("<span>hidden: the base is too small to be shown</span>")
    return f'<p class="legend">{"".join(parts)}</p>' if parts else ""


def _withheld(cell: Mapping[str, Any]) -> bool:
    return any(bool((cell.get(key) or {}).get("hidden")) for key in ("emotion", "nps", "complaints"))


def _numbers(cells: Mapping[str, Any]) -> str:
    heads = (
        "Step",
        "Assumed",
        "Emotion measured",
        "Surprise",
        "NPS",
        "Complaints per 1,000",
        "Promise",
        "Left out",
        "Evidence",
    )
    rows = []
    for step, cell in cells.items():
        surprise, promise = cell.get("surprise") or {}, cell.get("promise") or {}
        told = [
            style.number(cell["assumed"], signed=True) if cell.get("assumed") is not None else "–",
            _cell(cell.get("emotion"), "nobody asked", True),
            str(surprise.get("text") or (style.number(surprise["value"], signed=True) if "value" in surprise else "–")),
            _cell(cell.get("nps"), "no answers", True),
            _cell(cell.get("complaints"), "not counted"),
            str(promise.get("kept") or "–"),
            ", ".join(map(str, cell.get("reactive") or ())) or "–",
            str(cell.get("evidence") or "–"),
        ]
        values = "".join(f"<td>{_text(one)}</td>" for one in told)
        rows.append(f'<tr><th scope="row">{_text(cell.get("name", step))}</th>{values}</tr>')
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    return (
        '<details><summary>Table</summary><div class="scroll"><table class="numbers">'
        "<caption>The map's numbers: estimate, 95 % interval, base (n).</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _cell(figure: Mapping[str, Any] | None, nothing: str, signed: bool = False) -> str:
    if not _shown(figure):
        return "hidden" if figure and figure.get("hidden") else nothing
    return _estimate(figure, signed)


def _estimate(figure: Mapping[str, Any], signed: bool = False) -> str:
    digits = _digits(figure)
    return style.estimate(figure["value"], figure.get("low"), figure.get("high"), figure.get("n"), digits, signed)


def _digits(figure: Mapping[str, Any]) -> int:
    """One decimal for small numbers that have one, else none."""
    told = [figure[key] for key in ("value", "low", "high") if figure.get(key) is not None]
    return 0 if abs(figure["value"]) >= 10 or all(float(one).is_integer() for one in told) else 1


def _measured_words(cell: Mapping[str, Any]) -> str:
    felt, guess = cell.get("emotion"), cell.get("assumed")
    told = [f"assumed {style.number(guess, signed=True)}"] if guess is not None else []
    told.append(f"measured {_estimate(felt, True)}" if _shown(felt) else _cell(felt, "nobody asked"))
    return ", ".join(told)


# -- small things -----------------------------------------------------------------------------------------------------


def _shown(figure: Mapping[str, Any] | None) -> TypeGuard[Mapping[str, Any]]:
    return figure is not None and not figure.get("hidden") and figure.get("value") is not None


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))


def _image(svg: str, alt: str, kind: str, width: float, height: float) -> str:
    packed = base64.b64encode(svg.encode()).decode()
    return (
        f'<img class="{kind}" src="data:image/svg+xml;base64,{packed}" alt="{escape(alt)}" '
        f'width="{round(width)}" height="{round(height)}">'
    )


def _svg(drawn: Sequence[str], width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{escape(style.FONT)}">{"".join(drawn)}</svg>'
    )


def _straight(x0: float, y0: float, x1: float, y1: float, shade: str, width: float = 1, more: str = "") -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{shade}" stroke-width="{width:g}"{more}/>'


def _write(x: float, y: float, text: str, shade: str, size: float, anchor: str, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{shade}" font-size="{size:g}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _icon(channel: object) -> str:
    word = str(channel).strip().casefold()
    kind = next((kind for kind, names in ICON_WORDS.items() if word in names), "other")
    path = f'<path d="{ICONS[kind]}" fill="none" stroke="{style.DIM}" stroke-width="1.2" stroke-linejoin="round"/>'
    return _image(_svg([path], 15, 15), "", "icon", 13, 13)


def map_css() -> str:
    """The map's style, for the page that holds it."""
    from importlib.resources import files

    return files("workbench.figures").joinpath("map.css").read_text(encoding="utf-8")
