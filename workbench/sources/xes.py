"""Event logs as XES: one trace is one case, one event of it one contact.

The log is streamed: events go to a table of text as they come, and from there on it is a contact log like any other
(events.py). This module may know XML and how a log is streamed; ocel.py shares that. Document types are refused.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import IO, Any

import narwhals as nw

from workbench import files
from workbench.faults import DataFault, Fault, unknown
from workbench.files import Received
from workbench.sources import events
from workbench.sources.binding import Binding, Fixed
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
SHELLS = 5000  # empty shells of elements that may stay
LOOKED_AT = 2000  # events looked at to say which attributes there are
UTF8_LIKE = ("", "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252")


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
    refuse_document_type(desk)
    log = _Log(desk.received, binding)
    kept = len(desk.faults)
    sheet = written(desk, log.columns, log.rows(), numbered=True)
    _tell(desk, log)
    usual: dict[str, Any] = {
        "person": binding.person if isinstance(binding.person, Fixed) else log.person,
        "activity": log.activity,
        "step": None,
        "time": binding.time if isinstance(binding.time, Fixed) else log.time,
        "lifecycle": None,
        "timezone": binding.timezone or "UTC",
        "dates": binding.dates or "year first",
    }
    block = events.read(Streamed.at(desk, sheet, usual))
    desk.faults[kept:] = [_placed(fault) for fault in desk.faults[kept:]]
    return block


@dataclass(eq=False)
class Streamed(Desk):
    """A desk whose sheet is there already."""

    there: Sheet | None = None

    @classmethod
    def at(cls, desk: Desk, sheet: Sheet, words: Mapping[str, Any]) -> Streamed:
        """The same desk over a sheet that was made of the file, with these words bound instead."""
        same = {one.name: getattr(desk, one.name) for one in fields(Desk)}
        return cls(**same | {"binding": desk.binding.model_copy(update=dict(words)), "there": sheet})

    def sheet(self) -> Sheet:
        assert self.there is not None
        return self.there


def written(desk: Desk, columns: Sequence[str], found: Iterable[Sequence[str | None]], numbered: bool = False) -> Sheet:
    """Rows as they come, as a sheet of text that lies with the engine.

    `numbered` says that a row's last cell, beyond the columns, is its number in the file.
    """
    path = desk.engine.scratch / f"{desk.received.sha256[:16]}-rows.csv"
    with (
        files.replacing(path) as temporary,
        open(temporary, "w", encoding="utf-8", errors="replace", newline="") as out,
    ):
        csv.writer(out, lineterminator="\n").writerows(found)
    if path.stat().st_size:
        frame = desk.engine.text(path, ",", len(columns) + numbered)
    else:
        import pandas as pd

        kinds = {f"c{place}": "VARCHAR" for place in range(len(columns) + numbered)} | {"row": "BIGINT"}
        frame = desk.engine.table(pd.DataFrame({one: pd.Series(dtype=object) for one in kinds}), kinds)
    path.unlink()
    if numbered:
        frame = frame.with_columns(nw.col(f"c{len(columns)}").cast(nw.Int64).alias("row"))
    called = desk.binding.columns
    return Sheet(
        file=desk.file, frame=frame, headings=tuple(columns), called=called if isinstance(called, dict) else {}
    )


def bound(binding: Binding) -> list[str]:
    """The names that a binding gives to what stands beside an event."""
    named = [binding.channel, binding.wave, binding.order, *binding.segments, *binding.set_aside]
    return [one for one in named if isinstance(one, str)]


# -- the log ----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class _Log:
    """What is wanted of a log, the rows of it, and what was set aside on the way."""

    received: Received
    binding: Binding
    others: Counter = field(default_factory=Counter)  # events at another place of their life cycle
    aside: Counter = field(default_factory=Counter)  # what was set aside or is worth telling, how often
    first: dict[str, str] = field(default_factory=dict)  # … and where it stood first
    missing: list[str] = field(default_factory=list)  # names that nothing bears
    kept: int = 0

    def __post_init__(self) -> None:
        said = self.binding
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

    def rows(self) -> Iterator[list[str | None]]:
        """One row an event that counts: the wanted attributes, and the event's number in the log."""
        person, activity, time = (self.columns.index(one) for one in (self.person, self.activity, self.time))
        inside_trace = [one.removeprefix("case:") for one in self.columns]  # case: names what only the trace bears
        pairs = [
            (column, only, column == only and column != ACTIVITY)
            for column, only in zip(self.columns, inside_trace, strict=True)
        ]
        unseen = set(self.columns)
        number = aware = 0
        names: set[str] = set()
        with open(self.received.path, "rb") as handle:
            for place, (case, found) in enumerate(traces(handle, self.received.name), start=1):
                if case is None:
                    number += len(found)
                    self._aside("events outside a trace", f"is event {number} of the log", len(found))
                    continue
                self._name(case, names, f"is trace {place}", len(found))
                for inside, event in enumerate(found, start=1):
                    number += 1
                    row = [
                        (event.get(column) or (case.get(only) if both else None)) if both or column == only
                        else case.get(only)
                        for column, only, both in pairs
                    ]  # fmt: skip
                    if unseen:
                        unseen.difference_update(one for one, value in zip(self.columns, row, strict=True) if value)
                    what, who, when = row[activity], row[person], row[time]
                    if not what or what.isspace():
                        self._aside("events without an activity", f"in trace {place}, event {inside}")
                        continue
                    if not who or who.isspace():
                        self._aside("events of nobody", f"in trace {place}, event {inside}")
                        continue
                    stage = event.get(self.lifecycle)
                    if stage and stage not in self.stages and not self._counts(stage):
                        continue
                    if not when or when.isspace():
                        self._aside("events without a time", f"in trace {place}, event {inside}")
                    elif when[-1] == "Z" or OFFSET.search(when):
                        aware += 1
                    else:
                        self.aside["naive"] += 1
                    self.kept += 1
                    row.append(str(number))
                    yield row
        self.aside["aware"] = aware
        self.missing = [one for one in self.columns if one in unseen]

    def _name(self, case: Mapping[str, str], names: set[str], where: str, several: int) -> None:
        named = (case.get(ACTIVITY) or "").strip()
        if not named:
            self._aside("traces without a name", where)
        elif named in names:
            self._aside("traces with the name of another", where)
        else:
            names.add(named)
        if not several:
            self._aside("traces without an event", where)

    def _counts(self, stage: str) -> bool:
        """Is an event at this place of its life cycle a move? Counted where it is not."""
        word = stage.strip().casefold()
        if not word or word in self.stages or "all" in self.stages:
            return True
        self.others[word] += 1
        return False

    def _aside(self, what: str, where: str, often: int = 1) -> None:
        self.aside[what] += often
        self.first.setdefault(what, where)


