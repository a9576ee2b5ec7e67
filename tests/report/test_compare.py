"""Two reports side by side, by what their pages tell of themselves for programs."""

import json

import pytest

from workbench.cli import main
from workbench.faults import DataFault
from workbench.report.comparing import SURE, UNSURE, compare

HEADS = ["step", "value", "low", "high", "n"]


def finding(name="nps", title="NPS", rows=(("Moves in", 20.0, 16.0, 24.0, 300),), **more):
    told = {
        "name": name,
        "title": title,
        "sentence": f"{title} stands.",
        "base": "300 answers",
        "method": "Taylor",
        "by": ["step"],
    }
    return told | {"columns": HEADS, "rows": [list(row) for row in rows]} | more


def page(path, *findings, sources=(("survey.csv", "aa" * 32),), **more):
    told = {"format": 1, "title": path.stem, "study": "water", "findings": list(findings)} | more
    told["sources"] = [{"file": file, "sha256": digest} for file, digest in sources]
    held = json.dumps(told).replace("<", "\\u003c")
    path.write_text(f'<html><script type="application/json" id="report-contents">{held}</script></html>')
    return path


def changes(found):
    return [
        tuple(row) for row in found.table[["change", "finding", "what", "before", "now", "beyond chance"]].to_numpy()
    ]


def test_the_same_report_differs_in_nothing(tmp_path):
    one = page(tmp_path / "a.html", finding(), finding("csat", "CSAT"))
    found = compare(one, one)
    assert found.table.empty and found.sentence == "The two reports say the same."


def test_what_came_went_moved_and_changed_is_told_surest_first(tmp_path):
    before = page(
        tmp_path / "a.html",
        finding(
            rows=(
                ("Moves in", 20.0, 16.0, 24.0, 300),
                ("First bill", -46.0, -50.0, -42.0, 300),
                ("Old", 1.0, 0.0, 2.0, 30),
            )
        ),
        finding("ces", "Effort"),
    )
    now = page(
        tmp_path / "b.html",
        finding(
            rows=(
                ("First bill", -30.0, -35.0, -25.0, 310),
                ("Moves in", 22.0, 18.0, 26.0, 300),
                ("New", 1.0, 0.0, 2.0, 30),
            ),
            sentence="NPS rose.",
        ),
        finding("trust", "Trust"),
        sources=(("survey.csv", "bb" * 32), ("log.csv", "cc" * 32)),
    )
    told = changes(compare(before, now))
    assert told[0] == ("number", "NPS", "value", "-46 (-50 to -42)", "-30 (-35 to -25)", SURE)
    assert ("number", "NPS", "value", "20 (16 to 24)", "22 (18 to 26)", UNSURE) in told
    assert ("number", "NPS", "n", "300", "310", "") in told
    assert ("finding gone", "Effort", "", "Effort stands.", "", "") in told
    assert ("finding new", "Trust", "", "", "Trust stands.", "") in told
    assert ("sentence", "NPS", "", "NPS stands.", "NPS rose.", "") in told
    assert [row[2] for row in told if row[0] == "source"] == ["other content", "new"]
    assert [row[0] for row in told if row[0].startswith("row")] == ["row gone", "row new"]
    assert "1 of the estimates moved beyond their intervals" in compare(before, now).sentence


def test_findings_of_one_name_are_told_apart_by_what_they_are_split_by(tmp_path):
    by_wave = finding(by=["wave"], columns=["wave", *HEADS[1:]], rows=[["2025", 5.0, 1.0, 9.0, 300]])
    one = page(tmp_path / "a.html", finding(), by_wave)
    two = page(tmp_path / "b.html", by_wave, finding())
    assert compare(one, two).table.empty
    without = finding()
    del without["by"]  # then the words at the left name the groups, and rows may be of names and figures
    without["rows"] = [dict(zip(HEADS, row, strict=True)) for row in without["rows"]]
    other = json.loads(json.dumps(without))
    other["rows"][0]["value"] = 21.0
    found = compare(page(tmp_path / "c.html", without), page(tmp_path / "d.html", other))
    assert changes(found) == [("number", "NPS", "value", "20 (16 to 24)", "21 (16 to 24)", UNSURE)]


def test_reports_of_two_studies_are_compared_and_it_is_said(tmp_path):
    one, two = page(tmp_path / "a.html", finding()), page(tmp_path / "b.html", finding(), study="gas")
    assert "two studies: water and gas" in compare(one, two).cautions[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html></html>", "no contents that a program can read"),
        ('<script type="application/json" id="report-contents">{"format":</script>', "break off"),
        ('<script type="application/json" id="report-contents">{"format":9}</script>', "the format 9"),
        ('<script type="application/json" id="report-contents">[]</script>', "the format list"),
        ('<script type="application/json" id="report-contents">{"format":1,"findings":[3]}</script>', "findings"),
    ],
)
def test_a_page_that_tells_nothing_is_a_fault(tmp_path, text, said):
    (tmp_path / "a.html").write_text(text)
    with pytest.raises(DataFault, match=said):
        compare(tmp_path / "a.html", tmp_path / "a.html")
    with pytest.raises(DataFault, match="no such file"):
        compare(tmp_path / "b.html", tmp_path / "a.html")


def test_the_command_tells_it_and_writes_a_page(tmp_path, capsys):
    hostile = "<img src=x onerror=window.ran=1>"
    one = page(tmp_path / "a.html", finding())
    two = page(tmp_path / "b.html", finding(sentence=hostile, rows=(("Moves in", 40.0, 36.0, 44.0, 300),)))
    assert main(["compare", str(one), str(two), "--out", str(tmp_path / "diff.html")]) == 0
    told = capsys.readouterr().out
    assert "number: NPS · Moves in · value: 20 (16 to 24) -> 40 (36 to 44) (beyond the intervals)" in " ".join(
        told.split()
    )
    written = (tmp_path / "diff.html").read_text()
    assert hostile not in written and "&lt;img src=x" in written
    assert main(["compare", str(one), str(two), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["table"]) == 2
    assert main(["compare", str(one), str(tmp_path / "nowhere.html")]) == 2
