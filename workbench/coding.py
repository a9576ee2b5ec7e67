"""The coding of a study's interviews by hand: codes, steps and emotions given to turns or words in them, changed, taken back.

Each change is made to codes.yaml as it stands and saved at once, so that what two coders give at the same time all stands.
Words are those that are shown, masked. Knows the study's transcripts and its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import models
from workbench.editing import save_as
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.interviews import Transcripts
from workbench.sources import code_frames
from workbench.steps.measure import codes_counted
from workbench.steps.measure.coding import FILE, Quote
from workbench.undoing import Undoable

if TYPE_CHECKING:
    from workbench.study import Study

PART = "codes"
GIVEN = ("file", "turn", "step", "code", "emotion", "coder", "words", "which")
CHANGED = ("code", "step", "emotion", "coder")
Passages = int | Iterable[int] | Mapping[int, str | tuple[str, int]]


@dataclass(frozen=True)
class _Done:
    """What one act took out of codes.yaml and put in: entries of its lists, (list, entry)."""

    out: list[tuple[str, dict[str, Any]]]
    put: list[tuple[str, dict[str, Any]]]


class Interviews(Transcripts, Undoable[_Done]):
    """The transcripts among a study's sources, and their coding; what was done here can be undone and redone."""

    def __init__(self, study: Study):
        Transcripts.__init__(self, study)
        Undoable.__init__(self)

    def counted(self, by: str = "code") -> Finding:
        """How often each code (or step: by="step") was given. Raises DataFault."""
        turns = {file: sum(not one.asked for one in self.turns(file)) for file in self.files}
        drawn = self.study.map
        return codes_counted.counted(self.study.codes, turns, by, drawn.names, self.study.about.minimum_base)

    # -- coding -------------------------------------------------------------------------------------------------------

    def give(
        self,
        file: str,
        passages: Passages,
        code: str = "",
        step: str = "",
        emotion: float | None = None,
        coder: str = "",
    ) -> list[Quote]:
        """Give a code, a step of the map, an emotion (-2 … 2), or several of these, to passages: a turn, several turns, or
        {turn: words in it} (the second time they stand there: {turn: (words, 2)}).

        A code that the study's code frame does not have is added to it ("Billing / late" with the codes above it); where
        there is no frame any word is a code. What was given comes back. Raises DataFault, with nothing saved.
        """
        code = " / ".join(code_frames.levels(code)) if self.study.codes.codes else " ".join(code.split())
        made = [
            self._quote(file, turn, said, code, step, emotion, coder) for turn, said in sorted(_each(passages).items())
        ]
        if not made:
            raise DataFault(Fault(file=FILE, found="no passage", expected="a turn, or words in one"))

        def act(content: Any) -> _Done:
            there = [_plain(one) for one in content.get("quotes") or []]
            put = [("quotes", one) for one in made if one not in there]
            if not put:
                raise DataFault(
                    Fault(file=FILE, found="what was given there already", expected="another code or place")
                )
            return _Done([], [*self._fresh(content, code), *put])

        self._act(act, coder)
        return [Quote.model_validate(one) for one in made]

    def change(self, quote: Mapping[str, Any] | Quote, **new: Any) -> Quote:
        """Give a coding another code, step or emotion; where somebody changed it meanwhile theirs stands. Raises DataFault."""
        was = _plain(quote)
        wrong = [one for one in new if one not in ("code", "step", "emotion", "coder")]
        if wrong:
            raise DataFault(unknown("thing to change", wrong[0], ("code", "step", "emotion", "coder")))
        said = {key: was.get(key) for key in ("code", "step", "emotion", "coder")} | new
        placed = (was.get("words", ""), was.get("which", 1))
        code = str(said["code"] or "")
        code = " / ".join(code_frames.levels(code)) if self.study.codes.codes else " ".join(code.split())
        now = self._quote(
            was["file"], was["turn"], placed, code, str(said["step"] or ""), said["emotion"], str(said["coder"] or "")
        )
        if now != was:
            self._act(
                lambda content: _Done([("quotes", was)], [*self._fresh(content, code), ("quotes", now)]),
                now.get("coder"),
            )
        return Quote.model_validate(now)

    def remove(self, quote: Mapping[str, Any] | Quote) -> None:
        """Take a coding back. Raises DataFault where it is not there any more."""
        was = _plain(quote)
        self._act(lambda content: _Done([("quotes", was)], []), was.get("coder"))

    def read_whole(self, file: str, coder: str, whole: bool = True) -> None:
        """Say that a coder has read all of an interview, so that what they gave no code counts as "none" in `agreement`; the
        others who coded something there are then named too. `whole=False` takes it back. Raises DataFault."""
        self.turns(file)
        if not coder.strip():
            raise DataFault(Fault(file=FILE, column="readers", found="nobody", expected="who read it"))

        def act(content: Any) -> bool:
            readers = content.get("readers") or {}
            before = list(readers.get(file) or [])
            given = [one.get("coder") for one in content.get("quotes") or [] if one["file"] == file]
            if not whole and coder in given:
                raise DataFault(
                    Fault(file=FILE, found=f"codes of {coder} there", expected="none", mend="who codes is a reader")
                )
            those = list(dict.fromkeys(one for one in [*before, *given, coder] if one)) if whole else list(before)
            if not whole and coder in those:
                those.remove(coder)
            if those == before:
                return False
            if those:
                readers[file] = those
            else:
                readers.pop(file, None)
            content["readers"] = readers
            return True

        save_as(self.study, PART, act, coder)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _back(self, done: _Done) -> _Done:
        return self._save(lambda _: _Done(done.put, done.out))

    def _what(self, done: _Done) -> str:
        told = next((one for name, one in [*done.put, *done.out] if name == "quotes"), {})
        return f"{told.get('code') or told.get('step') or 'the emotion'}, turn {told.get('turn', '?')}"

    def _act(self, act: Callable[[Any], _Done], who: str | None) -> None:
        self.keep(self._save(act, who or ""))

    def _save(self, act: Callable[[Any], _Done], who: str = "") -> _Done:
        """Save codes.yaml with what an act takes out and puts in; what was done comes back. Raises DataFault."""
        done: list[_Done] = []

        def on_content(content: Any) -> bool:
            done[:] = [act(content)]
            for name, one in sorted(done[0].out, key=lambda pair: pair[0] == "codes"):
                self._take(content, name, one)
            for name, one in done[0].put:
                self._put(content, name, one)
            return True

        save_as(self.study, PART, on_content, who)
        return done[0]

    def _take(self, content: Any, name: str, one: Mapping[str, Any]) -> None:
        """Take an entry out of a list; a code that is used meanwhile stays."""
        listed = content.get(name) or []
        places = [place for place, other in enumerate(listed) if _plain(other) == one]
        if name == "quotes" and not places:
            raise DataFault(self._gone(one))
        path = " / ".join(part for part in (one.get("parent", ""), one.get("name", "")) if part)
        used = {quote.get("code") for quote in content.get("quotes") or []}
        used |= {other.get("parent") for other in content.get("codes") or []}
        if places and (name == "quotes" or not used & {path, one["name"]}):
            listed.pop(places[-1])

    def _put(self, content: Any, name: str, one: Mapping[str, Any]) -> None:
        listed = content.get(name) or []
        if name == "codes" and any(_plain(other) == one for other in listed):
            return
        if listed:
            listed.append(models.on_one_line(one))
        else:  # a new list: an empty one may be written as []
            content[name] = [models.on_one_line(one)]
        readers = (content.get("readers") or {}).get(
            one.get("file")
        )  # who codes where readers are named is one of them
        if readers is not None and one.get("coder") and one["coder"] not in readers:
            readers.append(one["coder"])

    def _gone(self, one: Mapping[str, Any]) -> Fault:
        who = self.study.last_saved(PART)[0] or "somebody"
        what = one.get("code") or one.get("step") or one.get("name") or "the emotion"
        found = f'"{what}" as it stood (turn {one.get("turn", "?")}) is not there any more'
        return Fault(file=FILE, found=found, expected="a coding of codes.yaml", mend=f"{who} saved last: theirs stands")

    def _fresh(self, content: Any, code: str) -> list[tuple[str, dict[str, Any]]]:
        """The entries of the code frame that a code needs and that are not there; none where there is no frame."""
        frame = content.get("codes") or []
        if not frame or not code:
            return []
        known, path, made = self.study.codes, tuple(code.split(" / ")), list[tuple[str, dict[str, Any]]]()
        if code in known.paths() or any(one.name == code for one in known.codes):
            return []
        for deep in range(1, len(path) + 1):
            if " / ".join(path[:deep]) not in known.paths():
                above = {"parent": " / ".join(path[: deep - 1])} if deep > 1 else {}
                made.append(("codes", {"name": path[deep - 1], **above}))
        return made

    def _quote(
        self, file: str, turn: int, said: str | tuple[str, int], code: str, step: str, emotion: float | None, coder: str
    ) -> dict[str, Any]:
        """One coding as codes.yaml has it. Raises DataFault for a place, a step or words that are not there."""
        words, which = said if isinstance(said, tuple) else (said, 1)
        words = " ".join(words.split())
        turns = {one.number: one for one in self.turns(file)}
        if turn not in turns:
            raise DataFault(unknown("turn", turn, turns, file=FILE, column="turn"))
        if turns[turn].asked:
            expected = "what an interviewed person said"
            raise DataFault(Fault(FILE, turn, "turn", "the interviewer's words", expected, "choose an answer"))
        if words and turns[turn].words.count(words) < which:
            expected = "the very words of the turn"
            raise DataFault(Fault(FILE, turn, "words", f'"{words[:60]}"', expected, "select them in the turn"))
        if not (code or step or emotion is not None):
            raise DataFault(Fault(FILE, turn, "code", "nothing", "a code, a step or an emotion", "choose one"))
        steps = self.study.map.names
        if step and steps and step not in steps:
            raise DataFault(unknown("step", step, steps, file=FILE, column="step"))
        if emotion is not None and not -2 <= emotion <= 2:
            raise DataFault(Fault(FILE, turn, "emotion", f"{emotion:g}", "-2 (very bad) to 2 (very good)"))
        whole = words == turns[turn].words
        given = (file, turn, step, code, emotion, coder.strip(), "" if whole else words, which)
        return _plain(dict(zip(GIVEN, given, strict=True)))


def _each(passages: Passages) -> dict[int, str | tuple[str, int]]:
    if isinstance(passages, int):
        return {passages: ""}
    return dict(passages) if isinstance(passages, Mapping) else dict.fromkeys(passages, "")


def _plain(quote: Mapping[str, Any] | Quote) -> dict[str, Any]:
    """A coding as plain values, what is not said left out: two writings of it are the same."""
    said = quote.model_dump() if isinstance(quote, Quote) else dict(quote)
    if "turn" not in said:  # an entry of the code frame
        return {key: str(value) for key, value in said.items() if value}
    found = {key: said[key] for key in GIVEN if said.get(key) not in (None, "")}
    found = {key: str(value) if isinstance(value, str) else value for key, value in found.items()}
    if found.get("emotion") is not None:
        found["emotion"] = int(found["emotion"]) if float(found["emotion"]).is_integer() else float(found["emotion"])
    if found.get("which") == 1:
        found.pop("which")
    return found
