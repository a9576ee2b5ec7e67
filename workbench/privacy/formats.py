"""What names a person by its format: phones, cards, bank accounts, postcodes, numbers of offices, cars and networks.

Knows texts and the libraries of formats (python-stdnum). Each finder yields spans (start, end, what it is).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

Span = tuple[int, int, str]

POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE"
    r"|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|"
    r"YO|ZE)"
    r"(?!0\d)[0-9][A-Z0-9]? {0,2}[0-9][ABD-HJLNP-UW-Z]{2})\b",
    re.I,
)
ORDINAL = re.compile(r"[A-Z]\w* +(?:1st|2nd|3rd|\dth)")  # "B12 3rd floor"
EIRCODE = re.compile(r"\b[AC-FHKNPRTV-Y]\d[\dW] (?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[AC-FHKNPRTV-Y0-9]{4}\b")
ZIP = re.compile(
    r"\b(?:(?<=[A-Z][A-Z] )|(?i:(?<=\bzip )|(?<=\bzip code )))\d{5}(?:-\d{4})?\b|(?<![\w-])\d{5}-\d{4}(?![\w-])"
)
NI_NUMBER = re.compile(
    r"\b(?:QQ|(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])[ .-]{0,2}(?:\d\d[ .-]{0,2}){3}[A-D]\b",
    re.I,
)
NI_SAID = re.compile(  # with letters that no number has, as in examples
    r"\b(?:national insurance|NINO|NI)(?: (?:number|no)\b\.?)?(?: is|[ :]){0,3} ?([A-Z]{2}[ .-]?(?:\d\d[ "
    r".-]?){3}[A-D]?)\b",
    re.I,
)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,36}", re.I)
DIGITS = re.compile(r"(?<![\w.,])\d(?:[ .-]?\d){9,24}(?![\w])")
GROUP = re.compile(r"\d+")
AROUND = 64  # letters that a rule reads beside a number
NO_CARD = re.compile(
    r"\b(?:order|parcel|ref(?:erence)?|tracking|isbn|serial|sn|barcode|invoice|ean|sku|imei|meter|reading|"
    r"error)\W*(?:number|no\.?|#|is|s)?\W*$",
    re.I,
)
CARD_SAID = re.compile(
    r"\b(?:card|visa|mastercard|amex|maestro|kreditkarte|kartennummer|carte|tarjeta|karty)\b[^\d\n]{0,24}$", re.I
)
NHS_SAID = re.compile(r"\b(?:nhs|patient|hospital|surgery|gp|medical|doctor)\b[^\n]{0,40}$", re.I)
SEP = r"[ .()/-]{0,2}"
PHONE = re.compile(
    r"(?<![\dA-Z_.,+])(?!\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?![.\d])|\d{4}-\d\d-\d\d)(?:"
    rf"\(?\+\(?[1-9](?:{SEP}\d){{7,14}}"  # +44 …
    rf"|00[1-9](?:{SEP}\d){{9,13}}"  # 0044 …
    rf"|\(?0(?:{SEP}[1-9])(?:{SEP}\d){{8,9}}"  # 07700 …, 020 …, (0161) …
    r"|(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.])\d{3}[-. ]\d{4}"  # (212) 555-0123
    r")(?!\d|[.,]\d)(?: ?(?:,|#)? ?(?:extension|ext|x|durchwahl|poste)\.? ?\d{1,5}\b)?"
)
PHONE_SAID = re.compile(
    r"\b(?:tel(?:ephone|efon|éfono|efono)?|phone|fax|mob(?:ile)?|cell|handy(?:nummer)?|m[óo]vil|portable|landline|"
    r"whatsapp|"
    r"rufnummer|telefonnummer|my number|meine nummer|mon num[ée]ro|mi n[úu]mero|m[óo]j numer|(?:ring|call|text|reach|"
    r"contact) me (?:on|at)|"
    r"(?:erreichen|rufen) sie mich)\b(?:[^\w\n@+]|\b(?:is|no|number|nr|num|num[ée]ro|nummer|n[úu]mero|numer|on|at|"
    r"unter|le|la|es|est|ist|to|me|was|mobile|home|work|any time)\b){0,6}(\d(?:[ .()/-]{0,2}\d){6,14})(?!\d|"
    r"[.,:]\d)(?! ?(?:times|minutes|hours|days|%))",
    re.I,
)
IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
NO_IP = re.compile(
    r"\b(?:v|version|build|release|firmware|app|section|clause|chapter|paragraph|para|part|article|kapitel|abschnitt|"
    r"artikel)\W{0,2}$",
    re.I,
)
IP6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w+)?(?![\w:])", re.I)
MAC = re.compile(
    r"(?<![\w:-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})(?![\w:-])", re.I
)
PLATE = re.compile(r"\b(?!BG|[IQZ])[A-Z][A-HJ-PR-Y][0-9]{2} ?[A-HJ-PR-Z]{3}\b")
A_CAR = re.compile(r"\b(?:reg|plate|number plate|licen|kennz|immat|matr|car|van|fined|lorry|vehicle)", re.I)
PLATE_SAID = re.compile(
    r"\b(?:reg(?:istration)?|(?:number|licen[cs]e) plate|plate|kennzeichen|immatriculation|matr[íi]cula)s?\b(?: "
    r"(?:no\.?|number|is|was|of|my|the|car|van)|\W){0,3}?"
    r"\b([A-Z]{1,3}(?:[ -][A-Z]{1,2})?[ -]?\d{1,4}(?:[ -]?[A-Z]{1,3})?|(?-i:\d{1,4}[ -]?[A-Z]{2,3}(?:[ -]?\d{1,3})?))\b"
    r"|\b(?:car|van|fined for|lorry|vehicle)\b,? \(?([A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{2}\d\d ?[A-Z]{3})\b",
    re.I,
)
MONTHS = (
    r"(?:jan|feb|mar|apr|ma[iy]|ju[nl]|aug|sept?|oct|okt|nov|dec|dez|mär|f[ée]v|avr|jui|aoû"
    r"|déc|ene|abr|ago|dic|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru)[^\W\d]{0,9}"
)
DATE = (
    r"(?:\d{1,4}[-/. ]{1,2}\d{1,2}[-/. ]{1,2}\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º)?\.?(?: of| de)? {MONTHS}\.?,?(?: de(?:l)?)? '?\d{{2,4}}|{MONTHS}\.? "
    rf"\d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}})"
)
A_BIRTH = re.compile(r"\b(?:bor|dob|d\.o|date|birth|geb|né|nac|fecha|nat|data|uro)", re.I)
BORN = re.compile(
    r"\b(?:born(?: on)?(?: the)?|d\.?o\.?b\.?|date of birth|birth ?(?:day|date)(?: is| was| on)?|geboren(?: am)?|"
    r"geb\.(?: am)?|geburtsdatum|geburtstag(?: ist)?(?: am| der)?|"
    r"n[ée]e?(?: le)|date de naissance|nacid[oa](?: el)?|fecha de nacimiento|nat[oa] il|data di nascita|urodzon[ya]|"
    r"data urodzenia|geboortedatum)"
    rf"(?: is| was| ist| est| es|[ :=-]){{0,3}} ?({DATE})\b",
    re.I,
)
SAID = r"(?: ?(?:number|num|no|nr|ref(?:erence)?|id|code|#)\b\.?| ?n[°º]| ?#)"
ACCOUNT = re.compile(
    rf"(?:\b(?:account|acct|a/c|acc|customer|client|membership|member|policy|contract|loyalty card|payer){SAID}{{1,2}}|"
    r"\b(?:kunden|vertrags|konto|mitglieds|versicherungs)(?:nummer|nr\.?|-nr\.?)|"
    r"\bnum[ée]ro d[e'’] ?(?:client|compte|contrat|adh[ée]rent)|\bn[úu]mero de (?:cliente|cuenta|contrato|socio|"
    r"p[óo]liza)|"
    r"\bnumer (?:klienta|konta|umowy)|\bklantnummer|\bcodice cliente)"
    r"(?: is| was| ist| est| es|[ :=-]){0,3} ?(\b(?=[\w/ -]{0,12}\d[\w/ -]{0,3}\d)[A-Z]{0,5}[-/ ]?\d[\dA-Z]*(?:[-/ "
    r"][\dA-Z]*\d[\dA-Z]*){0,4})\b"
    r"|\b(?:account|a/c|acct),? (?:is |was )?(\b(?:[A-Z]{1,5}[-/ ]?)?\d{1,12}(?:[-/ ]\d{1,8}){0,3})\b",
    re.I,
)
SORT_CODE = re.compile(r"\bsort code\W{1,3}(?:is )?(\d\d[ -]?\d\d[ -]?\d\d)\b", re.I)


def near(sign: re.Pattern[str], text: str, before: int, after: int) -> Iterator[tuple[int, int]]:
    """The stretches of a text around a sign, those that meet as one: no letter is read twice."""
    low = high = -1
    for one in sign.finditer(text):
        if high < 0 or one.start() - before > high:
            if high >= 0:
                yield low, min(high, len(text))
            low = max(0, one.start() - before)
        high = one.end() + after
    if high >= 0:
        yield low, min(high, len(text))


def windows(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text with digits in them and some letters around, from blank to blank: all that the rules of
    numbers and streets need to read."""
    for low, high in near(GROUP, text, AROUND, AROUND):
        start, end = text.rfind(" ", 0, low), text.find(" ", high)
        yield max(0, low - 40, start), min(len(text), high + 40) if end < 0 else min(end, high + 40)


