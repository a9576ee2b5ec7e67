"""Where paths end: who goes no further, once those who may still be on the way are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench import privacy
from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.journey import JourneyFrame, _microseconds
from workbench.steps.measure import cautions, groups, measure, moves

MOST = 50.0  # per cent: where more end, and there is no map to say so, paths end as they should
KEPT = 60  # steps of the table


@measure("Where do people go no further?", of_paths=True)
def drop_off(
    journey: JourneyFrame,
    by: str | Sequence[str] | None = None,
    minimum_base: int | None = None,
    until: str | None = None,
) -> Finding:
    """Of the people who met a step, the share whose path ended there, and how long they have been silent.

    Judged are the people whose last visit to the step is older, when the data end, than the usual wait after it (within
    which nine in ten moves on from there are made; of all moves where fewer than 20 were; none at a step that nobody
    moves on from). Who was there later may still be on the way, and neither dropped nor went on: they are counted beside.
    So the rule asks when somebody was there, not what they did next. Wilson interval over people.

    `by` names columns of the people. `until` is the day on which the data end, where that is not the day of the last move.

    Raises DataFault where there are no moves, or by= is no column of the people.
    """
    journey = journey.at_any_step().moves()
    keys = moves.by_words(by)
    for key in keys:
        if not moves.of_people(journey, [key]):
            journey.distinct(key)  # no such column: its own fault
            raise DataFault(
                Fault(column=key, found="no column of the people", expected="a segment, or another of them")
            )
    if until is not None:
        journey = journey.between("1900-01-01", until).adjoined()
    frame = journey.records.lazy.filter(~nw.col("step").is_null())
    seen = rows(frame.select(nw.len().alias("n"), nw.col("time").max().alias("end"))).iloc[0]
    if not seen["n"]:
        raise DataFault(moves.NONE)
    end = int(seen["end"]) if until is None else _microseconds(until)
    usual = moves.usual_waits(journey, int(seen["n"]))
    table = _counted(journey, frame, usual, end, keys)
    limit = journey.minimum_base if minimum_base is None else minimum_base
    found = pd.DataFrame([_row(row, keys) for row in table.to_dict("records")])
    few = (found["ends there"] > 0) & (found["ends there"] < limit)
    found.loc[few, "median silence"], found.loc[few, "silence days"] = None, float("nan")
    lately = privacy.hide_small(found[[*keys, "step", "still on the way"]], (*keys, "step"), limit, "still on the way")
    found["still on the way"] = lately["still on the way"]
    found = groups.in_order(journey, groups.rounded(_kept(journey, found)), (*keys, "step"))
    steps = table.groupby("step")["met"].sum()
    cut = len(steps) - found["step"].nunique()
    ended, late = int(table["ends there"].sum()), int(table["on the way"].sum())
    made = groups.finding(
        journey,
        "drop_off",
        found,
        (*keys, "step"),
        _sentence(journey, found, keys, usual, minimum_base)
        + (f" {cut:,} more steps, met by the fewest people, are not in the table." if cut else ""),
        _base(ended, late, limit),
        "share of the people whose last visit to the step is older than the usual wait (nine in ten moves on from there "
        f"are made within it) before {_day(end)}, when the data end: up to one in ten of those who would "
        "still go on is among them; 95 % Wilson, over people; silence: median until then"
        f"{moves.how_waits(int(seen['n']))}; unweighted",
        minimum_base,
        {"kind": "bars", "unit": "% go no further", "range": [0, 100]},
        "Where paths end",
        (*cautions.of_paths(journey), *_ends_apart(journey, end, usual)),
    )
    return replace(made, quiet=("silence days", "wait days"))


def _base(ended: int, late: int, limit: int) -> str:
    """How many people, and of which kind; all of them only where that does not tell how many a few are."""
    if 0 < ended < limit or 0 < late < limit:
        return (
            f"{groups.few(ended, limit)} people whose path went no further, {groups.few(late, limit)} who may still be "
            "on the way"
        )
    return f"{ended + late:,} people with a path: {ended:,} went no further, {late:,} may still be on the way"


def _counted(
    journey: JourneyFrame, frame: nw.LazyFrame, usual: pd.DataFrame, end: int, keys: Sequence[str]
) -> pd.DataFrame:
    """One row a group and step: people who met it, were there lately, ended there, may be on the way; and their silence.

    Each a plain group-by: the last visits themselves are never looked for.
    """
    by = [*keys, "step"]
    once = moves.with_columns(journey, frame.filter(nw.col("visit") == 1), keys)
    table = rows(once.group_by(by).agg(nw.len().alias("met")))
    limits = journey.engine.table(usual[["step", "wait"]], {"step": "VARCHAR", "wait": "BIGINT"})
    recent = frame.join(limits, on="step", how="left").filter(nw.lit(end) - nw.col("time") < nw.col("wait"))
    recent = moves.with_columns(journey, recent, keys)
    lasts = moves.lasts(journey, usual, end, keys)
    gone = lasts.filter(~nw.col("late"))
    parts = [
        rows(recent.group_by(by).agg(nw.col("person").n_unique().alias("lately"))),
        rows(lasts.filter(nw.col("late")).group_by(by).agg(nw.len().alias("on the way"))),
        rows(gone.group_by(by).agg(nw.len().alias("ends there"))),
    ]
    silent = moves.waits(gone, by, "silence", int(table["met"].sum()), (0.5,))[[*by, "q50"]]
    table = table.merge(usual[["step", "wait"]], on="step", how="left")
    for part in (*parts, silent):
        for one in (table, part):
            one[by] = one[by].astype(object).where(one[by].notna(), None)
        table = table.merge(part, on=by, how="left")
    whole = ["met", "lately", "on the way", "ends there"]
    table[whole] = table[whole].fillna(0).astype("int64")
    return table.sort_values(by, key=moves.text, ignore_index=True)


def _row(row: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    base = int(row["met"] - row["lately"])
    found = share_interval(float(row["ends there"]), float(base))
    ends = {"value": found.value, "low": found.low, "high": found.high}
    return (
        {name: row[name] for name in (*keys, "step")}
        | {name: float("nan") if one is None else 100 * one for name, one in ends.items()}
        | {"n": base, "ends there": int(row["ends there"]), "still on the way": int(row["on the way"])}
        | {"median silence": moves.lasting(row["q50"]), "silence days": moves.days(row["q50"])}
        | {"usual wait": moves.lasting(row["wait"] or None), "wait days": moves.days(row["wait"] or None)}
        | {"caution": groups.caution(found, base)}
    )


def _kept(journey: JourneyFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The steps met by most people, as far as a table can show."""
    met = found.groupby("step")["n"].sum().reset_index().sort_values(["n", "step"], ascending=[False, True])
    return found[found["step"].isin(set(met["step"].head(KEPT)))].reset_index(drop=True)


