"""Training in mixed precision."""

import pytest
import torch
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose


@pytest.fixture(scope="module")
def cohort():
    return make_patients()


def fit(cohort, **parameters):
    X, y = cohort
    alone = {"experts": None, "early_stopping": False, "n_layers": 2}
    return make_classifier(**{**alone, **parameters}).fit(X, y)


@pytest.mark.parametrize("decoder", ["sage", "gat", "gcn", "gin"])
@pytest.mark.parametrize("batch_size", [16, 1024])
def test_bfloat16_learns_nearly_the_same(cohort, decoder, batch_size):
    common = {"decoder": decoder, "batch_size": batch_size, "similarity_weight": 0.1}
    common["learning_rate"] = 1e-3

    single = fit(cohort, **common).predict_proba(cohort[0])
    mixed = fit(cohort, precision="bfloat16", **common).predict_proba(cohort[0])

    assert abs(single - mixed).max() > 0
    assert_allclose(mixed, single, atol=0.02)


def test_weights_learned_in_bfloat16_are_not_rounded(cohort):
    weight = next(fit(cohort, precision="bfloat16").net_.module_.parameters())

    assert weight.dtype == torch.float64
    assert (weight != weight.bfloat16()).any()
