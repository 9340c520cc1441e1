import hashlib

import numpy as np
import pytest

from magnet_sklearn.data import check_survival
from magnet_sklearn.datasets import fetch_tcga

PATIENTS = [f"TCGA-A{i // 5}-{i:04d}" for i in range(20)]
# The small files are not those whose checksums are known.
OTHER = {"HiSeqV2.gz": None, "BRCA_clinicalMatrix": None}


@pytest.fixture
def fetch(hub, tmp_path):
    """Fetch the small cohort into an empty cache."""

    def fetch(*args, **options):
        options = {"checksums": OTHER, "delay": 0.0} | options
        return fetch_tcga(
            "BRCA", *args, data_home=tmp_path, base_url=f"{hub.url}/", **options
        )

    return fetch


def test_patients_with_survival_times_and_their_modalities_come(fetch):
    X, y = fetch()

    assert X.index.tolist() == PATIENTS[2:]  # the first is redacted, the second lost
    assert y.index.equals(X.index)
    assert check_survival(y).time.min() > 0
    assert {name: block.shape[1] for name, block in X.items()} == {
        "rna": 30,
        "mirna": 2,
        "clinical": 3,
    }
    assert X.mask.sum(axis=0).tolist() == [13, 12, 18]


def test_values_are_those_of_the_tumour_not_of_normal_tissue(fetch, hub):
    X, _ = fetch(["rna"])
    normal, _ = fetch(["rna"], sample_type="11", target="gender")

    assert len(normal) == 4 - 1
    shared = X.index.intersection(normal.index)
    assert len(shared) == 2
    tumour, other = (part.loc[shared]["rna"].to_numpy() for part in (X, normal))
    assert (tumour != other).all()


def test_clinical_features_hold_no_outcome(fetch):
    X, _ = fetch(["clinical"])

    assert X["clinical"].columns.tolist() == [
        "age_at_initial_pathologic_diagnosis",
        "gender",
        "pathologic_stage",
    ]
    assert X["clinical"].iloc[:, 0].dtype == np.float64
    assert X["clinical"]["pathologic_stage"].isna().sum() == 6
    chosen, _ = fetch(["clinical"], clinical_features=["gender"])
    assert list(chosen["clinical"]) == ["gender"]


def test_a_clinical_column_can_be_the_target(fetch):
    X, y = fetch(["rna"], target="PAM50Call_RNAseq")

    assert set(y) == {"LumA", "Basal"}
    assert len(X) == len(y) == 9  # of 15 with rna; 5 without a call, 1 redacted


def test_a_bunch_has_sites_and_whole_tables(fetch):
    bunch = fetch(return_X_y=False, target="PFI")

    assert bunch.target.columns.tolist() == ["PFI", "PFI.time"]
    assert sorted(bunch.sites.unique()) == ["A0", "A1", "A2", "A3"]
    assert "days_to_death" in bunch.clinical
    assert len(bunch.survival) == 20
    assert bunch.files["rna"].name == "HiSeqV2.gz"


def test_the_second_call_needs_no_hub(fetch, hub):
    X, _ = fetch()
    asked = len(hub.requests)

    again, _ = fetch(download_if_missing=False)

    assert len(hub.requests) == asked == 4
    assert again["rna"].equals(X["rna"])


def test_errors_name_cohort_modality_address_and_file(fetch, hub, tmp_path):
    with pytest.raises(OSError, match="'protein' of TCGA cohort 'BRCA'.*404") as error:
        fetch(["protein"])

    assert f"{hub.url}/TCGA.BRCA.sampleMap/RPPA.gz" in str(error.value)
    assert str(tmp_path / "tcga" / "BRCA" / "RPPA.gz") in str(error.value)


def test_known_checksums_are_verified(fetch, hub):
    with pytest.raises(OSError, match=r"expected 263bf672.*checksums=\{'HiSeqV2.gz'"):
        fetch(["rna"], checksums=None)
    content = hub.files["TCGA.BRCA.sampleMap/HiSeqV2.gz"]
    own = OTHER | {"HiSeqV2.gz": hashlib.sha256(content).hexdigest()}
    assert len(fetch(["rna"], checksums=own)[0]) == 13


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"cohort": "BRAC"}, "Did you mean 'BRCA'"),
        ({"modalities": ["rnaa"]}, "Did you mean 'rna'"),
        ({"modalities": "rna"}, "must be a list"),
        ({"checksums": {"HiSeqV2": None}}, "Did you mean 'HiSeqV2.gz'"),
    ],
)
def test_wrong_choices_are_named_before_anything_is_downloaded(parameters, message):
    with pytest.raises(ValueError, match=message):
        fetch_tcga(**{"cohort": "BRCA", "base_url": "http://127.0.0.1:9"} | parameters)
