"""Coded interviews: REFI-QDA projects (.qdpx, .qde) and codebooks (.qdc) in and out, Taguette's SQLite, and code frames
as CSV.

A quote keeps its source, its place in letters, its speaker where the text names one, its codes and which coder (a number:
coders' names are not kept) chose it. Where the quoted text and the place disagree, it is said. Knows files and the
shelf's own words; writing gives bytes, and whoever asks for them writes them.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
import zipfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

import pandas as pd

from workbench.engine import RECORDS
from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources import transcripts
from workbench.sources.binding import Fixed
from workbench.sources.reading import STRIDE, Block, Desk

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
SPACE = uuid.UUID("5f5e1c1e-3c0f-4f0e-9d8b-0d2c6a2b7c11")  # names made here are the same each time
WRITTEN = "2000-01-01T00:00:00Z"  # the standard wants a time; a real one would make each copy another file


@dataclass(frozen=True)
class Code:
    """A code of a code frame. `path` is the names from the root to it."""

    guid: str
    path: tuple[str, ...]
    color: str = ""
    description: str = ""
    codable: bool = True

    @property
    def name(self) -> str:
        return " / ".join(self.path)


@dataclass(frozen=True)
class Text:
    """A source of a project; `words` is None where the project names it and does not hold it."""

    guid: str
    name: str
    words: str | None


@dataclass(frozen=True)
class Quote:
    """A coded passage: letters `start` to `end` (not included) of a source. None where it is no passage of a text."""

    source: str  # guid of the source
    start: int | None
    end: int | None
    words: str | None
    codes: tuple[str, ...]  # guids
    coder: int = 1
    speaker: str = ""
    case: str = ""


@dataclass
class Project:
    """A coded project: its code frame, its sources, its quotes; `notes` are the words of `Desk.note`."""

    name: str
    codes: tuple[Code, ...] = ()
    sources: tuple[Text, ...] = ()
    quotes: tuple[Quote, ...] = ()
    people: frozenset[str] = frozenset()  # names of coders and cases, to be masked; never shown
    notes: list[dict[str, Any]] = field(default_factory=list)

    def note(self, found: str, expected: str, mend: str, count: int = 1) -> None:
        for one in self.notes:
            if (one["found"], one["mend"]) == (found, mend):
                one["count"] += count
                return
        self.notes.append({"found": found, "expected": expected, "mend": mend, "count": count})

    def table(self) -> pd.DataFrame:
        """One row a quote and code: source, start, end, code, coder. Without words, and without names."""
        named = {code.guid: code.name for code in self.codes}
        place = {source.guid: number for number, source in enumerate(self.sources, start=1)}
        rows = [
            (place.get(quote.source, 0), quote.start, quote.end, named.get(code, code), quote.coder)
            for quote in self.quotes
            for code in quote.codes
        ]
        return pd.DataFrame(rows, columns=["source", "start", "end", "code", "coder"])


# -- the shelf --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coded:
    """A reader on the shelf for one kind of coded project."""

    name: str
    says: str
    needs: tuple[str, ...] = ()

    def recognises(self, received: Received) -> str:
        if self.name == "taguette":
            return "a Taguette database" if _is_taguette(received) else ""
        if received.kind == "zip" and _member(received) is not None:
            return "a REFI-QDA project (project.qde)"
        head = received.head(4096) if received.kind == "text" else ""
        return "the name space of REFI-QDA" if "QDA-XML:" in head and "<" in head else ""

    def read(self, desk: Desk) -> Block:
        return _block(desk, project(desk.received))


refi_qda = Coded("refi_qda", "a coded project from a QDA program (REFI-QDA: .qdpx, .qde)")
taguette = Coded("taguette", "a coded project from Taguette (.sqlite3)")


def project(received: Received) -> Project:
    """A coded project, of whichever of the kinds it is. Raises DataFault where it cannot be read."""
    return _taguette(received) if received.kind == "binary" else _refi(received)


def codes(received: Received) -> tuple[Code, ...]:
    """A code frame: of a codebook (.qdc), of a coded project, or of a CSV with a column name, tag, code or path."""
    if received.kind == "text" and "QDA-XML:" not in received.head(4096):
        return _codes_of_csv(received)
    return project(received).codes


# -- REFI-QDA, in -----------------------------------------------------------------------------------------------------


def _member(received: Received) -> str | None:
    """The project's own file in the archive, in whatever case it is written."""
    with zipfile.ZipFile(received.path) as archive:
        names = [one for one in archive.namelist() if one.casefold().endswith(".qde")]
    return min(names, key=lambda one: (one.casefold() != "project.qde", one.count("/"), one), default=None)


