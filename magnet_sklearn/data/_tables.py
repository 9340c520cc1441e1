"""Tables of other libraries, such as polars and Arrow, as pandas objects."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from magnet_sklearn._utils._optional import import_optional


def as_pandas(value: Any) -> Any:
    """Turn a table of another library into a pandas object; other values stay.

    Parameters
    ----------
    value : object
        What a user gave as a table or a column.

    Returns
    -------
    value : DataFrame, Series or the object itself
        Columns keep their names.

    Raises
    ------
    TypeError
        If the value has named columns, but no way to pandas is known.
    """
    if isinstance(value, pd.DataFrame | pd.Series | np.ndarray | list):
        return value
    if hasattr(value, "to_pandas"):
        return _with_pyarrow(value)
    if hasattr(value, "__arrow_c_stream__"):
        return import_optional("pyarrow", extra="parquet").table(value).to_pandas()
    if _has_named_columns(value):
        raise TypeError(
            f"{type(value).__module__}.{type(value).__name__} is a table whose column "
            "names are not read. Turn it into a pandas DataFrame first, e.g. with "
            "its method collect(), compute() or to_pandas()."
        )
    return value


def check_no_single_patient(blocks: Mapping[str, Any]) -> None:
    """Refuse rows of frames, such as frame.loc[id], as blocks: Series are columns."""
    rows = [value for value in blocks.values() if isinstance(value, pd.Series)]
    if len(rows) < max(2, len(blocks)) or rows[0].name is None:
        return
    same_name = all(row.name == rows[0].name for row in rows)
    if same_name and not all(row.index.equals(rows[0].index) for row in rows):
        patient = rows[0].name
        raise ValueError(
            f"Every block is a Series named {patient!r} with other row labels, which "
            f"looks like the rows of one patient; a Series is one column. Use frames "
            f"of one row: frame.loc[[{patient!r}]]."
        )


def not_one_array(blocks: Mapping[str, Any]) -> str:
    """Explain why a container is no array, with the lines that work for tools."""
    widths = [int(np.prod(block.shape[1:])) for block in blocks.values()]
    ends = np.cumsum(widths).tolist()
    columns = ", ".join(
        f"{name!r}: slice({end - width}, {end})"
        for name, width, end in list(zip(blocks, widths, ends, strict=True))[:5]
    )
    more = ", ..." if len(widths) > 5 else ""
    return (
        "MultiModalData is not one array: its blocks differ in kind. Use X.to_frame() "
        "for one table, e.g. permutation_importance(model, X.to_frame(), y). Tools "
        "that need an array, such as BaggingClassifier, take X.to_frame().to_numpy() "
        f"and an estimator with modalities={{{columns}{more}}}. The block of one "
        "modality is X['name']."
    )


def _with_pyarrow(value: Any) -> Any:
    try:
        return value.to_pandas()
    except ImportError as error:
        raise ImportError(
            f"A table of type {type(value).__module__}.{type(value).__name__} is "
            f"turned into a pandas DataFrame, which needs another package ({error}). "
            'Install it with: pip install "magnet-sklearn[parquet]"'
        ) from error


def _has_named_columns(value: Any) -> bool:
    # a lazy frame warns when its columns are read, so only their presence is tested
    named = hasattr(type(value), "columns") or "columns" in getattr(
        value, "__dict__", ()
    )
    return named and not (sparse.issparse(value) or isinstance(value, type))
