"""The same seed gives the same bits, and nobody else's random state moves."""

from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
import torch
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict


@pytest.fixture(scope="module")
def cohort():
    return make_patients(42)


def fit_and_ask(cohort, **parameters):
    clf = make_classifier(**{"experts": None, "early_stopping": False, **parameters})
    return clf.fit(*cohort).predict_proba(cohort[0])


def numpy_state():
    return np.random.get_state()[1].copy()  # noqa: NPY002


def test_four_threads_at_once_give_the_same_bits(cohort):
    expected = fit_and_ask(cohort)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: fit_and_ask(cohort), range(4)))

    for answer in answers:
        assert_array_equal(answer, expected)


def test_seeds_differ(cohort):
    assert np.abs(fit_and_ask(cohort) - fit_and_ask(cohort, random_state=1)).max() > 0


@pytest.mark.parametrize("make", [np.random.RandomState, np.random.default_rng])
def test_generator_gives_the_bits_of_its_state(cohort, make):
    generator = make(5)
    first, second = (fit_and_ask(cohort, random_state=generator) for _ in range(2))

    assert_array_equal(fit_and_ask(cohort, random_state=make(5)), first)
    assert np.abs(second - first).max() > 0


def test_no_random_state_is_another_one_each_time(cohort):
    first, second = (fit_and_ask(cohort, random_state=None) for _ in range(2))

    assert np.abs(second - first).max() > 0


@pytest.mark.parametrize("random_state", [0, None])
def test_global_random_states_stay_as_they_are(cohort, random_state):
    before = numpy_state(), torch.get_rng_state()

    make_classifier(random_state=random_state).fit(*cohort)

    assert_array_equal(numpy_state(), before[0])
    assert torch.equal(torch.get_rng_state(), before[1])


def test_global_random_states_are_not_read(cohort):
    np.random.seed(1)  # noqa: NPY002
    torch.manual_seed(1)
    first = fit_and_ask(cohort)
    np.random.seed(2)  # noqa: NPY002
    torch.manual_seed(2)

    assert_array_equal(fit_and_ask(cohort), first)


def test_joblib_dump_gives_the_same_bits(cohort, tmp_path):
    X, y = cohort
    clf = make_classifier().fit(X, y)
    joblib.dump(clf, tmp_path / "clf.joblib")

    loaded = joblib.load(tmp_path / "clf.joblib")

    assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))


def test_processes_give_the_same_predictions(cohort):
    clf = make_classifier(ensemble_size=1, experts=LogisticRegression())
    answers = [
        cross_val_predict(clf, *cohort, cv=2, method="predict_proba", n_jobs=n_jobs)
        for n_jobs in (1, 2)
    ]

    assert_allclose(answers[1], answers[0], atol=1e-6)


def test_members_in_threads_give_the_same_bits(cohort):
    assert_array_equal(fit_and_ask(cohort, n_jobs=2), fit_and_ask(cohort))
