"""REFI-QDA in: projects (.qdpx, .qde) and codebooks (.qdc) of any QDA program, as a coded project.

Knows the standard's XML and what programs make of it; refi_qda_out.py writes it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workbench import files
from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources.codings import Code, Project, Quote, Text, placed
from workbench.sources.documents import part, safe_xml
from workbench.sources.lines import clock_of, speaker_at, speakers_at

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"


def is_refi_qda(received: Received) -> str:
    """Why a file is REFI-QDA; an empty text where it is not."""
    if received.kind == "zip" and _member(received) is not None:
        return "a REFI-QDA project (project.qde)"
    head = received.head(4096) if received.kind == "text" else ""
    return "the name space of REFI-QDA" if "QDA-XML:" in head and "<" in head else ""


def project(received: Received) -> Project:
    """A project or codebook. Raises DataFault where it is none, or broken."""
    inside: dict[str, str] = {}
    if received.kind == "zip":
        member = _member(received)
        if member is None:
            raise DataFault(Fault(file=received.name, found="an archive without project.qde", expected="a .qdpx"))
        raw = part(received, member)
        with zipfile.ZipFile(received.path) as archive:
            inside = {one.rsplit("/", 1)[-1].casefold(): one for one in archive.namelist() if not one.endswith("/")}
    else:
        member, raw = received.name, received.text().encode()
    root = safe_xml(raw, received.name, member)
    space = root.tag.partition("}")[0].lstrip("{")
    kind = _tag(root)
    if kind not in ("Project", "CodeBook") or "QDA-XML" not in space:
        expected = "a REFI-QDA project or codebook (Project, CodeBook)"
        raise DataFault(Fault(file=received.name, found="XML of another kind", expected=expected))
    found = Project(root.get("name") or "")
    if space not in (PROJECT, CODEBOOK):
        version = space.rpartition("project:")[2].rpartition("codebook:")[2]
        found.note(f"version {version} of REFI-QDA", "version 1.0", "read as 1.0")
    book = root if kind == "CodeBook" else _child(root, "CodeBook")
    found.codes = tuple(_codes(_child(book, "Codes"), (), found))
    if kind == "Project":
        _Reading(received, root, inside, found).read()
    return found


def _member(received: Received) -> str | None:
    """The project's own file in the archive, in whatever case it is written."""
    with zipfile.ZipFile(received.path) as archive:
        names = [one for one in archive.namelist() if one.casefold().endswith(".qde")]
    return min(names, key=lambda one: (one.casefold() != "project.qde", one.count("/"), one), default=None)


