"""A person forgotten: out of a study's frames, coded quotes, words, versions and fetched rows, and read no more.

What was received stays as it was received unless one asks otherwise: the files and rows where the person still stands are
told, so that whoever keeps them can act. What was done is proved by looking for the person in everything under the study's
folder. Knows a study's parts and frames.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from workbench import files, load, models, places, privacy, raw_people, traces
from workbench.engine import SOURCE, STRIDE, Engine, rows
from workbench.faults import DataFault, Fault, shape, unknown
from workbench.study_files import FORGOT, PARTS

if TYPE_CHECKING:
    import pandas as pd

    from workbench.study import Study

ALIAS = "forgotten"  # what stands in study.yaml for the id of somebody who was forgotten; a number follows
WORDS = "(words of somebody who asked to be forgotten)"
LONG = 20  # letters from which words are somebody's own


@dataclass(frozen=True)
class Place:
    """Where a person stood or stands: the file, the rows of it (where it has any), and what is to be said of it."""

    file: str
    what: str
    rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.rows[:12])) + (
            f" and {len(self.rows) - 12} more" if len(self.rows) > 12 else ""
        )
        at = f" (row{'s' if len(self.rows) > 1 else ''} {shown})" if self.rows else ""
        return f"{self.file}{at}: {self.what}"


@dataclass(frozen=True)
class Forgotten:
    """What was done to forget somebody: what was removed, where the files as received still hold them, which reports and
    exports made earlier hold them or may count them, and what under the study's folder still does. Who it was is not in it."""

    removed: list[Place] = field(default_factory=list)
    received: list[Place] = field(default_factory=list)
    shared: list[Place] = field(default_factory=list)
    left: list[Place] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    looked_through: int = 0

    @property
    def proved(self) -> bool:
        """Does nothing under the study's folder hold the person, but for the files as they were received?"""
        return not self.left

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"proved": self.proved}

    def to_frame(self) -> pd.DataFrame:
        """One row a place: where, what, rows, and whether it was removed, is as received, was shared, or is left."""
        import pandas as pd

        listed = [
            {"state": state, "file": one.file, "what": one.what, "rows": ", ".join(map(str, one.rows))}
            for state in ("removed", "received", "shared", "left")
            for one in getattr(self, state)
        ]
        return pd.DataFrame(listed, columns=["state", "file", "what", "rows"])

    def __str__(self) -> str:
        parts = []
        for head, those in (
            ("Removed", self.removed),
            ("Still in the files as received, which are read without them from now on", self.received),
            ("Made earlier", self.shared),
            ("STILL THERE: look at these yourself", self.left),
        ):
            if those:
                parts += [f"{head}:", *(f"  {one}" for one in those)]
        parts.append(f"Looked through {self.looked_through} files for ids, pseudonyms and words: "
                     + ("nothing is left." if self.proved else f"{len(self.left)} still hold something."))  # fmt: skip
        return "\n".join([*parts, *self.told])

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class _Person:
    """All by which somebody is known: pseudonyms, ids (and marks such as an e-mail), what they wrote or said, and the turns of
    interviews that are theirs."""

    pseudonyms: frozenset[str]
    ids: frozenset[str]
    texts: frozenset[str]
    turns: Mapping[str, frozenset[int]]
    stands: Mapping[str, frozenset[str]]  # by the file as received: the ids that are theirs there

    @property
    def words(self) -> set[str]:
        return {*self.pseudonyms, *(one for one in self.ids if telling(one))}

    @property
    def sought(self) -> traces.Sought:
        return traces.Sought(self.words, {one for one in self.texts if len(one) >= LONG})


def telling(word: str) -> bool:
    """Is an id long enough that meeting it somewhere is no chance? Plain numbers need six digits."""
    return len(word) >= 6 or (len(word) >= 4 and not word.isdigit() and any(map(str.isdigit, word)))


