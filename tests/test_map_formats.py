"""The map in other programs' files, there and back: nothing lost that a file can hold, what it cannot is said."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench import map_files, models
from workbench.cli import main
from workbench.figures.map_svg import map_svg
from workbench.steps.map import JourneyMap, mermaid, spreadsheets, table_reading
from workbench.steps.map.changes import changes
from workbench.steps.map.scales import Scale

HOSTILE = "</text><script>alert(1)</script><img src=x onerror=alert(1)>"
MAP = """\
title: Moving in
lanes: [doing, "next", thinking]
starts: [joins, asks]
stages:
  - id: in
    name: "Move in; or not"
    steps:
      - {id: joins, name: "Joins: day one, #1", channels: [web, "post, by hand"], owner: Digital, emotion: 0,
         started_by: provider}
      - {id: asks, name: section of asking, emotion: -12.5, lanes: {doing: "=SUM(A1)", next: "'=quoted", thinking: "-5 points"}}
  - name: Billed
    steps:
      - {id: bill, name: First bill, hot_spot: pain, emotion: -100, next: [pays, bill], commitment: [promise, perform],
         lanes: {doing: "a\\nb, \\"c\\""}}
      - {id: pays, name: Pays, next: [], outside: true, contact: physical, within: 14 days, measures: [nps, csat]}
