"""The one way to write and the one gate to read: whole or not at all, never over somebody else, nothing unsafe let in."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import subprocess
import sys
import zipfile

import pytest
from water_town import ROOT

import workbench as wb
from workbench import files


def test_what_is_written_stands_there_and_nothing_else(tmp_path):
    files.write(tmp_path / "a.yaml", "one: 1\n")
    assert (tmp_path / "a.yaml").read_text() == "one: 1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "a.yaml"]


def test_a_save_over_somebody_elses_save_is_refused_and_theirs_stays(tmp_path):
    path = tmp_path / "a.yaml"
    seen = files.write(path, "one: 1\n")
    files.write(path, "one: 2\n", seen)
    with pytest.raises(wb.DataFault, match="another version, saved at .* since this one was opened"):
        files.write(path, "one: 3\n", seen)
    assert path.read_text() == "one: 2\n"


def test_a_writer_that_fails_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "a.yaml"
    files.write(path, "old")
    with pytest.raises(RuntimeError), files.replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("the disk is full")
    assert path.read_text() == "old"
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_writer_that_was_killed_leaves_a_whole_file_and_its_litter_is_swept(tmp_path):
    program = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from workbench import files\n"
        "path = Path(sys.argv[1])\n"
        "files.write(path, 'old')\n"
        "with files.replacing(path) as temporary:\n"
        "    temporary.write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "a.yaml")], check=False)
    assert (tmp_path / "a.yaml").read_text() == "old"
    assert len(files.sweep(tmp_path)) == 1
    assert not list(tmp_path.glob(".*.tmp"))


def test_four_writers_lose_nothing_that_was_said_to_be_saved(tmp_path):
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from workbench import files\n"
        "from workbench.faults import DataFault\n"
        "path, me, saved = Path(sys.argv[1]), sys.argv[2], 0\n"
        "for number in range(10):\n"
        "    seen = files.sha256(path)\n"
        "    before = path.read_text() if path.exists() else ''\n"
        "    try:\n"
        "        files.write(path, before + f'{me}-{number}\\n', seen)\n"
        "        print(f'{me}-{number}')\n"
        "    except DataFault:\n"
        "        pass\n"
    )
    path = tmp_path / "notes.txt"
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(path), str(one)], stdout=subprocess.PIPE, text=True)
        for one in range(4)
    ]
    said = [line for writer in writers for line in writer.communicate()[0].split()]
    found = path.read_text().split()
    assert sorted(said) == sorted(found)
    assert len(found) >= 10


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_arrives_in_utf_8_whatever_it_was(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("name,cost\ncafé,£20\n".encode(encoding))
    received = files.receive(path, tmp_path / "scratch")
    assert "café,£20" in received.text()
    assert bool(received.notes) == (encoding == "cp1252")


def test_a_zero_byte_an_empty_file_and_no_file_are_told_apart(tmp_path):
    (tmp_path / "zero.csv").write_bytes(b"a,b\n1,\x002\n")
    (tmp_path / "empty.csv").write_bytes(b"")
    for name, words in (
        ("zero.csv", "a zero byte on line 2"),
        ("empty.csv", "an empty file"),
        ("emty.csv", 'did you mean "empty.csv"'),
    ):
        with pytest.raises(wb.DataFault, match=words):
            files.receive(tmp_path / name, tmp_path)


def test_an_archive_that_unpacks_without_end_is_refused_before_it_is_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    with pytest.raises(wb.DataFault, match="an archive of .* that unpacks to"):
        files.receive(tmp_path / "bomb.xlsx", tmp_path)
    with gzip.open(tmp_path / "bomb.csv.gz", "wb") as packed:
        packed.write(b"0" * 60_000_000)
    with pytest.raises(wb.DataFault, match="bytes once unpacked"):
        files.receive(tmp_path / "bomb.csv.gz", tmp_path)


@pytest.mark.parametrize(
    ("encoding", "word"),
    [("ISO-8859-2", "Stížnost"), ("windows-1251", "Жалоба"), ("Shift_JIS", "苦情①"), ("koi8-r", "Жалоба"),
     ("GB2312", "投诉"), ("iso-2022-jp", "苦情"), ("windows-1252", "“é”"), ("UTF-16", "苦情")],
)  # fmt: skip
def test_letters_are_what_an_xml_declaration_says(tmp_path, encoding, word):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    python = {"Shift_JIS": "cp932"}.get(encoding, encoding)
    (tmp_path / "a.xml").write_bytes(f"{head}<a>{word}</a>".encode(python))
    received = files.receive(tmp_path / "a.xml", tmp_path / "scratch")
    assert received.text() == f'<?xml version="1.0" encoding="UTF-8"?><a>{word}</a>'
    assert not received.notes


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_by_its_first_bytes_without_a_mark(tmp_path, encoding):
    text = '<?xml version="1.0" encoding="UTF-16"?><a>苦情</a>'
    (tmp_path / "a.xml").write_bytes(text.encode(encoding))
    assert files.receive(tmp_path / "a.xml", tmp_path / "scratch").text() == text.replace("UTF-16", "UTF-8")


def test_a_declaration_that_the_letters_contradict_is_told_or_refused(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes('<?xml version="1.0" encoding="ISO-8859-2"?><a>né</a>'.encode())
    received = files.receive(path, tmp_path / "scratch")
    assert "<a>né</a>" in received.text()
    assert [one.found for one in received.notes] == ["letters in UTF-8, declared as ISO-8859-2"]
    path.write_bytes(b'<?xml version="1.0" encoding="Shift_JIS"?><a>\x81\x01</a>')
    with pytest.raises(wb.DataFault, match="no letters in Shift_JIS"):
        files.receive(path, tmp_path / "scratch")
    path.write_bytes(b'<?xml version="1.0" encoding="x-klingon"?><a>\xe9</a>')
    assert "read as cp1252" in files.receive(path, tmp_path / "scratch").notes[0].mend


def test_a_letter_cut_off_at_the_end_is_no_utf_8(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"who,said\na,caf\xe9")
    received = files.receive(tmp_path / "a.csv", tmp_path / "scratch")
    assert received.text() == "who,said\na,café"
    assert received.notes[0].row == 2


def test_a_locked_or_old_office_file_is_refused_in_words(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises(wb.DataFault, match="old Office formats .* or one that is locked with a password"):
        files.receive(tmp_path / "a.xlsx", tmp_path)


def test_an_entity_in_an_office_file_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>')
    with pytest.raises(wb.DataFault, match="a document type or entity in word/document.xml"):
        files.receive(tmp_path / "a.docx", tmp_path)


def test_a_zip_with_one_table_is_read_as_the_table(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("answers.csv", "who,nps\nx,9\n")
    assert files.receive(tmp_path / "a.zip", tmp_path / "scratch").text() == "who,nps\nx,9\n"


WRITES = re.compile(
    r"open\([^)]*['\"][wax]b?['\"]|\.to_csv\((?!index)|\.to_parquet\(|\.to_excel\(|nbformat\.write\(|\.write_text\(|\.write_bytes\("
)


def test_nothing_is_written_around_the_one_writer():
    """Every writing call in the package stands in files.py, in the sample's generator, within `files.replacing`, or writes to
    scratch that goes with the program, and says so."""
    found = []
    for path in sorted((ROOT / "workbench").rglob("*.py")):
        if path.name == "files.py" or "sample" in path.parts:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if WRITES.search(line) and "temporary" not in line and not line.endswith("# scratch"):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not found


def test_no_address_and_no_path_of_one_machine_in_the_repository():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    home = os.path.expanduser("~")
    for name in listed:
        if name.endswith((".lock", ".toml", ".yml", ".py", ".md", ".ipynb", "Makefile")):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert str(ROOT) + "/" not in text, name
            assert home + "/" not in text or home == "/", name
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_the_hash_of_a_large_file_is_remembered_until_the_file_is_another(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "settings"))
    monkeypatch.setattr(files, "LARGE", 10)
    asked = []
    monkeypatch.setattr(
        files, "sha256", lambda path: asked.append(path) or hashlib.sha256(path.read_bytes()).hexdigest()
    )
    path, small = tmp_path / "large.csv", tmp_path / "small.csv"
    path.write_bytes(b"a" * 20)
    small.write_bytes(b"a")
    moment = files.time.time()
    monkeypatch.setattr(files.time, "time", lambda: moment + 10)

    def content(one):
        files._KNOWN.clear()  # another program
        return files.content(one)

    first = content(path)
    assert content(path) == first and len(asked) == 1
    assert (tmp_path / "settings" / files.REMEMBERED).stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"b" * 20)
    assert content(path) == hashlib.sha256(b"b" * 20).hexdigest() != first and len(asked) == 2
    content(small), content(small)
    assert len(asked) == 4
    (tmp_path / "settings" / files.REMEMBERED).write_text("{}", encoding="utf-8")
    assert content(path) == hashlib.sha256(b"b" * 20).hexdigest() and len(asked) == 5
