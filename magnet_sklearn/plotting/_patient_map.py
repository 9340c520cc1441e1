"""Patients in two dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.metrics import (
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)
from sklearn.utils import check_array, check_random_state

from magnet_sklearn._utils import import_optional, listed
from magnet_sklearn.plotting._patterns import missing_patterns
from magnet_sklearn.plotting._scatter import as_classes, legend_width, scatter_by
from magnet_sklearn.plotting._style import axes_or_new, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_METHODS = ("pca", "umap")
_SPACES = ("contributions", "embedding")
_SILHOUETTE_PATIENTS = 2000  # its cost is quadratic in them


class PatientMapDisplay:
    """Patients as points, the more alike the nearer, coloured by class or pattern.

    Make one with `from_estimator` or `from_embedding`. Scores of how well the classes
    separate are those of all dimensions, not of the two that are drawn.

    Parameters
    ----------
    coordinates : DataFrame of shape (n_patients, 2)
        Places; the columns are the names of the axes.
    labels : Series of length n_patients, default=None
        Classes or numbers for the colours; its name is the title of the legend.
    scores : dict of str to float, default=None
        Written above the points.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the points.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.plotting import PatientMapDisplay
    >>> Z = np.array([[0.0, 0.0], [0.1, 0.2], [3.0, 3.1], [3.2, 3.0]])
    >>> display = PatientMapDisplay.from_embedding(Z, ["a", "a", "b", "b"])
    >>> round(display.scores["silhouette"], 2)
    0.95
    """

    def __init__(self, coordinates, *, labels=None, scores=None):
        self.coordinates = coordinates
        self.labels = labels
        self.scores = scores

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        labels: Any = None,
        *,
        space: str = "contributions",
        method: str = "pca",
        max_patients: int = 5000,
        random_state: Any = 0,
        ax: Axes | None = None,
    ) -> PatientMapDisplay:
        """Draw patients by what a fitted estimator makes of them.

        Parameters
        ----------
        estimator : fitted estimator
            Any of the four.
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        labels : array-like of shape (n_patients,), default=None
            Classes, sites or numbers for the colours. If None, which modalities a
            patient has.
        space : {"contributions", "embedding"}, default="contributions"
            Distances of the contributions of all parts to the predictions, or of the
            networks' embeddings. With closed gates no prediction depends on the
            latter, and a warning says so.
        method : {"pca", "umap"}, default="pca"
            The first two principal components, or UMAP [1]_ of the extra `umap`.
        max_patients : int, default=5000
            Of more patients than that a random sample is drawn.
        random_state : int, RandomState instance or None, default=0
            Seed of sample and UMAP.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : PatientMapDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If `space` or `method` are unknown, there are fewer than three patients, or
            labels are not one per patient.
        ImportError
            If the extra is not installed.

        References
        ----------
        .. [1] L. McInnes et al., "UMAP: uniform manifold approximation and
           projection", Journal of Open Source Software 3 (2018).
        """
        if space not in _SPACES:
            raise ValueError(f"space is {space!r}. Choose one of {listed(_SPACES)}.")
        Z = estimator.contributions(X)
        if space == "embedding":
            Z = pd.DataFrame(estimator.transform(X), index=Z.index)
        if labels is None:
            patterns = missing_patterns(X, estimator.modalities)
            names = pd.Categorical.from_codes(patterns.codes, pd.Index(patterns.names))
            labels = pd.Series(names, name="observed")
        return cls.from_embedding(
            Z,
            labels,
            method=method,
            max_patients=max_patients,
            random_state=random_state,
            of=f" of {space}",
            ax=ax,
        )

    @classmethod
    def from_embedding(
        cls,
        Z: Any,
        labels: Any = None,
        *,
        method: str = "pca",
        max_patients: int = 5000,
        random_state: Any = 0,
        of: str = "",
        ax: Axes | None = None,
    ) -> PatientMapDisplay:
        """Draw patients whose numbers are at hand.

        Parameters
        ----------
        Z : array-like of shape (n_patients, n_dimensions)
            Embeddings, contributions, or any other numbers of comparable scale.
        labels : array-like of shape (n_patients,), default=None
            Classes, sites or numbers for the colours; the name of a Series is the title
            of the legend.
        method : {"pca", "umap"}, default="pca"
            The first two principal components, or UMAP of the extra `umap`.
        max_patients : int, default=5000
            Of more patients than that a random sample is drawn.
        random_state : int, RandomState instance or None, default=0
            Seed of sample and UMAP.
        of : str, default=""
            What the numbers are, for the names of the axes.
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : PatientMapDisplay
            With the attributes above.

        Raises
        ------
        ValueError
            If `method` is unknown, there are fewer than three patients, or labels are
            not one per patient.
        ImportError
            If the extra is not installed.
        """
        if method not in _METHODS:
            raise ValueError(f"method is {method!r}. Choose one of {listed(_METHODS)}.")
        index = getattr(Z, "index", pd.RangeIndex(len(Z)))
        Z = check_array(Z, ensure_min_samples=3, ensure_min_features=2)
        labels = None if labels is None else _one_per_patient(labels, len(Z))
        generator = check_random_state(random_state)
        scores = None if labels is None else cluster_scores(Z, labels, generator)
        rows = np.arange(len(Z))
        if len(rows) > max_patients:
            rows = np.sort(generator.choice(len(rows), max_patients, replace=False))
        places, names = _project(Z, rows, method, generator, of)
        coordinates = pd.DataFrame(places, index[rows], names)
        labels = None if labels is None else labels.iloc[rows]
        return cls(coordinates, labels=labels, scores=scores).plot(ax)

    def plot(self, ax: Axes | None = None) -> PatientMapDisplay:
        """Draw the points.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. If None, a new figure.

        Returns
        -------
        display : PatientMapDisplay
            With the attributes above.
        """
        self.ax_ = ax = axes_or_new(ax, (5.4 + legend_width(self.labels), 4.6))
        self.figure_ = ax.figure
        n_patients = len(self.coordinates)
        size = float(np.clip(4000 / n_patients, 6, 40))
        style = {"s": size, "alpha": 0.8, "rasterized": n_patients > 500}
        name = "" if self.labels is None else self.labels.name
        x, y = self.coordinates.to_numpy().T
        scatter_by(ax, x, y, self.labels, "" if name is None else str(name), **style)
        ax.set_xlabel(self.coordinates.columns[0])
        ax.set_ylabel(self.coordinates.columns[1])
        if self.scores:
            texts = [
                f"{name} {value:{_format(value)}}"
                for name, value in self.scores.items()
            ]
            ax.set_title(", ".join(texts), loc="left", fontsize="medium")
        plain(ax)
        return self


def cluster_scores(
    Z: np.ndarray, labels: pd.Series, generator: np.random.RandomState
) -> dict[str, float] | None:
    """Score how well classes separate; None of numbers and of a single class."""
    classes = as_classes(labels)
    if classes is None:
        return None
    known = np.flatnonzero(classes.codes >= 0)
    Z, codes = Z[known], classes.codes[known]
    if not 1 < len(np.unique(codes)) < len(codes):
        return None
    some = np.arange(len(Z))
    if len(Z) > _SILHOUETTE_PATIENTS:
        some = generator.choice(len(Z), _SILHOUETTE_PATIENTS, replace=False)
    return {
        "silhouette": float(silhouette_score(Z[some], codes[some])),
        "Davies-Bouldin": float(davies_bouldin_score(Z, codes)),
        "Calinski-Harabasz": float(calinski_harabasz_score(Z, codes)),
    }


def _format(value):
    """Three digits, without an exponent of large numbers."""
    return ",.0f" if abs(value) >= 100 else ".3g"


def _one_per_patient(labels, n_patients):
    """Labels as a Series."""
    labels = labels if isinstance(labels, pd.Series) else pd.Series(np.asarray(labels))
    if len(labels) != n_patients:
        raise ValueError(f"There are {len(labels)} labels of {n_patients} patients.")
    return labels


def _project(Z, rows, method, generator, of):
    """Two numbers for each of some patients, and the names of the axes."""
    if method == "umap":
        umap = import_optional("umap", extra="umap")
        seed = int(generator.randint(2**31 - 1))
        n_neighbors = min(15, len(rows) - 1)
        model = umap.UMAP(n_neighbors=n_neighbors, random_state=seed, n_jobs=1)
        return model.fit_transform(Z[rows]), [f"UMAP {axis}{of}" for axis in (1, 2)]
    pca = PCA(n_components=2, random_state=generator).fit(Z)
    share = np.nan_to_num(pca.explained_variance_ratio_)
    names = [
        f"principal component {axis}{of} ({part:.0%} of variance)"
        for axis, part in enumerate(share, start=1)
    ]
    return pca.transform(Z[rows]), names
