"""The README says what is true: the kinds of file are those on the shelf, the words of a binding are those that are known."""

from __future__ import annotations

import re

from water_town import ROOT

import workbench
from workbench.sources import SHELF
from workbench.sources.binding import Binding

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_kinds_is_the_shelf():
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", README.split("### What can be read")[1].split("###")[0], re.M))
    assert told == {name: reader.says for name, reader in SHELF.items()}


def test_every_word_of_a_binding_is_told():
    section = README.split("### The words of a binding")[1].split("## ")[0]
    told = set(re.findall(r"`(\w+)`", section)) | {"columns"}
    known = set(Binding.model_fields) - {"sheet", "created", "today"}
    assert known <= told


def test_the_commands_and_files_that_it_names_are_there():
    for name in re.findall(r"\]\((docs/[\w./-]+)\)", README):
        assert (ROOT / name).exists(), name
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"make (\w+)", README)) <= targets


def test_no_word_of_the_package_is_hidden_by_a_module_of_its_name():
    """Importing a module puts its name on the package: a word of the same name would be gone."""
    import workbench

    modules = {path.stem for path in (ROOT / "workbench").glob("*.py")} | {
        path.name for path in (ROOT / "workbench").iterdir() if (path / "__init__.py").is_file()
    }
    assert not modules & set(workbench.WORDS)


def test_every_measure_that_can_be_typed_stands_in_the_readme_with_its_question():
    from workbench.steps.measure import MEASURES

    typed = {name: one.asks for name, one in MEASURES.items() if name in workbench.WORDS}
    listed = dict(re.findall(r"^\| `wb\.(\w+)` \| (.+?) \|$", README, re.M))
    assert listed == typed
