"""What a study gives back to other tools: who is which persona, the hot spots, whom to follow up, and the map; as files or
into a store.

People go out by their pseudonyms; by their own ids only on request, from a source that holds them. Every cell that a
spreadsheet would run is made harmless. What a kind of file cannot hold of the map is said. Knows a study by what it can be
asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from workbench import files, load, map_files, office, places
from workbench.engine import Engine, rows
from workbench.faults import DataFault, Fault, unknown
from workbench.office import RUNS
from workbench.sources import codings, qda, stores
from workbench.sources.reading import Desk
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
LOW = 6  # a recommendation up to it asks for a call


class Written(list[str]):
    """The paths or tables that were written; `left_out` says what of the map they do not hold."""

    left_out: tuple[str, ...] = ()


def export(study: Study, to: str, out: Path | None, ids: str | None, department: str = "") -> Written:
    """Write the study's tables, or its map; the paths or table names that were written come back. Raises DataFault."""
    kind, _, store = to.partition(":")
    if department and kind not in ("xlsx", *OF_PLAN):
        expected = "xlsx (a workbook to be filled in), ics, tickets or plan"
        raise DataFault(Fault(column="--department", found=to, expected=expected))
    if kind not in ("sql", *FORMATS) or (kind == "sql") != bool(store):
        raise DataFault(unknown("kind of export", to, FORMATS))
    if ids is not None and kind in (*OF_MAP, *OF_PLAN, "plan", "qdpx", "qdc"):
        raise DataFault(Fault(column="--ids", found=to, expected="tables of people: xlsx, csv, parquet or sql:STORE"))
    folder = out if out is not None else places.reports(study.name)
    if kind in ("qdpx", "qdc"):
        return Written([_coding(study, kind, folder / f"{study.name}.{kind}")])
    if kind in OF_PLAN:
        return _plan(study, kind, folder, department)
    drawn = study.map
    if kind in OF_MAP or department:
        return _map(study, kind, folder, department)
    found = tables(study, ids) if study.about.sources or not drawn.steps else {}
    if kind == "sql":
        return Written(into_store(found, store, study.path, study.name))
    if kind == "xlsx" and drawn.steps:
        return _book(study, folder / "export.xlsx", found)
    written = Written(save(found, folder, kind))
    if kind == "csv" and drawn.steps:
        written.append(str(folder / "map.csv"))
        files.write(folder / "map.csv", map_files.write(drawn, "csv"))
        written.left_out = tuple(map_files.lost(drawn, "csv"))
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

        text = map_svg(study.map_view())
        leaks = study.leaks(text)
        if leaks:
            found = f"{leaks[0]} in the map"
            raise DataFault(Fault(path.name, None, "", found, "nothing that names a person", "take it out of the map"))
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


def tables(study: Study, ids: str | None = None) -> dict[str, pd.DataFrame]:
    """personas (person, persona), hot_spots (a row a step, with what was drawn and measured), follow_up (whom to call)."""
    journey = study.journey
    found = {
        "personas": _personas(study),
        "hot_spots": study.hot_spots().to_frame() if study.map.steps else pd.DataFrame({"step": []}),
        "follow_up": _follow_up(journey),
    }
    if ids is None:
        return found
    known = _own_ids(study, ids)
    return {
        name: table.merge(known, on="person", how="left")[["id", *table.columns]] if "person" in table else table
        for name, table in found.items()
    }


def _personas(study: Study) -> pd.DataFrame:
    """Who is which persona, by the attributes that tell them; a person may be several."""
    people = study.journey.people.to_frame()
    parts = []
    for persona in study.about.personas:
        here = pd.Series(True, index=people.index)
        for attribute, wanted in persona.where.items():
            if attribute not in people:
                raise DataFault(
                    unknown("attribute of people", attribute, [one for one in people if one != "person"], "study.yaml")
                )
            here &= people[attribute].isin([wanted] if isinstance(wanted, str) else wanted)
        if persona.where:
            parts.append(pd.DataFrame({"person": people.loc[here, "person"], "persona": persona.name}))
    empty = pd.DataFrame({"person": pd.Series(dtype=object), "persona": pd.Series(dtype=object)})
    return (pd.concat(parts) if parts else empty).sort_values(["person", "persona"]).reset_index(drop=True)


def _follow_up(journey: Any) -> pd.DataFrame:
    """People who would not recommend (0 to 6 of 10), and people who complained: where, when, and why they are on the list."""
    records = journey.records.lazy
    low = (nw.col("measure") == "nps") & (nw.col("state") == "answered") & (nw.col("value") <= LOW)
    asked = records.filter((low & (nw.col("kind") == "answer")) | (nw.col("kind") == "complaint"))
    columns = ["person", "kind", "step", "channel", "value", "time", "order"]
    found = rows(asked.filter(~nw.col("person").is_null()).select(*columns).sort("time", "order", descending=True))
    found["why"] = [
        "complained" if kind == "complaint" else f"gave {value:g} of 10"
        for kind, value in found[["kind", "value"]].itertuples(index=False)
    ]
    found["when"] = pd.to_datetime(found["time"], unit="us", utc=True).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = found[["person", "why", "step", "channel", "when"]].astype(object)
    return text.where(text.notna(), None)


def _own_ids(study: Study, source: str) -> pd.DataFrame:
    """The ids that a source itself has for people, beside their pseudonyms: read again, kept nowhere."""
    owned = {one.name: one for one in study.sources()}
    named = [name for name, one in owned.items() if isinstance(one.binding.person, str)]
    if source not in named:
        raise DataFault(unknown("source with a column person:", source, named))
    one, engine = owned[source], Engine()
    received = files.receive(one.path, engine.scratch)
    sheet = Desk(received, engine, one.binding, study.secret).sheet()
    raw = sheet.frame.select(nw.col(sheet.column(str(one.binding.person))).str.strip_chars().alias("id"))
    keyed = engine.pseudonyms(raw.filter(nw.col("id") != ""), "id", study.secret, one.binding.id_space)
    found = rows(keyed.select("id", "person").sort("person", "id"))
    known = load.links(study.path / "frames")
    found["person"] = [known.get(person, person) for person in found["person"]]
    return found


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
