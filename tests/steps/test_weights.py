"""Weights: margins are met, design weights stand, what it costs is told; and who answered of those who could have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.inference import rake, raking_cells

MARGINS = {"segment": {"owner": 0.5, "tenant": 0.5}, "size": {"large": 30, "small": 70}}


def people(n=400, seed=8):
    dice = np.random.default_rng(seed)
    table = pd.DataFrame({"id": [f"p{one:03d}" for one in range(n)]})
    table["segment"] = dice.choice(["owner", "tenant"], n, p=[0.7, 0.3])
    table["size"] = dice.choice(["large", "small"], n)
    table["nps"] = np.where(table["segment"] == "owner", dice.integers(6, 11, n), dice.integers(2, 10, n))
    table["w"] = dice.choice([0.5, 1.0, 2.0], n)
    return table


def survey(tmp_path, table, name="a", **more):
    path = tmp_path / f"{name}.csv"
    table.to_csv(path, index=False)
    return wb.read(
        path,
        format="survey",
        person="id",
        segments=["segment", "size"],
        questions={"nps": {"measure": "nps", "scale": [0, 10]}},
        **more,
    )


def shares(journey, by, of="nps"):
    counted = journey.count(by=by, of=of).groupby(by)["weight"].sum()
    return (counted / counted.sum()).to_dict()


def test_every_margin_is_met_and_the_sum_of_weights_is_kept(tmp_path):
    table = people()
    journey = survey(tmp_path, table, weight="w")
    done = wb.raked(journey, MARGINS)
    assert shares(done, "segment") == pytest.approx({"owner": 0.5, "tenant": 0.5})
    assert shares(done, "size") == pytest.approx({"large": 0.3, "small": 0.7})
    assert done.count(of="nps")["weight"].sum() == pytest.approx(table["w"].sum())
    assert "weighted to segment and size (raking, design effect" in done.trail[-1]
    assert shares(journey, "segment") != pytest.approx({"owner": 0.5, "tenant": 0.5})  # the frame stays as it was


def test_design_weights_are_where_raking_begins(tmp_path):
    table = people()
    done = wb.raked(survey(tmp_path, table, weight="w"), MARGINS)
    cells = raking_cells(table, ["segment", "size"], "w")
    total = table["w"].sum()
    wanted = {name: {k: v * total / sum(those.values()) for k, v in those.items()} for name, those in MARGINS.items()}
    factors = rake(cells, wanted).factors.set_index(["segment", "size"])["factor"]
    x = np.select([table["nps"] >= 9, table["nps"] >= 7], [100, 0], -100)
    w = table["w"] * [factors[one] for one in zip(table["segment"], table["size"], strict=True)]
    assert wb.nps(done, by=()).table["value"].iloc[0] == pytest.approx((w * x).sum() / w.sum())
    assert "weighted" in wb.nps(done, by=()).method


def test_each_wave_may_be_weighted_by_itself(tmp_path):
    rounds = [people(seed=one).assign(id=[f"{one}-{place}" for place in range(400)]) for one in (1, 2)]
    parts = [survey(tmp_path, table, str(one), wave={"is": f"w{one}"}) for one, table in enumerate(rounds, 1)]
    done = wb.raked(parts[0].join(parts[1]), {"segment": MARGINS["segment"]}, within="wave")
    for wave in ("w1", "w2"):
        assert shares(done.of_wave(wave), "segment") == pytest.approx({"owner": 0.5, "tenant": 0.5})
    found = wb.weighting(parts[0].join(parts[1]), {"segment": MARGINS["segment"]}, within="wave")
    assert set(found.table["wave"]) == {"w1", "w2"} and found.method.count("converged") == 2


def test_trimming_holds_a_cap_and_the_margins(tmp_path):
    table = people()
    journey = survey(tmp_path, table, weight="w")
    steep = {"segment": {"owner": 0.45, "tenant": 0.55}}
    free, held = wb.weighting(journey, steep), wb.weighting(journey, steep, trim=4)
    ratio = [float(one.method.split("largest weight ")[1].split(" ")[0]) for one in (free, held)]
    assert ratio[0] > 4 and ratio[1] < ratio[0]
    weights = wb.raked(journey, steep, trim=4).records.to_frame()["weight"]
    assert weights.max() <= 4 * wb.raked(journey, steep).records.to_frame()["weight"].median() * 1.001
    assert held.table["after %"].tolist() == pytest.approx([45, 55])


def test_what_weighting_costs_and_moves_is_told(tmp_path):
    table = people()
    found = wb.weighting(survey(tmp_path, table), MARGINS)
    row = found.table.set_index("category").loc["segment: owner"]
    assert row["target %"] == 50 and row["after %"] == pytest.approx(50)
    assert row["before %"] == pytest.approx(100 * (table["segment"] == "owner").mean())
    assert row["n"] == (table["segment"] == "owner").sum()
    assert "every margin is met" in found.sentence and "the NPS goes from" in found.sentence
    before = wb.nps(survey(tmp_path, table), by=()).table.iloc[0]
    assert f"from −{abs(before['value']):.0f} (" in found.sentence
    assert "1.00 before" in found.method and "bias that the margins do not explain" in found.method


def test_small_categories_are_not_told(tmp_path):
    table = people()
    table.loc[:5, "segment"] = "few"
    found = wb.weighting(survey(tmp_path, table), {"segment": {"owner": 0.6, "tenant": 0.3, "few": 0.1}})
    shown = found.to_frame().set_index("category")
    assert shown.loc["segment: few", "hidden"] and np.isnan(shown.loc["segment: few", "before %"])
    assert shown["hidden"].sum() == 2


def test_who_misses_a_margin_is_left_out_and_told(tmp_path):
    table = people()
    table.loc[:19, "size"] = ""
    journey = survey(tmp_path, table)
    done = wb.raked(journey, MARGINS)
    assert "20 responses left out" in done.trail[-1] and len(done) == len(journey) - 20
    assert "20 responses left out" in wb.weighting(journey, MARGINS).method


@pytest.mark.parametrize(
    ("margins", "match"),
    [
        ({"segmnt": {"owner": 1}}, 'did you mean "segment"'),
        ({"segment": {"owner": 0.5, "tenant": 0.4}}, "add up to 0.9"),
        ({"segment": {"owner": 0.5, "landlord": 0.5}}, 'nobody in "landlord"'),
        ({"segment": {"owner": 1.0}}, 'people in "tenant", which has no total'),
        ({"segment": {"owner": -1, "tenant": 2}}, "negative"),
        ({}, "no margin"),
        (["segment"], "only people who answered"),
    ],
)
def test_margins_that_cannot_be_met_are_refused_by_name(tmp_path, margins, match):
    with pytest.raises(wb.DataFault, match=match):
        wb.raked(survey(tmp_path, people()), margins)


def test_names_of_attributes_mean_all_the_people_that_are_known(study):
    journey = study.journey
    done = wb.raked(journey, ["called_first", "segment"])
    known = journey.people.to_frame()["called_first"].value_counts(normalize=True)
    cases = done.records.to_frame().query("kind == 'answer' and state == 'answered'")
    cases = cases.assign(case=cases["order"] // 10_000).drop_duplicates("case")
    cases = cases.merge(done.people.to_frame()[["person", "called_first"]], on="person")
    weighted = cases.groupby("called_first")["weight"].sum()
    assert (weighted / weighted.sum()).to_dict() == pytest.approx(known.to_dict())
    assert wb.transitions(done).table.equals(
        wb.transitions(journey).table
    )  # paths are no answers: nothing of them changed


# -- who answered ------------------------------------------------------------------------------------------------------


def test_the_share_who_answered_is_of_the_people_who_are_known(study):
    journey = study.journey
    found = wb.nonresponse(journey, by="segment").table.set_index("segment")
    people = journey.people.to_frame().dropna(subset=["created"])
    answered = set(journey.of_kind("answer").where(state="answered").records.to_frame()["person"])
    for segment, those in people.groupby("segment"):
        row = found.loc[segment]
        assert row["n"] == len(those) and row["answered"] == those["person"].isin(answered).sum()
        assert (
            row["value"] == pytest.approx(100 * row["answered"] / row["n"]) and row["low"] < row["value"] < row["high"]
        )
    weights = found["factor"] * found["answered"]
    assert weights.to_numpy() / found["n"].to_numpy() == pytest.approx([found["answered"].sum() / found["n"].sum()] * 3)


def test_people_who_came_after_a_wave_did_not_keep_silent_in_it(study):
    found = wb.nonresponse(study.journey).table.set_index("wave")
    assert found.loc["2025-03", "n"] < found.loc["2025-11", "n"]
    assert found["answered"].tolist() == [727, 727, 727]


def test_late_answers_are_held_against_early_ones(tmp_path):
    table = people(n=600, seed=1)
    table["day"] = [f"2025-03-{1 + one // 30:02d}" for one in range(600)]
    table["nps"] = [(9 if one < 300 else 3) if one % 10 else 8 for one in range(600)]
    listed = pd.DataFrame({"id": [f"p{one:03d}" for one in range(900)], "segment": "owner"})
    path = tmp_path / "people.csv"
    listed.to_csv(path, index=False)
    known = wb.read(path, format="people", person="id", segments=["segment"])
    table = table.drop(columns="segment")
    answers = tmp_path / "b.csv"
    table.to_csv(answers, index=False)
    spoken = wb.read(
        answers,
        format="survey",
        person="id",
        time="day",
        timezone="UTC",
        questions={"nps": {"measure": "nps", "scale": [0, 10]}},
    )
    found = wb.nonresponse(known.join(spoken), by=())
    row = found.table.iloc[0]
    assert (row["n"], row["answered"], row["value"]) == (900, 600, pytest.approx(200 / 3))
    assert row["late less early"] < -150 and "those who stayed silent may too" in found.sentence


def test_without_a_list_nobody_was_silent(tmp_path):
    with pytest.raises(wb.DataFault, match="format people"):
        wb.nonresponse(survey(tmp_path, people(), wave={"is": "1"}))
    with pytest.raises(wb.DataFault, match="no wave or attribute"):
        wb.nonresponse(survey(tmp_path, people()), by="step")
