"""The columns of a source as a table to look at: what each seems, what study.yaml says it is, its first cells as received and
as they are read, and what is wrong with it.

Plain values; no widget. What says who somebody is is shown by its shape alone, what people wrote is masked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import files, load, privacy, sources
from workbench.engine import SOURCE, STRIDE, Engine, rows
from workbench.entries import plain
from workbench.faults import DataFault, Fault
from workbench.journey import JourneyFrame
from workbench.panels.roles import TICKETS, role
from workbench.profiling import seeing
from workbench.profiling.entries import Seen
from workbench.sources import transcripts
from workbench.study import Study
from workbench.trial import tried

SHOWN = 3  # rows of the file that are shown
MOST = 60  # interviews whose speakers are listed
LONG = 48  # letters of a cell
NOTHING = {"skipped": "skipped", "not_shown": "not shown", "not_applicable": "does not apply", "unknown": "no answer"}


@dataclass
class Looked:
    """A source as it was looked at: its columns in order, and what the present binding reads of its first rows."""

    file: str
    kind: str
    names: list[str] = field(default_factory=list)
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)  # by column: what the table shows
    faults: dict[str, dict[str, str]] = field(default_factory=dict)  # by column, for the live table
    others: list[Fault] = field(default_factory=list)  # of no column in particular
    base: str = ""
    broken: bool = False


def paths_of(study: Study, file: str) -> list[Path]:
    """The files that an entry of study.yaml names. Raises DataFault where there is none."""
    found = sorted(one for one in study.path.glob(file) if one.is_file())
    if not found:
        mend = "put it there, or remove the source"
        raise DataFault(Fault(file=file, found=f"no file {file}", expected="a source", mend=mend))
    return found


def seen(path: Path) -> Seen:
    """What the columns of a file seem to be; looked at once for the same content. Raises DataFault."""
    return _seen(path, files.content(path))


@lru_cache(maxsize=12)
def _seen(path: Path, content: str) -> Seen:
    engine = Engine()
    received = files.receive(path, engine.scratch)
    return seeing.seen_in(received, engine, sources.claims(received))


def whole(study: Study, entry: dict[str, Any], path: Path) -> dict[str, Any]:
    """An entry with what its questionnaire says too. Raises DataFault."""
    if not entry.get("questionnaire"):
        return entry
    asked = load.bound_to(entry["questionnaire"], path, entry.get("binding"), study.path, [])
    return asked.model_dump(by_alias=True, exclude_unset=True) | {"format": entry.get("format")} | entry


def looked(study: Study, entry: dict[str, Any], read: bool = True) -> Looked:
    """A source's columns with what its present binding makes of them. Raises DataFault where the file cannot be opened."""
    entry = plain(entry)
    path = paths_of(study, entry["file"])[0]
    one = seen(path)
    found = Looked(entry["file"], entry.get("format") or one.kind)
    said = whole(study, entry, path)
    journey: JourneyFrame | None = None
    faults: list[Fault] = []
    if read:
        try:
            journey = tried(path, entry, study.path)
            faults = list(journey.faults)
            found.base = _base(journey)
        except DataFault as problem:
            faults, found.broken = list(problem.faults), True
    if found.kind in transcripts.KINDS:
        _speakers(study, entry, found)
    numbers = [int(number) for number in sorted({n for look in one.looks for n in look.text.index[:SHOWN]})[:SHOWN]]
    records = _records(journey, numbers)
    known: dict[str, str] = {}
    for place, (look, judged) in enumerate(zip(one.looks, one.judged, strict=True)):
        name = one.names[place] or f"column {place + 1}"
        known |= {look.heading.strip(): name, name: name}
        if place < len(one.further):
            known.setdefault(one.further[place].strip(), name)
        what, group = role_of(said, one, place)
        if not what and found.kind in TICKETS and judged.seems in _USUAL:
            what = "usual"
        asked = (said.get("questions") or {}).get(group) or (said.get("several") or {}).get(group) or {}
        asked = {"measure": asked} if isinstance(asked, str) else asked
        low, high = asked.get("scale") or (None, None)
        found.names.append(name)
        found.cells[name] = {
            "column": look.heading or name,
            "is": what,
            "why": f"{judged.seems}: {judged.why}" + (f". Check: {judged.doubt}" if judged.doubt else ""),
            "received": " · ".join(_received(look.text.get(number, ""), judged.seems) for number in numbers),
            "read": _read(records, numbers, said, name, what, group, asked),
            "measure": asked.get("measure") or "",
            "step": asked.get("step") or "",
            "low": low,
            "high": high,
            "missing": asked.get("missing") or [],
            "not_applicable": asked.get("not_applicable") or [],
            "reversed": bool(asked.get("reversed")),
        }
    _placed(found, faults, known)
    return found


def _speakers(study: Study, entry: dict[str, Any], found: Looked) -> None:
    """Who speaks in the interviews of a source, each with how often: who asks is no customer."""
    engine, turns = Engine(), Counter[str]()
    for path in paths_of(study, entry["file"])[:MOST]:
        heard = transcripts.turns(files.receive(path, engine.scratch), entry.get("merge"))
        turns.update(turn.speaker or "(nobody)" for turn in heard)
    asks = {str(one).strip().casefold() for one in entry.get("interviewer") or []}
    for name, often in turns.most_common():
        what = "interviewer" if name.strip().casefold() in asks else "speaker"
        found.names.append(name)
        found.cells[name] = {"column": name, "is": what, "read": f"{often} turns"}


