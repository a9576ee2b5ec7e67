"""SPSS and Parquet: codes and labels, what the file declares missing, dates, encodings, and files cut short."""

from __future__ import annotations

import struct

import duckdb
import pandas as pd
import pyreadstat
import pytest

import workbench as wb
from workbench import sources
from workbench.sources import parquet, spss


@pytest.fixture(autouse=True)
def on_the_shelf(monkeypatch):
    for one in (spss, parquet):
        monkeypatch.setitem(sources.SHELF, one.name, one)


def write(tmp_path, columns, name="answers.sav", **how):
    path = tmp_path / name
    pyreadstat.write_sav(pd.DataFrame(columns), str(path), **how)
    return path


def answered(journey, of="nps"):
    counted = journey.count(of=of, people=False)
    return dict(zip(counted["value"], counted["n"], strict=True))


def told(journey):
    return " | ".join(f"{fault.column}: {fault.found}" for fault in journey.faults)


ELEVEN = {float(code): str(code - 1) for code in range(1, 12)}


@pytest.mark.parametrize("how", [{}, {"compress": True}, {"row_compress": True}])
def test_codes_labels_wording_and_declared_missing_values_come_out(tmp_path, how):
    path = write(
        tmp_path,
        {"id": ["a", "b", "c", "d"], "area": [1.0, 2.0, 1.0, 9.0], "nps": [10.0, 0.0, 99.0, None]},
        column_labels=["", "Area", "How likely?"],
        variable_value_labels={"area": {1.0: "North", 2.0: "South", 9.0: "Refused"}, "nps": {99.0: "Don't know"}},
        missing_ranges={"nps": [99], "area": [9]},
        **how,
    )
    journey = wb.read(path, person="id", segments=["area"], questions={"nps": "nps"})
    assert journey.trail == ("read answers.sav as spss",)
    assert answered(journey) == {0: 1, 10: 1}
    states = journey.count(by="state").set_index("state")["n"].to_dict()
    assert states == {"answered": 2, "skipped": 1, "unknown": 1}
    assert sorted(journey.people.to_frame()["area"].fillna("-")) == ["-", "North", "North", "South"]
    assert journey.measures.to_frame()["label"].tolist() == ["How likely?"]
    assert "1 values that the file declares missing" in told(journey)


def test_a_file_can_be_looked_at_before_it_is_bound(tmp_path):
    from workbench import files
    from workbench.engine import Engine
    from workbench.sources import sheet as sheets
    from workbench.sources.binding import Binding
    from workbench.sources.reading import Desk

    path = write(tmp_path, {"area": [1.0, 2.0], "nps": [9.0, 3.0]}, variable_value_labels={"area": {1.0: "North"}})
    engine = Engine()
    desk = Desk(files.receive(path, engine.scratch), engine, Binding(), b"k" * 32)
    assert sheets.preview(spss.sheet(desk)).to_dict("list") == {"area": ["North", "2"], "nps": ["9", "3"]}
    assert not desk.faults


def test_a_range_declared_missing_is_skipped(tmp_path):
    path = write(tmp_path, {"nps": [5.0, 97.0, 98.0]}, missing_ranges={"nps": [{"lo": 90, "hi": 99}]})
    journey = wb.read(path, questions={"nps": "nps"})
    assert answered(journey) == {5: 1}
    assert not told(journey)


def test_scores_come_from_labels_that_disagree_with_codes_and_it_is_told(tmp_path):
    path = write(tmp_path, {"nps": [1.0, 11.0, 11.0]}, variable_value_labels={"nps": ELEVEN})
    journey = wb.read(path, questions={"nps": "nps"})
    assert answered(journey) == {0: 1, 10: 2}
    assert "codes and labels that disagree (1 = '0'" in told(journey)


def test_labels_at_the_ends_alone_shift_the_codes_between_them(tmp_path):
    labels = {1.0: "0 - Not at all likely", 11.0: "10 - Extremely likely"}
    path = write(tmp_path, {"nps": [1.0, 5.0, 11.0]}, variable_value_labels={"nps": labels})
    assert answered(wb.read(path, questions={"nps": "nps"})) == {0: 1, 4: 1, 10: 1}


