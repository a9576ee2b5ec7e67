"""The ledger of what a study has shared: the bases of every report and export, kept so that they can be looked at together.

A file a release, sealed, in the study's folder shared/: what was written, when and by whom, of which data, the bases it shows. No
base that was hidden stands there. Knows cells, bounds and files; nothing of studies or findings.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench import files, places
from workbench.faults import DataFault, Fault, unknown
from workbench.privacy.bounds import Given, given_away
from workbench.privacy.cells import Cell

TOLD = 3  # groups that a message names
RECALL = "leave the table out; or, if what was shared before was never handed on, recall it: workbench shared STUDY"


@dataclass(frozen=True)
class Release:
    """Something that was written to be handed on. `mark` says of which data; `recalled`, why it counts no more."""

    name: str
    what: str
    file: str
    time: str
    who: str
    mark: str
    cells: tuple[Cell, ...]
    recalled: str = ""


@dataclass(frozen=True)
class Verdict:
    """What may not be shown: by the place of what shows it, why; and what no leaving out would mend."""

    withheld: dict[int, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


class Shared:
    """A study's ledger. `mark` is that of its data now, `minimum` its minimum base."""

    def __init__(self, folder: Path, mark: str, minimum: int):
        self.folder, self.mark, self.minimum = folder, mark, minimum

    @property
    def releases(self) -> list[Release]:
        """All that was shared, the oldest first. Raises DataFault for a file that is not as it was written."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            said = files.unsealed(path)
            if said is None:
                mend = "put it back from a backup; what was shared cannot be looked at together without it"
                raise DataFault(
                    Fault(f"shared/{path.name}", None, "", "a damaged release", "one as it was written", mend)
                )
            words = {name: said[name] for name in ("what", "file", "time", "who", "mark")}
            recalled = said.get("recalled", "")
            found.append(Release(path.stem, **words, cells=tuple(map(Cell.of, said["cells"])), recalled=recalled))
        return sorted(found, key=lambda one: (one.time, one.name))

    def audit(self, shown: Sequence[Sequence[Cell]]) -> Verdict:
        """Which of these may not be shown, each a finding's bases: together with the others and with all that was shared before,
        they would give away a group under the minimum base."""
        return audit(shown, self.minimum, [one for one in self.releases if not one.recalled], self.mark)

    @contextmanager
    def releasing(self, what: str, file: str, cells: Sequence[Cell]) -> Iterator[None]:
        """What is written inside is shared: entered before it is written, and taken out again where the writing fails."""
        said = {"what": what, "file": file, "mark": self.mark, "cells": [one.plain() for one in dict.fromkeys(cells)]}
        name = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]
        path = self.folder / f"{name}.json"
        fresh = not path.exists() or bool((files.unsealed(path) or {}).get("recalled"))
        before = path.read_bytes() if path.exists() else None
        if fresh and cells:
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            files.write(path, files.sealed({**said, "time": now, "who": places.me()}))
        try:
            yield
        except BaseException:
            if fresh and cells:
                if before is None:
                    path.unlink(missing_ok=True)
                else:
                    files.write(path, before)
            raise

    @contextmanager
    def sharing(self, what: str, file: str, cells: Sequence[Cell]) -> Iterator[None]:
        """Something that is shared whole or not at all: looked at, then entered while it is written inside. Raises DataFault."""
        verdict = self.audit([cells])
        faults = [
            Fault(file, None, "", f"bases that would give a group under {self.minimum} away: {why}", "none", RECALL)
            for why in verdict.withheld.values()
        ]
        if faults or verdict.faults:
            raise DataFault([*faults, *verdict.faults])
        with self.releasing(what, file, cells):
            yield

    def recall(self, name: str, why: str) -> Release:
        """Say that a release was never handed on, or that every copy is gone: it counts no more. The entry stays, with why.
        Raises DataFault where there is none of that name, or no reason."""
        known = {one.name: one for one in self.releases}
        if name not in known:
            raise DataFault(unknown("release", name, list(known), file="shared"))
        if not why.strip():
            mend = '--because "it never left this machine"'
            raise DataFault(Fault("shared", None, name, "no reason", "why it counts no more", mend))
        path = self.folder / f"{name}.json"
        said: dict[str, Any] = files.unsealed(path) or {}
        files.write(path, files.sealed({**said, "recalled": why.strip()}))
        return known[name]


def audit(shown: Sequence[Sequence[Cell]], minimum: int, earlier: Sequence[Release] = (), mark: str = "") -> Verdict:
    """As `Shared.audit`, of a ledger's releases: those of the same data are equations like the others; of those of other data
    no base may differ by fewer than the minimum, as the difference would be the few who came or went."""
    faults = _changed(shown, minimum, [one for one in earlier if one.mark != mark])
    before = [cell for one in earlier if one.mark == mark for cell in one.cells]
    known = set(given_away(before, minimum)) if before else set[Given]()
    every = [*before, *(cell for one in shown for cell in one)]
    bad = {one.counted for one in given_away(every, minimum) if one not in known}
    withheld: dict[int, str] = {}
    accepted = [one for one in before if one.counted in bad]
    for place, those in enumerate(shown):
        mine = [one for one in those if one.counted in bad]
        if not mine:
            continue
        given = [one for one in given_away([*accepted, *mine], minimum) if one not in known]
        if given:
            withheld[place] = "; ".join(f"{one.counted}: {one.words}" for one in given[:TOLD])
        else:
            accepted += mine
    return Verdict(withheld, tuple(faults))


def _changed(shown: Sequence[Sequence[Cell]], minimum: int, earlier: Sequence[Release]) -> list[Fault]:
    """Bases that differ from what was shared of other data by fewer than the minimum."""
    found: dict[str, Fault] = {}
    for release in earlier:
        then = {(one.counted, one.where): one.n for one in release.cells}
        for one in (cell for those in shown for cell in those):
            gap = abs(one.n - then.get((one.counted, one.where), one.n))
            if 0 < gap < minimum and release.name not in found:
                found[release.name] = Fault(
                    file=release.file,
                    column=one.counted,
                    found=f"fewer than {minimum} people between what was shared on {release.time[:10]} and now ({one.words})",
                    expected=f"none, or {minimum} and more: the difference would tell of them",
                    mend="wait until more have answered; or write a draft (--draft); or, if that one was never handed on: "
                    f'workbench shared STUDY --recall {release.name} --because "…"',
                )
    return list(found.values())
