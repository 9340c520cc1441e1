"""Gene names and counts as spreadsheets and pipelines leave them."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from magnet_sklearn.data._omics import are_raw_counts, mangled_names

GENES = ["TP53", "EGFR", "MARCHF1", "SEPT2", "DEC1", "OCT4"]


@pytest.mark.parametrize(
    "name",
    [
        *("2-Sep", "1-Mar", "10-Dec", "Sep-02", "2-Sep-23", "44441", 44441, "2.31E+19"),
        *("2023-09-02", "2023-09-02 00:00:00", "9/2/2023", datetime(2023, 9, 2)),
        pd.Timestamp("2023-09-02"),
    ],
)
def test_a_mangled_name_is_found_among_genes(name):
    assert mangled_names(pd.Index([*GENES, name], dtype=object)) == [name]


@pytest.mark.parametrize(
    "names",
    [
        GENES,
        [str(entrez) for entrez in range(40000, 40020)],
        ["2020-01-01", "2020-01-02", "2020-01-03", "age"],
        list(range(10)),
        ["ENSG00000141510", "hsa-mir-21", "NM_000546.6", "cg00000029"],
    ],
)
def test_other_names_pass(names):
    assert mangled_names(pd.Index(names)) == []


def counts(n_features=200, scale=500.0):
    rng = np.random.default_rng(0)
    mean = rng.lognormal(np.log(scale), 1.5, n_features)
    return rng.poisson(mean * rng.gamma(1, size=(30, 1))).astype(float)


@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame, sparse.csr_array])
def test_raw_counts_are_told_in_every_kind_of_block(form):
    assert are_raw_counts(form(counts()))


def test_counts_without_a_long_tail_are_told_by_their_size():
    rng = np.random.default_rng(0)

    assert are_raw_counts(rng.negative_binomial(5, 0.001, (30, 60)).astype(float))


def test_missing_patients_do_not_hide_counts():
    values = counts()
    values[::2] = np.nan

    assert are_raw_counts(values)


def test_logged_narrow_small_or_signed_numbers_are_no_counts():
    values = counts()

    assert not are_raw_counts(np.log1p(values))
    assert not are_raw_counts(values[:, :20])
    assert not are_raw_counts(np.minimum(values, 255))
    assert not are_raw_counts(-values)
    assert not are_raw_counts(np.arange(6000.0).reshape(30, 200) % 1400)
    assert not are_raw_counts(np.full((5, 60), np.nan))
    assert not are_raw_counts(values.reshape(30, 20, 10))


def test_flags_beside_a_few_large_columns_are_no_counts():
    flags = np.ones((30, 100))
    flags[:, :10] = 5000.0

    assert not are_raw_counts(flags)
