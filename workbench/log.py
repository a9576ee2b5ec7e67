"""The log of a study: who did what and when, a line each, every line with the hash of the one before.

Lines are added, never changed. How many there are and what the last one says is sealed in the settings of whoever wrote it:
so a line that was changed, dropped, put in or moved is told with its row, and a tail that was cut off too, up to the last line
that was written on this machine. Whoever can write both the study and these settings can make another log: that is not
provable here. Knows files and places; not what the lines mean.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import files, places
from workbench.faults import DataFault, Fault

NAME = "log"
MENDED = "mended the log"
OTHER = "found the log other than it was written here"
MEND = "put the log back from a backup: it is the record of what was declared when"
LATEST = 200  # studies whose last line is sealed, at most


@dataclass(frozen=True)
class Line:
    """A line of the log: its row, what it says (None where it cannot be read) and its text."""

    row: int
    says: dict[str, Any] | None
    text: bytes


def append(folder: Path, what: str, who: str = "", more: dict[str, Any] | None = None) -> None:
    """Add a line; it is on the disk when this comes back. A last line that a crash left half written is cut off, and a line
    says so. Nothing that names a person or quotes one belongs here."""
    path = folder / NAME
    places.guard(path)
    with files.locked(folder):
        last, torn, ended = _tail(path)
        before = _count(path) - bool(torn)
        told = [f"{MENDED}: {torn} bytes of a line that was not written whole were cut off"] if torn else []
        told += [OTHER] if not _as_sealed(folder, before, last) else []
        with open(path, "r+b" if path.exists() else "w+b") as handle:
            if torn:
                handle.truncate(path.stat().st_size - torn)
            handle.seek(0, os.SEEK_END)
            handle.write(b"" if ended or torn else b"\n")
            for said, name, rest in [*((one, "", {}) for one in told), (what, who, more or {})]:
                now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                entry = {"time": now, "who": name or places.me(), "what": said} | rest
                last = json.dumps(entry | {"after": _hash(last) if last else ""}, ensure_ascii=False).encode()
                handle.write(last + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        _seal(folder, before + len(told) + 1, last)


def lines(folder: Path) -> Sequence[Line]:
    """The lines of the log. What was read of it stays known: of a log that grew the new lines alone are read. A last line that
    a crash left half written is none yet (`append` says so)."""
    path = folder / NAME
    if not path.exists():
        return ()
    said = path.stat()
    mark = (said.st_ino, said.st_dev, said.st_size, said.st_mtime_ns, said.st_ctime_ns)
    known = _KNOWN.get(path)
    if known is not None and known.mark == mark:
        return known.lines
    found, start = (known.lines, known.end) if known is not None and _grown(path, known, said) else ([], 0)
    with open(path, "rb") as handle:
        handle.seek(start)
        raw = handle.read(said.st_size - start)
    whole = raw.rfind(b"\n") + 1
    rest = raw[whole:]
    if rest and _read(rest) is not None:  # the last line end alone is missing
        whole = len(raw)
    texts = raw[:whole].splitlines()
    found = [*found, *(Line(len(found) + place, _read(text), text) for place, text in enumerate(texts, start=1))]
    while len(_KNOWN) >= 8:
        _KNOWN.pop(next(iter(_KNOWN)))
    _KNOWN[path] = _Known(mark, start + whole, found)
    return found


def unreadable(line: Line) -> DataFault:
    """The fault of a line that is not as the workbench writes them."""
    shown = f'"{line.text[:60].decode(errors="replace")}"' if line.text.strip() else "a blank line"
    return DataFault(Fault(NAME, line.row, "", shown, "a line as the workbench wrote it", MEND))


def verify(folder: Path) -> list[Fault]:
    """Whether the log is as it was written: a fault for each line whose hash is not that of the line before it, and one where
    lines that were written on this machine are gone or others stand in their place; a note for a line half written."""
    path = folder / NAME
    raw = path.read_bytes() if path.exists() else b""
    found: list[Fault] = []
    texts = raw.splitlines()
    torn = bool(raw) and not raw.endswith(b"\n") and _read(texts[-1]) is None
    for row, text in enumerate(texts[: len(texts) - torn], start=1):
        says = _read(text)
        if says is None:
            found += unreadable(Line(row, None, text)).faults
            continue
        if says["what"] == OTHER:
            here = "lines before this one that were cut off or changed: it was noticed as this one was written"
            found.append(Fault(NAME, row, "", here, "the log as it was written", MEND))
        after = _hash(texts[row - 2]) if row > 1 else ""
        if says.get("after") != after:
            what = (
                f"a line that does not follow from line {row - 1}" if row > 1 else "a first line that follows another"
            )
            expected = (
                "the lines as they were written: one of the two was changed, moved, put in, or lines between are gone"
            )
            found.append(Fault(NAME, row, "", what, expected if row > 1 else "the beginning of the log", MEND))
    if torn:
        mend = "nothing: it is cut off, and told, when the next line is written"
        found.append(Fault(NAME, len(texts), "", "a line that was not written whole", "", mend, weight="note"))
    sealed = _sealed_for(folder, texts)
    if sealed is not None:
        count, last = sealed
        if count > len(texts) - torn:
            here = f"{len(texts) - torn:,} lines, where {count:,} were written on this machine"
            found.append(Fault(NAME, len(texts) - torn or None, "", here, "all of them: the tail was cut off", MEND))
        elif _hash(texts[count - 1]) != last:
            here = "another line than the last one that was written on this machine"
            found.append(Fault(NAME, count, "", here, "the log as it was written", MEND))
    return found


# -- what is known of it ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    mark: tuple[int, ...]
    end: int  # bytes read
    lines: list[Line]


_KNOWN: dict[Path, _Known] = {}


def _grown(path: Path, known: _Known, said: os.stat_result) -> bool:
    """Does the log still begin with what was read of it, as far as its last line tells?"""
    if (said.st_ino, said.st_dev) != known.mark[:2] or said.st_size < known.end or not known.lines:
        return False
    last = known.lines[-1].text
    with open(path, "rb") as handle:
        handle.seek(max(0, known.end - len(last) - 2))
        return handle.read(known.end - handle.tell()).rstrip(b"\r\n").endswith(last)


def _read(text: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("what"), str) else None


def _tail(path: Path) -> tuple[bytes, int, bool]:
    """The last whole line, how many bytes of one that was not written whole stand after it, and whether it is ended."""
    if not path.exists() or not (size := path.stat().st_size):
        return b"", 0, True
    raw, step = b"", 1 << 16
    with open(path, "rb") as handle:
        while len(raw) < size:
            handle.seek(max(0, size - len(raw) - step))
            raw = handle.read(min(step, size - len(raw))) + raw
            if raw.rstrip(b"\r\n").count(b"\n") > 1:
                break
    whole, _, rest = raw.rpartition(b"\n")
    if rest and _read(rest) is not None:
        return rest, 0, False
    return (whole.splitlines() or [b""])[-1], len(rest), True


def _count(path: Path) -> int:
    """How many lines there are, one that is not ended too."""
    if not path.exists():
        return 0
    many, last = 0, b"\n"
    with open(path, "rb") as handle:
        while chunk := handle.read(files.CHUNK):
            many, last = many + chunk.count(b"\n"), chunk[-1:]
    return many + (last != b"\n")


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


# -- the seal ---------------------------------------------------------------------------------------------------------


def _seal_file() -> Path:
    return places.settings() / "logs.json"


def _seals() -> dict[str, list[Any]]:
    """By a study's folder: how many lines its log has, the hash of the last one, and of the first one."""
    return dict((files.unsealed(_seal_file()) or {}).get("logs", {}))


