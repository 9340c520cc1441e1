import copy
import pickle
import timeit

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import BaggingClassifier
from sklearn.inspection import permutation_importance

from magnet_sklearn.data import MultiModalData, check_multimodal

N_PATIENTS = 7


def _every_kind():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(N_PATIENTS, 3))
    values[[1, 4]] = np.nan
    values[2, 0] = np.nan
    frame = pd.DataFrame(
        {
            "age": rng.normal(size=N_PATIENTS),
            "sex": ["f", None, "m", "f", None, "m", "f"],
        },
        index=list("tuvwxyz"),
    )
    frame.loc["u", "age"] = np.nan
    return MultiModalData(
        {
            "rna": values,
            "clinical": frame,
            "mutation": sparse.csr_array(np.nan_to_num(values) * (values > 0)),
            "mri": rng.normal(size=(N_PATIENTS, 2, 2)),
        }
    )


def _dense(block):
    return block.toarray() if sparse.issparse(block) else np.asarray(block)


def test_it_behaves_as_a_table_of_patients_by_modality():
    X = _every_kind()

    assert len(X) == N_PATIENTS
    assert X.shape == (N_PATIENTS, 4)
    assert list(X) == list(X.keys()) == ["rna", "clinical", "mutation", "mri"]
    assert "rna" in X
    assert "protein" not in X
    assert [name for name, _ in X.items()] == list(X)
    assert [block.shape[0] for block in X.values()] == [N_PATIENTS] * 4


row_keys = st.one_of(
    st.integers(-N_PATIENTS, N_PATIENTS - 1).map(lambda row: [row]),
    st.slices(N_PATIENTS),
    st.lists(st.integers(-N_PATIENTS, N_PATIENTS - 1), max_size=12),
    hnp.arrays(np.intp, st.integers(0, 12), elements=st.integers(0, N_PATIENTS - 1)),
    hnp.arrays(bool, N_PATIENTS),
    st.lists(st.booleans(), min_size=N_PATIENTS, max_size=N_PATIENTS),
)


@given(key=row_keys, mask_first=st.booleans(), as_tuple=st.booleans())
@settings(max_examples=60, deadline=None)
def test_row_keys_agree_with_numpy(key, mask_first, as_tuple):
    X = _every_kind()
    if mask_first:
        assert X.mask is not None
    as_slice = isinstance(key, slice)
    positions = np.arange(N_PATIENTS)[key if as_slice or len(key) else slice(0)]

    subset = X[key, ...] if as_tuple else X[key]

    assert subset.index.tolist() == X.index[positions].tolist()
    assert_array_equal(subset.mask, X.mask[positions])
    for name, block in subset.items():
        expected = _dense(X[name])[positions]
        assert type(block) is type(X[name])
        assert_array_equal(pd.isna(_dense(block)), pd.isna(expected))
        present = ~pd.isna(expected)
        assert_array_equal(_dense(block)[present], expected[present])


# without control characters: pandas 2 takes names that differ after a NUL for equal
names = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=5)
blocks_with_gaps = hnp.arrays(
    np.float64,
    st.tuples(st.just(5), st.integers(1, 3)),
    elements=st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)),
)


