"""What findings say in German: patterns that agree, numbers that stay, words of customers and teams that nobody touches."""

import json
import re
from collections import Counter
from importlib.resources import files

import pytest

from workbench.report.pieces import Body
from workbench.report.texts import PHRASES, spoken_in, texts, told_in, untold
from workbench.report.texts.phrases import HOLE, Phrases, kind_of

VALUES = {"n": "1,234.5", "d": "2025-03", "q": '"A bill, 1,500.5 of it"', "s": "no change", "": "Zug 7"}


def lines():
    text = files("workbench.report.texts").joinpath("phrases_de.yaml").read_text(encoding="utf-8").split(PHRASES)[1]
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def pairs():
    return [next(iter(json.loads(f"{{{line}}}").items())) for line in lines()]


def numbers(text, decimal="."):
    """The numbers of a text by their value, but for those within quotation marks."""
    bare = re.sub(r'"[^"]*"|„[^“]*“', "", text)
    point, comma = (".", ",") if decimal == "." else (",", ".")
    found = re.findall(rf"\d{{1,3}}(?:\{comma}\d{{3}})+(?:\{point}\d+)?|\d+(?:\{point}\d+)?", bare)
    return Counter(float(one.replace(comma, "").replace(point, ".")) for one in found)


def test_both_sides_of_a_phrase_have_the_same_holes_and_each_stands_once():
    given = [one for one, _ in pairs()]
    assert not [one for one, count in Counter(given).items() if count > 1]
    for one, told in pairs():
        assert sorted(HOLE.findall(one)) == sorted(HOLE.findall(told)), one
        assert len(set(HOLE.findall(one))) == len(HOLE.findall(one)), one
        assert told.strip(), one


def test_every_phrase_keeps_its_numbers():
    for one, _ in pairs():
        english = HOLE.sub(lambda hole: VALUES[kind_of(hole[1])], one)
        german = spoken_in(english, "de")
        assert numbers(english) == numbers(german, ","), (english, german)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            'The lowest NPS is at "First bill, 1,000": −46 points (−49 to −43; 2,121 answers); the highest at "B": +20 points'
            " (+16 to +24; 2,125 answers).",
            "NPS am niedrigsten bei „First bill, 1,000“: −46 Punkte (−49 bis −43; 2.121 Antworten); am höchsten bei"
            " „B“: +20 Punkte (+16 bis +24; 2.125 Antworten).",
        ),
        ("The share satisfied is 8.5 % (7 to 9 %; 2,073 answers)", "Anteil Zufriedener: 8,5 % (7 bis 9 %; 2.073 Antworten)"),
        ("£420,000 buys 21.5 points", "420.000 £ bringen 21,5 Punkte"),
        ("as of 2025-12-31 · 1,200 records of 40 people · 2 source files", None),
        ("Who will apply them?", "Wer wird sie anwenden?"),
    ],
)  # fmt: skip
def test_sentences_are_said_as_a_researcher_would(english, german):
    assert spoken_in(english, "en") == english
    if german is not None:
        assert spoken_in(english, "de") == german
    assert not untold(english, "de")


def test_what_is_in_no_catalogue_stays_english_and_says_so():
    said = "10 answers of 4 people; nobody wrote <this> down. The share satisfied is 8 % (7 to 9 %; 20 answers)."
    assert untold(said, "de") == ["nobody wrote <this> down."]
    assert told_in(said, "de") == (
        '10 Antworten von 4 Personen; <span lang="en">nobody wrote &lt;this&gt; down.</span> '
        "Anteil Zufriedener: 8 % (7 bis 9 %; 20 Antworten)."
    )
    assert told_in(said, "en") == said.replace("<this>", "&lt;this&gt;")


def test_words_of_customers_and_of_the_team_stay_in_tables_and_cards():
    """Though each of them would be a phrase of ours."""
    german = texts("de")
    row = "<tr><td>{}</td><td>{}</td><td class=number>1,234.5</td><td>{}</td><td class=number>2.25</td></tr>"
    table = "<table><thead><tr><th>step</th><th>verdict</th><th>estimate</th><th>quote</th><th>from</th></tr></thead><tbody>"
    told = german.table(table + row.format("Complaints", "supported", "no change") + "</tbody></table>")
    assert told == (
        "<table><thead><tr><th>Schritt</th><th>Urteil</th><th>Schätzwert</th><th>Zitat</th><th>von</th></tr></thead><tbody>"
        "<tr><td>Complaints</td><td>gestützt</td><td class=number>1.234,5</td><td>no change</td>"
        "<td class=number>2,25</td></tr></tbody></table>"
    )
    card = (
        '<p class="x">no change <b>2,125 answers</b></p><blockquote>10 answers. too early (comment, gave 0 of 10)</blockquote>'
        '<table><tr><th>In their words</th><td><p>supported <q>no change</q><small>interview</small></p></td></tr></table>'
    )  # fmt: skip
    assert german.card(card) == (
        '<p class="x">unverändert <b>2.125 Antworten</b></p><blockquote>10 answers. too early (Kommentar, gab 0 von 10)'
        "</blockquote><table><tr><th>In ihren Worten</th><td><p>supported <q>no change</q><small>Interview</small></p>"
        "</td></tr></table>"
    )
    assert texts("en").card(card) == card


def test_figures_speak_german_and_break_their_lines_anew():
    figure = {
        "data": [{"hovertext": ["Moves in<br>+20 (16 to 24) n 2,125"], "x": ["no change"], "y": [1.5]}],
        "layout": {
            "annotations": [
                {"text": "<i>cheap, brings little: when<br>there is time</i>"},
                {"text": "<b>A 1,200</b>"},
                {"text": "says when it is<br>done"},
            ],
            "xaxis": {"title": {"text": "% of comments"}, "tickformat": "%b\n%Y"},
        },
    }
    drawn = texts("de").drawing(figure)
    assert drawn["data"] == [{"hovertext": ["Moves in<br>+20 (16 bis 24) n 2.125"], "x": ["no change"], "y": [1.5]}]
    assert drawn["layout"]["annotations"] == [
        {"text": "<i>günstig, bringt wenig:<br>wenn Zeit ist</i>"},
        {"text": "<b>A 1.200</b>"},
        {"text": "says when it is<br>done"},
    ]
    assert drawn["layout"]["xaxis"] == {"title": {"text": "% der Kommentare"}, "tickformat": "%m\n%Y"}
    assert texts("en").drawing(figure) is figure


@pytest.mark.parametrize(
    "hostile", ["<img src=x onerror=alert(1)>", '"><script>1</script>', "{n} {0} {step}", "((((" * 200]
)
def test_a_hostile_name_goes_through_as_it_is(hostile):
    shown = {"name": "nps", "title": hostile, "sentence": f"{hostile}: no change", "base": hostile, "cautions": [hostile],
             "method": "unweighted", "table_html": "", "trail": [hostile]}  # fmt: skip
    body = Body(texts=texts("de"), names=True)
    body.finding(shown)
    page = "".join(body.parts)
    assert "ungewichtet" in page and "<img" not in page and "<script" not in page
    assert spoken_in(f'"{hostile}" hurts: no change', "de").endswith("unverändert")


def test_phrases_within_phrases_come_to_an_end():
    endless = Phrases({"{s} a": "{s} b", "x": "y"}, str)
    assert endless.say("x" + " a" * 5) == "y" + " b" * 5
    assert endless.say("x" + " a" * 500) is None
