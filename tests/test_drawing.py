"""The map drawn on by verbs: saved at once, undone, shared by two people, with comments, history and clashes told."""

from __future__ import annotations

import multiprocessing

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
        '"Tells a friend" came in Settled',
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


def test_undo_takes_back_what_was_done_here_and_nothing_that_others_wrote_since(two):
    ann, bob = two
    ann.set("first-bill", "emotion", -80)
    bob.news()
    bob.set("first-bill", "emotion", 5)
    ann.undo()
    assert [(one.mine, one.theirs, one.who) for one in ann.clashes] == [(-20, 5, "Bob")]
    assert not ann.can_undo and not ann.can_redo  # nothing was taken back: nothing can be done again
    ann.redo()
    assert wb.open_study("water-billing").map.step("first-bill").emotion == 5 and not ann.clashes


def test_who_wrote_what_stood_there_already_takes_nothing_back(two):
    ann, bob = two
    ann.set("first-bill", "emotion", -80)
    bob.set("first-bill", "emotion", -80)
    assert not bob.clashes and not bob.can_undo


def test_an_undo_that_the_map_cannot_take_can_be_tried_again(two):
    ann, bob = two
    step = ann.add_step("Tells a friend", "Settled")
    bob.news()
    bob.add("loops", "Talk", perform=step)
    with pytest.raises(wb.DataFault, match="not on the map"):
        ann.undo()
    assert ann.can_undo
    bob.remove("loops", "Talk")
    ann.undo()
    assert step not in ann.map.names and ann.can_redo


@pytest.mark.parametrize("verb", ["remove_step", "remove_stage", "remove_lane"])
def test_what_somebody_writes_meanwhile_keeps_a_whole_from_going(two, verb):
    ann, bob = two
    bob.set("first-bill", "doing", "Reads it aloud")
    before = bob.map
    getattr(ann, verb)({"remove_step": "first-bill", "remove_stage": "Billed", "remove_lane": "doing"}[verb])
    assert ann.clashes and ann.clashes[0].who == "Bob" and not ann.can_undo
    assert wb.open_study("water-billing").map == before  # all of it or nothing: no scenario, loop or lane lost a part
    told = {"remove_lane": "Bob wrote", "remove_step": "Bob changed it", "remove_stage": "Bob changed it"}[verb]
    assert told in str(ann.clashes[0])
    if verb != "remove_lane":
        ann.mine(ann.clashes[0])
        assert not ann.clashes and "first-bill" not in wb.open_study("water-billing").map.names


def test_a_lane_that_somebody_filled_meanwhile_stays_and_a_stage_with_a_new_step_too(two):
    ann, bob = two
    bob.set("stays-or-switches", "how we know", "The contract")
    ann.remove_lane("how we know")
    assert [one.theirs for one in ann.clashes] == ["The contract"] and "how we know" in ann.map.lanes
    step = bob.add_step("Tells a friend", "Settled")
    seen = ann.study.map
    ann.content = before_step(ann, step)
    ann.remove_stage("Settled")
    assert ann.clashes and wb.open_study("water-billing").map == seen


def before_step(drawing, step):
    """The map as somebody saw it before a step came."""
    content = drawing.study.content("map")
    for stage in content["stages"]:
        stage["steps"] = [one for one in stage["steps"] if one["id"] != step]
    return content


def test_a_scenario_that_somebody_wrote_in_meanwhile_is_not_taken_out(two):
    ann, bob = two
    name = ann.map.scenarios[0].name
    bob.treat(name, "first-bill", "doing", "Reads it aloud")
    ann.remove("scenarios", name)
    assert ann.clashes and name in [one.name for one in wb.open_study("water-billing").map.scenarios]


def test_a_lane_renamed_takes_along_what_others_wrote_in_it_meanwhile(two):
    ann, bob = two
    bob.set("first-bill", "doing", "Reads it aloud")
    ann.rename_lane("doing", "what they do")
    assert not ann.clashes and ann.map.step("first-bill").lanes["what they do"] == "Reads it aloud"
    assert not any("doing" in step.lanes for step in ann.map.steps)


