"""Privacy's room: pseudonyms for people, masked words, groups too small hidden. Here are the words that others use.

Knows files and places; nothing of journeys, findings or reports.
"""

from workbench.privacy.masking import EMAIL, mask
from workbench.privacy.pseudonyms import identifies, key, pseudonym
from workbench.privacy.small_groups import HIDDEN, MINIMUM_BASE, hide_small

__all__ = ["EMAIL", "HIDDEN", "MINIMUM_BASE", "hide_small", "identifies", "key", "mask", "pseudonym"]
