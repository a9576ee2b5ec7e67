"""The streams of people from move to move: from the first to the second, from there to the third."""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.journey import JourneyFrame
from workbench.steps.measure import cautions, groups, measure, moves

LINKS = 30  # streams that a picture can hold
THIN = 0.01  # of all people: streams of fewer are left out
LOST = 0.1  # of all moves: what thin streams may hold before more steps are bundled
STEPS = 50  # steps at one place of the path that are counted one by one
OTHER = "other steps"


@measure("How do people stream through their first moves?", of_paths=True)
def flow(journey: JourneyFrame, minimum_base: int | None = None, first: int = 5) -> Finding:
    """How many people go from where to where with each of their first moves, as a picture of streams.

    At each place of the path (first move, second …) the steps of most people stand alone and the rest is bundled as "other
    steps", so that at most 30 streams are left; streams of fewer than one in a hundred people, or than the minimum base,
    are left out. Both are said. The share is of all people with a path; Wilson interval.

    Raises DataFault where nobody moves from one step to another, or for fewer than two places.
    """
    if first < 2:
        raise DataFault(Fault(column="first", found=str(first), expected="two or more moves"))
    journey = journey.at_any_step().moves()
    frame = journey.records.lazy.filter(~nw.col("step").is_null(), nw.col("nth") <= first)
    met = rows(frame.group_by("nth", "step").agg(nw.len().alias("n")).sort("n", "step", descending=[True, False]))
    people = int(met.loc[met["nth"] == 1, "n"].sum())
    if not len(met[met["nth"] > 1]):
        raise DataFault(moves.NONE)
    limit = journey.minimum_base if minimum_base is None else minimum_base
    alone = met.groupby("nth").head(STEPS)
    kept = alone[["nth", "step"]].rename(columns={"step": "own"})
    # each person stands once at each place: rows are people
    own = journey.engine.table(kept.assign(at=kept["own"]), {"nth": "INTEGER", "own": "VARCHAR", "at": "VARCHAR"})
    onward = frame.filter(~nw.col("next_step").is_null(), nw.col("nth") < first).select("nth", "step", "next_step")
    onward = onward.join(own.select("nth", "own", nw.col("at").alias("step")), on=["nth", "step"], how="left")
    then = own.select(
        (nw.col("nth") - 1).alias("nth"), nw.col("own").alias("next_own"), nw.col("at").alias("next_step")
    )
    onward = onward.join(then, on=["nth", "next_step"], how="left")
    streams = rows(onward.group_by("nth", "own", "next_own").agg(nw.len().alias("n")))
    streams = streams.fillna({"own": OTHER, "next_own": OTHER})
    thin = max(limit, 1, round(THIN * people))
    found, least, left = _bundled(streams, met, thin)
    parts = [share_interval(float(n), float(people)) for n in found["n"]]
    table = pd.DataFrame({"move": found["nth"].astype(int), "step": found["own"], "next_step": found["next_own"]})
    for name in ("value", "low", "high"):
        table[name] = [100 * getattr(part, name) for part in parts]
    table["n"] = found["n"].astype(int)
    table = groups.rounded(table)
    order = moves.order_of(journey, sorted({*table["step"], *table["next_step"]} - {OTHER}))
    place = {step: at for at, step in enumerate([*order, OTHER])}
    table = table.sort_values(
        ["move", "step", "next_step"], key=lambda one: one.map(lambda word: place.get(word, word)), ignore_index=True
    )
    rare = int((met["n"] < least).sum())
    notes = [f"steps that fewer than {least:,} people meet at a place are bundled"] if rare else []
    notes += [f"streams of fewer than {thin:,} people left out ({left:,} moves)"] if left >= limit else []
    return groups.finding(
        journey,
        "flow",
        table,
        ("move", "step", "next_step"),
        _sentence(journey, table, people, first) + _far(table, met, people, first, limit),
        f"{people:,} people with a path; their first {first} moves",
        "people who make their n-th move at a step and the next at another, share of all; 95 % Wilson"
        f"{''.join(f'; {one}' for one in notes)}; unweighted",
        minimum_base,
        {
            "kind": "sankey",
            "unit": "% of people",
            "order": [moves.step_name(journey, one) for one in order],
            "note": "; ".join(notes),
        },
        "How people stream",
        cautions.of_paths(journey),
    )


def _bundled(streams: pd.DataFrame, met: pd.DataFrame, limit: int) -> tuple[pd.DataFrame, int, int]:
    """Streams with the steps of fewest people at each place bundled, so that few enough are left; how many steps stand
    alone, and how many people's moves are left out because too few share them."""
    size = met.set_index(["nth", "step"])["n"]
    at = [int(size.get((n, one), 0)) for n, one in zip(streams["nth"], streams["own"], strict=True)]
    to = [int(size.get((n + 1, one), 0)) for n, one in zip(streams["nth"], streams["next_own"], strict=True)]
    total = int(streams["n"].sum())
    for least in (*sorted({max(int(one), limit) for one in met["n"]}), int(met["n"].max()) + 1):
        own = [one if n >= least else OTHER for one, n in zip(streams["own"], at, strict=True)]
        then = [one if n >= least else OTHER for one, n in zip(streams["next_own"], to, strict=True)]
        found = streams.assign(own=own, next_own=then).groupby(["nth", "own", "next_own"], as_index=False)["n"].sum()
        small = found["n"] < limit
        if (~small).sum() <= LINKS and found.loc[small, "n"].sum() <= LOST * total:
            break
    left = int(found.loc[small, "n"].sum())
    return found[~small].reset_index(drop=True), least, left


def _far(table: pd.DataFrame, met: pd.DataFrame, people: int, first: int, limit: int) -> str:
    """How many come so far; told only where that tells of no few: who do, who do not, or who came by no stream shown."""
    far = int(met.loc[met["nth"] == first, "n"].sum())
    by_streams = int(table.loc[table["move"] == first - 1, "n"].sum())
    if table.empty or any(0 < few < limit for few in (far, people - far, far - by_streams)):
        return ""
    return f" {100 * far / people:.0f} % make {first} moves or more."


def _sentence(journey: JourneyFrame, table: pd.DataFrame, people: int, first: int) -> str:
    if table.empty:
        return f"No move of the first {first} is shared by people enough to be shown."
    known = table[(table["step"] != OTHER) & (table["next_step"] != OTHER)]
    if known.empty:
        return f"The first {first} moves of {people:,} people go to so many steps that no stream stands out."
    top = known.loc[known["n"].idxmax()]
    at = moves.step_name(journey, top["step"]), moves.step_name(journey, top["next_step"])
    again = f'stay at "{at[0]}"' if at[0] == at[1] else f'go from "{at[0]}" to "{at[1]}"'
    return (
        f"Of {people:,} people {top['value']:.0f} % ({top['low']:.0f} to {top['high']:.0f} %) {again} between their "
        f"moves {int(top['move'])} and {int(top['move']) + 1}."
    )
