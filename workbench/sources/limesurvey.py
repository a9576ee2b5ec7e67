"""LimeSurvey: results as CSV (headings by code, by text, or both; comma or semicolon), and VV files (tab, two heading rows).

Answers that were not sent off are kept and told. 1980-01-01 is LimeSurvey's "no date was kept". In a VV file what was
not shown and what was left empty are known apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import narwhals as nw
import pandas as pd

from workbench.engine import rows
from workbench.faults import DataFault, Fault
from workbench.files import Received
from workbench.sources import survey
from workbench.sources import survey_tools as tools
from workbench.sources.reading import Block, Desk, count
from workbench.sources.sheet import Sheet

name = "limesurvey"
says = "a LimeSurvey export: results (CSV, XLSX) or a VV file"
needs = ("questions or text",)

NOT_SHOWN = "{question_not_shown}"
ESCAPED = {"{newline}": "\n", "{cr}": "\r", "{tab}": "\t", "{quote}": '"', "{lbrace}": "{"}
IN_WORDS = {  # the heading of each code in English, German, French, Dutch, Spanish, Italian and Portuguese
    "id": "response id|antwort id|antwort-id|id de la réponse|antwoord id|antwoord-id|respuesta id|id de respuesta"
    "|id de la respuesta|id risposta|id della risposta|id da resposta|id resposta",
    "submitdate": "date submitted|datum abgeschickt|abgeschickt am|date de soumission|date soumis|datum ingezonden"
    "|datum verzonden|ingezonden op|fecha de envío|data invio|data di invio|data de envio|data de submissão",
    "lastpage": "last page|letzte seite|dernière page|laatste pagina|última página|ultima pagina",
    "startlanguage": "start language|start-sprache|startsprache|langue de départ|langue de début|langue initiale|starttaal"
    "|begintaal|lenguaje inicial|idioma inicial|lingua iniziale|lingua di partenza",
    "startdate": "date started|datum gestartet|gestartet am|date de début|date de lancement|datum gestart|startdatum"
    "|fecha de inicio|data di inizio|data inizio|data de início",
    "datestamp": "date last action|datum letzte aktivität|datum der letzten aktivität|date de la dernière action"
    "|datum laatste actie|laatste actie|fecha de la última acción|data ultima azione|data da última ação",
    "ipaddr": "ip address|ip-adresse|ip adresse|adresse ip|ip-adres|ip adres|dirección ip|indirizzo ip|endereço ip",
    "refurl": "referrer url|referrer-url|weiterleitungs-url|url de référence|url de provenance|verwijzende url"
    "|url de referencia|url di provenienza",
    "seed": "seed|zufallsstartwert|semilla|graine",
    "token": "token|access code|zugangsschlüssel|zugangscode|code d'accès|code d’accès|toegangscode|código de acceso"
    "|invito|codice di accesso|código de acesso",
}  # fmt: skip
WORDS = {word: code for code, words in IN_WORDS.items() for word in words.split("|")}
FIRST = ("id", "submitdate", "lastpage", "startlanguage")  # the first columns of every export, in this order
SHAPES = (r"\d+", r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?|", r"-?\d{1,3}|", r"[a-z]{2,3}(-[A-Za-z]{2,8})*")
CODES = {"id", "submitdate", "lastpage", "startlanguage", "startdate", "datestamp", "token", "seed"}
CODED = re.compile(r"(?P<code>[A-Za-z]\w*(?:\[[^\]]*\])*)(?:[.:;,|] |\. ?$)(?P<text>.*)", re.S)
FINISHED = "finished"  # a column of our own: yes or no


def recognises(received: Received) -> str:
    first = tools.top(received, 2)
    for row, why in zip(first, ("its own columns", "its own columns in the second row (VV)"), strict=False):
        codes = {_code(cell)[0] for cell in row}
        if "submitdate" in codes and len(codes & CODES) > 3:
            return f"{why}: {', '.join(sorted(codes & CODES))}"
    first = tools.top(received, 6)
    asked = [one for one in first[0][4:] if "?" in one or len(one.split()) > 2] if first else []
    return "what its first columns hold (id, date, page, language)" if asked and _by_place(first[1:]) else ""


def read(desk: Desk) -> Block:
    sheet = _vv(desk) if _is_vv(desk.received) else headed(desk.sheet())
    sheet = _dated(desk, _finished(desk, sheet))
    time = tools.among(sheet, "datestamp", "submitdate")
    tools.usual(desk, tools.among(sheet, "id"), time, counted_here=True)
    own = [one for one in ("ipaddr", "token", "refurl") if sheet.has(one) and one != desk.binding.person]
    if own:
        desk.note(
            column=", ".join(own),
            found="columns that may say who people are",
            expected="no addresses or access codes",
            mend="left out: they are not read into the frame unless they are bound",
        )
    return survey.answers(desk, sheet)


def headed(sheet: Sheet) -> Sheet:
    """The sheet under LimeSurvey's codes, with the text of the questions as wording, whichever of them was exported."""
    parts = [_code(heading) for heading in sheet.headings]
    if "submitdate" not in {code for code, _ in parts}:
        head = rows(sheet.frame.sort("row").head(5)).drop(columns="row").fillna("").values.tolist()
        if _by_place(head):  # headings in a language of its own
            parts = [*zip(FIRST, sheet.headings[:4], strict=True), *parts[4:]]
    tidy = tools.renamed(sheet, [code for code, _ in parts], [text for _, text in parts])
    written = {raw: code for raw, (code, _) in zip(sheet.headings, parts, strict=True) if raw != code}
    return replace(tidy, called=written | {usual: written.get(here, here) for usual, here in tidy.called.items()})


