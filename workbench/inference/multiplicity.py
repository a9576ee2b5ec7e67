"""p values of a family of hypotheses, adjusted together.

Knows p values only. A missing p (None or NaN) is a hypothesis that was not tested: it does not count in the family and
stays None. Of 20 true nulls, 64 in 100 families show a p below .05 without this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from .checks import one_of, refuse


def holm(p: Iterable[float | None]) -> list[float | None]:
    """Adjusted p for a few confirmatory tests: a false claim anywhere in the family has at most probability alpha.

    Takes the p values of one family, gives the adjusted ones in the same order. Holm 1979.
    """
    return _adjusted(p, lambda ranked, m: np.maximum.accumulate(ranked * np.arange(m, 0, -1)))


def benjamini_hochberg(p: Iterable[float | None]) -> list[float | None]:
    """Adjusted p for a screen of many tests: of the claims made, at most a share alpha is false on average.

    Takes the p values of one family, gives the adjusted ones in the same order. Benjamini and Hochberg 1995.
    """
    return _adjusted(p, lambda ranked, m: _step_up(ranked * m / np.arange(1, m + 1)))


def benjamini_yekutieli(p: Iterable[float | None]) -> list[float | None]:
    """As `benjamini_hochberg`, and safe under any dependence between the tests. Benjamini and Yekutieli 2001."""
    return _adjusted(p, lambda ranked, m: _step_up(ranked * m * (1 / np.arange(1, m + 1)).sum() / np.arange(1, m + 1)))


def bonferroni(p: Iterable[float | None]) -> list[float | None]:
    """Each p times the number of tests. `holm` promises the same and is never stricter."""
    return _adjusted(p, lambda ranked, m: ranked * m)


def _step_up(ranked: np.ndarray) -> np.ndarray:
    return np.minimum.accumulate(ranked[::-1])[::-1]


class Family(NamedTuple):
    """Hypotheses judged together: `m` of them tested, the adjusted p of each, and the names of the rejected ones."""

    m: int
    adjusted: list[float | None]
    rejected: list[str]
    method: str
    alpha: float


def family(names: Sequence[str], p: Iterable[float | None], method: str = "Holm", alpha: float = 0.05) -> Family:
    """Which of these hypotheses stand, tested together? `names` and `p` in the same order, None where not tested.

    "Holm" for few confirmatory tests, "BH" (Benjamini-Hochberg) for a screen, "BY", "Bonferroni". Rejected are those
    whose adjusted p is at most alpha.
    """
    ways = {"Holm": holm, "BH": benjamini_hochberg, "BY": benjamini_yekutieli, "Bonferroni": bonferroni}
    one_of("method", method, ways)
    adjusted = ways[method](p)
    if len(names) != len(adjusted):
        refuse("names", f"{len(names)} names for {len(adjusted)} p values", "a name for every p value")
    rejected = [name for name, one in zip(names, adjusted, strict=True) if one is not None and one <= alpha]
    return Family(sum(one is not None for one in adjusted), adjusted, rejected, method, alpha)


def _adjusted(p: Iterable[float | None], adjust: Callable[[np.ndarray, int], np.ndarray]) -> list[float | None]:
    values = np.array([np.nan if one is None else one for one in p], dtype=float)
    tested = np.flatnonzero(~np.isnan(values))
    if ((values[tested] < 0) | (values[tested] > 1)).any():
        refuse("p", "a p value outside 0 to 1", "p values from 0 to 1, or None where nothing was tested")
    order = tested[np.argsort(values[tested], kind="stable")]
    answer: list[float | None] = [None] * len(values)
    for place, adjusted in zip(order, adjust(values[order], len(order)), strict=True):
        answer[place] = min(1.0, float(adjusted))
    return answer
