"""What became of a part of a study: its versions, who saved them and when, and what changed from one to the next.

Reads the log and the versions kept under history/; writes nothing. A version that is damaged, or no longer fits, and a line
of the log that cannot be read are told and stop nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from workbench import files, log, models
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.steps.map import JourneyMap
from workbench.steps.map.changes import changes, describe, written


@dataclass(frozen=True)
class Version:
    """A version of a part: what it is called, who saved it and when ("" where nobody wrote that down), its text.

    `trouble` says, where its file is damaged, what is wrong with it.
    """

    name: str
    who: str
    when: str
    changed: tuple[str, ...]
    text: str
    trouble: str = ""

    @property
    def day(self) -> str:
        return self.when[:10]


def versions(folder: Path, part: str) -> list[Version]:
    """All versions of a part that are still there, the oldest first, the one that stands now last; one that came back, as
    by an undo, once for each time it was saved. Raises DataFault."""
    path = folder / f"{part}.yaml"
    now = path.read_bytes() if path.exists() else b""
    kept = {one.stem.removeprefix(f"{part}-"): one for one in (folder / "history").glob(f"{part}-*.yaml")}
    current = hashlib.sha256(now).hexdigest()[: len(files.version(""))] if now else ""
    saves = [one for one in _saves(folder, part) if one["version"] in kept or one["version"] == current]
    known = {one["version"] for one in saves}
    loose = sorted((one for one in kept if one not in known), key=lambda name: (kept[name].stat().st_mtime_ns, name))
    found = [_kept(name, kept[name], None) for name in loose if name != current]
    found += [_kept(name, path if name == current else kept[name], one) for one in saves if (name := one["version"])]
    if now and (not found or found[-1].name != current):  # written by hand since it was saved last
        found.append(_kept(current, path, None))
    return found


def last_change(folder: Path, part: str, path: Sequence[str]) -> tuple[str, str]:
    """Who changed a cell last, and when; two empty texts where the log does not say."""
    wanted = written(tuple(path))
    for one in reversed(_saves(folder, part)):
        cells = [str(cell) for cell in one["changed"]] if isinstance(one.get("changed"), list) else []
        if any(cell == wanted or wanted.startswith(f"{cell}/") or cell.startswith(f"{wanted}/") for cell in cells):
            return str(one.get("who", "")), str(one.get("time", ""))
    return "", ""


def told(folder: Path, part: str) -> Finding:
    """The versions of a part in words: when, who, what changed; the newest first."""
    known, rows, before = versions(folder, part), [], ""
    for one in known:
        trouble = one.trouble or _unfit(part, one)
        words = [trouble] if trouble else _words(part, before, one.text) if before else ["the first version kept"]
        rows.append(
            {
                "version": one.name,
                "when": one.when,
                "who": one.who,
                "changes": 0 if trouble or not before else len(words),
            }
        )
        rows[-1]["what changed"] = "; ".join(words[:12]) + (f"; and {len(words) - 12} more" if len(words) > 12 else "")
        before = before if trouble else one.text
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
        cautions=_unread(folder),
    )


def logged(folder: Path) -> Finding:
    """Who did what with the study, and when (UTC), as its log says; the newest first."""
    rows = []
    for line in log.lines(folder):
        says = line.says or {"what": "a line that cannot be read"}
        rows.append({"line": line.row, "when": str(says.get("time", "")), "who": str(says.get("who", ""))})
        rows[-1]["what"] = says["what"] + _more(says)
    table = pd.DataFrame(rows[::-1], columns=["line", "when", "who", "what"])
    wrong = [fault for fault in log.verify(folder) if fault.weight == "error"]
    people = len({row["who"] for row in rows if row["who"]})
    sentence = (
        f"{len(rows):,} {'line' if len(rows) == 1 else 'lines'} by {people} {'person' if people == 1 else 'people'}, "
        + ("each following from the one before." if not wrong else "and they are not as they were written.")
        if rows
        else "Nothing was done with this study yet."
    )
    return Finding(
        "log",
        table,
        sentence,
        by=("line",),
        method="the study's log; each line carries the hash of the one before, the last one written on this machine is sealed in "
        "the settings of whoever wrote it; who can change both can make another log",
        title="Who did what",
        cautions=tuple(str(fault) for fault in wrong),
    )


def _more(says: dict) -> str:
    """What a line says beside its words, where it helps a reader."""
    if isinstance(changed := says.get("changed"), list) and changed:
        return f": {', '.join(map(str, changed[:3]))}" + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
    return " (after the data were looked at)" if says.get("seen") is True and "claim" in says else ""


def map_of(version: Version) -> JourneyMap:
    """A version of the map as its model. Raises DataFault where it is damaged, or does not fit the model any more."""
    if version.trouble:
        fault = Fault(
            f"history/map-{version.name}.yaml", None, "", version.trouble, "a version as it was saved", _RESTORE
        )
        raise DataFault(fault)
    file = f"map.yaml of the version {version.name}"
    return models.build(models.parse(version.text.removeprefix("\ufeff"), file), JourneyMap, file)


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
    found = list({one.name: one for one in known if name and one.name.startswith(name)}.values())
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise DataFault(
            Fault(f"{part}.yaml", None, "version", f'"{name}"', f"one of: {names}", "write more of its letters")
        )
    if found:
        return found[0]
    raise DataFault(unknown("version", name, list(dict.fromkeys(one.name for one in known)), f"{part}.yaml"))


def _words(part: str, before: str, after: str) -> list[str]:
    if part != "map":
        old, new = before.splitlines(), after.splitlines()
        return [f"{len(set(new) - set(old))} lines came or changed, {len(set(old) - set(new))} went or changed"]
    one, other = (
        models.build(models.parse(text.removeprefix("\ufeff"), "map.yaml"), JourneyMap, "map.yaml")
        for text in (before, after)
    )
    plain = [drawn.model_dump(mode="json", by_alias=True, exclude_unset=True) for drawn in (one, other)]
    return [describe(change, one.called | other.called) for change in changes(*plain)] or ["only its writing"]


def _unfit(part: str, version: Version) -> str:
    """Why a version of the map cannot be laid beside another; an empty text where it can."""
    try:
        if part == "map":
            map_of(version)
    except DataFault as problem:
        first = problem.faults[0]
        where = f"row {first.row}: " if first.row else ""
        return f"does not fit the map's model any more ({where}found {first.found}, expected {first.expected})"
    return ""


def _saves(folder: Path, part: str) -> list[dict]:
    """The lines of the log that say that a part was saved, with the version; those that cannot be read are no lines of it."""
    known = [line.says for line in log.lines(folder) if line.says is not None]
    return [line for line in known if line.get("what") == f"saved {part}" and isinstance(line.get("version"), str)]


def _unread(folder: Path) -> tuple[str, ...]:
    rows = [str(line.row) for line in log.lines(folder) if line.says is None]
    if not rows:
        return ()
    lines = "line" if len(rows) == 1 else "lines"
    return (f"The log cannot be read in {lines} {', '.join(rows[:5])}: who saved what there is not known.",)


def _kept(name: str, path: Path, line: dict | None) -> Version:
    """A version kept under history/, or what is wrong with its file."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return replace(_version(name, "", line), trouble=f"damaged: its file cannot be read ({type(problem).__name__})")
    found = _version(name, text, line)
    if files.version(text) != name:
        return replace(found, trouble="damaged: its text is not the one that was saved")
    return found


def _version(name: str, text: str, line: dict | None) -> Version:
    said = line or {}
    changed = said.get("changed", ())
    cells = tuple(map(str, changed)) if isinstance(changed, list | tuple) else ()
    return Version(name, str(said.get("who", "")), str(said.get("time", "")), cells, text)


_RESTORE = "put the file back from a backup"
