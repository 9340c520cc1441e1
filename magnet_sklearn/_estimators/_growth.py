"""Modalities that come after `fit`."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from math import prod
from typing import Any

from sklearn.utils.validation import check_is_fitted

from magnet_sklearn.data._names import quoted
from magnet_sklearn.data._schema import ModalitySchema
from magnet_sklearn.preprocessing._side_by_side import (
    SideBySidePreprocessor,
    select_modalities,
)


@dataclass(frozen=True)
class Growth:
    """What `add_modality` asks the steps of `fit` for.

    Parameters
    ----------
    modalities : list of str
        New modalities.
    freeze : bool
        Whether encoders of the others stay as they are.
    """

    modalities: list[str]
    freeze: bool


class GrowthMixin:
    """`add_modality` and the steps of `fit` that it changes."""

    _growth: Growth | None = None  # set while `add_modality` is at work
    _schema: ModalitySchema
    _preprocessors: list
    # of the estimator that this is mixed into
    _check_data: Any
    _ensemble: Any
    _new_preprocessors: Any
    feature_graph_: Any
    fit: Any

    def add_modality(
        self, X, y, sample_weight=None, groups=None, freeze=False, **fit_params
    ):
        """Go on with modalities that were not there in `fit`.

        Preprocessing of the known modalities stays as it is; their encoders, fusion
        and heads train on from where they are, beside a new encoder per new modality.
        Experts, their combination, patient graph and gates are fitted to these
        patients anew, so that all evidence about them stays out of fold; with the
        patients of `fit` in the same order and an integer `random_state` the experts
        of known modalities come out as they were. A network keeps holding out whom
        it held out before. Parameters that name modalities (`encoders`,
        `preprocessor`, and `modalities` for flat X) can be changed with `set_params`
        first; `preprocessor` is then fitted on the new modalities only. If this
        fails, the estimator is as it was before.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            The patients of `fit` or others, with one or more new modalities. A known
            modality left out counts as missing.
        y : array-like of shape (n_patients,)
            Target, as in `fit`.
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients.
        groups : array-like of shape (n_patients,), default=None
            Groups of the patients, as in `fit`.
        freeze : bool, default=False
            If True, the encoders of known modalities do not change.
        **fit_params : any
            Further arguments of `fit`, such as `X_val` and `y_val`. They are needed
            where the networks were stopped by such patients before.

        Returns
        -------
        self : estimator
            The estimator, with new modalities at the end of `modalities_`.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If X has no new modality, a new one is missing for all patients, columns of
            a known one differ, or the estimator has a `feature_graph`.
        """
        check_is_fitted(self)
        if self.feature_graph_ is not None:
            raise ValueError(
                f"This {type(self).__name__} has a feature_graph, whose nodes are the "
                "features of fit; it cannot take a modality later. Fit anew, or use "
                "feature_graph=None."
            )
        grown = copy(self)
        grown._learn_modalities(X, self._schema, freeze)
        # trained networks are replaced, never written to
        grown._ensemble = copy(self._ensemble)
        grown.fit(X, y, sample_weight=sample_weight, groups=groups, **fit_params)
        del grown._growth
        vars(grown).pop("_pretrained", None)  # has no place for the new modality
        for name in set(vars(self)) - set(vars(grown)):
            delattr(self, name)
        vars(self).update(vars(grown))
        return self

    def _learn_modalities(self, X, known, freeze):
        """Check X and put its new modalities behind the known ones."""
        X = self._check_data(X, reset=True)
        new = [name for name in X if name not in known.blocks]
        if not new:
            raise ValueError(
                f"X has no modality that this {type(self).__name__} does not know. "
                f"Fitted modalities: {quoted(known.blocks)}. Pass a new one beside "
                "them, or use fit with warm_start=True to train on."
            )
        for name in new:
            if not X.mask[:, list(X).index(name)].any():
                raise ValueError(
                    f"The new modality {name!r} is missing for all {len(X)} patients. "
                    "Pass some patients who have it."
                )
        blocks = {**known.blocks, **{name: self._schema.blocks[name] for name in new}}
        self._schema = ModalitySchema(blocks)
        self.modalities_ = list(blocks)
        if not set(known.blocks) <= set(X):
            self.n_features_in_ = sum(prod(block.shape) for block in blocks.values())
        self._growth = Growth(new, freeze)

    def _grow_preprocessor(self, X, y):
        """Put transformers of the new modalities beside those of the known ones."""
        new = self._growth.modalities if self._growth else []
        known = [name for name in self.modalities_ if name not in new]
        steps, _ = self._new_preprocessors(select_modalities(X, new), y)
        self._preprocessors = [
            SideBySidePreprocessor([(known, self._preprocessors), (new, steps)])
        ]

    def _frozen(self):
        """Names of the modalities whose encoders stay as they are."""
        if self._growth is None or not self._growth.freeze:
            return frozenset()
        return frozenset(self.modalities_) - frozenset(self._growth.modalities)
