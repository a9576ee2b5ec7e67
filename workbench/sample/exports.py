"""The sample study's files as real tools would export them: survey, customers, contacts, tickets, tracking."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

import numpy as np

from workbench.sample import comments
from workbench.sample.plan import (
    ANSWERS_A_WAVE,
    ASKED_MORE,
    CATEGORIES,
    LAST_DAY,
    REGIONS,
    SCALES,
    SEGMENTS,
    STEPS,
    WAVES,
    Row,
)
from workbench.sample.town import Town, clock, dealt, moment, pick, scores


def questions() -> list[tuple[str, str, str, str, str]]:
    """Every question in its order: heading, ImportId, wording, step, measure (or `comment`)."""
    wordings = {
        "nps": "{T}: how likely is it that you would recommend us to a friend or a neighbour? - 0 not at all … 10 certainly",
        "csat": "{T}: how satisfied were you? - 1 very dissatisfied … 5 very satisfied",
        "ces": "{T}: how easy did we make it for you? - 1 very difficult … 7 very easy",
        "emotion": "{T}: how did you feel? - 1 furious … 5 delighted",
        "trust": "{T}: how far did you trust us? - 1 not at all … 5 completely",
    }
    found = []
    for step, design in STEPS.items():
        tag = step.replace("-", "_") or "journey"
        stem = f"Thinking of {design.words}"
        for place, measure in enumerate(SCALES):
            if getattr(design, measure) is None:
                continue
            number = f"QID{design.question + place}" + ("_1" if measure == "nps" else "")
            found.append((f"{tag}_{measure}", number, wordings[measure].format(T=stem), step, measure))
        if step == "first-bill":
            found.append(
                ("first_bill_why", "QID48_TEXT", "What went well, or badly,\nwith your first bill?", step, "comment")
            )
        if not step:
            found.append(
                ("anything_else", "QID88_TEXT", "Is there anything else that you want us to know?", "", "comment")
            )
    return found


METADATA = {
    "StartDate": ("startDate", "Start Date"),
    "EndDate": ("endDate", "End Date"),
    "Status": ("status", "Response Type"),
    "IPAddress": ("ipAddress", "IP Address"),
    "Progress": ("progress", "Progress"),
    "Duration (in seconds)": ("duration", "Duration (in seconds)"),
    "Finished": ("finished", "Finished"),
    "RecordedDate": ("recordedDate", "Recorded Date"),
    "ResponseId": ("_recordId", "Response ID"),
    "RecipientLastName": ("recipientLastName", "Recipient Last Name"),
    "RecipientFirstName": ("recipientFirstName", "Recipient First Name"),
    "RecipientEmail": ("recipientEmail", "Recipient Email"),
    "ExternalReference": ("externalDataReference", "External Data Reference"),
    "LocationLatitude": ("locationLatitude", "Location Latitude"),
    "LocationLongitude": ("locationLongitude", "Location Longitude"),
    "DistributionChannel": ("distributionChannel", "Distribution Channel"),
    "UserLanguage": ("userLanguage", "User Language"),
}


SCREENER = ("deals_with_bill", "QID2", "Are you the person who deals with the water bill at your address?")


EMBEDDED = ("wave", "weight", "stratum", "invitation", "Q_TerminateFlag")


def survey(town: Town, rng: np.random.Generator) -> list[Row]:
    """Three waves of answers in the shape of a Qualtrics export: three heading rows, then a row an answer."""
    asked = questions()
    headings = [*METADATA, SCREENER[0], *(question[0] for question in asked), *EMBEDDED]
    wordings = [*(word for _, word in METADATA.values()), SCREENER[2], *(question[2] for question in asked), *EMBEDDED]
    marks = [*(mark for mark, _ in METADATA.values()), SCREENER[1], *(question[1] for question in asked), *EMBEDDED]
    imports = [
        json.dumps(
            {"ImportId": mark} | ({"timeZone": "Europe/London"} if mark.endswith("Date") else {}), separators=(",", ":")
        )
        for mark in marks
    ]
    rows: list[Row] = []
    before: set[int] = set()
    share = {stratum: len(group) / len(town.ids) for stratum, group in strata(town).items()}
    for wave, opens in WAVES.items():
        chosen, weights = sample(town, opens, share, before, rng)
        before.update(chosen.tolist())
        rows += answers(town, wave, opens, chosen, weights, asked, rng)
        rows += not_used(town, wave, opens, len(asked), rng)
    rows.sort(key=lambda row: (row[7], row[8]))
    return [headings, wordings, imports, *rows]


def strata(town: Town, keep: np.ndarray | None = None) -> dict[tuple[str, str], np.ndarray]:
    """Customers by region and segment."""
    kept = np.ones(len(town.ids), dtype=bool) if keep is None else keep
    return {
        (place, kind): np.flatnonzero((town.region == place) & (town.segment == kind) & kept)
        for place in REGIONS
        for kind in SEGMENTS
    }


def sample(
    town: Town, opens: datetime, share: dict[tuple[str, str], float], before: set[int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Who answers in a wave and the weight that puts the shares right.

    Drawn within strata, owners more often; as many with the leaflet as without; few who have answered before."""
    billed = town.at["first-bill"] < np.datetime64(opens - timedelta(days=30), "m")
    wanted = {(place, kind): share[place, kind] * ASKED_MORE[place][SEGMENTS.index(kind)] for place, kind in share}
    total = sum(wanted.values())
    chosen, weights = [], []
    counts = {stratum: round(ANSWERS_A_WAVE * part / total) for stratum, part in wanted.items()}
    answered = sum(counts.values())
    for stratum, group in strata(town, billed).items():
        queue = rng.permutation(group)
        waits = np.array([person in before for person in queue.tolist()]) & (rng.random(len(queue)) < 0.75)
        queue = np.concatenate([queue[~waits], queue[waits]])
        half = counts[stratum] // 2
        odd = half + counts[stratum] % 2 * int(rng.random() < 0.5)
        with_it, without = queue[town.leaflet[queue]], queue[~town.leaflet[queue]]
        chosen.append(np.concatenate([with_it[:odd], without[: counts[stratum] - odd]]))
        weights.append(np.full(counts[stratum], share[stratum] / (counts[stratum] / answered)))
    return np.concatenate(chosen), np.concatenate(weights)


