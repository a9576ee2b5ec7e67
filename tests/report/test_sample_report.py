"""The sample study's report, from the command to the browser: whole, offline, quiet, the same every time, and naming nobody."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from html import escape

import pytest
from prepared import once
from test_phrases import numbers
from water_town import DERIVED, ROOT

from workbench.report.texts import spoken_in, texts, untold

CALLS = "calls.txt"  # every attempt to reach another address, as the system saw it


def closed(home):
    """What a command is run under so that it has no network, and each attempt to use one is written down."""
    missing = [one for one in ("strace", "unshare") if shutil.which(one) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI needs {' and '.join(missing)}")
    if missing or subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        return []
    calls = "trace=connect,sendto,sendmsg"
    return [
        "strace",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-e",
        calls,
        "-e",
        "signal=none",
        "-o",
        str(home / CALLS),
        "unshare",
        "-rn",
    ]


def build(home, settings, seed, zone, under=()):
    """One report in a process of its own, as a user would have it on another machine and day."""
    environment = os.environ | {
        "WORKBENCH_HOME": str(home),
        "WORKBENCH_SETTINGS": str(settings),
        "PYTHONHASHSEED": seed,
        "TZ": zone,
    }
    command = [*under, sys.executable, "-m", "workbench.cli", "report", "water-billing"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=home)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "WARNING" not in done.stderr, done.stderr


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Two reports of the same study: other keys, another order of hashing, another time zone; the second without a network."""

    def make(home, seed, zone):
        shutil.copytree(ROOT / "data" / "water-billing", home / "data" / "water-billing", ignore=DERIVED)
        for name in ("surveys", "notebooks"):
            shutil.copytree(ROOT / name, home / name)
        build(home, home / "settings", seed, zone, closed(home) if seed == "5" else ())

    homes = [
        once(tmp_path_factory, f"report-{seed}", partial(make, seed=seed, zone=zone))
        for seed, zone in (("0", "UTC"), ("5", "Pacific/Auckland"))
    ]
    return [home / "reports" / "water-billing" / "report.html" for home in homes]


@pytest.fixture(scope="module")
def seen(reports, visit_once):
    """The first report, open, with all its figures drawn."""
    return visit_once(reports[0], figures_of(reports[0]))


def figures_of(report):
    return len(re.findall(r'<script type="application/json" id="figure-\d+-data"', report.read_text(encoding="utf-8")))


def test_the_same_study_gives_the_same_page_whoever_builds_it(reports):
    assert reports[0].read_bytes() == reports[1].read_bytes()


def test_a_report_is_written_without_a_network_and_tries_none(reports):
    calls = reports[1].parents[2] / CALLS
    if not calls.exists():
        pytest.skip("no strace and unshare on this machine")
    said = calls.read_text(errors="replace")
    assert "AF_UNIX" in said, "nothing was written down"
    outside = [
        line for line in said.splitlines() if "AF_INET" in line and "127.0.0.1" not in line and '"::1"' not in line
    ]
    assert outside == []


def test_it_opens_offline_quietly_and_shows_every_figure(reports, seen):
    figures = figures_of(reports[0])
    assert figures > 20
    drawn = seen.page.evaluate("document.querySelectorAll('[data-drawn=true] .main-svg').length")
    assert drawn >= figures
    assert not seen.outside() and not seen.errors and not seen.said
    for picture in seen.page.query_selector_all("[data-drawn]"):
        assert picture.get_attribute("aria-label")


def test_its_first_page_says_the_findings_and_its_last_how_they_came(seen):
    """Ranked, each with base and evidence and a way to its place; what changed; within a screen and a half."""
    page = seen.page
    first = page.inner_text(".page-head")
    assert "feels 46 points worse than the team assumed" in first
    assert "supported, +33 NPS points (+26 to +40)" in first
    assert "of 100 redraws" in first and "none of 38 scores changed beyond chance" in first
    said = page.locator(".first-list > li")
    assert 3 <= said.count() <= 6
    stakes = [int(one) for one in re.findall(r"at stake: (\d+) points", first)]
    assert len(stakes) >= 3 and stakes == sorted(stakes, reverse=True)
    assert all("answers" in one or "people" in one for one in said.all_inner_texts())
    for link in page.locator(".page-head a").all():
        assert page.locator(link.get_attribute("href")).count() == 1
    assert page.locator("main").bounding_box()["y"] < 1350
    listed = page.eval_on_selector_all("nav.contents a", "all => all.map(one => one.textContent)")
    order = ["Map", "Hot spots", "Measure", "Personas", "What changed", "Solutions", "Apply", "Scope", "Data quality",
             "What this study cannot say", "Glossary", "Sources", "Made with"]  # fmt: skip
    assert [one for one in listed if one in order][-1] == "Made with"
    assert sorted(order, key=listed.index) == order
    words = page.inner_text("body")
    assert re.search(r"survey\.csv\s+qualtrics\s+[\d,]+\s+[\d,]+\s+[0-9a-f]{64}", words)
    assert "duckdb" in words.lower()


