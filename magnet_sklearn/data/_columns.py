"""Columns that are not the categories or numbers which they look like."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data._cell_text import (
    are_dates,
    are_missing,
    are_numbers,
    are_plain_numbers,
    count_words,
    have_day_first,
    have_decimal_comma,
    have_fractions,
)
from magnet_sklearn.data._frames import is_float
from magnet_sklearn.data._names import quoted

_NEARLY_ALL = 0.8
_FEW_PATIENTS = 20

_WORD = r"(?:^|[^a-z0-9])(?:{})(?:$|[^a-z0-9])"
_SUBJECT = "patient|subject|case|sample|specimen|aliquot|participant|submitter|record"
_IDENTIFIER = re.compile(
    _WORD.format(
        r"ids?|mrn|barcode|uuid|guid|accession|identifier|pid|ssn|e?mail|phone|"
        r"surname|first_?name|last_?name|full_?name|"
        rf"(?:{_SUBJECT}|study|person|encounter)[ _.-]?"
        r"(?:id|no|nr|num|number|code|name)"
    )
    + rf"|^(?:{_SUBJECT})s?$|^(?:unnamed: \d+|index|row_?names?)$"
)
_CODE = re.compile(
    _WORD.format(
        r"codes?|icd\w*|zip\w*|post_?code|postal|plz|site|tss|cent(?:er|re)|hospital|"
        r"clinic|ward|region|country|batch|plate|lane|run|clusters?|leiden|louvain|"
        r"group|grade|stage|chr|chrom|chromosome|class|type|subtype|arm|cohort|study|"
        r"category|atc|scanner|device|department|hla|genotype|family|snp"
    )
)
_CODE_OF_DECIMALS = re.compile(_WORD.format(r"codes?|icd\w*|hla|version"))


@dataclass(frozen=True)
class Finding:
    """Why a column should not be learned as it is.

    Parameters
    ----------
    reason : str
        What the column seems to be; no value of an identifier or a free text.
    remedy : str
        Line to write, where `frame` is the table of the modality.
    is_error : bool
        Whether nothing can be learned from the column as it is.
    otherwise : str, default=""
        What else can be done.
    is_free_text : bool, default=False
        Whether the column holds sentences.
    """

    reason: str
    remedy: str
    is_error: bool
    otherwise: str = ""
    is_free_text: bool = False

    def __str__(self) -> str:
        otherwise = f"\n  or {self.otherwise}" if self.otherwise else ""
        return f"{self.reason}. Write\n    {self.remedy}{otherwise}"


def inspect_column(column: pd.Series) -> Finding | None:
    """Find out whether a column of a frame block is something else than it looks like.

    Parameters
    ----------
    column : Series of shape (n_patients,)
        Numbers, or categories as text or of dtype category.

    Returns
    -------
    finding : Finding or None
        None for a column that can be learned.
    """
    if is_float(column.dtype):
        return _inspect_numbers(column)
    if column.nunique() < 5:
        return None
    counts = column.value_counts()
    counts = counts[counts > 0]
    texts = pd.Series(counts.index.astype(object).map(str), dtype=object)
    return _inspect_texts(column, texts, counts.to_numpy())


def name_tells_identifier(name: Any) -> bool:
    """Tell whether a column is called as identifiers of patients are."""
    return bool(_IDENTIFIER.search(_lowered(name)))


def _inspect_numbers(column: pd.Series) -> Finding | None:
    if not name_tells_identifier(column.name):
        return None
    values = column.dropna().to_numpy()
    if len(values) < _FEW_PATIENTS or not np.array_equal(values, np.round(values)):
        return None
    if len(np.unique(values)) < len(values):
        return None
    return _identifier(column.name, len(values), len(values))


def _inspect_texts(
    column: pd.Series, texts: pd.Series, counts: np.ndarray
) -> Finding | None:
    missing = are_missing(texts)
    known, weights = texts[~missing], counts[~missing.to_numpy()]
    n_known, n_distinct = int(weights.sum()), len(known)
    if n_distinct < 5:
        return None
    share = n_distinct / n_known
    name = _lowered(column.name)
    is_code = bool(_CODE.search(name))
    declared = isinstance(column.dtype, pd.CategoricalDtype) and share < 0.5
    finding = None
    if share >= 0.9 or not is_code:
        finding = _dates(column.name, known, weights, declared)
    if finding is None and not _are_codes(name, known):
        finding = _numbers(column.name, texts, missing, counts, declared)
    if finding is not None:
        return finding
    return _one_per_patient(column.name, known, weights, is_code)


def _are_codes(name: str, known: pd.Series) -> bool:
    """Tell whether digits stand for codes: by name, or as zeros come first."""
    if _IDENTIFIER.search(name) or known.str.match(r"0\d+$").mean() >= 0.05:
        return True
    names = _CODE_OF_DECIMALS if have_fractions(known).any() else _CODE
    return bool(names.search(name))


def _dates(
    name: Any, known: pd.Series, weights: np.ndarray, declared: bool
) -> Finding | None:
    found = are_dates(known).to_numpy()
    n_known = int(weights.sum())
    n_found = int(weights[found].sum())
    if n_found < _NEARLY_ALL * n_known or not _vary(int(found.sum()), n_found):
        return None
    day_first = ", dayfirst=True" if have_day_first(known[found]) else ""
    return Finding(
        f"{n_found} of {n_known} values are dates as text{_markers(known[~found])}; "
        "as categories their order is lost",
        f"frame[{name!r}] = (pd.to_datetime(frame[{name!r}].astype(object), "
        f'errors="coerce"{day_first}) - pd.Timestamp("2000-01-01")).dt.days',
        not declared,
    )


def _numbers(
    name: Any, texts: pd.Series, missing: pd.Series, counts: np.ndarray, declared: bool
) -> Finding | None:
    found = (are_numbers(texts) & ~missing).to_numpy()
    n_known = int(counts[~missing.to_numpy()].sum())
    n_found, n_distinct = int(counts[found].sum()), int(found.sum())
    if n_found < _NEARLY_ALL * n_known or not _vary(n_distinct, n_found):
        return None
    plain = are_plain_numbers(texts).to_numpy()
    markers, odd = texts[~plain & ~found], texts[~plain & found]
    whole = not have_fractions(texts[found]).any()
    is_small = whole and n_distinct <= 20 and n_distinct < max(10, 0.5 * n_found)
    # without a marker a reader of files would have made them numbers
    if is_small and (n_distinct < 10 or plain.all()):
        return None
    otherwise = []
    if len(markers):
        otherwise.append(f"read the file with na_values=[{quoted(markers[:5])}]")
    if whole and n_distinct == n_found:
        otherwise.append(f"frame.drop(columns=[{name!r}]) if these are identifiers")
    elif whole and not declared:
        otherwise.append(f'frame[{name!r}].astype("category") if these are codes')
    return Finding(
        f"{n_found} of {n_known} values are numbers as text"
        f"{_markers([*markers, *odd])}; as categories their order is lost",
        f"frame[{name!r}] = pd.to_numeric({_numeric_cells(name, odd)}, "
        'errors="coerce")',
        not declared and not is_small,
        ", or ".join(otherwise),
    )


def _numeric_cells(name: Any, odd: pd.Series) -> str:
    """Write what makes numbers of the cells, of which some have more than digits."""
    cells = f"frame[{name!r}]"
    if odd.str.contains(r"\d[\s'’]\d").any():
        cells += r""".str.replace(r"[\s'’]", "", regex=True)"""
    if have_decimal_comma(odd):
        cells += '.str.replace(".", "").str.replace(",", ".")'
    elif odd.str.contains(",", regex=False).any():
        cells += '.str.replace(",", "")'
    if odd.str.contains(r"[<>~=≤≥≈%]|[^\W\d](?:[^\W\d]|$)").any():
        cells += r'.str.extract(r"([-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)", expand=False)'
    return cells


def _one_per_patient(
    name: Any, known: pd.Series, weights: np.ndarray, is_code: bool
) -> Finding | None:
    n_known, n_distinct = int(weights.sum()), len(known)
    single = weights == 1
    n_single = int(single.sum())
    if n_distinct < _FEW_PATIENTS:
        return None
    sentences = n_single >= _FEW_PATIENTS and count_words(known[single]).mean() >= 3
    if n_distinct >= 0.9 * n_known or (sentences and n_single >= 0.3 * n_known):
        if sentences:
            return Finding(
                f"{n_distinct} different values in {n_known} patients: free text",
                f"frame = frame.drop(columns=[{name!r}])",
                True,
                f"pass frame[{name!r}] as a modality of its own, which is read as text",
                is_free_text=True,
            )
        return _identifier(name, n_distinct, n_known, is_error=not is_code)
    if name_tells_identifier(name) and n_distinct >= 0.3 * n_known:
        return _identifier(name, n_distinct, n_known)
    if not is_code and n_single >= max(_FEW_PATIENTS, 0.5 * n_known):
        return Finding(
            f"{n_single} of {n_known} patients have a category that nobody else has; "
            "the model keeps it and cannot learn from it",
            f"frame = frame.drop(columns=[{name!r}])",
            False,
            "merge rare categories",
        )
    return None


def _identifier(
    name: Any, n_distinct: int, n_known: int, is_error: bool = True
) -> Finding:
    return Finding(
        f"{n_distinct} different values in {n_known} patients: an identifier, from "
        "which nothing can be learned",
        f"frame = frame.drop(columns=[{name!r}])",
        is_error,
    )


def _vary(n_distinct: int, n_found: int) -> bool:
    """Tell whether there are too many values for categories."""
    return n_distinct >= 10 or (n_distinct >= 5 and n_distinct >= 0.8 * n_found)


def _markers(texts: Iterable[str]) -> str:
    shown = quoted(texts, 5)
    return f", with markers such as {shown}" if shown else ""


def _lowered(name: Any) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(name)).lower()
