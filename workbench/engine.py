"""Where records live: DuckDB in this process, on sorted Parquet; pandas only when a table is asked for.

This file and journey.py are the only ones that may know the engine's own dialect (SQL). Everybody else gets a `Table`
and speaks narwhals. The engine never reaches the network and never installs an extension.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import narwhals as nw

from workbench import files, written
from workbench.faults import DataFault, Fault

if TYPE_CHECKING:
    import numpy as np
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
PACKED = "(format parquet, compression zstd, row_group_size 200000)"
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
PRIME = 2**31 - 1  # what numbers are dealt by
RUN = 2_000_000  # rows of a sorted table that are numbered at a time
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
        self.scratch = Path(tempfile.mkdtemp(prefix="workbench-"))
        self._names = (f"t{number}" for number in itertools.count())
        self.connection.execute(f"set memory_limit = '{os.environ.get('WORKBENCH_MEMORY', MEMORY)}'")
        self.connection.execute(f"set temp_directory = '{_quoted(self.scratch)}'")
        self._end = weakref.finalize(self, shutil.rmtree, self.scratch, ignore_errors=True)

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
        )  # rows lie in the order of the file, and nothing is ever removed: rowid counts them from 0
        return nw.from_native(self.connection.sql(f"select rowid + {before + 1} as row, * from {name}"))

    def parquet_text(self, path: Path) -> nw.LazyFrame:
        """A Parquet file as text: `row` (1 is the first) and c0, c1 … in the order of its columns.

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
                text = f"cast(cast({cell} as timestamp) as varchar)"
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
        """A Parquet file, read in place."""
        return nw.from_native(self.connection.read_parquet(str(path)))

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

    def coded(self, frame: nw.LazyFrame, columns: Sequence[str]) -> nw.LazyFrame:
        """The same table with those of its text columns that say few things held as codes: they still read as text.

        What a column says is asked of its first rows, then of all where that is little. A short table stays as it is.
        """
        view = self._view(frame)
        asked = ", ".join(("count(*)", *(f'approx_count_distinct("{one}")' for one in columns)))
        several, *head = self.connection.execute(f"select {asked} from (from {view} limit {HEAD})").fetchall()[0]
        if several < HEAD:
            return frame
        few = [one for one, several in zip(columns, head, strict=True) if 0 < several <= RECUR]
        types = {}
        for one in few:
            words = self.connection.execute(
                f'select distinct "{one}" from {view} where "{one}" is not null order by 1 limit {MANY + 1}'
            ).fetchall()
            if len(words) <= MANY:
                types[one] = f"e{next(self._names)}"
                listed = ", ".join(_sql_text(word) for (word,) in words)
                self.connection.execute(f"create type {types[one]} as enum ({listed})")
        cast = ", ".join(f'cast("{one}" as {kind}) as "{one}"' for one, kind in types.items())
        return self._select(frame, f"* replace ({cast})") if types else frame

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
        with files.replacing(path) if lasting else nullcontext(path) as place:
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
        candidates, offset = written.clocks(text, dates, serial), written.has_offset(text)
        sample = next(self._names)
        self.connection.execute(
            f'create temp table {sample} as select "{column}" from (select "{column}" from {name}) '
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
        skipped = f"timezone({local}, timezone({local}, clock)) <> clock" if zone not in (None, "UTC") else "false"
        inner = (
            f"select *, case when clock is null and {offset} then {written.with_offset(text)} end as stated "
            f"from (select *, {candidates[best]} as clock from {name})"
        )
        how = (
            f"case when stated is not null then 2 when clock is null and nullif({text}, '') is null then 0 "
            f"when clock is null then 1 when {skipped} then 4 else 3 end"
        )
        return nw.from_native(
            self.connection.sql(
                f'select * exclude (stated, clock), coalesce(stated, epoch_us(timezone({local}, clock))) as "{target}", '
                f'cast({how} as utinyint) as "{target}_read" from ({inner})'
            )
        ), rule

    def _reads(self, candidates: Mapping[str, str], sample: str) -> int:
        """How many cells of a sample are dates with the month first."""
        if "month first" not in candidates:
            return 0
        return int(self.connection.execute(f"select count({candidates['month first']}) from {sample}").fetchall()[0][0])

    def pseudonyms(self, frame: nw.LazyFrame, column: str, secret: bytes, id_space: str) -> nw.LazyFrame:
        """The distinct texts of a column, each with its keyed pseudonym in `person`: what `privacy.pseudonym` gives."""
        inner, outer = (bytes(byte ^ mark for byte in secret.ljust(64, b"\0")) for mark in (0x36, 0x5C))
        name, view = next(self._names), self._view(distinct(frame.select(column)))
        digest = f'sha256($outer::blob || from_hex(sha256($inner::blob || encode($space || "{column}"))))'
        letters = f"translate(left(base64(from_hex(left({digest}, 16))), 11), '+/', 'Zz')"
        self.connection.execute(
            f"create temp table {name} as select \"{column}\", 'p' || {letters} as person from {view} "
            f'where "{column}" is not null',
            {"inner": inner, "outer": outer, "space": f"{id_space}\x1f"},
        )
        return self._lazy(name)

    def looked_up(self, frame: nw.LazyFrame, wanted: Sequence[tuple[str, str, Mapping[Any, Any], str]]) -> nw.LazyFrame:
        """Add columns that say what each text of another column stands for: (column to add, of which, {text: what}, type).

        None among the texts is a blank; a text that is not among them gives nothing.
        """
        import pandas as pd

        parts, joins = [], []
        for number, (target, column, known, kind) in enumerate(wanted):
            if len(known) <= SHORT:
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

    def adjacent(self, records: nw.LazyFrame, path: Path, paths: Path | None = None, lasting: bool = True) -> None:
        """Write records, sorted by person and time, with the columns of ADJACENT (`gap` in microseconds).

        Columns that hold nothing at all are left out: read them with `typed`.

        Records beside the path (no move, no person or no time) come last, with nothing in these columns. Words that
        recur are sorted as codes: one sort of narrow rows, then each row looks at the one behind it. The records are
        read twice: hand in a table that lies somewhere. `paths` is where to write one row a person with a path: its
        steps in order, how many, when it began and ended.
        """
        view = self._view(records)
        moving = f"({_moving()})"
        there, all_move = self._filled(view, moving)
        types = dict(RECORDS)
        for column in (column for column in there if column in CODED):
            types[column] = f"e{next(self._names)}"
            words = f'select distinct "{column}" from {view} where "{column}" is not null order by 1'
            self.connection.execute(f"create type {types[column]} as enum ({words})")
        listed = ", ".join(f'"{one}"::{types[one]} as "{one}"' for one in there)
        table = next(self._names)
        self.connection.execute(
            f'create temp table {table} as select {listed} from {view} where {moving} order by person, time, "order"'
        )
        stepped = "step" in there
        numbered, runs = self._numbered(table, stepped)

        def row(alias: str) -> str:
            return ", ".join(f'cast({alias}."{name}" as {types[name]}) as "{name}"' for name in there)

        same, step = "b.person = a.person", "b.step" if stepped else "null::varchar"
        behind = f"select person, time{', step' if stepped else ''} from {table} offset 1"
        rows = (
            f"select {row('a')}, case when {same} then {step} end as next_step, "
            f"cast(case when {same} then b.time - a.time end as bigint) as gap, c.* from {table} a "
            f"positional join {numbered} c positional join ({behind}) b where a.person is not null"
        )
        if not all_move:
            rows += f" union all select {row('d')}{', null' * len(ADJACENT)} from {view} d where not {moving}"
        with files.replacing(path) if lasting else nullcontext(path) as place:
            self.connection.execute(f"copy ({rows}) to '{_quoted(place)}' {PACKED}")
        if paths is not None:
            self._write_paths(table if stepped else None, runs, paths)
        self.connection.execute(f"drop table {table}; drop table {numbered}")

    def _numbered(self, table: str, stepped: bool) -> tuple[str, list[tuple[int, int]]]:
        """The numbers of ADJACENT for moves that lie sorted, row by row in a table of their own, and the runs of whole
        people (first row, row after the last) that were numbered at a time."""
        import numpy as np
        import pandas as pd

        name, first = next(self._names), 0
        runs: list[tuple[int, int]] = []
        whole = int(self.connection.execute(f"select count(*) from {table}").fetchall()[0][0])
        self.connection.execute(f"create temp table {name} (nth integer, visit integer, onward integer, again integer)")
        code = "coalesce(enum_code(a.step), -1)" if stepped else "-1"
        run = RUN
        while first < whole:
            found = self.connection.execute(
                f"select cast(b.person is distinct from a.person as tinyint) as ends, cast({code} as integer) as step "
                f"from (select * from {table} where rowid >= {first} and rowid < {first + run}) a positional join "
                f"(select person from {table} where rowid > {first} and rowid <= {first + run}) b where a.person is not null"
            ).fetchnumpy()
            ends = np.flatnonzero(np.asarray(found["ends"]))
            # the last person of a run may go on in the next: leave them to it
            upto = int(ends[-1]) + 1 if len(ends) and first + run < whole else whole - first
            if first + run < whole and not len(ends):
                run *= 2
                continue
            columns = numbers_of_moves(np.asarray(found["ends"])[:upto], np.asarray(found["step"])[:upto])
            self.connection.register("incoming", pd.DataFrame(columns))
            try:
                self.connection.execute(f"insert into {name} select * from incoming")
            finally:
                self.connection.unregister("incoming")
            runs.append((first, first + upto))
            first, run = first + upto, RUN
        return name, runs

    def _write_paths(self, table: str | None, runs: Sequence[tuple[int, int]], paths: Path) -> None:
        """One row a person, from moves that lie sorted: a run of whole people at a time, on one thread, so that they are
        met in their order."""
        name = next(self._names)
        kinds = "person varchar, path varchar, moves bigint, first bigint, last bigint"
        self.connection.execute(f"create temp table {name} ({kinds})")
        threads = self.connection.execute("select current_setting('threads')").fetchall()[0][0]
        self.connection.execute("set threads = 1")
        try:
            for first, after in runs if table is not None else ():
                self.connection.execute(
                    f"insert into {name} select person, string_agg(step, ' > '), count(*), min(time), max(time) from {table} "
                    f"where rowid >= {first} and rowid < {after} and step is not null group by person order by person"
                )
            with files.replacing(paths) as place:
                self.connection.execute(f"copy {name} to '{_quoted(place)}' {PACKED}")
        finally:
            self.connection.execute(f"set threads = {threads}")
            self.connection.execute(f"drop table {name}")

    def next_to(self, records: nw.LazyFrame) -> nw.LazyFrame:
        """Records with the columns of ADJACENT, sorted, as `adjacent` writes them; they lie with the engine."""
        path = self.scratch / f"{next(self._names)}.parquet"
        self.adjacent(records, path, lasting=False)
        return self.typed(self.scan(path), adjacent=True)

    def _filled(self, view: str, moving: str) -> tuple[list[str], bool]:
        """The columns of a view of records that hold anything at all; and whether all records are moves."""
        counts = ", ".join(f'count("{name}")' for name in RECORDS)
        asked = f"select count(*), count(*) filter ({moving}), {counts} from {view}"
        everything, moves, *found = self.connection.execute(asked).fetchall()[0]
        always = ("person", "time", "order", "kind")
        return [name for name, n in zip(RECORDS, found, strict=True) if n or name in always], everything == moves

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


def numbers_of_moves(ends: np.ndarray, step: np.ndarray) -> dict[str, np.ndarray]:
    """The numbers of ADJACENT of moves in their order, from where a person's last move is and a code of each one's step.

    A step of -1 is not known: it is no visit, and no move leads on from it or to it.
    """
    import numpy as np

    ends = ends.astype(bool)
    person = np.concatenate(([0], np.cumsum(ends)[:-1])).astype(np.int64)
    step = step.astype(np.int64)
    after = np.concatenate((step[1:], [-1]))
    known = step >= 0
    moved = known & ~ends & (after >= 0)
    several = int(step.max(initial=0)) + 2
    at = person * several + step + 1
    first = np.flatnonzero(np.concatenate(([True], ends[:-1])))
    nth = np.arange(len(ends)) - np.repeat(first, np.diff(np.concatenate((first, [len(ends)])))) + 1
    visit, _ = _within(at)
    onward, again = np.zeros(len(ends), np.int32), np.zeros(len(ends), np.int32)
    again[moved], _ = _within(at[moved] * several + after[moved])
    _, onward[moved] = _within(at[moved])
    visit[~known] = 0
    return {"nth": nth.astype(np.int32), "visit": visit, "onward": onward, "again": again}


def _within(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each entry: which of those with the same key it is, from 1, and how many there are."""
    import numpy as np

    order = np.argsort(key, kind="stable")
    sorted_ = key[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_[1:] != sorted_[:-1]))) if len(key) else np.zeros(0, int)
    lengths = np.diff(np.concatenate((starts, [len(key)])))
    nth, many = np.empty(len(key), np.int32), np.empty(len(key), np.int32)
    nth[order] = np.arange(len(key)) - np.repeat(starts, lengths) + 1
    many[order] = np.repeat(lengths, lengths)
    return nth, many


def is_move() -> nw.Expr:
    """Is a record a move of a person: a contact or complaint of somebody at some time?"""
    kind = nw.col("kind").fill_null("").is_in(list(MOVES))
    return kind & ~nw.col("person").is_null() & ~nw.col("time").is_null()


def _moving() -> str:
    """The same in this engine's own words."""
    kinds = ", ".join(_sql_text(kind) for kind in MOVES)
    return f"coalesce(kind, '') in ({kinds}) and person is not null and time is not null"


def _name(column: str) -> str:
    return column.replace('"', '""')


def _sql(value: Any) -> str:
    return "null" if value is None else _sql_text(value) if isinstance(value, str) else repr(value)


def _sql_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