def numbers(text: str) -> Iterator[Span]:
    """Bank accounts, cards, phones, numbers of offices, of customers, of cars and of machines; postcodes; dates of "
    "birth."""
    for low, high in windows(text):
        digits = sum(map(str.isdigit, text[low:high]))
        yield from _short(text, low, high)
        if digits > 2:
            yield from _told(text, low, high)
        if digits > 5:
            yield from _long(text, low, high)
        if digits > 3 or ":" in text[low:high]:
            yield from _networks(text, low, high)


def _short(text: str, low: int, high: int) -> Iterator[Span]:
    for one in POSTCODE.finditer(text, low, high):
        if not ORDINAL.fullmatch(one[0]):
            yield *one.span(), "postcode"
    yield from ((*one.span(), "postcode") for one in EIRCODE.finditer(text, low, high))
    yield from ((*one.span(), "number plate") for one in PLATE.finditer(text, low, high))
    for said in A_CAR.finditer(text, low, high):
        if plate := PLATE_SAID.match(text, said.start(), high):
            yield *plate.span(1 if plate[1] else 2), "number plate"


def _told(text: str, low: int, high: int) -> Iterator[Span]:
    for said in A_BIRTH.finditer(text, low, high):
        if born := BORN.match(text, said.start(), high):
            yield *born.span(1), "date of birth"
    for one in ACCOUNT.finditer(text, low, high):
        span = one.span(1) if one[1] else one.span(2)
        if sum(map(str.isdigit, text[slice(*span)])) >= (4 if one[1] else 6):
            yield *span, "account number"


