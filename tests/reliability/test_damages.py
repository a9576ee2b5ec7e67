"""Damage is noticed and named before it is believed, and the last good copy is offered (promise P10)."""

from __future__ import annotations

import pytest
from damages import damaged
from kills import NAME, PARTS, laid_out
from needs import NIGHTLY

import workbench as wb
from workbench.cli import main


def test_no_damage_of_a_stored_file_is_believed_in_silence():
    """A bit flipped, a tail cut, a block zeroed, with size and date as they were where that can be."""
    found = damaged(400 if NIGHTLY else 20, seed=5)
    assert found["damages"] >= 15
    assert found["silent"] == [] and found["not offered"] == []


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    laid_out(tmp_path)
    return wb.open_study(NAME)


def test_a_part_changed_outside_is_told_and_its_last_version_comes_back(town, capsys):
    town.draw.set("joins", "doing", "Opens the envelope")
    path, good = town.path / "map.yaml", (town.path / "map.yaml").read_bytes()
    path.write_bytes(good.replace(b"envelope", b"envelppe"))
    told = [fault for fault in wb.open_study(NAME).check() if fault.file == "map.yaml"]
    assert [fault.weight for fault in told] == ["note"]  # people may edit by hand: it is no error
    assert "another text" in told[0].found and f"history {NAME} --part map --restore" in told[0].mend
    version = told[0].mend.rsplit(" ", 1)[1]
    assert main(["history", NAME, "--part", "map", "--restore", version]) == 0
    assert path.read_bytes() == good
    assert not [fault for fault in wb.open_study(NAME).check() if fault.file == "map.yaml"]
    assert len(wb.open_study(NAME).history().table) == 4, "what stood there is kept too"


def test_a_part_that_cannot_be_read_is_told_with_the_command_that_brings_it_back(town, capsys):
    town.load()
    (town.path / "scope.yaml").write_bytes(b"purpose: [\x00")
    with pytest.raises(wb.DataFault, match="--part scope --restore"):
        _ = wb.open_study(NAME).scope
    assert main(["history", NAME, "--part", "scope", "--restore", "no such"]) == 2
    version = next((town.path / "history").glob("scope-*.yaml")).stem.removeprefix("scope-")
    assert main(["history", NAME, "--part", "scope", "--restore", version]) == 0
    assert (town.path / "scope.yaml").read_text(encoding="utf-8") == PARTS["scope"]


def test_frames_made_again_unasked_are_told_until_they_are_loaded(town):
    town.load()
    beside = next((town.path / "frames").rglob("beside.parquet"))
    beside.write_bytes(beside.read_bytes()[:-9])
    source = town.path / "sources" / "log.csv"
    assert len(wb.open_study(NAME).journey)
    assert any("not whole" in fault.found for fault in wb.open_study(NAME).check() if fault.file == "frames")
    source.write_bytes(source.read_bytes().replace(b"Join", b"Jain", 1))
    told = [str(fault) for fault in wb.open_study(NAME).check() if fault.weight == "note"]
    assert any("another file than was read" in one for one in told)
    wb.open_study(NAME).load()
    assert not [fault for fault in wb.open_study(NAME).check() if fault.file == "frames" or "another" in fault.found]
