"""Which ratings may explain an outcome: those asked in the same responses, as many as leave enough answers together.

Knows the journey's questions and which of them were answered together; nothing of shares. Ratings are turned so that a
high one is good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals as nw
import pandas as pd

from workbench.cases import STRIDE, Cases, Question, asked, cases, named
from workbench.engine import count, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.inference.moments import Moments, moments_of
from workbench.journey import JourneyFrame

ENOUGH = 0.3  # of the outcome's answers that the drivers must leave
FEWEST, EACH = 50, 10  # complete answers at the least, and for each driver
MOST = 12  # drivers chosen where none is named
USUAL = "csat at"  # of sets with as many questions, satisfaction at the steps is taken unless another holds much more
OPTION = ": "  # in the name of an option of a question where several may be chosen


@dataclass(frozen=True)
class Chosen:
    """An outcome with its drivers, side by side. `left`: question -> why it is none of them; `n_before` answers to the
    outcome, `not_shown` and `skipped` of them left out, and by driver how many were not shown it and how many skipped it.
    """

    cases: Cases
    outcome: str
    drivers: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]]
    n_before: int
    left: Mapping[str, str] = field(default_factory=dict)

    def of(self, where: Mapping[str, Any]) -> Chosen:
        """The same of one group of people or waves."""
        table = self.cases.table
        for column, value in where.items():
            table = table.filter(nw.col(column) == value)
        return replace(self, cases=replace(self.cases, table=table), n_before=_answers(table, self.outcome))

    def moments(self) -> Moments:
        """The sums of outcome, drivers and what is taken out, by person or batch of persons."""
        columns = [self.outcome, *self.drivers, *(one for those in self.categories.values() for one in those)]
        sums = self.cases.sums(columns)
        if sums.empty or not sums["n"].sum():
            raise DataFault(
                Fault(
                    column=self.outcome,
                    found="no response with all of them",
                    expected="answers together",
                    mend="name fewer",
                )
            )
        return replace(moments_of(sums, columns, self.n_before), dummies=dict(self.categories))

    def missing(self, complete: int) -> tuple[int, pd.DataFrame]:
        """Of the answers left out, those that miss a question as it was not shown; and by driver what was said of it."""
        there = self.cases.table.filter(~nw.col(self.outcome).is_null())
        blank = [nw.col(name).is_null() for name in self.drivers]
        short = there.filter(nw.any_horizontal(*blank, ignore_nulls=True)).select("case")
        asked_of = [self.cases.questions[name] for name in self.drivers]
        hidden = self.cases.journey.records.lazy.filter(nw.col("kind") == "answer", nw.col("state") == "not_shown")
        match = [
            (nw.col("measure") == one.measure)
            & (nw.col("step").is_null() if one.step is None else nw.col("step") == one.step)
            for one in asked_of
        ]
        hidden = hidden.filter(nw.any_horizontal(*match, ignore_nulls=True))
        hidden = hidden.with_columns((nw.col("order") // STRIDE).alias("case"))
        by_case = hidden.group_by("case").agg(nw.len().alias("many"))
        not_shown = int(rows(short.join(by_case, on="case", how="semi").select(nw.len().alias("n")))["n"].iloc[0])
        told = rows(
            hidden.join(there.select("case"), on="case", how="semi")
            .group_by("measure", "step")
            .agg(nw.len().alias("n"))
        )
        shown = {(m, s if isinstance(s, str) else None): int(n) for m, s, n in told.itertuples(index=False)}
        counts = rows(there.select(*[nw.col(name).is_null().cast(nw.Int64).sum().alias(name) for name in self.drivers]))
        table = pd.DataFrame(index=list(self.drivers))
        table["not shown"] = [shown.get((one.measure, one.step), 0) for one in asked_of]
        table["not answered"] = [
            max(0, int(counts[name].iloc[0] or 0) - table.at[name, "not shown"]) for name in self.drivers
        ]
        return min(not_shown, self.n_before - complete), table


def outcome_of(journey: JourneyFrame, of: str, step: str | None, stepwise: bool) -> tuple[str, Question]:
    """The question that is to be explained. Raises DataFault where it is not one."""
    known = asked(journey)
    if of in known and not stepwise:
        return of, known[of]
    mine = {name: one for name, one in known.items() if one.measure == of}
    if not mine:
        raise DataFault(unknown("question", of, known, column="of"))
    if stepwise:
        one = Question(of, step)
        return named(journey, one), one
    if len(mine) > 1:
        raise DataFault(
            Fault(
                column=of,
                found=f"asked at {len(mine)} steps, and not of the whole journey",
                expected="one question",
                mend=f'take by="step", or name the question: of="{next(iter(mine))}"',
            )
        )
    return next(iter(mine.items()))


def choose(
    journey: JourneyFrame,
    outcome: tuple[str, Question],
    among: Sequence[str] | None,
    adjust: Sequence[str],
    beside: Sequence[str] = (),
    percent: bool = False,
) -> Chosen:
    """The outcome with its drivers: those named, or the largest set of ratings that were answered together.

    At a step: the other ratings of the step. Of the whole journey: one measure at the steps, or the other ratings of the
    whole journey, whichever holds more questions over enough answers. `beside` are columns to make groups of.
    `percent`: ratings as per cent of their scale's range.
    """
    name, question = outcome
    known = {one: it for one, it in asked(journey).items() if one != name}
    if among is not None:
        drivers = _named(journey, known, among, question)
        sets = {"named": list(drivers)}
        known = drivers
    else:
        sets = _sets(known, question)
        known = {one: known[one] for those in sets.values() for one in those}
    if not known:
        raise DataFault(
            Fault(column=name, found="no other rating in the same responses", expected="ratings that may go with it")
        )
    attributes = list(dict.fromkeys([*adjust, *beside]))
    side = cases(journey, {name: question, **known}, attributes)
    table = side.table
    turned = []
    for one, (low, high, flipped) in side.scales.items():
        x: Any = (low + high) - nw.col(one) if flipped else nw.col(one)
        turned.append((x - low) * (100.0 / (high - low)) if percent and one != name else x)
    table = table.with_columns(*[x.alias(one) for x, one in zip(turned, side.scales, strict=True)])
    categories = {}
    for attribute in adjust:
        levels = journey.distinct(attribute)
        if len(levels) < 2:
            raise DataFault(Fault(column=attribute, found="fewer than two values", expected="people that differ"))
        made = {f"{attribute}: {level}": level for level in levels[1:]}
        here = nw.col(attribute)
        table = table.with_columns(
            *[nw.when(~here.is_null()).then((here == level).cast(nw.Float64)).alias(one) for one, level in made.items()]
        )
        categories[attribute] = tuple(made)
    kept = replace(side, table=journey.engine.keep(table))
    answered = kept.table.filter(~nw.col(name).is_null())
    n_before = _answers(kept.table, name)
    chosen: list[str] = list(known)
    left: dict[str, str] = {}
    if among is None:
        chosen, left = _largest(answered, sets, list(known), n_before)
    if not chosen:
        raise DataFault(
            Fault(
                column=name,
                found=f"{n_before:,} answers, and no rating that was answered together with enough of them",
                expected=f"{FEWEST} answers or more together with another rating",
                mend="name fewer questions in among=, or take by=()",
            )
        )
    return Chosen(kept, name, tuple(chosen), categories, n_before, left)


def _answers(table: nw.LazyFrame, name: str) -> int:
    """How many answered a question."""
    return count(table.filter(~nw.col(name).is_null()))


def _named(
    journey: JourneyFrame, known: Mapping[str, Question], among: Sequence[str], outcome: Question
) -> dict[str, Question]:
    """Questions by their names; a measure stands for its question at the outcome's step, or for all of its questions."""
    found = {}
    for name in [among] if isinstance(among, str) else among:
        own = named(journey, Question(name, outcome.step))
        if own in known:
            found[own] = known[own]
            continue
        those = {one: it for one, it in known.items() if name in (one, it.measure)}
        if not those:
            raise DataFault(unknown("question", name, known, column="among"))
        found |= those
    return found


