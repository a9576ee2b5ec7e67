"""From people to sums: patterns, design sums, scores, scales, and the same people in two waves."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    design_covariance,
    design_difference,
    design_mean,
    design_sums,
    design_sums_of_two,
    matched_change,
    matched_sums,
    nps_counts,
    nps_points,
    patterns,
    scale_counts,
    scale_summary,
    standardised_cells,
)


@pytest.fixture
def people():
    return pd.DataFrame(
        {
            "town": ["east", "east", "west", "west", None],
            "age": [1, 1, 2, 2, 2],
            "w": [1.0, 2.0, 3.0, 1.0, 1.0],
            "x": [10.0, 20.0, np.nan, 5.0, 7.0],
        }
    )


def test_patterns_by_hand(people):
    found = patterns(people, ["town", "age"], "w", ["x"])
    assert found.to_dict("records") == [
        {"town": "east", "age": 1, "n": 2, "w": 3, "ww": 5, "x": 50, "x_x": 900},
        {"town": "west", "age": 2, "n": 1, "w": 1, "ww": 1, "x": 5, "x_x": 25},
    ]
    assert found.attrs["dropped"] == 2  # one without a town, one without an x
    assert patterns(people, "age").to_dict("list") == {"age": [1, 2], "n": [2, 3], "w": [2, 3], "ww": [2, 3]}


def test_people_with_the_same_label_in_the_index_are_still_different_people(people):
    twice = pd.concat([people, people])
    assert patterns(twice, "town", "w", ["x"])["x"].tolist() == [100, 10]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 3)), min_size=1, max_size=30))
def test_the_same_people_twice_give_twice_the_sums(rows):
    table = pd.DataFrame(rows, columns=["g", "x"])
    one, two = patterns(table, "g", values=["x"]), patterns(pd.concat([table, table]), "g", values=["x"])
    assert (two[["n", "x", "x_x"]] == 2 * one[["n", "x", "x_x"]]).all(axis=None)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda t: patterns(t.assign(w=[1, 2, 0, 1, 1]), "age", "w"), "1 of 5 weights"),
        (lambda t: patterns(t.assign(w=[1, None, 1, 1, 1]), "age", "w"), "1 of 5 weights"),
        (lambda t: patterns(t, "sex"), "no such column"),
        (lambda t: patterns(t.rename(columns={"age": "n"}), "n"), "same name"),
        (lambda t: design_sums(t, "x", stratum="town"), "missing for 1 people"),
        (lambda t: design_sums(t, "x", domain=[True]), "1 marks for 5 people"),
        (lambda t: design_sums(t.assign(x=np.inf), "x"), "infinite"),
        (lambda t: design_sums(t, "x", stratum="age", population="w"), "several numbers in one stratum"),
        (lambda t: design_sums(t, "x", stratum="age", population={1: 5}), "no number for stratum"),
        (lambda t: matched_sums(t, "x", "town", "age", 1, 2), "1 second answers"),
        (lambda t: matched_sums(t, "x", "who", "age", 1, 2), "no such column"),
        (lambda t: scale_summary({}, 4), "no level"),
        (lambda t: scale_summary({1: -2}, 1), "0 or more"),
    ],
)
def test_tables_that_cannot_be_summed_are_refused(people, call, word):
    with pytest.raises(DataFault, match=word):
        call(people)


def test_everybody_counts_in_the_design_and_only_answers_in_the_sums(people):
    sums = design_sums(people, "x", "w", "age", domain=people["town"].notna())
    assert (sums.n, sums.missing, sums.psus) == (3, 1, 5)
    assert (sums.w, sums.ww, sums.wx, sums.wxx) == (4, 6, 55, 925)
    assert sums.strata["psus"].tolist() == [2, 3]
    assert sums.kish.n_effective == pytest.approx(16 / 6)


def test_a_label_used_again_in_another_stratum_is_another_branch():
    table = pd.DataFrame({"s": list("aabb"), "p": [1, 2, 1, 2], "x": [1.0, 2, 3, 5]})
    assert design_sums(table, "x", None, "s", "p").strata["psus"].tolist() == [2, 2]
    assert design_sums(table, "x", None, None, "p").strata["psus"].tolist() == [2]


def test_branches_drawn_from_few_are_told_by_column_or_by_stratum():
    table = pd.DataFrame({"s": list("aabb"), "x": [1.0, 2, 3, 5], "all": [4, 4, 9, 9]})
    by_column = design_sums(table, "x", stratum="s", population="all").strata
    by_name = design_sums(table, "x", stratum="s", population={"a": 4, "b": 9}).strata
    assert by_column["population"].tolist() == by_name["population"].tolist() == [4, 9]


def test_the_covariance_closes_the_variance_of_a_difference():
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"id": np.repeat(np.arange(20), 2), "wave": [1, 2] * 20})
    table["x"] = np.repeat(rng.normal(size=20), 2) + rng.normal(size=40)
    first, second = table["wave"] == 1, table["wave"] == 2
    two = design_sums_of_two(table, "x", second, first, psu="id")
    one, other = (design_mean(design_sums(table, "x", psu="id", domain=d).strata, 20) for d in (second, first))
    between = design_covariance(two.strata)
    gap = design_difference(two.strata, two.n_a, two.n_b)
    assert gap.se**2 == pytest.approx(one.se**2 + other.se**2 - 2 * between)
    wide = table.pivot(index="id", columns="wave", values="x")
    assert between == pytest.approx(wide[1].cov(wide[2]) / 20)
    nobody = design_sums_of_two(table, "x", second, table["wave"] == 3, psu="id")
    assert design_covariance(nobody.strata) is None


def test_those_who_answered_twice_by_hand():
    table = pd.DataFrame({"id": [1, 1, 2, 2, 3, 4], "wave": [1, 2, 1, 2, 1, 2], "x": [0.0, 10, 5, 25, 7, np.nan]})
    sums = matched_sums(table, "x", "id", "wave", 2, 1)
    assert sums == (2, 30, 500, 0, 1)  # changes of 10 and 20; one more answered the first wave, a blank is no answer
    change = matched_change(sums)
    assert (change.value, change.se, change.n) == (15, pytest.approx(5), 2)
    assert "both waves only" in change.method


def test_every_row_without_a_score_is_counted_and_none_is_a_detractor():
    scores = [0, 6, 7, 8, 9, 10, None, "", "ten", 11, -1, 7.5, "8"]
    counts = nps_counts(scores)
    assert counts.classes == (2, 3, 2)
    assert (counts.n, counts.rows, counts.blank, counts.out_of_range, counts.not_whole) == (7, 13, 3, 2, 1)
    assert (counts.total, counts.squares) == (48, 0 + 36 + 49 + 64 + 81 + 100 + 64)
    points = nps_points(pd.Series(scores, index=range(100, 113)))
    assert points.index[0] == 100 and points.isna().sum() == 6
    assert points.dropna().tolist() == [-100, -100, 0, 0, 100, 100, 0]
    assert nps_counts([]).n == 0


def test_cells_keep_both_groups_and_drop_those_without_a_cell():
    table = pd.DataFrame({"wave": [1, 1, 2, 2, 3], "cell": ["u", "v", "u", None, "u"], "x": [1.0, 2, 4, 8, 16]})
    cells = standardised_cells(table, "x", "wave", "cell", 2, 1)
    assert list(zip(cells["group"], cells["cell"], cells["mean"], strict=True)) == [
        ("a", "u", 4),
        ("b", "u", 1),
        ("b", "v", 2),
    ]
    assert cells.attrs["dropped"] == 1


def test_the_scale_by_hand():
    counts = scale_counts([1, 2, 2, 5, "5", None, 6, "x", 1.5], range(1, 6))
    assert counts == ({1: 1, 2: 2, 3: 0, 4: 0, 5: 2}, 5, 9, 2, 2)
    found = scale_summary(counts.counts, 4)
    assert (found.mean.value, found.median, found.share.value, found.n) == (3, 2, 0.4, 5)
    assert found.sd == pytest.approx(np.std([1, 2, 2, 5, 5], ddof=1))
    nobody = scale_summary({1: 0, 2: 0}, 2)
    assert (nobody.mean.value, nobody.sd, nobody.median, nobody.share.value) == (None, None, None, None)
    assert scale_summary({4: 1}, 2).sd is None


@settings(deadline=None)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=40))
def test_the_median_is_that_of_the_answers(answers):
    found = scale_summary(scale_counts(answers, range(1, 8)).counts, 5)
    assert found.median == np.median(answers)
