"""Files taken into a study: each under a safe name in its sources/, looked at, bound as its profile proposes, tried, and only
then added to study.yaml.

Nothing is half added: a file that cannot be read leaves nothing behind but its faults in words. Knows the study and the
profile; no widgets.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench import files, sources
from workbench.engine import Engine
from workbench.entries import plain
from workbench.faults import DataFault, Fault
from workbench.profiling import proposed, proposed_together
from workbench.scratch import Scratch
from workbench.study import Study
from workbench.trial import tried

LONGEST = 150  # bytes of a file's name
ASKED_BY_QUESTIONNAIRE = ("questions", "several", "segments", "text")


@dataclass
class TakenIn:
    """What came of files that were handed to a study.

    added   the sources that are new in study.yaml (or whose file was replaced), as study.yaml calls them
    same    files that were there already, with the same content, and bound
    asked   names under which sources/ holds other content: nothing was written; hand them over again with `over`
    faults  what was wrong with the others; of these nothing was kept
    entries what was added to study.yaml
    """

    added: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _New:
    name: str  # under sources/
    path: Path  # where it lies meanwhile


def take_in(
    study: Study,
    incoming: Iterable[tuple[str, bytes] | str | os.PathLike],
    over: Collection[str] = (),
    who: str = "",
) -> TakenIn:
    """Take files into a study, as (name, content) or by their paths: written to its sources/ and bound as their profile
    proposes, ids that several of them share as the same people, a questionnaire to the survey that it belongs to.

    A name that is there with other content is asked about (`asked`) unless it is in `over`: its binding then stays. What
    is wrong with a file comes back in `faults`, and of that file nothing is kept; the others are taken in.
    """
    found = TakenIn()
    with Scratch() as scratch:
        fresh: list[_New] = []
        for one in incoming:
            try:
                fresh += _received(study, one, Path(scratch), {*over}, found)
            except DataFault as problem:
                found.faults += problem.faults
        _bind(study, _once(fresh, found), found, who)
    return found


def bind(study: Study, names: Iterable[str], who: str = "") -> TakenIn:
    """Bind files that were put into the study's sources/ by hand (see `unbound`), as their profile proposes."""
    found, there = TakenIn(), {*unbound(study)}
    fresh = []
    for name in names:
        if name in there:
            fresh.append(_New(name, study.path / "sources" / name))
        else:
            known = ", ".join(sorted(there)) or "nothing"
            found.faults.append(Fault(file=name, found="no file of sources/ that waits for a binding", expected=known))
    _bind(study, fresh, found, who)
    return found


def unbound(study: Study) -> list[str]:
    """The files in the study's sources/ that study.yaml does not name. Raises DataFault where study.yaml does not fit."""
    folder = study.path / "sources"
    bound = {path.resolve() for one in study.about.sources if one.file for path in study.path.glob(one.file)}
    bound |= {(study.path / one.questionnaire).resolve() for one in study.about.sources if one.questionnaire}
    there = folder.iterdir() if folder.is_dir() else []
    return sorted(one.name for one in there if one.is_file() and one.name[0] != "." and one.resolve() not in bound)