def _refi(received: Received) -> Project:
    inside: dict[str, str] = {}
    if received.kind == "zip":
        member = _member(received)
        if member is None:
            raise DataFault(Fault(file=received.name, found="an archive without project.qde", expected="a .qdpx"))
        raw = transcripts.part(received, member)
        with zipfile.ZipFile(received.path) as archive:
            inside = {one.rsplit("/", 1)[-1].casefold(): one for one in archive.namelist() if not one.endswith("/")}
    else:
        member, raw = received.name, received.text().encode()
    root = transcripts.safe_xml(raw, received.name, member)
    space = root.tag.partition("}")[0].lstrip("{")
    kind = _tag(root)
    if kind not in ("Project", "CodeBook") or "QDA-XML" not in space:
        raise DataFault(
            Fault(
                file=received.name,
                found="XML of another kind",
                expected="a REFI-QDA project or codebook (Project, CodeBook)",
            )
        )
    found = Project(root.get("name") or "")
    if space not in (PROJECT, CODEBOOK):
        found.note(
            f"version {space.rpartition('project:')[2].rpartition('codebook:')[2]} of REFI-QDA",
            "version 1.0",
            "read as 1.0",
        )
    book = root if kind == "CodeBook" else _child(root, "CodeBook")
    top = None if book is None else _child(book, "Codes")
    found.codes = tuple(_codes(top, (), found)) if top is not None else ()
    if kind == "Project":
        _Reading(received, root, inside, found).read()
    return found


