"""ModalityFedAvg: averages of what each site has learned, modality by modality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator


class ModalityFedAvg(BaseEstimator):
    r"""Federated averaging for sites that lack modalities.

    Scales, experts, their combination, gates and baseline hazards are computed from
    sums over the patients of all sites, as if these were at one place. Networks are
    trained at the sites, round by round, and averaged as in FedAvg [1]_: with
    :math:`n_{sm}` the patients of site :math:`s` who have modality :math:`m`, the
    encoder of :math:`m` becomes :math:`\sum_s n_{sm} w_{sm} / \sum_s n_{sm}`, so that a
    site without the modality has no say; fusion and heads are averaged by all patients.

    Parameters
    ----------
    n_rounds : int, default=5
        Rounds of training the networks; the best by held-out loss counts. 0 trains no
        networks.
    local_epochs : int, default=None
        Epochs per round. None divides `max_epochs` of the estimator by the rounds.
    proximal_mu : float, default=0.0
        Above 0, sites stay near the last average: FedProx [2]_.
    aggregator : flwr.serverapp.strategy.Strategy, default=None
        Averages networks in place of this strategy, such as Flower's ``FedAdam()`` or
        ``FedMedian()``. Such strategies know nothing of modalities.
    min_patients : int, default=5
        A site of which fewer patients have a modality, a value in a column, or a
        category, sends no sums of it.
    min_sites : int, default=1
        With fewer sites left, training ends with an error.
    timeout : float, default=None
        Seconds after which a site is late. None waits.

    References
    ----------
    .. [1] B. McMahan et al., "Communication-efficient learning of deep networks from
       decentralized data", AISTATS 2017.
    .. [2] T. Li et al., "Federated optimization in heterogeneous networks", MLSys 2020.

    Examples
    --------
    >>> from magnet_sklearn.federated import ModalityFedAvg
    >>> ModalityFedAvg(n_rounds=3)
    ModalityFedAvg(n_rounds=3)
    """

    def __init__(
        self,
        *,
        n_rounds=5,
        local_epochs=None,
        proximal_mu=0.0,
        aggregator=None,
        min_patients=5,
        min_sites=1,
        timeout=None,
    ):
        self.n_rounds = n_rounds
        self.local_epochs = local_epochs
        self.proximal_mu = proximal_mu
        self.aggregator = aggregator
        self.min_patients = min_patients
        self.min_sites = min_sites
        self.timeout = timeout

    def average(self, replies, weights, modalities):
        """Average the networks of one round.

        Parameters
        ----------
        replies : dict of str to dict
            Of each site: `weights`, of each member the weights by name; `n_patients`
            and `n_observed`, of each member the patients, in all and by modality.
        weights : dict of str to dict of str to ndarray
            Of each member, before the round; they stay where no site has patients.
        modalities : list of str
            Modalities in the order of the encoders.

        Returns
        -------
        weights : dict of str to dict of str to ndarray
            Averages, in double precision.

        Examples
        --------
        >>> import numpy as np
        >>> from magnet_sklearn.federated import ModalityFedAvg
        >>> def site(value, n):
        ...     own = {"0": {"encoders.0.weight": np.array([value])}}
        ...     counts = {"n_patients": {"0": n}, "n_observed": {"0": np.array([n])}}
        ...     return {"weights": own, **counts}
        >>> replies = {"A": site(1.0, 30), "B": site(4.0, 10)}
        >>> before = {"0": {"encoders.0.weight": np.zeros(1)}}
        >>> ModalityFedAvg().average(replies, before, ["rna"])
        {'0': {'encoders.0.weight': array([1.75])}}
        """
        return {
            member: {
                name: _weighted_mean(
                    [reply["weights"][member][name] for reply in replies.values()],
                    [
                        _count(reply, member, name, modalities)
                        for reply in replies.values()
                    ],
                    before,
                )
                for name, before in own.items()
            }
            for member, own in weights.items()
        }


def _count(reply: Mapping[str, Any], member: str, name: str, modalities: list[str]):
    """How many patients of a site a weight has learned from."""
    part, _, rest = name.partition(".")
    if part == "encoders" and len(modalities) == len(reply["n_observed"][member]):
        return float(reply["n_observed"][member][int(rest.partition(".")[0])])
    return float(reply["n_patients"][member])


def _weighted_mean(values, counts, before):
    """Mean by counts; what was before where there are none."""
    if not sum(counts):
        return np.asarray(before)
    if np.asarray(before).dtype.kind in "iub":  # counters of batches
        return np.max(values, axis=0)
    return np.average(np.stack(values).astype(np.float64), axis=0, weights=counts)
