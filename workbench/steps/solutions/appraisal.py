"""The appraisal: what each solution and each set of them would bring for its cost, how sure that is, and what would change it.

One drawing of all that is uncertain (`effects`) answers every question asked here, so that the findings agree with each other.
Looks back at the journey, the map and the judged claims; choosing among numbers is the inference room's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault
from workbench.inference import portfolio
from workbench.journey import JourneyFrame
from workbench.steps.ranges import MOST
from workbench.steps.solutions.effects import Drawn, Factor, draws_of
from workbench.steps.solutions.model import FILE, OUTCOMES, Solution, Solutions, Values
from workbench.steps.solutions.reach import Reach, reached, told_apart

DRAWS = 2000
LARGEST = 6_000_000  # figures of worth held at once: more options and cells mean fewer draws, which is told
LEAST_DRAWS = 200
FEW = 14  # solutions up to which all their sets are valued in each draw
FEWER, APART, NEEDS = "reaches too few", "tells a few apart", "needs one that is left out"
POINTS = {"nps": "NPS points", "complaints": "complaints avoided", "churn": "customers kept"}


@dataclass(frozen=True, eq=False)
class Appraisal:
    """Solutions appraised within a budget over a horizon of years.

    weights   what an NPS point over all customers, a complaint avoided and a customer kept in a hundred customers count
              for; None: what they are worth in money
    """

    journey: JourneyFrame
    solutions: tuple[Solution, ...]
    small: tuple[Solution, ...]  # too few people to be told of: left out
    left_out: Mapping[str, str]  # why, by their ids: FEWER, APART or NEEDS
    reach: Reach
    drawn: Drawn
    budget: float
    given: bool  # the budget was given (else: half of all costs)
    horizon: float
    weights: Mapping[str, float] | None
    values: Values
    seed: int
    minimum: int
    redraw: Callable[..., Drawn]
    hot_spots: Mapping[str, str]  # step: pain or gain, as the team marked it

    # -- what it is worth ---------------------------------------------------------------------------------------------

    @property
    def draws(self) -> int:
        return len(self.drawn.cost)

    @property
    def customers(self) -> float:
        """Customers who go through the journey in a year: as the study says, else as the data show."""
        return self.values.customers_year or self.reach.everybody / self.reach.years

    @property
    def moved(self) -> list[str]:
        """The outcomes that any solution moves."""
        return [word for word in OUTCOMES if any(word in one.effects for one in self.solutions)]

    @property
    def unit(self) -> str:
        """What `value` counts, in words."""
        if self.weights is None:
            return f"{self.values.currency} over {self.span}".strip()
        counted = [one for one in self.moved if self.weights.get(one)]
        if counted == ["nps"] and self.weights["nps"] == 1:
            return "NPS points over all customers"
        return "points"

    @property
    def span(self) -> str:
        """The horizon in words."""
        return f"{self.horizon:g} {'year' if self.horizon == 1 else 'years'}"

    @property
    def rule(self) -> str:
        """How `value` is made of the outcomes, in words."""
        if self.weights is None:
            return "value is worth in money as study.yaml values it"
        said = [f"{self.weights[one]:g} × {_per_hundred(one)}" for one in self.moved if self.weights.get(one)]
        return f"value = {' + '.join(said)}" if said else "nothing that any solution moves has a weight"

    def points(self, outcome: str, drawn: Drawn | None = None) -> np.ndarray:
        """(draws, options, cells): NPS points over all customers, or complaints avoided or customers kept in a hundred
        customers, a mean over the horizon.
        """
        drawn = drawn or self.drawn
        once = drawn.effects[outcome] * drawn.active * self.reach.spread[outcome]
        cells = drawn.cells[outcome] / self.reach.everybody * (1 if outcome == "nps" else 100)
        return once[:, :, None] * cells[:, None, :] * self.reach.acts[outcome][None, :, :]  # type: ignore[no-any-return]

    def total(self, outcome: str, points: np.ndarray) -> np.ndarray:
        """Points as they are told: NPS points, or how many complaints or customers over the horizon."""
        return points if outcome == "nps" else points / 100 * self.customers * self.horizon

    def money(self, outcome: str, points: np.ndarray, active: np.ndarray) -> np.ndarray | None:
        """(draws, options, …) points in money over the horizon; None where the study gives no value.

        A customer who is kept is worth the years that are then left, half of the time in which the solution acts.
        """
        if outcome == "nps":
            return None if self.values.nps_point is None else points * self.values.nps_point * self.horizon
        amount = self.values.complaint if outcome == "complaints" else self.values.customer_year
        if amount is None:
            return None
        worth = self.total(outcome, points) * amount
        if outcome == "churn":
            worth = worth * (self.horizon * active / 2).reshape(active.shape + (1,) * (worth.ndim - active.ndim))
        return worth

    def worth(self, drawn: Drawn | None = None, weights: Mapping[str, float] | None = None) -> np.ndarray:
        """(draws, options, cells): what each option brings alone in each cell, in the unit of `value`."""
        drawn = drawn or self.drawn
        weights = self.weights if weights is None else weights
        parts = []
        for outcome in self.moved:
            points = self.points(outcome, drawn)
            if weights is None:
                worth = self.money(outcome, points, drawn.active)
                assert worth is not None
                parts.append(worth)
            else:
                parts.append(points * weights.get(outcome, 0.0))
        return np.concatenate(parts, axis=2)

    @cached_property
    def alone(self) -> np.ndarray:
        """(draws, options): what each brings alone."""
        return self.worth().sum(axis=2)

    @cached_property
    def expected(self) -> np.ndarray:
        """(options, cells): what each is expected to bring in each cell."""
        return self.worth().mean(axis=0)

    @cached_property
    def costs(self) -> np.ndarray:
        """(options): expected costs over the horizon, worked out and not drawn, so that a budget may be spent to the penny."""
        return self.drawn.expected_cost

    # -- choosing -----------------------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> dict[str, Any]:
        """What requires and what excludes what, by place. What requires a solution that is left out cannot be chosen."""
        place = {one.id: number for number, one in enumerate(self.solutions)}
        pairs: dict[str, Any] = {"requires": [], "excludes": []}
        for word, found in pairs.items():
            for one in self.solutions:
                found += [(place[one.id], place[other]) for other in getattr(one, word) if other in place]
        return pairs

    def decide(
        self, worth: np.ndarray | None = None, cost: np.ndarray | None = None, budget: float | None = None,
        overlap: str = "largest",
    ) -> tuple[int, ...]:  # fmt: skip
        """The best set alone, as `best` finds it, where worth, costs or budget are others."""
        worth = self.expected if worth is None else worth
        cost = self.costs if cost is None else cost
        limit = self.budget if budget is None else budget
        picked = portfolio.best_in_draws(worth[None], cost[None], limit, **self.rules, overlap=overlap)[0]
        return tuple(np.flatnonzero(picked).tolist())

    @cached_property
    def best(self) -> list[portfolio.Choice]:
        """The best set by expected effects and costs within the budget, the second best and the third."""
        return portfolio.best_sets(self.expected, self.costs, self.budget, **self.rules, how_many=3)

    @cached_property
    def picked(self) -> np.ndarray:
        """(draws, options): the best set of each draw, as true and false; with a bar where it takes long."""
        from tqdm import tqdm

        quiet = os.environ.get("WORKBENCH_REPORT") == "1"
        with tqdm(total=self.draws, desc="best sets", unit="draw", delay=2, leave=False, disable=quiet) as bar:
            return portfolio.best_in_draws(
                self.worth(),
                self.drawn.cost,
                self.budget,
                **self.rules,
                progress=lambda done, _: bar.update(done - bar.n),
            )

    @cached_property
    def frontier(self) -> portfolio.Frontier:
        return portfolio.frontier(self.expected, self.costs, **self.rules, budgets=[self.budget])

    def mask(self, chosen: Iterable[int]) -> np.ndarray:
        found = np.zeros(len(self.solutions), bool)
        found[list(chosen)] = True
        return found

    def values_of(self, chosen: Iterable[int]) -> np.ndarray:
        """(draws): what a set brings together, what is reached twice counted once."""
        return portfolio.value_of(self.worth(), self.mask(chosen))

    def named(self, chosen: Iterable[int]) -> str:
        """A set in words."""
        return ", ".join(f'"{self.solutions[one].name}"' for one in chosen) or "nothing"

    def amount(self, value: float) -> str:
        """Money in words."""
        return f"{self.values.currency}{value:,.0f}"

    def size(self, value: float) -> str:
        """A value in words, with its unit."""
        if self.weights is None:
            return self.amount(value)
        digits = 1 if abs(value) >= 0.1 or value == 0 else 3
        return f"{value:.{digits}f} {'NPS points' if self.unit.startswith('NPS') else 'points'}"

    def per(self) -> np.ndarray:
        """(draws, options): value for 100,000 of cost; what costs nothing and brings something comes first."""
        cost = self.drawn.cost
        free = np.where(self.alone > 0, np.inf, np.where(self.alone < 0, -np.inf, 0.0))
        return np.where(cost > 0, self.alone / np.where(cost > 0, cost, 1) * 100_000, free)


def appraised(
    journey: JourneyFrame,
    solutions: Solutions,
    judged: pd.DataFrame | None,
    values: Values,
    seed: int,
    budget: float | None = None,
    horizon: float = 3,
    weights: Mapping[str, float] | None = None,
    learned: Mapping[str, Factor] | None = None,
    hot_spots: Mapping[str, str] | None = None,
    draws: int = DRAWS,
    minimum_base: int | None = None,
    counted: Callable[[str, Hashable, Callable[[], Any]], Any] | None = None,
) -> Appraisal:
    """Appraise solutions: count whom they reach, draw what is uncertain, and hold it for all questions.

    budget    in the study's currency over the horizon; without one half of all expected costs
    weights   see `Appraisal`; without them those of solutions.yaml, else worth in money where study.yaml values every
              outcome that is moved, else 1 each
    counted   keeps what was counted of the journey for the same steps and people (what, key, work): another cost or effect
              counts nobody anew
    learned   by solution, what came of similar actions over what was predicted: mean, standard deviation, how many

    Raises DataFault: nothing to rank, a negative budget, names that are not there, findings that carry no effect.
    """
    _sound(solutions, budget, horizon, values)
    minimum = journey.minimum_base if minimum_base is None else minimum_base
    weights = weights or {str(word): value for word, value in solutions.weights.items()} or None
    if weights is not None:
        weights = _weighed(weights)

    def once(what: str, those: Iterable[Solution], work: Callable[[], Any]) -> Any:
        key = repr([(one.id, one.steps, one.reach) for one in those]), repr(solutions.leavers), minimum
        return work() if counted is None else counted(what, key, work)

    all_ = solutions.solutions
    reach = once("reach", all_, lambda: reached(journey, all_, solutions.leavers))
    apart = once("apart", all_, lambda: told_apart(journey, all_, minimum))
    left_out = {one.id: APART for one, few in zip(solutions.solutions, apart, strict=True) if few}
    left_out |= {
        one.id: FEWER for one, people in zip(solutions.solutions, reach.people, strict=True) if people < minimum
    }
    while more := [
        one.id for one in solutions.solutions if one.id not in left_out and set(one.requires) & set(left_out)
    ]:
        left_out |= dict.fromkeys(more, NEEDS)  # what requires one that is left out cannot be had without it
    small = tuple(one for one in solutions.solutions if one.id in left_out)
    kept = [one for one in solutions.solutions if one.id not in left_out]
    if small and kept:
        reach = once("reach of those told", kept, lambda: reached(journey, kept, solutions.leavers))
    if not kept:
        raise DataFault(
            Fault(
                file=FILE,
                found=f"solutions that each reach fewer than {minimum} people, tell so few apart, or need one that does",
                expected="at least one that reaches more",
                mend="look at steps: and reach:",
            )
        )
    if weights is None:
        moved = {word for one in kept for word in one.effects}
        priced = {"nps": values.nps_point, "complaints": values.complaint, "churn": values.customer_year}
        if any(priced[word] is None for word in moved):
            weights = dict.fromkeys(OUTCOMES, 1.0)
    cells = sum(len(one) for one in reach.counts.values()) * len(kept)
    most = draws if len(kept) <= FEW else LEAST_DRAWS  # of many solutions each draw is a programme of its own
    draws = max(min(LEAST_DRAWS, draws), min(most, LARGEST // max(1, cells)))

    def redraw(**more: Any) -> Drawn:
        years = more.pop("horizon", horizon)
        return draws_of(kept, judged, reach, years, draws, seed, minimum, solutions.rates, learned, **more)

    drawn = redraw()
    limit = float(drawn.expected_cost.sum() / 2) if budget is None else float(budget)
    found = Appraisal(
        journey, tuple(kept), small, left_out, reach, drawn, limit, budget is not None, horizon, weights, values, seed, minimum,
        redraw, hot_spots or {},
    )  # fmt: skip
    return found


def within(found: Appraisal, budget: float) -> Appraisal:
    """The same solutions within another budget. Raises DataFault."""
    if not _between(budget, 0, MOST):
        raise DataFault(_no_budget(budget))
    return replace(found, budget=float(budget), given=True)


def over(found: Appraisal, years: float) -> Appraisal:
    """The same solutions over another horizon."""
    return replace(found, horizon=years, drawn=found.redraw(horizon=years))


def _no_budget(budget: Any) -> Fault:
    return Fault(column="budget", found=str(budget), expected="0 or more, in the study's currency")


def _between(value: Any, low: float, high: float) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and low <= float(value) <= high


def _weighed(weights: Mapping[str, float]) -> dict[str, float]:
    if not isinstance(weights, Mapping):
        raise DataFault(
            Fault(
                column="weights",
                found=str(weights)[:60],
                expected='names and numbers, as in {"nps": 1, "complaints": 2}',
            )
        )
    strange = [word for word in weights if word not in OUTCOMES]
    wrong = [word for word, value in weights.items() if not _between(value, 0, MOST)]
    if strange or wrong or not any(weights.values()):
        listed = ", ".join(f"{word}: {value}" for word, value in weights.items())
        raise DataFault(
            Fault(
                column="weights",
                found=listed,
                expected=f"0 or more for {', '.join(OUTCOMES)}, one of them above 0",
                mend='as in {"nps": 1, "complaints": 2}',
            )
        )
    return {word: float(weights.get(word, 0.0)) for word in OUTCOMES}


def _sound(solutions: Solutions, budget: float | None, horizon: float, values: Values) -> None:
    faults = []
    if not solutions.solutions:
        faults.append(Fault(file=FILE, found="no solution", expected="at least one"))
    if budget is not None and not _between(budget, 0, MOST):
        faults.append(_no_budget(budget))
    if not _between(horizon, 0, 30) or horizon == 0:
        faults.append(Fault(column="horizon", found=str(horizon), expected="years, above 0 and up to 30"))
    ids = [
        claim for one in solutions.solutions for claim in one.claims
    ]  # whether claims are there is told with their effect
    faults += solutions.check([], ids, [], [], values.currency)
    if faults:
        raise DataFault(faults)


def _per_hundred(outcome: str) -> str:
    return {
        "nps": "NPS points over all customers",
        "complaints": "complaints avoided in a hundred customers",
        "churn": "customers kept of a hundred",
    }[outcome]
