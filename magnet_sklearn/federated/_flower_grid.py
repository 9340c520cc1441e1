"""A Grid of Flower whose nodes are apps in this process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from magnet_sklearn.federated._flower import FlowerTransport, flower

_app = flower("flwr.app")
_Grid: Any = flower("flwr.serverapp").Grid
_RUN = 1


class InProcessGrid(_Grid):
    """Apps that answer one after the other.

    Parameters
    ----------
    apps : dict of int to ClientApp or None
        By node.
    """

    def __init__(self, apps: Mapping[int, Any]) -> None:
        _become_a_task()
        self.apps = apps
        self._replies: dict[str, Any] = {}

    def set_run(self, run: Any) -> None:
        """Take the run."""
        self._run = run

    @property
    def run(self) -> Any:
        """The run."""
        return self._run

    def create_message(self, content, message_type, dst_node_id, group_id, ttl=None):
        """Return a message to a node."""
        return _app.Message(
            content=content,
            message_type=message_type,
            dst_node_id=dst_node_id,
            group_id=group_id,
            ttl=ttl,
        )

    def get_node_ids(self) -> Iterable[int]:
        """Return the nodes."""
        return list(self.apps)

    def push_messages(self, messages: Iterable[Any]) -> Iterable[str]:
        """Let apps answer; they share no objects with the server."""
        pushed = []
        for message in messages:
            node = message.metadata.dst_node_id
            context = _app.Context(_RUN, node, {}, _app.RecordDict(), {})
            number = str(len(self._replies))
            self._replies[number] = self.apps[node](deepcopy(message), context)
            pushed.append(number)
        return pushed

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Any]:
        """Return answers."""
        return [self._replies.pop(number) for number in message_ids]

    def send_and_receive(self, messages, *, timeout=None):
        """Send messages and return the answers."""
        return self.pull_messages(self.push_messages(messages))


def _become_a_task():
    """Let messages be made in a process that no SuperLink has started."""
    from flwr.supercore.task_identity import TaskIdentity

    for name, value in (("task_id", 1), ("run_id", _RUN), ("node_id", 0)):
        try:
            getattr(TaskIdentity, name)
        except RuntimeError:  # nobody has set it
            setattr(TaskIdentity, name, value)


def in_process_transport(clients: Mapping[str, Any], mods: Sequence[Any]) -> Any:
    """Return a transport to clients through apps of Flower, each with mods."""
    apps = {node: client.app(mods) for node, client in enumerate(clients.values(), 1)}
    return FlowerTransport(InProcessGrid(apps))
