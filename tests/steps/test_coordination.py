"""The coordination map: which loops are closed, which skip, break or never close, where trouble is predicted, what helps."""

from __future__ import annotations

import itertools
from itertools import combinations, product

import pytest

from workbench import models
from workbench.faults import DataFault
from workbench.steps.map import LOOP, Intervention, JourneyMap, Loop, Stage, Step, left_out
from workbench.steps.map.coordination import state

NAMED = ", ".join(f"{{id: {one}, name: Step {one.upper()}}}" for one in ("a", "b", "c", "d"))
STEPS = f"stages: [{{name: All, steps: [{NAMED}]}}]\n"


def drawn(loops, more=""):
    return models.build(models.parse(f"{STEPS}loops: [{loops}]\n{more}", "map.yaml"), JourneyMap, "map.yaml")


def points(*those, **more):
    return [tuple(one) for one in drawn(*those).reactive_points(**more)]


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ("request: a, promise: b, perform: c, accept: d", "closed"),
        ("request: a, promise: a, perform: a, accept: a", "closed"),
        ("promise: b, perform: c, accept: d", "skips request"),
        ("request: a, perform: c, accept: d", "skips promise"),
        ("request: a, promise: b, accept: d", "skips perform"),
        ("perform: c, accept: d", "skips request and promise"),
        ("request: a, promise: b, perform: c", "never closed: performed and not accepted"),
        ("request: a, promise: b", "promised and not performed"),
        ("request: a", "requested and never answered"),
        ("perform: c", "skips request and promise; never closed: performed and not accepted"),
        ("request: a, promise: b, perform: c, accept: d, broken: [promise]", "broken: promise"),
        ("request: c, promise: b, perform: c, accept: d", "out of order: promise before request"),
        ("request: a, promise: b, perform: d, accept: c", "out of order: accept before perform"),
        ("request: a, accept: d", "skips promise and perform"),
        ("", "no act has a step yet"),
    ],
)
def test_the_state_of_a_loop_in_words(acts, state):
    loop = f"{{name: One, {acts}}}" if acts else "{name: One}"
    assert drawn(loop).coordination().table["state"].tolist() == [state]


def test_a_bill_that_nobody_asked_for_or_announced_is_predicted_where_it_arrives():
    (point,) = points("{name: The bill, perform: c}")
    assert point[:2] == ("c", "The bill")
    assert "perform without request or promise" in point[2] and "never accepted" in point[2]


@pytest.mark.parametrize(
    ("acts", "steps"),
    [
        ("request: a, promise: b, perform: c, accept: d", []),
        ("promise: b, perform: c, accept: d", ["b"]),  # felt where the act stands that comes too soon
        ("request: a, perform: c, accept: d", ["c"]),
        ("request: a, promise: b, perform: c", ["c"]),  # felt where it was performed and nobody asked
        ("request: a", ["a"]),
        ("request: a, perform: c", ["c"]),
        ("request: a, promise: b, perform: c, accept: d, broken: [promise, perform]", ["b", "c"]),
        ("request: a, promise: b, perform: d, accept: c", ["c"]),
        ("", []),
    ],
)
def test_where_a_reactive_point_will_be_felt(acts, steps):
    loop = f"{{name: One, {acts}}}" if acts else "{name: One}"
    assert [one.step for one in drawn(loop).reactive_points()] == steps


def test_every_loop_that_is_whole_and_in_order_is_closed_and_every_other_predicts_something():
    for acts in itertools.chain.from_iterable(itertools.combinations(LOOP, many) for many in range(1, 5)):
        told = ", ".join(f"{act}: {'abcd'[LOOP.index(act)]}" for act in acts)
        found = drawn(f"{{name: One, {told}}}")
        whole = acts == LOOP
        assert (found.coordination().table["state"][0] == "closed") is whole
        assert bool(found.reactive_points()) is not whole
        skipped = " ".join(one.why for one in found.reactive_points())
        assert all(act in skipped for act in left_out(acts))


