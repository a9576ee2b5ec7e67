"""The `workbench` command: new · profile · questionnaire · load · check · report · compare · export · shared · import ·
forget · key · history · lab · serve · update.

A wrong input ends with exit code 2 and the faults in words on standard error. An inner error is said in one line, and
shown whole with --debug. Rooms wake when their command is called.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

WRONG_INPUT, INNER_ERROR = 2, 1
ASKING = (
    "load",
    "check",
    "report",
    "export",
    "history",
    "forget",
    "key",
    "lab",
    "serve",
)  # commands that ask a study's data, where --engine says


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; the exit code comes back (0 well, 1 an error of ours, 2 a wrong input)."""
    from workbench.faults import DataFault

    arguments = parser().parse_args(_with_scale(sys.argv[1:] if words is None else words))
    try:
        with _asked_on(getattr(arguments, "engine", None)):
            return arguments.run(arguments)
    except DataFault as problem:
        print(problem, file=sys.stderr)
        if arguments.json:
            print(json.dumps({"faults": json.loads(problem.to_frame().to_json(orient="records"))}, ensure_ascii=False))
        return WRONG_INPUT
    except BrokenPipeError:  # whoever read our words has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("stopped; nothing was half written", file=sys.stderr)
        return 130
    except Exception as problem:
        if arguments.debug:
            raise
        print(f"an error inside the workbench: {type(problem).__name__}: {problem}", file=sys.stderr)
        print("run it again with --debug to see where", file=sys.stderr)
        return INNER_ERROR


