"""A study's key: made on first need, found wherever the study's folder stands, changed for a new one, destroyed.

The key lies in the user's own settings, readable by its owner alone. What the study's folder holds of it (privacy.json) gives
nothing away: an id drawn at random, when the key was made and how often it was changed, a one-way mark that tells this key
from another, and who was forgotten as keyed hashes of pseudonyms. Knows files and places, and no journey.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench import files, places
from workbench.faults import DataFault, Fault
from workbench.privacy.pseudonyms import pseudonym

STATEMENT = "privacy.json"  # in the study's folder
FORGOTTEN = "forgotten"  # the space of the hashes of those who were forgotten: no id space of a source reaches it


@dataclass(frozen=True)
class KeyState:
    """How a study's key stands, and never the key: "none" (not made yet), "held" (on this machine), "lost" (made, and not on
    this machine), "changed" (another file stands in its place) or "destroyed"; when it was made (UTC), how often it was
    changed for a new one, how many people were forgotten."""

    state: Literal["none", "held", "lost", "changed", "destroyed"]
    made: str = ""
    rotations: int = 0
    rotated: str = ""
    destroyed: str = ""
    forgotten: int = 0

    def __str__(self) -> str:
        if self.state == "none":
            return "No key yet: it is made when the sources are first read."
        many = "never changed" if not self.rotations else f"changed {self.rotations} times, last {self.rotated}"
        told = {
            "held": "It lies in your own settings, readable by you alone.",
            "lost": "It is not on this machine: put it back from a backup of your settings.",
            "changed": "Another file stands in its place: put the right one back from a backup of your settings.",
            "destroyed": f"It was destroyed on {self.destroyed}: nothing leads from the pseudonyms back to people.",
        }[self.state]
        who = f" {_people(self.forgotten)} forgotten." if self.forgotten else ""
        many = many.replace("1 times", "once")
        return f"The key of the pseudonyms was made on {self.made}, {many}. {told}{who}"


class Keyring:
    """The key of one study. `told` receives, in words, what becomes of it (never the key): the study's log."""

    def __init__(self, folder: Path, told: Callable[[str], None]):
        self.folder, self.told = folder, told

    @property
    def state(self) -> KeyState:
        """How the key stands. Raises DataFault where privacy.json is damaged."""
        said = self._statement()
        if said is None:
            former = key_file(self._owner)
            if not former.is_file():
                return KeyState("none")
            return KeyState("held", time.strftime("%Y-%m-%d", time.gmtime(former.stat().st_mtime)))
        about = (said["made"], said["rotations"], said["rotated"], said["destroyed"], said["people"])
        if said["destroyed"]:
            return KeyState("destroyed", *about)
        path = self._path(said)
        if not path.is_file():
            return KeyState("lost", *about)
        return KeyState("held" if mark_of(path.read_bytes()) == said["mark"] else "changed", *about)

    def secret(self, rests: Callable[[], bool]) -> bytes:
        """The key, made where there was none. `rests` says whether frames, or a log of people forgotten, rest on a key: one
        that is not here is then never made anew in silence. Raises DataFault for a key that is lost, destroyed, another one,
        or readable by others."""
        said = self._statement()
        if said is None:
            return self._first(rests)
        if said["destroyed"]:
            raise DataFault(
                Fault(
                    file=STATEMENT,
                    found=f"a pseudonym key that was destroyed on {said['destroyed']}",
                    expected="the key, to tell by pseudonyms who a file speaks of",
                    mend="the frames stay usable as they are; workbench key STUDY --rotate makes a new key and reads every "
                    "source again: everybody is then known by another pseudonym",
                )
            )
        path = self._path(said)
        if not path.is_file():
            if said["forgotten"] or rests():
                raise self._lost("a pseudonym key that is not on this machine")
            return self._new(said)
        found = guarded(path)
        if mark_of(found) != said["mark"]:
            raise self._lost("another pseudonym key than the one that the frames were made with")
        return found

    @property
    def mark(self) -> str:
        """What tells this key from another, also once it is destroyed; empty where no key was made. It does not lead back."""
        said = self._statement()
        return said["mark"] if said else ""

    @property
    def frozen(self) -> tuple[str, str]:
        """When the key was destroyed, and what the frames rested on then; two empty texts where it was not."""
        said = self._statement()
        return (said["destroyed"], said["as_read"]) if said else ("", "")

    @property
    def forgotten(self) -> frozenset[str]:
        """Those who were forgotten, as keyed hashes of their pseudonyms (see `token`)."""
        said = self._statement()
        return frozenset(said["forgotten"]) if said else frozenset()

    def forget(self, tokens: Iterable[str], people: int = 1) -> None:
        """Never read these people again."""
        with files.locked(self.folder):
            said = self._statement() or {}
            now = {"forgotten": sorted({*said["forgotten"], *tokens}), "people": said["people"] + people}
            self._say(said | now)

    def rotate(self, forgotten: Iterable[str], make: bytes | None = None) -> bytes:
        """A new key in place of the one that was, which is deleted. `forgotten` are those who were forgotten, hashed with the
        new key `make`. What was made with the former key is the caller's business."""
        with files.locked(self.folder):
            before = self._statement() or _blank()
            former = [self._path(before), key_file(self._owner)]
            said = before | {
                "rotations": before["rotations"] + bool(before["mark"] or former[1].is_file()),
                "rotated": _now(),
                "made": before["made"] or _now(),
                "destroyed": "",
                "as_read": "",
                "forgotten": sorted(forgotten),
            }
            found = self._write(said, make or new())
            for path in former:
                if path != self._path(said):
                    path.unlink(missing_ok=True)
        self.told("changed the pseudonym key for a new one")
        return found

    def destroy(self, as_read: str) -> None:
        """Delete the key for good. `as_read` marks what the frames rest on: they are opened as they are while it is so."""
        with files.locked(self.folder):
            said = self._statement() or _blank()
            self._say(said | {"destroyed": _now(), "as_read": as_read})  # first: nothing makes a new one meanwhile
            for path in (self._path(said), key_file(self._owner)):
                path.unlink(missing_ok=True)
            files.flush(folder_of_keys())
        self.told("destroyed the pseudonym key")

    # -- where it lies ------------------------------------------------------------------------------------------------

    @property
    def _owner(self) -> str:
        """What a key went by before a study had an id: its folder's path."""
        return f"study {self.folder}"

    def _path(self, said: dict[str, Any]) -> Path:
        return folder_of_keys() / f"{said['id']}-{said['rotations']}.key"

    def _statement(self) -> dict[str, Any] | None:
        path = self.folder / STATEMENT
        if not path.exists():
            return None
        found = files.unsealed(path)
        if found is None or set(found) != set(_blank()):
            raise DataFault(
                Fault(
                    file=STATEMENT,
                    found="a file that is not as it was written",
                    expected="what the study says of its pseudonym key and of those who were forgotten",
                    mend="put it back from a backup: without it people who were forgotten would be read again",
                )
            )
        return found

    def _first(self, rests: Callable[[], bool]) -> bytes:
        """The key of a study that says nothing of one: the one that its path names, from before studies had an id; else new."""
        with files.locked(self.folder):
            if self._statement() is not None:  # another process was here in the same moment
                return self.secret(rests)
            former = key_file(self._owner)
            if former.is_file():
                made = time.strftime("%Y-%m-%d", time.gmtime(former.stat().st_mtime))
                found = self._write(_blank() | {"made": made}, guarded(former))
                former.unlink()
                return found
            if rests():
                raise self._lost("frames, or people forgotten, and no word of the pseudonym key they rest on")
            return self._new(_blank())

    def _new(self, said: dict[str, Any]) -> bytes:
        found = self._write(said | {"made": _now()}, new())
        self.told("made a pseudonym key")
        return found

    def _write(self, said: dict[str, Any], secret: bytes) -> bytes:
        folder_of_keys().mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write(self._path(said), secret, mode=0o600)
        self._say(said | {"mark": mark_of(secret), "made": said["made"] or _now()})
        return secret

    def _say(self, said: dict[str, Any]) -> None:
        files.write(self.folder / STATEMENT, files.sealed(said))

    def _lost(self, found: str) -> DataFault:
        return DataFault(
            Fault(
                file=STATEMENT,
                found=found,
                expected="the key in your own settings, where it was made",
                mend="put the settings' keys/ back from a backup, or have the key from whoever made the frames (a study that was "
                "moved before it had a privacy.json: move it back and open it once); if it is gone for good, workbench key "
                "STUDY --rotate makes a new one: everybody is then known by another pseudonym",
            )
        )


