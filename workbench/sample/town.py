"""The people of the sample study: who they are, what they go through and when, and what they answer on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from math import erf, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from workbench.sample.plan import (
    CALLED,
    CARRIED,
    CATEGORIES,
    COMPLAINT_RATIO,
    COMPLAINTS_A_CUSTOMER,
    CUSTOMERS,
    FIRST_NAMES,
    HOMES,
    LANDLORD_CALLED_MORE,
    LAST_NAMES,
    REGIONS,
    SCALES,
    SEGMENTS,
    SPREADS,
    STEPS,
    SWITCHED,
    SWITCHED_AFTER_COMPLAINT,
)


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
