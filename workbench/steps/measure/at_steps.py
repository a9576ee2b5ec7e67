"""All scores that were asked at the steps of a map, in one pass: how each stands, and how far parts of it (waves) differ.

Reduces the answers to sums over people by step, stratum and part; the estimates are those of `ratings`, on these sums.
Knows the journey and the inference room, not the map.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.inference.design import design_difference
from workbench.inference.differences import Difference
from workbench.inference.intervals import Estimate
from workbench.journey import JourneyFrame, _exact, _from_grid, _scored
from workbench.privacy.small_groups import ALIKE
from workbench.steps.measure import groups, ratings
from workbench.steps.measure.ratings import PROMOTERS

SCORES = ("emotion", "trust", "nps", "csat", "ces")
FELT = ("emotion", "trust")  # moved to -100 … 100
UNITS = {"emotion": "points", "trust": "points", "nps": "points", "csat": "% satisfied", "ces": "on its scale"}
OWN = ("y", "w", "yy", "yw", "ww")
AT = ["measure", "step"]


@dataclass(frozen=True)
class Question:
    """A score as it was asked at a step: its scale, and whether a low answer is a good one."""

    measure: str
    step: str
    low: float
    high: float
    flipped: bool

    @property
    def slope(self) -> float:
        """What a difference of one in x is worth in the units that are shown."""
        if self.measure in FELT:
            return 200.0 / (self.high - self.low) * (-1 if self.flipped else 1)
        return 100.0 if self.measure == "csat" else 1.0

    @property
    def edge(self) -> tuple[float, float]:
        """The answers that count as satisfied."""
        return ratings.top_boxes(self.low, self.high, self.flipped)

    def level(self, mean: float) -> float:
        """The mean of x in the units that are shown."""
        if self.measure in FELT:
            return self.slope * (mean - (self.low + self.high) / 2)
        return self.slope * mean

    def shown(self, found: Difference) -> Difference:
        """A difference of x in the units that are shown."""
        ends = [None if one is None else self.slope * one for one in (found.low, found.high)]
        low, high = ends if self.slope > 0 else ends[::-1]
        value = None if found.value is None else self.slope * found.value
        return replace(
            found, value=value, low=low, high=high, se=None if found.se is None else abs(self.slope) * found.se
        )

    def x(self) -> nw.Expr:
        """What an answer counts for, in the engine."""
        if self.measure == "nps":
            return _scored(PROMOTERS)
        return _scored(((*self.edge, 1.0),)) if self.measure == "csat" else nw.col("value")

    def estimate(self, counts: pd.DataFrame, moments: pd.DataFrame, designed: bool) -> Estimate:
        """The score with its interval, as its measure has it."""
        if self.measure == "nps":
            return ratings.nps_of(counts, moments, designed)
        if self.measure == "csat":
            return ratings.share_of(counts, moments, designed, self.edge)
        found = ratings.mean_of(counts, moments, designed)
        if self.measure in FELT:
            return ratings.felt(found, self.low, self.high, self.flipped)
        return ratings._clipped(found, self.low, self.high)


@dataclass(frozen=True)
class AtSteps:
    """The sums of the scores at the steps. `parts` are the parts that answers were told apart by, in order.

    counts  measure, step, value, n, weight
    sums    measure, step, stratum, part, other: the sums over people of what they said in a part, and across two
    people  measure, step, people;   psus  measure, stratum, psus
    """

    journey: JourneyFrame
    questions: dict[tuple[str, str], Question]
    counts: pd.DataFrame
    sums: pd.DataFrame
    people: pd.DataFrame
    psus: pd.DataFrame
    parts: tuple[str, ...]
    unclear: tuple[str, ...]  # what was asked on several scales at one step, in words

    def table(self, measure: str) -> pd.DataFrame:
        """One row a step where it was asked: value, low, high, n, se, df, method, and whether all answered alike."""
        designed, found = self.designed(measure), []
        for step in (step for of, step in self.questions if of == measure):
            counts = self.counts[(self.counts["measure"] == measure) & (self.counts["step"] == step)]
            moments = self._moments(measure, step)
            one = self.questions[measure, step].estimate(counts, moments, designed)
            row = {"step": step, "value": one.value, "low": one.low, "high": one.high}
            row |= {"n": int(moments["n"].sum()), "se": one.se, "df": one.df, "method": one.method}
            found.append(row | {ALIKE: groups.alike(counts)})
        table = pd.DataFrame(found, columns=["step", "value", "low", "high", "n", "se", "df", "method", ALIKE])
        table = table.astype(dict.fromkeys(("value", "low", "high"), float))
        return groups.in_order(self.journey, groups.rounded(table), ("step",))

    def bases(self, measure: str, step: str) -> dict[str, int]:
        """How many answered it at a step, by part, in order."""
        sums = [
            (part, self._sums.get((measure, step, stratum, part, part)))
            for part in self.parts
            for stratum in self._psus[measure]
        ]
        bases: dict[str, int] = {}
        for part, one in sums:
            if one:
                bases[part] = bases.get(part, 0) + int(one["n"])
        return bases

    @cached_property
    def _sums(self) -> dict[tuple[str, ...], dict[str, float]]:
        """The sums by measure, step, stratum, part and other part."""
        keys = [*AT, "stratum", "part", "other"]
        places = self.sums[keys].itertuples(index=False, name=None)
        return dict(zip(places, self.sums.drop(columns=keys).to_dict("records"), strict=True))

    @cached_property
    def _psus(self) -> dict[str, dict[str, int]]:
        """The units of each stratum of a measure's design."""
        found: dict[str, dict[str, int]] = {}
        for measure, stratum, psus in self.psus[["measure", "stratum", "psus"]].itertuples(index=False):
            found.setdefault(measure, {})[stratum] = int(psus)
        return found

    def difference(self, measure: str, step: str, a: str, b: str) -> Difference:
        """Part a less part b at a step, in the units that are shown; people in both are counted once in the error."""
        question = self.questions[measure, step]
        bases, psus = self.bases(measure, step), self._psus[measure]
        columns: dict[str, list[float]] = {"psus": list(psus.values())}
        for name, first, second in (("a", a, a), ("b", b, b), ("ab", a, b)):
            sums = [self._sums.get((measure, step, stratum, first, second), {}) for stratum in psus]
            for column in ("yy", "yw", "wy", "ww") if name == "ab" else OWN:
                columns[f"{column}_{name}"] = [one.get(column, 0.0) for one in sums]
        strata = pd.DataFrame(columns, index=list(psus))
        found = design_difference(strata, bases[a], bases[b], lonely=groups.lonely(strata))
        return question.shown(found)

    def level(self, measure: str, step: str, part: str) -> float | None:
        """The score of a part at a step, in the units that are shown."""
        sums = [self._sums.get((measure, step, stratum, part, part), {}) for stratum in self._psus[measure]]
        y, w = (sum(one.get(name, 0.0) for one in sums) for name in "yw")
        return self.questions[measure, step].level(y / w) if w else None

    def measures(self) -> list[str]:
        """The scores that somebody answered at a step."""
        there = set(self.counts["measure"])
        return [one for one in SCORES if one in there]

    def designed(self, measure: str) -> bool:
        """Do weights, strata, or people who answered more than once call for linearisation?"""
        counts = self.counts[self.counts["measure"] == measure]
        people = self.people[self.people["measure"] == measure]
        answered = counts.groupby("step")["n"].sum()
        repeated = bool((people.set_index("step")["people"] < answered.reindex(people["step"])).any())
        weighted = bool((counts["weight"] - counts["n"]).abs().gt(1e-9).any())
        return weighted or repeated or int((self.psus["measure"] == measure).sum()) > 1

    def _moments(self, measure: str, step: str) -> pd.DataFrame:
        """The sums of all parts together, one row a stratum of the measure's design."""
        rows_of = []
        for stratum, psus in self._psus[measure].items():
            row = dict.fromkeys(("n", "y", "w", "w2", "yy", "yw", "ww"), 0.0)
            for (part, other), one in self._pairs.get((measure, step, stratum), {}).items():
                for column in ("yy", "yw", "ww", *(("n", "y", "w", "w2") if part == other else ())):
                    row[column] += one[column]
            rows_of.append({"stratum": stratum, "psus": psus, **row})
        return pd.DataFrame(rows_of)

    @cached_property
    def _pairs(self) -> dict[tuple[str, str, str], dict[tuple[str, str], dict[str, float]]]:
        """The sums by measure, step and stratum, of each pair of parts."""
        found: dict[tuple[str, str, str], dict[tuple[str, str], dict[str, float]]] = {}
        for (measure, step, stratum, part, other), one in self._sums.items():
            found.setdefault((measure, step, stratum), {})[part, other] = one
        return found