def _seal(folder: Path, count: int, last: bytes) -> None:
    """Keep, outside the study, how many lines there are and what the last one says. A study goes by its folder; where it was
    moved, by its first line."""
    if not os.access(places.settings(), os.W_OK):
        return
    with open(folder / NAME, "rb") as handle:
        first = handle.readline().rstrip(b"\r\n")
    with files.locked(places.settings()):
        seals, place = _seals(), str(folder.resolve())
        seals.pop(place, None)
        seals[place] = [count, _hash(last), _hash(first)]
        files.write(_seal_file(), files.sealed({"logs": dict(list(seals.items())[-LATEST:])}), mode=0o600)


def _as_sealed(folder: Path, count: int, last: bytes) -> bool:
    """Are the lines that were written on this machine still there? In full only where others wrote since."""
    mine = _seals().get(str(folder.resolve()))
    if mine is None or (mine[0], mine[1]) == (count, _hash(last)):
        return True
    known = lines(folder)
    return mine[0] <= len(known) and _hash(known[mine[0] - 1].text) == mine[1]


def _sealed_for(folder: Path, texts: Sequence[bytes]) -> tuple[int, str] | None:
    """What was sealed of the log in this folder; where it was moved here, of the one with the same beginning that is no longer
    where it was."""
    seals = _seals()
    mine = seals.get(str(folder.resolve()))
    if mine is None and texts:
        begin = _hash(texts[0])
        gone = [one for place, one in seals.items() if one[2] == begin and not (Path(place) / NAME).exists()]
        mine = gone[-1] if gone else None
    return (int(mine[0]), str(mine[1])) if mine else None
