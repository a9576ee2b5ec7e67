"""Apply: who does what by when, and the measure that will tell whether it worked. Looks back at solutions and map."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd
from pydantic import Field, model_validator

from workbench.faults import Fault, unknown
from workbench.finding import Finding
from workbench.models import Model

KINDS = ("training", "communication", "process", "standard", "vision")


class Action(Model):
    """One action. Owners are roles, never persons."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    action: str
    solution: str = ""
    kind: Literal["training", "communication", "process", "standard", "vision"]
    department: str
    owner: str
    start: date
    due: date
    status: Literal["planned", "doing", "done"] = "planned"
    measure: str
    step: str | None = None
    target: float | None = None
    effect_from: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Action:
        if self.due < self.start:
            raise ValueError("due on or after start")
        if self.effect_from is not None and self.effect_from < self.start:
            raise ValueError("effect_from on or after start")
        return self


class Actions(Model):
    """actions.yaml."""

    actions: list[Action] = []

    def check(self, solutions: list[str], departments: list[str], steps: list[str]) -> list[Fault]:
        """Names in the actions that the study does not know."""
        found = []
        for one in self.actions:
            for word, value, known in (
                ("solution", one.solution, solutions),
                ("department", one.department, departments),
                ("step", one.step, steps),
            ):
                if value and known and value not in known:
                    found.append(unknown(word, value, known, file="actions.yaml", column=one.id))
        return found

    def finding(self, today: date, names: dict[str, str]) -> Finding:
        """The plan: actions by department, with what is late said first."""
        table = pd.DataFrame(
            [
                {
                    "department": one.department,
                    "action": one.action,
                    "kind": one.kind,
                    "owner": one.owner,
                    "start": one.start.isoformat(),
                    "due": one.due.isoformat(),
                    "status": "late" if one.status != "done" and one.due < today else one.status,
                    "measure": one.measure + (f' at "{names.get(one.step, one.step)}"' if one.step else ""),
                    "target": one.target,
                    "effect from": one.effect_from.isoformat() if one.effect_from else "",
                }
                for one in sorted(self.actions, key=lambda one: (one.department, one.start, one.id))
            ],
            columns=[
                *("department", "action", "kind", "owner", "start", "due", "status"),
                *("measure", "target", "effect from"),
            ],
        )
        late = int((table["status"] == "late").sum())
        sentence = (
            f"{len(table)} actions in {table['department'].nunique()} departments; "
            f"{int((table['status'] == 'done').sum())} done, {late} late on {today.isoformat()}."
        )
        return Finding(
            "actions",
            table,
            sentence,
            by=("action",),
            method="as the team planned in actions.yaml",
            picture={"kind": "gantt", "end": "due", "today": today.isoformat()} if len(table) else {},
            title="Who does what by when",
        )
