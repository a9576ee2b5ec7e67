"""What a study gives back to other tools: its tables, the map and the plan; as files or into a store.

Every cell that a spreadsheet would run is made harmless. What a kind of file cannot hold of the map is said. Knows a study by
what it can be asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from workbench import files, map_files, office, people_tables, places
from workbench.engine import Engine, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.office import RUNS
from workbench.people_tables import MAP, Wish
from workbench.privacy.cells import cells
from workbench.sources import codings, qda, stores
from workbench.steps.apply import department_named
from workbench.steps.apply.calendar import calendar
from workbench.steps.apply.plan import of_department
from workbench.steps.apply.tickets import tickets
from workbench.steps.map import spreadsheets
from workbench.steps.solutions import idea_sheet

if TYPE_CHECKING:
    from workbench.study import Study

PAGES = ("html", "png", "pdf", "worksheet", "worksheet-blank", "plan")  # written by the report's room
OF_PLAN = ("ics", "tickets")  # kinds that show the plan alone
FORMATS = ("xlsx", "csv", "parquet", "sql:STORE", "qdpx", "qdc", "cjml", "mermaid", "svg", *OF_PLAN, *PAGES)
OF_MAP = {"cjml": ".xml", "mermaid": ".mmd", "svg": ".svg"}  # kinds that show the map alone, and how their files end


class Written(list[str]):
    """The paths or tables that were written; `left_out` says what of the map they do not hold, `told` how anonymous each table
    of people is."""

    left_out: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def export(study: Study, to: str, out: Path | None, wish: Wish) -> Written:
    """Write the study's tables, or its map; the paths or table names that were written come back. Raises DataFault."""
    kind, _, store = to.partition(":")
    if wish.department and kind not in ("xlsx", *OF_PLAN):
        expected = "xlsx (a workbook to be filled in), ics, tickets or plan"
        raise DataFault(Fault(column="--department", found=to, expected=expected))
    if kind not in ("sql", *FORMATS) or (kind == "sql") != bool(store):
        raise DataFault(unknown("kind of export", to, FORMATS))
    if kind in (*OF_MAP, *OF_PLAN, "plan", "qdpx", "qdc"):
        for word, given in (("--ids", wish.ids), ("--only", wish.only), ("--sensitive", wish.sensitive)):
            if given:
                raise DataFault(
                    Fault(column=word, found=to, expected="tables of people: xlsx, csv, parquet or sql:STORE")
                )
    if wrong := [one for one in wish.only if one not in (*people_tables.TABLES, MAP)]:
        raise DataFault(unknown("table to export", wrong[0], (*people_tables.TABLES, MAP), column="--only"))
    folder = out if out is not None else places.reports(study.name)
    if kind in ("qdpx", "qdc"):
        return Written([_coding(study, kind, folder / f"{study.name}.{kind}")])
    if kind in OF_PLAN:
        return _plan(study, kind, folder, wish.department)
    drawn = study.map
    if kind in OF_MAP or wish.department:
        return _map(study, kind, folder, wish.department)
    with_map = bool(drawn.steps) and (not wish.only or MAP in wish.only)
    found = people_tables.tables(study, wish) if study.about.sources or not drawn.steps else {}
    told = people_tables.let_out(found, study.about.minimum_base, wish)
    spots = study.hot_spots() if "hot_spots" in found and drawn.steps else None
    with study.shared.sharing("export", to, cells(spots) if spots else []):
        written = _tables(study, kind, store, folder, found, with_map)
    written.told = tuple(told)
    return written


def _tables(
    study: Study, kind: str, store: str, folder: Path, found: Mapping[str, pd.DataFrame], with_map: bool
) -> Written:
    if kind == "sql":
        return Written(into_store(found, store, study.path, study.name))
    if kind == "xlsx" and with_map:
        return _book(study, folder / "export.xlsx", found)
    written = Written(save(found, folder, kind))
    if kind == "csv" and with_map:
        written.append(str(folder / "map.csv"))
        files.write(folder / "map.csv", map_files.write(study.map, "csv"))
        written.left_out = tuple(map_files.lost(study.map, "csv"))
    return written


