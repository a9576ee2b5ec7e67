"""What each word of the `workbench` command does: wakes the room it needs, prints what a person reads, or with --json
what a program can.

Knows the study and the words as they were parsed (`cli`).
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


def new(arguments: argparse.Namespace) -> int:
    from workbench import commits, places, workspace
    from workbench.start import new_study

    home = places.home()
    fresh = not places.is_workspace(home)
    places.new_study(arguments.name)  # a name that will not do is told before anything is made
    laid = workspace.lay_out(home) if fresh else []
    hook = commits.install(home)
    study = new_study(arguments.name, arguments.template, arguments.files)
    if arguments.json:
        made = {"study": study.name, "path": str(study.path), "workspace": str(home), "laid out": laid, "git": hook}
        print(json.dumps(made))
    else:
        if fresh:
            print(f"made a workspace in {home}: notebooks, data, surveys, reports")
        print(f"made {study.path}")
        print(*([hook] if hook else []), sep="\n", end="\n" if hook else "")
        print("next: look at study.yaml (what each source is), then: workbench check " + study.name)
    return 0


def profile(arguments: argparse.Namespace) -> int:
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


def questionnaire(arguments: argparse.Namespace) -> int:
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


def load(arguments: argparse.Namespace) -> int:
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


def check(arguments: argparse.Namespace) -> int:
    from workbench.study import Study

    if arguments.commit:
        return _staged(arguments)
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


def _staged(arguments: argparse.Namespace) -> int:
    from workbench import commits

    found = commits.staged(Path.cwd())
    if arguments.json:
        print(json.dumps({"staged": [asdict(one) for one in found]}, ensure_ascii=False))
    elif found:
        print("This is about to be committed, and ought not to be:", *(f"  {one}" for one in found), sep="\n")
        print("take a file out with: git restore --staged FILE; once, knowingly: git commit --no-verify")
    return 1 if found else 0


def forget(arguments: argparse.Namespace) -> int:
    from workbench.faults import DataFault, Fault
    from workbench.study import Study

    if arguments.expired == bool(arguments.person):
        found = "a person, and --expired" if arguments.expired else "nobody"
        raise DataFault(Fault(column="PERSON", found=found, expected="an id or a pseudonym, or --expired alone"))
    study = Study(arguments.study)
    if arguments.expired:
        passed = [str(one) for one in study.retention() if one.passed]
        if passed:
            _agreed(
                study.name, "\n  ".join(["The files of these sources are deleted for good:", *passed]), arguments.yes
            )
        done = study.forget_expired()
    else:
        done = study.forget(arguments.person, arguments.id_space, arguments.sources)
    print(json.dumps(done.to_dict(), ensure_ascii=False) if arguments.json else done)
    return 0 if done.proved else 1


def key(arguments: argparse.Namespace) -> int:
    from workbench.study import Study

    study, told = Study(arguments.study), ""
    if arguments.rotate:
        words = "Everybody is known by another pseudonym afterwards; those in earlier exports lead nowhere."
        _agreed(study.name, words, arguments.yes)
        told = f"{study.rotate_key()}\n"
    elif arguments.destroy:
        words = "Nothing leads from pseudonyms back to ids afterwards, and the frames can never be made again from the sources."
        _agreed(study.name, words, arguments.yes)
        study.destroy_key()
    print(json.dumps(asdict(study.key), ensure_ascii=False) if arguments.json else f"{told}{study.key}")
    return 0


def _agreed(study: str, words: str, yes: bool) -> None:
    """Go on only where --yes was said, or the study's name is typed. Raises DataFault."""
    from workbench.faults import DataFault, Fault

    if yes:
        return
    print(words, file=sys.stderr)
    said = ""
    if sys.stdin.isatty():
        print(f"Type {study} to go on: ", end="", file=sys.stderr, flush=True)
        said = sys.stdin.readline().strip()
    if said != study:
        raise DataFault(Fault(column="--yes", found="no word that you mean it", expected=f"--yes, or {study} typed"))


def report(arguments: argparse.Namespace) -> int:
    from workbench.study import Study

    form = _form(arguments)
    study = Study(arguments.study)
    if arguments.each:
        return _each(arguments, study, form)
    folder = Path(arguments.out) if arguments.out else None
    with _into(arguments.out):
        path = study.report(folder, code=arguments.code, to=form, every=arguments.all, draft=arguments.draft)
    size = path.stat().st_size
    if arguments.json:
        print(json.dumps({"report": str(path), "bytes": size}))
    else:
        print(f"wrote {path} ({size / 1e6:.1f} MB)")
    return 0


def _form(arguments: argparse.Namespace) -> str:
    """The form that the report is wanted in. Raises DataFault for words that do not go together."""
    from workbench.faults import DataFault, Fault

    for word, wanted in (("--pdf", "html"), ("--code", "html"), ("--all", "pptx")):
        if getattr(arguments, word.strip("-")) and arguments.to != wanted:
            raise DataFault(Fault(column=word, found=f"with --to {arguments.to}", expected=f"--to {wanted}"))
    return "pdf" if arguments.pdf else arguments.to


def _each(arguments: argparse.Namespace, study: Any, form: str) -> int:
    from workbench.report import each

    folder = Path(arguments.out) if arguments.out else None
    with _into(arguments.out):
        made = each.write(study, arguments.each, folder, form, arguments.code, arguments.all, draft=arguments.draft)
    written = [one for one in made.told if one["report"]]
    study.log(f"wrote {len(written)} reports, one for each {arguments.each}")
    if arguments.json:
        print(json.dumps({"index": str(made.index), "column": made.column, "reports": made.told}, ensure_ascii=False))
        return 0
    for one in made.told:
        print(
            f"{one['value']}: {one['report']} ({one['people']:,} people)"
            if one["report"]
            else f"{one['value']}: none, {one['why']}"
        )
    print(f"wrote {made.index}")
    return 0


