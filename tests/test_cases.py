"""Answers side by side: one row a response, whatever a source was kept as, and nobody's answers mixed with another's."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench import blocks
from workbench.cases import Question, asked, cases


def survey(tmp_path, name="survey", rows=40):
    lines = ["id,group,wave,weight,q1,q2,q3"]
    lines += [
        f"{name}-{n},{'ab'[n % 2]},{'xy'[n // 2 % 2]},{1 + n % 3},{n % 11},{1 + n % 5},{'' if n % 4 else 3}"
        for n in range(rows)
    ]
    path = tmp_path / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    scale = {"scale": [1, 5]}
    questions = {"q1": "nps", "q2": {"measure": "csat", **scale}, "q3": {"measure": "trust", "step": "bill", **scale}}
    words = {"person": "id", "wave": "wave", "weight": "weight", "segments": ["group"], "questions": questions}
    return wb.read(path, format="survey", **words)


def sums(journey, questions, attributes=("group", "wave")):
    side = cases(journey, questions, list(attributes))
    return side.patterns([*questions, *attributes], complete=False)


def test_what_was_said_together_stands_in_one_row(tmp_path):
    journey = survey(tmp_path)
    questions = asked(journey)
    assert list(questions) == ["csat", "nps", "trust · bill"]
    side = cases(journey, questions, ["group"])
    assert len(side) == 40 and side.weighted()
    both = side.patterns(["nps", "csat"])
    assert both["n"].sum() == 40 and both["w"].sum() == sum(1 + n % 3 for n in range(40))
    three = side.patterns(["nps", "trust · bill"])
    assert (three["n"].sum(), three.attrs["dropped"]) == (10, 30)
    states = side.states()
    assert set(states.loc[states["question"] == "trust · bill", "state"]) == {"answered", "unknown"}


def test_sums_by_person_are_those_of_the_table(tmp_path):
    journey = survey(tmp_path)
    found = cases(journey, asked(journey, "nps", "csat")).sums(["nps", "csat"])
    table = pd.DataFrame({"nps": [n % 11 for n in range(40)], "csat": [1 + n % 5 for n in range(40)]})
    w = pd.Series([1 + n % 3 for n in range(40)])
    assert len(found) == 40 and found["nps*csat"].sum() == (w * table["nps"] * table["csat"]).sum()


def test_rows_of_two_files_are_two_responses(tmp_path):
    both = survey(tmp_path).join(survey(tmp_path, "other"))
    assert len(cases(both, {"nps": Question("nps")})) == 80


def test_a_person_takes_the_latest_answer(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("id,day,q\na,2025-01-01,3\na,2025-03-01,9\nb,2025-02-01,5\n", encoding="utf-8")
    journey = wb.read(path, format="survey", person="id", time="day", questions={"q": "nps"})
    table = cases(journey, {"nps": Question("nps")}, unit="person").patterns(["nps"])
    assert sorted(table["nps"]) == [5, 9]


def test_without_a_time_the_last_row_is_the_latest_answer(tmp_path):
    path = tmp_path / "again.csv"
    path.write_text("id,q\na,9\na,3\nb,5\na,\n", encoding="utf-8")
    journey = wb.read(path, format="survey", person="id", questions={"q": "nps"})
    assert sorted(cases(journey, {"nps": Question("nps")}, unit="person").patterns(["nps"])["nps"]) == [3, 5]


def test_people_of_two_files_are_units_of_their_own(tmp_path):
    both = survey(tmp_path).join(survey(tmp_path, "other"))
    assert len(cases(both, {"nps": Question("nps")}).sums(["nps"])) == 80
    assert both.to_frame()["order"].is_unique


def test_answers_that_lie_wide_say_the_same(tmp_path, monkeypatch, project):
    """Beyond a million answers a source is kept one row a respondent, and read as it lies."""
    folder = project / "data" / "wide"
    (folder / "sources").mkdir(parents=True)
    survey(tmp_path)  # writes the file
    (folder / "sources" / "survey.csv").write_bytes((tmp_path / "survey.csv").read_bytes())
    (folder / "study.yaml").write_text(
        "title: wide\nsources:\n  - {file: sources/survey.csv, format: survey, person: id, wave: wave, weight: weight, "
        "segments: [group], questions: {q1: nps, q2: {measure: csat, scale: [1, 5]}, "
        "q3: {measure: trust, step: bill, scale: [1, 5]}}}\n",
        encoding="utf-8",
    )
    long = wb.open_study("wide").journey
    assert not long.wide
    kept = sums(long, asked(long))
    table = wb.crosstab(long, by=["group", "wave"], minimum_base=1).table
    monkeypatch.setattr(blocks, "FEW", 0)
    monkeypatch.setattr(blocks, "SHAPE", 10_000)
    wide = wb.open_study("wide").journey
    assert len(wide.wide) == 1
    pd.testing.assert_frame_equal(sums(wide, asked(wide)), kept, check_dtype=False)
    again = wb.crosstab(wide, by=["group", "wave"], minimum_base=1).table
    pd.testing.assert_frame_equal(again, table, check_dtype=False, rtol=1e-9)


def test_a_question_that_is_not_there_is_named(tmp_path):
    journey = survey(tmp_path)
    with pytest.raises(wb.DataFault, match="cst"):
        asked(journey, "cst")
    with pytest.raises(wb.DataFault, match="grup"):
        cases(journey, asked(journey, "nps"), ["grup"])


def test_two_steps_of_one_name_are_two_questions(tmp_path):
    from dataclasses import replace

    path = tmp_path / "twins.csv"
    path.write_text("id,a,b\np1,1,5\np2,2,4\n", encoding="utf-8")
    twins = {one: {"measure": "csat", "scale": [1, 5], "step": one} for one in "ab"}
    journey = wb.read(path, format="survey", person="id", questions=twins)
    named = replace(journey, step_names={"a": "Bill", "b": "Bill"})
    assert list(asked(named)) == ["csat · Bill (a)", "csat · Bill (b)"]
    assert list(asked(replace(journey, step_names={"a": "Bill", "b": "Call"}))) == ["csat · Bill", "csat · Call"]
