"""Two at once (promise P5c): what was said to be saved is found, and who is refused is told who saved, and when."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kills import NAME, laid_out
from needs import NIGHTLY

import workbench as wb

HERE = Path(__file__).resolve().parent
MANY = 25 if NIGHTLY else 8
WRITER = """
import sys
import workbench as wb
who, many = sys.argv[1], int(sys.argv[2])
study, saved = wb.open_study("town"), 0
for number in range(many):
    words = f"{who} {number}"
    study.draw.comment("bill", words)
    study.draw.set("joins" if number % 2 else "bill", f"{who} lane", words)
    study.add_idea(words, who=who)
    study.interviews.give("sources/talk.vtt", 2, code=f"{who}{number}", coder=who)
    study.edit("solutions").add({"id": f"{who}-{number}", "name": words, "area": "communication", "steps": ["bill"],
                                 "gain": {"judged": [1, 2, 3]}, "cost": {"once": [1, 2, 3]}})
    saved += 5
print(saved)
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    laid_out(tmp_path)
    study = wb.open_study(NAME)
    for who in "abcd":
        study.draw.add_lane(f"{who} lane")
    return tmp_path


def test_what_four_at_once_were_told_is_saved_is_found(home):
    environment = os.environ | {"PYTHONPATH": str(HERE.parent.parent), "WORKBENCH_HOME": str(home)}
    command = [sys.executable, "-c", WRITER]
    running = [
        subprocess.Popen([*command, who, str(MANY)], env=environment, stdout=subprocess.PIPE, text=True)
        for who in "abcd"
    ]
    said = [one.communicate(timeout=300)[0].strip() for one in running]
    assert said == [str(5 * MANY)] * 4
    study = wb.open_study(NAME)
    expected = {f"{who} {number}" for who in "abcd" for number in range(MANY)}
    assert {note.words for note in study.notes.notes} == expected
    assert {idea.words for idea in study.ideas.ideas} == expected
    assert {solution.name for solution in study.solutions.solutions} == expected
    assert {quote.code for quote in study.codes.quotes} == {one.replace(" ", "") for one in expected}
    drawn = study.content("map")["stages"][0]["steps"]
    cells = {str(words) for step in drawn for words in (step.get("lanes") or {}).values()}
    assert cells == {f"{who} {number}" for who in "abcd" for number in (MANY - 1, MANY - 2)}
    assert [str(one) for one in study.check() if one.weight == "error"] == []


def test_who_saves_over_what_another_saved_is_refused_and_told_who_and_when(home):
    mine, theirs = wb.open_study(NAME), wb.open_study(NAME)
    content = mine.scope.model_dump(mode="json", exclude_unset=True) | {"purpose": "mine"}
    theirs.save("scope", {"purpose": "theirs"}, who="Bea")
    with pytest.raises(wb.DataFault, match=r"saved by Bea at \d\d\d\d-\d\d-\d\d") as told:
        mine.save("scope", content)
    assert "nothing was overwritten" in told.value.faults[0].mend
    assert wb.open_study(NAME).scope.purpose == "theirs"
    mine.save("scope", mine.scope.model_dump(mode="json", exclude_unset=True) | {"purpose": "both"})
    assert wb.open_study(NAME).scope.purpose == "both"
