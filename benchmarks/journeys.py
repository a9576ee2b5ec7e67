"""Questions of people's paths at 1, 10 and 100 million contacts, beside peers on the same data in one run.

30 steps, 6 channels, 8 segments, paths of 10 contacts in the mean, generated and seeded; the log arrives in order of time.
Each question is asked in a process of its own, as a user pays it the first time (the study is loaded before: the row
"make ready"). The floor is a bare DuckDB scan of the columns that the question needs. A peer runs where WORKBENCH_PEERS
names a Python that has it (`make peers`), at the largest size that it can do in its time and memory; the ratio is taken
there. Ratios are the figures; seconds are of this machine in this minute.

`python -m benchmarks.journeys [contacts …] [--hard=MIB] [--logs=FOLDER]` (1,000,000 10,000,000 if not said). In FOLDER the
logs are kept from run to run. WORKBENCH_MEMORY is what the engine may hold, and `--hard` what our processes may take of the
machine's addresses in all: beyond it they die.
"""

from __future__ import annotations

import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

NAMED = ("bill", "payment", "complaint", "switch", "quote", "signup")
STEPS = (*NAMED, *(f"step-{k}" for k in range(len(NAMED), 30)))
CHANNELS, SEGMENTS = tuple(f"channel-{k}" for k in range(6)), tuple(f"segment-{k}" for k in range(8))
PATTERN, FUNNEL = "bill -> complaint within 14 days -> switch", ("quote", "signup", "bill", "payment")
DAY = 86_400 * 10**6
AT_A_TIME = 200_000  # people who are made at a time
LIMIT = 150  # seconds that a peer has

ASKED = {
    "what comes next, overall": "wb.transitions(journey)",
    "what comes next, by segment": "wb.transitions(journey, by='segment')",
    "all paths": "wb.variants(journey)",
    "timed pattern": f"wb.search(journey, {PATTERN!r})",
    "funnel with times": f"wb.funnel(journey, steps={FUNNEL!r})",
}
FLOORS = {
    "make ready": "sum(strlen(who)), sum(epoch_us(moment)), sum(strlen(step)), sum(strlen(channel)), sum(strlen(segment))",
    "what comes next, overall": "sum(strlen(who)), sum(epoch_us(moment)), sum(strlen(step))",
    "what comes next, by segment": "sum(strlen(who)), sum(epoch_us(moment)), sum(strlen(step)), sum(strlen(segment))",
    "all paths": "sum(strlen(who)), sum(epoch_us(moment)), sum(strlen(step))",
    "timed pattern": "sum(strlen(who)), sum(epoch_us(moment)), sum(strlen(step))",
    "funnel with times": "sum(strlen(who)), sum(epoch_us(moment)), sum(strlen(step))",
}
GOALS = {  # of PERFORMANCE: at most so many floors
    "what comes next, overall": 1.0,
    "what comes next, by segment": 1.0,
    "all paths": 3.0,
    "timed pattern": 1.5,
    "funnel with times": 1.5,
}
STUDY = """title: log
sources:
  - {file: sources/log.parquet, format: events, person: who, time: moment, timezone: UTC, activity: step, channel: channel,
     segments: [segment]}
"""
LOAD = "import workbench as wb; wb.open_study('log').load()"
BEFORE = "import workbench as wb; wb.transitions, wb.variants, wb.search, wb.funnel"  # what is named wakes its room
ASK = "journey = wb.open_study('log').journey; {ask}.to_frame()"
AROUND = """
import sys, time
{before}
start = time.perf_counter()
{ask}
taken = time.perf_counter() - start
held = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # of this program alone
print("\\n@", taken, int(held.split()[1]) / 1024)
"""


