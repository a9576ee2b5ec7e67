"""The panel of hypotheses: claims said on a form, on record before the look, changed in the table, judged when asked."""

from __future__ import annotations

import pytest
from test_panels import HOSTILE, opened

import workbench as wb
from workbench.steps.measure.claim_words import people_as_text, people_of_text, sentence
from workbench.steps.measure.claims import Hypothesis

NORTH = {"attribute": "region", "value": "North", "than": "South", "step": "first-bill", "matters": "10"}


@pytest.fixture
def study(home):
    """A study whose data nobody has looked at."""
    return wb.open_study("water-billing")


def filled(panel, **words):
    for name, value in words.items():
        panel.form.fields[name].value = value
    return panel.form.fields["claim"].value


def record(panel, claim):
    return next(one["cells"]["record"] for one in panel.table.grid.rows if one["id"] == claim)


def test_a_claim_is_said_on_a_form_and_on_record_before_anybody_looked(study):
    panel = opened("hypotheses", study)
    said = filled(panel, **NORTH, direction="lower", planned="400")
    assert said == "Customers with region North recommend us less at First bill arrives than those with region South"
    assert "in 40 of 100 such studies" in panel.form.foreseen.value
    filled(panel, claim=f"The North is cross {HOSTILE}")
    filled(panel, matters="20")
    assert "in 93 of 100" in panel.form.foreseen.value
    panel.form.button.click()
    one = study.hypotheses.hypotheses[-1]
    assert (one.id, one.claim) == ("region-nps-first-bill", f"The North is cross {HOSTILE}")
    assert (one.compare, one.against, one.direction, one.matters) == (
        {"region": "North"},
        {"region": "South"},
        "lower",
        20,
    )
    assert study.registered[one.id].seen is False and not study.looked and not (study.path / "frames").exists()
    assert "Declared before the data were looked at" in panel.status.value
    assert "too small" not in panel.planned.shown["sentence"] and panel.planned.finding.table["n"].tolist() == [400]
    assert "<img" not in panel.status.value + panel.static() and "&lt;img" in panel.static()
    again = wb.new_study("again")
    exec(panel.code.code, {"study": again})  # noqa: S102 - the lines that an analyst copies
    assert again.hypotheses.hypotheses[-1] == one and again.registered[one.id].fingerprint == one.fingerprint


def test_what_is_missing_on_the_form_is_said_and_nothing_is_saved(study):
    panel, before = opened("hypotheses", study), (study.path / "hypotheses.yaml").read_bytes()
    for words, told in (
        ({"matters": "10"}, "who is compared?"),
        ({"attribute": "region", "value": "North", "matters": "a lot"}, "a number"),
        ({"outcome": "complaint", "matters": "0.5"}, "a ratio above 1"),
        ({"design": "before and after a day", "outcome": "nps"}, "From which day on"),
    ):
        filled(panel, **words)
        panel.form.button.click()
        assert told in panel.status.value, panel.status.value
    assert (study.path / "hypotheses.yaml").read_bytes() == before


def test_cells_are_saved_as_they_are_written_and_a_design_is_changed_whole(study):
    panel = opened("hypotheses", study)
    ask = panel.table.ask
    ask({"do": "set", "id": "leaflet", "key": "with", "value": "region: North or South", "was": "leaflet: no"})
    assert study.hypotheses.hypotheses[-1].against == {"region": ["North", "South"]}
    ask({"do": "set", "id": "leaflet", "key": "since", "value": "2025-06-01", "was": None})
    one = study.hypotheses.hypotheses[-1]
    assert str(one.since) == "2025-06-01" and one.compare == {} == one.against
    line = panel.table.code
    ask({"do": "undo"})
    assert study.hypotheses.hypotheses[-1].compare == {"leaflet": "yes"}
    exec(line, {"study": study})  # noqa: S102 - the line that an analyst copies
    assert study.hypotheses.hypotheses[-1] == one
    with pytest.raises(wb.DataFault, match="attribute: value"):
        ask({"do": "set", "id": "leaflet", "key": "compare", "value": "leaflet", "was": None})
    ask({"do": "set", "id": "leaflet", "key": "step", "value": "first-bil", "was": None})
    assert 'did you mean "first-bill"' in panel.table.grid.faults["leaflet"]["step"]
    study.edit("hypotheses").set("called-first", "matters", 11)  # somebody else
    panel.look_again()
    assert next(one["cells"]["matters"] for one in panel.table.grid.rows if one["id"] == "called-first") == 11


