"""The map in a spreadsheet: a CSV, or a workbook that a department fills in and sends back, with what it was made from.

No text becomes a formula, and none that comes back is run: a formula is taken as the text that it is, and told. Knows
tables of maps and openpyxl; what came back is merged elsewhere.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.faults import DataFault, Fault, unknown
from workbench.office import RUNS
from workbench.steps.map.model import LANES, JourneyMap
from workbench.steps.map.notes import Note
from workbench.steps.map.table_reading import columns
from workbench.steps.map.tables import CHOICES, FIRST, NUMBERS, OTHER, Table, key, table

LONGEST = 32_767  # letters of a cell of a workbook
SHEET, LANE_SHEET, HELP, HIDDEN = "Map", "Lanes", "How to fill this in", "workbench"
IDEAS = "Ideas"  # a sheet that is no map; what stands in it is handed on as it came
SPARE = 30  # empty rows under the table, for new steps
HEADED = 10  # rows from the top in which the headings may stand
WIDTHS = {"place": 7, "stage": 16, "id": 16, "step": 26, "thinking": 34, "doing": 34}
GUARDED = re.compile(r"'+[=+\-@\t\r\n\0]")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SAID = """\
Each row of the sheet "Map" is a step of the journey, as the customer meets it; each column after "owner" is a lane.
Write into the white cells. Grey cells belong to others or are kept by the workbench; what is changed there is not taken.
To add a step: write into an empty row under the table. Leave "id" empty; "place" may be 3.5 to stand between 3 and 4.
To take out a step: empty its row. It is asked about and not removed.
To move a step: change its "place", or the name of its "stage". Rows may be sorted as you like.
Emotion and trust: what you believe the customer feels, from -100 (furious) to 100 (delighted); empty where you do not know.
Several names in one cell: a comma between them.
To say something of a cell: a comment on it. It comes back with your name.
To put an idea on the wall: an empty row of the sheet "Ideas", in your own words, with your name or role.
Then send the file back. It is merged cell by cell with what others wrote meanwhile; where both changed the same cell,
theirs stays and you are told."""


@dataclass
class Filled:
    """A workbook or CSV that came back: its table, what it was made from, comments, owners of lanes, ideas, what is told."""

    table: Table
    version: str = ""
    department: str = ""
    comments: list[tuple[str, int, str, str]] = field(default_factory=list)  # column, row, author, words
    owners: dict[str, str] | None = None
    notes: list[Fault] = field(default_factory=list)
    ideas: list[tuple[int, list[Any]]] = field(default_factory=list)  # the rows of the sheet of ideas


# -- a part of the map ------------------------------------------------------------------------------------------------


def part(drawn: JourneyMap, department: str, of_map: bool = False) -> Table:
    """The map's table, or what a department has of it: its own steps whole; where it owns lanes, these of every step.

    Raises DataFault for a department that owns nothing here.
    """
    whole = table(drawn, of_map)
    if not department:
        return whole
    steps, lanes = owned(drawn, department)
    if not steps and not lanes:
        there = dict.fromkeys([*(step.department for step in drawn.steps), *drawn.owners.values()])
        raise DataFault(unknown("department on the map", department, filter(None, there), "map.yaml", "owner"))
    known = columns(whole.headings, drawn)
    open_ = {one for one, (what, name) in known.items() if (what == "cell" and name in FIRST) or (what, name) in lanes}
    rows = []
    for row, cells in whole.rows:
        if cells["id"] in steps:
            rows.append((row, cells))
        elif lanes:
            rows.append((row, {one: value if one in open_ else "" for one, value in cells.items()}))
    return Table(whole.headings, rows, whole.file)


def owned(drawn: JourneyMap, department: str) -> tuple[set[str], set[tuple[str, str]]]:
    """The ids of the steps that a department answers for, and its lanes, each as ("lane", name)."""
    name = department.casefold()
    return (
        {step.id for step in drawn.steps if step.department.casefold() == name},
        {("lane", lane) for lane, owner in drawn.owners.items() if owner.casefold() == name},
    )


# -- CSV --------------------------------------------------------------------------------------------------------------


def write_csv(found: Table) -> str:
    """A table as CSV for spreadsheets: a text that would run gets an apostrophe in front (`read_csv` takes it off)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_guarded(one) for one in found.headings])
    for _, cells in found.rows:
        writer.writerow([_guarded(cells.get(one)) for one in found.headings])
    return "\ufeff" + out.getvalue()


