"""A small study with every kind of source that names people: a survey, complaints, a contact log, customers with an e-mail to
join by, interviews with codes. One person stands in all of them."""

from __future__ import annotations

from pathlib import Path

import workbench as wb

PERSON, MAIL = "C-10007", "person7@example.com"
SAID = "Nobody ever told me about the second meter in the cellar"
SPOKEN = "The letter came on the day after my father was buried"
STUDY = """\
title: Own people
minimum_base: 5
sources:
  - {file: sources/customers.csv, format: people, person: customer_id, segments: [region], keys: {mail: email}}
  - file: sources/survey.csv
    format: survey
    person: customer_id
    text: [comment]
    questions: {nps: {measure: nps, scale: [0, 10], step: bill}}
  - {file: sources/panel.csv, format: survey, keys: {mail: mail}, questions: {csat: {measure: csat, scale: [1, 5], step: bill}}}
  - {file: sources/complaints.csv, format: complaints, person: customer_id, opened: opened, category: about, text: [words]}
  - {file: sources/contacts.csv, format: events, person: customer_id, activity: what, time: at}
  - file: sources/talk.vtt
    format: webvtt
    interviewer: [Ann]
    speakers: {Bea: C-10007, Carl: C-10003}  # of C-10007 we have the signed form
"""
MAP = """\
title: Own people
stages:
  - {id: billing, name: Billing, steps: [{id: bill, name: Bill}]}
"""
CODES = """\
quotes:
  - {file: sources/talk.vtt, turn: 2, step: bill, code: grief, emotion: -2, coder: Ann,
     words: on the day after my father was buried}
  - {file: sources/talk.vtt, turn: 4, step: bill, code: calm, emotion: 1, coder: Ann}
"""
TALK = f"""\
WEBVTT

00:00:00.000 --> 00:00:02.000
<v Ann>How was the bill?

00:00:02.000 --> 00:00:06.000
<v Bea>{SPOKEN}

00:00:06.000 --> 00:00:08.000
<v Ann>And yours?

00:00:08.000 --> 00:00:12.000
<v Carl>Mine was as I had expected it to be
"""


def make(project: Path):
    """The study, in a project's data folder; nothing of it read yet."""
    folder = project / "data" / "own-people"
    (folder / "sources").mkdir(parents=True)
    everybody = [f"C-100{number:02d}" for number in range(1, 21)]
    regions = ["North", "South"]
    rows = {
        "customers.csv": ["customer_id,region,email"]
        + [f"{one},{regions[at % 2]},person{at}@example.com" for at, one in enumerate(everybody, 1)],
        "survey.csv": ["customer_id,nps,comment"]
        + [f"{one},{at % 11},{SAID if one == PERSON else 'It was fine'}" for at, one in enumerate(everybody, 1)],
        "panel.csv": ["mail,csat"] + [f"person{at}@example.com,{at % 5 + 1}" for at in range(5, 15)],
        "complaints.csv": ["customer_id,opened,about,words"]
        + [
            f'{one},2025-03-0{at},bill,"Wrong, again: {one[-2:]}\nand late"' for at, one in enumerate(everybody[4:9], 1)
        ],
        "contacts.csv": ["customer_id,what,at"]
        + [f"{one},call,2025-02-{at + 1:02d} 10:00" for at, one in enumerate(everybody)]
        + [f"{PERSON},letter,2025-03-01 09:00"],
    }
    for name, lines in rows.items():
        (folder / "sources" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    texts = {"study.yaml": STUDY, "map.yaml": MAP, "codes.yaml": CODES, "sources/talk.vtt": TALK}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return wb.open_study(folder)