def _long(text: str, low: int, high: int) -> Iterator[Span]:
    for one in IBAN.finditer(text, low, high):
        end = _iban(one[0])
        if end:
            yield one.start(), one.start() + end, "bank account"
    yield from ((*one.span(), "NI number") for one in NI_NUMBER.finditer(text, low, high))
    yield from ((*one.span(1), "NI number") for one in NI_SAID.finditer(text, low, high))
    yield from ((*one.span(1), "bank account") for one in SORT_CODE.finditer(text, low, high))
    for one in DIGITS.finditer(text, low, high):
        yield from _by_check_digit(text, one)
    for one in PHONE.finditer(text, low, high):
        if "+" in one[0] or not NO_CARD.search(text[max(0, one.start() - 24) : one.start()]):
            yield *one.span(), "phone"
    yield from ((*one.span(1), "phone") for one in PHONE_SAID.finditer(text, low, high))
    yield from ((*one.span(), "postcode") for one in ZIP.finditer(text, low, high))


def _iban(text: str) -> int:
    """Where a bank account ends that begins with this text; 0: it is none."""
    from stdnum import iban

    for end in range(len(text), 14, -1):
        if (
            text[end - 1].isalnum()
            and not text[end : end + 1].isalnum()
            and iban.is_valid(re.sub(r"[ -]", "", text[:end]).upper(), check_country=False)
        ):
            return end
    return 0


def _by_check_digit(text: str, found: re.Match) -> Iterator[Span]:
    from stdnum import luhn
    from stdnum.gb import nhs

    before = text[max(0, found.start() - 48) : found.start()]
    groups = [(one.start(), one.end()) for one in GROUP.finditer(text, *found.span())]
    said = bool(CARD_SAID.search(before))
    if NO_CARD.search(before) and not said:
        return
    for first in range(len(groups)):
        for last in range(first, min(len(groups), first + 8)):
            start, end = groups[first][0], groups[last][1]
            digits = re.sub(r"\D", "", text[start:end])
            if len(digits) > 19:
                break
            if _like_a_card(digits) and (luhn.is_valid(digits) or said):
                yield start, end, "card"
                return
            shape = [high - low for low, high in groups[first : last + 1]]
            if len(digits) == 10 and digits[0] in "1234679" and nhs.is_valid(digits):
                if shape == [3, 3, 4] or digits[0] in "4679" or NHS_SAID.search(before):
                    yield start, end, "NHS number"
                    return
            elif len(digits) == 10 and NHS_SAID.search(before[-24:]):
                yield start, end, "NHS number"
                return


def _like_a_card(digits: str) -> bool:
    if len(digits) in (13, 19):
        return digits[0] in "46"
    if len(digits) in (14, 15):
        return digits[:2] in ("30", "34", "36", "37", "38")
    return 16 <= len(digits) <= 18 and digits[0] in "23456"


def _networks(text: str, low: int, high: int) -> Iterator[Span]:
    for one in IP.finditer(text, low, high):
        if all(int(part) < 256 for part in one[0].split(".")) and not NO_IP.search(
            text[max(0, one.start() - 16) : one.start()]
        ):
            yield *one.span(), "IP address"
    if text.count(":", low, high) > 1:
        for one in IP6.finditer(text, low, high):
            if "::" in one[0] and one[0].count(":") > 2 or one[0].count(":") == 7:
                try:
                    ipaddress.IPv6Address(one[0].partition("%")[0])
                except ValueError:
                    continue  # colons, and no address
                yield *one.span(), "IP address"
    yield from ((*one.span(), "device address") for one in MAC.finditer(text, low, high))
