"""Searches read all pages, or fail."""

import pytest
from common.fhir_server import AT


def test_all_pages_are_read(connect, server, observation):
    server.page_size = 2
    server.put(*[observation(f"x{k}", "p1", "2020-06-01", 5.0) for k in range(7)])

    cohort = connect().fetch("p1", index_date=AT)

    assert cohort.report.set_index("resource").loc["Observation", "count"] == 10


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


@pytest.mark.parametrize(
    "broken",
    [
        {"entry": 3},
        {"entry": [None]},
        {"entry": [{"fullUrl": "x"}]},
        {"entry": [{"resource": []}]},
        {"link": {"relation": "next"}},
        {"link": [{"relation": "next", "url": 5}]},
        {"resourceType": "OperationOutcome"},
    ],
    ids=str,
)
def test_a_broken_page_is_an_error_rather_than_a_part_of_a_record(
    connect, server, broken
):
    whole = {"resourceType": "Bundle", "type": "searchset", "entry": [], "link": []}
    server.faults = [None, whole | broken]

    with pytest.raises(ConnectionError, match="The search of Observation failed"):
        connect().fetch("p1", index_date=AT)


def test_warnings_among_the_entries_are_no_resources(connect, server):
    whole = server.page("Observation", {"patient": "p1"})
    whole["entry"].append({"resource": {"resourceType": "OperationOutcome"}})
    server.faults = [None, whole]

    report = connect().fetch("p1", index_date=AT).report

    assert set(report["resource"]) == {"Patient", "Observation", "Condition"}
    assert set(report["reason"]) == {"used"}
