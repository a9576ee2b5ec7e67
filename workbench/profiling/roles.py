"""What one column seems to be, looked at alone: person, time, rating, comment, segment … with the reason and the doubt.

General rules on headings and cells; knows no tool and no file.
"""

from __future__ import annotations

import re
from collections import Counter

from workbench import privacy
from workbench.profiling import scales, words
from workbench.profiling.looks import Judged, Look

DATED = re.compile(
    r"(\d{4}[-/]\d{1,2}([-/]\d{1,2})?|\d{4}\.\d{1,2}\.\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(19|20)\d{12}|"
    r"[^\W\d]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}\.? [^\W\d]{3,9}\.? \d{4})([ T,]+\d{1,2}:\d{2}.*)?"
)
CLOCK_TIME = re.compile(r"\d{1,3}:\d{2}(:\d{2})?(\.\d+)?( ?[AP]M)?", re.I)
ID_SHAPED = re.compile(r"[\w.@#/:+-]{1,64}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}|-?\d{1,3}\.\d{4,}, ?-?\d{1,3}\.\d{4,}")
TICKS = {"1", "y", "yes", "true", "x", "checked", "selected", "ja", "oui", "✓", "✔", "1.0"}
UNTICKS = {"0", "n", "no", "false", "unchecked", "not selected", "nein", "non", "0.0", "-99"}
OFTEN = 25  # distinct values up to which a column groups people


def alone(look: Look) -> Judged:
    """What a column seems to be, without a look at its neighbours."""
    if not look.filled:
        return Judged("empty", "no cell is filled", sure=1)
    for rule in (_personal, _technical, _time, _weight, _identity, _opinion, _place_in_design, _list):
        found = rule(look)
        if found is not None:
            return found
    return _rest(look)


def _personal(look: Look) -> Judged | None:
    if look.share(MAIL.pattern) > 0.8:
        why = "its cells are e-mail addresses"
        return Judged(
            "another key of a person", why, "personal data: hashed if it joins files, else left out", sure=0.9
        )
    small = look.whole and look.numeric > 0.9 and look.distinct <= 12 and max(look.tally, default=101) <= 100
    if not small and (privacy.identifies(look.heading) or words.NAMED.fullmatch(look.plain)):
        doubt = "" if privacy.identifies(look.heading) else "leave it unbound: a column that is bound is read"
        return Judged("who somebody is", "its heading", doubt, sure=0.9)
    if look.share(ADDRESS.pattern) > 0.8:
        return Judged("who somebody is", "its cells are addresses or places on the map", sure=0.9)
    what = "" if look.distinct < look.filled / 2 else privacy.holds(map(str, look.counts.index))
    if what:
        return Judged(
            "who somebody is", f"its cells are of the kind: {what}", "a column that is bound is read", sure=0.8
        )
    return None


def _technical(look: Look) -> Judged | None:
    for text in (look.plain, words.plain(look.wording)):
        if text and words.TECHNICAL.fullmatch(text):
            if text == "status" and look.distinct > 2 and scales.rated(look):
                return None
            return Judged("technical", "its heading", sure=0.8)
    long = "page|group|question|first click|last click|click count|submit"
    timed = rf"(.* )?({long}) ?(time|submit|count)?( \d+)?|.*\d+ ?time|group ?time ?\d+|g?\d*q\d+ time"
    counted = look.numeric > 0.95 and ("time" in look.plain or "click" in look.plain)
    if counted and re.fullmatch(timed, look.plain):
        return Judged("technical", "the time spent on a page or question", sure=0.8)
    return None


