"""The workbench recovers what was planted in the sample study: effects, hot spots, a belief, a confounder, a null."""

from __future__ import annotations

import pytest
from water_town import ROOT

import workbench as wb
from workbench import models
from workbench.steps.measure import evidence


@pytest.fixture(scope="module")
def truth() -> dict:
    text = (ROOT / "data" / "water-billing" / "truth.yaml").read_text(encoding="utf-8")
    return models.parse(text, "truth.yaml")


@pytest.fixture(scope="module")
def judged(study):
    return study.judge().table.set_index("id")


@pytest.mark.parametrize(
    "hypothesis",
    ["called-first", "called-first-complaints", "plan-on-web", "north-south", "north-south-crude", "leaflet"],
)
def test_every_planted_effect_is_found_within_its_tolerance(truth, judged, hypothesis):
    one = truth["hypotheses"][hypothesis]
    assert judged.loc[hypothesis, "value"] == pytest.approx(one["design"], abs=one["tolerance"])
    assert judged.loc[hypothesis, "verdict"] == one["verdict"]


def test_a_call_before_the_bill_is_worth_a_recommendation_and_halves_complaints(judged):
    assert judged.loc["called-first", "verdict"] == "supported"
    assert judged.loc["called-first-complaints", "high"] < 1


def test_what_the_team_believes_and_the_data_contradict_is_said_so(judged):
    assert judged.loc["plan-on-web", "verdict"] == "contradicted"
    assert judged.loc["plan-on-web", "believed"]


def test_north_and_south_differ_only_until_they_are_compared_like_with_like(judged):
    assert judged.loc["north-south-crude", "high"] < 0
    assert judged.loc["north-south", "verdict"] == "no difference that matters"


def test_the_leaflet_makes_no_difference_that_matters(judged):
    assert judged.loc["leaflet", "verdict"] == "no difference that matters"


def test_the_planted_hot_spots_are_found(study):
    found = study.hot_spots().table.set_index("step")["found"]
    assert (found["first-bill"], found["asks-about-bill"], found["first-contact"]) == ("pain", "pain", "gain")


@pytest.mark.parametrize("measure", ["nps", "ces", "emotion", "trust"])
def test_every_steps_mean_lies_where_it_was_planted(study, truth, measure):
    journey = study.journey
    ask = {"nps": wb.nps, "ces": wb.ces, "emotion": wb.emotion_curve}.get(measure)
    found = ask(journey) if ask else wb.emotion_curve(journey, of=measure)
    values = found.table.set_index("step")["value"]
    for step, means in truth["steps"].items():
        if step != "whole-journey":
            assert values[step] == pytest.approx(means[measure], abs=truth["tolerances"][measure]), step


def test_the_team_was_too_hopeful_at_the_bill(study):
    surprises = study.surprises("emotion")
    table = surprises.table.set_index("step")
    assert set(table.index[table["surprise"]]) == {"first-bill", "asks-about-bill", "stays-or-switches"}
    assert 'most of all "First bill arrives"' in surprises.sentence


def test_evidence_is_graded_from_its_sources(study):
    seen = evidence.seen(study.journey, study.map)
    assert seen["address-flagged"].grade in ("assumed", "anecdotal")  # nobody can be asked
    assert seen["first-bill"].grade == "corroborated"  # survey, complaints and interviews speak of it
