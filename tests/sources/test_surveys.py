"""Surveys: what a cell means, what is set aside, what is refused, and that nothing is lost in silence."""

from __future__ import annotations

import pytest

import workbench as wb

HEADING = "who,nps,csat\n"


def read(tmp_path, content, name="answers.csv", **binding):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    bound = {"format": "survey", "person": "who", "questions": {"nps": "nps"}} | binding
    return wb.read(path, **bound)


def answered(journey, of="nps"):
    counted = journey.count(of=of, people=False)
    return dict(zip(counted["value"], counted["n"], strict=True))


def test_the_kinds_of_nothing_stay_apart(tmp_path):
    journey = read(
        tmp_path,
        "who,nps\na,9\nb,\nc,99\nd,77\ne,-1\nf,10.0\n",
        questions={"nps": {"measure": "nps", "missing": [99], "not_applicable": [77]}},
        skipped=["-1"],
        blank="not_shown",
    )
    states = journey.count(by="state").set_index("state")["n"].to_dict()
    assert states == {"answered": 2, "not_shown": 1, "skipped": 2, "not_applicable": 1}
    assert answered(journey) == {9: 1, 10: 1}


def test_a_value_outside_its_scale_is_set_aside_and_told_with_its_row(tmp_path):
    journey = read(tmp_path, "who,nps\na,9\nb,12\nc,nine\nd,0\n")
    assert answered(journey) == {0: 1, 9: 1}
    told = [(fault.row, fault.column, fault.found, fault.weight) for fault in journey.faults]
    assert told == [(3, "nps", "'12'", "note"), (4, "nps", "'nine'", "note")]


def test_choice_codes_1_to_11_do_not_pose_as_scores(tmp_path):
    rows = "".join(f"p{number},{1 + number % 11}\n" for number in range(110))
    with pytest.raises(wb.DataFault, match="cells with 11 and none with 0"):
        read(tmp_path, "who,nps\n" + rows)


def test_answers_in_words_get_the_value_that_the_binding_gives_them(tmp_path):
    journey = read(
        tmp_path,
        "who,happy\na,Satisfied\nb,Not at all\n",
        questions={
            "happy": {"measure": "satisfied", "type": "select_one", "values": {"Satisfied": 1, "Not at all": 0}}
        },
    )
    assert answered(journey, "satisfied") == {0: 1, 1: 1}


def test_every_missing_column_is_told_at_once_with_the_near_name(tmp_path):
    with pytest.raises(wb.DataFault) as told:
        read(tmp_path, HEADING + "a,9,5\n", questions={"npss": "nps", "csta": "csat"}, weight="wgt")
    assert {fault.column for fault in told.value.faults} == {"npss", "csta", "wgt"}
    assert 'did you mean "nps"?' in str(told.value)


def test_rows_of_another_width_are_refused_with_their_row(tmp_path):
    with pytest.raises(wb.DataFault, match="row 3: found 4 cells .line 3., expected 3"):
        read(tmp_path, HEADING + "a,9,5\nb,8,4,oops\n")


def test_commas_quotes_and_line_breaks_inside_a_text_are_kept(tmp_path):
    journey = read(tmp_path, 'who,nps,said\na,9,"She said ""never"",\nthen hung up"\n', text=["said"])
    assert journey.of_kind("comment").to_frame()["text"].tolist() == ['She said "never",\nthen hung up']


def test_semicolons_and_decimal_commas_are_one_dialect(tmp_path):
    journey = read(tmp_path, "who;nps;w\na;9;0,85\nb;3;1,15\n", weight="w")
    assert sorted(journey.count(of="nps")["weight"]) == [0.85, 1.15]


@pytest.mark.parametrize("weight", ["-0.5", "0", "", "nan", "inf", "many"])
def test_a_weight_that_is_no_weight_is_refused_with_its_row(tmp_path, weight):
    with pytest.raises(wb.DataFault, match='row 3, column "w"'):
        read(tmp_path, f"who,nps,w\na,9,1\nb,3,{weight}\n", weight="w")


def test_one_person_who_weighs_as_much_as_all_others_is_told(tmp_path):
    rows = "".join(f"p{number},9,0.9\n" for number in range(11))
    journey = read(tmp_path, "who,nps,w\n" + rows + "big,0,400\n", weight="w")
    assert any("the effective base is 1.1 of 12" in fault.mend for fault in journey.faults)


def test_dates_are_read_by_one_rule_for_the_whole_column(tmp_path):
    journey = read(tmp_path, "who,nps,at\na,9,03/04/2026\nb,3,25/04/2026\n", time="at", timezone="UTC")
    assert journey.between("2026-04-03", "2026-04-04").count()["n"].iloc[0] == 1


def test_a_date_that_reads_either_way_is_told(tmp_path):
    journey = read(tmp_path, "who,nps,at\na,9,03/04/2026\n", time="at", timezone="UTC")
    assert any("read both day first and month first" in fault.found for fault in journey.faults)
    american = read(tmp_path, "who,nps,at\na,9,03/04/2026\n", time="at", timezone="UTC", dates="month first")
    assert american.between("2026-03-04", "2026-03-05").count()["n"].iloc[0] == 1


def test_a_time_without_a_zone_is_told_and_one_with_an_offset_is_believed(tmp_path):
    journey = read(tmp_path, "who,nps,at\na,9,2026-06-01T10:00:00+02:00\nb,3,2026-06-01 10:00\n", time="at")
    assert any("times without a time zone" in fault.found for fault in journey.faults)
    times = sorted(journey.to_frame()["time"])
    assert times[1] - times[0] == 2 * 3600 * 1_000_000


