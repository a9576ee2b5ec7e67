"""What is said of key drivers: the sentence, and the method with what was left out and why.

Knows the fits and their table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.inference.driver_draws import DriverBootstrap
from workbench.inference.drivers import Drivers
from workbench.journey import JourneyFrame
from workbench.steps.measure import groups
from workbench.steps.measure.driver_choice import Chosen

FEW_STEPS = 3  # groups that a sentence tells


@dataclass(frozen=True)
class Fit:
    """The drivers of one group. `before`: their shares with nothing taken out, where something is; `ordered`: by the order
    of the outcome alone, or `unordered`: why not."""

    key: dict[str, Any]
    chosen: Chosen
    found: Drivers | None
    shares: DriverBootstrap
    before: pd.Series | None
    missing: pd.DataFrame
    not_shown: int
    ordered: pd.Series | None = None
    unordered: str = ""


def called(of: str) -> str:
    """An outcome in a sentence."""
    return "the NPS" if of == "nps" else f'"{of}"'


def sentence(
    journey: JourneyFrame,
    fits: Sequence[Fit],
    table: pd.DataFrame,
    keys: tuple[str, ...],
    of: str,
    minimum_base: int | None,
) -> str:
    """Which rating goes most with the outcome, how much, and how sure that is; by group, the first few of them."""
    seen = groups.shown(journey, table, (*keys, "driver"), minimum_base)
    what = called(of)
    if seen.empty:
        return f"No group is large enough to show what goes with {what}."
    told = []
    for fit in fits:
        mine = seen
        for column in keys:
            mine = mine[mine[column] == fit.key[column]]
        if mine.empty:
            continue
        first = mine.iloc[0]
        sure = len(mine) < 2 or first["low"] > mine.iloc[1:]["high"].max()
        name = first["driver"]
        share = f"{first['value']:.0f} % ({first['low']:.0f} to {first['high']:.0f} %)"
        if not keys:
            order = f"it ranks first in {100 * first['p rank 1']:.0f} % of {fit.shares.replicates:,} draws"
            order = order if sure else f"intervals overlap: {order}"
            return (
                f"What goes most with {what} is {name}: {share} of what {len(mine)} ratings explain "
                f"(R² {fit.shares.r2:.2f}, {fit.shares.r2_low:.2f} to {fit.shares.r2_high:.2f}; {fit.shares.n:,} "
                f"answers); {order}."
            )
        where = groups.named(journey, pd.Series(fit.key, dtype=object), keys)
        told.append((where, name, share, fit.shares.n, sure))
    parts = [
        f"{where}: {name} {share}, n {n:,}{'' if sure else ' (not surely first)'}"
        for where, name, share, n, sure in told
    ]
    more = f"; {len(parts) - FEW_STEPS} more in the table" if len(parts) > FEW_STEPS else ""
    return f"What goes most with {what} — {'; '.join(parts[:FEW_STEPS])}{more}."


def method_of(
    fits: Sequence[Fit], failed: Mapping[str, str], keys: Sequence[str], adjust: Sequence[str], least: int
) -> str:
    """How it was worked out, and which answers and ratings were left out; of groups under `least` no figure is told."""
    large = [fit for fit in fits if fit.shares.n >= least]
    first = fits[0].shares
    said = [
        first.method.replace(
            f" of {first.units} units", "" if keys else f" of {first.units:,} persons or batches of them"
        ),
        "linear outcome; association, not effect",
        *dict.fromkeys(f"not asked by order alone: {one.unordered}" for one in fits if one.unordered),
        "weighted"
        if any(abs((one.shares.n_effective or one.shares.n) - one.shares.n) > 0.5 for one in fits)
        else "unweighted",
        "persons drawn whole, strata not honoured",
    ]
    if adjust and large:
        out = ", ".join(one.replace("_", " ") for one in adjust)
        change = max(
            float(np.abs(one.shares.table["share"] - one.before).max()) for one in large if one.before is not None
        )
        said.append(
            f"{out} taken out of outcome and ratings first; that moves a share by up to {100 * change:.0f} points"
        )
    before, after = sum(one.chosen.n_before for one in fits), sum(one.shares.n for one in fits)
    hidden = sum(one.not_shown for one in fits)
    said.append(
        f"{before - after:,} of {before:,} answers left out: {hidden:,} as a question was not shown to them, "
        f"{before - after - hidden:,} as one was not answered"
    )
    turned = sorted({one for fit in fits for one, scale in fit.chosen.cases.scales.items() if scale[2]})
    said += [f"turned, so that a high one is good: {', '.join(turned)}"] if turned else []
    if not keys:
        why: dict[str, list[str]] = {}
        for name, reason in fits[0].chosen.left.items():
            why.setdefault(reason, []).append(name)
        said += [
            f"left out, {reason}: {', '.join(names) if len(names) <= 6 else f'{len(names)} questions'}"
            for reason, names in why.items()
        ]
    reasons: dict[str, list[str]] = {}
    for name, reason in failed.items():
        reasons.setdefault("too few answers together" if reason[:1].isdigit() else reason, []).append(name)
    said += [f"no drivers for {', '.join(names)} ({reason})" for reason, names in reasons.items()]
    for word, column in (("hard to tell apart (VIF above 5)", "collinear"), ("suppressors", "suppressor")):
        those = sorted(
            {
                str(one)
                for fit in large
                if fit.found is not None
                for one in fit.found.table.index[fit.found.table[column]]
            }
        )
        said += [f"{word}: {', '.join(those)}"] if those else []
    return "; ".join(said)
