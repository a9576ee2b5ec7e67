"""Privacy's room: pseudonyms for people, masked words, groups too small hidden. Here are the words that others use.

Knows files and places; nothing of journeys, findings or reports.
"""

from workbench.privacy import keys
from workbench.privacy.keys import FORGOTTEN, Keyring, KeyState, key, mark_of, token
from workbench.privacy.masking import EMAIL, mask
from workbench.privacy.pseudonyms import identifies, pseudonym
from workbench.privacy.small_groups import HIDDEN, MINIMUM_BASE, hide_small

__all__ = [
    "EMAIL",
    "FORGOTTEN",
    "HIDDEN",
    "MINIMUM_BASE",
    "KeyState",
    "Keyring",
    "hide_small",
    "identifies",
    "key",
    "keys",
    "mark_of",
    "mask",
    "pseudonym",
    "token",
]
