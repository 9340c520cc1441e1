"""One round of the training of a member, from weights to weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from magnet_sklearn._training._cohort import Cohort
from magnet_sklearn._training._config import EnsembleConfig
from magnet_sklearn._training._gates import held_out_deviance

if TYPE_CHECKING:
    from magnet_sklearn._training._net import MagnetNet

Weights = dict[str, np.ndarray]


def initial_member(
    config: EnsembleConfig, seed: int, weights: Weights | None = None
) -> MagnetNet:
    """Return the net of a member before any training, or with some weights."""
    from magnet_sklearn._training._member import new_net

    net = new_net(config, None, seed, torch.device("cpu"), None)
    if weights is not None:
        own = net.module_.state_dict()
        given = {name: torch.tensor(value) for name, value in weights.items()}
        net.module_.load_state_dict({n: given[n].to(own[n].dtype) for n in own})
    return net


def ready_member(config: EnsembleConfig, seed: int, weights: Weights) -> MagnetNet:
    """Return the net of a member with some weights, for predictions."""
    net = initial_member(config, seed)
    net.forget_training(False)
    net.module_.to("cpu", torch.float64).eval()
    own = net.module_.state_dict()
    given = {name: torch.tensor(value) for name, value in weights.items()}
    net.module_.load_state_dict({n: given[n].to(own[n].dtype) for n in own})
    return net


def weights_of(net: MagnetNet) -> Weights:
    """Return the weights of a net by name."""
    state = net.module_.state_dict()
    return {name: value.detach().cpu().numpy().copy() for name, value in state.items()}


def train_round(
    config: EnsembleConfig,
    weights: Weights | None,
    train: Cohort,
    held_out: Cohort | None,
    seed: int,
    proximal_mu: float = 0.0,
) -> Weights:
    """Train a member on some patients for the epochs of a configuration.

    Parameters
    ----------
    config : EnsembleConfig
        What all members share.
    weights : dict of str to ndarray or None
        What to start from; None is the initial weights of the seed.
    train, held_out : Cohort, Cohort or None
        Patients to learn from, and those that end the training early.
    seed : int
        For initial weights and dropout.
    proximal_mu : float, default=0.0
        Strength of the pull to `weights`.

    Returns
    -------
    weights : dict of str to ndarray
        Of the trained member.
    """
    from magnet_sklearn._training._member import fit_member
    from magnet_sklearn._training._proximal import Proximal

    if proximal_mu:
        callbacks = (*config.optimisation.callbacks, Proximal(proximal_mu))
        optimisation = replace(config.optimisation, callbacks=callbacks)
        config = replace(config, optimisation=optimisation)
    start = None if weights is None else initial_member(config, seed, weights)
    device = torch.device("cpu")
    net, _ = fit_member(config, start, train, held_out, seed=seed, device=device)
    return weights_of(net)


def held_out_branches(net: MagnetNet, held_out: Cohort) -> np.ndarray:
    """Return outputs of shape (n_held_out, n_branches, n_outputs), gates not applied.

    In double precision; without a patient graph.
    """
    with torch.no_grad():
        blocks = {name: torch.tensor(b) for name, b in held_out.X.items()}
        output = net.module_(blocks, torch.tensor(held_out.X.mask))
    return output.logits.double().numpy()


def gate_objective(
    config: EnsembleConfig,
    held_out: list[Cohort],
    branches: list[np.ndarray],
    gates: np.ndarray,
) -> tuple[float, np.ndarray]:
    """Deviance of held-out patients of a single task at gates, and its gradient."""
    values = torch.tensor(gates, requires_grad=True)
    task = config.loss.tasks()[0]
    total = held_out_deviance(task, held_out, branches, values)
    if not total.requires_grad:
        return float(total), np.zeros_like(gates)
    return total.item(), torch.autograd.grad(total, values)[0].numpy()
