"""Reports: findings and executed notebooks as one self-contained HTML page. The only room with nbconvert and nbclient.

Knows findings, figures and the gate. `build` (the study's report) and `exporter` wake the notebook machinery; `write_page`
does without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import figures
from workbench.report import gate
from workbench.report.pieces import Body
from workbench.report.releasing import Outgoing

if TYPE_CHECKING:
    from workbench.finding import Finding


def write_page(findings: Iterable[Finding] | Finding, path: str | PathLike[str], title: str = "Findings") -> Path:
    """Write findings as a page, in this process and without a kernel, through the same gate as the report: they are looked at
    together, and one that would give a small group away is left out. Raises DataFault where the page would name a person."""
    from workbench.finding import Finding

    body, those = Body(), [findings] if isinstance(findings, Finding) else list(findings)
    out = Outgoing(
        [figures.bundle(one.let_out()) for one in those], None, min((one.minimum for one in those), default=0)
    )
    for bundle in out.shown:
        body.finding(bundle, level=2)
    contents = body.contents if len(body.contents) > 2 else []
    return gate.write(gate.page(title, body.parts, body.figures, contents, face=body.face()), Path(path))
