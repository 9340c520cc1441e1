"""Losses as plain functions of tensors."""

from magnet_sklearn.losses._cross_entropy import weighted_cross_entropy
from magnet_sklearn.losses._similarity_kl import similarity_kl_loss

__all__ = ["similarity_kl_loss", "weighted_cross_entropy"]
