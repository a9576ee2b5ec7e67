"""Damage at rest: a byte flipped, a tail cut, a block zeroed in each file that a study keeps. Is it ever believed in silence?

    python tests/reliability/damages.py 2000 --seed 7

Told means: opening or checking the study names the file (or, of what is derived, says that it was made again), or the file
cannot be read. Silent is what is told by nothing. Of a part that people write the last good version must be offered.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

from kills import NAME, forked, laid_out

WRITTEN = ("study", "scope", "map", "hypotheses", "ideas", "solutions", "actions", "codes", "notes")
KEPT_ELSEWHERE = ("log", ".lock")  # the log has its own tests: it is a chain


def flipped(raw: bytes, chance: Random) -> bytes:
    """One bit of one byte is another."""
    place = chance.randrange(len(raw))
    return raw[:place] + bytes([raw[place] ^ 1 << chance.randrange(8)]) + raw[place + 1 :]


def cut(raw: bytes, chance: Random) -> bytes:
    """The tail is gone."""
    return raw[: chance.randrange(len(raw))]


def zeroed(raw: bytes, chance: Random) -> bytes:
    """A block is zeros."""
    place = chance.randrange(len(raw))
    return raw[:place] + bytes(min(512, len(raw) - place)) + raw[place + 512 :]


HOW = (flipped, cut, zeroed)


def _prepared() -> None:
    import workbench as wb

    study = wb.open_study(NAME)
    study.load()
    study.draw.set("bill", "doing", "Reads it")
    study.add_idea("Ring them", who="Ann")
    study.judge()
    study.load()


def stored(home: Path) -> list[Path]:
    """Every file that a study keeps, but for those that are tested by themselves."""
    folder = home / "data" / NAME
    found = [
        one for one in folder.rglob("*") if one.is_file() and one.name not in KEPT_ELSEWHERE and one.stat().st_size
    ]
    return sorted([*found, *(one for one in (home / "surveys").glob("*.yaml"))])


def told(home: Path, place: str = "") -> dict[str, Any]:
    """What opening, checking and asking the study says, of what was done to this file: faults by file, and the figures."""
    import workbench as wb

    study = wb.open_study(NAME)
    faults = [(one.file, one.weight, one.mend) for one in study.check()]
    try:
        counted = study.journey.count(by=["step", "kind", "measure", "value", "state", "segment"]).to_json()
        drawn = json.dumps(
            [getattr(study, "about" if part == "study" else part).model_dump(mode="json") for part in WRITTEN]
        )
    except wb.DataFault as problem:
        faults += [(one.file, one.weight, one.mend) for one in problem.faults]
        counted = drawn = "refused"
    asked = [part for part in WRITTEN if not place or f"history/{part}-" in place]
    versions = {part: [str(row) for row in study.history(part).table["what changed"]] for part in asked}
    verdicts = _verdicts(study) if not place or place.endswith("verdicts.json") else ""
    return {"faults": faults, "counted": counted, "drawn": drawn, "versions": versions, "verdicts": verdicts}


def _verdicts(study: Any) -> str:
    """The verdicts as they are kept once the hypotheses were judged again, which is what anybody asks for."""
    try:
        study.judge()
        return (study.path / "frames" / "verdicts.json").read_text(encoding="utf-8")
    except ValueError:
        return "refused"


def damaged(many: int, seed: int, progress: bool = False) -> dict[str, Any]:
    """Damage so many times, dealt over all files; how many were silent, and where no good version was offered."""
    from tqdm import tqdm

    chance = Random(seed)
    found: dict[str, Any] = {"damages": 0, "changed nothing": 0, "silent": [], "not offered": [], "made again": 0}
    with tempfile.TemporaryDirectory(prefix="damages-") as scratch:
        base, work, said = Path(scratch) / "base", Path(scratch) / "work", Path(scratch) / "said"
        (work / "tmp").mkdir(parents=True)
        laid_out(work)
        if forked(work, _prepared) != 0:
            raise RuntimeError((work / "trouble").read_text(encoding="utf-8"))
        shutil.copytree(work, base)
        if forked(work, lambda: told(work), told=said) != 0:
            raise RuntimeError((work / "trouble").read_text(encoding="utf-8"))
        whole = json.loads(said.read_text(encoding="utf-8"))
        places = [one.relative_to(work) for one in stored(base_at(base, work))]
        for number in tqdm(range(many), unit="damage", disable=not progress, mininterval=5):
            shutil.rmtree(work)
            shutil.copytree(base, work)
            place, how = places[number % len(places)], HOW[chance.randrange(len(HOW))]
            raw = (work / place).read_bytes()
            hurt = how(raw, chance)
            if hurt == raw:
                found["changed nothing"] += 1
                continue
            stamp = (work / place).stat()
            (work / place).write_bytes(hurt)
            os.utime(work / place, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
            found["damages"] += 1
            ended = forked(work, lambda place=place: told(work, place.as_posix()), told=said)
            here = f"{how.__name__} {place.as_posix()}"
            if ended != 0:
                trouble = (work / "trouble").read_text(encoding="utf-8").strip().splitlines()[-1]
                if "DataFault" not in (work / "trouble").read_text(encoding="utf-8"):
                    found["silent"].append(f"{here}: {trouble}")
                continue
            now = json.loads(said.read_text(encoding="utf-8"))
            new = [one for one in now["faults"] if one not in whole["faults"]]
            named = any(file == place.name or file == f"{place.parent.name}/{place.name}" for file, *_ in new)
            again = (
                "frames" in place.parts
                and now["counted"] == whole["counted"]
                and now["verdicts"] in ("", whole["verdicts"])
            )
            noticed = any(now["versions"][part] != whole["versions"][part] for part in now["versions"])
            found["made again"] += again
            if not (named or again or noticed or (new and place.parent.name == "surveys")):
                found["silent"].append(f"{here}: {new}")
            part = place.stem if place.parent.name == NAME and place.suffix == ".yaml" else ""
            if part in WRITTEN and not any("--restore" in mend for file, _, mend in new if file == place.name):
                found["not offered"].append(here)
    return found


def base_at(base: Path, work: Path) -> Path:
    """The project as it was prepared, in its place."""
    shutil.rmtree(work)
    shutil.copytree(base, work)
    return work


def main(words: list[str] | None = None) -> int:
    """The command: how many damages, from which seed; 1 where any was silent, or no good version was offered."""
    import workbench.commands
    import workbench.study  # noqa: F401 - woken once: each process is a copy of this one

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("many", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    found = damaged(given.many, given.seed, progress=sys.stderr.isatty())
    if given.json:
        print(json.dumps(found))
    else:
        print("\n".join([*found["silent"], *(f"not offered: {one}" for one in found["not offered"])]))
        print(
            f"seed {given.seed}: {found['damages']} damages, {len(found['silent'])} silent; {found['made again']} of them in "
            f"what is derived, made again; no good version offered {len(found['not offered'])} times"
        )
    return 1 if found["silent"] or found["not offered"] else 0


if __name__ == "__main__":
    sys.exit(main())
