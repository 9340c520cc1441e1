"""Tables are found by their names, in small or capital letters."""

import gzip

import pytest

from magnet_sklearn.io.omop._table_sources import (
    DatabaseSource,
    FolderSource,
    read_columns,
)


def test_columns_are_those_asked_for_in_small_letters(tmp_path):
    with gzip.open(tmp_path / "Person.TSV.gz", "wt") as file:
        file.write("PERSON_ID\tother\n1\t2\n")

    found = read_columns(FolderSource(tmp_path), "person", ["person_id"], ["absent"])

    assert found.to_dict("list") == {"person_id": [1]}


def test_a_table_in_two_files_is_an_error(tmp_path):
    (tmp_path / "person.csv").write_text("person_id\n1\n")
    (tmp_path / "PERSON.tsv").write_text("person_id\n1\n")

    with pytest.raises(ValueError, match="'person' is there twice"):
        FolderSource(tmp_path)


def test_files_that_are_no_tables_are_errors(tmp_path):
    (tmp_path / "person.csv").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ValueError, match="'person.csv' is no table"):
        read_columns(FolderSource(tmp_path), "person", ["person_id"])


def test_missing_columns_propose_the_one_meant(tables, as_database):
    source = DatabaseSource(as_database(tables), None)

    with pytest.raises(ValueError, match="Did you mean 'person_id'"):
        read_columns(source, "person", ["persn_id"])
    with pytest.raises(ValueError, match="schema must be a name"):
        DatabaseSource(None, "a; DROP TABLE person")


def test_tables_of_a_schema(tables, as_database):
    source = DatabaseSource(as_database(tables), "main")

    assert source.place("person") == "main.person"
    assert source.place("death") == ""
