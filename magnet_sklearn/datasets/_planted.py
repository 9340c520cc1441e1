"""PlantedModules: modalities with groups of features that share a factor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import did_you_mean, quoted

_MODALITIES = ("rna", "mirna", "protein")


@dataclass(frozen=True)
class Module:
    """Features of one modality that share a factor.

    Parameters
    ----------
    modality : str
        Where the features are.
    columns : int ndarray of shape (n_members,)
        Their positions.
    informative : bool
        Whether the target depends on the factor.
    """

    modality: str
    columns: np.ndarray
    informative: bool


class PlantedModules:
    """Where the signal is, and the features that carry it.

    Every modality has `n_modules` groups of features that the target depends on, as
    many of the same sizes that it does not depend on, as far as there are features,
    and features that depend on nothing. A feature of a group is ``sqrt(r) f +
    sqrt(1 - r) e``: r is the correlation, f the factor, e noise, all of variance 1.

    Parameters
    ----------
    n_features, n_informative : int or mapping of str to int
        Features of each modality, and how many of them the target depends on.
    n_modules : int
        Groups that the informative features of a modality form.
    correlation : float
        Of two features of one group.
    rng : Generator
        Source of chance.
    """

    def __init__(
        self,
        n_features: int | Mapping[str, int],
        n_informative: int | Mapping[str, int],
        n_modules: int,
        correlation: float,
        rng: np.random.Generator,
    ) -> None:
        if not isinstance(n_features, Mapping):
            n_features = dict.fromkeys(_MODALITIES, n_features)
        self.n_features = dict(n_features)
        self.correlation = correlation
        self.modules: dict[str, Module] = {}
        for modality, informative in self._informative(n_informative).items():
            order = rng.permutation(self.n_features[modality])
            sizes = [len(p) for p in np.array_split(range(informative), n_modules)]
            sizes = [size for size in sizes if size]
            for number, size in enumerate([*sizes, *sizes]):
                columns, order = np.sort(order[:size]), order[size:]
                if len(columns) == size:
                    self.modules[f"{modality}_module_{number}"] = Module(
                        modality, columns, number < len(sizes)
                    )
        if not self.informative:
            raise ValueError(
                "n_informative is 0 for every modality, so nothing can be learned. "
                "Give one of them informative features."
            )

    @property
    def informative(self) -> list[str]:
        """Names of the modules that the target depends on."""
        return [name for name, module in self.modules.items() if module.informative]

    def features(
        self, factors: np.ndarray, rng: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Draw all blocks.

        Parameters
        ----------
        factors : ndarray of shape (n_patients, n_informative_modules)
            Factors of the informative modules.
        rng : Generator
            Source of chance.
        """
        n = len(factors)
        blocks = {
            m: rng.normal(size=(n, width)) for m, width in self.n_features.items()
        }
        given = iter(factors.T)
        for module in self.modules.values():
            factor = next(given) if module.informative else rng.normal(size=n)
            noise = blocks[module.modality][:, module.columns]
            blocks[module.modality][:, module.columns] = (
                np.sqrt(self.correlation) * factor[:, None]
                + np.sqrt(1 - self.correlation) * noise
            )
        return blocks

    def means(self, blocks: dict[str, np.ndarray]) -> np.ndarray:
        """Means of informative modules, which hold all that is known of their factors.

        Of shape (n_patients, n_informative_modules), NaN where the block is missing.
        """
        modules = [self.modules[name] for name in self.informative]
        means = [blocks[m.modality][:, m.columns].mean(axis=1) for m in modules]
        return np.stack(means, axis=1)

    def mean_variances(self) -> np.ndarray:
        """Variances of these means for a given target."""
        sizes = [len(self.modules[name].columns) for name in self.informative]
        return self.correlation + (1 - self.correlation) / np.array(sizes)

    def names(self) -> dict[str, list[str]]:
        """Names of the features of each module."""
        return {
            name: [f"{module.modality}_{j}" for j in module.columns]
            for name, module in self.modules.items()
        }

    def frames(self, blocks: dict[str, np.ndarray]) -> dict[str, pd.DataFrame]:
        """Blocks with names of features."""
        return {
            name: pd.DataFrame(
                block, columns=[f"{name}_{j}" for j in range(block.shape[1])]
            )
            for name, block in blocks.items()
        }

    def _informative(self, n_informative: Any) -> dict[str, int]:
        if not isinstance(n_informative, Mapping):
            n_informative = dict.fromkeys(self.n_features, n_informative)
        for modality, n in n_informative.items():
            if modality not in self.n_features:
                raise ValueError(
                    f"n_informative names a modality {modality!r} that is not in "
                    f"n_features: {quoted(self.n_features)}."
                    f"{did_you_mean(modality, self.n_features)}"
                )
            if not 0 <= n <= self.n_features[modality]:
                raise ValueError(
                    f"n_informative of {modality!r} must be from 0 to its "
                    f"{self.n_features[modality]} features, got {n}."
                )
        return {m: n_informative.get(m, 0) for m in self.n_features}
