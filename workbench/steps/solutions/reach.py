"""Whom solutions reach: the people met at their steps, what they complain of there and who of them leaves, in cells.

A cell is the same people at the same step: those at one step who are reached by the same solutions. Looks back at the
journey; each number comes from `journey.count`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.engine import Table, distinct
from workbench.faults import DataFault, Fault, unknown
from workbench.journey import JourneyFrame
from workbench.steps.solutions.model import FILE, OUTCOMES, Solution

YEAR = 365.25 * 86_400e6  # microseconds
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Reach:
    """What the frame says of a list of solutions.

    everybody   people of the journey; `years` of contacts, complaints and answers that the data cover
    people      by solution: how many it reaches (each once, at whichever of its steps)
    spread      by outcome and solution: people (or leavers) it reaches / the sum of those over its steps: what an effect
                that each of them feels once comes to at each step where they are met
    counts      by outcome: the cells' people, complaints and leavers
    acts        by outcome: which solution (row) acts in which cell (column)
    steps       by outcome: the step of each cell
    """

    everybody: int
    years: float
    people: np.ndarray
    leaving: np.ndarray
    spread: Mapping[str, np.ndarray]
    counts: Mapping[str, np.ndarray]
    acts: Mapping[str, np.ndarray]
    steps: Mapping[str, tuple[str, ...]]


def reached(journey: JourneyFrame, solutions: Sequence[Solution], leavers: Mapping[str, str | list[str]]) -> Reach:
    """Count whom the solutions reach. Raises DataFault for steps, attributes and values that are not there."""
    _check(journey, solutions, leavers)
    seen = journey.observed()
    everybody = int(seen.count()["people"].iloc[0])
    if not everybody:
        raise DataFault(Fault(found="nothing observed of anybody", expected="sources in study.yaml that name people"))
    groups = list(dict.fromkeys(_key(one.reach) for one in solutions if one.reach))
    names = {key: f"reach_{number}" for number, key in enumerate(groups)}
    marks = list(names.values())
    for key, name in names.items():
        seen = _marked(seen, name, json.loads(key))
    if leavers:
        seen = _marked(seen, "leaving", leavers)
    steps = sorted({step for one in solutions for step in one.steps})
    seen = seen.where(step=steps)
    left = ["leaving"] if leavers else []
    complained = seen.of_kind("complaint").count(by=["step", *marks], people=False)
    seen = _met(seen)
    at = seen.count(by=["step", *marks, *left])
    tables = {"nps": (at, "people"), "complaints": (complained, "n")}
    if leavers:
        tables["churn"] = (at[at["leaving"] == YES], "people")
    counts, acts, places = {}, {}, {}
    for outcome in OUTCOMES:
        table, figure = tables.get(outcome, (at.iloc[:0], "people"))
        cells: dict[tuple[str, tuple[bool, ...]], int] = {}
        for row in table.to_dict("records"):
            who = tuple(
                row["step"] in one.steps and (not one.reach or row[names[_key(one.reach)]] == YES) for one in solutions
            )
            if any(who):
                cells[row["step"], who] = cells.get((row["step"], who), 0) + int(row[figure])
        places[outcome] = tuple(step for step, _ in cells)
        counts[outcome] = np.array(list(cells.values()), float)
        acts[outcome] = np.array([who for _, who in cells], bool).reshape(len(cells), len(solutions)).T
    people, leaving = _alone(seen, solutions, names, left)
    alone = {"nps": people, "churn": leaving}
    spread = {}
    for outcome in OUTCOMES:
        summed = acts[outcome] @ counts[outcome]
        whole = alone.get(outcome, summed)
        spread[outcome] = np.divide(whole, summed, out=np.zeros(len(solutions)), where=summed > 0)
    return Reach(everybody, _years(journey), people, leaving, spread, counts, acts, places)


def told_apart(journey: JourneyFrame, solutions: Sequence[Solution], minimum: int) -> list[bool]:
    """Solutions by whom a few people could be had by subtraction: taken from everybody at the same steps, or from those whom
    another solution reaches there, they leave fewer than the minimum base. The largest groups are told, the others not.
    """
    found = [False] * len(solutions)
    seen = journey.observed()
    for steps in dict.fromkeys(tuple(sorted(set(one.steps))) for one in solutions if one.reach):
        those = [place for place, one in enumerate(solutions) if tuple(sorted(set(one.steps))) == steps]
        keys = list(dict.fromkeys(_key(solutions[place].reach) for place in those if solutions[place].reach))
        here, names = seen, {key: f"apart_{number}" for number, key in enumerate(keys)}
        for key, name in names.items():
            here = _marked(here, name, json.loads(key))
        table = here.where(step=list(steps)).count(by=list(names.values()))
        people = table["people"].to_numpy(float)
        everybody = np.ones(len(table), bool)
        crowds = {
            place: (table[names[_key(solutions[place].reach)]] == YES).to_numpy()
            if solutions[place].reach
            else everybody
            for place in those
        }
        shown = [everybody]
        for place in sorted(those, key=lambda one: (-people[crowds[one]].sum(), one)):
            mine = crowds[place]
            if people[mine].sum() >= minimum:
                left = [people[one & ~mine].sum() for one in shown if not people[mine & ~one].sum()]
                together = mine
                for one in shown[1:]:
                    if not people[one & together].sum():
                        together = together | one
                        left.append(people[~together].sum())
                found[place] = any(0 < one < minimum for one in left)
                shown += [] if found[place] else [mine]
    return found


def _check(journey: JourneyFrame, solutions: Sequence[Solution], leavers: Mapping[str, str | list[str]]) -> None:
    faults: list[Fault] = []
    known = list(journey.step_order) or journey.distinct("step")
    for one in solutions:
        faults += [unknown("step", step, known, file=FILE, column=one.id) for step in one.steps if step not in known]
    faults += people_named(journey, solutions, leavers)
    if faults:
        raise DataFault(faults)


def people_named(
    journey: JourneyFrame, solutions: Sequence[Solution], leavers: Mapping[str, str | list[str]]
) -> list[Fault]:
    """Attributes of people, and values of them, that are named (reach:, leavers:) and not there."""
    faults: list[Fault] = []
    attributes = [column for column in journey.people.columns if column != "person"]
    for column, named in [*((one.id, one.reach) for one in solutions), ("leavers", leavers)]:
        for word, wanted in named.items():
            if word not in (*attributes, "persona", "channel", "wave", "source"):
                faults.append(unknown("attribute of people", word, attributes, file=FILE, column=column))
                continue
            there = journey.distinct(word)
            values = wanted if isinstance(wanted, list) else [wanted]
            faults += [unknown(word, one, there, file=FILE, column=column) for one in values if one not in there]
    return faults


def _key(conditions: Mapping[str, str | list[str]]) -> str:
    return json.dumps(dict(conditions), sort_keys=True)


def _marked(journey: JourneyFrame, name: str, conditions: Mapping[str, str | list[str]]) -> JourneyFrame:
    """The journey with an attribute of people: yes where they have a record that meets the conditions, else no."""
    import narwhals as nw

    persons = distinct(journey.where(**conditions).records.lazy.select("person"))
    told = persons.filter(~nw.col("person").is_null()).with_columns(nw.lit(YES).alias(name))
    return journey.marked(name, told, f"marked {name}", otherwise=NO)


def _met(journey: JourneyFrame) -> JourneyFrame:
    """Who was met at which step, each once, kept with the engine: it is counted for each solution."""
    import narwhals as nw

    once = distinct(journey.records.lazy.select("person", "step")).with_columns(nw.lit(1.0).alias("weight"))
    keep = journey.engine.keep
    return replace(journey, records=Table(keep(once)), people=Table(keep(journey.people.lazy)), wide=())


def _alone(
    seen: JourneyFrame, solutions: Sequence[Solution], names: Mapping[str, str], left: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """How many people each solution reaches, and how many of them leave; the same steps and people are counted once."""
    found: dict[tuple[tuple[str, ...], str], tuple[int, int]] = {}
    for one in solutions:
        key = (tuple(sorted(one.steps)), _key(one.reach))
        if key not in found:
            crowd = seen.where(step=list(one.steps), **({names[key[1]]: YES} if one.reach else {}))
            table = crowd.count(by=list(left))
            leaving = table[table["leaving"] == YES]["people"].sum() if left else 0
            found[key] = (int(table["people"].sum()), int(leaving))
    pairs = [found[tuple(sorted(one.steps)), _key(one.reach)] for one in solutions]
    return np.array([a for a, _ in pairs], float), np.array([b for _, b in pairs], float)


def _years(journey: JourneyFrame) -> float:
    """How many years the data of people cover, from the first record to the last; at least a month."""
    import narwhals as nw

    from workbench.engine import rows

    time = nw.col("time")
    span = rows(journey.observed().records.lazy.select(time.min().alias("first"), time.max().alias("last"))).iloc[0]
    if pd.isna(span["first"]):  # nothing has a time
        return 1.0
    return max((float(span["last"]) - float(span["first"])) / YEAR, 1 / 12)
