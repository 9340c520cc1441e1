"""How networks are trained and used for inference; the only place that knows skorch.

skorch and PyG take seconds to import, so they are loaded when training begins.
"""

from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._compaction import ClosedEnsemble, compact_ensemble
from magnet_sklearn._training._config import EnsembleConfig, Execution, Optimisation
from magnet_sklearn._training._ensemble import NetworkEnsemble
from magnet_sklearn._training._gates import fit_gates, learns_gates
from magnet_sklearn._training._gradients import differentiable_outputs
from magnet_sklearn._training._holdout import HoldoutHistory, member_splits
from magnet_sklearn._training._inference import EnsembleOutput
from magnet_sklearn._training._pretraining import pretrain_networks
from magnet_sklearn._training._rounds import (
    gate_objective,
    held_out_branches,
    initial_member,
    ready_member,
    train_round,
    weights_of,
)

__all__ = [
    "ClosedEnsemble",
    "Cohort",
    "EnsembleConfig",
    "EnsembleOutput",
    "Execution",
    "HoldoutHistory",
    "NetworkEnsemble",
    "Optimisation",
    "compact_ensemble",
    "differentiable_outputs",
    "fit_gates",
    "gate_objective",
    "held_out_branches",
    "initial_member",
    "learns_gates",
    "member_splits",
    "pretrain_networks",
    "ready_member",
    "train_round",
    "weights_of",
]
