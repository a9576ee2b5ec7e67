"""From dates to counted follow-ups: a complaint counts from its day on, and who came late is seen late."""

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import churn_counts, cox_regression

END = "2024-04-10"


def table(*rows, columns=("first", "left", "complaint")):
    return pd.DataFrame(rows, columns=list(columns))


def stretches(found, columns=("entry", "time", "event", "complained")):
    return [tuple(row) for row in found.counts[list(columns)].itertuples(index=False)]


def test_days_before_the_complaint_are_days_without_one():
    found = churn_counts(table(("2024-01-01", "2024-01-31", "2024-01-11")), END, unit="days")
    assert stretches(found) == [(0, 10, 0, 0), (10, 30, 1, 1)]
    assert (found.n, found.events, found.complaints) == (1, 1, 1)


def test_never_complained_still_there_and_complained_on_the_first_day():
    found = churn_counts(
        table(("2024-01-01", None, None), ("2024-04-01", None, "2024-04-01"), ("2024-04-01", "2024-05-01", None)),
        END,
        unit="days",
    )
    assert stretches(found) == [(0, 9, 0, 0), (0, 9, 0, 1), (0, 100, 0, 0)]
    assert found.events == 0  # who left after the study is still there


def test_a_complaint_on_the_day_of_leaving_or_later_does_not_count_and_is_told():
    found = churn_counts(
        table(("2024-01-01", "2024-01-31", "2024-01-31"), ("2024-01-01", "2024-01-31", "2024-02-05")), END, unit="days"
    )
    assert stretches(found) == [(0, 30, 1, 0)] and list(found.counts["n"]) == [2]
    assert found.late_complaints == 2 and "2 complaints" in found.notes[-1]


def test_who_is_seen_later_enters_later_and_with_the_complaint_of_before():
    rows = table(
        ("2024-01-01", "2024-01-31", "2024-01-11", "2024-01-06"),
        ("2024-01-01", "2024-01-31", "2024-01-03", "2024-01-06"),
        columns=("first", "left", "complaint", "seen_from"),
    )
    found = churn_counts(rows, END, unit="days", seen_from="seen_from")
    assert stretches(found) == [(5, 10, 0, 0), (5, 30, 1, 1), (10, 30, 1, 1)]


def test_last_seen_ends_a_follow_up_without_the_event():
    rows = table(("2024-01-01", None, "2024-01-21"), columns=("first", "left", "last")).rename(
        columns={"last": "until"}
    )
    found = churn_counts(rows, END, unit="days", complaint=None, last_seen="until")
    assert stretches(found, ("entry", "time", "event")) == [(0, 20, 0)]


def test_who_cannot_be_followed_is_dropped_and_counted_by_reason():
    rows = table((None, None, None), (END, None, None), ("2024-01-01", None, None), ("2024-01-01", None, None))
    found = churn_counts(rows.assign(region=["n", "n", None, "s"]), END, by=["region"])
    assert found.dropped == {"no first day": 1, "missing region": 1, "no day of follow-up": 1} and found.n == 1
    assert found.counts["time"][0] == pytest.approx(100 / (365.25 / 12))


def test_people_with_the_same_dates_are_one_pattern():
    found = churn_counts(table(*[("2024-01-01", "2024-02-01", None)] * 500), END)
    assert list(found.counts["n"]) == [500]


def test_a_complaint_that_does_nothing_has_a_ratio_of_1_and_not_the_immortal_one():
    rng = np.random.default_rng(3)
    first = pd.Timestamp("2020-01-01")
    left, said = (first + pd.to_timedelta(rng.exponential(300, 3000).round() + 1, "D") for _ in range(2))
    rows = pd.DataFrame({"first": first, "left": left, "complaint": said})
    rows.loc[rows["complaint"] >= rows["left"], "complaint"] = pd.NaT
    found = churn_counts(rows, "2030-01-01", unit="days")
    term = cox_regression(found.counts, ["complained"]).terms.iloc[0]
    assert term["ratio_low"] < 1 < term["ratio_high"]
    time = (rows["left"] - first).dt.days
    ever = pd.DataFrame({"time": time, "event": 1, "complained": rows["complaint"].notna().astype(int)})
    assert cox_regression(ever, ["complained"]).terms["ratio_high"][0] < 0.8  # what counting it from day one says


@pytest.mark.parametrize(
    ("rows", "settings", "word"),
    [
        (table(("2024-01-10", "2024-01-01", None)), {}, "before the first day"),
        (table(("2024-01-10", None, "2024-01-01")), {}, "before the first day"),
        (table(("once", None, None)), {}, "no date"),
        (table((20240101, None, None)), {}, "numbers"),
        (table(("2024-01-01", None, None)), {"unit": "moons"}, "one of: days"),
        (table(("2024-01-01", None, None)), {"by": ["region"]}, "region"),
        (table(("2024-01-01", None, None)), {"until": None}, "last day"),
    ],
)
def test_dates_that_cannot_be_are_refused(rows, settings, word):
    with pytest.raises(DataFault, match=word):
        churn_counts(rows, **({"until": END} | settings))
