"""The same study, the same questions, the same numbers: on the embedded engine and on Spark."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import narwhals as nw
import pytest
from same import same_answer, same_finding, same_rows, same_table

import workbench as wb
from workbench import cases as cases_module
from workbench.cases import asked, cases
from workbench.engine import ADJACENT, distinct, rows
from workbench.panels import asking
from workbench.steps.measure import MEASURES

# Measures that must be told more than a journey, and what they are told here.
TOLD: dict[str, dict[str, Any]] = {
    "compare_personas": {"a": "Settled family", "b": "Renter on the move"},
    "before_after": {"when": "2025-07-01", "of": "csat"},
    "compare": {"of": "nps", "group": {"segment": "owner"}, "against": {"segment": "tenant"}},
    "difference_in_differences": {"when": "2025-07-01", "group": {"segment": "owner"}, "of": "nps"},
    "kano": {"pairs": {"bill": ("csat · First bill arrives", "csat · Moves in")}},
    "weighting": {"margins": {"segment": {"owner": 0.5, "tenant": 0.4, "landlord": 0.1}}},
}
# Measures that ask very much are asked less here, and all of it at night.
NIGHTLY = bool(os.environ.get("WORKBENCH_NIGHTLY"))
LESS: dict[str, dict[str, Any]] = {
    "crosstab": {"rows": "nps", "by": "segment"},
}
LATE = {"deviations", "distribution", "drift", "propose_personas"}  # of many questions each: asked at night only
# Measures that Spark cannot work out: each says so in a DataFault with these words.
NOT_ON_SPARK: dict[str, str] = {}
SPLITS = ("nps",)  # asked by every split; with WORKBENCH_NIGHTLY each measure is

VERBS: dict[str, Callable[[Any], Any]] = {
    "at_steps": lambda journey: journey.at_steps("first-bill", "moves-in"),
    "at_any_step": lambda journey: journey.at_any_step(),
    "moves": lambda journey: journey.at_any_step().moves(),
    "moves of some": lambda journey: journey.at_steps("first-bill", "moves-in", "asks-about-bill").moves(),
    "on_channels": lambda journey: journey.on_channels("phone"),
    "of_wave": lambda journey: journey.of_wave("2025-07"),
    "of_kind": lambda journey: journey.of_kind("answer", "comment"),
    "of_measure": lambda journey: journey.of_measure("nps", "csat"),
    "between": lambda journey: journey.between("2025-03-01", "2025-07-01"),
    "where": lambda journey: journey.where(segment=["owner", "tenant"], kind="answer"),
    "where persona": lambda journey: journey.where(persona="Settled family"),
    "observed": lambda journey: journey.observed(),
    "of_whole_journey": lambda journey: journey.of_whole_journey(),
    "people_with": lambda journey: journey.people_with(kind="complaint"),
    "people_without": lambda journey: journey.people_without(step="first-contact", kind="event"),
    "marked": lambda journey: journey.marked("loud", _loud(journey), "who complained", otherwise="no").where(loud="no"),
}


def _loud(journey: Any) -> Any:
    heard = distinct(journey.of_kind("complaint").records.lazy.select("person"))
    return heard.filter(~nw.col("person").is_null()).with_columns(nw.lit("yes").alias("loud"))


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_keeps_the_same_records(both, verb):
    one, other = VERBS[verb](both.embedded), VERBS[verb](both.spark)
    assert one.trail == other.trail
    for by in (("source", "kind"), ("step", "segment")):
        same_table(one.count(by=by), other.count(by=by))
    assert one.base() == other.base()


@pytest.mark.parametrize("score", [False, True, ((9, 10, 100), (0, 6, -100))], ids=["values", "mean", "ranges"])
@pytest.mark.parametrize("by", [(), ("step",), ("step", "segment"), ("persona",)], ids=str)
def test_counts_and_sums_over_people_are_the_same(both, by, score):
    same_table(*(journey.count(by=by, of="nps", score=score) for journey in (both.embedded, both.spark)))


def test_what_comes_next_is_the_same(both):
    columns = ["order", "person", *ADJACENT]
    for step in ("at load", "again"):
        frames = [both.embedded, both.spark]
        if step == "again":
            frames = [one.at_steps("first-bill", "moves-in", "asks-about-bill").adjoined() for one in frames]
        assert same_rows(*(one.records.lazy.select(*columns) for one in frames), "order") > 1000


def test_paths_are_the_same(both):
    some = ("first-bill", "moves-in", "asks-about-bill")
    assert same_rows(both.embedded.paths(), both.spark.paths(), "person") > 1000
    assert same_rows(*(one.at_steps(*some).paths() for one in (both.embedded, both.spark)), "person") > 1000
    whole = [one.people_with(kind="complaint").paths() for one in (both.embedded, both.spark)]
    assert same_rows(*whole, "person") > 100


def test_the_same_frames_are_put_together(both):
    one, other = both.embedded.join(both.embedded.of_kind("event")), both.spark.join(both.spark.of_kind("event"))
    assert one.faults == other.faults and len(one) == len(other) > len(both.embedded)
    columns = ["order", "person", *ADJACENT]
    same_rows(one.records.lazy.select(*columns), other.records.lazy.select(*columns), "order")


@pytest.mark.parametrize("unit", ["response", "person"])
@pytest.mark.parametrize("study", ["both", "wide"])
def test_answers_side_by_side_are_the_same(request, study, unit, monkeypatch):
    two = request.getfixturevalue(study)
    monkeypatch.setattr(cases_module, "ALONE", 100)  # so that people are dealt into batches
    found = []
    for journey in (two.embedded, two.spark):
        put = cases(journey, asked(journey, "nps", "csat"), ["segment"], unit)
        columns = list(put.questions)[:3]
        found.append((len(put), put.patterns([*columns, "segment"], False), put.sums(columns), put.weighted()))
    (n, patterns, sums, weighted), (other_n, other_patterns, other_sums, other_weighted) = found
    assert (n, weighted) == (other_n, other_weighted) and len(sums) > 100
    same_table(patterns, other_patterns)
    same_table(sums, other_sums)


def test_answers_kept_wide_are_the_same_records(wide):
    assert wide.embedded.wide and wide.spark.wide
    for by in (("measure", "state"), ("step", "wave", "kind")):
        same_table(wide.embedded.count(by=by), wide.spark.count(by=by))
    columns = ["order", "person", "time", "step", "measure", "value", "state", "weight"]
    answers = [one.of_measure("nps").records.lazy.select(*columns) for one in (wide.embedded, wide.spark)]
    assert same_rows(*answers, "order") > 1000
    same_finding(wb.nps(wide.embedded), wb.nps(wide.spark))


def _asked(name: str, journey: Any, by: Any = None) -> Any:
    one = MEASURES[name]
    words = TOLD.get(name) or (LESS.get(name) if by is None and not NIGHTLY else None)
    if words:
        return one.function(journey, **words)
    return asking.ask(one, journey, next(iter(asking.subjects(one, journey)), None), by)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_gives_the_same_finding(both, name):
    one = MEASURES[name]
    assert name in TOLD or not asking._more(one), f"say in TOLD what {name} is told"
    if name in LATE and not NIGHTLY:
        pytest.skip("asked at night: make nightly")
    if name in NOT_ON_SPARK:
        _asked(name, both.embedded)
        with pytest.raises(wb.DataFault, match=NOT_ON_SPARK[name]):
            _asked(name, both.spark)
        return
    answered = same_answer(lambda journey: _asked(name, journey), both.embedded, both.spark)
    assert answered or name not in TOLD


def _splits(journey: Any) -> list[Any]:
    return [by for _, by in asking.groupings(journey)]


@pytest.mark.parametrize("name", MEASURES if NIGHTLY else SPLITS)
def test_a_measure_by_its_splits_is_the_same(both, name):
    if name in TOLD or name in NOT_ON_SPARK or "by" not in asking.signature_of(MEASURES[name]):
        pytest.skip("it takes no split")
    found = 0
    for by in _splits(both.embedded):
        if len(by) < 2 or NIGHTLY:
            found += same_answer(lambda journey, by=by: _asked(name, journey, by), both.embedded, both.spark)
    assert found or name not in SPLITS


def test_what_a_study_says_is_the_same(both, monkeypatch):
    one, other = both.studies
    for study, address in ((one, "embedded"), (other, "local[2]")):
        monkeypatch.setenv("WORKBENCH_ENGINE", address)
        found = [study.surprises(), study.hot_spots()]
        if NIGHTLY:
            found += [study.judge(), study.rank_solutions(), study.map_finding()]
        if address == "embedded":
            first = found
    for embedded, spark in zip(first, found, strict=True):
        same_finding(embedded, spark)


def test_an_attribute_worked_out_can_be_asked_by(both):
    two = [one.marked("loud", _loud(one), "who complained", otherwise="no") for one in (both.embedded, both.spark)]
    assert rows(two[1].people.lazy.group_by("loud").agg(nw.len().alias("n")))["n"].sum() == len(both.embedded.people)
    same_finding(wb.nps(two[0], by="loud"), wb.nps(two[1], by="loud"))