def test_a_scale_coded_upside_down_is_read_by_its_labels(tmp_path):
    labels = {1.0: "5 Very satisfied", 2.0: "4", 3.0: "3", 4.0: "2", 5.0: "1 Very dissatisfied"}
    path = write(tmp_path, {"happy": [1.0, 1.0, 5.0]}, variable_value_labels={"happy": labels})
    assert answered(wb.read(path, questions={"happy": "csat"}), "csat") == {1: 1, 5: 2}


def test_words_that_run_from_good_to_bad_are_told(tmp_path):
    labels = {1.0: "Very satisfied", 5.0: "Very dissatisfied"}
    path = write(tmp_path, {"happy": [1.0, 5.0]}, variable_value_labels={"happy": labels})
    assert "labels that run from good to bad" in told(wb.read(path, questions={"happy": "csat"}))


def test_labels_that_follow_no_rule_are_refused_where_codes_have_none(tmp_path):
    path = write(tmp_path, {"nps": [1.0, 2.0, 3.0]}, variable_value_labels={"nps": {1.0: "0", 2.0: "5"}})
    with pytest.raises(wb.DataFault, match="column .nps.: found codes and labels that disagree .*no number labels: 3"):
        wb.read(path, questions={"nps": "nps"})


def test_what_the_binding_says_of_values_goes_first(tmp_path):
    path = write(tmp_path, {"nps": [1.0, 11.0]}, variable_value_labels={"nps": ELEVEN})
    said = {"nps": {"measure": "nps", "values": {"1": 3, "11": 7}}}
    assert answered(wb.read(path, questions=said)) == {3: 1, 7: 1}


def test_an_undeclared_dont_know_inside_the_scale_is_no_score(tmp_path):
    labels = {5.0: "Don't know", 4.0: "Not applicable"}
    path = write(tmp_path, {"happy": [1.0, 4.0, 5.0]}, variable_value_labels={"happy": labels})
    journey = wb.read(path, questions={"happy": "csat"})
    assert answered(journey, "csat") == {1: 1}
    assert set(journey.count(by="state")["state"]) == {"answered", "skipped", "not_applicable"}
    assert "labels say that nothing was answered" in told(journey)


def test_ages_and_spans_in_labels_are_no_scores(tmp_path):
    labels = {1.0: "Under 1 wk", 2.0: "2 to 4 wks", 3.0: "16-19 yrs", 4.0: "7 to 12 mths"}
    path = write(tmp_path, {"x": [1.0, 2.0, 4.0]}, variable_value_labels={"x": labels})
    journey = wb.read(path, questions={"x": {"measure": "tenure", "scale": [1, 20]}})
    assert answered(journey, "tenure") == {1: 1, 2: 1, 4: 1}


def test_dates_ids_and_repeated_labels(tmp_path):
    path = write(
        tmp_path,
        {
            "id": [107.0, 108.0],
            "day": pd.to_datetime(["2025-03-01", "2025-03-02"]).date,
            "at": ["20250301103626", "20250302103626"],
            "firm": [9.0, 10.0],
            "nps": [9.0, 3.0],
        },
        variable_value_labels={"firm": {9.0: "Other", 10.0: "Other"}},
    )
    asked = {"person": "id", "segments": ["firm"], "questions": {"nps": "nps"}, "timezone": "UTC"}
    journey = wb.read(path, time="day", **asked)
    assert journey.between("2025-03-01", "2025-03-02").count(of="nps")["n"].sum() == 1
    assert set(journey.people.to_frame()["firm"]) == {"Other (9)", "Other (10)"}
    later = wb.read(path, time="at", **asked)
    assert int(later.to_frame()["time"].min() - journey.to_frame()["time"].min()) == 38186 * 1_000_000


def test_what_is_set_aside_may_be_said_by_its_label(tmp_path):
    path = write(
        tmp_path,
        {"done": [1.0, 2.0], "nps": [9.0, 3.0]},
        variable_value_labels={"done": {1.0: "Complete", 2.0: "Screened out"}},
    )
    for word in ("Screened out", "2"):
        assert answered(wb.read(path, questions={"nps": "nps"}, set_aside={"done": [word]})) == {9: 1}


