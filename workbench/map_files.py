"""The map given to other programs and to departments, and what comes back merged into it: three-way, cell by cell.

What a file could not hold is never taken for a change: the map that it was made from is written and read the same way,
and only what differs from that was done by somebody. Knows a study by its parts; the kinds of file stand in steps/map.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import files, models, wall
from workbench.drawing import Drawing
from workbench.faults import DataFault, Fault
from workbench.history import version_of
from workbench.steps.map import JourneyMap, cjml, mermaid, spreadsheets, table_reading
from workbench.steps.map.changes import LISTS, Change, cell, changes, describe
from workbench.steps.map.scales import Scale
from workbench.steps.map.tables import OTHER, Table, key
from workbench.steps.solutions import idea_sheet

if TYPE_CHECKING:
    from workbench.study import Study

Read = tuple[dict[str, Any], list[Fault]]
Again = Callable[[JourneyMap], Read]  # a map written to a kind of file and read back
OWN = (("version",), ("schema",))  # what the file of the map says of itself
VERSION = re.compile(r"[0-9a-f]{12}")
ENDINGS = {".xml": "cjml", ".cjml": "cjml", ".mmd": "mermaid", ".mermaid": "mermaid", ".md": "mermaid", ".csv": "csv"}
ENDINGS |= {".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx"}


@dataclass(frozen=True)
class Merged:
    """What became of a file: what was merged, what clashed (both values and names), what is asked about, what is told, and
    which ideas were put on the wall.
    """

    file: str
    base: str
    made: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    ideas: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = [f"{self.file}: {_count(len(self.made), 'change')} merged into the map, {self.base}."]
        for head, lines in (
            ("merged", self.made),
            ("not merged, both stand here", self.clashes),
            ("asked about, and left as it is", self.asked),
            ("put on the ideas wall", self.ideas),
            ("told", self.notes),
        ):
            told += [f"{head}:", *(f"  {line}" for line in lines)] if lines else []
        return "\n".join(told)


@dataclass
class _Came:
    """A file that was read: how to read it against a map, how that map looks in such a file, what came beside it."""

    read: Callable[[JourneyMap], Read]
    again: Again
    filled: spreadsheets.Filled | None = None
    notes: tuple[Fault, ...] = ()  # what the gate told of the file


# -- out --------------------------------------------------------------------------------------------------------------


def write(drawn: JourneyMap, kind: str) -> bytes:
    """The map as a file of a kind: "csv", "cjml" or "mermaid"."""
    if kind == "csv":
        return spreadsheets.write_csv(spreadsheets.part(drawn, "", of_map=True)).encode()
    return cjml.write(drawn) if kind == "cjml" else mermaid.write(drawn).encode()


def lost(drawn: JourneyMap, kind: str) -> list[str]:
    """What of a map a kind of file ("csv", "cjml", "mermaid", "xlsx") does not hold, in words: found out by doing it."""
    held, _ = _again(kind)(drawn)
    groups: dict[str, list[Change]] = {}
    for one in changes(_plain(drawn), held):
        if one.path not in OWN:
            groups.setdefault(_what(one), []).append(one)
    told = []
    for what, those in groups.items():
        gone = [one for one in those if one.now in (None, [], "", {})]
        new = [one for one in those if one not in gone]
        at = {"steps": "step", "stages": "stage"}.get(those[0].path[0], "")
        if gone:
            told.append(f"{what} left out" + (f" ({_count(len(gone), at)})" if at else ""))
        if new:
            told.append(
                f"{what} written otherwise ({_count(len(new), at or 'time')}), as in {describe(new[0], drawn.called)}"
            )
    return told + (["ids of steps left out: another study makes them anew of the names"] if kind == "mermaid" else [])


def _what(one: Change) -> str:
    kind, *rest = one.path
    if kind == "steps" and len(one.path) > 2:
        inside = [word for word in rest[1:] if word != "lanes"]
        return ("lane " if "lanes" in rest else "") + " ".join(inside).replace("_", " ")
    if kind == "stages":
        return "stages without steps" if len(one.path) == 2 and one.now is None else f"{rest[-1]} of stages"
    return f"{kind} ({rest[0]})" if rest else kind


# -- in ---------------------------------------------------------------------------------------------------------------


def is_map(path: Path) -> bool:
    """Is a file a map, as its ending says, or a CSV, by its headings? (A CSV without steps may be a code frame.)"""
    kind = ENDINGS.get(path.suffix.lower(), "")
    if kind != "csv" or not path.is_file():
        return bool(kind)
    with open(path, encoding="utf-8-sig", errors="replace") as handle:
        heads = {key(one.strip(" \"'")) for one in re.split(r"[,;\t]", handle.readline(10_000))}
    return bool(heads & {"step", "step name", "touchpoint"})


def merge(
    study: Study, path: Path, who: str = "", scale: Scale | None = None, remove: bool = False, overwrite: bool = False
) -> Merged:
    """Merge a file into the study's map: three-way where it says which version it was made from, else into empty cells alone.

    Where somebody else changed the same cell meanwhile theirs stands, and both are told; so does, in a file that does not
    say what it was made from, whatever stands on the map already (`overwrite` takes the file's word there). Steps that
    are not in the file stay (`remove` takes them out). Raises DataFault for a file that cannot be read; nothing is saved.
    """
    came = _came(path, scale)
    filled = came.filled
    if filled is not None and not filled.table.headings:
        return _ideas_alone(study, filled, path.name, who)
    base, said = _base(study, filled.version if filled else "")
    who = who or (filled.department if filled else "")
    drawing = Drawing(study, who)
    current = drawing.map
    known = base or current
    mine, faults = came.read(known)
    notes = [str(one).replace("\n    Mend: ", " ") for one in [*came.notes, *(filled.notes if filled else ()), *faults]]
    there = models.build(_beside(mine, known), JourneyMap, path.name).called
    held, _ = came.again(known) if known.steps else ({}, [])
    made, more = _mine(held, mine, _plain(known), filled.department if filled else "", known)
    notes += more
    gone = [one for one in made if one.now is None and len(one.path) == 2]
    made = [one for one in made if one not in gone]
    asked: list[str] = []
    clashes: list[str] = []
    if base is None and not overwrite:
        clashes += [_stands(one, current, path.name) for one in made if not _empty(one)]
        made = [one for one in made if _empty(one)]
    called = current.called | there
    out, told = _gone(gone, drawing, _plain(known), remove)
    asked += told
    drawing.do(*made, *out)
    failed = [one.change for one in drawing.clashes]
    clashes += [str(one) for one in drawing.clashes]
    done = [describe(one, called) for one in [*made, *out] if one not in failed and one.path not in OWN]
    if filled is not None:
        done += _comments(filled, study, known, who, path.name, notes)
    taken = wall.take(study, idea_sheet.read(filled.ideas), who, path.name) if filled else wall.Taken()
    notes += taken.notes
    merged = Merged(path.name, said, tuple(done), tuple(clashes), tuple(asked), tuple(notes), taken.ideas)
    counted = {"merged": len(done), "clashes": len(clashes)} | ({"ideas": len(taken.ideas)} if taken.ideas else {})
    study.log(f"imported {path.name} into the map", who, counted)
    return merged


def _ideas_alone(study: Study, filled: spreadsheets.Filled, file: str, who: str) -> Merged:
    """A workbook with ideas and no map."""
    taken = wall.take(study, idea_sheet.read(filled.ideas), who, file)
    study.log(f"imported ideas from {file}", who, {"ideas": len(taken.ideas)})
    told = tuple(str(one).replace("\n    Mend: ", " ") for one in filled.notes)
    return Merged(file, "which it does not hold", notes=(*told, *taken.notes), ideas=taken.ideas)


def _came(path: Path, scale: Scale | None) -> _Came:
    """A file let in by the gate, and what kind it is: by its bytes, then by its first words."""
    from workbench.engine import Engine

    received = files.receive(path, Engine().scratch)
    if received.kind == "xlsx":
        return _as_table(spreadsheets.read_book(received.path, path.name), scale, "xlsx", received.notes)
    if received.kind != "text":
        found = f"a file of the kind {received.kind}"
        raise DataFault(
            Fault(path.name, None, "", found, "a workbook, CSV, CJML or mermaid", "export the map to see one")
        )
    if received.size > models.LARGEST:
        raise DataFault(
            Fault(path.name, None, "", f"{received.size:,} bytes", f"at most {models.LARGEST:,}", "split the map")
        )
    text = received.text()
    kind = _kind(path, text)
    if kind == "cjml":
        return _Came(lambda known: cjml.read(text.encode(), known, path.name), _again("cjml"), None, received.notes)
    if kind == "mermaid":
        return _Came(lambda known: mermaid.read(text, known, path.name, scale), _again("mermaid"), None, received.notes)
    return _as_table(spreadsheets.read_csv(text, path.name), scale, "csv", received.notes)


def _kind(path: Path, text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return "cjml"
    if path.suffix.lower() in (".mmd", ".mermaid", ".md") or start.split("\n", 1)[0].strip() == "journey":
        return "mermaid"
    return ENDINGS.get(path.suffix.lower(), "csv")


def _again(kind: str) -> Again:
    """A map written to a kind of file and read back as the same map: what is otherwise then, the file cannot hold."""
    if kind == "cjml":
        return lambda drawn: cjml.read(cjml.write(drawn), drawn, "map.xml")
    if kind == "mermaid":
        return lambda drawn: mermaid.read(mermaid.write(drawn), drawn, "map.mmd")
    if kind == "xlsx":
        return lambda drawn: _with_owners(table_reading.content(spreadsheets.part(drawn, ""), drawn), drawn.owners)
    text = spreadsheets.write_csv
    return lambda drawn: table_reading.content(
        spreadsheets.read_csv(text(spreadsheets.part(drawn, "", of_map=True)), "map.csv").table, drawn
    )


def _as_table(filled: spreadsheets.Filled, scale: Scale | None, kind: str, told: Sequence[Fault] = ()) -> _Came:
    """A table that came: the map that it speaks of is looked at through the columns, and the rows, that it has."""

    def read(known: JourneyMap) -> Read:
        made, notes = table_reading.content(filled.table, known, scale)
        if gone := list(_missing(filled.table, known, filled.department)):
            found = f"no column for {', '.join(gone)}"
            notes.append(
                Fault(filled.table.file, 1, "", found, "one each", "left as they are on the map", weight="note")
            )
        return _with_owners((made, notes), filled.owners)

    def again(known: JourneyMap) -> Read:
        whole = spreadsheets.part(known, filled.department, of_map=kind == "csv") if known.steps else Table([])
        there = set(table_reading.columns(filled.table.headings, known).values())
        ours = table_reading.columns(whole.headings, known)
        seen = whole.only([one for one in whole.headings if ours[one] in there])
        if not seen.headings:
            return {}, []
        return _with_owners(table_reading.content(seen, known), filled.owners and known.owners)

    return _Came(read, again, filled, tuple(told))


def _beside(mine: Mapping[str, Any], known: JourneyMap) -> dict[str, Any]:
    """What a file says beside the steps that are not in it: others may name them as their next, and they may stay."""
    there = {step["id"] for stage in mine.get("stages", ()) for step in stage["steps"]}
    left = [{"id": step.id, "name": step.name} for step in known.steps if step.id not in there]
    aside = [{"id": "not-in-the-file", "name": "not in the file", "steps": left}] if left else []
    return {**mine, "stages": [*mine.get("stages", ()), *aside]}


def _missing(found: Table, known: JourneyMap, department: str) -> list[str]:
    """Columns of the map that a table does not have: told once, left as they are."""
    there = set(table_reading.columns(found.headings, known).values())
    whole = spreadsheets.part(known, "") if known.steps else Table([])
    filled = {
        one
        for one in whole.headings
        for _, cells in whole.rows
        if cells[one] not in (None, "", 0) and one not in ("place", "id")
    }
    ours = table_reading.columns(whole.headings, known)
    return [one for one in whole.headings if one in filled and ours[one] not in there]


def _with_owners(read: Read, owners: Mapping[str, str] | None) -> Read:
    kept = {lane: owner for lane, owner in (owners or {}).items() if owner}
    return ({**read[0], "owners": kept} if kept else read[0]), read[1]


def _base(study: Study, name: str) -> tuple[JourneyMap | None, str]:
    """The version that a file was made from, if it is still there, and what is told of it."""
    if not name:
        return None, "into its empty cells (the file does not say which version it was made from)"
    if not VERSION.fullmatch(name):
        return None, "into its empty cells (what it says it was made from is no version)"
    try:
        text = version_of(study.path, "map", name).text
        base = models.build(models.parse(text, "map.yaml"), JourneyMap, "map.yaml")
        return base, f"against the version {name} that it was made from"
    except DataFault:
        return None, f"into its empty cells (the version {name} that it was made from is no longer in history/)"


def _mine(
    held: Mapping[str, Any], mine: Mapping[str, Any], base: Mapping[str, Any], department: str, known: JourneyMap
) -> tuple[list[Change], list[str]]:
    """What was done in a file, as changes of the map that it was made from; what a department may not do is told."""
    steps, lanes = spreadsheets.owned(known, department) if department else (set(), set())
    made: list[Change] = []
    notes: list[str] = []
    for one in changes(held, mine):
        if one.path in OWN:
            continue
        if department and not _may(one, steps, {lane for _, lane in lanes}, known):
            notes.append(f"not {department}'s to change: {describe(one, known.called)}")
            continue
        was = one.was if one.path[0] in LISTS or len(one.path) == 2 and one.was is None else cell(base, one.path)
        if one.path[0] in LISTS or was != one.now:  # a map without steps is written as nothing: its title is no change
            made.append(Change(one.path, was, one.now))
    return made, notes


def _may(one: Change, steps: set[str], lanes: set[str], known: JourneyMap) -> bool:
    if one.path[0] == "steps":
        return (
            one.path[1] in steps
            or one.path[1] not in known.names
            or (one.path[2:3] == ("lanes",) and one.path[3] in lanes)
        )
    return one.path[0] == "lanes" or (one.path[0] == "stages" and one.was is None)


def _empty(one: Change) -> bool:
    return one.was in (None, "", [], {}) or one.path[0] in LISTS


def _stands(one: Change, current: JourneyMap, file: str) -> str:
    """A cell that stands on the map already and that a file without a base has otherwise."""
    words = describe(one, current.called)
    return f"{words.replace(': was ', ': on the map ').replace(', is ', f', in {file} ')}. The map's stands."


def _gone(
    gone: Sequence[Change], drawing: Drawing, base: Mapping[str, Any], remove: bool
) -> tuple[list[Change], list[str]]:
    """What is not in a file that was in the version it was made from: taken out if asked for, and nobody changed it since."""
    out: list[str] = []
    told: list[str] = []
    current = _plain(drawing.map)
    since = {one.path[:2] for one in changes(base, current)}
    for one in gone:
        kind, id = one.path
        if kind == "stages" or cell(current, one.path) is None:
            continue
        name = drawing.map.called.get(one.path, id)
        if not remove:
            told.append(f'"{name}" is not in the file. It stays; --remove takes it out')
        elif one.path in since:
            told.append(f'"{name}" is not in the file, but somebody changed it since. It stays')
        else:
            out.append(id)
    return drawing.without(out) if out else [], told


def _comments(
    filled: spreadsheets.Filled, study: Study, known: JourneyMap, who: str, file: str, notes: list[str]
) -> list[str]:
    """Comments that were written on cells, added to those of the study, each once."""
    columns = table_reading.columns(filled.table.headings, known)
    ids = {row: str(cells.get("id") or "") for row, cells in filled.table.rows}
    there = study.notes.notes
    done = []
    for heading, row, author, words in filled.comments:
        what, name = columns.get(heading, ("", ""))
        step = ids.get(row, "")
        fresh = _fresh(words, author, [spreadsheets.remark(one) for one in there if one.step == step])
        if not fresh:
            continue
        if step not in study.map.names:
            notes.append(f"{file}, row {row}: a comment on no step of the map was left out")
            continue
        lane = name if what == "lane" else "" if name == "step" else OTHER.get(name, name)
        if any((one.step, one.lane, one.words) == (step, lane, fresh) for one in there):
            continue
        Drawing(study, author.strip() or who).comment(step, fresh, lane)
        done.append(f'a comment on "{study.map.names[step]}"{f", {lane}" if lane else ""}')
    return done


def _fresh(words: str, author: str, told: Sequence[str]) -> str:
    """What a comment says beyond what it said when it was given out."""
    for one in told:
        words = words.replace(one, "")
    words = words.rpartition("Comment:\n")[2] if words.lstrip().startswith("[Threaded comment]") else words
    return words.strip().removeprefix(f"{author}:").strip()


def _plain(drawn: JourneyMap) -> dict[str, Any]:
    return drawn.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" + ("" if n == 1 else "s")
