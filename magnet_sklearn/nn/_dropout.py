"""Dropout that draws from a generator of its own."""

from typing import Any

import torch
from torch import Tensor, nn

# leading dimensions that get one draw each; the rest of the shape shares it
_DRAWN_DIMS: dict[type[nn.Module], int | None] = {
    nn.Dropout: None,
    nn.Dropout1d: 2,
    nn.Dropout2d: 2,
    nn.Dropout3d: 2,
}


class Drawing:
    """A module that draws random numbers.

    Attributes
    ----------
    generator : torch.Generator or None
        Where the draws come from; None means torch's global state. It is left out of
        pickles and copies: inference needs none.
    """

    generator: torch.Generator | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "generator": None}


class Dropout(Drawing, nn.Dropout):
    """Dropout that leaves torch's global random state alone.

    Parameters
    ----------
    p : float, default=0.5
        Probability of a zero.
    drawn_dims : int, default=None
        Draw once for these leading dimensions, so that whole channels are dropped
        (2) rather than single values (None).

    Examples
    --------
    >>> import torch
    >>> from magnet_sklearn.nn._dropout import Dropout
    >>> dropout = Dropout(0.5)
    >>> dropout.generator = torch.Generator().manual_seed(0)
    >>> dropout(torch.ones(4)).tolist()
    [0.0, 2.0, 0.0, 0.0]
    """

    def __init__(self, p: float = 0.5, drawn_dims: int | None = None) -> None:
        super().__init__(p)
        self.drawn_dims = drawn_dims

    def forward(self, input: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return input
        if self.p == 1.0:
            return input * 0.0
        shape = list(input.shape)
        if self.drawn_dims is not None:
            shape[self.drawn_dims :] = [1] * len(shape[self.drawn_dims :])
        # drawn where the generator lives: a CPU generator then gives one result
        # on every device
        device = input.device if self.generator is None else self.generator.device
        draws = torch.rand(
            shape, generator=self.generator, device=device, dtype=torch.float32
        )
        kept = (draws >= self.p).to(input.device)
        return input * kept.to(input.dtype).div(1.0 - self.p)


def set_generator(module: nn.Module, generator: torch.Generator | None) -> None:
    """Let all that draws inside `module` draw from `generator`."""
    for part in module.modules():
        if isinstance(part, Drawing):
            part.generator = generator


def swap_dropout(module: nn.Module) -> nn.Module:
    """Replace torch's dropout layers inside `module`, in place, by `Dropout`.

    Dropout that a module applies by function call is out of reach.
    """
    if type(module) in _DRAWN_DIMS:
        swapped = Dropout(module.p, _DRAWN_DIMS[type(module)])  # type: ignore[arg-type]
        return swapped.train(module.training)
    # not named_children, which skips the second name of a shared layer
    for name, child in module._modules.items():
        if child is not None:
            module._modules[name] = swap_dropout(child)
    return module
