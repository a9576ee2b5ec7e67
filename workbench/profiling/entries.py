"""From what the columns of a file seem to be to an entry of study.yaml, which a person corrects.

Every entry goes through the models before it leaves. Knows the words of a binding.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench import models
from workbench.profiling import words
from workbench.profiling.looks import RATINGS, Judged, Look
from workbench.sources.binding import Binding

ALONE = 12  # single-choice questions bound where a survey shows nothing else


@dataclass(eq=False)
class Seen:
    """A file that was looked at: its kind, its columns, what each seems, and the name by which a binding calls it."""

    file: str
    stem: str
    kind: str
    looks: Sequence[Look]
    judged: list[Judged]
    names: Sequence[str]  # an empty text where a column cannot be named
    words: dict[str, Any] = field(default_factory=dict)  # of kinds that are no table
    further: Sequence[str] = ()  # further names that a binding may call the columns by (Qualtrics' import ids)

    def those(self, *seems: str) -> list[int]:
        return [place for place, one in enumerate(self.judged) if one.seems in seems and self.names[place]]

    def first(self, seems: str) -> str | None:
        return next((self.names[place] for place in self.those(seems)), None)

    def named(self, *seems: str) -> list[str]:
        return [self.names[place] for place in self.those(*seems)]


def entry(seen: Seen, path: str) -> dict[str, Any]:
    """The entry for study.yaml. Raises DataFault where it would not fit the models (it always should)."""
    makers = {"people": _people, "events": _events, "complaints": _complaints, "tracking": _tracking}
    maker = makers.get(seen.kind, _survey if seen.looks and not seen.words.get("own") else None)
    bound = maker(seen) if maker else {}
    bound |= {word: value for word, value in seen.words.items() if word != "own"}
    bound = {word: value for word, value in bound.items() if value not in (None, [], {}, "")}
    models.build(bound, Binding, f"the proposal for {seen.file}")
    found: dict[str, Any] = {"file": path}
    if seen.kind != "unknown":
        found["format"] = seen.kind
    return found | bound


def _keys(seen: Seen) -> dict[str, str]:
    keys: dict[str, str] = {}
    for place in seen.those("another key of a person"):
        look = seen.looks[place]
        name = "e-mail" if "@" in str(look.text.iloc[0]) else "-".join(look.plain.split()[:2])
        keys.setdefault(name, seen.names[place])
    return keys


def _common(seen: Seen) -> dict[str, Any]:
    return {"person": seen.first("who it is about"), "keys": _keys(seen), "channel": seen.first("a channel")}


def _people(seen: Seen) -> dict[str, Any]:
    attributes = (
        "a segment",
        "a channel",
        "a number",
        "a wave",
        *RATINGS,
        "what a complaint is about",
        "what happened",
    )
    return {
        "person": seen.first("who it is about"),
        "keys": _keys(seen),
        "created": seen.first("when the customer came"),
        "stratum": seen.first("a stratum"),
        "cluster": seen.first("a cluster"),
        "segments": seen.named(*attributes),
    }


def _events(seen: Seen) -> dict[str, Any]:
    return _common(seen) | {
        "activity": seen.first("what happened"),
        "time": seen.first("when it happened"),
        "lifecycle": seen.first("a stage of what happened"),
        "segments": _still(seen),
    }


def _still(seen: Seen) -> list[str]:
    """Segments that say the same of a person in every row."""
    who = seen.those("who it is about")
    if not who:
        return []
    person = seen.looks[who[0]].text
    found = []
    for place in seen.those("a segment"):
        text = seen.looks[place].text
        both = person.to_frame("person").join(text.rename("text"), how="inner")
        if len(both) and (both.groupby("person")["text"].nunique() <= 1).all():
            found.append(seen.names[place])
    return found


def _complaints(seen: Seen) -> dict[str, Any]:
    return _common(seen) | {
        "opened": seen.first("when it was opened"),
        "closed": seen.first("when it was closed"),
        "category": seen.first("what a complaint is about"),
        "text": seen.named("a comment")[:1],
    }


def _tracking(seen: Seen) -> dict[str, Any]:
    readings = seen.those("a reading")
    when = seen.first("when it was answered") or seen.first("a wave")
    measure = seen.first("what was measured")
    if not readings:
        return {"time": when, "measure": measure, "value": seen.first("a number")}
    if when is None:
        return {"measure": measure, "columns": [seen.names[place] for place in readings]}
    if len(readings) == 1 and measure:
        value = seen.names[readings[0]]
        base = seen.first("the base of a reading")
        return {"time": when, "measure": measure, "value": value, "n": base, "segments": seen.named("a segment")}
    taken: list[str] = []
    columns = {}
    for place in readings:
        taken.append(_usual(seen.looks[place]) or words.slug(seen.looks[place].heading, taken))
        columns[seen.names[place]] = taken[-1]
    return {"time": when, "columns": columns, "n": seen.first("the base of a reading")}


def _usual(look: Look) -> str:
    """The usual name of a measure that a heading of readings speaks of."""
    for measure, pattern in (
        ("nps", words.RECOMMEND),
        ("ces", words.EFFORT),
        ("csat", words.SATISFIED),
        ("trust", words.TRUST),
    ):
        if pattern.search(look.plain):
            return measure
    return ""


def _survey(seen: Seen) -> dict[str, Any]:
    bound = _common(seen) | {
        "time": seen.first("when it was answered"),
        "wave": seen.first("a wave"),
        "weight": seen.first("a weight"),
        "stratum": seen.first("a stratum"),
        "cluster": seen.first("a cluster"),
        "duration": seen.first("the seconds it took"),
        "segments": seen.named("a segment", "an emotion without a scale"),
        "text": seen.named("a comment"),
    }
    if seen.kind in ("alchemer", "limesurvey", "forms") and bound["person"]:
        bound["id_space"] = seen.stem  # the tool counts its answers 1, 2, 3 …
    taken: list[str] = []
    questions = {}
    for place in seen.those(*RATINGS):
        one = seen.judged[place]
        if one.scale:
            taken.append(_measure(seen, place, taken))
            questions[seen.names[place]] = _question(one, taken[-1])
    several = _several(seen, taken)
    if not questions and not several and not bound["text"]:
        several = _choices(seen, taken)
    return bound | {"questions": questions, "several": several}


def _measure(seen: Seen, place: int, taken: Sequence[str]) -> str:
    """The usual name of a measure where it is the one, else the question's own words."""
    one, look = seen.judged[place], seen.looks[place]
    usual = {"a recommendation 0 to 10": "nps", "an effort": "ces", "trust": "trust", "an emotion": "emotion"}.get(
        one.seems
    )
    if one.seems == "a rating" and words.SATISFIED.search(look.said):
        others = [other for other in seen.those("a rating") if words.SATISFIED.search(seen.looks[other].said)]
        usual = "csat" if others[0] == place or len(others) == 1 else None
    if usual and usual not in taken:
        return usual
    return words.slug(look.heading if len(look.heading) < 60 else look.wording or look.heading, taken)


