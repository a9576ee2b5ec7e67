"""What is known of each person, as words: how they answered, where they went, how often, how, whether they complained.

The engine makes one row a person with a letter a feature; only counts of letters come back. Knows the journey.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.journey import DESIGN, JourneyFrame
from workbench.steps.measure import customers, scored

UNKNOWN = "-"
PARTS = ("answers", "path", "complaints")  # what people are grouped by where nothing is said
ALL = (*PARTS, "contacts")  # how many contacts follows from the path: told, and grouped by only if that is asked for
FEW, MOST = 0.03, 10  # least share of people who did, or did not; features of one sort
CHANNELS = 5
SEEN = ("event", "complaint", "answer")
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Feature:
    """One thing known of people: its column, its letters in words, and the letters worth telling."""

    column: str
    words: dict[str, str]
    told: tuple[str, ...]
    part: str  # answers, path, contacts, complaints, attributes
    about: str  # the measure, the attribute, or the part again


class Held:
    """As long as this is there, the tables that were worked out for it are."""


@dataclass(frozen=True, eq=False)
class Described:
    """One row a person (`person`, a letter a feature) in `table`, what the letters say, how many people, what was left out."""

    table: nw.LazyFrame
    features: tuple[Feature, ...]
    people: int
    notes: tuple[str, ...]
    held: Held


def described(
    journey: JourneyFrame, over: Sequence[str] | str | None = None, also: Sequence[str] = (), beside: Any = None
) -> Described:
    """Describe everybody who moved, complained or answered, by all that is known of their answers, path and complaints.

    `over` names what a caller will look at (see `asked_for`), among it further measures and attributes of people; `also`
    are attributes told beside. `beside` are further columns a person (`person` and others) to keep.

    Raises DataFault for names that are not there and where nothing is known of anybody.
    """
    asked = [over] if isinstance(over, str) else list(over or PARTS)
    questions = _questions(journey, asked)
    own = _attributes(journey, asked)
    known = {*ALL, *{one.measure for one in questions}, *own}
    answered = journey.measures.to_frame()
    measures = sorted(set(answered.loc[answered["kind"] == "answer", "measure"]))
    there = [*ALL, *measures, *(one for one in journey.people.columns if one not in DESIGN)]
    if wrong := [one for one in asked if one not in known]:
        raise DataFault([unknown("feature", one, there) for one in wrong])
    moved = nw.col("kind").is_in(list(SEEN)) & (nw.col("state") == "answered") & ~nw.col("person").is_null()
    table = distinct(journey.records.lazy.filter(moved).select("person"))
    found: list[Feature] = []
    notes: list[str] = []
    held = Held()
    for part in (
        _answers(journey, questions, notes),
        _path(journey, notes, held),
        _complained(journey),
        _attributed(journey, dict.fromkeys([*own, *also]), notes),
    ):
        if part is not None:
            table = table.join(part[0], on="person", how="left")
            found += part[1]
    if not found:
        raise DataFault(
            Fault(found="nothing known of people", expected="answers, contacts or complaints of people, or attributes")
        )
    if beside is not None:
        table = table.join(beside, on="person", how="left")
    filled = [nw.col(one.column).fill_null(UNKNOWN).alias(one.column) for one in found]
    table = journey.engine.keep_for(held, table.with_columns(*filled))
    people = int(rows(table.select(nw.len().alias("n")))["n"][0])
    return Described(table, tuple(found), people, tuple(notes), held)


def asked_for(told: Described, over: Sequence[str] | str | None) -> list[Feature]:
    """The features that `over` names: a part ("answers", "path", "contacts", "complaints"), a measure or an attribute."""
    asked = [over] if isinstance(over, str) else list(over or PARTS)
    return [one for one in told.features if one.part in asked or one.about in asked]


def tally(told: Described, feature: Feature, by: str) -> pd.DataFrame:
    """How many people of each group have each letter of a feature, those of whom it is not known left out."""
    known = told.table.filter(nw.col(feature.column) != UNKNOWN)
    counted = rows(known.group_by(by, feature.column).agg(nw.len().alias("n")))
    return counted.rename(columns={feature.column: "letter", by: "who"}).sort_values(["who", "letter"])


# -- answers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Question:
    """A measure, at a step or (None) all of a person's answers to it."""

    measure: str
    step: str | None
    whole: bool


