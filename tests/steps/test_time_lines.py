"""One person's time line: every record in order, at its place on the map, with who the person is by what is known."""

from __future__ import annotations

import pytest

import workbench as wb


@pytest.fixture(scope="module")
def person(study):
    """A pseudonym of the sample with a complaint."""
    return wb.search(study.journey, "first-bill -> complaint").person(0)


def test_every_record_of_the_person_stands_in_order_of_time(study, person):
    records = study.journey.to_frame().query("person == @person").sort_values(["time", "order"])
    line = wb.time_line(study.journey, person, map=study.map)
    table = line.to_frame()
    assert len(table) == len(records) and table["time"].is_monotonic_increasing
    names = study.journey.step_names
    assert table["step"].tolist() == [
        names.get(step, step) if isinstance(step, str) else "whole journey" for step in records["step"]
    ]
    stages = {step.name: stage.name for stage in study.map.stages for step in stage.steps}
    assert all(stages.get(step, "") == stage for step, stage in zip(table["step"], table["stage"], strict=True))
    assert f"{len(records)} records of one person" in line.base


def test_the_sentence_says_who_it_is_and_of_which_persona(study, person):
    row = study.journey.people.to_frame().set_index("person").loc[person]
    sentence = wb.time_line(study.journey, person).sentence
    assert f"segment {row['segment']}" in sentence and "stratum" not in sentence and "complaint" in sentence


def test_the_picture_has_a_mark_for_each_record_that_says_something(study, person):
    line = wb.time_line(study.journey, person)
    figure, table = line.plot(), line.to_frame()
    said = table[(table["kind"] != "answer") | table["value"].notna()]
    assert sum(len(trace.x) for trace in figure.data if trace.mode == "markers") == len(said)
    assert person in figure.layout.title.text


def test_a_pseudonym_that_is_not_there(study):
    with pytest.raises(wb.DataFault, match="no such pseudonym"):
        wb.time_line(study.journey, "pNobody")


def test_years_before_1000_are_drawn(tmp_path):
    (tmp_path / "log.csv").write_text("who,what,at\np,bill,0001-01-02\np,call,2025-01-31\n", encoding="utf-8")
    journey = wb.read(tmp_path / "log.csv", format="events", person="who", activity="what", time="at", timezone="UTC")
    found = wb.time_line(journey, journey.people.to_frame()["person"].iloc[0])
    assert found.table["time"].tolist() == ["0001-01-02 00:00", "2025-01-31 00:00"]
    assert found.plot().layout.height > 0
