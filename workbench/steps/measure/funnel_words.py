"""What a funnel says in words: its sentence, base, method and cautions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.engine import count
from workbench.journey import JourneyFrame
from workbench.spans import in_words
from workbench.steps.measure import groups
from workbench.steps.measure.funnel_counts import Followed, Station
from workbench.steps.measure.splits import Split

APART = 1.0  # points between plain share and share by the curve from which it is told


def sentence(
    journey: JourneyFrame,
    seen: pd.DataFrame,
    stations: Sequence[Station],
    column: str,
    parts: Split,
    names: Mapping[str, str],
    p: float | None,
    limit: float | None,
) -> str:
    """`limit`: the time by which people had got there, as far as it could be read."""
    if seen.empty:
        return "No group is large enough to show a funnel."
    first, last = names[stations[0].name], names[stations[-1].name]
    ends = seen[seen[column] == stations[-1].name]
    by_then = f" within {in_words(limit)}" if limit else ""

    def say(row: pd.Series) -> str:
        return f"{row['value']:.0f} % ({row['low']:.0f} to {row['high']:.0f} %; {int(row['n']):,} people)"

    if not parts.by:
        row = ends.iloc[0]
        words = (
            f'Of {int(row["n"]):,} people who reached "{first}", {row["value"]:.0f} % ({row["low"]:.0f} to '
            f'{row["high"]:.0f} %) reached "{last}" in order{by_then}'
        )
        steps = seen[seen["% of step before"].notna()]
        if len(steps):
            worst = steps.loc[steps["% of step before"].idxmin()]
            before = stations[[station.name for station in stations].index(worst[column]) - 1].name
            words += (
                f'; the largest loss is after "{names[before]}": {worst["% of step before"]:.0f} % of those who got there '
                f'go on to "{names[worst[column]]}"'
            )
        return f"{words}."
    if ends.empty:
        return "No group is large enough to show a funnel."
    lowest, highest = ends.loc[ends["value"].idxmin()], ends.loc[ends["value"][::-1].idxmax()]  # two, if all are alike
    if len(ends) == 1:
        return f'From "{first}" to "{last}"{by_then} get {say(lowest)} of {groups.named(journey, lowest, parts.by)}.'
    words = (
        f'From "{first}" to "{last}"{by_then} get {say(lowest)} of {groups.named(journey, lowest, parts.by)} '
        f"and {say(highest)} of {groups.named(journey, highest, parts.by)}"
    )
    if p is not None:
        told = "p under 0.001" if p < 0.001 else f"p {p:.3f}"
        words += f"; the groups differ {'beyond chance' if p < 0.05 else 'no more than chance'} (log-rank, {told})"
    return f"{words}."


def base(found: Followed, first: str, people: int | None, unknown: int, least: int) -> str:
    if people is None:
        people = count(found.people)
    words = f'{groups.few(people, least)} people who reached "{first}"'
    if unknown:
        words += f"; {groups.few(unknown, least)} of whom the group is not known are left out"
    if found.never:
        words += f"; {groups.few(found.never, least)} who reached later steps and never that one are not among them"
    return words


def method(parts: Split, found: Followed, limit: int | None, shown: set[tuple], tested: bool) -> str:
    day = pd.Timestamp(found.end, unit="us").strftime("%Y-%m-%d")
    read = "read as far as enough people are followed"
    if limit:
        read += f", at {in_words(limit)} after the start at the latest"
    way = (
        "counted from the first step, and for % of step before from that step"
        if limit
        else "step by step; value is the product of the steps' shares"
    )
    words = [
        "share of those who reached the first step that reached each next one after it, in order",
        f"people who had not are followed to {day}, the last move of the data: Kaplan-Meier, 95 % log-log limits, {read}, "
        f"{way}; Wilson where all were followed for long enough",
        "plain %: reached so far, with those still on the way counted as lost",
        "times: by when half, and nine in ten, of those who go on have, counted from the step before",
        "went instead: the step on leaving the one before, of those not seen at this one",
    ]
    if parts.by and len(shown) > 1 and not limit:
        words.append("all groups are read at the same time")
    if tested:
        words.append("groups: log-rank tests, Holm over the steps and the whole; an association")
    if not parts.apart:
        words.append("a person may be of several personas: no test")
    return "; ".join([*words, "unweighted"])


def cut_short(ends: Mapping[int, float | None], limit: int | None) -> list[str]:
    """Could the time asked for be read at all?"""
    least = min((end for end in ends.values() if end is not None), default=limit)
    if limit is None or least is None or least >= limit:
        return []
    return [
        f"Too few people are followed for {in_words(limit)} to say who gets there within that time: read at "
        f"{in_words(least)} after the start."
    ]


def censoring(seen: pd.DataFrame) -> list[str]:
    """Does it matter that some are still on the way?"""
    apart = seen[(seen["value"] - seen["plain %"]) >= APART]
    if apart.empty:
        return []
    most = apart.loc[(apart["value"] - apart["plain %"]).idxmax()]
    return [
        f"Some are still on the way when the data end: counted as lost, {most['plain %']:.0f} % would stand where it is "
        f"{most['value']:.0f} %."
    ]
