"""From files to a journey frame: one file in memory, or a study's sources put together as sorted Parquet with a manifest.

What is derived carries the hashes of all that it was made from. Only a source that changed is read again; the former
frames stay until the new ones are complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import blocks, causality, files, joining, models, places, privacy
from workbench.blocks import SHAPE, VERSION, Kept, Source
from workbench.engine import RECORDS, Engine, Table, count, distinct, rows, within_memory
from workbench.faults import DataFault, Fault, unknown
from workbench.journey import MEASURES, JourneyFrame, merged_people
from workbench.sources import customers, qsf, qualtrics, xlsform
from workbench.sources.binding import Binding, Questionnaire
from workbench.sources.reading import Desk

__all__ = ["Source", "as_read", "build", "fingerprint", "manifest", "opened", "questionnaire_named", "read"]

LINKS = "links.parquet"  # people who are known by another pseudonym than a source gives them
MANIFEST, BUILDING = "manifest.json", "building"
EMBEDDED = "embedded"  # the engine in this process
SPARK = r"(local(\[(\d+|\*)\])?|spark://[^\s/,]+:\d+(,[^\s/,]+:\d+)*|yarn|k8s://\S+)"  # addresses of an Apache Spark
JOINED = "joined"  # what a folder of a study's tables begins with; the sources' folders have the sources' names


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
    notes: list[Fault] = []
    if questionnaire is not None:
        bound = combined(bound_to(questionnaire, Path(path), None, None, notes), bound)
    engine = Engine()
    source = Source(Path(path), bound, format, notes=tuple(notes))
    kept = blocks.read(engine, source, privacy.key("files"), engine.scratch / "read", lasting=False)
    moving, beside = _records(engine, [kept], None)
    still = [*beside, *_wide(engine, [kept], {})]
    trail = (f"read {source.path.name} as {kept.about['format']}",)
    still = [*moving, *still]
    people, measures = _people(engine, [kept], None), _measures(engine, [kept], True)
    faults = (*kept.faults, *(causality.same_twice(still[0]) if moving else ()))
    return JourneyFrame(Table(_together(engine, still)), Table(people), Table(measures), engine, faults, trail)


ENDS = (".yaml", ".xlsx", ".qsf")  # questionnaires: our own, XLSForm, Qualtrics' survey definition


def questionnaire_named(
    name: str | os.PathLike, folder: Path | None = None, notes: list[Fault] | None = None
) -> Questionnaire:
    """A questionnaire by its name under surveys/, or by a path: YAML, XLSForm (.xlsx) or Qualtrics' definition (.qsf).

    `folder` is the study that names it: it is then looked for under surveys/ and in that folder, and nowhere else.
    `notes` receives what of the file could not be kept. Raises DataFault.
    """
    return _questionnaire(_found(name, folder), notes)


def _found(name: str | os.PathLike, folder: Path | None) -> Path:
    folders = [places.surveys(), *([folder] if folder else [])]
    inside = [place / f"{name}{end}" for place in folders for end in ("", *ENDS)]
    allowed = [path for path in inside if any(path.resolve().is_relative_to(place.resolve()) for place in folders)]
    for path in (*allowed, *([] if folder else [Path(name)])):
        if path.is_file():
            return path
    known = {path.stem for place in folders if place.is_dir() for path in place.iterdir() if path.suffix in ENDS}
    raise DataFault(unknown("questionnaire", name, sorted(known)))


def _questionnaire(path: Path, notes: list[Fault] | None) -> Questionnaire:
    if path.suffix not in (".xlsx", ".qsf"):
        return models.read(path, Questionnaire)
    found, told = _of_another(path, files.content(path))
    if notes is not None:
        notes += told
    return found


@lru_cache(maxsize=16)
def _of_another(path: Path, content: str) -> tuple[Questionnaire, tuple[Fault, ...]]:
    """A questionnaire of another program, read once for the same content, and what of it could not be kept."""
    engine, notes = Engine(), list[Fault]()
    received = files.receive(path, engine.scratch)
    return (xlsform if path.suffix == ".xlsx" else qsf).read(received, notes), tuple(notes)


def fitted(found: Questionnaire, path: str | os.PathLike, notes: list[Fault]) -> Questionnaire:
    """A survey definition's questionnaire with the columns' names of this export of the survey. Raises DataFault."""
    engine = Engine()
    sheet = qualtrics.headed(Desk(files.receive(path, engine.scratch), engine, Binding(), b""))
    return qsf.fitted(found, [*sheet.headings, *sheet.names], notes)


def save_questionnaire(found: Questionnaire, path: Path) -> None:
    """Write a questionnaire as YAML, or as XLSForm where the name ends in .xlsx. Raises DataFault for any other ending."""
    if path.suffix == ".xlsx":
        xlsform.write(found, path)
    elif path.suffix == ".yaml":
        files.write(path, models.dump(found.model_dump(mode="json", by_alias=True, exclude_unset=True)))
    else:
        raise DataFault(unknown("ending of a questionnaire", path.suffix, (".yaml", ".xlsx"), path.name))


def bound_to(
    name: str | os.PathLike, path: Path, binding: str | None, folder: Path | None, notes: list[Fault]
) -> Binding:
    """The binding that a questionnaire gives to an export. A survey definition fits its columns' names to the export's."""
    place = _found(name, folder)
    found = _questionnaire(place, notes)
    if binding is None and place.suffix == ".qsf":
        found = fitted(found, path, notes)
    return found.bind(binding)


def combined(first: Binding, then: Binding) -> Binding:
    """A binding with what another one says instead; lists of questions are put together."""
    base = first.model_dump(by_alias=True, exclude_unset=True)
    over = then.model_dump(by_alias=True, exclude_unset=True)
    for word in ("questions", "several", "columns", "steps", "set_aside", "merge"):
        if isinstance(over.get(word), dict) and isinstance(base.get(word, {}), dict):
            over[word] = base.get(word, {}) | over[word]
    return Binding.model_validate(base | over)


# -- putting sources together -----------------------------------------------------------------------------------------


def _records(
    engine: Engine, kept: Sequence[Kept], links: nw.LazyFrame | None
) -> tuple[list[nw.LazyFrame], list[nw.LazyFrame]]:
    """The records of all sources: those that are moves on people's paths, and those that stand beside them."""
    moving: list[nw.LazyFrame] = []
    beside: list[nw.LazyFrame] = []
    for number, one in enumerate(kept, start=1):
        found = one.records(engine, number)
        if found is not None:
            (moving if one.moves else beside).append(_known_as(found, links))
    return moving, [engine.apart(frame) for frame in beside]


