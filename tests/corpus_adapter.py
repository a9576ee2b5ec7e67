"""A thin translation of the hostile corpus's neutral words onto the workbench's public face. It holds no check of its own."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd

import workbench as wb
from workbench import exports, files, models, privacy
from workbench.engine import Engine
from workbench.report import gate
from workbench.sources import sheet as sheets
from workbench.sources import spss, transcripts
from workbench.sources.binding import Binding
from workbench.sources.reading import Desk
from workbench.steps.map import JourneyMap
from workbench.steps.map.scales import Scale
from workbench.study import Study
from workbench.study_files import About
from workbench.theme import Theme

SURVEYS = {"survey_csv": "survey", "survey_xlsx": "survey", "html_xss": "survey"}


class Loaded:
    """A journey, with the file and the binding that it came from."""

    def __init__(self, kind, path, options, journey, format=None):
        self.kind, self.path, self.options, self.journey, self.format = kind, path, options, journey, format


def survey(options):
    scale = [float(one) for one in options.get("nps_scale", "0-10").split("-")]
    questions = {options["nps"]: {"measure": "nps", "scale": scale}} if "nps" in options else {}
    if "csat" in options:
        questions[options["csat"]] = {"measure": "csat", "scale": [1, 5]}
    words = {
        "person": options.get("id"),
        "time": options.get("date"),
        "timezone": options.get("timezone"),
        "channel": options.get("channel"),
        "segments": [options["segment"]] if "segment" in options else [],
        "weight": options.get("weight"),
        "text": [options["comment"]] if "comment" in options else [],
        "questions": questions,
    }
    return {word: value for word, value in words.items() if value}


class Drawn:
    """A map, with what is worth telling of it."""

    def __init__(self, path, drawn, told):
        self.kind, self.path, self.journey, self.drawn, self.told = "map", path, None, drawn, told


class Opened:
    """A study's own file, read, with the sources that it names."""

    def __init__(self, path, study, sources):
        self.kind, self.path, self.journey, self.study, self.sources = "study_yaml", path, None, study, sources


class Logo:
    """A picture for the report's cover, as a theme takes it in."""

    def __init__(self, path, theme):
        self.kind, self.path, self.journey = "logo", path, None
        self.theme, self.picture = theme, theme.picture(Path(path).parent)


def text_of(path):
    """The text of a neutral file, let in and read as the product reads its own."""
    received = files.receive(path, Engine().scratch)
    return models.parse(received.text(), Path(path).name), list(received.notes)


def named(word, value):
    return {} if value is None else {word: value}


def step_of(neutral, scale, file):
    """A step in the map's words; what has none goes over as it is."""
    if not isinstance(neutral, dict):
        return neutral
    step = dict(neutral)
    name = str(step.get("id") or step.get("name") or "?")
    for felt in ("emotion", "trust"):
        if step.get(felt) is not None:
            step[felt] = scale.onto(step[felt], name, felt, file)
    if isinstance(step.get("hot_spot"), bool):
        step |= {"hot_spot": "pain" if step["hot_spot"] else ""}
    for one, many in (("channel", "channels"), ("measure", "measures")):
        if one in step:
            value = step.pop(one)
            step[many] = value if isinstance(value, list) else [] if value is None else [value]
    return step


def map_of(path):
    """The corpus's neutral map as content of map.yaml, built and checked."""
    file, (neutral, notes) = Path(path).name, text_of(path)
    if not isinstance(neutral, dict):
        return Drawn(path, models.build(neutral, JourneyMap, file), notes)
    content = dict(neutral)
    scale = Scale.of(content.pop("emotion_scale", [-100, 100]))
    lists = {word: content.pop(word) for word in ("channels", "questions") if isinstance(content.get(word), list)}
    content |= named("title", content.pop("map", None)) | named("starts", content.pop("start", None))
    steps = content.pop("steps", None)
    if isinstance(steps, list) and content.get("schema", 1) in (1, "1"):  # a later version's steps are not ours to read
        steps = [step_of(one, scale, file) for one in steps]
    content["stages"] = [{"name": "Journey", **named("steps", steps)}]
    drawn = models.build(content, JourneyMap, file)
    return Drawn(path, drawn, notes + drawn.check(asked=lists.get("questions", ()), channels=lists.get("channels", ())))


NEUTRAL = {"title": "study", "minimum_base": "k (minimum base: the threshold of privacy)"}


