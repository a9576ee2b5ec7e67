"""Processes killed (kill -9) at moments inside everything that writes: is each file then the former or the new one, whole?

    python tests/reliability/kills.py 500 --seed 7

Each moment: a small study is laid out, a process is forked that does one thing to it (loads, draws, codes, exports …) and
dies: half of them before the n-th thing that it asks of the disk, half after a random part of the time that the thing takes.
Then the study is opened by another process, which looks at every file, the log's chain, the frames, and what was left lying.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from water_town import WATER

NAME = "town"
STUDY = """title: A water town
minimum_base: 2
sources:
  - {file: sources/answers.csv, format: survey, questionnaire: town}
  - {file: sources/log.csv, format: events, person: case, activity: what, time: at}
  - {file: sources/talk.vtt, interviewer: [Ann]}
"""
ASKED = """title: Town
survey:
  - {name: bill, type: range, label: 'How?', measure: nps, step: bill, scale: [0, 10]}
binding: {person: customer, time: when, timezone: Europe/London, segments: [segment], text: [said], weight: weight}
"""
PARTS = {
    "scope": "purpose: to know\n",
    "map": "title: Moving in\nstages:\n  - name: In\n    steps:\n      - {id: joins, name: Joins}\n"
    "      - {id: bill, name: Bill}\n",
    "hypotheses": "hypotheses:\n  - {id: worse, claim: Owners score bills better, step: bill, outcome: nps, matters: 5,"
    " compare: {segment: owner}, with: {segment: tenant}, direction: higher}\n",
    "ideas": "ideas: []\n",
    "solutions": "solutions: []\n",
    "actions": "actions: []\n",
    "codes": "quotes: []\n",
    "notes": "notes: []\n",
}
ACTION = {
    "id": "call",
    "action": "Call",
    "kind": "process",
    "department": "Billing",
    "owner": "Ann",
    "solution": "call-first",
}
ACTION |= {"start": "2025-03-01", "due": "2025-04-01", "measure": "nps"}
LOG = "case,what,at\n17,Join,2025-01-01 09:00\n17,Bill,2025-01-20 09:00\n00017,Join,2025-01-02 09:00\n"
TALK = "WEBVTT\n\n00:00:00.000 --> 00:00:09.000\n<v Ann>How?</v>\n\n00:00:09.000 --> 00:00:19.000\n<v Bea>Slow and dear.</v>\n"


def laid_out(home: Path) -> Path:
    """A project with one small study, as files alone; its folder comes back."""
    folder = home / "data" / NAME
    (folder / "sources").mkdir(parents=True)
    for place in (home / "surveys", home / "reports"):
        place.mkdir()
    (home / "surveys" / "town.yaml").write_text(ASKED, encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    for part, text in PARTS.items():
        (folder / f"{part}.yaml").write_text(text, encoding="utf-8")
    for name, text in (("answers.csv", WATER), ("log.csv", LOG), ("talk.vtt", TALK)):
        (folder / "sources" / name).write_text(text, encoding="utf-8")
    return folder


# -- what is done -----------------------------------------------------------------------------------------------------


def _load(study: Any) -> None:
    with open(study.path / "sources" / "log.csv", "a", encoding="utf-8") as log:  # of the test, not of the workbench
        log.write("x-5,Call,2025-02-01 09:00\n")
    study.load()


def _draw(study: Any) -> None:
    study.draw.set("joins", "doing", "Opens the envelope")
    study.draw.comment("joins", "Is this so?", lane="doing")


def _solve(study: Any) -> None:
    solution = {"name": "Call first", "area": "communication", "steps": ["bill"], "cost": {"once": [1, 2, 3]}}
    study.edit("solutions").add(solution | {"id": "call-first", "gain": {"judged": [1, 2, 3]}})
    study.edit("actions").add(ACTION)


def _code(study: Any) -> None:
    study.interviews.give("sources/talk.vtt", 2, code="dear", coder="Ann")


def _idea(study: Any) -> None:
    study.add_idea("Ring them before", who="Ann", step="bill")


def _judge(study: Any) -> None:
    study.judge()


def _export(kind: str) -> Callable[[Any], None]:
    return lambda study: study.export(kind, because="to be killed") and None


def _page(study: Any) -> None:
    import workbench as wb

    wb.write_page(
        [study.map_finding()], study.path.parent.parent.parent / "reports" / NAME / "report.html", title="Town"
    )
    study.log("wrote the report report.html")


def _questionnaire(study: Any) -> None:
    from workbench import load, places

    found = load.questionnaire_named("town")
    load.save_questionnaire(found.model_copy(update={"title": "Another"}), places.surveys() / "town.yaml")


def _choose(study: Any) -> None:
    from workbench import places

    places.choose(NAME)


def _update(study: Any) -> None:
    from workbench import workspace

    workspace.update(take=True)


def _new(study: Any) -> None:
    import workbench as wb

    wb.new_study("second", template=NAME)


def _key(study: Any) -> None:
    from workbench import privacy

    privacy.key("another study")


def _workbook(study: Any) -> None:
    import workbench as wb

    wb.write_workbook([study.map_finding()], study.path.parent.parent.parent / "reports" / NAME / "tables.xlsx")


DONE: dict[str, Callable[[Any], None]] = {
    "load": _load,
    "draw": _draw,
    "solve": _solve,
    "code": _code,
    "idea": _idea,
    "judge": _judge,
    "report": _page,
    "workbook": _workbook,
    **{f"export {kind}": _export(kind) for kind in ("xlsx", "csv", "parquet", "cjml", "ics", "qdpx")},
    "questionnaire": _questionnaire,
    "choose": _choose,
    "update": _update,
    "new": _new,
    "key": _key,
}


# -- one moment -------------------------------------------------------------------------------------------------------


def states(home: Path) -> dict[str, str]:
    """Every file of a project by its place, with the hash of its content; locks and frames' own folders apart."""
    found = {}
    for path in home.rglob("*"):
        place = path.relative_to(home).as_posix()
        if path.is_file() and path.name not in (".lock", "hashes.json") and "/frames/" not in place:
            found[place] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def forked(
    home: Path, act: Callable[[], Any], wait: float | None = None, told: Path | None = None, scratch: Path | None = None
) -> int:
    """Do something in a copy of this process, in this project; killed after so many seconds, if it is still there then.
    How it ended comes back (0: well); what it returned is in `told`. Its scratch is the project's own, or `scratch`."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            tempfile.tempdir = str(scratch or home / "tmp")
            own = {"WORKBENCH_HOME": str(home), "WORKBENCH_SETTINGS": str(home / "settings")}
            os.environ |= own | {"TMPDIR": tempfile.tempdir}
            found = act()
            if told is not None:
                told.write_text(json.dumps(found), encoding="utf-8")
            code = 0
        except BaseException:  # noqa: BLE001 - a copy of the process must end here, whatever happens
            import traceback

            place = scratch or home
            (place / "trouble").write_text(traceback.format_exc(), encoding="utf-8")
        finally:
            os._exit(code)
    if wait is not None:
        time.sleep(wait)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


ASKS = (
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "shutil.rmtree",
    "os.chmod",
    "os.listdir",
    "os.scandir",
)


def counted(home: Path, act: Callable[[], Any], die_at: int | None = None) -> int:
    """Do something; how often it asked the disk for something in this project comes back. It dies before the `die_at`-th."""
    asked = 0
    base = str(home)

    def hook(event: str, words: tuple) -> None:
        nonlocal asked
        if event in ASKS and words and isinstance(words[0], str | os.PathLike) and os.fspath(words[0]).startswith(base):
            asked += 1
            if asked == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    act()
    return asked


@dataclass(frozen=True)
class Rehearsal:
    """How a thing goes when nobody is killed: what was there before and after, how long it took, how often it asked."""

    before: dict[str, str]
    after: dict[str, str]
    changing: frozenset[str]  # what is another each time: the log and what bears a time
    seconds: float
    asks: int


def looked_at(home: Path, loading: bool) -> dict[str, Any]:
    """What a process sees that opens the study after a kill: the log's chain, what is left lying, every part and the data."""
    import workbench as wb
    from workbench import log
    from workbench.study_files import PARTS

    before = {*(home / "tmp").iterdir()}
    study = wb.open_study(NAME)
    for part in PARTS:
        getattr(study, "about" if part == "study" else part)
    lines = (study.path / "log").read_bytes().splitlines()
    chain = [hashlib.sha256(one).hexdigest() for one in lines]
    whole = all(
        json.loads(line)["after"] == ("" if place == 0 else chain[place - 1]) for place, line in enumerate(lines)
    )
    moves = 0
    if loading or not study.loaded:
        moves = int(study.journey.of_kind("event").count(people=False)["n"].sum())
    left = [path.relative_to(home).as_posix() for path in home.rglob(".*.tmp")]
    left += [path.name for path in before if path.exists()]
    frames = study.path / "frames"
    manifest = json.loads((frames / "manifest.json").read_text(encoding="utf-8"))["content"]
    generations = [one for one in (manifest, manifest["before"]) if one]
    named = {"building", *(one["folder"] for one in generations)}
    named |= {source["folder"] for one in generations for source in one["sources"]}
    left += [one.name for one in frames.iterdir() if one.is_dir() and one.name not in named]
    return {"chain": whole and not log.verify(study.path), "moves": moves, "left": left, "loaded": study.loaded}


