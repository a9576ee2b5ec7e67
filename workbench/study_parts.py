"""A study's folder of plain files: its parts read when asked for, saved whole or not at all, and its log.

Knows the models of the parts and how files are written; nothing of what a study is asked.
"""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from workbench import files, history, integrity, log, models, places, scratch
from workbench.faults import DataFault, Fault, unknown
from workbench.models import Model
from workbench.steps.apply import Actions
from workbench.steps.map import JourneyMap
from workbench.steps.map.changes import changes, written
from workbench.steps.map.notes import Notes
from workbench.steps.measure.hypotheses import Hypotheses
from workbench.steps.scope import Scope
from workbench.steps.solutions import Ideas, Solutions
from workbench.study_files import PARTS, About, Codes
from workbench.theme import Theme

M = TypeVar("M", bound=Model)


class Parts:
    """The parts of a study, by name, as its files say them now."""

    def __init__(self, path_or_name: str | os.PathLike):
        self.path = places.study(path_or_name)
        self.name = self.path.name
        _swept(self.path, self.name)
        self._parts: dict[str, tuple[str, Any]] = {}
        self._known: dict[str, str] = {}  # the version of a part that was last read or saved here

    @property
    def about(self) -> About:
        return self._part("study", About)

    @property
    def scope(self) -> Scope:
        return self._part("scope", Scope)

    @property
    def map(self) -> JourneyMap:
        return self._part("map", JourneyMap)

    @property
    def hypotheses(self) -> Hypotheses:
        return self._part("hypotheses", Hypotheses)

    @property
    def ideas(self) -> Ideas:
        return self._part("ideas", Ideas)

    @property
    def solutions(self) -> Solutions:
        return self._part("solutions", Solutions)

    @property
    def actions(self) -> Actions:
        return self._part("actions", Actions)

    @property
    def codes(self) -> Codes:
        return self._part("codes", Codes)

    @property
    def notes(self) -> Notes:
        return self._part("notes", Notes)

    @property
    def theme(self) -> Theme:
        named = self.about.theme
        if not named:
            return self._part("theme", Theme)
        return models.read(places.inside(self.path, named, "study.yaml"), Theme)

    @property
    def today(self) -> date:
        return self.about.today or date.today()

    def content(self, part: str) -> Any:
        """A part as plain content with its comments, so that what nobody changes stays as it was written. Raises DataFault."""
        path = self.path / f"{part}.yaml"
        content = models.parse(path.read_text(encoding="utf-8-sig"), path.name) if path.exists() else None
        models.build(content, PARTS[part], path.name)  # what does not fit is told before anything is shown
        return content or {}

    def seen(self, part: str) -> str:
        """The SHA-256 of a part's file as it stands: hand it to `save` to be told if somebody saves meanwhile."""
        return files.sha256(self.path / f"{part}.yaml")

    def may(self, part: str) -> bool:
        """May this part ("map", "notes" …) be saved here, or a "report" or an "export" be written? Not where the study is
        served to others to look at; with --contribute the map and the notes may."""
        return places.may(part)

    def save(self, part: str, content: Any, seen: str | None = None, who: str = "") -> None:
        """Save a part (a model, or plain content that fits it): checked, whole or not at all, with the comments kept.

        `seen` is the hash of the version that was changed (the one last read here, where it is left out). Raises
        DataFault where the content does not fit, or where another version was saved meanwhile (nothing is overwritten
        then), or where the part may not be saved here.
        """
        if part not in PARTS:
            raise DataFault(unknown("part of a study", part, PARTS))
        places.demand(part, f"{part}.yaml")
        path = self.path / f"{part}.yaml"
        plain = (
            content.model_dump(mode="json", by_alias=True, exclude_unset=True)
            if isinstance(content, Model)
            else content
        )
        models.build(plain, PARTS[part], path.name)
        with files.locked(self.path):  # the version before, the part and its line in the log: one save after the other
            files.room(self.path, 4 * path.stat().st_size if path.exists() else 0)
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            text = models.dump(plain, before)
            models.build(models.parse(text, path.name), PARTS[part], path.name)
            if text == before:
                return
            if before:
                files.write(self.path / "history" / f"{part}-{files.version(before)}.yaml", before)
            opened = self._known.get(part) if seen is None else seen
            if opened is not None and opened != files.sha256(path):
                raise DataFault(self._theirs(part))
            files.write(self.path / "history" / f"{part}-{files.version(text)}.yaml", text)
            self._known[part] = files.write(path, text, opened)
            more: dict[str, Any] = {"version": files.version(text)}
            if part == "map":
                old = models.parse(before, path.name) if before.strip() else {}
                more["changed"] = [written(one.path) for one in changes(old or {}, models.parse(text, path.name))]
            self.log(f"saved {part}", who, more)

    def put(self, part: str, text: str, who: str = "") -> None:
        """Put a whole text in a part's place, whatever stands there now, which is kept among the versions. Raises DataFault."""
        places.demand(part, f"{part}.yaml")
        path = self.path / f"{part}.yaml"
        with files.locked(self.path):
            files.room(self.path, 3 * len(text))
            if path.exists():
                there = path.read_bytes()
                name = hashlib.sha256(there).hexdigest()[: len(files.version(""))]
                files.write(self.path / "history" / f"{part}-{name}.yaml", there)
            self._known[part] = files.write(path, text)
            self.log(f"saved {part}", who, {"version": files.version(text), "restored": True})

    def log(self, what: str, who: str = "", more: dict[str, Any] | None = None) -> None:
        """Add a line to the study's log; each line carries the hash of the one before (see `workbench.log`)."""
        log.append(self.path, what, who, more)

    def _part(self, part: str, model: type[M]) -> M:
        path = self.path / f"{part}.yaml"
        now = self._known[part] = files.sha256(path)
        if not now and part != "study":
            return model()
        if part not in self._parts or self._parts[part][0] != now:
            try:
                self._parts[part] = (now, models.read(path, model))
            except DataFault as problem:
                raise DataFault([*problem.faults, *self._offered(part)]) from None
        return self._parts[part][1]

    def _theirs(self, part: str) -> Fault:
        """That somebody saved a part meanwhile: who, and when, as the log says; else when its file was changed."""
        path = self.path / f"{part}.yaml"
        last = [one for one in history.versions(self.path, part) if one.who] if path.exists() else []
        by = (
            f"saved by {last[-1].who} at {last[-1].when}"
            if last and files.sha256(path) and last[-1].name == files.version(path.read_text(encoding="utf-8"))
            else "changed by hand"
            if path.exists()
            else "removed"
        )
        found = f"another version, {by}, since this one was opened"
        mend = "open it again and make the change there; nothing was overwritten"
        return Fault(path.name, None, "", found, "the version that was opened", mend)

    def _offered(self, part: str) -> list[Fault]:
        """What may stand in for a part that cannot be read, as a fault to be told beside."""
        return integrity.offered(self.path, part)


def _swept(folder: Path, name: str) -> None:
    """Remove what writers that were killed left behind: in the study, where it is chosen and reported, and scratch."""
    scratch.sweep()
    whole = (folder, places.reports(name), places.settings())
    home = places.home()
    for place in (*whole, home, home / "notebooks", places.data(), places.surveys()):
        if place.is_dir():
            files.sweep(place, deep=place in whole)
