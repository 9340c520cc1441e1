"""Parts of a network that training leaves alone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy

from torch import nn


@contextmanager
def frozen(modules: Sequence[nn.Module]) -> Iterator[None]:
    """Keep weights and buffers of some modules as they are.

    Parameters
    ----------
    modules : sequence of Module
        Nothing inside them learns within the context.
    """
    # buffers, such as those of batch normalisation, change without any gradient
    states = [deepcopy(module.state_dict()) for module in modules]
    learning = [
        parameter
        for module in modules
        for parameter in module.parameters()
        if parameter.requires_grad
    ]
    for parameter in learning:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)
        for module, state in zip(modules, states, strict=True):
            module.load_state_dict(state)
