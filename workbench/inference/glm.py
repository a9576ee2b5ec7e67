"""Logit and Poisson regression on counted patterns.

Knows patterns (see `cells`), exposure and the formulas; nothing of customers or complaints.

Sufficient statistics: the patterns at the head of `cells`, with the outcome of one person in each row. People of the
same predictors may be pooled into one row that holds their mean outcome (and mean exposure): coefficients and standard
errors stay the same, for the logit everything does. Fisher scoring (McCullagh and Nelder 1989); with weights the
coefficients solve the weighted scores and the standard errors are robust (pseudo-likelihood, no likelihood is given);
strata and clusters are in `survey_models` and `clustered`. The associations are those of an observational study.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.faults import DataFault, Fault

from .cells import Design, design_matrix, products
from .checks import normal_quantile, refuse, two_sided_p, two_sided_quantile
from .scoring import expit, inverse, logit_terms, poisson_terms, scoring, separated

ENOUGH_EVENTS = 10  # a coefficient, below which the fit is warned of


@dataclass(frozen=True)
class Fit:
    """A fitted regression: one row a coefficient in `table`, and what the fit as a whole says.

    `table` has coef, se, z (or t with `df` degrees of freedom), p, low, high and for logit and count models ratio,
    ratio_low, ratio_high (odds ratios, rate ratios); where they apply, se_quasi (times the root of `dispersion`) and
    se_robust (HC0). `covariance` is that of `se`. `dispersion` is Pearson chi-square over its degrees of freedom.
    Likelihood figures are None where there is no likelihood (weights, design, penalty). `n` people were used,
    `n_before` were there before those with something missing were dropped.
    """

    model: str
    table: pd.DataFrame
    covariance: np.ndarray = field(repr=False)
    n: float
    n_before: float
    n_effective: float | None
    events: float | None
    exposure: float | None
    loglik: float | None
    aic: float | None
    bic: float | None
    deviance: float | None
    dispersion: float | None
    df_residual: float
    df: float | None
    level: float
    method: str
    notes: tuple[str, ...]
    design: Design = field(repr=False, compare=False)

    @property
    def coef(self) -> np.ndarray:
        """The coefficients in the order of the table."""
        return np.asarray(self.table["coef"], float)


def logit(
    patterns: pd.DataFrame,
    outcome: str,
    factors: Sequence[str] = (),
    numeric: Sequence[str] = (),
    references: Mapping[str, object] | None = None,
    level: float = 0.95,
) -> Fit:
    """With what is it associated that somebody complains (churns, is satisfied): yes or no?

    `patterns` as in `cells`, `outcome` 0 or 1 (or the share of a pooled row). Ratios are odds ratios, which overstate a
    risk ratio unless the event is rare: see `average_risk`. Below 10 events (or non-events) a coefficient a note says
    so. Where predictors separate those with the event from those without, no finite estimate exists: the answer is then
    Firth's penalised fit (see `firth`), which `method` says. Raises DataFault for other outcomes, an outcome that
    nobody or everybody has, and designs that `cells` refuses.
    """
    design = design_matrix(patterns, factors, numeric, references, outcome)
    y = design.column(outcome)
    if (y < 0).any() or (y > 1).any():
        refuse(outcome, "a value outside 0 to 1", "0 or 1 (no or yes)", "code it as 0 and 1")
    return fit_logit(design, y, outcome, level)


def fit_logit(design: Design, y: np.ndarray, outcome: str, level: float) -> Fit:
    """`logit` from a design that is there already."""
    weight = design.weight
    events = float(design.people @ y)
    if events == 0 or events >= design.n * (1 - 1e-12):
        found = "nobody with the event" if events == 0 else "everybody with the event"
        refuse(outcome, found, "some with and some without", "give the share with its interval (share_interval)")
    if design.weighted and ((y > 0) & (y < 1)).any():
        refuse(outcome, "pooled rows with weights", "0 or 1 in each row", "keep the outcome in the pattern")
    notes = design.notes()
    rare = min(events, design.n - events) / max(1, len(design.names) - 1)
    if rare < ENOUGH_EVENTS:
        notes.append(f"{rare:.1f} events a coefficient, below {ENOUGH_EVENTS}: odds ratios may be far off")
    coef, loglik, eta = scoring(design.x, logit_terms(y, weight), weight)
    if np.abs(eta).max() > 12:
        apart = separated(design, y)
        if apart:
            from .firth import firth_fit

            return firth_fit(design, y, "logit", None, level, events, apart, notes)
    p = expit(eta)
    bread = inverse(design.x, weight * p * (1 - p))
    meat = design.squares * (y * (1 - p) ** 2 + (1 - y) * p**2)
    pearson = float((weight * (y * (1 - p) ** 2 + (1 - y) * p**2) / np.maximum(p * (1 - p), 1e-300)).sum())
    words = "logit regression, maximum likelihood, Wald intervals"
    return finish(
        "logit", design, coef, bread, meat, loglik, -2 * loglik, pearson, None, events, None, level, words, notes
    )


def poisson(
    patterns: pd.DataFrame,
    outcome: str,
    exposure: str | None = None,
    factors: Sequence[str] = (),
    numeric: Sequence[str] = (),
    references: Mapping[str, object] | None = None,
    level: float = 0.95,
) -> Fit:
    """With what is it associated how often it happens (complaints of a customer), per exposure (months, deliveries)?

    `patterns` as in `cells`: `outcome` the count and `exposure` the exposure of one person, above 0 (or both means of
    pooled rows, see the head: likelihood, dispersion and robust errors are then those of the rows). Without `exposure`
    everybody counts the same. Ratios are rate ratios. `dispersion` above about 1.5 says that the standard errors are
    too small: se_quasi and se_robust stand beside them; `count_model` decides. Where predictors leave groups without
    any event no finite estimate exists, and the answer is Firth's penalised fit. Raises DataFault for negative counts,
    exposures not above 0, no event at all, and designs that `cells` refuses.
    """
    design, y, months = count_design(patterns, outcome, exposure, factors, numeric, references)
    return fit_poisson(design, y, months, level)


def count_design(
    patterns: pd.DataFrame,
    outcome: str,
    exposure: str | None,
    factors: Sequence[str],
    numeric: Sequence[str],
    references: Mapping[str, object] | None,
    whole: bool = False,
) -> tuple[Design, np.ndarray, np.ndarray]:
    """Design, counts and exposures of a count model, refused where they cannot be."""
    design = design_matrix(patterns, factors, numeric, references, outcome, [exposure] if exposure else [])
    y = design.column(outcome)
    months = design.column(exposure) if exposure else np.ones(len(y))
    faults = []
    if (y < 0).any() or (whole and (y != np.round(y)).any()):
        faults.append(
            Fault(column=outcome, found="negative or fractional counts", expected="whole counts of 0 or more")
        )
    if (months <= 0).any():
        faults.append(
            Fault(
                column=str(exposure),
                found=f"{design.people[months <= 0].sum():g} people with an exposure of 0 or less",
                expected="an exposure above 0",
                mend="leave out who could not have had an event",
            )
        )
    if not faults and y.sum() == 0:
        faults.append(Fault(column=outcome, found="no event", expected="events", mend="give the rate (rate_interval)"))
    if faults:
        raise DataFault(faults)
    return design, y, months


def fit_poisson(design: Design, y: np.ndarray, months: np.ndarray, level: float) -> Fit:
    """`poisson` from a design that is there already."""
    weight, offset = design.weight, np.log(months)
    events, exposure = float(design.people @ y), float(design.people @ months)
    start = np.zeros(len(design.names))
    start[0] = math.log(float(weight @ y) / float(weight @ months))
    notes = design.notes()
    coef, loglik, eta = scoring(design.x, poisson_terms(y, weight, offset), weight, start)
    if (eta < start[0] - 10).any():
        apart = separated(design, y, "poisson")
        if apart:
            from .firth import firth_fit

            return firth_fit(design, y, "poisson", months, level, events, apart, notes)
    mu = np.exp(eta + offset)
    bread = inverse(design.x, weight * mu)
    pearson = float((weight * (y - mu) ** 2 / mu).sum())
    deviance = 2 * float((weight * (_ylog(y, y / mu) - (y - mu))).sum())
    words = "Poisson regression, maximum likelihood, Wald intervals"
    meat = design.squares * (y - mu) ** 2
    return finish(
        "Poisson", design, coef, bread, meat, loglik, deviance, pearson, None, events, exposure, level, words, notes
    )


def _ylog(y: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    return np.where(y > 0, y * np.log(np.where(y > 0, ratio, 1.0)), 0.0)


def finish(
    model: str, design: Design, coef: np.ndarray, bread: np.ndarray, meat: np.ndarray | None, loglik: float | None,
    deviance: float | None, pearson: float | None, df: float | None, events: float | None, exposure: float | None,
    level: float, words: str, notes: list[str], extra: int = 0,
) -> Fit:  # fmt: skip
    """The result from coefficients, inverse information and the squared scores a row; `extra` parameters beside."""
    k = len(coef)
    residual = design.n - k
    dispersion = pearson / residual if pearson is not None and residual > 0 and not design.weighted else None
    columns = {}
    cov = bread
    if meat is not None:
        robust = bread @ products(design.x, meat) @ bread
        if design.weighted:
            cov, words = robust, words.replace("maximum likelihood", "weighted scores, robust standard errors (HC0)")
            loglik = deviance = None
        columns["se_robust"] = np.sqrt(np.diag(robust))
    if dispersion is not None and model == "Poisson":
        columns["se_quasi"] = np.sqrt(np.diag(bread) * dispersion)
        if dispersion > 1.5:
            notes = [*notes, f"dispersion {dispersion:.2f}: the plain standard errors are too small (see count_model)"]
    table = coefficient_table(design.names, coef, cov, df, level, model != "linear").assign(**columns)
    aic = bic = None
    if loglik is not None:
        aic = -2 * loglik + 2 * (k + extra)
        bic = -2 * loglik + math.log(design.n) * (k + extra)
    return Fit(
        model, table, cov, design.n, design.n_before, design.n_effective, events, exposure, loglik, aic, bic, deviance,
        dispersion, residual, df, level, words, tuple(notes), design,
    )  # fmt: skip


def coefficient_table(
    names: Sequence[str], coef: np.ndarray, cov: np.ndarray, df: float | None, level: float, ratios: bool
) -> pd.DataFrame:
    """coef, se, z or t, p and interval of each coefficient, and their exponentials if they are ratios."""
    normal_quantile(level)
    se = np.sqrt(np.maximum(np.diag(cov), 0))
    known = se > 0
    score = np.divide(coef, se, out=np.full(len(coef), np.nan), where=known)
    p = [two_sided_p(one, df) if ok else None for one, ok in zip(score, known, strict=True)]
    half = two_sided_quantile(level, df) * se if df is None or df > 0 else np.full(len(coef), np.nan)
    table = pd.DataFrame(
        {"coef": coef, "se": se, "z" if df is None else "t": score, "p": p, "low": coef - half, "high": coef + half},
        index=pd.Index(names, name="coefficient"),
    )
    if ratios:
        with np.errstate(over="ignore"):
            exps = {"ratio": np.exp(coef), "ratio_low": np.exp(table["low"]), "ratio_high": np.exp(table["high"])}
        table = table.assign(**exps)
    return table
