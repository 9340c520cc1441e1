"""How far to trust the network beyond its offset."""

import numpy as np
import torch
from scipy.optimize import minimize

# In units of log-likelihood: a path has to gain more than it costs to stay open. This
# is what one parameter gains by chance in one cohort of twenty (likelihood ratio test).
_COST_OF_A_PATH = 1.92
_WIDEST_GATE = 1.5


def fit_gates(deviance, n_paths):
    r"""Weights of the network's paths, learned on patients it was not trained on.

    Minimises :math:`D(\mathrm{offset} + \sum_p g_p \, \mathrm{path}_p) + 1.92 \sum_p
    g_p` over :math:`0 \le g_p \le 1.5`, with :math:`D` a negative log-likelihood. The
    second term closes every path, the patient graph among them, that does not help
    held-out patients.

    Parameters
    ----------
    deviance : callable
        Maps gates, a Tensor of shape (n_paths,), to the deviance of the held-out
        patients in nats.
    n_paths : int
        Number of paths.

    Returns
    -------
    gates : ndarray of shape (n_paths,)
        Weight of each path; 0 is closed.
    """

    def objective(values):
        gates = torch.tensor(values, requires_grad=True)
        total = deviance(gates) + _COST_OF_A_PATH * gates.sum()
        return total.item(), torch.autograd.grad(total, gates)[0].numpy()

    return minimize(
        objective,
        np.full(n_paths, 0.5),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, _WIDEST_GATE)] * n_paths,
    ).x


def held_out_deviance(part, held_out, paths, gates):
    """Deviance of one task at some gates, over the members' held-out patients.

    Parameters
    ----------
    part : Task
        The task.
    held_out : list of Cohort
        Patients that each member held out.
    paths : list of ndarray of shape (n_held_out, n_paths, n_outputs)
        What the member's network says about them.
    gates : Tensor of shape (n_paths,)
        Weight of each path.

    Returns
    -------
    deviance : Tensor of shape ()
        Negative log-likelihood in nats.
    """
    total = gates.sum() * 0.0
    for cohort, path in zip(held_out, paths, strict=True):
        known = part.loss.labelled(cohort.target[:, part.columns])
        if known.any():
            own = torch.tensor(path[known][:, :, part.outputs])
            offset = torch.tensor(cohort.offset[known][:, part.outputs])
            target = torch.tensor(cohort.target[known][:, part.columns])
            outputs = offset + torch.einsum("npc,p->nc", own, gates)
            total = total + part.loss.deviance(
                outputs, target, torch.tensor(cohort.weight[known])
            )
    return total
