"""Training in mixed precision."""

import pickle

import pytest
import torch
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose, assert_array_equal


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


def test_a_pickle_holds_the_weights_once_in_the_precision_they_were_learned_in(cohort):
    net = fit(cohort, hidden_dim=64, n_heads=4).net_
    n_weights = sum(tensor.numel() for tensor in net.module_.state_dict().values())

    loaded = pickle.loads(content := pickle.dumps(net))

    assert len(content) < 4 * n_weights + 60_000
    assert loaded.module is loaded.module_
    for name, weight in net.module_.state_dict().items():
        assert_array_equal(loaded.module_.state_dict()[name], weight)


def test_a_weight_that_needs_double_precision_keeps_it(cohort):
    net = fit(cohort).net_
    weight = next(net.module_.parameters())
    weight.data += 1e-12

    loaded = pickle.loads(pickle.dumps(net))

    assert torch.equal(next(loaded.module_.parameters()), weight)


def test_the_state_of_the_optimiser_is_kept_for_a_training_that_goes_on(cohort):
    clf = fit(cohort, warm_start=True)
    loaded = pickle.loads(pickle.dumps(clf))

    assert not fit(cohort).net_.optimizer_.state
    assert_array_equal(
        loaded.fit(*cohort).predict_proba(cohort[0]),
        clf.fit(*cohort).predict_proba(cohort[0]),
    )


def test_a_training_goes_on_without_it(cohort):
    clf = fit(cohort)
    before = clf.predict_proba(cohort[0])

    after = clf.set_params(warm_start=True).fit(*cohort).predict_proba(cohort[0])

    assert len(clf.net_.history) == 2 * clf.max_epochs
    assert abs(after - before).max() > 0
