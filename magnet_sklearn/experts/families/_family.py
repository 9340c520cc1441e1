"""Interface of a family of experts."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import has_fit_parameter


class Features:
    """Features that a family sees of a view: here its columns as they are."""

    def transform(self, table: np.ndarray) -> np.ndarray:
        """Return the features of patients."""
        return table


class Family(ABC):
    """The same model on each view, for the kinds of target that it can learn."""

    name: ClassVar[str]
    # whether fitted experts predict their training patients by `out_of_bag()`
    has_out_of_bag: ClassVar[bool] = False

    @abstractmethod
    def expert(self, kind: str, random_state: int | None) -> BaseEstimator | None:
        """Return an unfitted expert for a kind of target, None if there is none."""

    def features(self, table: np.ndarray, random_state: int | None) -> Features:
        """Learn features from the training patients who have a view."""
        return Features()

    def cross_fit(self, expert, features, y, weight, folds) -> list[BaseEstimator]:
        """Fit an expert on all patients; return fitted ones of all folds.

        Hyperparameters, if the family has any, are chosen out of fold before.
        """
        _fit(expert, features, y, weight)
        return [
            _fit(clone(expert), features[train], y[train], weight[train])
            for train, _ in folds
        ]


def _fit(expert, features, y, weight):
    """Fit an expert, with weights where it takes them."""
    if has_fit_parameter(expert, "sample_weight"):
        return expert.fit(features, y, sample_weight=weight)
    return expert.fit(features, y)
