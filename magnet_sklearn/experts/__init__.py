"""Experts: simple models of each modality, and how their evidence is combined.

An expert is a simple model fitted on one modality, or on all modalities side by side;
families are ridge and elastic net regression, kernels, random forests and boosting. Its
evidence is what its prediction says beyond the average patient: for classes, the
log-odds beyond the class shares. `ModalityExperts` fits the experts,
`ExpertCombination` learns how much each counts, and `ExpertOffset` does both: its
outputs are those that the networks start from. How much the networks add to them is
decided later, by gates: learned weights, of which 0 leaves the experts alone.
"""

# Not in `__all__`: for explanations and federated training, private to the project.
from magnet_sklearn.experts._attribution import expert_attribution
from magnet_sklearn.experts._combination import ExpertCombination
from magnet_sklearn.experts._evidence import (
    ClassEvidence,
    Evidence,
    EvidenceKind,
    NumberEvidence,
    SurvivalEvidence,
)
from magnet_sklearn.experts._logistic import minimise
from magnet_sklearn.experts._modality_experts import ModalityExperts
from magnet_sklearn.experts._offset import ExpertOffset
from magnet_sklearn.experts._pooling import PooledEvidence
from magnet_sklearn.experts._ridge_cox import CoxProblem, RidgeCox, RiskSets, newton
from magnet_sklearn.experts._ridge_logistic import (
    FAIR,
    FINE,
    HOPELESS,
    ROUGH,
    TOLERANCE,
    RidgeLogisticCV,
    strongest_good,
)
from magnet_sklearn.experts._splits import stratified_folds
from magnet_sklearn.experts._task_links import TaskLinks
from magnet_sklearn.experts._views import View, Views
from magnet_sklearn.experts.families import Features, in_order, select_families
from magnet_sklearn.experts.families._boosting import BoostingFamily
from magnet_sklearn.experts.families._kernel import KernelFamily
from magnet_sklearn.experts.families._linear import LinearFamily
from magnet_sklearn.experts.families._sparse import SparseFamily

__all__ = [
    "BoostingFamily",
    "ClassEvidence",
    "EvidenceKind",
    "ExpertCombination",
    "ExpertOffset",
    "ModalityExperts",
    "NumberEvidence",
    "SparseFamily",
    "SurvivalEvidence",
    "TaskLinks",
]
