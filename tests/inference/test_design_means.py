"""Means and shares under weights, strata and clusters, from sums over PSUs."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    design_difference,
    design_effect,
    design_mean,
    design_share,
    design_sums,
    design_sums_of_two,
    kish,
    mean_interval,
    share_interval,
)


def ends(estimate):
    return [estimate.low, estimate.high]


def moments(*design, domain=None):
    return design_sums(*design, domain=domain).strata


@pytest.fixture
def towns():
    """Two towns, two branches each, one or two people a branch."""
    return pd.DataFrame(
        {
            "town": ["east", "east", "east", "west", "west", "west"],
            "branch": ["E1", "E1", "E2", "W1", "W2", "W2"],
            "weight": [1.0, 1.0, 2.0, 2.0, 1.0, 1.0],
            "x": [100, 0, -100, 0, 100, 100],
        }
    )


def test_two_towns_by_hand(towns):
    nps = design_mean(moments(towns, "x", "weight", "town", "branch"), len(towns))
    # m = (100 - 200 + 200) / 8 = 12.5; branch totals y - m w: E1 75, E2 -225, W1 -25, W2 175
    # each town adds 2 times its squares about the mean: (75 + 225)^2 + (175 + 25)^2, over 8^2
    assert nps.value == pytest.approx(12.5)
    assert nps.se == pytest.approx(math.sqrt(300**2 + 200**2) / 8)
    assert (nps.df, nps.n) == (2, 6)
    assert nps.high - nps.value == pytest.approx(4.302653 * nps.se, rel=1e-6)


def test_a_single_psu_is_refused_by_name_until_somebody_chooses(towns):
    people = towns[towns["branch"] != "W2"]
    sums = moments(people, "x", "weight", "town", "branch")
    with pytest.raises(DataFault, match='one PSU in stratum "west"'):
        design_mean(sums, 4)
    # m = -100 / 6: E1 100 - 2 m, E2 -200 - 2 m, W1 -2 m; the last alone is measured from 0, or adds nothing
    m = -100 / 6
    east = 300**2
    for how, variance in {"adjust": east + (2 * m) ** 2, "certainty": east, "average": 2 * east}.items():
        mean = design_mean(sums, 4, lonely=how)
        assert mean.se == pytest.approx(math.sqrt(variance) / 6)
        assert f"single PSUs: {how}" in mean.method


def test_a_stratum_that_was_drawn_whole_needs_no_choice(towns):
    sums = moments(towns, "x", "weight", "town", "branch").assign(population=[2, 10])
    sums.loc["islands"] = {"psus": 1, "y": 50, "w": 1, "yy": 2500, "yw": 50, "ww": 1, "population": 1}
    nps = design_mean(sums, 7)
    assert nps.value == pytest.approx(150 / 9)
    # east is drawn whole too: only the two branches of west vary, with 8 in 10 not drawn
    m = 150 / 9
    assert nps.se == pytest.approx(math.sqrt(0.8) * abs((0 - 2 * m) - (200 - 2 * m)) / 9)


def test_filtering_people_first_would_lose_a_branch(towns):
    east_and_w1 = towns["branch"].isin(["E1", "E2", "W1"])
    kept = moments(towns, "x", "weight", "town", "branch", domain=east_and_w1)
    assert kept["psus"].tolist() == [2, 2]
    segment = design_mean(kept, int(east_and_w1.sum()))
    # m = -100 / 6; W2 counts as a branch with nothing in it
    m = -100 / 6
    e1, e2, w1 = 100 - 2 * m, -200 - 2 * m, -2 * m
    assert segment.se == pytest.approx(math.hypot(e1 - e2, w1) / 6)
    with pytest.raises(DataFault, match='one PSU in stratum "west"'):
        design_mean(moments(towns[east_and_w1], "x", "weight", "town", "branch"), 4)


SCORES = st.lists(st.integers(0, 10), min_size=2, max_size=30)


@settings(deadline=None)
@given(SCORES)
def test_without_weights_strata_or_clusters_it_is_the_plain_mean(scores):
    people = pd.DataFrame({"x": [float(score) for score in scores]})
    design = design_mean(moments(people, "x"), len(people))
    plain = mean_interval(len(scores), sum(scores), sum(score**2 for score in scores))
    assert design.value == pytest.approx(plain.value)
    assert design.se == pytest.approx(plain.se, abs=1e-9)
    assert ends(design) == (ends(plain) if plain.low is None else pytest.approx(ends(plain), abs=1e-7))


@settings(deadline=None)
@given(SCORES, st.floats(0.01, 100))
def test_weights_in_other_units_change_nothing(scores, unit):
    people = pd.DataFrame({"x": [float(s) for s in scores], "w": [1.0 + i % 3 for i in range(len(scores))]})
    one, other = (design_mean(moments(people.assign(w=people["w"] * k), "x", "w"), len(people)) for k in (1, unit))
    assert other.value == pytest.approx(one.value) and other.se == pytest.approx(one.se, abs=1e-9)


def test_kish_by_hand():
    assert kish(3, 1 + 1 + 2, 1 + 1 + 4) == pytest.approx((16 / 6, 18 / 16))
    assert kish(0, 0, 0) == (None, None)


@pytest.mark.parametrize("has", [0.0, 1.0])
def test_nobody_or_everybody_gets_wilson_on_the_effective_n_and_says_so(towns, has):
    share = design_share(moments(towns.assign(has=has), "has", "weight", "town", "branch"), 6, 16 / 3)
    wilson = share_interval(has * 16 / 3, 16 / 3)
    assert share.value == has and ends(share) == pytest.approx(ends(wilson))
    assert "Wilson interval on effective n" in share.method


def test_branches_that_are_all_alike_give_no_interval_of_a_mean(towns):
    mean = design_mean(moments(towns.assign(x=0.1), "x", "weight", "town", "branch"), 6)
    assert mean.value == pytest.approx(0.1)
    assert (mean.low, mean.high, mean.se) == (None, None, 0)
    assert "no variation" in mean.method


def test_a_segment_nobody_is_in_has_no_estimate(towns):
    nobody = moments(towns, "x", "weight", "town", "branch", domain=towns["x"] > 1000)
    assert design_mean(nobody, 0).value is None
    assert design_share(nobody, 0).value is None
    with pytest.raises(DataFault, match="no weight for 3 people"):
        design_mean(nobody, 3)


def test_the_same_people_asked_twice_are_told_apart_from_strangers():
    people = pd.DataFrame(
        {"id": [1, 2, 3, 1, 2, 3], "wave": list("aaabbb"), "x": [0.0, 50, 100, 10, 60, 110], "w": 1.0, "all": "all"}
    )
    a, b = people["wave"] == "b", people["wave"] == "a"
    gap = design_difference(design_sums_of_two(people, "x", a, b, "w", "all", "id").strata, 3, 3)
    assert gap.value == pytest.approx(10)
    assert gap.se == 0 and gap.low is None  # everybody rose by exactly ten
    people.loc[5, "x"] = 107  # changes 10, 10, 7: mean 9, variance 3
    gap = design_difference(design_sums_of_two(people, "x", a, b, "w", "all", "id").strata, 3, 3)
    assert (gap.value, gap.df) == (pytest.approx(9), 2)
    assert gap.se == pytest.approx(1)
    assert gap.statistic == pytest.approx(9)


def test_the_design_effect_of_plain_answers_is_one(towns):
    people = towns.assign(weight=1.0)
    mean = design_mean(moments(people, "x"), 6)
    assert design_effect(mean, 6, people["x"].sum(), (people["x"] ** 2).sum()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("column", "values", "word"),
    [
        ("psus", [2, 2.5], "whole number of PSUs"),
        ("psus", [0, 2], "whole number of PSUs"),
        ("w", [4, -4], "negative weight"),
        ("ww", [3, 3], "add up each PSU first"),
        ("yw", [1e9, 1e9], "add up each PSU first"),
        ("y", [float("nan"), 1], "missing or infinite"),
        ("population", [1, 5], "fewer PSUs than were drawn"),
    ],
)
def test_sums_that_no_sample_has_are_refused(towns, column, values, word):
    sums = moments(towns, "x", "weight", "town", "branch")
    sums[column] = values
    with pytest.raises(DataFault, match=word):
        design_mean(sums, 6)


def test_a_mean_given_as_a_share_and_unknown_choices_are_refused(towns):
    sums = moments(towns, "x", "weight", "town", "branch")
    with pytest.raises(DataFault, match="a share of 12.5"):
        design_share(sums, 6)
    with pytest.raises(DataFault, match="one of: refuse, adjust"):
        design_mean(sums, 6, lonely="remove")
    with pytest.raises(DataFault, match="no such column"):
        design_mean(sums.drop(columns="yw"), 6)
    with pytest.raises(DataFault, match="no stratum"):
        design_mean(sums.iloc[:0], 6)


def test_when_every_stratum_has_one_psu_there_is_no_average_and_no_interval(towns):
    lonely = moments(towns, "x", "weight", "branch", "town")
    with pytest.raises(DataFault, match="one PSU in every stratum"):
        design_mean(lonely, 6, lonely="average")
    adjusted = design_mean(lonely, 6, lonely="adjust")
    assert adjusted.df == 0 and adjusted.se > 0 and adjusted.low is None
