"""The language of search: each pattern against a search by hand over every chain of records, and faults that point."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.engine import Engine, rows
from workbench.matching import COMPARE, matches, plain_words
from workbench.patterns import Vocabulary, parsed

STEPS = ("bill", "call", "pay", "switch")
KNOWN = Vocabulary({step: step for step in STEPS}, ["nps"], ["phone", "web"])

PATTERNS = """
bill -> call
bill -> call within 3 days -> switch
bill => call
bill => call => pay
start => bill -> call
call => end
bill -> !pay -> call
bill -> !(pay | switch) -> call within 10 days
!call -> switch
bill -> !pay within 5 days
bill -> !pay
call x3 within 10 days
call x2
(bill -> call -> switch) within 20 days
bill -> (call x2 within 5 days) -> switch within 20 days
bill -> (call x2 within 5 days) within 9 days
call by phone -> nps <= 6
detractor -> switch within 9 days
nps <= 6 at bill => call
bill => promoter
phone -> web
comment says "too late" -> switch
start => any => nps
nps => end
call & phone -> !web -> (bill | pay) by phone
bill => any => pay
any x4 within 3 days
!pay -> call -> !pay -> switch
bill -> !bill -> pay
call -> !phone -> (pay | nps <= 6) within 4 days
any -> !any -> nps
bill & nps > 8 -> call
step:call -> kind:answer -> channel:web
""".strip().splitlines()


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A hundred people's contacts, and answers with comments, at random: a frame, and the same records person by person."""
    folder, rng = tmp_path_factory.mktemp("town"), np.random.default_rng(5)
    start, log, said = pd.Timestamp("2025-01-01"), [], []
    for person in range(100):
        for hour in rng.choice(60 * 24, rng.integers(1, 12), replace=False):
            log.append(
                (f"p{person}", rng.choice(STEPS), rng.choice(["phone", "web"]), start + pd.Timedelta(hours=int(hour)))
            )
        for hour in rng.choice(60 * 24, rng.integers(0, 3), replace=False):
            words = rng.choice(["too late", "all fine", "Too,  Làte!", "late too"])
            said.append(
                (f"p{person}", int(rng.integers(0, 11)), words, start + pd.Timedelta(hours=int(hour), minutes=1))
            )
    table = pd.DataFrame(log, columns=["who", "what", "way", "when"]).sample(frac=1, random_state=1)
    table.to_csv(folder / "log.csv", index=False)
    pd.DataFrame(said, columns=["who", "q", "words", "when"]).to_csv(folder / "said.csv", index=False)
    question = {"measure": "nps", "scale": [0, 10], "step": "bill"}
    journey = wb.read(
        folder / "log.csv", format="events", person="who", activity="what", channel="way", time="when", timezone="UTC"
    ).join(
        wb.read(
            folder / "said.csv",
            format="survey",
            person="who",
            time="when",
            timezone="UTC",
            text=["words"],
            questions={"q": question},
        )
    )
    records = journey.to_frame().sort_values(["person", "time", "order"])
    return (
        journey,
        {who: mine.to_dict("records") for who, mine in records.groupby("person")},
        int(records["time"].max()),
    )


def meets(record, condition):
    def passes(test):
        if test.how == "says":
            said = plain_words(record["text"]) if isinstance(record["text"], str) else ""
            return f" {test.value} " in f" {said} "
        if test.how == "moves":
            return record["kind"] in ("event", "complaint")
        value = record[test.column]
        return value is not None and value == value and COMPARE[test.how](value, test.value)

    return any(all(passes(test) for test in alternative) for alternative in condition)


def chains(records, pattern, found=()):
    """Every way in which the pattern's items fit the records, one after another."""
    if len(found) == len(pattern.items):
        yield found
        return
    item, before = pattern.items[len(found)], found[-1] if found else -1
    for place in range(before + 1, len(records)):
        between = records[before + 1 : place]
        moved = any(one["kind"] in ("event", "complaint") for one in between)
        spans_fit = all(
            records[place]["time"] - records[(*found, place)[span.since]]["time"] <= span.time for span in item.spans
        )
        if (
            meets(records[place], item.condition)
            and not ((item.at_once or (pattern.starts and not found)) and moved)
            and not any(meets(one, condition) for one in between for condition in item.without)
            and spans_fit
        ):
            yield from chains(records, pattern, (*found, place))


