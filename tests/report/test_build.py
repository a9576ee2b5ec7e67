"""The report of a study: notebooks run in one kernel, their outputs become a page, and what fails is told in words."""

import json
import re
from types import SimpleNamespace

import nbformat
import pytest
from made_findings import HOSTILE, make

from workbench import figures
from workbench.faults import DataFault, Fault
from workbench.report import exporter, gate, notebooks
from workbench.report.build import build
from workbench.report.pieces import Body
from workbench.theme import Theme

SHOW = """
import json, os, sys
from IPython.display import display
assert os.environ["WORKBENCH_REPORT"] == "1" and "PLOTLY_RENDERER" not in os.environ
assert "" not in sys.path and os.getcwd() not in sys.path
display({"application/vnd.workbench.finding+json": json.loads(FINDING), "text/plain": "plain twin"}, raw=True)
"""


def notebook(*cells):
    made = nbformat.v4.new_notebook()
    for kind, source, *tags in cells:
        cell = nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
        cell.metadata["tags"] = tags
        made.cells.append(cell)
    return made


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project with the seven notebooks, as small as they can be."""
    home = tmp_path / "home"
    for name in ("data", "surveys", "notebooks"):
        (home / name).mkdir(parents=True)
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("PLOTLY_RENDERER", "browser")
    for name in notebooks.NAMES:
        save(home / "notebooks", name, ("markdown", f"# Part {name}"), ("code", "study = 'other'", "parameters"))
    shown = repr(json.dumps(figures.bundle(make("intervals"))))
    save(
        home / "notebooks",
        "3_measure",
        ("markdown", f"# Measure\n\nWords, *set* in [markdown](https://example.invalid). {HOSTILE}\n\n## Deeper"),
        ("code", "study = 'other'", "parameters"),
        ("code", f"FINDING = {shown}{SHOW}"),
        ("code", "kept = study.upper()\nprint('printed <b>', kept)"),
    )
    save(home / "notebooks", "4_solutions", ("code", "assert kept == 'WATER'  # one kernel for all\nprint(kept)"))
    return home / "notebooks"


def save(folder, name, *cells):
    nbformat.write(notebook(*cells), folder / f"{name}.ipynb")


def study(**more):
    fault = Fault(file="survey.csv", row=7, column="nps", found=f"the value 11 {HOSTILE}", expected="0 to 10")
    source = {"file": "survey.csv", "sha256": "ab" * 32, "bytes": 1200, "rows": 40, "format": "survey"}
    given = {
        "name": "water",
        "title": "Unbilled water users",
        "date_line": "Waves 1 to 3, 2025",
        "journey": SimpleNamespace(faults=(fault,)),
        "provenance": lambda: [source],
        "leaks": lambda html: [],
    }
    return SimpleNamespace(**(given | more))


def test_a_study_becomes_a_page(folder, visit):
    path = build(study(), progress=False)
    assert path == folder.parent / "reports" / "water" / "report.html"
    html = path.read_text()
    assert "plain twin" not in html and "kept = study" not in html and "example.invalid" not in html
    for words in (
        "Waves 1 to 3, 2025",
        "The first bill costs us most.",
        "printed &lt;b&gt; WATER",
        "ab" * 32,
        "0 to 10",
        "plotly",
    ):
        assert words in html
    seen = visit(path, figures=1)
    assert seen.errors == [] and seen.said == [] and seen.outside() == [] and seen.page.evaluate("window.ran") is None
    assert seen.page.locator("h1").count() == 1
    assert seen.page.locator("nav a").all_inner_texts()[-1] == "Made with"
    for link in seen.page.locator("nav a").all():
        assert seen.page.locator(link.get_attribute("href")).count() == 1


def test_two_builds_give_the_same_bytes_and_code_is_shown_when_asked(folder, tmp_path):
    one = build(study(), out=tmp_path / "one", progress=False)
    two = build(study(), out=tmp_path / "two.html", progress=False)
    assert one == tmp_path / "one" / "report.html" and two == tmp_path / "two.html"
    assert one.read_bytes() == two.read_bytes()
    shown = build(study(), out=tmp_path / "three", code=True, built="Built on a day", progress=False).read_text()
    assert '<pre class="code">kept = study.upper()' in shown and "Built on a day" in shown
    assert "study = &#x27;water&#x27;" not in shown and "study = 'water'" not in shown


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            "# first\n\nimport os\nopen('nowhere.csv')",
            r'(?s)3_measure.*in cell 1, which begins "import os": FileNotFoundError.*nowhere',
        ),
        (
            "from workbench.faults import DataFault, Fault\n"
            "raise DataFault(Fault(file='map.yaml', found='no step', mend='add it'))",
            r"(?s)3_measure.*map\.yaml has 1 fault.*no step.*Mend: add it",
        ),
        ("import os; os._exit(1)", r"(?s)3_measure.*the kernel stopped"),
    ],
)
def test_a_failing_cell_is_told_in_words_and_the_old_report_stays(folder, cell, said):
    path = folder.parent / "reports" / "water" / "report.html"
    path.parent.mkdir(parents=True)
    path.write_text("yesterday")
    save(folder, "3_measure", ("code", cell))
    with pytest.raises(DataFault, match=said) as caught:
        build(study(), progress=False)
    assert "Traceback" not in str(caught.value) and "\x1b" not in str(caught.value)
    assert path.read_text() == "yesterday"


def test_a_cell_that_never_ends_is_stopped(folder):
    save(folder, "3_measure", ("code", "while True:\n    pass"))
    with pytest.raises(DataFault, match="no end after 2 seconds"):
        notebooks.run("water", folder, names=("3_measure",), patience=2, progress=False)


def test_a_leak_found_by_the_study_stops_the_report(folder):
    seen = []
    with pytest.raises(DataFault, match="a customer's name in the page"):
        build(study(leaks=lambda html: seen.append(html) or ["a customer's name"]), progress=False)
    assert "The first bill costs us most." in seen[0] and len(seen[0]) < 200_000
    assert not (folder.parent / "reports").exists()


def test_notebooks_of_ones_own_join_behind_the_methods(folder, tmp_path):
    """By name, with the study of the report; those that say no, or begin with _, stay out; a failing one is named."""
    save(folder, "b_own", ("code", "study = 'other'", "parameters"), ("code", "print('mine of', study)"))
    save(folder, "a_first", ("markdown", "# Before it"), ("code", "print('one')"))
    save(folder, "_draft", ("code", "1 / 0"))
    said_no = notebook(("code", "1 / 0"))
    said_no.metadata["workbench"] = {"report": False}
    nbformat.write(said_no, folder / "c_private.ipynb")
    page = build(study(), out=tmp_path, progress=False).read_text()
    names = ["Part explore_journeys", "Before it", "b own", "Method, data and limits"]
    assert sorted(names, key=lambda one: page.index(f">{one}</h2>")) == names and "mine of water" in page
    save(folder, "b_own", ("code", "1 / 0"))
    with pytest.raises(DataFault, match=r"(?s)b_own.*ZeroDivisionError"):
        build(study(), out=tmp_path, progress=False)
    (folder / "b_own.ipynb").write_text("no notebook")
    with pytest.raises(DataFault, match=r"b_own\.ipynb"):
        build(study(), out=tmp_path, progress=False)


def test_a_report_speaks_its_study_s_language_in_its_house_s_colours(folder, tmp_path):
    home = folder.parent / "data" / "water"
    home.mkdir()
    (home / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    colours = {"gain": "#0b6b4f", "accent": "#5b2a86"}
    theme = Theme.model_validate({"logo": "logo.svg", "colours": colours, "font": "Georgia, serif", "footer": "A & B"})
    page = build(study(language="de", theme=theme, folder=home), out=tmp_path, progress=False).read_text()
    assert '<html lang="de">' in page and "Was diese Studie nicht sagen kann" in page and "In den Daten" not in page
    assert '"separators":",."' in page and "1.200" in page  # the bytes of the source
    bare = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert "#1f5aa6" not in bare and "#0b6b4f" in bare and "#5b2a86" in bare and "A &amp; B" in bare
    assert 'class="logo" src="data:image/svg+xml;base64,' in page and "Georgia,serif" in page
    missing = Theme.model_validate({"logo": "no.png"})
    with pytest.raises(DataFault, match=r"no\.png"):
        build(study(theme=missing, folder=home), out=tmp_path, progress=False)


def test_a_missing_notebook_is_named(folder):
    (folder / "2_map.ipynb").unlink()
    with pytest.raises(DataFault, match=r"2_map\.ipynb has 1 fault"):
        notebooks.join("water", folder)


def test_progress_is_told_on_standard_error(folder, capsys):
    notebooks.run("water", folder, names=("0_start",))
    told = capsys.readouterr()
    assert told.out == "" and "water" in told.err and "1/1" in told.err


def page_of(*outputs, code=False):
    made = notebook(("code", "x = 1"))
    made.cells[0].outputs = list(outputs)
    body = Body()
    exporter.fill(body, made, code=code)
    return body


def output(**data):
    names = {"html": "text/html", "plain": "text/plain", "svg": "image/svg+xml", "widget": exporter.WIDGET}
    names |= {"plotly": exporter.PLOTLY, "finding": exporter.FINDING, "markdown": "text/markdown", "png": "image/png"}
    return nbformat.v4.new_output("display_data", {names[name]: value for name, value in data.items()})


def test_each_output_is_shown_in_its_best_still_form():
    assert page_of(output(widget={"model_id": "x"}, plain="VBox()")).parts == []
    assert page_of(output(widget={"model_id": "x"}, html="<p>twin</p>", plain="VBox()")).parts == ["<p>twin</p>"]
    assert "data:image/svg+xml;base64," in page_of(output(svg="<svg/>", html="<p>x</p>")).parts[0]
    assert "data:image/png;base64,iVBORw0KGgo=" in page_of(output(png="iVBORw0KGgo=\n", plain="x")).parts[0]
    assert page_of(output(plain="<b>")).parts == ["<pre>&lt;b&gt;</pre>"]
    assert page_of(output(markdown="**x** <script>1</script>")).parts[0].startswith("<p><strong>x</strong>")
    drawn = page_of(output(plotly={"data": [], "layout": {"title": {"text": "T"}}}, html="<p>x</p>"))
    assert len(drawn.figures) == 1 and 'aria-label="T"' in drawn.parts[0]
    assert page_of(nbformat.v4.new_output("stream", name="stderr", text="warned")).parts == []
    assert page_of(nbformat.v4.new_output("stream", name="stdout", text="told")).parts == ["<pre>told</pre>"]
    assert page_of(code=True).parts == ['<pre class="code">x = 1</pre>']


def test_a_pandas_table_with_style_stays_a_table():
    html = '<style scoped>td{color:red}</style><table border="1" class="dataframe"><tbody><tr><td>1</td></tr></tbody></table>'
    assert page_of(output(html=html)).parts == ['<table class="dataframe"><tbody><tr><td>1</td></tr></tbody></table>']


def test_headings_get_anchors_of_their_own():
    body = Body()
    body.html("<h1>Same &amp; same</h1><h1>Same &amp; same</h1><h1><em>Ünï</em></h1><h4>deep</h4>", lower=1)
    assert [entry.anchor for entry in body.contents] == ["part-same-same", "part-same-same-2", "part-n", "part-deep"]
    assert body.parts[0].startswith('<h2 id="part-same-same">Same &amp; same</h2>')
    assert [entry.text for entry in body.listed()] == ["Same & same", "Same & same", "Ünï"]


def test_the_exporter_is_one_of_nbconverts():
    html, resources = exporter.ReportExporter(title="Mine").from_notebook_node(notebook(("markdown", "# One")))
    assert "<h1>Mine</h1>" in html and '<h2 id="part-one">One</h2>' in html
    assert resources["output_extension"] == ".html" and len(html.encode()) < gate.BUDGET
