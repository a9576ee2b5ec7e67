"""Complaint rates: their ratio, and whether complaints come in clumps."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import dispersion, rate_ratio


def test_no_complaints_in_one_group_give_open_limits_and_no_error():
    none_in_a, none_in_b = rate_ratio(0, 100, 4, 100), rate_ratio(4, 100, 0, 100)
    assert (none_in_a.value, none_in_a.low) == (0, 0)
    assert (none_in_b.value, none_in_b.high) == (math.inf, math.inf)
    assert none_in_a.p == none_in_b.p == pytest.approx(2 / 2**4)  # all four on one side of a fair coin
    # (1 - q)^4 = .025 for the share of A, so the odds of the upper limit are .025^(-1/4) - 1
    assert none_in_a.high == pytest.approx(0.025**-0.25 - 1)


def test_no_complaints_at_all_say_nothing_of_the_ratio():
    silent = rate_ratio(0, 100, 0, 300)
    assert (silent.value, silent.low, silent.high, silent.p) == (None, 0, math.inf, 1)
    assert rate_ratio(0, 0, 3, 10).value is None


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.5, 1e4), st.floats(0.5, 1e4))
def test_b_over_a_is_one_over_a_over_b(events_a, events_b, exposure_a, exposure_b):
    one = rate_ratio(events_a, exposure_a, events_b, exposure_b)
    other = rate_ratio(events_b, exposure_b, events_a, exposure_a)
    assert one.low == pytest.approx(1 / other.high if other.high > 0 else math.inf)
    assert one.p == pytest.approx(other.p, rel=1e-6)
    if one.value is not None:
        assert one.low <= one.value <= one.high


@pytest.mark.parametrize(
    ("pair", "word"),
    [((1.5, 10, 2, 10), "whole number"), ((1, 0, 2, 10), "exposure_a"), ((1, 10, -2, 10), "events_b")],
)
def test_events_that_cannot_be_are_refused(pair, word):
    with pytest.raises(DataFault, match=word):
        rate_ratio(*pair)


def test_clumps_of_complaints_by_hand():
    table = pd.DataFrame({"group": ["x"] * 2 + ["y"] * 2, "count": [0, 4, 1, 3], "people": [3, 1, 1, 1]})
    # x: mean 1, squares 3 + 9 over 1; y: mean 2, squares 1 + 1 over 2; df 6 - 2
    assert dispersion(table) == pytest.approx((12 + 1) / 4)


def test_a_group_that_never_complains_tells_nothing_of_clumps():
    table = pd.DataFrame({"group": ["x", "x", "quiet"], "count": [0, 2, 0], "people": [1, 1, 50]})
    assert dispersion(table) == pytest.approx(2 / 1)
    assert dispersion(table[table["group"] == "quiet"]) is None


def test_chance_alone_gives_about_one():
    counts = np.random.default_rng(5).poisson(0.8, 4000)
    table = pd.Series(counts).value_counts().rename_axis("count").reset_index(name="people").assign(group="all")
    assert dispersion(table) == pytest.approx(1, abs=0.1)


def test_counts_that_cannot_be_are_refused():
    table = pd.DataFrame({"group": ["x", None], "count": [0, 1], "people": [1, 1]})
    with pytest.raises(DataFault, match="group"):
        dispersion(table)
    with pytest.raises(DataFault, match="whole counts"):
        dispersion(table.assign(group="x", count=[0, 0.5]))
    with pytest.raises(DataFault, match="people"):
        dispersion(table.drop(columns="people"))
