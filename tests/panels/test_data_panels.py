"""The panels of the data, driven as their pages drive them: dropped, bound, corrected, loaded; asked; and whether to trust it."""

import pytest
from test_panels import html_of, opened

import workbench as wb
from workbench.faults import DataFault
from workbench.panels import columns

HOSTILE = "<img src=x onerror=alert(1)>"
ANSWERS = (
    f"RespondentID,region,How would you rate the booking?,How would you rate the boarding?,Why? {HOSTILE},e-mail\n"
    + "".join(
        f"R{number:04},{'North' if number % 2 else 'South'},{1 + number % 5},{9 if number == 7 else 1 + number % 4},"
        f"call me on 07700 900{number:03},p{number}@example.org\n"
        for number in range(60)
    )
)
BOOKING, BOARDING = "How would you rate the booking?", "How would you rate the boarding?"


@pytest.fixture
def desk(home):
    """The data panel of a new study, with one survey dropped on it."""
    panel = opened("data", wb.new_study("mine"))
    panel.fields["files"].take([("answers.csv", ANSWERS.encode())])
    panel.work.wait()
    return panel


def cells(panel, name):
    return next(row["cells"] for row in panel.table.grid.rows if row["id"] == name)


def bound(panel):
    return panel.study.about.sources[0]


def test_a_file_that_is_dropped_is_bound_at_once_and_shown_as_it_is_read(desk):
    assert "1 source was added" in desk.status.value and desk.fields["source"].value == "sources/answers.csv"
    booking = cells(desk, BOOKING)
    assert (booking["is"], booking["low"], booking["high"]) == ("rating", 1, 5)
    assert booking["received"] == booking["read"] == "1 · 2 · 3"
    assert cells(desk, "RespondentID")["read"] == "a pseudonym"
    shown = str(desk.table.grid.rows)
    assert "R0001" not in shown and "@example.org" not in shown and "07700 900001" not in shown
    desk.table.ask({"do": "set", "id": BOARDING, "key": "missing", "value": [], "was": ["9"]})
    assert "row 9" in str(desk.table.grid.faults[BOARDING]) and cells(desk, BOARDING)["read"] == "1 · 2 · 3"


def test_a_column_is_something_else_when_a_person_says_so_and_undo_takes_it_back(desk):
    ask, before = desk.table.ask, bound(desk)
    ask({"do": "set", "id": BOOKING, "key": "is", "value": "segments", "was": "rating"})
    assert BOOKING in bound(desk).segments and BOOKING not in bound(desk).questions
    made, study = desk.code.code, desk.study
    desk.undo()
    assert bound(desk) == before
    exec(made)  # noqa: S102 - the line shown does the same
    assert BOOKING in study.about.sources[0].segments
    desk.undo()
    ask({"do": "set", "id": BOOKING, "key": "high", "value": 7, "was": 5})
    ask({"do": "set", "id": BOOKING, "key": "missing", "value": ["9"], "was": []})
    assert bound(desk).questions[BOOKING].scale == (1, 7) and bound(desk).questions[BOOKING].missing == ["9"]
    with pytest.raises(DataFault, match="low under high"):
        ask({"do": "set", "id": BOOKING, "key": "low", "value": 8, "was": 1})
    with pytest.raises(DataFault, match="say first"):
        ask({"do": "set", "id": "region", "key": "measure", "value": "nps", "was": ""})


def test_two_clicks_make_a_map_with_measures_by_step(desk):
    desk.steps_button.click()
    assert [one.name for one in desk.study.map.steps] == [BOOKING, BOARDING]
    desk.load_button.click()
    desk.work.wait()
    assert "Loaded" in desk.status.value and "<td>answers.csv</td>" in desk.loaded.value
    found = wb.mean_rating(desk.study.journey, of="csat", by="step")
    assert (
        list(found.table["step"]) == [one.id for one in desk.study.map.steps]
        and desk.steps_button.layout.display == "none"
    )


def test_another_content_is_asked_about_and_a_source_comes_back(desk):
    more = ANSWERS.encode() + b"R9999,North,3,3,,\n"
    desk.fields["files"].take([("answers.csv", more)])
    desk.work.wait()
    words, bar = desk.asked_box.children
    assert "Replace what is there?" in words.value
    bar.children[0].click()
    desk.work.wait()
    assert (desk.study.path / "sources" / "answers.csv").read_bytes() == more
    desk.remove_button.click()
    assert desk.study.about.sources == [] and "answers.csv" in html_of(desk)
    desk.undo_button.click()
    assert len(desk.study.about.sources) == 1 and desk.table.grid.rows