def test_a_step_in_a_loop_is_not_counted_twice_and_one_in_no_loop_is_judged_by_itself():
    text = STEPS.replace("{id: c, name: Step C}", "{id: c, name: Step C, commitment: [perform]}")
    text = text.replace("{id: d, name: Step D}", "{id: d, name: Step D, commitment: [request, perform]}")
    found = models.build(models.parse(text + "loops: [{name: The bill, perform: c, accept: c}]", ""), JourneyMap)
    assert [tuple(one) for one in found.reactive_points()] == [
        ("c", "The bill", "perform without request or promise"),
        ("d", "", "perform without promise"),
    ]
    table = found.coordination().table
    assert table["loop"].tolist() == ["The bill", 'at "Step D" alone']


MENDED = """interventions:
  - {name: Call first, loop: The bill, sets: {request: b, promise: b}}
  - {name: Ask after, loop: The bill, sets: {accept: d}}
  - {name: Keep it, loop: The word, mends: [promise]}
"""
TWO = "{name: The bill, perform: c}, {name: The word, request: a, promise: b, perform: c, accept: d, broken: [promise]}"


def test_the_same_case_with_an_intervention():
    before = drawn(TWO, MENDED)
    assert [one[:2] for one in before.reactive_points()] == [("b", "The word"), ("c", "The bill")]
    eased = before.reactive_points("Call first")
    assert [one.step for one in eased] == ["b", "c"] and "without" not in eased[1].why
    assert [one[:2] for one in before.reactive_points(["Call first", "Ask after"])] == [("b", "The word")]
    assert before.reactive_points(["Call first", "Ask after", "Keep it"]) == []
    assert len(before.reactive_points()) == 2  # the map itself is as it was
    found = before.coordination(["Call first", "Ask after", "Keep it"])
    assert found.table["state"].tolist() == ["closed", "closed"]
    assert found.table["state before"].tolist() == [
        "skips request and promise; never closed: performed and not accepted",
        "broken: promise",
    ]
    assert found.sentence.startswith('With "Call first", "Ask after" and "Keep it" 2 of 2 reactive points go')


def test_which_reactive_points_go_which_stay_which_come():
    plans = MENDED + "  - {name: Too late, loop: The word, sets: {perform: a}}\n"
    found = drawn(TWO, plans)
    told = (
        found.interventions_finding(["Call first", "Ask after"]).table.set_index(["step", "loop"])["change"].to_dict()
    )
    assert told == {("b", "The word"): "stays", ("c", "The bill"): "goes"}
    all_of_them = found.interventions_finding().table.set_index(["step", "loop"])["change"].to_dict()
    assert all_of_them == {("a", "The word"): "comes", ("b", "The word"): "goes", ("c", "The bill"): "goes"}
    assert found.interventions_finding().to_frame()["step"].tolist() == ["Step A", "Step B", "Step C"]


def test_an_act_put_in_at_a_step_helps_its_own_commitments_and_brings_no_new_trouble():
    text = STEPS.replace("{id: b, name: Step B}", "{id: b, name: Step B, commitment: [promise, perform]}")
    text += "loops: [{name: The bill, perform: c}]\n"
    text += "interventions: [{name: Ask, loop: The bill, sets: {request: b}}, {name: End, loop: The bill, sets: {accept: d}}]"
    found = models.build(models.parse(text, ""), JourneyMap)
    assert [one[:2] for one in found.reactive_points()] == [("b", ""), ("c", "The bill")]
    assert [one[:2] for one in found.reactive_points("Ask")] == [("c", "The bill")]
    assert "d" not in [one.step for one in found.reactive_points("End")]


def test_names_that_are_not_there_get_the_near_word():
    found = drawn(TWO, MENDED)
    for ask in (found.coordination, found.reactive_points, found.interventions_finding):
        with pytest.raises(DataFault, match='did you mean "Call first"'):
            ask("Call frist")
    with pytest.raises(DataFault, match="no intervention"):
        drawn(TWO).interventions_finding()


