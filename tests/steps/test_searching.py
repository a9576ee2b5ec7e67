"""Search as a researcher asks it: who went through this, who said this, and how they feel beside the others."""

from __future__ import annotations

import pandas as pd
import pytest
from contact_log import contact_log

import workbench as wb
from workbench.engine import count
from workbench.inference.intervals import share_interval
from workbench.inference.shares import share_difference
from workbench.steps.measure.searching import everybody


def town(folder, people=100, wrong=30, score=3, other=9):
    """Everybody gets a bill and pays 20 days later; the first `wrong` of them call the day after, half of these complain."""
    log, said, complaints = [], [], []
    for one in range(people):
        day = pd.Timestamp("2025-01-01 10:00") + pd.Timedelta(days=one % 20)
        log += [(f"p{one}", "bill", "post", day), (f"p{one}", "pay", "web", day + pd.Timedelta(days=20))]
        if one < wrong:
            log.append((f"p{one}", "call", "phone", day + pd.Timedelta(days=1)))
        if one < wrong and one % 2:
            complaints.append((f"p{one}", day + pd.Timedelta(days=2), "bill"))
        words = "They were LATE again" if one < wrong else "Fine, thank you"
        said.append(
            (
                f"p{one}",
                score if one < wrong else other,
                words,
                "north" if one % 2 else "south",
                day + pd.Timedelta(days=30),
            )
        )
    pd.DataFrame(log, columns=["who", "what", "way", "when"]).to_csv(folder / "log.csv", index=False)
    pd.DataFrame(said, columns=["who", "q", "words", "region", "when"]).to_csv(folder / "said.csv", index=False)
    pd.DataFrame(complaints, columns=["who", "when", "why"]).to_csv(folder / "complaints.csv", index=False)
    survey = wb.read(
        folder / "said.csv", format="survey", person="who", time="when", timezone="UTC", text=["words"], segments=["region"],
        questions={"q": {"measure": "nps", "scale": [0, 10]}},
    )  # fmt: skip
    events = wb.read(
        folder / "log.csv", format="events", person="who", activity="what", channel="way", time="when", timezone="UTC"
    )
    made = wb.read(
        folder / "complaints.csv", format="complaints", person="who", opened="when", category="why", timezone="UTC"
    )
    return survey.join(events).join(made)


def rows_of(found, what):
    return found.table[found.table["what"].str.startswith(what)].set_index("who")


def test_the_share_who_match_and_how_they_differ_from_the_others(tmp_path):
    found = wb.search(town(tmp_path), "bill -> call within 2 days")
    share = found.table.iloc[0]
    wilson = share_interval(30, 100)
    assert (share["value"], share["low"], share["high"]) == pytest.approx((30, 100 * wilson.low, 100 * wilson.high))
    assert (share["n"], share["people who match"]) == (100, 30)
    nps = rows_of(found, "NPS")
    assert nps.loc["those who match", "value"] == -100 and nps.loc["the others", "value"] == 100
    assert nps.loc["difference", "value"] == -200 and nps.loc["difference", "n"] == 30
    complain = rows_of(found, "complain")
    gap = share_difference(15, 30, 0, 70)
    assert complain.loc["difference", ["value", "low", "high"]].tolist() == pytest.approx(
        [100 * gap.value, 100 * gap.low, 100 * gap.high]
    )
    assert '"bill -> call within 2 days" fits 30 of 100 people (30.0 %' in found.sentence
    assert (
        "NPS lies 200.0 points below" in found.sentence
        and "share who complain lies 50.0 points above" in found.sentence
    )


def test_by_an_attribute_of_people_and_by_one_that_is_not_there(tmp_path):
    journey = town(tmp_path)
    table = rows_of(wb.search(journey, "call", by="region"), "match")
    assert table.loc["region north", "people who match"] == 15 and table.loc["region north", "n"] == 50
    with pytest.raises(wb.DataFault, match="region"):
        wb.search(journey, "call", by="regoin")


def test_a_few_who_match_are_not_counted_out_nor_their_complement(tmp_path):
    found = wb.search(town(tmp_path, wrong=4), "bill -> call", by="region")
    text = found.summary() + found._repr_html_() + str(found.to_dict())
    assert "fewer than 10 of 100" in found.sentence and " 4 " not in text and " 96 " not in text and "4.0" not in text
    almost = wb.search(town(tmp_path, wrong=96), "bill -> call")
    assert "96" not in almost.summary() and almost.to_frame()["value"].isna().all()
    assert "4 of 100" in wb.search(town(tmp_path, wrong=4), "bill -> call", minimum_base=1).sentence


