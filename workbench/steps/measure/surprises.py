"""Surprises: where what customers feel differs from what the team assumed, beyond chance.

Looks back at the map and at the measures; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.faults import DataFault, unknown
from workbench.finding import Finding
from workbench.inference.checks import two_sided_p
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.map import JourneyMap
from workbench.steps.measure import groups
from workbench.steps.measure.ratings import emotion_curve

LANES = ("emotion", "trust")  # what the team assumes, from -100 to 100


def has(journey: JourneyFrame, measure: str) -> bool:
    """Was this measure asked in this journey?"""
    return measure in set(journey.measures.to_frame()["measure"])


def surprises(
    journey: JourneyFrame, drawn: JourneyMap, of: str | None = None, minimum_base: int | None = None
) -> Finding:
    """Where what customers feel differs from what the team assumed, beyond chance.

    Measured less assumed, both from -100 to 100, with interval, by step and lane (emotion and trust, those that were
    assumed and measured; `of` shows one of them); p for no difference by the t of the interval, Holm over all steps and lanes
    that have one: where answers do not spread (one answer, or all alike) there is none. A surprise has a corrected p
    under 5 %.
    """
    if of is not None and of not in LANES:
        raise DataFault(unknown("lane", of, LANES, column="of"))
    lanes = [
        lane for lane in LANES if has(journey, lane) and any(getattr(step, lane) is not None for step in drawn.steps)
    ]
    felt = {lane: emotion_curve(journey, "step", minimum_base, lane) for lane in lanes or LANES[:1]}
    table = gaps({lane: one.table for lane, one in felt.items()}, drawn)
    untold = int(table["p corrected"].isna().sum())
    tested = len(table) - untold
    shown = table if of is None else table[table["lane"] == of]
    by = ("step", "lane") if shown["lane"].nunique() > 1 else ("step",)
    columns = ["value", "low", "high", "n", "measured", "measured low", "measured high", "assumed", "p corrected"]
    shown = groups.rounded(shown[[*by, *columns, "surprise", "se"]].copy()).reset_index(drop=True)
    what = of or " and ".join(felt)
    felt = {lane: found for lane, found in felt.items() if of in (None, lane) or of not in felt}
    bases = [found.base if len(felt) == 1 else f"{lane}: {found.base}" for lane, found in felt.items()]
    untested = f"; {untold} without a spread of answers not tested" if untold else ""
    range_of = {"range": [-100, 100], "reference": 0}
    measured = {"value": "measured", "low": "measured low", "high": "measured high", "assumed": "assumed"}
    alone = {"kind": "compare", "unit": what} | measured | range_of
    together = {"kind": "intervals", "unit": "measured less assumed", "signed": True, "reference": 0}
    return groups.finding(
        journey,
        "surprises",
        shown,
        by,
        _most_surprising(journey, shown, by, what, minimum_base),
        "; ".join(bases),
        f"measured less assumed; {'; '.join(dict.fromkeys(one.method for one in felt.values()))}; p by the t of the interval, "
        f"corrected over {tested} steps and lanes (Holm){untested}",
        minimum_base,
        alone if len(by) == 1 else together,
        "Assumed beside measured",
    )


def gaps(felt: Mapping[str, pd.DataFrame], drawn: JourneyMap) -> pd.DataFrame:
    """Measured less assumed by lane and step, from each lane as it was measured (step, value, low, high, se, df, n).

    All lanes are one family: p corrected by Holm over all steps and lanes that have a spread of answers.
    """
    parts = []
    for lane, measured in felt.items():
        assumed = {step.id: getattr(step, lane) for step in drawn.steps}
        table = measured.copy()
        table["assumed"], table["lane"] = [assumed.get(step) for step in table["step"]], lane
        table = table[table["assumed"].notna() & table["value"].notna()].rename(columns={"value": "measured"})
        table["measured low"], table["measured high"] = table["low"], table["high"]
        table["value"] = table["measured"] - table["assumed"].astype(float)
        table["low"], table["high"] = table["low"] - table["assumed"], table["high"] - table["assumed"]
        parts.append(table)
    found = pd.concat(parts, ignore_index=True)
    p = [_p(*row) for row in found[["value", "se", "df"]].astype(float).itertuples(index=False)]
    found["p corrected"] = pd.Series(holm(p), index=found.index, dtype=float)
    found["surprise"] = [bool(one < 0.05) for one in found["p corrected"]]
    return found


def _most_surprising(
    journey: JourneyFrame, table: pd.DataFrame, by: tuple[str, ...], what: str, minimum_base: int | None
) -> str:
    seen = groups.shown(journey, table, by, minimum_base)
    if table.empty:
        return f"At no step was the {what} both assumed and measured: there is nothing to compare."
    if seen.empty:
        return f"No step is large enough to lay the measured {what} beside the assumed."
    if seen["p corrected"].isna().all():
        return f"At no step do the answers spread enough to say whether the measured {what} differs from the assumed."
    beyond = seen[seen["surprise"].astype(bool)]
    if beyond.empty:
        tested = int(seen["p corrected"].notna().sum())
        return (
            f"Nothing surprises: the measured {what} differs from the assumed beyond chance at none of {tested} "
            f"{_places(by, tested)} that could be tested."
        )
    worst = beyond.loc[beyond["value"].abs().idxmax()]
    lane = f" ({worst['lane']})" if "lane" in by else ""
    return (
        f"{len(beyond)} of {len(seen)} {_places(by, len(seen))} {'surprises' if len(beyond) == 1 else 'surprise'} the team; "
        "most of all "
        f'"{groups.named(journey, worst, ("step",))}"{lane}, '
        f"{abs(worst['value']):.0f} points {'worse' if worst['value'] < 0 else 'better'} than assumed "
        f"({groups.signed(worst['low'])} to {groups.signed(worst['high'])}; {int(worst['n']):,} answers)."
    )


def _places(by: tuple[str, ...], many: int) -> str:
    return ("step" if many == 1 else "steps") if len(by) == 1 else "steps and lanes"


def _p(gap: float, se: float, df: float) -> float | None:
    """The two-sided p of no gap, by the t (without df: the normal) of its interval; None where there is no spread."""
    if not se > 0 or df <= 0:
        return None
    return two_sided_p(gap / se, None if df != df else df)
