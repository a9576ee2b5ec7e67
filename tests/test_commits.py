"""Before a commit: raw files, frames, keys, notebook outputs, e-mails and ids of the studies are told."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from own_people import PERSON, make

from workbench import cli, commits, places


@pytest.fixture
def repository(project, monkeypatch):
    if shutil.which("git") is None:
        pytest.skip("no git on this machine")
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(project.parent / f"{project.name}-settings"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(project)
    _git("init", "-q")
    _git("config", "user.email", "a@example.com")
    _git("config", "user.name", "A")
    return project


def _git(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=False)


def test_what_ought_not_to_be_committed_is_told_with_its_place(repository, capsys):
    study = make(repository)
    study.load()
    key = next((places.settings() / "keys").glob("*.key"))
    (repository / "secret.bin").write_bytes(key.read_bytes())
    (repository / "notes.md").write_text(f"Ring back:\n{PERSON}, who wrote from bea@water.co.uk\nor ann@example.com\n")
    cell = {"cell_type": "code", "source": "1", "outputs": [{"text": "1"}]}
    (repository / "look.ipynb").write_text(json.dumps({"cells": [cell]}))
    (repository / "reports" / "own-people").mkdir()
    (repository / "reports" / "own-people" / "report.html").write_text("<p>")
    _git("add", "-f", ".")
    assert cli.main(["check", "--commit"]) == 1
    said = capsys.readouterr().out
    for place in (
        "data/own-people/sources/survey.csv: a raw file",
        "data/own-people/privacy.json",
        "secret.bin: a pseudonym key",
        "notes.md:2: an e-mail address",
        "notes.md:2: an id of somebody in own-people",
        "look.ipynb: a notebook with the outputs of 1 cell",
        "reports/own-people/report.html: a report",
    ):
        assert place in said, place
    assert "frames" in said and PERSON not in said and "notes.md:3" not in said
    _git("reset", "-q")
    (repository / "notes.md").write_text("Nothing of anybody, and ann@example.com\n")
    _git("add", "notes.md")
    assert cli.main(["check", "--commit"]) == 0  # what is staged is looked at, not what lies beside it


def test_a_new_workspace_asks_before_a_commit_and_writes_over_no_hook(repository, capsys):
    for name in ("data", "surveys"):
        (repository / name).rmdir()
    assert cli.main(["new", "first", "--template", "blank"]) == 0
    hook = repository / ".git" / "hooks" / "pre-commit"
    assert hook.is_file() and hook.stat().st_mode & 0o111 and "git asks before a commit" in capsys.readouterr().out
    assert commits.install(repository) == ""  # it is there: said once
    (repository / "mail.txt").write_text("bea@water.co.uk\n")
    _git("add", "mail.txt")
    refused = _git("commit", "-m", "one")
    assert refused.returncode and "mail.txt:1: an e-mail address" in refused.stdout + refused.stderr
    hook.write_text("#!/bin/sh\nexit 0\n")
    assert "stays as it is" in commits.install(repository) and hook.read_text() == "#!/bin/sh\nexit 0\n"
    hook.unlink()
    _git("config", "core.hooksPath", str(repository.parent))
    assert (
        "outside of this repository" in commits.install(repository) and not (repository.parent / "pre-commit").exists()
    )