def test_cases_of_one_person_that_differ_in_an_unbound_column_are_all_kept(tmp_path):
    path = write(tmp_path, {"id": ["a", "a", "a"], "brand": [1.0, 2.0, 2.0], "nps": [9.0, 9.0, 9.0]})
    journey = wb.read(path, person="id", questions={"nps": "nps"})
    assert answered(journey) == {9: 2}
    assert "1 rows that repeat another row in every cell" in told(journey)


def test_accents_are_read_in_the_encoding_of_the_file(tmp_path):
    path = write(tmp_path, {"nps": [9.0], "said": ["trop cher été"]}, column_labels=["Très probable ?", "x"])
    journey = wb.read(path, questions={"nps": "nps"}, text=["said"])
    assert journey.of_kind("comment").to_frame()["text"].tolist() == ["trop cher été"]
    ansi = tmp_path / "ansi.sav"
    raw = path.read_bytes().replace("été".encode(), "été".encode("cp1252") + b"  ")
    raw = raw.replace("Très probable ?".encode(), "Très probable ?".encode("cp1252") + b" ")
    ansi.write_bytes(raw.replace(b"UTF-8", b"UTF-8"))
    journey = wb.read(ansi, questions={"nps": "nps"}, text=["said"])
    assert journey.of_kind("comment").to_frame()["text"].tolist() == ["trop cher été"]
    assert "letters that are not" in told(journey)


@pytest.mark.parametrize("how", [{}, {"compress": True}, {"row_compress": True}])
def test_a_file_cut_anywhere_is_refused_in_words(tmp_path, how):
    whole = write(tmp_path, {"id": [f"p{n:03d}" for n in range(60)], "nps": [float(n % 11) for n in range(60)]}, **how)
    raw = whole.read_bytes()
    cut = tmp_path / "cut.sav"
    for part in (0.02, 0.3, 0.6, 0.8, 0.95, 0.999):
        cut.write_bytes(raw[: int(len(raw) * part)])
        with pytest.raises(wb.DataFault, match="truncated"):
            wb.read(cut, person="id", questions={"nps": "nps"})


@pytest.mark.parametrize(
    ("at", "byte", "part"),
    [(72, 9, "the head"), (180, 200, "a part of a long text"), (188, 77, "a variable"), (176, 9, "no known kind")],
)
def test_a_damaged_dictionary_is_refused_before_the_library_sees_it(tmp_path, monkeypatch, at, byte, part):
    path = write(tmp_path, {"nps": [9.0, 3.0], "said": ["x", "a longer text than eight letters"]})
    raw = bytearray(path.read_bytes())
    raw[at] = byte
    path.write_bytes(bytes(raw))
    monkeypatch.setattr(pyreadstat, "read_sav", None)
    with pytest.raises(wb.DataFault, match=f"truncated or damaged .*{part}"):
        wb.read(path, questions={"nps": "nps"})


def test_a_file_that_does_not_say_how_many_cases_it_holds_is_told(tmp_path):
    path = write(tmp_path, {"nps": [9.0, 3.0]})
    raw = bytearray(path.read_bytes())
    raw[80:84] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(raw))
    assert "does not say how many cases" in told(wb.read(path, questions={"nps": "nps"}))


def test_a_column_that_is_not_there_is_answered_with_the_near_one(tmp_path):
    path = write(tmp_path, {"nps": [9.0, 3.0]})
    with pytest.raises(wb.DataFault, match='did you mean "nps"'):
        wb.read(path, questions={"npss": "nps"})


def test_real_files_are_read(shared):
    folder = shared / "data" / "spss_displayr"
    journey = wb.read(
        folder / "Burger_Brand_Tracking_Dec_2017.sav",
        person="ID",
        time="date",
        timezone="UTC",
        weight="wgt",
        segments=["Q6"],
        questions={"Q1_1": {"measure": "aware", "scale": [0, 1]}},
    )
    assert answered(journey, "aware") == {0: 1159, 1: 3694}
    assert "Nero's Pizza" in set(journey.people.to_frame()["Q6"])
    stacked = wb.read(
        folder / "satisfaction.sav", person="ID", questions={"Overall": {"measure": "overall", "scale": [1, 7]}}
    )
    assert len(stacked) == 896


