"""Where somebody lives: a house in a street, as it is written in several countries.

Knows texts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.privacy.formats import Span, windows

TYPES = (
    "Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Drive|Dr|Way|Court|Ct|Terrace|Gardens|Gdns|Crescent|Cres|Place|"
    "Square|Sq|Hill|Park|"
    "Grove|Mews|Walk|Row|Rise|Parade|Green|Quay|View|Boulevard|Blvd|Alley|Wharf|Embankment|Villas|Yard|Vale|Fields|"
    "Meadow|Meadows|"
    "Croft|Heights|Circus|Broadway|Highway|Esplanade|Promenade|Strand|Bank|Gate|Wynd|Brae|Loan|Path|Hollow|Orchard|"
    "Approach|End|Common"
)
FLAT = r"(?:(?:[Ff]lat|[Aa]partment|[Aa]pt\.?|[Uu]nit|[Rr]oom|[Hh]ouse|[Ss]uite)\s?\w{1,4},? )?"
NUMBER = r"\d{1,4}(?: ?[-/–] ?\d{1,4})?[a-zA-Z]?"
STAYS = r"(?! (?:lights?|names?|works?|signs?|closures?|[Mm]iles?|[Ss]tars?)\b)"
BRITISH = re.compile(
    rf"\b{FLAT}{NUMBER},? (?:(?!(?:Best|Stars?|Ways?|Years?|Days?|Hours?|Minutes?|Weeks?|Months?|Bus|High Court|Free|"
    rf"Green Park)\b)[A-Z][\w'’.-]+ ){{1,4}}(?:{TYPES})\b{STAYS}"
    rf"|\b{FLAT}{NUMBER},? The (?:{TYPES})\b"
    rf"|\b(?:[Ff]lat|[Uu]nit|[Aa]partment) \w{{1,4}},? (?:[A-Z][\w'’.-]+ ){{1,3}}(?:{TYPES}|House|Court|Tower|Point|"
    rf"Building|Estate)\b"
    rf"|\bP\.?O\.? ?[Bb]ox \d{{1,6}}\b"
    rf"|(?:(?<=\blive at )|(?<=\baddress is )|(?<=\baddress: ))\d{{1,4}}[a-z]?,? [A-Z][\w'’.-]+(?: "
    rf"[A-Z][\w'’.-]+){{0,2}}"
)
UNNUMBERED = re.compile(
    rf"\b(?:[A-Z][\w'’-]+ ){{1,2}}(?:Cottage|House|Farm|Lodge|Barn|Villa|Manor|Court|Mill), (?:{NUMBER} "
    rf")?(?:[A-Z][\w'’.-]+ ){{1,3}}(?:{TYPES})\b"
    rf"|(?<=\blive at )(?:[A-Z][\w'’.-]+ ){{1,3}}(?:{TYPES})\b|(?<=\blive in )(?:[A-Z][\w'’.-]+ ){{1,3}}(?:Street|"
    rf"Road|Lane|Avenue|Close|Drive|Terrace|Crescent)\b"
    rf"|(?<=\baddress is )(?:[A-Z][\w'’.-]+ ){{1,3}}(?:{TYPES})\b"
)
HOUSE = re.compile(r"\b(?:(?:Cottage|House|Farm|Lodge|Barn|Villa|Manor|Court|Mill), |live (?:at|in) |address is )")
NO_MIDDLE = (
    "minutes?|mins?|hours?|days?|weeks?|months?|years?|miles?|metres?|meters?|km|people|times|cars?|lanes?|stars?|"
    "ways?|in|on|of|the|down|up|"
    "along|from|per|and|or|to|at|a|an|more|different|other|busy|long|doors?|houses|trips?|visits?|after|before|for|"
    "with|by|pm|am|best|next|last"
)
SMALL = re.compile(  # 66 lower castle street
    rf"\b(?:(?:flat|apartment|apt|unit|room) ?\w{{1,4}},? )?\d{{1,4}}[a-z]? (?:(?!(?:{NO_MIDDLE})\b)[a-z][a-z'’-]+ "
    rf"){{1,3}}"
    r"(?:street|st|road|rd|lane|avenue|ave|crescent|terrace|gardens|grove|mews|close|drive)\b(?! (?:lights?|names?|"
    r"works?|signs?|closures?|to|by|of)\b)"
)
UPPER = "A-ZÄÖÜÀÂÇÉÈÊÎÏÔÛÁÍÑÓÚŁŚŻŹĆŃ"
FOREIGN = re.compile(
    # Hauptstraße 5, Keizersgracht 112, Am Marktplatz 3
    rf"\b(?!Parkplatz|Bahnsteig|Heimweg|Arbeitsplatz|Sitzplatz|Stellplatz)[{UPPER}][\w-]{{2,}}(?:stra(?:ß|ss)e|str\.|"
    rf"allee|weg|platz|gasse|ring|damm|ufer|"
    rf"chaussee|steig|stieg|straat|gracht|laan|plein|kade|dijk|singel|vej|gatan|gata) \d{{1,4}} ?[a-zA-Z]?\b"
    rf"|\b[{UPPER}][\w-]+[ -](?:Stra(?:ß|ss)e|Str\.|Allee|Weg|Platz|Ring|Damm|Ufer) \d{{1,4}} ?[a-z]?\b"
    rf"|\b(?:Am|An der|An den|Auf dem|Auf der|Zum|Zur|Unter den) (?!(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|"
    rf"Dez|Mon|Diens|Mitt|Donn|Frei"
    rf"|Sams|Sonn|Jahr|Schnitt|Ende|Durch|Schalter|Kasse|Gleis|Terminal|Tag|Telefon|Woche))[{UPPER}][\w-]{{3,}} "
    rf"\d{{1,3}} ?[a-z]?\b(?! ?(?:Uhr|Euro|Prozent|Mal|mal|%|Tage|Stunden|Minuten|Jahre|Personen)|[.:]\d)"
    # 12 rue de la Paix
    rf"|\b\d{{1,4}}(?: ?(?:bis|ter|[a-c]))?,? (?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|all[ée]e|quai|"
    rf"cours|route|square|passage|faubourg) "
    rf"(?:(?:de|du|des|la|le|les|aux?|en) |[ld]['’]){{0,3}}[{UPPER}][\w'’-]+(?: (?:(?:de|du|des|la) "
    rf")?[{UPPER}][\w'’-]+){{0,3}}"
    # Calle Mayor 5
    rf"|(?:\b(?:[Cc]alle|[Aa]venida|[Aa]vda\.?|[Pp]laza|[Pp]aseo|[Cc]arretera|[Cc]amino|[Rr]onda|[Tt]raves[íi]a|"
    rf"[Rr]ua|[Pp]ra[çc]a)|\b[Cc]/) ?(?:(?:de|del|la|las|los|do|da) ){{0,2}}"
    rf"[{UPPER}][\w'’-]+(?: (?:(?:de|del|la|y) ){{0,2}}[{UPPER}][\w'’-]+){{0,3}},? (?:n[º°.úu]m?\.? ?)?\d{{1,4}}\b"
    # Via Garibaldi 9, ul. Długa 7
    rf"|\b(?:Via|Viale|Piazza|Corso|Largo|Vicolo) (?!E-?[Mm]ail|App|Web|Zoom|SMS|Teams|Phone|Chat)(?:(?:di|del|della|"
    rf"dei|delle) )?[{UPPER}][\w'’-]+(?: [{UPPER}][\w'’-]+){{0,2}},? \d{{1,4}}\b"
    rf"|\b(?:ul\.|ulica|ulicy|al\.|aleja|alei|os\.|pl\.) ?[{UPPER}][\w'’-]+(?: [{UPPER}][\w'’-]+){{0,2}} "
    rf"\d{{1,4}}(?:[/ ]?(?:m\.? ?)?\d{{1,4}})?[a-z]?\b"
)

# what there must be at least, so that a pattern need not be tried
LARGE_AFTER = re.compile(r"\d[a-zA-Z]?,? [A-Z]|(?i:flat|unit|apartment|box) ?\w")
SMALL_AFTER = re.compile(r"\d[a-z]? [a-z]")
ABROAD = re.compile(
    rf"[{UPPER}][^\s\d]*,? (?:n\S{{1,2}} ?)?\d"
    r"|\d,? ?(?:bis |ter |[a-c],? )?(?:rue|av|boul|bd|pla|che|imp|all|qua|cou|rou|squ|pas|fau)"
)


def streets(text: str) -> Iterator[Span]:
    """Street addresses."""
    for low, high in windows(text):
        for sign, pattern in ((LARGE_AFTER, BRITISH), (SMALL_AFTER, SMALL), (ABROAD, FOREIGN)):
            if sign.search(text, low, high):
                yield from ((*one.span(), "address") for one in pattern.finditer(text, low, high))
    for house in HOUSE.finditer(text):
        at = house.start()
        yield from ((*one.span(), "address") for one in UNNUMBERED.finditer(text, max(0, at - 40), at + 90))
