"""Questionnaires as researchers hold them: XLSForm workbooks read and written, Qualtrics survey definitions read."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest
from needs import some
from openpyxl import Workbook, load_workbook
from water_town import ROOT

import workbench as wb
from workbench import cli, files, models
from workbench.engine import Engine
from workbench.faults import DataFault
from workbench.sources import qsf, qualtrics, xlsform
from workbench.sources.binding import Binding, Item, Question, Questionnaire
from workbench.sources.reading import Desk
from workbench.sources.survey import _means

SATISFIED = {"1": "Very dissatisfied", "2": "Dissatisfied", "3": "Neither", "4": "Satisfied", "5": "Very satisfied"}


def received(path: Path):
    return files.receive(path, path.parent)


def saved(questionnaire: Questionnaire, path: Path) -> Path:
    words = questionnaire.model_dump(by_alias=True, exclude_unset=True, mode="json")
    path.write_text(models.dump(words), encoding="utf-8")
    return path


def told(notes) -> str:
    return " | ".join(f"{one.row} {one.column}: {one.found} -> {one.mend}" for one in notes)


def answers(frame) -> dict[str, list]:
    """What the records say of each measure, in the order of the file: a value, or the kind of nothing."""
    found: dict[str, list] = {}
    for one in frame.records.to_frame().sort_values("order").itertuples():
        if one.kind == "answer":
            found.setdefault(one.measure, []).append(one.value if one.state == "answered" else one.state)
    return found


# -- choices ----------------------------------------------------------------------------------------------------------


def test_a_choice_is_read_by_its_label_or_its_code(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("who,Q1\n1,Very satisfied\n2,4\n3,very  DISSATISFIED\n4,Delighted\n5,n/a\n", encoding="utf-8")
    question = {"measure": "csat", "type": "select_one", "choices": SATISFIED | {"9": "n/a"}, "not_applicable": ["9"]}
    frame = wb.read(path, person="who", questions={"Q1": question})
    assert answers(frame)["csat"] == [5.0, 4.0, 1.0, "unknown", "not_applicable"]
    assert "'Delighted'" in told(frame.faults)


def test_a_stated_value_wins_over_the_code_of_a_label():
    question = Question(measure="csat", choices=SATISFIED, values={"5": 1, "Satisfied": 2}, scale=(1, 5))
    assert _means("Very satisfied", question, Binding(), ".") == ("answered", 1.0)
    assert _means("Satisfied", question, Binding(), ".") == ("answered", 2.0)
    assert _means("Neither", question, Binding(), ".") == ("answered", 3.0)


def test_a_code_that_is_no_choice_of_a_recoded_question_is_set_aside():
    choices = {str(code): str(code - 1) for code in range(1, 12)}
    question = Question(measure="nps", choices=choices, values={code: float(label) for code, label in choices.items()})
    assert question.bounds == (0, 10)
    assert _means("11", question, Binding(), ".") == ("answered", 10.0)
    assert _means("1", question, Binding(), ".") == ("answered", 0.0)
    assert _means("0", question, Binding(), ".")[0] == "outside"


def test_the_scale_of_coded_choices_leaves_out_what_is_no_answer():
    question = Question(measure="ease", choices=SATISFIED | {"99": "No answer"}, missing=["99"])
    assert question.bounds == (1, 5)


def test_a_questionnaire_needs_one_list_for_questions_segments_and_several_options():
    survey = [
        {"name": "Q1", "type": "select_one", "measure": "csat", "choices": SATISFIED},
        {"name": "Q2", "type": "select_one", "choices": {"1": "House", "2": "Flat"}},
        {"name": "Q3", "type": "select_multiple", "measure": "used", "choices": {"1": "Shop", "2": "App"},
         "columns": {"1": "Q3_1", "2": "Q3_2"}},
        {"name": "Q4", "type": "select_multiple", "choices": {"a": "Red", "b": "Blue"}},
        {"name": "Q5", "type": "text"},
    ]  # fmt: skip
    bound = Questionnaire.model_validate({"title": "t", "survey": survey}).bind()
    assert list(bound.questions) == ["Q1", "Q5"]
    assert bound.segments == ["Q2"]
    assert bound.several["Q3"].called == ["Shop", "App"]
    assert (bound.several["Q4"].measure, bound.several["Q4"].delimiter) == ("Q4", " ")


def test_columns_that_were_not_asked_leave_questions_segments_and_options():
    survey = [
        {"name": "Q2", "type": "select_one", "choices": {"1": "House"}},
        {"name": "Q3", "type": "select_multiple", "choices": {"1": "Shop", "2": "App"},
         "columns": {"1": "Q3_1", "2": "Q3_2"}},
        {"name": "Q4", "type": "select_multiple", "choices": {"a": "Red"}},
    ]  # fmt: skip
    content = {"title": "t", "survey": survey, "binding": {"not_asked": ["Q2", "Q3_2", "Q4"]}}
    bound = Questionnaire.model_validate(content).bind()
    assert bound.segments == []
    assert bound.several["Q3"].columns == {"1": "Q3_1"}
    assert "Q4" not in bound.several


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"type": "range"}, "a measure"),
        ({"type": "text", "delimiter": ";"}, "select_multiple"),
        ({"type": "select_multiple", "choices": {"1": "A", "2": "A"}}, "called differently"),
        ({"type": "select_multiple"}, "options"),
        ({"type": "select_multiple", "choices": {"1": "A"}, "scale": [1, 2]}, "no scale"),
        ({"type": "range", "measure": "nps", "scale": [10, 0]}, "low to high"),
    ],
)
def test_a_question_that_cannot_be_is_refused_with_what_is_expected(words, why):
    with pytest.raises(DataFault, match=why):
        models.build({"title": "t", "survey": [{"name": "Q1"} | words]}, Questionnaire)


def test_several_options_do_not_stand_among_a_bindings_questions():
    with pytest.raises(DataFault, match="several:"):
        models.build({"questions": {"Q1": {"type": "select_multiple", "measure": "used"}}}, Binding)


# -- XLSForm ----------------------------------------------------------------------------------------------------------


def form(path: Path, **sheets) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


WHOLE = {
    "title": "=Water & more",
    "survey": [
        {"name": "QID1", "type": "range", "measure": "nps", "scale": [0, 10], "label": "=1+1", "step": "first-bill"},
        {"name": "QID2#1_1", "type": "select_one", "measure": "csat", "choices": SATISFIED, "reversed": True,
         "missing": ["-99", "no, thanks"], "not_applicable": ["8"]},
        {"name": "QID2_1_1", "type": "select_one", "measure": "csat2", "choices": SATISFIED, "values": {"1": 5, "x": 2.5}},
        {"name": "How many?", "type": "integer", "measure": "often", "scale": [-1, 0.5]},
        {"name": "QID3", "type": "select_multiple", "measure": "used", "choices": {"1": "Shop, or stall", "2": "@App"},
         "columns": {"1": "QID3_1", "2": "QID3_2"}, "unchosen": ["0"], "blank": "skipped"},
        {"name": "QID4", "type": "select_multiple", "choices": {"01": "Red", "1.0": "Blue"}, "delimiter": ";"},
        {"name": "QID5", "type": "range", "measure": "trust", "choices": {"1": "Not at all", "5": "Fully"}},
        {"name": "QID6", "type": "text", "label": "Anything else?\n-- Please say"},
    ],
    "binding": {"person": "ExternalReference", "wave": {"is": "2025-1"}, "skipped": ["-99"], "set_aside": {"S": ["x"]}},
    "bindings": {"legacy": {"columns": {"QID1": "Q1: 1"}, "blank": "not_shown"}, "same": {}},
}  # fmt: skip


def test_a_questionnaire_goes_through_a_spreadsheet_unchanged(tmp_path):
    whole = Questionnaire.model_validate(WHOLE)
    xlsform.write(whole, tmp_path / "q.xlsx")
    notes: list = []
    again = xlsform.read(received(tmp_path / "q.xlsx"), notes)
    assert again == whole
    assert again.bind("legacy") == whole.bind("legacy")
    assert [list(one.choices) for one in again.survey] == [list(one.choices) for one in whole.survey]
    assert not notes


def test_the_surveys_of_the_house_go_through_a_spreadsheet_unchanged(tmp_path):
    for path in sorted((ROOT / "surveys").glob("*.yaml")):
        whole = models.read(path, Questionnaire)
        xlsform.write(whole, tmp_path / "q.xlsx")
        assert xlsform.read(received(tmp_path / "q.xlsx")) == whole


def test_a_written_cell_is_text_and_never_a_formula(tmp_path):
    xlsform.write(Questionnaire.model_validate(WHOLE), tmp_path / "q.xlsx")
    cells = [
        cell for page in load_workbook(tmp_path / "q.xlsx") for row in page for cell in row if cell.value is not None
    ]
    assert cells and {cell.data_type for cell in cells} == {"s"}
    quoted = {cell.value for cell in cells if cell.quotePrefix}
    assert {"=1+1", "=Water & more", "@App", "-99, no"} & quoted == {"=1+1", "=Water & more", "@App"}


def test_the_same_questionnaire_gives_the_same_bytes_whenever_it_is_written(tmp_path, monkeypatch):
    import datetime

    import openpyxl.packaging.core
    import openpyxl.writer.excel

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 5, 6, 7, 8, 9, tzinfo=tz)

    xlsform.write(Questionnaire.model_validate(WHOLE), tmp_path / "a.xlsx")
    monkeypatch.setattr(openpyxl.writer.excel.datetime, "datetime", Later)
    xlsform.write(Questionnaire.model_validate(WHOLE), tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(("label", "why"), [("a\x0bb", "no workbook can hold"), ("x" * 40_000, "40,000 letters")])
def test_what_a_workbook_cannot_hold_is_refused_and_nothing_is_written(tmp_path, label, why):
    whole = Questionnaire.model_validate({"title": "t", "survey": [{"name": "Q", "type": "text", "label": label}]})
    with pytest.raises(DataFault, match=why):
        xlsform.write(whole, tmp_path / "q.xlsx")
    assert not (tmp_path / "q.xlsx").exists()


def test_an_edited_spreadsheet_may_hold_numbers_where_codes_were_text(tmp_path):
    path = form(
        tmp_path / "q.xlsx",
        survey=[["type", "name", "label", "measure", "missing"], ["select_one s", "Q1", "How?", "csat", 9.0]],
        choices=[["list_name", "name", "label"], ["s", 1.0, "Bad"], ["s", 2, "Good"], ["s", 9, "?"]],
    )
    item = xlsform.read(received(path)).survey[0]
    assert (list(item.choices), item.missing, item.bounds) == (["1", "2", "9"], ["9"], (1, 2))


def test_a_form_of_another_tool_gives_its_questions_and_tells_what_was_not_kept(tmp_path):
    path = form(
        tmp_path / "household.xlsx",
        survey=[
            ["type", "name", "label::English (en)", "label::Français (fr)", "relevant", "parameters"],
            ["start", "start", None],
            ["begin_group", "bills", "Bills"],
            ["note", "hello", "Hello"],
            ["select_one sat", "sat_bill", "How satisfied?", "Satisfait ?", "${home} = 'a'"],
            ["select one home or_other", "home", "Your home"],
            ["select_multiple ways", "ways", "Which ways?"],
            ["range", "recommend", "Recommend?", None, None, "start=0 end=10 step=1"],
            ["integer", "people", "How many?"],
            ["rank ways", "order", "Rank them"],
            ["geopoint", "where", "Where?"],
            ["text", "why", "Why?"],
            ["calculate", "sum", None],
            ["end group"],
        ],
        choices=[
            ["list_name", "name", "label::English (en)"],
            *[["sat", code, label] for code, label in SATISFIED.items()],
            ["sat", "98", "Don't know"],
            ["home", "a", "House"], ["home", "b", "Flat"],
            ["ways", "web", "Web site"], ["ways", "phone", "Telephone"],
        ],
        settings=[["form_title", "form_id"], ["Household form", "hh1"]],
    )  # fmt: skip
    notes: list = []
    found = xlsform.read(received(path), notes)
    assert found.title == "Household form"
    assert [one.name for one in found.survey] == ["sat_bill", "home", "home_other", "ways", "recommend", "why"]
    bound = found.bind()
    assert bound.questions["sat_bill"].bounds == (1, 5)
    assert bound.questions["sat_bill"].missing == ["98"]
    assert bound.questions["recommend"].scale == (0, 10)
    assert bound.segments == ["home"]
    assert bound.several["ways"].options == {"web": "Web site", "phone": "Telephone"}
    for word in ("2 languages", "relevant", "(people)", "type rank (order)", "type geopoint (where)", "98"):
        assert word in told(notes), word


def test_every_fault_of_a_form_is_told_at_once_with_its_row_and_column(tmp_path):
    path = form(
        tmp_path / "q.xlsx",
        survey=[
            ["type", "name", "label", "measure"],
            ["select_one nowhere", "q1", "", "csat"],
            ["text", "two words", ""],
            ["text", "q3", ""],
            ["text", "q3", ""],
            ["tekst", "q5", ""],
            ["integer", "q6", ""],
            ["", "q7", ""],
        ],
        choices=[["list_name", "name", "label"], ["s", "1", "A"], ["s", "1", "B"], ["s", None, "C"]],
        binding=[["binding", "word", "value", "values"], ["", "persn", "x"], ["", "columns", None, "{broken"]],
    )
    with pytest.raises(DataFault) as problem:
        xlsform.read(received(path))
    places = {(one.row, one.column) for one in problem.value.faults}
    assert places >= {
        (2, "survey.type"), (3, "survey.name"), (5, "survey.name"), (6, "survey.type"), (8, "survey.type"),
        (3, "choices.name"), (4, "choices.name"), (2, "binding.word"), (3, "binding.values"),
    }  # fmt: skip
    assert any(one.row == 7 and "a measure" in one.expected for one in problem.value.faults)
    assert 'did you mean "text"?' in " ".join(one.mend for one in problem.value.faults)


@pytest.mark.parametrize(
    ("sheets", "why"),
    [
        ({"Survey": [["type", "name"], ["text", "q"]]}, 'a sheet called "Survey"'),
        ({"Sheet1": [["a", "b"], ["c", "d"]]}, "no sheet called survey"),
        ({"survey": [["typ", "name"], ["text", "q"]]}, 'did you mean "typ"'),
        ({"survey": [["type", "name", "name"], ["text", "q", "r"]]}, "2 columns called so"),
        ({"survey": [["type", "name"], ["note", "q"]]}, "no question"),
    ],
)
def test_a_workbook_that_is_no_form_is_refused(tmp_path, sheets, why):
    with pytest.raises(DataFault, match=why):
        xlsform.read(received(form(tmp_path / "q.xlsx", **sheets)))


def test_a_cell_far_out_is_refused_before_it_fills_the_memory(tmp_path):
    book = Workbook()
    book.active.title = "survey"
    book.active["A1"] = "type"
    book.active.cell(1_048_576, 16_384).value = "x"
    book.save(tmp_path / "q.xlsx")
    with pytest.raises(DataFault, match="row 1,048,576, column 16,384"):
        xlsform.read(received(tmp_path / "q.xlsx"))


def test_a_mistyped_column_is_not_passed_over(tmp_path):
    rows = [["type", "name", "mesure", "kuid"], ["range", "q", "nps", "x1"]]
    notes: list = []
    with pytest.raises(DataFault, match='did you mean "measure"'):
        xlsform.read(received(form(tmp_path / "q.xlsx", survey=rows)), notes)
    assert "survey.kuid" in told(notes)


def test_options_with_spaces_cannot_stand_in_a_list_with_spaces(tmp_path):
    path = form(
        tmp_path / "q.xlsx",
        survey=[["type", "name"], ["select_multiple ways", "q"]],
        choices=[["list_name", "name", "label"], ["ways", "by phone", "By phone"]],
    )
    with pytest.raises(DataFault, match="names without spaces"):
        xlsform.read(received(path))


# -- Qualtrics survey definitions -------------------------------------------------------------------------------------


def definition(path: Path, *questions: dict, order: list[str] | None = None) -> Path:
    ids = [one["QuestionID"] for one in questions] if order is None else order
    blocks = [
        {"Type": "Default", "BlockElements": [{"Type": "Question", "QuestionID": one} for one in ids]},
        {"Type": "Trash", "BlockElements": [{"Type": "Question", "QuestionID": "QID99"}]},
    ]
    elements = [{"Element": "BL", "Payload": blocks}]
    elements += [{"Element": "SQ", "PrimaryAttribute": one["QuestionID"], "Payload": one} for one in questions]
    content = {"SurveyEntry": {"SurveyName": "Bills"}, "SurveyElements": elements}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def asked(number: int, kind: str, selector: str, **more) -> dict:
    return {
        "QuestionID": f"QID{number}", "DataExportTag": f"Q{number}", "QuestionType": kind, "Selector": selector,
        "QuestionText": f"<div>Question&nbsp;{number}<br>here</div>",
    } | more  # fmt: skip


def listed(*labels: str, start: int = 1) -> dict:
    return {str(place): {"Display": label} for place, label in enumerate(labels, start=start)}


NPS = asked(1, "MC", "NPS", Choices=listed(*map(str, range(11))), RecodeValues={str(i): str(i) for i in range(1, 12)})
SAT = asked(2, "MC", "SAVR", Choices=listed(*SATISFIED.values(), "Not applicable"), ChoiceOrder=[1, 2, 3, 4, 5, 6])
HOME = asked(3, "MC", "SAVR", Choices=listed("House", "Flat") | {"3": {"Display": "Other", "TextEntry": "true"}})
WAYS = asked(4, "MC", "MAVR", Choices=listed("Web", "Phone"), RecodeValues={"1": "10", "2": "20"})
ROWS = asked(
    5, "Matrix", "Likert", SubSelector="SingleAnswer", Choices=listed("Price", "Staff"), ChoiceOrder=["2", "1"],
    Answers=listed("Poor", "Fair", "Good", "No opinion"), RecodeValues={"1": 1, "2": 2, "3": 3, "4": -1},
)  # fmt: skip
OPEN = asked(6, "TE", "SL")
SLIDE = asked(7, "Slider", "HSLIDER", Choices=listed("Ease"), Configuration={"CSSliderMin": 0, "CSSliderMax": 100})
HEAT = asked(8, "HeatMap", "Image")
TEXT = asked(9, "DB", "TB")


def test_a_survey_definition_gives_wording_scales_and_order(tmp_path):
    path = definition(tmp_path / "s.qsf", NPS, SAT, HOME, WAYS, ROWS, OPEN, SLIDE, HEAT, TEXT, asked(99, "TE", "SL"),
                      order=["QID6", "QID1", "QID2", "QID3", "QID4", "QID5", "QID7", "QID8", "QID9"])  # fmt: skip
    notes: list = []
    assert qsf.recognises(received(path))
    found = qsf.read(received(path), notes)
    names = ["QID6_TEXT", "QID1", "QID2", "QID3", "QID3_3_TEXT", "QID4", "QID5_2", "QID5_1", "QID7_1"]
    assert [one.name for one in found.survey] == names
    assert found.title == "Bills"
    assert found.survey[0].label == "Question 6 here"
    bound = found.bind()
    assert bound.questions["QID1"].values["11"] == 10
    assert (bound.questions["QID1"].measure, bound.questions["QID1"].bounds) == ("nps", (0, 10))
    assert (bound.questions["QID2"].bounds, "6" in bound.questions["QID2"].not_applicable) == ((1, 5), True)
    assert (bound.questions["QID5_1"].measure, bound.questions["QID5_1"].bounds) == ("q5_1", (1, 3))
    assert bound.questions["QID5_1"].not_applicable == ["-1"]
    assert bound.questions["QID7_1"].scale == (0, 100)
    assert bound.segments == ["QID3"]
    assert bound.several["QID4"].called == ["Web", "Phone"]
    assert bound.blank == "unknown"
    assert "Q8: a question of the kind HeatMap" in told(notes)
    assert "Not applicable" in told(notes) and "No opinion" in told(notes)


def test_a_scale_from_minus_two_to_two_keeps_its_lower_half(tmp_path):
    codes = {str(place): str(place - 3) for place in range(1, 6)}
    question = asked(1, "MC", "SAVR", Choices=listed(*SATISFIED.values()), RecodeValues=codes)
    item = qsf.read(received(definition(tmp_path / "s.qsf", question))).survey[0]
    assert (item.scale, item.not_applicable) == ((-2, 2), [])


def test_choices_written_as_numbers_or_as_a_list_from_0_are_scores(tmp_path):
    question = asked(1, "MC", "NPS", Choices=[{"Display": place} for place in range(11)])
    item = qsf.read(received(definition(tmp_path / "s.qsf", question))).survey[0]
    assert item.choices["0"] == "0" and not item.values


def test_bands_are_no_scores(tmp_path):
    question = asked(1, "MC", "SAVR", Choices=listed("18-24", "25-34", "35 - 44"))
    item = qsf.read(received(definition(tmp_path / "s.qsf", question))).survey[0]
    assert (item.measure, item.values) == (None, {})


def test_only_one_question_is_the_nps(tmp_path):
    notes: list = []
    found = qsf.read(
        received(definition(tmp_path / "s.qsf", NPS, NPS | {"QuestionID": "QID2", "DataExportTag": "Q2"})), notes
    )
    assert [one.measure for one in found.survey] == ["nps", "nps_q2"]
    assert "say measure: nps and step:" in told(notes)


def test_an_export_of_its_time_is_read_with_the_names_that_it_has(tmp_path):
    found = qsf.read(received(definition(tmp_path / "s.qsf", NPS, HOME, WAYS, ROWS)))
    for columns in (
        ["QID1", "QID3", "QID3_3_TEXT", "QID4_1", "QID4_2", "QID5_1", "QID5_2"],
        ["QID1", "QID3", "QID3-TEXT", "QID4-1", "QID4-2", "QID5-1", "QID5-2"],
        ["Q1", "Q3", "Q3_3_TEXT", "Q4_10", "Q4_20", "Q5_1", "Q5_2"],
        ["Q1", "Q3", "Q3_TEXT", "Q4_1", "Q4_2", "Q5_1", "Q5_2"],
    ):
        notes: list = []
        path = tmp_path / "answers.csv"
        row = dict(zip(columns, ["11", "2", "A boat", "1", "", "3", "-1"], strict=True))
        with open(path, "w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows([["who", *row], ["p1", *row.values()]])
        binding = qsf.fitted(found, columns, notes).bind()
        assert not notes
        frame = wb.read(path, format="survey", person="who", **binding.model_dump(by_alias=True, exclude_unset=True))
        said = answers(frame)
        assert said["nps"] == [10.0]
        assert (said["q4: Web"], said["q4: Phone"]) == ([1.0], [0.0])
        assert (said["q5_1"], said["q5_2"]) == ([3.0], ["not_applicable"])


def test_columns_that_an_export_does_not_have_are_told_and_not_asked(tmp_path):
    found = qsf.read(received(definition(tmp_path / "s.qsf", NPS, WAYS, OPEN)))
    notes: list = []
    bound = qsf.fitted(found, ["QID1", "QID4_1"], notes).bind()
    assert (list(bound.questions), bound.several["QID4"].columns) == (["QID1"], {"1": "QID4_1"})
    assert "2 of 4 columns" in told(notes) and "QID6_TEXT" in told(notes)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"SurveyEntry": ' + "[" * 200_000, "lists within lists"),
        ('{"SurveyElements": ["' + "\\" * 100_001, "broken JSON"),
        ("SurveyEntry, of no JSON", "broken JSON"),
        ('{"a": 1}', "something else"),
        ("[1, 2]", "something else"),
        ('{"SurveyElements": {"a": 1}}', "something else"),
        ('{"SurveyElements": []}', "no questions"),
        ('{"SurveyElements": [1, {"Element": "SQ", "Payload": "x"}]}', "no questions"),
        (
            '{"SurveyElements": [{"Element": "SQ", "Payload": {"QuestionID": "QID1", "QuestionType": "X"}}]}',
            "can be kept",
        ),
    ],
)
def test_a_definition_that_is_none_is_refused_as_a_fault(tmp_path, content, why):
    path = tmp_path / "s.qsf"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataFault, match=why):
        qsf.read(received(path))


@pytest.mark.parametrize(
    "part", ["Choices", "RecodeValues", "Answers", "ChoiceOrder", "Configuration", "AdditionalQuestions"]
)
@pytest.mark.parametrize("strange", [None, [], "x", 7, [[]], {"a": None}])
def test_a_question_of_another_shape_never_breaks_the_reading(tmp_path, part, strange):
    side = asked(10, "SBS", "SBSMatrix", AdditionalQuestions={"1": ROWS})
    broken = [one | {part: strange} for one in (SAT, WAYS, ROWS, SLIDE, side)]
    found = qsf.read(received(definition(tmp_path / "s.qsf", OPEN, *broken)))
    assert found.survey[0].name == "QID6_TEXT"


ASIDE = ("Q13_", "Location", "Recipient")  # a question deleted since, and what Qualtrics adds by itself
OWN = {
    "responseid", "responseset", "ipaddress", "startdate", "enddate", "externaldatareference", "finished", "status",
    "name", "emailaddress", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "",
}  # fmt: skip
NO_QUESTION = {("Long Exhaustive Sample Survey", "Q1")}  # a text to be read, of which older exports kept a column


def test_every_question_column_of_the_real_exports_is_found_and_read(tmp_path, shared):
    """All survey definitions against the exports beside them; their answers, all tests, are taken for real ones. Each third
    export is read as well; with WORKBENCH_NIGHTLY all of them are."""
    engine, exports = Engine(), []
    for path in sorted((shared / "data" / "qualtrics_tools").glob("*.qsf")):
        survey = path.name.partition("__")[0]
        found = qsf.read(files.receive(path, engine.scratch))
        for export in sorted(path.parent.glob(f"{survey}__*.csv")):
            desk = Desk(files.receive(export, engine.scratch), engine, Binding(), b"k" * 32)
            sheet = qualtrics.headed(desk)
            here = qsf.fitted(found, [*sheet.headings, *sheet.names])
            bound = here.bind()
            columns = [*bound.questions, *bound.segments]
            columns += [one for question in bound.several.values() for one in dict(question.columns).values()]
            matched = {sheet.column(dict(bound.columns).get(one, one)) for one in columns}
            left = [
                heading
                for place, heading in enumerate(sheet.headings)
                if f"c{place}" not in matched
                and heading.casefold() not in OWN
                and not heading.startswith(ASIDE)
                and (survey, heading) not in NO_QUESTION
            ]
            assert not left, (export.name, left)
            if not bound.questions and not bound.several:
                continue  # nothing but choices without an order: segments, and no measure
            exports.append((export, here, sheet.first_row))
    assert len(exports) > 15
    for export, here, first_row in some(exports, 3):
        copy = tmp_path / export.name
        with open(export, encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.reader(handle))
        status = rows[1].index("Status") if "Status" in rows[1] else rows[0].index("Status")
        for row in rows[first_row - 1 :]:
            row[status] = "0"
        with open(copy, "w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(rows)
        frame = wb.read(copy, questionnaire=saved(here, tmp_path / "q.yaml"))
        outside = [one for one in frame.faults if "number from" in one.expected or one.expected.startswith("one of:")]
        assert not outside, (export.name, outside)


def test_real_survey_definitions_go_through_a_spreadsheet_unchanged(tmp_path, shared):
    paths = sorted((shared / "data" / "qualtrics_tools").glob("*.qsf"))
    assert len(paths) == 16
    for path in paths:
        whole = qsf.read(files.receive(path, tmp_path))
        xlsform.write(whole, tmp_path / "q.xlsx")
        assert xlsform.read(received(tmp_path / "q.xlsx")) == whole, path.name


def test_an_item_is_still_written_by_its_measure_alone():
    assert Item(name="Q1", measure="nps").bounds == (0, 10)


# -- on the road in ---------------------------------------------------------------------------------------------------

EXPORT = """ResponseId,EndDate,Status,Q1,Q2
Response ID,End Date,Response Type,Question 1 here,Question 2 here
"{""ImportId"":""_recordId""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"
R_1,2025-03-01 10:00:00,0,11,5
R_2,2025-03-01 11:00:00,0,1,Not applicable
"""


@pytest.fixture
def pair(tmp_path):
    """A survey definition, and an export of its answers."""
    export = tmp_path / "bills.csv"
    export.write_text(EXPORT, encoding="utf-8")
    return definition(tmp_path / "bills.qsf", NPS, SAT), export


def test_a_questionnaire_is_never_taken_for_answers(pair, tmp_path):
    book = tmp_path / "form.xlsx"
    assert cli.main(["questionnaire", str(pair[0]), str(book)]) == 0
    for path in (pair[0], book):
        with pytest.raises(DataFault, match="questions and no answers"):
            wb.read(path)
        profile = wb.profile(path)
        assert "is a questionnaire" in profile.sentence
        assert profile.table["seems"].tolist() == ["range, nps", "select_one, q2"]


def test_an_export_is_read_by_the_definition_of_its_survey(pair):
    frame = wb.read(pair[1], questionnaire=pair[0], timezone="UTC")
    assert answers(frame)["nps"] == [10.0, 0.0]
    assert answers(frame)["q2"] == [5.0, "not_applicable"]


def test_a_study_begins_from_a_definition_and_its_export(project, pair):
    assert cli.main(["new", "bills", "--from", *map(str, pair)]) == 0
    study = wb.open_study("bills")
    assert [one.questionnaire for one in study.about.sources] == ["sources/bills.qsf"]
    assert answers(study.load())["nps"] == [10.0, 0.0]
    path = study.path / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("bills.qsf", "bills"), encoding="utf-8")
    assert answers(wb.open_study("bills").journey)["q2"] == [5.0, "not_applicable"]  # fitted by any of its names


def test_a_questionnaire_alone_is_no_study(project, pair, capsys):
    assert cli.main(["new", "bills", "--from", str(pair[0])]) == 2
    assert "questionnaires beside surveys: 1 beside 0" in capsys.readouterr().err


def test_a_questionnaire_outside_the_study_is_not_read_by_it(project, pair):
    folder = project / "data" / "bills"
    (folder / "sources").mkdir(parents=True)
    (folder / "sources" / "bills.csv").write_text(EXPORT, encoding="utf-8")
    for wrong in (str(pair[0]), "../../bills.qsf"):
        line = f"  - {{file: sources/bills.csv, format: qualtrics, questionnaire: '{wrong}'}}\n"
        (folder / "study.yaml").write_text(f"title: b\nsources:\n{line}", encoding="utf-8")
        with pytest.raises(DataFault, match="no questionnaire called"):
            _ = wb.open_study("bills").journey
