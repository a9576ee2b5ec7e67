"""What differs between two versions of a map, cell by cell; and the same changes made to a third version, clashes told.

One idea carries undo, two people at one map, a workbook that comes back filled, and the history in words: a *change*
knows where it is, what stood there and what stands there now. Works on the plain content of map.yaml (mappings and
lists, with their comments where they have any); knows nothing of files.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.faults import DataFault, Fault
from workbench.steps.map.model import stage_key

Path = tuple[str, ...]
LISTS = ("lanes", "starts")  # lists that two people may both add to and take from
NAMED = ("scenarios", "loops", "interventions")  # lists of things that are told apart by their names
THINGS = ("stages", "steps", *NAMED)
WHOLE = 2  # length of the path of a whole stage, step, scenario, loop or intervention
PLACE = "place"
LONGEST = 300  # letters of a value as it is told
_THING = {"stages": "stage ", "scenarios": "scenario ", "loops": "loop ", "interventions": "intervention "}


@dataclass(frozen=True)
class Change:
    """One cell that is otherwise, or one whole thing that came (`was` is None) or went (`now` is None).

    `path` says where: ("title",) · ("owners", lane) · ("steps", id, "emotion") · ("steps", id, "lanes", lane) ·
    ("steps", id, "promise", "words") · ("scenarios", name, "steps", id, "lanes", lane) · ("loops", name, "accept"); with
    two words the whole thing. Its place is a cell too: ("steps", id, "place") is [stage, the step before it or ""].
    """

    path: Path
    was: Any
    now: Any

    @property
    def back(self) -> Change:
        """The change that takes this one back."""
        return Change(self.path, self.now, self.was)


@dataclass(frozen=True)
class Clash:
    """A change that was not made, because somebody else had changed the same: `theirs` stands there and stays."""

    change: Change
    theirs: Any


def is_place(path: Path) -> bool:
    """Is it the cell of a stage's or a step's place? (A step, a lane or a scenario may be called "place" too.)"""
    return len(path) == WHOLE + 1 and path[0] in ("stages", "steps") and path[-1] == PLACE


def written(path: Path) -> str:
    """A path as one text, as the log has it: words with "/" between them, a "/" within a word as "~1", "~" as "~0"."""
    return "/".join(word.replace("~", "~0").replace("/", "~1") for word in path)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What was done to come from one version of a map to another: what came, was moved, was changed, and what went."""
    renamed = _renamed_stages(before, after)
    old, new = _things(before), _things(after, renamed)
    went = [Change(path, whole, None) for path, whole in old.items() if path not in new]
    moved = _moved(old, new)
    # what came and what moved, in the new order: whatever a thing stands behind is then there before it
    placed = [
        Change(path, None, whole) if path not in old else Change((*path, PLACE), old[path][PLACE], whole[PLACE])
        for kind in THINGS
        for path, whole in new.items()
        if path[0] == kind and (path not in old or path in moved)
    ]
    both = [path for path in new if path in old]
    cells = [
        change
        for path in both
        for change in _differences(path, dict(_cells(old[path])), dict(_cells(new[path])))
        if not is_place(change.path)
    ]
    top = _differences((), dict(_cells(_top(before))), dict(_cells(_top(after))))
    went.sort(key=lambda change: change.path[0] == "stages")  # a stage goes when its steps are gone
    return [*top, *placed, *cells, *went]


def apply(content: Any, made: Iterable[Change], done: list[Change] | None = None) -> list[Clash]:
    """Make changes to a map's content, in place. What somebody else changed meanwhile is left as it is, and comes back.

    A change that is already there is no clash, and none that was made: those that were are added to `done`, as they were
    made. Raises DataFault for a path that no map has.
    """
    clashes = []
    done = [] if done is None else done
    for change in made:
        if len(change.path) < 1 or (change.path[0] in THINGS and len(change.path) < WHOLE):
            raise DataFault(
                Fault(column="/".join(change.path), found="no cell of a map", expected="the path of a cell")
            )
        there = _there(content, change.path)
        if _same(there, change.now, change.path):
            continue
        if change.path[0] in LISTS:
            before, was, now = (list(map(str, one or [])) for one in (there, change.was, change.now))
            content[change.path[0]] = _both(was, now, before)
            done.append(Change(change.path, before, list(content[change.path[0]])))
            continue
        if not _as_seen(there, change):
            clashes.append(Clash(change, bare(there)))
            continue
        if not _put(content, change):
            clashes.append(Clash(change, bare(there)))
            continue
        done.append(change)
    return clashes


