"""What differs between two maps, made to a third: what came is there, what both changed is told, nothing is lost."""

from __future__ import annotations

import copy
import random

import pytest

import workbench as wb
from workbench import models
from workbench.steps.map import JourneyMap
from workbench.steps.map.changes import Change, apply, cell, changes, describe, place_of

BASE = {
    "title": "A bill",
    "lanes": ["doing", "thinking"],
    "stages": [
        {"name": "Billed", "steps": [{"id": "bill", "name": "Bill", "emotion": -20, "lanes": {"doing": "Opens it"}}]},
        {"name": "Settled", "steps": [{"id": "plan", "name": "Plan"}, {"id": "stay", "name": "Stays"}]},
    ],
}


def other(*made):
    there = copy.deepcopy(BASE)
    assert apply(there, [Change(*one) for one in made]) == []
    return there


def made_up(luck):
    """A small map with a step, a cell, a scenario here and there."""
    ids = luck.sample([f"s{n}" for n in range(8)], luck.randint(0, 8))
    stages = [
        {"id": name.lower(), "name": name + luck.choice(["", "x"]), "steps": []}
        for name in luck.sample("ABCD", luck.randint(1, 4))
    ]
    for id in ids:
        step = {"id": id, "name": id + luck.choice("ab")}
        step |= {"emotion": luck.randint(-3, 3)} if luck.random() < 0.5 else {}
        step |= (
            {"promise": {"words": luck.choice("uv"), "kept": luck.choice(["", "late"])}} if luck.random() < 0.3 else {}
        )
        step |= {"next": []} if luck.random() < 0.2 else {}
        step |= {"lanes": {lane: luck.choice("pq") for lane in luck.sample(["doing", "own"], luck.randint(0, 2))}}
        luck.choice(stages)["steps"].append(step)
    runs = [
        {
            "name": name,
            "mood": "bad",
            "steps": {id: {"emotion": luck.randint(0, 2)} for id in ids if luck.random() < 0.3},
        }
        for name in "PQ"
        if luck.random() < 0.6
    ]
    return {"title": luck.choice("tu"), "stages": stages, "scenarios": runs}


@pytest.mark.parametrize("seed", range(300))
def test_the_changes_from_one_map_to_another_make_the_other_and_can_be_taken_back(seed):
    luck = random.Random(seed)
    one, two = made_up(luck), made_up(luck)
    made = changes(one, two)
    there = copy.deepcopy(one)
    assert apply(there, made) == [] and changes(there, two) == []
    assert models.build(there, JourneyMap).names == models.build(two, JourneyMap).names
    assert apply(there, [change.back for change in reversed(made)]) == []
    assert {step.id: step for step in models.build(there, JourneyMap).steps} == {
        step.id: step for step in models.build(one, JourneyMap).steps
    }


def test_two_people_at_one_map_lose_nothing():
    mine = other((("steps", "bill", "lanes", "thinking"), None, "Why?"), (("steps", "plan", "emotion"), None, 20))
    theirs = other(
        (("steps", "bill", "lanes", "doing"), "Opens it", "Reads it twice"),
        (("steps", "late"), None, {"name": "Pays late", "place": ["settled", "plan"]}),
    )
    assert apply(theirs, changes(BASE, mine)) == []
    steps = {step["id"]: step for stage in theirs["stages"] for step in stage["steps"]}
    assert list(steps) == ["bill", "plan", "late", "stay"]
    assert steps["bill"]["lanes"] == {"doing": "Reads it twice", "thinking": "Why?"} and steps["plan"]["emotion"] == 20


def test_the_same_cell_changed_twice_is_a_clash_and_theirs_stays():
    mine = other((("steps", "bill", "emotion"), -20, -60))
    theirs = other((("steps", "bill", "emotion"), -20, 10))
    (clash,) = apply(theirs, changes(BASE, mine))
    assert (clash.change.now, clash.theirs) == (-60, 10)
    assert theirs["stages"][0]["steps"][0]["emotion"] == 10
    assert apply(theirs, [Change(clash.change.path, clash.theirs, clash.change.now)]) == []  # mine, knowingly


def test_what_one_removed_and_the_other_changed_is_a_clash():
    gone = other((("steps", "plan"), {"name": "Plan"}, None))
    (clash,) = apply(gone, [Change(("steps", "plan", "emotion"), None, 5)])
    assert clash.theirs is None
    changed = other((("steps", "plan", "emotion"), None, 5))
    (clash,) = apply(changed, [Change(("steps", "plan"), {"name": "Plan"}, None)])
    assert clash.theirs["emotion"] == 5 and "plan" in models.build(changed, JourneyMap).names
    (clash,) = apply(changed, [Change(("stages", "settled"), {"name": "Settled"}, None)])
    assert len(changed["stages"]) == 2  # a stage with steps does not go


