"""A map as a table, one row a step: what a spreadsheet or a CSV shows of it. Such a table is read back by `table_reading`.

Knows the map's model; nothing of files.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from workbench.steps.map.model import JourneyMap, Promise, Stage, Step
from workbench.steps.map.scales import OWN

CHOICES = {
    "contact": ("marketing", "human", "physical", "digital"),
    "started by": ("customer", "provider"),
    "hot spot": ("pain", "gain"),
    "kept": tuple(one for one in get_args(Promise.model_fields["kept"].annotation) if one),
}
PROMISE = {
    "promised": "words",
    "promised where": "where",
    "promised by": "by",
    "delivered": "delivered",
    "kept": "kept",
}
LISTS = ("channels", "commitment", "next", "measures")
NUMBERS = ("emotion", "trust")
YES = ("out of our control", "starts here")
OTHER = {"started by": "started_by", "hot spot": "hot_spot", "out of our control": "outside"}
FIRST = ("place", "stage", "id", "step")
REST = (
    *("channels", "contact", "started by", "hot spot", "emotion", "trust", *PROMISE, "commitment"),
    *("out of our control", "within", "next", "measures", "owner"),
)
OF_MAP = ("map", "stage id", "starts here")  # columns that say something of the map, where there is something to say
FIXED = (*FIRST, *REST, *OF_MAP)
SAME = {
    "name": "step", "step name": "step", "touchpoint": "step", "phase": "stage", "section": "stage", "channel": "channels",
    "step id": "id", "promise": "promised", "promise kept": "kept", "outside": "out of our control", "order": "place",
    "title": "map", "commitments": "commitment", "measure": "measures", "hotspot": "hot spot", "start": "starts here",
}  # fmt: skip
ENDS = "(ends here)"  # next: [] in a cell; an empty cell is the step that stands after this one


@dataclass
class Table:
    """Headings, and rows by their headings with the row that a spreadsheet shows."""

    headings: list[str]
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    file: str = ""

    def only(self, headings: Sequence[str]) -> Table:
        """The same with these columns alone."""
        kept = [one for one in self.headings if one in headings]
        return Table(kept, [(row, {one: cells.get(one) for one in kept}) for row, cells in self.rows], self.file)


# -- written ----------------------------------------------------------------------------------------------------------


def table(drawn: JourneyMap, of_map: bool = True) -> Table:
    """The map as a table, one row a step; `of_map` adds what rows can say of the map: title, ids of stages, starts."""
    lanes = [*drawn.lanes, *(lane for step in drawn.steps for lane in step.lanes)]
    more = {"map": drawn.title, "stage id": any(stage.id for stage in drawn.stages), "starts here": drawn.starts}
    fixed = [*FIRST, *REST, *(one for one in OF_MAP if of_map and more[one])]
    titles = {lane: lane_heading(lane) for lane in dict.fromkeys(lanes)}
    made = Table([*map(heading, fixed), *titles.values()])
    place = 0
    for stage in drawn.stages:
        for step in stage.steps:
            place += 1
            cells = {heading(one): _shown(one, drawn, stage, step, place) for one in fixed}
            made.rows.append((place + 1, cells | {title: step.lanes.get(lane, "") for lane, title in titles.items()}))
    return made


def heading(column: str) -> str:
    return f"{column} ({OWN})" if column in NUMBERS else column


def lane_heading(lane: str) -> str:
    taken = key(lane) in {*FIXED, *SAME} or lane.casefold().startswith("lane:") or lane != " ".join(lane.split())
    return f"lane: {lane}" if taken or re.fullmatch(r".*\(.* to .*\)", lane) else lane


def _shown(column: str, drawn: JourneyMap, stage: Stage, step: Step, place: int) -> Any:
    """What stands in a cell."""
    if column in PROMISE:
        return getattr(step.promise, PROMISE[column]) if step.promise else ""
    known: dict[str, Any] = {
        "place": place, "stage": stage.name, "id": step.id, "step": step.name, "map": drawn.title, "stage id": stage.id,
        "starts here": "yes" if step.id in drawn.starts else "", "out of our control": "yes" if step.outside else "",
        "next": "" if step.next is None else listed(step.next) or ENDS,
    }  # fmt: skip
    if column in known:
        return known[column]
    value = getattr(step, OTHER.get(column, column))
    return listed(value) if column in LISTS else value


def listed(names: Sequence[str]) -> str:
    """Names in one cell, one with a comma in it in quotation marks."""
    if not names:
        return ""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(names)
    return out.getvalue().replace("\r", " ").replace("\n", " ") if len(names) > 1 or names[0] else '""'


def key(words: str) -> str:
    """A heading as it is compared: blanks, underscores and capitals aside."""
    return " ".join(words.replace("_", " ").split()).casefold()
