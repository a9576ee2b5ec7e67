"""What comments say: words of two groups, themes and the NPS they go with."""

import math

import numpy as np
import pandas as pd
import pytest

from workbench.faults import DataFault
from workbench.inference import keyness, patterns, theme_impact, word_counts


def test_a_word_is_counted_once_a_document():
    told = pd.DataFrame(
        {
            "side": ["bad", "bad", "good", "other", "good"],
            "text": ["Wait, wait and WAIT", "the bill 2024", "Don't wait!", "wait", None],
        }
    )
    counts = word_counts(told, "text", "side", "bad", "good")
    by = counts.set_index("word")
    assert by.loc["wait"].tolist() == [1, 1, 3]
    assert set(by.index) == {"wait", "and", "the", "bill", "don't"}
    assert counts.attrs == {"dropped": 1, "documents": {"a": 2, "b": 1}}
    assert word_counts(told.iloc[:0], "text", "side", "bad", "good").empty
    with pytest.raises(DataFault, match="no such column"):
        word_counts(told, "words", "side", "bad", "good")


def test_log_odds_by_hand():
    counts = pd.DataFrame({"word": ["slow", "kind"], "a": [6, 2], "b": [2, 8], "background": [10, 10]})
    found = keyness(counts, prior=4).set_index("word")  # alpha is 2 for both
    assert found.index.tolist() == ["slow", "kind"]
    delta = math.log(8 / 4) - math.log(4 / 10)
    assert found.loc["slow", "delta"] == pytest.approx(delta)
    assert found.loc["slow", "z"] == pytest.approx(delta / math.sqrt(1 / 8 + 1 / 4))
    assert found.loc["kind", "delta"] == pytest.approx(-delta)  # of two words, one is the other's odds
    without = keyness(counts.drop(columns="background"), prior=4).set_index("word")
    assert without.loc["slow", "delta"] == pytest.approx(
        math.log((6 + 4 * 8 / 18) / (2 + 4 * 10 / 18)) - math.log((2 + 4 * 8 / 18) / (8 + 4 * 10 / 18))
    )


def test_groups_swapped_turn_the_sign_and_a_heavy_prior_pulls_to_zero():
    counts = pd.DataFrame({"word": list("xyz"), "a": [9, 1, 5], "b": [2, 8, 5], "background": [11, 9, 10]})
    turned = counts.rename(columns={"a": "b", "b": "a"})
    one, other = (keyness(table, 10).set_index("word")["z"] for table in (counts, turned))
    assert one.sort_index().tolist() == pytest.approx((-other).sort_index().tolist())
    assert keyness(counts, 1e6)["delta"].abs().max() < 1e-3
    assert keyness(counts, 10, least=11)["word"].tolist() == ["x"]


def test_a_word_without_odds_comes_last_and_says_why():
    counts = pd.DataFrame({"word": ["q", "r", "s"], "a": [0, 4, 1], "b": [3, 1, 2], "background": [0, 5, 5]})
    found = keyness(counts, 10)
    assert found["word"].iloc[-1] == "q" and math.isnan(found["z"].iloc[-1])
    assert "never said" in found["note"].iloc[-1] and (found["note"].iloc[:2] == "").all()


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.assign(a=-1),
        lambda t: t.assign(background=0),
        lambda t: pd.concat([t, t]),
        lambda t: t.drop(columns="b"),
    ],
)
def test_words_that_cannot_be_compared_are_refused(change):
    counts = pd.DataFrame({"word": ["x", "y"], "a": [1, 2], "b": [2, 1], "background": [3, 3]})
    with pytest.raises(DataFault):
        keyness(change(counts))
    with pytest.raises(DataFault, match="above 0"):
        keyness(counts, prior=0)


@pytest.fixture
def comments():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"wait": rng.integers(0, 2, 90), "staff": rng.integers(0, 2, 90)})
    table["x"] = np.clip(rng.integers(-1, 2, 90) + table["staff"] - table["wait"], -1, 1) * 100.0
    return table


def test_leverage_is_share_times_difference_and_moves_the_whole(comments):
    found = theme_impact(patterns(comments, ["wait", "staff"], values=["x"]), ["wait", "staff"])
    for name, theme in found.themes.items():
        assert theme.leverage == pytest.approx(theme.share * theme.difference.value)
        said = comments.loc[comments[name] == 1, "x"]
        assert (theme.mention.value, theme.mention.n) == (pytest.approx(said.mean()), len(said))
        assert theme.p_holm >= theme.difference.p
    assert found.themes["wait"].difference.value < 0 < found.themes["staff"].difference.value


def test_the_difference_is_welch_and_the_joint_one_least_squares(comments):
    import statsmodels.formula.api as smf
    from scipy.stats import ttest_ind

    found = theme_impact(patterns(comments, ["wait", "staff"], values=["x"]), ["wait", "staff"])
    told = ttest_ind(*(comments.loc[comments["wait"] == mark, "x"] for mark in (1, 0)), equal_var=False)
    gap = found.themes["wait"].difference
    assert (gap.p, gap.df) == pytest.approx((told.pvalue, told.df))
    line = smf.ols("x ~ wait + staff", comments).fit()
    assert found.joint.coefficients["wait"] == pytest.approx(line.params["wait"])
    assert found.joint.se["staff"] == pytest.approx(line.bse["staff"])


def test_a_theme_nobody_or_everybody_mentions_has_no_difference_and_does_not_count_in_the_family(comments):
    names = ["wait", "leak", "all"]
    table = comments.assign(leak=0, all=1)
    found = theme_impact(patterns(table, names, values=["x"]), names)
    for name in ("leak", "all"):
        assert found.themes[name].difference.value is None and found.themes[name].p_holm is None
        assert f"no coefficient of {name}" in found.joint.note
    assert found.themes["wait"].p_holm == found.themes["wait"].difference.p
    assert found.few == ["leak"] and found.themes["all"].leverage is None


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda t: t.assign(wait=2), "not 0 or 1"),
        (lambda t: t.assign(w=2.0), "design_difference"),
        (lambda t: t.assign(n=0, w=0.0, x=0.0, x_x=0.0), "nobody"),
        (lambda t: t.drop(columns="x_x"), "no such column"),
    ],
)
def test_patterns_that_cannot_be_are_refused(comments, change, word):
    with pytest.raises(DataFault, match=word):
        theme_impact(change(patterns(comments, ["wait"], values=["x"])), ["wait"])
