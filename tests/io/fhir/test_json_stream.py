"""Bundles and lines are read piece by piece, in any encoding of JSON."""

import gzip
import json
import tracemalloc

import pytest

from magnet_sklearn.io.fhir._json_stream import BrokenLine, read_bundle, read_lines


@pytest.fixture
def write(tmp_path):
    def write_bytes(content, name="bundle.json"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("indent", [None, 3])
def test_entries_are_those_of_json_loads(write, encoding, indent):
    bundle = {"resourceType": "Bundle", "total": 2}
    bundle |= {"entry": [{"a": "é" * 70_000}, {"b": [1.5e3, {}]}, 7], "z": -12}
    text = json.dumps(bundle, ensure_ascii=False, indent=indent)

    *entries, (number, rest) = read_bundle(write(text.encode(encoding)))

    assert entries == list(enumerate(bundle["entry"]))
    assert (number, rest) == (None, bundle | {"entry": []})


def test_list_resource_is_no_bundle(write):
    content = {"resourceType": "List", "entry": [{"item": {}}]}

    assert list(read_bundle(write(json.dumps(content).encode()))) == [(None, content)]


@pytest.mark.parametrize(
    "text",
    [
        '{"entry": [{"a": 1}, {"b"',
        '{"entry": [1,]}',
        '{"entry": [1] "a": 2}',
        '{"entry": [1]} x',
        '{"a": "',
        "",
        "nul",
    ],
)
def test_broken_json_is_an_error(write, text):
    with pytest.raises(json.JSONDecodeError):
        list(read_bundle(write(text.encode())))


def test_gzip_is_read(write):
    path = write(gzip.compress(b'{"entry": [1, 2]}'), "bundle.json.gz")

    assert [content for number, content in read_bundle(path) if number is not None] == [
        1,
        2,
    ]


def test_broken_lines_are_told_apart(write):
    path = write(b'\xef\xbb\xbf{"a": 1}\n\n{"a": \n{"a": 2}', "x.ndjson")

    assert list(read_lines(path)) == [(1, {"a": 1}), (3, BrokenLine), (4, {"a": 2})]


def test_memory_does_not_grow_with_the_bundle(write):
    entry = json.dumps({"text": "x" * 1000})
    path = write(f'{{"entry": [{",".join([entry] * 20_000)}]}}'.encode())  # 20 MB

    tracemalloc.start()
    n_entries = sum(1 for _ in read_bundle(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert n_entries == 20_001
    assert peak < 2e6
