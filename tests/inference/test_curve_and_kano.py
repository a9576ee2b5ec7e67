"""The emotional curve of journeys, and the kinds of features."""

import math

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import (
    bootstrap_curve,
    curve_paths,
    curve_sums,
    journey_patterns,
    journey_statistics,
    kano,
    kano_by_feature,
    kano_counts,
    mean_curve,
    mean_interval,
    peak_end,
)


@pytest.fixture
def journeys():
    """Three journeys, steps out of order, one emotion blank."""
    return pd.DataFrame(
        {
            "journey": [1, 1, 1, 2, 2, 2, 3],
            "step": [3, 1, 2, 1, 2, 3, 1],
            "emotion": [1.0, 2, -2, 1, np.nan, 3, 0],
            "overall": [5, 5, 5, 8, 8, 8, 6],
        }
    )


def test_one_row_a_journey_by_hand(journeys):
    found = journey_statistics(journeys)
    assert found.attrs["dropped"] == 1
    first, second, third = found.to_dict("records")
    # emotions 2, -2, 1: the largest is met twice, the last of them counts
    assert (first["peak"], first["peak_step"], first["worst"], first["best"], first["end"]) == (-2, 2, -2, 2, 1)
    assert (first["mean"], first["steps"], first["overall"]) == (pytest.approx(1 / 3), 3, 5)
    assert first["trend"] == pytest.approx(-0.5)
    assert (second["peak"], second["trend"], second["steps"]) == (3, 1, 2)  # steps 1 and 3
    assert third["steps"] == 1 and math.isnan(third["trend"])


def test_journeys_alike_are_put_together_and_change_nothing():
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"journey": np.repeat(np.arange(80), 4), "step": np.tile(np.arange(4), 80)})
    table["emotion"] = rng.integers(-2, 3, 320)
    statistics = journey_statistics(table)
    statistics["overall"] = statistics["peak"] + rng.integers(0, 3, 80)
    together = journey_patterns(statistics)
    assert len(together) < 80 and together["n"].sum() == 80
    found = peak_end(together)
    import statsmodels.formula.api as smf

    line = smf.ols("overall ~ peak + end", statistics).fit()
    assert found.peak_end.coefficients["peak"] == pytest.approx(line.params["peak"])
    assert (found.peak_end.r2, found.n) == (pytest.approx(line.rsquared), 80)
    assert found.mean.aic == pytest.approx(smf.ols("overall ~ mean", statistics).fit().aic + 2)
    assert found.correlation_mean == pytest.approx(statistics["overall"].corr(statistics["mean"]))
    assert found.correlation_steps is None  # all have four
    assert found.peak_end.r2 > found.mean.r2  # as it was made


def test_journeys_without_a_verdict_are_left_out_and_counted(journeys):
    statistics = journey_statistics(journeys.assign(overall=[5, 5, 5, None, None, None, 6]))
    told = journey_patterns(statistics)
    assert told.attrs["dropped"] == 1 and told["n"].sum() == 2
    with pytest.raises(DataFault, match="no such column"):
        journey_patterns(journey_statistics(journeys.drop(columns="overall")))


def test_the_mean_curve_has_its_base_at_every_step(journeys):
    curve = mean_curve(curve_sums(journeys)).set_index("step")
    assert curve["n"].tolist() == [3, 1, 2] and curve["mean"].tolist() == [1, -2, 2]
    assert curve.loc[1, "low"] == pytest.approx(mean_interval(3, 3, 5).low)
    assert "no interval" in curve.loc[2, "method"]


def test_drawing_journeys_again_agrees_with_the_t_interval_and_repeats_with_its_seed():
    rng = np.random.default_rng(7)
    table = pd.DataFrame({"journey": np.repeat(np.arange(400), 2), "step": [1, 2] * 400})
    table["emotion"] = rng.integers(-2, 3, 800)
    table = table[(table["step"] == 1) | (table["journey"] < 150)]
    paths = curve_paths(table)
    assert paths["n"].sum() == 400 and len(paths) <= 5 + 25
    drawn, plain = bootstrap_curve(paths, seed=1), mean_curve(curve_sums(table))
    assert drawn["n"].tolist() == [400, 150]
    assert drawn["mean"].tolist() == pytest.approx(plain["mean"].tolist())
    for column in ("low", "high"):
        assert drawn[column].tolist() == pytest.approx(plain[column].tolist(), abs=0.03)
    assert drawn.equals(bootstrap_curve(paths, seed=1)) and not drawn.equals(bootstrap_curve(paths, seed=2))
    assert "seed 1" in drawn["method"].iloc[0] and drawn.attrs["seed"] == 1