scenarios: [{name: Bad, mood: bad}]
"""


@pytest.fixture
def study(project):
    """A study that is a map and nothing else."""
    study = wb.new_study("moving-in")
    (study.path / "map.yaml").write_text(MAP, encoding="utf-8")
    return study


def plain(drawn):
    return drawn.model_dump(mode="json", by_alias=True, exclude_unset=True)


def elsewhere(path, name="other", **more):
    """The map of a new study that this file was merged into."""
    study = wb.new_study(name)
    merged = study.import_map(path, **more)
    return wb.open_study(name).map, merged


def differing(before, after):
    return {one.path for one in changes(plain(before), plain(after))}


# -- there and back ---------------------------------------------------------------------------------------------------


def test_a_csv_holds_every_cell_and_says_that_scenarios_stay_behind(study, tmp_path):
    written = study.export("csv", tmp_path)
    assert written == [str(tmp_path / "map.csv")] and written.left_out == ("scenarios (Bad) left out",)
    cells = [cell for row in csv.reader(io.StringIO((tmp_path / "map.csv").read_text("utf-8-sig"))) for cell in row]
    assert not [one for one in cells if one[:1] in "=+-@\t" and one and not re.fullmatch(r"-?[\d.]+", one)]
    drawn, merged = elsewhere(tmp_path / "map.csv")
    assert differing(study.map, drawn) - {("lanes",)} == {("version",), ("scenarios", "Bad")}, (
        "lanes join the new study's"
    )
    assert study.import_map(tmp_path / "map.csv").made == (), "the same map: nothing to merge"
    assert not merged.clashes


def test_mermaid_holds_stages_steps_scores_and_owners_and_says_what_it_does_not(study, tmp_path):
    written = study.export("mermaid", tmp_path)
    text = (tmp_path / "map.mmd").read_text("utf-8")
    assert text.splitlines()[0] == "journey" and "First bill: 1: Customer" in text and "Pays: 0: Customer" in text
    for line in text.splitlines():
        assert re.fullmatch(r"journey|\s+(title|section) [^:;]+(#\d+;[^:;]*)*|\s+[^:]+: \d: [^:]+", line), line
    told = "\n".join(written.left_out)
    assert "lane doing left out" in told and "hot spot left out" in told and "ids of steps" in told
    assert 'emotion written otherwise (1 step), as in "section of asking", emotion: was -12.5, is 0' in told
    drawn, _ = elsewhere(tmp_path / "map.mmd")
    assert [one.name for one in drawn.steps] == [one.name for one in study.map.steps]
    assert [one.name for one in drawn.stages] == ["Move in; or not", "Billed"]
    assert [one.emotion for one in drawn.steps] == [0, 0, -100, None] and drawn.steps[0].owner == "Digital"
    assert study.import_map(tmp_path / "map.mmd").made == (), "a rounded score is no change"


def test_a_changed_score_is_taken_where_nothing_was_assumed_and_told_where_it_was(study, tmp_path):
    study.export("mermaid", tmp_path)
    text = (
        (tmp_path / "map.mmd")
        .read_text("utf-8")
        .replace("Pays: 0", "Pays: 4")
        .replace("First bill: 1", "First bill: 2")
    )
    (tmp_path / "map.mmd").write_text(text + "      Complains: 1: Me, Contact centre\n", "utf-8")
    merged = study.import_map(tmp_path / "map.mmd", who="Bea")
    drawn = wb.open_study("moving-in").map
    assert drawn.step("pays").emotion == 50 and drawn.step("bill").emotion == -100
    assert drawn.step("complains").owner == "Contact centre" and drawn.stages[-1].steps[-1].id == "complains"
    assert len(merged.clashes) == 1 and "-100" in merged.clashes[0] and "-50" in merged.clashes[0]
    assert drawn.step("bill").lanes == study.map.step("bill").lanes and drawn.scenarios, "what it cannot hold stays"


def test_cjml_holds_touchpoints_actors_initiators_and_channels(study, tmp_path):
    written = study.export("cjml", tmp_path)
    root = ElementTree.parse(tmp_path / "map.xml").getroot()
    assert root.tag == "CJML" and root.get("version") == "2.0"
    point = root.find("plannedJourney/touchpoints/plannedCommunicationPoint")
    assert point.findtext("touchpointID") == "joins" and len(point.findall("channel")) == 2
    assert point.find("initiator/refersTo").get("actorIDref") == "digital"
    assert point.find("receiver/refersTo").get("actorIDref") == "customer"
    assert any("stages" in one or "emotion left out" in one for one in written.left_out)
    drawn, _ = elsewhere(tmp_path / "map.xml")
    assert list(drawn.names) == list(study.map.names) and drawn.steps[0].channels == ["web", "post, by hand"]
    assert (drawn.title, drawn.steps[0].started_by, drawn.steps[0].owner) == ("Moving in", "provider", "Digital")
    assert study.import_map(tmp_path / "map.xml").made == ()


def test_the_published_form_of_cjml_is_read_with_its_broken_ids(project, tmp_path):
    (tmp_path / "actual.xml").write_text(
        """<CJML version="2.0"><actualJourney><journeyID>7</journeyID><actors>
        <endUser actorID="User 1"><actorName>Ida</actorName></endUser>
        <serviceProvider actorID="Company A"><actorName>Bookis</actorName></serviceProvider></actors><touchpoints>
        <actualCommunicationPoint><touchpointID>T1</touchpointID><initiator><refersTo actorIDref="Ida"/>
        <initiatorLabel>Orders a book</initiatorLabel></initiator><receiver><refersTo actorIDref="Bookis"/></receiver>
        <channel><channelName>web</channelName></channel><experience>good</experience></actualCommunicationPoint>
        <actualCommunicationPoint><touchpointID>T1</touchpointID><initiator><refersTo actorIDref="Bookis"/>
        <initiatorLabel>Sends it</initiatorLabel></initiator></actualCommunicationPoint>
        </touchpoints></actualJourney></CJML>""",
        "utf-8",
    )
    drawn, merged = elsewhere(tmp_path / "actual.xml")
    assert [(one.name, one.started_by, one.owner) for one in drawn.steps] == [
        ("Orders a book", "customer", "Bookis"),
        ("Sends it", "provider", "Bookis"),
    ]
    assert any("experience" in one and "left out" in one for one in merged.notes)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30).map(str.strip)
STEP = st.fixed_dictionaries(
    {
        "name": WORDS.filter(bool),
        "emotion": st.none() | st.integers(-100, 100),
        "lanes": st.fixed_dictionaries({"doing": WORDS}),
    },
    optional={
        "channels": st.lists(WORDS.filter(bool), max_size=3),
        "owner": WORDS,
        "hot_spot": st.sampled_from(["", "pain"]),
    },
)


@given(st.lists(STEP, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_any_words_come_back_from_a_csv_as_they_were_and_from_mermaid_by_name(steps):
    named = [{"id": f"s{at}", **step} for at, step in enumerate(steps)]
    drawn = models.build({"lanes": ["doing"], "stages": [{"name": "One", "steps": named}]}, JourneyMap)
    text = spreadsheets.write_csv(spreadsheets.part(drawn, "", of_map=True))
    content, _ = table_reading.content(spreadsheets.read_csv(text, "map.csv").table, drawn)
    assert not changes(plain(drawn), content)
    content, _ = mermaid.read(mermaid.write(drawn), drawn, "map.mmd")
    made = [one["name"] for one in content["stages"][0]["steps"]]
    assert made == [" ".join(one["name"].split()) for one in named]


# -- scales -----------------------------------------------------------------------------------------------------------


def test_emotion_on_another_scale_is_rescaled_as_stated_and_only_then(project, tmp_path):
    path = tmp_path / "team.csv"
    path.write_text("Stage;Step;Emotion\nIn;Join;2\n;bill;−1,5\n", encoding="utf-8")
    with pytest.raises(wb.DataFault, match="--scale LOW:HIGH"):
        elsewhere(path, "one")
    drawn, _ = elsewhere(path, "two", scale="-2:2")
    assert [one.emotion for one in drawn.steps] == [100, -75] and len(drawn.stages) == 1
    path.write_text("stage,step,emotion (-2 to 2)\nIn,Join,2\nIn,bill,-1\n", encoding="utf-8")
    assert [one.emotion for one in elsewhere(path, "three")[0].steps] == [100, -50]
    path.write_text("stage,step,emotion\nIn,Join,2\nIn,bill,-7\n", encoding="utf-8")
    with pytest.raises(wb.DataFault, match='"-7" at the step "bill"') as told:
        elsewhere(path, "four", scale="-2:2")
    assert (told.value.faults[0].row, told.value.faults[0].column) == (3, "emotion")
    assert main(["import", "two", str(path), "--scale", "-10:10", "--who", "Bea"]) == 0
    for wrong in ("2:-2", "low", "1:1", [1, 2, 3]):
        with pytest.raises(wb.DataFault, match="LOW:HIGH"):
            Scale.of(wrong)


# -- what must stay outside -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("x.xml", '<!DOCTYPE CJML [<!ENTITY a "b">]><CJML><plannedJourney/></CJML>', "DOCTYPE"),
        ("x.xml", "<CJML><plannedJourney>", "broken XML"),
        ("x.xml", "<CJML/>", "no journey"),
        ("x.xml", "<svg/>", "<svg>"),
        ("x.xml", "<CJML><plannedJourney><touchpoints/></plannedJourney></CJML>", "no touchpoints"),
        ("x.mmd", "graph TD\nA-->B", "the word journey"),
        ("x.mmd", "journey\n  Make tea: 9: Me", '"9" at the step "Make tea"'),
        ("x.mmd", "journey\n  Make tea", "Task: score"),
        ("x.mmd", "%% nothing", "no diagram"),
        ("x.csv", "id,step\njoin,Join\njoin,Again", "twice"),
        ("x.csv", "step,hot spot\nJoin,maybe", "pain, gain"),
        ("x.csv", "step,step\nJoin,Join", "two columns"),
        ("x.csv", "step\nJoin,stray", "without a heading"),
    ],
)
def test_a_file_that_is_no_map_is_refused_in_words_and_nothing_is_saved(study, tmp_path, name, text, word):
    (tmp_path / name).write_text(text, "utf-8")
    before = (study.path / "map.yaml").read_bytes()
    with pytest.raises(wb.DataFault, match=re.escape(word)):
        study.import_map(tmp_path / name)
    assert (study.path / "map.yaml").read_bytes() == before


def test_a_bomb_of_entities_is_refused_before_it_is_parsed(study, tmp_path):
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 9}">' for n in range(1, 12))
    (tmp_path / "x.xml").write_text(f'<!DOCTYPE l [<!ENTITY l0 "ha">{levels}]><CJML>&l11;</CJML>', "utf-8")
    with pytest.raises(wb.DataFault):
        study.import_map(tmp_path / "x.xml")


# -- pictures ---------------------------------------------------------------------------------------------------------


def view(count=8, name=HOSTILE):
    steps = {f"s{at}": {"name": f"{name} {at}", "channels": ["web"], "assumed": 5 * at - 20, "lanes": {"doing": name * 30},
                        "emotion": {"value": 10.0, "low": 2.0, "high": 18.0, "n": 40} if at % 3 else {"hidden": True},
                        "nps": None, "hot_spot": {"number": 1, "kind": "pain"} if at == 1 else None}
             for at in range(count)}  # fmt: skip
    return {"title": name, "lanes": ["doing"], "stages": [{"name": name, "steps": list(steps)}], "steps": steps}


@pytest.mark.parametrize("count", [0, 1, 4, 30])
def test_the_drawing_is_text_alone_whatever_stands_in_it(count):
    drawing = map_svg(view(count))
    root = ElementTree.fromstring(drawing)
    kinds = {one.tag.partition("}")[2] for one in root.iter()}
    assert kinds <= {"svg", "title", "desc", "rect", "text", "line", "circle"}
    assert not [key for one in root.iter() for key in one.attrib if key.startswith("on") or "href" in key]
    assert root.findtext("{http://www.w3.org/2000/svg}title") == HOSTILE
    assert drawing.count("hidden") >= count // 3


def test_the_sample_goes_out_as_svg_and_as_a_page(loaded, tmp_path):
    study = wb.open_study("water-billing")
    for kind in ("svg", "html"):
        (written,) = study.export(kind, tmp_path)
        text = (tmp_path / f"map.{kind}").read_text("utf-8")
        assert written.endswith(f"map.{kind}") and "First bill arrives" in text and "<script>alert" not in text
    assert "Content-Security-Policy" in text and 'src="http' not in text


def test_without_a_chromium_it_is_said_so(loaded, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["export", "water-billing", "--to", "pdf", "--out", str(tmp_path)]) == 2
    assert "no Chromium on this machine" in capsys.readouterr().err and not list(tmp_path.glob("*.pdf"))


def test_a_chromium_that_hangs_or_fails_is_told(tmp_path, monkeypatch):
    from workbench.report import chromium

    def hangs(*words, **more):
        raise subprocess.TimeoutExpired("chromium", 1)

    monkeypatch.setattr(chromium.subprocess, "run", hangs)
    with pytest.raises(wb.DataFault, match="seconds"):
        chromium.run("chromium", [], tmp_path)


def test_the_map_is_printed_and_pictured_whole(loaded, tmp_path):
    from needs import needed

    if shutil.which("chromium") is None:
        needed("Chromium", "it prints the map")
    study = wb.open_study("water-billing")
    pdf, png = (Path(study.export(kind, tmp_path)[0]).read_bytes() for kind in ("pdf", "png"))
    assert pdf.startswith(b"%PDF") and len(pdf) > 20_000
    wide, tall = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert png.startswith(b"\x89PNG") and wide >= 1300 and tall >= 900


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command_takes_maps_and_codes_apart(study, tmp_path, capsys):
    study.export("csv", tmp_path)
    (tmp_path / "codes.csv").write_text("name,parent\nBilling,\nShock,Billing\n", "utf-8")
    assert map_files.is_map(tmp_path / "map.csv") and not map_files.is_map(tmp_path / "codes.csv")
    assert main(["import", "moving-in", str(tmp_path / "codes.csv")]) == 0
    assert "2 codes" in capsys.readouterr().out
    assert main(["export", "moving-in", "--to", "mermaid", "--out", str(tmp_path)]) == 0
    assert "left out of the map: lanes" in capsys.readouterr().out
    assert main(["import", "moving-in", str(tmp_path / "map.mmd"), "--json"]) == 0
    assert '"made": []' in capsys.readouterr().out
    assert main(["export", "moving-in", "--to", "visio"]) == 2
    assert "no kind of export" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "# A day\n\nWords.\n\n```mermaid\njourney\n  section Ask\n    Calls: 2: Me\n```\n\nMore words: 3: x\n",
        "journey\n  accDescr {\n    Long words: 3: x\n  }\n  section Ask\n    Calls: 2: Me\n",
        "%% a remark\r\njourney\r\n  section Ask\r\n    Calls: 2: Me %% and another\r\n",
    ],
)
def test_mermaid_is_read_as_others_write_it(project, tmp_path, text):
    study = wb.new_study("other")
    study.save("map", {"title": "The day", "stages": []})
    (tmp_path / "day.md").write_text(text, encoding="utf-8", newline="")
    merged = study.import_map(tmp_path / "day.md")
    assert [(one.name, one.emotion) for one in study.map.steps] == [("Calls", -50)]
    assert study.map.title == "The day" and not merged.clashes  # a diagram without a title says nothing of it


def test_a_touchpoint_that_says_nothing_is_told_and_left_out(project, tmp_path):
    point = "<plannedAction><actor><actorLabel/></actor>{}</plannedAction>"
    points = point.format("<actionLabel>Calls</actionLabel>") + point.format("")
    text = f"<CJML><plannedJourney><touchpoints>{points}</touchpoints></plannedJourney></CJML>"
    (tmp_path / "day.xml").write_text(text, encoding="utf-8")
    study = wb.new_study("other")
    merged = study.import_map(tmp_path / "day.xml")
    assert [one.name for one in study.map.steps] == ["Calls"]
    assert any("a touchpoint without a label" in one for one in merged.notes)


def test_a_csv_with_a_quotation_mark_left_open_is_refused(project, tmp_path):
    (tmp_path / "day.csv").write_text('step,doing\n"Calls,x\nWaits,y\n', encoding="utf-8")
    with pytest.raises(wb.DataFault, match="broken CSV"):
        wb.new_study("other").import_map(tmp_path / "day.csv")


def test_the_next_steps_go_by_id_or_by_a_name_and_what_is_no_step_is_told_with_its_row(project, tmp_path):
    study = wb.new_study("other")
    (tmp_path / "day.csv").write_text("step,next\nCalls,waits\nWaits,Pays\nPays,\n", encoding="utf-8")
    study.import_map(tmp_path / "day.csv")
    assert [one.next for one in study.map.steps] == [["waits"], ["pays"], None]
    (tmp_path / "day.csv").write_text("step,next\nCalls,Waitz\n", encoding="utf-8")
    with pytest.raises(wb.DataFault, match='row 2, column "next": found "Waitz"'):
        study.import_map(tmp_path / "day.csv")
