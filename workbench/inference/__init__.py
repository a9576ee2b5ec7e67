"""The estimators: pure functions of counts, sums and small tables, with no journey in sight.

What needs no journey is typed from here; the measures call the same functions.
"""

from .agreement import Agreement, cohen_kappa, krippendorff_alpha
from .asymmetry import PenaltyReward, low_high, penalty_reward
from .before_after import BeforeAfter, interrupted_by_method, interrupted_series
from .breaks import Breaks, level_breaks
from .cells import Design, design_matrix
from .charts import Chart, estimates_chart, ewma_chart, p_chart, xmr_chart
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
from .churn import ChurnCounts, churn_counts
from .clustered import ClusterFit, ClusterSums, GeeFit, cluster_sums, clustered, exchangeable
from .counts import CountModel, count_model
from .cox import Cox, cox_regression
from .crosstabs import ChiSquare, CrossSums, chi_square, cross_sums, estimate_letters, mean_letters, share_letters
from .curve import (
    PeakEnd,
    bootstrap_curve,
    curve_paths,
    curve_sums,
    journey_patterns,
    journey_statistics,
    mean_curve,
    peak_end,
)
from .design import design_covariance, design_difference, design_effect, design_mean, design_share, kish
from .did import DifferenceInDifferences, PreTrend, difference_in_differences
from .differences import Difference, Standardised, difference, kitagawa, nps_difference, standardised
from .driver_draws import DriverBootstrap, driver_bootstrap
from .drivers import AdjustedDrivers, Drivers, RelativeWeights, adjusted_drivers, key_drivers, relative_weights
from .drivers_of_events import BinaryDrivers, binary_drivers
from .drivers_of_order import OrdinalDrivers, ordinal_drivers
from .equivalence import tost, verdict, within
from .false_alarms import false_alarm_rate
from .glm import Fit, logit, poisson
from .importance import ImportancePerformance, importance_performance, quadrants
from .intervals import Estimate, mean_interval, normal_limits, nps_credible, nps_interval, rate_interval, share_interval
from .kano import Kano, kano, kano_by_feature, kano_counts
from .latent_classes import (
    LatentClasses,
    Leftover,
    Stability,
    class_numbers,
    class_stability,
    latent_classes,
    leftover,
)
from .league import League, branch_sums, league
from .least_squares import Line, correlation, least_squares
from .letters import Letters, column_letter
from .moments import Moments, moment_sums, moments_of
from .multiplicity import Family, benjamini_hochberg, benjamini_yekutieli, bonferroni, family, holm
from .nonresponse import NonResponse, nonresponse_weights, response_classes
from .ordinal import Ordinal, ordinal_tests, parallel_lines, predicted_shares, proportional_odds, slopes_by_cut
from .power import (
    Plan,
    nps_detectable,
    nps_margin,
    nps_power,
    nps_sample_size,
    nps_variance,
    rate_plan,
    rate_power,
    share_detectable,
    share_plan,
    share_power,
)
from .preceding import mantel_haenszel_rates, time_in_periods
from .products import PsuProducts, covariance_of_means, linear_covariance, psu_products
from .ranking import Ranking, equally_good_sets, normal_ranking
from .ranks import RankTest, rank_counts, rank_test
from .rao_scott import CellProducts, RaoScott, cell_products, rao_scott_test
from .rates import Ratio, dispersion, rate_ratio
from .resampling import Resampled, bootstrap_difference, bootstrap_mean
from .risk import AverageRisk, average_risk
from .scales import ScaleCounts, ScaleSummary, scale_counts, scale_summary
from .seasons import Seasons, SeasonTest, season_test, seasonal_parts
from .shares import Change, share_change, share_difference
from .stretches import turned_stretches
from .summing import (
    DesignSums,
    DesignSumsOfTwo,
    NpsCounts,
    design_sums,
    design_sums_of_two,
    nps_counts,
    nps_points,
    patterns,
    standardised_cells,
)
from .survey_models import SurveyFit, Wald, survey_model, survey_patterns, wald
from .survival import FollowUps, LogRank, Survival, follow_up_counts, kaplan_meier, log_rank, survival_at
from .themes import Theme, Themes, theme_impact
from .trimming import (
    Trimmed,
    max_over_median,
    rake_and_trim,
    raked_mean,
    trim,
    trim_weights,
    with_trimmed,
)
from .voi import StudyWorth, Worth, draws_worth, scenario_worth, study_worth
from .waves import Matched, matched_change, matched_sums
from .weighting import Raked, margin_table, rake, raked_weights, raking_cells
from .words import keyness, word_counts
from .zeros import ZeroInflated, ZeroModels, zero_models