def trial(base: Path, what: str, work: Path) -> tuple[Path, Callable[[], Any]]:
    """A fresh copy of the loaded project, and the thing to be done in it."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(base, work)
    (work / "tmp").mkdir(exist_ok=True)

    def act() -> Any:
        import workbench as wb

        return DONE[what](wb.open_study(NAME))

    return work, act


def rehearsed(base: Path, what: str, work: Path) -> Rehearsal:
    """Do a thing twice, the second time counting what it asks of the disk."""
    home, act = trial(base, what, work)
    before, began = states(home), time.perf_counter()
    if forked(home, act) != 0:
        raise RuntimeError(f"{what} fails where nobody is killed:\n{(home / 'trouble').read_text(encoding='utf-8')}")
    seconds, once = time.perf_counter() - began, states(home)
    home, act = trial(base, what, work)
    told = work.with_name("asked")
    forked(home, lambda: counted(home, act), told=told)
    twice = states(home)
    changing = {place for place in {*once, *twice} if once.get(place) != twice.get(place)}
    return Rehearsal(before, twice, frozenset(changing), seconds, json.loads(told.read_text(encoding="utf-8")))


def wrong(home: Path, gone: Rehearsal, told: dict[str, Any], moves: set[int]) -> list[str]:
    """What is neither the former nor the new state, in words; nothing, where all is well."""
    found = [] if told["chain"] else ["the log's chain is broken"]
    if not told["loaded"] or told["moves"] not in moves:
        found.append(f"frames that are not whole, or {told['moves']} moves in them, none of {sorted(moves)}")
    found += [f"left lying: {one}" for one in told["left"]]
    now = states(home)
    for place in sorted({*now, *gone.before, *gone.after}):
        if (
            place in gone.changing or place.startswith("tmp/") or Path(place).name in ("trouble", "log", "logs.json")
        ):  # looked at by the chain
            continue
        if now.get(place) not in (gone.before.get(place), gone.after.get(place)):
            found.append(f"{place} is neither the former nor the new one")
    return found


def killed(moments: int, seed: int, only: tuple[str, ...] = (), progress: bool = False) -> dict[str, Any]:
    """Kill at so many moments, dealt over all that writes; how many, how many inside, and what was lost."""
    from tqdm import tqdm

    chance, lost, inside, by = Random(seed), [], 0, {}
    with tempfile.TemporaryDirectory(prefix="kills-") as scratch:
        base, work = Path(scratch) / "base", Path(scratch) / "work"
        (work / "tmp").mkdir(parents=True)
        laid_out(work)
        if forked(work, _prepared) != 0:
            raise RuntimeError((work / "trouble").read_text(encoding="utf-8"))
        work.rename(base)  # tried where it was prepared: the key of a study goes by its place
        kinds = [one for one in DONE if not only or one in only]
        rehearsals = {one: rehearsed(base, one, work) for one in kinds}
        for number in tqdm(range(moments), unit="moment", disable=not progress, mininterval=5):
            what = kinds[number % len(kinds)]
            gone = rehearsals[what]
            home, act = trial(base, what, work)
            if number // len(kinds) % 2 == 0:
                at = 1 + chance.randrange(gone.asks)
                ended = forked(home, lambda home=home, act=act, at=at: counted(home, act, at))
                words = f"before ask {at} of {gone.asks}"
            else:
                wait = chance.random() * gone.seconds
                ended = forked(home, act, wait)
                words = f"after {wait:.3f} of {gone.seconds:.3f} s"
            inside += ended != 0
            by[what] = by.get(what, 0) + (ended != 0)
            told = work.with_name("told")
            if forked(home, lambda home=home, what=what: looked_at(home, what == "load"), told=told) != 0:
                trouble = (home / "trouble").read_text(encoding="utf-8").strip().splitlines()
                lost.append(
                    {"what": what, "when": words, "wrong": [f"it cannot be opened: {trouble[-1]}", *trouble[-8:-1]]}
                )
                continue
            more = wrong(home, gone, json.loads(told.read_text(encoding="utf-8")), {3, 4} if what == "load" else {0, 3})
            if more:
                lost.append({"what": what, "when": words, "wrong": more})
    return {"moments": moments, "inside": inside, "lost": lost, "bound": 1 - 0.05 ** (1 / max(inside, 1)), "by": by}


def _prepared() -> None:
    import workbench as wb

    study = wb.open_study(NAME)
    study.load()
    study.draw.set("bill", "doing", "Reads it")
    study.edit("actions").add(ACTION | {"id": "first", "solution": ""})
    study.export("csv", because="to be killed")


def main(words: list[str] | None = None) -> int:
    """The command: how many moments, from which seed; 1 where anything was lost."""
    import workbench.commands
    import workbench.drawing
    import workbench.report.gate
    import workbench.study  # noqa: F401 - woken once: each process is a copy of this one

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("moments", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(words)
    found = killed(given.moments, given.seed, tuple(given.only), progress=sys.stderr.isatty())
    if given.json:
        print(json.dumps(found))
    else:
        for one in found["lost"]:
            print(f"{one['what']}, {one['when']}: {'; '.join(one['wrong'])}")
        print(
            f"seed {given.seed}: {found['moments']} moments, {found['inside']} of them inside; {len(found['lost'])} states lost "
            f"(with 95 % confidence under {100 * found['bound']:.1f} %)"
        )
    return 1 if found["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