def study_of(path, options):
    """The corpus's neutral study file as study.yaml in a folder of its own, read, and the sources that it names."""
    file, (neutral, _) = Path(path).name, text_of(path)
    if neutral is not None and not isinstance(neutral, dict):
        models.build(neutral, About, file)
    content = dict(neutral or {})
    asked = content.pop("questions", None)
    source = named("timezone", content.pop("timezone", None)) | named("segments", content.pop("segments", None))
    if isinstance(asked, dict):
        source["questions"] = {
            one["column"] if isinstance(one, dict) else measure: {"measure": measure}
            | ({"scale": [float(end) for end in one["scale"].split("-")]} if isinstance(one, dict) else {})
            for measure, one in asked.items()
        }
    held = content.pop("data", None)
    content |= named("title", content.pop("study", None)) | named("minimum_base", content.pop("k", None))
    listed = held.items() if isinstance(held, dict) else []
    content["sources"] = [{"file": one, "format": kind, **source} for kind, one in listed]
    folder = Path(tempfile.mkdtemp()) / "study"
    shutil.copytree(Path(options["_root"]) / "survey_csv", folder / "survey_csv")
    (folder / "study.yaml").write_text(models.dump(content), encoding="utf-8")
    try:
        study = Study(folder)
        return Opened(path, study, study.sources())
    except wb.DataFault as problem:
        told = [replace(one, file=file, column=NEUTRAL.get(one.column, one.column)) for one in problem.faults]
        raise wb.DataFault(told) from None


def load(kind, path, options):
    name = Path(path).name
    if kind == "map":
        return map_of(path)
    if kind == "study_yaml":
        return study_of(path, options)
    if options.get("use_as") == "logo":
        return Logo(path, Theme(logo=name))
    if kind.startswith("survey") or kind == "html_xss":
        if not name.endswith((".csv", ".xlsx", ".sav", ".zsav", ".tsv", ".txt", ".parquet")):
            raise NotImplementedError
        format = {"survey_qualtrics": "qualtrics", "survey_sav": "spss"}.get(kind, SURVEYS.get(kind))
        return Loaded(kind, path, options, wb.read(path, format=format, **survey(options)), format)
    if kind == "complaints":
        words = {
            "person": options.get("customer"),
            "opened": options.get("opened"),
            "closed": options.get("closed"),
            "category": options.get("category"),
            "text": [options["text"]] if "text" in options else [],
            "timezone": options.get("timezone"),
            "today": options.get("today"),
        }
        words = {word: value for word, value in words.items() if value}
        journey = wb.read(path, format="complaints", **words)
        if options.get("customers_file"):
            customers = Path(options["_root"]) / options["customers_file"]
            came = {"created": options.get("created"), "segments": []}
            journey = journey.join(wb.read(customers, format="people", person=options["customer"], **came))
        return Loaded(kind, path, options, journey)
    if kind.startswith("events"):
        words = {"timezone": options.get("timezone")}
        if name.endswith(".csv"):
            words |= {
                "person": options.get("case"),
                "activity": options.get("activity"),
                "time": options.get("timestamp"),
            }
            return Loaded(kind, path, options, wb.read(path, format="events", **words))
        if name.endswith((".xes", ".xes.gz")):
            return Loaded(kind, path, options, wb.read(path, format="xes", **words))
        return Loaded(kind, path, options, wb.read(path, format="ocel", person="customer", **words))
    if kind.startswith("interview"):
        return Loaded(kind, path, options, wb.read(path))
    if kind == "tracking":
        columns = {
            options[word]: word for word in ("nps", "csat", "promoters", "passives", "detractors") if word in options
        }
        words = {"time": options["wave"], "n": options["n"], "columns": columns, "segments": [options["segment"]]}
        return Loaded(kind, path, options, wb.read(path, format="tracking", timezone="UTC", **words))
    if kind == "text_pii":
        return Loaded(kind, path, options, None)
    raise NotImplementedError


def is_clean(problem):
    return isinstance(problem, wb.DataFault)


def warnings_of(loaded):
    if loaded.kind == "map":
        return [str(fault) for fault in loaded.told]
    return [] if loaded.journey is None else [f"{fault.file}: {fault}" for fault in loaded.journey.faults]


def facts(loaded, names, options):
    found = {}
    for name in names:
        answer = fact(loaded, name)
        if answer is not NOTHING:
            found[name] = answer
    return found


NOTHING = object()


