"""The ideas wall, verb by verb: an idea put on it, several grouped, several merged into a solution. Each verb saves at once.

Two people may do so at the same time: a verb is done on the wall as it stands then. Knows a study by its parts; what a verb
does to the wall stands in steps/solutions/ideas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import files, places
from workbench.editing import save_as
from workbench.faults import DataFault, Fault, unknown
from workbench.steps.map import as_id
from workbench.steps.solutions import AREAS, ideas
from workbench.steps.solutions.idea_sheet import Given

if TYPE_CHECKING:
    from workbench.study import Study

Amount = Sequence[float] | Mapping[str, Any]  # low, likely, high, or as solutions.yaml has it


def add(study: Study, words: str, who: str = "", step: str = "", area: str = "") -> str:
    """Put an idea on the wall; its id comes back. Raises DataFault for a step or an area that is not there."""
    step = _step(study, step, ideas.FILE) if step else ""
    if area and area not in AREAS:
        raise DataFault(unknown("area", area, AREAS, ideas.FILE, "area"))
    made = ""

    def act(content: Any) -> bool:
        nonlocal made
        before = len(content.get("ideas") or [])
        made = ideas.add(content, words, who or places.me(), study.today.isoformat(), step, area)
        return len(content["ideas"]) > before

    save_as(study, "ideas", act, who)
    return made


def group(study: Study, which: str | Iterable[str], name: str, who: str = "") -> list[str]:
    """Say that ideas (ids, or a group) belong together under a name ("": to no group); their ids come back. Raises DataFault."""
    ids = study.ideas.named(which)
    save_as(study, "ideas", lambda content: ideas.group(content, ids, name), who)
    return ids


def merge(study: Study, which: str | Iterable[str], into: str, who: str = "", **new: Any) -> str:
    """Say which solution ideas (ids, or a group) went into: one that is there, by its id or name, or a new one of that name
    with what `new` says of it; its id comes back. They stay on the wall with who said them. Raises DataFault.
    """
    ids = study.ideas.named(which)
    with files.locked(study.path):
        solution = _there(study, into)
        given = {key: value for key, value in new.items() if value not in (None, "", (), [])}
        if (solution or not into) and given:
            what = (
                f'"{into}", which is there already, with {", ".join(given)}'
                if into
                else f"no solution, with {', '.join(given)}"
            )
            raise DataFault(
                Fault("solutions.yaml", None, solution, what, "its name alone", "change it in solutions.yaml")
            )
        if into and not solution:
            ideas.free(study.content("ideas"), ids)
            solution = _new(study, into, [one for one in study.ideas.ideas if one.id in ids], given, who)
        save_as(study, "ideas", lambda content: ideas.merge(content, ids, solution), who)
    return solution


def _there(study: Study, name: str) -> str:
    """The id of a solution, by its id or its name; empty where there is none."""
    known = study.solutions.solutions
    ids = [one.id for one in known if one.id == name] or [one.id for one in known if ideas.same(one.name, name)]
    return ids[0] if ids and name else ""


def _new(study: Study, name: str, those: Sequence[ideas.Idea], given: Mapping[str, Any], who: str) -> str:
    """A solution of its own made of ideas; steps and area are theirs where nothing else is said."""
    areas = list(dict.fromkeys(one.area for one in those if one.area))
    area = given.get("area") or (areas[0] if len(areas) == 1 else "")
    said = [_step(study, one, "solutions.yaml") for one in given.get("steps", ())]
    steps = said or list(dict.fromkeys(one.step for one in those if one.step))
    missing = [
        word
        for word, there in (
            ("area", area),
            ("steps", steps),
            ("gain (or avoids)", given.get("gain") or given.get("avoids")),
            ("cost", given.get("cost")),
        )
        if not there
    ]
    if missing:
        mend = 'area="communication", steps=["first-bill"], gain=(2, 4, 6) in NPS points, cost=(10000, 20000, 30000) in money'
        expected = "what a solution needs to be ranked: low, likely and high of what it brings and costs"
        raise DataFault(
            Fault("solutions.yaml", None, name, f"a new solution without {', '.join(missing)}", expected, mend)
        )
    made: dict[str, Any] = {"id": "", "name": name.strip(), "area": area, "steps": steps}
    made |= {word: list(given[word]) for word in ("departments",) if word in given}
    if "gain" in given:
        made["gain"] = _given(given["gain"], "judged")
    if "avoids" in given:
        made["avoids"] = {what: _given(one, "judged") for what, one in given["avoids"].items()}
    made["cost"] = _given(given["cost"], "once")
    if "about" in given:
        made["about"] = given["about"]

    def act(content: Any) -> bool:
        there = content["solutions"] = content.get("solutions") or []
        made["id"] = as_id(name, [one["id"] for one in there])
        there.append(made)
        return True

    save_as(study, "solutions", act, who)
    return str(made["id"])


def _step(study: Study, step: str, file: str) -> str:
    """The id of a step, by its id or its name; as it is where no map is drawn yet. Raises DataFault."""
    known = study.map.names
    named = {name.casefold(): id for id, name in known.items()}
    if known and step not in known and step.casefold() not in named:
        raise DataFault(unknown("step", step, known, file, "step"))
    return step if step in known else named.get(step.casefold(), step)


def _given(amount: Amount, word: str) -> dict[str, Any]:
    return dict(amount) if isinstance(amount, Mapping) else {word: list(amount)}


# -- from a workbook --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What came in of a sheet of ideas, and what is told of it."""

    ideas: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def take(study: Study, given: Sequence[Given], who: str, file: str) -> Taken:
    """Put the new rows of a sheet of ideas on the wall, each once; an idea that is there keeps its words, and gets the step,
    area or group that it had not.
    """
    steps = {one.casefold(): id for id, name in study.map.names.items() for one in (id, name)}
    areas = {one.casefold(): one for one in AREAS}
    came: list[str] = []
    notes: list[str] = []

    def act(content: Any) -> bool:
        came.clear()
        notes.clear()
        for one in given:
            cells = {"step": steps.get(one.step.casefold(), ""), "area": areas.get(one.area.casefold(), "")}
            for what, said in (("step", one.step), ("area", one.area)):
                if said and not cells[what]:
                    notes.append(f'{file}, row {one.row}: no {what} called "{said}"; the idea was taken without')
            cells["group"] = " ".join(one.group.split())
            there = {str(other["id"]): other for other in content.get("ideas") or []}
            if one.id and one.id in there:
                came.extend(_filled(there[one.id], one, cells, notes, file))
                continue
            if one.id:
                notes.append(
                    f'{file}, row {one.row}: no idea "{one.id}" is on the wall; its row was taken as a new one'
                )
            author = one.who or who or "not said"
            before = len(there)
            id = ideas.add(content, one.words, author, study.today.isoformat(), **cells)
            if len(content["ideas"]) > before:
                came.append(f'"{content["ideas"][-1]["words"]}" ({author})')
            else:
                known = next(other for other in content["ideas"] if other["id"] == id)
                came.extend(_filled(known, one, cells, notes, file))
        return bool(came)

    if given:
        save_as(study, "ideas", act, who)
    return Taken(tuple(came), tuple(notes))


def _filled(there: Any, given: Given, cells: Mapping[str, str], notes: list[str], file: str) -> list[str]:
    """Fill the empty cells of an idea that is there, and say so; its words and who said them stay."""
    said = str(there["words"])
    if given.words and not ideas.same(given.words, said):
        notes.append(f'{file}, row {given.row}: "{said}" keeps its words; "{given.words}" was not taken')
    if given.who and not ideas.same(given.who, there["who"]):
        notes.append(f'{file}, row {given.row}: "{said}" stays said by {there["who"]}')
    made = []
    for what, value in cells.items():
        if value and not there.get(what):
            there[what] = value
            made.append(f'"{said}": {what} {value}')
        elif value and there[what] != value:
            notes.append(f'{file}, row {given.row}: the {what} "{there[what]}" stands, "{value}" was not taken')
    return made