def forget(study: Study, person: str, id_space: str = "", sources: bool = False) -> Forgotten:
    """Forget a person by an id as a source has it, by a pseudonym, or by another mark that joins sources (`keys:`).

    `id_space` says which ids are meant, where they are unique only within one; with `sources`, rows of tables as received
    are removed as well where that can be done safely. Raises DataFault for somebody who is not there.
    """
    places.demand("forget")
    person = person.strip()
    with files.locked(study.path):
        pseudonyms, ids, again = _known(study, person, id_space)
        who = _all_of(study, pseudonyms, ids)
        removed = _from_parts(study, who, [one for one in PARTS if one != "study"])
        spaces, secret = {one.binding.id_space for one in study.sources()} | {""}, study.secret
        unbound, aliases = _unbound(study, who)
        tokens = {privacy.token(secret, one) for one in who.pseudonyms}
        tokens |= {privacy.token(secret, privacy.pseudonym(secret, one, space)) for one in aliases for space in spaces}
        study._keyring.forget(tokens, 0 if again else 1)  # before an alias is read as somebody
        if unbound is not None:
            study.save("study", unbound)
            removed.append(Place("study.yaml", "the id that an interview was bound to"))
        removed += [*_from_parts(study, who, ["study"]), *_from_versions(study, who), *_from_fetched(study, who)]
        received, told = _received(study, who, sources)
        removed += [one for one in received if one.what.startswith("removed")]
        told += _frames_again(study)
        removed.append(Place("frames/", "all frames, made again without the person"))
        result = _proof(study, who, removed, [one for one in received if not one.what.startswith("removed")], told)
        study.log(FORGOT, more={"places": len(result.removed), "left": len(result.left)})
    return result


def forget_expired(study: Study) -> Forgotten:
    """Remove every source whose last day has passed: its file, its entry in study.yaml, what was coded in it, what was read.
    Raises DataFault where none has."""
    places.demand("forget")
    gone = {one.source: one for one in study.retention() if one.passed}
    if not gone:
        soon = ", ".join(str(one) for one in study.retention())
        found = "no source whose last day has passed"
        raise DataFault(Fault("study.yaml", None, "keep_until", found, "one", soon or "say keep_until: of a source"))
    removed: list[Place] = []
    with files.locked(study.path):
        about = study.about
        paths = [path for one in about.sources if one.file in gone for path in study._files(one.file)]
        stored = [str(one.name) for one in about.sources if one.store and one.name in gone]
        for end in (".parquet", ".json"):
            paths += [
                path for name in stored if (path := study.path / "sources" / "fetched" / f"{name}{end}").is_file()
            ]
        relative = {
            path.relative_to(study.path.resolve()).as_posix() if path.is_absolute() else str(path) for path in paths
        }
        content = _plain(study.content("study"))
        content["sources"] = [one for one in content["sources"] if (one.get("file") or one.get("name")) not in gone]
        study.save("study", content)
        removed += [Place("study.yaml", f"the source {name}, kept until {one.until}") for name, one in gone.items()]
        codes = _plain(study.content("codes"))
        quotes = [one for one in codes.get("quotes", []) if one["file"] not in relative]
        if len(quotes) != len(codes.get("quotes", [])):
            removed.append(Place("codes.yaml", f"{len(codes['quotes']) - len(quotes)} coded quotes"))
            study.save("codes", codes | {"quotes": quotes})
            for path in sorted((study.path / "history").glob("codes-*.yaml")):
                traces.removed(path)
        for path in paths:
            traces.removed(path)
            removed.append(Place(path.relative_to(study.path.resolve()).as_posix(), "the file as received"))
        told = _frames_again(study)
        removed.append(Place("frames/", "all frames, made again without these sources"))
        study.log("removed sources whose last day has passed", more={"sources": sorted(gone)})
    return Forgotten(removed, [], _made_earlier(study, None), [], told, 0)


# -- who it is --------------------------------------------------------------------------------------------------------


def _known(study: Study, person: str, id_space: str) -> tuple[set[str], set[str], bool]:
    """The pseudonyms that somebody goes by, the ids that were given, and whether they were forgotten before. Raises DataFault."""
    spaces = sorted({one.binding.id_space for one in study.sources()})
    if id_space and id_space not in spaces:
        raise DataFault(unknown("id space", id_space, [one for one in spaces if one], column="--id-space"))
    study.journey  # noqa: B018 - reads what is not read yet: only then it is known who is there
    secret, frames = study.secret, study.path / "frames"
    everybody, before = load.people(frames), study._keyring.forgotten
    if person in everybody or privacy.token(secret, person) in before:
        return {person}, set(), person not in everybody
    made = {space: privacy.pseudonym(secret, person, space) for space in ([id_space] if id_space else spaces or [""])}
    found = {space: one for space, one in made.items() if one in everybody or privacy.token(secret, one) in before}
    if len(found) > 1:
        listed = ", ".join(f'"{space}"' for space in found)
        mend = "say which one is meant: --id-space NAME"
        raise DataFault(
            Fault("", None, "PERSON", "an id that is somebody else in each of several id spaces", listed, mend)
        )
    if found:
        return set(found.values()), {person}, not everybody & set(found.values())
    if marked := _by_mark(study, person, secret):
        return marked, {person}, False
    raise DataFault(
        Fault(
            column="PERSON",
            found=f"nobody in this study by that id or pseudonym ({shape(person)})",
            expected="an id as a source has it, or a pseudonym",
            mend="write it as it stands in the file, leading zeros too; ids that are unique only within a wave: --id-space",
        )
    )