def test_two_steps_of_one_name_made_at_once_are_two_steps(two):
    ann, bob = two
    assert ann.add_step("Tells a friend", "Settled") != bob.add_step("Tells a friend", "Settled")
    assert ann.add_stage("Later") != bob.add_stage("Later") and not bob.clashes
    bob.news()
    assert [step.name for step in bob.map.steps].count("Tells a friend") == 2


def test_what_was_written_at_a_step_that_is_gone_is_told_so(two):
    ann, bob = two
    ann.remove_step("first-bill")
    bob.set("first-bill", "doing", "Reads it aloud")
    assert "Ann took it out" in str(bob.clashes[0]) and bob.clashes[0].gone


def test_a_stage_whose_steps_others_name_is_taken_out_whole(project):
    study = begun(project, "next", stages=TWO_STAGES)
    study.draw.set("before", "next", ["one", "two"])
    study.draw.remove_stage("Second")
    assert study.map.step("before").next == [] and not study.draw.clashes
    study.draw.undo()
    assert study.map.step("before").next == ["one", "two"] and list(study.map.names) == ["before", "one", "two"]


TWO_STAGES = [
    {"name": "First", "steps": [{"id": "before", "name": "Before"}]},
    {"name": "Second", "steps": [{"id": "one", "name": "One"}, {"id": "two", "name": "Two"}]},
]
AS_WORDS = [
    "place",
    "emotion",
    "name",
    "steps",
    "lanes",
    "promise.kept",
    "with.dot",
    "a/b",
    "constructor",
    "查询",
    "لوحة",
]


def begun(project, name, **content):
    study = wb.new_study(name)
    study.save("map", content)
    return study


def test_lanes_may_be_called_as_anything(project):
    study = begun(project, "lanes", stages=TWO_STAGES)
    draw = study.draw
    for lane in AS_WORDS:
        draw.add_lane(lane)
        draw.set("one", f"lanes.{lane}", f"words of {lane}")
        draw.own(lane, f"owner of {lane}")
    draw.add("scenarios", "place", mood="good", segment={"place": "north"})
    draw.treat("place", "one", "lanes.emotion", "words")
    draw.treat("place", "one", "emotion", 5)
    assert study.map.step("one").lanes == {lane: f"words of {lane}" for lane in AS_WORDS}
    assert study.map.step("one").emotion is None and study.map.owners["a/b"] == "owner of a/b"
    found = study.map.scenarios[0].steps["one"]
    assert (found.emotion, found.lanes) == (5, {"emotion": "words"})
    for lane in AS_WORDS:
        draw.rename_lane(lane, f"{lane} x")
        draw.set("one", f"lanes.{lane} x", "")
    assert not study.map.step("one").lanes
    while draw.can_undo:
        draw.undo()
        assert not draw.clashes
    assert not study.map.lanes and not study.map.owners and not study.map.scenarios


def test_steps_scenarios_and_loops_may_be_called_as_anything(project):
    study = begun(project, "steps", stages=TWO_STAGES)
    draw = study.draw
    for name in [*AS_WORDS, "Ü", "U", "付款"]:
        step = draw.add_step(name, "First")
        draw.set(step, "doing", "words")
        draw.move_step(step, "Second", "one")
        draw.add("scenarios", name, mood="good")
        draw.treat(name, step, "doing", "other words")
        draw.add("loops", name, perform=step)
        draw.add_stage(name)
    assert len(study.map.steps) == 3 + len(AS_WORDS) + 3 and len({one.key for one in study.map.stages}) == 16
    assert study.map.step("place").lanes == {"doing": "words"}
    draw.remove_step("place")
    assert "place" not in study.map.names and not draw.clashes


def test_stages_named_in_any_script_are_told_apart_and_can_be_renamed(project):
    study = begun(project, "script", stages=[{"name": "查询"}, {"name": "付款"}, {"name": "Größe"}, {"name": "Groe"}])
    study.draw.rename_stage("付款", "Pay")
    study.draw.add_step("付款", "Pay")
    assert [one.name for one in study.map.stages] == ["查询", "Pay", "Größe", "Groe"]


