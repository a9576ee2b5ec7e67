"""Kinds of people by their likeness: latent class analysis of what is known of each, yes or no, this or that.

Knows counted patterns only. THE SUFFICIENT STATISTICS: one row a distinct pattern with a column a feature (a word, or
None where it is not known) and n, how many people have it. Ten million people cost what their patterns cost.

Within a class the features are independent (Lazarsfeld 1950; Goodman 1974); a feature that is not known is left out of a
person's likelihood. Fitted by EM from several random starts. Each class is given one further person with everybody's
marginal shares, which keeps shares off 0 and 1. Classes are groups found by their likeness, not kinds that exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from .checks import refuse, require_columns
from .choice import seeded

SHORT, LONG = 25, 600  # rounds of EM for each start, and at most for the best of them
POLISHED = 3  # starts that are carried to the end
NEAR = 1e-9  # relative gain under which EM rests
ROOM = 6_000_000  # numbers held at a time
UNSTABLE = 0.6  # mean Jaccard under which a class is not found again (Hennig 2007)


@dataclass(frozen=True, eq=False)
class LatentClasses:
    """A fitted model: `shares` of the classes (largest first), `profiles` {feature: table of shares, a row a class}.

    `assigned` and `certainty` stand beside the patterns: the likeliest class of each and how likely it is. `entropy` is 1
    where everybody's class is sure and 0 where it is a guess. `bic` and `icl` (BIC and twice the entropy): less is better.
    """

    k: int
    n: float
    shares: np.ndarray
    profiles: dict[str, pd.DataFrame]
    loglik: float
    parameters: int
    bic: float
    icl: float
    entropy: float
    assigned: np.ndarray
    certainty: np.ndarray
    starts: int
    seed: int


class Stability(NamedTuple):
    """Is each class found again when people are drawn again? Mean Jaccard a class, mean adjusted Rand, draws, seed."""

    jaccard: np.ndarray
    rand: float
    draws: int
    seed: int


class Leftover(NamedTuple):
    """The two features that still go together most within classes, and how much: 0 not at all, 1 wholly (as Cramér's V)."""

    features: tuple[str, str] | None
    strength: float


class _Coded(NamedTuple):
    """Patterns as indicators: `x` has a column a feature and word; `owner` says whose feature a column is."""

    x: np.ndarray
    n: np.ndarray
    owner: np.ndarray
    words: list[tuple[str, object]]
    features: tuple[str, ...]
    margin: np.ndarray


def latent_classes(
    patterns: pd.DataFrame, features: Sequence[str], classes: int, starts: int = 20, seed: int = 0
) -> LatentClasses:
    """Which groups of people are alike in these features, if there are so many?

    Raises DataFault for counts that are none, fewer than one class, or no feature that varies.
    """
    coded = _coded(patterns, features)
    if classes < 1:
        refuse("classes", classes, "1 class or more")
    pi, theta = _best(coded, classes, starts, seed)
    joint, total = _likelihood(coded, pi[None], theta[None])
    order = _in_order(pi, theta)
    pi, theta, joint = pi[order], theta[order], joint[:, 0, order]
    posterior = np.exp(joint - total)
    loglik = float(coded.n @ total[:, 0])
    several = float(coded.n.sum())
    parameters = classes - 1 + classes * (len(coded.words) - len(coded.features))
    unsure = -float(coded.n @ (posterior * np.log(np.maximum(posterior, 1e-300))).sum(axis=1))
    bic = -2 * loglik + parameters * float(np.log(several))
    entropy = 1.0 if classes == 1 else 1 - unsure / (several * float(np.log(classes)))
    profiles = {}
    for place, feature in enumerate(coded.features):
        columns = np.flatnonzero(coded.owner == place)
        profiles[feature] = pd.DataFrame(theta[:, columns], columns=[coded.words[one][1] for one in columns])
    return LatentClasses(
        classes, several, pi, profiles, loglik, parameters, bic, bic + 2 * unsure, entropy,
        posterior.argmax(axis=1), posterior.max(axis=1), starts, seed,
    )  # fmt: skip


def class_numbers(
    patterns: pd.DataFrame, features: Sequence[str], most: int = 6, starts: int = 20, seed: int = 0
) -> tuple[LatentClasses, ...]:
    """Models of 1, 2 … classes, to be compared by BIC: up to `most`, or until two in a row are worse than the best.

    Never more classes than distinct patterns.
    """
    found: list[LatentClasses] = []
    for k in range(1, max(1, min(most, len(patterns))) + 1):
        found.append(latent_classes(patterns, features, k, starts, seed))
        best = min(range(len(found)), key=lambda place: found[place].bic)
        if len(found) - best > 2:
            break
    return tuple(found)


def class_stability(
    patterns: pd.DataFrame, features: Sequence[str], fit: LatentClasses, draws: int = 40, starts: int = 3, seed: int = 0
) -> Stability:
    """Would the same groups be found, were people drawn again? (Hennig 2007; Hubert and Arabie 1985.)

    Nonparametric: the counts are drawn again, classes are fitted from new random starts, everybody is put in the likeliest
    class of the new model, and each old class is held against the new one that is most like it. Under 0.6 it is not stable.
    """
    if draws < 2:
        refuse("draws", draws, "2 draws or more")
    coded, k = _coded(patterns, features), fit.k
    if k == 1:
        return Stability(np.ones(1), 1.0, draws, seed)
    rng = seeded(seed)
    counts = rng.multinomial(int(coded.n.sum()), coded.n / coded.n.sum(), draws).astype(float)
    overlap, rand = np.zeros((draws, k)), np.zeros(draws)
    batch = max(1, ROOM // (len(coded.n) * k * starts))
    for first in range(0, draws, batch):
        drawn = counts[first : first + batch]
        many = len(drawn)
        pi, theta = _random(coded, k, many * starts, rng)
        pi, theta, gain = _climb(coded, np.repeat(drawn, starts, axis=0), pi, theta, SHORT)
        chosen = gain.reshape(many, starts).argmax(axis=1) + np.arange(many) * starts
        pi, theta, _ = _climb(coded, drawn, pi[chosen], theta[chosen], 4 * SHORT)
        joint, _ = _likelihood(coded, pi, theta)
        for place in range(many):
            table = np.zeros((k, k))
            np.add.at(table, (fit.assigned, joint[:, place].argmax(axis=1)), coded.n)
            overlap[first + place], rand[first + place] = _jaccard(table), _rand(table)
    return Stability(overlap.mean(axis=0), float(rand.mean()), draws, seed)


def leftover(patterns: pd.DataFrame, features: Sequence[str], fit: LatentClasses) -> Leftover:
    """Do two features still go together among people of one class? Then they say one thing twice, and classes lean on it."""
    coded = _coded(patterns, features)
    theta = np.column_stack([fit.profiles[one].to_numpy() for one in coded.features])
    joint, total = _likelihood(coded, fit.shares[None], theta[None])
    part = coded.n[:, None] * np.exp(joint[:, 0] - total)
    seen = coded.x.T @ (coded.n[:, None] * coded.x)
    known = np.column_stack([coded.x[:, coded.owner == place].sum(axis=1) for place in range(len(coded.features))])
    found, most = None, 0.0
    for a in range(len(coded.features)):
        for b in range(a):
            rows, columns = np.flatnonzero(coded.owner == a), np.flatnonzero(coded.owner == b)
            here = seen[np.ix_(rows, columns)]
            if not here.sum():
                continue
            people = part.T @ (known[:, a] * known[:, b])  # of each class, of whom both are known
            expected = theta[:, rows].T @ (people[:, None] * theta[:, columns])
            chi2 = ((here - expected) ** 2 / np.maximum(expected, 1e-12)).sum()
            strength = float(np.sqrt(chi2 / here.sum() / (min(len(rows), len(columns)) - 1)))
            if strength > most + 1e-9:
                found, most = (coded.features[b], coded.features[a]), strength
    return Leftover(found, min(1.0, most))


def _coded(patterns: pd.DataFrame, features: Sequence[str]) -> _Coded:
    require_columns(patterns, ("n",))
    n = patterns["n"].to_numpy(float)
    if (n < 0).any() or (n != np.floor(n)).any() or not n.sum():
        refuse("n", "counts that are negative, not whole or all 0", "how many people have each pattern")
    parts: list[np.ndarray] = []
    owner: list[int] = []
    words: list[tuple[str, object]] = []
    kept: list[str] = []
    for feature in features:
        if feature not in patterns:
            refuse(feature, "no such column", "one column a feature")
        values = patterns[feature].astype(object)
        known = sorted({one for one in values[n > 0] if one is not None and one == one}, key=str)
        if len(known) < 2:
            continue
        parts += [(values == one).to_numpy(float) for one in known]
        owner += [len(kept)] * len(known)
        words += [(feature, one) for one in known]
        kept.append(feature)
    if not kept:
        refuse("features", "none that varies", "features in which people differ")
    x = np.column_stack(parts)
    whole = n @ x
    places = np.array(owner)
    return _Coded(x, n, places, words, tuple(kept), whole / _summed(whole[None], places)[0])


def _summed(values: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """The sum over the columns of each one's feature, in its place."""
    starts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    return np.add.reduceat(values, starts, axis=-1)[..., owner]


def _random(coded: _Coded, k: int, many: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Starts: classes of one size whose shares are drawn evenly, halfway to everybody's."""
    drawn = rng.standard_exponential((many, k, len(coded.words)))
    theta = 0.5 * drawn / _summed(drawn, coded.owner) + 0.5 * coded.margin
    return np.full((many, k), 1.0 / k), theta


def _best(coded: _Coded, k: int, starts: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest of several starts."""
    starts = 1 if k == 1 else max(1, starts)
    pi, theta = _random(coded, k, starts, seeded(seed))
    batch = max(1, ROOM // (len(coded.n) * k))
    climbed = [
        _climb(coded, np.broadcast_to(coded.n, (len(pi[at : at + batch]), len(coded.n))), pi[at : at + batch],
               theta[at : at + batch], SHORT)
        for at in range(0, starts, batch)
    ]  # fmt: skip
    pi, theta, gain = (np.concatenate([one[part] for one in climbed]) for part in range(3))
    first = np.argsort(-gain, kind="stable")[:POLISHED]
    ends = [_climb(coded, coded.n[None], pi[one][None], theta[one][None], LONG) for one in first]
    pi, theta, _ = max(ends, key=lambda one: float(one[2][0]))
    return pi[0], theta[0]


def _likelihood(coded: _Coded, pi: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log of each pattern with each class (patterns, models, classes), and of each pattern."""
    many, k, columns = theta.shape
    joint = (coded.x @ np.log(theta).reshape(many * k, columns).T).reshape(-1, many, k) + np.log(pi)
    top = joint.max(axis=2, keepdims=True)
    return joint, (top + np.log(np.exp(joint - top).sum(axis=2, keepdims=True)))[:, :, 0]


def _climb(
    coded: _Coded, weight: np.ndarray, pi: np.ndarray, theta: np.ndarray, rounds: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """EM for several models at a time, each with its own counts (models, patterns); and how likely each is at its end."""
    many, k, columns = theta.shape
    people = weight.sum(axis=1)
    before = np.full(many, -np.inf)
    for _ in range(rounds):
        joint, total = _likelihood(coded, pi, theta)
        prior = (coded.margin * np.log(theta)).sum(axis=(1, 2)) + np.log(pi).mean(axis=1)
        gain = np.einsum("mp,pm->m", weight, total) + prior
        if (gain - before <= NEAR * np.abs(gain)).all():
            break
        before = gain
        part = np.exp(joint - total[:, :, None]) * weight.T[:, :, None]
        counts = (part.reshape(-1, many * k).T @ coded.x).reshape(many, k, columns) + coded.margin
        theta = np.maximum(counts / _summed(counts, coded.owner), 1e-12)
        pi = (part.sum(axis=0) + 1.0 / k) / (people[:, None] + 1.0)
    return pi, theta, before


def _in_order(pi: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Classes from the largest on; equal ones by their shares."""
    keys = [(-round(float(size), 9), *np.round(shares, 9)) for size, shares in zip(pi, theta, strict=True)]
    return np.array(sorted(range(len(pi)), key=lambda one: keys[one]))


def _jaccard(table: np.ndarray) -> np.ndarray:
    """How much of each row's class the most alike column's class shares with it."""
    either = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    return (table / np.maximum(either, 1e-12)).max(axis=1)


def _rand(table: np.ndarray) -> float:
    """The adjusted Rand index of two partitions, from how many people are in each pair of classes."""

    def pairs(many: np.ndarray) -> float:
        return float((many * (many - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    whole = pairs(np.array([table.sum()]))
    chance = rows * columns / whole if whole else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)