def test_each_hot_spot_has_its_page(seen):
    pages = seen.page.locator(".hot-spot")
    assert pages.count() == 4
    worst = pages.first.inner_text()
    for words in (
        "First bill arrives",
        "−46",
        "2,121",
        "no warning",
        "judged −2",
        "supported",
        "redraws",
        "Train twelve",
    ):
        assert words in worst
    assert pages.first.locator(".strip").count() >= 4


def test_one_finds_ones_way_by_keyboard(seen):
    page = seen.page
    page.keyboard.press("/")
    page.keyboard.type("kaplan zzz")
    page.wait_for_function("() => document.querySelector('.find-count').textContent === 'Nothing found'")
    page.keyboard.press("Escape")
    page.keyboard.type("bill arrives")
    page.wait_for_function("() => document.querySelectorAll('.hit').length > 5")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.inner_text(".find-count").startswith("2 of ")
    assert page.locator(".hit.here").count() == 1
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('#finding-hot_spot_first-bill').scrollIntoView({behavior: 'instant'})")
    page.wait_for_function("() => document.querySelector('nav [aria-current]').textContent === 'First bill arrives'")


def test_tables_sort_filter_and_go_out_and_figures_are_pictures(seen):
    page = seen.page
    one = page.locator("#finding-nps")
    one.locator("summary").click()
    column, sort = one.locator("tbody tr td:nth-child(2)"), one.locator("th .sort").nth(1)
    as_read = column.all_inner_texts()
    sort.press("Enter")
    assert [float(value) for value in column.all_inner_texts()] == sorted(map(float, as_read))
    assert one.locator("th[aria-sort=ascending]").count() == 1
    sort.press("Enter")
    sort.press("Enter")
    assert column.all_inner_texts() == as_read and one.locator("th[aria-sort]").count() == 0
    with page.expect_download() as saved:
        one.get_by_text("CSV", exact=True).last.click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("step,estimate,from,to,base") and len(lines) == len(as_read) + 1
    for kind, begins in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as saved:
            one.get_by_text(kind, exact=True).click()
        assert saved.value.path().read_bytes().startswith(begins)
    listed = page.locator(".table-tools:has(.tool-filter) + .scroll").last
    tools = page.locator(".table-tools:has(.tool-filter)").last
    many = listed.locator("tbody tr").count()
    tools.locator("input").fill("plotly")
    assert listed.locator("tbody tr:visible").count() == 1 and "1 of" in tools.inner_text()
    tools.locator("input").press("Escape")
    assert listed.locator("tbody tr:visible").count() == many
    assert not [one for one in seen.outside() if not one.startswith("blob:")]  # pictures are drawn inside the page
    assert not seen.errors and not seen.said


def test_a_program_reads_its_contents(reports):
    page = reports[0].read_text(encoding="utf-8")
    told = json.loads(re.search(r'id="report-contents">(.*?)</script>', page, flags=re.S)[1])
    assert told["format"] == 1 and told["study"] == "water-billing" and len(told["sources"]) == 13
    by_name = {one["name"]: one for one in told["findings"]}
    assert set(by_name["nps"]) == {"name", "title", "sentence", "base", "method", "columns", "rows"}
    assert all(len(row) == len(one["columns"]) for one in told["findings"] for row in one["rows"])
    assert {"first_page", "since", "hot_spot_first-bill"} <= set(by_name)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_it_is_read_by_everybody(seen, look):
    """Contrast, names, order of headings (WCAG 2.2 AA) by axe, in both looks; the switch tells what it does."""
    from axe_playwright_python.sync_playwright import Axe

    page = seen.page
    if page.evaluate("document.documentElement.dataset.look || 'light'") != look:
        page.locator(".look").click()
    assert page.evaluate("document.documentElement.dataset.look || 'light'") == look
    assert page.locator("h1").count() == 1
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"][:5]]) for one in found] == []


def test_all_that_its_findings_say_can_be_said_in_german(reports):
    """No sentence, base or method stays English; no number is lost; nobody's own words are touched."""
    page = reports[0].read_text(encoding="utf-8")
    told = json.loads(re.search(r'id="report-contents">(.*?)</script>', page, flags=re.S)[1])["findings"]
    said = [str(one[word]) for one in told for word in ("sentence", "base", "method")]
    assert len(said) > 200
    assert [left for one in said for left in untold(one, "de")] == []
    assert [one for one in said if numbers(one) != numbers(spoken_in(one, "de"), ",")] == []
    german = texts("de").card(re.search(r"<main.*?</main>", page, flags=re.S)[0])
    columns = ("quote", "in their words", "claim", "action", "solution")
    theirs = {
        str(row[one["columns"].index(name)])
        for one in told
        for name in columns
        if name in one["columns"]
        for row in one["rows"]
    }
    assert len(theirs) > 20
    for words in theirs:
        own = escape(re.sub(r" \((?:comment|interview)[^()]*\)$", "", words), quote=False)
        assert german.count(own) >= page.split("<main")[1].split("</main>")[0].count(own), words


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
