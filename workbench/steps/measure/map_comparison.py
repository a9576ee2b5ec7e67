"""Two groups of people side by side at every step of the map: both figures, and whether they differ beyond chance.

Looks back at the map and at the measures; writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import Table, count, rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.differences import Difference
from workbench.inference.multiplicity import holm
from workbench.inference.rates import rate_ratio
from workbench.journey import JourneyFrame
from workbench.steps.map import JourneyMap
from workbench.steps.measure import evidence, groups
from workbench.steps.measure.at_steps import at_steps
from workbench.steps.measure.grades import NAMES, Seen

FIELDS = {
    "emotion": "emotion",
    "trust": "trust",
    "nps": "nps",
    "csat": "satisfied",
    "ces": "effort",
    "complaints": "complaints",
}
WORDS = NAMES | {"nps": "NPS", "csat": "% satisfied", "complaints": "complaints per 1,000"}
ALPHA = 0.05
METHOD = (
    "the first group less the second; scores by Taylor linearisation of the difference over the design of all (people in both, "
    "as in two waves, are counted once in the error), complaints with the interval from both groups' own limits (MOVER) and the "
    "exact test of two rates; p corrected by Holm over the steps, measure by measure; a difference between groups is no effect"
)
Where = Mapping[str, Any]


def words_of(where: Where) -> str:
    """A group in words: "segment owner, wave 2025-03"."""
    parts = []
    for column, wanted in where.items():
        values = wanted if isinstance(wanted, list | tuple | set) else [wanted]
        word = " or ".join(str(one) for one in values)
        parts.append(word if column == "persona" else f"{column.replace('_', ' ')} {word}")
    return ", ".join(parts)


def compared(journey: JourneyFrame, drawn: JourneyMap, where: Where, beside: Where) -> dict[str, Any]:
    """Two groups at every step as plain values: for each measure both figures (`a`, `b`) and their `difference`.

    A difference has value, low, high, p, `p corrected` (Holm over the steps), `beyond` (chance) and `words`; it is None
    where either figure is missing or hidden. Raises DataFault for a group that is not there, and for two that overlap.
    """
    for name, one in (("where", where), ("beside", beside)):
        if not one:
            raise DataFault(
                Fault(column=name, found="no group", expected="a segment, a persona, a channel or a wave",
                      mend='say it as in {"region": "South"}')
            )  # fmt: skip
    sides = (journey.where(**where), journey.where(**beside))
    _apart(journey, sides, where, beside)
    seen = [evidence.seen(journey, drawn, one) for one in (where, beside)]
    differences = _of_scores(journey, where, beside, seen) | _of_complaints(seen)
    names = (words_of(where), words_of(beside))
    steps = {}
    for step in drawn.steps:
        told = {}
        for measure, field in FIELDS.items():
            a, b = (getattr(one[step.id], field) for one in seen)
            if any(one is not None and one.get("hidden") for one in (a, b)):
                a = b = {"hidden": True}  # of two groups the second is had by subtraction
            if a is not None or b is not None:
                told[measure] = {"a": a, "b": b, "difference": differences.get((measure, step.id))}
        steps[step.id] = {"name": step.name, "channels": step.channels, "contact": step.contact, "measures": told}
    there = [one for one in FIELDS if any(one in step["measures"] for step in steps.values())]
    return {
        "title": f"{names[0]} beside {names[1]}",
        "a": {"where": dict(where), "words": names[0]},
        "b": {"where": dict(beside), "words": names[1]},
        "measures": {one: WORDS[one] for one in there},
        "stages": [{"name": stage.name, "steps": [step.id for step in stage.steps]} for stage in drawn.stages],
        "steps": steps,
        "method": METHOD,
    }  # fmt: skip


def comparison(journey: JourneyFrame, drawn: JourneyMap, where: Where, beside: Where) -> Finding:
    """The same as a Finding: one row a step and measure; its picture lays both groups over the map."""
    found = compared(journey, drawn, where, beside)
    table = []
    for step, cell in found["steps"].items():
        for measure, one in cell["measures"].items():
            gap, a, b = one["difference"], one["a"] or {}, one["b"] or {}
            bases = [side.get("n") for side in (a, b)]
            row = {"step": step, "measure": found["measures"][measure]}
            row |= {key: None if gap is None else gap[key] for key in ("value", "low", "high")}
            row["n"] = None if gap is None else min(int(n) for n in bases if n is not None)
            for side, figure in ((found["a"]["words"], a), (found["b"]["words"], b)):
                row |= {side: figure.get("value"), f"{side} from": figure.get("low"), f"{side} to": figure.get("high")}
                row[f"{side} base"] = figure.get("n")
            row |= {
                "p corrected": None if gap is None else gap["p corrected"],
                "beyond chance": bool(gap and gap["beyond"]),
            }
            table.append(row)
    frame = groups.rounded(pd.DataFrame(table))
    return groups.finding(
        journey, "map_comparison", frame, ("step", "measure"), sentence(found), _base(journey, where, beside), METHOD,
        None, {"kind": "map_comparison", "view": found}, f"Two maps side by side: {found['title']}",
    )  # fmt: skip


def sentence(found: Mapping[str, Any]) -> str:
    """Where the two differ most, in words."""
    a, b = found["a"]["words"], found["b"]["words"]
    every = [
        (cell["name"], measure, one["difference"])
        for cell in found["steps"].values()
        for measure, one in cell["measures"].items()
        if one["difference"] is not None
    ]
    if not every:
        return f"At no step are there enough answers to lay {a} beside {b}."
    sure = [one for one in every if one[2]["beyond"]]
    head = f"{a} and {b} differ beyond chance in {len(sure)} of {len(every)} comparisons"
    if not sure:
        return f"{head[0].upper()}{head[1:]}: nowhere on the map."
    name, measure, gap = min(sure, key=lambda one: one[2]["p corrected"])
    return f'{head[0].upper()}{head[1:]}; most surely at "{name}": {WORDS[measure]} {gap["words"]}.'


def _base(journey: JourneyFrame, where: Where, beside: Where) -> str:
    told = []
    for one in (where, beside):
        people = rows(journey.where(**one).records.lazy.select(nw.col("person").n_unique().alias("n")))["n"][0]
        told.append(f"{groups.few(people, journey.minimum_base)} people of {words_of(one)}")
    return "; ".join(told)


def _apart(journey: JourneyFrame, sides: tuple[JourneyFrame, JourneyFrame], where: Where, beside: Where) -> None:
    """Refuse two groups with records in common. Raises DataFault."""
    both = (
        sides[0]
        .records.lazy.select("order")
        .join(sides[1].records.lazy.select("person", "order"), on="order", how="inner")
    )
    if not count(both.head(1)):
        return
    if words_of(where) == words_of(beside):
        found = f"{words_of(where)} twice"
    else:
        people = rows(both.select(nw.col("person").n_unique().alias("n")))["n"][0]
        shared = groups.few(people, journey.minimum_base)
        found = f"{shared} people who are in both {words_of(where)} and {words_of(beside)}"
    raise DataFault(
        Fault(
            column="beside", found=found, expected="two groups without answers in common",
            mend="take two values of one attribute (two segments, two waves), or narrow one of them so that nobody is in both",
        )
    )  # fmt: skip


def _of_scores(
    journey: JourneyFrame, where: Where, beside: Where, seen: list[dict[str, Seen]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """The differences of the scores, from one pass over the answers of both groups as domains of one design."""
    columns = {**journey._told_of_persona(where), **journey._told_of_persona(beside)}
    marked = journey._attributes(journey.records.lazy, list(columns))
    side: Any = nw.when(_is(journey, where)).then(nw.lit("a")).when(_is(journey, beside)).then(nw.lit("b"))
    told = marked.with_columns(side.alias("side")).select(*journey.records.columns, "side")
    both = replace(
        journey, records=Table(told), wide=(), whole=False
    )  # all stay, so that the design is that of everybody
    at = at_steps(both, nw.col("side"), ("a", "b"))
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for measure in at.measures():
        pairs: list[tuple[str, Difference]] = []
        for step in (step for of, step in at.questions if of == measure and step in seen[0]):
            figures = [getattr(one[step], FIELDS[measure]) for one in seen]
            if all(one is not None and not one.get("hidden") for one in figures):
                pairs.append((step, at.difference(measure, step, "a", "b")))
        found |= _told(measure, pairs)
    return found


def _is(journey: JourneyFrame, where: Where) -> Any:
    fits: Any = nw.lit(True)
    for column, wanted in journey._told_of_persona(where).items():
        values = list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]
        fits = fits & nw.col(column).is_in(values)
    return fits


def _of_complaints(seen: list[dict[str, Seen]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The differences of the complaint rates: limits from both groups' own (MOVER), p of the exact test of two rates."""
    pairs = []
    for step in seen[0]:
        a, b = (one[step].complaints for one in seen)
        if not a or not b or a.get("hidden") or b.get("hidden") or a["high"] is None or b["high"] is None:
            continue
        value = a["value"] - b["value"]
        low = value - math.hypot(a["value"] - a["low"], b["high"] - b["value"])
        high = value + math.hypot(a["high"] - a["value"], b["value"] - b["low"])
        ratio = rate_ratio(a["complaints"], a["n"], b["complaints"], b["n"])
        pairs.append((step, Difference(value, low, high, None, ratio.p, a["n"], b["n"], 0.95, ratio.method)))
    return _told("complaints", pairs)


def _told(measure: str, pairs: list[tuple[str, Difference]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Differences of one measure by step, corrected over the steps, in numbers and words."""
    corrected = holm([one.p for _, one in pairs])
    digits = 2 if measure == "ces" else 0
    found = {}
    for (step, one), p in zip(pairs, corrected, strict=True):
        if one.value is None:
            continue
        ends = (
            ""
            if one.low is None or one.high is None
            else f" ({groups.signed(one.low, digits)} to {groups.signed(one.high, digits)})"
        )
        sure = p is not None and p < ALPHA
        found[measure, step] = {
            "value": one.value, "low": one.low, "high": one.high, "p": one.p, "p corrected": p, "beyond": sure,
            "words": f"{groups.signed(one.value, digits)}{ends}{'' if sure else ', no difference beyond chance'}",
        }  # fmt: skip
    return found
