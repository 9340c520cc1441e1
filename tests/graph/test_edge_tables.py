import gzip

import pytest

from magnet_sklearn.graph import read_gmt_edges, read_mapping_edges, read_string_edges

LINKS = """protein1 protein2 combined_score
9606.A 9606.B 900
9606.B 9606.A 900
9606.A 9606.C 750
9606.B 9606.C 400
9606.C 9606.D 999
"""


@pytest.fixture
def links(tmp_path):
    path = tmp_path / "links.txt.gz"
    with gzip.open(path, "wt") as file:
        file.write(LINKS)
    return path


def rows(edges):
    return [tuple(row) for row in edges[["source", "target", "weight"]].to_numpy()]


def test_string_edges_are_confident_pairs_once(links):
    edges = read_string_edges(links)

    assert rows(edges) == [
        ("9606.A", "9606.B", 0.9),
        ("9606.A", "9606.C", 0.75),
        ("9606.C", "9606.D", 0.999),
    ]
    assert set(edges["relation"]) == {"interacts_with"}


def test_string_edges_get_the_names_of_an_info_file(links, tmp_path):
    info = tmp_path / "info.txt"
    info.write_text(
        "#string_protein_id\tpreferred_name\tannotation\n"
        "9606.A\tTP53\tx\n9606.B\tMDM2\ty\n9606.C\tEGFR\tz\n"
    )

    assert rows(read_string_edges(links, info)) == [
        ("TP53", "MDM2", 0.9),
        ("TP53", "EGFR", 0.75),
    ]


def test_string_edges_can_be_few_and_weak(links):
    edges = read_string_edges(links, min_score=0, features=["9606.B", "9606.C"])

    assert rows(edges) == [("9606.B", "9606.C", 0.4)]


def test_other_columns_than_those_of_string_are_an_error(tmp_path):
    path = tmp_path / "links.txt"
    path.write_text("a b\n1 2\n")

    with pytest.raises(ValueError, match="no column 'protein1'.*its columns are 'a'"):
        read_string_edges(path)


def test_members_of_small_sets_are_linked_more(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("s1\t-\tA\tB\tC\n\ns2\turl\tA\tB\n")

    edges = read_gmt_edges(path)

    assert rows(edges) == [("A", "B", 1.5), ("A", "C", 0.5), ("B", "C", 0.5)]


def test_large_sets_are_left_out_after_choosing_features(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("s1\t-\t" + "\t".join("ABCDEFG") + "\n")

    assert len(read_gmt_edges(path, max_set_size=3)) == 0
    assert len(read_gmt_edges(path, max_set_size=3, features="ABC")) == 3


def test_line_without_members_is_an_error(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("s1\t-\tA\nonly a name\n")

    with pytest.raises(ValueError, match="Line 2 .* has 1 fields"):
        read_gmt_edges(path)


@pytest.mark.parametrize("sep", ["\t", ","])
def test_mapping_is_read_with_its_types(tmp_path, sep):
    path = tmp_path / "map.txt"
    path.write_text(f"gene{sep}protein\nTP53{sep}p53\nEGFR{sep}EGFR\nX{sep}\n")

    edges = read_mapping_edges(path)

    assert rows(edges) == [("TP53", "p53", 1.0), ("EGFR", "EGFR", 1.0)]
    assert edges["source_type"].unique().tolist() == ["gene"]
    assert edges["target_type"].unique().tolist() == ["protein"]


def test_mapping_of_one_column_is_an_error(tmp_path):
    path = tmp_path / "map.txt"
    path.write_text("gene;protein\nTP53;p53\n")

    with pytest.raises(ValueError, match="one column.*sep"):
        read_mapping_edges(path)
