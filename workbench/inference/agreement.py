"""Do coders agree? Cohen's kappa for two, Krippendorff's alpha for any number, with codes missing where nobody coded.

Knows codes and the formulas; nothing of interviews or code frames. Agreement holds for codes that were given apart from
each other, before anybody talked them over; several codes on one passage are one question each (given or not).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .checks import normal_quantile, one_of, refuse
from .choice import seeded

WEIGHTS = {"none": None, "linear": "linear", "quadratic": "quadratic"}
SCALES = ("nominal", "ordinal", "interval", "ratio")


@dataclass(frozen=True)
class Agreement:
    """How far coders agree beyond chance: 1 is full agreement, 0 what chance gives.

    `n` counts units that were compared, `pairable` the codes in them, `dropped` units with fewer than two codes. `share`
    is the plain share of pairs of coders who gave a unit the same code, `by_code` the agreement on each code: twice the
    units where both gave it, over all times it was given. `value` is None where only one code was ever given: agreement
    cannot be told then.
    """

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    n: int
    pairable: int
    dropped: int
    level: float
    method: str
    share: float | None = None
    by_code: dict[Any, float | None] = field(default_factory=dict)


def cohen_kappa(
    first: Iterable[Any],
    second: Iterable[Any],
    categories: Sequence[Any] | None = None,
    weights: str = "none",
    level: float = 0.95,
) -> Agreement:
    """Do two coders agree more than chance would have them?

    Sufficient statistic: the table of one coder's codes by the other's. `categories` is the whole code frame in its
    order, with codes that nobody used; left out, it is the codes found, sorted. weights="linear" or "quadratic" is for
    ordered codes: near misses count less. The standard error is the asymptotic one that does not assume kappa to be 0.
    Units without a code by both are dropped and counted.
    """
    z = normal_quantile(level)
    one_of("weights", weights, WEIGHTS)
    pairs = pd.DataFrame(
        {"first": pd.Series(list(first), dtype=object), "second": pd.Series(list(second), dtype=object)}
    )
    both = pairs.dropna()
    frame = list(dict.fromkeys(categories)) if categories is not None else _sorted(both.to_numpy().ravel())
    place = {code: number for number, code in enumerate(frame)}
    strange = [code for code in pd.unique(both.to_numpy().ravel()) if code not in place]
    if strange:
        refuse("categories", f"{len(strange)} codes that are not in the code frame", "every code that was given")
    words = f"Cohen's kappa, {weights} weights" if weights != "none" else "Cohen's kappa"
    dropped = len(pairs) - len(both)
    size = len(frame)
    table = np.zeros((size, size))
    for a, b in both.itertuples(index=False):
        table[place[a], place[b]] += 1
    n = len(both)
    given = table.sum(axis=0) + table.sum(axis=1)
    by_code = {code: (2 * table[k, k] / given[k] if given[k] else None) for k, code in enumerate(frame)}
    share = float(np.trace(table) / n) if n else None
    if (given > 0).sum() < 2:
        return Agreement(
            None, None, None, None, n, 2 * n, dropped, level, f"{words}: only one code was given", share, by_code
        )
    from statsmodels.stats.inter_rater import cohens_kappa

    with np.errstate(all="ignore"):  # it also works out tests that are not asked for, and warns of them
        found = cohens_kappa(table, wt=WEIGHTS[weights])
    value, se = float(found.kappa), float(np.sqrt(max(0.0, found.var_kappa)))
    low, high = max(-1.0, value - z * se), min(1.0, value + z * se)
    return Agreement(value, low, high, se, n, 2 * n, dropped, level, words, share, by_code)


def krippendorff_alpha(
    codes: pd.DataFrame,
    scale: str = "nominal",
    level: float = 0.95,
    resamples: int = 0,
    seed: int | None = None,
) -> Agreement:
    """Do any number of coders agree more than chance would have them, where not everybody coded everything?

    `codes` has a row for each unit and a column for each coder; blank is not coded. alpha = 1 - observed over expected
    disagreement, from the coincidences of codes within units: each unit with m >= 2 codes gives each ordered pair of
    them the weight 1 / (m - 1). How far apart two codes are depends on the scale: nominal (same or not), ordinal (codes
    between them, by how often they are given), interval (squared difference), ratio (squared difference over the sum).
    Ordinal codes must sort as they are ordered. With `resamples` (and a seed) an interval by drawing units again.
    """
    one_of("scale", scale, SCALES)
    normal_quantile(level)
    if resamples and seed is None:
        refuse("seed", "no seed", "a seed for drawing units again", "say seed=1, and print it")
    if codes.shape[1] < 2:
        refuse("codes", f"{codes.shape[1]} columns", "a column for each of at least two coders")
    flat = [code for code in codes.to_numpy(dtype=object).ravel() if not pd.isna(code)]
    frame = _sorted(flat)
    values = np.zeros(len(frame))
    if scale in ("interval", "ratio"):
        try:
            values = np.array([float(code) for code in frame])
        except (TypeError, ValueError):
            refuse("codes", "codes that are no numbers", f"numbers, for the {scale} scale", 'say scale="nominal"')
        if not np.isfinite(values).all():
            refuse("codes", "an infinite number", "finite numbers")
        if scale == "ratio" and (values < 0).any():
            refuse("codes", "a number below 0", "numbers from 0 up, for the ratio scale", 'say scale="interval"')
    place = {code: number for number, code in enumerate(frame)}
    counts = np.zeros((len(codes), len(frame)))
    for row, unit in enumerate(codes.to_numpy(dtype=object)):
        for code in unit:
            if not pd.isna(code):
                counts[row, place[code]] += 1
    usable = counts.sum(axis=1) >= 2
    units = counts[usable]
    n, dropped, pairable = int(usable.sum()), int((~usable).sum()), int(units.sum())
    words = f"Krippendorff's alpha, {scale}"
    value = _alpha(units, values, scale)
    given = units.sum(axis=0)
    couples = units.sum(axis=1) @ (units.sum(axis=1) - 1)
    share = float((units * (units - 1)).sum() / couples) if couples else None
    pairs = _coincidences(units)
    by_code = {code: (float(pairs[k, k] / given[k]) if given[k] else None) for k, code in enumerate(frame)}
    low = high = se = None
    if value is None:
        words += ": only one code was given"
    elif resamples:
        source = seeded(int(seed or 0))
        drawn = [_alpha(units[source.integers(0, n, n)], values, scale) for _ in range(resamples)]
        known = np.array([one for one in drawn if one is not None])
        if len(known) > 1:
            low, high = (float(one) for one in np.quantile(known, [(1 - level) / 2, (1 + level) / 2]))
            se = float(known.std(ddof=1))
        words += f", interval by drawing units again {resamples} times (seed {seed})"
        if len(known) < resamples:
            words += f"; {resamples - len(known)} draws held one code only"
    return Agreement(value, low, high, se, n, pairable, dropped, level, words, share, by_code)


def _coincidences(units: np.ndarray) -> np.ndarray:
    """How often each two codes stand together in a unit, each unit weighing as many as the codes it has."""
    weighted = units / (units.sum(axis=1, keepdims=True) - 1)
    return weighted.T @ units - np.diag(weighted.sum(axis=0))


def _alpha(units: np.ndarray, values: np.ndarray, scale: str) -> float | None:
    if not len(units):
        return None
    seen = _coincidences(units)
    given = units.sum(axis=0)
    apart = _apart(given, values, scale)
    expected = float(given @ apart @ given)
    return 1 - (given.sum() - 1) * float((seen * apart).sum()) / expected if expected > 0 else None


def _apart(given: np.ndarray, values: np.ndarray, scale: str) -> np.ndarray:
    """How far apart each two codes are, squared."""
    if scale == "nominal":
        return 1.0 - np.eye(len(given))
    if scale == "ordinal":
        middle = (
            np.cumsum(given) - given / 2
        )  # the codes between two, with half of each end, is the gap of their middles
        return (middle[:, None] - middle) ** 2
    gap = (values[:, None] - values) ** 2
    if scale == "interval":
        return gap
    total = values[:, None] + values
    return np.divide(gap, total**2, out=np.zeros_like(gap), where=total != 0)


def _sorted(codes: Iterable[Any]) -> list[Any]:
    """Each code once, in order; codes of several types by their text."""
    found = list(dict.fromkeys(codes))
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=lambda code: (type(code).__name__, str(code)))
