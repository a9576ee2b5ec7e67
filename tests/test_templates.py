"""Templates of a new study: each is valid, worth starting from, and leaves to the team what is the team's to say."""

from __future__ import annotations

import re

import pytest

import workbench as wb
from workbench import models
from workbench.cli import main, parser
from workbench.faults import DataFault
from workbench.places import SHIPPED, TEMPLATES
from workbench.steps.map import LANES
from workbench.steps.measure.claims import Hypotheses

FILLED = TEMPLATES[1:-1]  # the last is the sample, a whole study
VITAL = ("doing", "expectation", "experience wanted", "what delivers it", "how we know")


def test_every_template_stands_in_the_package():
    assert sorted(one.name for one in SHIPPED.iterdir() if one.is_dir()) == sorted([*FILLED, "served", "workspace"])


@pytest.mark.parametrize("template", FILLED)
def test_a_study_made_from_a_template_can_be_used(project, template):
    study = wb.new_study("mine", template=template)
    assert study.check() == []
    drawn = study.map
    assert 6 <= len(drawn.steps) <= 12 and 2 <= len(drawn.hot_spots) <= 4
    assert study.scope.start == drawn.steps[0].id and study.scope.end == drawn.steps[-1].id
    assert 2 <= len(study.scope.open) < 10
    for step in drawn.steps:
        assert step.channels and step.contact and step.started_by, step.id
        assert all(step.lanes.get(lane) for lane in VITAL), step.id
        assert set(step.lanes) <= set(LANES)
    assert {one.mood for one in drawn.scenarios} == {"good", "bad"}
    assert drawn.loops and drawn.interventions and drawn.reactive_points()
    plans = [one.name for one in drawn.interventions]
    assert len(drawn.reactive_points(plans)) < len(drawn.reactive_points())


@pytest.mark.parametrize("template", FILLED)
def test_what_customers_feel_is_left_to_the_team(project, template):
    drawn = wb.new_study("mine", template=template).map
    assert all(step.emotion is None and step.trust is None for step in drawn.steps)
    treated = [one for run in drawn.scenarios for one in run.steps.values()]
    assert treated and all(one.emotion is None and one.trust is None for one in treated)


@pytest.mark.parametrize("template", FILLED)
def test_hypotheses_are_suggested_and_not_declared(project, template):
    study = wb.new_study("mine", template=template)
    assert study.hypotheses.hypotheses == [] and study.declare() == {}
    text = (study.path / "hypotheses.yaml").read_text(encoding="utf-8")
    marked = re.search(r"^# hypotheses:\n(#.*\n)+", text, re.M)
    assert marked and "for the team to declare" in text and "Nothing is declared yet" in text
    suggested = models.build(models.parse(re.sub(r"^# ", "", marked[0], flags=re.M), ""), Hypotheses).hypotheses
    assert 2 <= len(suggested) <= 3
    assert all(one.declared == "" for one in suggested)
    assert {one.step for one in suggested if one.step} <= set(study.map.names)


@pytest.mark.parametrize("template", FILLED)
def test_every_view_of_the_map_can_be_asked_of_it(project, template):
    study = wb.new_study("mine", template=template)
    drawn = study.map
    for found in (drawn.framework(), drawn.coordination(), drawn.runs(), drawn.blueprint(), drawn.treatments()):
        assert len(found.table) and found.sentence.endswith(".")
    assert len(study.worksheet().table) == len(drawn.steps)
    assert all(len(study.step(step).table) > 5 for step in drawn.names)


def test_blank_is_blank(project):
    study = wb.new_study("mine")
    assert study.map.steps == [] and study.check() == []


def test_a_study_of_ones_own_serves_as_a_template_and_goes_before_ours(project):
    wb.new_study("first", template="retail")
    assert wb.new_study("second", template="first").map.names == wb.open_study("first").map.names
    wb.new_study("retail")
    assert wb.new_study("third", template="retail").map.steps == []


def test_an_unknown_template_gets_the_near_word_and_the_list(project, capsys):
    with pytest.raises(DataFault, match='did you mean "retail"') as told:
        wb.new_study("mine", template="retial")
    assert all(one in str(told.value) for one in TEMPLATES)
    assert not (project / "data" / "mine").exists()
    assert main(["new", "mine", "--template", "contact-center"]) == 2
    assert 'did you mean "contact-centre"' in capsys.readouterr().err


def test_the_command_names_every_template():
    new = parser()._subparsers._group_actions[0].choices["new"].format_help()  # type: ignore[union-attr]
    said = re.sub(r"-\s+", "-", re.sub(r"\s+", " ", new))
    assert all(one in said for one in TEMPLATES)
