"""From what people said to records: what interviews and coded projects share. One record is one coding of some words.

A record keeps where the words stand, whose they are (a pseudonym), the code given to them and who gave it; words without
a code are one record. Names are masked in words and codes alike. Knows desks, and no format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench import privacy
from workbench.engine import RECORDS, STRIDE
from workbench.sources.binding import Fixed
from workbench.sources.names import hider, plain
from workbench.sources.reading import Block, Coded, Desk

EMOTION = {
    "measure": "quoted_emotion",
    "kind": "quote",
    "step": None,
    "label": "the emotion that a coder heard in the words",
    "low": -2.0,
    "high": 2.0,
    "reversed": False,
    "missing": "",
    "column": "codes.yaml",
}


@dataclass(frozen=True)
class Passage:
    """Words that one person said at one place of a file, and the codings of them."""

    number: int  # in the order of the file, from 1
    place: str
    speaker: str
    words: str | None  # None where the file does not hold them
    person: str  # whose words they are where no speaker is bound
    codings: Sequence[Coded] = ()


def block(desk: Desk, passages: Sequence[Passage], labels: set[str]) -> Block:
    """The records of passages, the interviewer's set aside. `labels` are names and roles of speakers, to be masked.

    Raises DataFault where nobody who is interviewed says anything.
    """
    binding = desk.binding
    asking = {plain(one) for one in binding.interviewer}
    bound = {plain(one): person for one, person in binding.speakers.items()}
    hide = hider(labels, desk.names)
    records, people, asked, masked = [], dict[str, None](), 0, 0
    for passage in passages:
        who = plain(passage.speaker)
        if who and who in asking:
            asked += bool(passage.codings)
            continue
        raw = binding.person.value if isinstance(binding.person, Fixed) else bound.get(who, passage.person)
        person = desk.pseudonym(raw)
        people[person] = None
        words = None if passage.words is None else hide(passage.words)
        masked += words != passage.words
        for place, coding in enumerate(passage.codings or [Coded(None)]):
            records.append(
                {
                    "person": person,
                    "order": passage.number * STRIDE + place,
                    "step": coding.step,
                    "source": desk.source,
                    "kind": "quote",
                    "measure": None if coding.emotion is None else EMOTION["measure"],
                    "value": coding.emotion,
                    "state": "answered",
                    "text": hide(" ".join(coding.words.split())) if coding.words else words,
                    "code": hide(coding.code) if coding.code else None,
                    "coder": coding.coder or None,
                    "place": passage.place,
                }
            )
    if asked:
        found = f"{asked} coded {'passage' if asked == 1 else 'passages'} of the interviewer's words"
        desk.note(found=found, expected="what people said", mend="set aside")
    if masked:
        desk.note(
            found=f"{masked:,} {'text' if masked == 1 else 'texts'} with personal data",
            expected="none",
            mend=privacy.CAVEAT,
        )
    if not records:
        raise desk.refuse(
            found="only the interviewer's words", expected="a person who is interviewed", mend="correct interviewer:"
        )
    engine = desk.engine
    table = engine.table(pd.DataFrame(records, dtype=object), {key: RECORDS[key] for key in records[0]})
    who_spoke = engine.table(pd.DataFrame({"person": list(people)}), {"person": "VARCHAR"})
    heard = any(one["value"] is not None for one in records)
    return Block(engine.typed(table), who_spoke, ({**EMOTION, "source": desk.source},) if heard else ())
