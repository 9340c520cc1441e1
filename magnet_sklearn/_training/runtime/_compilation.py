"""Compiled networks, where a compiler is at hand."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch

from magnet_sklearn.nn import MagnetNetwork, NetworkOutput


class CompiledNetwork:
    """A network's forward pass through `torch.compile`, or without it.

    What the compiler refuses or the machine lacks (often a C++ compiler) shows at the
    first call: a warning tells, and the network goes on as it is.

    Parameters
    ----------
    network : MagnetNetwork
        Its weights stay where they are.
    """

    def __init__(self, network: MagnetNetwork) -> None:
        self._network = network
        self._call: Callable[..., NetworkOutput] = torch.compile(network, dynamic=True)

    def __call__(self, *args: object, **kwargs: object) -> NetworkOutput:
        try:
            return self._call(*args, **kwargs)
        except (RuntimeError, OSError, ImportError) as error:
            if self._call is self._network:
                raise
            reason = str(error).strip().splitlines()[:1]
            warnings.warn(
                "torch.compile failed, so training goes on without it. It said: "
                f"{type(error).__name__}: {' '.join(reason)}",
                UserWarning,
                stacklevel=2,
            )
            self._call = self._network
            return self._network(*args, **kwargs)
