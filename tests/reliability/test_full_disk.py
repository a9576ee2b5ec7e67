"""A full disk, and one that can only be read (promise P5b): said in words a person understands, and the former file is whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def test_where_the_disk_takes_nothing_everything_that_writes_says_so_and_leaves_what_was_there(tmp_path):
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here: no unshare, or not allowed")
    for name in ("disk", "scratch"):
        (tmp_path / name).mkdir()
    paths = [str(HERE), str(HERE.parent), str(HERE.parent.parent)]
    command = [
        "unshare",
        "-rm",
        sys.executable,
        str(HERE / "full_disk.py"),
        str(tmp_path / "disk"),
        str(tmp_path / "scratch"),
    ]
    run = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True
    )
    assert run.stdout, run.stderr
    found = json.loads(run.stdout)
    for how in ("full", "read only"):
        _, after = found.pop(how)
        assert after["chain"] and after["loaded"] and after["left"] == [], f"{how}: {after}"
    for what, (words, changed) in found.items():
        assert words == "well" or "expected a place to write to" in words, f"{what}: {words}"
        if words != "well":
            parts = [one for one in changed if one.startswith("data/") and "/history/" not in one]
            assert parts == [], f"{what} was told to have failed, and changed something"
            assert "Traceback" not in words and len(words.splitlines()) <= 3
    told = [what for what, (words, *_) in found.items() if words != "well"]
    assert len(told) > 0.6 * len(found), "the disk had room: nothing was shown"
