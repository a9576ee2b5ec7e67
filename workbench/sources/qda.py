"""Coded projects on the shelf: REFI-QDA (.qdpx, .qde, .qdc) and Taguette, as quotes with their codes, coders and places.

A quote keeps its source and its place in letters, its speaker where the text names one, its codes and which coder (a
number: coders' names are not kept) chose it. Reading stands in refi_qda.py and taguette.py, writing in refi_qda_out.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.files import Received
from workbench.sources import code_frames, quotes
from workbench.sources import refi_qda as refi
from workbench.sources import taguette as tags
from workbench.sources.codings import Code, Project, Quote, Text, from_quotes
from workbench.sources.names import plain
from workbench.sources.reading import Block, Coded, Desk
from workbench.sources.refi_qda_out import write_qdc, write_qdpx

__all__ = ["Code", "Project", "Quote", "Text", "code_frame", "from_quotes", "project", "write_qdc", "write_qdpx"]


@dataclass(frozen=True)
class CodedProjects:
    """A reader on the shelf for one kind of coded project."""

    name: str
    says: str
    needs: tuple[str, ...] = ()

    def recognises(self, received: Received) -> str:
        if self.name == "refi_qda":
            return refi.is_refi_qda(received)
        return "a Taguette database" if tags.is_taguette(received) else ""

    def read(self, desk: Desk) -> Block:
        return _block(desk, project(desk.received))


refi_qda = CodedProjects("refi_qda", "a coded project from a QDA program (REFI-QDA: .qdpx, .qde)")
taguette = CodedProjects("taguette", "a coded project from Taguette (.sqlite3)")
ALL = (refi_qda, taguette)


def project(received: Received) -> Project:
    """A coded project, of whichever of the kinds it is. Raises DataFault where it cannot be read."""
    return tags.project(received) if received.kind == "binary" else refi.project(received)


def code_frame(received: Received) -> list[Code]:
    """The code frame of a codebook (.qdc), of a coded project, or of a CSV with a column name, tag, code or path.

    Raises DataFault where the file cannot be read, and for each code that stands twice or whose parent is none.
    """
    if received.kind == "text" and not refi.is_refi_qda(received):
        return code_frames.of_csv(received)
    return list(project(received).codes)


def _block(desk: Desk, found: Project) -> Block:
    binding = desk.binding
    for told in found.notes:
        desk.note(**told)
    if not found.quotes:
        raise desk.refuse(
            found=f"{len(found.codes)} codes, {len(found.sources)} sources and no coded passage (0 rows)",
            expected="passages with codes",
            mend="it is a code frame: read it as codes; or export the project with its codings",
        )
    codes = {code.guid: code for code in found.codes}
    number_of = {source.guid: place for place, source in enumerate(found.sources, start=1)}
    names = {source.guid: source.name or source.guid for source in found.sources}
    merge = {plain(one): other for one, other in binding.merge.items()}
    bound = {plain(one): person for one, person in binding.speakers.items()}
    passages = []
    order = sorted(found.quotes, key=lambda quote: (number_of[quote.source], quote.start or 0, quote.end or 0))
    for number, quote in enumerate(order, start=1):
        speaker = merge.get(plain(quote.speaker), quote.speaker)
        place = f"source {number_of[quote.source]}, {quote.place}" if len(names) > 1 else quote.place
        coder = f"coder {quote.coder}" if quote.coder else ""
        person = f"{desk.source}/{names[quote.source]}/{speaker}"
        passages.append(
            quotes.Passage(
                number,
                place,
                speaker,
                None if quote.words is None else " ".join(quote.words.split()),
                bound.get(plain(quote.case), quote.case) or person,
                [
                    Coded(binding.steps.get(code.name) or binding.steps.get(code.path[-1]), None, code.name, coder)
                    for code in (codes[guid] for guid in quote.codes)
                ],
            )
        )
    return quotes.block(desk, passages, {one.speaker for one in order} | {one.case for one in order} | found.people)
