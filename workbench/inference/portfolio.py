"""Which options together: the best set under a budget, in every draw, over all budgets, and where the choice flips.

Knows what options bring in cells (`worth`, overlaps and rules: see `sets`), and what they cost; nothing of what they are.
Values without cells, (…, S), add up. Worth may have any unit, costs that of the budget. Nothing is drawn. What it is worth
to know more before choosing: `voi`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import programme
from .checks import one_of, refuse
from .sets import NEAR, OVERLAPS, Groups, Numbers, Rules, allowed, rules_of, value_of, valued, values_of, within

LISTED = 2**18  # up to this many sets all are valued; with more, a programme is solved for each draw or budget

Progress = Callable[[int, int], None]


class Choice(NamedTuple):
    """A set of options by position, with what it is worth and what it costs."""

    chosen: list[int]
    value: float
    cost: float


class Frontier(NamedTuple):
    """The sets that no cheaper or equally dear set beats, by cost ascending, and how they were found."""

    sets: list[Choice]
    method: str


class NextSet(NamedTuple):
    """What the next money buys: the best set within the budget now, and the next set on the frontier.

    `beyond` is how much must be added to the budget, `cost` and `value` how much more the next set costs and brings than
    the one now. `now` is None where no set of the frontier is within the budget; then these two are the next set's own.
    """

    now: Choice | None
    next: Choice
    beyond: float
    cost: float
    value: float
    comes_in: list[int]
    goes_out: list[int]


class Flip(NamedTuple):
    """Where a decision changes: the nearest points looked at below and above, and what is decided there (None: nowhere)."""

    now: Any
    below: float | None
    decision_below: Any
    above: float | None
    decision_above: Any


def best_set(
    value: Numbers,
    cost: Numbers,
    budget: float,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
    overlap: str = "largest",
) -> list[int]:
    """Which options together are worth most within the budget? Their positions, sorted.

    `value` is (S,), which adds up, or (S, C). `requires` holds pairs (a, b): a only with b. `excludes` holds groups of
    which at most one is taken, `at_least_one` groups of which one or more must be. Solved exactly by mixed-integer
    programming (HiGHS); taking options by value per cost is not optimal. Of sets that are worth the same the cheapest is
    taken, then the smallest, then the first in order. Rules that no set within the budget can keep are a fault.
    """
    return best_sets(value, cost, budget, requires, excludes, at_least_one, how_many=1, overlap=overlap)[0].chosen


def best_sets(
    value: Numbers,
    cost: Numbers,
    budget: float,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
    how_many: int = 2,
    overlap: str = "largest",
) -> list[Choice]:
    """The best set, the second best and so on, as in `best_set`: is the first far ahead? Fewer where no more exist."""
    worth, price, rules = _one_table(value, cost, requires, excludes, at_least_one, overlap)
    _check_budget(budget)
    if how_many < 1:
        refuse("how_many", how_many, "1 or more")
    found: list[Choice] = []
    while len(found) < how_many:
        chosen = programme.best(worth, price, budget, rules)
        if chosen is None:
            break
        found.append(_choice(chosen, worth, price))
        rules = rules.without(chosen)
    if not found:
        refuse("budget", f"no set of options within {budget:g} that keeps the rules", "rules that can be kept together")
    return found


def best_in_draws(
    worth: Numbers,
    cost: Numbers,
    budget: float,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
    overlap: str = "largest",
    progress: Progress | None = None,
) -> np.ndarray:
    """The best set of each draw, as true or false (D, S). Its mean over draws says how often each option is chosen.

    `worth` is (D, S, C), or (D, S) which adds up; `cost` is (D, S), or (S,) where it is known. Rules and ties as in
    `best_set`. Exact in each draw: where at most 262,144 sets keep the rules and can be paid in some draw, all are valued;
    where there are more, each draw is a programme of its own. A draw whose costs leave no set that keeps the rules
    chooses nothing. `progress` is told how many draws are done, of how many.
    """
    table, price = np.asarray(worth, float), np.atleast_2d(np.asarray(cost, float))
    if table.ndim == 2:
        table, overlap = table[:, :, None], "sum"
    if table.ndim == 3 and price.shape == (1, table.shape[1]):
        price = np.broadcast_to(price, table.shape[:2])
    _check(table, price, overlap, draws=True)
    _check_budget(budget)
    rules = rules_of(table.shape[1], requires, excludes, at_least_one)
    sets = allowed(rules, price.min(axis=0), budget, LISTED)
    picked = np.zeros(table.shape[:2], bool)
    if sets is None:
        for draw, one in enumerate(table):
            chosen = programme.best(_cells(one, overlap), price[draw], budget, rules)
            if chosen is not None:
                picked[draw] = chosen
            if progress is not None:
                progress(draw + 1, len(table))
        return picked
    if not len(sets):
        return picked
    weights, limit = sets.astype(float), within(budget)
    for part, values in valued(table, sets, overlap):
        costs = weights @ price[part].T
        values[costs > limit] = -np.inf
        most = values.max(axis=0)
        costs[values < most - NEAR * np.abs(table[part]).max(axis=(1, 2))] = np.inf
        first = (costs <= costs.min(axis=0) + NEAR * price[part].max(axis=1)).argmax(axis=0)
        picked[part] = sets[first] & np.isfinite(most)[:, None]
        if progress is not None:
            progress(part.stop, len(table))
    return picked


def how_often_chosen(
    value_draws: Numbers,
    cost_draws: Numbers,
    budget: float,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
    overlap: str = "largest",
) -> np.ndarray:
    """In what share of the draws is each option in the best set? As `best_in_draws`; one row of values is one draw."""
    drawn = np.atleast_2d(np.asarray(value_draws, float))
    share: np.ndarray = best_in_draws(drawn, cost_draws, budget, requires, excludes, at_least_one, overlap).mean(axis=0)
    return share


def frontier(
    value: Numbers,
    cost: Numbers,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
    overlap: str = "largest",
    budgets: Sequence[float] = (),
    points: int = 40,
) -> Frontier:
    """What is the most that each amount of money can buy? The sets that no cheaper or equally dear set beats.

    All of them where at most 262,144 sets keep the rules; else the best sets at `points` budgets, evenly spread between
    the cheapest set and the best of all, and at `budgets`: each is on the frontier, others between them are not shown.
    """
    worth, price, rules = _one_table(value, cost, requires, excludes, at_least_one, overlap)
    sets = allowed(rules, price, float(price.sum()), LISTED)
    if sets is not None:
        method = f"all {len(sets):,} sets that keep the rules compared"
    else:
        most, least = (programme.best(one, price, float(price.sum()), rules) for one in (worth, -np.diag(price)))
        if most is not None and least is not None:
            spread = np.linspace(float(price @ least), float(price @ most), points)
            asked = [one for one in budgets if one >= float(price @ least)]
            solved = [programme.best(worth, price, float(one), rules) for one in sorted({*spread.tolist(), *asked})]
            sets = np.unique([one for one in solved if one is not None], axis=0)
            method = f"the best set at each of {len(solved)} budgets, each solved exactly"
    if sets is None or not len(sets):
        refuse("options", "no set of options that keeps the rules", "rules that can be kept together")
    values = values_of(worth[None], sets)[0]
    return Frontier(_unbeaten(sets, values, worth, price), method)


def next_step(front: Frontier, budget: float) -> NextSet | None:
    """What does the next money buy? The next set on the frontier above the budget; None where there is none."""
    _check_budget(budget)
    paid = [one for one in front.sets if one.cost <= within(budget)]
    left = [one for one in front.sets if one.cost > within(budget)]
    if not left:
        return None
    now, after = paid[-1] if paid else None, left[0]
    before = now or Choice([], 0.0, 0.0)
    return NextSet(
        now,
        after,
        after.cost - budget,
        after.cost - before.cost,
        after.value - before.value,
        sorted(set(after.chosen) - set(before.chosen)),
        sorted(set(before.chosen) - set(after.chosen)),
    )


def flip(
    decide: Callable[[float], Hashable],
    start: float = 1.0,
    low: float = 0.1,
    high: float = 10.0,
    points: int = 16,
    exact: float = 1e-3,
) -> Flip:
    """At what value of a knob does the decision change? The nearest points below and above `start`, or None.

    `decide` says what is chosen at a point. It is asked at `points` points from `start` outwards on either side (each
    the same factor from the next where `low` is above 0, else the same step), then between the last that agrees and the first
    that does not, by halving, until they differ by less than `exact` of the point (of the whole way, where the point is
    0). The point given is one where the decision has changed. A change that is taken back between two points looked at
    is not seen.
    """
    if not (np.isfinite([start, low, high]).all() and low <= start <= high):
        refuse("start", f"{start:g}, from {low:g} to {high:g}", "finite numbers: low, start and high in this order")
    now = decide(start)
    found: list[tuple[float | None, Any]] = []
    for end in (low, high):
        place = np.geomspace if low > 0 else np.linspace
        agrees, differs, other = start, None, None
        for point in place(start, end, points + 1)[1:].tolist() if end != start else []:
            if (said := decide(point)) != now:
                differs, other = point, said
                break
            agrees = point
        while differs is not None and abs(differs - agrees) > exact * (abs(agrees) or abs(end - start)):
            middle = (agrees + differs) / 2
            if (said := decide(middle)) == now:
                agrees = middle
            else:
                differs, other = middle, said
        found.append((differs, other))
    return Flip(now, *found[0], *found[1])


def _unbeaten(sets: np.ndarray, values: np.ndarray, worth: np.ndarray, price: np.ndarray) -> list[Choice]:
    """Those of the sets that no cheaper or equally dear one beats; sums are compared to 1e-9 of the largest."""
    near, close = NEAR * (np.abs(worth).max() or 1.0), NEAR * (price.max() or 1.0)
    costs = sets @ price
    order = np.lexsort([*(~sets.T[::-1]), sets.sum(axis=1), -np.round(values / near), np.round(costs / close)])
    found: list[Choice] = []
    for at in order.tolist():
        if not found or values[at] > found[-1].value + near:
            if found and costs[at] <= found[-1].cost + close:
                found.pop()
            found.append(Choice(np.flatnonzero(sets[at]).tolist(), float(values[at]), float(costs[at])))
    return found


def _one_table(
    value: Numbers, cost: Numbers, requires: Groups, excludes: Groups, at_least_one: Groups, overlap: str
) -> tuple[np.ndarray, np.ndarray, Rules]:
    """Worth by cell (S, C) with no overlap left where all adds up, prices (S,) and rules, all checked."""
    worth, price = np.asarray(value, float), np.asarray(cost, float)
    if worth.ndim == 1:
        worth, overlap = worth[:, None], "sum"
    _check(worth, price, overlap)
    return _cells(worth, overlap), price, rules_of(len(worth), requires, excludes, at_least_one)


def _cells(worth: np.ndarray, overlap: str) -> np.ndarray:
    """One draw's worth by cell; where all adds up, each option has a cell of its own."""
    return worth if overlap == "largest" else np.diag(worth.sum(axis=1))


def _choice(chosen: np.ndarray, worth: np.ndarray, price: np.ndarray) -> Choice:
    return Choice(np.flatnonzero(chosen).tolist(), float(value_of(worth, chosen)), float(price @ chosen))


def _check(worth: np.ndarray, price: np.ndarray, overlap: str, draws: bool = False) -> None:
    one_of("overlap", overlap, OVERLAPS)
    if worth.ndim != (3 if draws else 2) or price.shape != worth.shape[:-1] or not worth.size:
        refuse("cost", f"shape {price.shape} for values {worth.shape}", "a cost for every option that has a value")
    if not np.isfinite(worth).all():
        refuse("value", "a missing or infinite value", "a finite number for every option")
    if not np.isfinite(price).all() or (price < 0).any():
        refuse("cost", "a missing or negative cost", "a cost of 0 or more for every option")


def _check_budget(budget: float) -> None:
    if not np.isfinite(budget):
        refuse("budget", budget, "a finite number")
