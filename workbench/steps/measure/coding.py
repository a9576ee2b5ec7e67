"""Coding of interviews: the code frame and the codes that people gave (codes.yaml), and whether coders agree.

Several people may code the same turn, each by several codes. Knows the records of quotes and the inference room; what was
coded in QDA programs arrives in the same records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import pandas as pd
from pydantic import Field

from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.inference.agreement import cohen_kappa, krippendorff_alpha
from workbench.journey import JourneyFrame
from workbench.models import Model
from workbench.sources import code_frames
from workbench.sources.codings import Code as FramedCode
from workbench.sources.reading import Coded
from workbench.steps.measure import groups
from workbench.steps.measure.comments import marks

FILE = "codes.yaml"
NONE = "none"  # what a coder said who read a place and gave it no code
MANY = 10_000  # draws of an interval, at most


class Code(Model):
    """A code of the code frame; `parent` is the code above it, by its name (or by its path: Billing / late)."""

    name: str
    about: str = ""
    parent: str = ""


class Quote(Model):
    """What one coder gave to a turn of an interview, or to the `words` selected in it: a code, a step of the map, the
    emotion heard, or several of these. `which` says which one is meant where the words stand in the turn several times."""

    file: str
    turn: int = Field(ge=1)
    step: str = ""
    code: str = ""
    emotion: float | None = Field(default=None, ge=-2, le=2)
    coder: str = ""
    words: str = ""
    which: int = Field(default=1, ge=1)


class Codes(Model):
    """codes.yaml: the code frame, the quotes, who read which file (whether or not they gave it a code), and the themes of
    comments with the words that mark them (see `themes`)."""

    codes: list[Code] = []
    quotes: list[Quote] = []
    readers: dict[str, list[str]] = {}
    themes: dict[str, list[str]] = {}

    def paths(self) -> list[str]:
        """The codes of the frame by their full paths, in its order. Raises DataFault for parents that are not there."""
        names = {one.name for one in self.codes}
        above = [(one.parent,) if one.parent in names else code_frames.levels(one.parent) for one in self.codes]
        pairs = [((one.name,), parent) for one, parent in zip(self.codes, above, strict=True)]
        return [" / ".join(path) for path in code_frames.paths(pairs, FILE, [None] * len(pairs))]

    def of(self, file: str) -> dict[int, list[Coded]]:
        """What was coded in a file (its path in the study), turn by turn; codes by their full paths."""
        called = self._called()
        found: dict[int, list[Coded]] = {}
        for one in self.quotes:
            if one.file == file:
                code = called.get(_written(one.code), [one.code])
                whole = code[0] if len(code) == 1 else one.code
                found.setdefault(one.turn, []).append(Coded(one.step or None, one.emotion, whole, one.coder, one.words))
        return found

    def check(self, steps: Sequence[str]) -> list[Fault]:
        """Steps, codes and coders that are named and not there. `steps` are those of the map; none: any will do."""
        try:
            called = self._called()
        except DataFault as problem:
            return list(problem.faults)
        found: list[Fault] = []
        for theme, words in self.themes.items():
            try:
                marks(words)
            except DataFault as problem:
                found += [replace(one, file=FILE, column=theme) for one in problem.faults]
        for one in self.quotes:
            if steps and one.step and one.step not in steps:
                found.append(unknown("step", one.step, steps, file=FILE, column=one.file))
            if self.codes and one.code and _written(one.code) not in called:
                found.append(unknown("code", one.code, called, file=FILE, column=one.file))
            elif len(called.get(_written(one.code), ())) > 1:
                found.append(
                    Fault(
                        file=FILE,
                        column=one.file,
                        found=f'several codes called "{one.code}"',
                        expected=f"one of: {', '.join(called[_written(one.code)])}",
                        mend="say the full path",
                    )
                )
            readers = self.readers.get(one.file)
            if readers is not None and one.coder and one.coder not in readers:
                found.append(unknown("reader", one.coder, readers, file=FILE, column=one.file))
        return found

    def _called(self) -> dict[str, list[str]]:
        """The full paths of codes by what they may be called: their name, or their path."""
        called: dict[str, list[str]] = {}
        for one, path in zip(self.codes, self.paths(), strict=True):
            for name in dict.fromkeys((one.name, path)):
                called.setdefault(name, []).append(path)
        return called


def _written(code: str) -> str:
    """A code as the frame writes it: "Billing > late" is "Billing / late"."""
    return re.sub(r"\s+(?:/|::|>)\s+", " / ", code.strip())


def frame_of(codes: Sequence[FramedCode]) -> list[Code]:
    """A code frame that was read (`qda.code_frame`) as codes.yaml has it."""
    return [Code(name=one.path[-1], about=one.description, parent=" / ".join(one.path[:-1])) for one in codes]


# -- agreement --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """The places that at least two coders read, each with what every reader gave it; and who declared what they read."""

    places: Sequence[Mapping[str, frozenset[str]]]
    files: int
    coders: Sequence[str]
    declared: Sequence[str]
    assumed: Sequence[str]
    unnamed: int


def agreement(
    journey: JourneyFrame,
    by: str = "code",
    readers: Mapping[str, Sequence[str]] | None = None,
    minimum_base: int | None = None,
    resamples: int = 1000,
    seed: int = 1,
) -> Finding:
    """Do coders agree beyond chance? Overall, and on each code (or step: by="step") as given or not given.

    The units are the places of a source that at least two coders read. `readers` says who read which file
    (`study.codes.readers`); where it does not, a coder read every place of the files in which they coded anything. A
    coder who gave no code at a place that they read said "none"; several codes of one coder at a place are one answer
    (their set) in the overall figure. Columns: value (Krippendorff's alpha, nominal, -1 … 1) with low and high (95 %, by
    drawing places again), n (places), given (codings), share (per cent of pairs of coders who say the same), kappa
    (Cohen's, for two coders).

    Raises DataFault where no place was read by two coders, for readers of a file that is not there, and for a coder who
    coded a file whose readers do not name them.
    """
    if by not in ("code", "step"):
        raise DataFault(unknown("thing that coders give", by, ("code", "step")))
    if not 1 <= resamples <= MANY:
        raise DataFault(Fault(column="resamples", found=f"{resamples:,}", expected=f"1 to {MANY:,} draws"))
    read = _read(journey, by, readers or {})
    if not read.places:
        raise DataFault(
            Fault(
                column="coder",
                found="no place that two coders read",
                expected="codes of at least two coders in one file",
                mend="say coder: on each quote of codes.yaml; and readers: {file: [coder, …]} for who gave no code",
            )
        )
    whole = f"all {by}s"
    answers = {whole: [{who: " + ".join(sorted(said)) or NONE for who, said in one.items()} for one in read.places]}
    for name in journey.in_order(by, {name for place in read.places for said in place.values() for name in said}):
        answers[name] = [{who: "yes" if name in said else "no" for who, said in one.items()} for one in read.places]
    rows = []
    for name, those in answers.items():
        table = pd.DataFrame(those, columns=list(read.coders), dtype=object)
        alpha = krippendorff_alpha(table, resamples=resamples, seed=seed)
        kappa = cohen_kappa(table.iloc[:, 0], table.iloc[:, 1]).value if len(read.coders) == 2 else None
        given = sum(len(said) if name == whole else name in said for one in read.places for said in one.values())
        share = None if alpha.share is None else 100 * alpha.share
        rows.append((name, alpha.value, alpha.low, alpha.high, alpha.n, given, share, kappa))
    found = pd.DataFrame(rows, columns=[by, "value", "low", "high", "n", "given", "share", "kappa"])
    found[["value", "low", "high", "share", "kappa"]] = found[["value", "low", "high", "share", "kappa"]].astype(float)
    found = groups.rounded(found)
    base = f"{len(read.places):,} places of {read.files:,} {'file' if read.files == 1 else 'files'}, read by at least "
    return groups.finding(
        journey,
        "agreement",
        found,
        (by,),
        _sentence(journey, found, by, minimum_base),
        f"{base}two of {len(read.coders)} coders",
        _method(read, by, resamples, seed),
        minimum_base,
        {"kind": "intervals", "unit": "Krippendorff's alpha", "range": [-1, 1], "reference": 0},
        "Agreement between coders",
    )


def _read(journey: JourneyFrame, by: str, readers: Mapping[str, Sequence[str]]) -> _Read:
    """What every coder gave to the places that they read."""
    counted = journey.of_kind("quote").count(by=list(dict.fromkeys(("source", "place", "coder", "code", by))))
    told = {PurePosixPath(file).stem: tuple(dict.fromkeys(those)) for file, those in readers.items()}
    sources = sorted(set(counted["source"]))
    faults = [unknown("interview", one, sources, file=FILE, column="readers") for one in told if one not in sources]
    if faults:
        raise DataFault(faults)
    given: dict[tuple[str, str], dict[str, dict[str, set[str]]]] = {}  # file -> place -> coder -> what was given
    coders_of: dict[tuple[str, str], dict[str, None]] = {}
    unnamed = 0
    for row in counted.to_dict("records"):
        if row["place"] is None:
            continue
        file = (row["source"], _document(row["place"]))
        place = given.setdefault(file, {}).setdefault(row["place"], {})
        if row["coder"] is None:
            unnamed += int(row["n"]) if row["code"] is not None else 0
            continue
        coders_of.setdefault(file, {})[row["coder"]] = None
        said = place.setdefault(row["coder"], set())
        if row[by] is not None:
            said.add(row[by])
    places: list[dict[str, frozenset[str]]] = []
    files = 0
    declared, assumed = set[str](), set[str]()
    for file, here in given.items():
        coded_it = tuple(coders_of.get(file, ()))
        who = told.get(file[0], coded_it)
        faults += [unknown("reader", one, who, file=FILE, column=file[0]) for one in coded_it if one not in who]
        if len(who) < 2:
            continue
        files += 1
        (declared if file[0] in told else assumed).update(who)
        places += [{one: frozenset(coded.get(one, ())) for one in who} for coded in here.values()]
    if faults:
        raise DataFault(faults)
    return _Read(places, files, sorted(declared | assumed), sorted(declared), sorted(assumed), unnamed)


def _document(place: str) -> str:
    """Which text of a coded project a place stands in: a project may hold several."""
    found = re.match(r"source \d+(?=, )", place)
    return found[0] if found else ""


def _sentence(journey: JourneyFrame, found: pd.DataFrame, by: str, minimum_base: int | None) -> str:
    seen = groups.shown(journey, found, (by,), minimum_base)
    named = dict(journey.step_names or {}) if by == "step" else {}
    first = found.iloc[0]
    if seen.empty or seen.index[0] != 0:
        why = f"only one {by} was given" if pd.isna(first["value"]) else "too few places were read by two coders"
        return f"How far coders agree cannot be told: {why}."
    words = (
        f"Coders say the same of {first['share']:.0f} % of {int(first['n']):,} places; Krippendorff's alpha is "
        f"{_figure(first['value'])} ({_figure(first['low'])} to {_figure(first['high'])})"
    )
    rest = seen.iloc[1:]
    if rest.empty:
        return f"{words}."
    least = rest.loc[rest["value"].idxmin()]
    return f'{words}. They agree least on "{named.get(least[by], least[by])}" ({_figure(least["value"])}).'


def _figure(value: float) -> str:
    return "not known" if pd.isna(value) else groups.signed(value, 2).removeprefix("+")


def _method(read: _Read, by: str, resamples: int, seed: int) -> str:
    who = []
    if read.declared:
        who.append(f"the files that readers: says for {', '.join(read.declared)}")
    if read.assumed:
        who.append(f"all places of the files in which a coder coded anything for {', '.join(read.assumed)}")
    parts = [
        f"Krippendorff's alpha (nominal), 95 % interval by drawing places again {resamples:,} times (seed {seed}) as if "
        "they were independent",
        f"each {by} as given or not given, overall the set of {by}s that a coder gave at a place, none where a coder who "
        "read it gave none",
        "share: per cent of pairs of coders who say the same",
        *(["Cohen's kappa for two coders"] if len(read.coders) == 2 else []),
        f"read: {'; '.join(who)}",
        "two passages are one place where they begin and end alike; of a coded project only passages that somebody coded "
        "are places",
        *(
            [f"{read.unnamed:,} {'coding' if read.unnamed == 1 else 'codings'} without a coder left out"]
            if read.unnamed
            else []
        ),
    ]
    return "; ".join(parts)


__all__ = ["Code", "Codes", "Quote", "agreement", "frame_of"]
