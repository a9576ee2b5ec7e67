"""What columns seem to be in company: options of one question, ranks, blocks of ratings, the one person, the one time.

Takes what each seems alone and mends it by its neighbours. Knows no tool.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from workbench.profiling import words
from workbench.profiling.looks import RATINGS, Judged, Look
from workbench.profiling.roles import TICKS, UNTICKS

TIMES = (
    "when it was answered",
    "when it was opened",
    "when it happened",
    "when it was closed",
    "when the customer came",
)
Set = tuple[str, str, Sequence[str]]  # a multiple-response set: its label, the counted value, its columns


def together(looks: Sequence[Look], judged: list[Judged], sets: Sequence[Set] = ()) -> None:
    """Mend what each column seems, in place."""
    for named in sets:
        _declared(looks, judged, named)
    blocks = _blocks(looks)
    for stem, places in blocks.items():
        _options(stem, [place for place in places if not judged[place].group], looks, judged)
        _ranks(stem, places, looks, judged)
        _slots(places, looks, judged)
        _one_scale(places, looks, judged)
    _alike(looks, judged)
    _beside(looks, judged)
    for place, one in enumerate(judged):  # an option that stands alone under its own name
        if one.seems == "constant" and looks[place].filled < looks[place].rows:
            only = str(looks[place].counts.index[0])
            if looks[place].heading.casefold().endswith(only.casefold()) and len(looks[place].heading) > len(only) + 3:
                _ticked(one, looks[place].heading[: -len(only)].rstrip(" -–:[("), only, looks[place])


def person(looks: Sequence[Look], judged: list[Judged]) -> None:
    """One column is who it is about: the surest; the others are other ids."""
    found = [place for place, one in enumerate(judged) if one.seems == "who it is about"]
    keys = [place for place, one in enumerate(judged) if one.seems == "another key of a person"]
    if not found and keys:
        best = max(keys, key=lambda place: (words.NAMED.fullmatch(looks[place].plain) is None, judged[place].sure))
        if "@" not in str(looks[best].text.iloc[0]):
            judged[best].seems, judged[best].doubt = "who it is about", "no other id: check that it is the person's"
        return
    if not found:
        return
    best = max(found, key=lambda place: (judged[place].sure, looks[place].filled >= 0.9 * looks[place].rows, -place))
    for place in found:
        if place != best:
            unique = looks[place].distinct >= 0.999 * looks[place].filled
            own = unique and (
                looks[best].distinct < 0.99 * looks[best].filled or looks[place].plain in ("id", "nr", "no", "row")
            )
            judged[place].seems = "the row's own number" if own else "an id of something else"
            judged[place].doubt = f'it may be the person\'s instead of "{looks[best].heading}"'
    if len(found) > 1 and judged[best].sure < 0.85:
        others = ", ".join(f'"{looks[place].heading}"' for place in found if place != best)
        judged[best].doubt = f"{others} could be it too"


def answers(judged: list[Judged]) -> None:
    """Where a survey names nobody, the number of the answer stands for who gave it."""
    if all(one.seems != "who it is about" for one in judged):
        for one in judged:
            if one.seems == "the row's own number":
                one.seems, one.doubt, one.sure = "who it is about", "it may number answers, not people", 0.4
                return


def moments(looks: Sequence[Look], judged: list[Judged], kind: str) -> None:
    """One column is the time that counts for this kind of file; the other dates stand beside it."""
    usual = {"events": "when it happened", "complaints": "when it was opened", "people": "when the customer came"}
    wanted = usual.get(kind, "when it was answered")
    closed = "when it was closed" if kind == "complaints" else None
    dates = [place for place, one in enumerate(judged) if one.seems in (*TIMES, "a date")]

    def fits(place: int) -> tuple[bool, bool, bool, int]:
        one = judged[place]
        full = looks[place].filled >= 0.7 * looks[place].rows
        return one.seems == wanted, one.seems == "a date", full, -place

    best = max(dates, key=fits, default=None)
    if best is not None and kind == "people" and judged[best].seems != wanted:
        best = None
    if not dates and kind != "people":  # better a time beside it than none
        near = [place for place, one in enumerate(judged) if one.seems == "another date or time"]
        near = [place for place in near if not words.NEVER_THE_TIME.search(looks[place].plain)]
        best = max(near, key=lambda place: (looks[place].filled >= 0.7 * looks[place].rows, -place), default=None)
        if best is not None and looks[best].filled >= 0.7 * looks[best].rows:
            judged[best].seems, judged[best].doubt = wanted, "the only date that could be it: check what it dates"
    for place in dates:
        one = judged[place]
        if place == best:
            if one.seems != wanted:
                one.doubt = "; ".join(
                    part for part in (one.doubt, "the only date that fits: check what it dates") if part
                )
            one.seems = wanted
        elif one.seems != closed:
            one.seems = "another date or time"
    shut = [place for place in dates if judged[place].seems == closed]
    for place in shut[1:]:
        judged[place].seems = "another date or time"


def category(looks: Sequence[Look], judged: list[Judged]) -> None:
    """What a complaint is about: the heading that says it best."""
    for pattern in words.CATEGORY:
        for look, one in zip(looks, judged, strict=True):
            if (
                one.seems in ("a segment", "what happened", "a text")
                and pattern.search(look.plain)
                and look.distinct > 1
            ):
                one.seems, one.why = "what a complaint is about", f"its heading, and {look.distinct} distinct texts"
                return


# -- blocks -----------------------------------------------------------------------------------------------------------


def _blocks(looks: Sequence[Look]) -> dict[str, list[int]]:
    """Columns that share a stem: "Q1_1, Q1_2", "Q5[SQ001]", "question - option", "used_phone, used_shop"."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, look in enumerate(looks):
        for stem in _stems(look.heading):
            found[stem].append(place)
    return {stem: places for stem, places in sorted(found.items(), key=lambda item: -len(item[0])) if len(places) > 1}


