"""Who people are stays inside: keyed pseudonyms for their ids.

Knows texts alone; where a key lies is `keys`' affair.
"""

from __future__ import annotations

import base64
import hmac


def pseudonym(secret: bytes, person: str, id_space: str = "") -> str:
    """The keyed pseudonym of one id (HMAC-SHA256, some 63 bits kept, 12 letters and digits).

    `id_space` keeps apart ids that are unique only within it.
    """
    digest = hmac.digest(secret, f"{id_space}\x1f{person}".encode(), "sha256")
    return "p" + base64.b64encode(digest[:8], b"Zz")[:11].decode()
