"""FeatureGraph: typed edges between features."""

import warnings
from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions

from magnet_sklearn.data import MultiModalData, check_multimodal, did_you_mean, quoted
from magnet_sklearn.graph._coherence import (
    held_out_coherence,
    neighbor_coherence,
    shrinkage,
)
from magnet_sklearn.graph._feature_correlation import correlation_edges
from magnet_sklearn.graph._feature_edges import (
    check_edge_tables,
    resolve_edges,
    unique_edges,
)
from magnet_sklearn.graph._vectors import numeric_table

_NO_EDGES = pd.DataFrame(columns=["source", "target", "relation", "weight"])


class FeatureGraph(BaseEstimator):
    """Typed graph of features, from prior knowledge and training correlations.

    Nodes are the columns of all two-dimensional blocks. Edges come from tables, such
    as a protein interaction network, and from correlations among the patients given
    to `fit`. The graph is one for all patients; a feature that a patient lacks is
    absent from that patient's copy of it. Passed to an estimator as `feature_graph`,
    it defines the encoder of two-dimensional modalities
    (:class:`~magnet_sklearn.nn.FeatureGraphEncoder`).

    Parameters
    ----------
    node_types : dict of str to str, default=None
        Type of the features of a modality, such as "gene", "protein", "metabolite",
        "clinical_feature" or "imaging_feature"; any name is allowed. A modality left
        out has its own name as type.
    edges : DataFrame or list of DataFrames, default=None
        Edges between feature names: columns `source` and `target`, and optionally
        `relation`, `weight` (default 1; a negative one passes a value on with its
        sign turned), `source_modality`, `target_modality`, `source_type` and
        `target_type`, which tell names apart that occur in several modalities.
        Information flows both ways.
    correlations : int, default=None
        Largest number of edges from each feature to those of its own modality, and to
        those of the others, that it correlates with most, where the correlation is
        beyond chance. None adds no such edges.
    unknown : {"warn", "ignore", "raise"}, default="warn"
        What to do if names in `edges` are not features of X; these edges are left
        out. Constant columns, which preprocessing drops, are not features either.
    embedding_dim : int, default=16
        Width of the state of a feature in the estimator's encoder.
    n_layers : int, default=1
        Layers of the encoder within modalities; one more connects modalities where
        there are edges between them.

    Attributes
    ----------
    nodes_ : DataFrame of shape (n_nodes, 4)
        `modality`, `feature`, `type` and `name`, the name in `edges` (of a one-hot
        column, the column that it encodes).
    edges_ : DataFrame of shape (n_edges, 4)
        Positions in `nodes_` of `source` and `target`, `relation` and `weight`; each
        pair once per relation.
    modalities_ : list of str
        Modalities with nodes.
    coherence_ : Series of shape (n_modalities,)
        How informative neighbours are about the features of a modality, in [0, 1]: 0
        where the correlation of a feature with the mean of its neighbours is what
        chance gives. The encoder multiplies means over the graph by it. With
        `correlations`, it is scored on held-out patients: in each of three folds the
        edges are chosen on the other two. Tables in `edges` count as prior knowledge;
        if they were computed from the patients of X, it is too high.

    See Also
    --------
    read_string_edges : Edges from a STRING file.
    read_gmt_edges : Edges from gene sets.
    magnet_sklearn.nn.to_hetero_data : The graph as an object of PyG.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.graph import FeatureGraph
    >>> X = {
    ...     "rna": pd.DataFrame([[0.1, 2.0], [1.2, 0.3]], columns=["TP53", "MDM2"]),
    ...     "protein": pd.DataFrame([[3.0], [1.0]], columns=["p53"]),
    ... }
    >>> table = pd.DataFrame(
    ...     {
    ...         "source": ["TP53", "TP53"],
    ...         "relation": ["interacts_with", "codes_for"],
    ...         "target": ["MDM2", "p53"],
    ...     }
    ... )
    >>> types = {"rna": "gene", "protein": "protein"}
    >>> graph = FeatureGraph(node_types=types, edges=table).fit(X)
    >>> graph.edges_[["source", "target"]].to_numpy().tolist()
    [[0, 1], [0, 2]]
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "node_types": [Mapping, None],
        "edges": [pd.DataFrame, list, tuple, None],
        "correlations": [Interval(Integral, 1, None, closed="left"), None],
        "unknown": [StrOptions({"warn", "ignore", "raise"})],
        "embedding_dim": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        *,
        node_types=None,
        edges=None,
        correlations=None,
        unknown="warn",
        embedding_dim=16,
        n_layers=1,
    ):
        self.node_types = node_types
        self.edges = edges
        self.correlations = correlations
        self.unknown = unknown
        self.embedding_dim = embedding_dim
        self.n_layers = n_layers

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, feature_names=None, edge_names=None):
        """Make the nodes, resolve the edges and find correlations.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Training patients, numeric blocks; those of more than two dimensions have
            no nodes.
        y : array-like of shape (n_patients,), default=None
            Ignored, there for scikit-learn.
        feature_names : dict of str to array-like of str, default=None
            Names of the columns of each block. If None, those of X.
        edge_names : dict of str to array-like of str, default=None
            Names of the columns in `edges`; columns of one name share its edges. If
            None, `feature_names`.

        Returns
        -------
        self : FeatureGraph
            The fitted graph.

        Raises
        ------
        ValueError
            If a block is categorical, no block has two dimensions, `node_types` names
            a modality that X does not have, or a name in `edges` stands for features of
            several modalities.
        """
        X = check_multimodal(X)
        tables = {
            name: numeric_table(block, name, "A feature graph")
            for name, block in X.items()
            if len(block.shape) == 2
        }
        self._check_modalities(X, tables)
        feature_names = feature_names or X.feature_names
        self.modalities_ = list(tables)
        self.nodes_ = self._make_nodes(feature_names, edge_names or feature_names)
        known = [self._known_edges()] if self.edges is not None else []

        def edges_from(patients):
            return self._edges_among(
                [table[patients] for table in tables.values()], known
            )

        self.edges_ = edges_from(slice(None))
        values = np.hstack(list(tables.values()))
        self.coherence_ = self._per_modality(
            neighbor_coherence(values, self.edges_)
            if self.correlations is None
            else held_out_coherence(values, edges_from)
        )
        return self

    def _check_modalities(
        self, X: MultiModalData, tables: Mapping[str, np.ndarray]
    ) -> None:
        if not tables:
            raise ValueError(
                "A feature graph needs a block of two dimensions, but all of them have "
                f"more: {quoted(X)}. Pass a table of features, or feature_graph=None."
            )
        for name in self.node_types or {}:
            if name not in X:
                raise ValueError(
                    f"node_types names a modality {name!r} that X does not have.\n"
                    f"Modalities of X: {quoted(X)}.{did_you_mean(name, X)}"
                )

    def _make_nodes(self, feature_names, edge_names) -> pd.DataFrame:
        types = self.node_types or {}
        parts = [
            pd.DataFrame(
                {
                    "modality": name,
                    "feature": np.asarray(feature_names[name], dtype=object),
                    "type": types.get(name, name),
                    "name": np.asarray(edge_names[name], dtype=object),
                }
            )
            for name in self.modalities_
        ]
        return pd.concat(parts, ignore_index=True)

    def _edges_among(
        self, tables: list[np.ndarray], known: list[pd.DataFrame]
    ) -> pd.DataFrame:
        """Known edges and, with `correlations`, those between correlated features."""
        found = list(known)
        if self.correlations is not None:
            found.append(correlation_edges(tables, self.correlations))
        found = [edges for edges in found if len(edges)] or [_NO_EDGES]
        types = {"source": np.int64, "target": np.int64, "weight": np.float64}
        return unique_edges(pd.concat(found).astype(types))

    def _per_modality(self, coherence: np.ndarray) -> pd.Series:
        return (
            pd.Series(coherence)
            .groupby(self.nodes_["modality"], sort=False)
            .agg(lambda features: shrinkage(features.to_numpy()))
        )

    def _known_edges(self) -> pd.DataFrame:
        """Edges of the tables that join two nodes; warn of those left out."""
        table = check_edge_tables(self.edges)
        edges = resolve_edges(table, self.nodes_)
        left_out = np.setdiff1d(np.arange(len(table)), edges["row"])
        if len(left_out) == 0 or self.unknown == "ignore":
            return edges
        known = set(self.nodes_["name"].astype(str))
        names = pd.unique(table.loc[left_out, ["source", "target"]].to_numpy().ravel())
        strange = [name for name in names if name not in known]
        reason = (
            f"{len(strange)} names are not features of X, such as {quoted(strange, 3)}"
            if strange
            else "no feature has the modality or type that they give"
        )
        message = (
            f"{len(left_out)} of {len(table)} edges of the feature graph are left out: "
            f"{reason}. Features of X: {quoted(self.nodes_['name'], 3)}. Pass "
            "unknown='ignore' if the tables cover more than X."
        )
        if self.unknown == "raise":
            raise ValueError(message)
        warnings.warn(message, UserWarning, stacklevel=4)
        return edges
