"""The command: well-formed input ends with 0, wrong input with 2 and the faults in words, an inner error never as a traceback."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from workbench import cli, commands, lab
from workbench.exports import FORMATS


def run(*words: str, capsys=None) -> tuple[int, str, str]:
    code = cli.main(list(words))
    told = capsys.readouterr()
    return code, told.out, told.err


def test_new_profile_load_check_one_after_the_other(sample, capsys):
    assert run("load", "water-billing", capsys=capsys)[0] == 0
    code, out, _ = run("check", "water-billing", capsys=capsys)
    assert code == 0
    assert "still open: Who will apply them?" in out and "water-billing can be used" in out
    code, out, _ = run("profile", str(sample / "sources" / "contacts.csv"), capsys=capsys)
    assert code == 0 and "looks like a contact or event log" in out


@pytest.mark.parametrize("command", ["load", "check", "report"])
def test_a_wrong_study_name_ends_with_2_and_the_near_name(sample, capsys, command):
    code, out, err = run(command, "water-biling", capsys=capsys)
    assert (code, out) == (2, "")
    assert 'did you mean "water-billing"?' in err


def test_an_unreadable_file_ends_with_2(project, capsys):
    code, _, err = run("profile", str(project / "nothing.csv"), capsys=capsys)
    assert code == 2 and "no such file" in err


def test_broken_yaml_ends_with_2_and_its_line(sample, capsys):
    (sample / "map.yaml").write_text("title: x\nstages:\n  - name: [\n", encoding="utf-8")
    code, _, err = run("check", "water-billing", capsys=capsys)
    assert code == 2 and "map.yaml" in err and "row" in err


def test_a_missing_column_ends_with_2_and_the_earlier_report_stays(sample, project, capsys):
    report = project / "reports" / "water-billing" / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text("the report of before", encoding="utf-8")
    path = sample / "sources" / "customers.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("customer_id", "customer_no", 1), encoding="utf-8")
    code, _, err = run("report", "water-billing", capsys=capsys)
    assert code == 2
    assert 'no column called "customer_id"' in err and 'did you mean "customer_no"?' in err
    assert report.read_text(encoding="utf-8") == "the report of before"


def test_json_serves_programs(loaded, capsys):
    code, out, _ = run("check", "water-billing", "--json", capsys=capsys)
    assert code == 0
    assert {"file", "row", "column", "found", "expected", "mend"} <= set(json.loads(out)["faults"][0])
    code, out, _ = run("load", "nothing", "--json", capsys=capsys)
    assert code == 2 and json.loads(out)["faults"][0]["found"]


def test_an_inner_error_is_said_in_a_line_and_whole_with_debug(sample, capsys, monkeypatch):
    def broken(_):
        raise RuntimeError("a wheel came off")

    monkeypatch.setattr(commands, "check", broken)
    code, _, err = run("check", "water-billing", capsys=capsys)
    assert code == 1 and err.startswith("an error inside the workbench: RuntimeError: a wheel came off")
    with pytest.raises(RuntimeError):
        cli.main(["check", "water-billing", "--debug"])


def test_the_lab_listens_on_this_machine_only_and_keeps_its_token(sample):
    command = " ".join(lab.command(8899, browser=False))
    assert "--ServerApp.ip=127.0.0.1" in command
    for loose in ("token=", "disable_check_xsrf", "allow_origin", "allow_remote_access", "0.0.0.0"):
        assert loose not in command


def test_the_command_names_every_kind_to_export_to(capsys):
    with pytest.raises(SystemExit):
        cli.main(["export", "--help"])
    said = re.sub(r"-\s+", "-", re.sub(r"\s+", " ", capsys.readouterr().out))
    assert [one for one in FORMATS if one not in said] == []


def test_importing_the_package_wakes_nothing_heavy():
    program = (
        "import sys, workbench\n"
        "heavy = {'pandas', 'duckdb', 'plotly', 'statsmodels', 'scipy', 'nbconvert', 'ipywidgets'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "drawn", "--to", "csv", "--out", "a-file"), "a place to write to"),
        (("export", "drawn", "--to", "html", "--out", "a-file/within"), "a place to write to"),
        (("history", "drawn", "--out", "a-file/page.html"), "a place to write to"),
        (("history", "drawn", "--out", "page.txt"), "an .html"),
        (("export", "drawn", "--to", "mermaid", "--ids", "calls"), "tables of people"),
    ],
)
def test_a_wrong_place_or_option_of_a_map_ends_with_2_and_words(project, monkeypatch, capsys, words, told):
    monkeypatch.chdir(project)
    (project / "a-file").write_text("mine", encoding="utf-8")
    assert run("new", "drawn", "--template", "utility-billing", capsys=capsys)[0] == 0
    code, _, err = run(*words, capsys=capsys)
    assert (code, told in err) == (2, True), err
    assert (project / "a-file").read_text(encoding="utf-8") == "mine" and not (project / "page.txt").exists()
