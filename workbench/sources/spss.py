"""SPSS data files (.sav, .zsav): codes as text, with labels, user-missing values and wording put beside them.

Scores come from the labels where codes and labels disagree; segments are shown by their labels; what the file declares
missing is "skipped". Knows pyreadstat, and nothing of what the questions mean.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workbench.faults import DataFault
from workbench.files import Received
from workbench.sources import multiple, spss_codes, spss_head, spss_sets, survey
from workbench.sources.binding import Binding
from workbench.sources.reading import Block, Desk
from workbench.sources.sheet import Sheet
from workbench.sources.spss_codes import as_text, is_missing
from workbench.sources.survey_tools import called

if TYPE_CHECKING:
    import pandas as pd

name = "spss"
says = "an SPSS data file (.sav, .zsav)"
needs = ("questions or text",)

DATES = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "MOYR", "QYR", "WKYR")
MOMENTS = ("DATETIME", "YMDHMS")
CLOCKS = ("TIME", "DTIME", "MTIME")
LOOKED_AT = 1_000  # cases
CHUNK = 20_000  # cases read at a time where every column is wanted
EPOCH = datetime(1582, 10, 14)


def recognises(received: Received) -> str:
    if received.kind != "binary":
        return ""
    with open(received.path, "rb") as handle:
        return "the first bytes of SPSS" if handle.read(4) in (b"$FL2", b"$FL3") else ""


def read(desk: Desk) -> Block:
    file = opened(desk)
    spss_sets.bind(desk, file)
    wanted = _wanted(desk.binding)
    desk.check(file.sheet(desk), wanted)  # before the rows are read: a name that is not there costs nothing
    table = _rows(desk, file, [called(desk).get(column, column) for column in wanted])
    spss_codes.bind(desk, file, table)
    return survey.answers(desk, file.sheet(desk, _texts(desk, file, table)))


def sheet(desk: Desk) -> Sheet:
    """Every column of the first cases as text, labels in place of codes: for looking at a file before it is bound."""
    file = opened(desk)
    looking = replace(desk, binding=Binding(segments=list(file.columns)), faults=[])
    table, _, _ = _read(desk, encoding=file.encoding, row_limit=LOOKED_AT)
    return file.sheet(desk, _texts(looking, file, table))


# -- the file ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """What an SPSS file says of itself. `labels` are by column and code as text, as is `missing` by column and range.

    `sets` are its multiple-response sets by name: label, columns, whether they are dichotomies, and the counted value.
    """

    columns: tuple[str, ...]
    wording: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]
    missing: Mapping[str, list[dict[str, Any]]]
    formats: Mapping[str, str]
    rows: int | None
    encoding: str | None
    sets: Mapping[str, dict[str, Any]]

    def sheet(self, desk: Desk, frame: Any = None) -> Sheet:
        return Sheet(desk.file, frame, self.columns, 1, wording=self.wording, called=called(desk))


def opened(desk: Desk) -> Opened:
    """The dictionary of an SPSS file. Raises DataFault where it cannot be read."""
    try:
        spss_head.check(desk.received.path)
    except spss_head.Damaged as problem:
        raise _unreadable(desk, problem) from None
    _, meta, encoding = _read(desk, metadataonly=True)
    if not meta.column_names or any(not isinstance(one, str) for one in meta.column_names):
        raise _unreadable(desk, ValueError("its dictionary names no variables"))
    wording = meta.column_names_to_labels
    if encoding:
        desk.note(
            found=f"letters that are not {meta.file_encoding or 'what the file says'}",
            expected="the encoding that the file names",
            mend=f"read as {encoding}; if accents look wrong, save it again in SPSS as Unicode",
        )
    return Opened(
        tuple(meta.column_names),
        tuple(wording.get(column) or "" for column in meta.column_names),
        {
            column: {as_text(code) or "": str(label) for code, label in labels.items()}
            for column, labels in meta.variable_value_labels.items()
        },
        meta.missing_ranges,
        meta.original_variable_types,
        meta.number_rows,
        encoding,
        meta.mr_sets or {},
    )


def _read(desk: Desk, **how: Any) -> tuple[pd.DataFrame, Any, str | None]:
    """pyreadstat's table, its dictionary, and the encoding that had to be taken instead of the file's own."""
    import pyreadstat

    plain: dict[str, Any] = {"apply_value_formats": False, "user_missing": True, "disable_datetime_conversion": True}
    asked = how.pop("encoding", None)
    problem: Exception
    for encoding in (asked,) if asked else (None, "WINDOWS-1252"):
        try:
            table, meta = pyreadstat.read_sav(str(desk.received.path), encoding=encoding, **plain, **how)
            return table, meta, encoding
        except UnicodeDecodeError as caught:
            problem = caught
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as caught:
            problem = caught
            if "convert" not in str(caught) and "encoding" not in str(caught):
                break
        except (ValueError, TypeError, OverflowError, LookupError, MemoryError) as caught:
            problem = caught
            break
    raise _unreadable(desk, problem) from None


def _unreadable(desk: Desk, problem: Exception) -> DataFault:
    why = str(problem).strip().rstrip(".") or "no reason given"
    return desk.refuse(
        found=f"an SPSS file that cannot be read: truncated or damaged ({why})",
        expected="a whole .sav or .zsav file",
        mend="copy or export it again; nothing of it was used",
    )


def _wanted(binding: Binding) -> list[str]:
    """Every column that the binding names."""
    fixed = [binding.person, binding.time, binding.wave, binding.channel, binding.step]
    named = [one for one in fixed if isinstance(one, str)]
    more = [one for one in (binding.weight, binding.stratum, binding.cluster, binding.duration) if one]
    more += [*binding.keys.values(), *(check.column for check in binding.checks), *_optional(binding)]
    listed = [*named, *more, *binding.segments, *binding.text, *binding.questions, *binding.set_aside]
    return list(dict.fromkeys(listed))


def _optional(binding: Binding) -> list[str]:
    """The columns of questions with several options."""
    return [one for name, question in binding.several.items() for one in multiple.columns_of(name, question)]


def _rows(desk: Desk, file: Opened, columns: list[str]) -> pd.DataFrame:
    """The wanted columns, one row a case."""
    one = columns or list(file.columns[:1])
    table, _, _ = _read(desk, usecols=one, encoding=file.encoding)
    if file.rows is None or file.rows < 0:
        desk.note(
            found="a file that does not say how many cases it holds",
            expected="the number of cases in its head",
            mend=f"{len(table):,} cases were read; whether the file was cut short cannot be told",
        )
    elif len(table) != file.rows:
        raise desk.refuse(
            found=f"{len(table):,} cases where the file says {file.rows:,}: truncated",
            expected="a whole .sav or .zsav file",
            mend="copy or export it again; nothing of it was used",
        )
    return table


# -- text -------------------------------------------------------------------------------------------------------------


def _texts(desk: Desk, file: Opened, table: pd.DataFrame):
    """The wanted columns as text under the engine's names: codes of questions, labels of everything else, ISO dates."""
    import pandas as pd

    binding = desk.binding
    here = {column: called(desk).get(column, column) for column in _wanted(binding)}
    asked = {here[column] for column in (*binding.questions, *_optional(binding))}
    bare = {
        here[one] for one in (binding.person, binding.time, binding.weight, binding.duration) if isinstance(one, str)
    }
    shown = {}
    for column in dict.fromkeys(here.values()):
        place = f"c{file.columns.index(column)}"
        values = table[column]
        known = {value: as_text(value) for value in values.dropna().unique()}
        kind = (file.formats.get(column) or "").upper().rstrip("0123456789.")
        ranges = file.missing.get(column, [])
        if kind in DATES + MOMENTS + CLOCKS:
            known = {value: _moment(value, kind) for value in known}
        elif isinstance(binding.time, str) and column == here[binding.time]:
            known = {value: _digits_as_time(text) for value, text in known.items()}
        if column in asked and column in binding.segments and file.labels.get(column):
            desk.note(
                column=column,
                found="a question that is also a segment",
                expected="one or the other",
                mend="the segment is shown by its codes",
            )
        if column not in asked:
            _not_declared(desk, file, column, values, ranges)
            known = {value: None if is_missing(value, ranges) else text for value, text in known.items()}
            if column not in bare:
                known = _labelled(desk, file, column, known)
        shown[place] = values.map(known).astype(object).where(values.notna(), None)
    frame = pd.DataFrame(shown, dtype=object)
    frame.insert(0, "row", range(1, len(table) + 1))
    who = here[binding.person] if isinstance(binding.person, str) else None
    if who is not None and table[who].duplicated().any():
        frame[f"c{len(file.columns)}"] = _whole(desk, file, len(table))
    _set_aside_by_label(desk, file, here)
    types = dict.fromkeys(frame.columns, "VARCHAR") | {"row": "BIGINT"}
    return desk.engine.table(frame, types)


