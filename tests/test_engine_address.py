"""Where a study's questions are worked out: this process, unless an address says otherwise; a wrong one is told with its mend."""

from __future__ import annotations

import importlib.util

import pytest

import workbench as wb
from workbench import cli


def _says(folder, address: str) -> None:
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f'engine: "{address}"\n', encoding="utf-8")


def test_the_engine_is_in_this_process_unless_said(sample, monkeypatch):
    monkeypatch.delenv("WORKBENCH_ENGINE", raising=False)
    study = wb.open_study(sample)
    assert study.engine == "embedded"
    _says(sample, "spark://10.0.0.1:7077")
    assert study.engine == "spark://10.0.0.1:7077"
    monkeypatch.setenv("WORKBENCH_ENGINE", "embedded")  # the one who runs it may say otherwise
    assert study.engine == "embedded"


@pytest.mark.parametrize("address", ["sparkle://there", "local[two]", "spark://nowhere", "duckdb"])
def test_an_unknown_address_is_told_with_what_is_known(loaded, address):
    _says(loaded, address)
    with pytest.raises(wb.DataFault, match=r"embedded, local\[2\]") as told:
        _ = wb.open_study(loaded).journey
    assert told.value.faults[0].column == "engine" and "study.yaml" in told.value.faults[0].mend


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is not None, reason="pyspark is in this environment")
def test_without_pyspark_it_is_told_how_to_get_it(loaded, capsys, monkeypatch):
    monkeypatch.delenv("WORKBENCH_ENGINE", raising=False)
    assert cli.main(["load", "water-billing", "--engine", "local[2]"]) == cli.WRONG_INPUT
    said = capsys.readouterr().err
    assert "no pyspark here" in said and "make cluster" in said
    import os

    assert "WORKBENCH_ENGINE" not in os.environ
