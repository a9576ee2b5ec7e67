"""Before and after: interrupted series, and treated against others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import difference_in_differences, false_alarm_rate, interrupted_series


def sheet(tmp_path, values, start="2023-01", bases=None, name="tracking"):
    path = tmp_path / f"{name}.csv"
    when = pd.period_range(start, periods=len(values), freq="M")
    bases = bases or [400] * len(values)
    rows = [f"{month},nps,{value},{base}" for month, value, base in zip(when, values, bases, strict=True)]
    path.write_text("month,measure,value,base\n" + "\n".join(rows) + "\n", encoding="utf-8")
    bound = {"time": "month", "measure": "measure", "value": "value", "n": "base"}
    return wb.read(path, format="tracking", timezone="Europe/London", **bound)


def course(n=30, change=15, jump=20.0, seed=1):
    at = np.arange(n)
    noise = np.random.default_rng(seed).normal(0, 2, n)
    return (0.3 * at + jump * (at >= change) + noise).round(3).tolist()


def test_a_jump_is_found_and_is_that_of_the_interrupted_series(tmp_path):
    values = course()
    found = wb.before_after(sheet(tmp_path, values), "2024-04-01")
    fit = interrupted_series(pd.DataFrame({"period": range(30), "value": values}), 15)
    level, slope, effect = (found.table.iloc[at] for at in range(3))
    assert (level["value"], level["low"], level["p"]) == pytest.approx(
        (fit.level_change.value, fit.level_change.low, fit.level_p)
    )
    assert slope["value"] == pytest.approx(fit.slope_change.value)
    assert (effect["what"], effect["value"]) == ("away from the old course in 2025-06", pytest.approx(fit.effect.value))
    assert (
        "At 2024-04-01 the level of the NPS changed by +" in found.sentence
        and "15 months before, 15 after" in found.sentence
    )


def test_sensitivity_lines_and_false_alarms_are_told(tmp_path):
    values = course()
    found = wb.before_after(sheet(tmp_path, values), "2024-04-01")
    lines = found.table[found.table["caution"] == "sensitivity line"]
    assert len(lines) == 3 and lines["low"].isna().all()
    rho = interrupted_series(pd.DataFrame({"period": range(30), "value": values}), 15).rho
    reml = found.table.loc[0, "false alarms %"]
    assert reml == pytest.approx(100 * false_alarm_rate("REML", 30, rho))
    assert f"comes in {reml:.0f}% of series" in found.method
    other = wb.before_after(sheet(tmp_path, values), "2024-04-01", method="newey-west")
    assert "Newey-West" in other.table.loc[0, "method"] and len(other.table) == 7


def test_nothing_is_no_more_than_chance(tmp_path):
    assert "no more than chance" in wb.before_after(sheet(tmp_path, course(jump=0, seed=5)), "2024-04-01").sentence


def test_a_month_on_both_sides_of_the_date_is_left_out(tmp_path):
    values = course()
    found = wb.before_after(sheet(tmp_path, values), "2024-04-10")
    table = pd.DataFrame({"period": range(30), "value": values})
    table.loc[15, "value"] = np.nan
    assert found.table.loc[0, "value"] == pytest.approx(interrupted_series(table, 16).level_change.value)
    assert "2024-04 lies on both sides of 2024-04-10 and is left out" in found.method
    assert found.table.loc[0, "periods"] == 29


def test_small_months_are_gaps(tmp_path):
    values = course()
    bases = [400] * 30
    values[20], bases[20] = -90.0, 4
    found = wb.before_after(sheet(tmp_path, values, bases=bases), "2024-04-01")
    assert found.table.loc[0, "periods"] == 29
    drawn = str(found.plot().to_plotly_json())
    assert "-90" not in drawn and "−90" not in drawn


def test_short_series_are_refused_and_the_plain_difference_comes_with_its_warning(tmp_path):
    journey = sheet(tmp_path, course(7, 4))
    with pytest.raises(wb.DataFault, match='at least 8.*\n.*method="plain"'):
        wb.before_after(journey, "2023-05-01")
    found = wb.before_after(journey, "2023-05-01", method="plain")
    values = course(7, 4)
    assert found.table.loc[0, "value"] == pytest.approx(np.mean(values[4:]) - np.mean(values[:4]))
    assert "that is no effect" in found.sentence and "93 %" in found.method


def test_an_old_course_that_leaves_the_scale_is_said_to(tmp_path):
    values = [0.0, 14.5, 30.2, 44.8, *[50.0 + (at % 3) for at in range(12)]]
    assert "leaves the scale" in wb.before_after(sheet(tmp_path, values), "2023-05-01").sentence


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"when": "tomorrow morning"}, "a date"),
        ({"when": ""}, "a date"),
        ({"when": "NaT"}, "a date"),
        ({"when": "nan"}, "a date"),
        ({"when": "2031-01-01"}, "a date within"),
        ({"method": "remI"}, "method"),
        ({"of": "csat"}, "csat"),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path, change, words):
    with pytest.raises(wb.DataFault, match=words):
        wb.before_after(sheet(tmp_path, course()), **({"when": "2024-04-01"} | change))


def panel(tmp_path, effect=3, branches=10, treated=4, each=40, seed=2, name="panel", months=6):
    """Answers to a question from 0 to 10 in branches, of which the first are treated from the fourth month on."""
    rng = np.random.default_rng(seed)
    rows = []
    for branch in range(branches):
        for month in range(1, months + 1):
            middle = 4 + 0.2 * branch + effect * (branch < treated and month >= 4)
            for score in rng.normal(middle, 1.5, each).round().clip(0, 10).astype(int):
                region = "north" if branch < treated else "south"
                rows.append((f"{name}{len(rows)}", f"2024-{month:02d}-10", score, f"b{branch}", region))
    table = pd.DataFrame(rows, columns=["id", "when", "q", "branch", "region"])
    path = tmp_path / f"{name}.csv"
    table.to_csv(path, index=False)
    ease = {"q": {"measure": "ease", "scale": [0, 10], "label": "How easy was it?"}}
    bound = {"person": "id", "time": "when", "segments": ["branch", "region"], "questions": ease}
    return wb.read(path, format="survey", **bound), table


def test_the_treated_changed_more_by_what_was_planted(tmp_path):
    journey, table = panel(tmp_path)
    found = wb.difference_in_differences(journey, "2024-04-01", {"region": "north"}, of="ease", unit="branch")
    month = table["when"].str[5:7].astype(int)
    means = table.assign(month=month).groupby(["branch", "month", "region"])["q"].mean().reset_index()
    means["treated"] = (means["region"] == "north").astype(float)
    fit = difference_in_differences(means, "branch", "month", "treated", "q", 4)
    row = found.table.iloc[0]
    assert (row["value"], row["low"], row["high"]) == pytest.approx((fit.effect.value, fit.effect.low, fit.effect.high))
    assert row["low"] < 3 < row["high"] and row["units"] == 10
    assert found.table.loc[1, "value"] == pytest.approx(fit.pre_trend.slope)
    assert "with 10 units that is a hint" in found.sentence and "proves nothing" in found.method
    assert {one["group"] for one in found.picture["series"]} == {"treated", "others"}


def test_one_treated_unit_has_no_interval_but_a_place_among_all(tmp_path):
    journey, _ = panel(tmp_path, treated=1, branches=5)
    row = wb.difference_in_differences(journey, "2024-04-01", {"branch": "b0"}, of="ease").table.iloc[0]
    assert row["low"] is None or np.isnan(row["low"])
    assert row["p"] == pytest.approx(1 / 5)


def test_units_that_are_treated_in_part_and_groups_that_are_not_there_are_refused(tmp_path):
    journey, _ = panel(tmp_path, branches=4, treated=2, each=12)
    with pytest.raises(wb.DataFault, match="treated as a whole"):
        wb.difference_in_differences(journey, "2024-04-01", {"branch": "b0"}, of="ease", unit="region")
    with pytest.raises(wb.DataFault, match="nrth"):
        wb.difference_in_differences(journey, "2024-04-01", {"region": "nrth"}, of="ease")
    with pytest.raises(wb.DataFault, match="name it: unit="):
        wb.difference_in_differences(journey, "2024-04-01", {"region": "north", "branch": "b0"}, of="ease")
    with pytest.raises(wb.DataFault, match="treated units and others"):
        wb.difference_in_differences(journey, "2024-04-01", {"region": ["north", "south"]}, of="ease")


def test_the_planted_fall_of_the_tracked_score_is_seen_before_and_after(study):
    found = wb.before_after(study.journey, "2024-10-01")
    row = found.table.iloc[0]
    assert row["low"] < -9 < row["high"] and row["p"] < 0.05


def test_a_small_treated_group_is_neither_shown_nor_spoken_of(tmp_path):
    """Three answers of the treated before, hundreds of the others: the base of the effect is the three."""
    _, table = panel(tmp_path, branches=6, treated=2, months=6)
    before, treated = table["when"] < "2024-04", table["region"] == "north"
    few = pd.concat([table[~(before & treated)], table[before & treated].groupby(["branch", "when"]).head(1)[:4]])
    path = tmp_path / "few.csv"
    few.to_csv(path, index=False)
    ease = {"q": {"measure": "ease", "scale": [0, 10], "label": "How easy was it?"}}
    journey = wb.read(path, format="survey", person="id", time="when", segments=["branch", "region"], questions=ease)
    found = wb.difference_in_differences(journey, "2024-04-01", {"region": "north"}, of="ease", unit="branch")
    bases = found.table.set_index("what")["n"]
    assert bases.iloc[0] == bases.iloc[1] == bases["treated, after less before"] == 4
    assert bases["others, after less before"] == 4 * 3 * 40
    shown = found.to_frame().set_index("what")["value"]
    assert shown.notna().tolist() == [False, False, False, True]
    assert found.sentence == "There are too few answers to compare the mean of ease before and after 2024-04-01."
    assert "steeper" not in found.method


def test_the_base_is_what_stands_in_the_panel_and_the_rest_is_told(tmp_path):
    _, table = panel(tmp_path, branches=4, treated=2, each=20, name="gaps")
    table.loc[:9, "branch"], table.loc[10:14, "when"] = "", ""
    path = tmp_path / "blanks.csv"
    table.to_csv(path, index=False)
    ease = {"q": {"measure": "ease", "scale": [0, 10], "label": "How easy was it?"}}
    journey = wb.read(path, format="survey", person="id", time="when", segments=["branch", "region"], questions=ease)
    found = wb.difference_in_differences(journey, "2024-04-05", {"region": "north"}, of="ease", unit="branch")
    assert found.base == f"{480 - 15 - 80} answers of 4 units (branch) in 5 months"
    assert "95 answers without a date, branch or weight, or in 2024-04, left out" in found.method


def test_waves_go_on_from_nine_to_ten_before_and_after(tmp_path):
    _, table = panel(tmp_path, months=6, each=20, effect=4)
    table["when"] = "Wave " + (table["when"].str[5:7].astype(int) + 6).astype(str)
    path = tmp_path / "waves.csv"
    table.to_csv(path, index=False)
    ease = {"q": {"measure": "ease", "scale": [0, 10], "label": "How easy was it?"}}
    journey = wb.read(path, format="survey", person="id", wave="when", segments=["branch", "region"], questions=ease)
    found = wb.difference_in_differences(
        journey, "Wave 10", {"region": "north"}, of="ease", every="wave", unit="branch"
    )
    assert 3 < found.table.loc[0, "value"] < 5
    assert found.picture["events"] == [["Wave 10", "from Wave 10"]]
    drawn = found.plot().layout.xaxis.ticktext
    assert [one.replace("<br>", " ") for one in drawn] == [f"Wave {one}" for one in range(7, 13)]
    plain = wb.before_after(journey, "Wave 10", of="ease", every="wave", method="plain")
    assert plain.table.loc[0, "value"] == pytest.approx(4 * 4 / 10, abs=0.5)


def test_the_base_of_a_series_counts_the_people_whose_answers_are_in_it(tmp_path):
    lines = [f"p{at},{f'2024-{at % 4 + 1:02d}-03' if at < 80 else ''},{at % 5 + 5}" for at in range(100)]
    path = tmp_path / "undated.csv"
    path.write_text("id,when,q\n" + "\n".join(lines) + "\n", encoding="utf-8")
    journey = wb.read(path, format="survey", person="id", time="when", questions={"q": "nps"})
    found = wb.before_after(journey, "2024-03-01", method="plain")
    assert found.base == "80 answers of 80 people in 4 months" and "20 answers without a date left out" in found.method
    blank = tmp_path / "blank.csv"
    blank.write_text("id,when,q\np1,,9\np2,,3\n", encoding="utf-8")
    undated = wb.read(blank, format="survey", person="id", time="when", questions={"q": "nps"})
    with pytest.raises(wb.DataFault, match="values with a time"):
        wb.before_after(undated, "2024-03-01")
