"""The figures of the README: import, the sample's report, the airline study. Each in a process of its own.

Seconds depend on the machine; beside each stands its ratio to a yardstick run in the same minute (a plain Python loop of
ten million additions), so that two machines, or two days, can be compared.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("WORKBENCH_SHARED", ROOT.parent / "shared"))

IMPORT = "import workbench"
REPORT = "from workbench.cli import main; main(['report', 'water-billing'])"
AIRLINE = """
import workbench as wb
study = wb.open_study("airline")
study.load()
for finding in study.findings("measure"):
    finding.to_frame()
"""
FIRST_PANEL = """
import workbench as wb
wb.panels.workbench("water-billing").box
"""
# once what is counted beforehand is there: another group, in three linked pictures, without the browser's drawing
FILTER = """
import workbench as wb
panel = wb.panels.scores("airline")
panel.box
panel.work.wait()
panel.keep(Class="Business")
panel.drop()
import time
start = time.perf_counter()
panel.keep(Gender="Female")
{told}
"""
TOLD = "print('\\n@', time.perf_counter() - start, 0); raise SystemExit"
AROUND = """
import resource, sys, time
start = time.perf_counter()
{code}
taken = time.perf_counter() - start
print("\\n@", taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def yardstick() -> float:
    start = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - start


def measured(code: str, home: Path, settings: Path, memory: str = "700MB") -> tuple[float, float]:
    """Seconds and peak MiB of a program of its own; `memory` is what its engine may hold."""
    environment = os.environ | {
        "WORKBENCH_HOME": str(home), "WORKBENCH_SETTINGS": str(settings), "WORKBENCH_MEMORY": memory
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", AROUND.format(code=code)], env=environment, capture_output=True, text=True, check=True
    )
    last = next(line for line in reversed(done.stdout.splitlines()) if line.startswith("@"))
    _, taken, memory = last.split()
    return float(taken), float(memory)


def home_with_sample(folder: Path) -> Path:
    ignore = shutil.ignore_patterns("frames", "history", "log", ".lock", "shared")
    shutil.copytree(ROOT / "data" / "water-billing", folder / "data" / "water-billing", ignore=ignore)
    for name in ("surveys", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def main() -> int:
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        home, settings = home_with_sample(Path(scratch) / "home"), Path(scratch) / "settings"
        unit = min(yardstick() for _ in range(3))
        rows.append(("import workbench", *measured(IMPORT, home, settings), "under 0.5 s"))
        rows.append(("workbench report water-billing", *measured(REPORT, home, settings), "under 40 s"))
        rows.append(("the first panel, from the import on", *measured(FIRST_PANEL, home, settings), "under 3 s"))
        size = (home / "reports" / "water-billing" / "report.html").stat().st_size
        archive = SHARED / "data" / "airline_satisfaction" / "airline_passenger_satisfaction.zip"
        if archive.is_file():
            folder = home / "data" / "airline"
            (folder / "sources").mkdir(parents=True)
            shutil.copy(archive, folder / "sources")
            for part in ("study.yaml", "map.yaml"):
                shutil.copy(ROOT / "tests" / "studies" / "airline" / part, folder)
            rows.append(("airline: load and measure", *measured(AIRLINE, home, settings), "under 10 s and 1,024 MiB"))
            filtered = measured(FILTER.format(told=TOLD), home, settings)
            rows.append(("airline: a filter in the scores panel", *filtered, "under 0.5 s"))
    if "--json" in sys.argv:
        print(json.dumps({"yardstick": unit, "report_bytes": size, "rows": rows}))
        return 0
    print(f"{'what':<40}{'seconds':>9}{'x yardstick':>13}{'peak MiB':>10}   goal")
    for what, taken, memory, goal in rows:
        print(f"{what:<40}{taken:>9.2f}{taken / unit:>13.1f}{memory:>10.0f}   {goal}")
    print(f"\nthe report: {size / 1e6:.1f} MB (goal: under 8); the yardstick: {unit:.2f} s; {os.cpu_count()} cores")
    return 0


if __name__ == "__main__":
    sys.exit(main())
