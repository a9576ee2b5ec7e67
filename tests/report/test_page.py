"""Pages of findings in a real browser: they open offline, call nobody, draw everything, and nothing in them runs."""

import base64
import re

import pytest
from made_findings import HOSTILE, SECRET, finding, make, view

from workbench import figures, report
from workbench.faults import DataFault


def everything(hostile=False):
    return [*(make(kind, hostile) for kind in figures.KINDS), finding("map", [], view=view(8, hostile=hostile))]


def test_a_page_opens_offline_and_draws_every_figure(visit, tmp_path):
    path = report.write_page(everything(), tmp_path / "page.html", title="Findings of wave 3")
    seen = visit(path, figures=len(figures.KINDS))
    page = seen.page
    assert seen.errors == [] and seen.said == [] and seen.outside() == []
    assert page.locator('[data-drawn="true"]').count() == len(figures.KINDS)
    assert page.locator('[data-drawn="true"] svg.main-svg').count() >= len(figures.KINDS)
    assert page.locator("h1").inner_text() == "Findings of wave 3"
    assert page.locator("table.map").is_visible()
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert path.stat().st_size < 8_000_000


def test_hostile_words_do_nothing(visit, tmp_path):
    made = everything(hostile=True)
    for one in made:
        object.__setattr__(one, "trail", (HOSTILE,))
        object.__setattr__(one, "base", HOSTILE)
        object.__setattr__(one, "sentence", HOSTILE)
    seen = visit(report.write_page(made, tmp_path / "page.html", title=HOSTILE), figures=len(figures.KINDS))
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("window.ran") is None
    assert seen.errors == [] and seen.said == [] and seen.outside() == []
    assert seen.page.locator('[data-drawn="true"]').count() == len(figures.KINDS)
    assert seen.page.locator("body a:not([href^='#'])").count() == 0
    assert seen.page.locator("h1").inner_text() == HOSTILE
    assert "onerror=window.ran=1" in seen.page.locator("table.map").inner_text()


def test_the_policy_alone_stops_a_script_that_slipped_through(visit, tmp_path):
    path = report.write_page([make("bars")], tmp_path / "page.html")
    html = path.read_text()
    attack = "<script>window.ran=1</script><img src=x onerror='window.ran=1'><img src='http://127.0.0.1:9/x.png'>"
    path.write_text(html.replace('<main id="content" tabindex="-1">', f'<main id="content" tabindex="-1">{attack}'))
    seen = visit(path, figures=1)
    assert seen.page.evaluate("window.ran") is None
    assert len(seen.said) >= 3 and all("Content Security Policy" in one for one in seen.said)


def test_a_page_works_by_keyboard(visit, tmp_path):
    page = visit(report.write_page(everything(), tmp_path / "page.html"), figures=len(figures.KINDS)).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.locator("nav a").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page.locator('nav a').nth(1).get_attribute('href')}")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None


def test_figures_have_names_and_alternatives(visit, tmp_path):
    page = visit(report.write_page([make("intervals")], tmp_path / "page.html"), figures=1).page
    image = page.get_by_role("img")
    assert image.first.get_attribute("aria-label").startswith(
        "The first bill costs us most. Moves in: +21 (8 to 33) n 214;"
    )
    assert page.locator("#figure-1").get_attribute("role") == "img"


@pytest.mark.parametrize(("width", "steps"), [(1364, 4), (1364, 14), (700, 8)])
def test_a_wide_map_scrolls_in_its_own_box(browser, tmp_path, width, steps):
    path = report.write_page([finding("map", [], view=view(steps))], tmp_path / "page.html")
    context = browser.new_context(offline=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"file://{path}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    scrolls = page.locator(".map-box").evaluate("box => box.scrollWidth > box.clientWidth + 1")
    assert scrolls is (width < 1000)
    context.close()


def test_steps_of_the_curve_stand_under_their_names(visit, tmp_path):
    page = visit(report.write_page([finding("map", [], view=view(8))], tmp_path / "page.html")).page
    curve = page.locator("img.curve").bounding_box()
    heads = [one.bounding_box() for one in page.locator("th.step").all()]
    assert abs(curve["x"] - heads[0]["x"]) < 1
    assert abs(curve["x"] + curve["width"] - heads[-1]["x"] - heads[-1]["width"]) < 1
    assert max(head["width"] for head in heads) - min(head["width"] for head in heads) < 1


def test_it_is_readable_in_the_dark(visit, tmp_path):
    page = visit(report.write_page([make("bars")], tmp_path / "page.html"), figures=1, color_scheme="dark").page
    colours = page.evaluate(
        "['body', '.drawing-box'].map(one => getComputedStyle(document.querySelector(one)).backgroundColor)"
    )
    assert colours == ["rgb(21, 26, 33)", "rgb(255, 255, 255)"]


def test_two_pages_of_the_same_findings_are_the_same_bytes(tmp_path):
    one, two = (report.write_page(everything(), tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert one == two


def test_hidden_numbers_are_nowhere_in_the_page(tmp_path):
    rows = [
        {"step": "Moves in", "value": 21.5, "low": 8.5, "high": 33.5, "n": 214, "assumed": 4.0, "cost": 3.0},
        {"step": "Appeals", "value": SECRET, "low": 71.321, "high": 83.654, "n": 4, "assumed": 64.987, "cost": 58.741},
        {"step": "Agrees", "value": 66.125, "low": 61.875, "high": 69.375, "n": 12, "assumed": 5.0, "cost": 4.0},
        {"step": "Stays", "value": -9.5, "low": -20.5, "high": 2.5, "n": 287, "assumed": 6.0, "cost": 5.0},
    ]
    kinds = ("intervals", "bars", "lines", "compare", "quadrant")
    made = [finding(kind, rows) for kind in kinds] + [finding("map", [], view=view(14))]
    html = report.write_page(made, tmp_path / "page.html").read_text()
    told = re.sub(r"<script>.*?</script>", "", html, flags=re.S)
    told += "".join(base64.b64decode(one).decode("latin-1") for one in re.findall(r"base64,([A-Za-z0-9+/=]+)", told))
    for number in (SECRET, 71.321, 83.654, 64.987, 58.741, 66.125, 61.875, 69.375):
        assert str(number) not in told
        assert f"{number:.2f}" not in told
    assert "(71 to 84)" not in told and "(62 to 69)" not in told
    assert "21.5" in told and told.count("hidden") > 10


def test_a_finding_without_a_picture_is_words_and_a_table(tmp_path):
    bare = make("bars")
    object.__setattr__(bare, "picture", {})
    html = report.write_page(bare, tmp_path / "page.html").read_text()
    assert html.count("<script>") == 1 and "<table>" in html and "First bill arrives" in html  # no drawing program


def test_an_unknown_picture_writes_nothing(tmp_path):
    with pytest.raises(DataFault, match="bars"):
        report.write_page([make("bars"), finding("bar", [{"step": "a", "value": 1.0}])], tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()
