"""Survival metrics, net benefit, and a check of missingness."""

# Not in `__all__`: concordance, kaplan_meier and counts, for reports and plotting.
from magnet_sklearn.metrics._concordance import (
    concordance,
    concordance_index_censored,
    concordance_index_ipcw,
)
from magnet_sklearn.metrics._cumulative_incidence import cumulative_incidence
from magnet_sklearn.metrics._kaplan_meier import kaplan_meier, n_at_risk, n_events
from magnet_sklearn.metrics._net_benefit import net_benefit
from magnet_sklearn.metrics._shortcut import missingness_shortcut_score
from magnet_sklearn.metrics._survival import (
    brier_score,
    cumulative_dynamic_auc,
    integrated_brier_score,
)

__all__ = [
    "brier_score",
    "concordance_index_censored",
    "concordance_index_ipcw",
    "cumulative_dynamic_auc",
    "cumulative_incidence",
    "integrated_brier_score",
    "missingness_shortcut_score",
    "net_benefit",
]
