"""Event logs as XES: one trace is one case, one event of it one contact.

The log is read in pieces, cut behind a trace; each is parsed by libxml2 and made into rows of text by a stylesheet, so
that nothing here runs once an element. From there on it is a contact log like any other (events.py). This module may
know XML and how a log becomes a sheet; the readers of OCEL share that. Document types are refused.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any
from xml.sax.saxutils import quoteattr

import narwhals as nw

from workbench.engine import rows
from workbench.faults import DataFault, Fault, unknown
from workbench.files import Received
from workbench.sources import events
from workbench.sources.binding import Binding, Fixed
from workbench.sources.event_xml import Opened, elements, opened, transformed
from workbench.sources.reading import Block, Desk
from workbench.sources.sheet import Sheet

name = "xes"
says = "an event log as XES (XES, XES.GZ)"
needs: tuple[str, ...] = ()

CASE, ACTIVITY, TIME, LIFECYCLE = "case:concept:name", "concept:name", "time:timestamp", "lifecycle:transition"
STAGES = {  # the words of the standard for where an activity stands
    "schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "pi_abort", "ate_abort", "complete",
    "autoskip", "manualskip", "unknown", "all",
}  # fmt: skip
OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)\s*$", re.I)
LOOKED_AT = 2000  # elements looked at to say which attributes there are


def recognises(received: Received) -> str:
    if received.kind != "text":
        return ""
    if re.search(r"\.xes(\.gz|\.zip)?$", received.name, re.I):
        return "its name, .xes"
    head = received.head()
    found = re.search(r"<(?:\w+:)?log[\s>/]", head)
    if not head.lstrip("\ufeff \r\n\t").startswith("<") or found is None:
        return ""
    rest = head[found.end() :]
    special = re.search(r"xes\.version|xes-standard\.org|<(?:\w+:)?trace[\s>]|key=[\"'][^\"']*concept:name", rest)
    return "a log of traces (XES)" if special else ""


def read(desk: Desk) -> Block:
    binding = desk.binding
    log = _Log(desk, opened(desk))
    kept = len(desk.faults)
    sheet = log.sheet()
    usual: dict[str, Any] = {
        "person": binding.person if isinstance(binding.person, Fixed) else log.person,
        "activity": log.activity,
        "step": None,
        "time": binding.time if isinstance(binding.time, Fixed) else log.time,
        "lifecycle": None,
        "timezone": binding.timezone or "UTC",
        "dates": binding.dates or ("year first" if log.aside[NAIVE] else "ISO 8601"),
    }
    block = contacts(desk, sheet, usual)
    desk.faults[kept:] = [_placed(fault) for fault in desk.faults[kept:]]
    return block


@dataclass(eq=False)
class Streamed(Desk):
    """A desk whose sheet is there already."""

    there: Sheet | None = None

    def sheet(self) -> Sheet:
        assert self.there is not None
        return self.there


def contacts(desk: Desk, sheet: Sheet, words: Mapping[str, Any]) -> Block:
    """A contact log of a sheet that was made of the file, with these words bound instead."""
    same = {one.name: getattr(desk, one.name) for one in fields(Desk)}
    at = Streamed(**same | {"binding": desk.binding.model_copy(update=dict(words)), "there": sheet})
    block = events.read(at)
    desk.read, desk.marks = at.read, at.marks
    return block


def written(desk: Desk, columns: Sequence[str], found: Iterable[Sequence[str | None]], numbered: bool = False) -> Sheet:
    """Rows as they come, as a sheet of text that lies with the engine.

    `numbered` says that a row's last cell, beyond the columns, is its number in the file.
    """
    temporary = desk.engine.scratch / f"{desk.received.sha256[:16]}-rows.csv"
    with open(temporary, "w", encoding="utf-8", errors="replace", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(found)
    if temporary.stat().st_size:
        frame = desk.engine.text(temporary, ",", len(columns) + numbered)
    else:
        import pandas as pd

        kinds = {f"c{place}": "VARCHAR" for place in range(len(columns) + numbered)} | {"row": "BIGINT"}
        frame = desk.engine.table(pd.DataFrame({one: pd.Series(dtype=object) for one in kinds}), kinds)
    temporary.unlink()
    if numbered:
        frame = frame.with_columns(nw.col(f"c{len(columns)}").cast(nw.Int64).alias("row"))
    return _sheet(desk, columns, frame)


def _sheet(desk: Desk, columns: Sequence[str], frame: nw.LazyFrame) -> Sheet:
    called = desk.binding.columns
    return Sheet(
        file=desk.file, frame=frame, headings=tuple(columns), called=called if isinstance(called, dict) else {}
    )


def bound(binding: Binding) -> list[str]:
    """The names that a binding gives to what stands beside an event."""
    named = [binding.channel, binding.wave, binding.order, *binding.segments, *binding.set_aside]
    return [one for one in named if isinstance(one, str)]


# -- the log ----------------------------------------------------------------------------------------------------------

QUOTE, END = "\ufdd0", "\ufdd1"  # marks in what the stylesheet writes; by Unicode they are no letters
TRACE, EVENT = "*[local-name()='trace']", "*[local-name()='event']"
AWARE, NAIVE, UNDATED = "aware", "naive", "events without a time"  # what becomes of an event: these count …
OUTSIDE, IDLE, NOBODY, STAGE = "events outside a trace", "events without an activity", "events of nobody", "stage"


@dataclass(eq=False)
class _Log:
    """What is wanted of a log, and what was set aside on the way to its sheet."""

    desk: Desk
    opened: Opened
    others: Counter[str] = field(default_factory=Counter)  # events at another place of their life cycle
    aside: Counter[str] = field(default_factory=Counter)  # what was set aside or is worth telling, how often
    first: dict[str, str] = field(default_factory=dict)  # … and where it stood first
    missing: list[str] = field(default_factory=list)  # names that nothing bears
    names: set[str] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)  # the number of each trace's first event
    number: int = 0  # of the events so far

    def __post_init__(self) -> None:
        said = self.desk.binding
        person = said.person if isinstance(said.person, str) else CASE
        self.person = CASE if person == ACTIVITY else person
        what = said.activity or said.step  # one value for the whole log is no activity
        self.activity = what if isinstance(what, str) else ACTIVITY
        self.time = said.time if isinstance(said.time, str) else TIME
        words = {one.strip().casefold() for one in re.split(r"[,;]", said.lifecycle or "") if one.strip()}
        by_word = bool(words) and words <= STAGES
        self.lifecycle = LIFECYCLE if by_word or said.lifecycle is None else said.lifecycle
        self.stages = words if by_word else {"complete"}
        self.columns = list(dict.fromkeys([self.person, self.activity, self.time, *bound(said)]))

    def sheet(self) -> Sheet:
        """The events that count, one a row. Raises DataFault where there are none, or for a name that nothing bears."""
        temporary = self.desk.engine.scratch / f"{self.desk.received.sha256[:16]}-events.csv"
        with open(temporary, "wb") as out:
            for made in transformed(self.opened, "trace", _stylesheet(self.columns, self.lifecycle)):
                out.write(self._rows(made))
        if not self.number:
            _tell(self)
        frame = self._judged(self.desk.engine.text(temporary, ",", len(self.columns) + 2))
        temporary.unlink()
        _tell(self)
        return _sheet(self.desk, self.columns, frame)

    def _rows(self, made: bytes) -> bytes:
        """The rows that the stylesheet wrote of a piece, one an event; note is taken of its traces."""
        cases, _, found = made.partition(END.encode())
        strays, several, *told = cases.decode().split(QUOTE)[:-1]
        inside = sum(map(int, filter(None, told[1::2]))) if len(told) == 2 * int(several) else -1
        doubled = found.replace(b'"', b'""')
        quoted = doubled.replace(QUOTE.encode(), b'"')
        marks = (len(doubled) - len(quoted)) // (len(QUOTE.encode()) - 1)
        if marks != 2 * inside * (len(self.columns) + 1) or END.encode() in found:
            raise self.desk.refuse(
                found="U+FDD0 or U+FDD1, which are no letters", expected="text", mend="take them out"
            )
        for case, those in zip(told[::2], told[1::2], strict=True):
            if those:
                self._name(case.strip(), int(those))
            else:
                self._aside(OUTSIDE, f"is event {self.number + 1} of the log")
            self.number += int(those or 1)
        if int(strays):
            self._aside(OUTSIDE, f"is after event {self.number} of the log", int(strays))
        return quoted.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # one end of line, as XML has it

    def _name(self, named: str, several: int) -> None:
        self.starts.append(self.number + 1)
        where = f"is trace {len(self.starts)}"
        if not named:
            self._aside("traces without a name", where)
        elif named in self.names:
            self._aside("traces with the name of another", where)
        self.names.add(named)
        if not several:
            self._aside("traces without an event", where)

    def _judged(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """The events that count; what becomes of the others is counted."""
        cells = [nw.col(f"c{place}") for place in range(len(self.columns) + 2)]
        who, what, when = (cells[self.columns.index(one)] for one in (self.person, self.activity, self.time))
        stage, inside = cells[-2:]
        word = stage.str.strip_chars().str.to_lowercase()
        counts = word.is_null() | word.is_in(["", *self.stages]) | nw.lit("all" in self.stages)
        fate: nw.Expr = nw.when(when.str.contains(f"(?i){OFFSET.pattern}")).then(nw.lit(AWARE)).otherwise(nw.lit(NAIVE))
        for wrong, called in (
            (_blank(when), UNDATED), (~counts, STAGE), (_blank(who), NOBODY), (_blank(what), IDLE),
            (inside.is_null(), OUTSIDE),
        ):  # fmt: skip
            fate = nw.when(wrong).then(nw.lit(called)).otherwise(fate)
        judged = self.desk.engine.keep(frame.with_columns(fate.alias("fate"), word.alias("word")))
        filled = [one.count().alias(f"n{place}") for place, one in enumerate(cells[:-2])]
        told = rows(
            judged.with_columns(nw.when(nw.col("fate") == STAGE).then(nw.col("word")).alias("word"))
            .group_by("fate", "word")
            .agg(nw.len().alias("n"), nw.col("row").min().alias("row"), *filled)
        )
        self.missing = [one for place, one in enumerate(self.columns) if not told[f"n{place}"].sum()]
        for one in told.sort_values("row").to_dict("records"):
            if one["fate"] == STAGE:
                self.others[one["word"]] += one["n"]
            elif one["fate"] != OUTSIDE:
                place = bisect_right(self.starts, one["row"])
                where = f"in trace {place}, event {one['row'] - self.starts[place - 1] + 1}" if place else ""
                self._aside(one["fate"], where, one["n"])
        return judged.filter(nw.col("fate").is_in([AWARE, NAIVE, UNDATED])).drop(
            "fate", "word", *(f"c{len(self.columns) + more}" for more in (0, 1))
        )

    def _aside(self, what: str, where: str, often: int = 1) -> None:
        self.aside[what] += often
        self.first.setdefault(what, where)


def _blank(cell: nw.Expr) -> nw.Expr:
    return cell.is_null() | (cell.str.strip_chars() == "")


STYLESHEET = f"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text" encoding="UTF-8"/>
<xsl:template match="/">
  <xsl:value-of select="count(//{EVENT}) - count(/*/{EVENT}) - count(/*/{TRACE}/{EVENT})"/>
  <xsl:text>{QUOTE}</xsl:text>
  <xsl:value-of select="count(/*/{TRACE} | /*/{EVENT})"/>
  <xsl:text>{QUOTE}</xsl:text>
  <xsl:for-each select="/*/{TRACE} | /*/{EVENT}">
    <xsl:if test="self::{TRACE}"><xsl:value-of select="*[@key='{ACTIVITY}']/@value"/></xsl:if>
    <xsl:text>{QUOTE}</xsl:text>
    <xsl:if test="self::{TRACE}"><xsl:value-of select="count({EVENT})"/></xsl:if>
    <xsl:text>{QUOTE}</xsl:text>
  </xsl:for-each>
  <xsl:text>{END}</xsl:text>
  <xsl:for-each select="/*/{TRACE} | /*/{EVENT}">
    %(kept)s
    <xsl:choose>
      <xsl:when test="self::{EVENT}"><xsl:text>%(nothing)s&#10;</xsl:text></xsl:when>
      <xsl:when test="%(alone)s"><xsl:for-each select="{EVENT}">%(plain)s</xsl:for-each></xsl:when>
      <xsl:otherwise><xsl:for-each select="{EVENT}">%(full)s</xsl:for-each></xsl:otherwise>
    </xsl:choose>
  </xsl:for-each>
</xsl:template>
</xsl:stylesheet>"""


