"""Parquet files as surveys: every column as text, then as any survey."""

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
    import duckdb

    try:
        headings = tuple(desk.engine.scan(desk.received.path).collect_schema().names())
        frame = desk.engine.parquet_text(desk.received.path)
    except duckdb.Error:
        raise desk.refuse(
            found="a Parquet file that cannot be read: truncated, damaged or encrypted",
            expected="a whole Parquet file",
            mend="copy or export it again",
        ) from None
    return replace(Sheet(desk.file, frame, headings, 1), called=called(desk))
