import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from magnet_sklearn.data import MultiModalData, drop_modalities


def _cohort(n_patients=40):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(n_patients, 3))
    ids = [f"p{i}" for i in range(n_patients)]
    frame = pd.DataFrame({"age": values[:, 0], "sex": ["f", "m"] * (n_patients // 2)})
    return MultiModalData(
        {
            "rna": values,
            "clinical": frame,
            "mutation": sparse.csr_array(values * (values > 0)),
            "mri": values.reshape(n_patients, 3, 1),
        },
        index=ids,
    )


def test_rows_are_dropped_in_every_kind_of_block_and_only_whole():
    X = _cohort()

    dropped = drop_modalities(X, 0.5, random_state=0)

    assert_array_equal(dropped.mask, MultiModalData(dict(dropped.items())).mask)
    assert not dropped.mask.all()
    assert dropped.index.equals(X.index)
    assert dropped["clinical"].index.equals(X.index)
    for m, (name, block) in enumerate(dropped.items()):
        assert type(block) is type(X[name])
        kept = np.flatnonzero(dropped.mask[:, m])
        before, after = (
            b.toarray() if sparse.issparse(b) else np.asarray(b)
            for b in (X[name], block)
        )
        assert_array_equal(after[kept], before[kept])


def test_the_input_is_not_changed():
    X = _cohort()
    before = X.mask.copy()

    drop_modalities(X, 0.9, random_state=0)

    assert_array_equal(MultiModalData(dict(X.items())).mask, before)


@pytest.mark.parametrize("rate", [0.5, 1.0, {"rna": 1.0, "clinical": 1.0, "mri": 0.3}])
def test_one_block_stays_for_every_patient_who_had_one(rate):
    X = drop_modalities(_cohort(), 0.6, random_state=1)

    assert drop_modalities(X, rate, random_state=2).mask.any(axis=1).all()


def test_without_keep_one_everything_may_go():
    X = drop_modalities(_cohort(), 1.0, random_state=0, keep_one=False)

    assert not X.mask.any()


def test_the_kept_block_is_drawn_evenly_whatever_the_rates():
    X = MultiModalData({"a": np.ones((6000, 1)), "b": np.ones((6000, 1))})

    dropped = drop_modalities(X, {"a": 1.0, "b": 0.6}, random_state=0)

    # b is all that stays in 40 % of patients, and half of the others keep it too
    assert_allclose(dropped.mask.mean(axis=0), [0.3, 0.7], atol=0.02)


def test_a_patient_without_any_block_stays_without():
    X = MultiModalData({"a": [[np.nan], [1.0]], "b": [[np.nan], [1.0]]})

    assert not drop_modalities(X, 1.0, random_state=0).mask[0].any()


def test_a_seed_repeats_patient_by_patient():
    X = _cohort()

    whole = drop_modalities(X, 0.5, random_state=3).mask

    assert_array_equal(drop_modalities(X[:10], 0.5, random_state=3).mask, whole[:10])


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_generators_are_accepted(make):
    first = drop_modalities(_cohort(), 0.5, random_state=make(0)).mask
    second = drop_modalities(_cohort(), 0.5, random_state=make(0)).mask

    assert_array_equal(first, second)


def test_rates_are_reached_on_average():
    X = MultiModalData({"a": np.ones((4000, 1)), "b": np.ones((4000, 1))})

    mask = drop_modalities(X, 0.3, random_state=0, keep_one=False).mask

    assert_allclose(mask.mean(axis=0), 0.7, atol=0.03)


def test_a_rate_for_an_unknown_modality_is_refused_with_a_suggestion():
    with pytest.raises(ValueError, match="'rnaa' that X does not.*Did you mean 'rna'"):
        drop_modalities(_cohort(), {"rnaa": 0.5})


@pytest.mark.parametrize("rate", [-0.1, 1.5, np.nan, {"rna": 2}])
def test_a_rate_outside_zero_and_one_is_refused(rate):
    with pytest.raises(ValueError, match=r"`rate` must be in \[0, 1\], got"):
        drop_modalities(_cohort(), rate)


@pytest.mark.parametrize("rate", ["0.5", None, True])
def test_a_rate_that_is_no_number_is_a_type_error(rate):
    with pytest.raises(TypeError, match=r"`rate` must be a number in \[0, 1\]"):
        drop_modalities(_cohort(), rate)


def test_other_input_is_pointed_to_check_multimodal():
    with pytest.raises(TypeError, match="needs MultiModalData, got ndarray"):
        drop_modalities(np.ones((2, 2)), 0.5)
