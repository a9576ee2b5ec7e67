"""The oracle cases: inputs with answers that other programs computed, in a folder outside this checkout.

`WORKBENCH_SHARED` names the folder (default: `shared` beside the checkout). Without it the tests that need it skip, and
under CI they fail. No number of it is copied here.
"""

import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared"


def plain(answer):
    """Tuples as lists, numpy numbers as Python's: what a JSON file would hold."""
    if isinstance(answer, dict):
        return {key: plain(value) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [plain(value) for value in answer]
    return answer.item() if hasattr(answer, "item") else answer


@dataclass
class Oracle:
    """One case: its table, its settings, and the comparison with its answers at its own tolerance."""

    table: pd.DataFrame
    params: dict
    told: dict
    compare: object

    def agrees_with(self, answer):
        wrong, compared = self.compare(plain(answer), self.told["expected"], self.told["tolerance"])
        assert compared > 0, "nothing was compared"
        assert not wrong, wrong


@pytest.fixture
def oracle():
    folder = Path(os.environ.get("WORKBENCH_SHARED") or BESIDE) / "oracles"
    if not folder.is_dir():
        reason = f"no oracle cases at {folder}: set WORKBENCH_SHARED"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    spec = importlib.util.spec_from_file_location("oracle_check", folder / "check.py")
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)

    def case(name):
        here = folder / name
        return Oracle(
            pd.read_csv(here / "input.csv"),
            json.loads((here / "params.json").read_text(encoding="utf-8")),
            json.loads((here / "expected.json").read_text(encoding="utf-8")),
            check.compare,
        )

    return case
