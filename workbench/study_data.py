"""A study's data: its sources with their bindings, fetched and loaded, and the journey frame that they make.

Knows the loading room and the stores; nothing of the method.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from workbench import files, integrity, load, places, privacy
from workbench.faults import DataFault, Fault
from workbench.journey import JourneyFrame
from workbench.sources import stores
from workbench.sources.binding import Binding
from workbench.study_files import SourceFile
from workbench.study_register import LOADED, Registers


class Data(Registers):
    """The parts of a study with the journey that its sources make."""

    def __init__(self, path_or_name: str | os.PathLike):
        super().__init__(path_or_name)
        self._journey: tuple[str, JourneyFrame] | None = None
        load.tidy(self.path / "frames")

    @property
    def secret(self) -> bytes:
        """The study's pseudonym key, kept in the user's own settings folder."""
        return privacy.key(f"study {self.path}")

    def sources(self) -> list[load.Source]:
        """The files of the study with their bindings, in the order of study.yaml. Raises DataFault for all that is wrong."""
        found: list[load.Source] = []
        faults: list[Fault] = []
        codes = self.codes
        for one in self.about.sources:
            try:
                stored, fetched = self._fetched(one) if one.store else (None, "")
                for path in [stored] if stored is not None else self._files(one.file):
                    notes: list[Fault] = []
                    binding = self._binding(one, path, notes)
                    turns = codes.of(path.relative_to(self.path.resolve()).as_posix())
                    found.append(load.Source(path, binding, one.format, turns, fetched, tuple(notes)))
            except DataFault as problem:
                faults += problem.faults
        if faults:
            raise DataFault(faults)
        stems = [one.path.stem for one in found]
        for stem in sorted({stem for stem in stems if stems.count(stem) > 1}):
            faults.append(
                Fault(file="study.yaml", found=f'two sources called "{stem}"', expected="one", mend="rename one file")
            )
        if faults:
            raise DataFault(faults)
        return found

    def load(self, progress: Callable[..., Iterable] | None = None) -> JourneyFrame:
        """Fetch from the stores, read the sources that changed, write the study's frames.

        All faults of all files are raised together; the frames of before stay then. `progress` wraps what is done piece
        by piece: progress(pieces, words, unit).
        """
        files.room(self.path)
        self.declare()
        for one in self.about.sources:
            if one.store:
                self._fetch(one, progress)
        load.build(self.path / "frames", self.name, self.sources(), self.secret, progress)
        self._journey = None
        integrity.keep(self.path)
        self.log(LOADED)
        return self.journey

    @property
    def loaded(self) -> bool:
        """Are the frames of the sources as they are now? Where not, `journey` reads them first, which may take a while."""
        if not self.about.sources:
            return True
        found = load.manifest(self.path / "frames")
        return found is not None and found["fingerprint"] == load.fingerprint(self.name, self.sources(), self.secret)

    @property
    def engine(self) -> str:
        """Where questions are worked out: WORKBENCH_ENGINE, else `engine` in study.yaml; "embedded" is this process."""
        return os.environ.get("WORKBENCH_ENGINE") or self.about.engine

    @property
    def journey(self) -> JourneyFrame:
        """The study's journey frame: opened as it was loaded, or loaded anew where a source, a binding or the key is another."""
        owned = self.sources()
        mark = load.fingerprint(self.name, owned, self.secret)
        drawn = self.map
        names, planned, address = drawn.names, drawn.planned, self.engine
        about = self.about
        key = hashlib.sha256(
            f"{mark}{names}{planned}{about.minimum_base}{self.codes.themes}{about.personas}{address}".encode()
        ).hexdigest()
        if self._journey is not None and self._journey[0] == key:
            return self._journey[1]
        folder = self.path / "frames"
        found = load.manifest(folder)
        if found is None or found["fingerprint"] != mark:
            self.declare()
            before = load.former(folder)
            why = integrity.why_again(self, found, before)
            found = load.build(folder, self.name, owned, self.secret)
            integrity.keep(self.path, unknown_alone=True)
            self.log(LOADED, more={"why": why} if why else None)
        journey = load.opened(folder, found, (f"study {self.name}",), about.minimum_base, names, address)
        personas = {one.name: one.where for one in about.personas if one.where}
        journey = replace(journey, themes=self.codes.themes or None, personas=personas or None, planned=planned or None)
        self._journey = (key, journey)
        return journey

    def _binding(self, one: SourceFile, path: Path, notes: list[Fault]) -> Binding:
        mine = set(SourceFile.model_fields) - set(Binding.model_fields)
        bound = Binding.model_validate(one.model_dump(by_alias=True, exclude_unset=True, exclude=mine))
        if one.questionnaire is None:
            return bound
        return load.combined(load.bound_to(one.questionnaire, path, one.binding, self.path, notes), bound)

    def _fetched(self, one: SourceFile) -> tuple[Path, str]:
        """The rows of a query as they were fetched last, and when; fetched now where they were not, or the query is another."""
        path = self.path.resolve() / "sources" / "fetched" / f"{one.name}.parquet"
        note = stores.fetched(str(one.store), str(one.query), path)
        if note is None:
            self._fetch(one, None)
            note = stores.fetched(str(one.store), str(one.query), path) or {}
        return path, str(note.get("fetched", ""))

    def _fetch(self, one: SourceFile, progress: Callable[..., Iterable] | None) -> None:
        path = self.path.resolve() / "sources" / "fetched" / f"{one.name}.parquet"
        where = stores.address(str(one.store), self.path)
        stores.fetch(str(one.store), where, str(one.query), path, progress)
        self.log(f"fetched {one.name} from the store {one.store}")

    def _files(self, pattern: str) -> list[Path]:
        if "*" in pattern:
            places.inside(self.path, pattern.replace("*", "x"), "study.yaml")
            found = sorted(path for path in self.path.resolve().glob(pattern) if path.is_file())
            if not found:
                raise DataFault(
                    Fault(file="study.yaml", column="file", found=f"no file like {pattern}", expected="at least one")
                )
            return [places.inside(self.path, path.relative_to(self.path.resolve()).as_posix()) for path in found]
        path = places.inside(self.path, pattern, "study.yaml")
        if not path.is_file():
            close = files.near_files(path)
            mend = f'did you mean "{close}"?' if close else "put it there, or correct the name"
            raise DataFault(
                Fault(file="study.yaml", column="file", found=f"no file {pattern}", expected="a source", mend=mend)
            )
        return [path]
