"""Several targets of the same patients."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.base import _fit_context
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._estimators._base import BaseMagnet
from magnet_sklearn._estimators._parameters import SHARED_CONSTRAINTS
from magnet_sklearn._estimators._shared_docs import with_shared_docs
from magnet_sklearn._estimators._tasks import (
    TASKS,
    choose_kinds,
    columns_of,
)
from magnet_sklearn.losses import MultiTaskLoss


@with_shared_docs
class MagnetMultiTask(BaseMagnet):
    """Classes, numbers, labels and survival times of the same patients at once.

    Each task has experts and gates of its own, as in the estimators of single tasks;
    the networks share encoders, fusion and patient graph. A patient without a label for
    a task, NaN in its columns, counts for the others.

    Parameters
    ----------
    tasks : dict of str to str, default=None
        Kind of each task: "classification", "regression", "survival" (columns `event`,
        `time` and optionally `entry`) or "labels" (several columns of 0 and 1). None
        infers it: survival from the names of its columns, several columns are labels,
        text, booleans, whole numbers and 0/1 are classes, other numbers regression.
    task_weights : {"uncertainty", "softmax", "equal"} or dict, default="uncertainty"
        Weights of the tasks' losses in the networks: learned by homoscedastic
        uncertainty [1]_, learned through a softmax (which can put all weight on the
        easiest task), equal, or given by name.
    experts : "auto" or None, default="auto"
        "auto" fits ridge models (logistic, linear or Cox, as each task needs), the same
        on radial basis functions, and random forests. None leaves the prediction to
        the networks alone.
    {shared parameters}

    Attributes
    ----------
    {shared attributes}
    offsets_ : list of ExpertOffset
        Fitted experts and how far each is trusted, one a task or label.
    links_ : TaskLinks or None
        What the experts of each task tell about the others; None for one task.
    tasks_ : dict of str to task
        Fitted tasks, in the order of the columns of y; ``tasks_[name].classes_`` are
        the classes of a classification.

    References
    ----------
    .. [1] A. Kendall, Y. Gal, R. Cipolla, "Multi-task learning using uncertainty to
       weigh losses for scene geometry and semantics", CVPR 2018.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from magnet_sklearn import MagnetMultiTask, MultiModalData
    >>> rng = np.random.default_rng(0)
    >>> rna, protein = rng.normal(size=(60, 5)), rng.normal(size=(60, 3))
    >>> y = pd.DataFrame({"response": rna[:, 0] > 0, "toxicity": rna[:, 1]})
    >>> y.loc[:20, "toxicity"] = np.nan  # not measured
    >>> X = MultiModalData({"rna": rna, "protein": protein})
    >>> model = MagnetMultiTask(max_epochs=5, ensemble_size=2, random_state=0)
    >>> model.fit(X, y).predict(X[:3]).columns.tolist()
    ['response', 'toxicity']
    """

    _parameter_constraints: dict = {
        **SHARED_CONSTRAINTS,
        "tasks": [Mapping, None],
        "task_weights": [StrOptions({"uncertainty", "softmax", "equal"}), Mapping],
    }
    _without_data = "the average"
    _links_tasks = True

    def __init__(
        self,
        *,
        tasks=None,
        task_weights="uncertainty",
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
        self.tasks = tasks
        self.task_weights = task_weights
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
        y : DataFrame of shape (n_patients, n_columns)
            A column a task, or two-level columns (task, column). NaN = no label.
        sample_weight : array-like of shape (n_patients,), default=None
            Weights of the patients. A patient of weight 0 counts as absent.
        groups : array-like of shape (n_patients,), default=None
            Patients of one group (site, family) are held out together and are never
            neighbours of each other during training.
        X_val : multimodal data, default=None
            Patients for early stopping and gates, in place of held-out folds.
        y_val : DataFrame, default=None
            Their targets.

        Returns
        -------
        self : MagnetMultiTask
            The fitted model.

        Raises
        ------
        TypeError
            If y is not a frame.
        ValueError
            If X has no observed block, an infinite value or another number of patients
            than y, `tasks` names other tasks than y, or a task cannot be learned.
        """
        X = self._check_data(X, reset=not self._knows_data())
        X, y, weight, groups = self._check_rows(X, y, sample_weight, groups)
        if not self._continues():
            kinds = choose_kinds(self.tasks, y)
            self.tasks_ = {
                name: TASKS[kind]().fit(columns_of(y, name), weight)
                for name, kind in kinds.items()
            }
        target = self._encode_target(y)
        self._fit_task(X, target, self._loss(), weight, groups, X_val, y_val)
        return self

    def predict(self, X):
        """Predict all tasks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.

        Returns
        -------
        y : DataFrame of shape (n_patients, n_columns)
            A column a task: class, number or log-hazard. If there is a task of labels
            the columns have two levels, (task, label).
        """
        return self._frame(X, "predict")

    def predict_proba(self, X):
        """Predict probabilities of classes and labels.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.

        Returns
        -------
        probability : DataFrame of shape (n_patients, n_classes)
            Columns (task, class) and (task, label); tasks of other kinds have none.
        """
        return self._frame(X, "predict_proba")

    def score(self, X, y):
        """Mean of `score_tasks` over the tasks.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        y : DataFrame of shape (n_patients, n_columns)
            Targets; NaN = no label.

        Returns
        -------
        score : float
            Higher is better.
        """
        return float(self.score_tasks(X, y).mean())

    def score_tasks(self, X, y):
        """Score each task on the patients who have a label.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        y : DataFrame of shape (n_patients, n_columns)
            Targets; NaN = no label.

        Returns
        -------
        scores : Series of shape (n_tasks,)
            Accuracy of classes and labels, R2 of numbers, concordance index of survival
            times.
        """
        check_is_fitted(self)
        y, outputs = self._check_target(y), self._split(self._outputs(X))
        return pd.Series(
            {
                name: task.score(columns_of(y, name), outputs[name])
                for name, task in self.tasks_.items()
            },
            name="score",
        )

    def _check_target(self, y):
        """Refuse what is not a frame."""
        if isinstance(y, pd.DataFrame):
            return y
        raise TypeError(
            f"y must be a DataFrame with a column for each task; got "
            f"{type(y).__name__}. A dict cannot be split in cross-validation: pass "
            "pd.DataFrame(y), or pd.concat(y, axis=1) for two-level columns."
        )

    def _loss(self):
        """Loss of all tasks together."""
        weights = self.task_weights
        if isinstance(weights, Mapping):
            unknown = sorted(set(weights) ^ set(self.tasks_))
            if unknown:
                raise ValueError(
                    f"task_weights and y differ in {unknown}. Give a weight to every "
                    "task and no other."
                )
            weights = [weights[name] for name in self.tasks_]
            if not all(isinstance(w, Real) and 0 <= float(w) < np.inf for w in weights):
                raise ValueError(
                    "task_weights must be numbers from 0 on, not NaN or infinite; got "
                    f"{dict(self.task_weights)}."
                )
        return MultiTaskLoss([task.loss for task in self.tasks_.values()], weights)

    def _encode_target(self, y):
        """Put the targets of all tasks side by side."""
        return np.hstack(
            [task.encode(columns_of(y, name)) for name, task in self.tasks_.items()]
        )

    def _split(self, outputs):
        """Split outputs by task."""
        edges = np.cumsum([task.loss.n_outputs for task in self.tasks_.values()])
        return dict(
            zip(self.tasks_, np.split(outputs, edges[:-1], axis=1), strict=True)
        )

    def _frame(self, X, method):
        """Answers of all tasks side by side."""
        check_is_fitted(self)
        X = self._check_data(X, reset=False)
        outputs = self._split(self._outputs(X))
        columns = {
            (name, column): values
            for name, task in self.tasks_.items()
            for column, values in getattr(task, method)(outputs[name]).items()
        }
        frame = pd.DataFrame(columns, index=X.index)
        if columns and all(column is None for _, column in columns):
            return frame.set_axis([name for name, _ in columns], axis=1)
        names = [(name, "" if column is None else column) for name, column in columns]
        return frame.set_axis(pd.MultiIndex.from_tuples(names), axis=1)
