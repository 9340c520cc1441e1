"""Ridge Cox regression on the patients of all sites."""

from __future__ import annotations

from functools import partial

import numpy as np

from magnet_sklearn.experts import RidgeCox, newton, strongest_good
from magnet_sklearn.federated._axes import PooledAxes
from magnet_sklearn.federated._conversation import total
from magnet_sklearn.federated._site import EVERYBODY


class _SummedCox:
    """Partial likelihood without a fold, summed over sites, each a stratum."""

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

    def held_out_losses(self, betas):
        """Loss of everybody less that without the fold, at several coefficients."""
        request = {**self.request, "betas": betas}
        replies = self.ask("held_out_cox", request, {"losses": (len(betas),)})
        return total(replies, "losses")


class _ComparedCox:
    """Partial likelihood without a fold that compares patients of all sites.

    Times are those of a grid; ties are Breslow's. At each of them sites sum up the
    hazards of those at risk.
    """

    def __init__(self, ask, key, axes, fold):
        self.ask, self.fold = ask, fold
        self.request = {"family": key[0], "place": key[1], "axes": axes}
        self._hazard: tuple[bytes, np.ndarray] = b"", np.zeros(0)

    def loss(self, beta):
        """Negative log partial likelihood."""
        losses, hazard = self._losses(beta[None], self.fold)
        self._hazard = beta.tobytes(), hazard
        return losses[0]

    def derivatives(self, beta):
        """Gradient and an upper bound of the Hessian."""
        if self._hazard[0] != beta.tobytes():
            self.loss(beta)
        n = len(beta)
        request = {"fold": self.fold, "beta": beta, "hazard": self._hazard[1]}
        like = {"gradient": (n,), "hessian": (n, n)}
        replies = self.ask("compared_cox", {**self.request, **request}, like)
        return total(replies, "gradient"), total(replies, "hessian")

    def held_out_losses(self, betas):
        """Loss of everybody less that without the fold, at several coefficients."""
        everybody = self._losses(betas, EVERYBODY)[0]
        return everybody - self._losses(betas, self.fold)[0]

    def _losses(self, betas, fold):
        """Losses, and the cumulative hazard at the first coefficients."""
        n_betas, n_times = len(betas), self.ask.plan["times"].shape[0]
        like = {"at_risk": (n_betas, n_times), "deaths": (n_times,)}
        request = {**self.request, "betas": betas, "fold": fold}
        replies = self.ask("at_risk", request, {**like, "events": (n_betas,)})
        if self.ask.keeps_state:  # sites have the axes by now
            self.request["axes"] = None
        at_risk = np.maximum(total(replies, "at_risk"), 1e-300)
        deaths = total(replies, "deaths")
        losses = np.log(at_risk) @ deaths - total(replies, "events")
        return losses, np.r_[0.0, np.cumsum(deaths / at_risk[0])]


def fit_cox(ask, expert: RidgeCox, key, width, counts, folds):
    """Fit an expert at the penalty of the best partial likelihood, and so each fold.

    Parameters and returns are those of `fit_logistic`; in place of classes stands None.
    """
    axes = PooledAxes(ask, key, width, counts, is_centred=False)
    basis, penalties = axes.axes, expert.penalties
    make = _ComparedCox if ask.plan["compares_sites"] else _SummedCox

    def path(fold, ask):
        """Coefficients without a fold at each penalty, and their held-out losses."""
        problem, n_training = make(ask, key, basis, fold), counts.n_patients(fold)
        betas = [np.zeros(basis.shape[1])]
        for penalty in penalties:
            betas.append(newton(problem, penalty * n_training, betas[-1]))
        losses = problem.held_out_losses(np.array(betas[1:]))
        return losses, basis @ np.transpose(betas[1:])

    paths = ask.together([partial(path, fold) for fold in folds])
    losses = np.array([loss for loss, _ in paths])
    coefs = [coef for _, coef in paths]
    place = strongest_good(losses) if folds else 0
    if folds:
        expert.penalty = penalties[place]
    start = np.zeros(basis.shape[1])
    problem = make(ask, key, basis, EVERYBODY)
    beta = newton(problem, expert.penalty * counts.n_patients(), start)

    chosen = np.array([basis @ beta, *(own[:, place] for own in coefs)])
    left_out = [EVERYBODY, *folds]
    request = {"family": key[0], "place": key[1], "folds": left_out, "coefs": chosen}
    sums = total(ask("score", request, {"sums": (len(chosen),)}), "sums")
    means = sums / [counts.weight(fold) for fold in left_out]
    fitted = [(None, own, -mean) for own, mean in zip(chosen, means, strict=True)]
    return fitted[0], fitted[1:]
