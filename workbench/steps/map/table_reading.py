"""A table of a map read back, one row a step: what people do to a table is taken as it is meant, or told with row and column.

Sorted rows, blanks at the ends, another word for yes, a number with a comma, a stage named once for several rows are taken;
a date that a spreadsheet made of a text, an id given twice, a heading that nobody knows are told. Knows nothing of files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from workbench.faults import DataFault, Fault, near
from workbench.spans import span
from workbench.steps.map.model import LANES, LOOP, JourneyMap, as_id
from workbench.steps.map.scales import OWN, Scale, number
from workbench.steps.map.tables import (
    CHOICES,
    ENDS,
    FIXED,
    LISTS,
    NUMBERS,
    OTHER,
    PROMISE,
    REST,
    SAME,
    YES,
    Table,
    heading,
    key,
    lane_heading,
)  # fmt: skip

TRUE = {
    "yes",
    "y",
    "true",
    "1",
    "x",
    "✓",
    "ja",
    "oui",
    "si",
    "sí",
    "sim",
    "wahr",
    "vrai",
    "verdadero",
    "vero",
    "tak",
    "да",
}
FALSE = {"", "no", "n", "false", "0", "-", "nein", "non", "não", "falsch", "faux", "falso", "nie", "нет"}
NONE = {"", "-", "–", "none", "n/a"}  # ways to say that nothing is chosen
SMALL = 10  # numbers that all lie within it are hardly meant from -100 to 100
STATED = re.compile(r"\(([^()]+ to [^()]+)\)\s*$")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def content(found: Table, known: JourneyMap, scale: Scale | None = None) -> tuple[dict[str, Any], list[Fault]]:
    """What a table says, as the content of a map, and what is worth telling. `known` is the map that it speaks of.

    A row without an id is the step of that name that has no row yet, else a new one. Emotion and trust are on `scale`, else
    on the one that their heading states, as in "emotion (-2 to 2)", else from -100 to 100. Raises DataFault for all that is
    wrong.
    """
    reading = _Reading(found, known, scale)
    return reading.content(), reading.notes


def columns(headings: Sequence[str], known: JourneyMap) -> dict[str, tuple[str, str]]:
    """What each heading is: ("cell", column) or ("lane", name). A blank heading is nothing."""
    lanes = {key(one): one for one in [*LANES, *(lane for step in known.steps for lane in step.lanes), *known.lanes]}
    found = {}
    for one in headings:
        bare = key(STATED.sub("", one)) if key(STATED.sub("", one)) in NUMBERS else key(one)
        if not bare:
            continue
        if bare.startswith("lane:"):
            found[one] = ("lane", one.lstrip()[5:].removeprefix(" "))
        elif bare in FIXED or bare in SAME:
            found[one] = ("cell", SAME.get(bare, bare))
        else:
            found[one] = ("lane", lanes.get(bare, one.strip()))
    return found


class _Reading:
    """One table being read: its columns, the faults found, the notes made."""

    def __init__(self, found: Table, known: JourneyMap, scale: Scale | None):
        self.found, self.known, self.file = found, known, found.file
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.next: dict[str, str] = {}
        self.columns = columns(found.headings, known)
        self.at: dict[tuple[str, str], str] = {}
        for one, what in self.columns.items():
            if what in self.at:
                self.fault(1, one, f'a second column "{one}"', "each column once", "remove one of them")
            self.at.setdefault(what, one)
        self.scales = {one: self._scale(one, scale) for one in NUMBERS}

    def content(self) -> dict[str, Any]:
        self._headings()
        self._rescaled()
        kept = [self.at.get(("cell", one)) for one in ("id", "place", "map", "stage id")]  # they alone make no step
        filled = [
            (row, cells)
            for row, cells in self.found.rows
            if any(not _blank(value) for one, value in cells.items() if one not in kept)
        ]
        ids = self._ids(filled)
        self._named(filled, ids)
        steps, stage = [], ""
        for turn, (row, cells) in enumerate(filled):
            name = self.words(row, cells, "step")
            if not name:
                self.fault(row, "step", "a row without a step", "the step's name", "name it, or empty the row")
                continue
            stage = self._stage(row, cells, ids[turn], stage)
            steps.append((self._place(row, cells), stage, self._step(row, cells, ids[turn], name)))
        if self.faults:
            raise DataFault(self.faults)
        return self._map(steps, filled, ids)

    # -- the whole ----------------------------------------------------------------------------------------------------

    def _map(self, steps: list[tuple[float | None, str, dict]], filled: list[tuple[int, dict]], ids: list[str]) -> dict:
        places, last = [], (0.0, 0)
        for turn, (place, _, _) in enumerate(steps):  # a row without a place stands behind the row above it
            last = (last[0], turn) if place is None else (place, turn)
            places.append(last)
        order = (
            sorted(range(len(steps)), key=lambda turn: places[turn])
            if ("cell", "place") in self.at
            else range(len(steps))
        )
        stages: dict[str, list[dict]] = {}
        for turn in order:
            _, stage, step = steps[turn]
            stages.setdefault(stage, []).append(step)
        known = {stage.name: stage.id for stage in self.known.stages}
        known |= {
            self.words(row, cells, "stage"): self.words(row, cells, "stage id")
            for row, cells in filled
            if self.words(row, cells, "stage id")
        }
        lanes = [name for (what, name) in self.columns.values() if what == "lane"]
        made: dict[str, Any] = {
            "title": next((one for row, cells in filled if (one := self.words(row, cells, "map"))), ""),
            "lanes": list(dict.fromkeys(lanes)),
            "starts": [
                one for one, (row, cells) in zip(ids, filled, strict=True) if self._yes(row, cells, "starts here")
            ],
            "stages": [
                {**({"id": known[name]} if known.get(name) else {}), "name": name, "steps": those}
                for name, those in stages.items()
            ],
        }
        return {name: value for name, value in made.items() if value or name in ("stages", "lanes")}

    def _headings(self) -> None:
        """A heading that nobody knows: nearly one that is missing, or a lane of one's own."""
        if ("cell", "step") not in self.at:
            close = near("step", self.found.headings)
            expected = 'a column "step" with the steps\' names'
            self.fault(1, "", "no column of steps", expected, f'did you mean "{close}"?' if close else "add it")
            raise DataFault(self.faults)
        drawn = {*self.known.lanes, *(lane for step in self.known.steps for lane in step.lanes)}
        own = {*LANES, *drawn}
        told = [*FIXED, *map(lane_heading, sorted(drawn))]
        missing = [one for one in told if key(one) not in {key(STATED.sub("", head)) for head in self.found.headings}]
        for one, (what, name) in self.columns.items():
            ours = what == "cell" or name in own or key(one).startswith("lane:")
            close = "" if ours else near(one, [*missing, *SAME])
            if close and key(one) != close:
                self.fault(1, one, f'a column "{one}"', "a column of a map, or a lane", f'did you mean "{close}"? A lane '
                           f'of your own that is called so: "lane: {one.strip()}"')  # fmt: skip

    def _ids(self, filled: list[tuple[int, dict]]) -> list[str]:
        """The id of each row: as it stands there, else that of the step of this name, else made of the name."""
        given: dict[str, int] = {}
        ids: list[str] = []
        for row, cells in filled:
            id = self.words(row, cells, "id")
            if id and not ID.fullmatch(id):
                mend = "leave it empty: it is made of the name"
                self.fault(row, "id", f'the id "{id[:60]}"', "small letters, digits and hyphens", mend)
            if id and id in given:
                found = f'the id "{id}" twice, in row {given[id]} too (a duplicate)'
                self.fault(row, "id", found, "each id once", "leave it empty for a new step")
            given.setdefault(id, row)
            ids.append(id)
        left: dict[str, list[str]] = {}
        for step in self.known.steps:
            if step.id not in given:
                left.setdefault(step.name.casefold(), []).append(step.id)
        taken = {*given, *self.known.names}
        for turn, (row, cells) in enumerate(filled):
            if not ids[turn]:
                name = self.words(row, cells, "step")
                same = left.get(name.casefold(), []) if ("cell", "id") not in self.at else []
                ids[turn] = same.pop(0) if same else as_id(name, taken)
                taken.add(ids[turn])
        return ids

    def _named(self, filled: list[tuple[int, dict]], ids: list[str]) -> None:
        """The steps that a row may name as the next: by their ids, and by names that one step alone has."""
        names = {step.id: step.name for step in self.known.steps}
        names |= {id: self.words(row, cells, "step") for id, (row, cells) in zip(ids, filled, strict=True)}
        told = [one.casefold() for one in names.values()]
        self.next = {one.casefold(): id for id, one in names.items() if told.count(one.casefold()) == 1}
        self.next |= {id: id for id in names}

    def _stage(self, row: int, cells: dict, id: str, above: str) -> str:
        """The stage of a row: as it stands there, else the one it had, else that of the row above (merged cells)."""
        named = self.words(row, cells, "stage")
        home = next((one.name for one in self.known.stages if id in [step.id for step in one.steps]), "")
        if named or (home and ("cell", "stage") not in self.at):
            return named or home
        if ("cell", "stage") in self.at and (above or home):
            return above or home
        return above or self.known.title or "Journey"

    # -- one row ------------------------------------------------------------------------------------------------------

    def _step(self, row: int, cells: dict, id: str, name: str) -> dict[str, Any]:
        step: dict[str, Any] = {"id": id, "name": name}
        promise: dict[str, str] = {}
        for column in REST:
            if ("cell", column) not in self.at:
                continue
            if column in PROMISE:
                promise[PROMISE[column]] = self._cell(row, cells, column, name)
            else:
                step[OTHER.get(column, column)] = self._cell(row, cells, column, name)
        step["promise"] = {word: said for word, said in promise.items() if said}
        step = {
            name: one for name, one in step.items() if one is not None and one is not False and one not in ("", [], {})
        }
        if ("cell", "next") in self.at and self.words(row, cells, "next").casefold() == ENDS:
            step["next"] = []
        lanes = {
            lane: words
            for one, (what, lane) in self.columns.items()
            if what == "lane" and (words := self._words(row, one, cells.get(one)))
        }
        return step | ({"lanes": lanes} if lanes else {})

    def _cell(self, row: int, cells: dict, column: str, step: str) -> Any:
        if column in NUMBERS:
            return self._number(row, cells, column, step)
        said = self.words(row, cells, column)
        if column in YES:
            return self._yes(row, cells, column)
        if column in CHOICES:
            return self._chosen(row, column, said, CHOICES[column])
        if column in LISTS:
            if column == "next" and said.casefold() == ENDS:
                return []
            names = _names(said)
            if column == "next":
                return [self._follows(row, one) for one in names]
            return [self._chosen(row, column, one, LOOP) for one in names] if column == "commitment" else names
        if column == "within" and said:
            try:
                span(said)
            except (DataFault, ValueError) as problem:
                mend = problem.faults[0].mend if isinstance(problem, DataFault) else ""
                self.fault(row, column, f'"{said[:60]}"', "a time allowed, as in 14 days", mend or "write it so")
                return ""
        return said

    def _follows(self, row: int, said: str) -> str:
        found = self.next.get(said) or self.next.get(said.casefold())
        if found is None:
            close = near(said, self.next)
            mend = f'did you mean "{close}"?' if close else "name it by its id, or leave the cell empty"
            self.fault(row, "next", f'"{said[:60]}"', "a step of the map", mend)
        return found or ""

    def _chosen(self, row: int, column: str, said: str, known: Sequence[str]) -> str:
        word = said.strip(" .").casefold()
        if word in NONE or word in known:
            return word if word in known else ""
        close = near(word, known)
        mend = f'did you mean "{close}"?' if close else "choose one of them, or leave it empty"
        self.fault(row, column, f'"{said[:60]}"', f"one of: {', '.join(known)}", mend)
        return ""

    def _yes(self, row: int, cells: dict, column: str) -> bool:
        word = self.words(row, cells, column).strip(" .").casefold()
        if word not in TRUE | FALSE:
            self.fault(row, column, f'"{word[:60]}"', "yes or no", "write yes, or leave it empty")
        return word in TRUE

    def _number(self, row: int, cells: dict, column: str, step: str) -> float | None:
        value = cells.get(self.at.get(("cell", column), ""))
        if _blank(value) or (isinstance(value, str) and value.strip() in NONE):
            return None
        try:
            known = value if isinstance(value, int | float | str) and not isinstance(value, bool) else str(value)
            return self.scales[column].onto(known, step, column, self.file, row)
        except DataFault as problem:
            self.faults += problem.faults
            return None

    def _place(self, row: int, cells: dict) -> float | None:
        value = cells.get(self.at.get(("cell", "place"), ""))
        if _blank(value):
            return None
        try:
            return number(value if isinstance(value, int | float) else str(value))
        except ValueError:
            self.fault(
                row, "place", f'"{value}"'[:60], "a number: rows stand in their order", "correct it, or leave it empty"
            )
            return None

    # -- small things -------------------------------------------------------------------------------------------------

    def words(self, row: int, cells: dict, column: str) -> str:
        """A cell of a fixed column as words."""
        return self._words(row, column, cells.get(self.at.get(("cell", column), "")))

    def _words(self, row: int, column: str, value: Any) -> str:
        if _blank(value):
            return ""
        if isinstance(value, datetime | date | time):
            midnight = isinstance(value, datetime) and value.time() == time()
            told = value.date().isoformat() if isinstance(value, datetime) and midnight else str(value)
            if column in FIXED:
                self.fault(
                    row, column, f"a date ({told})", "words", "write it as text: begin the cell with an apostrophe"
                )
                return ""
            note = Fault(
                self.file, row, column, f"a date ({told})", "words", f'taken as the text "{told}"', weight="note"
            )
            if note not in self.notes:
                self.notes.append(note)
            return told
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return re.sub(r"(_x000[dD]_)?\r?\n|\r|_x000[dD]_", "\n", str(value)).strip()

    def _scale(self, column: str, given: Scale | None) -> Scale:
        stated = STATED.search(self.at.get(("cell", column), ""))
        return given or (Scale.of(stated[1]) if stated else OWN)

    def _rescaled(self) -> None:
        """Small numbers on no stated scale are hardly meant from -100 to 100: the scale is asked for."""
        for column in NUMBERS:
            one = self.at.get(("cell", column), "")
            if not one or STATED.search(one) or self.scales[column] != OWN:
                continue
            values = []
            for _, cells in self.found.rows:
                try:
                    values.append(number(cells[one]))
                except (ValueError, AttributeError, TypeError, KeyError):
                    continue
            if len(set(values)) > 1 and max(map(abs, values)) <= SMALL:
                found = f"numbers from {min(values):g} to {max(values):g} on no stated scale"
                mend = f'state it: --scale LOW:HIGH, or head the column "{heading(column)}" where that is meant'
                self.fault(1, column, found, "numbers from -100 to 100", mend)

    def fault(self, row: int, column: str, found: str, expected: str, mend: str) -> None:
        self.faults.append(Fault(self.file, row, column, found, expected, mend))


def _names(words: str) -> list[str]:
    """The names in one cell, comma or line between them, a name with a comma in quotation marks."""
    rows = csv.reader(words.splitlines(), skipinitialspace=True)
    return [one.strip() for row in rows for one in row if one.strip()]


def _blank(value: Any) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())
