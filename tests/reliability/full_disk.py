"""A disk that is full, or can only be read: does everything that writes say so in words, and leave the former file whole?

Started by test_full_disk.py in a space of its own (unshare -rm), where it may mount a small disk in memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from kills import DONE, NAME, _prepared, forked, laid_out, looked_at, states

LEFT = 6_000  # bytes of room that are left on the full disk: some files still fit, others do not


def tried(home: Path, what: str) -> str:
    """Do one thing: "well", or what it says; anything but a DataFault is an error."""
    import workbench as wb

    try:
        study = wb.open_study(NAME)
        study.load() if what == "load" else DONE[what](study)
    except wb.DataFault as told:
        return str(told)
    return "well"


def filled(place: Path, left: int) -> None:
    """Fill a disk but for so many bytes."""
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
    with open(place / "ballast", "wb") as out, contextlib.suppress(OSError):
        out.write(b"x" * max(free - left, 0))


def main() -> int:
    """Mount, prepare, fill, try each; what came of each as JSON."""
    import workbench.commands
    import workbench.study  # noqa: F401

    place, found = Path(sys.argv[1]), {}
    for how in ("full", "read only"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(place)], check=True)
        home = place / "home"
        (home / "tmp").mkdir(parents=True)
        laid_out(home)
        if forked(home, _prepared, scratch=Path(sys.argv[2])) != 0:
            raise RuntimeError((Path(sys.argv[2]) / "trouble").read_text(encoding="utf-8"))
        with open(home / "data" / NAME / "sources" / "log.csv", "a", encoding="utf-8") as log:
            log.write("x-5,Call,2025-02-01 09:00\n")
        for what in DONE:
            before, said = states(home), Path(sys.argv[2]) / "said"
            if how == "full":
                filled(place, LEFT)
            else:
                subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
            said.unlink(missing_ok=True)
            forked(home, lambda what=what, home=home: tried(home, what), told=said, scratch=Path(sys.argv[2]))
            if how == "read only":
                subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
            (place / "ballast").unlink(missing_ok=True)
            after = states(home)
            changed = sorted(
                one for one in {*before, *after} if before.get(one) != after.get(one) and "/log" not in one
            )
            words = (
                json.loads(said.read_text(encoding="utf-8"))
                if said.exists()
                else (Path(sys.argv[2]) / "trouble").read_text("utf-8")
            )
            found[f"{how}: {what}"] = [words, changed]
        said.unlink()
        forked(home, lambda home=home: looked_at(home, True), told=said, scratch=Path(sys.argv[2]))
        found[how] = ["well", json.loads(said.read_text(encoding="utf-8"))]
        subprocess.run(["umount", str(place)], check=True)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
