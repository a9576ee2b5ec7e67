"""Which type of object in an OCEL log seems to be the person: by its name, else the most frequent, with the doubt."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from workbench import files
from workbench.engine import Engine
from workbench.profiling import words
from workbench.sources import ocel
from workbench.sources.binding import Binding
from workbench.sources.reading import Desk

CUSTOMER = words.words(
    "customer", "client", "person", "people", "patient", "user", "applicant", "citizen", "passenger", "kunde"
)


def types(received: files.Received, engine: Engine) -> pd.DataFrame:
    """The types of objects of an OCEL log, how many there are of each, and which seems to be the person."""
    log = ocel.log_of(Desk(received, engine, Binding(), b"k" * 32))
    types = Counter(thing.type for thing in log.things())
    lines = []
    person = next((one for one in types if CUSTOMER.search(words.plain(one))), None)
    best = person or (types.most_common(1)[0][0] if types else "")
    for one, often in types.most_common():
        doubt = "" if one != best or person else "no type is called customer or person: this one is the most frequent"
        why = f"{often:,} objects" + (", and its name" if one == person else "")
        lines.append(
            {
                "column": one,
                "seems": "who it is about" if one == best else "a type of object",
                "filled": often,
                "why": why,
                "doubt": doubt,
            }
        )
    return pd.DataFrame(lines, columns=["column", "seems", "filled", "why", "doubt"])


def person(received: files.Received, engine: Engine) -> str | None:
    table = types(received, engine)
    who = table.loc[table["seems"] == "who it is about", "column"]
    return str(who.iloc[0]) if len(who) else None
