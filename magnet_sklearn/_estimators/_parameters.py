"""Every shared constructor parameter, declared once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from os import PathLike
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from magnet_sklearn._estimators._declaration import (
    options,
    parameter,
    with_parameters,
)
from magnet_sklearn.experts.families import Family
from magnet_sklearn.graph import FeatureGraph, PatientGraphBuilder
from magnet_sklearn.nn.convolutions import CONVOLUTIONS
from magnet_sklearn.nn.encoders import ENCODERS
from magnet_sklearn.nn.fusion import FUSIONS

FRACTION = Interval(Real, 0, 1, closed="left")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
COUNT = Interval(Integral, 1, None, closed="left")
_SEED = Interval(Integral, 0, 2**32 - 1, closed="both")


@with_parameters
class SharedParameters:
    """Parameters of all estimators."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]]

    experts: str | Sequence[object] | Mapping[str, object] | BaseEstimator | None = (
        parameter(
            "auto",
            [str, list, tuple, Mapping, Family, HasMethods(["fit"]), None],
            '"auto", str, family, estimator, list, dict or None',
            """Simple models of each modality: families by name ("linear", "sparse",
        "kernel", "forest", "boosting"), configured ones such as
        ``SparseFamily(l1_ratio=0.5)``, estimators of scikit-learn (not for survival),
        or a list of these. "auto" is "linear", "kernel" and "forest". A dict has one of
        these for each modality, None for no expert; "joint" is all modalities side by
        side, and what is not named gets "auto". None leaves the prediction to the
        networks alone.""",
        )
    )
    modalities: Mapping[str, Any] | None = parameter(
        None,
        [Mapping, None],
        "dict of str to columns",
        """For flat X only: the columns of each modality (slice, integers, names or
        boolean mask). If None, flat X is a single modality.""",
    )
    encoders: Mapping[str, Any] | None = parameter(
        None,
        [Mapping, None],
        f"dict of str to {options(ENCODERS)} or torch.nn.Module",
        """Encoders of some or all modalities. A module gets the block's tensor, 0 for
        NaN, and returns one of width `hidden_dim`, each patient's from its own values
        alone; it is copied for each member. A module of which no parameter learns
        (``module.requires_grad_(False)``) may return any number of features: they are
        computed once, and are a table for experts, networks and graph. Others get
        "cnn" for images, "series" for time series, "set" for sets, "categorical" where
        they have categorical columns, else "mlp".
        A block of more than 2000 columns, and two per patient, comes as its principal
        components, unless it is named here.""",
        of_networks=True,
    )
    feature_graph: FeatureGraph | None = parameter(
        None,
        [FeatureGraph, None],
        "FeatureGraph",
        """Graph along which 2-D blocks without an encoder of their own are encoded; a
        missing value is then an absent feature. `fit` keeps a fitted copy,
        `feature_graph_`.""",
    )
    preprocessor: TransformerMixin | None = parameter(
        None,
        [HasMethods(["fit", "transform"]), None],
        "transformer",
        """Applied before the default preprocessing (impute, scale, encode categories),
        from MultiModalData to MultiModalData, such as a ModalityTransformer.""",
    )
    fusion: str = parameter(
        "attention",
        [StrOptions(set(FUSIONS))],
        options(FUSIONS),
        """How the embeddings of the observed modalities become one. In "cross" the
        modality whose name starts with "clin", if there is one, is the query, the
        others are keys and values.""",
        of_networks=True,
    )
    graph: str | PatientGraphBuilder | None = parameter(
        "knn",
        [StrOptions({"knn"}), PatientGraphBuilder, None],
        '"knn", PatientGraphBuilder or None',
        """Patient graph. "knn" links each patient to the `n_neighbors` most similar
        training patients; None does without.""",
        of_networks=True,
    )
    n_neighbors: int = parameter(
        10,
        [COUNT],
        "int",
        """Neighbours per patient for ``graph="knn"``. A builder has its own number:
        `fit` refuses another one here beside it.""",
        of_networks=True,
    )
    decoder: str = parameter(
        "sage",
        [StrOptions(set(CONVOLUTIONS))],
        options(CONVOLUTIONS),
        "Convolution on the patient graph.",
        of_networks=True,
    )
    gate: str | float = parameter(
        "auto",
        [StrOptions({"auto"}), NOT_NEGATIVE],
        '"auto" or float',
        """Weight of the networks beside the experts. "auto" learns a gate per branch on
        held-out patients, and closes those that do not help. A number sets all gates,
        1 being unscaled: the networks then count on any cohort, also where they make
        held-out predictions worse (`summary_` says by how much).""",
    )
    hidden_dim: int = parameter(
        64,
        [COUNT],
        "int",
        "Width of all embeddings.",
        of_networks=True,
    )
    n_heads: int = parameter(
        4,
        [COUNT],
        "int",
        "Attention heads; has to divide `hidden_dim`.",
        of_networks=True,
    )
    n_layers: int = parameter(
        1,
        [COUNT],
        "int",
        "Convolutions on the patient graph, one after the other.",
        of_networks=True,
    )
    dropout: float = parameter(
        0.3,
        [FRACTION],
        "float",
        "Probability of dropping a unit in training.",
        of_networks=True,
    )
    similarity_weight: float = parameter(
        0.0,
        [NOT_NEGATIVE],
        "float",
        "Weight of the loss that draws embeddings of similar patients together.",
        of_networks=True,
    )
    contrastive_weight: float = parameter(
        0.0,
        [NOT_NEGATIVE],
        "float",
        "Weight of the contrastive loss of `pretrain`, on the patients of `fit`.",
        of_networks=True,
    )
    learning_rate: float = parameter(
        1e-3,
        [POSITIVE],
        "float",
        "Initial learning rate of Adam; times 0.8 every 20 epochs.",
        of_networks=True,
    )
    weight_decay: float = parameter(
        1e-3,
        [NOT_NEGATIVE],
        "float",
        "L2 penalty of Adam.",
        of_networks=True,
    )
    max_epochs: int = parameter(
        200,
        [COUNT],
        "int",
        "Epochs per member at most.",
        of_networks=True,
    )
    batch_size: int = parameter(
        1024,
        [COUNT],
        "int",
        "Patients per step of training and per forward pass in prediction.",
    )
    early_stopping: bool = parameter(
        True,
        ["boolean"],
        "bool",
        """Whether members hold out patients, to stop at their best epoch and to learn
        the gates.""",
    )
    validation_fraction: float = parameter(
        0.2,
        [Interval(Real, 0, 0.5, closed="right")],
        "float",
        "Share of patients that a member holds out; their folds do not overlap.",
    )
    n_iter_no_change: int = parameter(
        20,
        [COUNT],
        "int",
        "Epochs without a better validation loss before a member stops.",
        of_networks=True,
    )
    ensemble_size: int = parameter(
        5,
        [COUNT],
        "int",
        "Networks whose outputs are averaged.",
        of_networks=True,
    )
    warm_start: bool = parameter(
        False,
        ["boolean"],
        "bool",
        """Whether `fit` continues to train the networks of the last `fit`.
        Preprocessing stays as it is; experts and graph are fitted anew.""",
    )
    n_jobs: int | None = parameter(
        None, [Integral, None], "int", "Members trained at a time, in threads."
    )
    device: str = parameter(
        "auto",
        [str],
        "str",
        '"auto" (a GPU if there is one), "cpu", "cuda" or "cuda:N".',
    )
    precision: str = parameter(
        "float32",
        [StrOptions({"float32", "bfloat16"})],
        '{"float32", "bfloat16"}',
        """Precision of training. "bfloat16" is mixed precision for wide networks on a
        GPU; predictions are in double precision either way.""",
        of_networks=True,
    )
    compile: bool = parameter(
        False,
        ["boolean"],
        "bool",
        """Whether networks are compiled for training (`torch.compile`): minutes at
        first, faster epochs after. Where that fails, training goes on without, with a
        warning.""",
        of_networks=True,
    )
    random_state: int | np.random.RandomState | np.random.Generator | None = parameter(
        None,
        [_SEED, np.random.RandomState, np.random.Generator, None],
        "int, RandomState, Generator or None",
        """Seed of folds, initial weights and dropout. Global random states are neither
        read nor changed.""",
    )
    checkpoint: str | PathLike[str] | None = parameter(
        None,
        [str, PathLike, None],
        "str or path",
        "Folder that keeps the training: a `fit` that was killed resumes from it.",
    )
    callbacks: Sequence[Any] | None = parameter(
        None,
        [list, tuple, None],
        "list of skorch callbacks",
        """Callbacks, or pairs of name and callback; each member's net gets copies of
        its own, and has its number as `net.member`.""",
        of_networks=True,
    )
    verbose: int = parameter(
        0,
        ["verbose"],
        "int",
        "1 shows progress bars of the experts and of each member, and who speaks.",
    )
