"""Survival analysis of patients."""

from __future__ import annotations

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from magnet_sklearn._estimators._base import BaseMagnet
from magnet_sklearn._estimators._hazards import BreslowBaseline, DiscreteHazard
from magnet_sklearn._estimators._lists import check_list
from magnet_sklearn._estimators._parameters import SHARED_CONSTRAINTS
from magnet_sklearn._estimators._shared_docs import with_shared_docs
from magnet_sklearn._estimators._targets import encode_survival
from magnet_sklearn.data import check_survival
from magnet_sklearn.data._survival import Survival
from magnet_sklearn.losses import CoxLoss, DiscreteTimeLoss
from magnet_sklearn.metrics import concordance_index_censored


@with_shared_docs
class MagnetSurvivalAnalysis(BaseMagnet):
    """Cox model for patients of whom most lack some modality.

    The same steps as in :class:`MagnetClassifier`, for survival times with censoring:
    ridge Cox experts per modality and on all modalities side by side, weighted out of
    fold by a Cox fit, to which an ensemble of networks on the patient graph, trained
    with Cox's partial likelihood (Efron's ties), adds as far as that helps patients
    held out. Survival curves stand on a Breslow baseline, fitted to the log-hazards of
    training patients by models that did not learn from them.

    Parameters
    ----------
    model : {"cox", "discrete"}, default="cox"
        "cox" has proportional hazards; "discrete" learns the hazards of ten intervals
        with as many events each (fewer where there are few), which may cross.
    cause : int, default=1
        Event that counts; events of other causes (competing risks) count as censored,
        which makes the hazards cause-specific.
    experts : "auto" or None, default="auto"
        "auto" fits a ridge-penalised Cox regression per modality, the same on radial
        basis functions, and a random forest of martingale residuals. None leaves the
        prediction to the networks alone.
    {shared parameters}

    Attributes
    ----------
    {shared attributes}
    offsets_ : list of ExpertOffset
        Fitted experts and how far each is trusted, one item; `offset_` is that.
    baseline_ : BreslowBaseline or DiscreteHazard
        From outputs to curves; for Cox the cumulative hazard at log-hazard 0.
    event_times_ : ndarray of shape (n_times,)
        Distinct times of events in `fit`.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from magnet_sklearn import MagnetSurvivalAnalysis, MultiModalData
    >>> rng = np.random.default_rng(0)
    >>> rna, protein = rng.normal(size=(80, 5)), rng.normal(size=(80, 3))
    >>> y = pd.DataFrame({"event": rng.random(80) < 0.7, "time": np.exp(-rna[:, 0])})
    >>> protein[:30] = np.nan
    >>> X = MultiModalData({"rna": rna, "protein": protein})
    >>> model = MagnetSurvivalAnalysis(max_epochs=5, ensemble_size=2, random_state=0)
    >>> model.fit(X, y).predict_survival_function(X[:2], times=[0.5, 1.0]).shape
    (2, 2)
    """

    _parameter_constraints: dict = {
        **SHARED_CONSTRAINTS,
        "model": [StrOptions({"cox", "discrete"})],
        "cause": [Interval(Integral, 1, None, closed="left")],
    }
    _without_data = "the average risk"

    def __init__(
        self,
        *,
        model="cox",
        cause=1,
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
        self.model = model
        self.cause = cause
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
    def fit(
        self,
        X,
        y,
        sample_weight=None,
        groups=None,
        strata=None,
        X_val=None,
        y_val=None,
    ):
        """Fit preprocessing, experts, patient graph and networks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            MultiModalData, dict of blocks, DataFrame with two-level columns, or a flat
            array or DataFrame (see `modalities`). A row that is all NaN in a block
            means that the patient lacks the modality; other NaN are imputed.
        y : structured array or DataFrame of shape (n_patients,)
            Fields or columns `event` (bool, or 0 and the number of a cause), `time` and
            optionally `entry`, the time from which a patient was observed (left
            truncation).
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients. A patient of weight 0 counts as absent.
        groups : array-like of shape (n_patients,), default=None
            Patients of one group (site, family) are held out together and are never
            neighbours of each other during training.
        strata : array-like of shape (n_patients,), default=None
            Patients of different strata are never compared in the likelihood. Survival
            curves are those of all strata together.
        X_val : multimodal data, default=None
            Patients for early stopping and gates, in place of held-out folds.
        y_val : structured array or DataFrame, default=None
            Their survival times.

        Returns
        -------
        self : MagnetSurvivalAnalysis
            The fitted model.

        Raises
        ------
        TypeError
            If y is not survival times.
        ValueError
            If X has no observed block, an infinite value or another number of patients
            than y, or y has missing or negative times or no event.
        """
        X = self._check_data(X, reset=not self._knows_data())
        check_consistent_length(X, y, strata)
        strata = np.zeros(len(X)) if strata is None else pd.factorize(strata)[0]
        known = np.column_stack([*check_survival(y), strata])
        X, known, weight, groups = self._check_rows(X, known, sample_weight, groups)
        survival = Survival(known[:, 0].astype(int), known[:, 1], known[:, 2])
        target = encode_survival(survival, self.cause, known[:, 3])
        survival = survival._replace(event=target[:, 2])
        loss, hazards = self._model(survival.time, target)
        self._fit_task(X, target, loss, weight, groups, X_val, y_val)
        rows, outputs = self._held_out_outputs()
        survival = Survival(*(part[rows] for part in survival))
        self.baseline_ = hazards.fit(survival, outputs, weight[rows])
        self.event_times_ = self.baseline_.times_
        return self

    def predict(self, X):
        """Predict risks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.

        Returns
        -------
        risk : ndarray of shape (n_patients,)
            Log-hazard (log of the cumulative hazard at the end for
            ``model="discrete"``); higher is worse.

        Raises
        ------
        ValueError
            If X has no patients, an infinite value, a modality or columns that `fit`
            did not see.
        """
        check_is_fitted(self)
        return self.baseline_.risk(self._outputs(X))

    def predict_cumulative_hazard_function(self, X, times=None):
        """Predict the cumulative hazard over time.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        times : array-like of shape (n_times,), default=None
            Times, in the units of y; None is `event_times_`.

        Returns
        -------
        hazard : DataFrame of shape (n_patients, n_times)
            Increasing in time.
        """
        check_is_fitted(self)
        times = check_list(
            self.event_times_ if times is None else times,
            lambda numbers: ~np.isnan(numbers),
            "times must be a list of numbers, not NaN",
        )
        X = self._check_data(X, reset=False)
        hazard = self.baseline_.cumulative_hazard(self._outputs(X), times)
        return pd.DataFrame(hazard, index=X.index, columns=pd.Index(times, name="time"))

    def predict_survival_function(self, X, times=None):
        """Predict the probability of no event up to each time.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        times : array-like of shape (n_times,), default=None
            Times, in the units of y; None is `event_times_`.

        Returns
        -------
        survival : DataFrame of shape (n_patients, n_times)
            Decreasing in time, between 0 and 1.
        """
        return np.exp(-self.predict_cumulative_hazard_function(X, times))

    def predict_median_survival_time(self, X):
        """Predict the time at which survival falls to one half.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.

        Returns
        -------
        time : ndarray of shape (n_patients,)
            In the units of y; infinite where survival stays above one half.
        """
        reached = self.predict_survival_function(X).to_numpy() <= 0.5
        first = self.event_times_[np.argmax(reached, axis=1)]
        return np.where(reached.any(axis=1), first, np.inf)

    def score(self, X, y):
        """Concordance index of the predicted risks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        y : structured array or DataFrame of shape (n_patients,)
            Survival times.

        Returns
        -------
        concordance : float
            Harrell's concordance index; 0.5 is chance.
        """
        survival = check_survival(y)
        y = pd.DataFrame({"event": survival.event == self.cause, "time": survival.time})
        return concordance_index_censored(y, self.predict(X))

    def _model(self, time, target):
        """Loss, and what turns outputs into curves."""
        if self.model == "cox":
            return CoxLoss(), BreslowBaseline()
        ranks = target[target[:, 2] > 0, 1]
        n_intervals = int(np.clip(len(ranks) // 10, 2, 10))
        levels = np.linspace(0, 1, n_intervals + 1)[1:-1]
        inner = np.unique(np.quantile(ranks, levels, method="inverted_cdf"))
        edges = [time[target[:, 1] == rank][0] for rank in inner]
        return DiscreteTimeLoss(inner), DiscreteHazard(np.array([*edges, time.max()]))

    def _check_target(self, y):
        """Return survival times as columns: event, time, entry, stratum."""
        if isinstance(y, np.ndarray) and y.ndim == 2:
            return y
        survival = check_survival(y)
        return np.column_stack([*survival, np.zeros(len(survival.time))])

    def _encode_target(self, y):
        """Columns that the loss takes."""
        survival = Survival(y[:, 0].astype(int), y[:, 1], y[:, 2])
        return encode_survival(survival, self.cause, y[:, 3])
