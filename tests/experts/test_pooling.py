"""Evidence of all experts as combined outputs."""

import numpy as np
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.experts._evidence import Evidence
from magnet_sklearn.experts._pooling import PooledEvidence

# trust in two modalities, redundancy, joint share and trust, logits of one family
PARAMETERS = torch.tensor([2.0, 0.5, 0.4, 0.3, 1.5, 0.0, 0.0], dtype=torch.float64)


def make_evidence():
    observed = np.array([[1, 1, 1], [1, 0, 1], [0, 0, 0]], dtype=bool)
    values = np.random.default_rng(0).normal(size=(1, 3, 3, 1)) * observed[..., None]
    return Evidence(values, observed, has_joint=True)


def test_outputs_follow_the_formula():
    evidence = make_evidence()

    outputs = PooledEvidence(evidence, np.array([7.0])).outputs(PARAMETERS)

    first, second, joint = evidence.values[0, 0, :, 0]
    apart = (2.0 * first + 0.5 * second) / 1.4
    both = 7 + 0.7 * apart + 0.3 * 1.5 * joint
    alone = 7 + 2.0 * evidence.values[0, 1, 0, 0]
    assert_allclose(outputs[:, 0], [both, alone, 7], rtol=1e-6)


def test_some_patients_are_pooled_as_among_all():
    evidence, baseline = make_evidence(), np.array([7.0])
    rows = np.array([2, 0])

    some = PooledEvidence(evidence, baseline, rows)

    everybody = PooledEvidence(evidence, baseline).outputs(PARAMETERS)
    assert_allclose(some.outputs(PARAMETERS), everybody[rows])
    assert some.sees_joint
    assert not PooledEvidence(evidence, baseline, rows[:1]).sees_joint
    assert some.n_observed.tolist() == [0, 2]
