"""Faults: all told at once, each with its place, what was found and expected, and its mend; read word for word."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.faults import describe, near, shape, unknown


def test_two_faults_read_as_a_researcher_would_want_them():
    faults = [
        wb.Fault(
            file="answers.csv",
            row=3,
            column="nps",
            found="'11'",
            expected="a number from 0 to 10",
            mend="correct the cell",
        ),
        wb.Fault(file="answers.csv", row=4, column="nps", found="'n/a'", expected="a number from 0 to 10", count=3),
    ]
    assert describe(faults) == (
        "answers.csv has 2 faults:\n"
        "  row 3, column \"nps\": found '11', expected a number from 0 to 10.\n"
        "    Mend: correct the cell\n"
        "  row 4, column \"nps\": found 'n/a' (and 2 more like it), expected a number from 0 to 10."
    )


def test_a_data_fault_is_a_value_error_with_a_table():
    problem = wb.DataFault([wb.Fault(file="a.csv", found="x"), wb.Fault(file="b.csv", found="y")])
    assert isinstance(problem, ValueError)
    assert problem.to_frame()["file"].tolist() == ["a.csv", "b.csv"]
    with pytest.raises(TypeError):
        wb.DataFault([])


def test_many_faults_are_counted_not_printed_without_end():
    text = describe([wb.Fault(file="a.csv", row=row, found="x") for row in range(40)])
    assert "a.csv has 40 faults" in text
    assert text.endswith("… and 28 more")


def test_the_near_word_is_offered_and_a_far_one_is_not():
    assert near("frist-bill", ["first-bill", "moves-in"]) == "first-bill"
    assert near("zebra", ["first-bill", "moves-in"]) == ""
    assert unknown("step", "zebra", ["first-bill"]).mend == "correct the name"


def test_what_may_name_a_person_is_spoken_of_by_its_shape():
    assert shape("Priya Raghunathan lives here") == "a text of 28 letters"