def answers(
    town: Town,
    wave: str,
    opens: datetime,
    who: np.ndarray,
    weights: np.ndarray,
    asked: list[tuple[str, str, str, str, str]],
    rng: np.random.Generator,
) -> list[Row]:
    """The usable answers of one wave; some people stop half-way."""
    n = len(who)
    starts = [clock(rng, opens + timedelta(days=int(day)), 7, 22) for day in rng.integers(0, 21, n)]
    starts = [
        start + timedelta(seconds=int(second)) for start, second in zip(starts, rng.integers(0, 60, n), strict=True)
    ]
    seconds = rng.integers(190, 1400, n)
    stops = np.where(rng.random(n) < 0.025, rng.integers(8, len(asked) - 4, n), len(asked))
    skipped = rng.random((n, len(asked))) < 0.025
    values: dict[str, np.ndarray] = {}
    order = np.lexsort((town.plan[who], town.segment[who], town.leaflet[who], town.region[who], town.called[who]))
    now = np.array(starts, dtype="datetime64[s]")
    shown = {step: town.at[step][who] < now if step else np.ones(n, dtype=bool) for step in STEPS}
    for step in STEPS:
        here = dealt(order, shown[step], rng)
        for heading, _, _, at, measure in asked:
            if at == step and measure != "comment":
                own = dealt(order, shown[step], rng)
                luck = 0.45 * town.mood[who] + 0.55 * here + sqrt(1 - 0.45**2 - 0.55**2) * own
                values[heading] = scores(town, step, measure, who, luck)
    talks = rng.random((n, 2)) < (0.46, 0.31)
    rows = []
    for place, person in enumerate(who.tolist()):
        start = starts[place]
        case = comments.Case(
            called=bool(town.called[person]),
            letter=not town.called[person] and bool(town.through("first-contact")[person]),
            segment=str(town.segment[person]),
            months=int(town.months[person]),
            amount=int(town.amount[person]),
            wait=town.wait(person),
            contacts=len(town.asks[person]),
            plan=str(town.plan[person]),
            switched=bool(town.switched[person]),
            score=int(values["first_bill_nps"][place]),
            overall=int(values["journey_nps"][place]),
            name=town.names[person],
        )
        cells: Row = []
        for number, (heading, _, _, step, measure) in enumerate(asked):
            if number >= stops[place] or not shown[step][place]:
                cells.append("")
            elif measure == "comment":
                tell = comments.first_bill if step else comments.anything_else
                cells.append(tell(case, rng) if talks[place, 0 if step else 1] else "-99")
            else:
                cells.append("-99" if skipped[place, number] else str(values[heading][place]))
        done = int(stops[place]) == len(asked)
        head = metadata(
            rng, start, int(seconds[place]), "0", 100 if done else int(100 * stops[place] / len(asked)), done
        )
        first, last = town.names[person].split(" ", 1)
        head[9:13] = [last, first, town.emails[person], town.ids[person]]
        head[15] = "email"
        ends = [wave, f"{weights[place]:.4f}", f"{town.region[person]} {town.segment[person]}", "e-mail", ""]
        rows.append([*head, "1", *cells, *ends])
    return rows


