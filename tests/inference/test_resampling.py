"""Answers drawn again: from counts, the same as from the answers themselves."""

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import bootstrap_difference, bootstrap_mean, nps_interval

A = pd.DataFrame({"x": [-100.0, 0.0, 100.0], "n": [60, 90, 150]})
B = pd.DataFrame({"x": [-100.0, 0.0, 100.0], "n": [90, 90, 120]})


def test_the_spread_of_the_draws_is_the_standard_error():
    found, known = bootstrap_mean(A, 4000, seed=3), nps_interval(60, 90, 150)
    assert found.value == pytest.approx(known.value) and found.se == pytest.approx(known.se, rel=0.05)
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1.0)


def test_the_difference_is_a_less_b_and_the_seed_gives_it_again():
    found = bootstrap_difference(A, B, 2000, seed=7)
    assert found.value == pytest.approx(30 - 10) and found.low < 20 < found.high and "seed 7" in found.method
    assert found == bootstrap_difference(A, B, 2000, seed=7) != bootstrap_difference(A, B, 2000, seed=8)
    assert bootstrap_difference(B, A, 2000, seed=7).value == pytest.approx(-20)


def test_weights_are_drawn_with_their_answers():
    rng = np.random.default_rng(1)
    answers = pd.DataFrame({"x": rng.choice([-100.0, 0.0, 100.0], 400), "w": rng.choice([0.5, 1.0, 3.0], 400)})
    patterns = answers.groupby(["x", "w"]).size().rename("n").reset_index()
    rows = []
    for _ in range(2000):
        one = answers.iloc[rng.integers(0, 400, 400)]
        rows.append((one["x"] * one["w"]).sum() / one["w"].sum())
    assert bootstrap_mean(patterns, 2000, seed=2).se == pytest.approx(np.std(rows), rel=0.08)


@pytest.mark.parametrize(
    "patterns",
    [A.assign(n=0), A.assign(n=[1.5, 2, 3]), A.assign(w=[1, 0, 1]), A.drop(columns="x"), A.assign(x=[np.nan, 0, 1])],
)
def test_counts_that_cannot_be_are_refused(patterns):
    with pytest.raises(DataFault):
        bootstrap_mean(patterns)


def test_too_few_draws_are_refused():
    with pytest.raises(DataFault, match="draws"):
        bootstrap_mean(A, 10)
