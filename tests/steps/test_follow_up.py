"""The loop closed: planted changes are called worked, worse, no change or too early, by every test that a design allows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.steps.apply.follow_up import by_step, follow_up
from workbench.steps.apply.model import Action, Actions
from workbench.steps.apply.moved_series import interrupted
from workbench.steps.measure.periods import Series

TODAY = date(2025, 12, 31)
WHEN = date(2024, 10, 1)


def action(**more) -> Action:
    one = {
        "id": "the-action", "action": "Do it", "kind": "process", "department": "Billing", "owner": "Head of billing",
        "start": "2024-06-01", "due": "2024-09-30", "status": "done", "measure": "nps", "effect_from": "2024-10-01",
    }  # fmt: skip
    return Action.model_validate(one | more)


def followed(journey, *actions, today=TODAY, **more):
    return follow_up(journey, Actions(actions=list(actions)), today, {"bill": "First bill"}, **more)


def only(journey, today=TODAY, **more) -> pd.Series:
    return followed(journey, action(**more), today=today).table.iloc[0]


def sheet(tmp_path, values, measure="nps", base=400, start="2023-10", scale=""):
    """A tracking sheet, month by month; the action's day is its thirteenth month."""
    months = pd.period_range(start, periods=len(values), freq="M")
    rows = [f"{month},{measure},{value},{base}" for month, value in zip(months, values, strict=True)]
    path = tmp_path / f"sheet-{abs(hash(tuple(values)))}.csv"
    path.write_text("month,measure,value,base\n" + "\n".join(rows) + "\n", encoding="utf-8")
    bound = {"time": "month", "measure": "measure", "value": "value", "n": "base"}
    return wb.read(path, format="tracking", timezone="Europe/London", **bound)


def course(jump=0.0, n=24, seed=1, noise=2.0, trend=0.3):
    at = np.arange(n)
    return (trend * at + jump * (at >= 12) + np.random.default_rng(seed).normal(0, noise, n)).round(3).tolist()


def answers(
    tmp_path, jump=0.0, each=60, months=6, turn=3, seed=3, reversed=False, scale=(0, 10), name="said", dated=True
):
    """One answer a person, month by month from 2024-07; from the month `turn` on the mean is higher by `jump`."""
    rng, rows = np.random.default_rng(seed), []
    for month in range(months):
        day = pd.Period("2024-07", "M") + month
        for score in rng.normal(sum(scale) / 2 + jump * (month >= turn), 1.5, each).round().clip(*scale).astype(int):
            rows.append((f"p{len(rows)}", f"{day}-10" if dated else str(day), score))
    path = tmp_path / f"{name}.csv"
    pd.DataFrame(rows, columns=["id", "when", "q"]).to_csv(path, index=False)
    question = {"measure": "ease", "scale": list(scale), "label": "How easy?", "step": "bill", "reversed": reversed}
    when = {"time": "when"} if dated else {"wave": "when"}
    return wb.read(path, format="survey", person="id", questions={"q": question}, **when)


def panel(tmp_path, effect=3.0, shock=0.0, branches=12, treated=6, each=25, months=6, seed=2):
    """Answers in branches; from the fourth month on all move by `shock`, those of the north by `effect` more."""
    rng, rows = np.random.default_rng(seed), []
    for branch in range(branches):
        own = rng.normal(0, 0.3)
        for month in range(months):
            later = month >= 3
            middle = 4 + own + shock * later + effect * (later and branch < treated)
            for score in rng.normal(middle, 1.5, each).round().clip(0, 10).astype(int):
                region = "north" if branch < treated else "south"
                rows.append((f"p{len(rows)}", f"2024-{7 + month:02d}-10", score, f"b{branch}", region))
    path = tmp_path / "panel.csv"
    pd.DataFrame(rows, columns=["id", "when", "q", "branch", "region"]).to_csv(path, index=False)
    ease = {"q": {"measure": "ease", "scale": [0, 10], "label": "How easy?", "step": "bill"}}
    return wb.read(path, format="survey", person="id", time="when", segments=["branch", "region"], questions=ease)


