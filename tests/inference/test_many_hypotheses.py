"""Families of p values, effects too small to matter, verdicts, and the answers a comparison needs."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    family,
    holm,
    nps_detectable,
    nps_power,
    nps_sample_size,
    nps_variance,
    tost,
    verdict,
    within,
)
from workbench.inference.equivalence import CONTRADICTED, NO_DIFFERENCE, SUPPORTED, TOO_LITTLE

FAMILY = st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12)


def test_three_hypotheses_by_hand():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])  # 3 x .01, 2 x .03, then not below it
    assert benjamini_hochberg([0.04, 0.01, 0.03]) == pytest.approx([0.04, 0.03, 0.04])


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg, benjamini_yekutieli, bonferroni])
def test_a_hypothesis_that_was_not_tested_does_not_count(adjust):
    assert adjust([0.04, None, 0.01, math.nan]) == [*adjust([0.04, 0.01])[:1], None, adjust([0.04, 0.01])[1], None]
    assert adjust([]) == [] and adjust([None]) == [None]
    with pytest.raises(DataFault, match="p value outside"):
        adjust([0.2, 1.2])


@settings(deadline=None)
@given(FAMILY)
def test_adjusting_never_makes_a_p_smaller_and_holm_never_beats_a_screen(p):
    for plain, screen, strict, strictest in zip(p, benjamini_hochberg(p), holm(p), bonferroni(p), strict=True):
        if plain is None:
            assert screen is strict is strictest is None
        else:
            assert plain <= screen + 1e-12 and screen <= strict + 1e-12 and strict <= strictest + 1e-12 <= 1 + 1e-12


def test_inside_the_margin_by_hand():
    assert within(2, 2, 5.289707) == pytest.approx(0.05, abs=1e-6)  # (5.289707 - 2) / 2 = 1.644854
    assert within(-2, 2, 5.289707) == within(2, 2, 5.289707)
    assert within(12, 2, 10) > 0.5  # outside the margin
    assert within(2, 2, 5.289707, df=5) > 0.05
    assert within(None, 1, 5) is None and within(1, None, 5) is None and within(1, 0, 5) is None
    with pytest.raises(DataFault, match="margin"):
        within(1, 1, 0)


def judged(value, se, direction="lower", matters=10, p=None, **more):
    p = math.erfc(abs(value) / se / math.sqrt(2)) if p is None else p
    return verdict(value, value - 1.96 * se, value + 1.96 * se, p, se, direction, matters, **more)


def test_the_four_verdicts():
    assert judged(-20, 4) == SUPPORTED
    assert judged(20, 4) == CONTRADICTED
    assert judged(20, 4, direction="higher") == SUPPORTED
    assert judged(20, 4, direction="different") == judged(-20, 4, direction="different") == SUPPORTED
    assert judged(-20, 15) == TOO_LITTLE
    assert judged(1, 2) == NO_DIFFERENCE


def test_a_sure_but_tiny_effect_is_no_difference_that_matters():
    assert judged(-3, 1) == NO_DIFFERENCE  # p = .003, yet surely within ten points


def test_many_questions_can_take_a_verdict_away():
    assert judged(-20, 8) == SUPPORTED
    assert judged(-20, 8, p=0.06) == TOO_LITTLE
    assert judged(-20, 8, p=0.05) == TOO_LITTLE  # below alpha, not at it


def test_the_margin_is_tested_at_alpha_each_side():
    assert judged(0, 10 / 1.6) == TOO_LITTLE  # p of a z of 1.6 is .055
    assert judged(0, 10 / 1.7) == NO_DIFFERENCE  # .045


def test_few_degrees_of_freedom_make_equivalence_harder():
    assert judged(1, 5) == NO_DIFFERENCE
    assert judged(1, 5, df=2) == TOO_LITTLE


def test_a_ratio_is_judged_on_the_log_scale():
    assert verdict(1.8, 1.4, 2.3, 0.001, 0.127, "higher", 1.2, scale="ratio") == SUPPORTED
    assert verdict(1 / 1.8, 1 / 2.3, 1 / 1.4, 0.001, 0.127, "higher", 1.2, scale="ratio") == CONTRADICTED
    assert verdict(1.02, 0.96, 1.08, 0.5, 0.03, "higher", 1.2, scale="ratio") == NO_DIFFERENCE
    assert verdict(0.0, 0.0, 0.4, 0.001, None, "lower", 1.2, scale="ratio") == SUPPORTED
    assert verdict(math.inf, 0.5, math.inf, 0.2, None, "higher", 1.2, scale="ratio") == TOO_LITTLE


def test_without_a_standard_error_the_interval_itself_must_lie_inside():
    assert verdict(1, -4, 6, 0.6, None, "higher", 10) == NO_DIFFERENCE
    assert verdict(1, -4, 11, 0.6, None, "higher", 10) == TOO_LITTLE


def test_nothing_known_is_too_little_data():
    assert verdict(None, None, None, None, None, "higher", 10) == TOO_LITTLE
    assert verdict(math.nan, math.nan, math.nan, math.nan, math.nan, "higher", 10) == TOO_LITTLE
    assert verdict(20, None, None, None, 4, "higher", 10) == TOO_LITTLE


@settings(deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 50), st.floats(0.1, 30))
def test_turning_groups_and_direction_round_keeps_the_verdict(value, se, matters):
    assert judged(value, se, "higher", matters) == judged(-value, se, "lower", matters)


@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": "up"},
        {"scale": "odds"},
        {"matters": 0},
        {"matters": 1, "scale": "ratio"},
        {"alpha": 5},
        {"value": -1, "scale": "ratio", "matters": 2},
    ],
)
def test_a_verdict_on_terms_that_make_no_sense_is_refused(wrong):
    terms = {"value": 1, "low": 0.5, "high": 2, "p_adjusted": 0.5, "se": 1, "direction": "higher", "matters": 5}
    with pytest.raises(DataFault):
        verdict(**{**terms, **wrong})


def test_variance_of_an_even_mix_by_hand():
    assert nps_variance(1, 0, 1) == 10_000
    assert nps_variance(20, 30, 50) == pytest.approx(6100)


@settings(deadline=None)
@given(st.floats(1, 100), st.floats(100, 10_000), st.floats(0.55, 0.99), st.floats(1, 5))
def test_the_detectable_difference_and_the_sample_size_undo_each_other(gap, variance, power, deff):
    n = nps_sample_size(gap, variance, power, deff=deff)
    assert nps_detectable(n, variance, power, deff=deff) == pytest.approx(gap)
    assert nps_power(gap, n, variance, deff=deff) == pytest.approx(power, abs=5e-3)  # the other tail adds a little


@pytest.mark.parametrize(
    "call",
    [
        lambda: nps_sample_size(0, 6000),
        lambda: nps_detectable(0, 6000),
        lambda: nps_detectable(100, 6000, power=80),
        lambda: nps_variance(0, 0, 0),
    ],
)
def test_a_plan_without_size_difference_or_mix_is_refused(call):
    with pytest.raises(DataFault):
        call()


def test_a_family_names_what_it_rejects():
    found = family(["H1", "H2", "H3"], [0.02, None, 0.03], "Holm", 0.04)
    assert (found.m, found.adjusted, found.rejected) == (2, [0.04, None, 0.04], ["H1", "H3"])
    assert family(["H1", "H2"], [0.02, 0.03], "Bonferroni", 0.05).rejected == ["H1"]
    with pytest.raises(DataFault, match="one of: Holm"):
        family(["H1"], [0.1], "none")
    with pytest.raises(DataFault, match="2 names for 1 p values"):
        family(["H1", "H2"], [0.1])


def test_equivalence_is_judged_at_alpha():
    tests = tost(0, 10 / 1.7, 10)
    assert tests.p == pytest.approx(0.0446, abs=1e-4)
    assert tests.equivalent() and not tests.equivalent(0.04)
