"""Who people are, in every kind of source and in all that can be shown of it: five hundred known identifiers, none found.

And how much masking finds, measured on lines that were not used in writing its rules.
"""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

import workbench as wb
from tests import needs
from tests.personal_lines import HALVES, NAMES, STRUCTURED, Filling, lines, measure, plain, pooled
from workbench import exports, privacy
from workbench.privacy.masking import MEASURED

SCAN = Path(os.environ.get("WORKBENCH_SHARED", "../shared")) / "corpus" / "leak_scan.py"
PEOPLE = 50
SAID = "My name is {name}, ring {phone} or write to {email}. I live at {street}, {postcode}, account number {account}."
STUDY = """
title: seeded
sources:
- {file: sources/answers.csv, format: survey, person: id, time: day, timezone: UTC, text: [why], segments: [group, direct],
   questions: {nps: nps}}
- {file: sources/letters.csv, format: complaints, person: id, opened: day, timezone: UTC, category: about, text: [said]}
- {file: sources/people.csv, format: people, person: id, segments: [region]}
- {file: sources/log.csv, format: events, person: id, activity: what, time: day, timezone: UTC}
- {file: sources/talk.vtt, interviewer: [Interviewer]}
"""


@pytest.fixture(scope="module")
def held_out():
    return measure(lambda text, names: wb.mask(text, names=names), "held-out")


def test_masking_finds_what_it_says_it_finds(held_out):
    counted = {
        "structured": pooled(held_out, STRUCTURED),
        "names": pooled(held_out, NAMES),
        "harmless": held_out["harmless"],
    }
    assert {name: (one.masked, one.spans) for name, one in counted.items()} == MEASURED
    demanded = {"structured": 0.95, "names": 0.80, "harmless": 0.98}
    assert all(one.recall >= demanded[name] for name, one in counted.items())
    for found, of in (MEASURED["structured"], MEASURED["names"]):
        assert f"{found} of {of} " in privacy.CAVEAT and f"{found} of {of} " in " ".join(
            (wb.mask.__doc__ or "").split()
        )


def test_the_half_that_is_measured_on_shares_nothing_with_the_other():
    ours, theirs = ({line.text for line in lines(half)} for half in HALVES)
    assert len(ours) > 300 and len(theirs) > 300 and not ours & theirs


def test_masking_again_changes_nothing():
    masked = [wb.mask(line.text, names=line.names) for line in lines("tuning")]
    whole = "\n".join(masked)
    assert [wb.mask(text) for text in masked[::3]] == masked[::3]
    assert wb.mask(wb.mask(whole)) == wb.mask(whole)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("mail ja\u200bne.d\u00adoe@exam\u200bple.com now", "mail [e-mail] now"),
        ("call \uff10\uff17\uff17\uff10\uff10 \uff19\uff10\uff10\uff11\uff12\uff13", "call [phone]"),
        ("card 4111\u00a01111\u20111111\u00a01111", "card [card]"),
        (unicodedata.normalize("NFD", "Ich heiße Jürgen Müller."), "Ich heiße [name]."),
        ("spoke to Anne\u2011Marie O\u2019Neill", "spoke to [name]"),
        ("a@b.example.com, SW1A 1AA and 07700 900123", "[e-mail], [postcode] and [phone]"),
    ],
)
def test_letters_of_other_kinds_hide_nothing(said, shown):
    assert wb.mask(said) == shown


