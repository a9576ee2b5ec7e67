"""Poisson or negative binomial, and one kind of zero or two."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, nbinom, poisson

from workbench.faults import DataFault
from workbench.inference import count_model, patterns, zero_models


def people(counts, seed=4, n=1500):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"late": rng.integers(0, 2, n), "months": rng.integers(1, 13, n)})
    table["y"] = counts(rng, 0.1 * table["months"] * np.exp(0.5 * table["late"]))
    return patterns(table, ["y", "months", "late"])


def clumped(rng, mu):
    return rng.poisson(mu * rng.gamma(0.8, 1 / 0.8, len(mu)))


def never_or_often(rng, mu):
    return rng.poisson(2 * mu) * (rng.random(len(mu)) < 0.5)


CALL = {"outcome": "y", "exposure": "months", "numeric": ["late"]}


def test_clumps_choose_the_negative_binomial_and_its_likelihood_is_scipys():
    table = people(clumped)
    found = count_model(table, **CALL)
    assert found.chosen == "negative binomial" and "clumps" in found.why
    assert found.theta == pytest.approx(0.8, rel=0.3) and found.alpha == pytest.approx(1 / found.theta)
    b = found.fit.coef

    def loglik(b0, b1, theta):
        mu = table["months"] * np.exp(b0 + b1 * table["late"])
        return float(table["n"] @ nbinom.logpmf(table["y"], theta, theta / (theta + mu)))

    top = loglik(*b, found.theta)
    assert found.negative_binomial.loglik == pytest.approx(top, rel=1e-10)
    assert found.lr_chi2 == pytest.approx(2 * (top - found.poisson.loglik))
    assert found.lr_p == pytest.approx(chi2.sf(found.lr_chi2, 1) / 2, rel=1e-9, abs=0)  # alpha = 0 is on the edge
    for step in ((1e-3, 0, 0), (0, 1e-3, 0), (0, 0, 1e-3)):  # a maximum: lower on both sides
        assert loglik(*(np.array([*b, found.theta]) + step)) < top > loglik(*(np.array([*b, found.theta]) - step))
    curve = -(loglik(*b, found.theta + 1e-3) - 2 * top + loglik(*b, found.theta - 1e-3)) / 1e-6
    assert found.se_theta == pytest.approx(1 / math.sqrt(curve), rel=1e-3)


def test_the_negative_binomial_of_one_group_has_the_plain_rate():
    table = people(clumped)
    found = count_model(table.assign(months=1), "y", "months")
    mean = float(table["n"] @ table["y"]) / float(table["n"].sum())
    assert found.negative_binomial.table.loc["intercept", "ratio"] == pytest.approx(mean)
    information = found.negative_binomial.n * mean / (1 + mean * found.alpha)
    assert found.negative_binomial.table.loc["intercept", "se"] == pytest.approx(1 / math.sqrt(information))


def test_chance_alone_keeps_poisson_and_half_the_p():
    found = count_model(people(lambda rng, mu: rng.poisson(mu)), **CALL)
    assert found.chosen == "Poisson"
    assert 0 <= found.lr_chi2 < 6
    assert found.lr_p == (pytest.approx(chi2.sf(found.lr_chi2, 1) / 2) if found.lr_chi2 > 0 else 1)


def test_counts_more_even_than_chance_have_alpha_zero_and_a_note():
    even = pd.DataFrame({"y": [1, 2], "months": [1, 1], "n": [60, 40]})
    found = count_model(even, "y", "months")
    assert (found.alpha, found.theta, found.se_theta, found.lr_chi2, found.lr_p) == (0, math.inf, None, 0, 1)
    assert any("alpha is 0" in note for note in found.negative_binomial.notes)


def test_doubling_the_people_halves_the_squared_error_only():
    table = people(clumped)
    one, two = (
        count_model(table, **CALL),
        count_model(table.assign(n=2 * table["n"], w=2 * table["n"], ww=2 * table["n"]), **CALL),
    )
    assert two.theta == pytest.approx(one.theta, rel=1e-6)
    assert (one.fit.table["se"] / two.fit.table["se"]).tolist() == pytest.approx([math.sqrt(2)] * 2, rel=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": [0.5, 1, 2, 0]}, "fractional"),
        ({"w": [2.0, 2, 2, 3], "ww": [4.0, 4, 4, 9]}, "weights"),
        ({"y": [0, 0, 2, 1], "late": [1, 1, 0, 0]}, "without any event"),
    ],
)
def test_counts_that_the_model_cannot_take_are_refused(change, words):
    table = pd.DataFrame({"y": [0, 1, 2, 0], "months": [1, 2, 3, 4], "late": [0, 1, 0, 1]}).assign(**change)
    with pytest.raises(DataFault, match=words):
        count_model(table, **CALL)


def test_two_kinds_of_zero_are_found_and_the_likelihood_is_scipys():
    table = people(never_or_often)
    found = zero_models(table, **CALL)
    assert found.best == "zip" and found.zip.structural == pytest.approx(0.5, abs=0.06)
    mu = table["months"] * np.exp(
        found.zip.table.loc["intercept", "coef"] + found.zip.table.loc["late", "coef"] * table["late"]
    )
    pi = found.zip.structural
    p = (1 - pi) * poisson.pmf(table["y"], mu) + pi * (table["y"] == 0)
    assert found.comparison.loc["zip", "loglik"] == pytest.approx(float(table["n"] @ np.log(p)))
    # at the maximum the expected zeros of a zero-inflated Poisson are nearly those seen, Poisson's far too few
    zeros = found.comparison["zeros_expected"]
    assert (
        zeros["zip"] == pytest.approx(found.zeros_observed, rel=0.01) and zeros["poisson"] < 0.8 * found.zeros_observed
    )
    assert found.comparison.loc["zinb", "loglik"] >= found.comparison.loc["zip", "loglik"] - 1e-3


def test_many_zeros_from_clumps_are_no_second_kind_of_zero():
    found = zero_models(people(clumped), **CALL)
    assert found.best == "negbin"
    assert found.comparison.loc["negbin", "zeros_expected"] == pytest.approx(found.zeros_observed, rel=0.03)
    aic, bic, k = (found.comparison.loc["negbin", c] for c in ("aic", "bic", "parameters"))
    assert k == 3 and bic - aic == pytest.approx(3 * (math.log(1500) - 2))


def test_fewer_zeros_than_poisson_leave_no_structural_ones():
    few = pd.DataFrame({"y": [0, 1, 2], "months": [1, 1, 1], "n": [1, 60, 40]})
    found = zero_models(few, "y", "months")
    assert found.zip.structural == 0 and any("no structural zeros" in note for note in found.zip.notes)
    assert found.comparison.loc["zip", "loglik"] == pytest.approx(found.comparison.loc["poisson", "loglik"], abs=1e-3)
    with pytest.raises(DataFault, match="no zero"):
        zero_models(few[few["y"] > 0], "y", "months")
