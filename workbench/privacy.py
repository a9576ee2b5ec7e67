"""Who people are stays inside: keyed pseudonyms, masked words, and groups too small hidden with their complements.

Knows the key's place and nothing of journeys. What masking finds is patterns: it is a help, not a guarantee.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench import files, places
from workbench.faults import DataFault, Fault

if TYPE_CHECKING:
    import pandas as pd

MINIMUM_BASE = 10
HIDDEN = "hidden"  # the column that says which rows of a shown table are withheld

# Columns of usual exports that name a person; they are dropped as a file is read and the faults say so.
IDENTIFIERS = re.compile(
    r"(recipient)?[ _-]?(e-?mail|first[ _]?name|last[ _]?name|full[ _]?name|surname|ip[ _]?address|phone|mobile|"
    r"location ?latitude|location ?longitude|postcode|zip|address)([ _-]?address)?|(customer|requester|contact)[ _]name",
    re.I,
)


def key(owner: str) -> bytes:
    """The secret key of a study's pseudonyms, made on first use in the user's own settings folder (mode 600)."""
    folder = places.settings() / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{hashlib.sha256(owner.encode()).hexdigest()[:24]}.key"
    if not path.exists():
        try:
            files.write(path, secrets.token_bytes(32), seen="", mode=0o600)
        except DataFault:
            if not path.exists():
                raise
            # another process made it in the same moment: theirs holds
    secret = path.read_bytes()
    if len(secret) != 32:
        raise DataFault(
            Fault(
                file=path.name,
                found=f"a pseudonym key of {len(secret)} bytes",
                expected="32 bytes",
                mend="restore it from a backup: without it new files cannot be joined to those read before",
            )
        )
    return secret


def pseudonym(secret: bytes, person: str, id_space: str = "") -> str:
    """The keyed pseudonym of one id (HMAC-SHA256, some 63 bits kept, 12 letters and digits).

    `id_space` keeps apart ids that are unique only within it.
    """
    digest = hmac.digest(secret, f"{id_space}\x1f{person}".encode(), "sha256")
    return "p" + base64.b64encode(digest[:8], b"Zz")[:11].decode()


def identifies(heading: str) -> bool:
    """Does a column of this name hold who a person is (e-mail, name, address, IP …)?"""
    return bool(IDENTIFIERS.fullmatch(heading.strip()))


def hide_small(table: pd.DataFrame, by: Sequence[str], minimum: int, base: str = "n") -> pd.DataFrame:
    """A copy of a table in which no group under the minimum base can be read.

    Every row with a base from 1 to minimum - 1 loses its figures. So that neither it nor a few people together can be had
    by subtraction, each line of the table (one `by` column running, the others fixed) holds no hidden row, or at least
    two whose bases reach the minimum together: the smallest of the others are hidden too. Rows hidden are marked in the
    boolean column `hidden`, which is there only if there are any.
    """
    shown = table.copy()
    if base not in shown.columns or minimum <= 1:
        return shown
    bases = shown[base]
    hidden = (bases > 0) & (bases < minimum)
    if not hidden.any():
        return shown
    keys = [column for column in by if column in shown.columns]
    lines: list[list[int]] = []
    for running in keys:
        fixed = [column for column in keys if column != running]
        groups = shown.groupby(fixed, dropna=False, sort=False).indices.values() if fixed else [range(len(shown))]
        lines += [list(group) for group in groups]
    changed = True
    flags = hidden.to_numpy().copy()
    sizes = bases.fillna(0).to_numpy()
    while changed:
        changed = False
        for line in lines:
            withheld = [row for row in line if flags[row]]
            others = [row for row in line if not flags[row] and sizes[row] > 0]
            if withheld and others and (len(withheld) == 1 or sum(sizes[row] for row in withheld) < minimum):
                flags[min(others, key=lambda row: (sizes[row], row))] = True
                changed = True
    figures = [column for column in shown.columns if column not in keys]
    for column in figures:
        blank = None if shown[column].dtype == object else float("nan")
        if shown[column].dtype.kind in "iub":
            shown[column] = shown[column].astype("float64" if shown[column].dtype.kind != "b" else "object")
        shown.loc[flags, column] = blank
    shown[HIDDEN] = flags
    return shown


# -- words ------------------------------------------------------------------------------------------------------------

EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+")
POSTCODE = re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2})\b", re.I)
NI_NUMBER = re.compile(r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d\d){3} ?[A-D]\b", re.I)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b")
DIGITS = re.compile(r"(?<![\w.])\d(?:[ -]?\d){9,18}(?![\w])")
UK_PHONE = re.compile(
    r"(?<![\w.])(?:\+44 ?(?:\(0\) ?)?|0044 ?|\(?0)(?=(?:[ ()-]?\d){9,10}(?!\d))\d{2,5}\)?(?:[ -]?\d{2,8}){1,4}(?!\d)"
)
IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
STREET = re.compile(
    r"\b\d{1,4}[a-z]? (?:[A-Z][\w']+ ){1,3}"
    r"(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Drive|Way|Court|Terrace|Gardens|Crescent)\b"
)
BORN = re.compile(
    r"(?:\bborn(?: on)?|\bDOB|\bdate of birth)[: ]+(?P<date>\d{1,4}[-/. ]\d{1,2}[-/. ]\d{2,4}|\d{1,2} \w+ \d{4})", re.I
)
WORD = r"(?:[A-Z]['’])?[A-Z][a-zà-ÿ]+(?:[-'’][A-Z][a-zà-ÿ]+)*"
NAMES = [
    re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame)\.? (?P<name>{WORD}(?: {WORD})?)"),
    re.compile(
        rf"\b(?:[Mm]y name is|[Tt]his is|I am called|I['’]m called|[Ss]poke (?:to|with)) (?P<name>{WORD}(?: {WORD})?)"
    ),
    re.compile(rf"\b(?:[Dd]ear|[Hh]i|[Hh]ello) (?P<name>{WORD}(?: {WORD})?)(?=,)"),
    re.compile(
        rf"(?:[Kk]ind regards|[Bb]est wishes|[Rr]egards|[Ss]incerely|[Tt]hanks|[Cc]heers|[Yy]ours)[,.]?\s+"
        rf"(?P<name>{WORD}(?: {WORD})?)(?=\s*[.]?\s*$)"
    ),
]
NO_NAMES = {"Sir", "Madam", "All", "Team", "Customer", "The", "Just", "Not", "Again", "Very", "A", "An", "I"}


def mask(text: str, names: Iterable[str] = ()) -> str:
    """A text with e-mails, phones, cards, IBANs, NI and NHS numbers, postcodes, street addresses, IP addresses and names
    replaced by what they were, in brackets.

    `names` are names known to the study (its customers). Numbers are told by their check digits and formats
    (python-stdnum, phonenumbers), names by salutations, signatures and phrases. Not everything is found: read before
    sharing.
    """
    if not text:
        return text
    text = EMAIL.sub("[e-mail]", text)
    text = IBAN.sub(lambda match: "[bank account]" if _is_iban(match[0]) else match[0], text)
    text = NI_NUMBER.sub("[NI number]", text)
    text = UK_PHONE.sub("[phone]", text)  # by shape: the library knows only numbers that are given out
    text = BORN.sub(lambda match: match[0].replace(match["date"], "[date of birth]"), text)
    text = DIGITS.sub(lambda match: _number(match[0]), text)
    text = _phones(text)
    text = IP.sub("[IP address]", text)
    text = STREET.sub("[address]", text)
    text = POSTCODE.sub("[postcode]", text)
    known = _known(tuple(sorted({name for name in names if len(name) > 2}, key=lambda name: (-len(name), name))))
    if known:
        text = known.sub("[name]", text)
    for pattern in NAMES:
        text = pattern.sub(_name, text)
    return text


@lru_cache(maxsize=8)
def _known(names: tuple[str, ...]) -> re.Pattern | None:
    return re.compile(r"\b(?:" + "|".join(re.escape(name) for name in names) + r")\b", re.I) if names else None


def _name(match: re.Match) -> str:
    name = match["name"]
    if name.split()[0] in NO_NAMES or name.startswith("["):
        return match[0]
    return match[0].replace(name, "[name]")


def _is_iban(text: str) -> bool:
    from stdnum import iban

    return iban.is_valid(text)


def _number(text: str) -> str:
    from stdnum import luhn
    from stdnum.gb import nhs

    digits = re.sub(r"\D", "", text)
    if 13 <= len(digits) <= 19 and luhn.is_valid(digits):
        return "[card]"
    if len(digits) == 10 and not digits.startswith("0") and nhs.is_valid(digits):
        return "[NHS number]"
    return text


def _phones(text: str) -> str:
    if sum(character.isdigit() for character in text) < 7:
        return text
    import phonenumbers

    found = [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(text, "GB")]
    for start, end in reversed(found):
        text = f"{text[:start]}[phone]{text[end:]}"
    return text
