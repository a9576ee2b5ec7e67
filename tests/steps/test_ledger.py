"""The ledger: what was predicted against what came, when it was put on record, and what that says of similar solutions."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.steps.apply.ledger import calibration, ledger, pooled
from workbench.steps.apply.model import Action, Actions
from workbench.steps.apply.register import entries, on_record, read
from workbench.steps.solutions import Solution

TODAY = date(2025, 12, 31)


def action(**more) -> Action:
    one = {
        "id": "first", "action": "Do it", "kind": "process", "department": "Billing", "owner": "Head", "start": "2024-06-01",
        "due": "2024-09-30", "status": "done", "measure": "nps", "effect_from": "2024-10-01", "predicted": [5, 10, 15],
    }  # fmt: skip
    return Action.model_validate(one | more)


@pytest.fixture
def journey(tmp_path):
    """Two years of readings: NPS rises by 15 in the thirteenth month, CSAT by 0.1."""
    rng, rows = np.random.default_rng(3), []
    for at, month in enumerate(pd.period_range("2023-10", periods=24, freq="M")):
        rows.append(f"{month},nps,{15 * (at >= 12) + rng.normal(0, 2):.2f},400")
        rows.append(f"{month},csat,{3 + 0.1 * (at >= 12) + rng.normal(0, 0.02):.3f},400")
    path = tmp_path / "sheet.csv"
    path.write_text("month,measure,value,base\n" + "\n".join(rows) + "\n", encoding="utf-8")
    bound = {"time": "month", "measure": "measure", "value": "value", "n": "base"}
    return wb.read(path, format="tracking", timezone="Europe/London", **bound)


def kept(journey, *actions, register=None):
    from workbench.steps.apply.follow_up import follow_up

    those = Actions(actions=list(actions))
    return ledger(follow_up(journey, those, TODAY, {}), those, register)


def registered(*steps):
    """A register from steps (actions, day): each enters what is new."""
    lines: list[dict] = []
    for actions, day in steps:
        for _, entry in entries(read(lines), actions, day):
            lines.append(entry | {"time": f"{day}T12:00:00Z"})
    return read(lines)


def solution(name, area="products", steps=("bill",)):
    return Solution.model_validate(
        {
            "id": name,
            "name": name,
            "area": area,
            "steps": list(steps),
            "gain": {"judged": [1, 2, 3]},
            "cost": {"once": [1, 2, 3]},
        }
    )


def test_what_came_is_laid_beside_the_range(journey):
    csat = action(id="second", action="Do that", measure="csat", predicted=[0.3, 0.4, 0.5])
    found = kept(journey, action(predicted=[10, 15, 20]), csat, action(id="third", action="Silent", predicted=None))
    table = found.table.set_index("id")
    assert table["held"].to_dict() == {"first": "yes", "second": "no"}
    assert table["came / predicted"].round(1).to_dict() == {"first": 1.0, "second": 0.2}
    assert (
        found.sentence.startswith("1 of 2 90 % ranges held what came")
        and "1 action predicted nothing" in found.sentence
    )
    assert (
        "inside the range" in table.loc["first", "in words"] and "outside the range." in table.loc["second", "in words"]
    )
    assert found.picture == {"kind": "ledger"} and "Do that" in found.plot().to_json()


def test_the_mean_is_weighted_by_precision(journey):
    csat = action(id="second", action="Do that", measure="csat", predicted=[0.3, 0.4, 0.5])
    table = kept(journey, action(predicted=[10, 15, 20]), csat).table
    weights = 1 / table["doubt"].astype(float) ** 2
    mean, sd, many = pooled(table)
    assert mean == pytest.approx((table["came / predicted"] * weights).sum() / weights.sum()) and many == 2
    assert sd == pytest.approx(weights.sum() ** -0.5)
    row = table.iloc[0]
    assert row["doubt"] == pytest.approx(np.hypot(row["se"], 10 / (2 * 1.6448536)) / 15)


def test_nothing_to_show_yet_says_so(journey):
    assert "there is no ledger yet" in kept(journey, action(predicted=None)).sentence
    early = kept(journey, action(effect_from="2026-02-01"))
    assert (
        early.sentence == "Of 1 prediction none can be laid beside what came yet." and early.table.loc[0, "held"] == ""
    )


def test_a_prediction_that_was_changed_after_the_look_does_not_count(journey):
    first, other = action(predicted=[20, 30, 40]), action(predicted=[10, 15, 20])
    register = registered(([first], date(2024, 6, 1)), ([other], date(2025, 3, 1)))
    found = kept(journey, other, register=register)
    row = found.table.iloc[0]
    assert (row["counts"], row["on record"]) == ("no", "changed after its effect could be seen")
    assert (
        "it was +30, +20 to +40" in row["in words"] and "1 was changed after an effect could be seen" in found.sentence
    )
    assert calibration(found.table, [solution("one")]) == {}
    assert kept(journey, first, register=register).table.loc[0, "counts"] == "yes"  # what was on record in time stands


def test_a_prediction_may_be_changed_before_its_effect_can_be_seen(journey):
    first, other = action(predicted=[20, 30, 40]), action(predicted=[10, 15, 20])
    register = registered(([first], date(2024, 6, 1)), ([other], date(2024, 9, 1)))
    row = kept(journey, other, register=register).table.iloc[0]
    assert (row["counts"], row["on record"]) == ("yes", "before its effect could be seen")


def test_a_prediction_put_on_record_late_is_told(journey):
    found = kept(journey, action(), register=registered(([action()], TODAY)))
    assert (
        found.table.loc[0, "counts"] == "yes"
        and "1 was put on record only after an effect could be seen" in found.sentence
    )
    assert "no test of foresight" in found.table.loc[0, "in words"]


def test_who_moves_the_day_is_held_to_the_earlier_one():
    moved = action(effect_from="2026-06-01", predicted=[1, 2, 3])
    register = registered(([action()], date(2024, 6, 1)), ([moved], date(2025, 3, 1)))
    assert on_record(register, moved) == "changed after"


def test_a_prediction_taken_out_after_the_look_is_told(journey):
    other = action(id="other", action="Another")
    register = registered(([action(), other], date(2024, 6, 1)), ([other], date(2025, 3, 1)))
    assert "1 more was taken out of the file after that (first)" in kept(journey, other, register=register).sentence


def test_an_action_that_was_dropped_does_not_go_without_a_word(journey):
    found = kept(journey, action(), action(id="gone", action="Gone", status="dropped"))
    assert found.table["id"].tolist() == ["first"] and found.sentence.endswith("1 action with a prediction dropped.")


def test_words_about_who_does_it_are_no_new_prediction():
    register = registered(([action()], date(2024, 6, 1)))
    assert entries(register, [action(owner="Somebody else", about="More words")], TODAY) == []


def test_similar_solutions_learn_from_what_came(journey):
    done = action(step=None, solution="done", predicted=[20, 30, 40])
    table = kept(journey, done).table
    solutions = [
        solution("done"), solution("same-area", steps=("pay",)), solution("same-step", "environment"),
        solution("another", "environment", ("pay",)),
    ]  # fmt: skip
    found = calibration(table, solutions)
    assert set(found) == {"done", "same-area", "same-step"}
    ratio, doubt = table.loc[0, "came / predicted"], table.loc[0, "doubt"]
    mean, sd, many = found["same-area"]
    assert mean == pytest.approx((1 / 0.25 + ratio / doubt**2) / (1 / 0.25 + 1 / doubt**2)) and many == 1
    assert sd == pytest.approx((1 / 0.25 + 1 / doubt**2) ** -0.5) and ratio < mean < 1 and sd < 0.5


def test_a_fall_that_was_predicted_and_came_is_a_ratio_above_nought(tmp_path):
    months = pd.period_range("2023-10", periods=24, freq="M")
    rng = np.random.default_rng(5)
    rows = [f"{month},minutes,{40 - 12 * (at >= 12) + rng.normal(0, 1):.2f},400" for at, month in enumerate(months)]
    path = tmp_path / "minutes.csv"
    path.write_text("month,measure,value,base\n" + "\n".join(rows) + "\n", encoding="utf-8")
    bound = {"time": "month", "measure": "measure", "value": "value", "n": "base"}
    readings = wb.read(path, format="tracking", timezone="Europe/London", **bound)
    row = kept(readings, action(measure="minutes", predicted=[-30, -20, -10])).table.iloc[0]
    assert row["verdict"] == "worked" and row["came / predicted"] == pytest.approx(0.6, abs=0.15)


# -- in a study -------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(project, journey, tmp_path):
    """A study with the sheet and one action, whose effect lies ahead of its day."""
    folder = project / "data" / "small"
    (folder / "sources").mkdir(parents=True)
    (folder / "sources" / "sheet.csv").write_text((tmp_path / "sheet.csv").read_text(), encoding="utf-8")
    about = (
        "title: Small\ntoday: {}\nsources:\n  - {{file: sources/sheet.csv, format: tracking, timezone: Europe/London, "
    )
    about += "time: month, measure: measure, value: value, n: base}}\n"
    content = {"actions": [action(predicted=[10, 15, 20]).model_dump(mode="json", exclude_unset=True)]}

    def on(day: str, **more):
        (folder / "study.yaml").write_text(about.format(day), encoding="utf-8")
        content["actions"][0] |= more
        study = wb.open_study(folder)
        study.save("actions", content)
        return study

    return on


def test_a_study_puts_predictions_on_record_when_it_is_loaded(small):
    study = small("2024-07-01", status="doing")
    study.load()
    assert (
        '"prediction": "first"' in (study.path / "log").read_text()
        and '"passed": false' in (study.path / "log").read_text()
    )
    late = small("2025-12-31", status="done")
    found = late.ledger()
    assert found.table.loc[0, ["counts", "held", "on record"]].tolist() == [
        "yes",
        "yes",
        "before its effect could be seen",
    ]
    changed = small("2025-12-31", predicted=[14, 15, 16]).ledger()
    assert changed.table.loc[0, "counts"] == "no" and "does not count" in changed.sentence
    lines = (study.path / "log").read_text()
    small("2025-12-31").ledger()
    assert (study.path / "log").read_text() == lines  # nothing new is entered for what is there


def test_actions_that_cannot_be_read_stop_no_loading(small):
    study = small("2025-12-31")
    (study.path / "actions.yaml").write_text("actions: [{id: first}]\n", encoding="utf-8")
    study = wb.open_study(study.path)
    assert len(study.load()) == 48 and any(fault.file == "actions.yaml" for fault in study.check())
    assert sum(fault.column == "actions.0.action" or "action" in str(fault) for fault in study.check()) >= 1


def test_the_apply_step_shows_plan_follow_up_and_ledger(small):
    study = small("2025-12-31")
    assert [one.name for one in study.findings("apply")] == ["actions", "follow_up", "ledger"]