def _whole(desk: Desk, file: Opened, cases: int) -> list[str]:
    """What each case says in all its columns, as one short text: cases that repeat another in every cell are told by it."""
    import pandas as pd

    found: list[str] = []
    for start in range(0, cases, CHUNK):
        part, _, _ = _read(desk, encoding=file.encoding, row_offset=start, row_limit=CHUNK)
        found += [f"{one:016x}" for one in pd.util.hash_pandas_object(part.astype(str), index=False)]
    return found


def _not_declared(desk: Desk, file: Opened, column: str, values: pd.Series, ranges: list[dict[str, Any]]) -> None:
    """Tell how many cells of a column that is no question are blank because the file says so."""
    if not ranges:
        return
    several = int(values.map(lambda value: is_missing(value, ranges)).sum())
    if several:
        desk.note(
            column=column,
            found=f"{several:,} values that the file declares missing",
            expected="values",
            mend="taken as blank",
        )


def _labelled(desk: Desk, file: Opened, column: str, known: Mapping[Any, str | None]) -> dict[Any, str | None]:
    """Labels in place of codes; of two codes with one label each keeps its code beside it."""
    labels = {code: label.strip() for code, label in file.labels.get(column, {}).items() if label.strip()}
    if not labels:
        return dict(known)
    often = Counter(labels.values())
    found = {code: f"{label} ({code})" if often[label] > 1 else label for code, label in labels.items()}
    bare = sorted(text for text in known.values() if text is not None and text not in found)
    if bare and len(bare) < len([text for text in known.values() if text]):
        desk.note(
            column=column,
            found=f"codes without a label ({', '.join(bare[:6])})",
            expected="a label for each code",
            mend="shown as codes",
        )
    return {value: found.get(text, text) if text is not None else None for value, text in known.items()}


