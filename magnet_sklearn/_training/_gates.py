"""How far to trust the network beyond its offset."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

# In units of log-likelihood: a path has to gain more than it costs to stay open. This
# is what one parameter gains by chance in one cohort of twenty (likelihood ratio test).
_COST_OF_A_PATH = 1.92
_WIDEST_GATE = 1.5


def fit_gates(offset, paths, y, weight):
    r"""Weights of the network's paths, learned on patients it was not trained on.

    Minimises :math:`-\sum_i w_i \log p(y_i) + 1.92 \sum_p g_p` with
    :math:`p = \mathrm{softmax}(\mathrm{offset} + \sum_p g_p \, \mathrm{path}_p)`
    and :math:`0 \le g_p \le 1.5`. The second term closes every path, the patient
    graph among them, that does not help held-out patients.

    Parameters
    ----------
    offset : ndarray of shape (n_patients, n_classes)
        Logits of the experts, or the log class shares.
    paths : ndarray of shape (n_patients, n_paths, n_classes)
        Held-out logits of each path.
    y : ndarray of shape (n_patients,)
        Classes as integers.
    weight : ndarray of shape (n_patients,)
        Weights of the patients.

    Returns
    -------
    gates : ndarray of shape (n_paths,)
        Weight of each path; 0 is closed.
    """
    rows = np.arange(len(y))

    def objective(gates):
        logits = offset + np.einsum("npc,p->nc", paths, gates)
        loss = -np.sum(weight * log_softmax(logits, axis=1)[rows, y])
        residual = softmax(logits, axis=1)
        residual[rows, y] -= 1.0
        gradient = np.einsum("npc,nc,n->p", paths, residual, weight)
        return loss + _COST_OF_A_PATH * gates.sum(), gradient + _COST_OF_A_PATH

    n_paths = paths.shape[1]
    return minimize(
        objective,
        np.full(n_paths, 0.5),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, _WIDEST_GATE)] * n_paths,
    ).x
