"""The one way to write a file and the one gate to read one.

Writing: a temporary file in the same folder, flushed to disk, renamed over the old one, the folder flushed; under the
folder's lock, and refused when somebody else saved in between. Reading: size, kind by its first bytes, zip sums,
document types and how far a workbook's cells reach are looked at before any library opens the file. Text arrives in
UTF-8, its letters as an XML declaration says. Knows nothing of what the files mean.
"""

from __future__ import annotations

import codecs
import errno
import hashlib
import json
import lzma
import os
import re
import shutil
import struct
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from workbench import office, places
from workbench.faults import DataFault, Fault

LARGEST = 4_000_000_000  # bytes of one file received
LARGEST_UNPACKED = 400_000_000  # bytes that an archive may hold, all members together
LARGEST_RATIO = 150  # unpacked to packed, of an archive over 10 MB unpacked
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"PAR1",
    b"$FL2",
    b"$FL3",
    b"SQLite f",
)  # first bytes of what is no text
CHUNK = 1 << 20
DECLARED = re.compile(r"""\A\ufeff?\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
LETTERS = re.compile(
    r"iso8859-\d+|cp125\d|cp8\d\d|cp9\d\d|cp437|shift_jis|euc_jp|euc_kr|gb2312|gbk|gb18030|big5|koi8-[ru]|iso2022_jp|mac-roman"
)
WIDER = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "iso8859-1": "cp1252"}
TEMPORARY = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d+)\.tmp")


# -- writing ----------------------------------------------------------------------------------------------------------


if sys.platform == "win32":  # written by its manual, not tried
    import msvcrt

    def _lock(handle: BinaryIO, wait: bool) -> None:
        while True:
            try:
                how = msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK  # the first gives up after ten seconds
                return msvcrt.locking(handle.fileno(), how, 1)
            except OSError as problem:
                if not wait:
                    raise BlockingIOError(problem.errno, "locked by somebody else") from None
                if problem.errno != errno.EDEADLOCK:
                    raise

else:
    import fcntl

    def _lock(handle: BinaryIO, wait: bool) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


_held = threading.local()  # the folders whose lock this thread holds


@contextmanager
def locked(folder: Path, wait: bool = True) -> Iterator[None]:
    """Hold the folder's lock: one writer at a time, also between processes. Who holds it already goes on. Raises
    BlockingIOError where somebody else holds it, and nobody wants to `wait`."""
    held, mine = _held.__dict__.setdefault("folders", set()), folder.resolve()
    if mine in held:
        yield
        return
    with _said(folder):
        folder.mkdir(parents=True, exist_ok=True)
        opened = open(folder / ".lock", "a+b")  # noqa: SIM115 - closed below, whatever happens
    with opened as handle:
        handle.seek(0)
        _lock(handle, wait)  # given back as the file is closed
        held.add(mine)
        try:
            yield
        finally:
            held.discard(mine)


WHY = {  # what a disk says when it takes nothing, and how to mend that
    errno.ENOSPC: ("the disk is full", "make room on the disk"),
    errno.EDQUOT: ("no more room for you on this disk", "make room on the disk"),
    errno.EROFS: ("a place that can only be read", "copy the folder to where you may write"),
    errno.EACCES: ("a place where you may not write", "ask whoever owns the folder, or copy it to where you may write"),
    errno.EPERM: ("a place where you may not write", "ask whoever owns the folder, or copy it to where you may write"),
    errno.EIO: ("a disk that fails", "look after the disk, and copy what is on it"),
}


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Say in words why a file cannot be written. Raises DataFault in place of what the system says."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in WHY:
            raise
        raise unwritten(path, problem.errno) from problem


def unwritten(path: Path, why: int = errno.ENOSPC) -> DataFault:
    """That a file could not be written: the disk is full, it can only be read, one may not."""
    found, mend = WHY[why]
    again = f"{mend}, then do it again; what was there before stays as it was"
    return DataFault(Fault(path.name, None, "", f"{found} ({path.parent})", "a place to write to", again))


ROOM = 100_000  # bytes that there must be before something of several files is begun


def room(folder: Path, size: int = 0) -> None:
    """Refuse, before anything is written, where a disk has no room for so many bytes and more. Raises DataFault."""
    if hasattr(os, "statvfs"):
        disk = os.statvfs(folder)
        if disk.f_blocks and disk.f_bavail * disk.f_frsize < ROOM + size:
            raise unwritten(folder / folder.name)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path to write to (for libraries that write by themselves); whole and in place on leaving, or not at all.
    Raises DataFault where the role of whoever writes does not allow it (`places.guard`)."""
    places.guard(path)
    with _said(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent, deep=False)
    temporary = path.parent / f".{path.name}.{os.getpid()}.tmp"
    try:
        with _said(path):
            yield temporary
            with open(temporary, "rb+") as handle:
                os.fsync(handle.fileno())
            os.replace(temporary, path)
            flush(path.parent)
    finally:
        with suppress(OSError):  # where nothing can be written nothing can be removed: told by what was raised
            temporary.unlink(missing_ok=True)


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `folder` on leaving, whole or not at all."""
    building = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(building, ignore_errors=True)
    try:
        with _said(folder):
            building.mkdir(parents=True)
            yield building
            os.rename(building, folder)
            flush(folder.parent)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def write(path: Path, content: str | bytes, seen: str | None = None, mode: int = 0o666) -> str:
    """Write a file whole or not at all; the SHA-256 of what now stands there comes back.

    `seen` is the SHA-256 that the writer read before changing ("" for "was not there"); if the file is another by now,
    somebody saved meanwhile: a DataFault says so and their version stays. `mode` is who may read it, less the umask.
    """
    raw = content.encode() if isinstance(content, str) else content
    places.guard(path)
    with locked(path.parent):
        if seen is not None and seen != sha256(path):
            when = time.strftime("%H:%M:%S", time.localtime(path.stat().st_mtime)) if path.exists() else "just now"
            raise DataFault(
                Fault(
                    file=path.name,
                    found=f"another version, saved at {when} since this one was opened",
                    expected="the version that was opened",
                    mend="open it again and make the change there; nothing was overwritten",
                )
            )
        with (
            replacing(path) as temporary,
            os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT, mode), "wb") as handle,
        ):
            handle.write(raw)
    return hashlib.sha256(raw).hexdigest()


def flush(folder: Path) -> None:
    """Make a rename in this folder last. Windows has no such thing: it keeps folders in its own journal."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, deep: bool = True) -> list[str]:
    """Remove what writers that are no longer alive left behind (temporary files, and folders that were being made), in
    this folder and, if `deep`, in those below; what they were called comes back."""
    swept = []
    for path in (folder.rglob if deep else folder.glob)(".*.tmp"):
        match = TEMPORARY.fullmatch(path.name)
        if match and not alive(int(match["pid"])) and os.access(path.parent, os.W_OK):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            swept.append(path.name)
    return swept


def alive(pid: int) -> bool:
    """Does this process live on this machine? Where one cannot ask without harm (Windows), it is taken to."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content; an empty text where there is no file."""
    if not path.exists():
        return ""
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def version(text: str) -> str:
    """What a version of a part is called: the first letters of the SHA-256 of its text."""
    return _sum(text)[:12]


def sealed(content: Mapping[str, Any]) -> str:
    """Content as JSON text that bears its own SHA-256: a flipped letter in it is noticed (see `unsealed`)."""
    text = json.dumps(content, indent=1, sort_keys=True)
    return json.dumps({"content": json.loads(text), "sha256": _sum(text)}, indent=1, sort_keys=True)


def unsealed(path: Path) -> dict[str, Any] | None:
    """What was sealed in a file; None where there is none, or where it is not as it was written."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        content = found["content"]
        return content if found["sha256"] == _sum(json.dumps(content, indent=1, sort_keys=True)) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_KNOWN: dict[tuple, str] = {}  # hashes of files as they were found, by what the file system says of them
LARGE = 64_000_000  # bytes from which a file's hash is remembered from one program to the next
REMEMBERED, MOST = "hashes.json", 500  # where, in the user's own settings; how many


def content(path: Path) -> str:
    """The SHA-256 of a file's content, worked out once while the file system says that it is the same file.

    The time of its last change of any kind (ctime) cannot be set by hand; one of the last two seconds is not relied on.
    A program works out every hash itself, but for large files: theirs are remembered.
    """
    if not path.exists():
        return ""
    said = path.stat()
    mark = (str(path.absolute()), said.st_ino, said.st_dev, said.st_size, said.st_mtime_ns, said.st_ctime_ns)
    large = said.st_size >= LARGE
    if mark not in _KNOWN and large:
        _KNOWN.update({tuple(one): known for *one, known in _remembered()})
    if mark not in _KNOWN:
        found = sha256(path)
        if time.time() - said.st_ctime < 2:
            return found
        _KNOWN[mark] = found
        if large and os.access(places.settings(), os.W_OK):
            before = [one for one in _remembered() if one[0] != mark[0]]
            write(places.settings() / REMEMBERED, sealed({"files": [*before, [*mark, found]][-MOST:]}), mode=0o600)
    return _KNOWN[mark]


def contents(folder: Path) -> dict[str, str]:
    """The SHA-256 of each Parquet file in a folder and the folders in it, by its path from there."""
    found = sorted(path for path in folder.rglob("*.parquet") if path.is_file())
    return {path.relative_to(folder).as_posix(): content(path) for path in found}


def _remembered() -> list[list[Any]]:
    return list((unsealed(places.settings() / REMEMBERED) or {}).get("files", []))


# -- reading ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Received:
    """A file that has passed the gate: what it is called, where its content lies, its hash, and what it is by its bytes.

    `kind` is "text", "xlsx", "docx", "zip" or "binary". `path` may differ from `origin` (unpacked, or written again in
    UTF-8 in the scratch folder). `notes` are faults worth telling (an encoding guessed). `divisible` says that a text has
    no quotes and ends its lines one way: each line end ends a row, so that it can be read from several places at once.
    """

    origin: Path
    path: Path
    kind: str
    sha256: str
    size: int
    encoding: str = ""
    notes: tuple[Fault, ...] = ()
    divisible: bool = False

    @property
    def name(self) -> str:
        return self.origin.name

    def text(self) -> str:
        """The whole content of a text file."""
        with open(self.path, encoding="utf-8-sig", newline="") as handle:
            return handle.read()

    def head(self, size: int = 65536) -> str:
        """The first letters of a text file."""
        with open(self.path, encoding="utf-8-sig", errors="replace", newline="") as handle:
            return handle.read(size)


def receive(path: str | os.PathLike, scratch: Path) -> Received:
    """Let a file in: check it before any library sees it. Raises DataFault when it must stay outside.

    `scratch` is a folder for what must be unpacked or written again in UTF-8.
    """
    origin = Path(path)
    if not origin.is_file():
        raise _refused(origin, "no such file", "a file that is there", "correct the path", near_files(origin))
    size = origin.stat().st_size
    if size == 0:
        raise _refused(origin, "an empty file", "rows of data", "export it again")
    if size > LARGEST:
        raise _refused(origin, f"{size:,} bytes", f"at most {LARGEST:,} bytes", "split the file")
    digest = content(origin)
    with open(origin, "rb") as handle:
        first = handle.read(8)
    if first.startswith(b"PK\x03\x04"):
        return _archive(origin, scratch, digest, size)
    if first.startswith(b"\x1f\x8b"):
        return _gzip(origin, scratch, digest, size)
    if first.startswith(OLD_OFFICE):
        found = "a file of the old Office formats (.xls, .doc), or one that is locked with a password"
        raise _refused(origin, found, "a file that can be opened", "save it as .xlsx or .docx, without a password")
    if first.startswith(BINARY):
        return Received(origin, origin, "binary", digest, size)
    return _text(origin, origin, scratch, digest, size)


def near_files(path: Path) -> str:
    """The name of a file in the same folder that is nearly the one asked for."""
    from workbench.faults import near

    return near(path.name, [one.name for one in path.parent.iterdir()]) if path.parent.is_dir() else ""


def _refused(path: Path, found: str, expected: str, mend: str, close: str = "") -> DataFault:
    return DataFault(
        Fault(file=path.name, found=found, expected=expected, mend=f'did you mean "{close}"?' if close else mend)
    )


def _archive(origin: Path, scratch: Path, digest: str, size: int) -> Received:
    try:
        with zipfile.ZipFile(origin) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            unpacked = sum(member.file_size for member in members)
            bomb = unpacked > 10_000_000 and unpacked > LARGEST_RATIO * max(size, 1)
            if unpacked > LARGEST_UNPACKED or bomb or len(members) > 10_000:
                raise _refused(
                    origin,
                    f"an archive of {size:,} bytes that unpacks to {unpacked:,} bytes in {len(members):,} parts",
                    f"at most {LARGEST_UNPACKED:,} bytes and {LARGEST_RATIO} times its size",
                    "save it again without unused sheets or pictures",
                )
            names = {member.filename for member in members}
            of_office = "[Content_Types].xml" in names
            if of_office:
                for member in members:
                    if member.filename.endswith((".xml", ".rels")):
                        _no_document_type(origin, member.filename, archive)
            if of_office and "xl/workbook.xml" in names:
                for member in members:
                    if found := office.too_far(archive, member.filename):
                        expected = f"at most {office.CELLS:,} cells, the empty ones before the last counted too"
                        raise _refused(origin, found, expected, "delete what stands far out, and save it again")
                return Received(origin, origin, "xlsx", digest, size)
            data = [member for member in members if not member.filename.startswith(("__MACOSX/", "."))]
            if len(data) != 1 or of_office:
                for member in members:  # damage that a reader would meet half way is met here: each has its sum
                    _read_through(archive, member)
                worded = of_office and "word/document.xml" in names
                return Received(origin, origin, "docx" if worded else "zip", digest, size)
            inner = scratch / f"{digest[:16]}-{Path(data[0].filename).name}"
            with archive.open(data[0]) as packed, replacing(inner) as temporary:
                _unpack(packed, temporary, data[0].file_size, origin)
    except DataFault:
        raise
    except (*_DAMAGED, OSError) as problem:
        if isinstance(problem, OSError) and problem.errno != errno.EINVAL:  # the disk, and not a place that is none
            raise
        raise _refused(origin, f"a damaged or locked archive ({problem})", "a whole zip", "export it again") from None
    return _unpacked(origin, inner, scratch, digest, size)


_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
        LookupError,
    ),  # a way of packing that nobody knows, a password
)


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack a part to its end, which its sum is checked at. Raises what zipfile says of damage."""
    with archive.open(member) as part:
        while part.read(CHUNK):
            pass


def _unpacked(origin: Path, inner: Path, scratch: Path, digest: str, size: int) -> Received:
    """What came out of an archive of one file: a binary table, or text."""
    with open(inner, "rb") as handle:
        first = handle.read(8)
    if first.startswith(BINARY):
        return Received(origin, inner, "binary", digest, size)
    return _text(origin, inner, scratch, digest, size)


def _gzip(origin: Path, scratch: Path, digest: str, size: int) -> Received:
    import gzip

    inner = scratch / f"{digest[:16]}-{origin.stem}"
    limit = min(LARGEST_UNPACKED, max(10_000_000, LARGEST_RATIO * size))
    try:
        with gzip.open(origin) as packed, replacing(inner) as temporary:
            _unpack(packed, temporary, limit, origin)
    except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
        raise _refused(origin, f"a damaged archive ({problem})", "a whole gzip file", "export it again") from None
    return _unpacked(origin, inner, scratch, digest, size)


def _unpack(packed, temporary: Path, limit: int, origin: Path) -> None:
    done = 0
    with open(temporary, "wb") as out:
        while chunk := packed.read(CHUNK):
            done += len(chunk)
            if done > limit:
                raise _refused(origin, f"more than {limit:,} bytes once unpacked", "a smaller file", "split the file")
            out.write(chunk)


def _no_document_type(origin: Path, member: str, archive: zipfile.ZipFile) -> None:
    """Refuse entities and outside references: no office file has a document type of its own."""
    with archive.open(member) as part:
        head = part.read(4096)
    plain = head.decode("utf-16") if head.startswith((b"\xff\xfe", b"\xfe\xff")) else head.decode("utf-8", "replace")
    if re.search(r"<!(DOCTYPE|ENTITY)", plain, re.I):
        raise _refused(
            origin,
            f"a document type or entity in {member}",
            "an office file without one",
            "do not open it: ask the sender for a clean copy",
        )


def _text(origin: Path, path: Path, scratch: Path, digest: str, size: int) -> Received:
    with open(path, "rb") as handle:
        first = handle.read(1024)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _rewritten(origin, path, scratch, digest, size, "utf-16")
    if first[:4] in (b"<\0?\0", b"\0<\0?"):  # XML without a mark of its byte order
        return _rewritten(origin, path, scratch, digest, size, "utf-16-le" if first[1] == 0 else "utf-16-be")
    declared = _declared(first)
    decoder = codecs.getincrementaldecoder("utf-8")()
    plain, quoted, at, lines, returns, both, last = True, False, 0, 0, 0, 0, b""
    with open(path, "rb") as handle:
        chunk = b" "
        while chunk:
            chunk = handle.read(CHUNK)
            if (zero := chunk.find(b"\0")) >= 0:
                raise _refused(
                    origin,
                    f"a zero byte on line {_line(path, at + zero)}",
                    "a text file",
                    "export it again, or say which format it is",
                )
            ascii_, waiting = chunk.isascii(), decoder.getstate()[0]
            try:
                if not ascii_ or not chunk or waiting:
                    decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as problem:
                bad = _line(path, max(at - len(waiting) + problem.start, 0))
                return _rewritten(origin, path, scratch, digest, size, declared or "cp1252", bad, bool(declared))
            plain, quoted = plain and ascii_, quoted or b'"' in chunk
            if b"\r" in chunk or last == b"\r":  # lines that end in more than one way are counted, others need not be
                lines, returns = lines + chunk.count(b"\n"), returns + chunk.count(b"\r")
                both += (last + chunk).count(b"\r\n")
            elif b"\n" in chunk:
                lines += 1
            at, last = at + len(chunk), chunk[-1:]
    if declared.startswith("iso2022"):
        return _rewritten(origin, path, scratch, digest, size, declared)
    if declared and not plain:
        return _rewritten(origin, path, scratch, digest, size, "utf-8")
    one_way = returns in (0, lines) and returns == both
    return Received(origin, path, "text", digest, size, "utf-8", divisible=one_way and not quoted)


def _line(path: Path, place: int) -> int:
    """The number of the line on which a byte of a file stands."""
    line = 1
    with open(path, "rb") as handle:
        while place > 0 and (chunk := handle.read(min(CHUNK, place))):
            line, place = line + chunk.count(b"\n"), place - len(chunk)
    return line


def _declared(first: bytes) -> str:
    """The encoding that an XML declaration names, other than UTF-8: as Python calls it, and only one of letters."""
    match = DECLARED.match(first.removeprefix(codecs.BOM_UTF8).decode("latin-1"))
    try:
        codec = codecs.lookup(match[1]).name if match else ""
    except LookupError:
        return ""
    return WIDER.get(codec, codec) if LETTERS.fullmatch(codec) else ""


def _rewritten(
    origin: Path,
    path: Path,
    scratch: Path,
    digest: str,
    size: int,
    encoding: str,
    line: int | None = None,
    stated: bool = True,
) -> Received:
    """The same text in UTF-8, in the scratch folder. An encoding that nothing stated is told as taken."""
    copy = scratch / f"{digest[:16]}-utf8-{origin.name}"
    notes: list[Fault] = []
    if not stated:
        found, expected = "letters that are not UTF-8", "UTF-8"
        mend = f"read as {encoding}; if accents or dashes look wrong, export it again as UTF-8"
        notes.append(Fault(origin.name, line, "", found, expected, mend, weight="note"))
    try:
        with open(path, encoding=encoding, newline="") as text, replacing(copy) as temporary:
            out = temporary.open("w", encoding="utf-8", newline="")
            with out:
                start = text.read(CHUNK)
                declared = DECLARED.match(start)
                if declared and stated:
                    if encoding == "utf-8":
                        found = f"letters in UTF-8, declared as {declared[1]}"
                        notes.append(Fault(origin.name, None, "", found, "one of both", "read as UTF-8", weight="note"))
                    start = start[: declared.start(1)] + "UTF-8" + start[declared.end(1) :]
                out.write(start)
                while chunk := text.read(CHUNK):
                    out.write(chunk)
    except UnicodeError:
        here = f" on line {line}" if line else ""
        with open(path, encoding="latin-1") as handle:
            said = DECLARED.match(handle.read(1024))
        why = f"letters in {said[1] if said else encoding}, which it declares" if stated else "text"
        raise _refused(origin, f"bytes{here} that are no {why}", "UTF-8", "export it again as UTF-8") from None
    return Received(origin, copy, "text", digest, size, encoding, tuple(notes))
