"""How far those moved for whom an action was done, against the others: difference in differences, by units or by people.

Looks back at the measures; knows the action's names, no verdict.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import narwhals as nw

from workbench.engine import Table, distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.inference import design_difference
from workbench.inference.checks import two_sided_p, two_sided_quantile
from workbench.inference.differences import Difference
from workbench.journey import JourneyFrame
from workbench.steps.apply.model import FILE, Action
from workbench.steps.apply.moved import (
    NOTHING,
    POWER,
    Moved,
    bases_of,
    first_wave,
    inner_limits,
    number,
    parted,
    score_of,
    side_of,
    too_few,
)
from workbench.steps.measure import did, groups
from workbench.steps.measure.wave_changes import sums_by_wave, two_waves

NO_UNIT = "no unit: is named, so what happened to all of the treated at once, by chance, is in the change"
MORE_UNITS = "more units, or more periods after, are needed"


def known_names(journey: JourneyFrame, one: Action) -> None:
    """Raises DataFault where `treated` or `unit` name what people do not have."""
    known = [name for name in journey.people.columns if name != "person"]
    faults = [
        unknown("attribute of people", name, known, file=FILE, column=f"{one.id}.treated")
        for name in (*one.treated, *([one.unit] if one.unit else []))
        if name not in known
    ]
    if faults:
        raise DataFault(faults)
    for name, wanted in one.treated.items():
        there = journey.distinct(name)
        values = wanted if isinstance(wanted, list) else [wanted]
        faults += [
            unknown(f"value of {name}", value, there, file=FILE, column=f"{one.id}.treated")
            for value in values
            if value not in there
        ]
    if faults:
        raise DataFault(faults)
    asked = distinct(journey._attributes(journey.records.lazy, list(one.treated)).select(*one.treated))
    others = rows(asked).dropna()
    for name, wanted in one.treated.items():
        others["treated"] = others[name].isin(wanted if isinstance(wanted, list) else [wanted]) & others.get(
            "treated", True
        )
    if others["treated"].all():
        told = ", ".join(f"{name}: {wanted}" for name, wanted in one.treated.items())
        raise DataFault(fault_of(one, "treated", f"everybody treated ({told})", "some who were not, to compare with"))


def treated_named(journey: JourneyFrame, actions: Sequence[Action]) -> list[Fault]:
    """Values of people's attributes that actions name (treated:) and that are not there, or that are everybody's."""
    found: list[Fault] = []
    for one in actions:
        if one.treated and {*one.treated} <= {*journey.people.columns} - {
            "person"
        }:  # what is no attribute is told elsewhere
            try:
                known_names(journey, one.model_copy(update={"unit": ""}))
            except DataFault as problem:
                found += problem.faults
    return found


def fault_of(one: Action, column: str, found: str, expected: str) -> Fault:
    return Fault(file=FILE, column=f"{one.id}.{column}", found=found, expected=expected)


def against_others(journey: JourneyFrame, one: Action, since: date, minimum: int) -> Moved:
    """Difference in differences of answers: by unit where one is named, else by people."""
    treated = journey.where(**one.treated)
    sides = {
        "treated": parted(treated, one.measure, since),
        "others": parted(_others(journey, one), one.measure, since),
    }
    if None in sides.values():
        return Moved(why=NOTHING)
    sums = {
        name: sums_by_wave(side, one.measure, score_of(one.measure)) for name, side in sides.items() if side is not None
    }
    bases = {name: bases_of(those) for name, those in sums.items()}
    for n in bases.values():
        if few := too_few(n, since, minimum):
            return few
    now = side_of(two_waves(sums["treated"], "after", "before"), "a", int(bases["treated"]["after"]))
    level = (now.value, now.low, now.high)
    n_before, n_after = (min(n[side] for n in bases.values()) for side in ("before", "after"))
    if one.unit:
        found = _by_unit(journey, one, since, minimum)
        return replace(found, n_before=n_before, n_after=n_after, level=level) if found.value is not None else found
    gaps = []
    for name, those in sums.items():
        strata = two_waves(those, "after", "before")
        n = bases[name]
        gaps.append(design_difference(strata, int(n["after"]), int(n["before"]), lonely=groups.lonely(strata)))
    return replace(between(gaps[0], gaps[1], n_after), n_before=n_before, n_after=n_after, level=level)


def between(treated: Difference, others: Difference, n_after: float) -> Moved:
    """The change of the treated less that of the others, two groups without people in common (Welch)."""
    value = (treated.value or 0.0) - (others.value or 0.0)
    se = math.hypot(treated.se or 0.0, others.se or 0.0)
    share = sum((gap.se or 0.0) ** 4 / gap.df for gap in (treated, others) if gap.df)
    df = se**4 / share if share > 0 else None
    half = two_sided_quantile(0.95, df) * se

    def more(matters: float) -> str:
        wanted = math.ceil(n_after * ((se * POWER / matters) ** 2 - 1))
        return f"about {wanted:,} more of each, before and after alike, would show a change of {matters:.3g}"

    return Moved(
        "difference in differences, people as units", value, value - half if se else None, value + half if se else None,
        two_sided_p(value / se, df) if se else None, inner_limits(value, se, df), se=se, minds=(NO_UNIT,), more=more,
    )  # fmt: skip


def _others(journey: JourneyFrame, one: Action) -> JourneyFrame:
    """The answers of everybody who is not among the treated; of whom that is not known, none."""
    frame = journey._attributes(journey.records.lazy, list(one.treated))
    inside: Any = nw.lit(True)
    for column, wanted in one.treated.items():
        frame = frame.filter(~nw.col(column).is_null())
        inside = inside & nw.col(column).is_in(wanted if isinstance(wanted, list) else [wanted])
    kept = frame.filter(~inside).select(*journey.records.columns)
    return replace(journey, records=Table(kept), wide=(), ways=None, whole=False)


def _by_unit(journey: JourneyFrame, one: Action, since: date, minimum: int) -> Moved:
    when = first_wave(journey, since) if one.every == "wave" else since.isoformat()
    if when is None:
        return Moved(why=f"no wave began from {since} on")
    try:
        told = did.difference_in_differences(
            journey, when, one.treated, one.measure, one.every, one.unit, minimum_base=minimum
        )
    except DataFault as problem:
        fault = problem.faults[0]
        if fault.column in (one.unit, "unit", "group", *one.treated):
            raise DataFault(replace(fault, file=FILE, column=f"{one.id}.{fault.column}")) from None
        return Moved(why=f"{fault.found}; {fault.expected} needed")
    row = told.table.iloc[0]
    value, se = number(row["value"]), number(row["se"])
    units = int(row["units"])
    alone = number(row["low"]) is None
    minds: tuple[str, ...] = (
        (f"one unit on a side: with {units} units p is never under {1 / units:.2f}",) if alone else ()
    )
    minds += (f"{units} units: a hint",) if units < 10 and not alone else ()
    return Moved(
        f"difference in differences, {units} units ({one.unit.replace('_', ' ')})", value, number(row["low"]),
        number(row["high"]), number(row["p"]), inner_limits(value, None if alone else se, number(row["df"])), minds=minds, se=se,
        more=lambda matters: MORE_UNITS,
    )  # fmt: skip
