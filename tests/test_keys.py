"""A study's key: found where the study stands, changed for a new one, destroyed, lost; and never where it could be read."""

from __future__ import annotations

import json
import os
import shutil
import stat

import pytest
from own_people import PERSON, make

import workbench as wb
from workbench import cli, load, places, privacy


@pytest.fixture
def study(project, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(project / "settings"))
    study = make(project)
    text = (study.path / "study.yaml").read_text().splitlines()
    (study.path / "study.yaml").write_text("\n".join(text[:8]) + "\n")  # two sources do
    study.load()
    return study


def _keys(study) -> list:
    return sorted((places.settings() / "keys").glob("*.key"))


def test_a_study_that_is_moved_keeps_its_key_and_its_frames(study):
    secret = study.secret
    shutil.move(study.path, study.path.with_name("renamed"))
    moved = wb.open_study("renamed")
    assert moved.secret == secret and stat.S_IMODE(os.stat(_keys(moved)[0]).st_mode) == 0o600
    assert not [fault for fault in moved.check() if fault.file == "log"]  # its seal went with it


def test_a_key_from_before_studies_had_an_id_is_found_by_the_path(study):
    secret = study.secret
    _keys(study)[0].rename(privacy.keys.key_file(f"study {study.path}"))
    (study.path / "privacy.json").unlink()
    assert wb.open_study(study.path).secret == secret and wb.open_study(study.path).loaded
    assert [one.name for one in _keys(study)] == [
        f"{json.loads((study.path / 'privacy.json').read_text())['content']['id']}-0.key"
    ]


def test_a_lost_key_is_told_and_not_made_again_in_silence(study):
    kept = _keys(study)[0].read_bytes()
    _keys(study)[0].unlink()
    fresh = wb.open_study(study.path)
    assert fresh.key.state == "lost" and len(fresh.journey.people) == 20  # what was made is looked at as it is
    assert any("not on this machine" in fault.found for fault in fresh.check())
    assert fresh.leaks(f"a page with {PERSON} in it") == [PERSON]
    with pytest.raises(wb.DataFault, match="not on this machine"):
        fresh.load()
    (study.path / "privacy.json").unlink()
    with pytest.raises(wb.DataFault, match="no word of the pseudonym key"):
        wb.open_study(study.path).load()
    assert not _keys(study)
    shutil.rmtree(study.path / "frames")  # nothing rests on a key any more
    assert len(wb.open_study(study.path).load().people) == 20 and _keys(study)[0].read_bytes() != kept


def test_a_key_that_others_may_read_or_that_is_another_is_refused(study):
    path = _keys(study)[0]
    path.chmod(0o640)
    with pytest.raises(wb.DataFault, match="others may read"):
        study.secret  # noqa: B018 - it is asked for
    path.chmod(0o600)
    path.write_bytes(b"k" * 32)
    assert study.key.state == "changed"
    with pytest.raises(wb.DataFault, match="another pseudonym key"):
        wb.open_study(study.path).load()


def test_a_new_key_makes_everybody_another_and_those_forgotten_stay_so(study, capsys):
    study.forget(PERSON)
    study.forget("C-10001", sources=True)
    before, secret = load.people(study.path / "frames"), study.secret
    (study.path / "follow_up.csv").write_text(f"person,why\n{sorted(before)[0]},complained\n")
    assert cli.main(["key", "own-people", "--rotate"]) == cli.WRONG_INPUT  # nobody said that it is meant
    assert study.secret == secret
    capsys.readouterr()
    assert cli.main(["key", "own-people", "--rotate", "--yes"]) == 0
    said, fresh = capsys.readouterr().out, wb.open_study(study.path)
    after = load.people(fresh.path / "frames")
    assert len(after) == len(before) == 18 and not before & after
    assert privacy.pseudonym(fresh.secret, PERSON) not in after
    assert "own-people/follow_up.csv" in said and "1 of those who were forgotten stand in no source" in said
    assert len(_keys(fresh)) == 1 and fresh.key.rotations == 1 and fresh.key.state == "held"
    assert "changed the pseudonym key" in (study.path / "log").read_text()


def test_a_destroyed_key_leaves_the_frames_and_no_way_back(study):
    journey, people = study.journey, load.people(study.path / "frames")
    assert cli.main(["key", "own-people", "--destroy", "--yes"]) == 0
    assert not _keys(study)
    fresh = wb.open_study(study.path)
    assert len(fresh.journey.people) == len(journey.people) and load.people(fresh.path / "frames") == people
    assert fresh.loaded and len(fresh.load().people) == 20
    assert fresh.leaks(f"a page with {PERSON} in it") == [PERSON]  # what is shared is still looked through
    shutil.move(study.path, study.path.with_name("renamed"))
    assert len(wb.open_study("renamed").journey.people) == 20
    survey = places.data() / "renamed" / "sources" / "survey.csv"
    survey.write_text(survey.read_text() + "C-10099,4,fine\n")
    with pytest.raises(wb.DataFault, match=r"survey\.csv.*cannot be made again") as told:
        wb.open_study("renamed").journey  # noqa: B018 - it is asked for
    assert "rotate" in str(told.value) and not _keys(study)


def test_those_forgotten_are_not_brought_back_by_a_key_made_after_one_was_destroyed(study):
    study.forget(PERSON)
    study.destroy_key()
    with pytest.raises(wb.DataFault, match="forgotten"):
        study.rotate_key()


def test_the_key_is_in_no_file_of_the_study_and_in_no_words(study, capsys):
    secret = study.secret
    shown = {secret.hex(), secret.hex().upper(), str(secret)}
    cli.main(["key", "own-people", "--json"])
    study.log("nothing")
    said = capsys.readouterr().out + repr(study.key) + str(study.key)
    for path in [*study.path.rglob("*"), places.settings() / "logs.json"]:
        if path.is_file():
            assert secret not in path.read_bytes()
            said += path.read_bytes().decode("latin-1")
    assert not any(one in said for one in shown)
