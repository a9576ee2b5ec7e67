"""The method's notebooks, joined into one and run from top to bottom in one kernel.

The kernel finds no module in the working folder (`python -P`), opens no network port, and reads no settings or start-up
scripts of the user. What fails is told in words: which notebook, which cell, what was wrong.
"""

from __future__ import annotations

import os
import sys
import tempfile
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

NAMES = ("0_start", "1_scope", "2_map", "3_measure", "4_solutions", "5_apply", "explore_journeys")
PATIENCE = 900  # seconds that one cell may take
PARAMETERS = "parameters"


def join(study_name: str, folder: Path, names: Sequence[str] = NAMES) -> NotebookNode:
    """The notebooks as one; every cell tagged "parameters" says which study this is."""
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
        notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
        for number, cell in enumerate(notebook.cells, start=1):
            cell.metadata["workbench"] = {"notebook": name, "cell": number}
            cell["id"] = f"{name}-{number}"[:64]
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                if PARAMETERS in cell.metadata.get("tags", ()):
                    cell.source = f"study = {study_name!r}"
            joined.cells.append(cell)
    return joined


def run(
    study_name: str,
    folder: Path | None = None,
    names: Sequence[str] = NAMES,
    patience: int = PATIENCE,
    progress: bool = True,
) -> NotebookNode:
    """The joined notebooks with their outputs. Raises DataFault when a cell fails, hangs or takes the kernel down."""
    notebook = join(study_name, folder or places.notebooks(), names)
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
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
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
