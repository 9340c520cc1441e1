"""Elements are read as FHIR means them, or refused without repeating them."""

from datetime import UTC, datetime

import pytest

from magnet_sklearn.io._records import InvalidElement, moment
from magnet_sklearn.io.fhir._elements import at_path, codings, reference_key


def _micros(*parts):
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1e6)


@pytest.mark.parametrize(
    ("stated", "following"),
    [
        ("2020", (2021, 1, 1)),
        ("2020-02", (2020, 3, 1)),
        ("2019-02", (2019, 3, 1)),
        ("2020-04", (2020, 5, 1)),
        ("2020-12", (2021, 1, 1)),
        ("2020-05-31", (2020, 6, 1)),
    ],
)
def test_date_means_the_last_moment_it_may_mean(stated, following):
    assert moment(stated) == _micros(*following) - 1


@pytest.mark.parametrize(
    "stated",
    ["2020-05-31T22:00:00Z", "2020-06-01T00:00:00+02:00", "2020-05-31T22:00:00.000"],
)
def test_times_are_utc(stated):
    assert moment(stated) == _micros(2020, 5, 31, 22)


@pytest.mark.parametrize(
    "stated", ["", "31.5.2020", "2020-13", "2020-02-30", "2020-W10", "20200501", "0000"]
)
def test_other_dates_are_refused_without_repeating_them(stated):
    with pytest.raises(InvalidElement) as error:
        moment(stated)
    assert not stated or stated not in str(error.value).replace("like 2020", "")


def test_codings_know_the_names_of_a_system(concept):
    oid = concept("4548-4", "urn:oid:2.16.840.1.113883.6.1")

    assert codings([oid]) == [("http://loinc.org", "4548-4")]


@pytest.mark.parametrize("broken", [{"coding": "x"}, {"coding": [5]}, {"code": 7}])
def test_wrong_types_are_invalid(broken):
    with pytest.raises(InvalidElement, match="cod"):
        codings([broken])


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("Patient/1", "Patient/1"),
        ("https://server/fhir/Patient/1", "Patient/1"),
        ("Patient/1/_history/3", "Patient/1"),
        ("urn:uuid:1-2", "urn:uuid:1-2"),
    ],
)
def test_reference_key(reference, key):
    assert reference_key(reference) == key


def test_path_goes_through_lists():
    study = {"series": [{"n": 1}, {"n": 2}, {}, 5]}

    assert list(at_path(study, ["series", "n"])) == [1, 2]
