import pickle

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from magnet_sklearn import MultiModalData
from magnet_sklearn.explain import ConformalPredictor

QUICK = make_classifier(ensemble_size=1, max_epochs=1, gate=0.0, experts="linear")
SEX = np.array(["f", "m"])[np.arange(42) // 2 % 2]


@pytest.fixture(scope="module")
def fitted():
    return ConformalPredictor(QUICK, cv=3, random_state=0).fit(
        *make_patients(), partition=SEX
    )


def test_clone_has_the_parameters_and_is_not_fitted(fitted):
    copied = clone(fitted)

    assert copied.get_params().keys() == fitted.get_params().keys()
    copied.set_params(estimator__hidden_dim=16)
    assert copied.estimator.hidden_dim == 16
    with pytest.raises(NotFittedError):
        copied.predict_set(make_patients()[0])


def test_pickle_says_the_same(fitted):
    X = make_patients(9, seed=1)[0]

    again = pickle.loads(pickle.dumps(fitted))

    pd.testing.assert_frame_equal(
        again.predict_set(X, partition=SEX[:9]),
        fitted.predict_set(X, partition=SEX[:9]),
    )


def test_each_patient_is_held_out_once_and_the_last_model_knows_all(fitted):
    X, y = make_patients()

    whole = clone(QUICK).fit(X, y)

    assert len(fitted.estimators_) == 3
    np.testing.assert_array_equal(fitted.predict(X), whole.predict(X))


def test_dict_gives_the_same_sets_as_multimodal_data(fitted):
    X = make_patients(9, seed=1)[0]

    sets = fitted.predict_set(dict(X.items()), partition=SEX[:9])

    pd.testing.assert_frame_equal(sets, fitted.predict_set(X, partition=SEX[:9]))


def test_flat_table_is_split_by_the_modalities_of_the_estimator():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 5)), np.arange(40) % 2
    flat = clone(QUICK).set_params(modalities={"a": slice(3), "b": slice(3, 5)})
    blocks = MultiModalData({"a": X[:, :3], "b": X[:, 3:]})

    sets = ConformalPredictor(flat, cv=2, random_state=0).fit(X, y).predict_set(X)

    named = ConformalPredictor(QUICK, cv=2, random_state=0).fit(blocks, y)
    np.testing.assert_array_equal(sets, named.predict_set(blocks))


def test_pipeline_that_ends_in_a_classifier_can_be_wrapped():
    X, y = make_patients()

    model = ConformalPredictor(make_pipeline("passthrough", QUICK), cv=2)

    assert model.fit(X, y).predict_set(X[:3]).shape == (3, 2)


def test_target_of_other_patients_is_an_error():
    X, y = make_patients()
    named = MultiModalData(dict(X.items()), index=[f"p{i}" for i in range(42)])

    with pytest.raises(ValueError, match="another order"):
        ConformalPredictor(QUICK).fit(named, pd.Series(y, named.index)[::-1])


@pytest.mark.parametrize("partition", [None, ["f", "x", "m"]])
def test_partition_must_be_that_of_fit(fitted, partition):
    with pytest.raises(ValueError, match=r"fit got a `partition`|which fit did not"):
        fitted.predict_set(make_patients()[0][:3], partition=partition)


@pytest.mark.parametrize("alpha", [0, 1.0, "0.1"])
def test_alpha_is_a_share(fitted, alpha):
    X = make_patients()[0][:3]

    with pytest.raises(ValueError, match="alpha must be between 0 and 1"):
        fitted.predict_set(X, alpha, partition=SEX[:3])


def test_unknown_modality_is_an_error(fitted):
    with pytest.raises(ValueError, match="Did you mean 'protein'"):
        fitted.predict_set({"protien": np.zeros((2, 4))}, partition=SEX[:2])
