"""The estimators: pure functions of counts, sums and small tables, with no journey in sight.

What needs no journey is typed from here; the measures call the same functions.
"""

from .agreement import Agreement, cohen_kappa, krippendorff_alpha
from .choice import (
    best_set,
    best_sets,
    how_often_chosen,
    normal_rank_shares,
    p_top_k,
    rank_shares,
    seeded,
    triangular,
)
from .design import design_difference, design_effect, design_mean, design_share, kish
from .differences import Difference, Standardised, difference, kitagawa, nps_difference, standardised
from .equivalence import tost, verdict, within
from .intervals import Estimate, mean_interval, normal_limits, nps_credible, nps_interval, rate_interval, share_interval
from .multiplicity import benjamini_hochberg, benjamini_yekutieli, bonferroni, holm
from .power import nps_detectable, nps_margin, nps_power, nps_sample_size, nps_variance
from .rates import Ratio, dispersion, rate_ratio

__all__ = [
    "Agreement",
    "Difference",
    "Estimate",
    "Ratio",
    "Standardised",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "best_set",
    "best_sets",
    "bonferroni",
    "cohen_kappa",
    "design_difference",
    "design_effect",
    "design_mean",
    "design_share",
    "difference",
    "dispersion",
    "holm",
    "how_often_chosen",
    "kish",
    "kitagawa",
    "krippendorff_alpha",
    "mean_interval",
    "normal_limits",
    "normal_rank_shares",
    "nps_credible",
    "nps_detectable",
    "nps_difference",
    "nps_interval",
    "nps_margin",
    "nps_power",
    "nps_sample_size",
    "nps_variance",
    "p_top_k",
    "rank_shares",
    "rate_interval",
    "rate_ratio",
    "seeded",
    "share_interval",
    "standardised",
    "tost",
    "triangular",
    "verdict",
    "within",
]
