"""REFI-QDA out: a code frame as a codebook (.qdc), a coded project as .qdpx, as bytes, the same for the same project.

Nothing is masked here: write a project of masked words (`codings.from_quotes`). Whoever asks for the bytes writes them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from workbench.sources.codings import Code, Project, named
from workbench.sources.refi_qda import CODEBOOK, PROJECT

WRITTEN = "2000-01-01T00:00:00Z"  # the standard wants a time; a real one would make each copy another file


def write_qdc(frame: Sequence[Code]) -> bytes:
    """A codebook (.qdc) as bytes."""
    root = _node(None, "CodeBook", CODEBOOK, origin="workbench")
    _codes(_node(root, "Codes", CODEBOOK), frame, CODEBOOK)
    return _bytes(root)


def write_qdpx(found: Project) -> bytes:
    """A project (.qdpx) as bytes: code frame, sources as plain text, passages, codings.

    Coders are called by number; codes that are on no passage of a text stand on their source.
    """
    root = _node(None, "Project", PROJECT, name=found.name or "project", origin="workbench", creationDateTime=WRITTEN)
    users = _node(root, "Users")
    for coder in range(1, max((quote.coder for quote in found.quotes), default=1) + 1):
        _node(users, "User", guid=named("coder", coder), name=f"coder {coder}")
    _codes(_node(_node(root, "CodeBook"), "Codes"), found.codes, PROJECT)
    sources = _node(root, "Sources")
    files: dict[str, str] = {}
    for place, source in enumerate(found.sources, start=1):
        guid = source.guid or named("source", place)
        node = _node(sources, "TextSource", guid=guid, name=source.name or f"source {place}")
        if source.words is not None:
            node.set("plainTextPath", f"internal://{guid}.txt")
            files[f"sources/{guid}.txt"] = source.words
        here = [one for one in found.quotes if one.source == source.guid]
        loose = [one for one in here if one.start is None or one.end is None]
        placed = [one for one in here if one.start is not None and one.end is not None]
        placed.sort(key=lambda one: (one.start or 0, one.end or 0, one.coder))
        for number, quote in enumerate(placed):
            passage = named("passage", f"{guid} {number}")
            selected = _node(
                node,
                "PlainTextSelection",
                guid=passage,
                startPosition=str(quote.start),
                endPosition=str(quote.end),
                name=(quote.words or "")[:200],
                **_user(quote.coder),
            )
            for code in quote.codes:
                _coding(selected, f"{passage} {code}", quote.coder, code)
        for number, quote in enumerate(loose):  # no place in the text: the codes stand on the source
            for code in quote.codes:
                _coding(node, f"{guid} whole {number} {code}", quote.coder, code)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [("project.qde", _bytes(root)), *((one, files[one].encode()) for one in sorted(files))]:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _coding(parent: Any, mark: str, coder: int, code: str) -> None:
    _node(_node(parent, "Coding", guid=named("coding", mark), **_user(coder)), "CodeRef", targetGUID=code)


def _user(coder: int) -> dict[str, str]:
    return {"creatingUser": named("coder", coder)} if coder else {}


def _codes(parent: Any, frame: Sequence[Code], space: str) -> None:
    """Codes under each other, as their paths say; one that is only on the way to others cannot be given."""
    made: dict[tuple[str, ...], Any] = {(): parent}

    def write(path: tuple[str, ...], code: Code | None) -> None:
        guid = code.guid if code is not None and code.guid else named("code", "/".join(path))
        codable = "true" if code is not None and code.codable else "false"
        made[path] = node = _node(made[path[:-1]], "Code", space, guid=guid, name=path[-1], isCodable=codable)
        if code is not None and re.fullmatch(r"#[0-9A-Fa-f]{6}", code.color):
            node.set("color", code.color)
        if code is not None and code.description:
            _node(node, "Description", space).text = _clean(code.description)

    for code in sorted(frame, key=lambda one: len(one.path)):
        for end in range(1, len(code.path)):
            if code.path[:end] not in made:
                write(code.path[:end], None)
        write(code.path, code)


def _node(parent: Any, tag: str, space: str = PROJECT, **attributes: str) -> Any:
    from lxml import etree

    named_ = {key: _clean(value) for key, value in attributes.items()}
    if parent is None:
        return etree.Element(f"{{{space}}}{tag}", named_, nsmap={None: space})
    return etree.SubElement(parent, f"{{{space}}}{tag}", named_)


def _bytes(root: Any) -> bytes:
    from lxml import etree

    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _clean(text: str) -> str:
    """A text without the letters that XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]", "\ufffd", text)
