"""The report as a workbook: a list with links first, then a sheet a finding, and nobody who is hidden."""

import pytest
from made_findings import HOSTILE, SECRET, make
from made_study import few, study
from openpyxl import load_workbook

from workbench.faults import DataFault
from workbench.finding import Finding
from workbench.report import office, tables


def test_the_contents_lead_to_every_sheet(tmp_path):
    one = Finding(**{**vars(make("intervals")), "title": "What's [this]?"})
    path = tables.write(study(one, one, make("bars")), tmp_path / "report.xlsx")
    book = load_workbook(path)
    contents = book["Contents"]
    listed = [row for row in contents.iter_rows(min_row=6, values_only=True) if row[0]]
    assert [row[0] for row in listed] == book.sheetnames[1:] and len(listed) == 4
    assert listed[1][2:] == ("What's [this]? by step", one.sentence, "1,907 answers", "NPS, 95 % interval")
    for number, row in enumerate(listed, start=6):
        assert contents.cell(number, 1).hyperlink.location == f"'{row[0].replace(chr(39), chr(39) * 2)}'!A1"
    sheet = book[listed[1][0]]
    assert [cell.value for cell in sheet[3]] == ["step", "estimate", "from", "to", "base"]
    assert [cell.value for cell in sheet[5]] == ["First bill arrives", -48, -57, -39, 402]
    assert sheet["E5"].number_format == "#,##0" and sheet.freeze_panes == "B4"


def test_hidden_groups_hostile_words_and_the_clock_are_not_in_it(tmp_path):
    finding = Finding(**{**vars(few()), "sentence": f"=1+1 {HOSTILE}\x00", "title": "=cmd|x"})
    path = tables.write(study(finding), tmp_path / "report.xlsx")
    raw = path.read_bytes()
    told = office.readable(raw)
    assert str(SECRET) not in told and "hidden" in told
    for sheet in load_workbook(path).worksheets:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert tables.write(study(finding), path).read_bytes() == raw


def test_a_person_in_the_words_stops_the_workbook(tmp_path):
    with pytest.raises(DataFault, match="the id 12345x in the file"):
        tables.write(study(make("bars"), leaks=lambda text: ["the id 12345x"]), tmp_path / "report.xlsx")
    assert not (tmp_path / "report.xlsx").exists()
