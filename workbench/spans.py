"""Spans of time as people write them: "14 days", "2 hours"; in microseconds, and in words again."""

from __future__ import annotations

import re

from workbench.faults import DataFault, Fault, near

SECOND = 1_000_000  # microseconds
DAY = 86_400 * SECOND
UNITS = {
    "second": SECOND,
    "minute": 60 * SECOND,
    "hour": 3_600 * SECOND,
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
    "year": 365 * DAY,
}
LONGEST = 1_000 * UNITS["year"]  # beyond, sums of times would not fit
WRITTEN = re.compile(r"^\s*(\d{1,6}(?:\.\d{1,6})?)\s*([a-z]+)\s*$", re.I)


def span(text: object, column: str = "within", nought: bool = False) -> int:
    """A span in microseconds; of no time at all only if `nought`. A month is 30 days, a year 365.

    Raises DataFault for what is no number and unit.
    """
    match = WRITTEN.match(str(text))
    size = UNITS.get(match[2].lower().removesuffix("s")) if match else None
    if match and size and float(match[1]) * size > LONGEST:
        raise DataFault(Fault(column=column, found=f'"{text}"', expected="no more than 1,000 years"))
    if match is None or size is None or (float(match[1]) == 0 and not nought):
        close = near(match[2], [f"{one}s" for one in UNITS]) if match and size is None else ""
        raise DataFault(
            Fault(
                column=column,
                found=f'"{text}"',
                expected=f"a number {'' if nought else 'above 0 '}and a unit, as in 14 days",
                mend=f'did you mean "{close}"?' if close else f"units: {', '.join(f'{one}s' for one in UNITS)}",
            )
        )
    return round(float(match[1]) * size)


def unit_for(longest: float) -> tuple[str, float]:
    """The unit to tell times of this length (microseconds) in, and its size: the largest that they hold twice."""
    for name in ("day", "hour", "minute"):
        if longest >= 2 * UNITS[name]:
            return f"{name}s", float(UNITS[name])
    return "seconds", float(SECOND)


def in_words(microseconds: float) -> str:
    """A span in words, in the unit that fits: "14 days", "1.5 hours"."""
    for name in ("day", "hour", "minute", "second"):
        if microseconds >= UNITS[name] or name == "second":
            number = f"{microseconds / UNITS[name]:,.1f}".removesuffix(".0")
            return f"{number} {name}{'' if number == '1' else 's'}"
    raise AssertionError