def test_a_stage_renamed_is_the_same_stage_and_says_so_in_words():
    after = copy.deepcopy(BASE)
    after["stages"][0]["name"] = "The bill"
    after["stages"].reverse()
    told = [describe(one, models.build(after, JourneyMap).called) for one in changes(BASE, after)]
    assert told == [
        'stage "billed" moved: after "Settled" (was first)',
        'stage "billed", name: was "Billed", is "The bill"',
    ]
    known = models.build(BASE, JourneyMap).called
    assert describe(changes(BASE, after)[0], known) == 'stage "Billed" moved: after "Settled" (was first)'
    there = copy.deepcopy(BASE)
    apply(there, changes(BASE, after))
    assert there["stages"][1] == {"name": "The bill", "id": "billed", "steps": BASE["stages"][0]["steps"]}


def test_changes_are_told_in_words():
    called = models.build(BASE, JourneyMap).called
    for change, words in (
        (Change(("steps", "bill", "emotion"), -20, -60), '"Bill", emotion: was -20, is -60'),
        (Change(("steps", "bill", "lanes", "doing"), "Opens it", None), '"Bill", doing: "Opens it" taken out'),
        (Change(("steps", "x"), None, {"name": "New", "place": ["billed", "bill"]}), '"New" came in Billed'),
        (Change(("scenarios", "Bad", "steps", "bill", "emotion"), None, -5), 'scenario "Bad", Bill, emotion: now -5'),
        (Change(("owners", "doing"), None, "Billing"), 'doing of owners: now "Billing"'),
    ):
        assert describe(change, called) == words


def test_a_stage_whose_key_is_a_steps_id_is_told_by_its_own_name():
    steps = [{"id": "bill", "name": "The bill comes"}, {"id": "pay", "name": "Pays"}]
    drawn = {"stages": [{"id": "pay", "name": "Payment", "steps": steps}, {"id": "bill", "name": "Billing"}]}
    called = models.build(drawn, JourneyMap).called
    for change, words in (
        (Change(("steps", "bill", "place"), ["pay", ""], ["bill", "pay"]),
         '"The bill comes" moved: in "Billing" after "Pays" (was in "Payment", first)'),
        (Change(("stages", "bill", "place"), "pay", ""), 'stage "Billing" moved: first (was after "Payment")'),
        (Change(("stages", "pay", "name"), "Payment", "Paid"), 'stage "Payment", name: was "Payment", is "Paid"'),
        (Change(("steps", "new"), None, {"name": "New", "place": ["bill", ""]}), '"New" came in Billing'),
        (Change(("stages", "pay"), {"name": "Payment"}, None), 'stage "Payment" went'),
    ):  # fmt: skip
        assert describe(change, called) == words
    assert [place_of((kind, "bill"), called) for kind in ("steps", "stages")] == ['"The bill comes"', 'stage "Billing"']


def test_two_people_may_each_add_a_lane():
    there = other((("lanes",), ["doing", "thinking"], ["doing", "weather", "thinking"]))
    assert apply(there, [Change(("lanes",), ["doing", "thinking"], ["doing", "thinking", "costs"])]) == []
    assert there["lanes"] == ["doing", "weather", "thinking", "costs"]
    assert apply(there, [Change(("lanes",), ["doing", "thinking", "costs"], ["thinking", "costs"])]) == []
    assert there["lanes"] == ["weather", "thinking", "costs"]


def test_a_path_that_no_map_has_is_refused():
    with pytest.raises(wb.DataFault, match="the path of a cell"):
        apply(copy.deepcopy(BASE), [Change(("steps",), None, [])])


def test_comments_of_what_nobody_changed_stay():
    text = "# drawn in May\nstages:\n  - name: A   # the first\n    steps:\n      - id: x\n        name: X   # as they say\n"
    content = models.parse(text, "map.yaml")
    apply(
        content,
        [Change(("steps", "y"), None, {"name": "Y", "place": ["a", "x"]}), Change(("steps", "x", "trust"), None, 5)],
    )
    written = models.dump(content, text)
    assert all(words in written for words in ("# drawn in May", "# the first", "# as they say", "trust: 5", "id: y"))


def test_the_last_of_a_list_goes_with_the_remark_beside_it():
    text = "stages:\n  - name: A\n    steps:\n      # a remark\n      - id: one\n        name: One\n        next: []\n    id: a\n"
    content = models.parse(text, "map.yaml")
    whole = cell(content, ("steps", "one"))
    assert not apply(content, [Change(("steps", "one"), whole, None)])
    assert models.parse(models.dump(content, text), "map.yaml") == {"stages": [{"name": "A", "steps": [], "id": "a"}]}


def test_a_remark_that_would_break_the_file_is_given_up_and_the_file_is_whole():
    text = "stages:\n  - name: A\n    steps:\n      # a remark\n      - {id: one, name: One}\n    id: a\n"
    content = models.parse(text, "map.yaml")
    del content["stages"][0]["steps"][0]
    assert models.parse(models.dump(content, text), "map.yaml") == {"stages": [{"name": "A", "steps": [], "id": "a"}]}