def _time(look: Look) -> Judged | None:
    """Dates by their cells; which moment it is by the heading."""
    text = look.plain
    if words.WAVE.search(text) and look.share(words.WAVES.pattern) > 0.9:
        return Judged("a wave", "its heading, and cells named as waves", sure=0.8)
    if look.share(words.WAVES.pattern) > 0.95 and look.distinct <= 60 and not text.startswith("q"):
        return Judged("a wave", "cells named as waves or quarters", sure=0.7)
    if look.share(DATED.pattern) < 0.9:
        if words.CLOCK.fullmatch(text) and look.numeric > 0.9:
            minutes = bool(re.search(r"minute|\bmin$|\bms$|milli|hours", look.said))
            doubt = (
                "no seconds: it is not bound"
                if minutes
                else "it may count minutes"
                if float(look.numbers.median()) < 15
                else ""
            )
            return Judged(
                "a number" if minutes else "the seconds it took", "its heading, and numbers", doubt, sure=0.75
            )
        epoch = look.share(r"1\d{9}(\d{3})?(\.\d+)?") > 0.95 and re.search(r"\bts\b|time|date|epoch|when|\bat$", text)
        if epoch:
            return Judged("a number", "numbers that count from 1970", "a time: write it as dates to bind it", sure=0.6)
        if look.share(CLOCK_TIME.pattern) > 0.9:
            return Judged("a text", "its cells are times of the day, or times taken", "it is read as text", sure=0.5)
        return None
    if (
        look.share(r"\d{4}[-/]\d{1,2}") > 0.9
        and look.distinct <= 36
        and re.search(r"cohort|vintage|group|jahrgang", text)
    ):
        return Judged("a segment", f"{look.distinct} months as groups", sure=0.6)
    years = look.text.str.extract(r"((?:18|19|20)\d\d)")[0].dropna()
    if len(years) == look.filled and years.isin(["1899", "1900"]).all():
        return Judged(
            "a text", "its cells are times of the day, of 1899 or 1900", "a spreadsheet made dates of them", sure=0.5
        )
    doubt = "1970 and 1980 often stand for no date" if years.isin(["1970", "1980"]).any() else ""
    why = "its cells are dates"
    for seems, pattern in (
        ("when the customer came", words.CAME),
        ("another date or time", words.BESIDE),
        ("when it was closed", words.CLOSED),
        ("when it was answered", words.ANSWERED),
        ("when it was opened", words.OPENED),
        ("when it happened", words.HAPPENED),
    ):
        if pattern.search(text) or (look.wording and pattern.search(words.plain(look.wording))):
            return Judged(seems, f"{why}, and its heading", doubt, sure=0.7)
    return Judged("a date", why, doubt, sure=0.5)


def _weight(look: Look) -> Judged | None:
    if not words.WEIGHT.search(look.plain) or look.numeric < 0.95 or len(look.numbers) < 2 or look.labels:
        return None
    values = look.numbers * look.counts[look.numbers.index]
    mean, low, high = float(values.sum()) / look.filled, float(look.numbers.min()), float(look.numbers.max())
    if low <= 0 or look.filled < look.rows:
        return Judged(
            "a number", "its heading speaks of a weight, but some are blank, zero or below", "see why", sure=0.4
        )
    if look.whole and high > 20:
        return None
    doubt = "" if 0.8 < mean < 1.25 else f"the mean is {mean:.2f}, not near 1: it may weigh things, not people"
    return Judged(
        "a weight", f"its heading, and numbers {low:.3g} to {high:.3g}", doubt, sure=0.9 if not doubt else 0.5
    )


def _identity(look: Look) -> Judged | None:
    """Ids: of the person, of the row, or of something else. Which person's id is bound is decided in company."""
    shaped = look.share(ID_SHAPED.pattern) > 0.95 and look.share(r"[+-]?\d+[.,]\d+") < 0.5
    if not shaped or CLOCK_TIME.fullmatch(str(look.text.iloc[0])) or look.labels:
        return None
    text, unique = look.plain, look.distinct >= 0.999 * look.filled and look.filled > 2
    named = bool(words.AN_ID.search(text)) or bool(words.ONLY_AN_ID.fullmatch(text))
    asked = words.plain(look.wording)
    if len(asked.split()) <= 6 and words.AN_ID.search(asked) and not words.COUNTED.search(asked):
        text, named = f"{text} {asked}", True
    many = look.distinct > max(12, 0.03 * look.filled) or look.rows < 60 and look.distinct > 0.2 * look.filled
    sure = named and bool(words.PERSON.search(text) or words.ONLY_AN_ID.fullmatch(look.plain))
    many = many or sure and look.distinct > max(12, 0.002 * look.filled)
    told = f"{look.distinct:,} distinct values in {look.filled:,} cells"
    if words.COUNTED.search(look.plain) and not words.PERSON.search(text):
        return None
    if words.ACCOUNT.search(text) and named and many:
        return Judged("another key of a person", f"its heading, and {told}", sure=0.6)
    of_person = words.PERSON.search(text) or words.ONLY_AN_ID.fullmatch(look.plain)
    of_thing = words.THING.search(text) and not words.PERSON.search(look.plain)
    if of_person and not of_thing and many and (named or unique or not look.whole):
        weak = not words.PERSON.search(text)
        return Judged("who it is about", f"its heading, and {told}", sure=0.6 if weak else 0.85)
    if words.THING.search(text) and named or words.THING.fullmatch(look.plain):
        if unique:
            return Judged("the row's own number", "its heading, and every value once", sure=0.7)
        if many:
            return Judged("an id of something else", f"its heading, and {told}", sure=0.6)
    if (
        unique
        and look.filled > 20
        and (named or look.whole or look.share(r"(?=.*\d)[\w-]{3,}") > 0.9)
        and not look.labels
    ):
        if look.whole and not named and look.place != 0 and not _counts(look):
            return None
        return Judged("who it is about", f"every value once ({told})", "it may be the row's own number", sure=0.3)
    if named and many and re.search(r"\b(code|key)$", text) and not look.whole:
        return Judged("who it is about", f"its heading, and {told}", "check that it is a code of people", sure=0.4)
    if (
        named
        and many
        and look.distinct > 0.02 * look.filled
        and re.search(r"id$|\bid\b", text)
        and not words.RATED.search(text)
    ):
        return Judged("an id of something else", f"its heading, and {told}", "whose id it is", sure=0.4)
    return None


