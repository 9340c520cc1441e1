"""How much to trust each expert when several agree."""

import numpy as np
import torch
from scipy.optimize import minimize

from magnet_sklearn.experts._pooling import PooledEvidence

# Penalties on a log-likelihood; weak on families, whose quality differs.
_PENALTY_OF_JOINT_SHARE = 3.0
_PENALTY_OF_FAMILIES = 0.5
# Logit of the simplest family's weight before any evidence, against 0 of the others.
_PREFERENCE_FOR_SIMPLE = 2.0
# Decrease of the deviance, relative to it, that ends a search from a near start.
_NEAR = 1e-5
# Of all kinds, beside those with as many modalities, in the shift.
_PRIOR_PATIENTS = 20.0


class ExpertCombination:
    r"""Weighted product of experts that does not count shared evidence twice.

    Evidence is what an expert's prediction says beyond the average patient. With
    :math:`e_{fm}` the evidence of family :math:`f` on modality :math:`m`,
    :math:`S` the modalities that a patient has and :math:`\pi` the class shares (in
    general, the outputs without evidence), the combined logits are

    .. math:: \log \pi + \frac{1 - b_S}{1 + \rho (|S| - 1)} \sum_{m \in S} a_m
              \sum_f w_f e_{fm} + b_S \, t \sum_f v_f e_{f, \mathrm{joint}}

    With :math:`\rho = 0, a = 1, b = 0` this is the product of experts (independent
    modalities), with :math:`\rho = 1` their mean (fully redundant ones). :math:`b_S`
    is the share of the experts on all modalities side by side: :math:`b` for a patient
    who has all :math:`M`, else :math:`b (1 + (|S| - 1) / (M - 1)) / 2`, and 0 with a
    single one, of which the joint experts know no more than its own. :math:`w, v` weigh
    the families and sum to 1, on each view over those that it has. All are learned on
    out-of-fold evidence and shrunk to :math:`a = t = 1, b = 1/2` and to the first
    family, the simplest one.

    Where the loss aims at a quantile, the outputs are shifted to its level: the more
    modalities a patient has, the nearer to the middle lies, say, the lowest tenth.

    Parameters
    ----------
    strength : float, default=10.0
        Penalty that shrinks trust to 1, in units of the log-likelihood.

    Attributes
    ----------
    baseline_ : ndarray of shape (n_outputs,)
        Outputs without any evidence: log class shares, for classes.
    trust_ : ndarray of shape (n_modalities,)
        :math:`a_m`; 1 leaves the evidence of an expert unscaled.
    redundancy_ : float
        :math:`\rho` in [0, 1].
    joint_share_, joint_trust_ : float
        :math:`b` in [0, 1] and :math:`t`.
    family_weights_, joint_family_weights_ : ndarray of shape (n_families,)
        :math:`w` and :math:`v`.
    shift_ : ndarray of shape (n_modalities + 1, n_outputs)
        What is added to the outputs of patients with so many modalities; 0 unless the
        loss aims at a quantile.
    held_out_outputs_ : ndarray of shape (n_patients, n_outputs)
        Combined outputs of the patients of `fit`, those in `folds` from parameters that
        were learned without them.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.experts import (
    ...     ClassEvidence,
    ...     ExpertCombination,
    ...     ModalityExperts,
    ... )
    >>> from magnet_sklearn.losses import ClassLoss
    >>> y = np.arange(40) % 2
    >>> noise = np.random.default_rng(0).normal(size=(40, 2))
    >>> X = MultiModalData({"rna": y[:, None] + noise, "protein": noise[::-1]})
    >>> experts = ModalityExperts(evidence=ClassEvidence(), random_state=0)
    >>> evidence = experts.fit(X, y, n_outputs=2).training_evidence_
    >>> combination = ExpertCombination()
    >>> combination.fit(evidence, y[:, None], np.ones(40), loss=ClassLoss(2)).trust_
    array([...])
    >>> combination.contributions(evidence).shape  # rna, protein, and both side by side
    (40, 3, 2)
    """

    def __init__(self, *, strength=10.0):
        self.strength = strength

    def fit(self, evidence, target, weight, *, loss, folds=()):
        """Learn trust, redundancy and the weights of the families.

        Parameters
        ----------
        evidence : Evidence
            Out-of-fold evidence.
        target : ndarray of shape (n_patients, n_columns)
            What the experts have learned.
        weight : ndarray of shape (n_patients,)
            Weights of the patients.
        loss : TaskLoss
            Judges the combined outputs by its deviance.
        folds : list of (train, held_out), default=()
            Rows for `held_out_outputs_`.

        Returns
        -------
        self : ExpertCombination
            The fitted combination.
        """
        self.baseline_ = loss.baseline(target, weight)
        pooled = PooledEvidence(evidence, self.baseline_)
        self._parameters = self._solve(pooled, target, weight, loss)
        self._name_parameters(pooled.n_modalities, pooled.n_families)
        outputs = pooled.outputs(torch.tensor(self._parameters)).numpy()
        for train, held_out in folds:
            own = PooledEvidence(evidence, self.baseline_, train)
            found = self._solve(
                own, target[train], weight[train], loss, start=self._parameters
            )
            others = PooledEvidence(evidence, self.baseline_, held_out)
            outputs[held_out] = others.outputs(torch.tensor(found)).numpy()
        n_observed = pooled.n_observed.numpy()
        if loss.aims_at_quantile:
            self._learn_shift(target - outputs, n_observed, weight, loss)
        self.held_out_outputs_ = outputs + self.shift_[n_observed]
        return self

    def combine(self, evidence):
        """Combine the evidence of all experts.

        Parameters
        ----------
        evidence : Evidence
            Of some patients.

        Returns
        -------
        outputs : ndarray of shape (n_patients, n_outputs)
            Logits, or what else the loss takes; its baseline for a patient without
            evidence.
        """
        pooled = PooledEvidence(evidence, self.baseline_)
        outputs = pooled.outputs(torch.tensor(self._parameters)).numpy()
        return outputs + self.shift_[pooled.n_observed]

    def contributions(self, evidence):
        """Split the combined outputs into exact additive parts.

        Parameters
        ----------
        evidence : Evidence
            Of some patients.

        Returns
        -------
        contributions : ndarray of shape (n_patients, n_modalities + 1, n_outputs)
            What the experts of each modality add to `baseline_`, and in the last place
            those on all modalities side by side. They sum to what `combine` returns
            less `baseline_`; that of a missing modality is exactly 0. `shift_` is
            divided equally among the observed modalities.
        """
        pooled = PooledEvidence(evidence, self.baseline_)
        parameters = torch.tensor(self._parameters)
        shrinkage, share = map(np.asarray, pooled.shrinkage_and_share(parameters))
        on_views = pooled.weight_on_views(parameters).numpy()
        trust = self.trust_ / on_views[: len(self.trust_)]
        scale = np.outer((1 - share) / shrinkage, trust)
        apart = np.einsum(
            "fnmc,nm,f->nmc",
            evidence.values[:, :, : len(self.trust_)],
            scale,
            self.family_weights_,
        )
        n_observed = pooled.n_observed.numpy()
        of_each = self.shift_[n_observed] / np.maximum(n_observed, 1)[:, None]
        apart += evidence.observed[:, : len(self.trust_), None] * of_each[:, None]
        joint = np.zeros((len(apart), len(self.baseline_)))
        if evidence.has_joint:
            families = self.joint_trust_ / on_views[-1] * self.joint_family_weights_
            joint += np.einsum("fnc,f->nc", evidence.values[:, :, -1], families)
            joint += self.baseline_
            joint *= share[:, None]
            # shares are rounded to single precision: share and 1 - share sum to
            # nearly 1, and the rest is the joint experts'
            joint += (1 - share[:, None]) * self.baseline_ - self.baseline_
        return np.concatenate([apart, joint[:, None]], axis=1)

    def _name_parameters(self, n_modalities, n_families):
        """Set what is learned to the values of the parameters, and no shift."""
        self.trust_ = self._parameters[:n_modalities]
        self.redundancy_, self.joint_share_, self.joint_trust_ = map(
            float, self._parameters[n_modalities : n_modalities + 3]
        )
        raw = torch.tensor(self._parameters[n_modalities + 3 :]).reshape(2, n_families)
        weights = raw.softmax(dim=1).numpy()
        self.family_weights_, self.joint_family_weights_ = weights
        self.shift_ = np.zeros((n_modalities + 1, len(self.baseline_)))

    def _learn_shift(self, residual, n_observed, weight, loss):
        """Shift the outputs of patients with any modality to the level of the loss."""
        for count in np.unique(n_observed[n_observed > 0]):
            near = (n_observed == count) + _PRIOR_PATIENTS / len(residual)
            self.shift_[count] = loss.baseline(residual, weight * near)

    def _solve(self, pooled, target, weight, loss, start=None):
        """Parameters of least deviance; not to the last digit from a near start."""
        center, bounds, penalties = self._prior(pooled)
        penalties, shrunk_to = torch.tensor(penalties), torch.tensor(center)
        targets, weights = torch.tensor(target), torch.tensor(weight)
        known = pooled.n_observed.numpy() > 0

        def objective(values):
            parameters = torch.tensor(values, requires_grad=True)
            outputs = pooled.outputs(parameters)
            if loss.aims_at_quantile and known.any():
                # the best shift, so that its change adds nothing to the gradient
                residual = target[known] - outputs.detach().numpy()[known]
                shift = loss.baseline(residual, weight[known])
                outputs = outputs + torch.tensor(known[:, None] * shift)
            penalty = penalties * (parameters - shrunk_to) ** 2
            total = loss.deviance(outputs, targets, weights) + penalty.sum()
            return total.item(), torch.autograd.grad(total, parameters)[0].numpy()

        return minimize(
            objective,
            center if start is None else start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={} if start is None else {"ftol": _NEAR},
        ).x

    def _prior(self, pooled):
        """Parameters before any evidence, their bounds and penalties."""
        families = np.zeros((2, pooled.n_families))
        families[:, 0] = _PREFERENCE_FOR_SIMPLE
        most, n_modalities = float(pooled.sees_joint), pooled.n_modalities
        center = np.concatenate(
            [np.ones(n_modalities), [0.3, most / 2, 1.0], families.ravel()]
        )
        bounds = [(0.0, 3.0)] * n_modalities + [(0.0, 1.0), (0.0, most), (0.0, 3.0)]
        penalties = np.full(len(center), float(self.strength))
        penalties[n_modalities : n_modalities + 2] = 0.0, _PENALTY_OF_JOINT_SHARE
        penalties[n_modalities + 3 :] = _PENALTY_OF_FAMILIES
        return center, bounds + [(-4.0, 4.0)] * families.size, penalties
