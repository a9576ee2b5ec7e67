"""Answers of Google Forms and Microsoft Forms: a column of times, then one column a question; choices arrive as labels."""

from __future__ import annotations

import re

import narwhals as nw

from workbench.files import Received
from workbench.sources import survey
from workbench.sources import survey_tools as tools
from workbench.sources.reading import Block, Desk, count

name = "forms"
says = "answers of Google Forms or Microsoft Forms (CSV, XLSX)"
needs = ("questions or text",)

STAMPS = {
    "timestamp", "zeitstempel", "horodateur", "marca temporal", "carimbo de data/hora", "tijdstempel",
    "informazioni cronologiche", "tidsstempel", "sygnatura czasowa",
}  # fmt: skip
MICROSOFT = ["id", "start time", "completion time"]
LOGS = {"activity", "event", "action", "case id", "case_id", "user_id", "value", "measure"}
STAMP = re.compile(
    r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2}) (?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)"
    r"(?: ?(?P<half>[AP]M))?(?: (?:GMT|UTC|[A-Z]{3,4})?(?P<sign>[+-])(?P<off>\d{1,2})(?::?(?P<part>\d\d))?)?"
    r"(?P<utc> (?:GMT|UTC))?"
)


def recognises(received: Received) -> str:
    first = tools.top(received, 1)
    headings = [tools.plain(cell).casefold() for cell in first[0]] if first else []
    if headings[:3] == MICROSOFT:
        return "columns ID, Start time and Completion time (Microsoft Forms)"
    if len(headings) < 2 or headings[0] not in STAMPS or LOGS & set(headings):
        return ""
    asked = [one for one in headings[1:] if "?" in one or "[" in one or len(one.split()) > 2]
    known = {"email address", "username", "score"} & set(headings[1:])
    return "Timestamp before questions in full (Google Forms)" if asked or known else ""


def read(desk: Desk) -> Block:
    sheet = desk.sheet()
    sheet = tools.renamed(sheet, sheet.headings)
    google = sheet.headings[0].casefold() in STAMPS
    time = sheet.headings[0] if google else tools.among(sheet, "Completion time")
    person = None if google else tools.among(sheet, "ID")
    tools.usual(desk, person, time, counted_here=True)
    if google and desk.binding.time == time:
        sheet = tools.restated(desk, sheet, "c0", stamped)
        if not count(sheet.frame.filter(~nw.col("c0").str.contains(r"T.*(Z|[+-]\d\d:\d\d)$"))):
            tools.usual(desk, timezone="UTC")  # every time says its own zone
    return survey.answers(desk, sheet)


def stamped(text: str) -> str:
    """A Google timestamp ("2024/05/12 3:45:10 PM GMT+2") in ISO 8601; any other text as it is."""
    match = STAMP.fullmatch(text.strip())
    if not match:
        return text
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "PM" else 0)
    zone = f"{match['sign']}{int(match['off']):02d}:{match['part'] or '00'}" if match["sign"] else ""
    date = f"{match['year']}-{int(match['month']):02d}-{int(match['day']):02d}"
    return f"{date}T{hour:02d}:{match['minute']}:{match['second']}{zone or ('Z' if match['utc'] else '')}"