def test_what_is_worth_telling_of_loops():
    found = drawn("{name: One, perform: c, broken: [promise]}", "interventions: [{name: Nothing, loop: One}]")
    told = [str(one) for one in found.check()]
    assert any("promise is broken and has no step" in one for one in told)
    assert any("changes nothing" in one for one in told)
    assert not drawn(TWO, MENDED).check()


def test_a_map_without_loops_says_so():
    found = drawn("")
    assert found.coordination().sentence == "No loop of commitments is drawn yet."
    assert found.coordination().table.empty and found.reactive_points() == []


def test_the_worked_case_of_the_sample_study(study):
    """People who use water unregistered: the bill is perform without request or promise, and a call before it closes the loop."""
    before = {(one.step, one.loop): one.why for one in study.map.reactive_points()}
    assert "perform without request or promise" in before["first-bill", "The bill for the water used"]
    after = {(one.step, one.loop) for one in study.map.reactive_points("Call before the bill")}
    assert after < set(before) and ("first-bill", "The bill for the water used") not in after
    assert set(study.map.coordination().table["state"]) >= {"closed", "requested and never answered"}


def by_hand(acts, broken):
    """What is wrong with a loop, act by act: (state, the step where it is felt)."""
    found, former = [], None
    for place, act in enumerate(LOOP):
        if act not in acts:
            continue
        missing = [
            one for one in LOOP[:place] if one not in acts and (former is None or LOOP.index(one) > LOOP.index(former))
        ]
        found += [(f"skips {' and '.join(missing)}", acts[act])] if missing else []
        found += [(f"broken: {act}", acts[act])] if act in broken else []
        if former and acts[act] < acts[former]:
            found.append((f"out of order: {act} before {former}", acts[act]))
        former = act
    ends = {
        "request": "requested and never answered", "promise": "promised and not performed",
        "perform": "never closed: performed and not accepted",
    }  # fmt: skip
    return found + ([(ends[former], acts[former])] if former in ends else [])


def test_every_set_of_acts_broken_or_not_in_every_order_is_told_as_by_hand():
    steps = [Step(id=f"s{at}", name=f"S{at}") for at in range(3)]
    for many in range(len(LOOP) + 1):
        for those in combinations(LOOP, many):
            for places, broken in product(product(["s0", "s1", "s2"], repeat=many), powerset(those)):
                acts = dict(zip(those, places, strict=True))
                loop = Loop(name="A", broken=list(broken), **acts)
                drawn = JourneyMap(stages=[Stage(name="All", steps=steps)], loops=[loop])
                told = by_hand(acts, broken)
                words = "; ".join(dict.fromkeys(one for one, _ in told)) or (
                    "closed" if acts else "no act has a step yet"
                )
                assert state(loop, drawn.names) == words
                assert {one.step for one in drawn.reactive_points()} == {step for _, step in told}


def powerset(those):
    return [broken for many in range(len(those) + 1) for broken in combinations(those, many)]


def test_interventions_that_cannot_both_be_are_told_and_one_named_twice_is_one():
    steps = [Step(id=f"s{at}", name=f"S{at}") for at in range(3)]
    plans = [
        Intervention(name="Call", loop="Bill", sets={"promise": "s0"}),
        Intervention(name="Letter", loop="Bill", sets={"promise": "s2"}),
    ]
    loop = Loop(name="Bill", perform="s1")
    drawn = JourneyMap(stages=[Stage(name="All", steps=steps)], loops=[loop], interventions=plans)
    both = drawn.coordination(["Call", "Letter"])
    assert both.cautions == ('"Call" and "Letter" set the promise of "Bill" at S0 and S2: the later of them is drawn.',)
    assert drawn.interventions_finding().cautions == both.cautions
    twice = drawn.coordination(["Call", "Call"])
    assert twice.cautions == () and '"Call" and' not in twice.sentence
    assert "none of 1 reactive point goes" in drawn.coordination("Call").sentence
