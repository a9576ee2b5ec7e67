"""Held up under load: files made wrong in thousands of ways are read, or refused by name; nothing crashes or hangs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutated
from needs import NIGHTLY
from seeds import seeds

import workbench as wb

HERE = Path(__file__).resolve().parent
COUNT, SEED = 2_000, 20
QUICK = [
    one for one in seeds() if one.name.startswith(("qd", "codes", "questionnaire", "qsf", "xlsform", "theme", "log"))
]


def test_two_thousand_files_made_wrong_are_read_or_refused_by_name(tmp_path):
    """Coverage-guided, each in ten seconds and bounded memory; a hundred thousand at night (fuzz.py)."""
    paths = [str(HERE), str(HERE.parent), str(HERE.parent.parent)]
    command = [
        sys.executable,
        str(HERE / "fuzz.py"),
        str(COUNT),
        "--seed",
        str(SEED),
        "--out",
        str(tmp_path / "failed"),
    ]
    run = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True
    )
    print(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    assert f"{COUNT:,} inputs" in run.stdout


@given(st.sampled_from(QUICK), st.randoms(use_true_random=False))
@settings(max_examples=2000 if NIGHTLY else 100, deadline=None, suppress_health_check=list(HealthCheck))
def test_codes_and_questionnaires_made_wrong_are_refused_by_name_with_the_least_example(tmp_path_factory, seed, chance):
    """The same changes drawn by hypothesis, which shrinks what fails to its least form."""
    path = tmp_path_factory.getbasetemp() / seed.file
    path.write_bytes(mutated(seed.content, chance))
    try:
        seed.ask(path)
    except wb.DataFault as told:
        assert told.faults[0].found
