"""Where records live: DuckDB in this process, on sorted Parquet; pandas only when a table is asked for.

This file and journey.py are the only ones that may know the engine's own dialect (SQL). Everybody else gets a `Table`
and speaks narwhals. The engine never reaches the network and never installs an extension.
"""

from __future__ import annotations

import itertools
import math
import os
import shutil
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import narwhals as nw

from workbench import adjacency, files, written
from workbench.faults import DataFault, Fault
from workbench.scratch import Scratch

if TYPE_CHECKING:
    import pandas as pd

MEMORY = "700MB"  # what the engine may hold, unless WORKBENCH_MEMORY says otherwise
LOCKED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}

# The records: one row is one thing observed of one person at one step at one time.
RECORDS = {
    "person": "VARCHAR",
    "time": "BIGINT",
    "order": "BIGINT",
    "step": "VARCHAR",
    "channel": "VARCHAR",
    "source": "VARCHAR",
    "kind": "VARCHAR",
    "measure": "VARCHAR",
    "value": "DOUBLE",
    "state": "VARCHAR",
    "text": "VARCHAR",
    "weight": "DOUBLE",
    "wave": "VARCHAR",
    "n": "BIGINT",
    "code": "VARCHAR",  # given to what was said: its full path in the code frame
    "coder": "VARCHAR",  # who gave it
    "place": "VARCHAR",  # where the words stand in their source
}
SOURCE, STRIDE = 10**12, 10_000  # `order` = source number × SOURCE + row × STRIDE + place in the row
CODED = ("step", "channel", "source", "kind", "measure", "state", "wave", "code", "coder")  # words that recur
PACKED = "(format parquet, parquet_version v2, compression zstd, row_group_size 200000)"
HEAD, RECUR, MANY = 20_000, 100, 5_000  # a column of codes: words that may differ in so many first rows, and in all
SHORT = 60  # texts that are looked up in place; more are joined
# Written beside each move at load: what comes next and when, its place in the person's path, which of the person's
# visits to the step it is, and of the moves onward from there: how many the person makes, which of the same move it is.
# Sums of them are what shares of moves need over people: people = count of again = 1, sum y^2 = sum of 2 again - 1.
ADJACENT = {
    "next_step": "VARCHAR",
    "gap": "BIGINT",
    "nth": "INTEGER",
    "visit": "INTEGER",
    "onward": "INTEGER",
    "again": "INTEGER",
}
PATHS = {"person": "VARCHAR", "path": "VARCHAR", "moves": "BIGINT", "first": "BIGINT", "last": "BIGINT"}
PRIME = 2**31 - 1  # what numbers are dealt by
RUN = 500_000  # moves of whole people that are sorted and numbered at a time, with 700 MB for the engine or more
A_MOVE = 1_400  # bytes of the engine's memory for each of them, where it has less
SCANS = 12  # times that a table is gone through before it is cut into parts
MOVES = ("event", "complaint")  # the kinds that are steps of a path; answers and quotes stand beside it
STATES = ("answered", "skipped", "not_shown", "not_applicable", "unknown")  # an answer, and the kinds of nothing


@dataclass(frozen=True, eq=False)
class Table:
    """A table that lives in the engine. `.lazy` is a narwhals LazyFrame; `.to_frame()` fetches it as pandas."""

    lazy: nw.LazyFrame

    @property
    def columns(self) -> list[str]:
        return self.lazy.collect_schema().names()

    def __len__(self) -> int:
        return int(one(self.lazy.select(nw.len())))

    def to_frame(self) -> pd.DataFrame:
        """A pandas copy, yours to change."""
        return fetched(self.lazy.to_native())

    def __repr__(self) -> str:
        return f"Table: {len(self):,} rows; columns {', '.join(self.columns)}"

    def _repr_html_(self) -> str:
        return rows(self.lazy.head(10)).to_html(index=False, escape=True)


