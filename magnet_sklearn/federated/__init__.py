"""Training across sites whose patients stay where they are."""

from magnet_sklearn.federated._apps import make_client_app, make_server_app
from magnet_sklearn.federated._client import FederatedClient, make_client
from magnet_sklearn.federated._configuration import federated_estimator
from magnet_sklearn.federated._fourier import FourierFamily
from magnet_sklearn.federated._privacy import gaussian_epsilon
from magnet_sklearn.federated._simulate import simulate
from magnet_sklearn.federated._strategy import ModalityFedAvg

__all__ = [
    "FederatedClient",
    "FourierFamily",
    "ModalityFedAvg",
    "federated_estimator",
    "gaussian_epsilon",
    "make_client",
    "make_client_app",
    "make_server_app",
    "simulate",
]
