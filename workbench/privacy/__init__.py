"""Privacy's room: pseudonyms for people, masked words, groups too small hidden. Here are the words that others use.

Knows files and places; nothing of journeys, findings or reports.
"""

from workbench.privacy import keys
from workbench.privacy.columns import holds, identifies, people_named
from workbench.privacy.keys import FORGOTTEN, Keyring, KeyState, key, mark_of, token
from workbench.privacy.masking import CAVEAT, EMAIL, MEASURED, mask
from workbench.privacy.pseudonyms import pseudonym
from workbench.privacy.small_groups import HIDDEN, MINIMUM_BASE, hide_small

__all__ = [
    "CAVEAT",
    "EMAIL",
    "FORGOTTEN",
    "HIDDEN",
    "MEASURED",
    "MINIMUM_BASE",
    "KeyState",
    "Keyring",
    "hide_small",
    "holds",
    "identifies",
    "key",
    "keys",
    "mark_of",
    "mask",
    "people_named",
    "pseudonym",
    "token",
]
