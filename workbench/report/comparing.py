"""Two reports side by side: findings that came or went, sentences, words, numbers and sources that are others.

Reads what each page tells of itself for programs (the element `report-contents`): it compares what was shown, nothing more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from workbench import files
from workbench.faults import DataFault, Fault
from workbench.finding import Finding, cell

HELD = re.compile(r'<script[^>]*\bid="report-contents"[^>]*>(.*?)</script>', re.S)
FORMAT = 1
COLUMNS = ("change", "finding", "where", "what", "before", "now", "beyond chance")
ENDS = (("low", "high"), ("from", "to"))  # how a table calls the ends of its interval
ESTIMATES = ("value", "estimate", "measured")
ORDER = (
    "finding gone",
    "finding new",
    "sentence",
    "number",
    "words",
    "row gone",
    "row new",
    "base",
    "method",
    "source",
)
SURE, UNSURE, NONE = "yes: the intervals do not meet", "no: the intervals meet", ""


def compare(before: str | Path, after: str | Path) -> Finding:
    """What differs from one report to another, as a Finding: one row a difference, what moved beyond its intervals first.

    A number is beyond chance where the two 95 % intervals do not meet, which asks for more than a test of the difference would;
    where reports share people it asks for more still. Raises DataFault for a file that is no report with its contents.
    """
    old, new = contents(before), contents(after)
    rows = [*_findings(old, new), *_sources(old, new)]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(object)
    place = table.apply(lambda row: (row["beyond chance"] != SURE, ORDER.index(row["change"])), axis=1)
    order = sorted(range(len(table)), key=lambda one: place.iloc[one]) if len(table) else []
    table = table.iloc[order].reset_index(drop=True)
    cautions = []
    if old.get("study") != new.get("study"):
        cautions.append(f"The reports are of two studies: {old.get('study')} and {new.get('study')}.")
    names = [str(one.get("title") or Path(path).name) for one, path in ((old, before), (new, after))]
    return Finding(
        "report_differences",
        table,
        _sentence(table),
        base=f"{len(old['findings'])} findings of {names[0]}, {len(new['findings'])} of {names[1]}",
        method="findings matched by name, title and split, rows by their groups; a number is beyond chance where its "
        "95 % intervals do not meet",
        cautions=tuple(cautions),
        trail=(Path(before).name, Path(after).name),
        title="What differs between two reports",
    )


def contents(path: str | Path) -> dict[str, Any]:
    """What a report tells of itself for programs. Raises DataFault where it tells nothing, or in a format that is not known."""
    place = Path(path)
    mend = "write the report again with this version, then compare"
    if not place.is_file():
        close = files.near_files(place)
        mend = f'did you mean "{close}"?' if close else "name a report.html"
        raise DataFault(Fault(place.name, None, "", "no such file", "a report", mend))
    found = HELD.search(place.read_bytes().decode("utf-8", "replace"))
    if found is None:
        raise DataFault(Fault(place.name, None, "", "no contents that a program can read", "a report of ours", mend))
    try:
        told = json.loads(found[1])
    except ValueError:
        raise DataFault(Fault(place.name, None, "", "contents that break off", "a whole report", mend)) from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        kind = told.get("format") if isinstance(told, dict) else type(told).__name__
        raise DataFault(Fault(place.name, None, "", f"contents of the format {kind}", f"format {FORMAT}", mend))
    wrong = [one for one in ("findings", "sources") if not isinstance(told.get(one, []), list)]
    wrong += [one for one in ("findings", "sources") for part in told.get(one) or [] if not isinstance(part, dict)]
    if wrong:
        raise DataFault(Fault(place.name, None, wrong[0], "no list of entries", "the report's own list", mend))
    return {**told, "findings": told.get("findings") or [], "sources": told.get("sources") or []}


def _findings(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[list[Any]]:
    before, now = _by_identity(old["findings"]), _by_identity(new["findings"])
    rows = [_row("finding gone", one, before=one.get("sentence")) for key, one in before.items() if key not in now]
    rows += [_row("finding new", one, now=one.get("sentence")) for key, one in now.items() if key not in before]
    for key, one in before.items():
        if key not in now:
            continue
        other = now[key]
        for change in ("sentence", "base", "method"):
            if str(one.get(change) or "") != str(other.get(change) or ""):
                rows.append(_row(change, other, before=one.get(change), now=other.get(change)))
        rows += _cells(one, other)
    return rows


def _by_identity(findings: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Findings by name, title and what they are split by; several alike are told apart by their order."""
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for one in findings:
        named = (str(one.get("name", "")), str(one.get("title", "")), *_groups(one))
        number = 1
        while (*named, number) in found:
            number += 1
        found[(*named, number)] = one
    return found


