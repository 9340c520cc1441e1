"""Values of a parameter that a registry lists."""

import pytest

from magnet_sklearn._utils import choose, listed

FUSIONS = {"mean": 1, "attention": 2}


def test_entry_of_the_registry_is_returned():
    assert choose(FUSIONS, "fusion", "attention") == 2


def test_error_names_parameter_value_and_all_choices():
    message = "fusion is 'sum'. Choose one of 'mean', 'attention', or a module."

    with pytest.raises(ValueError, match=f"^{message}$"):
        choose(FUSIONS, "fusion", "sum", "a module")


def test_names_are_listed_in_order_and_quotes():
    assert listed(["b", "a"]) == "'b', 'a'"