def at_steps(journey: JourneyFrame, part: nw.Expr | None = None, order: tuple[str, ...] | None = None) -> AtSteps:
    """What was asked at the steps, as sums. `part` tells the answers apart (text; blank: of no part), else their wave.

    A score that was asked on several scales at one step is left out there, and said in `unclear`.
    """
    journey = journey.at_any_step()
    questions, unclear = _questions(journey)
    frame = journey.records.lazy.filter(
        nw.col("measure").is_in(sorted({one.measure for one in questions.values()}) or [""]),
        nw.col("state") == "answered",
        nw.col("kind") != "reading",
        ~nw.col("value").is_null(),
        ~nw.col("step").is_null(),
    )
    there = journey.people.columns
    design = [one for one in ("stratum", "cluster") if one in there]
    frame = journey._attributes(frame.with_columns(nw.col("weight").fill_null(1.0).alias("w")), design)
    alone = nw.concat_str(nw.lit("#"), nw.col("order").cast(nw.String))
    unit = nw.col("cluster") if "cluster" in there else nw.col("person")
    x: Any = nw.col("value")
    alike: dict[tuple, list[Question]] = {}
    for one in questions.values():
        alike.setdefault((one.measure, one.low, one.high, one.flipped), []).append(one)
    asked: Any = nw.col("measure") != nw.col("measure")
    for (measure, *_), those in alike.items():
        here = (nw.col("measure") == measure) & nw.col("step").is_in([one.step for one in those])
        asked = asked | here
        if measure in ("nps", "csat"):
            x = nw.when(here).then(those[0].x()).otherwise(x)
    frame = frame.with_columns(
        (nw.col("stratum").fill_null("not known") if "stratum" in there else nw.lit("all")).alias("stratum"),
        unit.fill_null(alone).alias("unit"),
        (nw.col("wave") if part is None else part).fill_null("").alias("part"),
        x.alias("x"),
    ).filter(asked)
    counts = rows(frame.group_by(*AT, "value").agg(nw.len().alias("n"), _exact("w").alias("weight")))
    counts = _from_grid(counts, ["weight"]).sort_values([*AT, "value"], ignore_index=True)
    w, y = nw.col("w"), nw.col("w") * nw.col("x")
    answered = set(counts[AT].itertuples(index=False, name=None))
    questions = {key: one for key, one in questions.items() if key in answered}
    spoken = frame.group_by(*AT, "stratum", "unit", "part").agg(
        y.sum().alias("y"), w.sum().alias("w"), (w * w).sum().alias("w2"), nw.len().alias("n")
    )
    held = _Held()
    spoken = journey.engine.keep_for(held, spoken)
    people = rows(spoken.group_by(AT).agg(nw.col("unit").n_unique().alias("people")))
    psus = rows(spoken.group_by("measure", "stratum").agg(nw.col("unit").n_unique().alias("psus")))
    parts = order or tuple(journey.in_order("wave", _parts(spoken)))
    sums = _sums(spoken, several=len(parts) > 1)
    return AtSteps(
        journey, questions, counts, sums, people, psus.sort_values(["measure", "stratum"]), parts, tuple(unclear)
    )


