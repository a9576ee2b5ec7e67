"""What a file seems to be, column by column, with the reason and the doubt: for a person to confirm before it is read for good.

Proposes, never decides. Knows the shelf of sources; the rooms beside it know words, scales, single columns and company.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pandas as pd

from workbench import files, sources
from workbench.engine import Engine
from workbench.faults import DataFault, Fault
from workbench.finding import Finding
from workbench.profiling import entries, objects, seeing, sharing
from workbench.profiling.looks import Judged, Look
from workbench.sources import qda, qsf, transcripts, xlsform

__all__ = ["profile", "proposed", "proposed_together"]

HUSHED = (
    "who it is about",
    "who somebody is",
    "a comment",
    "another key of a person",
    "the row's own number",
    "a text",
)


def profile(path: str | os.PathLike) -> Finding:
    """What the columns of a file seem to be, why, and what to check; the sentence says what kind of file it is.

    The table has a row a column: `column`, `seems`, `why`, `doubt`, `filled` and `distinct` (of the rows looked at),
    `values`, `wording`, and what a binding would say (`scale`, `missing`, `not_applicable`, `codes`, `reversed`).
    Raises DataFault where the file cannot be read as a table, transcript, log or coded project.
    """
    engine = Engine()
    received = files.receive(path, engine.scratch)
    if why := sources.questionnaire_in(received):
        return _questions(received, why)
    claimed = sources.claims(received)
    kind = seeing.special(claimed)
    if kind in transcripts.KINDS:
        found = list(transcripts.turns(received))
        speakers = pd.Series([turn.speaker or "(nobody)" for turn in found]).value_counts()
        table = pd.DataFrame(
            {"column": [f"speaker {place}" for place in range(1, len(speakers) + 1)], "seems": "a speaker"}
        )
        table["filled"], table["why"] = speakers.to_numpy(), [f"{count} turns" for count in speakers]
        return _told(received, kind, claimed, table, f"{len(found)} turns of {len(speakers)} speakers")
    if kind in ("refi_qda", "taguette"):
        frame = qda.code_frame(received)
        names = [code.name for code in frame]
        table = pd.DataFrame(
            {"column": names, "seems": "a code", "filled": 1, "why": [code.description[:60] for code in frame]}
        )
        return _told(received, kind, claimed, table, f"{len(names)} codes")
    if kind == "ocel":
        return _told(
            received, kind, claimed, objects.types(received, engine), "types of objects, each with how many there are"
        )
    if kind == "xes":
        return _log(path, received, kind, claimed)
    seen = seeing.seen_in(received, engine, claimed)
    table = pd.DataFrame([_line(look, one) for look, one in zip(seen.looks, seen.judged, strict=True)])
    looked = max((look.rows for look in seen.looks), default=0)
    return _told(received, seen.kind, claimed, table, f"{len(seen.looks)} columns, {looked:,} rows looked at")


def proposed(path: str | os.PathLike) -> dict[str, Any]:
    """An entry for study.yaml as the profile proposes it: the kind, and which column is what, for a person to correct.

    Raises DataFault as `profile`, and where no column has a name that a binding could use.
    """
    return proposed_together([path])[0]


def proposed_together(paths: Iterable[str | os.PathLike]) -> list[dict[str, Any]]:
    """Entries for the sources of one study: ids that several files share are bound as the person in each of them.

    A questionnaire among the files is bound to the survey beside it; it is no source of its own.
    """
    engine = Engine()
    seen, questionnaires = [], []
    for path in paths:
        received = files.receive(path, engine.scratch)
        if sources.questionnaire_in(received):
            questionnaires.append(received.name)
            continue
        seen.append(seeing.seen_in(received, engine, sources.claims(received)))
    if len(seen) > 1:
        sharing.shared_ids(seen)
    found = [entries.entry(one, f"sources/{one.file}") for one in seen]
    surveys = [one for one in found if one.get("questions") or one.get("several") or one.get("format") == "qualtrics"]
    if questionnaires and (len(questionnaires) > 1 or len(surveys) != 1):
        raise DataFault(
            Fault(
                file=questionnaires[0],
                found=f"questionnaires beside surveys: {len(questionnaires)} beside {len(surveys)}",
                expected="one questionnaire and the export of its answers",
                mend="make the study from the exports, and name each questionnaire in study.yaml",
            )
        )
    for one in surveys if questionnaires else ():
        for word in ("questions", "several", "segments", "text"):  # the questionnaire says them
            one.pop(word, None)
        one["questionnaire"] = f"sources/{questionnaires[0]}"
    return found


# -- telling ------------------------------------------------------------------------------------------------------------


def _questions(received: files.Received, why: str) -> Finding:
    """The questions of a questionnaire, for whoever hands it over in place of answers."""
    read = qsf.read if qsf.recognises(received) else xlsform.read
    found = read(received)
    table = pd.DataFrame(
        {
            "column": [item.name for item in found.survey],
            "seems": [f"{item.type}{f', {item.measure}' if item.measure else ''}" for item in found.survey],
            "why": [item.label[:90] for item in found.survey],
            "doubt": "",
        }
    )
    sentence = (
        f"{received.name} is a questionnaire ({why}): questions and no answers. Name it beside the export of its answers, as "
        "questionnaire:, or hand both to workbench new --from."
    )
    size = f"{len(found.survey)} questions"
    return Finding(
        "profile", table, sentence, by=("column",), base=size, method="as the file says", title="questionnaire"
    )


def _log(path: str | os.PathLike, received: files.Received, kind: str, claimed: dict[str, str]) -> Finding:
    """What happens in an event log: its activities, each with how often."""
    from workbench.load import read

    journey = read(path, format=kind)
    counted = journey.count(by="step").rename(columns={"step": "column", "n": "filled"})
    counted["seems"], counted["why"], counted["doubt"] = "an activity", "events of this name", ""
    return _told(received, kind, claimed, counted[["column", "seems", "filled", "why", "doubt"]], journey.base())


def _line(look: Look, one: Judged) -> dict[str, Any]:
    few = look.distinct <= 12 and one.seems not in HUSHED
    shown = ", ".join(sorted(map(str, look.counts.index))) if few else ""
    told = one.plainly()
    line = {"column": look.heading, "seems": told.pop("seems"), "why": told.pop("why"), "doubt": told.pop("doubt")}
    line |= {"filled": look.filled, "distinct": look.distinct, "values": shown[:80], "wording": look.wording}
    return line | told | {"sure": one.sure}


def _told(received: files.Received, kind: str, claimed: dict[str, str], table: pd.DataFrame, size: str) -> Finding:
    why = claimed.get(kind) or "by what its columns seem to be"
    says = sources.SHELF[kind].says if kind in sources.SHELF else "nothing we know"
    sentence = f"{received.name} looks like {says} ({why})."
    if "sure" in table:
        doubtful = table[(table["doubt"] != "") & ~table["seems"].isin(["empty", "technical", "constant"])].sort_values(
            "sure", kind="stable"
        )
        if len(doubtful):
            few = [
                f'"{column[:50]}" ({doubt})'
                for column, doubt in doubtful[["column", "doubt"]].head(3).itertuples(index=False)
            ]
            sentence += f" Check first: {'; '.join(few)}."
        table = table.drop(columns="sure")
    mails = table.loc[table["why"].astype(str).str.contains("e-mail addresses"), "column"].tolist()
    if mails:
        sentence += f" E-mail addresses join files as hashed keys, or are left out: {', '.join(mails)}."
    who = table.loc[table["seems"] == "who somebody is", "column"].tolist()
    if who:
        sentence += f" Columns that say who people are will be left out: {', '.join(who)}."
    method = f"by headings, and by up to {seeing.LOOKED_AT:,} rows from the beginning and spread over the file"
    return Finding("profile", table, sentence, by=("column",), base=size, method=method, title=kind)
