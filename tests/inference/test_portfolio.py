"""Options together: overlaps counted once, the best set in every draw, the frontier, what turns the choice, what to learn."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference import (
    best_in_draws,
    best_set,
    best_sets,
    evpi,
    evppi,
    evsi,
    flip,
    frontier,
    how_often_chosen,
    next_step,
    portfolio,
    seeded,
    sets,
    study_worth,
    value_by,
    value_of,
    values_of,
)


def by_hand(worth, chosen, overlap="largest"):
    """What a set brings, in plain Python."""
    if overlap == "sum":
        return sum(sum(worth[i]) for i in chosen)
    cells = [[worth[i][c] for i in chosen] for c in range(len(worth[0]))]
    return sum(max([0, *cell]) + min([0, *cell]) for cell in cells)


def every_set(options, requires=(), excludes=(), at_least_one=()):
    """All sets that keep the rules, smaller ones first, then in order."""
    return [
        chosen
        for size in range(options + 1)
        for chosen in itertools.combinations(range(options), size)
        if all(b in chosen for a, b in requires if a in chosen)
        and all(sum(i in chosen for i in set(group)) <= 1 for group in excludes)
        and all(any(i in chosen for i in group) for group in at_least_one)
    ]


def by_trying_all(worth, cost, budget, rules, overlap):
    """The best set: of equal value the cheapest, of equal cost the smallest, then the first; None where there is none."""
    found = [(by_hand(worth, one, overlap), sum(cost[i] for i in one), one) for one in every_set(len(cost), *rules)]
    paid = [one for one in found if one[1] <= budget + 1e-9]
    most = max((value for value, _, _ in paid), default=None)
    tied = [one for one in paid if one[0] >= most - 1e-9]
    least = min((price for _, price, _ in tied), default=None)
    return next((list(chosen) for _, price, chosen in tied if price <= least + 1e-9), None)


def unbeaten_by_trying_all(worth, cost, rules, overlap):
    """The sets that no cheaper or equally dear one beats."""
    found = [(sum(cost[i] for i in one), by_hand(worth, one, overlap), one) for one in every_set(len(cost), *rules)]
    kept, most = [], -np.inf
    for _, value, chosen in sorted(found, key=lambda one: (round(one[0], 6), -round(one[1], 6))):
        if value > most + 1e-7:
            kept.append(list(chosen))
            most = value
    return kept


def chosen_in(mask):
    return [np.flatnonzero(one).tolist() for one in mask]


WHOLE = st.integers(-3, 5).map(float)  # many ties
MONEY = st.integers(-500, 800).map(lambda cents: cents / 100)


@st.composite
def problems(draw):
    """Worth of a few options in a few cells, often shared, costs, a budget and rules."""
    options, cells = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    number = draw(st.sampled_from([WHOLE, MONEY]))
    acts = st.one_of(st.just(0.0), number, number)
    worth = draw(
        st.lists(st.lists(acts, min_size=cells, max_size=cells), min_size=options, max_size=options), label="worth"
    )
    cost = draw(st.lists(st.integers(0, 6).map(float), min_size=options, max_size=options), label="cost")
    place = st.integers(0, options - 1)
    pairs = st.tuples(place, place).filter(lambda pair: pair[0] != pair[1])
    group = st.lists(place, min_size=1, max_size=3, unique=True)
    rules = (
        draw(st.lists(pairs, max_size=2)) if options > 1 else [],
        draw(st.lists(group, max_size=2)),
        draw(st.lists(group, max_size=1)),
    )
    return worth, cost, float(draw(st.integers(0, int(sum(cost)) + 1))), rules, draw(st.sampled_from(sets.OVERLAPS))


def test_of_several_options_in_one_cell_the_largest_gain_counts_once():
    worth = [[5.0, 0.0], [3.0, 2.0], [-1.0, 0.0], [-4.0, -1.0]]
    assert value_of(worth, [True, True, False, False]) == 5 + 2
    assert value_of(worth, [True, False, True, True]) == 5 - 4 - 1  # of two harms the larger, once
    assert value_of(worth, [True, True, True, True], "sum") == 5 + 5 - 1 - 5
    assert value_of(worth, [False] * 4) == 0
    parts = value_by(worth, [True, True, False, True], ["points", "complaints"])
    assert parts == {"points": 5 - 4, "complaints": 2 - 1}


def test_values_of_sets_in_draws_are_those_of_each_alone():
    rng = seeded(1)
    worth = rng.normal(size=(7, 11, 9)) * (rng.random((11, 9)) < 0.6)
    masks = rng.random((30, 11)) < 0.5
    for overlap in sets.OVERLAPS:
        found = values_of(worth, masks, overlap)
        for draw, one in itertools.product(range(7), range(30)):
            assert found[draw, one] == pytest.approx(by_hand(worth[draw], np.flatnonzero(masks[one]), overlap))
        assert value_of(worth[:, None], masks, overlap) == pytest.approx(found)


def test_gains_counted_twice_would_choose_wrongly():
    worth = [[10.0, 0.0], [9.0, 0.0], [0.0, 4.0]]  # two ways to mend one step, and one to mend another
    assert best_set(worth, [1, 1, 1], 2) == [0, 2]
    assert best_set(worth, [1, 1, 1], 2, overlap="sum") == [0, 1]


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_programme_finds_the_set_that_trying_all_finds(problem):
    worth, cost, budget, rules, overlap = problem
    expected = by_trying_all(worth, cost, budget, rules, overlap)
    if expected is None:
        with pytest.raises(DataFault, match="no set of options within"):
            best_sets(worth, cost, budget, *rules, overlap=overlap)
    else:
        found = best_sets(worth, cost, budget, *rules, how_many=1, overlap=overlap)[0]
        assert found.chosen == expected
        assert found.value == pytest.approx(by_hand(worth, expected, overlap), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_best_sets_are_told_in_order(problem):
    worth, cost, budget, rules, overlap = problem
    values = sorted(
        (by_hand(worth, one, overlap) for one in every_set(len(cost), *rules) if sum(cost[i] for i in one) <= budget),
        reverse=True,
    )
    if values:
        found = best_sets(worth, cost, budget, *rules, how_many=4, overlap=overlap)
        assert [one.value for one in found] == pytest.approx(values[:4], abs=1e-9)
        assert len({tuple(one.chosen) for one in found}) == len(found)


@settings(max_examples=100, deadline=None)
@given(problems(), st.integers(0, 2**32 - 1))
def test_the_best_set_of_each_draw_is_the_one_that_trying_all_finds(problem, seed):
    worth, cost, budget, rules, overlap = problem
    rng = seeded(seed)
    drawn = np.asarray(worth) * rng.integers(0, 3, (5, len(cost), 1))
    prices = np.asarray(cost) * rng.integers(1, 3, (5, len(cost)))
    expected = [
        by_trying_all(one, price, budget, rules, overlap) or [] for one, price in zip(drawn, prices, strict=True)
    ]
    assert chosen_in(best_in_draws(drawn, prices, budget, *rules, overlap=overlap)) == expected


def test_how_often_each_option_is_chosen_agrees_with_trying_all():
    rng = seeded(2)
    worth = rng.normal(2, 3, (40, 6, 4)) * (rng.random((6, 4)) < 0.7)
    cost, rules = rng.uniform(1, 9, (40, 6)), ([(0, 1)], [(2, 3)], [])
    chosen = [by_trying_all(one, price, 12, rules, "largest") for one, price in zip(worth, cost, strict=True)]
    share = [sum(option in one for one in chosen) / 40 for option in range(6)]
    assert how_often_chosen(worth, cost, 12, *rules).tolist() == pytest.approx(share)
    assert min(share) < 0.5 < max(share)


def test_listing_and_solving_choose_alike_where_much_is_tied(monkeypatch):
    rng = seeded(3)
    worth = rng.integers(-2, 4, (12, 8, 5)).astype(float)
    cost = rng.integers(0, 4, (12, 8)).astype(float)
    rules = {"requires": [(0, 1), (1, 2)], "excludes": [(3, 4, 5)], "at_least_one": [(6, 7)]}
    told = []
    listed = best_in_draws(worth, cost, 6, **rules, progress=lambda done, of: told.append((done, of)))
    monkeypatch.setattr(portfolio, "LISTED", 0)
    solved = best_in_draws(worth, cost, 6, **rules, progress=lambda done, of: told.append((done, of)))
    assert chosen_in(solved) == chosen_in(listed)
    assert told[0] == (12, 12) and told[1:] == [(done, 12) for done in range(1, 13)]


def test_small_parts_of_the_draws_give_what_all_at_once_give(monkeypatch):
    rng = seeded(4)
    worth, cost = rng.normal(1, 2, (33, 7, 6)), rng.uniform(0, 5, 7)
    whole = best_in_draws(worth, cost, 9)
    monkeypatch.setattr(sets, "AT_ONCE", 200)
    assert chosen_in(best_in_draws(worth, cost, 9)) == chosen_in(whole)


def test_equal_values_never_go_by_chance():
    same = np.tile([[4.0], [4.0], [4.0]], (3, 1, 1))
    assert chosen_in(best_in_draws(same, [2.0, 1.0, 1.0], 3)) == [[1]] * 3  # the cheapest, then the first
    assert best_set([[4.0], [4.0], [4.0]], [2.0, 1.0, 1.0], 3) == [1]
    assert best_set([[4.0, 0.0], [0.0, 0.0]], [1.0, 0.0], 3) == [0]  # what brings nothing is left, though it is free
    assert best_set([[2.0, 0], [2.0, 0], [0, 1.0]], [0, 0, 0], 0) == [0, 2]


def test_two_hundred_options_with_rules_and_shared_steps_are_solved():
    rng = seeded(5)
    worth = np.zeros((200, 60))
    for option in range(200):
        worth[option, rng.choice(60, 3, replace=False)] = rng.normal(5, 3, 3)
    cost = rng.uniform(1, 20, 200)
    requires = [(option, int(rng.integers(0, option))) for option in range(1, 200) if rng.random() < 0.2]
    excludes = [tuple(rng.choice(200, 2, replace=False).tolist()) for _ in range(20)]
    budget = 0.2 * cost.sum()
    first, second = best_sets(worth, cost, budget, requires, excludes)
    assert first.cost <= budget and first.value > second.value
    assert all(b in first.chosen for a, b in requires if a in first.chosen)
    assert all(len(set(pair) & set(first.chosen)) <= 1 for pair in excludes)
    assert first.value == pytest.approx(by_hand(worth, first.chosen))
    taken = set(first.chosen)
    for out, come in itertools.product([None, *first.chosen], [None, *(set(range(200)) - taken)]):  # no swap is better
        other = (taken - {out}) | ({come} - {None})
        keeps = all(b in other for a, b in requires if a in other) and all(len(set(p) & other) < 2 for p in excludes)
        if keeps and cost[list(other)].sum() <= budget:
            assert value_of(worth, np.isin(np.arange(200), list(other))) <= first.value + 1e-9


@settings(max_examples=100, deadline=None)
@given(problems())
def test_the_frontier_is_the_one_that_trying_all_finds(problem):
    worth, cost, _, rules, overlap = problem
    expected = unbeaten_by_trying_all(worth, cost, rules, overlap)
    if not expected:
        with pytest.raises(DataFault, match="no set of options that keeps the rules"):
            frontier(worth, cost, *rules, overlap=overlap)
    else:
        found = frontier(worth, cost, *rules, overlap=overlap)
        assert [one.chosen for one in found.sets] == expected
        assert found.method == f"all {len(every_set(len(cost), *rules)):,} sets that keep the rules compared"


def test_a_frontier_of_many_options_holds_only_sets_that_nothing_cheaper_beats(monkeypatch):
    rng = seeded(6)
    worth, cost = rng.normal(2, 3, (9, 6)), rng.uniform(1, 9, 9)
    rules = {"excludes": [(0, 1)], "at_least_one": [(7, 8)]}
    whole = frontier(worth, cost, **rules)
    monkeypatch.setattr(portfolio, "LISTED", 0)
    some = frontier(worth, cost, **rules, budgets=[17.5], points=5)
    assert some.method == "the best set at each of 6 budgets, each solved exactly"
    assert 2 < len(some.sets) < len(whole.sets)
    assert all(one.chosen in [other.chosen for other in whole.sets] for one in some.sets)
    assert best_set(worth, cost, 17.5, **rules) in [one.chosen for one in some.sets]
    assert (some.sets[0].chosen, some.sets[-1].chosen) == (whole.sets[0].chosen, whole.sets[-1].chosen)


def test_what_the_next_pound_buys():
    front = frontier([[10.0], [14.0]], [5.0, 9.0])
    assert [one.chosen for one in front.sets] == [[], [0], [1]]
    more = next_step(front, 6)
    assert (more.now.chosen, more.next.chosen) == ([0], [1])
    assert (more.beyond, more.cost, more.value) == (3, 4, 4)
    assert (more.comes_in, more.goes_out) == ([1], [0])
    assert next_step(front, 9) is None
    dear = next_step(frontier([3.0], [5.0], at_least_one=[(0,)]), 1)
    assert (dear.now, dear.beyond, dear.cost, dear.value, dear.comes_in) == (None, 4, 5, 3, [0])


def test_the_point_at_which_a_choice_flips():
    # the first is better while its weight is above 0.8, and within the budget while costs are below 1.25 times
    def by_weight(times):
        return tuple(best_set([10.0 * times, 8.0], [4.0, 4.0], 4))

    turn = flip(by_weight)
    assert turn.now == (0,) and turn.decision_below == (1,)
    assert turn.below == pytest.approx(0.8, rel=2e-3) and by_weight(turn.below) == turn.decision_below
    assert turn.above is None and turn.decision_above is None
    dear = flip(lambda times: tuple(best_set([10.0], [4.0 * times], 5)))
    assert (dear.below, dear.decision_above) == (None, ()) and dear.above == pytest.approx(1.25, rel=2e-3)
    signed = flip(lambda x: x > -0.3, start=0.0, low=-1.0, high=1.0)
    assert signed.below == pytest.approx(-0.3, abs=2e-3) and signed.above is None


def test_the_nearest_flip_is_told_where_there_are_several():
    turn = flip(lambda x: sum(x >= edge for edge in (0.3, 0.7, 1.4, 6.0)))
    assert (turn.now, turn.decision_below, turn.decision_above) == (2, 1, 3)
    assert (turn.below, turn.above) == (pytest.approx(0.7, rel=2e-3), pytest.approx(1.4, rel=2e-3))


@pytest.mark.parametrize(("mean", "sd"), [(0.5, 1.0), (2.0, 4.0), (-12.0, 30.0)])
def test_the_worth_of_knowing_a_normal_gain_is_that_of_the_formula(mean, sd):
    rng = seeded(7)
    gain = rng.normal(mean, sd, 20_000)
    values = np.column_stack([np.zeros(20_000), gain + rng.normal(0, sd, 20_000)])  # and what else nobody knows
    exact = study_worth(mean, sd, 50, 7 * sd)
    known, asked = evppi(values, gain), evsi(values, gain, n=50, n0=49)
    assert abs(known.value - exact.evpi) < 4 * known.se and known.se < 0.05 * sd
    assert abs(asked.value - exact.evsi) < 4 * asked.se + 0.01 * sd
    assert asked.value < known.value < evpi(values).value
    alone = np.column_stack([np.zeros(20_000), gain])
    assert evppi(alone, gain).value == pytest.approx(evpi(alone).value, rel=0.02)


def test_what_is_worth_nothing_to_know():
    rng = seeded(8)
    gain = rng.normal(3, 1, 4000)
    values = np.column_stack([np.zeros(4000), gain, gain - 9])
    beside = rng.normal(size=4000)
    assert evppi(values, beside).value == pytest.approx(0, abs=1e-6)  # it tells nothing of the gains
    assert evppi(values, np.full(4000, 2.0)).value == 0
    assert evppi(values[:, [1]], gain).value == evpi(values[:, [1]]).value == 0  # nothing to choose between


def test_a_number_with_few_values_is_known_by_its_means():
    coin = np.repeat([0.0, 1.0], 2000)
    values = np.column_stack([np.zeros(4000), np.where(coin > 0, 6.0, -2.0)])
    assert evppi(values, coin).value == pytest.approx(1.0)  # -2 is avoided every other time
    assert evsi(values, coin, n=3, n0=1).value == pytest.approx(0.5 * (2 + math.sqrt(0.75) * 4) - 2)


def test_values_that_bend_are_followed():
    rng = seeded(9)
    number = rng.normal(size=40_000)
    values = np.column_stack([np.full(40_000, 0.5), np.maximum(number, 0) ** 2])
    known = evppi(values, number)
    assert known.value == pytest.approx(evpi(values).value, rel=0.05)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(2, 60))
def test_knowing_one_number_is_never_worth_more_than_knowing_all(seed, choices, draws):
    rng = seeded(seed)
    number = rng.normal(size=draws)
    values = rng.normal(size=(draws, choices)) + number[:, None] * rng.normal(size=choices)
    all_known, known = evpi(values).value, evppi(values, number).value
    studies = [evsi(values, number, n, 20).value for n in (1, 10, 1000)]
    assert 0 <= studies[0] <= studies[1] + 1e-12 and studies[2] <= known + 1e-12 <= all_known + 2e-12


@pytest.mark.parametrize(
    "call",
    [
        lambda: best_sets([[1.0], [np.nan]], [1, 1], 5),
        lambda: best_sets([[1.0], [2.0]], [1, -1], 5),
        lambda: best_sets([[1.0], [2.0]], [1, np.nan], 5),
        lambda: best_sets([[1.0], [2.0]], [1], 5),
        lambda: best_sets([[1.0], [2.0]], [1, 1], 5, overlap="both"),
        lambda: best_in_draws(np.ones((3, 2, 1)), np.ones((2, 2)), 5),
        lambda: best_in_draws(np.ones((3, 2, 1)), [1, 1], np.nan),
        lambda: frontier([[1.0], [2.0]], [1, 1], requires=[(0, 5)]),
        lambda: value_of([[1.0], [2.0]], [True]),
        lambda: value_by([[1.0], [2.0]], [True, True], ["a", "b"]),
        lambda: values_of(np.ones((2, 3)), np.ones((1, 3))),
        lambda: flip(lambda x: x, start=20.0),
        lambda: evppi(np.ones((5, 2)), np.ones(4)),
        lambda: evppi(np.ones((1, 2)), np.ones(1)),
        lambda: evsi(np.ones((5, 2)), np.ones(5), n=0, n0=1),
        lambda: evsi(np.ones((5, 2)), np.ones(5), n=1, n0=-1),
    ],
)
def test_what_cannot_be_chosen_among_is_a_fault(call):
    with pytest.raises(DataFault):
        call()
