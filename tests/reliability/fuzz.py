"""Fuzzing of every reader: thousands of files made wrong, none of which may crash, hang or fill the memory.

    python tests/reliability/fuzz.py 100000 --seed 7 --out build/fuzzing

Coverage-guided, the plain way: of each kind a pool of files is kept; one of them is changed (mutations.py), and what
reaches a line of `workbench` that no other did joins the pool. Lines are seen by sys.settrace, in every third input.
Each input is read in a process of its own making, with ten seconds and a bounded address space; a crash is anything
raised that is no DataFault. What failed is kept as a file, with what was raised beside it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

SECONDS, MEMORY = 10, 3_000_000_000  # that one input may take; bytes of address space of the process that reads it
EVERY = 3  # of so many inputs one is watched line by line
POOL = 60  # files kept of a kind
AT_ONCE = 500  # inputs that a process reads before a fresh one takes over


@dataclass
class Failure:
    """An input that failed: of which kind, how (crash, hang, memory, died), where, and the file."""

    seed: str
    how: str
    where: str
    words: str
    file: str = ""
    count: int = 1


@dataclass
class Run:
    """What came of a run."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    lines: int = 0
    slowest: float = 0.0
    once: int = 0  # ended the process that had read many before, and not one that reads it alone
    failures: dict[tuple[str, str, str], Failure] = field(default_factory=dict)

    def sentence(self) -> str:
        kinds = sorted({one.how for one in self.failures.values()})
        told = f"{len(self.failures)} failures ({', '.join(kinds)})" if self.failures else "no failure"
        return (
            f"{self.inputs:,} inputs: {self.read:,} read, {self.refused:,} refused by name, {told}; "
            f"{self.lines:,} lines reached, the slowest took {self.slowest:.1f} s"
            + (f"; {self.once} ended a process that had read many before, but not one alone" if self.once else "")
        )


class Lines:
    """The lines of the package that were reached, seen while `watching`."""

    def __init__(self, package: Path) -> None:
        self.inside = str(package) + os.sep
        self.known: set[tuple[str, int]] = set()
        self.fresh = 0

    def __enter__(self) -> Lines:
        self.fresh = 0
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(self.inside) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        here = (frame.f_code.co_filename, frame.f_lineno)
        if here not in self.known:
            self.known.add(here)
            self.fresh += 1
        return self._line


def fuzzed(count: int, seed: int, out: Path, kinds: Iterable[str] = (), progress: bool = False) -> Run:
    """Read so many files made wrong, and say what came of it; failures are kept under `out`."""
    run, left, batch = Run(), count, 0
    pools: dict[str, list[bytes]] = {}
    lines: set[tuple[str, int]] = set()
    out.mkdir(parents=True, exist_ok=True)
    bar = _bar(count, progress)
    with tempfile.TemporaryDirectory(prefix="fuzzing-") as scratch:
        while left > 0:
            place = Path(scratch) / f"batch-{batch}"
            place.mkdir()
            done = _batch(min(AT_ONCE, left), seed * 1_000_003 + batch, place, tuple(kinds), pools, lines)
            for one in done:
                left, batch_inputs = left - 1, 1
                run.inputs += batch_inputs
                bar.update(1)
                _taken(run, one, out, lines, pools)
            batch += 1
    bar.close()
    run.lines = len(lines)
    return run


def _bar(count: int, shown: bool) -> Any:
    from tqdm import tqdm

    return tqdm(total=count, unit="input", disable=not shown, mininterval=5)


def _taken(
    run: Run, one: dict[str, Any], out: Path, lines: set[tuple[str, int]], pools: dict[str, list[bytes]]
) -> None:
    """Put what was told of one input with the rest."""
    run.slowest = max(run.slowest, one["seconds"])
    run.once += one.get("once", False)
    if one["how"] in ("read", "refused"):
        run.read += one["how"] == "read"
        run.refused += one["how"] == "refused"
    else:
        key = (one["seed"], one["how"], one["where"])
        if key in run.failures:
            run.failures[key].count += 1
        else:
            file = out / f"{one['seed']}--{len(run.failures):03d}--{one['file']}"
            file.write_bytes(bytes.fromhex(one["content"]))
            found = Failure(one["seed"], one["how"], one["where"], one["words"], file.name)
            run.failures[key] = found
            file.with_name(f"{file.name}.json").write_text(json.dumps(asdict(found), indent=1), encoding="utf-8")
    lines.update((file, line) for file, line in one.get("lines", ()))
    if one.get("kept"):
        pool = pools.setdefault(one["seed"], [])
        pool.append(bytes.fromhex(one["kept"]))
        del pool[:-POOL]


def _batch(
    count: int, seed: int, place: Path, kinds: tuple[str, ...], pools: dict[str, list[bytes]], lines: set
) -> Iterator[dict[str, Any]]:
    """What came of each of so many inputs, read in a process of its own; one that dies is told, and the rest goes on."""
    start = 0
    while start < count:
        told = place / f"told-{start}"
        fork = multiprocessing.get_context("fork")
        worker = fork.Process(target=_worker, args=(start, count, seed, place, told, kinds, pools, lines))
        worker.start()
        worker.join()
        done = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()] if told.exists() else []
        yield from done
        start += len(done)
        if start < count:  # it died of the input that it was at
            how = "hang" if worker.exitcode == -signal.SIGALRM else "died"
            now = json.loads((place / "now").read_text(encoding="utf-8"))
            words = f"the process ended with {worker.exitcode}"
            stack = place / "stack"
            where = stack.read_text(encoding="utf-8").strip().splitlines() if stack.exists() else []
            inside = [line.strip() for line in where if "/workbench/" in line]
            came = now | {
                "how": how,
                "where": inside[0] if inside else words,
                "words": words,
                "seconds": float(SECONDS),
            }
            yield _alone(place, now) or came
            start += 1


