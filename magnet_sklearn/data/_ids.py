"""Patient ids: one for each row, the same wherever rows have them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from magnet_sklearn.data._names import quoted


def common_index(blocks: Mapping[str, Any], index: Any, n_patients: int) -> pd.Index:
    """Patient ids that all frames agree on.

    Parameters
    ----------
    blocks : mapping of str to block
        Blocks with `n_patients` rows each.
    index : array-like of shape (n_patients,) or None
        Ids given by the user.
    n_patients : int
        Number of rows.

    Returns
    -------
    ids : Index of shape (n_patients,)
        `index`, else the ids of the first frame that has some, else positions.

    Raises
    ------
    ValueError
        If `index` has another length, or two sources have different ids.
    """
    sources = {
        f"Modality {name!r}": block.index
        for name, block in blocks.items()
        if isinstance(block, pd.DataFrame) and not is_default(block.index)
    }
    if index is not None:
        ids = index if isinstance(index, pd.Index) else pd.Index(index)
        if len(ids) != n_patients:
            raise ValueError(
                f"`index` has {len(ids)} patient ids, but the blocks have "
                f"{n_patients} rows. Pass one id per row."
            )
        sources = {"`index`": ids, **sources}
    if not sources:
        return pd.RangeIndex(n_patients)
    (first, ids), *others = sources.items()
    for name, other in others:
        if not ids.equals(other):
            raise ValueError(_disagreement(first, ids, name, other))
    return ids


def is_default(index: pd.Index) -> bool:
    """Tell whether an index is only the row numbers that pandas fills in."""
    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1


def as_text(ids: pd.Index) -> pd.Index:
    """Ids as text, the number 7 of any dtype as "7"; missing and empty ids are NaN."""
    if types.is_float_dtype(ids.dtype):
        values = ids.to_numpy(dtype=float, na_value=np.nan)
        if np.all(np.isnan(values) | (values == np.round(values))):
            ids = pd.Index(pd.array(values, dtype="Int64"))
    text = ids.astype(str)
    return text.where(np.asarray(ids.notna()) & np.asarray(text != ""))


def found_in(ids: pd.Index, others: pd.Index) -> np.ndarray:
    """Tell which ids are in others, whatever the dtypes; as bool (n_ids,)."""
    # pandas refuses to look for a tuple or a number in text that Arrow holds
    known = set(others)
    return np.fromiter((one in known for one in ids), dtype=bool, count=len(ids))


def renamed(rename: Callable[[str], str], ids: pd.Index) -> pd.Index:
    """Return what a user's function makes of ids of text, which may be missing."""
    new = [name if pd.isna(name) else rename(name) for name in ids]
    wrong = [name for name in new if not (isinstance(name, str) or pd.isna(name))]
    if wrong:
        raise TypeError(
            f"`rename_ids` must return text, got {quoted(wrong, 3)}. Pass a function "
            "such as lambda id: id.strip().upper()."
        )
    return pd.Index(new, dtype=ids.dtype, name=ids.name)


def _disagreement(first: str, ids: pd.Index, second: str, other: pd.Index) -> str:
    rows = [i for i in range(len(ids)) if ids[i] != other[i]][:3]
    same = sorted(map(repr, ids)) == sorted(map(repr, other))
    problem = "the same patient ids in a different order" if same else "other ids"
    return (
        f"{first} and {second[0].lower() + second[1:]} disagree about who the patients "
        f"are: the second has {problem}. In row(s) {quoted(rows)} the first has "
        f"{quoted(ids[rows])}, the second {quoted(other[rows])}. "
        "Use MultiModalData.from_frames to join frames by patient id."
    )
