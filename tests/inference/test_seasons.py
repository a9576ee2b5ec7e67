"""Season, trend and remainder: they add up, a pure season is found, and too short or broken series are refused."""

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import seasonal_parts

MONTHS = np.arange(60)
WAVE = 3 * np.sin(2 * np.pi * MONTHS / 12)


def monthly(values):
    return pd.DataFrame({"period": np.arange(1, len(values) + 1), "value": values})


def test_the_parts_add_up_and_a_pure_season_on_a_line_is_found():
    got = seasonal_parts(monthly(20 + 0.1 * MONTHS + WAVE), 12, seasonal="periodic")
    parts = got.parts
    assert (parts["trend"] + parts["seasonal"] + parts["remainder"]).to_numpy() == pytest.approx(parts["value"])
    assert parts["seasonal"].to_numpy() == pytest.approx(WAVE, abs=0.1)
    assert parts["adjusted"].to_numpy() == pytest.approx(20 + 0.1 * MONTHS, abs=0.1)
    assert parts["seasonal"][:12].to_numpy() == pytest.approx(parts["seasonal"][12:24].to_numpy())
    assert got.strength_seasonal > 0.99


def test_noise_has_little_season():
    noise = np.random.default_rng(1).normal(size=120)
    assert seasonal_parts(monthly(noise), 12, seasonal="periodic").strength_seasonal < 0.4


def test_an_outlier_gets_no_weight_in_a_robust_fit():
    values = 20 + WAVE + np.random.default_rng(2).normal(0, 0.2, 60)
    values[30] += 40
    plain, robust = seasonal_parts(monthly(values), 12), seasonal_parts(monthly(values), 12, robust=True)
    assert (plain.parts["weight"] == 1).all()
    assert robust.parts["weight"][30] == 0 and robust.parts["weight"].median() > 0.8
    assert abs(robust.parts["seasonal"][30] - WAVE[30]) < abs(plain.parts["seasonal"][30] - WAVE[30])


def test_even_windows_are_made_odd():
    assert seasonal_parts(monthly(WAVE), 12, 12, 22).parts.equals(seasonal_parts(monthly(WAVE), 12, 13, 23).parts)


def test_a_constant_series_has_no_strength_and_says_so():
    got = seasonal_parts(monthly(np.full(36, 7.0)), 12)
    assert got.strength_seasonal is None and "nothing varies: no strength" in got.notes


@pytest.mark.parametrize(
    ("table", "settings", "word"),
    [
        (monthly(WAVE[:23]), {}, "two full turns"),
        (monthly(np.where(MONTHS == 5, np.nan, WAVE)), {}, "missing"),
        (monthly(WAVE), {"trend": 9}, "wider than one turn"),
        (monthly(WAVE), {"seasonal": 2}, "window of 3"),
        (monthly(WAVE), {"degrees": (2, 1, 1)}, "0 or 1"),
        (monthly(WAVE).drop(columns="period"), {}, "period"),
        (
            monthly(WAVE[:30]).assign(period=pd.period_range("2020-01", periods=31, freq="M").delete(4)),
            {},
            "left out",
        ),
    ],
)
def test_what_cannot_be_split_is_refused(table, settings, word):
    with pytest.raises(DataFault, match=word):
        seasonal_parts(table, 12, **settings)
