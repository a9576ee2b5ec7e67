"""Intervals of one group: the score interval of NPS, Wilson, Student, Garwood."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import mean_interval, nps_credible, nps_interval, rate_interval, share_interval
from workbench.inference.intervals import NPS_METHODS

ANSWERS = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).filter(any)


def ends(estimate):
    return [estimate.low, estimate.high]


def test_ten_answers_added_up_by_hand():
    nps = nps_interval(2, 3, 5, method="Wald")  # 50 % - 20 % = 30; variance (.7 - .09) / 10
    assert nps.value == pytest.approx(30)
    assert nps.se == pytest.approx(100 * math.sqrt(0.061))
    assert ends(nps) == pytest.approx([30 - 1.959964 * nps.se, 30 + 1.959964 * nps.se], abs=1e-4)
    assert (nps.n, nps.level, nps.method) == (10, 0.95, "Wald interval")


def test_with_passives_only_the_score_limit_has_a_closed_form():
    z2 = 1.959963984540054**2
    nps = nps_interval(0, 12, 0)  # n delta <= z sqrt(n delta (1 - delta)) gives z^2 / (n + z^2)
    assert ends(nps) == pytest.approx([-100 * z2 / (12 + z2), 100 * z2 / (12 + z2)])


@settings(deadline=None)
@given(ANSWERS)
def test_the_score_interval_holds_the_nps_and_stays_on_the_scale(counts):
    nps = nps_interval(*counts)
    assert -100 <= nps.low <= nps.value + 1e-9 and nps.value - 1e-9 <= nps.high <= 100
    assert nps.high - nps.low > 1  # never without width, also when all answers are in one class


@settings(deadline=None)
@given(ANSWERS, st.sampled_from(sorted(NPS_METHODS)))
def test_promoters_and_detractors_swapped_turn_the_interval_round(counts, method):
    detractors, passives, promoters = counts
    one, other = nps_interval(*counts, method=method), nps_interval(promoters, passives, detractors, method=method)
    assert ends(one) == pytest.approx([-other.high, -other.low], abs=1e-7)


@settings(deadline=None)
@given(ANSWERS, st.floats(1.1, 20))
def test_more_of_the_same_answers_never_widen_the_interval(counts, times):
    few, many = nps_interval(*counts), nps_interval(*(times * k for k in counts))
    assert many.high - many.low <= few.high - few.low + 1e-9


@settings(deadline=None)
@given(ANSWERS)
def test_a_higher_level_is_wider(counts):
    usual, strict = nps_interval(*counts), nps_interval(*counts, level=0.99)
    assert strict.low <= usual.low and usual.high <= strict.high


def test_nobody_has_no_nps():
    nobody = nps_interval(0, 0, 0)
    assert (nobody.value, nobody.low, nobody.high, nobody.se, nobody.n) == (None, None, None, None, 0)
    assert nps_credible(0, 0, 0).value is None
    assert share_interval(0, 0).value is None
    assert mean_interval(0, 0, 0).value is None
    assert rate_interval(0, 0).value is None


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: nps_interval(-1, 2, 3), "detractors"),
        (lambda: nps_interval(1, math.nan, 3), "passives"),
        (lambda: nps_interval(1, 2, 3, level=95), "write 0.95"),
        (lambda: nps_interval(1, 2, 3, method="scor"), "one of: score"),
        (lambda: nps_credible(1, 2, 3, prior=0), "prior"),
        (lambda: share_interval(5, 4), "5 of 4"),
        (lambda: mean_interval(2, 10, 3), "squares"),
        (lambda: mean_interval(2, math.inf, 3), "total"),
        (lambda: rate_interval(1.5, 100), "whole number"),
        (lambda: rate_interval(1, 0), "exposure"),
        (lambda: rate_interval(1, 10, per=0), "per"),
    ],
)
def test_impossible_counts_are_refused_in_words(call, word):
    with pytest.raises(DataFault, match=word):
        call()


def test_wilson_by_hand():
    share = share_interval(1, 4, level=0.6826894921370859)  # z = 1: (1 + .5 +- sqrt(.75 + .25)) / 5
    assert ends(share) == pytest.approx([0.1, 0.5])


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 200), st.sampled_from(["Wilson", "exact", "Jeffreys"]))
def test_a_share_lies_in_its_interval_and_both_in_0_to_1(successes, n, method):
    share = share_interval(min(successes, n), n, method=method)
    assert 0 <= share.low <= share.value <= share.high <= 1


def test_three_efforts_by_hand():
    mean = mean_interval(3, 1 + 2 + 3, 1 + 4 + 9)  # variance 1, so the SE is 1 / sqrt(3); t of 2 df is 4.3027
    assert mean.value == 2 and mean.df == 2
    assert mean.high - 2 == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)


def test_one_answer_or_all_the_same_have_a_mean_and_no_interval():
    one, same = mean_interval(1, 6, 36), mean_interval(3, 0.3, 0.03)
    assert (one.value, one.low, one.high, one.se) == (6, None, None, None)
    assert (same.low, same.high, same.se) == (None, None, 0)
    assert "all answers are the same" in same.method


def test_no_complaints_still_have_an_upper_limit():
    rate = rate_interval(0, 350)  # -ln(.025) / 350
    assert (rate.value, rate.low) == (0, 0)
    assert rate.high == pytest.approx(1000 * -math.log(0.025) / 350)
    assert rate.n == 350


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 1e6))
def test_a_rate_lies_in_its_interval(events, exposure):
    rate = rate_interval(events, exposure)
    assert 0 <= rate.low <= rate.value <= rate.high
