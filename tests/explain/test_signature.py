import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from magnet_sklearn import MagnetClassifier, MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn.explain import signature
from magnet_sklearn.preprocessing import ModalityTransformer

FAST = {"gate": 0.0, "ensemble_size": 1, "max_epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def patients():
    rng = np.random.default_rng(0)
    rna = pd.DataFrame(rng.normal(size=(90, 20))).add_prefix("gene_")
    age = rng.normal(60, 9, size=(90, 1))
    return MultiModalData({"rna": rna, "age": age}, index=rna.index)


PLANTED = [("rna", "gene_3"), ("rna", "gene_7")]


@pytest.fixture(scope="module")
def risk(patients):
    return patients["rna"]["gene_3"] - patients["rna"]["gene_7"]


def test_signature_holds_the_planted_genes_and_predicts_by_itself(patients, risk):
    y = np.where(risk > 0, "relapse", "none")
    model = MagnetClassifier(experts="linear", **FAST)
    found = signature(model, patients, y, size=2, cv=3)
    assert sorted(found.features.index) == PLANTED
    assert (found.features["frequency"] == 1).all()
    assert found.scores.shape == (3, 2)
    assert found.scores["signature"].mean() > found.scores["full"].mean() > 0.6
    small = model.fit(found.select(patients), y)
    assert small.modalities_ == ["rna"]


def test_selection_on_noise_gives_no_better_score_than_chance(patients):
    y = np.random.default_rng(5).permutation(np.arange(90) % 2)
    model = MagnetClassifier(experts="linear", **FAST)
    found = signature(model, patients, y, size=3, cv=3)
    assert found.scores["signature"].mean() < 0.65
    assert found.frequency.max() <= 1


def test_signature_of_survival(patients, risk):
    y = pd.DataFrame({"event": np.arange(90) % 4 > 0, "time": np.exp(-risk)})
    model = MagnetSurvivalAnalysis(experts="linear", **FAST)
    found = signature(model, patients, y, size=2, cv=2)
    assert sorted(found.features.index) == PLANTED
    assert found.scores["signature"].min() > 0.7


def test_columns_of_a_preprocessor_are_refused(patients, risk):
    preprocessor = ModalityTransformer({"rna": PCA(2)})
    model = MagnetClassifier(experts="linear", preprocessor=preprocessor, **FAST)
    with pytest.raises(ValueError, match="made by the preprocessor"):
        signature(model, patients, risk > 0, size=2, cv=2)
    with pytest.raises(ValueError, match="size must be at least 1"):
        signature(model, patients, risk > 0, size=0)
