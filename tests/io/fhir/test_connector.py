"""From a server to a prediction and back, whatever goes wrong in between."""

import logging
import threading
import time
import traceback
import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from common.fhir_server import running_server
from common.instances import TINY

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.io import EHRConnector, read_fhir, to_fhir

MAPPING = {
    "patient": {
        "age": {"resource": "Patient", "value": "age"},
        "sex": {"resource": "Patient", "value": "gender"},
    },
    "labs": {"hba1c": {"codes": "loinc|4548-4", "unit": "%"}},
    "history": {"has": {"resource": "Condition", "codes": {"dm": "icd10cm|E11*"}}},
}
AT = "2020-06-30"
N = 24


@pytest.fixture(scope="module")
def records(person, observation, condition):
    rng = np.random.default_rng(0)
    found = []
    for n in range(N):
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


@pytest.fixture(scope="module")
def model(records):
    cohort = read_fhir(records, MAPPING, index_date=AT)
    y = np.array(["none", "relapse"])[np.arange(N) % 2]
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
        return EHRConnector(server.base_url, MAPPING, model, **quick)

    return make


def _as_dict(data):
    return {name: block.copy() for name, block in data.items()}


def test_a_prediction_equals_that_of_the_same_values_in_a_dict_bit_by_bit(
    connect, model, records
):
    prediction = connect().predict([f"p{n}" for n in range(5)], index_date=AT)

    by_hand = read_fhir(records, MAPPING, index_date={f"p{n}": AT for n in range(5)})
    expected = model.predict_proba(_as_dict(by_hand.data))
    assert prediction.values.columns.tolist() == ["none", "relapse"]
    assert prediction.values.index.tolist() == [f"p{n}" for n in range(5)]
    np.testing.assert_array_equal(prediction.values.to_numpy(), expected)


def test_one_patient_is_predicted_as_within_a_cohort(connect):
    many = connect().predict([f"p{n}" for n in range(5)], index_date=AT)

    one = connect().predict("p3", index_date=AT)

    np.testing.assert_allclose(one.values, many.values.loc[["p3"]], rtol=1e-6)


def test_values_of_an_estimator_with_horizons_are_named_by_them(server):
    class Survival:
        baseline_ = None

        def predict_survival_function(self, X, times):
            return pd.DataFrame({time: np.full(len(X), 0.75) for time in times})

    connector = EHRConnector(
        server.base_url, MAPPING, Survival(), assessment={"times": [365, 730]}
    )

    values = connector.predict("p1", index_date=AT).values

    assert values.to_dict("list") == {"event (365 d)": [0.25], "event (730 d)": [0.25]}


def test_all_pages_are_read(connect, server, observation):
    server.page_size = 2
    server.put(*[observation(f"x{k}", "p1", "2020-06-01", 5.0) for k in range(7)])

    cohort = connect().fetch("p1", index_date=AT)

    assert cohort.report.set_index("resource").loc["Observation", "count"] == 10


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
        EHRConnector("http://ehr.example/fhir", MAPPING, None, token="t")


def test_pages_in_a_circle_are_an_error(connect, server):
    server.page_size = 1
    server.next_link = f"{server.base_url}/Observation?patient=p1"

    with pytest.raises(ConnectionError, match="repeats a page|in a circle"):
        connect().fetch("p1", index_date=AT)


def test_a_page_that_repeats_under_new_addresses_is_an_error(connect, server):
    server.page_size = 1
    whole = server.page
    calls = iter(range(1000))

    def always_the_first(kind, params):
        params.pop("_page", None)
        bundle = whole(kind, params)
        for link in bundle["link"]:
            link["url"] += f"&call={next(calls)}"
        return bundle

    server.page = always_the_first

    with pytest.raises(ConnectionError, match="repeats a page"):
        connect().fetch("p1", index_date=AT)


def test_too_many_pages_are_an_error(connect, server):
    server.page_size = 1

    with pytest.raises(ConnectionError, match="more than 2 pages"):
        connect(max_pages=2).fetch("p1", index_date=AT)


def test_the_token_is_not_sent_to_another_address(connect, server):
    server.page_size = 1
    server.next_link = "https://elsewhere.example/fhir/Observation?_page=1"

    with pytest.raises(ConnectionError, match="another address"):
        connect(token="secret").fetch("p1", index_date=AT)


