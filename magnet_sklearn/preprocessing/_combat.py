"""ComBat: remove what sites add to the features of patients."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn.data import ModalitySchema, MultiModalData, check_multimodal
from magnet_sklearn.preprocessing._harmonised_blocks import (
    HarmonisedBlock,
    chosen_modalities,
    without_column,
)
from magnet_sklearn.preprocessing._single_blocks import prefixed_names
from magnet_sklearn.preprocessing._site_columns import CovariateDesign, read_column


class ComBat(  # type: ignore[call-arg]
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Harmonise numeric features of several sites by empirical Bayes.

    Every site shifts and stretches every feature; both are estimated on training
    patients, shrunk towards what is common to the features of the site, and removed.
    A patient's values are changed by what `fit` learned of the patient's site alone,
    so they do not depend on who else is in X.

    Parameters
    ----------
    site : tuple of (str, column name)
        Modality and column that say where a patient was measured, such as
        ``("clinical", "hospital")``. The output is without this column, so that no
        model can learn from the site.
    covariates : tuple of (str, column name), default=()
        Columns whose effects are kept, where sites differ in them: age, or stage. They
        have to be known of patients to predict; never the target.
    modalities : sequence of str, default=None
        Modalities to harmonise. If None, all tables but those that hold `site` or
        covariates. Categorical columns and images are left as they are.
    mean_only : bool, default=False
        If True, sites shift features and do not stretch them.
    unseen : {"error", "missing", "keep"}, default="error"
        What to do with blocks whose site is missing, has fewer than two training
        patients with the modality, or is not known from `fit` or `add_sites`: refuse
        them, treat them as missing blocks, or keep their values as they are, as of an
        average site.

    Attributes
    ----------
    sites_ : dict of str to list
        Known sites of each harmonised modality.
    location_ : dict of str to DataFrame of shape (n_sites, n_features)
        Shift of each site, in pooled standard deviations within sites.
    scale_ : dict of str to DataFrame of shape (n_sites, n_features)
        Standard deviation within each site, in the same units.

    See Also
    --------
    ModalityTransformer : Scikit-learn transformers by modality.

    Notes
    -----
    The parametric method of [1]_. Missing cells are left out of all sums and stay
    missing. Priors come from the features of one modality and one site; with one
    feature there is nothing to shrink towards. Where sites differ in the target (one
    treats severe cases), part of the signal is removed with the effects of the site.

    References
    ----------
    .. [1] Johnson, Li, Rabinovic (2007). "Adjusting batch effects in microarray
       expression data using empirical Bayes methods". Biostatistics 8(1), 118-127.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.preprocessing import ComBat
    >>> rng = np.random.default_rng(0)
    >>> hospital = np.repeat(["A", "B"], 50)
    >>> rna = rng.normal(size=(100, 20)) + 3 * (hospital == "B")[:, None]
    >>> clinical = pd.DataFrame({"hospital": hospital, "age": rng.normal(60, 9, 100)})
    >>> X = MultiModalData({"rna": rna, "clinical": clinical})
    >>> combat = ComBat(site=("clinical", "hospital")).fit(X)
    >>> after = combat.transform(X)["rna"]
    >>> gaps = [x[50:].mean() - x[:50].mean() for x in (rna, after)]
    >>> [abs(round(float(gap), 1)) for gap in gaps]
    [3.0, 0.0]
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "site": [tuple],
        "covariates": ["array-like"],
        "modalities": ["array-like", None],
        "mean_only": ["boolean"],
        "unseen": [StrOptions({"error", "missing", "keep"})],
    }

    def __init__(
        self,
        site,
        *,
        covariates=(),
        modalities=None,
        mean_only=False,
        unseen="error",
    ):
        self.site = site
        self.covariates = covariates
        self.modalities = modalities
        self.mean_only = mean_only
        self.unseen = unseen

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> "ComBat":
        """Learn the effects of the sites.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Training patients, with the column `site`.
        y : object, default=None
            Ignored, there for scikit-learn's pipelines.

        Returns
        -------
        self : ComBat
            The fitted transformer.

        Raises
        ------
        ValueError
            If a column or modality is not there, covariates and sites cannot be told
            apart, or `unseen` is "error" and a site is missing or has one patient.
        """
        X = check_multimodal(X)
        self._schema = ModalitySchema.from_data(X)
        sites = read_column(X, self.site, "site")
        self._design = CovariateDesign(tuple(self.covariates)).fit(X)
        design = self._design.transform(X)
        self._blocks: dict[str, HarmonisedBlock] = {}
        held = {self.site[0], *(where[0] for where in self.covariates)}
        for modality in chosen_modalities(X, self.modalities, held):
            block = HarmonisedBlock(modality, self.site, self.unseen)
            block.fit(X[modality], sites, design, self.mean_only)
            self._blocks[modality] = block
        names = X.feature_names
        names[self.site[0]] = np.array(
            [name for name in names[self.site[0]] if name != self.site[1]], object
        )
        self.feature_names_out_ = {
            name: columns
            for name, columns in names.items()
            if columns is None or len(columns)
        }
        return self

    def add_sites(self, X: Any) -> "ComBat":
        """Learn the effects of new sites from some of their patients.

        Nothing else changes: mean, covariates and pooled variance stay those of `fit`,
        and known sites keep their effects. No target is needed. Pass a sample of the
        new site as a whole, not patients selected by disease.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Patients of new sites; those of known sites are not used.

        Returns
        -------
        self : ComBat
            The same object, which knows more sites.

        Raises
        ------
        ValueError
            If no patient has a new site, or a new site has one patient with a modality
            and `unseen` is "error".
        """
        X, sites, design = self._read(X)
        known = sum(len(block.sites) for block in self._blocks.values())
        for modality, block in self._blocks.items():
            block.learn_sites(X[modality], sites, design, self.mean_only)
        if known == sum(len(block.sites) for block in self._blocks.values()):
            raise ValueError(
                "X has no two patients of a new site; known sites keep their effects."
            )
        return self

    def transform(self, X: Any) -> MultiModalData:
        """Remove the effects of sites, patient by patient.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Patients; modalities they lack may be absent.

        Returns
        -------
        X_out : MultiModalData of shape (n_patients, n_modalities)
            The same blocks without the column `site`.

        Raises
        ------
        ValueError
            If X does not match that of `fit`, or `unseen` is "error" and a patient has
            an unknown site.
        """
        X, sites, design = self._read(X)
        blocks = {}
        for modality in self.feature_names_out_:
            block = X[modality]
            if modality in self._blocks:
                block = self._blocks[modality].transform(block, sites, design)
            if modality == self.site[0]:
                block = without_column(modality, block, self.site[1])
            blocks[modality] = block
        return MultiModalData._from_checked(blocks, X.index, rows=X._rows)

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

    @property
    def sites_(self) -> dict[str, list[Any]]:
        """Known sites of each harmonised modality."""
        return {modality: list(block.sites) for modality, block in self._blocks.items()}

    @property
    def location_(self) -> dict[str, pd.DataFrame]:
        """Shift of each site and feature, by modality."""
        return {modality: block.effects(0) for modality, block in self._blocks.items()}

    @property
    def scale_(self) -> dict[str, pd.DataFrame]:
        """Standard deviation of each site and feature, by modality."""
        return {modality: block.effects(1) for modality, block in self._blocks.items()}

    def _read(self, X: Any) -> tuple[MultiModalData, pd.Series, np.ndarray]:
        """X as in fit, with site and covariates of each patient."""
        check_is_fitted(self, "_blocks")
        X = self._schema.conform(check_multimodal(X), type(self).__name__)
        return X, read_column(X, self.site, "site"), self._design.transform(X)
