"""A map drafted from a log: the order and the stages that people's contacts show, saved as a draft."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from scipy.stats import kendalltau

import workbench as wb
from workbench import models
from workbench.steps.map import JourneyMap

MAP = JourneyMap()


def log(folder, rows):
    table = pd.DataFrame(rows, columns=["who", "what", "at"])
    table["at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(table["at"], unit="h")
    table.to_csv(folder / "log.csv", index=False)
    return wb.read(folder / "log.csv", format="events", person="who", activity="what", time="at", timezone="UTC")


def test_the_sample_studys_map_taken_away_comes_back_in_its_order(study):
    true = [step.id for step in study.map.steps]
    draft = MAP.propose(replace(study.journey, step_order=(), step_names=None))
    mine = [true.index(step.id) for step in draft.steps if step.id in true]
    assert len(mine) == len(true) and kendalltau(mine, range(len(mine))).statistic >= 0.8
    assert all(stage.name.endswith("(draft)") for stage in draft.stages) and len(draft.stages) > 1
    first = draft.step("moves-in")
    assert first.channels == ["home"] and first.lanes["as logged"].startswith("4,000 people, 100 %")


def test_it_is_saved_as_a_map_and_the_log_bound_to_its_steps(loaded):
    study = wb.open_study(loaded)
    draft = study.map.propose(study.journey)
    study.save("map", draft)
    assert [step.id for step in study.map.steps] == [step.id for step in draft.steps]
    assert study.map.finding().table["as logged"].str.contains("people").all()


def test_stages_are_runs_within_which_people_move(tmp_path):
    rows = []
    for person in range(60):
        path = ["a", "b", "a", "b", "a", "b", "c", "x", "y", "x", "y", "x", "y"] if person % 2 else ["a", "b", "x", "y"]
        rows += [(f"p{person}", step, hour) for hour, step in enumerate(path)]
    draft = MAP.propose(log(tmp_path, rows))
    assert [step.id for step in draft.steps] == ["a", "b", "c", "x", "y"]
    stages = [[step.id for step in stage.steps] for stage in draft.stages]
    assert len(stages) == 2 and stages[0][:2] == ["a", "b"] and stages[1][-2:] == ["x", "y"]


def test_names_are_tidied_ids_made_and_the_way_back_told(tmp_path):
    names = ["MOVE_IN_REGISTERED", "Ärger & Rückruf", "move in registered", "申請", "pay-bill"]
    rows = [(f"p{person}", name, hour) for person in range(20) for hour, name in enumerate(names)]
    draft = MAP.propose(log(tmp_path, rows))
    ids = [step.id for step in draft.steps]
    assert ids == ["move-in-registered", "arger-ruckruf", "move-in-registered-2", "step-4", "pay-bill"]
    assert draft.step("move-in-registered").name == "Move in registered" and draft.step("pay-bill").name == "Pay bill"
    assert draft.activities["申請"] == "step-4" and '"申請": step-4' in draft.binding()
    assert "pay-bill" not in draft.binding()


def test_rare_steps_are_left_out_and_said(tmp_path):
    rows = [(f"p{person}", step, hour) for person in range(100) for hour, step in enumerate(["a", "b"])]
    rows += [("p1", "rare", 9)]
    draft = MAP.propose(log(tmp_path, rows))
    assert [step.id for step in draft.steps] == ["a", "b"]
    assert "1 rarer step is left out" in draft.draft.sentence and "fewer than 2 %" in draft.draft.method


def test_ten_thousand_activities_make_a_map_of_thirty(tmp_path):
    rows = [
        (f"p{person}", f"activity {(person * 7 + hour * 13) % 10_000}", hour)
        for person in range(2_000)
        for hour in range(10)
    ]
    rows += [(f"p{person}", f"step {hour}", 20 + hour) for person in range(2_000) for hour in range(40)]
    draft = MAP.propose(log(tmp_path, rows))
    assert len(draft.steps) == 30 and "steps are left out" in draft.draft.sentence.replace("rarer ", "")
    numbers = [int(step.id.split("-")[1]) for step in draft.steps]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("people", [1, 50])
def test_one_activity_and_one_person(tmp_path, people):
    draft = MAP.propose(log(tmp_path, [(f"p{person}", "Pays", person) for person in range(people)]))
    assert [step.id for step in draft.steps] == ["pays"] and len(draft.stages) == 1


def test_no_moves_and_strange_shares_are_refused(water, tmp_path):
    with pytest.raises(wb.DataFault, match="contact log"):
        MAP.propose(water)
    with pytest.raises(wb.DataFault, match="share"):
        MAP.propose(log(tmp_path, [("p", "a", 1)]), least=2)


def test_the_same_draft_whatever_people_are_called(tmp_path):
    paths = [["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"]]
    drafts = []
    for letter in "xy":
        rows = [
            (f"{letter}{31 * person % 47}", step, hour)
            for person in range(45)
            for hour, step in enumerate(paths[person % 3])
        ]
        drafts.append(MAP.propose(log(tmp_path, rows)).model_dump())
    assert drafts[0] == drafts[1]


def test_a_study_without_a_map_shows_a_draft_where_its_map_would_be(loaded):
    for part in ("map", "scope", "hypotheses", "solutions", "actions"):
        (loaded / f"{part}.yaml").unlink(missing_ok=True)
    study = wb.open_study(loaded)
    (found,) = study.findings("map")
    assert found.name == "map_proposal" and "10 steps" in found.sentence
    assert {one.name for one in study.findings("explore")} >= {"flow", "transitions", "precedes", "unanswered"}


def test_how_many_a_few_people_are_is_not_told(tmp_path):
    few = MAP.propose(log(tmp_path, [(f"p{person}", step, person) for person in range(3) for step in ("a", "b")]))
    told = [*(step.lanes["as logged"] for step in few.steps), few.draft.sentence, few.draft.base]
    assert all("fewer than 10 people" in one for one in told) and "3" not in "".join(told)
    assert "met them in this order" not in few.draft.method
    alone = MAP.propose(log(tmp_path, [(f"p{person}", f"step {person}", person) for person in range(40)]))
    assert [step.lanes["as logged"].split(";")[0] for step in alone.steps] == ["fewer than 10 people"]


def test_ids_that_yaml_takes_for_something_else_are_bound_as_words(tmp_path):
    names = ["Yes", "On!", "0x1F", "2025-01-01 ", "Null?", "1e3 "]
    rows = [(f"p{person}", name, hour) for person in range(20) for hour, name in enumerate(names)]
    draft = MAP.propose(log(tmp_path, rows))
    bound = models.parse(draft.binding(), "study.yaml")["steps"]
    assert bound == {name: step for name, step in draft.activities.items() if name != step}
    kept = models.dump(draft.model_dump(mode="json", by_alias=True, exclude_unset=True), "")
    saved = models.build(models.parse(kept, "map.yaml"), JourneyMap, "map.yaml")
    assert [step.id for step in saved.steps] == [step.id for step in draft.steps]
