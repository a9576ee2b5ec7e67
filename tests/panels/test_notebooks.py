"""The notebooks stay thin: calls of the package's words under a sentence each, one parameters cell, nothing stored."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

import workbench as wb
from workbench.report.notebooks import NAMES

FOLDER = Path(__file__).parents[2] / "notebooks"
FOUND = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While, ast.If),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Try, ast.With, ast.Match),
)


def read(name):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(name):
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def test_the_notebooks_are_those_that_a_report_runs():
    assert sorted(NAMES) == FOUND


@pytest.mark.parametrize("name", FOUND)
def test_no_logic_and_no_magic(name):
    for cell in code(name):
        tree = ast.parse(cell.source)  # a magic is no Python
        assert not [node for node in ast.walk(tree) if isinstance(node, LOGIC)], cell.source


@pytest.mark.parametrize("name", FOUND)
def test_one_parameters_cell_which_is_the_first(name):
    cells = code(name)
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    assert tagged == cells[:1]
    (statement,) = ast.parse(tagged[0].source).body
    assert isinstance(statement, ast.Assign) and statement.targets[0].id == "study"
    assert ast.literal_eval(statement.value) == ""  # the study that is worked on
    opens = (
        "wb.open_study(study)" if name != "0_start" else "import workbench as wb"
    )  # its panel opens or begins a study
    assert opens in cells[1].source


@pytest.mark.parametrize("name", FOUND)
def test_nothing_is_stored_and_the_format_is_the_current_one(name):
    notebook = read(name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3" and "widgets" not in notebook.metadata
    for cell in code(name):
        assert cell.outputs == [] and cell.execution_count is None
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-z]+(-[a-z]+)*", one) for one in ids)


@pytest.mark.parametrize("name", FOUND)
def test_a_title_a_story_and_words_over_every_finding(name):
    cells = read(name).cells
    assert cells[0].cell_type == "markdown" and cells[0].source.startswith("# ")
    for before, cell in zip(cells, cells[1:], strict=False):
        if "wb.show" in cell.source:
            assert before.cell_type == "markdown" and before.source.endswith("?")


@pytest.mark.parametrize("name", FOUND)
def test_every_notebook_means_something_for_an_empty_study(name, home, monkeypatch, capsys):
    wb.new_study("empty")
    monkeypatch.setenv("WORKBENCH_REPORT", "1")
    names = {"study": "empty"}
    for cell in code(name)[1:]:
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), names)  # noqa: S102 - the notebook's own cells
        shown = eval(compile(ast.Expression(last.value), name, "eval"), names) if last else None  # noqa: S307
        if shown is not None:
            assert shown._repr_mimebundle_()["text/html"]
        elif last:
            assert capsys.readouterr().out.strip()
