"""Each resource counts once, in its newest version that is known at the index date."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.io import read_fhir

LABS = {
    "labs": {
        "hba1c": {"codes": "loinc|4548-4", "unit": "%", "aggregate": ["last", "count"]}
    },
    "history": {"diabetes": {"resource": "Condition", "codes": "icd10cm|E11*"}},
}
INDEX = {"a": "2020-06-01"}


def _read(resources, index_date=INDEX):
    cohort = read_fhir(resources, LABS, index_date=index_date)
    n_resources = len(resources)
    counts = cohort.report[cohort.report["level"] == "resource"]
    assert counts["count"].sum() == n_resources
    return cohort


def _reasons(cohort):
    counts = cohort.report[cohort.report["level"] == "resource"]
    return dict(zip(counts["reason"], counts["count"], strict=True))


def _last_and_count(cohort):
    return cohort.data["labs"].iloc[0].tolist()


def test_same_resource_twice_counts_once(observation):
    twice = [observation("1", "a", "2020-01-01", 6.0)] * 2

    cohort = _read(twice)

    assert _last_and_count(cohort) == [6.0, 1.0]
    assert _reasons(cohort) == {"used": 1, "duplicate": 1}


@pytest.mark.parametrize("versions", [("1", "2"), ("2", "1"), ("9", "10")])
@pytest.mark.parametrize("key", ["versionId", "lastUpdated"])
def test_newest_version_counts_in_any_order(observation, versions, key):
    def meta(version):
        stamp = f"2020-02-{int(version):02}T00:00:00Z"
        return {key: version if key == "versionId" else stamp}

    resources = [
        observation("1", "a", "2020-01-01", float(v), status="amended", meta=meta(v))
        for v in versions
    ]

    cohort = _read(resources)

    assert _last_and_count(cohort) == [float(max(versions, key=int)), 1.0]
    assert _reasons(cohort) == {"used": 1, "superseded by a newer version": 1}


def test_same_id_with_other_content_counts_once_and_is_reported(observation):
    values = [observation("1", "a", "2020-01-01", value) for value in (6.0, 7.0)]

    cohort = _read(values)

    assert _last_and_count(cohort) == [6.0, 1.0]
    assert "same id and version, other content" in _reasons(cohort)


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_newer_version_without_use_cancels_the_older(observation, status):
    older = observation("1", "a", "2020-01-01", 6.0, meta={"versionId": "1"})
    newer = older | {"status": status, "meta": {"versionId": "2"}}

    cohort = _read([newer, older])

    assert np.isnan(cohort.data["labs"]).all(axis=None)
    assert "used" not in _reasons(cohort)


def test_deletion_cancels(observation, bundle):
    source = bundle([observation("1", "a", "2020-01-01", 6.0)])
    delete = {"request": {"method": "DELETE", "url": "Observation/1"}}
    source["entry"].insert(0, delete)

    cohort = read_fhir(source, LABS, index_date=INDEX)

    assert _reasons(cohort) == {"deleted": 1, "superseded by a newer version": 1}


def test_version_of_the_future_leaves_the_older_one(observation):
    older = observation("1", "a", "2020-01-01", 6.0, issued="2020-01-02T00:00:00Z")
    newer = older | {"meta": {"versionId": "2"}, "issued": "2020-07-01T00:00:00Z"}
    newer |= {"valueQuantity": {"value": 9, "code": "%"}}

    assert _last_and_count(_read([older, newer])) == [6.0, 1.0]
    assert _last_and_count(_read([older, newer], {"a": "2020-07-02"})) == [9.0, 1.0]


def test_what_was_recorded_later_is_not_known(condition, observation):
    early = condition("c", "a", "2019-01-01", recordedDate="2020-06-02")

    cohort = _read([early, observation("1", "a", "2020-01-01", 6.0)])

    assert np.isnan(cohort.data["history"].iloc[0, 0])
    assert _reasons(cohort)["after the index date"] == 1


@pytest.mark.parametrize(
    ("date", "is_used"),
    [
        ("2020-06-01", True),
        ("2020-06-02", False),
        ("2020-06", False),
        ("2020", False),
        ("2019", True),
        ("2020-06-01T23:59:59Z", True),
        ("2020-06-01T23:00:00-05:00", False),
        ("3020-01-01", False),
    ],
)
def test_date_counts_as_late_as_it_may_be(observation, date, is_used):
    cohort = _read([observation("1", "a", date, 6.0)])

    assert ("used" in _reasons(cohort)) == is_used


DAYS = pd.date_range("2019-06-01", "2021-06-01", freq="7D").strftime("%Y-%m-%d")
PATIENTS = [f"p{n}" for n in range(6)]
LAST = {patient: DAYS[30 + 5 * n] for n, patient in enumerate(PATIENTS)}
# What hospitals may send later, of observation number n of a patient.
FUTURES = {
    "more values": lambda make, _, n, p, day: make(f"o{n}", p, day, 7.0),
    "other values": lambda make, _, n, p, day: make(f"o{n}", p, day, 1e6 * n),
    "broken values": lambda make, _, n, p, day: make(f"o{n}", p, day, "broken"),
    "amendments of the past": lambda make, _, n, p, day: make(
        f"o{PATIENTS.index(p) * len(DAYS)}",
        p,
        DAYS[0],
        0.1,
        issued=f"{day}T00:00:00Z",
        meta={"lastUpdated": f"{day}T00:00:00Z"},
    ),
    "newer versions of the past": lambda make, _, n, p, day: make(
        f"o{PATIENTS.index(p) * len(DAYS)}",
        p,
        DAYS[0],
        0.1,
        status="amended" if n % 2 else "entered-in-error",
        meta={"lastUpdated": f"{day}T00:00:00Z"},
    ),
    "diseases of the past": lambda _, make, n, p, day: make(
        f"c{n}", p, DAYS[0], recordedDate=day
    ),
}


@pytest.mark.filterwarnings("ignore:.*resources are invalid")
@pytest.mark.parametrize("future", FUTURES.values(), ids=FUTURES)
def test_future_changes_nothing(observation, condition, person, future):
    past, later = [person(patient) for patient in PATIENTS], []
    values = np.random.default_rng(0).uniform(5, 9, len(PATIENTS) * len(DAYS))
    for n, (patient, day) in enumerate(product(PATIENTS, DAYS)):
        if day <= LAST[patient]:
            meta = {"lastUpdated": f"{day}T00:00:00Z"}
            past.append(observation(f"o{n}", patient, day, values[n], meta=meta))
        else:
            later.append(future(observation, condition, n, patient, day))

    plain, changed = (
        read_fhir(resources, LABS, index_date=LAST)
        for resources in (past, past + later)
    )

    for modality in plain.data:
        pd.testing.assert_frame_equal(
            changed.data[modality], plain.data[modality], check_exact=True
        )
    pd.testing.assert_frame_equal(changed.provenance, plain.provenance)


def test_order_of_resources_changes_nothing(observation, condition):
    rng = np.random.default_rng(0)
    resources = [
        observation(str(n), f"p{n % 3}", f"2020-0{1 + n % 4}-01", float(n))
        for n in range(30)
    ] + [condition(str(n), f"p{n % 3}", "2019") for n in range(3)]
    index = {f"p{n}": "2020-06-01" for n in range(3)}
    plain = _read(resources, index)

    shuffled = _read([resources[n] for n in rng.permutation(len(resources))], index)

    for modality in plain.data:
        pd.testing.assert_frame_equal(
            shuffled.data[modality], plain.data[modality], check_exact=True
        )


def test_rule_gives_the_index_date(observation, condition):
    rule = {"resource": "Condition", "codes": "icd10cm|E11*", "which": "first"}
    resources = [
        condition("1", "a", "2020-03-01"),
        condition("2", "a", "2020-05-01"),
        condition("0", "a", "2018-01-01", verificationStatus=_error()),
        observation("3", "a", "2020-02-01", 6.0),
        observation("4", "a", "2020-04-01", 7.0),
        observation("5", "b", "2020-04-01", 8.0),
    ]

    first, last = (_read(resources, rule | {"which": w}) for w in ("first", "last"))

    assert first.data.index.tolist() == ["a"]
    assert _last_and_count(first) == [6.0, 1.0]
    assert _last_and_count(last) == [7.0, 2.0]
    assert _reasons(first)["patient without an index date"] == 1


def _error():
    return {"coding": [{"system": "x", "code": "entered-in-error"}]}


def test_latest_takes_all_but_the_future(observation):
    resources = [
        observation("1", "a", "2020-03-01", 6.0),
        observation("2", "a", "9020-03-01", 7.0),
        observation("3", "a", None, 5.0),
    ]

    cohort = _read(resources, "latest")

    assert _last_and_count(cohort) == [6.0, 2.0]
    assert _reasons(cohort) == {"used": 2, "date in the future": 1}
    assert str(cohort.index_dates["a"])[:10] == "2020-03-01"


@pytest.mark.parametrize(
    "index_date",
    [
        pd.Series(pd.to_datetime(["2020-06-01"]), index=["a"]),
        pd.Timestamp("2020-06-01T23:00", tz="UTC"),
        "2020-06-01",
        np.datetime64("2020-06-01"),
        pd.Timestamp("2020-06-01").date(),
        {"Patient/a": "2020-06-01"},
    ],
)
def test_index_date_may_be_written_in_many_ways(observation, index_date):
    resources = [
        observation("1", "a", "2020-06-01T12:00:00Z", 6.0),
        observation("2", "a", "2020-06-02", 7.0),
    ]

    assert _last_and_count(_read(resources, index_date)) == [6.0, 1.0]


def test_patients_of_the_index_dates_are_the_rows(observation):
    index = {"b": "2020-06-01", "ghost": "2020-06-01", "a": "2020-06-01"}

    cohort = _read([observation("1", "a", "2020-01-01", 6.0)], index)

    assert cohort.data.index.tolist() == ["b", "ghost", "a"]
    assert cohort.data.mask[:, 0].tolist() == [False, False, True]
    assert cohort.report.query("level == 'patient'")["count"].tolist() == [2]


def test_wrong_index_dates_are_errors(observation):
    resources = [observation("1", "a", "2020-01-01", 6.0)]
    for wrong, match in [
        (None, "say up to which date"),
        ("yesterday", "index_date: dates must be like"),
        ({"a": None}, "no date for 1 patients"),
        ({"codes": "icd10|A", "which": "any"}, "index_date is a rule"),
    ]:
        with pytest.raises(ValueError, match=match):
            read_fhir(resources, LABS, index_date=wrong)
    with pytest.raises(TypeError, match="got a int"):
        read_fhir(resources, LABS, index_date=5)
    with pytest.raises(ValueError, match="No patient has data"):
        read_fhir([], LABS, index_date="latest")
