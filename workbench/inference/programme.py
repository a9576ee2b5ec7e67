"""The mixed-integer programme behind every choice under a budget.

Knows what options bring in cells, what they cost, and the rules between them; see `sets`. Nothing is drawn.
"""

from __future__ import annotations

import numpy as np

from .sets import NEAR, Rules, value_of, within

TIED = 64  # sets of the same value and the same cost that are compared to find the first in order


def best(worth: np.ndarray, price: np.ndarray, budget: float, rules: Rules) -> np.ndarray | None:
    """The set worth most within the budget (S true or false), or None where no set keeps budget and rules.

    `worth` (S, C), `price` (S,). Exact (HiGHS). Of sets of equal value the cheapest, then the smallest, then the one
    with the first option in which they differ.
    """
    programme = _Programme(worth, price)
    chosen = programme.solve(budget, rules)
    if chosen is None:
        return None
    near, close = NEAR * (np.abs(worth).max() or 1.0), NEAR * (price.max() or 1.0)
    floor = float(value_of(worth, chosen)) - near
    tied = [_trimmed(chosen, worth, floor, rules)]
    while len(tied) < TIED:
        cheapest = min(float(price @ one) for one in tied)
        others = rules
        for one in tied:
            others = others.without(one)
        other = programme.solve(min(budget, cheapest + close), others)
        if other is None or value_of(worth, other) < floor:
            break
        tied.append(_trimmed(other, worth, floor, others))
    cheapest = min(float(price @ one) for one in tied)
    return min(
        (one for one in tied if price @ one <= cheapest + close),
        key=lambda one: (int(one.sum()), np.flatnonzero(one).tolist()),
    )


def _trimmed(chosen: np.ndarray, worth: np.ndarray, floor: float, rules: Rules) -> np.ndarray:
    """The set without the options that bring nothing to it, as far as the rules allow; the last ones go first."""
    left = chosen.copy()
    for option in np.flatnonzero(chosen)[::-1]:
        left[option] = False
        if not rules.kept(left) or value_of(worth, left) < floor:
            left[option] = True
    return left


class _Programme:
    """The programme of one table of worth: a variable for each option, and one for each rung of a cell.

    Where several options gain in a cell, sorted by gain, rung k says "one of the first k is taken" and is worth what
    the k-th gains more than the next; so the largest gain taken is counted, once. Harms likewise. This is as tight as
    one variable for each option and cell, of which one may be taken a cell.
    """

    def __init__(self, worth: np.ndarray, price: np.ndarray) -> None:
        from scipy.sparse import csr_array

        self.worth, self.price = worth, price
        options = len(worth)
        alone = np.zeros(options)
        rungs: list[float] = []
        cells: list[tuple[int, int, float]] = []  # row, variable, sign: all rows say <= 0
        rows = 0
        for sign in (1.0, -1.0):
            part = np.maximum(sign * worth, 0.0)
            acting = (part > 0).sum(axis=0)
            alone += sign * part[:, acting == 1].sum(axis=1)
            for cell in np.flatnonzero(acting > 1):
                order = np.argsort(-part[:, cell], kind="stable")[: acting[cell]]
                steps = -np.diff(part[order, cell], append=0.0)
                alone[order[0]] += sign * steps[0]
                below = int(order[0])
                for option, step in zip(order[1:].tolist(), steps[1:].tolist(), strict=True):
                    rung = options + len(rungs)
                    rungs.append(sign * step)
                    if sign > 0:
                        cells += [(rows, rung, 1.0), (rows, below, -1.0), (rows, option, -1.0)]
                        rows += 1
                    else:
                        cells += [(rows, below, 1.0), (rows, rung, -1.0)]
                        cells += [(rows + 1, option, 1.0), (rows + 1, rung, -1.0)]
                        rows += 2
                    below = rung
        self.gain = np.append(alone, rungs)
        where = np.array([cell[:2] for cell in cells], int).reshape(-1, 2)
        self.links = csr_array(([cell[2] for cell in cells], (where[:, 0], where[:, 1])), (rows, len(self.gain)))

    def solve(self, budget: float, rules: Rules) -> np.ndarray | None:
        """A set worth most within the budget, or None where none keeps budget and rules."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        options, every = len(self.price), len(self.gain)
        # the solver's tolerances are absolute (1e-6): measured so, they are 1e-10 of the largest value and of the budget
        unit = (max(self.price.max(), abs(budget)) or 1.0) / 1e4
        limits = [LinearConstraint(_padded(self.price[None, :] / unit, every), -np.inf, within(budget) / unit)]
        if len(rules.rows):
            limits.append(LinearConstraint(_padded(rules.rows, every), rules.low, rules.high))
        if self.links.shape[0]:
            limits.append(LinearConstraint(self.links, -np.inf, 0.0))
        answer = milp(
            -self.gain / ((np.abs(self.worth).max() or 1.0) / 1e4),
            constraints=limits,
            integrality=np.arange(every) < options,
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0.0},
        )
        if answer.status == 2:
            return None
        if not answer.success:
            raise RuntimeError(f"the solver found no best set: {answer.message}")
        chosen: np.ndarray = np.round(answer.x[:options]) > 0
        if self.price @ chosen > within(budget):  # within the solver's tolerance, over the budget all the same
            return self.solve(budget, rules.without(chosen))
        return chosen


def _padded(rows: np.ndarray, every: int) -> np.ndarray:
    """Rows over the options alone, as rows over all variables."""
    return np.hstack([rows, np.zeros((len(rows), every - rows.shape[1]))])
