"""The study: plain files through typed models, saved whole or not at all, loaded again only when something changed."""

from __future__ import annotations

import os
import re
import shutil

import pandas as pd
import pytest
from needs import NIGHTLY

import workbench as wb
from workbench import blocks, files
from workbench.study_files import PARTS


def test_an_unknown_study_is_answered_with_the_near_name(sample):
    with pytest.raises(wb.DataFault, match='did you mean "water-billing"'):
        wb.open_study("water-biling")


def test_an_unknown_key_is_a_fault_with_its_line_and_the_near_word(sample):
    path = sample / "scope.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("purpose:", "purpos:"), encoding="utf-8")
    with pytest.raises(wb.DataFault) as told:
        _ = wb.open_study("water-billing").scope
    fault = told.value.faults[0]
    assert (fault.file, fault.column) == ("scope.yaml", "purpos")
    assert fault.row is not None and 'did you mean "purpose"' in fault.mend


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: [a, b\nseed: 1\n", "broken YAML"),
        ("title: &a x\nsummary: *a\n", "an alias"),
        ("title: !!python/object:os.system x\n", "the tag"),
        ("title: a\ntitle: b\n", "duplicate key"),
        ("title: a\nseed: many\n", "valid integer"),
        ("title: a\nminimum_base: 1\n", "greater than or equal to 2"),
        ("summary: a\n", 'add "title:"'),
    ],
)
def test_a_broken_file_is_told_in_words(sample, text, words):
    (sample / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(wb.DataFault, match=words):
        _ = wb.open_study("water-billing").about


def test_a_path_may_not_leave_the_study(sample):
    for wrong in ("../../secret.csv", "/etc/hostname"):
        (sample / "study.yaml").write_text(
            f"title: x\nsources:\n  - {{file: '{wrong}', format: survey}}\n", encoding="utf-8"
        )
        with pytest.raises(wb.DataFault, match="a path inside the study's folder"):
            wb.open_study("water-billing").sources()


def test_a_missing_source_is_told_with_the_near_name(sample):
    text = (sample / "study.yaml").read_text(encoding="utf-8")
    (sample / "study.yaml").write_text(text.replace("sources/customers.csv", "sources/custmers.csv"), encoding="utf-8")
    with pytest.raises(wb.DataFault, match='did you mean "customers.csv"'):
        wb.open_study("water-billing").load()


def test_a_save_keeps_the_comments_and_the_version_before(sample):
    study = wb.open_study("water-billing")
    before = (sample / "scope.yaml").read_text(encoding="utf-8")
    content = study.scope.model_dump(mode="json", exclude_unset=True) | {
        "purpose": "To decide what comes before a bill."
    }
    study.save("scope", content, study.seen("scope"), who="a test")
    after = (sample / "scope.yaml").read_text(encoding="utf-8")
    assert study.scope.purpose == "To decide what comes before a bill."
    comments = [line for line in before.splitlines() if line.startswith("#")]
    assert comments and all(line in after for line in comments)
    assert any(path.read_text(encoding="utf-8") == before for path in (sample / "history").iterdir())
    assert '"what": "saved scope"' in (sample / "log").read_text(encoding="utf-8").splitlines()[-1]


def test_saving_what_stands_there_already_changes_no_byte(sample):
    study = wb.open_study("water-billing")
    for part in ("study", "scope", "map", "hypotheses", "ideas", "solutions", "actions", "codes"):
        before = (sample / f"{part}.yaml").read_bytes()
        study.save(part, getattr(study, "about" if part == "study" else part))
        assert (sample / f"{part}.yaml").read_bytes() == before, part
    assert not (sample / "log").exists() or "saved" not in (sample / "log").read_text(encoding="utf-8")


def test_a_change_of_one_thing_changes_its_line_alone(sample):
    study = wb.open_study("water-billing")
    before = (sample / "actions.yaml").read_text(encoding="utf-8").splitlines()
    content = study.actions.model_dump(mode="json", exclude_unset=True)
    content["actions"][-1]["status"] = "doing"
    study.save("actions", content)
    after = (sample / "actions.yaml").read_text(encoding="utf-8").splitlines()
    assert len(before) == len(after)
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


def test_a_study_without_records_can_be_asked_and_reported_on(project):
    made = wb.new_study("nothing-yet")
    assert made.journey.base() == "0 records of 0 people"
    assert made.date_line.startswith("0 records")


def test_content_that_does_not_fit_is_not_saved(sample):
    study = wb.open_study("water-billing")
    before = files.sha256(sample / "scope.yaml")
    with pytest.raises(wb.DataFault, match="interactions"):
        study.save("scope", {"unit": "neither"})
    assert files.sha256(sample / "scope.yaml") == before


def test_a_save_over_somebody_elses_is_refused(sample):
    mine, theirs = wb.open_study("water-billing"), wb.open_study("water-billing")
    seen = mine.seen("scope")
    theirs.save("scope", {"purpose": "theirs"}, theirs.seen("scope"))
    with pytest.raises(wb.DataFault, match="another version"):
        mine.save("scope", {"purpose": "mine"}, seen)
    assert mine.scope.purpose == "theirs"


def test_each_line_of_the_log_carries_the_hash_of_the_one_before(sample):
    import hashlib
    import json

    study = wb.open_study("water-billing")
    study.log("one", "a test")
    study.log("two", "a test")
    lines = (sample / "log").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[1])["after"] == hashlib.sha256(lines[0].encode()).hexdigest()


