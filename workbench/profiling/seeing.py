"""A file as it is looked at: its columns, what each seems to be, and of which kind the whole is.

Of a large file a sample is read: its beginning, and rows spread over the rest. Knows the shelf of sources.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import narwhals as nw
import pandas as pd

from workbench import files, sources
from workbench.engine import Engine, rows, whole_file, within_memory
from workbench.faults import DataFault, Fault
from workbench.profiling import company, objects, roles, words
from workbench.profiling.entries import Seen
from workbench.profiling.looks import RATINGS, Judged, Look
from workbench.sources import limesurvey, parquet, qualtrics, spss, survey_tools, surveymonkey, tickets, transcripts
from workbench.sources import sheet as sheets
from workbench.sources.binding import Binding
from workbench.sources.reading import Desk
from workbench.sources.sheet import Sheet

LOOKED_AT = 5000  # rows
LARGE = 20_000_000  # bytes of a text file from which only a sample of it is read
NO_TABLE = (*transcripts.KINDS, "refi_qda", "taguette", "xes", "ocel")
OWN_BINDING = (*(one.name for one in tickets.EXPORTS), "a11")  # readers that bind their usual columns by themselves


def special(claimed: dict[str, str]) -> str:
    """The kind that claims a file for itself, or an empty text where its columns must tell."""
    special = [name for name in claimed if name not in (*sources.GENERAL, "parquet")]
    if len(special) == 1:
        return special[0]
    return "parquet" if not special and "parquet" in claimed else ""


def seen_in(received: files.Received, engine: Engine, claimed: dict[str, str]) -> Seen:
    kind = special(claimed)
    name, stem = received.origin.name, received.origin.stem
    if kind in NO_TABLE:
        return Seen(
            name, stem, kind, (), [], (), {"person": objects.person(received, engine)} if kind == "ocel" else {}
        )
    desk = Desk(received, engine, Binding(), b"k" * 32)
    sheet = _sheet(received, engine, kind, desk)
    if len(sheet.headings) > 1 and not any(heading.strip() for heading in sheet.headings):
        raise DataFault(
            Fault(
                file=received.name,
                row=1,
                found="a first row without a single heading",
                expected="names of columns in row 1",
                mend="delete the rows before the headings",
            )
        )
    with within_memory(received.name), whole_file(received.name) if received.kind == "binary" else nullcontext():
        table = _spread(sheet)
    labels: dict[str, dict[str, str]]
    sets: list[company.Set]
    labels, sets = _dictionary(received, desk) if kind == "spss" else ({}, [])
    decimal = "," if sheet.delimiter == ";" else "."
    looks = []
    for place, heading in enumerate(sheet.headings):
        text = table.iloc[:, place].dropna().astype(str).str.strip()
        text = text[text != ""]
        own = labels.get(heading, {})
        if own:
            often = Counter(label.strip() for label in own.values())
            codes = {
                label.strip() if often[label.strip()] == 1 else f"{label.strip()} ({code})": code
                for code, label in own.items()
            }
            text = text.map(lambda cell, codes=codes: codes.get(cell, cell))
        wording = sheet.wording[place] if sheet.wording else ""
        looks.append(Look(place, heading, wording or "", text, len(table), own, decimal, bool(labels)))
    judged = [roles.alone(look) for look in looks]
    company.together(looks, judged, sets)
    company.person(looks, judged)
    kind = kind or _by_columns(looks, judged, claimed)
    if kind == "tracking":
        _readings(looks, judged)
    if kind not in ("people", "events", "complaints", "tracking", *OWN_BINDING):
        company.answers(judged)
    company.moments(looks, judged, "complaints" if kind in ("cfpb", "zendesk", "salesforce") else kind)
    if kind in ("complaints", "cfpb", "zendesk", "salesforce"):
        company.category(looks, judged)
    _in_kind(kind, looks, judged)
    said = {"own": True} if kind in OWN_BINDING else {}
    return Seen(name, stem, kind, looks, judged, _names(sheet), dict(said), sheet.names)


def _sheet(received: files.Received, engine: Engine, kind: str, desk: Desk) -> Sheet:
    if received.kind == "text" and received.path.stat().st_size > LARGE:
        with suppress(csv.Error):  # a quote that is never closed: the whole file is read, which says where
            received = _sample(received, engine.scratch)
        desk = replace(desk, received=received)
    if kind == "qualtrics":
        return qualtrics.headed(desk)
    if kind in ("spss", "parquet"):
        return {"spss": spss, "parquet": parquet}[kind].sheet(desk)
    if received.kind in ("xlsx", "text"):
        found = sheets.workbook(received, engine) if received.kind == "xlsx" else sheets.delimited(received, engine)
        tool = {"surveymonkey": surveymonkey, "limesurvey": limesurvey}.get(kind)
        if tool:
            return tool.headed(found)
        return survey_tools.renamed(found, found.headings) if kind in ("alchemer", "forms") else found
    raise DataFault(
        Fault(
            file=received.name,
            found=f"a {received.kind} file",
            expected="a table or a transcript",
            mend=f"kinds that can be read: {'; '.join(reader.says for reader in sources.SHELF.values())}",
        )
    )


def _sample(received: files.Received, scratch: Path, pieces: int = 24, size: int = 120_000) -> files.Received:
    """The beginning of a large text file, and lines from places spread over it: whole rows of the right width alone."""
    head = received.head(1_500_000)
    delimiter, width = sheets.dialect(head[:65536])
    lines = list(csv.reader(head.splitlines(keepends=True), delimiter=delimiter))[:-1]
    length = received.path.stat().st_size
    with open(received.path, "rb") as handle:
        for piece in range(1, pieces):
            handle.seek(length * piece // pieces)
            handle.readline()
            for line in handle.read(size).decode("utf-8", errors="replace").splitlines()[:-1]:
                row = next(csv.reader([line], delimiter=delimiter), [])
                if len(row) == width:
                    lines.append(row)
    temporary = scratch / f"sample-{received.sha256[:12]}.csv"
    with open(temporary, "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows(row for row in lines if row)
    return replace(received, path=temporary)


def _spread(sheet: Sheet) -> pd.DataFrame:
    """The first rows, and as many spread over the rest of the sheet, by their number in the file."""
    first = sheet.frame.sort("row").head(LOOKED_AT // 2)
    count = int(rows(sheet.frame.select(nw.len().alias("n")))["n"].iloc[0])
    if count <= LOOKED_AT:
        chosen = sheet.frame.sort("row")
    else:
        every = max(2, count // (LOOKED_AT // 2))
        last = int(rows(first.select(nw.col("row").max().alias("row")))["row"].iloc[0])
        chosen = sheet.frame.filter((nw.col("row") <= last) | (nw.col("row") % every == 0)).sort("row")
    return rows(chosen).set_index("row")


def _dictionary(received: files.Received, desk: Desk) -> tuple[dict[str, dict[str, str]], list[company.Set]]:
    """What an SPSS file says of its codes, and its sets of several answers."""
    import pyreadstat

    file = spss.opened(desk)
    _, meta = pyreadstat.read_sav(str(received.path), metadataonly=True, encoding=file.encoding)
    sets: list[company.Set] = []
    for name, one in (meta.mr_sets or {}).items():
        if one.get("is_dichotomy"):
            counted = str(one["counted_value"]).removesuffix(".0")
            label = one["label"] or name
            if any(label == other[0] for other in sets):
                label = f"{label} {name}"
            sets.append((label, counted, list(one["variable_list"])))
    return {column: dict(own) for column, own in file.labels.items()}, sets


def _names(sheet: Sheet) -> list[str]:
    """By what a binding can call each column: its heading where that is one of a kind, else its further name."""
    often, further = Counter(one.strip() for one in sheet.headings), Counter(one.strip() for one in sheet.names)
    names = []
    for place, heading in enumerate(sheet.headings):
        other = sheet.names[place].strip() if place < len(sheet.names) else ""
        own = heading.strip()
        names.append(
            own if own and often[own] == 1 else other if other and further[other] == 1 and other not in often else ""
        )
    return names


# -- the kind -----------------------------------------------------------------------------------------------------------


def _by_columns(looks: Sequence[Look], judged: Sequence[Judged], claimed: dict[str, str]) -> str:
    """The kind of a table that no special kind claims, by what its columns seem to be."""
    seems = Counter(one.seems for one in judged)
    dates = [look for look, one in zip(looks, judged, strict=True) if one.seems.startswith(("when", "a date"))]
    months = [look for look in looks if _is_time(look.heading)]
    if len(months) >= 3 and all(look.numeric > 0.8 for look in months if look.filled):
        return "tracking"
    answers = sum(seems[one] for one in (*RATINGS, "a comment", "an option", "a list of options"))
    who = next((look for look, one in zip(looks, judged, strict=True) if one.seems == "who it is about"), None)
    once = [
        look for look in looks if look.distinct == look.rows and (look in dates or look.share(words.WAVES.pattern) == 1)
    ]
    rest = [look for look in looks if look not in once]
    if (
        once
        and looks
        and looks[0].rows <= 400
        and rest
        and all(look.numeric == 1 for look in rest)
        and not (who and who not in once)
    ):
        return "tracking"
    repeated = who is not None and who.distinct < 0.9 * who.filled
    if seems["what happened"] and dates and not seems["a comment"] and (repeated or who is None):
        return "events"
    measured = any(words.MEASURED.fullmatch(look.plain) and look.numeric < 0.5 for look in looks)
    valued = any(words.VALUED.fullmatch(look.plain) and look.numeric > 0.9 for look in looks)
    if measured and valued and who is None and (dates or seems["a wave"]):
        return "tracking"
    opened = seems["when it was opened"] and (seems["when it was closed"] or any(map(_complains, looks)))
    if opened and not any(seems[one] for one in RATINGS):
        return "complaints"
    if who is not None and not repeated and not answers:
        return "people"
    return "people" if set(claimed) == {"people"} and who is not None else "survey"


def _complains(look: Look) -> bool:
    return bool(re.search(r"complain|ticket|case|beschwerde|reclamation|issue", look.plain))


def _is_time(heading: str) -> bool:
    return bool(
        words.WAVES.fullmatch(heading.strip())
        or re.fullmatch(r"(19|20)\d\d[-/ ]?(\d{1,2})?|\d{1,2}[-/](19|20)\d\d", heading.strip())
    )


def _readings(looks: Sequence[Look], judged: list[Judged]) -> None:
    """In a tracking sheet numbers are readings, of which one column is the base."""
    wide = sum(_is_time(look.heading) for look in looks) >= 3
    for place, look in enumerate(looks):
        if wide and _is_time(look.heading):
            read = re.fullmatch(r"(19|20)\d\d(-\d\d?| ?-?Q[1-4])?", look.heading.strip())
            doubt = "" if read else "its heading is not read as a time: write it as 2025-03 or 2025Q1"
            judged[place] = Judged("a reading", "its heading is a month or wave", doubt, sure=0.8)
        elif (
            look.numeric > 0.9
            and judged[place].seems not in ("a wave", "a date")
            and not judged[place].seems.startswith("when")
        ):
            base = not wide and words.BASED.fullmatch(look.plain)
            judged[place] = Judged("the base of a reading" if base else "a reading", "numbers beside a time", sure=0.7)
        elif look.numeric < 0.5 and (words.MEASURED.search(look.plain) or wide and place == 0):
            judged[place] = Judged("what was measured", "texts beside readings", sure=0.7)


def _in_kind(kind: str, looks: Sequence[Look], judged: list[Judged]) -> None:
    """What only some kinds of file have is a segment in the others."""
    for look, one in zip(looks, judged, strict=True):
        if kind == "a11" and look.plain == "question 1":
            scale = (0.0, 1.0) if "0" in look.counts.index else (1.0, 5.0)
            one.seems, one.why, one.doubt, one.scale = "trust", "the form asks for trust first", "", scale
        if one.seems in ("what happened", "a stage of what happened") and kind != "events" and kind not in NO_TABLE:
            one.seems, one.why = "a segment", f"{look.distinct} distinct texts"
        if (
            one.seems == "technical"
            and look.plain == "status"
            and kind in ("people", "events", "complaints", *OWN_BINDING)
        ):
            one.seems, one.why = "a segment", f"{look.distinct} distinct texts"
        if one.seems == "an emotion" and not one.scale:
            one.seems = "a segment"
    happened = [one for one in judged if one.seems == "what happened"]
    for one in happened[1:]:
        one.seems, one.doubt = "a segment", "it may be what happened"
    channels = [one for one in judged if one.seems == "a channel"]
    for one in channels[1:]:
        one.seems, one.doubt = "a segment", "it may be the channel"
    lasting = [one for one in judged if one.seems == "the seconds it took"]
    for one in lasting[1:]:
        one.seems = "a number"