def traces(handle: IO[bytes], file: str) -> Iterator[tuple[dict[str, str] | None, list[dict[str, str]]]]:
    """The traces of a log one after the other: a trace's attributes, and those of its events.

    Events that stand outside a trace come with None. Raises DataFault where the XML breaks off.
    """
    found: list[dict[str, str]] = []
    for element in elements(handle, file, ("event", "trace")):
        attributes = {key: one.get("value") for one in element if (key := one.get("key")) is not None}
        if element.tag[-5:] == "trace":
            yield attributes, found
            found = []
            continue
        above = element.getparent()
        if above is not None and above.tag[-5:] == "trace":
            found.append(attributes)
        else:
            yield None, [attributes]


def elements(handle: IO[bytes], file: str, tags: Sequence[str], part: str = "") -> Iterator[Any]:
    """The elements of these names as they end, whatever their namespace; each is forgotten once it was looked at.

    Those that bear the attribute `part` belong to another and are left with it. No entity is resolved, nothing is
    fetched, and the parser's own limits on size and depth hold.
    """
    from lxml import etree

    walk = etree.iterparse(
        handle, events=("end",), tag=tuple(f"{{*}}{tag}" for tag in tags), encoding="utf-8",
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_blank_text=True, remove_comments=True, remove_pis=True, collect_ids=False,
    )  # fmt: skip
    try:
        for often, (_, element) in enumerate(walk, start=1):
            if part and element.get(part) is not None:
                continue
            yield element
            element.clear()
            if not often % SHELLS:
                above = element.getparent()
                for shell in [] if above is None else list(element.itersiblings(element.tag, preceding=True)):
                    above.remove(shell)
    except etree.XMLSyntaxError as problem:
        line, why = problem.lineno or 0, " ".join((problem.msg or "").split())
        raise DataFault(
            Fault(
                file=file,
                found=f"XML that breaks off or is not well formed, on line {line} ({why})",
                expected="a whole XML file",
                mend="export it again; nothing of it was used",
            )
        ) from None


