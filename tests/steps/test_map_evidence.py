"""The evidence on the map: figures with their trend, grades with their reason, reactive points, quotes, two groups beside."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.engine import rows as fetched
from workbench.steps.map import JourneyMap, Loop, Promise, Stage, Step
from workbench.steps.measure import at_steps, evidence, grades, map_comparison, quotes_at_steps, reactive
from workbench.steps.measure.grades import Seen


def csv(tmp_path, name, lines):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def drawn(*steps: Step, loops=()) -> JourneyMap:
    return JourneyMap(stages=[Stage(name="All", steps=list(steps))], loops=list(loops))


def waves(tmp_path, first, last, minimum=10, both=False):
    """Emotion from 1 to 5 at one step in two waves; `both`: the same people in both."""
    lines = ["id,wave,felt,region"]
    for wave, values in (("2025-03", first), ("2025-11", last)):
        lines += [f"p{at if both else wave + str(at)},{wave},{one},{'NS'[at % 2]}" for at, one in enumerate(values)]
    asked = {"felt": {"measure": "emotion", "scale": [1, 5], "step": "bill"}}
    path = csv(tmp_path, "waves.csv", lines)
    return wb.read(path, format="survey", person="id", wave="wave", segments=["region"], questions=asked)


BILL = Step(id="bill", name="The bill", emotion=0)


# -- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [{}, {"segment": "tenant"}, {"wave": "2025-07"}, {"persona": "Called in time"}])
def test_the_map_says_of_every_score_what_its_measure_says(study, where):
    journey = study.journey.where(**where) if where else study.journey
    at = at_steps.at_steps(journey)
    asks = {"emotion": wb.emotion_curve, "nps": wb.nps, "csat": wb.csat, "ces": wb.ces}
    for measure in at_steps.SCORES:
        own = asks[measure](journey) if measure in asks else wb.emotion_curve(journey, of=measure)
        columns = ["step", "value", "low", "high", "n"]
        pd.testing.assert_frame_equal(at.table(measure)[columns], own.table[columns], check_dtype=False, rtol=1e-9)


def test_so_it_does_where_nobody_is_weighted_and_everybody_answered_once(water):
    at = at_steps.at_steps(water)
    for measure, own in (("nps", wb.nps(water)), ("csat", wb.csat(water))):
        columns = ["value", "low", "high", "n"]
        assert at.table(measure)[columns].to_numpy() == pytest.approx(own.table[columns].to_numpy(), rel=1e-9)


def test_a_trend_is_the_last_wave_less_the_first(tmp_path):
    first, last = [1, 2, 3, 2] * 10, [3, 4, 5, 4] * 10
    view = evidence.view(waves(tmp_path, first, last), drawn(BILL), "", "", [])
    trend = view["steps"]["bill"]["emotion"]["trend"]
    spread = np.var([50 * one for one in first]) * 2 / 40  # of the mean of each wave, twice
    half = (trend["high"] - trend["low"]) / 2
    assert trend["value"] == pytest.approx(100) and half == pytest.approx(1.99 * np.sqrt(spread), rel=0.02)
    assert trend["words"].startswith("up 100 (+") and trend["words"].endswith("since 2025-03") and trend["beyond"]
    calm = evidence.view(waves(tmp_path, first, first), drawn(BILL), "", "", [])["steps"]["bill"]["emotion"]["trend"]
    assert (calm["way"], calm["beyond"]) == ("steady", False) and calm["words"].startswith("no change beyond chance")


def test_people_of_both_waves_are_counted_once_in_the_error(tmp_path):
    first, last = [1, 2, 3, 2] * 10, [2, 3, 4, 3] * 10
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    panel = at_steps.at_steps(waves(tmp_path / "a", first, last, both=True)).difference(
        "emotion", "bill", "2025-11", "2025-03"
    )
    crowd = at_steps.at_steps(waves(tmp_path / "b", first, last)).difference("emotion", "bill", "2025-11", "2025-03")
    assert panel.value == pytest.approx(50) == pytest.approx(crowd.value)
    assert panel.se == pytest.approx(0, abs=1e-9) and crowd.se > 4  # everybody moved by one: nothing is left to chance


def test_no_trend_is_told_where_a_wave_is_of_a_few(tmp_path):
    view = evidence.view(waves(tmp_path, [1, 2, 3] * 10, [4] * 6), drawn(BILL), "", "", [])
    assert "trend" not in view["steps"]["bill"]["emotion"]


def test_one_wave_alone_has_no_trend_and_no_complaints_that_carry_none(study):
    cells = study.map_view({"wave": "2025-03"})["steps"]
    assert all("trend" not in (cell["nps"] or {}) and cell["complaints"] is None for cell in cells.values())
    assert all(cell["complaints"] is not None for cell in study.map_view({"segment": "owner"})["steps"].values())


def test_trust_is_assumed_measured_and_may_surprise(study):
    bill = study.map_view()["steps"]["first-bill"]
    found = study.surprises("trust").table.set_index("step")
    assert bill["assumed_trust"] == -10 and bill["trust"]["value"] < -40
    assert bill["surprise_trust"]["value"] == pytest.approx(found.loc["first-bill", "value"])


def test_a_score_asked_on_two_scales_at_one_step_is_left_out_and_said(tmp_path):
    one = csv(tmp_path, "one.csv", ["id,a,f", *(f"p{at},{1 + at % 5},{1 + at % 5}" for at in range(20))])
    two = csv(tmp_path, "two.csv", ["id,a", *(f"q{at},{1 + at % 10}" for at in range(20))])
    asked = {"measure": "emotion", "step": "bill"}
    first = wb.read(one, format="survey", person="id", questions={"a": asked | {"scale": [1, 5]}, "f": {"measure": "trust", "scale": [1, 5], "step": "bill"}})  # fmt: skip # noqa: E501
    journey = first.join(wb.read(two, format="survey", person="id", questions={"a": asked | {"scale": [1, 10]}}))
    view = evidence.view(journey, drawn(BILL), "", "", [])
    assert view["steps"]["bill"]["emotion"] is None and view["steps"]["bill"]["trust"]["n"] == 20
    assert 'emotion at "bill" on 2 scales' in view["rules"]["left out"]


# -- grades -----------------------------------------------------------------------------------------------------------


def figure(value, half, n=402):
    return {"value": value, "low": value - half, "high": value + half, "n": n}


@pytest.mark.parametrize(
    ("seen", "grade", "words"),
    [
        (Seen(figure(-62, 8), None, None, {"value": 50, "complaints": 61}, 0, None, None), "corroborated",
         "402 answers say emotion −62 ± 8, and 61 complaints agree"),
        (Seen(figure(-62, 8), None, None, {"value": 5, "complaints": 9}, 5, -1.0, None), "corroborated",
         "402 answers say emotion −62 ± 8, and the words of 5 people agree"),
        (Seen(figure(-62, 8), None, None, None, 5, 1.0, None), "measured", "the words of 5 people were judged otherwise"),
        (Seen(figure(40, 8), None, None, {"value": 50, "complaints": 61}, 0, None, None), "measured",
         "the judged words of 3 people that say the same are missing"),
        (Seen(figure(3, 8), None, None, None, 0, None, None), "measured", "neither good nor bad beyond chance"),
        (Seen(figure(10, 35, 12), None, None, None, 4, 1.0, None), "anecdotal", "12 answers say emotion +10 ± 35, too wide"),
        (Seen(None, figure(-30, 9), None, None, 0, None, None), "measured", "402 answers say NPS −30 ± 9"),
        (Seen(None, None, None, {"value": 9, "complaints": 4}, 0, None, None), "anecdotal", "4 complaints; nobody was asked"),
        (Seen(None, None, None, None, 2, -1.0, None), "anecdotal", "the words of fewer than 3 people"),
        (Seen({"hidden": True}, None, None, None, 0, None, None), "assumed", "too few answers to be shown"),
        (Seen(None, None, None, None, 0, None, None), "assumed", "nobody was asked"),
        (Seen(None, None, None, None, 0, None, None, figure(-40, 5)), "measured", "trust −40 ± 5"),
        (Seen(None, None, None, {"value": 9, "complaints": 12}, 0, None, None, None,
              {"value": 2, "low": 1.8, "high": 2.2, "n": 90, "range": [1, 7], "reversed": False}),
         "corroborated", "90 answers say ease 2.0 ± 0.2, and 12 complaints agree"),
    ],
)  # fmt: skip
def test_a_grade_says_why_it_is_that_one_and_what_is_missing_to_the_next(seen, grade, words):
    assert (seen.grade, seen.reason.split(":")[0]) == (grade, grade)
    assert words in seen.reason


def test_more_evidence_that_agrees_never_lowers_a_grade():
    """Every way to add a figure, complaints or words on the same side, or one too close to call, to what is known."""
    bad, calm, wide = figure(-30, 9), figure(-4, 9), figure(-30, 40)
    fields = {
        "emotion": (bad, calm, wide), "nps": (bad, calm, wide), "trust": (bad, calm, wide),
        "complaints": ({"value": 50, "complaints": 4}, {"value": 50, "complaints": 61}),
    }  # fmt: skip
    blank = {
        "emotion": None,
        "nps": None,
        "satisfied": None,
        "complaints": None,
        "quoted": 0,
        "tone": None,
        "surprise": None,
    }
    for chosen in product(*[(None, *those) for those in fields.values()]):
        known = blank | dict(zip(fields, chosen, strict=True))
        before = grades.GRADES.index(Seen(**known).grade)
        more = [{field: one} for field, those in fields.items() if known[field] is None for one in those]
        for one in [*more, {"quoted": 5, "tone": -1.5}, {"quoted": 1}]:
            assert grades.GRADES.index(Seen(**(known | one)).grade) >= before, (known, one)


def test_sources_that_contradict_each_other_are_told():
    both = Seen(figure(40, 8), figure(-30, 9), None, {"value": 50, "complaints": 61}, 0, None, None)
    assert both.grade == "measured" and "but 402 answers say NPS −30 ± 9" in both.reason
    otherwise = Seen(figure(-30, 9), None, None, {"value": 50, "complaints": 61}, 5, 1.0, None)
    assert (
        otherwise.grade == "corroborated" and "though the words of 5 people were judged otherwise" in otherwise.reason
    )


def test_one_who_talks_much_is_one_person(study):
    """The words of people count once each, and of fewer than three who were judged not at all."""
    people, tone = quotes_at_steps.spoken(study.journey)
    table = fetched(
        study.journey.at_any_step().of_kind("quote").records.lazy.select("step", "person", "measure", "value")
    )
    judged = table[(table["measure"] == "quoted_emotion") & table["value"].notna() & (table["step"] == "first-bill")]
    assert tone["first-bill"] == pytest.approx(judged.groupby("person")["value"].mean().mean())
    assert people["first-bill"] == table.loc[table["step"] == "first-bill", "person"].nunique()
    assert quotes_at_steps.spoken(study.journey.where(source=["interview-1", "interview-2"]))[1] == {}


def test_cells_have_grades_of_their_own(study):
    cells = study.map_view()["steps"]["first-bill"]["cells"]
    assert {"emotion", "trust", "nps", "csat", "ces", "complaints", "thinking", "feeling"} == set(cells)
    assert cells["complaints"]["evidence"] == "measured" and cells["thinking"]["evidence"] == "anecdotal"
    assert all(one["reason"].startswith(one["evidence"]) for one in cells.values())
    assert set(grades.RULE.split()) >= {"measured", "corroborated", "anecdotal"}


# -- reactive points --------------------------------------------------------------------------------------------------


def contacts(tmp_path, made):
    """100 people go a, b, a or a, b, c: every fourth comes back to a. Then these complaints (step, how many)."""
    lines = ["id,what,at"]
    for at in range(100):
        way = ("a", "b", "a") if at % 4 == 0 else ("a", "b", "c")
        lines += [f"p{at},{step},2025-01-0{day + 1}" for day, step in enumerate(way)]
    log = wb.read(csv(tmp_path, "log.csv", lines), format="events", person="id", activity="what", time="at")
    told = [
        "nr,id,step,opened",
        *(f"{step}{nr},p{nr},{step},2025-02-01" for step, many in made.items() for nr in range(many)),
    ]
    bound = {"person": "id", "opened": "opened", "step": "step"}
    return log.join(wb.read(csv(tmp_path, "said.csv", told), format="complaints", **bound)) if made else log


def test_what_was_predicted_is_laid_beside_what_is_seen(tmp_path):
    acts = {"a": ["perform"], "b": ["request", "perform"], "c": []}
    steps = [Step(id=step, name=step.upper(), commitment=commitment) for step, commitment in acts.items()]
    cells = evidence.view(contacts(tmp_path, {"c": 30}), drawn(*steps), "", "", [])["steps"]
    assert cells["a"]["observed"]["verdict"] == "predicted and seen"  # a fourth comes back
    assert cells["b"]["observed"]["verdict"] == "predicted, not seen"
    assert cells["c"]["observed"]["verdict"] == "seen, not predicted"
    assert "back" in cells["a"]["observed"]["words"] and "complaints per 1,000" in cells["c"]["observed"]["words"]


def test_people_who_come_back_are_counted_once_and_staying_is_no_coming_back(tmp_path):
    found = reactive.returns(contacts(tmp_path, {})).set_index("step")
    assert found[["again", "n"]].to_dict("index") == {
        "a": {"again": 25, "n": 100}, "b": {"again": 0, "n": 100}, "c": {"again": 0, "n": 75},
    }  # fmt: skip
    assert found.loc["a", "value"] == 25 and 17 < found.loc["a", "low"] < 18  # Wilson of 25 in 100
    lines = ["id,what,at", *(f"p{at},a,2025-01-0{day}" for at in range(30) for day in (1, 2, 3))]
    stays = wb.read(csv(tmp_path, "stays.csv", lines), format="events", person="id", activity="what", time="at")
    assert reactive.returns(stays)["again"].tolist() == [0]


def test_a_prediction_that_nothing_measures_is_said_to_be_unmeasured(tmp_path):
    journey = waves(tmp_path, [1, 2] * 10, [1, 2] * 10)
    loop = Loop(name="Bill", perform="bill")
    cell = evidence.view(journey, drawn(BILL, loops=[loop]), "", "", [])["steps"]["bill"]
    assert cell["observed"]["verdict"] == "predicted, not measured" and cell["observed"]["predicted"]


def test_the_samples_bill_is_predicted_and_seen(study):
    bill = study.map_view()["steps"]["first-bill"]["observed"]
    assert bill["verdict"] == "predicted and seen"
    assert bill["complaints"]["low"] > bill["complaints"]["mean"] and bill["returns"]["beyond"]


# -- words ------------------------------------------------------------------------------------------------------------


def commented(tmp_path, comments, name="said.csv"):
    """Comments with an NPS at one step: (score, words)."""
    lines = ["id,score,said", *(f'p{at},{score},"{words}"' for at, (score, words) in enumerate(comments))]
    asked = {"score": {"measure": "nps", "step": "bill"}}
    texts = {"said": {"step": "bill"}}
    path = csv(tmp_path, name, lines)
    return wb.read(path, format="survey", person="id", text=["said"], questions=asked | texts)


def test_the_words_judged_worst_and_best_are_quoted_by_rule(study):
    said = quotes_at_steps.quotes(study.journey)
    assert set(said) >= {"first-bill", "asks-about-bill"}
    for step, two in said.items():
        assert [one["side"] for one in two] == ["worst", "best"][2 - len(two) :] or len(two) == 1, step
        assert all(40 <= len(one["words"]) <= 240 and "[" not in one["words"] for one in two)
    assert said["first-bill"][0]["judged"].startswith("judged −2")


def test_quotes_do_not_rest_on_pseudonyms(study, tmp_path, monkeypatch):
    """The study read by another researcher, with another key, quotes the same words."""
    import shutil

    from water_town import DERIVED, ROOT

    folder = tmp_path / "water-billing"
    shutil.copytree(ROOT / "data" / "water-billing", folder, ignore=DERIVED)
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "settings"))
    other = wb.open_study(folder)
    pseudonyms = [fetched(one.journey.people.lazy.select("person"))["person"].min() for one in (study, other)]
    assert pseudonyms[0] != pseudonyms[1]
    assert quotes_at_steps.quotes(other.journey) == quotes_at_steps.quotes(study.journey)
    assert quotes_at_steps.complaint_themes(other.journey) == quotes_at_steps.complaint_themes(study.journey)
    first, again = (one.hot_spots().table for one in (study, other))
    pd.testing.assert_frame_equal(first, again)


def test_words_of_too_few_people_are_not_quoted(study):
    """An interview of one person: nothing is quoted, though it was coded."""
    alone = study.journey.where(source="interview-1")
    assert quotes_at_steps.quotes(alone) == {}
    cell = evidence.view(alone, study.map, "", "", [])["steps"]["first-bill"]
    assert cell["quotes"] == [] and cell["evidence"] == "anecdotal"


def test_complaints_are_told_by_theme_and_small_ones_are_not(study):
    found = quotes_at_steps.complaint_themes(study.journey)
    assert [one["theme"] for one in found["first-bill"]][0] == "no warning"
    for those in found.values():
        assert len(those) <= 3 and all(study.journey.minimum_base <= one["n"] <= one["of"] for one in those)
        assert [one["n"] for one in those] == sorted((one["n"] for one in those), reverse=True)


def test_a_promise_stands_beside_what_was_delivered(study):
    step = Step(id="bill", name="B", promise=Promise(words="No surprises", where="letter", by="Billing", delivered="a bill for 14 months", kept="broken"))  # fmt: skip # noqa: E501
    told = evidence.view(study.journey, drawn(step), "", "", [])["steps"]["bill"]["promise"]
    assert told["gap"] == "broken: a bill for 14 months" and (told["where"], told["by"]) == ("letter", "Billing")
    assert evidence.gap(Promise(words="x", kept="kept")) == "kept"
    assert "not written down" in evidence.gap(Promise(words="x", kept="late"))
    assert evidence.gap(Promise(words="x")) == "not judged"


# -- studies that know little -----------------------------------------------------------------------------------------


def test_a_study_of_answers_alone_of_complaints_alone_and_of_interviews_alone(tmp_path, study):
    answers = evidence.view(waves(tmp_path, [1, 2] * 10, [1, 2] * 10), drawn(BILL), "", "", [])["steps"]["bill"]
    assert answers["emotion"]["n"] == 40 and answers["complaints"] is None and answers["quotes"] == []
    alone = contacts(tmp_path, {"c": 30}).of_kind("complaint")
    cell = evidence.view(alone, drawn(Step(id="c", name="C")), "", "", [])["steps"]["c"]
    assert cell["evidence"] == "anecdotal" and "30 complaints" in cell["reason"] and cell["nps"] is None
    spoken = evidence.view(study.journey.of_kind("quote"), study.map, "", "", [])["steps"]["first-bill"]
    assert spoken["evidence"] == "anecdotal" and spoken["quotes"] and "the words of 8 people" in spoken["reason"]


# -- two groups -------------------------------------------------------------------------------------------------------


def test_two_groups_differ_as_the_hand_works_it_out(tmp_path):
    lines = ["id,region,felt,score"]
    lines += [f"n{at},North,{(4, 5)[at % 2]},{(9, 7)[at % 2]}" for at in range(40)]
    lines += [f"s{at},South,{(1, 2)[at % 2]},{(9, 3)[at % 2]}" for at in range(40)]
    asked = {
        "felt": {"measure": "emotion", "scale": [1, 5], "step": "bill"},
        "score": {"measure": "nps", "step": "bill"},
    }
    journey = wb.read(csv(tmp_path, "a.csv", lines), format="survey", person="id", segments=["region"], questions=asked)
    found = map_comparison.compared(journey, drawn(BILL), {"region": "North"}, {"region": "South"})
    cell = found["steps"]["bill"]["measures"]
    assert cell["emotion"]["difference"]["value"] == pytest.approx(150)  # 4.5 less 1.5, of a range of 4
    assert cell["nps"]["difference"]["value"] == pytest.approx(50)  # 50 less 0
    error = np.sqrt(50**2 / 40 + 100**2 / 40)
    assert cell["nps"]["difference"]["high"] - 50 == pytest.approx(1.99 * error, rel=0.02)
    assert cell["emotion"]["difference"]["beyond"] and found["a"]["words"] == "region North"
    other = map_comparison.compared(journey, drawn(BILL), {"region": "South"}, {"region": "North"})
    assert other["steps"]["bill"]["measures"]["nps"]["difference"]["value"] == pytest.approx(-50)


def test_a_comparison_finds_what_was_planted_and_only_there(study):
    found = study.map_compare({"called_first": "yes"}, {"called_first": "no"})["steps"]
    assert found["first-bill"]["measures"]["nps"]["difference"]["value"] == pytest.approx(34, abs=12)
    assert found["first-bill"]["measures"]["nps"]["difference"]["beyond"]
    assert found["first-bill"]["measures"]["complaints"]["difference"]["beyond"]
    calm = found["moves-in"]["measures"]
    assert not any(one["difference"]["beyond"] for measure, one in calm.items() if measure != "complaints")
    assert calm["complaints"]["difference"] is None  # whether a few who were met here were called is not known
    waves_of = study.map_compare({"wave": "2025-11"}, {"wave": "2025-03"})["steps"]
    assert not any(one["difference"]["beyond"] for cell in waves_of.values() for one in cell["measures"].values())
    assert not any("complaints" in cell["measures"] for cell in waves_of.values())  # they carry no wave


@pytest.mark.parametrize(
    ("where", "beside", "words"),
    [
        (
            {"persona": "Called in time"},
            {"segment": "owner"},
            "people who are in both Called in time and segment owner",
        ),
        ({"wave": "2025-11"}, {"persona": "Settled family"}, "people who are in both"),
        ({"segment": "owner"}, {"segment": "owner"}, "segment owner twice"),
        ({"segment": "owner"}, {"segment": ["owner", "tenant"]}, "people who are in both"),
        ({}, {"segment": "owner"}, "no group"),
        ({"segment": "owner"}, {"segment": "tennant"}, 'no segment called "tennant"'),
    ],
)
def test_groups_that_overlap_or_are_none_are_refused_in_words(study, where, beside, words):
    with pytest.raises(wb.DataFault, match=words):
        study.map_compare(where, beside)


def test_where_one_side_is_of_a_few_neither_is_told(tmp_path):
    lines = ["id,region,felt", *(f"p{at},{'South' if at < 6 else 'North'},{1 + at % 5}" for at in range(60))]
    asked = {"felt": {"measure": "emotion", "scale": [1, 5], "step": "bill"}}
    journey = wb.read(csv(tmp_path, "a.csv", lines), format="survey", person="id", segments=["region"], questions=asked)
    found = map_comparison.comparison(journey, drawn(BILL), {"region": "North"}, {"region": "South"})
    one = found.picture["view"]["steps"]["bill"]["measures"]["emotion"]
    assert one == {"a": {"hidden": True}, "b": {"hidden": True}, "difference": None}
    assert "enough answers" in found.sentence and "fewer than 10 people of region South" in found.base


def test_a_comparison_is_a_finding_with_its_picture_and_table(study):
    from workbench import figures

    found = study.map_comparison({"segment": "owner"}, {"segment": "tenant"})
    bundle = figures.bundle(found)
    assert "differ beyond chance in" in found.sentence and "1,822 people of segment owner" in found.base
    assert {"step", "measure", "value", "p corrected", "segment owner"} <= set(found.table.columns)
    assert "<table" in bundle["html"] and "First bill arrives: emotion" in bundle["alt"]
    assert "Holm" in found.method and "no effect" in found.method
