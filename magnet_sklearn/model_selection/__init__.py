"""Cross-validation splits for survival targets."""

from magnet_sklearn.model_selection._event_folds import EventStratifiedKFold

__all__ = ["EventStratifiedKFold"]