def _moves(engine: Engine, folder: Path, kept: Sequence[Kept]) -> tuple[nw.LazyFrame, nw.LazyFrame | None]:
    """The moves of a study with what comes next, and the paths of its people: those of the only source that has any,
    where all are known by its names; else as they were put together in `folder`."""
    if (folder / "moves").exists():
        moves, paths = (engine.scan(folder / name) for name in ("moves", "paths"))
        return engine.typed(moves, adjacent=True), paths
    (moves,), _ = _records(engine, kept, None)
    return moves, next(one.part(engine, "paths") for one in kept if one.moves)


def _wide(engine: Engine, kept: Sequence[Kept], folders: Mapping[str, Path]) -> list[nw.LazyFrame]:
    """The answers that are kept one row a respondent, seen as records."""
    found = [one.answers(engine, number, folders.get(one.source)) for number, one in enumerate(kept, start=1)]
    return [engine.apart(frame) for frame in found if frame is not None]


def _together(engine: Engine, parts: Sequence[nw.LazyFrame]) -> nw.LazyFrame:
    if parts:
        return nw.concat(parts)
    empty = pd.DataFrame({column: pd.Series(dtype=object) for column in RECORDS})
    return engine.apart(engine.table(empty, RECORDS))


def _people(engine: Engine, kept: Sequence[Kept], links: nw.LazyFrame | None) -> nw.LazyFrame:
    if (alone := _crowd(engine, kept, links)) is not None:
        return alone
    crowd = [people for one in kept if (people := one.part(engine, "people")) is not None]
    crowd = [_known_as(people, links) for people in crowd]
    if not crowd:
        return engine.table(pd.DataFrame({"person": pd.Series(dtype=object)}), {"person": "VARCHAR"})
    return merged_people(engine, crowd, once=links is None)


