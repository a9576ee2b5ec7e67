"""Coded projects: what REFI-QDA and Taguette files give, where places and quoted texts disagree, and writing them again."""

from __future__ import annotations

import json
import sqlite3
import zipfile

import pytest

from workbench import files
from workbench.engine import Engine
from workbench.faults import DataFault
from workbench.sources import qda
from workbench.sources.binding import Binding
from workbench.sources.reading import Desk

TALK = "Interviewer: How?\r\nPhilippa Okonkwo: I rang 😀 and waited.\r\nInterviewer: Oh.\r\nPhilippa Okonkwo: A bill came.\r\n"
BILL = TALK.index("A bill came.")


def qde(passages, space="urn:QDA-XML:project:1.0", more=""):
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{space}" name="made">'
        '<Users><User guid="u1" name="Maud Coder"/><User guid="u2" name="Bob Coder"/></Users>'
        '<CodeBook><Codes><Code guid="c1" name="Billing" isCodable="false"><Description>all of it</Description>'
        '<Code guid="c2" name="late bill" isCodable="true" color="#112233"/></Code>'
        '<Code guid="c3" name="waiting" isCodable="true"/></Codes></CodeBook>'
        f'{more}<Sources><TextSource guid="s1" name="Interview 1" plainTextPath="internal://s1.txt">{passages}'
        "</TextSource></Sources></Project>"
    )


def passage(start, end, name="", code="c2", user="u1"):
    return (
        f'<PlainTextSelection guid="p{start}" startPosition="{start}" endPosition="{end}" name="{name}">'
        f'<Coding guid="k{start}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
    )


@pytest.fixture
def packed(tmp_path):
    def make(xml, text=TALK, member="project.qde", where="Sources/s1.txt"):
        path = tmp_path / "made.qdpx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, xml)
            archive.writestr("sources/other.txt", "other")
            if text is not None:
                archive.writestr(where, text.encode())
        return files.receive(path, tmp_path)

    return make


def read(found, **binding):
    desk = Desk(found, Engine(), Binding(**binding), b"k" * 32)
    reader = next(one for one in (qda.refi_qda, qda.taguette) if one.recognises(found))
    return reader.read(desk).records.collect(backend="pandas").to_native().sort_values("order"), desk.faults


def one_quote(found):
    project = qda.project(found)
    (quote,) = project.quotes
    return quote, " ".join(note["found"] for note in project.notes)


@pytest.mark.parametrize("member", ["project.qde", "Project.QDE", "PROJECT.qde"])
@pytest.mark.parametrize("space", ["urn:QDA-XML:project:1.0", "urn:QDA-XML:project:0:4"])
def test_a_project_in_any_case_and_version(packed, member, space):
    found = packed(qde(passage(BILL, BILL + 12, "A bill came."), space), member=member)
    assert qda.refi_qda.recognises(found)
    quote, told = one_quote(found)
    assert (quote.start, quote.end, quote.words) == (BILL, BILL + 12, "A bill came.")
    assert quote.speaker == "Philippa Okonkwo"
    assert ("0:4" in told) == space.endswith("0:4")
    codes = {code.name: code for code in qda.project(found).codes}
    assert list(codes) == ["Billing", "Billing / late bill", "waiting"]
    assert not codes["Billing"].codable and codes["Billing / late bill"].color == "#112233"


def test_places_that_count_line_breaks_or_emojis_otherwise_are_moved_to_the_quoted_text(packed):
    by_line = TALK.replace("\r\n", "\n").index("A bill came.")
    quote, told = one_quote(packed(qde(passage(by_line, by_line + 12, "A bill came."))))
    assert quote.words == "A bill came." and quote.start == BILL and "counted otherwise" in told
    pairs = len(TALK[:BILL].encode("utf-16-le")) // 2
    quote, told = one_quote(packed(qde(passage(pairs, pairs + 12, "A bill came."))))
    assert quote.words == "A bill came." and "counted otherwise" in told


