"""What every estimator of this room refuses, and the quantiles they share.

Knows numpy and the fault; nothing of journeys, files or surveys.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import NoReturn

import pandas as pd

from workbench.faults import DataFault, Fault

NORMAL = NormalDist()


def refuse(column: str, found: object, expected: str, mend: str = "") -> NoReturn:
    """Raise the fault of one input that no estimate can be made of."""
    raise DataFault([Fault(column=column, found=str(found), expected=expected, mend=mend)])


def require_amounts(mend: str = "", **amounts: float) -> None:
    """Refuse an amount that is negative, missing or infinite, naming all that are."""
    bad = [(name, value) for name, value in amounts.items() if not (math.isfinite(value) and value >= 0)]
    if bad:
        raise DataFault(
            [Fault(column=name, found=str(value), expected="a number of 0 or more", mend=mend) for name, value in bad]
        )


def require_columns(table: pd.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a table of statistics that lacks a column, or has a missing or infinite number in one."""
    faults = []
    for column in columns:
        if column not in table.columns:
            faults.append(Fault(column=column, found="no such column", expected="one column for each statistic"))
        elif not all(map(math.isfinite, table[column].astype(float))):
            faults.append(Fault(column=column, found="a missing or infinite number", expected="finite numbers"))
    if faults:
        raise DataFault(faults)


def one_of(what: str, word: str, known: Iterable[str]) -> None:
    """Refuse an option that does not exist, and say which do."""
    names = list(known)
    if word not in names:
        refuse(what, repr(word), "one of: " + ", ".join(names))


def normal_quantile(level: float) -> float:
    """The z of a two-sided interval of this level: 1.96 for 0.95."""
    if not 0 < level < 1:
        refuse("level", level, "a confidence level between 0 and 1", "write 0.95 for 95 percent")
    return NORMAL.inv_cdf(0.5 + level / 2)


def two_sided_quantile(level: float, df: float | None) -> float:
    """The t of a two-sided interval, or the z where there are no degrees of freedom to respect (None)."""
    z = normal_quantile(level)
    if df is None:
        return z
    from scipy.special import stdtrit  # scipy.stats says the same, and takes a second to wake

    return float(stdtrit(df, 0.5 + level / 2))


def upper_tail(statistic: float, df: float | None) -> float:
    """P(T > statistic) under t with df, or under the normal (None). Exact far into the tail."""
    if df is None:
        return 0.5 * math.erfc(statistic / math.sqrt(2))
    from scipy.special import stdtr

    return float(stdtr(df, -statistic))


def two_sided_p(statistic: float, df: float | None = None) -> float:
    """The two-sided p value of a t or z statistic; of one that is not a number, not a number."""
    p = 2 * upper_tail(abs(statistic), df)
    return 1.0 if p > 1 else p
