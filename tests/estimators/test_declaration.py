"""A declared parameter is in constructor, constraints and documentation."""

import inspect
from numbers import Integral

import numpy as np
import pytest
from common.cohorts import make_patients
from common.instances import TINY
from sklearn.base import clone
from sklearn.utils._param_validation import Interval, InvalidParameterError, StrOptions

from magnet_sklearn import MagnetClassifier
from magnet_sklearn._estimators._declaration import (
    changed_network_parameters,
    options,
    parameter,
    with_parameters,
)


@with_parameters
class WithRounds(MagnetClassifier):
    """Classifier with parameters of its own.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}
    rounds_ : int
        The last one.
    """

    n_rounds: int = parameter(
        3,
        [Interval(Integral, 1, None, closed="left")],
        "int",
        """Rounds
        of nothing.""",
        of_networks=True,
    )
    order: str = parameter(
        "up", [StrOptions({"up", "down"})], '{"up", "down"}', "Order of rounds."
    )


def test_declared_parameter_is_in_the_signature_with_its_default():
    signature = inspect.signature(WithRounds)

    assert signature.parameters["n_rounds"].default == 3
    assert signature.parameters["n_rounds"].kind is inspect.Parameter.KEYWORD_ONLY
    assert set(inspect.signature(MagnetClassifier).parameters) <= set(
        signature.parameters
    )


def test_declared_parameter_is_got_set_and_cloned():
    estimator = WithRounds(n_rounds=5).set_params(order="down")

    parameters = clone(estimator).get_params()

    assert (parameters["n_rounds"], parameters["order"]) == (5, "down")


@pytest.mark.parametrize("wrong", [{"n_rounds": 0}, {"n_rounds": 1.5}, {"order": "no"}])
def test_fit_refuses_what_the_constraint_does_not_allow(wrong):
    with pytest.raises(InvalidParameterError, match=f"'{next(iter(wrong))}' parameter"):
        WithRounds(**TINY, **wrong).fit(*make_patients())


def test_docstring_has_kind_default_and_text_of_the_parameter():
    doc = inspect.cleandoc(WithRounds.__doc__)

    assert "n_rounds : int, default=3\n    Rounds of nothing.\n" in doc
    assert 'order : {"up", "down"}, default="up"\n    Order of rounds.' in doc


def test_docstring_has_the_attributes_of_all_estimators_before_its_own():
    doc = WithRounds.__doc__

    assert "{" not in doc.replace('{"', "")
    assert doc.index("    gates_ : ndarray") < doc.index("    rounds_ : int")


def test_the_class_it_extends_stays_as_it_is():
    assert "n_rounds" not in MagnetClassifier._parameter_constraints
    assert "n_rounds" not in MagnetClassifier.__doc__


def test_estimators_are_equal_only_to_themselves():
    first, second = WithRounds(), WithRounds()

    assert first != second
    assert len({first, second, first}) == 2


def test_only_changed_parameters_of_the_networks_are_named():
    estimator = WithRounds(n_rounds=4, order="down", verbose=1, hidden_dim=8)

    assert changed_network_parameters(estimator) == ["hidden_dim", "n_rounds"]
    assert changed_network_parameters(WithRounds(n_rounds=3)) == []


def test_parameter_whose_value_is_an_array_can_be_compared():
    estimator = WithRounds(encoders={"rna": np.ones(3)})

    assert changed_network_parameters(estimator) == ["encoders"]


def test_options_are_listed_as_docstrings_do():
    assert options(["a", "b"]) == options({"a": 1, "b": 2}) == '{"a", "b"}'