def test_a_long_text_is_masked_to_its_end():
    for filler in ("word ", "1 ", "a@", "Dear ", "0", "12 High ", "[name] ", "\u200b"):
        assert wb.mask(filler * (100_000 // len(filler)) + " . Mail jane.doe@example.com").endswith("[e-mail]")


def test_a_hundred_thousand_customers_are_known_by_name():
    names = frozenset(f"Pat{'abcdefghij'[one % 10]} Quill{one:05d}x" for one in range(100_000))
    assert wb.mask("the bill went to pata quill00010x by mistake", names=names) == "the bill went to [name] by mistake"


def seeded() -> list[dict[str, str]]:
    """Fifty people with ten identifiers each."""
    import random

    dice = random.Random(50)
    found = []
    for number in range(PEOPLE):
        filling = Filling("tuning", dice)
        first, last = filling.first, filling.last
        found.append(
            {"id": f"CUST-{dice.randrange(10**8):08d}", "name": f"{first} {last}", "first": first, "last": last}
            | {"phone": f"07700 900{number:03d}", "email": f"{plain(first)}.{plain(last)}{number}@example.com"}
            | {
                "street": f"{number + 101} {dice.choice(['Fernhill', 'Larch', 'Orchard'])} Grove",
                "postcode": f"LS{number % 9 + 1} 4AP",
            }
            | {"account": f"{dice.randrange(10**8):08d}", "ip": f"203.0.113.{number}"}
        )
    return found


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study in which every text column and every kind of source holds who people are."""
    home = tmp_path_factory.mktemp("seeded")
    sources = home / "data" / "seeded" / "sources"
    sources.mkdir(parents=True)
    people = seeded()
    days = [f"2025-{1 + number % 12:02d}-{1 + number % 28:02d}" for number in range(PEOPLE)]
    tables = {
        "answers.csv": (
            "id,day,nps,group,direct,why,Name of person,Kontakt",
            '{id},{day},{nps},{group},{email},"{said}",{name},{phone}',
        ),
        "letters.csv": ("id,day,about,said,ip", '{id},{day},bill,"{last} wrote again. {said}",{ip}'),
        "people.csv": ("id,region,Vorname,Nachname,E-Mail-Adresse", "{id},{group},{first},{last},{email}"),
        "log.csv": ("id,day,what,who rang", "{id},{day},call,{name}"),
    }
    for file, (heading, row) in tables.items():
        text = [
            row.format(
                **one, day=day, nps=number % 11, group="north" if number % 2 else "south", said=SAID.format(**one)
            )
            for number, (one, day) in enumerate(zip(people, days, strict=True))
        ]
        (sources / file).write_text("\n".join([heading, *text]) + "\n", encoding="utf-8")
    talk = [
        f"00:{number:02d}:00.000 --> 00:{number:02d}:50.000\n<v {one['name']}>{SAID.format(**one)} Ask {one['first']}.\n"
        for number, one in enumerate(people)
    ]
    (sources / "talk.vtt").write_text("WEBVTT\n\n" + "\n".join(talk), encoding="utf-8")
    (sources.parent / "study.yaml").write_text(STUDY, encoding="utf-8")
    return wb.open_study(sources.parent), people


@pytest.fixture(scope="module")
def values(study, tmp_path_factory):
    path = tmp_path_factory.mktemp("values") / "values.txt"
    listed = [value for one in study[1] for key, value in one.items() if key not in ("first", "last")]
    assert len(listed) >= 400
    path.write_text("\n".join(listed), encoding="utf-8")
    return path


def leaks(values: Path, *places: Path) -> str:
    if not SCAN.exists():
        needs.needed(str(SCAN), "it reads what is shared for known identifiers")
    done = subprocess.run(
        [sys.executable, str(SCAN), "--values", str(values), *map(str, places)], capture_output=True, text=True
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_no_identifier_reaches_the_frames(study, values):
    made, people = study
    journey = made.load()
    assert set(journey.to_frame()["kind"]) >= {"comment", "complaint", "quote", "event", "answer"}
    assert any(privacy.CAVEAT in str(fault) for fault in journey.faults)
    told = " ".join(str(fault) for fault in journey.faults)
    assert "Name of person" in told and "Kontakt" in told and "direct" in told and "E-Mail-Adresse" in told
    assert not leaks(values, made.path / "frames")
    words = " ".join(journey.to_frame()["text"].dropna()) + journey.people.to_frame().to_csv()
    for one in people:
        assert not any(
            one[key] in words for key in ("id", "name", "phone", "email", "street", "postcode", "account", "ip")
        ), one
        assert f"{one['last']} wrote" not in words and f"Ask {one['first']}." not in words


def test_no_identifier_is_shown_or_exported(study, values, tmp_path):
    made, people = study
    journey = made.load()
    found = wb.search_text(journey, "ring")
    assert len(found.matches.to_frame()) >= PEOPLE
    (tmp_path / "search.csv").write_text(found.matches.to_frame().to_csv(), encoding="utf-8")
    (tmp_path / "faults.txt").write_text("\n".join(map(str, journey.faults)), encoding="utf-8")
    for kind in ("csv", "xlsx", "parquet"):
        exports.save({"records": journey.to_frame(), "people": journey.people.to_frame()}, tmp_path / kind, kind)
    exports.export(made, "qdpx", tmp_path / "qdpx", exports.Wish())
    wb.write_page([found, wb.nps(journey, by="group")], tmp_path / "page.html")
    assert not leaks(values, tmp_path)


@pytest.mark.parametrize(
    ("heading", "cells", "what"),
    [
        ("contact", [f"jane.doe{n}@example.com" for n in range(9)], "e-mail"),
        ("contact", [f"07700 900{n:03d}" for n in range(9)], "phone"),
        ("kept", [f"203.0.113.{n}" for n in range(9)], "IP address"),
        ("who", ["Jane Doe", "Tomasz Nowak", "Anna Weiss", "Priya Rao", "José Gil"], "name"),
        ("where", [f"LS{n} 4AP" for n in range(1, 9)], "postcode"),
        ("score", [str(n) for n in range(11)], ""),
        ("order", [f"{n:010d}" for n in range(1234567890, 1234567900)], ""),
        ("town", ["Leeds", "York", "Hexham", "Bath", "Newcastle upon Tyne", "St Albans"], ""),
        ("day", [f"2025-01-{n:02d}" for n in range(1, 20)], ""),
        ("why", [f"The bill came late, call me on 07700 900{n:03d}" for n in range(9)], ""),
    ],
)
def test_a_column_is_told_by_its_cells(heading, cells, what):
    assert privacy.holds(cells) == what and not privacy.identifies(heading)


@pytest.mark.parametrize(
    "heading", ["Vorname", "Geburtsdatum", "Prénom", "Code postal", "Apellidos", "Correo electrónico", "Post code"]
)
def test_a_column_is_told_by_its_heading_in_other_languages(heading):
    assert privacy.identifies(heading)
