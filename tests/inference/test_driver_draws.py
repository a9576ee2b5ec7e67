"""How sure the shares are; importance and performance; penalty and reward."""

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import (
    driver_bootstrap,
    importance_performance,
    key_drivers,
    low_high,
    moment_sums,
    penalty_reward,
    quadrants,
    relative_weights,
)

DRIVERS = ["t0", "t1", "t2"]


def ratings(n=300, k=3, seed=1):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    frame = pd.DataFrame({f"t{j}": np.round(7 + common + rng.normal(size=n)) for j in range(k)})
    return frame.assign(y=frame @ np.linspace(0.6, 0.0, k) + rng.normal(size=n))


@pytest.mark.parametrize("measure", ["LMG", "Johnson"])
def test_a_replicate_is_a_sample_drawn_with_replacement(measure):
    frame = ratings(60)
    found = driver_bootstrap(moment_sums(frame, ["y", *DRIVERS]), "y", DRIVERS, replicates=300, seed=7, measure=measure)
    rng = np.random.Generator(np.random.PCG64(7))
    shares = []
    for draw in rng.integers(0, 60, (300, 60)):
        sample = moment_sums(frame.iloc[draw], ["y", *DRIVERS])
        how = key_drivers if measure == "LMG" else relative_weights
        shares.append(how(sample, "y", DRIVERS).table["share"])
    shares = np.array(shares)
    assert list(found.table["low"]) == pytest.approx(list(np.quantile(shares, 0.025, axis=0)))
    assert list(found.table["se"]) == pytest.approx(list(shares.std(axis=0, ddof=1)))
    order = np.argsort(-shares, axis=1)
    assert found.ranks[1].to_dict() == {name: (order[:, 0] == j).mean() for j, name in enumerate(DRIVERS)}
    assert found.above.loc["t0", "t1"] == (shares[:, 0] > shares[:, 1]).mean()


def test_a_seed_gives_the_same_answer_and_is_told():
    moments = moment_sums(ratings(), ["y", *DRIVERS])
    one, same, other = (driver_bootstrap(moments, "y", DRIVERS, replicates=200, seed=s) for s in (3, 3, 4))
    assert one.table.equals(same.table) and not one.table.equals(other.table)
    assert one.seed == 3 and "seed 3" in one.method
    assert one.ranks.sum(axis=1).to_numpy() == pytest.approx(1) and one.ranks.sum().to_numpy() == pytest.approx(1)


def test_two_drivers_alike_are_not_apart_and_a_third_without_effect_is():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(500, 3)), columns=DRIVERS)
    frame["y"] = frame["t0"] + frame["t1"] + rng.normal(size=500)
    found = driver_bootstrap(moment_sums(frame, ["y", *DRIVERS]), "y", DRIVERS, replicates=500)
    assert list(found.table["apart"]) == [False, False, True]
    assert found.ranks.loc["t2", 3] == 1
    assert found.r2_low < found.r2 < found.r2_high


def test_people_with_many_answers_are_drawn_whole():
    frame = ratings(50)
    many = pd.concat([frame.assign(person=range(50))] * 20, ignore_index=True)
    people = driver_bootstrap(moment_sums(many, ["y", *DRIVERS], unit="person"), "y", DRIVERS, replicates=400)
    answers = driver_bootstrap(moment_sums(many, ["y", *DRIVERS]), "y", DRIVERS, replicates=400)
    assert (people.units, answers.units) == (50, 1000)
    assert (people.table["se"] > 3 * answers.table["se"]).all()  # root of 20


def test_many_people_are_dealt_into_batches_and_the_errors_stay():
    frame = ratings(4000)
    whole = moment_sums(frame, ["y", *DRIVERS], batches=None)
    dealt = moment_sums(frame, ["y", *DRIVERS], batches=400, seed=5)
    assert (len(whole.n), len(dealt.n), dealt.people, dealt.seed) == (4000, 400, 4000, 5)
    assert dealt.n.min() == dealt.n.max() == 10
    one, other = (driver_bootstrap(m, "y", DRIVERS, replicates=600) for m in (whole, dealt))
    assert other.table["share"].to_dict() == pytest.approx(one.table["share"].to_dict())
    assert (other.table["se"] / one.table["se"]).to_numpy() == pytest.approx(1, abs=0.2)
    assert any("batches (seed 5)" in note for note in other.notes)


