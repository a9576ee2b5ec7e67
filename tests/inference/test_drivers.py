"""Key drivers: shares of R2 against brute force, what they add up to, and what is refused."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    adjusted_drivers,
    binary_drivers,
    key_drivers,
    moment_sums,
    moments_of,
    patterns,
    relative_weights,
)


def ratings(n=150, k=4, seed=1, **more):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    frame = pd.DataFrame({f"t{j}": np.round(7 + common + rng.normal(size=n)) for j in range(k)})
    frame["y"] = frame @ np.linspace(0.5, 0.1, k) + rng.normal(size=n)
    return frame.assign(**more)


def r_squared(frame, outcome, names, w=None):
    """R2 of weighted least squares, the plain way."""
    w = np.ones(len(frame)) if w is None else np.asarray(w, float)
    x = np.column_stack([np.ones(len(frame)), frame[list(names)].to_numpy(float)]) * np.sqrt(w)[:, None]
    y = frame[outcome].to_numpy(float)
    rest = y * np.sqrt(w) - x @ np.linalg.lstsq(x, y * np.sqrt(w), rcond=None)[0]
    return 1 - rest @ rest / (w @ (y - w @ y / w.sum()) ** 2)


def over_all_orders(frame, outcome, names, w=None):
    """The definition: what each adds when its turn comes, over all orders."""
    added = dict.fromkeys(names, 0.0)
    for order in itertools.permutations(names):
        for place, name in enumerate(order):
            gain = r_squared(frame, outcome, order[: place + 1], w) - r_squared(frame, outcome, order[:place], w)
            added[name] += gain / math.factorial(len(names))
    return added


DRIVERS = ["t0", "t1", "t2", "t3"]


@pytest.mark.parametrize("weighted", [False, True])
def test_the_shares_are_the_mean_over_all_orders(weighted):
    frame = ratings(w=np.random.default_rng(4).uniform(0.2, 3, 150))
    w = frame["w"] if weighted else None
    found = key_drivers(moment_sums(frame, ["y", *DRIVERS], "w" if weighted else None), "y", DRIVERS)
    assert found.table["lmg"].to_dict() == pytest.approx(over_all_orders(frame, "y", DRIVERS, w))
    assert found.r2 == pytest.approx(r_squared(frame, "y", DRIVERS, w))
    assert found.table["first"]["t2"] == pytest.approx(r_squared(frame, "y", ["t2"], w))
    others = [name for name in DRIVERS if name != "t2"]
    assert found.table["last"]["t2"] == pytest.approx(found.r2 - r_squared(frame, "y", others, w))
    assert found.table["vif"]["t2"] == pytest.approx(1 / (1 - r_squared(frame, "t2", others, w)))
    assert (found.n_effective < found.n) == weighted


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.integers(1, 7))
def test_shares_add_up_and_no_part_is_negative(seed, k):
    names = [f"t{j}" for j in range(k)]
    moments = moment_sums(ratings(60, k, seed), ["y", *names])
    found, weights = key_drivers(moments, "y", names), relative_weights(moments, "y", names)
    for parts in (found.table["lmg"], weights.table["weight"]):
        assert parts.sum() == pytest.approx(found.r2) and (parts > -1e-12).all()
    assert found.table["share"].sum() == pytest.approx(1)
    if k <= 2:  # both ways to split are the same for two drivers
        assert list(found.table["lmg"]) == pytest.approx(list(weights.table["weight"]))


def test_uncorrelated_drivers_have_their_squared_correlations():
    grid = pd.DataFrame(itertools.product([0, 1], repeat=3), columns=["a", "b", "c"])
    grid["y"] = 3 * grid["a"] + 2 * grid["b"] - grid["c"]
    found = key_drivers(moment_sums(grid, ["y", "a", "b", "c"]), "y", ["a", "b", "c"])
    assert list(found.table["lmg"]) == pytest.approx([9 / 14, 4 / 14, 1 / 14])
    assert list(found.table["direction"]) == ["+", "+", "-"]
    assert list(found.table["vif"]) == pytest.approx([1, 1, 1])


def test_people_twice_are_weights_of_two():
    frame = ratings(w=2.0)
    twice = key_drivers(moment_sums(pd.concat([frame, frame]), ["y", *DRIVERS]), "y", DRIVERS)
    weighted = key_drivers(moment_sums(frame, ["y", *DRIVERS], "w"), "y", DRIVERS)
    assert twice.table["lmg"].to_dict() == pytest.approx(weighted.table["lmg"].to_dict())
    assert (twice.n, weighted.n) == (300, 150)


def test_sums_of_an_engine_are_as_good_as_rows():
    frame = ratings()
    names = ["y", *DRIVERS]
    sums = pd.DataFrame({"n": [1.0] * 150, "w": 1.0, "ww": 1.0}).join(frame[names])
    for i, j in itertools.combinations_with_replacement(range(len(names)), 2):
        sums[f"{names[i]}*{names[j]}"] = frame[names[i]] * frame[names[j]]
    batches = sums.groupby(np.arange(150) % 7).sum()
    found = key_drivers(moments_of(batches, names, rows=160), "y", DRIVERS)
    plain = key_drivers(moment_sums(frame, names), "y", DRIVERS)
    assert found.table["lmg"].to_dict() == pytest.approx(plain.table["lmg"].to_dict())
    assert (found.n, found.n_before) == (150, 160)


def test_what_was_not_shown_is_kept_apart_from_what_is_missing():
    frame = ratings()
    frame.loc[[0, 1, 2], "t0"] = np.nan
    frame.loc[[2, 3], "t1"] = np.nan
    hidden = pd.DataFrame({"t0": [True, True, True] + [False] * 147})
    moments = moment_sums(frame, ["y", *DRIVERS], not_shown=hidden)
    assert (moments.rows, moments.answers, moments.not_shown, moments.incomplete) == (150, 146, 2, 2)
    assert moments.missing.loc["t0"].to_dict() == {"not_shown": 3, "other": 0}
    assert moments.missing.loc["t1"].to_dict() == {"not_shown": 0, "other": 2}
    found = key_drivers(moments, "y", DRIVERS)
    assert (found.n, found.n_before) == (146, 150)
    assert any("2 of 150 left out: a question was not shown" in note for note in found.notes)
    plain = key_drivers(moment_sums(frame.dropna(), ["y", *DRIVERS]), "y", DRIVERS)
    assert found.table["lmg"].to_dict() == pytest.approx(plain.table["lmg"].to_dict())


def test_a_suppressor_and_collinear_drivers_are_told():
    rng = np.random.default_rng(2)
    a = rng.normal(size=400)
    frame = pd.DataFrame({"a": a, "b": a + 0.3 * rng.normal(size=400)})
    frame["y"] = 2 * frame["a"] - frame["b"] + rng.normal(size=400)
    found = key_drivers(moment_sums(frame, ["y", "a", "b"]), "y", ["a", "b"])
    assert found.table["beta"]["b"] < 0 < found.table["r"]["b"]
    assert list(found.table["direction"]) == ["+", "unclear"] and found.table["suppressor"]["b"]
    assert found.table["collinear"].all() and any("VIF above 5" in note for note in found.notes)


def test_drivers_that_others_determine_are_refused_by_name():
    frame = ratings().assign(total=lambda f: f["t0"] + f["t2"])
    with pytest.raises(DataFault, match="total is a combination of t0, t2"):
        key_drivers(moment_sums(frame, ["y", *DRIVERS, "total"]), "y", [*DRIVERS, "total"])
    with pytest.raises(DataFault, match="total is a combination of t0, t2"):
        relative_weights(moment_sums(frame, ["y", *DRIVERS, "total"]), "y", [*DRIVERS, "total"])


def test_what_no_model_can_be_made_of_is_refused():
    frame = ratings().assign(flat=5.0, word="x")
    moments = moment_sums(frame, ["y", *DRIVERS, "flat"])
    for drivers, told in (
        ([*DRIVERS, "flat"], "no variation in flat"),
        (["t9"], "no sums for"),
        (["t0", "t0"], "twice"),
        (["y"], "twice"),
        ([], "at least one driver"),
        ([f"t{j}" for j in range(16)], "at most 15"),
    ):
        with pytest.raises(DataFault, match=told):
            key_drivers(moments, "y", drivers)
    with pytest.raises(DataFault, match="5 complete answers"):
        key_drivers(moment_sums(frame[:5], ["y", *DRIVERS]), "y", DRIVERS)
    with pytest.raises(DataFault, match="0 complete answers"):
        key_drivers(moment_sums(frame.assign(t0=np.nan), ["y", *DRIVERS]), "y", DRIVERS)
    with pytest.raises(DataFault, match="text"):
        moment_sums(frame, ["y", "word"])
    with pytest.raises(DataFault, match="weight above 0"):
        moment_sums(frame.assign(w=-1.0), ["y"], "w")


def test_nothing_explained_is_said_and_not_shared():
    grid = pd.DataFrame(itertools.product([0, 1], repeat=3), columns=["a", "b", "y"])
    found = key_drivers(moment_sums(grid, ["y", "a", "b"]), "y", ["a", "b"])
    assert found.r2 == pytest.approx(0) and found.table["share"].isna().all()
    assert any("nothing to share" in note for note in found.notes)


def test_a_confounder_is_taken_out_of_outcome_and_drivers_alike():
    frame = ratings(n=200)
    frame["channel"] = np.tile(["app", "phone", "shop", "web"], 50)
    shift = frame["channel"].map({"app": 0, "phone": 2, "shop": 5, "web": 1})
    frame["t3"] += shift
    frame["y"] += 2 * shift
    moments = moment_sums(frame, ["y", *DRIVERS], categories=["channel"])
    assert moments.dummies["channel"] == ("channel: phone", "channel: shop", "channel: web")
    found = adjusted_drivers(moments, "y", DRIVERS, ["channel"])
    within = frame[["y", *DRIVERS]] - frame.groupby("channel")[["y", *DRIVERS]].transform("mean")
    by_hand = over_all_orders(within, "y", DRIVERS)
    assert found.after.table["lmg"].to_dict() == pytest.approx(by_hand)
    assert found.table["change"].sum() == pytest.approx(0)
    assert found.table["rank_before"]["t3"] == 1 and found.table["change"]["t3"] < -0.2
    with pytest.raises(DataFault, match="t0 determined by the confounders"):
        key_drivers(moment_sums(frame.assign(c=2 * frame["t0"]), ["y", "c", *DRIVERS]), "y", DRIVERS, ["c"])


def test_drivers_of_a_yes_or_no_are_split_over_all_orders():
    import statsmodels.api as sm

    frame = ratings(300)
    frame["y"] = (frame["y"] > frame["y"].median()).astype(int)
    names = ["t0", "t1", "t2"]
    found = binary_drivers(patterns(frame, ["y", *names]), "y", names)

    def mcfadden(inside):
        return sm.Logit(frame["y"], sm.add_constant(frame[list(inside)])).fit(disp=0).prsquared if inside else 0.0

    for name in names:
        gains = []
        for order in itertools.permutations(names):
            place = order.index(name)
            gains.append(mcfadden(order[: place + 1]) - mcfadden(order[:place]))
        assert found.table["part"][name] == pytest.approx(np.mean(gains), rel=1e-6)
    assert found.r2 == pytest.approx(mcfadden(names)) and found.table["share"].sum() == pytest.approx(1)


def test_a_driver_that_is_the_event_itself_is_refused():
    frame = pd.DataFrame({"y": [0, 0, 1, 1] * 10, "same": [1, 2, 8, 9] * 10, "t": [1, 5, 2, 4] * 10})
    with pytest.raises(DataFault, match="completely"):
        binary_drivers(patterns(frame, ["y", "same", "t"]), "y", ["same", "t"])
    with pytest.raises(DataFault, match="nobody with the event"):
        binary_drivers(patterns(frame.assign(y=0), ["y", "t"]), "y", ["t"])
    with pytest.raises(DataFault, match="0 or 1"):
        binary_drivers(patterns(frame.assign(y=3), ["y", "t"]), "y", ["t"])
