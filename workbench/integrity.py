"""Whether a study's files are as they were when they were saved, loaded and read: what is another is told, and the last good
version of a part is offered and brought back.

History holds every version of a part that was saved or loaded: a text that is none of them was changed by hand, or by damage.
Knows a study by its parts, its log and its frames; asks no data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import files, history, load, models
from workbench.faults import DataFault, Fault
from workbench.study_files import PARTS

if TYPE_CHECKING:
    from workbench.study_data import Data


def keep(folder: Path, unknown_alone: bool = False) -> None:
    """Keep each part as it stands among its versions (`unknown_alone`: only where none of it is kept yet)."""
    for part in PARTS:
        path = folder / f"{part}.yaml"
        text = _text(path) if path.is_file() else None
        if text is None or (unknown_alone and _kept(folder, part)):
            continue
        place = folder / "history" / f"{part}-{files.version(text)}.yaml"
        if not place.exists() or _damaged(place):
            files.write(place, path.read_bytes())


def altered(study: Data) -> list[Fault]:
    """What is another than it was saved, loaded or read, without the workbench having done it: a note each.

    Nobody can tell a change by hand from damage that still reads well: who made it knows.
    """
    return [*_parts(study.path), *_versions(study.path), *_sources(study), *_frames(study)]


def offered(folder: Path, part: str) -> list[Fault]:
    """Where a part cannot be read: the last version of it that can, and how it comes back."""
    last = _last(folder, part)
    if last is None:
        return []
    mend = f"workbench history {folder.name} --part {part} --restore {last.name} brings it back"
    return [Fault(f"{part}.yaml", None, "", f"kept under history/: {_called(last)}", "", mend, weight="note")]


def good(folder: Path, part: str, version: str) -> str:
    """The text of a version that can be brought back. Raises DataFault where it is damaged or fits no more."""
    found = history.version_of(folder, part, version)
    file = f"history/{part}-{found.name}.yaml"
    if found.trouble:
        raise DataFault(Fault(file, None, "", found.trouble, "a version as it was saved", "name another version"))
    models.build(models.parse(found.text.removeprefix("\ufeff"), file), PARTS[part], file)
    return found.text


def why_again(study: Data, found: dict[str, Any] | None, before: Sequence[dict[str, Any]]) -> list[str]:
    """Why frames that were there are made again though nobody asked for it: they were damaged, or a source is another."""
    if found is None:
        return ["the frames were not whole: they were made again from the sources"] if before else []
    now = {one.path.name: files.content(one.path) for one in study.sources()}
    return [f"{one['file']} is another file than was read" for one in before if now.get(one["file"]) != one["sha256"]]


def _parts(folder: Path) -> list[Fault]:
    found = []
    for part in PARTS:
        path = folder / f"{part}.yaml"
        text = _text(path) if path.is_file() else ""
        kept = _kept(folder, part)
        if text is None or not kept or (text and files.version(text) in kept):
            continue
        last = _last(folder, part)
        if last is None:
            continue
        mend = f"if nobody edited it by hand: workbench history {folder.name} --part {part} --restore {last.name}"
        what = "another text than was saved or loaded last" if text else "no file, where one was saved"
        found.append(Fault(path.name, None, "", what, _called(last), mend, weight="note"))
    return found


def _versions(folder: Path) -> list[Fault]:
    """Versions kept whose text is not the one that was saved: each is called after it."""
    found = sorted(one for part in PARTS for one in (folder / "history").glob(f"{part}-*.yaml") if _damaged(one))
    mend = "delete it: it cannot be brought back; or put it back from a backup"
    kept = "the text that it is called after"
    return [Fault(f"history/{one.name}", None, "", "a damaged version", kept, mend, weight="note") for one in found]


def _damaged(path: Path) -> bool:
    text = _text(path)
    return text is None or files.version(text) != path.stem.rpartition("-")[2]


def _sources(study: Data) -> list[Fault]:
    """Sources that are not what the frames were made of, before they are read again."""
    found = load.manifest(study.path / "frames")
    if found is None:
        return []
    try:
        now = {one.path.name: files.content(one.path) for one in study.sources()}
        loaded = study.loaded
    except DataFault:  # told where the sources are checked
        return []
    other = [one["file"] for one in found["sources"] if now.get(one["file"], one["sha256"]) != one["sha256"]]
    mend = "if nobody replaced it, put it back from a backup; workbench load takes it as it is"
    told = [
        Fault(one, None, "", "another file than was read", "the one that was", mend, weight="note") for one in other
    ]
    if not told and not loaded:
        what = "a binding, a questionnaire, codes or a program that is another than when the sources were read"
        told = [
            Fault("study.yaml", None, "sources", what, "what it was", "read again; look at what changed", weight="note")
        ]
    return told


def _frames(study: Data) -> list[Fault]:
    """What was made again without anybody having asked, since the sources were loaded last."""
    why: list[str] = []

    def take(line: dict[str, Any]) -> None:
        nonlocal why
        if line["what"] == "loaded the sources":
            why = [str(one) for one in line.get("why", ())]

    study._logged(take)
    mend = f"workbench load {study.name}, once you have looked at it"
    return [Fault("frames", None, "", one, "what was loaded", mend, weight="note") for one in why]


def _last(folder: Path, part: str) -> history.Version | None:
    """The newest version that is kept and can be read, other than what stands there now."""
    path = folder / f"{part}.yaml"
    text = _text(path) if path.is_file() else None
    now = files.version(text) if text is not None else ""
    for one in reversed(history.versions(folder, part)):
        if one.name != now and not one.trouble and (folder / "history" / f"{part}-{one.name}.yaml").exists():
            try:
                good(folder, part, one.name)
            except DataFault:
                continue
            return one
    return None


def _kept(folder: Path, part: str) -> set[str]:
    return {one.stem.removeprefix(f"{part}-") for one in (folder / "history").glob(f"{part}-*.yaml")}


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


def _called(version: history.Version) -> str:
    when = f", saved by {version.who} on {version.when[:16].replace('T', ' ')}" if version.when else ""
    return f"the version {version.name}{when}"
