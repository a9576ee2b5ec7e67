"""Transcripts as programs and people really write them: cues, subtitles, plain text, Word and OpenDocument."""

from __future__ import annotations

import re
import zipfile

import pytest

import workbench as wb
from workbench import files
from workbench.engine import Engine
from workbench.faults import DataFault
from workbench.sources import names, transcripts
from workbench.sources.binding import Binding
from workbench.sources.reading import Desk

READERS = (transcripts.webvtt, transcripts.srt, transcripts.txt, transcripts.docx, transcripts.odt)


@pytest.fixture
def received(tmp_path):
    def make(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return files.receive(path, tmp_path)

    return make


def said(found, merge=None):
    return [(turn.speaker, turn.words) for turn in transcripts.turns(found, merge)]


def notes(found):
    return [one["found"] for one in transcripts.heard(found).notes]


def kinds(found):
    return [one.name for one in READERS if one.recognises(found)]


def read(found, **binding):
    desk = Desk(found, Engine(), Binding(**binding), b"k" * 32)
    reader = next(one for one in READERS if one.recognises(found))
    records = reader.read(desk).records.collect(backend="pandas").to_native().sort_values("order")
    return records, desk.faults


# -- cues -------------------------------------------------------------------------------------------------------------


def test_voices_with_classes_several_in_a_cue_and_entities(received):
    found = received(
        "a.vtt",
        "WEBVTT - made by hand\nKind: captions\n\nSTYLE\n::cue { color: red }\n\n"
        "guid/12-0\n00:01.000 --> 00:02.000 align:start\n"
        "<v.loud.first Esm&eacute; O'Neill>How <b>was</b> it?</v> <v P03>Bad &amp; dear.\n\n"
        "00:02.000 --> 00:03.000\n<c.yellow>And</c> <00:00:02.500>slow.\n",
    )
    assert kinds(found) == ["webvtt"]
    assert said(found) == [("Esmé O'Neill", "How was it?"), ("P03", "Bad & dear. And slow.")]
    assert "no speaker is named for" in notes(found)[0]


def test_a_missing_first_line_and_odd_times_are_told_and_nothing_is_lost(received):
    found = received("a.vtt", "1\n0:0:0.0 --> 0:0:4.0\nAnn: One.\n\n2\n0:0:4.0 --> 0:0:5.5\nBob: Two.\n")
    assert kinds(found) == ["webvtt"]
    assert said(found) == [("Ann", "One."), ("Bob", "Two.")]
    assert any("WEBVTT" in one for one in notes(found))
    assert any("0:0:0.0 --> 0:0:4.0" in one for one in notes(found))


def test_cues_that_overlap_or_stand_in_another_order_are_put_by_their_start(received):
    found = received(
        "a.vtt",
        "WEBVTT\n\n00:05.000 --> 00:06.000\n<v B>Two.\n\n00:01.000 --> 00:05.500\n<v A>One.\n\n"
        "00:07.000 --> bad\n<v A>Three.\n",
    )
    assert said(found) == [("A", "One."), ("B", "Two."), ("A", "Three.")]
    told = " ".join(notes(found))
    assert "cue 2 starts before the cue above it" in told
    assert "cue 1 starts before the cue before it ends" in told
    assert "times that cannot be read" in told


def test_two_recordings_in_one_file_are_not_shuffled_into_each_other(received):
    found = received("a.vtt", "WEBVTT\n\n10:00.000 --> 10:01.000\n<v A>One.\n\n00:01.000 --> 00:02.000\n<v B>Two.\n")
    assert said(found) == [("A", "One."), ("B", "Two.")]
    assert "jumps back" in notes(found)[0]


def test_scripts_go_with_what_is_in_them_and_lesser_signs_stay(received):
    found = received(
        "a.vtt",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>I felt <script>alert('x')</script><img src=x onerror=go()>cheated, "
        "&lt;script&gt;y()&lt;/script&gt;and 3 < 5.\n",
    )
    assert said(found) == [("A", "I felt cheated, and 3 < 5.")]
    assert "a script in what is said" in notes(found)


def test_turn_marks_without_names_keep_turns_apart(received):
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n>> Hello.\n\n00:02.000 --> 00:03.000\nthere. &gt;&gt; Yes?\n\n"
    found = received("a.vtt", text + "00:03.000 --> 00:04.000\n>> ANN: Well.\n")
    assert said(found) == [("", "Hello. there."), ("", "Yes?"), ("ANN", "Well.")]
    dashes = received(
        "b.srt", "1\n00:00:01,000 --> 00:00:02,000\n- Hello.\n- Hi.\n\n2\n00:00:03,000 --> 00:00:04,000\n- So.\n"
    )
    assert [words for _, words in said(dashes)] == ["Hello.", "Hi.", "So."]


def test_subtitles_with_dots_missing_numbers_and_blank_lines(received):
    found = received(
        "a.srt",
        "00:00:01.000 --> 00:00:04.000\nInterviewer: How?\n\n\n\n2\n00:00:04,500 --> 00:00:09,000\n"
        "{\\an8}P03: I rang,\n<i>and waited.</i>\n\n3\n\n00:00:09,500 --> 00:00:12,000\nInterviewer: And then?\n",
    )
    assert kinds(found) == ["srt"]
    assert said(found) == [("Interviewer", "How?"), ("P03", "I rang, and waited."), ("Interviewer", "And then?")]


def test_captions_that_roll_up_say_each_line_once(received):
    lines = [f"line number {n}" for n in range(8)]
    cues = [f"00:{n:02d}.000 --> 00:{n + 1:02d}.000\n{lines[n]}\n{lines[n + 1]}" for n in range(7)]
    found = received("a.vtt", "WEBVTT\n\n" + "\n\n".join(cues) + "\n")
    assert said(found) == [("", " ".join(lines))]


# -- plain text -------------------------------------------------------------------------------------------------------


def test_zoom_writes_name_tab_clock_and_the_words_below(received):
    found = received("a.txt", "Ann Lee\t00:00:01\nHow was it?\n\nP03\t00:00:04\nI called at 10:30\nand waited.\n")
    assert kinds(found) == ["transcript"]
    assert said(found) == [("Ann Lee", "How was it?"), ("P03", "I called at 10:30 and waited.")]


@pytest.mark.parametrize("clock", ["[00:00:04]", "(0:04)", "00:00:04", "00:00:04.120 -", "[00:00:04 --> 00:00:06]"])
def test_clocks_are_nobody(received, clock):
    found = received(
        "a.txt", f"{clock} Interviewer: How?\n{clock}\n{clock} P03: Note: it came.\nNote: late.\n{clock}\n"
    )
    assert said(found) == [("Interviewer", "How?"), ("P03", "Note: it came. Note: late.")]


def test_a_line_without_a_speaker_goes_on_from_the_line_before(received):
    found = received(
        "a.txt", "Interview with a customer\n\nInterviewer 1: You were\n\nsaying:\n\nInterviewee : Yes. \n"
    )
    assert said(found) == [("Interviewer 1", "You were saying:"), ("Interviewee", "Yes.")]
    assert "1 line before the first speaker" in notes(found)


def test_text_without_speakers_is_one_persons_and_told(received):
    found = received("a.txt", "It was slow, and dear.\nOne thing is sure: nobody rang.\nI waited, and then I left.\n")
    assert kinds(found) == ["transcript"]
    records, faults = read(found)
    assert len(records) == 1
    assert any(fault.found == "no speakers" for fault in faults)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "Ann: x\nAnn: y\nAnn: z\n"),
        ("a.txt", "id\tnps\n1\t9\n2\t10\n"),
        ("a.txt", "id;nps;text\n1;9;good\n2;10;bad\n"),
        ("a.txt", '{"a": 1}\n'),
        ("a.txt", "<html>\n"),
    ],
)
def test_tables_are_left_to_others(received, name, text):
    assert kinds(received(name, text)) == []


