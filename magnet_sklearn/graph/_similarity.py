"""Cosine similarity between patients who share only some modalities."""

from typing import Any

import numpy as np

from magnet_sklearn.data import MultiModalData, check_multimodal
from magnet_sklearn.graph._vectors import PatientVectors, masked_cosine, numeric_table

CHUNK_SIZE = 2048


def masked_cosine_similarity(X: Any, Y: Any = None) -> np.ndarray:
    """Cosine similarity between patients over the modalities both have.

    Missing cells inside an observed block count as 0, sparse blocks are made dense
    and blocks of more than two dimensions are flattened. The result is dense: for
    the nearest patients of a large cohort use `PatientGraphBuilder`.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients_x, n_modalities)
        Rows of the result.
    Y : MultiModalData of shape (n_patients_y, n_modalities), default=None
        Columns of the result. If None, `X` is compared with itself.

    Returns
    -------
    similarity : ndarray of shape (n_patients_x, n_patients_y)
        Values in [-1, 1]; 0 where two patients share no modality or where one of
        them is zero in all the modalities they share.

    Raises
    ------
    ValueError
        If a block is categorical, or if `X` and `Y` differ in modalities or columns.

    See Also
    --------
    PatientGraphBuilder : The most similar patients, without a dense matrix.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalData
    >>> from magnet_sklearn.graph import masked_cosine_similarity
    >>> X = MultiModalData({"rna": [[1.0, 0.0], [0.0, 1.0]], "age": [[3.0], [np.nan]]})
    >>> masked_cosine_similarity(X).round(1).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    X = check_multimodal(X)
    rows = columns = _vectors(X, list(X))
    if Y is not None:
        Y = check_multimodal(Y)
        _check_same_features(X, Y)
        columns = _vectors(Y, list(X))
    similarity = np.empty((len(rows), len(columns)))
    for start in range(0, len(rows), CHUNK_SIZE):
        chunk = slice(start, start + CHUNK_SIZE)
        similarity[chunk] = masked_cosine(rows[chunk], columns).numpy()
    return similarity.clip(-1.0, 1.0, out=similarity)


def _vectors(X: MultiModalData, modalities: list[str]) -> PatientVectors:
    order = [list(X).index(modality) for modality in modalities]
    tables = [_flat_table(X[modality], modality) for modality in modalities]
    values = np.nan_to_num(np.hstack(tables), copy=False, nan=0.0)
    # A cosine does not change with a patient's scale, and powers of two are exact:
    # this only keeps the squares of very large and very small values finite.
    exponent = np.frexp(np.abs(values).max(axis=1, initial=0.0))[1]
    values = np.ldexp(values, -exponent[:, np.newaxis])
    widths = [table.shape[1] for table in tables]
    return PatientVectors.from_blocks(values, X.mask[:, order], widths, "cpu")


def _flat_table(block: Any, modality: str) -> np.ndarray:
    if isinstance(block, np.ndarray) and block.ndim > 2:
        block = block.reshape(len(block), -1)
    return numeric_table(block, modality)


def _check_same_features(X: MultiModalData, Y: MultiModalData) -> None:
    if set(X) != set(Y):
        raise ValueError(
            f"X and Y must have the same modalities, got {list(X)} and {list(Y)}. "
            "Give a modality that all patients lack as a block of NaN."
        )
    for modality in X:
        shapes = X[modality].shape[1:], Y[modality].shape[1:]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"Modality {modality!r} has shape {shapes[0]} per patient in X and "
                f"{shapes[1]} in Y. Pass the same features in both."
            )
        frames = hasattr(X[modality], "columns") and hasattr(Y[modality], "columns")
        if frames and list(X[modality].columns) != list(Y[modality].columns):
            raise ValueError(
                f"Modality {modality!r} has other columns in Y than in X, or another "
                "order of them. Reorder Y's frame with the columns of X's."
            )
