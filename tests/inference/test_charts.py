"""Control charts: limits, signals by name, gaps, frozen baselines, and what is too short or does not vary."""

import math

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import estimates_chart, ewma_chart, p_chart, xmr_chart


def figures(*values, **columns):
    return pd.DataFrame({"period": range(1, len(values) + 1), "value": list(values), **columns})


def counts(n, x):
    return pd.DataFrame({"period": range(1, len(n) + 1), "n": n, "x": x})


def test_a_share_by_hand_with_stepped_limits():
    chart = p_chart(counts([100, 400, 100, 400], [10, 40, 30, 20]))
    assert chart.centre == 0.1
    assert list(chart.points["se"]) == pytest.approx([0.03, 0.015, 0.03, 0.015])
    assert list(chart.points["low"]) == pytest.approx([0.01, 0.055, 0.01, 0.055])
    assert chart.signals == {"outside": [3, 4]}
    assert any("only 4 periods" in note for note in chart.notes)


def test_laneys_limits_are_those_of_the_moving_range_of_z():
    n, x = [10000, 12000, 9000, 11000, 10000, 10500, 9800, 10100], [1000, 1500, 800, 1300, 900, 1200, 1100, 950]
    plain, wide = p_chart(counts(n, x)), p_chart(counts(n, x), laney=True)
    z = [(a / b - plain.centre) / math.sqrt(plain.centre * (1 - plain.centre) / b) for a, b in zip(x, n, strict=True)]
    ranges = [abs(a - b) for a, b in zip(z[1:], z[:-1], strict=True)]
    assert wide.sigma_z == pytest.approx(sum(ranges) / 7 / 1.128)
    assert plain.signals["outside"] and not wide.signals["outside"]
    assert list(wide.points["se"]) == pytest.approx(list(plain.points["se"] * wide.sigma_z))


def test_a_share_never_has_a_limit_outside_0_and_1():
    points = p_chart(counts([20] * 9, [0, 1, 0, 1, 0, 0, 1, 0, 1])).points
    assert points["low"].min() == 0 and points["high"].max() <= 1


def test_periods_without_answers_are_gaps_that_no_moving_range_spans():
    chart = xmr_chart(figures(1, 2, None, 10, 11, 10, 11, 10, 11, 10))
    assert chart.gaps == [3] and any("1 periods without a value" in note for note in chart.notes)
    assert chart.moving_range == 1
    assert p_chart(counts([50, 0, 50], [5, 0, 6])).gaps == [2]


def test_calendar_periods_left_out_come_back_as_gaps():
    months = pd.PeriodIndex(["2024-01", "2024-02", "2024-05"], freq="M")
    chart = xmr_chart(pd.DataFrame({"period": months, "value": [1.0, 2.0, 3.0]}))
    assert [str(gap) for gap in chart.gaps] == ["2024-03", "2024-04"] and len(chart.points) == 5


def test_a_frozen_baseline_does_not_learn_from_what_came_after():
    before = [10, 12, 11, 13, 12, 10, 11, 12]
    short, long = xmr_chart(figures(*before)), xmr_chart(figures(*before, 30, 31, 32), baseline=8)
    assert (long.centre, long.moving_range) == (short.centre, short.moving_range)
    assert long.signals["outside"] == [9, 10, 11] and long.signals["moving range"] == [9]
    named = xmr_chart(figures(*before, 30, 31, 32), baseline=range(1, 9))
    assert named.centre == long.centre


def test_each_rule_is_told_by_name_with_the_period_where_it_ends():
    noise = [0, 2, 0, 2, 0, 2, 0, 2]  # centre 1, mean moving range 2, sigma 2 / 1.128 = 1.773
    run = xmr_chart(figures(*noise, *[1.5] * 9), baseline=8)
    assert run.signals["run of 8"] == [15, 16, 17] and run.signals["outside"] == []
    two = xmr_chart(figures(*noise, 5, 1, 5), baseline=8)
    assert two.signals["2 of 3"] == [11] and two.signals["outside"] == []
    other_side = xmr_chart(figures(*noise, 5, 1, -3), baseline=8)
    assert other_side.signals["2 of 3"] == []
    rules = ("4 of 5", "trend of 6")
    four = xmr_chart(figures(*noise, 3, 3, 1, 3, 3), baseline=8, rules=rules)
    assert four.signals["4 of 5"] == [13] and four.signals["trend of 6"] == []
    rising = xmr_chart(figures(*noise, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), baseline=8, rules=rules)
    assert rising.signals["trend of 6"] == [14]


