"""The journey map: a real table, every word escaped, hidden numbers nowhere, no script and no style in it."""

import base64
import re
from html.parser import HTMLParser

import pytest
from made_findings import SECRET, view

from workbench.figures import map_css, map_html
from workbench.figures.map import map_words


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


def pictures(html):
    return [base64.b64decode(one).decode() for one in re.findall(r"svg\+xml;base64,([^\"]+)", html)]


@pytest.mark.parametrize("steps", [1, 4, 8, 14, 20])
def test_it_is_a_whole_table(steps):
    tags = Tags(map_html(view(steps)))
    assert not tags.open
    lanes = tags.rows[: -(steps + 1)]  # the rest is the table of numbers
    assert len(lanes) == 2 + 3 + 1 + 6  # heads, words, quotes, measures
    assert set(lanes) == {steps + 1}
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
