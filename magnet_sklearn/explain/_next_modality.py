"""next_modality: what measuring a missing block would tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import entr
from sklearn.utils._param_validation import Interval, validate_params

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._targets import ClassTarget, LabelsTarget, SeveralTargets, Target
from magnet_sklearn.data import MultiModalData, did_you_mean, quoted
from magnet_sklearn.explain._model_outputs import ModelOutputs
from magnet_sklearn.explain._recombined import RecombinedOutputs, stack_patients
from magnet_sklearn.graph import PatientGraphBuilder


@validate_params(
    {
        "cost": [Mapping, pd.Series, None],
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def next_modality(
    estimator: BaseMagnet,
    X: Any,
    *,
    references: Any,
    cost: Mapping[str, float] | pd.Series | None = None,
    n_neighbors: int = 20,
    verbose: int = 0,
) -> pd.DataFrame:
    r"""Estimate what each patient's prediction would gain from each missing block.

    The blocks that a missing one could turn out to be are those of the `n_neighbors`
    references who have it and are most similar in what is known of the patient. Each
    is put in for the missing block, and the predictions :math:`p_j` are compared: the
    gain is the expected information about the class [1]_ [2]_,
    :math:`H(\frac{1}{k}\sum_j p_j) - \frac{1}{k} \sum_j H(p_j)` with the entropy
    :math:`H` in nats; for numbers and for the log-hazard of survival it is the variance
    of the predictions, by which the variance is expected to fall. Both are at least 0.

    **Assumption.** Given what is known, the missing block is distributed as among the
    references who are similar and had it measured, and the model is right about them.
    Where a modality was measured in certain patients only (the severe ones, those of
    one site), or few references resemble the patient, the gain says little. It is about
    the prediction, not about benefit to the patient.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    X : multimodal data of shape (n_patients, n_modalities)
        Patients with missing blocks.
    references : multimodal data of shape (n_references, n_modalities)
        Patients whose blocks are put in, usually the training patients.
    cost : dict or Series of str to float, default=None
        Cost of measuring each modality, above 0 and in any unit.
    n_neighbors : int, default=20
        References per patient and block. Those of a patient who shares nothing with
        them are spread evenly over `references`.
    verbose : int, default=0
        1 shows a progress bar.

    Returns
    -------
    gain : DataFrame of shape (n_patients, n_modalities)
        NaN where the patient has the block or no reference has it. In nats, squared
        units of y, or squared log-hazard. With several tasks or targets the columns
        have the task above the modality. With `cost`, on top of all stand `gain` and
        `gain_per_cost`.

    Raises
    ------
    ValueError
        If a cost is missing, unknown or not above 0, or X or `references` do not fit
        the estimator.

    References
    ----------
    .. [1] D. Lindley, "On a measure of the information provided by an experiment",
       Annals of Mathematical Statistics 27 (1956).
    .. [2] C. Ma et al., "EDDI: efficient dynamic discovery of high-value information
       with partial VAE", ICML 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.explain import next_modality
    >>> rng = np.random.default_rng(0)
    >>> X = {name: rng.normal(size=(60, 3)) for name in ("rna", "protein", "age")}
    >>> y = (X["protein"][:, 0] > 0).astype(int)
    >>> model = MagnetClassifier(random_state=0, experts="linear", max_epochs=5)
    >>> model = model.fit(X, y)
    >>> gain = next_modality(model, {"age": X["age"][:2]}, references=X)
    >>> gain.idxmax(axis=1).tolist()
    ['protein', 'protein']
    """
    model = ModelOutputs(estimator)
    X, references = model.check(X), model.check(references)
    costs = _checked_costs(cost, list(X))
    outputs = RecombinedOutputs(model, stack_patients(X, references), verbose)
    donors = _donors(model, X, references, n_neighbors)
    target = estimator._model.target
    names = [name for name, _ in _gains(target, np.zeros((1, 1, _width(model))))]
    values = np.full((len(names), *X.shape), np.nan)
    total = sum(rows.size for _, rows in donors.values())
    with outputs.progress(total, "next modality"):
        for place, (rows, found) in donors.items():
            if found.size == 0:
                continue
            sources = np.repeat(outputs.sources(rows), found.shape[1], axis=0)
            sources[:, place] = len(X) + found.ravel()
            raw = outputs.raw(sources).reshape(*found.shape, -1)
            for task, (_, gain) in enumerate(_gains(target, raw)):
                values[task, rows, place] = gain
    frames = {
        name: pd.DataFrame(gain, X.index, list(X))
        for name, gain in zip(names, values, strict=True)
    }
    if costs is not None:
        return _joined(
            {
                "gain": _joined(frames),
                "gain_per_cost": _joined({k: v / costs for k, v in frames.items()}),
            }
        )
    return _joined(frames)


def _width(model):
    return model.estimator._model.target.loss.n_outputs


def _joined(frames):
    return frames[None] if None in frames else pd.concat(frames, axis=1)


def _checked_costs(
    cost: Mapping[str, float] | pd.Series | None, modalities: list[str]
) -> pd.Series | None:
    """Costs in the order of the modalities."""
    if cost is None:
        return None
    cost = dict(cost)
    for name in cost:
        if name not in modalities:
            raise ValueError(
                f"cost names a modality {name!r} that this model does not have. "
                f"Modalities: {quoted(modalities)}.{did_you_mean(name, modalities)}"
            )
    absent = [name for name in modalities if name not in cost]
    if absent:
        raise ValueError(f"cost lacks {quoted(absent)}. Give a cost to every modality.")
    for name, value in cost.items():
        if not isinstance(value, Real) or not 0 < float(value) < np.inf:
            raise ValueError(
                f"The cost of {name!r} is {value!r}; it must be above 0 and finite."
            )
    return pd.Series(cost, dtype=float)[modalities]


def _donors(
    model: ModelOutputs, X: MultiModalData, references: MultiModalData, n_neighbors: int
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """For each modality, rows that lack it and the references who stand in for it.

    References have the shape (n_rows, n_donors).
    """
    transform = model.estimator._model.transform
    ready, ready_references = transform(X)[1], transform(references)[1]
    donors = {}
    for place, observed in enumerate(references.mask.T):
        rows, have = np.flatnonzero(~X.mask[:, place]), np.flatnonzero(observed)
        n_donors = min(n_neighbors, len(have))
        found = np.empty((len(rows), n_donors), dtype=int)
        if found.size:
            builder = PatientGraphBuilder(n_donors).fit(ready_references[have])
            nearest = builder.connect(ready[rows]).neighbors
            spread = np.linspace(0, len(have) - 1, n_donors).astype(int)
            found[:] = have[_filled(nearest, spread)]
        donors[place] = rows, found
    return donors


def _filled(nearest, spread):
    """Repeat the neighbours of patients who have few; those of none are spread."""
    n_found = (nearest >= 0).sum(axis=1, keepdims=True)
    ranks = np.arange(nearest.shape[1]) % np.maximum(n_found, 1)
    repeated = np.take_along_axis(nearest, ranks, axis=1)
    return np.where(n_found > 0, repeated, spread)


def _gains(target: Target, raw: np.ndarray) -> Iterator[tuple[Any, np.ndarray]]:
    """Name each task and tell what it gains, from raw outputs by patient and donor."""
    if isinstance(target, SeveralTargets):
        split = target.split(raw.reshape(-1, raw.shape[2]))
        for name, task in target.tasks_.items():
            inner = _gains(task, split[name].reshape(*raw.shape[:2], -1))
            for column, gain in inner:
                yield name if column is None else f"{name}: {column}", gain
        return
    flat = raw.reshape(-1, raw.shape[2])
    if isinstance(target, ClassTarget):
        yield None, _information(target.probability(flat).reshape(raw.shape))
    elif isinstance(target, LabelsTarget):
        for label, there in target.predict_proba(flat).items():
            there = there.reshape(raw.shape[:2])
            yield label, _information(np.stack([1 - there, there], axis=2))
    else:
        numbers = target.predict(flat).reshape(*raw.shape[:2], -1)
        for column in range(numbers.shape[2]):
            several = numbers.shape[2] > 1
            yield column if several else None, numbers[:, :, column].var(axis=1)


def _information(p: np.ndarray) -> np.ndarray:
    """Entropy of the mean less mean entropy, of (n_patients, n_donors, n_classes)."""
    gain = entr(p.mean(axis=1)).sum(axis=1) - entr(p).sum(axis=2).mean(axis=1)
    return np.maximum(gain, 0.0)  # below by rounding only
