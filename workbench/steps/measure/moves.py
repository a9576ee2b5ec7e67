"""How moves from step to step are counted: sums over people that their shares call for, and the times between them.

Knows the journey and its engine. Groups of people are counted in one pass over the moves, by what stands beside each of
them (`onward`, `again`, `visit`); groups that a move itself stands in (a channel, a wave) are counted by person first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.journey import JourneyFrame

MANY = 5_000_000  # waits beyond which their quantiles come from a count in classes
CLASSES = 16  # of them to each doubling of a wait: 4 % wide, and even within
DAY = 86_400 * 1_000_000
UNITS = (("days", DAY), ("hours", DAY / 24), ("min", DAY / 1440), ("s", DAY / 86_400))
SEEN = 20  # moves on from a step from which its usual wait is judged
WHOLE = ["y", "yy", "ym", "movers", "m", "mm", "people"]
KEPT = 400  # rows of a table of moves
# what is counted, beside the columns asked for: names that no column to group by may have
TAKEN = frozenset(
    (*WHOLE, "n", "first", "one", "share", "value", "low", "high", "q50", "q90", "waits", "wait", "class")
)
TAKEN |= {"person", "order", "moves", "median", "p90", "met", "lately", "silence", "late", "caution", "move"}
NONE = Fault(found="no moves from one step to another", expected="a contact log or complaints with times and steps")


def by_words(by: str | Sequence[str] | None) -> list[str]:
    """The columns asked for, each once, but for those that a move is named by. Raises DataFault: one that is counted."""
    keys = [one for one in dict.fromkeys([by] if isinstance(by, str) else by or ()) if one not in ("step", "next_step")]
    if taken := TAKEN & set(keys):
        raise DataFault(
            Fault(column=min(taken), found="a column to group by that is counted", expected="another, or another name")
        )
    return keys


def with_columns(journey: JourneyFrame, frame: nw.LazyFrame, keys: Sequence[str]) -> nw.LazyFrame:
    """Records with the people's columns among the keys beside them. Raises DataFault: no such column."""
    return journey._attributes(frame, list(keys))


def of_people(journey: JourneyFrame, keys: Sequence[str]) -> bool:
    """Do these columns speak of people, so that a person stands in one group only?"""
    return all(key in journey.people.columns and key not in journey._record_columns for key in keys)


class Pairs(NamedTuple):
    """Moves counted: `table` has one row a group, step and next step; `several` are there in all, of `total` moves.

    y, yy, ym, movers (people who made it); m, mm, people of all moves on from its step in its group.
    """

    table: pd.DataFrame
    several: int
    total: int


def pairs(journey: JourneyFrame, keys: Sequence[str], least: float = 0.0, common: bool = False) -> Pairs:
    """Count moves by groups; the table holds those that are at least this share of their step's moves.

    With `common` a move is held in every group if it is so in one of them. Raises DataFault where nobody moves on.
    """
    if "persona" in keys and journey.personas:
        rest = [key for key in keys if key != "persona"]
        parts = {
            name: _counted(journey.where(persona=name).adjoined(), rest, least, common) for name in journey.personas
        }
        table = pd.concat([part.table.assign(persona=name) for name, part in parts.items()], ignore_index=True)
        found = Pairs(table, *(sum(getattr(one, of) for one in parts.values()) for of in ("several", "total")))
    else:
        found = _counted(journey, keys, least, common)
    if not found.several:
        raise DataFault(NONE)
    table = found.table[[*keys, "step", "next_step", *WHOLE]].astype(dict.fromkeys(WHOLE, "int64"))
    for key in keys:
        table[key] = table[key].astype(object).where(table[key].notna(), None)
    return found._replace(table=table.sort_values([*keys, "step", "next_step"], key=text, ignore_index=True))


