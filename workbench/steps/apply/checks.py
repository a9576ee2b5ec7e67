"""What in the actions cannot be, or is worth telling: names, targets off the scale, days that contradict each other or today.

Knows the actions and what it is handed of the study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from workbench.faults import Fault, unknown
from workbench.steps.apply.model import FILE, Action, Actions
from workbench.steps.apply.plan import TO_DO, is_late

SCALES = {"nps": (-100.0, 100.0), "complaint": (0.0, 1000.0)}  # of the score, where it is not that of an answer
DRAWN = ("emotion", "trust")  # on the map from -100 to 100, so a target may be too


@dataclass(frozen=True)
class Asked:
    """A measure that the study has: the scale of its values, and the steps where it is asked (none named: of the whole)."""

    low: float | None = None
    high: float | None = None
    steps: tuple[str, ...] = ()


def asked(measures: pd.DataFrame) -> dict[str, Asked]:
    """The measures of a journey (one row a measure and step: measure, step, low, high) by their names."""
    found = {}
    for name, those in measures.groupby("measure", sort=False):
        low, high = those["low"].min(), those["high"].max()
        whole = those["step"].isna()
        steps = tuple(those.loc[~whole, "step"].unique())
        found[str(name)] = Asked(None if low != low else float(low), None if high != high else float(high), steps)
    return found


def check(
    actions: Actions,
    solutions: Sequence[str],
    departments: Sequence[str],
    steps: Sequence[str],
    measures: Mapping[str, Asked] | None = None,
    attributes: Sequence[str] = (),
    today: date | None = None,
) -> list[Fault]:
    """What in the actions cannot be or is worth telling: names that the study does not know, targets off the scale, dates
    that contradict each other or the day, communications without media or moment. An empty list, or no day, knows nothing
    yet: what would be looked up there is not told.
    """
    found = []
    for one in actions.actions:
        found += _names(one, solutions, departments, steps, measures or {}, attributes)
        found += _scale(one, measures or {})
        if one.status != "dropped":
            found += _told(one)
            found += _dates(one, today) if today is not None else []
    return found


def _names(
    one: Action,
    solutions: Sequence[str],
    departments: Sequence[str],
    steps: Sequence[str],
    measures: Mapping[str, Asked],
    attributes: Sequence[str],
) -> list[Fault]:
    """Names that the study does not know, and a measure at a step where it is not asked, though it is at others."""
    known_measures = list(dict.fromkeys([*measures, "complaint"])) if measures else []
    found = [
        unknown(word, value, known, file=FILE, column=one.id)
        for word, value, known in (
            ("solution", one.solution, solutions),
            ("department", one.department, departments),
            ("step", one.step, steps),
            ("measure", one.measure, known_measures),
            ("attribute of people", one.unit, attributes),
            *(("attribute of people", name, attributes) for name in one.treated),
        )
        if value and known and value not in known
    ]
    if one.unit and not one.treated and (not attributes or one.unit in attributes):
        mend = "add treated:, or remove unit:"
        found.append(_note(one, f"unit: {one.unit}, and nothing says for whom", "treated: beside it", mend))
    there = measures.get(one.measure, Asked()).steps
    known_step = one.step and (not steps or one.step in steps)
    if known_step and one.measure != "complaint" and there and one.step not in there:
        mend = f"take one of: {', '.join(there)}"
        found.append(_note(one, f"{one.measure} at {one.step}", "a step where it is asked", mend))
    return found


def _scale(one: Action, measures: Mapping[str, Asked]) -> list[Fault]:
    """A target off the scale of its measure, and a change that is expected to be wider than it."""
    known = measures.get(one.measure, Asked())
    low, high = SCALES.get(one.measure, (known.low, known.high))
    if low is None or high is None:
        return []
    width = high - low
    if one.measure in DRAWN:
        low, high, width = min(low, -100.0), max(high, 100.0), max(width, 200.0)
    scale = f"{low:g} to {high:g}" + (" per 1,000 customers" if one.measure == "complaint" else "")
    found = []
    if one.target is not None and not low <= one.target <= high:
        found.append(
            _fault(
                one, f"a target of {one.target:g} for {one.measure}", f"one on its scale, {scale}", "correct the target"
            )
        )
    if one.predicted is not None and max(map(abs, one.predicted)) > width:
        farthest = max(one.predicted, key=abs)
        found.append(
            _fault(
                one,
                f"a change of {farthest:+g} expected of {one.measure}",
                f"at most the width of its scale, {width:g}",
                "give predicted: as [low, likely, high], the change and not the level",
            )
        )
    return found


def _told(one: Action) -> list[Fault]:
    """What a colleague who reads the plan would ask."""
    found = []
    left = [word for word in ("media", "moment") if not getattr(one, word)]
    if one.kind == "communication" and left:
        what = f"a communication without {' and '.join(left)}"
        mend = "say how it reaches people and when: media: letter, moment: with the first bill"
        found.append(_note(one, what, "both", mend))
    if one.status == "done" and one.finished is None:
        found.append(
            _note(one, "done, and no day", "finished:", f"add finished: (until then the day after {one.due} counts)")
        )
    if one.status in TO_DO and one.finished is not None:
        found.append(_note(one, f"finished {one.finished}, and {one.status}", "status: done", "correct one of the two"))
    return found


def _dates(one: Action, today: date) -> list[Fault]:
    """Days that cannot be on this day."""
    found = []
    if one.finished is not None and one.effect_from is not None and one.effect_from < one.finished:
        what = f"an effect from {one.effect_from}, and it was finished on {one.finished}"
        mend = "set a later effect_from:, or leave it out (the day after finished: counts then)"
        found.append(_note(one, what, "an effect after what brings it is done", mend))
    if one.finished is not None and one.finished > today:
        found.append(
            _fault(one, f"finished on {one.finished}, after today, {today}", "a day that has been", "correct finished:")
        )
    if one.status == "doing" and one.start > today:
        found.append(
            _note(
                one,
                f"doing, and its start is {one.start}, after today, {today}",
                "status: planned, or a start that has been",
                "correct one of the two",
            )
        )
    if one.status not in TO_DO:
        return found
    if one.effect_from is not None and one.effect_from < today:
        found.append(
            _fault(
                one,
                f"a target in the past: an effect from {one.effect_from}, and the action is {one.status} on {today}",
                "an effect after what brings it is done",
                "set a later effect_from:, or status: done (with finished:), or dropped",
            )
        )
    if is_late(one, today):
        late = (today - one.due).days
        found.append(
            _note(
                one,
                f"late: due {one.due}, {late} {'day' if late == 1 else 'days'} ago, and {one.status}",
                "done by its due day",
                "do it, set a later due:, or drop it",
            )
        )
    return found


def _fault(one: Action, found: str, expected: str, mend: str) -> Fault:
    return Fault(FILE, None, one.id, found, expected, mend)


def _note(one: Action, found: str, expected: str, mend: str) -> Fault:
    return Fault(FILE, None, one.id, found, expected, mend, weight="note")
