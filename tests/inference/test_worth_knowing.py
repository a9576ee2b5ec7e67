"""What knowing more is worth, and how many answers shares and rates need."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from workbench.faults import DataFault
from workbench.inference import (
    draws_worth,
    rate_plan,
    rate_power,
    scenario_worth,
    seeded,
    share_detectable,
    share_plan,
    share_power,
    study_worth,
)


def test_two_scenarios_by_hand():
    gains = pd.DataFrame({"build": [-10.0, 30.0], "nothing": [0.0, 0.0]})
    worth = scenario_worth([0.6, 0.4], gains)
    assert worth.expected == pytest.approx({"build": 6, "nothing": 0})
    assert (worth.best, worth.with_perfect_information, worth.evpi) == ("build", 12, pytest.approx(6))
    assert scenario_worth([1.0, 0.0], gains).evpi == 0  # nothing to learn


@settings(deadline=None)
@given(st.floats(-50, 50), st.floats(0.5, 50), st.integers(1, 10_000), st.floats(0.5, 500))
def test_a_study_is_worth_less_than_knowing_and_more_with_more_answers(mean, sd, n, sd_one):
    one, more = study_worth(mean, sd, n, sd_one), study_worth(mean, sd, 2 * n, sd_one)
    assert 0 <= one.evsi <= more.evsi + 1e-12 <= one.evpi + 2e-12
    assert one.sd_after <= sd


def test_perfect_information_is_the_mean_of_what_is_avoided():
    worth = study_worth(12, 30, 10**12, 1)
    gain = np.linspace(12 - 12 * 30, 12 + 12 * 30, 400_001)
    density = norm.pdf(gain, 12, 30) * (gain[1] - gain[0])
    assert worth.evpi == pytest.approx(float(np.maximum(gain, 0) @ density) - 12, abs=1e-5)
    assert worth.evsi == pytest.approx(worth.evpi)
    assert (worth.adopt, worth.p_gain) == (True, pytest.approx(norm.cdf(0.4)))
    assert study_worth(-1e6, 1, 10, 1).share is None  # nothing could change the decision


def test_draws_say_what_the_formula_says_and_what_moves_together_changes_it():
    z = seeded(9).normal(size=(200_000, 2))
    drawn = draws_worth(pd.DataFrame({"adopt": 12 + 30 * z[:, 0], "nothing": 0.0}), seed=9)
    exact = study_worth(12, 30, 1, 1).evpi
    assert abs(drawn.evpi - exact) < 4 * drawn.se and drawn.se < 0.1
    apart = draws_worth(pd.DataFrame({"a": z[:, 0], "b": z[:, 1]}), seed=9)
    together = draws_worth(pd.DataFrame({"a": z[:, 0], "b": 0.9 * z[:, 0] + math.sqrt(0.19) * z[:, 1]}), seed=9)
    assert together.evpi < 0.5 * apart.evpi
    assert "seed 9" in drawn.method


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda g: scenario_worth([0.5, 0.6], g), "add up to 1.1"),
        (lambda g: scenario_worth([1.5, -0.5], g), "negative"),
        (lambda g: scenario_worth([1.0], g), "one probability for each"),
        (lambda g: scenario_worth([0.5, 0.5], g.assign(a=np.nan)), "missing or infinite"),
        (lambda g: draws_worth(g.iloc[:1], 1), "many draws"),
        (lambda g: study_worth(1, 0, 5, 1), "sd"),
        (lambda g: study_worth(math.inf, 1, 5, 1), "finite"),
    ],
)
def test_bets_that_make_no_sense_are_refused(call, word):
    with pytest.raises(DataFault, match=word):
        call(pd.DataFrame({"a": [1.0, 2.0]}))


@settings(deadline=None)
@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98), st.floats(0.55, 0.99))
def test_answers_for_two_shares_agree_with_statsmodels_and_reach_the_power(a, b, power):
    if abs(a - b) < 0.01:
        return
    plan = share_plan(a, b, power)
    assert plan.n == pytest.approx(samplesize_proportions_2indep_onetail(a - b, b, power))
    assert plan.whole == math.ceil(plan.n) and plan.power >= power - 1e-12
    assert share_power(plan.n, a, b) == pytest.approx(power)
    assert share_plan(b, a, power).n == pytest.approx(plan.n)
    assert share_plan(a, b, power, deff=2).n == pytest.approx(2 * plan.n)


def test_the_detectable_share_is_where_the_power_is_reached():
    below, above = share_detectable(500, 0.2), share_detectable(500, 0.2, side="above")
    assert below < 0.2 < above
    assert share_power(500, 0.2, below) == pytest.approx(0.8) == share_power(500, 0.2, above)
    assert share_detectable(500, 0.005) is None  # even nobody at all would not be told apart
    assert share_detectable(500, 0.2, side="above") == pytest.approx(1 - share_detectable(500, 0.8))


def test_units_for_two_rates_agree_with_drawing():
    plan = rate_plan(0.1, 0.08, exposure=2, dispersion=0.5, power=0.9)
    assert plan.n == pytest.approx((1.959964 + 1.281552) ** 2 * (1 / 0.2 + 1 / 0.16 + 1) / math.log(0.8) ** 2, rel=1e-5)
    rng, n, k = seeded(1), plan.whole, 0.5
    a, b = (rng.negative_binomial(n / k, 1 / (1 + k * mean), 20_000) for mean in (0.2, 0.16))
    z = np.log(a / b) / np.sqrt(1 / a + 1 / b + 2 * k / n)
    assert (abs(z) > 1.959964).mean() == pytest.approx(plan.power, abs=0.02)
    assert rate_plan(0.1, 0.08).n == pytest.approx(rate_plan(0.08, 0.1).n)
    assert rate_plan(0.1, 0.08, dispersion=1).n > rate_plan(0.1, 0.08).n
    assert rate_power(plan.whole, 0.1, 0.1, 2, 0.5) == pytest.approx(0.05)


@pytest.mark.parametrize(
    "call",
    [
        lambda: share_plan(0.2, 0.2),
        lambda: share_plan(0.2, 0),
        lambda: share_plan(20, 0.2),
        lambda: share_plan(0.1, 0.2, power=80),
        lambda: share_detectable(0, 0.2),
        lambda: share_detectable(100, 0.2, side="left"),
        lambda: rate_plan(0.1, 0.1),
        lambda: rate_plan(0.1, 0),
        lambda: rate_plan(0.1, 0.2, exposure=0),
        lambda: rate_plan(0.1, 0.2, dispersion=-1),
    ],
)
def test_plans_without_a_difference_or_a_base_are_refused(call):
    with pytest.raises(DataFault):
        call()