def fact(loaded, name):
    what, _, place = name.partition(":")
    if loaded.kind == "map":
        links = loaded.drawn.links.values()
        known = {"steps": len(loaded.drawn.steps), "links": sum(map(len, links)), "starts": sorted(loaded.drawn.begins)}
        return known.get(name, NOTHING)
    if loaded.kind == "study_yaml":
        about = loaded.study.about
        return {"k": about.minimum_base, "timezone": about.sources[0].timezone}.get(place, NOTHING)
    journey, options = loaded.journey, loaded.options
    if loaded.kind.startswith("interview"):
        turns = list(transcripts.turns(files.receive(loaded.path, Engine().scratch)))
        known = {
            "turns": len(journey),
            "speakers": sorted({turn.speaker for turn in turns}),
            "warnings": len(journey.faults),
        }
        return known.get(name, NOTHING)
    if loaded.kind.startswith("events"):
        table = journey.to_frame().sort_values(["time", "order"])
        case = table[table["person"] == privacy.pseudonym(privacy.key("files"), place)] if place else table
        if name == "cases":
            return len(journey.people)
        if name == "events":
            return len(table)
        if what == "order":
            return case["step"].tolist()
        stamps = pd.to_datetime(case["time"], unit="us", utc=True)
        return [stamp.isoformat().replace("+00:00", "Z") for stamp in stamps] if what == "utc" else NOTHING
    if loaded.kind == "tracking":
        table = journey.to_frame()
        if name == "rows":
            return len(table[["wave", "text"]].drop_duplicates())
        return journey.distinct("wave") if name == "waves" else NOTHING
    if name == "rows":
        return int(journey.count()["n"].iloc[0]) if loaded.kind in ("complaints",) else len(journey.people)
    if name == "nps":
        counted = journey.count(of="nps", people=False)
        if counted.empty:
            return None
        promoters, detractors = (
            counted.loc[keep, "n"].sum() for keep in (counted["value"] >= 9, counted["value"] <= 6)
        )
        return 100 * (promoters - detractors) / counted["n"].sum()
    if what == "base":
        return int(journey.count(of=place, people=False)["n"].sum())
    if what == "label":
        table = journey.measures.to_frame()
        return table.loc[table["column"] == place, "label"].iloc[0]
    if name == "columns_include":
        return list(raw(loaded).headings)
    if what in ("id", "segment", "weight"):
        column = {"id": "id", "segment": "segment", "weight": "weight"}[what]
        if what == "weight":
            weights = journey.to_frame().sort_values("order")["weight"].dropna()
            return float(weights.iloc[int(place)])
        sheet = raw(loaded)
        table = sheets.preview(sheet)
        return str(table[options[column]].iloc[int(place)]).strip()
    if what in ("comment", "comment_norm"):
        said = journey.of_kind("comment").to_frame().sort_values("order")["text"].tolist()
        text = said[int(place)]
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n")) if what == "comment_norm" else text
    if what == "date":
        times = journey.to_frame().sort_values("order").drop_duplicates("person")["time"]
        stamp = pd.Timestamp(int(times.iloc[int(place)]), unit="us", tz="UTC")
        return stamp.tz_convert(options.get("timezone", "UTC")).isoformat()
    return NOTHING


def raw(loaded):
    engine = Engine()
    received = files.receive(loaded.path, engine.scratch)
    if received.kind == "binary":
        return spss.sheet(Desk(received, engine, Binding(), b"k" * 32))
    return sheets.workbook(received, engine) if received.kind == "xlsx" else sheets.delimited(received, engine)


def mask(text, options):
    return wb.mask(text, names=options.get("names", []))


def drawn_page(loaded, outdir):
    """The map on a page, as a study shows it that has no data yet."""
    os.environ["WORKBENCH_HOME"] = str(Path(outdir))
    study = wb.new_study("drawn")
    study.save("map", loaded.drawn)
    return str(wb.write_page(study.map_finding(), Path(outdir) / "report.html", title=loaded.drawn.title))


def report(loaded, outdir, options):
    if loaded.kind == "map":
        return drawn_page(loaded, outdir)
    if loaded.kind == "logo":
        kind, content = loaded.picture
        logo = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
        page = gate.page("A report", ["<p>with a logo</p>"], face=gate.Face(theme=loaded.theme, report=True, logo=logo))
        return str(gate.write(page, Path(outdir) / "report.html"))
    journey = loaded.journey
    findings = []
    for by in ((), options.get("segment"), options.get("channel")):
        if by is not None and "nps" in options:
            findings.append(wb.nps(journey, by=by))
    if loaded.kind == "complaints":
        findings.append(wb.complaint_rate(journey))
    return str(
        wb.write_page(findings, Path(outdir or tempfile.mkdtemp()) / "report.html", title=Path(loaded.path).stem)
    )


def export(loaded, outdir, options):
    found = {"records": loaded.journey.to_frame(), "people": loaded.journey.people.to_frame()}
    return [path for kind in ("csv", "xlsx") for path in exports.save(found, Path(outdir), kind)]


def tables(loaded, options):
    found = []
    if loaded.kind == "tracking":
        shown = wb.track(loaded.journey).to_frame()
        cells = {(row["month"],): None if row["n"] != row["n"] else int(row["n"]) for row in shown.to_dict("records")}
        return [{"by": ["wave"], "cells": cells}]
    dimensions = [options[word] for word in ("segment", "channel") if word in options]
    for by in ([], *[[one] for one in dimensions], dimensions):
        shown = wb.nps(loaded.journey, by=by).to_frame()
        cells = {}
        for row in shown.to_dict("records"):
            cells[tuple(row[column] for column in by)] = (
                None if row.get("hidden") or row["n"] != row["n"] else int(row["n"])
            )
        found.append({"by": by, "cells": cells})
    return found
