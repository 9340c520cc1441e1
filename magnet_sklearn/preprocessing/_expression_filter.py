"""ExpressionFilter: leave out features that few patients have or express."""

from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.feature_selection import SelectorMixin
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted, validate_data


class ExpressionFilter(SelectorMixin, BaseEstimator):
    """Drop features that are missing, or not expressed, in too many patients.

    What scikit-learn's selectors lack for omics: missing cells may occur, and are not
    counted as low. Inside a `ModalityTransformer` patients without the modality are
    not counted either.

    Parameters
    ----------
    max_missing : float, default=0.1
        Largest share of missing cells, in [0, 1], of a feature that is kept.
    min_value : float, default=None
        Value above which a feature counts as expressed, in the units of the table,
        e.g. 1 for log2(TPM + 1). If None, low values are no reason to drop a feature.
    min_fraction : float, default=0.1
        Smallest share of the patients who have a value, in [0, 1], that has to be
        above `min_value`.

    Attributes
    ----------
    missing_ : ndarray of shape (n_features,)
        Share of missing cells in `fit`.
    expressed_ : ndarray of shape (n_features,)
        Share of the observed cells above `min_value`; 1 where that is None.
    n_features_in_ : int
        Number of features in `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if `fit` got a frame.

    See Also
    --------
    ModalityTransformer : Apply a transformer to one modality.
    sklearn.feature_selection.VarianceThreshold : Drop features that vary little.

    Notes
    -----
    The published preprocessing of [1]_ is this filter at its default, mean imputation,
    min-max scaling, a variance threshold and, on training patients, the analysis of
    variance: all but the first are transformers of scikit-learn.

    References
    ----------
    .. [1] Tabakhi, Lu (2025). "Missing-Modality-Aware Graph Neural Network for Cancer
       Classification". arXiv:2506.22901.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.preprocessing import ExpressionFilter
    >>> X = [[5.0, 0.1, np.nan], [7.0, 0.0, np.nan], [np.nan, 0.2, 3.0]]
    >>> ExpressionFilter(max_missing=0.5, min_value=1.0).fit(X).get_support().tolist()
    [True, False, False]
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "max_missing": [Interval(Real, 0, 1, closed="both")],
        "min_value": [Real, None],
        "min_fraction": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(self, *, max_missing=0.1, min_value=None, min_fraction=0.1):
        self.max_missing = max_missing
        self.min_value = min_value
        self.min_fraction = min_fraction

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Count missing and low cells.

        Parameters
        ----------
        X : array-like of shape (n_patients, n_features)
            Training patients; cells may be NaN.
        y : object, default=None
            Ignored, there for scikit-learn's pipelines.

        Returns
        -------
        self : ExpressionFilter
            The fitted filter.

        Raises
        ------
        ValueError
            If no feature is left.
        """
        X = validate_data(self, X, dtype="numeric", ensure_all_finite="allow-nan")
        n_known = len(X) - np.isnan(X).sum(axis=0)
        self.missing_ = 1 - n_known / len(X)
        self.expressed_ = np.ones(X.shape[1])
        if self.min_value is not None:
            above = (self.min_value < X).sum(axis=0)  # False for NaN
            self.expressed_ = above / np.maximum(n_known, 1)
        if not self._get_support_mask().any():
            raise ValueError(
                f"No feature of {X.shape[1]} meets max_missing={self.max_missing}, "
                f"min_value={self.min_value} and min_fraction={self.min_fraction}: the "
                f"smallest share of missing cells is {self.missing_.min():.2g}, the "
                f"largest value {np.nanmax(X, initial=-np.inf):.3g}. Relax them."
            )
        return self

    def _get_support_mask(self):
        check_is_fitted(self)
        complete = self.missing_ <= self.max_missing
        return complete & (self.expressed_ >= self.min_fraction)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