@given(
    blocks=st.dictionaries(names, blocks_with_gaps, min_size=1, max_size=3),
    rows=st.lists(st.integers(0, 4), max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_subset_of_the_mask_is_the_mask_of_the_subset(blocks, rows):
    mask = MultiModalData(blocks).mask[rows]

    assert_array_equal(MultiModalData(blocks)[rows].mask, mask)


@given(blocks=st.dictionaries(names, blocks_with_gaps, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_to_frame_comes_back_through_check_multimodal(blocks):
    X = MultiModalData(blocks, index=list("abcde"))

    back = check_multimodal(X.to_frame())

    assert list(back) == list(X)
    assert back.index.equals(X.index)
    assert_array_equal(back.mask, X.mask)
    for name in X:
        assert_array_equal(back[name].to_numpy(), X[name])
        assert_array_equal(back.feature_names[name], X.feature_names[name])


def test_conversion_to_one_array_is_refused_with_a_way_out():
    with pytest.raises(TypeError, match=r"Use X\.to_frame\(\)"):
        np.asarray(_every_kind())


def test_an_unknown_modality_is_a_key_error_with_a_suggestion():
    with pytest.raises(KeyError, match="'clincal'.*'rna', 'clinical'.*Did you mean"):
        _every_kind()["clincal"]


def test_blocks_are_never_written_to():
    values = np.ones((2, 2))
    values.flags.writeable = False

    X = MultiModalData({"rna": values})

    assert X.mask.all()
    assert X[[0]]["rna"].tolist() == [[1.0, 1.0]]


def test_data_made_from_data_is_the_same():
    X = _every_kind()

    again = MultiModalData(X)

    assert again.index.equals(X.index)
    assert all(again[name] is X[name] for name in X)


@pytest.mark.parametrize(
    "copied", [lambda X: pickle.loads(pickle.dumps(X)), copy.deepcopy, copy.copy]
)
def test_pickle_and_copies_keep_blocks_and_ids(copied):
    X = _every_kind()

    again = copied(X)

    assert repr(again) == repr(X)
    assert again.index.equals(X.index)
    assert_array_equal(again["rna"], X["rna"])


def test_one_patient_is_selected_in_less_than_a_millisecond():
    X = MultiModalData(
        {name: np.ones((500, 200)) for name in ("rna", "mirna", "protein")}
    )

    seconds = min(timeit.repeat(lambda: X[7].mask, number=20, repeat=5)) / 20

    assert seconds < 1e-3


def test_scikit_learn_splits_it_by_patient():
    model_selection = pytest.importorskip("sklearn.model_selection")
    X = _every_kind()

    train, test = model_selection.train_test_split(X, test_size=2, random_state=0)

    assert isinstance(train, MultiModalData)
    assert sorted([*train.index, *test.index]) == sorted(X.index)


def test_arrays_are_refused_with_the_lines_that_work_in_scikit_learn():
    X = MultiModalData({"rna": np.ones((4, 3)), "age": np.ones((4, 1))})
    y = np.array([0, 1, 0, 1])

    message = r"permutation_importance\(model, X\.to_frame\(\), y\)"
    with pytest.raises(TypeError, match=message):
        permutation_importance(DummyClassifier(), X, y)
    message = r"modalities=\{'rna': slice\(0, 3\), 'age': slice\(3, 4\)\}"
    with pytest.raises(TypeError, match=message):
        BaggingClassifier().fit(X, y)


def test_a_patient_id_in_the_place_of_a_modality_is_recognised():
    with pytest.raises(KeyError, match=r"patient id: X\.loc\['t'\]"):
        _every_kind()["t"]


def test_rows_are_selected_by_id():
    X = _every_kind()

    subset = X.loc[["z", "t"]]

    assert subset.index.tolist() == ["z", "t"]
    assert_array_equal(subset["mri"], X["mri"][[6, 0]])
    assert subset["clinical"].index.tolist() == ["z", "t"]
    with pytest.raises(KeyError, match=r"1 patient id\(s\) are unknown: 'T'.*mean 't'"):
        X.loc[["z", "T"]]


@pytest.mark.parametrize("select", [lambda X, key: X[key], lambda X, key: X.loc[key]])
def test_booleans_of_patients_in_another_order_are_refused(select):
    X = _every_kind()
    key = pd.Series([True, False] * 3 + [True], index=X.index)

    assert select(X, key).index.tolist() == ["t", "v", "x", "z"]
    assert select(X, key.to_numpy()).index.tolist() == ["t", "v", "x", "z"]
    with pytest.raises(ValueError, match=r"`key` .* another order.*key.loc\[X.index\]"):
        select(X, key.iloc[::-1])
