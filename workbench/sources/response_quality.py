"""How respondents answered: all questions alike (straight-lining), or faster than can be read (speeding). Told, never removed.

Knows the answers of one survey as they are read, and no format.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

import narwhals as nw

from workbench.engine import count, rows
from workbench.sources.binding import Question
from workbench.sources.sheet import Sheet

if TYPE_CHECKING:
    from workbench.sources.reading import Desk

BATTERY = 5  # questions on one scale, from which answering all alike is told
HASTE = 1 / 3  # of the median time: the usual bound for speeding (Greszki, Meyer and Schoen 2015 compare 0.3 to 0.5)


def straight_lines(desk: Desk, frame: nw.LazyFrame, scored: Mapping[str, Question]) -> None:
    """Tell of respondents who gave one and the same answer to all of at least five questions on a scale.

    `frame` has the row, and vk the value of the question at place k.
    """
    batteries = defaultdict(list)
    for place, question in enumerate(scored.values()):
        batteries[question.bounds].append(f"v{place}")
    for (low, high), columns in batteries.items():
        if len(columns) < BATTERY:
            continue
        answered = nw.sum_horizontal(*[(~nw.col(one).is_null()).cast(nw.Int64) for one in columns])
        alike = nw.max_horizontal(*columns) == nw.min_horizontal(*columns)
        enough, same = answered >= BATTERY, alike & (answered >= BATTERY)
        sums = [one.cast(nw.Int64).sum().alias(name) for name, one in (("base", enough), ("several", same))]
        base, several = map(int, rows(frame.select(*sums)).fillna(0).iloc[0])
        if several:
            listed = desk.rows_of(frame.filter(same))
            desk.note(
                row=listed[0],
                rows=listed,
                found=f"{several:,} of {base:,} respondents who gave the same answer to all of their {BATTERY} to {len(columns)} "
                f"questions from {low:g} to {high:g} (straight-lining)",
                expected="answers that differ somewhere",
                mend="kept; it may be meant. Look whether the findings hold without them",
                count=several,
            )


def speeders(desk: Desk, sheet: Sheet, column: str) -> None:
    """Tell of respondents who took less than a third of the median time. `column` holds seconds."""
    decimal = "," if sheet.delimiter == ";" else "."
    frame = desk.engine.numbers(sheet.frame, decimal, taken=sheet.column(column))
    timed = frame.filter(nw.col("taken") > 0)
    base = count(timed)
    if not base:
        return
    median = float(rows(timed.select(nw.col("taken").median().alias("median")))["median"][0])
    wrong = timed.filter(nw.col("taken") < HASTE * median)
    several = count(wrong)
    if several:
        listed = desk.rows_of(wrong)
        desk.note(
            row=listed[0],
            rows=listed,
            column=column,
            found=f"{several:,} of {base:,} respondents who took under {HASTE * median:,.0f} seconds (speeders)",
            expected=f"at least a third of the median of {median:,.0f} seconds",
            mend=f"kept; to leave them out say checks: [{{column: {column}, between: [{HASTE * median:.0f}, 1000000], "
            "then: set aside}]",
            count=several,
        )
