"""Raking, trimming, the error after raking, and weights for those who did not answer."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    margin_table,
    max_over_median,
    nonresponse_weights,
    rake,
    rake_and_trim,
    raked_mean,
    raked_weights,
    raking_cells,
    response_classes,
    trim,
    trim_weights,
    with_trimmed,
)
from workbench.inference.trimming import weighted_median

MARGINS = {"sex": {"f": 60, "m": 40}, "age": {"old": 30, "young": 70}}


@pytest.fixture
def sample():
    """80 people of every sex, age and branch, with base weights; women are the happier ones."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"sex": rng.choice(["f", "m"], 80), "age": rng.choice(["old", "young"], 80, p=[0.6, 0.4])})
    table["w"] = rng.choice([1.0, 1.5, 4.0], 80)
    table["x"] = np.where(table["sex"] == "f", 100, -100) * rng.choice([1, 0], 80, p=[0.7, 0.3]) * 1.0
    table["stratum"], table["branch"] = np.arange(80) % 2, np.arange(80) % 16
    return table


def test_one_margin_is_plain_post_stratification(sample):
    raked = rake(raking_cells(sample, ["sex"], "w"), {"sex": {"f": 60, "m": 40}})
    held = sample.groupby("sex")["w"].sum()
    assert dict(zip(raked.factors["sex"], raked.factors["factor"], strict=True)) == pytest.approx(
        {"f": 60 / held["f"], "m": 40 / held["m"]}
    )
    assert raked.converged and raked.total == pytest.approx(100)


def test_every_margin_is_met_and_every_factor_is_a_product_of_its_categories(sample):
    raked = rake(raking_cells(sample, ["sex", "age"], "w"), MARGINS)
    assert raked.margins["after"].tolist() == pytest.approx([60, 40, 30, 70])
    assert raked.margins["before"].sum() == pytest.approx(200) and raked.margins["n"].sum() == 160
    by = raked.factors.set_index(["sex", "age"])["factor"]
    assert by["f", "old"] * by["m", "young"] == pytest.approx(by["f", "young"] * by["m", "old"])  # no interaction
    weights = raked_weights(sample, raked, "w")
    assert weights.groupby(sample["age"]).sum().to_dict() == pytest.approx(MARGINS["age"])
    assert raked.after.n_effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert raked.before.deff == pytest.approx(80 * (sample["w"] ** 2).sum() / sample["w"].sum() ** 2)


def test_rows_of_each_base_weight_give_the_same_factors_as_cells(sample):
    cells = raking_cells(sample, ["sex", "age"], "w")
    apart = raking_cells(sample, ["sex", "age"], "w", each_weight=True)
    assert len(apart) > len(cells) == 4
    one, other = (rake(rows, MARGINS).factors["factor"].tolist() for rows in (cells, apart))
    assert one == pytest.approx(other)


def test_categories_are_found_by_their_text(sample):
    people = sample.assign(age=(sample["age"] == "old") + 1)
    raked = rake(raking_cells(people, ["age"], "w"), {"age": {"1": 70, "2": 30}})
    assert raked_weights(people, raked, "w").groupby(people["age"]).sum().to_dict() == pytest.approx({1: 70, 2: 30})


@pytest.mark.parametrize(
    ("margins", "word"),
    [
        ({"sex": {"f": 1, "m": 1, "x": 1}}, 'nobody in "x"'),
        ({"sex": {"f": 1}}, 'people in "m", which has no total'),
        ({"sex": {"f": 1, "m": 0}}, 'people in "m", total 0'),
        ({"sex": {"f": 60, "m": 40}, "age": {"old": 3, "young": 7}}, "sex 100, age 10"),
        ({"sex": {"f": -1, "m": 2}}, "negative"),
        ({"town": {"f": 1}}, "no such column"),
        ({}, "no margin"),
    ],
)
def test_margins_that_cannot_be_met_are_refused_by_name(sample, margins, word):
    with pytest.raises(DataFault, match=word):
        rake(raking_cells(sample, ["sex", "age"], "w"), margins)


def test_margins_that_contradict_an_empty_cell_do_not_converge_and_it_is_told():
    cells = pd.DataFrame({"g": ["x", "x", "y"], "h": ["u", "v", "u"], "n": 5, "w": 5.0, "ww": 5.0})
    raked = rake(cells, {"g": {"x": 2, "y": 8}, "h": {"u": 3, "v": 7}}, most_rounds=40)  # y needs 8 of u's 3
    assert not raked.converged and "not converged after 40 rounds" in raked.notes[0]


