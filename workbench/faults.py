"""What is wrong in an input, said so that a researcher can mend it: file, row, column, found, expected, mend.

Knows nothing of the rest of the house. The row is the one the spreadsheet shows (the heading is row 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

SHOWN, LONG = 12, 1000  # faults (and letters) printed in words; all of them are in DataFault.to_frame()


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong (or was set aside), where it stands, and how to mend it.

    `count` is the number of cells it speaks of: the row is then the first of them, and `rows` lists them where they are
    single cells; `aside` is the number of whole rows that were set aside. `weight` is "error" where the input cannot be
    used so, and "note" where it was used and something was set aside or assumed.
    """

    file: str = ""
    row: int | None = None
    column: str = ""
    found: str = ""
    expected: str = ""
    mend: str = ""
    count: int = 1
    weight: Literal["error", "note"] = "error"
    rows: tuple[int, ...] = ()
    aside: int = 0

    def __str__(self) -> str:
        where = [f"row {self.row}" if self.row is not None else "", f'column "{self.column}"' if self.column else ""]
        place = ", ".join(part for part in where if part)
        more = f" (and {self.count - 1} more like it)" if self.count > 1 else ""
        text = f"{place}: " if place else ""
        text += f"found {self.found}{more}"
        if self.expected:
            text += f", expected {self.expected}"
        return f"{text}.\n    Mend: {self.mend}" if self.mend else f"{text}."


class DataFault(ValueError):
    """An input that cannot be used as it is. `.faults` holds every fault found, `.to_frame()` shows them as a table."""

    def __init__(self, faults: Iterable[Fault] | Fault):
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        if not self.faults:
            raise TypeError("a DataFault needs at least one Fault")
        super().__init__(describe(self.faults))

    def to_frame(self):
        """The faults as a pandas table, one row each."""
        return to_frame(self.faults)


def describe(faults: Iterable[Fault]) -> str:
    """The faults in words, grouped by file."""
    by_file: dict[str, list[Fault]] = {}
    for fault in faults:
        by_file.setdefault(fault.file, []).append(fault)
    lines: list[str] = []
    for file, those in by_file.items():
        count = "1 fault" if len(those) == 1 else f"{len(those)} faults"
        lines.append(f"{file or 'the input'} has {count}:")
        told = 0
        for fault in those[:SHOWN]:
            if told and sum(map(len, lines)) + len(str(fault)) > LONG:
                break
            lines.append(f"  {fault}")
            told += 1
        if len(those) > told:
            lines.append(f"  … and {len(those) - told} more")
    return "\n".join(lines)


def to_frame(faults: Iterable[Fault]):
    """Faults as a pandas table, one row each; a fault that lists its cells has a row for each of them."""
    import pandas as pd

    columns = [name for name in Fault.__dataclass_fields__ if name not in ("rows", "aside")]
    listed = []
    for fault in faults:
        said = {name: getattr(fault, name) for name in columns}
        each = [said | {"row": row, "count": 1} for row in fault.rows]
        left = fault.count - len(each)
        listed += each + ([said | {"count": left, "row": None if each else fault.row}] if left > 0 else [])
    table = pd.DataFrame(listed, columns=columns)
    table["row"] = table["row"].astype("Int64")
    return table


def near(word: object, known: Iterable[object]) -> str:
    """The known word nearest to a mistyped one, or an empty string."""
    words = {str(one).casefold(): str(one) for one in known}
    match = get_close_matches(str(word).casefold(), words, n=1, cutoff=0.6)
    return words[match[0]] if match else ""


def unknown(what: str, word: object, known: Iterable[object], file: str = "", column: str = "") -> Fault:
    """The fault of naming something that is not there: the near word, and what there is."""
    names = [str(one) for one in known]
    close = near(word, names)
    listed = ", ".join(names[:15]) + (" …" if len(names) > 15 else "") if names else "none"
    return Fault(
        file=file,
        column=column,
        found=f'no {what} called "{word}"',
        expected=f"one of: {listed}",
        mend=f'did you mean "{close}"?' if close else "correct the name",
    )


def shape(text: object) -> str:
    """How a fault may speak of a value that could name a person or be their words: by its shape alone."""
    return f"a text of {len(str(text))} letters"
