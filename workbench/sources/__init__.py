"""The shelf: the kinds of file that can be read, and which of them a file is.

A kind is a module (or an object) with `name`, `says`, `needs`, `recognises(received)` and `read(desk)`. Lists of kinds in
messages, panels and the README are read off SHELF, never typed twice. To add a kind: one module, one line here, one test.
"""

from __future__ import annotations

from typing import Protocol

from workbench.engine import Engine
from workbench.faults import DataFault, Fault, unknown
from workbench.files import Received
from workbench.sources import (
    a11,
    alchemer,
    complaints,
    events,
    forms,
    limesurvey,
    ocel,
    parquet,
    people,
    qda,
    qsf,
    qualtrics,
    spss,
    survey,
    surveymonkey,
    tickets,
    tracking,
    transcripts,
    xes,
    xlsform,
)
from workbench.sources.binding import Binding
from workbench.sources.reading import Block, Desk

__all__ = ["SHELF", "Block", "Desk", "Engine", "Received", "kind_of", "reader"]


class Reader(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    def recognises(self, received: Received) -> str: ...
    def read(self, desk: Desk) -> Block: ...


SHELF: dict[str, Reader] = {
    one.name: one
    for one in (
        qualtrics,
        spss,
        parquet,
        surveymonkey,
        limesurvey,
        alchemer,
        forms,
        a11,
        *transcripts.ALL,
        *qda.ALL,
        tracking,
        *tickets.EXPORTS,
        complaints,
        xes,
        ocel,
        events,
        people,
        survey,
    )  # type: ignore[misc]
}
GENERAL = ("people", "survey")  # kinds that give way to any more special one


def claims(received: Received) -> dict[str, str]:
    """Every kind that claims a file, with its reason."""
    found = {name: reader.recognises(received) for name, reader in SHELF.items()}
    return {name: why for name, why in found.items() if why}


def questionnaire_in(received: Received) -> str:
    """Why this file is a questionnaire, which holds questions and no answers (.qsf, XLSForm); or an empty text."""
    return qsf.recognises(received) or xlsform.recognises(received)


def kind_of(received: Received, binding: Binding | None = None) -> str:
    """Which kind a file is: told by the file, and by the words of the binding where the file fits several.

    Raises DataFault naming the kinds where none, or more than one, knows it.
    """
    if why := questionnaire_in(received):
        raise DataFault(
            Fault(
                file=received.name,
                found=f"{why}: questions and no answers",
                expected="answers",
                mend="name it beside the export of its answers, as questionnaire:",
            )
        )
    claimed = list(claims(received))
    special = [name for name in claimed if name not in GENERAL]
    plain = special in ([], ["parquet"])  # a table that only the binding can tell
    if len(special) == 1 and not plain:
        return special[0]
    left = special or claimed
    if (plain or len(left) != 1) and binding is not None and received.kind in ("text", "xlsx", "binary"):
        if binding.questions:
            return "survey"
        if binding.activity:
            return "events"
        if binding.opened:
            return "complaints"
        if binding.value:
            return "tracking"
        if binding.segments and not binding.text:
            return "people"
    if len(left) == 1:
        return left[0]
    raise DataFault(
        Fault(
            file=received.name,
            found=f"a file that {' and '.join(left)} all claim" if left else "a file that looks like nothing we know",
            expected=f"one of: {', '.join(SHELF)}",
            mend="say format=",
        )
    )


def reader(name: str) -> Reader:
    """The reader of a kind by its name. Raises DataFault with the near word."""
    if name not in SHELF:
        raise DataFault(unknown("format", name, SHELF))
    return SHELF[name]
