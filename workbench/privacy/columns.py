"""What a column of a file holds of people: told by its heading, and by its cells.

Knows headings, texts and the rules of masking.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from workbench.privacy.known_names import known
from workbench.privacy.masking import find

# Columns of usual exports that name a person; they are dropped as a file is read and the faults say so.
IDENTIFIERS = re.compile(
    r"(recipient)?[ _-]?(e-?mail|first[ _]?name|last[ _]?name|full[ _]?name|surname|ip[ _]?address|phone|mobile|"
    r"location ?latitude|location ?longitude|postcode|zip|address)([ _-]?address)?|(customer|requester|contact)[ "
    r"_]name|"
    r"(forename|given[ _]name|family[ _]name|(phone|mobile|telephone|contact)[ _](number|no\.?)|telephone|post[ "
    r"_]?code|postal[ _]code|zip[ _]?code|"
    r"street([ _]address)?|address[ _]?(line)?[ _]?\d|date[ _]of[ _]birth|birth[ _]?date|dob|(ni|national[ "
    r"_]insurance|nhs|passport|card|iban)[ _](number|no\.?)|iban|"
    r"mac[ _]address|number[ _]plate)|"
    r"e-?mail[ _-]?adresse|vor-?name|nach-?name|familienname|vor-?[ _]und[ _]nachname|telefon([ _-]?nummer)?|handy([ "
    r"_-]?nummer)?|mobil(nummer|telefon)|"
    r"postleitzahl|plz|stra(ß|ss)e|(wohn)?adresse|anschrift|geburts(datum|tag)|ip-?adresse|"
    r"(adresse[ _])?(courriel|m[ée]l)|adresse([ _]e-?mail|[ _]ip|[ _]postale)?|pr[ée]nom|nom([ _]de[ _]famille|[ "
    r"_]complet)?|t[ée]l[ée]phone|"
    r"num[ée]ro[ _]de[ _]t[ée]l[ée]phone|code[ _]postal|rue|date[ _]de[ _]naissance|"
    r"correo([ _]electr[óo]nico)?|nombre[ _](completo|y[ _]apellidos)|apellidos?|tel[ée]fono|m[óo]vil|c[óo]digo[ "
    r"_]postal|direcci[óo]n([ _](ip|postal))?|fecha[ _]de[ _]nacimiento",
    re.I,
)
FIRST = re.compile(r"(recipient)?[ _-]?(first|given)[ _]?name|forename|vor-?name|pr[ée]nom|nombre|imi[ęe]", re.I)
LAST = re.compile(
    r"(recipient)?[ _-]?(last|family)[ _]?name|surname|nach-?name|familienname|nom([ _]de[ _]famille)?|apellidos?|"
    r"nazwisko",
    re.I,
)
WHOLE = re.compile(
    r"(full|customer|requester|contact|client)[ _]?name|vor-?[ _]und[ _]nachname|nom[ _]complet|nombre[ _](completo|"
    r"y[ _]apellidos)",
    re.I,
)
MANY = 5  # different cells from which on a column is judged by them
LOOKED = 60  # cells that are looked at


def identifies(heading: str) -> bool:
    """Does a column of this name hold who a person is (e-mail, name, address, IP …)?"""
    return bool(IDENTIFIERS.fullmatch(heading.strip()))


def holds(cells: Iterable[str]) -> str:
    """What the cells of a column say of people ("e-mail", "phone", "name" …) where nearly all of them do; else "".

    A column of few values (a segment, the name of a branch) is no column of identifiers.
    """
    different = list(dict.fromkeys(cell.strip() for cell in cells if cell and cell.strip()))[:LOOKED]
    if len(different) < MANY or sum(map(len, different)) > 60 * len(different):
        return ""
    found: Counter[str] = Counter()
    for cell in different:
        if len(cell) > 6 and not cell.isalpha():
            found.update(_whole(cell))
    what, n = found.most_common(1)[0] if found else ("", 0)
    return what if n >= (0.7 if what == "name" else 0.9) * len(different) else ""


def _whole(cell: str) -> Sequence[str]:
    """What a cell is, where hardly anything else stands in it."""
    spans = find(cell, known(frozenset()))
    masked = sum(end - start for start, end, _ in spans)
    return [spans[0][2]] if spans and masked >= 0.8 * len(cell) else []


def people_named(headings: Sequence[str]) -> tuple[list[int], list[int], list[int]]:
    """The places of the columns of first names, last names and whole names."""
    plain = [heading.strip() for heading in headings]
    first, last, whole = (
        [place for place, one in enumerate(plain) if rule.fullmatch(one)] for rule in (FIRST, LAST, WHOLE)
    )
    return first, last, whole