def complaints(tmp_path, before=0.1, after=0.1, people=400, earlier=12, later=12, seed=5, treated_only=False, again=1):
    """Customers of ten branches, five in the north, who complain at these rates a month before and after 2024-10."""
    rng, rows = np.random.default_rng(seed), []
    table = pd.DataFrame({"id": [f"c{n}" for n in range(people)], "branch": [f"b{n % 10}" for n in range(people)]})
    table["region"] = np.where(table["branch"].isin([f"b{n}" for n in range(5)]), "north", "south")
    table["came"] = "2020-01-01"
    for month in range(-earlier, later):
        start = pd.Period("2024-10", "M") + month
        rate = np.full(people, after if month >= 0 else before)
        if treated_only and month >= 0:
            rate = np.where(table["region"] == "north", after, before)
        for person, many in zip(table["id"], rng.poisson(rate / again), strict=True):
            for _ in range(many * again):
                rows.append((person, f"{start}-{rng.integers(1, 29):02d} 10:00", "Bill"))
    table.to_csv(tmp_path / "people.csv", index=False)
    pd.DataFrame(rows, columns=["id", "opened", "category"]).to_csv(tmp_path / "tickets.csv", index=False)
    known = wb.read(
        tmp_path / "people.csv", format="people", person="id", created="came", segments=["branch", "region"]
    )
    made = wb.read(
        tmp_path / "tickets.csv", format="complaints", person="id", opened="opened", category="category",
        steps={"Bill": "bill"}, timezone="Europe/London",
    )  # fmt: skip
    return made.join(known)


# -- readings: interrupted time series --------------------------------------------------------------------------------


@pytest.mark.parametrize(("jump", "verdict"), [(15, "worked"), (-15, "worse"), (0, "no change")])
def test_a_jump_in_a_series_of_readings_gets_its_verdict(tmp_path, jump, verdict):
    row = only(sheet(tmp_path, course(jump)))
    assert row["verdict"] == verdict
    assert row["low"] < jump < row["high"] and "interrupted time series, 12 months before and 12 after" in row["test"]
    assert row["matters"] == 10 and (row["n before"], row["n after"]) == (4800, 4800)


def test_a_trend_is_no_effect(tmp_path):
    assert only(sheet(tmp_path, course(0, trend=2.0)))["verdict"] == "no change"


def test_the_figure_is_that_of_before_and_after(tmp_path):
    journey = sheet(tmp_path, course(15))
    row, same = only(journey), wb.before_after(journey, "2024-10-01").table.set_index("what")
    mean = same.loc["away from the old course, mean of the first periods after"]
    assert (row["value"], row["low"], row["p"]) == pytest.approx((mean["value"], mean["low"], mean["p"]))


def test_an_effect_that_grows_is_seen_too(tmp_path):
    at = np.arange(24)
    grown = (2.0 * np.maximum(at - 11, 0) + np.random.default_rng(4).normal(0, 1, 24)).round(3).tolist()
    assert only(sheet(tmp_path, grown))["verdict"] == "worked"


def test_noise_is_too_early_and_says_how_many_more_months(tmp_path):
    row = only(sheet(tmp_path, course(8, n=16, noise=5, seed=6)), matters=20)
    assert row["verdict"] == "too early" and "more month, to 2025-02, would show a change of 20" in row["in words"]


def test_the_control_chart_says_that_it_left_its_usual_range(tmp_path):
    assert "out of its usual range" in only(sheet(tmp_path, course(25, trend=0)))["control chart"]
    assert "within its usual range" in only(sheet(tmp_path, course(0, trend=0, seed=11)))["control chart"]


def test_what_is_wanted_of_a_reading_is_what_was_predicted(tmp_path):
    journey = sheet(tmp_path, [value + 40 for value in course(-20)], measure="minutes")
    assert only(journey, measure="minutes", predicted=[-30, -20, -10], matters=3)["verdict"] == "worked"
    assert only(journey, measure="minutes", predicted=[5, 10, 15], matters=3)["verdict"] == "worse"


