"""The catalogue of the report's words: every language whole, numbers written its way, and the theme's rules."""

import json
import re
from importlib.resources import files

import pytest

from workbench.faults import DataFault
from workbench.models import build
from workbench.report import gate
from workbench.report.about import OCCURS
from workbench.report.texts import LANGUAGES, texts
from workbench.theme import Theme, contrast, readable_on


def flat(words, above=""):
    for key, value in words.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_each_language_has_the_same_keys_and_places(language):
    english, other = (dict(flat(texts(one).words)) for one in ("en", language))
    assert english.keys() == other.keys()
    for key, value in english.items():
        assert sorted(re.findall(r"\{\w+\}", value)) == sorted(re.findall(r"\{\w+\}", other[key])), key
        assert other[key].strip(), key


def test_the_script_s_own_words_are_the_catalogue_s():
    script = files("workbench.report").joinpath("templates", "tables.js").read_text(encoding="utf-8")
    assert json.loads(re.search(r"var WORDS = (\{.*?\n  \});", script, flags=re.S)[1]) == texts("en").part("tables")
    assert not re.search(r"^(var|let|const) |window\.\w+ =", script, flags=re.M)  # nothing global


def test_every_word_of_the_glossary_can_occur():
    assert OCCURS.keys() == texts("en").part("glossary").keys()


def test_numbers_follow_the_language_and_dates_stay():
    german = texts("de")
    assert (
        german.figures("−46 (−49 to −43) n 2,121; 0.5; 2025-03 of 1.2.3")
        == "−46 (−49 to −43) n 2.121; 0,5; 2025-03 of 1.2.3"
    )
    html = "<tr><th>estimate</th></tr><tr><td>2,025 is text</td><td class=number>-1,234.5</td>"
    html += '<td class="hidden">hidden</td></tr>'
    assert german.table(html) == (
        "<tr><th>Schätzwert</th></tr><tr><td>2,025 is text</td><td class=number>-1.234,5</td>"
        '<td class="hidden">verdeckt</td></tr>'
    )
    assert texts("en").table(html) == html
    with pytest.raises(DataFault, match="fr"):
        texts("fr")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"colours": {"pain": "#ffcc00"}}, "contrast of 4.5"),
        ({"colours": {"gain": "blue"}}, "#rrggbb"),
        ({"colours": {"gane": "#000000"}}, 'did you mean "gain"'),
        ({"font": "Comic Sans MS"}, "fonts that systems have"),
        ({"font": "Arial;}</style><script>1</script>"}, "fonts that systems have"),
    ],
)
def test_a_theme_that_cannot_be_read_is_a_fault(given, said):
    with pytest.raises(DataFault, match=re.escape(said)):
        build(given, Theme, "theme.yaml")


def test_a_logo_lies_in_the_study_and_is_what_it_says(tmp_path):
    (tmp_path / "fake.png").write_text("<svg/>")
    for named in ("../out.png", "fake.png", "none.svg", "study.yaml"):
        assert Theme(logo=named).check(tmp_path), named


def test_colours_stay_readable_in_the_dark_and_titles_cannot_end_the_style():
    for colour in ("#000000", "#1f5aa6", "#7a0019", "#00563f"):
        assert contrast(readable_on(colour, "#151a21"), "#151a21") >= 4.5
    page = gate.page('x"}</style><script>window.ran=1</script>', [], face=gate.Face(report=True))
    assert page.count("</style>") == 1 and "<script>window" not in page
