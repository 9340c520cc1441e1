import gzip

import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.data._layouts import read_text_table
from magnet_sklearn.data._text_tables import NoTableError

GCT = """#1.2
2\t3
Name\tDescription\tS1\tS2\tS3
TP53\ttumour protein\t1\t2\t3
EGFR\tna\t4\t\t6
"""
GCT_1_3 = """#1.3
2\t2\t1\t2
id\tsymbol\tS1\tS2
tissue\tna\tlung\tbrain
age\tna\t50\t60
ENSG1\tTP53\t1\t2
ENSG2\tEGFR\t3\t4
"""
CBIOPORTAL = """Hugo_Symbol\tEntrez_Gene_Id\tTCGA-01-0001-01\tTCGA-01-0002-01
TP53\t7157\t0.5\tNA
\t1956\t1.5\t2.5
DUX4\t1\t3\t4
DUX4\t2\t5\t6
"""
CLINICAL = """#Patient\tSample\tAge
#Identifier of the patient\tIdentifier of the sample\tYears
#STRING\tSTRING\tNUMBER
#1\t1\t1
PATIENT_ID\tSAMPLE_ID\tAGE
TCGA-01-0001\tTCGA-01-0001-01\t61
TCGA-01-0002\tTCGA-01-0002-01\t48
"""


@pytest.fixture
def read(tmp_path):
    def read(content, name="rna.csv", **options):
        path = tmp_path / name
        raw = content.encode()
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return read_text_table(path, **options)

    return read


@pytest.mark.parametrize("name", ["id", "", "patient_id"])
def test_ids_are_text_whatever_the_header_is(read, name):
    frame = read(f"{name},a\n007,1\n1e3,2\nNA,3\n")

    assert frame.index.tolist() == ["007", "1e3", "NA"]
    assert frame["a"].tolist() == [1, 2, 3]


def test_an_empty_id_is_missing(read):
    assert read("id,a\np,1\n,2\n").index.isna().tolist() == [False, True]


def test_the_column_of_the_ids_can_be_named(read):
    frame = read("age,patient\n61,007\n48,008\n", id_column="patient")

    assert frame.index.tolist() == ["007", "008"]
    assert list(frame.columns) == ["age"]


def test_row_numbers_beside_the_named_column_are_dropped(read):
    frame = read(",patient,age\n0,007,61\n1,008,48\n", id_column="patient")

    assert list(frame.columns) == ["age"]
    assert frame.index.tolist() == ["007", "008"]


def test_an_absent_column_of_ids_is_refused(read):
    with pytest.raises(
        ValueError, match=r"no column 'Patient'.*Did you mean 'patient'"
    ):
        read("patient,age\n007,61\n", id_column="Patient")


@pytest.mark.parametrize(
    "content",
    [
        ",patient_id,age\n0,P7,61\n1,P8,48\n",
        ",code,age\n1,P7,61\n2,P8,48\n3,P9,48\n",
        "age,Patient ID\n61,P7\n61,P8\n",
        "row,sample_id\n0,P7\n1,P8\n",
    ],
)
def test_row_numbers_or_values_are_not_taken_for_ids(read, content):
    with pytest.raises(ValueError, match=r"looks like the patient ids.*id='"):
        read(content)


def test_row_numbers_are_ids_where_there_is_nothing_else(read):
    assert read(",a,b\n0,1,2\n1,3,4\n").index.tolist() == ["0", "1"]


@pytest.mark.parametrize("name", ["patient", "Subject", "patient_id"])
def test_a_first_column_with_the_name_of_ids_is_taken(read, name):
    frame = read(f"{name},sample_id\n1,S7\n2,S8\n")

    assert frame.index.tolist() == ["1", "2"]


def test_duplicate_names_of_columns_are_refused(read):
    with pytest.raises(ValueError, match="duplicate column names: 'a'"):
        read("id,a,b,a\np,1,2,3\n")


def test_columns_without_name_are_dropped_if_empty_and_refused_if_not(read):
    assert list(read("id,a,\np,1,\nq,2,\n").columns) == ["a"]
    with pytest.raises(ValueError, match="column 3 has no name.*line 1"):
        read("id,a,\np,1,\nq,2,5\n")


