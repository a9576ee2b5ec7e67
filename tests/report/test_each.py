"""One report a segment: of its own people alone, none for a group too small, and none that gives one away."""

import json

import pytest

import workbench as wb
from workbench.cli import main
from workbench.report import each
from workbench.segment import SEEN, segments, told_to_notebooks

PEOPLE = {"North": 40, "South": 30, "East": 14, "West": 4}
YAML = """title: Bills
personas:
  - {name: Owners, where: {tenure: owner}}
  - {name: Online, where: {online: "yes"}}
sources:
  - {file: sources/survey.csv, format: survey, person: id, segments: [region, tenure, online],
     questions: {nps: {measure: nps, step: bill}, csat: {measure: csat, scale: [1, 5], step: bill}}}
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "surveys").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "settings"))
    write(tmp_path, PEOPLE)
    return tmp_path


def write(home, people, odd=0):
    """People of each region; North is glad. `odd` of the owners are not online, all other owners are, and nobody else."""
    folder = home / "data" / "bills"
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "study.yaml").write_text(YAML)
    lines, number = ["id,region,tenure,online,nps,csat"], 0
    for region, many in people.items():
        for at in range(many):
            owner = at % 2 == 0
            online = owner and number >= odd * 2
            glad = 10 if region == "North" else 2
            lines.append(
                f"c{number:05d},{region},{'owner' if owner else 'tenant'},{'yes' if online else 'no'},{glad},{1 + at % 5}"
            )
            number += 1
    (folder / "sources" / "survey.csv").write_text("\n".join(lines) + "\n")


def listed(table):
    return {row["value"]: (row["n"], bool(row["why"])) for row in table.to_dict("records")}


def test_a_value_under_the_minimum_gets_none_and_the_next_smallest_protects_it(home):
    found = listed(segments(wb.open_study("bills"), "region"))
    assert found == {"East": (14, True), "North": (40, False), "South": (30, False), "West": (4, True)}
    write(home, PEOPLE | {"West": 12})
    assert not any(why for _, why in listed(segments(wb.open_study("bills"), "region")).values())
    with pytest.raises(wb.DataFault, match="region, tenure, online, persona"):
        segments(wb.open_study("bills"), "colour")


def test_people_without_a_value_are_a_group_that_can_be_given_away_too(home):
    write(home, {"North": 40, "South": 30, "": 4})
    assert listed(segments(wb.open_study("bills"), "region")) == {"North": (40, False), "South": (30, True)}


def test_personas_that_differ_by_a_few_people_do_not_both_get_a_report(home):
    write(home, PEOPLE, odd=3)
    found = listed(segments(wb.open_study("bills"), "persona"))
    assert found["Owners"] == (44, False) and found["Online"] == (41, True)
    write(home, PEOPLE, odd=0)
    assert not any(why for _, why in listed(segments(wb.open_study("bills"), "persona")).values())


def test_a_segment_is_its_people_alone_and_changes_nothing(home):
    (home / "data" / "bills" / "hypotheses.yaml").write_text("hypotheses: []\n")
    whole, north = wb.open_study("bills"), wb.open_study("bills", where={"region": "North"})
    assert wb.nps(north.journey).table["value"].tolist() == [100.0]
    assert wb.nps(whole.journey).table["value"].iloc[0] < 0
    shown = [one.base for step in ("measure", "why") for one in north.findings(step) if one.name == "nps"]
    assert shown and all(one.startswith("40 answers of 40 people") for one in shown)
    assert [one.base for one in whole.findings("measure") if one.name == "nps"][0].startswith("88 answers")
    assert "region: North" in north.title and "only region: North" in north.date_line and "40 people" in north.date_line
    assert north.leaks("c00087") == ["c00087"]  # of another region: still nobody may be named
    before = (home / "data" / "bills" / "log").read_text()
    with pytest.raises(wb.DataFault, match="region: North alone"):
        north.save("scope", {})
    with pytest.raises(wb.DataFault, match="verdicts"):
        north.judge()
    assert north.declare() == {} and (home / "data" / "bills" / "log").read_text() == before
    with pytest.raises(wb.DataFault, match='did you mean "North"'):
        wb.open_study("bills", where={"region": "Nord"})


def test_the_notebooks_of_a_report_see_the_segment_that_it_is_for(home, monkeypatch):
    study = wb.open_study("bills")
    monkeypatch.setenv(SEEN, told_to_notebooks(study, {"region": "South"}))
    assert len(wb.open_study("bills").journey.to_frame()["person"].unique()) == 30
    monkeypatch.setenv(SEEN, json.dumps({"study": "/elsewhere", "where": {"region": "South"}}))
    assert len(wb.open_study("bills").journey.to_frame()["person"].unique()) == 88


def test_each_value_gets_a_workbook_and_a_page_lists_them(home):
    made = each.write(wb.open_study("bills"), "region", form="xlsx", make=each.written, progress=False)
    folder = home / "reports" / "bills"
    assert sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*.xlsx")) == [
        "region-north/report.xlsx",
        "region-south/report.xlsx",
    ]
    by_value = {one["value"]: one for one in made.told}
    assert by_value["West"] == {"value": "West", "people": None, "why": "fewer than 10 people", "report": None}
    assert by_value["North"]["people"] == 40 and by_value["East"]["report"] is None
    page = (folder / "by-region.html").read_text()
    assert 'href="region-north/report.xlsx"' in page and "40 people" in page and "fewer than 10 people" in page
    assert "14 people" not in page and "4 people" not in page.replace("40 people", "")


def test_where_nobody_can_have_one_it_is_said(home):
    write(home, {"North": 5, "South": 4})
    with pytest.raises(wb.DataFault, match="no region of 10 people or more"):
        each.write(wb.open_study("bills"), "region", progress=False)


def test_one_that_fails_in_its_own_process_is_told_and_listed(home, capsys):
    assert main(["report", "bills", "--each", "region"]) == 2  # a project without notebooks
    told = capsys.readouterr().err
    assert "0_start.ipynb" in told and "region-north: no such notebook" in told
    assert "could not be made" in (home / "reports" / "bills" / "by-region.html").read_text()


@pytest.mark.parametrize("words", [["--pdf", "--to", "xlsx"], ["--code", "--to", "pptx"], ["--all"]])
def test_words_that_do_not_go_together_are_told(home, words, capsys):
    assert main(["report", "bills", *words]) == 2
    assert "expected --to" in capsys.readouterr().err


def test_without_a_chromium_a_pdf_is_refused_before_the_notebooks_run(home, monkeypatch, capsys):
    from workbench.report import chromium

    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    assert main(["report", "bills", "--pdf"]) == 2
    assert "no Chromium on this machine" in capsys.readouterr().err


def test_a_page_is_printed_the_same_twice(tmp_path):
    import shutil

    from needs import needed

    from workbench.report import chromium, write_page

    if shutil.which("chromium") is None:
        needed("Chromium", "it prints the report")
    from made_findings import make

    page = write_page(make("intervals"), tmp_path / "report.html")
    first = chromium.print_page(page).read_bytes()
    assert first.startswith(b"%PDF") and b"D:20000101000000" in first
    assert chromium.print_page(page).read_bytes() == first
