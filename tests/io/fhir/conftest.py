"""Resources as hospitals send them, made for tests; no person behind them."""

import pytest

LOINC = "http://loinc.org"


def _concept(code, system=LOINC):
    return {"coding": [{"system": system, "code": code, "display": f"code {code}"}]}


@pytest.fixture(scope="session")
def concept():
    """Return a CodeableConcept of a code."""
    return _concept


@pytest.fixture(scope="session")
def observation():
    """Return an Observation of a number."""

    def make(identifier, patient, date, value, code="4548-4", unit="%", **elements):
        found = {
            "resourceType": "Observation",
            "id": identifier,
            "status": "final",
            "code": _concept(code),
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": date,
            "valueQuantity": {
                "value": value,
                "unit": unit,
                "system": "http://unitsofmeasure.org",
                "code": unit,
            },
        } | elements
        return {name: content for name, content in found.items() if content is not None}

    return make


@pytest.fixture(scope="session")
def condition():
    """Return a Condition."""

    def make(identifier, patient, onset, code="E11.9", **elements):
        return {
            "resourceType": "Condition",
            "id": identifier,
            "code": _concept(code, "http://hl7.org/fhir/sid/icd-10-cm"),
            "subject": {"reference": f"Patient/{patient}"},
            "onsetDateTime": onset,
        } | elements

    return make


@pytest.fixture(scope="session")
def person():
    """Return a Patient."""

    def make(identifier, birth="1960-03-01", gender="female", **elements):
        return {
            "resourceType": "Patient",
            "id": identifier,
            "birthDate": birth,
            "gender": gender,
        } | elements

    return make


@pytest.fixture(scope="session")
def bundle():
    """Return a Bundle of resources."""

    def make(resources):
        entries = [
            {"fullUrl": f"urn:uuid:{resource.get('id')}", "resource": resource}
            for resource in resources
        ]
        return {"resourceType": "Bundle", "type": "collection", "entry": entries}

    return make