def cell(content: Mapping[str, Any], path: Path) -> Any:
    """What stands at a path, None where there is nothing; a whole thing comes with its place."""
    return _there(content, path)


def place_of(path: Path, called: Mapping[Path, str]) -> str:
    """Where a cell is, in words; `called` are the names of steps and stages by their paths (see `JourneyMap.called`)."""
    kind, *rest = path
    if kind not in THINGS:
        return " of ".join(reversed(path))
    inside = rest[1:]
    if kind == "scenarios" and inside[:1] == ["steps"] and len(inside) > 1:
        inside = [_name("steps", inside[1], called), *(inside[3:] if inside[2:3] == ["lanes"] else inside[2:])]
    elif kind == "steps" and inside[:1] == ["lanes"] and len(inside) > 1:
        inside = inside[1:]
    words = ", ".join(inside).replace("_", " ")
    return f'{_THING.get(kind, "")}"{_name(kind, rest[0], called)}"' + (f", {words}" if words else "")


def describe(change: Change, called: Mapping[Path, str]) -> str:
    """A change in words; `called` as in `place_of`."""
    kind, *rest = change.path
    if kind in THINGS and len(change.path) == WHOLE:
        name = (change.now or change.was).get("name", _name(kind, rest[0], called))
        if change.was is not None:
            return f'{_THING.get(kind, "")}"{name}" went'
        where = change.now.get(PLACE)
        stage = f" in {_name('stages', where[0], called)}" if kind == "steps" and where else ""
        return f'{_THING.get(kind, "")}"{name}" came{stage}'
    if is_place(change.path):
        where = place_of(change.path[:WHOLE], called)
        return f"{where} moved: {_placed(change.now, called)} (was {_placed(change.was, called)})"
    return f"{place_of(change.path, called)}: {_was_is(change)}"


# -- inside -----------------------------------------------------------------------------------------------------------


def _top(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in THINGS}


def _things(content: Mapping[str, Any], renamed: Mapping[str, str] | None = None) -> dict[Path, dict[str, Any]]:
    """Every stage, step, scenario, loop and intervention by its path, with its place; in the order of the map."""
    found: dict[Path, dict[str, Any]] = {}
    former = ""
    for stage in content.get("stages") or []:
        key = (renamed or {}).get(_key(stage), _key(stage))
        found["stages", key] = {
            **{name: one for name, one in stage.items() if name not in ("id", "steps")},
            PLACE: former,
        }
        former, before = key, ""
        for step in stage.get("steps") or []:
            found["steps", str(step["id"])] = {
                **{name: one for name, one in step.items() if name != "id"},
                PLACE: [key, before],
            }
            before = str(step["id"])
    for kind in NAMED:
        for one in content.get(kind) or []:
            found[kind, str(one["name"])] = {name: value for name, value in one.items() if name != "name"} | {
                "name": str(one["name"])
            }
    return found


def _key(stage: Mapping[str, Any]) -> str:
    return str(stage.get("id") or stage_key(str(stage.get("name", ""))))


