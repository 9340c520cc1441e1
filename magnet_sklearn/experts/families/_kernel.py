"""Ridge regression on radial basis functions."""

from typing import ClassVar

import numpy as np

from magnet_sklearn.experts._landmarks import Landmarks
from magnet_sklearn.experts._ridge import RidgeCV
from magnet_sklearn.experts._ridge_cox import RidgeCox
from magnet_sklearn.experts._ridge_logistic import RidgeLogisticCV
from magnet_sklearn.experts.families._family import Features, TunedFamily

# Brings the features of the kernel to the scale of standardised ones.
_KERNEL_SCALE = 3.0


class KernelFamily(TunedFamily):
    """The linear family on radial basis functions."""

    name = "kernel"
    in_auto: ClassVar[tuple[str, ...]] = ("classes", "numbers", "survival")

    def expert(self, kind, random_state):
        experts = {
            "classes": RidgeLogisticCV(Cs=(1e-2, 1e-1, 1.0, 10.0, 100.0)),
            "numbers": RidgeCV(penalties=(1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5)),
            "survival": RidgeCox(penalties=(1.0, 0.1, 1e-2, 1e-3)),
        }
        return experts.get(kind)

    def features(self, view, random_state):
        if view.views.landmarks is None:
            view.views.landmarks = Landmarks(view.views, random_state)
        return RadialBasis(view)


class RadialBasis(Features):
    """Gaussian similarities to landmarks.

    Experts learn from features whose products are the similarities (C. Williams, M.
    Seeger, NIPS 2000); fitted ones take the similarities themselves.
    """

    are_columns = False

    def __init__(self, view):
        # exp(-1) at the typical squared distance of standardised patients
        self.gamma = 0.5 / view.width
        self.n_landmarks, self.places = view.views.landmarks.of_view(view)

    def of_training(self, view):
        similarity = self.transform(view)
        between = similarity[view.views.landmarks.rows(view)]
        left, scale, right = np.linalg.svd((between + between.T) / 2)
        root = (left / np.sqrt(np.maximum(scale, 1e-12))) @ right
        self._normalization = _KERNEL_SCALE * root
        return similarity @ self._normalization.T

    def finish(self, expert, view):
        expert.coef_ = expert.coef_ @ self._normalization
        del self._normalization

    def transform(self, view):
        views = view.views
        squared = np.zeros((len(view), self.n_landmarks))
        for modality, columns, landmarks in self.places:
            rows = view.places(modality)
            squares, products = views.to_landmarks(modality)
            squared[rows] += squares[:, None]
            squared[:, columns] += views.landmarks.squares[modality][landmarks]
            squared[np.ix_(rows, columns)] -= 2.0 * products[:, landmarks]
        return np.exp(-self.gamma * np.maximum(squared, 0.0))

    def landmarks_of(self, view):
        """Return the landmarks, of shape (n_landmarks, n_columns of the view)."""
        tables = view.views.landmarks.tables
        widths = [tables[modality].shape[1] for modality in view.modalities]
        table, start = np.zeros((self.n_landmarks, sum(widths))), 0
        for (modality, rows, landmarks), width in zip(self.places, widths, strict=True):
            table[rows, start : start + width] = tables[modality][landmarks]
            start += width
        return table
