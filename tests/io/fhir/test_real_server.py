"""EHRConnector against a FHIR server of others, on TLS with a token.

The server knows no search parameters of RiskAssessment and ignores them.
"""

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from common.instances import TINY

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.io import EHRConnector, read_fhir

pytest.importorskip("sekmet")
yaml = pytest.importorskip("yaml")
requests = pytest.importorskip("requests")

pytestmark = pytest.mark.slow
MAPPING = {
    "patient": {"age": {"resource": "Patient", "value": "age"}},
    "labs": {"hba1c": {"codes": "loinc|4548-4", "unit": "%"}},
    "history": {"has": {"resource": "Condition", "codes": {"dm": "icd10cm|E11*"}}},
    "drugs": {
        "takes": {
            "resource": "MedicationRequest",
            "codes": {"metformin": "rxnorm|860975"},
        }
    },
}
N = 12
AT = "2020-06-30"


@pytest.fixture(scope="module")
def records(person, observation, condition, concept):
    rng = np.random.default_rng(0)
    drug = concept("860975", "http://www.nlm.nih.gov/research/umls/rxnorm")
    found = [{"resourceType": "Medication", "id": "met", "code": drug}]
    for n in range(N):
        found.append(person(f"p{n}", birth=f"19{40 + n}-03-01"))
        found += [
            observation(f"o{n}-{k}", f"p{n}", f"2020-01-{k + 1:02}T08:00:00Z", value)
            for k, value in enumerate(6 + n % 2 + rng.random(7))
        ]
        found.append(condition(f"c{n}", f"p{n}", "2015-02-01"))
        if n % 3 == 0:
            found.append(
                {
                    "resourceType": "MedicationRequest",
                    "id": f"m{n}",
                    "status": "active",
                    "intent": "order",
                    "medicationReference": {"reference": "Medication/met"},
                    "subject": {"reference": f"Patient/p{n}"},
                    "authoredOn": "2019-05-01",
                }
            )
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory, records):
    """Yield address and certificate of a server with the records."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("sekmet")
    make = [program, "keys", "tls-cert", "127.0.0.1", "--out", folder / "tls"]
    subprocess.run(make, check=True, cwd=folder, capture_output=True)
    base_url, ca_file = f"https://127.0.0.1:{port}/fhir", str(folder / "tls.crt")
    settings = {
        "base_url": base_url,
        "host": "127.0.0.1",
        "port": port,
        "tls_certfile": ca_file,
        "tls_keyfile": str(folder / "tls.key"),
        "data_dir": str(folder / "data"),
        "server_auth": {"types": ["bearer"], "tokens": ["right"]},
        "simulator": {"enabled": False},
    }
    (folder / "settings.yaml").write_text(yaml.safe_dump(settings))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [program, "serve", "-c", folder / "settings.yaml"],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ,
        )
    try:
        _wait(base_url, ca_file, folder / "log")
        _load(base_url, ca_file, records)
        yield base_url, ca_file
    finally:
        process.kill()
        process.wait()


def _wait(base_url, ca_file, log):
    for _ in range(240):
        try:
            requests.get(f"{base_url}/metadata", verify=ca_file, timeout=5)
            return
        except requests.ConnectionError:
            time.sleep(0.5)
    raise TimeoutError(log.read_text())


def _load(base_url, ca_file, resources):
    entries = [
        {
            "resource": one,
            "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"},
        }
        for one in resources
    ]
    reply = requests.post(
        base_url,
        json={"resourceType": "Bundle", "type": "transaction", "entry": entries},
        headers={"Authorization": "Bearer right"},
        verify=ca_file,
        timeout=120,
    )
    reply.raise_for_status()


@pytest.fixture(scope="module")
def model(records):
    cohort = read_fhir(records, MAPPING, index_date=AT)
    y = np.array(["none", "relapse"])[np.arange(N) % 2]
    quick = TINY | {"experts": "linear", "max_epochs": 1, "ensemble_size": 1}
    return MagnetClassifier(**quick).fit(cohort.data, y)


@pytest.fixture
def connector(server, model):
    base_url, ca_file = server
    given = iter(["expired", "right"])
    return EHRConnector(
        base_url,
        MAPPING,
        model,
        token=lambda: next(given),
        ca_file=ca_file,
        page_size=3,
    )


def test_predictions_equal_those_of_a_dict_bit_by_bit(connector, model, records):
    patients = [f"p{n}" for n in range(N)]

    prediction = connector.predict(patients, index_date=AT)

    data = read_fhir(records, MAPPING, index_date=dict.fromkeys(patients, AT)).data
    expected = model.predict_proba(dict(data.items()))
    np.testing.assert_array_equal(prediction.values.to_numpy(), expected)


def test_medications_that_are_referred_to_are_read(connector):
    cohort = connector.fetch(["p0", "p1"], index_date=AT)

    assert cohort.data["drugs"].loc["p0", "takes_metformin"] == 1


def test_written_twice_there_is_one(connector, server):
    prediction = connector.predict(["p1", "p2", "p3"], index_date=AT)

    first = connector.write_back(prediction)
    again = connector.write_back(prediction)

    assert first["status"].tolist() == ["created"] * 3
    assert again["status"].tolist() == ["already there"] * 3
    pd.testing.assert_series_equal(again["resource"], first["resource"])
    base_url, ca_file = server
    stored = requests.get(
        f"{base_url}/RiskAssessment?_summary=count",
        headers={"Authorization": "Bearer right"},
        verify=ca_file,
        timeout=10,
    )
    assert stored.json()["total"] == 3


def test_watch_sees_what_is_updated(connector, server, observation):
    watch = connector.watch(interval=0.1, since=datetime.now(UTC), max_polls=50)
    _load(*server, [observation("new", "p5", "2020-06-01T08:00:00Z", 5.0)])

    prediction = next(watch)

    assert prediction.values.index.tolist() == ["p5"]


def test_a_certificate_that_nobody_trusts_is_refused(server, model):
    connector = EHRConnector(server[0], MAPPING, model, token="right")

    with pytest.raises(ConnectionError, match="certificate"):
        connector.fetch("p1")


def test_one_patient_takes_less_than_half_a_second_beyond_the_server(server, model):
    base_url, ca_file = server
    session, waited = requests.Session(), []
    session.hooks["response"].append(
        lambda reply, **_: waited.append(reply.elapsed.total_seconds())
    )
    connector = EHRConnector(
        base_url, MAPPING, model, token="right", ca_file=ca_file, session=session
    )
    connector.predict("p1", index_date=AT)
    seconds = []
    for _ in range(10):
        waited.clear()
        start = time.perf_counter()
        connector.predict("p1", index_date=AT)
        seconds.append(time.perf_counter() - start - sum(waited))

    assert np.median(seconds) < 0.5
