"""Answers side by side: one row a respondent, a column a question, for measures that look at several at once.

A case is a response (one row of a survey: what was said together) or a person (everything they ever said). Numbers are
had as counts of distinct patterns, or as sums by batch of whole persons. Knows the journey and the engine's tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import narwhals as nw

from workbench.engine import RECORDS, STATES, STRIDE, count, distinct, rows
from workbench.faults import DataFault, Fault, unknown

if TYPE_CHECKING:
    import pandas as pd

    from workbench.journey import JourneyFrame

UNITS = ("response", "person")
BATCHES = 4096
ALONE = 20_000  # cases up to which each person is a batch of their own


@dataclass(frozen=True)
class Question:
    """A measure as it was asked: of a step, or of the whole journey (step None)."""

    measure: str
    step: str | None = None


@dataclass(frozen=True, eq=False)
class Cases:
    """One row a case: `case`, `person`, `weight`, a column a question, and the attributes asked for.

    `questions` says what each column is, `scales` its lowest and highest answer and whether a high one is bad; `table`
    lives in the engine. Values are as they were given. A case has answered at least one of the questions.
    """

    journey: JourneyFrame
    table: nw.LazyFrame
    questions: Mapping[str, Question]
    attributes: tuple[str, ...] = ()
    unit: str = "response"
    scales: Mapping[str, tuple[float, float, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Worked out once, and gone with this object."""
        object.__setattr__(self, "table", self.journey.engine.keep_for(self, self.table))

    def __len__(self) -> int:
        return count(self.table)

    def weighted(self) -> bool:
        """Does anybody's answer weigh other than another's?"""
        spread = rows(self.table.select(nw.col("weight").min().alias("low"), nw.col("weight").max().alias("high")))
        return bool(spread["low"][0] != spread["high"][0])

    def patterns(self, columns: Sequence[str], complete: bool = True) -> pd.DataFrame:
        """One row a distinct pattern of these columns: n, w (sum of weights), ww (of their squares); blanks as None.

        `complete` leaves out the cases with a blank; how many stands in `.attrs["dropped"]`.
        """
        kept = self.complete(columns) if complete else self.table
        w = nw.col("weight")
        sums = [nw.len().alias("n"), w.sum().alias("w"), (w * w).sum().alias("ww")]
        found = rows(kept.group_by(list(columns)).agg(*sums) if columns else kept.select(*sums))
        found = found.sort_values(list(columns), kind="stable", ignore_index=True) if columns else found
        found = found.astype(object).where(found.notna(), None).infer_objects()
        found.attrs["dropped"] = len(self) - int(found["n"].sum()) if complete else 0
        return found

    def complete(self, columns: Sequence[str]) -> nw.LazyFrame:
        """The cases in which none of these columns is blank."""
        kept = self.table
        for column in columns:
            kept = kept.filter(~nw.col(column).is_null())
        return kept

    def sums(self, columns: Sequence[str]) -> pd.DataFrame:
        """Sums over complete cases by unit: n, w, ww, `c` (of w c) for each column and `c*d` (of w c d) for each pair.

        A unit is a person, or where there are many a batch of whole persons (4,096, dealt by a hash of the first row in
        which a person stands): what `workbench.inference.moments_of` takes. Units come in an order that rests on the
        rows alone, never on pseudonyms: whoever holds another key draws the same.
        """
        kept = self._with_units(self.complete(columns))
        w = nw.col("weight")
        sums = [nw.len().alias("n"), w.sum().alias("w"), (w * w).sum().alias("ww")]
        sums += [(w * nw.col(one)).sum().alias(one) for one in columns]
        sums += [
            (w * nw.col(one) * nw.col(other)).sum().alias(f"{one}*{other}")
            for one, other in combinations_with_replacement(columns, 2)
        ]
        found = rows(kept.group_by("unit").agg(*sums))
        return found.sort_values("unit", kind="stable", ignore_index=True)

    def _with_units(self, kept: nw.LazyFrame) -> nw.LazyFrame:
        """The cases with the unit of each: the first row of its person, or the batch that this row is dealt into."""
        several = count(self.table)
        if count(distinct(self.table.select("person"))) == several and self.unit == "response":
            kept = kept.with_columns(nw.col("case").alias("unit"))
        else:
            row = "case" if self.unit == "response" else "first"
            first = self.table.group_by("person").agg(nw.col(row).min().alias("unit"))
            kept = kept.join(first, on="person", how="inner")
        return kept if several <= ALONE else self.journey.engine.dealt(kept, "unit", BATCHES)

    def states(self) -> pd.DataFrame:
        """What kinds of nothing stand behind each question: one row a question and state, with how many answers."""
        asked = self.journey.records.lazy.filter(nw.col("kind") == "answer")
        counted = rows(asked.group_by("measure", "step", "state").agg(nw.len().alias("n")))
        named = {(one.measure, one.step): name for name, one in self.questions.items()}
        counted["question"] = [
            named.get((measure, step if isinstance(step, str) else None))
            for measure, step in zip(counted["measure"], counted["step"], strict=True)
        ]
        return counted.dropna(subset=["question"])[["question", "state", "n"]].reset_index(drop=True)


