"""Format of pickled objects."""

import pickle

import pytest

from magnet_sklearn._utils import checked_state, with_format


class Fitted:
    """As estimators keep what they learned."""

    def __getstate__(self):
        return with_format(self.__dict__)

    def __setstate__(self, state):
        self.__dict__.update(checked_state(state))


def test_pickle_gives_the_attributes_back_without_the_mark():
    fitted = Fitted()
    fitted.weights_ = [1, 2]

    assert vars(pickle.loads(pickle.dumps(fitted))) == {"weights_": [1, 2]}


def test_marking_changes_no_object():
    state = {"weights_": 1}

    with_format(state)

    assert state == {"weights_": 1}


def test_state_without_a_mark_is_of_the_first_version():
    with pytest.raises(ValueError, match=r"format 1, this version reads.*0\.1"):
        checked_state({"weights_": 1})


def test_state_of_a_later_version_is_refused():
    marked = {
        name: value + 1 if isinstance(value, int) else value
        for name, value in with_format({}).items()
    }

    with pytest.raises(ValueError, match="pickled by another version"):
        checked_state(marked)