def test_a_heading_that_stands_twice_is_refused_where_it_is_asked_for(tmp_path):
    with pytest.raises(wb.DataFault, match='2 columns called "nps"'):
        read(tmp_path, "who,nps,nps\na,9,8\n")


def test_a_file_without_rows_is_no_survey(tmp_path):
    with pytest.raises(wb.DataFault, match="no rows of data"):
        read(tmp_path, "who,nps\n")


def test_an_unknown_word_in_a_binding_is_answered_with_the_near_one(tmp_path):
    with pytest.raises(wb.DataFault, match='did you mean "weight"'):
        read(tmp_path, HEADING + "a,9,5\n", wieght="w")
    with pytest.raises(wb.DataFault, match='did you mean "scale"'):
        read(tmp_path, HEADING + "a,9,5\n", questions={"nps": {"measure": "nps", "scael": [0, 10]}})


QUALTRICS = (
    "EndDate,Status,ResponseId,ExternalReference,Q9,Q10,wave\n"
    '"End Date",Status,"Response ID","External Data Reference","How likely are you\nto recommend us?",Why?,wave\n'
    '"{""ImportId"":""endDate"",""timeZone"":""UTC""}","{""ImportId"":""status""}","{""ImportId"":""_recordId""}",'
    '"{""ImportId"":""externalDataReference""}","{""ImportId"":""QID9""}","{""ImportId"":""QID10_TEXT""}","{""ImportId"":""wave""}"\n'
    "2025-03-01 10:00:00,0,R_1,007,9,Fine,1\n"
    "2025-03-01 11:00:00,1,R_2,,10,test,1\n"
    "2025-03-02 10:00:00,8,R_3,,10,spam,1\n"
    "2025-03-03 10:00:00,0,R_4,008,3,,2\n"
)


def test_qualtrics_is_recognised_and_keyed_by_import_id_with_its_wording(tmp_path):
    journey = read(
        tmp_path,
        QUALTRICS,
        format=None,
        person="externalDataReference",
        wave="wave",
        questions={"QID9": "nps"},
        text=["QID10_TEXT"],
    )
    assert journey.trail == ("read answers.csv as qualtrics",)
    assert answered(journey) == {3: 1, 9: 1}
    assert journey.measures.to_frame()["label"].tolist() == ["How likely are you\nto recommend us?"]
    assert any(fault.found == "1 preview and 1 spam answers" for fault in journey.faults)
    assert journey.distinct("wave") == ["1", "2"]


def test_qualtrics_by_heading_gives_the_same(tmp_path):
    by_heading = read(tmp_path, QUALTRICS, format=None, person="ExternalReference", questions={"Q9": "nps"})
    assert answered(by_heading) == {3: 1, 9: 1}


def test_a_file_that_nobody_knows_says_what_can_be_said(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(wb.DataFault, match="a file that looks like nothing we know, expected one of: qualtrics, spss"):
        wb.read(path)


def test_title_lines_before_the_heading_are_skipped_and_told(tmp_path):
    journey = read(tmp_path, "Customer survey\nmade in March\n\nwho,nps\na,9\nb,12\n")
    assert answered(journey) == {9: 1}
    told = [(fault.row, fault.found) for fault in journey.faults]
    assert (4, "lines 1 to 3 before the heading (a title, or empty)") in told
    assert (6, "'12'") in told  # rows are still those of the spreadsheet


def test_a_row_that_repeats_another_is_counted_once_and_told(tmp_path):
    journey = read(tmp_path, "who,nps\na,9\nb,3\nb,3\nb,3\n")
    assert answered(journey) == {3: 1, 9: 1}
    assert any("2 rows that repeat another row" in fault.found for fault in journey.faults)


def test_two_answers_of_one_person_are_no_repetition(tmp_path):
    journey = read(tmp_path, "who,nps,wave\na,9,1\na,9,2\n", wave="wave")
    assert answered(journey) == {9: 2}
    assert not any("repeat" in fault.found for fault in journey.faults)


def test_spellings_of_one_segment_are_told_and_kept_apart(tmp_path):
    journey = read(tmp_path, "who,nps,region\na,9,North\nb,3,north\nc,3,North\u200b\nd,8,South\n", segments=["region"])
    assert [fault.found for fault in journey.faults] == ['"North" spelt 3 ways (case, spaces or unseen letters)']
    assert len(journey.distinct("region")) == 4


def test_spreadsheet_days_are_days_and_never_1970(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["who", "nps", "at"])
    book.active.append(["a", 9, 46054])
    book.active.append(["b", 3, 46055.5])
    path = tmp_path / "answers.xlsx"
    book.save(path)
    journey = wb.read(path, format="survey", person="who", time="at", timezone="UTC", questions={"nps": "nps"})
    assert journey.between("2026-02-01", "2026-02-02").count()["n"].iloc[0] == 1
    assert journey.between("2026-02-02T11:00", "2026-02-02T13:00").count()["n"].iloc[0] == 1


@pytest.mark.parametrize("id_of", ["{0}", "{1}"], ids=["each person once", "some twice"])
def test_the_column_of_times_may_be_bound_as_the_wave_and_as_a_segment_too(tmp_path, id_of):
    rows = [f"{id_of.format(place, place // 2)},2025-01-0{1 + place},{place}" for place in range(6)]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(["id,day,q", *rows]), encoding="utf-8")
    journey = wb.read(
        path, "survey", person="id", time="day", timezone="UTC", wave="day", segments=["day"],
        questions={"q": {"measure": "nps", "step": "bill"}},
    )  # fmt: skip
    records = journey.records.to_frame().sort_values("order")
    assert list(records["wave"]) == [f"2025-01-0{1 + place}" for place in range(6)]
    assert list(records["value"]) == list(range(6))
    assert "day" in journey.people.columns