def _by_mark(study: Study, said: str, secret: bytes) -> set[str]:
    """Who is known by another mark (an e-mail, an account), by its hash."""
    frames, found = study.path / "frames", set[str]()
    for one in (load.manifest(frames) or {"sources": []})["sources"]:
        path = frames / one["folder"] / "marks.parquet"
        if path.is_file():
            marks = rows(Engine().scan(path))
            for key in set(marks["key"]):
                mark = privacy.pseudonym(secret, said.lower(), f"key {key}")
                found |= set(marks.loc[(marks["key"] == key) & (marks["mark"] == mark), "person"])
    return found


def _all_of(study: Study, pseudonyms: set[str], given: set[str]) -> _Person:
    """Everything by which the study knows somebody."""
    links = load.links(study.path / "frames")
    known = {links.get(one, one) for one in pseudonyms}
    crowd = {*pseudonyms, *known, *(one for one, other in links.items() if other in known)}
    marks, stands, secret = _marks(study, crowd), {}, study.secret
    for source in study.sources():
        mine_here = {one for one in given if privacy.pseudonym(secret, one, source.binding.id_space) in crowd}
        mine_here |= raw_people.behind(source, secret, crowd) | raw_people.marked(source, secret, marks)
        stands[source.path.resolve().relative_to(study.path.resolve()).as_posix()] = frozenset(mine_here)
    ids = {*given, *(one for those in stands.values() for one in those)}
    records = study.journey.records.lazy.filter(~nw.col("text").is_null())
    mine = nw.col("person").is_in(sorted(known))
    said = rows(records.filter(mine).select("text", "source", "kind", "order"))
    others = rows(records.filter(~mine & nw.col("text").is_in(sorted(set(said["text"])))).select("text"))["text"]
    quotes = rows(study.journey.of_kind("quote").records.lazy.filter(mine).select("source", "order"))
    turns: dict[str, set[int]] = {}
    places_of = {one.path.stem: (at, one) for at, one in enumerate(study.sources(), start=1)}

    for source, order in quotes.itertuples(index=False):
        if source in places_of:
            at, one = places_of[source]
            file = one.path.resolve().relative_to(study.path.resolve()).as_posix()
            turns.setdefault(file, set()).add((int(order) - at * SOURCE) // STRIDE)
    return _Person(
        frozenset(crowd),
        frozenset(ids),
        frozenset(set(said["text"]) - set(others)),
        {file: frozenset(numbers) for file, numbers in turns.items()},
        stands,
    )


def _marks(study: Study, crowd: Collection[str]) -> set[str]:
    """The hashes of other marks that these people have, and nobody else (a household may share an e-mail)."""
    frames, found, others = study.path / "frames", set[str](), set[str]()
    for one in (load.manifest(frames) or {"sources": []})["sources"]:
        path = frames / one["folder"] / "marks.parquet"
        if path.is_file():
            marks = rows(Engine().scan(path))
            mine = marks["person"].isin(sorted(crowd))
            found |= set(marks.loc[mine, "mark"])
            others |= set(marks.loc[~mine, "mark"])
    return found - others


# -- where they are taken out -----------------------------------------------------------------------------------------


def _unbound(study: Study, who: _Person) -> tuple[Any, set[str]]:
    """study.yaml with an alias for an id that a binding names (an interview's person or speakers), None where none does; and
    all aliases that it then has, who are left out like the person."""
    content = _plain(study.content("study"))
    taken = [int(one) for one in re.findall(rf"\b{ALIAS}-(\d+)\b", repr(content))]
    alias, used = f"{ALIAS}-{max(taken, default=0) + 1}", False
    for one in content.get("sources", []):
        person, speakers = one.get("person"), one.get("speakers") or {}
        if isinstance(person, Mapping) and str(person.get("is")) in who.ids:
            one["person"], used = {**person, "is": alias}, True
        for name, said in speakers.items():
            if str(said) in who.ids:
                speakers[name], used = alias, True
    return content if used else None, {f"{ALIAS}-{number}" for number in taken} | ({alias} if used else set())


def _from_parts(study: Study, who: _Person, parts: Collection[str]) -> list[Place]:
    """Take coded quotes out, and words and ids where notes, ideas or any other part quote them."""
    found = []
    for part in parts:
        path = study.path / f"{part}.yaml"
        if not path.is_file():
            continue
        before, content = path.read_text(encoding="utf-8"), _plain(study.content(part))
        quotes = 0
        if part == "codes":
            left = [one for one in content.get("quotes", []) if one["turn"] not in who.turns.get(one["file"], ())]
            quotes = len(content.get("quotes", [])) - len(left)
            if quotes:
                content["quotes"] = left
        words = _without_texts(content, [traces.plain(one) for one in who.texts if len(one) >= LONG])
        if quotes or words != content:
            study.save(part, words)
        text = path.read_text(encoding="utf-8")
        if who.words and traces.Sought(who.words).within(text):  # comments too
            stand_in = traces.Sought(who.words).pattern.sub(ALIAS, text)  # type: ignore[union-attr]
            models.build(models.parse(stand_in, path.name), PARTS[part], path.name)
            files.write(path, stand_in)
            study.log(f"saved {part}", more={"version": files.version(stand_in)})
        if path.read_text(encoding="utf-8") != before:
            told = (
                f"{quotes} coded {'quote' if quotes == 1 else 'quotes'}" if quotes else "words or an id of the person"
            )
            found.append(Place(path.name, told))
    return found


def _from_versions(study: Study, who: _Person) -> list[Place]:
    """Delete the versions under history/ that hold the person: a version cannot be another than the one that was saved."""
    found, sought = [], who.sought
    for path in sorted((study.path / "history").glob("*.yaml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        held = sought.within(text)
        if not held:
            try:
                content = models.parse(text, path.name) or {}
                held = path.name.startswith("codes-") and any(
                    one["turn"] in who.turns.get(one["file"], ()) for one in content.get("quotes") or []
                )
                held = held or (path.name.startswith("study-") and _names(content, who.ids))
            except (DataFault, KeyError, TypeError, AttributeError):  # damaged: what it holds cannot be told
                held = True
        if held:
            traces.removed(path)
            found.append(Place(f"history/{path.name}", "the version, deleted"))
    return found


def _names(content: Any, ids: Collection[str]) -> bool:
    """Does an old study.yaml bind an interview to one of these ids?"""
    return any(
        str((one.get("person") or {}).get("is") if isinstance(one.get("person"), Mapping) else None) in ids
        or any(str(said) in ids for said in (one.get("speakers") or {}).values())
        for one in content.get("sources") or []
    )


def _from_fetched(study: Study, who: _Person) -> list[Place]:
    """Take the person's rows out of what was fetched from stores; the store itself is not ours."""
    found = []
    for one in study.about.sources:
        path = study.path.resolve() / "sources" / "fetched" / f"{one.name}.parquet"
        if not one.store or not path.is_file() or not isinstance(one.person, str):
            continue
        engine = Engine()
        frame = engine.scan(path)
        if one.person not in frame.collect_schema().names():
            continue
        mine = nw.col(one.person).cast(nw.String).str.strip_chars().is_in(sorted(who.ids))
        kept = frame.filter(~mine | nw.col(one.person).is_null())
        many = len(rows(frame.filter(mine).select(one.person)))
        if many:
            note = files.unsealed(path.with_suffix(".json")) or {}
            engine.write(engine.keep(kept), path, ())
            path.chmod(0o600)
            now = {"rows": note.get("rows", many) - many, "sha256": files.sha256(path)}
            files.write(path.with_suffix(".json"), files.sealed(note | now))
            name = f"sources/fetched/{path.name}"
            found.append(Place(name, f"removed {many} rows; the store {one.store} itself still has them"))
    return found


def _received(study: Study, who: _Person, take_out: bool) -> tuple[list[Place], list[str]]:
    """The files as received in which the person stands; with `take_out`, tables are written again without their rows."""
    found, told = [], []
    folder = study.path.resolve() / "sources"
    sought = traces.Sought({one for one in who.ids if telling(one)})
    sources = {one.path.resolve(): one for one in study.sources()}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if not path.is_file() or path.is_relative_to(folder / "fetched"):
            continue
        name = path.relative_to(study.path.resolve()).as_posix()
        columns = raw_people.columns_of(sources[path]) if path in sources else []
        ids = who.stands.get(name, who.ids) if columns else {one for one in who.ids if telling(one)}
        numbers = tuple(raw_people.rows_with(path, ids, columns)) if ids else ()
        spoken = who.turns.get(name, frozenset())
        if numbers:
            what = f"{len(numbers)} {'row' if len(numbers) == 1 else 'rows'} of the person"
            why = raw_people.without_rows(path, ids, columns) if take_out else None
            found.append(
                Place(name, f"removed {what}" if why == "" else f"{what}{why and f': it {why}' or ''}", numbers)
            )
        if spoken:
            found.append(Place(name, f"{len(spoken)} turns of the person: cut them out, or delete the file, by hand"))
        elif sought.file(path) and (take_out or not numbers):
            found.append(Place(name, "the id stands somewhere in it: take it out by hand"))
    stores_of = sorted({str(one.store) for one in study.about.sources if one.store})
    if stores_of:
        told.append(
            f"What stands in the stores ({', '.join(stores_of)}) is not ours to remove; it is fetched, and left out."
        )
    if not who.ids:
        told.append(
            "Which id stands behind the pseudonym could not be told from the sources: look for their rows by hand."
        )
    return found, told


def _frames_again(study: Study) -> list[str]:
    """Delete every frame, those of before too, and make them again."""
    frames = study.path / "frames"
    study.forget_answers()
    shutil.rmtree(frames, ignore_errors=True)
    if not study.about.sources:
        return []
    try:
        load.build(frames, study.name, study.sources(), study.secret)
    except DataFault as problem:
        return [f"The frames were deleted; they cannot be made again until this is mended: {problem.faults[0]}"]
    return []


# -- the proof --------------------------------------------------------------------------------------------------------


def _proof(study: Study, who: _Person, removed: list[Place], received: list[Place], told: list[str]) -> Forgotten:
    sought, known = who.sought, {one.file for one in received}
    there = [one for one in sorted(study.path.rglob("*")) if one.is_file() and one.name != ".lock"]
    left = []
    for path in there:
        name = path.relative_to(study.path).as_posix()
        if name not in known and not name.startswith("sources/") and sought.file(path):
            what = (
                "a line of the log, which is never changed"
                if name == "log"
                else "an id, a pseudonym or words of theirs"
            )
            left.append(Place(name, what))
    for path in traces.standing_in(study.path / "sources", sought):
        name = path.relative_to(study.path).as_posix()
        if name not in known:
            received.append(Place(name, "an id, a pseudonym or words of theirs: take them out by hand"))
    short = [one for one in who.ids if not telling(one)]
    if short:
        told.append(
            "The id is too short to be looked for by itself: pseudonyms and words were; rows by the cell it fills."
        )
    told.append(
        "Reports and exports made before still count the person; beside a new one the difference may be theirs alone: "
        "withdraw the old ones. A group that falls under the minimum base is hidden from now on."
    )
    return Forgotten(removed, received, _made_earlier(study, sought), left, told, len(there))


def _made_earlier(study: Study, sought: traces.Sought | None) -> list[Place]:
    """Reports and exports that are there, and notebooks: those that hold the person, and those that may count them."""
    found = []
    folders = (places.reports(study.name), places.notebooks())
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if not path.is_file() or path.name == ".gitkeep" or ".ipynb_checkpoints" in path.parts and sought is None:
                continue
            name = path.relative_to(folder.parent.parent if folder == folders[0] else folder.parent).as_posix()
            if sought is not None and sought.file(path):
                found.append(
                    Place(name, "holds an id, a pseudonym or words of theirs: delete it, and withdraw what was sent")
                )
            elif folder == folders[0]:
                found.append(Place(name, "may count them: make it again, and withdraw what was sent"))
    return found


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    return [_plain(one) for one in content] if isinstance(content, list) else content


def _without_texts(content: Any, texts: Collection[str]) -> Any:
    if isinstance(content, Mapping):
        return {key: _without_texts(value, texts) for key, value in content.items()}
    if isinstance(content, list):
        return [_without_texts(one, texts) for one in content]
    if isinstance(content, str) and (spoken := traces.Sought((), texts)).pattern and spoken.within(content):
        return spoken.pattern.sub(WORDS, content)
    return content
