"""What was read of a file, without the people who were forgotten: the file may still hold them, nothing that is kept does.

Knows them by keyed hashes of their pseudonyms alone: who they are can be told only of those who stand in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import narwhals as nw

from workbench import privacy
from workbench.engine import distinct, rows
from workbench.sources.reading import Block, Desk


def without_forgotten(desk: Desk, block: Block, tokens: Iterable[str]) -> Block:
    """A block, and the desk's marks, without these people; how many they were is told, and not who."""
    frames = [block.records, block.people, desk.marks, block.answers.frame if block.answers else None]
    there = [desk.named(one) if _numbered(one) else one for one in frames if one is not None]
    if not there:
        return block
    people = distinct(nw.concat([one.select(nw.col("person").alias("known")) for one in there]))
    people = people.filter(~nw.col("known").is_null())
    hashed = desk.engine.with_pseudonyms(people, "known", desk.secret, privacy.FORGOTTEN)
    gone = sorted(rows(hashed.filter(nw.col("person").is_in(sorted(tokens))).select("known"))["known"])
    if not gone:
        return block
    who = f"{len(gone)} {'person' if len(gone) == 1 else 'people'}"
    desk.note(found=f"rows of {who} who asked to be forgotten", expected="none", mend="left out as the file is read")
    numbers = []
    if desk.who is not None:
        numbers = list(map(int, rows(distinct(desk.who).filter(nw.col("person").is_in(gone)))["number"]))

    def left(frame: nw.LazyFrame | None) -> nw.LazyFrame | None:
        if frame is None:
            return None
        out = nw.col("person").is_in(numbers if _numbered(frame) else gone)
        return desk.engine.keep(frame.filter(~out | nw.col("person").is_null()))

    desk.marks = left(desk.marks)
    answers = block.answers
    if answers is not None and (scored := left(answers.frame)) is not None:
        answers = replace(answers, frame=scored)
    return replace(block, records=left(block.records), people=left(block.people), answers=answers)


def _numbered(frame: nw.LazyFrame) -> bool:
    return frame.collect_schema()["person"] != nw.String