def _counts(look: Look) -> bool:
    """Do whole numbers simply count the rows?"""
    values = sorted(look.tally)
    return bool(values) and values[-1] - values[0] < 3 * len(values)


def _opinion(look: Look) -> Judged | None:
    codes = look.whole and look.numeric > 0.95 and not look.labels and look.distinct > 1 and not scales.rated(look)
    if codes and words.CODED.fullmatch(look.plain) and (look.heading[-1:].isdigit() or look.distinct > 20):
        doubt = "needs its code list; the words themselves are not in the file"
        return Judged("codes of open answers", "whole numbers under a heading of comments", doubt, sure=0.7)
    return scales.scaled(look)


def _place_in_design(look: Look) -> Judged | None:
    """Stratum, cluster, channel, activity, stage: few values under a heading that names them."""
    text = look.plain
    few = look.distinct <= max(12, 0.2 * look.filled)
    if words.STRATUM.search(text) and few:
        return Judged("a stratum", "its heading", "that it was used to draw the sample", sure=0.7)
    if words.CLUSTER.search(text) and few:
        return Judged("a cluster", "its heading", "that it was used to draw the sample", sure=0.7)
    values = {words.plain(str(one)) for one in look.counts.index}
    if values and values <= words.STAGES or "lifecycle transition" in text:
        return Judged("a stage of what happened", "start, complete and the like", sure=0.8)
    if look.distinct <= 20 and not words.NO_CHANNEL.search(text) and look.numeric < 0.5:
        known = sum(int(often) for one, often in look.counts.items() if words.plain(str(one)) in words.CHANNELS)
        if words.CHANNEL.search(text) or (known > 0.8 * look.filled and look.distinct > 1):
            why = "its heading" if words.CHANNEL.search(text) else "its cells name channels"
            return Judged("a channel", why, "" if known else "check that it is how people came", sure=0.75)
    if words.ACTIVITY.fullmatch(text) and look.numeric < 0.5 and look.distinct <= max(60, 0.1 * look.filled):
        return Judged("what happened", "its heading, and few different texts", sure=0.7)
    return None


def _list(look: Look) -> Judged | None:
    """Lists of options in one cell: parts that recur."""
    if look.numeric > 0.9 or look.filled < 4 or look.labels:
        return None
    for delimiter in (";", "|", ","):
        listed = look.text[look.text.str.contains(delimiter, regex=False)]
        if len(listed) < max(3, 0.08 * look.filled) or look.share(r"\[.*\]") > 0.5:
            continue
        wholes = {text: {one.strip() for one in text.split(delimiter) if one.strip()} for text in listed.unique()}
        mixed = Counter(one for those in wholes.values() for one in those)
        recurring = [often for often in mixed.values() if often > 1]
        lonely = len(recurring) < 0.5 * len(mixed) and sum(recurring) < 0.8 * sum(mixed.values())
        if lonely and len(listed) < 0.9 * look.filled:
            continue  # the same words always together: labels with a comma in them
        if delimiter == "," and listed.str.contains(r"\d,\d{3}\b").mean() > 0.5:
            continue
        parts = Counter(one.strip() for text in look.text for one in text.split(delimiter) if one.strip())
        total = sum(parts.values())
        known = [one for one, often in parts.items() if often >= max(2, 0.004 * look.filled)]
        lengths = sum(len(one) * often for one, often in parts.items()) / max(total, 1)
        covered = sum(parts[one] for one in known) / max(total, 1)
        if (
            covered > 0.75
            and lengths < 45
            and len(known) <= 80
            and len(known) < 0.5 * total
            and look.distinct > len(known) / 3
        ):
            whole = Counter(len(text.split(delimiter)) for text in look.text)
            if len(whole) == 1 or max(map(len, known)) > 90:
                continue
            many = f"{len(known)} options that recur in lists"
            doubt = "" if delimiter != "," else "labels that hold a comma would be cut in two"
            return Judged(
                "a list of options",
                many,
                doubt,
                delimiter=delimiter,
                options=sorted(known, key=lambda one: -parts[one]),
                sure=0.7,
            )
    return None


