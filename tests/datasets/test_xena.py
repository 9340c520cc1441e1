import gzip

import numpy as np
import pytest

from magnet_sklearn.datasets._xena import (
    check_choices,
    read_matrix,
    read_samples,
    remote_path,
)

TABLE = (
    b"sample\tTCGA-A1-0002-01\tTCGA-A1-0001-01B\tTCGA-A1-0001-01A\tTCGA-A1-0001-11\n"
    b"TP53\t2.5\t9\t1.5\t7\nMYC\tNA\t9\t\t7\n"
)


@pytest.fixture
def write(tmp_path):
    """Write a file of the cache."""

    def write(content, name="HiSeqV2.gz"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
        return path

    return write


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ("rna", "TCGA.BRCA.sampleMap/HiSeqV2.gz"),
        ("mirna", "TCGA.BRCA.sampleMap/miRNA_HiSeq_gene.gz"),
        ("methylation", "TCGA.BRCA.sampleMap/HumanMethylation450.gz"),
        ("protein", "TCGA.BRCA.sampleMap/RPPA.gz"),
        ("clinical", "TCGA.BRCA.sampleMap/BRCA_clinicalMatrix"),
        ("survival", "survival/BRCA_survival.txt"),
    ],
)
def test_paths_are_those_of_the_hub(part, path):
    assert remote_path("BRCA", part) == path


def test_patients_become_rows_and_one_type_and_vial_is_taken(write):
    frame = read_matrix(write(TABLE), "01")

    assert frame.index.tolist() == ["TCGA-A1-0001", "TCGA-A1-0002"]
    assert frame["TP53"].tolist() == [1.5, 2.5]
    assert frame["MYC"].isna().all()
    assert frame["TP53"].dtype == np.float32
    assert read_matrix(write(TABLE), "11")["TP53"].tolist() == [7]


def test_a_type_that_is_not_there_is_an_error_with_those_that_are(write):
    with pytest.raises(ValueError, match=r"type '03'.*{'01': 3, '11': 1}"):
        read_matrix(write(TABLE), "03")


def test_tables_of_samples_are_text_with_missing_words_read_as_missing(write):
    content = (
        b"sampleID\tstage\nTCGA-A1-0001-06\t[Not Available]\nTCGA-A1-0001-01\tII\n"
    )
    path = write(content, "BRCA_clinicalMatrix")

    assert read_samples(path, "01")["stage"].tolist() == ["II"]
    assert read_samples(path, "06")["stage"].isna().all()
    assert read_samples(path, None)["stage"].tolist() == ["II"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>\tmoved</html>", "is no table separated by tabs"),
        (b"sample\tpatient 1\nTP53\t1\n", "no TCGA barcodes: 'patient 1'"),
        (b"sample\tTCGA-A1-0001-01\nTP53\tlow\n", "other things than numbers.*low"),
    ],
)
def test_other_files_are_refused(write, content, message):
    with pytest.raises(ValueError, match=message):
        read_matrix(write(content), "01")


def test_a_damaged_file_is_named(write):
    path = write(TABLE * 50)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(ValueError, match=r"HiSeqV2.gz is damaged.*download it again"):
        read_matrix(path, "01")


def test_known_choices_pass():
    check_choices("LAML", ["rna", "clinical"], {"LAML_clinicalMatrix": None})
