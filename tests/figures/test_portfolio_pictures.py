"""The pictures of choosing: the frontier, how sure ranks are, the four named parts of a plane, predicted beside come."""

import json

import pytest
from made_findings import HOSTILE, SECRET, finding, make

from workbench import figures


def texts_of(figure):
    return [one.text for one in figure.layout.annotations]


def sets(values, budget, **more):
    rows = [
        {"set": str(at), "cost": cost, "value": value, "low": value - 1, "high": value + 1, "n": 50}
        | {"comes in": f"idea {at}", "goes out": ""}
        for at, (cost, value) in enumerate(values, start=1)
    ]
    return finding("frontier", rows, ("set",), budget=budget, **more)


def test_the_frontier_is_a_staircase_blue_to_the_budget_and_grey_beyond():
    figure = figures.draw(sets([(0, 0), (40, 2), (90, 5)], budget=60))
    lines = [trace for trace in figure.data if trace.mode == "lines" and trace.line.width]
    assert list(zip(lines[0].x, lines[0].y, strict=True)) == [(0, 0), (40, 0), (40, 2), (60, 2)]
    assert list(zip(lines[1].x, lines[1].y, strict=True))[:3] == [(60, 2), (90, 2), (90, 5)]
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert [list(trace.x) for trace in dots] == [[0, 40], [90]]
    assert max(dots[0].marker.size) == dots[0].marker.size[1]  # what the budget buys stands out
    assert "budget 60" in texts_of(figure) and "+ idea 2" in texts_of(figure) and "+ idea 3" in texts_of(figure)
    band = next(trace for trace in figure.data if trace.fill == "toself")
    assert {-1, 1, 3, 6} <= set(band.y)


@pytest.mark.parametrize("budget", [None, 10.0, 500.0])
def test_a_frontier_is_drawn_whatever_the_budget(budget):
    figure = figures.draw(sets([(40, 2), (90, 5)], budget=budget))
    seen = [cost for trace in figure.data if trace.mode == "markers" for cost in trace.x]
    assert sorted(seen) == [40, 90]
    assert all(low <= cost <= high for cost in seen for low, high in [figure.layout.xaxis.range])


def test_a_long_frontier_names_only_sets_that_it_has_room_for():
    figure = figures.draw(sets([(at, at**0.5) for at in range(0, 300, 10)], budget=100))
    named = [text for text in texts_of(figure) if text.startswith("+")]
    assert 2 <= len(named) <= 8 and "+ idea 11" in named  # the set that the budget buys among them
    told = figures.alternative(sets([(0, 0), (40, 2)], budget=60, x_unit="cost (£)"))
    assert "2: +2.0 (1.0 to 3.0) n 50, cost (£) 40, + idea 2" in told


def test_rank_shares_tell_the_middle_rank_and_the_ranks_of_ninety_redraws():
    figure = figures.draw(make("rank_shares"))
    assert texts_of(figure) == ["rank 1 (1 to 2) n 214", "rank 2 (1 to 3) n 214", "rank 3 (2 to 3) n 214"]
    cells = figure.data[0]
    assert list(cells.text[0]) == ["83", "17", ""] and list(cells.text[2]) == ["<1", "23", "77"]
    assert list(cells.z[0]) == pytest.approx([83, 17, 0])
    assert "Plain bill: rank 2 (1 to 3) n 214" in figures.alternative(make("rank_shares"))


def test_ranks_of_a_hidden_row_are_nowhere():
    ranks = ["rank 1", "rank 2"]
    rows = [
        {"solution": f"s{at}", "n": n, "rank 1": share, "rank 2": 1 - share}
        for at, (n, share) in enumerate([(200, 0.61), (4, 0.123), (300, 0.42), (40, 0.55)])
    ]
    made = json.dumps(figures.to_json(figures.draw(finding("rank_shares", rows, ("solution",), ranks=ranks))))
    assert "12.3" not in made and '"12"' not in made and "hidden" in made


def plane(count, **more):
    rows = [
        {"solution": f"Solution {at}", "value": float(at % 5), "low": at % 5 - 1.0, "high": at % 5 + 1.0, "n": 90}
        | {"cost": 10.0 * at, "chosen": at % 2 == 0}
        for at in range(1, count + 1)
    ]
    return finding("quadrant", rows, ("solution",), **more)


