"""Outcomes in the time after something: time by counting, and the rate ratio over strata."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import rate_ratio
from workbench.inference.preceding import mantel_haenszel_rates, time_in_periods


def strata(*rows):
    return pd.DataFrame(rows, columns=["events", "events_after", "time", "time_after"])


def ends_of(stretches, side, length):
    at = stretches[side] // length
    table = pd.DataFrame({"who": stretches["who"], "period": at, "past": stretches[side] - at * length})
    return table.groupby(["who", "period"])["past"].agg(n="size", past="sum").reset_index()


def test_time_in_periods_is_that_of_walking_through_every_stretch():
    rng = np.random.default_rng(3)
    stretches = pd.DataFrame({"who": rng.choice(["a", "b"], 60), "start": rng.integers(0, 400, 60)})
    stretches["end"] = stretches["start"] + rng.integers(0, 200, 60)
    found = time_in_periods(ends_of(stretches, "start", 30), ends_of(stretches, "end", 30), 30, ["who"])
    walked = [(row.who, day // 30) for row in stretches.itertuples() for day in range(row.start, row.end)]
    by_hand = pd.DataFrame(walked, columns=["who", "period"]).value_counts().sort_index()
    assert found.set_index(["who", "period"])["time"].to_dict() == by_hand.to_dict()


def test_nothing_is_no_time_and_a_period_before_the_first_is_refused():
    empty = pd.DataFrame(columns=["period", "n", "past"])
    assert time_in_periods(empty, empty, 30).empty
    with pytest.raises(wb.DataFault, match="before the first"):
        time_in_periods(pd.DataFrame({"period": [-1], "n": [1], "past": [0]}), empty, 30)


def test_one_stratum_is_the_plain_rate_ratio():
    many = mantel_haenszel_rates(strata((90, 30, 1000.0, 200.0)))
    plain = rate_ratio(30, 200, 60, 800, method="Wald")
    assert many.value == pytest.approx(plain.value)
    # given the 90 the variance is that of the Mantel-Haenszel score, not of the two counts: near, not the same
    assert many.se == pytest.approx(math.sqrt(90 * 200 * 800 / 1000**2 / ((30 * 0.8) * (60 * 0.2))))
    few = mantel_haenszel_rates(strata((13, 3, 1000.0, 100.0)))
    exact = rate_ratio(3, 100, 10, 900)
    assert (few.low, few.high) == pytest.approx((exact.low, exact.high), rel=1e-6) and "exact" in few.method


def test_by_hand_over_two_strata():
    # sum a T0/T = 12 x .8 + 20 x .5 = 19.6; sum b T1/T = 30 x .2 + 10 x .5 = 11
    found = mantel_haenszel_rates(strata((42, 12, 500.0, 100.0), (30, 20, 200.0, 100.0)))
    assert found.value == pytest.approx(19.6 / 11)
    assert found.se == pytest.approx(math.sqrt((42 * 0.16 + 30 * 0.25) / (19.6 * 11)))
    assert (found.n_a, found.n_b) == (32, 40)


def test_strata_that_compare_nothing_change_nothing():
    rows = [(42, 12, 500.0, 100.0), (30, 20, 200.0, 100.0)]
    idle = [(9, 0, 300.0, 0.0), (7, 7, 50.0, 50.0), (0, 0, 400.0, 100.0)]
    assert mantel_haenszel_rates(strata(*rows)) == mantel_haenszel_rates(strata(*rows, *idle))
    assert mantel_haenszel_rates(strata(*idle)).value is None


def test_none_on_one_side_has_one_limit_and_a_p_that_agrees():
    none = mantel_haenszel_rates(strata((10, 0, 1000.0, 300.0), (8, 0, 500.0, 100.0)))
    assert none.value == 0 and none.low == 0 and none.high < 1 and none.p < 0.05
    assert none.p == pytest.approx(2 * 0.7**10 * 0.8**8)
    # the upper limit: the ratio at which none at all has a probability of 2.5 %
    chance = (1 + none.high * 3 / 7) ** -10 * (1 + none.high / 4) ** -8
    assert chance == pytest.approx(0.025, rel=1e-6)
    all_of_them = mantel_haenszel_rates(strata((10, 10, 1000.0, 700.0), (8, 8, 500.0, 400.0)))
    assert math.isinf(all_of_them.value) and all_of_them.low == pytest.approx(1 / none.high)


@pytest.mark.parametrize(("ratio", "events"), [(1.0, 3.0), (2.0, 0.5), (0.5, 0.2)])
def test_the_interval_covers_the_planted_ratio(ratio, events):
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(300):
        time = rng.uniform(500, 1500, 40)
        after = time * rng.uniform(0.02, 0.4, 40)
        rate = events * rng.uniform(0.3, 3, 40) / time  # busy periods and quiet ones
        a, b = rng.poisson(rate * ratio * after), rng.poisson(rate * (time - after))
        found = mantel_haenszel_rates(
            pd.DataFrame({"events": a + b, "events_after": a, "time": time, "time_after": after})
        )
        covered += found.low is not None and found.low <= ratio <= found.high
    assert covered >= 279  # 93 % of 300


def test_parts_larger_than_the_whole_are_refused():
    with pytest.raises(wb.DataFault, match="more after the trigger"):
        mantel_haenszel_rates(strata((3, 4, 100.0, 10.0)))
    with pytest.raises(wb.DataFault, match="no such column"):
        mantel_haenszel_rates(pd.DataFrame({"events": [1]}))
