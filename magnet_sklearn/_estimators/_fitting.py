"""The steps of `fit`, from X and y to a fitted model."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing

from magnet_sklearn._estimators._config import deciding_parameters, ensemble_config
from magnet_sklearn._estimators._model import FittedModel, StartState, warn_of_empty
from magnet_sklearn._estimators._parameters import SharedParameters
from magnet_sklearn._estimators._reuse import reused
from magnet_sklearn._estimators._rows import check_rows
from magnet_sklearn._estimators._transfer import plan_transfer, report
from magnet_sklearn._targets import HeldOut, Target, TargetExperts
from magnet_sklearn._training import (
    Cohort,
    Execution,
    HoldoutHistory,
    NetworkEnsemble,
    fit_better_start,
)
from magnet_sklearn._training.runtime import (
    Checkpoint,
    agreed_seeds,
    check_alike,
    threads_for,
    training_device,
)
from magnet_sklearn.data import check_same_patients


def fit_model(
    estimator: SharedParameters,
    start: StartState,
    target: Target,
    X: Any,
    y: Any,
    beside: dict[str, Any],
    X_val: Any = None,
    y_val: Any = None,
) -> FittedModel:
    """Fit preprocessing, experts, patient graph and networks; change no estimator.

    Parameters
    ----------
    estimator : SharedParameters
        Its parameters say how.
    start : StartState
        What the training goes on from.
    target : Target
        Not fitted; fitted here.
    X, y, X_val, y_val : any
        As in `BaseMagnet.fit`.
    beside : dict
        What else comes beside X, row by row: keyword arguments of `check_rows`.
    """
    _check_parameters(estimator, y, X_val, y_val)
    clock = [perf_counter()]
    inputs, X = start.inputs.read(estimator, X)
    X, y, weight, groups = check_rows(X, y, target, **beside)
    encoded = target.fit(y, weight, start.target).encode(y)
    in_loss = _weight_in_loss(target, y, weight)
    check_alike(encoded, X.mask)
    # one seed for the experts, one for the folds and one for each member
    seeds = _seeds(estimator)
    with threads_for(X):
        start, X, of_networks = reused(_preprocess, start, inputs, X, encoded)
        clock.append(perf_counter())
        mask = X.mask
        consequence = f"they count for {target.without_data} only"
        warn_of_empty(mask, "training patients", consequence)
        unfitted = TargetExperts(estimator.experts, target, seeds[0], estimator.verbose)
        experts = reused(unfitted.fit, X, encoded, in_loss, groups)
        outputs = experts.training_outputs()
        clock.append(perf_counter())
        cohort = _cohort(of_networks, outputs, encoded, in_loss, groups)
        del X, of_networks  # as large as all else
        validation = _validation(estimator, start, target, experts, X_val, y_val)
        how = start, target.loss, cohort, validation, seeds[1:]
        ensemble, holdout, transferred = _fit_networks(estimator, *how)
    _calibrate(target, y, experts, mask, weight, ensemble)
    clock.append(perf_counter())
    inputs, of_networks = start.inputs, start.network_inputs or start.inputs
    learned = inputs, of_networks, target, experts, ensemble, holdout
    return FittedModel(*learned, _stages(clock), transferred=transferred)


def _weight_in_loss(target, y, weight):
    """Weights of the patients in the loss, of mean 1."""
    in_loss = target.sample_weight(y, weight)
    return in_loss / in_loss.mean()


def _stages(clock):
    """Wall time of each stage, between the times on a clock."""
    stages = ("preprocessing", "experts", "networks and graph")
    return tuple(zip(stages, np.diff(clock).tolist(), strict=True))


def _check_parameters(estimator, y, X_val, y_val):
    """Check what scikit-learn's validation of single parameters cannot."""
    if y is None:
        raise ValueError(
            f"This {type(estimator).__name__} estimator requires y to be passed, but "
            "the target y is None."
        )
    if (X_val is None) != (y_val is None):
        raise ValueError("Pass X_val and y_val together; one of them is None.")
    of_builder = getattr(estimator.graph, "n_neighbors", estimator.n_neighbors)
    if estimator.n_neighbors not in (of_builder, SharedParameters.n_neighbors):
        raise ValueError(
            f"n_neighbors={estimator.n_neighbors} has no effect beside graph="
            f"{estimator.graph!r}, which has n_neighbors={of_builder}. Set it there "
            "(graph__n_neighbors), or pass graph='knn'."
        )


def _seeds(estimator):
    """Draw seeds, or take those of the training that a checkpoint keeps."""
    seeds = agreed_seeds(estimator.random_state, estimator.ensemble_size + 2)
    if estimator.checkpoint is None:
        return seeds
    return Checkpoint(estimator.checkpoint).seeds(seeds)


