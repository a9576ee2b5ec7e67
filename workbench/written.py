"""How numbers, dates and times are written: the ways that are known, and what the engine is asked to read them.

Gives expressions in the engine's dialect over one cell's text; knows no table.
"""

from __future__ import annotations

READ = ("blank", "wrong", "offset", "local", "skipped")  # how a written time was read

NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$"
ISO_OFFSET = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)? ?(Z|[+-]\d{2}:?\d{2})$"
QUARTER = r"^\d{4}[ -]?Q[1-4]$"
SERIAL = r"^[2-7]\d{4}(\.\d+)?$"  # 1954 to 2119, as spreadsheets count days
DATES = {  # how a date may be written, tried for the whole column; each with and without a time of day
    "day first": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%d/%m/%y"),
    "month first": ("%m/%d/%Y", "%m-%d-%Y", "%b %d, %Y", "%m/%d/%y"),
    "year first": ("%Y/%m/%d", "%Y%m%d", "%Y-%m", "%b %Y", "%B %Y"),
}
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


def number(column: str, decimal: str = ".") -> str:
    """The number that a cell spells, null where it spells none."""
    text = f'trim("{column}")' if decimal == "." else f"replace(trim(\"{column}\"), '{decimal}', '.')"
    number = f"try_cast({text} as double)"  # 1e999 is none that can be held
    return f"case when regexp_matches({text}, '{NUMBER}') and isfinite({number}) then {number} end"


def clocks(cell: str, dates: str | None = None, serial: bool = False) -> dict[str, str]:
    """Every way of writing a date or time without an offset: its name, and the clock time that a cell says in it.

    Most times are written in ISO 8601, without blanks around: whether there are any is looked at last.
    `dates` leaves one order of day, month and year; `serial` lets bare numbers be a spreadsheet's days since 1899-12-30.
    """
    text = f"trim({cell})"
    read = (f"when regexp_matches({one}, '{ISO}') then try_cast({one} as timestamp)" for one in (cell, text))
    found = {"ISO 8601": f"case {' '.join(read)} end"}
    for rule, writings in DATES.items():
        if dates in (None, rule):
            formats = ", ".join(f"'{writing}{clock}'" for writing in writings for clock in CLOCKS)
            found[rule] = f"try_strptime({text}, [{formats}])"
    quarter = f"3 * cast(right({text}, 1) as integer) - 2"
    found["quarters"] = (
        f"case when regexp_matches({text}, '{QUARTER}') then "
        f"make_timestamp(cast(left({text}, 4) as bigint), cast({quarter} as bigint), 1, 0, 0, 0.0) end"
    )
    if serial:
        days = f"case when regexp_matches({text}, '{SERIAL}') then try_cast({text} as double) end"
        found["days since 1899-12-30"] = (
            f"timestamp '1899-12-30' + to_microseconds(cast(round({days} * 86400) * 1000000 as bigint))"
        )
    return found


def has_offset(text: str) -> str:
    """Is it a time that states its offset from UTC? The last letters are looked at first: most times have none."""
    return (
        f"(right({text}, 1) = 'Z' or substr({text}, -6, 1) in ('+', '-') or substr({text}, -5, 1) in ('+', '-')) "
        f"and regexp_matches({text}, '{ISO_OFFSET}')"
    )


def with_offset(text: str) -> str:
    """The microseconds since 1970 UTC of a time that states its offset."""
    tight = f"regexp_replace({text}, ' (Z|[+-])', '\\1')"
    return f"epoch_us(try_cast({tight} as timestamptz))"
