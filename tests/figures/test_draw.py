"""The drawings: what is in them, what must never be, and that they are plain and the same each time."""

import json
import math
import subprocess
import sys

import pytest
from made_findings import HOSTILE, SECRET, finding, make, view

from workbench import figures
from workbench.faults import DataFault
from workbench.figures import style

SMALL = [
    {"step": "Moves in", "value": 21.0, "low": 8.0, "high": 33.0, "n": 214},
    {"step": "Appeals", "value": SECRET, "low": SECRET - 9, "high": SECRET + 9, "n": 4},
    {"step": "Agrees a plan", "value": 6.25, "low": -9.5, "high": 21.0, "n": 49},
    {"step": "Stays", "value": -9.0, "low": -20.0, "high": 2.0, "n": 287},
]


def leaves(value):
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one)]
    return [value]


def keys(value):
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in keys(one)}
    if isinstance(value, list):
        return {key for one in value for key in keys(one)}
    return set()


@pytest.mark.parametrize("kind", figures.KINDS)
def test_every_kind_is_plain_json_and_the_same_twice(kind):
    one, two = (json.dumps(figures.to_json(figures.draw(make(kind)))) for _ in range(2))
    assert one == two
    made = json.loads(one)
    assert {type(leaf) for leaf in leaves(made)} <= {str, int, float, bool, type(None)}
    assert not keys(made) & {"bdata", "customdata", "ids", "uid", "meta"}
    assert made["data"] and made["layout"]["height"] > 80


@pytest.mark.parametrize("kind", figures.KINDS)
def test_the_sentence_is_the_title_and_breaks_into_lines(kind):
    made = make(kind)
    object.__setattr__(made, "sentence", "The first bill costs us most. " * 8)
    text = figures.draw(made).layout.title.text
    assert "<br>" in text
    assert all(len(line) <= style.TITLE_WIDTH + 7 for line in text.split("<br>"))


@pytest.mark.parametrize("kind", figures.KINDS)
def test_words_that_look_like_markup_are_shown_as_typed(kind):
    texts = [leaf for leaf in leaves(figures.to_json(figures.draw(make(kind, hostile=True)))) if isinstance(leaf, str)]
    assert any("&lt;" in text for text in texts)
    assert not any("<script" in text or "<img" in text or "<a " in text for text in texts)


def test_an_unknown_kind_is_a_fault_with_the_near_word():
    with pytest.raises(DataFault, match='did you mean "intervals"'):
        figures.draw(finding("interval", SMALL))
    with pytest.raises(DataFault, match='kind "map", which is a page'):
        figures.draw(finding("map", SMALL, view={}))


def test_a_column_that_is_not_there_is_a_fault():
    with pytest.raises(DataFault, match='no column called "valeu"'):
        figures.draw(finding("intervals", SMALL, value="valeu"))


@pytest.mark.parametrize("kind", ["intervals", "bars", "lines", "compare", "quadrant", "control"])
def test_hidden_groups_are_not_drawn_and_said(kind):
    rows = [{**row, "assumed": 1.5, "cost": 10.0 + at, "surprise": True} for at, row in enumerate(SMALL)]
    made = figures.to_json(figures.draw(finding(kind, rows)))
    numbers = [abs(leaf) for leaf in leaves(made) if isinstance(leaf, int | float)]
    assert not any(math.isclose(one, SECRET, abs_tol=9.5) for one in numbers if one not in (75, 80))
    assert "77" not in json.dumps(made["data"])
    assert "6.25" not in json.dumps(made)  # the complement, hidden with it
    assert any("hidden" in leaf for leaf in leaves(made) if isinstance(leaf, str))


def test_labels_tell_estimate_interval_and_base():
    texts = [one.text for one in figures.draw(make("intervals")).layout.annotations]
    assert texts == ["<b>+21</b> (8 to 33) n 214", "<b>−48</b> (−57 to −39) n 402", "<b>+6</b> (−9 to 21) n 149"]


def test_rows_stand_in_the_tables_order_from_top_to_bottom():
    layout = figures.draw(make("intervals")).layout
    assert list(layout.yaxis.ticktext) == ["Moves in", "First bill arrives", "Agrees a plan"]
    assert list(layout.yaxis.tickvals) == sorted(layout.yaxis.tickvals)
    assert layout.yaxis.range[0] > layout.yaxis.range[1]


def test_two_columns_of_groups_get_headings():
    rows = [
        {"region": region, "called": called, "value": 1.0, "low": 0.0, "high": 2.0, "n": 50}
        for region in "NS"
        for called in ("yes", "no")
    ]
    texts = figures.draw(finding("intervals", rows, ("region", "called"))).layout.yaxis.ticktext
    assert list(texts) == ["<b>N</b>", "yes", "no", "<b>S</b>", "yes", "no"]


def test_a_line_breaks_where_nothing_was_measured():
    rows = [
        {
            "wave": wave,
            "value": value,
            "low": None if value is None else value - 1,
            "high": None if value is None else value + 1,
            "n": 50,
        }
        for wave, value in zip("ABCD", [1.0, None, 3.0, 4.0], strict=True)
    ]
    made = figures.draw(finding("lines", rows, ("wave",)))
    line = next(trace for trace in made.data if trace.mode == "lines+markers")
    assert list(line.y) == [1.0, None, 3.0, 4.0] and line.connectgaps is False
    assert sum(trace.fill == "toself" for trace in made.data) == 2