def _crowd(engine: Engine, kept: Sequence[Kept], links: nw.LazyFrame | None) -> nw.LazyFrame | None:
    """The people of the only source that has any, where all are known by its names: they need not be written again."""
    crowd = [people for one in kept if (people := one.part(engine, "people")) is not None]
    return crowd[0] if len(crowd) == 1 and links is None else None


def _known_as(frame: nw.LazyFrame, links: nw.LazyFrame | None) -> nw.LazyFrame:
    """A table with the people by the pseudonym that they are known by."""
    if links is None:
        return frame
    order = frame.collect_schema().names()
    known = nw.when(nw.col("known").is_null()).then(nw.col("person")).otherwise(nw.col("known")).alias("person")
    return frame.join(links, on="person", how="left").with_columns(known).select(*order)


def _measures(engine: Engine, kept: Sequence[Kept], own_names: bool) -> nw.LazyFrame:
    listed = [dict(measure) for one in kept for measure in one.about["measures"]]
    asked = Counter((one["measure"], one["step"]) for one in listed if one["kind"] == "answer")
    for (
        one
    ) in listed:  # asked in one file only, where nobody stands twice or is known otherwise: nobody answers it twice
        one["once"] = own_names and bool(one.get("once")) and asked[one["measure"], one["step"]] == 1
    return engine.table(pd.DataFrame(listed, columns=list(MEASURES), dtype=object), MEASURES)


# -- a study's frames -------------------------------------------------------------------------------------------------


