"""Leagues of branches: shrinkage from sums, and the funnel."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from workbench.faults import DataFault
from workbench.inference import branch_sums, league


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(12)
    size = rng.integers(1, 30, 12)
    who = np.repeat(np.arange(12), size)
    scores = 8 * rng.normal(size=12)[who] + 15 * rng.normal(size=len(who))
    return pd.DataFrame({"branch": [f"B{w:02}" for w in who], "x": scores.round(1)})


def test_the_variances_are_those_of_highest_restricted_likelihood(answers):
    found = league(branch_sums(answers, "branch", "x"))
    z = pd.get_dummies(answers["branch"]).to_numpy(float)
    y, n = answers["x"].to_numpy(), len(answers)

    def reml(logs):
        """With the whole covariance matrix: the likelihood, and the determinant of what the mean costs."""
        v = math.exp(logs[0]) * z @ z.T + math.exp(logs[1]) * np.eye(n)
        inverse = np.linalg.inv(v)
        gls = inverse.sum()
        mean = (inverse @ y).sum() / gls
        return -multivariate_normal.logpdf(y, np.full(n, mean), v) + 0.5 * math.log(gls)

    best = minimize(
        reml, np.log([found.between * 1.3, found.within * 0.8]), method="Nelder-Mead", options={"xatol": 1e-7}
    )
    assert (found.between, found.within) == pytest.approx(tuple(np.exp(best.x)), rel=1e-4)


def test_shrunk_values_lie_between_the_raw_one_and_the_mean_and_small_branches_move_most(answers):
    found = league(branch_sums(answers, "branch", "x"))
    table = found.branches
    part = (table["shrunk"] - found.mean) / (table["raw"] - found.mean)
    assert ((part > 0) & (part < 1)).all()
    assert part.tolist() == pytest.approx((found.between / (found.between + found.within / table["n"])).tolist())
    assert part[table["n"].idxmin()] == part.min()
    assert (table["low"] < table["shrunk"]).all() and (table["shrunk"] < table["high"]).all()


def test_the_intervals_are_those_of_the_mixed_model_equations(answers):
    sums = branch_sums(answers, "branch", "x")
    found = league(sums)
    n, k = sums["n"].to_numpy(), len(sums)
    equations = np.zeros((k + 1, k + 1))  # Henderson: mean and branches at once, given the variances
    equations[0, 0], equations[0, 1:], equations[1:, 0] = n.sum(), n, n
    equations[1:, 1:] = np.diag(n + found.within / found.between)
    inverse = np.linalg.inv(equations) * found.within
    errors = np.sqrt([inverse[0, 0] + 2 * inverse[0, j] + inverse[j, j] for j in range(1, k + 1)])
    half = (found.branches["high"] - found.branches["low"]) / 2
    assert half.tolist() == pytest.approx((1.959964 * errors).tolist(), rel=1e-6)
    assert found.se == pytest.approx(np.sqrt(inverse[0, 0]), rel=1e-6)


def test_branches_of_one_size_have_the_variances_of_the_analysis_of_variance():
    table = pd.DataFrame({"branch": np.repeat(list("abcd"), 3), "x": [1, 2, 3, 5, 6, 7, 2, 4, 6, 9, 10, 11.0]})
    found = league(branch_sums(table, "branch", "x"))
    within = (2 + 2 + 8 + 2) / 8
    means = np.array([2, 6, 4, 10.0])
    assert found.within == pytest.approx(within)
    assert found.between == pytest.approx(means.var(ddof=1) - within / 3, rel=1e-5)
    assert found.mean == pytest.approx(5.5) and found.se == pytest.approx(math.sqrt(means.var(ddof=1) / 4), rel=1e-5)
    assert (found.worst_raw, found.worst_shrunk) == ("a", "a") and found.branches["rank"].tolist() == [4, 2, 3, 1]


def test_the_funnel_by_hand():
    table = pd.DataFrame({"branch": ["a"] * 4 + ["b"] * 4, "x": [0, 0, 0, 4, 0, 4, 4, 4.0]})
    found = league(branch_sums(table, "branch", "x"), z=(2, 0.7))
    # overall 2, variance 4 with divisor N, so one standard error is 1 for each branch
    assert found.branches["funnel_low"].tolist() == [0, 0] and found.branches["funnel_high"].tolist() == [4, 4]
    assert found.branches["outside"].tolist() == [True, True]  # 1 and 3 lie 1 from 2
    assert found.spread == pytest.approx(1)


def test_branches_that_differ_no_more_than_chance_are_all_shrunk_to_the_mean():
    table = pd.DataFrame({"branch": np.repeat(list("abc"), 4), "x": [1, 2, 3, 4.0] * 3})
    found = league(branch_sums(table, "branch", "x"))
    assert found.between == 0 and found.branches["shrunk"].tolist() == pytest.approx([2.5] * 3)
    assert any("beyond chance" in note for note in found.notes) and found.branches["low"].isna().all()


def test_answers_that_are_alike_within_branches_are_not_shrunk():
    table = pd.DataFrame({"branch": np.repeat(list("abc"), 2), "x": [1, 1, 5, 5, 9, 9.0]})
    found = league(branch_sums(table, "branch", "x"))
    assert found.branches["shrunk"].tolist() == [1, 5, 9] and found.icc == 1


def test_missing_answers_are_dropped_and_counted():
    table = pd.DataFrame({"branch": list("aabbb"), "x": [1, 2, 5, 7, None]})
    found = league(branch_sums(table, "branch", "x"))
    assert (found.n, found.dropped) == (4, 1) and any("1 rows" in note for note in found.notes)


@pytest.mark.parametrize(
    ("sums", "words"),
    [
        ({"n": [3], "total": [6.0], "squares": [14.0]}, "1 branches"),
        ({"n": [1, 1], "total": [1.0, 2], "squares": [1.0, 4]}, "2 branches with 2 answers"),
        ({"n": [2, 2], "total": [4.0, 4], "squares": [8.0, 8]}, "same answer everywhere"),
        ({"n": [2, 2], "total": [4.0, 4], "squares": [1.0, 9]}, "sums that no answers have"),
        ({"n": [2, 2], "total": [4.0, 4]}, "squares"),
    ],
)
def test_sums_that_say_nothing_are_refused(sums, words):
    with pytest.raises(DataFault, match=words):
        league(pd.DataFrame(sums))