def _sentence(
    journey: JourneyFrame, found: pd.DataFrame, keys: Sequence[str], usual: pd.DataFrame, minimum_base: int | None
) -> str:
    seen = groups.shown(journey, found, (*keys, "step"), minimum_base)
    last = set(usual.loc[usual["waits"] == 0, "step"]) | set(journey.step_order[-1:])
    before = seen[~seen["step"].isin(last) & ((seen["value"] <= MOST) | bool(journey.step_order))]
    if before.empty:
        return "No step that paths go on from was met by people enough to be shown."
    top = before.loc[before["value"].idxmax()]
    where = f" ({groups.named(journey, top, keys)})" if keys else ""
    silence = top["median silence"]
    silent = f"; half of them have been silent for {silence} or longer" if isinstance(silence, str) else ""
    among = "Before the end" if journey.step_order else "Of the steps that most go on from"
    return (
        f'{among}, paths stop most often at "{moves.step_name(journey, top["step"])}"{where}: {top["value"]:.0f} % '
        f"({top['low']:.0f} to {top['high']:.0f} %) of {int(top['n']):,} people go no further{silent}."
    )


def _ends_apart(journey: JourneyFrame, end: int, usual: pd.DataFrame) -> list[str]:
    """Does a source end long before the others, so that people look silent?"""
    lasts = rows(
        journey.records.lazy.group_by("source")
        .agg(nw.col("time").max().alias("last"), nw.len().alias("n"))
        .sort("source")
    )
    wait = usual.loc[usual["wait"] > 0, "wait"].median()
    early = lasts[(end - lasts["last"] > wait) & (lasts["n"] >= cautions.SEEN)] if wait == wait else lasts.iloc[:0]
    return [
        f"{row.source} ends on {_day(row.last)}, the data on {_day(end)}: people met there look silent for longer."
        for row in early.itertuples()
    ]


def _day(microseconds: int) -> str:
    return str(pd.Timestamp(int(microseconds), unit="us").date())
