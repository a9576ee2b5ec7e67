"""By what a study knows somebody: pseudonyms, ids, marks, what they wrote or said, which turns of interviews are theirs.

Knows a study's parts, frames and sources; changes nothing and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from workbench import load, privacy, raw_people, traces
from workbench.engine import SOURCE, STRIDE, Engine, rows
from workbench.faults import DataFault, Fault, shape, unknown

if TYPE_CHECKING:
    from workbench.study import Study

LONG = 20  # letters from which words are somebody's own


@dataclass(frozen=True)
class Person:
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


def known(study: Study, person: str, id_space: str) -> tuple[set[str], set[str], bool]:
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
    links = load.links(frames)
    if len({links.get(one, one) for one in found}) > 1:
        mend = "name the one that is meant by an id"
        raise DataFault(Fault("", None, "PERSON", "a mark that several people share", "one person", mend))
    return found


def all_of(study: Study, pseudonyms: set[str], given: set[str]) -> Person:
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
    return Person(
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
