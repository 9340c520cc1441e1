"""Real cohorts, where MAGNET_SKLEARN_DATA points to them."""

import os
from pathlib import Path

import pandas as pd
import pytest
from common.instances import make_classifier
from sklearn.metrics import roc_auc_score

from magnet_sklearn import MultiModalData
from magnet_sklearn.data import drop_modalities

pytestmark = pytest.mark.cohort


@pytest.fixture
def folder():
    if "MAGNET_SKLEARN_DATA" not in os.environ:
        pytest.skip("MAGNET_SKLEARN_DATA is not set")
    return Path(os.environ["MAGNET_SKLEARN_DATA"])


def auroc(X, y, is_train):
    clf = make_classifier(ensemble_size=1).fit(X[is_train], y[is_train])
    probability = clf.predict_proba(X[~is_train])
    score = probability[:, 1] if probability.shape[1] == 2 else probability
    return roc_auc_score(y[~is_train], score, multi_class="ovr")


def test_rosmap(folder):
    X, labels = MultiModalData.from_folder(folder / "rosmap")
    is_train = (labels["official_split"] == "train").to_numpy()

    assert auroc(X, labels["AD"].to_numpy(), is_train) > 0.85


def test_breast_cancer_subtypes_with_protein_gone_in_the_test_part(folder):
    X, labels = MultiModalData.from_folder(folder / "tcga_brca_diablo")
    is_train = (labels["official_split"] == "train").to_numpy()

    assert not X[~is_train].mask[:, list(X).index("protein")].any()
    assert auroc(X, labels["subtype"].to_numpy(), is_train) > 0.95


@pytest.mark.filterwarnings("ignore:.*have no observed modality")
def test_ovarian_cancer(folder):
    X, labels = MultiModalData.from_folder(
        folder / "magnet_ov", modalities=["mirna", "mrna_split10"]
    )
    splits = pd.read_csv(folder / "magnet_ov" / "splits.csv", index_col=0)
    is_train = (splits["split10"] != "test").to_numpy()

    assert auroc(X, labels["Class"].to_numpy(), is_train) > 0.55


def test_digits_with_missing_views(folder):
    X, labels = MultiModalData.from_folder(
        folder / "uci_mfeat", modalities=["fou", "kar", "zer"]
    )
    rows = slice(None, None, 8)
    X, y = (
        drop_modalities(X[rows], 0.3, random_state=0),
        labels["digit"].to_numpy()[rows],
    )
    is_train = pd.Series(range(len(y))) % 5 != 0

    assert auroc(X, y, is_train.to_numpy()) > 0.95
