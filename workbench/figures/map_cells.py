"""What stands in single cells of the map: scores, complaints, promises, commitments, quotes, the grade of evidence.

Takes the cells of a map's view; every word is escaped; what is hidden is said so and its numbers are nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.figures import style
from workbench.figures.map_marks import digits, image, is_shown, straight, svg, text

COMMITMENTS = ("request", "promise", "perform", "accept")
GRADES = ("assumed", "anecdotal", "measured", "corroborated")
KEPT = ("kept", "late", "broken")
LETTERS = 110  # letters of a quote on the map, fewer in a narrow column; all of it stands in the table of numbers
SEEN = {
    "predicted and seen": "reacted",
    "seen, not predicted": "reacted",
    "predicted, not seen": "calm",
    "predicted, not measured": "calm",
}


def nps(score: Mapping[str, Any] | None, column: int) -> str:
    """A score on a line from -100 to 100, with its interval, base and trend."""
    if not is_shown(score):
        return nothing(score, "no answers")
    wide = column - 14

    def x(value: float) -> float:
        return 4 + (wide - 8) * (value + 100) / 200

    drawn = [straight(4, 9, wide - 4, 9, style.PALE), straight(x(0), 4, x(0), 14, style.GREY)]
    if score.get("low") is not None and score.get("high") is not None:
        drawn.append(straight(x(score["low"]), 9, x(score["high"]), 9, style.BLUE, 5, ' stroke-opacity=".4"'))
    drawn.append(f'<circle cx="{x(score["value"]):.1f}" cy="9" r="4.5" fill="{style.BLUE}"/>')
    rail = image(svg(drawn, wide, 18), "on a line from −100 to +100", "rail", wide, 18)
    return f"{rail}{numbered(score, signed=True)}{trend(score)}"


def complaints(cell: Mapping[str, Any], column: int, most: float) -> str:
    """The complaint rate as a bar with its interval, and what most of the complaints are about."""
    rate = cell.get("complaints")
    if not is_shown(rate):
        return nothing(rate, "not counted")
    wide = column - 14
    scale = (wide - 2) / most
    drawn = [f'<rect x="0" y="4" width="{max(rate["value"] * scale, 1.5):.1f}" height="10" fill="#8b95a3"/>']
    if rate.get("low") is not None and rate.get("high") is not None:
        drawn.append(straight(rate["low"] * scale, 9, rate["high"] * scale, 9, style.INK, 1.6))
    bar = image(svg(drawn, wide, 18), "bar with its interval", "rail", wide, 18)
    return f"{bar}{numbered(rate)}{themes(cell)}"


def themes(cell: Mapping[str, Any]) -> str:
    """The theme that most of the complaints speak of."""
    first = next(iter(cell.get("themes") or ()), None)
    if not first:
        return ""
    share = f"{style.number(first['n'])} of {style.number(first['of'])}"
    return f'<span class="theme">{text(first["theme"])} <span class="part">{share}</span></span>'


def trend(figure: Mapping[str, Any]) -> str:
    """What changed over the waves, as a small word; all of it on hovering, and in the table of numbers."""
    moved = figure.get("trend")
    if not moved:
        return ""
    if not moved.get("beyond"):
        return f'<abbr class="trend" title="{text(moved["words"])}">steady</abbr>'
    size = style.number(abs(moved["value"]), 0 if abs(moved["value"]) >= 1 else 1)
    way = "up" if moved["value"] > 0 else "down"
    return f'<abbr class="trend moved" title="{text(moved["words"])}">{way} {size} since {text(moved["since"])}</abbr>'


def numbered(figure: Mapping[str, Any], signed: bool = False) -> str:
    """A figure with its interval and base."""
    places = digits(figure)
    value = style.number(figure["value"], places, signed)
    interval = ""
    if figure.get("low") is not None and figure.get("high") is not None:
        interval = f'<span class="part">({style.number(figure["low"], places)} to {style.number(figure["high"], places)})</span>'
    base = f'<span class="part">n {style.number(figure["n"])}</span>' if figure.get("n") is not None else ""
    return f'<span class="figures"><b>{value}</b> {interval} {base}</span>'


def promise(given: Mapping[str, Any] | None) -> str:
    """What was promised, where and by whom, whether it was kept, and what was delivered."""
    if not given:
        return ""
    where = ", ".join(
        part for part in (text(given.get("where")), f"by {text(given['by'])}" if given.get("by") else "") if part
    )
    told = f"{text(given.get('words'))} {tag(KEPT, given.get('kept'))}"
    told += f'<span class="where">{where}</span>' if where else ""
    if given.get("delivered"):
        told += f'<span class="delivered"><span class="unseen">delivered: </span>{text(given["delivered"])}</span>'
    return told


def loop(cell: Mapping[str, Any]) -> str:
    """The four acts of the step's commitments, those left out, and whether trouble is seen where it is predicted."""
    done, left_out = set(cell.get("commitment") or ()), set(cell.get("reactive") or ())
    observed = cell.get("observed") or {}
    verdict = observed.get("verdict")
    seen = ""
    if verdict:
        seen = f'<abbr class="tag {SEEN.get(verdict, "calm")}" title="{text(observed.get("words"))}">{text(verdict)}</abbr>'
    if not done and not left_out:
        return f'<span class="nothing">none</span>{seen}'
    dots, told = [], []
    for one in COMMITMENTS:
        state = "made" if one in done else "reactive" if one in left_out else "open"
        dots.append(f'<span class="dot {state}"></span>')
        if state != "open":
            told.append(one if state == "made" else f"{one} left out: reactive point")
    return f'<span class="loop">{"".join(dots)}</span><span class="unseen">{"; ".join(told)}. </span>{seen}'


