"""Where a pattern fits people's time lines: item by item, each looking back at the latest place where the one before fits.

The latest place is enough: whatever the items still ask of the time, of what lies between and of what comes at once, an
earlier place could only do worse. And later places have later beginnings, so that the latest of anything is its maximum so
far. So each item is one look back over the records that any item speaks of, sorted by time: no joins, and no more than one
row a record. Knows the journey and patterns; nothing of what is made of the matches.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals as nw

from workbench.engine import MOVES, is_move, rows
from workbench.journey import JourneyFrame
from workbench.patterns import MOVE, Alternative, Condition, Pattern, Test

NEVER = -(2**62)  # a time and a place before all others
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Matches:
    """Where a pattern fits: `ends` has a row for each record that ends a match (person, began, ended, known).

    `known` is false where the data end before it could be told that what must not follow did not; `last` is when they end.
    """

    ends: nw.LazyFrame
    last: int | None


def matches(journey: JourneyFrame, pattern: Pattern) -> Matches:
    """All places where a pattern fits the time lines of a journey's people. Records without a person or a time are left out."""
    engine = journey.engine
    journey = journey.adjoined()
    frame = journey.records.lazy.filter(~nw.col("person").is_null(), ~nw.col("time").is_null())
    placed = pattern.starts or pattern.ends or any(item.at_once for item in pattern.items)
    asked = list(pattern.conditions)
    says = {test.value for one in asked for alternative in one for test in alternative if test.how == "says"}
    moving = all(_only_moves(condition) for condition in asked)
    line = Line(["nth"] if moving else ["time", "order"])
    columns = ["person", "time", "order", "step", "channel", "kind", "measure", "value", "state", "text", "nth", "gap"]
    frame = frame.select(*_used(columns, asked, placed, moving))
    if says:
        frame = engine.plain(frame, "text", "words").with_columns(nw.col("words").fill_null(""))
    kept = frame.with_columns(*(_meets(condition).alias(f"is{place}") for place, condition in enumerate(asked)))
    any_of: Any = reduce(operator.or_, (nw.col(f"is{place}") for place in range(len(asked))))
    if placed and not moving:
        kept = _among_moves(kept.filter(any_of | is_move()), line)
    else:
        kept = kept.filter(any_of)
        if placed:
            kept = kept.with_columns(
                (nw.col("nth") - 1).alias("before"), nw.col("nth").alias("after"), nw.col("gap").is_null().alias("last")
            )
    flags = [f"is{place}" for place in range(len(asked))]
    here = ["person", "time", *line.order] if moving else ["person", *line.order]
    kept = kept.select(*here, *(["before", "after", "last"] if placed else []), *flags)
    last = None
    if pattern.never:
        ends = rows(journey.records.lazy.select(nw.col("time").max().alias("last")))["last"].dropna()
        last = int(ends.iloc[0]) if len(ends) else NEVER
    return Matches(_chained(kept, pattern, here, placed, last, line), last)


@dataclass(frozen=True)
class Line:
    """One person's time line, by the columns that order it."""

    order: list[str]

    def over(self, expression: nw.Expr) -> nw.Expr:
        """An expression that looks along the line."""
        return expression.over("person", order_by=self.order)


def _used(columns: list[str], asked: list[Condition], placed: bool, moving: bool) -> list[str]:
    """The columns that are looked at: a wide row is not dragged through a search for a step."""
    wanted = {test.column for one in asked for alternative in one for test in alternative}
    wanted |= {"person", "time", "nth" if moving else "order"} | ({"nth", "gap", "kind"} if placed else set())
    return [column for column in columns if column in wanted]


def _meets(condition: Condition) -> nw.Expr:
    """Does a record meet a condition?"""
    alternatives = [reduce(operator.and_, map(_passes, alternative)) for alternative in condition]
    return reduce(operator.or_, alternatives).fill_null(False)


def _passes(test: Test) -> nw.Expr:
    if test.how == "says":
        return nw.col("words").str.contains(f" {plain_words(str(test.value))} ", literal=True)
    if test == MOVE:
        return nw.col("kind").is_in(list(MOVES))
    return COMPARE[test.how](nw.col(test.column), test.value).fill_null(False)


def plain_words(text: str) -> str:
    """Words as the engine's `plain` writes them: small letters, without accents and marks, a blank between.

    As there, letters keep what they are (no "½" as "1 2", no Hangul taken apart); only what is written over them goes.
    """
    from unicodedata import category, normalize

    bare = normalize("NFC", "".join(one for one in normalize("NFD", text.lower()) if category(one)[0] != "M"))
    return " ".join("".join(one if category(one)[0] in "LN" else " " for one in bare).split())


def _only_moves(condition: Condition) -> bool:
    """Can only moves of a path meet this condition?"""
    return all(
        any(test == MOVE or (test.column == "kind" and test.value in MOVES) for test in alternative)
        for alternative in condition
    )


