"""Where did the level of a series change? Segments of least squares, their number, their dates and how sure those are.

Knows one value a period in the order of time; nothing of what happened then. Sufficient statistics: the columns period
and value, one row a period; missing values are left out and counted. Autocorrelation and a trend look like breaks: a
break found by search is a question to ask, and must not then be tested as if its date had been known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import normal_quantile, one_of, refuse

SHORT = 0.15  # part of the series that the supF test leaves out at both ends
HANSEN = {  # Hansen 1997, sup F of one mean: part left out at each end -> b0, b1, df of P(chi2_df > b0 + b1 F)
    0.05: (-1.38522113, 1.06808543, 3.61667211),
    0.07: (-1.24010871, 1.06929468, 3.54993605),
    0.09: (-1.14992644, 1.06643436, 3.44739573),
    0.11: (-1.11527783, 1.03526033, 3.19770394),
    0.13: (-1.04892713, 1.02570939, 3.08442682),
    0.15: (-0.98828874, 1.01604712, 2.96752918),
    0.17: (-0.9499265, 1.00384268, 2.84325795),
    0.19: (-0.88430133, 1.00162529, 2.77835798),
    0.21: (-0.82894221, 1.00023473, 2.70286643),
    0.23: (-0.78078198, 0.99475319, 2.6209551),
}


@dataclass(frozen=True)
class Breaks:
    """`breaks`: one row a break (index: last row before it, counted from 1; period; low, high: its interval in indices;
    low_period, high_period; note). `segments`: first, last, n, mean. `numbers`: breaks, rss, bic, index: for each
    number of breaks its best places.

    `supremum` is the largest F of one break anywhere, `p` its p value (of no break at all, the search reckoned in), and
    `p_hansen` the approximation that other programs print (about a tenth smaller near 0.05).
    """

    breaks: pd.DataFrame
    segments: pd.DataFrame
    numbers: pd.DataFrame
    chosen: int
    supremum: float | None
    p: float | None
    p_hansen: float | None
    n: int
    dropped: int
    level: float
    method: str
    notes: tuple[str, ...]


def level_breaks(
    table: pd.DataFrame,
    min_segment: float = SHORT,
    max_breaks: int | None = 5,
    level: float = 0.95,
    interval: str = "inverted",
) -> Breaks:
    """When did the level change, how often, and within which dates? In the units of the value.

    Statistics: period and value, one row a period. `min_segment` periods (below 1: that part of the series) lie between
    breaks; up to `max_breaks`, as far as there is room (at most ceil(n / min_segment) - 2, at least 1).

    Places: least squares over all partitions by dynamic programming (Bai and Perron 2003). Number: smallest BIC =
    n (log(rss / n) + 1 + log 2 pi) + log(n) (2 m + 2). Interval of a date: Bai 1997, for segments with variances of
    their own and no autocorrelation, inverted: the true date is the found one minus its error. interval="added" adds the error's
    quantiles to the found date instead, as R's strucchange prints it. Measured coverage at .95 (100 periods, SD 1 before
    and 2 after, a step of 2): inverted .95, added .78; both fall to .9 and under for steps of about one SD.
    supF: Andrews 1993, over the breaks that leave 15 percent at both ends.
    """
    normal_quantile(level)
    one_of("interval", interval, ("inverted", "added"))
    if "period" not in table or "value" not in table:
        refuse("value" if "period" in table else "period", "no such column", "one row a period: period, value")
    rows = table[["period", "value"]].reset_index(drop=True)
    given = len(rows)
    rows = rows[rows["value"].notna()].reset_index(drop=True)
    y = rows["value"].to_numpy(float)
    n = len(y)
    if not np.isfinite(y).all():
        refuse("value", "an infinite value", "finite numbers")
    if not min_segment > 0:
        refuse("min_segment", min_segment, "a number of periods, or a part of the series below 1")
    h = math.floor(n * min_segment) if min_segment < 1 else int(min_segment)
    if h < 2 or n < 2 * h:
        refuse("min_segment", f"{h} of {n} periods", "at least 2, and room for two segments", "shorten it, or wait")
    room = max(1, math.ceil(n / h) - 2)
    most = room if max_breaks is None else min(int(max_breaks), room)
    if most < 1:
        refuse("max_breaks", max_breaks, "1 or more")
    notes = [] if given == n else [f"{given - n} periods without a value left out"]
    if max_breaks is not None and most < max_breaks:
        notes.append(f"room for {most} breaks only")
    y0 = y - y.mean()  # the sums of squares keep their digits
    if float(y0 @ y0) <= 1e-18 * float(y @ y) or not y0.any():
        refuse("value", "the same value in every period", "a series that varies", "there is nothing to find")
    places, rss = _partitions(y0, h, most)
    floor = 1e-12 * rss[0]
    bic = [n * (math.log(max(r, floor) / n) + 1 + math.log(2 * math.pi)) + math.log(n) * (2 * m + 2)
           for m, r in enumerate(rss)]  # fmt: skip
    chosen = int(np.argmin(bic))
    if rss[chosen] <= floor:
        notes.append("the segments fit exactly: no interval of the dates")
    numbers = pd.DataFrame({"breaks": range(len(rss)), "rss": rss, "bic": bic, "index": places})
    edges = [0, *places[chosen], n]
    spans = list(zip(edges[:-1], edges[1:], strict=True))
    segments = pd.DataFrame(
        [{"first": rows["period"][a], "last": rows["period"][b - 1], "n": b - a, "mean": float(y[a:b].mean())}
         for a, b in spans]
    )  # fmt: skip
    dates = pd.DataFrame(
        [_date(y, spans[i], spans[i + 1], rows["period"], level, interval) for i in range(chosen)],
        columns=["index", "period", "low", "high", "low_period", "high_period", "note"],
    )
    supremum, p, approximate = _supremum(y0)
    if p is None:
        notes.append("no supF test: too few periods, or no variation left")
    notes.append("autocorrelation or a trend makes false breaks")
    method = f"least-squares segments (at least {h} periods), number by BIC, intervals of dates by Bai 1997"
    return Breaks(dates, segments, numbers, chosen, supremum, p, approximate, n, given - n, level, method, tuple(notes))


def _partitions(y: np.ndarray, h: int, most: int) -> tuple[list[list[int]], list[float]]:
    """For 0, 1, .. breaks the best places (rows before each break) and the residual sum of squares."""
    n = len(y)
    s, q = np.concatenate([[0], np.cumsum(y)]), np.concatenate([[0], np.cumsum(y * y)])

    def cost(first: np.ndarray | int, last: int) -> np.ndarray:
        """Of rows first..last - 1 around their mean."""
        return np.asarray(np.maximum(q[last] - q[first] - (s[last] - s[first]) ** 2 / (last - first), 0.0))

    best = np.full((most + 1, n + 1), np.inf)
    came = np.zeros((most + 1, n + 1), dtype=int)
    for last in range(h, n + 1):
        best[0, last] = cost(0, last)
        for m in range(1, min(most, last // h - 1) + 1):
            cut = np.arange(m * h, last - h + 1)
            total = best[m - 1, cut] + cost(cut, last)
            least = int(np.argmin(total))
            best[m, last], came[m, last] = total[least], cut[least]
    places = []
    for m in range(most + 1):
        at, found = n, []
        for k in range(m, 0, -1):
            at = int(came[k, at])
            found.append(at)
        places.append(found[::-1])
    return places, [float(r) for r in best[:, n]]


def _date(
    y: np.ndarray, before: tuple[int, int], after: tuple[int, int], period: pd.Series, level: float, interval: str
) -> dict[str, object]:
    """A break with the interval of its place: argmax of a two-sided Brownian motion with drift (Bai 1997)."""
    one, two = y[slice(*before)], y[slice(*after)]
    at, n = before[1], len(y)
    told: dict[str, object] = {"index": at, "period": period[at - 1], "low": None, "high": None}
    told |= {"low_period": None, "high_period": None, "note": ""}
    step, var_one, var_two = two.mean() - one.mean(), one.var(), two.var()
    tiny = 1e-12 * step**2
    if step == 0 or var_one <= tiny or var_two <= tiny:
        return told | {"note": "no interval: a segment without variation"}
    tail, ratio, scale = (1 - level) / 2, var_two / var_one, var_one / step**2
    early, late = _quantile(tail, ratio) * scale, _quantile(tail, 1 / ratio) * ratio * scale  # of the found date
    back, on = (late, early) if interval == "inverted" else (early, late)
    low, high = at - math.ceil(back), at + math.ceil(on)
    if low < 1 or high > n:
        told["note"] = "the interval passes the end of the series"
    ends = {"low_period": period[max(low, 1) - 1], "high_period": period[min(high, n) - 1]}
    return told | {"low": low, "high": high} | ends


def _left(x: float, ratio: float) -> float:
    """P(argmax < -x) where the noise to the right has `ratio` times the variance (Bai 1997, appendix B)."""
    from scipy.special import log_ndtr

    root, part = math.sqrt(x), 1 / ratio
    far = ratio * (ratio + 2) / (ratio + 1) * math.exp(part * (1 + part) * x / 2 + log_ndtr(-(0.5 + part) * root))
    near = (x / 2 - 2 + (ratio + 2) ** 2 / (ratio + 1)) * math.exp(log_ndtr(-root / 2))
    return near - far - root * math.exp(-x / 8) / math.sqrt(2 * math.pi)


def _quantile(tail: float, ratio: float) -> float:
    """The x with P(argmax < -x) = tail; 0 where the left side has no such tail (all the noise is right)."""
    from scipy.optimize import brentq

    if _left(0.0, ratio) <= tail:
        return 0.0
    top = 1.0
    while _left(top, ratio) > tail:
        top *= 2
    return float(brentq(lambda x: _left(x, ratio) - tail, 0.0, top))


def _supremum(y: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """The largest F of one break in the middle of the series, its p, and that of Hansen."""
    n = len(y)
    first = max(2, math.floor(SHORT * n))
    if n - first - 1 < first or n < 6:
        return None, None, None
    at = np.arange(first, min(n - first, n - 2) + 1)
    s = np.cumsum(y)[at - 1]
    total = float(y @ y)
    gain = (s**2) * n / (at * (n - at))  # y has mean 0
    rest = total - gain
    if rest.min() <= 1e-12 * total:
        return None, None, None
    supremum = float(((n - 2) * gain / rest).max())
    last = at[-1]
    spread = float((n - first) * last / (first * (n - last)))
    return supremum, supremum_p(supremum, spread), supremum_p(supremum, spread, "Hansen")


def supremum_p(supremum: float, spread: float, method: str = "exact") -> float:
    """How often is the largest F of a break anywhere as high as this, if the mean never changed? (one mean; Andrews 1993)

    `spread` = (1 - a) b / (a (1 - b)) for breaks from a to b as parts of the series. The F process is the square of a
    stationary Ornstein-Uhlenbeck process over a time of log(spread): P(it leaves +-root F) from the eigenvalues of its
    generator between absorbing ends (finite differences), and far in the tail, from F = 12, by the expansion of James,
    James and Siegmund 1987. method="Hansen" is the approximation of Hansen 1997, tabled for 5 to 23 percent left out at
    each end (nearest beyond); it was fitted to simulated paths, whose peaks fall between the steps, and is lower.
    """
    one_of("method", method, ("exact", "Hansen"))
    if not (supremum >= 0 and spread >= 1):
        refuse("supremum", f"{supremum} with {spread}", "an F of 0 or more and a spread of 1 or more")
    if supremum == 0:
        return 1.0
    if spread == 1:  # one place only
        return math.erfc(math.sqrt(supremum / 2))
    if method == "Hansen":
        return _hansen(supremum, 1 / (1 + math.sqrt(spread)))
    edge, time = math.sqrt(supremum), math.log(spread)
    if supremum >= 12:
        tail = edge * math.exp(-supremum / 2) / math.sqrt(2 * math.pi)
        return tail * ((1 - 1 / supremum) * time + 4 / supremum)
    from scipy.linalg import eigh_tridiagonal

    m = 800
    h = 2 * edge / (m + 1)
    x = -edge + h * np.arange(1, m + 1)
    weight, flow = _density(x), _density(np.linspace(-edge + h / 2, edge - h / 2, m + 1)) / (2 * h**2)
    across = flow[1:-1] / np.sqrt(weight[:-1] * weight[1:])
    pace, shape = eigh_tridiagonal(-(flow[:-1] + flow[1:]) / weight, across, select="i", select_range=(m - 40, m - 1))
    stayed = float(np.exp(pace * time) @ (shape.T @ np.sqrt(weight * h)) ** 2)
    return min(1.0, max(0.0, 1 - stayed))


def _hansen(supremum: float, left_out: float) -> float:
    """Interpolated in the part left out, as published."""
    from scipy.special import chdtrc

    known = sorted(HANSEN)
    tails = [float(chdtrc(df, max(0.0, b0 + b1 * supremum))) for b0, b1, df in (HANSEN[part] for part in known)]
    return float(np.interp(left_out, known, tails))


def _density(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-x * x / 2) / math.sqrt(2 * math.pi))
