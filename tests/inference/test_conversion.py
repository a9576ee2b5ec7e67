"""How many go on, where some are still on the way: against the plain share, by hand, and where the truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.inference import kaplan_meier
from workbench.inference.conversion import chained, conversion, readable
from workbench.inference.intervals import share_interval


def people(rows):
    return pd.DataFrame(rows, columns=["time", "event", "n"])


def test_where_all_were_followed_for_long_enough_it_is_the_plain_share():
    found = conversion(people([(3, 1, 20), (5, 1, 10), (100, 0, 70)]))
    wilson = share_interval(30, 100)
    assert (found.share.value, found.share.low, found.share.high) == (wilson.value, wilson.low, wilson.high)
    assert (found.plain, found.reached, found.n) == (0.3, 30, 100)
    assert found.times == (3, 5)  # half of the thirty by 3, nine in ten by 5


def test_those_still_on_the_way_are_not_lost():
    # by hand: 40 of 100 go on at 1, then 30 are seen no further, then 15 of the 30 left at 3
    found = conversion(people([(1, 1, 40), (2, 0, 30), (3, 1, 15), (4, 0, 15)]))
    assert found.share.value == pytest.approx(1 - 0.6 * 0.5)
    assert found.plain == pytest.approx(0.55)
    assert found.share.low < 0.7 < found.share.high and "Kaplan-Meier" in found.share.method


def test_a_time_allowed_counts_what_came_by_then():
    found = conversion(people([(1, 1, 40), (2, 0, 30), (3, 1, 15), (4, 0, 15)]), by=2)
    assert found.share.value == pytest.approx(0.4) and found.horizon == 2


def test_a_curve_is_read_no_further_than_where_few_stand_for_many():
    # 95 of 100 are seen no further after 1; of the five left one goes on at 9
    fit = kaplan_meier(people([(1, 0, 95), (9, 1, 1), (10, 0, 4)]))
    assert readable(fit) == 1
    # the same five at the end of a curve on which all others went on
    assert readable(kaplan_meier(people([(1, 1, 95), (9, 1, 1), (10, 0, 4)]))) == 10
    assert readable(kaplan_meier(people([(1, 1, 95), (9, 1, 5)]))) == np.inf


def test_a_chain_of_whole_steps_is_the_plain_share_of_the_last():
    steps = [conversion(people([(1, 1, 80), (50, 0, 20)])), conversion(people([(1, 1, 60), (50, 0, 20)]))]
    wilson = share_interval(60, 100)
    assert (chained(steps).value, chained(steps).low) == pytest.approx((wilson.value, wilson.low))


def test_a_chain_knows_who_was_lost_late_whatever_the_length_of_the_way():
    cut = conversion(people([(1, 1, 40), (2, 0, 30), (3, 1, 15), (4, 0, 15)]))
    whole = conversion(people([(1, 1, 50), (50, 0, 5)]))
    found = chained([cut, whole])
    assert found.value == pytest.approx(0.7 * 50 / 55) and found.low < found.value < found.high


def test_the_interval_covers_the_truth_where_many_are_censored():
    rng, hits = np.random.default_rng(4), 0
    for _ in range(200):
        goes, when = rng.random(300) < 0.6, np.floor(rng.exponential(10, 300))
        seen = np.floor(rng.uniform(0, 120, 300))
        event = goes & (when <= seen)
        table = pd.DataFrame({"time": np.where(event, when, seen), "event": event.astype(int)})
        found = conversion(table.groupby(["time", "event"], as_index=False).size().rename(columns={"size": "n"}))
        hits += found.share.low <= 0.6 <= found.share.high
        assert found.plain < found.share.value
    assert hits >= 180


def test_nobody_and_nobody_who_goes_on():
    assert conversion(people([])).share.value is None
    none = conversion(people([(5, 0, 40)]))
    assert none.share.value == 0 and none.share.high > 0 and none.times == (None, None)
    assert chained([none]).value == 0