# -- several options --------------------------------------------------------------------------------------------------


def with_sets(path, *sets):
    """The file with multiple-response sets in its dictionary, as SPSS writes them (an extension record of subtype 7)."""
    raw = path.read_bytes()
    end = raw.index(struct.pack("<ii", 999, 0))
    words = "".join(f"${one}\n" for one in sets).encode()
    path.write_bytes(raw[:end] + struct.pack("<iiii", 7, 7, 1, len(words)) + words + raw[end:])
    return path


TICKS = {
    "web": [1.0, 2.0, 9.0, None],
    "shop": [2.0, 2.0, 9.0, None],
    "first": [3.0, 1.0, None, None],
    "next": [1.0, None, None, None],
}
SAID = {
    "column_labels": ["The web", "A shop", "First", "Next"],
    "variable_value_labels": {
        "web": {1.0: "Yes", 2.0: "No", 9.0: "Refused"},
        "first": {1.0: "Price", 2.0: "Speed", 3.0: "Kindness", 9.0: "Refused"},
    },
    "missing_ranges": {"web": [9], "shop": [9], "first": [9]},
}


@pytest.mark.parametrize("name", ["$used", "used"])
def test_a_set_of_the_file_gives_its_columns_its_labels_and_what_is_counted(tmp_path, name):
    path = with_sets(write(tmp_path, TICKS, **SAID), "used=D1 1 9 Ways used web shop")
    journey = wb.read(path, several={name: {"measure": "used", "options": {"The web": "Online"}}})
    table = journey.to_frame().sort_values("order")
    assert table.loc[table["measure"] == "used: Online", "value"].fillna(-1).tolist() == [1, 0, -1, -1]
    states = table.loc[table["measure"] == "used: A shop", "state"].tolist()
    assert states == ["answered", "answered", "skipped", "unknown"]
    assert journey.measures.to_frame()["label"].tolist() == ["Ways used – Online", "Ways used – A shop"]
    assert not told(journey)


def test_a_set_of_categories_gives_its_options(tmp_path):
    path = with_sets(write(tmp_path, TICKS, **SAID), "why=C 7 Reasons first next")
    options = {"Price": "Price", "Kindness": "Kindness", "Speed": "Speed"}
    journey = wb.read(path, several={"$why": {"measure": "why", "options": options}})
    table = journey.to_frame().sort_values("order")
    chosen = table[table["value"] == 1].groupby("measure").size().to_dict()
    assert chosen == {"why: Kindness": 1, "why: Price": 2}
    assert len(table[table["state"] == "answered"]) == 6


def test_a_set_of_categories_that_are_yes_and_no_is_told(tmp_path):
    path = with_sets(write(tmp_path, TICKS, **SAID), "used=C 4 Used web shop")
    journey = wb.read(path, several={"$used": {"measure": "used", "options": {"Yes": "Yes", "No": "No"}}})
    assert "$used: a set of categories that are no and yes" in told(journey)


def test_a_set_that_is_not_there_is_answered_with_the_near_one(tmp_path):
    path = with_sets(write(tmp_path, TICKS, **SAID), "used=D1 1 9 Ways used web shop")
    with pytest.raises(wb.DataFault, match=r'did you mean "\$used"'):
        wb.read(path, several={"$usd": {"measure": "used", "options": {"The web": "Online"}}})


def test_options_in_columns_of_ones_own_choice_are_read_by_their_codes(tmp_path):
    path = write(tmp_path, TICKS, **SAID)
    words = {"columns": {"web": "web", "shop": "shop"}, "chosen": ["1"], "unchosen": ["2"]}
    several = {"used": {"measure": "used"} | words}
    table = wb.read(path, several=several).to_frame().sort_values("order")
    assert table.loc[table["measure"] == "used: web", "value"].fillna(-1).tolist() == [1, 0, -1, -1]


