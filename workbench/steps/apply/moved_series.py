"""How far a series moved on a day: interrupted time series, its control chart, and plain means where it is short.

Looks back at the measures; knows neither actions nor verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from workbench.faults import DataFault
from workbench.inference import mean_interval
from workbench.journey import JourneyFrame
from workbench.steps.apply.moved import (
    POWER,
    TREND,
    Moved,
    bases_of,
    inner_limits,
    number,
    parted,
    score_of,
    side_of,
    total,
)
from workbench.steps.measure import before_after, charts, periods
from workbench.steps.measure.periods import Series
from workbench.steps.measure.wave_changes import sums_by_wave, two_waves

LEAST, A_SIDE = 8, 3  # periods with a value for an interrupted series: in all, and on each side
LONG = 12  # periods from which errors that hang together are fitted (Turner et al. 2021)
MOST = 60  # periods ahead that are looked for


def _sides(found: Series, when: str, minimum: int) -> tuple[pd.DataFrame, pd.Series]:
    """The periods with a value, without one that the day splits; and which of them are after it."""
    given = found.filled(minimum)
    if found.every == "wave":
        at = given.loc[given["period"] == when, "number"]
        first, split = (int(at.iloc[0]) if len(at) else int(given["number"].max()) + 1), None
    else:
        here, whole = periods.number_of(when, found.every)
        first, split = (here, None) if whole else (here + 1, here)
    given = given[given["value"].notna() & (given["number"] != split)]
    return given, given["number"] >= first


def long_enough(found: Series, when: str, minimum: int) -> bool:
    given, after = _sides(found, when, minimum)
    return len(given) >= LEAST and min(int(after.sum()), int((~after).sum())) >= A_SIDE


def interrupted(journey: JourneyFrame, found: Series, when: str, minimum: int) -> Moved:
    given, after = _sides(found, when, minimum)
    told = before_after.of_series(journey, found, when, "reml" if len(given) >= LONG else "ols", minimum_base=minimum)
    table = told.table.set_index("what")
    row = table.loc[before_after.AVERAGE]
    alarms = table.loc["change of level", "false alarms %"]
    alarms = alarms.dropna().iloc[0] if isinstance(alarms, pd.Series) else alarms
    minds = []
    if len(given) < 2 * LONG and alarms == alarms and alarms is not None:
        minds.append(f"in series of this length a change that is not there is found in about {alarms:.0f} of 100")
    se, df = number(row["se"]), number(row["df"])
    earlier, later = given[~after], given[after]
    return Moved(
        f"interrupted time series, {len(earlier)} {found.every}s before and {len(later)} after",
        number(row["value"]), number(row["low"]), number(row["high"]), number(row["p"]),
        inner_limits(number(row["value"]), se, df), total(earlier["n"]), total(later["n"]),
        signal=_signal(journey, found, when, minimum), before=number(earlier["value"].astype(float).mean()),
        minds=tuple(minds), more=_periods_more(given["number"], after, se, found.every), se=se,
    )  # fmt: skip


def _periods_more(numbers: pd.Series, after: pd.Series, se: float | None, every: str) -> Callable[[float], str]:
    """How many more periods like those until a change of this size is found 4 times in 5; in words."""
    x, post = numbers.to_numpy(float), after.to_numpy(float)

    def spread(more: int) -> float:
        """The variance of the mean of the first periods after against the old course, in variances of a period."""
        there = np.concatenate([x, x.max() + 1 + np.arange(more)])
        late = np.concatenate([post, np.ones(more)])
        start = there[late == 1].min()
        since = late * (there - start)
        design = np.column_stack([np.ones(len(there)), there, late, since])
        asked = np.array([0, 0, 1, since[late == 1][: before_after.reach(int((post == 0).sum()))].mean()])
        return float(asked @ np.linalg.inv(design.T @ design) @ asked)

    def words(matters: float) -> str:
        if not se:
            return ""
        now = spread(0)
        for more in range(1, MOST + 1):
            if se * math.sqrt(spread(more) / now) * POWER <= matters:
                word = f"{more} more {periods.plural(every, more)}"
                by = "" if every == "wave" else f", to {periods.label(int(x.max()) + more, every)},"
                return f"about {word}{by} would show a change of {matters:.3g}"
        return f"{MOST} more {every}s would not show a change of {matters:.3g}: the periods before are too few or too unlike"

    return words


def _signal(journey: JourneyFrame, found: Series, when: str, minimum: int) -> str:
    """What the control chart of the periods before says of those since."""
    given, after = _sides(found, when, minimum)
    if (~after).sum() < LEAST - 2 or not after.any():
        return ""
    start = str(given.loc[after, "period"].iloc[0])
    before = given.loc[~after, "period"].tolist()
    try:
        drawn = charts.of_series(journey, found, baseline=before, minimum_base=minimum).table
    except DataFault:  # too little varies to chart: nothing is said
        return ""
    later = drawn[drawn["period"].isin(given.loc[after, "period"])]
    if drawn["usual from"].isna().all():
        return ""
    signalled = later[later["signal"].astype(bool)]
    if signalled.empty:
        return f"within its usual range in all {len(later)} {periods.plural(found.every, len(later))} since {start}"
    told = "; ".join(dict.fromkeys(signalled["signal"]))
    return (
        f"out of its usual range in {len(signalled)} of {len(later)} {periods.plural(found.every, len(later))} ({told})"
    )


def plain(journey: JourneyFrame, found: Series, since: date, minimum: int) -> Moved:
    """Readings that are too few for a series: the mean of those after against that of those before."""
    given, after = _sides(found, since.isoformat(), minimum)
    earlier, later = (given.loc[side, "value"].astype(float) for side in (~after, after))
    if min(len(earlier), len(later)) < 2:
        return Moved(
            why=f"{len(earlier)} {found.every}s before and {len(later)} after {since} have a reading; 2 are needed"
        )
    row = before_after.of_series(
        journey, found, since.isoformat(), before_after.PLAIN, minimum_base=minimum
    ).table.iloc[0]
    se = number(row["se"])
    return Moved(
        f"mean of {len(later)} {found.every}s after less that of {len(earlier)} before",
        number(row["value"]), number(row["low"]), number(row["high"]), number(row["p"]),
        inner_limits(number(row["value"]), se, number(row["df"])), total(given.loc[~after, "n"]), total(given.loc[after, "n"]),
        level_now(journey, found.of, since, found, since.isoformat(), minimum), minds=(TREND,), se=se,
        before=float(earlier.mean()),
        more=lambda matters: f"from {LEAST} {found.every}s on, {A_SIDE} after, the trend can be told apart",
    )  # fmt: skip


def level_now(
    journey: JourneyFrame, of: str, since: date, found: Series, when: str, minimum: int
) -> tuple[float | None, float | None, float | None]:
    """What the measure is since the day: of answers, else the mean of the readings by their bases."""
    if found.source == "answers":
        sides = parted(journey, of, since)
        if sides is None:
            return None, None, None
        sums = sums_by_wave(sides, of, score_of(of))
        n = bases_of(sums)
        if n["after"] < max(minimum, 2):
            return None, None, None
        now = side_of(two_waves(sums, "after", "before"), "a", int(n["after"]))
        return now.value, now.low, now.high
    given, after = _sides(found, when, minimum)
    values = given.loc[after, "value"].astype(float)
    now = mean_interval(len(values), float(values.sum()), float((values**2).sum()))
    return now.value, now.low, now.high
