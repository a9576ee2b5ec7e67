"""Planned against actual: each kind of deviation by hand, judged as far as people got, and what goes with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from contact_log import contact_log as read

import workbench as wb
from workbench import models
from workbench.steps.map import JourneyMap

START = pd.Timestamp("2025-01-01")
STEPS = ["a", "b", "c", "d"]


def people_of(log):
    people = {}
    for place, (who, what, day) in enumerate(log):
        people.setdefault(who, []).append((day, place, what))
    return [[(what, day) for day, _, what in sorted(moves)] for moves in people.values()]


def by_hand(moves, steps, allowed):
    """One person's deviations, (step, kind), and what the fitness of the path is."""
    moves = [(what, day) for what, day in moves if what in steps]
    if not moves:
        return None
    first, visits, last = {}, 0, None
    many = dict.fromkeys(steps, 0)
    for place, (what, day) in enumerate(moves):
        first.setdefault(what, (place, day))
        if last is None or last[0] != what or day - last[1] >= 1:
            many[what] += 1
            visits += 1
        last = (what, day)
    reach = max(steps.index(what) for what in first)
    found = {(step, "skipped") for step in steps[:reach] if step not in first}
    found |= {(step, "repeated") for step in steps if many[step] > 1}
    for at, step in enumerate(steps):
        if step in first:
            if any(first[later][0] < first[step][0] for later in steps[at + 1 :] if later in first):
                found.add((step, "out of order"))
            earlier = [one for one in steps[:at] if one in first]
            if step in allowed and earlier and first[step][1] - first[earlier[-1]][1] > allowed[step]:
                found.add((step, "too late"))
    wrong = sum(kind == "skipped" for _, kind in found) + visits - len(first)
    wrong += 2 * sum(kind == "out of order" for _, kind in found)
    return found, 1 - wrong / (reach + 1 + visits)


def random_log(seed, people=200):
    rng = np.random.default_rng(seed)
    return [
        (f"p{person}", [*STEPS, "x"][rng.integers(0, 5)], float(day))
        for person in range(people)
        for day in np.round(rng.uniform(0, 12, rng.integers(1, 9)), 1)
    ]


def test_every_kind_is_as_counted_person_by_person(tmp_path):
    log, allowed = random_log(1), {"b": 2.0, "d": 3.0}
    journey = read(tmp_path, log)
    told = [one for moves in people_of(log) if (one := by_hand(moves, STEPS, allowed)) is not None]
    within = {step: f"{days:g} days" for step, days in allowed.items()}
    found = wb.deviations(journey, steps=STEPS, within=within, minimum_base=1).table
    counted = {(row.step, row.deviation): row.people for row in found.itertuples()}
    wanted = {}
    for each, _ in told:
        for one in each:
            wanted[one] = wanted.get(one, 0) + 1
    assert counted == wanted
    whole = wb.conformance(journey, steps=STEPS, within=within).table.iloc[0]
    assert whole["n"] == len(told)
    assert whole["value"] == pytest.approx(100 * sum(not each for each, _ in told) / len(told))
    assert whole["fitness"] == pytest.approx(100 * np.mean([fitness for _, fitness in told]))
    late = [any(kind == "too late" for _, kind in each) for each, _ in told]
    assert whole["too late %"] == pytest.approx(100 * np.mean(late))


def test_nobody_is_judged_beyond_the_furthest_step_reached(tmp_path):
    log = [(f"p{person}", what, day) for person in range(20) for day, what in enumerate("ab")]
    log += [("end", what, day + 50) for day, what in enumerate("abcd")]
    journey = read(tmp_path, log)
    found = wb.conformance(journey, steps=STEPS, within={"c": "1 day"}, minimum_base=1)
    assert found.table["value"].iloc[0] == 100 and found.table["fitness"].iloc[0] == 100
    assert set(wb.deviations(journey, steps=STEPS).table["people"]) == {0}
    assert "Nobody leaves" in wb.deviations(journey, steps=STEPS, minimum_base=1).sentence


