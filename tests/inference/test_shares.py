"""Shares of two groups, and one share over periods in which the same people come again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from workbench.faults import DataFault
from workbench.inference import share_change, share_difference


def test_the_interval_of_a_difference_is_newcombes():
    found = share_difference(56, 70, 48, 80)  # Newcombe 1998, table II, method 10: 0.0524 to 0.3339
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert found.p == pytest.approx(chi2_contingency([[56, 14], [48, 32]], correction=False).pvalue)


def test_nobody_and_everybody():
    assert share_difference(0, 0, 3, 5).value is None
    none = share_difference(0, 10, 0, 10)
    assert none.value == 0 and none.p is None and none.low < 0 < none.high


def test_without_people_in_common_it_is_pearsons_chi_square():
    have, n = np.array([30, 45, 28]), np.array([100, 120, 90])
    found = share_change(have, np.diag(n))
    test = chi2_contingency([have, n - have], correction=False)
    assert (found.chi2, found.df, found.p) == pytest.approx((test.statistic, 2, test.pvalue))


def test_the_same_people_cannot_change_and_people_in_common_make_a_change_clearer():
    same = share_change(np.array([30, 30]), np.full((2, 2), 100.0))
    assert same.p is None and "same people" in same.method
    apart = share_change(np.array([30, 40]), np.diag([100.0, 100.0]))
    joined = share_change(np.array([30, 40]), np.array([[100.0, 60.0], [60.0, 100.0]]))
    assert joined.p < apart.p


def test_its_level_holds_with_people_in_common():
    rng = np.random.default_rng(1)
    beyond = 0
    for _ in range(400):
        kind = rng.random(300) < 0.3
        here = rng.random((300, 3)) < 0.5
        found = share_change((here & kind[:, None]).sum(axis=0), (here.T.astype(float) @ here))
        beyond += found.p < 0.05
    assert 0.02 < beyond / 400 < 0.09


@pytest.mark.parametrize(("have", "shared"), [([1, 2], np.eye(3)), ([5, 2], np.diag([3.0, 4.0]))])
def test_counts_that_cannot_be_are_refused(have, shared):
    with pytest.raises(DataFault):
        share_change(np.array(have), shared)
