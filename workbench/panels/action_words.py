"""The words of an action as cells of a table: what each shows of actions.yaml, and what is written back.

Knows the model's words and how cells are shown; no widget, no journey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.panels.listing import Listing
from workbench.panels.solution_words import people_meant, people_said
from workbench.steps.apply.checks import Asked
from workbench.steps.apply.model import FILE, KINDS
from workbench.study import Study

STATUS = ("planned", "doing", "done", "dropped")
EVERY = ("week", "month", "wave")
CELLS = {  # how the fault of an action begins, and the cell that it belongs in
    "no solution": "solution",
    "no department": "department",
    "no step": "step",
    "no measure": "measure",
    "no attribute": "treated",
    "unit": "unit",
    "a target in the past": "effect_from",
    "a target": "target",
    "a change": "predicted",
    "a communication": "media",
    "done, and no day": "finished",
    "finished": "finished",
    "an effect": "effect_from",
    "doing": "start",
    "late": "due",
}


class Words:
    """The columns of the actions' table."""

    def columns(self) -> list[dict[str, Any]]:
        """The common ones for the table, the rest aside."""
        tells = "What will tell: a score, a rating, complaint, or the measure of a tracking sheet"
        effect = "The first day; without it the day after it was, or is to be, done"
        people = "Attributes of people, as in region: North; the others are compared with them"
        table = [
            _word("action", "Action", "words", width=240),
            _word("stands", "Stands", "fixed", width=70),
            _word("department", "Department", "text", width=110),
            _word("owner", "Owner", "text", "A role, never a person", width=110),
            _word("status", "Status", "choice", options=list(STATUS), width=75),
            _word("start", "Start", "date", write=day, width=85),
            _word("due", "Due", "date", "The day by which it is to be done", write=day, width=85),
            _word("measure", "Measure", "text", tells, width=80),
            _word("step", "At step", "choice", "Empty: of the whole journey", optional=True, width=110),
            _word("target", "Target", "number", "The level to reach"),
            _word("predicted", "Change expected", "range", "Low, likely, high, in the measure's unit", width=90),
            _word("kind", "Kind", "choice", options=list(KINDS), width=110),
            _word("solution", "Solution", "choice", optional=True, width=160),
        ]
        aside = [
            _word("finished", "Finished on", "date", "The day on which it was done", write=day),
            _word("effect_from", "Effect can be seen from", "date", effect, write=day),
            _word("media", "Media", "words", "Of a communication: letter, SMS, a call"),
            _word("moment", "Moment", "words", "Of a communication: with the first bill"),
            _word("matters", "Smallest change that matters", "number", "In the measure's unit"),
            _word("treated", "Who it was done for", "text", people, read=people_said, write=people_meant),
            _word("unit", "Done by", "text", "The attribute by which it was done: branch, region"),
            _word("every", "Looked at every", "choice", options=list(EVERY), optional=True),
            _word("days", "Days of work", "range", "Low, likely, high"),
            _word("about", "About", "words"),
        ]
        return table + [one | {"aside": True} for one in aside]

    def look(self, study: Study, listing: Listing, measures: Mapping[str, Asked]) -> None:
        """What may be chosen or is suggested in the cells now."""
        listing.options("department", study.departments)
        listing.options("measure", list(dict.fromkeys([*measures, "complaint"])) if measures else ["nps", "complaint"])
        listing.options("step", list(study.map.names), study.map.names)
        solutions = {one.id: one.name for one in study.solutions.solutions}
        listing.options("solution", list(solutions), solutions)


def _word(key: str, label: str, kind: str, help: str = "", **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label, "kind": kind, "help": help} | more


def day(text: Any) -> date | None:
    """A day as the file has it. Raises DataFault."""
    if text in (None, ""):
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise DataFault(Fault(FILE, None, "a day", f'"{text}"', "a day", "write it as 2026-03-31")) from None


def cell_faults(faults: Sequence[Fault]) -> dict[str, dict[str, str]]:
    """What is wrong or worth telling in the cells of the table: by action and column."""
    found: dict[str, dict[str, str]] = {}
    for fault in faults:
        key = next((cell for begin, cell in CELLS.items() if fault.found.startswith(begin)), "action")
        if key == "measure" or " at " not in fault.found or not fault.mend.startswith("take one of"):
            found.setdefault(fault.column, {})[key] = f"{fault.found}; {fault.mend}"
        else:  # a measure that is not asked at its step
            found.setdefault(fault.column, {})["step"] = f"{fault.found}; {fault.mend}"
    return found
