"""Signs that a spreadsheet or a pipeline left in a table of omics."""

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._blocks import Block, is_sparse

_WIDE = 50
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)"
_DAY_AND_MONTH = re.compile(rf"\d{{1,2}}-{_MONTH}|{_MONTH}-\d\d", re.IGNORECASE)
_FULL_DATE = re.compile(
    rf"\d{{1,2}}-{_MONTH}-\d\d(?:\d\d)?"
    r"|(?:19|20)\d\d-\d\d-\d\d(?:[ T]00:00:00(?:\.0*)?)?"
    r"|\d{1,2}/\d{1,2}/(?:19|20)\d\d|\d{1,2}\.\d{1,2}\.(?:19|20)\d\d",
    re.IGNORECASE,
)
# days since 1900 from 2000 on, and identifiers such as 2310009E13 as a number
_SERIAL = re.compile(r"(?:3[6-9]|4\d)\d{3}(?:\.0)?|\d(?:\.\d+)?E\+\d\d", re.IGNORECASE)


def mangled_names(columns: pd.Index) -> list[Any]:
    """Find names that a spreadsheet turned from genes into dates or numbers.

    Parameters
    ----------
    columns : Index of shape (n_features,)
        Column names of a table.

    Returns
    -------
    names : list
        Such as "2-Sep" or "44441"; none where most columns are dates or numbers, as
        in a time series or a table of Entrez ids.
    """
    texts = [str(name) for name in columns]
    certain = [bool(_DAY_AND_MONTH.fullmatch(text)) for text in texts]
    likely = [
        isinstance(name, date)
        or bool(_FULL_DATE.fullmatch(text) or _SERIAL.fullmatch(text))
        for name, text in zip(columns, texts, strict=True)
    ]
    if sum(bool(re.match(r"\d", text)) for text in texts) * 2 > len(texts):
        likely = [False] * len(texts)
    if all(certain):
        return []
    return columns[np.logical_or(certain, likely)].tolist()


def are_raw_counts(block: Block) -> bool:
    """Tell whether a wide block holds counts of a huge range, not logged.

    Parameters
    ----------
    block : frame, array or CSR array of shape (n_patients, n_features)
        One modality; at most 200 patients and 2000 features are looked at.

    Returns
    -------
    are_counts : bool
        True for whole numbers from 0 on in 50 columns or more, of which some are above
        10 000, or above 1000 and 20 times the median.
    """
    if block.ndim != 2 or block.shape[1] < _WIDE:
        return False
    values = _sample(block)
    known = values[~np.isnan(values)]
    if not len(known) or known.min() < 0 or known.max() < 1000:
        return False
    if not np.array_equal(known, np.round(known)):
        return False
    if known.max() < 10_000 and known.max() < 20 * np.median(known[known > 0]):
        return False
    # in a table of few large columns (codes, amounts) most others stay small
    with np.errstate(invalid="ignore"):
        largest = np.fmax.reduce(values, axis=0, initial=0.0)
    return bool(np.mean(largest >= 20) >= 0.25)


def _sample(block: Block) -> np.ndarray:
    step = max(1, block.shape[1] // 2000)
    rows = slice(None, None, max(1, block.shape[0] // 200))
    if isinstance(block, pd.DataFrame):
        part = block.iloc[rows, ::step].select_dtypes("number")
        return part.to_numpy(dtype=np.float64)
    part = block[rows][:, ::step]
    return np.asarray(part.toarray() if is_sparse(part) else part, dtype=np.float64)
