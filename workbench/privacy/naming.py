"""Names of people in what somebody wrote: told by the setting (salutation, signature, "my name is", titles, who was spoken
to), by common given names, and by the names that the study knows.

Knows texts and word lists. Each finder yields spans (start, end, "name").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from workbench.privacy.formats import Span
from workbench.privacy.name_words import (
    ALSO_WORDS, FIRMS, NO_NAMES, NOT_AFTER, NOT_BEFORE, ORGANISATIONS, PARTICLES, SURELY, is_given, no_name, plain_word
)  # fmt: skip

U = "".join(
    chr(one)
    for part in ((0x41, 0x5B), (0xC0, 0x250), (0x386, 0x530), (0x1E00, 0x1F00))
    for one in range(*part)
    if chr(one).isupper()
)
CAP = rf"[{U}](?:['’](?!s\b))?[^\W\d_]+(?:['’-](?!s\b)[^\W\d_]+)*"
INITIALS = rf"(?:[{U}]\.? ?){{1,3}}(?<=[. ])"
PARTICLE = rf"(?:{'|'.join(sorted(PARTICLES))})"
FAMILY = rf"(?:{PARTICLE} ){{0,2}}(?:[dl]['’]|[ae]l-|Ó |O |St\.? )?{CAP}"
FULL = rf"(?P<name>(?:{INITIALS})?(?:(?:{PARTICLE} ){{1,2}})?{CAP}(?: {FAMILY}){{0,3}}|(?:{PARTICLE} ){{1,2}}{CAP}|[dl]['’]{CAP})"
ALSO = FULL.replace("?P<name>", "?P<also>")
TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Revd|Cllr|Councillor|Sgt|Sergeant|Capt|Captain|Herrn?|Frau|Fräulein|Mme|Mlle|Monsieur|"
    r"Madame|Mademoiselle|[Ss]eñor(?:a|ita)?|[Ss]enora?|Sra?|Srta|[Dd]on|[Dd]oña|Signora?|Sig|Pan|Pani|Pana|Panem|Panią|[Dd]e heer|Dhr|Mevr|[Mm]evrouw|[Mm]eneer|Shri|Smt|"
    r"MR|MRS|MISS|DR|M(?=\.))\.?"
)
TITLED = re.compile(rf"\b(?P<title>{TITLE}) (?:(?:{TITLE}) )?{FULL}")
SMALL_TITLED = re.compile(r"\b(?P<title>mr|mrs)\.? (?P<name>[a-z][\w'’-]+)")
HAIL = re.compile(
    r"(?<![^\s(\"'])(?i:dear|hi|hiya|hello|hey|good (?:morning|afternoon|evening)|morning|afternoon|evening|hallo|guten (?:tag|morgen|abend)|sehr geehrter?|"
    r"lieber?|bonjour|bonsoir|ch[eè]re?|salut|hola|estimad[oa]|querid[oa]|buenos d[ií]as|ciao|car[oa]|gentile|szanown[ya]|drog[ia]|cześć|beste|geachte|hej|k[æä]ra?e?)"
    rf",? {FULL}(?:(?:,| and| &| und| et| y| e| i) {ALSO})?"
)
CLOSING = (
    r"(?i:(?:kind(?:est)? |best |warm(?:est)? |with )?regards|best wishes|all the best|(?:yours )?(?:sincerely|faithfully|truly)|(?:many )?thanks(?: a lot| again| so much| in advance)?|"
    r"thank you(?: very much| so much| again)?|cheers|best|yours|love|mit (?:freundlichen|besten|herzlichen|lieben) gr[üu](?:ß|ss)en|(?:viele|liebe|beste|herzliche|freundliche) gr[üu](?:ß|ss)e|"
    r"gru(?:ß|ss)|mfg|lg|(?:bien )?cordialement|bien à vous|salutations|merci(?: d['’]avance)?|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|gracias|(?:cordiali|distinti) saluti|"
    r"grazie|pozdrawiam|z poważaniem|met vriendelijke groet(?:en)?|groet(?:en|jes)?|(?:med )?(?:vänliga )?h[äi]lsningar|(?:med )?(?:vennlig )?hilsen)"
)
SIGNED_BELOW = re.compile(
    rf"\b{CLOSING}(?: from)?[ ,.!:;–-]*\n\s*[-–—~]?\s?(?:{TITLE} )?{FULL}(?=[ ,.!]*(?:\n|$|,|\())"
)
SIGNED_BESIDE = re.compile(rf"\b{CLOSING}(?: from)?[ ,.!:;–-]+(?:{TITLE} )?{FULL}[ .!]*$")
SIGNED_SMALL = re.compile(rf"\b{CLOSING}[ ,.!:;–-]*\n\s*(?P<name>[a-zß-ÿ][\w'’-]+(?: [a-zß-ÿ][\w'’-]+)?)\s*$")
SIGNED_BY_DASH = re.compile(rf"(?:\n\s*|[.!?] ?)[-–—~]\s?(?:{TITLE} )?{FULL}\s*$")
I_AM_CALLED = (
    r"(?i:(?:my|the|our) (?:full |first |last |sur|maiden |real )?name(?:['’]?s| is|:| was)(?: is)?:?|i(?: a|['’]?)m called|ich hei(?:ß|ss)e|mein name(?: ist|:)|je m['’]appelle|mon nom est|"
    r"me llamo|mi nombre es|nazywam się|mam na imię|mi chiamo|il mio nome è|ik heet|mijn naam is|jag heter|jeg heter|meu nome é|(?:eu )?me chamo|chamo-me)"
)
SAYS = re.compile(
    rf"\b(?:{I_AM_CALLED}|(?i:(?:his|her|their|whose) (?:full |first |last |sur)?name(?: is| was|:)|(?:they|people|everyone|everybody|friends) calls? me|(?:you (?:can|may) |just )call me|"
    r"(?:customer|account|full|contact|client|tenant|card ?holder|first|last)(?:['’]s)? name(?: is|\s?[:=-])?|\bname\s?[:=]|account holder(?: is|[: -]*)|attn\.?:?|attention:|fao:?|c/o|"
    r"signed(?: by)?:?|in the names? of|(?<=['’])s names?,|(?<=['’])s name is|(?:was|is|were|letter|parcel) addressed to|on behalf of|your (?:full )?name[^.?!\n]{0,30}\?(?:\s*[\w ]{1,20}:)?(?: it['’]s| it is| yes,?)?))"
    rf"\s{{1,2}}(?:{TITLE} )?{FULL}\b(?!:)(?:(?:,| and| &| und| et| y) {ALSO})?"
)
SAYS_SMALL = re.compile(
    rf"\b{I_AM_CALLED} (?P<name>[^\W\d_A-Z]{{2,}}(?:['’-][^\W\d_]+)*(?: [^\W\d_]+(?:['’-][^\W\d_]+)*){{0,3}})"
)
AM = re.compile(
    r"\b(?i:i['’]?m|i am|this is|it['’]?s|it is|ich bin|hier ist|hier spricht|je suis|c['’]est|soy|jestem|sono|ik ben|you are (?:speaking|talking) (?:to|with))"
    rf" (?:{TITLE} )?{FULL}(?P<then>,? (?:speaking|calling|here|writing|ringing|phoning|again|from|and)\b|[,.!\n]|$)?"
)
AM_SMALL = re.compile(
    r"\b(?i:i['’]?m|i am|this is|spoke (?:to|with)|talked to|ask for|speak to|called|named) (?P<name>[a-z][\w'’-]+(?: [a-z][\w'’-]+)?)"
)
SPEAKING = re.compile(rf"(?:^|[.!?\n:] ?){FULL}(?P<then> speaking| calling|,? here)\b")
ROLES = (
    "husband wife son daughter mother mum mom father dad brother sister partner fiancé fiancée fiance fiancee "
    "neighbour neighbor landlord landlady friend colleague boss uncle aunt auntie nan gran grandma grandad "
    "grandson granddaughter niece nephew cousin carer flatmate housemate girlfriend boyfriend tenant "
    "solicitor adviser advisor engineer agent technician driver operator representative rep plumber manager "
    "supervisor lady man guy chap girl woman gentleman gent fellow nurse doctor teacher receptionist "
    "assistant person someone somebody staff mann frau sohn tochter mutter vater bruder schwester kollege "
    "kollegin nachbar nachbarin vermieter techniker mari femme fils fille mère père frère sœur voisin voisine "
    "collègue conseiller conseillère marido mujer hijo hija madre padre hermano hermana vecino vecina colega "
    "compañero compañera técnico marito moglie figlio figlia"
).split()
OF_A_ROLE = re.compile(
    rf"\b(?i:{'|'.join(ROLES)})(?i:,? (?:who (?:is|was) |is |was )?(?:called|named)|,| -|:)? (?:{TITLE} )?{FULL}(?P<then>,|[.!]| [a-z]|$|\n)?"
)
AGENT = re.compile(
    rf"(?:Agent|Advis[eo]r|Engineer|Technician|Operator|Driver|Nurse|Officer|Constable|PC|Inspector) {FULL}"
)
MET = re.compile(
    r"\b(?i:(?:sp(?:oke|eak|oken|eaking)|talk(?:ed|ing)?|chat(?:ted|ting)?) (?:to|with)|dealt with by|(?:served|helped|assisted|answered|visited|told|handled|seen) by|"
    r"put (?:me )?through to|ask(?:ed|ing)? (?:for|to speak to)|grateful to|(?:was|is|were) (?:called|named)|by the name of|"
    r"gesprochen mit|parlé (?:avec|à)|hablé con|parlato con|rozmawia[łl]\w+ z|gesproken met)"
    rf" (?:{TITLE} )?{FULL}(?:(?:,| and| &) {ALSO})?"
)
NAMED = re.compile(  # somebody, or a firm: a name if it is one that is known, or has two words
    r"\b(?i:(?:thank|thanking|thanks to|thank you to|kudos to|shout ?out to|credit to|well done)|(?:e-?mail|letter|call|message|reply|visit) from|"
    r"(?:passed|handed) (?:me )?(?:on|over) to|transferred (?:me )?to|deal(?:t|ing)? with|met(?: with)?|contact(?:ed|ing)?(?: with)?|rang|phoned|e-?mailed|live with|visited|told|called)"
    rf" (?:{TITLE} )?{FULL}"
)
INITIALLED = re.compile(
    rf"(?<!plan )(?<!zone )(?<!grade )(?<!option )(?<!block )(?<!type )(?<!class )(?<!part )(?<!phase )(?<!group )(?<!room )(?<![\w.])(?P<name>(?:[{U}]\.[ -]?){{1,3}}{FAMILY})"
)
HAN = re.compile(r"(?:我叫|我的名字(?:是|叫)|姓名[:：]? ?)(?P<name>[\u4e00-\u9fff·]{2,4})")
OPENING = re.compile(r"(?:^|[.!?:;\n]\s*|[\"“(]\s?)$")
TOKEN = re.compile(CAP)
LETTERS = re.compile(r"[^\W\d_]+")
WORD = re.compile(r"\w+(?:['’-]\w+)*")
MORE = re.compile(rf" {FAMILY}")
SMALL_STOPS = NO_NAMES | frozenset(
    "because which whose since while from live living pay moved want need think write writing writes cant wont didnt couldnt please regarding re sincerely "
    "called rang lives paid said says asked came went told und aus wohne wohnt et habite y vivo llevo i mieszkam en et- who's".split()
)


def said(text: str) -> Iterator[Span]:
    """Names where the setting says that a name stands there, and given names that are no word besides.

    One pass over the words: a setting is tried where its first word stands.
    """
    words = [(one[0], one.start()) for one in LETTERS.finditer(text)]
    large = next((at for word, at in reversed(words) if word[0].isupper()), -1)  # the last word that could be a name
    for word, at in words:
        small = word.casefold()
        if small in SMALL_SETTINGS:
            for rule in SMALL_SETTINGS[small]:
                yield from rule(text, at)
        if at > large:
            continue
        if small in SETTINGS:
            for rule in SETTINGS[small]:
                yield from rule(text, at)
        if word[0].isupper():
            if len(word) == 1:
                yield from INITIALLED_RULE(text, at)
            elif (small if small.isascii() else plain_word(small)) in SURELY:
                yield from _given(text, at)
    dash = SIGNED_BY_DASH.search(text, max(0, len(text) - 90))
    if dash and _signed(dash):
        yield from _cut(text, *dash.span("name"))
    if not text.isascii():
        yield from ((*one.span("name"), "name") for one in HAN.finditer(text))


Rule = Callable[[str, int], Iterable[Span]]


def _open(pattern: re.Pattern[str]) -> Rule:
    """Any name after these words."""

    also = "also" in pattern.groupindex

    def rule(text: str, at: int) -> Iterable[Span]:
        one = pattern.match(text, at)
        if one is None:
            return ()
        return [
            span
            for group in (("name", "also") if also else ("name",))
            if one[group]
            for span in _cut(text, *one.span(group))
        ]

    return rule


def _titled(text: str, at: int) -> Iterable[Span]:
    one = TITLED.match(text, at)
    if one is None:
        return ()
    first = one["name"].split()[0].casefold()
    if f"{one['title'].rstrip('.').casefold()}_{first}" in FIRMS or first in NO_TITLED:
        return ()
    return _cut(text, *one.span("name"), opened=True)


def _small_titled(text: str, at: int) -> Iterable[Span]:
    one = SMALL_TITLED.match(text, at)
    if one is None or one["name"] in SMALL_STOPS or f"{one['title']}_{one['name']}" in FIRMS:
        return ()
    return [(*one.span("name"), "name")]


def _signed(one: re.Match[str]) -> bool:
    words = one["name"].split()
    return is_given(words[0]) or (len(words) > 1 and not any(map(no_name, words))) or words[0][1:2] == "."


def _named(text: str, at: int) -> Iterable[Span]:
    one = NAMED.match(text, at)
    return _cut(text, *one.span("name")) if one and _signed(one) else ()


def _beside(text: str, at: int) -> Iterable[Span]:
    one = SIGNED_BESIDE.match(text, at)
    return _cut(text, *one.span("name")) if one and _signed(one) else ()


def _am(text: str, at: int) -> Iterable[Span]:
    one = AM.match(text, at)
    if one is None:
        return ()
    words, then = one["name"].split(), one["then"] or ""
    told = then.strip(" ,") in ("speaking", "calling") or (then and (len(words) > 1 or is_given(words[0])))
    return _cut(text, *one.span("name")) if told else ()


def _am_small(text: str, at: int) -> Iterable[Span]:
    one = AM_SMALL.match(text, at)
    return _small(one, 2) if one and is_given(one["name"].split()[0], surely=True) else ()


def _speaking(text: str, at: int) -> Iterable[Span]:
    one = SPEAKING.search(text, max(0, at - 60), at + 9)
    if one is None:
        return ()
    words = one["name"].split()
    told = "here" not in one["then"] or is_given(words[0]) or len(words) > 1
    return _cut(text, *one.span("name")) if told else ()


def _agent(text: str, at: int) -> Iterable[Span]:
    one = AGENT.match(text, at)
    return _cut(text, *one.span("name")) if one and OPENING.search(text[max(0, at - 8) : at]) else ()


def _signed_small(text: str, at: int) -> Iterable[Span]:
    one = SIGNED_SMALL.match(text, at)
    return _small(one, 2) if one and is_given(one["name"].split()[0]) else ()


def _says_small(text: str, at: int) -> Iterable[Span]:
    one = SAYS_SMALL.match(text, at)
    return _small(one, 2) if one else ()


INITIALLED_RULE = _open(INITIALLED)
SETTINGS: dict[str, list[Rule]] = {}  # by the first word of a setting; they need a word written large after it
for words, *rules in (
    (
        "mr mrs ms miss mx dr prof professor sir dame rev revd cllr councillor sgt sergeant capt captain herr herrn frau fräulein mme mlle monsieur madame "
        "mademoiselle señor señora señorita senor senora sr sra srta don doña signor signora sig pan pani pana panem panią de dhr mevr mevrouw meneer shri smt m",
        _titled,
    ),
    (
        "dear hi hiya hello hey good morning afternoon evening hallo guten sehr liebe lieber bonjour bonsoir chère cher chere salut hola estimada estimado "
        "querida querido buenos ciao cara caro gentile szanowny szanowna drogi droga cześć beste geachte hej kära käre kære",
        _open(HAIL),
    ),
    (
        "kind kindest best warm warmest with regards all yours sincerely faithfully truly many thanks thank cheers love mit viele liebe beste herzliche "
        "freundliche gruß gruss mfg lg bien cordialement salutations merci un cordial saludo saludos atentamente gracias cordiali distinti saluti grazie "
        "pozdrawiam z met groet groeten groetjes med vänliga hälsningar vennlig hilsen",
        _open(SIGNED_BELOW),
        _beside,
    ),
    ("my the our i im ich mein je mon me mi nazywam mam il ik mijn jag jeg meu eu chamo", _open(SAYS)),
    (
        "his her their whose they people everyone everybody friends you call just customer account full contact client tenant card cardholder first last "
        "name attn attention fao c signed in s was is were letter parcel on your",
        _open(SAYS),
    ),
    ("i im this it its ich hier je c soy jestem sono ik you", _am),
    ("speaking calling here", _speaking),
    (" ".join(ROLES), _open(OF_A_ROLE)),
    ("agent adviser advisor engineer technician operator driver nurse officer constable pc inspector", _agent),
    (
        "spoke speak spoken speaking talk talked talking chat chatted chatting dealt served helped assisted answered visited told handled seen put ask asked "
        "asking grateful was is were by gesprochen parlé hablé parlato rozmawiałem rozmawiałam rozmawialiśmy gesproken",
        _open(MET),
    ),
    (
        "thank thanking thanks kudos shout shoutout credit well email e letter call message reply visit passed handed transferred deal dealt dealing met contact "
        "contacted contacting rang phoned emailed live visited told called",
        _named,
    ),
):
    for opening in words.split():
        SETTINGS.setdefault(opening, []).extend(rules)
SMALL_SETTINGS: dict[str, list[Rule]] = {}
for words, *rules in (
    ("mr mrs", _small_titled),
    ("my the our i ich mein je mon me mi nazywam mam il ik mijn jag jeg meu eu chamo", _says_small),
    ("kind kindest best warm regards all yours sincerely faithfully many thanks thank cheers love x", _signed_small),
    ("i im this spoke talked ask speak called named", _am_small),
):
    for opening in words.split():
        SMALL_SETTINGS.setdefault(opening, []).extend(rules)


NO_TITLED = frozenset(
    "and or the manager teams chairman speaker president minister secretary mayor nobody customer europe am im in".split()
)


def _cut(text: str, start: int, end: int, opened: bool = False) -> Iterator[Span]:
    """The span up to the first word that belongs to no name; nothing if that is the first, or if a firm is meant."""
    words = [(start + one.start(), start + one.end(), one[0]) for one in WORD.finditer(text[start:end])]
    last = None
    for place, (_, stop, word) in enumerate(words):
        small = word.casefold()
        if small in ORGANISATIONS and place and not opened:
            return
        if word.isupper() and len(word) > 1 and not (place or opened or is_given(word)):
            break  # HMRC, or somebody who shouts
        if len(word) == 1 or (small in PARTICLES and (place or word.islower())):
            continue
        if MIXED.search(word) and not word.startswith(
            ("Mc", "Mac", "De", "Di", "Du", "La", "Le", "Van", "Von", "Fitz")
        ):
            break
        if (no_name(word) or (word.isupper() and len(word) < 4 and not text.isupper())) and not (opened and not place):
            if place or not is_given(word) or word.isupper() or small in CALENDAR:
                break
        if place and f"{words[place - 1][2]}_{word}".casefold() in FIRMS:
            return
        last = stop
    if last is not None:
        yield start, last, "name"


MIXED = re.compile(r"[a-z][A-Z]")  # a product, as in AquaPlus
CALENDAR = frozenset("may june march sunday summer autumn christian".split())


def _small(one: re.Match[str], most: int) -> Iterator[Span]:
    start, taken, end = one.start("name"), 0, None
    for word in WORD.finditer(one["name"]):
        small = word[0].casefold()
        if small in PARTICLES and taken:
            continue
        if small in SMALL_STOPS or no_name(small) or taken == most:
            break
        taken, end = taken + 1, start + word.end()
    if end is not None:
        yield start, end, "name"


def _given(text: str, at: int) -> Iterator[Span]:
    """A given name that is no word besides, with the family names after it; not in the name of a place or a firm."""
    one = TOKEN.match(text, at)
    if not one or (one[0].isupper() and len(one[0]) < 4):
        return
    before = WORD.findall(text[max(0, at - 24) : at])
    if before and (before[-1].casefold() in NOT_AFTER or f"{before[-1]}_{one[0]}".casefold() in FIRMS):
        return
    end = one.end()
    for _ in range(3):
        more = MORE.match(text, end)
        if not more:
            break
        word = more[0].split()[-1]
        if word.casefold() in NOT_BEFORE:
            return
        if no_name(word) or word.casefold() in ORGANISATIONS:
            break
        end = more.end()
    if "_".join(text[at:end].casefold().split()) not in FIRMS:
        yield at, end, "name"


class Known:
    """The names that a study knows, found by their words; as quick with a hundred thousand of them as with one."""

    def __init__(self, names: Iterable[str]) -> None:
        self.whole: dict[str, list[tuple[str, ...]]] = {}
        self.parts: set[str] = set()
        for name in names:
            words = tuple(map(plain_word, WORD.findall(name)))
            if not words or (len(words) == 1 and len(words[0]) < 3):
                continue
            if len(words) > 1 or not self._a_word(words[0]):
                self.whole.setdefault(words[0], []).append(words)
            self.parts |= {word for word in words if len(word) > 1 and word not in PARTICLES and not word.isdigit()}
        for held in self.whole.values():
            held.sort(key=lambda words: (-len(words), words))

    @staticmethod
    def _a_word(word: str) -> bool:
        return word in ALSO_WORDS or no_name(word)

    def find(self, text: str) -> Iterator[Span]:
        """Whole names in any case, and their parts where they are written large."""
        found = [(one.start(), one.end() - (2 if one[0][-2:] in ("'s", "’s") else 0)) for one in WORD.finditer(text)]
        words = [plain_word(text[start:end]) for start, end in found]
        for place, (start, end) in enumerate(found):
            for name in self.whole.get(words[place], ()):
                last = place + len(name) - 1
                if tuple(words[place : last + 1]) == name and found[last][1] - start < sum(map(len, name)) + 4 * len(
                    name
                ):
                    yield start, found[last][1], "name"
                    break
            word = words[place]
            if (
                word in self.parts
                and text[start].isupper()
                and not (len(word) < 3 and text[start:end].isupper() and not text.isupper())
            ):
                if (
                    not self._a_word(word)
                    or not OPENING.search(text[max(0, start - 8) : start])
                    and word not in NO_NAMES
                ):
                    while place and words[place - 1] in PARTICLES and found[place - 1][1] + 1 == found[place][0]:
                        place -= 1
                    yield found[place][0], end, "name"


@lru_cache(maxsize=8)
def known(names: frozenset[str]) -> Known:
    """The finder of these names, made once."""
    return Known(names)
