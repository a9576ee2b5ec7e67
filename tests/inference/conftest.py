"""The oracle cases: inputs with answers that other programs computed, in a folder outside this checkout.

`WORKBENCH_SHARED` names the folder (default: `shared` beside the checkout). Without it the tests that need it skip, and
under CI they fail. No number of it is copied here.
"""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("WORKBENCH_SHARED") or Path(__file__).resolve().parents[3] / "shared")
ORACLES = SHARED / "oracles"


def pytest_generate_tests(metafunc):
    if "oracle_case" in metafunc.fixturenames:
        cases = sorted(told.parent for told in ORACLES.glob("*/expected.json"))
        metafunc.parametrize("oracle_case", cases or [None], ids=lambda case: case.name if case else "none")


@pytest.fixture
def oracle_runner(oracle_case):
    """The module that compares an answer with the case's own tolerance; no cases are a skip, or a failure in CI."""
    if oracle_case is None:
        reason = f"no oracle cases at {ORACLES}: set WORKBENCH_SHARED"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    if "oracle_run" not in sys.modules:
        spec = importlib.util.spec_from_file_location("oracle_run", ORACLES / "run.py")
        sys.modules["oracle_run"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["oracle_run"])
    return sys.modules["oracle_run"]
