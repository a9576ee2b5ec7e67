"""The pages of a map in a real browser: the worksheet on one sheet of paper, nothing that runs, every picture drawn."""

from __future__ import annotations

import re

import pytest
from made_maps import BAD, made, pages

from workbench import report


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(
    ("steps", "said", "blank"),
    [
        (1, "", False),
        (8, "in some words", False),
        (30, "a long tale " * 30, False),
        (10, "水道料金の請求書" * 20, False),
        (8, "", True),
    ]
    + [(10, "W" * 3000, False)],
)
def test_a_worksheet_prints_on_one_page(browser, tmp_path, paper, steps, said, blank):
    path = report.write_page(made(steps, 1, said).worksheet(blank=blank), tmp_path / "sheet.html", "Worksheet")
    page = browser.new_page()
    page.goto(f"file://{path}")
    printed = page.pdf(format=paper, landscape=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    page.close()


def test_nothing_runs_nothing_is_fetched_and_every_picture_is_drawn(browser, tmp_path):
    path = report.write_page(pages(made(12, 4, BAD)), tmp_path / "page.html", "Pages")
    page, asked = browser.new_page(viewport={"width": 1364, "height": 900}), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{path}")
    assert page.evaluate("window.ran") is None
    assert [one for one in asked if not one.startswith(("data:", "file:"))] == []
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_of_the_sample_is_read_by_everybody(browser, study, tmp_path, scheme):
    """Contrast and names after WCAG 2.2 AA, everything opened, by axe."""
    from axe_playwright_python.sync_playwright import Axe

    beside = study.map_comparison({"segment": "owner"}, {"segment": "tenant"})
    path = report.write_page([*study.findings("map"), beside], tmp_path / f"{scheme}.html", "The map")
    page = browser.new_page(viewport={"width": 1364, "height": 900}, color_scheme=scheme)
    page.goto(f"file://{path}")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    page.close()
