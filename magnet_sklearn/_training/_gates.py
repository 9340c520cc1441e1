"""How far to trust the branches of the networks beyond their offset."""

import numpy as np
import torch
from scipy.optimize import minimize

# In units of log-likelihood: a branch has to gain more than it costs to stay open. This
# is what one parameter gains by chance in one cohort of twenty (likelihood ratio test).
COST_OF_A_BRANCH = 1.92
WIDEST_GATE = 1.5


def fit_gates(deviance, n_branches):
    r"""Weights of the network's branches, learned on patients it was not trained on.

    Minimises :math:`D(\mathrm{offset} + \sum_b g_b \, \mathrm{branch}_b) + 1.92 \sum_b
    g_b` over :math:`0 \le g_b \le 1.5`, with :math:`D` a negative log-likelihood. The
    second term closes every branch, the patient graph among them, that does not help
    held-out patients.

    Parameters
    ----------
    deviance : callable
        Maps gates, a Tensor of shape (n_branches,), to the deviance of the held-out
        patients in nats.
    n_branches : int
        Number of branches.

    Returns
    -------
    gates : ndarray of shape (n_branches,)
        Weight of each branch; 0 is closed.
    """

    def objective(values):
        gates = torch.tensor(values, requires_grad=True)
        total = deviance(gates) + COST_OF_A_BRANCH * gates.sum()
        return total.item(), torch.autograd.grad(total, gates)[0].numpy()

    return minimize(
        objective,
        np.full(n_branches, 0.5),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, WIDEST_GATE)] * n_branches,
    ).x


def held_out_deviance(task, held_out, branches, gates):
    """Deviance of one task at some gates, over the members' held-out patients.

    Parameters
    ----------
    task : Task
        The task.
    held_out : list of Cohort
        Patients that each member held out.
    branches : list of ndarray of shape (n_held_out, n_branches, n_outputs)
        Outputs of the member's network for them.
    gates : Tensor of shape (n_branches,) or list of Tensors (n_held_out, n_branches)
        Weight of each branch, or that for each patient.

    Returns
    -------
    deviance : Tensor of shape ()
        Negative log-likelihood in nats.
    """
    total = torch.zeros((), dtype=torch.float64)
    if isinstance(gates, torch.Tensor):
        gates = [gates.expand(len(cohort), -1) for cohort in held_out]
    for cohort, branch, gate in zip(held_out, branches, gates, strict=True):
        known = task.loss.labelled(cohort.target[:, task.columns])
        if known.any():
            own = torch.tensor(branch[known][:, :, task.outputs])
            offset = torch.tensor(cohort.offset[known][:, task.outputs])
            target = torch.tensor(cohort.target[known][:, task.columns])
            outputs = offset + torch.einsum("nbc,nb->nc", own, gate[known])
            total = total + task.loss.deviance(
                outputs, target, torch.tensor(cohort.weight[known])
            )
    return total


def held_out_scores(task, held_out, branches):
    """Decrease of a task's deviance per gate at 0, of each held-out patient.

    Parameters
    ----------
    task, held_out, branches : Task, list of Cohort, list of ndarray
        As in `held_out_deviance`.

    Returns
    -------
    scores : list of ndarray of shape (n_labelled, n_branches)
        Of the labelled patients of each member.
    """
    gates = [
        torch.zeros(branch.shape[:2], dtype=torch.float64, requires_grad=True)
        for branch in branches
    ]
    deviance = held_out_deviance(task, held_out, branches, gates)
    slopes = torch.autograd.grad(deviance, gates, materialize_grads=True)
    return [
        -slope.numpy()[task.loss.labelled(cohort.target[:, task.columns])]
        for slope, cohort in zip(slopes, held_out, strict=True)
    ]
