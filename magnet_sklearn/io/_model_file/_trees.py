"""Trees whose own code looks at no bounds: written field by field, checked when read.

Prediction by the trees of scikit-learn runs in compiled code that follows children and
features wherever they point, so a tree is built only if its nodes lead to a leaf.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from magnet_sklearn.io._model_file._errors import ModelFileError

State = dict[str, Any]


def check_nodes(
    left: np.ndarray,
    right: np.ndarray,
    is_leaf: np.ndarray,
    feature: np.ndarray,
    n_features: int,
) -> None:
    """Refuse a tree that does not lead from its first node to leaves.

    Parameters
    ----------
    left, right : int ndarray of shape (n_nodes,)
        Children; of a leaf they do not matter. Each is a later node, so that there is
        no way back.
    is_leaf : bool ndarray of shape (n_nodes,)
        True = predicts.
    feature : int ndarray of shape (n_nodes,)
        Columns that nodes split.
    n_features : int
        Columns there are.
    """
    n_nodes, node = len(left), np.arange(len(left))
    if n_nodes == 0:
        raise ModelFileError("A tree has no nodes.")
    inner = ~is_leaf
    for children in (left, right):
        later = (children > node) & (children < n_nodes)
        if not later[inner].all():
            raise ModelFileError("A child of a tree's node is no later node.")
    if ((feature < 0) | (feature >= n_features))[inner].any():
        raise ModelFileError(f"A tree splits a column beyond the {n_features}.")


def _boosting_state(model: Any) -> State:
    """Attributes of histogram boosting; nodes of all trees side by side, by field.

    One that is not fitted has no trees.
    """
    state = dict(vars(model))
    for name in ("_loss", "_feature_subsample_rng", "_scorer"):
        state.pop(name, None)
    if "_predictors" not in state:
        return state
    rounds = state.pop("_predictors")
    trees = [tree for some in rounds for tree in some]
    nodes = np.concatenate([tree.nodes for tree in trees])
    names = nodes.dtype.names or ()
    state["_trees"] = {
        "per_round": len(rounds[0]),
        "n_nodes": np.array([len(tree.nodes) for tree in trees]),
        "nodes": {name: np.ascontiguousarray(nodes[name]) for name in names},
        "bitsets": [
            [tree.binned_left_cat_bitsets, tree.raw_left_cat_bitsets] for tree in trees
        ]
        if nodes["is_categorical"].any()
        else None,
    }
    return state


def _boosting_of(cls: type, state: State) -> Any:
    """Undo `_boosting_state`."""
    trees = state.pop("_trees", None)
    model: Any = object.__new__(cls)
    model.__dict__.update(state)
    if trees is None:
        return model
    model._feature_subsample_rng = model._scorer = None
    model._loss = model._get_loss(sample_weight=None)
    per_round, counts = trees["per_round"], np.asarray(trees["n_nodes"])
    n_scores = model.n_trees_per_iteration_
    if per_round != n_scores or len(counts) % n_scores or (counts < 1).any():
        raise ModelFileError("The trees of a boosting do not belong together.")
    if np.shape(model._baseline_prediction) not in ((1, n_scores), (1, 1), ()):
        raise ModelFileError("The baseline of a boosting has not one number a class.")
    nodes = _nodes(trees["nodes"], int(counts.sum()))
    ends = np.cumsum(counts)
    parts = np.split(nodes, ends[:-1])
    bitsets = trees["bitsets"] or [[np.zeros((0, 8), np.uint32)] * 2] * len(parts)
    predictors = [
        _predictor(part, own, model) for part, own in zip(parts, bitsets, strict=True)
    ]
    model._predictors = [
        predictors[start : start + n_scores]
        for start in range(0, len(predictors), n_scores)
    ]
    return model


def _nodes(fields: State, n_nodes: int) -> np.ndarray:
    """Nodes as this version of scikit-learn wants them."""
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

    nodes = np.zeros(n_nodes, dtype=PREDICTOR_RECORD_DTYPE)
    for name in set(nodes.dtype.names or ()) & set(fields):
        values = fields[name]
        if values.shape != (n_nodes,) or values.dtype.kind != nodes[name].dtype.kind:
            raise ModelFileError(f"{name!r} of the trees is no array of all nodes.")
        nodes[name] = values
    return nodes


def _predictor(nodes, bitsets, model):
    """One tree, checked."""
    from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

    is_leaf = nodes["is_leaf"].astype(bool)
    left, right = (nodes[side].astype(np.int64) for side in ("left", "right"))
    check_nodes(left, right, is_leaf, nodes["feature_idx"], model._n_features)
    splits = nodes["is_categorical"].astype(bool) & ~is_leaf
    for own in bitsets:
        if own.dtype != np.uint32 or own.ndim != 2 or own.shape[1] != 8:
            raise ModelFileError("Categories of a tree are no bits.")
        if splits.any() and nodes["bitset_idx"][splits].max() >= len(own):
            raise ModelFileError("A tree splits by categories that it does not have.")
    if splits.any():
        known = model._bin_mapper.is_categorical_
        if known is None or len(known) != model._n_features:
            raise ModelFileError("A tree splits categories of a model without any.")
        if not np.asarray(known)[nodes["feature_idx"][splits]].all():
            raise ModelFileError("A tree splits numbers as if they were categories.")
    return TreePredictor(nodes.copy(), *bitsets)


def _tree_state(tree: Any) -> State:
    """Nodes and values of a tree of scikit-learn, by field."""
    state = tree.__getstate__()
    nodes = state["nodes"]
    return {
        "n_features": tree.n_features,
        "n_classes": np.asarray(tree.n_classes),
        "max_depth": state["max_depth"],
        "nodes": {n: np.ascontiguousarray(nodes[n]) for n in nodes.dtype.names},
        "values": state["values"],
    }


def _tree_of(cls: type, state: State) -> Any:
    """Undo `_tree_state`."""
    from sklearn.tree._tree import NODE_DTYPE

    n_features, n_classes = state["n_features"], state["n_classes"].astype(np.intp)
    values = np.ascontiguousarray(state["values"], dtype=np.float64)
    widest = int(n_classes.max(initial=0))
    if values.ndim != 3 or values.shape[1:] != (len(n_classes), widest):
        raise ModelFileError("The values of a tree are not one per output and class.")
    if (n_classes < 1).any() or not 0 < n_features < 2**31:
        raise ModelFileError("A tree has no classes or no features.")
    nodes = np.zeros(len(values), dtype=NODE_DTYPE)
    for name in NODE_DTYPE.names:
        if name in state["nodes"]:
            nodes[name] = state["nodes"][name]
    left, right = nodes["left_child"], nodes["right_child"]
    check_nodes(left, right, left == -1, nodes["feature"], n_features)
    tree = cls(n_features, n_classes, len(n_classes))
    tree.__setstate__(
        {
            "max_depth": int(state["max_depth"]),
            "node_count": len(nodes),
            "nodes": nodes,
            "values": values,
        }
    )
    return tree


TREE_PARTS = {
    "HistGradientBoostingClassifier": (_boosting_state, _boosting_of),
    "HistGradientBoostingRegressor": (_boosting_state, _boosting_of),
    "Tree": (_tree_state, _tree_of),
}
