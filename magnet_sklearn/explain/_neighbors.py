"""neighbor_influence: which training patients moved a prediction."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import Interval, validate_params

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData, as_pandas, check_same_patients
from magnet_sklearn.explain._model_outputs import ModelOutputs
from magnet_sklearn.graph import PatientGraph, PatientGraphBuilder


@validate_params(
    {"n": [Interval(Integral, 1, None, closed="left")]},
    prefer_skip_nested_validation=True,
)
def neighbor_influence(
    estimator: BaseMagnet,
    X: Any,
    y: Any = None,
    n: int = 10,
    *,
    references: Any = None,
) -> pd.DataFrame:
    """Find the training patients next to a patient, and what each did to the output.

    The influence of a training patient is the output less the output if this patient
    were no reference of the patient graph: the next nearest one takes the place. The
    states of the other references stay. It is 0 where the gate of the graph is closed,
    and for patients beyond the `n_neighbors` of the graph.

    Training patients also taught the experts and the weights of the networks; that is
    not part of it.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    X : multimodal data of shape (1, n_modalities)
        One patient. A training patient finds itself: nobody is matched by id.
    y : array-like or DataFrame with n_training rows, default=None
        Outcomes of the training patients, as they were passed to `fit`.
    n : int, default=10
        How many training patients.
    references : multimodal data of shape (n_training, n_modalities), default=None
        The training patients. Needed where the fitted estimator keeps none, as with
        ``graph=None``; else they only give the ids of the patients.

    Returns
    -------
    neighbors : DataFrame with at most n rows
        Most similar first. Index: ids from `references` or y; without them, positions
        among the training patients with data. Columns: `similarity`, as in the graph;
        `shared`, the modalities that both have; `is_neighbor`, whether the graph has
        this edge; `influence`, with several outputs one column per output, in the units
        of `estimator.contributions`; and with y, `outcome`, or one column per column of
        y.

    Raises
    ------
    ValueError
        If X is not one patient, the estimator keeps no training patients and
        `references` is None, or y or `references` are not the training patients.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.explain import neighbor_influence
    >>> X = {"rna": np.random.default_rng(0).normal(size=(30, 20))}
    >>> y = (X["rna"][:, 0] > 0).astype(int)
    >>> model = MagnetClassifier(random_state=0, ensemble_size=2, gate=0.5).fit(X, y)
    >>> found = neighbor_influence(model, {"rna": X["rna"][[3]]}, y, n=2)
    >>> found.columns.tolist()
    ['similarity', 'shared', 'is_neighbor', 'influence', 'outcome']
    >>> int(found.index[0])
    3
    """
    model = ModelOutputs(estimator)
    patient = model.check(X)
    if len(patient) != 1:
        raise ValueError(
            f"X has {len(patient)} patients, but neighbors are those of one. Pass one "
            "of them, such as X[[0]] of MultiModalData."
        )
    if references is not None:
        references = model.check(references)
    training = _TrainingPatients.read(model, y, references)
    of_networks = estimator._model.network_inputs.transform(patient)
    builder = _search(model, references)
    ensemble = estimator._model.ensemble
    k = 0 if ensemble.graph_ is None else builder.n_neighbors
    found = copy(builder).set_params(n_neighbors=max(n, k + 1)).connect(of_networks)
    ranks = np.flatnonzero(found.neighbors[0] >= 0)
    near = found.neighbors[0, ranks]
    influence = np.zeros((len(near), len(model.names)))
    if ensemble.inference_graph is not None:
        influence[:k] = _influence(model, of_networks, found, len(near[:k]))
    positions = builder.references_[near]
    table = {
        "similarity": found.similarity[0, ranks],
        "shared": _shared(builder, of_networks, near),
        "is_neighbor": ranks < k,
        **_named("influence", influence, model.names),
        **training.outcomes(positions),
    }
    return pd.DataFrame(table, index=training.ids[positions])[:n]


def _shared(builder, patient, near):
    """Names of the modalities that a patient and each of some references have."""
    has = dict(zip(patient, patient.mask[0], strict=True))
    names = np.array(builder.modalities_, dtype=object)
    known = builder.reference_mask_[near] & [has[name] for name in names]
    return [tuple(names[row]) for row in known]


@dataclass(frozen=True)
class _TrainingPatients:
    """Ids and outcomes of the training patients with data, in the order of `fit`."""

    ids: pd.Index
    y: Any

    @classmethod
    def read(
        cls, model: ModelOutputs, y: Any, references: MultiModalData | None
    ) -> _TrainingPatients:
        """Check that what the user passes are the training patients."""
        y = as_pandas(y)
        n_training = len(model.estimator._model.ensemble.held_out_)
        ids: pd.Index = pd.RangeIndex(n_training if y is None else len(y))
        _check_y_known(model, y)
        if references is not None:
            check_same_patients(references, {"y": y}, name="references")
            _check_number("y", y, len(references))
            rows = np.flatnonzero(references.mask.any(axis=1))
            ids = references.index[rows]
            y = None if y is None else _safe_indexing(y, rows)
            n_others = _unlabelled(model, y).sum()
            _check_number("references", ids, n_training + n_others)
        elif isinstance(y, pd.Series | pd.DataFrame):
            ids = y.index
        unlabelled = _unlabelled(model, y)
        _check_number("y", y, n_training + unlabelled.sum())
        if unlabelled.any() and model.estimator._model.ensemble.graph_ is not None:
            # which stand behind the others in the graph
            order = np.argsort(unlabelled, kind="stable")
            ids, y = ids[order], _safe_indexing(y, order)
        return cls(ids.rename("patient"), y)

    def outcomes(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Columns of y of some patients."""
        if self.y is None:
            return {}
        y = np.asarray(self.y) if not isinstance(self.y, pd.DataFrame) else self.y
        if isinstance(y, pd.DataFrame) or y.dtype.names:
            y = pd.DataFrame(y)
            names = [_flat(column) for column in y.columns]
            return _named("outcome", y.to_numpy()[rows], names)
        y = y.reshape(len(y), -1)[rows]
        return _named("outcome", y, [*range(y.shape[1])])


