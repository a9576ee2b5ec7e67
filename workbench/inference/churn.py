"""From dates of customers to the counted follow-ups of `survival` and `cox`: a complaint counts only from its day on.

Knows a small table with one row a customer: first day, day of leaving, day last seen, day of the complaint. Months
before the complaint are months without one: counting them as months of a complainer would make complainers live longer
(immortal time). Days before somebody could be seen at all (`seen_from`) are in no risk set (left truncation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import one_of, refuse
from .summing import patterns

DAYS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}


@dataclass(frozen=True)
class ChurnCounts:
    """`counts`: entry, time, event, complained, the columns `by`, n: the statistics of `survival` and `cox_regression`.

    `n` customers are in it, `events` of them left within the study; `dropped` says how many are not, by reason.
    `complaints` came in time to count, `late_complaints` on the last day of a follow-up or after it.
    """

    counts: pd.DataFrame
    n: int
    events: int
    complaints: int
    late_complaints: int
    dropped: dict[str, int]
    unit: str
    notes: tuple[str, ...]


def churn_counts(
    table: pd.DataFrame,
    until: object,
    by: Sequence[str] = (),
    unit: str = "months",
    first: str = "first",
    left: str = "left",
    complaint: str | None = "complaint",
    last_seen: str | None = None,
    seen_from: str | None = None,
) -> ChurnCounts:
    """How long was each customer followed, did it end with leaving, and which part of it came after the complaint?

    One row a customer; columns of dates: `first` (their first day), `left` (missing: not left), `complaint` (missing:
    none; None: no such column), `last_seen` (missing or None: seen up to `until`), `seen_from` (answered the survey,
    entered the records: missing or None: seen from the first day). `until` is the last day of the study: who left later
    is still there. Clock: from the first day, in `unit` (months of 365.25 / 12 days). A customer with a complaint has
    two stretches, (entry, complaint] with complained = 0 and (complaint, end] with 1. Customers without a first day,
    without a column of `by`, or without a day of follow-up are dropped and counted; leaving or complaining before the
    first day is refused.
    """
    one_of("unit", unit, DAYS)
    end = pd.to_datetime(until)
    if pd.isna(end):
        refuse("until", until, "the last day of the study")
    table = table.reset_index(drop=True)
    begin, gone = _dates(table, first), _dates(table, left)
    said, seen, start = (_dates(table, name) for name in (complaint, last_seen, seen_from))
    for name, dates in ((left, gone), (complaint, said), (last_seen, seen)):
        if (dates < begin).any():
            refuse(str(name), f"{int((dates < begin).sum())} dates before the first day", "dates from the first day on",
                   "correct the dates")  # fmt: skip
    if (seen < gone).any():
        refuse(
            str(last_seen), "somebody last seen before leaving", "the day of leaving, or nothing", "correct the dates"
        )
    within = gone <= end
    stop = gone.where(within, seen.fillna(end).clip(upper=end))
    entry = start.where(start > begin, begin)
    people = pd.DataFrame({"entry": entry - begin, "time": stop - begin, "event": within.astype(int)})
    people = people.assign(complained_at=said - begin, **{name: _column(table, name) for name in by})
    reasons = {"no first day": begin.isna(), "missing " + (", ".join(by) or "-"): people[list(by)].isna().any(axis=1)}
    reasons["no day of follow-up"] = stop <= entry
    dropped, kept = {}, pd.Series(True, index=table.index)
    for reason, hit in reasons.items():
        if (hit & kept).any():
            dropped[reason] = int((hit & kept).sum())
        kept &= ~hit
    people = people[kept]
    inside = people["complained_at"] < people["time"]
    late = int((people["complained_at"].notna() & ~inside).sum())
    turn = people["complained_at"].where(inside)
    before = people[~(turn <= people["entry"])].assign(complained=0)
    split = turn[before.index].notna()
    before = before.assign(time=before["time"].where(~split, turn), event=before["event"].where(~split, 0))
    after = people[turn.notna()].assign(complained=1)
    after = after.assign(entry=after["entry"].where(after["entry"] > turn[after.index], turn))
    rows = pd.concat([before, after])
    for column in ("entry", "time"):
        rows[column] = rows[column] / pd.Timedelta(days=1) / DAYS[unit]
    keys = ["entry", "time", "event", *(["complained"] if complaint is not None else []), *by]
    counts = patterns(rows, keys).drop(columns=["w", "ww"])
    notes = [f"{many} customers dropped: {reason}" for reason, many in dropped.items()]
    if late:
        notes.append(f"{late} complaints on the last day followed, or after it, do not count")
    return ChurnCounts(
        counts, len(people), int(people["event"].sum()), int(inside.sum()), late, dropped, unit, tuple(notes)
    )


def _dates(table: pd.DataFrame, name: str | None) -> pd.Series:
    """A column of dates without times of day; nothing but missing ones without a column."""
    if name is None:
        return pd.Series(np.full(len(table), np.datetime64("NaT", "ns")), index=table.index)
    raw = _column(table, name)
    if pd.api.types.is_numeric_dtype(raw) and raw.notna().any():
        refuse(name, "numbers", "dates", "convert them first")
    dates = pd.to_datetime(raw, errors="coerce")
    if dates.isna().sum() > raw.isna().sum():
        refuse(name, "what is no date", "dates as 2024-05-31, or nothing", "correct them")
    return dates.dt.normalize()


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table:
        refuse(name, "no such column", "one row a customer with it")
    return table[name]
