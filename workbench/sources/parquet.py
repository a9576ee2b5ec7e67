"""Parquet files as surveys: every column as text, then as any survey. (Other kinds read Parquet by their binding.)"""

from __future__ import annotations

from dataclasses import replace

from workbench.files import Received
from workbench.sources import survey
from workbench.sources.reading import Block, Desk
from workbench.sources.sheet import Sheet
from workbench.sources.survey_tools import called

name = "parquet"
says = "a survey as Parquet, one row a respondent"
needs = ("questions or text",)


def recognises(received: Received) -> str:
    if received.kind != "binary":
        return ""
    with open(received.path, "rb") as handle:
        return "the first bytes of Parquet" if handle.read(4) == b"PAR1" else ""


def read(desk: Desk) -> Block:
    return survey.answers(desk, sheet(desk))


def sheet(desk: Desk) -> Sheet:
    """The file's rows as text. Raises DataFault where it is no whole Parquet file."""
    return replace(desk.sheet(), called=called(desk))
