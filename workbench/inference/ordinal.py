"""Proportional odds: what goes with higher answers on a scale of few ordered steps (unsatisfied .. very satisfied)?

Knows patterns and the formulas. Sufficient statistics: the patterns at the head of `cells`, the outcome one of the
ordered levels. logit P(Y <= k) = threshold_k - x'b, so that b > 0 goes with higher answers (McCullagh 1980). The
log-likelihood of counted patterns is concave (Pratt 1981) and is maximised by Newton's method. Weights are sums of
people here only: for a design, cut the scale and use `survey_models`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .cells import Design, design_matrix
from .checks import normal_quantile, refuse
from .glm import coefficient_table, fit_logit
from .scoring import expit

ROUNDS = 200


@dataclass(frozen=True)
class Ordinal:
    """A proportional-odds fit. `table`: coef, se, z, p, low, high and odds ratios (ratio, ratio_low, ratio_high) of a
    higher answer; `thresholds`: coef, se, low, high, named "1|2" by the steps they lie between.

    `levels` are all steps asked for, `used` those that somebody chose (the others have a predicted share of 0).
    """

    table: pd.DataFrame
    thresholds: pd.DataFrame
    covariance: np.ndarray = field(repr=False)
    n: float
    n_before: float
    loglik: float
    aic: float
    bic: float
    level: float
    method: str
    notes: tuple[str, ...]
    levels: tuple[object, ...]
    used: tuple[object, ...]
    design: Design = field(repr=False, compare=False)
    codes: np.ndarray = field(repr=False, compare=False)


def proportional_odds(
    patterns: pd.DataFrame,
    outcome: str,
    levels: Sequence[object],
    factors: Sequence[str] = (),
    numeric: Sequence[str] = (),
    references: Mapping[str, object] | None = None,
    level: float = 0.95,
) -> Ordinal:
    """What goes with higher answers, when the steps of the scale have an order and no distance?

    `levels` in their order, lowest first. Standard errors from the observed information. Report `predicted_shares` too:
    an odds ratio says little to a reader; and look at `parallel_lines`. A step that nobody chose is left out and told.
    Raises DataFault for answers outside the levels, fewer than two steps chosen, weights, and separation (no finite
    estimate: pool levels).
    """
    design = design_matrix(patterns, factors, numeric, references, outcome)
    if design.weighted:
        refuse("w", "weights", "unweighted answers", "cut the scale in two and use survey_model")
    places = {one: place for place, one in enumerate(levels)}
    if len(places) < len(levels):
        refuse("levels", "a step twice", "each step once, lowest first")
    strangers = [a for a in pd.unique(design.rows[outcome]) if a not in places]
    if strangers:
        refuse(outcome, f"{strangers[0]!r}", "one of: " + ", ".join(map(str, levels)), "set it to missing, or add it")
    found = design.rows[outcome].map(places).to_numpy(int)
    chosen = np.unique(found)
    if len(chosen) < 2:
        refuse(outcome, "one step for everybody", "answers on two steps or more")
    used = tuple(levels[c] for c in chosen)
    notes = design.notes()
    empty = [str(one) for one in levels if one not in used]
    if empty:
        notes.append("nobody chose: " + ", ".join(empty))
    codes = np.searchsorted(chosen, found)
    normal_quantile(level)
    slopes = _slopes(design, ())
    b, loglik, cov, settled = _newton(design, codes, len(used), slopes)
    if not settled:
        refuse(outcome, "predictors that tell the answers apart completely", "a finite estimate", "pool levels")
    cuts = len(used) - 1
    names = [f"{low}|{high}" for low, high in zip(used[:-1], used[1:], strict=True)]
    thresholds = coefficient_table(names, b[:cuts], cov[:cuts, :cuts], None, level, False)
    table = coefficient_table(design.names[1:], b[cuts:], cov[cuts:, cuts:], None, level, True)
    k = len(b)
    return Ordinal(
        table, thresholds[["coef", "se", "low", "high"]], cov, design.n, design.n_before, loglik, 2 * k - 2 * loglik,
        math.log(design.n) * k - 2 * loglik, level, "proportional odds (cumulative logit), maximum likelihood, Wald",
        tuple(notes), tuple(levels), used, design, codes,
    )  # fmt: skip


def _slopes(design: Design, free: Sequence[int]) -> tuple[list[int], list[int]]:
    """The columns with one slope for all cuts, and those with a slope a cut (the intercept is in neither)."""
    common = [j for j in range(1, len(design.names)) if j not in free]
    return common, list(free)


def _newton(
    design: Design, codes: np.ndarray, steps: int, slopes: tuple[list[int], list[int]]
) -> tuple[np.ndarray, float, np.ndarray, bool]:
    """Thresholds, common slopes and slopes by cut at the maximum; log-likelihood, covariance, and whether it settled.

    In units in which every column has mean 0 and spread 1.
    """
    common, free = slopes
    x, people, cuts = design.x, design.people, steps - 1
    shift = np.average(x, axis=0, weights=people)
    scale = np.sqrt(np.average((x - shift) ** 2, axis=0, weights=people))
    scale[scale == 0] = 1.0
    z = (x - shift) / scale
    k = cuts + len(common) + cuts * len(free)
    has_upper, has_lower = codes < cuts, codes > 0

    def rows(cut: np.ndarray, there: np.ndarray) -> np.ndarray:
        """d eta_cut / d parameters of each row, 0 where there is no such cut."""
        one = np.zeros((len(codes), k))
        at = np.flatnonzero(there)
        one[at, cut[at]] = 1.0
        one[:, cuts : cuts + len(common)] = np.where(there[:, None], -z[:, common], 0.0)
        for place, j in enumerate(free):
            one[at, cuts + len(common) + place * cuts + cut[at]] = -z[at, j]
        return one

    upper, lower = rows(codes, has_upper), rows(codes - 1, has_lower)

    def at(b: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        a, c = np.where(has_upper, upper @ b, np.inf), np.where(has_lower, lower @ b, -np.inf)
        if (a <= c).any():
            return -math.inf, np.zeros(k), np.zeros((k, k))
        # P = F(a) - F(c), from the tail in which no digits are lost
        flip = (a + c) > 0
        top, bottom = np.where(flip, -c, a), np.where(flip, -a, c)
        p = np.maximum(expit(top) - expit(bottom), 1e-300)
        fa, fc = expit(a) * expit(-a), expit(c) * expit(-c)
        da, dc = fa * (expit(-a) - expit(a)), fc * (expit(-c) - expit(c))
        ga, gc = fa / p, fc / p
        gradient = upper.T @ (people * ga) - lower.T @ (people * gc)
        aa, cc, ac = people * (da / p - ga**2), people * (-dc / p - gc**2), people * ga * gc
        middle = (upper * ac[:, None]).T @ lower
        hessian = (upper * aa[:, None]).T @ upper + (lower * cc[:, None]).T @ lower + middle + middle.T
        return float(people @ np.log(p)), gradient, hessian

    share = np.cumsum(np.bincount(codes, weights=people, minlength=steps)) / people.sum()
    b = np.zeros(k)
    b[:cuts] = np.log(share[:-1] / (1 - share[:-1]))
    value, gradient, hessian = at(b)
    settled = False
    for _ in range(ROUNDS):
        try:
            step = np.linalg.solve(-hessian, gradient)
        except np.linalg.LinAlgError:
            break
        gain = float(step @ gradient)
        if gain < 1e-12 * max(1.0, abs(value)):
            settled = bool(np.abs(b).max() < 25)
            break
        trial = at(b + step)
        for _ in range(50):
            if trial[0] > value:
                break
            step = step / 2
            trial = at(b + step)
        if trial[0] <= value:
            break
        b, (value, gradient, hessian) = b + step, trial
    try:
        cov = np.linalg.inv(-hessian)
    except np.linalg.LinAlgError:
        return b, value, np.zeros((k, k)), False
    back = np.eye(k)
    for place, j in enumerate(common):
        back[cuts + place, cuts + place] = 1 / scale[j]
        back[:cuts, cuts + place] = shift[j] / scale[j]
    for place, j in enumerate(free):
        own = slice(cuts + len(common) + place * cuts, cuts + len(common) + (place + 1) * cuts)
        back[own, own] = np.eye(cuts) / scale[j]
        back[:cuts, own] = np.eye(cuts) * shift[j] / scale[j]
    return back @ b, value, back @ cov @ back.T, settled


def predicted_shares(fit: Ordinal, profile: Mapping[str, object]) -> pd.DataFrame:
    """What would people like this answer? One row a step: share, se, low, high (delta method on the logit scale).

    `profile` holds a value for every factor and number of the model. Units: shares, which add up to 1.
    """
    x = fit.design.row(profile)[1:]
    cuts, k = len(fit.thresholds), len(fit.covariance)
    eta = fit.thresholds["coef"].to_numpy(float) - x @ fit.table["coef"].to_numpy(float)
    below = np.concatenate([[0.0], expit(eta), [1.0]])
    slope = np.zeros((cuts + 2, k))
    for cut in range(cuts):
        slope[cut + 1, cut] = 1.0
        slope[cut + 1, cuts:] = -x
    slope[1:-1] *= (expit(eta) * expit(-eta))[:, None]
    share, gradient = np.diff(below), np.diff(slope, axis=0)
    se = np.sqrt(np.einsum("ij,jk,ik->i", gradient, fit.covariance, gradient))
    half = normal_quantile(fit.level) * se / (share * (1 - share))
    middle = np.log(share / (1 - share))
    table = pd.DataFrame(
        {"share": share, "se": se, "low": expit(middle - half), "high": expit(middle + half)},
        index=pd.Index(fit.used),
    )
    return table.reindex(list(fit.levels)).fillna({"share": 0.0})


def ordinal_tests(fit: Ordinal) -> pd.DataFrame:
    """Does each predictor matter at all? One row a term: chi2, df, p of the likelihood ratio without it."""
    return pd.DataFrame(
        [_ratio(term, fit.loglik, _without(fit, term), len(cols)) for term, cols in fit.design.terms.items()]
    ).set_index("term")


def _without(fit: Ordinal, term: str) -> float | None:
    less = fit.design.without(term)
    _, loglik, _, settled = _newton(less, fit.codes, len(fit.used), _slopes(less, ()))
    return loglik if settled else None


def _ratio(term: str, larger: float | None, smaller: float | None, df: int) -> dict[str, object]:
    from scipy.stats import chi2

    if larger is None or smaller is None:
        return {"term": term, "chi2": None, "df": df, "p": None}
    statistic = max(0.0, 2 * (larger - smaller))
    return {"term": term, "chi2": statistic, "df": df, "p": float(chi2.sf(statistic, df))}


def parallel_lines(fit: Ordinal) -> pd.DataFrame:
    """Is one slope for all cuts of the scale fair? One row a term: chi2, df, p of the likelihood ratio against a slope
    for each cut. A small p says that proportional odds are in doubt for it: see `slopes_by_cut`. None where the wider
    model has no finite estimate, and with two steps there is nothing to test (df 0).
    """
    rows = []
    cuts = len(fit.thresholds)
    for term, columns in fit.design.terms.items():
        df = (cuts - 1) * len(columns)
        if df == 0:
            rows.append({"term": term, "chi2": 0.0, "df": 0, "p": None})
            continue
        _, loglik, _, settled = _newton(fit.design, fit.codes, len(fit.used), _slopes(fit.design, columns))
        rows.append(_ratio(term, loglik if settled else None, fit.loglik, df))
    return pd.DataFrame(rows).set_index("term")


def slopes_by_cut(fit: Ordinal) -> pd.DataFrame:
    """The slopes of a separate logit at each cut (answer above it, or not), side by side: about equal if the odds are
    proportional. One column a cut, one row a coefficient."""
    columns = {}
    for cut, name in enumerate(fit.thresholds.index):
        above = (fit.codes > cut).astype(float)
        columns[name] = fit_logit(fit.design, above, f"above {name}", fit.level).table["coef"].iloc[1:]
    return pd.DataFrame(columns)