def not_used(town: Town, wave: str, opens: datetime, width: int, rng: np.random.Generator) -> list[Row]:
    """What else an export holds: people screened out, the team's own previews, spam."""
    rows = []
    for _ in range(22):
        person = int(rng.integers(0, len(town.ids)))
        head = metadata(rng, clock(rng, opens + timedelta(days=int(rng.integers(0, 21))), 7, 22), 24, "0", 100, True)
        first, last = town.names[person].split(" ", 1)
        head[9:13] = [last, first, town.emails[person], town.ids[person]]
        head[15] = "email"
        stratum = f"{town.region[person]} {town.segment[person]}"
        rows.append([*head, "2", *[""] * width, wave, "", stratum, "e-mail", "Screened"])
    for status, channel, count in (("1", "preview", 4), ("8", "anonymous", 3)):
        for _ in range(count):
            day = opens + timedelta(days=int(rng.integers(-2, 1) if status == "1" else rng.integers(0, 21)))
            head = metadata(rng, clock(rng, day), 61, status, 100, True)
            head[15] = channel
            cells = []
            for _, _, _, _, measure in questions():
                best = SCALES[measure][1] if measure != "comment" else 0
                cells.append(
                    str(best) if best else "test" if status == "1" else "Cheap loans, see https://example.com/now"
                )
            rows.append([*head, "1", *cells, wave, "", "", "", ""])
    return rows


def metadata(rng: np.random.Generator, start: datetime, seconds: int, status: str, progress: int, done: bool) -> Row:
    """The 17 columns every export begins with (recipient and channel still empty)."""
    end = start + timedelta(seconds=seconds)
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number = "R_" + "".join(letters[int(spot)] for spot in rng.integers(0, len(letters), 15))
    network = "192.0.2" if rng.random() < 0.5 else "198.51.100"
    address = f"{network}.{int(rng.integers(1, 255))}"
    where = [f"{51 + 4 * rng.random():.2f}", f"{-3 + 2 * rng.random():.2f}"]
    days = [str(start), str(end), status, address, str(progress), str(seconds), "1" if done else "0"]
    return [*days, str(end + timedelta(seconds=1)), number, "", "", "", "", *where, "", "EN"]


def customers(town: Town) -> list[Row]:
    """The customer table: ids are text with leading zeros; the name is there to be left out."""
    told = ["called_first", "leaflet", "plan", "switched"]
    rows = [["customer_id", "customer_name", "segment", "region", "tenure", "customer_since", *told]]
    for who, number in enumerate(town.ids):
        since = moment(town.at["moves-in"][who])
        tenure = (LAST_DAY.year - since.year) * 12 + LAST_DAY.month - since.month - (LAST_DAY.day < since.day)
        told = [yes(flag[who]) for flag in (town.called, town.leaflet)]
        kind = [str(town.segment[who]), str(town.region[who]), str(tenure), str(since.date())]
        rows.append([number, town.names[who], *kind, *told, str(town.plan[who]), yes(town.switched[who])])
    return rows


def yes(flag: Any) -> str:
    return "yes" if flag else "no"