def residual_se(table, mean, weights, inside, margins):
    """By the book, person by person: residuals of the linearised values on the dummies of the margins."""
    t = np.where(inside, table["x"].fillna(0) - mean, 0.0)
    z = np.column_stack([pd.get_dummies(table[name]).to_numpy(float) for name in margins])
    root = np.sqrt(weights)
    fitted = z @ np.linalg.lstsq(z * root[:, None], t * root, rcond=None)[0]
    u = weights * (t - fitted) / (weights * inside).sum()
    return np.sqrt(len(u) / (len(u) - 1) * ((u - u.mean()) ** 2).sum())


@pytest.mark.parametrize("segment", [False, True])
def test_the_error_after_raking_is_that_of_the_residuals(sample, segment):
    sample.loc[3:5, "x"] = np.nan
    inside = sample["x"].notna() & ((sample["age"] == "old") | (not segment))
    cells = raking_cells(sample, ["sex", "age"], "w", "x", domain=inside)
    raked = rake(cells, MARGINS)
    weights = raked_weights(sample, raked, "w").to_numpy()
    mean = raked_mean(raked.cells, MARGINS)
    assert mean.value == pytest.approx(np.average(sample["x"][inside], weights=weights[inside]))
    assert mean.n == inside.sum()
    assert mean.se == pytest.approx(residual_se(sample, mean.value, weights, inside.to_numpy(), MARGINS))


def test_known_margins_that_go_with_the_answer_make_it_surer(sample):
    raked = rake(raking_cells(sample, ["sex", "age"], "w", "x"), MARGINS)
    assert raked_mean(raked.cells, MARGINS).se < 0.8 * raked_mean(raked.cells).se


def test_branches_count_in_the_error_after_raking(sample):
    raked = rake(raking_cells(sample, ["sex", "age"], "w", "x", "stratum", "branch"), MARGINS)
    mean = raked_mean(raked.cells, MARGINS)
    assert mean.df == 16 - 2
    alone = sample.assign(person=np.arange(80), one="all")
    single = rake(raking_cells(alone, ["sex", "age"], "w", "x", "one", "person"), MARGINS)
    plain = rake(raking_cells(alone, ["sex", "age"], "w", "x"), MARGINS)
    assert raked_mean(single.cells, MARGINS).se == pytest.approx(raked_mean(plain.cells, MARGINS).se)


def test_people_without_a_margin_are_left_out_and_counted(sample):
    sample.loc[0, "sex"] = None
    cells = raking_cells(sample, ["sex", "age"], "w", "x")
    assert cells.attrs["dropped"] == 1 and cells["n"].sum() == cells["nv"].sum() == 79
    assert raked_weights(sample, rake(cells, MARGINS), "w").isna().tolist() == [True] + [False] * 79


def test_trimming_by_hand():
    # 5 of 1, 3 of 2, 2 of 10, cap 4: 12 to share. Ten or so each: 1 + 1.5, 2 + 1.5, 4
    cut = trim_weights(np.array([1, 2, 10.0]), np.array([5, 3, 2.0]), 4)
    assert cut.weights.tolist() == pytest.approx([2.5, 3.5, 4])
    assert (cut.above, cut.total, cut.largest) == (2, pytest.approx(31), 4)
    once = trim_weights(np.array([1, 3.9, 10.0]), np.array([5, 3, 2.0]), 4, strict=False)
    assert once.weights.tolist() == pytest.approx([1 + 1.5, 3.9 + 1.5, 4])  # lifted over the cap again
    again = trim_weights(np.array([1, 3.9, 10.0]), np.array([5, 3, 2.0]), 4)
    assert again.weights.tolist() == pytest.approx([1 + (12 - 0.3) / 5, 4, 4])
    assert trim_weights(np.array([1, 2.0]), np.array([1, 1.0]), 4).weights.tolist() == [1, 2]
    with pytest.raises(DataFault, match="mean weight of 1.5"):
        trim_weights(np.array([1, 2.0]), np.array([1, 1.0]), 1.2)


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 50), min_size=2, max_size=15), st.floats(1.01, 3))
def test_trimming_keeps_the_total_and_the_order_and_never_passes_the_cap(weights, times):
    w, n = np.array(weights), np.arange(1, len(weights) + 1.0)
    cap = times * float(w @ n / n.sum())
    cut = trim_weights(w, n, cap)
    assert cut.weights @ n == pytest.approx(w @ n) and cut.weights.max() <= cap * (1 + 1e-9)
    assert (np.diff(cut.weights[np.argsort(w)]) >= -1e-9).all()
    lifted = (cut.weights - w)[cut.weights < cap * (1 - 1e-9)]
    assert lifted == pytest.approx(lifted.mean() if len(lifted) else 0, abs=1e-8)  # all the others by the same


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 9), st.integers(1, 5)), min_size=1, max_size=9))
def test_the_median_weight_is_that_of_the_people(pairs):
    w, n = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    assert weighted_median(w, n.astype(float)) == pytest.approx(np.median(np.repeat(w, n)))


