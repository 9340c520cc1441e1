"""Which patients, and up to when."""

from datetime import UTC, datetime

import pytest
from common.fhir_server import AT


@pytest.mark.parametrize(
    ("patients", "index_date", "kind", "text"),
    [
        ("a/../b", None, ValueError, "no ids of FHIR"),
        ("..", None, ValueError, "no ids of FHIR"),
        (["p1", "p1"], None, ValueError, "twice"),
        ([], None, ValueError, "0 of 0"),
        (3, None, TypeError, "must be a patient id"),
        ("p1", "latest", ValueError, "None is now"),
        (["p1", "p2"], {"p1": AT}, ValueError, "lacks 1 of 2"),
        ("absent", None, LookupError, "The patient is not on the server"),
        (["p1", "absent"], None, LookupError, "Patient 1 of 2 is not"),
    ],
)
def test_wrong_questions_are_errors(connect, patients, index_date, kind, text):
    with pytest.raises(kind, match=text):
        connect().fetch(patients, index_date=index_date)


def test_index_dates_may_differ_by_patient(connect):
    cohort = connect().fetch(["p2", "p1"], index_date={"p1": AT, "p2": "2020-02-01"})

    assert cohort.data.index.tolist() == ["p2", "p1"]
    assert cohort.index_dates.dt.month.tolist() == [2, 6]


def test_what_is_dated_today_counts_by_the_end_of_today(connect, server, observation):
    today = datetime.now(UTC).date().isoformat()
    server.put(observation("t", "p1", today, 20.0))
    server.put(observation("f", "p1", f"{today}T23:59:59.99Z", 30.0))

    now = connect().fetch("p1").data["labs"]
    by_tonight = connect().fetch("p1", index_date=today).data["labs"]

    assert now.loc["p1", "hba1c"] < 10
    assert by_tonight.loc["p1", "hba1c"] == 20
