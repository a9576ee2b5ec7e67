"""How a map came about, and two of its versions side by side: what came, went, moved and changed, with the measures of then."""

from __future__ import annotations

import json

import pytest

import workbench as wb
from workbench import figures, history
from workbench.cli import main
from workbench.drawing import Drawing
from workbench.steps.measure.map_versions import map_versions

MAP = """\
title: Moving in
lanes: [doing]
stages:
  - name: Move in
    steps: [{id: moves-in, name: Moves in, emotion: 15}, {id: looks-for-supplier, name: Looks for who supplies}]
  - name: Billed
    steps: [{id: first-bill, name: First bill arrives, emotion: -20, lanes: {doing: Reads it}}, {id: asks-about-bill, name: Asks}]
"""


@pytest.fixture
def small(project):
    """A study that is a map with a few versions and nothing else."""
    study = wb.new_study("moving-in")
    (study.path / "map.yaml").write_text(MAP, encoding="utf-8")
    ann, bob = Drawing(study, "Ann"), Drawing(study, "Bob")
    ann.set("first-bill", "emotion", -60)
    bob.add_step("Is warned", "Billed", "")
    ann.move_step("asks-about-bill", "Move in", "moves-in")
    ann.set("first-bill", "doing", "Reads it <img src=x onerror=alert(1)>")
    bob.remove_step("looks-for-supplier")
    bob.add_lane("costs")
    return study


@pytest.fixture
def drawn(loaded):
    """The sample study, drawn on once: two versions, and the journey."""
    study = wb.open_study("water-billing")
    Drawing(study, "Ann").set("first-bill", "emotion", -60)
    versions = history.versions(study.path, "map")
    return study.journey, history.map_of(versions[0]), history.map_of(versions[-1])


def test_two_versions_are_told_cell_by_cell(small):
    found = small.compare_maps(0)
    table = found.table.set_index("step")
    assert dict(table["what became of it"]) == {
        "Moves in": "as it was",
        "Asks": "moved",
        "Looks for who supplies": "went",
        "Is warned": "came",
        "First bill arrives": "changed",
        "the map itself": "changed",
    }
    assert table.loc["First bill arrives", "cells"].startswith(
        "assumed emotion: −20 → −60; doing: Reads it → Reads it <img"
    )
    assert table.loc["Asks", "cells"] == "place: in Billed, after First bill arrives → in Move in, after Moves in"
    assert table.loc["the map itself", "cells"] == "lanes: costs came"
    assert "1 step came, 1 step went, 1 step moved, 1 step changed, 1 thing changed beside the steps" in found.sentence
    assert found.cautions == ("Nothing was measured in this study: the maps alone are compared.",)


def test_the_other_way_round_what_came_went(small):
    table = small.compare_maps(-1, 0).table.set_index("step")
    assert (table.loc["Is warned", "what became of it"], table.loc["Looks for who supplies", "what became of it"]) == (
        "went",
        "came",
    )
    assert small.compare_maps(-1, -1).sentence.startswith("Nothing differs")


def test_the_picture_marks_each_change_in_words_and_runs_nothing(small, tmp_path):
    found = small.compare_maps(0)
    bundle = figures.bundle(found)
    for word in ("+ came", "− went", "↔ moved", "≠ changed", "&lt;img src=x", "<s>Looks for who supplies</s>"):
        assert word in bundle["html"], word
    assert "<img src=x" not in bundle["html"]
    assert "assumed emotion was −20, is −60" in bundle["alt"] and "Is warned: came" in bundle["alt"]
    assert "<table" in bundle["html"].split("<summary>Table</summary>")[1], "the table stands behind it"
    page = wb.write_page(found, tmp_path / "two.html").read_text("utf-8")
    assert "table.versions" in page and "&lt;img src=x" in page and 'class="mark went"' in page


def test_versions_go_by_name_place_and_day(small):
    versions = history.versions(small.path, "map")
    assert len(versions) == 7 and [one.who for one in versions[1:]] == ["Ann", "Bob", "Ann", "Ann", "Bob", "Bob"]
    assert history.version_of(small.path, "map", versions[2].name[:7]).name == versions[2].name
    assert history.version_of(small.path, "map", "-2").name == versions[-2].name
    assert history.version_of(small.path, "map", versions[-1].day).name == versions[-1].name
    for wrong in ("1999-01-01", "zzz", "-99", ""):
        with pytest.raises(wb.DataFault):
            history.version_of(small.path, "map", wrong)


