"""The sample study with its sources read: once for a whole run of the tests, by whichever worker asks first.

A copy of it holds as it lies: it gets the same key at its own path, so that nothing of it has to be read again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from water_town import DERIVED, ROOT

NAME = "water-billing"
KEY = "key"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that one worker fills for all of them; whoever comes meanwhile waits. Nobody changes what is in it."""
    from workbench import files

    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    beside = folder.with_name(f"{name}-made")
    with files.locked(beside):
        if not (beside / "whole").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (beside / "whole").touch()
    return folder


def read(project: Path) -> None:
    """Put the sample study, its sources read, and its key into a folder."""
    import workbench as wb

    shutil.copytree(ROOT / "data" / NAME, project / NAME, ignore=DERIVED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(ROOT))
        patch.setenv("WORKBENCH_SETTINGS", str(project / "settings"))
        study = wb.open_study(project / NAME)
        study.load()
        (project / KEY).write_bytes(study.secret)


def lend(prepared: Path, folder: Path) -> None:
    """Put what was read of the sample study into a copy of it, whose key will lie in the settings of now."""
    import workbench as wb
    from workbench.privacy import keys

    shutil.copy2(prepared / "log", folder / "log")
    secret = (prepared.parent / KEY).read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys.secrets, "token_bytes", lambda size: secret)
        copy = wb.open_study(folder)
        assert copy.secret == secret  # before there are frames: a key is not made where they rest on one
    shutil.copytree(prepared / "frames", folder / "frames")
    assert copy.loaded, "a copy of the sample study would be read again"
