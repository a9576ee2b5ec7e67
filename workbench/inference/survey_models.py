"""Logit, Poisson and linear regression for weighted samples with strata and clusters.

Knows patterns that also hold stratum and PSU, and the formulas. Sufficient statistics: the patterns at the head of
`cells`, distinct also by stratum and PSU, with w the sum of their weights (`survey_patterns` makes them from rows).
Coefficients solve the weighted scores; their covariance is bread x Taylor(scores) x bread, the scores summed by PSU and
compared within strata (Binder 1983; Lumley 2010). t with PSUs - strata - (k - 1) degrees of freedom, as R's svyglm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .cells import design_matrix
from .checks import one_of, refuse
from .design import LONELY
from .glm import Fit, coefficient_table
from .scoring import expit, inverse, logit_terms, poisson_terms, scoring, separated

FAMILIES = ("logit", "poisson", "linear")


class Wald(NamedTuple):
    """Do the levels of a factor differ at all? F with df and ddf degrees of freedom."""

    F: float
    df: int
    ddf: float
    p: float


class SurveyFit(NamedTuple):
    """The fit, and the degrees of freedom of the design (all PSUs - strata) and of its tests."""

    fit: Fit
    design_df: float
    residual_df: float
    psus: int
    strata: int


def survey_patterns(
    table: pd.DataFrame,
    columns: Sequence[str],
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
) -> pd.DataFrame:
    """One row a distinct pattern of `columns` within stratum and PSU: n, w, ww. Missing values stay patterns of their
    own, so that a PSU of which nobody has answered everything still counts. Without `psu` each row is one."""
    needed = [*([weight] if weight else []), *columns, *([stratum] if stratum else []), *([psu] if psu else [])]
    for column in needed:
        if column not in table.columns:
            refuse(column, "no such column", "a column of the table")
    w = table[weight].astype(float) if weight else pd.Series(1.0, index=table.index)
    if not (np.isfinite(w) & (w > 0)).all():
        refuse(str(weight), "a weight that is missing or not above 0", "weights above 0", "correct the weights")
    rows = table[list(columns)].assign(
        stratum=table[stratum] if stratum else "all",
        psu=table[psu] if psu else np.arange(len(table)),
        n=1,
        w=w,
        ww=w**2,
    )
    if rows[["stratum", "psu"]].isna().any().any():
        refuse(psu or "psu", "somebody without stratum or PSU", "both for everybody")
    by = ["stratum", "psu", *columns]
    return rows.groupby(by, dropna=False, observed=True)[["n", "w", "ww"]].sum().reset_index()


def survey_model(
    patterns: pd.DataFrame,
    family: str,
    outcome: str,
    factors: Sequence[str] = (),
    numeric: Sequence[str] = (),
    references: Mapping[str, object] | None = None,
    exposure: str | None = None,
    population: Mapping[object, float] | None = None,
    level: float = 0.95,
    lonely: str = "refuse",
) -> SurveyFit:
    """As `logit`, `poisson` or a linear regression, for the population that the weights of a design stand for.

    `patterns` with stratum, psu, n, w, ww. `population`: PSUs of each stratum that could have been drawn, if they are
    few. A stratum with one PSU is refused unless `lonely` chooses (see `design_mean`). The scores compare all PSUs of
    the design; the degrees of freedom of the tests count the PSUs and strata with somebody in the model. No likelihood,
    AIC or BIC exists here: test a factor by `wald`. Raises DataFault as `logit` and `poisson`, for separation (no
    penalised fit exists for a design) and without degrees of freedom.
    """
    one_of("family", family, FAMILIES)
    one_of("lonely", lonely, LONELY)
    if exposure and family != "poisson":
        refuse("exposure", exposure, "an exposure for counts only")
    design = design_matrix(
        patterns, factors, numeric, references, outcome, ["stratum", "psu", *([exposure] if exposure else [])]
    )
    x, y, w = design.x, design.column(outcome), design.weight
    if family == "linear":
        bread = inverse(x, w)
        coef = bread @ (x.T @ (w * y))
        score = w * (y - x @ coef)
    elif family == "logit":
        if not np.isin(y, (0, 1)).all() or y.min() == y.max():
            refuse(outcome, "other values, or the same for everybody", "some with 0 and some with 1")
        coef, _, eta = scoring(x, logit_terms(y, w), w)
        apart = separated(design, y) if np.abs(eta).max() > 12 else []
        if apart:
            refuse(", ".join(apart), "predictors that tell the event apart completely", "some of each", "pool levels")
        p = expit(eta)
        bread, score = inverse(x, w * p * (1 - p)), w * (y - p)
    else:
        months = design.column(exposure) if exposure else np.ones(len(y))
        if (y < 0).any() or y.sum() == 0 or (months <= 0).any():
            refuse(outcome, "negative counts, no event, or no exposure", "counts of 0 or more, exposures above 0")
        start = np.zeros(len(design.names))
        start[0] = np.log(float(w @ y) / float(w @ months))
        coef, _, eta = scoring(x, poisson_terms(y, w, np.log(months)), w, start)
        apart = separated(design, y, "poisson") if (eta < start[0] - 10).any() else []
        if apart:
            refuse(", ".join(apart), "a group without any event", "events in every group", "pool levels")
        mu = np.exp(eta + np.log(months))
        bread, score = inverse(x, w * mu), w * (y - mu)
    everyone = patterns if "n" not in patterns.columns else patterns[patterns["n"] > 0]
    units = everyone[["stratum", "psu"]].drop_duplicates()
    used = design.rows[["stratum", "psu"]].drop_duplicates()
    meat = _taylor(design.rows, x * score[:, None] @ bread, units, population, lonely)
    strata = units["stratum"].nunique()
    design_df = float(len(units) - strata)
    residual = float(len(used) - used["stratum"].nunique() - len(coef) + 1)
    if residual <= 0:
        found = f"{len(used)} PSUs in {used['stratum'].nunique()} strata for {len(coef)} coefficients"
        refuse("psu", found, "more PSUs than strata and coefficients", "leave predictors out")
    table = coefficient_table(design.names, coef, meat, residual, level, family != "linear")
    words = f"{family} regression, Taylor linearisation of the design, t intervals"
    notes = design.notes()
    if lonely != "refuse":
        words += f", single PSUs: {lonely}"
    fit = Fit(
        "Poisson" if family == "poisson" else family, table, meat, design.n, design.n_before, design.n_effective,
        None if family == "linear" else float(design.people @ y),
        float(design.people @ design.column(exposure)) if exposure else None,
        None, None, None, None, None, design.n - len(coef), residual, level, words, tuple(notes), design,
    )  # fmt: skip
    return SurveyFit(fit, design_df, residual, len(units), strata)


def _taylor(
    rows: pd.DataFrame,
    influence: np.ndarray,
    units: pd.DataFrame,
    population: Mapping[object, float] | None,
    lonely: str,
) -> np.ndarray:
    """The covariance of totals: by stratum, PSU totals about their mean."""
    keys = pd.MultiIndex.from_frame(units)
    places = keys.get_indexer(pd.MultiIndex.from_frame(rows[["stratum", "psu"]]))
    k = influence.shape[1]
    totals = np.column_stack([np.bincount(places, weights=influence[:, j], minlength=len(units)) for j in range(k)])
    codes, labels = pd.factorize(units["stratum"])
    size = np.bincount(codes).astype(float)
    drawn = np.zeros(len(size))
    if population is not None:
        lacking = [label for label in labels if label not in population]
        if lacking:
            refuse("population", f"no size for {lacking}", "all PSUs that could be drawn, for every stratum")
        drawn = size / np.array([float(population[label]) for label in labels])
        if (drawn > 1 + 1e-12).any():
            refuse("population", "fewer PSUs than were drawn", "all PSUs that could be drawn")
    single = (size == 1) & (drawn < 1)
    if single.any() and lonely == "refuse":
        refuse(
            "psu", f'one PSU in stratum "{labels[int(single.argmax())]}"', "two or more in every stratum",
            'join it with a similar stratum, or choose lonely="adjust", "average" or "certainty"',
        )  # fmt: skip
    if single.all() and lonely == "average":
        refuse("psu", "one PSU in every stratum", "a stratum with two PSUs or more", 'choose lonely="adjust"')
    means = np.column_stack([np.bincount(codes, weights=totals[:, j]) for j in range(k)]) / size[:, None]
    middle = totals.mean(axis=0)
    centre = np.where(single[:, None], middle if lonely == "adjust" else means, means)
    factor = (1 - drawn) * np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
    apart = totals - centre[codes]
    covariance = (apart * factor[codes][:, None]).T @ apart
    if lonely == "average" and single.any():
        covariance = covariance * len(size) / (~single).sum()
    return np.asarray(covariance)


def wald(survey: SurveyFit, term: str) -> Wald:
    """Do the levels of a factor (or a number) matter at all, given the others? F test on the design's covariance."""
    from scipy.stats import f

    fit = survey.fit
    if term not in fit.design.terms:
        refuse("term", term, "one of: " + ", ".join(fit.design.terms))
    places = list(fit.design.terms[term])
    b, v = fit.coef[places], fit.covariance[np.ix_(places, places)]
    if np.linalg.matrix_rank(v, hermitian=True) < len(places):
        refuse(term, f"{len(places)} coefficients on too few PSUs", "more PSUs than levels", "pool levels")
    statistic = float(b @ np.linalg.solve(v, b)) / len(places)
    return Wald(statistic, len(places), survey.residual_df, float(f.sf(statistic, len(places), survey.residual_df)))
