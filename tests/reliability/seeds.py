"""A small whole file of every kind that the workbench reads, and what is asked of one: where fuzzing and damage begin.

Every file is made here and says little; `ask` reads it the way a person would have it read.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from made_exports import WRITERS
from water_town import BINDING, ROOT, WATER

import workbench as wb
from workbench import files, load, models
from workbench.engine import Engine
from workbench.sources import qda
from workbench.sources.a11 import DRIVERS

MAP = """\
title: Moving in
lanes: [doing, "next", thinking]
starts: [joins]
stages:
  - id: in
    name: "Move in; or not"
    steps:
      - {id: joins, name: "Joins: day one, #1", channels: [web, "post, by hand"], owner: Digital, emotion: 0}
      - {id: asks, name: Asks, emotion: -12.5, lanes: {doing: "Rings", thinking: "-5 points"}}
  - name: Billed
    steps:
      - {id: bill, name: First bill, hot_spot: pain, emotion: -100, next: [pays], commitment: [promise, perform]}
      - {id: pays, name: Pays, next: [], outside: true, within: 14 days, measures: [nps, csat]}
scenarios: [{name: Bad, mood: bad}]
"""
TALK = "Interviewer: How?\r\nPhilippa: I rang and waited.\r\nInterviewer: Oh.\r\nPhilippa: A bill came.\r\n"
SRT = "1\n00:00:01,000 --> 00:00:04,000\nAnn: How was it?\n\n2\n00:00:05,000 --> 00:00:09,000\nBea: Slow.\nAnd dear.\n"
TABLES = {
    "lime": "id;submitdate;lastpage;startlanguage;Q1;Q2[SQ001]\n1;2025-03-01 10:00:00;3;en;9;Y\n2;;1;en;3;\n",
    "vv": "Response ID\tDate submitted\tLast page\tStart language\tHow likely?\tWhy?\n"
    'id\tsubmitdate\tlastpage\tstartlanguage\tQ1\tQ2\n1\t2025-03-01 10:00:00\t3\ten\t9\t"Good{newline}{lbrace}so}\n'
    "3\t{question_not_shown}\t1\ten\t{question_not_shown}\t{question_not_shown}\n",
    "alchemer": '"Response ID","Time Started","Date Submitted","Status","Reason #1:How likely?"\n'
    '"1","2025-12-22 12:35:34","2025-12-22 12:36:30","Complete","9"\n'
    '"2","2025-12-22 12:35:34","2025-12-22 12:37:30","Partial","3"\n',
    "forms": "Timestamp,How likely are you to come back?,What do you use?\n"
    '2025/05/12 3:45:10 PM GMT+2,9,"Shop, on the corner, App"\n2025/05/13 12:05:10 AM GMT+2,3,App\n',
    "cfpb": "Date received,Product,Issue,Company,Consumer complaint narrative,Submitted via,Complaint ID\n"
    '2024-01-05,"Checking, savings",Late fee,B,I wrote to a@b.org,Web,11\n2024-01-06T10:00:00Z,Card,Lost,B,,Phone,12\n',
    "salesforce": "ID,ISDELETED,MASTERRECORDID,CASENUMBER,CONTACTID,ORIGIN,REASON,CREATEDDATE,CLOSEDDATE\n"
    "500A00000000001AAA,false,,1,003A,Web,Bill,2025-01-01T10:00:00.000Z,\n"
    "500A00000000002AAA,true,500A00000000001AAA,2,003A,Web,Bill,2025-01-01T10:00:00.000Z,2025-01-02T10:00:00.000Z\n",
    "tracking": "month,measure,value,n\n2025-01,nps,12,400\n2025-02,nps,14,410\n2025-01,csat,3.9,400\n2025-03,csat,4,\n",
    "complaints": "case,who,opened,closed,about,said\n1,C1,2025-01-03 10:00,2025-01-05 09:00,Late bill,I rang twice\n"
    "2,C2,03/02/2025,,Leak,\n3,C1,2025-02-09T10:00:00+01:00,2025-02-08,Late bill,Ann Lee never called\n",
    "people": "customer_id,created,region,email\n00017,2024-01-01,North,a@x.org\n17,2024-02-30,South,\nx-5,,,b@x.org\n",
    "events": "case,what,at,by,lifecycle\nA,Join,2025-01-01 09:00,web,complete\nA,Bill,2025-01-20 09:00,post,start\n"
    "B,Join,45678.5,web,complete\nB,Call,2025-03-30 01:30,phone,complete\n",
    "codes": "name,description,parent\nBilling,all of it,\nlate,came late,Billing\nwaiting,,\n",
}
XES = (
    '<?xml version="1.0" encoding="UTF-8"?><log xmlns="http://www.xes-standard.org/"><trace>'
    '<string key="concept:name" value="A"/><int key="age" value="42"/><event><string key="concept:name" value="Join"/>'
    '<date key="time:timestamp" value="2026-02-01T09:00:00+01:00"/></event><event>'
    '<string key="concept:name" value="Bill"/><string key="lifecycle:transition" value="START"/>'
    '<date key="time:timestamp" value="2026-02-20T09:00:00Z"/><string key="org:resource" value="post"/></event>'
    '</trace><trace><string key="concept:name" value="B"/><event><string key="concept:name" value="Call"/></event>'
    "</trace></log>"
)
OBJECTS = [
    {"id": "k1", "type": "customer", "attributes": [{"name": "tier", "value": "gold", "time": "2026-02-10T00:00:00Z"}]},
    {"id": "b1", "type": "bill", "relationships": [{"objectId": "k1", "qualifier": "of"}]},
]
OCEL = {
    "events": [
        {
            "id": f"e{number}",
            "type": what,
            "time": f"2026-02-{number:02d}T09:00:00Z",
            "attributes": [{"name": "by", "value": 7.5}],
            "relationships": [{"objectId": one, "qualifier": "q"} for one in those],
        }
        for number, (what, those) in enumerate([("Join", ["k1"]), ("Bill", ["k1", "b1"]), ("Print", ["b1"])], start=1)
    ],
    "objects": OBJECTS,
    "objectTypes": [],
    "eventTypes": [],
}
OCEL_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><log><object-types><object-type name="customer"><attributes>'
    '<attribute name="tier" type="string"/></attributes></object-type></object-types><event-types/><objects>'
    '<object id="k1" type="customer"><attributes><attribute name="tier" time="1970-01-01T00:00:00Z">gold</attribute>'
    '</attributes></object></objects><events><event id="e1" type="Join" time="2026-02-01T09:00:00Z"><attributes>'
    '<attribute name="by">7.5</attribute></attributes><objects><relationship object-id="k1" qualifier="q"/></objects>'
    "</event></events></log>"
)
QDE = (
    '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="made"><Users>'
    '<User guid="u1" name="Maud"/></Users><CodeBook><Codes><Code guid="c1" name="Billing" isCodable="false">'
    '<Description>all</Description><Code guid="c2" name="late" isCodable="true" color="#112233"/></Code></Codes></CodeBook>'
    '<Sources><TextSource guid="s1" name="One" plainTextPath="internal://s1.txt"><PlainTextSelection guid="p1" '
    'startPosition="28" endPosition="34" name="I rang"><Coding guid="k1" creatingUser="u1"><CodeRef targetGUID="c2"/>'
    "</Coding></PlainTextSelection></TextSource></Sources></Project>"
)
QDC = (
    '<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="c1" '
    'name="Billing" isCodable="true"><Code guid="c2" name="late" isCodable="true"/></Code></Codes></CodeBook>'
)
QUESTIONS = [
    {
        "QuestionID": "QID1",
        "DataExportTag": "Q1",
        "QuestionType": "MC",
        "Selector": "NPS",
        "QuestionText": "<b>How?</b>",
    }
    | {"Choices": {str(one + 1): {"Display": str(one)} for one in range(11)}, "RecodeValues": {"1": "1", "2": "2"}},
    {
        "QuestionID": "QID2",
        "DataExportTag": "Q2",
        "QuestionType": "Matrix",
        "Selector": "Likert",
        "QuestionText": "Rate",
    }
    | {"SubSelector": "SingleAnswer", "Choices": {"1": {"Display": "Bill"}, "2": {"Display": "Call"}}}
    | {"Answers": {"1": {"Display": "Bad"}, "2": {"Display": "Good"}}, "ChoiceOrder": [1, 2], "AnswerOrder": [1, 2]},
    {"QuestionID": "QID3", "DataExportTag": "Q3", "QuestionType": "TE", "Selector": "SL", "QuestionText": "Why?"},
]
QSF = {
    "SurveyEntry": {"SurveyName": "Bills"},
    "SurveyElements": [
        {
            "Element": "BL",
            "Payload": [{"Type": "Default", "BlockElements": [{"Type": "Question", "QuestionID": "QID1"}]}],
        },
        *({"Element": "SQ", "PrimaryAttribute": one["QuestionID"], "Payload": one} for one in QUESTIONS),
    ],
}
NPS = {"measure": "nps", "step": "first-bill"}


@dataclass(frozen=True)
class Seed:
    """A whole file: what it is called, its bytes, and what is asked of one like it (a path; it may raise DataFault)."""

    name: str
    file: str
    content: bytes = field(repr=False)
    ask: Callable[[Path], Any] = field(repr=False)


# -- what is asked ----------------------------------------------------------------------------------------------------


def _journey(path: Path, **binding: Any) -> None:
    """Read a file into a journey, and look at all of it."""
    journey = wb.read(path, **binding)
    journey.to_frame()
    journey.faults_frame()
    journey.people.to_frame()


def _codes(path: Path) -> None:
    engine = Engine()
    qda.code_frame(files.receive(path, engine.scratch))


def _questionnaire(path: Path) -> None:
    notes: list = []
    load.questionnaire_named(path, notes=notes).bind()


@lru_cache(maxsize=1)
def _drawn() -> Path:
    """A study that is a map and nothing else."""
    folder = Path(tempfile.mkdtemp(prefix="fuzzing-")) / "moving-in"
    folder.mkdir()
    (folder / "study.yaml").write_text("title: Moving in\n", encoding="utf-8")
    (folder / "map.yaml").write_text(MAP, encoding="utf-8")
    return folder


def _part(part: str, path: Path) -> None:
    """Look at a study one part of which is this file."""
    folder = _drawn()
    place = folder / f"{part}.yaml"
    before = place.read_bytes() if place.exists() else None
    shutil.copyfile(path, place)
    try:
        study = wb.open_study(folder)
        if part == "study":
            _ = study.about, study.sources()  # what it names is somebody else's seed
        elif part == "theme":
            study.theme.check(folder)
        else:
            study.check()
        if part == "map":
            study.map_finding().summary()
        study.history(part)
    finally:
        place.unlink() if before is None else place.write_bytes(before)


def _log(path: Path) -> None:
    folder = _drawn()
    shutil.copyfile(path, folder / "log")
    try:
        study = wb.open_study(folder)
        study.history("map").summary()
        study.stale()
        _ = study.registered
    finally:
        (folder / "log").unlink()


def _merged(path: Path) -> None:
    """Merge a file into a map of three steps."""
    with tempfile.TemporaryDirectory(prefix="fuzzing-") as scratch:
        folder = Path(scratch) / "moving-in"
        shutil.copytree(_drawn(), folder)
        wb.open_study(folder).import_map(path)


# -- the files --------------------------------------------------------------------------------------------------------


def _book(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(out)
    return out.getvalue()


def _zip(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _sqlite(path: Path, script: str) -> bytes:
    with sqlite3.connect(path) as base:
        base.executescript(script)
    base.close()
    return path.read_bytes()


def _rows(text: str, delimiter: str = ",") -> list[list[Any]]:
    import csv

    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]


TAGUETTE = """
create table documents (id integer, name text, contents text); create table tags (id integer, path text, description text);
create table highlights (id integer, document_id integer, start_offset integer, end_offset integer, snippet text);
create table highlight_tags (highlight_id integer, tag_id integer);
create table commands (id integer, user_login text, payload text);
create table users (login text, email text, hashed_password text);
insert into documents values (1, 'One', '<p>Ann: How?</p><p>Bea: It was <b>slow</b> &amp; dear.</p>');
insert into tags values (1, 'billing.slow', 'how long'), (2, 'dear', '');
insert into highlights values (1, 1, 21, 25, '<b>slow</b>'), (2, 1, 0, 5, 'nothing there');
insert into highlight_tags values (1, 1), (1, 2), (2, 2);
insert into commands values (1, 'maud', '{"type": "highlight_add", "highlight_id": 1}');
"""
OCEL_SQLITE = """
create table event (ocel_id text, ocel_type text); create table object (ocel_id text, ocel_type text);
create table event_map_type (ocel_type text, ocel_type_map text);
create table object_map_type (ocel_type text, ocel_type_map text);
create table event_object (ocel_event_id text, ocel_object_id text, ocel_qualifier text);
create table object_object (ocel_source_id text, ocel_target_id text, ocel_qualifier text);
create table event_Join (ocel_id text, ocel_time text, by text);
create table object_Customer (ocel_id text, ocel_time text, tier text, ocel_changed_field text);
insert into event values ('e1', 'Join'), ('e2', 'Join'); insert into object values ('k1', 'customer');
insert into event_map_type values ('Join', 'Join'); insert into object_map_type values ('customer', 'Customer');
insert into event_object values ('e1', 'k1', 'q'), ('e2', 'k1', 'q');
insert into event_Join values ('e1', '2026-02-01 09:00:00', '7'), ('e2', '2026-02-02 09:00:00', 'x');
insert into object_Customer values ('k1', '1970-01-01 00:00:00', 'gold', null);
"""


def _parquet(path: Path) -> bytes:
    import duckdb

    rows = "('1', timestamp '2025-01-01 09:00:00', 9.0, 'a'), ('2', null, 3.0, 'b'), ('3', null, null, 'a')"
    named = f'select * from (values {rows}) as t(customer, "when", bill, segment)'
    duckdb.sql(named).write_parquet(str(path))
    return path.read_bytes()


def _odt(path: Path) -> bytes:
    from odf.opendocument import OpenDocumentText
    from odf.text import P

    page = OpenDocumentText()
    for line in TALK.splitlines():
        page.text.addElement(P(text=line))
    page.save(str(path))
    return path.read_bytes()


@lru_cache(maxsize=1)
def seeds() -> tuple[Seed, ...]:
    """A whole file of every kind, in a fixed order."""
    found: list[Seed] = []

    def add(name: str, file: str, content: str | bytes, ask: Callable[..., Any] = _journey, **binding: Any) -> None:
        raw = content.encode() if isinstance(content, str) else content
        found.append(Seed(name, file, raw, partial(ask, **binding) if binding else ask))

    with tempfile.TemporaryDirectory(prefix="fuzzing-") as scratch:
        _exports(add, Path(scratch))
        _tables(add, Path(scratch))
        _logs_and_talk(add, Path(scratch))
    for name, file in (("survey", "answers.csv"), ("tracking", "readings.csv"), ("events", "log.csv")):
        add(f"profile-{name}", file, WATER if name == "survey" else TABLES[name], wb.profile)
    kinds = ("parquet", "spss", "survey-xlsx", "docx", "qualtrics", "ocel", "xes", "taguette", "qsf", "lime")
    known = {one.name: one for one in found}
    for name in kinds:
        if name in known:
            add(f"profile-{name}", known[name].file, known[name].content, wb.profile)
    _forms_and_parts(add)
    return tuple(found)


def _exports(add: Callable[..., None], scratch: Path) -> None:
    """What tools export."""
    for write in WRITERS.values():
        write(scratch)
        if (scratch / "bill-survey.csv").exists():
            name = write.__name__
            nps = {
                "Q1"
                if name == "qualtrics"
                else "How likely is it that you would recommend us to a friend or colleague?": NPS
            }
            lines = (scratch / "bill-survey.csv").read_bytes().splitlines(keepends=True)
            add(name, "bill-survey.csv", b"".join(lines[:10]), format=name, questions=nps)
            (scratch / "bill-survey.csv").unlink()
    sav, q1 = (scratch / "bill-survey.sav").read_bytes(), {"Q1": NPS}
    add("spss", "bill.sav", sav, person="respid", segments=["region"], questions={"q1": NPS}, weight="wgt")
    add("vtt", "dana.vtt", (scratch / "dana.vtt").read_bytes(), interviewer=["Researcher"])
    add("docx", "eli.docx", (scratch / "eli.docx").read_bytes())
    for name, file in (("zendesk", "tickets.csv"), ("hubspot", "feedback.csv")):
        add(name, file, b"\n".join((scratch / file).read_bytes().splitlines()[:6]) + b"\n")
    add("lime", "results.csv", TABLES["lime"], questions=q1, segments=["Q2[SQ001]"])
    add("vv", "vvexport.csv", TABLES["vv"], questions=q1, text=["Q2"])
    add("alchemer", "a.csv", TABLES["alchemer"], questions={"Reason #1:How likely?": "nps"})
    add("forms", "a.csv", TABLES["forms"], questions={"How likely are you to come back?": "nps"})
    a11 = ["external_id", "question_1", *(f"{sign}_{one}" for sign in ("positive", "negative") for one in DRIVERS)]
    add("a11", "a.csv", ",".join([*a11, "question_4"]) + "\na,5," + "1," * 7 + "null," * 7 + "Quick\n", format="a11")
    add("cfpb", "export.csv", TABLES["cfpb"])
    add("salesforce", "cases.csv", TABLES["salesforce"])


def _tables(add: Callable[..., None], scratch: Path) -> None:
    """Tables that a binding explains, as text, as workbooks and packed."""
    add("survey", "answers.csv", WATER, **BINDING)
    add("survey-xlsx", "answers.xlsx", _book(("answers", _rows(WATER))), **BINDING)
    add("survey-zip", "answers.zip", _zip({"answers.csv": WATER}), **BINDING)
    add("survey-gz", "answers.csv.gz", gzip.compress(WATER.encode()), **BINDING)
    asked = {"questions": {"bill": NPS}, "segments": ["segment"], "time": "when", "person": "customer"}
    add("parquet", "answers.parquet", _parquet(scratch / "a.parquet"), format="parquet", **asked)
    words: dict[str, dict[str, Any]] = {
        "tracking": {"time": "month", "measure": "measure", "value": "value", "n": "n", "timezone": "UTC"},
        "complaints": {"person": "who", "opened": "opened", "closed": "closed", "category": "about", "text": ["said"]},
        "people": {"person": "customer_id", "created": "created", "segments": ["region"]},
        "events": {"person": "case", "activity": "what", "time": "at", "channel": "by", "lifecycle": "lifecycle"},
    }
    for name, binding in words.items():
        add(name, f"{name}.csv", TABLES[name], format=name, **binding)
        if name in ("tracking", "events"):
            add(f"{name}-xlsx", f"{name}.xlsx", _book(("one", _rows(TABLES[name]))), format=name, **binding)


def _logs_and_talk(add: Callable[..., None], scratch: Path) -> None:
    """Event logs, interviews and coded projects."""
    add("xes", "log.xes", XES, segments=["age"])
    add("xes-gz", "log.xes.gz", gzip.compress(XES.encode()))
    add("ocel", "log.jsonocel", json.dumps(OCEL), person="customer", segments=["tier"])
    add("ocel-xml", "log.xmlocel", OCEL_XML, person="customer", segments=["tier"])
    add("ocel-sqlite", "log.sqlite", _sqlite(scratch / "log.sqlite", OCEL_SQLITE), format="ocel", person="customer")
    add("srt", "talk.srt", SRT)
    add("transcript", "talk.txt", TALK, format="transcript")
    add("odt", "talk.odt", _odt(scratch / "talk.odt"))
    add("qdpx", "made.qdpx", _zip({"project.qde": QDE, "Sources/s1.txt": TALK}))
    add("qde", "made.qde", QDE)
    add("taguette", "made.sqlite3", _sqlite(scratch / "made.sqlite3", TAGUETTE))
    add("qdc", "codes.qdc", QDC, _codes)
    add("codes", "codes.csv", TABLES["codes"], _codes)


def _forms_and_parts(add: Callable[..., None]) -> None:
    """Questionnaires, maps of other programs, and the study's own files."""
    survey = [["type", "name", "label", "measure"], ["select_one s", "Q1", "How?", "csat"], ["text", "Q2", "Why?", ""]]
    choices = [["list_name", "name", "label"], ["s", "1", "Bad"], ["s", "5", "Good"]]
    binding = [["binding", "word", "value", "values"], ["", "person", "who", ""]]
    add("xlsform", "q.xlsx", _book(("survey", survey), ("choices", choices), ("binding", binding)), _questionnaire)
    add("qsf", "q.qsf", json.dumps(QSF), _questionnaire)
    form = (ROOT / "surveys" / "water-billing.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    add("questionnaire", "q.yaml", "".join([*form[:12], *form[-25:]]), _questionnaire)
    from workbench import map_files
    from workbench.steps.map import JourneyMap, spreadsheets

    drawn = models.build(models.parse(MAP, "map.yaml"), JourneyMap, "map.yaml")
    for kind, file in (("cjml", "map.xml"), ("mermaid", "map.mmd"), ("csv", "map.csv")):
        add(f"map-{kind}", file, map_files.write(drawn, kind), _merged)
    table = _rows(spreadsheets.write_csv(spreadsheets.part(drawn, "", of_map=True)).lstrip("\ufeff"))
    add("map-xlsx", "map.xlsx", _book(("Map", table)), _merged)
    sample = ROOT / "data" / "water-billing"
    for part in ("study", "scope", "hypotheses", "ideas", "solutions", "actions", "codes"):
        text = (sample / f"{part}.yaml").read_text(encoding="utf-8")[:4000]
        add(f"part-{part}", f"{part}.yaml", text[: text.rindex("\n") + 1], partial(_part, part))
    add("part-map", "map.yaml", MAP, partial(_part, "map"))
    note = "notes:\n  - {step: joins, lane: doing, who: Ann, when: 2025-03-01, words: Is it?}\n"
    add("part-notes", "notes.yaml", note, partial(_part, "notes"))
    theme = "logo: ''\ncolours: {accent: '#1f5aa6', pain: '#c8551b'}\nfont: [Arial]\nfooter: Ours\n"
    add("part-theme", "theme.yaml", theme, partial(_part, "theme"))
    line = {
        "time": "2025-01-01T00:00:00Z",
        "who": "Ann",
        "what": "saved map",
        "version": "0123456789ab",
        "changed": ["a/b"],
    }
    claim = {"claim": "c1", "version": 1, "fingerprint": "f", "seen": False, "what": "declared c1, version 1"}
    lines = [line, line | claim, line | {"claim": "c1", "withdrawn": True, "seen": True}]
    add("log", "log", "".join(json.dumps(one) + "\n" for one in lines), _log)
