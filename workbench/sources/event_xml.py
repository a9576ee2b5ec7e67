"""The XML of event logs, opened safely and read as a stream.

A document type is refused before any parser could follow it; letters are read as the file declares them. What is large
is cut behind elements of one name into pieces that are parsed, and made into text by a stylesheet, in libxml2: several
at a time and nothing in Python once an element. This module may know XML; it knows nothing of cases and activities.
"""

from __future__ import annotations

import codecs
import os
import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from workbench import files
from workbench.faults import DataFault, Fault
from workbench.sources.reading import Desk

SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "collect_ids": False,
        "remove_blank_text": True, "remove_comments": True, "remove_pis": True}  # fmt: skip
CHUNK = 1 << 20
PIECE = 1 << 18  # bytes of a piece, or a little more
LARGEST = 1 << 25  # bytes of a piece that has no end
SHELLS = 5000  # empty shells of elements that may stay
START_TAG = re.compile(rb"<([^\s/>]+)(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*(/?)>")
WESTERN = ("cp1252", "iso8859-1", "latin-1")  # what the gate took for windows-1252 and is


@dataclass(frozen=True)
class Opened:
    """An XML file in UTF-8 without a document type: where it lies, and its root's name and whole start tag."""

    file: str
    path: Path
    root: bytes
    tag: bytes
    inside: int  # bytes before the root's content

    def broken(self, line: int, why: str) -> DataFault:
        return DataFault(
            Fault(
                file=self.file,
                found=f"XML that breaks off or is not well formed, on line {line} ({why})",
                expected="a whole XML file",
                mend="export it again; nothing of it was used",
            )
        )


# -- opening ----------------------------------------------------------------------------------------------------------


class _Enough(Exception):
    """The first element was reached."""


def opened(desk: Desk) -> Opened:
    """The file, safe to be parsed. Raises DataFault for a document type, for letters that cannot be read, for no XML."""
    path = desk.received.path
    declared, start = _prolog(desk, path)
    if declared:
        path = _lettered(desk, path, declared)
        _, start = _prolog(desk, path)
    with open(path, "rb") as handle:
        handle.seek(start)
        found = START_TAG.match(handle.read(CHUNK))
    if found is None:
        raise desk.refuse(
            found=f"a first element of more than {CHUNK:,} bytes", expected="an event log", mend="export it again"
        )
    return Opened(desk.file, path, found[1], found[0], start + found.end())


def _prolog(desk: Desk, path: Path) -> tuple[str, int]:
    """The encoding that the file declares, and where its first element stands."""
    from xml.parsers import expat

    said, start = "", 0

    def declared(_: str, encoding: str | None, __: int) -> None:
        nonlocal said
        said = encoding or ""

    def document_type(*_: Any) -> None:
        raise desk.refuse(
            found="a document type (DOCTYPE), which may hold entities or point outside: unsafe",
            expected="XML without one",
            mend="do not open it: ask the sender for a clean copy",
        )

    def enough(*_: Any) -> None:
        nonlocal start
        start = parser.CurrentByteIndex
        raise _Enough

    parser = expat.ParserCreate("utf-8")
    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = document_type
    parser.StartElementHandler = enough
    try:
        with open(path, "rb") as handle:
            parser.ParseFile(handle)
    except _Enough:
        pass
    except expat.ExpatError as problem:
        raise desk.refuse(
            found=f"no XML ({expat.ErrorString(problem.code)}, line {problem.lineno})",
            expected="an XML file",
            mend="export it again",
        ) from None
    return said, start


def _lettered(desk: Desk, path: Path, declared: str) -> Path:
    """The file in UTF-8, its letters read as it declares; the gate took what is not UTF-8 for windows-1252."""
    received = desk.received
    try:
        codec = codecs.lookup(declared).name
    except LookupError:
        codec = ""
    if received.encoding != "cp1252":
        unlike = not codec.startswith(("utf-8", "utf-16", "ascii"))
        if unlike and received.encoding == "utf-8" and _beyond(path):
            desk.note(found=f"letters in UTF-8, declared as {declared}", expected="one of both", mend="read as UTF-8")
        return path
    if codec in ("utf-8", "ascii"):
        return path  # the gate has told what it took them for
    plain = "".join(map(chr, range(32, 126)))
    if not codec or plain.encode().decode(codec, "replace") != plain:
        raise desk.refuse(found=f"letters in {declared}", expected="UTF-8", mend="save or export it as UTF-8")
    desk.faults[:] = [fault for fault in desk.faults if fault not in received.notes]
    if codec in WESTERN:
        return path
    there = desk.engine.scratch / f"{received.sha256[:16]}-{codec}.xml"
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        with (
            open(path, encoding="utf-8", newline="") as text,
            files.replacing(there) as temporary,
            open(temporary, "w", encoding="utf-8", newline="") as out,
        ):
            while chunk := text.read(CHUNK):
                out.write(decoder.decode(chunk.encode("cp1252")))
            out.write(decoder.decode(b"", final=True))
    except UnicodeError:
        raise desk.refuse(
            found=f"bytes that are no letters in {declared}, which it declares",
            expected="UTF-8",
            mend="export it again",
        ) from None
    return there


