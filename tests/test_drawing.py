"""The map drawn on by verbs: saved at once, undone, shared by two people, with comments, history and clashes told."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench import models
from workbench.drawing import Drawing


@pytest.fixture
def two(sample):
    """Two people at one map."""
    return Drawing(wb.open_study("water-billing"), "Ann"), Drawing(wb.open_study("water-billing"), "Bob")


def test_each_verb_saves_at_once_and_can_be_undone(sample):
    study = wb.open_study("water-billing")
    draw = study.draw
    before = (sample / "map.yaml").read_bytes()
    draw.set("first-bill", "emotion", -70)
    draw.set("first-bill", "doing", "Reads it three times")
    draw.set("first-bill", "promise.kept", "late")
    stage = draw.add_stage("Afterwards")
    step = draw.add_step("Tells a friend", stage, emotion=-30)
    draw.move_step(step, "Billed", "first-bill")
    draw.rename_stage("Found", "We find them")
    draw.add_lane("costs", "thinking")
    draw.set(step, "costs", "nothing")
    draw.rename_lane("costs", "what it costs")
    draw.add("scenarios", "In a hurry", mood="usual", channel="phone")
    draw.treat("In a hurry", "first-bill", "emotion", -5)
    draw.add("loops", "The bill", perform="first-bill")
    draw.remove_step("first-bill")
    drawn = wb.open_study("water-billing").map
    assert step in drawn.names and "first-bill" not in drawn.names and drawn.loops[-1].acts == {}
    assert drawn.step(step).lanes == {"what it costs": "nothing"} and drawn.lanes[2] == "what it costs"
    assert [one.name for one in drawn.stages] == ["Move in", "We find them", "Billed", "Settled", "Afterwards"]
    while draw.can_undo:
        draw.undo()
    there = wb.open_study("water-billing").map
    assert there == models.build(models.parse(before.decode(), "map.yaml"), type(there)).model_copy(
        update={"stages": there.stages}
    )
    while draw.can_redo:
        draw.redo()
    assert wb.open_study("water-billing").map == drawn


def test_a_change_of_one_cell_changes_its_line_alone(sample):
    before = (sample / "map.yaml").read_text(encoding="utf-8").splitlines()
    wb.open_study("water-billing").draw.set("first-bill", "emotion", -21)
    after = (sample / "map.yaml").read_text(encoding="utf-8").splitlines()
    assert len(before) == len(after) and sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_two_people_change_other_cells_and_both_stand(two):
    ann, bob = two
    ann.set("first-bill", "thinking", "Since when?")
    bob.set("first-bill", "doing", "Opens it twice")
    bob.move_step("stays-or-switches", "Billed", after=None)
    ann.set("stays-or-switches", "trust", -5)
    assert not ann.clashes and not bob.clashes
    step = ann.map.step("first-bill")
    assert (step.lanes["thinking"], step.lanes["doing"]) == ("Since when?", "Opens it twice")
    assert [one.id for one in ann.map.stages[2].steps][-1] == "stays-or-switches"


def test_two_people_change_the_same_cell_and_both_values_and_names_are_told(two):
    ann, bob = two
    ann.set("first-bill", "emotion", -80)
    bob.set("first-bill", "emotion", 5)
    (told,) = bob.clashes
    assert (told.mine, told.theirs, told.who) == (5, -80, "Ann") and told.when
    assert str(told).startswith('"First bill arrives", emotion: Ann wrote -80 at 2') and str(told).endswith(
        "Theirs stands."
    )
    assert bob.map.step("first-bill").emotion == -80 and not bob.can_undo
    bob.mine(told)
    assert wb.open_study("water-billing").map.step("first-bill").emotion == 5 and not bob.clashes
    assert ann.news() and ann.map.step("first-bill").emotion == 5


def test_what_cannot_stand_on_a_map_is_refused_and_nothing_is_saved(sample):
    draw = wb.open_study("water-billing").draw
    before = (sample / "map.yaml").read_bytes()
    for act, words in (
        (lambda: draw.set("first-bill", "emotion", -700), "stages.Billed.steps.first-bill.emotion"),
        (lambda: draw.set("frist-bill", "emotion", 0), 'did you mean "first-bill"'),
        (lambda: draw.add_step(" ", "Billed"), "a name"),
        (lambda: draw.add_step("x", "Biled"), 'did you mean "Billed"'),
        (lambda: draw.set("first-bill", "promise.keept", "late"), 'did you mean "kept"'),
        (lambda: draw.add("loops", "x", perform="nowhere"), "not on the map: nowhere"),
        (lambda: draw.add_lane("doing"), "a new name"),
    ):
        with pytest.raises(wb.DataFault, match=words):
            act()
    assert (sample / "map.yaml").read_bytes() == before and not draw.can_undo


def test_comments_stand_with_names_and_dates(two, sample):
    ann, bob = two
    ann.comment("first-bill", "Is this so in the North?", "doing")
    bob.comment("first-bill", "Ask the desk.")
    bob.settle(0)
    notes = wb.open_study("water-billing").notes
    assert [(one.who, one.lane, one.settled) for one in notes.notes] == [("Ann", "doing", True), ("Bob", "", False)]
    assert [one.words for one in notes.open("first-bill")] == ["Ask the desk."]
    with pytest.raises(wb.DataFault, match="near|no comment"):
        ann.settle(7)


def test_the_history_says_who_changed_what(two):
    ann, bob = two
    ann.set("first-bill", "emotion", -80)
    bob.add_step("Tells a friend", "Settled")
    found = ann.study.history()
    assert found.table["who"].tolist() == ["Bob", "Ann", ""] and found.table["changes"].tolist() == [1, 1, 0]
    assert found.table["what changed"].tolist()[:2] == [
        '"Tells a friend" came in settled',
        '"First bill arrives", emotion: was -20, is -80',
    ]
    assert "3 versions of map.yaml, by 2 people" in found.sentence


def test_a_blank_map_can_be_drawn_from_nothing(project):
    draw = wb.new_study("fresh").draw
    stage = draw.add_stage("First")
    first = draw.add_step("Hears of us", stage)
    second = draw.add_step("Hears of us", stage)
    assert (first, second) == ("hears-of-us", "hears-of-us-2")
    assert wb.open_study("fresh").map.names == {first: "Hears of us", second: "Hears of us"}
