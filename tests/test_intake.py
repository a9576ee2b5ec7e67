"""Files taken into a study: bound as proposed and tried first; a file that cannot be read leaves nothing behind."""

import gzip

import pytest

import workbench as wb
from workbench.intake import bind, safe_name, take_in, unbound

ANSWERS = "RespondentID,region,How likely are you to recommend us?,Why?\n" + "".join(
    f"R{number:04},{'North' if number % 2 else 'South'},{number % 11},it took {number} days to hear back\n"
    for number in range(40)
)
CALLS = "customer,what,when\n" + "".join(f"R{number:04},Call,2025-03-{1 + number % 28:02}\n" for number in range(40))


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "settings"))
    return wb.new_study("mine")


def test_what_is_dropped_is_written_bound_and_can_be_loaded(study):
    found = take_in(study, [("answers.csv", ANSWERS.encode()), ("calls.csv.gz", gzip.compress(CALLS.encode()))])
    assert found.added == ["sources/answers.csv", "sources/calls.csv.gz"] and not found.faults
    assert (study.path / "sources" / "answers.csv").read_text() == ANSWERS
    assert [one.person for one in study.about.sources] == ["RespondentID", "customer"]
    assert len(study.load().people) == 40  # the same people in both
    assert take_in(study, [("answers.csv", ANSWERS.encode())]).same == ["answers.csv"]
    assert len(study.about.sources) == 2


def test_ids_are_compared_with_those_of_the_sources_that_are_there(study):
    take_in(study, [("answers.csv", ANSWERS.encode())])
    entry = take_in(study, [("calls.csv", CALLS.encode())]).entries[0]
    assert entry["person"] == "customer" and "id_space" not in entry


def test_a_file_that_cannot_be_read_leaves_nothing_behind_and_holds_up_no_other(study):
    before = (study.path / "study.yaml").read_bytes()
    found = take_in(study, [("empty.csv", b""), ("scan.pdf", b"%PDF-1.7 a scan"), ("old.xls", b"\xd0\xcf\x11\xe0" * 8)])
    assert {one.file for one in found.faults} == {"empty.csv", "scan.pdf", "old.xls"} and not found.added
    assert (study.path / "study.yaml").read_bytes() == before and not (study.path / "sources").exists()
    assert take_in(study, [("empty.csv", b""), ("answers.csv", ANSWERS.encode())]).added == ["sources/answers.csv"]


def test_another_content_of_the_same_name_is_asked_about(study):
    take_in(study, [("answers.csv", ANSWERS.encode())])
    more = ANSWERS.encode() + b"R9999,North,10,quick\n"
    assert take_in(study, [("answers.csv", more)]).asked == ["answers.csv"]
    assert (study.path / "sources" / "answers.csv").read_text() == ANSWERS
    (study.path / "answers.csv").write_bytes(more)
    assert take_in(study, [study.path / "answers.csv"]).asked == ["answers.csv"]
    assert take_in(study, [("answers.csv", more)], over=["answers.csv"]).added == ["sources/answers.csv"]
    assert (study.path / "sources" / "answers.csv").read_bytes() == more and len(study.about.sources) == 1
    broken = take_in(study, [("answers.csv", CALLS.encode())], over=["answers.csv"])  # its binding does not fit
    assert broken.faults and (study.path / "sources" / "answers.csv").read_bytes() == more


def test_two_files_that_would_be_one_source_are_told(study):
    take_in(study, [("answers.csv", ANSWERS.encode())])
    found = take_in(study, [("answers.tsv", ANSWERS.replace(",", "\t").encode())])
    assert "already" in found.faults[0].found and len(study.about.sources) == 1


def test_what_was_put_into_sources_by_hand_is_bound_on_request(study):
    (study.path / "sources").mkdir()
    (study.path / "sources" / "calls.csv").write_text(CALLS)
    assert unbound(study) == ["calls.csv"]
    assert bind(study, ["calls.csv"]).added == ["sources/calls.csv"] and unbound(study) == []
    assert bind(study, ["nobody.csv"]).faults


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../study.yaml", "study.yaml"),
        ("C:\\exports\\a*b?.csv", "a-b-.csv"),
        (".hidden.csv", "hidden.csv"),
        ("<img src=x onerror=alert(1)>.csv", "-img src=x onerror=alert(1)-.csv"),
        ("ü" * 300 + ".csv.gz", "ü" * 71 + ".csv.gz"),
    ],
)
def test_a_name_is_no_path_and_no_pattern(given, kept):
    assert safe_name(given) == kept


def test_a_name_that_says_nothing_is_refused():
    for name in ("", "..", "/", "***"):
        with pytest.raises(wb.DataFault):
            safe_name(name)
