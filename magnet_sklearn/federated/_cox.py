"""Ridge Cox regression on the patients of all sites, each a stratum."""

from __future__ import annotations

import numpy as np

from magnet_sklearn.experts import RidgeCox, newton, strongest_good
from magnet_sklearn.federated._axes import PooledAxes
from magnet_sklearn.federated._conversation import total
from magnet_sklearn.federated._site import EVERYBODY


class _SummedCox:
    """Partial likelihood without a fold, summed over sites."""

    def __init__(self, ask, key, axes, fold):
        self.ask, self.axes = ask, axes
        self.request = {"family": key[0], "place": key[1], "axes": axes, "fold": fold}
        self._last = None

    def loss(self, beta):
        """Negative log partial likelihood."""
        return total(self._ask(beta, wants_derivatives=False), "loss")

    def derivatives(self, beta):
        """Gradient and an upper bound of the Hessian."""
        replies = self._ask(beta, wants_derivatives=True)
        return total(replies, "gradient"), total(replies, "hessian")

    def _ask(self, beta, wants_derivatives):
        n = len(beta)
        like: dict = {"loss": ()}
        if wants_derivatives:
            like |= {"gradient": (n,), "hessian": (n, n)}
        request = {**self.request, "beta": beta, "wants_derivatives": wants_derivatives}
        return self.ask("cox", request, like)


def fit_cox(ask, expert: RidgeCox, key, width, counts, folds):
    """Fit an expert at the penalty of the best partial likelihood, and so each fold.

    Parameters and returns are those of `fit_logistic`; in place of classes stands None.
    """
    axes = PooledAxes(
        ask, *key, width, counts.n_patients, counts.fold_weights, is_centred=False
    )
    basis = axes.axes
    losses = np.zeros((len(folds), len(expert.penalties)))
    coefs = []
    for row, fold in enumerate(folds):
        betas = [np.zeros(basis.shape[1])]
        problem, n_training = _SummedCox(ask, key, basis, fold), counts.n_without(fold)
        for penalty in expert.penalties:
            betas.append(newton(problem, penalty * n_training, betas[-1]))
        request = {**problem.request, "betas": np.array(betas[1:])}
        like = {"losses": (len(expert.penalties),)}
        losses[row] = total(ask("held_out_cox", request, like), "losses")
        coefs.append(basis @ np.transpose(betas[1:]))
    place = strongest_good(losses) if folds else 0
    if folds:
        expert.penalty = expert.penalties[place]
    start = np.zeros(basis.shape[1])
    problem = _SummedCox(ask, key, basis, EVERYBODY)
    beta = newton(problem, expert.penalty * counts.n_patients, start)

    def kept(coef, fold):
        return None, coef, -axes.fold_mean(fold, counts.fold_weights) @ coef

    of_folds = [kept(c[:, place], fold) for c, fold in zip(coefs, folds, strict=True)]
    return kept(basis @ beta, EVERYBODY), of_folds