def _renamed_stages(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Stages without an id whose name is another but whose steps are mostly the same: the new key and the former one."""

    def held(content: Mapping[str, Any]) -> dict[str, set[str]]:
        return {_key(one): {str(step["id"]) for step in one.get("steps") or []} for one in content.get("stages") or []}

    old, new = held(before), held(after)
    found: dict[str, str] = {}
    for key in [key for key in old if key not in new]:
        for other in [other for other in new if other not in old and other not in found]:
            if 2 * len(old[key] & new[other]) > max(len(old[key]), len(new[other])):
                found[other] = key
                break
    return found


def _cells(whole: Any, inside: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The cells of a thing: what is no mapping, by its path within."""
    for key, value in whole.items():
        if isinstance(value, Mapping):
            yield from _cells(value, (*inside, str(key)))
        else:
            yield (*inside, str(key)), value


def _differences(path: Path, old: Mapping[Path, Any], new: Mapping[Path, Any]) -> list[Change]:
    every = dict.fromkeys([*new, *old])
    return [
        Change((*path, *one), bare(old.get(one)), bare(new.get(one)))
        for one in every
        if not _same(old.get(one), new.get(one), one)
    ]


def _moved(old: Mapping[Path, Any], new: Mapping[Path, Any]) -> set[Path]:
    """Which of the things that both versions have stand elsewhere: in another stage, or not among those that kept order.

    Among the stages, and among the steps that stayed in a stage, the longest run in the same order stays; the others were
    moved (as few as explain the new order).
    """

    def home(known: Mapping[Path, Any], path: Path) -> str:
        return known[path][PLACE][0] if path[0] == "steps" else ""

    both = [path for path in old if path in new and PLACE in new[path]]
    left = {path for path in both if home(old, path) != home(new, path)}
    for group in {(path[0], home(new, path)) for path in both}:
        at = {path: place for place, path in enumerate(one for one in both if (one[0], home(old, one)) == group)}
        order = [path for path in new if path in at and path not in left]
        runs: list[list[Path]] = []
        for path in order:
            runs.append([*_longest([run for run in runs if at[run[-1]] < at[path]]), path])
        left |= set(order) - set(_longest(runs))
    return left


def _longest(runs: list[list[Path]]) -> list[Path]:
    return max(runs, key=len) if runs else []


def _nothing(value: Any, path: Path) -> bool:
    return value is None or value is False or value == "" or value == {} or (value == [] and path[-1:] != ("next",))


def _same(one: Any, other: Any, path: Path) -> bool:
    if _nothing(one, path) and _nothing(other, path):
        return True
    one, other = bare(one), bare(other)
    if len(path) == WHOLE and path[0] in THINGS and isinstance(one, dict) and isinstance(other, dict):
        aside = {"stages": (PLACE, "steps"), "steps": (PLACE,)}.get(path[0], ())
        one, other = (
            {k: v for k, v in _cells({key: v for key, v in whole.items() if key not in aside}) if not _nothing(v, k)}
            for whole in (one, other)
        )
        return one.keys() == other.keys() and all(_equal(value, other[key]) for key, value in one.items())
    return _equal(one, other)


def _equal(one: Any, other: Any) -> bool:
    """The same value; a text that looks like a number is the same with and without quotation marks around it."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, bool) or isinstance(other, bool) or isinstance(one, str) == isinstance(other, str):
        return bool(one == other)
    return one is not None and other is not None and str(one) == str(other)


def _both(was: list[str], now: list[str], there: list[str]) -> list[str]:
    """A list as somebody else left it, with what was added to it, taken from it or moved in it here."""
    if [one for one in there if one in was] == was and not set(there) - set(was):
        return list(now)
    kept = [one for one in there if one in now or one not in was]
    for place, one in enumerate(now):
        if one not in was and one not in kept:
            before = next((kept.index(other) + 1 for other in reversed(now[:place]) if other in kept), 0)
            kept.insert(before, one)
    return kept


def _as_seen(there: Any, change: Change) -> bool:
    """Does there stand what stood there for the one who made the change? Of a place only the stage matters."""
    if not is_place(change.path):
        return _same(there, change.was, change.path)
    if there is None or change.was is None:
        return False
    return change.path[0] == "stages" or there[0] == change.was[0]


def bare(value: Any) -> Any:
    """A value as plain Python: no comments, numbers and words as such."""
    if isinstance(value, Mapping):
        return {str(key): bare(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [bare(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else float(value)
    return str(value)


def _there(content: Any, path: Path) -> Any:
    if path[0] in THINGS:
        if is_place(path) or len(path) == WHOLE:
            whole = _things(content).get(path[:WHOLE])
            return None if whole is None else whole[PLACE] if is_place(path) else whole
        found, inside = _thing(content, path[:WHOLE]), path[WHOLE:]
    else:
        found, inside = content, path
    for word in inside:
        if not isinstance(found, Mapping):
            return None
        found = found.get(_word(found, word))
    return found


def _word(home: Mapping[Any, Any], word: str) -> Any:
    """The key of a mapping that reads as this word: YAML takes 2024 and no for a number and a choice."""
    return word if word in home else next((key for key in home if str(key) == word), word)


def _thing(content: Any, path: Path) -> Any:
    """The mapping of a stage, step, scenario, loop or intervention as it stands in the content; None where it is not."""
    kind, name = path
    if kind == "stages":
        return next((one for one in content.get("stages") or [] if _key(one) == name), None)
    if kind == "steps":
        return next(
            (
                one
                for stage in content.get("stages") or []
                for one in stage.get("steps") or []
                if str(one["id"]) == name
            ),
            None,
        )
    return next((one for one in content.get(kind) or [] if str(one["name"]) == name), None)


def _put(content: Any, change: Change) -> bool:
    """Make one change. False where there is no room for it any more: its stage or step is gone, or a stage still has steps."""
    path = change.path
    if path[0] in THINGS and len(path) == WHOLE:
        return _come(content, change) if change.was is None else _go(content, path)
    if is_place(path):
        return _move(content, path, change.now)
    inside = path[WHOLE:] if path[0] in THINGS else path
    home = _thing(content, path[:WHOLE]) if path[0] in THINGS else content
    if home is None:
        return False
    if path[0] == "stages" and inside == ("name",) and not home.get("id"):
        home["id"] = _key(home)  # under another name it stays the same stage
    _set(home, inside, change.now, path)
    return True


def _set(home: Any, inside: Path, value: Any, path: Path) -> None:
    """Set a cell; where nothing is to stand there, its key goes, and so do mappings that it leaves empty."""
    ways, keys = [home], []
    for turn, word in enumerate(inside):
        keys.append(_word(ways[-1], word))
        if turn == len(inside) - 1:
            break
        word = keys[-1]
        if not isinstance(ways[-1].get(word), Mapping):
            if _nothing(value, path):
                return
            ways[-1][word] = {}
        ways.append(ways[-1][word])
    if not _nothing(value, path):
        ways[-1][keys[-1]] = copy.deepcopy(value)
        return
    ways[-1].pop(keys[-1], None)
    for up, word in zip(reversed(ways[:-1]), reversed(keys[:-1]), strict=True):
        if all(_nothing(one, (key,)) for key, one in up[word].items()):
            del up[word]


def _come(content: Any, change: Change) -> bool:
    kind, name = change.path
    whole = copy.deepcopy({key: value for key, value in change.now.items() if key != PLACE})
    if kind in NAMED:
        content.setdefault(kind, [])
        if content[kind] is None:
            content[kind] = []
        content[kind].append({"name": name, **{key: value for key, value in whole.items() if key != "name"}})
        return True
    if kind == "stages":
        made = {**({"id": name} if stage_key(str(whole.get("name", ""))) != name else {}), **whole, "steps": []}
        if not content.get("stages"):
            content["stages"] = []
        _insert(content["stages"], made, change.now[PLACE], _key)
        return True
    stage = _thing(content, ("stages", change.now[PLACE][0]))
    if stage is None:
        return False
    if not stage.get("steps"):
        stage["steps"] = []
    _insert(stage["steps"], {"id": name, **whole}, change.now[PLACE][1], lambda one: str(one["id"]))
    return True


def _go(content: Any, path: Path) -> bool:
    kind, name = path
    if kind == "steps":
        for stage in content.get("stages") or []:
            steps = stage.get("steps") or []
            for place, step in enumerate(steps):
                if str(step["id"]) == name:
                    del steps[place]
                    _emptied(stage, "steps")
                    return True
        return False
    known = content.get(kind) or []
    for place, one in enumerate(known):
        if (_key(one) if kind == "stages" else str(one["name"])) == name:
            if kind == "stages" and one.get("steps"):
                return False
            del known[place]
            _emptied(content, kind)
            return True
    return False


def _move(content: Any, path: Path, to: Any) -> bool:
    if path[0] == "stages":
        stages = content["stages"]
        moving = next(one for one in stages if _key(one) == path[1])
        stages.remove(moving)
        _insert(stages, moving, to, _key)
        return True
    stage = _thing(content, ("stages", to[0]))
    if stage is None:
        return False
    home = next(one for one in content["stages"] for step in one.get("steps") or [] if str(step["id"]) == path[1])
    moving = next(step for step in home["steps"] if str(step["id"]) == path[1])
    home["steps"].remove(moving)
    _emptied(home, "steps")
    if not stage.get("steps"):
        stage["steps"] = []
    _insert(stage["steps"], moving, to[1], lambda one: str(one["id"]))
    return True


def _insert(things: Any, one: Any, after: str, key: Any) -> None:
    """Put a thing behind another: first where it is behind nothing, last where the other is not there."""
    keys = [key(other) for other in things]
    things.insert(0 if not after else keys.index(after) + 1 if after in keys else len(keys), one)


def _emptied(home: Any, key: str) -> None:
    """A list that nothing is left in: a new one, for what was said between its lines has no place in it any more."""
    if not home[key]:
        home[key] = []


def _was_is(change: Change) -> str:
    if change.was is None:
        return f"now {_shown(change.now)}"
    if change.now is None:
        return f"{_shown(change.was)} taken out"
    return f"was {_shown(change.was)}, is {_shown(change.now)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= LONGEST else f'"{value[: LONGEST - 1]}…" ({len(value):,} letters)'
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _placed(place: Any, called: Mapping[Path, str]) -> str:
    if isinstance(place, str):
        return f'after "{_name("stages", place, called)}"' if place else "first"
    stage, before = place
    behind = f' after "{_name("steps", before, called)}"' if before else ", first"
    return f'in "{_name("stages", stage, called)}"{behind}'


def _name(kind: str, key: str, called: Mapping[Path, str]) -> str:
    return called.get((kind, key), key)
