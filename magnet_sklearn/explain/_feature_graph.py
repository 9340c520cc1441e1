"""feature_graph_importance: nodes and edges that move predictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy, deepcopy
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params
from tqdm.auto import tqdm

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training import NetworkEnsemble
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.explain._model_outputs import ModelOutputs


@validate_params(
    {
        "n_patients": [Interval(Integral, 1, None, closed="left")],
        "n_edges": [Interval(Integral, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def feature_graph_importance(
    estimator: BaseMagnet,
    X: Any,
    *,
    n_patients: int = 50,
    n_edges: int = 100,
    verbose: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rank nodes and edges of the feature graph by their effect on the output.

    The effect of a node is the change of the output if the patient lacked the feature
    in the graph, that of an edge the change if no message ran along it (in either
    direction) and it counted in no mean over neighbours. Both are effects through the
    networks: experts do not know the graph, and where all gates are closed the effects
    are 0. Attention is shown beside them; it says where the pooling looks, not what
    changes the prediction.

    Parameters
    ----------
    estimator : fitted estimator
        With a `feature_graph`.
    X : multimodal data of shape (n_patients, n_modalities)
        Anything that `fit` accepts.
    n_patients : int, default=50
        Patients to average over; of more, some spread evenly over X.
    n_edges : int, default=100
        Edges to try: those of the largest sum of the effects of their nodes.
    verbose : int, default=0
        1 shows a progress bar.

    Returns
    -------
    nodes : DataFrame of shape (n_nodes, 5)
        `modality`, `feature`, `type`, `effect` (mean absolute change over patients and
        outputs, in the units of `estimator.contributions`) and `attention` (mean over
        patients); largest effect first. Index: positions in `nodes_` of the graph.
    edges : DataFrame with at most n_edges rows
        `source_modality`, `source`, `target_modality`, `target`, `relation`, `weight`
        and `effect`; largest effect first. Index: rows of `edges_` of the graph.

    Raises
    ------
    ValueError
        If the estimator has no feature graph.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.explain import feature_graph_importance
    >>> from magnet_sklearn.graph import FeatureGraph
    >>> X = {"rna": np.random.default_rng(0).normal(size=(40, 3))}
    >>> model = MultiModalGNNRegressor(
    ...     feature_graph=FeatureGraph(correlations=1),
    ...     random_state=0,
    ...     experts=None,
    ...     early_stopping=False,
    ...     max_epochs=20,
    ...     ensemble_size=1,
    ... )
    >>> model = model.fit(X, X["rna"][:, 1])
    >>> nodes, edges = feature_graph_importance(model, X)
    >>> nodes.columns.tolist()
    ['modality', 'feature', 'type', 'effect', 'attention']
    """
    model = ModelOutputs(estimator)
    graph = estimator.feature_graph_
    if graph is None:
        raise ValueError(
            f"This {type(estimator).__name__} has no feature graph. Pass feature_graph="
            "FeatureGraph(...) and fit again, or see modality_importance."
        )
    estimator._warn_closed_gates("nodes and edges")
    X = model.check(X)
    X = X[np.unique(np.linspace(0, len(X) - 1, min(n_patients, len(X))).astype(int))]
    X = estimator._model.network_inputs.transform(X)
    X = X[X.mask.any(axis=1)]
    if len(X) == 0:
        raise ValueError("X has no patient with an observed modality.")
    ensemble = estimator._model.networks
    nodes = graph.nodes_[["modality", "feature", "type"]].copy()
    nodes["effect"] = _effects(
        model, X, ((ensemble, x) for x in _without_nodes(X, nodes)), len(nodes), verbose
    )
    output = ensemble.predict(X, device=model.device, batch_size=len(X))
    nodes["attention"] = output.feature_attention.mean(axis=0)
    edges = _promising(graph.edges_, nodes["effect"].to_numpy(), n_edges)
    cut = _without_edges(ensemble, graph.edges_, edges.index)
    effect = _effects(model, X, ((other, X) for other in cut), len(edges), verbose)
    edges = _named_ends(edges, nodes).assign(effect=effect)
    by_effect = {"by": "effect", "ascending": False, "kind": "stable"}
    return nodes.sort_values(**by_effect), edges.sort_values(**by_effect)


def _effects(
    model: ModelOutputs,
    X: MultiModalData,
    changed: Iterable[tuple[NetworkEnsemble, MultiModalData]],
    total: int,
    verbose: int,
) -> np.ndarray:
    """Compute mean absolute changes of the output, by other networks or patients."""
    before = _outputs(model, model.estimator._model.networks, X)
    bar = tqdm(changed, total=total, desc="feature graph", disable=not verbose)
    return np.array(
        [np.abs(before - _outputs(model, *other)).mean() for other in bar], dtype=float
    )


def _outputs(model, ensemble, X):
    """Compute what the networks add, of shape (n_patients, n_outputs)."""
    weights = model.estimator._model.target.output_scale().weights
    branches = ensemble.branches(X, model.device)
    if not np.ndim(branches):
        return np.zeros((len(X), weights.shape[1]))
    return branches.sum(axis=1) @ weights


def _without_nodes(X: MultiModalData, nodes: pd.DataFrame) -> Iterator[MultiModalData]:
    """Yield the patients without the first feature, then without the second, ..."""
    column_of = nodes.groupby("modality").cumcount()
    names = list(X)
    for modality, column in zip(nodes["modality"], column_of, strict=True):
        block, mask = X[modality].copy(), X.mask.copy()
        block[:, column] = np.nan
        # without its only value a block is missing
        mask[:, names.index(modality)] &= ~np.isnan(block).all(axis=1)
        blocks = {**dict(X.items()), modality: block}
        yield MultiModalData._from_checked(blocks, X.index, mask)


def _promising(edges, effect, n_edges):
    """Edges whose nodes have the largest effects."""
    sums = effect[edges["source"].to_numpy(int)] + effect[edges["target"].to_numpy(int)]
    return edges.iloc[np.argsort(-sums, kind="stable")[:n_edges]]


def _without_edges(
    ensemble: NetworkEnsemble, edges: pd.DataFrame, rows: pd.Index
) -> Iterator[NetworkEnsemble]:
    """Yield the networks without each of some edges in turn."""
    relations = np.unique(edges["relation"].to_numpy(dtype=str)).tolist()
    changed = deepcopy(ensemble)
    encoders = [net.module_.feature_encoder for net in changed.nets_]
    kinds = ("edges", "intra_edges", "inter_edges")
    whole = [{kind: getattr(encoder, kind) for kind in kinds} for encoder in encoders]
    for row in rows:
        edge = edges.loc[row]
        relation = relations.index(str(edge["relation"]))
        for encoder, known in zip(encoders, whole, strict=True):
            for kind, all_edges in known.items():
                kept = all_edges.without(edge["source"], edge["target"], relation)
                setattr(encoder, kind, kept)
        yield copy(changed)  # which makes its networks ready anew


def _named_ends(edges, nodes):
    """Edges with the names of their nodes."""
    ends = {}
    for end in ("source", "target"):
        node = nodes.loc[edges[end].to_numpy(int)]
        ends[f"{end}_modality"] = node["modality"].to_numpy()
        ends[end] = node["feature"].to_numpy()
    rest = {name: edges[name].to_numpy() for name in ("relation", "weight")}
    return pd.DataFrame({**ends, **rest}, index=edges.index)
