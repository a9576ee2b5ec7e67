"""Whether words stand in a file, however it holds them: text, escaped text, what is packed in zip, gzip or Parquet.

Knows files and the engine that reads Parquet; not what the words are. It finds what is written as it was looked for.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path

import narwhals as nw

from workbench import files
from workbench.engine import Engine, count

MOST = 64 << 20  # bytes unpacked of one member of an archive


class Sought:
    """Words to look for (whole, capitals or not) and texts (by their letters, however spaced)."""

    def __init__(self, words: Collection[str], texts: Collection[str] = ()):
        self.words = sorted({one for one in words if one}, key=lambda one: (-len(one), one))
        self.texts = sorted({plain(one) for one in texts} - {""})
        found = [rf"(?<!\w)(?:{'|'.join(map(re.escape, self.words))})(?!\w)"] if self.words else []
        found += [r"\s+".join(map(re.escape, one.split())) for one in self.texts]
        self.pattern = re.compile("|".join(found), re.I) if found else None

    @cached_property
    def _engine(self) -> Engine:
        return Engine()

    def within(self, text: str) -> bool:
        return self.pattern is not None and self.pattern.search(text) is not None

    def file(self, path: Path) -> bool:
        """Does a file hold one of them, in what it says or in its name?"""
        if self.pattern is None:
            return False
        if self.within(path.name):
            return True
        with open(path, "rb") as handle:
            head = handle.read(4)
        if head == b"PAR1":
            return self._parquet(path)
        if head == b"SQLi":  # its cells stand side by side, with nothing between
            held = path.read_bytes().decode("utf-8", "replace").casefold()
            return any(one.casefold() in held for one in (*self.words, *self.texts))
        return any(self.within(text) for text in readings(path.read_bytes()))

    def _parquet(self, path: Path) -> bool:
        frame = self._engine.scan(path)
        columns = [
            name for name, kind in frame.collect_schema().items() if kind in (nw.String, nw.Categorical, nw.Enum)
        ]
        words = rf"(?i)(^|\W)({'|'.join(map(re.escape, self.words))})(\W|$)" if self.words else ""
        asked = [nw.col(name).cast(nw.String).str.contains(words) for name in columns if words]
        asked += [nw.col(name).cast(nw.String).is_in(self.texts) for name in columns if self.texts]
        return bool(asked) and bool(count(frame.filter(nw.any_horizontal(*asked, ignore_nulls=True)).head(1)))


def plain(text: str) -> str:
    return " ".join(text.split())


def readings(raw: bytes, depth: int = 0) -> Iterator[str]:
    """What bytes say: as text, with entities and escapes read, and the members of archives."""
    if raw[:2] == b"\x1f\x8b" and depth < 3:
        try:
            yield from readings(zlib.decompressobj(31).decompress(raw, MOST), depth + 1)
        except zlib.error:  # no gzip after all
            yield raw.decode("utf-8", "replace")
        return
    if raw[:4] == b"PK\x03\x04" and depth < 3:
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                for one in archive.infolist():
                    if one.file_size < MOST:
                        yield one.filename
                        yield from readings(archive.read(one), depth + 1)
            return
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):  # no zip after all
            pass
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = raw.decode("utf-16" if wide else "utf-8", "replace")
    yield text
    for other in (html.unescape(text), re.sub(r"\\u([0-9a-fA-F]{4})", lambda one: chr(int(one[1], 16)), text)):
        if other != text:
            yield other


def standing_in(folder: Path, sought: Sought, leave: Collection[str] = ()) -> list[Path]:
    """The files under a folder that hold what is sought, but for those under the names to leave out."""
    if not folder.is_dir():
        return []
    paths = [one for one in sorted(folder.rglob("*")) if one.is_file() and not one.is_symlink()]
    return [one for one in paths if one.relative_to(folder).parts[0] not in leave and sought.file(one)]


def removed(path: Path) -> None:
    """Delete a file, and make that last."""
    path.unlink(missing_ok=True)
    files.flush(path.parent)
