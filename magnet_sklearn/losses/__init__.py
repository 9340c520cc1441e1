"""Loss functions."""

from magnet_sklearn.losses._classes import ClassLoss
from magnet_sklearn.losses._cox import CoxLoss
from magnet_sklearn.losses._cross_entropy import weighted_cross_entropy
from magnet_sklearn.losses._discrete_time import DiscreteTimeLoss
from magnet_sklearn.losses._info_nce import info_nce_loss
from magnet_sklearn.losses._multi_task import MultiTaskLoss
from magnet_sklearn.losses._numbers import NumberLoss
from magnet_sklearn.losses._similarity_kl import similarity_kl_loss
from magnet_sklearn.losses._task import TaskLoss

__all__ = [
    "ClassLoss",
    "CoxLoss",
    "DiscreteTimeLoss",
    "MultiTaskLoss",
    "NumberLoss",
    "info_nce_loss",
    "similarity_kl_loss",
    "weighted_cross_entropy",
]