class _Enough(Exception):
    """The first element was reached."""


def refuse_document_type(desk: Desk) -> None:
    """Refuse a document type before any parser could follow what it says: entities, bombs, outside references."""
    from xml.parsers import expat

    def declared(_: str, encoding: str | None, __: int) -> None:
        if desk.received.encoding == "cp1252" and (encoding or "").casefold() not in UTF8_LIKE:
            raise desk.refuse(found=f"letters in {encoding}", expected="UTF-8", mend="save or export it as UTF-8")

    def document_type(*_: Any) -> None:
        raise desk.refuse(
            found="a document type (DOCTYPE), which may hold entities or point outside: unsafe",
            expected="XML without one",
            mend="do not open it: ask the sender for a clean copy",
        )

    def enough(*_: Any) -> None:
        raise _Enough

    parser = expat.ParserCreate("utf-8")
    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = document_type
    parser.StartElementHandler = enough
    try:
        with open(desk.received.path, "rb") as handle:
            parser.ParseFile(handle)
    except _Enough:
        return
    except expat.ExpatError as problem:
        raise desk.refuse(
            found=f"no XML ({expat.ErrorString(problem.code)}, line {problem.lineno})",
            expected="an XML file",
            mend="export it again",
        ) from None


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


def _tell(desk: Desk, log: _Log) -> None:
    """Say what was set aside or assumed; refuse a name that no event bears, and a log of which nothing is left."""
    said = {"activity": log.activity, "person": log.person, "time": log.time}
    for what, (expected, mend) in ASIDE.items():
        several = log.aside[what]
        if what == "traces with the name of another" and log.person != CASE:
            continue
        if several:
            told = counted(several, what)
            desk.note(found=f"{told}, the first {log.first[what]}", expected=expected.format(**said), mend=mend)
    if log.others:
        listed = ", ".join(f"{often:,} {stage}" for stage, often in log.others.most_common())
        desk.note(
            column=log.lifecycle,
            found=f"{counted(log.others.total(), 'events')} not {' or '.join(sorted(log.stages))} ({listed})",
            expected="each activity once",
            mend="set aside; say lifecycle: start (or another word, or all) to count those",
        )
    tell_zones(desk, log.time, log.aside["naive"], log.aside["aware"])
    some = len(log.missing) < len(log.columns)
    wrong = [column for column in log.missing if some and column not in (CASE, ACTIVITY, TIME)]
    if wrong:
        known = _attributes(log.received)
        raise DataFault([unknown("attribute", column, known, file=desk.file, column=column) for column in wrong])
    if not log.kept:
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
    return replace(fault, row=None, found=f"{fault.found} in event {fault.row} of the log")


def _attributes(received: Received) -> list[str]:
    """The names of the attributes that events and traces bear, by the first of them."""
    known: dict[str, None] = {}
    looked = 0
    with open(received.path, "rb") as handle:
        for case, found in traces(handle, received.name):
            for event in found:
                known.update(dict.fromkeys(event))
            known.update(dict.fromkeys(CASE if key == ACTIVITY else key for key in case or {}))
            looked += len(found)
            if looked >= LOOKED_AT:
                break
    return sorted(known)
