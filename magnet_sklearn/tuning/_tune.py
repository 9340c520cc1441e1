"""A search with optuna."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, clone

from magnet_sklearn._utils import import_optional
from magnet_sklearn.tuning._folds import Folds, last_step, make_folds
from magnet_sklearn.tuning._result import TuningResult, standard_error
from magnet_sklearn.tuning._space import search_space
from magnet_sklearn.tuning._study import (
    check_names,
    open_study,
    prepare,
    suggest,
    watches_epochs,
)

if TYPE_CHECKING:
    import optuna


def tune(
    estimator: BaseEstimator,
    X: Any,
    y: Any,
    *,
    space: Mapping[str, Any] | None = None,
    cv: Any = 5,
    scoring: Any = None,
    n_trials: int | None = 20,
    timeout: float | None = None,
    groups: Any = None,
    storage: Any = None,
    study_name: str = "magnet",
    sampler: optuna.samplers.BaseSampler | None = None,
    pruner: optuna.pruners.BasePruner | None = None,
    n_jobs: int = 1,
    callbacks: Sequence[Callable[..., None]] = (),
    refit: bool = True,
    random_state: int | None = None,
    verbose: int = 0,
) -> TuningResult:
    """Search the parameters of an estimator, beginning with its own.

    The first trials are the parameters that the estimator has and, for a classifier,
    those of the published preset as far as they are in the space. A trial is scored
    fold by fold and given up when the pruner says so, after a fold or, where parameters
    of the networks are searched, after an epoch. What a trial has in common with
    an earlier one is not computed again: preprocessing and experts of a fold, or the
    scores of the same parameters. Among parameters whose scores cannot be told from the
    highest (the paired difference is within one standard error over folds [1]_) those
    that differ least from the estimator's are chosen.

    Parameters
    ----------
    estimator : estimator or Pipeline
        One of magnet_sklearn, or a pipeline that ends in one.
    X : multimodal data of shape (n_patients, n_modalities)
        MultiModalData, a dict of blocks, or what a pipeline takes.
    y : array-like or DataFrame with n_patients rows
        Target.
    space : dict of str to optuna distribution, default=None
        By name of the parameter; None is ``search_space(estimator, X)``.
    cv : int, splitter or iterable of splits, default=5
        As in scikit-learn; a number stratifies survival times by event. The same
        splits for all trials.
    scoring : str or callable, default=None
        As in scikit-learn; None is the estimator's `score`.
    n_trials : int, default=20
        Trials of this call. None goes on until `timeout`.
    timeout : float, default=None
        Seconds after which no further trial starts.
    groups : array-like of shape (n_patients,), default=None
        For `cv` and for `fit`: patients of one group are held out together.
    storage : str or optuna storage, default=None
        Where trials are kept; called again, the search goes on. A path of a file that
        ends in ``.log`` is a journal, to which several processes may add at a time; a
        URL is a database, created by one process before others join.
    study_name : str, default="magnet"
        Name of the study in the storage.
    sampler : optuna sampler, default=None
        None is TPE with `random_state`.
    pruner : optuna pruner, default=None
        Sees the mean score after each fold; where parameters of the networks are
        searched, in its place the held-out loss of the first network after each epoch,
        negative, at the step ``fold * max_epochs + epoch``. None is a median pruner
        from the sixth trial on, and from the second fold or the 21st epoch.
    n_jobs : int, default=1
        Trials at a time, in threads.
    callbacks : sequence of callable, default=()
        Called with study and trial after each trial.
    refit : bool, default=True
        Whether to fit the best on all patients.
    random_state : int, default=None
        Seed of the sampler.
    verbose : int, default=0
        1 shows a progress bar.

    Returns
    -------
    result : TuningResult
        Best estimator, study and a table of the trials.

    Raises
    ------
    ValueError
        If a name in `space` is no parameter, or the study in `storage` is of another
        space or other folds.
    RuntimeError
        If no trial succeeded.
    ImportError
        If the extra ``tune`` is not installed.

    References
    ----------
    .. [1] L. Breiman, J. Friedman, C. Stone, R. Olshen, "Classification and Regression
       Trees" (1984), section 3.4.3.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.tuning import tune
    >>> rng = np.random.default_rng(0)
    >>> X = {"rna": rng.normal(size=(40, 3)), "age": rng.normal(size=(40, 1))}
    >>> model = MultiModalGNNRegressor(ensemble_size=2, max_epochs=2, random_state=0)
    >>> result = tune(model, X, X["rna"][:, 0], cv=2, n_trials=2, random_state=0)
    >>> result.to_frame()["state"].tolist()
    ['complete', 'complete']
    """
    optuna = import_optional("optuna", extra="tune")
    folds = make_folds(estimator, X, y, groups, cv, scoring)
    space = dict(search_space(estimator, X) if space is None else space)
    check_names(estimator, space)
    sampler = sampler or optuna.samplers.TPESampler(seed=random_state)
    study = open_study(study_name, storage, sampler, pruner, estimator, space)
    prepare(study, estimator, space, folds)
    study.optimize(
        partial(_score, estimator=estimator, space=space, folds=folds),
        n_trials=n_trials,
        timeout=timeout,
        n_jobs=n_jobs,
        callbacks=list(callbacks),
        catch=(Exception,),
        show_progress_bar=bool(verbose),
    )
    best = _chosen(study, estimator)
    fitted = folds.refit(estimator, best.params) if refit else None
    return TuningResult(fitted, best.params, best.value, study, _share_reused(folds))


def _score(trial, *, estimator, space, folds: Folds):
    """Mean score over folds of the parameters that the trial suggests."""
    optuna = import_optional("optuna", extra="tune")
    for name, distribution in space.items():
        suggest(trial, name, distribution)
    earlier = _same_parameters(trial)
    scores: list[float] = []
    candidate = clone(estimator).set_params(**trial.params)
    max_epochs = getattr(last_step(candidate), "max_epochs", 0)
    by_epoch = watches_epochs(estimator, space)

    def report(value, step):
        trial.report(value, step)
        if trial.should_prune():
            raise optuna.TrialPruned

    def on_epoch(fold, epoch, loss):
        report(-loss, fold * max_epochs + epoch)

    for score in earlier or folds.scores(candidate, on_epoch if by_epoch else None):
        scores.append(score)
        trial.set_user_attr("scores", scores)
        if not by_epoch and len(scores) < len(folds.splits):
            report(float(np.mean(scores)), len(scores) - 1)
    return float(np.mean(scores))


def _same_parameters(trial):
    """Scores of a completed trial with the same parameters, if there is one."""
    for other in trial.study.get_trials(deepcopy=False):
        if other.state.name == "COMPLETE" and other.params == trial.params:
            return other.user_attrs["scores"]
    return None


def _chosen(study, estimator):
    """Return the simplest trial that cannot be told from the best."""
    complete = [trial for trial in study.get_trials() if trial.state.name == "COMPLETE"]
    if not complete:
        raise RuntimeError(
            "No trial succeeded. The warnings above say why; fit the estimator once "
            "with its own parameters to see the error."
        )
    best = max(complete, key=lambda trial: trial.value)
    of_best = np.array(best.user_attrs["scores"])
    own = estimator.get_params()

    def is_as_good(trial):
        difference = of_best - trial.user_attrs["scores"]
        return difference.mean() <= np.nan_to_num(standard_error([*difference]))

    def distance(trial):
        n_changed = sum(own[name] != value for name, value in trial.params.items())
        return n_changed, -trial.value, trial.number

    return min(filter(is_as_good, complete), key=distance)


def _share_reused(folds):
    """Share of early stages that were not computed again."""
    hits = sum(cache.hits for cache in folds.caches)
    return hits / max(hits + sum(cache.misses for cache in folds.caches), 1)
