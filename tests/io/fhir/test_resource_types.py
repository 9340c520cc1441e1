"""Only resources whose status says that they hold are used."""

import pytest

from magnet_sklearn.io._records import InvalidElement
from magnet_sklearn.io.fhir._resource_types import refusal

OTHER = "status is not one of those used"


@pytest.mark.parametrize(
    ("kind", "resource", "reason"),
    [
        ("Observation", {"status": "final"}, None),
        ("Observation", {"status": "corrected"}, None),
        ("Observation", {"status": "preliminary"}, OTHER),
        ("Observation", {"status": "entered-in-error"}, "entered in error"),
        ("Condition", {}, None),
        ("Procedure", {"status": "not-done"}, OTHER),
        ("MedicationStatement", {"status": "not-taken"}, OTHER),
        ("MedicationRequest", {"status": "active", "intent": "order"}, None),
        ("MedicationRequest", {"status": "active", "intent": "plan"}, "not ordered"),
        (
            "MedicationRequest",
            {"status": "active", "intent": "order", "doNotPerform": True},
            "not ordered",
        ),
        ("Specimen", {}, None),
        ("Specimen", {"status": "unsatisfactory"}, OTHER),
        ("ImagingStudy", {"status": "registered"}, OTHER),
        ("Patient", {}, None),
    ],
)
def test_status(kind, resource, reason):
    assert refusal(kind, resource) == reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [("confirmed", None), ("refuted", OTHER), ("entered-in-error", "entered in error")],
)
def test_verification_is_the_status_of_a_condition(code, reason):
    condition = {"verificationStatus": {"coding": [{"code": code}]}}

    assert refusal("Condition", condition) == reason


def test_missing_status_is_invalid():
    with pytest.raises(InvalidElement, match="status is missing"):
        refusal("Observation", {})
