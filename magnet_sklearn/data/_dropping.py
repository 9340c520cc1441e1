"""drop_modalities: simulate missing blocks."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from magnet_sklearn.data._blocks import Block, take_or_missing, with_index
from magnet_sklearn.data._container import MultiModalData
from magnet_sklearn.data._names import did_you_mean, quoted


def drop_modalities(
    X: MultiModalData,
    rate: float | Mapping[str, float],
    random_state: Any = None,
    *,
    keep_one: bool = True,
) -> MultiModalData:
    """Drop observed blocks at random, to simulate missing modalities.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        Data to drop from; it is not changed.
    rate : float or mapping of str to float
        Probability in [0, 1] with which an observed block is dropped, the same for
        all modalities or one each; a modality that the mapping leaves out is kept.
    random_state : int, Generator, RandomState or None, default=None
        Pass an int for the same result each time. Patient i is treated alike
        whatever patients come after it.
    keep_one : bool, default=True
        Keep one block, drawn at random, of a patient who would lose all.

    Returns
    -------
    dropped : MultiModalData of shape (n_patients, n_modalities)
        Rows of dropped blocks are NaN.

    Raises
    ------
    ValueError
        If a rate is outside [0, 1] or names a modality that X does not have.
    TypeError
        If X is not MultiModalData or a rate is not a number.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn.data import MultiModalData, drop_modalities
    >>> X = MultiModalData({"rna": np.ones((4, 3)), "age": np.ones((4, 1))})
    >>> drop_modalities(X, {"rna": 1.0}).mask.tolist()
    [[False, True], [False, True], [False, True], [False, True]]
    """
    if not isinstance(X, MultiModalData):
        raise TypeError(
            f"drop_modalities needs MultiModalData, got {type(X).__name__}. "
            "Use check_multimodal(X) first."
        )
    rates = _rates(rate, list(X))
    draws = _generator(random_state).random(X.shape)
    dropped = X.mask & (draws < rates)
    if keep_one:
        _restore_one(dropped, X.mask, draws, rates)
    blocks = {
        name: with_index(_blank(block, dropped[:, m]), X.index)
        for m, (name, block) in enumerate(X.items())
    }
    return MultiModalData._from_checked(blocks, X.index, X.mask & ~dropped, X._rows)


def _rates(rate: Any, modalities: list[str]) -> np.ndarray:
    by_modality = rate if isinstance(rate, Mapping) else dict.fromkeys(modalities, rate)
    for name, value in by_modality.items():
        if name not in modalities:
            raise ValueError(
                f"`rate` has a modality {name!r} that X does not have. Modalities: "
                f"{quoted(modalities)}.{did_you_mean(name, modalities)}"
            )
        if not isinstance(value, Real) or isinstance(value, bool):
            raise TypeError(
                f"`rate` must be a number in [0, 1] or a dict of modality to number, "
                f"got {value!r}."
            )
        if not 0 <= float(value) <= 1:
            raise ValueError(f"`rate` must be in [0, 1], got {value!r} for {name!r}.")
    return np.array([by_modality.get(name, 0.0) for name in modalities], dtype=float)


def _generator(random_state: Any) -> np.random.Generator:
    if isinstance(random_state, np.random.RandomState):
        random_state = random_state.randint(2**31 - 1)
    return np.random.default_rng(random_state)


def _restore_one(
    dropped: np.ndarray, mask: np.ndarray, draws: np.ndarray, rates: np.ndarray
) -> None:
    lost_all = np.flatnonzero(mask.any(axis=1) & ~(mask & ~dropped).any(axis=1))
    # Given that a block was dropped, draw / rate is uniform whatever its rate: the
    # largest one picks each of the patient's blocks with the same probability.
    scaled = np.divide(draws, rates, out=np.zeros_like(draws), where=rates > 0)
    scaled[~mask] = -1.0
    dropped[lost_all, scaled[lost_all].argmax(axis=1)] = False


def _blank(block: Block, rows: np.ndarray) -> Block:
    if not rows.any():
        return block
    return take_or_missing(block, np.where(rows, -1, np.arange(len(rows))))
