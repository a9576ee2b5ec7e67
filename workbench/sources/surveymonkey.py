"""SurveyMonkey exports: one or two heading rows, condensed or expanded, CSV or XLSX, with or without respondent ids.

A column is called by its question, or "question - option" where the second heading row names an option.
"""

from __future__ import annotations

from workbench.files import Received
from workbench.sources import survey
from workbench.sources import survey_tools as tools
from workbench.sources.reading import Block, Desk
from workbench.sources.sheet import Sheet

name = "surveymonkey"
says = "a SurveyMonkey export with one or two heading rows (CSV, XLSX)"
needs = ("questions or text",)

IDS = ("respondent id", "respondentid")
ITSELF = ("response", "open-ended response")  # a second heading that adds nothing to the question


def recognises(received: Received) -> str:
    first = tools.top(received, 2)
    if len(first) < 2 or len(first[0]) < 2:
        return ""
    headings = [tools.plain(cell).casefold() for cell in first[0]]
    if "collector id" in headings and headings[0] in IDS:
        return "columns Respondent ID and Collector ID"
    if _two_rows(first[0], first[1]):
        return "a second heading row of Response and options"
    asked = [one for one in headings[1:] if "?" in one or len(one.split()) > 3]
    return "RespondentID before questions in full" if headings[0] in IDS and len(asked) > 1 else ""


def read(desk: Desk) -> Block:
    sheet = headed(desk.sheet())
    person = tools.among(sheet, "Respondent ID", "RespondentID")
    if person is None and "person" not in desk.binding.model_fields_set:
        desk.note(
            found="no respondent id",
            expected="a column Respondent ID",
            mend="each row is taken for one person, who cannot be joined to other files",
        )
    tools.usual(desk, person, tools.among(sheet, "End Date", "EndDate", "Start Date", "StartDate"))
    columns = tools.bound_columns(desk, sheet)
    sheet = tools.blanked(desk, sheet, columns, "-", "taken as empty cells; say blank: if you know why they are empty")
    return survey.answers(desk, sheet)


def headed(sheet: Sheet) -> Sheet:
    """The sheet under names made of both heading rows, where there are two."""
    if sheet.parts:  # a workbook whose merged headings are joined already
        parts = [[part for part in one if tools.plain(part).casefold() not in ITSELF] for one in sheet.parts]
        return tools.renamed(sheet, [" - ".join(map(tools.plain, one)) for one in parts])
    second = tools.second_row(sheet)
    if not _two_rows(sheet.headings, second):
        return tools.renamed(sheet, sheet.headings)
    names, question = [], ""
    for heading, option in zip(sheet.headings, second, strict=True):
        question = heading if heading.strip() else question
        own = "" if tools.plain(option).casefold() in ITSELF else tools.plain(option)
        names.append(f"{tools.plain(question)} - {own}" if own and question else own or question)
    return tools.renamed(tools.without_second(sheet), names)


def _two_rows(headings, second) -> bool:
    """Is the second row one of headings: words like Response, or options under questions that run on?"""
    cells = [tools.plain(cell).casefold() for cell in second]
    if len(cells) != len(headings):
        return False
    itself = sum(cell in ITSELF for cell in cells)
    first = tools.plain(headings[0]).casefold()
    if first in IDS and cells[0]:
        return False
    runs_on = sum(not heading.strip() and bool(cell) for heading, cell in zip(headings, cells, strict=True))
    unnamed = sum(not heading.strip() and not cell for heading, cell in zip(headings, cells, strict=True))
    return itself > 1 or (first in IDS and not unnamed and (itself > 0 or runs_on > 0))
