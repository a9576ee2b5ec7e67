"""Do 95 % intervals hold what they say? Coverage by simulation, and how often Holm's family errs where nothing is true.

A stated mix: 60 trinomials of detractors, passives and promoters drawn evenly over all mixes (Dirichlet(1, 1, 1)) and
the typical 22/32/46, at bases from 20 to 2,000; for Taylor linearisation populations with three strata, clusters of
unequal size with an intraclass correlation, and weights that go with the answer. `python -m benchmarks.coverage [seed]`
"""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import pandas as pd

from workbench.inference import (
    Estimate,
    design_mean,
    design_share,
    difference,
    holm,
    mean_interval,
    nps_difference,
    nps_interval,
    seeded,
)

BASES = (20, 50, 100, 200, 500, 2000)
MIXES, DRAWS = 60, 400
FAMILIES, CLAIMS = 20_000, 10


@cache
def limits(detractors: int, passives: int, promoters: int) -> tuple[float, float]:
    found = nps_interval(detractors, passives, promoters)
    return float(found.low or 0.0), float(found.high or 0.0)


def mixes(rng: np.random.Generator) -> np.ndarray:
    return np.vstack([[0.22, 0.32, 0.46], rng.dirichlet([1, 1, 1], MIXES)])


def one_score(rng: np.random.Generator, n: int) -> tuple[float, float]:
    """Mean and worst coverage of the score interval of one NPS at this base."""
    held = []
    for mix in mixes(rng):
        true = 100 * (mix[2] - mix[0])
        drawn = rng.multinomial(n, mix, DRAWS)
        inside = [low <= true <= high for low, high in (limits(*map(int, one)) for one in drawn)]
        held.append(np.mean(inside))
    return float(np.mean(held)), float(np.min(held))


def two_scores(rng: np.random.Generator, n: int) -> tuple[float, float]:
    """The same for the difference of two NPS of this base and half of it (MOVER under 100, Wald from there on)."""
    held = []
    for first, second in zip(mixes(rng), mixes(rng), strict=True):
        true = 100 * ((first[2] - first[0]) - (second[2] - second[0]))
        inside = []
        draws = rng.multinomial(n, first, DRAWS // 2), rng.multinomial(max(n // 2, 10), second, DRAWS // 2)
        for a, b in zip(*draws, strict=True):
            gap = nps_difference(tuple(map(float, a)), tuple(map(float, b)))
            inside.append(gap.low is not None and gap.high is not None and gap.low <= true <= gap.high)
        held.append(np.mean(inside))
    return float(np.mean(held)), float(np.min(held))


def designed(rng: np.random.Generator, people: int, share: bool) -> float:
    """Coverage of the Taylor interval of an NPS (or a share): 3 strata, clusters of 2 to 12, ICC about 0.1, weights."""
    strata = 3
    clusters = max(4, people // 7 // strata)
    level = np.array([-0.35, 0.0, 0.4])
    crowd = []  # a large population to draw clusters from, whose value is known
    for stratum in range(strata):
        size = rng.integers(2, 13, 4000)
        common = rng.normal(0, 0.33, 4000)
        cluster = np.repeat(np.arange(4000), size)
        felt = level[stratum] + common[cluster] + rng.normal(0, 1, len(cluster))
        points = np.select([felt > 0.3, felt > -0.4], [100.0, 0.0], -100.0)
        x = (points == 100).astype(float) if share else points
        weight = np.exp(0.3 * felt) * rng.uniform(0.7, 1.3, len(felt))
        crowd.append((cluster, x, weight / weight.mean(), size))
    true = sum(float((w * x).sum()) for _, x, w, _ in crowd) / sum(float(w.sum()) for _, _, w, _ in crowd)
    inside = []
    for _ in range(DRAWS):
        table = {}
        n = 0
        for stratum, (cluster, x, w, _) in enumerate(crowd):
            drawn = rng.choice(4000, clusters, replace=False)
            y, v = (np.bincount(cluster, weights=one, minlength=4000)[drawn] for one in (w * x, w))
            n += int(np.isin(cluster, drawn).sum()) if stratum == 0 and not inside else clusters * 7
            table[stratum] = (clusters, y.sum(), v.sum(), (y * y).sum(), (y * v).sum(), (v * v).sum())
        sums = pd.DataFrame.from_dict(table, orient="index", columns=["psus", "y", "w", "yy", "yw", "ww"])
        found = design_share(sums, n) if share else design_mean(sums, n)
        inside.append(found.low is not None and found.high is not None and found.low <= true <= found.high)
    return float(np.mean(inside))


@cache
def points(detractors: int, passives: int, promoters: int) -> Estimate:
    n = detractors + passives + promoters
    return mean_interval(n, 100.0 * (promoters - detractors), 1e4 * (promoters + detractors))


def family(rng: np.random.Generator, n: int) -> float:
    """How often does Holm let through at least one of ten claims of which none is true, judged as claims are (Welch)?"""
    wrong = 0
    for mix in rng.dirichlet([2, 2, 3], (FAMILIES, CLAIMS)):
        drawn = [rng.multinomial(n, one, 2).tolist() for one in mix]
        p = holm([difference(points(*a), points(*b)).p for a, b in drawn])
        wrong += any(one is not None and one < 0.05 for one in p)
    return wrong / FAMILIES


def main() -> int:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20251
    rng = seeded(seed)
    print(f"seed {seed}; {MIXES + 1} mixes, {DRAWS} draws each; nominal 95 %")
    print(f"{'interval':<44}{'base':>6}{'mean':>8}{'worst':>8}")
    means: dict[str, list[float]] = {}
    for name, ask in (("NPS, score (Tango 1998)", one_score), ("difference of two NPS (MOVER, Wald)", two_scores)):
        for n in BASES:
            mean, worst = ask(rng, n)
            means.setdefault(name, []).append(mean)
            print(f"{name:<44}{n:>6}{mean:>8.3f}{worst:>8.3f}", flush=True)
    for name, share in (("NPS, Taylor (strata, clusters, weights)", False), ("share, Taylor, logit", True)):
        for n in (200, 500, 2000):
            mean = designed(rng, n, share)
            means.setdefault(name, []).append(mean)
            print(f"{name:<44}{n:>6}{mean:>8.3f}", flush=True)
    for name, found in means.items():
        mean = float(np.mean(found))
        print(f"mean of {name}: {mean:.3f} ({'within' if 0.93 <= mean <= 0.97 else 'OUTSIDE'} 93 to 97 %)")
    for n in (50, 150, 500):
        rate = family(rng, n)
        error = (0.05 * 0.95 / FAMILIES) ** 0.5
        print(
            f"Holm over 10 claims, none true, {n} a group: {rate:.3f} of families err (at most 0.05; error {error:.3f})"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
