"""Scope, map, hypotheses, solutions and actions: what they may hold, and what comes out of them."""

from __future__ import annotations

from datetime import date

import pytest

import workbench as wb
from workbench import models
from workbench.steps.apply import Actions, check, plan
from workbench.steps.map import JourneyMap
from workbench.steps.measure.hypotheses import Hypotheses, judge
from workbench.steps.scope import SHEET, Scope
from workbench.steps.solutions import AREAS


def built(text, model):
    return models.build(models.parse(text, "file.yaml"), model, "file.yaml")


def test_the_sheet_asks_what_the_method_asks_and_says_what_is_open():
    scope = built("purpose: to decide\nunit: interactions\n", Scope)
    assert len(SHEET) == 10
    assert scope.complete == pytest.approx(0.2)
    assert "still open: Will the outputs improve the experience" in scope.finding().sentence


MAP = """
stages:
  - name: Billed
    steps:
      - {id: first-bill, name: First bill, commitment: [perform], hot_spot: pain, emotion: -20}
      - {id: asks, name: Asks, commitment: [request, perform], lanes: {doing: Rings, thinking: Why?}}
scenarios:
  - {name: Bad run, mood: bad, steps: {asks: {channel: phone, emotion: -80, lanes: {thinking: Nobody owns this}}}}
"""


def test_a_loop_that_skips_a_commitment_predicts_a_reactive_point():
    drawn = built(MAP, JourneyMap)
    assert drawn.step("first-bill").reactive == ["request", "promise"]
    assert drawn.step("Asks").reactive == ["promise"]


def test_a_scenario_differs_only_where_it_says_so():
    walked = built(MAP, JourneyMap).walk("Bad run").table.set_index("step")
    assert walked.loc["Asks", ["doing", "thinking", "channel"]].tolist() == ["Rings", "Nobody owns this", "phone"]
    assert walked.loc["First bill", "otherwise here"] == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("id: asks", "id: first-bill"), "each step id once"),
        (("steps: {asks:", "steps: {askes:"), "not on the map: askes"),
        (("emotion: -20", "emotion: -200"), "greater than or equal to -100"),
        (("hot_spot: pain", "hot_spot: sad"), "'pain', 'gain'"),
        (("commitment: [perform]", "commitment: [deliver]"), "'request', 'promise', 'perform' or 'accept'"),
    ],
)
def test_a_map_that_cannot_be_is_told_so(change, words):
    with pytest.raises(wb.DataFault, match=words):
        built(MAP.replace(*change), JourneyMap)


def claim(**more):
    one = {"id": "a-claim", "claim": "A is higher", "outcome": "nps", "compare": {"group": "a"}, "matters": 10} | more
    return models.build({"hypotheses": [one]}, Hypotheses, "hypotheses.yaml").hypotheses


@pytest.fixture
def two_groups(tmp_path):
    """Forty of each group in two segments; in truth the segment does it all: half of a's people are in the happy one."""
    rows = []
    for number in range(160):
        happy = number % 2
        group = "a" if (number // 2) % 4 < (3 if happy else 1) else "b"
        score = (10 if number % 3 else 8) if happy else (2 if number % 3 else 7)
        rows.append(f"p{number},{group},{'happy' if happy else 'sad'},{score}\n")
    path = tmp_path / "answers.csv"
    path.write_text("who,group,segment,nps\n" + "".join(rows), encoding="utf-8")
    return wb.read(path, format="survey", person="who", segments=["group", "segment"], questions={"nps": "nps"})


def test_a_difference_that_is_all_mix_goes_away_when_like_is_compared_with_like(two_groups):
    crude = judge(two_groups, claim()).table.iloc[0]
    held = judge(two_groups, claim(adjust=["segment"])).table.iloc[0]
    assert crude["value"] > 40 and crude["verdict"] == "supported"
    assert abs(held["value"]) < 8


def test_the_direction_was_declared_and_the_other_way_is_a_contradiction(two_groups):
    assert judge(two_groups, claim(direction="lower")).table["verdict"].iloc[0] == "contradicted"


def test_p_values_of_one_family_are_corrected_together(two_groups):
    alone = judge(two_groups, claim(adjust=["segment"])).table["p corrected"].iloc[0]
    several = claim(adjust=["segment"]) + claim(id="second", adjust=["segment"]) + claim(id="third", adjust=["segment"])
    together = judge(two_groups, several).table["p corrected"].iloc[0]
    assert together == pytest.approx(min(1, 3 * alone))


def test_a_claim_about_nobody_is_a_fault(two_groups):
    with pytest.raises(wb.DataFault, match='no group called "c"'):
        judge(two_groups, claim(compare={"group": "c"}))
    with pytest.raises(wb.DataFault, match="ratio above 1"):
        claim(outcome="complaint", matters=0.8)


def test_there_are_four_areas_and_the_sample_uses_them_all(study):
    assert {one.area for one in study.solutions.solutions} == set(AREAS)


def test_what_is_late_is_said_and_names_are_checked():
    text = (
        "actions:\n  - {id: a, action: Train, kind: training, department: Billing, owner: Head of billing, "
        "start: 2025-01-01, due: 2025-02-01, measure: nps, step: first-bill}\n"
    )
    actions = built(text, Actions)
    found = plan(actions, date(2025, 3, 1), {"first-bill": "First bill"})
    assert found.table["status"].tolist() == ["late"] and "1 late on 2025-03-01" in found.sentence
    assert found.table["measure"].tolist() == ['NPS at "First bill"']
    assert [fault.column for fault in check(actions, ["x"], ["Digital"], ["first-bill"])] == ["a"]
    with pytest.raises(wb.DataFault, match="due on or after start"):
        built(text.replace("due: 2025-02-01", "due: 2024-02-01"), Actions)