def named(journey: JourneyFrame, question: Question) -> str:
    """A question in words: its measure, and its step where it has one; its id too, where two steps have one name."""
    if question.step is None:
        return question.measure
    names = journey.step_names or {}
    name = names.get(question.step, question.step)
    alike = list(names.values()).count(name) > 1
    return f"{question.measure} · {name}{f' ({question.step})' if alike else ''}"


def asked(journey: JourneyFrame, *measures: str) -> dict[str, Question]:
    """The questions of these measures (of all, where none is named) that were put to people, by their names."""
    table = journey.measures.to_frame()
    table = table[table["kind"] == "answer"]
    known = sorted(set(table["measure"]))
    if wrong := [one for one in measures if one not in known]:
        raise DataFault([unknown("measure", one, known) for one in wrong])
    found = {}
    order = {step: place for place, step in enumerate(journey.step_order)}
    pairs = {
        (measure, step if isinstance(step, str) else None)
        for measure, step in table[["measure", "step"]].itertuples(index=False)
        if not measures or measure in measures
    }
    for measure, step in sorted(pairs, key=lambda pair: (pair[0], order.get(pair[1] or "", -1), pair[1] or "")):
        one = Question(measure, step)
        found[named(journey, one)] = one
    return found


def cases(
    journey: JourneyFrame,
    questions: Mapping[str, Question],
    attributes: Sequence[str] = (),
    unit: str = "response",
) -> Cases:
    """Put answers side by side. `attributes` are columns of the people, or wave, channel or source of the answers.

    In a person's case the latest answer to a question holds (by time, then in the order of the file), and the largest of
    their weights. Raises DataFault for a name that is not known.
    """
    if unit not in UNITS:
        raise DataFault(unknown("unit", unit, UNITS))
    if clash := set(questions) & {*attributes, "case", "person", "weight"}:
        raise DataFault(Fault(column=min(clash), found="a question and an attribute of one name", expected="two names"))
    own = [one for one in attributes if one in RECORDS]
    scales = {name: journey.scale(one.measure, one.step) for name, one in questions.items()}
    if unit == "response" and (found := _as_it_lies(journey, questions, own)) is not None:
        theirs = [one for one in attributes if one not in own]
        if theirs:
            journey._attributes(found, theirs)  # which refuses a name that is not there
            people, _ = journey.engine.coded(journey.people.lazy.select("person", *theirs), theirs)
            found = found.join(people, on="person", how="left")
        return Cases(journey, found, dict(questions), tuple(attributes), unit, scales)
    measures = sorted({one.measure for one in questions.values()})
    frame = journey.records.lazy.filter(
        nw.col("kind") == "answer",
        nw.col("state") == "answered",
        nw.col("measure").is_in(measures),
        ~nw.col("value").is_null(),
        ~nw.col("person").is_null(),
    )
    case: Any = nw.col("order") // STRIDE if unit == "response" else nw.col("person")
    parts = []
    for name, one in questions.items():
        at = nw.col("step").is_null() if one.step is None else nw.col("step") == one.step
        here = nw.when((nw.col("measure") == one.measure) & at)
        parts.append(here.then(nw.col("value")).alias(name))
    wide = frame.with_columns(case.alias("case"), nw.col("weight").fill_null(1.0).alias("weight"), *parts)
    if unit == "person":
        others = {"first": ("min", "order"), "person": ("min", "person"), "weight": ("max", "weight")}
        others |= {one: ("max", one) for one in own}
        grouped = journey.engine.last_of(wide, "case", list(questions), others)
    else:
        grouped = wide.group_by("case").agg(
            nw.col("person").min().alias("person"),
            nw.col("weight").max().alias("weight"),
            *[nw.col(name).max().alias(name) for name in questions],
            *[nw.col(one).min().alias(one) for one in own],
        )
    whole = journey._attributes(grouped, [one for one in attributes if one not in RECORDS])
    return Cases(journey, whole, dict(questions), tuple(attributes), unit, scales)


def _as_it_lies(journey: JourneyFrame, questions: Mapping[str, Question], own: Sequence[str]) -> nw.LazyFrame | None:
    """The questions' columns of answers that are kept one row a respondent, where one source alone holds all of them."""
    asked = {(one.measure, one.step) for one in questions.values()}
    table = journey.measures.to_frame()
    table = table[table["measure"].isin([measure for measure, _ in asked]) & (table["kind"] == "answer")]
    holders = [wide for wide in journey.wide if asked <= set(wide.questions)]
    if len(holders) != 1 or table["source"].nunique() != 1 or not set(own) <= {"wave", "channel", "source"}:
        return None
    lying = [nw.lit(table["source"].iloc[0]).alias(one) if one == "source" else nw.col(one) for one in own]
    places = {pair: place for place, pair in enumerate(holders[0].questions)}
    answered = STATES.index("answered")
    parts = []
    for name, one in questions.items():
        place = places[one.measure, one.step]
        given = nw.when(nw.col(f"s{place}") == answered).then(nw.col(f"v{place}"))
        parts.append(given.alias(name))
    said: Any = ~nw.col(next(iter(questions))).is_null()
    for name in list(questions)[1:]:
        said = said | ~nw.col(name).is_null()
    frame = holders[0].frame.filter(~nw.col("person").is_null())
    weight = nw.col("weight").fill_null(1.0).alias("weight")
    return frame.select((nw.col("order") // STRIDE).alias("case"), "person", weight, *lying, *parts).filter(said)
