"""What the tests share: the shared folder of real files, a project of one's own, and a small water town to count by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from needs import needed
from prepared import NAME, lend, once, read
from water_town import BINDING, DERIVED, ROOT, WATER


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files, oracles and hostile files beside the checkout."""
    folder = Path(os.environ.get("WORKBENCH_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        needed("the folder of real files", "set WORKBENCH_SHARED to it")
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the settings of the person who runs it; one key for a whole run keeps pseudonyms still."""
    before = os.environ.get("WORKBENCH_SETTINGS")
    os.environ["WORKBENCH_SETTINGS"] = str(tmp_path_factory.mktemp("settings"))
    yield
    os.environ.pop("WORKBENCH_SETTINGS")
    if before is not None:
        os.environ["WORKBENCH_SETTINGS"] = before


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study as it is once its sources were read, for all workers: nobody opens or changes it, one takes a copy."""
    return once(tmp_path_factory, "prepared", read) / NAME


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory, own_settings: None, prepared: Path):
    """The sample study, loaded, to look at: a test that changes it takes `sample`, or `loaded` where it asks for data."""
    import workbench as wb

    folder = tmp_path_factory.mktemp("project") / "water-billing"
    shutil.copytree(ROOT / "data" / "water-billing", folder, ignore=DERIVED)
    lend(prepared, folder)
    return wb.open_study(folder)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one's own, empty."""
    for folder in ("data", "surveys", "reports"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def sample(project: Path) -> Path:
    """A project holding the sample study, to be changed at will; the study's folder comes back."""
    shutil.copytree(
        ROOT / "data" / "water-billing",
        project / "data" / "water-billing",
        ignore=DERIVED,
    )
    shutil.copytree(ROOT / "surveys", project / "surveys", dirs_exist_ok=True)
    shutil.copytree(ROOT / "notebooks", project / "notebooks", dirs_exist_ok=True)
    return project / "data" / "water-billing"


@pytest.fixture
def loaded(sample: Path, prepared: Path) -> Path:
    """`sample` with its sources read already."""
    lend(prepared, sample)
    return sample


@pytest.fixture
def water(tmp_path: Path):
    """A small water town: five people, answers that one can add up in the head."""
    import workbench as wb

    path = tmp_path / "answers.csv"
    path.write_text(WATER, encoding="utf-8")
    return wb.read(path, **BINDING)
