"""Shares of moves: people are the units, so that one who moves often does not make a share look sure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference.intervals import share_interval
from workbench.inference.moves import SUMS, differences_of_moves, shares_of_moves


def sums(y, m):
    """The sufficient statistics of one move from each person's counts."""
    y, m = np.asarray(y, float), np.asarray(m, float)
    found = (y.sum(), m.sum(), (y * y).sum(), (y * m).sum(), (m * m).sum(), len(m))
    return pd.DataFrame([dict(zip(SUMS, found, strict=True))])


def one(y, m):
    return shares_of_moves(sums(y, m)).iloc[0]


def test_where_everybody_moves_once_the_variance_is_that_of_a_share():
    found = one([1] * 30 + [0] * 70, [1] * 100)
    assert found["value"] == 0.3
    assert found["se"] ** 2 == pytest.approx(0.3 * 0.7 / 99)
    wilson = share_interval(30, 100)
    assert (found["low"], found["high"]) == pytest.approx((wilson.low, wilson.high), abs=0.003)


def test_the_variance_is_that_of_a_ratio_worked_out_person_by_person():
    y, m = [2, 0, 1, 3, 0], [3, 1, 1, 9, 2]
    share = sum(y) / sum(m)
    by_hand = 5 / 4 * sum((a - share * b) ** 2 for a, b in zip(y, m, strict=True)) / sum(m) ** 2
    assert one(y, m)["se"] ** 2 == pytest.approx(by_hand)


def test_one_heavy_user_widens_the_interval():
    many = one([1] * 20 + [0] * 80, [1] * 100)
    heavy = one([1] * 20 + [0] * 80 + [90], [1] * 100 + [100])
    assert heavy["n_effective"] < 10 < many["n_effective"]
    assert heavy["high"] - heavy["low"] > 3 * (many["high"] - many["low"])


def test_where_all_move_alike_the_moves_are_worth_the_people():
    found = one([5] * 12, [5] * 12)
    assert found["value"] == 1 and found["n_effective"] == 12 and found["low"] < 0.8
    assert one([3] * 12, [6] * 12)["n_effective"] == 12  # half of everybody's moves: no variance either


def test_one_person_has_no_interval_and_what_is_no_number_is_refused():
    found = one([3], [4])
    assert found["value"] == 0.75 and np.isnan(found["low"])
    with pytest.raises(DataFault, match="infinite"):
        shares_of_moves(sums([1], [1]).assign(mm=np.inf))


def drawn(rng, people, share):
    """People who move 1 to 12 times, each with a share of their own."""
    m = rng.integers(1, 13, people)
    return rng.binomial(m, rng.beta(4 * share, 4 * (1 - share), people)), m


@pytest.mark.parametrize(("people", "share"), [(20, 0.3), (60, 0.1), (200, 0.5)])
def test_intervals_hold_the_truth_as_often_as_they_say(people, share):
    rng = np.random.default_rng(7)
    table = pd.concat([sums(*drawn(rng, people, share)) for _ in range(2000)], ignore_index=True)
    found = shares_of_moves(table)
    held = ((found["low"] <= share) & (share <= found["high"])).mean()
    assert 0.93 <= held <= 0.98
    binomial = np.sqrt(found["value"] * (1 - found["value"]) / table["m"])
    naive = ((found["value"] - share).abs() <= 1.96 * binomial).mean()
    assert naive < 0.85  # counting moves as if they were people is what this is for


def test_two_groups_alike_differ_as_rarely_as_they_should_and_apart_they_do():
    rng = np.random.default_rng(11)
    a, b, c = (
        pd.concat([sums(*drawn(rng, people, share)) for _ in range(2000)], ignore_index=True)
        for people, share in ((40, 0.2), (120, 0.2), (120, 0.5))
    )
    same, apart = differences_of_moves(a, b), differences_of_moves(a, c)
    assert 0.03 <= (same["p"] < 0.05).mean() <= 0.07
    assert 0.93 <= ((same["low"] <= 0) & (same["high"] >= 0)).mean() <= 0.98
    assert (apart["p"] < 0.05).mean() > 0.95
    turned = differences_of_moves(b, a)
    assert np.allclose(turned["value"], -same["value"]) and np.allclose(turned["low"], -same["high"])
    assert np.allclose(turned["p"], same["p"])