class Engine:
    """One DuckDB in this process, with a scratch folder that goes when the engine goes.

    It holds at most WORKBENCH_MEMORY (700MB if not set) and writes to its scratch folder beyond that.
    """

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:", config=dict(LOCKED))
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute("set enable_progress_bar = false")  # progress is told by who asks
        # DuckDB 2.0 fails on the first rows of a sorted and filtered table whose row numbers are made of its rowid
        self.connection.execute("set disabled_optimizers = 'late_materialization'")
        self._scratch = Scratch()
        self.scratch = self._scratch.path
        self._names = (f"t{number}" for number in itertools.count())
        self._texts: list[str] = []
        self.connection.execute(f"set memory_limit = '{os.environ.get('WORKBENCH_MEMORY', MEMORY)}'")
        self.connection.execute(f"set temp_directory = '{_quoted(self.scratch)}'")

    # -- bringing tables in -------------------------------------------------------------------------------------------

    def text(
        self, path: Path, delimiter: str, width: int, lines: int = 0, before: int = 0, divisible: bool = False
    ) -> nw.LazyFrame:
        """A delimited file (UTF-8) as text: `row` (1 is the first row of the sheet) and c0 … c(width-1), blank = null.

        `lines` are left out at the top; they were `before` rows. A `divisible` file has a row for each line end, whatever
        stands before it: it is read from several places at once.
        """
        name = next(self._names)
        columns = {f"c{number}": "VARCHAR" for number in range(width)}
        self.connection.execute(
            f"create temp table {name} as select * from read_csv(?, "
            f"auto_detect=false, skip={lines}, header=false, delim=?, quote='\"', escape='\"', strict_mode=true, "
            f"null_padding=false, parallel={str(divisible).lower()}, max_line_size=20000000, "
            f"buffer_size=20000000, columns={columns})",
            [str(path), delimiter],
        )
        self._texts.append(name)
        # rows lie in the order of the file, and nothing is ever removed: rowid counts them from 0
        return nw.from_native(self.connection.sql(f"select rowid + {before + 1} as row, * from {name}"))

    def text_is_read(self) -> None:
        """Let go of the texts of files that were read: nothing that is still wanted looks at them."""
        while self._texts:
            self.connection.execute(f"drop table {self._texts.pop()}")

    def parquet_text(self, path: Path) -> nw.LazyFrame:
        """A Parquet file as text: `row` (1 is the first) and c0, c1 … in the order of its columns; of a column of times
        without a zone also the times as they are, in c0_clock ….

        Whole numbers lose their point, NaN is nothing, times with a zone are written in UTC.
        """
        source = self.connection.read_parquet(str(path))
        parts = []
        for place, (column, kind) in enumerate(zip(source.columns, map(str, source.types), strict=True)):
            cell = '"' + column.replace('"', '""') + '"'
            text = f"cast({cell} as varchar)"
            if kind in ("DOUBLE", "FLOAT"):
                whole = f"{cell} = trunc({cell}) and abs({cell}) < 1e15 then cast(cast({cell} as bigint) as varchar)"
                text = f"case when isnan({cell}) then null when {whole} else {text} end"
            elif kind == "TIMESTAMP WITH TIME ZONE":
                text = f"strftime({cell}, '%Y-%m-%dT%H:%M:%S.%fZ')"
            elif kind.startswith("TIMESTAMP"):
                clock = f"cast({cell} as timestamp)"
                text = f"cast({clock} as varchar)"
                parts.append(f"case when isfinite({clock}) then {clock} end as c{place}_clock")
            parts.append(f"nullif({text}, '') as c{place}")
        return nw.from_native(
            self.connection.sql(
                f"select file_row_number + 1 as row, {', '.join(parts)} "
                f"from read_parquet('{_quoted(path)}', file_row_number = true)"
            )
        )

    def table(self, frame: pd.DataFrame, types: Mapping[str, str] | None = None) -> nw.LazyFrame:
        """A pandas table as a table of the engine; `types` are the engine's types for columns that may be all empty."""
        name = next(self._names)
        listed = ", ".join(
            f'cast("{column}" as {types[column]}) as "{column}"' if types and column in types else f'"{column}"'
            for column in frame.columns
        )
        self.connection.register("incoming", frame)
        try:
            self.connection.execute(f"create temp table {name} as select {listed} from incoming")
        finally:
            self.connection.unregister("incoming")
        return self._lazy(name)

    def gather(self, chunks: Iterable[Sequence[tuple[str | None, ...]]], headings: Callable[[], Sequence[str]]):
        """Rows of text that come in chunks, put together as one table; beyond the memory limit they lie in the scratch folder.

        `headings` is asked for the columns' names with the first chunk, which may be empty.
        """
        import pandas as pd

        name, there = next(self._names), False
        for chunk in chunks:
            columns = list(headings())
            if not there:
                listed = ", ".join(f'"{_name(column)}" varchar' for column in columns)
                self.connection.execute(f"create temp table {name} ({listed})")
                there = True
            if chunk:
                self.connection.register("incoming", pd.DataFrame(chunk, columns=columns, dtype=object))
                try:
                    self.connection.execute(f"insert into {name} select * from incoming")
                finally:
                    self.connection.unregister("incoming")
        return self._lazy(name)

    def scan(self, path: Path) -> nw.LazyFrame:
        """A Parquet file, or a folder of them, read in place."""
        where: Any = sorted(map(str, path.glob("*.parquet"))) if path.is_dir() else str(path)
        return nw.from_native(self.connection.read_parquet(where))

    def keep(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Work a lazy table out once and keep it."""
        name = next(self._names)
        frame.to_native().create(name)
        return self._lazy(name)

    def keep_for(self, owner: object, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Work a lazy table out and keep it as long as its owner lives."""
        name = next(self._names)
        frame.to_native().create(name)
        weakref.finalize(owner, self.connection.execute, f"drop table if exists {name}")
        return self._lazy(name)

    def coded(self, frame: nw.LazyFrame, columns: Sequence[str]) -> tuple[nw.LazyFrame, list[str]]:
        """The same table with those of its text columns that say few things held as codes: they still read as text.

        What a column says is asked of its first rows, then of all where that is little. A short table stays as it is.
        The columns of codes in which no word is blank or has blanks around it come back too.
        """
        view = self._view(frame)
        asked = ", ".join(("count(*)", *(f'approx_count_distinct("{one}")' for one in columns)))
        several, *head = self.connection.execute(f"select {asked} from (from {view} limit {HEAD})").fetchall()[0]
        if several < HEAD:
            return frame, []
        few = [one for one, several in zip(columns, head, strict=True) if 0 < several <= RECUR]
        types, clean = {}, []
        for one in few:
            found = self.connection.execute(
                f'select distinct "{one}" from {view} where "{one}" is not null limit {MANY + 1}'
            ).fetchall()
            if len(found) <= MANY:
                words = sorted(word for (word,) in found)
                types[one] = self._enumeration(words)
                clean += [one] if all(word and word == word.strip() for word in words) else []
        cast = ", ".join(f'cast("{one}" as {kind}) as "{one}"' for one, kind in types.items())
        return (self._select(frame, f"* replace ({cast})") if types else frame), clean

    def _enumeration(self, words: Sequence[str]) -> str:
        """A type of its own for a column that says these words: it is held as codes."""
        name = f"e{next(self._names)}"
        self.connection.execute(f"create type {name} as enum ({', '.join(map(_sql_text, words))})")
        return name

    def numbered(self, people: nw.LazyFrame) -> nw.LazyFrame:
        """A table with a person a row, and in `number` the place (from 0) of the pseudonym among all."""
        return self.keep(self._select(people, "*, cast(dense_rank() over (order by person) - 1 as integer) as number"))

    def dealt(self, frame: nw.LazyFrame, column: str, batches: int) -> nw.LazyFrame:
        """A column of whole numbers from 0 replaced by the batch, from 0, that a hash deals each of them into.

        Plain arithmetic, the same on every engine: no product goes beyond 64 bits.
        """
        small = nw.col(column) % PRIME
        return frame.with_columns((((small * small) % PRIME * 48271 + small) % PRIME % batches).alias(column))

    def spill(self, frame: nw.LazyFrame, sort: Sequence[str] = ()) -> nw.LazyFrame:
        """Work a large lazy table out once and keep it on disk, packed, until the engine goes."""
        path = self.scratch / f"{next(self._names)}.parquet"
        self.write(frame, path, sort, lasting=False)
        return self.scan(path)

    def write(self, frame: nw.LazyFrame, path: Path, sort: Sequence[str], lasting: bool = True) -> None:
        """Write a table as Parquet in this order; whole or not at all, and to outlive a loss of power, if `lasting`."""
        name = self._view(frame)
        order = ", ".join(f'"{column}" nulls last' for column in sort)
        with _room(path), files.replacing(path) if lasting else nullcontext(path) as place:
            self.connection.execute(
                f"copy (select * from {name}{f' order by {order}' if order else ''}) to '{_quoted(place)}' {PACKED}"
            )

    # -- what narwhals cannot say on every engine ---------------------------------------------------------------------

    def numbers(self, frame: nw.LazyFrame, decimal: str = ".", **new: str) -> nw.LazyFrame:
        """Add columns holding the number that a text column spells, null where it spells none."""
        parts = [f'{written.number(column, decimal)} as "{target}"' for target, column in new.items()]
        return self._select(frame, f"*, {', '.join(parts)}")

    def plain(self, frame: nw.LazyFrame, column: str, target: str) -> nw.LazyFrame:
        """Add a text column's words in small letters, without accents and marks, one blank before and after each."""
        small = f'strip_accents(lower("{column}"))'
        words = f"' ' || trim(regexp_replace({small}, '[^\\pL\\pN]+', ' ', 'g')) || ' '"
        return self._select(frame, f'*, {words} as "{target}"')

    def instants(
        self,
        frame: nw.LazyFrame,
        target: str,
        column: str,
        zone: str | None,
        dates: str | None = None,
        serial: bool = False,
    ) -> tuple[nw.LazyFrame, str]:
        """Add a column of microseconds since 1970 UTC from a text column, and say how dates were written.

        One rule holds for the whole column: the way of writing that reads most cells, day first where both would do.
        ISO 8601 with an offset is taken at its word; a time without one is local to `zone` (UTC if none is given).
        A second column, `<target>_read`, says how (a place in `written.READ`): blank, wrong, with an offset, local, or a
        clock time that the zone never had (when the clocks went forward). `serial` lets bare numbers be a spreadsheet's
        days since 1899-12-30.
        """
        name = self._view(frame)
        text = f'trim("{column}")'
        local = _sql_text(zone or "UTC")
        candidates, offset = written.clocks(f'"{column}"', dates, serial), written.has_offset(text)
        clock, there = f"{column}_clock", frame.collect_schema().names()
        if clock in there:  # no text has to be read
            candidates, offset = {"ISO 8601": f'"{clock}"'}, "false"
        sample, cells = next(self._names), ", ".join(f'"{one}"' for one in there if one in (column, clock))
        self.connection.execute(
            f"create temp table {sample} as select * from (select {cells} from {name}) "
            "using sample reservoir(20000 rows) repeatable (1)"
        )
        ranked: dict[str, int] = {}
        for rule, expression in candidates.items():  # ISO 8601 first: where it reads all, nothing else is tried
            asked = f"select count({expression}), count(*) filter ({offset}), count(nullif({text}, '')) from {sample}"
            read, zoned, filled = self.connection.execute(asked).fetchall()[0]
            ranked[rule] = read
            if read + zoned == filled:
                break
        best = max(ranked, key=lambda rule: ranked[rule])
        both = best == "day first" and 0 < ranked["day first"] == ranked.get(
            "month first", self._reads(candidates, sample)
        )
        rule = f"{best} (either order would read)" if both else best
        utc = "clock" if zone in (None, "UTC") else f"timezone({local}, clock)"
        skipped = f"timezone({local}, timezone({local}, clock)) <> clock" if zone not in (None, "UTC") else "false"
        inner = (
            f"select *, case when clock is null and {offset} then {written.with_offset(text)} end as stated "
            f"from (select *, {candidates[best]} as clock from {name})"
        )
        how = (
            f"case when stated is not null then 2 when clock is null and nullif({text}, '') is null then 0 "
            f"when clock is null then 1 when {skipped} then 4 else 3 end"
        )
        clocked = f', "{clock}"' if clock in there else ""
        return nw.from_native(
            self.connection.sql(
                f'select * exclude (stated, clock{clocked}), coalesce(stated, epoch_us({utc})) as "{target}", '
                f'cast({how} as utinyint) as "{target}_read" from ({inner})'
            )
        ), rule

    def _reads(self, candidates: Mapping[str, str], sample: str) -> int:
        """How many cells of a sample are dates with the month first."""
        if "month first" not in candidates:
            return 0
        return int(self.connection.execute(f"select count({candidates['month first']}) from {sample}").fetchall()[0][0])

    def pseudonyms(
        self, frame: nw.LazyFrame, column: str, secret: bytes, id_space: str, said: str | None = None
    ) -> nw.LazyFrame:
        """The distinct texts of a column, each with its keyed pseudonym in `person`: what `privacy.pseudonym` gives.

        `said` is the column of the ids themselves, where they are written in more than one way.
        """
        texts = distinct(frame.select(*dict.fromkeys((column, said or column)))).filter(~nw.col(column).is_null())
        return self.with_pseudonyms(texts, said or column, secret, id_space).select(column, "person")

    def with_pseudonyms(self, frame: nw.LazyFrame, column: str, secret: bytes, id_space: str) -> nw.LazyFrame:
        """A table with `person`, the keyed pseudonym of the id in a column, worked out once for every row."""
        inner, outer = (bytes(byte ^ mark for byte in secret.ljust(64, b"\0")) for mark in (0x36, 0x5C))
        name, view = next(self._names), self._view(frame)
        digest = f'sha256($outer::blob || from_hex(sha256($inner::blob || encode($space || "{column}"))))'
        letters = f"translate(left(base64(from_hex(left({digest}, 16))), 11), '+/', 'Zz')"
        self.connection.execute(
            f"create temp table {name} as select *, 'p' || {letters} as person from {view}",
            {"inner": inner, "outer": outer, "space": f"{id_space}\x1f"},
        )
        return self._lazy(name)

    def words(self, frame: nw.LazyFrame, columns: Sequence[str]) -> dict[str, list[tuple[str | None, int, int]]]:
        """What each of some text columns says: every text (None for a blank), how many rows say it, and their first `row`."""
        view = self._view(frame)
        found: dict[str, list[tuple[str | None, int, int]]] = {column: [] for column in columns}
        asked = (f"select '{one}', \"{one}\", count(*), min(row) from {view} group by 2" for one in found)
        told = self.connection.execute(f"{' union all '.join(asked)} order by 4").fetchall() if found else []
        for column, text, often, row in told:
            found[column].append((text, often, row))
        return found

    def looked_up(self, frame: nw.LazyFrame, wanted: Sequence[tuple[str, str, Mapping[Any, Any], str]]) -> nw.LazyFrame:
        """Add columns that say what each text of another column stands for: (column to add, of which, {text: what}, type).

        The texts are all that the column says; None among them is a blank.
        """
        import pandas as pd

        parts, joins = [], []
        for number, (target, column, known, kind) in enumerate(wanted):
            spelt = all(
                value is None if text is None else value is not None and str(value) == text
                for text, value in known.items()
            )
            if len(set(known.values())) == 1:
                parts.append(f'cast({_sql(next(iter(known.values())))} as {kind}) as "{target}"')
            elif spelt:  # each text is the value itself, as it is written
                parts.append(f'cast("{column}" as {kind}) as "{target}"')
            elif len(known) <= SHORT:
                when = " ".join(
                    f'when "{column}" {"is null" if text is None else f"= {_sql_text(text)}"} then {_sql(value)}'
                    for text, value in known.items()
                )
                parts.append(f'cast(case {when or "when false then null"} end as {kind}) as "{target}"')
            else:
                table = pd.DataFrame({"text": list(known), "means": list(known.values())}).astype(object)
                table = table.where(table.notna(), None)
                other = self._view(self.table(table, {"text": "VARCHAR", "means": kind}))
                joins.append(f'left join {other} m{number} on v."{column}" is not distinct from m{number}.text')
                parts.append(f'm{number}.means as "{target}"')
        return nw.from_native(
            self.connection.sql(f"select v.*, {', '.join(parts)} from {self._view(frame)} v {' '.join(joins)}")
        )

    def records_of_answers(
        self, answers: nw.LazyFrame, questions: Sequence[tuple[str, str | None]], source: str, number: int
    ) -> nw.LazyFrame:
        """Answers kept one row a respondent, seen as records: one a respondent and question.

        `answers` has person, time, order, step, channel, weight, wave and, for the question at place k, its value vk
        and its state sk (a place in STATES); `questions` are (measure, step; None for the row's own step). Each question
        is a branch with its measure and step as constants, so that a query about one reads its two columns and no more.
        """
        view = self._view(answers)
        named = " ".join(f"when {place} then '{state}'" for place, state in enumerate(STATES))
        branches = []
        for place, (measure, step) in enumerate(questions):
            columns = {
                "person": "person",
                "time": "time",
                "order": f'"order" + {number * SOURCE + place}',
                "step": "step" if step is None else _sql_text(step),
                "channel": "channel",
                "source": _sql_text(source),
                "kind": "'answer'",
                "measure": _sql_text(measure),
                "value": f"v{place}",
                "state": f"case s{place} {named} end",
                "weight": "weight",
                "wave": "wave",
            }
            typed = ", ".join(
                f'cast({columns.get(name, "null")} as {kind}) as "{name}"' for name, kind in RECORDS.items()
            )
            branches.append(f"select {typed} from {view}")
        return nw.from_native(self.connection.sql(" union all ".join(branches)))

    def unpivot(self, frame: nw.LazyFrame, on: Sequence[str], name: str, value: str) -> nw.LazyFrame:
        """One row a cell of the columns `on`: the column's name in `name`, its text in `value`; blanks stay."""
        listed = ", ".join(f'"{column}"' for column in on)
        view = self._view(frame)
        return nw.from_native(
            self.connection.sql(f'from {view} unpivot include nulls ("{value}" for "{name}" in ({listed}))')
        )

    def typed(self, frame: nw.LazyFrame, adjacent: bool = False) -> nw.LazyFrame:
        """A table as records: every column of RECORDS, in order, with its type; columns that are not there are null.

        With `adjacent` those of ADJACENT too.
        """
        there = set(frame.collect_schema().names())
        parts = [
            f'cast("{column}" as {kind}) as "{column}"' if column in there else f'cast(null as {kind}) as "{column}"'
            for column, kind in (RECORDS | (ADJACENT if adjacent else {})).items()
        ]
        return self._select(frame, ", ".join(parts))

    def adjacent(
        self,
        records: nw.LazyFrame,
        path: Path,
        paths: Path | None = None,
        people: nw.LazyFrame | None = None,
        lasting: bool = True,
    ) -> None:
        """Write records, sorted by person and time, with the columns of ADJACENT (`gap` in microseconds).

        Columns that are not there stay away; without `kind` all are contacts or complaints. Columns that hold nothing
        at all are left out: read them with `typed`. Records beside the path (no move, no person or no time) come last,
        with nothing in these columns. `paths` is where to write one row a person with a path: its steps in order, how
        many, when it began and ended. Both become folders of Parquet files.

        `people` has a row a person, `person` and `number` (see `numbered`), where the records have the number for the
        person. Nothing is sorted as a whole: so many people are taken at a time as have moves that fit in memory, those
        are sorted as numbers and codes, and each lot is a file. Records are read several times: hand in a table that
        lies somewhere.
        """
        if people is None:
            known = distinct(records.select("person").filter(~nw.col("person").is_null()))
            people = self.numbered(known)
            whole = records.join(people, on="person", how="left").with_columns(nw.col("number").alias("person"))
            records = self.keep(whole.select(*records.collect_schema().names()))
        view, given = self._view(records), records.collect_schema().names()
        moving, names = f"({_moving('kind' in given)})", self._view(people)
        there, all_move = self._filled(view, moving, [one for one in RECORDS if one in given])
        codes = self._codes(records, [one for one in there if one in CODED])
        listed = ", ".join(f'"{one}"::{codes[one]} as "{one}"' if one in codes else f'"{one}"' for one in there)
        for folder in (path, paths):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
        lots = 0
        with ThreadPoolExecutor(1) as writer:  # a lot is written while the next one is sorted
            writing = None
            for low, high, moves in self._lots(f"(select {listed} from {view} where {moving})", names):
                whose = (
                    f"select distinct number, person from {names} where number >= {low} and number < {high} order by 1"
                )
                lot = adjacency.lot(moves, self.connection.execute(whose).fetchnumpy()["person"], low)
                if writing is not None:
                    writing.result()
                places = [folder and folder / f"{lots:05}.parquet" for folder in (path, paths)]
                writing = writer.submit(self._write_lot, lot, places, lasting)
                lots += 1
            if writing is not None:
                writing.result()
        if not all_move or not lots:
            parts = [f'd."{one}"::{RECORDS[one]} as "{one}"' for one in there if one != "person"]
            parts += [f'null::{kind} as "{one}"' for one, kind in ADJACENT.items()]
            still = f"(from {view} where not {moving}) d left join (select distinct number, person from {names}) w"
            beside = f"select w.person, {', '.join(parts)} from {still} on d.person = w.number"
            self._copy(beside, path / "beside.parquet", lasting)
        if paths is not None and not lots:
            nothing = ", ".join(f'null::{kind} as "{one}"' for one, kind in PATHS.items())
            self._copy(f"select {nothing} limit 0", paths / "none.parquet", lasting)

    def _lots(self, moves: str, names: str) -> Iterator[tuple[int, int, pd.DataFrame]]:
        """Moves, so many people at a time: from which number, up to which, and their moves as pandas.

        What is large is cut into parts before, so that it need not be gone through for each lot.
        """
        people = int(self.connection.execute(f"select coalesce(max(number) + 1, 0) from {names}").fetchall()[0][0])
        width = people // 1000 + 1
        most = min(RUN, self._allowed() // A_MOVE)
        counted = f"select person // {width}, count(*) from {moves} group by 1 order by 1"
        lots, low, several = [], 0, 0
        for place, n in self.connection.execute(counted).fetchall():
            if several and several + n > most:
                lots.append((low, place * width))
                low, several = place * width, 0
            several += n
        lots += [(low, people)] if several else []
        few = len(lots) if len(lots) <= SCANS else math.isqrt(len(lots))
        for start in range(0, len(lots), few or 1):
            part, within = moves, lots[start : start + few]
            if few < len(lots):
                part, whose = next(self._names), f"person >= {within[0][0]} and person < {within[-1][1]}"
                self.connection.execute(f"create temp table {part} as from {moves} where {whose}")
            for low, high in within:
                yield low, high, self.connection.execute(f"from {part} where person >= {low} and person < {high}").df()
            if part != moves:
                self.connection.execute(f"drop table {part}")

    def _allowed(self) -> int:
        """Bytes that the engine may hold."""
        said = self.connection.execute("select current_setting('memory_limit')").fetchall()[0][0]
        number, unit = str(said).split()
        return int(float(number) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB").index(unit))

    def _write_lot(self, lot: tuple[pd.DataFrame, pd.DataFrame], places: Sequence[Path | None], lasting: bool) -> None:
        """Write moves and the paths of the same people, beside what this engine does meanwhile."""
        with self.connection.cursor() as cursor:
            for frame, kinds, place in zip(lot, (RECORDS | ADJACENT, PATHS), places, strict=True):
                if place is not None:
                    listed = ", ".join(f'"{one}"::{kinds[one]} as "{one}"' for one in frame.columns)
                    cursor.register("incoming", frame)
                    self._copy(f"select {listed} from incoming", place, lasting, cursor)

    def _copy(self, rows: str, path: Path, lasting: bool, cursor: Any = None) -> None:
        with _room(path), files.replacing(path) if lasting else nullcontext(path) as place:
            (cursor or self.connection).execute(f"copy ({rows}) to '{_quoted(place)}' {PACKED}")

    def _codes(self, records: nw.LazyFrame, columns: Sequence[str]) -> dict[str, str]:
        """A type for each column of words that recur: an enumeration of what it says, where it is not held as codes yet."""
        native = records.to_native()
        held = {one for one, kind in zip(native.columns, native.types, strict=True) if str(kind).startswith("ENUM")}
        found, asked = {}, [one for one in columns if one not in held]
        for one in asked:
            words = self.connection.execute(f'select distinct "{one}" from {self._view(records)}').fetchall()
            found[one] = self._enumeration(sorted(word for (word,) in words if word is not None))
        return found

    def next_to(self, records: nw.LazyFrame) -> nw.LazyFrame:
        """Records with the columns of ADJACENT, sorted, as `adjacent` writes them; they lie with the engine."""
        path = self.scratch / next(self._names)
        self.adjacent(records, path, lasting=False)
        return self.typed(self.scan(path), adjacent=True)

    def _filled(self, view: str, moving: str, columns: Sequence[str]) -> tuple[list[str], bool]:
        """Those columns of a view of records that hold anything at all; and whether all records are moves."""
        counts = ", ".join(f'count("{name}")' for name in columns)
        asked = f"select count(*), count(*) filter ({moving}), {counts} from {view}"
        everything, moves, *found = self.connection.execute(asked).fetchall()[0]
        always = ("person", "time", "order", "kind")
        return [name for name, n in zip(columns, found, strict=True) if n or name in always], everything == moves

    def apart(self, records: nw.LazyFrame) -> nw.LazyFrame:
        """Records that stand beside the path: nothing comes next."""
        nothing = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in ADJACENT.items())
        return self._select(records, f"*, {nothing}")

    def first_of(self, frame: nw.LazyFrame, by: str, order: str, columns: Sequence[str]) -> nw.LazyFrame:
        """One row a group: each column's value in the group's first row, and in `<column>_several` whether it has more."""
        parts = ", ".join(
            f'arg_min_null("{one}", "{order}") as "{one}", min("{one}") <> max("{one}") as "{one}_several"'
            for one in columns
        )
        view = self._view(frame)
        return nw.from_native(self.connection.sql(f'select "{by}", {parts} from {view} group by "{by}"'))

    def last_of(
        self, frame: nw.LazyFrame, by: str, columns: Sequence[str], others: Mapping[str, tuple[str, str]]
    ) -> nw.LazyFrame:
        """One row a group: each column's last value that is not blank, by `time` and then `order`; `others` are columns
        to add: the "min" or "max" of a column in the group."""
        parts = [f'arg_max("{one}", (coalesce(time, 0), "order")) as "{one}"' for one in columns]
        parts += [f'{which}("{column}") as "{name}"' for name, (which, column) in others.items()]
        return nw.from_native(
            self.connection.sql(f'select "{by}", {", ".join(parts)} from {self._view(frame)} group by "{by}"')
        )

    def paths(self, records: nw.LazyFrame) -> nw.LazyFrame:
        """One row a person with a path: its steps in order, how many, when it began and ended."""
        view = self._view(records)
        return nw.from_native(
            self.connection.sql(
                f"select person, string_agg(step, ' > ' order by time, \"order\") as path, count(*) as moves, "
                f"min(time) as first, max(time) as last from {view} where {_moving()} and step is not null group by person"
            )
        )

    def refusal(self, problem: Exception) -> Fault | None:
        """What to tell where an error says that this engine cannot work something out; None where it is an error of ours."""
        return None

    # -- inside -------------------------------------------------------------------------------------------------------

    def _lazy(self, name: str) -> nw.LazyFrame:
        return nw.from_native(self.connection.table(name))

    def _view(self, frame: nw.LazyFrame) -> str:
        name = next(self._names)
        frame.to_native().create_view(name)
        return name

    def _select(self, frame: nw.LazyFrame, columns: str) -> nw.LazyFrame:
        return nw.from_native(self.connection.sql(f"select {columns} from {self._view(frame)}"))


def rows(frame: nw.LazyFrame) -> pd.DataFrame:
    """Fetch a small lazy table as pandas. Raises DataFault where working it out needs more memory than is allowed."""
    with within_memory("the journey"):
        return fetched(frame.to_native())


@singledispatch
def fetched(native: Any) -> pd.DataFrame:
    """A table of the engine as pandas. Another engine registers how its tables are fetched."""
    return native.df()


@contextmanager
def within_memory(what: str) -> Iterator[None]:
    """Say in words where something needs more memory than the engine may hold."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        allowed = os.environ.get("WORKBENCH_MEMORY", MEMORY)
        raise DataFault(
            Fault(
                file=what,
                found=f"more than the memory allowed ({allowed}) is needed",
                expected="less data, or more memory",
                mend="set WORKBENCH_MEMORY higher, as in WORKBENCH_MEMORY=2GB; what was read before stays",
            )
        ) from None


@contextmanager
def _room(path: Path) -> Iterator[None]:
    """Say in words where the engine finds no room on the disk."""
    try:
        yield
    except duckdb.Error as problem:
        why = next((number for number in files.WHY if os.strerror(number) in str(problem)), None)
        if why is None:
            raise
        raise files.unwritten(path, why) from problem


@contextmanager
def whole_file(what: str) -> Iterator[None]:
    """Say in words where a Parquet file, of which the engine reads what it needs when it needs it, is found to be damaged."""
    ours = (duckdb.OutOfMemoryException, duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)
    try:
        yield
    except ours:
        raise
    except (duckdb.Error, RuntimeError, UnicodeDecodeError):  # a column's name that is no text
        raise DataFault(
            Fault(
                file=what,
                found="a Parquet file that cannot be read: truncated, damaged or encrypted (or another binary file)",
                expected="a whole Parquet file",
                mend="copy or export it again",
            )
        ) from None


def one(frame: nw.LazyFrame) -> Any:
    """The first cell of a small lazy table."""
    return rows(frame.head(1)).iloc[0, 0]


def distinct(frame: nw.LazyFrame) -> nw.LazyFrame:
    """The rows of a lazy table, each once. (narwhals' `unique` numbers the rows of each group, which sorts them all.)"""
    return nw.from_native(frame.to_native().distinct())


def count(frame: nw.LazyFrame) -> int:
    """How many rows a lazy table has."""
    return int(one(frame.select(nw.len())))


def instant(text: str, zone: str | None) -> int:
    """A written date or time in microseconds since 1970 UTC, local to `zone` where it does not say. Raises ValueError."""
    import pandas as pd

    stamp = pd.Timestamp(text)
    return int((stamp.tz_localize(zone or "UTC") if stamp.tzinfo is None else stamp).value // 1000)


def is_move() -> nw.Expr:
    """Is a record a move of a person: a contact or complaint of somebody at some time?"""
    kind = nw.col("kind").fill_null("").is_in(list(MOVES))
    return kind & ~nw.col("person").is_null() & ~nw.col("time").is_null()


def _moving(kinds: bool = True) -> str:
    """The same in this engine's own words; without `kinds`, of records that are contacts or complaints all."""
    listed = ", ".join(_sql_text(kind) for kind in MOVES)
    return (f"coalesce(kind, '') in ({listed}) and " if kinds else "") + "person is not null and time is not null"


def _name(column: str) -> str:
    return column.replace('"', '""')


def _sql(value: Any) -> str:
    return "null" if value is None else _sql_text(value) if isinstance(value, str) else repr(value)


def _sql_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
