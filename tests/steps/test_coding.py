"""Coding of interviews: what a study's codes say, what becomes of them in the frame, and whether coders agree."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from workbench import files, load, models
from workbench.engine import Engine
from workbench.faults import DataFault
from workbench.inference.agreement import cohen_kappa, krippendorff_alpha
from workbench.load import Source
from workbench.sources import qda
from workbench.sources.binding import Binding
from workbench.steps.measure import coding
from workbench.steps.measure.coding import Codes

FILE = "sources/talk.vtt"
SAID = [
    "I rang Philippa twice.",
    "The bill was late, and dear.",
    "Nobody rang back.",
    "Then I left.",
    "So be it, Maud.",
    "Yes.",
]


@pytest.fixture
def journey(tmp_path):
    """A journey of one interview (the customer speaks in turns 2, 4, 6 …) with these codes."""
    path = tmp_path / "talk.vtt"
    cues = []
    for place, words in enumerate(SAID):
        for who, second, text in (("Maud Byrne", 0, "And?"), ("P03", 5, words)):
            start = f"00:{place:02d}:{second:02d}.000"
            cues.append(f"{start} --> 00:{place:02d}:{second + 4:02d}.000\n<v {who}>{text}")
    path.write_text("WEBVTT\n\n" + "\n\n".join(cues) + "\n", encoding="utf-8")

    def make(quotes, **words):
        codes = Codes.model_validate({"quotes": [{"file": FILE, "step": "bill"} | one for one in quotes]} | words)
        source = Source(path, Binding(interviewer=["Maud Byrne"]), None, codes.of(FILE))
        found = load.build(tmp_path / "frames", "made", [source], b"k" * 32)
        return load.opened(tmp_path / "frames", found, ("made",), 1, {})

    return make


def given(*codings):
    """Codings as (turn, code, coder)."""
    return [{"turn": turn, "code": code, "coder": coder} for turn, code, coder in codings]


# -- codes.yaml -------------------------------------------------------------------------------------------------------


def test_codes_that_were_written_before_frames_and_coders_still_read():
    codes = models.read(Path(__file__).parents[2] / "data" / "water-billing" / "codes.yaml", Codes)
    assert len(codes.quotes) > 20 and not codes.codes
    assert codes.check([]) == []
    first = codes.of(codes.quotes[0].file)[codes.quotes[0].turn][0]
    assert (first.step, first.code, first.coder) == (codes.quotes[0].step, codes.quotes[0].code, "")


def test_a_turn_keeps_each_code_of_each_coder_and_the_words_that_were_selected(journey):
    quotes = [
        {"turn": 4, "code": "late", "coder": "ann", "emotion": -2, "words": "The bill  was late"},
        {"turn": 4, "code": "dear", "coder": "ann", "words": "dear"},
        {"turn": 4, "code": "late", "coder": "ben", "emotion": -1},
        {"turn": 2, "code": "rang", "coder": "ben", "words": "rang Philippa"},
    ]
    found = journey(quotes)
    records = found.to_frame().sort_values("order")
    here = records[records["place"] == "turn 4, 00:01:05"]
    assert here[["code", "coder", "text", "value"]].astype(object).where(
        lambda one: one.notna(), None
    ).values.tolist() == [
        ["late", "ann", "The bill was late", -2.0],
        ["dear", "ann", "dear", None],
        ["late", "ben", SAID[1], -1.0],
    ]
    assert set(records["measure"].dropna()) == {"quoted_emotion"}
    uncoded = records[records["place"] == "turn 8, 00:03:05"]
    assert len(uncoded) == 1 and uncoded[["code", "coder", "step"]].isna().all(axis=None)
    counted = found.count(by="code").set_index("code")["n"]
    assert counted["late"] == 2 and counted["dear"] == 1 and counted.sum() == 4 + 4
    assert len(found.where(code="late")) == 2 and len(found.where(code="late", coder="ben")) == 1


def test_words_that_are_not_in_the_turn_are_a_fault_and_masked_ones_are_no_fault(journey):
    with pytest.raises(DataFault, match="words that turn 4 does not hold"):
        journey([{"turn": 4, "code": "late", "words": "rang back"}, {"turn": 2, "words": "I rang"}])
    found = journey([{"turn": 10, "code": "leaves", "words": words} for words in ("be it, Maud", "be it, [name]")])
    assert found.where(code="leaves").to_frame()["text"].tolist() == ["be it, [name]"] * 2


def test_codes_on_the_interviewers_words_are_told(journey):
    found = journey(given((1, "greets", "ann"), (4, "late", "ann")))
    assert found.distinct("code") == ["late"]
    assert any("1 coded passage of the interviewer's words" in fault.found for fault in found.faults)


FRAME = [
    {"name": "Billing", "about": "all of it"},
    {"name": "late", "parent": "Billing"},
    {"name": "and/or", "parent": "Billing / late"},
    {"name": "Calling"},
    {"name": "again", "parent": "Calling"},
    {"name": "again", "parent": "Billing"},
]


def coded(code, **more):
    return Codes.model_validate(
        {"codes": FRAME, "quotes": [{"file": FILE, "turn": 2, "step": "bill", "code": code, "coder": "ann"}]} | more
    )


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("late", "Billing / late"),
        ("Billing / late", "Billing / late"),
        ("Billing > late", "Billing / late"),
        ("and/or", "Billing / late / and/or"),
        ("Calling / again", "Calling / again"),
    ],
)
def test_a_code_is_called_by_its_path_in_the_frame_however_it_is_written(code, path):
    codes = coded(code)
    assert codes.check(["bill"]) == []
    assert codes.of(FILE)[2][0].code == path


def test_a_code_that_the_frame_does_not_have_is_told_with_the_near_word():
    (fault,) = coded("latte").check(["bill"])
    assert fault.weight == "error" and 'no code called "latte"' in fault.found and '"late"' in fault.mend
    (fault,) = coded("again").check([])
    assert "several codes" in fault.found and "Calling / again" in fault.expected
    assert Codes(quotes=coded("latte").quotes).check([]) == []  # no frame: any word is a code
    (fault,) = coded("late").check(["bills"])
    assert 'no step called "bill"' in fault.found and '"bills"' in fault.mend


def test_a_parent_that_is_no_code_and_a_coder_who_is_no_reader_are_told():
    frame = [{"name": "Billing"}, {"name": "late", "parent": "Biling"}]
    (fault,) = Codes.model_validate({"codes": frame}).check([])
    assert 'no code called "Biling"' in fault.found and '"Billing"' in fault.mend
    circle = [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}]
    assert len(Codes.model_validate({"codes": circle}).check([])) == 2
    (fault,) = Codes.model_validate({"codes": [{"name": "a"}, {"name": "a"}]}).check([])
    assert "stands twice" in fault.found
    (fault,) = coded("late", readers={FILE: ["anna", "ben"]}).check([])
    assert 'no reader called "ann"' in fault.found and '"anna"' in fault.mend


def test_a_code_frame_of_another_program_becomes_the_frame_of_the_study(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text(
        "name,description,parent\nBilling,all of it,\nlate,too late,Billing\nvery,,late\n", encoding="utf-8"
    )
    frame = coding.frame_of(qda.code_frame(files.receive(path, tmp_path)))
    codes = Codes(codes=frame)
    assert codes.paths() == ["Billing", "Billing / late", "Billing / late / very"]
    assert codes.codes[1].about == "too late"


# -- agreement --------------------------------------------------------------------------------------------------------


def test_two_coders_agree_as_the_formulas_say_and_uncoded_turns_that_both_read_count(journey):
    found = coding.agreement(
        journey(
            given(
                *((2, "call", "ann"), (2, "call", "ben"), (4, "late", "ann"), (4, "late", "ben"), (4, "dear", "ben")),
                *((6, "call", "ann"), (8, "left", "ben")),
            )
        )
    )
    ann = ["call", "late", "call", "none", "none", "none"]
    ben = ["call", "dear + late", "none", "left", "none", "none"]
    table = found.table.set_index("code")
    overall = table.loc["all codes"]
    assert overall["n"] == 6 and overall["given"] == 7
    assert overall["value"] == pytest.approx(krippendorff_alpha(pd.DataFrame({"a": ann, "b": ben})).value)
    assert overall["kappa"] == pytest.approx(cohen_kappa(ann, ben).value)
    assert overall["share"] == pytest.approx(100 * 3 / 6)
    assert overall["low"] <= overall["value"] <= overall["high"]
    yes = [["yes" if "call" in said else "no" for said in those] for those in (ann, ben)]
    assert table.loc["call", "value"] == pytest.approx(
        krippendorff_alpha(pd.DataFrame({"a": yes[0], "b": yes[1]})).value
    )
    assert table.loc["call", "share"] == pytest.approx(100 * 5 / 6) and table.loc["late", "share"] == 100
    assert found.base == "6 places of 1 file, read by at least two of 2 coders"
    assert "coded anything for ann, ben" in found.method and "seed 1" in found.method
    assert "50 % of 6 places" in found.sentence


def test_who_read_a_file_is_taken_from_readers_where_it_is_said(journey):
    made = journey(given((2, "call", "ann"), (4, "late", "ann"), (4, "late", "ben")))
    found = coding.agreement(made, readers={FILE: ["ann", "ben", "cai"]})
    overall = found.table.iloc[0]
    said = {"a": ["call", "late", *["none"] * 4], "b": ["none", "late", *["none"] * 4], "c": ["none"] * 6}
    assert overall["value"] == pytest.approx(krippendorff_alpha(pd.DataFrame(said)).value)
    assert pd.isna(overall["kappa"])
    assert "readers: says for ann, ben, cai" in found.method and "kappa" not in found.method
    with pytest.raises(DataFault, match='no reader called "ben"'):
        coding.agreement(made, readers={FILE: ["ann", "bea"]})
    with pytest.raises(DataFault, match='no interview called "talc"'):
        coding.agreement(made, readers={"sources/talc.vtt": ["ann", "ben"]})


def test_steps_can_be_compared_as_codes_are(journey):
    quotes = [
        {"turn": 2, "step": "calls", "coder": "ann"},
        {"turn": 2, "step": "calls", "coder": "ben"},
        {"turn": 4, "step": "bill", "coder": "ann"},
        {"turn": 4, "step": "calls", "coder": "ben"},
    ]
    table = coding.agreement(journey(quotes), by="step").table.set_index("step")
    assert list(table.index) == ["all steps", "bill", "calls"]
    assert table.loc["bill", "share"] == pytest.approx(100 * 5 / 6)


def test_what_cannot_be_compared_is_said(journey):
    with pytest.raises(DataFault, match="no place that two coders read"):
        coding.agreement(journey(given((2, "call", "ann"))))
    same = journey(given(*((turn, "call", who) for turn in (2, 4, 6, 8, 10, 12) for who in ("ann", "ben"))))
    assert "only one code was given" in coding.agreement(same).sentence
    with pytest.raises(DataFault, match='"codes"'):
        coding.agreement(same, by="codes")
    few = coding.agreement(journey(given((2, "call", "ann"), (2, "late", "ben"))), minimum_base=10)
    assert "too few places" in few.sentence and few.to_frame()["value"].isna().all()
    unnamed = coding.agreement(journey(given((2, "call", "ann"), (2, "late", "ben"), (4, "late", ""))))
    assert "1 coding without a coder left out" in unnamed.method


def test_users_of_a_qda_project_are_compared_source_by_source(tmp_path):
    def passage(source, start, codes):
        given = "".join(
            f'<Coding guid="k{source}{start}{n}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>'
            for n, (user, code) in enumerate(codes)
        )
        where = f'guid="p{source}{start}" startPosition="{start}" endPosition="{start + 4}"'
        return f"<PlainTextSelection {where}>{given}</PlainTextSelection>"

    texts = {"s1": "One two three four five.", "s2": "Six seven eight nine."}
    codings = {
        "s1": [(0, [("u1", "c1"), ("u2", "c1")]), (4, [("u1", "c1"), ("u2", "c2")]), (8, [("u1", "c2")])],
        "s2": [(0, [("u1", "c1")])],  # the second user coded nothing here
    }
    sources = "".join(
        f'<TextSource guid="{one}" name="{one}"><PlainTextContent>{text}</PlainTextContent>'
        f"{''.join(passage(one, *each) for each in codings[one])}</TextSource>"
        for one, text in texts.items()
    )
    xml = (
        '<?xml version="1.0"?><Project xmlns="urn:QDA-XML:project:1.0" name="p"><Users><User guid="u1" name="Maud"/>'
        '<User guid="u2" name="Bob"/></Users><CodeBook><Codes><Code guid="c1" name="late"/><Code guid="c2" name="dear"/>'
        f"</Codes></CodeBook><Sources>{sources}</Sources></Project>"
    )
    path = tmp_path / "made.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", xml)
        archive.writestr("sources/none.txt", "")
    found = coding.agreement(load.read(path), minimum_base=1)
    said = pd.DataFrame({"a": ["late", "late", "dear"], "b": ["late", "dear", "none"]})
    assert found.table["n"].tolist() == [3, 3, 3]
    assert found.table["value"].iloc[0] == pytest.approx(krippendorff_alpha(said).value)
    assert "coder 1, coder 2" in found.method and "Maud" not in found.summary()
    assert len(qda.code_frame(files.receive(path, Engine().scratch))) == 2
