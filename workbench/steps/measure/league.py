"""A league of branches, agents or regions: what is left of their differences once small bases are allowed for.

Knows the journey's counts and the inference room.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.league import League
from workbench.inference.league import league as shrunken
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups, measure, scored
from workbench.steps.measure.scored import Counting


@measure("Which branches, agents or regions really differ?", needs=("nps",))
def league(
    journey: JourneyFrame,
    of: str = "nps",
    by: str | Sequence[str] = "region",
    minimum_base: int | None = None,
) -> Finding:
    """Groups in the order of their shrunken score: the raw score drawn towards the mean of all, the more the smaller it is.

    value, low, high: the shrunken NPS (or mean of `of`) by a random intercept (REML), its interval given the variances;
    raw: the score as it was answered; funnel low, funnel high: where 95 % of groups of that size would lie if all were
    alike (Spiegelhalter 2005); outside: the raw score lies beyond three standard errors; rank: 1 is the highest. Groups
    that are not known are left out and counted. The worst raw group is often just the smallest.

    Unweighted, answers as if each were another person's; the method says so. Raises DataFault with fewer than two groups.
    """
    keys = (by,) if isinstance(by, str) else tuple(by)
    if not keys:
        raise DataFault(Fault(column="by", found="no groups", expected="a column to rank, as in by='region'"))
    counting = scored.counting(journey, of)
    counted = groups.grouped(journey, of, keys, counting.score)
    if counted.counts.empty:
        raise DataFault(Fault(column=of, found="no answers in these groups", expected="answers in two groups or more"))
    known = counted.counts[counted.counts[list(keys)].notna().all(axis=1)]
    sums, unknown = _sums(known, keys, counting), int(counted.counts["n"].sum() - known["n"].sum())
    found = shrunken(sums)
    table = pd.DataFrame([dict(zip(keys, key, strict=True)) for key in found.branches.index], columns=list(keys))
    told = found.branches.reset_index(drop=True)
    table["value"], table["low"], table["high"] = told["shrunk"], _floats(told["low"]), _floats(told["high"])
    table["n"] = told["n"].astype(int)
    table["raw"], table["funnel low"], table["funnel high"] = told["raw"], told["funnel_low"], told["funnel_high"]
    for column in ("low", "high", "funnel low", "funnel high"):
        edges = (-100.0, 100.0) if counting.score else (counting.low, counting.high)
        table[column] = table[column].clip(*edges)
    table["outside"] = [bool(one) for one in told["outside"]]
    table["rank"] = told["rank"].astype(int)
    table["caution"] = ["small base" if n < groups.WIDE_BASE else "" for n in table["n"]]
    table = table.sort_values(["rank", *keys], kind="stable", ignore_index=True)
    return groups.finding(
        counted.journey,
        "league",
        groups.rounded(table),
        keys,
        _sentence(journey, table, keys, minimum_base, counting),
        f"{int(found.n):,} answers of {len(table):,} groups"
        + (f"; {unknown:,} answers of groups that are not known left out" if unknown else ""),
        _method(found, counting, counted),
        minimum_base,
        {"kind": "league", "unit": counting.unit, "reference": found.overall, "signed": bool(counting.score)},
        "League",
    )


def _floats(values: pd.Series) -> pd.Series:
    return values.astype(float)


def _sums(counts: pd.DataFrame, keys: Sequence[str], counting: Counting) -> pd.DataFrame:
    """n, total and squares of each group, from counts of answers."""
    x, n = counting.points(counts["value"]), counts["n"].astype(float)
    table = counts[list(keys)].assign(n=n, total=n * x, squares=n * x**2)
    sums = table.groupby(list(keys), sort=True).sum()
    sums.index = pd.Index([key if isinstance(key, tuple) else (key,) for key in sums.index], tupleize_cols=False)
    return sums


def _sentence(
    journey: JourneyFrame, table: pd.DataFrame, keys: tuple[str, ...], minimum_base: int | None, counting: Counting
) -> str:
    seen = groups.shown(journey, table, keys, minimum_base)
    if len(seen) < 2:
        return "Fewer than two groups are large enough to be ranked."
    best, worst = seen.iloc[0], seen.iloc[-1]
    raw = seen.loc[seen["raw"].idxmin()]
    turned = counting.flipped
    outside = int((seen["outside"] == True).sum())  # noqa: E712
    if worst["low"] != worst["low"]:
        return f"{len(seen)} groups differ no more than chance has groups of their sizes differ: there is no league."
    say = counting.say
    words = (
        f"{'Highest' if not turned else 'Highest (low is good)'} after small bases are allowed for is "
        f'"{groups.named(journey, best, keys)}": {say(best["value"])} ({say(best["low"])} to {say(best["high"])}; '
        f'{int(best["n"]):,} answers), lowest "{groups.named(journey, worst, keys)}": {say(worst["value"])} '
        f"({say(worst['low'])} to {say(worst['high'])}; {int(worst['n']):,} answers)"
    )
    words += "; their intervals overlap" if best["low"] <= worst["high"] else ""
    if raw["rank"] != worst["rank"]:
        words += f'; the lowest raw score, of "{groups.named(journey, raw, keys)}", rests on {int(raw["n"]):,} answers'
    return f"{words}. {outside} of {len(seen)} lie outside what chance does to groups of their size."


def _method(found: League, counting: Counting, counted: groups.Groups) -> str:
    ignored = ["weights"] if counted.weighted else []
    ignored += ["strata"] if counted.moments["stratum"].nunique() > 1 else []
    ignored += ["that people answered more than once"] if counted.repeated else []
    parts = [
        counting.words,
        f"{found.method}: mean of the groups {counting.say(found.mean)}, {100 * found.icc:.1f} % of the variance lies "
        "between groups",
        f"funnel: 95 % limits about the mean of all answers ({counting.say(found.overall)}); outside: beyond 3 standard "
        "errors (Spiegelhalter 2005)",
        *found.notes,
        "unweighted" + (f" ({', '.join(ignored)} not honoured)" if ignored else ""),
        "what goes with a group need not be its doing",
    ]
    return "; ".join(parts)