__all__ = [
    "AdjustedDrivers",
    "Agreement",
    "AverageRisk",
    "BeforeAfter",
    "BinaryDrivers",
    "Breaks",
    "CellProducts",
    "Change",
    "Chart",
    "ChiSquare",
    "ChurnCounts",
    "ClusterFit",
    "ClusterSums",
    "CountModel",
    "Cox",
    "CrossSums",
    "Design",
    "DesignSums",
    "DesignSumsOfTwo",
    "Difference",
    "DifferenceInDifferences",
    "DriverBootstrap",
    "Drivers",
    "Estimate",
    "Family",
    "Fit",
    "FollowUps",
    "GeeFit",
    "ImportancePerformance",
    "Kano",
    "LatentClasses",
    "League",
    "Leftover",
    "Letters",
    "Line",
    "LogRank",
    "Matched",
    "Moments",
    "NonResponse",
    "NpsCounts",
    "Ordinal",
    "OrdinalDrivers",
    "PeakEnd",
    "PenaltyReward",
    "Plan",
    "PreTrend",
    "PsuProducts",
    "Raked",
    "RankTest",
    "Ranking",
    "RaoScott",
    "Ratio",
    "RelativeWeights",
    "Resampled",
    "ScaleCounts",
    "ScaleSummary",
    "SeasonTest",
    "Seasons",
    "Stability",
    "Standardised",
    "StudyWorth",
    "SurveyFit",
    "Survival",
    "Theme",
    "Themes",
    "Trimmed",
    "Wald",
    "Worth",
    "ZeroInflated",
    "ZeroModels",
    "adjusted_drivers",
    "average_risk",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "best_set",
    "best_sets",
    "binary_drivers",
    "bonferroni",
    "bootstrap_curve",
    "bootstrap_difference",
    "bootstrap_mean",
    "branch_sums",
    "cell_products",
    "chi_square",
    "churn_counts",
    "class_numbers",
    "class_stability",
    "cluster_sums",
    "clustered",
    "cohen_kappa",
    "column_letter",
    "correlation",
    "count_model",
    "covariance_of_means",
    "cox_regression",
    "cross_sums",
    "curve_paths",
    "curve_sums",
    "design_covariance",
    "design_difference",
    "design_effect",
    "design_matrix",
    "design_mean",
    "design_share",
    "design_sums",
    "design_sums_of_two",
    "difference",
    "difference_in_differences",
    "dispersion",
    "draws_worth",
    "driver_bootstrap",
    "equally_good_sets",
    "estimate_letters",
    "estimates_chart",
    "ewma_chart",
    "exchangeable",
    "false_alarm_rate",
    "family",
    "follow_up_counts",
    "holm",
    "how_often_chosen",
    "importance_performance",
    "interrupted_by_method",
    "interrupted_series",
    "journey_patterns",
    "journey_statistics",
    "kano",
    "kano_by_feature",
    "kano_counts",
    "kaplan_meier",
    "key_drivers",
    "keyness",
    "kish",
    "kitagawa",
    "krippendorff_alpha",
    "latent_classes",
    "league",
    "least_squares",
    "leftover",
    "level_breaks",
    "linear_covariance",
    "log_rank",
    "logit",
    "low_high",
    "mantel_haenszel_rates",
    "margin_table",
    "matched_change",
    "matched_sums",
    "max_over_median",
    "mean_curve",
    "mean_interval",
    "mean_letters",
    "moment_sums",
    "moments_of",
    "nonresponse_weights",
    "normal_limits",
    "normal_rank_shares",
    "normal_ranking",
    "nps_counts",
    "nps_credible",
    "nps_detectable",
    "nps_difference",
    "nps_interval",
    "nps_margin",
    "nps_points",
    "nps_power",
    "nps_sample_size",
    "nps_variance",
    "ordinal_drivers",
    "ordinal_tests",
    "p_chart",
    "p_top_k",
    "parallel_lines",
    "patterns",
    "peak_end",
    "penalty_reward",
    "poisson",
    "predicted_shares",
    "proportional_odds",
    "psu_products",
    "quadrants",
    "rake",
    "rake_and_trim",
    "raked_mean",
    "raked_weights",
    "raking_cells",
    "rank_counts",
    "rank_shares",
    "rank_test",
    "rao_scott_test",
    "rate_interval",
    "rate_plan",
    "rate_power",
    "rate_ratio",
    "relative_weights",
    "response_classes",
    "scale_counts",
    "scale_summary",
    "scenario_worth",
    "season_test",
    "seasonal_parts",
    "seeded",
    "share_change",
    "share_detectable",
    "share_difference",
    "share_interval",
    "share_letters",
    "share_plan",
    "share_power",
    "slopes_by_cut",
    "standardised",
    "standardised_cells",
    "study_worth",
    "survey_model",
    "survey_patterns",
    "survival_at",
    "theme_impact",
    "time_in_periods",
    "tost",
    "triangular",
    "trim",
    "trim_weights",
    "turned_stretches",
    "verdict",
    "wald",
    "with_trimmed",
    "within",
    "word_counts",
    "xmr_chart",
    "zero_models",
]
