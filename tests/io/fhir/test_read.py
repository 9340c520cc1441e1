"""From resources to multimodal data, as a user reads them."""

import json

import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.io import read_fhir

MAPPING = {
    "labs": {
        "hba1c": {
            "codes": "loinc|4548-4",
            "unit": "%",
            "aggregate": ["last", "mean", "slope"],
            "window": [-365, 0],
        }
    },
    "history": {
        "has": {
            "resource": "Condition",
            "codes": {"diabetes": "icd10cm|E11*", "cancer": "icd10cm|C*"},
        },
        "drug": {
            "resource": ["MedicationRequest", "MedicationStatement"],
            "codes": {"metformin": "rxnorm|6809"},
        },
    },
}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


@pytest.fixture
def request_of(concept):
    def make(identifier, patient, **elements):
        return {
            "resourceType": "MedicationRequest",
            "id": identifier,
            "status": "active",
            "intent": "order",
            "subject": {"reference": f"Patient/{patient}"},
            "authoredOn": "2020-01-01",
        } | elements

    return make


def test_window_counts_whole_days_before_the_index_date(observation):
    index = pd.Timestamp("2020-12-31")
    days = [-400, -366, -365, -100, 0]
    resources = [
        observation(str(day), "a", f"{index + pd.Timedelta(day, 'D'):%Y-%m-%d}", -day)
        for day in days
    ]

    labs = read_fhir(resources, MAPPING, index_date=index).data["labs"]

    assert labs.loc["a", "hba1c_last"] == 0
    assert labs.loc["a", "hba1c_mean"] == pytest.approx((365 + 100) / 3)


def test_nothing_found_is_zero_only_where_there_are_records(condition, request_of):
    resources = [
        condition("1", "a", "2020-01-01", "E11.9"),
        condition("2", "b", "2020-01-01", "J45"),
        request_of("3", "c"),
    ]
    index = dict.fromkeys("abcd", "2020-06-01")

    history = read_fhir(resources, MAPPING, index_date=index).data["history"]

    np.testing.assert_equal(
        history[["has_diabetes", "has_cancer"]].to_numpy(),
        [[1, 0], [0, 0], [np.nan] * 2, [np.nan] * 2],
    )


@pytest.mark.parametrize(
    ("absent", "expected"), [("zero", [1, 0, 0]), ("missing", [1, np.nan, np.nan])]
)
def test_absence_can_mean_other_things(condition, absent, expected):
    spec = {"resource": "Condition", "codes": "icd10cm|E11*", "absent": absent}
    resources = [
        condition("1", "a", "2020-01-01"),
        condition("2", "b", "2020-01-01", "J45"),
    ]

    cohort = read_fhir(
        resources, {"h": {"dm": spec}}, index_date=dict.fromkeys("abc", "2020-06-01")
    )

    np.testing.assert_equal(cohort.data["h"]["dm"].to_numpy(), expected)


@pytest.mark.parametrize("is_before", [True, False])
def test_medication_may_be_a_resource_of_its_own(request_of, concept, is_before):
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": concept("6809", RXNORM),
    }
    inside = request_of(
        "2",
        "b",
        medicationReference={"reference": "#x"},
        contained=[medication | {"id": "x"}],
    )
    orders = [
        request_of("1", "a", medicationReference={"reference": "Medication/m"}),
        inside,
        request_of("3", "c", medicationCodeableConcept=concept("6809", RXNORM)),
        request_of("4", "d", medicationReference={"reference": "Medication/absent"}),
    ]
    resources = [medication, *orders] if is_before else [*orders, medication]

    cohort = read_fhir(resources, MAPPING, index_date="2020-06-01")

    drug = cohort.data["history"]["drug_metformin"]
    assert drug.to_dict() == {"a": 1, "b": 1, "c": 1, "d": 0}
    assert "medication not found" in cohort.report["reason"].tolist()


