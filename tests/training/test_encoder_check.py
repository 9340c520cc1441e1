"""Encoders by users."""

import numpy as np
import pytest
from torch import nn

from magnet_sklearn import MagnetClassifier, MultiModalData


class AgainstTheMean(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(6, 64)

    def forward(self, x):
        return self.linear(x - x.mean(dim=0))


@pytest.fixture
def cohort():
    rna = np.random.default_rng(0).normal(size=(40, 6))
    rna[:5] = np.nan
    return MultiModalData({"rna": rna, "age": np.arange(40.0)[:, None]}), [0, 1] * 20


def fit(cohort, encoder):
    model = MagnetClassifier(
        encoders={"rna": encoder}, experts=None, max_epochs=2, ensemble_size=1
    )
    return model.fit(*cohort)


def test_encoder_that_mixes_patients_is_refused(cohort):
    with pytest.raises(ValueError, match="'rna' gives a patient another embedding"):
        fit(cohort, AgainstTheMean())


def test_encoder_of_another_width_is_named(cohort):
    with pytest.raises(ValueError, match=r"'rna' fails on 4 patients, .*\(4, 6\)"):
        fit(cohort, nn.Linear(5, 64))


def test_batch_norm_and_dropout_are_welcome(cohort):
    encoder = nn.Sequential(nn.Linear(6, 64), nn.BatchNorm1d(64), nn.Dropout(0.5))

    assert len(fit(cohort, encoder).predict_proba(cohort[0])) == 40
