"""The guides to adding something are true: what they add to a copy of the package passes the tests that they give."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from pages import applied, blocks
from water_town import ROOT

GUIDES = sorted((ROOT / "docs").glob("add-a-*.md"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package with what the guides add, and their tests beside the project's own fixtures."""
    home = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "workbench", home / "workbench", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "data").symlink_to(ROOT / "data")
    (home / "surveys").symlink_to(ROOT / "surveys")
    (home / "tests").mkdir()
    for name in ("conftest.py", "water_town.py", "needs.py", "prepared.py"):
        shutil.copy(ROOT / "tests" / name, home / "tests" / name)
    for guide in GUIDES:
        for block in blocks(guide, "python", "diff"):
            if block.mark == "diff":
                applied(block, home)
                continue
            path = home / block.file
            assert not path.exists(), f"{block.file} is there already"
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
    return home


def test_what_the_guides_add_passes_its_own_tests(copy):
    paths = {"PYTHONPATH": f"{copy}{os.pathsep}{copy / 'tests'}", "WORKBENCH_HOME": str(copy)}
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", str(copy)]
    ran = subprocess.run(
        [*words, str(copy / "tests")], cwd=copy, env=os.environ | paths, capture_output=True, text=True
    )
    assert re.search(rf"^{len(added('tests'))} passed", ran.stdout, re.M), ran.stdout[-3000:] + ran.stderr[-1000:]


def test_every_thing_that_the_guides_add_is_one_module_and_one_test():
    assert [len(added(room)) for room in ("sources", "steps/measure", "figures", "panels")] == [1, 1, 1, 1]
    assert len(added("tests")) == 5


def test_what_the_guides_add_is_as_clean_as_the_house(copy):
    mine = [str(copy / block.file) for guide in GUIDES for block in blocks(guide, "python")]
    words = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml")]
    ran = subprocess.run([*words, *mine], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def added(room):
    """The modules that the guides write into a room of the package, or their tests."""
    folder = "tests/" if room == "tests" else f"workbench/{room}/"
    named = [block.file for guide in GUIDES for block in blocks(guide, "python")]
    return [one for one in named if one.startswith(folder)]