def test_a_changed_cell_is_seen_though_size_and_date_stay(loaded):
    study = wb.open_study("water-billing")
    before = wb.complaint_rate(study.journey, by=()).table["n"].iloc[0]
    path = loaded / "sources" / "customers.csv"
    stamp = path.stat()
    text = path.read_text(encoding="utf-8")
    changed = text.replace(",owner,", ",ownex,", 1)
    path.write_text(changed, encoding="utf-8")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_size == stamp.st_size
    assert "ownex" in study.journey.distinct("segment")
    assert wb.complaint_rate(study.journey, by=()).table["n"].iloc[0] == before


def test_a_complaint_before_its_customer_came_is_told(loaded):
    path = loaded / "sources" / "tickets.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = re.sub(r"20\d\d-", "1999-", lines[1])
    path.write_text("".join([lines[0], changed, *lines[2:]]), encoding="utf-8")
    found = [fault for fault in wb.open_study("water-billing").journey.faults if fault.column == "created"]
    assert [(fault.file, fault.row) for fault in found] == [("tickets", 2)]
    assert "1 complaint of 1 person before they were customers" in found[0].found


def shortened(sample):
    """The sample study with two of its interviews and the beginning of its log: every kind of frame, sooner made."""
    log, codes, gone = sample / "sources" / "contacts.csv", sample / "codes.yaml", "interview-[2-7].vtt"
    log.write_text("".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[:2000]), encoding="utf-8")
    for path in (sample / "sources" / "interviews").glob(gone):
        path.unlink()
    lines = codes.read_text(encoding="utf-8").splitlines(keepends=True)
    codes.write_text("".join(line for line in lines if not re.search(gone, line)), encoding="utf-8")


def test_damaged_frames_are_noticed_and_made_again(sample):
    shortened(sample)
    study = wb.open_study("water-billing")
    people = len(study.journey.people)
    written = sorted(one for one in (sample / "frames").rglob("*") if one.suffix in (".parquet", ".json"))
    for path in written if NIGHTLY else {one.name: one for one in written}.values():  # by day one of each name
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 0xFF
        path.write_bytes(bytes(raw))
        assert len(wb.open_study("water-billing").journey.people) == people, path.name


def test_faults_of_all_sources_are_told_together(sample):
    (sample / "sources" / "customers.csv").write_text("customer_id\n1\n", encoding="utf-8")
    (sample / "sources" / "tickets.csv").write_bytes(b"")
    with pytest.raises(wb.DataFault) as told:
        wb.open_study("water-billing").load()
    assert {fault.file for fault in told.value.faults} == {"customers.csv", "tickets.csv"}


def test_names_that_one_file_takes_from_another_are_checked(loaded):
    for part, old, new in (
        ("solutions", "evidence: [", "evidence: [no-such-claim, "),
        ("actions", "department: ", "department: No "),
    ):
        path = loaded / f"{part}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    found = [str(fault) for fault in wb.open_study("water-billing").check() if fault.weight == "error"]
    assert any('no hypothesis called "no-such-claim"' in one for one in found)
    assert any("no department called" in one for one in found)


def test_the_sample_study_has_nothing_wrong(study):
    assert [str(fault) for fault in study.check() if fault.weight == "error"] == []


def test_a_blank_study_is_whole_and_can_be_opened(project):
    made = wb.new_study("my-own")
    assert {path.stem for path in made.path.glob("*.yaml")} == set(PARTS) - {"theme"}
    assert len(made.scope.open) == 10
    assert len(made.journey) == 0
    assert made.findings("measure") == [] and made.headlines() == []


def test_a_new_study_may_start_from_files_and_from_another_study(sample, tmp_path):
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "respondent_id,nps,segment\n" + "".join(f"R{n:03d},{n % 11},{'AB'[n % 2]}\n" for n in range(60)),
        encoding="utf-8",
    )
    made = wb.new_study("second", template="water-billing", files_from=[answers])
    assert made.map.names == wb.open_study("water-billing").map.names
    assert made.about.sources[0].person == "respondent_id"
    assert wb.nps(made.journey, by=()).table["n"].iloc[0] == 60