def test_a_reading_of_which_nothing_says_what_is_wanted_has_no_verdict(tmp_path):
    row = only(sheet(tmp_path, [value + 40 for value in course(-20)], measure="minutes"), measure="minutes", matters=3)
    assert row["verdict"] == "too early" and "beyond chance, but nothing says which way is wanted" in row["in words"]


def test_the_target_of_a_short_series_says_which_way_is_wanted(tmp_path):
    journey = sheet(tmp_path, [41.0, 42.0, 41.5, 20.0, 21.0, 20.5], measure="minutes", start="2024-07")
    assert only(journey, measure="minutes", target=25)["verdict"] == "worked"
    assert only(journey, measure="minutes", target=60)["verdict"] == "worse"


def test_series_that_are_too_short_get_the_plain_difference_and_its_warning(tmp_path):
    row = only(sheet(tmp_path, [1.0, 2.0, 1.5, 20.0, 21.0, 20.5], start="2024-07"))
    assert row["verdict"] == "worked" and "trend alone makes such a difference" in row["in words"]
    early = only(sheet(tmp_path, [1.0, 2.0, 1.5, 20.0], start="2024-07"))
    assert early["verdict"] == "too early" and "3 months before and 1 after" in early["in words"]


def test_where_nothing_happened_worked_is_rare(tmp_path):
    """200 series of 24 months with a trend, half of them with errors that hang together (rho 0.4), and no effect: 2.5 %
    nominal on the good side."""
    journey, rng, good, bad = sheet(tmp_path, course()), np.random.default_rng(20250), 0, 0
    months = pd.period_range("2023-10", periods=24, freq="M")
    for at in range(200):
        noise = rng.normal(0, 2, 24)
        for month in range(1, 24):
            noise[month] += (0.4 if at % 2 else 0.0) * noise[month - 1]
        rows = {
            "period": months.astype(str),
            "number": [one.ordinal for one in months],
            "value": 0.2 * np.arange(24) + noise,
        }
        table = pd.DataFrame(rows).assign(low=None, high=None, se=None, n=400.0, n_effective=None)
        made = Series("nps", "month", "readings", table, (-100, 100), "", (), 0, 0)
        moved = interrupted(journey, made, "2024-10-01", 10)
        good += moved.p < 0.05 and moved.value > 0
        bad += moved.p < 0.05 and moved.value < 0
    assert good / 200 <= 0.1 and bad / 200 <= 0.1


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("jump", "verdict"), [(2.0, "worked"), (-2.0, "worse"), (0.0, "no change")])
def test_answers_before_and_after_get_their_verdict_with_the_warning(tmp_path, jump, verdict):
    row = only(answers(tmp_path, jump), measure="ease", step="bill")
    assert row["verdict"] == verdict and "trend alone makes such a difference" in row["in words"]
    assert row["low"] < jump < row["high"] and (row["n before"], row["n after"]) == (180, 180)


def test_long_series_of_answers_are_interrupted_series(tmp_path):
    row = only(answers(tmp_path, 2.0, months=14, turn=3, each=40), measure="ease", step="bill")
    assert row["verdict"] == "worked" and "3 months before and 11 after" in row["test"]


def test_low_is_good_where_the_scale_says_so(tmp_path):
    row = only(answers(tmp_path, -2.0, reversed=True), measure="ease", step="bill", target=4)
    assert row["verdict"] == "worked" and row["target reached"].startswith("reached: 3")


def test_too_few_answers_say_how_many_more(tmp_path):
    row = only(answers(tmp_path, 0.3, each=30, months=4), measure="ease", step="bill")
    assert row["verdict"] == "too early" and "more answers would show a change of 0.5" in row["in words"]