def _counted(journey: JourneyFrame, keys: Sequence[str], least: float, common: bool) -> Pairs:
    pair, place = [*keys, "step", "next_step"], [*keys, "step"]
    frame = journey.records.lazy.filter(~nw.col("step").is_null(), ~nw.col("next_step").is_null())
    frame = with_columns(journey, frame, keys)
    if of_people(journey, keys):
        again, onward = nw.col("again").cast(nw.Int64), nw.col("onward").cast(nw.Int64)
        sums = [nw.len().alias("y"), (2 * again - 1).sum().alias("yy"), onward.sum().alias("ym")]
        sums += [(again == 1).cast(nw.Int64).sum().alias("movers")]
        sums += [(nw.col("visit") == 1).cast(nw.Int64).sum().alias("first")]
        counted = frame.group_by(pair).agg(*sums)
    else:
        each = frame.group_by([*pair, "person"]).agg(nw.len().cast(nw.Int64).alias("y"))
        each = each.with_columns(
            nw.col("y").sum().over(*place, "person").alias("m"),
            nw.col("next_step").min().over(*place, "person").alias("one"),
        )
        y, m = nw.col("y"), nw.col("m")
        first = (nw.col("one") == nw.col("next_step")).cast(nw.Int64)
        sums = [y.sum().alias("y"), (y * y).sum().alias("yy"), (y * m).sum().alias("ym")]
        counted = each.group_by(pair).agg(*sums, nw.len().alias("movers"), first.sum().alias("first"))
    of_step = {"y": "m", "ym": "mm", "first": "people"}
    counted = counted.with_columns(*(nw.col(one).sum().over(*place).alias(name) for one, name in of_step.items()))
    share = nw.col("y") / nw.col("m")
    counted = counted.with_columns((share.max().over("step", "next_step") if common else share).alias("share"))
    counted = journey.engine.keep_for(journey, counted)
    whole = rows(counted.select(nw.len().alias("n"), nw.col("y").sum().alias("y"))).iloc[0]
    several = int(whole["n"])
    kept = nw.col("share") >= least
    if common:  # and one move of each step at least, so that it is known how many people of each group move on from it
        counted = counted.with_columns(nw.col("y").max().over(*place).alias("most"))
        kept = kept | (nw.col("y") == nw.col("most"))
    return Pairs(rows(counted.filter(kept)), several, int(whole["y"]) if several else 0)


def waits(
    frame: nw.LazyFrame, groups: Sequence[str], of: str, many: int, at: Sequence[float] = (0.5, 0.9)
) -> pd.DataFrame:
    """One row a group: the quantiles of a time in microseconds, in columns q50, q90 …, and `waits`, how many there are.

    Exact up to MANY of them (`many` says how many there may be); beyond that from a count in classes 4 % wide, even within.
    """
    frame = frame.filter(~nw.col(of).is_null())
    names = [f"q{100 * one:.0f}" for one in at]
    if many <= MANY:
        asked = [nw.col(of).quantile(one, interpolation="linear").alias(n) for one, n in zip(at, names, strict=True)]
        asked.append(nw.len().alias("waits"))
        found = rows(frame.group_by(list(groups)).agg(*asked) if groups else frame.select(*asked))
        return found.astype(dict.fromkeys(names, float))
    size = (nw.col(of) + 1).cast(nw.Float64).log(2) * CLASSES
    binned = frame.with_columns(size.floor().cast(nw.Int32).alias("class"))
    counted = rows(binned.group_by([*groups, "class"]).agg(nw.len().alias("waits")))
    return _from_classes(counted, list(groups), at, names)


def _from_classes(counted: pd.DataFrame, keys: list[str], at: Sequence[float], names: Sequence[str]) -> pd.DataFrame:
    """Quantiles by group from how many lie in each class: even within a class, on the scale of the classes."""
    one = counted.sort_values([*keys, "class"], kind="stable", ignore_index=True)
    part = one.groupby(keys, dropna=False, sort=False).ngroup().to_numpy() if keys else np.zeros(len(one), int)
    n, start, reached = (
        one["waits"].to_numpy(float),
        one["class"].to_numpy(float),
        one["waits"].cumsum().to_numpy(float),
    )
    first = np.flatnonzero(np.diff(part, prepend=-1))
    last = np.append(first[1:], len(one)) - 1
    before = reached[first] - n[first]
    found = one.loc[first, keys].reset_index(drop=True)
    for share, name in zip(at, names, strict=True):
        wanted = before + share * (reached[last] - before)
        place = np.clip(np.searchsorted(reached, wanted), first, last)
        inside = (wanted - (reached[place] - n[place])) / n[place]
        found[name] = 2 ** ((start[place] + inside) / CLASSES) - 1
    found["waits"] = (reached[last] - before).astype("int64")
    return found


