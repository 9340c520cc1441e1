"""Real cohorts are read whole, with the documented missing blocks."""

import os
from pathlib import Path

import pytest

from magnet_sklearn.data import MultiModalData


@pytest.fixture
def cohorts():
    if "MAGNET_SKLEARN_DATA" not in os.environ:
        pytest.skip("MAGNET_SKLEARN_DATA is not set")
    return Path(os.environ["MAGNET_SKLEARN_DATA"])


@pytest.mark.cohort
def test_an_ovarian_cancer_cohort_has_the_documented_missing_blocks(cohorts):
    X, labels = MultiModalData.from_folder(
        cohorts / "magnet_ov", modalities=["mirna", "mrna_split10"]
    )

    counts = X.missingness_patterns().set_index(["mirna", "mrna_split10"])["n_patients"]
    assert X.shape == (360, 2)
    assert len(labels) == 360
    assert counts.to_dict() == {
        (True, True): 181,
        (True, False): 121,
        (False, False): 55,
        (False, True): 3,
    }


@pytest.mark.cohort
def test_a_glioma_cohort_is_read_whole(cohorts):
    X, labels = MultiModalData.from_folder(cohorts / "tcga_glioma")

    assert sorted(X) == ["clinical", "cnv", "mri_radiomics", "mut", "rna"]
    assert X.index.equals(labels.index)
    assert X.mask.all(axis=1).sum() == 76
