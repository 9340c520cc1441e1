import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import log_softmax, softmax

from magnet_sklearn.experts import ClassEvidence
from magnet_sklearn.experts._attribution_links import (
    evidence_of_classes,
    log_probability_of_logits,
)


class Votes:
    """An expert whose features are its probabilities."""

    classes_ = np.arange(3)

    def predict_proba(self, table):
        return table


@pytest.fixture
def logits():
    rng = np.random.default_rng(0)
    start = rng.normal(size=(6, 3))
    values = 3 * rng.normal(size=(6, 4, 3))
    return values, start, start + values.sum(axis=1)


def evidence(probability):
    return ClassEvidence().evidence(Votes(), probability, np.zeros(3))


def test_values_of_logits_sum_to_log_probabilities(logits):
    values, start, end = log_probability_of_logits(*logits)
    assert_allclose(end, log_softmax(logits[2], axis=1))
    assert_allclose(values.sum(axis=1), end - start, atol=1e-12)
    # of two classes, the difference of log-probabilities is that of logits
    assert_allclose(
        values[:, :, 0] - values[:, :, 1],
        -np.subtract(logits[0][:, :, 1], logits[0][:, :, 0]),
        atol=1e-12,
    )


@pytest.mark.parametrize("is_log", [True, False])
def test_values_sum_to_evidence_where_probabilities_are_clipped(logits, is_log):
    ends = [softmax(4 * part, axis=1) for part in logits[1:]]
    assert min(part.min() for part in ends) < 1e-4
    scores = [np.log(part) if is_log else part for part in ends]
    share = np.array([0.5, 0.2, 0.3])[None, :, None]
    values = share * np.subtract(*scores[::-1])[:, None]
    found = evidence_of_classes(values, *scores, is_log=is_log)
    assert_allclose(found.sum(axis=1), evidence(ends[1]) - evidence(ends[0]), atol=1e-9)


def test_scores_that_stay_but_are_made_up_of_changes_take_the_slope():
    start = np.array([[0.5, 0.3, 0.2]])
    values = np.array([[[0.1, -0.1, 0.0], [-0.1, 0.1, 0.0]]])
    found = evidence_of_classes(values, start, start, is_log=False)
    assert_allclose(found[0, :, 0] - found[0, :, 2], [0.2, -0.2])