def _set_aside_by_label(desk: Desk, file: Opened, here: Mapping[str, str]) -> None:
    """What is set aside may be said by code or by label, wherever the column is shown."""
    words = desk.binding.model_dump(by_alias=True, exclude_unset=True)
    for column, values in desk.binding.set_aside.items():
        labels = file.labels.get(here[column], {})
        either = [code for code, label in labels.items() if label.strip() in values]
        either += [label.strip() for code, label in labels.items() if code in values]
        words["set_aside"][column] = list(dict.fromkeys([*values, *either]))
    desk.binding = Binding.model_validate(words)


def _moment(value: object, kind: str) -> str | None:
    """A date or time as SPSS counts it (seconds since 14 October 1582) in ISO 8601."""
    if not isinstance(value, (int, float)) or value != value:
        return as_text(value)
    if kind in CLOCKS:
        seconds = int(value)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    try:
        moment = EPOCH + timedelta(seconds=float(value))
    except OverflowError:
        return as_text(value)
    return moment.date().isoformat() if kind in DATES else moment.isoformat(sep=" ", timespec="seconds")


def _digits_as_time(text: str | None) -> str | None:
    """A time written as fourteen digits (20070622103626) in ISO 8601; any other text as it is."""
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", text or "")
    return "{}-{}-{} {}:{}:{}".format(*match.groups()) if match else text