def read_csv(text: str, file: str) -> Filled:
    """A CSV as a table, whichever of comma, semicolon and tab stands between its cells. Raises DataFault."""
    lines = text.lstrip("\ufeff")
    first = lines.split("\n", 1)[0]
    between = max(",;\t", key=first.count)
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=between, strict=True)
    try:
        csv.field_size_limit(1_000_000)
        for turn, cells in enumerate(reader, start=1):
            found.append((turn, [_unguarded(one) for one in cells]))
    except csv.Error as problem:
        fault = Fault(file, reader.line_num, "", f"a broken CSV ({problem})", "a table", "export it again")
        raise DataFault(fault) from None
    return Filled(_headed(found, file))


def _guarded(value: Any) -> Any:
    if not isinstance(value, str):
        return "" if value is None else value
    return f"'{value}" if value.startswith(RUNS) or GUARDED.match(value) else value


def _unguarded(text: str) -> str:
    return text[1:] if GUARDED.match(text) else text


def _headed(found: Sequence[tuple[int, Sequence[Any]]], file: str) -> Table:
    """Rows of cells as a table: the headings are the first row that names a step, else the first that says anything."""
    said = [(row, cells) for row, cells in found if any(one not in (None, "") for one in cells)]
    if not said:
        raise DataFault(
            Fault(file, None, "", "an empty table", "headings, and a row a step", "export the map to see one")
        )
    blank = JourneyMap()
    at = 0
    for turn, (_, cells) in enumerate(said[:HEADED]):
        if ("cell", "step") in columns([str(one) for one in cells if one is not None], blank).values():
            at = turn
            break
    head = ["" if one is None else str(one).strip() for one in said[at][1]]
    for place, one in enumerate(head):
        if one and one in head[:place]:
            raise DataFault(
                Fault(file, said[at][0], one, f'two columns "{one}"', "each column once", "remove one of them")
            )
    made = Table([one for one in head if one], file=file)
    for row, cells in said[at + 1 :]:
        here = {one: value for one, value in zip(head, cells, strict=False) if one}
        heads = [*head, *[""] * len(cells)]
        outside = [value for one, value in zip(heads, cells, strict=False) if not one and value not in (None, "")]
        if outside:
            found_ = f'"{str(outside[0])[:60]}" in a column without a heading'
            raise DataFault(Fault(file, row, "", found_, "a heading", "name the column"))
        made.rows.append((row, here))
    return made


# -- a workbook, written ----------------------------------------------------------------------------------------------


def book(
    drawn: JourneyMap, notes: Sequence[Note], version: str, department: str = "", departments: Sequence[str] = ()
) -> Any:
    """The map as a workbook (openpyxl) to be filled in: the map, its lanes, how it is done, and, hidden, what it was made
    from. Ids, and what is not the department's, are protected; choices are lists. Raises DataFault for a text that no
    cell can hold.
    """
    from openpyxl import Workbook

    found = part(drawn, department)
    made = Workbook()
    sheet = made.active
    sheet.title = SHEET
    known = columns(found.headings, drawn)
    steps, lanes = owned(drawn, department)
    _head(sheet, found.headings)
    for turn, (_, cells) in enumerate(found.rows, start=2):
        for place, one in enumerate(found.headings, start=1):
            mine = not department or cells["id"] in steps or known[one] in lanes
            put(sheet, turn, place, cells[one], locked=not mine or one == "id", what=f"{one} of {cells['id']}")
    for turn in range(len(found.rows) + 2, len(found.rows) + 2 + SPARE):
        for place, one in enumerate(found.headings, start=1):
            put(sheet, turn, place, "", locked=one == "id")
    _choices(made, sheet, found.headings, known, len(found.rows) + 1 + SPARE, departments)
    _remarks(sheet, found, known, notes)
    _lanes(made, drawn, bool(department))
    _help(made, department)
    hidden = made.create_sheet(HIDDEN)
    for row in (("made from version", version), ("department", department)):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    return made


def put(sheet: Any, row: int, column: int, value: Any, locked: bool = False, what: str = "") -> None:
    """Write a cell: a text as a text, whatever it begins with."""
    from openpyxl.styles import Alignment, PatternFill, Protection

    if isinstance(value, str):
        if len(value) > LONGEST:
            found = f"{len(value):,} letters"
            raise DataFault(
                Fault("map.yaml", None, what, found, f"at most {LONGEST:,} in a cell of a workbook", "export to csv")
            )
        value = CONTROLS.sub("", value)
    cell = sheet.cell(row, column, None if value == "" else value)
    if isinstance(value, str) and value:
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(RUNS)
    cell.protection = Protection(locked=locked)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if locked:
        cell.fill = PatternFill("solid", fgColor="EEF0F3")


