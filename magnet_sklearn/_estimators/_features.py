"""The feature graph of an estimator."""

import pandas as pd
from sklearn.base import clone

from magnet_sklearn.data import MultiModalData


def fit_feature_graph(estimator, X):
    """Fit the estimator's feature graph on preprocessed training patients.

    Parameters
    ----------
    estimator : BaseMagnet
        Its preprocessors are fitted.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed blocks, NaN where a cell is missing.

    Returns
    -------
    graph : FeatureGraph or None
        Fitted on the modalities without an own encoder; None without a graph.
    """
    if estimator.feature_graph is None:
        return None
    preprocessor = estimator._preprocessors[-1]
    blocks = {
        name: block
        for name, block in X.items()
        if name not in (estimator.encoders or {})
    }
    if not blocks:
        raise ValueError(
            "feature_graph has no modality left to encode, as `encoders` names all of "
            "them. Leave some out of `encoders`, or set feature_graph=None."
        )
    # inside the estimator's fit, scikit-learn does not check parameters of others
    estimator.feature_graph._validate_params()
    return clone(estimator.feature_graph).fit(
        MultiModalData._from_checked(blocks, X.index),
        feature_names=preprocessor.feature_names_out_,
        edge_names=preprocessor.input_names_,
    )


def attention_frame(estimator, index, weights):
    """Put weights of features below their names."""
    graph = estimator.feature_graph_
    if graph is None:
        raise ValueError(
            f"This {type(estimator).__name__} has no feature graph, so there is no "
            "attention to features. Pass feature_graph=FeatureGraph(...) and fit again."
        )
    columns = pd.MultiIndex.from_frame(graph.nodes_[["modality", "feature"]])
    return pd.DataFrame(weights, index=index, columns=columns)
