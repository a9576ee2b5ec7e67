"""A minus B: NPS of two groups, any two estimates, and groups brought to the same mix."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    difference,
    kitagawa,
    mean_interval,
    nps_difference,
    nps_interval,
    standardised,
    standardised_cells,
)

ANSWERS = st.tuples(st.integers(0, 150), st.integers(0, 150), st.integers(0, 150)).filter(any)


def ends(gap):
    return [gap.low, gap.high]


def cell_sums(people, group, cell, value, weight=None):
    return standardised_cells(people, value, group, cell, "a", "b", weight)


def test_under_a_hundred_answers_the_limits_come_from_the_score_intervals():
    assert "MOVER" in nps_difference((10, 20, 69), (30, 40, 50)).method
    assert "Wald" in nps_difference((10, 20, 70), (30, 40, 50)).method


@settings(deadline=None)
@given(ANSWERS, ANSWERS)
def test_b_minus_a_is_a_minus_b_with_the_other_sign(a, b):
    one, other = nps_difference(a, b), nps_difference(b, a)
    assert one.value == pytest.approx(-other.value)
    assert ends(one) == pytest.approx([-other.high, -other.low], abs=1e-7)
    assert one.p == pytest.approx(other.p)
    assert one.low - 1e-9 <= one.value <= one.high + 1e-9


def test_all_promoters_against_all_detractors_has_a_p_though_wald_has_no_variance():
    gap = nps_difference((0, 0, 5), (5, 0, 0))
    assert (gap.value, gap.se) == (200, 0)
    assert 0 < gap.p < 0.05 and "p of the adjusted Wald z" in gap.method
    assert gap.low < 200 == gap.high


def test_no_difference_without_answers_in_both_groups():
    assert nps_difference((0, 0, 0), (1, 2, 3)).value is None
    assert difference(nps_interval(0, 0, 0), nps_interval(1, 2, 3)).p is None


def test_negative_counts_and_unknown_methods_are_refused():
    with pytest.raises(DataFault, match="promoters"):
        nps_difference((1, 2, -3), (1, 2, 3))
    with pytest.raises(DataFault, match="one of: Wald"):
        nps_difference((1, 2, 3), (1, 2, 3), method="score")


def test_welch_by_hand():
    a, b = mean_interval(3, 6, 14), mean_interval(2, 2, 4)  # means 2 and 1; variances of the means 1/3 and 1
    gap = difference(a, b)
    assert (gap.value, gap.se**2) == pytest.approx((1, 4 / 3))
    assert gap.df == pytest.approx((4 / 3) ** 2 / ((1 / 3) ** 2 / 2 + 1))


def test_estimates_without_degrees_of_freedom_are_compared_by_z():
    a, b = nps_interval(2, 3, 5, method="Wald"), nps_interval(5, 3, 2, method="Wald")
    gap, same = difference(a, b), nps_difference((2, 3, 5), (5, 3, 2), method="Wald")
    assert ends(gap) == pytest.approx(ends(same)) and gap.p == pytest.approx(same.p)


def test_one_answer_has_no_standard_error_and_so_no_interval_of_the_difference():
    gap = difference(mean_interval(1, 6, 36), mean_interval(3, 6, 14))
    assert (gap.value, gap.low, gap.p) == (4, None, None)
    same = difference(mean_interval(2, 8, 32), mean_interval(2, 6, 18))
    assert (same.value, same.low, same.p) == (1, None, None)


@pytest.fixture
def calls():
    """Channel by wave: effort of a few people, the chat of wave b holding one person only."""
    return pd.DataFrame(
        {
            "wave": list("aaaaaabbbbbbb"),
            "channel": ["web", "web", "phone", "phone", "chat", "chat"]
            + ["web", "web", "web", "web", "phone", "phone", "chat"],
            "effort": [4.0, 6, 1, 3, 7, 7, 5, 5, 3, 7, 2, 4, 1],
        }
    )


def test_the_standard_is_both_groups_together_and_small_cells_are_left_out_and_told(calls):
    done = standardised(cell_sums(calls, "wave", "channel", "effort"))
    # web: 5 and 5, six people of ten; phone: 2 and 3, four of ten; chat of b has one person: three people out
    assert (done.a.value, done.b.value) == pytest.approx((0.6 * 5 + 0.4 * 2, 0.6 * 5 + 0.4 * 3))
    assert (done.cells, done.left_out, done.a.n, done.b.n) == (2, 3, 4, 6)
    # variances of the cell means: web 2/2 and (8/3)/4, phone 2/2 and 2/2
    assert done.a.se**2 == pytest.approx(0.36 * 1 + 0.16 * 1)
    assert done.b.se**2 == pytest.approx(0.36 * 2 / 3 + 0.16 * 1)
    assert done.contrast.value == pytest.approx(-0.4)
    assert done.contrast.se == pytest.approx(math.hypot(done.a.se, done.b.se))
    assert "2 cells" in done.contrast.method


def test_with_one_cell_standardising_is_the_plain_comparison(calls):
    done = standardised(cell_sums(calls.assign(all="all"), "wave", "all", "effort"))
    a, b = (
        mean_interval(len(x), x.sum(), (x**2).sum()) for x in (calls.loc[calls["wave"] == g, "effort"] for g in "ab")
    )
    assert (done.contrast.value, done.contrast.se) == pytest.approx((a.value - b.value, math.hypot(a.se, b.se)))


def test_a_ratio_is_judged_on_the_log_scale(calls):
    done = standardised(cell_sums(calls, "wave", "channel", "effort"), contrast="ratio")
    assert done.contrast.value == pytest.approx(3.8 / 4.2)
    assert done.contrast.se == pytest.approx(math.hypot(done.a.se / 3.8, done.b.se / 4.2))
    assert done.contrast.low * done.contrast.high == pytest.approx(done.contrast.value**2)
    below = standardised(cell_sums(calls.assign(effort=-calls["effort"]), "wave", "channel", "effort"), "ratio")
    assert below.contrast.value is None and "not above zero" in below.contrast.method


def test_weights_count_in_the_standard_and_in_the_error(calls):
    people = calls[calls["channel"] == "web"].assign(w=[1.0, 3, 1, 1, 1, 1])
    done = standardised(cell_sums(people, "wave", "channel", "effort", "w"))
    # a: (4 + 18) / 4 = 5.5; 2 [1 (1.5)^2 + 9 (.5)^2] / 16
    assert done.a.value == pytest.approx(5.5)
    assert done.a.se**2 == pytest.approx(2 * (2.25 + 2.25) / 16)
    assert done.a.n_effective == pytest.approx(16 / 10)


def test_nothing_in_common_is_no_comparison(calls):
    table = cell_sums(calls, "wave", "channel", "effort")
    apart = table[(table["group"] == "a") == (table["cell"] == "web")]
    done = standardised(apart)
    assert (done.contrast.value, done.cells, done.left_out) == (None, 0, table.loc[apart.index, "n"].sum())
    assert kitagawa(apart).rate is None


def test_change_of_mix_and_change_within_add_up_to_the_crude_difference(calls):
    split = kitagawa(cell_sums(calls, "wave", "channel", "effort"))
    means = calls.groupby("wave")["effort"].mean()
    assert split.total == split.rate + split.mix == pytest.approx(means["a"] - means["b"])
    assert split.left_out == 0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda t: t.assign(group="new"), 'named "a" and "b"'),
        (lambda t: pd.concat([t, t]), "a cell twice"),
        (lambda t: t.assign(w=-t["w"]), "weights above 0"),
        (lambda t: t.assign(ww=t["ww"] / 10), "w\\^2 no larger"),
        (lambda t: t.drop(columns="cell"), "no such column"),
        (lambda t: t.drop(columns="wwx"), "no such column"),
    ],
)
def test_cells_that_cannot_be_are_refused(calls, change, word):
    with pytest.raises(DataFault, match=word):
        standardised(change(cell_sums(calls, "wave", "channel", "effort")))


def test_a_standard_population_must_know_every_cell(calls):
    with pytest.raises(DataFault, match="a size for every cell"):
        standardised(cell_sums(calls, "wave", "channel", "effort"), population={"web": 1})


@pytest.mark.parametrize(("a", "b"), [((12, 9, 19), (20, 9, 11)), ((3, 2, 15), (10, 8, 9)), ((1, 0, 9), (4, 3, 3))])
def test_under_a_hundred_answers_the_p_is_where_the_interval_touches_nought(a, b):
    gap = nps_difference(a, b)
    assert "MOVER" in gap.method and (gap.p < 0.05) == (not gap.low <= 0 <= gap.high)
    edge = nps_difference(a, b, level=1 - gap.p, method="MOVER")
    assert min(abs(edge.low), abs(edge.high)) < 1e-3
