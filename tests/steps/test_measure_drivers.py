"""Drivers: shares one can work out from correlations, ratings chosen and turned as said, what was left out, small groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb

NPS, RATING = {"measure": "nps", "scale": [0, 10]}, {"scale": [1, 5]}


def told(n=400, seed=6):
    """A recommendation that goes with staff more than with price, and with nothing of the colour."""
    dice = np.random.default_rng(seed)
    table = pd.DataFrame({"id": [f"p{one:03d}" for one in range(n)]})
    table["segment"] = dice.choice(["owner", "tenant"], n)
    halo = dice.normal(size=n)
    for name, weight in (("staff", 0.8), ("price", 0.5), ("colour", 0.0)):
        table[name] = np.clip(np.round(3 + weight * halo + dice.normal(size=n)), 1, 5).astype(int)
    score = 6 + 1.2 * (table["staff"] - 3) + 0.5 * (table["price"] - 3) + dice.normal(size=n)
    table["nps"] = np.clip(np.round(score), 0, 10).astype(int)
    table["w"] = dice.choice([0.5, 1.0, 2.0], n)
    return table


def survey(tmp_path, table, name="a", asked=("staff", "price", "colour"), turned=(), **more):
    path = tmp_path / f"{name}.csv"
    table.to_csv(path, index=False)
    questions = {one: RATING | {"measure": one, "reversed": one in turned} for one in asked}
    return wb.read(path, format="survey", person="id", segments=["segment"], questions={"nps": NPS} | questions, **more)


def weighted_r(table, columns, weight=None):
    x = table[list(columns)].to_numpy(float)
    return np.corrcoef(x.T) if weight is None else _r(np.cov(x.T, aweights=table[weight]))


def _r(cov):
    s = np.sqrt(np.diag(cov))
    return cov / np.outer(s, s)


@pytest.mark.parametrize("weight", [None, "w"])
def test_two_ratings_share_what_each_adds_first_and_last(tmp_path, weight):
    table = told()
    more = {"weight": weight} if weight else {}
    found = wb.drivers(survey(tmp_path, table, **more), among=["staff", "price"])
    r = weighted_r(table, ["staff", "price", "nps"], weight)
    full = r[2, :2] @ np.linalg.solve(r[:2, :2], r[:2, 2])
    staff = (r[0, 2] ** 2 + full - r[1, 2] ** 2) / 2
    row = found.table.set_index("driver").loc["staff"]
    assert row["value"] == pytest.approx(100 * staff / full)
    assert row["low"] < row["value"] < row["high"] and row["n"] == 400 and row["direction"] == "+"
    assert row["VIF"] == pytest.approx(1 / (1 - r[0, 1] ** 2))
    assert found.table["value"].sum() == pytest.approx(100)
    assert "What goes most with the NPS is staff" in found.sentence and f"R² {full:.2f}" in found.sentence
    assert ("weighted" if weight else "unweighted") in found.method.split("; ")
    assert "association, not effect" in found.method and "seed 20" in found.method


def test_all_ratings_of_the_responses_are_taken_and_the_order_is_only_said_where_it_is_sure(tmp_path):
    found = wb.drivers(survey(tmp_path, told()))
    assert found.table["driver"].tolist() == ["staff", "price", "colour"]
    rank = found.table.set_index("driver")["p rank 1"]
    assert rank["staff"] > 0.99 and rank["colour"] == 0 and "intervals overlap" not in found.sentence
    table = told()
    table["nps"] = np.clip(table["staff"] + table["price"], 0, 10)
    unsure = wb.drivers(survey(tmp_path, table, "b"), among=["staff", "price"])
    assert "intervals overlap" in unsure.sentence


def test_a_scale_that_is_good_when_low_is_turned(tmp_path):
    table = told()
    flipped = table.assign(staff=6 - table["staff"])
    plain, turned = wb.drivers(survey(tmp_path, table)), wb.drivers(survey(tmp_path, flipped, "b", turned=("staff",)))
    assert turned.table["value"].tolist() == pytest.approx(plain.table["value"].tolist())
    assert set(turned.table["direction"]) == set(plain.table["direction"])
    assert "turned, so that a high one is good: staff" in turned.method


def test_what_was_not_shown_is_kept_apart_from_what_was_not_answered(tmp_path):
    table = told().astype({"staff": object, "price": object})
    table.loc[:99, "staff"] = "not asked"
    table.loc[100:129, "price"] = ""
    found = wb.drivers(survey(tmp_path, table, not_shown=["not asked"]), among=["staff", "price"])
    rows = found.table.set_index("driver")
    assert rows["n"].tolist() == [270, 270]
    assert (rows.loc["staff", "not shown"], rows.loc["staff", "not answered"]) == (100, 0)
    assert (rows.loc["price", "not shown"], rows.loc["price", "not answered"]) == (0, 30)
    assert (
        "130 of 400 answers left out: 100 as a question was not shown to them, 30 as one was not answered"
        in found.method
    )
    assert found.base == "270 complete answers of 400 to nps"


def test_a_rating_that_few_were_asked_is_left_out_and_said(tmp_path):
    table = told().astype({"colour": object})
    table.loc[40:, "colour"] = ""
    found = wb.drivers(survey(tmp_path, table))
    assert set(found.table["driver"]) == {"staff", "price"}
    assert "left out, too few answers together with the others: colour" in found.method


def test_a_rating_that_another_determines_is_left_out_and_said(tmp_path):
    table = told()
    table["colour"] = 6 - table["staff"]
    found = wb.drivers(survey(tmp_path, table))
    assert len(found.table) == 2 and "combination" in found.method
    with pytest.raises(wb.DataFault, match="combination"):
        wb.drivers(survey(tmp_path, table, "b"), among=["staff", "price", "colour"])


def test_what_attributes_explain_may_be_taken_out(tmp_path):
    table = told()
    owner = table["segment"] == "owner"
    table["colour"] = np.where(owner, 4, 2) + np.arange(400) % 2
    table["nps"] = np.clip(table["nps"] + np.where(owner, 2, -2), 0, 10)
    found = wb.drivers(survey(tmp_path, table), adjust="segment")
    row = found.table.set_index("driver").loc["colour"]
    assert row["before %"] > 30 and row["value"] < 5
    assert "segment taken out" in found.method and found.picture["kind"] == "dumbbell"
    y, x = (table[one] - table.groupby("segment")[one].transform("mean") for one in ("nps", "staff"))
    staff = found.table.set_index("driver").loc["staff"]
    assert staff["r"] == pytest.approx(np.corrcoef(x, y)[0, 1])


def test_at_each_step_the_other_ratings_of_the_step(study):
    found = wb.drivers(study.journey, by="step")
    assert set(found.table["driver"]) == {"csat", "ces", "emotion", "trust"}
    assert found.table.groupby("step")["value"].sum().tolist() == pytest.approx([100.0] * 7)
    one = wb.drivers(study.journey, of="nps · First bill arrives")
    here = found.table[found.table["step"] == "first-bill"].set_index("driver")
    alone = one.table.set_index("driver")
    assert here.loc["ces", "value"] == pytest.approx(alone.loc["ces · First bill arrives", "value"])


def test_groups_that_are_compared_are_asked_of_the_same_ratings(study):
    found = wb.drivers(study.journey, by="segment")
    sets = found.table.groupby("segment")["driver"].apply(frozenset)
    assert sets.nunique() == 1 and len(sets) == 3
    assert "not surely first" in found.sentence


def test_the_whole_journey_is_explained_by_what_was_answered_together(study):
    found = wb.drivers(study.journey)
    assert all(one.startswith("csat · ") for one in found.table["driver"]) and len(found.table) >= 3
    assert "too few answers together" in found.method and "not of csat at the steps" in found.method
    johnson = wb.drivers(study.journey, method="johnson").table.set_index("driver")["value"]
    assert johnson.to_dict() == pytest.approx(found.table.set_index("driver")["value"].to_dict(), abs=3)


def test_small_groups_are_in_no_sentence(tmp_path):
    table = told()
    table["segment"] = ["few"] * 8 + ["some"] * 150 + ["many"] * 242
    found = wb.drivers(survey(tmp_path, table), by="segment", draws=50)
    shown = found.to_frame()
    assert set(shown.loc[shown["hidden"].astype(bool), "segment"]) == {"few", "some"}
    assert "few" not in found.sentence and "many" in found.sentence


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"of": "npss"}, 'did you mean "nps"'),
        ({"among": ["staf"]}, 'did you mean "staff"'),
        ({"by": "segmnt"}, 'did you mean "segment"'),
        ({"method": "ols"}, "shapley, johnson"),
        ({"adjust": ["age"]}, "age"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, words, match):
    with pytest.raises(wb.DataFault, match=match):
        wb.drivers(survey(tmp_path, told()), **words)


def test_a_recommendation_of_steps_alone_asks_for_the_step(tmp_path):
    table = told()
    questions = {
        "nps": NPS | {"step": "one"},
        "staff": NPS | {"step": "two"},
        "price": RATING | {"measure": "csat", "step": "one"},
    }
    table["staff"] += 3
    path = tmp_path / "steps.csv"
    table.to_csv(path, index=False)
    journey = wb.read(path, format="survey", person="id", questions=questions)
    with pytest.raises(wb.DataFault, match='by="step"'):
        wb.drivers(journey)
    found = wb.drivers(journey, by="step")
    assert found.table["driver"].tolist() == ["csat"] and "no drivers for two" in found.method


# -- importance, penalty, kano ---------------------------------------------------------------------------------------


def test_importance_stands_beside_performance_in_per_cent_of_the_scale(tmp_path):
    table = told()
    table["staff"] = np.clip(table["staff"] - 1, 1, 5)
    journey = survey(tmp_path, table)
    found = wb.importance_performance(journey)
    rows, shares = found.table.set_index("rating"), wb.drivers(journey).table.set_index("driver")
    assert rows.loc["staff", "value"] == pytest.approx(25 * (table["staff"].mean() - 1))
    assert rows["importance %"].to_dict() == pytest.approx(shares["value"].to_dict())
    assert rows.loc["staff", "quadrant"] == "concentrate here" and found.sentence.startswith("Look first at staff")
    assert rows.loc["colour", "quadrant"] in ("possible overkill", "low priority", "near a line")
    assert "not a forecast" in found.method
    with pytest.raises(wb.DataFault, match="two or more"):
        wb.importance_performance(journey, among=["staff"])


def test_penalty_and_reward_are_the_dummies_of_one_regression(tmp_path):
    table = told()
    found = wb.penalty_reward(survey(tmp_path, table), cuts=(2, 4)).table.set_index("rating")
    columns = [np.ones(400)]
    for name in ("staff", "price", "colour"):
        columns += [(table[name] <= 2).to_numpy(float), (table[name] >= 4).to_numpy(float)]
    b = np.linalg.lstsq(np.column_stack(columns), table["nps"].to_numpy(float), rcond=None)[0]
    assert found.loc["staff", ["penalty", "reward"]].tolist() == pytest.approx(b[1:3])
    assert found.loc["staff", "value"] == pytest.approx(b[1] + b[2])
    assert found.loc["staff", "class"] == "performance" and found.loc["colour", "class"] == "uncertain"


def test_cuts_leave_enough_low_and_high_answers(tmp_path):
    table = told()
    table.loc[table["price"] == 5, "price"] = 4
    table.loc[:3, "price"] = 5
    found = wb.penalty_reward(survey(tmp_path, table))
    assert "price 2 and 4" in found.method and "staff 2 and 5" in found.method
    forced = wb.penalty_reward(survey(tmp_path, table, "b"), cuts=(2, 5)).table.set_index("rating")
    assert forced.loc["price", "class"] == "uncertain" and "few" in forced.loc["price", "caution"]


def kano_file(tmp_path, pairs):
    rows = [f"p{one},{f},{d},{'new' if one % 2 else 'old'}" for one, (f, d) in enumerate(pairs)]
    path = tmp_path / "kano.csv"
    path.write_text("id,with,without,segment\n" + "\n".join(rows) + "\n", encoding="utf-8")
    asked = {one: {"measure": one, "scale": [1, 5]} for one in ("with", "without")}
    return wb.read(path, format="survey", person="id", segments=["segment"], questions=asked)


def test_a_feature_that_annoys_when_missing_is_a_must(tmp_path):
    pairs = [(3, 5)] * 60 + [(1, 5)] * 20 + [(1, 3)] * 10 + [(3, 3)] * 10
    journey = kano_file(tmp_path, pairs)
    found = wb.kano(journey, {"meter": ("with", "without")})
    row = found.table.iloc[0]
    assert (row["category"], row["clear"], row["n"]) == ("must-be", True, 100)
    assert row["value"] == pytest.approx(30) and row["worse %"] == pytest.approx(80)
    assert row["worse from"] < 80 < row["worse to"]
    assert found.sentence == "Must-be: meter (60 %, n 100)."
    turned = kano_file(tmp_path, [(6 - f, 6 - d) for f, d in pairs])
    assert wb.kano(turned, {"meter": ("with", "without")}, like=5).table.iloc[0]["category"] == "must-be"


def test_groups_that_want_different_things_are_told_apart(tmp_path):
    pairs = [(1, 3) if one % 2 else (3, 5) for one in range(80)]
    journey = kano_file(tmp_path, pairs)
    assert not wb.kano(journey, {"meter": ("with", "without")}).table.iloc[0]["clear"]
    found = wb.kano(journey, {"meter": ("with", "without")}, by="segment").table.set_index("segment")
    assert found["category"].to_dict() == {"new": "attractive", "old": "must-be"}


def test_kano_needs_its_questions_on_one_to_five(tmp_path):
    journey = kano_file(tmp_path, [(1, 5)] * 20)
    with pytest.raises(wb.DataFault, match='did you mean "without"'):
        wb.kano(journey, {"meter": ("with", "withot")})
    with pytest.raises(wb.DataFault, match="1 or 5"):
        wb.kano(journey, {"meter": ("with", "without")}, like=3)
    with pytest.raises(wb.DataFault, match="a scale from 0 to 10"):
        wb.kano(survey(tmp_path, told()), {"meter": ("nps", "nps")})


def test_pictures_are_drawn_of_what_may_be_shown(tmp_path, study):
    journey = survey(tmp_path, told())
    for found in (
        wb.drivers(journey),
        wb.drivers(journey, adjust="segment"),
        wb.importance_performance(journey),
        wb.penalty_reward(journey),
        wb.kano(kano_file(tmp_path, [(1, 5)] * 40), {"meter": ("with", "without")}),
        wb.weighting(journey, {"segment": {"owner": 0.6, "tenant": 0.4}}),
    ):
        assert found.plot().data
        assert found.sentence in wb.figures.alternative(found)
    assert "poor, against middling −" in wb.figures.alternative(wb.penalty_reward(journey))


def test_of_a_small_group_the_method_names_no_rating(tmp_path):
    table = told()
    table["segment"] = ["few"] * 8 + ["many"] * 392
    table.loc[:7, "price"] = table.loc[:7, "staff"] = [1, 2, 3, 4, 5, 1, 2, 3]
    table.loc[0, "price"] = 2  # in the small group two ratings say nearly the same
    named = ["staff", "price", "colour"]
    journey = survey(tmp_path, table)
    assert "hard to tell apart" not in wb.drivers(journey, by="segment", among=named, draws=50).method
    assert "hard to tell apart" in wb.drivers(journey, by="segment", among=named, draws=50, minimum_base=1).method
