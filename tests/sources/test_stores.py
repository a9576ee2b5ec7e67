"""Live stores: a query's rows read like a file, from SQLite and from a PostgreSQL that is started here; and back again."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from needs import needed

import workbench as wb
from workbench.cli import main
from workbench.exports import save
from workbench.sources import stores

CALLED = "To call them back"
PASSWORD = "s3cret-word"
STUDY = """title: Live
minimum_base: 2
personas:
  - {{name: Owners, where: {{segment: owner}}}}
sources:
  - {{store: {store}, query: "{query}", name: contacts, format: events, person: customer, time: at, timezone: UTC,
     activity: event, channel: channel}}
  - {{store: {store}, query: select * from people, name: customers, format: people, person: customer, segments: [segment]}}
"""
QUERY = "select customer, at, event, channel from contacts order by number"
TABLES = [
    "create table contacts (number integer, customer text, at timestamp, event text, channel text)",
    "create table people (customer text, segment text)",
    "insert into contacts values (1, '0012', '2025-03-01 10:00:00', 'bill', 'post'), "
    "(2, '0012', '2025-03-02 11:30:00', 'call', 'phone'), (3, 'NA', '2025-03-05 09:00:00', 'bill', 'web')",
    "insert into people values ('0012', 'owner'), ('NA', 'tenant'), ('12', 'tenant')",
]


def study(project, store, query=QUERY):
    folder = project / "data" / "live"
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(STUDY.format(store=store, query=query), encoding="utf-8")
    return wb.open_study("live")


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        for line in TABLES:
            connection.execute(line)
    connection.close()
    return path


@pytest.fixture
def crm(project, monkeypatch, tmp_path) -> Path:
    """An SQLite store outside the study, whose address stands in the environment."""
    path = made(tmp_path / "elsewhere" / "crm.db")
    monkeypatch.setenv("WORKBENCH_STORE_CRM", f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL of one's own on 127.0.0.1, ended with the tests; its address without the database's name."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [
        Path(found).parent for found in [shutil.which("initdb")] if found
    ]
    if not programs:
        needed("PostgreSQL", "the live stores are tested against it")
    folder = Path(tempfile.mkdtemp(prefix="wb-pg-"))  # where another user may go
    who = {"user": "postgres"} if os.geteuid() == 0 else {}
    if who:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret = folder / "word"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o644)
    here = {"check": True, "capture_output": True, "cwd": folder, **who}
    words = ["--auth=scram-sha-256", "--username=reader", f"--pwfile={secret}", "--encoding=UTF8", "--no-sync"]
    subprocess.run([programs[-1] / "initdb", "-D", folder / "data", *words], **here)
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
    start = [programs[-1] / "pg_ctl", "-D", folder / "data", "-w", "-o", options, "-l", folder / "log", "start"]
    subprocess.run(start, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who)
    yield f"postgresql+psycopg://reader:{PASSWORD}@127.0.0.1:{port}"
    subprocess.run([programs[-1] / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"], **here)
    shutil.rmtree(folder)


@pytest.fixture
def warehouse(postgres, project, monkeypatch):
    """A fresh database in it, with the same tables; a function that runs a line there comes back."""
    import sqlalchemy

    name = f"db{os.urandom(4).hex()}"
    top = sqlalchemy.create_engine(f"{postgres}/postgres", isolation_level="AUTOCOMMIT")
    with top.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    engine = sqlalchemy.create_engine(f"{postgres}/{name}", isolation_level="AUTOCOMMIT")

    def run(line: str):
        with engine.connect() as connection:
            found = connection.exec_driver_sql(line)
            return found.fetchall() if found.returns_rows else None

    for line in TABLES:
        run(line)
    monkeypatch.setenv("WORKBENCH_STORE_WAREHOUSE", f"{postgres}/{name}")
    yield run
    engine.dispose()
    top.dispose()


def paths(journey):
    table = journey.of_kind("event").to_frame().sort_values(["time", "order"])
    return table[["step", "channel"]].to_numpy().tolist()


WALKED = [["bill", "post"], ["call", "phone"], ["bill", "web"]]


def test_rows_of_a_query_are_read_like_a_file(project, crm):
    journey = study(project, "crm").journey
    assert paths(journey) == WALKED
    # text stays text: 0012 is not 12, and NA is a name
    assert journey.count(by="segment").set_index("segment")["n"].to_dict() == {"owner": 2, "tenant": 1}
    assert len(journey.people) == 3


def test_rows_of_a_query_are_read_from_postgresql(project, warehouse):
    journey = study(project, "warehouse").journey
    assert paths(journey) == WALKED
    assert pd.to_datetime(journey.to_frame()["time"].min(), unit="us").isoformat() == "2025-03-01T10:00:00"


def test_a_load_fetches_anew_and_says_when(project, crm):
    opened = study(project, "crm")
    assert len(opened.journey) == 3
    with sqlite3.connect(crm) as connection:
        connection.execute("insert into contacts values (4, '12', '2025-03-06 09:00:00', 'call', 'phone')")
    assert len(opened.journey) == 3  # as it was fetched
    assert len(opened.load()) == 4
    shown = next(one for one in opened.findings("quality") if one.name == "sources_read").table
    assert shown["fetched"].str.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC").all()


def test_another_query_is_never_answered_with_the_rows_of_the_former(project, crm):
    assert len(study(project, "crm").journey) == 3
    assert len(study(project, "crm", QUERY.replace("order", "where event = 'call' order")).journey) == 1


def test_a_connection_that_breaks_half_way_leaves_the_former_load_in_place(project, warehouse):
    opened = study(project, "warehouse")
    assert len(opened.load()) == 3
    more = "insert into contacts select 9, 'x' || n, '2025-04-01 10:00:00', 'call', 'web' from generate_series(1, 120000) n"
    warehouse(more)
    seen = []

    def broken(pieces, words, unit):
        for piece in pieces:
            yield piece
            seen.append(words)
            if len(seen) == 2:
                warehouse(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where pid <> pg_backend_pid() and datname = current_database()"
                )

    with pytest.raises(wb.DataFault, match="what was read before stays"):
        opened.load(broken)
    assert len(seen) == 2 and set(seen) == {"fetching from warehouse"}
    assert len(opened.journey) == 3 and len(wb.open_study("live").journey) == 3
    assert not list((opened.path / "sources").rglob("*.tmp"))
    assert len(opened.load()) == 120003


@pytest.mark.parametrize(
    ("store", "says"),
    [
        ("postgresql+psycopg://me:word@example.org/db", "expected the store's name"),
        ("nowhere", "WORKBENCH_STORE_NOWHERE in the environment"),
        ("sqlite:////etc/passwd.db", "inside the study's folder"),
        ("sqlite:///../../other.db", "inside the study's folder"),
        ("sqlite:///sources/missing.db", "no file missing.db"),
    ],
)
def test_a_study_names_its_store_and_never_an_address(project, store, says):
    with pytest.raises(wb.DataFault, match=says):
        _ = study(project, store).journey


def test_an_sqlite_file_of_the_study_is_a_store(project):
    made(project / "data" / "live" / "sources" / "crm.db")
    assert paths(study(project, "sqlite:///sources/crm.db").journey) == WALKED


def test_a_query_cannot_change_the_store(project, crm, warehouse):
    for store in ("crm", "warehouse"):
        for query in ("delete from people", "delete from people returning customer", "drop table people"):
            with pytest.raises(wb.DataFault):
                _ = study(project, store, query).journey
    assert warehouse("select count(*) from people")[0][0] == 3
    with sqlite3.connect(crm) as connection:
        assert connection.execute("select count(*) from people").fetchone()[0] == 3


def test_a_refused_password_is_said_without_the_password_or_the_address(project, postgres, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE_WAREHOUSE", postgres.replace(PASSWORD, "wr0ng-word") + "/postgres")
    with pytest.raises(wb.DataFault, match="authentication failed") as told:
        _ = study(project, "warehouse").journey
    assert "wr0ng" not in str(told.value) and "127.0.0.1" not in str(told.value) and "reader" not in str(told.value)


def test_two_columns_of_one_name_are_refused(project, crm):
    with pytest.raises(wb.DataFault, match="two columns of one name"):
        _ = study(project, "crm", "select customer, customer from contacts").journey


def test_what_was_fetched_is_for_nobody_else(project, crm):
    opened = study(project, "crm")
    _ = opened.journey
    path = opened.path / "sources" / "fetched" / "contacts.parquet"
    assert path.stat().st_mode & 0o077 == 0
    assert "sqlite:" not in path.with_suffix(".json").read_text(encoding="utf-8")
    assert stores.fetched("crm", QUERY, path) is not None
    path.write_bytes(path.read_bytes()[:-20])
    assert stores.fetched("crm", QUERY, path) is None  # damage is noticed


# -- and back again ---------------------------------------------------------------------------------------------------


def test_personas_hot_spots_and_follow_up_lists_go_back_to_the_store(project, warehouse, capsys):
    study(project, "warehouse")
    assert main(["export", "live", "--to", "sql:warehouse", "--ids", "customers", "--because", CALLED]) == 0
    assert "live_personas" in capsys.readouterr().out
    assert warehouse("select id, persona from live_personas") == [("0012", "Owners")]
    assert main(["export", "live", "--to", "sql:warehouse", "--because", CALLED]) == 0  # written again, without ids now
    columns = warehouse("select column_name from information_schema.columns where table_name = 'live_personas'")
    assert {name for (name,) in columns} == {"person", "persona"}
    assert "exported to sql:warehouse" in (project / "data" / "live" / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("store", ["crm", "warehouse"])
def test_an_export_that_fails_leaves_every_table_as_it_was(project, crm, warehouse, monkeypatch, store):
    def there():
        line = "select * from live_personas"
        return [tuple(row) for row in (warehouse(line) if store == "warehouse" else sqlite3.connect(crm).execute(line))]

    opened = study(project, store)
    opened.export(f"sql:{store}", because=CALLED)
    before = there()
    real = pd.DataFrame.to_sql

    def fails(table, name, *rest, **more):
        if name.endswith("follow_up"):
            raise OSError("the line went dead")
        return real(table, name, *rest, **more)

    monkeypatch.setattr(pd.DataFrame, "to_sql", fails)
    (project / "data" / "live" / "study.yaml").write_text(
        STUDY.format(store=store, query=QUERY).replace("Owners", "Others"), encoding="utf-8"
    )
    with pytest.raises(wb.DataFault):
        opened.export(f"sql:{store}", because=CALLED)
    assert there() == before


def test_follow_up_lists_name_who_scored_low_or_complained_and_why(loaded):
    opened = wb.open_study("water-billing")
    written = opened.export("csv", because=CALLED)
    assert [Path(one).name for one in written] == ["personas.csv", "hot_spots.csv", "follow_up.csv", "map.csv"]
    table = pd.read_csv(written[2], dtype=str)
    journey = opened.journey
    scores = journey.count(of="nps")
    low = scores.loc[scores["value"] <= 6, "n"].sum()
    assert (table["why"] == "complained").sum() == journey.of_kind("complaint").count()["n"].sum()
    assert table["why"].str.startswith("gave").sum() == low
    assert table["person"].str.fullmatch(r"p[A-Za-z0-9]{11}").all()
    hot = pd.read_csv(written[1])
    assert hot["step"].tolist() == opened.hot_spots().to_frame()["step"].tolist()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_of_an_export_can_run_in_a_spreadsheet(project, kind):
    folder = project / "data" / "wild"
    (folder / "sources").mkdir(parents=True)
    wild = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "plain"]
    rows = "".join(f'{place},"{text}"\n' for place, text in enumerate(wild, start=1))
    (folder / "sources" / "people.csv").write_text("id,segment\n" + rows, encoding="utf-8")
    personas = "".join(f"  - {{name: {text!r}, where: {{segment: '{text.strip()}'}}}}\n" for text in wild[1:4])
    (folder / "study.yaml").write_text(
        f"title: Wild\npersonas:\n{personas}sources:\n"
        "  - {file: sources/people.csv, format: people, person: id, segments: [segment]}\n",
        encoding="utf-8",
    )
    written = wb.open_study("wild").export(kind, because=CALLED)
    if kind == "csv":
        cells = pd.read_csv(written[0], dtype=str)["persona"].tolist()
    else:
        from openpyxl import load_workbook

        book = load_workbook(written[0])
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
        cells = [row[1].value for row in book["personas"].iter_rows(min_row=2)]
    assert sorted(cells) == sorted(f"'{text}" for text in wild[1:4])


def test_what_is_left_of_a_text_without_its_signs_of_control_cannot_run_either(tmp_path):
    from openpyxl import load_workbook

    (written,) = save(
        {"wild": pd.DataFrame({"=a": ["\x01=1+1", None, "plain"], "n": [1.5, None, -2]})}, tmp_path, "xlsx"
    )
    sheet = load_workbook(written)["wild"]
    assert [[cell.value for cell in row] for row in sheet] == [
        ["'=a", "n"],
        ["'=1+1", 1.5],
        [None, None],
        ["plain", -2],
    ]
    assert all(cell.data_type != "f" for row in sheet for cell in row) and sheet.freeze_panes == "A2"


def test_an_unknown_kind_of_export_is_answered_with_those_there_are(sample, capsys):
    assert main(["export", "water-billing", "--to", "xls"]) == 2
    assert "xlsx, csv, parquet, sql:STORE" in capsys.readouterr().err