def _among_moves(frame: nw.LazyFrame, line: Line) -> nw.LazyFrame:
    """For every record: how many moves came before it, up to it, and whether none comes after."""
    nth = nw.when(is_move()).then(nw.col("nth")).otherwise(0)
    frame = frame.with_columns(line.over(nth.cum_max()).alias("after"), nth.max().over("person").alias("moves"))
    before = nw.when(is_move()).then(nw.col("nth") - 1).otherwise(nw.col("after"))
    return frame.with_columns(before.alias("before"), (nw.col("after") == nw.col("moves")).alias("last"))


def _chained(
    frame: nw.LazyFrame, pattern: Pattern, here: list[str], placed: bool, last: int | None, line: Line
) -> nw.LazyFrame:
    """Item by item: which records fit, and the times at which the latest chain to each of them passed earlier items."""
    place = {condition: number for number, condition in enumerate(pattern.conditions)}
    numbered = any(item.without for item in pattern.items)
    if numbered:  # the place on the line, to tell whether something lies between
        nth = nw.col("nth") if line.order == ["nth"] else line.over(nw.col("time").cum_count())
        frame = frame.with_columns(nth.alias("at"))
        here = [*here, "at"]
    here = [*here, *(["before", "after", "last"] if placed else []), *(f"is{one}" for one in place.values())]
    for number, item in enumerate(pattern.items):
        fits: Any = nw.col(f"is{place[item.condition]}")
        needed = _needed(pattern, number)
        back: dict[str, tuple[nw.Expr, str]] = {}
        apart = True
        if item.without:
            hurdle = reduce(operator.or_, (nw.col(f"is{place[one]}") for one in item.without))
            back["hurdle"] = (hurdle, "at")
            apart = all(_apart(one, item.condition) for one in item.without)
        if number:
            there = nw.col("fits")
            back |= {f"p{since}": (there, f"t{since}") for since in _needed(pattern, number - 1)}
            back |= {"passed": (there, "after")} if item.at_once else {}
            back |= {"place": (there, "at")} if item.without else {}
            apart = apart and _apart(pattern.items[number - 1].condition, item.condition)
            fits = fits & (nw.col("p0") > NEVER)
        frame = _looked_back(frame, back, line, apart)
        if number == 0 and pattern.starts:
            fits = fits & (nw.col("before") == 0)
        if item.at_once:
            fits = fits & (nw.col("passed") == nw.col("before"))
        if item.without:
            # the item before may be what must not lie between: it is no hurdle to itself
            fits = fits & ((nw.col("hurdle") <= nw.col("place")) if number else (nw.col("hurdle") == NEVER))
        for span in item.spans:
            fits = fits & (nw.col("time") - nw.col(f"p{span.since}") <= span.time)
        if number == len(pattern.items) - 1 and pattern.ends:
            fits = fits & nw.col("last")
        passed = {f"t{since}": nw.col("time") if since == number else nw.col(f"p{since}") for since in needed}
        frame = frame.with_columns(fits.fill_null(False).alias("fits"), **passed)
        frame = frame.select(*here, "fits", *passed)  # what the next items do not ask for is let go
    told: Any = nw.lit(True)
    if pattern.never:
        follows = reduce(operator.or_, (nw.col(f"is{place[one]}") for one in pattern.never))
        ahead = nw.when(follows).then(nw.col("time")).shift(-1)
        frame = frame.with_columns(line.over(ahead).alias("ahead"))
        frame = frame.with_columns(line.over(nw.col("ahead").fill_null(strategy="backward")))
        gone = ~nw.col("ahead").is_null()
        if pattern.open is not None:
            gone = gone & (nw.col("ahead") - nw.col("time") <= pattern.open)
            told = nw.col("time") + pattern.open <= last
        frame = frame.with_columns((nw.col("fits") & ~gone).fill_null(False).alias("fits"))
    ends = frame.filter(nw.col("fits"))
    return ends.select("person", nw.col("t0").alias("began"), nw.col("time").alias("ended"), told.alias("known"))


def _apart(one: Condition, other: Condition) -> bool:
    """Can no record meet both conditions? (Each pair of alternatives asks for two values of one column.)"""

    def different(first: Alternative, second: Alternative) -> bool:
        values = {test.column: test.value for test in first if test.how == "="}
        return any(test.how == "=" and values.get(test.column, test.value) != test.value for test in second)

    return all(different(first, second) for first in one for second in other)


def _needed(pattern: Pattern, number: int) -> list[int]:
    """The items whose times must be known once item `number` is reached: the first one's, and those that times count from."""
    later = {span.since for item in pattern.items[number + 1 :] for span in item.spans if span.since <= number}
    return sorted({0} | later)


def _looked_back(frame: nw.LazyFrame, wanted: dict[str, tuple[nw.Expr, str]], line: Line, apart: bool) -> nw.LazyFrame:
    """Add columns: the largest that a column was in the records before this one for which something holds, or NEVER.

    `apart` says that it cannot hold for a record that asks: looking at the record itself does no harm then.
    """
    if not wanted:
        return frame
    so_far = {
        name: line.over(nw.when(holds).then(nw.col(column)).otherwise(NEVER).cum_max())
        for name, (holds, column) in wanted.items()
    }
    frame = frame.with_columns(**so_far)
    if apart:
        return frame
    return frame.with_columns(*(line.over(nw.col(name).shift(1)).fill_null(NEVER) for name in wanted))
