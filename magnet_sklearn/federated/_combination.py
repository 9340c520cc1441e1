"""How much each expert counts, learned on evidence that stays at the sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from magnet_sklearn.experts import ExpertCombination
from magnet_sklearn.federated._conversation import Conversation, total
from magnet_sklearn.federated._sums import SummedFunction


@dataclass(frozen=True)
class _SummedEvidence:
    """Does for `ExpertCombination` what `PooledEvidence` does for patients at hand.

    What it calls outputs are the parameters themselves.
    """

    n_modalities: int
    n_families: int
    sees_joint: bool
    n_observed: torch.Tensor = torch.zeros(0)

    def outputs(self, parameters):
        return parameters


class _SummedDeviance:
    """Deviance of the patients of all sites, as a function of the parameters."""

    aims_at_quantile = False

    def __init__(self, conversation, request):
        self.conversation, self.request = conversation, request

    def deviance(self, parameters, target, weight):
        return SummedFunction(self._evaluate)(parameters)

    def _evaluate(self, parameters):
        request = {**self.request, "parameters": parameters}
        like = {"deviance": (), "gradient": parameters.shape}
        replies = self.conversation.ask("deviance", request, like)
        return total(replies, "deviance"), total(replies, "gradient")


class _ComparedDeviance(_SummedDeviance):
    """Cox's deviance, for which patients of all sites are compared."""

    def _evaluate(self, parameters):
        request = {**self.request, "parameters": parameters}
        shape = self.conversation.plan["times"].shape
        like = {"at_risk": shape, "deaths": shape, "events": ()}
        replies = self.conversation.ask("evidence_at_risk", request, like)
        deaths = total(replies, "deaths")
        at_risk = np.maximum(total(replies, "at_risk"), 1e-300)
        value = deaths @ np.log(at_risk) - total(replies, "events")
        request["hazard"] = np.r_[0.0, np.cumsum(deaths / at_risk)]
        like = {"gradient": parameters.shape}
        replies = self.conversation.ask("compared_deviance", request, like)
        return value, total(replies, "gradient")


def fit_combination(
    conversation: Conversation, request: dict, baseline: np.ndarray, shape: tuple
) -> ExpertCombination:
    """Learn trust, redundancy and weights of families from sums over sites.

    Parameters
    ----------
    conversation : Conversation
        The sites.
    request : dict
        What sites compute evidence from.
    baseline : ndarray of shape (n_outputs,)
        Outputs without evidence.
    shape : (int, int, bool)
        Number of modalities and of families, and whether there are joint experts.
    """
    combination = ExpertCombination()
    combination.baseline_ = baseline
    pooled = _SummedEvidence(*shape)
    compares_sites = conversation.plan.get("compares_sites", False)
    make = _ComparedDeviance if compares_sites else _SummedDeviance
    loss = make(conversation, {**request, "baseline": baseline})
    nobody = np.zeros(0)
    combination._parameters = combination._solve(pooled, nobody, nobody, loss)
    combination._name_parameters(pooled.n_modalities, pooled.n_families)
    combination.held_out_outputs_ = np.zeros((0, len(baseline)))
    return combination
