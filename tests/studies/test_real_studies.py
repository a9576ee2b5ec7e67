"""Studies of real files, made with the public face alone: the command, a questionnaire's binding, the report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from water_town import ROOT

import workbench as wb
from workbench import cli

HERE = ROOT / "tests" / "studies"


def made(project: Path, name: str, sources: list[Path]) -> Path:
    """A study made by `workbench new`, then bound: the study's files stand beside this test."""
    assert cli.main(["new", name, "--from", *map(str, sources)]) == 0
    folder = project / "data" / name
    for part in ("study.yaml", "map.yaml"):
        shutil.copy(HERE / name / part, folder / part)
    if (HERE / name / "questionnaire.yaml").is_file():
        shutil.copy(HERE / name / "questionnaire.yaml", project / "surveys" / f"{name}.yaml")
    shutil.copytree(ROOT / "notebooks", project / "notebooks", dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A project that holds the studies, each made and loaded once: no test changes them."""
    project = tmp_path_factory.mktemp("house")
    for folder in ("data", "surveys", "reports"):
        (project / folder).mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(project))
        yield project


@pytest.fixture(scope="module")
def airport(house, shared):
    made(house, "airport", sorted((shared / "data" / "sfo_customer_survey").glob("*.csv")))
    return wb.open_study("airport")


def test_the_airports_recommendation_is_that_of_its_2017_wave(airport):
    found = wb.nps(airport.journey, by="wave").table.set_index("wave")
    assert list(found.index) == ["2017"]  # it was asked in no other year
    assert found.loc["2017", "value"] == pytest.approx(40.40, abs=0.005)
    assert found.loc["2017", "n"] == 2746
    counted = airport.journey.count(of="nps", people=False)
    promoters = counted.loc[counted["value"] >= 9, "n"].sum()
    detractors = counted.loc[counted["value"] <= 6, "n"].sum()
    assert 100 * (promoters - detractors) / counted["n"].sum() == pytest.approx(39.84, abs=0.005)


def test_blanks_and_never_used_are_no_scores_in_any_wave(airport):
    counted = airport.journey.count(by=["measure", "state"]).set_index(["measure", "state"])["n"]
    assert counted["nps", "skipped"] == 84  # an 11 is a blank
    assert counted["nps", "unknown"] == 1  # and one cell is empty
    assert counted["csat", "not_applicable"] > 0 and counted["csat", "skipped"] > 0
    values = airport.journey.count(of="csat", people=False)["value"]
    assert set(values) == {1, 2, 3, 4, 5}


def test_all_four_waves_answer_for_the_airport_as_a_whole_and_for_each_step(airport):
    overall = wb.csat(airport.journey, by="wave").table
    assert overall["wave"].tolist() == ["2014", "2015", "2016", "2017"]
    steps = wb.mean_rating(airport.journey, by=["step", "wave"], of="csat").table
    assert len(steps) == 9 * 4
    assert steps["n"].min() > 100


def test_steps_are_measured_by_what_was_asked_there(airport):
    """No recommendation and no emotion was asked at a step: satisfaction stands on the map and carries the evidence."""
    view = airport.map_finding().picture["view"]
    food = view["steps"]["food"]
    assert food["nps"] is None and food["emotion"] is None
    assert food["evidence"] == "measured"
    assert "59 % (58 to 60)" in food["lanes"][view["lanes"][0]]
    assert len(wb.nps(airport.journey, by="step").table) == 0


def test_passengers_of_two_years_with_one_number_are_two_people(airport):
    assert len(airport.journey.people) == 2818 + 2958 + 3087 + 2831


def test_the_airports_report_is_written(airport, house):
    assert cli.main(["report", "airport"]) == 0
    text = (house / "reports" / "airport" / "report.html").read_text(encoding="utf-8")
    assert "+40 points (+38 to +43; 2,746 answers)" in text
    assert text.count("SHA-256") == 1
    assert len(text) < 8_000_000


@pytest.fixture(scope="module")
def airline(house, shared):
    made(house, "airline", [shared / "data" / "airline_satisfaction" / "airline_passenger_satisfaction.zip"])
    return wb.open_study("airline")


def test_not_applicable_is_no_bad_score_for_an_airline(airline):
    journey = airline.journey
    assert len(journey.people) == 129_880
    counted = journey.count(by=["step", "state"]).set_index(["step", "state"])["n"]
    assert counted["wifi", "not_applicable"] + counted["wifi", "answered"] == 129_880
    rated = wb.mean_rating(journey, of="csat").table.set_index("step")
    assert len(rated) == 14
    answers = journey.where(step="wifi").count(of="csat", people=False)
    assert rated.loc["wifi", "value"] == pytest.approx((answers["value"] * answers["n"]).sum() / answers["n"].sum())
    assert answers["value"].min() == 1


def test_the_airlines_report_is_written(airline, house):
    assert cli.main(["report", "airline"]) == 0
    text = (house / "reports" / "airline" / "report.html").read_text(encoding="utf-8")
    assert "129,880" in text
