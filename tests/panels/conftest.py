"""A project of one's own for each test: the sample study copied, its key in a folder beside it."""

import os
import shutil
import threading

import pytest
from lab_server import STUDY, copied, lab_of
from prepared import lend

import workbench as wb


@pytest.fixture(autouse=True)
def live(monkeypatch):
    """Panels are live, whoever runs the tests; what they work out beside the screen ends with its test."""
    monkeypatch.delenv("WORKBENCH_REPORT", raising=False)
    yield
    while working := [one for one in threading.enumerate() if one.name.startswith("workbench ")]:
        for one in working:
            one.join(60)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A project that a test may change."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_SETTINGS", str(tmp_path / "settings"))
    return copied(tmp_path)


@pytest.fixture
def study(home, prepared):
    """A study that a test may change, its sources read already."""
    lend(prepared, home / "data" / STUDY)
    return wb.open_study(STUDY)


@pytest.fixture(scope="module")
def shared(tmp_path_factory, prepared):
    """A study, loaded, that no test changes."""
    folder = copied(tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(folder))
        patch.setenv("WORKBENCH_SETTINGS", str(folder / "settings"))
        lend(prepared, folder / "data" / STUDY)
        yield wb.open_study(STUDY)


@pytest.fixture(scope="session")
def chromium():
    """Where Chromium is. Without one the test is skipped, but fails where CI must have it."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium")
        pytest.skip("no Chromium on this machine")
    return program


@pytest.fixture
def lab(home):
    """JupyterLab as `workbench lab` starts it; its address and token."""
    with lab_of(home) as found:
        yield found
