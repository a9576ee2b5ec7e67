"""Who people are stays inside: keyed pseudonyms for their ids, and the columns that name a person.

Knows texts alone; where a key lies is `keys`' affair.
"""

from __future__ import annotations

import base64
import hmac
import re

# Columns of usual exports that name a person; they are dropped as a file is read and the faults say so.
IDENTIFIERS = re.compile(
    r"(recipient)?[ _-]?(e-?mail|first[ _]?name|last[ _]?name|full[ _]?name|surname|ip[ _]?address|phone|mobile|"
    r"location ?latitude|location ?longitude|postcode|zip|address)([ _-]?address)?|(customer|requester|contact)[ _]name",
    re.I,
)


def pseudonym(secret: bytes, person: str, id_space: str = "") -> str:
    """The keyed pseudonym of one id (HMAC-SHA256, some 63 bits kept, 12 letters and digits).

    `id_space` keeps apart ids that are unique only within it.
    """
    digest = hmac.digest(secret, f"{id_space}\x1f{person}".encode(), "sha256")
    return "p" + base64.b64encode(digest[:8], b"Zz")[:11].decode()


def identifies(heading: str) -> bool:
    """Does a column of this name hold who a person is (e-mail, name, address, IP …)?"""
    return bool(IDENTIFIERS.fullmatch(heading.strip()))
