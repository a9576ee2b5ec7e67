"""The estimators know numbers and faults only, and are quick to import."""

import ast
import sys
from pathlib import Path

import pytest

import workbench.inference as room

MODULES = sorted(Path(room.__file__).parent.glob("*.py"))
ALLOWED = {"numpy", "pandas", "workbench.faults"}


def imported_at_once(module):
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_nothing_slow_and_nothing_of_the_house_is_imported_at_once(module):
    strangers = {
        n for n in imported_at_once(module) if n not in ALLOWED and n.split(".")[0] not in sys.stdlib_module_names
    }
    assert not strangers


def test_every_name_that_is_offered_is_there_and_says_what_it_is_for():
    for name in room.__all__:
        assert getattr(room, name).__doc__, name
