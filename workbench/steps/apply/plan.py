"""The plan: who does what by when, in words and on a time line. Looks at the actions alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from workbench.faults import DataFault, unknown
from workbench.finding import Finding
from workbench.steps.apply.model import Action, Actions

SOON = 30  # days ahead in which what is due is said in words
FEW = 3  # actions named in a sentence
SHORT = 60  # letters of an action in a sentence
TO_DO = ("planned", "doing")
NAMES = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "complaint": "complaints"}
COLUMNS = (
    *("department", "action", "kind", "media and moment", "solution", "owner", "start", "due", "status"),
    *("measure", "target", "effect from", "id"),
)


def plan(
    actions: Actions,
    today: date,
    names: Mapping[str, str],
    department: str = "",
    solutions: Mapping[str, str] | None = None,
) -> Finding:
    """The plan: actions by department (or of one), what is late first; `names` of steps and of `solutions` by their ids.

    One row an action. Late is what is not done, nor dropped, by its due day. The picture is a time line by department,
    with the day from which an effect can be seen.
    """
    mine = of_department(actions, department)
    order = sorted(
        mine, key=lambda one: (one.department.casefold(), not is_late(one, today), one.start, one.due, one.id)
    )
    rows = [
        {
            "department": one.department,
            "action": one.action,
            "kind": one.kind,
            "media and moment": "; ".join(filter(None, (one.media, one.moment))),
            "solution": (solutions or {}).get(one.solution, one.solution),
            "owner": one.owner,
            "start": one.start.isoformat(),
            "due": one.due.isoformat(),
            "status": standing(one, today),
            "measure": what_tells(one, names),
            "target": one.target,
            "effect from": one.effect_from.isoformat() if one.effect_from else "",
            "id": one.id,
        }
        for one in order
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    picture = {
        "kind": "gantt",
        "end": "due",
        "today": today.isoformat(),
        "mark": "effect from",
        "mark_word": "effect from",
    }
    return Finding(
        "actions",
        table,
        _sentence(order, today, department),
        by=("action",) if department else ("department", "action"),
        method="as the team planned in actions.yaml; late is what is not done by its due day",
        picture=picture if rows else {},
        title=f"Who does what by when: {department}" if department else "Who does what by when",
        quiet=tuple(column for column in COLUMNS if all(row[column] in ("", None) for row in rows)),
    )


def of_department(actions: Actions, department: str = "") -> list[Action]:
    """The actions of a department, whatever its capitals; of all without one."""
    wanted = department.casefold()
    return [one for one in actions.actions if not wanted or one.department.casefold() == wanted]


def is_late(action: Action, today: date) -> bool:
    return action.status in TO_DO and action.due < today


def is_soon(action: Action, today: date) -> bool:
    """Is it to be done within the next days?"""
    return action.status in TO_DO and today <= action.due <= today + timedelta(days=SOON)


def standing(action: Action, today: date) -> str:
    """An action's status on a day: late, or what the team says."""
    return "late" if is_late(action, today) else action.status


def effect_day(action: Action) -> date:
    """The first day on which an effect can be seen: as planned, else the day after it was, or is to be, done."""
    return action.effect_from or (action.finished or action.due) + timedelta(days=1)


def what_tells(action: Action, names: Mapping[str, str]) -> str:
    """The measure that will tell, in words: 'NPS at "First bill"'."""
    at = f' at "{names.get(action.step, action.step)}"' if action.step else ""
    return NAMES.get(action.measure, action.measure) + at


def departments_of(actions: Actions, more: Iterable[str] = ()) -> list[str]:
    """The departments that a plan may be asked for: those of the study (`more`) and of the actions, each once."""
    found: dict[str, str] = {}
    for one in (*more, *(one.department for one in actions.actions)):
        if one:
            found.setdefault(one.casefold(), one)
    return list(found.values())


def department_named(name: str, known: Sequence[str]) -> str:
    """A department as it is written, whatever capitals it was asked with. Raises DataFault for one that is not there."""
    there = {one.casefold(): one for one in known}
    if name.casefold() not in there:
        raise DataFault(unknown("department", name, known, "study.yaml", "departments"))
    return there[name.casefold()]


# -- the sentence -----------------------------------------------------------------------------------------------------


def _sentence(those: Sequence[Action], today: date, department: str) -> str:
    if not those:
        return f"{department} has no action." if department else "No action is planned."
    late = [one for one in those if is_late(one, today)]
    soon = [one for one in those if is_soon(one, today)]
    counted = [(sum(standing(one, today) == word for one in those), word) for word in ("done", *TO_DO, "dropped")]
    told = ", ".join(
        [f"{len(late) or 'none'} late on {today.isoformat()}", *(f"{n} {word}" for n, word in counted if n)]
    )
    where = (
        f" for {department}" if department else f" in {_count(len({one.department for one in those}), 'department')}"
    )
    parts = [f"{_count(len(those), 'action')}{where}: {told}."]
    if late:
        parts.append(f"Late: {_listed(late, department)}.")
    parts.append(f"Due in the next {SOON} days: {_listed(soon, department) if soon else 'nothing'}.")
    return " ".join(parts)


def _listed(those: Sequence[Action], department: str) -> str:
    """Actions in words, those due first first; the first few, and how many more."""
    first = sorted(those, key=lambda one: (one.due, one.id))
    said = [
        f'"{short(one)}" ({"" if department else f"{one.department}, "}{one.due.isoformat()})' for one in first[:FEW]
    ]
    return ", ".join(said) + (f" and {len(first) - FEW} more" if len(first) > FEW else "")


def short(action: Action) -> str:
    """An action's words, cut where they are many."""
    return textwrap.shorten(action.action, SHORT, placeholder=" …")


def _count(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"