def test_nobody_matches_and_everybody_does(tmp_path):
    journey = town(tmp_path)
    nobody = wb.search(journey, "pay -> bill")
    assert nobody.sentence == '"pay -> bill" fits nobody of 100 people.' and len(nobody) == 0
    with pytest.raises(wb.DataFault, match="no match at place 0"):
        nobody.person()
    everyone = wb.search(journey, "bill -> pay")
    assert "fits 100 of 100 people" in everyone.sentence and set(everyone.table["who"]) == {"everybody"}


def test_what_the_pattern_asks_for_is_not_compared(tmp_path):
    journey = town(tmp_path)
    found = wb.search(journey, "call -> detractor")
    assert not len(rows_of(found, "NPS")) and "NPS is part of what was searched for" in found.method
    assert not len(rows_of(wb.search(journey, "call -> complaint"), "complain"))


def test_unequal_watching_and_an_open_end_are_told(tmp_path):
    journey = town(tmp_path, wrong=50)
    open_ = wb.search(journey, "pay -> !call within 60 days")
    assert "The data end before 100 more could be told" in " ".join(open_.cautions) and len(open_) == 0
    log = [
        (f"p{k}", step, day)
        for k in range(40)
        for step, day in (("bill", "2025-01-01"), ("pay", "2025-01-05" if k < 20 else "2025-06-05"))
    ]
    log += [(f"p{k}", "call", "2025-03-01") for k in range(20, 40)]
    pd.DataFrame(log, columns=["who", "what", "when"]).to_csv(tmp_path / "long.csv", index=False)
    long = wb.read(tmp_path / "long.csv", format="events", person="who", activity="what", time="when", timezone="UTC")
    assert "People who match are observed longer" in " ".join(wb.search(long, "bill -> call").cautions)


def test_the_people_who_match_can_be_walked_through_and_asked_about(tmp_path):
    found = wb.search(town(tmp_path), "bill -> call")
    persons = found.persons.to_frame()
    assert len(persons) == 30 == len(found) and set(persons["matches"]) == {1}
    first = found.person(0)
    assert found.next(first) == found.person(1) and found.next(first, -1) == found.person(29)
    assert found.any(seed=3) == found.any(seed=3) and found.any(seed=3) in set(persons["person"])
    assert wb.nps(found.journey, by="matches").table.set_index("matches").loc["yes", "value"] == -100
    line = found.time_line(first)
    assert line.private and line.picture["marks"] == [
        [int(persons.set_index("person").loc[first, "began"]), int(persons.set_index("person").loc[first, "ended"])]
    ]
    with pytest.raises(wb.DataFault, match="one person"):
        wb.write_page([line], tmp_path / "page.html")
    with pytest.raises(wb.DataFault, match="one person"):
        wb.write_workbook([line], tmp_path / "book.xlsx")
    assert not (tmp_path / "page.html").exists() and not (tmp_path / "book.xlsx").exists()


@pytest.mark.parametrize(
    ("words", "people"),
    [
        ("late", 30),
        ("LATE again", 30),
        ('"late again"', 30),
        ('"again late"', 0),
        ("lat*", 30),
        ("fine OR late", 100),
        ("thank -late", 70),
    ],
)
def test_words_are_found_whole_in_any_case_and_as_phrases(tmp_path, words, people):
    assert len(wb.search_text(town(tmp_path), words)) == people


def test_words_search_refuses_nothing_to_look_for_and_nothing_to_look_in(tmp_path):
    journey = town(tmp_path)
    for words in ("", "-late", "late OR -again", "!!!"):
        with pytest.raises(wb.DataFault, match="at least one word"):
            wb.search_text(journey, words)
    with pytest.raises(wb.DataFault, match="no comments"):
        wb.search_text(journey.of_kind("event"), "late")


def test_texts_that_match_are_masked(tmp_path):
    said = pd.DataFrame(
        {
            "who": [f"p{k}" for k in range(12)],
            "words": ["call me on 07700 900123, it is late"] * 12,
            "when": "2025-01-01",
        }
    )
    said.to_csv(tmp_path / "said.csv", index=False)
    journey = wb.read(
        tmp_path / "said.csv", format="survey", person="who", time="when", timezone="UTC", text=["words"], questions={}
    )
    texts = wb.search_text(journey, "late").matches.to_frame()["text"]
    assert not texts.str.contains("07700").any() and texts.str.contains("late").all()


def test_people_without_a_time_are_not_asked_about(tmp_path):
    (tmp_path / "log.csv").write_text(
        "who,what,when\n" + "".join(f"p{k},bill,{'2025-01-01' if k < 15 else ''}\n" for k in range(30)),
        encoding="utf-8",
    )
    journey = wb.read(tmp_path / "log.csv", format="events", person="who", activity="what", time="when", timezone="UTC")
    assert count(everybody(journey)) == 15
    assert "fits 15 of 15 people" in wb.search(journey, "bill").sentence


