"""A study somebody sends: whatever its cells, names and words hold, nothing of it runs in the report and nothing is called."""

from __future__ import annotations

import re
import shutil

import pytest
from water_town import ROOT

from workbench import cli

BAD = "<img src=x onerror=window.hit=1>"
SCRIPT = "</script><script>window.hit=1</script>"


@pytest.fixture
def hostile(project):
    """A small study whose every word is an attack."""
    shutil.copytree(ROOT / "notebooks", project / "notebooks")
    folder = project / "data" / "hostile"
    (folder / "sources").mkdir(parents=True)
    rows = [
        f'p{number},{number % 11},{1 + number % 5},"{(BAD, SCRIPT, "fair")[number % 3]}","{SCRIPT} {number}"'
        for number in range(120)
    ]
    answers = "who,nps,mood,segment,said\n" + "\n".join(rows) + "\n"
    (folder / "sources" / "answers.csv").write_text(answers, encoding="utf-8")
    (folder / "study.yaml").write_text(
        f"title: 'T {BAD}'\nsummary: 'S {SCRIPT}'\nsources:\n  - file: sources/answers.csv\n    format: survey\n    person: who\n"
        "    segments: [segment]\n    text: [said]\n    questions:\n      nps: {measure: nps, step: one}\n"
        f"      mood: {{measure: emotion, step: one, label: 'L {BAD}'}}\n",
        encoding="utf-8",
    )
    (folder / "map.yaml").write_text(
        f"lanes: ['{BAD}']\nstages:\n  - name: '{SCRIPT}'\n    steps:\n"
        f"      - {{id: one, name: '{BAD}', channels: ['{SCRIPT}'], emotion: 60, lanes: {{'{BAD}': '{SCRIPT}'}},"
        f" promise: {{words: '{BAD}', kept: broken}}}}\n"
        f"      - {{id: two, name: '{SCRIPT}', lanes: {{}}}}\n",
        encoding="utf-8",
    )
    (folder / "hypotheses.yaml").write_text(
        f"hypotheses:\n  - {{id: a, claim: '{BAD}', outcome: nps, compare: {{segment: fair}}, matters: 5}}\n",
        encoding="utf-8",
    )
    (folder / "solutions.yaml").write_text(
        f"solutions:\n  - {{id: a, name: '{SCRIPT}', area: products, steps: [one], gain: {{judged: [1, 2, 3]}},"
        " cost: {once: [1, 2, 3]}}\n",
        encoding="utf-8",
    )
    (folder / "actions.yaml").write_text(
        f"actions:\n  - {{id: a, action: '{BAD}', kind: training, department: '{SCRIPT}', owner: '{BAD}', start: 2025-01-01,"
        " due: 2025-02-01, measure: nps}\n",
        encoding="utf-8",
    )
    return project


def test_nothing_of_a_hostile_study_runs_in_its_report(hostile, visit):
    assert cli.main(["report", "hostile", "--code"]) == 0
    path = hostile / "reports" / "hostile" / "report.html"
    figures = len(re.findall(r'<script type="application/json" id="figure-\d+-data"', path.read_text(encoding="utf-8")))
    assert figures >= 4
    seen = visit(path, figures)
    page = seen.page
    for summary in page.query_selector_all("summary"):
        summary.click()
    for figure in page.query_selector_all("[data-drawn]"):
        figure.hover()
    assert page.evaluate("window.hit") is None
    assert not seen.outside() and not seen.errors
    assert not [said for said in seen.said if "Content Security Policy" not in said]
    assert "onerror" in page.inner_text("body")  # the words themselves are shown, as words
    assert page.evaluate("document.querySelectorAll('img[src=x], img[onerror]').length") == 0