def _questions(journey: JourneyFrame, asked: Sequence[str]) -> list[_Question]:
    """What is asked of answers: the recommendation and the effort over all of a person's answers, ratings step by step."""
    table = journey.measures.to_frame()
    table = table[table["kind"] == "answer"]
    there = sorted(set(table["measure"]))
    usual = [one for one in there if one in ("csat", "ces") or _recommends(journey, one)]
    wanted = list(dict.fromkeys([*(usual or there), *(one for one in there if one in asked)]))
    found = []
    whole = journey.asked_of_whole()
    for name in wanted:
        steps = journey.in_order("step", set(table.loc[table["measure"] == name, "step"].dropna()))
        if _recommends(journey, name) or name == "ces" or not steps:
            found.append(_Question(name, None, name in whole))
        else:
            found += [_Question(name, step, False) for step in steps]
    return found


def _recommends(journey: JourneyFrame, measure: str) -> bool:
    try:
        return bool(scored.counting(journey, measure).score)
    except DataFault:  # asked on several scales
        return False


def _answers(
    journey: JourneyFrame, questions: Sequence[_Question], notes: list[str]
) -> tuple[nw.LazyFrame, list[Feature]] | None:
    """A person's mean answer to each question, as low or high (top boxes), or as detractor, passive, promoter."""
    said = journey.records.lazy.filter(
        nw.col("kind") == "answer",
        nw.col("state") == "answered",
        nw.col("measure").is_in(sorted({one.measure for one in questions})),
        ~nw.col("value").is_null(),
        ~nw.col("person").is_null(),
    )
    counted = rows(said.group_by("measure", "step").agg(nw.col("person").n_unique().alias("n")))
    often = {(row.measure, row.step if isinstance(row.step, str) else None): int(row.n) for row in counted.itertuples()}
    rated = [one for one in questions if one.step is not None]
    rated = sorted(rated, key=lambda one: -often.get((one.measure, one.step), 0))[:MOST]
    if left := len([one for one in questions if one.step is not None]) - len(rated):
        notes.append(f"ratings of steps that fewer people gave left out ({left:,})")
    names = journey.step_names or {}
    marks, letters, found = [], [], []
    for place, one in enumerate(question for question in questions if question.step is None or question in rated):
        try:
            counting = scored.counting(journey, one.measure, one.step if one.step or one.whole else "")
        except DataFault:
            notes.append(f"{one.measure} is left out: it was asked on several scales")
            continue
        column, value = f"a{place}", f"v{place}"
        here: Any = nw.col("measure") == one.measure
        if one.step is not None:
            here = here & (nw.col("step") == one.step)
        elif one.whole:
            here = here & nw.col("step").is_null()
        marks.append(nw.when(here).then(nw.col("value")).alias(value))
        low, high = scored.boxes(counting)
        mean: Any = nw.col(value)
        if counting.score:
            letter = (
                nw.when(mean >= high)
                .then(nw.lit("2"))
                .otherwise(nw.when(mean >= low).then(nw.lit("1")).otherwise(nw.lit("0")))
            )
            words = {"0": "detractor", "1": "passive", "2": "promoter"}
            told: tuple[str, ...] = ("0", "2")
        else:
            good = mean <= low if counting.flipped else mean >= high
            letter = nw.when(good).then(nw.lit("1")).otherwise(nw.lit("0"))
            thing = {"csat": "satisfied", "ces": "found it easy"}.get(one.measure, f"high {one.measure}")
            other = {"csat": "not satisfied", "ces": "did not find it easy"}.get(one.measure, f"not high {one.measure}")
            if counting.flipped and one.measure not in ("csat", "ces"):
                thing, other = f"low {one.measure}", f"not low {one.measure}"
            at = f' at "{names.get(one.step, one.step)}"' if one.step is not None else ""
            words, told = {"0": other + at, "1": thing + at}, ("1",)
        letters.append(nw.when(~mean.is_null()).then(letter).otherwise(nw.lit(UNKNOWN)).alias(column))
        found.append(Feature(column, words, told, "answers", one.measure))
    if not found:
        return None
    values = [f"v{one.column[1:]}" for one in found]
    means = said.with_columns(*marks).group_by("person").agg(*[nw.col(one).mean().alias(one) for one in values])
    return means.with_columns(*letters).select("person", *[one.column for one in found]), found