def _stems(heading: str) -> list[str]:
    patterns = (
        r"(?P<stem>.+?)\[[^\[\]]*\]", r"(?P<stem>.{4,}) [-–] .+", r"(?P<stem>.{4,}?): .+", r"(?P<stem>.{4,})/.+",
        r"(?P<stem>.*[A-Za-z].*[_#.:-])-?\w{1,4}", r"(?P<stem>.*[A-Za-z].*_)[A-Za-z]\w*", r"(?P<stem>[A-Za-z]\w*?)\d{1,3}",
        r"(?P<stem>[A-Za-z]+\d+)[A-Za-z]+", r"(?P<stem>.*\d[A-Z]{3,})[A-Z]",
    )  # fmt: skip
    found = [match["stem"] for pattern in patterns if (match := re.fullmatch(pattern, heading.strip(), re.S))]
    return list(dict.fromkeys(found))


def _tail(heading: str, stem: str) -> str:
    return heading.strip()[len(stem) :].strip(" -–:_#./[]()") or heading.strip()


def _marks(look: Look) -> str:
    """How a column is ticked: by words (1/0, yes/no), by a tick and a blank, or by its own label; an empty text if not."""
    seen = {str(one).strip().casefold() for one in look.answered.index} - {"-99"}
    if look.labels:
        seen = {look.labels.get(str(one), str(one)).strip().casefold() for one in look.counts.index}
    if not seen or len(seen) > 2:
        return ""
    if seen <= TICKS | UNTICKS and seen & TICKS and len(seen & TICKS) == 1 and len(seen & UNTICKS) <= 1:
        return "words"
    if seen <= UNTICKS and len(seen) == 1:
        return "none"
    return "own" if len(seen - UNTICKS) == 1 and (look.filled < look.rows or seen & UNTICKS) else ""


