"""Apps of Flower for a deployment: one for the sites, one for the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.federated._client import FederatedClient
from magnet_sklearn.federated._configuration import federated_estimator
from magnet_sklearn.federated._federation import train_across_sites
from magnet_sklearn.federated._strategy import ModalityFedAvg


def make_client_app(
    load_client: Callable[[Any], FederatedClient], *, mods: Sequence[Any] = ()
) -> Any:
    """Return the ClientApp of Flower that SuperNodes run.

    Parameters
    ----------
    load_client : callable
        Gets the `Context` of the node, whose ``node_config`` tells it where the data
        are, and returns what :func:`make_client` makes of them. It is called for each
        message, as a node may answer each in a new process.
    mods : sequence of callable, default=()
        Flower's mods on rounds of training networks, such as ``LocalDpMod``.

    Returns
    -------
    app : flwr.clientapp.ClientApp
        Named in the ``pyproject.toml`` of the app.

    Raises
    ------
    ImportError
        Without Flower, which the extra "federated" installs.

    Examples
    --------
    A file ``client_app.py`` of an app of Flower:

    >>> from magnet_sklearn.federated import make_client, make_client_app
    >>> def load_client(context):
    ...     X, y = read_patients(context.node_config["folder"])
    ...     return make_client(estimator, X, y, name=context.node_config["name"])
    >>> app = make_client_app(load_client)  # doctest: +SKIP
    """
    from magnet_sklearn.federated._flower import client_app

    return client_app(load_client, mods)


def make_server_app(
    estimator: BaseMagnet,
    save: Callable[[BaseMagnet, pd.DataFrame], None],
    *,
    strategy: ModalityFedAvg | None = None,
    n_sites: int = 2,
) -> Any:
    """Return the ServerApp of Flower that trains across all nodes.

    Parameters
    ----------
    estimator : MagnetClassifier or MagnetSurvivalAnalysis
        The same as at the sites.
    save : callable
        Gets the fitted estimator and the history, and keeps them.
    strategy : ModalityFedAvg, default=None
        How; None is ``ModalityFedAvg()``.
    n_sites : int, default=2
        Nodes to wait for.

    Returns
    -------
    app : flwr.serverapp.ServerApp
        Named in the ``pyproject.toml`` of the app.

    Raises
    ------
    ImportError
        Without Flower, which the extra "federated" installs.

    Examples
    --------
    A file ``server_app.py`` of an app of Flower:

    >>> import joblib
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.federated import make_server_app
    >>> def save(estimator, history):
    ...     joblib.dump(estimator, "model.joblib")
    >>> app = make_server_app(
    ...     MagnetClassifier(random_state=0), save
    ... )  # doctest: +SKIP
    """
    from magnet_sklearn.federated._flower import server_app

    estimator = federated_estimator(estimator)
    strategy = ModalityFedAvg() if strategy is None else strategy

    def train(transport: Any) -> None:
        save(*train_across_sites(transport, estimator, strategy))

    return server_app(train, n_sites)
