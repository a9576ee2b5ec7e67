"""How often does each method see a level change that is not there? The table in workbench/inference/false_alarms.py.

AR(1) errors, change in the middle, no trend, no effect; p of the level change below 0.05. Seeded; prints the table as it
stands in the module, with the standard error of the simulation. `python -m benchmarks.before_after [--series 1000]`
"""

from __future__ import annotations

import argparse
import math

import numpy as np
import pandas as pd

from workbench.inference.before_after import METHODS, interrupted_series
from workbench.inference.false_alarms import RHOS

LENGTHS = (12, 16, 24, 36, 60, 120)


def series(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    """A stationary AR(1) series of variance 1."""
    noise = rng.normal(size=n) * math.sqrt(1 - rho**2)
    noise[0] /= math.sqrt(1 - rho**2)
    for t in range(1, n):
        noise[t] += rho * noise[t - 1]
    return noise


def alarms(n: int, rho: float, many: int, seed: int) -> dict[str, float]:
    """The share of series with p < .05, by method."""
    rng = np.random.default_rng([seed, n, round(100 * rho)])
    found = dict.fromkeys(METHODS, 0)
    table = pd.DataFrame({"period": np.arange(1, n + 1)})
    for _ in range(many):
        table["value"] = series(rng, n, rho)
        for method in METHODS:
            p = interrupted_series(table, change=n // 2 + 1, method=method).level_p
            found[method] += p is not None and p < 0.05
    return {method: count / many for method, count in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20250)
    asked = parser.parse_args()
    shares = {n: [alarms(n, rho, asked.series, asked.seed) for rho in RHOS] for n in LENGTHS}
    for method in METHODS:
        for n in LENGTHS:
            row = ", ".join(f"{by_rho[method]:.3f}" for by_rho in shares[n])
            print(f'    ("{method}", {n}): ({row}),')
    error = math.sqrt(0.1 * 0.9 / asked.series)
    print(f"# rho {RHOS}; {asked.series} series a cell, seed {asked.seed}, standard error about {error:.3f}")


if __name__ == "__main__":
    main()
