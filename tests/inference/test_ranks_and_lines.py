"""Two groups on an ordered scale, and least squares, from counts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from statsmodels.stats.nonparametric import rank_compare_2indep

from workbench.faults import DataFault
from workbench.inference import correlation, least_squares, rank_counts, rank_test

SCORES = st.lists(st.integers(0, 6), min_size=3, max_size=25)


def of(a, b):
    people = pd.DataFrame({"group": ["A"] * len(a) + ["B"] * len(b), "score": [*a, *b]})
    return rank_counts(people, "score", "group", "A", "B")


def test_pairs_by_hand():
    # 3 beats 1 and 2; 2 beats 1 and ties with 2
    found = rank_test(of([2, 3], [1, 2]))
    assert (found.u, found.above.value, found.delta) == (3.5, 3.5 / 4, 0.75)


@settings(deadline=None)
@given(SCORES, SCORES)
def test_counts_say_what_scipy_and_statsmodels_say_of_the_records(a, b):
    found = rank_test(of(a, b))
    if len({*a, *b}) == 1:
        assert found.p is None and "one level" in found.note
        return
    told = mannwhitneyu(a, b, method="asymptotic", use_continuity=False)
    assert (found.u, found.p) == pytest.approx((told.statistic, told.pvalue))
    if found.above.low is not None:
        low, high = rank_compare_2indep(a, b).conf_int()
        assert (found.above.low, found.above.high) == pytest.approx((max(0, low), min(1, high)))
    turned = rank_test(of(b, a))
    assert turned.above.value == pytest.approx(1 - found.above.value) and turned.p == pytest.approx(found.p)


def test_where_there_is_nothing_to_say_the_note_says_so():
    assert rank_test(of([1, 2], [])).above.value is None
    assert "do not overlap" in rank_test(of([5, 6], [1, 2])).note
    assert "one answer in a group" in rank_test(of([5], [1, 9])).note
    blank = pd.DataFrame({"g": list("AAB"), "s": [1, None, 2]})
    assert rank_counts(blank, "s", "g", "A", "B").attrs["dropped"] == 1


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ({"level": [1, 1], "a": [1, 2], "b": [1, 2]}, "told twice"),
        ({"level": [1, 2], "a": [1, -2], "b": [1, 2]}, "negative"),
        ({"level": [1, 2], "a": [1, 2]}, "no such column"),
    ],
)
def test_counts_that_cannot_be_are_refused(counts, word):
    with pytest.raises(DataFault, match=word):
        rank_test(pd.DataFrame(counts))


def patterned(x, y):
    table = pd.DataFrame({"x": x, "y": y, "yy": np.square(y), "n": 1}).groupby("x", as_index=False).sum()
    return {"x": table["x"]}, table["n"], table["y"], table["yy"]


def test_patterns_give_the_line_of_the_records():
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    x = rng.integers(0, 4, 60)
    y = 1000 + 2.5 * x + rng.normal(size=60)
    line, full = least_squares(*patterned(x, y)), sm.OLS(y, sm.add_constant(x)).fit()
    assert list(line.coefficients.values()) == pytest.approx(full.params.tolist(), rel=1e-9)
    assert list(line.se.values()) == pytest.approx(full.bse.tolist(), rel=1e-8)
    assert (line.r2, line.aic, line.df) == pytest.approx((full.rsquared, full.aic + 2, 58))  # R counts the variance too
    xs, n, sums, squares = patterned(x, y)
    assert correlation(xs["x"], n, sums, squares) == pytest.approx(np.corrcoef(x, y)[0, 1])


def test_predictors_that_repeat_others_or_never_vary_are_named():
    one = np.array([0.0, 1, 2, 3])
    line = least_squares({"a": one, "b": 2 * one, "c": one * 0}, np.full(4, 5.0), 5 * one, 5 * one**2 + 1)
    assert line.coefficients["a"] == pytest.approx(1) and line.coefficients["b"] is line.se["c"] is None
    assert "no coefficient of b" in line.note and "no coefficient of c" in line.note
    alone = least_squares({"c": one * 0 + 3}, np.full(4, 5.0), 5 * one, 5 * one**2 + 1)
    assert alone.coefficients == {"(Intercept)": pytest.approx(1.5), "c": None}


def test_too_few_people_and_outcomes_without_spread_are_told():
    one = np.array([0.0, 1.0])
    assert "too few people (2)" in least_squares({"a": one}, one * 0 + 1, one, one).note
    flat = least_squares({"a": one}, one * 0 + 3, one * 0 + 3 * 0.1, one * 0 + 3 * 0.01)
    assert (flat.r2, flat.aic) == (None, None) and "no spread" in flat.note
    exact = least_squares({"a": one}, one * 0 + 3, 3 * one, 3 * one)
    assert exact.r2 == 1 and exact.aic is None and "exactly" in exact.note
    assert correlation(one * 0, one + 1, one, one) is None
    with pytest.raises(DataFault, match="finite numbers"):
        least_squares({"a": one * np.nan}, one, one, one)
