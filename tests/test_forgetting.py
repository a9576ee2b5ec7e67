"""A person is forgotten by one command: out of all that was made of them, for good, and it is proved."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from own_people import MAIL, PERSON, SAID, SPOKEN, make

import workbench as wb
from workbench import cli, load, places, privacy, raw_people
from workbench.engine import Engine, rows


@pytest.fixture(scope="module")
def read_once(tmp_path_factory):
    """The study with everything in it that may hold somebody, its sources read."""
    home = tmp_path_factory.mktemp("read")
    for name in ("data", "surveys", "reports"):
        (home / name).mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(home))
        patch.setenv("WORKBENCH_SETTINGS", str(home / "settings"))
        study = make(home)
        study.load()
        note = {
            "step": "bill",
            "lane": "doing",
            "who": "Ann",
            "when": "2025-04-01",
            "words": f'"{SAID}", as {PERSON} said',
        }
        study.save("notes", {"notes": [note]})
        codes = study.content("codes")
        codes["quotes"][1]["code"] = "as expected"
        study.save("codes", codes)  # the version before is kept
        study.journey  # noqa: B018 - read again with the codes
        (home / "reports" / study.name).mkdir()
        (home / "reports" / study.name / "report.html").write_text(f"<p>{SAID.replace('me', 'm&#101;')}</p>")
    return home


@pytest.fixture
def study(read_once, tmp_path, monkeypatch):
    shutil.copytree(read_once, tmp_path / "home")
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "home" / "settings"))
    return wb.open_study("own-people")


@pytest.fixture(scope="module")
def forgotten(read_once, tmp_path_factory):
    """The study without the person, what was said of it, and by which pseudonyms they were known."""
    home = tmp_path_factory.mktemp("forgotten") / "home"
    shutil.copytree(read_once, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(home))
        patch.setenv("WORKBENCH_SETTINGS", str(home / "settings"))
        study = wb.open_study("own-people")
        links, name = load.links(study.path / "frames"), _pseudonym(study)
        mine = {name, *(one for one, known in links.items() if known == name)}
        before = _everything(study.path / "frames")
        assert len(mine) == 2 and all(one in before for one in mine)  # the panel knows them by their e-mail alone
        people = len(study.journey.people)
        yield study, study.forget(PERSON), mine, people


def _pseudonym(study) -> str:
    return privacy.pseudonym(study.secret, PERSON)


def _everything(folder) -> str:
    """All that the frames say, cell by cell."""
    return "\n".join(rows(Engine().scan(one)).to_csv() for one in sorted(folder.rglob("*.parquet")))


def _bytes(study, *leave) -> str:
    there = [
        one for one in study.path.rglob("*") if one.is_file() and one.relative_to(study.path).parts[0] not in leave
    ]
    return "\n".join(one.read_bytes().decode("latin-1") for one in [*there, *places.settings().rglob("*.json")])


def test_a_person_leaves_frames_quotes_words_versions_and_links(forgotten):
    study, done, mine, people = forgotten
    assert done.proved, str(done)
    kept = _everything(study.path / "frames") + _bytes(study, "sources")
    for gone in (*mine, PERSON, SAID, SPOKEN, MAIL, "on the day after my father was buried"):
        assert gone not in kept, gone
    assert len(study.journey.people) == people - 1
    assert [one.code for one in study.codes.quotes] == ["as expected"]  # the other person's quote stays
    assert study.notes.notes[0].words.startswith('"(words of somebody who asked')
    assert wb.open_study(study.path).codes.of("sources/talk.vtt")[4][0].code == "as expected"
    texts = rows(study.journey.records.lazy.select("text"))["text"].dropna()
    assert (texts == "It was fine").sum() == 19 and texts.str.contains("as I had expected").any()


def test_it_says_where_the_person_still_stands_and_what_was_shared(forgotten):
    _, done, mine, _ = forgotten
    where = {one.file: one for one in done.received}
    assert where["sources/survey.csv"].rows == (8,) and where["sources/contacts.csv"].rows == (8, 22)
    assert where["sources/complaints.csv"].rows == (4,)  # as a spreadsheet counts, though its rows have two lines
    assert "by hand" in where["sources/talk.vtt"].what
    assert [one.file for one in done.shared] == ["reports/own-people/report.html"] and "holds" in done.shared[0].what
    assert not any(one in str(done) + json.dumps(done.to_dict()) for one in (PERSON, MAIL, *mine))


def test_a_reload_and_a_new_delivery_do_not_bring_them_back(study):
    study.forget(PERSON)
    name = _pseudonym(study)
    survey = study.path / "sources" / "survey.csv"
    survey.write_text(survey.read_text() + f"{PERSON},3,I am here again today\n")
    fresh = wb.open_study(study.path)
    fresh.load()
    assert name not in load.people(study.path / "frames") and "here again" not in _everything(study.path / "frames")
    assert any("asked to be forgotten" in fault.found for fault in fresh.journey.faults)
    shutil.rmtree(study.path / "frames")
    assert name not in rows(wb.open_study(study.path).journey.people.lazy)["person"].tolist()


def test_with_sources_their_rows_leave_the_tables_and_no_scanner_finds_them(study, shared, tmp_path, capsys):
    """The command as one types it; then the scanner of the shared corpus, over the study, its caches and the settings."""
    values = tmp_path / "values.txt"
    values.write_text("\n".join([PERSON, MAIL, _pseudonym(study), SAID, SPOKEN]))
    before = {one: one.read_bytes() for one in (study.path / "sources").glob("*.csv")}
    assert cli.main(["forget", "own-people", PERSON, "--sources", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["proved"] and {one["file"] for one in said["removed"]} >= {
        "codes.yaml",
        "notes.yaml",
        "sources/survey.csv",
    }
    for path, was in before.items():
        now = path.read_bytes()
        assert len(now) < len(was) and all(line in was for line in now.splitlines(keepends=True))
    assert (study.path / "sources" / "complaints.csv").read_text().count("and late") == 4
    (study.path / "sources" / "talk.vtt").unlink()  # the one file that it said must be cut by hand
    command = [sys.executable, shared / "corpus" / "leak_scan.py", "--values", values, study.path, places.settings()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_rows_fetched_from_a_store_lose_them_and_do_not_bring_them_back(project):
    import sqlite3

    folder = project / "data" / "live"
    (folder / "sources").mkdir(parents=True)
    with sqlite3.connect(folder / "sources" / "crm.db") as store:
        store.execute("create table contacts (who text, at text, what text)")
        rows_ = [(f"K-55{at}", f"2025-01-{at:02d} 10:00", "call") for at in range(10, 20)]
        store.executemany("insert into contacts values (?, ?, ?)", rows_)
    store.close()
    entry = "{store: 'sqlite:///sources/crm.db', query: select * from contacts, name: calls, format: events, "
    (folder / "study.yaml").write_text(
        f"title: Live\nsources:\n  - {entry}person: who, time: at, activity: what}}\n", encoding="utf-8"
    )
    study = wb.open_study(folder)
    study.load()
    fetched = folder / "sources" / "fetched"
    assert "K-5512" in _everything(fetched)
    done = study.forget("K-5512")
    assert done.proved and [one.file for one in done.received] == ["sources/crm.db"] and "calls" in str(done)
    assert "K-5512" not in _everything(fetched)
    study.load()  # it is fetched again, and the store still has them
    assert "K-5512" not in _everything(fetched) and "K-5513" in _everything(fetched) and len(study.journey.people) == 9


def test_a_workbook_is_written_again_without_their_rows_unless_it_holds_more_than_tables(tmp_path):
    from openpyxl import Workbook, load_workbook

    book = Workbook()
    for row in (["id", "score"], [PERSON, 3], ["C-10008", 4]):
        book.active.append(row)
    book.save(tmp_path / "plain.xlsx")
    assert raw_people.rows_with(tmp_path / "plain.xlsx", {PERSON}, ["id"]) == [2]
    assert raw_people.without_rows(tmp_path / "plain.xlsx", {PERSON}, ["id"]) == ""
    kept = load_workbook(tmp_path / "plain.xlsx").active
    assert [[one.value for one in row] for row in kept] == [["id", "score"], ["C-10008", 4]]
    book.active["C3"] = "=B3*2"
    book.save(tmp_path / "formulas.xlsx")
    before = (tmp_path / "formulas.xlsx").read_bytes()
    assert "formulas" in raw_people.without_rows(tmp_path / "formulas.xlsx", {PERSON}, ["id"])
    assert (tmp_path / "formulas.xlsx").read_bytes() == before


def test_the_log_says_when_and_not_who(forgotten):
    study, _, mine, _ = forgotten
    lines = (study.path / "log").read_text(encoding="utf-8")
    assert '"what": "forgot a person"' in lines.splitlines()[-1]
    for word in (PERSON, MAIL, SAID, *mine):
        assert word not in lines
    assert study.key.forgotten == 1


def test_an_email_that_joins_sources_names_a_person_too_and_nobody_is_a_fault(study):
    with pytest.raises(wb.DataFault) as told:
        study.forget("C-99999")
    assert "C-99999" not in str(told.value) and "nobody in this study" in str(told.value)
    assert cli.main(["forget", "own-people"]) == cli.WRONG_INPUT
    assert study.forget(MAIL.upper()).proved
    assert _pseudonym(study) not in load.people(study.path / "frames")
    assert (
        study.forget(PERSON).proved and study.key.forgotten == 1
    )  # asked again, by another name: nothing is left to do


def test_an_id_that_is_several_people_must_be_told_apart(project):
    folder = project / "data" / "waves"
    (folder / "sources").mkdir(parents=True)
    source = "  - {{file: sources/w{0}.csv, format: survey, person: who, id_space: '{0}', questions: {{nps: nps}}}}"
    for wave in (1, 2):
        (folder / "sources" / f"w{wave}.csv").write_text("who,nps\n7,9\n8,7\n")
    (folder / "study.yaml").write_text("title: Waves\nsources:\n" + "\n".join(map(source.format, (1, 2))) + "\n")
    study = wb.open_study(folder)
    with pytest.raises(wb.DataFault, match="somebody else in each"):
        study.forget("7")
    assert study.forget("7", id_space="2", sources=True).proved
    assert len(study.journey.people) == 3
    kept = [(folder / "sources" / f"w{wave}.csv").read_text() for wave in (1, 2)]
    assert kept == ["who,nps\n7,9\n8,7\n", "who,nps\n8,7\n"]  # another 7 stays, and who answered 7 stays


def test_a_source_is_read_no_more_after_its_last_day_and_can_be_removed(study, capsys):
    text = (study.path / "study.yaml").read_text()
    (study.path / "study.yaml").write_text(text.replace("talk.vtt\n", "talk.vtt\n    keep_until: 2020-03-31\n"))
    assert len(study.journey.people)  # binding and content are another: but what a day says changes neither
    with pytest.raises(wb.DataFault, match="last day has passed"):
        study.load()
    assert cli.main(["check", "own-people"]) == cli.WRONG_INPUT
    assert any("2020-03-31" in one for one in study.stale())
    assert cli.main(["forget", "own-people", "--expired"]) == cli.WRONG_INPUT  # nobody said that it is meant
    capsys.readouterr()
    assert cli.main(["forget", "own-people", "--expired", "--yes"]) == 0
    assert not (study.path / "sources" / "talk.vtt").exists()
    fresh = wb.open_study(study.path)
    assert not fresh.codes.quotes and SPOKEN not in _everything(study.path / "frames")
    assert "talk.vtt" not in str([one.file for one in fresh.about.sources]) and fresh.load()