def made(path: Path, contacts: int) -> None:
    """The log, as Parquet: a Markov chain a segment, most steps lead to a few others."""
    rng = np.random.default_rng(7)
    ways = np.stack([_ways(rng) for _ in SEGMENTS])
    connection = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(path.parent)})
    parts, there, number = path.parent / "parts", 0, 0
    parts.mkdir(parents=True)
    rng = np.random.default_rng(20261122)
    while there < contacts:
        people = min(AT_A_TIME, (contacts - there) // 10 + 1)
        who, step, when, segment = _walked(rng, ways, people)
        table = pd.DataFrame(
            {
                "who": who + number,
                "moment": when,
                "step": step,
                "segment": segment,
                "channel": rng.choice(len(CHANNELS), len(who), p=[0.3, 0.3, 0.2, 0.1, 0.07, 0.03]),
            }
        )
        connection.register("incoming", table)
        connection.execute(f"copy (from incoming) to '{parts / f'{number}.parquet'}' (format parquet)")
        connection.unregister("incoming")
        there, number = there + len(table), number + people
    said = "select 'C' || who as who, make_timestamp(moment) as moment"
    for column, words in (("step", STEPS), ("channel", CHANNELS), ("segment", SEGMENTS)):
        said += f", {list(words)}[{column} + 1] as {column}"
    connection.execute(
        f"copy ({said} from '{parts}/*.parquet' order by moment, who) to '{path}' (format parquet, compression zstd)"
    )
    for part in parts.iterdir():
        part.unlink()
    parts.rmdir()


def _ways(rng: np.random.Generator) -> np.ndarray:
    """Where each step leads, as 1,000 tickets of which one is drawn."""
    found = np.empty((len(STEPS), 1000), np.int16)
    for step in range(len(STEPS)):
        share = rng.dirichlet(np.full(len(STEPS), 0.08)) * 0.97 + 0.03 / len(STEPS)
        for one, then, more in (
            ("bill", "payment", 0.3),
            ("bill", "complaint", 0.08),
            ("complaint", "switch", 0.1),
            ("quote", "signup", 0.15),
            ("signup", "bill", 0.2),
        ):
            if STEPS[step] == one:
                share *= 1 - more
                share[STEPS.index(then)] += more
        edges = np.cumsum(share) / share.sum()
        found[step] = np.minimum(np.searchsorted(edges, (np.arange(1000) + 0.5) / 1000), len(STEPS) - 1)
    return found


def _walked(rng: np.random.Generator, ways: np.ndarray, people: int) -> tuple[np.ndarray, ...]:
    """The paths of some people: who, step, moment (microseconds), segment."""
    segment = rng.choice(len(SEGMENTS), people, p=np.arange(8, 0, -1) / 36)
    moment = 1_672_531_200 * 10**6 + (rng.random(people) * 600 * DAY).astype(np.int64)
    step = rng.choice([STEPS.index("quote"), STEPS.index("bill"), 6, 7], people, p=[0.3, 0.3, 0.2, 0.2])
    going = np.arange(people)
    rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    while len(going):
        rows.append((going, step, moment))
        stay = rng.random(len(going)) < np.where(step == STEPS.index("switch"), 0.1, 0.9)
        going, step, moment = going[stay], step[stay], moment[stay]
        step = ways[segment[going], step, rng.integers(0, 1000, len(going))].astype(np.int64)
        moment = moment + 10**6 + rng.exponential(5 * DAY, len(going)).astype(np.int64)
    who, what, when = (np.concatenate(part) for part in zip(*rows, strict=True))
    return who, what, when, segment[who]


def measured(
    before: str,
    ask: str,
    environment: dict[str, str],
    python: str = sys.executable,
    limit: float | None = None,
    hard: int = 0,
) -> tuple[float, float] | str:
    """Seconds and peak MiB of a question in a process of its own; or why there are none."""
    try:
        done = subprocess.run(
            [python, "-c", AROUND.format(before=before, ask=ask)],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=limit,
            preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_AS, (hard << 20, hard << 20))) if hard else None,
        )
    except subprocess.TimeoutExpired:
        return "not run: time"
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        return "not run: memory" if done.returncode < 0 or "Memory" in last[0] else f"failed: {last[0][:60]}"
    _, taken, peak = next(line for line in reversed(done.stdout.splitlines()) if line.startswith("@")).split()
    return float(taken), float(peak)


