"""Drivers of an ordered answer: shares of what proportional odds explain, by order and not by distance."""

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import ordinal_drivers, proportional_odds


@pytest.fixture(scope="module")
def patterns():
    rng = np.random.default_rng(4)
    a, b, c = (rng.integers(1, 6, 1500) for _ in range(3))
    felt = 0.9 * a + 0.3 * b + rng.logistic(0, 1, 1500)
    answers = pd.DataFrame({"y": np.digitize(felt, [2, 3.2, 4.4, 5.6]), "a": a, "b": b, "c": c})
    return answers.groupby(["y", "a", "b", "c"]).size().rename("n").reset_index()


def test_shares_add_up_and_follow_what_was_put_in(patterns):
    found = ordinal_drivers(patterns, "y", ["a", "b", "c"])
    assert found.table["share"].sum() == pytest.approx(1) and found.table["part"].sum() == pytest.approx(found.r2)
    assert list(found.table["share"].sort_values(ascending=False).index) == ["a", "b", "c"]
    assert found.table.loc["a", "coef"] == pytest.approx(0.9, abs=0.12) and found.table.loc["c", "share"] < 0.02


def test_two_drivers_are_split_by_hand(patterns):
    def r2(names):
        pooled = patterns.groupby(["y", *names], as_index=False)["n"].sum()
        counts = patterns.groupby("y")["n"].sum()
        empty = (counts * np.log(counts / counts.sum())).sum()
        return 1 - proportional_odds(pooled, "y", sorted(counts.index), numeric=names).loglik / empty

    found = ordinal_drivers(patterns, "y", ["a", "b"]).table["part"]
    alone, other, both = r2(["a"]), r2(["b"]), r2(["a", "b"])
    assert found["a"] == pytest.approx((alone + both - other) / 2)
    assert found["b"] == pytest.approx((other + both - alone) / 2)


def test_it_takes_the_answers_as_ordered_only(patterns):
    stretched = patterns.assign(y=patterns["y"].map({0: 0, 1: 1, 2: 5, 3: 40, 4: 1000}))
    one, other = ordinal_drivers(patterns, "y", ["a", "b"]), ordinal_drivers(stretched, "y", ["a", "b"])
    assert other.table["share"].tolist() == pytest.approx(one.table["share"].tolist(), rel=1e-6)


def test_what_cannot_be_split_is_refused(patterns):
    with pytest.raises(DataFault, match="1 to 8"):
        ordinal_drivers(patterns, "y", [])
    with pytest.raises(DataFault, match="one answer for everybody"):
        ordinal_drivers(patterns[patterns["y"] == 2], "y", ["a"])
