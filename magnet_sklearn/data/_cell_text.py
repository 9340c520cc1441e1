"""What the text of a cell stands for: a number, a date, a missing value."""

import re

import pandas as pd

_NUMBER = re.compile(
    r"(?:[<>~=≤≥≈]{1,2}\s*)?"  # beyond a limit of detection
    r"[+-]?(?:\d{1,3}(?:[,'’\s]\d{3})+(?:\.\d+)?"  # 1,234.5
    r"|\d{1,3}(?:\.\d{3})+,\d+"  # 1.234,5
    r"|\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?"
    r"\s*(?P<unit>%|[A-Za-zµμ°][\w/%µμ°^.²³]{0,11})?"
)
_FRACTION = re.compile(r"\d*[.,]\d*[1-9]|[eE]-|%")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\.?"
_DATE = re.compile(
    r"(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:[0-2]?\d|3[01]))?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
    r"|\d{1,2}(?P<mark>[-/.])\d{1,2}(?P=mark)(?:\d{4}|\d\d)"
    r"|\d{1,2}/(?:19|20)\d\d"
    rf"|\d{{1,2}}[-. ]+{_MONTH}(?:[-, ]+(?:\d{{4}}|\d\d))?"
    rf"|(?:{_MONTH}[-, ]+)(?:\d{{1,2}}[-, ]+)?\d{{4}})"
    r"(?:[T ,]+\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?)?"
    r"\s*(?:[ap]\.?m\.?|z|[+-]\d\d:?\d\d|utc|gmt)?",
    re.IGNORECASE,
)
_MISSING = frozenset(
    {
        *("", "-", "--", "---", ".", "..", "?", "*", "na", "n/a", "n.a.", "nan", "nil"),
        *("none", "null", "missing", "unknown", "unk", "unspecified", "pending"),
        *("not available", "not applicable", "not reported", "not evaluated"),
        *("not done", "not known", "not measured", "not assessed", "not performed"),
        *("nd", "n.d.", "discrepancy", "redacted", "no data", "<na>", "nat"),
        *("#n/a", "#na", "#value!", "#div/0!", "#num!", "#null!", "#ref!", "#name?"),
    }
)


def are_missing(texts: pd.Series) -> pd.Series:
    """Tell which cells say that there is no value, such as "[Not Available]"."""
    lowered = texts.str.strip().str.lower()
    bare = lowered.str.strip("[](){} ").str.replace("_", " ", regex=False)
    return lowered.isin(_MISSING) | bare.isin(_MISSING)


def are_numbers(texts: pd.Series) -> pd.Series:
    """Tell which cells are a number, with a limit ("<0.01") or the one common unit."""
    found = _matches(texts, _NUMBER)
    units = found.map(lambda match: match and match["unit"])
    has_unit = units.notna() & (units != "")
    common = units[has_unit].mode()
    is_common = units == common.iloc[0] if len(common) else False
    return found.notna() & (~has_unit | is_common)


def are_dates(texts: pd.Series) -> pd.Series:
    """Tell which cells are a day or a month, with or without a time of day."""
    return _matches(texts, _DATE).notna()


def are_plain_numbers(texts: pd.Series) -> pd.Series:
    """Tell which cells every reader of files takes as numbers."""
    return _matches(texts, _PLAIN).notna()


def have_fractions(texts: pd.Series) -> pd.Series:
    """Tell which of some numbers are not whole."""
    return texts.str.contains(_FRACTION)


def have_decimal_comma(texts: pd.Series) -> bool:
    """Tell whether a comma in some numbers stands before decimals, not thousands."""
    if texts.str.contains(r"^\D*0,").any():
        return True
    after = texts.str.extract(r",(\d+)\D*$", expand=False).dropna()
    return bool(len(after)) and (
        not (after.str.len() == 3).all() or bool(texts.str.contains(r"\.\d{3},").any())
    )


def have_day_first(texts: pd.Series) -> bool:
    """Tell whether some dates of numbers only begin with the day."""
    first = texts.str.extract(r"^\s*(\d{1,2})([-/.])\d{1,2}[-/.]\d")
    numbers = pd.to_numeric(first[0])
    return bool((numbers > 12).any() or (first[1] == ".").any())


def count_words(texts: pd.Series) -> pd.Series:
    """Count the words of two letters or more in each cell."""
    return texts.str.count(r"[^\W\d_]{2,}")


def _matches(texts: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    stripped = texts.str.strip()
    found = [pattern.fullmatch(text) for text in stripped]
    return pd.Series(found, index=texts.index, dtype=object)
