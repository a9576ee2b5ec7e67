"""Loops: steps that people go through again, rounds of two or three steps, and channels that hand people back and forth."""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw
import pandas as pd

from workbench.engine import count, rows
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.inference.intervals import share_interval
from workbench.inference.moves import shares_of_moves
from workbench.journey import JourneyFrame
from workbench.steps.measure import cautions, groups, measure, moves

AGAIN, BACK, ROUND, CHANNELS = "the same step again", "there and back", "a round of three", "channels back and forth"
KINDS = (AGAIN, BACK, ROUND, CHANNELS)
EACH = 8  # loops of a kind in the table


@measure("Where do people go round in circles?", of_paths=True)
def loops(journey: JourneyFrame, minimum_base: int | None = None, top: int = EACH) -> Finding:
    """Loops in people's paths, each with the share of people who made it (Wilson interval over people).

    Of four kinds: the same step again (at once or later); there and back (A > B > A); a round of three steps
    (A > B > C > A); and channels back and forth (three moves running by channel A, B and A), whatever the steps. The
    share is of the people who met the loop's first step (or used its first channel); `times` counts every time, `median`
    is the time from its start to the return. Of each kind the commonest `top` are in the table, as far as people enough
    made them.

    Raises DataFault where there are no moves at a step.
    """
    journey = journey.at_any_step().moves()
    frame = journey.records.lazy.filter(~nw.col("step").is_null())
    met = rows(frame.filter(nw.col("visit") == 1).group_by("step").agg(nw.len().alias("of")))
    total = int(rows(frame.select(nw.len().alias("n")))["n"].iloc[0])
    if not total:
        raise DataFault(Fault(found="no moves at a step", expected="a contact log or complaints with times and steps"))
    of_channel = frame.filter(~nw.col("channel").is_null())
    used = rows(of_channel.group_by("channel").agg(nw.col("person").n_unique().alias("of")))
    limit = journey.minimum_base if minimum_base is None else minimum_base
    parts, several = [], 0
    for kind, (part, all_of_kind) in zip(
        KINDS, (_again(frame, total, top, limit), *_rounds(journey, frame, top, limit)), strict=True
    ):
        base = used.rename(columns={"channel": "a"}) if kind == CHANNELS else met.rename(columns={"step": "a"})
        parts.append(part.merge(base, on="a", how="left").assign(kind=kind))
        several += all_of_kind - len(part)
    found = _table(journey, pd.concat(parts, ignore_index=True))
    repeats, people = _repeats(frame)
    made = groups.finding(
        journey,
        "loops",
        found,
        ("kind", "loop"),
        _sentence(journey, found, repeats, minimum_base)
        + (f" {several:,} rarer loops, or loops of too few people, are not in the table." if several else ""),
        f"{total:,} moves of {people:,} people",
        "share of the people who met the first step (or used the first channel); 95 % Wilson, over people; repeats: share "
        "of all moves, linearised over people; median: from the start to the return; unweighted",
        minimum_base,
        {"kind": "intervals", "unit": "% of people who met it", "plain": True},
        "Loops",
        cautions.of_paths(journey),
    )
    return replace(made, quiet=("median days",))


def _again(frame: nw.LazyFrame, many: int, top: int, limit: int) -> tuple[pd.DataFrame, int]:
    """Steps visited again: by whom, how often, and how soon after the visit before; and how many there are."""
    visit = nw.col("visit")
    sums = (visit == 2).cast(nw.Int64).sum().alias("people"), nw.len().alias("times")
    again = frame.filter(visit > 1).group_by("step").agg(*sums)
    several = frame.join(frame.filter(visit == 2).select("person", "step"), on=["person", "step"], how="semi")
    before = nw.col("time").shift(1).over("person", "step", order_by="nth")
    several = several.with_columns((nw.col("time") - before).alias("lasted"))
    returns = moves.waits(several, ["step"], "lasted", many, (0.5,))
    found = rows(again.filter(nw.col("people") >= limit).sort("people", "step", descending=[True, False]).head(top))
    found = found.merge(returns[["step", "q50"]], on="step", how="left").rename(columns={"step": "a"})
    return found.sort_values(["people", "a"], ascending=[False, True], ignore_index=True), count(again)


