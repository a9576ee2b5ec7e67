"""Who complains more often, and how much more likely is a complaint, with the other attributes held equal?

Knows the journey; the engine counts patterns of complaints, time and attributes, and the models take those. What goes
with complaining need not be its cause, and complaining measures how easy it is too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import count, distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference import average_risk, count_model, logit, poisson
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.measure import customers, groups, measure
from workbench.steps.measure.complaint_exposure import exposures
from workbench.steps.measure.customers import MONTH

By = str | Sequence[str] | None
KEYS = ("attribute", "group")
ALPHA = 0.05


@measure("Who complains more often?", needs=("complaint",))
def complaint_ratios(
    journey: JourneyFrame, by: By = None, per: str = "month", minimum_base: int | None = None
) -> Finding:
    """How many times as often does a group complain as the largest one, the other attributes held equal? Rate ratios.

    `by` are attributes of people, all in one model (all with few values where none is named). per="month": exposure is
    the time for which a person is known to be a customer, as in `complaint_rate`; per="person": everybody counts the
    same. Poisson regression, or where counts vary more than Poisson's (dispersion over 1.5) negative binomial, with the
    reason told; where a group has no complaint at all, Firth's penalised Poisson. p by Holm over all groups.

    Raises DataFault without complaints, for splits that are none of people, and for attributes that say the same.
    """
    if per not in ("month", "person"):
        raise DataFault(unknown("exposure", per, ("month", "person")))
    held = _held(journey, by)
    found = exposures(journey) if per == "month" else None
    frame = found.table if found else _counted(journey)
    frame = frame.filter(nw.col("days") > 0) if found else frame
    time = (nw.col("days") // 7) if found else nw.lit(1)
    counts = frame.with_columns(time.alias("weeks")).group_by("complaints", "weeks", *held)
    patterns = customers.blank(rows(counts.agg(nw.len().alias("n"))), held)
    patterns["months"] = (patterns["weeks"] + 0.5) * 7 / MONTH if found else 1.0
    patterns["complaints"] = patterns["complaints"].astype(int)
    if not patterns["n"].sum():
        raise DataFault(
            Fault(
                column="time",
                found="nobody with a known time as a customer",
                expected="created=, or several dated records a person",
                mend='bind them, or per="person"',
            )
        )
    known = int(patterns["n"].sum())
    patterns = _varied(patterns, held)
    people, least = int(patterns["n"].sum()), journey.minimum_base if minimum_base is None else minimum_base
    references = _largest(patterns, held)
    exposure = "months" if found else None
    try:
        model = count_model(patterns, "complaints", exposure, held, (), references)
        fit, why = model.fit, model.why
    except DataFault as problem:
        if "without any event" not in str(problem):
            raise
        fit = poisson(patterns, "complaints", exposure, held, (), references)
        why = "Firth's penalised likelihood keeps the ratio of a group without any complaint finite"
    table = []
    for attribute, level, part in _levels(patterns, held):
        made, n = int((part["complaints"] * part["n"]).sum()), int(part["n"].sum())
        time_of = float((part["months"] * part["n"]).sum())
        row: dict[str, Any] = {"attribute": attribute, "group": level, "value": 1.0, "low": None, "high": None, "n": n}
        row |= {"complaints": made, f"per 1,000 {'months' if found else 'customers'}": 1000 * made / time_of}
        row |= {"against": "", "p": None}
        if level != references[attribute]:
            one = fit.table.loc[f"{attribute}: {level}"]
            row |= {"value": one["ratio"], "low": one["ratio_low"], "high": one["ratio_high"], "p": one["p"]}
            row["against"] = references[attribute]
        row["caution"] = "largest group" if level == references[attribute] else "few complaints" if made < 10 else ""
        table.append(row)
    result = _corrected(table)
    method = [
        f"{fit.method}: rate ratios, each with the other attributes held equal; {why}",
        found.words if found else "complaints a person, everybody counted the same",
        *(["the months counted in weeks"] if found else []),
        *_left_out(patterns, held, count(found.table) - known if found else 0),
        f"{people:,} people, unweighted",
        *_notes(fit.notes, result, least),
        "leave out attributes that come after a complaint; p by Holm over all groups",
    ]
    return groups.finding(
        journey, "complaint_ratios", result, KEYS,
        _sentence(journey, result, minimum_base, len(held), True),
        _base(patterns, "complaints", "complaints", least),
        "; ".join(method), minimum_base, {"kind": "intervals", "plain": True, "unit": "times as often", "reference": 1},
        "Who complains more often",
    )  # fmt: skip


@measure("How much more likely is a complaint?", needs=("complaint",))
def complained(journey: JourneyFrame, by: By = None, adjust: By = None, minimum_base: int | None = None) -> Finding:
    """Complained, yes or no: by how many percentage points, and how many times, is it likelier than in the largest group?

    `by` are the attributes asked about (all with few values where none is named), `adjust` those held equal beside them
    (all with few values where none is named; () holds none but the others asked about). Logit regression; the risk
    difference and ratio are averages over the people as they are (g-computation, delta method), not odds ratios, which
    overstate. Where a group separates those who complained from the rest, Firth's penalised likelihood, which the method
    says. p by Holm over all groups.

    Raises DataFault where nobody, or everybody, complained, and for splits that are none of people.
    """
    asked = _held(journey, by)
    others = customers.attributes(journey) if adjust is None else customers.wanted(journey, adjust)
    held = list(dict.fromkeys([*asked, *others]))
    yes = (nw.col("complaints") > 0).cast(nw.Int64)
    frame = _counted(journey).with_columns(yes.alias("complained"))
    patterns = customers.blank(rows(frame.group_by("complained", *held).agg(nw.len().alias("n"))), held)
    patterns = _varied(patterns, held)
    references = _largest(patterns, held)
    least = journey.minimum_base if minimum_base is None else minimum_base
    fit = logit(patterns, "complained", held, (), references)
    table = []
    for attribute, level, part in _levels(patterns, asked):
        n, made = int(part["n"].sum()), int((part["complained"] * part["n"]).sum())
        row: dict[str, Any] = {"attribute": attribute, "group": level, "value": 0.0, "low": None, "high": None, "n": n}
        row |= {
            "complained": made,
            "% complained": 100 * made / n,
            "% held equal": None,
            "ratio": 1.0,
            "ratio from": None,
        }
        row |= {"ratio to": None, "odds ratio": None, "against": "", "p": None}
        if level != references[attribute]:
            risk = average_risk(fit, attribute, references[attribute], level)
            gap, ratio = risk.difference, risk.ratio
            row |= {"value": _percent(gap.value), "low": _percent(gap.low), "high": _percent(gap.high)}
            row |= {"% held equal": _percent(risk.with_it.value), "ratio": ratio.value, "ratio from": ratio.low}
            row |= {"ratio to": ratio.high, "odds ratio": risk.odds_ratio, "against": references[attribute], "p": gap.p}
        else:
            other = next(one for one in _values(patterns, attribute) if one != level)
            row["% held equal"] = _percent(average_risk(fit, attribute, level, other).without.value)
        row["caution"] = "largest group" if level == references[attribute] else "few complaints" if made < 10 else ""
        table.append(row)
    result = _corrected(table)
    beside = ", ".join(one.replace("_", " ") for one in held)
    method = [
        f"{fit.method}; average risk over the people as they are, delta method; held equal: {beside}",
        *_left_out(patterns, held),
        f"{int(patterns['n'].sum()):,} people, unweighted; a complaint at any time, however long a person is a customer",
        *_notes(fit.notes, result, least),
        "leave out attributes that come after a complaint; p by Holm over all groups",
    ]
    return groups.finding(
        journey, "complained", result, KEYS,
        _sentence(journey, result, minimum_base, len(held), False),
        _base(patterns, "complained", "who complained,", least),
        "; ".join(method), minimum_base,
        {"kind": "intervals", "plain": True, "unit": "percentage points more who complain", "reference": 0, "signed": True},
        "Who complains",
    )  # fmt: skip


def _held(journey: JourneyFrame, by: By) -> list[str]:
    """The attributes named, or all with few values."""
    held = customers.wanted(journey, by) or customers.attributes(journey)
    if not held:
        raise DataFault(
            Fault(column="by", found="no attribute of people", expected="segments to compare", mend="bind segments=")
        )
    return held


def _counted(journey: JourneyFrame) -> nw.LazyFrame:
    """People who were observed in any way, with how many complaints each made."""
    seen = journey.observed().records.lazy.filter(~nw.col("person").is_null())
    made = seen.filter(nw.col("kind") == "complaint").group_by("person").agg(nw.len().alias("complaints"))
    people = distinct(seen.select("person")).join(made, on="person", how="left")
    return people.with_columns(nw.col("complaints").fill_null(0)).join(journey.people.lazy, on="person", how="left")


def _varied(patterns: pd.DataFrame, held: Sequence[str]) -> pd.DataFrame:
    """The patterns without people of whom an attribute is not known; refused where an attribute has one value only."""
    known = patterns[list(held)].notna().all(axis=1)
    kept = patterns[known].reset_index(drop=True)
    for one in held:
        kept[one] = kept[one].astype(str)
        if kept[one].nunique() < 2:
            raise DataFault(
                Fault(column=one, found="one group", expected="two or more to compare", mend="leave it out of by=")
            )
    kept.attrs["dropped"] = int(patterns.loc[~known, "n"].sum())
    return kept


def _left_out(patterns: pd.DataFrame, held: Sequence[str], timeless: int = 0) -> list[str]:
    """Whom the models leave out, and why, in words."""
    unknown_of = patterns.attrs["dropped"]
    return [
        *([f"{unknown_of:,} people whose {' or '.join(held)} is not known left out"] if unknown_of else []),
        *([f"{timeless:,} people without a known time as a customer left out"] if timeless else []),
    ]


def _notes(notes: Sequence[str], table: pd.DataFrame, least: int) -> list[str]:
    """What the model noted, but of groups that are hidden."""
    shown = privacy.hide_small(table, KEYS, least)
    withheld = shown[shown[privacy.HIDDEN]] if privacy.HIDDEN in shown else shown.iloc[:0]
    names = [f"{row['attribute']}: {row['group']}" for _, row in withheld.iterrows()]
    return [note for note in notes if not any(name in note for name in names)]


def _base(patterns: pd.DataFrame, column: str, words: str, least: int) -> str:
    n, made = int(patterns["n"].sum()), int((patterns[column] * patterns["n"]).sum())
    return f"{made:,} {words} of {n:,} customers" if n >= least else f"{groups.few(n, least)} customers"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _largest(patterns: pd.DataFrame, held: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in held:
        sizes = patterns.groupby(one)["n"].sum().sort_index()
        found[one] = str(sizes.idxmax())
    return found


def _values(patterns: pd.DataFrame, attribute: str) -> list[str]:
    return sorted(patterns[attribute].unique())


def _levels(patterns: pd.DataFrame, held: Sequence[str]) -> list[tuple[str, str, pd.DataFrame]]:
    return [(one, level, patterns[patterns[one] == level]) for one in held for level in _values(patterns, one)]


def _corrected(table: list[dict[str, Any]]) -> pd.DataFrame:
    """The rows with their p by Holm, the references left out."""
    tested = [at for at, row in enumerate(table) if row["p"] is not None]
    for row in table:
        row["p Holm"] = None
    for at, p in zip(tested, holm([table[at]["p"] for at in tested]), strict=True):
        table[at]["p Holm"] = p
    return groups.rounded(pd.DataFrame(table))


def _sentence(journey: JourneyFrame, table: pd.DataFrame, minimum_base: int | None, held: int, ratios: bool) -> str:
    """The groups that differ from the largest of their attribute beyond chance, the furthest first."""
    seen = groups.shown(journey, table, KEYS, minimum_base)
    tested = seen[seen["against"].fillna("").astype(bool)]
    if tested.empty:
        return "No group is large enough to compare complaints."
    equal = "With the other attributes held equal, " if held > 1 else ""
    found = tested[tested["p Holm"].astype(float) < ALPHA]
    if found.empty:
        how = "often" if ratios else "likely"
        start = f"{equal}no group complains" if ratios else f"{equal}no group is"
        start = start[0].upper() + start[1:]
        return f"{start} more or less {how} than the largest, beyond chance ({len(tested)} groups compared)."
    away = found["value"].astype(float)
    away = away.map(lambda one: max(one, 1 / one) if one > 0 else float("inf")) if ratios else away.abs()
    told = []
    for _, row in found.loc[away.sort_values(ascending=False).index].head(3).iterrows():
        low, value, high = (
            (f"{one:.{1 if row['value'] >= 2 else 2}f}" if ratios else groups.signed(one, 1))
            for one in (row["low"], row["value"], row["high"])
        )
        who = f"{row['attribute'].replace('_', ' ')} {row['group']}"
        size = f"{value} times as often" if ratios else f"{value} points"
        told.append(f'{who} {size} as {row["against"]} ({low} to {high}; {int(row["n"]):,} customers)' if ratios
                    else f'{who} {size} against {row["against"]} ({low} to {high}; {int(row["n"]):,} customers)')  # fmt: skip
    start = (
        f"{equal}complaints come more or less often than in the largest group"
        if ratios
        else (f"{equal}the share that complains differs from that of the largest group")
    )
    return f"{start[0].upper() + start[1:]}: {'; '.join(told)}."