def test_compare_labels_only_surprises():
    texts = [one.text for one in figures.draw(make("compare")).layout.annotations]
    assert sum("−46" in text for text in texts) == 1
    assert len(texts) == 2  # the key and the one surprise


def test_the_alternative_tells_each_group_and_stops_at_thirty():
    told = figures.alternative(finding("intervals", SMALL))
    assert told.startswith("The first bill costs us most. Moves in: +21 (8 to 33) n 214; Appeals: hidden;")
    assert "77" not in told
    rows = [{"step": f"s{at}", "value": 1.0, "low": 0.0, "high": 2.0, "n": 50} for at in range(50)]
    assert "and 20 more" in figures.alternative(finding("intervals", rows))
    assert "assumed −2, measured −48" in figures.alternative(make("compare"))
    assert "2025-03-01 to 2025-06-30, late" in figures.alternative(make("gantt"))


def test_a_foreign_figure_is_made_plain():
    import plotly.graph_objects as go

    foreign = go.Figure(
        go.Scatter(
            x=__import__("numpy").array([1.5, 2.5]), y=[1, 2], customdata=["p-0001", "p-0002"], ids=["p-0001", "p-0002"]
        )
    )
    foreign.update_layout(
        title_text='<a href="https://example.invalid">x</a>', images=[{"source": "https://example.invalid/x.png"}]
    )
    made = figures.to_json(foreign)
    text = json.dumps(made)
    assert "p-0001" not in text and "bdata" not in text and "example.invalid" not in text
    assert made["data"][0]["x"] == [1.5, 2.5]


def test_packed_arrays_of_any_shape_are_unpacked():
    import base64

    packed = {"bdata": base64.b64encode(bytes([1, 0, 2, 0, 3, 0, 4, 0])).decode(), "dtype": "i2", "shape": "2, 2"}
    assert figures.plain({"data": [{"z": packed}]}) == {"data": [{"z": [[1, 2], [3, 4]]}]}


def test_a_bundle_holds_all_a_page_needs():
    made = figures.bundle(make("bars"))
    assert json.loads(json.dumps(made)) == made
    assert "title" not in made["figure"]["layout"] and made["html"] is None
    assert "<table" in made["table_html"] and made["alt"].startswith(made["sentence"])
    mapped = figures.bundle(finding("map", [], view=view(4)))
    assert mapped["figure"] is None and "<table" in mapped["html"]


def test_an_empty_table_draws_an_empty_picture():
    import pandas as pd

    made = finding("intervals", SMALL)
    object.__setattr__(made, "table", pd.DataFrame(SMALL).iloc[:0])
    empty = figures.to_json(figures.draw(made))["layout"]
    assert "annotations" not in empty and empty["height"] > 0


@pytest.mark.parametrize(
    ("low", "high", "signed", "texts"),
    [
        (-100, 100, False, ["−100", "−50", "0", "50", "100"]),
        (-2.1, 12, True, ["0", "+5", "+10"]),
        (0, 0.42, False, ["0.0", "0.1", "0.2", "0.3", "0.4"]),
        (1000, 4100, False, ["1,000", "2,000", "3,000", "4,000"]),
    ],
)
def test_axes_have_round_numbers(low, high, signed, texts):
    assert style.ticks(low, high, 5, signed)["ticktext"] == texts


def test_the_package_wakes_without_plotly():
    code = "import sys, workbench, workbench.finding; assert not {'plotly', 'nbconvert', 'nbclient', 'nh3'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_hostile_sample_is_hostile():
    assert "</script>" in HOSTILE and "onerror" in HOSTILE


def test_a_curve_of_a_hidden_group_is_not_drawn_and_a_curve_ends_where_few_are_followed():
    curve = {"time": [1.0, 2.0], "survival": [0.9, SECRET / 100], "low": [None, None], "high": [None, None]}
    curve |= {"at_risk": [90.0, 9.0], "marks": [0.0, 1.0], "marks_at_risk": [100.0, 9.0]}
    curves = [curve | {"labels": [row["step"]]} for row in SMALL]
    made = figures.to_json(figures.draw(finding("survival", SMALL, curves=curves)))
    assert "77" not in json.dumps(made["data"])
    texts = [one["text"] for one in made["layout"]["annotations"]]
    assert sum("90 %" in text for text in texts) == 2  # two of the four groups may be shown
    assert "–" in texts and "9" not in texts
    assert "hidden: Appeals" in made["layout"]["xaxis"]["title"]["text"]


def test_small_periods_before_and_after_are_not_drawn_and_said():
    rows = [
        {
            "group": "",
            "period": row["step"],
            "value": row["value"],
            "n": row["n"],
            "fitted": 1.0,
            "without": None,
            "after": False,
        }
        for row in SMALL
    ]
    made = figures.to_json(figures.draw(finding("before_after", SMALL, series=rows)))
    assert "77" not in json.dumps(made["data"]) and "6.25" not in json.dumps(made)
    assert "hidden: " in made["layout"]["xaxis"]["title"]["text"]


def test_a_control_chart_names_signals_limits_and_what_changed():
    texts = [one.text for one in figures.draw(make("control")).layout.annotations]
    assert any("−48" in text for text in texts) and "wording changed" in texts
    assert any("usual from −30" in text for text in texts)
