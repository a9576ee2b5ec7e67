"""Actions made of a solution: for each department one, with a measure that will tell and days from the solution's months.

A proposal, marked so: its words, owner and days are the team's to agree. Looks back at solutions and claims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.steps.apply.checks import Asked
from workbench.steps.apply.model import Action
from workbench.steps.map import as_id
from workbench.steps.solutions.model import Evidence, Solution

MONTH = 365.25 / 12  # days
MARK = "Proposed from the solution"  # how `about` of an action begins that nobody has agreed to yet
UNNAMED = "to be named"
KINDS = {"communication": "communication", "people and service": "training"}  # by area; else a process


def propose(
    solution: Solution,
    departments: Sequence[str],
    there: Sequence[Action],
    today: date,
    measures: Mapping[str, Asked] | None = None,
) -> list[dict[str, Any]]:
    """An action for each department that has none of this solution yet, as actions.yaml has it.

    departments  those of the solution, or of its steps
    there        the actions that are planned already; one that was dropped does not count
    measures     what the study asks, and where; none: not known

    Its measure is one that the solution rests on, else the outcome that it moves; its step the first where that is asked. It
    begins today and ends when the solution's likely months are over. No change is predicted: that is the team's to say.
    Raises DataFault where no department is named, or each has its action.
    """
    if not departments:
        mend = "name them at the solution, or as owners of its steps on the map"
        raise DataFault(Fault("solutions.yaml", None, solution.id, "no department", "who applies it", mend))
    busy = {one.department.casefold() for one in there if one.solution == solution.id and one.status != "dropped"}
    free = [one for one in departments if one.casefold() not in busy]
    if not free:
        found = f'an action of "{solution.name}" in each of its departments'
        raise DataFault(
            Fault("actions.yaml", None, solution.id, found, "a department without", "change those that are there")
        )
    measure, step = what_tells(solution, measures or {})
    taken = [one.id for one in there]
    made: list[dict[str, Any]] = []
    for department in free:
        id = as_id(f"{solution.id} {department}", [*taken, *(one["id"] for one in made)])
        one: dict[str, Any] = {
            "id": id,
            "solution": solution.id,
            "action": f"{solution.name}: the part of {department}",
        }
        one |= {"kind": KINDS.get(solution.area, "process"), "department": department, "owner": UNNAMED}
        one |= {"start": today, "due": today + timedelta(days=round(MONTH * solution.months[1])), "status": "planned"}
        one |= {"measure": measure} | ({"step": step} if step else {})
        made.append(one | {"about": f'{MARK} "{solution.name}": words, owner and days are not agreed yet.'})
    return made


def what_tells(solution: Solution, measures: Mapping[str, Asked]) -> tuple[str, str | None]:
    """The measure that will tell whether a solution worked, and the first of its steps where it is asked (None: of the whole)."""
    named = [one.measure for one in solution.evidence if isinstance(one, Evidence) and one.measure]
    moved = {"nps": "nps", "complaints": "complaint"}
    wanted = [*named, *(word for outcome, word in moved.items() if outcome in solution.effects), *measures, "nps"]
    measure = next(one for one in wanted if not measures or one in measures or one == "complaint")
    asked = measures.get(measure, Asked()).steps
    return measure, next((one for one in solution.steps if not asked or one in asked), None)


def is_proposed(action: Action) -> bool:
    """Was it made of a solution, and not agreed to yet?"""
    return action.about.startswith(MARK)
