"""The same messages through Flower: apps, and a transport over its Grid."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import sleep
from typing import Any

import numpy as np

from magnet_sklearn._utils import import_optional
from magnet_sklearn.federated._messages import pack, unpack

_RECORD = "message"
_ARRAYS = "arrays"


def flower(module: str) -> Any:
    """Import a module of Flower; its telemetry is off unless it was turned on."""
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")  # read at import
    return import_optional(module, extra="federated")


def client_app(factory: Callable[[Any], Any], mods: Sequence[Any] = ()) -> Any:
    """Return a ClientApp whose sites answer; mods see rounds of training only."""
    app = flower("flwr.clientapp").ClientApp()

    @app.query()
    def query(message: Any, context: Any) -> Any:
        answer = factory(context).answer(message.content[_RECORD]["bytes"])
        return _reply(message, answer, None)

    @app.train(mods=list(mods))
    def train(message: Any, context: Any) -> Any:
        asked = unpack(message.content[_RECORD]["bytes"])
        call = asked["calls"][0]
        call["request"]["weights"] = nested(message.content[_ARRAYS])
        answer = unpack(factory(context).answer(pack(asked)))
        weights = None
        if "replies" in answer:
            weights = answer["replies"][0].pop("weights")
        return _reply(message, pack(answer), weights)

    return app


def server_app(train: Callable[[Any], None], n_sites: int) -> Any:
    """Return a ServerApp that trains once enough nodes have come."""
    app = flower("flwr.serverapp").ServerApp()

    @app.main()
    def main(grid: Any, context: Any) -> None:
        while len(list(grid.get_node_ids())) < n_sites:
            sleep(1.0)
        train(FlowerTransport(grid))

    return app


def _reply(message, answer, weights):
    app = flower("flwr.app")
    content = {_RECORD: app.ConfigRecord({"bytes": answer})}
    if weights is not None:
        content[_ARRAYS] = flat(weights)
    return app.Message(content=app.RecordDict(content), reply_to=message)


def flat(weights: Mapping[str, Mapping[str, np.ndarray]]) -> Any:
    """Return weights of all members as one ArrayRecord."""
    app = flower("flwr.app")
    return app.ArrayRecord(
        {
            f"{member}/{name}": app.Array(np.asarray(values))
            for member, own in weights.items()
            for name, values in own.items()
        }
    )


def nested(record: Mapping[str, Any]) -> dict[str, dict[str, np.ndarray]]:
    """Return weights of each member from an ArrayRecord."""
    weights: dict[str, dict[str, np.ndarray]] = {}
    for key, array in record.items():
        member, name = key.split("/", 1)
        weights.setdefault(member, {})[name] = array.numpy()
    return weights


class FlowerTransport:
    """Transport over a Grid of Flower, whose nodes are called as the sites call them.

    Parameters
    ----------
    grid : flwr.serverapp.Grid
        Connects to the nodes.
    """

    # a node may answer each message in a new process
    keeps_state = False

    def __init__(self, grid: Any) -> None:
        self.grid = grid
        self._nodes = {str(node): node for node in grid.get_node_ids()}
        hello = pack({"plan": None, "calls": [{"step": "name", "request": {}}]})
        answers = self.deliver("query", dict.fromkeys(self._nodes, hello), None)
        names = {node: _name_in(answer, node) for node, answer in answers.items()}
        if len(set(names.values())) < len(names):
            raise ValueError(f"Sites need different names; got {[*names.values()]}.")
        self._nodes = {names[node]: own for node, own in self._nodes.items()}

    def names(self) -> list[str]:
        """Names of the sites, sorted."""
        return sorted(self._nodes)

    def deliver(
        self, kind: str, messages: Mapping[str, bytes], timeout: float | None
    ) -> dict[str, bytes | None]:
        """Send all messages, and take the answers that come in time."""
        app = flower("flwr.app")
        made = [self._message(app, kind, *item) for item in messages.items()]
        names = {node: name for name, node in self._nodes.items()}
        answers: dict[str, bytes | None] = dict.fromkeys(messages)
        for reply in self.grid.send_and_receive(made, timeout=timeout):
            if not reply.has_error():
                name = names[reply.metadata.src_node_id]
                answers[name] = _answer(reply.content)
        return answers

    def _message(self, app, kind, name, message):
        content = {}
        if kind == "train":
            asked = unpack(message)
            content[_ARRAYS] = flat(asked["calls"][0]["request"].pop("weights"))
            message = pack(asked)
        content[_RECORD] = app.ConfigRecord({"bytes": message})
        return app.Message(
            content=app.RecordDict(content),
            message_type=kind,
            dst_node_id=self._nodes[name],
        )


def _answer(content):
    """Return the answer of a site, with its weights where there are some."""
    answer = content[_RECORD]["bytes"]
    if _ARRAYS not in content:
        return answer
    answer = unpack(answer)
    answer["replies"][0]["weights"] = nested(content[_ARRAYS])
    return pack(answer)


def _name_in(answer, node):
    """Return the name that a site gives itself, or its node."""
    try:
        return unpack(answer)["replies"][0]["name"] or node
    except (TypeError, ValueError, KeyError):
        return node


def aggregate(
    strategy: Any,
    number: int,
    replies: Mapping[str, Any],
    weights: Mapping[str, Mapping[str, np.ndarray]],
) -> dict[str, dict[str, np.ndarray]]:
    """Average the networks of one round by a strategy of Flower."""
    from magnet_sklearn.federated._flower_grid import InProcessGrid

    app = flower("flwr.app")
    grid = InProcessGrid(dict.fromkeys(range(1, _fewest(strategy, replies) + 1)))
    asked = strategy.configure_train(number, flat(weights), app.ConfigRecord(), grid)
    messages = []
    for message, reply in zip(asked, replies.values(), strict=False):
        n_patients = sum(reply["n_patients"].values())
        content = {
            strategy.arrayrecord_key: flat(reply["weights"]),
            "metrics": app.MetricRecord({strategy.weighted_by_key: n_patients}),
        }
        messages.append(app.Message(content=app.RecordDict(content), reply_to=message))
    arrays, _ = strategy.aggregate_train(number, messages)
    return nested(arrays)


def _fewest(strategy: Any, replies: Iterable[Any]) -> int:
    """How many nodes a strategy waits for."""
    wanted = (strategy.min_available_nodes, strategy.min_train_nodes)
    return max(len(list(replies)), *wanted)
