"""What was read of one source, kept on disk: read again only when its file, its binding, the key or its reader is another.

Knows the gate, the shelf and the engine; not how sources are put together.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import narwhals as nw

from workbench import files, sources
from workbench.engine import SOURCE, Engine, count, whole_file, within_memory
from workbench.faults import Fault
from workbench.journey import Wide
from workbench.sources import customers
from workbench.sources.binding import Binding
from workbench.sources.forgotten import without_forgotten
from workbench.sources.reading import Block, Coded, Desk

VERSION = version("workbench")
ABOUT = "about.json"
SHAPE = 14  # counted up when the layout of what is kept changes
FEW = 1_000_000  # answers up to which a survey is kept as records; beyond, one row a respondent


@cache
def readers() -> str:
    """One hash of the program that reads: another reader, engine or gate reads every source again."""
    room = Path(__file__).parent
    programs = [
        *sorted((room / "sources").glob("*.py")),
        *sorted((room / "privacy").glob("*.py")),
        *(room / f"{name}.py" for name in ("blocks", "engine", "files", "office", "written")),
    ]
    return hashlib.sha256("".join(files.sha256(path) for path in programs).encode()).hexdigest()


@dataclass(frozen=True)
class Source:
    """A file of a study and how it is to be read."""

    path: Path
    binding: Binding
    format: str | None = None
    coded: Mapping[int, Sequence[Coded]] = field(default_factory=dict)
    fetched: str = ""  # when its rows were fetched from a store
    notes: tuple[Fault, ...] = ()  # what its questionnaire could not keep
    forgotten: frozenset[str] = frozenset()  # people who are read no more (see `privacy.token`)
    names: frozenset[str] | None = None  # of the study's own customers: masked in words, kept nowhere; None: its own

    @property
    def name(self) -> str:
        return self.path.stem

    def mark(self, key: str, program: str | None = None) -> str:
        """One hash of all that reading this source rests on: content, binding, codes, key (by its mark), who is left out,
        and the program that reads, or the one that is named."""
        said = [
            SHAPE,
            readers() if program is None else program,
            self.path.name,
            files.content(self.path),
            self.format,
            self.binding.model_dump(by_alias=True),
            sorted(self.coded.items()),
            key,
            *([sorted(self.forgotten)] if self.forgotten else []),
            hashlib.sha256("\n".join([key, *sorted(self.names)]).encode()).hexdigest() if self.names else "",
        ]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """A source as it was read, in a folder of its own: records, answers, people and marks (Parquet), and what it is (JSON)."""

    folder: Path

    @cached_property
    def about(self) -> dict[str, Any]:
        return files.unsealed(self.folder / ABOUT) or {}

    @property
    def source(self) -> str:
        return self.about["source"]

    @property
    def moves(self) -> bool:
        return self.about["moves"]

    @property
    def faults(self) -> list[Fault]:
        return [Fault(**fault | {"rows": tuple(fault["rows"])}) for fault in self.about["faults"]]

    def part(self, engine: Engine, name: str) -> nw.LazyFrame | None:
        """A table of this source, or None where it has none of that name."""
        places = (self.folder / name, self.folder / f"{name}.parquet")  # a folder of lots, or one file
        return next((engine.scan(path) for path in places if path.exists()), None)

    def records(self, engine: Engine, number: int) -> nw.LazyFrame | None:
        """What was written as records, by a source at place `number` of its study; moves with what comes next."""
        found = self.part(engine, "records")
        if found is None:
            return None
        same = [nw.lit(value).alias(column) for column, value in self.about["same"].items()]
        placed = found.with_columns((nw.col("order") + number * SOURCE).alias("order"), *same)
        return engine.typed(placed, adjacent=self.moves)

    def answers(self, engine: Engine, number: int, folder: Path | None = None) -> nw.LazyFrame | None:
        """The answers that are kept wide, seen as records; `folder` may hold them with other people."""
        found = self.wide(engine, folder)
        return None if found is None else engine.records_of_answers(found.frame, found.questions, self.source, number)

    def wide(self, engine: Engine, folder: Path | None = None) -> Wide | None:
        """The answers that are kept wide, as they lie."""
        found = (self if folder is None else Kept(folder)).part(engine, "answers")
        return None if found is None else Wide(found, tuple((name, step) for name, step in self.about["questions"]))


def kept(folder: Path) -> Kept | None:
    """What is kept in a folder, or None where nothing is, or it is not whole."""
    here = Kept(folder)
    parts = here.about.get("parts")
    whole = parts is not None and all(files.content(folder / name) == mark for name, mark in parts.items())
    return here if whole else None


def read(engine: Engine, source: Source, secret: bytes, folder: Path, lasting: bool = True) -> Kept:
    """Read a source and keep what was read in a folder. Raises DataFault where it cannot be read; nothing is kept then.

    `lasting` makes sure that it outlives a loss of power.
    """
    with within_memory(source.path.name):
        return _read(engine, source, secret, folder, lasting)


def _read(engine: Engine, source: Source, secret: bytes, folder: Path, lasting: bool) -> Kept:
    received = files.receive(source.path, engine.scratch)
    kind = source.format or sources.kind_of(received, source.binding)
    desk = Desk(
        received,
        engine,
        source.binding,
        secret,
        names=customers.names_in(received, engine) if source.names is None else source.names,
        coded=source.coded,
        faults=[*source.notes, *received.notes],
    )
    with whole_file(received.name) if received.kind == "binary" else nullcontext():
        return _written(desk, kind, source, folder, lasting)


def _written(desk: Desk, kind: str, source: Source, folder: Path, lasting: bool) -> Kept:
    received, engine = desk.received, desk.engine
    block = sources.reader(kind).read(desk)
    if source.forgotten:
        block = without_forgotten(desk, block, source.forgotten)
    if source.binding.keys and desk.marks is None:
        desk.note(found="keys: for a file that is no table", expected="a table with columns", mend="not used")
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in _tables(block, desk).items():
        if name == "records" and block.moves:
            engine.adjacent(frame, folder / "records", folder / "paths", block.who, lasting)
        else:
            engine.write(frame, folder / f"{name}.parquet", (), lasting)
    about = {
        "source": source.name,
        "file": source.path.name,
        "format": kind,
        "sha256": received.sha256,
        "bytes": received.size,
        "moves": block.moves,
        "same": dict(block.same),
        "read": desk.read,
        "named": source.binding.person is not None,
        "keys": list(source.binding.keys),
        "questions": block.answers.questions if block.answers else [],
        "measures": [dict(measure) for measure in block.measures],
        "faults": [asdict(fault) for fault in desk.faults],
        "parts": files.contents(folder),
    }
    files.write(folder / ABOUT, files.sealed(json.loads(json.dumps(about, default=_plain))))
    return Kept(folder)


def _tables(block: Block, desk: Desk) -> dict[str, nw.LazyFrame]:
    """What is written of a source. Few answers are written as records: seeing many questions as records has its price."""
    records, answers = block.records, block.answers.frame if block.answers else None
    if block.answers and answers is not None and count(answers) * len(block.answers.questions) <= FEW:
        long = desk.engine.records_of_answers(desk.engine.keep(answers), block.answers.questions, desk.source, 0)
        records, answers = long if records is None else nw.concat([long, records]), None
    found = {"records": records, "answers": answers, "people": block.people, "marks": desk.marks}
    return {name: frame for name, frame in found.items() if frame is not None}


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else os.fspath(value)


def rows_read(kept: Kept, engine: Engine) -> int:
    """How many records a source gave; the people of a table of people."""
    long, answers, people = (kept.part(engine, name) for name in ("records", "answers", "people"))
    if long is None and answers is None:
        return count(people) if people is not None else 0
    asked = count(answers) * len(kept.about["questions"]) if answers is not None else 0
    return asked + (count(long) if long is not None else 0)