def fingerprint(study: str, owned: Sequence[Source], key: str) -> str:
    """One hash of all that the frames are made from: the sources' content, bindings, codes, key (by its mark) and this
    version."""
    said = [SHAPE, VERSION, study, [(source.mark(key), source.fetched) for source in owned]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def as_read(owned: Sequence[Source], key: str) -> str:
    """One hash of what frames that cannot be made again rest on, whatever the study is called and whichever version reads."""
    return hashlib.sha256(json.dumps([source.mark(key, "as read") for source in owned]).encode()).hexdigest()


def build(
    folder: Path, study: str, owned: Sequence[Source], secret: bytes, progress: Callable[..., Iterable] | None = None
) -> dict[str, Any]:
    """Read those of a study's sources that changed, write its frames; the manifest that says what they are comes back.

    Every source is read before anything is put together: all faults are told at once, and the frames of before stay.
    """
    with files.locked(folder / BUILDING):  # two that load at once: the second finds what the first has made
        return _built(folder, study, owned, secret, progress)


def _built(
    folder: Path, study: str, owned: Sequence[Source], secret: bytes, progress: Callable[..., Iterable] | None
) -> dict[str, Any]:
    key = privacy.mark_of(secret)
    former, mark = manifest(folder), fingerprint(study, owned, key)
    if former is not None and former["fingerprint"] == mark:
        return former
    engine = Engine()
    kept: list[Kept] = []
    errors: list[Fault] = []
    names = frozenset[str]().union(*(_names(engine, source) for source in owned))
    owned = [replace(source, names=names) for source in owned]
    for source in progress(owned, "reading sources", "file") if progress else owned:
        place = folder / f"{source.name}-{source.mark(key)[:16]}"
        try:
            kept.append(blocks.kept(place) or blocks.read(engine, source, secret, place))
        except DataFault as problem:
            errors += problem.faults
    if errors:
        raise DataFault(errors)
    with within_memory(study):
        found = _put_together(engine, folder / f"{JOINED}-{mark[:16]}", kept)
    for one, source in zip(found["sources"], owned, strict=True):
        one["fetched"] = source.fetched
    stood = [{"folder": one["folder"]} for one in former["sources"]] if former else []
    before = {"folder": former["folder"], "sources": stood} if former else None
    found |= {"shape": SHAPE, "version": VERSION, "fingerprint": mark, "before": before}
    files.write(folder / MANIFEST, files.sealed(found))
    sweep(folder, [found, former])
    return found


def _names(engine: Engine, source: Source) -> frozenset[str]:
    """The customers that a source names. A file that cannot be read names nobody here: reading it tells its faults."""
    try:
        return customers.names_in(files.receive(source.path, engine.scratch), engine)
    except DataFault:
        return frozenset()


def _put_together(engine: Engine, folder: Path, kept: Sequence[Kept]) -> dict[str, Any]:
    """Write what needs all sources: who is who, the paths with what comes next, people and measures."""
    who = joining.joined(engine, kept)
    if who.links is not None:
        engine.write(who.links, folder / LINKS, ("person",))
    folders = _relinked(engine, folder, kept, who.links) if who.links is not None else {}
    moving, beside = _records(engine, kept, who.links)
    if len(moving) != 1 or who.links is not None:
        together = nw.concat(moving) if moving else _together(engine, [])
        engine.adjacent(together, folder / "moves", folder / "paths")
    people = _people(engine, kept, who.links)
    tables = {
        "beside": (_together(engine, beside), ("person", "time", "order")),
        "measures": (_measures(engine, kept, who.links is None), ("measure", "step", "source", "column")),
    }
    if _crowd(engine, kept, who.links) is None:
        tables["people"] = (people, ("person",))
    for part, (table, sort) in tables.items():
        engine.write(table, folder / f"{part}.parquet", sort)
    written, _ = _moves(engine, folder, kept)
    faults = [fault for one in kept for fault in one.faults] + who.faults
    faults += [*causality.before_they_came(engine, written, people), *causality.same_twice(written)]
    listed = [
        {name: one.about[name] for name in ("source", "file", "format", "sha256", "bytes", "read")}
        | {
            "folder": one.folder.name,
            "joined": (folders[one.source].name if one.source in folders else None),
            "records": blocks.rows_read(one, engine),
            "aside": sum(fault.aside for fault in one.faults),
        }
        for one in kept
    ]
    return {
        "folder": folder.name,
        "sources": listed,
        "people": who.rates,
        "clocks": json.loads(causality.clocks(written).to_json(orient="records")),
        "faults": [asdict(fault) for fault in faults],
        "parts": files.contents(folder),
    }


def tidy(folder: Path) -> None:
    """Remove what a load that was killed left among a study's frames: what is neither of the frames that stand nor of those
    before, which somebody may still have open. Nothing where somebody loads now, or where no frames stand."""
    if not (folder / MANIFEST).is_file() or not os.access(folder, os.W_OK):
        return
    with suppress(BlockingIOError), files.locked(folder / BUILDING, wait=False):
        found = files.unsealed(folder / MANIFEST)
        if found is not None and found.get("shape") == SHAPE:
            sweep(folder, [found, found.get("before")])


def _relinked(engine: Engine, folder: Path, kept: Sequence[Kept], links: nw.LazyFrame) -> dict[str, Path]:
    """Write again, with the people that they are known to be, the wide answers of sources where somebody has another name."""
    found = {}
    for one in kept:
        table = one.part(engine, "answers")
        if table is not None and count(table.join(links, on="person", how="semi").head(1)):
            found[one.source] = folder / f"of-{one.source}"
            engine.write(_known_as(table, links), found[one.source] / "answers.parquet", ())
    return found


def sweep(folder: Path, generations: Sequence[Mapping[str, Any] | None]) -> None:
    """Remove what no manifest of these generations names: a frame that somebody still has open keeps its files."""
    named = {BUILDING} | {one["folder"] for one in generations if one}
    named |= {source["folder"] for one in generations if one for source in one["sources"]}
    for path in folder.iterdir():
        if path.is_dir() and path.name not in named:
            shutil.rmtree(path)
        elif path.suffix == ".parquet":  # as an earlier version laid them out
            path.unlink()


def manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a study's frames, or None where there are none, or they are not whole."""
    found = files.unsealed(folder / MANIFEST)
    if found is None or found.get("shape") != SHAPE:
        return None
    whole = all(files.content(folder / found["folder"] / part) == mark for part, mark in found["parts"].items())
    return found if whole and all(blocks.kept(folder / one["folder"]) for one in found["sources"]) else None


def former(folder: Path) -> list[dict[str, Any]]:
    """The sources of the frames that were made last, whole or not: what their manifest says, where it says anything; one
    without a name, where it cannot be read."""
    said = files.unsealed(folder / MANIFEST)
    if said is None:
        return [{"file": "", "sha256": ""}] if (folder / MANIFEST).exists() else []
    return list(said["sources"])


def changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The sources that are not as they were, by two manifests: file, rows before and now (None: it was not there, or is gone)."""
    then, now = ({one["file"]: one for one in (found or {}).get("sources", [])} for found in (before, after))
    return [
        {"file": file, "before": then.get(file, {}).get("records"), "now": now.get(file, {}).get("records")}
        for file in dict.fromkeys([*now, *then])
        if then.get(file, {}).get("sha256") != now.get(file, {}).get("sha256")
    ]


def links(folder: Path) -> dict[str, str]:
    """People of a study who are known by another pseudonym than their source gives them: {theirs: known}."""
    found = manifest(folder)
    path = folder / found["folder"] / LINKS if found else folder
    return dict(rows(Engine().scan(path)).itertuples(index=False)) if path.is_file() else {}


def people(folder: Path) -> set[str]:
    """Everybody whom a study's frames know, by every pseudonym that a source gives them."""
    found, engine = manifest(folder), Engine()
    sources_of = [Kept(folder / one["folder"]) for one in found["sources"]] if found else []
    crowds = [part for one in sources_of if (part := one.part(engine, "people")) is not None]
    named = rows(distinct(nw.concat([one.select("person") for one in crowds])))["person"] if crowds else []
    return {*named, *(one for pair in links(folder).items() for one in pair)} - {None}


def engine_at(address: str) -> Engine:
    """The engine at an address: "embedded", or an Apache Spark (see `workbench.cluster`). Raises DataFault."""
    if address == EMBEDDED:
        return Engine()
    if not re.fullmatch(SPARK, address):
        known = "embedded, local[2] (Spark on this machine), spark://host:port, yarn or k8s://…"
        mend = "correct engine: in study.yaml, --engine or WORKBENCH_ENGINE"
        raise DataFault(Fault(column="engine", found=f'"{address}"', expected=known, mend=mend))
    try:
        from workbench import cluster
    except ImportError:
        mend = "make cluster sets up an environment that has it (.venv-cluster); or use engine: embedded"
        raise DataFault(Fault(column="engine", found=f"{address}, but no pyspark here", mend=mend)) from None
    return cluster.SparkEngine(address)


def opened(
    folder: Path,
    found: Mapping[str, Any],
    trail: tuple[str, ...],
    minimum: int,
    step_names: Mapping[str, str],
    address: str = EMBEDDED,
) -> JourneyFrame:
    """A study's frames, opened in place by the engine at this address. What the measures are is told in this process."""
    engine = engine_at(address)
    here = folder / found["folder"]
    kept = [Kept(folder / one["folder"]) for one in found["sources"]]
    folders = {one["source"]: here / one["joined"] for one in found["sources"] if one["joined"]}
    everybody = here / "people.parquet"
    moves, paths = _moves(engine, here, kept)
    beside = engine.typed(engine.scan(here / "beside.parquet"), adjacent=True)
    return JourneyFrame(
        Table(_together(engine, [moves, beside, *_wide(engine, kept, folders)])),
        Table(engine.scan(everybody) if everybody.is_file() else _people(engine, kept, None)),
        Table((engine if address == EMBEDDED else Engine()).scan(here / "measures.parquet")),
        engine,
        tuple(Fault(**fault | {"rows": tuple(fault["rows"])}) for fault in found["faults"]),
        trail,
        minimum,
        tuple(step_names),
        dict(step_names),
        wide=tuple(wide for one in kept if (wide := one.wide(engine, folders.get(one.source))) is not None),
        ways=paths,
        clocked=tuple(found["clocks"]),
    )
