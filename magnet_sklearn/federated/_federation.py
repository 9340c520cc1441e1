"""From sites that can be asked to a fitted estimator."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from magnet_sklearn._estimators import BaseMagnet, FittedModel, InputPipeline
from magnet_sklearn._targets import SurvivalTarget, TargetExperts
from magnet_sklearn._training import HoldoutHistory
from magnet_sklearn._utils import spawn_seeds
from magnet_sklearn.data import MultiModalData
from magnet_sklearn.experts import ModalityExperts
from magnet_sklearn.federated._agreement import agreed_blocks, agreed_target
from magnet_sklearn.federated._combination import fit_combination
from magnet_sklearn.federated._configuration import (
    check_same_parameters,
    class_factors,
)
from magnet_sklearn.federated._conversation import (
    Conversation,
    SiteLost,
    Transport,
    total,
)
from magnet_sklearn.federated._experts import PooledExperts, fit_experts
from magnet_sklearn.federated._networks import FederatedNetworks
from magnet_sklearn.federated._site import (
    fitted_inputs,
    fitted_target,
)
from magnet_sklearn.federated._site_networks import network_config
from magnet_sklearn.federated._strategy import ModalityFedAvg

# Times of baseline hazards, denser where times are short.
_N_TIMES = 200


def train_across_sites(
    transport: Transport, estimator: BaseMagnet, strategy: ModalityFedAvg
) -> tuple[BaseMagnet, pd.DataFrame]:
    """Fit an estimator on the patients of all sites; return it and the history.

    A site that is lost begins the training anew with the others.
    """
    seeds = spawn_seeds(estimator.random_state, estimator.ensemble_size + 2)
    conversation = Conversation(transport, strategy.timeout)
    while True:
        _check_enough(conversation, strategy)
        try:
            model = _Federation(conversation, estimator, strategy, seeds).fit()
            break
        except SiteLost:
            continue
    fitted = clone(estimator)
    fitted._model = model
    fitted._publish_features(model.inputs)
    return fitted, conversation.history()


def _check_enough(conversation, strategy):
    if len(conversation.sites) < max(strategy.min_sites, 1):
        raise RuntimeError(
            f"{len(conversation.sites)} site(s) are left, fewer than min_sites="
            f"{strategy.min_sites}. The warnings before this name those that failed."
        )


class _Federation:
    """One training with sites that all stay."""

    def __init__(self, conversation, estimator, strategy, seeds):
        self.conversation: Conversation = conversation
        self.estimator: BaseMagnet = estimator
        self.strategy: ModalityFedAvg = strategy
        self.seeds: list[int] = seeds

    def fit(self) -> FittedModel:
        """Agree, then fit the experts, their combination and the networks."""
        clock = [perf_counter()]
        plan = self._agree()
        inputs = fitted_inputs(self.estimator, plan["blocks"])
        target = fitted_target(self.estimator, plan["target"])
        clock.append(perf_counter())
        nobody = _nobody(inputs)
        experts, pooled = self._fit_experts(target, nobody)
        request = self._fit_combination(experts, pooled, target, plan)
        clock.append(perf_counter())
        ensemble = self._fit_networks(inputs, target, nobody, request, plan)
        clock.append(perf_counter())
        stages = ("preprocessing", "experts", "networks and graph")
        seconds = tuple(zip(stages, np.diff(clock).tolist(), strict=True))
        return FittedModel(
            inputs, inputs, target, experts, ensemble, HoldoutHistory(), seconds
        )

    def _agree(self):
        """Agree on a plan."""
        conversation = self.conversation
        conversation.stage, conversation.round, conversation.plan = "agreement", 0, {}
        request = {"min_patients": self.strategy.min_patients}
        sites = conversation.ask("describe", request, {"n_patients": ()})
        check_same_parameters({site: own["parameters"] for site, own in sites.items()})
        plan: dict[str, Any] = {
            "blocks": agreed_blocks({s: own["blocks"] for s, own in sites.items()}),
            "target": agreed_target({s: own["target"] for s, own in sites.items()}),
            "seeds": self.seeds,
            "min_patients": self.strategy.min_patients,
        }
        if plan["target"]["kind"] == "classes":
            plan["class_factors"] = class_factors(self.estimator, plan["target"])
        else:
            plan["compares_sites"] = len(sites) > 1
            longest = max(own["target"]["longest"] for own in sites.values())
            plan["times"] = longest * np.linspace(0.0, 1.0, _N_TIMES + 1)[1:] ** 2
        if not plan["blocks"]:
            raise ValueError(
                f"No site has a modality of {self.strategy.min_patients} patients. "
                "Lower min_patients of the strategy, or find sites with more."
            )
        conversation.plan = plan
        return plan

    def _fit_experts(self, target, nobody):
        """Fit the experts on all sites."""
        self.conversation.stage = "experts"
        kind = target.evidence()[0]
        experts = TargetExperts(self.estimator.experts, target, self.seeds[0])
        offset = experts.offsets_[0]
        offset.experts_ = None
        unfitted = ModalityExperts(
            self.estimator.experts, evidence=kind, random_state=self.seeds[0]
        )
        if unfitted.estimator is None:
            return experts, PooledExperts(unfitted)
        n_outputs = target.loss.n_outputs
        pooled = fit_experts(self.conversation, nobody, unfitted, n_outputs)
        offset.experts_ = pooled.fitted
        return experts, pooled

    def _fit_combination(self, experts, pooled, target, plan):
        """Weigh the experts; return what sites compute out-of-fold outputs from."""
        self.conversation.stage = "combination"
        offset = experts.offsets_[0]
        n_modalities, n_families, available = 0, 1, np.zeros((1, 0), dtype=bool)
        if offset.experts_ is not None:
            n_modalities = len(offset.experts_.modalities_)
            n_families = len(offset.experts_.families_)
            available = offset.experts_.available_
        baseline = np.zeros(target.loss.n_outputs)
        if "class_factors" in plan:
            weights = plan["class_factors"] * np.array(plan["target"]["counts"])
            baseline = np.log(np.maximum(weights / weights.sum(), 1e-12))
        request = {"of_folds": pooled.of_folds, "available": available}
        shape = n_modalities, n_families, pooled.sees_joint
        combination = fit_combination(self.conversation, request, baseline, shape)
        offset.combination_ = combination
        offset.training_outputs_ = np.zeros((0, len(baseline)))
        offset.held_out_outputs_ = np.zeros((0, len(baseline)))
        own = {"baseline": baseline, "parameters": combination._parameters}
        return {**request, **own}

    def _fit_networks(self, inputs, target, nobody, request, plan):
        """Train the networks, and learn what curves need."""
        config = network_config(self.estimator, inputs, nobody, target.loss)
        seeds = self.seeds[2:] if self.strategy.n_rounds else self.seeds[2:3]
        networks = FederatedNetworks(
            self.conversation,
            self.strategy,
            config,
            seeds,
            request,
            self.estimator.max_epochs,
        )
        weights = networks.train()
        ensemble = networks.ensemble(weights)
        self.conversation.round = 0
        if isinstance(target, SurvivalTarget):
            self._fit_hazard(target, ensemble, {**request, "weights": weights}, plan)
        return ensemble

    def _fit_hazard(self, target, ensemble, request, plan):
        """Breslow's baseline hazard at the times of the plan."""
        self.conversation.stage = "baseline hazard"
        grid = plan["times"]
        request = {**request, "gates": ensemble.gates_, "grid": grid}
        like = {"deaths": grid.shape, "at_risk": grid.shape}
        replies = self.conversation.ask("hazard", request, like)
        target.baseline_.keep(grid, total(replies, "deaths"), total(replies, "at_risk"))


def _nobody(inputs: InputPipeline) -> MultiModalData:
    """Preprocessed blocks of no patients."""
    step = inputs.steps[-1]
    blocks = {}
    for name in step.modalities_:
        shape = inputs.blocks[name].shape
        if len(shape) == 1:
            shape = (len(step.feature_names_out_[name]),)
        blocks[name] = np.zeros((0, *shape))
    mask = np.zeros((0, len(blocks)), dtype=bool)
    return MultiModalData._from_checked(blocks, pd.RangeIndex(0), mask)
