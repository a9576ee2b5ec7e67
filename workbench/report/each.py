"""One report a segment (`--each COLUMN`): the study's report for the people of each value of an attribute, two at a time.

Knows the study, its segments and the gate. Each is made in a process of its own, whose notebooks see the segment alone.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from workbench import places
from workbench.faults import DataFault, Fault, unknown
from workbench.report import gate
from workbench.report.pieces import Body
from workbench.segment import SEEN, opened, segments, told_to_notebooks
from workbench.steps.map import as_id

if TYPE_CHECKING:
    from workbench.study import Study

AT_ONCE = 2  # reports made at a time
FORMS = ("html", "pdf", "pptx", "xlsx")


@dataclass(frozen=True)
class Made:
    """Reports of a study's segments: the page that lists them; for each value its base and file, or why it has none."""

    index: Path
    column: str
    told: tuple[Mapping[str, Any], ...]


def write(
    study: Study,
    column: str,
    out: Path | None = None,
    form: str = "html",
    code: bool = False,
    every: bool = False,
    make: Callable[..., Path] | None = None,
    progress: bool = True,
    draft: bool = False,
) -> Made:
    """Write a report for each value of an attribute of people, or each persona, and a page that lists them.

    out     the folder (the study's own under `reports/` if left out); each report lies in COLUMN-value there
    every   with "pptx": every finding
    draft   none of them is entered in the ledger of what was shared
    form    "html", "pdf" (with its html), "pptx" or "xlsx"
    make    what writes one: `one` in another process if left out
    A value under the minimum base gets none, nor one whose report would give a small group away (`segment.segments`). Raises
    DataFault where no value gets one, or where some could not be made: the others stand then, and are listed.
    """
    if form not in FORMS:
        raise DataFault(unknown("form of a report", form, FORMS))
    folder = out or places.reports(study.name)
    values = segments(study, column)
    given = [str(one) for one in values.loc[values["why"] == "", "value"]]
    if not given:
        found = f"no {column} of {study.about.minimum_base} people or more that may have a report of its own"
        raise DataFault(Fault(study.name, None, column, found, "at least one", "take another column"))
    names: list[str] = []
    for value in given:
        names.append(as_id(f"{column} {value}"[:100], names))
    targets = {
        value: folder / name / f"report.{'html' if form == 'pdf' else form}"
        for value, name in zip(given, names, strict=True)
    }
    written, faults = _all(study, column, targets, (form, code, every, draft), make, progress)
    told = [
        {"value": str(row["value"]), "people": None if _few(row["why"]) else int(row["n"]), "why": row["why"]}
        | {"report": str(written[str(row["value"])]) if str(row["value"]) in written else None}
        for row in values.to_dict("records")
    ]
    index = _index(study, column, told, folder)
    if faults:
        raise DataFault(faults)
    return Made(index, column, tuple(told))


def _few(why: str) -> bool:
    return bool(why)  # neither a small base nor the base of what protects it is told


def _all(
    study: Study, column: str, targets: Mapping[str, Path], how: tuple[str, bool, bool, bool], make: Any, progress: bool
) -> tuple[dict[str, Path], list[Fault]]:
    """Make each, and give those that were made, and what went wrong with the others."""
    written: dict[str, Path] = {}
    faults: list[Fault] = []
    told = [(value, told_to_notebooks(study, {column: value})) for value in targets]
    bar = tqdm(total=len(told), desc=f"{study.name} by {column}", disable=not progress, file=sys.stderr)
    if make is not None:
        for value, _ in told:
            written[value] = make(opened(study.path, {column: value}), targets[value], *how[:3])
            bar.update()
        bar.close()
        return written, faults
    with bar, ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("spawn")) as processes:
        asked = {processes.submit(one, str(study.path), seen, str(targets[value]), *how): value for value, seen in told}
        try:
            for done in as_completed(asked):
                path, wrong = done.result()
                faults += wrong
                if path:
                    written[asked[done]] = Path(path)
                bar.update()
        except BaseException:  # stopped: what has not begun does not begin
            processes.shutdown(wait=False, cancel_futures=True)
            raise
    return {value: written[value] for value in targets if value in written}, faults


def one(
    path: str, seen: str, target: str, form: str, code: bool, every: bool, draft: bool = False
) -> tuple[str, list[Fault]]:
    """One segment's report, in this process and its kernel, which see that segment alone: its path, or what went wrong."""
    os.environ[SEEN] = seen
    try:
        study = opened(path)
        return str(written(study, Path(target), form, code, every, draft=draft)), []
    except DataFault as problem:
        whose = Path(target).parent.name
        return "", [replace(fault, found=f"{whose}: {fault.found}") for fault in problem.faults]


def written(
    study: Study,
    target: Path,
    form: str,
    code: bool = False,
    every: bool = False,
    progress: bool = False,
    draft: bool = False,
) -> Path:
    """A study's report in one of its forms, at this path; of a "pdf" the page is written too."""
    if form == "pptx":
        from workbench.report import slides

        return slides.write(study, target, every, draft)
    if form == "xlsx":
        from workbench.report import tables

        return tables.write(study, target, draft)
    from workbench.report import chromium
    from workbench.report.build import build

    if form == "pdf":
        chromium.program()  # without one it is said before the notebooks are run
    page = build(study, target, code, progress=progress, draft=draft)
    return chromium.print_page(page) if form == "pdf" else page


def _index(study: Study, column: str, told: list[dict[str, Any]], folder: Path) -> Path:
    """The page that lists the reports with their bases, and says which values have none, and why."""
    body = Body()
    body.html(
        f"<p>One report for each {escape(column.replace('_', ' '))}, of its own people alone. Claims, solutions and "
        "actions are of the whole study and stand in its own report.</p>"
    )
    lines = []
    for one in told:
        base = "hidden" if one["people"] is None else f"{one['people']:,} people"
        where = Path(one["report"]).relative_to(folder).as_posix() if one["report"] else ""
        name = f'<a href="{escape(where)}">{escape(one["value"])}</a>' if where else escape(one["value"])
        why = one["why"] or ("" if where else "could not be made")
        lines.append(f"<tr><td>{name}</td><td>{base}</td><td>{escape(why or where)}</td></tr>")
    heads = "".join(f'<th scope="col">{escape(word)}</th>' for word in (column.replace("_", " "), "base", "report"))
    body.parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>")
    title = f"{study.title}: a report for each {column.replace('_', ' ')}"
    page = gate.page(title, body.parts)
    return gate.write(
        page, folder / f"{as_id(f'by {column}', [])}.html", study.leaks(gate.readable(page)), study.about.publishable
    )
