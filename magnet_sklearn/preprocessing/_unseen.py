"""A warning where the categories of new patients are not those of fit."""

import warnings
from collections.abc import Hashable, Iterable

import pandas as pd

_ENOUGH_PATIENTS = 20


def warn_unseen(
    modality: str,
    categorical: Iterable[tuple[int, dict[Hashable, int]]],
    frame: pd.DataFrame,
) -> None:
    """Warn of columns in which many patients have only unknown categories.

    Parameters
    ----------
    modality : str
        Name of the modality.
    categorical : iterable of (int, dict of category to int)
        Position and fitted categories of each categorical column.
    frame : DataFrame of shape (n_patients, n_features)
        Block of new patients.

    Warns
    -----
    UserWarning
        Names modality, column and at most five values on either side.
    """
    for position, codes in categorical:
        present = frame.iloc[:, position].dropna()
        if len(present) < _ENOUGH_PATIENTS or present.isin(list(codes)).any():
            continue
        warnings.warn(
            f"None of the {len(present)} values in column {frame.columns[position]!r} "
            f"of modality {modality!r} is a category that fit saw, so all count as "
            f"missing. Now: {_examples(present.unique())}; in fit: {_examples(codes)}. "
            "Write categories as in fit (spelling, case, text or number).",
            UserWarning,
            stacklevel=3,
        )


def _examples(values: Iterable[Hashable]) -> str:
    values = list(values)
    shown = ", ".join(repr(value) for value in values[:5])
    return shown + (", ..." if len(values) > 5 else "")
