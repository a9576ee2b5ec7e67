"""Scores of people as numbers to compare: what an answer counts for, and sums over the people of two groups.

Shared by measures that compare groups of answers. Knows the journey's scales and the inference room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.inference.design import TWO_DOMAINS, design_difference
from workbench.inference.differences import Difference
from workbench.journey import JourneyFrame, Score
from workbench.steps.measure import groups
from workbench.steps.measure.ratings import BELOW_7, PROMOTERS


@dataclass(frozen=True)
class Counting:
    """How the answers to a question count: an NPS in points, or the rating on its own scale."""

    of: str
    score: Score
    low: float
    high: float
    flipped: bool

    @property
    def name(self) -> str:
        return "NPS" if self.score else f"mean of {self.of}"

    @property
    def unit(self) -> str:
        return "NPS points" if self.score else f"{self.of}, {self.low:g} to {self.high:g}"

    @property
    def words(self) -> str:
        """What an answer counts for, for the method of a finding."""
        if self.score:
            return "promoters (9 and more) count 100, passives (7 and more) 0, detractors (below 7) −100"
        return f"mean on the scale {self.low:g} to {self.high:g}{' (low is good)' if self.flipped else ''}"

    def x(self, column: str = "score") -> nw.Expr:
        """What an answer counts for, in the engine."""
        value: Any = nw.col(column)
        if not self.score:
            return value
        worst, *better = PROMOTERS
        found: Any = nw.lit(float(worst[2]))
        for low, _, x in better:
            found = nw.when(value >= low).then(nw.lit(float(x))).otherwise(found)
        return found

    def points(self, values: pd.Series) -> pd.Series:
        """What answers count for, in a small table."""
        numbers = values.astype(float)
        return (
            numbers.map(lambda one: next(x for a, b, x in self.score or () if a <= one <= b)) if self.score else numbers
        )

    def say(self, value: float | None) -> str:
        """A score in words."""
        if value is None or value != value:
            return "not known"
        return groups.signed(value) if self.score else f"{value:.2f}"

    def gap(self, value: float | None) -> str:
        """A difference of scores in words, with its sign."""
        if value is None or value != value:
            return "not known"
        return groups.signed(value, 0 if self.score else 2)


def boxes(one: Counting) -> tuple[float, float]:
    """The last answer of a scale's low end, and the first of its high end: two boxes on up to 7 points, three above."""
    many = 2 if one.high - one.low <= 6 else 3
    return (BELOW_7, 9.0) if one.score else (one.low + many - 1, one.high - many + 1)


def counting(journey: JourneyFrame, of: str, step: str | None = "") -> Counting:
    """How a measure counts: an NPS where it was asked from 0 to 10 under a name with "nps", else its mean."""
    low, high, flipped = journey.scale(of, step)
    recommends = "nps" in of.lower().replace("-", "_").split("_") and (low, high) == (0, 10)
    return Counting(of, PROMOTERS if recommends else None, low, high, flipped)


def design_columns(journey: JourneyFrame) -> list[str]:
    """The columns of the people that a design knows."""
    return [one for one in ("stratum", "cluster") if one in journey.people.columns]


def with_units(frame: nw.LazyFrame) -> nw.LazyFrame:
    """`stratum` and `unit` (the cluster, or the person; who has none stands alone) beside answers with their `case`."""
    there = frame.collect_schema().names()
    own = nw.concat_str(nw.lit("#"), nw.col("case").cast(nw.String))
    unit = nw.col("cluster") if "cluster" in there else nw.col("person")
    stratum = nw.col("stratum").fill_null("not known") if "stratum" in there else nw.lit("all")
    return frame.with_columns(unit.fill_null(own).alias("unit"), stratum.alias("stratum"))


@dataclass(frozen=True)
class Spread:
    """What a table of answers calls for: its strata with their units, weights, and people with several answers."""

    psus: pd.DataFrame
    weighted: bool
    repeated: bool

    @property
    def designed(self) -> bool:
        return self.weighted or self.repeated or len(self.psus) > 1

    @property
    def words(self) -> str:
        parts = ["weighted"] if self.weighted else []
        parts += [f"{len(self.psus)} strata"] if len(self.psus) > 1 else []
        parts += ["people who answered more than once counted as clusters"] if self.repeated else []
        return ", ".join(parts) or "unweighted"


def spread(frame: nw.LazyFrame) -> Spread:
    """The design of answers with `weight`, `stratum` and `unit`: of all of them, whatever group is looked at."""
    w = nw.col("weight")
    found = rows(
        frame.group_by("stratum").agg(
            nw.col("unit").n_unique().alias("psus"), nw.len().alias("n"), w.min().alias("low"), w.max().alias("high")
        )
    ).sort_values("stratum", ignore_index=True)
    return Spread(
        found[["stratum", "psus"]],
        bool(found["low"].min() != found["high"].max()),
        bool((found["n"] > found["psus"]).any()),
    )


def sums_of_two(frame: nw.LazyFrame, by: Sequence[str] = (), once: bool = False) -> pd.DataFrame:
    """The sums of `design_difference` from answers with x, weight, stratum, unit, and a and b (1 in the group, else 0).

    One row a group of `by` and stratum; n_a and n_b are answers. `once`: every answer is of a unit of its own.
    """
    w, x = nw.col("weight"), nw.col("x")
    parts = {f"y{g}": w * x * nw.col(g) for g in "ab"}
    parts |= {f"w{g}": w * nw.col(g) for g in "ab"} | {f"n{g}": nw.col(g) for g in "ab"}
    if once:
        one = frame.with_columns(*[term.alias(name) for name, term in parts.items()])
    else:
        one = frame.group_by(*by, "stratum", "unit").agg(*[term.sum().alias(name) for name, term in parts.items()])
    sums = [nw.col(f"n{g}").sum().alias(f"n_{g}") for g in "ab"]
    for g in "ab":
        y, v = nw.col(f"y{g}"), nw.col(f"w{g}")
        pairs = {"y": y, "w": v, "yy": y * y, "yw": y * v, "ww": v * v}
        sums += [term.sum().alias(f"{name}_{g}") for name, term in pairs.items()]
    for name, first, second in (("yy", "ya", "yb"), ("yw", "ya", "wb"), ("wy", "wa", "yb"), ("ww", "wa", "wb")):
        sums.append((nw.col(first) * nw.col(second)).sum().alias(f"{name}_ab"))
    found = rows(one.group_by(*by, "stratum").agg(*sums))
    return found.sort_values([*by, "stratum"], ignore_index=True, key=lambda c: c.map(str))


def contrast(sums: pd.DataFrame, design: Spread) -> Difference:
    """A minus B, by linearisation over the whole design."""
    strata = full(sums, design)
    n_a, n_b = int(strata["n_a"].sum()), int(strata["n_b"].sum())
    lonely = groups.lonely(strata)
    return design_difference(strata[["psus", *TWO_DOMAINS]], n_a, n_b, lonely=lonely, name=groups.TAYLOR)


def full(sums: pd.DataFrame, design: Spread) -> pd.DataFrame:
    """Sums by stratum for every stratum of the design, also those with nobody of the two groups."""
    there = sums.set_index("stratum").select_dtypes("number")
    return design.psus.set_index("stratum").join(there).fillna(0.0)


def means(sums: pd.DataFrame) -> tuple[float | None, float | None]:
    """The weighted means of the two groups."""
    a, b = (sums[f"w_{g}"].sum() for g in "ab")
    return (float(sums["y_a"].sum() / a) if a else None), (float(sums["y_b"].sum() / b) if b else None)
