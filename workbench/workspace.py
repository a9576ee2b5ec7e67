"""A workspace: the folder a researcher works in, with notebooks, studies, surveys and reports; laid out from the package,
and kept up with a newer version of it without touching what the researcher changed.

What was delivered is remembered by its fingerprint (`.workbench.json`). Studies are the researcher's own from their
first day: nothing here looks at them. Knows places and files.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench import files, places
from workbench.faults import DataFault, Fault

FOLDERS = ("data", "surveys", "reports")
MANIFEST = ".workbench.json"
BESIDE = (
    "updates"  # where a newer file is laid when the researcher changed theirs: not in notebooks/, where it would be run
)
HIDDEN = {"gitignore": ".gitignore"}  # as packages carry it

State = Literal["new", "newer", "both", "yours", "same"]
WORDS: dict[State, str] = {
    "new": "not in this workspace",
    "newer": "changed by the new version, and not by you",
    "both": "changed by the new version, and by you",
    "yours": "changed by you, and not by the new version",
    "same": "as delivered",
}


@dataclass(frozen=True)
class Delivered:
    """A file that the package delivers, how it stands in the workspace, and where it was written, if it was."""

    file: str
    state: State
    written: str = ""


def lay_out(folder: Path) -> list[str]:
    """Make a folder a workspace; what was written comes back. A file that is there already stays as it is."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    return [one.written for one in update(folder, take=True) if one.written and one.state == "new"]


def update(folder: Path | None = None, take: bool = False) -> list[Delivered]:
    """How the package's files stand in a workspace: what a newer version would change.

    With `take`, files that are new or that you did not change are written; where you did, the newer file is laid under
    updates/ for you to compare, and yours stays. A notebook counts as changed by its cells, not by its outputs. Raises
    DataFault where the folder is no workspace.
    """
    folder = folder or workspace()
    known = _manifest(folder)
    found = []
    for name, content in sorted(_shipped().items()):
        ours, path = fingerprint(name, content), folder / name
        theirs = fingerprint(name, path.read_bytes()) if path.is_file() else None
        state, to = _state(theirs, ours, known.get(name)), path
        if state == "both":
            to = folder / BESIDE / name
        written = ""
        if take and state in ("new", "newer", "both"):
            files.write(to, content)
            written = to.relative_to(folder).as_posix()
        if take or state == "same":
            known[name] = ours
        found.append(Delivered(name, state, written))
    if take:
        files.write(folder / MANIFEST, json.dumps({"files": known}, indent=1, sort_keys=True) + "\n")
    return found


def told(found: list[Delivered], taken: bool) -> str:
    """What a person reads of it."""
    lines = [
        f"  {one.file}: {WORDS[one.state]}{f': written to {one.written}' if one.written else ''}"
        for one in found
        if one.state != "same"
    ]
    if not [one for one in found if one.state not in ("same", "yours")]:
        lines.append("Nothing that this version of the workbench would change. Studies are never changed.")
    elif not taken:
        lines.append(
            "Nothing was changed. With --take: what you did not change is written; where you did, the newer file"
        )
        lines.append(f"is laid under {BESIDE}/ for you to compare. Studies are never changed.")
    return "\n".join(lines)


def workspace() -> Path:
    """The workspace that this is. Raises DataFault with the mend where it is none."""
    folder = places.home()
    if not places.is_workspace(folder):
        raise DataFault(
            Fault(
                file=str(folder),
                found="no workspace: no data/ and surveys/ here or in a folder above",
                expected="a folder that holds studies",
                mend="make one here: workbench new NAME; or go to the folder that has yours",
            )
        )
    return folder


def fingerprint(name: str, content: bytes) -> str:
    """What tells whether a file was changed: of a notebook its cells, of anything else its text, however lines end."""
    text = content.decode("utf-8", errors="replace").replace("\r\n", "\n")
    if name.endswith(".ipynb"):
        try:
            cells = json.loads(text)["cells"]
            text = json.dumps([[one["cell_type"], "".join(one["source"])] for one in cells])
        except (ValueError, KeyError, TypeError):  # no notebook any more: then it was changed
            pass
    return hashlib.sha256(text.encode()).hexdigest()


def _state(theirs: str | None, ours: str, delivered: str | None) -> State:
    if theirs is None:
        return "new"
    if theirs == ours:
        return "same"
    if theirs == delivered:
        return "newer"
    return "yours" if ours == delivered else "both"


def _shipped() -> dict[str, bytes]:
    """What the package delivers, by where it lies in a workspace."""
    root = places.SHIPPED / "workspace"
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {HIDDEN.get(name, name): path.read_bytes() for name, path in found.items() if "checkpoint" not in name}


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))["files"]
        return dict(known)
    except (ValueError, KeyError, TypeError):
        raise DataFault(
            Fault(
                file=MANIFEST,
                found="a list of what was delivered that cannot be read",
                mend="delete it: what differs then counts as changed by you",
            )
        ) from None
