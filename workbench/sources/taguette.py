"""Taguette's own database (.sqlite3) as a coded project. It is opened to be read only, and left as it was.

Knows Taguette's tables: highlights are counted in bytes of the page's text, tags nest by points, and who made a highlight
stands in the log of commands. Who the users are is not read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html.parser import HTMLParser
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources.codings import NOWHERE, Code, Project, Quote, Text, named, placed
from workbench.sources.lines import speaker_at, speakers_at

TABLES = {"documents", "tags", "highlights", "highlight_tags"}


def is_taguette(received: Received) -> bool:
    """Is this a Taguette database?"""
    if received.kind != "binary":
        return False
    with open(received.path, "rb") as handle:
        if handle.read(16) != b"SQLite format 3\0":
            return False
    try:
        with _opened(received) as connection:
            return _tables(connection).keys() >= TABLES
    except sqlite3.DatabaseError:
        return False


@contextmanager
def _opened(received: Received) -> Iterator[sqlite3.Connection]:
    """The database, to be read only: nothing is written, no extension and nothing of its schema runs."""
    with closing(sqlite3.connect(f"{received.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("pragma query_only = on")
        connection.execute("pragma trusted_schema = off")
        yield connection


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    """The tables by name, each with how it was made."""
    return {
        name: sql or "" for name, sql in connection.execute("select name, sql from sqlite_master where type = 'table'")
    }


def project(received: Received) -> Project:
    """The coded project. Raises DataFault where the database is damaged, or of another kind."""
    found = Project(received.origin.stem)
    try:
        with _opened(received) as connection:
            made = _tables(connection)
            if not set(made) >= TABLES or any("virtual" in made[one].casefold()[:30] for one in TABLES):
                raise DataFault(
                    Fault(file=received.name, found="a database of another kind", expected="one of Taguette")
                )
            documents = connection.execute(
                "select cast(id as integer), cast(name as text), cast(contents as text) from documents order by id"
            ).fetchall()
            tags = connection.execute(
                "select cast(id as integer), cast(path as text), cast(description as text) from tags order by path"
            ).fetchall()
            marks = connection.execute(
                "select cast(id as integer), cast(document_id as integer), cast(start_offset as integer), "
                "cast(end_offset as integer), cast(snippet as text) from highlights order by document_id, start_offset"
            ).fetchall()
            given = connection.execute(
                "select cast(highlight_id as integer), cast(tag_id as integer) from highlight_tags"
            ).fetchall()
            who = _coders(connection) if "commands" in made else {}
    except sqlite3.DatabaseError as problem:
        damage = f"a damaged database ({problem})"
        raise DataFault(
            Fault(file=received.name, found=damage, expected="one of Taguette", mend="export it again")
        ) from None
    beside = received.origin.with_name(received.origin.name + "-wal")
    if beside.exists() and beside.stat().st_size:
        found.note(
            "changes that Taguette has not written into the file yet", "a closed project", "not read: close it first"
        )
    found.codes = tuple(
        Code(named("tag", one), tuple((path or "?").split(".")), "", text or "") for one, path, text in tags
    )
    texts = {one: _plain_text(contents or "") for one, _, contents in documents}
    found.sources = tuple(Text(named("document", one), name or "", texts[one]) for one, name, _ in documents)
    known = {one for one, *_ in tags}
    tags_of: dict[int, list[str]] = {}
    for mark, tag in given:
        if tag in known:
            tags_of.setdefault(mark, []).append(named("tag", tag))
    coders = sorted(set(who.values()))
    found.people = frozenset(name for name in coders if name != "admin")
    speakers = {one: speakers_at(text) for one, text in texts.items()}
    quotes = []
    for mark, document, first, last, snippet in marks:
        if document not in texts or not tags_of.get(mark):
            found.note("a passage without a code", "passages with codes", "left out")
            continue
        text, quoted = texts[document], " ".join(_plain_text(snippet or "").split())
        start, end, moved = placed(text, _letters(text, first), _letters(text, last), quoted)
        lost = moved == NOWHERE
        if moved:
            found.note(*moved[:2], "the quoted text was taken: look at it" if lost else moved[2])
        quotes.append(
            Quote(
                named("document", document),
                start,
                end,
                quoted if lost else text[start:end],
                tuple(sorted(tags_of[mark])),
                coders.index(who[mark]) + 1 if mark in who else 0,
                speaker_at(speakers[document], start + 1),
            )
        )
    found.quotes = tuple(quotes)
    return found


def _coders(connection: sqlite3.Connection) -> dict[int, str]:
    """Who made each highlight, by the log of commands."""
    who: dict[int, str] = {}
    for user, payload in connection.execute("select user_login, payload from commands order by id"):
        try:
            told = json.loads(payload)
        except (TypeError, ValueError, RecursionError):
            continue  # the log of other doings is of no use here
        of = told.get("highlight_id") if isinstance(told, dict) and told.get("type") == "highlight_add" else None
        if isinstance(of, int):
            who.setdefault(of, str(user))
    return who


def _letters(text: str, place: int | None) -> int:
    """A place counted in bytes of UTF-8, in letters."""
    return len(text.encode()[: max(0, place or 0)].decode("utf-8", "ignore"))


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
