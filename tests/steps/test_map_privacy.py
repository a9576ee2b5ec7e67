"""What the map tells of groups of people: nothing of a few, neither at a look nor by subtraction, nor by their words."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

import workbench as wb
from workbench.steps.map import JourneyMap, Stage, Step
from workbench.steps.measure import evidence, map_comparison, quotes_at_steps
from workbench.steps.measure.withheld import MET, withheld

BILL = JourneyMap(stages=[Stage(name="All", steps=[Step(id="bill", name="The bill", emotion=0)])])
FELT = {"felt": {"measure": "emotion", "scale": [1, 5], "step": "bill"}}
REGIONS = ["North"] * 50 + ["South"] * 40 + ["West"] * 6


def read(tmp_path, lines, name="answers.csv", **binding):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return wb.read(path, person="id", **{"format": "survey", "questions": FELT} | binding)


def regions(tmp_path):
    """96 people in three regions, six of them in the West, who alone are as unhappy as can be."""
    lines = ["id,region,felt", *(f"p{at},{one},{1 if one == 'West' else 1 + at % 5}" for at, one in enumerate(REGIONS))]
    return read(tmp_path, lines, segments=["region"])


def emotion(journey, where=None):
    return evidence.view(journey, BILL, "", "", [], None, where)["steps"]["bill"]["emotion"]


def test_what_six_people_feel_cannot_be_had_by_taking_the_others_from_everybody(tmp_path):
    journey = regions(tmp_path)
    whole, north = emotion(journey), emotion(journey, {"region": "North"})
    assert whole["n"] == 96 and north["n"] == 50  # what is left are 46 people
    for others in ({"region": "South"}, {"region": "West"}, {"region": ["North", "South"]}):
        assert emotion(journey, others) == {"hidden": True}
    cells = map_comparison.compared(journey, BILL, {"region": "North"}, {"region": "South"})["steps"]["bill"][
        "measures"
    ]
    assert cells["emotion"] == {"a": {"hidden": True}, "b": {"hidden": True}, "difference": None}
    assert evidence.base(journey, {"region": "West"}) == "fewer than 10 people"


def test_what_is_hidden_of_a_group_is_in_none_of_its_words(tmp_path):
    cell = evidence.view(regions(tmp_path), BILL, "", "", [], None, {"region": "South"})["steps"]["bill"]
    assert cell["surprise"] is None and "emotion" not in cell["cells"]
    assert "too few answers to be shown" in cell["reason"] and "40" not in str(cell)


def test_many_answers_of_three_people_are_those_of_three_people(tmp_path):
    lines = ["id,wave,felt", *(f"p{at % 3},2025-{1 + at // 3:02},{1 + at % 5}" for at in range(30))]
    assert emotion(read(tmp_path, lines, wave="wave")) == {"hidden": True}


def test_a_wave_of_a_few_between_two_large_ones_is_not_had_from_them(tmp_path):
    sizes = {"2025-01": 30, "2025-02": 6, "2025-03": 40}
    lines = ["id,wave,felt", *(f"{wave}{at},{wave},{1 + at % 5}" for wave, many in sizes.items() for at in range(many))]
    journey = read(tmp_path, lines, wave="wave")
    assert "trend" not in emotion(journey)
    assert [emotion(journey, {"wave": wave}) == {"hidden": True} for wave in sizes] == [True, True, False]


def test_lists_of_groups_leave_nobody_alone(tmp_path):
    """Every list of regions: what it shows, less what others show, is never of one to nine people."""
    sizes = {"a": 30, "b": 6, "c": 12, "d": 2, "e": 15}
    lines = ["id,region,felt", *(f"{one}{at},{one},{1 + at % 5}" for one, many in sizes.items() for at in range(many))]
    journey = read(tmp_path, lines, segments=["region"])
    shown = {frozenset(sizes)}
    for many in range(1, 5):
        for chosen in combinations(sizes, many):
            if "bill" not in withheld(journey, {"region": list(chosen)})["emotion"]:
                shown.add(frozenset(chosen))
    assert frozenset("a") in shown and len(shown) > 4
    for one, other in combinations(shown, 2):
        if one < other or other < one:
            assert sum(sizes[region] for region in one ^ other) >= 10, (one, other)


def test_twelve_complaints_of_one_person_have_no_theme(tmp_path):
    told = [
        "nr,id,step,opened,text",
        *(f"{at},p{0 if at < 12 else at},bill,2025-02-01,No warning at all" for at in range(30)),
    ]
    bound = {"format": "complaints", "opened": "opened", "step": "step", "text": ["text"], "questions": {}}
    journey = read(tmp_path, told, "said.csv", **bound)
    journey = replace(journey, themes={"no warning": ["warning"]})
    assert quotes_at_steps.complaint_themes(journey)["bill"] == [{"theme": "no warning", "n": 30, "of": 30}]
    counted = journey.count(by="person")
    often = counted.loc[counted["n"] == 12, "person"].iloc[0]
    assert quotes_at_steps.complaint_themes(journey.where(person=often)) == {}
    assert quotes_at_steps.complaint_themes(journey, ["bill"]) == {}


def test_nobody_of_a_small_group_is_quoted(study):
    """The interviews of a segment of which too few people were met at a step stay unquoted there."""
    journey = study.journey
    few = {"tenant": withheld(journey, {"segment": "tenant"})[MET]}
    assert not few["tenant"] & {"first-bill"}  # the sample's tenants are many
    assert quotes_at_steps.quotes(journey, ["first-bill"]).get("first-bill") is None
    narrowed = study.map_view({"source": "interview-1"})["steps"]
    assert all(not cell["quotes"] for cell in narrowed.values())


@pytest.mark.parametrize("where", [{"segment": "owner"}, {"wave": "2025-03"}, {"persona": "Called in time"}, {}])
def test_large_groups_keep_what_is_theirs(study, where):
    cells = study.map_view(where or None)["steps"]
    assert sum(bool(cell["nps"]) and not cell["nps"].get("hidden") for cell in cells.values()) >= 5


def test_an_attribute_may_be_called_anything(tmp_path):
    """A column of people that is called as the counts are, and groups told by what is no attribute."""
    for name in ("unit", "hidden"):
        lines = [f"id,{name},felt", *(f"p{at},{one},{1 + at % 5}" for at, one in enumerate(REGIONS))]
        journey = read(tmp_path, lines, f"{name}.csv", segments=[name])
        assert emotion(journey, {name: "West"}) == emotion(journey, {name: "South"}) == {"hidden": True}
        assert emotion(journey, {name: "North"})["n"] == 50
    assert emotion(journey, {"measure": "emotion", "step": "bill"})["n"] == 96