# -- the path ---------------------------------------------------------------------------------------------------------


def _path(journey: JourneyFrame, notes: list[str], held: Held) -> tuple[nw.LazyFrame, list[Feature]] | None:
    """Steps visited or not, a step visited again, contacts in bands, the channel most used."""
    if journey.step_order or len(journey.distinct("step")):
        journey = journey.at_any_step()
    try:
        journey = journey.moves()
    except DataFault:
        return None
    moves = journey.records.lazy.filter(~nw.col("step").is_null())
    people = int(rows(moves.select(nw.col("person").n_unique().alias("n")))["n"][0])
    if not people:
        return None
    steps, left = _telling(moves, "step", people, MOST)
    if left:
        notes.append(f"steps that nearly everybody or nearly nobody met, or beyond {MOST}, left out ({left:,})")
    notes.append("who has not come to a step yet counts as not having met it")
    steps = journey.in_order("step", steps)
    contacts = moves.filter(nw.col("kind") == "event", ~nw.col("channel").is_null())
    often = rows(contacts.group_by("channel").agg(nw.len().alias("n"))).sort_values(
        ["n", "channel"], ascending=[False, True]
    )
    channels, more = [str(one) for one in often["channel"].head(CHANNELS)], len(often) > CHANNELS
    number: Any = nw.Int64
    marks = [(nw.col("step") == step).cast(number).alias(f"s{place}") for place, step in enumerate(steps)]
    event: Any = nw.col("kind") == "event"
    used = [
        (event & (nw.col("channel") == one)).fill_null(False).cast(number).alias(f"c{place}")
        for place, one in enumerate(channels)
    ]
    other = (event & ~nw.col("channel").is_in(channels or [""])).fill_null(False).cast(number).alias("c_other")
    sums = [nw.len().alias("moves"), nw.col("visit").max().alias("visit"), nw.col("c_other").sum()]
    sums += [nw.col(f"s{place}").max() for place in range(len(steps))]
    sums += [nw.col(f"c{place}").sum() for place in range(len(channels))]
    each = moves.with_columns(*marks, *used, other).group_by("person").agg(*sums)
    each = journey.engine.keep_for(held, each)
    names = journey.step_names or {}
    letters, found = [], []
    for place, step in enumerate(steps):
        name = names.get(step, step)
        letters.append(_yes(nw.col(f"s{place}") == 1, f"p{place}"))
        found.append(Feature(f"p{place}", {"0": f'never at "{name}"', "1": f'at "{name}"'}, ("1",), "path", "path"))
    letters.append(_yes(nw.col("visit") >= 2, "again"))
    found.append(Feature("again", {"0": "no step twice", "1": "came back to a step"}, ("1",), "path", "path"))
    bands = _bands(rows(each.group_by("moves").agg(nw.len().alias("n"))))
    if len(bands) > 1:
        band: Any = nw.lit("0")
        for place, (least, _) in enumerate(bands[1:], start=1):
            band = nw.when(nw.col("moves") >= least).then(nw.lit(str(place))).otherwise(band)
        letters.append(band.alias("moved"))
        words = {str(place): told for place, (_, told) in enumerate(bands)}
        found.append(Feature("moved", words, ("0", str(len(bands) - 1)), "contacts", "contacts"))
    if len(channels) + more > 1:
        main, most = nw.lit("0"), nw.col("c0")
        for place in range(1, len(channels)):
            main = nw.when(nw.col(f"c{place}") > most).then(nw.lit(str(place))).otherwise(main)
            most = nw.when(nw.col(f"c{place}") > most).then(nw.col(f"c{place}")).otherwise(most)
        main = nw.when(nw.col("c_other") > most).then(nw.lit("o")).otherwise(main)
        most = nw.when(nw.col("c_other") > most).then(nw.col("c_other")).otherwise(most)
        letters.append(nw.when(most > 0).then(main).otherwise(nw.lit(UNKNOWN)).alias("channel"))
        words = {str(place): f"mostly by {one}" for place, one in enumerate(channels)}
        words |= {"o": "mostly by another channel"} if more else {}
        found.append(Feature("channel", words, tuple(words), "path", "path"))
    columns = [one.column for one in found]
    told = each.with_columns(*letters).select("person", *columns)
    return told, found


