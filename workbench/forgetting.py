"""A person forgotten: out of a study's frames, coded quotes, words, versions and fetched rows, and read no more.

What was received stays as it was received unless one asks otherwise: the files and rows where the person still stands are
told, so that whoever keeps them can act. What was done is proved by looking for the person in everything under the study's
folder. Knows a study and its frames.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import files, load, places, privacy, traces
from workbench.faults import DataFault, Fault
from workbench.remembered import Person, all_of, known, telling
from workbench.study_files import FORGOT, PARTS
from workbench.taking_out import (
    Place,
    from_fetched,
    from_parts,
    from_versions,
    plain_content,
    received,
    unbound,
)

if TYPE_CHECKING:
    import pandas as pd

    from workbench.study import Study

FETCHED = (".parquet", ".json")  # the rows of a query, and the note of them


@dataclass(frozen=True)
class Forgotten:
    """What was done to forget somebody: what was removed, where the files as received still hold them, which reports and
    exports made earlier hold them or may count them, and what under the study's folder still does. Who it was is not in it."""

    removed: list[Place] = field(default_factory=list)
    received: list[Place] = field(default_factory=list)
    shared: list[Place] = field(default_factory=list)
    left: list[Place] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    looked_through: int = 0

    @property
    def proved(self) -> bool:
        """Does nothing under the study's folder hold the person, but for the files as they were received?"""
        return not self.left

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"proved": self.proved}

    def to_frame(self) -> pd.DataFrame:
        """One row a place: where, what, rows, and whether it was removed, is as received, was shared, or is left."""
        import pandas as pd

        listed = [
            {"state": state, "file": one.file, "what": one.what, "rows": ", ".join(map(str, one.rows))}
            for state in ("removed", "received", "shared", "left")
            for one in getattr(self, state)
        ]
        return pd.DataFrame(listed, columns=["state", "file", "what", "rows"])

    def __str__(self) -> str:
        parts = []
        for head, those in (
            ("Removed", self.removed),
            ("Still in the files as received, which are read without them from now on", self.received),
            ("Made earlier", self.shared),
            ("STILL THERE: look at these yourself", self.left),
        ):
            if those:
                parts += [f"{head}:", *(f"  {one}" for one in those)]
        parts.append(f"Looked through {self.looked_through} files for ids, pseudonyms and words: "
                     + ("nothing is left." if self.proved else f"{len(self.left)} still hold something."))  # fmt: skip
        return "\n".join([*parts, *self.told])

    def __repr__(self) -> str:
        return str(self)


def forget(study: Study, person: str, id_space: str = "", sources: bool = False) -> Forgotten:
    """Forget a person by an id as a source has it, by a pseudonym, or by another mark that joins sources (`keys:`).

    `id_space` says which ids are meant, where they are unique only within one; with `sources`, rows of tables as received
    are removed as well where that can be done safely. Raises DataFault for somebody who is not there.
    """
    places.demand("forget")
    person = person.strip()
    with files.locked(study.path):
        pseudonyms, ids, again = known(study, person, id_space)
        who = all_of(study, pseudonyms, ids)
        removed = from_parts(study, who, [one for one in PARTS if one != "study"])
        spaces, secret = {one.binding.id_space for one in study.sources()} | {""}, study.secret
        bound_anew, aliases = unbound(study, who)
        tokens = {privacy.token(secret, one) for one in who.pseudonyms}
        tokens |= {privacy.token(secret, privacy.pseudonym(secret, one, space)) for one in aliases for space in spaces}
        study._keyring.forget(tokens, 0 if again else 1)  # before an alias is read as somebody
        if bound_anew is not None:
            study.save("study", bound_anew)
            removed.append(Place("study.yaml", "the id that an interview was bound to"))
        removed += [*from_parts(study, who, ["study"]), *from_versions(study, who), *from_fetched(study, who)]
        standing, told = received(study, who, sources)
        removed += [one for one in standing if one.gone]
        told += _frames_again(study)
        removed.append(Place("frames/", "all frames, made again without the person"))
        result = _proof(study, who, removed, [one for one in standing if not one.gone], told)
        study.log(FORGOT, more={"places": len(result.removed), "left": len(result.left)})
    return result