def test_trimmed_weights_miss_their_margins_and_raking_in_turn_mends_it(sample):
    cells = raking_cells(sample, ["sex", "age"], "w", "x", each_weight=True)
    margins = {"sex": {"f": 55, "m": 45}, "age": {"old": 45, "young": 55}}
    raked = rake(cells, margins)
    cut = trim(raked, 2)
    after = with_trimmed(raked, cut)
    assert after.total == pytest.approx(100)
    assert cut.cap == pytest.approx(2 * raked_weights(sample, raked, "w").median())
    assert after.margins["off"].abs().max() > 0.01 and "margins are off" in after.notes[-1]
    both = rake_and_trim(cells, margins, 2)
    weights = raked_weights(sample, both, "w")
    assert weights.max() <= cut.cap * 1.0002
    assert margin_table(cells, margins, both.cells["factor"])["off"].abs().max() < 1e-9
    assert both.after.n_effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert max_over_median(raked) == pytest.approx(
        raked_weights(sample, raked, "w").max() / raked_weights(sample, raked, "w").median()
    )


def test_a_cap_and_margins_that_exclude_each_other_are_told(sample):
    both = rake_and_trim(raking_cells(sample, ["sex", "age"], "w", each_weight=True), MARGINS, 2, 20)
    assert any("above the cap" in note for note in both.notes)
    assert both.margins["off"].abs().max() < 1e-9  # the margins are kept, the cap is not


def test_cells_that_mix_base_weights_cannot_be_trimmed(sample):
    with pytest.raises(DataFault, match="one row for each base weight"):
        trim(rake(raking_cells(sample, ["sex", "age"], "w"), MARGINS))


@pytest.fixture
def invited():
    """Class a: 4 invited, 2 answer; class b: 4 invited, 1 answers. Base weights 1 and 2."""
    return pd.DataFrame(
        {
            "class": list("aaaabbbb"),
            "w": [1.0, 1, 2, 2, 1, 1, 2, 2],
            "answered": [1, 0, 1, 0, 0, 0, 1, 0],
            "x": [0.0, np.nan, 100, np.nan, np.nan, np.nan, -100, np.nan],
        }
    )


def test_response_classes_by_hand(invited):
    found = nonresponse_weights(response_classes(invited, "class", "answered", "w", "x"))
    assert found.classes["factor"].tolist() == pytest.approx([6 / 3, 6 / 2])
    assert found.classes["rate"].tolist() == pytest.approx([1 / 2, 1 / 4])
    assert (found.response_rate.value, found.response_rate_weighted) == pytest.approx((3 / 8, 5 / 12))
    assert found.total == pytest.approx(12)  # the base weight of all invited
    assert found.unadjusted.value == pytest.approx((200 - 200) / 5)
    assert found.adjusted.value == pytest.approx((2 * 200 - 3 * 200) / (2 * 3 + 3 * 2))
    assert found.classes["mean"].tolist() == [50, -100]
    assert found.kish.n_effective == pytest.approx(12**2 / (2**2 + 4**2 + 6**2))
    assert len(found.warnings) == 2 and "fewer than 20" in found.warnings[0]


def test_small_classes_are_told_and_may_be_joined(invited):
    classes = response_classes(invited, "class", "answered", "w", "x")
    assert nonresponse_weights(classes, least=1).warnings == ()
    told = nonresponse_weights(classes, least=1, largest=2.5).warnings
    assert len(told) == 1 and 'class "b": factor 3.0, above 2.5' in told[0]
    joined = nonresponse_weights(classes, least=1, join={"a": "all", "b": "all"})
    assert joined.classes["factor"].tolist() == pytest.approx([12 / 5])
    assert joined.adjusted.value == pytest.approx(joined.unadjusted.value)


def test_a_class_nobody_answered_in_is_refused_by_name(invited):
    silent = invited.assign(answered=(invited["class"] == "a") * invited["answered"])
    classes = response_classes(silent, "class", "answered", "w", "x")
    with pytest.raises(DataFault, match='nobody of class "b" answered'):
        nonresponse_weights(classes)
    assert nonresponse_weights(classes, join={"b": "a"}).responded == 2
    with pytest.raises(DataFault, match="1 for who answered"):
        response_classes(invited.assign(answered=2), "class", "answered")


def test_an_answer_without_a_value_is_a_response_all_the_same(invited):
    invited.loc[0, "x"] = np.nan
    found = nonresponse_weights(response_classes(invited, "class", "answered", "w", "x"))
    assert (found.responded, found.adjusted.n, found.classes["factor"].tolist()) == (3, 2, pytest.approx([2, 3]))
    assert [*itertools.islice(found.classes["mean"], 1)] == [100]