def role_of(said: dict[str, Any], one: Seen, place: int) -> tuple[str, str]:
    """What a column is, by its name or by the further name that a binding may call it by."""
    name = one.names[place]
    further = one.further[place].strip() if place < len(one.further) else ""
    found = role(said, name) if name else ("", "")
    return found if found[0] or not further else role(said, further)


def _base(journey: JourneyFrame) -> str:
    people, records = len(journey.people), len(journey)
    said = [f"{records:,} {'record' if records == 1 else 'records'}"] if records else []
    said += [f"{people:,} {'person' if people == 1 else 'people'}"] if people else []
    return " of ".join(said) or "nothing"


_USUAL = (
    "who it is about",
    "when it was opened",
    "when it was closed",
    "what a complaint is about",
    "a channel",
    "a comment",
)
_HIDDEN = ("who somebody is", "another key of a person")


def _received(text: Any, seems: str) -> str:
    """A cell as it stands in the file, so that it tells nobody's name."""
    words = str(text)
    if not words:
        return "–"
    if seems in _HIDDEN:
        return "•••"
    if seems in ("who it is about", "the row's own number"):
        return f"{words[:3]}…" if len(words) > 4 else words
    if seems in ("a comment", "a text"):
        words = privacy.mask(words)
    return words if len(words) <= LONG else f"{words[: LONG - 1]}…"


def _records(journey: JourneyFrame | None, numbers: list[int]) -> pd.DataFrame:
    """What was read of some rows of the file, each record with the row that it came from."""
    if journey is None or not numbers:
        return pd.DataFrame()
    first, last = SOURCE + numbers[0] * STRIDE, SOURCE + (numbers[-1] + 1) * STRIDE
    found = rows(journey.records.lazy.filter((nw.col("order") >= first) & (nw.col("order") < last)))
    found["row"] = (found["order"] - SOURCE) // STRIDE
    return found


def _read(
    records: pd.DataFrame,
    numbers: list[int],
    said: dict[str, Any],
    name: str,
    what: str,
    group: str,
    asked: dict[str, Any],
) -> str:
    """What some cells were read as, in words; nothing where the column is left out."""
    if records.empty or not what:
        return ""
    told = [_cell(records[records["row"] == number], said, name, what, group, asked) for number in numbers]
    return (
        told[0]
        if told[0] in ("a pseudonym", "kept", "used", "a comment") and {*told} == {told[0]}
        else " · ".join(told)
    )


def _cell(mine: pd.DataFrame, said: dict[str, Any], name: str, what: str, group: str, asked: dict[str, Any]) -> str:
    if mine.empty:
        return "nothing"
    first = mine.iloc[0]
    if what == "person":
        return "a pseudonym" if isinstance(first["person"], str) else "nobody"
    if what in ("rating", "option"):
        measure = str(asked.get("measure", ""))
        if what == "option":
            columns = asked.get("columns")
            option = (
                next((one for one, column in columns.items() if column == name), "")
                if isinstance(columns, dict)
                else ""
            )
            if not option:
                return f"{int((mine['measure'].astype(str).str.startswith(f'{measure}: ') & (mine['value'] == 1)).sum())} chosen"
            measure = f"{measure}: {(asked.get('options') or {}).get(option, option)}"
        there = mine[mine["measure"] == measure]
        if asked.get("step") and len(there) > 1:
            there = there[there["step"] == asked["step"]]
        if there.empty:
            return "set aside"
        one = there.iloc[0]
        if one["state"] != "answered":
            return NOTHING.get(str(one["state"]), str(one["state"]))
        return ("yes" if one["value"] else "no") if what == "option" else f"{one['value']:g}"
    if what == "text":
        spoken = mine[mine["text"].notna()]
        if len(spoken) > 1:
            return "a comment"
        words = str(spoken.iloc[0]["text"]) if len(spoken) else ""
        return (words if len(words) <= LONG else f"{words[: LONG - 1]}…") or "no comment"
    if what in ("time", "opened"):
        when = first["time"]
        return "no time" if pd.isna(when) else f"{pd.Timestamp(int(when), unit='us'):%Y-%m-%d %H:%M} UTC"
    of = {"activity": "step", "category": "step", "step": "step", "channel": "channel", "wave": "wave", "n": "n"}
    of |= {"weight": "weight", "value": "value"}
    if what in of:
        value = first[of[what]]
        return "nothing" if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)
    return "kept" if what in ("segments", "closed", "created", "stratum", "cluster", "order", "lifecycle") else "used"


def _placed(found: Looked, faults: list[Fault], known: dict[str, str]) -> None:
    """Each fault beside the column that it concerns; the others by themselves."""
    for fault in faults:
        name = known.get(fault.column.strip()) or next(
            (one for one in known.values() if one and one == fault.column), ""
        )
        if not name:
            found.others.append(fault)
            continue
        cell = "low" if "scale" in fault.found or "scale" in fault.expected else "is"
        row = f"row {fault.row}: " if fault.row is not None else ""
        more = f" (and {fault.count - 1} more)" if fault.count > 1 else ""
        words = f"{row}{fault.found}{more}, expected {fault.expected}. {fault.mend}".strip()
        before = found.faults.setdefault(name, {}).get(cell, "")
        found.faults[name][cell] = f"{before} {words}".strip()