def test_ten_thousand_steps_and_one_person(tmp_path):
    log = pd.DataFrame(
        {
            "who": "p",
            "what": [f"step {k}" for k in range(10_000)],
            "when": pd.date_range("2025-01-01", periods=10_000, freq="min"),
        }
    )
    log.to_csv(tmp_path / "log.csv", index=False)
    journey = wb.read(tmp_path / "log.csv", format="events", person="who", activity="what", time="when", timezone="UTC")
    found = wb.search(journey, '"step 17" -> "step 9999"', minimum_base=1)
    assert "fits 1 of 1 people" in found.sentence
    with pytest.raises(wb.DataFault, match=r"10,?0\d\d in all"):
        wb.search(journey, "stepp")


def test_the_sample_study_answers_the_question_of_the_title(study):
    found = wb.search(study.journey, "first-bill -> complaint within 60 days", by="region")
    assert "Their NPS lies" in found.sentence and "below" in found.sentence
    assert found.to_frame()["hidden"].any() if "hidden" in found.to_frame() else True
    line = found.time_line(0)
    assert {"time", "step", "kind", "what"} <= set(line.to_frame().columns) and line.plot().data


def test_the_groups_of_each_attribute_hide_their_own_complement(tmp_path):
    """3 of segment a match: what segment b has must go too, though a region was hidden for them."""
    start = pd.Timestamp("2025-01-01")
    rows = [
        (f"p{k}", what, start + pd.Timedelta(days=day), "ab"[k >= 100], "ns"[k % 2])
        for k in range(200)
        for day, what in enumerate(("bill", "call") if k < 3 or 100 <= k < 140 else ("bill",))
    ]
    found = wb.search(
        contact_log(tmp_path, rows, segments=["segment", "region"]), "call", by=["segment", "region"]
    ).to_frame()
    match = found.set_index("who")["people who match"]
    assert match["everybody"] == 43 and match[["segment a", "segment b"]].isna().all()
    assert match[["region n", "region s"]].tolist() == [22, 21]


def test_small_groups_of_two_attributes_cannot_be_counted_out(tmp_path):
    start = pd.Timestamp("2025-01-01")
    rows = [
        (f"p{k}", what, start + pd.Timedelta(days=day), "abc"[(k >= 100) + (k >= 196)], "nsw"[(k >= 110) + (k >= 194)])
        for k in range(200)
        for day, what in enumerate(("bill", "call") if k % 2 else ("bill",))
    ]
    found = wb.search(
        contact_log(tmp_path, rows, segments=["segment", "region"]), "call", by=["segment", "region"]
    ).to_frame()
    assert found.set_index("who")["n"].isna().to_dict() == {
        "everybody": False, "segment a": False, "segment b": True, "segment c": True,
        "region n": False, "region s": True, "region w": True,
    }  # fmt: skip


def test_an_attribute_may_be_called_n(tmp_path):
    rows = [(f"p{k}", "bill", pd.Timestamp("2025-01-01"), k % 2) for k in range(60)]
    found = wb.search(contact_log(tmp_path, rows, segments=["n"]), "bill", by="n").table
    assert found.set_index("who")["n"].to_dict() == {"everybody": 60, "n 0": 30, "n 1": 30}


def test_the_difference_of_those_who_match_has_its_p(tmp_path):
    found = wb.search(town(tmp_path), "bill -> call within 2 days")
    compared = wb.compare(found.journey, "nps", {"matches": "yes"}, {"matches": "no"}).table
    assert rows_of(found, "NPS").loc["difference", "p difference"] == pytest.approx(compared["p difference"].iloc[2])
    assert found._repr_html_().count("under 0.001") == 2


def test_a_measure_that_is_not_there_is_refused_and_a_step_is_no_complaint(tmp_path):
    journey = town(tmp_path)
    with pytest.raises(wb.DataFault, match='did you mean "nps"'):
        wb.search(journey, "call", of="npss")
    start = pd.Timestamp("2025-01-01")
    rows = [(f"p{k}", step, start, "x") for k in range(100) for step in (["complaint", "bill"] if k < 40 else ["bill"])]
    both = contact_log(tmp_path, rows, segments=["kind of home"]).join(journey.of_kind("complaint"))
    assert "Complaints are part" not in wb.search(both, "step:complaint").method


def test_somebody_who_does_not_match_has_no_next(tmp_path):
    with pytest.raises(wb.DataFault, match="nobody who matches"):
        wb.search(town(tmp_path), "bill -> call").next("nobody")


def test_what_must_not_follow_needs_a_time_and_says_so(tmp_path):
    rows = [(f"p{k}", "bill", None, "x") for k in range(30)]
    with pytest.raises(wb.DataFault, match="no records of people at a time"):
        wb.search(contact_log(tmp_path, rows, segments=["segment"]), "bill -> !bill within 3 days")
