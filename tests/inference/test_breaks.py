"""Breaks in level: places as full search finds them, their number, their intervals, and the test of no break at all."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from workbench.faults import DataFault
from workbench.inference import level_breaks
from workbench.inference.breaks import _left, supremum_p


def series(values):
    return pd.DataFrame({"period": np.arange(1, len(values) + 1) + 2000, "value": np.asarray(values, float)})


def spread(y):
    return float(((y - y.mean()) ** 2).sum())


@pytest.mark.parametrize("seed", range(4))
def test_the_places_are_those_of_a_search_through_all_partitions(seed):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=20) + np.repeat([0, 2, -1, 1], 5) + 100
    got = level_breaks(series(y), min_segment=3, max_breaks=3)
    for m in (1, 2, 3):
        every = [
            (sum(spread(part) for part in np.split(y, cut)), cut)
            for cut in itertools.combinations(range(3, 18), m)
            if min(np.diff([0, *cut, 20])) >= 3
        ]
        least, cut = min(every)
        assert got.numbers["rss"][m] == pytest.approx(least)
        assert got.numbers["index"][m] == list(cut)
    m = got.chosen
    bic = 20 * (math.log(got.numbers["rss"][m] / 20) + 1 + math.log(2 * math.pi)) + math.log(20) * (2 * m + 2)
    assert got.numbers["bic"].min() == pytest.approx(bic)


def test_a_clear_step_is_dated_and_its_interval_narrow():
    y = np.concatenate([np.tile([9, 11], 15), np.tile([14, 16], 15)])
    got = level_breaks(series(y))
    assert (got.chosen, list(got.breaks["index"]), list(got.breaks["period"])) == (1, [30], [2030])
    assert list(got.segments["mean"]) == [10, 15] and list(got.segments["n"]) == [30, 30]
    assert got.breaks["low"][0] <= 30 <= got.breaks["high"][0] <= 33
    assert got.p < 1e-6


def test_noise_has_no_break():
    got = level_breaks(series(np.random.default_rng(3).normal(size=80)))
    assert got.chosen == 0 and got.breaks.empty and len(got.segments) == 1 and got.p > 0.05


def test_the_interval_covers_the_date_about_as_often_as_it_says_also_where_the_noise_changes():
    rng, inside, added = np.random.default_rng(5), 0, 0
    for _ in range(150):
        table = series(np.concatenate([rng.normal(0, 1, 50), rng.normal(2, 2, 50)]))
        low, high = ends(level_breaks(table, max_breaks=1))
        inside += low <= 50 <= high
        low, high = ends(level_breaks(table, max_breaks=1, interval="added"))
        added += low <= 50 <= high
    assert inside / 150 >= 0.89 and added < inside


def ends(found):
    if found.breaks.empty:
        return -math.inf, math.inf
    return found.breaks["low"][0], found.breaks["high"][0]


def test_the_law_of_the_place_is_that_of_simulated_paths():
    rng, step, ratio = np.random.default_rng(7), 0.02, 2.0
    size, paths = 1500, 1500
    drift = -np.arange(1, size + 1) * step / 2
    left = np.cumsum(rng.normal(0, math.sqrt(step), (paths, size)), axis=1) + drift
    right = np.cumsum(rng.normal(0, math.sqrt(step * ratio), (paths, size)), axis=1) + drift
    to_left = left.max(axis=1) > np.maximum(right.max(axis=1), 0)
    place = np.where(to_left, (left.argmax(axis=1) + 1) * step, 0)
    for x in (1.0, 4.0):
        assert np.mean(place > x) == pytest.approx(_left(x, ratio), abs=0.03)
    assert _left(0.0, 1.0) == pytest.approx(0.5)


def test_the_published_quantiles_of_the_place_and_of_the_largest_f():
    assert 1 - 2 * _left(7.7, 1.0) == pytest.approx(0.90, abs=0.002)  # Bai 1997
    assert 1 - 2 * _left(11.03, 1.0) == pytest.approx(0.95, abs=0.002)
    middle = (0.85 / 0.15) ** 2  # Andrews 1993, one parameter, 15 percent left out: 7.17, 8.85 and 12.35
    for f, p in ((7.17, 0.10), (8.85, 0.05), (12.35, 0.01)):
        assert supremum_p(f, middle) == pytest.approx(p, rel=0.07)
        assert supremum_p(f, middle, "Hansen") == pytest.approx(p, rel=0.15)


def test_the_two_ways_to_the_p_meet_and_one_known_place_is_the_plain_test():
    middle = (0.85 / 0.15) ** 2
    assert supremum_p(11.999, middle) == pytest.approx(supremum_p(12.0, middle), rel=0.02)
    assert supremum_p(4.0, 1.0) == pytest.approx(2 * norm.sf(2), rel=1e-3)


def test_missing_values_are_left_out_and_counted():
    y = np.concatenate([np.tile([9.0, 11], 10), np.tile([14.0, 16], 10)])
    y[3] = np.nan
    got = level_breaks(series(y), min_segment=5)
    assert (got.n, got.dropped, list(got.breaks["index"]), list(got.breaks["period"])) == (39, 1, [19], [2020])


def test_segments_without_noise_have_no_interval_and_say_so():
    got = level_breaks(series([1.0] * 10 + [2.0] * 10), min_segment=3)
    assert list(got.breaks["index"]) == [10]
    assert got.breaks["low"][0] is None and "without variation" in got.breaks["note"][0]
    assert got.p is None


def test_more_breaks_than_there_is_room_for_are_told():
    got = level_breaks(series(np.random.default_rng(1).normal(size=30)), min_segment=8, max_breaks=5)
    assert len(got.numbers) == 3 and "room for 2 breaks only" in got.notes


@pytest.mark.parametrize(
    ("values", "settings", "word"),
    [
        ([5.0] * 20, {}, "same value"),
        ([1.0, 2, 3], {}, "room for two segments"),
        (list(range(20)), {"min_segment": 11}, "room for two segments"),
        (list(range(20)), {"max_breaks": 0}, "1 or more"),
        ([*range(20), math.inf], {}, "infinite"),
    ],
)
def test_what_has_no_segments_is_refused(values, settings, word):
    with pytest.raises(DataFault, match=word):
        level_breaks(series(values), **settings)
