"""The town behind the sample study `water-billing`: a seeded generator of its raw files and of the truth planted there.

A water utility finds people who use water and were never billed. Most learn of it from a bill through the post, some
are called first. `make(folder)` writes `sources/` (survey, customers, contact log, complaints, tracking, interviews)
and `truth.yaml`; the same seed gives the same bytes. Every effect stands in STEPS and in the few numbers above it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from math import erf, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from workbench.sample import comments, interviews

SEED = 20251122
CUSTOMERS = 4000
LAST_DAY = datetime(2025, 12, 31)
WAVES = {"2025-03": datetime(2025, 3, 3), "2025-07": datetime(2025, 7, 2), "2025-11": datetime(2025, 11, 3)}
ANSWERS_A_WAVE = 728

REGIONS = {"North": 0.37, "South": 0.35, "East": 0.15, "West": 0.13}
SEGMENTS = ("owner", "tenant", "landlord")
HOMES = {
    "North": (0.25, 0.65, 0.10),
    "South": (0.62, 0.23, 0.15),
    "East": (0.50, 0.37, 0.13),
    "West": (0.50, 0.37, 0.13),
}
CALLED = {"North": 0.17, "South": 0.49, "East": 0.34, "West": 0.34}
LANDLORD_CALLED_MORE = 0.10
# How many of a stratum are asked, against its share of all customers: the weight turns this round.
ASKED_MORE = {
    "North": (1.25, 0.90, 0.60),
    "South": (1.15, 0.80, 0.80),
    "East": (1.40, 0.75, 0.39),
    "West": (2.45, 0.65, 0.80),
}
COMPLAINTS_A_CUSTOMER = 0.155  # of those who were not called
COMPLAINT_RATIO = 0.45  # called against not called
SWITCHED = 0.095
SWITCHED_AFTER_COMPLAINT = 0.15  # on top

FIRST_NAMES = (
    "Adaeze Alban Anneke Arlo Beatrix Bram Caius Callista Corin Dagny Delphine Edric Elowen Emrys Fenella Fintan Greta "
    "Halina Idris Imogen Ishaan Jorun Kenna Kofi Leandra Linnet Maelle Marek Nadir Nerys Odile Osric Pavla Perran "
    "Quilla Rafe Roshni Rowena Saskia Selwyn Sunniva Taliesin Tamsin Ulric Verity Wendel Xanthe Yannick Yevande Zofia"
)
LAST_NAMES = (
    "Abberwick Alderfen Ashcombe-Rill Barrowmere Bexholt Brindlow Calderwick Cobblefoot Crowmarden Dapplewood Dunsfeather "
    "Eastergill Elmsworthy Farthingdale Fennimarch Gallowmere Gorsebrook Hallowick Harrowgill Inglestane Jessamyne "
    "Kettlebarrow Kingsfurrow Larkinholme Lowmarsh Millfenner Mossgarth Netherby-Holt Oakenthwaite Oxmarden Pellworthy "
    "Pinderfell Quarrenden Ravelston-Moss Rushmeadow Saltergate Sandwater Tarnley Thistlemoor Underbarrow Vennerley "
    "Wallowfen Waterhold Wexcombe Yarrowdale"
)


@dataclass(frozen=True)
class Step:
    """What the people who went through a step say on average, and what moves it (all in NPS points)."""

    question: int  # its first question's number in the questionnaire
    words: str
    nps: float
    csat: float
    ces: float | None
    emotion: float | None  # -100 … 100
    trust: float  # -100 … 100
    effects: dict[str, float] = field(default_factory=dict)
    spread: float = 2.2  # of the scores 0 to 10


STEPS = {
    "moves-in": Step(10, "moving in", 20, 3.7, 5.0, 15, 25, {"tenant": -12, "landlord": -4}),
    "looks-for-supplier": Step(
        20, "finding out who supplies your water", 2, 2.9, 3.4, -20, 0, {"tenant": -14, "landlord": -4}
    ),
    "first-contact": Step(
        30, "the first time we contacted you", 22, 3.5, 4.9, 10, 15, {"tenant": -16, "landlord": -4, "called": 50}
    ),
    "first-bill": Step(
        40, "your first bill", -46, 2.1, 2.9, -65, -50, {"tenant": -28, "landlord": -6, "called": 34}, 1.9
    ),
    "asks-about-bill": Step(
        50,
        "asking us about the bill",
        -36,
        2.3,
        2.6,
        -50,
        -40,
        {"tenant": -18, "landlord": -4, "called": 14, "again": -20},
    ),
    "agrees-plan": Step(
        60, "agreeing a payment plan", 8, 3.5, 4.6, 20, 10, {"tenant": -10, "landlord": -4, "web": -20}
    ),
    "stays-or-switches": Step(
        70,
        "deciding whether to stay with us",
        -10,
        2.8,
        4.1,
        -10,
        -15,
        {"tenant": -14, "landlord": -4, "called": 8, "switched": -50},
    ),
    "": Step(
        80,
        "everything since you moved in",
        -12,
        2.9,
        None,
        None,
        -20,
        {"tenant": -10, "landlord": -3, "called": 12, "switched": -20},
        1.1,
    ),
}
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "emotion": (1, 5), "trust": (1, 5)}
SPREADS = {"csat": 1.0, "ces": 1.4, "emotion": 0.95, "trust": 0.95}
CARRIED = 0.6  # how much of an effect in NPS points shows on the other scales, in per cent of their range

# Complaints: the desk's own category, the step it belongs to ("" = none on the map), its share, and subjects.
CATEGORIES: tuple[tuple[str, str, float, tuple[str, ...]], ...] = (
    (
        "Bill without notice",
        "first-bill",
        0.26,
        (
            "First bill came with no warning at all",
            "A bill for {months} months out of the blue",
            "Nobody told me I had to pay for water",
            "£{amount} through the letterbox and not one call before",
        ),
    ),
    (
        "Amount or period wrong",
        "first-bill",
        0.13,
        ("Charged for months before I lived here", "£{amount} cannot be right", "Wrong move-in date on the bill"),
    ),
    (
        "Back-billing too far",
        "first-bill",
        0.11,
        (
            "Billed {months} months back",
            "Why was this not found sooner?",
            "Bill covers {months} months, that is your mistake",
        ),
    ),
    (
        "Long wait on the phone",
        "asks-about-bill",
        0.16,
        ("Waited {wait} minutes and hung up", "Nobody answers your number", "On hold for {wait} minutes about my bill"),
    ),
    (
        "Passed on or not called back",
        "asks-about-bill",
        0.18,
        ("Promised call back never came", "Passed on twice, no answer yet", "Explained it three times to three people"),
    ),
    ("Payment plan", "agrees-plan", 0.05, ("Plan not what was agreed", "Web form lost my instalments")),
    (
        "Closing or switching",
        "stays-or-switches",
        0.045,
        ("Still billed after I left", "Switch refused because of old debt"),
    ),
    ("Cannot find supplier", "looks-for-supplier", 0.025, ("Your page did not know my street",)),
    (
        "First call or letter",
        "first-contact",
        0.02,
        ("Was that call really from you?", "Letter gave no name to ask for"),
    ),
    ("Water quality or pressure", "", 0.02, ("Brown water this morning", "Pressure drops in the evening")),
)

Row = list[str]


@dataclass
class Town:
    """All customers, one place each in every array. `at` holds when each step happened (not a time: never)."""

    ids: list[str]
    names: list[str]
    emails: list[str]
    segment: np.ndarray
    region: np.ndarray
    called: np.ndarray
    leaflet: np.ndarray
    plan: np.ndarray
    months: np.ndarray  # unbilled
    amount: np.ndarray  # of the first bill
    mood: np.ndarray  # what a person is like whatever happens, standard normal
    reasons: list[list[int]]  # complaints: numbers in CATEGORIES
    switched: np.ndarray
    at: dict[str, np.ndarray]
    asks: list[
        list[tuple[datetime, str, int, bool, int]]
    ]  # time, channel, minutes waited, gave up, minutes to transfer

    def flags(self) -> dict[str, np.ndarray]:
        return {
            "tenant": self.segment == "tenant",
            "landlord": self.segment == "landlord",
            "called": self.called,
            "web": self.plan == "web",
            "again": np.array([len(contacts) > 1 for contacts in self.asks]),
            "switched": self.switched,
        }

    def through(self, step: str) -> np.ndarray:
        return ~np.isnat(self.at[step]) if step else np.ones(len(self.ids), dtype=bool)

    def wait(self, person: int) -> int:
        return max((waited for _, _, waited, _, _ in self.asks[person]), default=0)


# ---------------------------------------------------------------------------------------------------------- the people


def people(rng: np.random.Generator) -> Town:
    """Draw the customers: who they are, what happened to them and when."""
    n = CUSTOMERS
    region = rng.choice(list(REGIONS), n, p=list(REGIONS.values()))
    segment = np.array([SEGMENTS[pick(rng, HOMES[place])] for place in region])
    likely = np.array([CALLED[place] for place in region]) + LANDLORD_CALLED_MORE * (segment == "landlord")
    called = rng.random(n) < likely
    leaflet = np.zeros(n, dtype=bool)
    for kind in SEGMENTS:  # a random half of the envelopes, within each kind of customer and way of hearing
        for rung in (True, False):
            group = rng.permutation(np.flatnonzero((segment == kind) & (called == rung)))
            leaflet[group[: len(group) // 2]] = True
    web = np.where(segment == "tenant", 0.38, 0.32)
    draw = rng.random(n)
    plan = np.where(draw < web, "web", np.where(draw < 0.62, "phone", "none"))
    mood = rng.standard_normal(n)
    rate = COMPLAINTS_A_CUSTOMER * np.where(called, COMPLAINT_RATIO, 1.0) * np.exp(-0.6 * mood - 0.18)
    shares = [share for _, _, share, _ in CATEGORIES]
    reasons = [[pick(rng, shares) for _ in range(count)] for count in rng.poisson(rate)]
    complained = np.array([bool(of) for of in reasons])
    switched = rng.random(n) < SWITCHED + SWITCHED_AFTER_COMPLAINT * complained
    months = np.clip(4 + rng.gamma(3.0, 3.1, n), 4, 27).astype(int)
    amount = (months * (17 + 16 * rng.random(n))).astype(int)
    ids = [f"00{number}" for number in sorted(rng.permutation(np.arange(10_000, 90_000))[:n].tolist())]
    given, family = FIRST_NAMES.split(), LAST_NAMES.split()
    first = rng.integers(0, len(given), n)
    last = rng.integers(0, len(family), n)
    names = [f"{given[a]} {family[b]}" for a, b in zip(first, last, strict=True)]
    at, asks = times(rng, called, plan, switched, reasons, months)
    emails = [
        f"{name.lower().replace(' ', '.')}{number}@example.{'org' if number % 3 else 'com'}"
        for number, name in enumerate(names, 11)
    ]
    return Town(
        ids, names, emails, segment, region, called, leaflet, plan, months, amount, mood, reasons, switched, at, asks
    )


def times(
    rng: np.random.Generator,
    called: np.ndarray,
    plan: np.ndarray,
    switched: np.ndarray,
    reasons: list[list[int]],
    months: np.ndarray,
) -> tuple[dict[str, np.ndarray], list[list[tuple[datetime, str, int, bool, int]]]]:
    """When each step happened to each customer, and every contact about the bill."""
    n = len(called)
    steps = [*(step for step in STEPS if step), "address-flagged"]
    at: dict[str, list[datetime | None]] = {step: [None] * n for step in steps}
    asks: list[list[tuple[datetime, str, int, bool, int]]] = []
    for who in range(n):
        complains_at = {CATEGORIES[reason][1] for reason in reasons[who]}
        bill = datetime(2024, 1, 15) + timedelta(days=int(rng.integers(0, 625)))
        bill = weekday(bill) + timedelta(hours=6, minutes=int(rng.integers(0, 6)) * 10)
        moved = clock(rng, bill - timedelta(days=int(months[who] * 30.4 + rng.integers(0, 28))))
        at["moves-in"][who] = moved
        if rng.random() < 0.52 or "looks-for-supplier" in complains_at:
            at["looks-for-supplier"][who] = clock(rng, moved + timedelta(days=int(rng.integers(1, 25))), 7, 22)
        flagged = bill.replace(hour=4, minute=10) - timedelta(days=int(rng.integers(24, 60)))
        at["address-flagged"][who] = flagged
        told = weekday(bill - timedelta(days=int(rng.integers(6, 18))))
        if called[who]:
            at["first-contact"][who] = clock(rng, told)
        elif rng.random() < 0.26 or "first-contact" in complains_at:
            at["first-contact"][who] = told.replace(hour=6, minute=30)
        at["first-bill"][who] = bill
        contacts = []
        if rng.random() < (0.36 if called[who] else 0.60) or "asks-about-bill" in complains_at:
            contacts = enquiries(rng, bill)
            at["asks-about-bill"][who] = contacts[0][0]
        asks.append(contacts)
        ready = max(bill + timedelta(days=int(rng.integers(14, 45))), contacts[-1][0] if contacts else bill)
        if plan[who] != "none":
            at["agrees-plan"][who] = clock(
                rng, ready + timedelta(days=1), *((9, 17) if plan[who] == "phone" else (7, 22))
            )
        if switched[who] or rng.random() < 0.6 or "stays-or-switches" in complains_at:
            at["stays-or-switches"][who] = clock(rng, bill + timedelta(days=int(rng.integers(60, 78))), 8, 21)
    return {step: np.array(when, dtype="datetime64[m]") for step, when in at.items()}, asks


def enquiries(rng: np.random.Generator, bill: datetime) -> list[tuple[datetime, str, int, bool, int]]:
    """The calls and chats about one bill: waiting, giving up, being passed on, coming back."""
    found: list[tuple[datetime, str, int, bool, int]] = []
    day = bill + timedelta(days=int(rng.integers(3, 12)))
    while True:
        start = clock(rng, weekday(day), 8, 17)
        if rng.random() < 0.76:
            waited = min(int(rng.exponential(15)), 55)
            gave_up = waited > 18 and rng.random() < 0.5
            passed = int(rng.integers(3, 10)) if not gave_up and rng.random() < 0.34 else 0
            found.append((start, "phone", waited, gave_up, passed))
        else:
            gave_up = False
            found.append((start, "chat", int(rng.integers(0, 9)), False, 0))
        if len(found) == 4 or rng.random() > (0.8 if gave_up else 0.33):
            return found
        day = start + timedelta(days=int(rng.integers(1, 9)))


def pick(rng: np.random.Generator, shares: Sequence[float]) -> int:
    """The number of one of several things, drawn by its share."""
    edges = np.cumsum(shares)
    return min(int(np.searchsorted(edges, rng.random() * edges[-1], side="right")), len(edges) - 1)


def clock(rng: np.random.Generator, day: datetime, opens: int = 9, closes: int = 18) -> datetime:
    """A minute of that day between two full hours."""
    minutes = int(rng.integers(0, (closes - opens) * 60))
    return day.replace(hour=opens, minute=0) + timedelta(minutes=minutes)


def weekday(day: datetime) -> datetime:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def moment(value: Any) -> datetime:
    """A time of the town as Python's own."""
    return value.astype("datetime64[s]").item()


