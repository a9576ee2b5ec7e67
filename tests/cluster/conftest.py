"""The sample study opened twice, by the embedded engine and by a Spark in this process, for tests that compare them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from needs import needed
from water_town import DERIVED, ROOT

SPARK = "local[2]"
os.environ.setdefault("SPARK_CONF_DIR", str(Path(__file__).parent / "conf"))


@dataclass(frozen=True)
class Both:
    """One study on two engines: its journeys, and the study as each of them opens it."""

    embedded: Any
    spark: Any
    studies: tuple[Any, Any]


def opened_twice(folder: Path) -> Both:
    """A study's folder opened by each engine; its sources are read once, by the embedded one."""
    import workbench as wb

    before, found = os.environ.get("WORKBENCH_ENGINE"), []
    for address in ("embedded", SPARK):
        os.environ["WORKBENCH_ENGINE"] = address
        study = wb.open_study(folder)
        found.append((study, study.journey))
    os.environ.pop("WORKBENCH_ENGINE")
    if before is not None:
        os.environ["WORKBENCH_ENGINE"] = before
    return Both(found[0][1], found[1][1], (found[0][0], found[1][0]))


@pytest.fixture(scope="session", autouse=True)
def spark_is_here() -> None:
    """Spark has an environment of its own (`make test-cluster`); elsewhere these tests are skipped."""
    pytest.importorskip("pyspark", reason="pyspark is not in this environment: make test-cluster runs these tests")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        needed("Java 17", "Spark runs on it")


@pytest.fixture(scope="session")
def both(spark_is_here: None, own_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Both:
    """The sample study on both engines."""
    folder = tmp_path_factory.mktemp("project") / "water-billing"
    shutil.copytree(ROOT / "data" / "water-billing", folder, ignore=DERIVED)
    return opened_twice(folder)


@pytest.fixture(scope="session")
def wide(spark_is_here: None, own_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The sample study with its answers kept one row a respondent, as those of a large survey are, on both engines."""
    from workbench import blocks

    folder = tmp_path_factory.mktemp("project") / "water-billing"
    shutil.copytree(ROOT / "data" / "water-billing", folder, ignore=DERIVED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "FEW", 0)
        yield opened_twice(folder)
