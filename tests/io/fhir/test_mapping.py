"""A mapping is the same in Python and in YAML."""

import pytest

from magnet_sklearn.io import FHIRMapping

SPEC = {
    "modalities": {"labs": {"hba1c": {"codes": "loinc|4548-4", "unit": "%"}}},
    "index_date": "2020-05-01",
    "window": [-365, 0],
}


def test_yaml_and_dict_round_trip(tmp_path):
    pytest.importorskip("yaml")
    mapping = FHIRMapping.from_dict(SPEC)

    mapping.to_yaml(tmp_path / "mapping.yaml")
    read = FHIRMapping.from_yaml(tmp_path / "mapping.yaml")

    assert read.to_dict() == mapping.to_dict() == SPEC
    assert read.features == mapping.features
    assert read.features[0].window == (-365.0, 0.0)


def test_broken_yaml_names_the_file(tmp_path):
    pytest.importorskip("yaml")
    (tmp_path / "mapping.yaml").write_text("a: [")

    with pytest.raises(ValueError, match=r"mapping.yaml' is not YAML"):
        FHIRMapping.from_yaml(tmp_path / "mapping.yaml")


def test_unknown_entries_and_equal_columns_are_errors():
    with pytest.raises(ValueError, match="Did you mean 'index_date'"):
        FHIRMapping.from_dict(SPEC | {"indexdate": "2020"})
    labs = {"a": {"codes": {"b": "loinc|1"}}, "a_b": {"codes": "loinc|1"}}
    with pytest.raises(ValueError, match="two columns 'a_b'"):
        FHIRMapping({"labs": labs})
    with pytest.raises(TypeError, match="modalities must be a dict"):
        FHIRMapping([])