def _options(stem: str, places: list[int], looks: Sequence[Look], judged: list[Judged]) -> None:
    """Columns of one stem that are only ticked or not are options of one question."""
    ways = {place: _marks(looks[place]) for place in places}
    ticked = [place for place in places if ways[place] and judged[place].seems not in ("who somebody is", "technical")]
    if len([place for place in ticked if ways[place] != "none"]) < 2 or len(ticked) < 0.5 * len(places):
        return
    written = [frozenset(map(str.casefold, map(str, looks[place].counts.index))) for place in ticked]
    plain_words = [one for place, one in zip(ticked, written, strict=True) if ways[place] == "words"]
    forms = {frozenset(one & {"1", "0"} and {"digit"} or {"word"}) for one in plain_words}
    if len(forms) > 1 or (plain_words and any(ways[place] == "own" for place in ticked)):
        return
    owns = [
        next(iter(one)) for place, one in zip(ticked, written, strict=True) if ways[place] == "own" and len(one) == 1
    ]
    if (
        len(owns) > 1
        and len(set(owns)) < 0.7 * len(owns)
        or any(looks[place].dictionary and not looks[place].labels for place in ticked)
    ):
        return
    numbered = bool(re.search(r"[\d\]]$", looks[ticked[0]].heading.strip())) or any(mark in stem for mark in "[-#:/_")
    numbered = numbered or looks[ticked[0]].heading.strip()[len(stem) : len(stem) + 1] in ("/", "[")
    if not numbered or (
        forms == {frozenset({"word"})} and len(ticked) < 3 and not any(mark in stem for mark in "[-#/")
    ):
        return
    for place in ticked:
        look = looks[place]
        own = str(look.counts.index[0]) if ways[place] == "own" else ""
        name = own or _name(look, stem)
        _ticked(judged[place], stem.rstrip(" -–:_#./[("), name, look)


def _name(look: Look, stem: str) -> str:
    wording = look.wording.strip()
    if wording and not look.labels:
        inner = re.findall(r"\[([^\[\]]+)\]\s*$", wording) or re.split(r" ?[-–:] ?", wording)[-1:]
        return inner[0].strip()[:80] or _tail(look.heading, stem)
    return wording[:80] or _tail(look.heading, stem)


def _ticked(one: Judged, group: str, name: str, look: Look) -> None:
    values = [str(text) for text in look.answered.index]
    off = [text for text in values if look.labels.get(text, text).strip().casefold() in UNTICKS]
    one.seems, one.group, one.option = "an option", group, name
    one.why, one.doubt = f'ticked or not, as others of "{group[:40]}"', ""
    one.chosen = [text for text in values if text not in off]
    one.unchosen = [text for text in off if text != "-99"]
    one.missing = [text for text in look.counts.index if text == "-99" or text not in look.answered.index]
    if not one.unchosen and look.filled < look.rows:
        one.doubt = "whether a blank row was not asked or ticked nothing"
    one.sure = 0.75


def _declared(looks: Sequence[Look], judged: list[Judged], named: Set) -> None:
    """A multiple-response set that the file itself declares."""
    label, counted, columns = named
    for look, one in zip(looks, judged, strict=True):
        if look.heading in columns:
            one.seems, one.group, one.option = "an option", label, (look.wording.strip() or look.heading)[:80]
            one.why, one.doubt, one.sure = f'the file\'s own set "{label[:40]}"', "", 0.95
            one.chosen = [counted]
            one.unchosen = [text for text in dict.fromkeys([*look.labels, *look.counts.index]) if text != counted]


def _ranks(stem: str, places: list[int], looks: Sequence[Look], judged: list[Judged]) -> None:
    """Whole numbers of which each row has every one once are places in an order."""
    put = [place for place in places if looks[place].whole and not looks[place].labels and looks[place].tally]
    put = [place for place in put if set(looks[place].tally) - {-1, -99} <= set(range(1, len(put) + 1))]
    if len(put) > 1 and all(re.search(r"\brank(s|ed|ing)?\b", looks[place].plain) for place in put):
        for place in put:
            judged[place] = Judged(
                "a rank", "its heading, and small whole numbers", "no rating: a place in an order", group=stem, sure=0.6
            )
        return
    if len(put) < 3 or "rank" not in looks[put[0]].said and any(judged[place].seems == "an option" for place in put):
        return
    table = pd.concat([looks[place].text for place in put], axis=1).dropna()
    table = table[~table.isin(["-1", "-99"]).any(axis=1)]
    if len(table) >= 3 and (table.nunique(axis=1) == len(put)).mean() > 0.9:
        for place in put:
            judged[place] = Judged(
                "a rank", f"each row has 1 to {len(put)} once", "no rating: a place in an order", group=stem, sure=0.8
            )


