"""Resources come out of whatever holds them."""

import json

import pytest

from magnet_sklearn.io.fhir._sources import located_resources


def _ids(source):
    return [found.content["id"] for found in located_resources(source)]


def test_dict_list_file_and_folder_hold_the_same(tmp_path, bundle, person):
    people = [person(str(n)) for n in range(3)]
    as_bundle = bundle(people)
    (tmp_path / "in").mkdir()
    (tmp_path / "a.json").write_text(json.dumps(as_bundle), encoding="utf-16")
    (tmp_path / "in" / "b.ndjson").write_text("\n".join(map(json.dumps, people)))

    expected = ["0", "1", "2"]
    assert _ids(as_bundle) == _ids(iter(people)) == expected
    assert _ids([tmp_path / "a.json"]) == _ids(str(tmp_path / "in")) == expected
    assert _ids(tmp_path) == expected * 2


def test_path_tells_where_a_resource_stands(tmp_path, bundle, person):
    (tmp_path / "a.json").write_text(json.dumps(bundle([person("1"), person("2")])))
    nested = bundle([bundle([person("3")])])

    paths = [found.path for found in located_resources([tmp_path / "a.json", nested])]

    assert paths == [
        "a.json entry[0]",
        "a.json entry[1]",
        "resource[1].entry[0].entry[0]",
    ]


def test_deletions_stand_for_resources():
    entry = {"request": {"method": "DELETE", "url": "Observation/7"}}
    found = list(located_resources({"resourceType": "Bundle", "entry": [entry]}))

    assert found[0].content == {
        "resourceType": "Observation",
        "id": "7",
        "status": "deleted",
    }


def test_bundle_that_holds_itself_comes_to_an_end(bundle, person):
    circle = bundle([person("1")])
    circle["entry"] += [{"resource": circle}] * 10

    contents = [found.content for found in located_resources(circle)]

    assert contents == [person("1"), *[None] * 10]


@pytest.mark.parametrize("entry", [None, 5, "x", [], {}, {"resource": None}])
def test_entries_without_resource_are_not_lost(entry):
    found = list(located_resources({"resourceType": "Bundle", "entry": [entry]}))

    assert [located.content for located in found] == [None]


@pytest.mark.parametrize(
    "content",
    [
        b'{"resourceType": "Bundle", "entry": [{',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b"\x1f",
    ],
)
def test_file_that_is_no_json_is_named(tmp_path, content):
    (tmp_path / "broken.json").write_bytes(content)

    with pytest.raises(ValueError, match=r"The file 'broken.json' is not"):
        list(located_resources(tmp_path))


def test_absent_files_and_other_types_are_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file or folder"):
        list(located_resources("absent.json"))
    with pytest.raises(FileNotFoundError, match="has no file that ends in"):
        list(located_resources(tmp_path))
    with pytest.raises(TypeError, match=r"Pass what it holds: json.loads\(text\)."):
        list(located_resources('{"resourceType": "Patient", "name": "Erika"}'))
    with pytest.raises(TypeError, match="got a int"):
        list(located_resources(5))
