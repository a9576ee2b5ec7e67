"""Choosing among options under a budget, and how sure the choice is when values and costs are uncertain.

Knows values, costs, rules between options (by position, 0 first) and draws of them; nothing of what the options are.
Values may have any unit, costs that of the budget. Nothing is drawn without a seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .checks import refuse

ENUMERATE = 14  # up to this many options all sets are listed; above it each draw is solved on its own
CHUNK = 256  # draws valued at once against all sets

Groups = Iterable[Sequence[int]]


class Choice(NamedTuple):
    """A set of options by position, with what it is worth and what it costs."""

    chosen: list[int]
    value: float
    cost: float


def best_set(
    value: Sequence[float] | np.ndarray,
    cost: Sequence[float] | np.ndarray,
    budget: float,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
) -> list[int]:
    """Which options together are worth most within the budget? Their positions, sorted.

    `requires` holds pairs (a, b): a only with b. `excludes` holds groups of which at most one is taken, `at_least_one`
    groups of which one or more must be. Solved exactly by mixed-integer programming (HiGHS); taking options by value
    per cost is not optimal. Rules that no set within the budget can keep are a fault.
    """
    return best_sets(value, cost, budget, requires, excludes, at_least_one, how_many=1)[0].chosen


def best_sets(
    value: Sequence[float] | np.ndarray,
    cost: Sequence[float] | np.ndarray,
    budget: float,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
    how_many: int = 2,
) -> list[Choice]:
    """The best set, the second best and so on, as in `best_set`: is the first far ahead? Fewer where no more exist."""
    worth, price = np.asarray(value, float), np.asarray(cost, float)
    _check(worth[None, :], price[None, :], budget)
    rows, low, high = _rules(len(worth), requires, excludes, at_least_one)
    if how_many < 1:
        refuse("how_many", how_many, "1 or more")
    found: list[Choice] = []
    while len(found) < how_many:
        chosen = _solve(worth, price, budget, rows, low, high)
        if chosen is None:
            break
        found.append(Choice(np.flatnonzero(chosen).tolist(), float(worth @ chosen), float(price @ chosen)))
        rows, low, high = _without(chosen, rows, low, high)
    if not found:
        refuse("budget", f"no set of options within {budget:g} that keeps the rules", "rules that can be kept together")
    return found


def how_often_chosen(
    value_draws: np.ndarray,
    cost_draws: np.ndarray,
    budget: float,
    requires: Groups = (),
    excludes: Groups = (),
    at_least_one: Groups = (),
) -> np.ndarray:
    """In what share of the draws is each option in the best set?

    `value_draws` and `cost_draws` have one row for each draw and one column for each option (known costs: a single
    row); rules as in `best_set`. Exact in each draw: all sets are listed up to 14 options, a mixed-integer programme
    is solved for each draw above that. A draw whose costs leave no set that keeps the rules chooses nothing.
    """
    worth = np.atleast_2d(np.asarray(value_draws, float))
    price = np.atleast_2d(np.asarray(cost_draws, float))
    if price.shape == (1, worth.shape[1]):
        price = np.broadcast_to(price, worth.shape)
    _check(worth, price, budget)
    rules = _rules(worth.shape[1], requires, excludes, at_least_one)
    pick = _picked_by_listing if worth.shape[1] <= ENUMERATE else _picked_by_programme
    return sum(pick(worth, price, budget, *rules), np.zeros(worth.shape[1])) / len(worth)


def _picked_by_listing(
    worth: np.ndarray, price: np.ndarray, budget: float, rows: np.ndarray, low: np.ndarray, high: np.ndarray
) -> Iterator[np.ndarray]:
    """How often each option is in the best set, for one chunk of draws after another, by valuing every set."""
    options = worth.shape[1]
    sets = (np.arange(2**options)[:, None] >> np.arange(options) & 1).astype(float)
    kept = sets @ rows.T
    sets = sets[((kept >= low) & (kept <= high)).all(axis=1)]
    if not len(sets):
        return
    limit = _limit(budget)
    for start in range(0, len(worth), CHUNK):
        chunk = slice(start, start + CHUNK)
        values = np.where(price[chunk] @ sets.T <= limit, worth[chunk] @ sets.T, -np.inf)
        best = values.argmax(axis=1)
        possible = np.isfinite(values[np.arange(len(best)), best])
        yield sets[best[possible]].sum(axis=0)


def _picked_by_programme(
    worth: np.ndarray, price: np.ndarray, budget: float, rows: np.ndarray, low: np.ndarray, high: np.ndarray
) -> Iterator[np.ndarray]:
    """The best set of one draw after another, as 0 and 1."""
    for one_worth, one_price in zip(worth, price, strict=True):
        chosen = _solve(one_worth, one_price, budget, rows, low, high)
        if chosen is not None:
            yield chosen


def _solve(
    worth: np.ndarray, price: np.ndarray, budget: float, rows: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray | None:
    """The best set as 0 and 1, or None where no set keeps budget and rules."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    # the solver's tolerances are absolute (1e-6): measured so, they are 1e-10 of the largest value and of the budget
    scale = (np.abs(worth).max() or 1.0) / 1e4
    unit = (max(price.max(), abs(budget)) or 1.0) / 1e4
    limits = [LinearConstraint(price[None, :] / unit, -np.inf, _limit(budget) / unit)]
    if len(rows):
        limits.append(LinearConstraint(rows, low, high))
    answer = milp(
        -worth / scale,
        constraints=limits,
        integrality=np.ones(len(worth)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if answer.status == 2:
        return None
    if not answer.success:
        raise RuntimeError(f"the solver found no best set: {answer.message}")
    chosen = np.round(answer.x)
    if price @ chosen > _limit(budget):  # within the solver's tolerance, over the budget all the same
        return _solve(worth, price, budget, *_without(chosen, rows, low, high))
    return chosen


def _without(
    chosen: np.ndarray, rows: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rules, and that this set is not taken again: one of it left out or one more taken in."""
    return np.vstack([rows, 1.0 - 2 * chosen]), np.append(low, 1.0 - chosen.sum()), np.append(high, np.inf)


def _limit(budget: float) -> float:
    """The budget with room for the rounding of sums."""
    return budget + 1e-9 * max(1.0, abs(budget))


def _rules(
    options: int, requires: Groups, excludes: Groups, at_least_one: Groups
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rules between options as rows of low <= row . chosen <= high."""
    rows, low, high = [], [], []

    def add(places: Sequence[int], signs: Sequence[float], least: float, most: float) -> None:
        wrong = [place for place in places if not 0 <= place < options]
        if wrong:
            refuse("options", f"option {wrong[0]} in a rule", f"positions from 0 to {options - 1}")
        row = np.zeros(options)
        row[list(places)] = signs
        rows.append(row)
        low.append(least)
        high.append(most)

    for pair in requires:
        if len(pair) != 2 or pair[0] == pair[1]:
            refuse("requires", list(pair), "pairs of two options: the one that needs, the one that is needed")
        add(pair, [1.0, -1.0], -np.inf, 0)
    for group in excludes:
        add(group, [1.0] * len(group), -np.inf, 1)
    for group in at_least_one:
        add(group, [1.0] * len(group), 1, np.inf)
    return np.array(rows).reshape(-1, options), np.array(low, float), np.array(high, float)


def _check(worth: np.ndarray, price: np.ndarray, budget: float) -> None:
    if worth.shape != price.shape or worth.ndim != 2 or not worth.size:
        refuse("cost", f"shape {price.shape}", f"a cost for every value {worth.shape}")
    if not np.isfinite(worth).all():
        refuse("value", "a missing or infinite value", "a finite number for every option")
    if not np.isfinite(price).all() or (price < 0).any():
        refuse("cost", "a missing or negative cost", "a cost of 0 or more for every option")
    if not np.isfinite(budget):
        refuse("budget", budget, "a finite number")


def seeded(seed: int) -> np.random.Generator:
    """The source of chance for a seed, the same on every machine (PCG64). Print the seed with what comes of it."""
    return np.random.Generator(np.random.PCG64(seed))


def triangular(
    rng: np.random.Generator,
    low: float | np.ndarray,
    likely: float | np.ndarray,
    high: float | np.ndarray,
    size: int | tuple[int, ...],
) -> np.ndarray:
    """Draws of a number somebody gave as lowest, most likely and highest. The three may be equal, or arrays by option.

    By inverting the distribution function, in the units of the three numbers.
    """
    a, m, b = (np.asarray(x, float) for x in (low, likely, high))
    if not (np.isfinite(a).all() and np.isfinite(b).all() and (a <= m).all() and (m <= b).all()):
        refuse("likely", f"{low}, {likely}, {high}", "lowest, most likely and highest in this order")
    u = rng.random(size)
    rising, falling = np.sqrt(u * (b - a) * (m - a)), np.sqrt((1 - u) * (b - a) * (b - m))
    return np.where(u * (b - a) < m - a, a + rising, b - falling)


def p_top_k(draws: np.ndarray, k: int) -> np.ndarray:
    """In what share of the draws is each option among the best k? Adds up to k.

    `draws` has one row for each draw and one column for each option, larger is better. Options that tie across the
    border share the places that are left.
    """
    values = _full(draws)
    options = values.shape[1]
    if not 1 <= k <= options:
        refuse("k", k, f"a whole number from 1 to {options}")
    border = np.partition(values, options - k, axis=1)[:, options - k, None]
    above, tied = values > border, values == border
    left = (k - above.sum(axis=1, keepdims=True)) / tied.sum(axis=1, keepdims=True)
    return (above + tied * left).mean(axis=0)


def rank_shares(draws: np.ndarray) -> np.ndarray:
    """In what share of the draws does each option (row) take each rank (column, best first)? Ties share their ranks."""
    values = _full(draws)
    top = [p_top_k(values, k) for k in range(1, values.shape[1] + 1)]
    return np.diff(np.column_stack(top), axis=1, prepend=0.0)


def _full(draws: np.ndarray) -> np.ndarray:
    values = np.asarray(draws, float)
    if values.ndim != 2 or not values.size or np.isnan(values).any():
        refuse("draws", f"shape {values.shape}", "a full table: one row for each draw, one column for each option")
    return values


def normal_rank_shares(mean: Sequence[float] | np.ndarray, sd: Sequence[float] | np.ndarray) -> np.ndarray:
    """As `rank_shares`, for values that are independent and normal, without drawing: exact to about 1e-9.

    Sufficient statistics: mean and standard deviation (above 0) of each option. Given its own value, the number of
    others above an option is Poisson-binomial; that is averaged over its value. The first k columns of a row add up to
    the probability of being among the best k.
    """
    from scipy.special import ndtr

    m, s = np.asarray(mean, float), np.asarray(sd, float)
    if m.shape != s.shape or m.ndim != 1 or not (np.isfinite(m).all() and np.isfinite(s).all() and (s > 0).all()):
        refuse("sd", "missing numbers, or a standard deviation not above 0", "a mean and a standard deviation each")
    u = np.linspace(-9, 9, 9001)
    density = np.exp(-u * u / 2)
    density /= density.sum()
    shares = np.zeros((len(m), len(m)))
    for i in range(len(m)):
        above = np.zeros((len(m), len(u)))
        above[0] = 1.0  # nobody compared yet: no one above
        for j in range(len(m)):
            if j != i:
                beats = ndtr((m[j] - m[i] - s[i] * u) / s[j])
                above[1:] = above[1:] * (1 - beats) + above[:-1] * beats
                above[0] *= 1 - beats
        shares[i] = above @ density
    return shares
