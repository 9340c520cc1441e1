"""Resources as hospitals send them, made for tests; no person behind them."""

from datetime import UTC, datetime

import numpy as np
import pytest
from common.fhir_server import AT, EHR_MAPPING, N_PATIENTS, running_server
from common.instances import TINY

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.io import EHRConnector, read_fhir

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


@pytest.fixture(scope="session")
def records(person, observation, condition):
    rng = np.random.default_rng(0)
    found = []
    for n in range(N_PATIENTS):
        found.append(person(f"p{n}", birth=f"19{40 + n}-03-01"))
        found += [
            observation(
                f"o{n}-{k}", f"p{n}", f"2020-0{k + 1}-15", 6 + n % 2 + rng.random()
            )
            for k in range(3)
        ]
        if n % 3:
            found.append(condition(f"c{n}", f"p{n}", "2015-02-01"))
    return found


@pytest.fixture(scope="session")
def model(records):
    cohort = read_fhir(records, EHR_MAPPING, index_date=AT)
    y = np.array(["none", "relapse"])[np.arange(N_PATIENTS) % 2]
    quick = TINY | {"experts": "linear", "max_epochs": 1, "ensemble_size": 1}
    return MagnetClassifier(**quick).fit(cohort.data, y)


@pytest.fixture
def server(records):
    with running_server() as store:
        store.put(*records, updated=datetime(2020, 7, 1, tzinfo=UTC))
        yield store


@pytest.fixture
def connect(server, model):
    def make(**parameters):
        quick = {"timeout": 0.2, "backoff": 0.01} | parameters
        return EHRConnector(server.base_url, EHR_MAPPING, model, **quick)

    return make
