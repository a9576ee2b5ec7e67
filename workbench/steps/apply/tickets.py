"""The plan as a table for ticket tools: one row an action, under the names of columns that their importers map.

Knows actions alone. The names are Jira's; Azure Boards, Trello, GitLab and others are told which column is which as they
import.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from workbench.steps.apply.model import Action
from workbench.steps.apply.plan import is_soon, standing, what_tells

STATUS = {"planned": "To Do", "late": "To Do", "doing": "In Progress", "done": "Done", "dropped": "Won't Do"}
COLUMNS = (
    *("External ID", "Issue Type", "Summary", "Description", "Assignee", "Department", "Labels", "Start date"),
    *("Due date", "Status", "Priority", "Solution", "Step", "Measure", "Target", "Effect from"),
)
LONGEST = 255  # letters of a summary that Jira takes


def tickets(
    actions: Sequence[Action], today: date, names: Mapping[str, str], solutions: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row an action; days as 2025-03-31. Labels are single words, a blank between them. Priority is High for what is
    late or due in the next 30 days, else Medium; Low for what is done or dropped.
    """
    rows = []
    for one in sorted(actions, key=lambda one: (one.start, one.due, one.id)):
        status = standing(one, today)
        under_way = status == "late" and one.status == "doing"
        rows.append(
            {
                "External ID": one.id,
                "Issue Type": "Task",
                "Summary": _cut(one.action),
                "Description": _description(one, names, solutions or {}),
                "Assignee": one.owner,
                "Department": one.department,
                "Labels": " ".join(dict.fromkeys(filter(None, map(_label, (one.kind, one.solution, _late(status)))))),
                "Start date": one.start.isoformat(),
                "Due date": one.due.isoformat(),
                "Status": STATUS["doing" if under_way else status],
                "Priority": _priority(one, today),
                "Solution": (solutions or {}).get(one.solution, one.solution),
                "Step": names.get(one.step, one.step) if one.step else "",
                "Measure": one.measure,
                "Target": "" if one.target is None else f"{one.target:g}",
                "Effect from": one.effect_from.isoformat() if one.effect_from else "",
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _priority(one: Action, today: date) -> str:
    if one.status in ("done", "dropped"):
        return "Low"
    return "High" if standing(one, today) == "late" or is_soon(one, today) else "Medium"


def _description(one: Action, names: Mapping[str, str], solutions: Mapping[str, str]) -> str:
    told = [
        one.action if len(one.action) > LONGEST else "",
        one.about,
        f"Part of: {solutions.get(one.solution, one.solution)}" if one.solution else "",
        f"Told by: {'; '.join(filter(None, (one.media, one.moment)))}" if one.media or one.moment else "",
        f"What will tell: {what_tells(one, names)}" + ("" if one.target is None else f", target {one.target:g}"),
        f"Effect from: {one.effect_from}" if one.effect_from else "",
    ]
    return "\n".join(filter(None, told))


def _late(status: str) -> str:
    return status if status == "late" else ""


def _label(words: str) -> str:
    return re.sub(r"\s+", "-", words.strip())


def _cut(words: str) -> str:
    bare = " ".join(words.split())
    return bare if len(bare) <= LONGEST else f"{bare[: LONGEST - 1]}…"
