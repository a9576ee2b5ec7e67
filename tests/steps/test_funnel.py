"""The funnel: counted by hand, later visits, people still on the way, small groups, and logs that are hard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from contact_log import contact_log as read

import workbench as wb

START = pd.Timestamp("2025-01-01")


def at(finding, **group):
    table = finding.table
    for column, value in group.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def by_hand(log, steps):
    """How many reach each step in order, each later than the one before: person by person."""
    people = {}
    for place, (who, what, day) in enumerate(log):
        people.setdefault(who, []).append((day, place, what))
    reached = [0] * len(steps)
    for moves in people.values():
        names = [what for _, _, what in sorted(moves)]
        for number, step in enumerate(steps):
            if step not in names:
                break
            reached[number] += 1
            names = names[names.index(step) + 1 :]
    return reached


def test_each_step_counts_after_the_one_before_on_a_later_visit_too(tmp_path):
    rng = np.random.default_rng(1)
    log = [
        (f"p{person}", ["bill", "call", "pay", "other"][rng.integers(0, 4)], float(day))
        for person in range(150)
        for day in rng.integers(0, 20, rng.integers(1, 9))  # many at the very same time
    ]
    journey = read(tmp_path, log)
    for steps in (["bill", "call", "pay"], ["pay", "bill"], ["call", "pay", "bill", "other"]):
        found = wb.funnel(journey, steps=steps).table
        assert found["reached"].tolist() == by_hand(log, steps)
        assert found["step"].tolist() == steps


def test_shares_times_and_where_the_others_went(tmp_path):
    log = []
    for person in range(40):
        log += [(f"p{person}", "bill", 0)]
        log += [(f"p{person}", "pay", 1 + person)] if person < 20 else [(f"p{person}", "moan", 2)]
    log += [("last", "other", 100)]
    found = wb.funnel(read(tmp_path, log), steps=["bill", "pay"])
    pay = at(found, step="pay")
    assert (pay["value"], pay["n"], pay["reached"], pay["plain %"]) == (50, 40, 20, 50)
    assert (pay["median days"], pay["9 in 10 by days"]) == (10, 18)
    assert pay["went instead"] == '"moan" (100 %)'
    assert 'reached "bill", 50 % (35 to 65 %) reached "pay"' in found.sentence


def test_people_still_on_the_way_are_not_counted_as_lost(tmp_path):
    rng = np.random.default_rng(2)
    log = []
    for person in range(900):
        began = rng.uniform(0, 100)
        goes, took = rng.random() < 0.7, rng.exponential(20)
        log.append((f"p{person}", "bill", began))
        if goes and began + took <= 100:
            log.append((f"p{person}", "pay", began + took))
    found = wb.funnel(read(tmp_path, log), steps=["bill", "pay"])
    pay = at(found, step="pay")
    assert pay["low"] <= 70 <= pay["high"] and pay["plain %"] < 62
    assert any("still on the way" in one for one in found.cautions)
    soon = at(wb.funnel(read(tmp_path, log), steps=["bill", "pay"], within="10 days"), step="pay")
    assert soon["low"] <= 100 * 0.7 * (1 - np.exp(-0.5)) <= soon["high"]


def test_groups_are_read_at_one_time_and_tested_and_small_ones_hidden(tmp_path):
    rng, log = np.random.default_rng(3), []
    for person in range(306):
        region = "tiny" if person >= 300 else ("north", "south", "east")[person % 3]
        log.append((f"p{person}", "bill", rng.uniform(0, 50), region))
        if rng.random() < (0.8 if region == "north" else 0.4):
            log.append((f"p{person}", "pay", 60 + rng.uniform(0, 20), region))
    log.append(("p0", "other", 100, "south"))
    found = wb.funnel(read(tmp_path, log, segments=["region"]), steps=["bill", "pay"], by="region")
    assert at(found, region="north", step="pay")["p groups differ"] < 0.001
    shown = found.to_frame()
    assert (
        shown[shown["region"] == "tiny"]["value"].isna().all()
    )  # and one more, so that it cannot be had by subtraction
    assert "tiny" not in found.sentence and "log-rank" in found.method
    with pytest.raises(wb.DataFault, match="said of records"):
        wb.funnel(read(tmp_path, log, segments=["region"]), steps=["bill", "pay"], by="wave")


def test_several_steps_may_stand_for_one_and_a_mapping_names_them(tmp_path):
    log = [(f"p{person}", what, day) for person in range(20) for day, what in enumerate(("bill", "mail", "pay"))]
    log += [(f"q{person}", what, day) for person in range(20) for day, what in enumerate(("bill", "call"))]
    journey = read(tmp_path, log)
    listed = wb.funnel(journey, steps=["bill", ["call", "mail"], "pay"]).table
    assert listed["reached"].tolist() == [40, 40, 20] and listed["stage"].tolist()[1] == "call or mail"
    named = wb.funnel(journey, steps={"billed": ["bill"], "asks": ["call", "mail"]}).table
    assert named["stage"].tolist() == ["billed", "asks"]


def test_the_sample_study_gets_as_far_as_its_people_did(study):
    found = wb.funnel(study.journey)
    assert found.table["stage"].tolist() == [stage.name for stage in study.map.stages]
    moves = study.journey.at_any_step().moves().to_frame().sort_values(["person", "time", "order"])
    steps = ["moves-in", "first-bill", "agrees-plan", "stays-or-switches"]
    log = [(who, what, time) for who, what, time in moves[["person", "step", "time"]].itertuples(index=False)]
    asked = wb.funnel(study.journey, steps=steps)
    assert asked.table["reached"].tolist() == by_hand(log, steps)
    assert asked.to_frame()["step"].tolist()[1] == "First bill arrives"
    by_name = wb.funnel(study.journey, steps=[study.map.names[step] for step in steps])
    assert by_name.table.equals(asked.table)
    for by in ("segment", "persona", "channel"):
        assert wb.funnel(study.journey, by=by).sentence.endswith(".")


def test_whose_key_made_the_pseudonyms_does_not_show(tmp_path, monkeypatch):
    rng = np.random.default_rng(5)
    log = [(f"p{p}", "abc"[rng.integers(0, 3)], float(d)) for p in range(60) for d in rng.integers(0, 9, 5)]
    seen = []
    for number in range(2):
        monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / f"settings{number}"))
        found = wb.funnel(read(tmp_path, log), steps=["a", "b", "c"])
        seen.append((found.to_frame().to_csv(), found.summary()))
    assert seen[0] == seen[1]


def test_what_cannot_be_asked_is_told(tmp_path):
    log = [(f"p{person}", what, day) for person in range(20) for day, what in enumerate(("bill", "call"))]
    journey = read(tmp_path, log)
    for steps, words in (
        (None, "no map that says"),
        (["bill", "cal"], 'did you mean "call"'),
        (["bill"], "1 steps"),
        (["bill", "bill"], '"bill" twice'),
        ("stage", '"stages" or "steps"'),
    ):
        with pytest.raises(wb.DataFault, match=words):
            wb.funnel(journey, steps=steps)
    with pytest.raises(wb.DataFault, match='did you mean "days"'):
        wb.funnel(journey, steps=["bill", "call"], within="9 dais")
    (tmp_path / "a.csv").write_text("who,q,r\nx,9,8\n", encoding="utf-8")
    asked = {column: {"measure": "nps", "step": step} for column, step in (("q", "bill"), ("r", "call"))}
    answers = wb.read(tmp_path / "a.csv", format="survey", person="who", questions=asked)
    with pytest.raises(wb.DataFault, match="no contacts or complaints"):
        wb.funnel(answers, steps=["bill", "call"])


def test_one_person_and_ten_thousand_steps(tmp_path):
    alone = wb.funnel(read(tmp_path, [("a", "bill", 0), ("a", "pay", 3)]), steps=["bill", "pay"])
    assert alone.to_frame()["value"].isna().all() and "No group is large enough" in alone.sentence
    log = [(f"p{step % 500}", f"step {step:05d}", step / 100) for step in range(10_000)]
    log += [(f"p{person}", what, day) for person in range(50) for day, what in ((200, "bill"), (201, "pay"))]
    journey = read(tmp_path, log, "many")
    found = wb.funnel(journey, steps=["bill", "pay"])
    assert found.table["reached"].tolist() == [50, 50]
    with pytest.raises(wb.DataFault, match="two to 30"):
        wb.funnel(journey, steps=journey.distinct("step"))


def test_a_time_longer_than_people_are_followed_is_not_claimed(tmp_path):
    log = [(f"p{person}", "bill", 180) for person in range(200)]
    log += [(f"p{person}", "call", 181 + person % 10) for person in range(0, 200, 4)] + [("z", "other", 200)]
    journey = read(tmp_path, log)
    long, short = (wb.funnel(journey, ["bill", "call"], within=within) for within in ("60 days", "15 days"))
    assert long.table["read at days"].iloc[1] == 20
    assert "within 20 days" in long.sentence and "60 days" not in long.sentence
    assert any("read at 20 days" in one for one in long.cautions)
    assert "within 15 days" in short.sentence and not any("Too few" in one for one in short.cautions)


def test_groups_of_whom_nobody_comes_further_are_shown_without_a_test(tmp_path):
    log = [(f"p{person}", "bill", person % 7, "a" if person % 2 else "b") for person in range(60)]
    log += [("z", "call", 1, "a"), ("z", "pay", 2, "a")]
    found = wb.funnel(read(tmp_path, log, segments=["group"]), ["bill", "call", "pay"], by="group", within="3 days")
    assert found.table["p groups differ"].isna().all() if "p groups differ" in found.table else True
    assert "of group a" in found.sentence and "of group b" in found.sentence  # alike: both are named, not one twice


NAMES = ("n1", "t1", "place", "value", "gap", "first", "lasted", "reached", "caution", "horizon", "next_step")


def test_attributes_called_as_the_counts_are_refused(tmp_path):
    log = [
        (f"p{person}", step, person % 9 + day, *(["x", "y"][person % 2] for _ in NAMES))
        for person in range(60)
        for day, step in enumerate(["bill", "call"])
    ]
    journey = read(tmp_path, log, segments=list(NAMES))
    for name in NAMES:
        with pytest.raises(wb.DataFault, match=name):
            wb.funnel(journey, ["bill", "call"], by=name)


def test_a_persona_told_by_what_records_say_is_refused(tmp_path):
    log = [
        (f"p{person}", step, person % 9 + day, ["web", "phone"][person % 2], "x")
        for person in range(60)
        for day, step in enumerate(["bill", "call"])
    ]
    journey = read(tmp_path, log, segments=["way", "sort"])
    for where in ({"kind": "event"}, {"step": "bill"}, {"nowhere": "x"}):
        odd = replace(journey, personas={"odd": where, "usual": {"sort": "x"}})
        with pytest.raises(wb.DataFault, match=next(iter(where))):
            wb.funnel(odd, ["bill", "call"], by="persona")
        with pytest.raises(wb.DataFault, match=next(iter(where))):
            wb.conformance(odd, "persona", steps=["bill", "call"])


@pytest.mark.parametrize("steps", [5, [5, 6], ["bill", None]])
def test_what_is_no_step_is_refused(tmp_path, steps):
    log = [(f"p{person}", step, day) for person in range(20) for day, step in enumerate(["bill", "call"])]
    with pytest.raises(wb.DataFault, match="steps"):
        wb.funnel(read(tmp_path, log), steps)


def test_a_thousand_groups_are_answered_in_time(tmp_path):
    log = [
        (f"p{person}", step, person % 9 + day, f"{person}")
        for person in range(1_000)
        for day, step in enumerate(["bill", "call"])
    ]
    journey = read(tmp_path, log, segments=["income"])
    assert "No group is large enough" in wb.funnel(journey, ["bill", "call"], by="income").sentence
