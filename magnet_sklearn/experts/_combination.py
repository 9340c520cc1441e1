"""How much to trust each modality's evidence when several agree."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax


class ExpertCombination:
    r"""Weighted product of experts that does not count shared evidence twice.

    The combined logits of a patient with the observed modalities :math:`S` are

    .. math:: \log \pi + \frac{1}{1 + \rho (|S| - 1)}
              \sum_{m \in S} a_m \, \mathrm{logodds}_m

    With :math:`\rho = 0, a = 1` this is the product of experts (independent
    modalities), with :math:`\rho = 1` their mean (fully redundant ones). Both are
    learned on out-of-fold evidence and shrunk to the product of experts, the
    `strength` of which counts like as many patients.

    Parameters
    ----------
    strength : float, default=1.0
        Weight of the pull towards :math:`a = 1`.

    Attributes
    ----------
    log_prior_ : ndarray of shape (n_classes,)
        Log class shares.
    weights_ : ndarray of shape (n_modalities,)
        Trust :math:`a_m >= 0`; 1 is an expert taken at its word.
    redundancy_ : float
        :math:`\rho` in [0, 1].
    """

    def __init__(self, *, strength=1.0):
        self.strength = strength

    def fit(self, log_odds, mask, y, weight):
        """Learn trust and redundancy.

        Parameters
        ----------
        log_odds : ndarray of shape (n_patients, n_modalities, n_classes)
            Out-of-fold evidence, 0 where missing.
        mask : ndarray of shape (n_patients, n_modalities)
            True = the modality is observed and has an expert.
        y : ndarray of shape (n_patients,)
            Classes as integers.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        self : ExpertCombination
            The fitted combination.
        """
        n_modalities, n_classes = log_odds.shape[1:]
        shares = np.bincount(y, weights=weight, minlength=n_classes)
        self.log_prior_ = np.log(np.maximum(shares / shares.sum(), 1e-12))
        n_observed = mask.sum(axis=1)

        def objective(parameters):
            return _penalised_loss(
                parameters, self.log_prior_, log_odds, n_observed, y, weight,
                self.strength,
            )  # fmt: skip

        start = np.append(np.ones(n_modalities), 0.3)
        bounds = [(0.0, 3.0)] * n_modalities + [(0.0, 1.0)]
        result = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds)
        self.weights_, self.redundancy_ = result.x[:-1], float(result.x[-1])
        return self

    def combine(self, log_odds, mask):
        """Combine the evidence of all modalities into logits.

        Parameters
        ----------
        log_odds : ndarray of shape (n_patients, n_modalities, n_classes)
            Evidence, 0 where missing.
        mask : ndarray of shape (n_patients, n_modalities)
            True = the modality is observed and has an expert.

        Returns
        -------
        logits : ndarray of shape (n_patients, n_classes)
            The log class shares for a patient without evidence.
        """
        redundancy = 1.0 + self.redundancy_ * np.maximum(mask.sum(axis=1) - 1, 0)
        evidence = np.einsum("nmc,m->nc", log_odds, self.weights_)
        return self.log_prior_ + evidence / redundancy[:, None]


def _penalised_loss(parameters, log_prior, log_odds, n_observed, y, weight, strength):
    """Log loss plus penalty, and its gradient in (weights, redundancy)."""
    trust, rho = parameters[:-1], parameters[-1]
    extra = np.maximum(n_observed - 1, 0)
    scale = 1.0 / (1.0 + rho * extra)
    evidence = np.einsum("nmc,m->nc", log_odds, trust)
    logits = log_prior + evidence * scale[:, None]
    loss = -np.sum(weight * log_softmax(logits, axis=1)[np.arange(len(y)), y])
    residual = softmax(logits, axis=1)
    residual[np.arange(len(y)), y] -= 1.0
    residual *= weight[:, None]
    d_trust = np.einsum("nmc,nc,n->m", log_odds, residual, scale)
    d_rho = -np.sum(residual * evidence * (extra * scale**2)[:, None])
    loss += strength * np.sum((trust - 1.0) ** 2)
    return loss, np.append(d_trust + 2.0 * strength * (trust - 1.0), d_rho)
