"""A binding tried before it is relied on: what it reads from the first rows of a file, with the faults of these rows.

Knows the reading of one file; no study and no widgets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench import files, load, models, sources
from workbench.engine import Engine
from workbench.faults import DataFault, Fault
from workbench.journey import JourneyFrame
from workbench.profiling.seeing import NO_TABLE, special
from workbench.sources.binding import Binding
from workbench.study_files import SourceFile

FIRST_ROWS = 2000  # of a table that a binding is tried on
FIRST_LETTERS = 3_000_000
_OF_SOURCE = set(SourceFile.model_fields) - set(Binding.model_fields)


def tried(
    path: Path, entry: Mapping[str, Any], folder: Path | None = None, questionnaire: Path | None = None
) -> JourneyFrame:
    """What an entry of study.yaml reads from the first rows of a file (from all of it where it is no table): the journey,
    with the faults of these rows. `folder` is the study in which a questionnaire is looked for, `questionnaire` where it
    lies until then. Raises DataFault where nothing can be read so.
    """
    models.build({"file": path.name, **entry}, SourceFile, "study.yaml")
    engine = Engine()
    short = first_rows(path, engine)
    try:
        return _read(short, path, entry, folder, questionnaire)
    except DataFault:
        if short == path:
            raise
        return _read(path, path, entry, folder, questionnaire)  # it may be wrong with the first rows alone


def _read(
    short: Path, path: Path, entry: Mapping[str, Any], folder: Path | None, questionnaire: Path | None
) -> JourneyFrame:
    notes: list[Fault] = []
    own = {word: value for word, value in entry.items() if word not in _OF_SOURCE}
    try:
        if entry.get("questionnaire"):
            named, home = (questionnaire, None) if questionnaire else (entry["questionnaire"], folder)
            asked = load.bound_to(named, short, entry.get("binding"), home, notes)
            both = load.combined(asked, models.build(own, Binding, "study.yaml"))
            own = both.model_dump(by_alias=True, exclude_unset=True)
        found = load.read(short, entry.get("format"), **own)
    except DataFault as problem:
        raise DataFault([_of_file(fault, short, path) for fault in problem.faults]) from None
    return replace(found, faults=tuple(_of_file(fault, short, path) for fault in (*notes, *found.faults)))


def _of_file(fault: Fault, short: Path, path: Path) -> Fault:
    return replace(fault, file=path.name) if fault.file in (short.name, "") else fault


def first_rows(path: Path, engine: Engine, most: int = FIRST_ROWS) -> Path:
    """A copy of the first rows of a table of text, unpacked, under the same name; the file itself where it is no such table."""
    received = files.receive(path, engine.scratch)
    if received.kind == "text" and special(sources.claims(received)) not in NO_TABLE:
        text = received.head(FIRST_LETTERS)
        short = _cut(text, most, len(text) < FIRST_LETTERS)
        if len(short) < len(text) or len(text) == FIRST_LETTERS:
            folder = engine.scratch / f"first-{received.sha256[:16]}"
            folder.mkdir(exist_ok=True)
            name = re.sub(r"\.(gz|zip)$", "", path.name, flags=re.I)  # what is in it lies open now
            files.write(folder / name, short.encode("utf-8"))
            return folder / name
    return path


def _cut(text: str, most: int, whole: bool) -> str:
    """The first rows of a delimited text; quotes may hold line ends."""
    rows, open_, end, start = 0, False, 0, 0
    while rows < most and (stop := text.find("\n", start)) >= 0:
        open_ ^= text.count('"', start, stop) % 2 == 1
        start = stop + 1
        if not open_:
            rows, end = rows + 1, start
    if rows < most and whole:
        return text
    return text[: end or start]
