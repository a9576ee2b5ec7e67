"""The log: who did what, line by line; what was changed in it is told with its row."""

from __future__ import annotations

import json
import multiprocessing

import pytest

from workbench import cli, log
from workbench.study_parts import Parts


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "settings"))
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    study = tmp_path / "data" / "noted"
    study.mkdir(parents=True)
    (study / "study.yaml").write_text("title: Noted\n")
    for number in range(1, 7):
        log.append(study, f"did {number}", "Ann")
    return study


def _rows(folder) -> list[int | None]:
    return [fault.row for fault in log.verify(folder) if fault.weight == "error"]


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (lambda lines: [*lines[:2], lines[2].replace(b"did 3", b"did 9"), *lines[3:]], 4),
        (lambda lines: [*lines[:2], *lines[3:]], 3),
        (lambda lines: [*lines[:3], lines[0], *lines[3:]], 4),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: lines[:-2], 4),
        (lambda lines: [], None),
    ],
    ids=["changed", "dropped", "put in", "moved", "the first cut off", "the tail cut off", "all gone"],
)
def test_what_was_changed_is_told_with_its_row(folder, change, row):
    assert log.verify(folder) == []
    lines = (folder / "log").read_bytes().splitlines(keepends=True)
    (folder / "log").write_bytes(b"".join(change(lines)))
    assert _rows(folder)[0] == row
    log.append(folder, "went on")  # what was cut off is not covered up by what comes after
    assert _rows(folder)


def test_the_last_line_changed_is_told_by_the_seal(folder):
    text = (folder / "log").read_text()
    (folder / "log").write_text(text.replace("did 6", "did 7"))
    assert _rows(folder) == [6]


def test_a_line_half_written_is_noticed_and_mended_aloud(folder):
    whole = (folder / "log").read_bytes()
    (folder / "log").write_bytes(whole + b'{"time": "2026-')
    assert [one.says["what"] for one in log.lines(folder)][-1] == "did 6"
    assert [fault.weight for fault in log.verify(folder)] == ["note"]
    log.append(folder, "went on")
    said = [one.says["what"] for one in log.lines(folder)]
    assert said[-2].startswith("mended the log: 15 bytes") and said[-1] == "went on"
    assert log.verify(folder) == [] and (folder / "log").read_bytes().startswith(whole)


def test_a_line_is_added_without_writing_the_others_again(folder):
    before = (folder / "log").stat().st_ino
    log.append(folder, "one more")
    assert (folder / "log").stat().st_ino == before


def _add(folder, name):
    for number in range(20):
        log.append(folder, f"{name} {number}", name)


def test_four_who_write_at_once_lose_no_line(folder):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.starmap(_add, [(folder, name) for name in "abcd"])
    said = [one.says["what"] for one in log.lines(folder)]
    assert len(said) == 86 and len(set(said)) == 86 and log.verify(folder) == []


def test_who_did_what_can_be_read(folder, capsys):
    assert cli.main(["history", "noted", "--log"]) == 0
    shown = capsys.readouterr().out
    assert "Ann  did 1" in shown and "6 lines by 1 person, each following from the one before." in shown
    assert cli.main(["history", "noted", "--log", "--json"]) == 0
    table = json.loads(capsys.readouterr().out)["table"]
    assert [row["line"] for row in table] == [6, 5, 4, 3, 2, 1]
    (folder / "log").write_bytes((folder / "log").read_bytes().replace(b"did 2", b"did 3"))
    assert cli.main(["check", "noted"]) == cli.WRONG_INPUT
    assert "does not follow from line 2" in capsys.readouterr().err


def test_what_stands_in_the_settings_of_another_machine_proves_nothing_here(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "elsewhere"))
    assert log.verify(folder) == []
    Parts(folder).log("written elsewhere")
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "settings"))
    assert log.verify(folder) == []  # lines that others added are no fault
