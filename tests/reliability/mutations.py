"""Files made wrong: one whole file and a source of chance in, a file with something wrong in it out.

Blind changes of bytes, and changes that know the form: cells and lines of a table, values of JSON and YAML, tags of XML,
members of an archive, rows of a database. The chance may be `random.Random` or what hypothesis draws.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import re
import sqlite3
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LARGEST = 200_000  # bytes that a file may grow to
HOSTILE = (
    *(
        "",
        " ",
        "NA",
        "None",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "-0",
        "007",
        "9" * 25,
        "1,5",
        "1.234,5",
        "½",
        "٣",
        "０",
        "1_000",
    ),
    *(
        "true",
        "null",
        "NULL",
        "{}",
        "[]",
        "[[",
        "=1+1",
        "@x",
        "<img src=x onerror=alert(1)>",
        "'",
        '"',
        '""',
        "\\",
        "\\N",
    ),
    *(
        "2025-02-30",
        "0000-00-00",
        "9999-12-31",
        "10000-01-01",
        "-1",
        "1e10",
        "2025-03-30T01:30:00+99:00",
        "24:00",
        "45678",
    ),
    *(
        "1900-01-00",
        "31/12/1969",
        "12/31/99",
        "253402300800",
        "\u202e",
        "\ufeff",
        "é",
        "e\u0301",
        "\U0001f600",
        "\x1b[31m",
    ),
    *(
        "\x00",
        "\r",
        "\n",
        "\r\n",
        "\t",
        ",",
        ";",
        "|",
        "a" * 3000,
        "%s%n",
        "../../etc/passwd",
        "$",
        "{0}",
        "${x}",
        "--",
        "\x85",
    ),
    *(
        "NaN",
        "Infinity",
        "-1e400",
        "0x1F",
        "1" + "0" * 400,
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ),
)
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
VALUE = re.compile(rb'"[^"\n]{0,200}"|>[^<>\n]{0,200}<')
TAG = re.compile(rb"<[^<>]{1,300}>")


def mutated(content: bytes, chance: Random, others: Sequence[bytes] = ()) -> bytes:
    """The file with one to four things wrong in it; the same chance gives the same file."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        fitting = _fitting(content)
        how = chance.choice(fitting) if chance.randrange(4) else chance.choice(BLIND)
        with contextlib.suppress(ValueError, KeyError, IndexError, OverflowError, RecursionError, TypeError, *BROKEN):
            content = how(content, chance)
        if others and not chance.randrange(40):
            content = _spliced(content, chance.choice(others), chance)
    return content[:LARGEST]


BROKEN = (zipfile.BadZipFile, zlib.error, sqlite3.Error, EOFError, OSError, NotImplementedError, RuntimeError)


def _fitting(content: bytes) -> Sequence[Callable[[bytes, Random], bytes]]:
    if content.startswith(b"PK\x03\x04"):
        return (_archive,)
    if content.startswith(b"\x1f\x8b"):
        return (_packed,)
    if content.startswith(b"SQLite format 3"):
        return (_database,)
    if content.startswith((b"PAR1", b"$FL")):
        return (_flipped, _numbered, _words32)
    start = content.lstrip()[:1]
    if start == b"<":
        return (_tagged, _valued, _numbered)
    if start in (b"{", b"["):
        return (_json, _valued, _numbered)
    return (_celled, _lined, _numbered, _keyed)


# -- blind ------------------------------------------------------------------------------------------------------------


def _flipped(content: bytes, chance: Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def _cut(content: bytes, chance: Random) -> bytes:
    one, other = sorted((chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)))
    return content[:one] + (content[other:] if chance.randrange(2) else b"")


def _doubled(content: bytes, chance: Random) -> bytes:
    one, other = sorted((chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)))
    return content[:other] + content[one:other] * chance.choice((1, 1, 3, 50)) + content[other:]


def _put_in(content: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + _hostile(chance) + content[place:]


def _recoded(content: bytes, chance: Random) -> bytes:
    text = content.decode("utf-8")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32")), "replace")


def _words32(content: bytes, chance: Random) -> bytes:
    """A whole number of four or eight bytes made one that lengths should not be."""
    size = chance.choice((4, 8))
    place = chance.randrange(max(len(content) - size, 1))
    value = chance.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 65536))
    return content[:place] + (value % 2 ** (8 * size)).to_bytes(size, "little") + content[place + size :]


BLIND = (_flipped, _cut, _doubled, _put_in, _recoded, _words32)