def _beyond(path: Path) -> bool:
    """Does a text hold more than ASCII?"""
    with open(path, "rb") as handle:
        return any(not chunk.isascii() for chunk in iter(lambda: handle.read(CHUNK), b""))


# -- element by element -----------------------------------------------------------------------------------------------


def elements(log: Opened, tags: Sequence[str], part: str = "") -> Iterator[Any]:
    """The elements of these names as they end, whatever their namespace; each is forgotten once it was looked at.

    Those that bear the attribute `part` belong to another and are left with it. No entity is resolved, nothing is
    fetched, and the parser's own limits on size and depth hold.
    """
    from lxml import etree

    with open(log.path, "rb") as handle:
        named = tuple(f"{{*}}{tag}" for tag in tags)
        walk = etree.iterparse(handle, events=("end",), tag=named, encoding="utf-8", **SAFE)  # type: ignore[call-overload]
        try:
            for often, (_, element) in enumerate(walk, start=1):
                if part and element.get(part) is not None:
                    continue
                yield element
                element.clear()
                if not often % SHELLS:
                    above = element.getparent()
                    for shell in [] if above is None else list(element.itersiblings(element.tag, preceding=True)):
                        above.remove(shell)
        except etree.XMLSyntaxError as problem:
            raise log.broken(problem.lineno or 0, _said(problem)) from None


def _said(problem: Any) -> str:
    """What the parser found wrong, without the lines that it counted: a piece has others than the file."""
    return re.sub(r",? line \d+(, column \d+)?", "", " ".join((problem.msg or "").split()))


# -- piece by piece ---------------------------------------------------------------------------------------------------


class _Worker(threading.local):
    """A parser and a stylesheet for each thread."""

    def __init__(self, stylesheet: str) -> None:
        from lxml import etree

        self.parser = etree.XMLParser(encoding="utf-8", **SAFE)  # type: ignore[arg-type]
        self.style = etree.XSLT(etree.XML(stylesheet), access_control=etree.XSLTAccessControl.DENY_ALL)

    def __call__(self, content: bytes) -> bytes | tuple[int, str]:
        """What the stylesheet writes of a document; its line and why where it is not well formed."""
        from lxml import etree

        try:
            return bytes(self.style(etree.fromstring(content, self.parser)))
        except etree.XMLSyntaxError as problem:
            return problem.lineno or 1, _said(problem)


def transformed(log: Opened, behind: str, stylesheet: str) -> Iterator[bytes]:
    """What a stylesheet (XSLT 1.0, text) writes of each piece of the file, in the file's order.

    The file is cut behind elements called `behind`. A piece is parsed under the root's own start tag, so that one that
    begins between two elements and is well formed ends between two as well. One that is not was cut in the middle
    of something (a comment that speaks of the element, say) and is read on with the next. Raises DataFault where the
    XML breaks off or is not well formed, or where a piece does not end within LARGEST bytes.
    """
    worker = _Worker(stylesheet)
    several = min(os.cpu_count() or 1, 4)
    with open(log.path, "rb") as handle, ThreadPoolExecutor(several) as pool:
        line = handle.read(log.inside - len(log.tag)).count(b"\n")
        handle.seek(log.inside)
        ahead: deque[tuple[bytes, bytes, Future]] = deque()
        pieces = _cut(log, handle, behind)
        held, tried = b"", 0
        while True:
            while len(ahead) < 2 * several and (cut := next(pieces, None)) is not None:
                ahead.append((*cut, pool.submit(worker, b"".join((log.tag, *cut)))))
            if not ahead:
                return
            piece, end, future = ahead.popleft()
            if held:
                piece, held = held + piece, b""
                if end and len(piece) < 2 * tried:
                    held = piece
                    continue
            found = worker(log.tag + piece + end) if tried else future.result()
            if not isinstance(found, tuple):
                yield found
                line += piece.count(b"\n")
                tried = 0
            elif not end or len(piece) > LARGEST:
                raise log.broken(line + found[0], found[1])
            else:
                held, tried = piece, len(piece)


def _cut(log: Opened, handle: IO[bytes], behind: str) -> Iterator[tuple[bytes, bytes]]:
    """The content of the root in pieces, each with what closes the root behind it: nothing behind the last."""
    end = re.compile(rb"</(?:[^\s<>/]+:)?" + behind.encode() + rb"\s*>")
    close = b"</" + log.root + b">"
    held, looked = b"", PIECE
    while True:
        if found := end.search(held, looked):
            yield held[: found.end()], close
            held, looked = held[found.end() :], PIECE
            continue
        if len(held) > LARGEST:
            raise DataFault(
                Fault(
                    file=log.file,
                    found=f"a {behind} of more than {LARGEST:,} bytes",
                    expected=f"a {behind} for each case",
                    mend="split what is no case of its own, or export the log as CSV",
                )
            )
        looked = max(PIECE, len(held) - len(close) - 64)
        more = handle.read(PIECE)
        if not more:
            yield held, b""
            return
        held += more