def contacts(town: Town, rng: np.random.Generator) -> list[Row]:
    """The contact log: what systems and people noted, in order of time; some things carry the same minute."""
    found: list[tuple[datetime, int, int, str, str, str]] = []

    def note(when: datetime, event: str, channel: str, team: str) -> None:
        if when <= LAST_DAY:
            found.append((when, who, len(found), event, channel, team))

    for who in range(len(town.ids)):
        at = {step: None if np.isnat(when[who]) else moment(when[who]) for step, when in town.at.items()}
        moved, bill, flagged = at["moves-in"], at["first-bill"], at["address-flagged"]
        assert moved and bill and flagged
        note(moved, "MOVE_IN_REGISTERED", "home", "")
        if visit := at["looks-for-supplier"]:
            for _ in range(1 + int(rng.integers(0, 5) > 2) + int(rng.integers(0, 5) > 3)):
                note(visit, "SUPPLIER_SEARCH", "web", "")
                visit = clock(rng, visit + timedelta(days=int(rng.integers(1, 9))), 7, 22)
        note(flagged, "ADDRESS_FLAGGED", "system", "Data team")
        if told := at["first-contact"]:
            if town.called[who]:
                if rng.random() < 0.35:
                    note(clock(rng, told - timedelta(days=1)), "FIRST_CALL_NO_ANSWER", "phone", "Outbound team")
                note(told, "FIRST_CALL", "phone", "Outbound team")
            else:
                note(told, "FIRST_LETTER", "post", "Billing")
        note(bill, "BILL_DESPATCHED", "post", "Billing")
        if rng.random() < 0.12:
            note(bill, "METER_READ_ESTIMATED", "system", "Metering")
        for start, channel, waited, gave_up, passed in town.asks[who]:
            team = ("Contact centre A", "Contact centre B", "Contact centre C")[int(rng.integers(0, 3))]
            if channel == "chat":
                note(start, "CHAT_STARTED", "chat", team)
                continue
            note(start, "CALL_QUEUED", "phone", team)
            answered = start + timedelta(minutes=waited)
            note(answered, "CALL_ABANDONED" if gave_up else "CALL_ANSWERED", "phone", team)
            if passed:
                note(answered + timedelta(minutes=passed), "CALL_TRANSFERRED", "phone", "Billing")
        agreed = at["agrees-plan"]
        if (agreed is None or agreed > bill + timedelta(days=28)) and rng.random() < 0.45:
            note(bill + timedelta(days=28), "PAYMENT_REMINDER", "post", "Billing")
        if agreed:
            channel = str(town.plan[who])
            note(agreed, "PLAN_AGREED", channel, "Contact centre A" if channel == "phone" else "")
        if decided := at["stays-or-switches"]:
            if town.switched[who]:
                note(decided, "SWITCH_REQUESTED", "web", "")
                closes = decided.replace(hour=4, minute=10) + timedelta(days=int(rng.integers(2, 10)))
                note(closes, "ACCOUNT_CLOSED", "system", "Billing")
            else:
                note(decided, "STAY_CONFIRMED", "web" if rng.random() < 0.7 else "phone", "")
    found.sort(key=lambda event: (event[0], event[1], event[2]))
    rows = [["event_id", "customer_id", "event", "channel", "occurred_at", "agent_team"]]
    for number, (when, who, _, event, channel, team) in enumerate(found, 1):
        rows.append([f"E{number:06}", town.ids[who], event, channel, f"{when:%Y-%m-%d %H:%M}", team])
    return rows


def tickets(town: Town, rng: np.random.Generator) -> list[Row]:
    """The complaints, as a help desk exports them."""
    heading = (
        "Id,Requester,Requester id,Requester external id,Requester email,Submitter,Assignee,Group,Subject,Tags,Status,"
        "Priority,Via,Ticket type,Created at,Updated at,Assigned at,Solved at,Satisfaction Score,Reopens,Replies,"
        "Reason [list],Region [txt]"
    )
    found: list[tuple[datetime, int, int]] = []
    for who, reasons in enumerate(town.reasons):
        for reason in reasons:
            step = CATEGORIES[reason][1] or "moves-in"
            if np.isnat(town.at[step][who]):
                step = "first-bill"
            late = int(rng.integers(3, 19)) if step != "stays-or-switches" else int(rng.integers(1, 7))
            found.append((clock(rng, moment(town.at[step][who]) + timedelta(days=late), 8, 21), who, reason))
    rows = [heading.split(",")]
    for number, (opened, who, reason) in enumerate(sorted(found), 48_211):
        category, step, _, subjects = CATEGORIES[reason]
        if step == "agrees-plan" and town.plan[who] == "none":
            category, step, _, subjects = CATEGORIES[0]
        told = subjects[int(rng.integers(0, len(subjects)))]
        told = told.format(months=town.months[who], amount=town.amount[who], wait=max(town.wait(who), 12))
        solved: datetime | None = clock(rng, opened + timedelta(days=1 + int(rng.exponential(8))), 9, 18)
        status, score = "Closed", ("Offered", "Offered", "Bad", "Bad", "Good", "Not Offered")[int(rng.integers(0, 6))]
        if solved is None or solved > LAST_DAY or rng.random() < 0.02:
            solved, status, score = None, ("Open", "Pending")[int(rng.integers(0, 2))], "Not Offered"
        via = ("Phone call (incoming)", "Web form", "Mail", "Chat", "Letter")[pick(rng, (0.36, 0.27, 0.22, 0.09, 0.06))]
        person = town.ids[who] if rng.random() > 0.012 else ""  # a few are not matched to an account
        tags = "complaint " + re.sub(r"[^a-z]+", "_", category.lower())
        desk = ["Complaints desk", f"Agent {int(rng.integers(1, 10))}", "Complaints", told, tags, status]
        kind = [("Low", "Normal", "High", "Urgent")[pick(rng, (0.1, 0.55, 0.27, 0.08))], via, "Problem"]
        minute = f"{opened:%Y-%m-%d %H:%M}"
        shut = f"{solved:%Y-%m-%d %H:%M}" if solved else ""
        ends = [score, str(pick(rng, (0.86, 0.1, 0.04))), str(int(rng.integers(1, 7))), category, str(town.region[who])]
        asker = [town.names[who], f"9{who + 103_000:08}", person, town.emails[who]]
        rows.append([str(number), *asker, *desk, *kind, minute, shut or minute, minute, shut, *ends])
    return rows