@pytest.mark.parametrize("name", ["rna.gct", "rna.GCT", "rna.gct.gz", "rna.txt"])
def test_gct_files_have_a_column_per_patient(read, name):
    frame = read(GCT, name)

    assert frame.index.tolist() == ["S1", "S2", "S3"]
    assert list(frame.columns) == ["TP53", "EGFR"]
    assert_array_equal(frame["EGFR"], [4, float("nan"), 6])


def test_gct_files_of_version_1_3_have_rows_and_columns_about_samples_and_genes(read):
    frame = read(GCT_1_3, "rna.gct")

    expected = pd.DataFrame(
        {"ENSG1": [1.0, 2.0], "ENSG2": [3.0, 4.0]}, index=["S1", "S2"]
    )
    pd.testing.assert_frame_equal(frame, expected, check_names=False)


def test_an_incomplete_gct_file_is_refused(read):
    with pytest.raises(ValueError, match="line 2 says 2 rows and 3 samples.*1 and 3"):
        read("\n".join(GCT.split("\n")[:4]) + "\n", "rna.gct")


def test_tables_of_cbioportal_have_a_column_per_sample(read):
    frame = read(CBIOPORTAL, "data_mrna.txt")

    assert frame.index.tolist() == ["TCGA-01-0001-01", "TCGA-01-0002-01"]
    assert list(frame.columns) == ["TP53", "1956", "DUX4|1", "DUX4|2"]
    assert frame["1956"].tolist() == [1.5, 2.5]
    assert frame["TP53"].isna().tolist() == [False, True]


def test_genes_that_stand_twice_are_refused(read):
    with pytest.raises(ValueError, match="duplicate names of rows: 'TP53'"):
        read("Hugo_Symbol\tp\tq\nTP53\t1\t2\nTP53\t3\t4\n", "data_mrna.txt")


def test_text_between_the_numbers_of_a_table_of_genes_is_named(read):
    with pytest.raises(ValueError, match=r"column 'q' holds 'high' in row 'TP53'"):
        read("Hugo_Symbol\tp\tq\nTP53\t1\thigh\nEGFR\t3\t4\n", "data_mrna.txt")


def test_clinical_tables_of_cbioportal_are_read_below_their_comments(read):
    frame = read(CLINICAL, "data_clinical_sample.txt")

    assert frame.index.tolist() == ["TCGA-01-0001-01", "TCGA-01-0002-01"]
    assert frame["AGE"].tolist() == [61, 48]


def test_lists_of_mutations_are_no_table_of_patients(read):
    with pytest.raises(NoTableError, match=r"'tumor_sample_barcode'.*one row per pat"):
        read("Hugo_Symbol\tTumor_Sample_Barcode\nTP53\tp\n", "data_mutations.txt")


def test_a_text_of_one_column_is_no_table(read):
    with pytest.raises(NoTableError, match="one column only"):
        read("cancer_study_identifier: brca\nstable_id: rna\n", "meta_rna.txt")


def test_a_study_of_cbioportal_is_read(tmp_path):
    (tmp_path / "data_clinical_sample.txt").write_text(
        "#Patient\tSample\tStage\n#STRING\tSTRING\tSTRING\n"
        "PATIENT_ID\tSAMPLE_ID\tSTAGE\np\tp-01\tI\nq\tq-01\tII\n",
    )
    (tmp_path / "data_mrna.txt").write_text("Hugo_Symbol\tq-01\tp-01\nTP53\t1\t2\n")
    (tmp_path / "data_mutations.txt").write_text(
        "Hugo_Symbol\tTumor_Sample_Barcode\nA\tp\n"
    )
    (tmp_path / "meta_study.txt").write_text("type_of_cancer: brca\nname: BRCA\n")

    with pytest.warns(UserWarning, match="'data_mutations.txt' .*'meta_study.txt' .*"):
        X, labels = MultiModalData.from_folder(tmp_path, "data_clinical_sample.txt")

    assert list(X) == ["data_mrna"]
    assert X["data_mrna"]["TP53"].tolist() == [2, 1]
    assert labels["PATIENT_ID"].tolist() == ["p", "q"]