def test_a_curve_of_one_journey_is_not_drawn_again(journeys):
    with pytest.raises(DataFault, match="at least two journeys"):
        bootstrap_curve(curve_paths(journeys[journeys["journey"] == 1]), seed=1)
    few = bootstrap_curve(curve_paths(journeys), seed=1, resamples=200).set_index("step")
    assert few.loc[2, "method"] == "one journey, no interval"


def pairs(*rows):
    return pd.DataFrame(rows, columns=["functional", "dysfunctional", "n"])


@pytest.mark.parametrize(
    ("functional", "dysfunctional", "category"),
    [(1, 1, "Q"), (1, 5, "O"), (1, 3, "A"), (3, 5, "M"), (2, 4, "I"), (4, 1, "R"), (5, 3, "R"), (5, 5, "Q")],
)
def test_the_table_of_answers(functional, dysfunctional, category):
    assert kano(pairs((functional, dysfunctional, 3))).mode == category


def test_a_feature_by_hand():
    found = kano(pairs((1, 5, 30), (1, 3, 40), (3, 5, 10), (3, 3, 10), (1, 1, 10)))
    assert found.counts == {"M": 10, "O": 30, "A": 40, "I": 10, "R": 0, "Q": 10}
    assert (found.mode, found.better.value, found.worse.value) == ("A", 70 / 90, pytest.approx(-40 / 90))
    assert found.worse.low < found.worse.value < found.worse.high < 0
    assert (found.category_strength, found.total_strength) == (pytest.approx(0.1), 0.8)
    assert found.critical == pytest.approx(1.65 * math.sqrt(70 * 130 / 200)) and found.distinct is False
    assert found.functional.value == pytest.approx((4 * 80 + 0 * 20) / 100)
    assert found.dysfunctional.value == pytest.approx((4 * 40 + 0 * 50 - 2 * 10) / 100)
    assert found.quadrant == "attractive"
    assert any("too close" in note for note in found.notes)
    assert not any("contradict" in note for note in found.notes)  # a tenth is not above a tenth


def test_answers_that_contradict_themselves_are_told():
    assert "11%" in kano(pairs((1, 1, 11), (3, 3, 89))).notes[0]


def test_ties_go_to_what_matters_more_and_scores_may_be_set():
    found = kano(pairs((3, 3, 5), (1, 3, 5), (3, 5, 5)), functional_scores=[1, 0, 0, 0, 0], cut=0.3)
    assert (found.mode, found.category_strength, found.distinct) == ("M", 0, False)
    assert found.functional.value == pytest.approx(1 / 3) and found.quadrant == "performance"


def test_features_apart_and_blank_answers_counted():
    told = pd.DataFrame(
        {"feature": list("aaab"), "functional": [1, 1, None, 3], "dysfunctional": [5, 5, 5, 7], "who": [1, 2, 3, 4]}
    )
    counts = kano_counts(told)
    assert counts.attrs["dropped"] == 2
    assert counts.to_dict("records") == [{"feature": "a", "functional": 1, "dysfunctional": 5, "n": 2}]
    assert list(kano_by_feature(counts)) == ["a"]
    nobody = kano(counts.iloc[:0])
    assert (nobody.n, nobody.mode, nobody.better.value) == (0, None, None)
    reverse = kano(pairs((5, 1, 4)))
    assert reverse.better.value is None and "no answer counts" in reverse.notes[-1]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: kano(pairs((0, 5, 3))), "1 like to 5"),
        (lambda: kano(pairs((1, 5, -3))), "negative"),
        (lambda: kano(pairs((1, 5, 3)), functional_scores=[1, 2]), "five"),
        (lambda: kano_by_feature(pairs((1, 5, 3))), "no such column"),
        (lambda: kano_counts(pairs((1, 5, 3))), "no such column"),
    ],
)
def test_answers_that_cannot_be_are_refused(call, word):
    with pytest.raises(DataFault, match=word):
        call()
