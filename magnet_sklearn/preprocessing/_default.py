"""DefaultPreprocessor: the estimators' own preprocessing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn.data import (
    ModalitySchema,
    MultiModalData,
    check_multimodal,
    in_parts,
    is_sparse,
    take_rows,
)
from magnet_sklearn.preprocessing._blocks import FittedBlock, TableBlock, fit_block
from magnet_sklearn.preprocessing._single_blocks import prefixed_names
from magnet_sklearn.preprocessing._unseen import warn_unseen


class DefaultPreprocessor(  # type: ignore[call-arg]
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Turn every modality into a dense float block, scaled and without holes.

    Each two-dimensional block is fitted on the patients who have it. Numeric columns
    that vary are standardised, their missing cells set to 0 (the training mean) and
    their values clipped to [-10, 10]. Categorical columns follow as 0/1 columns, one
    group per column in sorted order; a missing or unseen category is all zeros.
    Columns that are empty or constant in training are dropped; a block without
    any other column becomes one column of zeros. A column of free text that is a
    modality of its own becomes weights of words (TF-IDF) that two or more training
    patients share. Images (four dimensions or more) are not scaled; their missing cells
    get the training mean of the block. Channels of time series and columns of sets are
    standardised over all steps or elements; NaN stays where nothing was measured and
    where there is no element, and the first column of a time series is the time, from
    0 to 1 in training. A modality that no training patient has is left out.

    Parameters
    ----------
    impute : bool, default=True
        If False, missing cells of two-dimensional blocks stay NaN, and all 0/1
        columns of a missing or unseen category are NaN, too.

    Attributes
    ----------
    modalities_ : list of str
        Modalities of the output, in the order of `fit`.
    feature_names_out_ : dict of str to ndarray of shape (n_features_out,)
        Column names of each two-dimensional block of the output; None for others.
    input_names_ : dict of str to ndarray of shape (n_features_out,)
        Input column of each output column.
    category_sizes_ : dict of str to list of int
        Number of 0/1 columns of each categorical column, in output order. These
        groups are the last columns of their block.

    See Also
    --------
    ModalityTransformer : Apply scikit-learn transformers of one's own choice.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.preprocessing import DefaultPreprocessor
    >>> X = MultiModalData({"rna": [[1.0, 5.0], [3.0, 5.0], [np.nan, np.nan]]})
    >>> DefaultPreprocessor().fit_transform(X)["rna"].tolist()
    [[-1.0], [1.0], [nan]]
    """

    _parameter_constraints: dict[str, list[Any]] = {"impute": ["boolean"]}

    def __init__(self, *, impute=True):
        self.impute = impute

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> "DefaultPreprocessor":
        """Learn scales and categories from the observed rows of every modality.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Training patients; everything `check_multimodal` reads is accepted.
        y : object, default=None
            Ignored, there for scikit-learn's pipelines.

        Returns
        -------
        self : DefaultPreprocessor
            The fitted transformer.

        Raises
        ------
        ValueError
            If no patient has any modality, or a column of text holds numbers, dates,
            identifiers or free text.

        Warns
        -----
        UserWarning
            If columns are probably not what they look like: genes named as dates,
            counts that were not logged, categories that few patients share.
        """
        X = check_multimodal(X)
        schema = ModalitySchema.from_data(X, learns_columns=True)
        names = X.feature_names
        blocks = {
            modality: self._fit_block(modality, block, observed, names[modality])
            for (modality, block), observed in zip(X.items(), X.mask.T, strict=True)
            if observed.any()
        }
        if not blocks:
            raise ValueError(
                f"No modality has an observed value in any of the {len(X)} patients. "
                "Pass at least one patient with data."
            )
        return self._keep(schema, blocks)

    def transform(self, X: Any) -> MultiModalData:
        """Apply what `fit` learned, patient by patient.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Patients; modalities they lack may be absent.

        Returns
        -------
        X_dense : MultiModalData of shape (n_patients, n_modalities_out)
            Dense blocks in the order of `modalities_`; NaN only as whole rows, unless
            `impute` is off, and within time series and sets.

        Raises
        ------
        ValueError
            If modalities, columns or shapes differ from those of `fit`.

        Warns
        -----
        UserWarning
            If a column has only categories that `fit` did not see, in 20 or more
            patients.
        """
        check_is_fitted(self)
        X = self._schema.conform(check_multimodal(X), type(self).__name__)
        for modality, fitted in self._blocks.items():
            warn_unseen(modality, fitted.category_codes, X[modality])
        observed = dict(zip(X.keys(), X.mask.T, strict=True))
        blocks = {
            modality: self._transformed(block, X[modality], observed[modality])
            for modality, block in self._blocks.items()
        }
        mask = np.column_stack([observed[modality] for modality in blocks])
        return MultiModalData._from_checked(blocks, X.index, mask)

    def _keep(
        self, schema: ModalitySchema, blocks: Mapping[str, FittedBlock]
    ) -> "DefaultPreprocessor":
        """Keep what was learned about the modalities that anybody has."""
        self._schema, self._blocks = schema, dict(blocks)
        self.modalities_ = list(blocks)
        self.feature_names_out_ = {
            modality: block.feature_names for modality, block in blocks.items()
        }
        self.input_names_ = {
            modality: block.input_names for modality, block in blocks.items()
        }
        self.category_sizes_ = {
            modality: block.category_sizes for modality, block in blocks.items()
        }
        return self

    def _fit_block(
        self, modality: str, block: Any, observed: np.ndarray, names: np.ndarray | None
    ) -> FittedBlock:
        """Fit one block."""
        fitted = fit_block(block, observed, names)
        if isinstance(fitted, TableBlock) and is_sparse(block):
            shape = block.shape[0], len(fitted.feature_names)
            stays_sparse = self._stays_sparse(modality, shape, int(observed.sum()))
            return replace(fitted, stays_sparse=stays_sparse)
        return fitted

    def _stays_sparse(
        self, modality: str, shape: tuple[int, int], n_observed: int
    ) -> bool:
        """Whether a sparse block is not made dense; its shape is that of the result."""
        return False

    def _transformed(self, fitted: Any, block: Any, observed: np.ndarray) -> Any:
        """Transform one block."""

        def make(rows):
            part = take_rows(block, rows)
            return fitted.transform(part, observed[rows], impute=self.impute)

        return in_parts(block, len(observed), make)

    @property
    def fill_values_(self) -> dict[str, float]:
        """What a missing cell of each block gets."""
        return {modality: block.fill for modality, block in self._blocks.items()}

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Name the output's columns, `modality__feature`.

        Parameters
        ----------
        input_features : object, default=None
            Ignored, there for scikit-learn's pipelines.

        Returns
        -------
        names : ndarray of shape (n_features_out,)
            Names over all two-dimensional blocks, in output order.
        """
        check_is_fitted(self)
        return prefixed_names(self.feature_names_out_)
