"""The funnel: of those who reached the first step, how many reached each next one in order, how soon, and where the rest went.

People still on the way when the data end are censored, not lost. Knows the journey and the follow-ups that the engine
counted (`funnel_counts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench import privacy
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.conversion import Conversion, chained, conversion, readable
from workbench.inference.intervals import Estimate
from workbench.inference.multiplicity import holm
from workbench.inference.survival import kaplan_meier, log_rank
from workbench.journey import JourneyFrame
from workbench.spans import DAY, span, unit_for
from workbench.steps.measure import cautions, funnel_words, groups, measure
from workbench.steps.measure.funnel_counts import (
    ALSO,
    Steps,
    durations,
    followed,
    name_of,
    stations_of,
    went_instead,
)
from workbench.steps.measure.splits import Split, split

NOBODY = pd.DataFrame({"time": [], "event": [], "n": []})
OWN = (
    "n",
    "event",
    "time",
    "lasted",
    "since",
    "first",
    "went",
    "low",
    "high",
    "reached",
    "half",
    "nine",
    "caution",
    "horizon",
)


@measure("How many get as far as each step?", of_paths=True)
def funnel(
    journey: JourneyFrame,
    steps: Steps = None,
    by: str | Sequence[str] | None = None,
    within: str | None = None,
    minimum_base: int | None = None,
) -> Finding:
    """Of the people who reached the first step, the share that reached each next one in order, and how soon.

    steps   steps in order, by id or name; a list among them is any of its steps; a mapping gives such lists a name;
            "steps" or "stages": those of the map. Left out: the map's stages where it has several, else its steps
    by      attributes of people, "persona", or channel or source of the record with which they enter
    within  the time allowed, as in "30 days": from the first step for `value`, from the step before for "% of step before"

    A step counts if it comes after the one before it, on a later visit too; the clock starts with the first visit of the
    first step. Moves are contacts and complaints. Whoever has not gone on when the data end is censored there
    (Kaplan-Meier, read as far as enough people are followed); where all were followed for long enough the share is
    the plain one with Wilson's interval. Without `within`, `value` is the product of the steps' shares. Times are those
    by when half, and nine in ten, of those who go on have. Groups are compared by log-rank tests of the pace, Holm over
    steps and the whole. Unweighted.

    Raises DataFault where nobody reached the first step, and for steps that are not there.
    """
    stations, column = stations_of(journey, steps)
    limit = span(within) if within else None
    parts = split(
        journey, by, ALSO, {column, *OWN, *(f"{one}{place}" for one in "nt" for place in range(len(stations)))}
    )
    least = journey.minimum_base if minimum_base is None else minimum_base
    found = followed(journey, stations, parts)
    counted = [parts.known(durations(found, place, place - 1, parts)) for place in range(1, len(stations))]
    onward, unknown = [counts for counts, _ in counted], counted[0][1]
    asked = range(1, len(stations)) if limit else [len(stations) - 1] if parts.by else []
    whole = {place: onward[0] if place == 1 else parts.known(durations(found, place, 0, parts))[0] for place in asked}
    instead = [went_instead(found, stations, place, parts, least) for place in range(1, len(stations))]
    sizes = {key: int(part["n"].sum()) for key, part in parts.parts(onward[0]).items()}
    if not sum(sizes.values()):
        raise DataFault(Fault(found=f'nobody at "{stations[0].name}"', expected="a first step that people reached"))
    shown = _large(sizes, parts.by, least)
    ends = {place: _horizon(counts, parts, shown, limit) for place, counts in whole.items()} if limit else {}
    steps_to = [_horizon(counts, parts, shown, limit) for counts in onward]
    of_step = [parts.parts(counts) for counts in onward]
    of_whole = {place: parts.parts(counts) for place, counts in whole.items()}
    table: list[dict[str, Any]] = []
    for key, size in sizes.items():
        start = dict(zip(parts.by, key, strict=True)) | {column: stations[0].name}
        table.append(start | _first(size))
        steps_: list[Conversion] = []
        for place in range(1, len(stations)):
            row = dict(zip(parts.by, key, strict=True)) | {column: stations[place].name}
            here = of_step[place - 1].get(key, NOBODY)
            steps_.append(conversion(here, steps_to[place - 1], least))
            far = chained(steps_)
            if limit:
                far = conversion(of_whole[place][key], ends[place], least, times=False).share
            table.append(row | _row(far, size, steps_[-1], instead[place - 1].get(key, ""), least))
    tests, p = _tests(onward, whole[max(whole)], parts, shown, limit) if parts.by else ([], None)
    if tests:
        by_name = dict(zip((station.name for station in stations), (None, *tests), strict=True))
        for one_row in table:
            one_row["p groups differ"] = by_name[one_row[column]]
    frame, unit = _in_one_unit(pd.DataFrame(table))
    frame = groups.rounded(_ordered(journey, frame, parts.by))
    seen = groups.shown(journey, frame, (*parts.by, column), minimum_base)
    names = {station.name: name_of(journey, station) for station in stations}
    told = groups.finding(
        journey, "funnel", frame, (*parts.by, column),
        funnel_words.sentence(journey, seen, stations, column, parts, names, p, ends.get(len(stations) - 1)),
        funnel_words.base(found, names[stations[0].name], sum(sizes.values()) if parts.apart else None, unknown, least),
        funnel_words.method(parts, found, limit, shown, bool(tests)), minimum_base,
        {"kind": "funnel", "unit": "% of those who began", "before": "% of step before", "time": f"median {unit}",
         "time_unit": unit, "instead": "went instead"},
        "How far people get", cautions=(
            *funnel_words.cut_short(ends, limit), *funnel_words.censoring(seen), *cautions.of_paths(found.journey)),
    )  # fmt: skip
    return replace(told, labels={column: names}, quiet=("read at days",))


# -- what is made of it -----------------------------------------------------------------------------------------------


def _large(sizes: Mapping[tuple, int], by: Sequence[str], least: int) -> set[tuple]:
    """The groups that may be shown."""
    if not by:
        return set(sizes)
    table = pd.DataFrame([dict(zip(by, key, strict=True)) | {"n": n} for key, n in sizes.items()])
    seen = privacy.hide_small(table, by, least)
    hidden = seen[privacy.HIDDEN] if privacy.HIDDEN in seen else [False] * len(seen)
    return {key for key, gone in zip(sizes, hidden, strict=True) if not gone}


def _horizon(counts: pd.DataFrame, parts: Split, shown: set[tuple], limit: int | None) -> float | None:
    """One time at which all groups that may be shown are read: as far as the curve of each may be."""
    ends = [
        readable(kaplan_meier(part[["time", "event", "n"]]))
        for key, part in parts.parts(counts).items()
        if key in shown and part["n"].sum()
    ]
    known = [end for end in ends if end != float("inf")]
    asked = [float(limit)] if limit else []
    return min([*known, *asked]) if known or asked else None


def _first(size: int) -> dict[str, Any]:
    return {"value": 100.0, "low": 100.0, "high": 100.0, "n": size, "reached": size, "plain %": 100.0} | {
        "% of step before": None, "step from": None, "step to": None, "half": None, "nine": None, "not seen": None,
        "went instead": "", "caution": "small base" if size < groups.WIDE_BASE else "", "horizon": None,
    }  # fmt: skip


def _row(far: Estimate, size: int, near: Conversion, instead: str, least: int) -> dict[str, Any]:
    told = near.n >= max(least, 1)
    share = near.share if told else None
    return {
        "value": _percent(far.value),
        "low": _percent(far.low),
        "high": _percent(far.high),
        "n": size,
        "reached": near.reached,
        "plain %": 100 * near.reached / size,
        "% of step before": _percent(share.value) if share else None,
        "step from": _percent(share.low) if share else None,
        "step to": _percent(share.high) if share else None,
        "half": near.times[0] if told else None,
        "nine": near.times[1] if told else None,
        "not seen": near.n - near.reached,
        "went instead": instead,
        "caution": "small base" if size < groups.WIDE_BASE else "",
        "horizon": near.horizon,
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _in_one_unit(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Times in the unit that suits the longest of them."""
    halves = pd.to_numeric(table["half"], errors="coerce")
    unit, size = unit_for(float(halves.max()) if halves.notna().any() else DAY * 2)
    table["half"], table["nine"] = halves / size, pd.to_numeric(table["nine"], errors="coerce") / size
    table["horizon"] = pd.to_numeric(table["horizon"], errors="coerce").replace(float("inf"), float("nan")) / DAY
    figures = [column for column in table.columns if column in (
        "value", "low", "high", "plain %", "% of step before", "step from", "step to", "not seen")]  # fmt: skip
    table = table.astype(dict.fromkeys(figures, float))
    names = {"half": f"median {unit}", "nine": f"9 in 10 by {unit}", "horizon": "read at days"}
    return table.rename(columns=names), unit


def _ordered(journey: JourneyFrame, table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Groups in their order; the stations of each stay in the funnel's."""
    return groups.in_order(journey, table, by) if by else table.reset_index(drop=True)


def _tests(
    onward: Sequence[pd.DataFrame], whole: pd.DataFrame, parts: Split, shown: set[tuple], limit: int | None
) -> tuple[list[float | None], float | None]:
    """Log-rank tests of the groups that may be shown, a step and from end to end, by Holm."""
    if len(shown) < 2 or not parts.by or not parts.apart:
        return [], None
    found = []
    for counts in (*onward, whole):
        several = []
        for key, part in parts.parts(counts).items():
            if key in shown:
                several.append(_upto(part, limit).assign(group=" · ".join(str(one) for one in key)))
        found.append(log_rank(pd.concat(several, ignore_index=True)).p if len(several) > 1 else None)
    corrected = holm(found)
    return corrected[:-1], corrected[-1]


def _upto(counts: pd.DataFrame, limit: int | None) -> pd.DataFrame:
    """Follow-ups no longer than a time."""
    counts = counts[["time", "event", "n"]].copy()
    if limit is not None:
        late = counts["time"] > limit
        counts.loc[late, "event"], counts.loc[late, "time"] = 0, limit
    return counts
