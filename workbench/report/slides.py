"""The report as slides (`--to pptx`): what to say first, the map, a slide a hot spot, and one for each main question.

A director's deck. Which findings go in is a rule (MAIN): for each question of the list its first finding that makes a chart,
else its first, in this order, up to MOST slides in all; with `every` each finding of the report. What a slide shows is what
`Finding.to_frame` shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from workbench import figures
from workbench.figures import style
from workbench.figures.data import shown
from workbench.finding import HEADS, LONG, UNSHOWN, Finding, cell
from workbench.privacy import HIDDEN
from workbench.report import native, office
from workbench.report.deck import BODY, ROWS, Box, Deck
from workbench.report.releasing import entered, outgoing

if TYPE_CHECKING:
    import pandas as pd

MOST = 25  # slides of a deck, but for `every`
MAIN = (
    *("surprises", "hot_spots", "since", "judge", "nps", "csat", "ces", "complaint_rate", "mean_rating", "drivers"),
    *("themes", "churn_after_complaint", "complained", "rank_solutions", "best_set", "actions"),
    *("follow_up", "persona_shares", "track", "funnel", "precedes", "distribution", "people_found", "set_aside"),
)
STEPS = ("scope", "map", "measure", "why", "solutions", "apply", "explore", "quality")
SHOWN_BY = {"map", "emotion_curve"}  # have slides of their own
COLUMNS = {  # what a table on a slide keeps, where the whole has no room
    "judge": ("claim", "verdict", "in words"),
    "since": ("kind", "what", "where", "said"),
    "follow_up": ("action", "verdict", "in words"),
    "actions": ("action", "department", "due", "status"),
    "best_set": ("solutions", "estimate", "cost"),
    "themes": ("theme", "share %", "estimate", "quote"),
    "solution_outcomes": ("solution", "what", "estimate", "basis"),
}
MEASURED = (  # of a step: its name in a view of the map, its words, what the team assumed of it, its digits
    *(("emotion", "emotion", "assumed", 0), ("trust", "trust", "assumed_trust", 0), ("nps", "NPS", "", 0)),
    *(("csat", "% satisfied", "", 0), ("ces", "ease (CES)", "", 1), ("complaints", "complaints per 1,000", "", 0)),
)
LANES = ("expectation", "experience wanted", "what delivers it", "how we know", "department")


class Study(Protocol):
    """What a deck asks of a study. It may also have `date_line`."""

    @property
    def title(self) -> str: ...
    @property
    def map(self) -> Any: ...
    def headlines(self) -> Iterable[Mapping[str, Any]]: ...
    def findings(self, step: str) -> list[Finding]: ...
    def leaks(self, text: str) -> list[str]: ...


def write(study: Study, path: Path, every: bool = False, draft: bool = False) -> Path:
    """Write a study's report as slides; the path comes back. The same study gives the same bytes.

    every   each finding of the report, instead of the main ones
    draft   it is not entered in the ledger of what was shared
    Raises DataFault, and leaves an earlier deck as it was, where a slide would name a person.
    """
    shared = None if draft else getattr(study, "shared", None)
    found, cells = outgoing([one for step in STEPS for one in study.findings(step)], shared)
    deck = Deck(study.title)
    line = str(getattr(study, "date_line", "") or "")
    first = deck.slide(
        study.title, large=True, notes="Every figure has its base, its interval, its method and its source."
    )
    deck.text(first, line, Box(0.6, 3.9, 12.1, 0.8), (18, 16, 14, 12), dim=True)
    _first(deck, list(study.headlines()), line)
    _map(deck, found)
    for one in chosen(found, every, MOST - len(deck.deck.slides)):
        put(deck, one)
    with entered(shared, "slides", path, cells):
        return office.write(deck.raw(), path, study.leaks)


def chosen(found: Sequence[Finding], every: bool = False, room: int = MOST) -> list[Finding]:
    """The findings that get a slide of their own: the first of each main question in the order of MAIN, or every one."""
    there = [one for one in found if one.name not in SHOWN_BY and len(one.table)]
    if every:
        return there
    first: dict[str, Finding] = {}
    for one in sorted(there, key=lambda one: native.chart_of(one) is None):
        first.setdefault(one.name, one)
    return [first[name] for name in MAIN if name in first][: max(room, 0)]


def put(deck: Deck, finding: Finding) -> None:
    """A finding on a slide: its sentence, a chart that can be edited and its numbers, or a table; base, method, source."""
    slide = deck.slide(finding.sentence, small_print(finding), finding.summary())
    chart = native.chart_of(finding)
    if chart is None:
        heads, rows, shares, left = _table(finding)
        deck.table(slide, heads, rows, BODY, shares, figures.alternative(finding), left=left)
        return
    told = figures.alternative(finding)
    several = len(chart.series) > 2 or (chart.kind == "lines" and len(chart.categories) > ROWS)
    if several:
        native.add(slide, chart, BODY, told)
        return
    native.add(slide, chart, Box(BODY.left, BODY.top, 7.3, BODY.height), told)
    rows = [
        [", ".join(row.labels) or (finding.title or finding.name), *_estimate(row, chart.form)]
        for row in shown(finding)
    ]
    head = " · ".join(str(one).replace("_", " ") for one in finding.by) or "whole journey"
    place = Box(BODY.left + 7.5, BODY.top, BODY.width - 7.5, BODY.height)
    deck.table(slide, [head, "estimate (from to)", "base"], rows, place, (2.1, 2.0, 0.8), f"Table: {told}")


def small_print(finding: Finding) -> str:
    """Base, method and source for the foot of a slide; what has no room stands in the notes."""
    parts = (("Base", finding.base), ("Mind", " ".join(finding.cautions)), ("Method", finding.method))
    told = [f"{word}: {text}" for word, text in parts if text]
    return " · ".join([*told, *([f"Source: {' > '.join(finding.trail)}"] if finding.trail else [])])


def _estimate(row: Any, form: str) -> tuple[str, str]:
    if row.hidden:
        return "hidden", ""
    digits = len(form.partition(".")[2])
    return style.estimate(row.value, row.low, row.high, digits=digits), style.number(
        row.n
    ) if row.n is not None else "–"


def _table(finding: Finding) -> tuple[list[str], list[list[str]], list[float], int]:
    """A finding's table for a slide: heads, rows, the columns' shares of the width, and how many of them stand to the left."""
    frame = finding.to_frame()
    wanted = COLUMNS.get(finding.name, ())
    there = [one for one in frame.columns if one not in {*UNSHOWN, *finding.quiet, HIDDEN}]
    if {"value", "low", "high"} <= {*there}:
        frame.insert(list(frame.columns).index("value"), "estimate", _spans(frame))
        there = ["estimate" if one == "value" else one for one in there if one not in ("low", "high")]
    if wanted:
        there = [one for one in wanted if one in there]
    words = [one for one in there if _is_words(frame[one])]
    if not wanted:  # the groups first, then the figures, as many as can be read
        rest = [one for one in there if one not in finding.by]
        ranked = sorted(rest, key=lambda one: (one not in ("estimate", "n", "verdict"), one in words))
        kept = {*finding.by, *ranked[: max(2, 6 - len(finding.by))]}
        there = [one for one in there if one in kept]
    left = sum(1 for one in there if one in words or one in finding.by)
    there = sorted(there, key=lambda one: one not in words and one not in finding.by)
    hidden = list(frame[HIDDEN]) if HIDDEN in frame else [False] * len(frame)
    rows = [
        [
            "hidden" if withheld and name not in finding.by else cell(value)
            for name, value in zip(there, values, strict=True)
        ]
        for withheld, values in zip(hidden, frame[there].itertuples(index=False, name=None), strict=True)
    ]
    shares = [_share([row[place] for row in rows[:ROWS]], name) for place, name in enumerate(there)]
    return [str(HEADS.get(one, one)).replace("_", " ") for one in there], rows, shares, left


def _spans(frame: pd.DataFrame) -> list[str]:
    """Estimates with their intervals, in one column."""
    told = []
    for value, low, high in zip(frame["value"], frame["low"], frame["high"], strict=True):
        figures_ = [float(one) for one in (value, low, high) if one == one and one is not None]
        if not figures_:
            told.append("–")
            continue
        digits = style.digits_for(figures_)
        numbers = [None if one is None or one != one else float(one) for one in (value, low, high)]
        told.append(style.estimate(numbers[0], numbers[1], numbers[2], digits=digits))
    return told


def _is_words(column: pd.Series) -> bool:
    return any(isinstance(one, str) for one in column) and column.name != "estimate"


def _share(texts: Sequence[str], head: str) -> float:
    """How wide a column wants to be: as its texts, long ones asking for room and no more than for five lines or so."""
    longest = max([*map(len, texts), len(head)], default=1)
    return float(min(max(longest, 7), LONG * 1.4)) ** 0.8


def _first(deck: Deck, told: Sequence[Mapping[str, Any]], base: str) -> None:
    """What to say first: each headline with its base, one below the other."""
    if not told:
        return
    slide = deck.slide("What we found", base, "\n".join(f"{one.get('text')} ({one.get('note')})" for one in told))
    height = BODY.height / len(told)
    for place, one in enumerate(told):
        top = BODY.top + place * height
        deck.text(slide, str(one.get("text", "")), Box(BODY.left, top, BODY.width, height * 0.62), (24, 22, 20, 18, 16))
        note = Box(BODY.left, top + height * 0.64, BODY.width, height * 0.3)
        deck.text(slide, str(one.get("note") or ""), note, (13, 12, 11, 10, 9), dim=True)


def _map(deck: Deck, found: Sequence[Finding]) -> None:
    """The map as tables, the emotion curve as a chart, and a slide a hot spot."""
    the_map = next((one for one in found if one.name == "map" and one.picture.get("view")), None)
    if the_map is None:
        return
    view = the_map.picture["view"]
    cells = list(view["steps"].values())
    wanted = [one for one in MEASURED if any(step.get(one[0]) is not None for step in cells)][:4]
    assumed = any(step.get("assumed") is not None for step in cells)
    heads = ["step", *(["assumed emotion"] if assumed else []), *(one[1] for one in wanted), "base", "evidence"]
    rows = []
    for step in cells:
        spot = step.get("hot_spot")
        row = [step["name"] + (f" ({spot['kind']})" if spot else "")]
        row += [_signed(step.get("assumed"))] if assumed else []
        row += [_measured(step.get(key), digits) for key, _, _, digits in wanted]
        row += [
            next((_n(step.get(one[0])) for one in wanted if step.get(one[0])), "–"),
            str(step.get("evidence") or "–"),
        ]
        rows.append(row)
    shares = [2.1, *([0.9] if assumed else []), *([1.7] * len(wanted)), 0.7, 1.1]
    for start in range(0, len(rows), 12):
        part = f" ({start // 12 + 1})" if len(rows) > 12 else ""
        slide = deck.slide(f"{view['title']}{part}", small_print(the_map), the_map.summary())
        told = figures.alternative(the_map)
        deck.table(slide, heads, rows[start : start + 12], BODY, shares, told, size=13)
    curve = next((one for one in found if one.name == "surprises" and one.picture.get("unit") == "emotion"), None)
    curve = curve or next((one for one in found if one.name == "emotion_curve"), None)
    if curve is not None and curve.name == "emotion_curve":
        put(deck, curve)
    for step in cells:
        if step.get("hot_spot"):
            _hot_spot(deck, step, the_map)


def _hot_spot(deck: Deck, step: Mapping[str, Any], the_map: Finding) -> None:
    """A hot spot: what was assumed and measured there, what people expect and want, in their own words."""
    kind = {"pain": "a moment of pain", "gain": "a moment of gain"}.get(step["hot_spot"]["kind"], "a hot spot")
    lead = ""
    for key, name, _, digits in MEASURED[:-1]:
        one = step.get(key)
        if one and not one.get("hidden"):
            lead = f": {name} {_measured(one, digits)[:-1]}; {style.number(one['n'])} answers)"
            break
    surprise = f", {step['surprise']['text']}" if step.get("surprise") else ""
    notes = f"{step.get('reason', '')}\n\n{the_map.summary()}"
    slide = deck.slide(f"“{step['name']}” is {kind}{lead}{surprise}", small_print(the_map), notes)
    rows = [
        [name, _signed(step.get(guess)) if guess else "–", _measured(step.get(key), digits), _n(step.get(key))]
        for key, name, guess, digits in MEASURED
        if step.get(key) is not None
    ]
    half = Box(BODY.left, BODY.top, 6.4, BODY.height)
    if rows:
        told = "; ".join(f"{name}: assumed {guess}, measured {value}, base {n}" for name, guess, value, n in rows)
        deck.table(
            slide, ["measure", "assumed", "measured (from to)", "base"], rows, half, (1.8, 0.9, 1.7, 0.8), told, 13
        )
    lanes = [[lane, str(step["lanes"][lane])] for lane in LANES if step.get("lanes", {}).get(lane)]
    quotes = [["in their words", f"“{one['words']}”"] for one in step.get("quotes", ()) if isinstance(one, Mapping)][:2]
    if lanes or quotes:
        place = Box(BODY.left + 6.7, BODY.top, BODY.width - 6.7, BODY.height)
        deck.table(
            slide, ["lane", "what stands there"], [*lanes, *quotes], place, (1, 3), "What stands on the map", 12, left=2
        )


def _measured(one: Mapping[str, Any] | None, digits: int) -> str:
    if not one:
        return "–"
    return (
        "hidden"
        if one.get("hidden")
        else style.estimate(one.get("value"), one.get("low"), one.get("high"), digits=digits)
    )


def _n(one: Mapping[str, Any] | None) -> str:
    return "–" if not one or one.get("hidden") else style.number(one.get("n"))


def _signed(value: float | None) -> str:
    return "–" if value is None else style.number(value, signed=True)
