"""A training that failed or was killed goes on where it was."""

import multiprocessing
import os
import signal
import time
from dataclasses import replace

import pytest
from common.checks import all_answers
from common.failing import FailsAt, Failure
from common.instances import INSTANCES, make_classifier, target_for
from numpy.testing import assert_array_equal
from sklearn.base import clone


@pytest.mark.parametrize(
    ("kind", "batch_size", "place"),
    [
        ("early-stopping", 1024, (1, 4)),
        ("early-stopping", 16, (2, 2)),
        ("no-early-stopping", 16, (1, 1)),
        ("feature-graph-attention", 16, (1, 2)),
        ("MultiModalGNNRegressor", 16, (1, 2)),
        ("MagnetMultiTask", 1024, (2, 3)),
    ],
)
def test_a_second_fit_gives_what_the_first_would_have(
    kind, batch_size, place, tmp_path
):
    estimator = clone(INSTANCES[kind]).set_params(batch_size=batch_size)
    X, y = target_for(estimator)
    expected = all_answers(clone(estimator).fit(X, y), X)
    estimator.set_params(checkpoint=tmp_path / "training")
    failing = FailsAt(*place, Failure())

    _fail(clone(estimator), failing, X, y)
    resumed = estimator.fit(X, y)

    assert_array_equal(all_answers(resumed, X), expected)


def _fail(estimator, failing, X, y):
    """Let a training end by what is not a parameter of the estimator."""
    from magnet_sklearn._estimators import _recipe

    plain = _recipe._optimisation
    _recipe._optimisation = lambda estimator: replace(
        plain(estimator), callbacks=[failing]
    )
    try:
        with pytest.raises(Failure):
            estimator.fit(X, y)
    finally:
        _recipe._optimisation = plain


def _fit_for_long(folder):
    clf = make_classifier(checkpoint=folder, experts=None, max_epochs=300)
    clf.set_params(n_iter_no_change=300, ensemble_size=1).fit(*target_for(clf))


@pytest.mark.slow
def test_a_killed_process_leaves_a_checkpoint_to_go_on_from(tmp_path):
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_fit_for_long, args=(tmp_path,))
    process.start()
    deadline = time.monotonic() + 120
    while not (tmp_path / "member_1.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    clf = make_classifier(experts=None, max_epochs=300, n_iter_no_change=300)
    clf.set_params(ensemble_size=1)
    X, y = target_for(clf)

    resumed = clone(clf).set_params(checkpoint=tmp_path).fit(X, y)

    assert_array_equal(all_answers(resumed, X), all_answers(clf.fit(X, y), X))
