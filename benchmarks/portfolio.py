"""How long the best set under a budget takes: 200 options in 120 cells, with dependencies and exclusions, at four budgets.

Seconds of the slowest of five made problems; then the best sets of 2,000 draws of 12 options. `python -m benchmarks.portfolio`
"""

from __future__ import annotations

import time

import numpy as np

from workbench.inference import best_in_draws, best_sets, seeded

OPTIONS, STEPS, OUTCOMES, PROBLEMS, DRAWS = 200, 40, 3, 5, 2000
BUDGETS = (0.05, 0.1, 0.2, 0.4)  # of what all would cost
GOAL = 2.0


def problem(options: int, steps: int, seed: int) -> tuple[np.ndarray, np.ndarray, dict[str, list[tuple[int, int]]]]:
    """Worth by cell, costs and rules: each option acts at one to three steps, and does harm there now and then."""
    rng = seeded(seed)
    worth = np.zeros((options, steps, OUTCOMES))
    for option in range(options):
        at = rng.choice(steps, rng.integers(1, 4), replace=False)
        worth[option, at] = rng.normal(5, 3, (len(at), OUTCOMES)) * (rng.random((len(at), OUTCOMES)) < 0.6)
    requires = [(one, int(rng.integers(0, one))) for one in range(1, options) if rng.random() < 0.2]
    pairs = [rng.choice(options, 2, replace=False) for _ in range(options // 10)]
    rules = {"requires": requires, "excludes": [(int(a), int(b)) for a, b in pairs]}
    return worth.reshape(options, -1), rng.uniform(1, 20, options), rules


def main() -> int:
    print(f"{'':<52}{'s':>8}   goal")
    for share in BUDGETS:
        took = []
        for seed in range(PROBLEMS):
            worth, cost, rules = problem(OPTIONS, STEPS, seed)
            start = time.perf_counter()
            best_sets(worth, cost, share * cost.sum(), **rules, how_many=1)
            took.append(time.perf_counter() - start)
        print(f"{f'{OPTIONS} options, budget {share:.0%} of all costs':<52}{max(took):>8.2f}   under {GOAL:g} s")
    worth, cost, rules = problem(12, 10, 0)
    drawn = worth * seeded(1).normal(1, 0.4, (DRAWS, 12, 1))
    start = time.perf_counter()
    best_in_draws(drawn, cost, 0.4 * cost.sum(), **rules)
    print(f"{f'12 options, the best set of each of {DRAWS:,} draws':<52}{time.perf_counter() - start:>8.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
