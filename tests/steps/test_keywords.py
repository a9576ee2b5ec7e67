"""Words of comments: which tell people apart, which might make a code frame, and how people sound."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.inference import keyness, rank_counts, rank_test, word_counts
from workbench.steps.measure import sentiment as sounds


def told(tmp_path, records, **binding):
    path = tmp_path / "answers.csv"
    pd.DataFrame(records, columns=["id", "q", "segment", "said"]).to_csv(path, index=False)
    words = {"person": "id", "segments": ["segment"], "text": ["said"], "questions": {"q": {"measure": "nps"}}}
    return wb.read(path, format="survey", **words | binding)


def scored(journey):
    """Comments of the sample with the score at their step, else overall, put together in pandas."""
    frame = journey.to_frame()
    frame["case"] = frame["order"] // 10_000
    said = frame[frame["kind"] == "comment"]
    nps = frame[(frame["measure"] == "nps") & (frame["kind"] == "answer") & (frame["state"] == "answered")]
    at = nps.set_index(["case", nps["step"].fillna("")])["value"]
    here = pd.Series(
        at.reindex(pd.MultiIndex.from_arrays([said["case"], said["step"].fillna("")])).to_numpy(), said.index
    )
    overall = said["case"].map(nps[nps["step"].isna()].set_index("case")["value"])
    return said.assign(score=here.fillna(overall))


# -- key words --------------------------------------------------------------------------------------------------------


def test_key_words_are_those_of_the_estimator(study):
    found = wb.keywords(study.journey).table.set_index(["writes", "word"])
    table = scored(study.journey).dropna(subset=["score"])
    table["side"] = "middle"
    table.loc[table["score"] <= 6, "side"], table.loc[table["score"] >= 9, "side"] = "bad", "good"
    table["text"] = table["text"].str.replace("’", "'")
    counts = word_counts(table[table["side"] != "middle"], "text", "side", "bad", "good")
    expected = keyness(counts[counts["word"].str.len() > 1], 500, 10).set_index("word")
    for who, sign in (("detractors", 1), ("promoters", -1)):
        own = found.loc[who]
        assert own["value"].tolist() == pytest.approx((sign * expected.loc[own.index, "delta"]).tolist(), abs=1e-6)
        assert own["n"].tolist() == (expected.loc[own.index, "a"] + expected.loc[own.index, "b"]).tolist()
    assert found.loc["promoters"].index[0] == expected.index[-1]
    assert found["n"].min() >= 10 and (found["z"] > 0).all()


def test_each_group_is_told_by_its_words_against_all_others(tmp_path):
    words = {"owner": "the meter leaks", "tenant": "my landlord says no", "other": "nothing at all"}
    records = [(f"{who}{i}", 5, who, f"{said}, {who[0]}") for who, said in words.items() for i in range(20)]
    table = wb.keywords(told(tmp_path, records), by="segment").table
    first = table.groupby("writes")["word"].apply(set)
    assert "leaks" in first["owner"] and "landlord" in first["tenant"] and "leaks" not in first["tenant"]
    row = table[(table["writes"] == "tenant") & (table["word"] == "landlord")].iloc[0]
    assert (row["n"], row["here %"], row["there %"]) == (20, 100, 0)


def test_a_rare_word_and_a_small_group_are_left_out(tmp_path):
    records = [(f"p{i}", 2 if i % 2 else 10, "a", "slow and slow" if i % 2 else "quick") for i in range(40)]
    records += [(f"q{i}", 2, "b", "secret words of few") for i in range(4)]
    found = wb.keywords(told(tmp_path, records))
    assert set(found.table["word"]) <= {"slow", "and", "quick"}
    split = wb.keywords(told(tmp_path, records), by="segment")
    assert "b" not in set(split.table["writes"]) and "4 of b" not in split.base
    with pytest.raises(wb.DataFault, match="one side alone"):
        wb.keywords(told(tmp_path, records[:40]), by="segment")
    with pytest.raises(wb.DataFault, match="one group"):
        wb.keywords(told(tmp_path, records), by=["segment", "wave"])


def test_the_bad_end_of_a_reversed_scale_is_the_high_one(tmp_path):
    records = [(f"p{i}", 5 if i % 2 else 1, "a", "slow" if i % 2 else "quick") for i in range(40)]
    asked = {"q": {"measure": "effort", "scale": [1, 5], "reversed": True}}
    table = wb.keywords(told(tmp_path, records, questions=asked), of="effort").table
    assert dict(zip(table["word"], table["writes"], strict=True)) == {"slow": "effort 4 to 5", "quick": "effort 1 to 2"}
    assert table["writes"].iloc[0] == "effort 4 to 5"


# -- topics -----------------------------------------------------------------------------------------------------------


def test_topics_find_what_was_put_in_and_come_again(tmp_path):
    kinds = ("the meter leaks water daily", "nobody answers telephone calls", "expensive tariff and price")
    records = [(f"p{i}", 5, "a", f"{kinds[i % 3]} {'again ' * (i % 4)}") for i in range(120)]
    found = wb.topics(told(tmp_path, records), several=3)
    assert sorted(found.table["n"]) == [40, 40, 40] and found.table["steady"].min() > 0.95
    words = [set(one.split(", ")) for one in found.table["words"]]
    assert any({"meter", "leaks"} <= one for one in words) and any("telephone" in one for one in words)
    assert "proposal" in found.sentence and "seed 1" in found.method


def test_topics_are_the_same_for_the_same_seed_and_quote_nobody_twice(study):
    one, two = (wb.topics(study.journey, several=5) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, two.table)
    quotes = one.table["quote"].dropna()
    assert quotes.is_unique and quotes.str.len().between(40, 240).all() and not quotes.str.contains(r"\[").any()


def test_too_few_comments_have_no_topics(tmp_path):
    with pytest.raises(wb.DataFault, match="at least 50"):
        wb.topics(told(tmp_path, [(f"p{i}", 5, "a", "a word or two") for i in range(20)]))
    with pytest.raises(wb.DataFault, match="words that come again"):
        wb.topics(told(tmp_path, [(f"p{i}", 5, "a", "water" if i % 2 else "bill") for i in range(60)]))
    with pytest.raises(wb.DataFault, match="2 to 40"):
        wb.topics(told(tmp_path, [("p", 5, "a", "x y")]), several=1)


# -- sentiment --------------------------------------------------------------------------------------------------------


def test_sentiment_is_told_with_its_agreement_with_the_scores(study):
    journey = study.journey
    found = wb.sentiment(journey)
    table = scored(journey)
    x = sounds._lexicon(table["text"])
    assert found.table["value"].iloc[0] == pytest.approx(x.mean()) and found.table["n"].iloc[0] == len(x)
    table["x"], table["side"] = x, None
    table.loc[table["score"] <= 6, "side"], table.loc[table["score"] >= 9, "side"] = "low", "high"
    auc = rank_test(rank_counts(table, "x", "side", "high", "low")).above.value
    assert f"{100 * auc:.0f} % of pairs" in found.sentence and "kappa" in found.sentence
    assert "English" in found.method and "unweighted" in found.method


def test_a_model_of_ones_own_scores_hears_any_language(tmp_path):
    kinds = {2: "sehr langsam und teuer", 10: "schnell und sehr freundlich"}
    records = [
        (f"p{i}", score, "ab"[i % 2], f"{kinds[score]} {i}") for i in range(130) for score in [2 if i % 2 else 10]
    ]
    records += [(f"q{i}", (2, 10)[i % 2], "a", f"{kinds[(2, 10)[i % 2]]} {i}") for i in range(130)]
    journey = told(tmp_path, records)
    found = wb.sentiment(journey, method="ratings", by="segment").table.set_index("segment")
    assert found.loc["a", "value"] > 0 > found.loc["b", "value"]
    assert "100 % of pairs" in wb.sentiment(journey, method="ratings").sentence
    with pytest.raises(wb.DataFault, match='method="ratings"'):
        wb.sentiment(journey)
    with pytest.raises(wb.DataFault, match="at least 100"):
        wb.sentiment(told(tmp_path, records[:60]), method="ratings")


def test_the_sentiment_of_a_small_group_is_not_spoken_of(tmp_path):
    records = [(f"p{i}", 5, "a", "This is a good thing") for i in range(30)]
    records += [(f"q{i}", 5, "b", "This is a terrible, horrible thing") for i in range(4)]
    found = wb.sentiment(told(tmp_path, records), by="segment")
    assert found.to_frame()["hidden"].all()
    assert "No group is large enough" in found.sentence and "too few scores" in found.sentence


def test_words_of_a_group_are_not_told_against_a_few_others(tmp_path):
    records = [(f"p{i}", 5, "a", "slow words here") for i in range(40)]
    records += [(f"q{i}", 5, "b", "secret quick words") for i in range(4)]
    two = wb.keywords(told(tmp_path, records), by="segment")
    assert two.table.empty and "too few comments" in two.sentence and "40 of a" not in two.base
    records += [(f"r{i}", 5, "c", "slow secret words") for i in range(50)]
    three = wb.keywords(told(tmp_path, records), by="segment")
    assert set(three.table["writes"]) == {"c"}  # of a the others' words could be had by subtraction


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([(f"p{i}", 10 * (i % 2), "a", f"{i % 9}") for i in range(300)], "no word of two letters"),
        ([(f"p{i % 2 and i}", 10 * (i % 2), "a", f"good words {i}") for i in range(300)], "of the same people"),
        ([(f"p{i % 3}", 10 * (i % 2), "a", f"good words {i}") for i in range(300)], "comments of 3 people"),
    ],
)
def test_where_there_is_nothing_to_learn_from_it_is_refused(tmp_path, records, words):
    with pytest.raises(wb.DataFault, match=words):
        wb.sentiment(told(tmp_path, records), method="ratings")
