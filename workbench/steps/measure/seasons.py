"""What a series is made of: its season and trend, and the months in which its level changed.

Knows the series of a measure (`periods`). A break that was searched for is a question, not a tested effect.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference import level_breaks, season_test, seasonal_parts
from workbench.inference.breaks import Breaks
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure, periods
from workbench.steps.measure.charts import _no_gaps, _year

ALPHA = 0.05
SHORTEST = 6  # periods between two changes of level, where the series has room


@measure("How much of the ups and downs is the time of the year?")
def seasonal(
    journey: JourneyFrame,
    of: str = "nps",
    every: str = "month",
    source: str = "auto",
    minimum_base: int | None = None,
) -> Finding:
    """Season, trend and rest of a measure by month (week, quarter): what would it be without the time of the year?

    STL with the same season every year (Cleveland et al. 1990); two full years without a gap are needed. With fewer
    than three years a season is hardly told from chance, and the method says so. Raises DataFault otherwise.
    """
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    turn = periods.TURN[_year(every)]
    found = periods.series(journey, of, every, source)
    given = found.filled(minimum)
    if int(given["value"].notna().sum()) < 2 * turn:
        raise DataFault(
            Fault(
                column=of,
                found=f"{int(given['value'].notna().sum())} {every}s",
                expected=f"two full years ({2 * turn} {every}s)",
                mend="wait, or look at it without its season (control_chart)",
            )
        )
    known = given.index[given["value"].notna()]
    whole = _no_gaps(given.loc[known.min() : known.max()], every)
    split = seasonal_parts(whole, turn, "periodic")
    parts = split.parts[["period", "trend", "seasonal", "remainder", "adjusted"]]
    rows = given[["period", "value", "n"]].merge(parts, on="period", how="left")
    rows = groups.rounded(rows)
    seen = groups.shown(journey, rows, ("period",), minimum)
    strength, test = split.strength_seasonal, season_test(whole, turn)
    if strength is None or seen.empty:
        sentence = f"The {found.what} does not vary: there is no season to find."
    else:
        top, bottom = seen.loc[seen["seasonal"].idxmax()], seen.loc[seen["seasonal"].idxmin()]
        size = f"{_sign(found, bottom['seasonal'])} in {bottom['period']} to {_sign(found, top['seasonal'])} in {top['period']}"
        told = "has a season" if test.p is not None and test.p < ALPHA else "has no season that is beyond chance"
        sentence = (
            f"The {found.what} {told} (p {_p(test.p)}; from {size}, over {split.n} {every}s); "
            f"its trend went from {found.say(split.parts['trend'].iloc[0])} to {found.say(split.parts['trend'].iloc[-1])}."
        )
    method = "; ".join(
        [split.method, f"{test.method}: p {_p(test.p)}, no autocorrelation supposed",
         f"strength {'not known' if strength is None else f'{strength:.2f}'} of 1 (about a half by chance alone in two years)",
         found.told, "every period counts the same", *split.notes]
    )  # fmt: skip
    return groups.finding(
        journey, "seasonal", rows, ("period",), sentence, found.base, method, minimum_base,
        {"kind": "control", "unit": found.unit, "centre": "trend", "events": [], "signed": found.scale[0] < 0},
        f"Season of {found.what}",
    )  # fmt: skip


@measure("When did its level change?")
def change_points(
    journey: JourneyFrame,
    of: str = "nps",
    every: str = "month",
    source: str = "auto",
    most: int = 3,
    minimum_base: int | None = None,
) -> Finding:
    """When, and how often, did the level of a measure change? Segments by least squares, their number by BIC.

    `most` breaks at most, a fifth of the series (6 periods, where there is room) apart. Each date has its interval (Bai
    1997). Where a single break anywhere would be no rarity by chance (largest F, the search reckoned in: Andrews 1993, p
    of 0.05 or more), none is told. A break is a question to ask, not an effect that was tested: trend and autocorrelation
    make breaks. Raises DataFault for fewer than 8 periods.
    """
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    found = periods.series(journey, of, every, source)
    given = found.filled(minimum)
    kept = given[given["value"].notna()].reset_index(drop=True)
    if len(kept) < 8:
        raise DataFault(
            Fault(
                column=of,
                found=f"{len(kept)} {periods.plural(every, len(kept))} with a value",
                expected="8 or more",
                mend='wait, or take shorter periods (every="week")',
            )
        )
    room = min(len(kept) // 2, max(SHORTEST, -(-len(kept) // 5)), max(2, len(kept) // 3))
    breaks = level_breaks(kept[["period", "value"]], min_segment=room, max_breaks=most)
    chance = breaks.p is not None and breaks.p >= ALPHA
    if chance:  # the smallest BIC splits every fifth or tenth series of pure chance
        whole = pd.DataFrame([{"first": kept["period"].iloc[0], "mean": float(kept["value"].mean())}])
        breaks = replace(breaks, breaks=breaks.breaks.iloc[:0], segments=whole, chosen=0)
    begun = {kept["period"][int(index)]: row for index, row in breaks.breaks.set_index("index").iterrows()}
    level, rows = None, []
    means = {row.first: row.mean for row in breaks.segments.itertuples()}
    for one in given.itertuples():
        level = means.get(one.period, level)
        row = begun.get(one.period)
        rows.append(
            {"period": one.period, "value": one.value, "low": one.low, "high": one.high, "n": one.n, "level": level,
             "new level": row is not None,
             "changed from": _after(kept, row, "low") if row is not None else None,
             "changed to": _after(kept, row, "high") if row is not None else None}
        )  # fmt: skip
    table = groups.rounded(pd.DataFrame(rows))
    if found.source == "answers":
        table["n"] = table["n"].fillna(0).astype(int)
    events = [(one, "level changed") for one in begun] + list(found.breaks)
    return groups.finding(
        journey, "change_points", table, ("period",), _told(found, breaks, table, begun), found.base,
        "; ".join(
            [breaks.method, f"any break at all: p {_p(breaks.p)} (largest F anywhere, Andrews 1993)", found.told,
             "every period counts the same", "do not test a break that was found as if its date had been known",
             *breaks.notes]
        ),
        minimum_base,
        {"kind": "control", "unit": found.unit, "centre": "level", "stepped": True,
         "events": [list(one) for one in events], "signed": found.scale[0] < 0},
        f"Changes of the level of {found.what}",
    )  # fmt: skip


def _told(found: periods.Series, breaks: Breaks, table: pd.DataFrame, begun: dict) -> str:
    over = f"over {breaks.n} {periods.plural(found.every, breaks.n)}"
    if not begun:
        mean = float(breaks.segments["mean"].iloc[0])
        return f"The level of the {found.what} did not change beyond chance {over}: it is {found.say(mean)} (p {_p(breaks.p)})."
    means = breaks.segments["mean"].tolist()
    rows = table[table["new level"]]
    parts = [
        f"in {row['period']} ({row['changed from']} to {row['changed to']}) from {found.say(before)} to {found.say(after)}"
        for (_, row), before, after in zip(rows.iterrows(), means, means[1:], strict=False)
    ]
    times = "once" if len(parts) == 1 else f"{len(parts)} times"
    return f"The level of the {found.what} changed {times} {over}: {', '.join(parts)}."


def _after(kept: pd.DataFrame, row: pd.Series, side: str) -> str | None:
    """The period after the one that an index points to: the first of the new level."""
    if row[side] is None or row[side] != row[side]:
        return None
    return str(kept["period"][min(max(int(row[side]), 0), len(kept) - 1)])


def _p(p: float | None) -> str:
    return "not known" if p is None else "under 0.001" if p < 0.001 else f"{p:.3f}"


def _sign(found: periods.Series, value: float) -> str:
    return groups.signed(value, 0 if found.of == "nps" else 2)
