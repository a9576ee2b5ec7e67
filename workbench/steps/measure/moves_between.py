"""Two groups of people in what they do next: each move's share of A minus that of B.

Knows the journey's moves, counted by group, and the inference room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import count, distinct, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.moves import differences_of_moves
from workbench.inference.multiplicity import holm
from workbench.journey import JourneyFrame
from workbench.steps.measure import cautions, groups, moves

Group = Mapping[str, str | Sequence[str]]
SIDE = "side compared"  # the attribute of people that tells the two groups apart
TOLD = 40  # rows of the table


def between(
    journey: JourneyFrame, group: Group, against: Group | None, minimum_base: int | None, least: float
) -> Finding:
    """Each move's share of A minus that of B."""
    marked, words = _sided(journey, group, against)
    whole = moves.pairs(marked, [SIDE], least, common=True).table
    sides = {side: whole[whole[SIDE] == side].set_index(["step", "next_step"]) for side in "AB"}
    for side, name in zip("AB", words, strict=True):
        if sides[side].empty:
            raise DataFault(Fault(column="group", found=f"no moves of {name}", expected="moves in both groups"))
    limit = journey.minimum_base if minimum_base is None else minimum_base
    a, b, dropped = _aligned(sides["A"], sides["B"], least, limit)
    if a.empty:
        raise DataFault(
            Fault(column="group", found="no step that enough of both groups move on from", expected="larger groups")
        )
    gaps = moves.percent(differences_of_moves(a, b), ["value", "low", "high"])
    shares = [100 * one["y"] / one["m"] for one in (a, b)]
    fewer = [min((one for one in (x, y) if one), default=0) for x, y in zip(a["movers"], b["movers"], strict=True)]
    found = gaps.assign(**{"A %": shares[0], "B %": shares[1], "n": fewer, "n A": a["movers"], "n B": b["movers"]})
    found["p difference"] = [None if p is None else p for p in holm(gaps["p"])]
    found = found.drop(columns="p").astype({"p difference": float}).reset_index()
    compared = len(found)
    most = found.sort_values(["p difference", "step", "next_step"], kind="stable").index[:TOLD]
    found = groups.in_order(journey, groups.rounded(found.loc[sorted(most)]), ("step", "next_step"))
    return groups.finding(
        marked,
        "transitions",
        found[["step", "next_step", "value", "low", "high", "p difference", "A %", "B %", "n", "n A", "n B"]],
        ("step", "next_step"),
        _gap_sentence(journey, found, words, compared, minimum_base),
        f"{int(a['y'].sum()):,} moves of {words[0]} (A), {int(b['y'].sum()):,} of {words[1]} (B)",
        "share of a step's moves, A minus B in points; 95 % MOVER interval of two Wilson intervals on the effective "
        f"numbers of moves, linearised over people; p corrected by Holm over {compared} moves of at least "
        f"{100 * least:.0f} % in a group, from steps that {limit} people of both move on from"
        + (f" ({dropped} not compared)" if dropped else "")
        + "; n is the smaller number of people who made it; unweighted; the groups may differ in much else: an association",
        minimum_base,
        {"kind": "intervals", "unit": "points, A minus B", "reference": 0, "signed": True, "plain": True},
        "What comes next, in two groups",
        cautions.of_paths(journey),
    )