def _preprocess(start, inputs, X, encoded):
    """Preprocess for the experts, and for networks, which may see something else."""
    y = encoded[:, 0] if encoded.shape[1] == 1 else encoded
    new = inputs.new_modalities
    fitted, transformed = inputs.fit_transform(X, y)
    of_networks, for_networks = fitted, transformed
    if start.network_inputs is not None:
        new = start.network_inputs.new_modalities
        of_networks, for_networks = start.network_inputs.fit_transform(X, y)
    fitted, transformed = fitted.with_feature_tables(transformed, inputs.new_modalities)
    of_networks, for_networks = of_networks.with_projection(for_networks, new)
    start = replace(start, inputs=fitted, network_inputs=of_networks)
    return start, transformed, for_networks


def _validation(estimator, start, target, experts, X_val, y_val):
    """Preprocess the held-out patients that the user gave, if any."""
    if X_val is None:
        return None
    X = start.inputs.check(estimator, X_val)
    check_same_patients(X, {"y_val": y_val}, name="X_val")
    target = copy(target)
    target.name = "y_val"
    X, y, weight, _ = check_rows(X, y_val, target)
    outputs = experts.outputs(start.inputs.transform(X))
    X = start.network_inputs.transform(X)
    return _cohort(X, outputs, target.encode(y), weight)


def _fit_networks(estimator, start, loss, cohort, validation, seeds):
    """Train an ensemble, or train it on; with who was held out and what taken over."""
    holdout = start.holdout or HoldoutHistory()
    splits = [(np.arange(len(cohort)), validation)] * estimator.ensemble_size
    if validation is None and estimator.early_stopping:
        splits = holdout.splits(
            cohort,
            loss.fold_labels(cohort.target),
            n_members=estimator.ensemble_size,
            validation_fraction=estimator.validation_fraction,
            seed=seeds[0],
        )
    device = training_device(estimator.device)
    validates = splits[0][1] is not None
    config = ensemble_config(
        estimator, start, cohort.X, loss, device, validates=validates
    )
    checkpoint = None
    if estimator.checkpoint is not None:
        checkpoint = Checkpoint(estimator.checkpoint)
        parameters = deciding_parameters(estimator.get_params(deep=False))
        checkpoint.claim(seeds, cohort, *parameters)
    execution = Execution(
        device=device,
        n_jobs=estimator.n_jobs,
        verbose=estimator.verbose,
        checkpoint=checkpoint,
        keeps_optimizer=estimator.warm_start,
    )
    ensemble, transferred = _fit_ensemble(
        start, config, cohort, splits, seeds[1:], execution
    )
    return ensemble, holdout.after(cohort, splits), transferred


def _fit_ensemble(start, config, *training):
    """Train networks on, or new ones, or from those of another cohort."""
    if start.source is not None:
        inputs = start.network_inputs or start.inputs
        transfer, rows = plan_transfer(start.source, inputs)
        ensemble, found = fit_better_start(config, transfer, *training)
        return ensemble, report(rows, found)
    ensemble = NetworkEnsemble(config, start.pretrained)
    if start.ensemble is not None:
        ensemble = start.ensemble.continued(config)
    return ensemble.fit(*training), ()


def _cohort(X, offset, target, weight, groups=None):
    """Patients the networks can learn from: those with an observed modality."""
    has_data = X.mask.any(axis=1)
    cohort = Cohort(X, offset, target, weight, groups)
    return cohort if has_data.all() else cohort[np.flatnonzero(has_data)]


def _calibrate(target, y, experts, mask, weight, ensemble):
    """Let the target learn from outputs of patients by models without them."""
    outputs, rows = _held_out(experts, mask, ensemble)
    target.calibrate(
        HeldOut(_safe_indexing(y, rows), outputs[rows], mask[rows], weight[rows])
    )


def _held_out(experts, mask, ensemble):
    """Return outputs with what held-out networks add, and rows with honest ones.

    Those are all rows where no network held a patient out, with the experts' outputs
    alone.
    """
    outputs = experts.held_out_outputs()
    rows, known = np.flatnonzero(mask.any(axis=1)), ensemble.held_out_
    added = known - experts.training_outputs()[rows]
    known = ~np.isnan(known).any(axis=1)
    outputs[rows[known]] += added[known]
    is_honest = np.ones(len(outputs), dtype=bool)
    if known.any() and ensemble.gates_.any():
        is_honest[rows[~known]] = False
    return outputs, np.flatnonzero(is_honest)