def floor(path: Path, what: str) -> float:
    best = math.inf
    for _ in range(3):
        began = time.perf_counter()
        duckdb.connect().execute(f"select {FLOORS[what]} from '{path}'").fetchall()
        best = min(best, time.perf_counter() - began)
    return best


PM4PY = """d = pd.read_parquet({path!r}, columns=["who", "moment", "step"])
d = pm4py.format_dataframe(d, case_id="who", activity_key="step", timestamp_key="moment")
"""
STREAM = """d = pd.read_parquet({path!r}, columns=["who", "moment", "step", "segment"])
named = dict(path_cols=["who"], event_col="step", timestamp_col="moment", segment_cols=["segment"])
s = retentioneering.Eventstream(d, schema=named)
"""
POLARS = "d = pl.scan_parquet({path!r}).select('who', 'moment', 'step')\n"
PANDAS = "d = pd.read_parquet({path!r}, columns=['who', 'moment', 'step']).sort_values(['who', 'moment'])\n"
QUIET = "import os; os.environ['RETENTIONEERING_NO_TRACK'] = '1'; import pandas as pd, retentioneering"
# (peer, question) -> what is imported before the clock starts, and the question from the file on
PEERS = {
    ("polars", "make ready"): ("import polars as pl", "pl.read_parquet({path!r}).sort('who', 'moment')"),
    ("polars", "what comes next, overall"): (
        "import polars as pl",
        POLARS
        + """n = d.sort("who", "moment").with_columns(n=pl.col("step").shift(-1), w=pl.col("who").shift(-1))
n.filter(pl.col("who") == pl.col("w")).group_by("step", "n").len().collect()""",
    ),
    ("polars", "all paths"): (
        "import polars as pl",
        POLARS
        + """n = d.sort("who", "moment").with_columns(pl.col("step").cast(pl.Categorical))
n.group_by("who").agg("step").group_by("step").len().collect()""",
    ),
    ("polars", "timed pattern"): (
        "import polars as pl",
        POLARS
        + """a, b, c = (d.filter(pl.col("step") == one).select("who", "moment") for one in ("bill", "complaint", "switch"))
m, late = a.join(b, on="who", suffix="_b"), pl.col("moment") + pl.duration(days=14)
m = m.filter(pl.col("moment_b") > pl.col("moment"), pl.col("moment_b") <= late)
m = m.join(c, on="who", suffix="_c").filter(pl.col("moment_c") > pl.col("moment_b"))
m.select("who").unique().collect()""",
    ),
    ("pandas", "what comes next, overall"): (
        "import pandas as pd",
        PANDAS + "d['n'] = d.groupby('who')['step'].shift(-1)\nd.groupby(['step', 'n']).size()",
    ),
    ("pandas", "all paths"): ("import pandas as pd", PANDAS + "d.groupby('who')['step'].agg(tuple).value_counts()"),
    ("pm4py", "make ready"): ("import pandas as pd, pm4py", PM4PY),
    ("pm4py", "what comes next, overall"): ("import pandas as pd, pm4py", PM4PY + "pm4py.discover_dfg(d)"),
    ("pm4py", "all paths"): ("import pandas as pd, pm4py", PM4PY + "pm4py.get_variants(d)"),
    (
        "pm4py",
        "timed pattern",
    ): (  # without the 14 days, which it does not know between two steps that are not neighbours
        "import pandas as pd, pm4py",
        PM4PY
        + """f = pm4py.filter_eventually_follows_relation(d, [("bill", "complaint")])
pm4py.filter_eventually_follows_relation(f, [("complaint", "switch")])""",
    ),
    ("retentioneering", "make ready"): (QUIET, STREAM),
    ("retentioneering", "what comes next, overall"): (QUIET, STREAM + "s.transition_graph_data(edge_weight='count')"),
}


