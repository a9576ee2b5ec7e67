"""What help desks, customer systems and regulators export: known by their headings, each with what is particular to it."""

from __future__ import annotations

import csv
import json

import pytest

import workbench as wb
from workbench import sources
from workbench.sources import tickets


@pytest.fixture(autouse=True)
def on_the_shelf(monkeypatch):
    for reader in tickets.EXPORTS:
        monkeypatch.setitem(sources.SHELF, reader.name, reader)


def write(tmp_path, text, name="export.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def told(journey):
    return " | ".join(f"{fault.column} {fault.found} {fault.mend}" for fault in journey.faults)


def said(journey):
    return journey.to_frame().sort_values("order")


CFPB = (
    "Date received,Product,Issue,Company,Consumer complaint narrative,Submitted via,Complaint ID\n"
    '2024-01-05,"Checking, savings",Late fee,B,I wrote to a@b.org,Web,11\n'
    "2024-01-06T10:00:00Z,Card,Lost card,B,,Phone,12\n"
    "2024-01-06T10:00:00Z,Card,Lost card,B,,Phone,12\n"
)


def test_a_regulators_complaints_need_no_binding(tmp_path):
    journey = wb.read(write(tmp_path, CFPB))
    assert journey.trail[0].endswith("as cfpb")
    table = said(journey)
    assert table["step"].tolist() == ["Late fee", "Lost card"]
    assert table["channel"].tolist() == ["Web", "Phone"]
    assert table["text"].tolist()[0] == "I wrote to [e-mail]"
    assert table["time"].notna().all()
    assert "1 row with the number of another" in told(journey)
    assert "each counts as a person of its own" in told(journey)
    assert 'category: "Issue"' in told(journey)
    assert said(wb.read(write(tmp_path, CFPB), category="Product"))["step"].tolist() == ["Checking, savings", "Card"]


def test_real_complaints_are_read_with_18_columns_and_with_16(shared, tmp_path):
    path = shared / "data" / "complaints_cfpb" / "complaints_sample.csv"
    with open(path, encoding="utf-8", newline="") as handle:
        table = list(csv.reader(handle))
    gone = {table[0].index("Consumer consent provided?"), table[0].index("Consumer disputed?")}
    shorter = tmp_path / "sixteen.csv"
    with open(shorter, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([[one for place, one in enumerate(row) if place not in gone] for row in table])
    both = [wb.read(one, timezone="America/New_York") for one in (path, shorter)]
    assert [len(one) for one in both] == [1000, 1000]
    assert both[0].count(by="channel").equals(both[1].count(by="channel"))
    assert both[0].to_frame()["text"].notna().sum() == 272


ZENDESK = (
    "ID,Requester,Requester id,Requester email,Status,Via,Ticket type,Tags,Created at,Solved at,Subject,Reason [list]\n"
    "1,Ann,077,a@x.org,Solved,Mail,Question,a,2025-01-01T10:00:00Z,2025-01-02T10:00:00Z,Ring 07700 900123,bill\n"
    "2,Ann,077,a@x.org,Closed,Web,,a closed_by_merge,2025-01-03T10:00:00Z,,twice,bill\n"
    "3,Bo,78,b@x.org,Deleted,Web,,,2025-01-03T10:00:00Z,,spam,leak\n"
    "4,Cy,79,c@x.org,Open,Web,,,2025-01-04T10:00:00Z,2025-01-03T10:00:00Z,wet,leak\n"
)


def test_tickets_of_a_help_desk_lose_the_deleted_and_the_merged(tmp_path):
    journey = wb.read(write(tmp_path, ZENDESK))
    assert journey.trail[0].endswith("as zendesk")
    table = said(journey)
    assert table["step"].tolist() == ["bill", "leak"]
    assert table["text"].tolist() == ["Ring [phone]", "wet"]
    assert "1 deleted ticket" in told(journey)
    assert "1 ticket merged into another" in told(journey)
    assert "closed before it was opened" in told(journey)
    assert "correct the dates of 4" in told(journey)
    assert "without a time zone" not in told(journey)
    assert said(wb.read(write(tmp_path, ZENDESK), category="Ticket type"))["step"].tolist()[0] == "Question"


RATED = (
    "ID,Requester id,Status,Via,Created at,Satisfaction Score,CSAT score\n"
    "4711,77,Solved,Mail,2025-01-01T10:00:00Z,Good with comment,\n4712,78,Solved,Web,2025-01-02T10:00:00Z,Bad,\n"
    "4713,77,Solved,Web,2025-01-03T10:00:00Z,Offered,\n4714,79,Open,Web,2025-01-04T10:00:00Z,Unoffered,\n"
    "4715,79,Deleted,Web,2025-01-04T10:00:00Z,Good,\n"
)


def test_how_people_rated_the_help_stands_beside_their_tickets(tmp_path):
    journey = wb.read(write(tmp_path, RATED))
    complaints, answers = (journey.of_kind(kind).to_frame().sort_values("time") for kind in ("complaint", "answer"))
    assert len(complaints) == 4
    assert answers["measure"].unique().tolist() == ["csat"]
    assert list(zip(answers["state"], answers["value"].fillna(-1), strict=True)) == [
        ("answered", 1.0), ("answered", 0.0), ("skipped", -1.0), ("not_shown", -1.0),
    ]  # fmt: skip
    assert answers[["person", "time"]].values.tolist() == complaints[["person", "time"]].values.tolist()
    assert journey.to_frame()["order"].is_unique
    measures = journey.measures.to_frame().set_index("measure")
    assert measures.loc["csat", ["label", "low", "high"]].tolist() == ["Zendesk satisfaction (good or bad)", 0.0, 1.0]
    assert "set aside" not in told(journey).replace("1 deleted ticket set aside", "")


def test_ratings_from_1_to_5_keep_their_scale(tmp_path):
    text = RATED.replace("Good with comment,", "Good,5").replace("Bad,", ",2")
    journey = wb.read(write(tmp_path, text))
    five = journey.count(of="csat", people=False)
    assert dict(zip(five["value"], five["n"], strict=True)) == {2: 1, 5: 1}
    assert journey.count(of="csat_good_or_bad", people=False)["n"].sum() == 1
    mine = wb.read(write(tmp_path, text), questions={"CSAT score": {"measure": "help", "scale": [1, 5]}})
    assert mine.count(of="help", people=False)["n"].sum() == 2


def test_a_rating_of_a_ticket_a_line_keeps_its_comment(tmp_path):
    line = {"id": 9, "requester_id": 77, "created_at": "2025-01-01T10:00:00Z", "status": "open"}
    rated = [{"score": "good_with_comment", "comment": "Thanks, a@b.org"}, {"score": "offered"}, None]
    lines = [line | {"id": number, "satisfaction_rating": one} for number, one in enumerate(rated)]
    journey = wb.read(write(tmp_path, "\n".join(map(json.dumps, lines)), "tickets.json"))
    assert journey.count(of="csat", people=False)["n"].sum() == 1
    assert journey.of_kind("comment").to_frame()["text"].tolist() == ["Thanks, [e-mail]"]
    assert journey.of_kind("complaint").to_frame()["place"].tolist() == ["ticket 0", "ticket 1", "ticket 2"]


def test_a_complaint_is_found_again_by_its_own_number(tmp_path):
    path = write(tmp_path, "id,Complaint_ID,who,opened\n1,C005,a,2025-01-01\n2,,b,2025-01-02\n")
    journey = wb.read(path, format="complaints", person="who", opened="opened", timezone="UTC")
    assert said(journey)["place"].fillna("-").tolist() == ["complaint C005", "-"]
    cases = wb.read(write(tmp_path, SALESFORCE + case(1)))
    assert said(cases)["place"].tolist() == ["case 1"]
    none = wb.read(write(tmp_path, "who,opened\na,2025-01-01\n"), format="complaints", person="who", opened="opened")
    assert said(none)["place"].isna().all()


def test_tickets_a_line_are_read_as_they_stand(tmp_path):
    lines = [
        {
            "id": 1,
            "requester_id": 77,
            "created_at": "2025-01-01T10:00:00Z",
            "via": {"channel": "email"},
            "description": "Dear Ann, hello",
            "tags": ["a", "b"],
            "status": "open",
            "custom_fields": [{"id": 360, "value": "bill"}],
        },
        {"id": 2, "requester_id": "0078", "created_at": "2025-01-02T10:00:00Z", "status": "deleted"},
        {"id": 3, "requester_id": "0078", "created_at": "2025-01-03T10:00:00Z", "via": {"channel": "web"}},
    ]
    path = write(tmp_path, "\n\n".join(json.dumps(one) for one in lines), "tickets.json")
    journey = wb.read(path, category="custom_fields.360")
    assert journey.trail[0].endswith("as zendesk")
    table = said(journey)
    assert table["channel"].tolist() == ["email", "web"]
    assert table["step"].tolist()[0] == "bill"
    assert table["text"].tolist()[0] == "Dear [name], hello"
    assert any(fault.row == 3 and "deleted" in fault.found for fault in journey.faults)
    page = write(tmp_path, json.dumps({"tickets": lines}), "page.json")
    assert len(wb.read(page)) == 2


def test_every_line_that_is_no_ticket_is_told(tmp_path):
    good = '{"id": 1, "requester_id": 7, "created_at": "2025-01-01T10:00:00Z", "status": "open"}'
    path = write(tmp_path, f'{good}\n{{"id": 2,\n[1]\n{good}\n', "tickets.json")
    with pytest.raises(wb.DataFault) as problem:
        wb.read(path)
    assert [fault.row for fault in problem.value.faults] == [2, 3]


SALESFORCE = "ID,ISDELETED,MASTERRECORDID,CASENUMBER,CONTACTID,ORIGIN,REASON,CREATEDDATE,CLOSEDDATE\n"


def case(number, deleted="false", master="", contact="003A"):
    return f"500A0000000{number:04d}AAA,{deleted},{master},{number},{contact},Web,Bill,2025-01-01T10:00:00.000Z,\n"


def test_merged_cases_are_followed_to_the_one_that_counts(tmp_path):
    path = write(
        tmp_path,
        SALESFORCE
        + case(1)
        + case(2, "true", "500A00000000001AAA")
        + case(3, "true", "500A00000000002")  # a chain, and an id of 15 letters
        + case(4, "true", "000000000000000AAA")
        + case(5, "false", "000000000000000AAA", "000000000000000AAA")
        + case(6, "true", "500A00000000099AAA", "003B")  # both into a case that is not here
        + case(7, "true", "500A00000000099AAA", "003B")
        + case(8, "true", "500A00000000009AAA", "003C")  # in a ring
        + case(9, "true", "500A00000000008AAA", "003C"),
    )
    journey = wb.read(path)
    assert journey.trail[0].endswith("as salesforce")
    assert len(journey) == 4
    assert len(journey.people) == 4
    assert "4 cases merged into another" in told(journey)
    assert "2 cases merged into one that is not in the file" in told(journey)
    assert "1 deleted case" in told(journey)
    assert "a blank id" in told(journey)  # a reference to nothing is nobody


HUBSPOT = (
    "hs_object_id,hs_survey_type,hs_value,hs_content,hs_contact_id,hs_submission_timestamp,hs_survey_channel\n"
    "1,NPS,9,Good,c1,2025-01-01T10:00:00Z,EMAIL\n2,CSAT,2,,c1,2025-01-02T10:00:00Z,CHAT\n"
    "3,CES,7,Easy,c2,2025-01-02T10:00:00Z,EMAIL\n4,CUSTOM,3,x,c2,2025-01-02T10:00:00Z,EMAIL\n"
    "5,NPS,,,c3,2025-01-02T10:00:00Z,EMAIL\n6,CSAT,5,,c3,2025-01-02T10:00:00Z,EMAIL\n"
)


def test_three_surveys_of_one_export_are_three_measures_on_their_own_scales(tmp_path):
    journey = wb.read(write(tmp_path, HUBSPOT))
    assert journey.trail[0].endswith("as hubspot")
    answers = journey.of_kind("answer").to_frame()
    states = {
        measure: sorted(zip(part["state"], part["value"].fillna(-1), strict=True))
        for measure, part in answers.groupby("measure")
    }
    assert states == {
        "nps": [("answered", 9.0), ("skipped", -1.0)],
        "csat": [("answered", 2.0), ("unknown", -1.0)],
        "ces": [("answered", 7.0)],
    }
    measures = journey.measures.to_frame().set_index("measure")
    assert measures[["low", "high"]].to_dict("index") == {
        "nps": {"low": 0.0, "high": 10.0},
        "csat": {"low": 0.0, "high": 2.0},
        "ces": {"low": 1.0, "high": 7.0},
    }
    assert sorted(journey.of_kind("comment").to_frame()["text"]) == ["Easy", "Good"]
    assert "1 submission to other surveys" in told(journey)
    assert "CSAT '5'" in told(journey)
    mine = wb.read(write(tmp_path, HUBSPOT), questions={"CSAT": {"measure": "csat", "scale": [1, 5]}})
    assert mine.count(of="csat", people=False)["n"].sum() == 2


def test_a_complaint_from_the_future_is_told(tmp_path):
    path = write(
        tmp_path,
        "complaint_id,who,opened,shut\nC1,a,2025-01-01,2025-01-02\nC2,a,2025-01-31 23:30,2025-02-03\nC3,b,2025-02-01,\n",
    )
    words = {"format": "complaints", "person": "who", "opened": "opened", "closed": "shut", "timezone": "UTC"}
    journey = wb.read(path, today="2025-01-31", **words)
    assert len(journey) == 3
    assert "opened a complaint opened in the future kept; correct the dates of C3" in told(journey)
    assert "shut a complaint closed in the future kept; correct the dates of C2" in told(journey)
    assert "future" not in told(wb.read(path, **words))
    with pytest.raises(wb.DataFault, match="a date, as in"):
        wb.read(path, today="soon", **words)


def test_what_no_system_exports_stays_with_the_general_reader(tmp_path):
    path = write(tmp_path, "complaint_id,who,opened_at,about\nC1,a,2025-01-01,bill\n")
    journey = wb.read(path, person="who", opened="opened_at", category="about", timezone="UTC")
    assert journey.trail[0].endswith("as complaints")
    assert not journey.faults