def in_1252(path, *words):
    """The file as an older SPSS would have written it: windows-1252, and said so in its dictionary."""
    raw = path.read_bytes()
    for word in words:
        raw = raw.replace(word.encode(), word.encode("cp1252").ljust(len(word.encode())))
    said = struct.pack("<iiii", 7, 20, 1, 12) + b"windows-1252"
    path.write_bytes(raw.replace(struct.pack("<iiii", 7, 20, 1, 5) + b"UTF-8", said))


def test_letters_of_windows_1252_are_read_as_the_file_says(tmp_path):
    columns = {"area": ["Zürich", "Genève"], "nps": [9.0, 3.0]}
    path = write(tmp_path, columns, column_labels=["", "Größe?"])
    in_1252(path, "Zürich", "Genève", "Größe?")
    assert b"Z\xfcrich" in path.read_bytes()
    journey = wb.read(path, segments=["area"], questions={"nps": "nps"})
    assert sorted(journey.people.to_frame()["area"]) == ["Genève", "Zürich"]
    assert journey.measures.to_frame()["label"].tolist() == ["Größe?"]
    assert not told(journey)


def test_letters_and_labels_of_a_packed_file_arrive_whole(tmp_path):
    columns = {"area": ["Zürich", "東京"], "kind": [1.0, 2.0], "nps": [9.0, 3.0]}
    labels = {"kind": {1.0: "größer", 2.0: "≤ 5"}}
    path = write(tmp_path, columns, "answers.zsav", compress=True, variable_value_labels=labels)
    assert path.read_bytes().startswith(b"$FL3")
    journey = wb.read(path, segments=["area", "kind"], questions={"nps": "nps"})
    people = journey.people.to_frame()
    assert sorted(zip(people["area"], people["kind"], strict=True)) == [("Zürich", "größer"), ("東京", "≤ 5")]


def test_real_sets_are_read_as_the_file_has_them(shared):
    folder = shared / "data" / "spss_displayr"
    name, label = "$Q1.Aidedbrandawareness", "Burger Shack"
    several = {name: {"measure": "aware", "options": {label: label}}}
    journey = wb.read(folder / "Burger_Brand_Tracking_Dec_2017.sav", person="ID", several=several)
    counted = journey.where(measure=f"aware: {label}").count(of=f"aware: {label}", people=False)
    assert dict(zip(counted["value"], counted["n"], strict=True)) == {0: 1159, 1: 3694}
    assert len(journey.measures.to_frame()) == 15
    phone = wb.read(folder / "Phone.sav", segments=["q1"])  # windows-1252
    assert len(phone.people) == 725
    assert not any("letters" in fault.found for fault in phone.faults)


# -- Parquet ----------------------------------------------------------------------------------------------------------


def test_parquet_gives_what_the_same_rows_give_as_text(tmp_path):
    path = tmp_path / "answers.parquet"
    duckdb.sql("set timezone = 'UTC'")
    duckdb.sql(
        "copy (select * from (values ('00123', 10.0::double, timestamp '2025-03-01 10:00', "
        "timestamptz '2025-03-01 10:00+01', 'North'), ('NA', 'nan'::double, null, null, '')) "
        f"as t(who, nps, said_at, zoned, area)) to '{path}' (format parquet)"
    )
    bound = {"person": "who", "questions": {"nps": "nps"}, "segments": ["area"], "timezone": "UTC"}
    journey = wb.read(path, time="said_at", **bound)
    assert answered(journey) == {10: 1}
    zoned = wb.read(path, time="zoned", **bound)
    assert int(journey.to_frame()["time"].min() - zoned.to_frame()["time"].min()) == 3600 * 1_000_000
    assert sorted(journey.people.to_frame()["area"].fillna("-")) == ["-", "North"]


def test_a_damaged_parquet_file_is_refused_in_words(tmp_path):
    path = tmp_path / "answers.parquet"
    duckdb.sql(f"copy (select range as nps from range(1000)) to '{path}' (format parquet)")
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(wb.DataFault, match="cannot be read: truncated, damaged or encrypted"):
        wb.read(path, questions={"nps": "nps"})
