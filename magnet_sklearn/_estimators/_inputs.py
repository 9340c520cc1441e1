"""From what users pass as X to preprocessed patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from torch import nn

from magnet_sklearn._estimators._frozen_encoders import FrozenEncoders
from magnet_sklearn._estimators._reading import is_flat, n_features, read_input
from magnet_sklearn._estimators._wide_blocks import (
    ModelPreprocessor,
    WideBlockProjection,
    fit_projection,
    without_projections,
)
from magnet_sklearn._utils import CentredSparse
from magnet_sklearn.data import (
    BlockSchema,
    ModalitySchema,
    MultiModalData,
    as_pandas,
    quoted,
)
from magnet_sklearn.graph import FeatureGraph
from magnet_sklearn.preprocessing import (
    DefaultPreprocessor,
    SideBySidePreprocessor,
    fit_feature_tables,
    select_modalities,
)


@dataclass(frozen=True)
class InputPipeline:
    """Validates, conforms and preprocesses X; can be extended by a modality.

    It never changes: what learns returns another one.

    Parameters
    ----------
    modalities : dict of str to columns or None
        For flat X, as in the estimators.
    preprocessor : transformer or None
        Applied before the default preprocessing.
    feature_graph : FeatureGraph or None
        Not fitted.
    encoded_alone : sequence of str
        Modalities with an encoder of their own, which the feature graph leaves out.
    frozen : dict of str to Module or None
        Encoders that do not learn, applied before the default preprocessing.
    schema : ModalitySchema or None
        Modalities and columns of `fit`.
    n_features_in : int
        Features of all modalities.
    feature_names_in : ndarray of str or None
        Column names of a flat frame.
    steps : tuple of transformers
        Fitted preprocessing.
    new_modalities : tuple of str
        Modalities whose preprocessing is not fitted yet.
    feature_graph_ : FeatureGraph or None
        Fitted.
    projected : frozenset of str
        Modalities of which the last step returns components.
    """

    modalities: Mapping[str, Any] | None
    preprocessor: TransformerMixin | None
    feature_graph: FeatureGraph | None
    encoded_alone: Sequence[str] = ()
    frozen: Mapping[str, nn.Module] | None = None
    schema: ModalitySchema | None = None
    n_features_in: int = 0
    feature_names_in: np.ndarray | None = None
    steps: tuple[TransformerMixin, ...] = ()
    new_modalities: tuple[str, ...] = ()
    feature_graph_: FeatureGraph | None = None
    projected: frozenset[str] = frozenset()

    @property
    def blocks(self) -> dict[str, BlockSchema]:
        """What the block of each modality looked like in `fit`."""
        return {} if self.schema is None else self.schema.blocks

    def read(
        self, estimator: BaseEstimator, X: Any
    ) -> tuple[InputPipeline, MultiModalData]:
        """Return X as `fit` takes it, and what knows its modalities and columns."""
        if self.schema is None:
            return self.learn(estimator, X)
        return self, self.check(estimator, X)

    def learn(
        self, estimator: BaseEstimator, X: Any
    ) -> tuple[InputPipeline, MultiModalData]:
        """Learn modalities and columns; return what has, and X as it reads it."""
        X = as_pandas(X)
        scratch = copy(estimator)  # validation writes what it learns into an estimator
        data = read_input(scratch, X, self.modalities, reset=True)
        schema = ModalitySchema.from_data(data)
        learned = replace(
            self,
            schema=schema,
            n_features_in=n_features(schema),
            feature_names_in=None,
            new_modalities=tuple(schema.blocks),
        )
        if is_flat(X):
            names = getattr(scratch, "feature_names_in_", None)
            learned = replace(
                learned,
                n_features_in=scratch.n_features_in_,
                feature_names_in=names,
            )
        return learned, data

    def extending(
        self, fitted: InputPipeline, estimator: BaseEstimator, X: Any
    ) -> InputPipeline:
        """Learn the modalities that a fitted pipeline lacks; keep the others."""
        seen, data = self.learn(estimator, X)
        known, found = fitted.blocks, seen.blocks
        new = [name for name in found if name not in known]
        if not new:
            raise ValueError(
                f"X has no modality that this {type(estimator).__name__} does not know."
                f" Fitted modalities: {quoted(known)}. Pass a new one beside them, or "
                "use fit with warm_start=True to train on."
            )
        for name in new:
            if not data.mask[:, list(data).index(name)].any():
                raise ValueError(
                    f"The new modality {name!r} is missing for all {len(data)} "
                    "patients. Pass some patients who have it."
                )
        schema = ModalitySchema({**known, **{name: found[name] for name in new}})
        has_all = set(known) <= set(found)
        return replace(
            seen,
            schema=schema,
            n_features_in=seen.n_features_in if has_all else n_features(schema),
            steps=fitted.steps,
            new_modalities=tuple(new),
            projected=fitted.projected,
        )

    def check(self, estimator: BaseEstimator, X: Any) -> MultiModalData:
        """Return X with the modalities and columns of `fit`, or say what differs."""
        X = as_pandas(X)
        scratch = estimator
        if is_flat(X):
            scratch = copy(estimator)
            scratch.n_features_in_ = self.n_features_in
            if self.feature_names_in is not None:
                scratch.feature_names_in_ = self.feature_names_in
        data = read_input(scratch, X, self.modalities, reset=False)
        return ModalitySchema(self.blocks).conform(data, type(estimator).__name__)

    def forgotten(self) -> InputPipeline:
        """Return what knows the same modalities and columns, but no patients."""
        return replace(
            self,
            steps=(),
            new_modalities=tuple(self.blocks),
            feature_graph_=None,
            projected=frozenset(),
        )

    def fit_transform(
        self, X: MultiModalData, y: np.ndarray | None
    ) -> tuple[InputPipeline, MultiModalData]:
        """Fit what is not fitted yet, and return preprocessed training patients."""
        if not self.new_modalities:
            return self, self.transform(X)
        known = [name for name in self.blocks if name not in self.new_modalities]
        steps, transformed = self._fit_steps(
            X if not known else select_modalities(X, self.new_modalities), y
        )
        fitted = replace(self, steps=steps, new_modalities=())
        if known:
            beside = [(known, list(self.steps)), (list(self.new_modalities), steps)]
            fitted = replace(fitted, steps=(SideBySidePreprocessor(beside),))
            transformed = fitted.transform(X)
        return replace(
            fitted, feature_graph_=fitted._fit_feature_graph(transformed)
        ), transformed

    def with_feature_tables(
        self, X: MultiModalData, modalities: Sequence[str]
    ) -> tuple[InputPipeline, MultiModalData]:
        """Add tables in place of images, time series and sets, as experts see them.

        Parameters are those of `with_projection`.
        """
        step = fit_feature_tables(X, modalities, self.steps[-1])
        if step is None:
            return self, X
        return replace(self, steps=(*self.steps, step)), step.transform(X)

    def with_projection(
        self, X: MultiModalData, modalities: Sequence[str]
    ) -> tuple[InputPipeline, MultiModalData]:
        """Add what networks see in place of wide blocks; return their patients, too.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Preprocessed training patients.
        modalities : sequence of str
            Modalities that were fitted on them. Those of the feature graph and those
            with an encoder of their own stay as they are.
        """
        if self.feature_graph is not None:
            return self, X
        names = set(modalities).difference(self.encoded_alone)
        step = fit_projection(X, names, self.steps[-1].category_sizes_)
        if step is None:
            return self, X
        projected = self.projected.union(step.blocks)
        added = replace(self, steps=(*self.steps, step), projected=projected)
        return added, step.transform(X)

    def without_projection(
        self,
    ) -> tuple[InputPipeline, WideBlockProjection | None]:
        """Return the pipeline without the steps that project, and these as one step."""
        steps, blocks = without_projections(self.steps)
        if not blocks:
            return self, None
        projection = WideBlockProjection(blocks, self.steps[-1].category_sizes_)
        return replace(self, steps=tuple(steps), projected=frozenset()), projection

    def transform(
        self, X: MultiModalData, done: int = 0, until: int | None = None
    ) -> MultiModalData:
        """Preprocess checked patients, of whom some first steps may be done."""
        for step in self.steps[done:until]:
            X = step.transform(X)
        return X

    def transform_dense(self, X: MultiModalData) -> MultiModalData:
        """Preprocess checked patients; blocks that stay sparse become dense, too."""
        X, blocks = self.transform(X), {}
        for (name, block), observed in zip(X.items(), X.mask.T, strict=True):
            blocks[name] = block
            if isinstance(block, CentredSparse):
                blocks[name] = np.asarray(block)
                blocks[name][~observed] = np.nan
        return MultiModalData._from_checked(blocks, X.index, X.mask)

    def steps_in_common(self, other: InputPipeline) -> int:
        """Count the first steps that are the same."""
        same = [a is b for a, b in zip(self.steps, other.steps, strict=False)]
        return [*same, False].index(False)

    def _fit_steps(self, X, y):
        """Fit transformers one after the other."""
        own = [] if self.preprocessor is None else [clone(self.preprocessor)]
        frozen = {
            name: module for name, module in (self.frozen or {}).items() if name in X
        }
        if frozen:
            own.append(FrozenEncoders(frozen))
        default: DefaultPreprocessor = ModelPreprocessor(
            dense=tuple(self.encoded_alone)
        )
        if self.feature_graph is not None:
            default = DefaultPreprocessor(impute=False)
        steps = (*own, default)
        for step in steps:
            X = step.fit(X, y).transform(X)
        return steps, X

    def _fit_feature_graph(self, X):
        """Fit the feature graph on the modalities without an encoder of their own."""
        if self.feature_graph is None:
            return None
        blocks = {n: block for n, block in X.items() if n not in self.encoded_alone}
        if not blocks:
            raise ValueError(
                "feature_graph has no modality left to encode, as `encoders` names all "
                "of them. Leave some out of `encoders`, or set feature_graph=None."
            )
        # inside the estimator's fit, scikit-learn does not check parameters of others
        self.feature_graph._validate_params()
        return clone(self.feature_graph).fit(
            MultiModalData._from_checked(blocks, X.index),
            feature_names=self.steps[-1].feature_names_out_,
            edge_names=self.steps[-1].input_names_,
        )