def _question(one: Judged, measure: str) -> dict[str, Any]:
    low, high = one.scale or (0, 0)
    found: dict[str, Any] = {"measure": measure, "scale": [int(low), int(high)]}
    for word, value in (
        ("missing", one.missing),
        ("not_applicable", one.not_applicable),
        ("values", one.values),
        ("choices", {} if one.values else one.choices),
        ("reversed", one.reversed),
    ):
        if value:
            found[word] = value
    return found


def _several(seen: Seen, taken: list[str]) -> dict[str, Any]:
    """Questions with several options: a column an option, or a list in one column."""
    groups: dict[str, list[int]] = {}
    for place in seen.those("an option"):
        groups.setdefault(seen.judged[place].group, []).append(place)
    found: dict[str, Any] = {}
    for group, places in groups.items():
        taken.append(words.slug(group, taken))
        columns: dict[str, str] = {}
        own = all(seen.judged[place].chosen in ([], [seen.judged[place].option]) for place in places)
        common = "" if own or len(places) < 3 else os.path.commonprefix([seen.judged[place].option for place in places])
        common = common if re.search(r"[.:\]] $| - $", common) else ""
        for place in places:
            name = seen.judged[place].option[len(common) :] or seen.names[place]
            columns[name if name not in columns else f"{name} ({seen.names[place]})"] = seen.names[place]
        one: dict[str, Any] = {"measure": taken[-1], "columns": columns}
        for word in ("chosen", "unchosen", "missing"):
            values = list(dict.fromkeys(value for place in places for value in getattr(seen.judged[place], word)))
            if values and not (word == "chosen" and own):
                one[word] = values
        found[group or seen.names[places[0]]] = one
    for place in seen.those("a list of options"):
        judged = seen.judged[place]
        taken.append(words.slug(seen.looks[place].heading, taken))
        found[seen.names[place]] = {
            "measure": taken[-1],
            "delimiter": judged.delimiter,
            "options": {option: option for option in judged.options},
            "other": "other answers",
        }
    return found


def _choices(seen: Seen, taken: list[str]) -> dict[str, Any]:
    """Questions of which one answer is chosen, without an order: shares of each, where a survey shows nothing else."""
    found: dict[str, Any] = {}
    for place in seen.those("a segment", "a rank", "constant", "a number", "a text")[:ALONE]:
        look = seen.looks[place]
        taken.append(words.slug(look.heading, taken))
        options = {str(text): look.labels.get(str(text), str(text)) for text in look.counts.index[:40]}
        found[seen.names[place]] = {"measure": taken[-1], "options": options, "other": "other answers"}
    return found