def test_damage_is_told_and_stops_nothing(small):
    versions = history.versions(small.path, "map")
    files = {one.name: small.path / "history" / f"map-{one.name}.yaml" for one in versions}
    files[versions[1].name].write_bytes(b"\xff\xfe\x00")
    files[versions[2].name].write_text("title: another\n", "utf-8")
    log = small.path / "log"
    log.write_bytes(log.read_bytes() + b"\xff{ torn\n")
    found = small.history()
    told = found.table.set_index("version")["what changed"]
    assert "cannot be read" in told[versions[1].name] and "not the one that was saved" in told[versions[2].name]
    assert "moved" in told[versions[3].name] or "came" in told[versions[3].name], (
        "laid beside the last that can be read"
    )
    assert "The log cannot be read in line" in found.cautions[0]
    with pytest.raises(wb.DataFault, match="damaged"):
        small.compare_maps(versions[2].name)
    assert small.compare_maps(versions[3].name).sentence.startswith("From")


def test_a_version_that_no_longer_fits_the_model_is_told(small):
    from workbench import files

    text = "title: Old\nmoods: []\n"
    (small.path / "history" / f"map-{files.version(text)}.yaml").write_text(text, "utf-8")
    told = small.history().table.set_index("version")["what changed"][files.version(text)]
    assert "does not fit the map's model any more" in told and "moods" in told
    with pytest.raises(wb.DataFault, match="moods"):
        small.compare_maps(files.version(text))


def test_measures_stand_beside_each_version_as_they_were_by_its_day(drawn):
    journey, before, after = drawn
    found = map_versions(journey, before, after, "2025-04-15", "2025-08-01", ["a", "b"])
    table = found.table.set_index("step")
    early, late = (
        table.loc["First bill arrives", f"emotion measured, {day}"] for day in ("2025-04-15 (a)", "2025-08-01 (b)")
    )
    n = [int(one.rpartition("n ")[2].replace(",", "")) for one in (early, late)]
    until = wb.emotion_curve(journey.between("1900-01-01", "2025-04-16"), "step").table.set_index("step")
    assert n[0] == until.loc["first-bill", "n"] < n[1] and " to " in early
    assert "difference is not tested" in found.method


@pytest.mark.parametrize(
    ("days", "word"),
    [
        (("2030-01-01", "2030-02-01"), "All records lie before both versions"),
        (("2001-01-01", "2001-02-01"), "All records lie after both versions"),
        (("2001-01-01", "2030-02-01"), "nothing was measured by the day of the earlier version"),
        (("", "2030-02-01"), "The day of a version is not known"),
    ],
)
def test_days_that_the_data_do_not_reach_are_said(drawn, days, word):
    journey, before, after = drawn
    found = map_versions(journey, before, after, *days)
    assert any(word in one for one in found.cautions) and found.table.shape[0] == len(after.steps)
    if "before both" in word:
        columns = [column for column in found.table if column.startswith("NPS")]
        assert len(columns) == 2 and (found.table[columns[0]] == found.table[columns[1]]).all()
    if "after both" in word:
        assert set(found.table.filter(like="NPS").to_numpy().ravel()) == {"not measured"}


def test_a_few_people_more_are_not_to_be_had_by_subtraction():
    from workbench.steps.measure.map_versions import _not_by_subtraction

    old = {"a": {"value": 1.0, "n": 40}, "b": {"value": 1.0, "n": 40}, "c": {"hidden": True}}
    new = {"a": {"value": 1.2, "n": 43}, "b": {"value": 1.2, "n": 60}, "c": {"value": 1.0, "n": 12}}
    assert _not_by_subtraction(old, new, 10)[1] == {"a": {"hidden": True}, "b": new["b"], "c": new["c"]}


def test_the_command_tells_the_history_and_compares(small, tmp_path, capsys):
    assert main(["history", "moving-in"]) == 0
    told = capsys.readouterr().out
    assert "7 versions of map.yaml, by 2 people" in told and '"Looks for who supplies" went' in told
    assert main(["history", "moving-in", "--compare", "0", "-1", "--out", str(tmp_path / "two.html")]) == 0
    assert "First bill arrives  changed" in capsys.readouterr().out and (tmp_path / "two.html").stat().st_size > 5000
    assert main(["history", "moving-in", "--compare", "0", "-1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "map_versions"
    assert main(["history", "moving-in", "--part", "scope"]) == 0
    assert main(["history", "moving-in", "--part", "nothing"]) == 2
    assert main(["history", "moving-in", "--compare", "0", "never"]) == 2
    assert "no version called" in capsys.readouterr().err
