"""Complaints in time: how many per 1,000 customers a month, period by period, and before and after a day.

Knows the journey and its engine. Everybody who is known is at risk, from the day they came where the customer table has it
(`created`), else all the time: from the first day for which complaints are known to the last, at whatever step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from workbench.engine import rows
from workbench.inference.intervals import rate_interval
from workbench.journey import JourneyFrame
from workbench.steps.measure import customers, periods
from workbench.steps.measure.customers import MONTH
from workbench.steps.measure.periods import FREQUENCY, Series

MONTHLY = "complaints per 1,000 customers a month"
SCALE = 1000 * MONTH  # from complaints a day of exposure
PRODUCTS = (("y", "y"), ("y", "w"), ("w", "w"))


@dataclass(frozen=True, eq=False)
class Complaints:
    """The complaints of a study (at one step, of a group of people) with the time in which they could be made.

    `start` and `end` are days' numbers: complaints are known from `start` up to, not including, `end`.
    """

    journey: JourneyFrame
    step: str | None
    where: Mapping[str, Any]
    others: bool
    start: int
    end: int

    @property
    def known(self) -> str:
        return f"{customers.day_in_words(self.start)} to {customers.day_in_words(self.end - 1)}"

    def series(self, every: str = "month") -> Series:
        """The rate period by period; complaints carry no wave, so waves become months. `n` is the people at risk."""
        every = "month" if every == "wave" else every
        table = self.by_period(every, None)
        limits = [rate_interval(y, w, SCALE) for y, w in zip(table["y"], table["w"], strict=True)]
        table["low"], table["high"], table["se"] = (
            [getattr(one, part) for one in limits] for part in ("low", "high", "se")
        )
        top = float(table["value"].max()) if len(table) else 0.0
        table = table.assign(n_effective=None)
        return Series(MONTHLY, every, "complaints", table, (0.0, max(top, 1.0)), "unweighted", (), 0, 0)

    def by_period(self, every: str, unit: str | None) -> pd.DataFrame:
        """One row a period (and unit): number, period, value, y (complaints), w (days of exposure), n (people at risk)."""
        keys = [unit] if unit else []
        days = pd.to_datetime(pd.Series(range(self.start, self.end)), unit="D").dt.to_period(FREQUENCY[every])
        numbers = np.array([one.ordinal for one in days])
        made = rows(self._made.group_by("day", *keys).agg(nw.len().alias("y")))
        came = rows(self._people.group_by("first", *keys).agg(nw.len().alias("people")))
        units = sorted(came[unit].dropna().unique()) if unit else [None]
        found = []
        for one in units:
            mine = made if one is None else made[made[unit] == one]
            those = came if one is None else came[came[unit] == one]
            complaints = np.bincount((mine["day"].to_numpy(int) - self.start), mine["y"], self.end - self.start)
            arriving = np.bincount(those["first"].to_numpy(int) - self.start, those["people"], self.end - self.start)
            there = arriving.cumsum()
            for number in np.unique(numbers):
                at = numbers == number
                y, w = float(complaints[at].sum()), float(there[at].sum())
                row = {"number": int(number), "period": periods.label(int(number), every), "y": y, "w": w}
                row |= {"value": SCALE * y / w if w else None, "n": int(there[at][-1])}
                found.append(row | ({"unit": one} if unit else {}))
        return pd.DataFrame(found)

    def sides(self, day: int) -> pd.DataFrame:
        """The sums over people that a difference of two rates needs, after ("a") against before ("b") a day: one stratum
        of `inference.design_difference`, complaints y and days of exposure w; `n_a`, `n_b` people at risk."""
        begin = nw.col("first")
        day = min(max(day, self.start), self.end)
        before = nw.max_horizontal(nw.lit(day) - begin, nw.lit(0))
        after = nw.min_horizontal(nw.lit(self.end) - begin, nw.lit(self.end - day))
        late: Any = nw.col("day") >= day
        counted = self._made.group_by("person").agg(
            late.cast(nw.Int64).sum().alias("y_a"), (~late).cast(nw.Int64).sum().alias("y_b")
        )
        one = self._people.join(counted, on="person", how="left").with_columns(
            nw.col("y_a").fill_null(0), nw.col("y_b").fill_null(0), before.alias("w_b"), after.alias("w_a")
        )
        n = [(nw.col(f"w_{side}") > 0).cast(nw.Int64).sum().alias(f"n_{side}") for side in "ab"]
        sums: list[Any] = [nw.len().alias("psus"), *n]
        for side in "ab":
            sums += [nw.col(f"{x}_{side}").sum().alias(f"{x}_{side}") for x in "yw"]
            for x, z in PRODUCTS:
                product = nw.col(f"{x}_{side}") * nw.col(f"{z}_{side}")
                sums.append(product.cast(nw.Float64).sum().alias(f"{x}{z}_{side}.sum"))
        for x in "yw":
            for z in "yw":
                product = nw.col(f"{x}_a") * nw.col(f"{z}_b")
                sums.append(product.cast(nw.Float64).sum().alias(f"{x}{z}_ab.sum"))
        found = rows(one.select(*sums)).astype(float)
        return found.rename(columns=lambda name: name.removesuffix(".sum")).set_axis(["all"])

    @cached_property
    def _people(self) -> nw.LazyFrame:
        """Everybody at risk: person, first (day), and their attributes."""
        known = customers.people(self.journey)
        inside: Any = nw.lit(True)
        for column, wanted in self.where.items():
            known = known.filter(~nw.col(column).is_null())
            inside = inside & nw.col(column).is_in(list(wanted) if isinstance(wanted, list | tuple) else [wanted])
        if self.where:
            known = known.filter(~inside if self.others else inside)
        if "created" in self.journey.people.columns:
            known = known.join(customers.dates(self.journey, "created", "first"), on="person", how="left")
        else:
            known = known.with_columns(nw.lit(self.start).alias("first"))
        known = known.with_columns(
            nw.max_horizontal(nw.col("first").fill_null(self.start), nw.lit(self.start)).alias("first")
        )
        return known.filter(nw.col("first") < self.end)

    @cached_property
    def _made(self) -> nw.LazyFrame:
        """The complaints in the time at risk: person, day, and the attributes of the person."""
        made = customers.seen(self.journey, "complaint")
        made = made if self.step is None else made.filter(nw.col("step") == self.step)
        inside = made.select("person", "day").join(self._people, on="person", how="inner")
        return inside.filter(nw.col("day") >= nw.col("first"), nw.col("day") < self.end)


def complaints_in_time(
    journey: JourneyFrame, step: str | None = None, where: Mapping[str, Any] | None = None, others: bool = False
) -> Complaints:
    """The complaints at a step (without one: all) and the time in which they could be made. `where` keeps people by their
    attributes, `others` everybody else whose attributes are known. Raises DataFault where no complaint is dated."""
    first, last = customers.ends(journey, "complaint")
    return Complaints(journey, step, where or {}, others, first, last + 1)