class _Held:
    """As long as this is there, the tables that were worked out for it are."""


def _parts(spoken: nw.LazyFrame) -> list[str]:
    found = rows(spoken.select("part").unique())["part"]
    return [one for one in found if one]


def _sums(spoken: nw.LazyFrame, several: bool) -> pd.DataFrame:
    """The sums of products over units, of each part with itself and across two parts."""
    y, w = nw.col("y"), nw.col("w")
    if several:
        names = {one: f"{one}_b" for one in ("y", "w", "part")}
        other = spoken.select(*AT, "stratum", "unit", *[nw.col(one).alias(new) for one, new in names.items()])
        pairs = spoken.join(other, on=[*AT, "stratum", "unit"], how="inner")
        p, q, keys = nw.col("y_b"), nw.col("w_b"), ["part", "part_b"]
    else:
        pairs, p, q, keys = spoken, y, w, ["part"]
    summed = pairs.group_by(*AT, "stratum", *keys).agg(
        nw.col("n").sum(), *[_exact(one).alias(one) for one in ("y", "w", "w2")],
        _exact(y * p).alias("yy"), _exact(y * q).alias("yw"), _exact(w * p).alias("wy"), _exact(w * q).alias("ww"),
    )  # fmt: skip
    found = _from_grid(rows(summed), ["y", "w", "w2", "yy", "yw", "wy", "ww"])
    found["other"] = found.pop("part_b") if several else found["part"]
    return found.sort_values([*AT, "stratum", "part", "other"], ignore_index=True)


def _questions(journey: JourneyFrame) -> tuple[dict[tuple[str, str], Question], list[str]]:
    """Each score at each step with its scale; and what has several scales at one step, in words."""
    known = journey.measures.to_frame()
    known = known[known["measure"].isin(SCORES) & (known["kind"] != "reading")]
    scales: dict[tuple[str, str | None], set[tuple[float, float, bool]]] = {}
    for row in known[["measure", "step", "low", "high", "reversed"]].itertuples(index=False):
        measure, step, low, high, flipped = row
        scales.setdefault((measure, step if isinstance(step, str) else None), set()).add((low, high, bool(flipped)))
    steps = journey.distinct("step") if scales else []
    found, unclear = {}, []
    for measure in sorted({measure for measure, _ in scales}):
        for step in steps:
            here = scales.get((measure, step)) or scales.get((measure, None), set())
            if len(here) > 1:
                unclear.append(f'{measure} at "{(journey.step_names or {}).get(step, step)}" on {len(here)} scales')
            for low, high, flipped in here if len(here) == 1 else ():
                if measure != "nps" or (low, high) == (0, 10):
                    found[measure, step] = Question(measure, step, float(low), float(high), flipped)
    return found, unclear
