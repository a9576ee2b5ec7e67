"""The registers of a study's log: which claim and which prediction was declared when, and whether data had been looked at.

Knows the parts of a study and its log; reads no data.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workbench import load, log
from workbench.faults import DataFault
from workbench.steps.apply import register
from workbench.steps.measure.claim_words import suggested
from workbench.steps.measure.claims import Hypothesis
from workbench.steps.measure.hypotheses import Declared
from workbench.study_files import PARTS
from workbench.study_parts import Parts

LOADED = "loaded the sources"


class Registers(Parts):
    """The parts of a study with what was declared of them."""

    def declare(self) -> dict[str, Declared]:
        """The register of hypotheses: each claim with its version and whether data had been looked at when it was declared.

        A claim that is new, or another than it was, is entered in the log with its fingerprint and the time, and so is one
        that was taken out of the file. It has seen data where the sources were ever loaded before; a claim that comes back
        as it was keeps what it was, unless it was away while the data were first looked at.

        Raises DataFault for a line of the log that cannot be read.
        """
        known, looked = self._register()
        looked |= (self.path / "frames" / load.MANIFEST).exists()
        there = {one.id for one in self.hypotheses.hypotheses}
        for gone in [one for one in known.values() if one.id not in there and not one.withdrawn]:
            entry = {"claim": gone.id, "version": gone.version, "withdrawn": True, "seen": looked}
            self.log(f"took {gone.id} out of the hypotheses", more=entry)
            known[gone.id] = replace(gone, withdrawn="after" if looked else "before")
        for one in self.hypotheses.hypotheses:
            former = known.get(one.id)
            same = former is not None and former.fingerprint == one.fingerprint
            if former is not None and same and not former.withdrawn:
                continue
            version = 1 if former is None else former.version if same else former.version + 1
            seen = former.seen if former is not None and same and former.withdrawn == "after" else looked
            entry = {"claim": one.id, "version": version, "fingerprint": one.fingerprint, "seen": seen}
            self.log(f"declared {one.id}, version {version}", more=entry)
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            known[one.id] = Declared(one.id, version, one.fingerprint, now, seen)
        self._predict()
        return known

    def last_saved(self, part: str) -> tuple[str, str]:
        """Who saved a part last, and when, as the log says; two empty texts where it does not. Raises DataFault."""
        found = self._latest().get(f"saved {part}", {})
        return found.get("who", ""), found.get("time", "")

    def stale(self) -> list[str]:
        """What was made of the study before something that it rests on was changed, in words. Raises DataFault."""
        latest = self._latest()
        written = max((one["time"] for what, one in latest.items() if what.startswith("wrote the report")), default="")
        if not written:
            return []
        told = ["the data were loaded"] if latest.get(LOADED, {}).get("time", "") > written else []
        told += [
            f"{part}.yaml was saved" for part in PARTS if latest.get(f"saved {part}", {}).get("time", "") > written
        ]
        return (
            [f"The report of {written[:16].replace('T', ' ')} is older than the study: since then {', '.join(told)}."]
            if told
            else []
        )

    def _latest(self) -> dict[str, dict[str, str]]:
        """The last line of the log of each kind: who wrote it, and when."""
        found: dict[str, dict[str, str]] = {}

        def take(line: dict[str, Any]) -> None:
            found[line["what"]] = {"who": str(line.get("who", "")), "time": str(line.get("time", ""))}

        self._logged(take)
        return found

    @property
    def looked(self) -> bool:
        """Were the study's data ever loaded? What is declared from then on is declared after the look."""
        return self._register()[1] or (self.path / "frames" / load.MANIFEST).exists()

    @property
    def registered(self) -> dict[str, Declared]:
        """The register of hypotheses as it stands; nothing is entered (`declare` does). Raises DataFault."""
        return self._register()[0]

    @property
    def suggested(self) -> list[Hypothesis]:
        """Claims that the template suggests in comments of hypotheses.yaml, those that are not declared yet."""
        path = self.path / "hypotheses.yaml"
        there = {one.id for one in self.hypotheses.hypotheses}
        found = suggested(path.read_text(encoding="utf-8-sig")) if path.exists() else []
        return [one for one in found if one.id not in there]

    def _predict(self) -> register.Register:
        """Put on record what the actions should bring, where that is new or another; the register comes back."""
        try:
            actions = self.actions.actions
        except DataFault:  # `check` tells what is wrong in the file; until it is mended nothing of it is put on record
            return {}
        fresh = register.entries(self._predictions(), actions, self.today)
        for words, entry in fresh:
            self.log(words, more=entry)
        return self._predictions()

    def _predictions(self) -> dict[str, list[register.Prediction]]:
        known: dict[str, list[register.Prediction]] = {}

        def take(line: dict[str, Any]) -> None:
            for name, those in register.read([line]).items():
                known.setdefault(name, []).extend(those)

        self._logged(take)
        return known

    def _register(self) -> tuple[dict[str, Declared], bool]:
        """The claims as the log has them, and whether it says that the sources were loaded."""
        looked = False
        known: dict[str, Declared] = {}

        def take(line: dict[str, Any]) -> None:
            nonlocal looked
            looked |= line["what"] == LOADED
            if "claim" not in line:
                return
            if line.get("withdrawn"):
                known[line["claim"]] = replace(known[line["claim"]], withdrawn="after" if line["seen"] else "before")
            else:
                said = (line[name] for name in ("claim", "version", "fingerprint", "time", "seen"))
                known[line["claim"]] = Declared(*said)

        self._logged(take)
        return known, looked

    def _logged(self, take: Callable[[dict[str, Any]], None]) -> None:
        """Hand each line of the log to `take`. Raises DataFault for a line that cannot be read."""
        for line in log.lines(self.path):
            if line.says is None:
                raise log.unreadable(line)
            try:
                take(line.says)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise log.unreadable(line) from None
