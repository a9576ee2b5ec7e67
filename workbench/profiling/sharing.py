"""Ids that several files share: bound as the person in each of them, however each calls its column.

Ids that only count 1, 2, 3 … look alike everywhere: without a like heading they are kept apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from workbench.profiling.entries import Seen
from workbench.profiling.looks import Look


def shared_ids(seen: Sequence[Seen]) -> None:
    """Bind as the person what several files share, however each of them calls it; keep apart ids that only look alike."""
    ids = ("who it is about", "another key of a person", "the row's own number", "an id of something else")
    found = [
        (one, place, set(one.looks[place].text))
        for one in seen
        for place in one.those(*ids)
        if "@" not in str(one.looks[place].text.iloc[0])
    ]
    links: Counter[tuple[int, int]] = Counter()
    for number, (one, place, values) in enumerate(found):
        for other, there, others in found[number + 1 :]:
            if one is other:
                continue
            both = len(values & others)
            counted = one.looks[place].whole and max(map(len, values)) < 7
            alike = _same_name(one.looks[place]) == _same_name(other.looks[there])
            if (
                both >= 3
                and both >= (0.02 if alike else 0.2) * min(len(values), len(others))
                and (alike or not counted)
            ):
                links[id(one), place] += both
                links[id(other), there] += both
    for one in seen:
        mine = [(often, place) for (owner, place), often in links.items() if owner == id(one)]
        now = next(iter(one.those("who it is about")), None)
        if mine:
            best = max(mine)[1]
            if now is not None and now != best:
                one.judged[now].seems, one.judged[now].doubt = "the row's own number", "another file shares another id"
            if one.judged[best].seems != "who it is about":
                one.judged[best].seems, one.judged[best].doubt = (
                    "who it is about",
                    "because another file has the same ids",
                )
        elif now is not None and one.looks[now].whole and "id_space" not in one.words:
            one.words["id_space"] = one.stem  # counted ids of one file are not those of another


def _same_name(look: Look) -> str:
    return re.sub(r"(number|num|no|nr|key|code|n)$", "id", look.plain.replace(" ", "").replace("°", ""))