def test_spellings_are_told_and_put_together_only_when_asked(received):
    talk = "Interviewer 1: a\nP03: b\n" * 6 + "interviewer1: c\nP03: d\nIntervewer 1: e\nP04: f\nInterviewer 2: g\n"
    found = received("a.txt", talk)
    told = [one for one in notes(found) if "probably one speaker" in one]
    assert len(told) == 2
    assert any('"interviewer1"' in one and '"Interviewer 1"' in one for one in told)
    assert any('"Intervewer 1"' in one for one in told)
    merged = said(found, {"interviewer1": "Interviewer 1", "Intervewer 1": "Interviewer 1"})
    assert {who for who, _ in merged} == {"Interviewer 1", "P03", "P04", "Interviewer 2"}


def test_an_interviewee_is_no_interviewer_and_numbers_are_people():
    assert names.probably_one({"Interviewer": 1, "Interviewee": 90, "P03": 1, "P04": 40}) == []
    assert names.probably_one({"Interviewer": 40, "interviewer 1": 1}) == [("interviewer 1", "Interviewer")]
    assert names.probably_one({"Interviewer": 40, "Interviewer 1": 1, "Interviewer 2": 9}) == []


def test_a_speakers_name_is_masked_in_every_part_and_never_told(received):
    talk = (
        "Interviewer: How did you join?\nPhilippa Okonkwo-Byrne: I rang.\nInterviewer: And?\n"
        "Phillipa Okonkwo-Byrne: As I told PHILIPPA's husband, a Mr Byrne, no Interviewer asked.\n"
    )
    records, faults = read(received("a.txt", talk), interviewer=["Interviewer"])
    shown = records.to_csv() + "".join(map(str, faults))
    assert not any(name in shown.casefold() for name in ("philippa", "phillipa", "okonkwo", "byrne"))
    assert "no Interviewer asked" in records["text"].iloc[-1]
    assert any("the speaker of turn" in fault.found and "probably one" in fault.found for fault in faults)


