"""No bundle, however wrong, breaks the reader; each resource is counted once."""

import os
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnet_sklearn.io import FHIRMapping, read_fhir

pytest.importorskip("ucumvert")

N_EXAMPLES = int(os.environ.get("MAGNET_SKLEARN_RANDOM_BUNDLES", "100"))
MAPPING = FHIRMapping(
    {
        "labs": {
            "number": {
                "codes": ["loinc|1", "loinc|2*"],
                "unit": "%",
                "factors": {"mg": 2, "": 1},
                "aggregate": ["last", "slope", "count", "mean"],
                "window": [-1000, 0],
            },
            "label": {"codes": "loinc|1", "kind": "category"},
            "where": {
                "codes": "loinc|1",
                "kind": "presence",
                "where": {"loinc|2": "loinc|1"},
            },
        },
        "history": {
            "dm": {
                "resource": ["Condition", "Procedure", "MedicationRequest"],
                "codes": {"one": "loinc|1", "below": "loinc|<<2"},
            },
            "age": {"resource": "Patient", "value": "age"},
            "n": {"resource": "ImagingStudy", "value": "series.n.value"},
        },
    },
    hierarchy={"loinc|1": "loinc|2", "loinc|2": "loinc|1"},
)
TYPES = ["Patient", "Observation", "Condition", "Procedure", "MedicationRequest"]
TYPES += ["ImagingStudy", "Specimen", "Medication", "Encounter", "Bundle"]
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["2020-01-01", "2019", "#1", "urn:uuid:1", "9999-12-31", "10" * 300]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["value", "code", "coding", "reference", "unit", "id", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
coding = st.fixed_dictionaries(
    {
        "system": st.sampled_from(["http://loinc.org", "", "x"]),
        "code": st.sampled_from(["1", "2", "23", ""]),
    }
)
concept = st.fixed_dictionaries({"coding": st.lists(coding, max_size=2)})
quantity = st.fixed_dictionaries(
    {
        "value": st.floats() | st.integers(),
        "code": st.sampled_from(["%", "mg", "", "{x}"]),
    }
)
reference = st.fixed_dictionaries(
    {"reference": st.sampled_from(["Patient/1", "Patient/2", "urn:uuid:1", "Group/1"])}
)
date = st.sampled_from(["2020-01-01", "2020", "2019-05-01T10:00:00Z", "3000", "0"])
GOOD = {
    "id": st.sampled_from(["1", "2", "3"]),
    "meta": st.fixed_dictionaries({"versionId": st.sampled_from(["1", "2", "x"])}),
    "status": st.sampled_from(["final", "active", "entered-in-error", "completed"]),
    "intent": st.just("order"),
    "code": concept,
    "subject": reference,
    "medicationReference": st.fixed_dictionaries(
        {"reference": st.sampled_from(["Medication/1", "#1", "urn:uuid:1"])}
    ),
    "medicationCodeableConcept": concept,
    "contained": st.lists(st.fixed_dictionaries({"id": st.just("1"), "code": concept})),
    "effectiveDateTime": date,
    "issued": date,
    "onsetDateTime": date,
    "authoredOn": date,
    "birthDate": date,
    "valueQuantity": quantity,
    "valueCodeableConcept": concept,
    "series": st.lists(st.fixed_dictionaries({"n": quantity}), max_size=2),
    "component": st.lists(
        st.fixed_dictionaries(
            {"code": concept},
            optional={"valueQuantity": quantity, "valueCodeableConcept": concept},
        ),
        max_size=2,
    ),
    "entry": st.lists(junk, max_size=2),
}
resource = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(TYPES)},
    optional={name: st.one_of(good, good, good, junk) for name, good in GOOD.items()},
)
entry = st.fixed_dictionaries(
    {"resource": resource | junk}, optional={"fullUrl": st.just("urn:uuid:1") | junk}
)
bundles = st.fixed_dictionaries(
    {"resourceType": st.just("Bundle"), "entry": st.lists(entry | junk, max_size=12)}
)
indices = st.sampled_from(
    [
        "latest",
        "2020-06-01",
        {"1": "2020-06-01", "2": "2010-01-01"},
        {"resource": "Condition", "codes": "loinc|1"},
    ]
)


@settings(
    max_examples=N_EXAMPLES,
    deadline=None,
    derandomize=N_EXAMPLES == 100,
    suppress_health_check=list(HealthCheck),
)
@given(bundles, indices)
def test_reader_survives_and_counts_every_resource_once(bundle, index_date):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cohort = read_fhir(bundle, MAPPING, index_date=index_date)
    except ValueError as error:
        assert str(error).startswith("No patient has data")  # noqa: PT017
        return
    labs = cohort.data["labs"]
    assert list(labs) == MAPPING.columns["labs"]
    assert not np.isinf(labs[["number_last", "number_mean", "number_count"]]).any(
        axis=None
    )
    counts = cohort.report.query("level == 'resource'")["count"]
    assert counts.sum() == _n_resources(bundle)


def _n_resources(bundle):
    """Count resources, and entries that hold none; a Bundle inside is its entries."""
    n = 0
    for one in bundle["entry"]:
        inner = one.get("resource") if isinstance(one, dict) else None
        if isinstance(inner, dict) and inner.get("resourceType") == "Bundle":
            entries = inner.get("entry", [])
            n += _n_resources({"entry": entries}) if isinstance(entries, list) else 1
        else:
            n += 1
    return n


@settings(
    max_examples=max(N_EXAMPLES // 3, 30),
    deadline=None,
    derandomize=N_EXAMPLES == 100,
    suppress_health_check=list(HealthCheck),
)
@given(bundles)
def test_suggestions_can_be_read(bundle):
    try:
        mapping = FHIRMapping.suggest(bundle)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cohort = read_fhir(bundle, mapping)
    except ValueError as error:
        told = "The source has no resource", "No patient has data"
        assert str(error).startswith(told)  # noqa: PT017
        return
    assert {name: list(block) for name, block in cohort.data.items()} == mapping.columns
