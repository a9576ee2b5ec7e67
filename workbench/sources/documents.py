"""Word documents and OpenDocument texts as lines and tables, and the safe way into the parts of an archive.

What stands in content controls and tracked insertions is read; what was deleted is not, nor the document's properties.
Knows archives and XML; no document type, entity or outside reference is ever followed.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources.lines import Part

# -- parts of archives ------------------------------------------------------------------------------------------------


def part(received: Received, member: str) -> bytes:
    """One part of an archive, whole. Raises DataFault where it is damaged, locked or not there."""
    try:
        with zipfile.ZipFile(received.path) as archive:
            return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, KeyError) as problem:
        found = f"a damaged or locked part ({problem})"
        raise DataFault(
            Fault(file=received.name, found=found, expected="a whole archive", mend="export it again")
        ) from None


def safe_xml(raw: bytes, file: str, member: str) -> Any:
    """An XML part of a document, without entities, document types or anything from outside. Raises DataFault."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as problem:
        found = f"broken XML in {member} (line {problem.lineno})"
        raise DataFault(Fault(file=file, found=found, expected="a whole document")) from None
    if root.getroottree().docinfo.doctype:
        raise DataFault(
            Fault(
                file=file,
                found=f"a document type or entity in {member}",
                expected="XML without one",
                mend="do not open it: ask the sender for a clean copy",
            )
        )
    return root


# -- lines and tables -------------------------------------------------------------------------------------------------

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
T, TABLE = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}", "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@dataclass(frozen=True)
class _Tags:
    """What the elements of a format are called; `around` holds what is read through, `unread` ends what is not read."""

    lines: frozenset[str]
    table: str
    row: str
    cell: str
    around: frozenset[str]
    marks: Mapping[str, str]
    text: str = ""  # the only element whose own text counts, where there is one
    box: str = ""
    unread: tuple[str, ...] = ()


WORD = _Tags(
    lines=frozenset({f"{W}p"}),
    table=f"{W}tbl",
    row=f"{W}tr",
    cell=f"{W}tc",
    around=frozenset(f"{W}{tag}" for tag in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo")),
    marks={f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"},
    text=f"{W}t",
    box=f"{W}txbxContent",
    unread=("}Fallback", "}del", "}moveFrom", "}pPr", "}rPr", "}instrText"),
)
OPEN = _Tags(
    lines=frozenset({f"{T}p", f"{T}h"}),
    table=f"{TABLE}table",
    row=f"{TABLE}table-row",
    cell=f"{TABLE}table-cell",
    around=frozenset(
        [f"{T}{tag}" for tag in ("section", "list", "list-item", "list-header", "index-body")]
        + [f"{TABLE}{tag}" for tag in ("table-header-rows", "table-rows", "table-row-group")]
    ),
    marks={f"{T}tab": "\t", f"{T}line-break": "\n", f"{T}s": " "},
)


def word(received: Received) -> list[Part]:
    """Lines and tables of a Word document. Raises DataFault where it is damaged, or has a document type."""
    root = safe_xml(part(received, "word/document.xml"), received.name, "word/document.xml")
    body = root.find(f"{W}body")
    return list(_parts(root if body is None else body, WORD))


def open_document(received: Received) -> list[Part]:
    """Lines and tables of an OpenDocument text. Raises DataFault where any part is damaged, or has a document type."""
    with zipfile.ZipFile(received.path) as archive:
        names = [one for one in archive.namelist() if one.endswith((".xml", ".rdf"))]
    roots = {one: safe_xml(part(received, one), received.name, one) for one in names}
    body = roots["content.xml"].find(".//{*}body/{*}text")
    return list(_parts(roots["content.xml"] if body is None else body, OPEN))


def is_open_document(received: Received) -> bool:
    """Is this archive an OpenDocument text?"""
    with zipfile.ZipFile(received.path) as archive:
        if not {"mimetype", "content.xml"} <= set(archive.namelist()) or archive.getinfo("mimetype").file_size > 200:
            return False
    try:
        return part(received, "mimetype").strip().startswith(b"application/vnd.oasis.opendocument.text")
    except DataFault:
        return False


def _parts(parent: Any, tags: _Tags) -> Iterator[Part]:
    for child in parent:
        if child.tag in tags.lines:
            yield from _lines(_text(child, tags).replace("\u00a0", " "))
        elif child.tag == tags.table:
            rows = [
                [_flat(_parts(cell, tags)) for cell in _within(row, tags.cell, tags)]
                for row in _within(child, tags.row, tags)
            ]
            if max(map(len, rows), default=0) > 1:
                yield rows
            else:  # a single column is lines
                yield from (line for row in rows for cell in row for line in _lines(cell))
        elif child.tag in tags.around:
            yield from _parts(child, tags)


def _within(parent: Any, tag: str, tags: _Tags) -> Iterator[Any]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in tags.around:
            yield from _within(child, tag, tags)


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if line.strip())


def _flat(parts: Iterable[Part]) -> str:
    """Lines and tables within a cell, line by line."""
    found: list[str] = []
    for one in parts:
        found += [one] if isinstance(one, str) else [cell for row in one for cell in row if cell.strip()]
    return "\n".join(found)


def _text(node: Any, tags: _Tags) -> str:
    """The text of a paragraph, a text box's lines after it."""
    out = [node.text or ""] if not tags.text or node.tag == tags.text else []
    for child in node:
        tag = child.tag
        if tag in tags.marks:
            several = child.get(f"{T}c", "1")  # blanks in a row
            out.append(tags.marks[tag] * (min(int(several), 100) if several.isdecimal() else 1))
        elif tag == tags.box:
            out.append("\n" + _flat(_parts(child, tags)) + "\n")
        elif isinstance(tag, str) and not (tags.unread and tag.endswith(tags.unread)):
            out.append(_text(child, tags))
        if not tags.text:
            out.append(child.tail or "")
    return "".join(out)
