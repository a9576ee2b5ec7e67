"""Planned against actual: what people did beside the path that the map expects of them.

The expected path is the map's order. A visit is a run of contacts with one step, less than a day apart, with no other step
of the path between them. Complaints are no contacts here, so that what goes with complaining is not made of it. The
engine makes one row a person and step, and counts; knows the journey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from workbench.engine import count, is_move, rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.crosstabs import chi_square
from workbench.inference.intervals import mean_interval, share_interval
from workbench.journey import JourneyFrame
from workbench.spans import DAY, in_words, span
from workbench.steps.measure import cautions, groups, measure
from workbench.steps.measure.splits import split

KINDS = ("skipped", "repeated", "out of order", "too late")
OWN = (
    "n",
    "steps",
    "visits",
    "repeated",
    "back",
    "late",
    "reach",
    "skipped",
    "fitness",
    "fits",
    "low",
    "high",
    "caution",
)
FITNESS = "1 − (steps skipped + visits too many + 2 × steps out of order) / (steps planned up to the furthest + visits)"


class Held:
    """As long as this is there, the tables that were worked out for it are."""


@dataclass(frozen=True)
class Walked:
    """`visits`: one row a person and step of the plan: place (of the step, from 0), repeated, back (out of order), timed
    (the time since the step before can be judged), late: 0 or 1; many (visits); reach (the person's furthest place)."""

    journey: JourneyFrame
    plan: tuple[str, ...]
    within: Mapping[str, int]
    unseen: tuple[str, ...]
    optional: tuple[str, ...]
    visits: nw.LazyFrame
    held: Held

    def words(self) -> list[str]:
        """The path that was expected and how visits were judged, for a method."""
        names = self.journey.step_names or {}

        def listed(steps: Sequence[str]) -> str:
            told = ", ".join(names.get(step, step) for step in steps[:12])
            return told + (f" and {len(steps) - 12} more" if len(steps) > 12 else "")

        parts = [
            f"expected: {listed(self.plan)}, in this order",
            "a visit is a run of contacts less than a day apart with none of the others between (complaints are no contacts)",
            "each person is judged up to the furthest step reached: who has not come yet has skipped nothing and is not late",
            "out of order: first visited after a later step; repeated: more than one visit",
        ]
        if self.within:
            times = [
                f"{names.get(step, step)} within {in_words(time)}" for step, time in list(self.within.items())[:12]
            ]
            parts.append(
                "too late: first visited later than allowed after the nearest earlier step visited "
                f"({', '.join(times)}); of those who came at all"
            )
        else:
            parts.append("no times allowed are known (Step.within of the map, or within=): nobody is too late")
        if self.optional:
            parts.append(f"optional, not judged: {listed(self.optional)}")
        if self.unseen:
            parts.append(f"not judged, as nobody was seen there: {listed(self.unseen)}")
        return parts


def walked(
    journey: JourneyFrame,
    steps: Sequence[str] | None,
    within: Mapping[str, str] | None,
    optional: Sequence[str],
) -> Walked:
    """What everybody did at the steps of the plan. Raises DataFault where there is no plan, or nobody was seen at it."""
    _plain(steps, within, optional)
    ids = {name: step for step, name in (journey.step_names or {}).items()}
    plan = [ids.get(step, step) for step in (journey.step_order if steps is None else steps)]
    spared = [ids.get(step, step) for step in optional]
    twice = sorted({step for step in plan if plan.count(step) > 1})
    if twice:
        raise DataFault(Fault(column="steps", found=f'"{twice[0]}" twice', expected="each step once"))
    if not plan:
        raise DataFault(
            Fault(
                column="steps",
                found="no map that says what is expected",
                expected="the steps in order",
                mend='name them, as in steps=["bill", "call", "pay"]',
            )
        )
    allowed = {step: one.within for step, one in (journey.planned or {}).items() if one.within and step in plan}
    allowed |= {ids.get(step, step): span(text) for step, text in (within or {}).items()}
    journey._check("step", *plan, *spared, *allowed)
    plan = [step for step in plan if step not in spared]
    kept = journey.at_any_step() if steps is None else _at(journey, [*plan, *spared])
    kinds = set(kept.distinct("kind"))
    if {"complaint", "event"} <= kinds:
        kept = kept.of_kind("event")
    kept = kept.moves()
    there = set(kept.distinct("step"))
    unseen = tuple(step for step in plan if step not in there)
    plan = [step for step in plan if step in there]
    if not plan:
        raise DataFault(Fault(found="nobody at the steps of the plan", expected="contacts at its steps, with times"))
    engine, held = kept.engine, Held()
    table = pd.DataFrame({"step": plan, "place": range(len(plan)), "allowed": [allowed.get(step, -1) for step in plan]})
    places = engine.table(table, {"step": "VARCHAR", "place": "INTEGER", "allowed": "BIGINT"})
    next_step, gap = nw.col("next_step"), nw.col("gap")
    ends = next_step.is_null() | (next_step != nw.col("step")).fill_null(True) | (gap >= DAY).fill_null(True)
    moves = kept.records.lazy.select(
        "person", "step", "nth", "time", nw.when(ends).then(nw.lit(1)).otherwise(nw.lit(0)).alias("ends")
    ).join(places, on="step", how="inner")
    visits = moves.group_by("person", "place").agg(
        nw.col("nth").min().alias("first"),
        nw.col("time").min().alias("at"),
        nw.col("ends").sum().alias("many"),
        nw.col("allowed").min().alias("allowed"),
    )
    visits = engine.keep_for(held, visits.with_columns((nw.lit(0) - nw.col("place")).alias("down")))
    visits = visits.with_columns(
        nw.col("first").cum_min().over("person", order_by="down").alias("earliest"),
        nw.col("at").shift(1).over("person", order_by="place").alias("before"),
        nw.col("place").max().over("person").alias("reach"),
    )
    since = nw.col("at") - nw.col("before")
    timed = ~nw.col("before").is_null() & (nw.col("allowed") > 0)
    visits = visits.select(
        "person",
        "place",
        "many",
        "reach",
        _flag(nw.col("many") > 1).alias("repeated"),
        _flag(nw.col("earliest") < nw.col("first")).alias("back"),
        _flag(timed).alias("timed"),
        _flag(timed & (since > nw.col("allowed"))).alias("late"),
    )
    known = {step: allowed[step] for step in plan if step in allowed}
    skip = tuple(step for step in dict.fromkeys(spared) if step not in plan)
    return Walked(kept, tuple(plan), known, unseen, skip, engine.keep_for(held, visits), held)


def _plain(steps: object, within: object, optional: object) -> None:
    """Refuse what are no lists of steps, and no times for steps."""
    for column, asked in (("steps", steps), ("optional", optional)):
        listed = (
            isinstance(asked, Sequence) and not isinstance(asked, str) and all(isinstance(one, str) for one in asked)
        )
        if asked is not None and not listed:
            raise DataFault(
                Fault(column=column, found=str(asked), expected='single steps, as in ["bill", "call", "pay"]')
            )
    if within is not None and not isinstance(within, Mapping):
        raise DataFault(
            Fault(
                column="within",
                found=str(within),
                expected='a time for each step that has one, as in {"call": "5 days"}',
            )
        )


def _at(journey: JourneyFrame, steps: Sequence[str]) -> JourneyFrame:
    """The records at these steps; the journey as it is where all moves are at them, so that paths stay whole."""
    step = nw.col("step")
    off = journey.records.lazy.filter(is_move(), step.is_null() | ~step.is_in(list(steps)).fill_null(False)).head(1)
    return journey.at_steps(*steps) if count(off) else journey


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


@measure("How many go the way that was planned?", of_paths=True)
def conformance(
    journey: JourneyFrame,
    by: str | Sequence[str] | None = None,
    steps: Sequence[str] | None = None,
    within: Mapping[str, str] | None = None,
    optional: Sequence[str] = (),
    minimum_base: int | None = None,
) -> Finding:
    """The share of people without any deviation from the expected path, by groups, and how well paths fit it on average.

    steps     the expected path, by id or name; left out: the map's steps in order
    within    the time allowed since the step before: {"first-contact": "5 days"}; beside those that the map knows
    optional  steps of the path that nobody is expected to take

    Deviations: a step skipped, repeated, out of order or too late (see `deviations`); everybody is judged up to the
    furthest step reached. Wilson interval; groups by a chi-square test. Fitness of a path, by counting:
    1 − (skipped + visits too many + 2 × out of order) / (planned up to the furthest + visits), 100 % for a path as
    planned; its mean over people with a t interval. Unweighted. An association where groups differ.
    """
    parts = split(journey, by, taken=OWN)
    found = walked(journey, steps, within, optional)
    each = found.visits.group_by("person").agg(
        nw.col("reach").max().alias("reach"),
        nw.len().alias("steps"),
        nw.col("many").sum().alias("visits"),
        *[nw.col(one).sum().alias(one) for one in ("repeated", "back", "late")],
    )
    each = found.journey._attributes(each, list(parts.columns))
    figures = ["reach", "steps", "visits", "repeated", "back", "late"]
    counts = parts.told(rows(each.group_by(*parts.columns, *figures).agg(nw.len().alias("n"))))
    counts, unknown = parts.known(counts.astype(dict.fromkeys((*figures, "n"), "int64")))
    counts = counts.sort_values(figures, kind="stable")
    counts["skipped"] = counts["reach"] + 1 - counts["steps"]
    wrong = counts["skipped"] + (counts["visits"] - counts["steps"]) + 2 * counts["back"]
    counts["fitness"] = 1 - wrong / (counts["reach"] + 1 + counts["visits"])
    counts["fits"] = (counts[["skipped", "repeated", "back", "late"]].sum(axis=1) == 0).astype(int)
    table, cells = [], {}
    for key, part in parts.parts(counts).items():
        n, fits = int(part["n"].sum()), int((part["n"] * part["fits"]).sum())
        share = share_interval(fits, n)
        fit = mean_interval(
            n, float((part["n"] * part["fitness"]).sum()), float((part["n"] * part["fitness"] ** 2).sum())
        )
        row = dict(zip(parts.by, key, strict=True))
        row |= {"value": _percent(share.value), "low": _percent(share.low), "high": _percent(share.high), "n": n}
        for name, column in zip(KINDS, ("skipped", "repeated", "back", "late"), strict=True):
            if name != "too late" or found.within:
                row[f"{name} %"] = 100 * float(part.loc[part[column] > 0, "n"].sum()) / n
        row |= {"fitness": _percent(fit.value), "fitness from": _percent(fit.low), "fitness to": _percent(fit.high)}
        table.append(row | {"caution": groups.caution(share, n)})
        cells[key] = (fits, n - fits)
    frame = groups.in_order(journey, groups.rounded(pd.DataFrame(table)), parts.by)
    seen = groups.shown(journey, frame, parts.by, minimum_base)
    test = None
    if parts.by and parts.apart and len(seen) > 1:
        keys = [
            tuple(None if one != one else one for one in key) for key in seen[list(parts.by)].itertuples(index=False)
        ]
        test = chi_square(pd.DataFrame([cells[key] for key in keys]))

    def say(row: pd.Series) -> str:
        return f"{row['value']:.0f} % ({row['low']:.0f} to {row['high']:.0f} %; {int(row['n']):,} people)"

    sentence = groups.extremes(journey, frame, parts.by, minimum_base, "share without any deviation from the plan", say)
    if test is not None and test.p is not None:
        told = "p under 0.001" if test.p < 0.001 else f"p {test.p:.3f}"
        chance = "beyond chance" if test.p < 0.05 else "no more than chance"
        sentence = f"{sentence.rstrip('.')}. The groups differ {chance} ({told})."
    elif not parts.by and len(seen):
        top = max((name for name in KINDS if f"{name} %" in frame), key=lambda name: frame[f"{name} %"].iloc[0])
        sentence = f"{sentence.rstrip('.')}; {frame[f'{top} %'].iloc[0]:.0f} % have a step {top}."
    method = [
        "share of people with no step skipped, repeated, out of order or too late; 95 % Wilson interval",
        *found.words(),
        f"fitness of a path: {FITNESS}; mean over people with a t interval",
        *([f"groups: {test.method}{f' ({test.note})' if test.note else ''}; an association"] if test else []),
        *([] if parts.apart else ["a person may be of several personas: no test"]),
        "unweighted",
    ]
    people = int(counts["n"].sum()) if parts.apart else count(each)
    least = journey.minimum_base if minimum_base is None else minimum_base
    base = f"{groups.few(people, least)} people seen at the steps of the plan"
    if unknown:
        base += f"; {groups.few(unknown, least)} of whom the group is not known are left out"
    return groups.finding(
        journey, "conformance", frame, parts.by, sentence,
        base,
        "; ".join(method), minimum_base,
        {"kind": "intervals", "unit": "% of people without any deviation", "range": [0, 100]},
        "The way that was planned", cautions=cautions.of_paths(found.journey),
    )  # fmt: skip


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
