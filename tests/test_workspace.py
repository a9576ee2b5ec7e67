"""A folder to work in: which study is worked on."""

import pytest

import workbench as wb
from workbench import files, places
from workbench.study_files import PARTS


def test_the_only_study_there_is_needs_no_name(project):
    with pytest.raises(wb.DataFault, match="workbench new NAME"):
        wb.open_study("")
    wb.new_study("bills")
    (project / "data" / ".chosen").unlink()
    assert places.chosen() == "bills" and wb.open_study("").name == wb.open_study().name == "bills"


def test_the_study_chosen_last_is_the_one_worked_on(project, tmp_path_factory):
    wb.new_study("bills")
    wb.new_study("meters")
    assert places.chosen() == "meters"  # a study just made is worked on
    places.choose("bills")
    assert wb.open_study("").name == "bills" and places.studies() == ["bills", "meters"]
    with pytest.raises(wb.DataFault, match='did you mean "meters"'):
        places.choose("meter")
    assert places.chosen() == "bills"
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "calls"
    (project / "data" / "meters").rename(elsewhere)
    assert places.choose(elsewhere) == str(elsewhere) and wb.open_study("").path == elsewhere


def test_a_study_that_is_gone_is_not_worked_on(project):
    for name in ("bills", "meters", "calls"):
        wb.new_study(name)
    (project / "data" / "calls").rename(project / "calls")
    with pytest.raises(wb.DataFault) as told:
        wb.open_study("")
    (fault,) = told.value.faults
    assert "bills, meters" in fault.found and "workbench lab bills" in fault.mend


# -- who may save what ------------------------------------------------------------------------------------------------


def test_a_viewer_saves_nothing(sample, monkeypatch):
    study = wb.open_study("")
    study.journey  # noqa: B018 - whoever serves it has loaded it
    before = {path: path.read_bytes() for path in sample.rglob("*.yaml")}
    monkeypatch.setenv("WORKBENCH_ROLE", "view")
    asked = [
        lambda: study.draw.set("first-bill", "doing", "Opens it"),
        lambda: study.draw.comment("first-bill", "Is that so?", "doing"),
        lambda: study.save("scope", {"purpose": "another"}),
        lambda: study.export("xlsx"),
        lambda: study.report(),
        lambda: wb.new_study("mine"),
        lambda: places.choose(sample),
        lambda: wb.write_workbook(study.findings("map"), sample.parents[1] / "mine.xlsx"),
        lambda: files.write(sample / "sources" / "survey.csv", "mine"),
        lambda: files.write(sample / "frames.yaml", "mine"),
        lambda: files.write(sample.parents[1] / "notebooks" / "mine.ipynb", "mine"),
    ]
    for one in asked:
        with pytest.raises(wb.DataFault, match="served to look at"):
            one()
    assert {path: path.read_bytes() for path in sample.rglob("*.yaml")} == before
    assert not [part for part in PARTS if study.may(part)]
    assert study.judge().sentence and len(study.load()) > 0  # what is derived is worked out for viewers too


def test_a_contributor_saves_the_map_and_comments_alone(sample, monkeypatch):
    monkeypatch.setenv("WORKBENCH_ROLE", "contribute")
    monkeypatch.setenv("QUERY_STRING", "who=%3Cb%3EAnna%0A&theme=dark")  # as a visitor's page was asked for
    mine, theirs = wb.open_study(""), wb.open_study("")
    assert [part for part in PARTS if mine.may(part)] == ["map", "notes"] and not mine.may("report")
    mine.draw.set("first-bill", "doing", "Opens the envelope")
    mine.draw.comment("first-bill", "Is that so?", "doing")
    assert theirs.map.step("first-bill").lanes["doing"] == "Opens the envelope"
    assert theirs.notes.notes[-1].words == "Is that so?" and theirs.notes.notes[-1].who == "<b>Anna (visitor)"
    for part in ("solutions", "codes", "study"):
        with pytest.raises(wb.DataFault, match="draw its map and to comment"):
            mine.save(part, mine.content(part))
    monkeypatch.setenv("WORKBENCH_ROLE", "owner")  # not a role: nothing
    with pytest.raises(wb.DataFault, match="served to look at"):
        mine.draw.set("first-bill", "doing", "Bins it")
