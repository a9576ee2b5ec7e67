"""Event logs of process mining: XES traces, OCEL in three ways of writing, and the files that mean harm."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import zipfile

import pytest

import workbench as wb
from workbench import sources
from workbench.sources import event_xml, ocel, ocel_json, xes


@pytest.fixture(autouse=True)
def on_the_shelf(monkeypatch):
    for reader in (xes, ocel):
        monkeypatch.setitem(sources.SHELF, reader.name, reader)


def event(activity, when="2026-02-01T09:00:00Z", **more):
    named = f'<string key="concept:name" value="{activity}"/>' if activity else ""
    dated = f'<date key="time:timestamp" value="{when}"/>' if when else ""
    others = "".join(f'<string key="{key.replace("__", ":")}" value="{value}"/>' for key, value in more.items())
    return f"<event>{named}{dated}{others}</event>"


def trace(name, *events, **more):
    named = f'<string key="concept:name" value="{name}"/>' if name else ""
    others = "".join(f'<string key="{key}" value="{value}"/>' for key, value in more.items())
    return f"<trace>{named}{others}{''.join(events)}</trace>"


def log(tmp_path, *parts, name="log.xes", head='<?xml version="1.0" encoding="UTF-8"?>'):
    path = tmp_path / name
    path.write_text(f'{head}<log xmlns="http://www.xes-standard.org/">{"".join(parts)}</log>', encoding="utf-8")
    return path


def told(journey):
    return " | ".join(f"{fault.column} {fault.found} {fault.mend}" for fault in journey.faults)


def steps(journey):
    return journey.to_frame().sort_values("time", kind="stable")["step"].tolist()


def test_a_trace_is_a_case_and_its_events_are_moves_in_the_order_of_the_log(tmp_path):
    path = log(tmp_path, trace("A", event("Join"), event("Bill"), event("Call")), trace("NA", event("007")))
    journey = wb.read(path)
    assert journey.trail[0].endswith("as xes")
    assert not journey.faults
    assert journey.to_frame().sort_values("order")["step"].tolist() == ["Join", "Bill", "Call", "007"]
    assert len(journey.people) == 2


def test_each_time_is_taken_at_its_own_offset(tmp_path):
    hours = [
        event("third", "2026-02-02T00:30:00Z"),
        event("first", "2026-02-01T23:30:00+00:00"),
        event("second", "2026-02-02T10:00:00.000+10:00"),
    ]
    journey = wb.read(log(tmp_path, trace("A", *hours)))
    assert steps(journey) == ["first", "second", "third"]
    assert not journey.faults


def test_a_time_without_an_offset_is_told_and_so_is_one_that_is_none(tmp_path):
    mixed = [event("a", "2026-07-01T09:30:00"), event("b", "2026-07-01T09:00:00Z"), event("c", ""), event("d", "soon")]
    path = log(tmp_path, trace("A", *mixed))
    journey = wb.read(path, timezone="Europe/London")
    assert steps(journey)[:2] == ["a", "b"]
    assert "2 times without an offset, beside 1 with one taken as local to Europe/London" in told(journey)
    assert "1 event without a time, the first in trace 1, event 3" in told(journey)
    assert "in event 4 of the log left without a time" in told(journey)
    assert "taken as UTC" in told(wb.read(path))


def test_only_what_is_complete_counts_and_the_rest_is_counted_too(tmp_path):
    stages = [event(word, lifecycle__transition=word) for word in ("START", "complete", "SCHEDULE", "COMPLETE")]
    path = log(tmp_path, trace("A", *stages, event("bare")))
    journey = wb.read(path)
    assert steps(journey) == ["complete", "COMPLETE", "bare"]
    assert "2 events not complete (1 start, 1 schedule)" in told(journey)
    assert steps(wb.read(path, lifecycle="start, schedule")) == ["START", "SCHEDULE", "bare"]
    assert len(wb.read(path, lifecycle="all")) == 5


def test_a_log_that_only_starts_things_says_so(tmp_path):
    path = log(tmp_path, trace("A", event("call", lifecycle__transition="start")))
    with pytest.raises(wb.DataFault, match=r"no event that can be used[\s\S]*lifecycle: start"):
        wb.read(path)


def test_what_has_no_name_or_no_activity_is_set_aside_and_told(tmp_path):
    path = log(
        tmp_path,
        trace("", event("lost")),
        trace("A", event("a"), event("")),
        trace("A", event("again")),
        trace("B"),
        event("alone"),
    )
    journey = wb.read(path)
    assert sorted(steps(journey)) == ["a", "again"]
    for what in (
        "1 trace without a name, the first is trace 1",
        "1 event without an activity, the first in trace 2, event 2",
        "1 trace with the name of another, the first is trace 3 counted as the same person",
        "1 trace without an event, the first is trace 4",
        "1 event outside a trace, the first is event 5 of the log",
    ):
        assert what in told(journey)


def test_words_of_the_binding_name_attributes_of_events_and_of_traces(tmp_path):
    path = log(
        tmp_path,
        trace("1", event("a", via="post", who="X"), event("b", who="X"), channel="web", region="North"),
        trace("2", event("a", who="Y"), channel="web", region="South"),
        trace("3", event("c"), channel="web", region="South"),
    )
    journey = wb.read(path, channel="via", segments=["region"])
    assert journey.to_frame().sort_values("order")["channel"].tolist()[0] == "post"
    assert sorted(journey.people.to_frame()["region"]) == ["North", "South", "South"]
    assert journey.count(by="channel", people=False).shape[0] > 0
    assert set(wb.read(path, channel="channel").to_frame()["channel"]) == {"web"}
    by_event = wb.read(path, person="who")
    assert len(by_event.people) == 2
    assert "1 event of nobody" in told(by_event)
    with pytest.raises(wb.DataFault, match='did you mean "region"'):
        wb.read(path, segments=["regoin"])


def test_a_log_is_read_packed_and_in_utf_16_and_latin_letters(tmp_path):
    path = log(tmp_path, trace("A", event("Beschwerde é")), head='<?xml version="1.0" encoding="ISO-8859-1"?>')
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("latin-1"))
    assert steps(wb.read(path)) == ["Beschwerde é"]
    path.write_bytes(text.replace("ISO-8859-1", "UTF-16").encode("utf-16"))
    assert steps(wb.read(path)) == ["Beschwerde é"]
    packed = tmp_path / "log.xes.gz"
    packed.write_bytes(gzip.compress(text.replace("ISO-8859-1", "UTF-8").encode()))
    assert steps(wb.read(packed)) == ["Beschwerde é"]


@pytest.mark.parametrize(
    ("encoding", "word"),
    [("windows-1251", "Жалоба"), ("ISO-8859-2", "Stížnost"), ("ISO-8859-15", "5 €"), ("ISO-8859-7", "Παράπονο"),
     ("windows-1252", "“é”"), ("UTF-16", "苦情"), ("koi8-r", "Жалоба")],
)  # fmt: skip
def test_letters_are_read_as_the_log_declares_them_and_nothing_is_guessed(tmp_path, encoding, word):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    path = log(tmp_path, f"<!-- {word} -->", trace("A", event(word)), trace("B", event(word)), head=head)
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    journey = wb.read(path)
    assert steps(journey) == [word, word]
    assert not journey.faults
    packed = tmp_path / "packed.xes.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert steps(wb.read(packed)) == [word, word]


def test_letters_that_are_not_what_the_log_declares_are_told_or_refused(tmp_path):
    path = log(tmp_path, trace("A", event("né")), head='<?xml version="1.0" encoding="ISO-8859-2"?>')
    journey = wb.read(path)
    assert steps(journey) == ["né"]
    assert "letters in UTF-8, declared as ISO-8859-2 read as UTF-8" in told(journey)
    text = path.read_text(encoding="utf-8").replace("ISO-8859-2", "UTF-8")
    path.write_bytes(text.encode("latin-1"))
    assert "read as cp1252" in told(wb.read(path))
    for none in ("x-klingon", "utf-7"):
        path.write_bytes(text.replace("UTF-8", none).encode("latin-1"))
        with pytest.raises(wb.DataFault, match=f"letters in {none}"):
            wb.read(path)
    path.write_bytes(text.replace("UTF-8", "ISO-8859-7").encode("latin-1").replace(b"\xe9", b"\xff"))
    with pytest.raises(wb.DataFault, match="no letters in ISO-8859-7"):
        wb.read(path)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log>&x;</log>', "DOCTYPE"),
        ('<!DOCTYPE log [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><log/>', "DOCTYPE"),
        (f"<!--{'x' * 100_000}--><!DOCTYPE log><log/>", "DOCTYPE"),
        ("<log><trace><event>", "breaks off"),
        (f"<log><trace><event>{'<list>' * 3000}{'</list>' * 3000}</event></trace></log>", "breaks off"),
        ("hello", "no XML"),
        ("<log/>", "no event that can be used"),
    ],
    ids=["outside", "entities", "late", "cut", "deep", "text", "empty"],
)
def test_a_log_that_is_unsafe_or_not_whole_is_refused(tmp_path, body, says):
    path = tmp_path / "log.xes"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(wb.DataFault, match=says) as problem:
        wb.read(path)
    assert "root:" not in str(problem.value)


def test_a_comment_that_speaks_of_a_document_type_is_none(tmp_path):
    path = log(tmp_path, "<!-- <!DOCTYPE log> -->", trace("A", event("a")))
    assert len(wb.read(path)) == 1


def awkward():
    """A log that is written in every way that XML allows: 40 cases, and what a careless reader would take for more."""
    cases = []
    for number in range(40):
        cases.append(
            f"""<x:trace ><x:string value='case {number}' key='concept:name'/><!-- </x:trace> -->
            <x:string key="note" value="&lt;/x:trace>"/>
            <x:event
              ><x:date value="2026-02-01T09:00:00Z" key="time:timestamp"></x:date><?see </x:trace>?>
              <x:list key="rest"><x:values><x:string key="concept:name" value="inner"/></x:values></x:list>
              <x:string key="concept:name" value="say &quot;a,b&quot; &amp; &#x43;&#10;go > {number}"
                ><x:string key="concept:name" value="nested"/></x:string><![CDATA[</x:trace><x:event/>]]></x:event>
            <x:event><x:string key="concept:name" value="two"/><x:string key="region" value=""/>
              <x:date key="time:timestamp" value="2026-02-01T10:00:00Z"/></x:event>
            <x:string key="region" value="r{number % 2}"/></x:trace >"""
        )
    head = """<?xml version='1.0'?><!-- <x:log> --><x:log xmlns:x='http://www.xes-standard.org/' note='>' >
        <x:global scope="event"><x:string key="concept:name" value="UNKNOWN"/></x:global>
        <x:classifier name="c" keys="concept:name"/><x:string key="concept:name" value="a log"/>"""
    return head + "\n".join(cases) + "</x:log><!-- the end -->\n"


@pytest.mark.parametrize("size", [1, 150, 900, 1 << 18])
def test_a_log_gives_the_same_rows_however_it_is_written_and_wherever_it_is_cut(tmp_path, monkeypatch, size):
    monkeypatch.setattr(event_xml, "PIECE", size)
    path = tmp_path / "log.xes"
    path.write_text(awkward(), encoding="utf-8")
    journey = wb.read(path, segments=["region"])
    table = journey.to_frame().sort_values("order")
    said = [word for number in range(40) for word in (f'say "a,b" & C\ngo > {number}', "two")]
    assert table["step"].tolist() == said
    assert table["person"].nunique() == 40
    assert sorted(journey.people.to_frame()["region"]) == ["r0"] * 20 + ["r1"] * 20
    assert not journey.faults


@pytest.mark.parametrize("size", [1, 200, 1 << 18])
def test_a_log_that_breaks_in_the_middle_is_refused_with_its_line(tmp_path, monkeypatch, size):
    monkeypatch.setattr(event_xml, "PIECE", size)
    lines = ["<log", 'xes.version="1.0">', *(trace(str(number), event("a")) for number in range(60)), "</log>"]
    lines[41] = lines[41].replace("</event>", "</evnt>")
    path = tmp_path / "log.xes"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(wb.DataFault, match="not well formed, on line 42"):
        wb.read(path)
    path.write_text("\n".join([*lines[:41], *lines[42:], "<log/>"]), encoding="utf-8")
    with pytest.raises(wb.DataFault, match="not well formed, on line 63"):
        wb.read(path)
    path.write_text("\n".join(lines[:41]), encoding="utf-8")
    with pytest.raises(wb.DataFault, match="breaks off"):
        wb.read(path)


def test_a_trace_too_large_to_be_held_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(event_xml, "PIECE", 100)
    monkeypatch.setattr(event_xml, "LARGEST", 5_000)
    path = log(tmp_path, trace("A", *[event(f"e{number}") for number in range(95)]))
    with pytest.raises(wb.DataFault, match="a trace of more than 5,000 bytes"):
        wb.read(path)


def test_what_is_told_has_its_place_in_the_whole_log(tmp_path, monkeypatch):
    monkeypatch.setattr(event_xml, "PIECE", 1)
    good = [trace(str(number), event("a"), event("b")) for number in range(7)]
    hidden = "<list key='x'><event/></list>"
    path = log(tmp_path, *good, trace("x", event("a"), hidden), event("alone"), trace("", event("a"), event("", "")))
    journey = wb.read(path)
    assert len(journey) == 15
    for what in (
        "1 event without an activity, the first in trace 9, event 2",
        "1 trace without a name, the first is trace 9",
        "2 events outside a trace",
    ):
        assert what in told(journey)


def test_lines_in_a_value_stay_lines(tmp_path):
    path = log(tmp_path, trace("A", event("x&#13;&#10;y"), event("&#13;z,&#13;&quot;"), event("&quot;&#10;")))
    assert wb.read(path).to_frame().sort_values("order")["step"].tolist() == ["x\ny", 'z,\n"', '"']
    objects_too = objects(tmp_path, [("e1", "a\r\nb", "2026-02-01T09:00:00Z", ["k1"]), ("e2", "c\rd", "", ["k1"])])
    found = wb.read(objects_too, person="customer").to_frame().sort_values("order")
    assert found["step"].tolist() == ["a\nb", "c\nd"]


def test_marks_that_no_text_holds_cannot_forge_rows(tmp_path):
    for forged in ("a\ufdd0", "&#xFDD0;,&#xFDD0;1", "a\ufdd1b", "\ufdd03\ufdd0"):
        path = log(tmp_path, trace(forged, event("a")), trace("B", event(forged)))
        with pytest.raises(wb.DataFault, match="no letters"):
            wb.read(path)


def test_names_with_quotes_name_attributes_too(tmp_path):
    odd = '<string key="the &apos;channel&apos;" value="web"/><string key="a &quot;b&quot;" value="c"/>'
    path = log(tmp_path, trace("A", f'<event><string key="concept:name" value="a"/>{odd}</event>'))
    assert wb.read(path, channel="the 'channel'").to_frame()["channel"].tolist() == ["web"]
    assert wb.read(path, channel='a "b"').to_frame()["channel"].tolist() == ["c"]
    with pytest.raises(wb.DataFault, match="no attribute called"):
        wb.read(path, channel="both ' and \"")


def test_real_logs_give_their_known_numbers(shared):
    logs = shared / "data" / "eventlogs_pm4py"
    journey = wb.read(logs / "bpic2012.xes.gz")
    assert (len(journey), len(journey.people)) == (164_506, 13_087)
    assert "97,694 events not complete (71,376 start, 26,318 schedule)" in told(journey)
    receipt = wb.read(logs / "08_receipt.xes.gz", channel="channel")
    assert (len(receipt), len(receipt.people)) == (8_577, 1_434)
    assert len(wb.read(logs / "roadtraffic100traces.xes").people) == 100


# -- logs about objects -----------------------------------------------------------------------------------------------

OBJECTS = [
    {
        "id": "k1",
        "type": "customer",
        "attributes": [
            {"name": "tier", "value": "basic", "time": "1970-01-01T00:00:00Z"},
            {"name": "tier", "value": "gold", "time": "2026-02-10T00:00:00Z"},
        ],
    },
    {
        "id": "k2",
        "type": "customer",
        "attributes": [{"name": "tier", "value": "basic", "time": "1970-01-01T00:00:00Z"}],
    },
    {"id": "k3", "type": "customer"},
    {"id": "b1", "type": "bill", "relationships": [{"objectId": "k9", "qualifier": "of"}]},
]
EVENTS = [
    ("e1", "Join", "2026-02-01T09:00:00Z", ["k1"]),
    ("e2", "Bill", "2026-02-20T09:00:00Z", ["k1", "b1", "k1"]),
    ("e3", "Meeting", "2026-02-20T10:00:00Z", ["k1", "k2", "k99"]),
    ("e4", "Print", "2026-02-21T09:00:00Z", ["b1"]),
]


def objects(tmp_path, events=EVENTS, things=OBJECTS, name="log.jsonocel"):
    content = {
        "events": [
            {
                "id": own,
                "type": type,
                "time": time,
                "attributes": [{"name": "by", "value": 7.50}],
                "relationships": [{"objectId": one, "qualifier": "q"} for one in those],
            }
            for own, type, time, those in events
        ],
        "objects": things,
        "objectTypes": [],
        "eventTypes": [],
    }
    path = tmp_path / name
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def test_a_person_is_an_object_of_the_type_that_is_named(tmp_path):
    journey = wb.read(objects(tmp_path), person="customer", channel="tier", segments=["tier"])
    assert journey.trail[0].endswith("as ocel")
    table = journey.to_frame().sort_values("order")
    assert table["step"].tolist() == ["Join", "Bill", "Meeting", "Meeting"]
    assert table["channel"].tolist() == ["basic", "gold", "gold", "basic"]  # in force when it happened
    assert sorted(journey.people.to_frame()["tier"].fillna("-")) == ["-", "basic", "gold"]  # the last, and everybody
    for what in (
        "1 event with no customer",
        "1 object missing from the log, to which events refer: k99",
        "1 object missing from the log, to which others refer: k9",
        "1 of customer whose value changes over time the last value was taken",
    ):
        assert what in told(journey)
    assert wb.read(objects(tmp_path), person="customer", channel="by").to_frame()["channel"].tolist()[0] == "7.5"


def test_the_types_of_objects_are_told_with_the_near_word(tmp_path):
    path = objects(tmp_path)
    with pytest.raises(wb.DataFault, match=r"person=: the type of object .* bill \(1\), customer \(3\)"):
        wb.read(path)
    with pytest.raises(wb.DataFault, match='did you mean "customer"'):
        wb.read(path, person="custmer")
    with pytest.raises(wb.DataFault, match='did you mean "tier"'):
        wb.read(path, person="customer", segments=["teir"])
    with pytest.raises(wb.DataFault, match='did you mean "tier"'):
        wb.read(path, person="customer", channel="teir")


def test_a_log_in_which_nobody_is_left_names_the_objects_that_are_missing(tmp_path):
    path = objects(tmp_path, [("e1", "Join", "2026-02-01T09:00:00Z", ["o99"])])
    with pytest.raises(wb.DataFault, match=r"no event that can be used[\s\S]*o99"):
        wb.read(path, person="customer")


def test_what_stands_twice_in_a_log_is_taken_once_and_told(tmp_path):
    twice = [*EVENTS, EVENTS[0]]
    journey = wb.read(objects(tmp_path, twice, [*OBJECTS, OBJECTS[0]]), person="customer")
    assert len(journey) == 4
    assert "1 event with the id of another: e1" in told(journey)
    assert "1 object with the id of another: k1" in told(journey)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"objects": [{"id": "a", "type": "customer"}', "breaks off"),
        ('{"objects": ' + "[" * 100_000, "nested too deeply"),
        ('{"objects": [1], "events": []}', "no record of fields"),
        ('{"objects": [{"type": "customer"}], "events": []}', "without an id"),
        ('{"objects": [], "events": []}', "no person|no type of object"),
        ("<!DOCTYPE log><log><object-types/></log>", "DOCTYPE"),
    ],
    ids=["cut", "deep", "shape", "no id", "empty", "entities"],
)
def test_a_damaged_log_of_objects_is_refused(tmp_path, text, says):
    path = tmp_path / ("log.xmlocel" if text.startswith("<") else "log.jsonocel")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(wb.DataFault, match=says):
        wb.read(path, person="customer")


def test_json_is_read_on_in_pieces_whatever_their_size(tmp_path, monkeypatch):
    monkeypatch.setattr(ocel_json, "CHUNK", 3)
    assert len(wb.read(objects(tmp_path), person="customer")) == 4


def test_three_ways_of_writing_give_one_journey(shared):
    logs = shared / "data" / "eventlogs_pm4py"
    words = {
        "person": "Purchase Order",
        "segments": ["po_quantity"],
        "channel": "po_quantity",
        "timezone": "Europe/Berlin",
    }
    found = [wb.read(logs / f"ocel20_example.{ending}", **words) for ending in ("jsonocel", "xmlocel", "sqlite")]
    tables = [
        one.to_frame().sort_values("order")[["person", "time", "step", "channel"]].to_csv(index=False) for one in found
    ]
    assert tables[0] == tables[1] == tables[2]
    assert found[0].to_frame().sort_values("order")["channel"].tolist() == ["500", "600", "600", "600", "1"]
    assert all("8 events with no Purchase Order" in told(one) for one in found)


def test_a_log_of_objects_is_read_packed(shared, tmp_path):
    logs = shared / "data" / "eventlogs_pm4py"
    for ending in ("jsonocel", "xmlocel", "sqlite"):
        content = (logs / f"ocel20_example.{ending}").read_bytes()
        packed, zipped = tmp_path / f"log.{ending}.gz", tmp_path / f"{ending}.zip"
        packed.write_bytes(gzip.compress(content))
        with zipfile.ZipFile(zipped, "w") as archive:
            archive.writestr(f"log.{ending}", content)
        for path in (packed, zipped):
            journey = wb.read(path, person="Purchase Order", timezone="UTC")
            assert journey.trail[0].endswith("as ocel")
            assert len(journey) == 5


def test_a_log_of_objects_is_read_in_the_letters_that_it_declares(tmp_path):
    path = tmp_path / "log.xmlocel"
    body = (
        '<?xml version="1.0" encoding="windows-1251"?><log><object-types/><objects><object id="k" type="c"/></objects>'
        '<events><event id="e" type="Жалоба" time="2026-02-01T09:00:00Z"><objects>'
        '<relationship object-id="k" qualifier="q"/></objects></event></events></log>'
    )
    path.write_bytes(body.encode("cp1251"))
    journey = wb.read(path, person="c")
    assert steps(journey) == ["Жалоба"]
    assert not journey.faults


def test_an_older_log_of_objects_as_csv_is_read(shared, tmp_path):
    path = shared / "data" / "eventlogs_pm4py" / "ocel_order_simulated.csv"
    journey = wb.read(path, person="orders", channel="price")
    assert journey.trail[0].endswith("as ocel")
    assert (len(journey), len(journey.people)) == (6_514, 2_000)
    assert "15,853 events with no orders" in told(journey)
    small = tmp_path / "log.csv"
    head = "ocel:eid,ocel:activity,ocel:timestamp,ocel:type:orders,by\n"
    small.write_text(head + "1,Join,2026-02-01 09:00:00Z,\"['a','b']\",web\n2,Pay,2026-02-02 09:00:00Z,\"['a']\", \n")
    found = wb.read(small, person="orders", channel="by").to_frame().sort_values("order")
    assert found["step"].tolist() == ["Join", "Join", "Pay"]
    assert found["channel"].fillna("-").tolist() == ["web", "web", "-"]
    for cell, says in (("a;b", "row 2.*no list of ids"), ("['a'],x", "row 2.*6 cells"), ("'['", "row 2")):
        small.write_text(f"{head}1,Join,2026-02-01 09:00:00Z,{cell},web\n")
        with pytest.raises(wb.DataFault, match=says):
            wb.read(small, person="orders")


def test_an_older_log_of_objects_is_read_too(shared):
    journey = wb.read(shared / "data" / "eventlogs_pm4py" / "example_log.jsonocel", person="order", timezone="UTC")
    assert (len(journey), len(journey.people)) == (12, 3)


def test_a_sqlite_file_is_looked_at_and_never_run_or_written(shared, tmp_path):
    path = tmp_path / "log.sqlite"
    shutil.copyfile(shared / "data" / "eventlogs_pm4py" / "ocel20_example.sqlite", path)
    with sqlite3.connect(path) as connection:
        connection.execute("insert into event_object values ('e1', 'GONE', 'q'), ('e77', 'R1', 'q')")
        connection.execute("delete from event_InsertPayment")
    before = path.read_bytes()
    journey = wb.read(path, person="Invoice", timezone="UTC")
    assert len(journey) == 9
    for what in ("relations refer: e77", "events refer: GONE", "3 events without a time"):
        assert what in told(journey)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["log.sqlite"]
    with sqlite3.connect(path) as connection:
        connection.execute("alter table event rename to held")
        endless = "with recursive t(x) as (select 1 union all select x + 1 from t)"
        connection.execute(f"create view event as {endless} select x as ocel_id, x as ocel_type from t")
    with pytest.raises(wb.DataFault, match="no table event"):
        wb.read(path, format="ocel", person="Invoice")
    path.write_bytes(before[:60_000])
    with pytest.raises(wb.DataFault, match="damaged or not whole"):
        wb.read(path, person="Invoice")