def _alone(place: Path, now: dict[str, Any]) -> dict[str, Any] | None:
    """What comes of an input that ended a process, in a process that reads nothing else; None where it ends that too."""
    told = place / "alone"
    told.unlink(missing_ok=True)

    def read() -> None:
        from seeds import seeds

        tempfile.tempdir = str(place)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.alarm(SECONDS)
        one = next(one for one in seeds() if one.name == now["seed"])
        path = place / one.file
        path.write_bytes(bytes.fromhex(now["content"]))
        told.write_text(json.dumps(asked(one, path)), encoding="utf-8")

    worker = multiprocessing.get_context("fork").Process(target=read)
    worker.start()
    worker.join()
    return (
        now | json.loads(told.read_text(encoding="utf-8")) | {"seconds": 0.0, "once": True} if told.exists() else None
    )


def _worker(
    start: int, count: int, seed: int, place: Path, told: Path, kinds: tuple[str, ...], pools: dict, lines: set
) -> None:
    import faulthandler

    from seeds import seeds

    import workbench

    os.environ["TMPDIR"] = str(place)
    tempfile.tempdir = str(place)
    known = [one for one in seeds() if not kinds or one.name in kinds]
    watched = Lines(Path(workbench.__file__).parent)
    watched.known |= lines
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    stack = open(place / "stack", "w")  # noqa: SIM115 - where a hang was, told by the alarm
    others = [one.content for one in known]
    with open(told, "w", encoding="utf-8") as out:
        for number in range(start, count):
            chance = Random(seed * 1_000_003 + number)
            one = known[chance.randrange(len(known))]
            base = chance.choice([one.content, *pools.get(one.name, [])])
            content = _changed(base, chance, others)
            path = place / one.file
            path.write_bytes(content)
            now = {"seed": one.name, "file": one.file, "content": content.hex()}
            (place / "now").write_text(json.dumps(now), encoding="utf-8")
            faulthandler.dump_traceback_later(SECONDS - 0.5, file=stack)
            signal.alarm(SECONDS)
            began = time.perf_counter()
            if number % EVERY == 0:
                with watched:
                    came = asked(one, path)
            else:
                came = asked(one, path)
            signal.alarm(0)
            faulthandler.cancel_dump_traceback_later()
            came |= {"seed": one.name, "file": one.file, "seconds": time.perf_counter() - began}
            if came["how"] not in ("read", "refused"):
                came["content"] = content.hex()
            if number % EVERY == 0 and watched.fresh:
                came |= {"kept": content.hex(), "lines": sorted(watched.known - lines)}
                lines |= watched.known
                pools.setdefault(one.name, []).append(content)
            out.write(json.dumps(came) + "\n")
            out.flush()


def _changed(content: bytes, chance: Random, others: list[bytes]) -> bytes:
    from mutations import mutated

    return mutated(content, chance, others)


def asked(seed: Any, path: Path) -> dict[str, Any]:
    """Read a file: read, refused (a DataFault), or how it failed and where."""
    from workbench.faults import DataFault

    try:
        seed.ask(path)
        return {"how": "read"}
    except DataFault as problem:
        return (
            {"how": "refused"}
            if str(problem).strip()
            else {"how": "crash", "where": "no words", "words": "a fault without words"}
        )
    except MemoryError as problem:
        return {"how": "memory", "where": _place(problem), "words": "memory beyond the limit"}
    except Exception as problem:  # noqa: BLE001 - anything at all: that is what is looked for
        said = "".join(traceback.format_exception(problem))
        return {"how": "crash", "where": f"{type(problem).__name__} {_place(problem)}", "words": said[-4000:]}


def _place(problem: BaseException) -> str:
    inside = [one for one in traceback.extract_tb(problem.__traceback__) if "/workbench/" in one.filename]
    return f"{Path(inside[-1].filename).name}:{inside[-1].name}" if inside else "outside the package"


def main(words: list[str] | None = None) -> int:
    """The command: how many inputs, from which seed; 1 where any of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--out", type=Path, default=Path("build/fuzzing"))
    parser.add_argument("--kinds", nargs="*", default=[])
    parser.add_argument(
        "--jobs", type=int, default=1, help="so many runs beside each other, each with a seed of its own"
    )
    given = parser.parse_args(words)
    if given.jobs > 1:
        return _beside(given)
    print(f"seed {given.seed}", flush=True)
    run = fuzzed(given.count, given.seed, given.out, given.kinds, progress=sys.stderr.isatty())
    print(run.sentence())
    for one in run.failures.values():
        print(f"{one.how:7} {one.seed:16} {one.where}  ({one.count}; {given.out / one.file})")
    return 1 if run.failures else 0


def _beside(given: argparse.Namespace) -> int:
    """The same in several processes that know nothing of each other."""
    each = [str(given.count // given.jobs), "--kinds", *given.kinds]
    running = []
    for number in range(given.jobs):
        own = ["--seed", str(given.seed + number), "--out", str(given.out / str(number))]
        running.append(subprocess.Popen([sys.executable, __file__, *each, *own]))
    return max(one.wait() for one in running)


if __name__ == "__main__":
    sys.exit(main())