def test_the_four_parts_of_a_plane_are_named_from_lower_left_to_upper_right():
    figure = figures.draw(plane(4, quadrants=["wait", "leave", "first", "plan <b>"]))
    words = {
        one.text: (one.xanchor, one.yanchor)
        for one in figure.layout.annotations
        if one.text.startswith("<i>") and one.yref == "paper"
    }
    assert words == {
        "<i>wait</i>": ("left", "bottom"),
        "<i>leave</i>": ("right", "bottom"),
        "<i>first</i>": ("left", "top"),
        "<i>plan &lt;b&gt;</i>": ("right", "top"),
    }
    assert any("do first" in text for text in texts_of(figures.draw(plane(4))))


def test_a_crowded_plane_is_numbered_and_named_at_the_right():
    few, many = figures.draw(plane(4)), figures.draw(plane(20))
    assert {"<b>Solution 2</b>", "Solution 3"} <= set(texts_of(few))
    numbers = [trace.text[0] for trace in many.data if trace.mode == "markers+text"]
    assert numbers == [str(at) for at in range(1, 21)]
    key = next(text for text in texts_of(many) if "Solution 20" in text)
    assert key.split("<br>")[:2] == ["1  Solution 1", "<b>2  Solution 2</b>"]


def test_the_ledger_shows_the_range_beside_what_came_with_the_verdict():
    figure = figures.draw(make("ledger"))
    spans = [list(trace.x) for trace in figure.data if trace.mode == "lines"]
    assert spans == [[1.0, 7.0, None, 2.0, 4.0, None], [2.0, 8.4, None, -1.0, 1.6, None]]
    told = texts_of(figure)
    assert "worked</b></span> +5.2 (2.0 to 8.4) n 180" in told[0] and "too early" in told[2]
    words = figures.alternative(make("ledger"))
    assert "Call first: predicted +4.0 (1.0 to 7.0), came +5.2 (2.0 to 8.4) n 180, worked" in words
    assert "New counter: nothing predicted, not yet measured, too early" in words.replace("came not", "not")


def test_rows_of_different_units_get_an_axis_each():
    rows = [
        {
            "action": f"a{at}",
            "unit": unit,
            "predicted low": 1.0,
            "predicted": 2.0,
            "predicted high": 3.0,
            "value": value,
        }
        | {"low": value / 2, "high": value * 2, "n": 80, "verdict": "worked"}
        for at, (unit, value) in enumerate([("NPS points", 20.0), ("complaints per 1,000", 0.4), ("NPS points", 10.0)])
    ]
    figure = figures.draw(finding("ledger", rows, ("action",)))
    assert figure.layout.xaxis.title.text == "NPS points" and figure.layout.xaxis2.title.text == "complaints per 1,000"
    assert list(figure.layout.yaxis.ticktext) == ["a0", "a2"] and list(figure.layout.yaxis2.ticktext) == ["a1"]
    assert figure.layout.xaxis2.range[1] < figure.layout.xaxis.range[1]
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]


@pytest.mark.parametrize("kind", ["frontier", "ledger", "rank_shares", "quadrant"])
def test_whatever_a_group_too_small_says_the_picture_is_the_same(kind):
    told = []
    for secret in (SECRET, -900.5):
        made = make(kind)
        frame = made.table.copy()
        for column in frame.columns:
            if frame[column].dtype.kind == "f":
                frame.loc[0, column] = secret
        frame.loc[0, "n"] = 4
        object.__setattr__(made, "table", frame)
        told.append(json.dumps(figures.to_json(figures.draw(made))) + figures.alternative(made))
    assert told[0] == told[1] and "hidden" in told[0] and str(SECRET) not in told[0]


@pytest.mark.parametrize("column", ["comes in", "goes out", "verdict", "unit"])
def test_words_in_any_cell_are_shown_as_typed(column):
    kind = "ledger" if column in ("verdict", "unit") else "frontier"
    made = make(kind)
    object.__setattr__(made, "table", made.table.assign(**{column: HOSTILE}))
    assert "<img" not in json.dumps(figures.to_json(figures.draw(made)))
