"""Every shared constructor parameter, declared once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from os import PathLike
from textwrap import fill, indent
from typing import Any, ClassVar, TypeVar, dataclass_transform

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from magnet_sklearn.graph import FeatureGraph, PatientGraphBuilder
from magnet_sklearn.nn.convolutions import CONVOLUTIONS
from magnet_sklearn.nn.encoders import ENCODERS
from magnet_sklearn.nn.fusion import FUSIONS

FRACTION = Interval(Real, 0, 1, closed="left")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
COUNT = Interval(Integral, 1, None, closed="left")
_SEED = Interval(Integral, 0, 2**32 - 1, closed="both")

_Class = TypeVar("_Class", bound=type)


def parameter(default: Any, constraint: list[Any], kind: str, doc: str) -> Any:
    """Declare a constructor parameter.

    Parameters
    ----------
    default : any
        Its default.
    constraint : list
        What scikit-learn's parameter validation allows.
    kind : str
        Type, as the docstring states it.
    doc : str
        What the docstring says of it.
    """
    metadata = {"constraint": constraint, "kind": kind, "doc": doc}
    return field(default=default, metadata=metadata)


def options(names: Sequence[str] | Mapping[str, Any]) -> str:
    """Return names as a docstring lists them."""
    return "{" + ", ".join(f'"{name}"' for name in names) + "}"


@dataclass_transform(
    kw_only_default=True, eq_default=False, field_specifiers=(parameter,)
)
def with_parameters(cls: _Class) -> _Class:
    """Make declared parameters the constructor, its constraints and its documentation.

    The docstring has `{parameters}`, and `{attributes}` for those of all estimators,
    where they belong.
    """
    cls = dataclass(kw_only=True, eq=False, repr=False)(cls)  # type: ignore[assignment]
    declared = fields(cls)
    cls._parameter_constraints = {  # type: ignore[attr-defined]
        item.name: item.metadata["constraint"] for item in declared
    }
    if cls.__doc__:  # Python leaves none with -OO
        text = "\n".join(_entry(item) for item in declared)
        cls.__doc__ = cls.__doc__.replace("    {parameters}", text).replace(
            "    {attributes}", _ATTRIBUTES.strip("\n")
        )
    return cls


def _entry(item):
    """One parameter of a numpydoc section."""
    kind, default = item.metadata["kind"], item.default
    shown = f'"{default}"' if isinstance(default, str) else default
    doc = indent(fill(" ".join(item.metadata["doc"].split()), 80), " " * 8)
    return f"    {item.name} : {kind}, default={shown}\n{doc}"


_ATTRIBUTES = """
    modalities_ : list of str
        Modalities seen in `fit`.
    n_features_in_ : int
        Features seen in `fit`, over all modalities.
    feature_names_in_ : ndarray of str of shape (n_features,)
        Column names; only where X was a flat DataFrame.
    feature_graph_ : FeatureGraph or None
        Fitted feature graph.
    nets_ : list of skorch nets
        One per member, with its `history`; `net_` is the first.
    n_members_ : int
        Networks trained.
    graph_summary_ : dict or None
        Figures of the patient graph among the training patients.
    offsets_ : list of ExpertOffset
        Fitted experts and their combination, one per target, label or task; `offset_`
        is the first.
    gates_ : ndarray of shape (n_branches,) or (n_branches, n_tasks)
        Learned weight of the branches of the networks, without and with the patient
        graph. 0 is closed: the branch did not help held-out patients, and no
        prediction depends on it.
"""


@with_parameters
class SharedParameters:
    """Parameters of all estimators."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]]

    experts: Any = parameter(
        "auto",
        [StrOptions({"auto"}), HasMethods(["fit"]), None],
        '"auto", estimator or None',
        """Simple model fitted once per modality, and once on all of them side by side.
        "auto" fits ridge models (logistic, linear or Cox, as the target needs), the
        same on radial basis functions, and, but for survival, a random forest. A
        scikit-learn classifier or regressor takes their place; survival and
        multi-task take none. None leaves the prediction to the networks alone.""",
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
        """Encoders of some or all modalities. A module gets the block's tensor and
        returns one of width `hidden_dim`, each patient's from its own values alone; it
        is copied for each member. Others get "categorical" where they have categorical
        columns, else "mlp". N-D blocks are flattened unless they are given a
        module.""",
    )
    feature_graph: FeatureGraph | None = parameter(
        None,
        [FeatureGraph, None],
        "FeatureGraph",
        """Graph along which 2-D blocks without an encoder of their own are encoded; a
        missing value is then an absent feature. `fit` keeps a fitted copy,
        `feature_graph_`.""",
    )
    preprocessor: Any = parameter(
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
    )
    graph: str | PatientGraphBuilder | None = parameter(
        "knn",
        [StrOptions({"knn"}), PatientGraphBuilder, None],
        '"knn", PatientGraphBuilder or None',
        """Patient graph. "knn" links each patient to the `n_neighbors` most similar
        training patients; None does without.""",
    )
    n_neighbors: int = parameter(
        10,
        [COUNT],
        "int",
        """Neighbours per patient for ``graph="knn"``. A builder has its own number:
        `fit` refuses another one here beside it.""",
    )
    decoder: str = parameter(
        "sage",
        [StrOptions(set(CONVOLUTIONS))],
        options(CONVOLUTIONS),
        "Convolution on the patient graph.",
    )
    hidden_dim: int = parameter(64, [COUNT], "int", "Width of all embeddings.")
    n_heads: int = parameter(
        4, [COUNT], "int", "Attention heads; has to divide `hidden_dim`."
    )
    n_layers: int = parameter(
        1, [COUNT], "int", "Convolutions on the patient graph, one after the other."
    )
    dropout: float = parameter(
        0.3, [FRACTION], "float", "Probability of dropping a unit in training."
    )
    similarity_weight: float = parameter(
        0.0,
        [NOT_NEGATIVE],
        "float",
        "Weight of the loss that draws embeddings of similar patients together.",
    )
    contrastive_weight: float = parameter(
        0.0,
        [NOT_NEGATIVE],
        "float",
        "Weight of the contrastive loss of `pretrain`, on the patients of `fit`.",
    )
    learning_rate: float = parameter(
        1e-3,
        [POSITIVE],
        "float",
        "Initial learning rate of Adam; times 0.8 every 20 epochs.",
    )
    weight_decay: float = parameter(
        1e-3, [NOT_NEGATIVE], "float", "L2 penalty of Adam."
    )
    max_epochs: int = parameter(200, [COUNT], "int", "Epochs per member at most.")
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
    )
    ensemble_size: int = parameter(
        5,
        [COUNT],
        "int",
        "Networks whose outputs are averaged. Of fewer than 1200 patients two are "
        "trained in any case, and others while held-out patients tell that the gates "
        "might open; see `n_members_`.",
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
    )
    compile: bool = parameter(
        False,
        ["boolean"],
        "bool",
        """Whether networks are compiled for training (`torch.compile`): minutes at
        first, faster epochs after. Where that fails, training goes on without, with a
        warning.""",
    )
    random_state: Any = parameter(
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
        "Added to each member's net.",
    )
    verbose: int = parameter(
        0, ["verbose"], "int", "1 shows a progress bar per member."
    )
