"""A study's lists changed cell by cell: saved at once, merged with what others write, undone and redone to the letter."""

import shutil
from pathlib import Path

import pytest

import workbench as wb

SAMPLE = Path(__file__).parents[1] / "data" / "water-billing"
ONE = "call-before-bill"


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "settings"))
    shutil.copytree(SAMPLE, tmp_path / "town", ignore=shutil.ignore_patterns("frames", ".lock", "sources"))
    return wb.open_study(tmp_path / "town")


def text(study, part="solutions"):
    return (study.path / f"{part}.yaml").read_text(encoding="utf-8")


def test_a_cell_is_saved_at_once_and_taken_back_to_the_letter(study):
    before, edits = text(study), study.edit("solutions")
    edits.set(ONE, "cost.once", [1, 2, 3])
    assert study.solutions.solutions[0].cost.once == (1, 2, 3)
    edits.set(ONE, "about", "Said in the third workshop")
    assert edits.undo() == f"{ONE}, about: taken back" and edits.undo()
    assert text(study) == before and not edits.can_undo
    edits.redo()
    assert study.solutions.solutions[0].cost.once == (1, 2, 3)


def test_what_two_write_in_different_cells_all_stands(study):
    mine, theirs = study.edit("solutions"), wb.open_study(study.path).edit("solutions")
    mine.set(ONE, "about", "mine", was=None)
    theirs.set(ONE, "cost.once", [1, 2, 3], was=[8000, 12000, 20000])
    first = study.solutions.solutions[0]
    assert (first.about, first.cost.once) == ("mine", (1, 2, 3))


def test_whoever_wrote_in_the_same_cell_meanwhile_is_named_and_theirs_stands(study):
    bea = wb.open_study(study.path)
    content = bea.content("solutions")
    content["solutions"][0]["name"] = "Ring them all"
    bea.save("solutions", content, who="Bea")
    with pytest.raises(wb.DataFault, match='Bea wrote "Ring them all" meanwhile'):
        study.edit("solutions").set(ONE, "name", "Call them", was="Call everyone within five days")
    assert study.solutions.solutions[0].name == "Ring them all" and not study.edit("solutions").can_undo


def test_an_entry_comes_and_goes_and_comes_back_in_its_place(study):
    before, edits = text(study, "actions"), study.edit("actions")
    ids = [one.id for one in study.actions.actions]
    edits.remove(ids[1])
    assert [one.id for one in study.actions.actions] == [ids[0], *ids[2:]]
    edits.undo()
    assert [one.id for one in study.actions.actions] == ids
    assert wb.open_study(study.path).actions == study.actions and text(study, "actions").count("- id:") == before.count(
        "- id:"
    )


def test_what_does_not_fit_is_told_and_nothing_is_saved(study):
    before, edits = text(study), study.edit("solutions")
    for cell, value in (("cost.once", [3, 2, 1]), ("area", "magic"), ("name", "")):
        with pytest.raises(wb.DataFault):
            edits.set(ONE, cell, value)
    with pytest.raises(wb.DataFault, match="there already"):
        edits.add(edits.entries[0])
    with pytest.raises(wb.DataFault, match="did you mean"):
        edits.set("call-befor-bill", "about", "x")
    assert text(study) == before and not edits.can_undo


def test_several_cells_are_written_and_taken_back_together_and_a_word_may_have_a_point(study):
    before, edits = text(study), study.edit("solutions")
    edits.put(ONE, {"about": "Said twice", ("reach", 'v1.2 "x"'): "yes"})
    assert study.solutions.solutions[0].reach['v1.2 "x"'] == "yes"
    edits.undo()
    assert text(study) == before
    with pytest.raises(wb.DataFault):
        edits.put(ONE, {"about": "Said thrice", "area": "nowhere"})
    assert text(study) == before and not edits.can_undo
    edits.redo()
    assert study.solutions.solutions[0].about == "Said twice"


def test_cells_that_fit_only_together_are_written_in_one_save_and_taken_back_together(study):
    before, edits = text(study, "hypotheses"), study.edit("hypotheses")
    with pytest.raises(wb.DataFault, match="one of compare"):
        edits.set("leaflet", "since", "2025-06-01")
    edits.put("leaflet", {"compare": None, "with": None, "since": "2025-06-01"})
    assert str(study.hypotheses.hypotheses[-1].since) == "2025-06-01"
    assert "taken back" in edits.undo() and wb.open_study(study.path).hypotheses.hypotheses[-1].since is None
    edits.redo()
    assert study.hypotheses.hypotheses[-1].compare == {} and before != text(study, "hypotheses")
