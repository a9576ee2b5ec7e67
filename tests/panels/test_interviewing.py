"""The panel of interviews: turns as they may be shown, what is given to words in them, saved at once and taken back."""

from __future__ import annotations

import json

import pytest
from test_panels import HOSTILE, content, opened

import workbench as wb
from workbench.coding import Interviews

FIRST = "sources/interviews/interview-1.vtt"


@pytest.fixture
def talks(study):
    """The sample study with its interviews alone, which is loaded in no time."""
    about = content(study, "study")
    about["sources"] = [one for one in about["sources"] if "interviews" in one["file"]]
    study.save("study", about)
    return study


def ask(panel, do, **words):
    """As the page asks; what the panel answers."""
    heard = []
    panel.talk.send = heard.append
    panel.ask({"do": do, **words})
    return heard[-1]


def give(panel, passages, code="", step="", emotion=None):
    return ask(panel, "give", passages=passages, code=code, step=step, emotion=emotion)


def drop(panel, name, content):
    """A file dropped on the panel, in pieces, as a page sends it."""
    panel.drop.hear({"do": "begin", "number": 0, "name": name})
    panel.drop.hear({"do": "piece", "number": 0}, [content])
    panel.drop.hear({"do": "done", "files": 1})


def marked(panel, turn):
    return [one for one in panel.talk.marks if one["turn"] == turn]


def test_turns_are_shown_masked_with_roles_and_what_was_given(shared):
    panel = opened("interviews", shared)
    assert len(panel.fields["interview"].options) == len(shared.interviews.files) == 8
    first, second = panel.talk.turns[:2]
    assert (
        first["asked"]
        and not second["asked"]
        and {one["who"] for one in panel.talk.turns} == {"Researcher", "Speaker 1"}
    )
    (mark,) = marked(panel, 2)
    assert (mark["code"], mark["step"], mark["emotion"]) == ("busy and hopeful", "moves-in", 1)
    assert "57 codings on 57 of 103 turns" in panel.shown.shown["sentence"]
    panel.fields["search"].value = "NOBODY owned"
    assert [(one["turn"], one["words"]) for one in panel.talk.hits] == [(18, "Nobody owned")]
    assert eval(panel.code.code, {"study": shared})[0].turn == 18  # noqa: S307 - the line that an analyst copies
    ask(panel, "open", file=shared.interviews.files[1], turn=20)
    assert panel.fields["interview"].value.endswith("interview-2.vtt")


def test_words_get_a_code_a_step_and_an_emotion_saved_at_once_and_undo_takes_them_back(study):
    panel = opened("interviews", study)
    panel.fields["coder"].value = "Ann"
    before = (study.path / "codes.yaml").read_bytes()
    answer = give(panel, [[4, "the tap", 1]], HOSTILE, "moves-in", 1)
    assert answer["given"] and "a new code" in answer["said"]
    one = study.codes.quotes[-1]
    assert (one.turn, one.words, one.code, one.step, one.emotion, one.coder) == (
        4,
        "the tap",
        HOSTILE,
        "moves-in",
        1,
        "Ann",
    )
    assert "<img" not in panel.static()
    line = panel.code.code
    change = ask(panel, "change", id=marked(panel, 4)[0]["id"], code="taken for granted", step="", emotion=None)
    assert "taken for granted" in change["said"] and study.codes.quotes[-1].step == ""
    assert "taken back" in ask(panel, "undo")["said"] and study.codes.quotes[-1] == one
    assert ask(panel, "undo")["said"] and (study.path / "codes.yaml").read_bytes() == before
    exec(line, {"study": study})  # noqa: S102 - the line that an analyst copies
    assert study.codes.quotes[-1] == one
    assert "nothing, expected a code" in give(panel, [[4, "", 1]])["fault"]
    assert "interviewer" in give(panel, [[3, "", 1]], "asks")["fault"]
    assert "the very words" in give(panel, [[4, "no such words", 1]], "x")["fault"]
    assert "no step called" in give(panel, [[4, "", 1]], "x", "moves-inn")["fault"]
    panel.fields["coder"].value = " "
    assert "your name" in give(panel, [[4, "", 1]], "x")["fault"] and study.codes.quotes[-1] == one


