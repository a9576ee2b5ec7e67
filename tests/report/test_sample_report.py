"""The sample study's report, from the command to the browser: whole, offline, quiet, the same every time, and naming nobody."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys

import pytest
from water_town import DERIVED, ROOT


def build(home, settings, seed, zone):
    """One report in a process of its own, as a user would have it on another machine and day."""
    environment = os.environ | {
        "WORKBENCH_HOME": str(home),
        "WORKBENCH_SETTINGS": str(settings),
        "PYTHONHASHSEED": seed,
        "TZ": zone,
    }
    command = [sys.executable, "-m", "workbench.cli", "report", "water-billing"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=home)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "WARNING" not in done.stderr, done.stderr
    return home / "reports" / "water-billing" / "report.html"


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Two reports of the same study: other keys, another order of hashing, another time zone."""
    found = []
    for number, (seed, zone) in enumerate((("0", "UTC"), ("5", "Pacific/Auckland"))):
        home = tmp_path_factory.mktemp(f"home{number}")
        shutil.copytree(ROOT / "data" / "water-billing", home / "data" / "water-billing", ignore=DERIVED)
        for name in ("surveys", "notebooks"):
            shutil.copytree(ROOT / name, home / name)
        found.append(build(home, home / "settings", seed, zone))
    return found


@pytest.fixture(scope="module")
def seen(reports, visit_once):
    """The first report, open, with all its figures drawn."""
    return visit_once(reports[0], figures_of(reports[0]))


def figures_of(report):
    return len(re.findall(r'<script type="application/json" id="figure-\d+-data"', report.read_text(encoding="utf-8")))


def test_the_same_study_gives_the_same_page_whoever_builds_it(reports):
    assert reports[0].read_bytes() == reports[1].read_bytes()


def test_it_opens_offline_quietly_and_shows_every_figure(reports, seen):
    figures = figures_of(reports[0])
    assert figures > 20
    drawn = seen.page.evaluate("document.querySelectorAll('[data-drawn=true] .main-svg').length")
    assert drawn >= figures
    assert not seen.outside() and not seen.errors and not seen.said
    for picture in seen.page.query_selector_all("[data-drawn]"):
        assert picture.get_attribute("aria-label")


def test_its_first_page_says_the_findings_and_its_last_how_they_came(seen):
    words = seen.page.inner_text("body")
    first = words[:3000]
    assert "feels 46 points worse than the team assumed" in first
    assert "supported, +33 NPS points (+26 to +40)" in first
    assert "of 100 redraws" in first
    for heading in (
        "Scope",
        "Map",
        "Measure",
        "Solutions",
        "Apply",
        "Sources",
        "What was set aside or assumed",
        "Made with",
    ):
        assert heading in first  # the contents list
    assert re.search(r"survey\.csv\s+qualtrics\s+[\d,]+\s+[\d,]+\s+[0-9a-f]{64}", words)
    assert "duckdb" in words.lower()


def test_it_shows_no_code_unless_asked(reports):
    assert "wb.open_study" not in reports[0].read_text(encoding="utf-8")


def test_it_stays_under_eight_megabytes(reports):
    assert reports[0].stat().st_size < 8_000_000


def test_it_names_nobody(reports):
    """No customer's name, e-mail, address, telephone number or id of the sources stands anywhere in the page."""
    from workbench.report.gate import readable

    text = reports[0].read_text(encoding="utf-8")
    page, seen = readable(text), set(re.findall(r"[\w@.+-]+", readable(text)))
    sources = ROOT / "data" / "water-billing" / "sources"
    with open(sources / "customers.csv", encoding="utf-8", newline="") as handle:
        customers = list(csv.DictReader(handle))
    for customer in customers:
        assert customer["customer_name"] not in page
    long = {customer["customer_id"] for customer in customers if len(customer["customer_id"]) >= 7}
    assert not long & seen
    assert "@example" not in page and "192.0.2." not in page
    assert not re.search(r"07700 ?900", page)


def test_no_group_under_the_minimum_is_shown(seen):
    tables = seen.page.evaluate(
        """() => [...document.querySelectorAll('table')].map(table => {
             const heads = [...table.querySelectorAll('thead th')].map(cell => cell.textContent.trim());
             const at = heads.indexOf('base');
             return at < 0 ? [] : [...table.querySelectorAll('tbody tr')].map(row => row.cells[at].textContent.trim());
           }).flat()"""
    )
    bases = [int(one.replace(",", "")) for one in tables if one not in ("hidden", "–", "")]
    assert len(bases) > 100
    assert min(base for base in bases if base > 0) >= 10
