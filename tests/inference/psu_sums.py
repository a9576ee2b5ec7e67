"""From a small table of people to the sums that the estimators take. For tests only: the engine does this at scale."""

import numpy as np
import pandas as pd


def points(score):
    """100 for 9 and 10, 0 for 7 and 8, -100 for 0 to 6."""
    return np.select([score >= 9, score >= 7], [100.0, 0.0], -100.0)


def classes(score):
    """Detractors, passives, promoters."""
    return int((score <= 6).sum()), int(((score >= 7) & (score <= 8)).sum()), int((score >= 9).sum())


def _totals(frame, x, weight, stratum, psu, domain):
    """One row for each PSU: its stratum and the sums of w x and w over its people of the domain."""
    inside = pd.Series(True, index=frame.index) if domain is None else domain
    w = (frame[weight] if isinstance(weight, str) else pd.Series(1.0, index=frame.index)) * inside
    people = pd.DataFrame({"y": w * frame[x], "w": w})
    people["stratum"] = frame[stratum] if stratum else "all"
    people["psu"] = frame[psu] if psu else np.arange(len(frame))
    return people.groupby(["stratum", "psu"])[["y", "w"]].sum()


def moments(frame, x, weight=None, stratum=None, psu=None, domain=None):
    """The sufficient statistics of `design_mean`: one row for each stratum."""
    t = _totals(frame, x, weight, stratum, psu, domain)
    t = t.assign(psus=1, yy=t.y**2, yw=t.y * t.w, ww=t.w**2)
    return t.groupby(level="stratum").sum()


def moments_of_two(frame, x, weight, stratum, psu, a, b):
    """The sufficient statistics of `design_difference` for two domains."""
    one, other = (moments(frame, x, weight, stratum, psu, domain) for domain in (a, b))
    both = one.drop(columns="psus").add_suffix("_a").join(other.drop(columns="psus").add_suffix("_b"))
    t, s = (_totals(frame, x, weight, stratum, psu, domain) for domain in (a, b))
    across = pd.DataFrame({"yy_ab": t.y * s.y, "yw_ab": t.y * s.w, "wy_ab": t.w * s.y, "ww_ab": t.w * s.w})
    return both.join(across.groupby(level="stratum").sum()).assign(psus=one.psus)


def cell_sums(frame, group, cell, x, weight=None):
    """The sufficient statistics of `standardised`: one row for each group and cell."""
    w = frame[weight] if weight else pd.Series(1.0, index=frame.index)
    v = frame[x]
    sums = pd.DataFrame(
        {"n": 1, "w": w, "ww": w**2, "y": w * v, "wwx": w**2 * v, "wwxx": w**2 * v**2},
    )
    return sums.groupby([frame[group].rename("group"), frame[cell].rename("cell")]).sum().reset_index()