def test_a_gap_breaks_a_run():
    noise = [0, 2, 0, 2, 0, 2, 0, 2]
    chart = xmr_chart(figures(*noise, 1.5, 1.5, 1.5, 1.5, None, 1.5, 1.5, 1.5, 1.5), baseline=8)
    assert chart.signals["run of 8"] == []


def test_ewma_by_hand_and_its_limits_far_out():
    chart = ewma_chart(figures(12, 8), smooth=0.5, target=10, spread=2)
    assert list(chart.points["value"]) == [11, 9.5]
    assert list(chart.points["high"]) == pytest.approx([10 + 3 * 1, 10 + 3 * 2 * math.sqrt(0.25 + 0.0625)])
    long, far = (ewma_chart(figures(*[10.0] * 60), 0.2, target=10, spread=2, exact=exact) for exact in (True, False))
    assert long.points["high"].iloc[-1] == pytest.approx(far.points["high"].iloc[0])


def test_ewma_with_a_standard_error_by_period_is_the_plain_one_where_they_are_equal():
    values = [3, 5, 4, 8, 2, 6]
    plain = ewma_chart(figures(*values), 0.3, target=4, spread=1.5)
    by_period = ewma_chart(figures(*values, se=1.5), 0.3, target=4)
    assert by_period.points["high"].to_numpy() == pytest.approx(plain.points["high"].to_numpy())
    unsure = ewma_chart(figures(*values, se=[1.5, 1.5, 9, 1.5, 1.5, 1.5]), 0.3, target=4)
    assert unsure.points["se"][2] > 2 * plain.points["se"][2]


def test_estimates_of_their_own_precision_are_judged_by_it():
    chart = estimates_chart(figures(30, 30, 30, 42, 42, se=[3, 3, 3, 3, 10.0]), laney=False, centre=30)
    assert chart.signals["outside"] == [4]
    weighted = estimates_chart(figures(0, 30, se=[1.0, 1.0], n=[100, 200]), laney=False)
    assert weighted.centre == 20


def test_a_series_that_does_not_vary_has_no_limits_and_says_so():
    for chart in (xmr_chart(figures(*[5] * 10)), p_chart(counts([9] * 9, [0] * 9)), xmr_chart(figures(5))):
        assert chart.points["low"].isna().all() and not any(chart.signals.values())
        assert any("no limits" in note for note in chart.notes)


@pytest.mark.parametrize(
    ("chart", "word"),
    [
        (lambda: p_chart(counts([10, 10], [11, 1])), "more than were asked"),
        (lambda: xmr_chart(pd.DataFrame({"value": [1, 2]})), "period"),
        (lambda: xmr_chart(figures(1, 2, np.inf)), "value"),
        (lambda: xmr_chart(figures(1, 2).assign(period=[1, 1])), "one twice"),
        (lambda: xmr_chart(figures(1, 2).assign(period=[2, 1])), "order"),
        (lambda: xmr_chart(figures(None, None, 3), baseline=2), "baseline"),
        (lambda: xmr_chart(figures(1, 2), baseline=["May"]), "May"),
        (lambda: xmr_chart(figures(1, 2), rules=["7 of 9"]), "one of: outside"),
        (lambda: ewma_chart(figures(1, 2), smooth=0), "smooth"),
        (lambda: ewma_chart(figures(1, 2, se=[1.0, 2.0]), exact=False), "exact"),
        (lambda: estimates_chart(figures(1, 2, se=[0.0, 1.0])), "standard error"),
    ],
)
def test_what_is_no_series_is_refused(chart, word):
    with pytest.raises(DataFault, match=word):
        chart()
