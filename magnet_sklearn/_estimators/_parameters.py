"""What values the shared constructor parameters may take."""

from collections.abc import Mapping
from numbers import Integral, Real
from os import PathLike
from typing import Any

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from magnet_sklearn.experts.families import Family
from magnet_sklearn.graph import FeatureGraph, PatientGraphBuilder

_FRACTION = Interval(Real, 0, 1, closed="left")
_NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
_POSITIVE = Interval(Real, 0, None, closed="neither")
_COUNT = Interval(Integral, 1, None, closed="left")

SHARED_CONSTRAINTS: dict[str, list[Any]] = {
    "modalities": [Mapping, None],
    "encoders": [Mapping, None],
    "feature_graph": [FeatureGraph, None],
    "preprocessor": [HasMethods(["fit", "transform"]), None],
    "experts": [str, list, tuple, Mapping, Family, HasMethods(["fit"]), None],
    "fusion": [StrOptions({"attention", "cross", "mean", "concat"})],
    "graph": [StrOptions({"knn"}), PatientGraphBuilder, None],
    "n_neighbors": [_COUNT],
    "decoder": [StrOptions({"sage", "gat", "gcn", "gin"})],
    "hidden_dim": [_COUNT],
    "n_heads": [_COUNT],
    "n_layers": [_COUNT],
    "dropout": [_FRACTION],
    "similarity_weight": [_NOT_NEGATIVE],
    "contrastive_weight": [_NOT_NEGATIVE],
    "learning_rate": [_POSITIVE],
    "weight_decay": [_NOT_NEGATIVE],
    "max_epochs": [_COUNT],
    "batch_size": [_COUNT],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 0.5, closed="right")],
    "n_iter_no_change": [_COUNT],
    "ensemble_size": [_COUNT],
    "warm_start": ["boolean"],
    "n_jobs": [Integral, None],
    "device": [str],
    "precision": [StrOptions({"float32", "bfloat16"})],
    "compile": ["boolean"],
    "random_state": [
        Interval(Integral, 0, 2**32 - 1, closed="both"),
        np.random.RandomState,
        np.random.Generator,
        None,
    ],
    "checkpoint": [str, PathLike, None],
    "callbacks": [list, tuple, None],
    "verbose": ["verbose"],
}

# Defaults of the published code (its configs tune widths and rates per cohort).
PUBLISHED = {
    "experts": None,
    "skip_connection": False,
    "hidden_dim": 128,
    "n_heads": 4,
    "n_layers": 2,
    "dropout": 0.0,
    "similarity_weight": 0.1,
    "learning_rate": 1e-3,
    "weight_decay": 1e-3,
    "max_epochs": 200,
    "early_stopping": False,
    "ensemble_size": 1,
}
