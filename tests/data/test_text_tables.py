import gzip

import pandas as pd
import pytest

from magnet_sklearn.data._text_tables import NoTableError, read_cells, read_head


def _read(tmp_path, content, name="rna.csv", **options):
    path = tmp_path / name
    content = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    head = read_head(path)
    return head.names, read_cells(path, head, [0], **options)


@pytest.mark.parametrize(
    ("name", "separator"),
    [
        ("rna.csv", ","),
        ("rna.csv", ";"),
        ("rna.csv", "\t"),
        ("rna.tsv", "\t"),
        ("rna.TSV", "\t"),
        ("rna.txt", "\t"),
        ("rna.txt", ";"),
        ("rna.txt", "|"),
        ("rna.txt", " "),
        ("rna.csv.gz", ","),
        ("rna.TSV.GZ", "\t"),
    ],
)
@pytest.mark.parametrize("end_of_line", ["\n", "\r\n", "\r"])
def test_the_separator_is_found(tmp_path, name, separator, end_of_line):
    lines = ["id,a,b", "01,1.5,2", "02,,4", ""]
    text = end_of_line.join(lines).replace(",", separator)
    if separator == " ":
        text = text.replace("02  4", "02 NA 4")
    name = name.replace(".GZ", ".gz")

    names, cells = _read(tmp_path, text, name)

    assert names == ["id", "a", "b"]
    assert cells[0].tolist() == ["01", "02"]
    assert cells[1].tolist()[0] == 1.5
    assert cells[2].tolist() == [2, 4]
    assert cells[1].isna().tolist() == [False, True]


def test_decimal_commas_are_read_in_columns_that_have_nothing_else(tmp_path):
    _, cells = _read(tmp_path, "id;a;b;c\np;0,5;2;x,5\nq;-1,25e2;;1,5\n")

    assert cells[1].tolist() == [0.5, -125.0]
    assert cells[3].tolist() == ["x,5", "1,5"]


def test_thousands_are_not_taken_for_decimal_commas(tmp_path):
    _, cells = _read(tmp_path, "id;a;b\np;1,234;0,512\nq;12,500;0,250\n")

    assert cells[1].tolist() == ["1,234", "12,500"]
    assert cells[2].tolist() == [0.512, 0.25]


def test_lines_of_comments_and_blank_lines_before_the_header_are_skipped(tmp_path):
    names, cells = _read(tmp_path, "#version 1.2\n\n# made today\nid,a\np,1\nq,#2\n")

    assert names == ["id", "a"]
    assert cells[1].tolist() == ["1", "#2"]


def test_a_header_that_starts_like_a_comment_is_not_lost(tmp_path):
    names, cells = _read(tmp_path, "#version 1\n#id,a,b\np,1,2\nq,3,4\n")

    assert names == ["id", "a", "b"]
    assert cells[0].tolist() == ["p", "q"]


def test_the_first_name_may_be_left_out_as_r_does(tmp_path):
    names, cells = _read(tmp_path, '"a" "b"\n"p" 1 2\n"q" 3 4\n', "rna.txt")

    assert names == ["", "a", "b"]
    assert cells[0].tolist() == ["p", "q"]


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    names, _ = _read(tmp_path, "\ufeffid,a\np,1\n")

    assert names == ["id", "a"]


def test_latin_1_is_read_with_a_warning_that_shows_file_and_line(tmp_path):
    text = "id,sex\np,f\nq,männlich\n".encode("latin-1")

    with pytest.warns(UserWarning, match=r"'rna.csv' is not UTF-8 \(line 3, 'q,männl"):
        _, cells = _read(tmp_path, text)

    assert cells[1].tolist() == ["f", "männlich"]


def test_latin_1_far_below_the_header_is_found_too(tmp_path):
    lines = ["id,sex", *(f"p{i},f" for i in range(500)), "q,männlich", ""]

    with pytest.warns(UserWarning, match=r"line 502"):
        _, cells = _read(tmp_path, "\n".join(lines).encode("latin-1"))

    assert cells[1].iloc[-1] == "männlich"


def test_further_marks_of_missing_cells_can_be_named(tmp_path):
    _, cells = _read(tmp_path, "id,a\np,1\nq,[none]\n", na_values=["[none]"])

    assert cells[1].isna().tolist() == [False, True]
    assert pd.api.types.is_float_dtype(cells[1].dtype)


def test_a_separator_at_the_end_of_every_row_is_no_column(tmp_path):
    names, cells = _read(tmp_path, "id,a\np,1,\nq,2,\n")

    assert names == ["id", "a"]
    assert cells[0].tolist() == ["p", "q"]
    assert cells[1].tolist() == [1, 2]


@pytest.mark.parametrize("rows", ["p,1\nq,2,3\n", "p,1,2,3\nq,1\n"])
def test_rows_longer_than_the_header_are_refused(tmp_path, rows):
    with pytest.raises(ValueError, match=r"do not fit its header of 2 columns.*line 1"):
        _read(tmp_path, "id,a\n" + rows)


def test_a_row_that_does_not_fit_is_given_by_its_line_in_the_file(tmp_path):
    with pytest.raises(ValueError, match="line 5, saw 3"):
        _read(tmp_path, "# one\n# two\nid,a\np,1\nq,2,3\n")


@pytest.mark.parametrize(
    ("rows", "line"), [("p,1,2\nq,3", 3), ("p,1\nq,3,4\n", 2), ("p,1,\n\nq\n", 4)]
)
def test_rows_without_all_cells_are_refused(tmp_path, rows, line):
    with pytest.raises(ValueError, match=f"line {line} has . of 3 cells"):
        _read(tmp_path, "id,a,b\n" + rows)


def test_cells_of_several_lines_are_read(tmp_path):
    _, cells = _read(tmp_path, 'id,a,b\np,"one\ntwo",\nq,x,\n')

    assert cells[1].tolist() == ["one\ntwo", "x"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"# only comments\n", "empty"),
        (b"PK\x03\x04", "zip or Excel"),
        ("id,a\n".encode("utf-16"), "UTF-16"),
        (b"<!DOCTYPE html>\n", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"id\0,a\n", "zero bytes"),
    ],
)
def test_what_is_no_text_table_is_refused_with_what_it_is(tmp_path, content, what):
    with pytest.raises(ValueError, match=what):
        _read(tmp_path, content)


def test_a_file_without_a_table_is_an_error_of_its_own_kind():
    assert issubclass(NoTableError, ValueError)


@pytest.mark.parametrize("quote", ["", '"'])
def test_tables_of_many_columns_are_read(tmp_path, quote):
    columns = [f"{quote}ENSG{j:011}{quote}" for j in range(20_000)]
    lines = [",".join(["id", *columns]), ",".join(["p", *["0.25"] * 20_000]), ""]

    names, cells = _read(tmp_path, "\n".join(lines))

    assert len(names) == 20_001
    assert cells.shape == (1, 20_001)
