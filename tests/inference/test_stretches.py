"""Follow-ups before and after a day, from counts; and whether a season is more than chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import churn_counts, cox_regression, season_test
from workbench.inference.stretches import turned_stretches


def customers(n=200, seed=1):
    rng = np.random.default_rng(seed)
    first = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 200, n), unit="D")
    left = first + pd.to_timedelta(rng.integers(1, 500, n), unit="D")
    said = first + pd.to_timedelta(rng.integers(0, 500, n), unit="D")
    left, said = left.to_series(index=range(n)), said.to_series(index=range(n))
    return pd.DataFrame(
        {"first": first, "left": left.where(rng.random(n) < 0.7), "complaint": said.where(rng.random(n) < 0.4)}
    )


def counted(table, until):
    """The same customers as counted patterns of days."""
    end = pd.Timestamp(until)
    event = (table["left"] <= end).astype(int)
    stop = table["left"].where(event == 1, end)
    days = pd.DataFrame({"entry": 0.0, "time": (stop - table["first"]).dt.days, "event": event})
    days["turn"] = (table["complaint"] - table["first"]).dt.days
    return days.groupby(list(days.columns), dropna=False).size().rename("n").reset_index()


def test_stretches_from_counts_are_those_of_the_customers_themselves():
    table = customers()
    ours = turned_stretches(counted(table, "2025-06-30"))
    theirs = churn_counts(table, "2025-06-30", unit="days").counts
    columns = ["entry", "time", "event", "complained", "n"]
    for one in (ours, theirs):
        one[columns] = one[columns].astype(float)
    key = columns[:-1]
    pd.testing.assert_frame_equal(
        ours[columns].sort_values(key, ignore_index=True), theirs[columns].sort_values(key, ignore_index=True)
    )
    one, other = (cox_regression(counts, ["complained"]).terms["value"][0] for counts in (ours, theirs))
    assert one == pytest.approx(other)


def test_a_turn_before_the_entry_counts_from_the_entry_and_one_at_the_end_not_at_all():
    counts = pd.DataFrame(
        {"entry": [5.0, 0, 0], "time": [9.0, 4, 4], "event": [1, 1, 0], "turn": [2.0, 4, np.nan], "n": [3, 2, 7]}
    )
    found = turned_stretches(counts)
    rows = found.set_index(["entry", "time", "event", "complained"])["n"].to_dict()
    assert rows == {(5.0, 9.0, 1, 1): 3, (0.0, 4.0, 1, 0): 2, (0.0, 4.0, 0, 0): 7}


def test_no_turn_at_all_and_a_turn_before_the_clock():
    counts = pd.DataFrame({"time": [4.0], "event": [1], "n": [2]})
    with pytest.raises(DataFault, match="turn"):
        turned_stretches(counts)
    with pytest.raises(DataFault, match="before the clock"):
        turned_stretches(counts.assign(turn=-1.0))


def series(values):
    return pd.DataFrame({"period": range(len(values)), "value": values})


def test_the_season_test_is_that_of_least_squares_and_keeps_its_level():
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    y = rng.normal(size=30)
    at = np.arange(30)
    dummies = (at[:, None] % 12 == np.arange(1, 12)).astype(float)
    small = sm.OLS(y, sm.add_constant(at)).fit()
    large = sm.OLS(y, np.column_stack([np.ones(30), at, dummies])).fit()
    f, p, df = large.compare_f_test(small)
    found = season_test(series(y), 12)
    assert (found.f, found.p, found.df_season) == pytest.approx((f, p, df))
    hits = [season_test(series(rng.normal(size=24)), 12).p < 0.05 for _ in range(400)]
    assert 0.02 < np.mean(hits) < 0.085


def test_a_season_that_cannot_be_told():
    assert season_test(series([1.0] * 24), 12).p is None
    assert season_test(series([1.0, 2, 3]), 2).p is None
    with pytest.raises(DataFault, match="turn"):
        season_test(series([1.0] * 24), 1)
