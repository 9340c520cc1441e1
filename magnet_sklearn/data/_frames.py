"""Columns of a frame block: numbers become float, text stays categorical."""

from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from magnet_sklearn.data._names import quoted


def as_frame(modality: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Turn a user's frame into a block; a frame that is one already is not copied.

    Parameters
    ----------
    modality : str
        Name of the modality, for messages.
    frame : DataFrame of shape (n_patients, n_features)
        One row per patient.

    Returns
    -------
    block : DataFrame of shape (n_patients, n_features)
        Numeric columns are float32 or float64 with NaN for missing; categorical
        columns are of dtype category, str or object.

    Raises
    ------
    ValueError
        If column names repeat or have levels, or a column holds dates, complex
        numbers or numbers beside text.
    TypeError
        If a cell is neither a number nor text.
    """
    _check_labels(modality, frame.columns)
    dtypes = list(frame.dtypes)
    if all(is_float(dtype) or _is_text(dtype) for dtype in dtypes):
        return frame
    if len(set(map(str, dtypes))) == 1 and dtypes[0].kind in "iub":
        return frame.astype(np.float64)
    given = [frame.iloc[:, j] for j in range(len(dtypes))]
    columns = [_as_column(modality, column) for column in given]
    if all(new is old for new, old in zip(columns, given, strict=True)):
        return frame
    converted = pd.DataFrame(dict(enumerate(columns)), index=frame.index)
    converted.columns = frame.columns
    return converted


def is_categorical(frame: pd.DataFrame) -> np.ndarray:
    """Tell which columns of a frame block are categorical, as bool (n_features,)."""
    return np.array([not is_float(dtype) for dtype in frame.dtypes], dtype=bool)


def is_float(dtype: Any) -> bool:
    """Tell whether a column dtype is one that a numeric column of a block has."""
    return isinstance(dtype, np.dtype) and dtype in (np.float64, np.float32)


def _is_text(dtype: Any) -> bool:
    if isinstance(dtype, pd.CategoricalDtype | pd.StringDtype):
        return True
    return isinstance(dtype, pd.ArrowDtype) and types.is_string_dtype(dtype)


def _check_labels(modality: str, labels: pd.Index) -> None:
    if labels.nlevels > 1:
        raise ValueError(
            f"Modality {modality!r} has column names of {labels.nlevels} levels, but a "
            "block needs plain names. Flatten them, or pass the frame itself as X if "
            "its first level is the modality."
        )
    if not labels.is_unique:
        repeated = labels[labels.duplicated()].unique()
        raise ValueError(
            f"Modality {modality!r} has duplicate column names: "
            f"{quoted(repeated, 5)}. Rename or drop the repeated columns."
        )


def _as_column(modality: str, column: pd.Series) -> pd.Series:
    dtype: Any = column.dtype
    if is_float(dtype) or _is_text(dtype):
        return column
    if types.is_object_dtype(dtype):
        return _as_object_column(modality, column)
    if types.is_complex_dtype(dtype):
        raise ValueError(
            f"Complex data not supported: column {column.name!r} of modality "
            f"{modality!r}. Pass real and imaginary parts as two columns."
        )
    if types.is_numeric_dtype(dtype):
        return _as_number(column)
    raise ValueError(
        f"Column {column.name!r} of modality {modality!r} has dtype {dtype}, which is "
        "neither number nor category. Turn dates into numbers, e.g. days since a "
        "reference date, or drop the column."
    )


def _as_number(column: pd.Series) -> pd.Series:
    dtype = np.float32 if column.dtype == np.float16 else np.float64
    values = column.to_numpy(dtype=dtype, na_value=np.nan)
    return pd.Series(values, index=column.index, name=column.name)


def _as_object_column(modality: str, column: pd.Series) -> pd.Series:
    present = column[column.notna()]
    kinds = {_kind_of(kind) for kind in set(map(type, present))}
    if kinds <= {"number"}:
        return _as_number(column)
    if kinds == {"text"}:
        return column
    where = f"Column {column.name!r} of modality {modality!r}"
    if kinds == {"number", "text"}:
        text = next(cell for cell in present if isinstance(cell, str))
        raise ValueError(
            f"{where} mixes numbers and text, such as {text!r}. If it is a number, "
            "turn the text into NaN (pandas.to_numeric with errors='coerce'); if it "
            "is a category, turn the numbers into text (astype(str))."
        )
    other = next(cell for cell in present if _kind_of(type(cell)) == "other")
    raise TypeError(
        f"{where} holds {other!r}: a cell's argument must be a string or a number, "
        f"not {type(other).__name__!r}. Turn the column into numbers or text, or drop "
        "it."
    )


def _kind_of(cell_type: type) -> str:
    if issubclass(cell_type, Real | Decimal | np.bool_):
        return "number"
    return "text" if issubclass(cell_type, str) else "other"