def _telling(moves: nw.LazyFrame, column: str, people: int, most: int) -> tuple[list[str], int]:
    """The values that split people best (nearest to one half met), and how many are left out."""
    counted = rows(moves.group_by(column).agg(nw.col("person").n_unique().alias("n")))
    counted["far"] = (counted["n"] / people - 0.5).abs()
    fit = counted[(counted["n"] >= FEW * people) & (counted["n"] <= (1 - FEW) * people)]
    chosen = fit.sort_values(["far", column]).head(most)[column]
    return [str(one) for one in chosen], len(counted) - len(chosen)


def _bands(counted: pd.DataFrame) -> list[tuple[int, str]]:
    """Contacts in three bands of about as many people: the least of each, and its words."""
    counted = counted.sort_values("moves")
    below = counted["n"].cumsum() / counted["n"].sum()
    edges = sorted({int(counted["moves"][below > third].iloc[0]) for third in (1 / 3, 2 / 3)})
    least, last = int(counted["moves"].iloc[0]), int(counted["moves"].iloc[-1])
    starts = [least, *(one for one in edges if one > least)]
    found = []
    for place, first in enumerate(starts):
        upto = starts[place + 1] - 1 if place + 1 < len(starts) else None
        words = f"{first}" if first in (upto, last) else f"{first} or more" if upto is None else f"{first} to {upto}"
        found.append((first, f"{words} {'contact' if words == '1' else 'contacts'}"))
    return found


def _yes(holds: Any, column: str) -> nw.Expr:
    return nw.when(holds).then(nw.lit("1")).otherwise(nw.lit("0")).alias(column)


# -- complaints and attributes ----------------------------------------------------------------------------------------


def _complained(journey: JourneyFrame) -> tuple[nw.LazyFrame, list[Feature]] | None:
    """Did they complain, of anything? Known of all, where there are complaints at all."""
    made = journey.records.lazy.filter(nw.col("kind") == "complaint", ~nw.col("person").is_null())
    if not len(rows(made.select("person").head(1))):
        return None
    everybody = distinct(journey.records.lazy.filter(~nw.col("person").is_null()).select("person"))
    yes = distinct(made.select("person")).with_columns(nw.lit("1").alias("complained"))
    told = everybody.join(yes, on="person", how="left").with_columns(nw.col("complained").fill_null("0"))
    return told, [
        Feature("complained", {"0": "never complained", "1": "complained"}, ("1",), "complaints", "complaints")
    ]


def _attributes(journey: JourneyFrame, asked: Iterable[str]) -> list[str]:
    said = {*journey._record_columns, "value", *DESIGN, *ALL}
    return [one for one in asked if one in journey.people.columns and one not in said]


def _attributed(
    journey: JourneyFrame, wanted: Iterable[str], notes: list[str]
) -> tuple[nw.LazyFrame, list[Feature]] | None:
    """Attributes of people with few values."""
    letters, found = [], []
    for place, column in enumerate(wanted):
        values = journey.distinct(column)
        if not 1 < len(values) <= customers.FEW:
            notes.append(f"{column.replace('_', ' ')} is left out: it has {len(values):,} values")
            continue
        letter: Any = nw.lit(UNKNOWN)
        for mark, value in zip(LETTERS, values, strict=False):
            letter = nw.when(nw.col(column) == value).then(nw.lit(mark)).otherwise(letter)
        letters.append(letter.alias(f"x{place}"))
        words = {mark: f"{column.replace('_', ' ')}: {value}" for mark, value in zip(LETTERS, values, strict=False)}
        told = tuple(words) if len(words) > 2 else (LETTERS[1],)
        found.append(Feature(f"x{place}", words, told, "attributes", column))
    if not found:
        return None
    return journey.people.lazy.with_columns(*letters).select("person", *[one.column for one in found]), found
