"""Why a fitted estimator predicts what it predicts, and how sure it is."""

from magnet_sklearn.explain._conformal import ConformalPredictor
from magnet_sklearn.explain._enrichment import pathway_enrichment
from magnet_sklearn.explain._enrichment_gprofiler import gprofiler_enrichment
from magnet_sklearn.explain._enrichment_result import Enrichment
from magnet_sklearn.explain._explanation import Explanation

__all__ = [
    "ConformalPredictor",
    "Enrichment",
    "Explanation",
    "gprofiler_enrichment",
    "pathway_enrichment",
]
