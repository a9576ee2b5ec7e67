"""The settings in which a name of a person stands, as patterns: titles, salutations, signatures, "my name is", who was spoken
to, in several languages.

Knows word lists alone. In each pattern "name" is what stands there; `also` a second name beside it.
"""

from __future__ import annotations

import re

from workbench.privacy.name_words import PARTICLES, ROLES

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
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Revd|Cllr|Councillor|Sgt|Sergeant|Capt|Captain|Herrn?|Frau|"
    r"Fräulein|Mme|Mlle|Monsieur|"
    r"Madame|Mademoiselle|[Ss]eñor(?:a|ita)?|[Ss]enora?|Sra?|Srta|[Dd]on|[Dd]oña|Signora?|Sig|Pan|Pani|Pana|Panem|"
    r"Panią|[Dd]e heer|Dhr|Mevr|[Mm]evrouw|[Mm]eneer|Shri|Smt|"
    r"MR|MRS|MISS|DR|M(?=\.))\.?"
)
TITLED = re.compile(rf"\b(?P<title>{TITLE}) (?:(?:{TITLE}) )?{FULL}")
SMALL_TITLED = re.compile(r"\b(?P<title>mr|mrs)\.? (?P<name>[a-z][\w'’-]+)")
HAIL = re.compile(
    r"(?<![^\s(\"'])(?i:dear|hi|hiya|hello|hey|good (?:morning|afternoon|evening)|morning|afternoon|evening|hallo|"
    r"guten (?:tag|morgen|abend)|sehr geehrter?|"
    r"lieber?|bonjour|bonsoir|ch[eè]re?|salut|hola|estimad[oa]|querid[oa]|buenos d[ií]as|ciao|car[oa]|gentile|"
    r"szanown[ya]|drog[ia]|cześć|beste|geachte|hej|k[æä]ra?e?)"
    rf",? {FULL}(?:(?:,| and| &| und| et| y| e| i) {ALSO})?"
)
CLOSING = (
    r"(?i:(?:kind(?:est)? |best |warm(?:est)? |with )?regards|best wishes|all the best|(?:yours )?(?:sincerely|"
    r"faithfully|truly)|(?:many )?thanks(?: a lot| again| so much| in advance)?|"
    r"thank you(?: very much| so much| again)?|cheers|best|yours|love|mit (?:freundlichen|besten|herzlichen|lieben) "
    r"gr[üu](?:ß|ss)en|(?:viele|liebe|beste|herzliche|freundliche) gr[üu](?:ß|ss)e|"
    r"gru(?:ß|ss)|mfg|lg|(?:bien )?cordialement|bien à vous|salutations|merci(?: d['’]avance)?|(?:un )?(?:cordial "
    r")?saludos?(?: cordial(?:es)?)?|atentamente|gracias|(?:cordiali|distinti) saluti|"
    r"grazie|pozdrawiam|z poważaniem|met vriendelijke groet(?:en)?|groet(?:en|jes)?|(?:med )?(?:vänliga "
    r")?h[äi]lsningar|(?:med )?(?:vennlig )?hilsen)"
)
SIGNED_BELOW = re.compile(
    rf"\b{CLOSING}(?: from)?[ ,.!:;–-]*\n\s*[-–—~]?\s?(?:{TITLE} )?{FULL}(?=[ ,.!]*(?:\n|$|,|\())"
)
SIGNED_BESIDE = re.compile(rf"\b{CLOSING}(?: from)?[ ,.!:;–-]+(?:{TITLE} )?{FULL}[ .!]*$")
SIGNED_SMALL = re.compile(rf"\b{CLOSING}[ ,.!:;–-]*\n\s*(?P<name>[a-zß-ÿ][\w'’-]+(?: [a-zß-ÿ][\w'’-]+)?)\s*$")
SIGNED_BY_DASH = re.compile(rf"(?:\n\s*|[.!?] ?)[-–—~]\s?(?:{TITLE} )?{FULL}\s*$")
I_AM_CALLED = (
    r"(?i:(?:my|the|our) (?:full |first |last |sur|maiden |real )?name(?:['’]?s| is|:| was)(?: is)?:?|i(?: a|['’]?)m "
    r"called|ich hei(?:ß|ss)e|mein name(?: ist|:)|je m['’]appelle|mon nom est|"
    r"me llamo|mi nombre es|nazywam się|mam na imię|mi chiamo|il mio nome è|ik heet|mijn naam is|jag heter|jeg heter|"
    r"meu nome é|(?:eu )?me chamo|chamo-me)"
)
SAYS = re.compile(
    rf"\b(?:{I_AM_CALLED}|(?i:(?:his|her|their|whose) (?:full |first |last |sur)?name(?: is| was|:)|(?:they|people|"
    rf"everyone|everybody|friends) calls? me|(?:you (?:can|may) |just )call me|"
    r"(?:customer|account|full|contact|client|tenant|card ?holder|first|last)(?:['’]s)? name(?: is|\s?[:=-])?|"
    r"\bname\s?[:=]|account holder(?: is|[: -]*)|attn\.?:?|attention:|fao:?|c/o|"
    r"signed(?: by)?:?|in the names? of|(?<=['’])s names?,|(?<=['’])s name is|(?:was|is|were|letter|parcel) "
    r"addressed to|on behalf of|your (?:full )?name[^.?!\n]{0,30}\?(?:\s*[\w ]{1,20}:)?(?: it['’]s| it is| yes,?)?))"
    rf"\s{{1,2}}(?:{TITLE} )?{FULL}\b(?!:)(?:(?:,| and| &| und| et| y) {ALSO})?"
)
SAYS_SMALL = re.compile(
    rf"\b{I_AM_CALLED} (?P<name>[^\W\d_A-Z]{{2,}}(?:['’-][^\W\d_]+)*(?: [^\W\d_]+(?:['’-][^\W\d_]+)*){{0,3}})"
)
AM = re.compile(
    r"\b(?i:i['’]?m|i am|this is|it['’]?s|it is|ich bin|hier ist|hier spricht|je suis|c['’]est|soy|jestem|sono|ik "
    r"ben|you are (?:speaking|talking) (?:to|with))"
    rf" (?:{TITLE} )?{FULL}(?P<then>,? (?:speaking|calling|here|writing|ringing|phoning|again|from|and)\b|[,.!\n]|$)?"
)
AM_SMALL = re.compile(
    r"\b(?i:i['’]?m|i am|this is|spoke (?:to|with)|talked to|ask for|speak to|called|named) "
    r"(?P<name>[a-z][\w'’-]+(?: [a-z][\w'’-]+)?)"
)
SPEAKING = re.compile(rf"(?:^|[.!?\n:] ?){FULL}(?P<then> speaking| calling|,? here)\b")
OF_A_ROLE = re.compile(
    rf"\b(?i:{'|'.join(ROLES)})(?i:,? (?:who (?:is|was) |is |was )?(?:called|named)|,| -|:)? (?:{TITLE} "
    rf")?{FULL}(?P<then>,|[.!]| [a-z]|$|\n)?"
)
AGENT = re.compile(
    rf"(?:Agent|Advis[eo]r|Engineer|Technician|Operator|Driver|Nurse|Officer|Constable|PC|Inspector) {FULL}"
)
MET = re.compile(
    r"\b(?i:(?:sp(?:oke|eak|oken|eaking)|talk(?:ed|ing)?|chat(?:ted|ting)?) (?:to|with)|dealt with by|(?:served|"
    r"helped|assisted|answered|visited|told|handled|seen) by|"
    r"put (?:me )?through to|ask(?:ed|ing)? (?:for|to speak to)|grateful to|(?:was|is|were) (?:called|named)|by the "
    r"name of|"
    r"gesprochen mit|parlé (?:avec|à)|hablé con|parlato con|rozmawia[łl]\w+ z|gesproken met)"
    rf" (?:{TITLE} )?{FULL}(?:(?:,| and| &) {ALSO})?"
)
NAMED = re.compile(  # somebody, or a firm: a name if it is one that is known, or has two words
    r"\b(?i:(?:thank|thanking|thanks to|thank you to|kudos to|shout ?out to|credit to|well done)|(?:e-?mail|letter|"
    r"call|message|reply|visit) from|"
    r"(?:passed|handed) (?:me )?(?:on|over) to|transferred (?:me )?to|deal(?:t|ing)? with|met(?: with)?|contact(?:ed|"
    r"ing)?(?: with)?|rang|phoned|e-?mailed|live with|visited|told|called)"
    rf" (?:{TITLE} )?{FULL}"
)
INITIALLED = re.compile(
    rf"(?<!plan )(?<!zone )(?<!grade )(?<!option )(?<!block )(?<!type )(?<!class )(?<!part )(?<!phase )(?<!group "
    rf")(?<!room )(?<![\w.])(?P<name>(?:[{U}]\.[ -]?){{1,3}}{FAMILY})"
)
HAN = re.compile(r"(?:我叫|我的名字(?:是|叫)|姓名[:：]? ?)(?P<name>[\u4e00-\u9fff·]{2,4})")
OPENING = re.compile(r"(?:^|[.!?:;\n]\s*|[\"“(]\s?)$")
TOKEN = re.compile(CAP)
LETTERS = re.compile(r"[^\W\d_]+")
WORD = re.compile(r"\w+(?:['’-]\w+)*")
MORE = re.compile(rf" {FAMILY}")
