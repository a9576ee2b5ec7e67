"""The hostile files: read right, or said what is wrong, where, and what was done; never in silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from water_town import ROOT

KINDS = (
    "survey_csv",
    "survey_qualtrics",
    "survey_sav",
    "survey_xlsx",
    "interview_vtt_srt_docx_txt",
    "tracking",
    "complaints",
    "events_xes_ocel_csv",
    "map",
    "study_yaml",
    "html_xss",
    "text_pii",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_hostile_file_has_the_outcome_that_it_must_have(shared, tmp_path, kind):
    out = tmp_path / "verdicts.json"
    command = [
        sys.executable,
        str(shared / "corpus" / "harness.py"),
        "--adapter",
        str(ROOT / "tests" / "corpus_adapter.py"),
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--kind", kind, "--jobs", "2", "--json", str(out)], capture_output=True, text=True, env=environment
    )
    assert out.exists(), done.stderr[-2000:]
    told = json.loads(out.read_text(encoding="utf-8"))
    verdicts = told if isinstance(told, list) else told.get("entries", told.get("results", []))
    assert verdicts, told
    wrong = [
        (one["id"], one["verdict"], one.get("reasons", one.get("why"))) for one in verdicts if one["verdict"] != "pass"
    ]
    assert wrong == []
