"""Interface of a family of experts."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import has_fit_parameter

from magnet_sklearn.experts._views import View


class Features:
    """Features that a family sees of a view: here its columns as they are."""

    # whether fitted experts take the columns of the view
    are_columns = True

    def of_training(self, view: View) -> np.ndarray:
        """Return what experts learn from, of the training patients."""
        return self.transform(view)

    def finish(self, expert: BaseEstimator, view: View) -> None:
        """Let a fitted expert take what `transform` returns; by default it does."""

    def transform(self, view: View) -> np.ndarray:
        """Return what a fitted expert takes, of any patients."""
        return view.table


class Family(BaseEstimator, ABC):
    """The same model on each view, for the kinds of target that it can learn.

    As in an estimator of scikit-learn, constructor parameters are attributes of the
    same name.
    """

    name: ClassVar[str]
    # kinds of target for which "auto" fits the family
    in_auto: ClassVar[tuple[str, ...]] = ()
    # the same where there are patients without a target
    in_auto_with_unlabelled: ClassVar[tuple[str, ...]] = ()

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

    def features(self, view: View, random_state: int | None) -> Features:
        """Choose features by the training patients who have a view.

        Parameters
        ----------
        view : View
            These patients; targets are not used.
        random_state : int or None
            Seed.

        Returns
        -------
        features : Features
            Its `of_training` takes the same view, its `transform` that of others.
        """
        return Features()

    def cross_fit(self, expert, features, y, weight, folds) -> list[BaseEstimator]:
        """Fit an expert on all patients; return fitted ones of all folds.

        Parameters
        ----------
        expert : estimator
            As `expert` returns it. Hyperparameters, if it has any to choose, are
            chosen out of fold before it is fitted.
        features : ndarray of shape (n_patients, n_features)
            Those of the training patients.
        y : ndarray of shape (n_patients,) or (n_patients, n_columns)
            Target.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        folds : list of (train, held_out) index arrays
            Folds.

        Returns
        -------
        of_folds : list of estimator
            Fitted on the training patients of each fold.
        """
        _fit(expert, features, y, weight)
        return [
            _fit(clone(expert), features[train], y[train], weight[train])
            for train, _ in folds
        ]


class TunedFamily(Family):
    """Family whose experts choose hyperparameters in a `cross_fit` of their own."""

    def cross_fit(self, expert, features, y, weight, folds):
        return expert.cross_fit(features, y, weight, folds)


def _fit(expert, features, y, weight):
    """Fit an expert, with weights where it takes them."""
    if has_fit_parameter(expert, "sample_weight"):
        return expert.fit(features, y, sample_weight=weight)
    return expert.fit(features, y)
