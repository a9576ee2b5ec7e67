"""Contact logs, complaints, tracking sheets, customer tables and interviews, each as small as it can be."""

from __future__ import annotations

import pytest

import workbench as wb


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_contact_log_maps_its_own_words_to_steps_and_tells_of_others(tmp_path):
    log = write(
        tmp_path,
        "log.csv",
        "customer,event,occurred_at,channel\n1,BILL,2025-01-01 10:00,post\n1,NOISE,2025-01-02,web\n",
    )
    journey = wb.read(
        log,
        person="customer",
        activity="event",
        time="occurred_at",
        channel="channel",
        timezone="UTC",
        steps={"BILL": "first-bill"},
    )
    assert journey.distinct("step") == ["NOISE", "first-bill"]
    assert any("NOISE" in fault.found for fault in journey.faults)


def test_only_what_was_completed_counts_where_a_log_has_a_life_cycle(tmp_path):
    log = write(
        tmp_path,
        "log.csv",
        "who,activity,time,stage\n1,call,2025-01-01 10:00,START\n1,call,2025-01-01 10:05,COMPLETE\n",
    )
    journey = wb.read(log, person="who", activity="activity", time="time", lifecycle="stage", timezone="UTC")
    assert len(journey) == 1


def test_complaints_are_counted_per_thousand_customers(tmp_path):
    tickets = write(
        tmp_path,
        "tickets.csv",
        "Id,Requester id,Created at,Solved at,Reason\n1,a,2025-01-01T10:00:00Z,2025-01-02T10:00:00Z,bill\n"
        "2,a,2025-01-03T10:00:00Z,2025-01-02T10:00:00Z,bill\n",
    )
    journey = wb.read(tickets, person="Requester id", opened="Created at", closed="Solved at", category="Reason")
    assert journey.trail[0].endswith("as complaints")
    assert journey.count(by="step")["n"].tolist() == [2]
    assert any(fault.found == "a complaint closed before it was opened" and fault.row == 3 for fault in journey.faults)


