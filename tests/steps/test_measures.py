"""Measures on five people whose answers one can add up in the head, and on designs that must be honoured."""

from __future__ import annotations

import pytest
from water_town import BINDING, WATER

import workbench as wb
from workbench.inference import intervals
from workbench.steps.measure import MEASURES, complaints


def row(finding, **group):
    table = finding.table
    for column, value in group.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_the_score_is_promoters_less_detractors(water):
    found = row(wb.nps(water, minimum_base=1), step="first-bill")
    assert (found["value"], found["n"]) == (0, 5)  # 10 and 9; 6 and 3; 7
    assert (found["promoters"], found["passives"], found["detractors"]) == (0.4, 0.2, 0.4)
    assert found["caution"] == "small base"


def test_an_unweighted_score_has_the_score_interval(water):
    found = row(wb.nps(water, minimum_base=1), step="first-bill")
    by_itself = intervals.nps_interval(2, 1, 2)
    assert (found["low"], found["high"]) == pytest.approx((by_itself.low, by_itself.high))
    assert "Tango" in found["method"]


def test_weights_are_honoured_and_said(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(WATER, encoding="utf-8")
    finding = wb.nps(wb.read(path, weight="weight", **BINDING), by=(), minimum_base=1)
    assert finding.table["value"].iloc[0] == pytest.approx(100 * (1 + 1 - 2 - 2) / 7)
    assert finding.table["n_effective"].iloc[0] == pytest.approx(49 / 11, abs=0.05)
    assert "weighted" in finding.method and "Taylor" in finding.method


def test_people_who_answer_twice_are_no_two_people(water):
    twice = wb.nps(water.join(water), by=(), minimum_base=1)
    once = wb.nps(water, by=(), minimum_base=1)
    assert twice.table["value"].iloc[0] == once.table["value"].iloc[0]
    assert twice.table["n"].iloc[0] == 10 and twice.table["people"].iloc[0] == 5
    assert "people who answered more than once counted as clusters" in twice.method
    # the same five people: no more is known than before
    assert twice.table["se"].iloc[0] == pytest.approx(once.table["se"].iloc[0], rel=0.15)


def test_satisfaction_is_the_share_in_the_top_boxes(water):
    found = row(wb.csat(water, minimum_base=1), step="first-bill")
    wilson = intervals.share_interval(2, 5)
    assert found["value"] == pytest.approx(40)
    assert (found["low"], found["high"]) == pytest.approx((100 * wilson.low, 100 * wilson.high))


def test_a_rating_keeps_its_own_scale_and_the_felt_curve_has_a_stated_one(water):
    mean = row(wb.mean_rating(water, of="csat", minimum_base=1), step="first-bill")
    felt = row(wb.emotion_curve(water, of="csat", minimum_base=1), step="first-bill")
    assert mean["value"] == pytest.approx(3.0)
    assert felt["value"] == pytest.approx(0.0)
    assert felt["high"] - felt["low"] == pytest.approx(50 * (mean["high"] - mean["low"]))


def test_two_scales_never_meet_in_silence(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("who,a,b\nx,1,7\ny,2,6\n", encoding="utf-8")
    journey = wb.read(
        path,
        format="survey",
        person="who",
        questions={
            "a": {"measure": "csat", "scale": [1, 5], "step": "one"},
            "b": {"measure": "csat", "scale": [1, 7], "step": "two"},
        },
    )
    with pytest.raises(wb.DataFault, match="2 different scales"):
        wb.mean_rating(journey, of="csat")
    assert wb.mean_rating(journey.at_steps("two"), of="csat", minimum_base=1).table["value"].iloc[0] == 6.5


def test_a_scale_that_is_not_0_to_10_is_no_recommendation(water):
    with pytest.raises(wb.DataFault, match="expected 0 to 10"):
        wb.nps(water, of="csat")


def test_a_low_number_may_be_the_good_end(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("who,a\n" + "".join(f"p{n},{1 + n % 5}\n" for n in range(20)), encoding="utf-8")
    question = {"measure": "csat", "scale": [1, 5], "reversed": True}
    journey = wb.read(path, format="survey", person="who", questions={"a": question | {"step": "s"}})
    assert wb.csat(journey).table["value"].iloc[0] == pytest.approx(40)  # answers 1 and 2
    assert wb.emotion_curve(journey, of="csat").table["value"].iloc[0] == pytest.approx(0)


def test_complaints_are_counted_over_all_who_were_there(study):
    found = row(wb.complaint_rate(study.journey), step="first-bill")
    journey = study.journey
    made = journey.of_kind("complaint").at_steps("first-bill").count()["n"].iloc[0]
    people = journey.observed().at_steps("first-bill").count()["people"].iloc[0]
    assert found["value"] == pytest.approx(1000 * made / people)
    assert found["n"] == people


def test_complaints_by_segment_and_by_wave_are_of_their_people(study):
    journey = study.journey
    by_segment = wb.complaint_rate(journey, by="segment").table
    assert (
        by_segment["complaints"].sum()
        == journey.people_with(segment=["owner", "tenant", "landlord"]).of_kind("complaint").count()["n"].iloc[0]
    )
    wave = row(wb.complaint_rate(journey, by="wave"), wave="2025-03")
    assert wave["complaints"] == journey.people_with(wave="2025-03").of_kind("complaint").count()["n"].iloc[0]


def test_complaints_that_come_in_runs_widen_the_interval():
    calm = complaints.interval(total=50, squares=50, base=1000)
    runs = complaints.interval(total=50, squares=500, base=1000)
    assert "Poisson" in calm.method and "runs" in runs.method
    assert runs.high - runs.low > calm.high - calm.low
    assert complaints.interval(0, 0, 100).low == 0


def test_groups_that_leave_out_the_step_take_the_question_about_the_whole_journey(study):
    found = wb.nps(study.journey, by="wave")
    asked = study.journey.of_whole_journey().count(of="nps", people=False)["n"].sum()
    assert found.table["n"].sum() == asked
    assert "about the whole journey" in found.trail


def test_steps_stand_in_the_order_of_the_map_and_are_shown_by_name(study):
    found = wb.nps(study.journey)
    assert found.table["step"].tolist() == [one for one in study.map.names if one != "address-flagged"]
    assert found.to_frame()["step"].tolist()[3] == "First bill arrives"


def test_a_sentence_says_when_the_intervals_overlap(study):
    assert "their intervals overlap" in wb.nps(study.journey, by="wave").sentence
    assert "overlap" not in wb.nps(study.journey, by="step").sentence


def test_every_finding_has_its_base_method_and_trail(study):
    for step in ("map", "measure", "solutions", "explore"):
        for finding in study.findings(step):
            if finding.name == "scenario":
                continue
            assert finding.base and finding.method and finding.trail, finding.name
            assert finding.sentence.endswith("."), finding.sentence


def test_every_measure_on_the_shelf_says_what_it_asks():
    assert {"nps", "csat", "ces", "emotion_curve", "complaint_rate", "mean_rating", "track", "transitions"} <= set(
        MEASURES
    )
    assert all(one.asks.endswith("?") and one.function.__doc__ for one in MEASURES.values())


def test_transitions_share_out_the_moves_of_a_step(tmp_path):
    log = tmp_path / "log.csv"
    rows = [f"p{n},bill,2025-01-01 10:00\np{n},{'call' if n % 4 else 'switch'},2025-01-02 10:00\n" for n in range(40)]
    log.write_text("who,what,at\n" + "".join(rows), encoding="utf-8")
    journey = wb.read(log, format="events", person="who", activity="what", time="at", timezone="UTC")
    found = row(wb.transitions(journey), step="bill", next_step="call")
    assert (found["value"], found["moves"], found["moves from here"]) == (75, 30, 40)
    assert wb.variants(journey).table["path"].tolist() == ["bill > call", "bill > switch"]


def test_a_fraction_belongs_to_the_class_that_begins_below_it(tmp_path):
    answers = [6.5, 6.999, 7, 8.5, 8.999, 9, 9.5, 10] * 5
    path = tmp_path / "fractions.csv"
    path.write_text("id,q,said\n" + "\n".join(f"p{at},{x},slow" for at, x in enumerate(answers)), encoding="utf-8")
    asked = {"person": "id", "questions": {"q": {"measure": "nps"}}, "text": ["said"]}
    journey = wb.read(path, format="survey", **asked)
    found = wb.nps(journey, by=())
    one = found.table.iloc[0]
    assert (one["value"], one["detractors"], one["passives"], one["promoters"]) == (12.5, 0.25, 0.375, 0.375)
    assert one["n_effective"] == one["n"] == 40 and "fractions: promoters from 9 on" in found.method
    by_hand = intervals.nps_interval(10, 15, 15)
    assert (one["low"], one["high"]) == pytest.approx((by_hand.low, by_hand.high))
    twice = wb.nps(journey.join(journey), by=()).table.iloc[0]  # the engine's own sums
    assert twice["value"] == 12.5
    themed = wb.themes(journey, {"slow": ["slow"], "dear": ["dear"]})
    assert "those who wrote +12 (40 scores)" in themed.base
    wide = wb.crosstab(journey, rows="nps").table.set_index("row")["value"]
    assert wide["nps: NPS"] == 12.5 and wide["nps: detractors (0–6)"] == 25
