"""The journey map: a real table, every word escaped, hidden numbers nowhere, no script and no style in it."""

import base64
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from made_findings import HOSTILE, SECRET, view

from workbench.figures import alternative, bundle, map_css
from workbench.figures import map as drawing
from workbench.finding import Finding


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.seen, self.rows, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("img", "col", "br"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th") and self.rows:
            self.rows[-1] += int(dict(attrs).get("colspan", 1))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def drawn(shown):
    """A finding whose picture is the map."""
    return Finding("map", pd.DataFrame(), "", picture={"kind": "map", "view": shown})


def map_html(shown):
    return drawing.map_html(drawn(shown))


def map_words(shown):
    return drawing.map_words(drawn(shown))


def pictures(html):
    return [base64.b64decode(one).decode() for one in re.findall(r"svg\+xml;base64,([^\"]+)", html)]


@pytest.mark.parametrize("steps", [1, 4, 8, 14, 20])
def test_it_is_a_whole_table(steps):
    tags = Tags(map_html(view(steps)))
    assert not tags.open
    lanes = tags.rows[: 2 + 3 + 1 + 6]  # heads, words, quotes, measures; the rest is the table of numbers
    assert set(lanes) == {steps + 1}
    assert tags.rows[len(lanes) : len(lanes) + steps + 1] == [9] * (steps + 1)
    assert {name for name, _ in tags.seen} >= {"caption", "colgroup", "thead", "tbody", "details", "summary"}
    assert all(attrs.get("scope") for name, attrs in tags.seen if name == "th")


@pytest.mark.parametrize("hostile", [False, True])
def test_nothing_in_it_can_run(hostile):
    html = map_html(view(8, hostile=hostile))
    tags = Tags(html)
    assert not {name for name, _ in tags.seen} & {"script", "svg", "style", "iframe", "a"}
    assert not any(name.startswith("on") or name == "style" for _, attrs in tags.seen for name in attrs)
    assert all(attrs["src"].startswith("data:image/svg+xml;base64,") for name, attrs in tags.seen if name == "img")
    assert not any(
        "<script" in svg or "<img" in svg or "onerror=" in svg.replace("onerror=window", "") for svg in pictures(html)
    )


def test_hidden_numbers_are_nowhere():
    shown = view(8)
    html = map_html(shown) + "".join(pictures(map_html(shown))) + map_words(shown)
    assert str(SECRET) not in html and "77.1" not in html and "+77" not in html
    assert html.count("hidden") >= 4


def test_the_map_says_what_is_measured_and_what_is_not():
    html = map_html(view(8))
    drawn = "".join(pictures(html))
    assert "nobody asked" in drawn and "than assumed" in drawn and "stroke-dasharray" in drawn
    for words in (
        "corroborated",
        "+4",
        "(−10 to 18)",
        "n 176",
        "(50 to 74)",
        "left out: reactive point",
        "broken",
        "Priority",
    ):
        assert (words in html) is (words not in ("corroborated", "Priority"))


def test_a_lane_order_with_measures_is_kept():
    shown = view(4)
    shown["lanes"] = ["evidence", "doing", "emotion"]
    html = map_html(shown)
    heads = re.findall(r'class="lane">([A-Z][A-Za-z ]*)', html)
    assert heads[:4] == ["Step", "Evidence", "Doing", "Emotion"]
    assert {"NPS", "Complaints"} <= set(heads)


def test_the_same_view_gives_the_same_map():
    assert map_html(view(8)) == map_html(view(8))


def test_an_empty_map_is_still_a_map():
    bare = {
        "title": "New",
        "stages": [{"name": "One", "steps": ["a", "b"]}],
        "steps": {"a": {"name": "A"}},
        "lanes": ["doing"],
    }
    html = map_html(bare)
    assert Tags(html).rows[:3] == [3, 3, 3] and "Emotion</th>" not in html


def test_the_style_calls_nobody():
    assert "url(" not in map_css() and "@import" not in map_css() and "</" not in map_css()


def evident(steps=8, hostile=False):
    """A map with all that evidence can say: trust, trends, what was predicted and seen, quotes by rule, reasons."""
    shown = view(steps, hostile=hostile)
    word = HOSTILE if hostile else "words"
    for at, cell in enumerate(shown["steps"].values()):
        hidden = {"hidden": True, "value": SECRET, "n": 4}
        cell["assumed_trust"] = 10
        cell["trust"] = hidden if at == 1 else {"value": -20, "low": -26, "high": -14, "n": 90}
        cell["csat"] = hidden if at == 1 else {"value": 41, "low": 35, "high": 47, "n": 90}
        cell["surprise_trust"] = {"value": -30, "text": "−30 than assumed"} if at == 0 else None
        if at != 1:
            told = {"value": 8, "low": 2, "high": 14, "since": f"2025-03 {word}"}
            moved = {"beyond": True, "words": f"up 8 (+2 to +14) since 2025-03 {word}"}
            cell["nps"]["trend"] = told | (moved if at % 2 else {"beyond": False, "words": f"no change {word}"})
        cell["observed"] = {
            "verdict": ("predicted and seen", "predicted, not seen", "")[at % 3],
            "words": f"why {word}",
        }
        cell["quotes"] = [
            {
                "words": f"The worst. {word} {'so long ' * 30}end",
                "side": "worst",
                "judged": "judged −2",
                "kind": "interview",
            },
            {"words": f"The best. {word}", "side": "best", "judged": f"gave 10 {word}", "kind": "comment"},
        ]
        cell["themes"] = [{"theme": f"no warning {word}", "n": 78, "of": 267}]
        cell["promise"] = {
            "words": word,
            "kept": "broken",
            "where": f"letter {word}",
            "by": word,
            "delivered": f"late {word}",
        }
        cell["promise"]["gap"] = f"broken: late {word}"
        cell["evidence"], cell["reason"] = "corroborated", f"corroborated: 402 answers say {word}"
    shown["rules"] = {"quotes": f"quotes: by rule {word}"}
    return shown


@pytest.mark.parametrize("steps", [1, 4, 8, 14, 30])
def test_with_all_its_evidence_it_is_a_whole_table_still(steps):
    tags = Tags(map_html(evident(steps)))
    assert not tags.open
    lanes = 2 + 3 + 1 + 7  # trust stands beside emotion
    assert set(tags.rows[:lanes]) == {steps + 1}
    numbers, behind = tags.rows[lanes : lanes + steps + 1], tags.rows[lanes + steps + 1 :]
    assert len(set(numbers)) == 1 and numbers[0] >= 12 and set(behind) == {3}


def test_no_evidence_can_run():
    html = map_html(evident(8, hostile=True))
    tags = Tags(html)
    assert not {name for name, _ in tags.seen} & {"script", "svg", "style", "iframe", "a"}
    assert not any(name.startswith("on") or name == "style" for _, attrs in tags.seen for name in attrs)
    assert "&lt;" in html and "<img src=x" not in html


def test_the_map_tells_trend_prediction_quote_and_reason_in_words():
    html = map_html(evident(8))
    for words in (
        "up 8 since 2025-03",
        ">steady</abbr>",
        "predicted and seen",
        "predicted, not seen",
        "The worst.",
        "no warning words",
        "letter words, by words",
        "402 answers say words",
        "Quotes: by rule words.",
        "Trust: surprise",
    ):
        assert words in html, words
    assert html.count("Trust by step") == 1 and "end…" not in html and " …" in html  # long words are cut at a blank
    told = map_words(evident(8))
    for words in (
        "trust −20",
        "up 8 (+2 to +14) since 2025-03",
        "reactive point predicted and seen",
        "402 answers say",
    ):
        assert words in told, words


def test_a_step_that_is_felt_well_is_told_by_its_best_words():
    shown = evident(4)
    first, second, *_ = shown["steps"].values()
    first["emotion"], second["emotion"] = {"value": 30, "low": 20, "high": 40, "n": 50}, {"value": -30, "n": 50}
    cells = re.findall(r'<td class="in-quotes">(.*?)</td>', map_html(shown))
    assert "The best." in cells[0] and "The worst." not in cells[0] and "The worst." in cells[1]


def test_hidden_trust_and_satisfaction_are_nowhere():
    shown = evident(8)
    html = map_html(shown) + "".join(pictures(map_html(shown))) + map_words(shown)
    assert str(SECRET) not in html and "77.1" not in html and "+77" not in html


def two(hostile=False, steps=6):
    """Two groups over a map: at one step one is hidden, at another nobody answered."""
    word = HOSTILE if hostile else "words"
    ids = [f"s{at}" for at in range(steps)]
    side = {"value": -20.0, "low": -26.0, "high": -14.0, "n": 90}
    gap = {
        "value": -30.0,
        "low": -40.0,
        "high": -20.0,
        "p": 0.001,
        "p corrected": 0.002,
        "beyond": True,
        "words": "−30 (−40 to −20)",
    }
    none = gap | {"beyond": False, "words": "−1 (−9 to +7), no difference beyond chance", "value": -1.0}
    cells = {}
    for at, step in enumerate(ids):
        one = {"a": side, "b": side | {"value": 10.0}, "difference": none if at % 2 else gap}
        measures = {} if at == 2 else dict.fromkeys(("emotion", "nps", "complaints"), one)
        if at == 3:
            measures = dict.fromkeys(
                measures, {"a": {"hidden": True, "value": SECRET}, "b": {"hidden": True}, "difference": None}
            )
        cells[step] = {"name": f"Step {at} {word}", "channels": [word], "contact": word, "measures": measures}
    shown = {
        "title": word,
        "a": {"where": {}, "words": f"first {word}"},
        "b": {"where": {}, "words": f"second {word}"},
        "measures": {"emotion": "emotion", "nps": "NPS", "complaints": "complaints per 1,000"},
        "stages": [{"name": word, "steps": ids}],
        "steps": cells,
        "method": word,
    }
    table = pd.DataFrame({"step": ids, "measure": "NPS", "value": 1.0, "n": 90})
    return Finding(
        "map_comparison",
        table,
        f"They differ. {word}",
        ("step", "measure"),
        picture={"kind": "map_comparison", "view": shown},
    )


@pytest.mark.parametrize("hostile", [False, True])
def test_two_groups_are_a_whole_table_in_which_nothing_can_run(hostile):
    html = bundle(two(hostile))["html"]
    tags = Tags(html)
    assert not tags.open and set(tags.rows[: 2 + 1 + 3]) == {7}
    assert not {name for name, _ in tags.seen} & {"script", "svg", "style", "iframe", "a"}
    assert not any(name.startswith("on") or name == "style" for _, attrs in tags.seen for name in attrs)
    assert str(SECRET) not in html + "".join(pictures(html)) + alternative(two())


def test_a_difference_beyond_chance_is_marked_and_others_are_not():
    html = bundle(two())["html"]
    assert (
        html.count('class="apart less"') == 2 * 2
        and html.count('class="apart more"') == 2
        and html.count('<abbr class="apart"') == 2 * 3
    )
    assert "no answers" in html and "hidden" in html and "They differ." in html
    assert "Step 0 words: emotion −20 (−26 to −14) n 90 and 10" in alternative(two())
