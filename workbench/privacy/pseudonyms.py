"""Who people are stays inside: the study's key and the keyed pseudonyms made with it.

Knows where the key lies and nothing of journeys.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from workbench import files, places
from workbench.faults import DataFault, Fault


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
