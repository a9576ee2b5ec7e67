"""R2 of a linear model for every subset of the drivers, and the split of R2 that it gives (LMG, Shapley).

Knows correlation matrices, one or many at once (bootstrap replicates), and nothing else. Sufficient statistics: the
correlations of k drivers and, last, the outcome.

The subsets are walked variable by variable: each step keeps every state twice, once without the variable and once with
it swept out (Cholesky's step), so that all 2^k residual variances cost about 6 * 2^k steps for each matrix.
"""

from __future__ import annotations

import numpy as np

MOST = 15  # drivers: 2^15 subsets
FLOOR = 1e-10  # a residual variance below this share is a combination of the drivers before it
TOGETHER = 2  # matrices at a time: what fits the processor's cache


def r2_of_subsets(correlations: np.ndarray) -> np.ndarray:
    """R2 for every subset: from (..., k + 1, k + 1) to (..., 2^k), bit j of the place telling whether driver j is in.

    A driver that is a combination of those before it adds nothing.
    """
    size = correlations.shape[-1]
    many = correlations.reshape(-1, size, size)
    out = np.empty((len(many), 1 << (size - 1)))
    for start in range(0, len(many), TOGETHER):
        part = many[start : start + TOGETHER]
        state = np.ascontiguousarray(np.moveaxis(part, 0, -1))[:, :, None, :]
        while state.shape[0] > 1:
            pivot, row, rest = state[0, 0], state[0, 1:], state[1:, 1:]
            alive = pivot > FLOOR
            inverse = np.where(alive, 1 / np.where(alive, pivot, 1.0), 0.0)
            state = np.concatenate([rest, rest - (row * inverse)[:, None] * row[None]], axis=2)
        out[start : start + TOGETHER] = 1 - state[0, 0].T
    return out.reshape(*correlations.shape[:-2], -1)


def split(values: np.ndarray) -> np.ndarray:
    """Shapley's split of what all players reach: from (..., 2^k) values of the subsets to (..., k) shares.

    The mean over all orders of what a player adds when its turn comes (Shapley 1953; Lindeman, Merenda and Gold 1980).
    """
    players = int(values.shape[-1]).bit_length() - 1
    masks = np.arange(1 << players)
    inside = (masks[:, None] >> np.arange(players)) & 1
    size = inside.sum(axis=1)
    weight = np.ones(players)  # s! (k - s - 1)! / k! for a subset of s others
    weight[0] = 1 / players
    for s in range(1, players):
        weight[s] = weight[s - 1] * s / (players - s)
    joined = weight[np.maximum(size - 1, 0)][:, None]
    alone = weight[np.minimum(size, players - 1)][:, None]
    return np.asarray(values @ np.where(inside == 1, joined, -alone))


def relative_weights_of(correlations: np.ndarray) -> np.ndarray:
    """Johnson's split of R2: from (..., k + 1, k + 1) to (..., k). For any number of drivers (Johnson 2000).

    With R the drivers' correlations, L = R^(1/2) and b = L^-1 r: weight_j = sum over m of L_jm^2 b_m^2.
    """
    values, vectors = np.linalg.eigh(correlations[..., :-1, :-1])
    root = np.sqrt(np.maximum(values, 0.0))
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=values > FLOOR)
    across = np.einsum("...jm,...j->...m", vectors, correlations[..., :-1, -1])
    b = np.einsum("...jm,...m->...j", vectors, inverse * across)
    middle = np.einsum("...jm,...m,...lm->...jl", vectors, root, vectors)
    return np.asarray(np.einsum("...jl,...l->...j", middle**2, b**2))
