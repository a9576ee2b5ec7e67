"""Groups of people who are alike: planted ones are found, noise has none, and the answer rests on the counts alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import class_numbers, class_stability, latent_classes, leftover

PLANTED = np.array([[0.9] * 4 + [0.1] * 4, [0.1] * 4 + [0.9] * 4, [0.9, 0.1] * 4])
FEATURES = [f"f{place}" for place in range(8)]


def people(profiles, sizes, seed=1):
    """Answers of people of each class, yes or no."""
    rng = np.random.default_rng(seed)
    kind = np.repeat(np.arange(len(sizes)), sizes)
    yes = rng.random((len(kind), profiles.shape[1])) < profiles[kind]
    table = pd.DataFrame(np.where(yes, "yes", "no"), columns=[f"f{place}" for place in range(profiles.shape[1])])
    return table.assign(kind=kind)


def counted(table):
    features = [one for one in table if one.startswith("f")]
    return table.groupby(features, dropna=False).size().rename("n").reset_index()


def test_planted_classes_are_found_with_their_sizes_and_shares():
    patterns = counted(people(PLANTED, [1000, 600, 400]))
    tried = class_numbers(patterns, FEATURES)
    fit = min(tried, key=lambda one: one.bic)
    assert fit.k == 3 and len(tried) <= 6
    assert fit.shares == pytest.approx([0.5, 0.3, 0.2], abs=0.03)
    shares = np.column_stack([fit.profiles[one]["yes"] for one in FEATURES])
    assert shares == pytest.approx(PLANTED, abs=0.06)
    steady = class_stability(patterns, FEATURES, fit, draws=10)
    assert (steady.jaccard > 0.9).all() and steady.rand > 0.9
    assert leftover(patterns, FEATURES, fit).strength < 0.1 < leftover(patterns, FEATURES, tried[0]).strength


def test_one_class_is_everybody_and_its_likelihood_that_of_independent_answers():
    patterns = pd.DataFrame({"f0": ["yes", "yes", "no"], "f1": ["no", "yes", "yes"], "n": [30, 20, 10]})
    fit = latent_classes(patterns, ["f0", "f1"], 1)
    by_hand = 50 * np.log(50 / 60) + 10 * np.log(10 / 60) + 30 * np.log(30 / 60) + 30 * np.log(30 / 60)
    assert fit.loglik == pytest.approx(by_hand, rel=1e-9)
    assert fit.parameters == 2 and fit.bic == pytest.approx(-2 * by_hand + 2 * np.log(60))
    assert fit.entropy == 1 and fit.assigned.tolist() == [0, 0, 0]


def test_noise_has_one_class_and_classes_forced_on_it_are_not_found_again():
    patterns = counted(people(np.full((1, 8), 0.5), [800]))
    assert min(class_numbers(patterns, FEATURES), key=lambda one: one.bic).k == 1
    forced = latent_classes(patterns, FEATURES, 3)
    assert class_stability(patterns, FEATURES, forced, draws=10).jaccard.mean() < 0.6


def test_counts_say_all_whatever_their_order_and_whatever_is_not_known():
    table = people(PLANTED, [300, 200, 100])
    one = latent_classes(counted(table), FEATURES, 3)
    twice = counted(table)
    again = latent_classes(pd.concat([twice, twice]).groupby(FEATURES, as_index=False)["n"].sum(), FEATURES, 3)
    assert again.loglik == pytest.approx(2 * one.loglik, rel=1e-3)
    rng = np.random.default_rng(2)
    for feature in FEATURES:
        table.loc[rng.random(len(table)) < 0.2, feature] = None
    patterns = counted(table)
    fit = latent_classes(patterns, FEATURES, 3)
    assert fit.n == 600 and fit.shares == pytest.approx([0.5, 0.33, 0.17], abs=0.07)


def test_more_features_than_people_still_answers():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.choice(["yes", "no"], (12, 40)), columns=[f"f{place}" for place in range(40)])
    tried = class_numbers(counted(table), list(table))
    assert min(tried, key=lambda one: one.bic).k == 1
    assert all(np.isfinite([one.loglik, one.bic, one.entropy]).all() for one in tried)


@pytest.mark.parametrize(
    ("patterns", "words"),
    [
        (pd.DataFrame({"f0": ["yes"], "n": [5]}), "none that varies"),
        (pd.DataFrame({"f0": ["yes", "no"], "n": [0, 0]}), "all 0"),
        (pd.DataFrame({"f0": ["yes", "no"], "n": [1.5, 2]}), "not whole"),
        (pd.DataFrame({"other": ["yes", "no"], "n": [1, 2]}), "no such column"),
    ],
)
def test_what_cannot_be_grouped_is_refused(patterns, words):
    with pytest.raises(DataFault, match=words):
        latent_classes(patterns, ["f0"], 2)


def test_fewer_than_one_class_is_refused():
    with pytest.raises(DataFault, match="1 class or more"):
        latent_classes(pd.DataFrame({"f0": ["yes", "no"], "n": [3, 2]}), ["f0"], 0)
