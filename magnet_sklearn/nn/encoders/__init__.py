"""Encoders of one modality each; a new one is a file and a line of the registry."""

from magnet_sklearn.nn.encoders._registry import ENCODER_OF_KIND, ENCODERS

__all__ = ["ENCODERS", "ENCODER_OF_KIND"]
