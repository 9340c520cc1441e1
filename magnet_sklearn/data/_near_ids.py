"""Patient ids that would be the same if they were written alike."""

import re
from collections.abc import Callable, Mapping
from itertools import combinations

import pandas as pd

from magnet_sklearn.data._ids import as_text, found_in
from magnet_sklearn.data._names import quoted

_TCGA_PATIENT = re.compile(r"tcga-\w\w-\w{4}(?=-|$)")


def near_matches(ids: pd.Index, others: pd.Index) -> str:
    """Say which ids would match if written alike: a sentence, or ""."""
    if ids.nlevels > 1 or others.nlevels > 1:
        return ""
    for what, remedy, form in _FORMS:
        written = {form(_text(own)): own for own in reversed(list(ids.dropna()))}
        pairs = [
            (written[form(_text(other))], other)
            for other in others.dropna()
            if form(_text(other)) in written
        ]
        if pairs:
            examples = ", ".join(f"{own!r} and {other!r}" for own, other in pairs[:5])
            return (
                f" {len(pairs)} of them would match {what}: {examples}. If they are "
                f"the same patients, {remedy}."
            )
    return ""


def unmatched(ids: Mapping[str, pd.Index]) -> list[str]:
    """Tell which tables share no patient with others, or seem to by other spelling."""
    found = []
    explained = set()
    for name, other in combinations(ids, 2):
        near = near_matches(
            ids[name][~found_in(ids[name], ids[other])],
            ids[other][~found_in(ids[other], ids[name])],
        )
        if near:
            explained |= {name, other}
            found.append(f"Patient ids differ between {name!r} and {other!r}.{near}")
    alone = [name for name in ids if name not in explained and _is_alone(ids, name)]
    if alone:
        examples = "; ".join(
            f"{name!r} has {quoted(own, 3)}" for name, own in ids.items()
        )
        found.append(
            f"Modality {quoted(alone, 5)} shares no patient with any other: {examples}."
        )
    return found


def _is_alone(ids: Mapping[str, pd.Index], name: str) -> bool:
    rest = [ids[other] for other in ids if other != name and len(ids[other])]
    shared = any(found_in(ids[name], other).any() for other in rest)
    return bool(rest and len(ids[name]) and not shared)


def _text(name: object) -> str:
    return str(as_text(pd.Index([name]))[0]) if isinstance(name, float) else str(name)


def _plain_form(name: str) -> str:
    return re.sub(r"[\s._-]+", "-", name.strip().casefold())


def _without_zeros(name: str) -> str:
    return _plain_form(name).lstrip("0")


def _patient_of_barcode(name: str) -> str:
    plain = _plain_form(name)
    barcode = _TCGA_PATIENT.match(plain)
    return barcode.group() if barcode else plain


_FORMS: list[tuple[str, str, Callable[[str], str]]] = [
    (
        "as text, without case, blanks and punctuation",
        "write the ids alike, e.g. frame.index = frame.index.astype(str)"
        ".str.strip().str.upper().str.replace('.', '-')",
        _plain_form,
    ),
    (
        "without leading zeros",
        "read the ids of all tables as text, e.g. with converters={0: str}, and write "
        "them alike with frame.index = frame.index.str.zfill(width)",
        _without_zeros,
    ),
    (
        "by the first 12 characters of the TCGA barcode, the patient",
        "select one sample of each patient (-01 is a tumour, -11 normal tissue) and "
        "then cut with frame.index = frame.index.str[:12]; `aggregate` joins several "
        "samples of one patient",
        _patient_of_barcode,
    ),
]
