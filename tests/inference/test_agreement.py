"""Cohen's kappa and Krippendorff's alpha: against each other, and where there is nothing to tell."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.faults import DataFault
from workbench.inference.agreement import cohen_kappa, krippendorff_alpha

CODED = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=40)


@settings(deadline=None)
@given(CODED)
def test_alpha_does_not_care_which_coder_is_which_nor_for_units_that_one_alone_coded(pairs):
    table = pd.DataFrame(pairs, columns=["a", "b"])
    one = krippendorff_alpha(table, "ordinal")
    other = krippendorff_alpha(pd.concat([table[["b", "a"]], pd.DataFrame({"a": [9]})]), "ordinal")
    assert (one.value is None and other.value is None) or one.value == pytest.approx(other.value)
    assert other.dropped == 1


@settings(deadline=None)
@given(CODED)
def test_full_agreement_is_one_and_never_more(pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    kappa = cohen_kappa(first, second, [1, 2, 3, 4])
    if kappa.value is not None:
        assert -1 <= kappa.low <= kappa.value + 1e-12 <= 1 + 1e-9
    same = krippendorff_alpha(pd.DataFrame({"a": first, "b": first}), "interval")
    assert same.value is None if len(set(first)) == 1 else same.value == pytest.approx(1)


def test_one_code_alone_tells_nothing_and_says_so():
    kappa = cohen_kappa(["bill"] * 5, ["bill"] * 5, ["bill", "call"])
    assert kappa.value is None and kappa.share == 1 and "only one code" in kappa.method
    assert kappa.by_code == {"bill": 1.0, "call": None}
    alpha = krippendorff_alpha(pd.DataFrame({"a": ["bill"] * 3, "b": ["bill"] * 3}))
    assert alpha.value is None and "only one code" in alpha.method


def test_a_dominating_code_gives_high_agreement_and_low_kappa():
    first = ["bill"] * 96 + ["call", "call", "bill", "bill"]
    second = ["bill"] * 96 + ["bill", "bill", "call", "call"]
    found = cohen_kappa(first, second)
    assert found.share == 0.96 and found.value < 0
    assert found.by_code["call"] == 0


def test_units_that_one_did_not_code_are_dropped_and_counted():
    found = cohen_kappa(["a", "b", None, "a"], ["a", "b", "a", None])
    assert (found.n, found.dropped, found.value) == (2, 2, 1)


def test_an_interval_of_alpha_needs_a_seed_and_keeps_still():
    table = pd.DataFrame({"a": [1, 2, 3, 3, 2, 1, 4, 1], "b": [1, 2, 3, 3, 2, 2, 4, 1]})
    with pytest.raises(DataFault, match="seed"):
        krippendorff_alpha(table, resamples=100)
    one, other = (krippendorff_alpha(table, resamples=200, seed=7) for _ in range(2))
    assert one == other and one.low < one.value <= one.high and "seed 7" in one.method


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: cohen_kappa([1, 5], [1, 2], [1, 2]), "not in the code frame"),
        (lambda: cohen_kappa([1], [1], weights="cubic"), "one of: none"),
        (lambda: krippendorff_alpha(pd.DataFrame({"a": ["x"], "b": ["y"]}), "interval"), "no numbers"),
        (lambda: krippendorff_alpha(pd.DataFrame({"a": [1], "b": [-1]}), "ratio"), "below 0"),
        (lambda: krippendorff_alpha(pd.DataFrame({"a": [1]})), "at least two coders"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, says):
    with pytest.raises(DataFault, match=says):
        call()
