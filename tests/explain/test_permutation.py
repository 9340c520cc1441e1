import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from magnet_sklearn import MultiModalGNNRegressor
from magnet_sklearn.explain import feature_importance

FAST = {"gate": 0.0, "ensemble_size": 1, "max_epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def cohort():
    """Genes of which a and b are nearly the same, and patients without any."""
    rng = np.random.default_rng(0)
    rna = pd.DataFrame(rng.normal(size=(90, 4)), columns=[*"abcd"])
    rna["b"] = rna["a"] + 0.05 * rna["b"]
    y = rna["a"] + rna["b"] + 0.5 * rna["c"]
    rna[:10] = np.nan
    X = {"rna": rna, "site": pd.DataFrame({"name": ["x", "y", "z"] * 30})}
    return X, y


@pytest.fixture(scope="module")
def model(cohort):
    return MultiModalGNNRegressor(experts="linear", **FAST).fit(*cohort)


def test_lost_scores_rank_the_features_that_count(cohort, model):
    lost = feature_importance(model, *cohort, random_state=0)["mean"]
    assert [*lost.index] == [*(("rna", name) for name in "abcd"), ("site", "name")]
    assert min(lost["rna"]["a"], lost["rna"]["b"]) > lost["rna"]["c"] > 0.02
    assert abs(lost["rna"]["d"]) < 0.01


def test_correlated_features_lose_more_together(cohort, model):
    alone = feature_importance(model, *cohort, random_state=0)
    groups = feature_importance(model, *cohort, group_correlation=0.8, random_state=0)
    assert groups["group"].tolist()[0] == groups["group"].tolist()[1]
    assert groups["group"].nunique() == 4
    assert groups["mean"].iloc[0] > 1.5 * alone["mean"].iloc[0]


def test_patients_without_a_block_stay_without(cohort, model):
    X, y = cohort

    def score(estimator, patients, target):
        assert patients["rna"][:10].isna().all(axis=None)
        assert not patients["rna"][10:].isna().any(axis=None)
        return r2_score(target, estimator.predict(patients))

    lost = feature_importance(model, X, y, scoring=score, n_repeats=1, random_state=0)
    assert (lost["std"] == 0).all()


def test_correlation_and_repeats_are_checked(cohort, model):
    with pytest.raises(ValueError, match="group_correlation must be between"):
        feature_importance(model, *cohort, group_correlation=80)
    with pytest.raises(ValueError, match="n_repeats must be at least 1"):
        feature_importance(model, *cohort, n_repeats=0)