def _stylesheet(columns: Sequence[str], lifecycle: str) -> str:
    """What makes text of a piece of a log.

    First how many events stand elsewhere than in a trace and how many traces there are, then the name of each trace and
    how many events it has (none for an event in a trace's place); behind END a row an event: its columns, its place in
    its life cycle, "1" where it stands in a trace. Cells stand in QUOTEs. `case:` names what only the trace bears,
    `concept:name` what only the event does; any other name is looked for beside the event, then beside the trace.
    """
    kept, alone, plain, full = [], ["true()"], [], []
    for place, column in enumerate(columns):
        only, theirs = column.removeprefix("case:"), f"$v{place}"
        if column != ACTIVITY:
            kept.append(f'<xsl:variable name="v{place}" select={quoteattr(f"string({_value(only)})")}/>')
        own = _written(_value(column) if only == column else theirs)
        plain.append(own)
        if column == ACTIVITY or only != column:
            full.append(own)
            continue
        alone.append(f"{theirs}=''")  # no trace bears what is its events' own, mostly: quicker
        full.append(
            f"<xsl:choose><xsl:when test={quoteattr(f'string({_value(column)})')}>{own}</xsl:when>"
            f"<xsl:otherwise>{_written(theirs)}</xsl:otherwise></xsl:choose>"
        )

    def row(cells: Sequence[str]) -> str:
        between = f"<xsl:text>{QUOTE},{QUOTE}</xsl:text>".join([*cells, _written(_value(lifecycle))])
        return f"<xsl:text>{QUOTE}</xsl:text>{between}<xsl:text>{QUOTE},1&#10;</xsl:text>"

    return STYLESHEET % {
        "kept": "".join(kept),
        "alone": " and ".join(alone),
        "plain": row(plain),
        "full": row(full),
        "nothing": "," * (len(columns) + 1),
    }


