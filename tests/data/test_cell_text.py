"""What the text of a cell stands for."""

import pandas as pd
import pytest

from magnet_sklearn.data import _cell_text as cell_text


def which(tell, cells):
    series = pd.Series(cells, dtype=object)
    return series[tell(series).to_numpy()].tolist()


def test_markers_of_missing_values_are_recognised_in_brackets_and_any_case():
    markers = ["", " NA", "n/a", "[Not Available]", "NOT REPORTED", "[Unknown]", "--"]

    assert which(cell_text.are_missing, [*markers, "no", "0", "Nan Goldin"]) == markers


def test_identifiers_and_codes_are_no_numbers():
    others = ["12_34", "T1", "8140/3", "3+4", "1-2", "12:30", "TCGA-01", ""]

    assert which(cell_text.are_numbers, [*others, "12", "1.5e-3"]) == ["12", "1.5e-3"]


def test_only_one_unit_makes_numbers():
    assert which(cell_text.are_numbers, ["5 mg", "6 mg", "17p"]) == ["5 mg", "6 mg"]


@pytest.mark.parametrize(
    "cell", ["2015-02-30x", "12.05", "1/2", "2015", "40-60", "C50.9", "8140/3", "mar"]
)
def test_other_text_is_no_date(cell):
    assert which(cell_text.are_dates, [cell]) == []


@pytest.mark.parametrize(
    ("cells", "is_decimal"),
    [
        (["1,5", "2,25"], True),
        (["1.234,567"], True),
        (["0,125"], True),
        (["1,234", "2,500"], False),
        (["1,234.5"], False),
        (["12"], False),
    ],
)
def test_a_comma_is_told_from_what_follows_it(cells, is_decimal):
    assert cell_text.have_decimal_comma(pd.Series(cells)) is is_decimal


def test_days_come_first_where_the_first_number_exceeds_twelve_or_a_dot_follows():
    assert cell_text.have_day_first(pd.Series(["01/02/2015", "13/02/2015"]))
    assert cell_text.have_day_first(pd.Series(["01.02.2015"]))
    assert not cell_text.have_day_first(pd.Series(["01/02/2015", "2015-02-13"]))


def test_words_have_two_letters():
    assert cell_text.count_words(pd.Series(["he fell in 2015 a"])).tolist() == [3]


def test_fractions_and_plain_numbers():
    cells = ["12", "12.0", "1.5", "<1,5"]

    assert which(cell_text.have_fractions, cells) == ["1.5", "<1,5"]
    assert which(cell_text.are_plain_numbers, cells) == ["12", "12.0", "1.5"]
