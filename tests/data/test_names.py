import numpy as np

from magnet_sklearn.data._names import did_you_mean, quoted


def test_long_lists_are_cut():
    assert quoted(range(4), 2) == "0, 1, ..."
    assert quoted(["rna", "age"]) == "'rna', 'age'"


def test_numpy_scalars_read_as_plain_values():
    assert quoted(np.array(["rna"])) == "'rna'"
    assert quoted([np.int64(3)]) == "3"


def test_only_close_names_are_suggested():
    assert did_you_mean("protien", ["rna", "protein"]) == " Did you mean 'protein'?"
    assert did_you_mean("mri", ["clinical"]) == ""


def test_names_of_another_case_are_suggested():
    assert did_you_mean("RNA", ["rna", "protein"]) == " Did you mean 'rna'?"
    assert did_you_mean("rna ", ["RNA"]) == " Did you mean 'RNA'?"
