"""Build modules without a look at torch's global random state."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import torch
from torch import nn

M = TypeVar("M", bound=nn.Module)

# GATConv changes its class when it is built, which all threads share
_BUILD_LOCK = Lock()


def build_initialized(make: Callable[[], M], generator: torch.Generator) -> M:
    """Build a module of this package with weights drawn from `generator`.

    Parameters
    ----------
    make : callable
        Builds the module. What its constructors draw is thrown away: they run on the
        meta device, which draws nothing.
    generator : torch.Generator
        Source of the weights, on the CPU.

    Returns
    -------
    module : Module
        Module on the CPU, in float32.
    """
    with _BUILD_LOCK, torch.device("meta"):
        module = make().float()
    module.to_empty(device="cpu")
    initialize_parameters(module, generator)
    return module


@torch.no_grad()
def initialize_parameters(module: nn.Module, generator: torch.Generator) -> None:
    """Set all weights: Glorot-uniform matrices, zero biases and counts, unit norms.

    Parameters
    ----------
    module : Module
        Changed in place.
    generator : torch.Generator
        Source of the draws, on the device of the module.
    """
    for buffer in module.buffers():
        nn.init.zeros_(buffer)
    for part in module.modules():
        if isinstance(part, nn.LayerNorm):
            nn.init.ones_(part.weight)
            nn.init.zeros_(part.bias)
            continue
        for parameter in part.parameters(recurse=False):
            if parameter.ndim < 2:
                nn.init.zeros_(parameter)
            else:
                _glorot_uniform(parameter, generator)


def _glorot_uniform(weight: nn.Parameter, generator: torch.Generator) -> None:
    # fans are the last two dimensions: leading ones count heads, not receptive fields
    bound = (6.0 / (weight.shape[-1] + weight.shape[-2])) ** 0.5
    weight.uniform_(-bound, bound, generator=generator)
