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
        """Return an unfitted expert for a kind of target.

        Parameters
        ----------
        kind : str
            "classes", "numbers" or "survival": the `kind` of an `EvidenceKind`.
        random_state : int or None
            Seed of the expert.

        Returns
        -------
        expert : estimator or None
            None if the family cannot learn the kind.
        """

    def has_out_of_bag(self, kind: str) -> bool:
        """Whether fitted experts predict their training patients by `out_of_bag()`.

        Parameters
        ----------
        kind : str
            "classes", "numbers" or "survival".

        Returns
        -------
        has_out_of_bag : bool
            If False, or with groups, evidence is from experts of other folds.
        """
        return False

    def features(self, table: np.ndarray, random_state: int | None) -> Features:
        """Learn features from the training patients who have a view.

        Parameters
        ----------
        table : ndarray of shape (n_patients, n_columns)
            The view; targets are not used.
        random_state : int or None
            Seed.

        Returns
        -------
        features : Features
            Its `transform` takes a table of other patients.
        """
        return Features()

    def tune(self, expert, features, y, weight, folds) -> BaseEstimator:
        """Choose the hyperparameters of an expert out of fold, if it has any.

        Parameters
        ----------
        expert : estimator
            As `expert` returns it.
        features : ndarray of shape (n_patients, n_features)
            Transformed view.
        y : ndarray of shape (n_patients,) or (n_patients, n_columns)
            Target.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        folds : list of (train, held_out) index arrays
            Folds.

        Returns
        -------
        expert : estimator
            Still unfitted.
        """
        return expert
