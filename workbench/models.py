"""Typed models for the plain YAML files that people write: what a key may be, and a fault with its line where it is not.

Knows pydantic and YAML; the models themselves stand in the rooms that they belong to.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from workbench import files
from workbench.faults import DataFault, Fault, near

LARGEST = 5_000_000  # bytes of one YAML file
KEPT = 500_000  # letters up to which a text that was read is remembered
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")  # what YAML takes for a date


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("some words")
    return text


Words = Annotated[str, AfterValidator(_said)]  # that say something


class Model(BaseModel):
    """A model of a part of a file: unknown keys are faults, values never change their kind in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True)


M = TypeVar("M", bound=Model)


def _yaml():
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    yaml.width = 10_000  # a line stays a line
    yaml.preserve_quotes = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True  # [{a: b}] stays so
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def parse(text: str, file: str) -> Any:
    """YAML as plain words, lists and mappings that remember their lines. No tags, no aliases. Raises DataFault.

    A file is read several times as it is changed (by who changes it, as what stood there, as what was written): the same
    text is parsed once and handed out as a copy, made by pickling: copy.deepcopy takes as long as the square of a list.
    """
    if len(text) > KEPT:
        return _parsed(text, file)
    try:
        return pickle.loads(_remembered(text))
    except DataFault as problem:
        raise DataFault([replace(one, file=file) for one in problem.faults]) from None


@lru_cache(maxsize=32)
def _remembered(text: str) -> bytes:
    return pickle.dumps(_parsed(text, ""))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _parsed(text: str, file: str) -> Any:
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import AliasEvent, NodeEvent

    if len(text) > LARGEST:
        raise DataFault(Fault(file=file, found=f"{len(text):,} letters", expected=f"at most {LARGEST:,}"))
    yaml = _yaml()
    try:
        depth = 0
        for event in _yaml().parse(StringIO(text)):
            name = type(event).__name__
            depth += name.endswith("StartEvent") - name.endswith("EndEvent")
            line = event.start_mark.line + 1
            if depth > 60:
                raise DataFault(Fault(file=file, row=line, found="lists within lists", expected="at most 50 levels"))
            written = getattr(event, "value", None) if getattr(event, "style", None) is None else None
            if isinstance(written, str) and (day := DAY.match(written)) and not _is_day(*map(int, day.groups())):
                told, kept = f'"{written}"', "a day of the calendar, as in 2025-03-31"
                raise DataFault(Fault(file=file, row=line, found=told, expected=kept, mend="correct the date"))
            tag = str(getattr(event, "tag", None) or "")
            if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and getattr(event, "anchor", None)):
                raise DataFault(
                    Fault(file=file, row=line, found="an alias (& or *)", expected="plain values", mend="write it out")
                )
            if tag and tag != "!":
                raise DataFault(
                    Fault(file=file, row=line, found=f"the tag {tag}", expected="plain values", mend="remove it")
                )
        return yaml.load(text)
    except YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        words = " ".join(str(getattr(problem, "problem", None) or problem).split())
        row = mark.line + 1 if mark else None
        raise DataFault(
            Fault(
                file=file,
                row=row,
                found=f"broken YAML ({words[:160]})",
                expected="key: value lines",
                mend="correct that line",
            )
        ) from None
    except DataFault:
        raise
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as problem:
        # what YAML takes for a time or a number, and what is none: its library reads such a value without looking
        told, kept = f"a value that cannot be read ({problem})", "plain words, numbers and days"
        raise DataFault(Fault(file=file, found=told[:200], expected=kept, mend="put it in quotes")) from None


def read(path: Path, model: type[M]) -> M:
    """A YAML file as its model. Raises DataFault with every fault in it, each with its line and the near word."""
    if not path.is_file():
        close = files.near_files(path)
        mend = f'did you mean "{close}"?' if close else "make the file, or correct the name"
        raise DataFault(Fault(file=path.name, found="no such file", expected=path.name, mend=mend))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataFault(
            Fault(file=path.name, found="letters that are not UTF-8", expected="a YAML file in UTF-8")
        ) from None
    return _built(text, model, path.name)


@lru_cache(maxsize=64)
def _built(text: str, model: type[M], file: str) -> M:
    """The same text is parsed once; a model cannot be changed. What does not fit is told each time."""
    return build(parse(text, file), model, file)


