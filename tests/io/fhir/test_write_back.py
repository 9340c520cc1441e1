"""Written twice, there is one."""

import pytest
from common.fhir_server import AT

from magnet_sklearn.io import to_fhir


@pytest.mark.parametrize("ignored", [set(), {"identifier"}])
def test_written_twice_there_is_one(connect, server, ignored):
    server.ignores = ignored
    connector = connect(assessment={"thresholds": {"low": 0, "high": 0.5}})
    prediction = connector.predict(["p1", "p2"], index_date=AT)

    first = connector.write_back(prediction)
    again = connector.write_back(prediction)
    other = connect().write_back(connect().predict("p2", index_date=AT))

    assert first["patient"].tolist() == ["p1", "p2"]
    assert first["status"].tolist() == ["created", "created"]
    assert again["status"].tolist() == ["already there", "already there"]
    assert again["resource"].tolist() == first["resource"].tolist()
    assert other["resource"].tolist() == first["resource"].tolist()[1:]
    stored = server.of_type("RiskAssessment")
    assert [r["subject"]["reference"] for r in stored] == ["Patient/p1", "Patient/p2"]


def test_what_is_written_is_what_to_fhir_makes(connect, server, model):
    connector = connect()
    prediction = connector.predict("p1", index_date=AT)

    connector.write_back(prediction)

    cohort = prediction.cohort
    (made,) = to_fhir(model, cohort.data, basis=cohort, date=cohort.index_dates)
    (stored,) = server.of_type("RiskAssessment")
    assert {k: v for k, v in stored.items() if k not in ("id", "meta")} == made
    condition = server.requests[-1][3]["If-None-Exist"]
    assert made["identifier"][0]["value"].rpartition(":")[2] in condition


def test_a_lost_answer_to_a_creation_makes_no_second(connect, server):
    connector = connect()
    prediction = connector.predict("p1", index_date=AT)
    server.faults = [None, "truncated"]  # stored, but the answer is cut

    written = connector.write_back(prediction)

    assert written["status"].tolist() == ["already there"]
    assert len(server.of_type("RiskAssessment")) == 1


def test_a_condition_that_finds_something_else_is_not_believed(connect, server):
    connector = connect()
    connector.write_back(connector.predict("p1", index_date=AT))
    honest = server.create
    server.create = lambda resource, condition: honest(
        resource, condition and "status=final"
    )

    written = connector.write_back(connector.predict("p2", index_date=AT))

    assert written["status"].tolist() == ["created"]
    assert len(server.of_type("RiskAssessment")) == 2


@pytest.mark.parametrize("status", [400, 412])
def test_where_conditions_are_refused_it_is_written_without(connect, server, status):
    connector = connect()
    prediction = connector.predict("p1", index_date=AT)
    honest = server.create
    server.create = lambda resource, condition: (
        (status, {"resourceType": "OperationOutcome"})
        if condition
        else honest(resource, None)
    )

    written = [connector.write_back(prediction)["status"].item() for _ in range(2)]

    assert written == ["created", "already there"]
    assert len(server.of_type("RiskAssessment")) == 1


def test_a_creation_that_may_have_happened_is_not_repeated_blindly(connect, server):
    connector = connect()
    connector.write_back(connector.predict("p2", index_date=AT))
    prediction = connector.predict("p1", index_date=AT)
    server.ignores = {"identifier"}
    server.faults = [None, "truncated"]

    with pytest.raises(ConnectionError, match="creation of RiskAssessment failed"):
        connector.write_back(prediction)

    assert connector.write_back(prediction)["status"].tolist() == ["already there"]
    assert len(server.of_type("RiskAssessment")) == 2
