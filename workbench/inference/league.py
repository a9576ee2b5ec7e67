"""Branches, agents or suppliers in a league: what is left of the differences once small bases are allowed for?

Knows three sums a branch and the formulas. Sufficient statistics: one row a branch with n, total (sum of x) and squares
(sum of x^2), x in any unit (NPS: 100, 0, -100). A random intercept by REML, profiled to one dimension (the ratio of the
variances), so that 10 million answers cost what their branches cost. Funnel limits: Spiegelhalter 2005. The worst raw
branch is often just the smallest one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import normal_quantile, refuse, require_columns


@dataclass(frozen=True)
class League:
    """Branches after shrinkage. `branches`: one row each with n, raw, shrunk, low, high, funnel_low, funnel_high,
    outside (of the outer funnel) and rank (1 is the highest shrunk value).

    `mean` and its `se` are those of the random-intercept model, `overall` the plain mean of all answers, which the
    funnel is drawn about; `icc` is the part of the variance that lies between branches. `spread` is the mean square of
    the branches' distance from the funnel's middle in its standard errors: far above 1, branches truly differ, and a
    funnel calls many of them outside.
    """

    branches: pd.DataFrame
    mean: float
    se: float
    between: float
    within: float
    icc: float
    overall: float
    spread: float
    worst_raw: object
    worst_shrunk: object
    n: float
    dropped: float
    level: float
    funnel: tuple[float, float]
    method: str
    notes: tuple[str, ...]


def branch_sums(table: pd.DataFrame, branch: str, value: str) -> pd.DataFrame:
    """The sufficient statistics of `league` from rows: n, total and squares by branch; rows without a value are counted
    in `.attrs["dropped"]`."""
    for column in (branch, value):
        if column not in table.columns:
            refuse(column, "no such column", "a column of the table")
    kept = table[[branch, value]].dropna()
    x = kept[value].astype(float)
    sums = pd.DataFrame({"n": 1.0, "total": x, "squares": x**2}).groupby(kept[branch], observed=True).sum()
    sums.attrs["dropped"] = len(table) - len(kept)
    return sums


def league(sums: pd.DataFrame, level: float = 0.95, z: tuple[float, float] | Sequence[float] | None = None) -> League:
    """Which branches really differ, and what would each score if luck were taken off?

    `sums` as at the head, the branch as index. With s_b^2 between and s_w^2 within, the shrunk value is
    mean + s_b^2 / (s_b^2 + s_w^2 / n) (raw - mean), and its interval (given the variances: a little short with few
    branches) has the variance s_b^2 (1 - B) + (1 - B)^2 var(mean). Funnel: overall +- z sqrt(V / n), V the variance of
    all answers with divisor N; `z` holds that of the limits shown and that of `outside` (default: of `level`, and 3).
    Raises DataFault with fewer than two branches, with one answer each, and with sums that no answers have.
    """
    limits = (normal_quantile(level), 3.0) if z is None else tuple(z)
    if len(limits) != 2 or min(limits) <= 0:
        refuse("z", limits, "two numbers above 0: of the limits shown, and of those called outside")
    require_columns(sums, ("n", "total", "squares"))
    table = sums[sums["n"] > 0].sort_index()
    if not table.index.is_unique:
        refuse("branch", "a branch twice", "one row a branch", "add its sums up")
    n, total, squares = (table[c].to_numpy(float) for c in ("n", "total", "squares"))
    if (sums["n"] < 0).any() or (total**2 > n * squares * (1 + 1e-9) + 1e-12).any():
        refuse("squares", "sums that no answers have", "total^2 no larger than n times squares", "sum the same answers")
    everybody = n.sum()
    if len(n) < 2 or everybody <= len(n):
        found = f"{len(n)} branches with {everybody:g} answers"
        refuse("branch", found, "two branches or more, some with two answers", "nothing can be shrunk")
    raw = total / n
    inside = float(np.maximum(squares - total * raw, 0).sum())
    overall = float(total.sum() / everybody)
    variance = float(squares.sum() / everybody - overall**2)
    notes = []
    if variance <= 1e-12 * max(1.0, overall**2):
        refuse("squares", "the same answer everywhere", "answers that differ", "there is nothing to compare")
    psi = _ratio_of_variances(n, raw, inside)
    mean, rss, gls = _profile(n, raw, inside, psi)
    within = rss / (everybody - 1)
    between = psi * within
    if psi == 0:
        notes.append("no variance between branches beyond chance: every branch is shrunk to the mean")
    if math.isinf(psi):
        within, between = 0.0, float(np.var(raw, ddof=1))
        mean, gls = float(raw.mean()), len(n) / between
        notes.append("answers do not differ within branches: nothing is shrunk")
    var_mean = within / gls if within > 0 else between / len(n)
    keep = np.ones(len(n)) if within == 0 else between / (between + within / n)
    shrunk = mean + keep * (raw - mean)
    half = normal_quantile(level) * np.sqrt(between * (1 - keep) + (1 - keep) ** 2 * var_mean)
    funnel = np.sqrt(variance / n)
    branches = pd.DataFrame(
        {
            "n": n,
            "raw": raw,
            "shrunk": shrunk,
            "low": shrunk - half if psi > 0 else None,
            "high": shrunk + half if psi > 0 else None,
            "funnel_low": overall - limits[0] * funnel,
            "funnel_high": overall + limits[0] * funnel,
            "outside": np.abs(raw - overall) > limits[1] * funnel,
            "rank": pd.Series(-shrunk).rank(method="min").astype(int).to_numpy(),
        },
        index=table.index,
    )
    spread = float((((raw - overall) / funnel) ** 2).mean())
    if spread > 2:
        notes.append(f"branches differ {spread:.1f} times as much as chance: the funnel calls many of them outside")
    if len(n) < 10:
        notes.append(f"{len(n)} branches: the variance between them is known poorly")
    dropped = float(sums.attrs.get("dropped", 0))
    if dropped:
        notes.append(f"{dropped:g} rows without a value dropped")
    method = "random intercept by REML, shrunk values with z intervals given the variances"
    return League(
        branches, mean, math.sqrt(var_mean), between, within, between / (between + within), overall, spread,
        table.index[int(raw.argmin())], table.index[int(shrunk.argmin())], float(everybody), dropped, level,
        (float(limits[0]), float(limits[1])), method, tuple(notes),
    )  # fmt: skip


def _profile(n: np.ndarray, raw: np.ndarray, inside: float, psi: float) -> tuple[float, float, float]:
    """Mean, residual sum of squares and precision (in units of 1 / s_w^2) at one ratio of the variances."""
    weight = n / (1 + n * psi) if math.isfinite(psi) else np.ones(len(n))
    mean = float(weight @ raw / weight.sum())
    return mean, inside + float(weight @ (raw - mean) ** 2), float(weight.sum())


def _ratio_of_variances(n: np.ndarray, raw: np.ndarray, inside: float) -> float:
    """s_b^2 / s_w^2 of highest restricted likelihood; 0 or infinity at the edges."""
    from scipy.optimize import minimize_scalar

    if inside <= 1e-12 * float(n @ (raw - raw.mean()) ** 2):
        return math.inf
    everybody = n.sum()

    def criterion(log_psi: float) -> float:
        psi = math.exp(log_psi)
        _, rss, gls = _profile(n, raw, inside, psi)
        return float((everybody - 1) * math.log(rss) + np.log1p(n * psi).sum() + math.log(gls))

    _, rss, gls = _profile(n, raw, inside, 0.0)
    at_zero = float((everybody - 1) * math.log(rss) + math.log(gls))
    grid = np.linspace(-18, 12, 61)
    start = int(np.argmin([criterion(g) for g in grid]))
    span = (grid[max(0, start - 1)], grid[min(60, start + 1)])
    found = minimize_scalar(criterion, bounds=span, method="bounded", options={"xatol": 1e-10})
    return 0.0 if found.fun >= at_zero - 1e-9 else math.exp(found.x)
