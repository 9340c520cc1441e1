"""Federated training of several sites in one process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter
from typing import Any

import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.federated._client import make_client
from magnet_sklearn.federated._configuration import federated_estimator
from magnet_sklearn.federated._conversation import Transport
from magnet_sklearn.federated._federation import train_across_sites
from magnet_sklearn.federated._strategy import ModalityFedAvg


def simulate(
    sites: Mapping[str, Any] | Iterable[Any],
    estimator: BaseMagnet | None = None,
    *,
    strategy: ModalityFedAvg | None = None,
    mods: Sequence[Any] = (),
) -> tuple[BaseMagnet, pd.DataFrame]:
    """Train across sites within this process.

    The same messages as in a deployment, as bytes, one site after the other; Flower is
    not needed.

    Parameters
    ----------
    sites : list, or dict of str to site
        A site is a pair (X, y) or a client of :func:`make_client`. In a list they are
        called "site 1", "site 2" and so on, unless clients have names.
    estimator : MagnetClassifier or MagnetSurvivalAnalysis, default=None
        What is trained, see :func:`federated_estimator`; None is
        ``MagnetClassifier()``.
    strategy : ModalityFedAvg, default=None
        How; None is ``ModalityFedAvg()``.
    mods : sequence of callable, default=()
        Flower's mods on rounds of training networks, such as ``LocalDpMod``; messages
        then pass through Flower's apps, still in this process.

    Returns
    -------
    estimator : MagnetClassifier or MagnetSurvivalAnalysis
        Fitted; for predictions, contributions, reports and pickles as after `fit`.
    history : DataFrame
        A row per message and site: stage, round, site, questions in the message, bytes
        sent and received, seconds, held-out loss before a round of the networks,
        status ("ok", or what was wrong).

    Raises
    ------
    ValueError
        If sites differ in columns, units, types or labels; names site and column.
    RuntimeError
        If fewer than `min_sites` sites are left.

    Warns
    -----
    UserWarning
        If a site fails, is late or sends what is no answer; names it. Training goes on
        without it.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.federated import ModalityFedAvg, simulate
    >>> rng = np.random.default_rng(0)
    >>> def hospital(*modalities):
    ...     y = np.arange(30) % 2
    ...     X = {name: rng.normal(size=(30, 2)) + y[:, None] for name in modalities}
    ...     return X, y
    >>> sites = {"Oslo": hospital("rna", "mri"), "Bergen": hospital("rna")}
    >>> clf = MagnetClassifier(random_state=0, ensemble_size=1)
    >>> strategy = ModalityFedAvg(n_rounds=0)  # experts only
    >>> clf, history = simulate(sites, clf, strategy=strategy)
    >>> clf.predict_proba({"rna": [[1.0, 1.0]]}).shape
    (1, 2)
    >>> history["stage"].unique().tolist()
    ['agreement', 'experts', 'combination']
    """
    estimator = federated_estimator(estimator)
    strategy = ModalityFedAvg() if strategy is None else strategy
    clients = _clients(sites, estimator)
    transport: Transport = InProcess(clients)
    if mods:
        from magnet_sklearn.federated._flower_grid import in_process_transport

        transport = in_process_transport(clients, mods)
    return train_across_sites(transport, estimator, strategy)


def _clients(sites, estimator):
    """Clients by the names of the sites."""
    named = sites
    if not isinstance(sites, Mapping):
        sites = list(sites)
        given = [getattr(site, "name", None) for site in sites]
        names = [name or f"site {place}" for place, name in enumerate(given, 1)]
        if len(set(names)) < len(names):
            raise ValueError(f"Sites need different names; got {names}.")
        named = dict(zip(names, sites, strict=True))
    if not named:
        raise ValueError("sites is empty. Pass at least one pair (X, y).")
    return {
        str(name): site
        if hasattr(site, "answer")
        else make_client(estimator, *site, name=str(name))
        for name, site in named.items()
    }


class InProcess:
    """Transport to clients in this process.

    Parameters
    ----------
    clients : dict of str to client
        By name.
    """

    keeps_state = True

    def __init__(self, clients: Mapping[str, Any]) -> None:
        self.clients = clients

    def names(self) -> list[str]:
        """Names of the sites."""
        return list(self.clients)

    def deliver(
        self, kind: str, messages: Mapping[str, bytes], timeout: float | None
    ) -> dict[str, bytes | None]:
        """Ask one site after the other; an answer that took too long is not taken."""
        answers: dict[str, bytes | None] = {}
        for name, message in messages.items():
            start = perf_counter()
            try:
                answer = self.clients[name].answer(message)
            except Exception:  # a site that is gone, however
                answer = None
            is_late = timeout is not None and perf_counter() - start > timeout
            answers[name] = None if is_late else answer
        return answers
