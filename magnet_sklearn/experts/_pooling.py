"""Evidence of all experts as combined outputs, a function of a few parameters."""

import torch
from torch import Tensor

from magnet_sklearn.experts._evidence import Evidence


class PooledEvidence:
    """Combined outputs of some patients, differentiable in the parameters.

    The formula is that of :class:`ExpertCombination`. Parameters stand in the order
    trust in each modality, redundancy, joint share, joint trust, and logits of the
    weights of the families, apart and joint.

    Parameters
    ----------
    evidence : Evidence
        Of the patients.
    baseline : ndarray of shape (n_outputs,)
        Outputs without evidence.
    rows : slice or index array, default=slice(None)
        Which of the patients.

    Attributes
    ----------
    n_observed : int Tensor of shape (n_patients,)
        Observed modalities that have experts.
    sees_joint : bool
        Whether any patient has evidence of joint experts.
    """

    def __init__(self, evidence: Evidence, baseline, rows=slice(None)) -> None:
        self.values = torch.tensor(evidence.values[:, rows])
        self.baseline = torch.tensor(baseline)
        self.n_families, _, self.n_views, _ = self.values.shape
        self.has_joint = evidence.has_joint
        self.n_modalities = self.n_views - self.has_joint
        observed = evidence.observed[rows]
        self.sees_joint = bool(observed[:, self.n_modalities :].any())
        self.n_observed = torch.tensor(observed[:, : self.n_modalities].sum(axis=1))
        self._others = (self.n_observed - 1).clamp(min=0)
        completeness = (self.n_observed - 1) / max(self.n_modalities - 1, 1)
        has_several = self.n_observed > 1
        self._joint_part = torch.where(has_several, (1 + completeness) / 2, 0.0)
        self._available = None
        if evidence.available is not None and not evidence.available.all():
            available = torch.tensor(evidence.available).T
            # a view without any family has no evidence, whatever it is divided by
            self._available = available | ~available.any(dim=1, keepdim=True)

    def outputs(self, parameters: Tensor) -> Tensor:
        """Return combined outputs, of shape (n_patients, n_outputs)."""
        n_modalities = self.n_modalities
        on_views = self.weight_on_views(parameters)
        trust, rest = parameters[:n_modalities], parameters[n_modalities:]
        trust = trust / on_views[:n_modalities]
        weights, joint_weights = self._family_weights(parameters)
        shrinkage, share = self.shrinkage_and_share(parameters)
        apart = torch.einsum(
            "fnmc,m,f->nc", self.values[:, :, :n_modalities], trust, weights
        )
        apart = self.baseline + apart / shrinkage[:, None]
        if not self.has_joint:
            return apart
        joint = torch.einsum("fnc,f->nc", self.values[:, :, -1], joint_weights)
        joint = self.baseline + rest[2] / on_views[-1] * joint
        return (1 - share[:, None]) * apart + share[:, None] * joint

    def weight_on_views(self, parameters: Tensor) -> Tensor:
        """Sum, for each view, the weights of the families that it has."""
        if self._available is None:
            return torch.ones(self.n_views, dtype=torch.float64)
        weights, joint_weights = self._family_weights(parameters)
        on_views = weights.repeat(self.n_views, 1)
        if self.has_joint:
            on_views = torch.cat([on_views[:-1], joint_weights[None]])
        whole = self._available.all(dim=1)
        return torch.where(whole, 1.0, (on_views * self._available).sum(dim=1))

    def shrinkage_and_share(self, parameters: Tensor) -> tuple[Tensor, Tensor]:
        """Return what evidence of each patient is divided by, and the joint share."""
        redundancy, joint_share = parameters[self.n_modalities : self.n_modalities + 2]
        return 1.0 + redundancy * self._others, joint_share * self._joint_part

    def _family_weights(self, parameters):
        """Weights of the families, apart and joint."""
        logits = parameters[-2 * self.n_families :].reshape(2, self.n_families)
        return logits.softmax(dim=1)
