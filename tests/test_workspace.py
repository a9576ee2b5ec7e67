"""A folder to work in: laid out by the command, kept up with a newer package, and which study is worked on there; what the
built package carries; who may save what."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

import nbformat
import pytest
from water_town import ROOT

import workbench as wb
from workbench import files, places, workspace
from workbench.cli import main
from workbench.study_files import PARTS


def test_the_only_study_there_is_needs_no_name(project):
    with pytest.raises(wb.DataFault, match="workbench new NAME"):
        wb.open_study("")
    wb.new_study("bills")
    (project / "data" / ".chosen").unlink()
    assert places.chosen() == "bills" and wb.open_study("").name == wb.open_study().name == "bills"


def test_the_study_chosen_last_is_the_one_worked_on(project, tmp_path_factory):
    wb.new_study("bills")
    wb.new_study("meters")
    assert places.chosen() == "meters"  # a study just made is worked on
    places.choose("bills")
    assert wb.open_study("").name == "bills" and places.studies() == ["bills", "meters"]
    with pytest.raises(wb.DataFault, match='did you mean "meters"'):
        places.choose("meter")
    assert places.chosen() == "bills"
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "calls"
    (project / "data" / "meters").rename(elsewhere)
    assert places.choose(elsewhere) == str(elsewhere) and wb.open_study("").path == elsewhere


def test_a_study_that_is_gone_is_not_worked_on(project):
    for name in ("bills", "meters", "calls"):
        wb.new_study(name)
    (project / "data" / "calls").rename(project / "calls")
    with pytest.raises(wb.DataFault) as told:
        wb.open_study("")
    (fault,) = told.value.faults
    assert "bills, meters" in fault.found and "workbench lab bills" in fault.mend


# -- who may save what ------------------------------------------------------------------------------------------------


def test_a_viewer_saves_nothing(project, monkeypatch):
    study = wb.new_study("bills", template="utility-billing")
    study.journey  # noqa: B018 - whoever serves it has loaded it
    step, planned = study.map.steps[0].id, study.planned()
    before = {path: path.read_bytes() for path in study.path.glob("*.yaml")}
    monkeypatch.setenv("WORKBENCH_ROLE", "view")
    asked = [
        lambda: study.draw.set(step, "doing", "Opens it"),
        lambda: study.draw.comment(step, "Is that so?"),
        lambda: study.save("scope", {"purpose": "another"}),
        lambda: study.export("xlsx"),
        lambda: study.report(),
        lambda: wb.new_study("mine"),
        lambda: places.choose("bills"),
        lambda: wb.write_workbook(planned, project / "mine.xlsx"),
        lambda: files.write(study.path / "sources" / "survey.csv", "mine"),
        lambda: files.write(study.path / "frames.yaml", "mine"),
        lambda: files.write(project / "notebooks" / "mine.ipynb", "mine"),
    ]
    for one in asked:
        with pytest.raises(wb.DataFault, match="served to look at"):
            one()
    assert {path: path.read_bytes() for path in study.path.glob("*.yaml")} == before
    assert not [part for part in PARTS if study.may(part)]
    assert len(study.load()) == 0  # what is derived is worked out for viewers too, and kept
    files.write(study.path / "frames" / "verdicts.json", "{}")


def test_a_contributor_saves_the_map_and_comments_alone(sample, monkeypatch):
    monkeypatch.setenv("WORKBENCH_ROLE", "contribute")
    monkeypatch.setenv("QUERY_STRING", "who=%3Cb%3EAnna%0A&theme=dark")  # as a visitor's page was asked for
    mine, theirs = wb.open_study(""), wb.open_study("")
    assert [part for part in PARTS if mine.may(part)] == ["map", "notes"] and not mine.may("report")
    mine.draw.set("first-bill", "doing", "Opens the envelope")
    mine.draw.comment("first-bill", "Is that so?", "doing")
    assert theirs.map.step("first-bill").lanes["doing"] == "Opens the envelope"
    assert theirs.notes.notes[-1].words == "Is that so?" and theirs.notes.notes[-1].who == "<b>Anna (visitor)"
    for part in ("solutions", "codes", "study"):
        with pytest.raises(wb.DataFault, match="draw its map and to comment"):
            mine.save(part, mine.content(part))
    monkeypatch.setenv("WORKBENCH_ROLE", "owner")  # not a role: nothing
    with pytest.raises(wb.DataFault, match="served to look at"):
        mine.draw.set("first-bill", "doing", "Bins it")


# -- laid out, and kept up --------------------------------------------------------------------------------------------


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    return tmp_path


def test_the_first_study_brings_a_workspace_and_the_next_one_only_itself(empty, capsys):
    (empty / "README.md").write_text("mine")
    assert main(["new", "Bills!"]) == 2 and list(empty.iterdir()) == [
        empty / "README.md"
    ]  # told before anything is made
    assert main(["new", "bills"]) == 0
    told = capsys.readouterr().out
    assert f"made a workspace in {empty}" in told and "workbench check bills" in told
    there = {path.name for path in empty.iterdir()}
    assert there >= {"notebooks", "data", "surveys", "reports", ".gitignore"}
    assert (empty / "README.md").read_text() == "mine"
    assert wb.open_study("").name == "bills"
    (empty / "notebooks" / "0_start.ipynb").unlink()
    assert main(["new", "meters"]) == 0 and not (empty / "notebooks" / "0_start.ipynb").exists()


def test_what_customers_said_stays_out_of_a_repository(empty):
    main(["new", "bills", "--template", "retail"])
    for name in ("data/bills/sources/x.csv", "data/bills/frames/x", "reports/bills/report.html", "a.key", "updates/x"):
        (empty / name).parent.mkdir(parents=True, exist_ok=True)
        (empty / name).write_text("x")
    subprocess.run(["git", "init", "-q"], cwd=empty, check=True)
    listed = ["git", "ls-files", "--others", "--exclude-standard"]
    seen = subprocess.run(listed, cwd=empty, check=True, capture_output=True, text=True).stdout.split()
    assert "data/bills/map.yaml" in seen and "notebooks/0_start.ipynb" in seen
    assert not [
        one for one in seen if any(part in one for part in ("sources", "frames", "report.html", ".key", "updates"))
    ]


def changed(path, words):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell(words))
    nbformat.write(notebook, path)


def test_a_newer_package_never_writes_over_what_the_researcher_changed(empty, monkeypatch, capsys, tmp_path_factory):
    main(["new", "bills"])
    notebooks = empty / "notebooks"
    study = {path: path.read_bytes() for path in (empty / "data" / "bills").rglob("*") if path.is_file()}
    assert {one.state for one in workspace.update()} == {"same"}
    ran = nbformat.read(
        notebooks / "1_scope.ipynb", as_version=4
    )  # opened, run and saved: no change of the researcher's
    ran.cells[1].outputs = [nbformat.v4.new_output("stream", text="ran")]
    nbformat.write(ran, notebooks / "1_scope.ipynb")
    changed(notebooks / "2_map.ipynb", "mine")
    changed(notebooks / "3_measure.ipynb", "mine")

    newer = tmp_path_factory.mktemp("newer")
    monkeypatch.setattr(places, "SHIPPED", newer)
    for name in ("0_start", "1_scope", "2_map", "4_solutions"):
        path = newer / "workspace" / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((ROOT / "notebooks" / f"{name}.ipynb").read_bytes())
        if name != "4_solutions":
            changed(path, "newer")
    (newer / "workspace" / "notebooks" / "6_next.ipynb").write_bytes(
        (ROOT / "notebooks" / "5_apply.ipynb").read_bytes()
    )

    before = {path: path.read_bytes() for path in empty.rglob("*") if path.is_file()}
    assert main(["update"]) == 0 and {path: path.read_bytes() for path in before} == before  # says only
    told = capsys.readouterr().out
    assert "notebooks/2_map.ipynb: changed by the new version, and by you\n" in told and "4_solutions" not in told
    assert main(["update", "--take", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    states = {Path(one["file"]).stem: (one["state"], one["written"]) for one in told}
    assert states == {
        "0_start": ("newer", "notebooks/0_start.ipynb"),
        "1_scope": ("newer", "notebooks/1_scope.ipynb"),
        "2_map": ("both", "updates/notebooks/2_map.ipynb"),
        "4_solutions": ("same", ""),
        "6_next": ("new", "notebooks/6_next.ipynb"),
    }
    for path in (notebooks / "2_map.ipynb", notebooks / "3_measure.ipynb", *study):
        assert path.read_bytes() == before[path]
    assert "newer" in (empty / "updates" / "notebooks" / "2_map.ipynb").read_text()
    assert {one.file: one.state for one in workspace.update()}["notebooks/2_map.ipynb"] == "yours"  # told once


def test_a_folder_that_is_no_workspace_is_told_with_its_mend(empty, capsys):
    for words in (["lab"], ["update"]):
        assert main(words) == 2
        assert "workbench new NAME" in capsys.readouterr().err
    main(["new", "bills"])
    (empty / "notebooks" / "0_start.ipynb").unlink()
    assert main(["lab"]) == 2 and "workbench update --take" in capsys.readouterr().err


# -- what the package carries -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "shipped"),
    [
        ("notebooks", "templates/workspace/notebooks"),
        ("data/water-billing", "sample/study"),
        ("surveys", "sample/surveys"),
    ],
)
def test_the_package_carries_the_same_files_as_the_repository(ours, shipped):
    def found(folder):
        kinds = [path for kind in ("*.ipynb", "*.yaml") for path in folder.glob(kind) if path.name != "truth.yaml"]
        return {path.name: path.read_bytes() for path in kinds}

    here, there = found(ROOT / ours), found(ROOT / "workbench" / shipped)
    otherwise = sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
    assert here and not otherwise, f"make carried copies {ours} into the package"


def test_the_sample_is_a_whole_study(project):
    study = wb.new_study("mine", template="sample")
    kept = ROOT / "data" / "water-billing"
    for path in kept.rglob("*"):
        if path.is_file() and not {"frames", "history", ".lock", "log"} & set(path.relative_to(kept).parts):
            assert (study.path / path.relative_to(kept)).read_bytes() == path.read_bytes(), path
    with pytest.raises(wb.DataFault, match="brings its own"):
        wb.new_study("other", "sample", [kept / "sources" / "survey.csv"])
    assert places.studies() == ["mine"]


def built(folder):
    """The wheel of this checkout."""
    build = "import flit_core.buildapi, sys; print(flit_core.buildapi.build_wheel(sys.argv[1]))"
    words = [sys.executable, "-c", build, str(folder)]
    return folder / subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()[-1]


def at_home(folder):
    """What runs a program of the environment in `folder`, in an empty folder, with nothing of ours around it."""
    (folder / "home").mkdir()
    ours = ("PYTHONPATH", "WORKBENCH_HOME", "WORKBENCH_SETTINGS")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}

    def run(program, *words):
        command = [folder / "venv" / "bin" / program, *words]
        done = subprocess.run(command, cwd=folder / "home", env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_built_wheel_works_in_an_empty_folder(tmp_path):
    """The wheel, installed by pip, with the locked packages beside it and the checkout out of sight: a workspace, a study,
    its report."""
    wheel = built(tmp_path)
    venv.create(tmp_path / "venv", with_pip=True, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / "venv")}))
    (site / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run, home = at_home(tmp_path), tmp_path / "home"
    run("python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", wheel)
    assert run("python", "-c", "import workbench; print(workbench.__file__)").startswith(str(site))
    made = json.loads(run("workbench", "new", "bills", "--template", "utility-billing", "--json"))
    assert made["workspace"] == str(home) and (home / ".gitignore").is_file()
    assert {path.name for path in (home / "notebooks").glob("*.ipynb")} == {
        path.name for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    run("workbench", "report", "bills")
    page = (home / "reports" / "bills" / "report.html").read_text(encoding="utf-8")
    assert "<title>bills" in page and "Where the study stands" in page


@pytest.mark.skipif(not os.environ.get("WORKBENCH_NIGHTLY"), reason="all packages from an index: make nightly")
@pytest.mark.parametrize("program", [*filter(shutil.which, ("python3.11", "python3.12", "python3.13"))])
def test_the_wheel_in_an_empty_environment_with_its_packages_from_an_index(tmp_path, program):
    """As a researcher has it: pip brings what the wheel asks for; the sample is loaded and reported. On each Python that
    is here."""
    if subprocess.run([program, "-c", "import ensurepip"], capture_output=True).returncode:
        pytest.skip(f"{program} is not here")  # a name that stands for nothing, or a Python without pip
    wheel = built(tmp_path)
    subprocess.run([program, "-m", "venv", tmp_path / "venv"], check=True)
    run = at_home(tmp_path)
    began = time.monotonic()
    run("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    installed = time.monotonic()
    run("workbench", "new", "mine", "--template", "sample")
    run("workbench", "report", "mine")
    page = (tmp_path / "home" / "reports" / "mine" / "report.html").read_text(encoding="utf-8")
    assert "Water users who were never billed" in page
    print(f"{program}: {installed - began:.0f} s to install, {time.monotonic() - installed:.0f} s to the report")
