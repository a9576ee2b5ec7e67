"""Study: one piece of research, a folder of plain files; open it, save to it, and ask it what the method asks.

Knows the steps and the loading of sources. Figures, panels and reports are woken only when asked for.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import files, integrity, load, log, places, privacy, raw_people
from workbench.answers import answers_of
from workbench.faults import DataFault, Fault, unknown
from workbench.finding import Finding
from workbench.journey import JourneyFrame
from workbench.privacy.cells import Whom
from workbench.steps.apply import asked, department_named, departments_of
from workbench.steps.apply import check as check_actions
from workbench.steps.apply import plan as plan_of
from workbench.steps.apply.follow_up import by_step as done_at
from workbench.steps.apply.follow_up import follow_up as followed_up
from workbench.steps.apply.ledger import calibration
from workbench.steps.apply.ledger import ledger as ledger_of
from workbench.steps.apply.moved_against import treated_named
from workbench.steps.measure import coding, evidence, map_comparison
from workbench.steps.measure.hypotheses import by_step, planned
from workbench.steps.measure.hypotheses import judge as judge_all
from workbench.steps.since import since as what_changed
from workbench.steps.solutions import Appraisal, appraised, ranked
from workbench.steps.solutions.appraisal import within
from workbench.steps.solutions.ideas import proposed
from workbench.steps.solutions.ideas import told as ideas_told
from workbench.steps.solutions.links import links
from workbench.steps.solutions.reach import people_named
from workbench.study_data import Data
from workbench.study_files import PARTS

if TYPE_CHECKING:
    from workbench import exports, map_files
    from workbench.coding import Interviews
    from workbench.drawing import Drawing
    from workbench.entries import Entries
    from workbench.forgetting import Forgotten


class Study(Data):
    """A study's folder, opened.

    Its parts are read from the files whenever they are asked for, so what another panel, program or person saved is
    seen at once. `save` writes a part whole or not at all, refuses when somebody else saved meanwhile, and keeps the
    version before under history/.
    """

    def __init__(self, path_or_name: str | os.PathLike):
        super().__init__(path_or_name)
        self._answers = answers_of(self.path)
        self._drawing: Drawing | None = None
        self._entries: dict[str, Entries] = {}
        self._interviews: Interviews | None = None

    @property
    def draw(self) -> Drawing:
        """The map to draw on, as the canvas does: `study.draw.set("first-bill", "doing", "Opens it")`, `.undo()`."""
        from workbench.drawing import Drawing

        if self._drawing is None:
            self._drawing = Drawing(self)
        return self._drawing

    def edit(self, part: str) -> Entries:
        """The entries of a list to change, cell by cell, each saved at once: `study.edit("solutions").set("call-first",
        "cost.once", [5, 8, 12])`, `.add`, `.remove`, `.undo()`; of "solutions", "actions", "hypotheses", "ideas", and "study"
        for its sources. What was done is undone by whoever asks here again."""
        from workbench.entries import Entries

        if part not in self._entries:
            self._entries[part] = Entries(self, part)
        return self._entries[part]

    @property
    def interviews(self) -> Interviews:
        """The interviews to read and code: `.files`, `.turns(file)`, `.search("waited")`, `.give(file, 14, code="anger",
        coder="Ann")`, `.give(file, {14: "nobody rang"}, …)` for words in a turn, `.undo()`, `.counted()`."""
        from workbench.coding import Interviews

        if self._interviews is None:
            self._interviews = Interviews(self)
        return self._interviews

    def forget(self, person: str, id_space: str = "", sources: bool = False) -> Forgotten:
        """Remove a person (by an id as a source has it, a pseudonym, or another mark that joins sources) from frames, coded
        quotes, words, versions and what was fetched, and read the sources without them from now on. What was removed, and
        where they still stand, comes back. With `sources`, their rows are taken out of received tables too. Raises DataFault.
        """
        from workbench import forgetting

        return forgetting.forget(self, person, id_space, sources)

    def forget_expired(self) -> Forgotten:
        """Remove the sources whose last day (`keep_until` in study.yaml) has passed, file and all. Raises DataFault."""
        from workbench import forgetting

        return forgetting.forget_expired(self)

    # -- the method ---------------------------------------------------------------------------------------------------

    def planned(self) -> Finding:
        """What the planned bases of the hypotheses can see: power, and the smallest effect that they find."""
        return planned(self.hypotheses.hypotheses)

    def judge(self) -> Finding:
        """Every declared hypothesis with its verdict; the verdicts are kept beside the frames they rest on.

        A verdict on a base below the minimum is kept as null, as it is hidden in the table.
        """
        files.room(self.path)
        found = self._judged()
        manifest = load.manifest(self.path / "frames") or {}
        shown = [one if isinstance(one, str) else None for one in found.to_frame()["verdict"]]
        judged = zip(found.table["id"], found.table["version"], shown, strict=True)
        verdicts = {one: {"version": int(version), "verdict": verdict} for one, version, verdict in judged}
        kept = {"frames": manifest.get("fingerprint"), "verdicts": verdicts}
        path = self.path / "frames" / "verdicts.json"
        text = json.dumps(kept, indent=1, sort_keys=True)
        if files.sha256(path) != hashlib.sha256(text.encode()).hexdigest():
            files.write(path, text)
            self.log("judged the hypotheses", more={"verdicts": verdicts})
        return found

    def _judged(self) -> Finding:
        """The judged hypotheses, worked out once for the same frames and the same claims."""
        journey = self.journey
        key = (self._journey[0] if self._journey else "", self.seen("hypotheses"))
        return self._answers.once(
            "verdicts", key, lambda: judge_all(journey, self.hypotheses.hypotheses, None, self.declare())
        )

    def surprises(self, of: str | None = None) -> Finding:
        """Steps where what was measured differs from what the team assumed, beyond chance, with the evidence's grade.

        By step and lane (emotion, trust); `of` names one lane.
        """
        grades = {step: one.grade for step, one in evidence.seen(self.journey, self.map).items()}
        return evidence.graded(evidence.surprises(self.journey, self.map, of), grades)

    def hot_spots(self, weights: Mapping[str, float] | None = None, most: int = 4) -> Finding:
        """The three or four steps that the data propose, beside the team's hot spots; `weights` of the rule's parts
        (performance, complaints, importance, reach; 1 each), `most` of them at the most.
        """
        journey, seed = self.journey, self.about.seed
        key = (self._journey[0] if self._journey else "", self.seen("map"), seed, repr(weights), most)
        return self._answers.once(
            "hot spots", key, lambda: evidence.hot_spots(journey, self.map, None, weights, most, seed=seed)
        )

    def agreement(self, by: str = "code") -> Finding:
        """Whether those who coded the interviews agree beyond chance, code by code (or by="step")."""
        return coding.agreement(self.journey, by, self.codes.readers, seed=self.about.seed)

    def import_codes(self, path: str | os.PathLike) -> list[str]:
        """Add the codes of a code frame (CSV, .qdc) or of a coded project (.qdpx, Taguette) to codes.yaml.

        The paths of the codes that were not there come back; what is there stays. Raises DataFault.
        """
        from workbench.engine import Engine
        from workbench.sources import qda

        received = files.receive(path, Engine().scratch)
        known = self.codes.paths()
        fresh = [one for one in qda.code_frame(received) if " / ".join(one.path) not in known]
        content = self.codes.model_dump(mode="json", exclude_unset=True)
        content["codes"] = [*content.get("codes", []), *[one.model_dump() for one in coding.frame_of(fresh)]]
        if fresh:
            self.save("codes", content, self.seen("codes"))
        return [" / ".join(one.path) for one in fresh]

    def appraise(
        self, budget: float | None = None, horizon: float | None = None, weights: Mapping[str, float] | None = None
    ) -> Appraisal:
        """The solutions appraised: what each brings alone and together, what it costs, and how sure that is.

        budget   in the study's currency over the horizon (else the study's; else half of all costs)
        horizon  years (else the study's)
        weights  what an NPS point over all customers, a complaint avoided and a customer kept in a hundred count for:
                 {"nps": 1, "complaints": 2, "churn": 0}; else those of solutions.yaml, else worth in money where study.yaml
                 gives every value, else 1 each

        Hand it to the findings of `workbench.steps.solutions`, or take `rank_solutions`. Raises DataFault.
        """
        about, judged = self.about, self._judged().table if self.hypotheses.hypotheses else None
        files_ = [self.seen(part) for part in ("solutions", "hypotheses", "study", "actions", "map")]
        key = (self._journey[0] if self._journey else "", *files_, repr(horizon), repr(weights))

        def counted(what: str, of: Hashable, work: Callable[[], Any]) -> Any:
            return self._answers.once(what, (self._journey[0] if self._journey else "", of), work)

        def worked_out() -> Appraisal:
            return appraised(
                self.journey,
                self.solutions,
                judged,
                about.values,
                about.seed,
                about.budget,
                horizon if horizon is not None else about.horizon,
                weights,
                self._learned(),
                hot_spots={one.id: str(one.hot_spot) for one in self.map.hot_spots},
                counted=counted,
            )

        found = self._answers.once("appraisal", key, worked_out)
        return found if budget is None else within(found, budget)

    def _learned(self) -> dict[str, tuple[float, float, int]]:
        """What came of actions over what was predicted of them, by the solutions whose judged effects it speaks of."""
        if not any(one.predicted and one.status == "done" for one in self.actions.actions):
            return {}
        return calibration(self.ledger().table, self.solutions.solutions)

    def rank_solutions(
        self, budget: float | None = None, horizon: float | None = None, weights: Mapping[str, float] | None = None
    ) -> Finding:
        """Solutions ranked by findings and cost, with how often each is in the best set within the budget, and why each
        stands where it stands; the words are those of `appraise`.
        """
        return ranked(self.appraise(budget, horizon, weights))

    def solution_links(self) -> Finding:
        """What each solution rests on, counted: verdicts, scores, what people said, complaints, ideas of the team."""
        judged = self._judged().table if self.hypotheses.hypotheses else None
        return links(self.journey, self.solutions.solutions, judged, self.ideas.ideas)

    def add_idea(self, words: str, who: str = "", step: str = "", area: str = "") -> str:
        """Put an idea on the wall, in somebody's own words; its id comes back. Raises DataFault."""
        from workbench import wall

        return wall.add(self, words, who, step, area)

    def group_ideas(self, ideas: str | Iterable[str], name: str, who: str = "") -> list[str]:
        """Say that ideas (their ids, or the name of a group) belong together ("": to no group); their ids come back."""
        from workbench import wall

        return wall.group(self, ideas, name, who)

    def merge_ideas(self, ideas: str | Iterable[str], into: str, who: str = "", **new: Any) -> str:
        """Say which solution ideas (ids, or a group) went into: one that is there, or a new one; its id comes back. They stay
        on the wall with who said them; into="" takes them out of their solution.

        A new one needs `gain=(low, likely, high)` in NPS points at its steps (or `avoids={"complaints": (0.1, 0.2, 0.4)}`)
        and `cost=(low, likely, high)` once (or as solutions.yaml has it); `area` and `steps` are those of the ideas where
        nothing else is said; `departments`, `about`. Raises DataFault.
        """
        from workbench import wall

        return wall.merge(self, ideas, into, who, **new)

    def propose_groups(self) -> list[tuple[str, list[str]]]:
        """Groups that may be made of the ideas that are in none, by the words they share: a name and the ideas' ids."""
        return proposed(self.ideas)

    def ideas_finding(self) -> Finding:
        """The ideas wall: every idea in its own words, who said it, its group, and the solution that it went into."""
        return ideas_told(self.ideas, self.map.names, {one.id: one.name for one in self.solutions.solutions})

    def plan(self, department: str = "") -> Finding:
        """The actions by department (or of one), with dates, what is late and the measure that will tell. Raises DataFault."""
        known = department_named(department, self.departments) if department else ""
        solutions = {one.id: one.name for one in self.solutions.solutions}
        return plan_of(self.actions, self.today, self.map.names, known, solutions)

    def for_department(self, department: str) -> list[Finding]:
        """What concerns one department alone: its plan, the steps that it answers for, the solutions that it is part of.
        Raises DataFault for a department that is not there.
        """
        from workbench.overview import of_department

        return of_department(self, department_named(department, self.departments))

    @property
    def departments(self) -> list[str]:
        """The departments that the study names: in study.yaml, as owners of steps, in solutions and in actions."""
        named = [*self.about.departments, *(step.department for step in self.map.steps)]
        return departments_of(
            self.actions, [*named, *(one for all_ in self.solutions.solutions for one in all_.departments)]
        )

    def follow_up(self) -> Finding:
        """Each action tested by its own measure from the day on which an effect can be seen: worked, worse, no change or too
        early, with how sure that is. Raises DataFault for names that are not there.
        """
        journey = self.journey
        key = (self._journey[0] if self._journey else "", self.seen("actions"), self.seen("map"), self.today)
        return self._answers.once(
            "followed", key, lambda: followed_up(journey, self.actions, self.today, self.map.names)
        )

    def ledger(self) -> Finding:
        """What the team predicted of its actions against what came, and how often its ranges held."""
        return ledger_of(self.follow_up(), self.actions, self._predict())

    def since(self, wave: str | None = None) -> Finding:
        """What changed from the wave before the newest (or before `wave`) to it: scores, hot spots, surprises, verdicts and
        actions, with chance told from change. Raises DataFault for a wave that is not there.
        """
        declared, actions, journey = self.hypotheses.hypotheses, self.actions, self.journey
        files_ = [self.seen(part) for part in ("map", "hypotheses", "actions")]
        key = (self._journey[0] if self._journey else "", *files_, self.today, wave, self.about.seed)

        def worked_out() -> Finding:
            judged = self._judged() if declared else None
            followed = self.follow_up() if actions.actions else None
            return what_changed(
                journey, self.map, actions, self.today, declared, judged, followed, wave, self.about.seed
            )

        return self._answers.once("since", key, worked_out)

    def map_view(self, where: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The map with its evidence as plain values, for a drawing: title, lanes, stages and, by step, what was drawn and
        measured. `where` keeps the people of a segment, a persona, a channel or a wave, as in {"region": "South"}.
        """
        files_ = [self.seen(part) for part in ("map", "hypotheses", "actions", "study")]
        journey = self.journey if self.about.sources else None
        key = (self._journey[0] if journey is not None and self._journey else "", *files_, self.today, repr(where))
        return copy.deepcopy(self._answers.once("map view", key, lambda: self._viewed(where)))

    def _viewed(self, where: Mapping[str, Any] | None) -> dict[str, Any]:
        title = self.about.summary or self.about.title
        subtitle = f"{self.about.title} · weighted where the survey is; 95 % intervals"
        claims = self.hypotheses.hypotheses if self.about.sources else []
        verdicts = by_step(self._judged(), claims) if claims else {}
        done = done_at(self.follow_up()) if self.about.sources and self.actions.actions else {}
        return evidence.view(self.journey, self.map, title, subtitle, [], verdicts, where, done)

    def map_finding(self, where: Mapping[str, Any] | None = None) -> Finding:
        """The journey map with its evidence, as a Finding whose picture is the map; `where` as in `map_view`."""
        drawn = self.map.finding()
        return Finding(
            "map",
            drawn.table,
            drawn.sentence,
            by=drawn.by,
            base=evidence.base(self.journey, where),
            method="drawn by the team (map.yaml); measured beside it from the study's sources; evidence graded by its sources",
            trail=self.journey.trail,
            whom=Whom("map", self.journey.where(**where).whom if where else self.journey.whom),
            picture={"kind": "map", "view": self.map_view(where)},
            minimum=self.about.minimum_base,
            title="The journey map",
        )

    def map_compare(self, where: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
        """Two groups of people (`where` as in `map_view`) at every step as plain values: for each measure both figures and
        their difference with its interval, and whether it is beyond chance. Raises DataFault for groups that overlap.
        """
        return map_comparison.compared(self.journey, self.map, where, beside)

    def map_comparison(self, where: Mapping[str, Any], beside: Mapping[str, Any]) -> Finding:
        """Two groups side by side over the map, as a Finding: one row a step and measure. Raises DataFault."""
        return map_comparison.comparison(self.journey, self.map, where, beside)

    def walk(self, scenario: str) -> Finding:
        """One scenario in the customer's shoes, with words of the people it is for, where enough of them spoke: in a bad run
        those judged worst, in a good one those judged best. Raises DataFault for a scenario that is not there.
        """
        from workbench.steps.measure.quotes_at_steps import walk

        plain = self.map.walk(scenario)
        return walk(self.journey, self.map, scenario) if self.about.sources else plain

    def step(self, name: str) -> Finding:
        """One step of the map opened: everything that is drawn of it, its treatments and its open comments. Raises DataFault."""
        return self.map.detail(name, self.notes.open(self.map.step(name).id))

    def worksheet(self, blank: bool = False) -> Finding:
        """One printable page of the journey, filled from the map, or blank for a workshop; wb.write_page writes it."""
        return self.map.worksheet(self.map.title or self.title, blank, self.scope.customers)

    def history(self, part: str = "map") -> Finding:
        """The versions of a part (the map): when each was saved, by whom, and what changed, in words; of "log", who did what
        with the study, and when."""
        from workbench import history

        if part == "log":
            return history.logged(self.path)
        if part not in PARTS:
            raise DataFault(unknown("part of a study", part, PARTS))
        return history.told(self.path, part)

    def restore(self, part: str, version: str, who: str = "") -> str:
        """Bring a version of a part back as it was saved (`version` as in `compare_maps`); what stands there now is kept among
        the versions. What the version is called comes back. Raises DataFault where it is damaged or fits no more."""
        if part not in PARTS:
            raise DataFault(unknown("part of a study", part, PARTS))
        text = integrity.good(self.path, part, version)
        self.put(part, text, who)
        return files.version(text)

    def compare_maps(self, before: str | int, after: str | int = -1) -> Finding:
        """Two versions of the map side by side: what came, went, moved and changed, with what was measured by each day.

        A version goes by its name, its place (-1: now, -2: the one before) or a day (the last one saved up to it). Raises
        DataFault.
        """
        from workbench import history
        from workbench.steps.measure.map_versions import map_versions

        two = [history.version_of(self.path, "map", str(one)) for one in (before, after)]
        maps = [history.map_of(one) for one in two]
        journey = self.journey if self.about.sources else None
        return map_versions(journey, maps[0], maps[1], two[0].day, two[1].day, [one.name for one in two])

    def findings(self, step: str) -> list[Finding]:
        """All that this study's data allow to be said at a step: scope, map, hot spots, quality, measure, why, personas,
        since, solutions, apply, explore; and the first page, what to say first of all of it."""
        from workbench.overview import STEPS

        if step not in STEPS:
            raise DataFault(unknown("step of the method", step, STEPS))
        return STEPS[step](self)

    # -- for the report -----------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return self.about.title

    @property
    def language(self) -> str:
        return self.about.language

    @property
    def folder(self) -> Path:
        return self.path

    @property
    def date_line(self) -> str:
        """What the figures rest on, in a line under the title: no clock, so that the same study gives the same page."""
        sources = len(self.provenance())
        day = f"as of {self.about.today.isoformat()} · " if self.about.today else ""
        return f"{day}{self.journey.base()} · {sources} source {'file' if sources == 1 else 'files'}"

    def headlines(self) -> list[dict[str, str]]:
        """The findings to say first, in sentences, each with its base; at most six."""
        from workbench.overview import headlines

        return headlines(self)

    @property
    def read(self) -> dict[str, Any]:
        """What the frames were made from: `sources` with their rows read and set aside, `people` with their match rates."""
        self.journey  # noqa: B018 - loads where it must
        return load.manifest(self.path / "frames") or {"sources": [], "people": []}

    def provenance(self) -> list[dict[str, Any]]:
        """The sources that the figures rest on: file, kind, content hash, size, records; and the last day of those that have
        one (`keep_until`), with `kept` "due" or "passed" where it is so."""
        days = {name: one for one in self.retention() for name in self._names_of(one.source)}
        return [
            {
                "file": one["file"],
                "format": one["format"],
                "sha256": one["sha256"],
                "bytes": one["bytes"],
                "rows": one["records"],
            }
            | (
                {"keep_until": str(days[one["file"]].until), "kept": days[one["file"]].state}
                if one["file"] in days
                else {}
            )
            for one in self.read["sources"]
        ]

    def leaks(self, text: str, anew: bool = True) -> list[str]:
        """Raw ids and pseudonyms of the study's people that stand in a text, ids found by their pseudonyms: no list of them is
        kept. Sources that changed are read first, unless it shall not be done `anew`."""
        words = {word for word in _WORDS.findall(text) if _telling(word)}
        if self.key.state in (
            "destroyed",
            "lost",
            "changed",
        ):  # no id leads to its pseudonym: the sources' own are looked for
            return sorted(words & {one for source in self.sources() for one in raw_people.every(source)})
        if anew:
            self.journey  # noqa: B018 - reads what is not read yet
        known = load.people(self.path / "frames")
        named = sorted(known.intersection(_PSEUDONYMS.findall(text)))
        spaces = {one.binding.id_space for one in self.sources()} or {""}
        secret = self.secret
        ids = sorted(word for word in words if any(privacy.pseudonym(secret, word, space) in known for space in spaces))
        return [*ids, *named]

    def export(
        self,
        to: str,
        out: str | os.PathLike | None = None,
        ids: str | None = None,
        department: str = "",
        only: Iterable[str] = (),
        because: str = "",
        sensitive: Iterable[str] = (),
    ) -> exports.Written:
        """Write personas, hot spots, follow-up lists and the map for other tools: to "xlsx", "csv" or "parquet" (files
        under reports/), or to "sql:STORE" (tables of a live store); the map alone to "html", "svg", "png", "pdf", "cjml"
        or "mermaid"; to "worksheet" or "worksheet-blank", one page to print; the plan to "ics" (a calendar), "tickets" (a
        CSV for ticket tools) or "plan" (a page for each department).

        The workbook of "xlsx" can be filled in and merged back (`import_map`); of a `department` it holds its steps and
        lanes alone, and the plan its actions. `ids` names a source whose own ids are written beside the pseudonyms; `only`
        some of the tables "personas", "hot_spots", "follow_up", and "map". What was written comes back, as paths or tables, in
        `.left_out` what of the map they cannot hold, in `.told` how anonymous each table of people is: the fewest who share a
        row (k), and the fewest values of a `sensitive` column among them (l). A table under the study's minimum base is refused,
        unless `because` says why it may go out, which is logged. Raises DataFault.
        """
        from workbench import exports

        places.demand("export")
        files.room(self.path)
        folder = None if out is None else Path(out)
        if to == "plan":
            from workbench.report import plan_page

            there = [department_named(department, self.departments)] if department else self.departments
            pages = plan_page.write(self, folder or places.reports(self.name), exports.with_a_part(self, there))
            written = exports.Written(map(str, pages))
        elif to in exports.PAGES and not department:
            from workbench.report import map_page

            sheet = None if to in map_page.KINDS else self.worksheet(blank=to.endswith("blank"))
            kind, name = (to, "map") if sheet is None else ("html", to)
            written = exports.Written(
                [str(map_page.write(self, kind, folder or places.reports(self.name), sheet, name))]
            )
        else:
            wish = exports.Wish(ids, department, tuple(only), because, tuple(sensitive))
            written = exports.export(self, to, folder, wish)
        whom = f" for {department}" if department else ""
        with_ids = f" with the ids of {ids}" if ids else ""
        more = {"because": because.strip(), "anonymity": list(written.told)} if written.told else None
        self.log(f"exported to {to}{whom}{with_ids}: {', '.join(map(str, written))}", more=more)
        return written

    def import_map(
        self,
        path: str | os.PathLike,
        scale: str | tuple[float, float] | None = None,
        who: str = "",
        remove: bool = False,
        overwrite: bool = False,
    ) -> map_files.Merged:
        """Merge a workbook, CSV, CJML or mermaid journey into the map, cell by cell: what was merged, each clash with both
        values and names, what is asked about. Where others changed the same cell since, theirs stands; steps that are
        not in the file stay, unless `remove`; a file that does not say which version it was made from fills empty cells
        alone, unless `overwrite`. `scale` is the one that emotion and trust are on there, as "-2:2". Raises DataFault.
        """
        from workbench import map_files
        from workbench.steps.map.scales import Scale

        stated = Scale.of(scale) if scale is not None else None
        return map_files.merge(self, Path(path), who, stated, remove, overwrite)

    def report(
        self,
        out: str | os.PathLike | None = None,
        code: bool = False,
        to: str = "html",
        every: bool = False,
        draft: bool = False,
    ) -> Path:
        """Write the study's report and give its path: "html" (the notebooks run, one self-contained page), "pdf" (that page
        printed too, by a Chromium of this machine), "pptx" (slides of the main findings, of all with `every`) or "xlsx" (a sheet
        a finding). `out` is a folder, or the file.

        What it shows is looked at together with all that the study shared before (`study.shared`) and entered there; a `draft`
        (draft.html) says on its first page that it is one, and is not. Raises DataFault.
        """
        from workbench.report.each import FORMS, written

        places.demand("report")
        files.room(self.path)
        if to not in FORMS:
            raise DataFault(unknown("form of a report", to, FORMS, column="to"))
        path = places.reports(self.name) if out is None else Path(out)
        if path.suffix not in (".html", f".{to}"):
            path = path / f"{'draft' if draft else 'report'}.{to}"
        path = written(
            self, path.with_suffix(".html") if to == "pdf" else path, to, code, every, progress=True, draft=draft
        )
        self.log(f"wrote the report {path.name}{', a draft' if draft else ''}")
        return path

    # -- the whole ----------------------------------------------------------------------------------------------------

    def check(self) -> list[Fault]:
        """Everything that is wrong or worth telling in the study's files and sources, all at once."""
        found: list[Fault] = []
        parts: dict[str, Any] = {}
        for part in PARTS:
            try:
                parts[part] = getattr(self, "about" if part == "study" else part)
            except DataFault as problem:
                found += problem.faults
        if "study" in parts:
            found += integrity.altered(self)
        journey: JourneyFrame | None = None
        received: list[Fault] = []
        if "study" in parts and "codes" in parts:
            try:
                journey = self.journey
                received = list(journey.faults)
            except DataFault as problem:
                received = list(problem.faults)
        if len(parts) == len(PARTS):
            found += self._names(parts, journey)
        if "study" in parts:
            found += [one.fault("error" if one.passed else "note") for one in self.retention() if one.due]
            found += self.key_faults()
        return list(dict.fromkeys([*found, *received, *log.verify(self.path)]))

    def _names(self, parts: dict[str, Any], journey: JourneyFrame | None) -> list[Fault]:
        """Names that one file takes from another and that are not there."""
        measures = asked(journey.measures.to_frame()) if journey is not None else {}
        attributes = [one for one in journey.people.columns if one != "person"] if journey is not None else []
        drawn, scope, about = parts["map"], parts["scope"], parts["study"]
        steps, ids = list(drawn.names), [one.id for one in parts["hypotheses"].hypotheses]
        found = drawn.check(scope.start, scope.end, about.departments, list(measures))
        for one in parts["hypotheses"].hypotheses:
            for step in (one.step, one.to):
                if step and steps and step not in steps:
                    found.append(unknown("step", step, steps, file="hypotheses.yaml", column=one.id))
        found += parts["solutions"].check(steps, ids, about.departments, [], about.values.currency)
        if journey is not None:
            found += people_named(journey, parts["solutions"].solutions, parts["solutions"].leavers)
            found += treated_named(journey, parts["actions"].actions)
        found += parts["ideas"].check(steps, [one.id for one in parts["solutions"].solutions])
        for note in parts["notes"].notes:
            if steps and note.step not in steps:
                found.append(unknown("step", note.step, steps, file="notes.yaml", column="step"))
        found += parts["codes"].check(steps)
        found += parts["theme"].check(self.path)
        solutions = [one.id for one in parts["solutions"].solutions]
        return found + check_actions(
            parts["actions"], solutions, about.departments, steps, measures, attributes, about.today or date.today()
        )

    def __repr__(self) -> str:
        about = self.about
        return (
            f"Study {self.name}: {about.title} ({len(about.sources)} sources, {len(self.map.steps)} steps, "
            f"{len(self.hypotheses.hypotheses)} hypotheses, {len(self.solutions.solutions)} solutions)"
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(repr(self))}</p>"


_PSEUDONYMS = re.compile(r"\bp[A-Za-z0-9]{11}\b")
_WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{4,}")


def _telling(word: str) -> bool:
    """Is a word long enough that meeting an id in a page is no chance? Plain numbers need seven digits."""
    return any(map(str.isdigit, word)) and (not word.isdigit() or len(word) >= 7)