def test_opening_judges_nothing(study):
    panel = opened("hypotheses", study)
    assert not (study.path / "frames").exists() and panel.judged.shown == {} and not study.registered
    assert "Nobody has looked" in panel.before.value and "region" in panel.known.attributes
    assert {"nps", "csat"} <= set(panel.known.measures) and panel.table.grid.faults == {}


def test_a_claim_changed_after_the_look_is_a_new_version(home):
    study = wb.new_study("late")
    said = {"claim": "It helps", "compare": {"leaflet": "yes"}, "matters": 10}
    study.edit("hypotheses").add({"id": "leaflet"} | said)
    panel = opened("hypotheses", study)
    assert record(panel, "leaflet") == "not yet: it would be before the look"
    assert "Nobody has looked" in panel.before.value
    study.log("loaded the sources")  # the data were loaded: everything declared from here on is late
    panel.refresh()
    panel.buttons_["record"].click()
    assert "after the look" in record(panel, "leaflet") and panel.warned.value == ""
    panel.table.ask({"do": "set", "id": "leaflet", "key": "matters", "value": 12, "was": 10})
    assert "changed since version 1" in record(panel, "leaflet")
    assert "Changed after the data had been looked at: leaflet" in panel.warned.value
    panel.buttons_["record"].click()
    assert record(panel, "leaflet").endswith("version 2") and study.registered["leaflet"].version == 2
    panel.table.ask({"do": "remove", "id": "leaflet"})
    assert "Taken out after the data had been looked at: leaflet" in panel.warned.value


def test_claims_are_judged_when_asked_with_what_is_chosen_from_the_data(shared):
    panel = opened("hypotheses", shared)
    assert panel.judged.shown == {} and shared.journey is not None
    panel.refresh()
    assert "North" in panel.known.attributes["region"] and panel.table.grid.faults == {}
    panel.buttons_["judge"].click()
    panel.work.wait(120)
    assert panel.status.value == "" and panel.judged.finding.sentence == shared.judge().sentence
    shown = [title for title, _ in panel.fields["verdicts"].options]
    assert "NPS differences" in shown and shown[-1] == "How the hypotheses were judged"
    panel.fields["verdicts"].value = 1
    assert panel.judged.shown["figure"]["data"]


def test_a_suggested_claim_of_the_template_is_declared_by_a_click(home):
    study = wb.new_study("mine", template="utility-billing")
    panel = opened("hypotheses", study)
    asked = [id for _, id in panel.fields["suggested"].options]
    assert asked == ["announced-bill", "announced-complaints", "settled-at-once"]
    panel.buttons_["take"].click()
    panel.buttons_["fill"].click()
    filled(panel, value="no", than="yes", direction="higher")
    panel.form.button.click()
    ids = [one.id for one in study.hypotheses.hypotheses]
    assert ids == ["announced-bill", "announced-complaints"] == list(study.registered)
    assert study.hypotheses.hypotheses[1].compare == {"announced": "no"}
    assert [one.id for one in study.suggested] == ["settled-at-once"] and panel.status.value.startswith(
        '<p class="wb-good"'
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"outcome": "time", "step": "a", "to": "b", "compare": {"x": "1"}, "matters": 1.2},
            "take another time from A to B",
        ),
        (
            {"since": "2025-06-01", "direction": "higher", "matters": 5},
            "Since 2025-06-01 customers recommend us more over",
        ),
        (
            {"dose": "waits", "outcome": "own_rating", "direction": "lower", "matters": 1},
            "more waits rate own rating lower",
        ),
    ],
)
def test_every_design_has_its_sentence(said, words):
    one = Hypothesis.model_validate({"id": "x", "claim": "-"} | said)
    assert words in sentence(one, {"a": "A", "b": "B"})


def test_people_in_a_cell_come_back_as_they_were():
    people = {"segment": "owner", "region": ["North", "South"], "way": "call or chat"}
    assert people_of_text(people_as_text(people), {"way": ["call or chat"]}) == people
    assert people_of_text("") == {}