def test_a_place_without_its_text_and_a_text_without_its_place_are_told(packed):
    quote, told = one_quote(packed(qde(passage(0, 12, "A bill came."))))
    assert quote.words == "A bill came." and "does not hold the quoted text" in told
    quote, told = one_quote(packed(qde(passage(0, 12, "No such word"))))
    assert quote.words == TALK[:12] and "its source does not hold" in told
    quote, told = one_quote(packed(qde(passage(BILL, 9999))))
    assert quote.end == len(TALK) and "ends outside its text" in told


def test_a_title_of_a_passage_is_not_taken_for_its_text(packed):
    quote, told = one_quote(packed(qde(passage(BILL, BILL + 12, "my favourite passage of them all"))))
    assert quote.words == "A bill came." and told == ""


def test_a_source_that_is_not_there_is_told_and_its_codes_stay(packed):
    found = packed(qde(passage(3, 15, "A bill came.") + passage(50, 90, "waiting")), text=None)
    project = qda.project(found)
    assert [quote.words for quote in project.quotes] == ["A bill came.", None]
    assert any("1 of 1 sources" in note["found"] for note in project.notes)
    records, faults = read(found)
    assert records["code"].tolist() == ["Billing / late bill"] * 2
    assert any("1 of 1 sources" in fault.found for fault in faults)


def test_a_path_out_of_the_archive_finds_nothing_outside(packed):
    xml = qde(passage(0, 5)).replace("internal://s1.txt", "internal://../../../../etc/passwd")
    assert one_quote(packed(xml))[0].words is None
    xml = qde(passage(0, 5)).replace("internal://s1.txt", "absolute:///etc/passwd")
    quote, told = one_quote(packed(xml))
    assert quote.words is None and "outside the file" in told


def test_records_hold_codes_and_no_names(packed):
    cases = '<Cases><Case guid="a" name="Philippa Okonkwo"><SourceRef targetGUID="s1"/></Case></Cases>'
    start = TALK.index("Philippa Okonkwo: I rang")
    found = packed(
        qde(
            passage(start, start + 30, user="u2")
            + passage(BILL, BILL + 12, code="c3")
            + passage(0, 17)
            + passage(3, 9, code="gone")
            + '<PlainTextSelection guid="n" startPosition="1" endPosition="5"/>',
            more=cases,
        )
    )
    records, faults = read(found, interviewer=["Interviewer"], steps={"late bill": "first-bill"}, id_space="x")
    assert records["code"].tolist() == ["Billing / late bill", "waiting"]
    assert records["step"].tolist()[0] == "first-bill"
    assert records["person"].nunique() == 1
    assert records["text"].tolist()[0].startswith("[name]: I rang")
    told = "".join(map(str, faults))
    for words in ("interviewer's words", "not in the code frame", "without a code", "personal data"):
        assert words in told
    shown = records.to_csv() + told + qda.project(found).table().to_csv()
    assert not any(name in shown for name in ("Philippa", "Okonkwo", "Maud", "Bob"))
    assert set(qda.project(found).table()["coder"]) == {1, 2}
    assert records["coder"].tolist() == ["coder 2", "coder 1"] and records["measure"].isna().all()
    assert records["place"].tolist() == [f"characters {start}-{start + 30}", f"characters {BILL}-{BILL + 12}"]


def test_what_is_coded_beside_the_text_keeps_its_page_its_time_or_its_corners(packed):
    coding = '<Coding guid="k{0}"><CodeRef targetGUID="c2"/></Coding>'
    spots = (
        '<PDFSelection guid="p1" page="1" firstX="1" firstY="2" secondX="30" secondY="40">',
        '<VideoSelection guid="p2" begin="16176" end="3645358">',
        '<PictureSelection guid="p3" firstX="1" firstY="2" secondX="30" secondY="40">',
    )
    parts = [f"{spot}{coding.format(n)}</{spot[1:].split()[0]}>" for n, spot in enumerate(spots)]
    records, _ = read(packed(qde("".join(parts) + coding.format(9))))
    assert sorted(records["place"]) == [
        "00:00:16-01:00:45",
        "from 1,2 to 30,40",
        "page 2, from 1,2 to 30,40",
        "the whole source",
    ]
    assert records["coder"].isna().all() and records["text"].isna().all()  # the project does not say who coded


