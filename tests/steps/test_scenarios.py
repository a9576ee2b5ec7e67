"""Scenarios, the framework, one step opened, treatments, the blueprint and the worksheet, as a team reads them."""

from __future__ import annotations

import json

import pytest

import workbench as wb
from workbench import models
from workbench.faults import DataFault
from workbench.steps.map import JourneyMap

MAP = """
title: From asking to knowing
lanes: [doing, thinking, experience wanted]
stages:
  - name: Before
    steps:
      - {id: a, name: Asks, channels: [phone], emotion: 10, trust: 20, lanes: {doing: Rings, thinking: Who knows?}}
      - {id: b, name: Waits, emotion: 0, outside: true, owner: Desk, lanes: {doing: Waits}}
  - name: After
    steps:
      - id: c
        name: Hears
        channels: [post, web]
        hot_spot: pain
        emotion: -20
        promise: {words: Soon, where: the line, by: Desk, delivered: nine days, kept: late}
        commitment: [perform]
        lanes: {doing: Reads, experience wanted: An answer, what delivers it: One person, owner: x}
scenarios:
  - {name: Well, mood: good, steps: {b: {emotion: 40, lanes: {doing: Is rung}}, c: {channel: web, lanes: {doing: Reads}}}}
  - {name: Badly, mood: bad, persona: Renter, steps: {a: {trust: -10}, c: {emotion: -80, lanes: {doing: Throws it away}}}}
  - {name: Landlord's, mood: bad, segment: {kind: landlord}, steps: {c: {emotion: -50}}}
  - {name: Online, mood: good, channel: web, steps: {b: {lanes: {doing next: Closes the page}}}}
"""


@pytest.fixture
def drawn():
    return models.build(models.parse(MAP, "map.yaml"), JourneyMap, "map.yaml")


def test_a_walk_tells_what_they_do_think_and_do_next(drawn):
    walked = drawn.walk("Well").table.set_index("step")
    assert walked.loc["Waits", ["doing", "assumed emotion", "doing next"]].tolist() == ["Is rung", 40, "Hears"]
    assert walked.loc["Hears", "promised"] == "“Soon” (the line, by Desk); late: nine days"
    assert walked["otherwise here"].tolist() == ["", "yes", "yes"]
    assert walked.loc["Hears", "doing next"] == ""
    assert drawn.walk("Online").table.set_index("step").loc["Waits", "doing next"] == "Closes the page"
    assert drawn.walk("Well", {"c": ["I waited nine days"]}).table["in their words"].tolist() == [
        "",
        "",
        "I waited nine days",
    ]
    with pytest.raises(DataFault, match='did you mean "Badly"'):
        drawn.walk("Bady")


def test_a_walk_follows_the_way_the_map_says(drawn):
    branched = MAP.replace("id: a, name: Asks,", "id: a, name: Asks, next: [b, c],").replace(
        "outside: true", "next: []"
    )
    walked = models.build(models.parse(branched, ""), JourneyMap).walk("Well").table
    assert walked["doing next"].tolist() == ["Waits or Hears", "", ""]


def test_a_good_and_a_bad_run_side_by_side(drawn):
    found = drawn.runs()
    assert [one["name"] for one in found.picture["runs"]] == ["Well", "Badly"]
    assert found.sentence == (
        '"Well" and "Badly" (Renter) part at "Asks" and are furthest apart at "Hears", by 60 points of assumed emotion.'
    )
    wide = found.table.pivot(index="step", columns="run", values="assumed emotion")
    assert wide.loc["Waits"].to_dict() == {"Well": 40, "Badly": 0}