def _rounds(journey: JourneyFrame, frame: nw.LazyFrame, top: int, limit: int) -> list[tuple[pd.DataFrame, int]]:
    """Rounds of two and of three steps, and channels back and forth: from each move and those after it, in one window."""
    often = frame.filter(nw.col("nth") == 3).select("person")  # who made fewer moves has no round

    def after(column: str, by: int) -> nw.Expr:
        return nw.col(column).shift(-by).over("person", order_by="nth")

    seen = frame.join(often, on="person", how="semi").select("person", "time", "nth", "step", "next_step", "channel")
    seen = seen.with_columns(
        after("next_step", 1).alias("third"),
        after("next_step", 2).alias("fourth"),
        after("time", 2).alias("at_third"),
        after("time", 3).alias("at_fourth"),
        after("channel", 1).alias("next_channel"),
        after("channel", 2).alias("third_channel"),
    )
    first, second, third, channel = (nw.col(one) for one in ("step", "next_step", "third", "channel"))
    back = (third == first) & (second != first)
    three = (nw.col("fourth") == first) & (second != first) & (third != first) & (third != second)
    channels = (nw.col("third_channel") == channel) & (nw.col("next_channel") != channel)
    kinds = (("back", back), ("three", three), ("channels", channels))
    seen = seen.with_columns(*(kind.fill_null(False).alias(name) for name, kind in kinds))
    seen = seen.filter(nw.col("back") | nw.col("three") | nw.col("channels"))
    seen = journey.engine.keep_for(journey, seen)
    found = []
    for name, columns, end in (
        ("back", ("step", "next_step"), "at_third"),
        ("three", ("step", "next_step", "third"), "at_fourth"),
        ("channels", ("channel", "next_channel"), "at_third"),
    ):
        part = seen.filter(nw.col(name)).with_columns((nw.col(end) - nw.col("time")).alias("lasted"))
        sums = nw.col("person").n_unique().alias("people"), nw.len().alias("times")
        counted = part.group_by(list(columns)).agg(
            *sums, nw.col("lasted").quantile(0.5, interpolation="linear").alias("q50")
        )
        most = (
            counted.filter(nw.col("people") >= limit)
            .sort("people", *columns, descending=[True, *[False] * len(columns)])
            .head(top)
        )
        found.append((rows(most).rename(columns=dict(zip(columns, "abc", strict=False))), count(counted)))
    return found


def _table(journey: JourneyFrame, loops: pd.DataFrame) -> pd.DataFrame:
    table = []
    for row in loops.to_dict("records"):
        steps = [row[one] for one in ("a", "b", "c") if row.get(one) is not None and row.get(one) == row.get(one)]
        names = steps if row["kind"] == CHANNELS else [moves.step_name(journey, one) for one in steps]
        part = share_interval(float(row["people"]), float(row["of"]))
        table.append(
            {
                "kind": row["kind"],
                "loop": names[0] if row["kind"] == AGAIN else " > ".join([*names, names[0]]),
                "value": None if part.value is None else 100 * part.value,
                "low": None if part.low is None else 100 * part.low,
                "high": None if part.high is None else 100 * part.high,
                "n": int(row["people"]),
                "of people": int(row["of"]),
                "times": int(row["times"]),
                "median": moves.lasting(row["q50"]),
                "median days": moves.days(row["q50"]),
            }
        )
    columns = ["kind", "loop", "value", "low", "high", "n", "of people", "times", "median", "median days"]
    found = pd.DataFrame(table, columns=columns)
    return groups.rounded(found.astype(dict.fromkeys(("value", "low", "high"), float)))


def _repeats(frame: nw.LazyFrame) -> tuple[pd.Series, int]:
    """What part of all moves is of a step that the person has been to before; and how many people there are."""
    repeat = (nw.col("visit") > 1).cast(nw.Int64)
    each = frame.group_by("person").agg(repeat.sum().alias("y"), nw.len().cast(nw.Int64).alias("m"))
    y, m = nw.col("y"), nw.col("m")
    sums = rows(
        each.select(
            y.sum().alias("y"),
            m.sum().alias("m"),
            (y * y).sum().alias("yy"),
            (y * m).sum().alias("ym"),
            (m * m).sum().alias("mm"),
            nw.len().alias("people"),
        )
    )
    return shares_of_moves(sums).iloc[0] * 100, int(sums["people"].iloc[0])


def _sentence(journey: JourneyFrame, found: pd.DataFrame, repeats: pd.Series, minimum_base: int | None) -> str:
    interval = f" ({repeats['low']:.0f} to {repeats['high']:.0f} %)" if repeats["low"] == repeats["low"] else ""
    words = f"{repeats['value']:.0f} %{interval} of moves are of a step that the person has been to before"
    seen = groups.shown(journey, found, ("kind", "loop"), minimum_base)
    told = []
    for kind in KINDS:
        here = seen[seen["kind"] == kind]
        if len(here):
            top = here.loc[here["n"].idxmax()]
            told.append(f"{kind}: {top['loop']} ({int(top['n']):,} people, {top['value']:.0f} %)")
    if not told:
        return f"{words}; no loop is made by people enough to be shown."
    return f"{words}. The commonest loops: {'; '.join(told)}."
