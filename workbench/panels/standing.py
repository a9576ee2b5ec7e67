"""Where a study stands: for each step of the method what is done and what is open, in words.

Knows the study; no widgets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from workbench.faults import DataFault, describe
from workbench.steps.apply.plan import is_late
from workbench.steps.solutions import AREAS
from workbench.study import Study


@dataclass(frozen=True)
class Standing:
    """A step of the method: how far it is, what is there, and what is open."""

    step: str
    notebook: str
    state: Literal["not begun", "open", "done", "faulty"]
    there: str
    open: str = ""


def scope(study: Study) -> Standing:
    left = study.scope.open
    state: Literal["not begun", "open", "done"] = "open" if left else "done"
    if study.scope.complete == 0:
        state = "not begun"
    there = f"{round(10 * study.scope.complete)} of 10 questions are answered"
    return Standing("Scope", "1_scope", state, there, " ".join(asked.words for asked in left))


def drawn(study: Study) -> Standing:
    steps, spots = study.map.steps, study.map.hot_spots
    if not steps:
        return Standing("Map", "2_map", "not begun", "no step is drawn", "Draw the stages and steps.")
    bare = [step.name for step in steps if step.emotion is None]
    left = []
    if bare:
        left.append(f"What do we assume customers feel at: {_few(bare)}?")
    if not spots:
        left.append("Which steps are hot spots?")
    elif len(spots) > 4:
        left.append(f"Which three or four of the {len(spots)} hot spots matter most?")
    there = f"{_count(len(study.map.stages), 'stage')}, {_count(len(steps), 'step')}, {_count(len(spots), 'hot spot')}"
    return Standing("Map", "2_map", "open" if left else "done", there, " ".join(left))


def measured(study: Study) -> Standing:
    if not study.about.sources:
        return Standing("Measure", "3_measure", "not begun", "no source", "Name the sources in study.yaml.")
    claims = len(study.hypotheses.hypotheses)
    left = "" if claims else "Which claims are to be tested? Declare them in hypotheses.yaml before you look."
    there = f"{study.journey.base()}; {_count(claims, 'hypothesis', 'hypotheses')} declared"
    return Standing("Measure", "3_measure", "open" if left else "done", there, left)


def proposed(study: Study) -> Standing:
    all_ = study.solutions.solutions
    if not all_:
        return Standing("Solutions", "4_solutions", "not begun", "no solution", "Propose solutions in solutions.yaml.")
    areas = {one.area for one in all_}
    missing = [area for area in AREAS if area not in areas]
    left = f"Is there nothing to change in {' or '.join(missing)}?" if missing else ""
    there = f"{_count(len(all_), 'solution')} in {len(areas)} of the {len(AREAS)} areas"
    return Standing("Solutions", "4_solutions", "open" if left else "done", there, left)


def applied(study: Study) -> Standing:
    all_ = study.actions.actions
    if not all_:
        return Standing("Apply", "5_apply", "not begun", "no action", "Who does what by when? Plan it in actions.yaml.")
    late = [one.action for one in all_ if is_late(one, study.today)]
    done = sum(one.status == "done" for one in all_)
    dropped = sum(one.status == "dropped" for one in all_)
    there = f"{_count(len(all_), 'action')}: {done} done, {len(late)} late on {study.today.isoformat()}"
    to_do = len(all_) - done - dropped
    left = f"Late: {_few(late)}." if late else f"{_count(to_do, 'action')} to do." if to_do else ""
    return Standing("Apply", "5_apply", "open" if left else "done", there, left)


STEPS: dict[str, Callable[[Study], Standing]] = {
    "scope": scope,
    "map": drawn,
    "measure": measured,
    "solutions": proposed,
    "apply": applied,
}


def standing(study: Study) -> list[Standing]:
    """Every step of the method in order; a step whose file has faults says so in words."""
    found = []
    for name, look in STEPS.items():
        try:
            found.append(look(study))
        except DataFault as problem:
            found.append(
                Standing(name.capitalize(), "", "faulty", describe(problem.faults), "Mend what is named here.")
            )
    return found


def in_words(one: Standing) -> str:
    """A step's standing as a sentence or two."""
    return f"{one.there[:1].upper()}{one.there[1:]}." + (f" Open: {one.open}" if one.open else "")


def _count(number: int, word: str, many: str = "") -> str:
    return f"{number:,} {word if number == 1 else many or word + 's'}"


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
