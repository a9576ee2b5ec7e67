"""Hot spots proposed by rule: worked out by hand in small studies, recovered in the sample, and honest where little is known."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from water_town import ROOT

import workbench as wb
from workbench import models
from workbench.engine import rows
from workbench.steps.map import JourneyMap, Stage, Step
from workbench.steps.measure import evidence
from workbench.steps.measure.step_importance import step_importance

STEPS = ("hears", "pays", "asks")


def drawn(**spots: str) -> JourneyMap:
    steps = [Step(id=step, name=step.capitalize(), hot_spot=spots.get(step, "")) for step in STEPS]
    return JourneyMap(stages=[Stage(name="All", steps=steps)])


def survey(tmp_path, rows, questions):
    """Answers, one row a person: the columns of `questions` in order."""
    path = tmp_path / "answers.csv"
    lines = [",".join(["id", *questions])]
    lines += [",".join([f"p{at}", *("" if one is None else str(one) for one in row)]) for at, row in enumerate(rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return wb.read(path, format="survey", person="id", questions=questions)


def scores(tmp_path, people=60, pays=2):
    """NPS: everybody promotes at "hears" but one in three, nobody at "pays", half and half at "asks"."""
    asked = {step: {"measure": "nps", "step": step} for step in STEPS}
    answers = [(10 if at % 3 else 5, pays + at % 3, 9 if at % 2 else 3) for at in range(people)]
    return survey(tmp_path, answers, asked)


def complaints(tmp_path, made):
    """A contact log of 100 people who pass every step, and these complaints: (step, how many)."""
    log = ["id,what,at", *(f"p{at},{step},2025-01-0{day + 1}" for at in range(100) for day, step in enumerate(STEPS))]
    (tmp_path / "log.csv").write_text("\n".join(log) + "\n", encoding="utf-8")
    told = ["nr,id,step,opened"]
    told += [f"{step}{nr},p{nr},{step},2025-02-01" for step, many in made.items() for nr in range(many)]
    (tmp_path / "complaints.csv").write_text("\n".join(told) + "\n", encoding="utf-8")
    contacts = wb.read(tmp_path / "log.csv", format="events", person="id", activity="what", time="at")
    bound = {"person": "id", "opened": "opened", "step": "step"}
    return contacts.join(wb.read(tmp_path / "complaints.csv", format="complaints", **bound))


def test_the_priority_is_worked_out_as_it_is_told(tmp_path):
    found = evidence.hot_spots(scores(tmp_path), drawn(pays="pain"))
    table = found.table.set_index("step")
    value = {"hears": 100 / 3, "pays": -100.0, "asks": 0.0}
    assert table["value"].to_dict() == pytest.approx(value)
    mean = sum(value.values()) / 3
    gaps = {step: one - mean for step, one in value.items()}
    largest = max(map(abs, gaps.values()))
    assert table["priority"].to_dict() == pytest.approx({step: 100 * abs(gap) / largest for step, gap in gaps.items()})
    assert table["reach %"].tolist() == [100, 100, 100]
    assert table["found"].to_dict() == {"hears": "gain", "pays": "pain", "asks": ""}
    assert table["agreement"].to_dict() == {"hears": "data alone", "pays": "team and data", "asks": ""}
    assert table.loc["asks", "proposed"] == "" and table.loc["asks", "why"] == ""
    assert "put right" in table.loc["pays", "why"] and "78 under the mean of the steps" in table.loc["pays", "why"]
    assert 'put right "pays"; delight at "hears"' in found.sentence and 'did not mark "hears"' in found.sentence
    for missing in ("complaints (none at the steps)", "importance (no outcome of the whole journey was asked)"):
        assert missing in found.method


def test_complaints_alone_propose_where_they_lie_above_the_mean(tmp_path):
    found = evidence.hot_spots(complaints(tmp_path, {"pays": 40, "asks": 4}), drawn())
    table = found.table.set_index("step")
    assert table["value"].to_dict() == pytest.approx({"hears": 0, "pays": 400, "asks": 40})
    assert table["found"].to_dict() == {"hears": "", "pays": "pain", "asks": ""}
    assert table.loc["pays", "proposed"] == "pain" and table.loc["pays", "priority"] == pytest.approx(100)
    assert "performance (no score was asked at two steps or more)" in found.method
    assert "mean of the steps 147" in table.loc["pays", "why"]


def test_the_weights_are_the_analysts(tmp_path):
    half = [(10 if at % 3 else 5, at % 3, (9 if at % 2 else 3) if at < 30 else None) for at in range(60)]
    journey = survey(tmp_path, half, {step: {"measure": "nps", "step": step} for step in STEPS})
    even = evidence.hot_spots(journey, drawn()).table.set_index("step")
    no_reach = evidence.hot_spots(journey, drawn(), weights={"reach": 0}).table.set_index("step")
    twice = evidence.hot_spots(journey, drawn(), weights={"reach": 2}).table.set_index("step")
    assert even.loc["asks", "reach %"] == 50
    assert even.loc["asks", "priority"] == pytest.approx(no_reach.loc["asks", "priority"] / 2)
    assert twice.loc["asks", "priority"] == pytest.approx(no_reach.loc["asks", "priority"] / 4)
    assert even.loc["pays", "priority"] == pytest.approx(no_reach.loc["pays", "priority"])
    for wrong in ({"rach": 1}, {"reach": -1}, {"performance": 0, "complaints": 0}):
        with pytest.raises(wb.DataFault):
            evidence.hot_spots(journey, drawn(), weights=wrong)


def test_two_steps_as_bad_as_each_other_share_the_place_that_a_clear_one_holds_alone(tmp_path):
    asked = {step: {"measure": "nps", "step": step} for step in STEPS}
    rows = [(9 + at % 2, 0 if at % 2 else 10, 10 if at % 2 else 0) for at in range(40)]
    found = evidence.hot_spots(survey(tmp_path, rows, asked), drawn(), most=1, draws=4000)
    table = found.table.set_index("step")
    assert table["in the first %"].sum() == pytest.approx(100)
    assert table.loc["hears", "in the first %"] > table.loc["pays", "in the first %"]
    clear = evidence.hot_spots(scores(tmp_path), drawn(), most=1).table.set_index("step")
    assert clear.loc["pays", "in the first %"] > 95


def test_the_same_seed_draws_the_same_and_another_nearly(study):
    first, again = (evidence.hot_spots(study.journey, study.map, seed=5).table for _ in range(2))
    other = evidence.hot_spots(study.journey, study.map, seed=6).table
    assert first.equals(again)
    assert (first["in the first %"] - other["in the first %"]).abs().max() < 4


@pytest.mark.parametrize("seed", [1, 7, 20251122])
def test_the_planted_hot_spots_stand_out_whatever_the_seed(study, seed):
    planted = models.parse((ROOT / "data" / "water-billing" / "truth.yaml").read_text(encoding="utf-8"), "truth.yaml")
    table = evidence.hot_spots(study.journey, study.map, seed=seed).table.set_index("step")
    for side in ("pain", "gain"):
        for step in planted["hot_spots"][side]:
            assert table.loc[step, "proposed"] == side and table.loc[step, "in the first %"] > 90
    assert (table["proposed"] != "").sum() <= 4
    assert set(table.loc[table["proposed"] == "pain"].index) == set(planted["hot_spots"]["pain"])


def test_importance_is_the_slope_of_the_outcome_on_the_rating(tmp_path):
    """Overall satisfaction follows "pays" step by step and knows nothing of "asks"."""
    questions = {"all": {"measure": "csat", "scale": [1, 5]}}
    questions |= {step: {"measure": "emotion", "scale": [1, 5], "step": step} for step in ("pays", "asks")}
    rows = [(1 + at % 5, 1 + at % 5, 1 + (at // 5) % 5) for at in range(100)]
    found = step_importance(survey(tmp_path, rows, questions), ("pays", "asks"), 10)
    assert found.value.tolist() == pytest.approx([math.sqrt(2), 0], abs=1e-9)
    assert found.se.tolist() == pytest.approx([0, math.sqrt(2 / 98)], abs=1e-6)
    assert (found.outcome, found.rating, found.n.tolist()) == ("csat", "emotion", [100, 100])


def test_an_importance_that_few_gave_is_not_known(tmp_path):
    questions = {"all": {"measure": "nps"}}
    questions |= {step: {"measure": "csat", "scale": [1, 5], "step": step} for step in ("pays", "asks")}
    rows = [(2 * (at % 5), 1 + at % 5, 1 + at % 5 if at < 6 else None) for at in range(50)]
    found = step_importance(survey(tmp_path, rows, questions), ("pays", "asks"), 10)
    assert found.value[0] > 0 and math.isnan(found.value[1]) and "not known at asks" in found.why


def test_steps_of_too_few_take_no_part(tmp_path):
    rows = [(10 if at % 3 else 5, 8 if at % 2 else 10, 0 if at < 6 else None) for at in range(40)]
    journey = survey(tmp_path, rows, {step: {"measure": "nps", "step": step} for step in STEPS})
    found = evidence.hot_spots(journey, drawn())
    assert "asks" not in found.table["step"].tolist()  # six answers, and the smallest of the others is their complement
    assert "asks" not in found.sentence


def test_nothing_asked_at_the_steps_is_said(tmp_path):
    journey = survey(tmp_path, [(at % 11,) for at in range(30)], {"all": {"measure": "nps"}})
    found = evidence.hot_spots(journey, drawn(pays="pain"))
    assert found.table.empty and "whole journey alone" in found.sentence and "marked 1" in found.sentence
    assert found.plot() is not None


def test_a_study_hands_its_hot_spots_to_exports(study):
    assert {"step", "declared", "found", "proposed", "why"} <= set(study.hot_spots().to_frame().columns)
    fewer = study.hot_spots(most=2).table
    assert (fewer["proposed"] != "").sum() <= 2


def test_of_no_more_steps_than_places_none_is_said_to_be_among_the_first(tmp_path):
    found = evidence.hot_spots(scores(tmp_path), drawn(pays="pain"))
    assert "among the first" not in found.sentence + "".join(found.table["why"])
    assert "with 3 steps each is among the first 4" in found.method
    assert "among the first 1 in" in evidence.hot_spots(scores(tmp_path), drawn(), most=1).sentence


def test_a_part_of_weight_nothing_has_no_say(tmp_path):
    """The score left out, complaints decide alone; a part left out is in no sentence."""
    both = complaints(tmp_path, {"asks": 40, "pays": 2}).join(scores(tmp_path))
    found = evidence.hot_spots(both, drawn(), weights={"performance": 0}).table.set_index("step")
    assert found["proposed"].to_dict() == {"asks": "pain", "hears": "", "pays": ""}  # "asks" scores better than most
    calm = evidence.hot_spots(both, drawn(), weights={"complaints": 0, "reach": 0}).table.set_index("step")
    assert "NPS" in calm.loc["pays", "why"]
    assert "complaints" not in calm.loc["pays", "why"] and "people pass it" not in calm.loc["pays", "why"]
    for journey, nothing in (
        (scores(tmp_path), {"performance": 0}),
        (complaints(tmp_path, {"pays": 9}), {"complaints": 0}),
    ):
        with pytest.raises(wb.DataFault, match="0 for all that was measured"):
            evidence.hot_spots(journey, drawn(), weights=nothing)


@pytest.mark.parametrize(
    "wrong",
    [{"most": 2.5}, {"most": 0}, {"most": True}, {"most": "3"}, {"draws": 0}, {"weights": [1]}, {"weights": {"reach": True}}],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_words(tmp_path, wrong):
    with pytest.raises(wb.DataFault):
        evidence.hot_spots(scores(tmp_path), drawn(), **wrong)


def test_every_figure_of_a_proposal_has_its_base_and_interval(study):
    told = study.hot_spots().table.set_index("step").loc["first-bill", "why"]
    for words in (r"NPS −\d+ \(−\d+ to −\d+; [\d,]+ answers\)", r"complaints per 1,000 \(\d+ to \d+; mean",
                  r"% of [\d,]+ people pass it", r"moves by [\d.]+ ± [\d.]+ with it \([\d,]+ gave both\)"):  # fmt: skip
        assert re.search(words, told), (words, told)


def test_importance_by_brute_force(study):
    """Slope of the overall score on the step's standardised rating, weighted, response by response."""
    from workbench.cases import Question, cases, named

    journey, steps = study.journey, ["first-bill", "asks-about-bill"]
    found = step_importance(journey, steps, 10)
    asked = [Question(found.outcome, None), *(Question(found.rating, step) for step in steps)]
    names = [named(journey, one) for one in asked]
    side = cases(journey, dict(zip(names, asked, strict=True)))
    table = rows(side.table)
    for place, name in enumerate(names[1:]):
        both = table[table[[names[0], name]].notna().all(axis=1)]
        x, w = both[name].to_numpy(float), both["weight"].to_numpy(float)
        y = both[names[0]].to_numpy(float)
        y = np.where(y >= 9, 100.0, np.where(y <= 6, -100.0, 0.0)) if found.outcome == "nps" else y
        spread = np.sqrt(np.average((x - np.average(x, weights=w)) ** 2, weights=w))
        slope = np.polyfit(x, y, 1, w=np.sqrt(w))[0]
        assert found.value[place] == pytest.approx(max(0.0, slope * spread), rel=1e-6) and found.n[place] == len(both)