# ---------------------------------------------------------------------------------------------------- what they answer


def expected_nps(town: Town, step: str) -> np.ndarray:
    """The NPS (in points) that each customer's kind gives at a step; over all who went through it, the designed one."""
    design, flags = STEPS[step], town.flags()
    points = np.zeros(len(town.ids))
    for name, effect in design.effects.items():
        points += effect * flags[name]
    return design.nps + points - points[town.through(step)].mean()


def expected(town: Town, step: str, measure: str) -> np.ndarray:
    """What each customer's kind gives on average: NPS points, or a mean on the measure's own scale."""
    nps = expected_nps(town, step)
    if measure == "nps":
        return nps
    low, high = SCALES[measure]
    mean = getattr(STEPS[step], measure)
    if measure in ("emotion", "trust"):
        mean = low + (mean + 100) / 200 * (high - low)
    return np.clip(mean + (nps - STEPS[step].nps) * CARRIED * (high - low) / 200, low + 0.15, high - 0.15)


@cache
def centre(target: float, measure: str, spread: float) -> float:
    """Where a normal variable must sit so that, rounded and cut to the scale, it gives this NPS or this mean."""
    low, high = SCALES[measure]

    def above(edge: float, middle: float) -> float:
        return 0.5 * (1 - erf((edge - middle) / (spread * sqrt(2))))

    def gives(middle: float) -> float:
        if measure == "nps":
            return 100 * (above(8.5, middle) - 1 + above(6.5, middle))
        return low + sum(above(score - 0.5, middle) for score in range(low + 1, high + 1))

    under, over = low - 15.0, high + 15.0
    for _ in range(60):
        middle = (under + over) / 2
        under, over = (middle, over) if gives(middle) < target else (under, middle)
    return under


