"""Names of people in what somebody wrote: told by the setting (salutation, signature, "my name is", titles, who was spoken
to) and by common given names.

Knows texts, settings and word lists. Finders yield spans (start, end, "name").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from workbench.privacy.formats import Span
from workbench.privacy.given_names import SURELY
from workbench.privacy.name_words import (
    CALENDAR,
    FIRMS,
    NO_TITLED,
    NOT_AFTER,
    NOT_BEFORE,
    ORGANISATIONS,
    PARTICLES,
    ROLES,
    SMALL_STOPS,
    is_given,
    no_name,
    plain_word,
)
from workbench.privacy.settings import (
    AGENT,
    AM,
    AM_SMALL,
    HAIL,
    HAN,
    INITIALLED,
    LETTERS,
    MET,
    MORE,
    NAMED,
    OF_A_ROLE,
    OPENING,
    SAYS,
    SAYS_SMALL,
    SIGNED_BELOW,
    SIGNED_BESIDE,
    SIGNED_BY_DASH,
    SIGNED_SMALL,
    SMALL_TITLED,
    SPEAKING,
    TITLED,
    TOKEN,
    WORD,
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
        "mr mrs ms miss mx dr prof professor sir dame rev revd cllr councillor sgt sergeant capt captain herr herrn "
        "frau fräulein mme mlle monsieur madame "
        "mademoiselle señor señora señorita senor senora sr sra srta don doña signor signora sig pan pani pana panem "
        "panią de dhr mevr mevrouw meneer shri smt m",
        _titled,
    ),
    (
        "dear hi hiya hello hey good morning afternoon evening hallo guten sehr liebe lieber bonjour bonsoir chère "
        "cher chere salut hola estimada estimado "
        "querida querido buenos ciao cara caro gentile szanowny szanowna drogi droga cześć beste geachte hej kära "
        "käre kære",
        _open(HAIL),
    ),
    (
        "kind kindest best warm warmest with regards all yours sincerely faithfully truly many thanks thank cheers "
        "love mit viele liebe beste herzliche "
        "freundliche gruß gruss mfg lg bien cordialement salutations merci un cordial saludo saludos atentamente "
        "gracias cordiali distinti saluti grazie "
        "pozdrawiam z met groet groeten groetjes med vänliga hälsningar vennlig hilsen",
        _open(SIGNED_BELOW),
        _beside,
    ),
    ("my the our i im ich mein je mon me mi nazywam mam il ik mijn jag jeg meu eu chamo", _open(SAYS)),
    (
        "his her their whose they people everyone everybody friends you call just customer account full contact "
        "client tenant card cardholder first last "
        "name attn attention fao c signed in s was is were letter parcel on your",
        _open(SAYS),
    ),
    ("i im this it its ich hier je c soy jestem sono ik you", _am),
    ("speaking calling here", _speaking),
    (" ".join(ROLES), _open(OF_A_ROLE)),
    ("agent adviser advisor engineer technician operator driver nurse officer constable pc inspector", _agent),
    (
        "spoke speak spoken speaking talk talked talking chat chatted chatting dealt served helped assisted answered "
        "visited told handled seen put ask asked "
        "asking grateful was is were by gesprochen parlé hablé parlato rozmawiałem rozmawiałam rozmawialiśmy gesproken",
        _open(MET),
    ),
    (
        "thank thanking thanks kudos shout shoutout credit well email e letter call message reply visit passed "
        "handed transferred deal dealt dealing met contact "
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
        strange = no_name(word) or (word.isupper() and len(word) < 4 and not text.isupper())
        named = opened or (is_given(word) and not word.isupper() and small not in CALENDAR)
        if strange and (place or not named):
            break
        if place and f"{words[place - 1][2]}_{word}".casefold() in FIRMS:
            return
        last = stop
    if last is not None:
        yield start, last, "name"


MIXED = re.compile(r"[a-z][A-Z]")  # a product, as in AquaPlus


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
