"""The engine on a cluster: the frames that the embedded engine wrote, asked on an Apache Spark that is already there.

Files are read by the embedded engine (engine.py) into Parquet; a study that is opened with a Spark's address then has its
questions worked out there. The same narwhals expressions run on both; this file holds the few phrases that narwhals
cannot say, in Spark's words: what a person's next move is (`next_to`), whole paths (`paths`), the last answer
(`last_of`), plain words (`plain`), written dates (`instants`), and how a table comes in and goes out (`table`,
`fetched`). A warehouse that narwhals speaks to (PostgreSQL, Snowflake, BigQuery …) would need these phrases and no more.

Only small tables come back: more than MOVED rows are refused, never fetched in silence. Every worker must see the
study's folder under the same path; it needs Java and no Python. What Spark cannot do is said in a DataFault.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import socket
import weakref
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
from narwhals.exceptions import NarwhalsError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from workbench.engine import ADJACENT, RECORDS, SOURCE, STATES, Engine, fetched, is_move, rows
from workbench.faults import DataFault, Fault
from workbench.scratch import Scratch

MOVED, SENT = 2_000_000, 200_000  # rows that may come back from a cluster at once, and that may go to it
HELD = 2**28  # bytes of a file that is kept with the workers; a larger one is read by its columns, each time
TYPES = {
    "VARCHAR": "string",
    "BIGINT": "bigint",
    "INTEGER": "int",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "UTINYINT": "smallint",
}
# What holds for our questions in whatever session there is.
ASKED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",  # a column is the one of that very name
}
# What holds for a Spark that lives in this process: nothing outside this machine sees it.
LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}
QUIET = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
CANNOT = (PySparkException, NarwhalsError, NotImplementedError)
WAIT = 5  # seconds for a cluster to open its door


class SparkEngine(Engine):
    """An Apache Spark, with the face of `Engine` for all that is asked once the frames are written."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = session(address)
        self._names = (f"t{number}" for number in itertools.count())
        self._held: list[DataFrame] = []
        weakref.finalize(self, _let_go, self._held)

    @property
    def connection(self) -> Any:
        """What the embedded engine alone has: whoever asks for it here asks for something Spark cannot do."""
        raise DataFault(_not_here("reading and writing files, and the engine's own SQL,"))

    @connection.setter
    def connection(self, _: Any) -> None:
        raise DataFault(_not_here("a connection"))

    # -- bringing tables in -------------------------------------------------------------------------------------------

    def scan(self, path: Path) -> nw.LazyFrame:
        """A Parquet file, read in place by the workers; a small one is kept with them once it was read.

        Raises DataFault for a column name that Spark cannot say.
        """
        found = self.session.read.parquet(path.resolve().as_uri())
        if wrong := [name for name in found.columns if re.search(r"[.`]", name)]:
            mend = "give the column another name in the file, or use the embedded engine"
            said = f"the column name{'s' if len(wrong) > 1 else ''} {', '.join(wrong)}"
            raise DataFault(Fault(found=said, expected="names without a point or ` on Spark", mend=mend))
        if sum(one.stat().st_size for one in (path, *path.glob("*.parquet"))) <= HELD:
            return self.keep(nw.from_native(found))
        return nw.from_native(found)

    def table(self, frame: pd.DataFrame, types: Mapping[str, str] | None = None) -> nw.LazyFrame:
        """A small pandas table as a table of the cluster; `types` are the embedded engine's words for types."""
        if len(frame) > SENT:
            raise DataFault(_too_many(f"{len(frame):,} rows to be sent to the cluster", SENT))
        kinds = [TYPES[types[name]] if types and name in types else _kind(frame[name]) for name in frame.columns]
        columns = [_plain(frame[name], kind) for name, kind in zip(frame.columns, kinds, strict=True)]
        names = [str(name) for name in frame.columns]
        fields = [T.StructField(name, _type(kind)) for name, kind in zip(names, kinds, strict=True)]
        # said as a constant of the question: no Python is asked of the workers
        said = json.dumps([dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)])
        read = F.from_json(F.lit(said), T.ArrayType(T.StructType(fields)), {"mode": "FAILFAST"})
        return nw.from_native(self.session.range(1, numPartitions=1).select(F.inline(read)))

    def keep(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Work a lazy table out once, when it is first asked, and keep it with the cluster as long as the engine lives."""
        held = frame.to_native().persist()
        self._held.append(held)
        return nw.from_native(held)

    def keep_for(self, owner: object, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Work a lazy table out once, when it is first asked, and keep it as long as its owner lives."""
        held = frame.to_native().persist()
        weakref.finalize(owner, _let_go, [held])
        return nw.from_native(held)

    def spill(self, frame: nw.LazyFrame, sort: Sequence[str] = ()) -> nw.LazyFrame:
        """Kept with the cluster: it decides what lies on disk."""
        return self.keep(frame.sort(*sort, nulls_last=True) if sort else frame)

    def coded(self, frame: nw.LazyFrame, columns: Sequence[str]) -> tuple[nw.LazyFrame, list[str]]:
        """As it is: Spark keeps words that recur as codes by itself."""
        return frame, []

    # -- what narwhals cannot say -------------------------------------------------------------------------------------

    def typed(self, frame: nw.LazyFrame, adjacent: bool = False) -> nw.LazyFrame:
        """A table as records: every column of RECORDS, in order, with its type; columns that are not there are null."""
        native = frame.to_native()
        there = set(native.columns)
        wanted = RECORDS | (ADJACENT if adjacent else {})
        return nw.from_native(
            native.select(
                *((F.col(n) if n in there else F.lit(None)).cast(TYPES[k]).alias(n) for n, k in wanted.items())
            )
        )

    def apart(self, records: nw.LazyFrame) -> nw.LazyFrame:
        """Records that stand beside the path: nothing comes next."""
        nothing = (F.lit(None).cast(TYPES[kind]).alias(name) for name, kind in ADJACENT.items())
        return nw.from_native(records.to_native().select("*", *nothing))

    def records_of_answers(
        self, answers: nw.LazyFrame, questions: Sequence[tuple[str, str | None]], source: str, number: int
    ) -> nw.LazyFrame:
        """Answers kept one row a respondent, seen as records: a branch a question, as the embedded engine sees them."""
        native = answers.to_native()
        branches = []
        for place, (measure, step) in enumerate(questions):
            state = F.element_at(F.array(*map(F.lit, STATES)), F.col(f"s{place}").cast("int") + 1)
            columns = {name: F.col(name) for name in ("person", "time", "channel", "weight", "wave")} | {
                "order": F.col("order") + F.lit(number * SOURCE + place),
                "step": F.col("step") if step is None else F.lit(step),
                "source": F.lit(source),
                "kind": F.lit("answer"),
                "measure": F.lit(measure),
                "value": F.col(f"v{place}"),
                "state": F.when(F.col(f"s{place}").isNull(), None).otherwise(state),
            }
            branches.append(
                native.select(*(columns.get(n, F.lit(None)).cast(TYPES[kind]).alias(n) for n, kind in RECORDS.items()))
            )
        return nw.concat([nw.from_native(one) for one in branches])

    def next_to(self, records: nw.LazyFrame) -> nw.LazyFrame:
        """Records with the columns of ADJACENT worked out over them, as `Engine.adjacent` writes them at load."""
        inside = records.filter(is_move()).to_native()
        sequence = Window.partitionBy("person").orderBy("time", "order")
        at, onto = Window.partitionBy("person", "step"), Window.partitionBy("person", "step", "next_step")
        with_next = inside.withColumns(
            {
                "next_step": F.lead("step").over(sequence),
                "gap": F.lead("time").over(sequence) - F.col("time"),
                "nth": F.row_number().over(sequence),
            }
        )
        known = F.col("step").isNotNull()
        moved = known & F.col("next_step").isNotNull()
        whole = with_next.withColumns(
            {
                "visit": F.when(known, F.row_number().over(at.orderBy("time", "order"))).otherwise(0),
                "onward": F.when(moved, F.count(F.when(moved, 1)).over(at)).otherwise(0),
                "again": F.when(moved, F.row_number().over(onto.orderBy("time", "order"))).otherwise(0),
            }
        )
        beside = self.apart(records.filter(~is_move()))
        return self.keep(nw.concat([self.typed(nw.from_native(whole), adjacent=True), beside]))

    def paths(self, records: nw.LazyFrame) -> nw.LazyFrame:
        """One row a person with a path: its steps in order, how many, when it began and ended."""
        moves = records.filter(is_move(), ~nw.col("step").is_null()).to_native()
        inorder = F.array_sort(F.collect_list(F.struct("time", "order", "step")))
        return nw.from_native(
            moves.groupBy("person").agg(
                F.array_join(F.transform(inorder, lambda one: one["step"]), " > ").alias("path"),
                F.count("*").alias("moves"),
                F.min("time").alias("first"),
                F.max("time").alias("last"),
            )
        )

    def last_of(
        self, frame: nw.LazyFrame, by: str, columns: Sequence[str], others: Mapping[str, tuple[str, str]]
    ) -> nw.LazyFrame:
        """One row a group: each column's last value that is not blank, by `time` and then `order`; and `others`."""
        when = F.struct(F.coalesce(F.col("time"), F.lit(0)), F.col("order"))
        parts = [F.max_by(one, F.when(F.col(one).isNotNull(), when)).alias(one) for one in columns]
        how = {"min": F.min, "max": F.max}
        parts += [how[which](column).alias(name) for name, (which, column) in others.items()]
        return nw.from_native(frame.to_native().groupBy(by).agg(*parts))

    def plain(self, frame: nw.LazyFrame, column: str, target: str) -> nw.LazyFrame:
        """Add a text column's words in small letters, without accents and marks, one blank before and after each."""
        accented, bare = accents()
        small = F.translate(F.lower(F.col(column)), accented, bare)
        words = F.concat(F.lit(" "), F.trim(F.regexp_replace(small, r"[^\pL\pN]+", " ")), F.lit(" "))
        return nw.from_native(frame.to_native().withColumn(target, words))

    def instants(
        self,
        frame: nw.LazyFrame,
        target: str,
        column: str,
        zone: str | None,
        dates: str | None = None,
        serial: bool = False,
    ) -> tuple[nw.LazyFrame, str]:
        """A column of microseconds since 1970 UTC from a text column: each way of writing is read once, by the embedded
        engine, and joined to the rows again."""
        said = rows(frame.filter(~nw.col(column).is_null()).group_by(column).agg(nw.len().alias("n")).sort(column))
        few = int(said["n"].sum()) <= 20_000  # what the embedded engine looks at to tell how dates are written
        texts = said[column].repeat(said["n"].astype("int64")) if few else said[column]
        embedded = Engine()
        read, rule = embedded.instants(
            embedded.table(pd.DataFrame({column: texts.to_numpy()}), {column: "VARCHAR"}),
            target,
            column,
            zone,
            dates,
            serial,
        )
        how = f"{target}_read"
        known = rows(read.group_by(column).agg(nw.col(target).min(), nw.col(how).min()))
        table = self.table(known, {column: "VARCHAR", target: "BIGINT", how: "UTINYINT"})
        whole = frame.join(table, on=column, how="left").with_columns(nw.col(how).fill_null(0))
        return whole, rule

    def refusal(self, problem: Exception) -> Fault | None:
        """What narwhals or Spark says that it cannot do, in words."""
        return _refused(problem) if isinstance(problem, CANNOT) else None

    # -- inside -------------------------------------------------------------------------------------------------------

    def _view(self, frame: nw.LazyFrame) -> str:
        raise DataFault(_not_here("a question in the embedded engine's own words"))


@fetched.register
def _(native: DataFrame) -> pd.DataFrame:
    """A small table of the cluster as pandas, with the types that the embedded engine gives. Raises DataFault: too many."""
    try:
        found = native.limit(MOVED + 1).collect()
    except PySparkException as problem:
        raise DataFault(_refused(problem)) from problem
    if len(found) > MOVED:
        raise DataFault(_too_many(f"more than {MOVED:,} rows", MOVED))
    columns = list(zip(*found, strict=True)) if found else [()] * len(native.columns)
    return pd.DataFrame(
        {
            field.name: _series(values, field.dataType)
            for field, values in zip(native.schema.fields, columns, strict=True)
        }
    )


def session(address: str) -> SparkSession:
    """A session of our own with the Spark at this address. Raises DataFault where there is none, or another one is open."""
    there = SparkSession.getActiveSession()
    if there is None:
        there = _started(address)
    elif (master := there.sparkContext.master) != address:
        mend = "end this process (restart the kernel), or name the address that is open"
        raise DataFault(
            Fault(column="engine", found=f"{address}, and a Spark at {master} open", expected="one", mend=mend)
        )
    ours = there.newSession()
    for name, value in ASKED.items():
        ours.conf.set(name, value)
    return ours


@cache
def _scratch() -> Scratch:
    return Scratch()  # until this process ends


def _started(address: str) -> SparkSession:
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise DataFault(_no_spark(address, "no Java", "install Java 17 (openjdk-17-jre-headless), or set JAVA_HOME"))
    masters = re.findall(r"(?:spark://|,)([^,:]+):(\d+)", address) if address.startswith("spark://") else []
    if masters and not any(_answers(host, int(port)) for host, port in masters):
        raise DataFault(_no_spark(address, "nobody answers", "start it, or name another"))
    own = dict(QUIET)
    if address.startswith("local"):
        scratch = _scratch().path
        own |= LOCAL | {"spark.local.dir": str(scratch), "spark.sql.warehouse.dir": f"{scratch}/warehouse"}
    builder = SparkSession.builder.master(address).appName("workbench")
    for name, value in own.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as problem:  # whatever Java says, in one line
        said = str(problem).strip().splitlines()[0][:200]
        raise DataFault(_no_spark(address, said, "see what the cluster's log says")) from problem


def _answers(host: str, port: int) -> bool:
    """Is anybody there? Spark itself would ask for minutes."""
    try:
        socket.create_connection((host, port), WAIT).close()
    except OSError:
        return False
    return True


@cache
def accents() -> tuple[str, str]:
    """The letters that the embedded engine takes an accent from, and what stays of them; marks that go stand last."""
    connection = Engine().connection
    pairs = connection.execute(
        "select chr(i::integer), strip_accents(chr(i::integer)) from range(128, 131072) t(i) "
        "where (i < 55296 or i > 57343) and strip_accents(chr(i::integer)) <> chr(i::integer) order by i"
    ).fetchall()
    kept, gone = [pair for pair in pairs if len(pair[1]) == 1], [pair[0] for pair in pairs if not pair[1]]
    return "".join([*(one for one, _ in kept), *gone]), "".join(bare for _, bare in kept)


def _series(values: Sequence[Any], kind: T.DataType) -> pd.Series:
    """A column as the embedded engine would hand it over: numbers with gaps stay whole numbers, texts are texts."""
    whole = {T.LongType: "int64", T.IntegerType: "int32", T.ShortType: "int16", T.ByteType: "int8"}
    if type(kind) in whole:
        gaps = any(one is None for one in values)
        return pd.Series(values, dtype=whole[type(kind)].replace("int", "Int") if gaps else whole[type(kind)])
    if isinstance(kind, T.DoubleType | T.FloatType | T.DecimalType):
        return pd.Series([None if one is None else float(one) for one in values], dtype="float64")
    if isinstance(kind, T.BooleanType):
        return pd.Series(values, dtype="boolean" if any(one is None for one in values) else "bool")
    if isinstance(kind, T.StringType):
        said = any(one is not None for one in values)
        return pd.Series(values, dtype="str" if said else object)
    return pd.Series(values, dtype=object)


def _kind(column: pd.Series) -> str:
    """Spark's type for a column of pandas; a column of objects is what its first value is."""
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "bigint"
    if pd.api.types.is_float_dtype(column):
        return "double"
    first = next((one for one in column if one is not None and one == one), None)
    return {bool: "boolean", int: "bigint", float: "double"}.get(type(first), "string")


def _plain(column: pd.Series, kind: str) -> list[Any]:
    made = {"double": float, "bigint": int, "int": int, "smallint": int, "boolean": bool, "string": str}[kind]
    return [None if one is None or one is pd.NA or one != one else made(one) for one in column]


def _type(kind: str) -> T.DataType:
    return {
        "string": T.StringType(),
        "bigint": T.LongType(),
        "int": T.IntegerType(),
        "smallint": T.ShortType(),
        "double": T.DoubleType(),
        "boolean": T.BooleanType(),
    }[kind]


def _let_go(held: list[DataFrame]) -> None:
    """Tell the cluster that tables are needed no more, where it is still there."""
    while held:
        one = held.pop()
        if one.sparkSession.sparkContext._jsc is not None:
            one.unpersist()


def _too_many(what: str, most: int) -> Fault:
    mend = "count or filter first: the cluster works it out, and a small table comes back; or use the embedded engine"
    return Fault(found=what, expected=f"at most {most:,} rows between the cluster and this process", mend=mend)


def _not_here(what: str) -> Fault:
    return Fault(
        found=f"{what} is not worked out on Spark", expected="the embedded engine", mend="use engine: embedded"
    )


def _refused(problem: Exception) -> Fault:
    said = str(problem).strip().splitlines()[0][:200]
    mend = "use the embedded engine (engine: embedded)"
    return Fault(found=f"Spark could not work this out: {said}", expected="what Spark can do", mend=mend)


def _no_spark(address: str, why: str, mend: str) -> Fault:
    return Fault(column="engine", found=f"no Spark at {address}: {why}", expected="one", mend=mend)
