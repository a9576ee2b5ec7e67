"""Banner tables: figures one can count, letters that another route gives too, small columns that are nowhere to be read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, ttest_ind

import workbench as wb
from workbench.banner import banner
from workbench.inference import (
    cell_products,
    cross_sums,
    mean_letters,
    rao_scott_test,
    share_letters,
)

SCALES = {"nps": [0, 10], "csat": [1, 5]}


def file_of(tmp_path, table, name="a", **binding):
    path = tmp_path / f"{name}.csv"
    table.to_csv(path, index=False)
    asked = {one: {"measure": one, "scale": scale} for one, scale in SCALES.items() if one in table}
    words = {"format": "survey", "person": "id", "questions": asked, "segments": ["segment", "size"]}
    return wb.read(path, **(words | binding))


def answers(n=300, seed=5):
    """Two segments that differ, two sizes that do not."""
    dice = np.random.default_rng(seed)
    table = pd.DataFrame({"id": [f"p{one:03d}" for one in range(n)]})
    table["segment"] = dice.choice(["owner", "tenant"], n, p=[0.6, 0.4])
    table["size"] = dice.choice(["large", "small"], n)
    owner = table["segment"] == "owner"
    table["csat"] = np.where(owner, dice.integers(3, 6, n), dice.integers(1, 5, n))
    table["nps"] = np.where(owner, dice.integers(6, 11, n), dice.integers(2, 10, n))
    table["w"] = dice.choice([0.5, 1.0, 1.5], n)
    return table


def cell(found, row, column):
    table = found.table
    here = table[(table["row"] == row) & (table["column"] == column)]
    assert len(here) == 1
    return here.iloc[0]


def test_every_cell_is_the_share_of_its_column(tmp_path):
    table = answers()
    found = wb.crosstab(file_of(tmp_path, table), by=["segment", "size"])
    owners = table[table["segment"] == "owner"]
    assert cell(found, "csat: answer 4", "segment: owner")["value"] == pytest.approx(100 * (owners["csat"] == 4).mean())
    assert cell(found, "csat: top 2 (4–5)", "segment: owner")["value"] == pytest.approx(
        100 * (owners["csat"] >= 4).mean()
    )
    assert cell(found, "csat: mean", "segment: owner")["value"] == pytest.approx(owners["csat"].mean())
    nps = 100 * ((owners["nps"] >= 9).mean() - (owners["nps"] <= 6).mean())
    assert cell(found, "nps: NPS", "segment: owner")["value"] == pytest.approx(nps)
    assert cell(found, "nps: mean", "Total")["n"] == 300
    blocks = found.table.groupby("row")["block"].unique().map(list)
    assert blocks["csat: mean"] == ["Total", "segment", "size"]


def test_unweighted_letters_and_the_whole_table_are_those_of_plain_counts(tmp_path):
    table = answers()
    found = wb.crosstab(file_of(tmp_path, table), by=["segment", "size"], correction="none")
    letters = share_letters(cross_sums(table, "segment", "csat"))
    for value in range(1, 6):
        for column, letter in (("owner", "B"), ("tenant", "A")):
            expected = letter if letters.letters.at[value, column] else ""
            assert cell(found, f"csat: answer {value}", f"segment: {column}")["letters"] == expected
    assert cell(found, "csat: mean", "segment: owner")["letters"] == "B"  # Welch: they differ by more than one
    assert cell(found, "csat: mean", "size: large")["letters"] == ""
    p = chi2_contingency(pd.crosstab(table["csat"], table["segment"]), correction=False).pvalue
    assert cell(found, "csat: mean", "segment: owner")["p table"] == pytest.approx(p)
    assert "Pearson" in found.method and "unweighted" in found.method


def test_weighted_columns_are_compared_on_what_their_bases_are_worth(tmp_path):
    table = answers(seed=11)
    found = wb.crosstab(file_of(tmp_path, table, weight="w"), by="segment", correction="none")
    letters = share_letters(cross_sums(table, "segment", "csat", "w"))
    for value in range(1, 6):
        row = cell(found, f"csat: answer {value}", "segment: owner")
        assert row["value"] == pytest.approx(100 * letters.values.at[value, "owner"])
        assert bool(row["letters"]) == bool(letters.letters.at[value, "owner"])
    owners = table.loc[table["segment"] == "owner", "w"]
    assert row["n"] == len(owners) and row["n_effective"] == pytest.approx(
        owners.sum() ** 2 / (owners**2).sum(), abs=0.06
    )
    whole = rao_scott_test(cell_products(table, "csat", "segment", "w"))
    assert row["p table"] == pytest.approx(whole.p, rel=1e-6)
    assert "effective bases" in found.method and "Rao-Scott" in found.method and "weighted" in found.method


def test_people_who_answered_twice_are_no_two_people(tmp_path):
    table = answers(seed=7)
    twice = file_of(tmp_path, table, "a", wave={"is": "1"}).join(file_of(tmp_path, table, "b", wave={"is": "2"}))
    once = wb.crosstab(file_of(tmp_path, table), by="segment")
    found = wb.crosstab(twice, by=["segment", "wave"])
    one, two = (cell(each, "csat: mean", "segment: owner") for each in (once, found))
    assert two["value"] == pytest.approx(one["value"]) and two["n"] == 2 * one["n"]
    assert two["se"] == pytest.approx(one["se"], rel=0.02)  # the same people: no more is known
    assert "counted as clusters" in found.method
    waves = found.table[found.table["block"] == "wave"]
    assert (waves["letters"] == "").all()  # the same answers in both waves cannot differ
    long = pd.concat([table, table]).assign(all="x")
    whole = rao_scott_test(cell_products(long, "csat", "segment", psu="id"))
    assert two["p table"] == pytest.approx(whole.p, rel=1e-6)


def test_letters_run_on_or_restart_and_a_correction_takes_some_away(tmp_path):
    table = answers(n=900, seed=2)
    table["segment"] = np.random.default_rng(1).choice(["a", "b", "c", "d", "e", "f"], 900)
    table.loc[table["segment"] == "a", "csat"] = np.minimum(5, table["csat"] + 1)
    journey = file_of(tmp_path, table)
    on = wb.crosstab(journey, by=["size", "segment"], correction="none")
    anew = wb.crosstab(journey, by=["size", "segment"], correction="none", letters="restart")
    assert [one["letter"] for one in on.layout["blocks"][2]["columns"]] == list("CDEFGH")
    assert [one["letter"] for one in anew.layout["blocks"][2]["columns"]] == list("ABCDEF")
    assert cell(on, "csat: mean", "segment: a")["letters"] == "DEFGH"
    assert cell(anew, "csat: mean", "segment: a")["letters"] == "BCDEF"
    strict = wb.crosstab(journey, by=["size", "segment"], correction="Bonferroni")
    many = [len("".join(each.table["letters"])) for each in (on, strict)]
    assert many[0] > many[1] > 0
    assert "Bonferroni" in strict.method


def test_means_have_the_letters_of_welch(tmp_path):
    table = answers(seed=21)
    found = wb.crosstab(file_of(tmp_path, table), rows="nps", by="segment", show="score", correction="none")
    by = table.assign(x=table["nps"].astype(float)).groupby("segment")["x"]
    sums = [pd.DataFrame([one]) for one in (by.sum(), by.apply(lambda x: (x**2).sum()), by.size())]
    letters = mean_letters(*sums)
    row = cell(found, "nps: mean", "segment: owner")
    assert row["se"] == pytest.approx(letters.se.iat[0, 0]) and bool(row["letters"]) == bool(letters.letters.iat[0, 0])
    assert list(found.table["row"].unique()) == ["nps: NPS", "nps: mean"]


# -- who is small ----------------------------------------------------------------------------------------------------


def small(tmp_path):
    table = answers(n=300, seed=9)
    table["segment"] = ["few"] * 6 + ["some"] * 60 + ["many"] * 234
    table.loc[:5, "csat"] = 1
    table.loc[66:, "csat"] = 5
    table.loc[66, "csat"] = 2  # not all alike
    return file_of(tmp_path, table)


def test_a_small_column_hides_its_complement_and_no_letter_speaks_of_them(tmp_path):
    found = wb.crosstab(small(tmp_path), rows="csat", by=["segment", "size"], correction="none")
    shown = found.to_frame().set_index(["row", "column"])
    for column in ("segment: few", "segment: some"):
        assert shown.loc[("csat: mean", column), "hidden"] and np.isnan(shown.loc[("csat: mean", column), "value"])
    many = shown.loc[("csat: mean", "segment: many")]
    assert many["value"] > 4.9 and many["letters"] == ""  # those it is higher than are hidden
    assert not shown.loc[("csat: mean", "size: large"), "hidden"]
    made = banner(found.to_frame(), found.layout)
    assert [one is None for one in made.sections[0].bases] == [False, True, False, True, False, False]
    assert found._repr_html_().count('<td class="hidden') == 2 * (1 + 8)  # the base and every line of both


def test_all_columns_are_there_for_who_may_look(tmp_path):
    found = wb.crosstab(small(tmp_path), rows="csat", by="segment", correction="none", minimum_base=1)
    assert cell(found, "csat: mean", "segment: few")["value"] == 1
    assert cell(found, "csat: mean", "segment: many")["letters"] == "C"  # a base under 30 gets and gives no letter
    assert cell(found, "csat: mean", "segment: few")["caution"] == "small base"
    assert "*" in found._repr_html_()


# -- what may stand in it --------------------------------------------------------------------------------------------


def several(tmp_path, weight=None):
    """Three options, of which several may be chosen, and a question of one answer."""
    dice = np.random.default_rng(4)
    table = answers(n=400, seed=4)
    for name, share in (("bill", 0.6), ("phone", 0.3), ("water", 0.1)):
        table[name] = (dice.random(400) < share).astype(int)
    path = tmp_path / "several.csv"
    table.to_csv(path, index=False)
    options = {"measure": "problems", "columns": {one: one for one in ("bill", "phone", "water")}}
    return table, wb.read(
        path,
        format="survey",
        person="id",
        segments=["segment"],
        several={"problems": options},
        questions={"csat": {"measure": "csat", "scale": [1, 5]}},
    )


def test_options_of_one_question_stand_under_it_and_may_be_sorted(tmp_path):
    table, journey = several(tmp_path)
    found = wb.crosstab(journey, rows="problems", by="segment", sort=True)
    listed = [(one["question"], one["label"]) for one in found.layout["rows"]]
    assert listed == [("problems", "bill"), ("problems", "phone"), ("problems", "water")]
    owners = table[table["segment"] == "owner"]
    row = cell(found, "problems: phone", "segment: owner")
    assert row["value"] == pytest.approx(100 * owners["phone"].mean()) and row["n"] == len(owners)


def test_columns_that_share_people_are_compared_with_what_they_share(tmp_path):
    table, journey = several(tmp_path)
    found = wb.crosstab(journey, rows="csat", by="problems", correction="none")
    mean = cell(found, "csat: mean", "problems: bill")
    chosen = table[table["bill"] == 1]
    assert mean["value"] == pytest.approx(chosen["csat"].mean()) and mean["n"] == len(chosen)
    # linearised over all people: residuals of those in the column, nothing for the rest
    z = (table["bill"] * (table["csat"] - mean["value"])) / len(chosen)
    assert mean["se"] == pytest.approx(np.sqrt((z**2).sum() * 400 / 399), rel=1e-6)
    assert "overlap" in found.method and "covariance" in found.method
    assert found.table["p table"].isna().all()


def test_another_question_makes_columns(tmp_path):
    table = answers()
    found = wb.crosstab(file_of(tmp_path, table), rows="csat", by="nps")
    promoters = table[table["nps"] >= 9]
    row = cell(found, "csat: mean", "nps: promoters (9–10)")
    assert row["value"] == pytest.approx(promoters["csat"].mean()) and row["n"] == len(promoters)


def test_steps_side_by_side_count_a_person_once(study):
    found = wb.crosstab(study.journey, rows="emotion", by="step")
    table = wb.mean_rating(study.journey, of="emotion").table.set_index("step")
    names = study.journey.step_names
    for step in table.index:
        row = cell(found, "emotion: mean", f"step: {names[step]}")
        assert row["value"] == pytest.approx(table.loc[step, "value"]) and row["n"] == table.loc[step, "n"]
    assert "counted as clusters" in found.method
    assert "First bill arrives" in found.sentence and "Holm" in found.sentence


def test_the_sample_study_is_shown_without_a_word_of_advice(study):
    found = wb.crosstab(study.journey)
    nps = wb.nps(study.journey, by="segment").table.set_index("segment")
    for segment in nps.index:
        row = cell(found, "nps: NPS", f"segment: {segment}")
        assert row["value"] == pytest.approx(nps.loc[segment, "value"]) and row["n"] == nps.loc[segment, "n"]
        assert row["se"] == pytest.approx(nps.loc[segment, "se"], rel=1e-6)  # strata and people who answered twice
    assert {"csat: mean", "nps: NPS", "trust: mean"} <= set(found.table["row"])
    assert "called first yes" in found.sentence
    assert "first 6 of 7 attributes" in found.method


def test_what_does_not_differ_is_said(tmp_path):
    found = wb.crosstab(file_of(tmp_path, answers()), rows="csat", by="size")
    assert "No column differs" in found.sentence
    assert "as everybody answered" in wb.crosstab(file_of(tmp_path, answers()), by=()).sentence


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"rows": "cast"}, 'did you mean "csat"'),
        ({"by": "sgement"}, 'did you mean "segment"'),
        ({"by": "person"}, "no column for a banner"),
        ({"correction": "holm"}, "no correction called"),
        ({"letters": "again"}, "no way of lettering"),
        ({"show": "medians"}, "no part of a question"),
        ({"alpha": 2}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused_with_the_mend(tmp_path, words, match):
    with pytest.raises(wb.DataFault, match=match):
        wb.crosstab(file_of(tmp_path, answers()), **words)


def test_an_attribute_with_many_values_is_no_banner(tmp_path):
    table = answers()
    table["segment"] = [f"s{one % 40}" for one in range(len(table))]
    with pytest.raises(wb.DataFault, match="40 values"):
        wb.crosstab(file_of(tmp_path, table), by="segment")


def test_the_table_is_read_wide_with_its_letters(tmp_path):
    table = answers()
    table["size"] = ["<b>large</b>" if one == "large" else one for one in table["size"]]
    found = wb.crosstab(file_of(tmp_path, table), by=["segment", "size"])
    html = found._repr_html_()
    assert '<table class="banner">' in html and "<b>large</b>" not in html and "&lt;b&gt;large" in html
    assert html.count('scope="colgroup"') == 3 and 'owner <span class="letter">A</span>' in html
    assert '<b class="letters">B</b>' in html
    path = wb.write_page(found, tmp_path / "page.html")
    text = path.read_text(encoding="utf-8")
    assert '<b class="letters">B</b>' in text and 'colspan="2"' in text and "table.banner" in text


def test_a_few_who_stand_in_no_column_are_not_had_by_subtraction(tmp_path):
    table = answers()
    table.loc[:3, "segment"] = None  # the total less owners and tenants would be these four
    found = wb.crosstab(file_of(tmp_path, table), rows="csat", by=["segment", "size"], correction="none")
    shown = found.to_frame().set_index(["row", "column"])
    flags = [shown.loc[("csat: mean", f"segment: {one}"), "hidden"] for one in ("owner", "tenant", "(none of these)")]
    assert sorted(flags) == [False, True, True] and flags[2]
    smaller = min(("owner", "tenant"), key=lambda one: (table["segment"] == one).sum())
    assert shown.loc[("csat: mean", f"segment: {smaller}"), "hidden"]
    assert (
        not shown.loc[("csat: mean", "size: large"), "hidden"]
        and not found.table.set_index("block").loc["segment", "letters"].any()
    )
    assert "none of these" not in found._repr_html_() and smaller not in found.sentence
    table.loc[:40, "segment"] = None  # so many may be read
    many = wb.crosstab(file_of(tmp_path, table, "many"), rows="csat", by="segment")
    assert "hidden" not in many.to_frame() and "41 in segment" in many.method


def test_a_block_in_which_nobody_stands_is_empty(tmp_path):
    table = answers(40)
    table["nps"] = [10] * 20 + [None] * 20
    table["csat"] = [None] * 20 + [3] * 20
    found = wb.crosstab(file_of(tmp_path, table), rows="nps", by="csat")
    there = found.table[found.table["block"] == "csat"]
    assert (there["n"] == 0).all() and there["value"].isna().all() and found._repr_html_()


def test_fractions_have_lines_of_their_own(tmp_path):
    table = answers(40).assign(csat=[4.5, 4, 2, 1] * 10)
    found = wb.crosstab(file_of(tmp_path, table), rows="csat", show="answers", by=()).table
    assert found["value"].sum() == pytest.approx(100) and "csat: answer 4.5" in set(found["row"])


def test_the_interval_of_a_difference_is_that_of_its_test(tmp_path):
    table = pd.DataFrame({"id": [f"p{at}" for at in range(62)], "segment": ["a", "b"] * 31, "size": "one"})
    table["csat"] = [3 + (at // 2) % 3 if at % 2 else 1 + (at // 2) % 3 for at in range(62)]
    found = wb.crosstab(file_of(tmp_path, table), rows="csat", by="segment")
    a, b = (table.loc[table["segment"] == one, "csat"] for one in "ab")
    gap = ttest_ind(b, a, equal_var=False).confidence_interval()
    assert f"({gap.low:.2f} to {gap.high:.2f})" in found.sentence


def test_a_question_of_very_many_options_is_no_banner(tmp_path):
    table = answers(60)
    options = {f"o{place}": f"o{place}" for place in range(30)}
    for place, name in enumerate(options):
        table[name] = (np.arange(60) % 30 == place).astype(int)
    table.to_csv(tmp_path / "many.csv", index=False)
    several = {"problems": {"measure": "problems", "columns": options}}
    asked = {"csat": {"measure": "csat", "scale": [1, 5]}}
    journey = wb.read(
        tmp_path / "many.csv", format="survey", person="id", segments=["segment"], several=several, questions=asked
    )
    with pytest.raises(wb.DataFault, match="30 options"):
        wb.crosstab(journey, rows="csat", by="problems")