def test_contacts_in_a_row_are_one_visit_unless_they_are_a_day_apart(tmp_path):
    log = []
    for person in range(30):
        log += [(f"p{person}", "a", 0), (f"p{person}", "a", 0.2), (f"p{person}", "b", 1)]
        log += [(f"p{person}", "b", 3)] if person < 10 else []
    found = wb.deviations(read(tmp_path, log), steps=["a", "b"]).table
    assert found[["step", "deviation", "people", "n"]].values.tolist() == [["b", "repeated", 10, 30]]


def test_optional_steps_and_steps_nobody_was_seen_at_are_not_judged(tmp_path):
    log = [(f"p{person}", what, day) for person in range(20) for day, what in enumerate("ad")]
    log += [("q", "b", 0)]
    journey = read(tmp_path, log)
    assert wb.conformance(journey, steps=["a", "b", "d"]).table["skipped %"].iloc[0] > 90
    found = wb.conformance(journey, steps=["a", "b", "d"], optional=["b"])
    assert found.table["value"].iloc[0] == 100 and "optional, not judged: b" in found.method
    with pytest.raises(wb.DataFault, match="no step called"):
        wb.conformance(journey, steps=["a", "bb"])


def test_groups_are_tested_and_small_ones_hidden(tmp_path):
    log = []
    for person in range(126):
        region = "tiny" if person >= 120 else ("north", "south", "east")[person % 3]
        steps = "ac" if region == "north" and person % 4 else "abc"
        log += [(f"p{person}", what, day, region) for day, what in enumerate(steps)]
    found = wb.conformance(read(tmp_path, log, segments=["region"]), by="region", steps=["a", "b", "c"])
    assert "beyond chance (p under 0.001)" in found.sentence and "tiny" not in found.sentence
    assert found.to_frame().set_index("region").loc["tiny"].drop("hidden").isna().all()


def test_what_goes_with_a_deviation_is_what_the_other_measures_say(study):
    journey = study.journey
    found = wb.deviations(journey)
    row = found.table.set_index(["step", "deviation"]).loc[("first-contact", "skipped")]
    moves = journey.at_any_step().of_kind("event").to_frame()
    moves = moves[moves["person"].notna() & moves["time"].notna()]
    order = {step: place for place, step in enumerate(journey.step_order)}
    reach = moves["step"].map(order).groupby(moves["person"]).max()
    base = set(reach.index[reach >= order["first-contact"]])
    there = set(moves.loc[moves["step"] == "first-contact", "person"])
    assert (row["people"], row["n"]) == (len(base - there), len(base))
    table = pd.DataFrame({"person": sorted(base), "was": ["no" if one in there else "yes" for one in sorted(base)]})
    marked = journey.marked("was", journey.engine.table(table), "marked by hand")
    gap = wb.compare(marked, "nps", {"was": "yes"}, {"was": "no"}).table.set_index("group")
    assert row["nps difference"] == pytest.approx(gap.loc["difference", "value"])
    assert row["nps difference"] < -5 and row["p nps"] < 0.05  # who was not called scores lower: planted
    rate = wb.complaint_rate(marked, by="was").table.set_index("was")["value"]
    assert row["complaints"] == pytest.approx(rate["yes"]) and row["complaints of others"] == pytest.approx(rate["no"])
    assert "associations" in found.method
    for by in ("segment", "persona"):
        assert len(wb.conformance(journey, by=by, optional=["Looks for who supplies"]).table) >= 3


MAP = """
stages:
  - name: Billed
    steps:
      - {id: first-bill, name: First bill}
      - {id: asks, name: Asks, within: 14 days}
"""