def safe_name(name: str) -> str:
    """The name under which a file is kept: no folder, no letter that a file system or a pattern would take for more."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    last = re.sub(r"[\x00-\x1f\x7f<>:\"|?*]+", "-", last).strip().lstrip(".")
    stem, dot, ending = last.partition(".")
    while len(last.encode()) > LONGEST and len(stem) > 1:
        stem = stem[:-1]
        last = f"{stem}{dot}{ending}"
    if not stem.strip(" -") or len(last.encode()) > LONGEST:
        found = f'the name "{name[:80]}"'
        raise DataFault(Fault(file=name[:80], found=found, expected="a file's name", mend="rename the file"))
    return last


# -- receiving --------------------------------------------------------------------------------------------------------


def _received(study: Study, one: Any, scratch: Path, over: set[str], found: TakenIn) -> list[_New]:
    """Put one file where it can be looked at; none where it is there already, or has to be asked about."""
    if isinstance(one, tuple):
        name, content = one
    else:
        if not Path(one).is_file():
            close = files.near_files(Path(one))
            mend = f'did you mean "{close}"?' if close else "correct the path"
            raise DataFault(Fault(file=Path(one).name, found="no such file", expected="a file to take in", mend=mend))
        name, content = Path(one).name, Path(one).read_bytes()
    name = safe_name(name)
    there = study.path / "sources" / name
    if there.is_file():
        same = files.sha256(there) == hashlib.sha256(content).hexdigest()
        if same and name not in unbound(study):
            found.same.append(name)
            return []
        if not same and name not in over:
            found.asked.append(name)
            return []
    folder = scratch / str(len(list(scratch.iterdir())))  # a folder each: two may have one name
    folder.mkdir()
    files.write(folder / name, content)
    return [_New(name, folder / name)]


def _once(fresh: Sequence[_New], found: TakenIn) -> list[_New]:
    """Files of one name, of which only the first can be kept."""
    kept: dict[str, _New] = {}
    for one in fresh:
        if one.name in kept:
            mend = "rename one of them, and drop it again"
            found.faults.append(Fault(file=one.name, found="two files of this name at once", expected="one", mend=mend))
        else:
            kept[one.name] = one
    return list(kept.values())


# -- binding ----------------------------------------------------------------------------------------------------------


def _bind(study: Study, fresh: Sequence[_New], found: TakenIn, who: str) -> None:
    """Propose what each file is, try it, write the file and add its entry."""
    known = {one.file: one for one in study.about.sources if one.file}
    tables: list[_New] = []
    asking: list[_New] = []
    for one in fresh:
        try:
            if f"sources/{one.name}" in known:
                tried(one.path, known[f"sources/{one.name}"].model_dump(by_alias=True, exclude_unset=True), study.path)
                files.write(study.path / "sources" / one.name, one.path.read_bytes())
                found.added.append(f"sources/{one.name}")
            elif _is_questionnaire(one.path):
                asking.append(one)
            else:
                _stem_is_free(one, [*known, *(f"sources/{other.name}" for other in tables)])
                tables.append(one)
        except DataFault as problem:
            found.faults += problem.faults
    entries = [(entry, [one]) for entry, one in _proposals(study, tables, found)]
    for one in asking:
        _asked_by(study, one, asking, entries, found)
    for entry, those in entries:
        try:
            tried(those[0].path, entry, study.path, those[-1].path if len(those) > 1 else None)
            _add(study, entry, those)
        except DataFault as problem:
            found.faults += [replace(fault, file=fault.file or those[0].name) for fault in problem.faults]
        else:
            found.added.append(entry["file"])
            found.entries.append(entry)
    if found.added:
        study.log(f"took in {', '.join(found.added)}", who)


def _add(study: Study, entry: dict[str, Any], those: Sequence[_New]) -> None:
    """Write the files of an entry and add it to study.yaml, or (one that is there already) say there what is new in it; what
    was written goes again where study.yaml does not take it."""
    written = []
    try:
        for one in those:
            place = study.path / "sources" / one.name
            if one.path != place:
                written += [] if place.exists() else [place]
                files.write(place, one.path.read_bytes())
        edits = study.edit("study")
        before = next((one for one in edits.entries if one.get("file") == entry["file"]), None)
        if before is None:
            edits.add(entry)
        else:
            edits.put(entry["file"], {word: entry.get(word) for word in {**before, **entry}})
    except DataFault:
        for place in written:
            place.unlink(missing_ok=True)
        raise


def _proposals(study: Study, tables: Sequence[_New], found: TakenIn) -> list[tuple[dict[str, Any], _New]]:
    """What each file seems to be; ids are compared with those of the sources that are there already."""
    good = []
    for one in tables:
        try:
            good.append((proposed(one.path), one))
        except DataFault as problem:
            found.faults += [_plainly(fault, one) for fault in problem.faults]
    before = [study.path / one.file for one in study.about.sources if one.file and "*" not in one.file]
    beside = [path for path in before if path.is_file() and not _is_odd(path)]
    if good and len(good) + len(beside) > 1:
        together = proposed_together([*beside, *(one.path for _, one in good)])
        return [(entry, one) for entry, (_, one) in zip(together[len(beside) :], good, strict=True)]
    return good


def _asked_by(
    study: Study, one: _New, asking: Sequence[_New], entries: list[tuple[dict[str, Any], list[_New]]], found: TakenIn
) -> None:
    """Bind a questionnaire to the only survey that it can belong to: one that came with it, or one that is there."""
    fresh = [pair for pair in entries if _is_survey(pair[0])]
    there = [entry for entry in study.edit("study").entries if _is_survey(entry) and not entry.get("questionnaire")]
    if len(asking) > 1 or len(fresh or there) != 1:
        surveys = len(fresh or there)
        found.faults.append(
            Fault(
                file=one.name,
                found=f"{len(asking)} questionnaires and {surveys} surveys that they may belong to",
                expected="one questionnaire and the export of its answers",
                mend="hand over one questionnaire with its export, or open it in the questionnaire panel",
            )
        )
        return
    if not fresh:
        entry = plain(there[0])
        entries.append((entry, [_New(Path(entry["file"]).name, study.path / entry["file"])]))
    entry, those = entries[entries.index(fresh[0])] if fresh else entries[-1]
    for word in ASKED_BY_QUESTIONNAIRE:
        entry.pop(word, None)
    entry["questionnaire"] = f"sources/{one.name}"
    those.append(one)


def _is_survey(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("questions") or entry.get("several") or entry.get("format") == "qualtrics")


def _is_questionnaire(path: Path) -> bool:
    return bool(sources.questionnaire_in(files.receive(path, Engine().scratch)))


def _is_odd(path: Path) -> bool:
    """Can a source that is there already not be looked at? Loading tells what is wrong with it."""
    try:
        proposed(path)
    except DataFault:
        return True
    return False


def _stem_is_free(one: _New, known: Sequence[str]) -> None:
    stem = Path(one.name).stem
    if other := next((file for file in known if Path(file).stem == stem), None):
        raise DataFault(
            Fault(
                file=one.name,
                found=f'a source called "{stem}" already ({Path(other).name})',
                expected="a name of its own",
                mend="rename the file, and drop it again",
            )
        )


def _plainly(fault: Fault, one: _New) -> Fault:
    if fault.found == "a zip file":
        mend = "unpack it, and drop the files that are in it"
        return replace(fault, file=one.name, found="an archive of several files", mend=mend)
    return replace(fault, file=fault.file or one.name)
