"""The design matrix of a table of patterns: its columns, its references, and what is refused by name."""

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import design_matrix


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "y": [0, 1, 1, 0, 1],
            "channel": ["web", "shop", "phone", "web", None],
            "years": [1.0, 2.0, 5.0, 4.0, 3.0],
            "n": [4, 3, 2, 5, 7],
        }
    )


def test_the_columns_are_the_intercept_the_levels_but_the_reference_and_the_numbers(table):
    made = design_matrix(table, ["channel"], ["years"], {"channel": "web"}, "y")
    assert made.names == ("intercept", "channel: phone", "channel: shop", "years")
    assert made.x.tolist() == [[1, 0, 0, 1], [1, 0, 1, 2], [1, 1, 0, 5], [1, 0, 0, 4]]
    assert made.terms == {"channel": (1, 2), "years": (3,)}
    assert made.levels["channel"] == ("web", "phone", "shop")


def test_people_with_something_missing_are_dropped_and_counted(table):
    made = design_matrix(table, ["channel"], ["years"], None, "y")
    assert (made.n, made.n_before, made.dropped) == (14, 21, 7)
    assert "7 of 21 people dropped" in made.notes()[0] and "channel 7" in made.notes()[0]


def test_without_n_a_row_is_one_person_and_nobody_is_weighted(table):
    made = design_matrix(table.drop(columns="n"), ["channel"])
    assert made.n == 4 and not made.weighted and made.n_effective is None


def test_unequal_weights_give_the_effective_number(table):
    weighted = table.dropna().assign(n=1, w=[1.0, 1, 1, 3], ww=[1.0, 1, 1, 9])
    assert design_matrix(weighted, ["channel"]).n_effective == pytest.approx(6**2 / 12)


def test_the_order_of_a_categorical_column_is_kept(table):
    ordered = table.assign(channel=pd.Categorical(table["channel"], ["web", "shop", "phone", "post"]))
    assert design_matrix(ordered, ["channel"]).levels["channel"] == ("web", "shop", "phone")


def test_a_profile_becomes_a_row(table):
    made = design_matrix(table, ["channel"], ["years"])
    assert made.row({"channel": "web", "years": 2}).tolist() == [1, 0, 1, 2]
    with pytest.raises(DataFault, match="no years"):
        made.row({"channel": "web"})
    with pytest.raises(DataFault, match="one of: phone, shop, web"):
        made.row({"channel": "post", "years": 2})


def test_a_column_of_years_is_no_singular_design():
    years = pd.DataFrame({"year": [2019, 2020, 2021, 2022, 2023, 2024]})
    assert design_matrix(years, numeric=["year"]).names == ("intercept", "year")


@pytest.mark.parametrize(
    ("change", "call", "words"),
    [
        ({"twin": [2.0, 4, 10, 8, 6]}, {"numeric": ["years", "twin"]}, "twin.*singular"),
        ({"still": 3.0}, {"numeric": ["still"]}, "still.*one value for everybody"),
        ({"one": "web"}, {"factors": ["one"]}, "one.*two levels or more"),
        ({}, {"factors": ["absent"]}, "absent.*no such column"),
        ({}, {"numeric": ["channel"]}, "channel.*words"),
        ({}, {"factors": ["channel"], "references": {"channel": "post"}}, "post"),
        ({}, {"factors": ["channel"], "references": {"years": 1}}, "years.*no factor"),
        ({"n": [1, -1, 1, 1, 1]}, {"factors": ["channel"]}, '"n".*negative'),
        ({"w": [1.0, 1, 1, 1, 1]}, {"factors": ["channel"]}, '"ww"'),
        ({"years": np.nan}, {"numeric": ["years"]}, "nobody with all values"),
        ({}, {"factors": ["channel"], "numeric": ["channel"]}, "named twice"),
        ({"years": [1.0, 2, np.inf, 4, 5]}, {"numeric": ["years"]}, "years.*infinite"),
    ],
)
def test_what_cannot_be_a_design_is_refused_by_name(table, change, call, words):
    with pytest.raises(DataFault, match=words):
        design_matrix(table.assign(**change), **call)


def test_levels_that_always_go_together_are_named():
    table = pd.DataFrame({"city": ["a", "b", "c", "a"], "land": ["x", "x", "y", "x"]})
    with pytest.raises(DataFault, match="land: y.*determine completely"):
        design_matrix(table, ["city", "land"])
