"""Groups side by side: a league with small bases allowed for, and two groups in one question."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import (
    branch_sums,
    design_difference,
    design_sums_of_two,
    difference,
    mean_interval,
    nps_difference,
    rank_counts,
    rank_test,
)
from workbench.inference import league as shrunken


def asked(tmp_path, table, scale=(0, 10), measure="nps", **binding):
    path = tmp_path / "answers.csv"
    table = pd.DataFrame(table)
    table.assign(id=[f"p{i}" for i in range(len(table))]).to_csv(path, index=False)
    question = {"measure": measure, "scale": list(scale)}
    words = {"person": "id", "segments": ["branch"], "questions": {"q": question}}
    return wb.read(path, format="survey", **words | binding)


@pytest.fixture
def branches():
    """Twelve branches of 40 answers that differ, and a small one whose answers are the worst of all by chance."""
    source = np.random.default_rng(5)
    found = [
        (f"b{place:02}", int(np.clip(source.normal(5 + place / 4, 2.5), 0, 10).round()))
        for place in range(12)
        for _ in range(40)
    ]
    return pd.DataFrame(
        [*found, *[("small", x) for x in (0, 0, 1, 2, 0, 6, 0, 0, 1, 5, 7, 0)]], columns=["branch", "q"]
    )


# -- league -----------------------------------------------------------------------------------------------------------


def test_a_league_is_the_estimators_and_allows_for_small_bases(tmp_path, branches):
    found = wb.league(asked(tmp_path, branches), by="branch")
    x = branches.assign(x=100.0 * (branches["q"] >= 9) - 100.0 * (branches["q"] <= 6))
    expected = shrunken(branch_sums(x, "branch", "x")).branches
    table = found.table.set_index("branch")
    assert table["value"].to_dict() == pytest.approx(expected["shrunk"].to_dict())
    assert table["raw"].to_dict() == pytest.approx(x.groupby("branch")["x"].mean().to_dict())
    assert table["rank"].to_dict() == expected["rank"].to_dict()
    assert table["low"].min() >= -100 and table["funnel high"].max() <= 100
    small = table.loc["small"]
    assert small["raw"] < small["value"] and small["caution"] == "small base"
    assert table["rank"].is_monotonic_increasing


def test_the_worst_raw_group_is_said_to_be_small_and_a_hidden_one_is_not_named(tmp_path, branches):
    source = np.random.default_rng(2)
    table = pd.DataFrame({"branch": [f"b{i % 12:02}" for i in range(600)], "q": source.choice([3, 8, 10], 600)})
    large = pd.DataFrame({"branch": "large", "q": [3] * 300 + [10] * 100})
    table, worst = pd.concat([table, large]), pd.DataFrame({"branch": "tiny", "q": [3] * 11})
    found = wb.league(asked(tmp_path, pd.concat([table, worst])), by="branch")
    assert found.table["branch"].iloc[-1] == "large"
    assert 'the lowest raw score, of "branch tiny", rests on 11 answers' in found.sentence
    hidden = wb.league(asked(tmp_path, pd.concat([table, worst.iloc[:5]])), by="branch")
    assert "tiny" not in hidden.sentence
    assert hidden.to_frame().set_index("branch").loc["tiny", "hidden"]
    assert "tiny <i>(hidden)</i>" in hidden.plot().layout.yaxis.ticktext


def test_groups_that_do_not_differ_have_no_league(tmp_path):
    table = {"branch": ["a", "b", "c"] * 30, "q": [x for x in (0, 5, 8, 10, 7) for _ in range(18)]}
    assert "there is no league" in wb.league(asked(tmp_path, table), by="branch").sentence


def test_a_league_says_what_it_does_not_honour_and_whom_it_leaves_out(study, tmp_path, branches):
    assert "weights, strata, that people answered more than once not honoured" in wb.league(study.journey).method
    unknown = pd.concat([branches, pd.DataFrame({"branch": None, "q": [5] * 7})])
    found = wb.league(asked(tmp_path, unknown), by="branch")
    assert "7 answers of groups that are not known left out" in found.base
    with pytest.raises(wb.DataFault, match="two branches"):
        wb.league(asked(tmp_path, {"branch": ["a"] * 20, "q": [1, 9] * 10}), by="branch")
    with pytest.raises(wb.DataFault, match="no column"):
        wb.league(asked(tmp_path, branches))


# -- two groups -------------------------------------------------------------------------------------------------------


def test_two_groups_in_an_nps_are_compared_by_the_estimators(tmp_path):
    a, b = [10] * 20 + [7] * 10 + [2] * 10, [9] * 10 + [8] * 10 + [5] * 25
    journey = asked(tmp_path, {"branch": ["a"] * len(a) + ["b"] * len(b), "q": a + b})
    found = wb.compare(journey, "nps", {"branch": "a"})
    row = found.table.set_index("group").loc["difference"]
    expected = nps_difference((10, 10, 20), (25, 10, 10))
    figures = (row["value"], row["low"], row["high"], row["p difference"])
    assert figures == pytest.approx((expected.value, expected.low, expected.high, expected.p))
    table = pd.DataFrame({"x": a + b, "g": ["a"] * len(a) + ["b"] * len(b)})
    ranks = rank_test(rank_counts(table, "x", "g", "a", "b"))
    assert row["above %"] == pytest.approx(100 * ranks.above.value) and row["p ranks"] == pytest.approx(ranks.p)
    assert row["n"] == 40 and "beyond chance" in found.sentence and "unweighted" in found.method
    turned = wb.compare(journey, "nps", {"branch": "b"}).table.set_index("group").loc["difference"]
    assert turned["value"] == pytest.approx(-row["value"]) and turned["odds"] == pytest.approx(
        1 / row["odds"], rel=1e-5
    )


def test_two_means_are_compared_by_welch_and_odds_by_proportional_odds(tmp_path):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    source = np.random.default_rng(1)
    table = pd.DataFrame({"branch": ["a"] * 70 + ["b"] * 50, "q": source.integers(1, 6, 120)})
    table.loc[:40, "q"] = np.minimum(5, table.loc[:40, "q"] + 1)
    row = wb.compare(asked(tmp_path, table, (1, 5), "trust"), "trust", {"branch": "a"}, {"branch": ["b"]})
    row = row.table.set_index("group").loc["difference"]
    sums = [(len(x), x.sum(), (x**2).sum()) for x in (table.loc[table["branch"] == g, "q"].astype(float) for g in "ab")]
    expected = difference(*(mean_interval(*one) for one in sums))
    assert (row["value"], row["low"], row["high"]) == pytest.approx((expected.value, expected.low, expected.high))
    fit = OrderedModel(table["q"], (table["branch"] == "a").astype(float).to_frame(), distr="logit")
    slope = fit.fit(method="bfgs", disp=False, gtol=1e-8).params.iloc[0]
    assert row["odds"] == pytest.approx(np.exp(slope), rel=1e-4)


@pytest.mark.parametrize(
    ("group", "against"),
    [({"segment": "owner"}, {"segment": "tenant"}), ({"wave": "2025-11"}, {"wave": "2025-03"})],
)
def test_weights_strata_and_people_in_both_groups_are_honoured(study, group, against):
    journey = study.journey
    found = wb.compare(journey, "nps", group, against, step="First bill arrives")
    frame = journey.at_steps("first-bill").to_frame()
    frame = frame[(frame["measure"] == "nps") & (frame["state"] == "answered") & (frame["kind"] == "answer")]
    people = journey.people.to_frame().set_index("person")
    for column in ("segment", "stratum"):
        frame[column] = frame["person"].map(people[column])
    frame["x"] = 100.0 * (frame["value"] >= 9) - 100.0 * (frame["value"] <= 6)
    (column, a), (_, b) = *group.items(), *against.items()
    sums = design_sums_of_two(frame, "x", frame[column] == a, frame[column] == b, "weight", "stratum", "person")
    expected = design_difference(sums.strata, sums.n_a, sums.n_b)
    row = found.table.set_index("group").loc["difference"]
    assert (row["value"], row["low"], row["high"]) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-6
    )
    assert found.table["n"].iloc[0] == sums.n_a and "12 strata" in found.method


def test_a_small_group_is_neither_shown_nor_spoken_of(tmp_path):
    journey = asked(tmp_path, {"branch": ["a"] * 4 + ["b"] * 40, "q": [10] * 4 + [2, 5, 9, 7] * 10})
    found = wb.compare(journey, "nps", {"branch": "a"})
    assert "too small" in found.sentence and "fewer than 10 answers of branch a" in found.base
    shown = found.to_frame().set_index("group")
    assert shown.loc["branch a", "hidden"] and shown.loc["difference", "hidden"]
    assert np.isnan(shown.loc["all others", "value"])  # the whole less the others would be those four
    assert found.table["odds"].isna().all() and "not told of a few" in found.method
    allowed = wb.compare(journey, "nps", {"branch": "a"}, minimum_base=4).table.set_index("group")
    assert allowed.loc["branch a", "value"] == 100


def test_an_infinite_limit_is_written_and_breaks_nothing(tmp_path):
    journey = asked(tmp_path, {"branch": ["a"] * 3 + ["b"] * 2, "q": [10, 9, 2, 2, 1]})
    found = wb.compare(journey, "nps", {"branch": "a"}, minimum_base=1)
    assert "Two groups" in found.title and found._repr_html_()


def test_groups_that_cannot_be_compared_are_refused(study, tmp_path):
    journey = study.journey
    with pytest.raises(wb.DataFault, match='did you mean "owner"'):
        wb.compare(journey, "nps", {"segment": "onwer"})
    with pytest.raises(wb.DataFault, match="people of both groups"):
        wb.compare(journey, "nps", {"segment": "owner"}, {"called_first": "yes"})
    with pytest.raises(wb.DataFault, match="say step="):
        wb.compare(journey, "nps", {"step": "first-bill"})
    with pytest.raises(wb.DataFault, match='did you mean "Small landlord"'):
        wb.compare(journey, "nps", {"persona": "Small landlrd"})
    with pytest.raises(wb.DataFault, match="no group"):
        wb.compare(journey, "nps", {})
    with pytest.raises(wb.DataFault, match="no answers of all others"):
        wb.compare(asked(tmp_path, {"branch": ["a"] * 20, "q": [1, 9] * 10}), "nps", {"branch": "a"})


def test_answers_that_tell_the_groups_apart_completely_have_no_odds(tmp_path):
    journey = asked(tmp_path, {"branch": ["a"] * 20 + ["b"] * 20, "q": [9, 10] * 10 + [1, 2] * 10})
    found = wb.compare(journey, "nps", {"branch": "a"})
    row = found.table.set_index("group").loc["difference"]
    assert pd.isna(row["odds"]) and "no odds ratio" in found.method
    assert row["value"] == 200 and row["above %"] == 100
