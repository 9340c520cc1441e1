"""Row i of y, weights and groups is the patient of row i of X, by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api import types

from magnet_sklearn.data._ids import as_text, is_default
from magnet_sklearn.data._names import quoted
from magnet_sklearn.data._near_ids import near_matches

if TYPE_CHECKING:
    from magnet_sklearn.data._container import MultiModalData

# Row numbers of a tenth of the patients reach ten times their count; twice that is
# safe for the folds of a learning curve.
_ROWS_PER_SELECTED = 20


def check_same_patients(
    X: MultiModalData, beside: Mapping[str, Any], *, name: str = "X"
) -> None:
    """Check that what comes beside X has the patients of X in the order of X.

    Patient ids are compared where both sides have some: a pandas object with other row
    labels than the default 0, 1, 2, ... Everything else is taken by position, and so
    are default row labels of which scikit-learn selected the same rows as of X.

    Parameters
    ----------
    X : MultiModalData of shape (n_patients, n_modalities)
        The patients.
    beside : mapping of str to Series, DataFrame, array-like or None
        Values with one row per patient, by the name of their parameter, such as
        ``{"y": y, "sample_weight": sample_weight, "groups": groups}``.
    name : str, default="X"
        What X is called in messages.

    Raises
    ------
    ValueError
        If one of them has the patient ids of X in another order, or other ids.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.data import MultiModalData, check_same_patients
    >>> X = MultiModalData({"age": pd.DataFrame({"age": [48, 61]}, index=["p", "q"])})
    >>> y = pd.Series([1, 0], index=["q", "p"])
    >>> check_same_patients(X, {"y": y.loc[X.index]})
    >>> check_same_patients(X, {"y": y})
    Traceback (most recent call last):
        ...
    ValueError: `y` has the patient ids of X in another order: ...
    """
    for parameter, values in beside.items():
        ids = values.index if isinstance(values, pd.Series | pd.DataFrame) else None
        if ids is None or is_default(ids) or len(ids) != len(X):
            continue
        problem = _problem(X, ids)
        if problem is not None:
            raise ValueError(_message(problem, parameter, ids, name, X.index))


def _problem(X: MultiModalData, ids: pd.Index) -> str | None:
    """Return "order", "other", or None if the rows are the same as far as is known."""
    index, rows = X.index, X._rows
    if (
        is_default(index)
        or index.equals(ids)
        or (rows is not None and rows.equals(ids))
    ):
        return None
    own, other = _texts(index), _texts(ids)
    if np.array_equal(own, other):
        return None
    has_ids = index is not rows
    if Counter(own) == Counter(other):
        # of a leave-one-out fold any order of row numbers can be the same by chance
        by_chance = not has_ids and index.max() <= len(index)
        return None if by_chance else "order"
    return "other" if has_ids and _are_comparable(index, ids, rows is None) else None


def _are_comparable(index: pd.Index, ids: pd.Index, may_be_selected: bool) -> bool:
    """Tell ids from row numbers that are left of a default index after a selection."""
    numbers = [_are_numbers(index), _are_numbers(ids)]
    if numbers == [True, True]:
        return not (may_be_selected and (_may_be_rows(index) or _may_be_rows(ids)))
    return not any(numbers) or bool(set(_texts(index)) & set(_texts(ids)))


def _may_be_rows(ids: pd.Index) -> bool:
    below = ids.max() < _ROWS_PER_SELECTED * len(ids) or len(ids) == 1
    return bool(ids.min() >= 0 and below)


def _are_numbers(ids: pd.Index) -> bool:
    return ids.nlevels == 1 and types.is_numeric_dtype(ids.dtype)


def _texts(ids: pd.Index) -> np.ndarray:
    if ids.nlevels == 1:
        return as_text(ids).fillna("").to_numpy(dtype=object)
    levels = [_texts(ids.get_level_values(level)) for level in range(ids.nlevels)]
    texts = np.empty(len(ids), dtype=object)
    texts[:] = list(zip(*levels, strict=True))
    return texts


def _message(
    problem: str, parameter: str, ids: pd.Index, name: str, index: pd.Index
) -> str:
    own, other = _texts(index), _texts(ids)
    if problem == "order":
        rows = np.flatnonzero(own != other)[:5]
        is_text = (
            "" if ids.dtype.kind == index.dtype.kind else _as_type(parameter, index)
        )
        line = (
            f"The ids repeat, so line {parameter} and {name} up before rows are drawn."
            if not index.is_unique
            else f"Write {parameter}.loc[{name}.index]{is_text}."
        )
        return (
            f"`{parameter}` has the patient ids of {name} in another order: in row(s) "
            f"{quoted(rows)} {name} has {quoted(index[rows])}, {parameter} "
            f"{quoted(ids[rows])}. {line}"
        )
    absent = index[~np.isin(own, other)]
    foreign = ids[~np.isin(other, own)]
    return (
        f"`{parameter}` has other patient ids than {name}: {len(absent)} of the "
        f"{len(index)} ids of {name} are not in {parameter} ({quoted(absent, 5)}), and "
        f"{len(foreign)} of {parameter} are not in {name} ({quoted(foreign, 5)})."
        f"{near_matches(absent, foreign)} Select the patients of both: "
        f"ids = {name}.index.intersection({parameter}.index), {name}.loc[ids], "
        f"{parameter}.loc[ids]; or drop the ids with {parameter}.to_numpy() if the "
        "rows are the same patients."
    )


def _as_type(parameter: str, index: pd.Index) -> str:
    kind = "numbers" if _are_numbers(index) else "text"
    return f" after giving {parameter} the type of these ids, {kind}"
