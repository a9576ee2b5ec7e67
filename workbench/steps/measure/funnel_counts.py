"""Following people through a funnel: its stations, who reached each one when, and where the others went.

The engine follows each person from station to station (a join a station, over the records at its steps alone) and counts
how long it took. Knows the journey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import count, distinct, one, rows
from workbench.faults import DataFault, Fault
from workbench.journey import JourneyFrame
from workbench.spans import DAY, SECOND
from workbench.steps.measure.splits import Split

MOST = 30  # stations of a funnel
ALSO = ("channel", "source")  # said of the record with which a person enters the funnel
GRID = (
    (3_600 * SECOND, SECOND),
    (2 * DAY, 60 * SECOND),
    (60 * DAY, 3_600 * SECOND),
)  # below, times count in these; else days

Steps = Sequence[str | Sequence[str]] | Mapping[str, Sequence[str]] | str | None


@dataclass(frozen=True)
class Station:
    """A place of the funnel: one step, or several any of which will do."""

    name: str
    steps: tuple[str, ...]


class Held:
    """As long as this is there, the tables that were worked out for it are."""


@dataclass(frozen=True)
class Followed:
    """`people`: one row a person who reached the first station: the split's columns, and of station k `n<k>` (place in
    the path) and `t<k>` (time), blank where it was not reached. Tables of the engine, as long as `held` is there."""

    journey: JourneyFrame
    moves: nw.LazyFrame
    people: nw.LazyFrame
    end: int
    never: int
    held: Held


# -- the stations -----------------------------------------------------------------------------------------------------


def stations_of(journey: JourneyFrame, steps: Steps) -> tuple[list[Station], str]:
    """The places of the funnel, and what they are called: a step each, or a stage."""
    planned = journey.planned or {}
    stages: dict[str, list[str]] = {}
    for step in journey.step_order:
        if step in planned:
            stages.setdefault(planned[step].stage, []).append(step)
    if steps is None:
        steps = "stages" if len(stages) > 1 else "steps"
    if isinstance(steps, str):
        if steps not in ("stages", "steps"):
            raise DataFault(
                Fault(
                    column="steps",
                    found=f'"{steps}"',
                    expected='several steps, "stages" or "steps"',
                    mend="name a list",
                )
            )
        steps = stages if steps == "stages" else list(journey.step_order)
        if not steps:
            raise DataFault(
                Fault(
                    column="steps",
                    found="no map that says in what order steps come",
                    expected="the steps in order",
                    mend='name them, as in steps=["bill", "call", "pay"]',
                )
            )
    ids = {name: step for step, name in (journey.step_names or {}).items()}
    if not isinstance(steps, Sequence | Mapping):
        raise DataFault(
            Fault(column="steps", found=str(steps), expected='several steps, as in ["bill", "call", "pay"]')
        )
    for each in steps.values() if isinstance(steps, Mapping) else steps:
        if not isinstance(each, str) and not (isinstance(each, Sequence) and all(isinstance(one, str) for one in each)):
            raise DataFault(Fault(column="steps", found=str(each), expected="a step, or a list of steps"))
    found = []
    for name, asked in steps.items() if isinstance(steps, Mapping) else ((None, each) for each in steps):
        those = tuple(ids.get(each, each) for each in ((asked,) if isinstance(asked, str) else asked))
        found.append(Station(name or " or ".join(those), those))
    everything = [step for station in found for step in station.steps]
    twice = sorted({step for step in everything if everything.count(step) > 1})
    if twice or not 2 <= len(found) <= MOST or not all(station.steps for station in found):
        raise DataFault(
            Fault(
                column="steps",
                found=f'"{twice[0]}" twice' if twice else f"{len(found)} steps",
                expected="each step once" if twice else f"two to {MOST} of them, none empty",
                mend="" if twice else 'name some, or steps="stages"',
            )
        )
    journey._check("step", *everything)
    single = not isinstance(steps, Mapping) and all(len(station.steps) == 1 for station in found)
    return found, "step" if single else "stage"


def name_of(journey: JourneyFrame, station: Station) -> str:
    names = journey.step_names or {}
    if station.name == " or ".join(station.steps):
        return " or ".join(names.get(step, step) for step in station.steps)
    return station.name


# -- what the engine counts -------------------------------------------------------------------------------------------


def followed(journey: JourneyFrame, stations: Sequence[Station], parts: Split) -> Followed:
    """Everybody who reached the first station, followed from station to station."""
    journey = journey.moves()
    engine, held = journey.engine, Held()
    moves = journey.records.lazy
    at_first = moves.filter(nw.col("step").is_in(list(stations[0].steps)))
    entered = [column for column in parts.columns if column in ALSO]
    if len(stations[0].steps) == 1:
        first = at_first.filter(nw.col("visit") == 1)
    else:
        place = at_first.filter(nw.col("visit") == 1).group_by("person").agg(nw.col("nth").min().alias("n0"))
        first = at_first.join(place, on="person", how="inner").filter(nw.col("nth") == nw.col("n0"))
    first = first.select("person", nw.col("nth").alias("n0"), nw.col("time").alias("t0"), *entered)
    others = [column for column in parts.columns if column not in entered]
    people = engine.keep_for(held, journey._attributes(first, others))
    reached = people.select("person", nw.col("n0").alias("n"))
    for number, station in enumerate(stations[1:], start=1):
        here = moves.filter(nw.col("step").is_in(list(station.steps))).select("person", "nth", "time")
        after = here.join(reached, on="person", how="inner").filter(nw.col("nth") > nw.col("n"))
        after = after.group_by("person").agg(nw.col("nth").min().alias("n"), nw.col("time").min().alias(f"t{number}"))
        after = engine.keep_for(held, after)
        beside = after.select("person", nw.col("n").alias(f"n{number}"), f"t{number}")
        people = people.join(beside, on="person", how="left")
        reached = after.select("person", "n")
    people = engine.keep_for(held, people)
    later = [step for station in stations[1:] for step in station.steps]
    strangers = moves.filter(nw.col("step").is_in(later), nw.col("visit") == 1).select("person")
    never = count(distinct(strangers.join(people.select("person"), on="person", how="anti")))
    return Followed(journey, moves, people, int(one(moves.select(nw.col("time").max().alias("end")))), never, held)


def durations(found: Followed, place: int, since: int, parts: Split) -> pd.DataFrame:
    """Counted follow-ups from one station to another: the split, event, time (microseconds, on a grid) and n."""
    there = found.people.filter(~nw.col(f"t{since}").is_null())
    start, reached = nw.col(f"t{since}"), nw.col(f"t{place}")
    lasted = nw.when(reached.is_null()).then(nw.lit(found.end) - start).otherwise(reached - start).alias("lasted")
    event = nw.when(reached.is_null()).then(nw.lit(0)).otherwise(nw.lit(1)).alias("event")
    frame = there.with_columns(lasted, event).with_columns(_on_grid("lasted").alias("time"))
    counts = rows(frame.group_by(*parts.columns, "event", "time").agg(nw.len().alias("n")))
    counts = parts.told(counts)
    for column in ("event", "time", "n"):
        counts[column] = counts[column].astype("int64")
    return counts.sort_values([*parts.by, "time", "event"], key=_sortable, kind="stable", ignore_index=True)


def _sortable(column: pd.Series) -> pd.Series:
    return column.map(str) if column.dtype == object else column


def _on_grid(column: str) -> Any:
    """Times counted to the second within an hour, the minute within two days, the hour within sixty days, else the day."""
    time = nw.col(column)
    found: Any = (time // DAY) * DAY
    for below, size in reversed(GRID):
        found = nw.when(time < below).then((time // size) * size).otherwise(found)
    return found


def went_instead(
    found: Followed, stations: Sequence[Station], place: int, parts: Split, least: int
) -> dict[tuple, str]:
    """Where those who were not seen at a station went from the one before, as soon as they left it: the commonest step."""
    before = list(stations[place - 1].steps)
    lost = found.people.filter(~nw.col(f"t{place - 1}").is_null(), nw.col(f"t{place}").is_null())
    lost = lost.select("person", nw.col(f"n{place - 1}").alias("since"), *parts.columns)
    next_step = nw.col("next_step")
    leaving = found.moves.filter(
        nw.col("step").is_in(before), next_step.is_null() | ~next_step.is_in(before).fill_null(False)
    )
    leaving = leaving.select("person", "nth", "next_step").join(lost, on="person", how="inner")
    leaving = leaving.filter(nw.col("nth") >= nw.col("since"))
    first = leaving.group_by("person").agg(nw.col("nth").min().alias("first"))
    went = leaving.join(first, on="person", how="inner").filter(nw.col("nth") == nw.col("first"))
    counts = parts.told(rows(went.group_by(*parts.columns, "next_step").agg(nw.len().alias("n"))))
    names, told = found.journey.step_names or {}, {}
    for key, part in parts.parts(counts).items():
        if part["n"].sum() < least:
            continue
        several = part.assign(went=part["next_step"].astype(object).where(part["next_step"].notna(), ""))
        several = several.groupby("went", as_index=False)["n"].sum()
        if several.empty:
            continue
        total = int(several["n"].sum())
        top = several.sort_values(["n", "went"], ascending=[False, True]).iloc[0]
        if top["n"] >= least:
            step = f'"{names.get(top["went"], top["went"])}"' if top["went"] else "nothing more"
            told[key] = f"{step} ({100 * top['n'] / total:.0f} %)"
    return told
