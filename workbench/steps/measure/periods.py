"""A measure over time: one estimate a week, month, quarter or wave, from answers or from a tracking sheet's readings.

Knows the journey. What is made of a series (charts, breaks, before and after) stands in the modules that use it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import Table, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.inference import intervals
from workbench.inference.intervals import Estimate
from workbench.journey import JourneyFrame, _answered
from workbench.steps.measure import groups, waves
from workbench.steps.measure.ratings import PROMOTERS
from workbench.steps.measure.tracking import EVERYBODY, NOON, _limits

DAY = 86_400_000_000  # microseconds
FREQUENCY = {"week": "W-SUN", "month": "M", "quarter": "Q"}
EVERY = (*FREQUENCY, "wave")
TURN = {"week": 52, "month": 12, "quarter": 4}  # periods of a full year
SOURCES = ("auto", "answers", "readings")


@dataclass(frozen=True, eq=False)
class Series:
    """One row a period in `table`, in the order of time, those without answers in between as rows without a value.

    Columns: period (its label), number (counted on; periods that follow each other differ by 1), value, low, high (95 %),
    se, n (answers, or the sheet's base), n_effective. `breaks` says from which period on something else was asked, and
    what; `undated` answers are in no period.
    """

    of: str
    every: str
    source: str
    table: pd.DataFrame
    scale: tuple[float, float]
    design: str
    breaks: tuple[tuple[str, str], ...]
    undated: int
    people: int

    @property
    def what(self) -> str:
        return "NPS" if self.of == "nps" else f"mean of {self.of}" if self.source == "answers" else self.of

    @property
    def unit(self) -> str:
        return "NPS points" if self.of == "nps" else self.what

    @property
    def base(self) -> str:
        n, many = self.table["n"].sum(), self.filled(1)["value"].notna().sum()
        counted = f"{int(n):,} {'answers' if self.source == 'answers' else 'answers behind the readings'}" if n else ""
        whose = f" of {self.people:,} people" if self.people else ""
        return f"{counted}{whose}{' in ' if counted else ''}{many} {plural(self.every, many)}"

    @property
    def told(self) -> str:
        """Where the figures come from, in words for a method."""
        parts = [
            f"{self.what} by {self.every}"
            + (f" of answers, {self.design}" if self.source == "answers" else " as the tracking sheet reads")
        ]
        if self.every != "wave" and self.source == "answers":
            parts.append("days in UTC")
        if self.undated:
            parts.append(f"{self.undated:,} answers without a {'wave' if self.every == 'wave' else 'date'} left out")
        return ", ".join(parts)

    def filled(self, minimum: int) -> pd.DataFrame:
        """The table with the value of periods under the minimum base taken out: they are gaps."""
        table = self.table.copy()
        small = (table["n"] < minimum) & table["n"].notna()
        for column in ("value", "low", "high", "se"):
            table[column] = table[column].astype(float).mask(small)
        return table

    def say(self, value: float) -> str:
        return groups.signed(value, 0 if self.of == "nps" else 2) if self.scale[0] < 0 else f"{value:.2f}"


def plural(word: str, many: float) -> str:
    return word if many == 1 else f"{word}s"


def series(journey: JourneyFrame, of: str = "nps", every: str = "month", source: str = "auto") -> Series:
    """A measure period by period. source="auto" takes answers or readings, whichever tells of more periods.

    Raises DataFault for a measure, a kind of period or a source that is not there, and for readings of several steps.
    """
    if every not in EVERY:
        raise DataFault(unknown("kind of period", every, EVERY))
    if source not in SOURCES:
        raise DataFault(unknown("source of a series", source, SOURCES))
    kinds = journey.measures.to_frame()
    known = kinds[kinds["kind"].isin(["answer", "reading"])]
    there = set(known.loc[known["measure"] == of, "kind"])
    if not there:
        raise DataFault(unknown("measure", of, sorted(set(known["measure"]))))
    found = []
    if "answer" in there and source != "readings":
        found.append(_of_answers(journey, of, every))
    if "reading" in there and source != "answers" and every != "wave":
        found.append(_of_readings(journey, of, every))
    found = [one for one in found if len(one.table)]
    if not found:
        raise DataFault(
            Fault(
                column=of,
                found=f"no dated {'answers or readings' if source == 'auto' else source} by {every}",
                expected="values with a time (or a wave)",
                mend='bind time= (or wave=), or take another every= or source="auto"',
            )
        )
    return max(found, key=lambda one: int(one.table["value"].notna().sum()))  # the first of equals: answers


def number_of(when: str, every: str) -> tuple[int, bool]:
    """The period that a date is in, as its number, and whether it is the period's first day. Raises DataFault."""
    try:
        day = pd.Timestamp(when)
    except ValueError:
        raise DataFault(Fault(column="when", found=f'"{when}"', expected="a date, as in 2025-06-01")) from None
    if day is pd.NaT:
        raise DataFault(Fault(column="when", found=f'"{when}"', expected="a date, as in 2025-06-01"))
    day = day.tz_convert("UTC").tz_localize(None) if day.tzinfo is not None else day
    period = day.to_period(FREQUENCY[every])
    return int(period.ordinal), bool(period.start_time == day.normalize())


def label(number: int, every: str) -> str:
    """A period in words: 2025-03, 2025 Q1, the Monday of a week."""
    period = pd.Period(ordinal=int(number), freq=FREQUENCY[every])
    if every == "week":
        return str(period.start_time.date())
    return f"{period.year} Q{period.quarter}" if every == "quarter" else str(period)


def in_periods(journey: JourneyFrame, every: str, later: int = 0) -> JourneyFrame:
    """The frame with the number of the period in place of the wave, so that all that counts by wave counts by period.

    `later` microseconds are added to each time before its day is read.
    """
    if every == "wave":
        return journey
    frame = journey.records.lazy
    ends = rows(frame.select(nw.col("time").min().alias("first"), nw.col("time").max().alias("last")))
    first, last = ends.iloc[0]
    if pd.isna(first):
        return replace(journey, records=Table(frame.with_columns(nw.lit(None).cast(nw.String).alias("wave"))))
    days = range((int(first) + later) // DAY, (int(last) + later) // DAY + 1)
    dates = pd.to_datetime(pd.Series(days), unit="D").dt.to_period(FREQUENCY[every])
    calendar = journey.engine.table(pd.DataFrame({"day": list(days), "wave": [str(one.ordinal) for one in dates]}))
    parted = frame.drop("wave").with_columns(((nw.col("time") + later) // DAY).alias("day"))
    return replace(journey, records=Table(parted.join(calendar, on="day", how="left").drop("day")))


def _of_answers(journey: JourneyFrame, of: str, every: str) -> Series:
    low, high, flipped = journey.scale(of)
    is_nps = of == "nps"
    if is_nps and (low, high) != (0, 10):
        raise DataFault(Fault(column=of, found=f"a scale from {low:g} to {high:g}", expected="0 to 10"))
    parted = in_periods(journey.of_kind("answer"), every)
    counted = groups.grouped(parted, of, "wave", PROMOTERS if is_nps else None)

    def estimate(counts: pd.DataFrame, moments: pd.DataFrame) -> tuple[Estimate, dict[str, Any]]:
        if counted.designed:
            return groups.mean(moments), {}
        if is_nps:
            detractors, passives, promoters = (
                float(counts.loc[counts["value"].between(a, b), "n"].sum()) for a, b, _ in PROMOTERS
            )
            return intervals.nps_interval(detractors, passives, promoters), {}
        total, squares = (float((counts["value"] ** power * counts["n"]).sum()) for power in (1, 2))
        return intervals.mean_interval(float(counts["n"].sum()), total, squares), {}

    table = groups.table(counted, estimate).rename(columns={"wave": "period"})
    dated = table["period"].notna()
    undated = int(table.loc[~dated, "n"].sum())
    table = _in_time(journey, table[dated], every)
    scale = (-100.0, 100.0) if is_nps else (low, high)
    table["low"], table["high"] = table["low"].clip(lower=scale[0]), table["high"].clip(upper=scale[1])
    table["se"] = _lent(table)
    people = _people(counted.journey, of)
    words = groups.words_of_design(counted) + (" (low is good)" if flipped else "")
    return Series(of, every, "answers", table, scale, words, _breaks(journey, counted, of, every), undated, people)


def _people(journey: JourneyFrame, of: str) -> int:
    """How many people gave the answers that are in a period."""
    counted = _answered(journey.records.lazy, of).filter(~nw.col("wave").is_null())
    return int(rows(counted.select(nw.col("person").n_unique().alias("people")))["people"].fillna(0)[0])


def _lent(table: pd.DataFrame) -> pd.Series:
    """Standard errors; a period in which all said the same borrows the spread of the others, at its own base."""
    se, n = table["se"].astype(float), table["n"].astype(float)
    flat = (se == 0) & (n > 0)
    if not flat.any() or not (se > 0).any():
        return se.mask(se == 0)
    spread = float((se[se > 0] ** 2 * n[se > 0]).median())
    return se.mask(flat, (spread / n.where(n > 0)) ** 0.5)


def _of_readings(journey: JourneyFrame, of: str, every: str) -> Series:
    read = journey.records.lazy.filter(nw.col("kind") == "reading", nw.col("measure") == of, ~nw.col("value").is_null())
    steps = [one if isinstance(one, str) else None for one in rows(read.group_by("step").agg(nw.len()))["step"]]
    if not steps:
        return Series(of, every, "readings", pd.DataFrame(), (0, 0), "", (), 0, 0)
    if None not in steps and len(steps) > 1:
        raise DataFault(
            Fault(
                column=of,
                found=f"readings at {len(steps)} steps",
                expected="one series",
                mend=f'take one step: .at_steps("{min(str(one) for one in steps)}")',
            )
        )
    read = read.filter(nw.col("step").is_null()) if None in steps else read
    parted = in_periods(replace(journey, records=Table(read)), every, NOON).records.lazy
    base = nw.col("n").cast(nw.Float64)
    sums = [
        nw.len().alias("readings"),
        nw.col("value").sum().alias("total"),
        (base * nw.col("value")).sum().alias("weighted"),
        base.sum().alias("n"),
        nw.col("n").count().alias("known"),
    ]
    table = rows(parted.group_by("wave", "text").agg(*sums))
    named = table["text"].notna()
    whole = ~named | table["text"].isin(EVERYBODY)
    if named.any() and not whole.any():
        raise DataFault(
            Fault(column=of, found=f"readings of {table['text'].nunique()} groups", expected="readings of everybody")
        )
    table = table[whole].groupby("wave", dropna=False, as_index=False).sum(numeric_only=True)
    every_base = table["known"] == table["readings"]
    table["value"] = (table["weighted"] / table["n"]).where(
        every_base & (table["n"] > 0), table["total"] / table["readings"]
    )
    table["n"] = table["n"].where(every_base)
    undated = int(table.loc[table["wave"].isna(), "readings"].sum())
    table = table[table["wave"].notna()].rename(columns={"wave": "period"})
    limits = [_limits(of, value, n) for value, n in zip(table["value"], table["n"], strict=True)]
    table["low"], table["high"] = ([one[side] for one in limits] for side in (0, 1))
    table = _in_time(journey, table.assign(se=math.nan, n_effective=None), every)
    there = journey.measures.to_frame()
    there = there[(there["measure"] == of) & (there["kind"] == "reading")]
    scale = (float(there["low"].min()), float(there["high"].max()))
    return Series(of, every, "readings", table, scale, "", (), undated, 0)


def _in_time(journey: JourneyFrame, table: pd.DataFrame, every: str) -> pd.DataFrame:
    """Periods in order, with those in between that have no answers."""
    columns = ["period", "number", "value", "low", "high", "se", "n", "n_effective"]
    if every == "wave":
        table = groups.in_order(journey, table.rename(columns={"period": "wave"}).astype({"wave": str}), ("wave",))
        return table.rename(columns={"wave": "period"}).assign(number=range(len(table)))[columns]
    table = table.assign(number=table["period"].astype(float).astype(int)).set_index("number")
    if len(table):
        table = table.reindex(range(table.index.min(), table.index.max() + 1))
        table["n"] = table["n"].where(table["value"].notna(), 0)
    table = table.rename_axis("number").reset_index()
    return table.assign(period=[label(one, every) for one in table["number"]])[columns]


def _breaks(journey: JourneyFrame, counted: groups.Groups, of: str, every: str) -> tuple[tuple[str, str], ...]:
    """From which period on something else was asked (wording, scale, channels), and what."""
    whole = of in journey.asked_of_whole()
    found = [one for one in waves.breaks(journey, of) if not whole or one.step is None]
    if not found:
        return ()
    if every == "wave":
        return tuple(dict.fromkeys((one.after, f"{one.what} changed") for one in found))
    answers = journey.records.lazy.filter(
        nw.col("measure") == of, nw.col("kind") == "answer", ~nw.col("time").is_null()
    )
    begun = rows(answers.group_by("wave").agg(nw.col("time").min().alias("time"))).set_index("wave")["time"]
    told = []
    for one in found:
        if one.after in begun.index:
            day = str(pd.Timestamp(int(begun[one.after]), unit="us"))
            told.append((label(number_of(day, every)[0], every), f"{one.what} changed"))
    return tuple(dict.fromkeys(told))
