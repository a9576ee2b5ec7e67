"""pyproject.toml is the one source: environment.yml and the lock follow it."""

from __future__ import annotations

import re
import tomllib

import pytest
from environment import environment
from water_town import ROOT


def test_the_conda_environment_is_the_one_made_from_pyproject():
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == environment()


@pytest.mark.parametrize(("name", "group"), [("requirements.lock", "dev"), ("requirements-cluster.lock", "cluster")])
def test_every_package_asked_for_is_locked_with_its_hash(name, group):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"][group]]
    lock = (ROOT / name).read_text(encoding="utf-8")
    locked = {match[1].lower().replace(".", "-") for match in re.finditer(r"^([A-Za-z0-9_.-]+)==", lock, re.M)}
    missing = [
        one for one in asked if re.split(r"[<>=\[ ]", one)[0].lower().replace("_", "-").replace(".", "-") not in locked
    ]
    assert not missing
    assert "://" not in lock  # no address of an index
    assert len(re.findall(r"^\S+==", lock, re.M)) <= lock.count("--hash=sha256:")


def test_the_package_carries_what_it_needs_beside_its_code():
    kinds = {path.suffix for path in (ROOT / "workbench").rglob("*") if path.is_file()} - {".pyc"}
    assert kinds <= {".py", ".css", ".j2", ".js", ".json", ".yaml", ".html", ".ipynb", ".md", ""}
