"""Loading at size: a survey of a million respondents, a log of ten million events, and a file beyond the memory limit.

Each in a process of its own, beside a bare parse of the same file by DuckDB in the same minute: the ratio is the figure.
The files are made here, seeded. `python -m benchmarks.loading [--small]`
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.__main__ import measured

ANSWERS = """copy (select 'C' || i as id, '2025Q' || (1 + i % 4) as wave,
date '2025-01-01' + cast(hash(i) % 365 as integer) as day,
round(0.5 + (hash(i, 'w') % 1000) / 1000.0, 3) as weight, {segments}, {questions} from range({n}) t(i)) to '{path}' (header)"""
EVENTS = """copy (select 'C' || (hash(i) % {people}) as id, timestamp '2024-01-01' + to_seconds(cast(i * 3 as bigint)) as at,
'step ' || (hash(i, 's') % 20) as event, 'channel ' || (hash(i, 'c') % 6) as channel from range({n}) t(i)) to '{path}' (header)"""
BARE = """
import duckdb
c = duckdb.connect(config={{"memory_limit": "{memory}", "temp_directory": "{scratch}"}})
c.execute("create table t as from read_csv('{path}', all_varchar = true)")
"""
LOAD = 'import workbench as wb; wb.open_study("{name}").load()'
STUDY = "title: {name}\nsources:\n  - {source}\n"


def made(home: Path, name: str, line: str, source: str) -> Path:
    """A study of one generated file."""
    folder = home / "data" / name
    path = folder / "sources" / "file.csv"
    path.parent.mkdir(parents=True)
    make = f"import duckdb; duckdb.connect().execute({line.replace('{path}', str(path))!r})"
    subprocess.run([sys.executable, "-c", make], check=True, capture_output=True)
    (folder / "study.yaml").write_text(STUDY.format(name=name, source=source), encoding="utf-8")
    return path


def main() -> int:
    small = 20 if "--small" in sys.argv else 1
    segments = ", ".join(f"'s' || (hash(i, 'g{k}') % 5) as g{k}" for k in range(6))
    questions = ", ".join(f"1 + hash(i, 'q{k}') % 5 as q{k}" for k in range(18))
    asked = ", ".join(f"q{k}: {{measure: csat, step: s{k}}}" for k in range(18))
    survey = (
        "{file: sources/file.csv, format: survey, person: id, wave: wave, weight: weight, time: day, timezone: UTC, "
        f"segments: [{', '.join(f'g{k}' for k in range(6))}], questions: {{{asked}}}}}"
    )
    log = "{file: sources/file.csv, format: events, person: id, time: at, timezone: UTC, activity: event, channel: channel}"
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        (home / "surveys").mkdir(parents=True)
        n = 1_000_000 // small
        answers = ANSWERS.format(n=n, segments=segments, questions=questions, path="{path}")
        moves = EVENTS.format(n=10 * n, people=n, path="{path}")
        runs = [
            (f"survey of {n:,} x 28", "survey", answers, survey, "700MB"),
            (f"log of {10 * n:,} events", "log", moves, log, "700MB"),
            (f"the same log, {max(200 // small, 60)} MB allowed", "bounded", moves, log, f"{max(200 // small, 60)}MB"),
        ]
        print(f"{'what':<38}{'MB':>6}{'seconds':>9}{'bare parse':>12}{'ratio':>7}{'peak MiB':>10}")
        for what, name, line, source, memory in runs:
            path = made(home, name, line, source)
            bare, _ = measured(BARE.format(path=path, memory=memory, scratch=scratch), home, home, memory)
            taken, peak = measured(LOAD.format(name=name), home, Path(scratch) / "settings", memory)
            size = path.stat().st_size / 1e6
            print(f"{what:<38}{size:>6.0f}{taken:>9.1f}{bare:>12.1f}{taken / bare:>7.1f}{peak:>10.0f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
