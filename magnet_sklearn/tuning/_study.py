"""Studies of optuna: where they are kept, and what they try first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._utils import import_optional
from magnet_sklearn.tuning._folds import Folds, last_step

if TYPE_CHECKING:
    import optuna


def suggest(trial: optuna.Trial, name: str, distribution: Any) -> None:
    """Let a trial choose a value; it is in `trial.params` then."""
    if hasattr(distribution, "choices"):
        trial.suggest_categorical(name, distribution.choices)
        return
    is_integer = isinstance(distribution.low, int)
    ask = trial.suggest_int if is_integer else trial.suggest_float
    bounds = distribution.low, distribution.high
    ask(name, *bounds, step=distribution.step, log=distribution.log)


def first_trials(
    estimator: BaseEstimator, space: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the estimator's own parameters, then those of the published preset."""
    model = last_step(estimator)
    presets = [estimator.get_params()]
    if hasattr(model, "published"):
        presets.append(type(model).published().get_params())
    for preset in presets:
        known = {
            name: preset[name]
            for name, distribution in space.items()
            if name in preset and _contains(distribution, preset[name])
        }
        if known:
            yield known


def _contains(distribution, value):
    """Whether a value is one that the distribution may give."""
    if hasattr(distribution, "choices"):
        return any(value is own or value == own for own in distribution.choices)
    return isinstance(value, int | float) and distribution.low <= value <= (
        distribution.high
    )


def watches_epochs(estimator: BaseEstimator, space: Mapping[str, Any]) -> bool:
    """Whether networks are searched, and hold out patients who tell how it goes."""
    model = last_step(estimator)
    if not (isinstance(model, BaseMagnet) and model.early_stopping):
        return False
    of_networks = {f.name for f in fields(model) if f.metadata["of_networks"]}
    return any(name.rpartition("__")[2] in of_networks for name in space)


def default_pruner(
    estimator: BaseEstimator, space: Mapping[str, Any]
) -> optuna.pruners.BasePruner:
    """Return the median pruner, which waits for a fold or for some epochs."""
    optuna = import_optional("optuna", extra="tune")
    waits = 20 if watches_epochs(estimator, space) else 1
    return optuna.pruners.MedianPruner(n_warmup_steps=waits)


def open_study(
    study_name: str,
    storage: Any,
    sampler: optuna.samplers.BaseSampler,
    pruner: optuna.pruners.BasePruner | None,
    estimator: BaseEstimator,
    space: Mapping[str, Any],
) -> optuna.Study:
    """Create a study, or open a stored one."""
    optuna = import_optional("optuna", extra="tune")
    return optuna.create_study(
        storage=open_storage(storage),
        study_name=study_name,
        sampler=sampler,
        pruner=pruner or default_pruner(estimator, space),
        direction="maximize",
        load_if_exists=True,
    )


def prepare(
    study: optuna.Study,
    estimator: BaseEstimator,
    space: Mapping[str, Any],
    folds: Folds,
) -> None:
    """Check that a study is of these patients, and enqueue the first trials."""
    check_study(study, space, folds)
    for parameters in first_trials(estimator, space):
        study.enqueue_trial(parameters, skip_if_exists=True)


def check_names(estimator: BaseEstimator, space: Mapping[str, Any]) -> None:
    """Refuse names that are no parameters."""
    known = estimator.get_params()
    unknown = [name for name in space if name not in known]
    if unknown or not space:
        raise ValueError(
            f"space names {unknown!r}, which are no parameters of this "
            f"{type(estimator).__name__}."
            if unknown
            else "space is empty: name at least one parameter."
        )


def check_study(study: optuna.Study, space: Mapping[str, Any], folds: Folds) -> None:
    """Refuse a stored study whose trials cannot be compared with new ones."""
    n_patients = sum(map(len, folds.splits[0]))
    asked = {
        "parameters": sorted(space),
        "n_patients": n_patients,
        "n_folds": len(folds.splits),
        "scorer": str(folds.scorer),
    }
    stored = study.user_attrs.get("magnet_sklearn")
    if stored is None:
        study.set_user_attr("magnet_sklearn", asked)
    elif stored != asked:
        differing = [name for name in asked if stored.get(name) != asked[name]]
        raise ValueError(
            f"The study {study.study_name!r} in the storage differs in {differing}: "
            f"{[stored.get(name) for name in differing]} there, "
            f"{[asked[name] for name in differing]} here. Choose another study_name."
        )


def open_storage(storage: Any) -> Any:
    """Storage of optuna; a file ending in .log is a journal."""
    if not str(storage).endswith(".log"):
        return storage
    optuna = import_optional("optuna", extra="tune")
    backend = optuna.storages.journal.JournalFileBackend(str(storage))
    return optuna.storages.JournalStorage(backend)
