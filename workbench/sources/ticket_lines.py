"""Tickets a line: newline-delimited JSON as a sheet, a column a key, `via.channel` for a key inside a key.

Knows JSON and no system by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources import xes
from workbench.sources.reading import Desk
from workbench.sources.sheet import Sheet

SHOWN = 20  # lines that are no JSON, told one by one


def keys(received: Received) -> list[str]:
    """The keys of the first line of a file of JSON lines; none where it is something else."""
    if received.kind != "text":
        return []
    head = received.head().lstrip("\ufeff \r\n\t")
    if not head.startswith("{"):
        return []
    line = head.split("\n", 1)[0]
    try:
        one = json.loads(line)
    except (ValueError, RecursionError):  # a line longer than what was looked at
        return re.findall(r'"(\w+)"\s*:', line) if len(line) > 60000 else []
    return list(_flat(_tickets(one)[0])) if isinstance(one, dict) and _tickets(one) else []


def _tickets(one: dict) -> list[dict]:
    """The tickets of a line: itself, or those of a page as the interface gives them."""
    page = one.get("tickets")
    return [part for part in page if isinstance(part, dict)] if isinstance(page, list) else [one]


def sheet(desk: Desk) -> Sheet:
    """JSON lines as a sheet: a column a key, `via.channel` for a key inside a key; the row is the line."""
    columns: dict[str, None] = {}
    for _, one in _lines(desk):
        columns.update(dict.fromkeys(one))
    found = ([*(one.get(column) for column in columns), str(line)] for line, one in _lines(desk))
    return xes.written(desk, list(columns), found, numbered=True)


def _lines(desk: Desk) -> Iterator[tuple[int, dict[str, str]]]:
    wrong: list[Fault] = []
    with open(desk.received.path, encoding="utf-8-sig") as handle:
        for number, line in enumerate(handle, start=1):
            if not line.strip():
                continue
            why = ""
            try:
                one = json.loads(line, parse_int=str, parse_float=str)
            except ValueError as problem:
                why = str(problem)
            except RecursionError:
                why = "nested too deeply"
            if not why and not isinstance(one, dict):
                why = "not a record of fields"
            if why:
                wrong.append(
                    Fault(
                        file=desk.file,
                        row=number,
                        found=f"a line that is no JSON ({why})",
                        expected="one ticket a line",
                        mend="export it again",
                    )
                )
                if len(wrong) == SHOWN:
                    break
                continue
            for ticket in _tickets(one):
                yield number, _flat(ticket)
    if wrong:
        raise DataFault(wrong)


def _flat(one: Mapping[str, Any], before: str = "", depth: int = 0) -> dict[str, str]:
    """A record with its keys one beside the other; custom fields by their number."""
    found: dict[str, str] = {}
    for key, value in one.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and depth < 3:
            found |= _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list) and value and all(isinstance(part, dict) and "id" in part for part in value):
            found |= {f"{name}.{part['id']}": _said(part.get("value")) for part in value}
        else:
            found[name] = _said(value)
    return found


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")  # half a letter is none
