"""Patients with new resources are predicted again, once."""

import threading
import time
from datetime import UTC, datetime, timedelta

import numpy as np
from common.fhir_server import EHR_MAPPING

from magnet_sklearn.io import EHRConnector


def test_watch_predicts_for_updated_patients_once(connect, server, observation):
    start = datetime.now(UTC)
    server.put(observation("n1", "p1", "2020-06-01", 5.0))
    server.put(observation("n2", "p1", "2020-06-02", 5.5))
    watch = connect().watch(interval=0.01, since=start, max_polls=3)

    first = next(watch)
    server.put(observation("n3", "p2", "2020-06-01", 5.0))
    others = list(watch)

    assert first.values.index.tolist() == ["p1"]
    assert [p.values.index.tolist() for p in others] == [["p2"]]


def test_watch_works_where_last_updated_is_ignored(connect, server, observation):
    server.ignores = {"_lastUpdated"}
    start = datetime.now(UTC)
    server.put(observation("n1", "p1", "2020-06-01", 5.0))

    found = list(connect().watch(interval=0.01, since=start, max_polls=2))

    assert [p.values.index.tolist() for p in found] == [["p1"]]


def test_watch_does_not_see_what_it_wrote(connect, server, observation, model):
    mapping = EHR_MAPPING | {"labs": {"hba1c": EHR_MAPPING["labs"]["hba1c"]}}

    class Number:
        def predict(self, X):
            return np.full(len(X), 7.0)

    connector = EHRConnector(server.base_url, mapping, Number())
    start = datetime.now(UTC)
    server.put(observation("n1", "p1", "2020-06-01", 5.0))

    watch = connector.watch(interval=0.01, since=start, max_polls=3, write_back=True)

    assert len(list(watch)) == 1
    assert len([r for r in server.of_type("Observation") if "method" in r]) == 1


def test_watch_survives_an_outage(connect, server, observation, caplog):
    start = datetime.now(UTC)
    server.put(observation("n1", "p1", "2020-06-01", 5.0))
    server.faults = [500] * 4
    connector = connect(max_retries=0)

    found = list(connector.watch(interval=0.01, since=start, max_polls=6))

    assert [p.values.index.tolist() for p in found] == [["p1"]]
    assert "goes on" in caplog.text


def test_watch_stops_while_it_waits(connect):
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    start = time.monotonic()

    found = list(connect().watch(interval=60, stop=stop))

    assert found == []
    assert time.monotonic() - start < 5


def test_watch_sees_a_transaction_that_shows_late(connect, server, observation):
    start = datetime.now(UTC) - timedelta(minutes=5)
    server.put(observation("n1", "p1", "2020-06-01", 5.0), updated=datetime.now(UTC))
    watch = connect().watch(interval=0.01, since=start, max_polls=2)
    next(watch)
    before = datetime.now(UTC) - timedelta(seconds=30)
    server.put(observation("n2", "p2", "2020-06-01", 5.0), updated=before)

    assert [p.values.index.tolist() for p in watch] == [["p2"]]


def test_watch_goes_on_when_a_patient_is_gone(connect, server, observation, caplog):
    start = datetime.now(UTC)
    server.put(observation("n1", "gone", "2020-06-01", 5.0))
    server.put(observation("n3", "no id of FHIR", "2020-06-01", 5.0))
    server.put(observation("n2", "p2", "2020-06-01", 5.0))

    found = list(connect().watch(interval=0.01, since=start, max_polls=2))

    assert [p.values.index.tolist() for p in found] == [["p2"]]
    assert "A patient with an update was not found." in caplog.messages
