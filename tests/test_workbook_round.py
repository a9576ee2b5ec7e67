"""A workbook goes out to a department and comes back: merged three-way with names and clashes, nothing overwritten or run."""

from __future__ import annotations

import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

import workbench as wb
from workbench.cli import main
from workbench.drawing import Drawing


@pytest.fixture
def study(project):
    """A study that is a map and nothing else."""
    study = wb.new_study("moving-in")
    (study.path / "map.yaml").write_text(MAP, encoding="utf-8")
    return study


MAP = """\
# as drawn in the workshop
title: Moving in
lanes: [doing, thinking, "how we know"]
owners: {thinking: Insight}
stages:
  - name: Move in
    steps:
      - {id: joins, name: Joins, channels: [web, "post, by hand"], owner: Digital, emotion: 0, next: [bill, asks]}
      - {id: asks, name: Asks, emotion: -12.5, trust: 3, owner: Digital, lanes: {doing: "=SUM(A1)", thinking: " why? "}}
  - name: Billed
    steps:
      - id: bill
        name: First bill
        hot_spot: pain
        owner: Billing
        promise: {words: No surprises, where: web, by: Digital, delivered: "a year's sum", kept: broken}
        commitment: [perform]
        within: 14 days
        lanes: {doing: "Opens it,\\nreads it twice", thinking: Since when?}
      - {id: pays, name: Pays, outside: true, next: [], measures: [nps, csat]}
scenarios:
  - {name: Bad, mood: bad, steps: {bill: {emotion: -90}}}
"""


