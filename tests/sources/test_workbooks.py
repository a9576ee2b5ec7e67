"""Workbooks as people make them: merged headings, several sheets, totals, hidden rows, errors, dates, cells far out."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import workbench as wb
from workbench import files
from workbench.engine import Engine, rows
from workbench.sources import sheet as sheets


def made(tmp_path, table, merged=(), change=None, name="answers.xlsx"):
    """A workbook of one sheet: its rows, what is merged, and what else is done to it."""
    book = Workbook()
    for row in table:
        book.active.append(row)
    for one in merged:
        book.active.merge_cells(one)
    if change:
        change(book)
    book.save(tmp_path / name)
    return tmp_path / name


def opened(path, sheet=None):
    engine = Engine()
    found = sheets.workbook(files.receive(path, engine.scratch), engine, sheet)
    return found, rows(found.frame.sort("row"))


def told(found):
    notes = found.notes if hasattr(found, "notes") else found.faults
    return " | ".join(f"{one.row} {one.column}: {one.found}, {one.mend}" for one in notes)


GROUPED = [
    ["Who", "Satisfaction", None, None, "Comment"],
    [None, "Web", "Phone", "Post", None],
    ["a", 5, 4, None, "fine"],
    ["b", 3, None, 1, None],
]


@pytest.mark.parametrize("more", [(), ("A1:A2", "E1:E2")], ids=["blank below", "merged down"])
def test_a_merged_group_is_joined_with_the_names_under_it(tmp_path, more):
    found, table = opened(made(tmp_path, GROUPED, ["B1:D1", *more]))
    assert found.headings == (
        "Who", "Satisfaction – Web", "Satisfaction – Phone", "Satisfaction – Post", "Comment",
    )  # fmt: skip
    assert found.first_row == 3
    assert table["row"].tolist() == [3, 4]
    assert "1 : a heading over rows 1 to 2, joined" in told(found)


def test_a_group_alone_in_its_row_and_three_rows_of_headings(tmp_path):
    table = [
        ["The survey of 2025", None, None, None, None],
        [None, "Satisfaction", None, None, None],
        [None, "Online", None, "Offline", None],
        ["Who", "Web", "App", "Phone", "Post"],
        ["a", 5, 4, 3, 2],
    ]
    found, cells = opened(made(tmp_path, table, ["A1:E1", "B2:E2", "B3:C3", "D3:E3"]))
    assert found.headings[:3] == ("Who", "Satisfaction – Online – Web", "Satisfaction – Online – App")
    assert found.headings[4] == "Satisfaction – Offline – Post"
    assert cells["row"].tolist() == [5]
    assert "row 1 before the heading (a title, or empty)" in told(found)


def test_a_title_over_the_whole_table_is_no_group(tmp_path):
    found, cells = opened(made(tmp_path, [["Results", None], ["who", "nps"], ["a", 9]], ["A1:B1"]))
    assert found.headings == ("who", "nps")
    assert cells["row"].tolist() == [3]
    assert "skipped; row 2 was taken for the heading" in told(found)


def test_answers_under_a_merged_name_are_no_heading(tmp_path):
    table = [["who", "Reasons", None], ["a", "price", "service"], ["b", "price", "speed"]]
    found, cells = opened(made(tmp_path, table, ["B1:C1"]))
    assert cells["row"].tolist() == [2, 3]
    assert found.headings == ("who", "Reasons", "Reasons")


def test_a_value_merged_over_rows_holds_for_all_of_them(tmp_path):
    table = [["region", "who", "nps"], ["North", "a", 9], [None, "b", 3], [None, "c", 5], ["South", "d", 1]]
    path = made(tmp_path, table, ["A2:A4"])
    journey = wb.read(path, format="survey", person="who", questions={"nps": "nps"}, segments=["region"])
    assert journey.people.to_frame()["region"].value_counts().to_dict() == {"North": 3, "South": 1}
    assert "2 region: cells merged over several rows, filled down" in told(journey)


def test_a_real_merged_export_keeps_the_names_of_its_questions(tmp_path):
    table = [
        ["Respondent ID", "Collector ID", "How likely?", "Used?", None],
        [None, None, "Response", "Shop", "App"],
        [4001, 9, 9, "Shop", None],
    ]
    path = made(tmp_path, table, ["D1:E1"])
    journey = wb.read(path, questions={"How likely?": "nps"}, segments=["Used? - App", "Used? - Shop"])
    assert journey.trail[0].endswith("as surveymonkey")
    assert journey.count(of="nps", people=False)["n"].sum() == 1


# -- sheets -----------------------------------------------------------------------------------------------------------


def two_sheets(book):
    book.active.title = "Spring"
    page = book.create_sheet("Autumn")
    for row in (["who", "csat"], ["b", 4], ["c", 2]):
        page.append(row)
    book.create_sheet("Notes").append(["what this is"])


def test_of_several_sheets_with_data_the_one_that_was_read_is_named(tmp_path):
    path = made(tmp_path, [["who", "nps"], ["a", 9]], change=two_sheets)
    found, _ = opened(path)
    assert told(found) == """None : sheets that hold data too: "Autumn", "Spring" was read; say sheet= for another"""
    other, table = opened(path, "Autumn")
    assert (other.headings, len(table), other.notes) == (("who", "csat"), 2, ())
    with pytest.raises(wb.DataFault, match="say sheet=, for one of: Autumn"):
        wb.read(path, format="survey", questions={"csat": "csat"})
    with pytest.raises(wb.DataFault, match='did you mean "Autumn"'):
        opened(path, "Autum")


def test_a_sheet_that_is_shown_goes_before_a_hidden_one(tmp_path):
    def hide(book):
        two_sheets(book)
        book["Spring"].sheet_state = "hidden"

    found, _ = opened(made(tmp_path, [["who", "nps"], ["a", 9]], change=hide))
    assert found.headings == ("who", "csat")
    assert '"Spring" (hidden)' in told(found)


# -- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904], ids=["from 1900", "from 1904"])
def test_dates_times_and_truths_are_text_that_can_be_read_again(tmp_path, epoch):
    def since(book):
        book.epoch = epoch or book.epoch

    table = [
        ["day", "moment", "clock", "length", "yes", "code", "number"],
        [date(2025, 3, 1), datetime(2025, 3, 1, 14, 5), time(9, 30), timedelta(hours=30), True, "007", 0.5],
    ]
    _, cells = opened(made(tmp_path, table, change=since))
    assert cells.drop(columns="row").iloc[0].tolist() == [
        "2025-03-01", "2025-03-01 14:05:00", "09:30:00", "30:00:00", "TRUE", "007", "0.5",
    ]  # fmt: skip


def test_bare_days_of_a_workbook_that_counts_from_1904_are_told(tmp_path):
    def since(book):
        book.epoch = CALENDAR_MAC_1904

    path = made(tmp_path, [["who", "day"], ["a", 44621]], change=since)
    assert "day: numbers that may be days, in a workbook that counts them from 1904" in told(opened(path)[0])
    assert told(opened(made(tmp_path, [["who", "day"], ["a", 44621]]))[0]) == ""


def test_ids_that_a_spreadsheet_rounded_are_told(tmp_path):
    found, cells = opened(made(tmp_path, [["who", "nps"], [1234567890123456, 9]]))
    assert cells["c0"].tolist() == ["1234567890123456"]
    assert "2 who: numbers of more than 15 digits" in told(found)


def test_errors_and_formulas_that_were_never_calculated_are_told_and_blank(tmp_path):
    def errors(book):
        book.active["B2"].value = "#N/A"
        book.active["B3"].value = "#DIV/0!"

    table = [["who", "nps", "sum"], ["a", None, "=B2+1"], ["b", None, "=B3+1"], ["c", 9, 1]]
    found, cells = opened(made(tmp_path, table, change=errors))
    assert cells["c1"].isna().tolist() == [True, True, False]
    assert "2 nps: errors (#DIV/0!, #N/A), taken as blank" in told(found)
    assert "2 sum: formulas that were never calculated (the first in C2), taken as blank" in told(found)
    assert [one.count for one in found.notes] == [2, 2]


def test_hidden_rows_are_read_and_told(tmp_path):
    def hide(book):
        book.active.auto_filter.ref = "A1:B3"
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["B"].hidden = True

    found, cells = opened(made(tmp_path, [["who", "nps"], ["a", 9], ["b", 3]], change=hide))
    assert cells["row"].tolist() == [2, 3]
    assert (
        told(found)
        == "3 : 1 hidden rows (by hand or by a filter), read like the others; delete them if they do not count"
    )


# -- under the table --------------------------------------------------------------------------------------------------


def test_totals_and_words_under_the_table_are_set_aside_and_told(tmp_path):
    table = [
        ["who", "nps", "csat"], ["a", 9, 4], ["b", 3, 2], ["Total", 12, 6], ["Average:", 6, 3], [None, None, None],
        ["Source: our own survey", None, None], ["Asked by phone", None, None],
    ]  # fmt: skip
    path = made(tmp_path, table)
    journey = wb.read(path, format="survey", person="who", questions={"nps": "nps", "csat": "csat"})
    assert len(journey.people) == 2
    assert journey.count(of="csat", people=False)["n"].sum() == 2
    assert "4 : totals under the table, set aside" in told(journey)
    assert "7 : words under the table, set aside" in told(journey)
    assert sum(fault.aside for fault in journey.faults) == 4


@pytest.mark.parametrize(
    "rows",
    [
        [["Total", 9], ["a", 3], ["Total", 4]],
        [["a", 9], ["Total", "none"]],
        [["a", 9], ["Summer", 3]],
        [["a", 9], ["b", None]],
    ],
    ids=["a word of the data", "words beside", "another word", "nobody answered"],
)
def test_rows_that_are_no_totals_stay(tmp_path, rows):
    found, cells = opened(made(tmp_path, [["who", "nps", "more"], *rows]))
    assert len(cells) == len(rows)
    assert told(found) == ""


# -- how far it reaches -----------------------------------------------------------------------------------------------


def far(book):
    book.active.cell(1_048_576, 16_384).value = "x"


def test_a_cell_far_out_is_refused_before_any_library_makes_room_for_it(tmp_path):
    path = made(tmp_path, [["who", "nps"], ["a", 9]], change=far)
    with pytest.raises(wb.DataFault, match="row 1,048,576, column 16,384 .* with 5 filled cells"):
        files.receive(path, tmp_path)


def test_formats_far_out_do_no_harm(tmp_path):
    def formatted(book):
        book.active.cell(1_048_576, 16_384).number_format = "0.00"

    found, cells = opened(made(tmp_path, [["who", "nps"], ["a", 9]], change=formatted))
    assert (found.headings, len(cells)) == (("who", "nps"), 1)


@pytest.mark.parametrize(
    "body",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFC1048576"/><c><v>1</v></c></row>',
        '<row r="1"><c\nr="A1"><v>1</v></c></row><row r="1048576"><c\nr="XFC1048576"/><c\n><v>1</v></c></row>',
        "<row>" + "<c/>" * 16_000 + "<c><v>2</v></c></row>" + "<row><c><v>1</v></c></row>" * 2_000,
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="&#88;FD1048576"><v>1</v></c></row>',
    ],
    ids=["after a far one", "on several lines", "without addresses", "an address in disguise"],
)
def test_an_address_need_not_say_how_far_a_cell_stands(tmp_path, body):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(made(tmp_path, [["a", "b"]])) as old, zipfile.ZipFile(tmp_path / "far.xlsx", "w") as new:
        for one in old.infolist():
            content = old.read(one)
            if one.filename == "xl/worksheets/sheet1.xml":
                content = f'<worksheet xmlns="{space}"><sheetData>{body}</sheetData></worksheet>'.encode()
            new.writestr(one.filename, content)
    with pytest.raises(wb.DataFault, match="a sheet that reaches to row"):
        files.receive(tmp_path / "far.xlsx", tmp_path)


def test_a_picture_in_a_workbook_is_no_sheet(tmp_path):
    path = made(tmp_path, [["who", "nps"], ["a", 9]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG <c <c> r='XFD1048576' >" + bytes(range(256)) * 10)
    assert files.receive(path, tmp_path).kind == "xlsx"
