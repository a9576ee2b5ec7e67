"""Two runs of a journey side by side, and one run walked a card at a time. Takes plain values; escapes every word.

Nothing here needs a script: the walk is a row of cards that is read from left to right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.figures import style
from workbench.figures.boards import SPOTS, image, line, scrolling, text, titled, write

if TYPE_CHECKING:
    from workbench.finding import Finding

WIDTH, HEADS = 1300, 124
NARROWEST, WIDEST = 112, 290  # pixels of a step
TALL, FOOT = 150, 16
MOODS = {"good": style.BLUE, "bad": style.ORANGE, "usual": "#4c5563"}
ROWS = (("channel", "Met by"), ("doing", "Doing"), ("thinking", "Thinking"), ("feeling", "Feeling"), ("next", "Next"))


def runs_html(finding: Finding) -> str:
    """Both runs over the same steps: their curves of emotion and trust, then what they do, think, feel and do next."""
    picture = finding.picture
    steps, runs = picture["steps"], picture["runs"]
    if not steps:
        return titled(finding.sentence)
    column = max(NARROWEST, min(WIDEST, (WIDTH - HEADS) // len(steps)))
    colours = _colours(runs)
    heads = "".join(
        f'<th scope="col" class="step{" same" if not one["apart"] else ""}">{text(one["name"])}</th>' for one in steps
    )
    rows = [f'<tr><td class="corner"></td>{heads}</tr>']
    body = [
        _curve(what, steps, runs, colours, column)
        for what in ("emotion", "trust")
        if any(side[what] is not None for one in steps for side in one["sides"])
    ]
    body += [
        _said(what, name, steps, runs)
        for what, name in ROWS
        if any(side[what] for one in steps for side in one["sides"])
    ]
    columns = f'<col width="{HEADS}">' + f'<col width="{column}">' * len(steps)
    table = (
        f'<table class="runs-table" width="{HEADS + column * len(steps)}">'
        f'<caption class="unseen">{text(finding.sentence)}</caption>'
        f"<colgroup>{columns}</colgroup><thead>{rows[0]}</thead><tbody>{''.join(body)}</tbody></table>"
    )
    key = "".join(
        f"<span>{image(_sample(at, colour), 28, 12, '')} <b>{text(run['name'])}</b>"
        f"{' (' + text(run['whom']) + ')' if run['whom'] else ''}, {'a ' + text(run['mood']) + ' run'}</span>"
        for at, (run, colour) in enumerate(zip(runs, colours, strict=True))
    )
    return f'{titled(finding.sentence)}<p class="key-line">{key}</p>{scrolling(table, "Two runs side by side, scrolls sideways")}'


def runs_words(finding: Finding) -> str:
    """Both runs in words, step by step, where they differ."""
    names = [run["name"] for run in finding.picture["runs"]]
    told = []
    for one in finding.picture["steps"]:
        if one["apart"]:
            sides = [f"{name}: {_spoken(side)}" for name, side in zip(names, one["sides"], strict=True)]
            told.append(f"{one['name']}: {'; '.join(sides)}")
    same = len(finding.picture["steps"]) - len(told)
    rest = f" The same at {same} {'step' if same == 1 else 'steps'}." if same else ""
    return f"{finding.sentence} {'. '.join(told)}{'.' if told else ''}{rest}"


def walk_html(finding: Finding) -> str:
    """One run in the customer's shoes: a card a step, with what they do, think and feel, their trust, their words, what next."""
    picture = finding.picture
    colour = "gain" if picture["mood"] == "good" else "pain" if picture["mood"] == "bad" else "plain"
    cards = "".join(_card(at, len(picture["cards"]), one) for at, one in enumerate(picture["cards"], start=1))
    return (
        f'{titled(finding.sentence)}<details class="walk-through"><summary>Walk it, one step at a time</summary>'
        f'<ol class="cards {colour}">{cards}</ol></details>'
    )


def walk_words(finding: Finding) -> str:
    """The run in words, step by step."""
    told = [f"{at}. {one['name']}: {_spoken(one)}" for at, one in enumerate(finding.picture["cards"], start=1)]
    return f"{finding.sentence} {' '.join(told)}"


# -- inside -----------------------------------------------------------------------------------------------------------