def test_a_surely_small_change_is_no_change_where_the_team_said_what_matters(tmp_path):
    journey = answers(tmp_path, 0.6, each=400)
    assert only(journey, measure="ease", step="bill", matters=2)["verdict"] == "no change"
    assert only(journey, measure="ease", step="bill")["verdict"] == "worked"


def test_waves_that_are_called_by_a_date_do_without_times(tmp_path):
    row = only(answers(tmp_path, 2.0, dated=False), measure="ease", step="bill", every="wave")
    assert row["verdict"] == "worked" and row["n after"] == 180


def test_waves_that_say_no_date_cannot_be_told_apart(tmp_path):
    path = tmp_path / "waves.csv"
    path.write_text("id,round,q\n" + "\n".join(f"p{n},Round {n % 3},{n % 11}" for n in range(90)), encoding="utf-8")
    journey = wb.read(path, format="survey", person="id", wave="round", questions={"q": "nps"})
    row = only(journey)
    assert row["verdict"] == "too early" and "neither a date nor a wave that is called by one" in row["in words"]


@pytest.mark.parametrize(("target", "words"), [(6, "reached"), (9, "not reached"), (7, "cannot be told")])
def test_the_level_now_is_laid_beside_the_target(tmp_path, target, words):
    row = only(answers(tmp_path, 2.0), measure="ease", step="bill", target=target)
    assert row["target reached"].startswith(words) and row["level from"] < 7 < row["level to"]


def test_a_few_answers_are_not_told(tmp_path):
    journey = answers(tmp_path, 3.0, each=3, months=5)
    found = followed(journey, action(measure="ease", step="bill"))
    row = found.table.iloc[0]
    assert row["verdict"] == "too early" and "fewer than 10 answers" in row["in words"]
    assert found.table[["value", "low", "high", "n", "n before", "n after", "p", "level now"]].isna().all(axis=None)
    assert by_step(found) == {"bill": ["Do it"]}
    assert followed(journey, action(measure="ease", step="bill"), minimum_base=2).table["value"].notna().all()


# -- difference in differences ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("effect", "verdict"), [(2.5, "worked"), (-2.5, "worse"), (0.0, "no change")])
@pytest.mark.parametrize("unit", ["branch", ""])
def test_what_moved_all_is_no_effect_against_the_others(tmp_path, effect, verdict, unit):
    journey = panel(tmp_path, effect, shock=1.5)
    row = only(journey, measure="ease", step="bill", treated={"region": "north"}, unit=unit, matters=0.6)
    assert row["verdict"] == verdict and row["low"] < effect < row["high"]
    assert ("12 units (branch)" if unit else "people as units") in row["test"]
    assert "difference in differences" in row["test"]


def test_the_figure_is_that_of_the_difference_in_differences(tmp_path):
    journey = panel(tmp_path)
    row = only(journey, measure="ease", step="bill", treated={"region": "north"}, unit="branch")
    same = wb.difference_in_differences(
        journey.at_steps("bill"), "2024-10-01", {"region": "north"}, "ease", unit="branch"
    )
    assert row["value"] == pytest.approx(same.table.loc[0, "value"]) and row["p"] == pytest.approx(
        same.table.loc[0, "p"]
    )


def test_one_unit_on_a_side_is_never_sure(tmp_path):
    row = only(panel(tmp_path, treated=1), measure="ease", step="bill", treated={"region": "north"}, unit="branch")
    assert row["verdict"] == "too early" and "one unit on a side" in row["in words"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"treated": {"regoin": "north"}}, "region"),
        ({"treated": {"region": "nrth"}}, "north"),
        ({"treated": {"region": ["north", "south"]}}, "everybody treated"),
        ({"treated": {"region": "north"}, "unit": "brunch"}, "branch"),
        ({"treated": {"branch": "b0"}, "unit": "region"}, "treated as a whole"),
    ],
)
def test_names_that_are_not_there_are_told(tmp_path, more, words):
    with pytest.raises(wb.DataFault, match=words) as told:
        only(panel(tmp_path), measure="ease", step="bill", **more)
    assert told.value.faults[0].file == "actions.yaml"


