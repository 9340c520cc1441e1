"""Ridge Cox regression on the patients of all sites, each a stratum."""

from __future__ import annotations

from functools import partial

import numpy as np

from magnet_sklearn.experts import RidgeCox, newton, strongest_good
from magnet_sklearn.federated._axes import PooledAxes
from magnet_sklearn.federated._conversation import total
from magnet_sklearn.federated._site import EVERYBODY


class _SummedCox:
    """Partial likelihood without a fold, summed over sites."""

    def __init__(self, ask, key, axes, fold):
        self.ask, self.axes = ask, axes
        self.request = {"family": key[0], "place": key[1], "fold": fold, "axes": axes}
        self._last: tuple[bytes, dict] = b"", {}

    def loss(self, beta):
        """Negative log partial likelihood."""
        return self._at(beta)["loss"]

    def derivatives(self, beta):
        """Gradient and an upper bound of the Hessian."""
        found = self._at(beta)
        return found["gradient"], found["hessian"].copy()

    def _at(self, beta):
        """Ask once for all that is wanted of some coefficients."""
        key = beta.tobytes()
        if self._last[0] != key:
            n = len(beta)
            like = {"loss": (), "gradient": (n,), "hessian": (n, n)}
            replies = self.ask("cox", {**self.request, "beta": beta}, like)
            if self.ask.keeps_state:  # sites have the axes by now
                self.request["axes"] = None
            self._last = key, {name: total(replies, name) for name in like}
        return self._last[1]


def fit_cox(ask, expert: RidgeCox, key, width, counts, folds):
    """Fit an expert at the penalty of the best partial likelihood, and so each fold.

    Parameters and returns are those of `fit_logistic`; in place of classes stands None.
    """
    axes = PooledAxes(ask, key, width, counts, is_centred=False)
    basis, penalties = axes.axes, expert.penalties

    def path(fold, ask):
        """Coefficients without a fold at each penalty, and their held-out losses."""
        problem, n_training = _SummedCox(ask, key, basis, fold), counts.n_patients(fold)
        betas = [np.zeros(basis.shape[1])]
        for penalty in penalties:
            betas.append(newton(problem, penalty * n_training, betas[-1]))
        request = {**problem.request, "betas": np.array(betas[1:])}
        replies = ask("held_out_cox", request, {"losses": (len(penalties),)})
        return total(replies, "losses"), basis @ np.transpose(betas[1:])

    paths = ask.together([partial(path, fold) for fold in folds])
    losses = np.array([loss for loss, _ in paths])
    coefs = [coef for _, coef in paths]
    place = strongest_good(losses) if folds else 0
    if folds:
        expert.penalty = penalties[place]
    start = np.zeros(basis.shape[1])
    problem = _SummedCox(ask, key, basis, EVERYBODY)
    beta = newton(problem, expert.penalty * counts.n_patients(), start)

    chosen = np.array([basis @ beta, *(own[:, place] for own in coefs)])
    left_out = [EVERYBODY, *folds]
    request = {"family": key[0], "place": key[1], "folds": left_out, "coefs": chosen}
    sums = total(ask("score", request, {"sums": (len(chosen),)}), "sums")
    means = sums / [counts.weight(fold) for fold in left_out]
    fitted = [(None, own, -mean) for own, mean in zip(chosen, means, strict=True)]
    return fitted[0], fitted[1:]
