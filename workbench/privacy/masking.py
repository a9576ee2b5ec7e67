"""What people wrote, with what names a person replaced by what it was. What is found are patterns: a help, no guarantee.

Knows texts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

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