def test_the_map_says_what_time_is_allowed(loaded):
    drawn = models.build(models.parse(MAP, "map.yaml"), JourneyMap, "map.yaml")
    assert drawn.planned["asks"].within == 14 * 86_400_000_000 and drawn.planned["first-bill"].within is None
    assert drawn.finding().table["within"].tolist() == ["", "14 days"]
    for wrong, words in (
        ("14 dys", 'did you mean "days"'),
        ("14", "a number above 0 and a unit"),
        ("0 days", "above 0"),
    ):
        with pytest.raises(wb.DataFault, match=words):
            models.build(models.parse(MAP.replace("14 days", wrong), "map.yaml"), JourneyMap, "map.yaml")
    study = wb.open_study(loaded)
    plain = study.map.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert plain["stages"][1]["steps"][1].pop("within") == "30 days"
    study.save("map", plain)
    assert "too late %" not in wb.conformance(study.journey).table
    plain["stages"][1]["steps"][1]["within"] = "14 days"
    study.save("map", plain)
    assert study.map.step("first-contact").within == "14 days"
    late = wb.deviations(study.journey).table.set_index(["step", "deviation"]).loc[("first-contact", "too late")]
    assert late["people"] > 1000
    assert "within 14 days" in wb.conformance(study.journey).method


def test_whose_key_made_the_pseudonyms_does_not_show(tmp_path, monkeypatch):
    seen = []
    for number in range(2):
        monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / f"settings{number}"))
        journey = read(tmp_path, random_log(7))
        both = wb.deviations(journey, steps=STEPS), wb.conformance(journey, steps=STEPS)
        seen.append([(one.to_frame().to_csv(), one.summary()) for one in both])
    assert seen[0] == seen[1]


def test_no_map_no_moves_one_person_and_ten_thousand_steps(tmp_path):
    journey = read(tmp_path, [("a", "a", 0), ("a", "c", 3)])
    with pytest.raises(wb.DataFault, match="no map that says"):
        wb.conformance(journey)
    assert wb.conformance(journey, steps=["a", "c"]).to_frame()["value"].isna().all()
    assert "No step is large enough" in wb.deviations(journey, steps=["a", "c"]).sentence
    log = [(f"p{step % 500}", f"step {step:05d}", (step * 7919 % 10_000) / 100) for step in range(10_000)]
    many = read(tmp_path, log, "many")
    found = wb.deviations(many, steps=many.distinct("step"))
    assert len(found.table) <= 100 and "rarer deviations are left out" in found.method
    assert len(found.plot().to_json()) < 100_000 and len(found.summary()) < 5_000
    assert wb.conformance(many, steps=many.distinct("step")).table["n"].iloc[0] == 500


def test_what_is_no_plan_is_refused(tmp_path):
    journey = read(tmp_path, [(f"p{person}", step, day) for person in range(20) for day, step in enumerate("abc")])
    for asked in (
        {"steps": ["a", ["b", "c"]]},
        {"steps": 5},
        {"steps": "abc"},
        {"within": "2 days"},
        {"within": ["b"]},
    ):
        for one in (wb.conformance, wb.deviations):
            with pytest.raises(wb.DataFault, match=next(iter(asked))):
                one(journey, **({"steps": ["a", "b"]} | asked))
    with pytest.raises(wb.DataFault, match="1,000 years"):
        wb.conformance(journey, steps=["a", "b"], within={"b": "999999 years"})
    with pytest.raises(wb.DataFault, match='"npss"'):
        wb.deviations(journey, steps=["a", "b"], of="npss")


def test_attributes_called_as_the_counts_are_refused(tmp_path):
    names = ("place", "value", "gap", "caution", "fits", "skipped", "next_step")
    log = [
        (f"p{person}", step, day, *(["x", "y"][person % 2] for _ in names))
        for person in range(40)
        for day, step in enumerate("ab")
    ]
    journey = read(tmp_path, log, segments=list(names))
    for name in names:
        with pytest.raises(wb.DataFault, match=name):
            wb.conformance(journey, name, steps=["a", "b"])
