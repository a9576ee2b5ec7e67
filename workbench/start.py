"""A new study: its folder with every file in place, blank, after a template or another study, or from files as their profile
reads them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from workbench import files, models, places
from workbench.faults import DataFault, Fault, unknown
from workbench.places import TEMPLATES
from workbench.study import Study
from workbench.study_files import PARTS

BLANK = {
    "study": """\
title: {title}
summary: ''                 # one sentence: what the report's first page says
seed: 1
minimum_base: 10            # groups under it are hidden
departments: []
personas: []
values: {{}}
sources:                    # what each file is: see the README
{sources}""",
    "scope": """\
# The sheet of questions; an answer left out is open.
purpose: ''
improvement: ''
application: ''
applied_by: []
customers: ''
start: ''
end: ''
unit: ''
factors: ''
departments: []
""",
    "map": """\
title: ''
version: 1
lanes: [doing, thinking, feeling, expectation, experience wanted, department, priority activity]
stages: []
scenarios: []
""",
    "hypotheses": """\
# Declare a claim, with its test, before you look.
hypotheses: []
""",
    "solutions": "solutions: []\n",
    "ideas": "ideas: []\n",
    "actions": "actions: []\n",
    "codes": """\
# Codes on interviews: which turn speaks of which step. Themes of comments: the words that mark each.
quotes: []
themes: {}
""",
    "notes": "notes: []\n",
}
COPIED = ("scope", "map", "hypotheses", "solutions", "actions")
SAMPLE = Path(__file__).resolve().parent / "sample"  # an invented study: its files; its sources are made on the spot


def new_study(name: str, template: str = "blank", files_from: Iterable[str | os.PathLike] = ()) -> Study:
    """Make a new study under data/: blank, with the parts of a template (`TEMPLATES`; "sample" is a whole invented study
    with its sources), or with the scope, map, hypotheses, solutions and actions of another study.

    `files_from` are copied into its sources/ (which git ignores) and bound as their profile proposes, ids that several
    of them share as the same people: look at study.yaml and correct it. Raises DataFault where a file cannot be bound
    (nothing is made then), and for a template that is neither ours nor a study. The new study is then the one worked on.
    """
    folder = places.new_study(name)
    incoming = [Path(one) for one in files_from]
    for path in incoming:
        if not path.is_file():
            close = files.near_files(path)
            mend = f'did you mean "{close}"?' if close else "correct the path"
            raise DataFault(
                Fault(file=str(path.name), found="no such file", expected="a file to start from", mend=mend)
            )
    if template == "sample" and template not in places.studies():
        return _sample(folder, incoming)
    model = _model(template)
    entries = []
    if incoming:
        from workbench.profiling import proposed_together

        entries = proposed_together(incoming)
    listed = "".join(f"  - {json.dumps(entry, ensure_ascii=False)}\n" for entry in entries) or "  []\n"
    texts = {
        part: text.format(title=json.dumps(name.replace("-", " ")), sources=listed) if part == "study" else text
        for part, text in BLANK.items()
    }
    if model is not None:
        texts |= {
            part: (model / f"{part}.yaml").read_text(encoding="utf-8")
            for part in COPIED
            if (model / f"{part}.yaml").is_file()
        }
    with files.making(folder) as building:
        for path in incoming:
            files.write(building / "sources" / path.name, path.read_bytes())
        for part in ("scope", "map", "hypotheses", "ideas", "solutions", "actions", "codes", "notes", "study"):
            text = texts[part]
            models.build(models.parse(text, f"{part}.yaml"), PARTS[part], f"{part}.yaml")
            files.write(building / f"{part}.yaml", text)
    study = Study(folder)
    study.log(f"made from {template}")
    places.choose(folder.name)
    return study


def _sample(folder: Path, incoming: list[Path]) -> Study:
    """The invented study of a water company: the same for everybody, made from its seed."""
    if incoming:
        raise DataFault(
            Fault(
                file=incoming[0].name,
                found="files beside the sample",
                expected="the sample, which brings its own, or files of yours",
                mend="start a study of your own from files: workbench new NAME --from FILE",
            )
        )
    from workbench.sample.water_billing import make

    asked = SAMPLE / "surveys" / "water-billing.yaml"
    if not (places.surveys() / asked.name).exists():
        files.write(places.surveys() / asked.name, asked.read_bytes())
    with files.making(folder) as building:
        make(building)
        for path in sorted((SAMPLE / "study").glob("*.yaml")):
            files.write(building / path.name, path.read_bytes())
    study = Study(folder)
    study.log("made from sample")
    places.choose(folder.name)
    return study


def _model(template: str) -> Path | None:
    """The folder whose files a new study starts from: a study's (by name or path) before a template's; None for blank."""
    if template == "blank":
        return None
    if template in TEMPLATES and template not in places.studies():
        return places.SHIPPED / template
    try:
        return places.study(template)
    except DataFault:
        known = (*TEMPLATES, *places.studies())
        raise DataFault(unknown("template", template, known, file=template, column="template")) from None
