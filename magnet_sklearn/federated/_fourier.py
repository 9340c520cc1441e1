"""Kernel experts whose features need no patients: random Fourier features."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from magnet_sklearn.experts import Features, KernelFamily

# Brings the features to the scale of standardised ones, as those of landmarks are.
_SCALE = 3.0


class FourierFamily(KernelFamily):
    r"""The linear family on random Fourier features of a Gaussian kernel.

    With :math:`\omega_d \sim N(0, 2 \gamma I)` and :math:`\beta_d \sim U(0, 2 \pi)` the
    products of the features :math:`\sqrt{2 / D} \cos(\omega_d^T x + \beta_d)`
    approximate :math:`\exp(-\gamma \lVert x - y \rVert^2)` [1]_, with :math:`\gamma`
    one half over the number of columns, as in the family "kernel". That one compares
    patients with landmarks, which are training patients; these features depend on a
    seed only, so that sites that share it can train together without showing patients.

    Parameters
    ----------
    n_components : int, default=300
        Number of features :math:`D`.

    References
    ----------
    .. [1] A. Rahimi, B. Recht, "Random features for large-scale kernel machines", NIPS
       2007.

    Examples
    --------
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.federated import FourierFamily
    >>> MagnetClassifier(experts=["linear", FourierFamily(n_components=100)])
    MagnetClassifier(experts=['linear', FourierFamily(n_components=100)])
    """

    name = "fourier"
    in_auto: ClassVar[tuple[str, ...]] = ()

    def __init__(self, n_components=300):
        self.n_components = n_components

    def features(self, view, random_state):
        """Draw the features of a view, see `Family.features`.

        Parameters
        ----------
        view : View
            Only its number of columns is used.
        random_state : int or None
            Seed.

        Returns
        -------
        features : Features
            The same for the same seed and number of columns.
        """
        return FourierFeatures(view.width, self.n_components, random_state)


class FourierFeatures(Features):
    """Random Fourier features of patients."""

    are_columns = False

    def __init__(self, width: int, n_components: int, random_state: int | None):
        rng = np.random.RandomState(random_state)
        # twice gamma, which is one half over the number of columns
        self.frequencies = rng.normal(size=(width, n_components)) / np.sqrt(width)
        self.phases = rng.uniform(0.0, 2.0 * np.pi, n_components)

    def transform(self, view):
        """Return features of shape (n_patients, n_components)."""
        scale = _SCALE * np.sqrt(2.0 / len(self.phases))
        return scale * np.cos(view.table @ self.frequencies + self.phases)
