"""The panel of interviews: transcripts to read, words to select, codes and steps to give; what was given, and whether
coders agree.

Knows the study's interviews; every coding is saved to codes.yaml at once, masked words alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench import places
from workbench.faults import DataFault, Fault, describe
from workbench.finding import Finding
from workbench.panels import live, look
from workbench.panels.desk import literal
from workbench.panels.drop import Drop
from workbench.panels.panel import Panel
from workbench.panels.talk import Talk, mark_of, names_of, places_in_python, what, what_of
from workbench.steps.measure.codes_counted import frame

COUNTED, AGREED = ("code", "step"), ("agree on codes", "agree on steps")
ASKED = (
    ("How often each code was given", COUNTED[0]),
    ("How often each step was spoken of", COUNTED[1]),
    ("Do the coders agree on codes?", AGREED[0]),
    ("Do the coders agree on steps?", AGREED[1]),
)
KINDS = "WebVTT, SRT, plain text, Word, OpenDocument"
NOTHING = f"No interview is among the sources yet: drop transcripts ({KINDS}) on the data panel."


class Interviewing(Panel):
    question = "What do people say in their own words, and at which step?"
    parts = ("codes", "map", "study")
    asks_data = False

    def build(self) -> list[Any]:
        self.far, self.talk, self.shown = look.html(), Talk(), live.Shown()
        self.talk.on_msg(lambda _, asked, __: self.ask(asked))
        self.fields = {
            "interview": look.choice("Interview"),
            "coder": look.line("Who codes", "your name, as the others know you"),
            "search": look.line("Search in all interviews", "words as they were said"),
            "mine": look.tick("Show my own codes alone, to code without seeing the others'"),
            "whole": look.tick("I have read all of this interview: what I gave no code has none"),
            "result": look.choice("What was given", ASKED),
        }
        self.fields["coder"].value = places.me()
        self.drop = Drop("Add a code frame", self._frame, "CSV, .qdc, .qdpx or .sqlite3")
        self.again = look.button("Work it out again", "Load what was coded since, and compare the coders")
        self.again.on_click(lambda _: self.result())
        for name, act in {
            "interview": self.turn,
            "coder": self.show,
            "search": self.search,
            "mine": self.show,
            "whole": self._whole,
            "result": self.result,
        }.items():
            self.on_change(name, act)
        ticks = look.ticks(self.fields["mine"], self.fields["whole"])
        self.live = look.column(
            look.row(self.fields["interview"], self.fields["coder"], self.fields["search"]), ticks, self.talk
        )
        self.under = look.column(
            self.drop,
            look.row(self.fields["result"]),
            look.bar(self.again),
            self.shown,
        )
        return [self.far, self.live, self.under, self.foot]

    def read(self) -> None:
        own = self.study.interviews
        paths = own.files
        self.far.value = look.paragraph(self._far(paths), "note")
        for part in (self.live, self.under):
            part.layout.display = None if paths else "none"
        before, names = self.fields["interview"].value, names_of(paths)
        self.fields["interview"].options = [(self._told(path, names[path]), path) for path in paths]
        self.fields["interview"].value = before if before in paths else paths[0] if paths else None
        self.turn()
        self._figures()

    # -- reading ------------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """To the chosen interview."""
        file = self.fields["interview"].value
        turns = self.study.interviews.turns(file) if file else ()
        self.talk.turns = [
            {"n": one.number, "who": one.who, "words": one.words, "time": one.time, "asked": one.asked} for one in turns
        ]
        self.show()

    def show(self) -> None:
        """What was given to the turns of the chosen interview, and what can be given."""
        file, coder = self.fields["interview"].value, self.fields["coder"].value.strip()
        codes = self.study.codes
        given = [one for one in codes.quotes if one.file == file]
        if self.fields["mine"].value:
            given = [one for one in given if one.coder == coder]
        own = self.study.interviews
        with self.filling():
            self.fields["whole"].value = coder in codes.readers.get(file or "", [])
        self.talk.coder, self.talk.codes = coder, list(frame(codes))
        self.talk.steps = [[step, name] for step, name in self.study.map.names.items()]
        self.talk.marks = [mark_of(one.model_dump(exclude_defaults=True)) for one in given]
        self.talk.can_undo, self.talk.can_redo = own.can_undo, own.can_redo

    def search(self) -> None:
        """Where the words stand in any interview; a click goes there."""
        words = self.fields["search"].value.strip()
        found = self.study.interviews.search(words)
        names = names_of(self.study.interviews.files)
        self.talk.hits = [
            {"file": one.file, "name": names[one.file], "turn": one.turn}
            | {"before": one.before, "words": one.words, "after": one.after}
            for one in found
        ]
        if words:
            self.code.code = f"study.interviews.search({literal(words)})"
            many = "1 place" if len(found) == 1 else f"{len(found):,} places"
            told = f'"{words}" stands in no interview.' if not found else f"{many}; a click goes there."
            self.status.value = look.good(told)

    # -- coding -------------------------------------------------------------------------------------------------------

    def ask(self, asked: dict[str, Any]) -> None:
        """Do what the page asks: give, change, remove, undo, redo, open; and say how it went."""
        do = str(asked.get("do"))
        if do == "open":
            self.fields["interview"].value = str(asked["file"])
            self.talk.send({"go": int(asked["turn"])})
            return
        try:
            said = self._done(do, asked)
        except DataFault as problem:
            self.talk.send({"fault": describe(problem.faults)})
            return
        self.noted()
        self._after()
        self.talk.send({"said": said, "given": do in ("give", "change", "remove")})

    def _done(self, do: str, asked: dict[str, Any]) -> str:
        own, coder, file = self.study.interviews, self.fields["coder"].value.strip(), self.fields["interview"].value
        new: dict[str, Any] = {key: asked.get(key) for key in ("code", "step", "emotion")}
        if do == "give":
            if not coder:
                raise DataFault(Fault(column="Who codes", found="nobody", expected="your name", mend="write it above"))
            before = frame(self.study.codes)
            placed = {int(turn): (str(words), int(which)) for turn, words, which in asked["passages"]}
            plain = {turn: words if which == 1 else (words, which) for turn, (words, which) in placed.items()}
            where: Any = next(iter(plain)) if len(plain) == 1 and "" in plain.values() else plain
            made = own.give(file, where, **new, coder=coder)
            told = "".join(f", {key}={literal(value)}" for key, value in new.items() if value not in ("", None))
            self.code.code = (
                f"study.interviews.give({literal(file)}, {places_in_python(where)}{told}, coder={literal(coder)})"
            )
            turns = " and ".join(str(one.turn) for one in made)
            fresh = ", a new code," if new["code"] and made[0].code not in before else ""
            return f"{what(made[0])}{fresh} given to turn {turns}; saved to codes.yaml."
        if do in ("change", "remove"):
            quote = json.loads(asked["id"])
            if do == "remove":
                own.remove(quote)
                self.code.code = f"study.interviews.remove({literal(quote)})"
                return f"{what_of(quote)}: taken back; Undo brings it again."
            now = own.change(quote, **new)
            told = ", ".join(f"{key}={literal(value)}" for key, value in new.items())
            self.code.code = f"study.interviews.change({literal(quote)}, {told})"
            return f"Turn {now.turn}: {what(now)}; saved to codes.yaml."
        said = own.undo() if do == "undo" else own.redo()
        self.code.code = f"study.interviews.{do}()"
        return f"{said}." if said else f"Nothing to {do}."

    def _after(self) -> None:
        """Something was given or taken back: the marks and the figures follow."""
        with self.telling(), self.filling():
            self.status.value = ""
            paths = self.study.interviews.files
            names = names_of(paths)
            kept = self.fields["interview"].value
            self.far.value = look.paragraph(self._far(paths), "note")
            self.fields["interview"].options = [(self._told(path, names[path]), path) for path in paths]
            self.fields["interview"].value = kept
            self.show()
            self._figures()

    def _whole(self) -> None:
        file, coder, read = (self.fields[name].value for name in ("interview", "coder", "whole"))
        try:
            self.study.interviews.read_whole(file, coder.strip(), read)
            self.noted()
            self.code.code = f"study.interviews.read_whole({literal(file)}, {literal(coder.strip())}, {read})"
            self.status.value = look.good("Saved to codes.yaml: who read what tells what a missing code means.")
        finally:
            self.show()

    def _frame(self, paths: Sequence[Path]) -> None:
        """Add the codes of the dropped files to the code frame."""
        with self.telling():
            for path in paths:
                fresh = self.study.import_codes(path)
                self.noted()
                self._after()
                many = f"{len(fresh)} codes" if len(fresh) != 1 else "1 code"
                self.status.value = look.good(
                    f"{many} of {path.name} added to codes.yaml." if fresh else "No code was new."
                )
                self.code.code = f"study.import_codes({literal(path.name)})"

    # -- what was given -----------------------------------------------------------------------------------------------

    def result(self) -> None:
        """What was given, counted; or whether coders agree, which loads what was coded since."""
        asked = self.fields["result"].value
        self.again.layout.display = None if asked in AGREED else "none"
        if asked in COUNTED:
            self.code.code = f"study.interviews.counted({literal(asked)})"
            self.shown.show(self.study.interviews.counted(asked) if self.study.interviews.files else None)
            return
        by = COUNTED[AGREED.index(asked)]
        self.code.code = f"study.agreement({literal(by)})"
        self.shown.wait("Comparing the coders …")
        self.long("Comparing the coders", lambda _: self._agreed(by), self._compared)

    def _figures(self) -> None:
        """The figures follow what was given; coders are compared when somebody asks."""
        if self.fields["result"].value in COUNTED:
            said = self.code.code
            self.result()
            self.code.code = said or self.code.code
        else:
            self.shown.say("Codes were given since: work it out again.")

    def _agreed(self, by: str) -> Finding | str:
        try:
            return self.study.agreement(by)
        except DataFault as problem:
            return describe(problem.faults)

    def _compared(self, found: Finding | str) -> None:
        self.shown.say(found) if isinstance(found, str) else self.shown.show(found)

    # -- plain --------------------------------------------------------------------------------------------------------

    def twin(self) -> str:
        own = self.study.interviews
        paths = own.files
        if not paths:
            return look.paragraph(NOTHING)
        rows = [(one, *self._counts(path)) for path, one in names_of(paths).items()]
        return (
            look.paragraph(self._far(paths))
            + look.table(("interview", "turns of interviewed people", "coded", "coders"), rows)
            + look.found(own.counted())
        )

    def _counts(self, path: str) -> tuple[int, int, int]:
        """Of an interview: its turns that can be coded, those that are, and by how many named coders."""
        given = [one for one in self.study.codes.quotes if one.file == path]
        turns = sum(not one.asked for one in self.study.interviews.turns(path))
        return turns, len({one.turn for one in given}), len({one.coder for one in given} - {""})

    def _told(self, path: str, name: str) -> str:
        turns, coded, _ = self._counts(path)
        return f"{name} ({coded:,} of {turns:,} turns coded)"

    def _far(self, paths: Sequence[str]) -> str:
        if not paths:
            return NOTHING
        counts = [self._counts(path) for path in paths]
        turns, coded = sum(one[0] for one in counts), sum(one[1] for one in counts)
        many = "1 interview" if len(paths) == 1 else f"{len(paths):,} interviews"
        names = "Names and numbers of people are masked as far as they could be found."
        return f"{many}; {coded:,} of {turns:,} turns of interviewed people have a code. {names}"
