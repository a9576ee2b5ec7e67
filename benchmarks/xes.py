"""Reading a large event log (BPI Challenge 2012: 13,087 cases, 262,200 events) beside the usual ways through a DOM.

Ours is `wb.read` into a journey frame; the others parse the whole file, put every attribute of every event into a table
and parse its times. Each in a process of its own, one after the other in every round, so that what else the machine does
falls on all of them. Two figures each: the reading with the libraries imported before, and the whole process.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("WORKBENCH_SHARED", ROOT.parent / "shared"))
LOG = SHARED / "data" / "eventlogs_pm4py" / "bpic2012.xes.gz"
ROUNDS = 3

OURS = ("import workbench as wb\nimport workbench.load", "found = wb.read(path)\nassert len(found.people) == 13_087")
LOOP = """
rows = []
for trace in traces(root):
    children = [one for one in trace if one.tag.split('}')[-1] != 'event']
    case = {'case:' + one.get('key'): one.get('value') for one in children}
    for event in trace.findall(EVENT):
        rows.append(case | {one.get('key'): one.get('value') for one in event})
table = pd.DataFrame(rows)
table['time:timestamp'] = pd.to_datetime(table['time:timestamp'], utc=True, format='ISO8601')
assert len(table) == 262_200
"""
NAMES = """
EVENT = '{http://www.xes-standard.org/}event'
def traces(root):
    return root.iter('{http://www.xes-standard.org/}trace')
"""
MINIDOM = """
root = parse(gzip.open(path)).documentElement
rows = []
for trace in root.getElementsByTagName('trace'):
    case, events = {}, []
    for one in trace.childNodes:
        if one.nodeType != one.ELEMENT_NODE:
            continue
        if one.tagName == 'event':
            events.append(one)
        else:
            case['case:' + one.getAttribute('key')] = one.getAttribute('value')
    for event in events:
        own = (one for one in event.childNodes if one.nodeType == one.ELEMENT_NODE)
        rows.append(case | {one.getAttribute('key'): one.getAttribute('value') for one in own})
table = pd.DataFrame(rows)
table['time:timestamp'] = pd.to_datetime(table['time:timestamp'], utc=True, format='ISO8601')
assert len(table) == 262_200
"""
WAYS = {
    "wb.read": OURS,
    "xml.etree.ElementTree": (
        f"import gzip\nimport pandas as pd\nfrom xml.etree.ElementTree import parse{NAMES}",
        f"root = parse(gzip.open(path)).getroot()\n{LOOP}",
    ),
    "lxml.etree": (
        f"import gzip\nimport pandas as pd\nfrom lxml.etree import parse{NAMES}",
        f"root = parse(gzip.open(path)).getroot()\n{LOOP}",
    ),
    "xml.dom.minidom": ("import gzip\nimport pandas as pd\nfrom xml.dom.minidom import parse", MINIDOM),
}
AROUND = """
import resource, time
path = {path!r}
{before}
start = time.perf_counter()
{code}
print("@", time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measured(way: str) -> tuple[float, float, float]:
    """Seconds of the reading, seconds of the whole process, and peak MiB."""
    before, code = WAYS[way]
    program = AROUND.format(path=str(LOG), before=before, code=code)
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    whole = time.perf_counter() - start
    _, taken, memory = done.stdout.splitlines()[-1].split()
    return float(taken), whole, float(memory)


def main() -> int:
    if not LOG.is_file():
        print(f"{LOG} is not here: set WORKBENCH_SHARED")
        return 1
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    found: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, figures in found.items():
            figures.append(measured(way))
    print(f"{'way':<24}{'reading, s':>24}{'ours x':>18}{'process, s':>12}{'ours x':>8}{'peak MiB':>10}")
    ours = found["wb.read"]
    for way, figures in found.items():
        reading, process, memory = zip(*figures, strict=True)
        times = sorted(one / own[0] for one, own in zip(reading, ours, strict=True))
        whole = statistics.median(one / own[1] for one, own in zip(process, ours, strict=True))
        print(
            f"{way:<24}{statistics.median(reading):>10.2f} ({min(reading):5.2f}-{max(reading):5.2f})"
            f"{statistics.median(times):>7.1f} ({times[0]:.1f}-{times[-1]:.1f})"
            f"{statistics.median(process):>12.2f}{whole:>8.1f}{max(memory):>10.0f}"
        )
    print(f"\n{rounds} rounds, medians (lowest-highest); {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
