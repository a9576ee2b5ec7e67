"""Findings as an Excel workbook, a sheet each: banner tables as they are read, with their letters; base, method and trail.

Knows what a finding may show; hidden groups are not in it. No text becomes a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from workbench import files, office
from workbench.banner import Banner, Figure, banner, base_name, notes, p_words
from workbench.exports import harmless
from workbench.finding import HEADS, UNSHOWN, Finding
from workbench.privacy import HIDDEN

Row = list[Any]
FORMATS = {"score": "+0;-0;0", "mean": "0.00"}  # of shares: "0"
NARROW, WIDE, LETTER, WORDY = 11, 34, 5, 60  # widths of columns
BANNED = re.compile(r"[\[\]:*?/\\]")


def write_workbook(findings: Iterable[Finding] | Finding, path: str | PathLike[str]) -> Path:
    """Write findings as an Excel workbook, a sheet each, and give its path.

    Above the table stands the sentence, under it base, method and trail. A banner table has two header rows, the bases
    under each question and the letters beside the figures; in the columns after it, nothing.
    """
    from io import BytesIO

    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for finding in [findings] if isinstance(findings, Finding) else findings:
        add_sheet(book, finding)
    if not book.sheetnames:
        book.create_sheet("no findings")
    out = BytesIO()
    book.save(out)
    target = Path(path)
    files.write(target, office.still(out.getvalue()))
    return target


def add_sheet(book: Any, finding: Finding) -> str:
    """Add a finding to an openpyxl workbook as a sheet of its own; the sheet's name comes back. Raises DataFault where the
    finding is of one person.
    """
    sheet = book.create_sheet(_name(finding.let_out(), book.sheetnames))
    if finding.layout.get("kind") == "banner":
        _wide(sheet, finding, banner(finding.to_frame(), finding.layout))
    else:
        _long(sheet, finding)
    return str(sheet.title)


def _name(finding: Finding, taken: list[str]) -> str:
    name = BANNED.sub(" ", finding.title or finding.name).strip("' ")[:31] or "finding"
    number, made = 2, name
    while made.casefold() in {one.casefold() for one in taken}:
        made = f"{name[: 31 - len(str(number)) - 1]} {number}"
        number += 1
    return made


def _wide(sheet: Any, finding: Finding, made: Banner) -> None:
    """A banner: each column is a figure and, but for the total, its letters beside it."""
    width = [1 if number == 0 else 2 for number, (_, columns) in enumerate(made.blocks) for _ in columns]
    starts = [2 + sum(width[:place]) for place in range(len(width))]
    total = 1 + sum(width)
    rows: list[Row] = [[finding.sentence], [" ".join(notes(made, finding.minimum))], []]
    names: Row = [None] * total
    labels: Row = [None] * total
    merged, place = [], 0
    for name, columns in made.blocks:
        names[starts[place] - 1] = name.replace("_", " ") if place else None
        if place and sum(width[place : place + len(columns)]) > 1:
            merged.append((starts[place], starts[place] + sum(width[place : place + len(columns)]) - 1))
        for label, letter in columns:
            labels[starts[place] - 1] = label
            if letter:
                labels[starts[place]] = letter
            place += 1
    rows += [names, labels]
    head = len(rows)
    kinds = [""] * head
    for section in made.sections:
        rows.append([section.question.replace("_", " "), *([section.words] if section.words else [])])
        bases = [None if base is None else base[0] for base in section.bases]
        worth = [None if base is None else round(base[1], 1) for base in section.bases]
        rows.append(
            _spread(base_name(section), bases, ["*" if base and base[2] else "" for base in section.bases], width)
        )
        kinds += ["question", "base"]
        if made.weighted:
            rows.append(_spread("effective base", worth, [""] * len(worth), width))
            kinds.append("base")
        for line in section.lines:
            unit = "" if line.kind in ("score", "mean") else " %"
            rows.append(
                _spread(
                    f"{line.label}{unit}",
                    [_value(one) for one in line.figures],
                    [f.letters for f in line.figures],
                    width,
                )
            )
            kinds.append(line.kind)
            if line.kind in ("score", "mean"):
                for end, word in (("low", "from"), ("high", "to")):
                    limits = [getattr(one, end) if one.state == "shown" else None for one in line.figures]
                    rows.append(_spread(f"  {word}", limits, [""] * len(limits), width))
                    kinds.append(f"{line.kind} limit")
        if any(p is not None for p in section.p):
            test: Row = ["whole block, p", *[None] * (total - 1)]
            place = 0
            for p, (_, columns) in zip(section.p, made.blocks, strict=True):
                test[starts[place] - 1] = None if p is None else p if p >= 0.001 else p_words(p)
                place += len(columns)
            rows.append(test)
            kinds.append("test")
    rows += [[], *_under(finding)]
    kinds += [""] * (len(rows) - len(kinds))
    _fill(sheet, rows, kinds)
    for first, last in merged:
        sheet.merge_cells(start_row=head - 1, end_row=head - 1, start_column=first, end_column=last)
    _dress(sheet, kinds, head, total, starts, width)


def _value(one: Figure) -> float | str | None:
    return "hidden" if one.state == "hidden" else one.value


def _spread(label: str, figures: list[Any], letters: list[str], width: list[int]) -> Row:
    row: Row = [label]
    for figure, letter, columns in zip(figures, letters, width, strict=True):
        row += [figure] if columns == 1 else [figure, letter or None]
    return row


def _dress(sheet: Any, kinds: list[str], head: int, total: int, starts: list[int], width: list[int]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    bold, dim = Font(bold=True), Font(color="5F6875", size=9)
    letters = {start + 1 for start, columns in zip(starts, width, strict=True) if columns == 2}
    sheet.column_dimensions["A"].width = WIDE
    for column in range(2, total + 1):
        sheet.column_dimensions[get_column_letter(column)].width = LETTER if column in letters else NARROW
    for number, kind in enumerate(kinds, start=1):
        for cell in sheet[number][:total]:
            if number in (head - 1, head):
                cell.font, cell.alignment = bold, Alignment(wrap_text=True, vertical="bottom")
            if cell.column in letters and number > head and kind:
                cell.font, cell.alignment = Font(bold=True, color="1F5AA6"), Alignment(horizontal="left")
            elif kind == "base" or kind == "test" or kind.endswith("limit"):
                cell.font = dim
            elif kind in ("question", "score", "mean"):
                cell.font = bold
            if isinstance(cell.value, int | float):
                plain = "#,##0" if kind == "base" else "0.000" if kind == "test" else "0"
                cell.number_format = FORMATS.get(kind.removesuffix(" limit"), plain)
            elif cell.value == "hidden":
                cell.font, cell.alignment = dim, Alignment(horizontal="right")
    sheet.cell(1, 1).font = Font(bold=True, size=12)
    sheet.freeze_panes = sheet.cell(head + 1, 2)


def _long(sheet: Any, finding: Finding) -> None:
    """Any other finding: its table as it is shown, numbers with the digits that they need, columns as wide as they are read."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    frame = finding.to_frame()
    unshown = {*UNSHOWN, *getattr(finding, "quiet", ()), HIDDEN}
    shown = [column for column in frame.columns if column not in unshown]
    hidden = frame[HIDDEN].tolist() if HIDDEN in frame else [False] * len(frame)
    rows: list[Row] = [[finding.sentence], [], [str(HEADS.get(one, one)).replace("_", " ") for one in shown]]
    for withheld, values in zip(hidden, frame[shown].itertuples(index=False, name=None), strict=True):
        rows.append(
            [
                "hidden" if withheld and column not in finding.by else _plain(value)
                for column, value in zip(shown, values, strict=True)
            ]
        )
    last = len(rows)
    rows += [[], *_under(finding)]
    _fill(sheet, rows, [""] * len(rows))
    sheet.cell(1, 1).font = Font(bold=True, size=12)
    for cell in sheet[3]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="bottom")
    for place, column in enumerate(shown, start=1):
        cells = [sheet.cell(number, place) for number in range(4, last + 1)]
        form = _format(str(column), [cell.value for cell in cells])
        longest = max((len(cell.value) for cell in cells if isinstance(cell.value, str)), default=0)
        wide = min(max(longest + 2, NARROW), WORDY)
        sheet.column_dimensions[get_column_letter(place)].width = max(wide, WIDE) if place == 1 else wide
        for cell in cells:
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                cell.number_format, cell.alignment = form, Alignment(vertical="top")
            else:
                right = cell.value == "hidden" and column not in finding.by
                cell.alignment = Alignment(
                    wrap_text=longest > WORDY - 2, vertical="top", horizontal="right" if right else None
                )
    by = sum(1 for _ in _leading(shown, finding.by))
    sheet.freeze_panes = sheet.cell(4, 1 + min(by, 2))