def _with_scale(words: Sequence[str]) -> list[str]:
    """The command's words, a scale joined to its option: argparse takes -2:2 for an option of its own."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--scale":
            joined[-1] = f"--scale={word}"
        else:
            joined.append(word)
    return joined


def parser() -> argparse.ArgumentParser:
    """The command's words."""
    from workbench import __version__, commands, places

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print what a program can read")
    common.add_argument("--debug", action="store_true", help="show inner errors whole")
    top = argparse.ArgumentParser(
        prog="workbench", description="Customer journeys: scope, map, measure, solutions, apply."
    )
    top.add_argument("--version", action="version", version=f"workbench {__version__}")
    on = argparse.ArgumentParser(add_help=False)
    on.add_argument(
        "--engine",
        metavar="ADDRESS",
        help="where questions are worked out: embedded, or a Spark (local[2], spark://host:port)",
    )
    words = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, help: str) -> argparse.ArgumentParser:
        asking = [common, on] if name in ASKING else [common]
        one = words.add_parser(name, parents=asking, help=help, description=help)
        one.set_defaults(run=run)
        return one

    new = command("new", commands.new, "make a new study, and a workspace around it where there is none")
    new.add_argument("name", metavar="NAME")
    new.add_argument(
        "--template", default="blank", metavar="T", help=f"{', '.join(places.TEMPLATES)}, or a study to copy"
    )
    new.add_argument("--from", dest="files", nargs="+", default=[], metavar="FILE", help="files to start from")
    profile = command("profile", commands.profile, "say what the columns of a file seem to be, and why")
    profile.add_argument("file", metavar="FILE")
    questionnaire = command(
        "questionnaire", commands.questionnaire, "write a questionnaire in another form (YAML, XLSForm)"
    )
    questionnaire.add_argument(
        "source", metavar="FROM", help="a .yaml, an XLSForm (.xlsx) or a Qualtrics definition (.qsf)"
    )
    questionnaire.add_argument("target", metavar="TO", help="a .yaml or an .xlsx")
    questionnaire.add_argument(
        "--for", dest="export", metavar="EXPORT", help="fit a .qsf to the columns of this export"
    )
    load = command("load", commands.load, "read a study's sources into its journey frame")
    load.add_argument("study", metavar="STUDY")
    check = command("check", commands.check, "say everything that is wrong or worth telling in a study")
    check.add_argument("study", metavar="STUDY", nargs="?", default="")
    check.add_argument(
        "--commit", action="store_true", help="look at what is staged in git instead: raw files, keys, ids (1 if any)"
    )
    report = command("report", commands.report, "write a study's report: one HTML file, or slides, or a workbook")
    report.add_argument("study", metavar="STUDY")
    report.add_argument("--out", metavar="DIR", help="the folder to write to (reports/STUDY if left out)")
    report.add_argument("--code", action="store_true", help="show the code of the notebooks too")
    report.add_argument("--pdf", action="store_true", help="print it too, as a PDF beside it (needs a Chromium)")
    report.add_argument("--to", choices=("html", "pptx", "xlsx"), default="html", help="html if left out")
    report.add_argument("--all", action="store_true", help="pptx: every finding, and not only the main ones")
    report.add_argument(
        "--each", metavar="COLUMN", help="one for each value of an attribute of people (region …), or for each persona"
    )
    report.add_argument(
        "--draft", action="store_true", help="not to be handed on: not checked against what was shared before"
    )
    compared = command("compare", commands.compare, "say what differs between two reports")
    compared.add_argument("before", metavar="A", help="a report.html")
    compared.add_argument("after", metavar="B", help="another one, of later or of another segment")
    compared.add_argument("--out", metavar="FILE", help="the page to write, an .html")
    export = command(
        "export", commands.export, "give personas, hot spots, follow-up lists, the map and the plan to other tools"
    )
    export.add_argument("study", metavar="STUDY")
    kinds = "xlsx, csv, parquet, sql:STORE, qdpx or qdc; the map: html, svg, png, pdf, cjml, mermaid"
    kinds += (
        ", or a page to print: worksheet, worksheet-blank; the plan: ics (calendar), tickets (CSV), plan (a page each)"
    )
    export.add_argument("--to", required=True, metavar="KIND", help=kinds)
    export.add_argument("--out", metavar="DIR", help="the folder to write files to (reports/STUDY if left out)")
    export.add_argument(
        "--ids", metavar="SOURCE", help="write the ids that this source has for people beside the pseudonyms"
    )
    export.add_argument(
        "--department", default="", metavar="NAME", help="xlsx: its steps and lanes alone; the plan: its part"
    )
    export.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="TABLE",
        help="personas, hot_spots, follow_up or map (several times)",
    )
    export.add_argument(
        "--because", default="", metavar="WORDS", help="why people may be told apart in it (logged); else it is refused"
    )
    export.add_argument(
        "--sensitive", action="append", default=[], metavar="COLUMN", help="tell how many values of it each group has"
    )
    out = command("shared", commands.shared, "list what a study has shared, or say that something was never handed on")
    out.add_argument("study", metavar="STUDY")
    out.add_argument("--recall", metavar="NAME", help="a report or export that was never handed on: it counts no more")
    out.add_argument("--because", default="", metavar="WORDS", help="with --recall: why")
    taken = command(
        "import", commands.import_, "merge a map that came back, or add the codes of a coded project, to a study"
    )
    taken.add_argument("study", metavar="STUDY")
    taken.add_argument(
        "file",
        metavar="FILE",
        help="a map (.xlsx, .csv, CJML .xml, mermaid .mmd), or codes (.csv, .qdc, .qdpx, Taguette .sqlite3)",
    )
    taken.add_argument("--who", default="", metavar="NAME", help="whose changes of the map these are")
    taken.add_argument("--scale", metavar="LOW:HIGH", help="what emotion and trust are on there, as --scale -2:2")
    taken.add_argument("--remove", action="store_true", help="take out the steps that are not in the file")
    taken.add_argument(
        "--overwrite", action="store_true", help="a file without a version: take its word where it differs"
    )
    told = command("history", commands.history, "say how a part of a study came about: who changed what, and when")
    told.add_argument("study", metavar="STUDY")
    told.add_argument("--part", default="map", metavar="PART", help="map (if left out), scope, hypotheses …")
    told.add_argument(
        "--compare", nargs=2, metavar=("A", "B"), help="two versions of the map: a name, a place (now is -1) or a day"
    )
    told.add_argument(
        "--restore", metavar="VERSION", help="bring this version of the part back; what stands now is kept"
    )
    told.add_argument("--out", metavar="FILE", help="with --compare: the page to write, an .html")
    told.add_argument("--log", action="store_true", help="who did what with the study, and when")
    key = command("key", commands.key, "say how a study's pseudonym key stands (never the key), change or destroy it")
    key.add_argument("study", metavar="STUDY")
    what = key.add_mutually_exclusive_group()
    what.add_argument("--rotate", action="store_true", help="a new key: everybody is known by another pseudonym")
    what.add_argument("--destroy", action="store_true", help="delete it for good: frames cannot be made again")
    key.add_argument("--yes", action="store_true", help="do not ask")
    gone = command("forget", commands.forget, "remove a person from a study, and read them no more")
    gone.add_argument("study", metavar="STUDY")
    gone.add_argument("person", metavar="PERSON", nargs="?", help="an id as a source has it, or a pseudonym")
    gone.add_argument(
        "--id-space", default="", metavar="NAME", help="which ids, where they are unique only within a wave"
    )
    gone.add_argument("--sources", action="store_true", help="take their rows out of the tables as received too")
    gone.add_argument("--expired", action="store_true", help="remove the sources whose keep_until has passed instead")
    gone.add_argument("--yes", action="store_true", help="with --expired: do not ask")
    lab = command("lab", commands.lab, "open the notebooks in JupyterLab, on this machine only, with a token")
    lab.add_argument("study", metavar="STUDY", nargs="?")
    lab.add_argument("--port", type=int, default=8888)
    lab.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve = command("serve", commands.serve, "serve the notebooks as an app to people without JupyterLab")
    serve.add_argument("study", metavar="STUDY")
    serve.add_argument(
        "--contribute", action="store_true", help="let them draw the map and comment; else they only look"
    )
    serve.add_argument("--port", type=int, help="8866, or the next one that is free, if left out")
    serve.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="this machine only if left out; 0.0.0.0: its network too"
    )
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    update = command("update", commands.update, "say what this version of the workbench would change in the notebooks")
    update.add_argument(
        "--take", action="store_true", help="write what you did not change; the rest beside, in updates/"
    )
    return top


@contextmanager
def _asked_on(address: str | None) -> Iterator[None]:
    """The engine that --engine names, for this command and the kernels that it starts."""
    before = os.environ.get("WORKBENCH_ENGINE")
    if address:
        os.environ["WORKBENCH_ENGINE"] = address
    try:
        yield
    finally:
        if before is not None:
            os.environ["WORKBENCH_ENGINE"] = before
        elif address:
            del os.environ["WORKBENCH_ENGINE"]


if __name__ == "__main__":
    sys.exit(main())
