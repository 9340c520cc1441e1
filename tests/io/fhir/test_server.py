"""Requests are repeated where that helps; tokens stay where they belong."""

import time

import pandas as pd
import pytest
import requests
from common.fhir_server import AT, EHR_MAPPING

from magnet_sklearn.io import EHRConnector


@pytest.mark.parametrize(
    "fault", [500, 502, 503, 408, "truncated", "not json", "slow"], ids=str
)
def test_passing_faults_are_survived(connect, server, fault):
    expected = connect().predict("p1", index_date=AT).values
    server.faults = [fault, None, fault, None, fault, fault]

    values = connect().predict("p1", index_date=AT).values

    assert not server.faults
    pd.testing.assert_frame_equal(values, expected)


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        (500, ConnectionError, "failed after 3 tries: .*status 500"),
        ("truncated", ConnectionError, "after 3 tries: .*broke off"),
        ("not json", ConnectionError, "after 3 tries: .*not a JSON object"),
        ("slow", TimeoutError, "after 3 tries: .*time-out"),
        (403, PermissionError, "failed: .*status 403"),
        (400, ConnectionError, r"failed: .*status 400 \(exception\)"),
        ((302, {"Location": "https://elsewhere.example"}), ConnectionError, "redirect"),
        ((429, {"Retry-After": "3600"}), ConnectionError, "asks to wait 3600 s"),
        ({"resourceType": "Patient", "id": "p2"}, ConnectionError, "something else"),
    ],
    ids=str,
)
def test_lasting_faults_are_clear_errors(connect, server, fault, kind, text):
    server.faults = [fault] * 10

    with pytest.raises(kind, match=text):
        connect(max_retries=2).predict("p1", index_date=AT)


def test_retry_after_is_waited_for(connect, server):
    server.faults = [(429, {"Retry-After": "1"})]
    start = time.monotonic()

    connect().fetch("p1", index_date=AT)

    assert time.monotonic() - start >= 1


def test_requests_are_not_faster_than_max_rate(connect):
    start = time.monotonic()

    connect(max_rate=20).fetch(["p1", "p2"], index_date=AT)

    assert time.monotonic() - start >= 5 / 20  # 6 requests


def test_an_expired_token_is_renewed_once(connect, server):
    server.tokens, given = {"first"}, iter(["first", "second"])
    connector = connect(token=lambda: next(given))
    connector.fetch("p1", index_date=AT)
    server.tokens = {"second"}

    connector.fetch("p2", index_date=AT)

    assert server.requests[-1][3]["Authorization"] == "Bearer second"


def test_a_token_that_is_refused_is_an_error(connect, server):
    server.tokens = {"right"}

    with pytest.raises(PermissionError, match="check the token"):
        connect(token="wrong").fetch("p1", index_date=AT)
    with pytest.raises(PermissionError, match="check the token"):
        connect(token=lambda: "wrong").fetch("p1", index_date=AT)


def test_a_token_goes_over_https_only():
    with pytest.raises(ValueError, match="Use https"):
        EHRConnector("http://ehr.example/fhir", EHR_MAPPING, None, token="t")


@pytest.mark.parametrize(
    "address", ["ehr.example", "ftp://ehr", "https://u:p@ehr/fhir", "https://e?x=1", 3]
)
def test_base_url_must_be_an_address(address):
    with pytest.raises(ValueError, match="base_url"):
        EHRConnector(address, EHR_MAPPING, None)


def test_an_answer_that_trickles_in_is_given_up(connect, server):
    server.faults = ["trickle"] * 2
    start = time.monotonic()

    with pytest.raises(TimeoutError, match="time-out"):
        connect(timeout=0.05, max_retries=0).fetch("p1", index_date=AT)

    assert time.monotonic() - start < 2  # in full it would take 2.4 s


def test_no_password_of_a_netrc_file_is_sent(connect, server, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(netrc))

    connect().fetch("p1", index_date=AT)

    assert not any("Authorization" in headers for *_, headers in server.requests)


def test_a_session_of_the_user_is_used(connect, server):
    session = requests.Session()
    session.headers["X-Hospital"] = "north"

    connect(session=session).fetch("p1", index_date=AT)

    assert {headers["X-Hospital"] for *_, headers in server.requests} == {"north"}


def test_a_password_of_the_session_is_sent_unless_there_is_a_token(connect, server):
    session = requests.Session()
    session.auth = ("me", "secret")

    connect(session=session).fetch("p1", index_date=AT)
    connect(session=session, token="own").fetch("p1", index_date=AT)

    sent = [headers["Authorization"].split()[0] for *_, headers in server.requests]
    assert sent == ["Basic"] * 3 + ["Bearer"] * 3


@pytest.mark.parametrize(
    "parameter", [{"timeout": 0}, {"max_rate": 0}, {"backoff": -1.0}]
)
def test_times_and_rates_must_be_positive(connect, parameter):
    with pytest.raises(ValueError, match="must be above 0"):
        connect(**parameter)
