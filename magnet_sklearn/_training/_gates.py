"""How far to trust the branches of the networks beyond their offset."""

from functools import partial

import numpy as np
import torch
from scipy.optimize import minimize

# In units of log-likelihood: a branch has to gain more than it costs to stay open. This
# is what one parameter gains by chance in one cohort of twenty (likelihood ratio test).
COST_OF_A_BRANCH = 1.92
WIDEST_GATE = 1.5


def learns_gates(config, held_out):
    """Whether gates are learned: from held-out patients, unless the user set them.

    Parameters
    ----------
    config : EnsembleConfig
        Wiring of the networks, and the gate that the user set.
    held_out : list of Cohort or None
        Patients that each member held out.

    Returns
    -------
    learns : bool
        False for the published wiring, too, whose networks stand alone.
    """
    is_free = config.gate is None and config.architecture.skip_connection
    return is_free and held_out[0] is not None


def learned_gates(config, held_out, branches):
    """Open the branches as far as they help held-out patients, task by task.

    Parameters
    ----------
    config, held_out : EnsembleConfig, list of Cohort
        As in `learns_gates`.
    branches : list of ndarray of shape (n_held_out, n_branches, n_outputs)
        Outputs of each member's network for them.

    Returns
    -------
    gates : ndarray of shape (n_branches, n_tasks)
        Learned, or set by the user, or 1.
    """
    tasks = config.loss.tasks()
    n_branches = config.n_branches
    if not learns_gates(config, held_out):
        gate = 1.0 if config.gate is None else config.gate
        return np.full((n_branches, len(tasks)), gate)
    deviances = [partial(held_out_deviance, t, held_out, branches) for t in tasks]
    return np.column_stack([fit_gates(d, n_branches) for d in deviances])


def held_out_gain(loss, held_out, branches, gates, n_before=0):
    """Held-out log-likelihood that gated branches add, per task.

    Parameters
    ----------
    loss : TaskLoss
        Of all tasks.
    held_out, branches : list of Cohort, list of ndarray
        As in `learned_gates`.
    gates : ndarray of shape (n_branches, n_tasks)
        Weights of the branches.
    n_before : int, default=0
        So many first branches count as there already.

    Returns
    -------
    gain : ndarray of shape (n_tasks, 2)
        Sum over the members' folds in nats, and the standard error of that sum; NaN
        without held-out patients.
    """
    gain = np.full((gates.shape[1], 2), np.nan)
    if held_out[0] is None:
        return gain
    for place, task in enumerate(loss.tasks()):
        opened = torch.tensor(gates[:, place])
        closed = opened.clone()
        closed[n_before:] = 0.0
        added = [
            float(
                held_out_deviance(task, [cohort], [own], closed)
                - held_out_deviance(task, [cohort], [own], opened)
            )
            for cohort, own in zip(held_out, branches, strict=True)
        ]
        spread = np.std(added, ddof=1) if len(added) > 1 else np.nan
        gain[place] = np.sum(added), spread * np.sqrt(len(added))
    return gain


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