def test_document_types_broken_xml_and_other_xml_are_refused(packed):
    entity = qde(passage(0, 5)).replace("?>", '?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1)
    for xml, says in ((entity, "document type or entity"), ("<Project", "broken XML"), ("<other/>", "another kind")):
        with pytest.raises(DataFault, match=says):
            qda.project(packed(xml))


def test_a_project_comes_back_as_it_was_written(packed, tmp_path):
    project = qda.project(packed(qde(passage(BILL, BILL + 12) + passage(18, 30, code="c3", user="u2"))))
    raw = qda.write_qdpx(project)
    assert raw == qda.write_qdpx(project)
    path = tmp_path / "again.qdpx"
    files.write(path, raw)
    again = qda.project(files.receive(path, tmp_path))
    assert again.table().equals(project.table().sort_values("start", ignore_index=True))
    assert [one.words for one in again.sources] == [TALK]
    assert {(q.words, q.codes) for q in again.quotes} == {(q.words, q.codes) for q in project.quotes}
    assert [one.name for one in again.codes] == [one.name for one in project.codes] and not again.notes
    assert b"Maud" not in zipfile.ZipFile(path).read("project.qde")


def test_quotes_of_a_frame_become_a_project_and_a_codebook(tmp_path):
    quotes = [
        ("Interview 1", "A [name] came,\nlate.", ["late bill", "waiting"]),
        ("Interview 1", "Bad \x00 <b>", ["waiting"]),
    ]
    project = qda.from_quotes("Water & bills", quotes)
    path = tmp_path / "a.qdpx"
    files.write(path, qda.write_qdpx(project))
    again = qda.project(files.receive(path, tmp_path))
    assert [quote.words for quote in again.quotes][0] == "A [name] came, late."
    assert again.table()["code"].value_counts().to_dict() == {"waiting": 2, "late bill": 1}
    book = tmp_path / "a.qdc"
    nested = (qda.Code("G1", ("Billing",), "#00FF00", "all < of it", False), qda.Code("G2", ("Billing", "late")))
    files.write(book, qda.write_qdc(nested))
    received = files.receive(book, tmp_path)
    assert qda.refi_qda.recognises(received)
    assert qda.code_frame(received) == list(nested)
    with pytest.raises(DataFault, match="2 codes, 0 sources and no coded passage"):
        read(received)


def test_code_frames_as_csv(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text(
        "tag;description;colour\nBilling;all of it;#112233\nBilling / late;;\n\nNA;not asked;\n", encoding="utf-8"
    )
    found = qda.code_frame(files.receive(path, tmp_path))
    assert [one.path for one in found] == [("Billing",), ("Billing", "late"), ("NA",)]
    assert (found[0].description, found[0].color) == ("all of it", "#112233")
    path.write_text("tag\nlate\nearly\nlate\n", encoding="utf-8")
    with pytest.raises(DataFault, match="row 4.*stands twice"):
        qda.code_frame(files.receive(path, tmp_path))
    path.write_text("tag,description\nbilling,all\nbilling.slow,how long\nv2.0,\n", encoding="utf-8")
    nested = qda.code_frame(files.receive(path, tmp_path))
    assert [one.name for one in nested] == ["billing", "billing / slow", "v2.0"]
    path.write_text("name,description,parent\nvery,,slow\nslow,,Billing\nBilling,all,\n", encoding="utf-8")
    nested = qda.code_frame(files.receive(path, tmp_path))
    assert [one.name for one in nested] == ["Billing / slow / very", "Billing / slow", "Billing"]
    path.write_text("name,parent\nBilling,\nslow,Biling\nagain,Billing\nagain,Billing\n", encoding="utf-8")
    with pytest.raises(
        DataFault, match=r'(?s)row 3.*no code called "Biling".*did you mean "Billing".*row 5.*stands twice'
    ):
        qda.code_frame(files.receive(path, tmp_path))
    path.write_text("what,why\na,b\n", encoding="utf-8")
    with pytest.raises(DataFault, match="no column of codes"):
        qda.code_frame(files.receive(path, tmp_path))


@pytest.fixture
def taguette(tmp_path):
    path = tmp_path / "made.sqlite3"
    page = "<p>Interviewer: How?</p>\n<p>Philippa: It was <b>très</b> slow &amp; dear.</p>\n<script>x()</script>"
    plain = "Interviewer: How?\nPhilippa: It was très slow & dear.\n"
    start = len(plain[: plain.index("très")].encode())
    end = len(plain[: plain.index(" dear")].encode())
    with sqlite3.connect(path) as base:
        base.executescript(
            "create table documents (id integer, name text, contents text);"
            "create table tags (id integer, path text, description text);"
            "create table highlights (id integer, document_id integer, start_offset integer, end_offset integer, snippet text);"
            "create table highlight_tags (highlight_id integer, tag_id integer);"
            "create table commands (id integer, user_login text, payload text);"
            "create table users (login text, email text, hashed_password text);"
        )
        base.execute("insert into documents values (1, 'Interview 1', ?)", (page,))
        base.execute("insert into tags values (1, 'billing.slow', 'how long'), (2, 'dear', '')")
        base.execute("insert into highlights values (1, 1, ?, ?, '<b>très</b> slow &amp;')", (start, end))
        base.execute("insert into highlights values (2, 1, 0, 5, 'nothing there')")
        base.execute("insert into highlight_tags values (1, 1), (1, 2), (2, 2)")
        told = json.dumps({"type": "highlight_add", "highlight_id": 1})
        base.execute("insert into commands values (1, 'maud', ?), (2, 'maud', 'no json')", (told,))
        base.execute("insert into users values ('maud', 'maud@example.com', 'secret')")
    base.close()
    return files.receive(path, tmp_path)


def test_taguette_is_read_with_places_in_bytes_and_left_as_it_was(taguette):
    before = taguette.path.read_bytes()
    assert qda.taguette.recognises(taguette)
    project = qda.project(taguette)
    quote = next(one for one in project.quotes if one.words == "très slow &")
    assert quote.speaker == "Philippa"
    assert [one.name for one in project.codes] == ["billing / slow", "dear"]
    assert any("its source does not hold" in note["found"] for note in project.notes)
    records, faults = read(taguette, interviewer=["Interviewer"])
    assert set(records["code"]) == {"billing / slow", "dear"}
    assert [one.path for one in qda.code_frame(taguette)] == [("billing", "slow"), ("dear",)]
    assert set(records["coder"]) == {"coder 1"}  # whose the other highlight is, the log does not say
    shown = records.to_csv() + "".join(map(str, faults))
    assert not any(word in shown for word in ("maud", "Philippa", "secret"))
    assert taguette.path.read_bytes() == before
    assert not list(taguette.path.parent.glob("*-wal")) + list(taguette.path.parent.glob("*-journal"))


def test_other_databases_are_left_to_others(tmp_path):
    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as base:
        base.execute("create table notes (id integer)")
    base.close()
    assert not qda.taguette.recognises(files.receive(path, tmp_path))
    cut = tmp_path / "cut.sqlite3"
    cut.write_bytes(path.read_bytes()[:60])
    assert not qda.taguette.recognises(files.receive(cut, tmp_path))


def test_real_projects(shared, tmp_path):
    folder = shared / "data"
    reference = files.receive(folder / "refi_qda_reference" / "TestProject.qdpx", tmp_path)
    project = qda.project(reference)
    assert (len(project.codes), len(project.sources), len(project.quotes)) == (14, 12, 10)
    assert any("12 of 12 sources" in note["found"] for note in project.notes)
    records, _ = read(reference)
    assert len(records) == len(project.table()) == 13
    assert records["text"].notna().sum() == 4
    target = qda.code_frame(files.receive(folder / "refi_qda_atlas" / "target-atlas-project.qdpx", tmp_path))
    assert [len(one.path) for one in target] == [1, 2, 2]
    for name in ("blank-atlas-project.qdpx", "target-atlas-project.qdpx"):
        with pytest.raises(DataFault, match="no coded passage"):
            read(files.receive(folder / "refi_qda_atlas" / name, tmp_path))
