"""Links between tasks: the experts of one help to predict another."""

import numpy as np
import torch
from scipy.optimize import minimize


class TaskLinks:
    r"""Linear links between the outputs of the experts of several tasks.

    The outputs of task :math:`t` become :math:`b_t + (1 + d_t)(o_t - b_t) +
    \sum_{s \neq t} V_{st} (o_s - b_s) / \sigma_s` with :math:`o` the outputs of the
    tasks' experts, :math:`b` those without evidence and :math:`\sigma` their spread.
    :math:`d` and :math:`V` are learned on out-of-fold outputs, on the patients with a
    label of task :math:`t`, and shrunk to 0: tasks that share a signal gain from the
    patients that only one of them has labels of [1]_, others stay as they are.

    Parameters
    ----------
    strength : float, default=10.0
        Penalty that shrinks :math:`d` and :math:`V` to 0, in units of the
        log-likelihood.

    Attributes
    ----------
    baseline_ : ndarray of shape (n_outputs,)
        Outputs without evidence.
    weights_ : ndarray of shape (n_outputs, n_outputs)
        What each output (rows) adds to each (columns).

    References
    ----------
    .. [1] L. Breiman, J. Friedman, "Predicting multivariate responses in multiple
       linear regression", JRSS B 59 (1997).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.experts import TaskLinks
    >>> from magnet_sklearn.losses import MultiTaskLoss, NumberLoss
    >>> truth = np.random.default_rng(0).normal(size=(60, 1))
    >>> target, outputs = np.hstack([truth, truth]), np.hstack([0.0 * truth, truth])
    >>> tasks = MultiTaskLoss([NumberLoss(), NumberLoss()]).tasks()
    >>> links = TaskLinks().fit(outputs, target, np.ones(60), tasks, np.zeros(2))
    >>> bool(links.weights_[1, 0] > 0.5)  # the second task helps the first
    True
    """

    def __init__(self, *, strength=10.0):
        self.strength = strength

    def fit(self, outputs, target, weight, tasks, baseline):
        """Learn the links.

        Parameters
        ----------
        outputs : ndarray of shape (n_patients, n_outputs)
            Out-of-fold outputs of the tasks' experts, side by side.
        target : ndarray of shape (n_patients, n_columns)
            Target of all tasks; NaN is no label.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        tasks : list of Task
            As `MultiTaskLoss.tasks()` returns them.
        baseline : ndarray of shape (n_outputs,)
            Outputs without evidence.

        Returns
        -------
        self : TaskLinks
            The fitted links.
        """
        self.baseline_ = baseline
        centred = outputs - baseline
        spread = centred.std(axis=0)
        spread[spread == 0] = 1.0
        self.weights_ = np.eye(len(baseline))
        for task in tasks:
            own = np.zeros(len(baseline), dtype=bool)
            own[task.outputs] = True
            rows = np.flatnonzero(task.labelled(target))
            trust, links = self._fit_task(
                task,
                centred[rows][:, own],
                (centred / spread)[rows][:, ~own],
                target[rows, task.columns],
                weight[rows],
            )
            self.weights_[np.ix_(own, own)] *= trust
            self.weights_[np.ix_(~own, own)] = links / spread[~own, None]
        return self

    def apply(self, outputs):
        """Link the outputs of patients.

        Parameters
        ----------
        outputs : ndarray of shape (n_patients, n_outputs)
            Outputs of the tasks' experts, side by side.

        Returns
        -------
        linked : ndarray of shape (n_patients, n_outputs)
            The baseline where no expert has evidence.
        """
        return self.baseline_ + (outputs - self.baseline_) @ self.weights_

    def _fit_task(self, task, own, others, target, weight):
        """Trust in a task's own experts, and links from the others' outputs."""
        own, others, target, weight = map(torch.tensor, (own, others, target, weight))
        baseline = torch.tensor(self.baseline_[task.outputs])
        shape = others.shape[1], own.shape[1]

        def objective(values):
            change = torch.tensor(values, requires_grad=True)
            links = change[1:].reshape(shape)
            outputs = baseline + (1 + change[0]) * own + others @ links
            total = task.loss.deviance(outputs, target, weight)
            total = total + self.strength * change.square().sum()
            return total.item(), torch.autograd.grad(total, change)[0].numpy()

        start = np.zeros(1 + shape[0] * shape[1])
        found = minimize(objective, start, jac=True, method="L-BFGS-B").x
        return 1 + found[0], found[1:].reshape(shape)