def _slots(places: list[int], looks: Sequence[Look], judged: list[Judged]) -> None:
    """Codes of first, second, third answers to one question: ever fewer, and of many kinds."""
    whole = [
        place for place in places if looks[place].whole and not looks[place].labels and looks[place].numeric > 0.95
    ]
    if len(whole) < 2 or len(places) > 12 or any(judged[place].seems in RATINGS for place in whole[:1]):
        return
    fills = [looks[place].filled for place in whole]
    if looks[whole[0]].distinct > 20 and all(2.5 * then <= now for now, then in zip(fills, fills[1:], strict=False)):
        for place in whole:
            judged[place] = Judged(
                "codes of open answers", "codes of a first, second, third answer, ever fewer",
                "needs its code list; the words themselves are not in the file", sure=0.6,
            )  # fmt: skip


def _one_scale(places: list[int], looks: Sequence[Look], judged: list[Judged]) -> None:
    """Questions of one block share their scale: what is seen in one holds for all."""
    scaled = [place for place in places if judged[place].scale and not judged[place].values and not looks[place].labels]
    if len(scaled) < 2:
        return
    often = pd.Series([judged[place].scale for place in scaled]).value_counts()
    scale = often.index[0]
    if often.iloc[0] < 2 and len(scaled) < 3 or not isinstance(scale, tuple):
        return
    for place in scaled:
        one, own = judged[place], judged[place].scale
        if own and own != scale and own[0] == scale[0] == 1 and {own[1], scale[1]} <= {5, 6}:
            beyond = [str(value) for value in looks[place].tally if value > scale[1]]
            one.not_applicable = list(dict.fromkeys([*one.not_applicable, *beyond]))
            one.scale = scale
            one.doubt = f"read on {scale[0]:g} to {scale[1]:g}, as the others of its block"
    blanks = {value for place in scaled for value in judged[place].missing}
    for place in scaled:  # 0 is a blank in the whole block, or in none of it
        one = judged[place]
        if "0" in blanks and "0" in one.not_applicable:
            one.not_applicable, one.missing = [code for code in one.not_applicable if code != "0"], [*one.missing, "0"]


def _alike(looks: Sequence[Look], judged: list[Judged]) -> None:
    """Labels that stand on a scale in one column stand on the same places in another."""
    known: list[dict[str, float]] = []
    for look, one in zip(looks, judged, strict=True):
        if one.values and one.scale and not look.labels:
            known.append(one.values)
    for look, one in zip(looks, judged, strict=True):
        if not one.values or look.labels or any(words.degree(label) is None for label in one.values):
            continue
        for other in known:
            if set(one.values) < set(other):
                one.values = {label: other[label] for label in other}
                one.scale = (
                    (min(other.values()), max(other.values()))
                    if min(other.values()) > 1
                    else (1.0, max(other.values()))
                )
                one.doubt = ""
                break


def _beside(looks: Sequence[Look], judged: list[Judged]) -> None:
    """Codes that fill the scale of the ratings right beside them are ratings too."""
    scales = pd.Series([one.scale for one in judged if one.scale and not one.values], dtype=object).value_counts()
    for place, look in enumerate(looks):
        one = judged[place]
        if one.seems != "a segment" or not look.whole or look.labels or words.CODES_OF.search(look.plain):
            continue
        for other in (place - 1, place + 1):
            scale = judged[other].scale if 0 <= other < len(judged) and judged[other].seems in RATINGS else None
            if scale and scale in scales.index and scales[scale] >= 3 and scale[1] >= 5:
                places = set(range(int(scale[0]), int(scale[1]) + 1))
                if places <= set(look.tally) <= places | {0} and look.tally[max(places)] > 0.02 * look.filled:
                    doubt = "told by its neighbours: it may be codes"
                    aside = ["0"] if 0 in look.tally and scale[0] > 0 else []
                    judged[place] = Judged("a rating", "codes that fill the scale of the ratings beside it", doubt, scale,
                                           not_applicable=aside, sure=0.45)  # fmt: skip
                    break
