"""From rows of text to records: what every reader shares.

A `Desk` is where one file is read: the engine, the study's secret key, the binding. It turns bound columns into the
columns of the records, sets aside what cannot be used and says so. Who people are ends here: ids become pseudonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import narwhals as nw

from workbench import privacy
from workbench.engine import STRIDE, Engine, count, distinct, instant, rows
from workbench.faults import DataFault, Fault, shape
from workbench.files import Received
from workbench.sources import checks, identifying
from workbench.sources import sheet as sheets
from workbench.sources.binding import Binding, Column, Fixed
from workbench.sources.sheet import Sheet
from workbench.written import READ

INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")  # zero-width letters and soft hyphens


CELL = re.compile(r"c\d+(_clock)?")  # what the columns of a file are called
LISTED = 100_000  # rows that one fault lists


class Coded(NamedTuple):
    """What one coder said of some words: the step they speak of, the emotion heard in them (-2 … 2), a code (its full
    path), who the coder is, and which of the words are meant (all of them where left out)."""

    step: str | None
    emotion: float | None = None
    code: str = ""
    coder: str = ""
    words: str = ""


@dataclass(frozen=True, eq=False)
class Answers:
    """Scored answers, one row a respondent: see `Engine.records_of_answers` for the columns of `frame`."""

    frame: nw.LazyFrame
    questions: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, eq=False)
class Block:
    """What one file gives: records, scored answers, people and what the measures are; any of them may be missing.

    `moves` says that its records are moves on people's paths (contacts, complaints). `same` is what all its records have
    in common, by column: said once; columns that are in neither are empty.
    """

    records: nw.LazyFrame | None = None
    people: nw.LazyFrame | None = None
    measures: tuple[Mapping[str, Any], ...] = ()
    moves: bool = False
    answers: Answers | None = None
    same: Mapping[str, str] = field(default_factory=dict)
    who: nw.LazyFrame | None = None


UNQUOTED = "[†]"  # behind words whose writer did not agree to be quoted; what has a bracket in it is never quoted
QUOTABLE = (
    *("yes", "y", "true", "1", "1.0", "agree", "agreed", "i agree", "consent", "consented", "given", "granted", "ok"),
    *("consent provided", "ja", "oui", "sí", "si", "sim", "tak"),
)


@dataclass(eq=False)
class Desk:
    """Where one file is read."""

    received: Received
    engine: Engine
    binding: Binding
    secret: bytes
    number: int = 0
    names: frozenset[str] = frozenset()
    coded: Mapping[int, Sequence[Coded]] = field(default_factory=dict)  # turn of a transcript -> its codings
    faults: list[Fault] = field(default_factory=list)
    read: int | None = None  # rows of the file, where it is a table
    untimed: int = 0  # rows whose time is blank
    alone: bool = False  # every row says who it is about, and nobody stands twice
    who: nw.LazyFrame | None = None  # person, number: where tables have the number for the person
    marks: nw.LazyFrame | None = None  # person, key, mark: what else the people are known by, hashed

    @property
    def file(self) -> str:
        return self.received.name

    @property
    def source(self) -> str:
        return Path(self.received.name).stem

    def note(self, **words: Any) -> None:
        """Tell that something was set aside or assumed; the file is used all the same."""
        self.faults.append(self.noted(**words))

    def noted(self, **words: Any) -> Fault:
        """What `note` tells, to be told later."""
        return Fault(file=self.file, weight="note", **words)

    def rows_of(self, frame: nw.LazyFrame) -> tuple[int, ...]:
        """The rows of a part of a sheet, for a fault that lists them all."""
        return tuple(map(int, rows(frame.select("row").sort("row").head(LISTED))["row"]))

    def refuse(self, **words: Any) -> DataFault:
        return DataFault(Fault(file=self.file, **words))

    # -- the whole sheet ----------------------------------------------------------------------------------------------

    def sheet(self) -> Sheet:
        """The file's rows as text: a delimited file, Parquet, or the bound (else the first filled) sheet of a workbook."""
        if self.received.kind == "xlsx":
            found = sheets.workbook(self.received, self.engine, self.binding.sheet)
        elif self.received.kind == "binary":
            found = sheets.parquet(self.received, self.engine)
        elif self.received.kind == "text":
            found = sheets.delimited(self.received, self.engine)
        else:
            what = "a Word document" if self.received.kind == "docx" else "an archive that is not one table"
            raise self.refuse(found=what, expected="a table: text, .xlsx or Parquet", mend="unpack or export the table")
        self.faults += found.notes
        return replace(found, called=self.binding.columns if isinstance(self.binding.columns, dict) else {})

    def check(self, sheet: Sheet, columns: Iterable[str | None]) -> None:
        """Every column that is bound must be there: all that are not are told at once."""
        missing: list[Fault] = []
        for name in dict.fromkeys(column for column in columns if column):
            try:
                sheet.column(name)
            except DataFault as fault:
                missing += fault.faults
        if missing:
            # what there is is said once
            rest = [
                replace(fault, expected="", mend=fault.mend if "did you" in fault.mend else "") for fault in missing[1:]
            ]
            raise DataFault([missing[0], *rest])

    def opened(self, sheet: Sheet) -> Sheet:
        """The sheet without the rows that the binding sets aside; how many is told. A sheet without rows is a fault."""
        frame = sheet.frame
        self.read = count(frame) + sum(fault.aside for fault in self.faults)
        for name, values in self.binding.set_aside.items():
            column = sheet.column(name)
            out = nw.col(column).str.strip_chars().is_in(values)
            several = count(frame.filter(out))
            if several:
                self.note(
                    aside=several,
                    column=name,
                    found=f"{several:,} rows with {' or '.join(values)}",
                    expected="answers that count",
                    mend="set aside, as the binding says",
                )
            frame = frame.filter(~out | nw.col(column).is_null())
        if self.binding.checks:
            frame = checks.checked(self, sheet.without(frame)).frame
        if not count(frame):
            raise self.refuse(found="no rows of data (0 rows)", expected="at least one row", mend="export it again")
        identifying.leave_out(self, sheet.without(frame))
        return sheet.without(frame)

    # -- columns of the records ---------------------------------------------------------------------------------------

    def with_person_and_time(
        self, sheet: Sheet, bound: Column, needed: Sequence[str] | None = None, numbered: bool = False
    ) -> Sheet:
        """Add `person` and `time` (see `with_person` and `with_time`), in one pass where both are columns.

        `needed` are the only columns of the file that are still wanted: the rest need not be carried along, but for
        what was added to it. `numbered` lets `person` be a number, a place in `self.who` (see `named`).
        """
        if isinstance(bound, str) and not isinstance(self.binding.person, Fixed):
            return self.with_person(sheet, bound, needed, numbered)
        return self.with_time(self.with_person(sheet), bound)

    def with_person(
        self, sheet: Sheet, then: str | None = None, needed: Sequence[str] | None = None, numbered: bool = False
    ) -> Sheet:
        """Add `person`: the keyed pseudonym of the bound column; of a key, or of the row, where the file names nobody."""
        bound = self.binding.person
        if isinstance(bound, Fixed):
            frame = sheet.frame.with_columns(nw.lit(self.pseudonym(bound.value)).alias("person"))
            return self._marked(sheet.without(frame))
        raw = None
        if self.alone and bound is not None:
            frame = sheet.frame.with_columns(nw.col(sheet.column(bound)).str.strip_chars().alias("raw_person"))
        else:
            frame, raw = self._raw_people(sheet)
        if then is not None:  # a time is read in the same pass
            frame, rule = self._timed(sheet.without(frame), then, "time")
        timed = sheet.without(frame)
        if needed is not None:
            time = [] if then is None else ["time", "time_read"]
            columns = dict.fromkeys(sheet.column(one) for one in (*needed, *self.binding.keys.values()))
            added = [one for one in sheet.frame.collect_schema().names() if one != "row" and not CELL.fullmatch(one)]
            frame = frame.select("row", "raw_person", *time, *columns, *added)
            frame, clean = self.engine.coded(frame, tuple(columns))
            sheet = replace(sheet, clean=frozenset(clean))
        joined = self._with_pseudonyms(frame, raw, numbered)
        kept = sheet.without(joined)
        if then is not None:
            kept = self._tell_times(kept, then, "time", rule, timed)
        kept = self._marked(kept)
        if needed is not None:
            self.engine.text_is_read()
        return kept

    def _with_pseudonyms(self, frame: nw.LazyFrame, raw: nw.LazyFrame | None, numbered: bool) -> nw.LazyFrame:
        """A table with `person` for `raw_person`, worked out; `raw` has each of them once and what it says (see
        `_raw_people`), None where each row is somebody else."""
        if raw is None:
            named = self.engine.with_pseudonyms(frame, "raw_person", self.secret, self.binding.id_space)
            return named.drop("raw_person")
        keyed = self.engine.with_pseudonyms(raw, "id", self.secret, self.binding.id_space)
        keyed = keyed.select("raw_person", "person")
        if numbered:
            keyed = self.engine.numbered(keyed)
            self.who = keyed.select("person", "number")
            keyed = keyed.select("raw_person", nw.col("number").alias("person"))
        joined = frame.join(keyed, on="raw_person", how="left").drop("raw_person")
        return self.engine.keep(joined)

    def named(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """A table with the pseudonyms of people who are numbers in it."""
        if self.who is None:
            return frame
        columns = frame.collect_schema().names()
        return frame.rename({"person": "number"}).join(distinct(self.who), on="number", how="left").select(*columns)

    def _raw_people(self, sheet: Sheet) -> tuple[nw.LazyFrame, nw.LazyFrame]:
        """The sheet with `raw_person` (the id, else a key, else the row), and a table with each of them and, in `id`, what
        it says. Blank ids are told."""
        bound, frame = self.binding.person, sheet.frame
        row: Any = nw.concat_str(nw.lit(f"{self.source}#"), nw.col("row").cast(nw.String))
        if not isinstance(bound, str):
            keys = self.binding.keys.items()
            marks = [nw.concat_str(nw.lit(f"{key}\x1f"), self._key(sheet, name)) for key, name in keys]
            frame = frame.with_columns(nw.coalesce(*marks, row).alias("raw_person"))
            return frame, distinct(frame.select("raw_person", nw.col("raw_person").alias("id")))
        cell = nw.col(sheet.column(bound))
        written = cell.str.strip_chars()
        ids = self.engine.keep(distinct(frame.select(cell.alias("raw_person"))))
        ids = ids.with_columns(nw.col("raw_person").str.strip_chars().alias("id"))
        if not count(ids.filter(nw.col("id").fill_null("") == "")):
            return frame.with_columns(cell.alias("raw_person")), ids
        nameless = written.is_null() | (written == "")
        blank = self.rows_of(frame.filter(nameless))
        self.note(
            row=blank[0],
            rows=blank,
            column=bound,
            found="a blank id",
            expected="who this row is about",
            mend="counted as a person of its own, who cannot be joined to other files",
            count=count(frame.filter(nameless)),
        )
        frame = frame.with_columns(nw.when(nameless).then(row).otherwise(written).alias("raw_person"))
        return frame, distinct(frame.select("raw_person", nw.col("raw_person").alias("id")))

    def _key(self, sheet: Sheet, name: str) -> nw.Expr:
        text = nw.col(sheet.column(name)).str.strip_chars().str.to_lowercase()
        return nw.when(text == "").then(nw.lit(None).cast(nw.String)).otherwise(text)

    def _marked(self, sheet: Sheet) -> Sheet:
        """Keep beside each person the other marks that they are known by, hashed."""
        parts = []
        for key, name in self.binding.keys.items():
            said = sheet.frame.select("person", self._key(sheet, name).alias("said")).filter(~nw.col("said").is_null())
            said = self.named(distinct(said))
            hashed = self.engine.pseudonyms(said, "said", self.secret, f"key {key}").rename({"person": "mark"})
            marks = said.join(hashed, on="said", how="inner")
            parts.append(distinct(marks.select("person", nw.lit(key).alias("key"), "mark")))
        self.marks = self.engine.keep(nw.concat(parts)) if parts else None
        return sheet

    def pseudonym(self, person: str) -> str:
        return privacy.pseudonym(self.secret, person, self.binding.id_space)

    def with_time(self, sheet: Sheet, bound: Column, target: str = "time") -> Sheet:
        """Add a time in microseconds UTC; cells that are no time are told and stay null."""
        if bound is None:
            return sheet.without(sheet.frame.with_columns(nw.lit(None).cast(nw.Int64).alias(target)))
        if isinstance(bound, Fixed):
            moment = _fixed_time(self, bound.value)
            return sheet.without(sheet.frame.with_columns(nw.lit(moment).alias(target)))
        frame, rule = self._timed(sheet, bound, target)
        return self._tell_times(sheet.without(frame), bound, target, rule)

    def _timed(self, sheet: Sheet, bound: str, target: str) -> tuple[nw.LazyFrame, str]:
        return self.engine.instants(
            sheet.frame,
            target,
            sheet.column(bound),
            self.binding.timezone,
            self.binding.dates,
            serial=self.received.kind == "xlsx",
        )

    def _tell_times(self, sheet: Sheet, bound: str, target: str, rule: str, written: Sheet | None = None) -> Sheet:
        """Tell of cells that are no time, of hours that were skipped, and of what was assumed.

        `written` still has the column as it was written, where the sheet has not.
        """
        column, frame, how = sheet.column(bound), sheet.frame, f"{target}_read"
        texts = frame if written is None else written.frame
        counted = rows(frame.group_by(how).agg(nw.len().alias("n")))
        found = dict.fromkeys(READ, 0) | {
            READ[place]: int(n) for place, n in counted[[how, "n"]].itertuples(index=False)
        }
        self.untimed = found["blank"]
        wrong, skipped = (nw.col(how) == READ.index(one) for one in ("wrong", "skipped"))
        if found["wrong"]:
            self._tell(texts.filter(wrong), column, bound, "a date or time", "left without a time")
        if found["skipped"]:
            expected = f"a time that {self.binding.timezone} had (the clocks went forward there)"
            self._tell(texts.filter(skipped), column, bound, expected, "moved on by the hour that was skipped")
        if "either order" in rule:
            self.note(
                column=bound,
                found="dates that read both day first and month first",
                expected="one order",
                mend="read day first; say dates: month first if they are American",
            )
        if self.binding.timezone is None and found["local"] + found["skipped"]:
            self.note(
                column=bound,
                found="times without a time zone",
                expected="timezone: in the binding",
                mend="taken as UTC where they do not say",
            )
        return sheet.without(frame.drop(how))

    def tomorrow(self) -> tuple[int, str]:
        """When tomorrow begins (microseconds), and the date of today: that of `today:`, else of this machine's clock."""
        import pandas as pd

        try:
            day = pd.Timestamp(self.binding.today) if self.binding.today else pd.Timestamp.now("UTC")
        except ValueError:
            raise self.refuse(
                column="today", found=f'"{self.binding.today}"', expected="a date, as in 2025-03-31"
            ) from None
        zone = self.binding.timezone or "UTC"
        start = day.tz_localize(zone) if day.tzinfo is None else day.tz_convert(zone)
        return int((start.normalize() + pd.DateOffset(days=1)).value // 1000), start.date().isoformat()

    def value(self, sheet: Sheet, bound: Column) -> nw.Expr:
        """A bound text column, trimmed, blank as null; a fixed value; or null."""
        if bound is None:
            return nw.lit(None).cast(nw.String)
        if isinstance(bound, Fixed):
            return nw.lit(bound.value)
        column = sheet.column(bound)
        text = nw.col(column).str.strip_chars()
        return nw.col(column) if column in sheet.clean else nw.when(text == "").then(nw.lit(None)).otherwise(text)

    def step(self, sheet: Sheet, bound: Column) -> nw.Expr:
        """The step of a bound column, through `steps:` where the file has its own words for them."""
        written: Any = self.value(sheet, bound)
        if not self.binding.steps:
            return written
        mapped: Any = written
        for word, step in self.binding.steps.items():
            mapped = nw.when(written == word).then(nw.lit(step)).otherwise(mapped)
        return mapped

    def unmapped(self, sheet: Sheet, bound: Column) -> None:
        """Tell of words in the step's column that `steps:` does not know; they are kept as they are."""
        if not self.binding.steps or not isinstance(bound, str):
            return
        words = rows(distinct(sheet.frame.select(self.value(sheet, bound).alias("word"))))["word"]
        strange = sorted(word for word in words if isinstance(word, str) and word not in self.binding.steps)
        if strange:
            self.note(
                column=bound,
                found=f"{len(strange)} words that steps: does not know ({', '.join(strange[:6])})",
                expected="every word beside a step",
                mend="kept as they are; add them to steps:",
            )

    def weight(self, sheet: Sheet) -> Sheet:
        """Add `weight` (null where no column is bound). A weight that is not above 0 is refused."""
        if self.binding.weight is None:
            return sheet.without(sheet.frame.with_columns(nw.lit(None).cast(nw.Float64).alias("weight")))
        column = sheet.column(self.binding.weight)
        decimal = "," if sheet.delimiter == ";" else "."
        frame = self.engine.numbers(sheet.frame, decimal, weight=column)
        usable = (nw.col("weight") > 0).fill_null(False).cast(nw.Int64)
        sums = rows(
            frame.select(
                nw.len().alias("n"),
                usable.sum().alias("usable"),
                nw.col("weight").sum().alias("w"),
                (nw.col("weight") * nw.col("weight")).sum().alias("ww"),
            )
        ).iloc[0]
        if sums["usable"] < sums["n"]:
            wrong = rows(
                frame.filter(nw.col("weight").is_null() | (nw.col("weight") <= 0)).select("row", column).sort("row")
            )
            raise DataFault(
                [
                    Fault(
                        file=self.file,
                        row=int(row),
                        column=self.binding.weight,
                        found=f"the weight {text!r}" if text else "no weight",
                        expected="a number above 0 (negative, zero and blank weights cannot be used)",
                        mend="correct the weight, or set the row aside",
                    )
                    for row, text in wrong.itertuples(index=False)
                ]
            )
        effective = sums["w"] ** 2 / sums["ww"]
        if effective < 0.3 * sums["n"]:
            top = rows(frame.sort("weight", descending=True).select("row", "weight").head(1)).iloc[0]
            self.note(
                row=int(top["row"]),
                column=self.binding.weight,
                found=f"extreme weights, up to {top['weight']:g}",
                expected="an effective base near the base",
                mend=f"the effective base is {effective:.1f} of {int(sums['n'])}: trim the weights, or say why",
            )
        return sheet.without(frame)

    def masked(self, frame: nw.LazyFrame, column: str) -> nw.LazyFrame:
        """A column of people's words with e-mails, numbers, addresses and names masked."""
        import pandas as pd

        words = rows(distinct(frame.filter(~nw.col(column).is_null()).select(column)))[column]
        table = pd.DataFrame(
            {column: list(words), "masked": [privacy.mask(text, self.names) for text in words]}, dtype=object
        )
        if table.empty:
            return frame
        keyed = self.engine.table(table, {column: "VARCHAR", "masked": "VARCHAR"})
        changed = int((table[column] != table["masked"]).sum())
        if changed:
            self.note(
                column=column if column != "text" else "",
                found=f"{changed:,} {'text' if changed == 1 else 'texts'} with personal data",
                expected="none",
                mend=privacy.CAVEAT,
            )
        order = [name for name in frame.collect_schema().names() if name != column]
        joined = frame.join(keyed, on=column, how="left")
        return self.engine.keep(joined.select(*order, nw.col("masked").alias(column)))

    def quotable(self, sheet: Sheet) -> nw.Expr:
        """Did whoever wrote this row agree to be quoted? Everybody did where the source does not say."""
        if self.binding.consent is None:
            return nw.lit(True)
        return self.value(sheet, self.binding.consent).str.to_lowercase().is_in(QUOTABLE).fill_null(False)

    def unquoted(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Words with the mark that keeps them from being quoted where they are not `quotable`; that column is gone then."""
        order = [name for name in frame.collect_schema().names() if name not in ("text", "quotable")]
        marked = nw.concat_str(nw.col("text"), nw.lit(f" {UNQUOTED}"))
        text = nw.when(nw.col("quotable")).then(nw.col("text")).otherwise(marked)
        return frame if self.binding.consent is None else frame.select(*order, text.alias("text"))

    def order(self, place: int | nw.Expr = 0) -> nw.Expr:
        """The unique running number that breaks ties in time."""
        inside = place if isinstance(place, nw.Expr) else nw.lit(place)
        return (nw.col("row") * STRIDE + inside).cast(nw.Int64)

    def segments(self, sheet: Sheet, extra: Mapping[str, str | None] | None = None) -> nw.LazyFrame | None:
        """People of this file with their attributes: the bound segments, and `extra` (attribute → column)."""
        wanted = {name: name for name in self.binding.segments} | {
            name: column for name, column in (extra or {}).items() if column
        }
        if not wanted:
            return None
        columns = [self.value(sheet, column).alias(name) for name, column in wanted.items()]
        for name in self.binding.segments:
            self.variants(sheet, name)
        people = sheet.frame.select("person", "row", *columns)
        if self.alone or count(people) == count(distinct(people.select("person"))):
            return self.engine.keep(self.named(people.drop("row")))
        kept = self.engine.keep(self.engine.first_of(people, "person", "row", list(wanted)))
        several = rows(
            kept.select(*[nw.col(f"{name}_several").cast(nw.Int64).sum().alias(name) for name in wanted])
        ).iloc[0]
        for name in wanted:
            if several[name]:
                self.note(
                    column=name,
                    found=f"{int(several[name]):,} people with more than one value",
                    expected="one value a person",
                    mend="the first row's value was taken",
                )
        return self.named(kept.select("person", *wanted))

    def once(self, sheet: Sheet, person: str) -> Sheet:
        """The sheet without rows that repeat another row of the same person in every cell; how many is told."""
        who = nw.col(sheet.column(person)).str.strip_chars()
        named = sheet.frame.select(nw.when(who != "").then(who).alias("who"))
        asked = rows(named.select(nw.len().alias("n"), nw.col("who").count().alias("said"), nw.col("who").n_unique()))
        everybody, said, several_people = map(int, asked.iloc[0])  # nobody counts as one of them
        if said == several_people - (said < everybody):
            self.alone = said == everybody
            return sheet
        cells = [name for name in sheet.frame.collect_schema().names() if name[0] == "c" and name[1:].isdigit()]
        several = rows(
            sheet.frame.group_by(cells)
            .agg(nw.len().alias("n"), nw.col("row").min().alias("row"))
            .filter(nw.col("n") > 1)
        )
        if several.empty:
            return sheet
        self.note(
            row=int(several["row"].min()),
            aside=int((several["n"] - 1).sum()),
            found=f"{int((several['n'] - 1).sum())} rows that repeat another row in every cell (duplicates)",
            expected="each answer once",
            mend="counted once",
        )
        first = sheet.frame.group_by(cells).agg(nw.col("row").min().alias("row")).select("row")
        return sheet.without(self.engine.keep(sheet.frame.join(first, on="row", how="semi")))

    def variants(self, sheet: Sheet, name: str) -> None:
        """Tell of values that differ only in case, spaces or letters that cannot be seen."""
        column = sheet.column(name)
        values = rows(distinct(sheet.frame.filter(~nw.col(column).is_null()).select(column)))[column]
        alike: dict[str, list[str]] = {}
        for value in values if len(values) < 5000 else ():
            alike.setdefault(" ".join(INVISIBLE.sub("", value).casefold().split()), []).append(value)
        for spellings in alike.values():
            if len({one.strip(" ") for one in spellings}) > 1:
                plain = max(spellings, key=lambda one: (one == one.strip() and one.isprintable(), one.istitle(), one))
                self.note(
                    column=name,
                    found=f'"{plain}" spelt {len(spellings)} ways (case, spaces or unseen letters)',
                    expected="one spelling",
                    mend="kept apart as they are written; correct them in the file",
                )

    def _tell(self, wrong: nw.LazyFrame, column: str, heading: str, expected: str, mend: str) -> None:
        found = rows(wrong.select("row", column).sort("row").head(1))
        if len(found):
            text = str(found[column][0])
            self.note(
                row=int(found["row"][0]),
                rows=self.rows_of(wrong),
                column=heading,
                found=f"'{text}'" if len(text) <= 24 and any(map(str.isdigit, text)) else shape(text),
                expected=expected,
                mend=mend,
                count=count(wrong),
            )


def _fixed_time(desk: Desk, text: str) -> int:
    try:
        return instant(text, desk.binding.timezone)
    except ValueError:
        raise desk.refuse(column="time", found=f'"{text}"', expected="a date, as in 2025-03-31") from None
