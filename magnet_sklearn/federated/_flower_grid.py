"""Nodes of Flower in this process, in place of a SuperLink."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from magnet_sklearn.federated._flower import FlowerTransport, flower

_RUN = 1


class InProcessGrid:
    """Apps that answer one after the other: what strategies need of Flower's Grid.

    Parameters
    ----------
    apps : dict of int to ClientApp or None
        By node.
    """

    def __init__(self, apps: Mapping[int, Any]) -> None:
        _become_a_task()
        self.apps = apps

    def get_node_ids(self) -> Iterable[int]:
        """Return the nodes."""
        return list(self.apps)

    def send_and_receive(
        self, messages: Iterable[Any], *, timeout: float | None = None
    ) -> Iterable[Any]:
        """Let apps answer; they share no objects with the server."""
        app = flower("flwr.app")
        answers = []
        for message in messages:
            node = message.metadata.dst_node_id
            context = app.Context(_RUN, node, {}, app.RecordDict(), {})
            answers.append(self.apps[node](deepcopy(message), context))
        return answers


def _become_a_task():
    """Let messages be made in a process that no SuperLink has started."""
    identity = flower("flwr.supercore.task_identity").TaskIdentity
    for name, value in (("task_id", 1), ("run_id", _RUN), ("node_id", 0)):
        try:
            getattr(identity, name)
        except RuntimeError:  # nobody has set it
            setattr(identity, name, value)


def in_process_transport(clients: Mapping[str, Any], mods: Sequence[Any]) -> Any:
    """Return a transport to clients through apps of Flower, each with mods."""
    named = enumerate(clients.values(), 1)
    return FlowerTransport(InProcessGrid({node: c.app(mods) for node, c in named}))
