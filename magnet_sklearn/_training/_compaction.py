"""What is kept of networks of which predictions only are wanted."""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import dataclass, fields
from typing import Any, NoReturn

import numpy as np
from sklearn.exceptions import NotFittedError

from magnet_sklearn._training._ensemble import NetworkEnsemble


@dataclass(frozen=True, eq=False)
class ClosedEnsemble:
    """What predictions need of networks whose gates are closed; not the networks.

    Parameters
    ----------
    gates_ : ndarray of shape (n_branches,) or (n_branches, n_tasks)
        All 0.
    gain_ : ndarray of shape (n_tasks, 2)
        As in `NetworkEnsemble`.
    branch_names : list of str
        As in `NetworkEnsemble`.
    n_members : int
        Networks there were.
    graph_summary_ : dict or None
        Of the patient graph there was.
    """

    gates_: np.ndarray
    gain_: np.ndarray
    branch_names: list[str]
    n_members: int
    graph_summary_: dict[str, Any] | None

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what copying and pickling look for
            raise AttributeError(name)
        raise NotFittedError(
            "compact() has given up the networks, whose gates are closed, and the "
            "patient graph, and with them transform, attention_weights, "
            "feature_attention, nets_ and export_onnx. Use the estimator that "
            "compact() was called on, or fit again."
        )


def compact_ensemble(
    ensemble: NetworkEnsemble | ClosedEnsemble,
) -> NetworkEnsemble | ClosedEnsemble:
    """Return what predictions need, of which no training can go on.

    Parameters
    ----------
    ensemble : NetworkEnsemble or ClosedEnsemble
        Trained; stays as it is.
    """
    if isinstance(ensemble, ClosedEnsemble):
        return ensemble
    if not ensemble.gates_.any():
        names = [field.name for field in fields(ClosedEnsemble)]
        return ClosedEnsemble(*(getattr(ensemble, name) for name in names))
    compact = copy(ensemble)
    compact.pretrained = ()
    compact.nets_ = deepcopy(ensemble.nets_)
    for net in compact.nets_:
        net.forget_training(keeps_optimizer=False)
    compact.graph_ = ensemble.inference_graph
    if compact.graph_ is None:
        compact.reference_states_ = []
    compact._inference = None
    return compact