def test_a_study_name_that_is_no_folder_name_or_is_taken_is_refused(sample):
    for name, words in (("../x", "small letters"), ("Water", "small letters"), ("water-billing", "already")):
        with pytest.raises(wb.DataFault, match=words):
            wb.new_study(name)


def test_no_raw_id_leaves_in_a_page(study):
    raw = (study.path / "sources" / "customers.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    assert study.leaks(f"the customer {raw} said") == ([raw] if len(raw) >= 7 else [])
    assert study.leaks(" ".join(finding.summary() for finding in study.findings("measure"))) == []
    person = study.journey.people.to_frame()["person"].iloc[0]
    assert study.leaks(f"somebody, {person}, said") == [person] and study.leaks("pAbcdefghijk") == []


def test_a_large_survey_kept_wide_gives_the_same_figures(loaded, monkeypatch):
    def figures():
        journey = wb.open_study("water-billing").load()
        tables = [
            wb.nps(journey, by="step"),
            wb.csat(journey, by="wave"),
            wb.mean_rating(journey, by="segment", of="trust"),
        ]
        counted = journey.count(by=["source", "kind", "measure", "step", "state", "channel", "wave"])
        records = journey.to_frame().sort_values(["source", "order"], ignore_index=True)
        return [one.table for one in tables] + [
            counted,
            records[["person", "time", "step", "measure", "value", "state"]],
        ]

    long = figures()
    assert not list((loaded / "frames").rglob("answers.parquet"))
    monkeypatch.setattr(blocks, "FEW", 0)
    shutil.rmtree(loaded / "frames")
    wide = figures()
    assert len(list((loaded / "frames").rglob("answers.parquet"))) == 1
    for one, other in zip(long, wide, strict=True):
        pd.testing.assert_frame_equal(one, other, check_dtype=False)


# -- the coding of interviews -----------------------------------------------------------------------------------------


def test_a_second_coder_is_compared_with_the_first(loaded):
    study = wb.open_study("water-billing")
    first = study.codes.model_dump(mode="json", exclude_unset=True)["quotes"]
    second = [quote | {"coder": "ben"} for quote in first if quote["turn"] % 3]
    both = [quote | {"coder": "ann"} for quote in first] + second
    study.save("codes", {"quotes": both})
    found = study.agreement()
    assert "2 coders" in found.base or "two of 2 coders" in found.base
    assert found.table["value"].iloc[0] < 1 and found.table["low"].iloc[0] <= found.table["value"].iloc[0]
    assert "agreement" in {one.name for one in study.findings("quality")}


def test_a_code_that_is_not_in_the_code_frame_is_a_fault_with_the_near_one(loaded):
    study = wb.open_study("water-billing")
    content = study.codes.model_dump(mode="json", exclude_unset=True)
    words = sorted({quote["code"] for quote in content["quotes"] if quote.get("code")})
    content["codes"] = [{"name": word} for word in words]
    study.save("codes", content)
    assert not [fault for fault in study.check() if fault.file == "codes.yaml"]
    content["quotes"][0]["code"] = words[0] + "s"
    study.save("codes", content)
    told = [fault for fault in study.check() if fault.file == "codes.yaml"]
    assert len(told) == 1 and f'did you mean "{words[0]}"' in told[0].mend


def test_a_code_frame_is_added_to_the_study_and_given_back(sample, tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("name,description,parent\nBilling,all of it,\nlate,came late,Billing\n", encoding="utf-8")
    study = wb.open_study("water-billing")
    before = len(study.codes.quotes)
    assert study.import_codes(path) == ["Billing", "Billing / late"]
    assert study.import_codes(path) == []
    assert len(study.codes.quotes) == before and study.codes.paths() == ["Billing", "Billing / late"]
    book = study.export("qdc", tmp_path)[0]
    again = wb.new_study("another")
    assert again.import_codes(book) == ["Billing", "Billing / late"]


def test_the_coding_goes_to_a_qda_program_and_comes_back_masked(loaded, tmp_path):
    study = wb.open_study("water-billing")
    path = study.export("qdpx", tmp_path)[0]
    journey = wb.read(path)
    mine = study.journey.of_kind("quote").count(by="code")
    theirs = journey.of_kind("quote").count(by="code")
    assert dict(zip(theirs["code"], theirs["n"], strict=True)) == {
        code: n for code, n in zip(mine["code"], mine["n"], strict=True) if code is not None
    }