def build(content: Any, model: type[M], file: str = "") -> M:
    """Plain content as its model. Raises DataFault."""
    if content is None:
        content = {}
    try:
        return model.model_validate(_plain(content))
    except ValidationError as problem:
        raise DataFault([_fault(error, content, model, file) for error in problem.errors()]) from None


def dump(content: Any, before: str = "") -> str:
    """Content as YAML text. `before` is the file as it stood: comments and order of what did not change are kept."""
    old = parse(before, "") if before.strip() else None
    new = _merged(old, content) if isinstance(old, dict) and isinstance(content, Mapping) else content
    text = _dumped(new)
    if "#" in before and not _holds(text, content):
        return _dumped(_plain(content))  # a comment stood where nothing is now: better without comments than not at all
    return text


def on_one_line(content: Mapping[str, Any]) -> Any:
    """A mapping that a file holds on one line: {turn: 4, code: late}."""
    from ruamel.yaml.comments import CommentedMap

    made = CommentedMap(content)
    made.fa.set_flow_style()
    return made


def _dumped(content: Any) -> str:
    out = StringIO()
    _yaml().dump(content, out)
    return out.getvalue()


def _holds(text: str, content: Any) -> bool:
    try:
        return bool(_plain(parse(text, "")) == _plain(content))
    except DataFault:
        return False


def _merged(old: Any, new: Any) -> Any:
    """`new` written into the round-trip object `old`, so that what is the same keeps its comments."""
    if isinstance(old, dict) and isinstance(new, Mapping):
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, value in new.items():
            old[key] = _merged(old[key], value) if key in old else value
        return old
    if isinstance(old, list) and isinstance(new, list | tuple) and len(old) == len(new):
        for number, value in enumerate(new):
            old[number] = _merged(old[number], value)
        return old
    return old if _same(old, new) else new


def _same(old: Any, new: Any) -> bool:
    """Does the file say this already, in its own writing? (15 is 15.0, a date is its ISO text; true is not 1.)"""
    plain = _plain(old)
    return plain == new and isinstance(plain, bool) == isinstance(new, bool)


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_plain(value) for value in content]
    if isinstance(content, str):
        return str(content)
    if isinstance(content, bool) or content is None:
        return content
    if isinstance(content, int):
        return int(content)
    if isinstance(content, float):
        return float(content)
    if isinstance(content, date):
        return content.isoformat()
    return content


def _fault(error: Any, content: Any, model: type[Model], file: str) -> Fault:
    where = [part for part in error["loc"] if not (isinstance(part, str) and part.startswith(("function-", "tagged-")))]
    name = ".".join(_called(content, where))
    row = _line(content, where)
    kind = error["type"]
    if kind == "extra_forbidden":
        known = _keys(model, where[:-1])
        close = near(where[-1], known)
        return Fault(
            file=file,
            row=row,
            column=name,
            found=f'an unknown key "{where[-1]}"',
            expected=f"one of: {', '.join(known)}" if known else "a known key",
            mend=f'did you mean "{close}"?' if close else "remove it or correct its name",
        )
    if kind == "missing":
        return Fault(file=file, row=row, column=name, found="nothing", expected="a value", mend=f'add "{where[-1]}:"')
    found = error.get("input")
    shown = f"{found!r}"[:60] if not isinstance(found, Mapping | list) else f"a {type(found).__name__}"
    expected = error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return Fault(file=file, row=row, column=name, found=shown, expected=expected, mend="correct the value")


def _called(content: Any, where: list[Any]) -> list[str]:
    """The way to a value, in words: an entry of a list by its id or name where it has one, else by its number."""
    called = []
    for part in where:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            content = None
        named = (
            content.get("id") or content.get("name") if isinstance(part, int) and isinstance(content, Mapping) else ""
        )
        called.append(str(named or part))
    return called


def _line(content: Any, where: list[Any]) -> int | None:
    line = None
    for part in where:
        marks = getattr(content, "lc", None)
        if marks is not None and marks.data and part in marks.data:
            line = marks.data[part][0] + 1
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            break
    return line


def _keys(model: Any, where: list[Any]) -> list[str]:
    """The keys that a model knows at a place in it."""
    from typing import get_args

    for part in where:
        if isinstance(part, int):
            continue
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            continue
        inner, models = [field.annotation], []
        while inner:
            one = inner.pop()
            if isinstance(one, type) and issubclass(one, BaseModel):
                models.append(one)
            inner += list(get_args(one))
        if not models:
            return []
        model = models[0]
    return [field.alias or name for name, field in getattr(model, "model_fields", {}).items()]