def _tag(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _children(node: Any, *names: str) -> Iterator[Any]:
    return (child for child in node if _tag(child) in names)


def _child(node: Any, name: str) -> Any:
    return next(_children(node, name), None)


def _text_of(node: Any, name: str) -> str:
    child = _child(node, name)
    return "" if child is None else (child.text or "").strip()


def _codes(node: Any, above: tuple[str, ...], found: Project) -> Iterator[Code]:
    for one in _children(node, "Code"):
        name = " ".join((one.get("name") or "").split())
        if not name:
            found.note("a code without a name", "a name for each code", "called by its number in the file")
            name = one.get("guid") or "code"
        path = (*above, name)
        codable = (one.get("isCodable") or "true").casefold() not in ("false", "0")
        yield Code(_guid(one.get("guid")), path, one.get("color") or "", _text_of(one, "Description"), codable)
        yield from _codes(one, path, found)


def _guid(written: str | None) -> str:
    return (written or "").strip().strip("{}").upper()


class _Reading:
    """The sources of one REFI-QDA project, their passages and codings."""

    def __init__(self, received: Received, root: Any, inside: dict[str, str], found: Project):
        self.received, self.root, self.inside, self.found = received, root, inside, found
        users = _child(root, "Users")
        self.users = [] if users is None else [_guid(one.get("guid")) for one in _children(users, "User")]
        names = [] if users is None else [one.get("name") or "" for one in _children(users, "User")]
        self.known = {code.guid for code in found.codes}
        self.case_of: dict[str, str] = {}
        cases = _child(root, "Cases")
        for case in [] if cases is None else _children(cases, "Case"):
            name = (case.get("name") or "").strip()
            names.append(name)
            for reference in _children(case, "SourceRef", "SelectionRef"):
                self.case_of.setdefault(_guid(reference.get("targetGUID")), name)
        found.people = frozenset(name for name in names if name)
        self.quotes: list[Quote] = []
        self.marks: list[str] = []  # beside each quote: its name and moment, where it is written in several forms
        self.read_words = False  # does the file hold the text of the source that is read now?
        self.texts: list[Text] = []

    def read(self) -> None:
        sources = _child(self.root, "Sources")
        for one in [] if sources is None else sources:
            if _tag(one).endswith("Source"):
                self._source(one)
        missing = sum(text.words is None for text in self.texts)
        if missing:
            self.found.note(
                f"{missing} of {len(self.texts)} sources whose text is not in the file",
                "the sources beside the project",
                "their quotes keep place and codes; words only where the project repeats them",
            )
        self.found.sources, self.found.quotes = tuple(self.texts), tuple(self.quotes)

    def _source(self, node: Any) -> None:
        guid, kind = _guid(node.get("guid")), _tag(node)
        at = len(self.quotes)
        words = self._words(node) if kind == "TextSource" else None
        for part in _children(node, "Representation", "Transcript"):
            written = self._words(part)
            self._selections(part, guid, written)
            words = words or written
        self.texts.append(Text(guid, node.get("name") or "", words))
        self._selections(node, guid, words)
        self.read_words = words is not None
        whole = self._codes_on(node)
        for coder, codes_ in whole.items():
            self.found.note("codes on a whole source", "codes on passages", "kept without a place")
            self.quotes.append(Quote(guid, None, None, None, codes_, coder, case=self.case_of.get(guid, "")))
            self.marks.append("")
        self._once(at)

    def _once(self, at: int) -> None:
        """Programs write a passage of a PDF twice and more, on each page and in its text: it is one passage."""
        kept: list[Quote] = []
        marks: dict[tuple[Any, ...], int] = {}
        pairs = list(zip(self.quotes[at:], self.marks[at:], strict=True))
        for quote, mark in sorted(pairs, key=lambda pair: pair[0].start is None):
            key = (mark, quote.codes, quote.coder)
            if quote.start is not None or not mark or key not in marks:
                if mark:
                    marks[key] = len(kept)
                kept.append(quote)
                continue
            first = kept[marks[key]]
            if quote.words and not (first.words and quote.words in first.words) and not self._held(first):
                kept[marks[key]] = replace(first, words=" ".join(filter(None, (first.words, quote.words))))
            self.found.note("a passage written both on the page and in its text", "one passage", "counted once")
        self.quotes[at:], self.marks[at:] = kept, [""] * len(kept)

    def _held(self, quote: Quote) -> bool:
        """Are its words from the text itself?"""
        return quote.start is not None and quote.words is not None and self.read_words

    def _codes_on(self, node: Any) -> dict[int, tuple[str, ...]]:
        """The codes of a passage by coder."""
        given: dict[int, list[str]] = {}
        for coding in _children(node, "Coding"):
            user = _guid(coding.get("creatingUser") or node.get("creatingUser"))
            if user and user not in self.users:
                self.users.append(user)
            for reference in _children(coding, "CodeRef"):
                guid = _guid(reference.get("targetGUID"))
                if guid not in self.known:
                    self.found.note(
                        "a coding by a code that is not in the code frame", "a code that is there", "left out"
                    )
                    continue
                mine = given.setdefault(self.users.index(user) + 1 if user else 1, [])
                if guid not in mine:
                    mine.append(guid)
        return {coder: tuple(codes_) for coder, codes_ in given.items()}

    def _selections(self, node: Any, source: str, words: str | None) -> None:
        lines = transcripts.speakers_at(words) if words else []
        for one in node:
            tag = _tag(one)
            if not tag.endswith("Selection"):
                continue
            coders = self._codes_on(one)
            own = _child(one, "Representation")
            quoted = _text_of(own, "PlainTextContent") if own is not None else ""
            start = end = None
            if tag == "PlainTextSelection":
                start, end, said = self._place(one, words, quoted)
            else:
                said = quoted or None
                if coders and not quoted:
                    what = re.sub("Selection$", "", tag).casefold()
                    self.found.note(
                        f"a coded part of a {what}", "a passage of text", "kept with its codes, without words"
                    )
            if not coders:
                self.found.note("a passage without a code", "passages with codes", "left out")
                continue
            speaker = ""
            if lines and start is not None:
                place = bisect_right([at for at, _ in lines], start + 1)
                speaker = lines[place - 1][1] if place else ""
            case = self.case_of.get(_guid(one.get("guid"))) or self.case_of.get(source, "")
            for coder, codes_ in coders.items():
                self.quotes.append(Quote(source, start, end, said, codes_, coder, speaker, case))
                self.marks.append(
                    f"{one.get('name')}|{one.get('creationDateTime')}" if one.get("creationDateTime") else ""
                )

    def _place(self, node: Any, words: str | None, quoted: str) -> tuple[int | None, int | None, str | None]:
        """A passage's place and words: what the place says, checked against the text that the project quotes."""
        try:
            start, end = int(node.get("startPosition")), int(node.get("endPosition"))
        except (TypeError, ValueError):
            self.found.note("a passage without a place", "startPosition and endPosition", "kept without words")
            return None, None, quoted or None
        quoted = quoted or _quoted(node.get("name") or "", end - start)
        if words is None:
            whole = quoted and len(quoted) >= end - start - 1
            return start, end, quoted if whole else None
        start, end, moved = placed(words, start, end, quoted)
        if moved:
            self.found.note(*moved)
        return start, end, words[start:end] if start < end else None

    def _words(self, node: Any) -> str | None:
        inline = _child(node, "PlainTextContent")
        if inline is not None:
            return inline.text or ""
        path = node.get("plainTextPath") or ""
        if not path:
            return None
        if not path.casefold().startswith("internal:"):
            self.found.note("a source that stands outside the file", "sources in the file", "not looked for")
            return None
        member = self.inside.get(path.replace("\\", "/").rsplit("/", 1)[-1].casefold())
        if member is None:
            return None
        raw = transcripts.part(self.received, member)
        for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            if encoding == "cp1252":
                self.found.note("a source that is not UTF-8", "UTF-8", "read as cp1252")
            return text
        self.found.note("a source that is no text", "UTF-8", "its words were not read")
        return None


def _quoted(name: str, length: int) -> str:
    """The name of a passage where it is its text: programs put the first letters there, or all of them."""
    bare = name.strip()
    cut = re.sub(r"\s*(?:…|\.{3})$", "", bare)
    if cut != bare and 12 <= len(cut) < length:
        return cut
    return bare if abs(len(bare) - length) <= max(2, 0.1 * length) else ""


Moved = tuple[str, str, str]


def placed(text: str, start: int, end: int, quoted: str = "") -> tuple[int, int, Moved | None]:
    """Where a passage really is: its place as it stands, or where the quoted text is, and what there is to say of it.

    Programs count letters otherwise (a line break as one or two, an emoji as two): the quoted text decides.
    """
    length = len(text)
    inside = 0 <= start < end <= length
    if inside and (not quoted or _same(text[start:end], quoted)):
        return start, end, None
    if not quoted:
        if not inside:
            start, end = max(0, min(start, length)), max(0, min(end, length))
            return (
                start,
                max(start, end),
                ("a passage that ends outside its text", f"places from 0 to {length}", "cut to what is there"),
            )
        return start, end, None
    for count in (_with_breaks, _with_pairs):
        a, b = count(text, start), count(text, end)
        if a < b and _same(text[a:b], quoted):
            return (
                a,
                b,
                (
                    "places counted otherwise than in letters of the text",
                    "places in letters",
                    "moved to the quoted text",
                ),
            )
    pattern = r"\s+".join(map(re.escape, quoted.split()))
    places = [match.span() for match in re.finditer(pattern, text)] if pattern else []
    if places:
        a, b = min(places, key=lambda place: abs(place[0] - start))
        far = max(b, min(length, a + end - start)) if b - a < end - start else b
        return (
            a,
            far,
            (
                "a place that does not hold the quoted text",
                "the quoted text at its place",
                "moved to where the text is",
            ),
        )
    start = max(0, min(start, length))
    end = max(start, min(end, length))
    return (
        start,
        end,
        (
            "a quoted text that its source does not hold",
            "the quoted text at its place",
            "the words at the place were taken: look at them",
        ),
    )


def _same(said: str, quoted: str) -> bool:
    """Blanks apart the same, or the quoted text is its beginning."""
    a, b = " ".join(said.split()), " ".join(quoted.split())
    return a == b or (len(b) < len(a) and a.startswith(b))


def _with_breaks(text: str, place: int) -> int:
    """A place counted with line breaks as one letter, in a text that has two for each."""
    at = 0
    for match in re.finditer("\r\n", text):
        if match.start() - at >= place:
            break
        at += 1
    return place + at


def _with_pairs(text: str, place: int) -> int:
    """A place counted in UTF-16: letters beyond the first plane count twice."""
    units = 0
    for number, letter in enumerate(text):
        if units >= place:
            return number
        units += 2 if ord(letter) > 0xFFFF else 1
    return len(text)


# -- Taguette ---------------------------------------------------------------------------------------------------------

TABLES = {"documents", "tags", "highlights", "highlight_tags"}


def _opened(received: Received) -> Any:
    """The database, to be read only: nothing is written, no extension and nothing of its schema runs."""
    import sqlite3

    connection = sqlite3.connect(f"{received.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute("pragma query_only = on")
    connection.execute("pragma trusted_schema = off")
    return connection


def _is_taguette(received: Received) -> bool:
    import sqlite3

    if received.kind != "binary":
        return False
    with open(received.path, "rb") as handle:
        if handle.read(16) != b"SQLite format 3\0":
            return False
    try:
        with closing(_opened(received)) as connection:
            found = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    except sqlite3.DatabaseError:
        return False
    return {name for (name,) in found} >= TABLES


def _taguette(received: Received) -> Project:
    import json
    import sqlite3

    found = Project(received.origin.stem)
    try:
        with closing(_opened(received)) as connection:
            made = {
                name: sql or ""
                for name, sql in connection.execute("select name, sql from sqlite_master where type='table'")
            }
            if not set(made) >= TABLES or any("virtual" in made[one].casefold()[:30] for one in TABLES):
                raise DataFault(
                    Fault(file=received.name, found="a database of another kind", expected="one of Taguette")
                )
            documents = connection.execute("select id, name, contents from documents order by id").fetchall()
            tags = connection.execute("select id, path, description from tags order by path").fetchall()
            marks = connection.execute(
                "select id, document_id, start_offset, end_offset, snippet from highlights order by document_id, start_offset"
            ).fetchall()
            given = connection.execute("select highlight_id, tag_id from highlight_tags").fetchall()
            who: dict[int, str] = {}
            if "commands" in made:
                for user, payload in connection.execute("select user_login, payload from commands order by id"):
                    try:
                        told = json.loads(payload)
                    except (TypeError, ValueError, RecursionError):
                        continue
                    if isinstance(told, dict) and told.get("type") == "highlight_add":
                        who.setdefault(told.get("highlight_id", 0), str(user))
    except sqlite3.DatabaseError as problem:
        raise DataFault(
            Fault(
                file=received.name,
                found=f"a damaged database ({problem})",
                expected="one of Taguette",
                mend="export it again",
            )
        ) from None
    beside = received.origin.with_name(received.origin.name + "-wal")
    if beside.exists() and beside.stat().st_size:
        found.note(
            "changes that Taguette has not written into the file yet", "a closed project", "not read: close it first"
        )
    found.codes = tuple(
        Code(_named("tag", one), tuple((path or "?").split(".")), "", text or "") for one, path, text in tags
    )
    texts = {one: _plain_text(contents or "") for one, _, contents in documents}
    found.sources = tuple(Text(_named("document", one), name or "", texts[one]) for one, name, _ in documents)
    tags_of: dict[int, list[str]] = {}
    known = {one for one, *_ in tags}
    for mark, tag in given:
        if tag in known:
            tags_of.setdefault(mark, []).append(_named("tag", tag))
    coders = sorted(set(who.values()))
    found.people = frozenset(name for name in coders if name != "admin")
    quotes = []
    for mark, document, first, last, snippet in marks:
        if document not in texts or not tags_of.get(mark):
            found.note("a passage without a code", "passages with codes", "left out")
            continue
        text, quoted = texts[document], " ".join(_plain_text(snippet or "").split())
        start, end = _with_bytes(text, int(first or 0)), _with_bytes(text, int(last or 0))
        start, end, moved = placed(text, start, end, quoted)
        if moved:
            found.note(*moved)
        lines = transcripts.speakers_at(text)
        place = bisect_right([at for at, _ in lines], start + 1)
        speaker = lines[place - 1][1] if place else ""
        coder = coders.index(who[mark]) + 1 if mark in who else 1
        words = text[start:end] if not moved or "does not hold the" in moved[0] or "otherwise" in moved[0] else quoted
        quotes.append(
            Quote(_named("document", document), start, end, words, tuple(sorted(tags_of[mark])), coder, speaker)
        )
    found.quotes = tuple(quotes)
    return found


def _with_bytes(text: str, place: int) -> int:
    """A place counted in bytes of UTF-8."""
    return len(text.encode()[: max(0, place)].decode("utf-8", "ignore"))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style") and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def _plain_text(marked: str) -> str:
    """The text of a page, without its tags: what places are counted in."""
    parser = _Words()
    parser.feed(marked)
    parser.close()
    return "".join(parser.words)


def _named(what: str, number: object) -> str:
    return str(uuid.uuid5(SPACE, f"{what} {number}")).upper()


# -- code frames as CSV -----------------------------------------------------------------------------------------------


def _codes_of_csv(received: Received) -> tuple[Code, ...]:
    from workbench.sources.sheet import dialect

    text = received.text()
    rows = list(csv.reader(io.StringIO(text), delimiter=dialect(text[:65536])[0]))
    heads = [one.strip().casefold() for one in rows[0]] if rows else []
    column = next((heads.index(one) for one in ("path", "tag", "name", "code") if one in heads), None)
    if column is None:
        raise DataFault(
            Fault(
                file=received.name,
                row=1,
                found="no column of codes",
                expected="a column called name, tag, code or path (and description, color)",
                mend="rename the column",
            )
        )
    made: dict[tuple[str, ...], Code] = {}
    faults = []
    for number, row in enumerate(rows[1:], start=2):
        cells = dict(zip(heads, row, strict=False))
        written = cells[heads[column]].strip() if heads[column] in cells else ""
        if not written:
            continue
        above = cells.get("parent", "").strip()
        path = (
            (*re.split(r"\s*(?:/|::|>)\s*", above), written) if above else tuple(re.split(r"\s*(?:/|::|>)\s*", written))
        )
        if path in made:
            faults.append(
                Fault(
                    file=received.name,
                    row=number,
                    column=rows[0][column],
                    found="a code that stands twice",
                    expected="each code once",
                )
            )
        color = cells.get("color", cells.get("colour", "")).strip()
        made[path] = Code(_named("code", "/".join(path)), path, color, cells.get("description", "").strip())
    if faults:
        raise DataFault(faults)
    return tuple(made.values())


# -- records ----------------------------------------------------------------------------------------------------------


def _block(desk: Desk, found: Project) -> Block:
    binding = desk.binding
    for told in found.notes:
        desk.note(**told)
    if not found.quotes:
        raise desk.refuse(
            found=f"{len(found.codes)} codes, {len(found.sources)} sources and no coded passage (0 rows)",
            expected="passages with codes",
            mend="it is a code frame: read it as codes; or export the project with its codings",
        )
    named = {code.guid: code for code in found.codes}
    texts = {source.guid: source for source in found.sources}
    merge = {one.casefold(): other for one, other in (getattr(binding, "merge", None) or {}).items()}
    asking = {one.casefold() for one in binding.interviewer}
    bound = {one.casefold(): person for one, person in binding.speakers.items()}
    place_of = {source.guid: place for place, source in enumerate(found.sources)}
    labels = {quote.speaker for quote in found.quotes} | {quote.case for quote in found.quotes} | found.people
    records, people, asked, masked = [], {}, 0, 0
    order = sorted(found.quotes, key=lambda quote: (place_of[quote.source], quote.start or 0, quote.end or 0))
    for number, quote in enumerate(order, start=1):
        speaker = merge.get(quote.speaker.casefold(), quote.speaker)
        if speaker and speaker.casefold() in asking:
            asked += 1
            continue
        source = texts[quote.source].name or quote.source
        if isinstance(binding.person, Fixed):
            person = desk.pseudonym(binding.person.value)
        elif speaker.casefold() in bound:
            person = desk.pseudonym(bound[speaker.casefold()])
        elif quote.case:
            person = desk.pseudonym(bound.get(quote.case.casefold(), quote.case))
        else:
            person = desk.pseudonym(f"{desk.source}/{source}/{speaker}")
        people[person] = True
        words = None if quote.words is None else transcripts.hide(" ".join(quote.words.split()), labels, desk.names)
        masked += words is not None and words != " ".join((quote.words or "").split())
        for place, guid in enumerate(quote.codes):
            code = named[guid]
            records.append(
                {
                    "person": person,
                    "order": desk.number * 10**12 + number * STRIDE + place,
                    "step": binding.steps.get(code.name) or binding.steps.get(code.path[-1]),
                    "source": desk.source,
                    "kind": "quote",
                    "measure": f"code: {transcripts.hide(code.name, labels, desk.names)}",
                    "state": "answered",
                    "text": words,
                }
            )
    if asked:
        desk.note(found=f"{asked} passages of the interviewer's words", expected="what people said", mend="set aside")
    if masked:
        desk.note(
            found=f"{masked:,} {'text' if masked == 1 else 'texts'} with personal data",
            expected="none",
            mend="masked as they were read; not all can be found: read before sharing",
        )
    if not records:
        raise desk.refuse(
            found="only the interviewer's words", expected="a person who is interviewed", mend="correct interviewer:"
        )
    table = pd.DataFrame(records).astype({"step": object, "text": object})
    lazy = desk.engine.table(table, {key: RECORDS[key] for key in records[0]})
    who = desk.engine.table(pd.DataFrame({"person": list(people)}), {"person": "VARCHAR"})
    return Block(desk.engine.typed(lazy), who)


# -- REFI-QDA, out ----------------------------------------------------------------------------------------------------


def from_quotes(name: str, quotes: Iterable[tuple[str, str, Sequence[str]]], frame: Sequence[Code] = ()) -> Project:
    """A project of quotes (source, words, names of codes): each source holds its quotes, a line each, in their order.

    The words are taken as they are: hand over masked ones.
    """
    made = {code.name: code for code in frame}
    texts: dict[str, str] = {}
    placed_: list[tuple[str, int, int, tuple[str, ...]]] = []
    for source, words, given in quotes:
        line = " ".join(words.split())
        start = len(texts.setdefault(source, ""))
        texts[source] += line + "\n"
        for one in given:
            made.setdefault(one, Code(_named("code", one), (one,)))
        placed_.append((source, start, start + len(line), tuple(made[one].guid for one in given)))
    return Project(
        name,
        tuple(made.values()),
        tuple(Text(_named("source", source), source, text) for source, text in texts.items()),
        tuple(
            Quote(_named("source", source), start, end, texts[source][start:end], given)
            for source, start, end, given in placed_
        ),
    )


def write_qdc(frame: Sequence[Code]) -> bytes:
    """A codebook (.qdc) as bytes."""
    from lxml import etree

    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", nsmap={None: CODEBOOK}, origin="workbench")
    _written_codes(etree.SubElement(root, f"{{{CODEBOOK}}}Codes"), frame, CODEBOOK)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def write_qdpx(found: Project) -> bytes:
    """A project (.qdpx) as bytes, the same for the same project: code frame, sources as plain text, passages, codings.

    Coders are called by number; codes that are on no passage of a text stand on their source. Nothing is masked here:
    write a project of masked words (`from_quotes`).
    """
    from lxml import etree

    def add(parent: Any, tag: str, **attributes: str) -> Any:
        return etree.SubElement(parent, f"{{{PROJECT}}}{tag}", {key: _xml(value) for key, value in attributes.items()})

    coders = range(1, max((quote.coder for quote in found.quotes), default=1) + 1)
    root = etree.Element(f"{{{PROJECT}}}Project", nsmap={None: PROJECT})
    for key, value in (("name", found.name or "project"), ("origin", "workbench"), ("creationDateTime", WRITTEN)):
        root.set(key, _xml(value))
    users = add(root, "Users")
    for coder in coders:
        add(users, "User", guid=_named("coder", coder), name=f"coder {coder}")
    _written_codes(add(add(root, "CodeBook"), "Codes"), found.codes, PROJECT)
    sources = add(root, "Sources")
    files: dict[str, str] = {}
    for place, source in enumerate(found.sources, start=1):
        guid = source.guid or _named("source", place)
        node = add(sources, "TextSource", guid=guid, name=source.name or f"source {place}")
        if source.words is not None:
            node.set("plainTextPath", f"internal://{guid}.txt")
            files[f"sources/{guid}.txt"] = source.words
        here = sorted(
            (
                one
                for one in found.quotes
                if one.source == source.guid and one.start is not None and one.end is not None
            ),
            key=lambda one: (one.start or 0, one.end or 0, one.coder),
        )
        for number, quote in enumerate(here):
            passage = _named("passage", f"{guid} {number}")
            selected = add(
                node,
                "PlainTextSelection",
                guid=passage,
                startPosition=str(quote.start),
                endPosition=str(quote.end),
                name=(quote.words or "")[:200],
                creatingUser=_named("coder", quote.coder),
            )
            for code in quote.codes:
                coding = add(
                    selected,
                    "Coding",
                    guid=_named("coding", f"{passage} {code}"),
                    creatingUser=_named("coder", quote.coder),
                )
                add(coding, "CodeRef", targetGUID=code)
        loose = (one for one in found.quotes if one.source == source.guid and (one.start is None or one.end is None))
        for number, quote in enumerate(loose):  # no place in the text: the codes stand on the source
            for code in quote.codes:
                mark = _named("coding", f"{guid} whole {number} {code}")
                coding = add(node, "Coding", guid=mark, creatingUser=_named("coder", quote.coder))
                add(coding, "CodeRef", targetGUID=code)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        project_file = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
        parts = [("project.qde", project_file)] + [(one, text.encode()) for one, text in sorted(files.items())]
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _written_codes(parent: Any, frame: Sequence[Code], space: str) -> None:
    from lxml import etree

    made: dict[tuple[str, ...], Any] = {}

    def node(path: tuple[str, ...], code: Code | None) -> Any:
        above = made.get(path[:-1]) if len(path) > 1 else parent
        if above is None:
            above = node(path[:-1], None)
        one = etree.SubElement(above, f"{{{space}}}Code")
        one.set("guid", code.guid if code is not None and code.guid else _named("code", "/".join(path)))
        one.set("name", _xml(path[-1]))
        one.set("isCodable", "true" if code is not None and code.codable else "false")
        if code is not None and re.fullmatch(r"#[0-9A-Fa-f]{6}", code.color):
            one.set("color", code.color)
        if code is not None and code.description:
            etree.SubElement(one, f"{{{space}}}Description").text = _xml(code.description)
        made[path] = one
        return one

    for code in sorted(frame, key=lambda one: len(one.path)):
        node(code.path, code)


def _xml(text: str) -> str:
    """A text without the letters that XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]", "\ufffd", text)
