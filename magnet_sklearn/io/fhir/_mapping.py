"""FHIRMapping: which features resources become."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from magnet_sklearn._utils import import_optional
from magnet_sklearn.data import did_you_mean, quoted
from magnet_sklearn.io._records import all_features
from magnet_sklearn.io.fhir._codes import CodeHierarchy
from magnet_sklearn.io.fhir._features import parse_features
from magnet_sklearn.io.fhir._suggest import suggested_modalities

_ENTRIES = ("modalities", "index_date", "hierarchy", "window")


class FHIRMapping:
    """Which features FHIR resources become, by modality.

    The columns follow from the mapping alone, never from the data: what is read for
    one patient has the columns of the cohort that a model was fitted to.

    Parameters
    ----------
    modalities : mapping of str to mapping
        Features by modality, and for each what it is made of, see the table below.
    index_date : str, date or mapping, default=None
        Date up to which each patient is known: "latest" (the last that is recorded; no
        guard against looking ahead), a date for all, or the first or last resource of a
        code, ``{"resource": "Condition", "codes": "snomed|254837009", "which":
        "first"}``. `read_fhir` takes it too.
    hierarchy : mapping of str to str or list of str, default=None
        Codes directly above each code, for codes written with ``<<``.
    window : pair of float, default=None
        Days before the index date for features without a window of their own.

    Attributes
    ----------
    features : list of Feature
        All features, in order.

    Raises
    ------
    ValueError
        If a feature has an unknown entry, code system, aggregate or unit, a window
        ends after the index date, or two columns have one name.
    TypeError
        If something is of a wrong type.

    Notes
    -----
    A feature is a dict of:

    - `resource`: its type or a list of types; "Observation" by default.
    - `codes`: ``"loinc|4548-4"``, ``"icd10cm|E11*"`` (a prefix) or
      ``"snomed|<<73211009"`` (the code and those below it in `hierarchy`), or a list.
      A dict of names to codes makes a feature of each: multi-hot codes.
    - `where`: codes and coded values the resource must have too, such as the gene of a
      variant, ``{"loinc|48018-6": "hgnc|HGNC:1100"}``.
    - `value`: path of the value. By default value[x]; "age" (in years) and "gender" of
      a Patient.
    - `kind`: "number", "category" or "presence".
    - `unit`: UCUM unit of the column; others are converted to it.
    - `factors`: factors, or pairs of factor and offset, from units that cannot be
      converted without knowing the substance: ``{"mg/dL": 0.0259}``.
    - `categories`: names of coded values, ``{"smoker": ["snomed|449868002"]}``.
    - `aggregate`: one or several of "last", "first", "mean", "min", "max", "slope" (a
      year), "count", "any".
    - `window`: days relative to the index date, such as ``[-365, 0]``.
    - `absent`: what "any" and "count" are where nothing is found: 0 for patients with
      any record of the type of resource ("recorded"), always 0 ("zero"), or NaN
      ("missing").

    Examples
    --------
    >>> from magnet_sklearn.io import FHIRMapping
    >>> mapping = FHIRMapping({
    ...     "labs": {"hba1c": {"codes": "loinc|4548-4", "unit": "%",
    ...                        "aggregate": ["last", "slope"]}},
    ...     "history": {"diagnosis": {"resource": "Condition",
    ...                               "codes": {"diabetes": "icd10cm|E11*"}}},
    ... })
    >>> mapping.columns
    {'labs': ['hba1c_last', 'hba1c_slope'], 'history': ['diagnosis_diabetes']}
    """

    def __init__(
        self,
        modalities: Mapping[str, Any],
        index_date: Any = None,
        hierarchy: Mapping[str, Any] | None = None,
        window: Any = None,
    ) -> None:
        self._spec = {
            "modalities": modalities,
            "index_date": index_date,
            "hierarchy": hierarchy,
            "window": window,
        }
        self.index_date = index_date
        self.hierarchy = CodeHierarchy(hierarchy or {})
        self.features = all_features(modalities, window, parse_features)

    @classmethod
    def from_dict(cls, spec: Mapping[str, Any]) -> FHIRMapping:
        """Read a mapping from a dict with the parameters.

        Parameters
        ----------
        spec : mapping
            With "modalities", and maybe "index_date", "hierarchy" and "window"; or
            the modalities themselves.

        Returns
        -------
        mapping : FHIRMapping
            What `to_dict` was called on.
        """
        if not isinstance(spec, Mapping):
            raise TypeError(f"A mapping must be a dict, got a {type(spec).__name__}.")
        if "modalities" not in spec:
            return cls(spec)
        unknown = [entry for entry in spec if entry not in _ENTRIES]
        if unknown:
            raise ValueError(
                f"The mapping has unknown entries {quoted(unknown, 5)}."
                f"{did_you_mean(unknown[0], _ENTRIES)} Entries: {quoted(_ENTRIES)}."
            )
        return cls(**spec)

    @classmethod
    def from_yaml(cls, path: str | PathLike[str]) -> FHIRMapping:
        """Read a mapping from a YAML file.

        Parameters
        ----------
        path : str or path
            File. Needs PyYAML, of the extra "fhir".

        Returns
        -------
        mapping : FHIRMapping
            The mapping.
        """
        yaml = import_optional("yaml", extra="fhir")
        try:
            return cls.from_dict(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
        except yaml.YAMLError as error:
            raise ValueError(f"The file {str(path)!r} is not YAML: {error}") from None

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters that were given.

        Returns
        -------
        spec : dict
            What `from_dict` takes.
        """
        return {key: value for key, value in self._spec.items() if value is not None}

    def to_yaml(self, path: str | PathLike[str]) -> None:
        """Write the mapping to a YAML file, for people to edit.

        Parameters
        ----------
        path : str or path
            File. Needs PyYAML, of the extra "fhir".
        """
        yaml = import_optional("yaml", extra="fhir")
        written = yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True)
        Path(path).write_text(written, encoding="utf-8")

    @classmethod
    def suggest(
        cls, source: Any, *, min_share: float = 0.05, max_codes: int = 200
    ) -> FHIRMapping:
        """Propose a mapping from what resources hold.

        Numbers become features in their most frequent unit, other Observations and
        codes become 0 or 1; modalities are the categories of Observations and the
        other types of resources. It is a start to edit: nobody has checked which
        features an outcome may be predicted from.

        Parameters
        ----------
        source : dict, iterable, str or path
            As in `read_fhir`.
        min_share : float, default=0.05
            Share of patients who must have a code.
        max_codes : int, default=200
            At most as many codes of each type of resource, the most frequent.

        Returns
        -------
        mapping : FHIRMapping
            With "latest" as the index date.

        Examples
        --------
        >>> from magnet_sklearn.io import FHIRMapping
        >>> weight = {
        ...     "resourceType": "Observation", "id": "1", "status": "final",
        ...     "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7",
        ...                          "display": "Body weight"}]},
        ...     "subject": {"reference": "Patient/a"},
        ...     "effectiveDateTime": "2020-05-01",
        ...     "valueQuantity": {"value": 70, "code": "kg", "system":
        ...                       "http://unitsofmeasure.org"},
        ... }
        >>> FHIRMapping.suggest([weight]).to_dict()["modalities"]
        {'observations': {'body_weight': {'codes': 'loinc|29463-7', 'unit': 'kg'}}}
        """
        found = suggested_modalities(source, min_share, max_codes)
        return cls(found, index_date="latest")

    @property
    def columns(self) -> dict[str, list[str]]:
        """Columns of each modality."""
        found: dict[str, list[str]] = {}
        for feature in self.features:
            found.setdefault(feature.modality, []).extend(feature.columns)
        return found

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}: {len(own)}" for name, own in self.columns.items())
        return f"FHIRMapping(columns of {sizes})"


def as_mapping(mapping: Any) -> FHIRMapping:
    """Return a mapping from what users pass as one."""
    if isinstance(mapping, FHIRMapping):
        return mapping
    if isinstance(mapping, str | PathLike):
        return FHIRMapping.from_yaml(mapping)
    return FHIRMapping.from_dict(mapping)
