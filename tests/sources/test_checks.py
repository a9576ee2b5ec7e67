"""Checks declared beside a source, and answers given without care: told, set aside or refused, with every row."""

from __future__ import annotations

import pytest

import workbench as wb

SHEET = """id,age,sex,code,day,seconds,a,b,c,d,e
1,34,f,AB-1,2025-03-01,300,4,5,4,3,5
2,17,m,AB-2,2025-03-02,310,3,3,3,3,3
3,,x,AB-2,2024-12-31,290,5,5,5,5,4
4,seven,f,zz,2025-03-04,20,2,2,2,2,2
"""
BINDING = {
    "format": "survey",
    "person": "id",
    "questions": {column: {"measure": "rating", "step": column, "scale": [1, 5]} for column in "abcde"},
}


def read(tmp_path, **more):
    path = tmp_path / "answers.csv"
    path.write_text(SHEET, encoding="utf-8")
    return wb.read(path, **BINDING, **more)


@pytest.mark.parametrize(
    ("check", "rows", "expected"),
    [
        ({"column": "age", "filled": True}, (4,), "a filled cell"),
        ({"column": "age", "between": [18, 99]}, (3, 5), "a number from 18 to 99"),
        ({"column": "day", "between": ["2025-01-01", "2025-12-31"]}, (4,), "a date from 2025-01-01 to 2025-12-31"),
        ({"column": "sex", "one_of": ["f", "m"]}, (4,), "one of: f, m"),
        ({"column": "code", "matches": r"[A-Z]{2}-\d"}, (5,), r"like [A-Z]{2}-\d"),
        ({"column": "code", "unique": True}, (4,), "each value once"),
    ],
)
def test_what_does_not_hold_is_told_with_every_row(tmp_path, check, rows, expected):
    journey = read(tmp_path, checks=[check])
    told = [fault for fault in journey.faults if "against a check" in fault.found]
    assert [(fault.rows, fault.expected) for fault in told] == [(rows, expected)]
    assert len(journey.people) == 4
    listed = journey.faults_frame()
    assert listed.loc[listed["expected"] == expected, "row"].tolist() == list(rows)


def test_rows_are_set_aside_where_the_check_says_so(tmp_path):
    journey = read(tmp_path, checks=[{"column": "age", "between": [18, 99], "then": "set aside"}])
    assert len(journey.people) == 2
    assert [fault.aside for fault in journey.faults if fault.aside] == [2]


def test_all_checks_that_refuse_are_told_together(tmp_path):
    both = [
        {"column": "sex", "one_of": ["f", "m"], "then": "refuse"},
        {"column": "age", "filled": True, "then": "refuse"},
    ]
    with pytest.raises(wb.DataFault) as told:
        read(tmp_path, checks=both)
    assert [fault.column for fault in told.value.faults] == ["sex", "age"]


def test_a_check_that_says_nothing_or_cannot_be_read_is_a_fault(tmp_path):
    with pytest.raises(wb.DataFault, match="what must hold"):
        read(tmp_path, checks=[{"column": "age"}])
    with pytest.raises(wb.DataFault, match="a regular expression"):
        read(tmp_path, checks=[{"column": "code", "matches": "(unclosed"}])
    with pytest.raises(wb.DataFault, match='no column called "agee"'):
        read(tmp_path, checks=[{"column": "agee", "filled": True}])


def test_respondents_who_answer_all_alike_or_in_no_time_are_told_and_kept(tmp_path):
    journey = read(tmp_path, duration="seconds")
    alike = next(fault for fault in journey.faults if "straight-lining" in fault.found)
    assert alike.rows == (3, 5) and alike.found.startswith("2 of 4 respondents")
    fast = next(fault for fault in journey.faults if "speeders" in fault.found)
    assert fast.rows == (5,) and "under 98 seconds" in fast.found and len(journey.people) == 4


def test_cells_outside_the_scale_are_listed_one_by_one(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("id,nps\n1,9\n2,77\n3,x\n4,77\n5,3\n", encoding="utf-8")
    journey = wb.read(path, format="survey", person="id", questions={"nps": "nps"})
    listed = journey.faults_frame()
    cells = listed[listed["column"] == "nps"]
    assert sorted(zip(cells["row"], cells["found"], strict=True)) == [(3, "'77'"), (4, "'x'"), (5, "'77'")]
    assert cells["mend"].str.contains("set aside").all() and set(cells["file"]) == {"answers.csv"}


def test_what_was_not_shown_stays_apart_from_what_was_skipped(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("id,nps\n1,9\n2,{question_not_shown}\n3,-99\n4,\n", encoding="utf-8")
    journey = wb.read(
        path,
        format="survey",
        person="id",
        questions={"nps": "nps"},
        not_shown=["{question_not_shown}"],
        skipped=["-99"],
    )
    assert journey.count(by="state")["state"].tolist() == ["answered", "not_shown", "skipped", "unknown"]


def test_events_that_only_begin_something_are_set_aside_and_counted(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("c,a,t,life\n1,call,2025-01-01T10:00,start\n1,call,2025-01-01T11:00,complete\n", encoding="utf-8")
    journey = wb.read(path, format="events", person="c", activity="a", time="t", timezone="UTC", lifecycle="life")
    assert len(journey) == 1 and sum(fault.aside for fault in journey.faults) == 1


def test_times_that_go_backwards_are_told(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(
        "c,n,a,t\n1,1,bill,2025-01-02\n1,2,call,2025-01-01\n1,3,pay,2025-01-03\n2,4,bill,2025-01-01\n", "utf-8"
    )
    journey = wb.read(path, format="events", person="c", activity="a", time="t", timezone="UTC", order="n")
    told = next(fault for fault in journey.faults if "backwards" in fault.found)
    assert told.rows == (3,) and len(journey) == 4
    walked = journey.to_frame().sort_values("time").groupby("person")["step"].agg(list).tolist()
    assert ["call", "bill", "pay"] in walked


def test_words_that_are_no_option_are_listed_row_by_row(tmp_path):
    path = tmp_path / "ways.csv"
    path.write_text("id,ways\n1,web\n2,web;fax\n3,fax\n4,phone\n", encoding="utf-8")
    ways = {"ways": {"measure": "ways", "options": {"web": "web", "phone": "phone"}, "delimiter": ";"}}
    journey = wb.read(path, format="survey", person="id", several=ways)
    told = next(fault for fault in journey.faults if fault.column == "ways")
    assert told.count == 2 and told.rows == (3, 4)
