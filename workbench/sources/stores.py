"""Live stores: any SQL database, by an address that stands in the environment. A query's rows are fetched to a Parquet file.

A study names a store and its query, never an address or a password: a study that somebody sent can call nobody. Knows
SQLAlchemy; what the rows mean is read from the file, like any other.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench import files, places
from workbench.engine import Engine
from workbench.faults import DataFault, Fault
from workbench.sources.sheet import cell

CHUNK = 50_000  # rows that are fetched at a time
PREFIX = "WORKBENCH_STORE_"
FILE = "sqlite:///"
Progress = Callable[..., Iterable]


def address(store: str, folder: Path, file: str = "study.yaml") -> str:
    """The address of a store: what the environment says for its name, or an SQLite file inside the study's folder.

    Raises DataFault where the name is not known, or where an address stands in the study itself.
    """
    if store.startswith(FILE):
        path = places.inside(folder, store.removeprefix(FILE), file)
        if not path.is_file():
            close = files.near_files(path)
            mend = f'did you mean "{close}"?' if close else "put it there, or correct the name"
            raise DataFault(
                Fault(file=file, column="store", found=f"no file {path.name}", expected="a store", mend=mend)
            )
        return f"{FILE}{path}"
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", store):
        raise DataFault(
            Fault(
                file=file,
                column="store",
                found="an address" if "://" in store else f'"{store}"',
                expected=f"the store's name, as in crm, or {FILE}sources/crm.db for a file of the study",
                mend=f"give it a name here, and its address in the environment: {PREFIX}CRM=postgresql+psycopg://…",
            )
        )
    name = PREFIX + store.upper().replace("-", "_")
    found = os.environ.get(name, "").strip()
    if not found:
        raise DataFault(
            Fault(
                file=file,
                column="store",
                found=f"no address for the store {store}",
                expected=f"{name} in the environment",
                mend=f"set it before you start: export {name}=postgresql+psycopg://user:password@host/database",
            )
        )
    return found


def fetch(store: str, where: str, query: str, path: Path, progress: Progress | None = None) -> None:
    """Fetch a query's rows to `path` (Parquet, every cell as text), with a note of it beside; whole or not at all.

    `where` is the store's address. Read in chunks, read-only; where the connection breaks half way, what was fetched
    before stays. `progress` wraps the chunks. Raises DataFault.
    """
    engine = Engine()
    headings: list[str] = []
    rows = 0

    def chunks() -> Iterator[list[tuple[str | None, ...]]]:
        nonlocal headings, rows
        with connected(store, where, reading=True) as connection:
            result = connection.execution_options(stream_results=True, max_row_buffer=CHUNK).exec_driver_sql(query)
            if not result.returns_rows:
                raise DataFault(Fault(file=store, column="query", found="a query without rows", expected="select …"))
            headings = list(result.keys())
            twice = sorted({one for one in headings if headings.count(one) > 1})
            if twice:
                raise DataFault(
                    Fault(file=store, column=twice[0], found="two columns of one name", expected="one", mend="say as …")
                )
            yield []  # what the columns are called is known now
            for part in result.partitions(CHUNK):
                rows += len(part)
                yield [tuple(_text(value) for value in row) for row in part]

    wrapped = progress(chunks(), f"fetching from {store}", "chunk") if progress else chunks()
    gathered = engine.gather(wrapped, lambda: headings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # what lies in it names people
    engine.write(gathered, path, ())
    path.chmod(0o600)
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    note = {"store": store, "query": query, "fetched": when, "rows": rows, "sha256": files.sha256(path)}
    files.write(path.with_suffix(".json"), files.sealed(note))


def fetched(store: str, query: str, path: Path) -> dict[str, Any] | None:
    """The note of what was fetched, where it is whole and answers this query of this store; else None."""
    note = files.unsealed(path.with_suffix(".json"))
    same = note is not None and (note["store"], note["query"]) == (store, query)
    return note if same and note and files.content(path) == note["sha256"] else None


@contextmanager
def connected(store: str, where: str, reading: bool) -> Iterator[Any]:
    """A connection to a store, for reading (nothing can be changed through it) or for one change, made whole or not at all.

    What the database says against it becomes a DataFault, without its address and password.
    """
    import sqlalchemy
    import sqlalchemy.exc

    try:
        engine = sqlalchemy.create_engine(where, hide_parameters=True)
        lite = engine.dialect.name == "sqlite"
        try:
            with engine.connect() as connection:
                if lite:
                    connection.exec_driver_sql(f"pragma query_only = {'on' if reading else 'off'}")
                    connection.commit()
                if reading:
                    guarded = engine.dialect.name == "postgresql"
                    yield connection.execution_options(postgresql_readonly=True) if guarded else connection
                else:
                    with connection.begin():
                        if lite:  # its driver would make tables outside of the transaction
                            connection.exec_driver_sql("begin")
                        yield connection
        finally:
            engine.dispose()
    except (sqlalchemy.exc.SQLAlchemyError, ModuleNotFoundError, OSError) as problem:
        said = str(getattr(problem, "orig", None) or problem).strip().split("\n")[0]
        raise DataFault(
            Fault(
                file=store,
                column="store",
                found=f"a database that answers: {_without_secrets(said, where)[:200]}",
                expected="rows",
                mend="check the address, the query and the connection; what was read before stays",
            )
        ) from None


def _without_secrets(said: str, where: str) -> str:
    import sqlalchemy

    said = said.replace(where, "(its address)")
    try:
        parts = sqlalchemy.make_url(where)
    except sqlalchemy.exc.ArgumentError:
        return "an address that cannot be read"
    for word in (parts.password, parts.username, parts.host, parts.database if "/" in str(parts.database) else None):
        said = said.replace(str(word), "…") if word else said
    return said


def _text(value: object) -> str | None:
    """A database's value as the text of a cell."""
    from decimal import Decimal
    from uuid import UUID

    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() and abs(value) < 10**15 else str(value)
    if isinstance(value, UUID):
        return str(value)
    text = cell(value)
    return text.replace("\0", "") if text is not None else None
