"""The journey frame: its verbs, its trail, and the one way to numbers."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from water_town import BINDING, WATER

import workbench as wb


def test_ids_survive_as_text_with_leading_zeros_and_eighteen_digits(water):
    assert len(water.people) == 5  # 00017 and 17 are two people, and so are two ids above 2^53


def test_a_segment_called_NA_is_a_segment(water):
    assert water.distinct("segment") == ["NA", "owner", "tenant"]


def test_a_comment_None_is_a_comment_and_a_phone_number_is_masked(water):
    said = water.of_kind("comment").to_frame()["text"].tolist()
    assert "None" in said
    assert "Call me on [phone]" in said
    assert len(said) == 4


def test_times_are_local_and_kept_in_microseconds_utc(water):
    first = water.to_frame()["time"].min()
    assert pd.Timestamp(first, unit="us", tz="UTC") == pd.Timestamp("2025-03-03 09:00", tz="Europe/London")


def test_a_verb_hands_back_a_new_frame_and_leaves_the_old_one_as_it_was(water):
    before = len(water)
    kept = water.where(segment="owner")
    assert len(water) == before
    assert kept.trail == (*water.trail, "segment is owner")
    assert kept.count()["people"].iloc[0] == 2


def test_verbs_narrow_one_after_the_other(water):
    kept = water.at_steps("first-bill").of_kind("answer").between("2025-03-04", "2025-03-06")
    assert kept.count()["people"].iloc[0] == 2
    assert "time is from 2025-03-04 to before 2025-03-06" in kept.trail


def test_a_word_that_is_not_there_is_answered_with_the_near_one(water):
    with pytest.raises(wb.DataFault, match='no step called "frist-bill".*\n.*did you mean "first-bill"'):
        water.at_steps("frist-bill")
    with pytest.raises(wb.DataFault, match='did you mean "segment"'):
        water.count(by="segmnet")
    with pytest.raises(wb.DataFault, match="no segment called"):
        water.where(segment="ownr")


def test_people_with_and_without_share_everybody(water):
    with_words = water.people_with(kind="comment")
    without = water.people_without(kind="comment")
    assert with_words.count()["people"].iloc[0] == 4
    assert without.count()["people"].iloc[0] == 1
    assert with_words.whole and without.whole


def test_count_gives_the_values_with_their_weights(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(WATER, encoding="utf-8")
    counted = wb.read(path, weight="weight", **BINDING).count(by="segment", of="nps")
    tenants = counted[counted["segment"] == "tenant"]
    assert tenants[["value", "n", "weight", "weight2"]].to_numpy().tolist() == [[3, 1, 2, 4], [6, 1, 2, 4]]


def test_sums_over_people_are_those_done_by_hand(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(WATER, encoding="utf-8")
    sums = wb.read(path, weight="weight", **BINDING).count(of="nps", score=((0, 6, -100), (9, 10, 100)))
    # x: 100, -100, 0, -100, 100 with weights 1, 2, 1, 2, 1
    row = sums.iloc[0]
    assert (row["psus"], row["n"], row["people"]) == (5, 5, 5)
    assert (row["y"], row["w"]) == (-200, 7)
    assert (row["yy"], row["yw"], row["ww"]) == (100000, -600, 11)


def test_two_ways_to_the_same_sums_agree(tmp_path):
    """Sums taken from counts (each person once) equal sums taken person by person."""
    path = tmp_path / "answers.csv"
    path.write_text(WATER, encoding="utf-8")
    journey = wb.read(path, weight="weight", **BINDING)
    quick = journey.count(by="segment", of="nps", score=True)
    twice = journey.join(wb.read(path, weight="weight", **BINDING))  # everybody answers twice: the long way
    long = twice.count(by="segment", of="nps", score=True)
    assert (long["y"] == 2 * quick["y"]).all()
    assert (long["yy"] == 4 * quick["yy"]).all()
    assert (long["people"] == quick["people"]).all()
    assert (long["n"] == 2 * quick["n"]).all()


def test_repr_says_what_and_how_it_came(water):
    assert repr(water.at_steps("first-bill")) == (
        "JourneyFrame: 10 records, 1 step (read answers.csv as survey > step is first-bill)"
    )


def test_paths_follow_time_and_ties_follow_the_log(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "id,who,what,at\n2,a,call,2025-01-01 10:00:00\n1,a,bill,2025-01-01 10:00:00\n3,a,switch,2025-01-03 10:00:00\n"
        "4,b,bill,2025-01-02 10:00:00\n",
        encoding="utf-8",
    )
    journey = wb.read(log, format="events", person="who", activity="what", time="at", order="id", timezone="UTC")
    records = journey.to_frame().sort_values(["person", "time", "order"])
    a = records.groupby("person").filter(lambda rows: len(rows) == 3)
    assert a["step"].tolist() == ["bill", "call", "switch"]
    assert a["next_step"].tolist()[:2] == ["call", "switch"]
    assert a["gap"].tolist()[1] == 2 * 86400 * 1_000_000


def test_a_filter_that_drops_records_works_the_path_out_again(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "who,what,at\na,bill,2025-01-01 10:00:00\na,call,2025-01-02 10:00:00\na,switch,2025-01-03 10:00:00\n",
        encoding="utf-8",
    )
    journey = wb.read(log, format="events", person="who", activity="what", time="at", timezone="UTC")
    shorter = journey.at_steps("bill", "switch")
    assert not shorter.whole
    assert shorter.adjoined().to_frame().sort_values("time")["next_step"].tolist()[0] == "switch"


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("wave", ["Wave 1", "Wave 2", "Wave 10"]),
        ("wave", ["2024.2", "2024.10", "2025.1"]),
        ("age", ["5", "18-24", "25-34", "100+", "not said"]),
        ("distance", ["-2", "-0.5", "0.25", "0.5", "3"]),
    ],
)
def test_numbers_in_words_are_sorted_by_size(water, column, values):
    assert water.in_order(column, values[::-1]) == values


def test_waves_stand_in_their_order_in_every_table(tmp_path):
    lines = [f"p{place},Wave {place % 11 + 1},{place % 11}" for place in range(220)]
    path = tmp_path / "waves.csv"
    path.write_text("id,wave,q\n" + "\n".join(lines) + "\n", encoding="utf-8")
    journey = wb.read(path, format="survey", person="id", wave="wave", questions={"q": "nps"})
    order = [f"Wave {one}" for one in range(1, 12)]
    assert journey.distinct("wave") == order and wb.nps(journey, by="wave").table["wave"].tolist() == order


def test_a_date_far_off_is_a_date_and_an_empty_one_is_none(water):
    assert len(water.between("2025-03-04", "9999-12-31")) == len(water) - len(water.between("1900-01-01", "2025-03-04"))
    with pytest.raises(wb.DataFault, match="a date, as in"):
        water.between("", "2025-03-04")


def test_a_persona_told_by_what_was_met_drops_records_so_that_paths_are_worked_out_again(tmp_path):
    rows = ["p,A,2025-01-01,web", "p,B,2025-01-02,phone", "p,C,2025-01-03,web"]
    (tmp_path / "log.csv").write_text("\n".join(["who,what,at,by", *rows]) + "\n", encoding="utf-8")
    log = wb.read(
        tmp_path / "log.csv", format="events", person="who", activity="what", time="at", channel="by", timezone="UTC"
    )
    online = replace(log, personas={"online": {"channel": "web"}})
    moves = online.where(persona="online").adjoined().to_frame().sort_values("nth")
    assert moves["next_step"].tolist()[0] == "C" and moves["nth"].tolist() == [1, 2]
    found = wb.transitions(online, by="persona", minimum_base=1).table
    assert found[["persona", "step", "next_step"]].values.tolist() == [["online", "A", "C"]]
