"""A proposed mapping reads what it was proposed from."""

import pytest

from magnet_sklearn.io import FHIRMapping, read_fhir


@pytest.fixture
def resources(observation, condition, person, concept):
    def lab(number, patient, unit, **elements):
        category = [concept("laboratory", "http://terminology.hl7.org/x")]
        return observation(
            number, patient, "2020-01-01", 6, unit=unit, category=category, **elements
        )

    smoking = observation("s", "a", "2020-01-01", 1, "72166-2", valueQuantity=None)
    return [
        *map(person, "abc"),
        lab("1", "a", "%"),
        lab("2", "b", "%"),
        lab("3", "c", "mmol/mol"),
        smoking | {"valueCodeableConcept": concept("1", "http://snomed.info/sct")},
        condition("4", "a", "2019-01-01"),
        condition("5", "b", "2019-01-01", "J45"),
        condition("6", "b", "2019-01-02", "J45"),
        {"resourceType": "Observation", "id": "7", "status": 5},
    ]


def test_suggestion_names_units_and_modalities(resources):
    spec = FHIRMapping.suggest(resources).to_dict()

    assert spec["index_date"] == "latest"
    assert spec["modalities"]["labs"] == {
        "code_4548_4": {"codes": "loinc|4548-4", "unit": "%"}
    }
    assert spec["modalities"]["observations"]["code_72166_2"]["kind"] == "category"
    assert spec["modalities"]["conditions"]["has"] == {
        "resource": ["Condition"],
        "codes": {"code_e11_9": "icd10cm|E11.9", "code_j45": "icd10cm|J45"},
    }
    assert list(spec["modalities"]["patient"]) == ["age", "gender"]


def test_rare_codes_are_left_out(resources):
    mapping = FHIRMapping.suggest(resources, min_share=0.5)

    assert list(mapping.columns) == ["patient", "labs"]
    few = FHIRMapping.suggest(resources, max_codes=1)
    assert few.columns["conditions"] == ["has_code_e11_9"]


@pytest.mark.filterwarnings("ignore:1 resources are invalid")
def test_suggestion_reads_its_source(resources):
    mapping = FHIRMapping.suggest(resources)
    mapping = FHIRMapping.from_dict(
        mapping.to_dict()
        | {
            "modalities": mapping.to_dict()["modalities"]
            | {
                "labs": {
                    "hba1c": {
                        "codes": "loinc|4548-4",
                        "unit": "%",
                        "factors": {"mmol/mol": [0.09, 2.15]},
                    }
                }
            }
        }
    )

    cohort = read_fhir(resources, mapping)

    assert len(cohort.data) == 3
    assert not cohort.data["labs"]["hba1c"].isna().any()


def test_source_without_codes_is_an_error():
    with pytest.raises(ValueError, match="no resource whose codes"):
        FHIRMapping.suggest([{"resourceType": "Encounter"}])
