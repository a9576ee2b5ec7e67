"""Column letters, means under a banner, the whole table, and what overlaps."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    CrossSums,
    benjamini_hochberg,
    chi_square,
    column_letter,
    covariance_of_means,
    cross_sums,
    design_difference,
    design_sums_of_two,
    difference,
    estimate_letters,
    mean_interval,
    mean_letters,
    patterns,
    psu_products,
    share_letters,
)


def counted(cells, bases, columns=None):
    """Sums of unweighted counts: rows of counts, one base a column."""
    columns = columns or [f"c{place}" for place in range(len(bases))]
    x = pd.DataFrame(cells, columns=columns, dtype=float)
    n = pd.DataFrame([bases] * len(cells), columns=columns, dtype=float)
    return CrossSums(x, n, n, n, x, float(sum(bases)))


def people(**cells):
    """One row a person from counts such as young_app=3."""
    rows = [key.split("_") for key, count in cells.items() for _ in range(count)]
    return pd.DataFrame(rows, columns=["column", "row"])


def test_sixty_of_a_hundred_is_above_forty_and_gets_its_letter():
    table = share_letters(counted([[60, 40, 50]], [100, 100, 100], ["north", "south", "west"]))
    # pooled share 0.5: z = 0.2 / sqrt(0.25 * 2 / 100) = 2.828; against the west 0.1 / sqrt(.55 * .45 / 50) = 1.421
    assert list(table.pairs["pair"]) == ["AB", "AC", "BC"]
    assert table.pairs["statistic"][0] == pytest.approx(0.2 / math.sqrt(0.005))
    assert table.pairs["statistic"][1] == pytest.approx(0.1 / math.sqrt(0.55 * 0.45 / 50))
    assert table.letters.iloc[0].to_dict() == {"north": "B", "south": "", "west": ""}
    assert table.letter_of == {"north": "A", "south": "B", "west": "C"}


def test_the_square_of_z_is_pearsons_chi_square_of_the_two_columns():
    table = share_letters(counted([[30, 55], [70, 45]], [100, 100]))
    assert table.pairs["statistic"][0] ** 2 == pytest.approx(chi_square([[30, 55], [70, 45]]).chi2)


def test_letters_stand_in_the_order_of_the_columns_and_go_on_after_z():
    assert [column_letter(place) for place in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AB",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
    many = share_letters(counted([[10] * 29 + [90]], [100] * 30))
    assert many.letters.iloc[0, -1].split(" ") == [column_letter(place) for place in range(29)]
    assert (many.letters.iloc[0, :-1] == "").all()


def test_bonferroni_counts_the_pairs_of_a_row_and_bh_is_that_of_the_family():
    sums = counted([[60, 40, 50, 45], [20, 25, 40, 30]], [100] * 4)
    plain, strict, screen = (
        share_letters(sums, correction=how).pairs for how in ("none", "Bonferroni", "Benjamini-Hochberg")
    )
    assert strict["p_adjusted"].to_numpy() == pytest.approx(np.minimum(1, 6 * plain["p"]))
    for row in (0, 1):
        family = list(plain["p"][plain["row"] == row])
        assert list(screen["p_adjusted"][screen["row"] == row]) == pytest.approx(benjamini_hochberg(family))


def test_only_columns_of_one_variable_are_compared_and_a_total_with_none():
    sums = counted([[60, 40, 10, 90, 200]], [100, 100, 100, 100, 400])
    sums = CrossSums(sums.x, sums.n, sums.w, sums.ww)
    table = share_letters(sums, blocks=["age", "age", "sex", "sex", None])
    assert list(table.pairs["pair"]) == ["AB", "CD"]
    assert list(table.letters.iloc[0]) == ["B", "", "", "C", ""]
    assert table.letter_of["c4"] == ""
    strict = share_letters(sums, blocks=["age", "age", "sex", "sex", None], correction="Bonferroni")
    assert strict.pairs["p_adjusted"].equals(table.pairs["p"])  # one pair a variable: nothing to correct


def test_a_small_base_gives_and_gets_no_letter_and_is_told():
    sums = counted([[28, 5, 50]], [29, 100, 100])
    table = share_letters(sums)
    assert list(table.letters.iloc[0]) == ["", "", "B"]
    assert table.small == ("c0",) and any("below 30 in c0" in note for note in table.notes)
    told = share_letters(sums, small="told")
    assert told.letters.iloc[0, 0] == "BC" and told.small == ("c0",)
    assert share_letters(sums, smallest=20).small == ()


def test_nobody_and_everybody_have_an_answer_and_an_empty_column_none():
    table = share_letters(counted([[0, 0, 0], [100, 100, 0]], [100, 100, 0]))
    assert list(table.pairs["p"][[0, 3]]) == [1, 1]  # equal shares, without variance
    assert table.pairs["p"][[1, 2, 4, 5]].isna().all()
    assert any("4 comparisons without a test" in note for note in table.notes)
    assert any("without anybody" in note for note in table.notes)


def test_weights_cost_base_and_are_never_taken_for_people():
    one = pd.DataFrame({"column": ["a"] * 80 + ["b"] * 80, "row": ["y", "n"] * 80, "w": [1.0, 3.0] * 80})
    sums = cross_sums(one, "column", "row", "w", rows=["y"])
    table = share_letters(sums)
    assert table.values.loc["y", "a"] == pytest.approx(0.25)
    assert table.n_effective.loc["y", "a"] == pytest.approx((40 * 4) ** 2 / (40 * 10))
    scaled = share_letters(cross_sums(one.assign(w=10 * one["w"]), "column", "row", "w", rows=["y"]))
    assert scaled.pairs["p"].equals(table.pairs["p"])
    assert "effective bases" in table.method


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("yn"), st.floats(0.3, 3)), min_size=30, max_size=60))
def test_the_design_test_is_that_of_two_domains_of_one_design(rows):
    frame = pd.DataFrame([*rows, *((c, r, 1.0) for c in "abc" for r in "yn")], columns=["column", "row", "w"])
    table = share_letters(cross_sums(frame, "column", "row", "w", rows=["y"]), test="design")
    frame["x"] = (frame["row"] == "y").astype(float)
    for pair, (a, b) in zip(table.pairs.itertuples(), itertools.combinations("abc", 2), strict=True):
        two = design_sums_of_two(frame, "x", frame["column"] == a, frame["column"] == b, "w")
        gap = design_difference(two.strata, two.n_a, two.n_b)
        assert (pair.difference, pair.se) == pytest.approx((gap.value, gap.se))


def test_patterns_and_people_give_the_same_sums():
    frame = people(young_app=12, young_shop=5, old_app=3, old_shop=20).assign(w=np.tile([0.5, 2.0], 20))
    frame.loc[0, "row"] = None
    one = cross_sums(frame, "column", "row", "w")
    other = cross_sums(patterns(frame.dropna(), ["column", "row"], "w"), "column", "row")
    assert one.x.equals(other.x) and one.ww.equals(other.ww) and one.xx.equals(other.xx)
    assert (one.dropped, other.dropped, one.people) == (1, 0, 39)
    assert one.n.loc["app"].to_dict() == {"old": 23, "young": 16}


def test_a_multiple_answer_is_refused_until_its_covariance_is_there():
    rng = np.random.default_rng(5)
    both = pd.DataFrame(rng.integers(0, 2, (200, 2)), columns=["bus", "train"])
    both["y"] = (rng.random(200) < 0.3 + 0.2 * both["bus"]).astype(int)
    sums = cross_sums(both, ["bus", "train"], "y", rows=[1])
    assert sums.overlap == (both["bus"] & both["train"]).sum()
    with pytest.raises(DataFault, match="two columns or more"):
        share_letters(sums)
    totals = both[["bus", "train"]].assign(bus_y=both["bus"] * both["y"], train_y=both["train"] * both["y"])
    products = psu_products(totals, list(totals.columns))
    shares, covariance = covariance_of_means(products, ["bus_y", "train_y"], ["bus", "train"])
    values = pd.DataFrame([shares], index=[1], columns=["bus", "train"])
    table = estimate_letters(values, covariance[None], sums.n, df=products.df)
    both["v"] = both["y"].astype(float)
    two = design_sums_of_two(both, "v", both["bus"] == 1, both["train"] == 1)
    gap = design_difference(two.strata, two.n_a, two.n_b)
    assert table.pairs.loc[0, ["difference", "se", "p"]].tolist() == pytest.approx([gap.value, gap.se, gap.p])


def test_means_are_compared_by_welch():
    answers = {"north": [7, 8, 9, 10, 6] * 8, "south": [5, 5, 6, 4, 7] * 10}
    frame = {name: [pd.Series(v, dtype=float)] for name, v in answers.items()}
    y, yy, n = (
        pd.DataFrame({name: [how(v[0])] for name, v in frame.items()})
        for how in (pd.Series.sum, lambda v: (v**2).sum(), len)
    )
    table = mean_letters(y, yy, n.astype(float))
    means = [mean_interval(len(v), sum(v), sum(x * x for x in v)) for v in answers.values()]
    gap = difference(*means)
    assert table.pairs.loc[0, ["difference", "se", "df", "p"]].tolist() == pytest.approx(
        [gap.value, gap.se, gap.df, gap.p]
    )
    assert list(table.letters.iloc[0]) == ["B", ""]


def test_means_without_any_spread_are_not_compared_unless_they_are_equal():
    n = pd.DataFrame([[50.0, 50.0, 50.0]], columns=list("abc"))
    table = mean_letters(7 * n * [1, 1, 0] + 5 * n * [0, 0, 1], 49 * n * [1, 1, 0] + 25 * n * [0, 0, 1], n)
    assert table.pairs["p"][0] == 1 and table.pairs["p"][1:].isna().all()
    assert any("2 comparisons without a test" in note for note in table.notes)


def test_the_whole_table_by_hand_and_its_small_cells():
    test = chi_square([[10, 20], [30, 40]])
    # expected 16 * 24 / 28 * 42 of ... rows 30 and 70, columns 40 and 60: 12, 18, 28, 42
    assert test.chi2 == pytest.approx(4 / 12 + 4 / 18 + 4 / 28 + 4 / 42)
    assert (test.df, test.n, test.small_expected, test.note) == (1, 100, 0, "")
    rough = chi_square([[1, 2, 0], [3, 4, 0]])
    assert rough.df == 1 and rough.small_expected == 4
    assert "1 empty columns" in rough.note and "p is rough" in rough.note
    none = chi_square([[5, 6]])
    assert none.p is None and "no test" in none.method


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda s: share_letters(s, alpha=5), "alpha"),
        (lambda s: share_letters(s, correction="Holm"), "correction"),
        (lambda s: share_letters(s, test="weighted base"), "effective base"),
        (lambda s: share_letters(s, blocks=["one"]), "blocks"),
        (lambda s: share_letters(CrossSums(2 * s.n, s.n, s.w, s.ww)), "above its base"),
        (lambda s: share_letters(CrossSums(s.x, s.n, s.w, s.ww), test="design"), "xx"),
        (lambda s: estimate_letters(s.x, np.zeros((1, 3, 3)), s.n), "covariance"),
        (lambda s: chi_square([[1, -2], [3, 4]]), "negative"),
    ],
)
def test_what_cannot_be_compared_is_refused(broken, told):
    with pytest.raises(DataFault, match=told):
        broken(counted([[30, 40]], [100, 100]))