def usual_waits(journey: JourneyFrame, many: int) -> pd.DataFrame:
    """One row a step: `wait`, the time within which nine in ten moves on from it are made, in microseconds.

    A step with fewer than SEEN moves on takes the wait of all moves; one that nobody moves on from has none (0).
    """
    frame = journey.records.lazy.filter(~nw.col("step").is_null())
    overall = waits(frame, [], "gap", many, (0.9,))["q90"].iloc[0]
    steps = rows(frame.group_by("step").agg(nw.col("gap").count().alias("waits")))
    found = steps.merge(waits(frame, ["step"], "gap", many, (0.9,))[["step", "q90"]], on="step", how="left")
    own = found["q90"].where(found["waits"] >= SEEN, overall).where(found["waits"] > 0, 0.0)
    found["wait"] = own.fillna(0.0).round().astype("int64")
    return found[["step", "waits", "wait"]].sort_values("step", ignore_index=True)


def lasts(journey: JourneyFrame, waits: pd.DataFrame, end: int, keys: Sequence[str] = ()) -> nw.LazyFrame:
    """Everybody's last move, with `silence` until the data end and `late`: younger than the usual wait of its step."""
    last = journey.records.lazy.filter(~nw.col("step").is_null(), nw.col("next_step").is_null())
    table = journey.engine.table(waits[["step", "wait"]], {"step": "VARCHAR", "wait": "BIGINT"})
    silence = (nw.lit(end) - nw.col("time")).alias("silence")
    found = with_columns(journey, last, keys).join(table, on="step", how="left").with_columns(silence)
    return found.with_columns((nw.col("silence") < nw.col("wait")).alias("late"))


def how_waits(many: int) -> str:
    """How the times were had, for a method."""
    return "" if many <= MANY else " (from a count in classes 4 % wide)"


def lasting(microseconds: float | None) -> str | None:
    """A time in words: "3.2 days", "40 min"."""
    if microseconds is None or microseconds != microseconds:
        return None
    unit, size = next(((unit, size) for unit, size in UNITS if microseconds >= size), UNITS[-1])
    amount = microseconds / size
    text = f"{amount:,.{0 if amount >= 10 else 1}f}".removesuffix(".0")
    return f"{text} {unit.removesuffix('s') if text == '1' and len(unit) > 1 else unit}"


def days(microseconds: float | None) -> float | None:
    """A time in days, to ten digits."""
    if microseconds is None or microseconds != microseconds:
        return None
    return float(f"{microseconds / DAY:.10g}")


def order_of(journey: JourneyFrame, steps: Sequence[str]) -> list[str]:
    """Steps in the map's order, else as people meet them: by the mean place of their first visits; ties by word."""
    if journey.step_order:
        return [str(one) for one in journey.in_order("step", steps)]
    met = journey.records.lazy.filter(nw.col("visit") == 1, nw.col("step").is_in(list(steps)))
    table = rows(met.group_by("step").agg(nw.col("nth").cast(nw.Int64).sum().alias("places"), nw.len().alias("n")))
    table["place"] = table["places"].astype(float) / table["n"]
    return [str(one) for one in table.sort_values(["place", "step"])["step"]]


def step_name(journey: JourneyFrame, step: Any) -> str:
    """A step by its name on the map."""
    return str((journey.step_names or {}).get(step, step))


def percent(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Shares as per cent, in place of them."""
    for column in columns:
        table[column] = [100 * one if one is not None and math.isfinite(one) else math.nan for one in table[column]]
    return table


def text(column: pd.Series) -> pd.Series:
    """A column as it is sorted: words as text, nothing first."""
    return column.map(lambda one: "" if one is None else str(one)) if column.dtype == object else column
