"""The pages of a map: coordination map, framework, blueprint, runs, walks and the worksheet, in words and in HTML."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ElementTree

import pytest
from made_maps import BAD, made, pages
from test_map import Tags

from workbench import figures, models
from workbench.faults import DataFault
from workbench.steps.map import JourneyMap


def drawings(html):
    return [base64.b64decode(one).decode() for one in re.findall(r"svg\+xml;base64,([^\"]+)", html)]


@pytest.mark.parametrize(("steps", "loops"), [(1, 1), (4, 0), (8, 3), (14, 6), (30, 12)])
def test_every_page_is_whole_html_with_a_sentence_a_table_and_words(steps, loops):
    for found in pages(made(steps, loops)):
        shown = figures.bundle(found)
        tags = Tags(shown["html"])
        assert not tags.open and shown["figure"] is None
        assert found.sentence in shown["html"].replace("&quot;", '"') or found.name == "worksheet"
        assert "<table" in shown["html"] and "<summary>Table</summary>" in shown["html"]
        assert shown["alt"].startswith(found.sentence)
        assert all("alt" in attributes for name, attributes in tags.seen if name == "img")
        assert figures.laid_out(found) == figures.laid_out(found)


def test_words_that_look_like_markup_are_words():
    for found in pages(made(8, 3, BAD)):
        html = figures.laid_out(found)
        tags = Tags(html)
        assert not {name for name, _ in tags.seen} & {"script", "svg", "style", "iframe", "a"}
        assert not any(name.startswith("on") or name == "style" for _, attributes in tags.seen for name in attributes)
        assert all(attributes["src"].startswith("data:image/svg") for name, attributes in tags.seen if name == "img")
        for drawing in drawings(html):
            parts = {part.tag.rpartition("}")[2] for part in ElementTree.fromstring(drawing).iter()}
            assert parts <= {"svg", "line", "circle", "rect", "path", "text"}


def test_a_letter_that_no_drawing_can_hold_spoils_none():
    for found in pages(made(8, 3, "a\x0bb\x1f")):
        for drawing in drawings(figures.laid_out(found)):
            assert ElementTree.fromstring(drawing).tag.endswith("svg")


def test_a_page_is_no_plotly_figure_and_says_so():
    with pytest.raises(DataFault, match="which is a page and no plotly figure"):
        made().framework().plot()


def test_the_coordination_map_draws_what_happens_what_is_missing_and_what_is_planned():
    text = "stages: [{name: S, steps: [{id: a, name: A}, {id: b, name: B}, {id: c, name: C}]}]\n"
    text += "loops: [{name: The bill, perform: b}, {name: The word, request: a, promise: a, perform: a, accept: a}]\n"
    text += "interventions: [{name: Call, loop: The bill, sets: {request: a, promise: a, accept: c}}]"
    drawn = models.build(models.parse(text, ""), JourneyMap)
    alone, both = figures.laid_out(drawn.coordination()), figures.laid_out(drawn.coordination("Call"))
    bill, word = [one for one in drawings(alone) if "<rect" in one or one.count("<circle") == 4]
    assert bill.count('fill="#fdf1ea"') == 3 and bill.count("<rect") == 1 and bill.count("<path") == 1
    assert word.count("<circle") == 4 and "<rect" not in word
    after = [one for one in drawings(both) if one.count('r="5.500" fill="#1f5aa6"') == 3]
    assert len(after) == 1 and "<rect" not in after[0]
    assert both.count('class="panel"') == 2 and "As it is" in both and "request at A; promise at A; accept at C" in both
    assert "request left out" in figures.alternative(drawn.coordination())
    assert "perform without request or promise" in alone


def test_many_steps_put_before_and_after_under_each_other_and_tell_once_what_is_the_same():
    html = figures.laid_out(made(30, 12).coordination("Plan "))
    assert html.count('class="panel"') == 0 and "As it is, and after: the same" in html
    assert 12 < html.count('class="lane-box"') < 24


def test_the_framework_opens_each_step_into_its_detail_without_figures_outside():
    html = figures.laid_out(made(8).framework("Everybody"))
    closed = re.sub(r"<details>.*?</details>", "", html, flags=re.S)
    assert html.count("<summary>Detail</summary>") == 8 and "Otherwise" in html
    assert "Otherwise" not in closed and "assumed emotion" not in closed


def test_an_open_question_stands_in_the_blueprint_and_outside_steps_are_marked():
    text = "stages: [{name: S, steps: [{id: a, name: A, hot_spot: pain, outside: true, lanes: {experience wanted: Peace}}]}]"
    html = figures.laid_out(models.build(models.parse(text, ""), JourneyMap).blueprint())
    assert html.count('class="open-question"') == 3 and "out of our control" in html and "moment that hurts" in html


def test_quotes_and_trust_stand_on_the_cards_of_a_walk():
    html = figures.laid_out(pages(made(4))[3])
    assert html.count('<li class="card') == 4 and html.count("<blockquote>they said") == 4
    assert html.count("trust ") == 4 and "1 of 4" in html and "At the end" not in html


def test_a_blank_worksheet_has_lines_and_no_words_of_the_map():
    drawn = made(8)
    html = figures.laid_out(drawn.worksheet(blank=True)).split("<details>")[0]
    assert "Step 0" not in html and html.count("<tr>") == 1 + 8
    assert "What delivers a great one" in html and "check · verify · change" in html
