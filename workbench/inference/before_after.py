"""Did the level or the slope of one series change when something was done? Interrupted time series.

Knows one value a period, and which period was the first after; nothing of what was done, nor of other series. Other
events of that month (a price, a new questionnaire) are in the change too. Sufficient statistics: one row a period with
    period    whole numbers in order (months counted on; a gap in the numbers is a gap in time)
    value     the figure; missing ones are left out, counted, and stay gaps in time
    post      0 before and 1 after, since: periods since the change (both made from `change` where they are not there)
Model: value = b0 + b1 period + post b2 + since b3 (+ season) + error, errors AR(1) unless chosen otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import one_of, refuse, require_columns, two_sided_p, two_sided_quantile
from .false_alarms import false_alarm_rate
from .intervals import Estimate

METHODS = {
    "REML": "AR(1) errors, restricted maximum likelihood",
    "ML": "AR(1) errors, maximum likelihood",
    "Newey-West": "least squares, Newey-West standard errors",
    "OLS": "least squares, independent errors",
}
LEAST, ADVISED = 8, 12  # periods in all, and on each side


@dataclass(frozen=True)
class BeforeAfter:
    """`terms`: one row a coefficient (intercept, period, post, since, sin, cos): term, value, se, low, high, p.

    `level_change`, `slope_change` (a period) and `effect` (level_change + slope_change x `horizon`) are estimates with
    t limits and `df`; `level_p`, `slope_p`, `effect_p` their p. `rho` and `sigma` are those of the AR(1) errors (rho:
    None for least squares), `loglik` the restricted one under REML. `dropped` periods had no value.
    """

    terms: pd.DataFrame
    level_change: Estimate
    slope_change: Estimate
    effect: Estimate
    level_p: float | None
    slope_p: float | None
    effect_p: float | None
    horizon: float
    rho: float | None
    sigma: float
    loglik: float
    r_squared: float | None
    durbin_watson: float
    n: int
    n_before: int
    n_after: int
    dropped: int
    df: int
    level: float
    method: str
    notes: tuple[str, ...]


def interrupted_series(
    table: pd.DataFrame,
    change: int | None = None,
    method: str = "REML",
    horizon: float | None = None,
    season: int | None = None,
    lags: int | None = None,
    small_sample: bool = True,
    level: float = 0.95,
) -> BeforeAfter:
    """How far did level and slope move at the change, and how far is the series from its old course at the horizon?

    Statistics: at the head of this file; in the units of the value. `change`: the first period after. `horizon`: value
    of `since` at which the effect is read (default: that of the last period). `season`: periods of a full turn, for one
    sine and one cosine. "REML" (default): exact likelihood of stationary AR(1) errors, first period kept, profiled over
    rho, SE with rss / (n - k), t with n - k; "ML" the same for full likelihood. "Newey-West": Bartlett weights up to
    `lags` (default 4 (n / 100)^(2/9)), times n / (n - k) unless small_sample=False; "OLS" plain. Under 8 periods, fewer
    than two on a side or terms that cannot be told apart are refused; a perfect fit has no interval. Durbin-Watson and
    R2 are of the least-squares fit. Sources: Turner et al. 2021 (REML advised); Newey and West 1987.
    """
    one_of("method", method, METHODS)
    y, x, names, period, dropped = _model(table, change, season)
    n, k = x.shape
    post, since = x[:, 2], x[:, 3]
    horizon = float(since.max()) if horizon is None else float(horizon)
    if not math.isfinite(horizon):
        refuse("horizon", horizon, "periods since the change")
    plain = np.linalg.lstsq(x, y, rcond=None)[0]
    rest = y - x @ plain
    rss, spread = float(rest @ rest), float(((y - y.mean()) ** 2).sum())
    exact = rss <= 1e-20 * float(y @ y) or rss == 0
    rho = None
    if method in ("REML", "ML") and not exact:
        rho, coefficients, covariance, sigma, loglik = _ar1(y, x, np.diff(period), method == "REML")
    else:
        coefficients, sigma = plain, math.sqrt(rss / (n - k))
        loglik = -n / 2 * (math.log(2 * math.pi * rss / n) + 1) if not exact else math.inf
        covariance = sigma**2 * np.linalg.inv(x.T @ x)
        if method == "Newey-West" and not exact:
            covariance, lags = _newey_west(y, x, lags, small_sample)
    name = METHODS[method] + (f" ({lags} lags)" if method == "Newey-West" and not exact else "")
    df = n - k
    notes = _notes(method, n, int(post.sum()), dropped, rho, exact, rest, period)

    def told(weights: np.ndarray) -> tuple[Estimate, float | None]:
        value, se = float(weights @ coefficients), math.sqrt(max(0.0, float(weights @ covariance @ weights)))
        if exact or se == 0:
            return Estimate(value, None, None, None, n, None, df, level, f"{name}, no interval (perfect fit)"), None
        half = two_sided_quantile(level, df) * se
        return Estimate(value, value - half, value + half, se, n, None, df, level, name), two_sided_p(value / se, df)

    each = [told(row) for row in np.eye(k)]
    terms = pd.DataFrame(
        [{"term": term, "value": e.value, "se": e.se, "low": e.low, "high": e.high, "p": p}
         for term, (e, p) in zip(names, each, strict=True)]
    )  # fmt: skip
    at = np.zeros(k)
    at[2], at[3] = 1.0, horizon
    effect, effect_p = told(at)
    after = int(post.sum())
    return BeforeAfter(
        terms, each[2][0], each[3][0], effect, each[2][1], each[3][1], effect_p, horizon, rho, sigma, loglik,
        1 - rss / spread if spread > 0 else None, float((np.diff(rest) ** 2).sum() / rss) if not exact else math.nan,
        n, n - after, after, dropped, df, level, name, notes,
    )  # fmt: skip


def interrupted_by_method(table: pd.DataFrame, change: int | None = None, season: int | None = None) -> pd.DataFrame:
    """Does the answer hang on the method? One row a method: method, level_change, se, p, slope_change, slope_se,
    slope_p, false_alarms (how often p < .05 for a level change that is not there, at this length and rho)."""
    rows = []
    rho = interrupted_series(table, change, "REML", season=season).rho
    for method in METHODS:
        fit = interrupted_series(table, change, method, season=season)
        rows.append(
            {"method": fit.method, "level_change": fit.level_change.value, "se": fit.level_change.se, "p": fit.level_p,
             "slope_change": fit.slope_change.value, "slope_se": fit.slope_change.se, "slope_p": fit.slope_p,
             "false_alarms": None if rho is None else false_alarm_rate(method, fit.n, rho)}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _notes(
    method: str, n: int, after: int, dropped: int, rho: float | None, exact: bool, rest: np.ndarray, period: np.ndarray
) -> tuple[str, ...]:
    notes = []
    if exact:
        notes.append("the model fits every period exactly: no standard error")
    else:
        neighbours = np.diff(period) == 1
        seen = rho
        if seen is None:  # least squares: the plain autocorrelation of the residuals, which is too low in short series
            seen = float((rest[1:] * rest[:-1])[neighbours].sum() / (rest @ rest))
        wrong = false_alarm_rate(method, n, seen)
        notes.append(
            f"with {n} periods and a rho of {seen:.2f}, p < .05 for a level change that is not there comes in"
            f" {wrong:.0%} of series with this method (our simulation; rho is taken as estimated)"
        )
        if rho is not None and abs(rho) > 0.98:
            notes.append("rho is at the edge: the errors hardly return to the line, and the SE cannot be trusted")
    for side, many in (("before", n - after), ("after", after)):
        if many < ADVISED:
            notes.append(f"only {many} periods {side} the change; at least {ADVISED} are advised")
    if dropped:
        notes.append(f"{dropped} periods without a value left out")
    return tuple(notes)


def _model(
    table: pd.DataFrame, change: int | None, season: int | None
) -> tuple[np.ndarray, np.ndarray, list[str], np.ndarray, int]:
    """Values, design, names of its columns, periods, and how many periods had no value."""
    require_columns(table, ["period"])
    if "value" not in table:
        refuse("value", "no such column", "one row a period: period, value")
    period = table["period"].to_numpy(float)
    if (period != period.round()).any() or (np.diff(period) <= 0).any():
        refuse(
            "period", "fractions, or periods out of order", "whole numbers, rising", "count the periods on, and sort"
        )
    if "post" in table and "since" in table:
        require_columns(table, ["post", "since"])
        post, since = table["post"].to_numpy(float), table["since"].to_numpy(float)
        if not np.isin(post, (0, 1)).all() or (np.diff(post) < 0).any():
            refuse("post", "other than 0 before and 1 after", "0 up to the change and 1 from it on")
    elif change is None:
        refuse("change", "none", "the first period after the change, or the columns post and since")
    else:
        post = (period >= change).astype(float)
        since = post * (period - change)
    columns = {"intercept": np.ones(len(period)), "period": period, "post": post, "since": since}
    if season is not None:
        if season < 3:
            refuse("season", season, "3 or more periods to a full turn")
        turn = 2 * math.pi * period / season
        columns |= {"sin": np.sin(turn), "cos": np.cos(turn)}
    value = pd.to_numeric(table["value"], errors="coerce").to_numpy(float)
    seen = ~np.isnan(value)
    if np.isinf(value[seen]).any():
        refuse("value", "an infinite value", "finite numbers")
    n = int(seen.sum())
    x = np.column_stack(list(columns.values()))[seen]
    if n < LEAST or n < len(columns) + 2:
        refuse(
            "value", f"{n} periods", f"at least {max(LEAST, len(columns) + 2)} with a value", "wait for more periods"
        )
    after = int(x[:, 2].sum())
    if after < 2 or n - after < 2:
        refuse(
            "change", f"{n - after} periods before and {after} after", "at least 2 on each side", "wait, or look back"
        )
    sizes = np.linalg.norm(x, axis=0)
    if (sizes == 0).any() or np.linalg.matrix_rank(x / sizes) < x.shape[1]:
        refuse(
            "change", "terms that cannot be told apart", "enough periods on each side for level and slope (and season)"
        )
    return value[seen], x, list(columns), period[seen], int((~seen).sum())


def _ar1(
    y: np.ndarray, x: np.ndarray, steps: np.ndarray, restricted: bool
) -> tuple[float, np.ndarray, np.ndarray, float, float]:
    """rho, coefficients, covariance, sigma and log likelihood: Prais-Winsten transform, rho by profile."""
    n, k = x.shape
    both = np.column_stack([x, y])

    def turned(rho: float) -> tuple[np.ndarray, float, float, float]:
        """R of the transformed columns, their rss, log det of the correlations and of the information."""
        carry = rho**steps
        keep = 1 - carry**2
        moved = np.vstack([both[:1], (both[1:] - carry[:, None] * both[:-1]) / np.sqrt(keep)[:, None]])
        r = np.asarray(np.linalg.qr(moved, mode="r"))
        inside = 2 * float(np.log(np.abs(np.diag(r)[:k])).sum())
        return r, max(float(r[k, k] ** 2), 1e-300), float(np.log(keep).sum()), inside

    def loss(rho: float) -> float:
        _, rss, correlations, inside = turned(rho)
        free = n - k if restricted else n
        return float(free * math.log(rss) + correlations + (inside if restricted else 0.0))

    from scipy.optimize import minimize_scalar

    grid = np.linspace(-0.98, 0.98, 50)
    best = int(np.argmin([loss(float(rho)) for rho in grid]))
    low, high = (grid[best - 1] if best else -0.9999), (grid[best + 1] if best < len(grid) - 1 else 0.9999)
    rho = float(minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-10}).x)
    r, rss, _, _ = turned(rho)
    back = np.linalg.inv(r[:k, :k])
    variance = rss / (n - k)
    free = n - k if restricted else n
    loglik = -0.5 * (loss(rho) + free * (math.log(2 * math.pi / free) + 1))
    sigma = math.sqrt(variance if restricted else rss / n)
    return rho, back @ r[:k, k], variance * back @ back.T, sigma, loglik


def _newey_west(y: np.ndarray, x: np.ndarray, lags: int | None, small_sample: bool) -> tuple[np.ndarray, int]:
    from statsmodels.regression.linear_model import OLS

    n = len(y)
    lags = int(4 * (n / 100) ** (2 / 9)) if lags is None else int(lags)
    if not 0 <= lags < n:
        refuse("lags", lags, f"0 to {n - 1} periods")
    fit = OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": small_sample})
    return np.asarray(fit.cov_params(), float), lags
