"""How far a measure moved on a day, and all answers after it against all before.

Looks back at the measures; knows neither actions nor verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import Table, rows
from workbench.inference import design_difference, design_mean
from workbench.inference.checks import two_sided_quantile
from workbench.inference.intervals import Estimate
from workbench.journey import JourneyFrame, Score
from workbench.steps.measure import groups
from workbench.steps.measure.ratings import PROMOTERS
from workbench.steps.measure.wave_changes import sums_by_wave, two_waves

POWER = 2.8016  # standard errors at which a change is found 4 times in 5 at 5 %
TREND = "a trend alone makes such a difference, and so does whatever else happened"
NOTHING = "its answers have neither a date nor a wave that is called by one"


def nobody_knows(matters: float) -> str:
    """No word on how much more is needed."""
    return ""


@dataclass(frozen=True, eq=False)
class Moved:
    """How far a measure moved, in its own unit; without a value, `why` nothing can be told yet.

    low, high   95 % limits; `inner` those of 90 %, by which a change too small to matter is told; p of no change
    n_before    people or answers on the two sides (None: a sheet that gives no bases)
    level       what it is now: value, low, high (95 %); `before` what it was
    signal      what the control chart says of the time since, in words
    minds       what a reader must mind
    more        how much more is needed to see a change of this size, in words
    few         are there fewer than the minimum base?
    """

    how: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    inner: tuple[float, float] | None = None
    n_before: float | None = None
    n_after: float | None = None
    level: tuple[float | None, float | None, float | None] = (None, None, None)
    signal: str = ""
    minds: tuple[str, ...] = ()
    more: Callable[[float], str] = nobody_knows
    why: str = ""
    few: bool = False
    se: float | None = None
    before: float | None = None


def number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def total(bases: pd.Series) -> float | None:
    return number(bases.astype(float).sum(min_count=1))


def inner_limits(value: float | None, se: float | None, df: float | None) -> tuple[float, float] | None:
    """The limits of 90 %: both one-sided tests at 5 % lie in them."""
    if value is None or se is None or not se > 0:
        return None
    half = two_sided_quantile(0.90, df) * se
    return value - half, value + half


def parted(journey: JourneyFrame, of: str, since: date) -> JourneyFrame | None:
    """The answers with "before" and "after" in place of the wave: by their time, else by waves that name a date; None where
    neither says when."""
    asked = journey.of_kind("answer")
    asked = asked.of_whole_journey() if of in asked.asked_of_whole() else asked
    frame = asked.of_measure(of).records.lazy
    dated = rows(frame.select((~nw.col("time").is_null()).cast(nw.Int64).sum().alias("n")))["n"][0] or 0
    after: Any
    if dated:
        day = int(pd.Timestamp(since).as_unit("us").asm8.view("i8"))
        after, before = nw.col("time") >= day, nw.col("time") < day
    else:
        spans = {one: _span(one) for one in asked.distinct("wave")}
        if not spans or None in spans.values():
            return None
        when = pd.Timestamp(since)
        after = nw.col("wave").is_in([one for one, span in spans.items() if span and span[0] >= when] or [""])
        before = nw.col("wave").is_in([one for one, span in spans.items() if span and span[1] < when] or [""])
    side = nw.when(after).then(nw.lit("after")).otherwise(nw.when(before).then(nw.lit("before")))
    return replace(asked, records=Table(frame.with_columns(side.alias("wave"))), wide=(), ways=None, whole=False)


def _span(wave: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The first and the last moment of a wave that is called by a date: 2025, 2025-03, 2025 Q1."""
    try:
        period = pd.Period(wave.replace(" Q", "Q"))
    except (ValueError, TypeError):
        return None
    return period.start_time, period.end_time


def first_wave(journey: JourneyFrame, since: date) -> str | None:
    """The first wave that began on or after a day."""
    answers = journey.of_kind("answer").records.lazy.filter(~nw.col("wave").is_null(), ~nw.col("time").is_null())
    begun = rows(answers.group_by("wave").agg(nw.col("time").min().alias("time")))
    begun = begun[begun["time"] >= int(pd.Timestamp(since).as_unit("us").asm8.view("i8"))]
    order = journey.in_order("wave", begun["wave"].tolist())
    return order[0] if order else None


def score_of(of: str) -> Score:
    return PROMOTERS if of == "nps" else None


def two_sides(journey: JourneyFrame, of: str, since: date, minimum: int) -> Moved:
    """All answers after a day against all before; people on both sides are counted once in the error."""
    sides = parted(journey, of, since)
    if sides is None:
        return Moved(why=NOTHING)
    sums = sums_by_wave(sides, of, score_of(of))
    n = bases_of(sums)
    if few := too_few(n, since, minimum):
        return few
    strata = two_waves(sums, "after", "before")
    gap = design_difference(strata, int(n["after"]), int(n["before"]), lonely=groups.lonely(strata))
    after, before = (side_of(strata, side, int(n[name])) for side, name in (("a", "after"), ("b", "before")))

    def more(matters: float) -> str:
        room = (matters / POWER) ** 2 - (before.se or 0.0) ** 2
        if not after.se:
            return ""
        if room <= 0:
            return f"with {int(n['before']):,} answers before, no number after would show a change of {matters:.3g}"
        wanted = math.ceil(after.se**2 * n["after"] / room - n["after"])
        return f"about {max(wanted, 1):,} more answers would show a change of {matters:.3g}"

    return Moved(
        f"{int(n['after']):,} answers after less {int(n['before']):,} before", gap.value, gap.low, gap.high, gap.p,
        inner_limits(gap.value, gap.se, gap.df), n["before"], n["after"], (after.value, after.low, after.high), minds=(TREND,),
        more=more, se=gap.se, before=before.value,
    )  # fmt: skip


def bases_of(sums: pd.DataFrame) -> dict[str, float]:
    own = sums[sums["wave"] == sums["wave_b"]].groupby("wave")["n"].sum()
    return {side: float(own.get(side, 0.0)) for side in ("before", "after")}


def too_few(n: Mapping[str, float], since: date, minimum: int) -> Moved | None:
    for side in ("after", "before"):
        if n[side] < max(minimum, 2):
            told = "no answers" if not n[side] else f"fewer than {max(minimum, 2)} answers"
            return Moved(why=f"{told} {'from' if side == 'after' else 'before'} {since}", few=n[side] > 0)
    return None


def side_of(strata: pd.DataFrame, side: str, n: int) -> Estimate:
    own = strata[["psus", *[f"{one}_{side}" for one in ("y", "w", "yy", "yw", "ww")]]]
    own = own.rename(columns=lambda name: name.removesuffix(f"_{side}"))
    return design_mean(own, n, lonely=groups.lonely(own))