@pytest.mark.parametrize(
    ("whom", "names"),
    [
        ({"persona": "Renter"}, ["Well", "Badly"]),
        ({"segment": {"kind": "landlord"}}, ["Well", "Landlord's"]),
        ({"channel": "web"}, ["Online", "As drawn on the map"]),
        ({"beside": ["Online", "Landlord's"]}, ["Online", "Landlord's"]),
        ({"beside": ["Online"]}, ["Online", "As drawn on the map"]),
    ],
)
def test_runs_for_a_persona_a_segment_or_a_channel(drawn, whom, names):
    assert [one["name"] for one in drawn.runs(**whom).picture["runs"]] == names


def test_where_one_run_is_missing_the_map_as_drawn_stands_in():
    only = MAP.split("scenarios:")[0] + "scenarios: [{name: Badly, mood: bad, steps: {c: {emotion: -80}}}]"
    found = models.build(models.parse(only, ""), JourneyMap).runs()
    assert [one["name"] for one in found.picture["runs"]] == ["As drawn on the map", "Badly"]
    assert 'part at "Hears"' in found.sentence


def test_runs_that_are_not_there_are_told(drawn):
    with pytest.raises(DataFault, match='did you mean "Renter"'):
        drawn.runs(persona="Rentr")
    with pytest.raises(DataFault, match="no scenario"):
        models.build(models.parse(MAP.split("scenarios:")[0], ""), JourneyMap).runs()


def test_treatments_stand_only_where_they_differ(drawn):
    table = drawn.treatments().table.set_index(["step", "what"])
    assert set(table.index) == {
        ("Asks", "assumed trust"),
        ("Waits", "assumed emotion"),
        ("Waits", "doing"),
        ("Waits", "doing next"),
        ("Hears", "channel"),
        ("Hears", "assumed emotion"),
        ("Hears", "doing"),
    }
    assert table.loc[("Hears", "doing"), ["on the map", "Well", "Badly"]].tolist() == ["Reads", "", "Throws it away"]
    alike = models.build(models.parse(MAP.split("scenarios:")[0], ""), JourneyMap).treatments()
    assert alike.table.empty and alike.sentence == "Every step is treated alike for everybody."


def test_the_framework_has_no_figures_and_the_hot_spots(drawn):
    found = drawn.framework()
    assert found.sentence == 'The journey in 2 stages: Before, After; it is won or lost at "Hears".'
    assert found.table["in a line"].tolist() == ["Rings", "Waits", "An answer"]
    assert not any(letter.isdigit() for letter in found.table.to_csv(index=False))


def test_a_long_journey_is_told_by_its_main_steps():
    steps = ", ".join(f"{{id: s{at}, name: S{at}{', hot_spot: pain' if at in (7, 21) else ''}}}" for at in range(30))
    found = models.build(models.parse(f"stages: [{{name: All, steps: [{steps}]}}]", ""), JourneyMap)
    told = found.framework().table["step"].tolist()
    assert len(told) == 10 and {"S0", "S7", "S21", "S29"} <= set(told)
    assert told == sorted(told, key=lambda one: int(one[1:]))
    assert len(found.worksheet().table) == 10 and "20 further steps" in found.worksheet().method


def test_one_step_opened(drawn):
    table = drawn.detail("c").table
    told = {(row["what"], row["for"]): row["words"] for row in table.to_dict("records")}
    assert told["promised", "everybody"] == "“Soon” (the line, by Desk)"
    assert told["delivered", "everybody"] == "nine days" and told["the promise was", "everybody"] == "late"
    assert told["doing", "everybody"] == "Reads" and told["doing", "Badly (Renter)"] == "Throws it away"
    assert ("doing", "Well") not in told  # it says there what the map says
    assert told["reactive point", "everybody"] == "perform without request or promise"
    assert "treated otherwise in “Well”, “Badly” and “Landlord's”" in drawn.detail("c").sentence
    assert "out of our control" in drawn.detail("Waits").sentence
    with pytest.raises(DataFault, match="no step"):
        drawn.detail("Hers")


