import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from magnet_sklearn.federated._messages import pack, unpack, unusual

numbers = arrays(np.float64, st.integers(0, 5))
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | numbers,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(trees)
def test_a_message_is_read_as_it_was_written(tree):
    np.testing.assert_equal(unpack(pack({"tree": tree}))["tree"], tree)


@given(st.binary(max_size=50))
def test_other_bytes_are_refused(message):
    with pytest.raises(ValueError, match="cannot be read"):
        unpack(message)


def test_objects_are_refused():
    # a pickle could run code
    message = pack({"a": np.zeros(2)})

    assert b"pickle" not in message
    with pytest.raises(TypeError):
        pack({"a": object()})


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ({"a": np.zeros(2)}, None),
        ({}, "has no 'a'"),
        ([], "has no parts"),
        ({"a": np.zeros(3)}, "has shape"),
        ({"a": np.array([0.0, np.inf])}, "NaN or infinite"),
        ({"a": np.array(["x", "y"])}, "not numeric"),
        ({"a": "text"}, "no array"),
    ],
)
def test_unusual_replies_are_told(reply, says):
    found = unusual(reply, {"a": (2,)})

    assert found is None if says is None else says in found
