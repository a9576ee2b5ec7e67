"""Nothing lost (promise P5a): a process may be killed at any moment of anything that writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MOMENTS, SEED = 60, 11


def test_killed_at_any_moment_each_file_is_the_former_or_the_new_one_and_nothing_is_left_lying():
    """Load, map, solutions, codes, wall, verdicts, report, exports, questionnaire, key …: 60 moments here, 500 at night."""
    paths = [str(HERE), str(HERE.parent), str(HERE.parent.parent)]
    command = [sys.executable, str(HERE / "kills.py"), str(MOMENTS), "--seed", str(SEED), "--json"]
    run = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True
    )
    assert run.stdout, run.stderr
    found = json.loads(run.stdout)
    assert found["lost"] == []
    assert found["inside"] >= 0.7 * MOMENTS, "the kills came too late: nothing was shown"
