"""Panels without a browser: what is typed reaches the study's files, faults are said in words, nothing can run or leak."""

import subprocess
import sys

import pytest
from needs import NIGHTLY, some

import workbench as wb
from workbench import models
from workbench.panels import asking, linking
from workbench.panels.desk import Desk

WIDGET = "application/vnd.jupyter.widget-view+json"
PLOTLY = "application/vnd.plotly.v1+json"
HOSTILE = "<img src=x onerror=alert(1)>"
# panels that show none of the names that the test of hostile names gives
SHOWS_NO_NAMES = ("data", "questionnaire", "quality", "scores", "tables", "drivers", "interviews")
ALL = (
    *("start", "scope", "map", "measure", "data", "questionnaire", "quality", "scores", "tables", "drivers", "explore"),
    *("interviews", "hypotheses", "solutions", "apply"),
)


def opened(name, study):
    panel = getattr(wb.panels, name)(study)
    assert panel.box is not None
    panel.work.wait()  # sources are read beside the screen
    return panel


def everything(widget):
    """A widget and all that is in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def html_of(panel):
    """All HTML that the live panel shows, its own style apart."""
    import ipywidgets

    shown = [one.value for one in everything(panel.box) if isinstance(one, ipywidgets.HTML)]
    return "\n".join(text for text in shown if not text.startswith("<style>"))


def content(study, part):
    return models.parse((study.path / f"{part}.yaml").read_text(encoding="utf-8"), part)


# -- showing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_panel_is_live_and_has_a_static_twin_beside_it(shared, name):
    panel = opened(name, shared)
    bundle = panel._repr_mimebundle_()
    assert bundle[WIDGET]["model_id"] == panel.box.model_id
    assert "<script" not in bundle["text/html"] and "<style" not in bundle["text/html"]
    assert panel.question in bundle["text/plain"]
    assert panel.status.value == ""


@pytest.mark.parametrize("name", ALL)
def test_a_report_builds_no_widget(shared, name, monkeypatch):
    monkeypatch.setenv("WORKBENCH_REPORT", "1")
    panel = getattr(wb.panels, name)(shared)
    bundle = panel._repr_mimebundle_()
    assert WIDGET not in bundle and panel._box is None and panel.fields == {}
    assert len(bundle["text/html"]) > 60


def test_a_study_may_be_named(shared):
    assert "9 of 10 questions" in wb.panels.scope(str(shared.path)).static()


def test_no_widget_wakes_before_a_panel_is_wanted():
    code = "import sys, workbench as wb; wb.open_study; assert 'ipywidgets' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_every_field_has_a_name(shared):
    for name in ALL:
        assert all(field.description for field in opened(name, shared).fields.values()), name


def test_start_tells_what_is_there_what_is_open_and_what_was_set_aside(shared):
    twin = wb.panels.start(shared).static()
    assert "Who will apply them? (notebook 1_scope)" in twin
    assert "<td>complaints</td><td>tickets</td>" in twin
    assert "masked as they were read" in twin


# -- saving -----------------------------------------------------------------------------------------------------------


def test_an_answer_reaches_the_scope_and_the_comments_stay(study):
    panel = opened("scope", study)
    assert "Open: Who will apply them?" in html_of(panel)
    panel.fields["applied_by"].value = "Head of billing\nHead of contact centre"
    panel.fields["end"].value = "agrees-plan"
    panel.departments.children[0].value = False
    panel.save_button.click()
    assert "Saved to scope.yaml" in panel.status.value
    saved = content(study, "scope")
    assert saved["applied_by"] == ["Head of billing", "Head of contact centre"]
    assert saved["end"] == "agrees-plan" and "Billing" not in saved["departments"]
    assert (study.path / "scope.yaml").read_text().startswith("# Why this journey is studied")
    assert "10 of 10 questions" in html_of(panel)
    assert "saved scope" in (study.path / "log").read_text()


def test_canvas_and_script_leave_the_same_file(study):
    desk = opened("map", study).desk
    for words in (
        ["first-bill", "emotion", -35],
        ["first-bill", "hot_spot", ""],
        ["first-bill", "doing", "Opens the envelope"],
    ):
        assert "fault" not in desk.hear({"do": "set", "with": words})
    by_canvas = (study.path / "map.yaml").read_bytes()

    before = min((study.path / "history").glob("map-*.yaml"), key=lambda one: one.stat().st_mtime_ns).read_text()
    (study.path / "map.yaml").write_text(before)
    plain = models.parse(before, "map.yaml")
    step = next(one for stage in plain["stages"] for one in stage["steps"] if one["id"] == "first-bill")
    step["emotion"], step["lanes"]["doing"] = -35, "Opens the envelope"
    del step["hot_spot"]
    wb.open_study(study.path).save("map", plain)
    assert (study.path / "map.yaml").read_bytes() == by_canvas
    assert study.map.step("first-bill").emotion == -35


def test_the_desk_answers_with_what_changed_and_the_line_of_python(study):
    desk = Desk(study)
    whole = desk.hear({"id": 1, "do": "look"})
    assert whole["state"]["steps"]["first-bill"]["emotion"] == -20
    answer = desk.hear({"id": 2, "do": "set", "with": ["first-bill", "emotion", -35]})
    assert list(answer["patch"]) == ["undo", "steps"] and list(answer["patch"]["steps"]) == ["first-bill"]
    assert answer["base"] == whole["version"] and answer["code"] == 'study.draw.set("first-bill", "emotion", -35)'
    assert "was -20, is -35" in answer["said"]
    refused = desk.hear({"id": 3, "do": "set", "with": ["first-bill", "emotion", "furious"]})
    assert "furious" in refused["fault"] and "patch" not in refused
    assert "fault" in desk.hear({"id": 4, "do": "eval", "with": ["1"]})
    assert desk.hear({"id": 5, "do": "undo"})["patch"]["steps"]["first-bill"]["emotion"] == -20


def test_whoever_wrote_in_a_cell_meanwhile_is_met_as_a_clash(study):
    desk = Desk(study)
    desk.hear({"do": "look"})
    study.draw.set("first-bill", "doing", "theirs")
    desk.hear({"do": "news"})
    was = "what stood there when the writing began"
    answer = desk.hear({"do": "set", "with": ["first-bill", "doing", "mine"], "was": was})
    (clash,) = answer["patch"]["clashes"]
    assert (clash["theirs"], clash["mine"]) == ("theirs", "mine")
    assert study.map.step("first-bill").lanes["doing"] == "theirs"
    desk.hear({"do": "mine", "with": [0]})
    assert study.map.step("first-bill").lanes["doing"] == "mine"


def test_somebody_elses_save_is_told_and_stays(study):
    panel = opened("scope", study)
    panel.fields["customers"].value, panel.fields["purpose"].value = "tenants alone", "to lose fewer"
    theirs = content(study, "scope") | {"customers": "owners alone", "improvement": "fewer calls"}
    study.save("scope", theirs, who="Bea")
    panel.look_again()
    assert "Bea saved scope.yaml meanwhile" in panel.status.value
    assert panel.fields["customers"].value == "tenants alone"  # what somebody writes is theirs until it is saved
    panel.save_button.click()
    now = content(study, "scope")
    assert (now["customers"], now["improvement"], now["purpose"]) == ("owners alone", "fewer calls", "to lose fewer")
    assert "owners alone" in panel.status.value and "tenants alone" in panel.status.value
    assert panel.fields["customers"].value == "tenants alone"
    panel.save_button.click()  # having seen theirs
    assert content(study, "scope")["customers"] == "tenants alone"


def test_what_others_save_is_shown_where_nobody_writes(study):
    panel = opened("scope", study)
    study.save("scope", content(study, "scope") | {"customers": "owners alone"}, who="Bea")
    panel.look_again()
    assert panel.fields["customers"].value == "owners alone" and "Bea saved scope.yaml" in panel.status.value


def test_a_file_that_does_not_fit_is_said_and_cannot_be_saved_over(study):
    path = study.path / "scope.yaml"
    good = path.read_text()
    path.write_text(good + "depertments: []\n")
    panel = opened("scope", study)
    assert "did you mean &quot;departments&quot;?" in panel.status.value and panel.save_button.disabled
    assert "departments" in panel.static() and "Traceback" not in panel.static()
    path.write_text(good)
    panel.again_button.click()
    assert panel.status.value == "" and not panel.save_button.disabled


def test_what_fails_inside_is_said_and_not_swallowed(shared, monkeypatch):
    panel = opened("scope", shared)
    monkeypatch.setattr(panel, "read", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        panel.refresh()
    assert "failed inside the workbench" in panel.status.value


# -- measuring and exploring ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [("step",), ("segment",), ("step", "segment"), ()])
def test_the_line_of_python_gives_what_the_panel_shows(shared, by):
    panel = opened("scores", shared)
    for name in ("beside", "third"):
        panel.fields[name].value = ""
    panel.fields["by"].value = by
    found = eval(panel.code.code, {"wb": wb, "study": shared})  # noqa: S307 - the line that an analyst copies
    shown = panel.shown.shown
    assert found.sentence == shown["sentence"] and found.by == by and shown["figure"]["data"]


def test_every_question_that_is_offered_is_answered(shared, monkeypatch):
    monkeypatch.setattr(linking, "ready", lambda *_: None)  # nobody clicks here
    panel = opened("scores", shared)
    for name in ("beside", "third"):
        panel.fields[name].value = ""
    offered = [name for _, name in panel.fields["measure"].options]
    assert {"nps", "csat", "ces", "emotion_curve", "complaint_rate", "mean_rating", "track"} <= set(offered)
    for name in offered:
        panel.fields["measure"].value = name
        for _, of in some(panel.fields["of"].options, 3):  # of every third subject by day
            panel.fields["of"].value = of
            shown = panel.shown.shown
            assert shown.get("table_html", "").startswith("<table") or "mend" in shown["sentence"].casefold(), (
                name,
                of,
            )


def test_a_person_is_followed_on_the_screen_and_never_in_the_twin(shared):
    panel = opened("explore", shared)
    assert panel.fields["way"].label == "How do people stream through their first moves?"
    assert panel.ways.finding.name == "flow" and len(panel.fields["way"].options) == 9
    first = panel.fields["person"].value
    assert "<td>Moves in</td>" in panel.path.shown["table_html"] and panel.path.shown["private"]
    panel.moves["after"].click()
    assert panel.fields["person"].value == panel.people[1] != first
    panel.moves["before"].click()
    panel.moves["before"].click()
    assert panel.fields["person"].value == panel.people[-1]
    panel.fields["person"].value = "nobody"
    assert "no pseudonym called" in panel.status.value
    bundle = panel._repr_mimebundle_()
    shown = bundle["text/html"] + bundle["text/plain"]
    assert "moves" in shown and not [person for person in panel.people if person in shown]


def test_those_who_match_a_search_are_walked_through_one_by_one(shared):
    panel = opened("explore", shared)
    everybody = len(panel.people)
    panel.fields["search"].value = "first-bill -> complaint within 60 days"
    assert "fits" in panel.answer.shown["sentence"] and "Wilson" in panel.answer.shown["note_html"]
    assert 10 <= len(panel.people) < everybody and panel.fields["person"].value == panel.people[0]
    assert f"1 of {len(panel.people):,}." in panel.who.value and panel.path.shown["figure"]["data"]
    panel.moves["after"].click()
    assert panel.fields["person"].value == panel.people[1]
    panel.fields["search"].value = "first-bil -> complaint"
    assert "did you mean" in panel.wrong.value and "first-bill" in panel.wrong.value
    panel.fields["where"].value = "what people said"
    panel.fields["search"].value = "meter"
    assert "meter" in panel.answer.shown["sentence"] and not panel.wrong.value
    panel.fields["search"].value = ""
    assert len(panel.people) == everybody and panel.answer.shown == {}


# -- hostile words ----------------------------------------------------------------------------------------------------


def test_hostile_names_cannot_run(study):
    for part, change in {
        "study": lambda one: one.update(title=HOSTILE, departments=[HOSTILE]),
        "scope": lambda one: one.update(purpose=HOSTILE, departments=[HOSTILE]),
        "map": lambda one: one["stages"][0]["steps"][0].update(name=HOSTILE, lanes={"doing": HOSTILE, HOSTILE: "x"}),
        "solutions": lambda one: one["solutions"][0].update(name=HOSTILE),
        "actions": lambda one: one["actions"][0].update(action=HOSTILE, owner=HOSTILE, department=HOSTILE),
        "hypotheses": lambda one: one["hypotheses"][0].update(claim=HOSTILE),
        "codes": lambda one: one["quotes"][0].update(code=HOSTILE),
    }.items():
        changed = content(study, part)
        change(changed)
        study.save(part, changed)
    for name in ALL:
        panel = opened(name, study)
        shown = panel.static() + html_of(panel)
        assert "<img" not in shown, name
        assert name in SHOWS_NO_NAMES or "&lt;img src=x onerror=" in shown, name


def test_a_hostile_verbatim_cannot_run_in_a_time_line(study):
    path = study.path / "sources" / "tickets.csv"
    text = path.read_text(encoding="utf-8-sig")
    heads, first, *rest = text.splitlines(keepends=True)
    import csv
    import io

    row = dict(zip(next(csv.reader([heads])), next(csv.reader([first])), strict=True)) | {"Subject": HOSTILE}
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row.values())
    path.write_text(heads + out.getvalue() + "".join(rest), encoding="utf-8")
    records = study.journey.to_frame()
    person = records.loc[records["text"].fillna("").str.contains("onerror"), "person"].iloc[0]
    panel = opened("explore", study)
    panel.fields["person"].value = person
    table = panel.path.shown["table_html"]
    assert "&lt;img" in table and "<img" not in table + html_of(panel)
    assert "onerror" not in panel.static()


# -- a study with nothing in it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", [False, True])
def test_an_empty_study_is_shown_by_every_panel(home, monkeypatch, paper):
    study = wb.new_study("empty")
    if paper:
        monkeypatch.setenv("WORKBENCH_REPORT", "1")
    for name in ALL:
        panel = getattr(wb.panels, name)(study)
        bundle = panel._repr_mimebundle_()
        assert "fault" not in bundle["text/html"], (name, bundle["text/html"])
        assert paper or panel.status.value == "", (name, panel.status.value)


def test_the_first_step_of_a_map_can_be_drawn(home):
    desk = opened("map", wb.new_study("empty")).desk
    assert "expected a name" in desk.hear({"do": "add_stage", "with": [" "]})["fault"]
    stage = desk.hear({"do": "add_stage", "with": ["Before"]})["made"]
    id = desk.hear({"do": "add_step", "with": ["Hears of us", stage]})["made"]
    desk.hear({"do": "set", "with": [id, "emotion", 20]})
    desk.hear({"do": "set", "with": [id, "doing", "Reads a leaflet"]})
    step = desk.study.map.step("Hears of us")
    assert (step.id, step.emotion, step.trust, step.lanes["doing"]) == ("hears-of-us", 20, None, "Reads a leaflet")
    assert desk.study.map.stages[0].name == "Before"


def test_every_question_of_the_shelf_is_answered_by_every_split_or_says_why(shared):
    """Each question by each fifth split in turn, so that all of both are asked; with WORKBENCH_NIGHTLY all of them by all."""
    journey = shared.journey
    answered, step = 0, 1 if NIGHTLY else 5
    for place, one in enumerate(asking.shelf(journey)):
        splits = asking.groupings(journey) if "by" in asking.signature_of(one) else [("", None)]
        for _, by in splits[place % step if len(splits) > step else 0 :: step]:
            if by and len(by) > 1 and one.name not in asking.FIRST:
                continue  # crossings are asked of the commonest questions
            of = next(iter(asking.subjects(one, journey)), None) if "of" in asking.signature_of(one) else None
            try:
                found = asking.ask(one, journey, of, by)
            except wb.DataFault:
                continue
            assert found.sentence and found.base, (one.name, by)
            answered += 1
    assert answered > 40
