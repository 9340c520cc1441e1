import numpy as np
import pandas as pd
import pytest
from common.cohorts import hide, make_patients, without_data
from common.instances import make_classifier
from numpy.testing import assert_allclose
from scipy.stats import entropy

from magnet_sklearn import MagnetMultiTask, MultiModalData, MultiModalGNNRegressor
from magnet_sklearn.explain import next_modality
from magnet_sklearn.graph import masked_cosine_similarity


@pytest.fixture(scope="module")
def classifier():
    X, y = make_patients()
    return make_classifier(gate=0.7).fit(X, y), X, y


def test_gain_is_the_information_in_the_blocks_of_similar_references(classifier):
    estimator, X, _ = classifier
    patient = hide(X[[6]], [[True, False, True]])
    found = next_modality(estimator, patient, references=X, n_neighbors=4)

    have = np.flatnonzero(X.mask[:, 1])
    ready = estimator._prepare(X)[have], estimator._prepare(patient)
    shared = (ready[1].mask & ready[0].mask)[:, [0, 2]] @ np.array([6, 4])
    cosine = masked_cosine_similarity(*ready[::-1])[0] * shared / (shared + 5)
    donors = have[np.argsort(-cosine, kind="stable")[:4]]
    filled = MultiModalData(
        {
            "rna": np.repeat(patient["rna"], 4, axis=0),
            "protein": X["protein"][donors],
            "clinical": pd.concat([patient["clinical"]] * 4, ignore_index=True),
        }
    )
    p = estimator.predict_proba(filled)
    expected = entropy(p.mean(axis=0)) - entropy(p, axis=1).mean()
    assert_allclose(found["protein"], expected, atol=1e-9)
    assert found["rna"].isna().all()
    assert expected > 0


def test_every_missing_block_of_every_task_has_a_gain(fitted):
    estimator, X, _ = fitted
    found = next_modality(estimator, X[:10], references=X, n_neighbors=3)
    gains = found.to_numpy().reshape(10, -1, 3)
    assert (np.isnan(gains) == X.mask[:10, None]).all()
    assert (gains[~np.isnan(gains)] >= 0).all()
    has_a_say = estimator.contributions(X).to_numpy().any()
    assert (np.nanmax(gains) > 0) == has_a_say
    assert found.columns.nlevels == 1 + isinstance(estimator, MagnetMultiTask)


def test_a_patient_alone_has_the_same_gains(classifier):
    estimator, X, _ = classifier
    together = next_modality(estimator, without_data(X), references=X)
    for row in (2, 42):
        alone = next_modality(estimator, without_data(X)[[row]], references=X)
        assert_allclose(alone.to_numpy()[0], together.to_numpy()[row], atol=1e-12)
    assert together.iloc[42].notna().all()


def test_the_informative_modality_is_to_be_measured_next():
    rng = np.random.default_rng(0)
    X = {name: rng.normal(size=(80, 4)) for name in ("rna", "protein", "age")}
    y = X["protein"][:, 0] + 0.1 * rng.normal(size=80)
    model = MultiModalGNNRegressor(
        random_state=0, ensemble_size=2, max_epochs=1, experts="linear"
    ).fit(X, y)
    found = next_modality(model, {"age": X["age"][:20]}, references=X)
    assert (found.idxmax(axis=1) == "protein").all()
    # the variance that knowing it takes away is about all there is
    assert found["protein"].mean() == pytest.approx(y.var(), rel=0.4)


def test_costs_divide_the_gain(classifier):
    estimator, X, _ = classifier
    cost = {"rna": 2.0, "protein": 4.0, "clinical": 0.5}
    plain = next_modality(estimator, X, references=X)
    found = next_modality(estimator, X, references=X, cost=cost)
    assert_allclose(found["gain"], plain)
    assert_allclose(found["gain_per_cost"], plain / pd.Series(cost))


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        ({"rna": 1.0}, "lacks 'protein', 'clinical'"),
        ({"rnaa": 1.0}, "Did you mean 'rna'"),
        ({"rna": 0.0, "protein": 1.0, "clinical": 1.0}, "cost of 'rna' is 0.0"),
    ],
)
def test_costs_that_cannot_be_are_refused(classifier, cost, message):
    estimator, X, _ = classifier
    with pytest.raises(ValueError, match=message):
        next_modality(estimator, X, references=X, cost=cost)


def test_a_block_that_no_reference_has_cannot_be_estimated(classifier):
    estimator, X, _ = classifier
    references = hide(X, X.mask & [[True, False, True]])
    found = next_modality(estimator, X, references=references)
    assert found["protein"].isna().all()
    assert found["rna"].notna().any()
