"""The best set under a budget, and how sure ranks and choices are."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    best_set,
    best_sets,
    equally_good_sets,
    how_often_chosen,
    normal_rank_shares,
    normal_ranking,
    p_top_k,
    portfolio,
    rank_shares,
    seeded,
    triangular,
)


def by_trying_all(value, cost, budget, requires=(), excludes=(), at_least_one=()):
    """The worth of the best set, from every set there is; None where none keeps the rules."""
    worth = [
        sum(value[i] for i in chosen)
        for size in range(len(value) + 1)
        for chosen in itertools.combinations(range(len(value)), size)
        if sum(cost[i] for i in chosen) <= budget + 1e-9
        and all(b in chosen for a, b in requires if a in chosen)
        and all(sum(i in chosen for i in set(group)) <= 1 for group in excludes)
        and all(any(i in chosen for i in group) for group in at_least_one)
    ]
    return max(worth, default=None)


def test_value_per_cost_would_choose_wrongly():
    # by value per cost the first is taken, and 60 of the budget lies idle
    assert best_set([50, 90, 90], [40, 50, 50], 100) == [1, 2]


def test_rules_between_options():
    value, cost = [10, 8, 6, 1], [1, 1, 1, 1]
    assert best_set(value, cost, 2) == [0, 1]
    assert best_set(value, cost, 2, requires=[(0, 3)]) == [1, 2]
    assert best_set(value, cost, 2, excludes=[(0, 1)]) == [0, 2]
    assert best_set(value, cost, 2, at_least_one=[(2, 3)]) == [0, 2]
    assert best_set(value, cost, 0) == []


def test_rules_that_cannot_be_kept_are_a_fault():
    with pytest.raises(DataFault, match="no set of options within 5"):
        best_set([1, 2], [10, 10], 5, at_least_one=[(0, 1)])


PLACES = st.integers(0, 5)
GROUPS = st.lists(st.lists(PLACES, min_size=1, max_size=3, unique=True), max_size=2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-5, 30), min_size=6, max_size=6),
    st.lists(st.integers(0, 20), min_size=6, max_size=6),
    st.integers(0, 60),
    st.lists(st.tuples(PLACES, PLACES).filter(lambda pair: pair[0] != pair[1]), max_size=2),
    GROUPS,
    GROUPS,
)
def test_no_set_is_better_than_the_best(value, cost, budget, requires, excludes, at_least_one):
    rules = (requires, excludes, at_least_one)
    best = by_trying_all(value, cost, budget, *rules)
    listed = how_often_chosen(value, cost, budget, *rules)
    if best is None:
        assert listed.sum() == 0
        with pytest.raises(DataFault):
            best_set(value, cost, budget, *rules)
    else:
        chosen = best_set(value, cost, budget, *rules)
        assert sum(value[i] for i in chosen) == pytest.approx(best)
        assert sum(cost[i] for i in chosen) <= budget
        assert all(b in chosen for a, b in requires if a in chosen)
        assert all(len(set(group) & set(chosen)) <= 1 for group in excludes)
        assert all(set(group) & set(chosen) for group in at_least_one)
        assert listed @ np.array(value) == pytest.approx(best)


def test_the_second_best_set_is_told():
    assert [s.chosen for s in best_sets([5, 4, 3], [1, 1, 1], 1, how_many=9)] == [[0], [1], [2], []]
    assert best_sets([5, 4, 3], [1, 1, 1], 2)[1] == ([0, 2], 8, 2)


def test_a_large_budget_is_not_overspent_by_a_little():
    # together 50 cents over a million
    assert best_set([6, 5], [500_000.25, 500_000.25], 1_000_000) == [0]


def test_listing_all_sets_and_solving_each_draw_choose_alike(monkeypatch):
    rng = seeded(3)
    value, cost = rng.normal(10, 4, (25, 8)), rng.uniform(1, 9, (25, 8))
    rules = {"requires": [(0, 1)], "excludes": [(2, 3, 4)], "at_least_one": [(5, 6)]}
    listed = how_often_chosen(value, cost, 20, **rules)
    monkeypatch.setattr(portfolio, "LISTED", 0)
    assert how_often_chosen(value, cost, 20, **rules) == pytest.approx(listed)
    assert 0 < listed.max() <= 1


def test_a_draw_that_leaves_no_set_chooses_nothing():
    cost = np.array([[1.0, 1.0], [9.0, 9.0]])
    assert how_often_chosen(np.ones((2, 2)), cost, 5, at_least_one=[(0,)]).tolist() == [0.5, 0.5]


def test_known_costs_need_one_row_only():
    value = np.array([[3.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 1.0]])
    assert how_often_chosen(value, [1.0, 1.0], 1).tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    "call",
    [
        lambda: best_set([1, 2], [1], 5),
        lambda: best_set([1, np.nan], [1, 1], 5),
        lambda: best_set([1, 2], [1, -1], 5),
        lambda: best_set([1, 2], [1, 1], np.inf),
        lambda: best_set([1, 2], [1, 1], 5, requires=[(0, 2)]),
        lambda: best_set([1, 2], [1, 1], 5, requires=[(0, 0)]),
        lambda: best_sets([1, 2], [1, 1], 5, how_many=0),
        lambda: how_often_chosen(np.ones((4, 2)), np.ones((3, 2)), 5),
        lambda: p_top_k(np.ones((3, 2)), 3),
        lambda: p_top_k(np.ones(3), 1),
        lambda: rank_shares(np.array([[1, np.nan]])),
        lambda: normal_rank_shares([1, 2], [1, 0]),
        lambda: triangular(seeded(1), 5, 4, 6, 3),
    ],
)
def test_options_that_cannot_be_are_refused(call):
    with pytest.raises(DataFault):
        call()


def test_two_normals_by_hand():
    shares = normal_rank_shares([1.0, 0.0], [0.6, 0.8])  # the difference is normal with mean 1 and sd 1
    assert shares == pytest.approx(np.array([[0.841344746, 0.158655254], [0.158655254, 0.841344746]]))


def test_three_draws_by_hand():
    draws = np.array([[3, 2, 1], [3, 1, 2], [1, 2, 2]])  # the last two tie once
    assert p_top_k(draws, 1) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert p_top_k(draws, 2) == pytest.approx([2 / 3, 2 / 3, 2 / 3])
    assert rank_shares(draws)[0] == pytest.approx([2 / 3, 0, 1 / 3])


@settings(deadline=None)
@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 2**31))
def test_places_are_all_given_out(options, draws, seed):
    table = seeded(seed).integers(0, 4, (draws, options)).astype(float)
    shares = rank_shares(table)
    assert shares.sum(axis=0) == pytest.approx(np.ones(options))
    assert shares.sum(axis=1) == pytest.approx(np.ones(options))
    assert all(p_top_k(table, k).sum() == pytest.approx(k) for k in range(1, options + 1))


def test_three_numbers_somebody_gave():
    draws = triangular(seeded(7), 2, 3, 10, 40_000)
    assert draws.min() >= 2 and draws.max() <= 10
    assert draws.mean() == pytest.approx(5, abs=0.05)  # (2 + 3 + 10) / 3
    assert (draws < 3).mean() == pytest.approx(1 / 8, abs=0.01)  # (3 - 2) / (10 - 2)
    assert triangular(seeded(7), 4, 4, 4, 3).tolist() == [4, 4, 4]
    many = triangular(seeded(7), np.array([0, 10]), np.array([0, 20]), np.array([1, 20]), (500, 2))
    assert (many[:, 0] <= 1).all() and (many[:, 1] >= 10).all()


def test_a_seed_gives_the_same_draws_again():
    assert seeded(42).random(3).tolist() == seeded(42).random(3).tolist()
    assert seeded(42).random() != seeded(43).random()


def test_drawn_and_exact_ranks_agree():
    mean, sd = np.array([3.0, 2.5, 1.0]), np.array([1.0, 2.0, 0.5])
    drawn, exact = rank_shares(seeded(11).normal(mean, sd, (40_000, 3))), normal_rank_shares(mean, sd)
    assert drawn == pytest.approx(exact, abs=0.01)


def test_a_ranking_tells_the_places_and_what_a_coin_buys():
    found = normal_ranking(["a", "b", "c"], [1.0, 3.0, 1.0], [0.5, 0.5, 0.5], k=2, cost=[2.0, 0.0, 1.0])
    assert found.table.index.tolist() == ["b", "a", "c"]
    assert found.places == pytest.approx(2)
    assert found.table.loc[["a", "c"], "p_top_k"].tolist() == pytest.approx([0.5, 0.5], abs=0.01)  # b is nearly sure
    assert found.table["expected_rank"].sum() == pytest.approx(1 + 2 + 3)
    assert found.table["value_per_cost"].isna().tolist() == [True, False, False]
    for wrong in ({"k": 4}, {"cost": [1.0, -1.0, 1.0]}, {"names": ["a", "a", "c"]}):
        with pytest.raises(DataFault):
            normal_ranking(**{"names": ["a", "b", "c"], "mean": [1, 3, 1], "sd": [1, 1, 1], **wrong})


def test_sets_that_are_equally_good_are_all_told():
    value, cost = [2.0, 2.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0]
    found = equally_good_sets(value, cost, 2)
    assert sorted(one.chosen for one in found) == [[0, 1], [0, 2], [1, 2]]
    assert len(equally_good_sets([3.0, 2.0, 1.0], [1.0, 1.0, 1.0], 2)) == 1
    assert len(equally_good_sets([1.0], [1.0], 0)) == 1  # only the empty set is within the budget
