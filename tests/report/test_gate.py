"""The gate: what it keeps, what it drops, and that a page names its scripts and nothing else."""

import base64
import hashlib
import json
import re

import pytest

from workbench.faults import DataFault
from workbench.report import gate

PNG = "data:image/png;base64,iVBORw0KGgo="

ATTACKS = [
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1><circle/></svg>",
    "<svg><script>window.ran=1</script></svg>",
    "<math><mi xlink:href='javascript:window.ran=1'>x</mi></math>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<a href='javascript:window.ran=1'>x</a>",
    "<a href='https://example.invalid/'>x</a>",
    "<img src='https://example.invalid/x.png'>",
    "<img src='data:text/html;base64,PHNjcmlwdD4='>",
    "<img src='data:image/svg+xml,<svg onload=x>'>",
    "<div style='background:url(https://example.invalid)'>x</div>",
    "<p style='width:10px;position:fixed'>x</p>",
    "<style>@import 'https://example.invalid/x.css';</style>",
    "<link rel=stylesheet href='https://example.invalid/x.css'>",
    "<meta http-equiv=refresh content='0;url=https://example.invalid'>",
    "<base href='https://example.invalid/'>",
    "<form action='https://example.invalid'><input name=x autofocus onfocus=window.ran=1></form>",
    "<object data='https://example.invalid'></object><embed src='https://example.invalid'>",
    "<video src=x onerror=window.ran=1></video><audio src=x onerror=window.ran=1></audio>",
    "<details open ontoggle=window.ran=1>x</details>",
    "<noscript><p title='</noscript><img src=x onerror=window.ran=1>'></noscript>",
    "<p id='figure-1' name='content'>clobber</p>",
    "<template><script>window.ran=1</script></template>",
    "<table><td background='https://example.invalid/x'>x</td></table>",
    "</main></body><script>window.ran=1</script>",
    "<<script>script>window.ran=1<</script>/script>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_could_run_or_call_is_gone(attack):
    left = gate.clean(attack).casefold()
    for word in (
        "<script",
        "onerror",
        "onload",
        "ontoggle",
        "onfocus",
        "javascript:",
        "example.invalid",
        "<svg",
        "<style",
        "<iframe",
    ):
        assert word not in left or "&lt;" in left
    assert not re.search(r"<(form|input|link|meta|base|object|embed|video|audio|template)", left)
    assert " id=" not in left and "position" not in left and "text/html" not in left


@pytest.mark.parametrize(
    "fragment",
    [
        "<h2>A &amp; B</h2><p>text <em>and</em> <strong>more</strong></p>",
        '<table class="map"><caption>c</caption><colgroup><col width="12"></colgroup><thead><tr>'
        '<th scope="col" colspan="2">x</th></tr></thead><tbody><tr><td rowspan="2">1</td></tr></tbody></table>',
        "<details><summary>Table</summary><ul><li>x</li></ul></details>",
        f'<figure><img src="{PNG}" alt="a picture" width="10" height="5"><figcaption>c</figcaption></figure>',
        '<section class="finding"><a href="#part-one">one</a></section>',
        '<span style="width:40%">x</span>',
    ],
)
def test_what_a_report_needs_stays(fragment):
    assert gate.clean(fragment) == fragment


def test_cleaning_twice_changes_nothing():
    for attack in ATTACKS:
        once = gate.clean(attack)
        assert gate.clean(once) == once


def scripts(html):
    return re.findall(r"<script>(.*?)</script>", html, flags=re.S)


def test_the_policy_names_exactly_the_scripts_in_the_page():
    html = gate.page("T", ['<div id="figure-1" class="drawing"></div>'], [{"data": [], "layout": {}}])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    named = re.findall(r"'sha256-([^']+)'", policy)
    assert named == [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts(html)]
    assert len(named) == 2
    assert "unsafe" not in re.search(r"script-src [^;]*", policy)[0]
    for rule in ("default-src 'none'", "img-src data:", "font-src 'none'", "base-uri 'none'", "form-action 'none'"):
        assert rule in policy


def test_a_page_without_figures_has_no_script():
    html = gate.page("T", ["<p>x</p>"])
    assert scripts(html) == [] and "script-src &#39;none&#39;" in html and len(html) < 20_000


def test_the_drawing_program_stands_there_once_for_many_figures():
    html = gate.page("T", ["<p>x</p>"], [{"data": [], "layout": {}}] * 5)
    assert len(scripts(html)) == 2 and html.count('<script type="application/json" id="figure-') == 5


def test_figure_data_cannot_end_its_element():
    text = "</script><!--<script>\u2028\u2029"
    html = gate.page("T", [], [{"data": [{"text": text}], "layout": {}}])
    block = re.search(r'id="figure-1-data">(.*?)</script>', html, flags=re.S)[1]
    assert "<" not in block and "\u2028" not in block
    assert json.loads(block)["data"][0]["text"] == text


def test_titles_and_contents_are_escaped():
    html = gate.page("<b>T</b>", [], contents=[gate.Entry(2, "a", "<i>x</i>")], built="<u>", language='"><x')
    assert "<b>T" not in html and "<i>x" not in html and "<u>" not in html and "<x" not in html


def test_the_same_input_gives_the_same_bytes():
    made = [gate.page("T", ["<p>x</p>"], [{"layout": {"b": 1, "a": 2}, "data": []}]) for _ in range(2)]
    assert made[0] == made[1]


def test_parts_pass_the_gate_even_if_nobody_cleaned_them():
    html = gate.page("T", [*ATTACKS], lead=ATTACKS[0])
    assert [one for one in scripts(html) if "window.ran" in one] == [] and len(scripts(html)) == 1  # the tables' own
    assert "example.invalid" not in html.replace("&lt;", "")


def test_only_anchors_that_the_page_made_are_ids():
    html = gate.page("T", ['<h2 id="one">x</h2><h2 id="two">y</h2>'], contents=[gate.Entry(2, "one", "x")])
    assert 'id="one"' in html and 'id="two"' not in html


def test_a_leak_or_an_address_or_a_huge_page_is_not_written(tmp_path):
    path = tmp_path / "report.html"
    gate.write("<p>first</p>", path)
    with pytest.raises(DataFault, match="a name"):
        gate.write("<p>second</p>", path, leaks=["a name"])
    with pytest.raises(DataFault, match="an e-mail address"):
        gate.write("<p>write to ann.other@example.com</p>", path)
    with pytest.raises(DataFault, match=r"8\.1 MB"):
        gate.write("<p>" + "x" * 8_100_000, path)
    assert path.read_text() == "<p>first</p>"
    assert [one.name for one in tmp_path.iterdir() if not one.name.startswith(".")] == ["report.html"]


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("ring me on 020 7946 0958 please", "a phone"),
        ("card 4929 1234 5678 9015 was charged", "a card"),
        ("account GB29 NWBK 6016 1331 9268 19", "a bank account"),
        ("born on 3 May 1961, she says", "a date of birth"),
        ('<a href="https://example.com/x">more</a>', "an address outside"),
        ("<img src='//example.com/x.png'>", "an address outside"),
    ],
)
def test_what_looks_like_a_persons_or_calls_outside_stops_the_writing_with_its_place(tmp_path, said, what):
    with pytest.raises(DataFault, match=what) as told:
        gate.write(f"<h2>Words</h2><p>They {said} again</p>", tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists() and "nothing was written" in str(told.value)
    if "outside" in what:  # as words it is only words
        gate.write(gate.page("T", ["<p>" + said.replace("<", "&lt;") + "</p>"]), tmp_path / "report.html")
    if "phone" in what:
        assert "ring me on [phone] please" in str(told.value) and "7946" not in str(told.value)
        assert gate.write(f"<p>{said}</p>", tmp_path / "report.html", allowed=["020 7946 0958"]).exists()


@pytest.mark.parametrize(
    "escaped", ["ann.other@example.com", "ann.other&#64;example.com", "ann.other&commat;example.com"]
)
def test_an_address_is_seen_in_words_figures_and_pictures(tmp_path, escaped):
    svg = base64.b64encode(f"<svg><text>{escaped}</text></svg>".encode()).decode()
    pages = [
        gate.page("T", [f"<p>{escaped}</p>"]),
        gate.page("T", [f'<img alt="" src="data:image/svg+xml;base64,{svg}">']),
        gate.page("T", [f'<img alt="{escaped}" src="{PNG}">']),
    ]
    for html in pages:
        with pytest.raises(DataFault, match="e-mail"):
            gate.write(html, tmp_path / "x.html")
    with pytest.raises(DataFault, match="e-mail"):
        gate.write(
            gate.page("T", [], [{"data": [{"text": ["ann.other@example.com"]}], "layout": {}}]), tmp_path / "x.html"
        )


def test_the_pages_own_parts_are_no_address(tmp_path):
    html = gate.page("T", ["<p>x</p>"], [{"data": [], "layout": {}}])
    assert gate.write(html, tmp_path / "x.html").stat().st_size < gate.BUDGET
