"""What makes paths mislead, checked: one heavy user, times that are the same, dates without a clock, journeys still on the way.

Each check is a sentence told only where it bites. Knows the journey; each check is a count of the engine.
"""

from __future__ import annotations

from typing import NamedTuple

import narwhals as nw

from workbench.engine import rows
from workbench.journey import JourneyFrame

DAY = 86_400 * 1_000_000
HOUR = DAY // 24
HEAVY, BUSIEST = 0.05, 0.2  # of all moves: by one person; by the busiest hundredth
TIED = 0.01  # of the moves: those at the very time of the next one
SEEN = 20  # records of a source from which its clock is judged
LONGER = 1.5  # how many times longer one group is observed than another before that is told


def of_paths(journey: JourneyFrame) -> tuple[str, ...]:
    """What to mind in the paths of this journey: heavy users, ties in time, sources without a clock."""
    return (*_heavy(journey), *_times(journey))


def _heavy(journey: JourneyFrame) -> list[str]:
    """Does one person, or do a few, make a large part of all moves?"""
    table = rows(journey.paths().group_by("moves").agg(nw.len().alias("n")).sort("moves", descending=True))
    people, moves = int(table["n"].sum()), int((table["n"] * table["moves"]).sum())
    if people < 10:
        return []
    top = int(table["moves"].iloc[0])
    if top >= HEAVY * moves:
        return [f"One person makes {100 * top / moves:.0f} % of all moves: shares of moves lean on that person."]
    hundredth, taken, held = max(people // 100, 1), 0, 0
    for each, n in zip(table["moves"], table["n"], strict=True):
        part = min(int(n), hundredth - taken)
        taken, held = taken + part, held + part * int(each)
    if people >= 100 and held >= BUSIEST * moves:
        return [
            f"The busiest 1 % of people make {100 * held / moves:.0f} % of all moves: shares of moves lean on them."
        ]
    return []


def _times(journey: JourneyFrame) -> list[str]:
    """Do many moves have the very time of the next one? Do some sources know the day only, beside others with a clock?"""
    table, told = journey.clocks(), []
    if table["tied"].sum() > TIED * table["moved"].sum():
        told.append(
            f"{100 * table['tied'].sum() / table['moved'].sum():.0f} % of moves have the very time of the next one: their "
            "order is the one declared (order:), else that of the sources and of their rows."
        )
    seen = table[table["n"] >= SEEN]
    # midnight by the clock there: one time of the day, or two an hour apart; seen from noon too, as it may lie about 0 UTC
    whole = (seen["past"] == 0) & (seen[["reach", "turned"]].min(axis=1) <= HOUR)
    days = sorted(seen.loc[whole, "source"])
    if days and len(days) < len(seen):
        told.append(
            f"Times of {', '.join(days)} are whole days, others are not: what came first on one day is not known there."
        )
    return told


class Watched(NamedTuple):
    """How long people are observed: the median of days between first and last record, and of whom."""

    people: int
    days: float


def watched_unequally(one: Watched, other: Watched, names: tuple[str, str]) -> list[str]:
    """Is one group observed much longer than the other, so that more could happen to it?"""
    least, most = sorted((one, other), key=lambda each: each.days)
    if most.days <= LONGER * least.days or most.days < 1:
        return []
    longer = names[0] if most is one else names[1]
    shorter = names[1] if most is one else names[0]
    return [
        f"People {longer} are observed longer than those {shorter} (median {most.days:.0f} days against {least.days:.0f}): "
        "more could happen to them, and they stayed to be seen."
    ]
