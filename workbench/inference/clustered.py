"""People who answer more than once: linear regression with errors that allow for it, from cross products a cluster.

Knows cross products and the formulas. Sufficient statistics: for each cluster (the person, the branch) g the sums over
its answers of x x' (`xx`), x y (`xy`) and y^2 (`yy`), x with the intercept first; `cluster_sums` makes them from
patterns. Naive errors treat six answers of one person as six people. Sources: Cameron and Miller 2015 (CR0, CR1S);
Pustejovsky and Tipton 2018 (CR2 with Satterthwaite degrees of freedom); Liang and Zeger 1986 (GEE).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cells import design_matrix
from .checks import refuse, two_sided_p, two_sided_quantile
from .glm import coefficient_table

FEW = 40  # clusters, below which CR1S is too short
KINDS = ("CR0", "CR1S", "CR2")
CHUNK = 4096  # clusters decomposed at once


@dataclass(frozen=True)
class ClusterSums:
    """The sufficient statistics: one entry a cluster in xx (clusters, k, k), xy (clusters, k), yy and n."""

    names: tuple[str, ...]
    xx: np.ndarray
    xy: np.ndarray
    yy: np.ndarray
    n: np.ndarray
    n_before: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClusterFit:
    """A linear regression with cluster-robust errors. `table`: coef, se_CR0, se_CR1S, se_CR2, df (Satterthwaite, of
    CR2), p_CR1S (t with clusters - 1) and p_CR2, low and high (CR2), se_naive (as if all answers were independent).

    `covariance` is that of CR2. Read CR2: it is as good as CR1S with many clusters and right with few.
    """

    table: pd.DataFrame
    covariance: np.ndarray
    n: float
    n_before: float
    clusters: int
    level: float
    method: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class GeeFit:
    """A linear GEE with exchangeable correlation. `table`: coef, se (robust), z, p, low, high."""

    table: pd.DataFrame
    correlation: float
    n: float
    n_before: float
    clusters: int
    level: float
    method: str
    notes: tuple[str, ...]


def cluster_sums(
    patterns: pd.DataFrame,
    outcome: str,
    cluster: str,
    factors: Sequence[str] = (),
    numeric: Sequence[str] = (),
    references: Mapping[str, object] | None = None,
) -> ClusterSums:
    """Cross products by cluster, from patterns (see `cells`) that also hold the cluster. Unweighted."""
    design = design_matrix(patterns, factors, numeric, references, outcome, [cluster])
    if design.weighted:
        refuse("w", "weights", "unweighted answers", "use survey_model with the cluster as psu")
    codes, labels = pd.factorize(design.rows[cluster])
    x, y, people, k = design.x, design.column(outcome), design.people, design.x.shape[1]

    def add(values: np.ndarray) -> np.ndarray:
        return np.bincount(codes, weights=people * values, minlength=len(labels))

    xx = np.empty((len(labels), k, k))
    for i in range(k):
        for j in range(i, k):
            xx[:, i, j] = xx[:, j, i] = add(x[:, i] * x[:, j])
    xy = np.column_stack([add(x[:, i] * y) for i in range(k)])
    return ClusterSums(design.names, xx, xy, add(y**2), add(np.ones(len(y))), design.n_before, tuple(design.notes()))


def clustered(sums: ClusterSums, level: float = 0.95) -> ClusterFit:
    """What goes with a higher score, when the same people answer several times? Units of the outcome.

    CR1S is CR0 times G / (G - 1) (n - 1) / (n - k). CR2 divides each cluster's residuals by the root of I - H_gg, which
    makes the variance unbiased under independence; t with Satterthwaite degrees of freedom by coefficient. All from
    the cross products: with S = X_g'X_g and M = (X'X)^-1, X_g'(I - H_gg)^(-1/2) e_g is
    S^(1/2) (I - S^(1/2) M S^(1/2))^(-1/2) S^(-1/2) X_g'e_g. Raises DataFault with fewer clusters than two, and where
    answers do not outnumber coefficients.
    """
    clusters, k, n = len(sums.n), len(sums.names), float(sums.n.sum())
    _require_clusters(clusters, n, k)
    bread = np.linalg.inv(_balanced(sums.xx.sum(axis=0)))
    scale = 1 / np.sqrt(np.diag(sums.xx.sum(axis=0)))
    bread = bread * np.outer(scale, scale)
    coef = bread @ sums.xy.sum(axis=0)
    parts = cluster_variances(sums.xx, sums.xy - sums.xx @ coef, bread)
    rss = float(sums.yy.sum() - coef @ (2 * sums.xy.sum(axis=0) - sums.xx.sum(axis=0) @ coef))
    if rss <= 1e-12 * float(sums.yy.sum()):
        refuse("outcome", "an outcome that the predictors explain completely", "an outcome that varies about the fit")
    cr0, cr2, df = parts
    cr1 = cr0 * clusters / (clusters - 1) * (n - 1) / (n - k)
    se = {name: np.sqrt(np.maximum(np.diag(v), 0)) for name, v in zip(KINDS, (cr0, cr1, cr2), strict=True)}
    half = np.array(
        [two_sided_quantile(level, one) * s if one > 0 else math.nan for one, s in zip(df, se["CR2"], strict=True)]
    )
    table = pd.DataFrame(
        {
            "coef": coef,
            **{f"se_{name}": value for name, value in se.items()},
            "df": df,
            "p_CR1S": [
                two_sided_p(b / s, clusters - 1) if s > 0 else None for b, s in zip(coef, se["CR1S"], strict=True)
            ],
            "p_CR2": [
                two_sided_p(b / s, d) if s > 0 and d > 0 else None for b, s, d in zip(coef, se["CR2"], df, strict=True)
            ],
            "low": coef - half,
            "high": coef + half,
            "se_naive": np.sqrt(np.diag(bread) * rss / (n - k)),
        },
        index=pd.Index(sums.names, name="coefficient"),
    )
    notes = list(sums.notes)
    if clusters < FEW:
        notes.append(f"{clusters} clusters: read CR2 with its degrees of freedom, CR1S is too short")
    low = [name for name, d in zip(sums.names, df, strict=True) if d < 4]
    if low:
        notes.append("fewer than 4 degrees of freedom, p is a rough guide: " + ", ".join(low))
    method = "linear regression, cluster-robust errors, t intervals of CR2 with Satterthwaite df"
    return ClusterFit(table, cr2, n, sums.n_before, clusters, level, method, tuple(notes))


def _require_clusters(clusters: int, n: float, k: int) -> None:
    if clusters < 2 or n <= k:
        refuse("cluster", f"{clusters} clusters, {n:g} answers", f"2 clusters and more than {k} answers")


def _balanced(gram: np.ndarray) -> np.ndarray:
    """Cross products with a diagonal of ones."""
    scale = 1 / np.sqrt(np.diag(gram))
    return gram * np.outer(scale, scale)


def cluster_variances(
    xx: np.ndarray, score: np.ndarray, bread: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """CR0, CR2 and the Satterthwaite degrees of freedom of each coefficient.

    From X_g'X_g, X_g'e_g and (X'X)^-1. Directions that a cluster's own dummies explain completely get no weight, as
    in a generalised inverse. The degrees of freedom are tr(B)^2 / tr(B^2), B the covariance under independence of the
    clusters' contributions.
    """
    half = score @ bread
    cr0 = half.T @ half
    k = len(bread)
    scale = np.sqrt(np.diag(bread))  # the work is done in units in which every coefficient has error 1
    unit = bread / np.outer(scale, scale)
    adjusted, own, u_sums = [], [], np.zeros((k, k, k))
    for start in range(0, len(xx), CHUNK):
        s = xx[start : start + CHUNK] * np.outer(scale, scale)
        e = score[start : start + CHUNK] * scale
        size, axes = np.linalg.eigh(s)
        size = np.maximum(size, 0)
        real = size > 1e-11 * size.max(axis=1, keepdims=True)
        root = np.where(real, np.sqrt(size), 0.0)
        back = np.where(real, 1 / np.sqrt(np.where(real, size, 1.0)), 0.0)
        root_s = (axes * root[:, None, :]) @ axes.transpose(0, 2, 1)
        back_s = (axes * back[:, None, :]) @ axes.transpose(0, 2, 1)
        leverage, turn = np.linalg.eigh(root_s @ unit @ root_s)
        rest = 1 - leverage
        power = np.where(rest > 1e-9, 1 / np.sqrt(np.where(rest > 1e-9, rest, 1.0)), 0.0)
        middle = (turn * power[:, None, :]) @ turn.transpose(0, 2, 1)
        adjusted.append(np.einsum("gij,gj->gi", root_s @ middle @ back_s, e))
        v = back_s @ middle @ root_s @ unit  # a_g = X_g v_g, a column for each coefficient
        u = s @ v
        d = np.einsum("gij,gij->gj", v, u)  # a_g'a_g
        q = np.einsum("gij,gij->gj", u, unit @ u)  # a_g'H_gg a_g
        own.append(np.stack([d, q]))
        u_sums += np.einsum("gic,gjc->cij", u, u)
    z = np.concatenate(adjusted) @ (unit * scale[None, :])  # each cluster's contribution to the coefficients
    cr2 = z.T @ z
    d, q = np.concatenate(own, axis=1)
    trace = (d - q).sum(axis=0)
    whole = np.array([np.trace(unit @ m @ unit @ m) for m in u_sums])
    square = ((d - q) ** 2).sum(axis=0) + whole - (q**2).sum(axis=0)
    df = np.divide(trace**2, square, out=np.zeros(k), where=square > 1e-12 * trace**2)
    return cr0, cr2, df


def exchangeable(sums: ClusterSums, level: float = 0.95) -> GeeFit:
    """As `clustered`, with answers of one cluster equally correlated: large clusters then count for less. Units of y.

    Gaussian GEE, identity link, from the same sums; the correlation by moments, sum of r_i r_j over pairs within
    clusters over the number of pairs and the mean square (no correction for the coefficients); robust (sandwich) z.
    """
    clusters, k, n = len(sums.n), len(sums.names), float(sums.n.sum())
    _require_clusters(clusters, n, k)
    pairs = float((sums.n * (sums.n - 1) / 2).sum())
    if pairs == 0:
        refuse("cluster", "one answer in every cluster", "clusters with two answers", "use clustered()")
    ones = sums.xx[:, :, 0]  # X_g'1, the intercept being first
    total = sums.xy[:, 0]
    rho, coef = 0.0, np.zeros(k)
    for _ in range(200):
        weight = rho / (1 + (sums.n - 1) * rho)
        gram = sums.xx.sum(axis=0) - (ones * weight[:, None]).T @ ones
        new = np.linalg.solve(gram, sums.xy.sum(axis=0) - ones.T @ (weight * total))
        squares = sums.yy - 2 * sums.xy @ new + np.einsum("i,gij,j->g", new, sums.xx, new)
        left = total - ones @ new
        before, rho = rho, float((left**2 - squares).sum() / 2 / pairs / (squares.sum() / n))
        settled = np.abs(new - coef).max() < 1e-12 * max(1.0, np.abs(new).max()) and abs(rho - before) < 1e-12
        coef = new
        if settled:
            break
    bread = np.linalg.inv(gram)
    score = sums.xy - sums.xx @ coef - ones * (weight * left)[:, None]
    cov = bread @ (score.T @ score) @ bread
    table = coefficient_table(sums.names, coef, cov, None, level, False)
    notes = list(sums.notes)
    if clusters < FEW:
        notes.append(f"{clusters} clusters: robust GEE errors are too short below about {FEW}")
    method = "GEE, exchangeable correlation, identity link, robust errors, z intervals"
    return GeeFit(table, rho, n, sums.n_before, clusters, level, method, tuple(notes))