def _tag(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _children(node: Any, *names: str) -> Iterator[Any]:
    """The children of a node by their names, in any version's name space; none where there is no node."""
    return (child for child in (() if node is None else node) if _tag(child) in names)


def _child(node: Any, name: str) -> Any:
    return next(_children(node, name), None)


def _text_of(node: Any, name: str) -> str:
    child = _child(node, name)
    return "" if child is None else (child.text or "").strip()


def _guid(written: str | None) -> str:
    return (written or "").strip().strip("{}").upper()


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


class _Reading:
    """The sources of one project, their passages and codings."""

    def __init__(self, received: Received, root: Any, inside: dict[str, str], found: Project):
        self.received, self.root, self.inside, self.found = received, root, inside, found
        users = list(_children(_child(root, "Users"), "User"))
        cases = list(_children(_child(root, "Cases"), "Case"))
        self.users = [_guid(one.get("guid")) for one in users]
        self.known = {code.guid for code in found.codes}
        self.case_of: dict[str, str] = {}
        for case in cases:
            for reference in _children(case, "SourceRef", "SelectionRef"):
                self.case_of.setdefault(_guid(reference.get("targetGUID")), (case.get("name") or "").strip())
        found.people = frozenset(name for one in (*users, *cases) if (name := (one.get("name") or "").strip()))

    def read(self) -> None:
        texts: list[Text] = []
        quotes: list[Quote] = []
        sources = _child(self.root, "Sources")
        for one in () if sources is None else (node for node in sources if _tag(node).endswith("Source")):
            text, here = self._source(one)
            texts.append(text)
            quotes += here
        missing = sum(text.words is None for text in texts)
        if missing:
            self.found.note(
                f"{missing} of {len(texts)} sources whose text is not in the file",
                "the sources beside the project",
                "their quotes keep place and codes; words only where the project repeats them",
            )
        self.found.sources, self.found.quotes = tuple(texts), tuple(quotes)

    def _source(self, node: Any) -> tuple[Text, list[Quote]]:
        guid = _guid(node.get("guid"))
        words = self._words(node) if _tag(node) == "TextSource" else None
        pairs: list[tuple[Quote, str]] = []
        for inner in _children(node, "Representation", "Transcript"):
            written = self._words(inner)
            pairs += self._selections(inner, guid, written)
            words = words or written
        pairs += self._selections(node, guid, words)
        for coder, codes in self._codes_on(node).items():
            self.found.note("codes on a whole source", "codes on passages", "kept without a place")
            pairs.append((Quote(guid, None, None, None, codes, coder, case=self.case_of.get(guid, "")), ""))
        return Text(guid, node.get("name") or "", words), self._once(pairs, words is not None)

    def _once(self, pairs: list[tuple[Quote, str]], read: bool) -> list[Quote]:
        """Programs write a passage of a PDF twice and more, on each page and in its text: it is one passage.

        Beside each quote stand its name and moment, by which it is known again; `read` says that the text was read.
        """
        kept: list[Quote] = []
        marks: dict[tuple[Any, ...], int] = {}
        for quote, mark in sorted(pairs, key=lambda pair: pair[0].start is None):
            key = (mark, quote.codes, quote.coder)
            if quote.start is not None or not mark or key not in marks:
                if mark:
                    marks[key] = len(kept)
                kept.append(quote)
                continue
            first = kept[marks[key]]
            held = read and first.start is not None and first.words is not None  # its words are the text's own
            if quote.words and not (first.words and quote.words in first.words) and not held:
                kept[marks[key]] = replace(first, words=" ".join(filter(None, (first.words, quote.words))))
            self.found.note("a passage written both on the page and in its text", "one passage", "counted once")
        return kept

    def _codes_on(self, node: Any) -> dict[int, tuple[str, ...]]:
        """The codes of a passage by coder."""
        given: dict[int, dict[str, None]] = {}
        for coding in _children(node, "Coding"):
            user = _guid(coding.get("creatingUser") or node.get("creatingUser"))
            if user and user not in self.users:
                self.users.append(user)
            for guid in (_guid(one.get("targetGUID")) for one in _children(coding, "CodeRef")):
                if guid in self.known:
                    given.setdefault(self.users.index(user) + 1 if user else 0, {})[guid] = None
                else:
                    self.found.note(
                        "a coding by a code that is not in the code frame", "a code that is there", "left out"
                    )
        return {coder: tuple(codes) for coder, codes in given.items()}

    def _selections(self, node: Any, source: str, words: str | None) -> Iterator[tuple[Quote, str]]:
        lines = speakers_at(words) if words else []
        for one in node:
            tag = _tag(one)
            if not tag.endswith("Selection"):
                continue
            coders = self._codes_on(one)
            quoted = _text_of(_child(one, "Representation"), "PlainTextContent")
            start, end, said = None, None, quoted or None
            if tag == "PlainTextSelection":
                start, end, said = self._place(one, words, quoted)
            elif coders and not quoted:
                what = tag.removesuffix("Selection").casefold()
                self.found.note(f"a coded part of a {what}", "a passage of text", "kept with its codes, without words")
            if not coders:
                self.found.note("a passage without a code", "passages with codes", "left out")
            speaker = speaker_at(lines, start + 1) if start is not None else ""
            case = self.case_of.get(_guid(one.get("guid"))) or self.case_of.get(source, "")
            moment = one.get("creationDateTime")
            for coder, codes in coders.items():
                quote = Quote(source, start, end, said, codes, coder, speaker, case, _spot(one))
                yield quote, f"{one.get('name')}|{moment}" if moment else ""

    def _place(self, node: Any, words: str | None, quoted: str) -> tuple[int | None, int | None, str | None]:
        """A passage's place and words: what the place says, checked against the text that the project quotes."""
        try:
            start, end = int(node.get("startPosition")), int(node.get("endPosition"))
            if max(abs(start), abs(end)) > files.LARGEST:
                raise ValueError("a place beyond any text")
        except (TypeError, ValueError):
            self.found.note("a passage without a place", "startPosition and endPosition", "kept without words")
            return None, None, quoted or None
        quoted = quoted or _quoted(node.get("name") or "", end - start)
        if words is None:
            return start, end, quoted if quoted and len(quoted) >= end - start - 1 else None
        start, end, moved = placed(words, start, end, quoted)
        if moved:
            self.found.note(*moved)
        return start, end, words[start:end] if start < end else None

    def _words(self, node: Any) -> str | None:
        """The text of a source: written in the project, or in a file beside it in the archive."""
        inline = _child(node, "PlainTextContent")
        if inline is not None:
            return inline.text or ""
        path = node.get("plainTextPath") or ""
        if path and not path.casefold().startswith("internal:"):
            self.found.note("a source that stands outside the file", "sources in the file", "not looked for")
            return None
        member = self.inside.get(path.replace("\\", "/").rsplit("/", 1)[-1].casefold()) if path else None
        if member is None:
            return None
        raw = part(self.received, member)
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


def _spot(node: Any) -> str:
    """Where a passage stands that is none of letters: its page (the standard counts from 0), its time, its corners."""
    numbers = {name: int(value) for name, value in node.attrib.items() if re.fullmatch(r"-?\d{1,15}", value)}
    if _tag(node) == "PlainTextSelection":
        return "" if {"startPosition", "endPosition"} <= numbers.keys() else "a passage without a place"
    corners = [numbers.get(name) for name in ("firstX", "firstY", "secondX", "secondY")]
    spots = [f"page {numbers['page'] + 1}"] if "page" in numbers else []
    if {"begin", "end"} <= numbers.keys():
        spots += ["-".join(clock_of(numbers[name] / 1000) for name in ("begin", "end"))]
    if None not in corners:
        spots += ["from {},{} to {},{}".format(*corners)]
    return ", ".join(spots) or f"a part of a {_tag(node).removesuffix('Selection').casefold()}"


def _quoted(name: str, length: int) -> str:
    """The name of a passage where it is its text: programs put the first letters there, or all of them."""
    bare = name.strip()
    cut = re.sub(r"\s*(?:…|\.{3})$", "", bare)
    if cut != bare and 12 <= len(cut) < length:
        return cut
    return bare if abs(len(bare) - length) <= max(2, 0.1 * length) else ""
