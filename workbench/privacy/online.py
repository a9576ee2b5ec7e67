"""What names a person on the net: e-mails in all their dress, handles, links to a person's own page.

Knows texts alone. Each finder yields spans (start, end, what it is).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.privacy.formats import Span, near

EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+")
AT = re.compile(r"@|%40|[(\[{<]\s?at\s?[)\]}>]|(?<= )at(?= [\w-]{1,63} dot )", re.I)
TLD = (
    r"(?:com|org|net|edu|gov|info|biz|eu|co ?\. ?uk|ac\.uk|uk|"
    r"ie|de|fr|es|it|nl|be|ch|at|pl|pt|se|dk|no|fi|in|cn|au|nz|us|ca|io|me)"
)
DRESSED = re.compile(  # jane.doe (at) example (dot) com, jane dot doe at example dot com, jane.doe @ example.com
    r"(?<![\w.+-])[\w+'-](?:[\w.+'&-]| dot (?=\w)){0,63}(?:"
    r"\s?[(\[{<]\s?(?:at|@)\s?[)\]}>]\s?[\w-]{1,63}(?:\s?(?:[(\[{<]\s?dot\s?[)\]}>]|\.|\bdot\b)\s?[\w-]{1,63}){1,4}"
    r"|(?: @ ?| ?@ )(?=\w*[a-z])[\w-]{1,63}(?:\.[\w-]{1,63}){0,2}\." + TLD + r"\b"
    r"|@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|@(?:gmail|googlemail|hotmail|yahoo|outlook|icloud|btinternet|aol|gmx|protonmail|wanadoo|libero)\b"
    r"|(?<!\blook)(?<!\blooking)(?<!\blooked)(?<!\bgood)(?<!\bbad)(?<!\barrive)(?<!\bwas)(?<!\bis)(?<!\bare)(?<!\bshop)"
    r"(?<!\border)(?<!\bordered)(?<!\bit) at [\w-]{1,63}(?: dot [\w-]{1,63}){0,2} dot (?:co dot uk|" + TLD + r")\b)",
    re.I,
)
HANDLE = re.compile(
    r"(?<![\w@.+/])@(?!(?:home|work|noon|all|here|everyone|team|media|import)\b)[A-Za-z_][\w.]{2,30}(?<!\.)"
)
LINK = re.compile(
    r"(?<![\w@.])(?:https?://|www\.|(?=[\w.-]{4,80}\.(?:com|org|net|me|uk|de|fr)/))[^\s<>\"')]{4,2000}(?<![.,;:!?])",
    re.I,
)
SOCIAL = re.compile(
    r"(?:^|//|\.)(?:linkedin|facebook|fb|twitter|x|instagram|tiktok|threads|pinterest|snapchat|xing|t|wa|vk|bsky|"
    r"mastodon|"
    r"reddit|flickr|medium|substack|youtube|github)\.(?:com|me|app|net|social)/(?:\w+/)?[\w.@~-]{2,}",
    re.I,
)
OF_A_PERSON = re.compile(
    r"[/.](?:users?|profiles?|people|person|members?|customers?|accounts?|u|in|~\w+)/[\w.%~-]{2,}"
    r"|[?&;](?:user|name|e-?mail|customer|account|member|first|last|phone|login|(?:user|customer|account|member|"
    r"client)_?id)=[^&]|@",
    re.I,
)
MY_PAGE = re.compile(
    r"\b(?:my|our) (?:own )?(?:web ?site|site|web ?page|page|profile|blog|channel|gallery)\b\W*(?:is|at|on)?\W*$|"
    r"\bfind me (?:on|at)\W*$",
    re.I,
)


def mails(text: str) -> Iterator[Span]:
    """E-mails, plain and in the dress that people give them."""
    for low, high in near(AT, text, 80, 200):
        yield from ((*one.span(), "e-mail") for one in EMAIL.finditer(text, low, high))
        yield from ((*one.span(), "e-mail") for one in DRESSED.finditer(text, low, high) if one[0][0] != "@")


def links(text: str) -> Iterator[Span]:
    """Links to a person's own page, and handles."""
    if "/" in text or "www." in text.casefold():
        for one in LINK.finditer(text):
            before = text[max(0, one.start() - 40) : one.start()]
            if SOCIAL.search(one[0]) or OF_A_PERSON.search(one[0]) or MY_PAGE.search(before):
                yield *one.span(), "link"
    if "@" in text:
        yield from ((*one.span(), "handle") for one in HANDLE.finditer(text))
