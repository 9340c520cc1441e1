"""Values become numbers and categories in the unit of the feature, or are counted."""

import numpy as np
import pytest

from magnet_sklearn.io import read_fhir

LDL = {"labs": {"ldl": {"codes": "loinc|2089-1", "unit": "mmol/L"}}}


def _one(resources, mapping, index_date="2021-01-01"):
    cohort = read_fhir(resources, mapping, index_date=index_date)
    name = next(iter(cohort.data))
    return cohort.data[name].iloc[0, 0], cohort


def _problems(cohort):
    return cohort.report.query("level == 'value'")["reason"].tolist()


def test_factors_stand_for_molar_masses(observation):
    ldl = {"labs": {"ldl": LDL["labs"]["ldl"] | {"factors": {"mg/dL": 0.0259}}}}

    value, _ = _one([observation("1", "a", "2020-01-01", 100, "2089-1", "mg/dL")], ldl)

    assert value == pytest.approx(2.59)


def test_factor_may_have_an_offset(observation):
    hba1c = {"codes": "loinc|4548-4", "unit": "%"}
    hba1c |= {"factors": {"mmol/mol": [0.09148, 2.152]}}
    sent = observation("1", "a", "2020-01-01", 48, unit="mmol/mol")

    assert _one([sent], {"labs": {"hba1c": hba1c}})[0] == pytest.approx(6.543, abs=1e-3)


def test_units_are_converted(observation):
    pytest.importorskip("ucumvert")
    sent = observation("1", "a", "2020-01-01", 2500, "2089-1", "umol/L")

    assert _one([sent], LDL)[0] == pytest.approx(2.5)


def test_unit_that_needs_a_molar_mass_is_reported(observation):
    pytest.importorskip("ucumvert")
    sent = observation("1", "a", "2020-01-01", 100, "2089-1", "mg/dL")

    value, cohort = _one([sent], LDL)

    assert np.isnan(value)
    assert _problems(cohort) == ["unit that cannot be converted"]


@pytest.mark.parametrize(
    ("quantity", "problem"),
    [
        ({"value": 1}, "value without a unit"),
        ({"code": "mmol/L"}, "no value"),
        ({"value": float("nan"), "code": "mmol/L"}, "value is not finite"),
        ({"value": 10**400, "code": "mmol/L"}, "value is not finite"),
    ],
)
def test_unusable_numbers_are_reported(observation, quantity, problem):
    sent = observation("1", "a", "2020-01-01", 1, "2089-1", valueQuantity=quantity)

    value, cohort = _one([sent], LDL)

    assert np.isnan(value)
    assert _problems(cohort) == [problem]


def test_components_are_observations_of_their_own(observation, concept):
    def component(code, value):
        quantity = {"value": value, "code": "mm[Hg]"}
        return {"code": concept(code), "valueQuantity": quantity}

    pressure = observation("1", "a", "2020-01-01", None, "85354-9", valueQuantity=None)
    pressure["component"] = [component("8480-6", 120), component("8462-4", 80)]
    mapping = {"vitals": {"diastolic": {"codes": "loinc|8462-4", "unit": "mm[Hg]"}}}

    value, cohort = _one([pressure], mapping)

    assert value == 80
    assert cohort.provenance["element"].tolist() == ["component[1].valueQuantity"]


@pytest.fixture
def variant(observation, concept):
    """Return an Observation of genomics reporting: a variant of a gene, or none."""

    def make(identifier, patient, gene, present="LA9633-4"):
        hgnc = concept(gene, "http://www.genenames.org/geneId")
        studied = {"code": concept("48018-6"), "valueCodeableConcept": hgnc}
        elements = {"valueCodeableConcept": concept(present), "component": [studied]}
        return observation(
            identifier,
            patient,
            "2020-01-01",
            None,
            "69548-6",
            valueQuantity=None,
            **elements,
        )

    return make


def test_genes_of_variants(observation, variant):
    spec = {"kind": "presence", "codes": "loinc|69548-6"}
    present = {"loinc|69548-6": "loinc|LA9633-4"}
    genes = {"tp53": "hgnc|HGNC:11998", "brca1": "hgnc|HGNC:1100"}
    mapping = {
        "genomics": {
            name: spec | {"where": present | {"loinc|48018-6": gene}}
            for name, gene in genes.items()
        }
    }
    resources = [
        variant("1", "a", "HGNC:11998"),
        variant("2", "b", "HGNC:11998", "LA9634-2"),
        observation("3", "c", "2020-01-01", 6.0),
    ]

    index = dict.fromkeys("abc", "2021-01-01")
    genomics = read_fhir(resources, mapping, index_date=index).data["genomics"]

    # b was sequenced and has none; c was not sequenced
    assert genomics.to_numpy().tolist()[:2] == [[1.0, 0.0], [0.0, 0.0]]
    assert genomics.iloc[2].isna().all()


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"valueBoolean": True}, 1.0),
        ({"valueBoolean": False}, 0.0),
        ({"valueInteger": 7}, 7.0),
        ({"valueQuantity": {"value": 7, "code": "{score}"}}, 7.0),
        ({"valueString": "seven"}, np.nan),
    ],
)
def test_numbers_without_a_unit(observation, element, expected):
    sent = observation("1", "a", "2020-01-01", 1, "72514-3", valueQuantity=None)

    value, _ = _one([sent | element], {"scores": {"pain": {"codes": "loinc|72514-3"}}})

    np.testing.assert_equal(value, expected)


def test_categories(observation, concept):
    smoking = {"codes": "loinc|72166-2", "kind": "category"}
    named = smoking | {"categories": {"never": ["snomed|266919005"]}}
    snomed = "http://snomed.info/sct"
    sent = observation("1", "a", "2020-01-01", 1, "72166-2", valueQuantity=None)
    never = sent | {"valueCodeableConcept": concept("266919005", snomed)}
    other = sent | {"valueCodeableConcept": concept("8517006", snomed)}

    assert _one([never], {"life": {"smoking": smoking}})[0] == "266919005"
    assert _one([never], {"life": {"smoking": named}})[0] == "never"
    assert _problems(_one([other], {"life": {"smoking": named}})[1]) == [
        "category not mapped"
    ]


def test_age_and_gender_at_the_index_date(person):
    mapping = {
        "patient": {
            "age": {"resource": "Patient", "value": "age"},
            "sex": {"resource": "Patient", "value": "gender"},
        }
    }
    people = [person("a", "1960-06-01"), person("b", "2022-01-01", "male")]
    index = {"a": "2020-06-01", "b": "2020-06-01"}

    cohort = read_fhir(people, mapping, index_date=index)

    assert cohort.data["patient"]["age"].iloc[0] == pytest.approx(60, abs=0.01)
    assert np.isnan(cohort.data["patient"]["age"].iloc[1])
    assert cohort.data["patient"]["sex"].tolist() == ["female", "male"]
    assert _problems(cohort) == ["birth after the index date, or 150 years before"]


def test_path_of_a_value():
    study = {
        "resourceType": "ImagingStudy",
        "id": "1",
        "status": "available",
        "subject": {"reference": "Patient/a"},
        "started": "2020-01-01",
        "modality": [{"system": "http://dicom.nema.org/resources/ontology/DCM"}],
        "series": [{"numberOfInstances": 3}, {"numberOfInstances": 5}],
    }
    images = {"resource": "ImagingStudy", "value": "series.numberOfInstances"}

    value, _ = _one([study], {"imaging": {"n": images | {"aggregate": "max"}}})

    assert value == 5
