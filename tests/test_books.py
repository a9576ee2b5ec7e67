"""Findings as a workbook: letters beside the figures, the words under them, nothing that runs, nobody who is hidden."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook

import workbench as wb
from workbench.finding import Finding


@pytest.fixture(scope="module")
def journey(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "a.csv"
    rows = [f"p{one},{'=owner' if one % 3 else 'tenant'},{5 if one % 3 else 1 + one % 4}" for one in range(240)]
    rows += [f"q{one},few,3" for one in range(4)]
    path.write_text("id,segment,csat\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return wb.read(
        path,
        format="survey",
        person="id",
        segments=["segment"],
        questions={"csat": {"measure": "csat", "scale": [1, 5]}},
    )


def sheet_of(path, name):
    sheet = load_workbook(path)[name]
    return sheet, [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_banner_keeps_its_letters_beside_the_figures(journey, tmp_path):
    found = wb.crosstab(replace(journey, minimum_base=1), by="segment")
    path = wb.write_workbook(found, tmp_path / "book.xlsx")
    sheet, cells = sheet_of(path, "Crosstab")
    assert cells[0][0] == found.sentence
    heads, labels = cells[3], cells[4]
    assert heads[2] == "segment" and "C4:H4" in [str(one) for one in sheet.merged_cells.ranges]
    assert labels[1:] == ["Total", "'=owner", "A", "few", "B", "tenant", "C"]
    by_label = {row[0]: row for row in cells if row[0]}
    assert by_label["base"][1:] == [244, 160, None, 4, "*", 80, None]
    mean = by_label["mean"]
    assert mean[2:4] == [5, "C"] and mean[7] is None
    assert by_label["answer 5 %"][2:4] == [100, "C"]
    assert any(str(row[0]).startswith("Method: ") for row in cells) and any(
        str(row[0]).startswith("Trail: ") for row in cells
    )
    assert sheet.freeze_panes == "B6"


def test_hidden_columns_are_not_in_the_file(journey, tmp_path):
    path = wb.write_workbook([wb.crosstab(journey, by="segment")], tmp_path / "book.xlsx")
    _, cells = sheet_of(path, "Crosstab")
    by_label = {row[0]: row for row in cells if row[0]}
    assert by_label["base"][4] is None and by_label["mean"][4] == "hidden"  # four people
    assert by_label["mean"][2] == "hidden" and by_label["mean"][6] == 2.5  # all answered alike; the others
    assert by_label["mean"][3] is None  # no letter of a column that is hidden


def test_no_text_is_a_formula(journey, tmp_path):
    path = wb.write_workbook(
        [wb.crosstab(replace(journey, minimum_base=1), by="segment"), wb.drift(journey)], tmp_path / "b.xlsx"
    )
    for sheet in load_workbook(path):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_any_finding_has_its_sheet_and_names_do_not_clash(tmp_path):
    table = pd.DataFrame(
        {"step": ["one", "two", "three"], "value": [1.5, 2.5, 3.5], "n": [100, 4, 40], "se": [0.1, 0.2, 0.3]}
    )
    finding = Finding("nps", table, "=SUM(A1)", by=("step",), base="144 answers", method="t", title="NPS: by [step]")
    path = wb.write_workbook([finding, finding], tmp_path / "two.xlsx")
    assert load_workbook(path).sheetnames == ["NPS  by  step", "NPS  by  step 2"]
    sheet, cells = sheet_of(path, "NPS  by  step")
    assert cells[0][0] == "'=SUM(A1)" and cells[2] == ["step", "estimate", "base"]
    assert cells[3] == ["one", 1.5, 100] and cells[4] == ["two", "hidden", "hidden"] and cells[5][1] == "hidden"
    assert wb.write_workbook([], tmp_path / "none.xlsx").is_file()


def test_what_has_no_end_is_written_in_words(tmp_path):
    table = pd.DataFrame(
        {"step": ["one", "two"], "value": [1.5, float("-inf")], "high": [float("inf"), 2.0], "n": [100, 40]}
    )
    finding = Finding("ratio", table, "A ratio.", by=("step",), title="Ratio")
    _, cells = sheet_of(wb.write_workbook(finding, tmp_path / "ends.xlsx"), "Ratio")
    assert cells[3] == ["one", 1.5, "∞", 100] and cells[4] == ["two", "−∞", 2, 40]
    assert ">∞</td>" in finding._repr_html_() and ">−∞</td>" in finding._repr_html_()
