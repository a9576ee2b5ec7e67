"""Which remedies are truly best at each budget: every set tried on every customer of the town. Numbers alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from workbench.sample.plan import CATEGORIES, REMEDIES, YEARS, Remedy
from workbench.sample.town import Town


def best(town: Town, budgets: Sequence[float]) -> dict[float, list[tuple[float, tuple[str, ...]]]]:
    """By budget the best set and the second best, each with what it brings: NPS points over all customers, complaints
    avoided and customers kept in a hundred customers, added up, a mean over the years.

    A customer feels a remedy once, spread over those of its steps that customers meet; at one step the largest counts.
    """
    worth = {names: brings(town, names) for names in sets()}
    found = {}
    for budget in budgets:
        paid = [(value, names) for names, value in worth.items() if sum(REMEDIES[one].cost for one in names) <= budget]
        found[budget] = sorted(paid, key=lambda one: (-round(one[0], 9), len(one[1]), one[1]))[:2]
    return found


def sets() -> Iterator[tuple[str, ...]]:
    """Every set of remedies that can be had together."""
    for many in range(len(REMEDIES) + 1):
        for names in combinations(REMEDIES, many):
            here = set(names)
            needed = {other for one in names for other in REMEDIES[one].requires}
            shut_out = {other for one in names for other in REMEDIES[one].excludes}
            if needed <= here and not shut_out & here:
                yield names


def brings(town: Town, names: Sequence[str]) -> float:
    """What a set brings, customer by customer and step by step."""
    customers = len(town.ids)
    whole = 0.0
    for step in sorted({step for name in names for step in REMEDIES[name].steps}):
        acting = [REMEDIES[name] for name in names if step in REMEDIES[name].steps]
        points = [felt(town, one, one.nps, reached(town, one)) * meets(town, one, step) for one in acting]
        stay = [
            felt(town, one, one.leavers, reached(town, one) & town.switched) * meets(town, one, step) for one in acting
        ]
        whole += np.max(points, axis=0).sum() / customers
        whole += 100 * (np.max(stay, axis=0) * town.switched).sum() / customers
        spared = [one.complaints * lasts(one) * for_whom(town, one) for one in acting]
        here = np.array([sum(CATEGORIES[reason][1] == step for reason in reasons) for reasons in town.reasons])
        whole += 100 * (np.max(spared, axis=0) * here).sum() / customers
    return float(whole)


def felt(town: Town, one: Remedy, effect: float, who: np.ndarray) -> float:
    """What one of those reached feels at each of a remedy's steps that is met, a mean over the years."""
    meetings = sum(int((who & town.through(step)).sum()) for step in one.steps)
    return effect * lasts(one) * int(who.sum()) / meetings


def lasts(one: Remedy) -> float:
    """The share of the years in which a remedy acts."""
    return 1 - one.months / (12 * YEARS)


def reached(town: Town, one: Remedy) -> np.ndarray:
    met = np.any([town.through(step) for step in one.steps], axis=0)
    return np.asarray(met & for_whom(town, one))


def meets(town: Town, one: Remedy, step: str) -> np.ndarray:
    return town.through(step) & for_whom(town, one)


def for_whom(town: Town, one: Remedy) -> np.ndarray:
    groups = {"not called": ~town.called, "tenant": town.segment == "tenant", "web": town.plan == "web"}
    found = np.ones(len(town.ids), dtype=bool)
    for name in one.only:
        found &= groups[name]
    return found