def _by_place(table: Sequence[Sequence[str]]) -> bool:
    """Do the first four columns hold what LimeSurvey writes there?"""
    filled = [row for row in table if len(row) > 4]
    whole = [[re.fullmatch(shape, cell.strip()) for shape, cell in zip(SHAPES, row, strict=False)] for row in filled]
    return bool(filled) and all(map(all, whole)) and any(row[1].strip() for row in filled)


def _code(heading: str) -> tuple[str, str]:
    """The code and the text of a heading: "Q1[SQ001]. Text", "Q1_SQ001" or "Response ID"."""
    text = tools.plain(heading)
    if text.casefold() in WORDS:
        return WORDS[text.casefold()], text
    match = CODED.fullmatch(text)
    if match:
        return match["code"], match["text"]
    return text, ""


def _finished(desk: Desk, sheet: Sheet) -> Sheet:
    """Add a column `finished` (yes, no), and tell how many answers were not sent off."""
    if not sheet.has("submitdate"):
        return sheet
    column = sheet.column("submitdate")
    open_still = nw.col(column).is_null() | (nw.col(column).str.strip_chars() == "")
    mend = "kept"
    if not sheet.has(FINISHED):
        cell = nw.when(open_still).then(nw.lit("no")).otherwise(nw.lit("yes")).alias(f"c{len(sheet.headings)}")
        sheet = replace(
            sheet,
            frame=desk.engine.keep(sheet.frame.with_columns(cell)),
            headings=(*sheet.headings, FINISHED),
            names=(*sheet.names, FINISHED),
            wording=(*sheet.wording, "sent off (a column added as the file was read)"),
        )
        mend = f"kept; to leave them out say set_aside: {{{FINISHED}: ['no']}}"
    if FINISHED not in desk.binding.set_aside:
        found = "not sent off (no submitdate)"
        tools.tell_unfinished(desk, sheet.frame.filter(open_still), "submitdate", found, mend)
    return sheet


def _dated(desk: Desk, sheet: Sheet) -> Sheet:
    """Dates of 1980-01-01 become unknown."""
    for heading in ("submitdate", "startdate", "datestamp"):
        if not sheet.has(heading):
            continue
        column = sheet.column(heading)
        none_kept = nw.col(column).str.strip_chars().str.starts_with("1980-01-01")
        several = count(sheet.frame.filter(none_kept))
        if several:
            desk.note(
                column=heading,
                found=f"1980-01-01 in {several:,} rows",
                expected="the date of the answer",
                mend="taken as unknown: this survey kept no dates",
            )
            unknown = nw.when(none_kept).then(nw.lit(None)).otherwise(nw.col(column)).cast(nw.String).alias(column)
            sheet = sheet.without(desk.engine.keep(sheet.frame.with_columns(unknown)))
    return sheet


def _is_vv(received: Received) -> bool:
    first = tools.top(received, 2)
    return received.kind == "text" and len(first) > 1 and {"id", "submitdate"} <= set(first[1])


def _vv(desk: Desk) -> Sheet:
    """A VV file as a sheet: a line is a row, a tab ends a cell, and nothing is quoted."""
    lines = desk.received.text().replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    cells = [line.split("\t") for line in lines]
    width = len(cells[1])
    uneven = [
        Fault(
            file=desk.file,
            row=number,
            found=f"{len(row)} cells",
            expected=f"{width}, as in the row of codes",
            mend="export the VV file again, and do not save it from a spreadsheet",
        )
        for number, row in enumerate(cells, start=1)
        if len(row) != width
    ]
    if uneven:
        raise DataFault(uneven)
    if any(cell.startswith('"') and cell.endswith('"') for cell in cells[1]):
        cells = [[_unquoted(cell) for cell in row] for row in cells]
    table = pd.DataFrame(
        [[_unescaped(cell) for cell in row] for row in cells[2:]], columns=[f"c{n}" for n in range(width)], dtype=object
    )
    table.insert(0, "row", range(3, 3 + len(table)))
    types = {f"c{n}": "VARCHAR" for n in range(width)} | {"row": "BIGINT"}
    sheet = Sheet(desk.file, desk.engine.table(table, types), tuple(cells[1]), 3, "\t", called=tools.called(desk))
    return tools.apart(desk, tools.renamed(sheet, sheet.headings, [tools.plain(cell) for cell in cells[0]]), NOT_SHOWN)


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _unescaped(cell: str) -> str | None:
    if not cell:
        return None
    if cell == NOT_SHOWN or "{" not in cell:
        return cell
    return re.sub("|".join(map(re.escape, ESCAPED)), lambda match: ESCAPED[match[0]], cell)
