"""Who left, and when: what marks the end of a customer's time, and the follow-ups counted from it.

Knows the journey and its engine, which counts. What marks the end is an attribute of people, a step or a kind of record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.journey import DESIGN, JourneyFrame
from workbench.steps.measure import customers
from workbench.steps.measure.customers import MONTH

YES = ("yes", "true", "1", "1.0", "y", "ja", "oui", "churned", "left", "closed", "switched", "cancelled")
LIKE = ("switch", "churn", "cancel", "closed", "leav", "left")  # words that speak of leaving, looked for in this order
SAID = ("complaint", "event", "answer", "comment")  # kinds of records that may mark an end
MANY = 100_000  # patterns above which days are counted as weeks


@dataclass(frozen=True)
class FollowUps:
    """`counts`: entry, time, event, turn (first complaint), the attributes, n; days. `dropped` says who is not in it,
    `early` how many had complained before their clock started."""

    counts: pd.DataFrame
    end: str
    start: str
    until: str
    dropped: dict[str, int]
    notes: tuple[str, ...]
    of_complaints: tuple[str, ...]
    marker: str | None
    early: int = 0

    @property
    def n(self) -> int:
        return int(self.counts["n"].sum())

    def base(self, least: int) -> str:
        """How many were followed, and how many of them left: not told of fewer than the minimum base."""
        if self.n < least:
            return f"fewer than {least} customers followed"
        return f"{self.n:,} customers followed, of whom {self.left:,} left"

    @property
    def left(self) -> int:
        return int(self.counts.loc[self.counts["event"] == 1, "n"].sum())

    @property
    def told(self) -> str:
        parts = [
            f"the end: {self.end}",
            f"the clock starts with {self.start}",
            f"who did not leave is followed to {self.until}",
        ]
        parts += self.notes
        if self.dropped:
            parts.append("left out: " + ", ".join(f"{n:,} with {why}" for why, n in self.dropped.items()))
        return "; ".join(parts)


def follow_ups(
    journey: JourneyFrame,
    when: str | None,
    by: Sequence[str],
    since: str | None,
    at: str | None,
    yes: str | Sequence[str] | None,
) -> FollowUps:
    """Counted follow-ups: how many customers were followed from which day to which, with a first complaint on which."""
    kind, name, when = _marker(journey, when)
    first, last = customers.ends(journey)
    known = customers.people(journey)
    clock = customers.clock(journey, since)
    left, end, step = _left(journey, kind, name, when, at, yes)
    notes, of_complaints = [], []
    complained = customers.seen(journey, "complaint")
    if step is not None:  # a complaint at the leaving is part of it
        complained = complained.filter(nw.col("step").is_null() | (nw.col("step") != step))
    turned = complained.group_by("person").agg(nw.col("day").min().alias("turn"))
    dated = name if kind == "dates" else None
    frame = known.select("person", *by, *([name] if kind == "answers" and name not in by else []))
    frame = frame.join(clock.first, on="person", how="left").join(left, on="person", how="left")
    frame = frame.join(turned, on="person", how="left")
    gone = ~nw.col("left").is_null() & (nw.col("left") <= last)
    said = nw.col(name).is_in(_yes(journey, name, yes)) if kind == "answers" else gone
    frame = frame.with_columns(gone.alias("gone"), said.alias("said"))
    event = nw.col("said") & nw.col("gone")
    frame = frame.with_columns(
        event.alias("event"),
        (nw.col("said") & nw.col("left").is_null()).alias("undated"),
        nw.when(event).then(nw.col("left")).otherwise(nw.lit(last)).alias("stop"),
    )
    frame = frame.with_columns(
        (nw.col("stop") - nw.col("first")).alias("time"), (nw.col("turn") - nw.col("first")).alias("turn"),
        (first - nw.col("first")).alias("entry"),
    )  # fmt: skip
    counts = rows(frame.group_by("entry", "time", "event", "turn", "undated", *by).agg(nw.len().alias("n")))
    counts = customers.blank(counts, by)
    for column in ("entry", "time", "turn"):
        counts[column] = pd.to_numeric(counts[column], errors="coerce").astype(float)
    counts["event"] = counts["event"].fillna(False).astype(bool).astype(int)
    truncated = clock.created and dated is None and bool((counts["entry"] > 0).any())
    counts["entry"] = counts["entry"].clip(lower=0) if truncated else 0.0
    if truncated:
        notes.append(f"customers from before the log are in it from its first day on, {customers.day_in_words(first)}")
    counts.loc[(counts["event"] == 1) & (counts["time"] == 0) & (counts["entry"] == 0), "time"] = 0.5
    counts, dropped = _kept(counts, by)
    if counts.empty:
        raise DataFault(
            Fault(
                column="time",
                found="nobody with a follow-up",
                expected=f"people with {clock.words}",
                mend="bind created= or time=",
            )
        )
    early = counts["turn"] < 0
    before = int(counts.loc[early, "n"].sum())
    counts.loc[early, "turn"] = 0.0
    if step is not None:
        of_complaints.append("complaints at that step are part of leaving, and do not count as complaints before it")
    if len(counts) > MANY:
        counts = _by_week(counts, by)
        notes.append("days counted as weeks")
    counts["time"], counts["entry"], counts["turn"] = (counts[one] / MONTH for one in ("time", "entry", "turn"))
    marker = name if kind in ("answers", "dates") else None
    return FollowUps(
        counts,
        end,
        clock.words,
        customers.day_in_words(last),
        dropped,
        tuple(notes),
        tuple(of_complaints),
        marker,
        before,
    )


def lasting(
    journey: JourneyFrame, when: str | None, by: Sequence[str], lasted: str, yes: str | Sequence[str] | None
) -> FollowUps:
    """Counted follow-ups where an attribute tells how many months each was followed, and another whether they left."""
    kind, name, _ = _marker(journey, when)
    customers.wanted(journey, lasted)
    if kind != "answers":
        raise DataFault(
            Fault(
                column="when",
                found=name,
                expected="an attribute of yes and no beside lasted=",
                mend="leave out lasted=",
            )
        )
    chosen = _yes(journey, name, yes)
    columns = list(dict.fromkeys([lasted, name, *by]))
    counts = rows(customers.people(journey).group_by(columns).agg(nw.len().alias("n")))
    counts = customers.blank(counts, columns)
    counts["time"] = pd.to_numeric(counts[lasted], errors="coerce").astype(float)
    counts = counts.assign(
        entry=0.0, event=counts[name].isin(chosen).astype(int), turn=float("nan"), undated=counts[name].isna()
    )
    if counts["time"].isna().all():
        raise DataFault(Fault(column=lasted, found="no number", expected="how many months each was followed"))
    counts.loc[(counts["event"] == 1) & (counts["time"] == 0), "time"] = 0.5
    kept, dropped = _kept(counts, by)
    kept = kept[["entry", "time", "event", "turn", *by, "n"]]
    if kept.empty:
        raise DataFault(Fault(column=lasted, found="nobody with a follow-up", expected="months above 0"))
    end, until = f"{name} is {', '.join(chosen)}", f"the months that {lasted} tells"
    return FollowUps(kept, end, f"the first of these months ({lasted})", until, dropped, (), (), name)


def _marker(journey: JourneyFrame, when: str | None) -> tuple[str, str, str]:
    """What marks the end: "dates" or "answers" (of an attribute), "step" or "kind", its name, and the word it was found by."""
    there = [one for one in journey.people.columns if one not in DESIGN]
    steps, names = journey.in_order("step", journey.distinct("step")), journey.step_names or {}
    for word in [when] if when is not None else LIKE:
        if word in there:
            return _attribute(journey, word), word, word
        said = {one: f"{one} {names.get(one, '')}".casefold() for one in steps}
        exact = [one for one in steps if word.casefold() in (one.casefold(), names.get(one, one).casefold())]
        if exact:
            return "step", exact[0], word
        if word in SAID:
            return "kind", word, word
        alike = [one for one in there if word.casefold() in one.casefold()]
        if len(alike) == 1:
            return _attribute(journey, alike[0]), alike[0], word
        near = [one for one in steps if word.casefold() in said[one]]
        if not alike and len(near) == 1:
            return "step", near[0], word
        if alike or near:
            raise _unclear(f'several things called "{word}"', alike or near)
    raise _unclear(f'nothing called "{when}"' if when else "nothing that speaks of leaving", [*there, *steps])


def _unclear(found: str, could: Sequence[str]) -> DataFault:
    return DataFault(
        Fault(
            column="when",
            found=found,
            expected="what marks the end: an attribute (with dates, or yes and no), a step, or complaint",
            mend=f"when= one of: {', '.join(could[:12])}; or bind the leaving as an attribute (segments:) or an event",
        )
    )


def _attribute(journey: JourneyFrame, name: str) -> str:
    """Does an attribute hold dates of leaving, or answers such as yes and no?"""
    values = pd.Series(journey.distinct(name), dtype=object).astype(str)
    read = pd.to_datetime(values.where(values.str.len() >= 8), errors="coerce", format="mixed")
    return "dates" if read.notna().mean() > 0.5 else "answers"


def _left(
    journey: JourneyFrame, kind: str, name: str, when: str, at: str | None, yes: str | Sequence[str] | None
) -> tuple[nw.LazyFrame, str, str | None]:
    """The day of leaving of whoever has one (person, left), in words, and the step at which it is dated."""
    names = journey.step_names or {}
    if kind == "dates":
        return customers.dates(journey, name, "left"), f"the date in {name}", None
    seen = customers.seen(journey)
    if kind == "kind":
        days = seen.filter(nw.col("kind") == name).group_by("person").agg(nw.col("day").min().alias("left"))
        return days, f"the first {name}", None
    if kind == "step":
        days = seen.filter(nw.col("step") == name).group_by("person").agg(nw.col("day").min().alias("left"))
        return days, f'the first "{names.get(name, name)}"', name
    listed = ", ".join(_yes(journey, name, yes))
    step = (
        customers.step_of(journey, at)
        if at
        else _step_like(journey, {when, name, name.removesuffix("ed"), name.removesuffix("d")})
    )
    moves = customers.seen(journey, "event", "complaint")
    moves = moves.filter(nw.col("step") == step) if step else moves
    days = moves.group_by("person").agg(nw.col("day").max().alias("left"))
    where = f'the last record at "{names.get(step, step)}"' if step else "the last contact or complaint"
    return days, f"{name} is {listed}, dated by {where}", step


def _yes(journey: JourneyFrame, name: str, yes: str | Sequence[str] | None) -> list[str]:
    there = journey.distinct(name)
    if yes is not None:
        chosen = [yes] if isinstance(yes, str) else list(yes)
    else:
        chosen = [one for one in there if str(one).strip().casefold() in YES]
    if not chosen or not set(chosen) <= set(there) or set(chosen) == set(there):
        raise DataFault(
            Fault(
                column=name,
                found=f"values {', '.join(map(str, there[:6]))}{' …' if len(there) > 6 else ''}",
                expected="some that mean having left, and others",
                mend=f'say which: yes="{there[0] if there else "…"}"',
            )
        )
    return [str(one) for one in chosen]


def _step_like(journey: JourneyFrame, words: set[str]) -> str | None:
    names = journey.step_names or {}
    steps = journey.in_order("step", journey.distinct("step"))
    near = [one for one in steps if any(word.casefold() in f"{one} {names.get(one, '')}".casefold() for word in words)]
    return near[0] if len(near) == 1 else None


def _kept(counts: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """The patterns that are follow-ups, and how many people the others stand for, by reason."""
    reasons = {
        "no known beginning or time": counts["time"].isna(),
        "an end that no record dates": counts["undated"].fillna(False).astype(bool),
        "an end before the first day": (counts["event"] == 1) & (counts["time"] < 0),
        "no day of follow-up": counts["time"] <= counts["entry"],
    }
    if by:
        reasons["missing " + ", ".join(by)] = counts[list(by)].isna().any(axis=1)
    dropped, keep = {}, pd.Series(True, index=counts.index)
    for why, hit in reasons.items():
        if (hit & keep).any():
            dropped[why] = int(counts.loc[hit & keep, "n"].sum())
        keep &= ~hit
    return counts[keep].drop(columns="undated").reset_index(drop=True), dropped


def _by_week(counts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    weeks = counts.assign(
        time=7 * (counts["time"] / 7).map(lambda one: -(-one // 1)),
        entry=7 * (counts["entry"] // 7),
        turn=7 * (counts["turn"] // 7),
    )
    return weeks.groupby(["entry", "time", "event", "turn", *by], dropna=False, as_index=False)["n"].sum()