SHIFT = (datetime(2024, 10, 1), -9.0)  # the month the tracking falls, and by how many NPS points


WAITED = 14.0  # minutes on the phone before somebody answers


SHORTER = (datetime(2025, 4, 1), -4.5)  # the month in which the waiting gets shorter, and by how many minutes


def tracking(rng: np.random.Generator) -> bytes:
    """The monthly sheet: 24 months of NPS and CSAT, whole journey and two steps, minutes waited; a sheet of notes behind it."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Tracking"
    sheet.append(["month", "measure", "step", "value", "base"])
    for number in range(24):
        month = datetime(2024 + number // 12, number % 12 + 1, 1)
        for step in ("", "first-bill", "asks-about-bill"):
            base = int(rng.integers(320, 430) if not step else rng.integers(90, 160))
            fell = SHIFT[1] if month >= SHIFT[0] else 0.0
            nps = STEPS[step].nps - SHIFT[1] * 0.5 + fell + rng.standard_normal() * 70 / sqrt(base)
            csat = STEPS[step].csat - SHIFT[1] * 0.006 + fell * 0.012 + rng.standard_normal() / sqrt(base)
            for measure, value in (("nps", round(float(nps), 1)), ("csat", round(float(csat), 2))):
                sheet.append([month, measure, step or None, value, base])
    for number in range(24):
        month = datetime(2024 + number // 12, number % 12 + 1, 1)
        calls = int(rng.integers(150, 210))
        minutes = WAITED + (SHORTER[1] if month >= SHORTER[0] else 0.0) + rng.standard_normal() * 9 / sqrt(calls)
        sheet.append([month, "minutes waited", "asks-about-bill", round(float(minutes), 1), calls])
    for (cell,) in sheet.iter_rows(min_row=2, max_col=1):
        cell.number_format = "mmm yyyy"
    notes = book.create_sheet("Notes")
    for line in (
        "Monthly tracking, telephone, fresh sample of customers each month (never the customers of the survey waves).",
        "nps: -100 to 100. csat: mean of 1 to 5. base: answers in the month. An empty step is the whole journey.",
        "minutes waited: on the phone before somebody answers, from the exchange; base: calls in a sample week.",
        "October 2024: despatch of first bills went from one region to all four.",
    ):
        notes.append([line])
    held = io.BytesIO()
    book.save(held)
    return still(held.getvalue())


def still(packed: bytes) -> bytes:
    """An office file with nothing of the clock or the machine in it: fixed dates, no author, not squeezed."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = old.read(name)
            if name == "docProps/core.xml":
                text = content.decode("utf-8")
                text = re.sub(r"(<dcterms:(created|modified)[^>]*>)[^<]*", r"\g<1>2025-12-31T09:00:00Z", text)
                content = re.sub(r"(<(dc:creator|cp:lastModifiedBy)>)[^<]*", r"\g<1>", text).encode("utf-8")
            entry = zipfile.ZipInfo(name, (2025, 12, 31, 9, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            new.writestr(entry, content)
    return held.getvalue()
