"""What is about to be committed to git, looked at before it is: raw files, frames, reports, keys, notebook outputs, e-mails and
ids of the workspace's studies.

It reads what is staged, not what lies beside it. An id is told by its pseudonym, so no list of ids is kept. It warns; whoever
commits decides. Knows git by its command, and the studies.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workbench import files, places, privacy, traces
from workbench.faults import DataFault, Fault
from workbench.load import MANIFEST
from workbench.privacy.keys import STATEMENT, folder_of_keys, mark_of
from workbench.study import Study

LARGEST = 64_000_000  # bytes of one staged file that are looked through
RESERVED = re.compile(
    r"^git@|@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|[\w-]+\.(?:example|test|invalid)|localhost)$", re.I
)
DERIVED = {
    "frames": "frames, which hold what people said",
    "shared": "what was shared before",
}
MADE = (".html", ".pdf", ".pptx", ".xlsx", ".csv", ".parquet", ".png", ".svg")
HOOK = """\
#!/bin/sh
# Warns before raw files, frames, reports, keys, notebook outputs, e-mails or ids of the studies are committed.
# Once, knowingly: git commit --no-verify
exec {python} -m workbench.cli check --commit
"""


@dataclass(frozen=True)
class Staged:
    """Something staged that ought not to be: the file, the line (where it has lines), and what it is. Never the id itself."""

    file: str
    row: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.file}{f':{self.row}' if self.row else ''}: {self.what}"


def staged(folder: Path) -> list[Staged]:
    """What is staged in the repository around a folder and ought not to be committed. Raises DataFault where there is none."""
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
    names = _git(top, "diff", "--cached", "--name-only", "-z", "--diff-filter=ACMRT", "--ignore-submodules=all").decode(
        "utf-8", "surrogateescape"
    )
    studies, found = _readable()
    marks = (
        {mark_of(one.read_bytes()) for one in folder_of_keys().glob("*.key")} if folder_of_keys().is_dir() else set()
    )
    looked: dict[str, tuple[list[str], str]] = {}
    for name in [one for one in names.split("\0") if one]:
        raw = _git(top, "show", f":{name}")
        found += _of_place(top, name)
        if len(raw) == 32 and mark_of(raw) in marks:
            found.append(Staged(name, None, "a pseudonym key"))
        if name.endswith(".ipynb"):
            found += _outputs(name, raw)
        if len(raw) <= LARGEST and not _invented(top, name):
            texts = list(traces.readings(raw))
            packed = raw.startswith((b"PK", b"\x1f\x8b"))
            looked[name] = ([] if packed else texts[0].splitlines(), "\n".join(texts))
    everything = "\n".join(text for _, text in looked.values())
    sought = {f"an id of somebody in {one.name}": one.leaks(everything, anew=False) for one in studies}
    for name, (lines, text) in looked.items():
        mails = [one for one in privacy.EMAIL.findall(text) if not RESERVED.search(one)]
        for what, words in {"an e-mail address": mails, **sought}.items():
            found += _lines(name, lines, text, words, what)
    return list(dict.fromkeys(found))


def install(folder: Path) -> str:
    """Have git ask `workbench check --commit` before a commit, where the folder is in a repository; in words what was done.

    A hook that is there stays as it is, and one that other repositories share is not written.
    """
    if shutil.which("git") is None:
        return ""
    try:
        top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
        hooks = (folder / _git(folder, "rev-parse", "--git-path", "hooks").decode().strip()).resolve()
        own = (folder / _git(folder, "rev-parse", "--git-common-dir").decode().strip()).resolve()
    except DataFault:
        return ""
    line = HOOK.format(python=_quoted(sys.executable)).strip().splitlines()[-1]
    path = hooks / "pre-commit"
    if path.exists():
        if "workbench" in path.read_text(encoding="utf-8", errors="replace"):
            return ""
        return f"{path} is there already and stays as it is; to be warned before a commit, add: {line.removeprefix('exec ')}"
    if not (hooks.is_relative_to(own) or hooks.is_relative_to(top)):
        return (
            f"hooks of git stand outside of this repository ({hooks}); to be warned before a commit, add there: {line}"
        )
    files.write(path, HOOK.format(python=_quoted(sys.executable)), mode=0o777)
    return f"git asks before a commit whether raw files, keys or ids are in it ({path})"


# -- what ought not to be there ---------------------------------------------------------------------------------------


def _of_place(top: Path, name: str) -> list[Staged]:
    """What a file is by where it lies."""
    path = PurePosixPath(name)
    if path.suffix == ".key":
        return [Staged(name, None, "a key")]
    inside = _in_workspace(top, name)
    if inside is None or _invented(top, name):
        return []
    what = ""
    if inside[0] == "data" and len(inside) > 2:
        if inside[2] == "sources" and len(inside) > 3:
            what = "a raw file: it stays where it was received"
        elif inside[2] in DERIVED and len(inside) > 3:
            what = DERIVED[inside[2]]
        elif inside[2] == STATEMENT:
            what = "what this machine says of a study's key"
    elif inside[0] == "reports" and path.suffix.lower() in MADE:
        what = "a report or an export"
    return [Staged(name, None, what)] if what else []


def _in_workspace(top: Path, name: str) -> tuple[str, ...] | None:
    whole = (top / name).resolve()
    home = places.home().resolve()
    return whole.relative_to(home).parts if whole.is_relative_to(home) else None


def _invented(top: Path, name: str) -> bool:
    """Is it a file of an invented study? The truth that was planted in it stands beside it."""
    inside = _in_workspace(top, name)
    derived = inside is not None and len(inside) > 2 and (inside[2] in DERIVED or inside[2] == STATEMENT)
    return (
        inside is not None
        and inside[0] == "data"
        and len(inside) > 2
        and not derived
        and (places.data() / inside[1] / "truth.yaml").is_file()
    )


def _outputs(name: str, raw: bytes) -> list[Staged]:
    try:
        cells = json.loads(raw)["cells"]
        many = sum(bool(one.get("outputs")) for one in cells)
    except (ValueError, KeyError, TypeError, AttributeError):
        return []  # no notebook; what is in it is looked at as text
    told = f"a notebook with the outputs of {many} {'cell' if many == 1 else 'cells'}: clear them before it is saved"
    return [Staged(name, None, told)] if many else []


def _lines(name: str, lines: Sequence[str], text: str, words: Sequence[str], what: str) -> list[Staged]:
    """The lines of a file on which one of these words stands; the file, where it has no lines."""
    here = [one for one in words if one in text]
    rows: list[int | None] = [at for at, line in enumerate(lines, 1) if any(one in line for one in here)]
    return [Staged(name, row, what) for row in (rows or [None])] if here else []


def _readable() -> tuple[list[Study], list[Staged]]:
    """The studies whose people are known, and those whose ids cannot be looked for. One that was never read knows nobody."""
    known, found = [], []
    for name in places.studies():
        study = Study(name)
        if (study.path / "frames" / MANIFEST).is_file():
            try:
                study.leaks("", anew=False)
                known.append(study)
            except DataFault as problem:
                found.append(Staged(name, None, f"its ids cannot be looked for: found {problem.faults[0].found}"))
    return known, found


def _git(folder: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except FileNotFoundError:
        raise DataFault(Fault(column="--commit", found="no git on this machine", expected="git")) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        found = f"no repository of git here ({said[-1] if said else 'git says no'})"
        raise DataFault(
            Fault(column="--commit", found=found, expected="a repository", mend="go to the folder that is one")
        )
    return done.stdout


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "'\\''") + "'"