# -- complaints -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "verdict"), [(0.04, "worked"), (0.2, "worse"), (0.1, "no change")])
def test_complaints_are_rates_by_month_and_fewer_are_wanted(tmp_path, after, verdict):
    row = only(complaints(tmp_path, after=after), measure="complaint", step="bill", matters=40)
    assert row["verdict"] == verdict and row["low"] < 1000 * (after - 0.1) < row["high"]
    assert "12 months before and 12 after" in row["test"] and row["level now"] == pytest.approx(1000 * after, rel=0.15)


@pytest.mark.parametrize(("after", "verdict"), [(0.04, "worked"), (0.25, "worse"), (0.1, "no change")])
def test_few_months_of_complaints_are_two_rates(tmp_path, after, verdict):
    journey = complaints(tmp_path, after=after, people=900, earlier=3, later=3)
    row = only(journey, measure="complaint", step="bill", matters=30)
    assert row["verdict"] == verdict and "complaints after against" in row["test"] and "(exact)" in row["test"]


def test_people_who_complain_again_and_again_widen_the_interval(tmp_path):
    journey = complaints(tmp_path, again=4, earlier=3, later=3)
    assert "people as units" in only(journey, measure="complaint", step="bill")["test"]


@pytest.mark.parametrize("unit", ["branch", ""])
@pytest.mark.parametrize(("after", "verdict"), [(0.03, "worked"), (0.2, "worse")])
def test_complaints_against_those_of_the_others(tmp_path, after, verdict, unit):
    journey = complaints(tmp_path, after=after, treated_only=True)
    row = only(journey, measure="complaint", step="bill", treated={"region": "north"}, unit=unit)
    assert row["verdict"] == verdict and abs(row["value"] - 1000 * (after - 0.1)) < 3 * row["se"]
    assert ("10 units (branch)" if unit else "people as units") in row["test"]


# -- days, words and the whole ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"status": "doing"}, "not done yet (doing; late: it was due 2024-09-30)"),
        (
            {"status": "planned", "due": "2026-03-31", "effect_from": None},
            "not done yet (planned; it is due 2026-03-31)",
        ),
        ({"effect_from": "2026-02-01"}, "an effect can be seen from 2026-02-01 on"),
        ({"measure": "csat"}, "nothing in the data is called csat"),
    ],
)
def test_too_early_says_why(tmp_path, more, words):
    row = only(sheet(tmp_path, course(15)), **more)
    assert row["verdict"] == "too early" and words in row["in words"] and pd.isna(row["value"])


def test_without_a_day_the_effect_is_seen_from_the_day_after_it_was_done(tmp_path):
    journey = sheet(tmp_path, course(15))
    assert only(journey, effect_from=None)["since"] == "2024-10-01"
    assert only(journey, effect_from=None, finished="2024-10-31")["since"] == "2024-11-01"


def test_several_actions_are_corrected_together_and_dropped_ones_are_left_out(tmp_path):
    journey = sheet(tmp_path, course(15))
    three = [action(id=f"a{n}", action=f"Do {n}") for n in range(3)]
    found = followed(journey, *three, action(id="gone", status="dropped"))
    assert found.table["p Holm"].tolist() == pytest.approx((3 * found.table["p"]).tolist())
    assert "3 actions 3 worked" in found.sentence and found.sentence.endswith("1 dropped.")
    assert found.picture["unit"] == "change of NPS (points)"


def test_no_action_says_so(tmp_path):
    assert followed(sheet(tmp_path, course())).sentence == "No action is there to follow up."


def test_it_can_be_shown(tmp_path):
    found = followed(sheet(tmp_path, course(15)), action(action="<img src=x onerror=alert(1)>"))
    assert "<img" not in found._repr_html_() and "<img" not in found.plot().to_json()
    assert found.to_dict()["table"][0]["verdict"] == "worked"
