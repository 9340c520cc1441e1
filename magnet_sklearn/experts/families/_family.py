"""Interface of a family of experts."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator


class Features:
    """Features that a family sees of a view: here its columns as they are."""

    def transform(self, table: np.ndarray) -> np.ndarray:
        """Return the features of patients."""
        return table


class Family(BaseEstimator, ABC):
    """The same model on each view, for the kinds of target that it can learn.

    As in an estimator of scikit-learn, constructor parameters are attributes of the
    same name.
    """

    name: ClassVar[str]
    # kinds of target for which "auto" fits the family
    in_auto: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def expert(self, kind: str, random_state: int | None) -> BaseEstimator | None:
        """Return an unfitted expert for a kind of target, None if there is none."""

    def has_out_of_bag(self, kind: str) -> bool:
        """Whether fitted experts predict their training patients by `out_of_bag()`."""
        return False

    def features(self, table: np.ndarray, random_state: int | None) -> Features:
        """Learn features from the training patients who have a view."""
        return Features()

    def tune(self, expert, features, y, weight, folds) -> BaseEstimator:
        """Choose the hyperparameters of an expert out of fold, if it has any."""
        return expert
