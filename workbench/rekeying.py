"""A study's pseudonym key changed for a new one, or destroyed: what rests on it is made again, or stays as it is.

Knows a study's frames and its keyring. What others hold with the former pseudonyms is told, never changed.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from workbench import files, load, places, privacy, raw_people, traces
from workbench.engine import Engine, rows
from workbench.faults import DataFault, Fault

if TYPE_CHECKING:
    from workbench.study_data import Data

PSEUDONYM = re.compile(r"\bp[A-Za-z0-9]{11}\b")


@dataclass(frozen=True)
class Rotated:
    """A key that was changed: the files in which former pseudonyms still stand, and how many of those who were forgotten stand
    in no source now (a file that brings them back would not be known: forget them again then)."""

    former: tuple[str, ...]
    unknown: int

    def __str__(self) -> str:
        told = [
            "There is a new key. Everybody is known by another pseudonym, and all frames are made again from the sources."
        ]
        if self.former:
            told.append(f"Former pseudonyms, which lead nowhere now, stand in: {', '.join(self.former)}.")
        if self.unknown:
            told.append(
                f"{self.unknown} of those who were forgotten stand in no source now: should a file bring them back, forget "
                "them again."
            )
        return "\n".join(told)


def rotate(study: Data) -> Rotated:
    """Change a study's key for a new one, and make its frames again. Raises DataFault, also where people were forgotten and the
    former key, by which alone they can be told from others, is not there."""
    places.demand("key")
    frames, keyring = study.path / "frames", study._keyring
    with files.locked(study.path):
        before = load.people(frames)
        fresh, kept, unknown = privacy.keys.new(), set[str](), 0
        if keyring.forgotten:
            kept, unknown = _known_again(study, fresh)
        keyring.rotate(kept, fresh)
        shutil.rmtree(frames, ignore_errors=True)
        study.forget_answers()
    if study.about.sources:
        study.load()
    return Rotated(tuple(former(study, before)), unknown)


def destroy(study: Data) -> None:
    """Delete a study's key for good. Its sources are read first, so that the frames are those of the files as they are. Raises
    DataFault."""
    places.demand("key")
    if study.key.destroyed:
        found = f"a key that was destroyed on {study.key.destroyed} already"
        raise DataFault(Fault(privacy.keys.STATEMENT, None, "", found, "a key", "nothing is left to be destroyed"))
    if study.about.sources:
        study.journey  # noqa: B018 - reads what is not read yet: nothing can be read afterwards
    study._keyring.destroy(load.as_read(study.sources(), study._keyring.mark))
    frames = study.path / "frames"
    if (whole := load.manifest(frames)) is not None:
        load.sweep(frames, [whole])


def former(study: Data, people: set[str]) -> list[str]:
    """The files of a study, its reports and the notebooks in which one of these pseudonyms stands, by their names."""
    found = []
    places_ = [(study.path, ("frames", "sources", "log")), (places.reports(study.name), ()), (places.notebooks(), ())]
    for folder, leave in places_:
        for path in sorted(folder.rglob("*")) if folder.is_dir() and people else ():
            if path.is_file() and path.relative_to(folder).parts[0] not in leave:
                words = _pseudonyms_of(path)
                if not words.isdisjoint(people):
                    found.append(path.relative_to(folder.parent).as_posix())
    return found


def _pseudonyms_of(path) -> set[str]:
    with open(path, "rb") as handle:
        parquet = handle.read(4) == b"PAR1"
    if not parquet:
        return {one for text in traces.readings(path.read_bytes()) for one in PSEUDONYM.findall(text)}
    frame = Engine().scan(path)
    names = [name for name, kind in frame.collect_schema().items() if kind == nw.String]
    return {str(one) for name in names for one in rows(frame.select(name))[name]}


def _known_again(study: Data, fresh: bytes) -> tuple[set[str], int]:
    """Those who were forgotten, hashed with a new key, as far as they stand in the sources; and how many do not."""
    if study.key.state != "held":
        raise DataFault(
            Fault(
                file=privacy.keys.STATEMENT,
                found=f"a pseudonym key that is {study.key.state}, and people who were forgotten",
                expected="the former key: by it alone they are told from others as a file is read",
                mend="put the key back from a backup; if it is gone for good, take their rows out of the files as received, and "
                "begin a new study from these: workbench new NAME --from FILE",
            )
        )
    known, secret, gone, seen = study._keyring.forgotten, study.secret, set[str](), set[str]()
    for source in study.sources():
        for table in raw_people.ids(source, secret):
            for one, person in rows(table.select("id", "person")).itertuples(index=False):
                if (token := privacy.token(secret, person)) in known:
                    seen.add(token)
                    gone.add(privacy.token(fresh, privacy.pseudonym(fresh, one, source.binding.id_space)))
    return gone, len(known - seen)