def evidence(cell: Mapping[str, Any]) -> str:
    """The grade of evidence; why it has it on hovering and for readers of the screen."""
    word, reason = cell.get("evidence"), cell.get("reason")
    if not reason:
        return tag(GRADES, word)
    why = str(reason).removeprefix(f"{word}: ")
    kind = word if word in GRADES else "grade"
    return f'<abbr class="tag {kind}" title="{text(why)}">{text(word)}</abbr><span class="unseen">: {text(why)}</span>'


def quotes(cell: Mapping[str, Any], column: int = 200) -> str:
    """What people said: plain words as they are; of those judged, the one on the side on which the step is felt."""
    said = [one if isinstance(one, Mapping) else {"words": one} for one in cell.get("quotes") or ()]
    felt = cell.get("emotion") or cell.get("nps") or {}
    side = "best" if (felt.get("value") or -1) > 0 else "worst"
    judged = [one for one in said if one.get("side")]
    chosen = [one for one in judged if one["side"] == side][:1] or judged[:1] or said
    told = []
    for one in chosen:
        kind = f' class="{one["side"]}"' if one.get("side") in ("best", "worst") else ""
        how = ", ".join(
            part for part in (one.get("kind"), one.get("judged") if one.get("kind") != "interview" else "") if part
        )
        note = f"<small>{text(how)}</small>" if how else ""
        told.append(f"<p{kind}>{text(cut(one.get('words'), column))}{note}</p>")
    return "".join(told)


def cut(words: object, column: int) -> str:
    """Words short enough for a cell of so many pixels, cut at a blank."""
    whole, most = str(words or ""), min(LETTERS, round(0.75 * column))
    if len(whole) <= most:
        return whole
    return f"{whole[:most].rsplit(' ', 1)[0].rstrip(' ,.;:')} …"


def tag(known: tuple[str, ...], word: object) -> str:
    """A word in a box; coloured where it is one of those known."""
    return f'<span class="tag {word if word in known else "grade"}">{text(word)}</span>' if word else ""


def nothing(figure: Mapping[str, Any] | None, words: str) -> str:
    """What stands where there is no figure to show."""
    return f'<span class="nothing">{"hidden" if figure and figure.get("hidden") else words}</span>'
