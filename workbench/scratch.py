"""Folders for what need not last: made in the system's temporary folder, gone when their owner lets go of them or ends.

A process that is killed cannot tidy up: its folders are swept by the next one that opens a study. Each holds a file that
its owner keeps locked as long as it lives; one that can be locked has no owner any more. Knows nothing of what lies in them.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
import tempfile
import weakref
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

ALIVE = ".alive"  # the file that the owner keeps locked
MADE = re.compile(r"(?:workbench|wb)-[0-9a-f]{8}")
PASSING = re.compile(r"\.wb-(\d+)-[0-9a-f]{8}")  # one that is being made or removed: the number is its owner's

if sys.platform == "win32":  # its own way of locking is not tried: nothing is swept there

    def _own(handle: int) -> bool:
        return False

else:
    import fcntl

    def _own(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Scratch:
    """A folder of one's own: `path`; in a with block, or until nobody holds this object or the process ends.

    `handed_on` keeps it for the program that this process becomes (exec). `prefix` is "wb" where names must be short: a
    kernel's socket has its path for a name.
    """

    def __init__(self, prefix: str = "workbench", handed_on: bool = False) -> None:
        base = Path(tempfile.gettempdir())
        making = _passing(base)
        making.mkdir(mode=0o700)
        handle = os.open(making / ALIVE, os.O_RDWR | os.O_CREAT, 0o600)
        _own(handle)
        os.set_inheritable(handle, handed_on)
        self.path = base / f"{prefix}-{secrets.token_hex(4)}"
        os.rename(making, self.path)
        self._end = weakref.finalize(self, _let_go, self.path, handle, os.getpid())

    def __enter__(self) -> str:
        return str(self.path)

    def __exit__(self, *_: object) -> None:
        self._end()


def _passing(base: Path) -> Path:
    return base / f".wb-{os.getpid()}-{secrets.token_hex(4)}"


def _let_go(path: Path, handle: int, owner: int) -> None:
    if os.getpid() != owner:  # a copy of the process is not the owner
        return
    _remove(path)
    os.close(handle)


def _remove(path: Path) -> None:
    """Remove a folder under another name: who is killed meanwhile leaves one that is known to be on its way out."""
    going = _passing(path.parent)
    with suppress(OSError):  # somebody else removes it too
        os.rename(path, going)
    shutil.rmtree(going, ignore_errors=True)


def sweep() -> list[str]:
    """Remove the folders of this user whose owners were killed, once a process; their names come back."""
    return list(_swept(tempfile.gettempdir(), os.getpid()))


@lru_cache(maxsize=4)
def _swept(base: str, process: int) -> tuple[str, ...]:
    if sys.platform == "win32":
        return ()
    gone = []
    with os.scandir(base) as found:
        mine = [one for one in found if (MADE.fullmatch(one.name) or PASSING.fullmatch(one.name)) and _is_mine(one)]
    for one in mine:
        if _is_left(Path(one.path)):
            _remove(Path(one.path))
            gone.append(one.name)
    return tuple(gone)


def _is_mine(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
    except OSError:  # gone meanwhile
        return False


def _is_left(folder: Path) -> bool:
    """Has whoever made this folder ended? One without the file (of somebody else's making) is left alone."""
    from workbench.files import alive

    if passing := PASSING.fullmatch(folder.name):
        return not alive(int(passing[1]))
    try:
        handle = os.open(folder / ALIVE, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return _own(handle)
    finally:
        os.close(handle)
