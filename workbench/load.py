"""From files to a journey frame: one file in memory, or a study's sources written as sorted Parquet with a manifest.

What is derived carries the hashes of all that it was made from; another source, binding, key or version makes it anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import files, models, places, privacy, sources
from workbench.engine import MOVES, RECORDS, Engine, Table, rows
from workbench.faults import DataFault, Fault
from workbench.journey import MEASURES, JourneyFrame, merged_people
from workbench.sources.binding import Binding, Questionnaire
from workbench.sources.reading import SOURCE, STRIDE, Block, Coded, Desk

VERSION = version("workbench")
DAY = 86_400 * 1_000_000  # a date without a time may be the evening before, in another zone
SHAPE = 6  # counted up when the frames' layout changes
PARTS = ("records", "people", "measures", "paths")


@dataclass(frozen=True)
class Source:
    """A file of a study and how it is to be read."""

    path: Path
    binding: Binding
    format: str | None = None
    coded: Mapping[int, Sequence[Coded]] = field(default_factory=dict)


def read(
    path: str | os.PathLike,
    format: str | None = None,
    questionnaire: str | os.PathLike | None = None,
    **binding: Any,
) -> JourneyFrame:
    """Read one file into a journey frame.

    `format` is a kind on the shelf (told by the file itself where left out); `questionnaire` a file under surveys/ or a
    path; every other word binds columns, as in study.yaml: person= time= channel= step= segments=[…] weight=
    questions={column: {measure, scale, step, …}} and so on. What was set aside stands in `.faults`.

    Raises DataFault where the file cannot be used.
    """
    bound = models.build(binding, Binding, "the binding given")
    if questionnaire is not None:
        bound = combined(questionnaire_named(questionnaire).bind(), bound)
    engine = Engine()
    block, faults, kind, _ = _read(engine, Source(Path(path), bound, format), privacy.key("files"), 0)
    name = Path(path).name
    return _frame(engine, [block], faults, (f"read {name} as {kind}",))


def questionnaire_named(name: str | os.PathLike, folder: Path | None = None) -> Questionnaire:
    """A questionnaire by its name under surveys/, or by a path."""
    for path in (places.surveys() / f"{name}.yaml", Path(name), *([folder / f"{name}.yaml"] if folder else [])):
        if path.is_file():
            return models.read(path, Questionnaire)
    from workbench.faults import unknown

    known = sorted(path.stem for path in places.surveys().glob("*.yaml")) if places.surveys().is_dir() else []
    raise DataFault(unknown("questionnaire", name, known))


def combined(first: Binding, then: Binding) -> Binding:
    """A binding with what another one says instead; lists of questions are put together."""
    base = first.model_dump(by_alias=True, exclude_unset=True)
    over = then.model_dump(by_alias=True, exclude_unset=True)
    for word in ("questions", "several", "columns", "steps", "set_aside", "merge"):
        if isinstance(over.get(word), dict) and isinstance(base.get(word, {}), dict):
            over[word] = base.get(word, {}) | over[word]
    return Binding.model_validate(base | over)


def _read(
    engine: Engine, source: Source, secret: bytes, number: int, names: frozenset[str] = frozenset()
) -> tuple[Block, list[Fault], str, files.Received]:
    received = files.receive(source.path, engine.scratch)
    kind = source.format or sources.kind_of(received, source.binding)
    desk = Desk(received, engine, source.binding, secret, number, names, source.coded, list(received.notes))
    block = sources.reader(kind).read(desk)
    return block, desk.faults, kind, received


def _frame(engine: Engine, blocks: Sequence[Block], faults: Sequence[Fault], trail: tuple[str, ...]) -> JourneyFrame:
    records, people, measures = _together(engine, blocks)
    return JourneyFrame(Table(engine.spill(records)), Table(people), Table(measures), engine, tuple(faults), trail)


def _together(engine: Engine, blocks: Sequence[Block]) -> tuple[nw.LazyFrame, nw.LazyFrame, nw.LazyFrame]:
    moving = [block.records for block in blocks if block.records is not None and block.moves]
    still = [block.records for block in blocks if block.records is not None and not block.moves]
    parts = [engine.adjacent(engine.spill(nw.concat(moving)))] if moving else []
    parts += [engine.apart(nw.concat(still))] if still else []
    empty = pd.DataFrame({column: pd.Series(dtype=object) for column in RECORDS})
    records = nw.concat(parts) if parts else engine.apart(engine.table(empty, RECORDS))
    crowd = [block.people for block in blocks if block.people is not None]
    nobody = engine.table(pd.DataFrame({"person": pd.Series(dtype=object)}), {"person": "VARCHAR"})
    people = merged_people(engine, crowd) if crowd else nobody
    listed = [dict(measure) for block in blocks for measure in block.measures]
    asked = Counter((one["measure"], one["step"]) for one in listed if one["kind"] == "answer")
    for one in listed:  # asked in one file only, where nobody stands twice: nobody answers it twice
        one["once"] = bool(one.get("once")) and asked[one["measure"], one["step"]] == 1
    measures = engine.table(pd.DataFrame(listed, columns=list(MEASURES), dtype=object), MEASURES)
    return records, people, measures


# -- a study's frames -------------------------------------------------------------------------------------------------


def fingerprint(study: str, owned: Sequence[Source], secret: bytes) -> str:
    """One hash of all that the frames are made from: the sources' content, bindings, key and this version."""
    digest = hashlib.sha256()
    digest.update(f"{SHAPE} {VERSION} {study}".encode())
    digest.update(hashlib.sha256(b"fingerprint" + secret).digest())
    for source in owned:
        content = [source.path.name, files.sha256(source.path), source.format, source.binding.model_dump(by_alias=True)]
        digest.update(json.dumps([*content, sorted(source.coded.items())], default=str).encode())
    return digest.hexdigest()


