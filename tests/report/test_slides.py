"""The report as slides: charts that can be edited, nothing over its edge or its neighbour, nobody who is hidden."""

import io
from itertools import combinations

import pytest
from made_findings import HOSTILE, SECRET, make
from made_study import few, study
from openpyxl import load_workbook
from pptx import Presentation

from workbench.faults import DataFault
from workbench.finding import Finding
from workbench.report import native, office, slides
from workbench.report.deck import Box, fitted, lines

FORMULA = '=HYPERLINK("http://example.invalid","x")'


def written(tmp_path, *findings, every=True, **more):
    path = slides.write(study(*findings, **more), tmp_path / "report.pptx", every)
    return path, Presentation(path)


def charts(deck):
    return [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def test_a_finding_becomes_a_chart_that_can_be_edited_with_its_intervals(tmp_path):
    finding = make("intervals")
    path, deck = written(tmp_path, finding)
    (frame,) = charts(deck)
    slide = deck.slides[len(deck.slides) - 1]
    assert slide.shapes.title.text == finding.sentence
    chart = frame.chart
    assert list(chart.plots[0].categories) == ["Moves in", "First bill arrives", "Agrees a plan"]
    assert list(chart.plots[0].series[0].values) == [21.0, -48.0, 6.0]
    xml = chart.part.blob.decode()
    assert "<c:errBars>" in xml and "Sheet1!$C$2:$C$4" in xml and "Sheet1!$D$2:$D$4" in xml
    book = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert [cell.value for cell in book[3]] == ["First bill arrives", -48.0, 9.0, 9.0]
    assert "First bill arrives: −48 (−57 to −39) n 402" in frame._element.nvGraphicFramePr.cNvPr.get("descr")
    words = "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert "Base: 1,907 answers" in words and "Method: NPS, 95 % interval" in words and "Source: survey.csv" in words
    assert "Method: NPS, 95 % interval" in slide.notes_slide.notes_text_frame.text


def test_every_kind_has_a_slide_and_nothing_overlaps_or_runs_over_the_edge(tmp_path):
    kinds = (
        "intervals",
        "lines",
        "compare",
        "bars",
        "dumbbell",
        "quadrant",
        "ratios",
        "paired",
        "gantt",
        "stacked",
        "funnel",
    )
    long = make("intervals")
    long = Finding(
        **{**vars(long), "sentence": "A very long sentence about the bill. " * 30, "method": "how it was done " * 90}
    )
    many = make("bars")
    rows = [{"step": f"A step with a long name {at}", "value": at, "low": at, "high": at, "n": 50} for at in range(40)]
    many = Finding(**{**vars(many), "table": type(many.table)(rows)})
    _, deck = written(tmp_path, *(make(kind, hostile=True) for kind in kinds), long, many)
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.001)
    assert len(deck.slides) == 3 + 2 + len(kinds) + 2  # title, headlines, map; two hot spots
    for slide in deck.slides:
        boxes = [(one.left, one.top, one.left + one.width, one.top + one.height, one.name) for one in slide.shapes]
        for left, top, right, bottom, name in boxes:
            assert left >= 0 and top >= 0 and right <= deck.slide_width and bottom <= deck.slide_height, name
        for one, other in combinations(boxes, 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one[4], other[4], slide.shapes.title.text[:60])
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr"), shape.name
    last = deck.slides[len(deck.slides) - 1]
    assert any("more in the report" in one.text_frame.text for one in last.shapes if one.has_text_frame)


def test_the_main_questions_alone_one_finding_each(tmp_path):
    several = [make("bars") for _ in range(40)]
    _, deck = written(tmp_path, *several, every=False)
    assert len(charts(deck)) == 1
    named = [Finding(**{**vars(make("bars")), "name": name}) for name in slides.MAIN]
    _, deck = written(tmp_path, *named, every=False)
    assert len(deck.slides) == slides.MOST


def test_a_hidden_group_is_in_no_slide_chart_or_workbook(tmp_path):
    path, _ = written(tmp_path, few(), few("lines"))
    told = office.readable(path.read_bytes())
    assert "hidden" in told and str(SECRET) not in told and "77.1" not in told


def test_the_same_study_gives_the_same_bytes_and_hostile_words_stay_words(tmp_path):
    finding = make("intervals", hostile=True)
    table = finding.table.copy()
    table.loc[1, "step"] = FORMULA
    finding = Finding(**{**vars(finding), "table": table, "sentence": f"{HOSTILE}\x00\x1b"})
    path, deck = written(tmp_path, finding)
    raw = path.read_bytes()
    written(tmp_path, finding)
    assert path.read_bytes() == raw
    book = load_workbook(io.BytesIO(charts(deck)[0].chart.part.chart_workbook.xlsx_part.blob)).active
    assert book["A3"].value == FORMULA and book["A3"].data_type == "s" and book["A3"].hyperlink is None
    assert HOSTILE in deck.slides[len(deck.slides) - 1].shapes.title.text


def test_a_person_in_the_words_stops_the_deck_and_the_old_one_stays(tmp_path):
    (tmp_path / "report.pptx").write_bytes(b"yesterday")
    seen = []
    with pytest.raises(DataFault, match="a customer's name in the file"):
        written(tmp_path, make("bars"), leaks=lambda text: seen.append(text) or ["a customer's name"])
    assert "First bill arrives" in seen[0] and "The first bill hurts." in seen[0]
    mailed = Finding(**{**vars(make("bars")), "method": "ask ann@example.com"})
    with pytest.raises(DataFault, match="e-mail address"):
        written(tmp_path, mailed)
    private = Finding(**{**vars(make("bars")), "private": True})
    with pytest.raises(DataFault, match="one person"):
        written(tmp_path, private)
    assert (tmp_path / "report.pptx").read_bytes() == b"yesterday"


def test_texts_shrink_then_are_cut_to_their_box():
    box = Box(0, 0, 4, 0.5)
    assert fitted("Short", box, (20, 12)) == ("Short", 20)
    text, size = fitted("word " * 200, box, (20, 12))
    assert size == 12 and text.endswith("…") and lines(text, 4, 12) * 12 * 1.22 <= 0.5 * 72
    assert fitted("x" * 5000, box, (12,))[0].endswith("…")


def test_many_lines_make_a_table_and_time_runs_from_left_to_right():
    found = native.chart_of(make("lines"))
    assert found.categories == ("A", "B", "C") and [one.name for one in found.series][:1] == ["Moves in"]
    rows = [
        {"wave": wave, "step": f"s{at}", "value": 1.0, "low": 0.0, "high": 2.0, "n": 50}
        for wave in "AB"
        for at in range(9)
    ]
    many = make("lines")
    assert native.chart_of(Finding(**{**vars(many), "table": type(many.table)(rows)})) is None