def _spliced(content: bytes, other: bytes, chance: Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _hostile(chance: Random) -> bytes:
    return chance.choice(HOSTILE).encode("utf-8", "surrogatepass")


# -- that know the form -----------------------------------------------------------------------------------------------


def _numbered(content: bytes, chance: Random) -> bytes:
    return _replaced(content, NUMBER, chance, lambda found: _hostile(chance))


def _valued(content: bytes, chance: Random) -> bytes:
    return _replaced(content, VALUE, chance, lambda found: found[:1] + _hostile(chance) + found[-1:])


def _replaced(content: bytes, pattern: re.Pattern[bytes], chance: Random, by: Callable[[bytes], bytes]) -> bytes:
    found = list(pattern.finditer(content[:LARGEST]))
    if not found:
        return content
    one = found[chance.randrange(len(found))]
    return content[: one.start()] + by(one[0]) + content[one.end() :]


def _celled(content: bytes, chance: Random) -> bytes:
    """A cell of a table is another, gone, or one too many."""
    lines = content.splitlines(keepends=True)
    row = chance.randrange(len(lines))
    counts = [(lines[row].count(one), one) for one in (b",", b";", b"\t", b": ", b" ")]
    mark = max(counts)[1]
    cells = lines[row].split(mark)
    place, what = chance.randrange(len(cells)), chance.randrange(5)
    if what == 0:
        del cells[place]
    elif what == 1:
        cells.insert(place, _hostile(chance))
    elif what == 2:
        cells[place] = cells[chance.randrange(len(cells))]
    else:
        end = b"\n" if cells[place].endswith(b"\n") else b""
        cells[place] = _hostile(chance) + end
    lines[row] = mark.join(cells)
    return b"".join(lines)


def _lined(content: bytes, chance: Random) -> bytes:
    """A line is gone, there many times, elsewhere, moved in or out, or without its end."""
    lines = content.splitlines(keepends=True)
    row, what = chance.randrange(len(lines)), chance.randrange(6)
    if what == 0:
        del lines[row]
    elif what == 1:
        lines[row:row] = [lines[row]] * chance.choice((1, 2, 100))
    elif what == 2:
        lines.insert(chance.randrange(len(lines)), lines.pop(row))
    elif what == 3:
        lines[row] = b"  " + lines[row]
    elif what == 4:
        lines[row] = lines[row].lstrip()
    else:
        lines[row] = lines[row].rstrip(b"\r\n")
    return b"".join(lines)


def _keyed(content: bytes, chance: Random) -> bytes:
    """A word after a colon (YAML) is another kind of value."""
    kinds = (
        b"[]",
        b"{}",
        b"[1, [2]]",
        b"{a: {b: 1}}",
        b"null",
        b"true",
        b"1.5",
        b"2025-02-28",
        b"!x y",
        b"*a",
        b"&a b",
        b"|\n  x",
    )
    return _replaced(
        content, re.compile(rb"(?<=: )[^,\n}\]]+"), chance, lambda found: chance.choice((*kinds, _hostile(chance)))
    )


def _tagged(content: bytes, chance: Random) -> bytes:
    """A tag is gone, there twice, another one of the same file, or within itself many times."""
    tags = list(TAG.finditer(content))
    one, other = (tags[chance.randrange(len(tags))] for _ in range(2))
    by = chance.choice(
        (b"", one[0] * 2, other[0], one[0] * 200, b"<!-- -->", b"<![CDATA[x]]>", b"&#x110000;", b"&lol;")
    )
    return content[: one.start()] + by + content[one.end() :]


def _json(content: bytes, chance: Random) -> bytes:
    """A value somewhere in the JSON is another kind of value, gone, or there twice."""
    whole: Any = json.loads(content)
    at, path = whole, []
    while isinstance(at, dict | list) and at and (not path or chance.randrange(5)):
        key = chance.choice(sorted(at)) if isinstance(at, dict) else chance.randrange(len(at))
        path.append((at, key))
        at = at[key]
    holder, key = path[-1]
    kinds = (None, True, -1, 1e308, 10**30, "", [], {}, [[]], {"a": 1}, chance.choice(HOSTILE))
    what = chance.randrange(4)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[key] = chance.choice(kinds)
    return json.dumps(whole).encode("utf-8", "surrogatepass")


def _packed(content: bytes, chance: Random) -> bytes:
    return gzip.compress(mutated(gzip.decompress(content)[:LARGEST], chance), mtime=0)


def _archive(content: bytes, chance: Random) -> bytes:
    """A member of an archive is changed, gone, there twice or called otherwise."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(one.filename, archive.read(one)) for one in archive.infolist()[:60]]
    place, what = chance.randrange(len(members)), chance.randrange(10)
    name, inner = members[place]
    if what == 0:
        del members[place]
    elif what == 1:
        members.append((name, inner))
    elif what == 2:
        members[place] = (chance.choice((name.upper(), f"../{name}", f"/{name}", name[:-1], "x/" * 50 + name)), inner)
    else:
        members[place] = (name, mutated(inner, chance))
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # two members of one name: that is what is wanted
        for name, inner in members:
            archive.writestr(zipfile.ZipInfo(name), inner, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _database(content: bytes, chance: Random) -> bytes:
    """A cell, a row, a column or a table of a database is another or gone."""
    handle, place = tempfile.mkstemp(prefix="fuzzing-", suffix=".db")
    os.close(handle)
    try:
        with open(place, "wb") as out:
            out.write(content)
        base = sqlite3.connect(place)
        tables = [one for (one,) in base.execute("select name from sqlite_master where type = 'table' order by name")]
        table = chance.choice(tables)
        columns = [one[1] for one in base.execute(f'pragma table_info("{table}")')]
        column, what = chance.choice(columns), chance.randrange(8)
        value = chance.choice((None, -1, 2**62, 1.5, b"\xff\x00", "", *HOSTILE))
        if isinstance(value, str):
            value = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        if what == 0:
            base.execute(f'drop table "{table}"')
        elif what == 1:
            base.execute(f'alter table "{table}" drop column "{column}"')
        elif what == 2:
            base.execute(f'delete from "{table}"')
        elif what == 3:
            base.execute(f'insert into "{table}" select * from "{table}"')
        else:
            base.execute(f'update "{table}" set "{column}" = ? where rowid % ? = 0', (value, chance.choice((1, 2))))
        base.commit()
        base.close()
        with open(place, "rb") as made:
            return made.read()
    finally:
        os.unlink(place)
