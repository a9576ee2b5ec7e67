"""The same people in several sources, and sources that are read again only when they changed."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pytest

import workbench as wb
from workbench import blocks

CALLED = "To call them back"
CUSTOMERS = """customer_id,E-mail,Account No,segment
C1,ann@example.org,00123,owner
C2,bo@example.org,00124,tenant
C3,bo@example.org,00125,tenant
C4,,00126,owner
"""
ANSWERS = """ResponseId,Your e-mail,Account,nps
R1, ANN@example.org ,,9
R2,bo@example.org,,3
R3,nobody@example.org,,7
R4,,00126,10
R5,ann@example.org,00126,8
R6,,123,6
"""
LOG = "customer_id,event,at\nC1,call,2025-03-01T10:00:00Z\nC4,call,2025-03-02T10:00:00Z\n"
STUDY = """title: Joined
minimum_base: 2
sources:
  - {file: sources/answers.csv, format: survey, person: ResponseId, id_space: answers, questions: {nps: nps},
     keys: {e-mail: Your e-mail, account: Account}}
  - {file: sources/customers.csv, format: people, person: customer_id, segments: [segment],
     keys: {e-mail: E-mail, account: Account No}}
  - {file: sources/log.csv, format: events, person: customer_id, time: at, activity: event}
"""


@pytest.fixture
def joined(project):
    folder = project / "data" / "joined"
    (folder / "sources").mkdir(parents=True)
    for name, text in (("answers", ANSWERS), ("customers", CUSTOMERS), ("log", LOG)):
        (folder / "sources" / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return wb.open_study("joined")


def test_answers_are_joined_to_customers_by_e_mail_and_account_number(joined):
    counted = joined.journey.count(by="segment", of="nps")
    found = {(segment, value): n for segment, value, n in counted[["segment", "value", "n"]].itertuples(index=False)}
    assert found == {
        ("owner", 9.0): 1,
        ("owner", 10.0): 1,
        (None, 3.0): 1,
        (None, 6.0): 1,
        (None, 7.0): 1,
        (None, 8.0): 1,
    }
    ann = joined.journey.people_with(measure="nps", value=9.0).to_frame()
    assert sorted(ann["kind"]) == ["answer", "event"]


def test_a_person_who_could_be_two_is_joined_to_neither_and_told(joined):
    told = [fault for fault in joined.journey.faults if "ambiguous" in fault.found]
    # R2's address belongs to two customers; R5's address says C1, the account C4
    assert [(fault.file, fault.found.split(" ")[0]) for fault in told] == [("answers.csv", "2")]


def test_match_rates_are_told_by_source(joined):
    rates = {one["source"]: one for one in joined.read["people"]}
    names = ("people", "by id", "by key", "alone", "ambiguous")
    assert [rates["answers"][name] for name in names] == [6, 0, 2, 4, 2]
    assert [rates["customers"][name] for name in names] == [4, 2, 0, 2, 0]
    assert [rates["log"][name] for name in names] == [2, 2, 0, 0, 0]
    shown = next(one for one in joined.findings("quality") if one.name == "people_found")
    assert "2 could be several people" in shown.sentence


def test_the_same_person_in_two_waves_is_joined_once(joined):
    folder = joined.path / "sources"
    (folder / "again.csv").write_text(
        "ResponseId,mail,nps\nR1,ann@example.org,2\nR2,bo@example.org,1\n", encoding="utf-8"
    )
    wave = (
        "  - {file: sources/again.csv, format: survey, person: ResponseId, id_space: answers, questions: {nps: nps}, "
    )
    (joined.path / "study.yaml").write_text(STUDY + wave + "keys: {e-mail: mail}}\n", encoding="utf-8")
    assert joined.journey.count(of="nps")["n"].sum() == 8
    ann = joined.journey.people_with(measure="nps", value=9.0).to_frame()
    assert sorted(ann["value"].dropna()) == [2.0, 9.0] and len(ann) == 3
    assert {one["source"]: one["by key"] for one in joined.read["people"]}["again"] == 0  # R1 stands in answers too


def test_ids_of_a_joined_source_are_found_again_for_export_and_for_leaks(joined):
    written = joined.export("csv", joined.path / "out", "answers", because=CALLED)
    table = pd.read_csv(written[2], dtype=str)
    assert table.set_index("id")["why"].to_dict() == {"R2": "gave 3 of 10", "R6": "gave 6 of 10"}
    mine = joined.export("csv", joined.path / "out", "customers", because=CALLED)
    assert pd.read_csv(mine[2], dtype=str)["id"].isna().all()  # neither is a customer that is known
    (joined.path / "sources" / "answers.csv").write_text(ANSWERS.replace("R1,", "RESP-0001,"), encoding="utf-8")
    assert joined.leaks("a page with RESP-0001 in it") == ["RESP-0001"]


def test_two_that_load_at_once_both_find_the_frames(joined, tmp_path):
    environment = os.environ | {"WORKBENCH_HOME": str(joined.path.parent.parent)}
    load = [sys.executable, "-c", "import workbench as wb; print(len(wb.open_study('joined').load()))"]
    both = [subprocess.Popen(load, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [one.communicate(timeout=120)[0].strip() for one in both] == ["8", "8"]


def test_keys_are_kept_hashed_only(joined):
    _ = joined.journey
    kept = b"".join(path.read_bytes() for path in (joined.path / "frames").rglob("*") if path.is_file())
    assert b"example.org" not in kept and b"00126" not in kept
    assert not any("left out" in fault.mend and "e-mail" in fault.column.lower() for fault in joined.journey.faults)


def test_answers_without_an_id_of_their_own_are_known_by_their_key(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("mail,nps\nann@example.org,9\nANN@example.org,3\n,5\n,5\n", encoding="utf-8")
    journey = wb.read(path, format="survey", keys={"e-mail": "mail"}, questions={"nps": "nps"})
    assert len(journey.people) == 3 and len(journey) == 4


def test_only_a_source_that_changed_is_read_again(joined, monkeypatch):
    read = []
    real = blocks.read

    def seen(engine, source, *rest, **more):
        read.append(source.path.name)
        return real(engine, source, *rest, **more)

    monkeypatch.setattr(blocks, "read", seen)
    joined.load()
    assert sorted(read) == ["answers.csv", "customers.csv", "log.csv"]
    read.clear()
    path = joined.path / "sources" / "answers.csv"
    path.write_text(ANSWERS.replace("R4,,00126,10", "R4,,00126,9"), encoding="utf-8")
    assert joined.journey.count(of="nps").set_index("value")["n"].to_dict()[9.0] == 2
    assert read == ["answers.csv"]
    read.clear()
    study = joined.path / "study.yaml"
    study.write_text(STUDY.replace("activity: event", "activity: event, timezone: Europe/London"), encoding="utf-8")
    joined.load()
    assert read == ["log.csv"]
    read.clear()
    joined.load()
    assert read == []


def test_another_reader_reads_every_source_again(joined, monkeypatch):
    before = {path.name for path in (joined.path / "frames").iterdir() if path.is_dir()} if joined.load() else set()
    monkeypatch.setattr(blocks, "readers", lambda: "another program")
    joined.load()
    after = {path.name for path in (joined.path / "frames").iterdir() if path.is_dir()} - before
    assert sorted(name.split("-")[0] for name in after) == ["answers", "customers", "joined", "log"]


def test_the_former_frames_stay_where_a_changed_source_cannot_be_read(joined):
    before = joined.journey
    path = joined.path / "sources" / "answers.csv"
    path.write_text("", encoding="utf-8")
    with pytest.raises(wb.DataFault, match="empty file"):
        joined.load()
    assert before.count(of="nps")["n"].sum() == 6
    path.write_text(ANSWERS, encoding="utf-8")
    assert joined.journey.count(of="nps")["n"].sum() == 6


def test_a_frame_that_is_still_open_keeps_its_files_when_a_new_one_is_made(joined):
    old = joined.journey
    path = joined.path / "sources" / "answers.csv"
    path.write_text(ANSWERS + "R7,,,4\n", encoding="utf-8")
    assert joined.journey.count(of="nps")["n"].sum() == 7
    assert old.count(of="nps")["n"].sum() == 6


def test_a_file_beyond_the_memory_allowed_is_refused_by_name(tmp_path, monkeypatch):
    path = tmp_path / "answers.csv"
    path.write_text("id,nps\n" + "".join(f"{place},9\n" for place in range(20_000)), encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_MEMORY", "1MB")
    with pytest.raises(wb.DataFault, match="more than the memory allowed .1MB. is needed") as told:
        wb.read(path, format="survey", person="id", questions={"nps": "nps"})
    assert told.value.faults[0].file == "answers.csv"
