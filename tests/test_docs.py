"""The pages of docs/ are true: their Python runs, links lead somewhere, what they name is there, what is made is as made."""

from __future__ import annotations

import io
import re
import shutil

import pictures
import pytest
from api_page import LAYERS, layers_of
from api_page import pages as made_pages
from pages import MARKS, blocks, pages, walk_through
from PIL import Image
from water_town import DERIVED, ROOT

import workbench as wb
from workbench import panels, privacy
from workbench.cli import parser
from workbench.panels.measured import Measure
from workbench.panels.whole import Steps
from workbench.steps.map import LANES
from workbench.study_files import PARTS

DOCS = ROOT / "docs"
TUTORIALS = sorted((DOCS / "tutorials").glob("*.md"))
MADE = {"api.md", "api-inference.md"}
LONGEST = 200  # lines of a page that somebody wrote


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with the sample study, loaded once; the pages are gone through in it one after the other."""
    home = tmp_path_factory.mktemp("tutorials")
    shutil.copytree(ROOT / "data" / "water-billing", home / "data" / "water-billing", ignore=DERIVED)
    shutil.copytree(ROOT / "surveys", home / "surveys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(home))
        patch.chdir(home)
        yield home


def no_command(words):
    pytest.fail(f"a tutorial shows commands as text: workbench {' '.join(words)}")


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda path: path.stem)
def test_the_python_of_a_tutorial_runs_on_the_sample_study(project, page, capsys):
    names = walk_through(page, project, no_command)
    assert names["study"].name == "water-billing" and capsys.readouterr().out.strip()
    if page.stem == "2_map":
        assert names["study"].map.step("first-bill").lanes["doing"] == "Opens the envelope on the stairs"
        assert "Tells a friend" not in names["study"].map.names.values()
        assert names["study"].notes.notes[-1].words == "Is this so in the North?"
    if page.stem == "report":
        assert (project / "findings.html").is_file() and (project / "tables.xlsx").is_file()


def test_the_answer_that_the_architecture_follows_is_the_answer_of_the_report(project):
    names = walk_through(DOCS / "ARCHITECTURE.md", project, no_command)
    found, by_hand = names["found"].table.iloc[0], names["by_hand"]
    assert found["n"] == names["n"].sum()
    assert found["low"] < by_hand.value < found["high"]  # unweighted beside weighted: near, and not the same
    assert names["picture"].data and names["page"]["value"].notna().all()
    told = (DOCS / "architecture.svg").read_text(encoding="utf-8")
    assert f"{found['n']:,} answers" in told
    for number in ("value", "low", "high"):
        assert f"−{abs(round(found[number]))}" in told
    assert f"“3” {names['n'][names['value'] == 3].iloc[0]} times" in told


# -- the architecture -------------------------------------------------------------------------------------------------


def rooms():
    """The rows of the table of rooms: the modules that each names."""
    table = (DOCS / "ARCHITECTURE.md").read_text(encoding="utf-8").split("| room |")[1].split("\n\n")[0]
    return [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines()[2:]]


def test_every_room_and_file_that_the_architecture_names_is_there():
    text = (DOCS / "ARCHITECTURE.md").read_text(encoding="utf-8")
    package = ROOT / "workbench"
    for name in [one for row in rooms() for one in row] + ["inference", "figures", "sample"]:
        assert (package / f"{name}.py").is_file() or (package / name / "__init__.py").is_file(), name
    for path in re.findall(r"`(\w+(?:/\w+)*\.py)`", text):
        assert (package / path).is_file(), path
    for path in re.findall(r"`(\w+\.yaml)`", text):
        assert path.removesuffix(".yaml") in PARTS, path


def test_the_rooms_stand_in_the_order_in_which_they_know_each_other():
    place = {name: number for number, layer in enumerate(layers_of()) for name in layer}
    told = [[place[name] for name in row] for row in rooms()]
    assert told == sorted(told, key=min) and [max(row) for row in told] == sorted(max(row) for row in told)
    drawn = [one for layer in layers_of() for one in layer]
    listed = (DOCS / "ARCHITECTURE.md").read_text(encoding="utf-8").split(LAYERS[0])[1].split(LAYERS[1])[0]
    assert re.findall(r"`(\w+)`", listed) == drawn


def test_the_picture_names_the_rooms_and_is_readable_in_the_dark():
    picture = (DOCS / "architecture.svg").read_text(encoding="utf-8")
    for name in (
        "panels",
        "report",
        "study",
        "steps",
        "sources",
        "journey",
        "engine",
        "finding",
        "inference",
        "figures",
    ):
        assert re.search(rf">[^<]*\b{name}\b", picture), name
    assert "prefers-color-scheme: dark" in picture and "<script" not in picture
    steps = re.findall(r'class="small" x="\d+" y="231">(\w+)<', picture)
    assert steps == [name.removeprefix("steps.") for layer in reversed(layers_of("steps")) for name in layer][:5]


# -- all pages --------------------------------------------------------------------------------------------------------


def test_what_is_made_is_as_it_is_made():
    for path, text in made_pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} has drifted: run `make api`"


def test_every_public_word_stands_on_the_page_of_words():
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    heads = set(re.findall(r"^### `([\w.]+)", text, re.M))
    assert {f"wb.{name}" for name in wb.WORDS} <= heads
    assert {f"wb.panels.{name}" for name in panels.__all__} <= heads
    assert {"study.judge", "study.rank_solutions", "journey.count", "finding.to_frame"} <= heads
    assert "Raises DataFault with the near name." in text
    commands = next(one.choices for one in parser()._actions if hasattr(one, "choices") and one.choices)
    assert set(re.findall(r"^### `workbench ([\w-]+)", text, re.M)) == set(commands)


def test_a_picture_of_the_readme_is_kept_small_or_refused(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(pictures, "ROOT", tmp_path)
    for name, picture in (
        ("flat", Image.new("RGB", (900, 900), "#1f5ba8")),
        ("noise", Image.effect_noise((900, 900), 90)),
    ):
        shot = io.BytesIO()
        picture.save(shot, "PNG")
        if name == "flat":
            pictures.kept(name, shot.getvalue())
        else:
            with pytest.raises(ValueError, match="take a smaller part"):
                pictures.kept(name, shot.getvalue())
    (kept,) = (tmp_path / "docs").iterdir()
    assert kept.stat().st_size < pictures.LARGEST and Image.open(kept).mode == "P"


@pytest.mark.parametrize("page", [*pages(), ROOT / "CHANGELOG.md"], ids=lambda path: path.name)
def test_a_page_leads_somewhere_and_names_what_is_there(page):
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        if not link.startswith(("http:", "https:")):
            assert (page.parent / link).exists(), link
    assert page.name in MADE or len(text.splitlines()) <= LONGEST
    assert {block.mark for block in blocks(page)} <= {*MARKS}
    added = re.findall(r'^\+ +"(\w+)": "', text, re.M)  # words that a guide adds
    for word in re.findall(r"\bwb\.(\w+)", text):
        assert word in wb.__all__ or word in added, f"wb.{word}"
    for word in re.findall(r"\bstudy\.(\w+)(?=[(.)`\s])", text):
        assert hasattr(wb.Study, word) or f"study.{word}" in ("study.yaml", "study.py"), f"study.{word}"
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"`make ([\w-]+)", text)) <= targets
    for file in re.findall(r"`((?:workbench|tests|docs|notebooks|surveys)/[\w/.-]+\.\w+)`", text):
        assert (ROOT / file).exists() or file in {block.file for block in blocks(page)}, file


def test_the_index_leads_to_every_page():
    linked = set(re.findall(r"\]\(([\w/.-]+)\)", (DOCS / "README.md").read_text(encoding="utf-8")))
    there = {str(page.relative_to(DOCS)) for page in pages()} - {"README.md"}
    assert there <= linked, there - linked


def test_the_tutorials_name_the_tabs_as_the_panels_do():
    start = (DOCS / "tutorials" / "0_start.md").read_text(encoding="utf-8")
    assert re.findall(r"\*\*(\w+)\*\*", start.split("one page:")[1].split("Go back")[0]) == list(Steps.tabs)
    measure = (DOCS / "tutorials" / "3_measure.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\w+) \|", measure.split("|---|---|")[1], re.M) == list(Measure.tabs)
    drawn = (DOCS / "tutorials" / "2_map.md").read_text(encoding="utf-8")
    lanes = re.search(r"\*\*Fill the lanes\*\* (.+?);", drawn)
    assert lanes and set(re.findall(r"\*([\w ]+)\*", lanes[1])) <= set(LANES)


def test_every_promise_is_shown_by_tests_that_are_there():
    told = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (?=\d+\. )", told, flags=re.M)[1:]
    assert [part.split(".")[0] for part in parts] == [str(number) for number in range(1, 13)]
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), flags=re.M)
    }
    for part in parts:
        named = set(re.findall(r"`(test_\w+)`", part))
        assert named and named <= there, (part.splitlines()[0], sorted(named - there))
    measured = privacy.MEASURED
    for found, many in measured.values():
        assert re.search(rf"{found} of {many}\b", " ".join(told.split()))
    assert "anonymous" in told.split("## 1.")[0] and told.count("anonymous") == 1  # only as what is never promised
