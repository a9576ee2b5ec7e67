"""Customers in time: since when each was one, when each was last seen, and how many there are with each pattern.

Knows the journey and its engine, which counts; only counted patterns of days come back. A day is a day in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.journey import DESIGN, JourneyFrame

DAY = 86_400_000_000  # microseconds
MONTH = 365.25 / 12  # days
FEW = 12  # values that an attribute may have to be split by
SEEN = ("event", "complaint", "answer", "comment")  # kinds of records that say that somebody was there


@dataclass(frozen=True)
class Clock:
    """When the customers' clock starts: `first` has person and first (a day's number); `words` say what that is."""

    first: nw.LazyFrame
    words: str
    created: bool


def attributes(journey: JourneyFrame) -> list[str]:
    """The attributes of people that one can split by."""
    there = [one for one in journey.people.columns if one not in DESIGN]
    return [one for one in there if 1 < len(journey.distinct(one)) <= FEW]


def wanted(journey: JourneyFrame, by: str | Sequence[str] | None) -> list[str]:
    """The attributes named; refused where they are none of people."""
    named = [by] if isinstance(by, str) else list(by or ())
    known = [one for one in journey.people.columns if one not in DESIGN]
    if wrong := [one for one in named if one not in known]:
        raise DataFault([unknown("attribute of people", one, known) for one in wrong])
    return named


def people(journey: JourneyFrame) -> nw.LazyFrame:
    """The people meant: all that are known, or, after a verb (where, of_wave …), those who still have a record."""
    known = journey.people.lazy
    if not any(not part.startswith("joined with") for part in journey.trail[1:]):
        return known
    there = distinct(journey.records.lazy.filter(~nw.col("person").is_null()).select("person"))
    return known.join(there, on="person", how="semi")


def seen(journey: JourneyFrame, *kinds: str) -> nw.LazyFrame:
    """Dated records of people, of these kinds, with the day of each."""
    kept = journey.records.lazy.filter(
        nw.col("kind").is_in(list(kinds or SEEN)),
        nw.col("state") == "answered",
        ~nw.col("person").is_null(),
        ~nw.col("time").is_null(),
    )
    return kept.with_columns((nw.col("time") // DAY).alias("day"))


def ends(journey: JourneyFrame, *kinds: str) -> tuple[int, int]:
    """The first and the last day of the data. Raises DataFault where nothing is dated."""
    found = rows(seen(journey, *kinds).select(nw.col("day").min().alias("first"), nw.col("day").max().alias("last")))
    first, last = found.iloc[0]
    if pd.isna(first):
        raise DataFault(
            Fault(
                column="time",
                found="no dated record of a person",
                expected="records with a time",
                mend="bind time=; for churn, say lasted= where an attribute tells the months",
            )
        )
    return int(first), int(last)


def dates(journey: JourneyFrame, column: str, target: str) -> nw.LazyFrame:
    """An attribute of people that holds dates, as person and `target` (a day's number)."""
    known = journey.people.lazy.select("person", column).filter(~nw.col(column).is_null())
    read, _ = journey.engine.instants(known, "when", column, None)
    return read.filter(~nw.col("when").is_null()).select("person", (nw.col("when") // DAY).alias(target))


def clock(journey: JourneyFrame, since: str | None = None) -> Clock:
    """Since when each is a customer: the first record at a step, the customer table's `created`, or the first record."""
    if since is not None:
        step = step_of(journey, since)
        at = seen(journey).filter(nw.col("step") == step)
        name = (journey.step_names or {}).get(step, step)
        return Clock(at.group_by("person").agg(nw.col("day").min().alias("first")), f'the first "{name}"', False)
    if "created" in journey.people.columns:
        return Clock(dates(journey, "created", "first"), "the day they came (created)", True)
    found = seen(journey).group_by("person").agg(nw.col("day").min().alias("first"))
    return Clock(found, "their first record", False)


def step_of(journey: JourneyFrame, word: str) -> str:
    """A step by its id or its name."""
    names = {name: step for step, name in (journey.step_names or {}).items()}
    step = names.get(word, word)
    known = journey.distinct("step")
    if step not in known:
        raise DataFault(unknown("step", word, journey.in_order("step", known)))
    return step


def day_in_words(day: int) -> str:
    return str(pd.Timestamp(int(day), unit="D").date())


def blank(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Missing groups as None."""
    for column in columns:
        values: Any = table[column].astype(object)
        table[column] = values.where(values.notna(), None)
    return table