def compare(arguments: argparse.Namespace) -> int:
    from workbench.faults import DataFault, Fault
    from workbench.report import comparing, write_page

    if arguments.out and Path(arguments.out).suffix.lower() not in (".html", ".htm"):
        raise DataFault(Fault(column="--out", found=arguments.out, expected="a page, an .html"))
    found = comparing.compare(arguments.before, arguments.after)
    if arguments.out:
        with _into(arguments.out):
            write_page(found, arguments.out, title=found.title)
    if arguments.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False))
        return 0
    print(found.sentence + "\n")
    for row in found.to_frame().to_dict("records"):
        place = " · ".join(str(row[one]) for one in ("finding", "where", "what") if row[one])
        moved = f"{row['before'] or 'nothing'} -> {row['now'] or 'nothing'}" if row["before"] or row["now"] else ""
        mark = " (beyond the intervals)" if row["beyond chance"].startswith("yes") else ""
        print(
            textwrap.fill(f"{row['change']}: {place}: {moved}{mark}".replace(": : ", ": "), 110, subsequent_indent="  ")
        )
    print("".join(f"\n{one}" for one in found.cautions), end="\n" if found.cautions else "")
    if arguments.out:
        print(f"wrote {arguments.out}")
    return 0


def export(arguments: argparse.Namespace) -> int:
    from workbench.study import Study

    with _into(arguments.out):
        written = Study(arguments.study).export(
            arguments.to, arguments.out, arguments.ids, arguments.department, arguments.only, arguments.because,
            arguments.sensitive,
        )  # fmt: skip
    if arguments.json:
        told = {"written": written, "left_out": written.left_out, "anonymity": written.told}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print("wrote " + "\n      ".join(written))
    for line in written.told:
        print(f"  {line}")
    whole = [one.replace(" left out", "") for one in written.left_out if re.search(r" left out( \(.*\))?$", one)]
    if whole:
        print(textwrap.fill(f"left out of the map: {'; '.join(whole)}", 110, subsequent_indent="  "))
    for one in written.left_out:
        if not re.search(r" left out( \(.*\))?$", one):
            print(f"  {one}")
    return 0


def import_(arguments: argparse.Namespace) -> int:
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


def shared(arguments: argparse.Namespace) -> int:
    from workbench.study import Study

    study = Study(arguments.study)
    if arguments.recall:
        one = study.recall(arguments.recall, arguments.because)
        print(
            json.dumps({"recalled": one.name})
            if arguments.json
            else f"{one.what} {one.file} ({one.name}) counts no more"
        )
        return 0
    found = study.shared.releases
    if arguments.json:
        kept = ("name", "what", "file", "time", "who", "recalled")
        told = [{word: getattr(one, word) for word in kept} | {"bases": len(one.cells)} for one in found]
        print(json.dumps({"shared": told}, ensure_ascii=False))
        return 0
    for one in found:
        gone = f"  recalled: {one.recalled}" if one.recalled else ""
        print(
            f"{one.name}  {one.time[:16].replace('T', ' ')}  {one.who}  {one.what}: {one.file}, {len(one.cells)} bases{gone}"
        )
    print("" if found else "nothing was shared yet")
    return 0


def history(arguments: argparse.Namespace) -> int:
    from workbench.faults import DataFault, Fault
    from workbench.study import Study

    study = Study(arguments.study)
    if arguments.log:
        return _logged(study, arguments)
    if arguments.restore:
        name = study.restore(arguments.part, arguments.restore)
        print(
            json.dumps({"restored": name}) if arguments.json else f"{arguments.part}.yaml is the version {name} again"
        )
        return 0
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


def _logged(study: Any, arguments: argparse.Namespace) -> int:
    """Who did what, a line each, aligned; the newest last, where one looks."""
    found = study.history("log")
    if arguments.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False))
        return 0
    table = found.to_frame().iloc[::-1]
    wide = max((len(one) for one in table["who"]), default=0)
    for row in table.to_dict("records"):
        print(f"{row['when'][:16].replace('T', ' '):16}  {row['who']:{wide}}  {row['what']}")
    print("\n".join(["", found.sentence, *found.cautions]))
    return 0


def lab(arguments: argparse.Namespace) -> int:
    from workbench import lab, places, workspace

    workspace.workspace()
    if arguments.study:
        places.choose(arguments.study)
    command = lab.command(arguments.port, browser=not arguments.no_browser)
    environment = os.environ | lab.environment()
    print("JupyterLab on 127.0.0.1; its address with the token follows. Ctrl-C ends it.", file=sys.stderr)
    sys.stderr.flush()
    os.execvpe(command[0], command, environment)


def update(arguments: argparse.Namespace) -> int:
    from workbench import workspace

    found = workspace.update(take=arguments.take)
    if arguments.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return 0
    print(workspace.told(found, arguments.take))
    return 0


def serve(arguments: argparse.Namespace) -> int:
    from workbench import serve
    from workbench.study import Study

    role = "contribute" if arguments.contribute else "view"
    serve.serve(Study(arguments.study), role, arguments.port, arguments.host, browser=not arguments.no_browser)
    return 0


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