def test_readings_of_a_tracking_sheet_are_nobodys_answers(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    notes = book.active
    notes.title = "Notes"
    notes.append(["Made by the tracking team"])
    sheet = book.create_sheet("Tracking")
    sheet.append(["month", "measure", "value", "base"])
    sheet.append(["2025-01", "nps", -5, 400])
    sheet.append(["2025-02", "nps", 101, 390])
    path = tmp_path / "tracking.xlsx"
    book.save(path)
    journey = wb.read(path, time="month", measure="measure", value="value", n="base", timezone="UTC")
    assert journey.count(by="kind")["n"].tolist() == [2]
    assert journey.count(of="nps")["n"].sum() == 0
    assert any("readings from -5 to 101" in fault.found for fault in journey.faults)
    assert wb.track(journey).to_frame()["n"].tolist() == [400, 390]


def test_a_customer_that_stands_twice_is_told(tmp_path):
    table = write(tmp_path, "customers.csv", "id,segment,region\n01,owner,North\n1,tenant,South\n01,owner,North\n")
    journey = wb.read(table, format="people", person="id", segments=["segment", "region"])
    assert len(journey.people) == 2
    assert any("stands twice" in fault.found and fault.row == 4 for fault in journey.faults)


VTT = """WEBVTT

NOTE made by hand

00:00:01.000 --> 00:00:03.000
<v Researcher>How was it?</v>

00:00:03.000 --> 00:00:05.000
<v Maud>A bill came,

00:00:05.000 --> 00:00:08.000
<v Maud>for fourteen months. My number is 07700 900123.</v>

00:00:08.000 --> 00:00:09.000
<v Researcher>And then?</v>

00:00:09.000 --> 00:00:11.000
<v Maud>I rang. Maud, they said, wait.</v>
"""


def test_an_interview_is_turns_of_speech_with_the_interviewer_set_apart(tmp_path):
    journey = wb.read(write(tmp_path, "interview.vtt", VTT), interviewer=["Researcher"])
    said = journey.to_frame().sort_values("order")["text"].tolist()
    assert said == ["A bill came, for fourteen months. My number is [phone].", "I rang. [name], they said, wait."]
    assert len(journey.people) == 1


def test_names_before_a_colon_are_speakers_too(tmp_path):
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nResearcher: How?\n\n00:02.000 --> 00:03.000\nAnn: Badly.\n"
    journey = wb.read(write(tmp_path, "a.vtt", text), interviewer=["Researcher"])
    assert journey.to_frame()["text"].tolist() == ["Badly."]


def test_a_colon_in_a_sentence_makes_no_speaker(tmp_path):
    cues = [f"00:{n:02d}.000 --> 00:{n:02d}.900\nwords and more words {n}" for n in range(1, 40)]
    cues[20] = "00:21.000 --> 00:21.900\nOne thing is sure: nobody rang"
    journey = wb.read(write(tmp_path, "a.vtt", "WEBVTT\n\n" + "\n\n".join(cues) + "\n"))
    assert len(journey) == 1
    assert any(fault.found == "no speakers" for fault in journey.faults)


def test_a_word_transcript_is_read_by_its_speakers(tmp_path):
    from docx import Document

    document = Document()
    for line in ("Researcher  0:01", "How was it?", "Maud  0:04", "Bad.", "Maud  0:09", "Very bad."):
        document.add_paragraph(line)
    path = tmp_path / "interview.docx"
    document.save(path)
    journey = wb.read(path, interviewer=["Researcher"])
    assert journey.to_frame()["text"].tolist() == ["Bad. Very bad."]


def test_a_transcript_of_the_interviewer_alone_is_refused(tmp_path):
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Researcher>Hello?</v>\n"
    with pytest.raises(wb.DataFault, match="only the interviewer's words"):
        wb.read(write(tmp_path, "a.vtt", text), interviewer=["Researcher"])


def test_profile_tells_the_kind_and_each_column_and_prints_no_names(tmp_path):
    path = write(
        tmp_path,
        "answers.csv",
        "respondent_id,RecipientEmail,when,nps,segment\n"
        + "".join(f"R{n:03d},p{n}@example.com,2025-01-{1 + n % 28:02d},{n % 11},{'AB'[n % 2]}\n" for n in range(60)),
    )
    found = wb.profile(path)
    seems = found.table.set_index("column")["seems"].to_dict()
    assert seems == {
        "respondent_id": "who it is about",
        "RecipientEmail": "another key of a person",
        "when": "when it was answered",
        "nps": "a recommendation 0 to 10",
        "segment": "a segment",
    }
    assert "example.com" not in found.table.to_csv()
    assert "RecipientEmail" in found.sentence


WIDE = (
    "wave,n,nps,sat,promoters,passives,detractors\n"
    "2025Q1,400,12,3.9,42,28,30\n2025Q2,410,14,3.9,43,28,29\n2025Q4,400,12,3.9,52,28,30\n"
)
COLUMNS = {"nps": "nps", "sat": "csat", "promoters": "promoters", "passives": "passives", "detractors": "detractors"}


def test_a_wide_sheet_has_a_column_a_measure(tmp_path):
    sheet = write(tmp_path, "wide.csv", WIDE)
    journey = wb.read(sheet, format="tracking", time="wave", n="n", columns=COLUMNS, timezone="UTC")
    assert journey.distinct("wave") == ["2025Q1", "2025Q2", "2025Q4"]
    assert wb.track(journey, of="csat").table["value"].tolist() == [3.9, 3.9, 3.9]
    found = [fault.found for fault in journey.faults]
    assert "no reading for 2025Q3" in found
    assert "shares of 2025Q4 that add to 110" in found


def test_a_scale_that_changed_is_told_where_it_changed(tmp_path):
    sheet = write(tmp_path, "wide.csv", "month,csat\n2025-01,3.9\n2025-02,4.0\n2025-03,7.8\n")
    journey = wb.read(sheet, format="tracking", time="month", columns={"csat": "csat"}, timezone="UTC")
    assert any("7.8 in 2025-03 is the first outside" in fault.found for fault in journey.faults)


def test_a_wide_sheet_has_a_column_a_month(tmp_path):
    sheet = write(tmp_path, "wide.csv", "measure,2025-01,2025-02,2025-03\nnps,1,2,3\ncsat,3.1,,3.3\n")
    months = ["2025-01", "2025-02", "2025-03"]
    journey = wb.read(sheet, format="tracking", measure="measure", columns=months, timezone="UTC")
    assert wb.track(journey).table["value"].tolist() == [1, 2, 3]
    assert wb.track(journey, of="csat").table["month"].tolist() == ["2025-01", "2025-03"]


def test_every_real_file_has_a_profile_that_says_its_kind(shared):
    """Each is recognised without being told."""
    data = shared / "data"
    known = {
        "spss_displayr/satisfaction.sav": "spss",
        "surveymonkey_538/StarWars.csv": "surveymonkey",
        "limesurvey_hrru/survey_321192_R_data_file_run1.csv": "limesurvey",
        "jupyter_surveys/20160115235816-SurveyExport.csv": "alchemer",
        "eventlogs_pm4py/receipt.csv": "events",
        "eventlogs_pm4py/roadtraffic100traces.xes": "xes",
        "eventlogs_pm4py/ocel20_example.sqlite": "ocel",
        "complaints_cfpb/complaints_sample.csv": "cfpb",
        "transcripts_txt/Interview 2.txt": "transcript",
        "transcripts_vtt/331-developer-in-residence.vtt": "webvtt",
        "refi_qda_reference/TestProject.qdpx": "refi_qda",
        "sfo_customer_survey/2017_SFO_Customer_Survey_20250817.csv": "survey",
    }
    assert {name: wb.profile(data / name).title for name in known} == known