def scores(town: Town, step: str, measure: str, who: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """The answers of these customers to one question, from their luck (standard normal)."""
    spread = STEPS[step].spread if measure == "nps" else SPREADS[measure]
    targets = np.round(expected(town, step, measure)[who], 6)
    middle = np.array([centre(float(target), measure, spread) for target in targets])
    low, high = SCALES[measure]
    return np.clip(np.floor(middle + spread * luck + 0.5), low, high).astype(int)


def dealt(order: np.ndarray, shown: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Luck (standard normal), dealt like cards: each ten neighbours in the order get one of every tenth of it.

    So a group of customers differs from another by what was planted, hardly by chance; an interval worked out in the
    usual way is then a little wide."""
    luck = np.zeros(len(order))
    line = order[shown[order]]
    for start in range(0, len(line), 10):
        hand = line[start : start + 10]
        luck[hand] = (rng.permutation(len(hand)) + rng.random(len(hand))) / len(hand)
    normal = NormalDist()
    luck[line] = [normal.inv_cdf(min(max(share, 1e-6), 1 - 1e-6)) for share in luck[line].tolist()]
    return luck


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


# ------------------------------------------------------------------------------------------------------ the other files


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


def tracking(rng: np.random.Generator) -> bytes:
    """The monthly sheet: 24 months of NPS and CSAT, whole journey and two steps; a sheet of notes behind it."""
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
    for (cell,) in sheet.iter_rows(min_row=2, max_col=1):
        cell.number_format = "mmm yyyy"
    notes = book.create_sheet("Notes")
    for line in (
        "Monthly tracking, telephone, fresh sample of customers each month (never the customers of the survey waves).",
        "nps: -100 to 100. csat: mean of 1 to 5. base: answers in the month. An empty step is the whole journey.",
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


# ----------------------------------------------------------------------------------------------------------- the truth


def difference(town: Town, step: str, a: np.ndarray, b: np.ndarray) -> float:
    """The crude difference in NPS points between two groups of customers, as designed (no luck in it)."""
    nps, through = expected_nps(town, step), town.through(step)
    return round(float(nps[a & through].mean() - nps[b & through].mean()), 1)


def truth(town: Town, seed: int) -> str:
    """What was planted, in words and numbers: what a fair analysis must find, and how near."""
    crude = difference(town, "first-bill", town.region == "North", town.region == "South")
    phone, letter = (
        round(float(expected_nps(town, "first-contact")[town.through("first-contact") & group].mean()), 1)
        for group in (town.called, ~town.called)
    )
    complained = np.array([bool(reasons) for reasons in town.reasons])
    lines = [
        "# What was planted in the sample study: what a fair analysis of sources/ must recover, and how near to it.",
        "# Written by `python -m workbench.sample`; the design values hold for all customers, not for one draw of answers.",
        "# The luck of the answers was dealt evenly (see `dealt`): estimates lie rather nearer than their intervals say.",
        f"seed: {seed}",
        f"customers: {len(town.ids)}",
        "hypotheses:",
    ]
    for name, words in {
        "called-first": {
            "measure": "nps",
            "step": "first-bill",
            "design": 34,
            "tolerance": 12,
            "verdict": "supported",
            "how": "weighted NPS at the first bill, called_first yes less no, held equal for segment",
            "why": "landlords are called a little more often and tenants, who score lower, less: crude it looks bigger than 34",
        },
        "called-first-complaints": {
            "measure": "complaint ratio",
            "step": "first-bill",
            "design": COMPLAINT_RATIO,
            "tolerance": 0.16,
            "verdict": "supported",
            "how": "complaints a customer at the first bill, called_first yes divided by no; the same ratio holds at all steps",
            "why": "who was called complains less than half as often",
        },
        "plan-on-web": {
            "measure": "nps",
            "step": "agrees-plan",
            "design": -20,
            "tolerance": 14,
            "verdict": "contradicted",
            "how": "weighted NPS at agreeing the plan, plan web less phone, held equal for segment",
            "why": "the team believes in the web; a person on the phone is worth 20 points more",
        },
        "north-south": {
            "measure": "nps",
            "step": "first-bill",
            "design": 0,
            "tolerance": 12,
            "verdict": "no difference that matters",
            "how": "weighted NPS at the first bill, North less South, held equal for segment and called_first",
            "why": "the region itself does nothing",
        },
        "north-south-crude": {
            "measure": "nps",
            "step": "first-bill",
            "design": crude,
            "tolerance": 12,
            "verdict": "supported",
            "how": "the same, with nothing held equal",
            "why": "misleading: the North has more tenants, who score lower everywhere, and is called less often",
        },
        "leaflet": {
            "measure": "nps",
            "step": "",
            "design": 0,
            "tolerance": 8,
            "verdict": "no difference that matters",
            "how": "weighted NPS of the whole journey, leaflet yes less no; a random half got it",
            "why": "a leaflet in the envelope changes nothing",
        },
    }.items():
        lines.append(f"  {name}:")
        lines += [f"    {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in words.items()]
    lines += [
        "hot_spots:",
        "  pain: [first-bill, asks-about-bill]",
        "  gain: [first-contact]",
        f"  first_contact_nps: {{phone: {phone}, post: {letter}, tolerance: 14}}",
        "surprises: [first-bill, asks-about-bill, stays-or-switches]   # the team assumed far better; elsewhere about right",
        "waves: no difference between the three waves was planted",
        "churn:",
        "  share_switched: 0.111",
        "  tolerance: 0.015",
        f"  more_after_a_complaint: {SWITCHED_AFTER_COMPLAINT}   # share that switches, on top of the others'",
        f"  share_that_complained: {complained.mean():.3f}",
        "tracking:",
        f"  nps_shift: {{month: {SHIFT[0]:%Y-%m}, points: {SHIFT[1]:g}, tolerance: 5}}   # whole journey, level before and after",
        "steps:   # population means; emotion and trust from -100 to 100; tolerance in points, 0.2 on csat and 0.3 on ces",
    ]
    for step, design in STEPS.items():
        parts = [f"nps: {design.nps:g}", f"csat: {design.csat}"]
        parts += [f"ces: {design.ces}"] if design.ces is not None else []
        parts += [f"emotion: {design.emotion:g}"] if design.emotion is not None else []
        lines.append(f"  {step or 'whole-journey'}: {{{', '.join([*parts, f'trust: {design.trust:g}'])}}}")
    lines += ["tolerances: {nps: 10, csat: 0.2, ces: 0.3, emotion: 8, trust: 8}"]
    return "\n".join(lines) + "\n"


# ----------------------------------------------------------------------------------------------------------- the files


def make(folder: Path | str, seed: int = SEED) -> list[Path]:
    """Write the sample study's `sources/` and `truth.yaml` into a folder; say which files were written."""
    streams = [np.random.Generator(np.random.PCG64(child)) for child in np.random.SeedSequence(seed).spawn(6)]
    town = people(streams[0])
    files: dict[str, bytes] = {
        "sources/survey.csv": table(survey(town, streams[1])),
        "sources/customers.csv": table(customers(town)),
        "sources/contacts.csv": table(contacts(town, streams[2])),
        "sources/tickets.csv": table(tickets(town, streams[3])),
        "sources/tracking.xlsx": tracking(streams[4]),
        "truth.yaml": truth(town, seed).encode("utf-8"),
    }
    for number, talk in enumerate(interviews.TALKS, 1):
        if number < len(interviews.TALKS):
            files[f"sources/interviews/interview-{number}.vtt"] = interviews.webvtt(talk, streams[5]).encode("utf-8")
        else:
            files[f"sources/interviews/interview-{number}.docx"] = still(interviews.docx(talk, streams[5]))
    written = []
    for name, content in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def table(rows: Iterable[Row]) -> bytes:
    held = io.StringIO(newline="")
    csv.writer(held, lineterminator="\n").writerows(rows)
    return held.getvalue().encode("utf-8")
