"""The plan as pages, one a department with only what concerns it: its actions, its steps, the solutions it is part of.

Each is one HTML file through the report's gate. Knows the study only by what `Study` below asks of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from workbench import figures
from workbench.report import gate
from workbench.report.pieces import Body
from workbench.report.releasing import Outgoing, publishable
from workbench.steps.map import as_id

if TYPE_CHECKING:
    from workbench.finding import Finding


class Study(Protocol):
    """What a department's page asks of a study."""

    @property
    def title(self) -> str: ...
    def for_department(self, department: str) -> list[Finding]: ...
    def leaks(self, text: str) -> list[str]: ...


def write(study: Study, folder: Path, departments: Sequence[str]) -> list[Path]:
    """Write a page for each department, plan-NAME.html; their paths come back. Raises DataFault for a page that would name a
    person, which is not written.
    """
    made: list[tuple[str, Path, Outgoing]] = []
    taken: list[str] = []
    for department in departments:
        body, those = Body(), [one.let_out() for one in study.for_department(department)]
        least = min((one.minimum for one in those), default=0)
        going = Outgoing([figures.bundle(one) for one in those], getattr(study, "shared", None), least)
        for bundle in going.shown:
            body.finding(bundle, level=2)
        taken.append(as_id(f"plan {department}", taken))
        page = gate.page(f"{department}: {study.title}", body.parts, body.figures, body.listed())
        made.append((page, folder / f"{taken[-1]}.html", going))
    leaks = [study.leaks(gate.readable(page)) for page, _, _ in made]
    written = []
    for (page, path, going), found in zip(made, leaks, strict=True):
        with going.recorded("plan", path):
            written.append(gate.write(page, path, found, publishable(study)))
    return written
