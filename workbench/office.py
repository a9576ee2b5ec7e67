"""Office files as the archives that they are: how far a workbook's sheets reach, and the same bytes for the same content.

Libraries make room for every cell before the last one: one cell far out fills the memory. So the archive is looked at in
pieces before any library opens it. Knows the XML of sheets and nothing of what stands in them.
"""

from __future__ import annotations

import io
import re
import zipfile

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")  # letters from which a spreadsheet runs a text (OWASP ASVS 1.2.10)
CELLS = 20_000_000  # cells of a sheet, the empty ones before the last counted too
CHUNK, LONGEST = 1 << 20, 1 << 24  # bytes read at a time, and of one element
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{1,10})["']""")
CELL = (b"<c ", b"<c>", b"<c/", b":c ", b":c>", b":c/")  # the beginning of a cell, whatever its prefix
BLANKS = bytes.maketrans(b"\n\t\r", b"   ")
WHEN = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
STILL = (1980, 1, 1, 0, 0, 0)  # the first day that an archive can name
SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def too_far(archive: zipfile.ZipFile, member: str) -> str:
    """What is wrong with a part of a workbook whose cells reach too far; an empty text where nothing is.

    The addresses are looked at first; only where they reach far, or cells have none, are the cells gone through.
    """
    wide, high, addressed, cells, left, is_sheet = 1, 1, 0, 0, b"", False
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            whole, mark, left = (left + chunk).rpartition(b">")
            plain = (whole + mark).translate(BLANKS)
            is_sheet = is_sheet or b"sheetData" in plain
            found = REFERENCE.findall(plain)
            wide = max([wide, *map(_column, {letters for letters, _ in found})])
            high = max([high, *(int(digits) for _, digits in found)])
            addressed += sum(bool(letters) for letters, _ in found)
            cells += sum(plain.count(beginning) for beginning in CELL)
            if len(left) > LONGEST:
                return "" if member.startswith("xl/media/") else f"{LONGEST:,} bytes without an element in {member}"
    if not is_sheet or (wide * high <= CELLS and addressed >= cells):
        return ""
    return _gone_through(archive, member)


def _gone_through(archive: zipfile.ZipFile, member: str) -> str:
    """The same from the cells that have content, each where its address or the cell before it says."""
    from lxml import etree

    wide, high, filled, row, column = 0, 0, 0, 0, 0
    try:
        with archive.open(member) as part:
            walk = etree.iterparse(part, ("start", "end"), tag=("{*}row", "{*}c"), **SAFE)  # type: ignore[call-overload]
            for event, element in walk:
                at = re.fullmatch(r"([A-Za-z]{0,3})(\d{1,10})", element.get("r") or "")
                if element.tag.endswith("}row"):
                    if event == "start":
                        row, column = int(at[2]) if at else row + 1, 0
                    else:
                        element.clear()
                elif event == "end":
                    column = _column(at[1].encode()) if at and at[1] else column + 1
                    if any(True for _ in element.itertext()):
                        wide, high, filled = max(wide, column), max(high, int(at[2]) if at else row), filled + 1
    except etree.XMLSyntaxError as problem:
        return f"XML that breaks off in {member} ({problem})"
    if wide * high <= CELLS:
        return ""
    return f"a sheet that reaches to row {high:,}, column {wide:,} ({member}) with {filled:,} filled cells"


def _column(letters: bytes) -> int:
    """The number of a column: A is 1, XFD is 16,384."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - 64
    return place


def still(raw: bytes) -> bytes:
    """The same file without the time at which it was made, in it or in what it holds."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".xlsx"):
                content = still(content)
            elif name == "docProps/core.xml":
                content = WHEN.sub(rb"\g<1>1980-01-01T00:00:00Z\3", content)
            made.writestr(zipfile.ZipInfo(name, STILL), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