def _map(study: Study, kind: str, folder: Path, department: str) -> Written:
    """The map alone, in a file of its own."""
    drawn = study.map
    if not drawn.steps:
        raise DataFault(Fault("map.yaml", None, "", "no steps", "a map with some", "draw it first"))
    if department:
        return _book(study, folder / f"map-{_slug(department)}.xlsx", {}, department)
    path = folder / f"map{OF_MAP[kind]}"
    if kind == "svg":
        from workbench.figures.map_svg import map_svg

        finding = study.map_finding()
        text = map_svg(finding.picture["view"])
        leaks = study.leaks(text)
        if leaks:
            found = f"{leaks[0]} in the map"
            raise DataFault(Fault(path.name, None, "", found, "nothing that names a person", "take it out of the map"))
        with study.shared.sharing("map", path.name, cells(finding)):
            files.write(path, text)
        return Written([str(path)])
    files.write(path, map_files.write(drawn, kind))
    written = Written([str(path)])
    written.left_out = tuple(map_files.lost(drawn, kind))
    return written


def _plan(study: Study, kind: str, folder: Path, department: str) -> Written:
    """The plan, or a department's part of it, as a calendar or as tickets."""
    known = department_named(department, study.departments) if department else ""
    those, names = of_department(study.actions, known), study.map.names
    if not those:
        found = f"no action of {known}" if known else "no action"
        raise DataFault(Fault("actions.yaml", None, "", found, "at least one", "plan who does what by when"))
    solutions = {one.id: one.name for one in study.solutions.solutions}
    part = f"-{_slug(known)}" if known else ""
    title = f"{study.title}: {known}" if known else study.title
    if kind == "ics":
        path, text = (
            folder / f"plan{part}.ics",
            calendar(those, study.today, names, study.name, title, solutions).decode(),
        )
    else:
        path = folder / f"tickets{part}.csv"
        text = harmless(tickets(those, study.today, names, solutions)).to_csv(index=False, lineterminator="\r\n")
    leaks = study.leaks(text.replace("\r\n ", "")) if study.about.sources else []
    if leaks:
        found = f"{leaks[0]} in the plan"
        raise DataFault(Fault(path.name, None, "", found, "nothing that names a person", "take it out of actions.yaml"))
    files.write(path, text)
    return Written([str(path)])


def with_a_part(study: Study, departments: Sequence[str]) -> list[str]:
    """The departments that have an action, a step or a part in a solution. Raises DataFault where none has."""
    busy = {one.department.casefold() for one in study.actions.actions}
    busy |= {one.department.casefold() for one in study.map.steps}
    busy |= {one.casefold() for all_ in study.solutions.solutions for one in all_.departments}
    found = [one for one in departments if one.casefold() in busy]
    if not found:
        which = (
            f"nothing of {departments[0]}"
            if len(departments) == 1
            else "no department with an action, step or solution"
        )
        raise DataFault(Fault("actions.yaml", None, "", which, "at least one action", "plan who does what by when"))
    return found


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "department"


def _book(study: Study, path: Path, found: Mapping[str, pd.DataFrame], department: str = "") -> Written:
    """The map as a workbook to be filled in, and the tables beside it, a sheet each."""
    from io import BytesIO

    text = (study.path / "map.yaml").read_text(encoding="utf-8")
    files.write(study.path / "history" / f"map-{files.version(text)}.yaml", text)  # what comes back is laid beside it
    book = spreadsheets.book(study.map, study.notes.notes, files.version(text), department, study.about.departments)
    solutions = {one.id: one.name for one in study.solutions.solutions}
    idea_sheet.write(book, study.ideas.ideas, study.map.names, solutions)
    _fill(book, found)
    out = BytesIO()
    book.save(out)
    files.write(path, office.still(out.getvalue()))
    written = Written([str(path)])
    written.left_out = tuple(map_files.lost(study.map, "xlsx"))
    return written


