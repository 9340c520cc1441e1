"""How much to trust each expert when several agree."""

import numpy as np
import torch
from scipy.optimize import minimize

# Penalties on a log-likelihood; weak on families, whose quality differs.
_PENALTY_OF_JOINT_SHARE = 3.0
_PENALTY_OF_FAMILIES = 0.5
# Logit of the simplest family's weight before any evidence, against 0 of the others.
_PREFERENCE_FOR_SIMPLE = 2.0


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

    def fit(self, evidence, target, weight, *, loss):
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

        Returns
        -------
        self : ExpertCombination
            The fitted combination.
        """
        n_families, _, n_views, _ = evidence.values.shape
        self.baseline_ = loss.baseline(target, weight)
        n_modalities = n_views - evidence.has_joint
        families = np.zeros((2, n_families))
        families[:, 0] = _PREFERENCE_FOR_SIMPLE
        has_joint = evidence.has_joint and evidence.observed[:, -1].any()
        most = float(has_joint)  # of the joint share
        center = np.concatenate(
            [np.ones(n_modalities), [0.3, most / 2, 1.0], families.ravel()]
        )
        bounds = [(0.0, 3.0)] * n_modalities + [(0.0, 1.0), (0.0, most), (0.0, 3.0)]
        penalties = np.full(len(center), float(self.strength))
        penalties[n_modalities : n_modalities + 2] = 0.0, _PENALTY_OF_JOINT_SHARE
        penalties[n_modalities + 3 :] = _PENALTY_OF_FAMILIES
        target, weight = torch.tensor(target), torch.tensor(weight)

        def objective(values):
            parameters = torch.tensor(values, requires_grad=True)
            outputs = self._outputs(parameters, evidence)
            penalty = torch.tensor(penalties) * (parameters - torch.tensor(center)) ** 2
            total = loss.deviance(outputs, target, weight) + penalty.sum()
            return total.item(), torch.autograd.grad(total, parameters)[0].numpy()

        result = minimize(
            objective,
            center,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds + [(-4.0, 4.0)] * (2 * n_families),
        )
        self._parameters = result.x
        self.trust_ = result.x[:n_modalities]
        self.redundancy_, self.joint_share_, self.joint_trust_ = map(
            float, result.x[n_modalities : n_modalities + 3]
        )
        raw = torch.tensor(result.x[n_modalities + 3 :]).reshape(2, n_families)
        weights = raw.softmax(dim=1).numpy()
        self.family_weights_, self.joint_family_weights_ = weights
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
        return self._outputs(torch.tensor(self._parameters), evidence).numpy()

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
            less `baseline_`; that of a missing modality is exactly 0.
        """
        shrinkage, share = map(
            np.asarray, _shrinkage_and_share(torch.tensor(self._parameters), evidence)
        )
        on_views = _weight_on_views(torch.tensor(self._parameters), evidence).numpy()
        trust = self.trust_ / on_views[: len(self.trust_)]
        scale = np.outer((1 - share) / shrinkage, trust)
        apart = np.einsum(
            "fnmc,nm,f->nmc",
            evidence.values[:, :, : len(self.trust_)],
            scale,
            self.family_weights_,
        )
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

    def _outputs(self, parameters, evidence):
        """Compute differentiable outputs at some parameters."""
        values = torch.tensor(evidence.values)
        n_families, _, n_views, _ = values.shape
        n_modalities = n_views - evidence.has_joint
        on_views = _weight_on_views(parameters, evidence)
        trust, rest = parameters[:n_modalities], parameters[n_modalities:]
        trust = trust / on_views[:n_modalities]
        weights, joint_weights = rest[3:].reshape(2, n_families).softmax(dim=1)
        shrinkage, share = _shrinkage_and_share(parameters, evidence)
        apart = torch.einsum(
            "fnmc,m,f->nc", values[:, :, :n_modalities], trust, weights
        )
        apart = torch.tensor(self.baseline_) + apart / shrinkage[:, None]
        if not evidence.has_joint:
            return apart
        joint = torch.einsum("fnc,f->nc", values[:, :, -1], joint_weights)
        joint = torch.tensor(self.baseline_) + rest[2] / on_views[-1] * joint
        return (1 - share[:, None]) * apart + share[:, None] * joint


def _weight_on_views(parameters, evidence):
    """For each view, the sum of the weights of the families that it has."""
    n_families, _, n_views, _ = evidence.values.shape
    if evidence.available is None or evidence.available.all():
        return torch.ones(n_views, dtype=torch.float64)
    weights, joint_weights = (
        parameters[-2 * n_families :].reshape(2, n_families).softmax(dim=1)
    )
    on_views = weights.repeat(n_views, 1)
    if evidence.has_joint:
        on_views = torch.cat([on_views[:-1], joint_weights[None]])
    available = torch.tensor(evidence.available).T
    # a view without any family has no evidence, whatever it is divided by
    available = available | ~available.any(dim=1, keepdim=True)
    whole = available.all(dim=1)
    return torch.where(whole, 1.0, (on_views * available).sum(dim=1))


def _shrinkage_and_share(parameters, evidence):
    """For each patient, what evidence is divided by, and the joint experts' share."""
    n_modalities = evidence.observed.shape[1] - evidence.has_joint
    redundancy, joint_share = parameters[n_modalities : n_modalities + 2]
    n_observed = torch.tensor(evidence.observed[:, :n_modalities].sum(axis=1))
    shrinkage = 1.0 + redundancy * (n_observed - 1).clamp(min=0)
    completeness = (n_observed - 1) / max(n_modalities - 1, 1)
    share = joint_share * torch.where(n_observed > 1, (1 + completeness) / 2, 0.0)
    return shrinkage, share