def test_an_interviewer_whom_the_binding_calls_otherwise_is_told(received):
    _, faults = read(received("a.txt", "Researcher: a\nAnn: b\nResearcher: c\nAnn: d\n"), interviewer=["Moderator"])
    assert any("nobody of those that interviewer: names" in fault.found for fault in faults)


def test_a_turn_keeps_its_place_with_the_time_at_which_it_begins(received):
    voices = "WEBVTT\n\n01:59.500 --> 02:01.000\n<v A>One.\n\n01:00:02.000 --> 01:00:03.000\n<v A>Two.\n<v B>Three.\n"
    cases = {
        "a.vtt": (voices, ["turn 1, 00:01:59", "turn 2, 01:00:02"]),
        "a.srt": ("1\n00:00:01,000 --> 00:00:02,000\nAnn: One.\nBob: Two.\nAnn: So.\n", ["turn 1, 00:00:01"]),
        "zoom.txt": ("Ann Lee\t00:00:01\nHow?\n\nP03\t00:00:04\nBad.\n", ["turn 1, 00:00:01", "turn 2, 00:00:04"]),
        "led.txt": (
            "[00:04.5]\nAnn: One.\n[00:09] Bob: Two.\nAnn: So.\n[0:12] Bob: Yes.\n",
            ["turn 1, 00:04", "turn 2, 00:09"],
        ),
        "none.txt": ("Ann: One.\nBob: Two at 10:30\nAnn: So.\n", ["turn 1", "turn 2"]),
    }
    for name, (text, expected) in cases.items():
        records, _ = read(received(name, text))
        assert records["place"].tolist()[: len(expected)] == expected, name


# -- documents --------------------------------------------------------------------------------------------------------


def document(tmp_path, fill, name="a.docx"):
    from docx import Document

    made = Document()
    made.core_properties.author = "Philippa Okonkwo"
    fill(made)
    path = tmp_path / name
    made.save(path)
    return files.receive(path, tmp_path)


def test_word_paragraphs_with_clocks_names_and_line_breaks(tmp_path):
    def fill(made):
        made.add_paragraph("Researcher  0:01\nHow was it?")
        made.add_paragraph("Maud   1:04")
        made.add_paragraph("Bad.")
        made.add_paragraph("Researcher: And then?")

    found = document(tmp_path, fill)
    assert said(found) == [("Researcher", "How was it?"), ("Maud", "Bad."), ("Researcher", "And then?")]
    records, faults = read(found, interviewer=["Researcher"])
    assert "Okonkwo" not in records.to_csv() + "".join(map(str, faults))


@pytest.mark.parametrize("heading", [None, ("Time", "Speaker", "What was said")])
def test_a_transcript_in_a_table(tmp_path, heading):
    rows = [
        ("0:01", "Interviewer", "How?"),
        ("0:04", "Ann", "I rang, and\nwaited."),
        ("0:09", "", "An hour."),
        ("0:12", "Interviewer", "Oh."),
    ]

    def fill(made):
        made.add_paragraph("Interview 3, 12 February")
        table = made.add_table(rows=0, cols=3)
        for row in [*([heading] if heading else []), *rows]:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    found = document(tmp_path, fill)
    assert said(found) == [("Interviewer", "How?"), ("Ann", "I rang, and waited. An hour."), ("Interviewer", "Oh.")]
    assert "1 line before the first speaker" in notes(found)
    assert [turn.time for turn in transcripts.turns(found)] == ["0:01", "0:04", "0:12"]


