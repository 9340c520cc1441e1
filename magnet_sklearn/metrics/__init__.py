"""Survival metrics, net benefit, calibration in the large, drift, missingness."""

# Not in `__all__`: what reports and plotting use of them.
from magnet_sklearn.metrics._concordance import (
    concordance,
    concordance_index_censored,
    concordance_index_ipcw,
)
from magnet_sklearn.metrics._cumulative_incidence import cumulative_incidence
from magnet_sklearn.metrics._discrepancy import maximum_mean_discrepancy
from magnet_sklearn.metrics._in_the_large import (
    calibration_in_the_large,
    recalibration,
)
from magnet_sklearn.metrics._kaplan_meier import kaplan_meier, n_at_risk, n_events
from magnet_sklearn.metrics._net_benefit import net_benefit
from magnet_sklearn.metrics._recalibration import RecalibrationInTheLarge
from magnet_sklearn.metrics._shortcut import missingness_shortcut_score
from magnet_sklearn.metrics._stability import (
    check_pair,
    largest_by_chance,
    pattern_stability,
    population_stability_index,
)
from magnet_sklearn.metrics._survival import (
    brier_score,
    cumulative_dynamic_auc,
    integrated_brier_score,
)

__all__ = [
    "RecalibrationInTheLarge",
    "brier_score",
    "calibration_in_the_large",
    "concordance_index_censored",
    "concordance_index_ipcw",
    "cumulative_dynamic_auc",
    "cumulative_incidence",
    "integrated_brier_score",
    "maximum_mean_discrepancy",
    "missingness_shortcut_score",
    "net_benefit",
    "population_stability_index",
]
