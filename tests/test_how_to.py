"""The how-tos, done from top to bottom on made files of each tool's shape, and on real exports where these are at hand."""

from __future__ import annotations

import csv

import pytest
from made_exports import PEOPLE, WRITERS
from pages import blocks, walk_through
from water_town import ROOT

import workbench as wb
from workbench import cli

HOW_TO = ROOT / "docs" / "how-to"
PAGES = sorted(path.stem for path in HOW_TO.glob("*.md"))
NORTH = {"qualtrics": "Region", "surveymonkey": "Custom Data 1", "spss": "region"}


@pytest.fixture
def done(project, monkeypatch, capsys):
    """Do a how-to where its files lie; the names of its Python come back."""
    monkeypatch.chdir(project)

    def do(page):
        WRITERS[page](project)
        return walk_through(HOW_TO / f"{page}.md", project, cli.main)

    return do


def test_there_is_a_how_to_for_each_kind_of_export():
    assert set(WRITERS) == set(PAGES)


@pytest.mark.parametrize("page", sorted(NORTH))
def test_a_survey_comes_to_its_first_finding(done, page):
    names = done(page)
    study, found = names["study"], names["found"]
    least = PEOPLE - (1 if page in ("qualtrics", "spss") else 0)  # a preview; one who refused
    table = found.to_frame().set_index(NORTH[page])
    assert table["n"].sum() == least and table.loc["South", "value"] > table.loc["North", "value"]
    assert "South" in found.sentence and "95 %" in found.method
    assert study.journey.distinct("step") == ["first-bill"]
    if page == "qualtrics":
        states = study.journey.of_measure("ces").count(by="state").set_index("state")["n"]
        assert states.to_dict() == {"answered": least - 1, "skipped": 1}
    assert not [fault for fault in study.check() if fault.weight == "error"]


def test_interviews_come_to_quotes_on_the_map(done):
    study = done("interviews")["study"]
    quotes = study.journey.of_kind("quote").to_frame()
    assert sorted(quotes.loc[quotes["code"] == "surprise", "step"]) == ["asks-about-bill", "first-bill", "first-bill"]
    assert not quotes["text"].str.contains("Tell me").any() and not quotes["person"].str.contains("Dana").any()
    assert study.map_view()["steps"]["first-bill"]["evidence"] == "anecdotal"


def test_a_contact_log_and_a_help_desk_come_to_paths_of_the_same_people(done):
    names = done("crm")
    journey = names["journey"]
    kinds = journey.count(by="kind").set_index("kind")
    assert kinds.loc["event", "people"] == PEOPLE == len(journey.people)  # nobody twice under another number
    assert kinds.loc["complaint", "n"] == 16  # seventeen tickets, one of them deleted
    assert set(journey.measures.to_frame()["measure"]) == {"nps", "csat", "ces", "complaint"}
    assert names["study"].map.names["asks-about-bill"] in wb.transitions(journey).to_frame()["step"].tolist()


REAL = {
    "qualtrics": ("qualtrics_tools/No Basis for Evaluation__No_Basis_for_Evaluation (Insights).csv",),
    "surveymonkey": ("surveymonkey_538/StarWars.csv",),
    "spss": ("spss_displayr/satisfaction.sav",),
    "interviews": ("transcripts_vtt/331-developer-in-residence.vtt", "transcripts_txt/Interview 4.txt"),
    "crm": ("complaints_cfpb/complaints_sample.csv",),
}


@pytest.mark.parametrize("page", sorted(REAL))
def test_the_same_commands_take_a_real_export(shared, project, capsys, page):
    files = [shared / "data" / one for one in REAL[page]]
    told = [words[0] for block in blocks(HOW_TO / f"{page}.md", "console") for words in block.commands()]
    assert list(dict.fromkeys(told)) == ["profile", "new", "check", "load"]  # as here
    assert [cli.main(["profile", str(one)]) for one in files] == [0] * len(files)
    assert cli.main(["new", "mine", "--from", *map(str, files)]) == 0
    if page == "qualtrics":  # tests of the tool's makers: every answer is marked as a preview
        assert cli.main(["check", "mine"]) == 2 and "all of them previews" in capsys.readouterr().err
        received(project / "data" / "mine" / "sources" / files[0].name)
    assert cli.main(["check", "mine"]) == cli.main(["load", "mine"]) == 0
    study = wb.open_study("mine")
    assert len(study.journey) > 0
    assert study.findings("quality")[0].sentence


def received(path):
    """The answers of an export as if they had come from respondents and not from previews."""
    with open(path, encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    status = rows[0].index("Status")
    for row in rows[3:]:
        row[status] = "0"
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