def test_what_was_given_here_stands_in_the_records_and_in_the_exports(talks):
    study = talks
    own = study.interviews
    own.give(FIRST, {4: ("I", 2), 6: "So I shut it."}, code="gives up", coder="Ann")
    own.give(FIRST, 4, code="gives up", coder="Ben")
    records = study.journey.of_kind("quote").where(code="gives up").to_frame()
    assert sorted(records["text"]) == sorted(["I", "So I shut it.", own.turns(FIRST)[3].words])
    assert (
        records["step"].isna().all()
        and set(records["coder"]) == {"Ann", "Ben"}
        and study.codes.check(list(study.map.names)) == []
    )
    assert study.export("qdpx")[0].endswith(".qdpx")
    assert own.counted("step").table["step"].tolist()[-1] == "no step"


def test_two_coders_at_once_keep_theirs_and_meet_where_both_changed(study):
    panel, ben = opened("interviews", study), Interviews(wb.open_study(str(study.path)))
    panel.fields["coder"].value = "Ann"
    give(panel, [[4, "", 1]], "unseen")
    ben.give(FIRST, 4, code="unheard", coder="Ben")
    panel.look_again()
    assert {one["coder"] for one in marked(panel, 4)} == {"Ann", "Ben"}
    panel.fields["mine"].value = True
    assert [one["coder"] for one in marked(panel, 4)] == ["Ann"] and marked(panel, 2) == []
    (mine,) = marked(panel, 4)
    ben.change(json.loads(mine["id"]), code="overlooked")
    assert "theirs stands" in ask(panel, "remove", id=mine["id"])["fault"]
    assert [one.code for one in study.codes.quotes[-2:]] == ["unheard", "overlooked"]
    assert "theirs stands" in ask(panel, "undo")["fault"]


def test_a_new_code_joins_the_frame_and_stays_where_others_use_it(study, tmp_path):
    study.save("codes", {"codes": [{"name": "Billing"}], "quotes": []})
    panel, ben = opened("interviews", study), Interviews(wb.open_study(str(study.path)))
    panel.fields["coder"].value = "Ann"
    give(panel, [[4, "", 1]], "Billing > late > very")
    assert study.codes.paths() == ["Billing", "Billing / late", "Billing / late / very"] == list(panel.talk.codes)
    ben.give(FIRST, 6, code="Billing / late", coder="Ben")
    ask(panel, "undo")
    assert study.codes.paths() == ["Billing", "Billing / late"] and study.codes.check(list(study.map.names)) == []
    drop(panel, "../book.csv", b"name,parent\nBilling,\ndear,Billing\nlate,Billing\n")
    assert "1 code of book.csv" in panel.status.value and "Billing / dear" in panel.talk.codes
    drop(panel, "book.csv", b"nothing\n1\n")
    assert 'role="alert"' in panel.status.value


def test_coders_are_compared_when_asked_and_who_read_it_all_counts(talks):
    study = talks
    study.save("codes", {})
    panel = opened("interviews", study)
    for coder, turns in (("Ann", (2, 4, 6, 8, 10, 12)), ("Ben", (2, 4, 6, 8))):
        study.interviews.give(FIRST, turns, code="theirs", coder=coder)
    panel.fields["coder"].value = "Ben"
    panel.fields["whole"].value = True
    assert content(study, "codes")["readers"] == {FIRST: ["Ann", "Ben"]}
    panel.fields["result"].value = "agree on codes"
    panel.work.wait(60)
    found = panel.shown.finding
    assert found.table.iloc[0]["n"] == 13 and found.table.iloc[0]["share"] == pytest.approx(100 * 11 / 13)
    assert eval(panel.code.code, {"study": study}).sentence == found.sentence  # noqa: S307 - the line that is copied
    give(panel, [[14, "", 1]], "theirs")
    assert panel.shown.shown["sentence"] == "Codes were given since: work it out again."
    panel.fields["whole"].value = False
    assert "who codes is a reader" in panel.status.value and panel.fields["whole"].value is True
