"""Staying and leaving: Kaplan-Meier, log-rank, and the counted follow-ups they take."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from workbench.faults import DataFault
from workbench.inference import follow_up_counts, kaplan_meier, log_rank, survival_at

# Freireich et al. 1963: weeks of remission, 6-mercaptopurine (+: still in remission) and placebo
DRUG = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
WEEKS = pd.DataFrame(
    {"time": np.abs(DRUG + PLACEBO), "event": [int(w > 0) for w in DRUG + PLACEBO], "arm": ["a"] * 21 + ["b"] * 21}
)


def random_rows(n=300, seed=1):
    rng = np.random.default_rng(seed)
    rows = {"time": rng.integers(1, 20, n), "event": rng.integers(0, 2, n), "group": rng.integers(0, 3, n)}
    return pd.DataFrame(rows)


def test_the_published_remissions():
    drug = kaplan_meier(WEEKS[WEEKS["arm"] == "a"])
    at = survival_at(drug, [6, 10, 22, 23])
    assert list(at["survival"].round(3)) == [0.857, 0.753, 0.538, 0.448]
    assert list(at["se"].round(4)) == [0.0764, 0.0963, 0.1282, 0.1346]
    assert (drug.median.value, drug.n, drug.events) == (23, 21, 9)
    assert kaplan_meier(WEEKS[WEEKS["arm"] == "b"]).median.value == 8
    test = log_rank(WEEKS, "arm")
    assert test.chi2 == pytest.approx(16.79, abs=0.01) and test.df == 1
    assert list(test.groups["expected"].round(2)) == [19.25, 10.75]


def test_counts_are_people_and_the_curve_is_that_of_statsmodels():
    rows = random_rows()
    found = follow_up_counts(rows)
    assert found.n == 300 and len(found.counts) < 40
    curve, theirs = kaplan_meier(found.counts).curve, SurvfuncRight(rows["time"], rows["event"])
    ours = curve[curve["events"] > 0]
    assert ours["survival"].to_numpy() == pytest.approx(theirs.surv_prob)
    assert ours["at_risk"].to_numpy() == pytest.approx(theirs.n_risk)
    assert ours["se"].to_numpy()[:-1] == pytest.approx(theirs.surv_prob_se[:-1])
    assert kaplan_meier(rows).curve.equals(curve)


def test_three_groups_are_compared_as_in_statsmodels():
    rows = random_rows()
    ours = log_rank(follow_up_counts(rows, ["group"]).counts)
    chi2, p = survdiff(rows["time"], rows["event"], rows["group"])
    assert (ours.chi2, ours.p, ours.df) == (pytest.approx(chi2), pytest.approx(p), 2)
    assert ours.groups["events"].sum() == pytest.approx(ours.groups["expected"].sum())


def test_who_came_late_is_at_risk_only_from_then_on():
    rows = pd.DataFrame({"entry": [0, 0, 2, 3], "time": [2, 5, 4, 5], "event": [1, 1, 1, 0]})
    curve = kaplan_meier(rows).curve
    assert list(curve["at_risk"]) == [2, 3, 2]  # at 2 only the first two: entry is before, not at, the time
    assert list(curve["survival"]) == pytest.approx([1 / 2, 1 / 3, 1 / 6])
    early = pd.DataFrame({"entry": [0, 3], "time": [2, 5], "event": [1, 1]})
    assert any("start the clock later" in note for note in kaplan_meier(early).notes)


def test_limits_stay_within_0_and_1_and_are_missing_where_there_are_none():
    for scale in ("log-log", "log"):
        curve = kaplan_meier(random_rows(40), scale=scale).curve.dropna()
        assert ((curve["low"] >= 0) & (curve["low"] <= curve["survival"]) & (curve["high"] <= 1)).all()
    all_gone = kaplan_meier(pd.DataFrame({"time": [1, 2], "event": [1, 1]}))
    at = survival_at(all_gone, [0.5, 1, 2, 9])
    assert list(at["survival"]) == [1, 0.5, 0, 0] and list(at["at_risk"]) == [2, 2, 1, 0]
    assert list(at["low"].isna()) == [True, False, True, True]
    assert list(at["note"]) == [
        "no interval before the first event", "", "no interval once all have left", "nobody was followed for so long"
    ]  # fmt: skip


def test_medians_halfway_where_exactly_half_have_left_and_none_where_not_reached():
    assert kaplan_meier(pd.DataFrame({"time": [1, 2, 4, 6], "event": 1})).median.value == 3
    never = kaplan_meier(pd.DataFrame({"time": [1, 2, 3], "event": [0, 1, 0], "n": [5, 1, 9]})).median
    assert never.value is None and "not reached" in never.method


def test_missing_follow_ups_are_dropped_and_counted():
    rows = pd.DataFrame({"time": [1, np.nan, 3], "event": [1, 1, np.nan]})
    found = follow_up_counts(rows)
    assert (found.n, found.dropped) == (1, 2)


def test_nobody_and_no_events_have_no_answer_but_a_reason():
    nobody = kaplan_meier(pd.DataFrame({"time": [], "event": []}))
    assert nobody.median.value is None and nobody.median.method == "nobody followed"
    assert "no events" in kaplan_meier(pd.DataFrame({"time": [3], "event": [0]})).notes[0]
    none = log_rank(pd.DataFrame({"time": [3, 4], "event": [0, 0], "group": ["a", "b"]}))
    assert none.p is None and "no events" in none.method
    one = log_rank(pd.DataFrame({"time": [3, 4], "event": [1, 1], "group": ["a", "a"]}))
    assert one.p is None


@pytest.mark.parametrize(
    ("change", "word"),
    [({"time": -1}, "time"), ({"event": 2}, "event"), ({"n": -1}, "n"), ({"n": 1.5}, "whole"), ({"entry": 9}, "entry")],
)
def test_what_is_no_follow_up_is_refused(change, word):
    with pytest.raises(DataFault, match=word):
        kaplan_meier(pd.DataFrame({"time": [3], "event": [1]}).assign(**change))


def test_a_group_must_be_named_and_a_scale_known():
    with pytest.raises(DataFault, match="group"):
        log_rank(pd.DataFrame({"time": [3], "event": [1]}))
    with pytest.raises(DataFault, match="one of: log-log"):
        kaplan_meier(pd.DataFrame({"time": [3], "event": [1]}), scale="plain")


def test_who_left_on_the_first_day_was_at_risk_that_day():
    curve = kaplan_meier(pd.DataFrame({"time": [0, 0, 2, 4], "event": [1, 0, 1, 0]})).curve
    assert list(curve["at_risk"]) == [4, 2, 1] and list(curve["survival"]) == [0.75, 0.375, 0.375]
