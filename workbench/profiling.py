"""What a file seems to be, column by column, and why: for a person to confirm before it is read for good.

Proposes, never decides. Knows the shelf of sources.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pandas as pd

from workbench import files, privacy, sources
from workbench.engine import NUMBER, Engine
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.sources import limesurvey, parquet, qda, qualtrics, spss, surveymonkey, transcripts
from workbench.sources import sheet as sheets
from workbench.sources.binding import Binding
from workbench.sources.reading import Desk
from workbench.sources.sheet import Sheet

LOOKED_AT = 5000  # rows
PERSON = re.compile(
    r"(^|[\s_*-])(customer|respondent|person|user|account|client|case)?[\s_-]*(id|num|no|number|key)$|respnum|respondent",
    re.I,
)
WHEN = re.compile(r"date|time|month|created|opened|closed|_at$|recorded", re.I)
DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?([ T]\d{1,2}:\d{2}.*)?")
OWN_NUMBER = re.compile(r"(event|ticket|record|row|order|response|message|log)[\s_-]*(id|no|number)?$", re.I)
MARKS = (-99, -98, -97, -9, -8, -1, 97, 98, 99, 999)  # codes that usually mean no answer
SCORES = re.compile(r"recommend|nps|netpro|likel", re.I)
RATED = re.compile(r"satisf|csat|rating|rate|score|ease|effort|trust|emotion|feel", re.I)


def profile(path: str | os.PathLike) -> Finding:
    """What the columns of a file seem to be, and why; the sentence says what kind of file it is.

    Raises DataFault where the file cannot be read as a table or transcript.
    """
    engine = Engine()
    received = files.receive(path, engine.scratch)
    claimed = sources.claims(received)
    kind = _kind(received, claimed)
    if kind in transcripts.KINDS:
        found = list(transcripts.turns(received))
        speakers = pd.Series([turn.speaker or "(nobody)" for turn in found]).value_counts()
        table = pd.DataFrame(
            {"column": [f"speaker {place}" for place in range(1, len(speakers) + 1)], "seems": "a speaker"}
        )
        table["filled"], table["why"] = speakers.to_numpy(), [f"{count} turns" for count in speakers]
        return _told(received, kind, claimed, table, f"{len(found)} turns of {len(speakers)} speakers")
    if kind in ("refi_qda", "taguette"):
        frame = qda.codes(received)
        names = [code.name for code in frame]
        table = pd.DataFrame(
            {"column": names, "seems": "a code", "filled": 1, "why": [code.description[:60] for code in frame]}
        )
        return _told(received, kind, claimed, table, f"{len(names)} codes")
    if kind in ("xes", "ocel"):
        return _log(path, received, kind, claimed)
    sheet = _sheet(received, engine, kind)
    looked = sheets.preview(sheet, LOOKED_AT)
    table = pd.DataFrame([_column(sheet, looked.iloc[:, place], place) for place in range(len(sheet.headings))])
    return _told(received, kind, claimed, table, f"{len(sheet.headings)} columns, {len(looked):,} rows looked at")


def _log(path: str | os.PathLike, received: files.Received, kind: str, claimed: dict[str, str]) -> Finding:
    """What happens in an event log: its activities, each with how often."""
    from workbench.load import read

    if kind == "ocel":
        table = pd.DataFrame(
            {"column": ["person"], "seems": ["a type of object"], "filled": [1], "why": ["say person= a type"]}
        )
        return _told(received, kind, claimed, table, "an event log about objects")
    journey = read(path, format=kind)
    counted = journey.count(by="step").rename(columns={"step": "column", "n": "filled"})
    counted["seems"], counted["why"] = "an activity", "events of this name"
    return _told(received, kind, claimed, counted[["column", "seems", "filled", "why"]], journey.base())


def proposed(path: str | os.PathLike) -> dict[str, Any]:
    """An entry for study.yaml as the profile proposes it: the kind, and which column is what, for a person to correct."""
    found = profile(path)
    kind = found.title
    table = found.table
    entry: dict[str, Any] = {"file": f"sources/{Path(path).name}"}
    if kind and kind != "unknown":
        entry["format"] = kind

    def first(seems: str) -> str | None:
        hits = table.loc[table["seems"] == seems, "column"]
        return str(hits.iloc[0]) if len(hits) else None

    person, when = first("who it is about"), first("a date or time")
    segments = [str(one) for one in table.loc[table["seems"] == "a segment", "column"]]
    if kind in (*transcripts.KINDS, "refi_qda", "taguette", "xes", "ocel"):
        return entry
    if kind == "tracking":
        return entry | {
            key: value
            for key, value in (("time", when), ("measure", first("a segment")), ("value", first("a number")))
            if value
        }
    if person:
        entry["person"] = person
    if kind == "people":
        return entry | {"segments": segments}
    if when:
        entry["opened" if kind == "complaints" else "time"] = when
    if kind == "events":
        return entry | {"activity": segments[0]} if segments else entry
    if kind in SURVEYS:
        questions = {}
        for row in table.to_dict("records"):
            if row["seems"] in ("a score 0 to 10", "a rating"):
                low, high = (0, 10) if row["seems"] == "a score 0 to 10" else row["range"]
                measure = "nps" if SCORES.search(f"{row['column']} {row['wording']}") and high == 10 else "csat"
                questions[str(row["column"])] = {
                    "measure": measure if high == 10 or (low, high) == (1, 5) else "rating",
                    "scale": [low, high],
                }
        weight = first("a weight")
        texts = [str(one) for one in table.loc[table["seems"] == "a comment", "column"]]
        entry |= {
            key: value
            for key, value in (("weight", weight), ("segments", segments), ("text", texts), ("questions", questions))
            if value
        }
    return entry


def _kind(received: files.Received, claimed: dict[str, str]) -> str:
    special = [name for name in claimed if name not in sources.GENERAL]
    if len(special) == 1:
        return special[0]
    if len(claimed) == 1:
        return next(iter(claimed))
    return "survey" if received.kind in ("text", "xlsx") else "unknown"


def _sheet(received: files.Received, engine: Engine, kind: str) -> Sheet:
    if kind == "qualtrics":
        return qualtrics.headed(Desk(received, engine, Binding(), b""))
    if kind in ("spss", "parquet"):
        reader = {"spss": spss, "parquet": parquet}[kind]
        return reader.sheet(Desk(received, engine, Binding(), b"k" * 32))
    if received.kind in ("xlsx", "text"):
        found = sheets.workbook(received, engine) if received.kind == "xlsx" else sheets.delimited(received, engine)
        tool = {"surveymonkey": surveymonkey, "limesurvey": limesurvey}.get(kind)
        return tool.headed(found) if tool else found
    raise DataFault(
        Fault(
            file=received.name,
            found=f"a {received.kind} file",
            expected="a table or a transcript",
            mend=f"kinds that can be read: {'; '.join(reader.says for reader in sources.SHELF.values())}",
        )
    )


def _told(received: files.Received, kind: str, claimed: dict[str, str], table: pd.DataFrame, size: str) -> Finding:
    why = "; ".join(f"{name}: {reason}" for name, reason in claimed.items())
    says = sources.SHELF[kind].says if kind in sources.SHELF else "nothing we know"
    sentence = (
        f"{received.name} looks like {says} ({why})." if claimed else f"{received.name} is a table that no kind claims."
    )
    people = table.loc[table["seems"] == "who somebody is", "column"].tolist() if "seems" in table else []
    if people:
        sentence += f" Columns that say who people are will be left out: {', '.join(people)}."
    return Finding(
        "profile",
        table,
        sentence,
        by=("column",),
        base=size,
        method=f"by headings and the first {LOOKED_AT:,} rows",
        title=kind,
    )


def _column(sheet: Sheet, cells: pd.Series, place: int) -> dict[str, Any]:
    heading = sheet.headings[place]
    text = cells.dropna().astype(str).str.strip()
    text = text[text != ""]
    distinct = text.nunique()
    row: dict[str, Any] = {
        "column": heading,
        "wording": (sheet.wording[place] if sheet.wording else "")[:90],
        "filled": len(text),
        "distinct": distinct,
    }
    seems, why, span = _seems(f"{heading} {row['wording']}", heading, text, distinct)
    shown = ", ".join(sorted(text.unique(), key=str)[:8]) if distinct <= 12 and seems not in HUSHED else ""
    return row | {"seems": seems, "why": why, "values": shown[:80], "range": span}


SURVEYS = ("survey", "qualtrics", "spss", "parquet", "surveymonkey", "limesurvey", "alchemer", "forms", "a11")
HUSHED = ("who it is about", "who somebody is", "a comment")  # values that a profile does not print


def _seems(words: str, heading: str, text: pd.Series, distinct: int) -> tuple[str, str, tuple[float, float] | None]:
    if text.empty:
        return "empty", "no cell is filled", None
    if privacy.identifies(heading):
        return "who somebody is", "its heading", None
    numbers = pd.to_numeric(text.where(text.str.fullmatch(NUMBER)), errors="coerce")
    if text.str.fullmatch(DATED).mean() > 0.9 and (WHEN.search(words) or text.str.contains(r"[-/:]").mean() > 0.9):
        return "a date or time", "its cells are written as dates", None
    if OWN_NUMBER.search(heading.strip()) and distinct == len(text):
        return "the row's own number", "its heading, and every value once", None
    if (
        (PERSON.search(heading.strip()) or heading == "ExternalReference")
        and distinct > 0.05 * len(text)
        and distinct > 12
    ):
        return "who it is about", f"its heading, and {distinct:,} distinct values in {len(text):,} cells", None
    if numbers.notna().mean() > 0.95:
        real = numbers.dropna()
        marks = sorted({int(one) for one in real if one in MARKS}) if real.nunique() <= 20 else []
        numbers = real[~real.isin(marks)] if marks and (~real.isin(marks)).any() else real
        low, high = float(numbers.min()), float(numbers.max())
        aside = f", and {', '.join(map(str, marks))}, which may mean no answer" if marks else ""
        whole = bool((numbers.dropna() % 1 == 0).all())
        if re.search(r"weight|wgt", heading, re.I) and low > 0:
            return "a weight", f"its heading, and numbers from {low:g} to {high:g}", (low, high)
        if whole and low >= 0 and high in (10, 11) and distinct <= 12 and distinct >= 6:
            return "a score 0 to 10", f"whole numbers from {low:g} to {high:g}{aside}", (0, 10)
        if whole and low >= 0 and high <= 7 and distinct <= 8 and (RATED.search(words) or distinct >= 4):
            return "a rating", f"whole numbers from {low:g} to {high:g}{aside}", (low, high)
        if distinct <= 20:
            return "a segment", f"{distinct} distinct codes", (low, high)
        return "a number", f"numbers from {low:g} to {high:g}", (low, high)
    if text.str.len().mean() > 25 and distinct > 0.3 * len(text):
        return "a comment", f"long texts, on average {text.str.len().mean():.0f} letters", None
    if distinct <= max(20, 0.02 * len(text)):
        return "a segment", f"{distinct} distinct texts", None
    return "a text", f"{distinct:,} distinct texts", None
