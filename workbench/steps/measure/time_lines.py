"""One person's time line: everything known of a pseudonym, in order of time. For the researcher's own screen alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.journey import JourneyFrame

WHOLE = "whole journey"
KINDS = {"event": "contact", "reading": "reading"}  # kinds by the name that a researcher knows them by
UNTOLD = ("person", "stratum", "cluster", "matches")  # attributes for programs
DAY = 86_400 * 1_000_000


def time_line(journey: JourneyFrame, person: str, marks: Sequence[tuple[int, int]] = (), map: Any = None) -> Finding:
    """Everything known of one pseudonym, in order of time: a table of records and their place on the map, and a picture.

    `marks` are stretches of time (microseconds) to lay behind the picture, as those that a search found. `map` (the
    study's map) adds the stage and the hot spots. Words that people said are masked. The finding is private: a report, a
    page or a workbook refuses it. Raises DataFault where there is no such pseudonym.
    """
    mine = journey.records.lazy.filter(nw.col("person") == person)
    columns = ("time", "step", "channel", "kind", "source", "measure", "value", "state", "text", "wave", "gap", "code")
    records = rows(mine.sort("time", "order").select(*columns))
    if records.empty:
        known = journey.people.lazy.filter(nw.col("person") == person).head(1)
        found = "a person of whom there is no record" if len(rows(known)) else "no such pseudonym"
        raise DataFault(Fault(column="person", found=found, expected="one of journey.people, or of a search"))
    names = dict(journey.step_names or {})
    order = [*(names.get(step, step) for step in journey.in_order("step", set(records["step"].dropna()))), WHOLE]
    stages = {step.id: stage.name for stage in map.stages for step in stage.steps} if map is not None else {}
    spots = {step.id: step.hot_spot for step in map.hot_spots} if map is not None else {}
    plain = records.astype(object).where(records.notna(), None)
    table = [_told(one, names, stages, spots) for one in plain.to_dict("records")]
    shown = pd.DataFrame(table)
    for column in ("stage", "hot spot", "channel", "wave", "what"):
        if column in shown.columns and not shown[column].astype(bool).any():
            shown = shown.drop(columns=column)
    return Finding(
        "time_line",
        shown,
        _sentence(journey, person, records),
        base=f"{len(records):,} records of one person",
        method="all records in order of time, UTC; words masked; for the researcher's own screen",
        trail=(*journey.trail, "one person"),
        picture={"kind": "time_line", "steps": order, "marks": [[int(a), int(b)] for a, b in marks]},
        minimum=1,
        title="One person's time line",
        quiet=("value",),
        private=True,
    )


def _told(
    record: dict[str, Any], names: dict[str, str], stages: dict[str, str], spots: dict[str, str]
) -> dict[str, Any]:
    """One record in words."""
    step = record["step"]
    moment = None if record["time"] is None else pd.Timestamp(int(record["time"]), unit="us")
    return {
        "time": "not known" if moment is None else f"{moment.year:04}-{moment:%m-%d %H:%M}",
        "stage": stages.get(step or "", ""),
        "step": WHOLE if step is None else names.get(step, step),
        "hot spot": spots.get(step or "", ""),
        "channel": record["channel"] or "",
        "kind": KINDS.get(record["kind"], record["kind"]),
        "what": _what(record),
        "value": record["value"] if record["state"] == "answered" else None,
        "days to next": None if record["gap"] is None else round(record["gap"] / DAY, 1),
        "wave": record["wave"] or "",
        "source": record["source"],
    }


def _what(record: dict[str, Any]) -> str:
    """What was answered, said or complained of, in words; words that people said are masked."""
    parts = []
    if record["kind"] == "answer":
        answered = record["state"] == "answered" and record["value"] is not None
        told = f"{record['value']:g}" if answered else str(record["state"]).replace("_", " ")
        parts.append(f"{record['measure']}{' ' if answered else ': '}{told}")
    elif record["code"]:
        parts.append(f"[{record['code']}]")
    if record["text"]:
        parts.append(privacy.mask(record["text"]))
    return " ".join(parts)


def _sentence(journey: JourneyFrame, person: str, records: pd.DataFrame) -> str:
    """Who it is by what is known, how much there is, from when to when."""
    attributes = rows(journey.people.lazy.filter(nw.col("person") == person))
    told = []
    if len(attributes):
        row = attributes.iloc[0]
        told = [
            f"{column.replace('_', ' ')} {row[column]}"
            for column in attributes.columns
            if column not in UNTOLD and isinstance(row[column], str) and row[column]
        ]
        fits = [name for name, rules in (journey.personas or {}).items() if _is_one(row, rules)]
        told += [f"persona {' and '.join(fits)}"] if fits else []
    counted = records["kind"].value_counts()
    kinds = [
        f"{n} {KINDS.get(kind, kind)}{'' if n == 1 else 's'}"
        for kind, n in sorted(counted.items(), key=lambda one: str(one[0]))
    ]
    times = pd.to_datetime(records["time"].dropna(), unit="us")
    when = f" from {times.min():%Y-%m-%d} to {times.max():%Y-%m-%d}" if len(times) else ", at no known time"
    who = f"{person} ({', '.join(told)})" if told else person
    return f"{who}: {', '.join(kinds)}{when}."


def _is_one(row: pd.Series, rules: Any) -> bool:
    """Is a person of a persona, by its rules?"""
    for column, wanted in rules.items():
        values = list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]
        if row.get(column) not in values:
            return False
    return True