def _leading(shown: list[Any], by: Iterable[str]) -> Iterable[Any]:
    """The columns at the left that name the groups."""
    for column in shown:
        if column not in by:
            return
        yield column


def _format(column: str, values: list[Any]) -> str:
    """How the numbers of a column are shown: whole where they are whole, else with the digits that their size asks for."""
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    if all(one == int(one) for one in numbers):
        return "0" if column in ("set", "rank", "nth", "version", "year") else "#,##0"
    if column == "p" or column.startswith("p "):
        return "0.000"
    largest = max(abs(one) for one in numbers)
    return "#,##0.0" if largest >= 10 else "0.00"


def _under(finding: Finding) -> list[Row]:
    parts = (
        ("Base", finding.base),
        ("Method", finding.method),
        ("Mind", " ".join(finding.cautions)),
        ("Trail", " > ".join(finding.trail)),
    )
    return [[f"{word}: {text}"] for word, text in parts if text]


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if value is None or value != value:
        return None
    if isinstance(value, float) and abs(value) == float("inf"):  # no number of a workbook
        return "∞" if value > 0 else "−∞"
    return value if isinstance(value, bool | int | float | str) else str(value)


def _fill(sheet: Any, rows: list[Row], kinds: list[str]) -> None:
    """The cells, each text as a text."""
    width = max(map(len, rows))
    table = pd.DataFrame([[*row, *[None] * (width - len(row))] for row in rows], dtype=object)
    table.columns = [f"c{place}" for place in range(width)]
    for number, row in enumerate(harmless(table).itertuples(index=False, name=None), start=1):
        for place, value in enumerate(row, start=1):
            if value is None or value != value:
                continue
            text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value) if isinstance(value, str) else value
            cell = sheet.cell(number, place, text)
            if isinstance(text, str):
                cell.data_type = "s"
