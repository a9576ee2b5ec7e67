"""Somebody taken out of the files of a study: coded quotes, words and ids in its parts, former versions, fetched rows, and
where they stand in the files as received.

Knows the study's files and what somebody is known by; not its frames.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import files, models, raw_people, traces
from workbench.faults import DataFault
from workbench.remembered import LONG, Person, telling
from workbench.study_files import PARTS

if TYPE_CHECKING:
    from workbench.study import Study

ALIAS = "forgotten"  # what stands in study.yaml for the id of somebody who was forgotten; a number follows
WORDS = "(words of somebody who asked to be forgotten)"


@dataclass(frozen=True)
class Place:
    """Where a person stood or stands: the file, the rows of it (where it has any), and what is to be said of it."""

    file: str
    what: str
    rows: tuple[int, ...] = ()

    gone: bool = True  # is it removed?

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.rows[:12])) + (
            f" and {len(self.rows) - 12} more" if len(self.rows) > 12 else ""
        )
        at = f" (row{'s' if len(self.rows) > 1 else ''} {shown})" if self.rows else ""
        return f"{self.file}{at}: {self.what}"


def unbound(study: Study, who: Person) -> tuple[Any, set[str]]:
    """study.yaml with an alias for an id that a binding names (an interview's person or speakers), None where none does; and
    all aliases that it then has, who are left out like the person."""
    content = plain_content(study.content("study"))
    taken = [int(one) for one in re.findall(rf"\b{ALIAS}-(\d+)\b", repr(content))]
    alias, used = f"{ALIAS}-{max(taken, default=0) + 1}", False
    for one in content.get("sources", []):
        person, speakers = one.get("person"), one.get("speakers") or {}
        if isinstance(person, Mapping) and str(person.get("is")) in who.ids:
            one["person"], used = {**person, "is": alias}, True
        for name, said in speakers.items():
            if str(said) in who.ids:
                speakers[name], used = alias, True
    return content if used else None, {f"{ALIAS}-{number}" for number in taken} | ({alias} if used else set())


def from_parts(study: Study, who: Person, parts: Collection[str]) -> list[Place]:
    """Take coded quotes out, and words and ids where notes, ideas or any other part quote them."""
    found = []
    for part in parts:
        path = study.path / f"{part}.yaml"
        if not path.is_file():
            continue
        before, content = path.read_text(encoding="utf-8"), plain_content(study.content(part))
        quotes = 0
        if part == "codes":
            left = [one for one in content.get("quotes", []) if one["turn"] not in who.turns.get(one["file"], ())]
            quotes = len(content.get("quotes", [])) - len(left)
            if quotes:
                content["quotes"] = left
        words = _without_texts(content, [traces.plain(one) for one in who.texts if len(one) >= LONG])
        if quotes or words != content:
            study.save(part, words)
        text = path.read_text(encoding="utf-8")
        if who.words and traces.Sought(who.words).within(text):  # comments too
            stand_in = traces.Sought(who.words).pattern.sub(ALIAS, text)  # type: ignore[union-attr]
            models.build(models.parse(stand_in, path.name), PARTS[part], path.name)
            files.write(path, stand_in)
            study.log(f"saved {part}", more={"version": files.version(stand_in)})
        if path.read_text(encoding="utf-8") != before:
            told = (
                f"{quotes} coded {'quote' if quotes == 1 else 'quotes'}" if quotes else "words or an id of the person"
            )
            found.append(Place(path.name, told))
    return found


def from_versions(study: Study, who: Person) -> list[Place]:
    """Delete the versions under history/ that hold the person: a version cannot be another than the one that was saved."""
    found, sought = [], who.sought
    for path in sorted((study.path / "history").glob("*.yaml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        held = sought.within(text)
        if not held:
            try:
                content = models.parse(text, path.name) or {}
                held = path.name.startswith("codes-") and any(
                    one["turn"] in who.turns.get(one["file"], ()) for one in content.get("quotes") or []
                )
                held = held or (path.name.startswith("study-") and _names(content, who.ids))
            except (DataFault, KeyError, TypeError, AttributeError):  # damaged: what it holds cannot be told
                held = True
        if held:
            traces.removed(path)
            found.append(Place(f"history/{path.name}", "the version, deleted"))
    return found


def _names(content: Any, ids: Collection[str]) -> bool:
    """Does an old study.yaml bind an interview to one of these ids?"""
    return any(
        str((one.get("person") or {}).get("is") if isinstance(one.get("person"), Mapping) else None) in ids
        or any(str(said) in ids for said in (one.get("speakers") or {}).values())
        for one in content.get("sources") or []
    )


def from_fetched(study: Study, who: Person) -> list[Place]:
    """Take the person's rows out of what was fetched from stores; the store itself is not ours."""
    found = []
    for one in study.about.sources:
        path = study.path.resolve() / "sources" / "fetched" / f"{one.name}.parquet"
        if not one.store or not path.is_file() or not isinstance(one.person, str):
            continue
        if many := raw_people.fetched_without(path, one.person, who.ids):
            what = f"{many} {'row' if many == 1 else 'rows'}; the store {one.store} itself still has them"
            found.append(Place(f"sources/fetched/{path.name}", what))
    return found


def received(study: Study, who: Person, take_out: bool) -> tuple[list[Place], list[str]]:
    """The files as received in which the person stands; with `take_out`, tables are written again without their rows."""
    found, told = [], []
    folder = study.path.resolve() / "sources"
    sought = traces.Sought({one for one in who.ids if telling(one)})
    sources = {one.path.resolve(): one for one in study.sources()}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if not path.is_file() or path.is_relative_to(folder / "fetched"):
            continue
        name = path.relative_to(study.path.resolve()).as_posix()
        columns = raw_people.columns_of(sources[path]) if path in sources else []
        ids = who.stands.get(name, who.ids) if columns else {one for one in who.ids if telling(one)}
        numbers = tuple(raw_people.rows_with(path, ids, columns)) if ids else ()
        spoken = who.turns.get(name, frozenset())
        if numbers:
            what = f"{len(numbers)} {'row' if len(numbers) == 1 else 'rows'} of the person"
            why = raw_people.without_rows(path, ids, columns) if take_out else None
            kept = "" if why is None else f": not removed, as it {why}"
            found.append(Place(name, what + ("" if why == "" else kept), numbers, gone=why == ""))
        if spoken:
            turns = "1 turn" if len(spoken) == 1 else f"{len(spoken)} turns"
            found.append(Place(name, f"{turns} of the person: cut out by hand, or delete the file", gone=False))
        elif sought.file(path) and (take_out or not numbers):
            found.append(Place(name, "the id stands somewhere in it: take it out by hand", gone=False))
    stores_of = sorted({str(one.store) for one in study.about.sources if one.store})
    if stores_of:
        told.append(
            f"What stands in the stores ({', '.join(stores_of)}) is not ours to remove; it is fetched, and left out."
        )
    if not who.ids:
        told.append(
            "Which id stands behind the pseudonym could not be told from the sources: look for their rows by hand."
        )
    return found, told


def plain_content(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): plain_content(value) for key, value in content.items()}
    return [plain_content(one) for one in content] if isinstance(content, list) else content


def _without_texts(content: Any, texts: Collection[str]) -> Any:
    if isinstance(content, Mapping):
        return {key: _without_texts(value, texts) for key, value in content.items()}
    if isinstance(content, list):
        return [_without_texts(one, texts) for one in content]
    if isinstance(content, str) and (spoken := traces.Sought((), texts)).pattern and spoken.within(content):
        return spoken.pattern.sub(WORDS, content)
    return content