def build(folder: Path, study: str, owned: Sequence[Source], secret: bytes, progress: Any = iter) -> dict[str, Any]:
    """Read a study's sources and write its frames; the manifest that says what they are comes back.

    Every source is read before anything is written: all faults are told at once, and the frames of before stay.
    """
    engine = Engine()
    blocks: list[Block] = []
    faults: list[Fault] = []
    errors: list[Fault] = []
    received: list[dict[str, Any]] = []
    for number, source in enumerate(progress(owned), start=1):
        try:
            block, notes, kind, came = _read(engine, source, secret, number)
        except DataFault as problem:
            errors += problem.faults
            continue
        blocks.append(block)
        faults += notes
        people_in_it = len(Table(block.people)) if block.records is None and block.people is not None else None
        received.append(
            {
                "file": source.path.name,
                "format": kind,
                "sha256": came.sha256,
                "bytes": came.size,
                "source": source.path.stem,
                "records": people_in_it,
            }
        )
    if errors:
        raise DataFault(errors)
    records, people, measures = _together(engine, blocks)
    faults += _before_they_came(engine, records, people)
    tables = {
        "records": (records, ("person", "time", "order")),
        "people": (people, ("person",)),
        "measures": (measures, ("measure", "step", "source", "column")),
    }
    for part, (table, sort) in tables.items():
        engine.write(table, folder / f"{part}.parquet", sort)
    written = engine.scan(folder / "records.parquet")
    engine.write(engine.paths(written), folder / "paths.parquet", ("person",))
    counted = _per_source(written)
    for one in received:
        one["records"] = counted.get(one["source"], 0) if one["records"] is None else one["records"]
    manifest = {
        "shape": SHAPE,
        "version": VERSION,
        "fingerprint": fingerprint(study, owned, secret),
        "sources": received,
        "faults": [asdict(fault) for fault in faults],
        "parts": {part: files.sha256(folder / f"{part}.parquet") for part in PARTS},
    }
    files.write(folder / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
    return manifest


def _before_they_came(engine: Engine, records: nw.LazyFrame, people: nw.LazyFrame) -> list[Fault]:
    """Contacts and complaints of people who, by the customer table, were not customers yet: told, and kept."""
    if "created" not in people.collect_schema().names():
        return []
    known = people.select("person", "created").filter(~nw.col("created").is_null())
    since, _ = engine.instants(known, "since", "created", None)
    early = (
        records.filter(nw.col("kind").is_in(list(MOVES)))
        .join(since.select("person", "since"), on="person", how="inner")
        .filter(nw.col("time") < nw.col("since") - DAY)
        .group_by("source", "kind")
        .agg(nw.len().alias("n"), nw.col("person").n_unique().alias("people"), nw.col("order").min().alias("order"))
        .sort("source", "kind")
    )
    return [
        Fault(
            file=str(source),
            row=int(order % SOURCE // STRIDE) if kind == "complaint" else None,  # a log may have an order of its own
            column="created",
            found=f"{count} contacts or complaints of {who} people before they were customers",
            expected="on or after the day they came",
            mend="kept; correct the dates, or the customer table",
            weight="note",
        )
        for source, kind, count, who, order in rows(early).itertuples(index=False)
    ]


def _per_source(records: nw.LazyFrame) -> dict[str, int]:
    table = rows(records.group_by("source").agg(nw.len().alias("n")))
    return {source: int(count) for source, count in table.itertuples(index=False)}


def manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a study's frames, or None where there are none, or they are not whole."""
    path = folder / "manifest.json"
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    whole = isinstance(found, dict) and found.get("shape") == SHAPE
    return (
        found
        if whole and all(files.sha256(folder / f"{part}.parquet") == found["parts"][part] for part in PARTS)
        else None
    )


def opened(
    folder: Path, found: Mapping[str, Any], trail: tuple[str, ...], minimum: int, step_names: Mapping[str, str]
) -> JourneyFrame:
    """A study's frames, opened in place."""
    engine = Engine()
    tables = {part: Table(engine.scan(folder / f"{part}.parquet")) for part in ("records", "people", "measures")}
    return JourneyFrame(
        tables["records"],
        tables["people"],
        tables["measures"],
        engine,
        tuple(Fault(**fault) for fault in found["faults"]),
        trail,
        minimum,
        tuple(step_names),
        dict(step_names),
    )