def test_a_file_that_cannot_be_read_says_why_and_nothing_can_run(desk):
    desk.fields["files"].take([(f"{HOSTILE}.csv", b"")])
    desk.work.wait()
    assert "an empty file" in desk.status.value and "<img" not in desk.status.value
    assert len(desk.study.about.sources) == 1
    desk.refresh()
    assert "<img" not in html_of(desk) + desk.static()  # cells of the table are plain text


def test_speakers_who_ask_are_said(shared):
    panel = opened("data", shared)
    panel.fields["source"].value = "sources/interviews/*.vtt"
    said = {row["id"]: row["cells"]["is"] for row in panel.table.grid.rows}
    assert said["Researcher"] == "interviewer" and "speaker" in said.values()


def test_a_survey_whose_questionnaire_names_columns_otherwise_is_read_by_it(shared):
    entry = next(one for one in shared.edit("study").entries if one.get("questionnaire"))
    found = columns.looked(shared, entry, read=False)
    ratings = [one for one in found.cells.values() if one["is"] == "rating"]
    assert len(ratings) == 38 and {"nps", "csat"} <= {one["measure"] for one in ratings}


def test_a_questionnaire_is_edited_cell_by_cell(study):
    panel = opened("questionnaire", study)
    path = study.path.parents[1] / "surveys" / "water-billing.yaml"
    before = path.read_bytes()
    assert len(panel.grid.rows) == 40 and panel.grid.faults == {}
    panel.ask(
        {
            "do": "set",
            "id": "QID11",
            "key": "label",
            "value": "How content were you?",
            "was": "How satisfied were you with moving in?",
        }
    )
    assert (
        path.read_text().startswith("# The questionnaire of the customer survey") and "How content" in path.read_text()
    )
    panel.ask({"do": "set", "id": "QID11", "key": "high", "value": 7, "was": 5})
    assert "scale: [1, 7]" in path.read_text().split("QID11")[1].split("\n")[0]
    with pytest.raises(DataFault):
        panel.ask({"do": "set", "id": "QID11", "key": "type", "value": "loudness", "was": "range"})
    with pytest.raises(DataFault, match="theirs stands"):
        panel.ask({"do": "set", "id": "QID11", "key": "measure", "value": "nps", "was": "ces"})
    panel.ask({"do": "undo"})
    panel.ask({"do": "undo"})
    assert path.read_bytes() == before
    panel.ask({"do": "set", "id": "QID11", "key": "step", "value": "QID", "was": "moves-in"})
    assert "no step" in panel.grid.faults["QID11"]["step"]


def test_a_questionnaire_is_made_of_a_binding_and_goes_round_as_xlsform(desk):
    panel = opened("questionnaire", desk.study)
    panel.made.children[0].children[0].click()
    assert bound(desk).questionnaire == "answers" and not bound(desk).questions
    assert [row["cells"]["label"] for row in panel.grid.rows] == [BOOKING, BOARDING]
    assert len(desk.study.load().people) == 60
    panel.export_button.click()
    written = next((desk.study.path.parents[1] / "reports" / "mine").glob("*.xlsx"))
    panel.fields["files"].take([("again.xlsx", written.read_bytes())])
    assert panel.fields["questionnaire"].value == "again"
    assert [row["id"] for row in panel.grid.rows] == [BOOKING, BOARDING]


def test_quality_says_whether_the_data_may_be_trusted_for_what(shared):
    assert len(shared.journey)
    panel = opened("quality", shared)
    panel.work.wait()
    assert "rows were set aside" in panel.verdict.value and "journeys of people" in panel.verdict.value
    names = [part.finding.name for part in panel.place.children if hasattr(part, "finding")]
    assert names[:2] == ["sources_read", "people_found"] and "set_aside" not in names
    assert len(panel.grid.rows) == len(wb.faults.to_frame(shared.check())) and panel.grid.locked


@pytest.mark.parametrize("name", ["data", "questionnaire", "quality"])
def test_an_empty_study_says_what_to_do_first(home, name):
    panel = opened(name, wb.new_study("empty"))
    assert panel.status.value == "" and len(html_of(panel)) > 60 and len(panel.static()) > 60
