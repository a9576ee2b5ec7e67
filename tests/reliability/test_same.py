"""Same in, same out (promise P9): whatever the order of rows and sources, the hashing, the zone, the language, the cores.

The rows of transcripts stay as they are: a talk has an order. Where a log's rows have the same time, its own number breaks
the tie (`order:`), else the row; so that is the one thing that the order of rows may say. What lists the sources lists
them as study.yaml does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kills import ACTION, NAME, laid_out
from needs import NIGHTLY
from shuffled import shuffle

import workbench as wb
from workbench.overview import STEPS

HERE = Path(__file__).resolve().parent
ASKED = (
    ("map", "hot spots", "measure", "why", "personas", "since", "solutions", "apply", "explore")
    if NIGHTLY
    else ("map",)
)
COMBINATIONS = [
    {"PYTHONHASHSEED": str(number), "TZ": zone, "LC_ALL": letters, "OMP_NUM_THREADS": threads}
    for number, (zone, letters, threads) in enumerate(
        [("Pacific/Auckland", "C", "2"), ("UTC", "C.UTF-8", "1"), ("America/Los_Angeles", "C", "1")]
        + [("Pacific/Auckland", "C.UTF-8", "1"), ("UTC", "C", "2"), ("America/Los_Angeles", "C.UTF-8", "2")]
    )
]


@pytest.mark.parametrize("other", COMBINATIONS if NIGHTLY else COMBINATIONS[:1], ids=lambda one: one["PYTHONHASHSEED"])
def test_shuffled_rows_other_hashes_zones_and_cores_give_the_same_figures_to_the_last_digit(loaded, other):
    study = wb.open_study(loaded)
    asked = [*ASKED, "explore"] if not NIGHTLY else ASKED
    expected = {step: [one.to_dict() for one in STEPS[step](study)] for step in asked}
    shuffle(loaded, seed=int(other["PYTHONHASHSEED"]) + 1)
    environment = os.environ | other | {"PYTHONPATH": str(HERE.parent.parent)}
    command = [sys.executable, str(HERE / "figures_of.py"), "water-billing", *asked]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    for step in asked:
        for one, two in zip(
            json.loads(json.dumps(expected[step], sort_keys=True, default=str)), found[step], strict=True
        ):
            assert one == two, f"{step}: {two.get('title')}"


def test_the_same_study_exports_the_same_bytes_whatever_the_clock_says(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    laid_out(tmp_path)
    study = wb.open_study(NAME)
    study.load()
    study.edit("actions").add(ACTION | {"solution": ""})
    kinds = ("xlsx", "csv", "parquet", "ics", "tickets", "cjml", "mermaid", "html", "qdpx", "qdc")
    for folder in ("one", "two"):
        for kind in kinds:
            wb.open_study(NAME).export(kind, tmp_path / folder, because="to be compared")
        wb.write_workbook([study.map_finding()], tmp_path / folder / "tables.xlsx")
        time.sleep(2.1 if folder == "one" else 0)  # an archive counts its times by two seconds
    names = sorted(one.name for one in (tmp_path / "one").iterdir() if one.is_file() and one.name != ".lock")
    assert len(names) >= len(kinds)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