def test_what_is_inserted_is_read_and_what_is_deleted_is_not(tmp_path):
    from docx.oxml import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def fill(made):
        made.add_paragraph("Interviewer: How?")
        last = made.element.body[-1]
        last.addprevious(
            parse_xml(
                f"<w:p {space}><w:r><w:t>Ann: I </w:t></w:r><w:ins><w:r><w:t>rang</w:t></w:r></w:ins>"
                "<w:del><w:r><w:delText>shouted</w:delText></w:r></w:del></w:p>"
            )
        )
        last.addprevious(
            parse_xml(
                f"<w:sdt {space}><w:sdtContent><w:p><w:r><w:t>Ann: Twice.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            )
        )

    assert said(document(tmp_path, fill)) == [("Interviewer", "How?"), ("Ann", "I rang Twice.")]


def test_a_document_type_deep_in_a_word_document_is_refused(tmp_path):
    found = document(tmp_path, lambda made: made.add_paragraph("Ann: hello"))
    with zipfile.ZipFile(found.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    late = b"<?xml version='1.0'?><!--" + b"x" * 5000 + b'--><!DOCTYPE d [<!ENTITY x "y">]>'
    parts["word/document.xml"] = late + parts["word/document.xml"].split(b"?>", 1)[1]
    path = tmp_path / "late.docx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(DataFault, match="document type or entity"):
        said(files.receive(path, tmp_path))


def test_open_document_texts(tmp_path):
    from odf.opendocument import OpenDocumentText
    from odf.table import Table, TableCell, TableRow
    from odf.text import P, Section

    made = OpenDocumentText()
    for line in ("Interviewer: How?", "P03: I rang.", "And waited."):
        made.text.addElement(P(text=line))
    section = Section(name="s")
    section.addElement(P(text="Interviewer: And then?"))
    made.text.addElement(section)
    table = Table(name="t")
    for who, what in (("P03", "A bill came."), ("Interviewer", "Oh.")):
        row = TableRow()
        for text in (who, what):
            cell = TableCell()
            cell.addElement(P(text=text))
            row.addElement(cell)
        table.addElement(row)
    made.text.addElement(table)
    path = tmp_path / "a.odt"
    made.save(str(path))
    found = files.receive(path, tmp_path)
    assert kinds(found) == ["odt"]
    assert said(found) == [
        ("Interviewer", "How?"),
        ("P03", "I rang. And waited."),
        ("Interviewer", "And then?"),
        ("P03", "A bill came."),
        ("Interviewer", "Oh."),
    ]


# -- real files -------------------------------------------------------------------------------------------------------


def test_seventeen_real_interviews_have_their_speakers_and_all_their_words(shared, tmp_path):
    several = sorted((shared / "data" / "transcripts_txt").glob("*.txt"))
    assert len(several) == 17
    speakers = set()
    for path in several:
        found = files.receive(path, tmp_path)
        assert kinds(found) == ["transcript"]
        talk = list(transcripts.turns(found))
        assert len(talk) > 40
        speakers |= {turn.speaker for turn in talk}
        heard = sum(len(turn.words.split()) for turn in talk)
        assert heard >= 0.9 * len(found.text().split())
    assert all(names.is_role(one) for one in speakers)


def test_real_cues_keep_every_word(shared, tmp_path):
    for path in sorted((shared / "data" / "transcripts_vtt").glob("*.vtt")):
        found = files.receive(path, tmp_path)
        assert kinds(found) == ["webvtt"]
        cues = [line for line in found.text().splitlines()[1:] if line.strip() and "-->" not in line]
        heard = sum(len(turn.words.split()) for turn in transcripts.turns(found))
        assert heard >= 0.99 * sum(len(re.sub(r"^(>> )?([A-Z]\w+ )+[A-Z]\w+: |>>", "", line).split()) for line in cues)


def test_real_interviews_are_read_to_be_coded_masked_and_searched(shared, project):
    study = wb.new_study("talks", files_from=sorted((shared / "data" / "transcripts_txt").glob("*.txt"))[:3])
    own = study.interviews
    assert len(own.files) == 3 and all(len(own.turns(file)) > 90 for file in own.files)
    turn = own.turns(own.files[0])[3]
    assert turn.number in [one.turn for one in own.search(" ".join(turn.words.split()[:3]).upper())]
    own.give(own.files[0], {turn.number: turn.words.split()[0]}, code="first word", coder="Ann")
    assert study.codes.quotes[0].code == "first word"
