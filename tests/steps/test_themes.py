"""Themes of comments: which words mark them, how many speak of each, and the score that goes with it."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from scipy.stats import ttest_ind

import workbench as wb
from workbench.engine import Engine, rows
from workbench.inference import design_difference, design_sums_of_two, share_interval
from workbench.steps.measure import comments

FRAME = {"waiting": ["wait*", "on hold"], "price": ["dear", "too much", "/£ ?\\d+/"], "staff": ["staff"]}


def told(tmp_path, records, frame_of=None, **binding):
    """A journey of comments with their scores: (person, score, segment, comment) a row."""
    path = tmp_path / "answers.csv"
    pd.DataFrame(records, columns=["id", "q", "segment", "said"]).to_csv(path, index=False)
    words = {"person": "id", "segments": ["segment"], "text": ["said"], "questions": {"q": {"measure": "nps"}}}
    return wb.read(path, format="survey", **words | binding)


def many(people=60):
    """Those who wait score low; half of the rest say that the staff are kind; some say nothing."""
    found = []
    for place in range(people):
        score = (2, 6, 9, 4)[place % 4] if place < people / 2 else (9, 10, 7, 3)[place % 4]
        said = (
            f"I WAITED {place} minutes, much too long for me" if place < people / 2 else f"Kind staff, number {place}"
        )
        found.append((f"p{place}", score, "owner" if place % 3 else "tenant", said if place % 5 else ""))
    return found


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        (["bill"], "The BILL, again.", True),
        (["bill"], "My bill's wrong", True),
        (["bill"], "billing is wrong", False),
        (["bill"], "handbill", False),
        (["bill*"], "Billing is wrong", True),
        (["cafe"], "the café", True),
        (["Café"], "the cafe\u0301 and the CAFE", True),
        (["call back"], "they call-back\nnever", True),
        (["call back"], "they call me back", False),
        (["don't"], "I don’t know", True),
        (["wi-fi"], "no wi fi here", True),
        (["12"], "12 months", True),
        (["12"], "112 months", False),
        (["/£ ?\\d+/"], "that is £ 300", True),
        (["/(never|no) call/"], "NEVER CALLED", True),
        (["straße"], "Die STRAßE", True),
        (["한국"], "한국 사람", True),
        (["σισυφος"], "ΣΊΣΥΦΟΣ!", True),
    ],
)
def test_a_word_is_found_whole_whatever_its_case_and_accents(words, text, found):
    engine = Engine()
    table = comments.readable(engine, engine.table(pd.DataFrame({"text": [text]})))
    assert rows(table.select(comments.marked(words).alias("mark")))["mark"].tolist() == [int(found)]


def test_words_are_made_plain_alike_here_and_in_the_engine():
    written = [
        "Ångström ß ø Œuvre",
        "İstanbul IĞDIR",
        "ΣΊΣΥΦΟΣ",
        "हिन्दी सेवा",
        "Việt Nam",
        "wi-fi e_mail don’t",
        "日本語が",
        "",
    ]
    engine = Engine()
    made = rows(engine.plain(engine.table(pd.DataFrame({"text": written})), "text", "plain"))["plain"]
    assert [one.strip() for one in made] == [comments.plain(one) for one in written]


@pytest.mark.parametrize("words", [[], [""], ["*"], ["b*ll"], ["/(/"], ["/(?=x)a/"], ["/(a)\\1/"], ["?!"]])
def test_words_that_nobody_could_find_are_refused(words):
    with pytest.raises(wb.DataFault) as problem:
        comments.frame_of(None, {"broken": words})
    assert "broken" in str(problem.value)


def test_codes_yaml_may_hold_themes_and_their_faults_are_told(sample):
    path = sample / "codes.yaml"
    good = path.read_text()
    path.write_text(good.replace("no warning: [", "no warning: ['b*d', "))
    study = wb.open_study(sample)
    assert any("b*d" in str(fault) for fault in study.codes.check([]))
    path.write_text(good.split("\n# Themes")[0])
    with pytest.raises(wb.DataFault, match="wb.topics proposes"):
        wb.themes(wb.open_study(sample).journey)


# -- shares and scores ------------------------------------------------------------------------------------------------


def test_shares_are_of_comments_and_a_comment_may_have_several_themes(tmp_path):
    said = ["We wait and wait", "Waiting is dear", "fine", "£20 too much", None] * 4
    journey = told(tmp_path, [(f"p{i}", 5, "x", one) for i, one in enumerate(said)])
    found = wb.themes(journey, FRAME, of=None, minimum_base=1)
    table = found.table.set_index("theme")
    assert table["n"].to_dict() == {"waiting": 8, "price": 8, "staff": 0, "(none of these)": 4}
    assert table.loc["waiting", "value"] == 50 and set(table["comments"]) == {16}
    share = share_interval(8, 16)
    assert (table.loc["waiting", "low"], table.loc["waiting", "high"]) == pytest.approx(
        (100 * share.low, 100 * share.high)
    )


def test_a_themes_score_is_compared_with_that_of_the_other_writers(tmp_path):
    records = many()
    found = wb.themes(told(tmp_path, records), FRAME)
    row = found.table.set_index("theme").loc["waiting"]
    points = pd.DataFrame(records, columns=["id", "q", "segment", "said"])
    points = points[points["said"] != ""].assign(x=lambda t: 100 * (t["q"] >= 9) - 100 * (t["q"] <= 6))
    mention = points["said"].str.contains("WAITED")
    welch = ttest_ind(points.loc[mention, "x"], points.loc[~mention, "x"], equal_var=False)
    assert row["value"] == pytest.approx(points.loc[mention, "x"].mean() - points.loc[~mention, "x"].mean())
    interval = welch.confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    assert row["p corrected"] == pytest.approx(2 * welch.pvalue)  # waiting and staff; nobody speaks of the price
    assert row["leverage"] == pytest.approx(mention.mean() * row["value"])
    assert row["score"] - row["rest"] == pytest.approx(row["value"])
    assert "12 scores" in found.base and "Welch, unweighted" in found.method  # those who wrote nothing


def test_weights_strata_and_repeated_people_are_honoured(study):
    journey = study.journey
    found = wb.themes(journey, {"plain": ["bill"], "trust": ["trust", "believe"]}, by="step")
    row = found.table.set_index("theme").loc["trust"]
    frame = journey.at_any_step().to_frame()
    answers = frame[(frame["measure"] == "nps") & (frame["state"] == "answered") & (frame["kind"] == "answer")]
    said = frame[frame["kind"] == "comment"].assign(case=frame["order"] // 10_000).set_index(["case", "step"])["text"]
    people = journey.people.to_frame().set_index("person")["stratum"]
    keys = pd.MultiIndex.from_arrays([answers["order"] // 10_000, answers["step"]])
    table = answers.assign(text=said.reindex(keys).to_numpy(), stratum=answers["person"].map(people))
    table["x"] = 100.0 * (table["value"] >= 9) - 100.0 * (table["value"] <= 6)
    wrote = table["text"].notna()
    mention = wrote & table["text"].fillna("").str.contains(r"\b(?:trust|believe)\b", flags=re.I)
    sums = design_sums_of_two(table, "x", mention, wrote & ~mention, "weight", "stratum", "person")
    expected = design_difference(sums.strata, sums.n_a, sums.n_b)
    assert (row["value"], row["low"], row["high"]) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-6
    )
    assert row["n"] >= mention.sum()  # a mention without a score is a mention too
    assert "12 strata" in found.method and "weighted" in found.method


def test_the_planted_truth_comes_out(study):
    table = wb.themes(study.journey, by="step").table.set_index("theme")
    assert table.loc["no warning", "high"] < 0 < table.loc["told beforehand", "low"]
    assert table.loc["feeling accused", "p corrected"] < 0.001


def test_a_small_theme_is_hidden_with_its_quote_and_a_small_group_with_all_it_says(tmp_path):
    records = [*many(), *[(f"q{i}", 3, "landlord", "Kind staff here at last, so many of them") for i in range(4)]]
    found = wb.themes(told(tmp_path, records), FRAME, by="segment")
    shown = found.to_frame().set_index(["theme", "segment"])
    assert shown.loc["staff", "landlord"]["hidden"] and pd.isna(shown.loc[("price", "landlord"), "share %"])
    assert "landlord" not in found.sentence
    few = wb.themes(told(tmp_path, [*many(), ("z", 3, "x", "too much for what it is, really too much")]), FRAME)
    hidden = few.to_frame().set_index("theme").loc["price"]
    assert hidden["hidden"] and hidden["quote"] is None
    assert few.table.set_index("theme").loc["price", "quote"] is None


def test_quotes_are_chosen_by_rule(tmp_path):
    plain = [(f"p{i}", 6, "x", f"I had to wait for a very long time, {i} days") for i in range(12)]
    best = ("same", 6, "x", "Waiting on hold: I wait, they have me on hold again")
    masked = ("other", 6, "x", "Waiting on hold, call me on 07700 900123 and I wait on hold")
    far = ("far", 0, "x", "Waiting and waiting on hold, on hold and waiting")
    short = ("short", 6, "x", "wait on hold")
    again = [("same", 6, "x", "Dear, and far too much for what the staff do here") for _ in range(11)]
    journey = told(tmp_path, [*plain, far, masked, short, best, *again])
    quotes = wb.themes(journey, FRAME).table.set_index("theme")["quote"]
    assert quotes["waiting"] == best[3]
    assert quotes["price"] is None or quotes["price"] != again[0][3]  # nobody is quoted twice


def test_topics_may_serve_as_a_frame_and_other_findings_may_not(study):
    journey = study.journey
    proposed = wb.topics(journey, several=3)
    assert set(proposed.table["topic"]) < set(wb.themes(journey, proposed).table["theme"])
    with pytest.raises(wb.DataFault, match="one of wb.topics"):
        wb.themes(journey, wb.nps(journey))


def test_what_cannot_be_asked_is_refused_with_the_mend(tmp_path, study):
    silent = told(tmp_path, [("a", 3, "x", None), ("b", 9, "x", "?!")])
    with pytest.raises(wb.DataFault, match="no comment in words"):
        wb.themes(silent, FRAME)
    with pytest.raises(wb.DataFault, match="of=None"):
        wb.themes(study.journey, of="recommendation")
    with pytest.raises(wb.DataFault, match="personas apart"):
        wb.themes(study.journey, by="persona")


def test_the_commonest_theme_needs_no_scores_and_a_difference_tells_how_many_it_rests_on(tmp_path):
    records = [(f"p{i}", "" if i % 3 else 5, "x", "we wait") for i in range(27)]
    records += [(f"q{i}", 2, "x", "kind staff, and dear") for i in range(20)]
    records += [(f"r{i}", (9, 10)[i % 2], "x", "kind staff") for i in range(20)]
    found = wb.themes(told(tmp_path, records), FRAME)
    table = found.table.set_index("theme")
    assert table.loc["waiting", "value"] != table.loc["waiting", "value"]  # 9 scores: no difference is told
    assert '"staff" is the commonest theme: 60 % of 67 comments' in found.sentence
    assert table.loc["price", "scores"] == 20 and "20 scores of 20 comments that mention it" in found.sentence
    more = wb.themes(told(tmp_path, records + [(f"s{i}", "", "x", "we wait") for i in range(40)]), FRAME)
    assert '"waiting" is the commonest theme: 63 % of 107 comments' in more.sentence
    alone = wb.themes(told(tmp_path, records[:27]), {"waiting": ["wait"]})
    assert "No theme has enough scores" in alone.sentence