def test_confounders_are_taken_out_of_every_replicate():
    frame = ratings(80).assign(channel=np.tile(["app", "web"], 40))
    frame["t2"] += 4 * (frame["channel"] == "web")
    frame["y"] += 4 * (frame["channel"] == "web")
    moments = moment_sums(frame, ["y", *DRIVERS], categories=["channel"])
    found = driver_bootstrap(moments, "y", DRIVERS, ["channel"], replicates=200, seed=1)
    plain = driver_bootstrap(moments, "y", DRIVERS, replicates=200, seed=1)
    assert plain.table["share"]["t2"] > 0.3 > found.table["high"]["t2"]
    draw = np.random.Generator(np.random.PCG64(1)).integers(0, 80, (200, 80))
    shares = [
        key_drivers(
            moment_sums(frame.iloc[d], ["y", *DRIVERS], categories=["channel"]), "y", DRIVERS, ["channel"]
        ).table["share"]
        for d in draw
    ]
    assert list(found.table["high"]) == pytest.approx(list(np.quantile(shares, 0.975, axis=0)))


def test_a_rare_answer_that_some_replicates_lack_does_no_harm():
    frame = pd.DataFrame({"t0": [1.0] + [0.0] * 29, "t1": np.tile([1.0, 2.0, 3.0], 10)})
    frame["y"] = 5 * frame["t0"] + frame["t1"] + np.tile([0.0, 1.0], 15)
    found = driver_bootstrap(moment_sums(frame, ["y", "t0", "t1"]), "y", ["t0", "t1"], replicates=300)
    assert found.table["low"]["t0"] == pytest.approx(0, abs=1e-9)  # a third of the replicates have nobody
    assert found.table[["share", "se", "high"]].notna().all(axis=None)


def test_fourteen_drivers_and_five_hundred_replicates_are_drawn():
    names = [f"t{j}" for j in range(14)]
    moments = moment_sums(ratings(1200, 14), ["y", *names], batches=None)
    found = key_drivers(moments, "y", names)
    drawn = driver_bootstrap(moments, "y", names, replicates=500)
    assert len(found.table) == len(drawn.table) == 14 and (drawn.table["low"] <= drawn.table["high"]).all()


def test_what_cannot_be_drawn_is_refused():
    frame = ratings(40)
    moments = moment_sums(frame, ["y", *DRIVERS])
    with pytest.raises(DataFault, match="replicates"):
        driver_bootstrap(moments, "y", DRIVERS, replicates=1)
    with pytest.raises(DataFault, match="measure"):
        driver_bootstrap(moments, "y", DRIVERS, measure="beta")
    one = moment_sums(frame.assign(person=1), ["y", *DRIVERS], unit="person")
    with pytest.raises(DataFault, match="two units"):
        driver_bootstrap(one, "y", DRIVERS)
    ten = moment_sums(frame.assign(person=np.arange(40) % 10), ["y", *DRIVERS], unit="person")
    assert any("only 10 units" in note for note in driver_bootstrap(ten, "y", DRIVERS, replicates=50).notes)


def test_the_quadrants_of_the_four_corners_and_of_the_line():
    importance, performance = np.array([0.4, 0.3, 0.1, 0.2]), np.array([6.0, 8.0, 6.0, 8.0])
    assert list(quadrants(importance, performance)) == [0, 1, 2, 3]
    assert list(quadrants(np.full(4, 0.25), np.full(4, 7.1))) == [1, 1, 1, 1]  # on both lines: high


def test_only_who_is_far_from_the_lines_gets_a_quadrant():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(600, 4)), columns=["poor", "fine", "idle", "between"]) + [5, 9, 5, 7]
    frame["y"] = frame @ [1.0, 1.0, 0.1, 0.8] + rng.normal(size=600)
    found = importance_performance(moment_sums(frame, ["y", *frame.columns[:4]]), "y", list(frame.columns[:4]), 500)
    assert list(found.table["quadrant"][:3]) == ["concentrate here", "keep up the good work", "low priority"]
    assert found.table["quadrant"]["between"] == "near a line"
    parts = found.table[["concentrate here", "keep up the good work", "low priority", "possible overkill"]]
    assert parts.sum(axis=1).to_numpy() == pytest.approx(1)
    assert any("between" in note for note in found.notes)
    mean, se = frame["poor"].mean(), frame["poor"].std() / np.sqrt(600)
    assert found.table["performance"]["poor"] == pytest.approx(mean)
    assert found.table["performance_se"]["poor"] == pytest.approx(se, rel=0.1)
    assert found.table["importance_low"]["poor"] < found.table["importance"]["poor"]
    with pytest.raises(DataFault, match="two or more"):
        importance_performance(moment_sums(frame, ["y", "poor"]), "y", ["poor"])