def key(owner: str) -> bytes:
    """The secret key of what is no study (files read by themselves), made on first use in the user's own settings folder
    (mode 600)."""
    path = key_file(owner)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        try:
            files.write(path, new(), seen="", mode=0o600)
        except DataFault:
            if not path.exists():
                raise
            # another process made it in the same moment: theirs holds
    return guarded(path)


def folder_of_keys() -> Path:
    """Where keys lie: in the user's own settings, outside any study."""
    return places.settings() / "keys"


def key_file(owner: str) -> Path:
    """The file of a key that goes by its owner's name."""
    return folder_of_keys() / f"{hashlib.sha256(owner.encode()).hexdigest()[:24]}.key"


def token(secret: bytes, person: str) -> str:
    """What is kept of a person who was forgotten: the keyed hash of their pseudonym."""
    return pseudonym(secret, person, FORGOTTEN)


def new() -> bytes:
    """A new key, drawn at random."""
    return secrets.token_bytes(32)


def mark_of(secret: bytes) -> str:
    """What tells a key from another and does not lead back to it."""
    return hashlib.sha256(b"mark" + secret).hexdigest()


def guarded(path: Path) -> bytes:
    """A key, which nobody but its owner may be able to read. Raises DataFault."""
    mode = path.stat().st_mode & 0o777
    if sys.platform != "win32" and mode & 0o077:
        raise DataFault(
            Fault(
                file=path.name,
                found=f"a pseudonym key that others may read (mode {mode:o})",
                expected="mode 600: its owner alone",
                mend=f"chmod 600 {path}; if somebody may have read it, workbench key STUDY --rotate after that",
            )
        )
    found = path.read_bytes()
    if len(found) != 32:
        raise DataFault(
            Fault(
                file=path.name,
                found=f"a pseudonym key of {len(found)} bytes",
                expected="32 bytes",
                mend="restore it from a backup: without it new files cannot be joined to those read before",
            )
        )
    return found


def _blank() -> dict[str, Any]:
    identity = str(uuid.UUID(bytes=os.urandom(16), version=4).hex)
    words = dict.fromkeys(("made", "rotated", "destroyed", "mark", "as_read"), "")
    return {"id": identity, **words, "rotations": 0, "forgotten": [], "people": 0}


def _now() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def _people(many: int) -> str:
    return f"{many} {'person was' if many == 1 else 'people were'}"