def run(contacts: int, scratch: Path, peers: str, hard: int, logs: Path | None) -> list[dict[str, object]]:
    """All questions at one size, and the peers' answers to the same."""
    home = scratch / f"home-{contacts}"
    folder = home / "data" / "log"
    path = folder / "sources" / "log.parquet"
    path.parent.mkdir(parents=True)
    (home / "surveys").mkdir()
    log = (logs or scratch) / f"log-{contacts}.parquet"
    if not log.exists():
        made(log, contacts)
    os.link(log, path)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    environment = {"WORKBENCH_HOME": str(home), "WORKBENCH_SETTINGS": str(scratch / "settings")}
    found: list[dict[str, object]] = []
    for what in ("make ready", *ASKED):
        base = floor(path, what)
        if what == "make ready":
            mine = measured("import workbench", LOAD, environment, hard=hard)
        else:
            mine = measured(BEFORE, ASK.format(ask=ASKED[what]), environment, hard=hard)
        rows = [("workbench", mine)]
        for name in ("polars", "pandas", "pm4py", "retentioneering") if peers else ():
            if (name, what) in PEERS:
                before, ask = PEERS[name, what]
                ask = ask.replace("{path!r}", repr(str(path)))
                rows.append((name, measured(before, ask, environment, peers, LIMIT)))
        for name, took in rows:
            found.append({"contacts": contacts, "what": what, "who": name, "floor": base, "took": took})
            print(line(found[-1]), flush=True)
    shutil.rmtree(home)
    if logs is None:
        log.unlink()
    return found


def line(row: dict[str, object]) -> str:
    """One row of the table, aligned."""
    took, base, what = row["took"], float(row["floor"]), str(row["what"])  # type: ignore[arg-type]
    text = f"{row['contacts']:>12,}  {what:<30}{row['who']:<17}"
    if isinstance(took, str):
        return f"{text}{took}"
    seconds, peak = took  # type: ignore[misc]
    goal = GOALS.get(what) if row["who"] == "workbench" else None
    kept = "" if goal is None else f"   goal {goal:g} x: {'met' if seconds <= goal * base else 'missed'}"
    return f"{text}{seconds:>8.2f} s{seconds / base:>9.1f} x{peak:>8.0f} MiB{kept}"


def main() -> int:
    sizes = [int(float(one)) for one in sys.argv[1:] if one[0] != "-"] or [1_000_000, 10_000_000]
    peers = os.environ.get("WORKBENCH_PEERS", "")
    hard = next((int(one.removeprefix("--hard=")) for one in sys.argv if one.startswith("--hard=")), 0)
    kept = next((one.removeprefix("--logs=") for one in sys.argv if one.startswith("--logs=")), "")
    logs = Path(kept) if kept else None
    print(f"{'contacts':>12}  {'question':<30}{'who':<17}{'taken':>10}{'x floor':>11}{'peak':>12}")
    found = []
    with tempfile.TemporaryDirectory(dir=logs) as scratch:
        for size in sizes:
            found += run(size, Path(scratch), peers, hard, logs)
    mine = {
        (row["contacts"], row["what"]): row["took"]
        for row in found
        if row["who"] == "workbench" and not isinstance(row["took"], str)
    }
    if len(sizes) > 1:
        first, last = min(sizes), max(sizes)
        print("\ngrowth (1 is in proportion to the size):")
        for what in ("make ready", *ASKED):
            if (first, what) in mine and (last, what) in mine:
                small, large = mine[first, what][0], mine[last, what][0]  # type: ignore[index]
                print(f"  {what:<30}{math.log(large / small) / math.log(last / first):.2f}   (goal: at most 1.05)")
    if not peers:
        print("\nno peers: WORKBENCH_PEERS names no Python that has them (make peers)")
    bound = f"; a process has {hard:,} MiB of addresses" if hard else ""
    print(f"{os.cpu_count()} cores; the engine holds at most {os.environ.get('WORKBENCH_MEMORY', '700MB')}{bound}")
    if "--json" in sys.argv:
        print(json.dumps([row | {"rss": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss} for row in found]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
