"""What became of a part of a study: its versions, who saved them and when, and what changed from one to the next.

Reads the log and the versions kept under history/; writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench import files, models
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.steps.map import JourneyMap
from workbench.steps.map.changes import changes, describe


@dataclass(frozen=True)
class Version:
    """A version of a part: what it is called, who saved it and when ("" where nobody wrote that down), its text."""

    name: str
    who: str
    when: str
    changed: tuple[str, ...]
    text: str

    @property
    def day(self) -> str:
        return self.when[:10]


def versions(folder: Path, part: str) -> list[Version]:
    """All versions of a part that are still there, the oldest first, the one that stands now last. Raises DataFault."""
    path = folder / f"{part}.yaml"
    now = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    kept = {one.stem.removeprefix(f"{part}-"): one for one in (folder / "history").glob(f"{part}-*.yaml")}
    said = {one["version"]: one for one in _saves(folder, part)}
    order = [name for name in said if name in kept]
    loose = sorted((one for one in kept if one not in said), key=lambda name: (kept[name].stat().st_mtime_ns, name))
    found = [_version(name, kept[name].read_text(encoding="utf-8-sig"), said.get(name)) for name in [*loose, *order]]
    current = files.version(now)
    return [one for one in found if one.name != current] + ([_version(current, now, said.get(current))] if now else [])


def last_change(folder: Path, part: str, path: Sequence[str]) -> tuple[str, str]:
    """Who changed a cell last, and when; two empty texts where the log does not say."""
    wanted = "/".join(path)
    for one in reversed(_saves(folder, part)):
        cells = one.get("changed", [])
        if any(cell == wanted or wanted.startswith(f"{cell}/") or cell.startswith(f"{wanted}/") for cell in cells):
            return str(one["who"]), str(one["time"])
    return "", ""


def told(folder: Path, part: str) -> Finding:
    """The versions of a part in words: when, who, what changed; the newest first."""
    known, rows, before = versions(folder, part), [], ""
    for one in known:
        words = _words(part, before, one.text) if before else ["the first version kept"]
        rows.append({"version": one.name, "when": one.when, "who": one.who, "changes": len(words) if before else 0})
        rows[-1]["what changed"] = "; ".join(words[:12]) + (f"; and {len(words) - 12} more" if len(words) > 12 else "")
        before = one.text
    table = pd.DataFrame(rows[::-1], columns=["version", "when", "who", "changes", "what changed"])
    people = len({one.who for one in known if one.who})
    sentence = (
        f"{part}.yaml was never saved."
        if not known
        else (
            f"{len(known)} {'version' if len(known) == 1 else 'versions'} of {part}.yaml"
            + (f", by {people} {'person' if people == 1 else 'people'}; " if people else "; ")
            + (f"the last changed {rows[-1]['what changed']}." if len(known) > 1 else "nothing was changed since.")
        )
    )
    return Finding(
        "history",
        table,
        sentence,
        by=("version",),
        method="the study's log and the versions under history/, compared cell by cell",
        title=f"How {part}.yaml came about",
    )


def version_of(folder: Path, part: str, name: str) -> Version:
    """A version by what it is called (its first letters do), by its place (-1: now, -2: the one before) or by a day: the
    last one saved up to it. Raises DataFault."""
    known = versions(folder, part)
    if not known:
        raise DataFault(Fault(file=f"{part}.yaml", found="no version", expected="a part that was saved"))
    if name.lstrip("-").isdigit() and len(name) < 5 and -len(known) <= int(name) < len(known):
        return known[int(name)]
    if len(name) == 10 and name[4] == "-":
        until = [one for one in known if one.day and one.day <= name]
        if until:
            return until[-1]
    for one in known:
        if name and one.name.startswith(name):
            return one
    raise DataFault(unknown("version", name, [one.name for one in known], f"{part}.yaml"))


def _words(part: str, before: str, after: str) -> list[str]:
    if part != "map":
        old, new = before.splitlines(), after.splitlines()
        return [f"{len(set(new) - set(old))} lines came or changed, {len(set(old) - set(new))} went or changed"]
    one, other = (models.build(models.parse(text, "map.yaml"), JourneyMap, "map.yaml") for text in (before, after))
    plain = [drawn.model_dump(mode="json", by_alias=True, exclude_unset=True) for drawn in (one, other)]
    return [describe(change, one.names | other.names) for change in changes(*plain)] or ["only its writing"]


def _saves(folder: Path, part: str) -> list[dict]:
    """The lines of the log that say that a part was saved, with the version; those that cannot be read are no lines of it."""
    path = folder / "log"
    found = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and line.get("what") == f"saved {part}" and "version" in line:
            found.append(line)
    return found


def _version(name: str, text: str, line: dict | None) -> Version:
    said = line or {}
    return Version(name, str(said.get("who", "")), str(said.get("time", "")), tuple(said.get("changed", ())), text)