def answers(effects, n=3000, seed=0, noise=1.0):
    """An outcome with a penalty and a reward of each rating on 0 to 10."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.integers(4, 11, n).astype(float) for name in effects})
    y = 7 + noise * rng.normal(size=n)
    for name, (penalty, reward) in effects.items():
        y += penalty * (frame[name] <= 6) + reward * (frame[name] >= 9)
    return low_high(frame.assign(y=y), dict.fromkeys(effects, (6, 9)))


def test_each_class_has_its_pattern():
    effects = {"safe": (-1.5, 0.0), "speed": (-1.0, 1.0), "gift": (0.0, 1.5), "colour": (0.0, 0.0), "so": (-0.1, 0.04)}
    frame = answers(effects)
    found = penalty_reward(moment_sums(frame, ["y", *frame.columns[6:]]), "y", list(effects), matters=0.25)
    assert found.table["class"].to_dict() == {
        "safe": "must-be",
        "speed": "performance",
        "gift": "delighter",
        "colour": "indifferent",
        "so": "indifferent",
    }
    assert found.table["penalty"]["safe"] == pytest.approx(-1.5, abs=0.15)
    assert found.intercept == pytest.approx(7, abs=0.2)
    unsaid = penalty_reward(moment_sums(frame, ["y", *frame.columns[6:]]), "y", list(effects))
    assert unsaid.table["class"]["colour"] == "uncertain"
    few = answers(effects, 100, noise=4.0)
    assert (
        penalty_reward(moment_sums(few, ["y", *few.columns[6:]]), "y", list(effects), 0.25).table["class"]
        == "uncertain"
    ).any()


@pytest.mark.parametrize("clustered", [False, True])
def test_the_coefficients_and_their_robust_errors_are_those_of_least_squares(clustered):
    import statsmodels.api as sm

    frame = answers({"a": (-1.0, 0.5), "b": (-0.5, 1.0)}, 400)
    frame["person"] = np.arange(400) // 4
    names = ["a: low", "a: high", "b: low", "b: high"]
    how = {"cov_type": "cluster", "cov_kwds": {"groups": frame["person"]}} if clustered else {"cov_type": "HC1"}
    fit = sm.OLS(frame["y"], sm.add_constant(frame[names])).fit(**how)
    moments = moment_sums(frame, ["y", *names], unit="person" if clustered else None)
    found = penalty_reward(moments, "y", ["a", "b"])
    told = found.table[["penalty", "reward"]].to_numpy().ravel()
    errors = found.table[["penalty_se", "reward_se"]].to_numpy().ravel()
    assert told == pytest.approx(fit.params[names].to_numpy())
    assert errors == pytest.approx(np.asarray(fit.bse)[1:])
    contrast = fit.t_test([0, 1, 1, 0, 0])
    assert found.table["asymmetry_se"]["a"] == pytest.approx(float(np.ravel(contrast.sd)[0]))
    assert found.intercept == pytest.approx(fit.params["const"])


def test_ratings_without_a_middle_or_an_end_are_refused():
    frame = answers({"a": (-1.0, 1.0)}, 50)
    with pytest.raises(DataFault, match="no low answers"):
        sums = moment_sums(frame.assign(**{"a: low": 0.0}), ["y", "a: low", "a: high"])
        penalty_reward(sums, "y", ["a"])
    with pytest.raises(DataFault, match="no middle answers"):
        sums = moment_sums(frame.assign(**{"a: low": 1 - frame["a: high"]}), ["y", "a: low", "a: high"])
        penalty_reward(sums, "y", ["a"])
    with pytest.raises(DataFault, match="others determine"):
        twice = frame.rename(columns=lambda c: c.replace("a:", "b:")).drop(columns=["a", "y"]).join(frame)
        penalty_reward(moment_sums(twice, ["y", "a: low", "a: high", "b: low", "b: high"]), "y", ["a", "b"])
    with pytest.raises(DataFault, match="low_high"):
        penalty_reward(moment_sums(frame, ["y"]), "y", ["a"])
    with pytest.raises(DataFault, match="below the high"):
        low_high(frame, {"a": (9, 6)})
    missing = low_high(pd.DataFrame({"a": [1.0, np.nan, 8.0, 10.0]}), {"a": (6, 9)})
    assert missing["a: low"].isna().tolist() == [False, True, False, False]
    assert missing["a: high"].dropna().tolist() == [0, 0, 1]