def save(found: Mapping[str, pd.DataFrame], folder: Path, kind: str) -> list[str]:
    """Write tables as files: a workbook with a sheet each ("xlsx"), or a file each ("csv", "parquet"); the paths come back."""
    if kind == "xlsx":
        path = folder / "export.xlsx"
        files.write(path, workbook(found))
        return [str(path)]
    written = []
    for name, table in found.items():
        path = folder / f"{name}.{kind}"
        if kind == "csv":
            files.write(path, harmless(table).to_csv(index=False, lineterminator="\r\n"))
        else:
            _parquet(table, path)
        written.append(str(path))
    return written


def _coding(study: Study, kind: str, path: Path) -> str:
    """The code frame, or the interviews' turns (masked) with their codes, for a QDA program."""
    frame = [codings.Code(codings.named("code", one), tuple(one.split(" / "))) for one in study.codes.paths()]
    if kind == "qdc":
        files.write(path, qda.write_qdc(frame))
        return str(path)
    columns = ["source", "order", "place", "text", "code"]
    records = study.journey.of_kind("quote").records.lazy.filter(~nw.col("text").is_null())
    turns: dict[tuple[str, str, str], list[str]] = {}
    for source, _, place, text, code in rows(records.select(*columns).sort("source", "order")).itertuples(index=False):
        given = turns.setdefault((source, place, text), [])
        given += [code] if isinstance(code, str) and code not in given else []
    quotes = [(source, text, given) for (source, _, text), given in turns.items()]
    files.write(path, qda.write_qdpx(codings.from_quotes(study.name, quotes, frame)))
    return str(path)


# -- writing ----------------------------------------------------------------------------------------------------------


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """A table in which no text begins as a formula: such a text, or heading, gets an apostrophe in front."""
    safe = table.copy()
    for place in range(safe.shape[1]):
        if safe.dtypes.iloc[place].kind not in "iufb":
            safe.isetitem(place, safe.iloc[:, place].map(_harmless))
    safe.columns = [_harmless(column) for column in safe.columns]
    return safe


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(RUNS) else value


def workbook(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Tables as an Excel workbook, a sheet each: texts as texts, nothing a formula."""
    from io import BytesIO

    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _fill(book, tables)
    out = BytesIO()
    book.save(out)
    return office.still(out.getvalue())


def _fill(book: Any, tables: Mapping[str, pd.DataFrame]) -> None:
    """Put tables into a workbook, a sheet each: texts as texts, nothing a formula."""
    from openpyxl.cell import WriteOnlyCell

    for name, table in tables.items():
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        for line in (list(table.columns), *table.itertuples(index=False, name=None)):
            cells = [WriteOnlyCell(sheet, None if pd.isna(one) else _harmless(_plain(one))) for one in line]
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
            sheet.append(cells)


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value) if isinstance(value, str) else value
    return text if isinstance(text, int | float | str) else str(text)


def _parquet(table: pd.DataFrame, path: Path) -> None:
    engine = Engine()
    path.parent.mkdir(parents=True, exist_ok=True)
    types = {column: "VARCHAR" for column in table if table[column].dtype.kind == "O"}
    engine.write(engine.table(table, types), path, ())


def into_store(tables: Mapping[str, pd.DataFrame], store: str, folder: Path, study: str) -> list[str]:
    """Write tables into a store, all of them or none: each replaces the one of its name, which begins with the study's."""
    where = stores.address(store, folder, "--to")
    begin = re.sub(r"\W+", "_", study)
    names = {name: f"{begin}_{name}" for name in tables}
    with stores.connected(store, where, reading=False) as connection:
        for name, table in tables.items():
            table.to_sql(names[name], connection, if_exists="replace", index=False, chunksize=5_000)
    return list(names.values())
