"""Records as columns of numbers, whatever they were read from."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from magnet_sklearn.io._records._features import RecordFeature
from magnet_sklearn.io._records._numbering import Numbering

ROW_COLUMNS = [
    "kind",
    "key",
    "patient",
    "time",
    "known",
    "updated",
    "version",
    "content",
    "reason",
    "place",
    "number",
]
_FINDING_COLUMNS = ["row", "feature", "problem", "part"]
NEWEST = 1 << 62
NOT_MAPPED = "not mapped"
INVALID = "invalid"
NO_PATIENT = "no patient"


class Records:
    """Dated records, and the values they have for features.

    Parameters
    ----------
    features : list of RecordFeature
        Features.
    kinds : iterable of str
        Types of records, or tables.
    timeless : str
        Kind that describes a patient, and has no date.
    mixed : collection of str
        Kinds that hold everything: of them, a patient has records for a modality only
        if one has a code of this modality.
    """

    def __init__(
        self,
        features: Sequence[RecordFeature],
        kinds: Iterable[str],
        timeless: str,
        mixed: Iterable[str],
    ) -> None:
        self.timeless, self.mixed = timeless, frozenset(mixed)
        self.modality_of = Numbering(feature.modality for feature in features)
        self.rows = {name: array("q") for name in ROW_COLUMNS}
        self.findings = {name: array("q") for name in _FINDING_COLUMNS}
        self.values = array("d")
        self.marks: dict[str, array[int]] = {"row": array("q"), "modality": array("q")}
        self.kinds, self.keys = Numbering(kinds), Numbering()
        self.patients, self.places, self.parts = Numbering(), Numbering(), Numbering()
        self.reasons = Numbering(["used"])
        self.problems, self.labels = Numbering([""]), Numbering()
        self.details: dict[int, str] = {}
        self.other_types: Counter[str] = Counter()
        self.other_examples: dict[str, list[str]] = {}
        self.unmapped: Counter[tuple[str, str, str]] = Counter()

    def patient_names(self) -> np.ndarray:
        """Return the id of each patient, in the order of their numbers."""
        return np.array([*self.patients])

    def as_ids(self, given: pd.Index) -> pd.Index:
        """Return ids of patients as users write them in the form of `patient_names`."""
        return given

    def marked(self, modality: str) -> np.ndarray:
        """Tell which rows have a code of a modality, of those kinds that are mixed."""
        rows = np.asarray(self.marks["row"], dtype=np.int64)
        is_marked = np.zeros(len(self.rows["key"]), dtype=bool)
        own = np.asarray(self.marks["modality"]) == self.modality_of[modality]
        is_marked[rows[own]] = True
        return is_marked
