"""Small files in the shapes that tools export, for the guides: forty invented customers, each writer one tool's export.

Every row is made here; nothing of it comes from anybody's file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

PEOPLE = 40
OPENINGS = ("Nobody told me", "It came without a word", "Easy to pay", "", "I rang twice", "Fine so far", "Took long")
CLOSINGS = ("and that was that", "before the holidays", "I expected better", "my neighbour said the same", "at last")


def _customers() -> list[dict[str, Any]]:
    """Forty customers: the North is less pleased than the South, by intent."""
    draw = Random(7)
    made = []
    for number in range(1, PEOPLE + 1):
        region = ("North", "South")[number % 2]
        nps = min(10, max(0, round(draw.gauss(5 if region == "North" else 8, 2))))
        made.append(
            {
                "id": f"C{number:04d}",
                "region": region,
                "day": f"2025-03-{1 + number % 28:02d}",
                "nps": nps,
                "ease": min(5, max(1, round(nps / 2 + draw.random()))),
                "said": f"{OPENINGS[number % 7]}, {CLOSINGS[number % 5]}" if OPENINGS[number % 7] else "",
                "heard": [number % 2, number % 3 == 0],
            }
        )
    return made


def _csv(path: Path, lines: Iterable[Sequence[Any]], encoding: str = "utf-8") -> None:
    with open(path, "w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(lines)


def qualtrics(folder: Path) -> None:
    """bill-survey.csv: three heading rows, a preview among the answers, one question skipped, the group before the score."""
    headings = ["StartDate", "EndDate", "Status", "Progress", "Duration (in seconds)", "Finished", "RecordedDate"]
    headings += ["ResponseId", "ExternalReference", "Q1_NPS_GROUP", "Q1", "Q2", "Q3", "Region"]
    wording = [*headings[:9], "How likely are you to recommend us? - Group", "How likely are you to recommend us?"]
    wording += ["How easy was it to understand your first bill?", "What is the reason for\nyour answer?", "Region"]
    ids = ["startDate", "endDate", "status", "progress", "duration", "finished", "recordedDate", "_recordId"]
    ids += ["externalDataReference", "QID1_NPS_GROUP", "QID1", "QID2", "QID3_TEXT", "Region"]
    imports = [json.dumps({"ImportId": one} | ({"timeZone": "Europe/London"} if "Date" in one else {})) for one in ids]
    lines: list[Sequence[Any]] = [headings, wording, imports]
    for place, one in enumerate(_customers()):
        group = "Promoter" if one["nps"] >= 9 else "Passive" if one["nps"] >= 7 else "Detractor"
        status = "Survey Preview" if place == 3 else "IP Address"
        times = [f"{one['day']} 09:00:00", f"{one['day']} 09:03:00", status, 100, 180, "True", f"{one['day']} 09:03:01"]
        ease = -99 if place == 8 else one["ease"]  # seen, not answered
        lines.append([*times, f"R_{place:04d}", one["id"], group, one["nps"], ease, one["said"], one["region"]])
    _csv(folder / "bill-survey.csv", lines)


def surveymonkey(folder: Path) -> None:
    """bill-survey.csv: two heading rows, a question of several options, in the letters of Windows."""
    asked = "How likely is it that you would recommend us to a friend or colleague?"
    heard = "How did you hear of your new supplier? (tick all that apply)"
    top = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name"]
    top += ["Last Name", "Custom Data 1", asked, "How easy was it to understand your first bill?", heard, "", ""]
    under = [*[""] * 9, "Response", "Response", "By letter", "By phone", "Other (please specify)"]
    lines: list[Sequence[Any]] = [[*top, "What is the reason for your answer?"], [*under, "Open-Ended Response"]]
    for place, one in enumerate(_customers()):
        month, day = 3, 1 + place % 28
        times = [f"{month}/{day}/2025 9:00:00 AM", f"{month}/{day}/2025 9:03:00 AM"]
        ticks = ["By letter" if one["heard"][0] else "", "By phone" if one["heard"][1] else "", ""]
        said = one["said"].replace("without a word", "out of the blue – a shock")
        who = [f"{1180000000 + place}", "4001", *times, "", "", "", "", one["region"]]
        lines.append([*who, one["nps"], one["ease"], *ticks, said])
    _csv(folder / "bill-survey.csv", lines, "cp1252")


def spss(folder: Path) -> None:
    """bill-survey.sav: codes with labels, a code that means "refused", a weight that is only a column."""
    import pandas as pd
    import pyreadstat

    made = _customers()
    frame = pd.DataFrame(
        {
            "respid": [one["id"] for one in made],
            "region": [1.0 if one["region"] == "North" else 2.0 for one in made],
            "q1": [99.0 if place == 5 else float(one["nps"]) for place, one in enumerate(made)],
            "q2": [9.0 if place in (5, 6) else float(one["ease"]) for place, one in enumerate(made)],
            "wgt": [1.2 if one["region"] == "North" else 0.8 for one in made],
        }
    )
    likely = {0: "Not at all likely", 10: "Extremely likely", 99: "Refused"}
    ease = dict(enumerate(("Very hard", "Hard", "Neither", "Easy", "Very easy"), start=1)) | {9: "Refused"}
    pyreadstat.write_sav(
        frame,
        folder / "bill-survey.sav",
        column_labels=[
            "Respondent",
            "Region",
            "How likely are you to recommend us?",
            "How easy was the bill?",
            "Weight",
        ],
        variable_value_labels={"region": {1: "North", 2: "South"}, "q1": likely, "q2": ease},
        missing_ranges={"q1": [99], "q2": [9]},
    )


TALK = (
    ("Researcher", "Tell me how you learned that you had a new supplier."),
    ("Dana", "The first thing that came was the bill. I sat on the stairs and read it three times."),
    ("Researcher", "And what did you do then?"),
    ("Dana", "I rang. Twenty minutes of music, and then a man who could not see my meter."),
    ("Researcher", "How did it end?"),
    ("Dana", "A woman called back by name and we made a plan. That was decent."),
)


def interviews(folder: Path) -> None:
    """dana.vtt as a meeting program writes it, eli.docx with a name before each turn."""
    import docx

    cues, second = ["WEBVTT", ""], 0
    for who, words in TALK:
        start, second = second, second + 9
        cues += [f"00:00:{start:02d}.000 --> 00:00:{second:02d}.000", f"<v {who}>{words}</v>", ""]
    (folder / "dana.vtt").write_text("\n".join(cues), encoding="utf-8")
    page = docx.Document()
    for who, words in TALK:
        page.add_paragraph(f"{who.replace('Dana', 'Eli')}: {words.replace('three times', 'twice')}")
    page.save(folder / "eli.docx")


EVENTS = ("BILL_SENT", "CALL_ANSWERED", "PLAN_AGREED")


def crm(folder: Path) -> None:
    """contacts.csv as a log of contacts, tickets.csv as a help desk's export, feedback.csv as a marketing system's."""
    log: list[Sequence[Any]] = [["contact_id", "customer_id", "occurred_at", "event", "channel"]]
    tickets: list[Sequence[Any]] = [
        ["ID", "Requester", "Requester id", "Requester external id", "Status", "Via", "Ticket type", "Tags"]
        + ["Created at", "Solved at", "Subject", "Reason [list]"]
    ]
    feedback: list[Sequence[Any]] = [
        ["hs_object_id", "hs_survey_type", "hs_value", "hs_content", "hs_contact_id", "hs_submission_timestamp"]
        + ["hs_survey_channel"]
    ]
    for place, one in enumerate(_customers()):
        kept = EVENTS[: 1 + place % 3] if one["nps"] > 4 else ("BILL_SENT", "CALL_ANSWERED", "CALL_ANSWERED")
        for step, event in enumerate(kept):
            channel = "Post" if event == "BILL_SENT" else "Phone"
            log.append([f"K{place:03d}{step}", one["id"], f"{one['day']}T{9 + step:02d}:00:00", event, channel])
        if one["nps"] < 6:
            status = "Solved" if len(tickets) > 1 else "Deleted"
            opened, solved = f"{one['day']}T12:00:00Z", f"{one['day']}T16:00:00Z"
            reason = "Bill without notice" if place % 2 else "Long wait on the phone"
            who = [f"Person {place}", f"{7000 + place}", one["id"]]
            tickets.append([place + 1, *who, status, "Mail", "Problem", "bill", opened, solved, "My bill", reason])
        kind, value = (("NPS", one["nps"]), ("CSAT", place % 3), ("CES", 1 + place % 7))[place % 3]
        sent = f"{one['day']}T18:00:00Z"
        feedback.append([place + 1, kind, value, one["said"], one["id"], sent, "EMAIL"])
    _csv(folder / "contacts.csv", log)
    _csv(folder / "tickets.csv", tickets)
    _csv(folder / "feedback.csv", feedback)


WRITERS: dict[str, Callable[[Path], None]] = {
    one.__name__: one for one in (qualtrics, surveymonkey, spss, interviews, crm)
}