def out(study, tmp_path, **more):
    """The workbook given out, opened: its path, the book, the map's sheet, the columns by heading, the rows by id."""
    path = tmp_path / "out" / "given.xlsx"
    (written,) = study.export("xlsx", tmp_path / "out", **more)
    book = load_workbook(written)
    sheet = book["Map"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    rows = {sheet.cell(row, columns["id"]).value: row for row in range(2, sheet.max_row + 1)}
    return path, book, sheet, columns, rows


def back(study, book, path, **more):
    book.save(path)
    return study.import_map(path, **more)


def test_a_workbook_that_nobody_changed_changes_nothing(study, tmp_path):
    path, book, *_ = out(study, tmp_path)
    before = (study.path / "map.yaml").read_bytes()
    merged = back(study, book, path)
    assert (merged.made, merged.clashes, merged.asked) == ((), (), ())
    assert (study.path / "map.yaml").read_bytes() == before


def test_what_a_department_wrote_is_merged_with_what_others_wrote_meanwhile(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path, department="Billing")
    assert set(rows) - {None} == {"bill"}
    sheet.cell(rows["bill"], columns["doing"]).value = "Opens it, rings"
    sheet.cell(rows["bill"], columns["kept"]).value = "Late "
    sheet.cell(rows["bill"], columns["trust (-100 to 100)"]).value = "−20,5"
    Drawing(study, "Ann").set("bill", "doing", "Puts it away")
    Drawing(study, "Ann").set("bill", "emotion", -70)
    merged = back(study, book, path, who="Bea")
    step = wb.open_study("moving-in").map.step("bill")
    assert (step.lanes["doing"], step.promise.kept, step.trust, step.emotion) == ("Puts it away", "late", -20.5, -70)
    (clash,) = merged.clashes
    assert '"First bill", doing: Ann wrote "Puts it away"' in clash and 'yours was "Opens it, rings"' in clash
    assert len(merged.made) == 2 and study.history().table["who"].iloc[0] == "Bea"
    assert "# as drawn in the workshop" in (study.path / "map.yaml").read_text(encoding="utf-8")


def test_what_is_not_the_departments_is_told_and_not_taken(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path, department="Insight")
    assert set(rows) - {None} == {"joins", "asks", "bill", "pays"}, "it owns a lane: all steps, that lane alone"
    assert not sheet.cell(rows["bill"], columns["doing"]).value
    assert sheet.protection.sheet and sheet.cell(rows["bill"], columns["doing"]).protection.locked
    assert not sheet.cell(rows["bill"], columns["thinking"]).protection.locked
    sheet.cell(rows["bill"], columns["thinking"]).value = "Is it a fraud?"
    sheet.cell(rows["bill"], columns["doing"]).value = "Something else"
    sheet.cell(rows["bill"], columns["step"]).value = "Another name"
    merged = back(study, book, path)
    step = wb.open_study("moving-in").map.step("bill")
    assert (step.lanes["thinking"], step.name, step.lanes["doing"][:5]) == ("Is it a fraud?", "First bill", "Opens")
    assert len(merged.made) == 1 and sum("not Insight's to change" in one for one in merged.notes) == 2


def test_sorted_rows_new_rows_and_emptied_rows(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    values = [[cell.value for cell in sheet[row]] for row in range(2, 6)]
    for row, line in zip(range(2, 6), values[::-1], strict=True):
        for column, value in enumerate(line, start=1):
            sheet.cell(row, column).value = value
    for column in range(1, len(columns) + 1):
        if column != columns["id"]:
            sheet.cell(2, column).value = None  # "pays" is emptied
    for heading, value in {"place": 1.5, "stage": "Move in", "step": "Reads the meter", "contact": "Physical"}.items():
        sheet.cell(6, columns[heading]).value = value
    merged = back(study, book, path)
    drawn = wb.open_study("moving-in").map
    assert list(drawn.names) == ["joins", "reads-the-meter", "asks", "bill", "pays"]
    assert drawn.step("reads-the-meter").contact == "physical" and len(merged.made) == 1
    assert merged.asked == ('"Pays" is not in the file. It stays; --remove takes it out',)
    again = study.import_map(path, remove=True)
    drawn = wb.open_study("moving-in").map
    assert "pays" not in drawn.names and any('"Pays" went' in one for one in again.made)


def test_a_step_that_somebody_changed_since_is_not_removed(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    sheet.delete_rows(rows["pays"])
    Drawing(study, "Ann").set("pays", "emotion", 5)
    merged = back(study, book, path, remove=True)
    assert "pays" in wb.open_study("moving-in").map.names and "changed it since" in merged.asked[0]


def test_nothing_in_a_workbook_is_run_and_what_looks_like_a_formula_stays_text(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    given = sheet.cell(rows["asks"], columns["doing"])
    assert (given.value, given.data_type, given.quotePrefix) == ("=SUM(A1)", "s", True)
    sheet.cell(rows["bill"], columns["thinking"]).value = '=HYPERLINK("http://example.com";"x")'
    merged = back(study, book, path)
    assert wb.open_study("moving-in").map.step("bill").lanes["thinking"] == '=HYPERLINK("http://example.com";"x")'
    assert any("a formula" in one and f"row {rows['bill']}" in one for one in merged.notes)
    _, book, sheet, columns, rows = out(study, tmp_path)
    assert sheet.cell(rows["bill"], columns["thinking"]).data_type == "s"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"not run")
    assert any("macros" in one for one in study.import_map(path).notes)


@pytest.mark.parametrize(
    ("heading", "value", "column", "word"),
    [
        ("hot spot", "paid", "hot spot", "pain"),
        ("kept", "brokn", "kept", "broken"),
        ("emotion (-100 to 100)", 140, "emotion", "First bill"),
        ("emotion (-100 to 100)", datetime(2025, 3, 4), "emotion", "First bill"),
        ("within", datetime(2025, 3, 4), "within", "a date"),
        ("within", "soon", "within", "14 days"),
        ("out of our control", "perhaps", "out of our control", "yes or no"),
        ("commitment", "perform, promised", "commitment", "promise"),
        ("id", "First Bill", "id", "small letters"),
        ("id", "joins", "id", "twice"),
        ("place", "third", "place", "a number"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_row_and_column_and_nothing_is_saved(
    study, tmp_path, heading, value, column, word
):
    path, book, sheet, columns, rows = out(study, tmp_path)
    sheet.cell(rows["bill"], columns[heading]).value = value
    sheet.cell(rows["joins"], columns["doing"]).value = "Changed"
    before = (study.path / "map.yaml").read_bytes()
    with pytest.raises(wb.DataFault) as told:
        back(study, book, path)
    fault = next(one for one in told.value.faults if one.column == column)
    assert fault.row == rows["bill"] and word in f"{fault}"
    assert (study.path / "map.yaml").read_bytes() == before


def test_the_ways_of_spreadsheets_are_taken_as_they_are_meant(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    for id, heading, value in (
        ("joins", "step", "Joins  "),
        ("joins", "out of our control", "Ja"),
        ("joins", "hot spot", " Gain "),
        ("asks", "doing", None),
        ("bill", "thinking", datetime(2025, 3, 4)),
        ("bill", "kept", "kept "),
        ("pays", "doing", 14.0),
        ("pays", "next", ""),
    ):
        sheet.cell(rows[id], columns[heading]).value = value
    sheet.merge_cells(
        start_row=rows["bill"], end_row=rows["pays"], start_column=columns["stage"], end_column=columns["stage"]
    )
    merged = back(study, book, path)
    drawn = wb.open_study("moving-in").map
    assert (
        drawn.step("joins").outside and drawn.step("joins").hot_spot == "gain" and drawn.step("joins").name == "Joins"
    )
    assert drawn.step("asks").lanes.get("doing", "") == "" and drawn.step("bill").lanes["thinking"] == "2025-03-04"
    assert drawn.step("bill").promise.kept == "kept" and drawn.step("pays").lanes["doing"] == "14"
    assert drawn.step("pays").next is None and [len(one.steps) for one in drawn.stages] == [2, 2]
    assert any("a date (2025-03-04)" in one for one in merged.notes) and any(
        "merged over rows" in one for one in merged.notes
    )


def test_renamed_and_missing_columns(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    sheet.cell(1, columns["hot spot"]).value = "hot sopt"
    with pytest.raises(wb.DataFault, match='did you mean "hot spot"'):
        back(study, book, path)
    _, book, sheet, columns, rows = out(study, tmp_path)
    sheet.delete_cols(columns["doing"])
    sheet.cell(1, columns["how we know"]).value = "what we ask"  # its place, a column on: a lane of one's own
    sheet.cell(rows["bill"], columns["how we know"]).value = "The first call"
    merged = back(study, book, path)
    drawn = wb.open_study("moving-in").map
    assert drawn.step("bill").lanes["doing"].startswith("Opens") and any(
        "no column for" in one and "doing" in one for one in merged.notes
    )
    assert drawn.step("bill").lanes["what we ask"] == "The first call" and "what we ask" in drawn.lanes
    _, book, sheet, columns, rows = out(study, tmp_path)
    sheet.merge_cells(start_row=3, end_row=3, start_column=8, end_column=10)
    with pytest.raises(wb.DataFault, match="merged over columns"):
        back(study, book, path)


def test_a_workbook_whose_version_is_gone_fills_empty_cells_alone(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    sheet.cell(rows["bill"], columns["doing"]).value = "Mine"
    sheet.cell(rows["pays"], columns["doing"]).value = "Pays by card"
    Drawing(study, "Ann").set("bill", "doing", "Ann's")
    for one in (study.path / "history").iterdir():
        one.unlink()
    merged = back(study, book, path)
    drawn = wb.open_study("moving-in").map
    assert "is no longer in history/" in merged.base
    assert (drawn.step("bill").lanes["doing"], drawn.step("pays").lanes["doing"]) == ("Ann's", "Pays by card")
    assert any("Ann's" in one and "Mine" in one for one in merged.clashes)
    book["workbench"].cell(1, 2).value = "-1"  # no version: it does not pass for the one that stands there
    assert "is no version" in back(study, book, path).base
    study.import_map(path, overwrite=True)
    assert wb.open_study("moving-in").map.step("bill").lanes["doing"] == "Mine"


def test_comments_go_out_on_their_cells_and_new_ones_come_back_once(study, tmp_path):
    Drawing(study, "Ann").comment("bill", "Who decides this?", "doing")
    path, book, sheet, columns, rows = out(study, tmp_path)
    cell = sheet.cell(rows["bill"], columns["doing"])
    assert cell.comment.text.endswith("Who decides this?") and cell.comment.text.startswith("Ann, 2")
    cell.comment = Comment(f"{cell.comment.text}\nBilling does.", "Bea")
    sheet.cell(rows["pays"], columns["step"]).comment = Comment("Cy:\nAlso in cash", "Cy")
    for _ in range(2):
        back(study, book, path)
    notes = [(one.step, one.lane, one.who, one.words) for one in wb.open_study("moving-in").notes.notes]
    assert notes == [
        ("bill", "doing", "Ann", "Who decides this?"),
        ("bill", "doing", "Bea", "Billing does."),
        ("pays", "", "Cy", "Also in cash"),
    ]


def test_owners_of_lanes_come_back_with_the_whole_workbook(study, tmp_path):
    path, book, *_ = out(study, tmp_path)
    lanes = book["Lanes"]
    assert [lanes.cell(3, column).value for column in (1, 3)] == ["thinking", "Insight"]
    lanes.cell(2, 3).value = "Contact centre"
    back(study, book, path)
    assert wb.open_study("moving-in").map.owners == {"doing": "Contact centre", "thinking": "Insight"}


def test_choices_are_lists(study, tmp_path):
    _, book, sheet, columns, _ = out(study, tmp_path)
    rules = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert {'"pain,gain"', '"kept,late,broken"', '"marketing,human,physical,digital"'} <= rules
    assert book["workbench"].sheet_state == "hidden" and book.sheetnames[:3] == ["Map", "Lanes", "How to fill this in"]


def test_the_tables_stand_beside_the_map_and_a_department_gets_no_list_of_people(loaded, tmp_path):
    study = wb.open_study("water-billing")
    _, book, *_ = out(study, tmp_path, because="To call them back")
    assert {"Map", "personas", "hot_spots", "follow_up"} <= set(book.sheetnames)
    _, book, *_ = out(study, tmp_path, department="billing")
    assert "follow_up" not in book.sheetnames


def test_the_command_tells_what_was_merged_and_refuses_what_it_cannot(study, tmp_path, capsys):
    with pytest.raises(wb.DataFault, match="Bill"):
        study.export("xlsx", tmp_path, department="Biling")
    path, book, sheet, columns, rows = out(study, tmp_path)
    sheet.cell(rows["bill"], columns["doing"]).value = "Rings"
    book.save(path)
    assert main(["import", "moving-in", str(path), "--who", "Bea"]) == 0
    told = capsys.readouterr().out
    assert "1 change merged" in told and 'is "Rings"' in told and "against the version" in told
    sheet.cell(rows["bill"], columns["hot spot"]).value = "ouch"
    book.save(path)
    assert main(["import", "moving-in", str(path)]) == 2
    told = capsys.readouterr().err
    assert f'row {rows["bill"]}, column "hot spot"' in told and "Traceback" not in told
    (tmp_path / "torn.xlsx").write_bytes(path.read_bytes()[:2000])
    assert main(["import", "moving-in", str(tmp_path / "torn.xlsx")]) == 2
    strange = Workbook()
    strange.active.append(["a", "b"])
    strange.save(tmp_path / "strange.xlsx")
    assert main(["import", "moving-in", str(tmp_path / "strange.xlsx")]) == 2
    assert "no column of steps" in capsys.readouterr().err


def test_a_cell_of_ten_thousand_letters_goes_there_and_back(study, tmp_path):
    words = "Waits and waits. " * 600
    Drawing(study, "Ann").set("pays", "thinking", words)
    path, book, sheet, columns, rows = out(study, tmp_path)
    assert not back(study, book, path).made
    Drawing(study, "Ann").set("pays", "thinking", "x" * 40_000)
    with pytest.raises(wb.DataFault, match="40,000 letters"):
        study.export("xlsx", tmp_path)


def test_a_row_taken_out_whose_step_others_name_as_the_next(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    sheet.delete_rows(rows["bill"])
    merged = back(study, book, path)
    assert len(merged.asked) == 1 and not merged.made and "bill" in study.map.names
    merged = study.import_map(path, remove=True)
    assert "bill" not in study.map.names and study.map.step("joins").next == ["asks"] and not merged.clashes


def test_the_steps_are_found_whatever_sheet_stands_before_them(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    sheet.title = "Tabelle1"
    book.create_sheet("my notes", 0)["A1"] = "ask Ann"
    sheet.cell(rows["bill"], columns["doing"]).value = "Opens it"
    back(study, book, path)
    assert study.map.step("bill").lanes["doing"] == "Opens it"


def test_a_long_cell_is_told_by_its_beginning(study, tmp_path):
    path, book, sheet, columns, rows = out(study, tmp_path)
    sheet.cell(rows["bill"], columns["doing"]).value = "x" * 32_000
    merged = back(study, book, path)
    assert len(str(merged)) < 2_000 and "32,000 letters" in str(merged)
    assert study.map.step("bill").lanes["doing"] == "x" * 32_000