def test_the_blueprint_tells_what_is_open(drawn):
    found = drawn.blueprint()
    (row,) = found.table.to_dict("records")
    assert row["open"] == "how we know, owner" and row["what delivers it"] == "One person"
    assert "open at Hears" in found.sentence
    everywhere = models.build(models.parse(MAP.replace("hot_spot: pain", "hot_spot: ''"), ""), JourneyMap).blueprint()
    assert everywhere.table["in our control"].tolist() == ["yes", "no", "yes"]
    assert "Out of our control: Waits." in everywhere.sentence


def test_the_worksheet_filled_and_blank(drawn):
    filled = drawn.worksheet().table.set_index("step")
    assert filled.loc["Hears", ["actions that matter", "experience wanted", "hot spot"]].tolist() == [
        "Reads",
        "An answer",
        "pain",
    ]
    blank = drawn.worksheet(blank=True)
    assert blank.table.empty and blank.picture["blank"] and "Hears" not in str(blank.picture)


def test_an_empty_map_answers_all_the_same():
    empty = JourneyMap()
    for found in (empty.framework(), empty.blueprint(), empty.treatments(), empty.worksheet(), empty.coordination()):
        assert found.table.empty and found.sentence


def test_the_sample_study_walks_with_real_words_of_the_people_it_is_for(study):
    found = study.walk("Billed without warning")
    said = [quote for card in found.picture["cards"] for quote in card["quotes"]]
    assert said and "quotes:" in found.method and all("judged" in one or "gave" in one for one in said)


def test_a_step_of_a_study_opens_with_its_comments_and_its_worksheet_says_for_whom(loaded):
    import workbench as wb

    study = wb.open_study("water-billing")
    study.draw.comment("first-bill", "Ask the printers")
    rows = study.step("First bill arrives").table.set_index("what")["words"]
    assert rows["comment on the step"].startswith("Ask the printers (")
    assert study.worksheet().picture["whom"] == study.scope.customers
    assert study.worksheet(blank=True).picture["rows"] == []


def test_a_scenario_for_people_who_are_not_in_the_data_walks_without_words(loaded):
    """A team may draw a run for a segment or a channel that no file knows: the page of the map stands all the same."""
    opened = wb.open_study(loaded)
    content = opened.map.model_dump(mode="json", by_alias=True, exclude_unset=True)
    steps = {content["stages"][0]["steps"][0]["id"]: {"emotion": -40}}
    strange = [{"segment": {"segment": "commuter"}}, {"segment": {"colour": "blue"}}, {"channel": "pigeon"}]
    content["scenarios"] = [
        {"name": f"Run {at}", "mood": "bad", "steps": steps} | one for at, one in enumerate(strange)
    ]
    opened.save("map", content)
    found = opened.findings("map")
    assert [one.base for one in found if one.name == "scenario"] == ["what the team drew; nothing measured"] * 3


def test_a_map_with_claims_and_no_data_yet_has_its_page(sample):
    about = models.parse((sample / "study.yaml").read_text(encoding="utf-8"), "study.yaml")
    kept = {key: one for key, one in about.items() if key not in ("sources", "weights")}
    (sample / "study.yaml").write_text(json.dumps(kept, default=str), encoding="utf-8")
    bare = wb.open_study(sample)
    names = [one.name for one in bare.findings("map")]
    assert names[:2] == ["framework", "map"] and "coordination" in names and "hot_spots" not in names
    assert bare.headlines() == [] and [one.name for one in bare.findings("solutions")] == ["ideas"]


def test_a_map_of_one_step_says_so(loaded):
    opened = wb.open_study(loaded)
    step = opened.map.step("first-bill").model_dump(mode="json", exclude_unset=True)
    opened.save("map", {"stages": [{"name": "All", "steps": [step]}]})
    found = {one.name: one.sentence for one in opened.findings("map")}
    assert found["hot_spots"].startswith("One step alone was asked about")
    assert found["surprises"].startswith("1 of 1 step surprises the team")
