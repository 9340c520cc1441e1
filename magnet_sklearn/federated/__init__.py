"""Training across sites whose patients stay where they are."""

from magnet_sklearn.federated._client import FederatedClient, make_client
from magnet_sklearn.federated._configuration import federated_estimator
from magnet_sklearn.federated._fourier import FourierFamily
from magnet_sklearn.federated._simulate import simulate
from magnet_sklearn.federated._strategy import ModalityFedAvg

__all__ = [
    "FederatedClient",
    "FourierFamily",
    "ModalityFedAvg",
    "federated_estimator",
    "make_client",
    "simulate",
]
