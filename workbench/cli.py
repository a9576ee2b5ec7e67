"""The `workbench` command: new · profile · questionnaire · load · check · report · export · import · history · lab.

A wrong input ends with exit code 2 and the faults in words on standard error. An inner error is said in one line, and
shown whole with --debug. Rooms wake when their command is called.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

WRONG_INPUT, INNER_ERROR = 2, 1
ASKING = (
    "load",
    "check",
    "report",
    "export",
    "history",
    "lab",
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
    from workbench import __version__, places

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
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, help: str) -> argparse.ArgumentParser:
        asking = [common, on] if name in ASKING else [common]
        one = commands.add_parser(name, parents=asking, help=help, description=help)
        one.set_defaults(run=run)
        return one

    new = command("new", run_new, "make a new study")
    new.add_argument("name", metavar="NAME")
    new.add_argument(
        "--template", default="blank", metavar="T", help=f"{', '.join(places.TEMPLATES)}, or a study to copy"
    )
    new.add_argument("--from", dest="files", nargs="+", default=[], metavar="FILE", help="files to start from")
    profile = command("profile", run_profile, "say what the columns of a file seem to be, and why")
    profile.add_argument("file", metavar="FILE")
    questionnaire = command("questionnaire", run_questionnaire, "write a questionnaire in another form (YAML, XLSForm)")
    questionnaire.add_argument(
        "source", metavar="FROM", help="a .yaml, an XLSForm (.xlsx) or a Qualtrics definition (.qsf)"
    )
    questionnaire.add_argument("target", metavar="TO", help="a .yaml or an .xlsx")
    questionnaire.add_argument(
        "--for", dest="export", metavar="EXPORT", help="fit a .qsf to the columns of this export"
    )
    load = command("load", run_load, "read a study's sources into its journey frame")
    load.add_argument("study", metavar="STUDY")
    check = command("check", run_check, "say everything that is wrong or worth telling in a study")
    check.add_argument("study", metavar="STUDY")
    report = command("report", run_report, "write a study's report, one HTML file")
    report.add_argument("study", metavar="STUDY")
    report.add_argument("--out", metavar="DIR", help="the folder to write to (reports/STUDY if left out)")
    report.add_argument("--code", action="store_true", help="show the code of the notebooks too")
    export = command(
        "export", run_export, "give personas, hot spots, follow-up lists, the map and the plan to other tools"
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
    taken = command("import", run_import, "merge a map that came back, or add the codes of a coded project, to a study")
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
    told = command("history", run_history, "say how a part of a study came about: who changed what, and when")
    told.add_argument("study", metavar="STUDY")
    told.add_argument("--part", default="map", metavar="PART", help="map (if left out), scope, hypotheses …")
    told.add_argument(
        "--compare", nargs=2, metavar=("A", "B"), help="two versions of the map: a name, a place (now is -1) or a day"
    )
    told.add_argument("--out", metavar="FILE", help="with --compare: the page to write, an .html")
    lab = command("lab", run_lab, "open the notebooks in JupyterLab, on this machine only, with a token")
    lab.add_argument("study", metavar="STUDY", nargs="?")
    lab.add_argument("--port", type=int, default=8888)
    lab.add_argument("--no-browser", action="store_true", help="do not open a browser")
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


@contextmanager
def _into(out: str | None) -> Iterator[None]:
    """A place to write to that cannot be written to is a wrong input, and no error of ours."""
    from workbench import places
    from workbench.faults import DataFault, Fault

    try:
        yield
    except OSError as problem:
        target = Path(out).resolve() if out else places.home().resolve() / "reports"
        met = Path(str(problem.filename)).resolve() if problem.filename else None
        if met is None or not (met.is_relative_to(target) or target.is_relative_to(met)):
            raise
        found = f"{target}: {problem.strerror}"
        mend = "name another one with --out"
        raise DataFault(Fault(column="--out", found=found, expected="a place to write to", mend=mend)) from None


def run_new(arguments: argparse.Namespace) -> int:
    from workbench.start import new_study

    study = new_study(arguments.name, arguments.template, arguments.files)
    if arguments.json:
        print(json.dumps({"study": study.name, "path": str(study.path)}))
    else:
        print(f"made {study.path}")
        print("next: look at study.yaml (what each source is), then: workbench check " + study.name)
    return 0


def run_profile(arguments: argparse.Namespace) -> int:
    from workbench.profiling import profile

    found = profile(arguments.file)
    if arguments.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False))
        return 0
    print(found.sentence)
    print(f"{found.base}\n")
    table = found.to_frame()
    shown = [column for column in ("column", "seems", "why", "doubt") if column in table]
    _print(table[shown])
    return 0


def run_questionnaire(arguments: argparse.Namespace) -> int:
    from workbench.load import fitted, questionnaire_named, save_questionnaire

    notes: list[Any] = []
    found = questionnaire_named(arguments.source, notes=notes)
    if arguments.export:
        found = fitted(found, arguments.export, notes)
    save_questionnaire(found, Path(arguments.target))
    if arguments.json:
        print(json.dumps({"written": arguments.target, "questions": len(found.survey), "faults": _faults(notes)}))
        return 0
    print(f"wrote {arguments.target}: {len(found.survey)} questions")
    _tell(notes)
    return 0


def run_load(arguments: argparse.Namespace) -> int:
    from workbench.load import changed
    from workbench.study import Study

    study = Study(arguments.study)
    before = _manifest(study)
    journey = study.load(_progress)
    after = _manifest(study)
    sources, since = changed(before, after) if before else [], _since(study)
    if arguments.json:
        about = {"records": len(journey), "people": len(journey.people), "faults": _faults(journey.faults)}
        more = {"sources changed": sources, "since": since.to_dict() if since else None}
        print(json.dumps(about | more, ensure_ascii=False))
        return 0
    print(f"{study.name}: {journey.base()}, {len(journey.distinct('step'))} steps")
    counted = journey.count(by=["source", "kind"])
    _print(counted.rename(columns={"n": "records"}))
    _tell(journey.faults)
    if before:
        told = "; ".join(f"{one['file']} ({_rows(one['before'])} to {_rows(one['now'])})" for one in sources)
        print(f"\nsources that changed: {told or 'none'}")
    if since:
        print(textwrap.fill(since.sentence, 110))
        lines = since.to_frame()
        for row in lines[since.table["changed"].astype(bool)].to_dict("records"):
            print(f"  {row['kind']}: {row['what']}, {row['where']}: {row['said']}")
    return 0


def _manifest(study: Any) -> Any:
    from workbench.load import manifest

    return manifest(study.path / "frames")


def _rows(many: int | None) -> str:
    return "not there" if many is None else f"{many:,} rows"


def _since(study: Any) -> Any:
    """What changed since the last wave, where there are two; what cannot be compared is told and stops no load."""
    from workbench.faults import DataFault

    try:
        found = study.since()
    except DataFault as problem:
        print(f"what changed since the last wave cannot be told: {problem}", file=sys.stderr)
        return None
    return found if len(found.table) else None


def run_check(arguments: argparse.Namespace) -> int:
    from workbench.study import Study

    study = Study(arguments.study)
    faults = study.check()
    errors = [fault for fault in faults if fault.weight == "error"]
    if arguments.json:
        print(json.dumps({"faults": _faults(faults)}, ensure_ascii=False))
    else:
        left = study.scope.open if not errors else []
        if left:
            print(f"scope: still open: {' '.join(asked.words for asked in left)}")
        _tell([fault for fault in faults if fault.weight == "note"])
        if not errors:
            print(f"{study.name} can be used")
    if errors:
        from workbench.faults import DataFault

        raise DataFault(errors)
    return 0


def run_report(arguments: argparse.Namespace) -> int:
    from workbench.study import Study

    study = Study(arguments.study)
    out = Path(arguments.out) / "report.html" if arguments.out else None
    with _into(arguments.out):
        path = study.report(out, code=arguments.code)
    size = path.stat().st_size
    if arguments.json:
        print(json.dumps({"report": str(path), "bytes": size}))
    else:
        print(f"wrote {path} ({size / 1e6:.1f} MB)")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    from workbench.study import Study

    with _into(arguments.out):
        written = Study(arguments.study).export(arguments.to, arguments.out, arguments.ids, arguments.department)
    if arguments.json:
        print(json.dumps({"written": written, "left_out": written.left_out}, ensure_ascii=False))
        return 0
    print("wrote " + "\n      ".join(written))
    whole = [one.replace(" left out", "") for one in written.left_out if re.search(r" left out( \(.*\))?$", one)]
    if whole:
        print(textwrap.fill(f"left out of the map: {'; '.join(whole)}", 110, subsequent_indent="  "))
    for one in written.left_out:
        if not re.search(r" left out( \(.*\))?$", one):
            print(f"  {one}")
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    from workbench import map_files
    from workbench.study import Study

    if map_files.is_map(Path(arguments.file)):
        words = (arguments.scale, arguments.who, arguments.remove, arguments.overwrite)
        merged = Study(arguments.study).import_map(arguments.file, *words)
        print(json.dumps(asdict(merged), ensure_ascii=False) if arguments.json else merged)
        return 0
    added = Study(arguments.study).import_codes(arguments.file)
    if arguments.json:
        print(json.dumps({"codes": added}, ensure_ascii=False))
    else:
        print(f"added {len(added)} {'code' if len(added) == 1 else 'codes'} to codes.yaml")
    return 0


def run_history(arguments: argparse.Namespace) -> int:
    from workbench.faults import DataFault, Fault
    from workbench.study import Study

    study = Study(arguments.study)
    if arguments.compare and arguments.part != "map":
        raise DataFault(Fault(column="--compare", found=f"the part {arguments.part}", expected="the map"))
    if arguments.out and Path(arguments.out).suffix.lower() not in (".html", ".htm"):
        raise DataFault(Fault(column="--out", found=arguments.out, expected="a page, an .html"))
    found = study.compare_maps(*arguments.compare) if arguments.compare else study.history(arguments.part)
    if arguments.out:
        from workbench.report import write_page

        with _into(arguments.out):
            write_page(found, arguments.out, title=study.title)
    if arguments.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False))
        return 0
    print(found.sentence + "\n")
    for row in found.to_frame().fillna("").to_dict("records"):
        print("  ".join(str(value) for value in row.values() if value not in ("", False)))
    print("".join(f"\n{one}" for one in found.cautions), end="\n" if found.cautions else "")
    if arguments.out:
        print(f"wrote {arguments.out}")
    return 0


def run_lab(arguments: argparse.Namespace) -> int:
    from workbench import lab, places

    if arguments.study:
        places.study(arguments.study)
    command = lab.command(arguments.port, browser=not arguments.no_browser)
    environment = os.environ | lab.environment()
    print("JupyterLab on 127.0.0.1; its address with the token follows. Ctrl-C ends it.", file=sys.stderr)
    sys.stderr.flush()
    os.execvpe(command[0], command, environment)


def _progress(pieces: Iterable, words: str, unit: str) -> Iterable:
    """A progress bar on standard error, where somebody is looking."""
    from tqdm import tqdm

    return tqdm(pieces, desc=words, unit=unit, leave=False, disable=not sys.stderr.isatty())


def _print(table: Any) -> None:
    if table.empty:
        return
    print(table.to_string(index=False, na_rep="", max_colwidth=60))


def _faults(faults: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(fault) for fault in faults]


def _tell(faults: Sequence[Any]) -> None:
    if not faults:
        return
    print(f"\nset aside or assumed ({len(faults)}):")
    for fault in faults:
        print(f"  {fault.file}: {fault}")


if __name__ == "__main__":
    sys.exit(main())