def _head(sheet: Any, headings: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, one in enumerate(headings, start=1):
        put(sheet, 1, place, one)
        cell = sheet.cell(1, place)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1D2430")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        lane = key(one) in map(key, LANES) or place > headings.index("owner") + 1
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(one, 30 if lane else 14)
    sheet.freeze_panes = "E2"
    guard = sheet.protection  # True keeps a thing from being done
    guard.sheet, guard.formatColumns, guard.formatRows, guard.formatCells = True, False, False, False
    guard.insertRows, guard.sort, guard.autoFilter, guard.objects, guard.scenarios = False, False, False, False, False


def _choices(
    made: Any, sheet: Any, headings: Sequence[str], known: dict, last: int, departments: Sequence[str]
) -> None:
    """Lists to choose from, where a cell knows few words."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = {**CHOICES, "out of our control": ("yes",)}
    if departments and len(",".join(departments)) < 250 and not any("," in one or '"' in one for one in departments):
        lists["owner"] = tuple(departments)
    for place, one in enumerate(headings, start=1):
        what, name = known[one]
        cells = f"{get_column_letter(place)}2:{get_column_letter(place)}{last}"
        if what == "cell" and name in lists:
            rule = DataValidation(
                "list", formula1=f'"{",".join(lists[name])}"', allow_blank=True, showErrorMessage=True
            )
            rule.error, rule.errorTitle = f"one of: {', '.join(lists[name])}; or empty", one
        elif what == "cell" and name in NUMBERS:
            rule = DataValidation(
                "decimal", operator="between", formula1="-100", formula2="100", allow_blank=True, showErrorMessage=True
            )
            rule.error, rule.errorTitle = "a number from -100 to 100, or empty", one
        else:
            continue
        sheet.add_data_validation(rule)
        rule.add(cells)


def _remarks(sheet: Any, found: Table, known: dict, notes: Sequence[Note]) -> None:
    """The comments that are not settled, on their cells."""
    from openpyxl.comments import Comment

    places = {(known[one][1] if known[one][0] == "lane" else OTHER.get(known[one][1], known[one][1])): place
              for place, one in enumerate(found.headings, start=1)}  # fmt: skip
    rows = {cells["id"]: turn for turn, (_, cells) in enumerate(found.rows, start=2)}
    told: dict[tuple[int, int], list[Note]] = {}
    for note in notes:
        if not note.settled and note.step in rows:
            told.setdefault((rows[note.step], places.get(note.lane, places["step"])), []).append(note)
    for (row, column), those in told.items():
        words = "\n".join(CONTROLS.sub("", remark(one)) for one in those)
        sheet.cell(row, column).comment = Comment(words[:LONGEST], those[-1].who, height=90, width=260)


def remark(note: Note) -> str:
    """A comment as it stands on its cell."""
    return f"{note.who}, {note.when}: {note.words}"


def _lanes(made: Any, drawn: JourneyMap, locked: bool) -> None:
    sheet = made.create_sheet(LANE_SHEET)
    for place, one in enumerate(("lane", "what stands in it", "owner"), start=1):
        put(sheet, 1, place, one, True)
    for turn, lane in enumerate(drawn.lanes, start=2):
        put(sheet, turn, 1, lane, True)
        put(sheet, turn, 2, LANES.get(lane, ""), True)
        put(sheet, turn, 3, drawn.owners.get(lane, ""), locked)
    for letter, width in (("A", 24), ("B", 60), ("C", 26)):
        sheet.column_dimensions[letter].width = width
    sheet.protection.sheet = True


def _help(made: Any, department: str) -> None:
    sheet = made.create_sheet(HELP)
    mine = f"This workbook is for {department}: its steps, and its lanes at every step." if department else ""
    for turn, line in enumerate(filter(None, [mine, *SAID.split("\n")]), start=1):
        put(sheet, turn, 1, line)
    sheet.column_dimensions["A"].width = 120


# -- a workbook, read -------------------------------------------------------------------------------------------------


def read_book(path: Path, file: str) -> Filled:
    """A workbook that came back: its cells as they stand, nothing worked out, nothing run. Raises DataFault."""
    import zipfile
    import zlib

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        made = load_workbook(path, keep_links=False)
        with zipfile.ZipFile(path) as archive:
            macros = any(name.endswith("vbaProject.bin") for name in archive.namelist())
    except (  # the library checks nothing: what is damaged fails wherever it is met, XML as a SyntaxError
        *(SyntaxError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError),
        *(EOFError, OSError, zipfile.BadZipFile, zlib.error),
        InvalidFileException,
    ) as problem:
        found = f"a workbook that cannot be read ({type(problem).__name__})"
        raise DataFault(Fault(file, None, "", found, "an Excel workbook (.xlsx)", "save it again as .xlsx")) from None
    notes = [Fault(file, None, "", "macros", "a workbook without them", "not run", weight="note")] if macros else []
    sheets = [one for one in made.worksheets if one.title not in (HIDDEN, LANE_SHEET, HELP, IDEAS)]
    named = [one for one in sheets if one.title.strip().casefold() == SHEET.casefold()]
    sheet = next(iter([*named, *filter(_of_steps, sheets), *sheets]), None)
    if sheet is None and IDEAS in made.sheetnames:
        return Filled(Table([], file=file), notes=notes, ideas=_cells(made[IDEAS], file, notes))
    if sheet is None:
        raise DataFault(Fault(file, None, "", "no sheet with cells", f'a sheet "{SHEET}"', "export the map to see one"))
    filled = Filled(Table([], file=file), notes=notes)
    filled.table = _headed(_cells(sheet, file, notes), file)
    if HIDDEN in made.sheetnames:
        kept = {str(row[0]): row[1] for row in made[HIDDEN].iter_rows(max_row=20, max_col=2, values_only=True)}
        filled.version, filled.department = (str(kept.get(one) or "") for one in ("made from version", "department"))
    if IDEAS in made.sheetnames:
        filled.ideas = _cells(made[IDEAS], file, notes)
    if LANE_SHEET in made.sheetnames and not filled.department:
        rows = made[LANE_SHEET].iter_rows(min_row=2, max_row=500, max_col=3, values_only=True)
        filled.owners = {str(lane): str(owner or "").strip() for lane, _, owner in rows if lane}
    names: dict[int, str] = {}
    for line in sheet.iter_rows():
        if not names and filled.table.headings[0] in [_bare(cell.value) for cell in line]:
            names = {cell.column: _bare(cell.value) for cell in line}
            continue
        for cell in line:
            if cell.comment is not None and names.get(cell.column):
                filled.comments.append(
                    (names[cell.column], cell.row, cell.comment.author or "", cell.comment.text or "")
                )
    return filled


def _of_steps(sheet: Any) -> bool:
    """Has a sheet of whatever name a heading that names steps, among its first rows?"""
    blank = JourneyMap()
    return any(
        ("cell", "step") in columns([_bare(one) for one in line], blank).values()
        for line in sheet.iter_rows(max_row=HEADED, values_only=True)
    )


def _bare(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _cells(sheet: Any, file: str, notes: list[Fault]) -> list[tuple[int, list[Any]]]:
    """The rows of a sheet, formulas as their text; merged cells over several columns are refused."""
    faults = [
        Fault(file, one.min_row, sheet.cell(one.min_row, one.min_col).coordinate, f"cells merged over columns ({one.coord})",
              "a cell of its own for each", "unmerge them")
        for one in sheet.merged_cells.ranges
        if one.max_col > one.min_col and one.max_row > 1
    ]  # fmt: skip
    found = []
    for line in sheet.iter_rows():
        cells = []
        for cell in line:
            value = cell.value
            if cell.data_type == "e":
                faults.append(
                    Fault(file, cell.row, cell.coordinate, f"the error {value}", "a value", "correct the cell")
                )
            elif cell.data_type == "f":
                value = str(getattr(value, "text", value) or "")
                mend = "taken as its text, not worked out"
                notes.append(Fault(file, cell.row, cell.coordinate, "a formula", "words", mend, weight="note"))
            cells.append(value)
        found.append((line[0].row, cells))
    for one in sheet.merged_cells.ranges:
        if one.max_row > one.min_row and not faults:
            top = found[one.min_row - 1][1][one.min_col - 1]
            for row in range(one.min_row, one.max_row):
                found[row][1][one.min_col - 1] = top
            where = sheet.cell(one.min_row, one.min_col).coordinate
            notes.append(Fault(file, one.min_row, where, f"cells merged over rows ({one.coord})", "a cell a row",
                               "filled down over the rows they cover", weight="note"))  # fmt: skip
    if faults:
        raise DataFault(faults)
    return found
