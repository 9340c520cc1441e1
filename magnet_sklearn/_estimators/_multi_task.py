"""Several targets of the same patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pandas as pd
from sklearn.utils._param_validation import StrOptions

from magnet_sklearn._estimators._continued import ContinuedTraining
from magnet_sklearn._estimators._declaration import parameter, with_parameters
from magnet_sklearn._targets import SeveralTargets, check_levels, check_times


@with_parameters
class MagnetMultiTask(ContinuedTraining):
    """Classes, numbers, labels and survival times of the same patients at once.

    Each task has experts and gates of its own, as in the estimators of single tasks;
    the networks share encoders, fusion and patient graph. A patient without a label for
    a task, NaN in its columns, counts for the others.

    In `fit`, y is a DataFrame with a column per task, or two-level columns (task,
    column). NaN = no label.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}
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

    tasks: Mapping[str, Any] | None = parameter(
        None,
        [Mapping, None],
        "dict of str to str or dict",
        """Kind of each task: "classification", "regression", "survival" (columns
        `event`, `time` and optionally `entry`) or "labels" (several columns of 0 and
        1); or a dict with the kind and its parameters, as those of the single
        estimators: ``{"kind": "regression", "loss": "huber"}``, ``{"kind":
        "survival", "model": "discrete"}``. None infers it: survival from the names of
        its columns, several columns are labels, text, booleans, whole numbers and 0/1
        are classes, other numbers regression.""",
    )
    task_weights: str | Mapping[str, float] = parameter(
        "uncertainty",
        [StrOptions({"uncertainty", "softmax", "equal"}), Mapping],
        '{"uncertainty", "softmax", "equal"} or dict',
        """Weights of the tasks' losses in the networks: by homoscedastic uncertainty
        [1]_, at its optimum for the losses of each batch, so that a task weighs as much
        as it is precise; learned through a softmax (which can put all weight on the
        easiest task); equal; or given by name.""",
    )

    def predict(self, X, quantiles=None):
        """Predict all tasks, or quantiles of the numbers among them.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts. A modality left out counts as missing.
        quantiles : list of float, default=None
            Levels in (0, 1), as in :meth:`MultiModalGNNRegressor.predict`.

        Returns
        -------
        y : DataFrame of shape (n_patients, n_columns)
            A column per task: class, number or risk. If there is a task of labels the
            columns have two levels, (task, label); with `quantiles` they are (task,
            level), of the tasks of numbers.

        Raises
        ------
        ValueError
            If quantiles are wanted and no task is one of numbers.
        """
        predicted, target = self._predicted(X), self._target
        if quantiles is None:
            return target.predict(predicted.outputs).set_axis(predicted.index)
        levels = check_levels(quantiles)
        frame = target.predict_quantiles(predicted.outputs, predicted.mask, levels)
        return frame.set_axis(predicted.index)

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
        predicted = self._predicted(X)
        frame = self._target.predict_proba(predicted.outputs)
        return frame.set_axis(predicted.index)

    def predict_survival_function(self, X, times=None):
        """Predict the probability of no event up to each time, per survival task.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.
        times : array-like of shape (n_times,), default=None
            Times, in the units of y; None is the event times of each task.

        Returns
        -------
        survival : DataFrame of shape (n_patients, n_tasks * n_times)
            Columns (task, time); between 0 and 1, decreasing in time.

        Raises
        ------
        ValueError
            If no task is one of survival times.
        """
        predicted = self._predicted(X)
        times = None if times is None else check_times(times)
        frame = self._target.predict_survival(predicted.outputs, times)
        return frame.set_axis(predicted.index)

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
        X, y, _ = self._to_score(X, y)
        outputs, target = self._predicted(X).outputs, self._target
        return pd.Series(target.scores(target.check(y), outputs), name="score")

    @property
    def links_(self):
        """What the experts of each task tell about the others."""
        return self._model.experts.links_

    @property
    def tasks_(self):
        """Fitted tasks by name."""
        return self._target.tasks_

    @property
    def _target(self) -> SeveralTargets:
        return cast("SeveralTargets", self._model.target)

    def _make_target(self, y):
        """Several tasks."""
        return SeveralTargets(self.tasks, self.task_weights)
