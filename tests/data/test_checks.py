import numpy as np
import pytest

from magnet_sklearn.data._checks import check_blocks


def test_blocks_of_different_length_are_refused_with_their_counts():
    blocks = {"rna": np.ones((3, 1)), "age": np.ones((2, 1))}

    with pytest.raises(ValueError, match="'rna' 3, 'age' 2.*from_frames"):
        check_blocks(blocks)


def test_no_block_at_all_is_refused():
    with pytest.raises(ValueError, match="no modality: pass at least one block"):
        check_blocks({})


def test_a_value_that_is_no_mapping_is_refused_with_advice():
    with pytest.raises(TypeError, match="needs a dict.*got ndarray.*check_multimodal"):
        check_blocks(np.ones((3, 1)))


def test_names_must_be_strings():
    with pytest.raises(TypeError, match="must be strings, got 7 of type int"):
        check_blocks({7: [[1.0]]})


def test_names_must_not_be_empty():
    with pytest.raises(ValueError, match="name of a modality is empty"):
        check_blocks({"": [[1.0]]})
