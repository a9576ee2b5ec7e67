"""Difference in differences: did those with whom something was done change more than the others?

Knows the journey. The unit of treatment (a region, a branch) is an attribute of people; a person is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference import DifferenceInDifferences
from workbench.inference import difference_in_differences as did
from workbench.inference.clustered import FEW
from workbench.journey import JourneyFrame, Score
from workbench.steps.measure import groups, measure, periods
from workbench.steps.measure.ratings import PROMOTERS

EFFECT = "effect (treated less others, after less before)"
SLOPE = "slope of the treated against the others before, a period"


@measure("Did it change more where we did something?")
def difference_in_differences(
    journey: JourneyFrame,
    when: str,
    group: Mapping[str, Any],
    of: str = "nps",
    every: str = "month",
    unit: str | None = None,
    minimum_base: int | None = None,
) -> Finding:
    """The change of those treated less the change of the others, from `when` on: two-way fixed effects by unit and period.

    when    the first day after (a date; with every="wave" the first wave after)
    group   who was treated: attributes of people, {"region": "north"} or several values in a list
    unit    the attribute by which it was done (branch, region); the attribute of `group` where it has one. All of a unit
            must be treated, or none: that is what the error counts

    The mean of a unit in a period counts once, whatever its base; weights are in the means. The base of the effect is
    the smallest of treated and others, before and after, in answers. Errors are clustered by unit
    (CR2 with Satterthwaite degrees of freedom): with few units they are a hint. Both must have gone the same way before;
    the picture shows it, and how much steeper the treated went is told: a slope that is not significant proves nothing.

    Raises DataFault for attributes that are not there, units partly treated, and no period or unit on a side.
    """
    if every not in periods.EVERY:
        raise DataFault(unknown("kind of period", every, periods.EVERY))
    if not group:
        raise DataFault(Fault(column="group", found="nothing", expected='who was treated, as {"region": "north"}'))
    known = [one for one in journey.people.columns if one != "person"]
    wrong = [one for one in (*group, *([unit] if unit else [])) if one not in known]
    if wrong:
        raise DataFault([unknown("attribute of people", one, known) for one in wrong])
    if unit is None and len(group) > 1:
        raise DataFault(
            Fault(
                column="unit",
                found=f"{len(group)} attributes in group",
                expected="the unit of treatment",
                mend="name it: unit=",
            )
        )
    unit = unit or next(iter(group))
    low, high, _ = journey.scale(of)
    score: Score = PROMOTERS if of == "nps" else None
    asked = journey.of_kind("answer")
    asked = asked.of_whole_journey() if of in asked.asked_of_whole() else asked
    treated = _treated(asked, of, unit, group)
    panel = _panel(asked, of, unit, every, score)
    answers = int(asked.count(of=of, people=False)["n"].sum())
    first, mixed = _first(panel, when, every)
    if mixed:
        panel = panel[panel["number"] != first - 1]
    panel["treated"] = panel[unit].map(treated).astype(float)
    given = panel.rename(columns={unit: "unit"})
    fit = did(given, "unit", "number", "treated", "value", first)
    alone = min(fit.effect.n_a, fit.effect.n_b) < 2
    if alone:
        fit = replace(fit, effect=replace(fit.effect, low=None, high=None, se=None, df=None, p=_placebo(given, first)))
    what = "NPS" if of == "nps" else f"mean of {of}"
    table = _table(fit, panel, first)
    lines = _lines(panel, first)
    there = [str(one["period"]) for one in lines if one["after"]]
    return groups.finding(
        asked, "difference_in_differences", table, ("what",),
        _sentence(asked, table, fit, what, when, 0 if of == "nps" else 2, minimum_base), _base(panel, unit, every),
        _method(fit, unit, group, what, every, mixed, when, answers - int(panel["n"].sum()), _seen(asked, table, minimum_base)),
        minimum_base,
        {"kind": "before_after", "unit": "NPS points" if of == "nps" else what, "series": lines, "signed": of == "nps",
         "events": [[there[0], f"from {when}"]] if there else []},
        f"{what}: treated and others, before and after",
    )  # fmt: skip


def _treated(journey: JourneyFrame, of: str, unit: str, group: Mapping[str, Any]) -> dict[str, bool]:
    """Which units were treated. Raises DataFault for values that are not there and for units treated in part."""
    for column, wanted in group.items():
        values = list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]
        there = journey.distinct(column)
        if wrong := [one for one in values if one not in there]:
            raise DataFault([unknown(f"value of {column}", one, there) for one in wrong])
    counted = journey.count(by=list(dict.fromkeys([unit, *group])), of=of, people=False)
    counted = counted[counted[unit].notna()]
    inside = pd.Series(True, index=counted.index)
    for column, wanted in group.items():
        inside &= counted[column].isin(list(wanted) if isinstance(wanted, list | tuple | set) else [wanted])
    found = {str(name): set(part) for name, part in inside.groupby(counted[unit])}
    partly = [name for name, flags in found.items() if len(flags) > 1]
    if partly:
        raise DataFault(
            Fault(
                column=unit,
                found=f'{len(partly)} of {len(found)} units with treated and other people (such as "{partly[0]}")',
                expected="units that are treated as a whole",
                mend="name the attribute by which it was done: unit=",
            )
        )
    treated = {name: flags == {True} for name, flags in found.items()}
    if len(set(treated.values())) < 2:
        raise DataFault(Fault(column="group", found="all units, or none", expected="treated units and others"))
    return treated


def _panel(journey: JourneyFrame, of: str, unit: str, every: str, score: Score) -> pd.DataFrame:
    """One row a unit and period: number, period, value (weighted mean), n."""
    sums = periods.in_periods(journey, every).count(
        by=["wave", unit], of=of, score=True if score is None else score, stratum=False
    )
    sums = sums[sums["wave"].notna() & sums[unit].notna() & (sums["w"] > 0)]
    table = sums.groupby(["wave", unit], as_index=False)[["n", "people", "y", "w"]].sum()
    table["value"] = table["y"] / table["w"]
    if every == "wave":
        order = {wave: place for place, wave in enumerate(journey.in_order("wave", table["wave"].unique()))}
        table["number"], table["period"] = table["wave"].map(order), table["wave"]
    else:
        table["number"] = table["wave"].astype(int)
        table["period"] = [periods.label(one, every) for one in table["number"]]
    if table["number"].nunique() < 2:
        raise DataFault(
            Fault(
                column=of,
                found=f"{table['number'].nunique()} {every}s with answers",
                expected="periods before and after",
            )
        )
    return table.sort_values(["number", unit], ignore_index=True)


def _first(panel: pd.DataFrame, when: str, every: str) -> tuple[int, str]:
    """The first period after, and the one that the date splits."""
    if every == "wave":
        known = panel.drop_duplicates("wave").set_index("wave")["number"]
        if when not in known.index:
            raise DataFault(unknown("wave", when, known.index.tolist()))
        return int(known[when]), ""
    number, whole = periods.number_of(when, every)
    return (number, "") if whole else (number + 1, periods.label(number, every))


def _placebo(given: pd.DataFrame, first: int) -> float | None:
    """How often is a unit taken as the only treated one (or the only other) as far off as the one that was? All are tried."""
    lone = 1.0 if given.drop_duplicates("unit")["treated"].sum() == 1 else 0.0
    gaps: dict[bool, list[float]] = {True: [], False: []}
    for name in given["unit"].unique():
        tried = given.assign(treated=(given["unit"] == name).astype(float))
        was = bool((given.loc[given["unit"] == name, "treated"] == lone).all())
        try:
            gaps[was].append(abs(did(tried, "unit", "number", "treated", "value", first).effect.value or 0.0))
        except DataFault:
            return None
    own = max(gaps[True])
    return (1 + sum(one >= own * (1 - 1e-9) for one in gaps[False])) / (1 + len(gaps[False]))


def _table(fit: DifferenceInDifferences, panel: pd.DataFrame, first: int) -> pd.DataFrame:
    """Effect, slope before, and the change of each side; the base of each is its smallest part, in answers."""
    effect, pre = fit.effect, fit.pre_trend
    answers = {
        (side, after): int(panel.loc[(panel["treated"] == side) & ((panel["number"] >= first) == after), "n"].sum())
        for side in (True, False)
        for after in (True, False)
    }
    rows: list[dict[str, Any]] = [
        {"what": EFFECT, "value": effect.value, "low": effect.low,
         "high": effect.high, "n": min(answers.values()), "p": effect.p, "units": fit.clusters, "df": effect.df,
         "se": effect.se},
    ]  # fmt: skip
    if pre is not None:
        rows.append(
            {"what": SLOPE, "value": pre.slope, "low": None,
             "high": None, "n": min(answers[True, False], answers[False, False]), "p": pre.p, "units": fit.clusters, "df": None}
        )  # fmt: skip
    for name, key, units in (("treated", "treated", effect.n_a), ("others", "control", effect.n_b)):
        side = name == "treated"
        rows.append(
            {"what": f"{name}, after less before", "value": fit.cells[f"{key}_post"] - fit.cells[f"{key}_pre"], "low": None,
             "high": None, "n": min(answers[side, True], answers[side, False]), "p": None, "units": units, "df": None}
        )  # fmt: skip
    return groups.rounded(pd.DataFrame(rows))


def _lines(panel: pd.DataFrame, first: int) -> list[dict[str, Any]]:
    """Treated and others, period by period: plain means over units."""
    rows = []
    for (number, treated), part in panel.groupby(["number", "treated"], sort=True):
        rows.append(
            {"group": "treated" if treated else "others", "period": part["period"].iloc[0], "value": part["value"].mean(),
             "n": int(part["n"].sum()), "fitted": None, "without": None, "after": bool(number >= first)}
        )  # fmt: skip
    return rows


def _sentence(
    journey: JourneyFrame, table: pd.DataFrame, fit: DifferenceInDifferences, what: str, when: str, digits: int,
    minimum_base: int | None,
) -> str:  # fmt: skip
    if EFFECT not in _seen(journey, table, minimum_base):
        return f"There are too few answers to compare the {what} before and after {when}."
    effect = fit.effect
    size = groups.signed(effect.value or 0.0, digits)
    if effect.low is not None and effect.high is not None:
        chance = "; no more than chance" if effect.p is not None and effect.p >= 0.05 else ""
        told = f" ({groups.signed(effect.low, digits)} to {groups.signed(effect.high, digits)}{chance})"
        few = f"; with {fit.clusters} units that is a hint" if fit.clusters < FEW else ""
    else:
        told, few = "", f"; one unit on a side has no error: of {fit.clusters} units {_as_far(effect.p, fit.clusters)}"
    return f"From {when} the {what} of the treated changed by {size}{told} against that of the others{few}."


def _seen(journey: JourneyFrame, table: pd.DataFrame, minimum_base: int | None) -> set[str]:
    """The rows that words may speak of."""
    return set(groups.shown(journey, table, ("what",), minimum_base)["what"])


def _base(panel: pd.DataFrame, unit: str, every: str) -> str:
    """The answers that stand in the panel."""
    times = panel["number"].nunique()
    units = f"{panel[unit].nunique()} units ({unit.replace('_', ' ')})"
    return f"{int(panel['n'].sum()):,} answers of {units} in {times} {periods.plural(every, times)}"


def _as_far(p: float | None, units: int) -> str:
    return "none can be tried instead" if p is None else f"{round(p * units)} moved as far, itself among them"


def _method(
    fit: DifferenceInDifferences, unit: str, group: Mapping[str, Any], what: str, every: str, mixed: str, when: str,
    left_out: int, seen: set[str],
) -> str:  # fmt: skip
    who = " and ".join(
        f"{column} {' or '.join(map(str, wanted)) if isinstance(wanted, list | tuple | set) else wanted}"
        for column, wanted in group.items()
    )
    pre = fit.pre_trend
    parts = [
        "two-way fixed effects; one unit on a side: no interval, p by taking each unit as the treated one"
        if fit.effect.low is None
        else fit.effect.method,
        f"treated: {who}; unit: {unit.replace('_', ' ')} ({fit.clusters}); {what} of a unit by {every}, each counting once",
        *([f"{mixed} lies on both sides of {when} and is left out"] if mixed else []),
    ]
    if left_out:
        lacking = f"without a {'wave' if every == 'wave' else 'date'}, {unit.replace('_', ' ')} or weight"
        parts.append(f"{left_out:,} answers {lacking}{f', or in {mixed},' if mixed else ''} left out")
    if pre is not None and SLOPE in seen:
        p = "" if pre.p is None else f", p {pre.p:.2f}"
        parts.append(
            f"before, the treated went {pre.slope:+.2f} a period steeper than the others ({pre.periods} periods{p}); "
            "that this is small proves nothing, and that it is large is a warning"
        )
    parts.append("supposes that both would have gone the same way without it, and that all started at once")
    return "; ".join([*parts, *fit.notes])