def _sets(known: Mapping[str, Question], outcome: Question) -> dict[str, list[str]]:
    """The sets that the drivers may be: see `choose`."""
    ratings = {one: it for one, it in known.items() if OPTION not in it.measure and it.measure != outcome.measure}
    if outcome.step is not None:
        return {"the step": [one for one, it in ratings.items() if it.step == outcome.step]}
    found: dict[str, list[str]] = {}
    for one, it in ratings.items():
        found.setdefault("the whole journey" if it.step is None else f"{it.measure} at the steps", []).append(one)
    return found


def _largest(
    answered: nw.LazyFrame, sets: Mapping[str, Sequence[str]], known: Sequence[str], n_before: int
) -> tuple[list[str], dict[str, str]]:
    """The set with most questions over enough answers, and why each other question is left out."""
    flags = [(~nw.col(one).is_null()).cast(nw.Int64).alias(f"has {place}") for place, one in enumerate(known)]
    names = [f"has {place}" for place in range(len(known))]
    there = rows(answered.select(*flags).group_by(names).agg(nw.len().alias("n")))
    has = {one: there[f"has {place}"].to_numpy(bool) for place, one in enumerate(known)}
    n = there["n"].to_numpy(float)
    best: tuple[int, float, str, list[str]] = (0, 0.0, "", [])
    for name, those in sets.items():
        kept: list[str] = []
        together = n > 0
        for one in sorted(those, key=lambda one: -float(n[has[one]].sum())):
            after = together & has[one]
            enough = max(FEWEST, EACH * (len(kept) + 2), ENOUGH * n_before)
            if len(kept) < MOST and n[after].sum() >= enough:
                kept.append(one)
                together = after
        size = float(n[together].sum()) * (1.1 if USUAL in name else 1.0)
        if kept and (len(kept), size) > best[:2]:
            best = (len(kept), size, name, kept)
    chosen = [one for one in sets.get(best[2], ()) if one in best[3]]
    left = {
        one: "too few answers together with the others" if one in sets.get(best[2], ()) else f"not of {best[2]}"
        for one in known
        if one not in chosen
    }
    return chosen, left
