"""Rounds of training the networks of all sites."""

from __future__ import annotations

from math import ceil

import numpy as np

from magnet_sklearn._training import (
    EnsembleConfig,
    NetworkEnsemble,
    fit_gates,
    initial_member,
    ready_member,
    weights_of,
)
from magnet_sklearn.federated._conversation import SiteLost, total
from magnet_sklearn.federated._sums import SummedFunction

Weights = dict[str, dict[str, np.ndarray]]


class FederatedNetworks:
    """Networks that sites train in turn with what the server averages.

    Parameters
    ----------
    conversation : Conversation
        The sites.
    strategy : ModalityFedAvg
        How.
    config : EnsembleConfig
        What all members share.
    seeds : list of int
        Of the members.
    request : dict
        What sites compute the offsets of the networks from.
    max_epochs : int
        Epochs of all rounds.
    """

    def __init__(self, conversation, strategy, config, seeds, request, max_epochs):
        self.conversation, self.strategy = conversation, strategy
        self.config: EnsembleConfig = config
        self.seeds, self.request = seeds, request
        self.epochs = strategy.local_epochs
        if self.epochs is None:
            self.epochs = ceil(max_epochs / max(strategy.n_rounds, 1))
        self.modalities = list(config.architecture.shapes)

    def train(self) -> Weights:
        """Train for all rounds; return the weights of the least held-out loss."""
        weights = {
            str(number): weights_of(initial_member(self.config, seed))
            for number, seed in enumerate(self.seeds)
        }
        tried: list[tuple[float, Weights]] = []
        for number in range(1, self.strategy.n_rounds + 1):
            self.conversation.round = number
            weights, loss = self._round(number, weights)
            if number > 1:
                tried[-1] = loss, tried[-1][1]
            tried.append((np.inf, weights))
        if len(tried) > 1:
            self.conversation.stage = "evaluation"
            request = {**self.request, "weights": _sent(weights)}
            replies = self.conversation.ask("evaluate", request, {"loss": ()})
            tried[-1] = total(replies, "loss"), weights
        return min(tried, key=lambda pair: pair[0])[1] if tried else weights

    def _round(self, number, weights):
        """Return the average of a round, and the held-out loss before it."""
        conversation = self.conversation
        conversation.stage = "networks"
        shapes = {m: {n: w.shape for n, w in own.items()} for m, own in weights.items()}
        counts = dict.fromkeys(weights, ())
        of_each = dict.fromkeys(weights, (len(self.modalities),))
        like = {"weights": shapes, "n_patients": counts, "n_observed": of_each}
        request = {
            **self.request,
            "weights": _sent(weights),
            "round": number,
            "epochs": self.epochs,
            "proximal_mu": float(self._proximal_mu()),
        }
        replies = conversation.ask(
            "train", request, {**like, "loss": ()}, optional=True
        )
        if not replies:
            raise SiteLost
        losses = {site: reply["loss"] for site, reply in replies.items()}
        conversation.note_losses(losses)
        return self._average(number, replies, weights), sum(losses.values())

    def _proximal_mu(self):
        own = getattr(self.strategy.aggregator, "proximal_mu", 0.0)
        return self.strategy.proximal_mu or own

    def _average(self, number, replies, weights):
        if self.strategy.aggregator is None:
            return self.strategy.average(replies, weights, self.modalities)
        from magnet_sklearn.federated._flower import aggregate

        return aggregate(self.strategy.aggregator, number, replies, weights)

    def ensemble(self, weights: Weights) -> NetworkEnsemble:
        """Return the trained members with gates by held-out patients of all sites."""
        ensemble = NetworkEnsemble(self.config)
        ensemble.nets_ = [
            ready_member(self.config, seed, own)
            for seed, own in zip(self.seeds, weights.values(), strict=True)
        ]
        ensemble.n_members = len(ensemble.nets_)
        ensemble.graph_ = ensemble.graph_summary_ = ensemble._inference = None
        ensemble.reference_states_ = []
        ensemble.held_out_ = np.zeros((0, self.config.loss.n_outputs))
        ensemble.gates_, ensemble.gain_ = np.zeros(1), np.full((1, 2), np.nan)
        if self.strategy.n_rounds:
            self._set_gates(ensemble, weights)
        return ensemble

    def _set_gates(self, ensemble, weights):
        """Open the branch as far as it helps held-out patients."""
        self.conversation.stage = "gates"
        request = {**self.request, "weights": weights}
        n_members = len(weights)
        like = {"deviance": (n_members,), "gradient": (1,), "n_held_out": ()}

        def ask(gates):
            return self.conversation.ask("gates", {**request, "gates": gates}, like)

        def evaluate(gates):
            replies = ask(gates)
            return total(replies, "deviance").sum(), total(replies, "gradient")

        closed = ask(np.zeros(1))
        if not total(closed, "n_held_out"):
            ensemble.gates_ = np.full(
                1, 1.0 if self.config.gate is None else self.config.gate
            )
            return
        if self.config.gate is None:
            ensemble.gates_ = fit_gates(SummedFunction(evaluate), 1)
        else:
            ensemble.gates_ = np.full(1, self.config.gate)
        added = total(closed, "deviance") - total(ask(ensemble.gates_), "deviance")
        spread = np.std(added, ddof=1) if n_members > 1 else np.nan
        ensemble.gain_ = np.array([[added.sum(), spread * np.sqrt(n_members)]])


def _sent(weights: Weights) -> Weights:
    """Weights as they are trained, in single precision."""
    return {
        member: {
            name: value.astype(np.float32) if value.dtype == np.float64 else value
            for name, value in own.items()
        }
        for member, own in weights.items()
    }