def test_a_map_with_numbers_and_days_for_names_can_be_drawn_on(project):
    study = wb.new_study("numbers")
    (study.path / "map.yaml").write_text(
        "title: 2024-05-01\nlanes: [doing, 2024]\nowners: {2024: Sales}\nstarts: [1]\nstages:\n  - name: A\n    steps:\n"
        "      - id: 1\n        name: 12\n        next: [2]\n        lanes: {doing: 2025-03-01, 2024: 5}\n"
        "      - {id: 2, name: B}\nscenarios:\n  - {name: 2024, mood: good, steps: {1: {emotion: 5}}}\n",
        encoding="utf-8",
    )
    before, draw = study.map, study.draw
    draw.set("1", "doing", "Waits")
    draw.set("1", "2024", "six")
    draw.treat("2024", "1", "emotion", 7)
    draw.rename("scenarios", "2024", "A good year")
    draw.remove_lane("2024")
    draw.remove_step("1")
    assert list(study.map.names) == ["2"] and study.map.scenarios[0].name == "A good year" and not study.map.starts
    while draw.can_undo:
        draw.undo()
        assert not draw.clashes
    assert study.map == before


def test_scenarios_and_loops_are_renamed_with_what_speaks_of_them(two):
    ann, bob = two
    ann.add("loops", "The call", request="first-bill")
    ann.add("interventions", "Call first", loop="The call", sets={"promise": "first-bill"})
    ann.rename("loops", "The call", "The first call")
    assert [one.loop for one in ann.map.interventions if one.name == "Call first"] == ["The first call"]
    run = ann.map.scenarios[0]
    ann.set_of("scenarios", run.name, "name", "Another run")
    assert ann.map.scenarios[-1] == run.model_copy(update={"name": "Another run"})
    with pytest.raises(wb.DataFault, match="a new name"):
        ann.rename("scenarios", "Another run", ann.map.scenarios[0].name)
    bob.rename("scenarios", "Another run", "A third name")
    with pytest.raises(wb.DataFault, match="no scenario called"):
        ann.rename("scenarios", "Another run", "A fourth name")
    bob.undo()
    ann.undo()
    ann.undo()
    assert "The call" in [one.name for one in ann.map.loops] and not ann.clashes
    assert bob.news()


def draws(folder, who, times, told):
    """One of two people who draw at the same instant, in a process of their own."""
    draw, clashes = Drawing(wb.open_study(folder), who), 0
    for turn in range(times):
        draw.set("one", f"{who} {turn}", "words")
        clashes += len(draw.clashes)
        draw.comment("one", f"{who} {turn}")
        if turn % 5 == 0:
            draw.add_step("The same name", "First")
    told.put(clashes)


def test_two_processes_that_save_at_the_same_instant_lose_nothing(project):
    study, work = begun(project, "both", stages=TWO_STAGES), multiprocessing.get_context("fork")
    told = work.Queue()
    both = [work.Process(target=draws, args=(str(study.path), who, 15, told)) for who in ("Ann", "Bob")]
    for one in both:
        one.start()
    assert [told.get(timeout=60), told.get(timeout=60)] == [0, 0]
    for one in both:
        one.join()
    found = study.map
    assert len(found.step("one").lanes) == 30 and len(found.steps) == 3 + 6 and len(study.notes.notes) == 30


def test_the_history_tells_what_was_undone_and_done_again(two):
    ann, bob = two
    ann.set("first-bill", "emotion", -80)
    ann.undo()
    ann.redo()
    bob.set("first-bill", "trust", 3)
    found = ann.study.history().table
    assert found["who"].tolist()[:3] == ["Bob", "Ann", "Ann"]
    assert [one.split(", ", 1)[1].split(":")[0] for one in found["what changed"][:3]] == ["trust", "emotion", "emotion"]


def test_a_loop_goes_with_the_interventions_in_it(sample):
    draw = wb.open_study("water-billing").draw
    loop = draw.map.interventions[0].loop
    draw.remove("loops", loop)
    assert loop not in [one.name for one in draw.map.loops] and not draw.map.interventions
    draw.undo()
    assert draw.map.interventions[0].loop == loop
