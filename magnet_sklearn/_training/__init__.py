"""How networks are trained and asked; the only place that knows skorch.

skorch and PyG take seconds to import, so what needs them is loaded on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magnet_sklearn._training._checkpoint import Checkpoint
    from magnet_sklearn._training._ensemble import NetworkEnsemble
    from magnet_sklearn._training._member import Recipe
    from magnet_sklearn._training._pretraining import pretrain_network

__all__ = ["Checkpoint", "NetworkEnsemble", "Recipe", "pretrain_network"]

_MODULES = {
    "Checkpoint": "_checkpoint",
    "NetworkEnsemble": "_ensemble",
    "Recipe": "_member",
    "pretrain_network": "_pretraining",
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
