"""A study's data: its sources with their bindings, fetched and loaded, and the journey frame that they make.

Knows the loading room and the stores; nothing of the method.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import files, integrity, load, places, privacy, raw_people
from workbench.answers import answers_of
from workbench.faults import DataFault, Fault
from workbench.journey import JourneyFrame
from workbench.load import Source
from workbench.privacy.shared import Release, Shared
from workbench.sources import stores
from workbench.sources.binding import Binding
from workbench.study_files import FORGOT, Kept, SourceFile
from workbench.study_register import LOADED, Registers

if TYPE_CHECKING:
    from workbench.rekeying import Rotated


class Data(Registers):
    """The parts of a study with the journey that its sources make."""

    def __init__(self, path_or_name: str | os.PathLike):
        super().__init__(path_or_name)
        self._journey: tuple[str, JourneyFrame] | None = None
        load.tidy(self.path / "frames")

    @property
    def secret(self) -> bytes:
        """The study's pseudonym key, kept in the user's own settings folder. Raises DataFault where it is lost, destroyed, or
        readable by others; it is made only where nothing rests on one."""
        return self._keyring.secret(lambda: (self.path / "frames" / load.MANIFEST).exists() or FORGOT in self._latest())

    @property
    def key(self) -> privacy.KeyState:
        """How the study's pseudonym key stands: when it was made, how often it was changed, never the key."""
        return self._keyring.state

    @property
    def _keyring(self) -> privacy.Keyring:
        return privacy.Keyring(self.path, self.log)

    @property
    def _mark(self) -> str:
        """What tells the key from another, made where there is none yet. Frames are opened by it: the key itself is asked for
        where a source is read."""
        return self._keyring.mark or privacy.mark_of(self.secret)

    def key_faults(self) -> list[Fault]:
        """What is wrong with the key, where one was made and not destroyed: lost, another one, or readable by others."""
        if not self._keyring.mark or self._keyring.frozen[0]:
            return []
        try:
            self.secret  # noqa: B018 - it is asked for
        except DataFault as problem:
            return [replace(fault, weight="note") for fault in problem.faults]
        return []

    def sources(self) -> list[load.Source]:
        """The files of the study with their bindings, in the order of study.yaml. Raises DataFault for all that is wrong."""
        found: list[load.Source] = []
        faults: list[Fault] = []
        codes, forgotten = self.codes, self._keyring.forgotten
        for one in self.about.sources:
            try:
                stored, fetched = self._fetched(one) if one.store else (None, "")
                for path in [stored] if stored is not None else self._files(one.file):
                    notes: list[Fault] = []
                    binding = self._binding(one, path, notes)
                    turns = codes.of(path.relative_to(self.path.resolve()).as_posix())
                    found.append(load.Source(path, binding, one.format, turns, fetched, tuple(notes), forgotten))
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
        self.only_while_allowed()
        if self._keyring.frozen[0]:  # nothing can be read anew: what there is is opened, or said to rest on other files
            return self.journey
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
        return found is not None and (bool(self._keyring.frozen[0]) or found["fingerprint"] == self.fingerprint)

    @property
    def fingerprint(self) -> str:
        """One hash of all that the frames rest on, as it is now: the sources, their bindings, codes, key and the program."""
        return load.fingerprint(self.name, self.sources(), self._mark)

    @property
    def shared(self) -> Shared:
        """The ledger of what this study has shared: `.releases`, `.recall(name, why)`."""
        mark = self.fingerprint if self.about.sources else ""
        return Shared(self.path / "shared", mark, self.about.minimum_base)

    def recall(self, name: str, why: str) -> Release:
        """Say that something shared (`shared.releases`) was never handed on, or that all copies are gone: it counts no more where
        the next one is checked. Logged, with why. Raises DataFault."""
        places.demand("report")
        found = self.shared.recall(name, why)
        self.log(f"recalled {found.what} {found.file}", more={"release": name, "because": why.strip()})
        return found

    @property
    def engine(self) -> str:
        """Where questions are worked out: WORKBENCH_ENGINE, else `engine` in study.yaml; "embedded" is this process."""
        return os.environ.get("WORKBENCH_ENGINE") or self.about.engine

    @property
    def journey(self) -> JourneyFrame:
        """The study's journey frame: opened as it was loaded, or loaded anew where a source, a binding or the key is another."""
        owned = self.sources()
        mark = load.fingerprint(self.name, owned, self._mark)
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
        if self._keyring.frozen[0]:
            found = self._as_it_was(found, owned)
        elif found is None or found["fingerprint"] != mark:
            self.only_while_allowed()
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

    def _as_it_was(self, found: dict[str, Any] | None, owned: Sequence[Source]) -> dict[str, Any]:
        """The frames of a study whose key was destroyed: they cannot be made again. Raises DataFault where they are not whole,
        or the study rests on other files than they were made from."""
        day, as_read = self._keyring.frozen
        if found is not None and load.as_read(owned, self._keyring.mark) == as_read:
            return found
        before = {one["file"]: one["sha256"] for one in (found or {}).get("sources", [])}
        now = {one.path.name: files.content(one.path) for one in owned}
        other = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
        named = f": {', '.join(other)}" if other else " (a binding in study.yaml, a questionnaire or codes.yaml)"
        raise DataFault(
            Fault(
                file=other[0] if len(other) == 1 else "study.yaml",
                found=f"sources that are not those the frames were made from{named}"
                if found
                else "frames that are not whole",
                expected=f"what was there as the pseudonym key was destroyed on {day}: the frames cannot be made again",
                mend="put it back as it was; or workbench key STUDY --rotate makes a new key and reads every source again: "
                "everybody is then known by another pseudonym",
            )
        )

    # -- the key ------------------------------------------------------------------------------------------------------

    def rotate_key(self) -> Rotated:
        """A new pseudonym key in place of the one that was, and frames made again with it: everybody is known by another
        pseudonym, and those in earlier exports lead nowhere. Where the former ones still stand comes back. Raises DataFault."""
        from workbench import rekeying

        return rekeying.rotate(self)

    def destroy_key(self) -> None:
        """Delete the pseudonym key for good: nothing leads from pseudonyms back to ids, save the raw files themselves. The
        frames stay usable as they are and can no longer be made again from the sources. Raises DataFault."""
        from workbench import rekeying

        rekeying.destroy(self)

    def forget_answers(self) -> None:
        """Work everything out afresh: what was known of the study's people does not hold any more."""
        self._journey = None
        answers_of(self.path).clear()

    # -- how long sources may be kept ---------------------------------------------------------------------------------

    def retention(self) -> list[Kept]:
        """The sources that study.yaml gives a last day (`keep_until`), with how many days are left: negative, once it passed.

        Counted from today, or from the study's own today where that is later.
        """
        today = max(self.today, date.today())
        return [
            Kept(one.file or str(one.name), one.keep_until, (one.keep_until - today).days)
            for one in self.about.sources
            if one.keep_until is not None
        ]

    def _names_of(self, source: str) -> list[str]:
        """The files that a source of study.yaml is, by their names; of a query, the file that its rows were fetched to."""
        stored = [f"{one.name}.parquet" for one in self.about.sources if one.store and one.name == source]
        return stored or [path.name for path in self._files(source)]

    def stale(self) -> list[str]:
        """What was made of the study before something it rests on was changed, and sources whose last day has come, in words.
        Raises DataFault."""
        return [*super().stale(), *(str(one) for one in self.retention() if one.due)]

    def only_while_allowed(self) -> None:
        """Refuse to read a source after its last day. Raises DataFault."""
        if passed := [one.fault("error") for one in self.retention() if one.passed]:
            raise DataFault(passed)

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
        if (gone := self._keyring.forgotten) and isinstance(one.person, str):  # the store still has who was forgotten
            fetched = Source(path, self._binding(one, path, []), one.format)
            raw_people.fetched_without(path, one.person, raw_people.forgotten(fetched, self.secret, gone))
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