def _value(key: str) -> str:
    """The value of a named attribute, in XPath."""
    plain = "".join(one for one in key if one.isprintable())
    quoted = "'" if "'" not in plain else '"'
    return f"*[@key={quoted}{'' if quoted in plain else plain}{quoted}][1]/@value"  # none can hold both: not found


def _written(what: str) -> str:
    return f"<xsl:value-of select={quoteattr(what)}/>"


# -- what is told -----------------------------------------------------------------------------------------------------

ASIDE = {
    "events without an activity": ("the attribute {activity}", "set aside"),
    "traces without a name": ("the attribute concept:name", "set aside, unless person= names who it was"),
    "traces with the name of another": ("a name for each", "counted as the same person"),
    "traces without an event": ("events", "they give no record"),
    "events of nobody": ("the attribute {person}", "set aside"),
    "events outside a trace": ("events in traces", "set aside: they belong to no case"),
    "events without a time": ("the attribute {time}", "left without a time: they stand on no path"),
}


def _tell(log: _Log) -> None:
    """Say what was set aside or assumed; refuse a name that no event bears, and a log of which nothing is left."""
    desk, said = log.desk, {"activity": log.activity, "person": log.person, "time": log.time}
    for what, (expected, mend) in ASIDE.items():
        several = log.aside[what]
        if what == "traces with the name of another" and log.person != CASE:
            continue
        if several:
            told = f"{counted(several, what)}, the first {log.first[what]}"
            aside = several if what in (OUTSIDE, IDLE, NOBODY) else 0
            desk.note(found=told, expected=expected.format(**said), mend=mend, aside=aside)
    if log.others:
        listed = ", ".join(f"{often:,} {stage}" for stage, often in log.others.most_common())
        desk.note(
            column=log.lifecycle,
            found=f"{counted(log.others.total(), 'events')} not {' or '.join(sorted(log.stages))} ({listed})",
            expected="each activity once",
            mend="set aside; say lifecycle: start (or another word, or all) to count those",
            aside=log.others.total(),
        )
    tell_zones(desk, log.time, log.aside[NAIVE], log.aside[AWARE])
    some = len(log.missing) < len(log.columns)
    wrong = [column for column in log.missing if some and column not in (CASE, ACTIVITY, TIME)]
    if wrong:
        known = _attributes(log.opened)
        raise DataFault([unknown("attribute", column, known, file=desk.file, column=column) for column in wrong])
    if not log.aside[AWARE] + log.aside[NAIVE] + log.aside[UNDATED]:
        raise nothing_left(desk)