def _rest(look: Look) -> Judged:
    """What is left: comments, segments, numbers and other texts."""
    text = look.plain
    if look.numeric > 0.97 and not look.labels:
        low, high = float(look.numbers.min()), float(look.numbers.max())
        counted = bool(words.COUNTED.search(look.said)) or look.dictionary
        if re.search(r"age|income|alter\b|einkommen", look.plain) and low >= 0 and high <= 15 and look.distinct <= 12:
            counted = False  # in bands
        often = look.distinct <= OFTEN or (look.distinct <= 80 and look.filled >= 20 * look.distinct)
        if often and look.whole and not counted:
            if look.distinct == 1:
                return _constant(look)
            doubt = (
                "codes: what they stand for is not in the file"
                if look.distinct > 2
                else "what 0 and 1 (or 1 and 2) stand for"
            )
            return Judged("a segment", f"{look.distinct} distinct codes", doubt, sure=0.5)
        if look.distinct == 1:
            return _constant(look)
        return Judged("a number", f"numbers {low:g} to {high:g}", sure=0.7)
    if look.distinct == 1:
        return _constant(look)
    there, distinct = int(look.answered.sum()), max(1, len(look.answered))
    repeated = there / distinct
    spoken = bool(words.COMMENT.search(look.said))
    if look.labels:
        if look.distinct <= 3 * OFTEN:
            return Judged("a segment", f"{look.distinct} codes with labels", sure=0.8)
        return Judged("a number", "many codes, few with a label", sure=0.4)
    if text.endswith(" name") and look.length < 60 and repeated < 5:
        return Judged("a text", f"{look.distinct:,} names of something", sure=0.5)
    if (look.length > 25 and distinct > 0.3 * there) or (spoken and look.spaced > 0.2 and repeated < 3):
        return Judged(
            "a comment", f"texts of {look.length:.0f} letters on average", sure=0.9 if look.length > 25 else 0.6
        )
    grouped = _groups(distinct, there)
    if grouped and (look.filled >= 20 or repeated >= 2):
        frequent = "a scale of how often is read as groups" if re.search(r"how (often|frequently)", look.said) else ""
        return Judged("a segment", f"{look.distinct} distinct texts", frequent, sure=0.8)
    if repeated >= 5 and look.distinct <= 300 and look.length < 40:
        return Judged(
            "a segment", f"{look.distinct} distinct texts, each some {repeated:.0f} times", "many groups", sure=0.5
        )
    if words.PLACE.search(text) or look.numeric > 0.5 or text.endswith(" name"):
        return Judged("a text", f"{look.distinct:,} distinct texts", "too many to group by", sure=0.5)
    if (
        look.share(r"[^\W\d_].*") > 0.4
        and (look.spaced > 0.1 or spoken or repeated < 2.5)
        and look.share(r"\S*[_\d]\S*") < 0.5
    ):
        return Judged(
            "a comment", f"{look.distinct:,} distinct texts, short ones", "it may be names or groups", sure=0.45
        )
    return Judged("a text", f"{look.distinct:,} distinct texts", sure=0.4)


def _groups(distinct: int, there: int) -> bool:
    """Are there few enough values to group by?"""
    return distinct <= max(20, 0.02 * there) and (there > 3 * distinct or distinct <= 6)


def _constant(look: Look) -> Judged:
    only = str(look.counts.index[0])
    if look.filled < look.rows:
        return Judged("constant", f"only '{only[:30]}' or blank", "it may be an option that was ticked", sure=0.4)
    return Judged("constant", f"'{only[:30]}' in every row", sure=0.9)
