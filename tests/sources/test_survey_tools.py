"""Survey tools told by their shape: SurveyMonkey, LimeSurvey, Alchemer, forms, A-11 and the older Qualtrics."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench import sources
from workbench.sources import a11, alchemer, forms, limesurvey, surveymonkey


@pytest.fixture(autouse=True)
def on_the_shelf(monkeypatch):
    for one in (surveymonkey, limesurvey, alchemer, forms, a11):
        monkeypatch.setitem(sources.SHELF, one.name, one)


def read(tmp_path, content, name="answers.csv", encoding="utf-8", **binding):
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return wb.read(path, **binding)


def workbook(tmp_path, table):
    from openpyxl import Workbook

    book = Workbook()
    for row in table:
        book.active.append(row)
    book.save(tmp_path / "answers.xlsx")
    return tmp_path / "answers.xlsx"


def answered(journey, of="nps"):
    counted = journey.count(of=of, people=False)
    return dict(zip(counted["value"], counted["n"], strict=True))


def states(journey, of):
    counted = journey.where(measure=of).count(by="state")
    return dict(zip(counted["state"], counted["n"], strict=True))


def told(journey):
    return " | ".join(f"{fault.column}: {fault.found}, {fault.mend}" for fault in journey.faults)


# -- SurveyMonkey -----------------------------------------------------------------------------------------------------

MONKEY = (
    "Respondent ID,Collector ID,Start Date,End Date,How likely?,Which have you used?,,Anything else?\n"
    ",,,,Response,Shop – high street,App,Open-Ended Response\n"
    "4001,9,05/13/2025 04:01 PM,05/13/2025 04:05 PM,9,Shop – high street,,Café closed\n"
    "4002,9,05/14/2025 04:01 PM,05/14/2025 04:05 PM,3,,App,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_two_heading_rows_become_names(tmp_path, encoding):
    journey = read(
        tmp_path,
        MONKEY,
        encoding=encoding,
        questions={"How likely?": "nps"},
        segments=["Which have you used? - App"],
        text=["Anything else?"],
        timezone="UTC",
    )
    assert journey.trail == ("read answers.csv as surveymonkey",)
    assert answered(journey) == {3: 1, 9: 1}
    assert journey.of_kind("comment").to_frame()["text"].tolist() == ["Café closed"]
    assert journey.between("2025-05-13", "2025-05-14").count(of="nps")["n"].sum() == 1


def test_one_heading_row_loses_no_respondent(tmp_path):
    text = "RespondentID,Do you drive?,How likely are you to come back?\n1,Yes,9\n2,No,3\n"
    journey = read(tmp_path, text, questions={"How likely are you to come back?": "nps"})
    assert journey.trail[0].endswith("as surveymonkey")
    assert answered(journey) == {3: 1, 9: 1}


def test_an_export_without_respondents_is_told(tmp_path):
    text = "Are you content?,How likely?,\nResponse,Response,Why (please specify)\nYes,9,because\nYes,9,because\n"
    journey = read(tmp_path, text, questions={"How likely?": "nps"})
    assert answered(journey) == {9: 2}
    assert "no respondent id" in told(journey)


def test_a_dash_is_an_empty_cell_and_it_is_told(tmp_path):
    text = "RespondentID,Do you drive?,How likely are you to come back?\n1,-,9\n2,No,-\n"
    bound = {"How likely are you to come back?": "nps"}
    journey = read(tmp_path, text, questions=bound, segments=["Do you drive?"])
    assert states(journey, "nps") == {"answered": 1, "unknown": 1}
    assert journey.people.to_frame()["Do you drive?"].isna().sum() == 1
    assert '"-" in 2 cells' in told(journey)


def test_none_is_an_answer(tmp_path):
    text = "RespondentID,Which sauce do you have?,What do you eat with it?\n1,None,x\n2,NA,x\n3,,x\n"
    said = {"Which sauce do you have?": {"measure": "sauce", "values": {"None": 0, "NA": 1}}}
    assert answered(read(tmp_path, text, questions=said), "sauce") == {0: 1, 1: 1}


def test_a_question_that_stands_twice_is_named_by_its_number(tmp_path):
    text = "RespondentID,Pick one? - Other,Pick one? - Other,Do you like it here?\n1,3,9,x\n"
    with pytest.raises(wb.DataFault, match="2 columns called"):
        read(tmp_path, text, questions={"Pick one? - Other": "nps"})
    assert answered(read(tmp_path, text, questions={"Pick one? - Other (2)": "nps"})) == {9: 1}


def test_a_workbook_of_two_heading_rows(tmp_path):
    path = workbook(
        tmp_path,
        [
            ["Respondent ID", "Collector ID", "How likely?", "Used?", None],
            [None, None, "Response", "Shop", "App"],
            [4001, 9, 9, "Shop", None],
        ],
    )
    journey = wb.read(path, questions={"How likely?": "nps"}, segments=["Used? - App", "Used? - Shop"])
    assert journey.trail[0].endswith("as surveymonkey")
    assert answered(journey) == {9: 1}


# -- LimeSurvey -------------------------------------------------------------------------------------------------------

LIME = {
    "code": "id;submitdate;lastpage;startlanguage;Q1;Q2[SQ001]",
    "text": "Response ID;Date submitted;Last page;Start language;How likely?;Used? [Shop]",
    "both": '"id. Response ID";"submitdate. Date submitted";"lastpage. Last page";"startlanguage. Start language";'
    '"Q1. How  likely?";"Q2[SQ001]. Used? [Shop]"',
}
LIME_ROWS = "\n1;2025-03-01 10:00:00;3;en;9;Y\n2;;1;en;3;\n\n"


@pytest.mark.parametrize("delimiter", [";", ","])
@pytest.mark.parametrize("headings", LIME)
def test_headings_by_code_by_text_or_both(tmp_path, headings, delimiter):
    text = (LIME[headings] + LIME_ROWS).replace(";", delimiter)
    question = "How likely?" if headings == "text" else "Q1"
    journey = read(tmp_path, text, encoding="utf-8-sig", questions={question: "nps"}, segments=["finished"])
    assert journey.trail[0].endswith("as limesurvey")
    assert answered(journey) == {3: 1, 9: 1}
    assert "1 answer not sent off" in told(journey)
    assert sorted(journey.people.to_frame()["finished"]) == ["no", "yes"]
    label = journey.measures.to_frame()["label"].tolist()
    assert label == (["Q1"] if headings == "code" else ["How likely?"])


@pytest.mark.parametrize(
    "headings",
    [
        "Antwort ID;Datum Abgeschickt;Letzte Seite;Start-Sprache",
        "ID de la réponse;Date de soumission;Dernière page;Langue de départ",
        "Antwoord ID;Datum verzonden;Laatste pagina;Begintaal",
        "Respuesta ID;Fecha de envío;Última página;Lenguaje inicial",
        "Svar-ID;Innsendt dato;Siste side;Startspråk",
    ],
    ids=["German", "French", "Dutch", "Spanish", "told by what the columns hold"],
)
def test_headings_of_other_languages_are_known(tmp_path, headings):
    journey = read(tmp_path, f"{headings};Wie zufrieden?;Used? [Shop]{LIME_ROWS}", questions={"Wie zufrieden?": "nps"})
    assert journey.trail[0].endswith("as limesurvey")
    assert answered(journey) == {3: 1, 9: 1}
    assert "1 answer not sent off" in told(journey)
    again = read(tmp_path, f"{headings};Wie zufrieden?;Used? [Shop]{LIME_ROWS}", questions={"Wie zufrieden?": "nps"},
                 time="submitdate", person="id", timezone="UTC")  # fmt: skip
    assert again.to_frame()["time"].notna().sum() == 1


def test_what_merely_looks_like_it_is_no_limesurvey_file(tmp_path):
    from workbench import files

    for text in ("a;b;c;d;Are you content?\n1;2025-03-01 10:00:00;3;CA;9\n", "a;b;c;d;Are you content?\n1;;3;en;9\n",
                 "case;time;step;lang;done\n1;2025-03-01 10:00:00;3;en;9\n"):  # fmt: skip
        (tmp_path / "log.csv").write_text(text)
        assert not limesurvey.recognises(files.receive(tmp_path / "log.csv", tmp_path))


def test_a_question_with_several_options_keeps_not_shown_apart_in_a_vv_file(tmp_path):
    text = (
        "a\tb\tc\td\te\tf\nid\tsubmitdate\tlastpage\tstartlanguage\tQ1_SQ001\tQ1_SQ002\n"
        "1\t2025-03-01 10:00:00\t3\ten\tY\t\n2\t2025-03-01 10:00:00\t3\ten\t\t\n"
        "3\t2025-03-01 10:00:00\t3\ten\t{question_not_shown}\t{question_not_shown}\n"
    )
    several = {"Q1": {"measure": "used", "columns": {"shop": "Q1_SQ001", "app": "Q1_SQ002"}}}
    journey = read(tmp_path, text, "vvexport.csv", several=several)
    assert states(journey, "used: app") == {"answered": 1, "not_shown": 1, "skipped": 1}


def test_unfinished_answers_can_be_left_out(tmp_path):
    journey = read(tmp_path, LIME["code"] + LIME_ROWS, questions={"Q1": "nps"}, set_aside={"finished": ["no"]})
    assert answered(journey) == {9: 1}


def test_1980_is_no_date_but_was_sent_off(tmp_path):
    text = LIME["code"] + "\n1;1980-01-01 00:00:00;3;en;9;Y\n"
    journey = read(tmp_path, text, questions={"Q1": "nps"}, segments=["finished"])
    assert journey.to_frame()["time"].isna().all()
    assert "1980-01-01 in 1 rows" in told(journey)
    assert journey.people.to_frame()["finished"].tolist() == ["yes"]


def test_answers_numbered_1_2_3_are_not_joined_to_those_of_another_file(tmp_path):
    first = read(tmp_path, LIME["code"] + LIME_ROWS, "a.csv", questions={"Q1": "nps"})
    second = read(tmp_path, LIME["code"] + LIME_ROWS, "b.csv", questions={"Q1": "nps"})
    assert not set(first.to_frame()["person"]) & set(second.to_frame()["person"])


def test_a_vv_file_keeps_not_shown_and_skipped_apart(tmp_path):
    text = (
        "Response ID\tDate submitted\tLast page\tStart language\tHow likely?\tWhy?\n"
        "id\tsubmitdate\tlastpage\tstartlanguage\tQ1\tQ2\n"
        '1\t2025-03-01 10:00:00\t3\ten\t9\t"Good{newline}{lbrace}really}\n'
        "2\t2025-03-02 10:00:00\t3\ten\t\t\n"
        "3\t{question_not_shown}\t1\ten\t{question_not_shown}\t{question_not_shown}\n"
    )
    journey = read(tmp_path, text, "vvexport_1.csv", questions={"Q1": "nps"}, text=["Q2"])
    assert journey.trail[0].endswith("as limesurvey")
    assert states(journey, "nps") == {"answered": 1, "skipped": 1, "not_shown": 1}
    assert journey.of_kind("comment").to_frame()["text"].tolist() == ['"Good\n{really}']
    said = read(tmp_path, text, "vvexport_1.csv", questions={"Q1": "nps"}, blank="skipped")
    assert states(said, "nps") == {"answered": 1, "skipped": 1, "not_shown": 1}
    over = read(tmp_path, text, "vvexport_1.csv", questions={"Q1": "nps"}, blank="not_applicable")
    assert states(over, "nps") == {"answered": 1, "not_applicable": 1, "not_shown": 1}
    assert journey.measures.to_frame()["label"].tolist() == ["How likely?"]


def test_a_vv_file_of_uneven_rows_is_refused_with_its_rows(tmp_path):
    text = "a\tb\tc\td\nid\tsubmitdate\tlastpage\tstartlanguage\n1\t\t1\n2\t\t1\ten\n"
    with pytest.raises(wb.DataFault, match="row 3: found 3 cells, expected 4"):
        read(tmp_path, text, format="limesurvey", questions={"lastpage": "nps"})


# -- Alchemer, forms, A-11 --------------------------------------------------------------------------------------------


def test_partial_answers_are_kept_and_told_and_deleted_ones_set_aside(tmp_path):
    text = (
        '"Response ID","Time Started","Date Submitted","Status","Reason #1:How\u00a0likely? \u00a0"\n'
        '"1","2025-12-22 12:35:34","2025-12-22 12:36:30","Complete","9"\n'
        '"2","2025-12-22 12:35:34","2025-12-22 12:37:30","Partial","3"\n'
        '"3","2025-12-22 12:35:34","2025-12-22 12:38:30","Deleted","1"\n'
    )
    for heading in ("Reason #1:How likely?", "Reason #1:How\u00a0likely? \u00a0"):
        journey = read(tmp_path, text, questions={heading: "nps"})
        assert journey.trail[0].endswith("as alchemer")
        assert answered(journey) == {3: 1, 9: 1}
        assert "1 partial answers beside 1 complete ones" in told(journey)
        assert "1 deleted answers, set aside" in told(journey)
    complete = read(tmp_path, text, questions={heading: "nps"}, set_aside={"Status": ["Partial", "Deleted"]})
    assert answered(complete) == {9: 1}


def test_google_forms_are_told_by_their_timestamp(tmp_path):
    text = (
        "Timestamp,How likely are you to come back?,What do you use?\n"
        '2025/05/12 3:45:10 PM GMT+2,9,"Shop, on the corner, App"\n'
        "2025/05/13 12:05:10 AM GMT+2,3,App\n"
    )
    journey = read(tmp_path, text, questions={"How likely are you to come back?": "nps"})
    assert journey.trail[0].endswith("as forms")
    assert answered(journey) == {3: 1, 9: 1}
    assert "zone" not in told(journey)
    assert journey.between("2025-05-12T13:45:10", "2025-05-12T13:45:11").count()["n"].sum() == 1


def test_microsoft_forms_are_told_by_their_first_columns(tmp_path):
    from datetime import datetime

    path = workbook(
        tmp_path,
        [
            ["ID", "Start time", "Completion time", "Email", "Name", "How likely?"],
            [1, datetime(2025, 5, 12, 9), datetime(2025, 5, 12, 9, 5), "a@example.com", "A", 9],
        ],
    )
    journey = wb.read(path, questions={"How likely?": "nps"}, timezone="UTC")
    assert journey.trail[0].endswith("as forms")
    assert answered(journey) == {9: 1}
    assert "columns that say who people are" in told(journey)


def test_an_event_log_is_no_form(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("timestamp,user_id,event\n2025-01-01,1,open the page now\n")
    from workbench import files

    assert not forms.recognises(files.receive(path, tmp_path))


A11 = ",".join(
    ["external_id", "question_1", *(f"{s}_{d}" for s in ("positive", "negative") for d in a11.DRIVERS), "question_4"]
)


def test_an_option_that_was_not_asked_is_not_shown(tmp_path):
    thumbs = "a,1," + "1," + "0," * 6 + "null," * 7 + "Quick\nb,0," + "null," * 7 + "0,1," + "0," * 5 + "\n"
    journey = read(tmp_path, f"{A11}\n{thumbs}")
    assert journey.trail[0].endswith("as a11")
    assert answered(journey, "trust") == {0: 1, 1: 1}
    assert answered(journey, "positive: effectiveness") == {1: 1}
    assert states(journey, "positive: effectiveness") == {"answered": 1, "not_shown": 1}
    assert answered(journey, "negative: ease") == {1: 1}
    assert journey.of_kind("comment").to_frame()["text"].tolist() == ["Quick"]
    five = read(tmp_path, f"{A11}\na,5," + "null," * 14 + "\nb,1," + "null," * 14 + "\n")
    assert five.measures.to_frame().set_index("measure")["high"]["trust"] == 5
    with pytest.raises(wb.DataFault, match="fit no one scale"):
        read(tmp_path, f"{A11}\na,1," + "null," * 14 + "\n")


# -- Qualtrics --------------------------------------------------------------------------------------------------------

LEGACY = (
    "V1,V2,V3,V4,V5,V6,V7,V8,V9,V10,Q1,Q2,Q2,LocationAccuracy,\n"
    "ResponseID,ResponseSet,Name,ExternalDataReference,EmailAddress,IPAddress,Status,StartDate,EndDate,Finished,"
    '"How, likely?",One,Two,LocationAccuracy,\n'
    "R_1,Default,Anonymous,007,,,0,2025-03-01 10:00:00,2025-03-01 10:05:00,1,9,1,3,-1,\n"
    "R_2,Default,Anonymous,008,,,2,2025-03-01 10:00:00,2025-03-01 10:06:00,1,9,1,3,-1,\n"
    "R_3,Default,Anonymous,009,,,0,2025-03-01 10:00:00,2025-03-01 10:07:00,1,3,1,3,-1,\n"
)


def test_the_older_export_has_two_heading_rows_and_a_trailing_comma(tmp_path):
    journey = read(tmp_path, LEGACY, encoding="utf-8-sig", questions={"Q1": "nps"}, person="ExternalDataReference")
    assert journey.trail[0].endswith("as qualtrics")
    assert answered(journey) == {3: 1, 9: 1}
    assert journey.measures.to_frame()["label"].tolist() == ["How, likely?"]
    assert "1 test answers" in told(journey)
    assert "EmailAddress, IPAddress" in told(journey)
    twice = read(tmp_path, LEGACY, questions={"Q2 (2)": {"measure": "x", "scale": [1, 5]}}, person="V4")
    assert answered(twice, "x") == {3: 2}


def test_import_ids_in_other_quotes_are_import_ids(tmp_path):
    text = "ResponseID,EndDate,Q1\nResponseID,EndDate,How likely?\n\"{'ImportId': 'responseId'}\",\"{'ImportId': 'endDate'}\","
    text += "\"{'ImportId': 'QID1'}\"\nR_1,2025-03-01 10:00:00,9\n"
    journey = read(tmp_path, text, questions={"QID1": "nps"})
    assert journey.trail[0].endswith("as qualtrics")
    assert answered(journey) == {9: 1}


def test_an_export_of_tests_alone_is_refused(tmp_path):
    with pytest.raises(wb.DataFault, match="all of them previews, tests or spam"):
        read(tmp_path, LEGACY.replace(",,,0,", ",,,2,"), questions={"Q1": "nps"})


def test_scores_that_their_own_groups_contradict_are_refused(tmp_path):
    text = "ResponseId,Q9_NPS_GROUP,Q9\nid,group,How likely?\n" + ",".join(
        f'"{{""ImportId"":""{one}""}}"' for one in ("_recordId", "QID9_NPS_GROUP", "QID9")
    )
    with pytest.raises(wb.DataFault, match="row 4, column .Q9.: found 7 beside Detractor in Q9_NPS_GROUP"):
        read(tmp_path, text + "\nR_1,Detractor,7\nR_2,Promoter,10\n", questions={"Q9": "nps"})
    assert answered(read(tmp_path, text + "\nR_1,Detractor,6\nR_2,Promoter,10\n", questions={"Q9": "nps"})) == {
        6: 1,
        10: 1,
    }


# -- real files -------------------------------------------------------------------------------------------------------


def test_real_exports_are_told_by_their_shape(shared):
    folder = shared / "data"
    lime = wb.read(
        folder / "limesurvey_hrru" / "survey_321192_R_data_file_run1.csv",
        questions={"G2Q00002": {"measure": "children", "scale": [1, 100]}},
        segments=["finished"],
    )
    assert lime.people.to_frame()["finished"].value_counts().to_dict() == {"yes": 214, "no": 60}
    use = {"Daily": 4, "Weekly": 3, "Monthly": 2, "Less often than monthly": 1}
    jupyter = wb.read(
        folder / "jupyter_surveys" / "20160115235816-SurveyExport.csv",
        questions={"How often do you use Jupyter Notebook?": {"measure": "use", "values": use}},
    )
    assert answered(jupyter, "use") == {4: 530, 3: 392, 2: 111, 1: 58}
    assert "927 partial answers beside 779 complete ones" in told(jupyter)
    star = "Do you consider yourself to be a fan of the Star Trek franchise?"
    wars = wb.read(
        folder / "surveymonkey_538" / "StarWars.csv",
        questions={star: {"measure": "fan", "values": {"Yes": 1, "No": 0}}},
    )
    assert answered(wars, "fan") == {1: 427, 0: 641}


def test_both_shapes_of_a_qualtrics_survey_hold_the_same_respondents(shared):
    folder = shared / "data" / "qualtrics_tools"
    from workbench import files
    from workbench.engine import Engine, one
    from workbench.sources import qualtrics
    from workbench.sources.binding import Binding
    from workbench.sources.reading import Desk, nw

    held = {}
    for path in sorted(folder.glob("No Basis*.csv")) + sorted(folder.glob("Side-by-Side*.csv")):
        engine = Engine()
        received = files.receive(path, engine.scratch)
        assert sources.kind_of(received) == "qualtrics"
        sheet = qualtrics.headed(Desk(received, engine, Binding(), b"k" * 32))
        held.setdefault(path.name.split("__")[0], set()).add(int(one(sheet.frame.select(nw.len()))))
    assert held == {"No Basis for Evaluation": {15}, "Side-by-Side Questions": {25}}
