"""Search: who went through this, in this order and within these times; who said these words. And how they feel beside others.

The language is told in workbench/patterns.py, how it is matched in workbench/matching.py.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import Table, count, distinct, is_move, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.inference.shares import share_difference
from workbench.journey import JourneyFrame
from workbench.matching import matches, plain_words
from workbench.patterns import Vocabulary, parsed
from workbench.steps.measure import cautions, groups, measure
from workbench.steps.measure.comparing import compare

MARK = "matches"  # the attribute of people that a search adds: yes or no
THOSE, OTHERS, GAP = "those who match", "the others", "difference"
SHARE, COMPLAIN = "match, % of people", "complain, % of people"
TEXTS = ("comment", "quote")
DAY = 86_400 * 1_000_000


@dataclass(frozen=True, eq=False)
class Search(Finding):
    """What a search found: a Finding, and the people behind it for the analyst's own screen.

    persons   one row a person who matches: person, matches (how many), began and ended (of the first match, microseconds)
    matches   one row a match (for words: a text): person, began, ended
    journey   the journey searched, with the attribute `matches` (yes or no) of people: ask any measure by="matches"
    """

    persons: Table | None = None
    matches: Table | None = None
    journey: JourneyFrame | None = None

    @cached_property
    def _order(self) -> list[str]:
        assert self.persons is not None
        return list(rows(self.persons.lazy.sort("ended", "began", "person").select("person"))["person"])

    def __len__(self) -> int:
        return len(self._order)

    def person(self, place: int = 0) -> str:
        """The pseudonym at a place among those who match, in the order in which they first did. Raises DataFault."""
        if not -len(self) <= place < len(self):
            raise DataFault(
                Fault(found=f"no match at place {place}", expected=f"0 to {len(self) - 1}" if len(self) else "a match")
            )
        return self._order[place]

    def next(self, person: str, step: int = 1) -> str:
        """The pseudonym after this one, round and round; with step=-1 the one before. Raises DataFault: no match of theirs."""
        if person not in self._order:
            raise DataFault(Fault(column="person", found="nobody who matches", expected="a pseudonym of .persons"))
        return self.person((self._order.index(person) + step) % len(self))

    def any(self, seed: int = 0) -> str:
        """A pseudonym drawn from those who match."""
        return self.person(random.Random(seed).randrange(max(len(self), 1)))

    def time_line(self, person: str | int = 0, map: Any = None) -> Finding:
        """The time line of one of those who match, by place or pseudonym, with what matched marked."""
        from workbench.steps.measure.time_lines import time_line

        assert self.journey is not None and self.matches is not None
        who = self.person(person) if isinstance(person, int) else person
        mine = rows(self.matches.lazy.filter(nw.col("person") == who).sort("began", "ended"))
        mine = mine[mine["began"].notna() & mine["ended"].notna()]
        return time_line(self.journey, who, list(zip(mine["began"], mine["ended"], strict=True)), map)


class Found(NamedTuple):
    """What was looked for and where it is: in words, the matches, and what of the outcome is so by construction."""

    words: str
    ends: nw.LazyFrame
    method: str
    cautions: tuple[str, ...]
    given: tuple[str, ...]  # measures and kinds that the search itself asks for


@measure("Who went through this, in this order?", of_paths=True)
def search(
    journey: JourneyFrame,
    pattern: str = "complaint",
    by: str | Sequence[str] | None = None,
    of: str | None = "nps",
    minimum_base: int | None = None,
) -> Search:
    """Who went through this: "bill -> complaint within 14 days -> switch". See `workbench.patterns` for the language.

    Returns a Search: a Finding whose table has the share of people who match (Wilson interval), by attributes of people if
    asked, and how those who match differ from the others in `of` (as in `wb.compare`) and in the share who complain
    (Newcombe interval); with `.persons`, `.matches`, `.journey` (marked by `matches`) and `.time_line()`.
    What the pattern itself asks for is not compared. Everybody with a record at a time is asked about; records on the
    map or not. An association: what matches differs in much else.

    Raises DataFault where the pattern cannot be read, with the character, what was expected and the near word.
    """
    vocabulary = vocabulary_of(journey)
    asked = parsed(pattern, vocabulary)
    found = matches(journey, asked)
    told = [*asked.notes]
    ends = journey.engine.keep(found.ends)
    minds: list[str] = []
    if asked.open is not None:
        open_ = count(ends.filter(~nw.col("known")).select("person"))
        ends = ends.filter(nw.col("known"))
        if open_:
            minds.append(
                f"The data end before {groups.few(open_, _least(journey, minimum_base))} more could be told: "
                "not counted as matches."
            )
    tests = [test for one in asked.conditions for alternative in one for test in alternative]
    given = {str(test.value) for test in tests if test.column in ("kind", "measure")}
    words = Found(f'"{pattern.strip()}"', ends, " ".join(told), tuple(minds), tuple(sorted(given)))
    return _finding(journey, "search", words, by, of, minimum_base, paths=True)


@measure("Who said this?")
def search_text(
    journey: JourneyFrame,
    words: str = "wait*",
    by: str | Sequence[str] | None = None,
    of: str | None = "nps",
    minimum_base: int | None = None,
) -> Search:
    """Who said this, in comments and quotes: words that must all be there, "a phrase", one OR the other, -not this, begin*.

    Letters' size, accents and marks do not matter. The same Search as `wb.search` gives; the texts themselves are in
    `.matches` with their step and source, masked, for the analyst's own screen.
    Raises DataFault where there is no text, or nothing to look for.
    """
    texts = journey.records.lazy.filter(nw.col("kind").is_in(list(TEXTS)), ~nw.col("text").is_null())
    if not count(texts.head(1)):
        raise DataFault(Fault(found="no comments or quotes", expected="a survey with comments, or interviews"))
    kept = said(journey, words).select(
        "person", nw.col("time").alias("began"), nw.col("time").alias("ended"), "step", "source", "text"
    )
    found = Found(
        f"the words {words.strip()}",
        journey.engine.keep(kept),
        "Whole words; letters' size, accents and marks do not matter.",
        (),
        (),
    )
    return _finding(journey, "search_text", found, by, of, minimum_base, paths=False)


def said(journey: JourneyFrame, words: str = "*", kinds: Sequence[str] = TEXTS) -> nw.LazyFrame:
    """The records of people whose text holds these words (as in `search_text`; "*" for all that have a text)."""
    texts = journey.records.lazy.filter(
        nw.col("kind").is_in(list(kinds)), ~nw.col("text").is_null(), ~nw.col("person").is_null()
    )
    return texts if words.strip() == "*" else journey.engine.plain(texts, "text", "words").filter(_holds(words))


def vocabulary_of(journey: JourneyFrame) -> Vocabulary:
    """The names that a pattern may use in this journey."""
    names = journey.step_names or {}
    measures = sorted(set(journey.measures.to_frame().query("kind == 'answer'")["measure"]))
    steps = journey.in_order("step", {*names, *journey.distinct("step")})
    return Vocabulary({step: names.get(step, step) for step in steps}, measures, journey.distinct("channel"))


def _holds(words: str) -> nw.Expr:
    """Does a text hold what is asked? Parts joined by OR, each of words and phrases that must, or must not, be there."""
    import re

    either = []
    for part in re.split(r"\s+OR\s+", words.strip()):
        asked: list[Any] = []
        wanted = False
        for minus, phrase, word in re.findall(r'(-?)(?:"([^"]*)"|(\S+))', part):
            text = plain_words(phrase or word)
            if not text:
                continue
            wanted = wanted or not minus
            there = nw.col("words").str.contains(f" {text}" if word.endswith("*") else f" {text} ", literal=True)
            asked.append(~there if minus else there)
        if not wanted:
            raise DataFault(
                Fault(
                    file="words",
                    found=f'"{part}"',
                    expected="at least one word to look for",
                    mend='as in late OR "too long" -refund',
                )
            )
        either.append(reduce(and_, asked))
    return reduce(or_, either)


def everybody(journey: JourneyFrame) -> nw.LazyFrame:
    """The people of whom anything is known at a time, each once."""
    at_a_time = journey.records.lazy.filter(~nw.col("person").is_null(), ~nw.col("time").is_null())
    beside = at_a_time.filter(~is_move() | nw.col("step").is_null())
    return distinct(nw.concat([journey.paths().select("person"), beside.select("person")]))


def _finding(
    journey: JourneyFrame,
    name: str,
    found: Found,
    by: str | Sequence[str] | None,
    of: str | None,
    minimum_base: int | None,
    paths: bool,
) -> Search:
    """The finding of a search: shares, and those who match beside the others."""
    keys = [by] if isinstance(by, str) else list(by or ())
    if strange := [key for key in keys if key not in journey.people.columns]:
        raise DataFault([journey._no_column(key) for key in strange])
    if of not in (None, "nps") and of not in (known := set(journey.measures.to_frame()["measure"])):
        raise DataFault(unknown("measure", str(of), sorted(known)))
    least = _least(journey, minimum_base)
    persons = found.ends.group_by("person").agg(
        nw.len().alias("matches"), nw.col("began").min().alias("began"), nw.col("ended").min().alias("ended")
    )
    persons = journey.engine.keep(persons)
    people = (
        everybody(journey)
        if paths
        else distinct(
            journey.records.lazy.filter(nw.col("kind").is_in(list(TEXTS)), ~nw.col("person").is_null()).select("person")
        )
    )
    people = journey.engine.keep(people)
    marked = journey.marked(
        MARK, persons.select("person", nw.lit("yes").alias(MARK)), f"searched for {found.words}", otherwise="no"
    )
    everyone, matched = count(people), count(persons)
    if not everyone:
        raise DataFault(
            Fault(found="no records of people at a time", expected="contacts, answers or complaints with times")
        )
    table = [_share("everybody", matched, everyone)]
    for key in keys:
        table += [one | {"part": key} for one in _shares(journey, key, persons, people, least)]
    method = ["Share of people, unweighted, Wilson 95 %.", found.method]
    felt: list[dict[str, Any]] = []
    if least <= matched <= everyone - least:
        felt, told = _felt(marked, persons, people, found.given, of, least)
        method.append(told)
    table += felt
    shown = _few_hidden(pd.DataFrame(table), least)
    minds = [*found.cautions]
    if paths and least <= matched <= everyone - least:
        minds += cautions.watched_unequally(*_watched(journey, persons), ("who match", "who do not"))
    if paths:
        minds += cautions.of_paths(journey)
    countable = matched in (0, everyone) or least <= matched <= everyone - least
    times = f", {count(found.ends):,} times" if countable and matched else ""
    of_them = f"; {matched:,} match{times}" if countable else ""
    result = groups.finding(
        marked,
        name,
        groups.rounded(shown),
        ("what", "who"),
        _sentence(shown, found.words, matched, everyone, least),
        f"{everyone:,} people {'with records at a time' if paths else 'who said something'}{of_them}",
        " ".join(part for part in method if part),
        minimum_base,
        {"kind": "intervals", "unit": "% of people", "where": {"what": SHARE}, "plain": True} if keys else {},
        "Who went through this" if paths else "Who said this",
        minds,
    )
    ends = found.ends
    if "text" in ends.collect_schema().names():
        ends = _masked(journey, ends)
    parts = {one.name: getattr(result, one.name) for one in fields(Finding)}
    return Search(**parts, persons=Table(persons), matches=Table(ends), journey=marked)


def _masked(journey: JourneyFrame, ends: nw.LazyFrame) -> nw.LazyFrame:
    """The texts that match, masked; few enough to be read."""
    table = rows(ends.head(10_000))
    table["text"] = [privacy.mask(text) for text in table["text"]]
    kinds = {
        "person": "VARCHAR",
        "began": "BIGINT",
        "ended": "BIGINT",
        "step": "VARCHAR",
        "source": "VARCHAR",
        "text": "VARCHAR",
    }
    return journey.engine.table(table, kinds)


def _least(journey: JourneyFrame, minimum_base: int | None) -> int:
    return journey.minimum_base if minimum_base is None else minimum_base


def _share(who: str, have: int, n: int) -> dict[str, Any]:
    found = share_interval(float(have), float(n))
    value, low, high = (None if one is None else 100 * one for one in (found.value, found.low, found.high))
    return {"what": SHARE, "who": who, "value": value, "low": low, "high": high, "n": n, "have": have, "part": ""}


def _shares(
    journey: JourneyFrame, key: str, persons: nw.LazyFrame, people: nw.LazyFrame, least: int
) -> list[dict[str, Any]]:
    """The share that matches in each group of people."""
    attribute = journey.people.lazy.select("person", key)

    def counted(some: nw.LazyFrame) -> dict[str, int]:
        table = rows(
            some.select("person")
            .join(attribute, on="person", how="left")
            .group_by(key)
            .agg(nw.len().alias("there are"))
        )
        table[key] = table[key].astype(object).where(table[key].notna(), None)
        return dict(zip(table[key], table["there are"].astype(int), strict=True))

    have, everyone = counted(persons), counted(people)
    listed = [
        *journey.in_order(key, [one for one in everyone if one is not None]),
        *([None] if None in everyone else []),
    ]
    label = key.replace("_", " ")
    return [
        _share(f"{label} {one}" if one is not None else f"{label} not known", have.get(one, 0), everyone[one])
        for one in listed
    ]


def _few_hidden(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """Shares that rest on a few who match (or do not) lose their figures, with a complement where one could be worked out.

    The groups of each attribute add up to everybody, so each has its own complement; its base goes too where a group of
    that attribute is too small to be told.
    """
    table = table.astype({"n": float, "have": float})
    table["caution"] = ""
    for part, rows_ in table[table["have"].notna()].groupby("part", sort=False):
        n, have = rows_["n"], rows_["have"]
        few = rows_.assign(n=[min(one, all_ - one) or all_ for one, all_ in zip(have, n, strict=True)])
        hidden = privacy.hide_small(few, ("who",), least)
        gone = hidden.index[hidden["value"].isna()]
        table.loc[gone, ["value", "low", "high", "have"]] = float("nan")
        table.loc[gone, "caution"] = "few match, or few do not: not shown"
        if part and (n < least).any():
            table.loc[gone, "n"] = float("nan")
    table["n"] = table["n"] if table["n"].isna().any() else table["n"].astype("int64")
    return table.drop(columns="part").rename(columns={"have": "people who match"})


def _felt(
    marked: JourneyFrame, persons: nw.LazyFrame, people: nw.LazyFrame, given: Sequence[str], of: str | None, least: int
) -> tuple[list[dict[str, Any]], str]:
    """How those who match differ from the others: in `of`, and in the share who complain; and how that was found."""
    table: list[dict[str, Any]] = []
    told = []
    known = set(marked.measures.to_frame()["measure"])
    if of is not None and of in given:
        told.append(f"{of.upper()} is part of what was searched for: not compared.")
    elif of is not None and of in known:
        try:
            found = compare(marked, of, {MARK: "yes"}, {MARK: "no"}, minimum_base=least)
        except DataFault as problem:
            told.append(f"{of.upper()} not compared: {problem.faults[0].found}.")
        else:
            for who, (_, row) in zip((THOSE, OTHERS, GAP), found.table.iterrows(), strict=False):
                table.append(
                    {"what": of.upper() if of == "nps" else of, "who": who}
                    | {column: row[column] for column in ("value", "low", "high", "n")}
                    | {"p difference": row["p difference"] if who == GAP else None}
                )
            told.append(f"{of.upper()}: {found.method}.")
    complaints = marked.of_kind("complaint") if "complaint" in marked.distinct("kind") else None
    if "complaint" in given:
        told.append("Complaints are part of what was searched for: not compared.")
    elif complaints is not None:
        sizes = (count(persons), count(people))
        made = complaints.count(by=MARK).set_index(MARK)["people"]
        have = (int(made.get("yes", 0)), int(made.get("no", 0)))
        n = (sizes[0], sizes[1] - sizes[0])
        for who, some, all_ in zip((THOSE, OTHERS), have, n, strict=True):
            table.append(_share(who, some, all_) | {"what": COMPLAIN, "have": None})
        gap = share_difference(have[0], n[0], have[1], n[1])
        table.append(
            {"what": COMPLAIN, "who": GAP, "n": min(n), "p difference": gap.p}
            | {
                name: None if one is None else 100 * one
                for name, one in (("value", gap.value), ("low", gap.low), ("high", gap.high))
            }
        )
        told.append("Complaints: share of people who complain at any time; Newcombe 95 %, unweighted.")
    return table, " ".join(told)


def _watched(journey: JourneyFrame, persons: nw.LazyFrame) -> tuple[cautions.Watched, cautions.Watched]:
    """How long those who match and the others are observed: days from their first move to their last."""
    flagged = persons.select("person", nw.lit("yes").alias(MARK))
    paths = journey.paths().select("person", ((nw.col("last") - nw.col("first")) / DAY).alias("days"))
    marked = paths.join(flagged, on="person", how="left").with_columns(nw.col(MARK).fill_null("no"))
    table = rows(marked.group_by(MARK).agg(nw.len().alias("n"), nw.col("days").median())).set_index(MARK)

    def watched(who: str) -> cautions.Watched:
        return cautions.Watched(int(table["n"].get(who, 0)), float(table["days"].get(who, 0.0)))

    return watched("yes"), watched("no")


def _sentence(table: pd.DataFrame, words: str, matched: int, everyone: int, least: int) -> str:
    """What was found, in words: the share, and the difference in what they feel."""
    if not matched:
        return f"{words} fits nobody of {everyone:,} people."
    first = table.iloc[0]
    if first["value"] != first["value"]:
        return f"{words} fits fewer than {least} of {everyone:,} people, or nearly all: not shown."
    parts = [
        f"{words} fits {matched:,} of {everyone:,} people ({first['value']:.1f} %, {first['low']:.1f} to {first['high']:.1f})."
    ]
    gaps = table[(table["who"] == GAP) & (table["n"] >= least) & table["value"].notna()]
    for what, value, low, high in gaps[["what", "value", "low", "high"]].itertuples(index=False):
        named = "share who complain" if what == COMPLAIN else what
        unit = " points" if what in ("NPS", COMPLAIN) else ""
        if low <= 0 <= high:
            parts.append(
                f"No difference in their {named} beyond chance ({groups.signed(low, 1)} to {groups.signed(high, 1)}{unit})."
            )
        else:
            side = "above" if value > 0 else "below"
            reach = f"{groups.signed(low, 1)} to {groups.signed(high, 1)}"
            parts.append(f"Their {named} lies {abs(value):.1f}{unit} {side} that of the others ({reach}).")
    return " ".join(parts)
