"""What concerns one department: the steps that it answers for, with their scores and hot spots, and the solutions it is part of.

Looks back at the map, what was measured of it and the solutions; nothing of another department is said here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.finding import Finding
from workbench.privacy import HIDDEN
from workbench.steps.apply.model import Actions
from workbench.steps.apply.plan import of_department
from workbench.steps.map import JourneyMap
from workbench.steps.measure.groups import signed
from workbench.steps.solutions import Effect, Solution

MEASURED = ("value", "low", "high", "n", "complaints per 1,000")
STEP_COLUMNS = ("step", "stage", "hot spot", *MEASURED, "why")
PART_COLUMNS = ("solution", "actions here", "with", "area", "steps", "brings", "cost once", "cost a year", "id")


def own_steps(drawn: JourneyMap, department: str, found: Finding | None) -> Finding:
    """The steps that a department answers for: as the team marked them and, from `found` (the hot spots, a row a step), what
    was measured there and why it stands out. Steps whose base may not be shown stay hidden.
    """
    stages = {step.id: stage.name for stage in drawn.stages for step in stage.steps}
    mine = [step for step in drawn.steps if step.department.casefold() == department.casefold()]
    seen = _shown(found) if found is not None else {}
    rows = []
    for step in mine:
        here = seen.get(step.id, {})
        gone = bool(here.get(HIDDEN, False))
        measured = {column: None if gone else here.get(column) for column in MEASURED}
        why = "hidden: too few people" if gone else here.get("why") or ""
        rows.append(
            {"step": step.name, "stage": stages[step.id], "hot spot": step.hot_spot or ""} | measured | {"why": why}
        )
    table = pd.DataFrame(rows, columns=list(STEP_COLUMNS))
    for column in MEASURED:
        table[column] = pd.to_numeric(table[column])
    measured_here = found is not None and bool(table["value"].notna().any())
    spots = [row for row in table.to_dict("records") if row["hot spot"]]
    unit = str(found.picture.get("unit", "")).removesuffix(" points") if found is not None else ""
    told = f"{department} answers for {_count(len(table), 'step')}. "
    if spots:
        told += f"{'Hot spots' if len(spots) > 1 else 'Hot spot'}: {', '.join(_spot(row, unit) for row in spots)}."
    else:
        told += "No hot spot is marked there."
    return Finding(
        "own_steps",
        table,
        told,
        by=("step",),
        base=found.base if measured_here and found is not None else "",
        method=found.method if measured_here and found is not None else "as the team drew it in map.yaml",
        trail=found.trail if measured_here and found is not None else (),
        picture=dict(found.picture) if measured_here and found is not None else {},
        minimum=1,  # what was too small is blank already
        title=f"The steps of {department}",
        quiet=() if measured_here else MEASURED,
    )


def part_in(
    solutions: Sequence[Solution], actions: Actions, department: str, names: Mapping[str, str], currency: str = ""
) -> Finding:
    """The solutions that a department is named in or has actions of: what they are thought to bring and cost, as the team
    wrote it (likely, low to high), who else takes part, and how many of the department's actions are done.
    """
    mine = of_department(actions, department)
    rows = []
    for one in solutions:
        here = [action for action in mine if action.solution == one.id and action.status != "dropped"]
        named = [other for other in one.departments if other.casefold() == department.casefold()]
        if not here and not named:
            continue
        others = [*one.departments, *(action.department for action in actions.actions if action.solution == one.id)]
        done = sum(action.status == "done" for action in here)
        rows.append(
            {
                "solution": one.name,
                "area": one.area,
                "steps": ", ".join(names.get(step, step) for step in one.steps),
                "brings": "; ".join(brings(word, effect) for word, effect in one.effects.items()),
                "cost once": _money(one.cost.once, one.cost.currency or currency),
                "cost a year": _money(one.cost.yearly, one.cost.currency or currency),
                "with": ", ".join(
                    dict.fromkeys(other for other in others if other.casefold() != department.casefold())
                ),
                "actions here": f"{len(here)}, {done} done" if here else "none",
                "id": one.id,
            }
        )
    idle = [str(row["solution"]) for row in rows if row["actions here"] == "none"]
    told = f"{department} is part of {_count(len(rows), 'solution')}."
    if idle:
        told += f" Without an action here: {_few(idle)}."
    return Finding(
        "part_in",
        pd.DataFrame(rows, columns=list(PART_COLUMNS)),
        told,
        by=("solution",),
        method="as the team wrote it in solutions.yaml: likely, and from low to high (one time in twenty lower, one higher)",
        title=f"The solutions that {department} is part of",
    )


def _shown(found: Finding) -> dict[str, dict]:
    """What may be shown of each step, by its id."""
    frame = found.to_frame()
    return {str(found.table["step"].loc[at]): frame.loc[at].to_dict() for at in frame.index}


def _spot(row: Mapping, unit: str) -> str:
    told = f'"{row["step"]}" ({row["hot spot"]}'
    if row["value"] == row["value"] and row["value"] is not None:
        told += f"; {unit} {signed(row['value'])}, {signed(row['low'])} to {signed(row['high'])}"
    return f"{told})"


def brings(outcome: str, effect: Effect) -> str:
    """An assumed effect in words, marked where it is judged."""
    if effect.finding is not None:
        low, likely, high = effect.share or (0, 0, 0)
        return f"{likely:.0%} ({low:.0%} to {high:.0%}) of the finding {effect.finding}"
    low, likely, high = effect.judged or (0, 0, 0)
    if outcome == "nps":
        return f"{likely:+g} NPS points at its steps ({low:+g} to {high:+g}), judged"
    what = "complaints" if outcome == "complaints" else "leaving"
    return f"{likely:.0%} of {what} avoided ({low:.0%} to {high:.0%}), judged"


def _money(amount: tuple[float, float, float], currency: str) -> str:
    low, likely, high = amount
    sign = currency if len(currency) == 1 else f"{currency} " if currency else ""
    return f"{sign}{likely:,.0f} ({low:,.0f} to {high:,.0f})" if high else "nothing"


def _count(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"


def _few(names: Sequence[str]) -> str:
    return ", ".join(f'"{one}"' for one in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