def _aligned(a: pd.DataFrame, b: pd.DataFrame, least: float, limit: int) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The moves of both groups row by row (nobody who made one: none), where its step has people enough in both."""
    there = a.index.union(b.index)
    sides = []
    for one in (a, b):
        of_step = one.groupby(level="step")[["m", "mm", "people"]].first().reindex(there.get_level_values("step"))
        own = one.reindex(there)[["y", "yy", "ym", "movers"]].fillna(0)
        sides.append(own.assign(**{name: of_step[name].fillna(0).to_numpy() for name in ("m", "mm", "people")}))
    a, b = sides
    common = (a["y"] >= least * a["m"]) | (b["y"] >= least * b["m"])
    enough = (a["people"] >= max(limit, 2)) & (b["people"] >= max(limit, 2))
    return a[common & enough], b[common & enough], int((common & ~enough).sum())


def _sided(journey: JourneyFrame, group: Group, against: Group | None) -> tuple[JourneyFrame, tuple[str, str]]:
    """The journey of two groups of people, told apart by "side", and their names. Raises DataFault: no groups, or overlap."""
    if not group:
        raise DataFault(Fault(column="group", found="no group", expected='people, as in {"segment": "owner"}'))
    faults = []
    for one in (group, against or {}):
        if not isinstance(one, Mapping):
            raise DataFault(
                Fault(
                    column="group", found=repr(one), expected='people by their attributes, as in {"segment": "owner"}'
                )
            )
    for column, value in (*group.items(), *(against or {}).items()):
        if not moves.of_people(journey, [column]):
            there = journey.distinct(column)  # no such column: its own fault
            faults.append(
                Fault(
                    column=column,
                    found="no column of the people",
                    expected="groups of people",
                    mend=f'ask by="{column}"',
                )
            )
            continue
        there = journey.distinct(column)
        faults += [unknown(column, one, there) for one in _values(value) if one not in there]
    if faults:
        raise DataFault(faults)
    columns = list(dict.fromkeys((*group, *(against or {}))))
    in_a = _member(group)
    known: Any = nw.lit(True)
    for column in group:
        known = known & ~nw.col(column).is_null()
    in_b = _member(against) if against else known & ~in_a
    people = journey.people.lazy.select("person", *columns).with_columns(in_a.alias("a"), in_b.alias("b"))
    if count(people.filter(nw.col("a") & nw.col("b")).head(1)):
        raise DataFault(Fault(column="against", found="people of both groups", expected="two groups apart"))
    side = nw.when(nw.col("a")).then(nw.lit("A")).otherwise(nw.lit("B"))
    told = people.filter(nw.col("a") | nw.col("b")).select("person", side.alias(SIDE))
    names = (_named(group), _named(against) if against else "all others")
    sides = set(rows(distinct(told.select(SIDE)))[SIDE])
    if empty := [f"nobody of {name}" for side, name in zip("AB", names, strict=True) if side not in sides]:
        raise DataFault(Fault(column="group", found=" and ".join(empty), expected="two groups of people"))
    return journey.marked(SIDE, told, f"A is {names[0]}, B {names[1]}").where(**{SIDE: ["A", "B"]}), names


def _values(value: str | Sequence[str]) -> list[str]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]  # type: ignore[list-item]


def _member(group: Group) -> Any:
    """Does every condition hold? False too where it is not known."""
    found: Any = nw.lit(True)
    for column, value in group.items():
        found = found & nw.col(column).is_in(_values(value)).fill_null(False)
    return found


def _named(group: Group) -> str:
    return " and ".join(
        f"{column.replace('_', ' ')} {' or '.join(map(str, _values(value)))}" for column, value in group.items()
    )


def _gap_sentence(
    journey: JourneyFrame, found: pd.DataFrame, words: tuple[str, str], compared: int, minimum_base: int | None
) -> str:
    seen = groups.shown(journey, found, ("step", "next_step"), minimum_base)
    sure = seen[seen["p difference"] < 0.05]
    if seen.empty:
        return "No move is made by people enough of both groups to be compared."
    if sure.empty:
        return f"Of {compared:,} moves none differs between {words[0]} and {words[1]} beyond chance."
    top = sure.loc[sure["value"].abs().idxmax()]
    return (
        f"Of {compared:,} moves {len(sure)} of those shown differ between {words[0]} and {words[1]} beyond chance, most from "
        f'"{moves.step_name(journey, top["step"])}" to "{moves.step_name(journey, top["next_step"])}": '
        f"{top['A %']:.0f} % against {top['B %']:.0f} % of moves, {groups.signed(top['value'])} points "
        f"({groups.signed(top['low'])} to {groups.signed(top['high'])})."
    )