def test_resources_of_other_patients_are_never_attributed(connect, server):
    expected = connect().fetch("p1", index_date=AT)
    server.ignores = {"patient"}

    with pytest.warns(UserWarning, match="resources of other patients"):
        cohort = connect().fetch("p1", index_date=AT)

    for name, block in expected.data.items():
        pd.testing.assert_frame_equal(cohort.data[name], block)
    refused = cohort.report[cohort.report["reason"] == "of another patient"]
    assert dict(zip(refused["resource"], refused["count"], strict=True)) == {
        "Observation": 3 * (N - 1),
        "Condition": len(server.of_type("Condition")) - 1,
    }
    assert set(cohort.provenance["resource"]) == set(expected.provenance["resource"])


@pytest.mark.parametrize(
    "reference",
    ["https://elsewhere.example/fhir/Patient/p1", "urn:uuid:p1", "Group/p1", "#p1"],
)
def test_the_same_id_elsewhere_is_another_patient(
    connect, server, observation, reference
):
    wrong = observation("w", "p1", "2020-06-20", 99.0, subject={"reference": reference})
    server.put(wrong)
    server.ignores = {"patient"}

    with pytest.warns(UserWarning, match="resources of other patients"):
        cohort = connect().fetch("p1", index_date=AT)

    assert cohort.data["labs"].loc["p1", "hba1c"] < 10


def test_nothing_after_the_index_date_counts(connect, server, observation):
    before = connect().predict("p1", index_date=AT)
    server.put(observation("later", "p1", "2020-07-01", 40.0))

    after = connect().predict("p1", index_date=AT)

    pd.testing.assert_frame_equal(after.values, before.values)
    assert connect().fetch("p1").data["labs"].loc["p1", "hba1c"] == 40


def test_index_dates_may_differ_by_patient(connect):
    cohort = connect().fetch(["p2", "p1"], index_date={"p1": AT, "p2": "2020-02-01"})

    assert cohort.data.index.tolist() == ["p2", "p1"]
    assert cohort.index_dates.dt.month.tolist() == [2, 6]


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


@pytest.mark.parametrize(
    "address", ["ehr.example", "ftp://ehr", "https://u:p@ehr/fhir", "https://e?x=1", 3]
)
def test_base_url_must_be_an_address(address):
    with pytest.raises(ValueError, match="base_url"):
        EHRConnector(address, MAPPING, None)


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
    mapping = MAPPING | {"labs": {"hba1c": MAPPING["labs"]["hba1c"]}}

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


def _told(action):
    """Return all that an action tells: warnings, and the whole of an error."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            action()
        except (OSError, LookupError, ValueError) as error:
            errors = [error, error.__context__, error.__cause__]
            told = [traceback.format_exception(one) for one in errors if one]
        else:
            told = []
    return "\n".join(["".join(t) for t in told] + [str(w.message) for w in warned])


def test_nothing_tells_who_the_patient_is(server, model, person, observation, caplog):
    """Ids, names, dates and tokens stay out of logs, errors and warnings."""
    caplog.set_level(logging.DEBUG)
    marker = "MARK" + "ER"  # not in the source lines of a traceback
    who = person(f"{marker}-1", birth="1955-11-23", name=[{"family": f"{marker}ovic"}])
    server.put(who, {**who, "id": f"{marker}-2", "birthDate": [f"{marker}"]})
    server.put(observation(f"{marker}-o", f"{marker}-1", "2020-05-01", 5.0))
    server.put(observation(f"{marker}-bad", f"{marker}-1", "2020-05-32", 5.0))
    parameters = {"timeout": 0.1, "max_retries": 1, "backoff": 0.01}
    connector = EHRConnector(
        server.base_url, MAPPING, model, token=f"{marker}-token", **parameters
    )
    dead = EHRConnector("http://127.0.0.1:1/fhir", MAPPING, model, max_retries=0)

    def ask(patient, faults=(), connector=connector):
        server.faults = list(faults)
        text = _told(lambda: connector.write_back(connector.predict(patient)))
        server.faults = []
        return text

    told = [ask(f"{marker}{end}") for end in ("-1", "-2", "-absent", "/1")]
    for fault in (500, 400, 401, 403, "slow", "truncated", "not json", (302, {})):
        told += [ask(f"{marker}-1", [None] * n + [fault] * 2) for n in range(4)]
    told.append(ask(f"{marker}-1", connector=dead))
    server.ignores = {"patient", "identifier"}
    told.append(ask("p1"))
    told.append(_told(lambda: next(connector.watch(since="2020-01-01"))))

    text = "\n".join([*told, caplog.text])
    for part in ("invalid", "failed after 2 tries", "not on the server", "again in"):
        assert part in text
    for part in (marker, "1955", "2020-05-32"):
        assert part not in text
