"""What has to be true of an object before it is used."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from magnet_sklearn.io._model_file._errors import ModelFileError
from magnet_sklearn.io._model_file._trees import check_nodes

_MOST_VALUES = 2**27  # of a patient in a modality
_MOST_NEIGHBORS = 100_000


def check_object(value: Any) -> None:
    """Refuse an object whose indices lead out of its arrays, or in circles.

    Parameters
    ----------
    value : object
        Of a class of this package, with all its attributes.
    """
    module = type(value).__module__
    if not module.startswith("magnet_sklearn."):
        return
    if isinstance(value, BaseEstimator) and hasattr(value, "_parameter_constraints"):
        value._validate_params()
    check = _CHECKS.get(type(value).__name__)
    if check is not None:
        check(value)


def _need(is_true: Any, what: str) -> None:
    if not is_true:
        raise ModelFileError(f"{what}.")


def _indices(values: Any, end: int, what: str, start: int = 0) -> None:
    """Refuse what is no array of integers from `start` to before `end`."""
    is_array = isinstance(values, np.ndarray) and values.dtype.kind in "iu"
    _need(is_array, f"{what} are no integers")
    inside = values.size == 0 or (values.min() >= start and values.max() < end)
    _need(inside, f"{what} lead out of what there is: {start} to {end - 1}")


def _forest(trees) -> None:
    """Of a leaf, both children are itself."""
    n_nodes = len(trees.feature)
    _indices(trees.children, n_nodes, "Children of trees")
    _indices(trees.roots, n_nodes, "Roots of trees")
    shapes = [np.shape(a) for a in (trees.children, trees.threshold, trees.leaf)]
    _need(shapes == [(n_nodes, 2), (n_nodes,), (n_nodes,)], "Trees lack nodes")
    is_leaf = (trees.children == np.arange(n_nodes)[:, None]).all(axis=1)
    left, right = trees.children.T
    check_nodes(left, right, is_leaf, trees.feature, 2**31)
    _need(trees.value.ndim == 2, "Leaves have no values")
    _indices(trees.leaf[is_leaf], len(trees.value), "Leaves of trees")
    _need(0 <= trees.depth <= n_nodes, "Trees are deeper than they have nodes")


def _combination(combination) -> None:
    n_modalities = len(combination.trust_)
    shape = n_modalities + 1, len(combination.baseline_)
    _need(combination.shift_.shape == shape, "Shifts are not one per modality")


def _graph(graph) -> None:
    _indices(graph.neighbors, graph.n_references, "Neighbours", start=-1)
    same = graph.neighbors.shape == graph.similarity.shape
    _need(same, "Neighbours and similarities differ in number")


def _builder(builder) -> None:
    _need(builder.n_neighbors <= _MOST_NEIGHBORS, "Neighbours are too many")
    if not hasattr(builder, "references_"):
        return
    n_references = len(builder.references_)
    _need(len(builder._coordinates) == n_references, "References lack coordinates")
    _need(len(builder._mask) == n_references, "References lack modalities")
    n_patients = builder.training_graph_.n_references
    _indices(builder.references_, n_patients, "References")
    cells = builder._cells
    for members in [] if cells is None else cells.members:
        _indices(members.numpy(), n_references, "Members of cells")


def _standardization(standard) -> None:
    widths = {len(v) for v in (standard.size, standard.mean, standard.spread)}
    _need(widths == {len(standard.columns)}, "Columns and their scales differ")
    _indices(standard.columns, 2**31, "Columns")


def _table(block) -> None:
    _indices(block.numeric, 2**31, "Numeric columns")
    _indices(block.standardization.columns, len(block.numeric), "Columns")
    for position, codes in block.category_codes:
        _need(isinstance(position, int | np.integer), "Categories have no column")
        places = sorted(codes.values())
        _need(places == [*range(len(codes))], "Codes of categories are not 0, 1, ...")


def _classes(target) -> None:
    if hasattr(target, "classes_"):
        n_classes = np.shape(target.classes_)
        _need(n_classes == (target.loss.n_outputs,), "Classes and outputs differ")


def _feature_graph(graph) -> None:
    if not hasattr(graph, "nodes_"):
        return
    n_nodes = len(graph.nodes_)
    for end in ("source", "target"):
        _indices(graph.edges_[end].to_numpy(), n_nodes, "Ends of edges")


def _landmarks(landmarks) -> None:
    sizes = [(table.shape[0],) for table in landmarks.tables]
    _need([s.shape for s in landmarks.squares] == sizes, "Landmarks lack lengths")


def _ensemble(ensemble) -> None:
    _need(len(ensemble.nets_) == ensemble.n_members > 0, "Members are missing")
    n_branches = ensemble.config.n_branches
    _need(len(ensemble.gates_) == n_branches, "Gates are not one per branch")
    for states in ensemble.reference_states_:
        n_references = (
            0 if ensemble.graph_ is None else len(ensemble.graph_.references_)
        )
        shape = ensemble.n_members, n_references
        _need(tuple(states.shape[:2]) == shape, "References lack hidden states")


def _offset(offset) -> None:
    n_outputs = len(offset.combination_.baseline_)
    _need(offset.loss.n_outputs == n_outputs, "Experts have other outputs than a loss")
    experts = offset.experts_
    if experts is not None:
        _need(experts.n_outputs_ == n_outputs, "Experts have other outputs than a loss")


def _model(model) -> None:
    baselines = [offset.combination_.baseline_ for offset in model.experts.offsets_]
    n_outputs = sum(map(len, baselines))
    _need(model.target.loss.n_outputs == n_outputs, "Experts and target differ")


def _radial_basis(features) -> None:
    n_landmarks = features.n_landmarks
    _need(0 <= n_landmarks <= sum(len(own) for _, own, _ in features.places), "No rows")
    for _, rows, landmarks in features.places:
        _indices(rows, n_landmarks, "Landmarks")
        _need(rows.shape == landmarks.shape, "Landmarks differ in number")
        _indices(landmarks, 2**31, "Landmarks")


def _block_schema(block) -> None:
    _need(all(type(size) is int and size >= 0 for size in block.shape), "No shape")
    _need(prod(block.shape) <= _MOST_VALUES, "A patient has more values than memory")
    if block.columns is not None:
        widths = {len(block.columns), len(block.categorical), *block.shape}
        _need(len(widths) == len(block.shape) == 1, "Columns are not those of a table")


def _boosting(expert) -> None:
    n_rounds = len(expert.model_._predictors)
    _need(1 <= expert.n_trees <= n_rounds, "A boosting lacks trees")


_CHECKS: dict[str, Callable[[Any], None]] = {
    "BlockSchema": _block_schema,
    "BoostingClassifier": _boosting,
    "BoostingCox": _boosting,
    "BoostingRegressor": _boosting,
    "ClassTarget": _classes,
    "ExpertCombination": _combination,
    "ExpertOffset": _offset,
    "FeatureGraph": _feature_graph,
    "FittedModel": _model,
    "Landmarks": _landmarks,
    "NetworkEnsemble": _ensemble,
    "PatientGraph": _graph,
    "PatientGraphBuilder": _builder,
    "RadialBasis": _radial_basis,
    "Standardization": _standardization,
    "TableBlock": _table,
    "_Trees": _forest,
}
