"""What "the same" is: equal tables to 1e-9, row by row, and equal words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw
import pandas as pd

import workbench as wb
from workbench.engine import rows

WORDS = ("sentence", "base", "method", "title")


def same_table(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """The same columns and kinds of columns, the same rows in the same order, numbers to 1e-9."""
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-9)


def same_rows(one: nw.LazyFrame, other: nw.LazyFrame, *by: str) -> int:
    """Two lazy tables hold the same rows; how many comes back."""
    tables = [rows(frame.select(*sorted(frame.collect_schema().names()))) for frame in (one, other)]
    first, second = (table.sort_values(list(by), kind="stable", ignore_index=True) for table in tables)
    same_table(first, second)
    return len(first)


def same_finding(one: Any, other: Any) -> None:
    """The same table and the same words."""
    same_table(one.table, other.table)
    for word in WORDS:
        assert getattr(one, word) == getattr(other, word), word


def answer(question: Callable[[], Any]) -> Any:
    """What a question gives: a finding, or the fault in words."""
    try:
        return question()
    except wb.DataFault as problem:
        return str(problem)


def same_answer(question: Callable[[Any], Any], one: Any, other: Any) -> bool:
    """Both journeys give the same finding, or the same fault in words; was it a finding?"""
    first, second = answer(lambda: question(one)), answer(lambda: question(other))
    if isinstance(first, str) or isinstance(second, str):
        assert first == second
        return False
    same_finding(first, second)
    return True
