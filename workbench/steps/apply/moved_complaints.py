"""How far a rate of complaints moved on a day: as a series, before and after, and against those without the action.

Looks back at the measures; knows the action's names, no verdict.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault
from workbench.inference import design_difference, difference_in_differences, rate_interval, rate_ratio
from workbench.inference.checks import two_sided_quantile
from workbench.inference.intervals import Estimate
from workbench.journey import JourneyFrame
from workbench.steps.apply.model import Action
from workbench.steps.apply.moved import POWER, TREND, Moved, inner_limits
from workbench.steps.apply.moved_against import MORE_UNITS, between, fault_of, known_names
from workbench.steps.apply.moved_series import interrupted, long_enough
from workbench.steps.measure import customers, periods
from workbench.steps.measure.complaint_series import SCALE, complaints_in_time
from workbench.steps.measure.complaints import OVERDISPERSED
from workbench.steps.measure.customers import MONTH

COMPLAINT = "complaint"


def complaints(journey: JourneyFrame, one: Action, since: date, minimum: int) -> Moved:
    if COMPLAINT not in set(journey.measures.to_frame()["measure"]):
        return Moved(why="no complaints are in the data")
    if one.treated:
        known_names(journey, one)
    day = (since - date(1970, 1, 1)).days
    found = complaints_in_time(journey, one.step)
    if found.end <= day or found.start >= day:
        return Moved(why=f"complaints are known from {found.known}")
    sides = complaints_in_time(journey, one.step, one.treated).sides(day).iloc[0]
    n = {"before": float(sides["n_b"]), "after": float(sides["n_a"])}
    if min(n.values()) < max(minimum, 2):
        return Moved(why=f"fewer than {max(minimum, 2)} customers at risk", few=min(n.values()) > 0)
    level, was = _rate(sides, "a"), _rate(sides, "b").value
    shown = (level.value, level.low, level.high)
    if one.treated:
        return replace(
            _complaints_against(journey, one, since, day),
            n_before=n["before"],
            n_after=n["after"],
            level=shown,
            before=was,
        )
    series = found.series(one.every)
    if long_enough(series, since.isoformat(), minimum):
        told = interrupted(journey, series, since.isoformat(), minimum)
    else:
        told = _two_rates(sides)
    return replace(told, n_before=n["before"], n_after=n["after"], level=shown, before=was)


def _rate(sides: pd.Series, side: str) -> Estimate:
    return rate_interval(float(sides[f"y_{side}"]), float(sides[f"w_{side}"]), SCALE)


def _two_rates(sides: pd.Series) -> Moved:
    """The rate after less the rate before. Exact p, and limits by MOVER from the exact ones of each rate (Donner and Zou
    2012); where complaints come in runs, by linearisation over people."""
    strata = pd.DataFrame([sides], index=["all"])
    after, before = _rate(sides, "a"), _rate(sides, "b")
    rates = [max(one.value or 0.0, 0.0) for one in (after, before)]
    value, room_before = rates[0] - rates[1], (before.se or 0.0) ** 2
    plain = math.sqrt((after.se or 0.0) ** 2 + room_before)
    gap = design_difference(strata, int(sides["n_a"]), int(sides["n_b"]))
    enough = sides["y_a"] + sides["y_b"] >= 10
    if enough and gap.se and (SCALE * gap.se) ** 2 > OVERDISPERSED * plain**2:
        se: float = SCALE * gap.se
        half = two_sided_quantile(0.95, gap.df) * se
        low, high, p, inner = value - half, value + half, gap.p, inner_limits(value, se, gap.df)
        how = "complaints come in runs: people as units"
    else:
        se, how = plain, "exact"
        (low, high), inner = (_mover(sides, level) for level in (0.95, 0.90))
        p = rate_ratio(sides["y_a"], sides["w_a"], sides["y_b"], sides["w_b"]).p
    months = [sides[f"w_{side}"] / MONTH for side in "ab"]

    def more(matters: float) -> str:
        room = (matters / POWER) ** 2 - room_before
        if room <= 0:
            return f"the time before is too short to show a change of {matters:.3g}"
        wanted = 1000 * max(rates) / room / months[0] - 1
        return f"about {max(wanted, 0.1):.1f} times as long again after it would show a change of {matters:.3g}"

    return Moved(
        f"{int(sides['y_a']):,} complaints after against {int(sides['y_b']):,} before, by customer months ({how})", value, low,
        high, p, inner, minds=(TREND,), more=more, se=se,
    )  # fmt: skip


def _mover(sides: pd.Series, level: float) -> tuple[float, float]:
    a, b = (rate_interval(float(sides[f"y_{side}"]), float(sides[f"w_{side}"]), SCALE, level) for side in "ab")
    gap = (a.value or 0.0) - (b.value or 0.0)
    down = math.hypot((a.value or 0.0) - (a.low or 0.0), (b.high or 0.0) - (b.value or 0.0))
    up = math.hypot((a.high or 0.0) - (a.value or 0.0), (b.value or 0.0) - (b.low or 0.0))
    return gap - down, gap + up


def _complaints_against(journey: JourneyFrame, one: Action, since: date, day: int) -> Moved:
    """Difference in differences of rates: by unit, or of the two groups with people as units."""
    if not one.unit:
        gaps = []
        for others in (False, True):
            sides = complaints_in_time(journey, one.step, one.treated, others).sides(day)
            gap = design_difference(sides, int(sides["n_a"].iloc[0]), int(sides["n_b"].iloc[0]))
            value, se = gap.value, gap.se
            gaps.append(replace(gap, value=SCALE * (value or 0.0), se=SCALE * (se or 0.0)))
        return between(gaps[0], gaps[1], float(sides["n_a"].iloc[0]))
    every = "month" if one.every == "wave" else one.every
    treated = _treated(journey, one)
    first, whole = periods.number_of(since.isoformat(), every)
    panel = complaints_in_time(journey, one.step).by_period(every, one.unit)
    panel = panel[(panel["number"] != first) | whole]
    panel["treated"] = panel["unit"].map(treated).astype(float)
    try:
        fit = difference_in_differences(panel, "unit", "number", "treated", "value", first + (not whole))
    except DataFault as problem:
        return Moved(why=f"{problem.faults[0].found}; {problem.faults[0].expected} needed")
    gap = fit.effect
    alone = min(gap.n_a, gap.n_b) < 2
    return Moved(
        f"difference in differences of rates, {fit.clusters} units ({one.unit.replace('_', ' ')})", gap.value,
        None if alone else gap.low, None if alone else gap.high, None if alone else gap.p,
        None if alone else inner_limits(gap.value, gap.se, gap.df), se=gap.se, more=lambda matters: MORE_UNITS,
        minds=("one unit on a side has no error",) if alone else (f"{fit.clusters} units: a hint",) if fit.clusters < 10 else (),
    )  # fmt: skip


def _treated(journey: JourneyFrame, one: Action) -> dict[str, bool]:
    """Which units were treated. Raises DataFault for units treated in part, and for all or none."""
    keys = list(dict.fromkeys([one.unit, *one.treated]))
    there = rows(customers.people(journey).group_by(keys).agg(nw.len().alias("people")))
    there = there[there[one.unit].notna()]
    inside = pd.Series(True, index=there.index)
    for column, wanted in one.treated.items():
        inside &= there[column].isin(wanted if isinstance(wanted, list) else [wanted])
    found = {str(name): set(part) for name, part in inside.groupby(there[one.unit])}
    partly = [name for name, flags in found.items() if len(flags) > 1]
    if partly:
        told = f'{len(partly)} of {len(found)} units with treated and other people (such as "{min(partly)}")'
        raise DataFault(fault_of(one, "unit", told, "units that are treated as a whole"))
    treated = {name: flags == {True} for name, flags in found.items()}
    if len(set(treated.values())) < 2:
        raise DataFault(fault_of(one, "treated", "all units, or none", "treated units and others"))
    return treated