def by_hand(people, pattern):
    """{(person, end): the latest beginning}, by trying all."""
    found = {}
    for who, records in people.items():
        for chain in chains(records, pattern):
            last, after = records[chain[-1]], records[chain[-1] + 1 :]
            if pattern.ends and any(one["kind"] in ("event", "complaint") for one in after):
                continue
            reach = [one for one in after if pattern.open is None or one["time"] - last["time"] <= pattern.open]
            if any(meets(one, condition) for one in reach for condition in pattern.never):
                continue
            key = (who, last["time"])
            found[key] = max(found.get(key, 0), records[chain[0]]["time"])
    return found


@pytest.mark.parametrize("text", PATTERNS)
def test_a_pattern_fits_where_trying_every_chain_fits(town, text):
    journey, people, _ = town
    pattern = parsed(text, KNOWN)
    ends = rows(matches(journey, pattern).ends)
    assert dict(zip(zip(ends["person"], ends["ended"], strict=True), ends["began"], strict=True)) == by_hand(
        people, pattern
    )


def test_what_must_not_follow_is_known_only_where_the_data_go_on(town):
    journey, _, last = town
    ends = rows(matches(journey, parsed("bill -> !pay within 5 days", KNOWN)).ends)
    assert (ends["known"] == (ends["ended"] + 5 * 86_400_000_000 <= last)).all() and not ends["known"].all()


@pytest.mark.parametrize(
    ("text", "character", "expected"),
    [
        ("bill -> swich", 9, 'did you mean "switch"?'),
        ("bill => !call", 9, 'write "->" before what must not be there'),
        ("bill -> call within 3 dys", 23, 'did you mean "days"?'),
        ("bill -> call within days", 21, "a number and a unit"),
        ("bill within 3 days", 6, "a time needs something before it"),
        ('bill -> "call', 9, "close the quotes"),
        ("bill ->", 8, "found the end of the pattern"),
        ("nps <= low", 8, "a number"),
        ("bill <= 3", 6, "only a measure is compared"),
        ("start -> bill", 7, "write start =>"),
        ("bill -> end", 9, "write => end"),
        ("bill # call", 6, "names, arrows"),
        ("(bill -> call", 14, '")"'),
        ("bill call", 1, "a step, kind, measure or channel"),
        ("call by fax", 9, "a channel: phone, web"),
        ("", 1, "found the end of the pattern"),
        ("bill -> call x99", 14, "x1 to x20"),
        ("!bill", 6, "a pattern needs something that is there"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_at_which_character_and_why(text, character, expected):
    with pytest.raises(wb.DataFault) as raised:
        parsed(text, KNOWN)
    fault = raised.value.faults[0]
    assert fault.column == f"character {character}" and expected in str(fault)


def test_names_of_several_words_and_of_several_meanings():
    known = Vocabulary({"first-bill": "First bill arrives", "complaint": "Complains"}, ["nps"], [])
    assert parsed("First bill arrives -> nps", known).items == parsed('"first-bill" -> measure:nps', known).items
    both = parsed("complaint", known)
    assert len(both.items[0].condition) == 2 and "step:complaint, kind:complaint" in both.notes[0]
    assert parsed("kind:complaint", known).notes == ()


def test_words_are_written_as_the_engine_writes_them_in_every_script():
    engine = Engine()
    letters = [chr(one) for one in range(32, 0x3000, 7) if unicodedata.category(chr(one)) != "Cn"]
    texts = ["한국 사람", "नमस्ते दुनिया", "Straße ﬁne Œuvre", "½ price, 5 m²", "ÀÉ ï"] + [f"a{one}b" for one in letters]
    frame = engine.plain(engine.table(pd.DataFrame({"text": texts})), "text", "words")
    told = rows(frame)
    assert dict(zip(told["text"], told["words"], strict=True)) == {one: f" {plain_words(one)} " for one in texts}


def test_steps_that_differ_by_the_size_of_letters_are_told_apart():
    known = Vocabulary({"Call": "Call", "call": "call", "x-1": "Call us"}, [], [])
    meant = {name: parsed(name, known).items[0].condition[0][0].value for name in ("Call", "call", "CALL US")}
    assert meant == {"Call": "Call", "call": "call", "CALL US": "x-1"}
