"""People's time at risk and their outcomes, in all and after each trigger, by strata of time: small tables from the engine.

Knows the journey and its engine. Stretches of time are never listed: the engine counts how many begin and end in each
period, and how far into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.inference.preceding import FEW, mantel_haenszel_rates, time_in_periods
from workbench.inference.rates import Ratio
from workbench.journey import JourneyFrame
from workbench.steps.measure import customers
from workbench.steps.measure.customers import MONTH
from workbench.steps.measure.triggers import Cover, Outcome, Spans

SECOND = 1_000_000
PERIODS = 60  # of the calendar, at most
LENGTHS = (1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 4 * 604_800, 13 * 604_800, 52 * 604_800, 520 * 604_800)
BANDS = (0, 1, 3, 12)  # stretches of the time since somebody's first record begin after so many windows
LEVELS = 50  # groups of people in which times are compared, at most
TIME = ["period", "band"]


class Held:
    """What a kept table lives as long as."""


class Counted:
    """Time at risk and outcomes by strata, in all and after each trigger; small tables, counted by the engine."""

    def __init__(
        self,
        journey: JourneyFrame,
        outcome: Outcome,
        covered: Cover,
        spans: Spans,
        held: Sequence[str],
        things: Sequence[nw.LazyFrame],
    ) -> None:
        self.outcome, self.covered, self.spans, self.rare = outcome, covered, spans, 0
        seconds = -(-(covered.end - covered.start) // SECOND)
        self.length = next((one for one in LENGTHS if seconds <= PERIODS * one), LENGTHS[-1])
        self.keys = [f"held{place}" for place in range(len(held))]
        self.bands = journey.engine.table(
            pd.DataFrame({"band": range(len(BANDS)), "since": [one * spans.window for one in BANDS],
                          "until": [*(one * spans.window for one in BANDS[1:]), 2**62]})
        )  # fmt: skip
        people = journey.engine.keep_for(self, self._people(journey, held))
        told = rows(
            people.select(
                nw.len().alias("people"),
                (nw.col("begin") < nw.col("end")).cast(nw.Int64).sum().alias("followed"),
                (nw.col("outcome") <= nw.col("begin")).cast(nw.Int64).sum().alias("early"),
            )
        ).iloc[0]
        self.followed, self.early = int(told["followed"] or 0), int(told["early"] or 0)
        self.away = int(told["people"]) - self.followed - self.early
        if not self.followed:
            raise DataFault(
                Fault(column="time", found="nobody at risk of it for any time", expected="records before the outcome")
            )
        risk = people.filter(nw.col("begin") < nw.col("end"))
        self.time = self._time(risk.select("first", "begin", "end", *self.keys), [])
        if self.keys and len(self.time[self.keys].drop_duplicates()) > LEVELS:
            raise DataFault(
                Fault(
                    column="adjust", found=f"more than {LEVELS} groups of people", expected="attributes with few values"
                )
            )
        happened = risk.filter(~nw.col("outcome").is_null())
        self.outcomes = rows(happened.group_by(*TIME, *self.keys).agg(nw.len().alias("events")))
        counted = [self._after(journey, one, risk) for one in things]  # one kind at a time: its stretches are let go
        self.met, self.time_after, self.events_after = (
            pd.concat(one, ignore_index=True) for one in zip(*counted, strict=True)
        )

    @property
    def events(self) -> int:
        return int(self.outcomes["events"].sum())

    @property
    def months(self) -> float:
        return float(self.time["time"].sum()) / (86_400 * MONTH)

    def base(self, least: int) -> str:
        if self.followed < least:
            return f"fewer than {least} people at risk"
        return (
            f"{self.events:,} first outcomes of {self.followed:,} people in {self.months:,.0f} person-months, "
            f"{self.covered.told}"
        )

    def _people(self, journey: JourneyFrame, held: Sequence[str]) -> nw.LazyFrame:
        """One row a person: when the risk begins and ends, and of whom the outcome came: its stratum of time."""
        first = customers.seen(journey).group_by("person").agg(nw.col("time").min().alias("first"))
        came = self.outcome.frame.group_by("person").agg(nw.col("time").min().alias("outcome"))
        frame = first.join(came, on="person", how="left")
        if held:
            known = journey.people.lazy.select(
                "person", *(nw.col(of).alias(to) for of, to in zip(held, self.keys, strict=True))
            )
            frame = frame.join(known, on="person", how="left").with_columns(
                *(nw.col(one).cast(nw.String).fill_null("not known") for one in self.keys)
            )
        start = self.covered.start
        frame = frame.with_columns(
            nw.when(nw.col("first") > start).then(nw.col("first")).otherwise(nw.lit(start)).alias("begin"),
            nw.col("outcome").fill_null(self.covered.end).alias("end"),
        )
        since = nw.col("outcome") - nw.col("first")
        band: Any = nw.lit(0)
        for place, after in enumerate(BANDS[1:], 1):
            band = nw.when(since > after * self.spans.window).then(nw.lit(place)).otherwise(band)
        period = (nw.col("outcome") - start - 1) // (self.length * SECOND)
        return frame.with_columns(band.alias("band"), period.alias("period"))

    def _time(self, stretches: nw.LazyFrame, keys: Sequence[str]) -> pd.DataFrame:
        """Time of stretches (first, begin, end) by strata: the engine counts where they begin and end in each."""
        split = stretches.join(self.bands, how="cross").with_columns(
            nw.max_horizontal("begin", nw.col("first") + nw.col("since")).alias("begin"),
            nw.min_horizontal("end", nw.col("first") + nw.col("until")).alias("end"),
        )
        split = split.filter(nw.col("begin") < nw.col("end"))
        groups_ = [*keys, "band", *self.keys]
        sides = []
        for side in ("begin", "end"):
            at = split.with_columns(((nw.col(side) - self.covered.start) // SECOND).alias("at"))
            at = at.with_columns((nw.col("at") // self.length).alias("period"))
            past = nw.col("at") - nw.col("period") * self.length
            counted = at.with_columns(past.alias("past")).group_by(*groups_, "period")
            sides.append(rows(counted.agg(nw.len().alias("n"), nw.col("past").sum().alias("past"))))
        return time_in_periods(sides[0], sides[1], self.length, groups_)

    def _after(
        self, journey: JourneyFrame, things: nw.LazyFrame, risk: nw.LazyFrame
    ) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Of each trigger: how many people met it, the time after it and the outcomes in it, by strata."""
        held = Held()
        stretches = journey.engine.keep_for(held, self._stretches(things, risk))
        # everybody who met it has one stretch that no other of its kind comes after
        met = rows(stretches.filter(nw.col("last") == 1).group_by("trigger").agg(nw.len().alias("n")))
        time = self._time(stretches.select("trigger", "first", "begin", "end", *self.keys), ["trigger"])
        hit = stretches.filter(nw.col("hit") == 1).group_by("trigger", *TIME, *self.keys)
        return met, time, rows(hit.agg(nw.len().alias("events_after")))

    def _stretches(self, things: nw.LazyFrame, risk: nw.LazyFrame) -> nw.LazyFrame:
        """The time after each trigger: from it (and the lag) to the next of its kind, the window's end or the risk's."""
        lag, window = self.spans.lag, self.spans.window
        frame = things.join(risk, on="person", how="inner").with_columns(
            (nw.col("time") + lag).alias("at"), (nw.col("time") + window).alias("over")
        )
        frame = frame.filter(nw.col("at") < nw.col("end"), nw.col("over") > nw.col("begin"))
        frame = frame.with_columns(nw.col("at").shift(-1).over("person", "trigger", order_by="at").alias("next"))
        last = nw.col("next").is_null()
        nearest = last | (nw.col("next") >= nw.col("outcome"))
        hit = ~nw.col("outcome").is_null() & (nw.col("outcome") <= nw.col("over")) & nearest
        frame = frame.with_columns(
            nw.max_horizontal("at", "begin").alias("begin"),
            nw.min_horizontal("over", "next", "end").alias("end"),
            nw.when(hit).then(nw.lit(1)).otherwise(nw.lit(0)).alias("hit"),
            nw.when(last).then(nw.lit(1)).otherwise(nw.lit(0)).alias("last"),
        )
        kept = frame.filter(nw.col("begin") < nw.col("end"))
        return kept.select("trigger", "first", "begin", "end", "hit", "last", *TIME, *self.keys)

    def ratios(self, words: Mapping[str, str], least: int) -> pd.DataFrame:
        """One row a trigger that enough people met: its rate ratio over the strata, and what it was counted from."""
        met = self.met.set_index("trigger")["n"]
        after, hit = self.time_after, self.events_after
        strata = [*TIME, *self.keys]
        whole = self.time.merge(self.outcomes, on=strata, how="left").fillna({"events": 0})
        months = 1000 * 86_400 * MONTH
        table: list[dict[str, Any]] = []
        for name, said in words.items():
            n = int(met.get(name, 0))
            if n < max(least, 1):
                self.rare += n > 0
                continue
            mine = whole.merge(after.loc[after["trigger"] == name, [*strata, "time"]].rename(columns={"time": "time_after"}),
                               on=strata, how="left")  # fmt: skip
            mine = mine.merge(hit.loc[hit["trigger"] == name, [*strata, "events_after"]], on=strata, how="left")
            mine = mine.fillna({"time_after": 0.0, "events_after": 0})
            ratio = mantel_haenszel_rates(mine)
            sums = mine[["events", "events_after", "time", "time_after"]].sum()
            rest, still = sums["events"] - sums["events_after"], sums["time"] - sums["time_after"]
            finite = ratio.value is not None and ratio.value != float("inf")
            table.append(
                {"trigger": said, "value": ratio.value if finite else None, "low": ratio.low,
                 "high": ratio.high if finite else None, "n": n, "outcomes after it": int(sums["events_after"]),
                 "% of all outcomes": 100 * sums["events_after"] / sums["events"] if sums["events"] else None,
                 "per 1,000 months after it": sums["events_after"] / sums["time_after"] * months if sums["time_after"] else None,
                 "per 1,000 months otherwise": rest / still * months if still > 0 else None, "p ratio": ratio.p,
                 "caution": _mind(ratio),
                 "se": ratio.se, "id": name, "method": ratio.method}
            )  # fmt: skip
        if not table:
            raise DataFault(
                Fault(
                    found=f"nothing that {max(least, 1)} people met before the outcome",
                    expected="more people, or a longer window=",
                )
            )
        return pd.DataFrame(table)


def _mind(ratio: Ratio) -> str:
    """What a reader must mind in a ratio."""
    if ratio.value is None or ratio.value == float("inf"):
        return "nothing to compare with"
    return "few outcomes" if min(ratio.n_a, ratio.n_b) < FEW else ""
