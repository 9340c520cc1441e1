"""The command `magnet-sklearn`: predictions and reports of a model file."""

from magnet_sklearn._cli._main import main

__all__ = ["main"]