def test_urns_and_ids_mean_the_same_patient(observation, person, bundle):
    source = bundle([observation("1", "x", "2020-01-01", 6.0), person("p1")])
    source["entry"][0]["resource"]["subject"] = {"reference": "urn:uuid:abc"}
    source["entry"][1]["fullUrl"] = "urn:uuid:abc"

    cohort = read_fhir(source, MAPPING, index_date="2020-06-01")

    assert cohort.data.index.tolist() == ["p1"]
    assert cohort.data["labs"].loc["p1", "hba1c_last"] == 6.0


def test_patient_alone_reads_as_in_the_cohort(observation, condition):
    resources = [
        observation(str(n), f"p{n % 4}", f"2020-0{1 + n % 7}-01", n / 7)
        for n in range(40)
    ] + [condition(f"c{n}", f"p{n}", "2019", "C50") for n in range(2)]
    index = {f"p{n}": "2020-08-01" for n in range(4)}
    cohort = read_fhir(resources, MAPPING, index_date=index).data

    for patient in index:
        own = [r for r in resources if r["subject"]["reference"].endswith(patient)]
        alone = read_fhir(own, MAPPING, index_date={patient: "2020-08-01"}).data
        for modality in cohort:
            pd.testing.assert_frame_equal(
                alone[modality], cohort[modality].loc[[patient]], check_exact=True
            )


def test_broken_resource_is_named_by_id_and_path_without_its_content(
    tmp_path, observation, person
):
    secret = "Erika Mustermann"
    broken = [
        observation("bad1", "a", "2020-01-01", secret),
        observation("bad2", "a", secret, 6.0),
        observation("bad3", "a", "2020-01-01", 6.0, status=[secret]),
        observation("good", "a", "2020-01-01", 6.0, performer=[{"display": secret}]),
        person("a", birth=secret),
        person(secret),
    ]
    lines = [json.dumps(resource) for resource in broken] + [f'{{"name": "{secret}"']
    (tmp_path / "x.ndjson").write_text("\n".join(lines))
    age = {"patient": {"age": {"resource": "Patient", "value": "age"}}}

    with pytest.warns(UserWarning, match="6 resources are invalid") as warned:
        cohort = read_fhir(tmp_path, MAPPING | age, index_date={"a": "2020-06-01"})

    invalid = cohort.report.query("reason == 'invalid'")
    told = " ".join(invalid["examples"])
    assert "Observation/bad1 at x.ndjson line[1]: valueQuantity: value must be" in told
    assert "Patient/a at x.ndjson line[5]: birthDate" in told
    assert "x.ndjson line[6]: id must be" in told
    assert "x.ndjson line[7]" in told
    assert secret not in str(warned[0].message) + cohort.report.to_string()
    assert cohort.data["labs"].loc["a", "hba1c_last"] == 6.0


def test_r4_models_refuse_what_they_find_invalid(observation):
    pytest.importorskip("fhir.resources")
    wrong = observation("1", "a", "2020-01-01", 6.0, referenceRange=[{"low": "x"}])
    resources = [wrong, observation("2", "a", "2020-01-02", 7.0)]

    plain = read_fhir(resources, MAPPING, index_date="2020-06-01")
    with pytest.warns(UserWarning, match=r"Observation/1 at resource\[0\]: not valid"):
        checked = read_fhir(resources, MAPPING, index_date="2020-06-01", validate=True)

    assert plain.data["labs"].loc["a", "hba1c_mean"] == 6.5
    assert checked.data["labs"].loc["a", "hba1c_mean"] == 7.0


def test_unmapped_codes_are_told(observation):
    resources = [observation(str(n), "a", "2020-01-01", 1, "1-1") for n in range(3)]
    resources += [{"resourceType": "Encounter", "id": "e"}]

    cohort = read_fhir(resources, MAPPING, index_date="2020-06-01")

    assert cohort.unmapped.to_numpy().tolist() == [
        ["Observation", "http://loinc.org", "1-1", 3]
    ]
    counts = cohort.report.query("level == 'resource'")
    assert dict(zip(counts["reason"], counts["count"], strict=True)) == {
        "type is not read": 1,
        "not mapped": 3,
    }