def _colours(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    first, second = (MOODS.get(run["mood"], MOODS["usual"]) for run in runs)
    return [first, second if second != first else style.GREY]


def _sample(at: int, colour: str) -> list[str]:
    return [
        line(0, 6, 28, 6, colour, 2.4, ' stroke-dasharray="6 4"' if at else ""),
        f'<circle cx="14" cy="6" r="4" fill="{"#fff" if at else colour}" stroke="{colour}" stroke-width="2"/>',
    ]


def _curve(
    what: str,
    steps: Sequence[Mapping[str, Any]],
    runs: Sequence[Mapping[str, Any]],
    colours: Sequence[str],
    column: int,
) -> str:
    wide = column * len(steps)

    def x(at: int) -> float:
        return column * (at + 0.5)

    def y(value: float) -> float:
        return FOOT + (TALL - 2 * FOOT) * (100 - value) / 200

    drawn = [line(0, y(0), wide, y(0), style.PALE)]
    drawn += [write(2, y(mark) + 4, style.number(mark, signed=True), style.DIM, 10) for mark in (100, 0, -100)]
    for side, colour in enumerate(colours):
        values = [one["sides"][side][what] for one in steps]
        dash = ' stroke-dasharray="6 4"' if side else ""
        drawn += [
            line(x(at), y(one), x(at + 1), y(after), colour, 2.4, dash)
            for at, (one, after) in enumerate(zip(values, values[1:], strict=False))
            if one is not None and after is not None
        ]
        drawn += [
            f'<circle cx="{x(at):.1f}" cy="{y(one):.1f}" r="4.500" fill="{"#fff" if side else colour}" '
            f'stroke="{colour}" stroke-width="2"/>'
            for at, one in enumerate(values)
            if one is not None
        ]
    for at, one in enumerate(steps):
        drawn += _labels([side[what] for side in one["sides"]], colours, x(at), y)
    told = "; ".join(
        f"{one['name']}: "
        + ", ".join(f"{run['name']} {_level(side[what])}" for run, side in zip(runs, one["sides"], strict=True))
        for one in steps
    )
    picture = image(drawn, wide, TALL, f"Assumed {what} by step. {told}")
    head = f'<th scope="row">{what.capitalize()}<small>assumed, −100 to +100</small></th>'
    return f'<tr class="curve-row">{head}<td class="wide" colspan="{len(steps)}">{picture}</td></tr>'


def _labels(values: Sequence[float | None], colours: Sequence[str], x: float, y: Any) -> list[str]:
    """The figures of both runs at a step: the higher over its dot, the lower under it; one where they are the same."""
    first, second = values
    known = [(value, colour) for value, colour in zip(values, colours, strict=True) if value is not None]
    if first is not None and first == second:
        known = [(first, style.DIM)]
    known.sort(key=lambda one: -one[0])
    found = []
    for place, (value, colour) in enumerate(known):
        over = place == 0 and y(value) > 22
        at = y(value) - 8 if over else min(y(value) + 17, TALL - 1)
        found.append(
            write(x, at, style.number(value, signed=True), colour, 11, ' text-anchor="middle" font-weight="600"')
        )
    return found


def _said(what: str, name: str, steps: Sequence[Mapping[str, Any]], runs: Sequence[Mapping[str, Any]]) -> str:
    cells = []
    for one in steps:
        first, second = (side[what] for side in one["sides"])
        if first == second:
            cells.append(f'<td class="same in-{what}">{text(first)}</td>')
        else:
            sides = "".join(
                f'<p class="side {_tone(run, at)}"><span class="unseen">{text(run["name"])}: </span>{text(words) or "–"}</p>'
                for at, (run, words) in enumerate(zip(runs, (first, second), strict=True))
            )
            cells.append(f'<td class="in-{what}">{sides}</td>')
    return f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>'


def _tone(run: Mapping[str, Any], at: int) -> str:
    return {"good": "gain", "bad": "pain"}.get(run["mood"], "plain") + (" second" if at else "")


def _card(at: int, many: int, one: Mapping[str, Any]) -> str:
    spot = f'<span class="moment">{SPOTS[one["hot_spot"]]}</span>' if one["hot_spot"] in SPOTS else ""
    levels = "".join(
        f'<p class="level">{image(_scale(one[what]), 104, 12, "")} <span>{what} {_level(one[what])}</span></p>'
        for what in ("emotion", "trust")
        if one[what] is not None
    )
    lines = "".join(
        f'<p class="{what}"><small>{name}</small>{text(one[what])}</p>'
        for what, name in (
            ("doing", "Doing"),
            ("thinking", "Thinking"),
            ("feeling", "Feeling"),
            ("promised", "Promised"),
        )
        if one[what]
    )
    said = "".join(f"<blockquote>{text(quote)}</blockquote>" for quote in one["quotes"])
    onward = (
        f'<p class="onward"><small>{"Then" if at < many else "At the end"}</small>{text(one["next"])}</p>'
        if one["next"]
        else ""
    )
    return (
        f'<li class="card {one["hot_spot"] if one["hot_spot"] in SPOTS else ""}"><p class="card-head"><small>{at} of {many} · '
        f"{text(one['stage'])}</small><b>{text(one['name'])}</b><span>{text(one['channel'])}</span>{spot}</p>"
        f"{lines}{levels}{said}{onward}</li>"
    )


def _scale(value: float) -> list[str]:
    x = 4 + 96 * (value + 100) / 200
    colour = style.ORANGE if value < 0 else style.BLUE
    return [
        line(4, 6, 100, 6, style.PALE),
        line(52, 2, 52, 10, style.GREY),
        line(52, 6, x, 6, colour, 3),
        f'<circle cx="{x:.1f}" cy="6" r="4" fill="{colour}"/>',
    ]


def _level(value: float | None) -> str:
    return "not assumed" if value is None else style.number(value, signed=True)


def _spoken(one: Mapping[str, Any]) -> str:
    parts = [one["doing"], one["thinking"], one["feeling"]]
    parts += [f"{what} {_level(one[what])}" for what in ("emotion", "trust") if one[what] is not None]
    parts += [f"then {one['next']}"] if one["next"] else []
    return ", ".join(part.rstrip(".") for part in parts if part)
