"""SyntheticCohort: what all generators do once they know how factors are drawn."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.datasets._missing_blocks import missing_blocks
from magnet_sklearn.datasets._planted import PlantedModules

_STRETCH = 0.3  # of the logarithm of scales, per unit of the site effect


class SyntheticCohort:
    """Blocks, sites and missing blocks of a synthetic cohort.

    Parameters
    ----------
    planted : PlantedModules
        Where the signal is.
    factors : ndarray of shape (n_patients, n_informative_modules)
        Factors of the informative modules.
    n_sites : int
        Number of sites; patients are spread over them at random.
    site_effect : float
        Standard deviation of the shifts of features between sites.
    rng : Generator
        Source of chance.
    """

    def __init__(
        self,
        planted: PlantedModules,
        factors: np.ndarray,
        n_sites: int,
        site_effect: float,
        rng: np.random.Generator,
    ) -> None:
        self.planted = planted
        self.sites = rng.integers(n_sites, size=len(factors))
        self._clean = planted.features(factors, rng)
        self._measured = {
            name: _measured(block, self.sites, n_sites, site_effect, rng)
            for name, block in self._clean.items()
        }

    def drop(
        self,
        missing: float | Mapping[str, float],
        mechanism: str,
        severity: np.ndarray,
        rng: np.random.Generator,
    ) -> None:
        """Draw missing blocks and make them NaN."""
        names = list(self._clean)
        lost = missing_blocks(missing, mechanism, names, self.sites, severity, rng)
        for name, rows in zip(names, lost.T, strict=True):
            self._clean[name][rows] = self._measured[name][rows] = np.nan

    def module_means(self) -> np.ndarray:
        """Means of informative modules before site effects, NaN where missing."""
        return self.planted.means(self._clean)

    def bunch(self, target: Any, optimal_prediction: np.ndarray) -> Bunch:
        """Gather data, target and everything that was planted."""
        names = self.planted.names()
        informative = {name: names[name] for name in self.planted.informative}
        features: dict[str, list[str]] = {}
        for name, members in informative.items():
            features.setdefault(self.planted.modules[name].modality, []).extend(members)
        return Bunch(
            data=MultiModalData(self.planted.frames(self._measured)),
            target=target,
            sites=pd.Series([f"site_{s}" for s in self.sites], name="site"),
            modules=names,
            informative_modules=list(informative),
            informative_features=features,
            informative_modalities=list(features),
            optimal_prediction=optimal_prediction,
        )


def _measured(block, sites, n_sites, site_effect, rng):
    """Block as its sites measure it: shifted and stretched feature by feature."""
    shift = site_effect * rng.normal(size=(n_sites, block.shape[1]))
    stretch = np.exp(_STRETCH * site_effect * rng.normal(size=shift.shape))
    return block * stretch[sites] + shift[sites]
