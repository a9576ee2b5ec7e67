"""Apply: the plan, what in it cannot be, and how it goes to calendars, ticket tools and departments."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from icalendar import Calendar

import workbench as wb
from workbench import models
from workbench.cli import main
from workbench.steps.apply import Actions, check, plan
from workbench.steps.apply.calendar import calendar
from workbench.steps.apply.checks import Asked
from workbench.steps.apply.department import own_steps
from workbench.steps.apply.tickets import tickets

TODAY = date(2025, 3, 1)
STEPS = {"first-bill": "First bill", "asks": "Asks about it"}
MEASURES = {
    "nps": Asked(0, 10, ("first-bill",)),
    "csat": Asked(1, 5, ("first-bill", "asks")),
    "emotion": Asked(1, 5, ("asks",)),
    "minutes waited": Asked(),  # a reading of the whole
}
HOSTILE = "<img src=x onerror=alert(1)>"


def action(**more):
    """An action as actions.yaml has it, in order unless something else is said."""
    plain = {
        "id": "train",
        "action": "Train callers",
        "kind": "training",
        "department": "Billing",
        "owner": "Head of billing",
    }
    plain |= {
        "start": "2025-02-01",
        "due": "2025-04-30",
        "measure": "nps",
        "step": "first-bill",
        "effect_from": "2025-06-01",
    }
    return plain | more


def actions(*those):
    return models.build({"actions": list(those)}, Actions, "actions.yaml")


def told(*those, today=TODAY):
    return check(actions(*those), ["call"], ["Billing", "Digital"], list(STEPS), MEASURES, ["segment"], today)


# -- the plan ---------------------------------------------------------------------------------------------------------


def test_the_plan_says_what_is_late_first_and_what_is_due_soon():
    found = plan(
        actions(
            action(id="early", action="Write", department="Digital", due="2025-03-31"),
            action(id="late", action="Ring", due="2025-02-15", status="doing"),
            action(id="done", action="Ask", due="2025-02-15", status="done"),
            action(id="gone", action="Sing", due="2025-02-15", status="dropped"),
        ),
        TODAY,
        STEPS,
    )
    assert found.table["id"].tolist() == ["late", "done", "gone", "early"]
    assert found.table["status"].tolist() == ["late", "done", "dropped", "planned"]
    assert found.sentence == (
        "4 actions in 2 departments: 1 late on 2025-03-01, 1 done, 1 planned, 1 dropped. "
        'Late: "Ring" (Billing, 2025-02-15). Due in the next 30 days: "Write" (Digital, 2025-03-31).'
    )
    assert found.table["measure"].iloc[0] == 'NPS at "First bill"'
    assert found.picture["kind"] == "gantt" and "2025-02-01 to 2025-02-15, late" in figures_of(found)


def figures_of(found):
    from workbench import figures

    return figures.alternative(found)


@pytest.mark.parametrize(("due", "soon"), [("2025-03-01", True), ("2025-03-31", True), ("2025-04-01", False)])
def test_due_today_is_not_late_and_thirty_days_ahead_is_soon(due, soon):
    found = plan(actions(action(due=due)), TODAY, STEPS)
    assert "none late" in found.sentence and ("Train callers" in found.sentence) is soon


def test_a_department_has_its_own_plan_and_an_empty_one_says_so():
    both = actions(action(), action(id="b", department="Digital"))
    assert plan(both, TODAY, STEPS, "Digital").table["id"].tolist() == ["b"]
    assert plan(both, TODAY, STEPS, "Legal").sentence == "Legal has no action."
    assert (
        plan(actions(), TODAY, STEPS).sentence == "No action is planned." and not plan(actions(), TODAY, STEPS).picture
    )


def test_the_time_line_is_drawn_by_department_and_marks_the_day_of_the_effect():
    those = [action(id=f"a{at}", action=f"Do {at} {HOSTILE}", department=f"D{at % 3}") for at in range(9)]
    drawn = plan(actions(*those, action(id="none", effect_from=None)), TODAY, STEPS).plot()
    marks = [trace for trace in drawn.data if trace.mode == "lines+markers"]
    assert len(marks) == 9 and {trace.x[1] for trace in marks} == {"2025-06-01"}
    written = " ".join(drawn.layout.yaxis.ticktext)
    assert all(f"<b>D{at}</b>" in written for at in range(3)) and "<img" not in written


# -- what cannot be ---------------------------------------------------------------------------------------------------


def test_a_plan_in_order_has_nothing_to_tell():
    assert (
        told(action(solution="call", target=-20, predicted=[1, 4, 8], treated={"segment": "a"}, unit="segment")) == []
    )


@pytest.mark.parametrize(
    ("more", "words", "weight"),
    [
        ({"solution": "cal"}, 'no solution called "cal"', "error"),
        ({"department": "Biling"}, 'did you mean "Billing"', "error"),
        ({"step": "asked"}, 'no step called "asked"', "error"),
        ({"measure": "nsp"}, 'did you mean "nps"', "error"),
        ({"treated": {"segmnt": "a"}}, 'did you mean "segment"', "error"),
        ({"unit": "branch"}, 'no attribute of people called "branch"', "error"),
        ({"step": "asks"}, "nps at asks, expected a step where it is asked", "note"),
        ({"target": 120}, "a target of 120 for nps, expected one on its scale, -100 to 100", "error"),
        ({"measure": "csat", "target": 85}, "a target of 85 for csat, expected one on its scale, 1 to 5", "error"),
        ({"measure": "complaint", "target": -3}, "0 to 1000 per 1,000 customers", "error"),
        (
            {"measure": "csat", "predicted": [1, 2, 9]},
            "a change of +9 expected of csat, expected at most the width",
            "error",
        ),
        ({"effect_from": "2025-02-20"}, "a target in the past: an effect from 2025-02-20", "error"),
        ({"due": "2025-02-15", "status": "doing"}, "late: due 2025-02-15, 14 days ago, and doing", "note"),
        ({"start": "2025-03-15", "status": "doing"}, "doing, and its start is 2025-03-15, after today", "note"),
        ({"status": "done", "finished": "2025-03-02"}, "finished on 2025-03-02, after today", "error"),
        ({"status": "done"}, "done, and no day, expected finished:", "note"),
        ({"finished": "2025-02-20"}, "finished 2025-02-20, and planned", "note"),
        (
            {"status": "done", "finished": "2025-02-20", "effect_from": "2025-02-10"},
            "an effect from 2025-02-10, and it was finished on 2025-02-20",
            "note",
        ),
        ({"unit": "segment"}, "unit: segment, and nothing says for whom", "note"),
        ({"kind": "communication", "media": "letter"}, "a communication without moment", "note"),
        ({"kind": "communication"}, "a communication without media and moment", "note"),
    ],
)
def test_what_cannot_be_or_is_worth_telling_is_told(more, words, weight):
    found = told(action(**more))
    assert [(fault.file, fault.column, fault.weight) for fault in found] == [("actions.yaml", "train", weight)]
    assert words in str(found[0]) and found[0].mend


@pytest.mark.parametrize(
    "more",
    [
        {"status": "dropped", "due": "2025-02-15", "effect_from": "2025-02-20"},
        {"status": "done", "finished": "2025-02-14", "due": "2025-02-15", "effect_from": "2025-02-20"},
        {"effect_from": "2025-03-01"},
        {"measure": "emotion", "step": "asks", "target": 40},
        {"measure": "complaint", "step": "asks", "target": 12},
        {"measure": "minutes waited", "step": "asks", "target": 4},
        {"kind": "communication", "media": "letter", "moment": "with the first bill"},
    ],
)
def test_what_is_in_order_is_not_told(more):
    assert told(action(**more)) == []


def test_what_is_not_known_yet_is_not_told():
    assert check(actions(action(measure="anything", step="x", department="y", target=999)), [], [], []) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"due": "2024-02-01"}, "due on or after start"),
        ({"effect_from": "2024-02-01"}, "effect_from on or after start"),
        ({"media": "letter"}, "media and moment belong to kind: communication"),
        ({"status": "late"}, "'planned', 'doing', 'done' or 'dropped'"),
        ({"predicted": [3, 2, 1]}, "low, likely, high"),
        ({"predicted": [1e300, 1e300, 1e300]}, "numbers up to"),
        ({"matters": float("inf")}, "less than or equal"),
        ({"target": float("nan")}, "expected"),
        ({"due": "9999-12-31"}, "2199-12-31"),
        ({"treated": {"segment": []}}, "a value, or several, for segment"),
        *(({word: " "}, "some words") for word in ("action", "department", "owner", "measure")),
    ],
)
def test_an_action_that_cannot_be_is_told_so(more, words):
    with pytest.raises(wb.DataFault, match=words):
        actions(action(**more))


def test_a_day_that_no_calendar_has_is_told_with_its_row():
    with pytest.raises(wb.DataFault, match='row 2.*"2025-02-30".*a day of the calendar'):
        models.parse("actions:\n  - {id: a, start: 2025-02-30}\n", "actions.yaml")


# -- the calendar -----------------------------------------------------------------------------------------------------


def events(made):
    return {str(one["uid"]): one for one in Calendar.from_ical(made).walk("VEVENT")}


def test_each_action_has_its_days_and_the_day_to_look():
    made = events(
        calendar(actions(action(target=-20), action(id="b", effect_from=None)).actions, TODAY, STEPS, "s", "S")
    )
    work, look = made["train.work@s"], made["train.effect@s"]
    assert (work["dtstart"].dt, work["dtend"].dt) == (date(2025, 2, 1), date(2025, 5, 1))  # the end is the day after
    assert (look["dtstart"].dt, look["dtend"].dt) == (date(2025, 6, 1), date(2025, 6, 2))
    assert str(look["summary"]) == 'Look at NPS at "First bill"' and "Target: -20" in str(look["description"])
    assert made["b.effect@s"]["dtstart"].dt == date(2025, 5, 1)
    assert {str(one["transp"]) for one in made.values()} == {"TRANSPARENT"}


def test_what_is_late_stays_and_what_was_dropped_is_cancelled():
    late, dropped = action(id="a", due="2025-02-15"), action(id="b", status="dropped")
    made = events(calendar(actions(late, dropped).actions, TODAY, STEPS, "s", "S"))
    assert str(made["a.work@s"]["summary"]) == "Late: Train callers"
    assert str(made["b.work@s"]["status"]) == str(made["b.effect@s"]["status"]) == "CANCELLED"


def test_a_calendar_is_the_same_whenever_it_is_written_and_keeps_to_the_letter_of_the_rule():
    hard = action(
        action=f'Say; "sorry", then\nlisten \\ {HOSTILE} {"größer " * 30}', about="BEGIN:VALARM\r\nEND:VEVENT"
    )
    first, second = (calendar(actions(hard).actions, TODAY, STEPS, "s", "S") for _ in range(2))
    assert first == second and b"DTSTAMP:20250301T000000Z" in first
    assert first.count(b"\n") == first.count(b"\r\n") and all(len(line) <= 75 for line in first.split(b"\r\n"))
    made = events(first)
    assert len(made) == 2 and str(made["train.work@s"]["summary"]) == hard["action"]
    assert b"\r\nBEGIN:VALARM" not in first


# -- tickets ----------------------------------------------------------------------------------------------------------


def test_a_ticket_says_who_what_when_and_how_urgent():
    those = actions(
        action(id="late", due="2025-02-15", status="doing", solution="call"),
        action(id="soon", due="2025-03-20"),
        action(id="later"),
        action(id="done", status="done"),
        action(id="gone", status="dropped"),
    ).actions
    found = tickets(those, TODAY, STEPS, {"call": "Call first"}).set_index("External ID")
    assert found.loc["late", ["Status", "Priority", "Labels"]].tolist() == ["In Progress", "High", "training call late"]
    assert found["Priority"].to_dict() == {
        "late": "High",
        "soon": "High",
        "later": "Medium",
        "done": "Low",
        "gone": "Low",
    }
    assert found["Status"].to_dict() | {"late": ""} == {
        "late": "", "soon": "To Do", "later": "To Do", "done": "Done", "gone": "Won't Do",
    }  # fmt: skip
    assert found.loc["late", ["Summary", "Assignee", "Department", "Start date", "Due date", "Solution"]].tolist() == [
        "Train callers", "Head of billing", "Billing", "2025-02-01", "2025-02-15", "Call first",
    ]  # fmt: skip
    long = tickets(actions(action(action="very " * 100)).actions, TODAY, STEPS).iloc[0]
    assert len(long["Summary"]) == 255 and ("very " * 100).strip() in long["Description"]


# -- from a study -----------------------------------------------------------------------------------------------------


def planned(sample, *those):
    """The sample study with these actions alone, of the contact centre where nothing else is said."""
    study = wb.open_study(sample)
    study.save(
        "actions",
        {"actions": [action(**{"department": "Contact centre", "start": "2026-01-05", **one}) for one in those]},
    )
    return study


LATER = {"due": "2026-04-30", "effect_from": "2026-06-01"}


def test_the_command_writes_calendar_tickets_and_a_page_for_each_department(loaded, tmp_path, capsys):
    planned(
        loaded,
        LATER | {"action": '=HYPERLINK("http://x")', "owner": HOSTILE},
        LATER | {"id": "b", "action": "Open the page", "department": "Digital"},
    )
    out = ["--out", str(tmp_path / "out")]
    for kind in ("ics", "tickets", "plan"):
        assert main(["export", "water-billing", "--to", kind, *out]) == 0
    written = {path.name for path in (tmp_path / "out").glob("[!.]*")}
    pages = {f"plan-{one}.html" for one in ("billing", "communications", "contact-centre", "customer-relations")}
    assert written == pages | {"plan-data-and-market.html", "plan-digital.html", "plan.ics", "tickets.csv"}
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "tickets.csv").read_text(encoding="utf-8"))))
    assert [(row["Summary"], row["Assignee"]) for row in rows] == [
        ("Open the page", "Head of billing"),
        ('\'=HYPERLINK("http://x")', HOSTILE),
    ]
    assert len(events((tmp_path / "out" / "plan.ics").read_bytes())) == 4
    page = (tmp_path / "out" / "plan-contact-centre.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page and "Contact centre answers for 2 steps" in page
    assert "Open the page" not in page  # Digital's


def test_a_department_gets_its_own_and_one_that_is_not_there_is_told(loaded, tmp_path, capsys):
    planned(loaded, LATER, LATER | {"id": "b", "department": "Digital"})
    assert main(["export", "water-billing", "--to", "ics", "--department", "digital", "--out", str(tmp_path)]) == 0
    assert set(events((tmp_path / "plan-digital.ics").read_bytes())) == {
        "b.work@water-billing",
        "b.effect@water-billing",
    }
    for kind in ("ics", "tickets", "plan"):
        assert main(["export", "water-billing", "--to", kind, "--department", "Digtal"]) == 2
        assert 'did you mean "Digital"' in capsys.readouterr().err
    assert main(["export", "water-billing", "--to", "csv", "--department", "Digital"]) == 2


def test_a_plan_that_names_a_customer_is_not_let_out(loaded, tmp_path):
    with open(loaded / "sources" / "customers.csv", encoding="utf-8-sig") as handle:
        person = next(csv.DictReader(handle))["customer_id"]
    study = planned(loaded, LATER | {"action": f"Call {person} back"})
    for kind in ("ics", "tickets", "plan"):
        with pytest.raises(wb.DataFault, match="nothing that names a person"):
            study.export(kind, tmp_path, department="Contact centre")
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".ics", ".csv", ".html")]


def test_a_department_sees_its_steps_with_scores_its_solutions_and_nothing_hidden(study):
    plan_, steps, part = study.for_department("contact centre")
    assert set(plan_.table["department"]) == {"Contact centre"}
    assert (
        steps.table["step"].tolist() == ["First contact", "Asks about the bill"] and steps.table["value"].notna().all()
    )
    here = study.hot_spots().table.set_index("step")
    assert steps.table["value"].tolist() == here.loc[["first-contact", "asks-about-bill"], "value"].tolist()
    known = study.solutions.solutions
    named = {one.id for one in known if "Contact centre" in one.departments}
    named |= {one.solution for one in study.actions.actions if one.department == "Contact centre"}
    assert set(part.table["id"]) == named - {""}


def test_a_step_met_by_too_few_stays_hidden_on_a_departments_page(study):
    found = study.hot_spots()
    few = replace(found, table=found.table.assign(n=found.table["n"].where(found.table["step"] != "first-bill", 4)))
    (row,) = own_steps(study.map, "Billing", few).table.to_dict("records")
    assert row["step"] == "First bill arrives" and row["value"] != row["value"] and "hidden" in row["why"]


def test_a_study_without_actions_says_so(project):
    study = wb.new_study("empty")
    for kind in ("ics", "tickets", "plan"):
        with pytest.raises(wb.DataFault, match="plan who does what by when"):
            study.export(kind)
    assert study.plan().sentence == "No action is planned."


def test_check_tells_of_a_target_in_the_past(loaded, capsys):
    planned(loaded, {"start": "2025-01-01", "due": "2025-02-01", "effect_from": "2025-03-01"})
    assert main(["check", "water-billing"]) == 2
    told = capsys.readouterr()
    assert "a target in the past: an effect from 2025-03-01" in told.err and "late: due 2025-02-01" in told.out
