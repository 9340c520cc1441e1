"""What a site does when it is asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length

from magnet_sklearn._estimators import BaseMagnet, MagnetSurvivalAnalysis
from magnet_sklearn._targets import ClassTarget, SurvivalTarget
from magnet_sklearn.data import (
    ModalitySchema,
    as_pandas,
    check_multimodal,
    check_same_patients,
)
from magnet_sklearn.federated import _site_evidence as evidence
from magnet_sklearn.federated import _site_networks as networks
from magnet_sklearn.federated import _site_sums as sums
from magnet_sklearn.federated import _site_times as times
from magnet_sklearn.federated._configuration import (
    described_parameters,
    federated_estimator,
)
from magnet_sklearn.federated._description import describe_blocks
from magnet_sklearn.federated._messages import pack, unpack
from magnet_sklearn.federated._site import Site

_STEPS = {
    "count": sums.count,
    "scatter": sums.scatter,
    "score": sums.score,
    "logistic": sums.logistic,
    "held_out_logistic": sums.held_out_logistic,
    "cox": sums.cox,
    "held_out_cox": sums.held_out_cox,
    "at_risk": times.at_risk,
    "compared_cox": times.compared_cox,
    "deviance": evidence.deviance,
    "evidence_at_risk": evidence.evidence_at_risk,
    "compared_deviance": evidence.compared_deviance,
    "train": networks.train,
    "evaluate": networks.evaluate,
    "gates": networks.gates,
    "hazard": networks.hazard,
}
_LOG = logging.getLogger(__name__)


class FederatedClient:
    """A site: answers questions about its patients by sums over them.

    Made by :func:`make_client`. Patients stay in this object: an answer holds counts,
    sums and weights of networks.

    Parameters
    ----------
    estimator : MagnetClassifier or MagnetSurvivalAnalysis
        As `federated_estimator` returns it.
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients.
    y : ndarray of n_patients rows
        Checked target.
    name : str or None
        Of the site, for messages.
    units : dict of str to dict
        Units of columns.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.federated import make_client
    >>> X, y = {"rna": np.eye(20)[:, :3]}, np.arange(20) % 2
    >>> make_client(MagnetClassifier(random_state=0), X, y, name="Oslo")
    FederatedClient('Oslo', n_patients=20)
    """

    def __init__(self, estimator, X, y, name, units):
        self.estimator, self.X, self.y = estimator, X, y
        self.name, self.units = name, units
        self._site: tuple[bytes, Site] | None = None

    def answer(self, message: bytes) -> bytes:
        """Answer a message.

        Parameters
        ----------
        message : bytes
            What to do.

        Returns
        -------
        answer : bytes
            Sums over patients, or why there are none; without values of patients, also
            in the text of an error, whose details only this site's log has.
        """
        step = "reading the message"
        try:
            asked = unpack(message)
            replies = []
            for call in asked["calls"]:
                step = str(call["step"])
                replies.append(self._do(asked["plan"], step, call["request"]))
            return pack({"replies": replies})
        except Exception as error:  # whatever it is, the server is to hear of it
            _LOG.exception("Site %s failed in step %r.", self.name, step)
            return pack({"error": f"{type(error).__name__} in step {step!r}"})

    def app(self, mods=()):
        """Return a ClientApp of Flower that answers for this site.

        Parameters
        ----------
        mods : sequence of callable, default=()
            Flower's mods, such as `LocalDpMod`, on rounds of training networks.

        Returns
        -------
        app : flwr.clientapp.ClientApp
            Run by a SuperNode.
        """
        from magnet_sklearn.federated._flower import client_app

        return client_app(lambda context: self, mods)

    def _do(self, plan, step, request):
        if step == "name":
            return {"name": self.name}
        if step == "describe":
            return self._describe(request["min_patients"])
        return _STEPS[step](self._prepared(plan), request)

    def _prepared(self, plan):
        """Patients under a plan, made once."""
        key = blake2b(pack(plan)).digest()
        if self._site is None or self._site[0] != key:
            self._site = key, Site(self.estimator, self.X, self.y, plan)
        return self._site[1]

    def _describe(self, min_patients):
        """Say what the site has."""
        return {
            "parameters": described_parameters(self.estimator),
            "blocks": describe_blocks(self.X, self.units, min_patients),
            "target": self._describe_target(),
            "n_patients": len(self.X),
            "name": self.name,
        }

    def _describe_target(self):
        if isinstance(self.estimator, MagnetSurvivalAnalysis):
            longest = float(f"{self.y[:, 1].max():.1e}")
            return {"kind": "survival", "longest": longest}
        classes, counts = np.unique(self.y, return_counts=True)
        kind = "text" if classes.dtype.kind in "OUS" else "number"
        known = {"kind": "classes", "type": kind, "classes": classes.tolist()}
        return {**known, "counts": counts.tolist()}

    def __repr__(self):
        return f"FederatedClient({self.name!r}, n_patients={len(self.X)})"


def make_client(
    estimator: BaseMagnet,
    X: Any,
    y: Any,
    *,
    name: str | None = None,
    units: Mapping[str, Mapping[Any, str]] | None = None,
) -> FederatedClient:
    """Make the client of one site: who answers, and never shows a patient.

    Parameters
    ----------
    estimator : MagnetClassifier or MagnetSurvivalAnalysis
        The same at all sites; see :func:`federated_estimator`.
    X : multimodal data of shape (n_patients, n_modalities)
        Patients of this site, as in `fit`. Modalities and, in frames, columns that
        other sites have may be absent.
    y : array-like of n_patients rows
        Their classes or survival times, as in `fit`.
    name : str, default=None
        Of the site.
    units : dict of str to dict of column to str, default=None
        Units of columns by modality, such as ``{"labs": {"glucose": "mmol/L"}}``. Where
        two sites give units of a column, they have to be the same.

    Returns
    -------
    client : FederatedClient
        Its `answer` is what travels; its `app()` is Flower's.

    Raises
    ------
    TypeError, ValueError
        If X or y cannot be learned from, or the estimator not trained across sites.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.federated import make_client
    >>> X, y = {"rna": np.eye(20)[:, :3]}, np.arange(20) % 2
    >>> make_client(MagnetClassifier(random_state=0), X, y).name is None
    True
    """
    estimator = federated_estimator(estimator)
    X = check_multimodal(as_pandas(X), modalities=estimator.modalities)
    ModalitySchema.from_data(X, learns_columns=True)
    check_same_patients(X, {"y": y})
    if isinstance(estimator, MagnetSurvivalAnalysis):
        y = SurvivalTarget(cause=estimator.cause).check(as_pandas(y))
    else:
        y = np.asarray(ClassTarget().check(as_pandas(y)))
    check_consistent_length(X, y)
    units = {modality: dict(own) for modality, own in (units or {}).items()}
    return FederatedClient(estimator, X, y, name, units)
