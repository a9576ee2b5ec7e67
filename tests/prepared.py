"""The sample study with its sources read: once for a whole run of the tests, by whichever worker asks first.

A copy of it holds as it lies: it gets the same key at its own path, so that nothing of it has to be read again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from water_town import DERIVED, ROOT

NAME = "water-billing"
MADE = ("frames", "log")  # what loading leaves in a study's folder
READ = "read"  # the file that says that all is there


def prepared_in(base: Path) -> Path:
    """The folder of the sample study as it is once its sources were read, made where it is not there; its key lies beside."""
    import workbench as wb
    from workbench import files

    project = base / "prepared"
    with files.locked(project):
        if not (project / READ).is_file():
            shutil.rmtree(project / NAME, ignore_errors=True)
            shutil.copytree(ROOT / "data" / NAME, project / NAME, ignore=DERIVED)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("WORKBENCH_HOME", str(ROOT))
                patch.setenv("WORKBENCH_SETTINGS", str(project / "settings"))
                study = wb.open_study(project / NAME)
                study.load()
                (project / READ).write_bytes(study.secret)
    return project / NAME


def lend(prepared: Path, folder: Path) -> None:
    """Put what was read of the sample study into a copy of it, whose key will lie in the settings of now."""
    import workbench as wb
    from workbench import privacy

    for name in MADE:
        (shutil.copytree if (prepared / name).is_dir() else shutil.copy2)(prepared / name, folder / name)
    secret = (prepared.parent / READ).read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(privacy.secrets, "token_bytes", lambda size: secret)
        copy = wb.open_study(folder)
        assert copy.secret == secret and copy.loaded, "a copy of the sample study would be read again"
