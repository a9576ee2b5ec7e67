"""What cannot have been, and what clocks cannot tell: contacts of people who were not customers yet, the same contact twice
at once, times that are the same or without a clock. Told, and kept.

Knows the engine and its records.
"""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from workbench.engine import MOVES, SOURCE, STRIDE, Engine, rows
from workbench.faults import Fault

DAY = 86_400 * 1_000_000  # a date without a time may be the evening before, in another zone
QUARTER = DAY // 96  # clocks are apart by whole quarters of an hour, whatever the zone
NAMED = 6  # records that are named
CLOCKS = ("source", "n", "past", "moved", "tied", "reach", "turned")


def before_they_came(engine: Engine, records: nw.LazyFrame, people: nw.LazyFrame) -> list[Fault]:
    """Contacts and complaints that are older than the day on which, by the customer table (`created:`), the person came."""
    if "created" not in people.collect_schema().names():
        return []
    known = people.select("person", "created").filter(~nw.col("created").is_null())
    since, _ = engine.instants(known, "since", "created", None)
    early = engine.keep(
        records.filter(nw.col("kind").is_in(list(MOVES)))
        .join(since.select("person", "since"), on="person", how="inner")
        .filter(nw.col("time") < nw.col("since") - DAY)
        .select("source", "kind", "person", "order", "place")
    )
    counted = early.group_by("source", "kind").agg(
        nw.len().alias("n"), nw.col("person").n_unique().alias("people"), nw.col("order").min().alias("order")
    )
    found = []
    for source, kind, count, who, order in rows(counted.sort("source", "kind")).itertuples(index=False):
        those = early.filter(nw.col("source") == source, nw.col("kind") == kind, ~nw.col("place").is_null())
        named = rows(those.sort("order").select("place").head(NAMED))["place"].tolist()
        what = f"{count} {'complaint' if kind == 'complaint' else 'contact'}{'' if count == 1 else 's'}"
        whose = f"{who} {'person' if who == 1 else 'people'}"
        found.append(
            Fault(
                file=str(source),
                row=int(order % SOURCE // STRIDE)
                if kind == "complaint"
                else None,  # a log may have an order of its own
                column="created",
                found=f"{what} of {whose} before they were customers" + (f" ({', '.join(named)})" if named else ""),
                expected="on or after the day they came",
                mend="kept; correct the dates, or the customer table",
                weight="note",
            )
        )
    return found


def same_twice(records: nw.LazyFrame) -> list[Fault]:
    """Contacts at the very time and step of the person's next one: the same contact, written twice?"""
    twice = records.filter(nw.col("gap") == 0, nw.col("step") == nw.col("next_step"))
    counted = rows(twice.group_by("source", "kind").agg(nw.len().alias("n")).sort("source", "kind"))
    return [
        Fault(
            file=str(source),
            found=f"{n:,} {'complaint' if kind == 'complaint' else 'contact'}{'' if n == 1 else 's'} at the very time and "
            "step of the person's next one",
            expected="each once",
            mend="kept, each counts; take repeated rows out of the file if they are the same one",
            weight="note",
            count=int(n),
        )
        for source, kind, n in counted.itertuples(index=False)
    ]


def clocks(moves: nw.LazyFrame) -> pd.DataFrame:
    """What the times of each source's moves are like, one row a source.

    n; moved, tied: those with a next one, at the very same time; past: the most that a time is past a quarter of an hour;
    reach, turned: how far apart times of day lie, counted from midnight UTC and from noon (microseconds).
    """
    at, gap = nw.col("time"), nw.col("gap")
    moved, tied = (gap >= 0).fill_null(False).cast(nw.Int64).sum(), (gap == 0).fill_null(False).cast(nw.Int64).sum()
    clock, turned = at % DAY, (at + DAY // 2) % DAY
    counted = moves.group_by("source").agg(
        nw.len().alias("n"), (at % QUARTER).max().alias("past"), moved.alias("moved"), tied.alias("tied"),
        (clock.max() - clock.min()).alias("reach"), (turned.max() - turned.min()).alias("turned"),
    )  # fmt: skip
    return rows(counted.sort("source"))
