"""Measures over time: control charts, seasons and changes of level, from answers and from readings of a sheet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import estimates_chart, p_chart, xmr_chart
from workbench.steps.measure import periods

MONTHS = pd.period_range("2024-01", periods=12, freq="M")
NPS = {"measure": "nps", "scale": [0, 10], "label": "Would you recommend us?"}


def survey(tmp_path, answers, weights=None, name="s", **binding):
    """A survey with one row an answer: (month or day, score); ids count up unless an answer brings its own."""
    lines = []
    for place, (when, score, *who) in enumerate(answers):
        day = f"{when}-15" if len(str(when)) == 7 else str(when)
        lines.append(f"{who[0] if who else f'{name}{place}'},{day},{score},{weights[place] if weights else 1}")
    path = tmp_path / f"{name}.csv"
    path.write_text("id,when,q,w\n" + "\n".join(lines) + "\n", encoding="utf-8")
    given = {"questions": {"q": NPS}, **({"weight": "w"} if weights else {})} | binding
    return wb.read(path, format="survey", person="id", time="when", **given)


def months(scores):
    return [(str(month), score) for month, those in zip(MONTHS, scores, strict=False) for score in those]


def sheet(tmp_path, values, bases=None, start="2023-01", measure="nps"):
    path = tmp_path / "tracking.csv"
    when = pd.period_range(start, periods=len(values), freq="M")
    bases = bases or [400] * len(values)
    rows = [f"{month},{measure},{value},{base}" for month, value, base in zip(when, values, bases, strict=True)]
    path.write_text("month,measure,value,base\n" + "\n".join(rows) + "\n", encoding="utf-8")
    bound = {"time": "month", "measure": "measure", "value": "value", "n": "base"}
    return wb.read(path, format="tracking", timezone="Europe/London", **bound)


USUAL = [10] * 9 + [3] * 6 + [7] * 5  # an NPS of 15


def test_a_month_that_stands_out_is_named_with_its_rule_and_a_calm_year_is_called_calm(tmp_path):
    calm = wb.control_chart(survey(tmp_path, months([USUAL] * 12)))
    assert "stayed in its usual range in all 12 months" in calm.sentence
    bad = [USUAL] * 7 + [[2] * 20] + [USUAL] * 4
    found = wb.control_chart(survey(tmp_path, months(bad), name="b"), baseline=6)
    row = found.table.set_index("period").loc["2024-08"]
    assert (row["value"], row["signal"]) == (-100, "one point outside the limits")
    assert "2024-08 (−100: one point outside the limits)" in found.sentence
    assert found.table["signal"].astype(bool).sum() == 1
    assert ["2024-07", "limits from before"] in found.picture["events"]


def test_the_chart_is_that_of_each_months_own_estimate_and_error(tmp_path):
    rng = np.random.default_rng(4)
    scores = [rng.integers(0, 11, size=20 + 5 * at).tolist() for at in range(12)]
    weights = rng.uniform(0.5, 2, size=sum(map(len, scores))).round(3).tolist()
    journey = survey(tmp_path, months(scores), weights)
    table = wb.control_chart(journey).table
    by_hand, at = [], 0
    for those in scores:
        w = np.array(weights[at : at + len(those)])
        x = np.select([np.array(those) >= 9, np.array(those) >= 7], [100.0, 0.0], -100.0)
        by_hand.append((w @ x / w.sum(), w.sum() ** 2 / (w @ w), w, x))
        at += len(those)
    assert table["value"].tolist() == pytest.approx([one[0] for one in by_hand])
    psus = sum(map(len, scores))
    se = [np.sqrt(psus / (psus - 1) * ((w * (x - m)) ** 2).sum()) / w.sum() for m, _, w, x in by_hand]
    given = pd.DataFrame({"period": range(12), "value": table["value"], "se": se, "n": [one[1] for one in by_hand]})
    charts = [estimates_chart(given), estimates_chart(given, laney=False)]
    chart = charts[0] if charts[0].sigma_z > 1 else charts[1]
    assert table["usual to"].tolist() == pytest.approx(chart.points["high"].clip(upper=100).tolist(), rel=1e-3)


def test_a_month_under_the_minimum_base_is_a_gap_and_hidden(tmp_path):
    scores = [USUAL] * 5 + [[0, 0, 0]] + [USUAL + [10]] * 6
    journey = survey(tmp_path, months(scores))
    found = wb.control_chart(journey)
    assert found.table.set_index("period").loc["2024-06", "value"] != -100
    shown = found.to_frame().set_index("period")
    assert shown.loc["2024-06", "hidden"] and np.isnan(shown.loc["2024-06", "n"])
    assert shown["hidden"].sum() == 2  # and its complement
    assert "gaps" in found.method and "2024-06" not in found.sentence
    assert wb.control_chart(journey, minimum_base=1).table.set_index("period").loc["2024-06", "value"] == -100


def test_months_without_answers_stay_in_the_series_as_gaps(tmp_path):
    answers = [(month, score) for month in ("2024-01", "2024-02", "2024-05", "2024-06") for score in USUAL]
    table = wb.control_chart(survey(tmp_path, answers)).table
    assert table["period"].tolist() == [f"2024-0{month}" for month in range(1, 7)]
    assert table["value"].isna().tolist() == [False, False, True, True, False, False]


def test_weeks_begin_on_monday_and_quarters_have_their_names(tmp_path):
    days = [day for day in ("2024-03-31", "2024-04-01", "2024-04-08", "2024-04-17") for _ in range(12)]
    journey = survey(tmp_path, [(day, 10 if at % 2 else 0) for at, day in enumerate(days)])
    assert periods.series(journey, every="week").table["period"].tolist() == [
        "2024-03-25",
        "2024-04-01",
        "2024-04-08",
        "2024-04-15",
    ]
    assert periods.series(journey, every="quarter").table["n"].tolist() == [12, 36]
    assert periods.series(journey, every="quarter").table["period"].tolist() == ["2024 Q1", "2024 Q2"]


def test_readings_keep_their_month_whatever_the_summer_time(tmp_path):
    journey = sheet(tmp_path, [10.0 + at for at in range(12)])
    assert periods.series(journey).table["value"].tolist() == [10.0 + at for at in range(12)]
    assert wb.track(journey).table["month"].tolist() == [f"2023-{month:02d}" for month in range(1, 13)]


def test_readings_are_charted_by_their_moving_range(tmp_path):
    values = [3.0, 5, 4, 6, 3, 4, 5, 4, 30, 4, 5, 3]
    found = wb.control_chart(sheet(tmp_path, values), baseline="2023-08")
    chart = xmr_chart(pd.DataFrame({"period": range(12), "value": values}), baseline=7)
    assert found.table["usual to"].iloc[0] == pytest.approx(chart.points["high"].iloc[0])
    assert found.table.set_index("period").loc["2023-09", "signal"].startswith("one point outside the limits")
    assert "XmR" in found.method and "readings" in found.base
    moving = wb.control_chart(sheet(tmp_path, values), chart="ewma", baseline="2023-08").table
    assert moving["value"].iloc[0] == pytest.approx(
        0.2 * 3 + 0.8 * np.mean(values[:7])
    )  # it starts at the baseline's mean
    assert moving["observed"].tolist() == values


def test_a_p_chart_counts_the_top_boxes_of_unweighted_answers(tmp_path):
    rng = np.random.default_rng(1)
    scores = [rng.integers(1, 6, size=60).tolist() for _ in range(10)]
    csat = {"questions": {"q": {"measure": "csat", "scale": [1, 5], "label": "Satisfied?"}}}
    journey = survey(tmp_path, months(scores), **csat)
    table = wb.control_chart(journey, of="csat", chart="p").table
    hits = [sum(one >= 4 for one in those) for those in scores]
    chart = p_chart(pd.DataFrame({"period": range(10), "n": 60, "x": hits}), laney=True)
    assert table["value"].tolist() == pytest.approx([one / 60 for one in hits])
    assert table["usual from"].tolist() == pytest.approx(chart.points["low"].tolist())
    weighted = survey(tmp_path, months(scores), [1 + at % 2 for at in range(600)], name="w", **csat)
    with pytest.raises(wb.DataFault, match="unweighted"):
        wb.control_chart(weighted, of="csat", chart="p")
    with pytest.raises(wb.DataFault, match="no share"):
        wb.control_chart(survey(tmp_path, months([USUAL] * 4), name="n"), chart="p")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"every": "fortnight"}, "kind of period"),
        ({"chart": "pie"}, "chart"),
        ({"of": "npz"}, 'did you mean "nps"'),
        ({"source": "readings"}, "no dated readings"),
        ({"baseline": "2020-01"}, "a period after"),
        ({"every": "quarter"}, "at least 3 to chart"),
    ],
)
def test_what_cannot_be_charted_is_refused_with_the_mend(tmp_path, change, words):
    journey = survey(tmp_path, months([USUAL] * 5))
    with pytest.raises(wb.DataFault, match=words):
        wb.control_chart(journey, **change)


def test_a_wave_break_is_drawn_where_it_began(tmp_path):
    first = survey(tmp_path, months([USUAL] * 4), name="one", wave={"is": "A"})
    later = [(str(MONTHS[4 + at]), score) for at in range(4) for score in USUAL]
    asked = {"questions": {"q": NPS | {"label": "Would you tell a friend?"}}}
    both = first.join(survey(tmp_path, later, name="two", wave={"is": "B"}, **asked))
    found = wb.control_chart(both)
    assert ["2024-05", "wording changed"] in found.picture["events"]
    assert "wave breaks: wording changed from 2024-05" in found.method


def season(years, size, seed=2, jump=0.0):
    rng = np.random.default_rng(seed)
    at = np.arange(12 * years)
    return (size * np.sin(2 * np.pi * at / 12) + rng.normal(0, 2, len(at)) + jump * (at >= 12)).round(3).tolist()


def test_a_season_is_found_where_there_is_one_and_not_where_there_is_none(tmp_path):
    found = wb.seasonal(sheet(tmp_path, season(3, 12)))
    assert "has a season (p under 0.001" in found.sentence
    table = found.table
    assert table["seasonal"].tolist() == pytest.approx((12 * np.sin(2 * np.pi * np.arange(36) / 12)).tolist(), abs=4)
    assert (table["trend"] + table["seasonal"] + table["remainder"]).tolist() == pytest.approx(table["value"].tolist())
    assert "no season that is beyond chance" in wb.seasonal(sheet(tmp_path, season(2, 0))).sentence
    with pytest.raises(wb.DataFault, match="two full years"):
        wb.seasonal(sheet(tmp_path, season(1, 5)))


def test_a_chart_can_take_the_season_out_first(tmp_path):
    journey = sheet(tmp_path, season(3, 15))
    plain, adjusted = wb.control_chart(journey), wb.control_chart(journey, adjust=True)
    assert adjusted.table["value"].std() < plain.table["value"].std() / 2
    assert "season taken out" in adjusted.method


def test_a_change_of_level_is_dated_with_its_interval(tmp_path):
    found = wb.change_points(sheet(tmp_path, season(2, 0, jump=15.0)))
    row = found.table[found.table["new level"]].iloc[0]
    assert row["period"] == "2024-01" and row["changed from"] <= "2024-01" <= row["changed to"]
    assert found.table["new level"].sum() == 1 and "changed once over 24 months" in found.sentence
    assert "as if its date had been known" in found.method
    assert "did not change beyond chance" in wb.change_points(sheet(tmp_path, season(2, 0))).sentence
    with pytest.raises(wb.DataFault, match="8 or more"):
        wb.change_points(sheet(tmp_path, [1.0, 2, 3, 4]))


def test_the_planted_fall_of_the_tracked_score_is_found(study):
    journey = study.journey
    fall = wb.change_points(journey)
    row = fall.table[fall.table["new level"]].iloc[0]
    assert row["changed from"] <= "2024-10" <= row["changed to"]  # where it was planted
    chart = wb.control_chart(journey, baseline="2024-10")
    assert chart.table.loc[chart.table["period"] < "2024-10", "signal"].eq("").all()
    assert chart.table.loc[chart.table["period"] >= "2024-11", "signal"].astype(bool).sum() > 5
