"""Patient ids that would be the same if they were written alike."""

import re
from collections.abc import Callable, Mapping

import pandas as pd

from magnet_sklearn.data._ids import as_text
from magnet_sklearn.data._names import quoted

_TCGA_PATIENT = re.compile(r"tcga-\w\w-\w{4}(?=-|$)")


def near_matches(ids: pd.Index, others: pd.Index) -> str:
    """Say which ids would match if written alike: a sentence, or ""."""
    if ids.nlevels > 1 or others.nlevels > 1:
        return ""
    for what, remedy, form in _FORMS:
        written = {}
        for own in ids.dropna():
            written.setdefault(form(_text(own)), own)
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
    names = list(ids)
    for name in names:
        rest = [ids[other] for other in names if other != name]
        shares = any(bool(ids[name].isin(other).any()) for other in rest)
        if rest and not shares and len(ids[name]) and all(map(len, rest)):
            found.append(
                f"Modality {name!r} shares no patient with any other: it has "
                f"{quoted(ids[name], 3)}, {_first_ids(ids, name)}."
            )
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            only_here = ids[name][~ids[name].isin(ids[other])]
            only_there = ids[other][~ids[other].isin(ids[name])]
            near = near_matches(only_here, only_there)
            if near:
                found.append(
                    f"Modalities {name!r} and {other!r} have patient ids that differ."
                    f"{near}"
                )
    return found


def _first_ids(ids: Mapping[str, pd.Index], name: str) -> str:
    others = [other for other in ids if other != name][:3]
    return "; ".join(f"{other!r} has {quoted(ids[other], 3)}" for other in others)


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
        ".str.strip().str.upper()",
        _plain_form,
    ),
    (
        "without leading zeros",
        "write the ids alike, e.g. frame.index = frame.index.astype(str)"
        ".str.zfill(3), and read ids as text",
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
