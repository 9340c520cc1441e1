"""ModalityTransformer: one scikit-learn transformer per modality."""

from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context, clone
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from magnet_sklearn.data import (
    ModalitySchema,
    MultiModalData,
    check_multimodal,
    check_same_patients,
    take_rows,
    with_index,
)
from magnet_sklearn.preprocessing._single_blocks import (
    among_all_patients,
    check_transformers,
    fit_transform_block,
    output_names,
    prefixed_names,
    transform_block,
    with_names,
    without_rows,
)


class ModalityTransformer(  # type: ignore[call-arg]
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Apply a scikit-learn transformer to each modality.

    Every transformer is cloned and fitted on the patients who have its modality; what a
    patient lacks stays missing, and what no training patient has is left out.

    Parameters
    ----------
    transformers : dict of str to transformer, "passthrough" or "drop"
        What to do with each modality.
    remainder : "passthrough", "drop" or transformer, default="passthrough"
        What to do with the modalities that `transformers` does not name; a
        transformer is cloned for each of them.

    Attributes
    ----------
    transformers_ : dict of str to transformer, "passthrough" or "drop"
        What was done with each modality of `fit`, with fitted transformers; "drop"
        also for modalities that no training patient has.
    modalities_ : list of str
        Modalities of the output, in the order of `fit`.
    feature_names_out_ : dict of str to ndarray of shape (n_features_out,)
        Column names of each two-dimensional block of the output; None for others.

    See Also
    --------
    DefaultPreprocessor : The estimators' own preprocessing.

    Notes
    -----
    A block that is a frame stays one, with the names its transformer gives; arrays
    stay arrays unless `set_output` asks for frames. Parameters of a modality's
    transformer are reached as usual: `set_params(rna__with_mean=False)`. Vectorisers
    get the texts of a modality of one column.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.preprocessing import StandardScaler
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.preprocessing import ModalityTransformer
    >>> X = MultiModalData(
    ...     {"rna": [[1.0], [3.0], [np.nan]], "age": [[50.0], [60.0], [70.0]]}
    ... )
    >>> scaled = ModalityTransformer({"rna": StandardScaler()}).fit_transform(X)
    >>> scaled["rna"].ravel().tolist(), scaled["age"].ravel().tolist()
    ([-1.0, 1.0, nan], [50.0, 60.0, 70.0])
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "transformers": [dict],
        "remainder": [
            StrOptions({"passthrough", "drop"}),
            HasMethods(["fit", "transform"]),
        ],
    }

    def __init__(self, transformers, remainder="passthrough"):
        self.transformers = transformers
        self.remainder = remainder

    def fit(self, X, y=None):
        """Fit every transformer on the patients who have its modality.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Training patients; everything `check_multimodal` reads is accepted.
        y : array-like of shape (n_patients,), default=None
            Target, passed on with the rows of the same patients.

        Returns
        -------
        self : ModalityTransformer
            The fitted transformer.

        Raises
        ------
        ValueError
            If `transformers` names a modality that X lacks, or nothing is left.
        TypeError
            If a value of `transformers` is not a transformer.
        """
        self.fit_transform(X, y)
        return self

    @_fit_context(prefer_skip_nested_validation=False)
    def fit_transform(self, X, y=None):
        """Fit every transformer and transform the same patients.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Training patients.
        y : array-like of shape (n_patients,), default=None
            Target, passed on with the rows of the same patients.

        Returns
        -------
        X_out : MultiModalData of shape (n_patients, n_modalities_out)
            Transformed blocks.
        """
        X = check_multimodal(X)
        check_consistent_length(X, y)
        check_same_patients(X, {"y": y})
        check_transformers(self.transformers, X)
        self._schema = ModalitySchema.from_data(X)
        self.transformers_: dict[str, Any] = {}
        self.feature_names_out_: dict[str, np.ndarray | None] = {}
        blocks = {}
        for modality, observed in zip(X, X.mask.T, strict=True):
            choice = self.transformers.get(modality, self.remainder)
            choice = choice if observed.any() else "drop"
            self.transformers_[modality] = clone(choice, safe=False)
            if choice != "drop":
                blocks[modality] = self._fit_transform_block(X, y, modality, observed)
        if not blocks:
            raise ValueError(
                "No modality is left: each one is dropped, or missing for all of the "
                f"{len(X)} patients. Keep at least one that a patient has."
            )
        self._templates = {name: without_rows(b) for name, b in blocks.items()}
        self.modalities_ = list(blocks)
        return self._spread(X, blocks)

    def transform(self, X):
        """Transform every modality, patient by patient.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Patients; modalities they lack may be absent.

        Returns
        -------
        X_out : MultiModalData of shape (n_patients, n_modalities_out)
            Transformed blocks in the order of `modalities_`.

        Raises
        ------
        ValueError
            If modalities, columns or shapes differ from those of `fit`.
        """
        check_is_fitted(self)
        X = self._schema.conform(check_multimodal(X), type(self).__name__)
        masks = dict(zip(X, X.mask.T, strict=True))
        blocks = {}
        for modality in self.modalities_:
            observed, transformer = masks[modality], self.transformers_[modality]
            block = take_rows(X[modality], observed)
            if not observed.any():
                block = self._templates[modality]
            elif not isinstance(transformer, str):
                block = transform_block(transformer, block, modality)
            blocks[modality] = block
        return self._spread(X, blocks)

    def get_feature_names_out(self, input_features=None):
        """Name the output's columns, `modality__feature`.

        Parameters
        ----------
        input_features : object, default=None
            Ignored, there for scikit-learn's pipelines.

        Returns
        -------
        names : ndarray of shape (n_features_out,)
            Names of all columns of two-dimensional blocks, in output order.
        """
        check_is_fitted(self)
        return prefixed_names(self.feature_names_out_)

    def set_output(self, *, transform=None):
        """Choose what two-dimensional blocks of the output are.

        Parameters
        ----------
        transform : {"default", "pandas"}, default=None
            "pandas" turns arrays and sparse blocks into frames; None changes nothing.

        Returns
        -------
        self : ModalityTransformer
            The same object.

        Raises
        ------
        ValueError
            If `transform` is anything else.
        """
        if transform not in (None, "default", "pandas"):
            raise ValueError(
                f"transform must be 'default' or 'pandas', got {transform!r}. Convert "
                "the pandas frame that X_out.to_frame() returns."
            )
        if transform is not None:
            self._sklearn_output_config = {"transform": transform}
        return self

    def get_params(self, deep=True):
        """Get the parameters, including those of the modalities' transformers.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the transformers and their parameters.

        Returns
        -------
        params : dict of str to object
            Values by name; a transformer stands under its modality's name.
        """
        params, nested = super().get_params(deep=deep), {}
        if not deep or not isinstance(self.transformers, dict):
            return params
        for modality, transformer in self.transformers.items():
            nested[modality] = transformer
            if hasattr(transformer, "get_params"):
                inner = transformer.get_params(deep=True)
                nested |= {f"{modality}__{name}": inner[name] for name in inner}
        # A modality may be called "remainder"; the constructor's parameter stands.
        return nested | params

    def set_params(self, **params):
        """Set parameters, also those of the modalities' transformers.

        Parameters
        ----------
        **params : object
            Values by name, as `get_params` gives them.

        Returns
        -------
        self : ModalityTransformer
            The same object.
        """
        if "transformers" in params:
            self.transformers = params.pop("transformers")
        named = params.keys() & self.transformers.keys() - {"remainder"}
        if named:
            replaced = {name: params.pop(name) for name in named}
            self.transformers = self.transformers | replaced
        return super().set_params(**params)

    def _fit_transform_block(self, X, y, modality, observed):
        block = take_rows(X[modality], observed)
        transformer = self.transformers_[modality]
        names = X.feature_names[modality]
        if isinstance(transformer, str):
            self.feature_names_out_[modality] = names
            return block
        target = None if y is None else _safe_indexing(y, np.flatnonzero(observed))
        block = fit_transform_block(transformer, block, target, modality)
        names = output_names(transformer, block, names, modality)
        self.feature_names_out_[modality] = names
        return block

    def _spread(self, X, blocks):
        """Blocks of all patients, with the names and of the kind that users see."""
        own = getattr(self, "_sklearn_output_config", {})
        output = own.get("transform", get_config()["transform_output"])
        spread, masks = {}, dict(zip(X, X.mask.T, strict=True))
        for name, block in blocks.items():
            named = with_names(block, self.feature_names_out_[name], output == "pandas")
            spread[name] = with_index(among_all_patients(named, masks[name]), X.index)
        return MultiModalData._from_checked(spread, X.index)
