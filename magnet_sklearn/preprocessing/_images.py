"""Images: what simple models learn from."""

import numpy as np

_GRID = 16  # cells along each axis of an image; larger images are averaged
_VOLUME_GRID = 8  # the same with more axes
_PARTS = 2  # of an image along each axis, each with its histogram
_ORIENTATIONS = 8


def image_features(images: np.ndarray) -> np.ndarray:
    """Coarse pixels, and histograms of oriented gradients in quarters of the image.

    Histograms after N. Dalal and B. Triggs, "Histograms of oriented gradients for human
    detection", CVPR 2005, without normalisation.
    """
    images = np.asarray(images, dtype=np.float64)
    n_cells = _GRID if images.ndim == 4 else _VOLUME_GRID
    parts = [_averaged(images, n_cells)]
    if images.ndim == 4 and min(images.shape[2:]) > 1:
        parts.append(_gradients(images))
    return np.hstack([part.reshape(len(images), -1) for part in parts])


def _averaged(images: np.ndarray, n_cells: int) -> np.ndarray:
    """Average cells of all axes but patients and channels."""
    for axis in range(2, images.ndim):
        edges = _edges(images.shape[axis], n_cells)
        sizes = np.diff([*edges, images.shape[axis]])
        sizes = sizes.reshape(-1, *[1] * (images.ndim - axis - 1))
        images = np.add.reduceat(images, edges, axis=axis) / sizes
    return images


def _gradients(images: np.ndarray) -> np.ndarray:
    """Length of the gradients by direction, summed over parts of the image."""
    down, right = np.gradient(images, axis=(2, 3))
    length = np.hypot(down, right)
    turn = (np.arctan2(down, right) / (2 * np.pi)) % 1.0
    direction = (turn * _ORIENTATIONS).astype(int) % _ORIENTATIONS
    histograms = [
        _averaged(np.where(direction == number, length, 0.0), _PARTS)
        for number in range(_ORIENTATIONS)
    ]
    return np.stack(histograms, axis=1)


def _edges(size: int, n_cells: int) -> np.ndarray:
    """Where cells begin."""
    n_cells = min(size, n_cells)
    return np.arange(n_cells) * size // n_cells
