"""Paths: what people do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import narwhals as nw
import pandas as pd

from workbench.finding import Finding
from workbench.inference.moves import METHOD, shares_of_moves
from workbench.journey import JourneyFrame
from workbench.steps.measure import cautions, groups, measure, moves
from workbench.steps.measure.moves_between import Group, between
from workbench.steps.measure.variants import variants

__all__ = ["transitions", "variants"]


@measure("What do people do next?", of_paths=True)
def transitions(
    journey: JourneyFrame,
    by: str | Sequence[str] | None = None,
    minimum_base: int | None = None,
    least: float = 0.05,
    group: Group | None = None,
    against: Group | None = None,
) -> Finding:
    """From each step, the share of moves that lead to each next step (contacts and complaints in order of time), by groups.

    Units are people: a share is a ratio of sums over people, with Wilson's interval on the effective number of moves that
    its linearised variance leaves (see `workbench.inference.moves`). Beside it how long the move takes: the median and the
    time within which nine in ten are made. `by` names columns of the people, or what a move itself stands in (channel).
    Moves under the share `least` of their step are left out of the table and counted in the sentence.

    `group` and `against` (left out: all others of whom it is known) name two groups of people, as in `wb.compare`:
    {"segment": "owner"}. Then each row is the share of A minus that of B in points, with an interval and p corrected by
    Holm over all moves compared; n is the smaller of the two numbers of people who made the move.

    Raises DataFault where nobody moves from one step to another.
    """
    journey = journey.at_any_step().moves()
    if group is not None or against is not None:
        return between(journey, group or {}, against, minimum_base, least)
    keys = moves.by_words(by)
    counted = moves.pairs(journey, keys, least)
    table, total = counted.table, counted.total
    cut = len(table) - moves.KEPT
    if cut > 0:  # the moves of most people, ties by word
        most = table.sort_values(["movers", *keys, "step", "next_step"], ascending=False, key=moves.text, kind="stable")
        table = table.loc[sorted(most.index[: moves.KEPT])]
    table = table.reset_index(drop=True)
    named = [*keys, "step", "next_step"]
    found = pd.concat([table[named], _shares(table)], axis=1)
    found["n"], found["moves"], found["moves from here"] = table["movers"], table["y"], table["m"]
    found = _timed(journey, found, keys, total)
    found = groups.in_order(journey, groups.rounded(found), named)
    order = moves.order_of(journey, sorted({*found["step"], *found["next_step"]}))
    names = journey.step_names or {}
    picture = {"kind": "graph", "unit": "% of moves", "order": [names.get(one, one) for one in order]}
    rare = counted.several - len(counted.table)
    made = groups.finding(
        journey,
        "transitions",
        found,
        named,
        _sentence(journey, found, keys, minimum_base) + _left(rare, least, cut),
        f"{total:,} moves",
        f"share of a step's moves; 95 % {METHOD}; n is the people who made the move; median: of the time to the next "
        f"step{moves.how_waits(total)}; unweighted"
        + ("; who is of two personas counts in both" if "persona" in keys else ""),
        minimum_base,
        picture if not keys else {},
        "What comes next",
        cautions.of_paths(journey),
    )
    return replace(made, quiet=("median days", "p90 days", "people from here"))


def _shares(table: pd.DataFrame) -> pd.DataFrame:
    found = shares_of_moves(table)[["value", "low", "high"]]
    return moves.percent(found, ["value", "low", "high"])


def _timed(journey: JourneyFrame, found: pd.DataFrame, keys: Sequence[str], total: int) -> pd.DataFrame:
    """Beside each move how long it takes, in words and (for programs) in days."""
    by = [key for key in keys if key != "persona"]
    if len(by) < len(keys):
        each = {name: journey.where(persona=name).adjoined() for name in journey.personas or ()}
        parts = [_waits(mine, by, total).assign(persona=name) for name, mine in each.items()]
        times = pd.concat(parts, ignore_index=True)
    else:
        times = _waits(journey, by, total)
    merged = found.merge(times, on=[*keys, "step", "next_step"], how="left")
    for name, column in (("median", "q50"), ("p90", "q90")):
        merged[name] = [moves.lasting(one) for one in merged[column]]
        merged[f"{name} days"] = [moves.days(one) for one in merged[column]]
    return merged.drop(columns=["q50", "q90", "waits"])


def _waits(journey: JourneyFrame, by: Sequence[str], total: int) -> pd.DataFrame:
    frame = journey.records.lazy.filter(~nw.col("step").is_null(), ~nw.col("next_step").is_null())
    columns = [*by, "step", "next_step"]
    found = moves.waits(moves.with_columns(journey, frame, by), columns, "gap", total)
    for column in columns:
        found[column] = found[column].astype(object).where(found[column].notna(), None)
    return found


def _sentence(journey: JourneyFrame, found: pd.DataFrame, keys: Sequence[str], minimum_base: int | None) -> str:
    seen = groups.shown(journey, found, [*keys, "step", "next_step"], minimum_base)
    if seen.empty:
        return "No move is made by people enough to be shown."
    onward = seen[seen["step"] != seen["next_step"]]
    top = onward.loc[onward["n"].idxmax()] if len(onward) else seen.loc[seen["n"].idxmax()]
    where = f", {groups.named(journey, top, keys)}," if keys else ""
    return (
        f'The commonest way on{where} is from "{moves.step_name(journey, top["step"])}": {top["value"]:.0f} % of moves '
        f"({_reach(top)}) lead to "
        f'"{moves.step_name(journey, top["next_step"])}", half of them within {top["median"]}, by {int(top["n"]):,} people.'
    )


def _left(rare: int, least: float, cut: int) -> str:
    told = f" {rare:,} rarer moves (under {100 * least:.0f} %) are left out." if rare else ""
    return told + (f" {cut:,} more, of the fewest people, are not in the table." if cut > 0 else "")


def _reach(row: pd.Series) -> str:
    return f"{row['low']:.0f} to {row['high']:.0f} %" if row["low"] == row["low"] else "no interval"