def _check_y_known(model, y):
    """Refuse to guess which training patients have no label."""
    if y is None and model.estimator.unlabeled is not None:
        raise ValueError(
            f"This {type(model.estimator).__name__} has unlabelled patients as "
            "references. Pass y as it was passed to `fit`, which tells who they are."
        )


def _unlabelled(model, y):
    """Tell which training patients have no label."""
    if y is None:
        return np.zeros(0, dtype=bool)
    return model.estimator._model.target.is_unlabelled(y, model.estimator.unlabeled)


def _check_number(parameter, values, expected):
    if values is not None and len(values) != expected:
        raise ValueError(
            f"{parameter} has {len(values)} patients, but there are {expected} training"
            " patients with data and a weight. Pass those of `fit`; leave out patients "
            "of weight 0, and with y alone those without any modality."
        )


def _search(model, references):
    """Builder that finds training patients: the fitted one, or one for references."""
    fitted = model.estimator._model
    if fitted.ensemble.graph_ is not None:
        return fitted.ensemble.graph_
    if references is None:
        raise ValueError(
            f"This {type(model.estimator).__name__} keeps no training patients, as its "
            "graph is None. Pass them: neighbor_influence(estimator, X, references="
            "X_train)."
        )
    known = references[references.mask.any(axis=1)]
    return PatientGraphBuilder().fit(fitted.transform(known)[1])


def _influence(model, of_networks, found, n_neighbors):
    """Output less the output without each of the neighbours in turn."""
    fitted = model.estimator._model
    ranks = np.arange(n_neighbors)
    left_out = np.array([ranks, *(ranks + (ranks >= rank) for rank in ranks)])
    graph = PatientGraph(
        found.neighbors[0][left_out], found.similarity[0][left_out], found.n_references
    )
    repeated = of_networks[np.zeros(n_neighbors + 1, dtype=int)]
    ensemble = copy(fitted.ensemble)
    ensemble.graph_ = _GivenEdges(graph)
    outputs = ensemble.branches(repeated, model.device).sum(axis=1)
    return (outputs[0] - outputs[1:]) @ fitted.target.output_scale().weights


@dataclass(frozen=True)
class _GivenEdges:
    """Stands in for a fitted builder where the edges are known."""

    graph: PatientGraph

    def connect(self, X):
        """Return the edges."""
        return self.graph

    def set_params(self, **params):
        """Return itself: there is nothing to compute on a device."""
        return self


def _named(name, values, columns):
    """Columns of a frame; several ones are told apart."""
    if len(columns) == 1:
        return {name: values[:, 0]}
    return {
        f"{name}: {column}": values[:, place] for place, column in enumerate(columns)
    }


def _flat(column):
    parts = column if isinstance(column, tuple) else (column,)
    return " ".join(str(part) for part in parts if part != "")