def tell_zones(desk: Desk, column: str, naive: int, aware: int) -> None:
    """Times without an offset are told, unless the binding's zone holds for all of them."""
    zone = desk.binding.timezone
    if naive and (aware or zone is None):
        desk.note(
            column=column,
            found=counted(naive, "times without an offset") + (f", beside {aware:,} with one" if aware else ""),
            expected="an offset from UTC" if zone else "an offset from UTC, or timezone: in the binding",
            mend=f"taken as local to {zone}" if zone else "taken as UTC",
        )


def counted(several: int, what: str) -> str:
    """How many of what, which is named in the plural."""
    named = what if several != 1 else re.sub(r"\b(\w+)s\b", r"\1", what, count=1)
    return f"{several:,} {named}"


def nothing_left(desk: Desk) -> DataFault:
    """No event of the log can be used; what was told on the way says why."""
    why = Fault(
        file=desk.file,
        found="no event that can be used (0 rows)",
        expected="at least one event with a person and an activity",
        mend="see what was set aside, and why",
    )
    return DataFault([why, *(fault for fault in desk.faults if fault.file == desk.file)])


def _placed(fault: Fault) -> Fault:
    """A fault by its event: a log has no rows that a spreadsheet would show."""
    if fault.row is None:
        return fault
    return replace(fault, row=None, rows=(), found=f"{fault.found} in event {fault.row} of the log")


def _attributes(log: Opened) -> list[str]:
    """The names of the attributes that events and traces bear, by the first of them."""
    known: dict[str, None] = {}
    for often, element in enumerate(elements(log, ("event", "trace"))):
        keys = [key for one in element if (key := one.get("key")) is not None]
        trace = element.tag.endswith("trace")
        known.update(dict.fromkeys(CASE if trace and key == ACTIVITY else key for key in keys))
        if often > LOOKED_AT:
            break
    return sorted(known)
