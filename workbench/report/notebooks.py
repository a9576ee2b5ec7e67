"""The method's notebooks and then the researcher's own, joined into one and run from top to bottom in one kernel.

The kernel finds no module in the working folder (`python -P`), opens no network port, and reads no settings or start-up
scripts of the user. What fails is told in words: which notebook, which cell, what was wrong.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from workbench import places
from workbench.faults import DataFault, Fault
from workbench.lab import TRANSPORT
from workbench.scratch import Scratch

NAMES = ("0_start", "1_scope", "2_map", "3_measure", "4_solutions", "5_apply", "explore_journeys")
PATIENCE = 900  # seconds that one cell may take
PARAMETERS = "parameters"


FIRST_PAGE = """import workbench as wb

wb.show(wb.open_study({study!r}).findings("first page"))"""


def own(folder: Path) -> list[str]:
    """The researcher's own notebooks, by name: all that are not the method's, but for those whose name begins with "_" and
    those that say `workbench: {report: false}` in their metadata. Raises DataFault for one that cannot be read."""
    found = []
    for path in sorted(folder.glob("*.ipynb")):
        if path.stem in NAMES or path.name.startswith(("_", ".")):
            continue
        said = _read(path).metadata.get("workbench", {})
        if not (isinstance(said, dict) and said.get("report") is False):
            found.append(path.stem)
    return found


def join(study_name: str, folder: Path, names: Sequence[str] | None = None, closing: bool = False) -> NotebookNode:
    """The notebooks as one (those of the method and the researcher's own, or the `names`); every cell tagged "parameters" says
    which study this is. With `closing` the last cell asks for the findings of the first page.
    """
    names = (*NAMES, *own(folder)) if names is None else names
    missing = [name for name in names if not (folder / f"{name}.ipynb").is_file()]
    if missing:
        raise DataFault(
            [
                Fault(
                    file=f"{name}.ipynb",
                    found="no such notebook",
                    expected=f"the notebooks {', '.join(names)}",
                    mend="put it back in the project's notebooks folder",
                )
                for name in missing
            ]
        )
    joined = nbformat.v4.new_notebook()
    for name in names:
        notebook = _read(folder / f"{name}.ipynb")
        if name not in NAMES and not _headed(notebook):
            notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"# {name.replace('_', ' ')}"))
        for number, cell in enumerate(notebook.cells, start=1):
            cell.metadata["workbench"] = {"notebook": name, "cell": number}
            cell["id"] = f"{name}-{number}"[:64]
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                if PARAMETERS in cell.metadata.get("tags", ()):
                    cell.source = f"study = {study_name!r}"
            joined.cells.append(cell)
    if closing:
        last = nbformat.v4.new_code_cell(FIRST_PAGE.format(study=study_name), id="first-page")
        last.metadata |= {"workbench": {"notebook": "first page", "cell": 1}, "tags": ["closing"]}
        joined.cells.append(last)
    return joined


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call, no-any-return]
    except (
        ValueError,
        KeyError,
        AttributeError,
        TypeError,
        nbformat.ValidationError,
    ):  # nbformat's own words for no notebook
        mend = "mend it in JupyterLab, take it out, or begin its name with _"
        raise DataFault(
            Fault(file=path.name, found="no notebook that can be read", expected="a notebook", mend=mend)
        ) from None


def _headed(notebook: NotebookNode) -> bool:
    """Does a notebook begin with a chapter's heading of its own?"""
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    return first is not None and first.source.lstrip().startswith("# ")


def run(
    study_name: str,
    folder: Path | None = None,
    names: Sequence[str] | None = None,
    patience: int = PATIENCE,
    progress: bool = True,
    closing: bool = False,
) -> NotebookNode:
    """The joined notebooks with their outputs (see `join`). Raises DataFault when a cell fails, hangs or takes the
    kernel down."""
    notebook = join(study_name, folder or places.notebooks(), names, closing)
    steps = sum(cell.cell_type == "code" for cell in notebook.cells)
    with (
        _kernel() as (manager, environment),
        tqdm(total=steps, desc=study_name, disable=not progress, file=sys.stderr) as bar,
    ):
        now: dict[str, Any] = {}

        def started(cell: NotebookNode, cell_index: int) -> None:
            now["cell"] = cell
            bar.set_postfix_str(cell.metadata["workbench"]["notebook"])

        def executed(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
            bar.update()

        client = NotebookClient(
            notebook,
            km=manager,
            timeout=patience,
            startup_timeout=120,
            store_widget_state=False,
            record_timing=False,
            shutdown_kernel="immediate",
            on_cell_execute=started,
            on_cell_executed=executed,
        )
        try:
            # the manager is ours, so nbclient must be told to end the kernel too
            client.execute(env=environment, cwd=str(places.home()), cleanup_kc=True)
        except CellTimeoutError:
            raise _failed(
                now["cell"], f"no end after {patience} seconds", "let it count less, or allow more time"
            ) from None
        except DeadKernelError:
            raise _failed(
                now["cell"], "the kernel stopped", "most often memory ran out: let it count less at once"
            ) from None
        except CellExecutionError as problem:
            raise _failed(now["cell"], *_words(problem)) from None
    return notebook


@contextmanager
def _kernel() -> Iterator[tuple[AsyncKernelManager, dict[str, str]]]:
    """A manager for one kernel of this very Python, and the environment that it gets."""
    with Scratch("wb") as folder:
        command = [sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        command += ["--InteractiveShellApp.ignore_cwd=True", "--HistoryManager.enabled=False"]
        manager = AsyncKernelManager(
            kernel_spec_manager=_OneSpec(KernelSpec(argv=command, display_name="workbench", language="python")),
            connection_file=str(Path(folder) / "kernel.json"),
            transport=TRANSPORT,
        )
        environment = {
            name: value for name, value in os.environ.items() if name not in ("PLOTLY_RENDERER", "PYTHONPATH")
        }
        environment |= {
            "WORKBENCH_REPORT": "1",
            "WORKBENCH_HOME": str(places.home()),
            "IPYTHONDIR": folder,
            "JUPYTER_CONFIG_DIR": folder,
            "PYTHONSAFEPATH": "1",
        }
        yield manager, environment


class _OneSpec(KernelSpecManager):
    """The only kernel there is, whatever is installed on the machine."""

    def __init__(self, spec: KernelSpec):
        super().__init__()
        self._spec = spec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return self._spec


def _failed(cell: NotebookNode, found: str, mend: str) -> DataFault:
    """A failing cell in words."""
    where = cell.metadata["workbench"]
    lines = [line for line in cell.source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    first = lines[0].strip() if lines else ""
    return DataFault(
        Fault(
            file=f"{where['notebook']}.ipynb",
            found=f'in cell {where["cell"]}, which begins "{first[:100]}": {found}',
            mend=mend,
        )
    )


def _words(problem: CellExecutionError) -> tuple[str, str]:
    """What a cell said when it failed: a DataFault's own words, else the error's name and message."""
    said = problem.evalue.strip() or "no message"
    if problem.ename == "DataFault":
        return said, "mend what is named here, then write the report again"
    return f"{problem.ename}: {said}", "open the notebook, mend that cell, then write the report again"
