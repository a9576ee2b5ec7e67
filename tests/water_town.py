"""Where the tests stand, and a small water town: five people, answers that one can add up in the head."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DERIVED = shutil.ignore_patterns("frames", "history", "log", ".lock", "shared", "privacy.json")

WATER = """\
customer,when,wave,segment,weight,bill,ease,said
00017,2025-03-03 09:00:00,1,owner,1,10,5,It just works
17,2025-03-04 10:00:00,1,tenant,2,6,2,Nobody told me
900719925474099301,2025-03-05 11:00:00,1,owner,1,7,4,
900719925474099303,2025-03-06 12:00:00,1,tenant,2,3,1,Call me on 07700 900123
x-5,2025-03-07 13:00:00,1,NA,1,9,3,None
"""

BINDING = {
    "format": "survey",
    "person": "customer",
    "time": "when",
    "timezone": "Europe/London",
    "wave": "wave",
    "segments": ["segment"],
    "text": ["said"],
    "questions": {
        "bill": {"measure": "nps", "step": "first-bill"},
        "ease": {"measure": "csat", "step": "first-bill"},
    },
}