def forget_expired(study: Study) -> Forgotten:
    """Remove every source whose last day has passed: its file, its entry in study.yaml, what was coded in it, what was read.
    Raises DataFault where none has."""
    places.demand("forget")
    gone = {one.source: one for one in study.retention() if one.passed}
    if not gone:
        soon = ", ".join(str(one) for one in study.retention())
        found = "no source whose last day has passed"
        raise DataFault(Fault("study.yaml", None, "keep_until", found, "one", soon or "say keep_until: of a source"))
    removed: list[Place] = []
    with files.locked(study.path):
        paths = [path for name in gone for path in _files_of(study, name)]
        relative = {path.relative_to(study.path.resolve()).as_posix() for path in paths}
        content = plain_content(study.content("study"))
        content["sources"] = [one for one in content["sources"] if (one.get("file") or one.get("name")) not in gone]
        study.save("study", content)
        removed += [Place("study.yaml", f"the source {name}, kept until {one.until}") for name, one in gone.items()]
        codes = plain_content(study.content("codes"))
        quotes = [one for one in codes.get("quotes", []) if one["file"] not in relative]
        if len(quotes) != len(codes.get("quotes", [])):
            removed.append(Place("codes.yaml", f"{len(codes['quotes']) - len(quotes)} coded quotes"))
            study.save("codes", codes | {"quotes": quotes})
            for path in sorted((study.path / "history").glob("codes-*.yaml")):
                traces.removed(path)
        for path in paths:
            traces.removed(path)
            removed.append(Place(path.relative_to(study.path.resolve()).as_posix(), "the file as received"))
        told = _frames_again(study)
        removed.append(Place("frames/", "all frames, made again without these sources"))
        told.append("What notes, ideas or the map quote of these sources stays: look there yourself.")
        study.log("removed sources whose last day has passed", more={"sources": sorted(gone)})
    return Forgotten(removed, [], _made_earlier(study, None), [], told, 0)


def _files_of(study: Study, source: str) -> list[Path]:
    """The files of a source as received, or as its rows were fetched; none where they were deleted by hand."""
    fetched = study.path.resolve() / "sources" / "fetched"
    stored = [f"{one.name}{end}" for one in study.about.sources if one.store and one.name == source for end in FETCHED]
    try:
        return [fetched / name for name in stored if (fetched / name).is_file()] if stored else study._files(source)
    except DataFault:  # there is none: then its entry alone is left to remove
        return []


def _frames_again(study: Study) -> list[str]:
    """Delete every frame, those of before too, and make them again."""
    frames = study.path / "frames"
    study.forget_answers()
    shutil.rmtree(frames, ignore_errors=True)
    if not study.about.sources:
        return []
    try:
        study.only_while_allowed()
        load.build(frames, study.name, study.sources(), study.secret)
    except DataFault as problem:
        return [f"The frames were deleted; they cannot be made again until this is mended: {problem.faults[0]}"]
    return []


def _proof(study: Study, who: Person, removed: list[Place], received: list[Place], told: list[str]) -> Forgotten:
    sought, known = who.sought, {one.file for one in received}
    there = [one for one in sorted(study.path.rglob("*")) if one.is_file() and one.name != ".lock"]
    left = []
    for path in there:
        name = path.relative_to(study.path).as_posix()
        if name not in known and not name.startswith("sources/") and sought.file(path):
            what = (
                "a line of the log, which is never changed"
                if name == "log"
                else "an id, a pseudonym or words of theirs"
            )
            left.append(Place(name, what))
    for path in sorted(places.settings().rglob("*")):
        if path.is_file() and path.suffix != ".key" and sought.file(path):
            left.append(Place(f"{places.settings().name}/{path.name}", "an id, a pseudonym or words of theirs"))
    for path in traces.standing_in(study.path / "sources", sought):
        name = path.relative_to(study.path).as_posix()
        if name not in known:
            received.append(Place(name, "an id, a pseudonym or words of theirs: take them out by hand"))
    short = [one for one in who.ids if not telling(one)]
    if short:
        told.append(
            "The id is too short to be looked for by itself: pseudonyms and words were; rows by the cell it fills."
        )
    told.append(
        "Reports and exports made before still count the person; beside a new one the difference may be theirs alone: "
        "withdraw the old ones. A group that falls under the minimum base is hidden from now on. Notebooks and panels that "
        "are open still have former figures in memory: restart them."
    )
    return Forgotten(removed, received, _made_earlier(study, sought), left, told, len(there))


def _made_earlier(study: Study, sought: traces.Sought | None) -> list[Place]:
    """Reports and exports that are there, and notebooks: those that hold the person, and those that may count them."""
    found = []
    folders = (places.reports(study.name), places.notebooks())
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if not path.is_file() or path.name.startswith(".") or ".ipynb_checkpoints" in path.parts and sought is None:
                continue
            name = path.relative_to(folder.parent.parent if folder == folders[0] else folder.parent).as_posix()
            if sought is not None and sought.file(path):
                found.append(
                    Place(name, "holds an id, a pseudonym or words of theirs: delete it, and withdraw what was sent")
                )
            elif folder == folders[0]:
                found.append(Place(name, "may count them: make it again, and withdraw what was sent"))
    return found
