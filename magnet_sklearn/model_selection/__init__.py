"""Splits for targets that scikit-learn does not know."""

from magnet_sklearn.model_selection._event_folds import EventStratifiedKFold

__all__ = ["EventStratifiedKFold"]