def _groups(one: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that name the groups: those it says, else those of words before the first figure."""
    if isinstance(one.get("by"), list):
        return tuple(map(str, one["by"]))
    leading = []
    for place, name in enumerate(map(str, one.get("columns") or ())):
        values = [_at(row, place, name) for row in one.get("rows") or ()]
        if any(_is_number(value) for value in values):
            break
        leading.append(name)
    return tuple(leading[:3])


def _cells(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[list[Any]]:
    """The rows and cells of a table that differ."""
    groups = _groups(one)
    before, now = _rows(one, groups), _rows(other, groups)
    told = [_row("row gone", other, " · ".join(key[:-1])) for key in before if key not in now]
    told += [_row("row new", other, " · ".join(key[:-1])) for key in now if key not in before]
    for key in before:
        if key not in now:
            continue
        first, second = before[key], now[key]
        for name in dict.fromkeys([*first, *second]):
            if (
                name in groups
                or name in ("low", "high", "from", "to", "se", "df")
                or _same(first.get(name), second.get(name))
            ):
                continue
            numbers = _is_number(first.get(name)) or _is_number(second.get(name))
            beyond = _beyond(first, second) if numbers and name in ESTIMATES else NONE
            where = " · ".join(key[:-1])
            if name in ESTIMATES:
                told.append(_row("number", other, where, name, _spanned(first, name), _spanned(second, name), beyond))
            else:
                change = "number" if numbers else "words"
                told.append(_row(change, other, where, name, first.get(name), second.get(name)))
    return told


def _rows(one: Mapping[str, Any], groups: Sequence[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    """A table's rows by their groups; several alike by their order."""
    names = [str(name) for name in one.get("columns") or ()]
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in one.get("rows") or ():
        cells = {name: _at(row, place, name) for place, name in enumerate(names)}
        key = tuple(cell(cells.get(name)) for name in groups)
        number = 1
        while (*key, str(number)) in found:
            number += 1
        found[(*key, str(number))] = cells
    return found


def _at(row: Any, place: int, name: str) -> Any:
    if isinstance(row, Mapping):
        return row.get(name)
    return row[place] if isinstance(row, list) and place < len(row) else None


def _ends(row: Mapping[str, Any]) -> tuple[float, float] | None:
    for low, high in ENDS:
        if _is_number(row.get(low)) and _is_number(row.get(high)):
            return float(row[low]), float(row[high])
    return None


def _beyond(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    first, second = _ends(before), _ends(now)
    if first is None or second is None:
        return NONE
    return SURE if first[1] < second[0] or second[1] < first[0] else UNSURE


def _spanned(row: Mapping[str, Any], name: str) -> str:
    ends = _ends(row)
    told = cell(row.get(name))
    return f"{told} ({cell(ends[0])} to {cell(ends[1])})" if ends and _is_number(row.get(name)) else told


def _same(one: Any, other: Any) -> bool:
    if _is_number(one) and _is_number(other):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))
    return bool(one == other) or cell(one) == cell(other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sources(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[list[Any]]:
    before = {str(one.get("file")): str(one.get("sha256", "")) for one in old["sources"]}
    now = {str(one.get("file")): str(one.get("sha256", "")) for one in new["sources"]}
    told = []
    for name in dict.fromkeys([*before, *now]):
        if before.get(name) == now.get(name):
            continue
        said = "gone" if name not in now else "new" if name not in before else "other content"
        told.append(["source", "", name, said, before.get(name, "")[:12], now.get(name, "")[:12], NONE])
    return told


def _row(
    change: str,
    one: Mapping[str, Any],
    where: str = "",
    what: str = "",
    before: Any = None,
    now: Any = None,
    beyond: str = NONE,
) -> list[Any]:
    title = str(one.get("title") or str(one.get("name", "")).replace("_", " "))
    said = ["" if value is None else value if isinstance(value, str) else cell(value) for value in (before, now)]
    return [change, title, where, what, *said, beyond]


def _sentence(table: pd.DataFrame) -> str:
    """What differs, counted."""
    if table.empty:
        return "The two reports say the same."
    counted = table["change"].value_counts()
    sure = int((table["beyond chance"] == SURE).sum())
    words = {
        "finding new": "new findings",
        "finding gone": "gone",
        "sentence": "sentences changed",
        "number": "numbers moved",
    }
    words |= {"source": "sources changed"}
    told = [f"{int(counted.get(change, 0)):,} {word}" for change, word in words.items()]
    estimates = f"{sure:,} of the estimates moved beyond their intervals"
    return f"{', '.join(told)}; {estimates}."
