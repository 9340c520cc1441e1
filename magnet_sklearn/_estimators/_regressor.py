"""Regression on patients."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.base import RegressorMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_array, check_is_fitted

from magnet_sklearn._estimators._base import BaseMagnet
from magnet_sklearn._estimators._lists import check_list
from magnet_sklearn._estimators._parameters import SHARED_CONSTRAINTS
from magnet_sklearn._estimators._residuals import ResidualQuantiles
from magnet_sklearn._estimators._scaling import TargetScaler
from magnet_sklearn._estimators._shared_docs import with_shared_docs
from magnet_sklearn.losses import NUMBER_LOSSES, MultiTaskLoss, NumberLoss


@with_shared_docs
class MultiModalGNNRegressor(RegressorMixin, BaseMagnet):
    """Regressor for patients of whom most lack some modality.

    The same steps as in :class:`MagnetClassifier`, for one or several numbers: experts
    per modality and on all modalities side by side, weighted out of fold, to which an
    ensemble of networks on the patient graph adds as far as that helps patients held
    out. Targets are standardised inside; each has experts and gates of its own.

    Parameters
    ----------
    loss : {"squared_error", "huber", "absolute_error", "quantile"}, \
            default="squared_error"
        Error that the networks and the combination of the experts minimise. "huber" is
        squared up to one standard deviation of y; "absolute_error" aims at the median,
        "quantile" (pinball loss) at another quantile.
    quantile : float, default=0.5
        Level in (0, 1) for ``loss="quantile"``. For several levels of one fitted model
        see `predict`.
    experts : "auto", regressor or None, default="auto"
        Model fitted once per modality; "auto" is ridge regression, the same on radial
        basis functions, and a random forest. None leaves the prediction to the
        networks alone.
    {shared parameters}

    Attributes
    ----------
    {shared attributes}
    offsets_ : list of ExpertOffset
        Fitted experts and how far each is trusted, one a target; `offset_` is the
        first.
    scaler_ : TargetScaler
        Mean and spread of y.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData, MultiModalGNNRegressor
    >>> rng = np.random.default_rng(0)
    >>> rna, protein = rng.normal(size=(60, 5)), rng.normal(size=(60, 3))
    >>> y = rna[:, 0] - protein[:, 0]
    >>> protein[:20] = np.nan  # a third of the patients has no protein data
    >>> X = MultiModalData({"rna": rna, "protein": protein})
    >>> model = MultiModalGNNRegressor(max_epochs=5, ensemble_size=2, random_state=0)
    >>> model.fit(X, y).predict(X[:3], quantiles=[0.1, 0.9]).shape
    (3, 2)
    """

    _parameter_constraints: dict = {
        **SHARED_CONSTRAINTS,
        "loss": [StrOptions(set(NUMBER_LOSSES))],
        "quantile": [Interval(Real, 0, 1, closed="neither")],
    }
    _without_data = "the average"

    def __init__(
        self,
        *,
        loss="squared_error",
        quantile=0.5,
        experts="auto",
        modalities=None,
        encoders=None,
        feature_graph=None,
        preprocessor=None,
        fusion="attention",
        graph="knn",
        n_neighbors=10,
        decoder="sage",
        hidden_dim=64,
        n_heads=4,
        n_layers=1,
        dropout=0.3,
        similarity_weight=0.0,
        contrastive_weight=0.0,
        learning_rate=1e-3,
        weight_decay=1e-3,
        max_epochs=200,
        batch_size=1024,
        early_stopping=True,
        validation_fraction=0.2,
        n_iter_no_change=20,
        ensemble_size=5,
        warm_start=False,
        n_jobs=None,
        device="auto",
        precision="float32",
        compile=False,
        random_state=None,
        checkpoint=None,
        callbacks=None,
        verbose=0,
    ):
        self.loss, self.quantile = loss, quantile
        self.experts = experts
        self.modalities = modalities
        self.encoders = encoders
        self.feature_graph = feature_graph
        self.preprocessor = preprocessor
        self.fusion = fusion
        self.graph = graph
        self.n_neighbors, self.decoder = n_neighbors, decoder
        self.hidden_dim = hidden_dim
        self.n_heads, self.n_layers = n_heads, n_layers
        self.dropout = dropout
        self.similarity_weight = similarity_weight
        self.contrastive_weight = contrastive_weight
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.ensemble_size = ensemble_size
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.device, self.random_state = device, random_state
        self.precision, self.compile = precision, compile
        self.checkpoint, self.callbacks = checkpoint, callbacks
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, groups=None, X_val=None, y_val=None):
        """Fit preprocessing, experts, patient graph and networks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            MultiModalData, dict of blocks, DataFrame with two-level columns, or a flat
            array or DataFrame (see `modalities`). A row that is all NaN in a block
            means that the patient lacks the modality; other NaN are imputed.
        y : array-like of shape (n_patients,) or (n_patients, n_targets)
            Numbers.
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients. A patient of weight 0 counts as absent.
        groups : array-like of shape (n_patients,), default=None
            Patients of one group (site, family) are held out together and are never
            neighbours of each other during training.
        X_val : multimodal data, default=None
            Patients for early stopping and gates, in place of held-out folds.
        y_val : array-like, default=None
            Their numbers.

        Returns
        -------
        self : MultiModalGNNRegressor
            The fitted regressor.

        Raises
        ------
        ValueError
            If X has no observed block, an infinite value or another number of patients
            than y, or y holds NaN or infinity.
        """
        X = self._check_data(X, reset=not self._knows_data())
        X, y, weight, groups = self._check_rows(X, y, sample_weight, groups)
        self._is_flat_target = y.ndim == 1
        if not self._continues():
            self.scaler_ = TargetScaler().fit(y.reshape(len(y), -1), weight)
        target = self._encode_target(y)
        losses = [NumberLoss(self.loss, self.quantile) for _ in range(target.shape[1])]
        loss = losses[0] if len(losses) == 1 else MultiTaskLoss(losses, "equal")
        self._fit_task(X, target, loss, weight, groups, X_val, y_val)
        rows, outputs = self._held_out_outputs()
        self._residuals = ResidualQuantiles().fit(
            X.mask[rows], target[rows], outputs, weight[rows]
        )
        return self

    def predict(self, X, quantiles=None):
        """Predict numbers, or quantiles of their distribution.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.
        quantiles : list of float, default=None
            Levels in (0, 1). Quantiles come from the residuals of training patients by
            models that have not learned from them (split-conformal), scaled by the
            spread among patients with as many modalities. Members hold all patients
            out together where `ensemble_size` times `validation_fraction` is 1; without
            `early_stopping` the residuals are those of the experts.

        Returns
        -------
        y : ndarray of shape (n_patients,), (n_patients, n_targets), \
                (n_patients, n_quantiles) or (n_patients, n_targets, n_quantiles)
            In units of y; with `quantiles` one more axis. A patient without any
            observed modality gets the average of the training patients.

        Raises
        ------
        ValueError
            If X has no patients, an infinite value, a modality or columns that `fit`
            did not see, or a quantile is not between 0 and 1.
        """
        check_is_fitted(self)
        outputs = self._outputs(X)
        if quantiles is None:
            y = self.scaler_.inverse_transform(outputs)
            return y[:, 0] if self._is_flat_target else y
        levels = check_list(
            quantiles,
            lambda numbers: (numbers > 0) & (numbers < 1),
            "quantiles must be a list of numbers between 0 and 1",
        )
        mask = self._prepare(X).mask
        spread = self._residuals.quantiles(mask, levels)  # (levels, patients, targets)
        y = self.scaler_.inverse_transform(outputs + spread)
        return y[:, :, 0].T if self._is_flat_target else np.moveaxis(y, 0, 2)

    def _check_target(self, y):
        """Return y as an array of finite numbers."""
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        if y.ndim > 2:
            raise ValueError(
                f"y has shape {y.shape}. Pass one number per patient, or a column a "
                "target."
            )
        if y.ndim == 2 and y.shape[1] == 1:
            return super()._check_target(y)
        return y

    def _encode_target(self, y):
        """Standardise."""
        return self.scaler_.transform(y.reshape(len(y), -1))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
