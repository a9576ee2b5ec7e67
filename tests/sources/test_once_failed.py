"""Files that once crashed a reader, found by fuzzing: each is read, or refused by name, and nothing else.

A file's name begins with the kind (tests/reliability/seeds.py) that it is one of. Every further one is put beside them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from water_town import ROOT

import workbench as wb

sys.path.append(str(ROOT / "tests" / "reliability"))
from seeds import seeds

FILES = sorted((Path(__file__).parent / "once_failed").iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_once_crashed_a_reader_is_read_or_refused_by_name(path, tmp_path):
    kind = path.name.partition("--")[0]
    seed = next(one for one in seeds() if one.name == kind)
    copy = tmp_path / seed.file
    copy.write_bytes(path.read_bytes())
    try:
        seed.ask(copy)
    except wb.DataFault as told:
        assert told.faults[0].found and told.faults[0].file
